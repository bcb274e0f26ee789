"""Bringing a whole journal in, in the window: a new journal beside this one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from dreamjournal.domain.dream import DreamDraft
from dreamjournal.services import dreams, journals, whole_journal
from dreamjournal.ui.settings.bring_in import BringInPart
from tests.gui.ui.at_work import Work


def shown(work: Work) -> BringInPart:
    part = BringInPart(work.context)
    work.qtbot.addWidget(part)
    part.show()
    return part


def exported(work: Work, folder: Path) -> Path:
    context = work.context
    dreams.save(context.journal, context.person_id, DreamDraft(date(2026, 5, 3), "A stair."), context.clock)
    return whole_journal.export(context.journal, folder / "all.zip", context.clock).path


def test_an_export_becomes_a_journal_with_a_passphrase_of_its_own(work: Work, tmp_path: Path) -> None:
    source, path = exported(work, tmp_path), tmp_path / "new.db"
    part = shown(work)
    with work.qtbot.waitSignal(part.made, timeout=30_000) as told:
        part.bring_in(source, path, "four ordinary words here")
        assert not part.button.isEnabled() and part.bar.isVisible() and part.stop.isVisible()
    assert told.args == [path]
    assert "new.db: 1 person, 1 dream" in part.note.text() and "not encrypted" not in part.note.text()
    made = journals.open_existing(path, passphrase="four ordinary words here")
    assert [d.text for d in made.dreams.all(made.persons.all()[0].id)] == ["A stair."]
    made.close()


def test_two_passphrases_that_differ_are_asked_for_again(work: Work, tmp_path: Path) -> None:
    part = shown(work)
    dialog = part.ask(tmp_path / "all.zip")
    work.qtbot.waitExposed(dialog)
    dialog.first.setText("one")
    dialog.go.click()
    assert "not the same" in dialog.error.sentence() and dialog.isVisible()
    dialog.second.setText("one")
    dialog.go.click()
    chooser = part.findChild(QFileDialog)
    assert chooser is not None and chooser.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    work.qtbot.waitExposed(chooser)
    chooser.reject()
    work.qtbot.waitUntil(lambda: part.findChild(QFileDialog) is None)


def test_a_journal_that_is_there_is_never_written_over_and_a_wrong_file_is_said(work: Work, tmp_path: Path) -> None:
    source = exported(work, tmp_path)
    part = shown(work)
    (tmp_path / "there.db").write_bytes(b"mine")
    part.bring_in(source, tmp_path / "there.db", None)
    work.settle()
    assert "of that name is there already" in part.error.sentence() and part.button.isEnabled()
    assert (tmp_path / "there.db").read_bytes() == b"mine"
    (tmp_path / "no.zip").write_bytes(b"no zip")
    part.bring_in(tmp_path / "no.zip", tmp_path / "new.db", None)
    work.settle()
    assert part.error.sentence() != "" and not (tmp_path / "new.db").exists()
    part.bring_in(source, tmp_path / "new.db", None)
    work.settle()
    assert part.error.sentence() == "" and "It is not encrypted" in part.note.text()
