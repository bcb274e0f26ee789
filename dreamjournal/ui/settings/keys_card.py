"""What opens this journal, and changing it: passphrase, recovery sheet, keyring, a new key, with or without encryption."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from shiboken6 import isValid

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.person import JournalKind
from dreamjournal.domain.protection import Protection
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.onboarding.recovery_sheet import TITLE, RecoverySheet
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import AskDialog, Dialog
from dreamjournal.ui.widgets.fields import PassphraseField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError, announce
from dreamjournal.ui.widgets.rows import RadioRow, RowList
from dreamjournal.ui.widgets.text import Label, Prose, set_shown
from dreamjournal.ui.words import short_date

if TYPE_CHECKING:
    from dreamjournal.services.keys import KeyStatus

SLOT_WORDS = {"passphrase": "a passphrase", "recovery": "a recovery sheet", "keyring": "this computer’s keyring"}
PLAIN = (
    "This journal is not encrypted. Whoever can use this computer, or finds the file or a backup of it, can read it."
)
REKEY = (
    "For when somebody may have got hold of the key itself, a copied key file for example. The whole journal is written anew under "
    "another key; passphrase, recovery sheet and keyring open it as before. Backups made until now keep the old key. "
    "The journal is closed meanwhile."
)
DECRYPT = (
    "From then on whoever can use this computer, or finds the file, can read the journal, and there is no lock. A backup is made "
    "before. The journal is closed meanwhile."
)
NO_SHEET = "There is no recovery sheet: what opens it now must not be forgotten or lost. Make one."
LAST_WAY = "Nothing else opens it but the recovery sheet: set a passphrase first."


NEW_OPENS = "From now on the new passphrase opens the journal."
OPENED_HERE = "From now on this computer opens the journal without asking."
ASKED_HERE = "From now on this computer asks too."


class KeysCard(QWidget):
    """Says what protects the journal, read from the file itself, with a button for each thing that can be changed."""

    rewrite_requested = Signal(str, object, object)
    """("rekey", None, None), ("decrypt", None, None) or ("encrypt", Protection, passphrase or None): it needs the journal closed."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._status: KeyStatus | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.words = Label("", "caption", "muted", wrap=True)
        box.addWidget(self.words)
        row = QWidget()
        flow = FlowLayout(row, 12, 8)
        self.passphrase = self._button(flow, "Change the passphrase…", "keysPassphrase", self._on_passphrase)
        self.sheet = self._button(flow, "New recovery sheet…", "keysSheet", self._on_sheet)
        self.keyring = self._button(flow, "", "keysKeyring", self._on_keyring)
        self.rekey = self._button(flow, "New key…", "keysRekey", self._on_rekey)
        self.decrypt = self._button(flow, "Remove the encryption…", "keysDecrypt", self._on_decrypt)
        self.encrypt = self._button(flow, "Encrypt this journal…", "keysEncrypt", self._on_encrypt)
        box.addWidget(row)
        self.note = Label("", "body", wrap=True)
        self.note.hide()
        box.addWidget(self.note)
        self.error = InlineError()
        box.addWidget(self.error)
        self.fill()

    def _button(self, flow: FlowLayout, text: str, name: str, act: Callable[[], None]) -> Button:
        button = Button(text, name=name)
        button.clicked.connect(act)
        button.hide()
        flow.addWidget(button)
        return button

    def fill(self) -> None:
        """Read again what opens the journal; a keyring may take a moment to answer."""
        path = self._context.journal.path

        def look(_progress: object) -> KeyStatus:
            from dreamjournal.services import keys

            return keys.status(path)

        self._context.tasks.start(look, on_done=self._show, on_failed=self._failed)

    def _show(self, found: KeyStatus) -> None:
        if not isValid(self):
            return
        self._status = found
        kinds = {slot.kind for slot in found.slots}
        own = self._context.journal.kind == JournalKind.OWN  # on a nurse's computer nobody's login opens a caseload
        self.words.setText(_sentence(found, self._context))
        set_shown(self.passphrase, found.encrypted)
        self.passphrase.setText("Change the passphrase…" if "passphrase" in kinds else "Set a passphrase…")
        set_shown(self.sheet, found.encrypted)
        set_shown(self.keyring, found.encrypted and ("keyring" in kinds or (own and found.keyring_available)))
        self.keyring.setText("Ask for it on this computer too" if "keyring" in kinds else "Let this computer open it")
        for button in (self.rekey, self.decrypt):
            set_shown(button, found.encrypted)
        set_shown(self.encrypt, not found.encrypted)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            raise error
        if isValid(self):
            self.error.set_sentence(error.sentence)

    def _work(self, act: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self.error.set_sentence("")
        set_shown(self.note, False)
        self._context.tasks.start(lambda _progress: act(), on_done=done, on_failed=self._failed)

    def _on_changed(self, words: str) -> None:
        if isValid(self):  # Settings may have been closed meanwhile
            self.note.setText(words)
            self.note.setAccessibleName(words)
            set_shown(self.note, True)
            announce(self.note)
            self.fill()

    def _on_passphrase(self) -> None:
        dialog = PassphraseDialog(self)
        dialog.chosen.connect(self._set_passphrase)
        dialog.open()

    def _set_passphrase(self, new: str) -> None:
        from dreamjournal.services import keys

        journal, clock = self._context.journal, self._context.clock
        path, key = journal.path, journal.key
        if key is not None:
            self._work(lambda: keys.change_passphrase(path, key, new, clock), lambda _: self._on_changed(NEW_OPENS))

    def _on_sheet(self) -> None:
        ask = AskDialog(
            self,
            "Make a new recovery sheet?",
            "The sheet there may be now opens nothing any more.",
            "Make a new one",
            name="askSheet",
        )
        ask.accepted.connect(self._make_sheet)
        ask.open()

    def _make_sheet(self) -> None:
        from dreamjournal.services import keys

        journal, clock = self._context.journal, self._context.clock
        path, key = journal.path, journal.key
        if key is not None:
            self._work(lambda: keys.new_recovery_code(path, key, clock), self._show_sheet)

    def _show_sheet(self, code: str) -> None:
        if not isValid(self):  # Settings was closed meanwhile: the sheet is still to be seen, once
            SheetDialog(QApplication.activeWindow(), code).open()
            return
        SheetDialog(self, code).open()
        self.fill()

    def _on_keyring(self) -> None:
        from dreamjournal.services import keys

        journal, clock, status = self._context.journal, self._context.clock, self._status
        path, key = journal.path, journal.key
        if key is None or status is None:
            return
        kinds = {slot.kind for slot in status.slots}
        if "keyring" not in kinds:
            self._work(lambda: keys.put_in_keyring(path, key, clock), lambda _: self._on_changed(OPENED_HERE))
        elif "passphrase" not in kinds:
            self.error.set_sentence(LAST_WAY)
        else:
            self._work(lambda: keys.take_out_of_keyring(path), lambda _: self._on_changed(ASKED_HERE))

    def _on_rekey(self) -> None:
        ask = AskDialog(self, "Give the journal a new key?", REKEY, "Write it anew", name="askRekey")
        ask.accepted.connect(lambda: self.rewrite_requested.emit("rekey", None, None))
        ask.open()

    def _on_decrypt(self) -> None:
        ask = AskDialog(self, "Remove the encryption?", DECRYPT, "Remove it", name="askDecrypt")
        ask.accepted.connect(lambda: self.rewrite_requested.emit("decrypt", None, None))
        ask.open()

    def _on_encrypt(self) -> None:
        status = self._status
        offered = status is not None and status.keyring_available and self._context.journal.kind == JournalKind.OWN
        dialog = EncryptDialog(self, keyring=offered)
        dialog.chosen.connect(lambda way, new: self.rewrite_requested.emit("encrypt", way, new))
        dialog.open()


class TwicePassphrase(QWidget):
    """A passphrase, typed twice."""

    def __init__(self) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.first = PassphraseField("New passphrase", placeholder="Four or five ordinary words", name="newPassphrase")
        self.second = PassphraseField("New passphrase once more", placeholder="Once more", name="newPassphraseAgain")
        self.error = InlineError()
        for part in (self.first, self.second, self.error):
            box.addWidget(part)
        self.setFocusProxy(self.first)

    def value(self) -> str | None:
        """The passphrase, None after saying what is missing."""
        if not self.first.text():
            self.error.set_sentence("Type a passphrase.")
        elif self.first.text() != self.second.text():
            self.error.set_sentence("The two are not the same. Type the second once more.")
        else:
            self.error.set_sentence("")
            return self.first.text()
        return None


class PassphraseDialog(Dialog):
    """Asks for a new passphrase."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__("A new passphrase", parent, name="passphraseDialog", width=520)
        self.body.addWidget(Label("A new passphrase", "section", wrap=True))
        self.body.addWidget(Prose("Backups made until now still open with the one before.", kind="body", tone="muted"))
        self.twice = TwicePassphrase()
        self.body.addWidget(self.twice)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Cancel", name="passphraseCancel").clicked.connect(self.reject)
        self.add_answer("Use it", primary=True, default=True, name="passphraseGo").clicked.connect(self._on_go)
        self.twice.first.setFocus()
        self.fit()

    def _on_go(self) -> None:
        new = self.twice.value()
        if new is not None:
            self.chosen.emit(new)
            self.accept()


class EncryptDialog(Dialog):
    """Asks what is to keep others out of a plain journal."""

    chosen = Signal(object, object)
    """(Protection, passphrase or None)."""

    def __init__(self, parent: QWidget | None, *, keyring: bool) -> None:
        super().__init__("Encrypt this journal", parent, name="encryptDialog", width=560)
        self.body.addWidget(Label("Encrypt this journal", "section", wrap=True))
        self.body.addWidget(Prose(
            "The journal is written anew, encrypted, and the plain file is overwritten and removed. Backups made until now stay plain: "
            "remove them where that matters. You get a recovery sheet. The journal is closed meanwhile.", kind="body", tone="muted",
        ))  # fmt: skip
        rows = RowList(name="encryptWays")
        self.by_passphrase = RadioRow("A passphrase", detail="Typed each time.", name="encryptPassphrase")
        self.by_computer = RadioRow(
            "This computer only",
            detail="Your login’s keyring opens it; anywhere else, the recovery sheet.",
            name="encryptComputer",
        )
        rows.add(self.by_passphrase)
        if keyring:
            rows.add(self.by_computer)
        self.by_passphrase.setChecked(True)
        self.body.addWidget(rows)
        self.twice = TwicePassphrase()
        self.body.addWidget(self.twice)
        self.by_passphrase.toggled.connect(self.twice.setVisible)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Cancel", name="encryptCancel").clicked.connect(self.reject)
        self.add_answer("Encrypt", primary=True, default=True, name="encryptGo").clicked.connect(self._on_go)
        self.fit()

    def _on_go(self) -> None:
        if self.by_computer.isChecked():
            self.chosen.emit(Protection.COMPUTER, None)
            self.accept()
            return
        new = self.twice.value()
        if new is not None:
            self.chosen.emit(Protection.PASSPHRASE, new)
            self.accept()


class SheetDialog(Dialog):
    """The recovery sheet of a journal that is open."""

    def __init__(self, parent: QWidget | None, code: str) -> None:
        super().__init__(TITLE, parent, name="sheetDialog", width=640)
        self.sheet = RecoverySheet(code)
        self.body.addWidget(self.sheet)
        self.body.addStretch(1)
        self.sheet.kept.connect(self.accept)
        self.sheet.skipped.connect(self.accept)
        self.fit()


def _sentence(found: KeyStatus, context: PageContext) -> str:
    if not found.encrypted:
        return PLAIN
    if found.trouble:
        return f"Encrypted, but its key file cannot be used: {found.trouble}. Make a new recovery sheet."
    ways = []
    for slot in found.slots:
        since = f" (since {short_date(context.local(slot.made).date())})" if slot.made is not None else ""
        ways.append(SLOT_WORDS[slot.kind] + since)
    listed = ", ".join(ways[:-1]) + f" and {ways[-1]}" if len(ways) > 1 else "".join(ways)
    copies = "" if found.copies_on_disk > 1 else " Only one copy of its key file is there."
    sheet = "" if any(slot.kind == "recovery" for slot in found.slots) else f" {NO_SHEET}"
    return f"Encrypted. It is opened by {listed}.{copies}{sheet}"
