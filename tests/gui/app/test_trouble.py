"""A journal that cannot be opened: what is said, and each way on, with real files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from dreamjournal.app.opening import Opening
from dreamjournal.app.trouble import Trouble
from dreamjournal.common.errors import DiskFull, JournalDamaged, JournalTooNew, KnownError
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.runtime.tasks import Tasks
from dreamjournal.services import backups, dreams, journals
from dreamjournal.ui.main_window import MainWindow
from dreamjournal.ui.onboarding.trouble import NO_BACKUP, Offered, TroublePage, Ways
from dreamjournal.ui.theme import ThemeSource
from dreamjournal.ui.widgets.buttons import Button
from tests.fakes import FakeClock

Show = Callable[..., tuple[Opening, TroublePage]]


@pytest.fixture
def show(qtbot, qapp: QApplication, themed: ThemeSource, clock: FakeClock) -> Iterator[Show]:
    tasks = Tasks(qapp)

    def _show(path: Path, error: KnownError | None = None) -> tuple[Opening, TroublePage]:
        window = MainWindow()
        qtbot.addWidget(window)
        window.resize(1000, 760)
        window.show()
        opening = Opening(window, tasks, clock, path, window)
        opening.show_trouble(error or _why(path))
        page = window.cover()
        assert isinstance(page, TroublePage)
        return opening, page

    yield _show
    tasks.shutdown()


def _why(path: Path) -> KnownError:
    with pytest.raises(KnownError) as caught:
        journals.open_existing(path, passphrase="four ordinary words")
    return caught.value


def _made(path: Path, clock: FakeClock, passphrase: str | None, *, backup: bool) -> Path:
    journal = journals.create(path, passphrase=passphrase, clock=clock)
    for n in range(40):
        dreams.save(journal, 1, DreamDraft(date(2026, 7, 1), f"a stair {n} " * 200, Recall.REPORT), clock)
    if backup:
        backups.make(journal, "asked", clock)
    journal.close()
    return path


def _damage(path: Path, *pages: int) -> None:
    with path.open("r+b") as stream:
        for page in pages:
            stream.seek((page - 1) * 4096 + 100)
            stream.write(bytes(3000))


def _buttons(page: TroublePage) -> list[str]:
    return [b.text() for b in page.findChildren(Button) if b.isVisibleTo(page)]


def test_a_damaged_journal_offers_its_backups_and_one_comes_back(
    qtbot, show: Show, tmp_path: Path, clock: FakeClock
) -> None:
    path = _made(tmp_path / "journal.db", clock, "four ordinary words", backup=True)
    _damage(path, 1)
    opening, page = show(path)
    assert _buttons(page)[-5:] == [
        "Restore a backup…", "Save what can be read…", "Try again", "Open another journal…", "Quit"
    ]  # fmt: skip
    assert any("changed" in words.text() for words in page.words)
    assert not page.rows.isVisibleTo(page)
    page.restore.click()
    assert page.rows.isVisibleTo(page)
    page.secret.setText("four ordinary words")
    row = next(b for b in page.rows.findChildren(Button) if b.text() == "Restore")
    with qtbot.waitSignal(opening.restored, timeout=20000) as restored:
        row.click()
    assert restored.args is not None and "40 dreams" in restored.args[1] and "set aside as" in restored.args[1]
    journal = journals.open_existing(path, passphrase="four ordinary words")
    assert journal.dreams.count(1) == 40
    journal.close()


@pytest.mark.parametrize("passphrase", [None, "four ordinary words"])
def test_what_can_be_read_is_saved_and_takes_the_place(
    qtbot, show: Show, tmp_path: Path, clock: FakeClock, passphrase: str | None
) -> None:
    path = _made(tmp_path / "journal.db", clock, passphrase, backup=False)
    size = path.stat().st_size // 4096
    _damage(path, size - 20)
    opening, page = show(
        path, JournalDamaged("The journal cannot be read", "part of its file is damaged", "restore a backup")
    )
    trouble = opening.findChild(Trouble)
    assert trouble is not None
    trouble.save_to(tmp_path / "saved.db", passphrase or "")
    qtbot.waitUntil(lambda: page.open_saved.isVisibleTo(page), timeout=20000)
    assert "dreams kept" in page.note.text()
    with qtbot.waitSignal(opening.restored, timeout=20000) as restored:
        page.replace.click()
    assert restored.args is not None and restored.args[0] == path and "journal.db.damaged-" in restored.args[1]
    journal = journals.open_existing(path, passphrase=passphrase)
    assert 0 < journal.dreams.count(1) < 40
    journal.close()
    assert len(list(tmp_path.glob("journal.db.damaged-*Z"))) == 1


def test_a_newer_journal_offers_nothing_that_could_change_it(show: Show, tmp_path: Path, clock: FakeClock) -> None:
    path = _made(tmp_path / "journal.db", clock, None, backup=True)
    newer = JournalTooNew(
        "This journal was made by a newer Dreamjournal", "it was not touched", "update the app to open it"
    )
    _opening, page = show(path, newer)
    assert _buttons(page) == ["Open another journal…", "Quit"]


@pytest.mark.parametrize(
    ("what_now", "salvage", "said"),
    [
        ("restore a backup or save what can still be read; it was not changed", True, "Save what can still be read; it was not changed."),
        ("restore a backup; the file was not changed", False, "The file was not changed."),
        ("restore a backup or save what can still be read; it was not changed", False, "It was not changed."),
        ("put back its own key file, of which every backup holds a copy, or restore a backup; nothing was changed", False,
         "Put back its own key file; nothing was changed."),
        ("restore a backup", False, None),
        ("put back the file that ends in .keys, of which every backup holds a copy; the file was not changed", False,
         "Put back the file that ends in .keys; the file was not changed."),
    ],
)  # fmt: skip
def test_without_a_backup_nobody_is_told_to_restore_one(
    qtbot, themed: ThemeSource, what_now: str, salvage: bool, said: str | None
) -> None:
    page = TroublePage("The journal cannot be read", "part of its file is damaged", what_now, Ways(salvage=salvage))
    qtbot.addWidget(page)
    words = [part.accessibleName() for part in page.words]
    assert not any("restore" in part.lower() for part in words) and words[-1] == NO_BACKUP
    assert said is None or said in words
    offered = TroublePage("x", "y", what_now, Ways(backups=[Offered("a", "today", "2 dreams")]))
    qtbot.addWidget(offered)
    assert "backup" in offered.words[-1].accessibleName().lower()


def test_a_full_disk_is_no_damage_and_nothing_may_take_the_journals_place(
    show: Show, tmp_path: Path, clock: FakeClock
) -> None:
    path = _made(tmp_path / "journal.db", clock, None, backup=True)
    _opening, page = show(path, DiskFull("The journal cannot be opened", "the disk is full", "free some space"))
    assert _buttons(page) == ["Try again", "Open another journal…", "Quit"]
    assert page.focusProxy() is page.again


def test_a_wrong_passphrase_is_said_and_can_be_typed_again(qtbot, show: Show, tmp_path: Path, clock: FakeClock) -> None:
    path = _made(tmp_path / "journal.db", clock, "four ordinary words", backup=True)
    _damage(path, 1)
    _opening, page = show(path)
    page.restore.click()
    next(b for b in page.rows.findChildren(Button) if b.text() == "Restore").click()
    qtbot.waitUntil(lambda: page.error.isVisibleTo(page), timeout=20000)
    assert page.error.sentence().startswith("Nothing was changed: type the passphrase")  # no word of the command line
    page.secret.setText("wrong")
    next(b for b in page.rows.findChildren(Button) if b.text() == "Restore").click()
    qtbot.waitUntil(lambda: page.error.isVisibleTo(page), timeout=20000)
    assert page.buttons.isEnabled()
