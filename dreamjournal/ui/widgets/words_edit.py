"""The field for the person's own words: plain text in the serif, with room between the lines."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from dreamjournal.ui.theme import theme_of

CARET = 2


class WordsEdit(QTextEdit):
    """Plain words only; what is pasted loses its markup. `words_changed` is emitted when the person typed, never by `set_words`.

    `kind` is a type kind of the serif: "words", "words_morning", "words_list". `bare` shows an edge on focus only.
    """

    words_changed = Signal()
    left = Signal()
    """The focus went elsewhere: time to save."""

    def __init__(
        self, label: str, *, kind: str = "words", placeholder: str = "", bare: bool = False, name: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setProperty("type", kind)
        self.setProperty("bare", bare)
        self.setPlaceholderText(placeholder)
        self._kind = kind
        self._filling = False
        self.textChanged.connect(self._on_text_changed)
        self.cursorPositionChanged.connect(self._on_cursor_moved)
        self.set_words("")

    def words(self) -> str:
        """The text as typed, with line ends as \\n."""
        return self.toPlainText()

    def set_words(self, text: str) -> None:
        """Show `text` without telling anyone, unmodified, with nothing to undo.

        `setPlainText` drops the blocks' line height and an ordinary format change would be an undo step of its own, so
        text and format go in together while undo is off.
        """
        self._filling = True
        self.setUndoRedoEnabled(False)
        self.setPlainText(text)
        self._format_blocks()
        self.setUndoRedoEnabled(True)
        self.document().setModified(False)
        self._filling = False

    def mark_hits(self, spans: Sequence[tuple[int, int]]) -> None:
        """Mark search hits, (start, end) offsets into the words, and scroll to the first."""
        theme, text = theme_of(self), self.toPlainText()
        selections: list[QTextEdit.ExtraSelection] = []
        for start, end in spans:
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(place_of(text, start))
            cursor.setPosition(place_of(text, end), QTextCursor.MoveMode.KeepAnchor)
            look = QTextCharFormat()
            look.setBackground(theme.colour("hit"))
            look.setForeground(theme.colour("hit_text"))
            if theme.is_night:
                look.setFontUnderline(True)
            selection.cursor, selection.format = cursor, look  # type: ignore[misc] - shiboken fields are assignable
            selections.append(selection)
        self.setExtraSelections(selections)
        if selections:
            first = QTextCursor(self.document())
            first.setPosition(place_of(text, spans[0][0]))
            self.setTextCursor(first)
            self.ensureCursorVisible()

    def _format_blocks(self) -> None:
        # Qt draws carets by inverting what is below, which on black is white: at night the caret is our own.
        self.setCursorWidth(0 if theme_of(self).is_night else 1)
        block = QTextBlockFormat()
        theme = theme_of(self)
        # Proportional height is of the font's own line, which for Source Serif 4 is 1.37 times its size.
        natural = QFontMetricsF(theme.font(self._kind)).lineSpacing() / theme.px(self._kind)
        percent = theme.line_height(self._kind) / natural * 100
        block.setLineHeight(percent, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        if self._kind == "words":
            block.setBottomMargin(theme.px(self._kind) * 0.7)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(block)

    def _on_text_changed(self) -> None:
        if not self._filling:
            self.words_changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if theme_of(self).is_night and self.hasFocus():
            painter = QPainter(self.viewport())
            cursor = self.cursorRect()
            painter.fillRect(cursor.left(), cursor.top(), CARET, cursor.height(), theme_of(self).colour("focus"))

    def _on_cursor_moved(self) -> None:
        # With no width of its own Qt repaints only the line below the caret, which leaves old carets standing.
        if self.cursorWidth() == 0:
            self.viewport().update()

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasText():
            self.insertPlainText(source.text())

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        # Files dropped on the words are meant for the window, which imports them.
        return source.hasText() and not source.hasUrls()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_kind"):
            modified = self.document().isModified()
            self._filling = True
            undo = self.document().isUndoAvailable()
            if not undo:
                self.setUndoRedoEnabled(False)
            self._format_blocks()
            if not undo:
                self.setUndoRedoEnabled(True)
            self.document().setModified(modified)
            self._filling = False


def place_of(text: str, character: int) -> int:
    """Where Qt has the character of this number: it counts two for each beyond U+FFFF, as an emoji."""
    before = text[:character]
    return len(before) if before.isascii() else len(before.encode("utf-16-le", "surrogatepass")) // 2
