"""What the app says beside the person's words: a notice, an error under a field, the saved note, a banner, an undo offer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.ui.widgets.buttons import Button, IconButton
from dreamjournal.ui.widgets.icon import IconLabel
from dreamjournal.ui.widgets.text import Label, Prose, set_shown

ELSEWHERE = "A plain text file where you choose. It is not encrypted."


def announce(widget: QWidget) -> None:
    """Let a screen reader say the widget's name once."""
    QAccessible.updateAccessibility(QAccessibleEvent(widget, QAccessible.Event.Alert))


class Notice(QFrame):
    """Something to know, nothing to fear: an icon and wrapped words on a quiet ground.

    `kind` is "notice" (caution ground) or "info" (accent_soft ground, for a plan). A link at the end emits `link_clicked`.
    """

    link_clicked = Signal()

    def __init__(
        self, text: str = "", *, kind: str = "notice", icon_name: str = "info", link: str = "", name: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("kind", kind)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 9, 12, 9)
        row.setSpacing(10)
        row.addWidget(IconLabel(icon_name, "caution" if kind == "notice" else "accent"), 0, Qt.AlignmentFlag.AlignTop)
        self.words = Prose(text, kind="control")
        row.addWidget(self.words, 1)
        self.link: Button | None = None
        if link:
            self.link = Button(link, "link", name=f"{name}_link")
            self.link.clicked.connect(self.link_clicked)
            row.addWidget(self.link)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Other words on the same notice."""
        self.words.set_parts(text)
        self.setAccessibleName(text)


class InlineError(QWidget):
    """A sentence under a field, hidden while there is none; announced once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(6)
        row.addWidget(IconLabel("info", "error", small=True), 0, Qt.AlignmentFlag.AlignTop)
        self.words = Label("", "caption", "error", wrap=True)
        row.addWidget(self.words, 1)
        self.hide()

    def sentence(self) -> str:
        """What it says now; empty while hidden."""
        return self.words.text()

    def set_sentence(self, sentence: str) -> None:
        """Show a sentence; an empty one hides it."""
        new = sentence and sentence != self.words.text()
        self.words.setText(sentence)
        set_shown(self, bool(sentence))
        if new:
            self.setAccessibleName(sentence)
            announce(self)

    def show_failure(self, error: Exception) -> None:
        """Show the sentence of a `KnownError`. Raises any other error: it is a bug, and no bug is silent."""
        if not isinstance(error, KnownError):
            raise error
        self.set_sentence(error.sentence)


