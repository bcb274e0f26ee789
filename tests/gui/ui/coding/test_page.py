"""Coding by hand: choosing the set, one dream after the other by keyboard, undo, agreement and indices."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from dreamjournal.domain.changes import Changes
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.services import bin as bin_service
from dreamjournal.services import codings, enhancers, settings
from dreamjournal.ui.coding.page import AGREEMENT, CODE, INDICES, SET, CodingPage
from dreamjournal.ui.coding.results import index_cells
from dreamjournal.ui.widgets.dialog import AskDialog
from tests.gui.page_context import activate
from tests.gui.ui.at_work import CLOCK

LAST = date(2026, 5, 4)
TEXT = "I walked along the harbour with my brother and a dog, and SleepSync hummed. " * 5


def write(context, n: int = 4) -> None:
    journal, person = context.journal, context.person_id
    with journal.atomic():
        for back in range(n):
            day = LAST - timedelta(days=back)
            enhanced = back % 2 == 0
            enhancers.log(
                journal,
                person,
                day,
                "enhanced" if enhanced else "natural",
                ["SleepSync"] if enhanced else [],
                "",
                CLOCK,
            )
            journal.dreams.put(person, DreamDraft(day, TEXT + f"It was <i>room</i> {back}."), CLOCK.now())


@pytest.fixture
def page(work, qtbot) -> CodingPage:
    write(work.context)
    made = work.page(CodingPage)
    activate(qtbot, made)
    return made


@pytest.fixture
def coding(page, qtbot) -> CodingPage:
    """The set is chosen and AB has begun."""
    page.choose.make.click()
    qtbot.keyClicks(page.code.initials, "ab")
    qtbot.keyClick(page.code.initials, Qt.Key.Key_Return)
    assert page.code.item.number == 1
    return page


def kept(page, rater: str = "AB") -> dict[int, tuple[dict[str, int], bool]]:
    context = page._context
    opened = codings.open_set(context.journal, context.person_id)
    found = {}
    for number in range(1, len(opened.dreams) + 1):
        coding = codings.kept(context.journal, opened, rater, number)
        if coding is not None:
            found[number] = (dict(coding.codes), coding.finished is not None)
    return found


def finish_all(context, rater: str, codes=lambda _number: {}) -> None:
    opened = codings.open_set(context.journal, context.person_id)
    for number in range(1, len(opened.dreams) + 1):
        codings.save(context.journal, opened, rater, number, codes(number), CLOCK, finished=True)


def test_without_a_set_the_page_begins_with_which_dreams(page):
    assert page.parts.value() == SET
    assert page.choose.counts.text() == "4 dreams would be coded."
    page.show_part(CODE)
    assert page.error.sentence() == "Choose the dreams first."
    assert page.parts.value() == SET


def test_other_lengths_change_how_many_are_chosen(page, qtbot):
    page.choose.least.setText("500")
    page.choose.least.editingFinished.emit()
    assert page.choose.error.sentence() != ""
    page.choose.most.setText("900")
    page.choose.most.editingFinished.emit()
    assert page.choose.counts.text() == (
        "0 dreams would be coded. Left out: 4 shorter. Lower “Words at least” from 500 to bring short ones in."
    )
    assert not page.choose.make.isEnabled()


def test_the_dream_is_shown_blind_and_as_plain_text(coding):
    code = coding.code
    assert code.work.isVisible()
    assert "SleepSync" not in code.words.text()
    assert "<i>room</i>" in code.words.text()
    assert code.where.text() == "1 of 4 · 0 finished"
    seen = " ".join(w.text() for w in coding.findChildren(type(code.words)) if w.isVisible()).casefold()
    for secret in ("may 2026", "sleepsync", "enhanced", "natural"):
        assert secret not in seen
    assert "room" not in coding.accessibleName()
    assert coding.windowTitle() == ""


def test_counting_by_keyboard_is_kept_at_once(coding, qtbot):
    fields = coding.code.counters.fields
    first = fields["characters.male_familiar"]
    assert first.hasFocus()
    qtbot.keyClicks(first, "2")
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert kept(coding) == {1: ({"characters.male_familiar": 2}, False)}
    QTest.keySequence(coding, QKeySequence("Alt+E"))
    assert fields["emotions.happy"].hasFocus()
    qtbot.keyClick(fields["emotions.happy"], Qt.Key.Key_Up)
    assert kept(coding)[1][0] == {"characters.male_familiar": 2, "emotions.happy": 1}
    qtbot.keyClick(fields["emotions.happy"], Qt.Key.Key_Down)
    assert kept(coding)[1][0] == {"characters.male_familiar": 2}
    assert coding.code.saved.text().startswith("Saved ")


def test_every_group_has_a_key_of_its_own(coding):
    from dreamjournal.domain.coding import GROUPS

    for group in GROUPS:
        QTest.keySequence(coding, QKeySequence(f"Alt+{group.letter.upper()}"))
        assert coding.code.counters.fields[f"{group.key}.{group.codes[0].key}"].hasFocus(), group.key


def test_ctrl_enter_finishes_with_what_was_just_typed_and_goes_on(coding, qtbot):
    field = coding.code.counters.fields["characters.male_familiar"]
    qtbot.keyClicks(field, "3")
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert kept(coding)[1] == ({"characters.male_familiar": 3}, True)
    assert coding.code.item.number == 2
    assert field.text() == ""
    assert coding.code.where.text() == "2 of 4 · 1 finished"
    for _ in range(3):
        qtbot.keyClick(field, Qt.Key.Key_Enter, Qt.KeyboardModifier.ControlModifier)
    assert coding.code.item is None
    assert coding.code.through.text() == "AB has finished all 4 dreams of the set."
    coding.code.again.click()
    assert coding.code.item.number == 1
    assert field.text() == "3"


def test_what_no_dream_can_hold_is_said_under_its_field_and_not_kept(coding, qtbot):
    field = coding.code.counters.fields["aggression.physical"]
    field.setFocus()
    qtbot.keyClicks(field, "1")
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert coding.code.item.number == 1
    assert kept(coding) == {}
    assert "more than there are" in field.accessibleDescription()
    field.setText("x")
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert field.accessibleDescription() == "A whole number from 0 to 99."
    assert kept(coding) == {}


def test_undo_brings_back_the_dream_before_it(coding, qtbot):
    field = coding.code.counters.fields["characters.male_familiar"]
    qtbot.keyClicks(field, "3")
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    QTest.keySequence(coding, QKeySequence("Alt+U"))
    assert coding.code.item.number == 1
    assert kept(coding) == {}
    assert not coding.code.back.isEnabled()


def test_alt_arrows_move_without_finishing_and_keep_what_was_typed(coding, qtbot):
    field = coding.code.counters.fields["characters.male_familiar"]
    qtbot.keyClicks(field, "1")
    coding.step_night(1)
    assert coding.code.item.number == 2
    assert kept(coding) == {1: ({"characters.male_familiar": 1}, False)}
    coding.step_night(-1)
    assert (coding.code.item.number, field.text()) == (1, "1")
    coding.step_night(-1)
    assert coding.code.item.number == 1


def test_wrong_initials_are_said(page, qtbot):
    page.choose.make.click()
    qtbot.keyClicks(page.code.initials, "A1")
    page.code.begin.click()
    assert "one to eight letters" in page.code.initials_field.error.sentence()
    assert page.code.item is None


def test_word_hits_are_off_until_asked_for_and_count_nothing(coding):
    view = coding.code
    groups = view.counters._groups
    assert not groups["characters"].hits.isVisible()
    view.hints.click()
    assert groups["characters"].hits.text() == "Word hits only: brother, dog"
    assert view.counters.codes() == {}
    view.hints.click()
    assert not groups["characters"].hits.isVisible()


def test_other_dreams_are_asked_about_before_the_set_is_replaced(coding, qtbot):
    before = coding._set
    coding.show_part(SET)
    assert "The set now: 4 dreams" in coding.choose.now.text()
    coding.choose.make.click()
    dialog = coding.findChild(AskDialog)
    dialog.reject()
    assert coding._set == before
    coding.choose.make.click()
    next(d for d in coding.findChildren(AskDialog) if d.isVisible()).go.click()
    assert coding.parts.value() == CODE
    assert coding._set.made == before.made
    assert coding.code.item.number == 1


def test_more_words_can_be_masked(coding, work):
    coding.show_part(SET)
    coding.choose.masked.setText("harbour, brother")
    coding.choose.masked.editingFinished.emit()
    assert settings.get(work.context.journal, work.context.person_id, codings.MASKED) == ["harbour", "brother"]
    coding.show_part(CODE)
    assert "harbour" not in coding.code.words.text()


def test_agreement_is_closed_until_both_are_through(coding, work):
    finish_all(work.context, "CD", lambda n: {"emotions.sad": n % 2})
    coding.show_part(AGREEMENT)
    work.settle()
    view = coding.agreement
    assert not view.table.isVisible()
    assert "both" in view.sentence.plain()
    finish_all(work.context, "AB")
    coding.show_part(AGREEMENT)
    work.settle()
    assert view.table.isVisible()
    assert view.differing.model().rowCount() == 2
    assert set(view.differing.model().columns[2:]) == {"AB", "CD"}


def test_indices_show_counts_alone_below_the_gate(coding, work, qtbot):
    with qtbot.waitSignal(coding.part_shown):
        coding.show_part(INDICES)
    assert not coding.indices.table.isVisible()
    finish_all(work.context, "AB", lambda _n: {"characters.male_familiar": 1})
    coding.show_part(INDICES)
    work.settle()
    view = coding.indices
    assert view.table.isVisible()
    assert view.table.isColumnHidden(3)
    cells = [cell for row in view.table.model().rows for cell in row]
    assert not any("%" in str(c) or "nan" in str(c).lower() for c in cells)
    assert "50 dreams of a kind" in view.sentence.plain()


def test_a_negative_h_is_written_with_a_minus_and_never_minus_zero():
    from dreamjournal.domain.coding import IndexLine

    line = IndexLine("male", "Male", "of all", False, (40, 100), (60, 100), 0.4, 0.6, -0.403, (-0.7, -0.001), 0.0004)
    assert index_cells(line) == (
        "Male",
        "40 % (40 of 100)",
        "60 % (60 of 100)",
        "−0.40",
        "−0.70 to 0.00",
        "under 0.001",
        "of all",
    )


def test_coding_goes_on_where_it_was_left(coding, work, qtbot):
    field = coding.code.counters.fields["characters.male_familiar"]
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    again = work.page(CodingPage)
    assert again.parts.value() == CODE
    qtbot.keyClicks(again.code.initials, "AB")
    again.code.begin.click()
    assert again.code.item.number == 2
    coding.refresh(Changes.DREAMS)
    assert coding.code.item.number == 2


def test_a_dream_deleted_meanwhile_does_not_hold_the_rater(coding, work):
    opened = codings.open_set(work.context.journal, work.context.person_id)
    bin_service.discard_dream(work.context.journal, opened.dreams[1], CLOCK)
    coding.code.finish()
    assert "deleted meanwhile" in coding.code.error.sentence()
    coding.refresh(Changes.DREAMS | Changes.BIN)
    coding.activate(None)
    assert (coding.code.item.number, coding.code.item.of) == (2, 3)
    assert coding.code.error.sentence() == ""


def test_hidden_numbers_close_what_follows_from_the_counts(coding, work):
    context = work.context
    settings.set_value(context.journal, context.person_id, "hide_numbers", True)
    for part, view in ((AGREEMENT, coding.agreement), (INDICES, coding.indices)):
        coding.show_part(part)
        work.settle()
        assert coding.hidden.isVisible() and not view.isVisible() and not coding.working.isVisible()
    coding.show_part(CODE)
    assert coding.code.isVisible() and not coding.hidden.isVisible()
    coding.show_part(INDICES)
    settings.set_value(context.journal, context.person_id, "hide_numbers", False)
    coding.refresh(Changes.SETTINGS)
    work.settle()
    assert coding.indices.isVisible() and not coding.hidden.isVisible()


def test_the_initials_are_asked_of_whoever_counts(page):
    assert page.code.initials_field.caption.text() == "The rater\u2019s initials"
