"""Taking the whole journal out of the window."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QLabel

from dreamjournal.domain.dream import DreamDraft
from dreamjournal.services import dreams
from dreamjournal.ui.settings.dialog import SettingsDialog
from dreamjournal.ui.settings.export_card import ExportCard
from tests import made_nights
from tests.gui.ui.at_work import Work


def shown(work: Work) -> ExportCard:
    card = ExportCard(work.context)
    work.qtbot.addWidget(card)
    card.show()
    return card


def test_it_asks_once_that_the_file_is_open_before_it_asks_where(work: Work) -> None:
    card = shown(work)
    ask = card.ask()
    assert "not encrypted" in " ".join(label.text() for label in ask.findChildren(QLabel))
    assert "sealed" not in " ".join(label.text() for label in ask.findChildren(QLabel))
    assert ask.stay.isDefault() and card.findChildren(QFileDialog) == []
    ask.go.click()
    chooser = card.findChild(QFileDialog)
    work.qtbot.waitExposed(chooser)
    assert chooser.acceptMode() == QFileDialog.AcceptMode.AcceptSave and chooser.defaultSuffix() == "zip"
    assert [Path(f).name for f in chooser.selectedFiles()] == ["dreamjournal-2026-05-05.zip"]
    chooser.reject()
    work.qtbot.waitUntil(lambda: card.findChild(QFileDialog) is None)


def test_the_question_says_that_a_sealed_study_is_in_it(work: Work) -> None:
    journal = work.context.journal
    journal.studies.put(made_nights.study(work.context.person_id, "ENEN" * 7, date(2026, 5, 1), sealed=True))
    card = shown(work)
    ask = card.ask()
    assert "A study is still sealed" in " ".join(label.text() for label in ask.findChildren(QLabel))
    ask.reject()


def test_the_file_is_written_and_told(work: Work, tmp_path: Path) -> None:
    dreams.save(
        work.context.journal, work.context.person_id, DreamDraft(date(2026, 5, 3), "A stair."), work.context.clock
    )
    card = shown(work)
    with work.qtbot.waitSignal(card.written, timeout=20_000) as told:
        card.write_to(tmp_path / "all.zip")
        assert not card.button.isEnabled() and card.bar.isVisible() and card.stop.isVisible()
    assert told.args == [tmp_path / "all.zip"]
    assert "all.zip: 1 person, 1 dream" in card.note.text() and "not encrypted" in card.note.text()
    assert card.button.isEnabled() and not card.bar.isVisible() and not card.stop.isVisible()
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert "dreams/2026-05-03.md" in archive.namelist()


def test_what_went_wrong_is_said_and_the_old_file_stays(work: Work, tmp_path: Path) -> None:
    card = shown(work)
    (tmp_path / "x.zip").mkdir()
    card.write_to(tmp_path / "x.zip")
    work.settle()
    assert "something of that name" in card.error.sentence() and card.button.isEnabled()
    card.write_to(tmp_path / "y.zip")
    work.settle()
    assert card.error.sentence() == "" and (tmp_path / "y.zip").is_file()


def test_stopping_leaves_no_file(sample_work: Work, tmp_path: Path) -> None:
    card = shown(sample_work)
    card.write_to(tmp_path / "all.zip")
    card.stop.click()
    sample_work.settle()
    assert card.note.text() == "Stopped; no file was made."
    assert [p.name for p in tmp_path.iterdir() if "all" in p.name] == []


def test_closing_settings_does_not_stop_it(work: Work, tmp_path: Path) -> None:
    dialog = SettingsDialog(work.context, None)
    dialog.show()
    dialog.export.write_to(tmp_path / "all.zip")
    dialog.accept()
    work.settle()
    assert zipfile.is_zipfile(tmp_path / "all.zip")


def test_a_nurse_with_nobody_open_can_take_the_caseload(nurse_work: Work, tmp_path: Path, qtbot: Any) -> None:
    dialog = SettingsDialog(nurse_work.context, None)
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.export.written, timeout=20_000):
        dialog.export.write_to(tmp_path / "all.zip")
    assert "2 persons" in dialog.export.note.text()
