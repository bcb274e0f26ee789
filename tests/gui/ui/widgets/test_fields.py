"""Fields one types into."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from dreamjournal.ui.theme import ThemeSource
from dreamjournal.ui.widgets.dates import USUAL_SPANS, DateField, DateStepper, parse_date, span_start, usual_span
from dreamjournal.ui.widgets.fields import (
    ComboBox,
    Field,
    LineField,
    NumberField,
    PassphraseField,
    TimeField,
    parse_number,
    parse_time,
)
from dreamjournal.ui.words import clock_words, plain_date, short_date


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("2341", 1421), ("23:41", 1421), ("11:41 pm", 1421), ("11:41pm", 1421), ("23.41", 1421), ("7", 420), ("7:05", 425), ("0705", 425),
        ("12 am", 0), ("12:30 PM", 750), ("24:00", 0), ("705", 425), (" 06:00 ", 360), ("9 a.m.", 540),
        ("25:00", None), ("23:60", None), ("", None), ("noon", None), ("13 pm", None), ("0 am", None), ("12345", None), ("-1", None),
    ],
)  # fmt: skip
def test_times_as_people_type_them(typed: str, minutes: int | None) -> None:
    assert parse_time(typed) == minutes


@given(st.integers(0, 1439), st.sampled_from((12, 24)))
def test_a_time_shown_is_read_back(minutes: int, hours: int) -> None:
    assert parse_time(clock_words(minutes, hours=hours)) == minutes


@given(st.text(max_size=20))
def test_no_text_breaks_the_parsers(text: str) -> None:
    parse_time(text)
    parse_number(text)
    parse_date(text, date(2026, 11, 12))


@pytest.mark.parametrize(
    ("typed", "number"),
    [("25", 25), ("25 min", 25), ("1 h 10", 70), ("2h", 120), ("1,5", 1.5), ("−3", -3), ("", None), ("some", None)],
)
def test_numbers_as_people_type_them(typed: str, number: float | None) -> None:
    assert parse_number(typed) == number


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_a_date_shown_is_read_back(day: date) -> None:
    for text in (plain_date(day), short_date(day), day.isoformat(), f"{day.day}.{day.month}.{day.year}"):
        assert parse_date(text, date(2026, 1, 1)) == day


def test_a_missing_year_is_the_nearest() -> None:
    assert parse_date("30 Dec", date(2026, 1, 5)) == date(2025, 12, 30)
    assert parse_date("3 jan", date(2026, 12, 30)) == date(2027, 1, 3)
    assert parse_date("31 feb", date(2026, 1, 1)) is None


def test_a_usual_span_is_known_again_by_its_nights() -> None:
    today = date(2026, 11, 12)
    assert span_start(today, 28) == date(2026, 10, 16)
    for nights, _ in USUAL_SPANS:
        first = span_start(today, nights)
        assert (today - first).days + 1 == nights
        assert usual_span(today, first, None) == nights
        assert usual_span(today, first, today - timedelta(days=1)) is None
        assert usual_span(today, first - timedelta(days=1), None) is None
    assert usual_span(today, None, None) is None


def test_time_field_echoes_and_tells_once(qtbot, themed: ThemeSource) -> None:
    field = TimeField("Last woke")
    qtbot.addWidget(field)
    field.show()
    told: list[int | None] = []
    field.edited.connect(lambda: told.append(field.value()))
    qtbot.keyClicks(field, "702")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "07:02" and field.value() == 422
    field.clearFocus()
    assert told == [422]
    field.set_value(None)
    assert field.value() is None and not field.is_wrong() and told == [422]


def test_time_field_keeps_what_it_cannot_read(qtbot, themed: ThemeSource) -> None:
    field = TimeField("Last woke", hours=12)
    qtbot.addWidget(field)
    qtbot.keyClicks(field, "late")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "late" and field.is_wrong() and field.property("invalid")
    field.set_value(1421)
    assert field.text() == "11:41 pm" and not field.property("invalid")


def test_number_field_holds_its_range(qtbot, themed: ThemeSource) -> None:
    field = NumberField("Times awake", low=0, high=50)
    qtbot.addWidget(field)
    qtbot.keyClicks(field, "51")
    assert field.value() is None and field.is_wrong()
    field.clear()
    qtbot.keyClicks(field, "2.5")
    assert field.is_wrong()
    field.set_value(3)
    assert field.value() == 3 and field.text() == "3"


def test_error_stands_under_the_field_and_is_read(qtbot, themed: ThemeSource) -> None:
    control = TimeField("Got up")
    field = Field("Got up", control)
    qtbot.addWidget(field)
    field.show()
    field.set_error("Earlier than “Tried to sleep”. Was it 17:10?")
    assert field.error.isVisible() and control.accessibleDescription().startswith("Earlier")
    assert field.caption.buddy() is control
    field.set_error("")
    assert not field.error.isVisible() and not control.property("invalid")


def test_combo_tells_of_the_person_only(qtbot, themed: ThemeSource) -> None:
    combo = ComboBox("Measure", [("tst", "Sleep time"), ("sol", "To fall asleep")])
    qtbot.addWidget(combo)
    combo.show()
    with qtbot.assertNotEmitted(combo.picked):
        combo.set_value("sol")
        combo.set_options([("sol", "To fall asleep"), ("waso", "Awake")])
    assert combo.value() == "sol"
    with qtbot.waitSignal(combo.picked) as got:
        qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert got.args == ["waso"]


def test_passphrase_is_hidden_until_asked_for(qtbot, themed: ThemeSource) -> None:
    field = PassphraseField("Passphrase")
    qtbot.addWidget(field)
    qtbot.keyClicks(field, "four ordinary words")
    assert "four" not in field.displayText()
    qtbot.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.AltModifier)
    assert field.displayText() == "four ordinary words"


def test_line_field_clears_by_its_button(qtbot, themed: ThemeSource) -> None:
    field = LineField("Find", clearable=True)
    qtbot.addWidget(field)
    qtbot.keyClicks(field, "harbour")
    with qtbot.waitSignal(field.textEdited) as got:
        field.actions()[-1].trigger()
    assert got.args == [""] and field.text() == ""


def test_date_field_by_keys(qtbot, themed: ThemeSource) -> None:
    field = DateField("From", date(2026, 11, 12), last=date(2026, 11, 13))
    qtbot.addWidget(field)
    chosen: list[date] = []
    field.date_chosen.connect(chosen.append)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_PageDown)
    assert chosen == [date(2026, 11, 13), date(2026, 10, 16)]
    field.selectAll()
    qtbot.keyClicks(field, "2 mar 2026")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.date() == date(2026, 3, 2) and field.text() == "2 Mar 2026"
    field.selectAll()
    qtbot.keyClicks(field, "soon")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.property("invalid") and field.date() == date(2026, 3, 2)


def test_stepper_ends_at_the_last_night(qtbot, themed: ThemeSource) -> None:
    stepper = DateStepper(date(2026, 11, 11), last=date(2026, 11, 12))
    qtbot.addWidget(stepper)
    with qtbot.waitSignal(stepper.night_chosen) as got:
        stepper.after.click()
    assert got.args == [date(2026, 11, 12)] and not stepper.after.isEnabled()
    with qtbot.assertNotEmitted(stepper.night_chosen):
        stepper.step(1)
        stepper.set_night(date(2026, 11, 1))
    assert stepper.after.isEnabled() and stepper.field.text() == "Sun 1 Nov 2026"
