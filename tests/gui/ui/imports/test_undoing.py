"""Undoing an import: the window stays usable, its backup is the worker's, and Cancel or a failure leaves all as it is."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt

from dreamjournal.common.errors import DiskFull
from dreamjournal.services import backups, imports, nights
from dreamjournal.ui.imports.dialog import ImportDialog
from dreamjournal.ui.imports.history import HistoryDialog
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import Dialog


@pytest.fixture
def written(work, qtbot, sample_file):
    """A dialog that has just imported, before which there was nothing."""
    dialog = ImportDialog(work.context, None, [sample_file.parent / "sleeps.csv"])
    qtbot.addWidget(dialog)
    dialog.show()
    work.settle()
    dialog.findChild(Button, "importGo").click()
    work.settle()
    assert dialog.stage == "receipt"
    return dialog


def there(work):
    return len(nights.nights(work.context.journal, work.context.person_id))


def test_the_backup_and_the_writing_are_the_workers(written, work, monkeypatch):
    threads = []
    before = backups.before
    monkeypatch.setattr(
        backups, "before", lambda *a, **k: (threads.append(threading.current_thread()), before(*a, **k))
    )
    written.findChild(Button, "undoImport").click()
    assert written.undoing.isVisible() and written.undoing.stop.hasFocus() == written.isActiveWindow()
    assert not written.findChild(Button, "undoImport").isEnabled()
    work.settle()
    assert threads and threading.main_thread() not in threads
    assert written.stage == "undone" and there(work) == 0


def test_cancel_leaves_all_as_it_is(written, work):
    held = there(work)
    written.findChild(Button, "undoImport").click()
    written.undoing.stop.click()
    work.settle()
    assert written.stage == "receipt" and there(work) == held
    assert not written.undoing.isVisible() and written.findChild(Button, "undoImport").isEnabled()
    written.findChild(Button, "undoImport").click()
    work.settle()
    assert written.stage == "undone"


def test_a_failure_is_told_and_leaves_all_as_it_is(written, work, monkeypatch):
    held = there(work)

    def full(*_args, **_kwargs):
        raise DiskFull("Nothing was done", "the disk is full", "free some space and try again")

    monkeypatch.setattr(imports, "undo_all", full)
    written.findChild(Button, "undoImport").click()
    work.settle()
    assert written.stage == "receipt" and there(work) == held
    told = written.findChildren(Dialog)[-1]
    assert told.isVisible()
    told.accept()


def test_it_ends_also_where_its_dialog_is_closed(written, work, qtbot):
    history = HistoryDialog(work.context, None)
    history.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    history.show()
    with qtbot.waitSignals([work.context.bus.changed, history.destroyed], timeout=30_000):
        history.undo(imports.history(work.context.journal)[0].id)
        history.close()
    assert there(work) == 0


def test_several_are_undone_together_or_not_at_all(written, work):
    journal, clock = work.context.journal, work.context.clock
    held = there(work)
    number = written.ids[0]
    with pytest.raises(Exception, match="there is no import"):
        imports.undo_all(journal, [number, 999], clock)
    assert there(work) == held
    assert imports.history(journal)[0].undone is None
