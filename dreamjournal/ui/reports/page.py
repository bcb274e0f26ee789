"""Reports: choose nights and parts, look at the real pages, save."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from dreamjournal.common.errors import KnownError
from dreamjournal.common.progress import Progress
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.night import tonight
from dreamjournal.domain.report import Report
from dreamjournal.runtime.tasks import Latest
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.reports.preview import PPI, Preview, ReportWords
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.choice import ChoiceStrip
from dreamjournal.ui.widgets.dates import SPAN_WORDS, DateField, span_start
from dreamjournal.ui.widgets.fields import ComboBox, Field
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.page import STACK_BELOW, Page
from dreamjournal.ui.widgets.rows import TickRow
from dreamjournal.ui.widgets.text import Label, Line
from dreamjournal.ui.words import NONE, count_words

LEFT = 352
WAIT_MS = 120
"""A tick soon followed by another makes one preview, not two."""
TEXTS = "dream_texts"


@dataclass(frozen=True)
class Built:
    """What the worker hands over."""

    report: Report
    pages: tuple[bytes, ...]
    enhancers: tuple[str, ...]
    metrics: tuple[tuple[str, str], ...]
    study: tuple[date, date] | None
    known: tuple[date, date] | None
    """First and last night of the journal."""


class ReportsPage(Page):
    """The left side asks, the right side shows the pages."""

    previewed = Signal(int)
    """How many pages the preview shows."""
    saved = Signal(object)
    """The path that was written."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("reports", "Reports", scrolls=False, margins=False, header=False, parent=parent)
        self._context = context
        self._latest = Latest(context.tasks)
        self._built: Built | None = None
        self._stale = True
        self.words: ReportWords | None = None
        self._spec = ContrastSpec()
        self._today = tonight(context.clock.now(), context.zone)
        self._ticks: dict[str, TickRow] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._build)
        self._split = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._split.setSpacing(0)
        self._split.addWidget(self._make_left())
        self._split.addWidget(Line(vertical=True))
        self._split.addWidget(self._make_right(), 1)
        self.body.addLayout(self._split, 1)

    def _make_left(self) -> QWidget:
        self.left = QWidget()
        outer = QVBoxLayout(self.left)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inner.setObjectName("pageBody")
        column = QVBoxLayout(inner)
        column.setContentsMargins(40, 28, 32, 16)
        column.setSpacing(8)
        column.addWidget(self.title_label)
        column.addSpacing(12)
        self._add_range(column)
        self._add_question(column)
        self._add_parts(column)
        column.addSpacing(12)
        column.addWidget(Label("Paper", "label", strong=True))
        self.paper = ChoiceStrip([("a4", "A4"), ("letter", "Letter")], "Paper", name="paper", clearable=False)
        self.paper.set_value("a4")
        self.paper.chosen.connect(lambda _value: self._soon())
        column.addWidget(self.paper, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        scroll.setWidget(inner)
        outer.addWidget(scroll, 1)
        outer.addWidget(self._make_save())
        return self.left

    def _add_range(self, column: QVBoxLayout) -> None:
        column.addWidget(Label("Nights", "label", "muted"))
        row = QHBoxLayout()
        row.setSpacing(8)
        self.first = DateField("First night", self._today - timedelta(days=55), name="reportFirst")
        self.last = DateField("Last night", self._today, name="reportLast")
        row.addWidget(self.first, 1)
        row.addWidget(Label("to", "body", "muted"))
        row.addWidget(self.last, 1)
        column.addLayout(row)
        links = QWidget()
        flow = FlowLayout(links, 16, 4)
        weeks = Button(SPAN_WORDS[28], "link", name="rangeWeeks")
        weeks.clicked.connect(lambda: self.set_range(span_start(self._today, 28), self._today))
        self.study = Button("This study", "link", name="rangeStudy")
        self.study.clicked.connect(self._on_study)
        self.study.hide()
        whole = Button("All", "link", name="rangeAll")
        whole.clicked.connect(self._on_all)
        for link in (weeks, self.study, whole):
            flow.addWidget(link)
        column.addWidget(links)
        self.first.date_chosen.connect(lambda _day: self.set_range(self.first.date(), self.last.date()))
        self.last.date_chosen.connect(lambda _day: self.set_range(self.first.date(), self.last.date()))

    def _add_question(self, column: QVBoxLayout) -> None:
        column.addSpacing(8)
        self.enhancer = ComboBox("Enhancer", name="reportEnhancer")
        self.measure = ComboBox("Measure", name="reportMeasure")
        for menu in (self.enhancer, self.measure):
            menu.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.enhancer.picked.connect(lambda value: self._ask(replace(self._spec, enhancer=str(value), source=None)))
        self.measure.picked.connect(lambda value: self._ask(replace(self._spec, metric=str(value), source=None)))
        self.enhancer_field = Field("Enhancer", self.enhancer)
        self.enhancer_field.hide()
        column.addWidget(self.enhancer_field)
        column.addWidget(Field("Measure", self.measure))

    def _add_parts(self, column: QVBoxLayout) -> None:
        column.addSpacing(4)
        column.addWidget(Label("Parts", "label", strong=True))
        self._parts = QVBoxLayout()
        self._parts.setSpacing(2)
        column.addLayout(self._parts)

    def _fill_parts(self) -> None:
        from dreamjournal.services import reports

        for part in reports.part_choices():
            if part.fixed and part.help != "always included":
                continue
            tick = TickRow(part.title, detail=part.help, name=f"part_{part.key}", framed=False)
            tick.setChecked(part.fixed)
            tick.setEnabled(not part.fixed)
            tick.clicked.connect(lambda _on=False: self._soon())
            if part.fixed:
                tick.setToolTip("Always included")
            else:
                self._ticks[part.key] = tick
            self._parts.addWidget(tick)

    def _make_save(self) -> QWidget:
        bar = QWidget()
        column = QVBoxLayout(bar)
        column.setContentsMargins(40, 12, 32, 24)
        column.setSpacing(8)
        self.error = InlineError()
        self.note = Label("", "caption", "muted", wrap=True)
        self.save_button = Button("Save PDF…", "primary", icon_name="download", name="savePdf")
        self.save_button.clicked.connect(lambda: self.ask_where("pdf"))
        column.addWidget(self.error)
        column.addWidget(self.note)
        column.addWidget(self.save_button)
        others = QWidget()
        flow = FlowLayout(others, 14, 4)
        flow.addWidget(Label("Also as", "caption", "muted"))
        for suffix in ("html", "csv", "json"):
            link = Button(suffix.upper(), "link", name=f"save_{suffix}")
            link.clicked.connect(lambda _checked=False, s=suffix: self.ask_where(s))
            flow.addWidget(link)
        column.addWidget(others)
        return bar

    def _make_right(self) -> QWidget:
        well = QFrame()
        well.setProperty("kind", "well")
        column = QVBoxLayout(well)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.preview = Preview()
        self.views = QStackedWidget()
        self.views.addWidget(self.preview)
        self.foot_words = Label("Making the pages…", "caption", "muted")
        self.foot_words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.foot_words.setContentsMargins(8, 8, 8, 12)
        self.preview.page_shown.connect(self._say_page)
        column.addWidget(self.views, 1)
        column.addWidget(self.foot_words)
        return well

    # ---- what the shell calls

    def activate(self, night: date | None) -> None:
        if not self._parts.count():
            self._fill_parts()
        if self._stale:
            self._build()

    def refresh(self, changes: Changes) -> None:
        if changes & (Changes.NIGHTS | Changes.ENHANCERS | Changes.SETTINGS):
            self._stale = True
            if self.isVisible():
                self._soon()

    def leave(self) -> bool:
        self._timer.stop()
        if self._latest.cancel():
            self._stale = True
        return True

    def focus_first(self) -> None:
        self.first.setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle_table(self) -> None:
        if self._built is None:
            return
        if self.views.currentIndex() == 0:
            self._show_words()
            self.views.setCurrentIndex(1)
        else:
            self.views.setCurrentIndex(0)
        shown = self.words if self.views.currentIndex() == 1 else self.preview
        if shown is not None:
            shown.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- asking

    def spec(self) -> object:
        """The report asked for now, a `services.reports.ReportSpec`."""
        from dreamjournal.services import reports

        parts = frozenset(key for key, tick in self._ticks.items() if tick.isChecked())
        return reports.ReportSpec("contrast", self._spec, str(self.paper.value()), parts, TEXTS in parts)

    def set_range(self, first: date | None, last: date | None) -> None:
        """Report on these nights; None and None are all of them."""
        if first is not None and last is not None and first > last:
            first, last = last, first
        self._ask(replace(self._spec, first=first, last=last))

    def _on_all(self) -> None:
        self.set_range(None, None)

    def _on_study(self) -> None:
        if self._built is not None and self._built.study is not None:
            self.set_range(*self._built.study)

    def _ask(self, spec: ContrastSpec) -> None:
        self._spec = spec
        self._soon()

    def _soon(self) -> None:
        self.note.setText("")
        self._timer.start()

    def _build(self) -> None:
        self._timer.stop()
        context, spec = self._context, self.spec()
        self.error.set_sentence("")
        self.foot_words.setText("Making the pages…")
        self._latest.start(lambda progress: make_pages(context, spec, progress), self._on_built, self._on_failed)

    def _on_built(self, built: Built) -> None:
        self._stale, self._built = False, built
        self.enhancer.set_options([(name, name) for name in built.enhancers])
        self.enhancer.set_value(built.report.result.get("enhancer"))
        self.enhancer_field.setVisible(len(built.enhancers) > 1)
        self.measure.set_options(built.metrics)
        self.measure.set_value(built.report.result["metric"])
        self._spec = replace(
            self._spec, enhancer=built.report.result.get("enhancer"), metric=str(built.report.result["metric"])
        )
        self.study.setVisible(built.study is not None)
        known = built.known or (self._today, self._today)
        self.first.set_date(self._spec.first or known[0])
        self.last.set_date(self._spec.last or known[1])
        self.preview.set_pages([QImage.fromData(page) for page in built.pages])
        if self.views.currentIndex() == 1:
            self._show_words()
            self.views.setCurrentIndex(1)
        if not built.report.result.get("planned"):
            self.error.set_sentence("No nights in this range.")
        self.previewed.emit(len(built.pages))

    def _on_failed(self, error: Exception) -> None:
        self.foot_words.setText("")
        self.error.show_failure(error)

    def _say_page(self, page: int, pages: int) -> None:
        fits = "Fits one page" if pages == 1 else count_words(pages, "page")
        self.foot_words.setText(
            f"Page {page} of {pages}   |   {fits}   |   Tagged for screen readers" if pages else NONE
        )

    def _show_words(self) -> None:
        if self._built is None:
            return
        old, self.words = self.words, ReportWords(self._built.report)
        self.views.addWidget(self.words)
        if old is not None:
            self.views.removeWidget(old)
            old.deleteLater()

    # ---- saving

    def ask_where(self, suffix: str) -> None:
        """Ask where to save in this format."""
        if self._built is None:
            return
        dialog = QFileDialog(self, f"Save {suffix.upper()}", f"nights.{suffix}", f"{suffix.upper()} (*.{suffix})")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.save_to(Path(name)))
        dialog.open()

    def save_to(self, path: Path) -> None:
        """Write the report shown; what went wrong is said under the button and the preview stays."""
        from dreamjournal.services import reports

        if self._built is None:
            return
        report, clock = self._built.report, self._context.clock
        self.error.set_sentence("")

        def done(_pages: int) -> None:
            self.note.setText(f"Saved {self._context.now_words()}, {path.name}")
            self.saved.emit(path)

        def failed(error: Exception) -> None:
            if not isinstance(error, KnownError | OSError):
                raise error
            self.error.set_sentence(
                "Could not write to this folder. Choose another." if isinstance(error, OSError) else error.sentence
            )

        self._context.tasks.start(lambda _progress: reports.write(report, path, clock), on_done=done, on_failed=failed)

    def print_pages(self) -> None:
        """Ctrl+P: the pages shown, on a printer."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        from dreamjournal.ui.reports.printing import paint_pages

        if self._built is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        images = [QImage.fromData(page) for page in self._built.pages]
        dialog.accepted.connect(lambda: paint_pages(printer, images))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # QPrintDialog's own open() wants a receiver and hides the plain one.
        QDialog.open(dialog)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Save):
            self.ask_where("pdf")
        elif event.matches(QKeySequence.StandardKey.Print):
            self.print_pages()
        elif event.key() in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.preview.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        theme = theme_of(self)
        stacked = self.width() / theme.scale < STACK_BELOW
        self._split.setDirection(QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight)
        self._split.setStretch(0, 1 if stacked else 0)
        if stacked:
            self.left.setMinimumWidth(0)
            self.left.setMaximumWidth(16777215)
        else:
            self.left.setFixedWidth(min(theme.scaled(LEFT), max(320, self.width() // 2)))


def make_pages(context: PageContext, spec: object, progress: Progress) -> Built:
    """In the worker: the report, its pages as images, and what else can be asked about."""
    from dreamjournal.services import contrasts, enhancers, journals, reports
    from dreamjournal.services import nights as nights_service

    assert isinstance(spec, reports.ReportSpec)
    own = journals.reopen(context.journal)
    try:
        progress.step(0, 0)
        names = tuple(e.name for e in enhancers.all(own, context.person_id) if not e.retired)
        if spec.contrast.enhancer is None and len(names) > 1:
            spec = replace(spec, contrast=replace(spec.contrast, enhancer=names[0]))
        report = reports.build(own, context.person_id, spec, context.clock)
        progress.step(0, 0)
        metrics = contrasts.metric_choices(own, context.person_id, context.clock)
        known = [
            n.night_date for n in nights_service.nights(own, context.person_id, None, None, context.clock, stages=False)
        ]
        studies = own.studies.all(context.person_id)
    finally:
        own.close()
    progress.step(0, 0)
    pages = tuple(reports.preview_pages(report, context.clock, PPI))
    shown = tuple((m.key, m.title) for m in metrics if m.nights or m.key == report.result["metric"])
    study = max(studies, key=lambda s: s.first_night, default=None)
    span = None if study is None else (study.first_night, study.first_night + timedelta(days=len(study.schedule) - 1))
    return Built(report, pages, names, shown, span, (min(known), max(known)) if known else None)
