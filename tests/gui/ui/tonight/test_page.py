"""The Tonight page by keyboard, on a real store."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from PySide6.QtCore import Qt

from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.night import Condition
from dreamjournal.services import evenings, nights
from dreamjournal.ui.tonight.condition_card import NOTHING_CHOSEN
from dreamjournal.ui.tonight.enhanced_dialog import EnhancedDialog
from dreamjournal.ui.tonight.intake_dialog import IntakeDialog
from dreamjournal.ui.tonight.moment_field import MomentDialog
from dreamjournal.ui.tonight.page import TonightPage
from dreamjournal.ui.tonight.steps_dialog import StepsDialog
from tests.gui.page_context import CTRL, activate, make_context, press, show

NIGHT = date(2026, 7, 9)


@pytest.fixture
def page(qtbot, themed, journal, clock) -> TonightPage:
    clock.set(datetime(2026, 7, 9, 22, 40))
    made = TonightPage(make_context(journal, clock))
    show(qtbot, made)
    made.activate(None)
    made.focus_first()
    return made


def evening(page: TonightPage, night: date = NIGHT):
    return evenings.evening(page._context.journal, page._context.person_id, night)


def test_three_suggested_steps_stand_unticked_and_the_first_has_the_focus(page: TonightPage) -> None:
    rows = page.routine.steps()
    assert len(rows) == 3 and not any(row.isChecked() for row in rows)
    assert rows[0].hasFocus()


def test_a_digit_ticks_a_step_with_the_time_and_again_unticks_it(page: TonightPage) -> None:
    press(Qt.Key.Key_2)
    (tick,) = evening(page).ticks
    assert tick.happened.local == datetime(2026, 7, 9, 22, 40)
    assert page.routine.steps()[1].isChecked() and page.routine.steps()[1].note == "22:40"
    assert page.saved.text() == "Saved 22:40"
    press(Qt.Key.Key_2)
    assert evening(page).ticks == () and not page.routine.steps()[1].isChecked()


def test_enter_on_a_ticked_step_changes_its_time(qtbot, page: TonightPage) -> None:
    press(Qt.Key.Key_1)
    press(Qt.Key.Key_Return)
    dialog = page.findChild(MomentDialog)
    assert dialog is not None
    dialog.when.time.selectAll()
    qtbot.keyClicks(dialog.when.time, "2218")
    qtbot.keyClick(dialog.when.time, Qt.Key.Key_Return)
    assert [t.happened.local for t in evening(page).ticks] == [datetime(2026, 7, 9, 22, 18)]


def test_a_time_to_come_asks_was_that_yesterday_and_goes_there(qtbot, page: TonightPage) -> None:
    press(Qt.Key.Key_1)
    press(Qt.Key.Key_Return)
    dialog = page.findChild(MomentDialog)
    dialog.when.time.selectAll()
    qtbot.keyClicks(dialog.when.time, "23:30")
    qtbot.keyClick(dialog.when.time, Qt.Key.Key_Return)
    assert dialog.when.question.text() == "Was that yesterday, 23:30?" and dialog.when.asking.isVisible()
    assert evening(page).ticks[0].happened.local == datetime(2026, 7, 9, 22, 40)
    dialog.when.yes.click()
    assert evening(page).ticks == ()
    assert [t.happened.local for t in evening(page, date(2026, 7, 8)).ticks] == [datetime(2026, 7, 8, 23, 30)]
    assert page.stepper.night() == date(2026, 7, 8)


def test_the_choice_starts_empty_and_silence_is_not_natural(page: TonightPage) -> None:
    assert page.condition.value() is None and page.condition.sentence.text() == NOTHING_CHOSEN
    assert not any(radio.isChecked() for radio in page.condition.radios.values())
    seen = nights.night(page._context.journal, page._context.person_id, NIGHT, page._context.clock)
    assert seen.condition == Condition.UNRECORDED


@pytest.mark.parametrize(("key", "said"), [(Qt.Key.Key_N, Condition.NATURAL), (Qt.Key.Key_U, Condition.UNSURE)])
def test_n_and_u_answer_and_backspace_takes_it_back(page: TonightPage, key: Qt.Key, said: Condition) -> None:
    press(key)
    assert evening(page).answer == said and page.condition.radios[said].isChecked()
    press(Qt.Key.Key_Backspace)
    assert evening(page).answer is None and page.condition.value() is None
    assert not any(radio.isChecked() for radio in page.condition.radios.values())


def test_e_without_enhancers_takes_a_new_name_and_enter_takes_the_last_one_next_time(qtbot, page: TonightPage) -> None:
    press(Qt.Key.Key_E)
    assert not page.condition.radios[Condition.ENHANCED].isChecked(), "nothing is chosen before it is said by what"
    dialog = page.findChild(EnhancedDialog)
    qtbot.keyClicks(dialog.new, "SleepSync")
    dialog.kind.set_value(EnhancerKind.DEVICE)
    with qtbot.waitSignal(dialog.finished):
        dialog.keep.click()
    seen = nights.night(page._context.journal, page._context.person_id, NIGHT, page._context.clock)
    assert seen.condition == Condition.ENHANCED and [(e.name, e.kind) for e in seen.exposures] == [
        ("SleepSync", EnhancerKind.DEVICE)
    ]
    assert page.condition.radios[Condition.ENHANCED].text() == "Enhanced by SleepSync"

    page.step_night(-1)
    qtbot.waitUntil(lambda: page.findChild(EnhancedDialog) is None)
    activate(qtbot, page)
    page.focus_first()
    press(Qt.Key.Key_E)
    again = page.findChild(EnhancedDialog)
    assert [tick.isChecked() for _, tick, _ in again._rows] == [True]
    qtbot.keyClick(again, Qt.Key.Key_Return)
    before = nights.night(page._context.journal, page._context.person_id, date(2026, 7, 8), page._context.clock)
    assert [e.name for e in before.exposures] == ["SleepSync"]


def test_intensity_and_dose_are_kept_apart(qtbot, page: TonightPage) -> None:
    journal, person, clock = page._context.journal, page._context.person_id, page._context.clock
    journal.enhancers.add(person, "SleepSync", EnhancerKind.DEVICE, clock.now())
    journal.enhancers.add(person, "Melatonin", EnhancerKind.SUPPLEMENT, clock.now())
    press(Qt.Key.Key_E)
    dialog = page.findChild(EnhancedDialog)
    fields = {enhancer.name: field for enhancer, _, field in dialog._rows}
    qtbot.keyClicks(fields["SleepSync"], "0.6")
    qtbot.keyClicks(fields["Melatonin"], "1 mg")
    dialog.keep.click()
    seen = nights.night(journal, person, NIGHT, clock)
    assert {(e.name, e.dose, e.intensity) for e in seen.exposures} == {
        ("SleepSync", "", 0.6),
        ("Melatonin", "1 mg", None),
    }


def test_the_line_before_sleep_is_kept_on_leaving_the_field(page: TonightPage) -> None:
    page.intention.setFocus()
    press("If I see the harbour")
    assert page.saved.text() == ""
    press(Qt.Key.Key_Tab)
    assert evening(page).intention == "If I see the harbour" and page.saved.text() == "Saved 22:40"


def test_letters_in_the_text_choose_nothing(page: TonightPage) -> None:
    page.intention.setFocus()
    press("n e u 1")
    assert evening(page).answer is None and evening(page).ticks == ()


def test_intake_with_time_none_and_undo(qtbot, page: TonightPage) -> None:
    rows = {str(kind): row for kind, row in page.intakes.rows.items()}
    assert rows["caffeine"].words() == "–"
    rows["caffeine"].setFocus()
    press(Qt.Key.Key_Return)
    dialog = page.findChild(IntakeDialog)
    qtbot.keyClicks(dialog.amount, "2")
    qtbot.keyClicks(dialog.when.time, "1430")
    qtbot.keyClick(dialog.when.time, Qt.Key.Key_Return)
    assert rows["caffeine"].words() == "2 cups last 14:30"
    qtbot.waitUntil(lambda: page.findChild(IntakeDialog) is None)
    rows["alcohol"].click()
    page.findChild(IntakeDialog).none.click()
    assert rows["alcohol"].words() == "None" and rows["medicine"].words() == "–"
    qtbot.waitUntil(lambda: page.findChild(IntakeDialog) is None)
    page._on_intake_removed(evening(page).intakes[0].id)
    assert rows["caffeine"].words() == "–" and page.undo_offer.is_open()
    page.undo()
    assert rows["caffeine"].words() == "2 cups last 14:30"


def test_removing_an_evening_takes_everything_and_gives_it_back(page: TonightPage) -> None:
    press(Qt.Key.Key_1)
    press(Qt.Key.Key_N)
    before = evening(page)
    assert page.remove.isVisible()
    page.remove.click()
    assert evening(page).ticks == () and evening(page).answer is None and not page.remove.isVisible()
    page.undo()
    assert evening(page) == before


def test_lights_out_stamps_once_and_asks_for_the_night_page(qtbot, page: TonightPage, clock) -> None:
    with qtbot.waitSignal(page.capture_requested):
        press(Qt.Key.Key_Return, CTRL)
    assert evening(page).lights_out.local == datetime(2026, 7, 9, 22, 40)
    clock.advance(hours=3)
    with qtbot.waitSignal(page.capture_requested):
        press(Qt.Key.Key_Return, CTRL)
    assert evening(page).lights_out.local == datetime(2026, 7, 9, 22, 40), "going back to bed does not move lights out"


def test_on_an_earlier_evening_times_are_asked_for(qtbot, page: TonightPage) -> None:
    page.step_night(-1)
    page.focus_first()
    press(Qt.Key.Key_1)
    dialog = page.findChild(MomentDialog)
    assert dialog is not None and evening(page, date(2026, 7, 8)).ticks == ()
    qtbot.keyClicks(dialog.when.time, "22:10")
    qtbot.keyClick(dialog.when.time, Qt.Key.Key_Return)
    (tick,) = evening(page, date(2026, 7, 8)).ticks
    assert tick.happened.local == datetime(2026, 7, 8, 22, 10)
    assert tick.written == page._context.clock.now(), "when it was written is kept as well"


def test_steps_can_be_added_renamed_moved_and_removed(qtbot, page: TonightPage) -> None:
    page.routine.edit.click()
    dialog = page.findChild(StepsDialog)
    qtbot.keyClicks(dialog.new, "Window ajar")
    qtbot.keyClick(dialog.new, Qt.Key.Key_Return)
    assert [row.text() for row in page.routine.steps()][-1] == "Window ajar"
    dialog.findChild(type(dialog.new), "stepTitle_1").setFocus()
    first = page._steps[0].title
    dialog.findChild(object, "stepDown_1").click()
    assert page.routine.steps()[1].text() == first
    dialog.findChild(object, "stepRemove_4").click()
    assert "Window ajar" not in [row.text() for row in page.routine.steps()]


def test_the_foot_tells_the_bedtime_of_the_day_that_follows(page: TonightPage) -> None:
    journal, person = page._context.journal, page._context.person_id
    assert page.facts.plain() == ""
    journal.settings.set("bedtime_work", "23:15", person)
    journal.settings.set("bedtime_free", "00:30", person)
    page.activate(NIGHT)  # a Thursday
    assert page.facts.plain() == "Bedtime 23:15."
    journal.settings.set("work_days", [], person)
    page.activate(NIGHT)
    assert page.facts.plain() == "Bedtime 00:30."


def test_a_failing_tick_says_why_and_shows_nothing_ticked(page: TonightPage, monkeypatch) -> None:
    from dreamjournal.common.errors import StoreError

    def full(*_args, **_kwargs):
        raise StoreError("The step was not ticked", "the disk is full", "make room")

    monkeypatch.setattr(page._context.journal.evenings, "tick", full)
    press(Qt.Key.Key_1)
    assert page.saved.text() == "Not saved yet: the disk is full. Your words are still here."
    assert not page.routine.steps()[0].isChecked()
