"""A journal that cannot be opened: what happened, that nothing was changed, and the ways on as buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from dreamjournal.ui.onboarding.cover import Cover
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.fields import PassphraseField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError, announce
from dreamjournal.ui.widgets.rows import RowList
from dreamjournal.ui.widgets.text import Label, Prose, set_shown

UNCHANGED = "Nothing was changed: the file is as it was found."
SECRET = "Passphrase or recovery code"  # noqa: S105 - the name of a field
RESTORE = "restore a backup"
NO_BACKUP = "No whole backup of it is in its folder. If one is kept elsewhere, open the journal.db in it."
SHOWN = 6
"""Backups listed before "Show all"."""


@dataclass(frozen=True)
class Offered:
    """A backup as a row: what the page hands back, when it was made, and what it holds."""

    key: str
    when: str
    holds: str


@dataclass(frozen=True)
class Ways:
    """What can be done about it. `secret` where a passphrase is needed to read the journal or its backups."""

    again: bool = True
    salvage: bool = False
    backups: Sequence[Offered] = ()
    secret: bool = False


class TroublePage(Cover):
    """Calm words, and one button for each way on. What is asked for is done by whoever shows the page."""

    again_requested = Signal()
    restore_requested = Signal(str, str)
    """The key of a backup, and the passphrase or code that was typed, perhaps none."""
    salvage_requested = Signal(str)
    """The passphrase or code that was typed, perhaps none."""
    stop_requested = Signal()
    saved_requested = Signal(bool)
    """Open what was saved; True: in the place of the damaged journal."""
    quit_requested = Signal()

    def __init__(self, what: str, why: str, what_now: str, ways: Ways | None = None) -> None:
        super().__init__("troublePage", what, widest=640)
        self._ways = ways or Ways()
        column = self.column
        column.addWidget(Label(_sentence(what), "verdict", wrap=True))
        parts = [
            why,
            *([] if "changed" in what_now or "touched" in why else [UNCHANGED]),
            *_fitting(what_now, self._ways),
        ]
        self.words = [Prose(_sentence(part), kind="body") for part in parts if part]
        for part in self.words:
            column.addWidget(part)
        column.addSpacing(12)
        self._add_secret(column)
        self._add_buttons(column)
        self._add_backups(column)
        self._add_work(column)
        column.addStretch(1)
        self.setFocusProxy(self._first())
        announce(self)

    def _add_secret(self, column: QVBoxLayout) -> None:
        self.secret_part = QWidget()
        box = QVBoxLayout(self.secret_part)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(Label(SECRET, "label", strong=True))
        self.secret = PassphraseField(SECRET, name="troubleSecret")
        box.addWidget(self.secret)
        box.addWidget(Label("It is needed to read the journal or a backup of it.", "caption", "muted", wrap=True))
        column.addWidget(self.secret_part)
        self.error = InlineError()
        column.addWidget(self.error)
        column.addSpacing(8)
        set_shown(self.secret_part, self._ways.secret and (self._ways.salvage or bool(self._ways.backups)))

    def _add_buttons(self, column: QVBoxLayout) -> None:
        self.buttons = QWidget()
        flow = FlowLayout(self.buttons, 12, 8)
        ways = self._ways
        self.restore = Button("Restore a backup…", "primary" if ways.backups else "plain", name="restoreBackup")
        self.salvage = Button("Save what can be read…", name="saveReadable")
        self.again = Button("Try again", "plain" if ways.backups or ways.salvage else "primary", name="tryAgain")
        self.other = Button("Open another journal…", name="openJournal")
        self.leave_button = Button("Quit", name="quit")
        shown = (
            (self.restore, bool(ways.backups)), (self.salvage, ways.salvage), (self.again, ways.again), (self.other, True),
            (self.leave_button, True),
        )  # fmt: skip
        for button, wanted in shown:
            if wanted:
                flow.addWidget(button)
            else:
                button.setParent(self.buttons)
                button.hide()
        column.addWidget(self.buttons)
        self.restore.clicked.connect(self._on_restore)
        self.salvage.clicked.connect(lambda: self.salvage_requested.emit(self.secret.text()))
        self.again.clicked.connect(self.again_requested)
        self.other.clicked.connect(self.open_requested)
        self.leave_button.clicked.connect(self.quit_requested)

    def _add_backups(self, column: QVBoxLayout) -> None:
        self.backups_part = QWidget()
        box = QVBoxLayout(self.backups_part)
        box.setContentsMargins(0, 12, 0, 0)
        box.setSpacing(8)
        box.addWidget(Label("Which backup?", "label", strong=True))
        box.addWidget(
            Label(
                "The damaged file is set aside under a name with today’s date; it is not deleted.",
                "caption",
                "muted",
                wrap=True,
            )
        )
        self.rows = RowList(name="troubleBackups")
        box.addWidget(self.rows)
        self.more = Button("Show all", "link", name="troubleAllBackups")
        self.more.clicked.connect(lambda: self._fill(len(self._ways.backups)))
        box.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.backups_part)
        set_shown(self.backups_part, False)
        self._fill(SHOWN)

    def _fill(self, count: int) -> None:
        self.rows.clear()
        for offered in self._ways.backups[:count]:
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(16, 6, 16, 6)
            said = QVBoxLayout()
            said.setSpacing(0)
            said.addWidget(Label(offered.when, "control", wrap=True))
            said.addWidget(Label(offered.holds, "caption", "muted", wrap=True))
            line.addLayout(said, 1)
            button = Button("Restore", "link", name=f"restore_{offered.key}")
            button.setAccessibleName(f"Restore the backup of {offered.when}: {offered.holds}")
            button.clicked.connect(
                lambda _checked=False, k=offered.key: self.restore_requested.emit(k, self.secret.text())
            )
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
            self.rows.add(row)
        set_shown(self.more, count < len(self._ways.backups))

    def _add_work(self, column: QVBoxLayout) -> None:
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("How much is done")
        column.addWidget(self.bar)
        self.note = Label("", "body", wrap=True)
        column.addWidget(self.note)
        self.after = QWidget()
        flow = FlowLayout(self.after, 12, 8)
        self.stop = Button("Stop", "link", name="troubleStop")
        self.open_saved = Button("Open the saved journal", "primary", name="openSaved")
        self.replace = Button("Put it in the old one’s place and open it", name="replaceDamaged")
        for button in (self.stop, self.open_saved, self.replace):
            flow.addWidget(button)
        column.addWidget(self.after)
        self.stop.clicked.connect(self.stop_requested)
        self.open_saved.clicked.connect(lambda: self.saved_requested.emit(False))
        self.replace.clicked.connect(lambda: self.saved_requested.emit(True))
        self._show_work(busy=False, saved=False)

    def _first(self) -> Button:
        ways = ((self.restore, self._ways.backups), (self.salvage, self._ways.salvage), (self.again, self._ways.again))
        return next((button for button, there in ways if there), self.other)

    def _on_restore(self) -> None:
        set_shown(self.backups_part, True)
        first = self.rows.findChild(Button)
        if first is not None:
            first.setFocus()

    # What is being done

    def set_progress(self, done: int, total: int, text: str) -> None:
        """Say how far the work is; no other button works meanwhile."""
        self.error.set_sentence("")
        self._show_work(busy=True, saved=False)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.note.setText(f"{text}…" if text else "")

    def set_error(self, sentence: str) -> None:
        """Say why it did not work; everything can be tried again."""
        self._show_work(busy=False, saved=False)
        self.note.setText("")
        self.error.set_sentence(sentence)
        if self.secret_part.isVisible():
            self.secret.setFocus()
            self.secret.selectAll()

    def set_note(self, words: str) -> None:
        """Say what came of it."""
        self._show_work(busy=False, saved=False)
        self.note.setText(words)
        self.note.setAccessibleName(words)
        announce(self.note)

    def set_saved(self, words: str) -> None:
        """Say what was saved, and offer to open it."""
        self.set_note(words)
        self._show_work(busy=False, saved=True)
        set_shown(self.backups_part, False)
        self.open_saved.setFocus()

    def _show_work(self, *, busy: bool, saved: bool) -> None:
        set_shown(self.bar, busy)
        set_shown(self.stop, busy)
        set_shown(self.open_saved, saved)
        set_shown(self.replace, saved)
        set_shown(self.after, busy or saved)
        for part in (self.buttons, self.rows, self.secret_part):
            part.setEnabled(not busy)


def _fitting(what_now: str, ways: Ways) -> list[str]:
    """What to do now, without the ways that are not there: an error does not know whether there is a backup."""
    if ways.backups or "backup" not in what_now:
        return [what_now]
    for words, instead in ((", of which every backup holds a copy", ""), (f", or {RESTORE}", ""), (f"{RESTORE}, or, ", ""),
                           (f"{RESTORE} or ", ""), (f"{RESTORE}; ", ""), (RESTORE, "")):  # fmt: skip
        what_now = what_now.replace(words, instead)
    if not ways.salvage:
        what_now = what_now.replace("save what can still be read; ", "")
    return [what_now, NO_BACKUP] if what_now else [NO_BACKUP]


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:].rstrip(".") + "."
