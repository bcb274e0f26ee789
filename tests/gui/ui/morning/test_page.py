"""The Morning page: dream, then diary, then the device."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from dreamjournal.common.errors import StoreError
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.instant import from_local
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Validity
from dreamjournal.services import dreams, evenings, mornings
from dreamjournal.ui.morning.page import MorningPage
from tests.gui.page_context import ALT, CTRL, make_context, press, show

NIGHT, ZONE = date(2026, 7, 8), "Europe/London"


@pytest.fixture
def context(themed, journal, clock):
    clock.set(datetime(2026, 7, 9, 7, 14))
    return make_context(journal, clock)


@pytest.fixture
def page(qtbot, context) -> MorningPage:
    return opened(qtbot, context)


def opened(qtbot, context) -> MorningPage:
    made = MorningPage(context)
    show(qtbot, made)
    made.activate(None)
    made.focus_first()
    return made


def recorded(context) -> None:
    start, end = from_local(datetime(2026, 7, 8, 23, 50), ZONE), from_local(datetime(2026, 7, 9, 6, 58), ZONE)
    context.journal.sessions.put(
        Session(
            0,
            context.person_id,
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


def diary(page: MorningPage) -> Diary | None:
    return page._context.journal.diaries.get(page._context.person_id, NIGHT)


def kept(page: MorningPage):
    return page._context.journal.dreams.of_night(page._context.person_id, NIGHT)


def recall(page: MorningPage) -> Recall | None:
    return page._context.journal.mornings.recall(page._context.person_id, NIGHT)


def said(page) -> str:
    return " ".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def answer(page: MorningPage, **answers: str) -> None:
    for name, text in answers.items():
        page.form.inputs[name].setFocus()
        press(text)
    press(Qt.Key.Key_Tab)


def test_nothing_is_answered_to_begin_with(page: MorningPage) -> None:
    assert page.stepper.night() == NIGHT and page.dream.recall.value() is None
    assert recall(page) is None and diary(page) is None and page.form.answers() == {}
    assert page.computed.sleep.text() == "–" and "needs" in page.computed.sleep_needs.text()
    assert page.diary_saved.text() == "" and page.dream.saved.text() == ""


@pytest.mark.parametrize(("number", "told"), list(enumerate(Recall, start=1)))
def test_alt_digit_answers(page: MorningPage, number: int, told: Recall) -> None:
    press(Qt.Key(Qt.Key.Key_0 + number), ALT)
    assert recall(page) == told and page.dream.recall.value() == told
    assert page.dream.content.isVisible() == told.has_content
    assert page.dream.saved.text() == "Saved 07:14"


def test_an_answer_without_content_folds_the_words_away_intact(page: MorningPage) -> None:
    page.dream.words.setFocus()
    press("Low tide")
    press(Qt.Key.Key_2, ALT)
    assert recall(page) == Recall.NOTHING and not page.dream.content.isVisible()
    assert "That is an answer too." in page.dream.folded.plain()
    page.dream.folded.link_activated.emit("show")
    assert page.dream.content.isVisible() and page.dream.words.words() == "Low tide"
    assert [d.text for d in kept(page)] == ["Low tide"]


def test_words_are_drafted_while_typing_and_saved_on_leaving_the_field(qtbot, page: MorningPage) -> None:
    page.dream.words.setFocus()
    press("Low tide")
    qtbot.waitUntil(lambda: page.dream.saved.text() == "Draft kept", timeout=2000)
    assert kept(page) == []
    press(Qt.Key.Key_Tab)
    assert [d.text for d in kept(page)] == ["Low tide"] and page.dream.saved.text() == "Saved 07:14"
    assert recall(page) == Recall.REPORT and page.dream.recall.value() == Recall.REPORT
    assert dreams.drafts(page._context.journal, page._context.person_id) == []


def test_drafted_words_are_back_after_a_kill(qtbot, page: MorningPage, context) -> None:
    page.dream.words.setFocus()
    press("Low tide")
    qtbot.waitUntil(lambda: page.dream.saved.text() == "Draft kept", timeout=2000)
    page.dream.words.blockSignals(True)  # a killed process tells nobody that its window lost the focus
    again = opened(qtbot, context)
    assert again.dream.words.words() == "Low tide" and again.dream.saved.text() == "Draft kept"


def test_a_failing_save_says_why_and_keeps_the_words(page: MorningPage, monkeypatch) -> None:
    def full(*_args, **_kwargs):
        raise StoreError("The dream was not saved", "the disk is full", "make room")

    monkeypatch.setattr(page._context.journal.dreams, "put", full)
    page.dream.words.setFocus()
    press("Low tide")
    press(Qt.Key.Key_Tab)
    assert page.dream.saved.text() == "Not saved yet: the disk is full. Your words are still here."
    assert page.dream.words.words() == "Low tide"
    monkeypatch.undo()
    page.dream.editing.save()
    assert [d.text for d in kept(page)] == ["Low tide"]


def test_words_of_the_night_stand_there_and_the_answer_starts_at_none(qtbot, context, clock) -> None:
    clock.set(datetime(2026, 7, 9, 3, 12))
    dreams.keep_night_words(context.journal, context.person_id, "The key is bread", clock)
    clock.set(datetime(2026, 7, 9, 7, 14))
    page = opened(qtbot, context)
    assert "The key is bread" in page.dream.words.words() and page.dream.recall.value() is None
    assert any("Words kept at 03:12" in fact for fact in page.side.facts())


def test_digits_set_the_scale_in_focus_and_distress_opens_after_a_yes(page: MorningPage) -> None:
    page.dream.words.setFocus()
    press("Low tide")
    scales = page.dream.scales
    scales.vividness.setFocus()
    press("3")
    scales.tone.setFocus()
    press("-1")
    assert scales.distress.isHidden()
    scales.nightmare.setFocus()
    press("1")
    assert scales.distress.isVisible()
    scales.distress.setFocus()
    press("4")
    (dream,) = kept(page)
    assert (dream.vividness, dream.tone, dream.nightmare, dream.distress, dream.lucidity) == (3, -1, True, 4, None)


def test_another_dream_is_a_second_one(page: MorningPage) -> None:
    page.dream.words.setFocus()
    press("Low tide")
    assert page.new_dream()
    press("A staircase")
    press(Qt.Key.Key_Tab)
    assert [d.text for d in kept(page)] == ["Low tide", "A staircase"]
    assert page.dream.which is not None and [b.text() for b in page.dream.which.buttons] == ["Dream 1", "Dream 2"]
    page.dream.which.setFocus()
    press(Qt.Key.Key_Left)
    assert page.dream.words.words() == "Low tide"


def test_filling_the_form_marks_nothing_dirty(qtbot, context) -> None:
    mornings.save_diary(context.journal, Diary(context.person_id, NIGHT, sol=10.0, comments="windy"), context.clock)
    page = opened(qtbot, context)
    assert not page._keeper.dirty and not page.dream.editing.unsaved
    assert page.form.inputs["sol"].text() == "10" and page.form.more.isVisible()
    page.leave()
    assert dreams.drafts(context.journal, context.person_id) == []


def test_the_diary_by_keyboard_with_its_sum_echoed(page: MorningPage) -> None:
    answer(page, into_bed="2320", try_sleep="11:41 pm", sol="25", nawk="2", waso="20", final_wake="0702")
    assert page.form.inputs["try_sleep"].text() == "23:41"
    assert page.computed.sleep.text() == "6 h 36 min"
    assert (page.computed.share.text(), page.computed.share_needs.text()) == ("–", "needs “Got up”")
    answer(page, out_of_bed="7.30")
    assert page.computed.share_name.text() == "Share of time in bed" and page.computed.share.text() == "81 %"
    assert diary(page) is None, "nothing counts before it is saved"
    press(Qt.Key.Key_Return, CTRL)
    found = diary(page)
    assert found is not None and (found.sol, found.nawk, found.waso, found.quality) == (25.0, 2, 20.0, None)
    assert found.try_sleep.local == datetime(2026, 7, 8, 23, 41) and found.final_wake.local == datetime(
        2026, 7, 9, 7, 2
    )
    assert page.diary_saved.text() == "Saved 07:14"
    assert found.illness is None and found.events_asked is None


def test_the_share_is_named_for_what_it_is_of(page: MorningPage) -> None:
    answer(page, try_sleep="2340", sol="20", waso="0", final_wake="0640")
    page.form.show_more(True)
    answer(page, tasafa="10")
    assert page.computed.share_name.text() == "Share of time spent trying to sleep"
    assert page.computed.share.text() == "93 %"


def test_lights_out_stands_in_tried_to_sleep_until_it_is_saved(qtbot, context, clock) -> None:
    clock.set(datetime(2026, 7, 8, 23, 41))
    evenings.lights_out(context.journal, context.person_id, NIGHT, clock)
    clock.set(datetime(2026, 7, 9, 7, 14))
    page = opened(qtbot, context)
    assert page.form.inputs["try_sleep"].text() == "23:41" and diary(page) is None and not page._keeper.dirty


def test_what_is_no_time_is_told_under_the_field_and_the_rest_is_saved(page: MorningPage) -> None:
    answer(page, sol="25", final_wake="half past")
    assert page.form.fields["final_wake"].error.sentence() == "This is not a time. Write it as 2341 or 23:41."
    press(Qt.Key.Key_Return, CTRL)
    assert diary(page).sol == 25.0 and diary(page).final_wake is None
    assert page.form.inputs["final_wake"].text() == "half past"


def test_odd_answers_ask_and_are_never_refused(page: MorningPage) -> None:
    answer(page, try_sleep="2341", sol="25", waso="600", final_wake="0702")
    assert page.form.fields["waso"].error.sentence().endswith("?")
    press(Qt.Key.Key_Return, CTRL)
    assert diary(page).waso == 600.0


def test_an_empty_diary_opens_nothing(context, qtbot) -> None:
    recorded(context)
    page = opened(qtbot, context)
    page.save.click()
    assert diary(page) is None and page.nothing.sentence() == "Nothing is answered yet. One answer is enough."
    assert page.side.sealed.isVisible()


def test_answers_are_a_draft_and_back_after_a_kill(qtbot, page: MorningPage, context) -> None:
    answer(page, sol="25", final_wake="half past")
    page.form.show_more(True)
    page.form.comments.setFocus()
    press("Windy")
    qtbot.waitUntil(lambda: page.diary_saved.text() == "Draft kept", timeout=2000)
    again = opened(qtbot, context)
    assert again.form.inputs["sol"].text() == "25" and again.form.inputs["final_wake"].text() == "half past"
    assert again.form.comments.words() == "Windy" and again.diary_saved.text() == "Draft kept"
    assert diary(again) is None


def test_device_numbers_are_closed_until_the_diary_is_saved(qtbot, context) -> None:
    recorded(context)
    page = opened(qtbot, context)
    assert page.side.sealed.isVisible() and not page.side.devices.isVisible()
    assert "6 h 31" not in said(page) and "WHOOP recorded last night" in page.side.sealed.words.plain()
    answer(page, sol="25")
    press(Qt.Key.Key_Return, CTRL)
    assert not page.side.sealed.isVisible()
    qtbot.waitUntil(lambda: "Asleep 6 h 31 min" in said(page))


def test_opening_without_a_diary_is_recorded(qtbot, context) -> None:
    recorded(context)
    page = opened(qtbot, context)
    page.side.sealed.button.click()
    qtbot.waitUntil(lambda: "Asleep 6 h 31 min" in said(page))
    assert diary(page) is None
    assert NIGHT in context.journal.mornings.passed_over(context.person_id, NIGHT, NIGHT)


def test_more_questions_keep_unasked_apart_from_no(page: MorningPage) -> None:
    page.form.more_link.click()
    assert page.form.more.isVisible() and not page.form.event_box.isVisible()
    page.form.yes_no["illness"].setFocus()
    press("0")
    page.form.events_asked.setFocus()
    press("1")
    assert page.form.event_box.isVisible()
    page.form.events["headache"].click()
    answer(page, naps="1", nap_min="20")
    press(Qt.Key.Key_Return, CTRL)
    found = diary(page)
    assert (found.illness, found.travel, found.naps, found.nap_min) == (False, None, 1, 20.0)
    assert (found.events_asked, found.events) == (True, ("headache",))


def test_asked_and_none_is_not_unasked(page: MorningPage) -> None:
    page.form.show_more(True)
    page.form.events_asked.setFocus()
    press("0")
    press(Qt.Key.Key_Return, CTRL)
    assert (diary(page).events_asked, diary(page).events) == (True, ())


def test_a_removed_diary_comes_back(page: MorningPage) -> None:
    answer(page, sol="25")
    press(Qt.Key.Key_Return, CTRL)
    before = diary(page)
    page.remove.click()
    assert diary(page) is None and page.form.answers() == {}
    page.undo()
    assert diary(page) == before and page.form.inputs["sol"].text() == "25"


def test_a_change_from_elsewhere_never_overwrites_words_being_typed(page: MorningPage) -> None:
    from dreamjournal.domain.changes import Changes

    page.dream.words.setFocus()
    press("Low tide")
    page.refresh(Changes.ALL)
    assert page.dream.words.words() == "Low tide"


def test_numbers_can_be_hidden(qtbot, context) -> None:
    recorded(context)
    context.journal.settings.set("hide_numbers", True, context.person_id)
    page = opened(qtbot, context)
    page.side.sealed.button.click()
    qtbot.waitUntil(lambda: "Numbers are hidden" in said(page))
    assert "6 h 31" not in said(page) and not page.computed.isVisible()


def test_a_form_emptied_again_leaves_no_draft(page: MorningPage, context) -> None:
    answer(page, sol="25")
    page.leave()
    assert len(dreams.drafts(context.journal, context.person_id)) == 1
    page.form.inputs["sol"].setFocus()
    page.form.inputs["sol"].selectAll()
    press(Qt.Key.Key_Delete)
    page.leave()
    assert dreams.drafts(context.journal, context.person_id) == []


def test_a_nurses_diary_is_paper_entry_without_a_seal(qtbot, themed, clock) -> None:
    from dreamjournal.domain.person import JournalKind
    from dreamjournal.store.journal import memory_journal

    clock.set(datetime(2026, 7, 9, 7, 14))
    journal = memory_journal(clock=clock, kind=JournalKind.NURSE)
    context = make_context(journal, clock)
    recorded(context)
    page = opened(qtbot, context)
    assert page.title_label.text() == "Diary" and not page.side.sealed.isVisible() and not page.side.edit.isVisible()
    answer(page, sol="25")
    press(Qt.Key.Key_Return, CTRL)
    assert diary(page).sol == 25.0
    page.hide()
    journal.close()