class SavedNote(QWidget):
    """ "Saved 07:14", "Draft kept", or why not. Call `saved` only after the commit returned."""

    elsewhere_requested = Signal()
    """The words cannot be saved here: the person wants them in a file of their own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        row = QHBoxLayout()
        row.setSpacing(6)
        box.addLayout(row)
        self._icon = IconLabel("check", "muted", small=True)
        self.words = Label("", "caption", "muted")
        row.addWidget(self._icon)
        row.addWidget(self.words)
        self.elsewhere = Button("Save your words elsewhere…", "link", name="saveElsewhere")
        self.elsewhere.setToolTip(ELSEWHERE)
        self.elsewhere.setAccessibleDescription(ELSEWHERE)
        self.elsewhere.clicked.connect(self.elsewhere_requested)
        box.addWidget(self.elsewhere, 0, Qt.AlignmentFlag.AlignLeft)
        self.elsewhere.hide()
        self._icon.hide()
        self.hide()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """What it says now."""
        return self.words.text()

    def saved(self, at: str) -> None:
        """Say when the words were committed: `at` is a clock time."""
        self._show(f"Saved {at}", "muted", mark=True)

    def draft_kept(self) -> None:
        """Say that a draft is in the journal."""
        self._show("Draft kept", "muted", mark=False)

    def failed(self, why: str, *, elsewhere: bool = False) -> None:
        """Say why the words are not saved yet; they stay where they are, and may be saved `elsewhere`."""
        told = self.words.text()
        self._show(f"Not saved yet: {why.rstrip('.')}. Your words are still here.", "error", mark=False)
        set_shown(self.elsewhere, elsewhere)
        if self.words.text() != told:  # it is tried again every few seconds, and said once
            announce(self)

    def clear(self) -> None:
        """Say nothing, as after a change that is not saved yet."""
        self._show("", "muted", mark=False)

    def _show(self, text: str, tone: str, *, mark: bool) -> None:
        self.words.setText(text)
        self.words.set_tone(tone)
        set_shown(self.elsewhere, False)
        self._icon.setVisible(mark)
        self.setAccessibleName(text)
        set_shown(self, bool(text))


class UndoOffer(QWidget):
    """ "Deleted. Undo (Ctrl+Z)". `offer` shows it, `undo_requested` asks for it back; it stays until the next offer."""

    undo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.words = Label("", "caption", "muted")
        self.button = Button("Undo (Ctrl+Z)", "link", name="undo")
        self.button.clicked.connect(self._on_undo)
        row.addWidget(self.words)
        row.addWidget(self.button)
        row.addStretch(1)
        self.hide()

    def offer(self, text: str = "Deleted.") -> None:
        """Show what was done and the way back."""
        self.words.setText(text)
        self.setAccessibleName(f"{text} Undo with Control Z")
        self._open = True
        set_shown(self, True)
        announce(self)

    def is_open(self) -> bool:
        """Whether there is something to take back."""
        return self._open

    def undo(self) -> bool:
        """Take back what is offered, as Ctrl+Z does; False when nothing is."""
        if not self.is_open():
            return False
        self._on_undo()
        return True

    def _on_undo(self) -> None:
        self._open = False
        self.hide()
        self.undo_requested.emit()


class Banner(QFrame):
    """A line on top of the page for what a desktop without notices cannot show: words, up to two actions, and a way to close."""

    action_invoked = Signal(str)
    closed = Signal()

    def __init__(self, text: str, actions: tuple[tuple[str, str], ...] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setProperty("kind", "banner")
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(IconLabel("clock", "accent"))
        row.addWidget(Label(text, "control", wrap=True), 1)
        for key, word in actions:
            button = Button(word, name=f"banner_{key}")
            button.clicked.connect(lambda _checked=False, k=key: self._on_action(k))
            row.addWidget(button)
        close = IconButton("x", "Close", name="banner_close")
        close.clicked.connect(self._on_close)
        row.addWidget(close)

    def _on_action(self, key: str) -> None:
        self.action_invoked.emit(key)
        self.hide()
        self.deleteLater()

    def _on_close(self) -> None:
        self.closed.emit()
        self.hide()
        self.deleteLater()


class SealedCard(QFrame):
    """Last night's device numbers, closed until the diary is saved; a link opens them without one."""

    open_requested = Signal()

    def __init__(self, sources: tuple[str, ...] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sealedCard")
        self.setProperty("kind", "card")
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 18, 20, 18)
        box.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(IconLabel("eye-off", "muted"))
        head.addWidget(Label("Device numbers are closed", "label", strong=True))
        head.addStretch(1)
        box.addLayout(head)
        self.words = Prose(kind="caption", tone="muted")
        box.addWidget(self.words)
        self.button = Button("Open without a diary", "link", name="openWithoutDiary")
        self.button.clicked.connect(self.open_requested)
        box.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.set_sources(sources)

    def set_sources(self, sources: tuple[str, ...]) -> None:
        """Name the devices that recorded the night."""
        reason = "They open when your diary is saved, so your own view of the night comes first."
        if not sources:
            said = ""
        elif len(sources) == 1:
            said = f"{sources[0]} recorded last night. "
        else:
            both = " both" if len(sources) == 2 else ""
            said = f"{', '.join(sources[:-1])} and {sources[-1]}{both} recorded last night. "
        self.words.set_parts(said + reason)
