"""The field for the person's own words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamjournal.ui.theme import ThemeSource, relative_luminance, theme_of
from dreamjournal.ui.widgets.fields import LineField
from dreamjournal.ui.widgets.words_edit import WordsEdit

TEXT = "Low tide, and the harbour is empty.\nBehind it somebody is counting."


def heights(edit: WordsEdit) -> list[float]:
    block = edit.document().begin()
    found = []
    while block.isValid():
        kind = block.blockFormat().lineHeightType()
        found.append(
            block.blockFormat().lineHeight()
            if kind == QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
            else 0.0
        )
        block = block.next()
    return found


def test_set_words_keeps_the_line_height_and_leaves_no_trace(qtbot, themed: ThemeSource) -> None:
    edit = WordsEdit("Dream")
    qtbot.addWidget(edit)
    with qtbot.assertNotEmitted(edit.words_changed):
        edit.set_words(TEXT)
        edit.set_words(TEXT)
    assert edit.words() == TEXT
    assert heights(edit) == pytest.approx([117, 117], abs=4)
    assert not edit.document().isModified() and not edit.document().isUndoAvailable()
    qtbot.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert edit.words() == TEXT


def test_typing_tells_keeps_the_height_and_can_be_undone(qtbot, themed: ThemeSource) -> None:
    edit = WordsEdit("Dream")
    qtbot.addWidget(edit)
    edit.set_words("Low tide")
    edit.moveCursor(QTextCursor.MoveOperation.End)
    with qtbot.waitSignal(edit.words_changed):
        qtbot.keyClicks(edit, ", and")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.keyClicks(edit, "more")
    assert edit.words() == "Low tide, and\nmore" and heights(edit) == pytest.approx([117, 117], abs=4)
    edit.undo()
    assert edit.words() != "Low tide, and\nmore"


def test_a_change_of_scale_keeps_words_and_undo(qtbot, themed: ThemeSource) -> None:
    edit = WordsEdit("Dream")
    qtbot.addWidget(edit)
    edit.set_words(TEXT)
    with qtbot.assertNotEmitted(edit.words_changed):
        themed.apply("dark", 2.0)
    assert (
        edit.words() == TEXT and not edit.document().isModified() and heights(edit) == pytest.approx([117, 117], abs=4)
    )


def test_paste_is_plain_and_files_are_not_for_it(qtbot, themed: ThemeSource) -> None:
    edit = WordsEdit("Dream")
    qtbot.addWidget(edit)
    mime = QMimeData()
    mime.setHtml("<b>bold</b>")
    mime.setText("bold <i>x</i>")
    edit.insertFromMimeData(mime)
    assert edit.words() == "bold <i>x</i>" and "font-weight:700" not in edit.toHtml()
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile("/tmp/export.csv")])
    assert not edit.canInsertFromMimeData(files)


def test_hits_are_marked_and_out_of_range_ones_do_no_harm(qtbot, themed: ThemeSource) -> None:
    edit = WordsEdit("Dream")
    qtbot.addWidget(edit)
    edit.set_words(TEXT)
    edit.mark_hits([(18, 25), (9000, 9010)])
    assert [s.cursor.selectedText() for s in edit.extraSelections()] == ["harbour", ""]
    assert edit.words() == TEXT and not edit.document().isModified()


def test_tab_leaves_and_escape_is_for_the_page(qtbot, themed: ThemeSource) -> None:
    box = QWidget()
    row = QVBoxLayout(box)
    edit, other = WordsEdit("Dream"), LineField("Tag")
    row.addWidget(edit)
    row.addWidget(other)
    qtbot.addWidget(box)
    with qtbot.waitActive(box):
        box.show()
        box.activateWindow()
    edit.set_words("a")
    edit.setFocus()
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    with qtbot.waitSignal(edit.left):
        qtbot.keyClick(edit, Qt.Key.Key_Tab)
    assert edit.words() == "a" and other.hasFocus()


@pytest.mark.parametrize("kind", ["words", "words_morning"])
def test_lines_stand_as_far_apart_as_the_tokens_say(qtbot, themed: ThemeSource, kind: str) -> None:
    edit = WordsEdit("Dream", kind=kind)
    qtbot.addWidget(edit)
    edit.resize(300, 400)
    edit.show()
    edit.set_words("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen")
    layout = edit.document().begin().layout()
    apart = layout.lineAt(1).y() - layout.lineAt(0).y()
    assert apart == pytest.approx(theme_of().line_height(kind) * theme_of().px(kind), abs=1.0)


@pytest.mark.parametrize("field", [lambda: WordsEdit("Dream"), lambda: LineField("Tag")])
def test_the_caret_of_the_night_is_not_white(qtbot, themed: ThemeSource, field: Callable[[], QWidget]) -> None:
    themed.apply(night=True)
    widget = field()
    qtbot.addWidget(widget)
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()
    widget.setFocus()
    image = widget.grab().toImage()
    brightest = max(
        relative_luminance(image.pixelColor(x, y)) for x in range(image.width()) for y in range(image.height())
    )
    assert brightest <= 0.2501


def test_a_hit_after_an_emoji_is_marked_where_it_stands(qtbot, themed: ThemeSource) -> None:
    edit = WordsEdit("Dream")
    qtbot.addWidget(edit)
    words = "\U0001f319\U0001f30a the harbour"
    edit.set_words(words)
    at = words.index("harbour")
    edit.mark_hits([(at, at + len("harbour"))])
    assert [s.cursor.selectedText() for s in edit.extraSelections()] == ["harbour"]
