"""The page of the night: one field, red on black, where Enter keeps the words and nothing else is on the screen."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamjournal.common.errors import JournalBusy, KnownError
from dreamjournal.domain.night import tonight
from dreamjournal.services import dreams
from dreamjournal.ui.capture.field import NightField
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.dreams.elsewhere import dream_as_text, save_elsewhere
from dreamjournal.ui.dreams.keeper import TRY_AGAIN_MS, Keeper
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.text import Label

SLOT = "night"
NOT_KEPT = "Not kept yet. Your words are still here; trying again."
ELSEWHERE = " Ctrl+S saves them elsewhere, not encrypted."
WIDEST = 960


class NightCapture(QWidget):
    """Shown over the whole window after Lights out. Words go to tonight's fragment on Enter and to a draft meanwhile."""

    morning_requested = Signal()
    left = Signal()
    """Esc on an empty or hidden field: the person wants out."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("nightCapture")
        self.setAccessibleName("Night capture")
        self._context = context
        # The black is painted by the widget itself before anything else, so no frame of another colour is ever shown.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.field = NightField()
        self.trouble = Label("", "caption", "muted", wrap=True)
        self.trouble.hide()
        self._box = QVBoxLayout(self)
        self._box.setSpacing(12)
        self._box.addWidget(self.field, 1)
        self._box.addWidget(self.trouble)
        self.setFocusProxy(self.field)
        self._keeper = Keeper(self._write_draft, self)
        self._keeper.failed.connect(self._on_draft_failed)
        self._keeper.kept.connect(self._on_draft_kept)
        self._asked: str | None = None
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(TRY_AGAIN_MS)
        self._again.timeout.connect(self._on_again)
        self.field.typed.connect(self._on_typed)
        self.field.keep_requested.connect(self.keep)
        self.field.hide_requested.connect(self._on_hide)
        morning = QShortcut(QKeySequence("Ctrl+2"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        morning.activated.connect(self.morning_requested)
        elsewhere = QShortcut(QKeySequence("Ctrl+S"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        elsewhere.activated.connect(self._on_elsewhere)

    def activate(self, night: date | None = None) -> None:
        """The page comes to the front, with the words that were not kept when it was last left."""
        if not self.field.toPlainText():
            kept = dreams.draft(self._context.journal, self._context.person_id, SLOT)
            if kept is not None and kept.text.strip():
                self.field.set_words(kept.text)
        self.field.setFocus()

    def leave(self) -> bool:
        """The page goes away: what is in the field stays as a draft."""
        self._keeper.flush()
        return True

    def unsaved(self) -> str:
        """Words that could not be kept even as a draft."""
        return self._as_text() if self._keeper.dirty and self.field.toPlainText().strip() else ""

    def keep(self) -> None:
        """Keep the words as tonight's; the field is emptied only after they are in the journal."""
        text = self.field.toPlainText()
        if not text.strip():
            return
        context = self._context
        try:
            saved = context.kept(
                lambda: dreams.keep_night_words(context.journal, context.person_id, text, context.clock, slot=SLOT)
            )
        except KnownError as error:
            self._asked = text
            self._say_not_kept(error)
            self._again.start()
            return
        self._asked = None
        self._again.stop()
        self._say_trouble("")
        self._keeper.forget()
        self.field.set_words("")
        self.field.say(f"Kept at {context.now_words()}.\nWrite on, or sleep.")
        context.publish(saved.changes, self)

    def _on_again(self) -> None:
        # Only what the person sent off is tried again: words typed since then are not finished.
        if self._asked is not None and self._asked == self.field.toPlainText():
            self.keep()
        elif self._asked is not None:
            self._asked = None
            self._say_trouble("")

    def _on_typed(self) -> None:
        self._keeper.touch()

    def _on_hide(self) -> None:
        if self.field.toPlainText():
            self._keeper.flush()
            self.field.hide_words(True)
        else:
            self.left.emit()

    def _write_draft(self) -> None:
        context = self._context
        night = tonight(context.clock.now(), context.zone)
        text = self.field.toPlainText()
        context.kept(lambda: dreams.autosave(context.journal, context.person_id, SLOT, night, text, context.clock))

    def _on_draft_failed(self, _reason: str) -> None:
        self._say_not_kept(self._keeper.error)

    def _say_not_kept(self, error: KnownError | None) -> None:
        # Another program that writes is done in a moment; a disk that is full may stay so all night.
        self._say_trouble(NOT_KEPT if isinstance(error, JournalBusy) else NOT_KEPT + ELSEWHERE)

    def _on_elsewhere(self) -> None:
        if self.trouble.text() and self.field.toPlainText().strip():
            save_elsewhere(self, self._as_text())

    def _as_text(self) -> str:
        context = self._context
        return dream_as_text(tonight(context.clock.now(), context.zone), self.field.toPlainText(), ())

    def _on_draft_kept(self) -> None:
        if self._asked is None:
            self._say_trouble("")

    def _say_trouble(self, sentence: str) -> None:
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        scale = theme_of(self).scale
        side = max(24, (self.width() - round(WIDEST * scale)) // 2)
        self._box.setContentsMargins(side, self.height() // 4, side, 24)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.field.setFocus()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.field.setFocus()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.field.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme_of(self).colour("window"))
