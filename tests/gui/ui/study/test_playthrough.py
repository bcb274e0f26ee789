"""A study of 56 nights by keyboard in the real window: from the question to the final look, with its hash checked by hand.

With `DREAMJOURNAL_PICTURES` set to a folder, each step is kept there as a picture in three themes.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QRadioButton

from dreamjournal.app.lifecycle import Lifecycle
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.night import Condition
from dreamjournal.domain.person import JournalKind
from dreamjournal.runtime.crash import CrashHook
from dreamjournal.runtime.single_instance import SingleInstance
from dreamjournal.runtime.window_state import WindowState
from dreamjournal.services import enhancers, evenings, journals, mornings, nights, studies
from dreamjournal.ui.main_window import MainWindow
from dreamjournal.ui.theme import ThemeSource, install
from tests.fakes import FakeClock

ZONE = "Europe/London"
FIRST = date(2026, 5, 4)
QUESTION = "Do I sleep longer with SleepSync?"
MISSED = {9, 33}
"""Nights of which nothing is written down."""
OTHERWISE = {15, 44}
"""Nights that were not as drawn."""
NO, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def life(qtbot, qapp: QApplication, tmp_path: Path) -> Iterator[Lifecycle]:
    """The window on a journal whose first 14 mornings are answered, on the evening of the first night."""
    clock = FakeClock(zone=ZONE)
    clock.set(datetime(2026, 4, 1, 12, 0))
    path = tmp_path / "journal.db"
    journal = journals.create(path, kind=JournalKind.OWN, passphrase=None, clock=clock)
    person = journal.persons.all()[0].id
    for day in (FIRST - timedelta(days=n) for n in range(16, 0, -1)):
        clock.set(at(day + timedelta(days=1), 8))
        mornings.save_diary(journal, diary(person, day, 430), clock)
    journal.close()
    clock.set(at(FIRST, 20))
    found = qapp.findChild(ThemeSource, "themeSource")
    theme = found if isinstance(found, ThemeSource) else install(qapp, "light")
    theme.apply("light", 1.0, night=False)
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


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute)


def diary(person: int, day: date, slept: int):
    """A morning's answers that come to `slept` minutes."""
    answers = {"into_bed": 1380, "try_sleep": 1380, "sol": 10, "waso": 10, "final_wake": (1380 + slept + 20) % 1440,
               "out_of_bed": (1380 + slept + 30) % 1440}  # fmt: skip
    return mornings.diary_from_answers(person, day, ZONE, answers)


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
    """Tab until the focus is on the widget named so."""
    for _ in range(limit):
        focus = QApplication.focusWidget()
        if focus is not None and focus.objectName() == name:
            return
        press(Qt.Key.Key_Tab)
    pytest.fail(f"Tab never reaches {name}")


def space_on(name: str) -> None:
    tab_to(name)
    press(Qt.Key.Key_Space)


def picture(widget, name: str) -> None:
    """Keep a picture of a step in each theme where a folder for them is named."""
    folder = os.environ.get("DREAMJOURNAL_PICTURES")
    if not folder:
        return
    source = QApplication.instance().findChild(ThemeSource, "themeSource")
    for theme in ("light", "dark", "night"):
        source.apply("dark" if theme == "dark" else "light", 1.0, night=theme == "night")
        for _ in range(3):  # wrapped words find their height one layout after another
            QApplication.processEvents()
        widget.grab().save(str(Path(folder, f"{name}-{theme}.png")))
    source.apply("light", 1.0, night=False)


def compared(qtbot, life: Lifecycle):
    """The answer Compare shows, once it is worked out and the window is quiet."""
    page = life.window.page()
    assert page is not None and page.page_key == "compare"
    qtbot.waitUntil(lambda: not life.tasks.busy and page.view is not None, timeout=30_000)
    return page.view.result


def to_compare(qtbot, life: Lifecycle):
    """From the Study page to Compare by its first button."""
    press(Qt.Key.Key_9, CTRL)
    assert life.window.page().page_key == "study"
    assert QApplication.focusWidget().objectName() == "study_compare"
    press(Qt.Key.Key_Space)
    return compared(qtbot, life)


