"""The page in front of a journal with a key: nothing of it is on the screen before it is opened."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.ui.onboarding.cover import Cover
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.fields import LineField, PassphraseField
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.text import Label, set_shown

OPEN, LOCKED = "Open your journal.", "Locked."


class UnlockPage(Cover):
    """Asks for what opens the journal: its passphrase, the code of the recovery sheet, or a click where this computer keeps
    the key. `slots` are the ways there are: "passphrase", "recovery", "keyring"."""

    unlock_requested = Signal(str)
    """The passphrase or the recovery code."""
    keyring_requested = Signal()

    def __init__(self, *, locked: bool = False, slots: tuple[str, ...] = ("passphrase",)) -> None:
        super().__init__("unlockPage", "Locked" if locked else "Unlock", widest=440)
        column = self.column
        self.reminder = Label("", "body", wrap=True)
        self.reminder.hide()
        column.addWidget(self.reminder)
        self.heading = Label(LOCKED if locked else OPEN, "welcome", wrap=True)
        column.addWidget(self.heading)
        self.said = Label("", "body", "muted", wrap=True)
        self.said.hide()
        column.addWidget(self.said)
        column.addSpacing(12)

        self.passphrase_part = QWidget()
        self.field = PassphraseField("Passphrase", name="passphrase")
        self._add_field(self.passphrase_part, "Passphrase", self.field)
        self.code_part = QWidget()
        self.code = LineField("Recovery code", placeholder="The groups of your recovery sheet", name="recoveryCode")
        self._add_field(self.code_part, "Recovery code", self.code)
        self.error = InlineError()
        column.addWidget(self.error)
        column.addSpacing(8)

        row = QHBoxLayout()
        row.setSpacing(16)
        self.open_button = Button("Open", "primary", name="unlock")
        row.addWidget(self.open_button)
        self.other_way = Button("", "link", name="otherWay")
        row.addWidget(self.other_way)
        row.addStretch(1)
        column.addLayout(row)
        column.addSpacing(8)
        last = QHBoxLayout()
        self.other = Button("Open another journal…", "link", name="openJournal")
        last.addWidget(self.other)
        last.addStretch(1)
        column.addLayout(last)
        column.addStretch(1)
        self.open_button.clicked.connect(self._on_open)
        self.field.returnPressed.connect(self._on_open)
        self.code.returnPressed.connect(self._on_open)
        self.other_way.clicked.connect(self._on_other_way)
        self.other.clicked.connect(self.open_requested)
        self._ways: list[str] = []
        self._way = ""
        self.set_slots(slots)

    def set_slots(self, slots: tuple[str, ...]) -> None:
        """Offer these ways; what is being typed stays where it is."""
        self.has_recovery = "recovery" in slots
        self._ways = [way for way in ("keyring", "passphrase", "recovery") if way in slots] or ["passphrase"]
        typed = self.field.text() or self.code.text() or not self.open_button.isEnabled()
        focused = self.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        self._show_way(self._way if typed and self._way in self._ways else self._ways[0])
        if focused and not typed:
            self._target().setFocus()

    def _add_field(self, part: QWidget, label: str, field: LineField) -> None:
        box = QVBoxLayout(part)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addWidget(Label(label, "label", strong=True))
        box.addWidget(field)
        self.column.addWidget(part)

    @property
    def way(self) -> str:
        """How the journal is about to be opened: "passphrase", "recovery" or "keyring"."""
        return self._way

    def say(self, sentence: str) -> None:
        """What became of the words that were being written."""
        self.said.setText(sentence)
        set_shown(self.said, bool(sentence))
        self.setAccessibleDescription(sentence)

    def remind(self, sentence: str) -> None:
        """A reminder in neutral words, above everything."""
        self.reminder.setText(sentence)
        set_shown(self.reminder, bool(sentence))

    def refused(self) -> str:
        """What to say of a secret that opened nothing; of a code, where the slip is."""
        if self._way != "recovery":
            sheet = ", or use your recovery sheet" if self.has_recovery else ""
            return f"That did not open it. Nothing is lost; try again{sheet}."
        from dreamjournal.domain import recovery_code

        found = recovery_code.told(self.code.text())
        if isinstance(found, bytes):
            return (
                "That code is whole, but it is not, or no longer, the one of this journal. Look for the newest sheet."
            )
        why = found.why if found is not None else f"a code has {recovery_code.GROUPS} groups of {recovery_code.LONG}"
        return f"That did not open it: {why}. Nothing is lost; compare it with your sheet."

    def set_error(self, sentence: str) -> None:
        """Say why it did not open, and let the person try again."""
        self._set_busy(busy=False)
        self.error.set_sentence(sentence)
        target = self._target()
        target.setFocus()
        if isinstance(target, LineField):
            target.selectAll()

    def _show_way(self, way: str) -> None:
        self._way = way
        set_shown(self.passphrase_part, way == "passphrase")
        set_shown(self.code_part, way == "recovery")
        after = self._next_way()
        words = {
            "passphrase": "or use your passphrase", "recovery": "or use your recovery sheet", "keyring": "or let this computer open it",
        }  # fmt: skip
        self.other_way.setText(words[after] if after else "")
        set_shown(self.other_way, bool(after))
        self.setFocusProxy(self._target())

    def _next_way(self) -> str:
        if len(self._ways) < 2:
            return ""
        return self._ways[(self._ways.index(self._way) + 1) % len(self._ways)]

    def _target(self) -> QWidget:
        return {"passphrase": self.field, "recovery": self.code}.get(self._way, self.open_button)

    def _on_other_way(self) -> None:
        self.error.set_sentence("")
        self._show_way(self._next_way())
        self._target().setFocus()

    def _on_open(self) -> None:
        if not self.open_button.isEnabled():
            return
        secret = {"passphrase": self.field.text(), "recovery": self.code.text()}.get(self._way, "")
        if self._way != "keyring" and not secret:
            return
        self.error.set_sentence("")
        self._set_busy(busy=True)
        if self._way == "keyring":
            self.keyring_requested.emit()
        else:
            self.unlock_requested.emit(secret)

    def _set_busy(self, *, busy: bool) -> None:
        self.open_button.setEnabled(not busy)
        self.open_button.setText("Opening…" if busy else "Open")
        self.other_way.setEnabled(not busy)
        for field in (self.field, self.code):
            field.setReadOnly(busy)
