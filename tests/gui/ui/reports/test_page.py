"""Reports: the preview shows the real pages of every kind; what is chosen changes them, saving and printing let them out."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QPushButton

from dreamjournal.services import fingerprints, reports
from dreamjournal.ui.reports.page import ReportsPage
from dreamjournal.ui.reports.preview import night_image
from dreamjournal.ui.reports.printing import paint_pages
from dreamjournal.ui.theme import relative_luminance
from dreamjournal.ui.widgets.rows import TickRow


def shown(page, qtbot, act):
    """The number of pages after `act`."""
    with qtbot.waitSignal(page.previewed, timeout=30_000) as told:
        act()
    return told.args[0]


def test_preview_is_the_pdfs_pages(sample_work):
    page = sample_work.page(ReportsPage)
    assert len(page.preview.pages) == 1
    assert page.foot_words.text().startswith("Page 1 of 1")
    image = page.preview.pages[0]._image
    assert abs(image.height() / image.width() - 297 / 210) < 0.01


def test_parts_and_paper_change_the_pages(sample_work, qtbot):
    page = sample_work.page(ReportsPage)
    with qtbot.waitSignal(page.previewed, timeout=30_000) as told:
        page.choices.ticks["raster"].click()
    assert told.args[0] > 1
    with qtbot.waitSignal(page.previewed, timeout=30_000):
        page.choices.paper.setFocus()
        qtbot.keyClick(page.choices.paper, Qt.Key.Key_Right)
    assert page.choices.paper.value() == "letter"
    image = page.preview.pages[0]._image
    assert abs(image.height() / image.width() - 11 / 8.5) < 0.01


def test_dream_texts_are_off_and_method_cannot_be_unticked(sample_work):
    page = sample_work.page(ReportsPage)
    assert not page.choices.ticks["dream_texts"].isChecked()
    method = page.findChild(TickRow, "part_method")
    assert method.isChecked()
    assert not method.isEnabled()


def test_range_without_nights_says_so(sample_work, qtbot):
    page = sample_work.page(ReportsPage)
    with qtbot.waitSignal(page.previewed, timeout=30_000):
        page.choices.set_range(date(2020, 1, 1), date(2020, 2, 1))
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


def test_printing_paints_every_page(sample_work, qtbot, tmp_path):
    page = sample_work.page(ReportsPage)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "paper.pdf"))
    paint_pages(printer, [p._image for p in page.preview.pages])
    assert (tmp_path / "paper.pdf").read_bytes().startswith(b"%PDF")
    page.print_pages()
    dialog = page.findChild(QPrintDialog)
    assert dialog.isVisible()
    with qtbot.waitSignal(page.printed, timeout=30_000) as told:
        dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        dialog.printer().setOutputFileName(str(tmp_path / "printed.pdf"))
        dialog.accepted.emit(dialog.printer())
    assert told.args == [1]
    assert (tmp_path / "printed.pdf").read_bytes().startswith(b"%PDF")
    assert kept(sample_work)[-1]["how"] == "printed"
    dialog.reject()


@pytest.mark.qt_log_ignore("QPainter")
def test_a_printer_that_takes_nothing_is_said_and_nothing_counts_as_printed(sample_work, tmp_path):
    page = sample_work.page(ReportsPage)
    page.print_pages()
    dialog = page.findChild(QPrintDialog)
    dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    dialog.printer().setOutputFileName(str(tmp_path / "missing" / "printed.pdf"))
    dialog.accepted.emit(dialog.printer())
    sample_work.settle()
    assert page.error.sentence().startswith("Nothing was printed")
    assert not kept(sample_work)
    dialog.reject()


def kept(work):
    return work.context.journal.settings.get(fingerprints.KEY, work.context.person_id) or []


@pytest.mark.parametrize("kind", [k.key for k in reports.KINDS])
def test_every_kind_has_its_pages_and_only_its_choices(sample_work, qtbot, kind):
    from dreamjournal.services import report_choices

    page = sample_work.page(ReportsPage)
    if kind != "contrast":
        assert shown(page, qtbot, lambda: page.choices.choose_kind(kind)) >= 1
    assert not page.error.sentence()
    assert page._built.report.kind == kind
    assert set(page.choices.ticks) == {p.key for p in reports.part_choices(kind) if not p.fixed}
    used = report_choices.chosen_of(kind)
    for name in ("questions", "title", "tags", "only_natural", "dream_ids"):
        assert page.choices._fields[name].isVisible() == (name in used)
    page.toggle_table()
    assert page.views.currentWidget() is page.words


def test_the_ticks_of_a_kind_come_back_with_it(sample_work, qtbot):
    page = sample_work.page(ReportsPage)
    shown(page, qtbot, page.choices.ticks["raster"].click)
    shown(page, qtbot, lambda: page.choices.choose_kind("profile"))
    shown(page, qtbot, lambda: page.choices.choose_kind("contrast"))
    assert page.choices.ticks["raster"].isChecked()


def test_questions_for_the_visit_are_printed(sample_work, qtbot):
    page = sample_work.page(ReportsPage)
    shown(page, qtbot, lambda: page.choices.choose_kind("two-weeks"))
    shown(page, qtbot, lambda: page.choices.questions.insertPlainText("What of naps?\n\nAnd tea?"))
    assert page._built.spec.questions == ("What of naps?", "And tea?")


def test_a_name_is_for_this_print_alone(sample_work, qtbot, tmp_path):
    page = sample_work.page(ReportsPage)
    page.choices.name.setFocus()
    qtbot.keyClicks(page.choices.name, "Jane Example")
    shown(page, qtbot, lambda: qtbot.keyClick(page.choices.name, Qt.Key.Key_Return))
    with qtbot.waitSignal(page.saved, timeout=30_000):
        page.save_to(tmp_path / "page.html")
    assert "Jane Example" in (tmp_path / "page.html").read_text()
    assert "Jane" not in str(kept(sample_work))


def test_saving_keeps_the_fingerprint_and_the_page_tells_it_again(sample_work, qtbot, tmp_path):
    page = sample_work.page(ReportsPage)
    with qtbot.waitSignal(page.saved, timeout=30_000):
        page.save_to(tmp_path / "page.pdf")
    page.check.text.setText(page._built.report.fingerprint)
    with qtbot.waitSignal(page.check.checked, timeout=30_000) as told:
        page.check.button.click()
    assert told.args[0].same is True
    assert page._built.report.title in page.check.said.text()
    page.check.text.setText("12")
    page.check.button.click()
    sample_work.settle()
    assert "16 digits" in page.check.field.error.sentence()


def test_each_format_has_its_link(sample_work):
    page = sample_work.page(ReportsPage)
    named = {b.objectName() for b in page.findChildren(QPushButton)}
    assert {f"save_{f.key}" for f in reports.formats() if f.suffix != ".pdf"} <= named


def test_a_table_of_the_words_leads_to_its_nights(sample_work):
    page = sample_work.page(ReportsPage)
    page.toggle_table()
    link = next(
        b for b in page.words.findChildren(QPushButton, "tableNights") if "groups" in b.accessibleName().lower()
    )
    link.click()
    from dreamjournal.ui.nights.listed import NightsDialog

    dialog = page.findChild(NightsDialog)
    assert len(dialog._nights) == page._built.report.result["n_enhanced"] + page._built.report.result["n_natural"]
    assert dialog.findChild(QPushButton, "nightsDialog_where") is not None
    dialog.reject()


def test_dreams_are_chosen_one_by_one(sample_work, qtbot):
    page = sample_work.page(ReportsPage)
    shown(page, qtbot, lambda: page.choices.choose_kind("anthology"))
    page.choose_dreams()
    from dreamjournal.ui.reports.dreams_dialog import DreamsDialog

    dialog = page.findChild(DreamsDialog)
    dialog.search.setText("exam")
    dialog.table.selectRow(0)
    dialog.table.setFocus()
    dialog.toggle(0)
    dialog.search.setText("")
    wanted = dialog.ids()
    assert len(wanted) == 1
    assert "1 dream taken" in dialog.count.text()
    shown(page, qtbot, lambda: dialog.findChild(QPushButton, "dreamsTake").click())
    assert page._built.spec.dream_ids == wanted


def test_of_a_long_book_the_first_pages_are_shown(sample_work, qtbot, monkeypatch):
    monkeypatch.setattr("dreamjournal.ui.reports.page.PREVIEWED", 3)
    page = sample_work.page(ReportsPage)
    shown(page, qtbot, lambda: page.choices.choose_kind("anthology"))
    assert len(page.preview.pages) == 3
    assert "The first 3 pages of a longer book" in page.foot_words.text()