def test_56_nights_from_the_question_to_the_final_look(qtbot, life: Lifecycle, tmp_path: Path) -> None:
    window, journal, clock = life.window, life.journal, life._clock
    assert journal is not None and life.context is not None and isinstance(clock, FakeClock)
    person = life.context.person_id
    draw = random.Random(7)

    # The question comes first; the enhancer is added on the way.
    press(Qt.Key.Key_9, CTRL)
    page = window.page()
    assert page.page_key == "study" and page.empty.isVisible()
    assert QApplication.focusWidget().objectName() == "planStudy"
    picture(window, "01-no-study")
    press(Qt.Key.Key_Space)
    wait_for_dialog(qtbot, "planner")
    planner = page.planner
    press(QUESTION)
    tab_to("planner_enhancer")
    press(Qt.Key.Key_Down)
    wait_for_dialog(qtbot, "enhancersDialog")
    press("SleepSync")
    press(Qt.Key.Key_Return)
    space_on("enhancersDone")
    activate(qtbot, planner)
    assert planner.form.enhancer_name() == "SleepSync"
    assert (planner.form.measure.currentText(), planner.form.source.currentText()) == ("Sleep time", "Diary")
    tab_to("planner_least")
    assert planner.form.least.text() == "30" and planner.form.least_note.text() == "the usual value"
    press(Qt.Key.Key_A, CTRL)
    press("20")
    assert planner.form.least_note.text() == "set by you"
    picture(planner, "02-question")
    space_on("planner_next")

    # What speaks against it: nothing is answered beforehand, and a missing answer is asked for.
    qtbot.waitUntil(planner.screening.isVisible, timeout=10_000)
    assert planner.screening.strips and all(s.value() is None for s in planner.screening.strips.values())
    space_on("planner_next")
    assert planner.screening.isVisible()
    for key in planner.screening.strips:
        tab_to(f"screening_{key}")
        press("0")
    assert not any(s.value() for s in planner.screening.strips.values())
    picture(planner, "03-questions-first")
    space_on("planner_next")

    # What to expect, before anything is drawn.
    assert planner.preview.isVisible() and studies.all_studies(journal, person) == []
    assert "28 enhanced and 28 natural" in planner.preview.facts.plain()
    assert planner.preview.own_words.text() == QUESTION
    picture(planner, "04-what-to-expect")
    space_on("planner_next")
    study = studies.current(journal, person, clock)
    assert study is not None and (study.question, study.swd, study.nights) == (QUESTION, 20.0, 56)
    assert planner.done_step.hash.digest == study.digest and study.first_night == FIRST
    picture(planner, "05-fixed")
    space_on("planner_next")
    activate(qtbot, window)
    assert page.view.headline.text() == "Night 1 of 56."
    picture(window, "06-first-night")

    # The printed plan, and its hash by hashlib and json alone.
    paper = tmp_path / "plan.md"
    with qtbot.waitSignal(page.saved, timeout=30_000):
        page.print_to(study, paper)
    printed = paper.read_text(encoding="utf-8")
    assert study.digest in printed
    told = json.loads(next(line for line in printed.splitlines() if line.startswith("{")))
    again = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(again.encode()).hexdigest() == study.digest
    assert (told["question"], told["enhancer"], told["metric"], told["source"]) == (
        QUESTION,
        "SleepSync",
        "tst",
        "diary",
    )
    assert (told["swd"], told["looks"], told["first_night"]) == (20.0, [28, 56], "2026-05-04")
    assert told["schedule"] == study.schedule and told["schedule"].count("E") == 28

    # The nights: the first two, the 28th and the last by keyboard, the others through the services.
    def kind_of(number: int) -> str:
        drawn = told["schedule"][number - 1]
        return {"E": "N", "N": "E"}[drawn] if number in OTHERWISE else drawn

    def sleep_of(number: int) -> int:
        return 430 + draw.randrange(-35, 36) + (45 if kind_of(number) == "E" else 0)

    def by_hand(number: int) -> None:
        day = FIRST + timedelta(days=number - 1)
        clock.set(at(day, 22, 30))
        press(Qt.Key.Key_1, CTRL)
        evening = window.page()
        drawn = "an enhanced" if told["schedule"][number - 1] == "E" else "a natural"
        assert evening.condition.plan.isVisible()
        assert (
            evening.condition.plan.accessibleName() == f"Night {number} of 56 of your study: {drawn} night was drawn."
        )
        assert evenings.evening(journal, person, day).answer is None, "a plan never chooses"
        assert not any(row.isChecked() for row in evening.condition.findChildren(QRadioButton))
        if number == 1:
            picture(window, "07-evening")
        if kind_of(number) == "N":
            press(Qt.Key.Key_N)
        else:
            press(Qt.Key.Key_E)
            wait_for_dialog(qtbot, "enhancedDialog")
            if not evenings.last_used_enhancer(journal, person):
                press(Qt.Key.Key_1)
            tab_to("enhanced_keep")
            press(Qt.Key.Key_Return)
            activate(qtbot, window)
        clock.set(at(day + timedelta(days=1), 7, 30))
        press(Qt.Key.Key_2, CTRL)
        slept = sleep_of(number)
        rose = 23 * 60 + slept + 20
        for name, words in {
            "into_bed": "2300", "try_sleep": "2300", "sol": "10", "waso": "10", "final_wake": f"{rose // 60 % 24:02d}{rose % 60:02d}",
            "out_of_bed": f"{(rose + 10) // 60 % 24:02d}{(rose + 10) % 60:02d}",
        }.items():  # fmt: skip
            tab_to(name)
            press(Qt.Key.Key_A, CTRL)
            press(words)
        press(Qt.Key.Key_Return, CTRL)
        known = nights.night(journal, person, day, clock)
        assert known.diary is not None
        assert known.condition == (Condition.ENHANCED if kind_of(number) == "E" else Condition.NATURAL)

    def through_services(numbers: range) -> None:
        for number in numbers:
            day = FIRST + timedelta(days=number - 1)
            if number in MISSED:
                continue
            clock.set(at(day, 22, 30))
            if kind_of(number) == "E":
                enhancers.log(journal, person, day, "enhanced", ["SleepSync"], "", clock)
            else:
                enhancers.log(journal, person, day, "natural", [], "", clock)
            clock.set(at(day + timedelta(days=1), 8))
            mornings.save_diary(journal, diary(person, day, sleep_of(number)), clock)
        life.context.publish(Changes.NIGHTS)

    by_hand(1)
    by_hand(2)
    through_services(range(3, 28))
    by_hand(28)

    # The first look, on the morning after its night.
    first_look = to_compare(qtbot, life)
    compare = window.page()
    assert compare.question.spec.look == 28 and first_look.design == "R" and first_look.next_look is None
    assert first_look.stamp.kind == "planned" and compare.study_line.stamp.text() == first_look.stamp.words
    assert first_look.stamp.words.startswith("Planned: the question was fixed on 4 May 2026")
    assert first_look.n_enhanced + first_look.n_natural == 27 and "collecting" not in first_look.reasons
    assert first_look.swd == 20 and first_look.source == "diary"
    picture(window, "08-first-look")

    # Between the looks: still collecting, and the first look can be read again.
    through_services(range(29, 41))
    press(Qt.Key.Key_9, CTRL)
    assert window.page().view.headline.text() == "Night 40 of 56."
    assert window.page().view.buttons["compare"].text() == "Compare, after night 28"
    picture(window, "09-between-looks")
    press(Qt.Key.Key_T, CTRL)
    assert window.page().view.table.isVisible() and QApplication.focusWidget().objectName() == "planTable"
    press(Qt.Key.Key_5, CTRL)
    compared(qtbot, life)
    tab_to("looks")
    press(Qt.Key.Key_Tab)  # to the link in the line
    with qtbot.waitSignal(compare.answered, timeout=30_000):
        press(Qt.Key.Key_Return)
    between = compared(qtbot, life)
    assert compare.question.spec.look is None and (between.verdict, between.next_look) == ("early", 56)
    assert between.headline == "Still collecting." or "collecting" in between.reasons
    assert "Still collecting: the next look is after night 56." in between.sentence
    picture(window, "10-still-collecting")

    # The last nights, and the final look with its verdict.
    through_services(range(41, 56))
    by_hand(56)
    final = to_compare(qtbot, life)
    assert compare.question.spec.look == 56 and final.design == "R" and final.stamp.kind == "planned"
    assert final.next_look is None and final.verdict in ("clearly_more", "probably_more")
    assert (final.n_enhanced + final.n_natural, len(final.missing)) == (54, 2)
    assert compare.view.headline.text() == final.headline and compare.study_line.stamp.text() == final.stamp.words
    picture(window, "11-final-look")

    # As planned and as used are both kept; the study says so itself, and nothing was changed on the way.
    clock.set(at(FIRST + timedelta(days=56), 13))
    kept = studies.adherence(journal, study, clock)
    assert (kept.followed, kept.known, kept.passed) == (52, 54, 56)
    press(Qt.Key.Key_9, CTRL)
    page = window.page()
    assert page.empty.isVisible() and page.past.model().rowCount() == 1
    tab_to("pastStudies")
    press(Qt.Key.Key_Return)
    assert page.view.headline.text() == "Ended after 56 nights."
    assert page.view.findChild(type(page.view.headline), "studyStanding_1").text() == (
        "Followed: 52 of 54 nights were as drawn. Not recorded: 2."
    )
    assert studies.verify(studies.the_study(journal, study.id))
    picture(window, "12-ended")
