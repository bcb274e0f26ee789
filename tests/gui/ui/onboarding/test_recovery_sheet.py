"""The sheet with the code: large, to be kept in four ways, and proved by typing one group back."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel

from dreamjournal.domain import recovery_code
from dreamjournal.ui.onboarding.recovery_sheet import ASKED, RecoverySheetPage, sheet_pdf
from dreamjournal.ui.theme import ThemeSource

CODE = recovery_code.shown(bytes(range(16)))


@pytest.fixture
def page(qtbot, themed: ThemeSource) -> RecoverySheetPage:
    made = RecoverySheetPage(CODE)
    qtbot.addWidget(made)
    made.resize(900, 800)
    made.show()
    return made


def test_every_group_is_on_the_page_and_can_be_read_aloud(page: RecoverySheetPage) -> None:
    shown = " ".join(label.text() for label in page.findChildren(QLabel))
    assert all(group in shown for group in CODE.split("-"))
    spoken = " ".join(label.accessibleName() for label in page.findChildren(QLabel))
    assert " ".join(CODE.split("-")[0]) in spoken


def test_the_drill_takes_the_group_however_it_is_written(qtbot, page: RecoverySheetPage) -> None:
    sheet, group = page.sheet, CODE.split("-")[ASKED - 1]
    with qtbot.assertNotEmitted(page.finished):
        sheet.done.click()
    assert sheet.error.sentence() == "Type the group from your paper."
    sheet.group.setText(group[:-1] + ("2" if group[-1] != "2" else "3"))
    with qtbot.assertNotEmitted(page.finished):
        sheet.done.click()
    assert sheet.error.sentence().startswith("That is not this group.")
    sheet.group.setText(group.lower().replace("1", "l").replace("0", "o"))
    with qtbot.waitSignal(page.finished):
        sheet.done.click()


def test_it_can_be_passed_over(qtbot, page: RecoverySheetPage) -> None:
    with qtbot.waitSignal(page.finished):
        page.sheet.skip.click()


def test_copying_is_told(page: RecoverySheetPage) -> None:
    page.sheet.copy_button.click()
    assert QGuiApplication.clipboard().text() == CODE
    assert page.sheet.said.text().startswith("Copied.")
    QGuiApplication.clipboard().clear()


def test_the_pdf_is_one_private_page_with_a_title_that_tells_nothing(page: RecoverySheetPage, tmp_path: Path) -> None:
    target = tmp_path / "sheet.pdf"
    page.sheet.save(target)
    data = target.read_bytes()
    assert data.startswith(b"%PDF") and data.count(b"/Type /Page\n") == 1
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert CODE.encode() not in data and b"journal" not in data.lower().split(b"stream")[0]
    page.sheet.save(tmp_path / "nowhere" / "sheet.pdf")
    assert page.sheet.said.text().startswith("Not saved:")
    assert len(sheet_pdf(CODE)) > 1000


def test_saving_asks_where(page: RecoverySheetPage) -> None:
    page.sheet.save_button.click()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    dialog.reject()
