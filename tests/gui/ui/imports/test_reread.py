"""Reading kept files again: nothing changes before Apply, night by night it is said what would, and undo puts it back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dreamjournal.services import imports, reading
from dreamjournal.services import nights as nights_service
from dreamjournal.ui.imports.history import HistoryDialog
from dreamjournal.ui.imports.reread import RereadDialog
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.notices import Notice

DATA = Path(__file__).resolve().parents[3] / "data"


@pytest.fixture
def imported(work, tmp_path):
    """A file of instants without a zone, read as lived in London."""
    context = work.context
    path = Path(shutil.copy(DATA / "plees" / "plees-tracker.csv", tmp_path / "plees-tracker.csv"))
    files, _ = imports.run(context.journal, context.person_id, [path], zone="Europe/London", clock=context.clock)
    assert files[0].original == "kept"
    return work


def document(work):
    context = work.context
    return nights_service.to_json(nights_service.nights(context.journal, context.person_id, None, None, context.clock))


def opened(work, qtbot) -> RereadDialog:
    dialog = RereadDialog(work.context, None)
    qtbot.addWidget(dialog)
    dialog.show()
    work.settle()
    return dialog


def test_nothing_to_change_is_said(imported, qtbot):
    dialog = opened(imported, qtbot)
    assert dialog.stage == "changes" and dialog.table is None
    assert dialog.findChild(Button, "rereadApply") is None


def test_changes_are_listed_applied_and_undone(imported, qtbot):
    context = imported.context
    before = document(imported)
    reading.set_zone(context.journal, context.person_id, "plees", "Europe/Berlin")
    dialog = opened(imported, qtbot)
    assert dialog.stage == "changes" and dialog.table.model().rowCount() > 0
    assert document(imported) == before
    with qtbot.waitSignal(context.bus.changed, timeout=30_000):
        dialog.findChild(Button, "rereadApply").click()
    imported.settle()
    assert dialog.stage == "applied" and document(imported) != before
    dialog.findChild(Button, "rereadUndo").click()
    imported.settle()
    assert dialog.stage == "undone"
    assert document(imported) == before


def test_closing_changes_nothing(imported, qtbot):
    context = imported.context
    reading.set_zone(context.journal, context.person_id, "plees", "Europe/Berlin")
    before = document(imported)
    dialog = opened(imported, qtbot)
    dialog.findChild(Button, "rereadClose").click()
    assert document(imported) == before


def test_history_says_what_is_kept_and_opens_it(imported, qtbot):
    history = HistoryDialog(imported.context, None)
    qtbot.addWidget(history)
    history.show()
    model = history.table.model()
    assert model.index(0, 5).data() == "kept" and history.reread_button.isEnabled()
    history.reread_button.click()
    imported.settle()
    dialog = history.findChild(RereadDialog)
    assert dialog.stage == "changes"
    dialog.accept()
    history.undo(imports.history(imported.context.journal)[0].id)
    imported.settle()
    assert model.index(0, 5).data() == "–" and not history.reread_button.isEnabled()


def test_a_file_that_is_not_kept_is_named(work, qtbot, tmp_path):
    from dreamjournal.services import settings

    context = work.context
    settings.set_value(context.journal, context.person_id, "originals_limit_mb", 0)
    path = Path(shutil.copy(DATA / "plees" / "plees-tracker.csv", tmp_path / "f.csv"))
    imports.run(context.journal, context.person_id, [path], zone="Europe/London", clock=context.clock)
    dialog = opened(work, qtbot)
    said = [n.accessibleName() for n in dialog.findChildren(Notice, "rereadUnread")]
    assert said == ["f.csv: its original is not kept."]
