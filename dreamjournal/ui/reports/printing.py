"""The pages of a report on a printer, through the desktop's own dialog."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.report import Report
from dreamjournal.ui.context import PageContext

PAPER_PPI = 300
"""Fine enough for 6.6-point letters; an A4 page takes about a third of a second and 26 MB while it is painted."""


def ask_printer(
    parent: QWidget, report: Report, context: PageContext, on_done: Callable[[int], None], on_failed: Callable[[Exception], None]
) -> QPrintDialog:  # fmt: skip
    """Open the desktop's print dialog; what is accepted there is drawn anew for paper and printed. `on_done` gets the pages."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName("Dreamjournal report")  # a title could tell what the person takes
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4 if report.paper == "a4" else QPageSize.PageSizeId.Letter))
    dialog = QPrintDialog(printer, parent)

    def paint(pages: list[bytes]) -> None:
        try:
            paint_pages(printer, (QImage.fromData(page) for page in pages))
        except KnownError as error:
            on_failed(error)
        else:
            on_done(len(pages))

    def draw() -> None:
        from dreamjournal.services import reports

        context.tasks.start(
            lambda _progress: reports.preview_pages(report, context.clock, PAPER_PPI),
            on_done=paint,
            on_failed=on_failed,
        )

    dialog.accepted.connect(draw)
    dialog.finished.connect(dialog.deleteLater)
    # QPrintDialog's own open() wants a receiver and hides the plain one.
    QDialog.open(dialog)
    return dialog


def paint_pages(printer: QPrinter, images: Iterable[QImage]) -> None:
    """Paint each image on a sheet of its own, as large as the sheet allows without changing its shape.

    They are taken one at a time: the pages of a book would not fit into memory together.
    Raises KnownError where the printer does not begin.
    """
    printer.setPageOrientation(QPageLayout.Orientation.Portrait)
    printer.setFullPage(True)
    painter = QPainter()
    if not painter.begin(printer):
        raise KnownError("Nothing was printed", "the printer does not take the pages", "choose another or save a PDF")
    for number, image in enumerate(images):
        if number:
            printer.newPage()
        sheet = QRectF(printer.paperRect(QPrinter.Unit.DevicePixel))
        scale = min(sheet.width() / image.width(), sheet.height() / image.height())
        painter.drawImage(QRectF(0, 0, image.width() * scale, image.height() * scale), image)
    painter.end()
