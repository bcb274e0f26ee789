"""The one field of the night: big serif words on black, nothing else, and a line of the app's own when it is empty."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QTextBlockFormat,
    QTextCursor,
    QTextLayout,
    QTextOption,
)  # fmt: skip
from PySide6.QtWidgets import QApplication, QFrame, QTextEdit, QWidget

from dreamjournal.ui.theme import theme_of, theme_source

_BARE_KEYS = (
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_Meta,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_CapsLock,
)


CARET = 2


class NightField(QTextEdit):
    """Plain text in the night's serif. Enter asks to keep, Shift+Enter breaks the line, Esc hides what is written."""

    keep_requested = Signal()
    hide_requested = Signal()
    typed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("nightWords")
        self.setAccessibleName("Words of the night")
        self.setAcceptRichText(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabChangesFocus(False)
        theme_source().changed.connect(self._dress)
        self.viewport().setCursor(Qt.CursorShape.BlankCursor)
        self.document().setDocumentMargin(CARET)
        # Qt draws its caret by inverting what is below, which on black is white light.
        self.setCursorWidth(0)
        self._said = ""
        self._hidden = False
        self._filling = False
        self.textChanged.connect(self._on_text_changed)
        self._dress()

    def _dress(self) -> None:
        # The application's sheet gives every text field an edge and the size of a page's words; the night has neither.
        theme = theme_of(self)
        families = ", ".join(f'"{name}"' for name in theme.font("words_night").families())
        self.setStyleSheet(
            "QTextEdit, QTextEdit:focus { border: none; padding: 0; background: transparent;"
            f" font-family: {families}; font-size: {theme.px('words_night')}px; }}"
        )
        self.set_words(self.toPlainText())

    @property
    def words_hidden(self) -> bool:
        """Whether the words are out of sight; they are still in the field."""
        return self._hidden

    def set_words(self, text: str) -> None:
        """Fill the field without counting as typing; the caret goes to the end."""
        self._filling = True
        self.setUndoRedoEnabled(False)
        self.setPlainText(text)
        # setPlainText forgets the line height, so both are set in one place.
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        spacing = QTextBlockFormat()
        theme = theme_of(self)
        spacing.setLineHeight(
            theme.px("words_night") * theme.line_height("words_night"),
            QTextBlockFormat.LineHeightTypes.FixedHeight.value,
        )
        cursor.mergeBlockFormat(spacing)
        self.setUndoRedoEnabled(True)
        self.document().setModified(False)
        self.moveCursor(QTextCursor.MoveOperation.End)
        self._filling = False

    def say(self, text: str) -> None:
        """Show a line of the app's own where the words would be, until the next key; only when the field is empty."""
        self._said = text
        self.setAccessibleDescription(text)
        self.viewport().update()

    @property
    def said(self) -> str:
        """The app's own line now shown."""
        return self._said

    def hide_words(self, hidden: bool) -> None:
        """Take the words out of sight, or show them again."""
        self._hidden = hidden
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _BARE_KEYS:
            return
        came_back = self._hidden
        if came_back or self._said:
            self.hide_words(False)
            self.say("")
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            if not came_back:
                self.hide_requested.emit()
            return
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            # The key that only brings hidden words back must not send them away unread.
            if not came_back:
                self.keep_requested.emit()
            return
        if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return
        super().keyPressEvent(event)

    def inputMethodEvent(self, event) -> None:  # noqa: ANN001 - QInputMethodEvent
        if self._hidden or self._said:
            self.hide_words(False)
            self.say("")
        super().inputMethodEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's name
        return False

    def focusInEvent(self, event: QFocusEvent) -> None:
        # A blinking caret is a moving light in a dark room; the flash time belongs to the application.
        self._flash = QApplication.cursorFlashTime()
        QApplication.setCursorFlashTime(0)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        QApplication.setCursorFlashTime(self._flash)
        super().focusOutEvent(event)

    _flash = 1000

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._hidden:
            QPainter(self.viewport()).fillRect(self.viewport().rect(), theme_of(self).colour("window"))
            return
        super().paintEvent(event)
        if self._said and not self.toPlainText():
            self._paint_said()
        if self.hasFocus():
            box = self.cursorRect()
            QPainter(self.viewport()).fillRect(box.x(), box.y(), CARET, box.height(), theme_of(self).colour("accent"))

    def _paint_said(self) -> None:
        theme = theme_of(self)
        painter = QPainter(self.viewport())
        painter.setPen(theme.colour("muted"))
        top = 0.0
        line_step = theme.px("words_night") * theme.line_height("words_night")
        font = theme.font("lead")
        font.setPixelSize(theme.scaled(21))
        for paragraph in self._said.split("\n"):
            layout = QTextLayout(paragraph, font)
            option = QTextOption()
            option.setWrapMode(QTextOption.WrapMode.WordWrap)
            layout.setTextOption(option)
            layout.beginLayout()
            while (line := layout.createLine()).isValid():
                line.setLineWidth(self.viewport().width() - 8)
                line.setPosition(QPointF(2 + 3 * CARET, top + (line_step - line.height()) / 2))
                top += line_step
            layout.endLayout()
            layout.draw(painter, QPointF(0, 0))

    def _on_text_changed(self) -> None:
        if not self._filling:
            self.typed.emit()
