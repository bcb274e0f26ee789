"""Import: nothing is written before Import, the receipt accounts for every row, undo puts everything back."""

from __future__ import annotations

import json
import shutil

from PySide6.QtWidgets import QLabel

from dreamjournal.services import imports
from dreamjournal.services import nights as nights_service
from dreamjournal.ui.imports.dialog import NOTHING_YET, UNDO_NOTE, ImportDialog
from dreamjournal.ui.imports.history import HistoryDialog
from dreamjournal.ui.widgets.buttons import Button


def nights(work):
    context = work.context
    return nights_service.to_json(nights_service.nights(context.journal, context.person_id, clock=context.clock))


def opened(work, qtbot, paths) -> ImportDialog:
    dialog = ImportDialog(work.context, None, paths)
    qtbot.addWidget(dialog)
    dialog.show()
    work.settle()
    return dialog


def test_preview_import_receipt_undo(work, qtbot, sample_file):
    before = nights(work)
    dialog = opened(work, qtbot, [sample_file.parent / "sleeps.csv"])
    assert dialog.stage == "preview"
    assert dialog.view.headline.text() == NOTHING_YET
    assert nights(work) == before
    with qtbot.waitSignal(work.context.bus.changed, timeout=30_000):
        dialog.findChild(Button, "importGo").click()
    work.settle()
    assert dialog.stage == "receipt"
    assert nights(work) != before
    rows = dialog.view.receipts[0]["rows"]
    assert rows["read"] == sum(n for k, n in rows.items() if k != "read") > 0
    dialog.findChild(Button, "undoImport").click()
    work.settle()
    assert dialog.stage == "undone"
    assert nights(work) == before


def test_again_brings_nothing_new(sample_work, qtbot, sample_file):
    dialog = opened(sample_work, qtbot, [sample_file.parent / "sleeps.csv"])
    assert dialog.view.headline.text() == "Nothing to import."
    assert "already here" in dialog.view.lead.text()
    assert dialog.findChild(Button, "importGo") is None


def test_escape_before_import_leaves_all_as_it_was(work, qtbot, sample_file):
    before = nights(work)
    dialog = opened(work, qtbot, [sample_file.parent / "sleeps.csv"])
    dialog.reject()
    assert nights(work) == before
    assert imports.history(work.context.journal) == []


def test_cancel_while_reading(work, qtbot, sample_file, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(6):
        shutil.copy(sample_file.parent / "sleepsync-export.json", folder / f"{n}.json")
    dialog = ImportDialog(work.context, None, [folder])
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.stage == "reading"
    dialog.findChild(Button, "importCancel").click()
    work.settle()
    assert imports.history(work.context.journal) == []


def test_refused_file_is_told_and_nothing_taken(work, qtbot, tmp_path):
    (tmp_path / "page.html").write_text("<html><body>hello</body></html>", encoding="utf-8")
    dialog = opened(work, qtbot, [tmp_path / "page.html"])
    assert dialog.stage == "preview"
    assert dialog.findChild(Button, "importGo") is None
    assert "not" in dialog.view.lead.text()


def test_rejected_rows_have_reason_and_line(work, qtbot, sample_file, tmp_path):
    text = (sample_file.parent / "sleeps.csv").read_text(encoding="utf-8")
    lines = text.splitlines()
    cells = lines[3].split(",")
    lines[3] = ",".join(["9999-" + c[5:] if c[:4] == "2026" else c for c in cells])
    (tmp_path / "sleeps.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    dialog = opened(work, qtbot, [tmp_path / "sleeps.csv"])
    assert dialog.view.rejected is not None
    model = dialog.view.rejected.model()
    assert model.rowCount() == 1
    assert "sleeps.csv" in model.index(0, 0).data()
    assert len(model.index(0, 1).data()) > 5
    shown = dialog.view.show_line(0)
    assert shown is None or shown.isVisible()


def test_receipt_is_saved_whole(work, qtbot, sample_file, tmp_path):
    dialog = opened(work, qtbot, [sample_file.parent / "sleeps.csv"])
    dialog.save_receipt(tmp_path / "receipt.json")
    saved = json.loads((tmp_path / "receipt.json").read_text(encoding="utf-8"))
    assert saved["files"][0]["rows"]["read"] > 0


def test_history_shows_and_undoes(work, qtbot, sample_file):
    before = nights(work)
    dialog = opened(work, qtbot, [sample_file.parent / "sleeps.csv"])
    dialog.findChild(Button, "importGo").click()
    work.settle()
    history = HistoryDialog(work.context, None)
    qtbot.addWidget(history)
    history.show()
    assert history.table.model().rowCount() == 1
    shown = history.show_receipt(0)
    assert shown.isVisible()
    record = imports.history(work.context.journal)[0]
    history.undo(record.id)
    assert history.undoing.isVisible() and not history.undo_button.isEnabled()
    work.settle()
    assert not history.undoing.isVisible() and not history.undo_button.isEnabled()
    assert nights(work) == before


def test_without_paths_it_asks_for_files(work, qtbot):
    dialog = opened(work, qtbot, [])
    assert dialog.stage == "choose"
    assert dialog.findChild(Button, "chooseFiles") is not None


def test_progress_is_told_in_bytes_and_cancel_ends_it(work, qtbot, sample_file, tmp_path):
    lines = (sample_file.parent / "sleeps.csv").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "sleeps.csv"
    path.write_text("\n".join([lines[0], *(lines[1:] * 2000)]) + "\n", encoding="utf-8")
    dialog = ImportDialog(work.context, None, [path])
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: " MB" in dialog.progress.far.text(), timeout=30_000)
    assert dialog.stage == "reading"
    assert dialog.progress.what.text() == "sleeps.csv"
    dialog.findChild(Button, "importCancel").click()
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: not work.context.tasks.busy, timeout=2000)
    assert imports.history(work.context.journal) == []


def test_the_dialog_fits_its_width_at_the_largest_text(work, qtbot, sample_file, tmp_path, themed):
    themed.apply("light", 2.0)
    name = "a very long name of an export that somebody keeps in a folder of their own.csv"
    shutil.copy(sample_file.parent / "sleeps.csv", tmp_path / name)
    dialog = opened(work, qtbot, [tmp_path / name])
    dialog.findChild(Button, "importGo").click()
    work.settle()
    assert dialog.stage == "receipt"
    themed.apply("light", 1.0)
    assert UNDO_NOTE in {label.text() for label in dialog.findChildren(QLabel) if label.isVisible()}
    themed.apply("light", 2.0)
    qtbot.waitUntil(lambda: dialog.width() <= 880, timeout=2000)
    assert UNDO_NOTE not in {label.text() for label in dialog.findChildren(QLabel) if label.isVisible()}
    right = dialog.findChild(Button, "importDone")
    assert right.mapTo(dialog, right.rect().topRight()).x() <= dialog.width()
    inner = dialog.scroll_area.widget()
    assert inner.width() <= dialog.scroll_area.viewport().width()
