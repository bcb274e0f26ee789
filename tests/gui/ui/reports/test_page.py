"""Reports: the preview shows the real pages, parts and range change them, saving writes the file."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtPrintSupport import QPrintDialog, QPrinter

from dreamjournal.ui.reports.page import ReportsPage
from dreamjournal.ui.reports.preview import night_image
from dreamjournal.ui.reports.printing import paint_pages
from dreamjournal.ui.theme import relative_luminance


def test_preview_is_the_pdfs_pages(sample_work):
    page = sample_work.page(ReportsPage)
    assert len(page.preview.pages) == 1
    assert page.foot_words.text().startswith("Page 1 of 1")
    image = page.preview.pages[0]._image
    assert abs(image.height() / image.width() - 297 / 210) < 0.01


def test_parts_and_paper_change_the_pages(sample_work, qtbot):
    page = sample_work.page(ReportsPage)
    with qtbot.waitSignal(page.previewed, timeout=30_000) as told:
        page._ticks["raster"].click()
    assert told.args[0] > 1
    with qtbot.waitSignal(page.previewed, timeout=30_000):
        page.paper.setFocus()
        qtbot.keyClick(page.paper, Qt.Key.Key_Right)
    assert page.paper.value() == "letter"
    image = page.preview.pages[0]._image
    assert abs(image.height() / image.width() - 11 / 8.5) < 0.01


def test_dream_texts_are_off_and_method_cannot_be_unticked(sample_work):
    page = sample_work.page(ReportsPage)
    assert not page._ticks["dream_texts"].isChecked()
    from dreamjournal.ui.widgets.rows import TickRow

    method = page.findChild(TickRow, "part_method")
    assert method.isChecked()
    assert not method.isEnabled()


def test_range_without_nights_says_so(sample_work, qtbot):
    page = sample_work.page(ReportsPage)
    with qtbot.waitSignal(page.previewed, timeout=30_000):
        page.set_range(date(2020, 1, 1), date(2020, 2, 1))
    assert page.error.sentence() == "No nights in this range."


def test_saving_and_a_folder_that_cannot_be_written(sample_work, qtbot, tmp_path):
    page = sample_work.page(ReportsPage)
    with qtbot.waitSignal(page.saved, timeout=30_000):
        page.save_to(tmp_path / "nights.pdf")
    assert (tmp_path / "nights.pdf").read_bytes().startswith(b"%PDF")
    assert "nights.pdf" in page.note.text()
    page.save_to(tmp_path / "missing" / "nights.pdf")
    sample_work.settle()
    assert page.error.sentence()
    assert page.preview.pages


def test_words_twin(sample_work):
    page = sample_work.page(ReportsPage)
    page.toggle_table()
    assert page.views.currentWidget() is page.words
    page.toggle_table()
    assert page.views.currentWidget() is page.preview


def test_the_page_is_dimmed_at_night():
    paper = QImage(4, 4, QImage.Format.Format_RGB32)
    paper.fill(QColor("white"))
    dark = night_image(paper, 184)
    assert relative_luminance(dark.pixelColor(1, 1)) == 0
    paper.fill(QColor("black"))
    ink = night_image(paper, 184).pixelColor(1, 1)
    assert 0 < relative_luminance(ink) < 0.25
    assert ink.blue() == 0


def test_printing_paints_every_page(sample_work, tmp_path):
    page = sample_work.page(ReportsPage)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "paper.pdf"))
    paint_pages(printer, [p._image for p in page.preview.pages])
    assert (tmp_path / "paper.pdf").read_bytes().startswith(b"%PDF")
    page.print_pages()
    dialog = page.findChild(QPrintDialog)
    assert dialog.isVisible()
    dialog.reject()
