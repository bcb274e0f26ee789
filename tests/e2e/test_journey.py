"""One night by keyboard alone: from the evening's routine to the opened card of the morning, in the real window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from dreamjournal.app.lifecycle import Lifecycle
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.instant import from_local
from dreamjournal.domain.night import Condition
from dreamjournal.domain.person import JournalKind
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Validity
from dreamjournal.runtime.crash import CrashHook
from dreamjournal.runtime.single_instance import SingleInstance
from dreamjournal.runtime.window_state import WindowState
from dreamjournal.services import evenings, journals, mornings, nights
from dreamjournal.ui.capture.page import NightCapture
from dreamjournal.ui.main_window import MainWindow
from dreamjournal.ui.theme import ThemeSource, install
from tests.fakes import FakeClock

NIGHT, ZONE = date(2026, 7, 9), "Europe/London"
NO, CTRL, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def life(qtbot, qapp: QApplication, tmp_path: Path) -> Iterator[Lifecycle]:
    """The window as `dreamjournal` opens it, on a new encrypted-or-not journal file, at 22:40 in the evening."""
    clock = FakeClock(zone=ZONE)
    clock.set(datetime(2026, 7, 9, 22, 40))
    path = tmp_path / "journal.db"
    journals.create(path, kind=JournalKind.OWN, passphrase=None, clock=clock).close()
    found = qapp.findChild(ThemeSource, "themeSource")
    theme = found if isinstance(found, ThemeSource) else install(qapp, "dark")
    theme.apply("dark", 1.0, night=False)
    stays = qapp.quitOnLastWindowClosed()
    qapp.setQuitOnLastWindowClosed(False)
    instance = SingleInstance(path, qapp)
    assert instance.claim([])
    window = MainWindow()
    qtbot.addWidget(window)
    made = Lifecycle(
        qapp, window, instance, CrashHook(parent=qapp), WindowState(), clock, journal=path, capture=False, person=None
    )
    window.show()
    made.open_first()
    activate(qtbot, window)
    yield made
    made.shut_down()
    made.deleteLater()
    qapp.setQuitOnLastWindowClosed(stays)
    theme.apply("light", 1.0, night=False)


def activate(qtbot, window) -> None:
    def active() -> bool:
        if not window.isActiveWindow():
            window.activateWindow()
        return window.isActiveWindow()

    qtbot.waitUntil(active, timeout=10_000)


def wait_for_dialog(qtbot, name: str) -> None:
    """Until the dialog a key opened has the keyboard."""

    def there() -> bool:
        active = QApplication.activeWindow()
        return active is not None and active.objectName() == name

    qtbot.waitUntil(there, timeout=10_000)


def press(what: Qt.Key | str, modifier: Qt.KeyboardModifier = NO) -> None:
    """The keyboard: keys go wherever the focus is, and nothing is clicked."""
    target = QApplication.focusWidget()
    assert target is not None, "a person at the keyboard would be nowhere"
    if isinstance(what, str):
        QTest.keyClicks(target, what, modifier)
    else:
        QTest.keyClick(target, what, modifier)


def tab_to(name: str, *, limit: int = 80) -> None:
    """Tab until the focus is on the widget named so, as one who cannot see a mouse would."""
    for _ in range(limit):
        focus = QApplication.focusWidget()
        if focus is not None and focus.objectName() == name:
            return
        press(Qt.Key.Key_Tab)
    pytest.fail(f"Tab never reaches {name}")


def test_evening_to_morning_by_keyboard_alone(qtbot, life: Lifecycle) -> None:
    window, journal, clock = life.window, life.journal, life._clock
    assert journal is not None and life.context is not None and isinstance(clock, FakeClock)
    person = life.context.person_id

    # The evening: two steps, what tonight is, a coffee, a line before sleep.
    assert window.page().page_key == "tonight" and QApplication.focusWidget().objectName() == "step_1"
    press(Qt.Key.Key_1)
    clock.advance(minutes=5)
    press(Qt.Key.Key_2)
    press(Qt.Key.Key_U)
    assert evenings.evening(journal, person, NIGHT).answer == Condition.UNSURE
    press(Qt.Key.Key_Backspace)
    assert evenings.evening(journal, person, NIGHT).answer is None
    press(Qt.Key.Key_E)
    wait_for_dialog(qtbot, "enhancedDialog")
    tab_to("newEnhancer")
    press("SleepSync")
    press(Qt.Key.Key_Return)
    activate(qtbot, window)
    tab_to("intention")
    press("Look for the shadows.")
    tab_to("intake_caffeine")
    press(Qt.Key.Key_Return)
    wait_for_dialog(qtbot, "intakeDialog")
    assert QApplication.focusWidget().objectName() == "intakeAmount"
    press("2")
    tab_to("intakeWhen")
    press("1430")
    press(Qt.Key.Key_Return)
    activate(qtbot, window)
    evening = evenings.evening(journal, person, NIGHT)
    assert evening.answer == Condition.ENHANCED and evening.intention == "Look for the shadows."
    assert [t.happened.local.strftime("%H:%M") for t in evening.ticks] == ["22:40", "22:45"]
    assert [(i.amount, i.happened.local.hour) for i in evening.intakes] == [(2.0, 14)]

    # Lights out: the time is stamped and the window goes dark.
    clock.set(datetime(2026, 7, 9, 23, 41))
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: isinstance(window.cover(), NightCapture))
    assert evenings.evening(journal, person, NIGHT).lights_out.local == datetime(2026, 7, 9, 23, 41)
    assert window.grab().toImage().pixelColor(2, 2).name() == "#000000"

    # Three in the morning: any key writes, Enter keeps.
    clock.set(datetime(2026, 7, 10, 3, 12))
    press("Low tide the key is bread")
    press(Qt.Key.Key_Return)
    assert window.cover().field.said.startswith("Kept at 03:12.")
    (words,) = journal.dreams.of_night(person, NIGHT)
    assert "Low tide the key is bread" in words.text and journal.mornings.recall(person, NIGHT) is None

    # Meanwhile a device has written its own numbers.
    start, end = from_local(datetime(2026, 7, 9, 23, 50), ZONE), from_local(datetime(2026, 7, 10, 6, 58), ZONE)
    journal.sessions.put(
        Session(
            0,
            person,
            NIGHT,
            "whoop",
            "a",
            SessionKind.MAIN,
            Validity.OK,
            start,
            end,
            SessionMeasures(tib_min=428, tst_min=391),
        )
    )

    # The morning: the words are there, the answer is not, the device is closed.
    clock.set(datetime(2026, 7, 10, 7, 14))
    press(Qt.Key.Key_2, CTRL)
    qtbot.waitUntil(lambda: window.page().page_key == "morning" and window.cover() is None)
    page = window.page()
    activate(qtbot, window)
    assert page.stepper.night() == NIGHT and "Low tide the key is bread" in page.dream.words.words()
    assert page.dream.recall.value() is None and mornings.is_sealed(journal, person, NIGHT, clock)
    assert page.side.sealed.isVisible()

    press(Qt.Key.Key_5, ALT)
    assert journal.mornings.recall(person, NIGHT) == Recall.REPORT
    tab_to("dreamText")
    press(Qt.Key.Key_End, CTRL)
    press(" and I decide to stay")
    tab_to("vividness")
    press("3")
    tab_to("lucidity")
    press("2")
    tab_to("tone")
    press("1")
    tab_to("nightmare")
    press("0")
    tab_to("dreamTags")
    press("harbour")
    press(Qt.Key.Key_Return)
    (dream,) = journal.dreams.of_night(person, NIGHT)
    assert dream.text.endswith("Low tide the key is bread and I decide to stay")
    assert (dream.recall, dream.vividness, dream.lucidity, dream.tone, dream.nightmare) == (
        Recall.REPORT,
        3,
        2,
        1,
        False,
    )
    assert dream.tags == ("harbour",)

    for name, text in {
        "into_bed": "2320", "sol": "25", "nawk": "2", "waso": "20", "final_wake": "0702", "out_of_bed": "0720"
    }.items():  # fmt: skip
        tab_to(name)
        press(text)
    tab_to("quality")
    press("4")
    assert page.computed.sleep.text() == "6 h 36 min" and page.side.sealed.isVisible()
    press(Qt.Key.Key_Return, CTRL)

    night = nights.night(journal, person, NIGHT, clock)
    assert night.condition == Condition.ENHANCED and not night.sealed
    assert night.diary is not None and night.diary.quality == 4
    assert night.diary.try_sleep.local == datetime(2026, 7, 9, 23, 41), "lights out was confirmed by saving"
    assert (
        page.diary_saved.text() == "Saved 07:14" and page.side.devices.isVisible() and not page.side.sealed.isVisible()
    )

    # And it is found again.
    press(Qt.Key.Key_3, CTRL)
    assert window.page().page_key == "dreams"
    press("bread")
    assert window.page().model.rowCount() == 1


def test_every_part_of_the_three_pages_is_reached_by_tab_and_none_traps(qtbot, life: Lifecycle) -> None:
    window = life.window
    wanted = {
        Qt.Key.Key_1: {"step_1", "editSteps", "intention", "tonight_natural", "intake_caffeine", "addIntake", "lightsOut", "night"},
        Qt.Key.Key_2: {"recall", "dreamText", "vividness", "lucidity", "tone", "nightmare", "dreamTags", "anotherDream", "moreQuestions",
                       "into_bed", "out_of_bed", "quality", "saveDiary", "night"},
        Qt.Key.Key_3: {"search", "filterCondition", "filterTag", "filterLucidity", "filterNights", "newDream"},
    }  # fmt: skip
    for key, names in wanted.items():
        press(key, CTRL)
        seen: set[str] = set()
        for _ in range(120):
            press(Qt.Key.Key_Tab)
            focus = QApplication.focusWidget()
            assert focus is not None and focus.isVisible()
            assert focus.accessibleName() or getattr(focus, "text", str)(), (
                f"{focus.objectName()} has no name for readers"
            )
            seen.add(focus.objectName())
        assert names <= seen, f"not reached by Tab: {sorted(names - seen)}"
    assert window.isVisible()
