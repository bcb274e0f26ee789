"""The backups in Settings, and the timer of the window."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from dreamjournal.app.backing_up import BackingUp
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.services import backups, dreams, journals, second_place, settings
from dreamjournal.services import bin as the_bin
from dreamjournal.ui.main_window import MainWindow
from dreamjournal.ui.settings.backups_card import NONE, BackupsCard
from dreamjournal.ui.settings.dialog import SettingsDialog
from tests.fakes import FakeClock
from tests.gui.ui.at_work import CLOCK, Work


def write(work: Work, text: str = "A stair.") -> None:
    dreams.save(work.context.journal, work.context.person_id, DreamDraft(date(2026, 5, 3), text), CLOCK)


def shown(work: Work) -> BackupsCard:
    card = BackupsCard(work.context)
    work.qtbot.addWidget(card)
    card.show()
    return card


def words(widget: Any) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel))


def test_the_last_good_one_is_told_and_one_is_made_now(work: Work) -> None:
    write(work)
    card = shown(work)
    assert card.last.text() == NONE
    card.button.click()
    assert card.bar.isVisible() and card.stop.isVisible() and not card.button.isEnabled()
    work.settle()
    assert card.last.text() == "Last verified backup: today 09:00, 1 night, 1 dream."
    assert "read through 09:00" in card.note.text() and not card.bar.isVisible() and card.button.isEnabled()
    assert len(card.rows.rows) == 1 and "asked for" in words(card.rows)


def test_a_failed_one_is_said_in_place(work: Work) -> None:
    write(work)
    (work.context.journal.path.parent / "backups").write_text("in the way")
    card = shown(work)
    card.button.click()
    work.settle()
    assert card.error.sentence().startswith("No backup was made: ") and card.button.isEnabled()


def test_restoring_is_asked_for_with_what_is_newer(work: Work) -> None:
    write(work)
    made = backups.make(work.context.journal, "asked", CLOCK)
    dreams.save(work.context.journal, work.context.person_id, DreamDraft(date(2026, 5, 4), "A boat."), CLOCK)
    dialog = SettingsDialog(work.context, None)
    work.qtbot.addWidget(dialog)
    dialog.show()
    ask = dialog.backups.ask(made)
    assert ask is not None and ask.stay.isDefault() and ask.secret is None
    assert "1 night, 1 dream" in words(ask) and "1 night and 1 dream came in since" in words(ask)
    with work.qtbot.waitSignal(dialog.restore_requested) as told:
        ask.go.click()
    assert told.args[0].id == made.id and told.args[1] == ""


def test_a_backup_that_is_not_good_cannot_be_restored(work: Work) -> None:
    write(work)
    made = backups.make(work.context.journal, "asked", CLOCK)
    (made.folder / "manifest.json").write_text("{")
    card = shown(work)
    assert card.last.text() == "None of the backups here is known to be good."
    back = card.findChild(QPushButton, f"restore_{made.id}")
    assert back is not None and not back.isEnabled() and "not good" in words(card.rows)


def test_the_second_place_is_chosen_and_told(work: Work, tmp_path: Path) -> None:
    write(work)
    stick = tmp_path / "stick"
    stick.mkdir()
    dialog = SettingsDialog(work.context, None)
    work.qtbot.addWidget(dialog)
    dialog.show()
    field: Any = dialog.fields["backup_second_place"]
    field._on_chosen(str(stick))
    assert settings.get(work.context.journal, None, "backup_second_place") == str(stick)
    assert "no copy yet" in dialog.backups.second.text() and second_place.READABLE in dialog.backups.second.text()
    dialog.backups.button.click()
    work.settle()
    (there,) = second_place.listed(stick, work.context.journal.uid)
    assert there.verified is not None and "Last copy in the second place: today 09:00" in dialog.backups.second.text()
    stick.rename(tmp_path / "away")
    dialog.backups.fill()
    assert "not here just now" in dialog.backups.second.text()


class Owner:
    """Stands for the one who owns the open journal."""

    def __init__(self, work: Work) -> None:
        self.work, self.opened = work, []

    def close_journal(self) -> bool:
        self.work.context.journal.close()
        return True

    def open_path(self, path: Path, say: str = "") -> None:
        self.opened.append(path)


@pytest.fixture
def backing(work: Work) -> Any:
    window = MainWindow()
    work.qtbot.addWidget(window)
    owner = Owner(work)
    made = BackingUp(owner, window, work.context.tasks, CLOCK, window)
    made.attach(work.context.journal)
    yield made, owner, window
    made.detach()


def test_the_timer_makes_one_where_one_is_due(work: Work, backing: Any) -> None:
    backing[0].look()
    assert not work.context.tasks.busy  # an empty journal
    write(work)
    backing[0].look()
    work.settle()
    (made,) = backups.listed(work.context.journal.path)
    assert made.reason == "timer"
    write(work, "Another.")
    backing[0].look()
    work.settle()
    assert len(backups.listed(work.context.journal.path)) == 1  # not half an hour ago


def test_what_is_old_in_the_bin_goes_in_the_worker_after_a_backup(
    work: Work, backing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, clock = work.context.journal, FakeClock(CLOCK.now() - timedelta(days=40))
    write(work)
    dreams.delete(journal, journal.dreams.all(work.context.person_id)[0].id, clock)
    threads: list[threading.Thread] = []
    before = backups.before
    monkeypatch.setattr(
        backups, "before", lambda *a, **k: (threads.append(threading.current_thread()), before(*a, **k))
    )
    write(work, "Another.")
    dreams.delete(journal, journal.dreams.all(work.context.person_id)[0].id, CLOCK)
    assert not threads, "deleting waits for no backup"
    backing[0].look()
    work.settle()
    assert threads and threading.main_thread() not in threads
    assert len(the_bin.items(journal, work.context.person_id)) == 1


def test_a_failing_one_is_said_once(work: Work, backing: Any) -> None:
    write(work)
    (work.context.journal.path.parent / "backups").write_text("in the way")
    for _ in range(3):
        backing[0].look()
        work.settle()
    banners = [w for w in backing[2].findChildren(QLabel) if "No backup was made" in w.text()]
    assert len(banners) == 1


def test_closing_makes_a_last_one(work: Work, backing: Any) -> None:
    write(work)
    backing[0].at_closing()
    assert [b.reason for b in backups.listed(work.context.journal.path)] == ["timer"]


def test_restoring_closes_puts_in_place_and_opens_again(work: Work, backing: Any) -> None:
    write(work)
    path = work.context.journal.path
    made = backups.make(work.context.journal, "asked", CLOCK)
    write(work, "Later.")
    backing[0].restore(made, "")
    work.settle()
    assert backing[1].opened == [path] and not backing[0].thins
    again = journals.open_existing(path)
    assert [d.text for d in again.dreams.all(work.context.person_id)] == ["A stair."]
    again.close()
