"""The pages of a report as they will be printed, and the same in words and tables for who cannot see them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from dreamjournal.domain.report import Caveat, Figure, Report, Table
from dreamjournal.domain.report import Prose as ProseBlock
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.tables import make_table
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import count_words, duration_words

PPI = 144
GAP = 24
WIDEST = 640


class PageImage(QWidget):
    """One page, as wide as it may be. At night the paper is dimmed: a white sheet has no place in a dark room."""

    def __init__(self, image: QImage, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = image
        self.setAccessibleName(name)
        self.setAccessibleDescription("A picture of the page. Ctrl+T shows its words and tables.")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_width(self, width: int) -> None:
        """Take this width and the height the page's shape asks for."""
        self.setFixedSize(width, round(width * self._image.height() / max(1, self._image.width())))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(self.rect())
        if theme.is_night:
            painter.fillRect(box, theme.colour("window"))
            painter.drawImage(box, night_image(self._image, theme.colour("line_strong").red()))
        else:
            painter.drawImage(box, self._image)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))


def night_image(image: QImage, red: int) -> QImage:
    """The page in red on black: ink becomes light, paper becomes dark."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    table = [0xFF000000 | (((255 - level) * red // 255) << 16) for level in range(256)]
    result = QImage(grey.constBits(), grey.width(), grey.height(), grey.bytesPerLine(), QImage.Format.Format_Indexed8)
    result.setColorTable(table)
    return result.copy()


class Preview(QScrollArea):
    """Pages one below the other on a quiet ground; PgUp and PgDn move by a page."""

    page_shown = Signal(int, int)
    """Number of the page in view and how many there are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preview")
        self.setAccessibleName("Preview of the pages")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("focusRing", "inside")
        self.pages: list[PageImage] = []
        self.verticalScrollBar().valueChanged.connect(self._tell)
        self.set_pages([])

    def set_pages(self, images: Sequence[QImage]) -> None:
        """Show these pages; the place in the pages is kept."""
        at = self.verticalScrollBar().value()
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        self.pages = [PageImage(image, f"Page {n} of {len(images)}") for n, image in enumerate(images, 1)]
        for page in self.pages:
            column.addWidget(page, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.setWidget(inner)
        inner.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self._fit()
        self.verticalScrollBar().setValue(at)
        self._tell()

    def _fit(self) -> None:
        width = max(240, min(theme_of(self).scaled(WIDEST), self.viewport().width() - 2 * GAP))
        for page in self.pages:
            page.set_width(width)

    def shown(self) -> int:
        """The number of the page in the middle of the view, 0 without pages."""
        middle = self.verticalScrollBar().value() + self.viewport().height() / 2
        number = 0
        for index, top in enumerate(self._tops(), 1):
            if top <= middle:
                number = index
        return number

    def _tops(self) -> list[int]:
        """Where each page begins, by the heights they have: before they are laid out they all lie at 0."""
        tops, at = list[int](), GAP
        for page in self.pages:
            tops.append(at)
            at += page.height() + GAP
        return tops

    def _tell(self) -> None:
        self.page_shown.emit(max(1, self.shown()) if self.pages else 0, len(self.pages))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}.get(Qt.Key(event.key()), 0)
        if step and self.pages:
            target = min(len(self.pages), max(1, self.shown() + step))
            self.verticalScrollBar().setValue(max(0, self._tops()[target - 1] - GAP))
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), theme_of(self).colour("sunken"))
        if self.hasFocus():
            painter.setPen(QPen(theme_of(self).colour("focus"), 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))

    def sizeHint(self) -> QSize:
        return QSize(480, 600)


