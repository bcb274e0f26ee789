"""Choices that may stay unset."""

from __future__ import annotations

from PySide6.QtCore import Qt

from dreamjournal.ui.theme import ThemeSource
from dreamjournal.ui.widgets.choice import ChoiceStrip, FoldingChoice, Scale, YesNo

RECALL = (("a", "Didn’t try"), ("b", "Nothing"), ("c", "Dreamt, no content"), ("d", "A fragment"), ("e", "A dream"))


def test_nothing_chosen_is_a_state(qtbot, themed: ThemeSource) -> None:
    strip = ChoiceStrip(RECALL, "Did you dream?")
    qtbot.addWidget(strip)
    told: list[object] = []
    strip.chosen.connect(told.append)
    assert strip.value() is None and strip.accessibleName() == "Did you dream?, nothing chosen"
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    qtbot.keyClick(strip, Qt.Key.Key_End)
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    qtbot.keyClick(strip, Qt.Key.Key_Backspace)
    assert told == ["a", "b", "e", None] and strip.value() is None
    strip.set_value("c")
    assert told == ["a", "b", "e", None] and strip.accessibleName() == "Did you dream?, Dreamt, no content"


def test_digits_pick_by_place_where_values_are_words(qtbot, themed: ThemeSource) -> None:
    strip = ChoiceStrip(RECALL, "Did you dream?")
    qtbot.addWidget(strip)
    qtbot.keyClicks(strip, "4")
    assert strip.value() == "d"
    qtbot.keyClicks(strip, "9")
    assert strip.value() == "d"


def test_scale_reads_as_value_of_highest(qtbot, themed: ThemeSource) -> None:
    scale = Scale("Vividness", 0, 4, "faint", "like waking")
    qtbot.addWidget(scale)
    qtbot.keyClicks(scale.strip, "3")
    assert scale.value() == 3 and scale.strip.accessibleName() == "Vividness, 3 of 4"
    qtbot.keyClicks(scale.strip, "0")
    assert scale.value() == 0
    qtbot.keyClicks(scale.strip, "7")
    assert scale.value() == 0


def test_signed_scale_takes_a_minus(qtbot, themed: ThemeSource) -> None:
    scale = Scale("Feeling", -2, 2, "bad", "good")
    qtbot.addWidget(scale)
    qtbot.keyClicks(scale.strip, "-2")
    assert scale.value() == -2
    qtbot.keyClicks(scale.strip, "1")
    assert scale.value() == 1 and scale.strip.accessibleName() == "Feeling, +1"
    assert [b.text() for b in scale.strip.buttons] == ["−2", "−1", "0", "+1", "+2"]


def test_a_click_chooses(qtbot, themed: ThemeSource) -> None:
    answer = YesNo("Nightmare")
    qtbot.addWidget(answer)
    answer.show()
    with qtbot.waitSignal(answer.chosen) as got:
        qtbot.mouseClick(answer.strip.buttons[1], Qt.MouseButton.LeftButton)
    assert got.args == [True] and answer.value() is True
    answer.set_value(None)
    assert answer.value() is None


def test_strip_folds_into_two_columns_when_the_words_do_not_fit(qtbot, themed: ThemeSource) -> None:
    choice = FoldingChoice(RECALL, "Did you dream?", name="recall")
    qtbot.addWidget(choice)
    choice.resize(900, 60)
    choice.show()
    choice.set_value("b")
    assert choice.strip.isVisible() and not choice.radios[0].isVisible()
    choice.resize(300, 200)
    qtbot.waitUntil(lambda: not choice.strip.isVisible())
    assert choice.radios[1].isChecked()
    with qtbot.waitSignal(choice.chosen) as got:
        qtbot.mouseClick(choice.radios[4], Qt.MouseButton.LeftButton)
    assert got.args == ["e"] and choice.value() == "e"
    choice.set_value(None)
    assert not any(radio.isChecked() for radio in choice.radios)
