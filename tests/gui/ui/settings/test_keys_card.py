"""What opens the journal, said from the file and changed from Settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog

from dreamjournal.common.errors import WrongPassphrase
from dreamjournal.domain.protection import Protection
from dreamjournal.runtime.bus import Bus
from dreamjournal.runtime.tasks import Tasks
from dreamjournal.services import journals, keys
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.settings.keys_card import EncryptDialog, KeysCard
from dreamjournal.ui.theme import ThemeSource
from tests.fakes import FakeClock

OLD, NEW = "four ordinary words", "five quite other words here"


@pytest.fixture
def card(qtbot, themed: ThemeSource, tmp_path: Path, clock: FakeClock) -> Iterator[KeysCard]:
    path, tasks = tmp_path / "journal.db", Tasks()
    journal = journals.create(path, passphrase=OLD, clock=clock)
    context = PageContext(journal, 1, clock, Bus(), tasks, 24, "Europe/London")
    made = KeysCard(context)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: bool(made.words.text()), timeout=20000)
    yield made
    tasks.shutdown()
    journal.close()


def test_it_says_what_opens_the_journal(card: KeysCard) -> None:
    assert card.words.text().startswith("Encrypted. It is opened by a passphrase")
    assert card.passphrase.isVisible() and card.rekey.isVisible() and not card.encrypt.isVisible()


def test_a_new_passphrase_takes_the_place_of_the_old(qtbot, card: KeysCard) -> None:
    path = card._context.journal.path
    card.passphrase.click()
    dialog = card.findChild(QDialog, "passphraseDialog")
    assert dialog is not None
    dialog.twice.first.setText(NEW)
    dialog._on_go()
    assert dialog.twice.error.sentence().startswith("The two are not the same.")
    dialog.twice.second.setText(NEW)
    dialog._on_go()
    qtbot.waitUntil(lambda: not card._context.tasks.busy, timeout=30000)
    assert card.note.isVisible() and "new passphrase opens" in card.note.text()
    assert card.error.sentence() == "" and keys.unlock(path, NEW) == card._context.journal.key
    with pytest.raises(WrongPassphrase):
        keys.unlock(path, OLD)


def test_a_new_sheet_opens_the_journal(qtbot, card: KeysCard) -> None:
    card.sheet.click()
    ask = card.findChild(QDialog, "askSheet")
    assert ask is not None
    ask.go.click()
    qtbot.waitUntil(lambda: card.findChild(QDialog, "sheetDialog") is not None, timeout=30000)
    sheet = card.findChild(QDialog, "sheetDialog")
    assert sheet is not None
    assert keys.unlock(card._context.journal.path, sheet.sheet._code) == card._context.journal.key
    qtbot.waitUntil(lambda: "recovery sheet" in card.words.text(), timeout=20000)
    sheet.reject()


def test_what_rewrites_the_journal_is_asked_for_first(qtbot, card: KeysCard) -> None:
    for button, name, what in ((card.rekey, "askRekey", "rekey"), (card.decrypt, "askDecrypt", "decrypt")):
        button.click()
        ask = card.findChild(QDialog, name)
        assert ask is not None
        with qtbot.waitSignal(card.rewrite_requested) as asked:
            ask.go.click()
        assert asked.args[0] == what


def test_a_plain_journal_can_be_encrypted(qtbot, themed: ThemeSource) -> None:
    dialog = EncryptDialog(None, keyring=True)
    qtbot.addWidget(dialog)
    dialog._on_go()
    assert dialog.twice.error.sentence() == "Type a passphrase."
    dialog.by_computer.click()
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog._on_go()
    assert chosen.args == [Protection.COMPUTER, None]