class ReportWords(QScrollArea):
    """The report as headings, paragraphs and tables: the twin of the page images. A table leads on to the nights it counts."""

    nights_asked = Signal(str, object)
    """The title of a table, and its nights as (date, what the report says of it)."""

    def __init__(self, report: Report, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report = report
        self.setObjectName("reportWords")
        self.setAccessibleName("The report in words and tables")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        inner.setObjectName("pageBody")
        column = QVBoxLayout(inner)
        column.setContentsMargins(32, 28, 32, 28)
        column.setSpacing(10)
        column.addWidget(Label(report.title, "verdict", wrap=True))
        for fact in report.facts:
            column.addWidget(Label(f"{fact.label}: {fact.text}", "caption", "muted", wrap=True))
        for section in report.sections:
            if section.title:
                column.addSpacing(8)
                column.addWidget(Label(section.title, "section", wrap=True))
            for block in section.blocks:
                self._add(column, section.title or section.key, block)
        whole = [(day, "") for day in report.night_dates()]
        if whole:
            self._add_link(column, "The nights of this report", said_of(report, report.nights) or whole)
        column.addWidget(Label(report.left_out, "caption", "muted", wrap=True))
        column.addStretch(1)
        self.setWidget(inner)

    def _add(self, column: QVBoxLayout, title: str, block: object) -> None:
        if isinstance(block, ProseBlock):
            column.addWidget(Label(block.text, "body", wrap=True))
        elif isinstance(block, Caveat):
            column.addWidget(Label(block.text, "caption", "muted", wrap=True))
        elif isinstance(block, Figure):
            column.addWidget(Label(f"Figure. {block.alt}", "body", wrap=True))
        elif isinstance(block, Table):
            behind = self._report.behind(block)
            nights = said_of(self._report, behind) if behind is not None else []
            opens = (lambda _row: self.nights_asked.emit(title, nights)) if nights else None
            table = make_table(title, [c.title for c in block.columns], block.rows, stretch=0, on_open=opens)
            rows = min(len(block.rows), 12)
            table.setFixedHeight(
                table.horizontalHeader().sizeHint().height() + rows * table.verticalHeader().defaultSectionSize() + 20
            )
            column.addWidget(table)
            if block.note:
                column.addWidget(Label(block.note, "caption", "muted", wrap=True))
            if nights:
                self._add_link(column, title, nights)

    def _add_link(self, column: QVBoxLayout, title: str, nights: list[tuple[date, str]]) -> None:
        link = Button(f"{count_words(len(nights), 'night')} behind this", "link", name="tableNights")
        link.setAccessibleName(f"{title}: {count_words(len(nights), 'night')} behind this")
        link.clicked.connect(lambda: self.nights_asked.emit(title, nights))
        column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)


def said_of(report: Report, nights: Table) -> list[tuple[date, str]]:
    """Each night of a table of nights once, with the words and figures it has there."""
    names = [c.title for c in nights.columns]
    if "night_date" not in names:
        return []
    at = names.index("night_date")
    value_words = _value_words(report)
    found: dict[date, list[str]] = {}
    for row in nights.rows:
        if row[at]:
            said = [
                words
                for i, cell in enumerate(row)
                if cell and i != at and (words := _cell_words(names[i], cell, value_words))
            ]
            found.setdefault(date.fromisoformat(str(row[at])), []).append(", ".join(said))
    if report.told:  # the rows hold the person's own words: they stand in the report itself
        return [(day, "") for day in found]
    return [(day, "; ".join(said)) for day, said in found.items()]


def _cell_words(name: str, cell: str, value_words: Callable[[str], str]) -> str:
    """A cell of a table of nights in a word or two; empty for what the night's own rows tell better."""
    if name in ("kind", "reason"):
        return cell.replace("_", " ")
    if name == "state":
        return "" if cell == "used" else cell.replace("_", " ")
    if name == "enhanced":
        return "enhanced" if cell == "1" else "natural"
    if name == "counted":
        return "" if cell == "yes" else cell
    if name == "value":
        return value_words(cell)
    if name == "tst_min":
        return f"{duration_words(float(cell))} asleep"
    return ""


def _value_words(report: Report) -> Callable[[str], str]:
    """How a night's value of the report's measure is told: a clock time is kept as minutes after noon."""
    from dreamjournal.charts import words
    from dreamjournal.services import contrasts

    metric = contrasts.metrics().get(str(report.result.get("metric")))
    if metric is None:
        return lambda cell: f"value {float(cell):g}"
    if metric.kind == "rate":
        return lambda cell: "yes" if float(cell) else "no"
    return lambda cell: words.value_words(float(cell), metric.unit, metric.kind)
