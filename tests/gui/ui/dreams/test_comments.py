"""Marking words of a dream as a comment, by key and by button."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor

from dreamjournal.domain.dream import DreamDraft
from dreamjournal.services import dreams
from dreamjournal.ui.dreams.comments import KEY
from dreamjournal.ui.dreams.page import DreamsPage
from dreamjournal.ui.shortcuts import PAGE_KEYS
from tests.gui.page_context import CTRL, SHIFT, make_context, press, show

TEXT = "🌙 Low tide, I think,\u00a0and the harbour 夢 is empty."


@pytest.fixture
def page(qtbot, themed, journal, clock) -> DreamsPage:
    clock.set(datetime(2026, 7, 9, 7, 14))
    context = make_context(journal, clock)
    dreams.save(context.journal, context.person_id, DreamDraft(date(2026, 7, 8), TEXT), context.clock)
    made = DreamsPage(context)
    show(qtbot, made)
    made.activate(None)
    made.editor.words.setFocus()
    return made


def select(page: DreamsPage, wanted: str) -> None:
    found = page.editor.words.document().find(wanted)
    assert not found.isNull()
    page.editor.words.setTextCursor(found)


def kept(page: DreamsPage) -> str:
    page.leave()
    return page._context.journal.dreams.all(page._context.person_id)[0].text


def test_the_key_marks_and_marks_no_more(qtbot, page) -> None:
    assert page.editor.count.text() == "10 words"
    select(page, "I think,")
    press(Qt.Key.Key_C, CTRL | SHIFT)
    marked = TEXT.replace("I think,", "[I think,]")
    assert page.editor.words.words().replace("\u00a0", " ") == marked.replace("\u00a0", " ")
    assert page.editor.count.text() == "8 words, 2 in comments"
    assert page.editor.words.textCursor().selectedText() == "[I think,]"
    press(Qt.Key.Key_C, CTRL | SHIFT)
    assert "[" not in page.editor.words.words()
    assert page.editor.count.text() == "10 words"


def test_it_is_one_step_to_take_back_and_changes_nothing_else(qtbot, page) -> None:
    select(page, "I think,")
    page.editor.mark_comment()
    assert "[I think,]" in kept(page)
    page.editor.words.undo()
    assert "[" not in kept(page)


def test_the_button_waits_for_a_selection(qtbot, page) -> None:
    assert not page.editor.comment.isEnabled()
    select(page, "harbour 夢")
    assert page.editor.comment.isEnabled()
    qtbot.mouseClick(page.editor.comment, Qt.MouseButton.LeftButton)
    assert "[harbour 夢]" in page.editor.words.words()
    assert page.editor.words.hasFocus()
    page.editor.words.moveCursor(QTextCursor.MoveOperation.End)
    assert not page.editor.comment.isEnabled()
    before = page.editor.words.words()
    press(Qt.Key.Key_C, CTRL | SHIFT)
    assert page.editor.words.words() == before


def test_f1_names_the_key() -> None:
    assert KEY in dict(PAGE_KEYS["Dreams"])
