"""The Dreams page: finding, re-reading, editing in place, deleting and taking back."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from dreamjournal.common.errors import StoreError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.domain.night import Condition
from dreamjournal.services import dreams, evenings
from dreamjournal.ui.dreams.page import DreamsPage
from dreamjournal.ui.dreams.row_delegate import hit_spans
from tests.gui.page_context import CTRL, SHIFT, make_context, press, show

HARBOUR = "Low tide, and the harbour is empty."
ROPES = "Ropes, and a smell of harbour water."
STAIRS = "A staircase made of piano keys."


@pytest.fixture
def context(themed, journal, clock):
    clock.set(datetime(2026, 7, 9, 7, 14))
    return make_context(journal, clock)


@pytest.fixture
def page(qtbot, context) -> DreamsPage:
    save(context, date(2026, 7, 8), HARBOUR, lucidity=2, tags=("harbour", "brother"))
    save(context, date(2026, 6, 30), ROPES, recall=Recall.FRAGMENT)
    save(context, date(2026, 6, 1), STAIRS, tags=("keys",))
    evenings.answer(context.journal, context.person_id, date(2026, 7, 8), "natural", context.clock)
    return opened(qtbot, context)


def opened(qtbot, context) -> DreamsPage:
    made = DreamsPage(context)
    show(qtbot, made)
    made.activate(None)
    made.focus_first()
    return made


def save(context, night: date, text: str, **answers):
    return dreams.save(context.journal, context.person_id, DreamDraft(night, text, **answers), context.clock).dream


def found(page: DreamsPage) -> list[str]:
    return [page.model.row_at(i).dream.text for i in range(page.model.rowCount())]


def texts(page: DreamsPage) -> list[str]:
    return [d.text for d in page._context.journal.dreams.all(page._context.person_id)]


def test_an_empty_journal_says_what_to_do(qtbot, context) -> None:
    page = opened(qtbot, context)
    assert page.empty.isVisible() and page.empty.headline.text() == "No dreams yet."
    page.empty_button.click()
    press("A word")
    press(Qt.Key.Key_Tab)
    assert texts(page) == ["A word"] and found(page) == ["A word"] and not page.empty.isVisible()


def test_all_dreams_stand_newest_first_and_the_first_is_shown(page: DreamsPage) -> None:
    assert found(page) == [HARBOUR, ROPES, STAIRS]
    assert page.count.text() == "3 dreams" and page.order.text() == "Newest first"
    assert page.editor.words.words() == HARBOUR and page.editor.heading.text() == "The night of Wednesday 8 July"
    assert page.filters.search.hasFocus()


def test_search_as_you_type_marks_the_hits(page: DreamsPage) -> None:
    press("harb")
    assert set(found(page)) == {HARBOUR, ROPES} and page.count.text() == "2 of 3 dreams"
    marked = page.editor.words.extraSelections()
    assert [s.cursor.selectedText() for s in marked] == ["harbour"]


@pytest.mark.parametrize("query", ['"', "'", "harbour OR", "a* NEAR(", "(", "%_", "\x00", "🌊", "-", 'x" AND "'])
def test_no_search_is_an_error(page: DreamsPage, query: str) -> None:
    page.filters.search.setText(query)
    page.filters.search.textEdited.emit(query)
    assert page.count.text().endswith("dreams")


def test_nothing_found_offers_the_near_word(page: DreamsPage) -> None:
    press("harbor")
    assert found(page) == []
    assert page.no_hit.plain().startswith("Nothing with “harbor”. Did you mean “harbour” (2)?")
    page.no_hit.link_activated.emit("word:harbour")
    assert len(found(page)) == 2 and page.filters.search.text() == "harbour"


def test_esc_clears_the_search_first(page: DreamsPage) -> None:
    press("keys")
    assert found(page) == [STAIRS]
    press(Qt.Key.Key_Escape)
    assert page.filters.search.text() == "" and len(found(page)) == 3


def test_down_goes_into_the_list_enter_to_the_text_and_ctrl_shift_d_to_the_tags(page: DreamsPage) -> None:
    press(Qt.Key.Key_Down)
    assert page.list.hasFocus()
    press(Qt.Key.Key_Down)
    assert page.editor.words.words() == ROPES
    press(Qt.Key.Key_Return)
    assert page.editor.words.hasFocus()
    press(Qt.Key.Key_D, CTRL | SHIFT)
    assert page.editor.tags.field.hasFocus()


@pytest.mark.parametrize(
    ("menu", "value", "left"),
    [
        ("condition", Condition.NATURAL, [HARBOUR]),
        ("condition", Condition.UNRECORDED, [ROPES, STAIRS]),
        ("tag", "keys", [STAIRS]),
        ("lucidity", 2, [HARBOUR]),
        ("nights", 27, [HARBOUR, ROPES]),
    ],
)
def test_filters(page: DreamsPage, menu: str, value: object, left: list[str]) -> None:
    box = getattr(page.filters, menu)
    box.set_value(value)
    box.picked.emit(value)
    assert found(page) == left and page.count.text() == f"{len(left)} of 3 dreams"


def test_a_range_of_nights(qtbot, page: DreamsPage) -> None:
    page.filters.nights.picked.emit("ask")
    dialog = page.findChild(object, "nightsDialog")
    dialog.first.set_date(date(2026, 6, 20))
    dialog.last.set_date(date(2026, 7, 1))
    with qtbot.waitSignal(page.filters.changed):
        dialog._on_keep()
    assert found(page) == [ROPES]


def test_editing_in_place_drafts_then_saves(qtbot, page: DreamsPage) -> None:
    page.editor.words.setFocus()
    page.editor.words.moveCursor(page.editor.words.textCursor().MoveOperation.End)
    press(" Gulls.")
    qtbot.waitUntil(lambda: page.editor.saved.text() == "Draft kept", timeout=2000)
    assert HARBOUR in texts(page)
    press(Qt.Key.Key_Tab)
    assert page.editor.saved.text() == "Saved 07:14" and texts(page)[0] == HARBOUR + " Gulls."
    assert found(page)[0] == HARBOUR + " Gulls."


def test_saving_keeps_the_caret(page: DreamsPage) -> None:
    page.editor.words.setFocus()
    press("X")
    at = page.editor.words.textCursor().position()
    page.editor.editing.save()
    assert page.editor.words.textCursor().position() == at == 1


def test_choosing_another_dream_saves_the_one_before(page: DreamsPage) -> None:
    page.editor.words.setFocus()
    press("X")
    page.list.setCurrentIndex(page.model.index(2, 0))
    assert "X" + HARBOUR in texts(page) and page.editor.words.words() == STAIRS


def test_a_draft_survives_a_kill(qtbot, page: DreamsPage, context) -> None:
    page.editor.words.setFocus()
    press("X")
    qtbot.waitUntil(lambda: page.editor.saved.text() == "Draft kept", timeout=2000)
    page.editor.words.blockSignals(True)  # a killed process tells nobody that its window lost the focus
    again = opened(qtbot, context)
    assert again.editor.words.words() == "X" + HARBOUR and again.editor.saved.text() == "Draft kept"
    again.leave()
    assert "X" + HARBOUR in texts(again)


def test_a_new_dream_that_was_never_saved_is_offered_again(qtbot, page: DreamsPage, context) -> None:
    page.new_dream()
    press("Fog")
    qtbot.waitUntil(lambda: page.editor.saved.text() == "Draft kept", timeout=2000)
    page.editor.words.blockSignals(True)  # a killed process tells nobody that its window lost the focus
    again = opened(qtbot, context)
    assert again.editor.words.words() == "Fog" and again.editor.dream is None


def test_a_failing_save_keeps_the_words_on_the_screen(page: DreamsPage, monkeypatch) -> None:
    def full(*_args, **_kwargs):
        raise StoreError("The dream was not saved", "the disk is full", "make room")

    monkeypatch.setattr(page._context.journal.dreams, "update", full)
    page.editor.words.setFocus()
    press("X")
    page.list.setCurrentIndex(page.model.index(2, 0))
    assert page.editor.words.words() == "X" + HARBOUR
    assert page.editor.saved.text() == "Not saved yet: the disk is full. Your words are still here."
    monkeypatch.undo()
    page.leave()
    assert "X" + HARBOUR in texts(page)


def test_delete_and_undo(page: DreamsPage) -> None:
    page.editor.delete.click()
    assert texts(page) == [ROPES, STAIRS] and page.undo_offer.is_open() and page.editor.words.words() == ROPES
    page.undo()
    assert texts(page) == [HARBOUR, ROPES, STAIRS] and found(page) == texts(page)


def test_scales_and_tags_are_saved_at_once(page: DreamsPage) -> None:
    page.editor.scales.vividness.setFocus()
    press("4")
    page.editor.tags.field.setFocus()
    press("tide")
    press(Qt.Key.Key_Return)
    dream = page._context.journal.dreams.all(page._context.person_id)[0]
    assert dream.vividness == 4 and dream.tags == ("harbour", "brother", "tide")
    page.editor.recall.setFocus()
    press("1")
    assert page._context.journal.dreams.all(page._context.person_id)[0].recall == Recall.FRAGMENT


def test_dreams_written_elsewhere_appear_and_words_being_typed_stay(page: DreamsPage, context) -> None:
    page.editor.words.setFocus()
    press("X")
    save(context, date(2026, 7, 7), "From the command line")
    page.refresh(Changes.DREAMS)
    assert "From the command line" in found(page) and page.editor.words.words() == "X" + HARBOUR


def test_a_merge_is_told_above_the_dream(qtbot, context) -> None:
    from dreamjournal.domain.instant import from_local
    from dreamjournal.domain.session import Session, SessionEvent, SessionKind, Validity

    save(context, date(2026, 7, 8), HARBOUR)
    start, end = (from_local(datetime(2026, 7, 9, h), "Europe/London") for h in (0, 6))
    merged = SessionEvent("merge", from_local(datetime(2026, 7, 9, 3), "Europe/London"), None, "other")
    context.journal.sessions.put(
        Session(
            0,
            context.person_id,
            date(2026, 7, 8),
            "sleepsync",
            "a",
            SessionKind.MAIN,
            Validity.OK,
            start,
            end,
            events=(merged,),
        )
    )
    page = opened(qtbot, context)
    assert page.editor.merge.isVisible()


def test_markup_in_a_dream_is_shown_as_words(qtbot, context) -> None:
    save(context, date(2026, 7, 8), "<b>harbour</b> & <img src=x>")
    page = opened(qtbot, context)
    press("harbour")
    assert page.editor.words.words() == "<b>harbour</b> & <img src=x>"
    assert not page.grab().isNull()


def test_in_a_large_journal_the_search_waits_until_the_typing_rests(qtbot, page: DreamsPage) -> None:
    page._total = 10_000
    press("keys")
    assert len(found(page)) == 3
    qtbot.waitUntil(lambda: found(page) == [STAIRS])


def test_a_night_can_be_asked_for(page: DreamsPage) -> None:
    page.activate(date(2026, 6, 30))
    assert page.editor.words.words() == ROPES


def test_hits_of_a_snippet() -> None:
    assert hit_spans("… the harbour, and harbours", ("harbour",)) == ((6, 13),)
    assert hit_spans("nothing here", ("harbour",)) == ()
    assert hit_spans("a.b c", ("a.b",)) == ((0, 3),)


def test_each_part_has_a_name_for_readers(page: DreamsPage) -> None:
    unnamed = [w for w in page.findChildren(type(page)) if w.isVisible() and not w.accessibleName()]
    assert unnamed == []
    assert (
        page.list.accessibleName() == "Dreams found"
        and QApplication.focusWidget().accessibleName() == "Search your dreams"
    )
