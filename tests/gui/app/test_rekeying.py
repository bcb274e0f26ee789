"""The journal written anew from Settings: closed for it, and open again without being asked for anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QLabel

from dreamjournal.app.lifecycle import Lifecycle
from dreamjournal.domain.protection import Protection
from dreamjournal.services import journals, keys
from dreamjournal.ui.theme import ThemeSource
from tests.fakes import FakeClock
from tests.gui.app import locked_life
from tests.gui.app.locked_life import Key


@pytest.fixture
def start(
    qtbot, qapp: QApplication, themed: ThemeSource, tmp_path: Path, clock: FakeClock
) -> Iterator[Callable[..., Lifecycle]]:
    made: list[Lifecycle] = []

    def _start(path: Path, key: Key | None) -> Lifecycle:
        made.append(locked_life.open_window(qtbot, qapp, path, key, clock, tmp_path))
        return made[-1]

    yield _start
    for life in made:
        life.shut_down()
        life.setParent(None)


def test_a_new_key_and_then_none(qtbot, start, tmp_path: Path, clock: FakeClock) -> None:
    path, key = locked_life.make(tmp_path / "own" / "journal.db", clock)
    life = start(path, key)
    life.rekeying.rewrite("rekey", None, None)
    assert life.journal is None
    qtbot.waitUntil(lambda: life.journal is not None, timeout=60000)
    assert life.journal is not None and life.journal.key is not None and not key.is_it(life.journal.key)
    assert keys.unlock(path, locked_life.PASSPHRASE) == life.journal.key
    assert life.window._banner_box.itemAt(0).widget().accessibleName().startswith("The journal has a new key.")
    life.rekeying.rewrite("decrypt", None, None)
    qtbot.waitUntil(lambda: life.journal is not None, timeout=60000)
    assert life.journal is not None and not life.journal.encrypted
    item = life.window.rail.item("lock")
    assert item is not None and not item.isVisible()


def test_a_plain_journal_is_encrypted_and_its_sheet_shown(qtbot, start, tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "own" / "journal.db"
    journals.create(path, passphrase=None, clock=clock).close()
    life = start(path, None)
    life.rekeying.rewrite("encrypt", Protection.PASSPHRASE, locked_life.PASSPHRASE)
    qtbot.waitUntil(
        lambda: life.window.cover() is not None and life.window.cover().objectName() == "recoverySheetPage",
        timeout=60000,
    )
    life.window.cover().sheet.skip.click()
    assert life.journal is not None and life.journal.encrypted
    assert keys.unlock(path, locked_life.PASSPHRASE) == life.journal.key


def test_what_cannot_be_done_leaves_the_journal_open_as_it_was(
    qtbot, start, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dreamjournal.common.errors import StoreError

    path, key = locked_life.make(tmp_path / "own" / "journal.db", clock)
    life = start(path, key)

    def refused(*_args: object) -> bytes:
        raise StoreError("Nothing was changed", "the disk is full", "free some space")

    monkeypatch.setattr(keys, "rekey", refused)
    life.rekeying.rewrite("rekey", None, None)
    qtbot.waitUntil(lambda: life.journal is not None, timeout=60000)
    assert life.journal is not None and life.journal.key is not None and key.is_it(life.journal.key)
    dialog = life.window.findChild(QDialog, "errorDialog")
    assert dialog is not None
    assert "Nothing was changed." in [label.text() for label in dialog.findChildren(QLabel)]
    dialog.reject()
