"""Reports: choose a report and its nights, look at the real pages, save or print."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.common.kept import Held
from dreamjournal.common.progress import Progress
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.night import tonight
from dreamjournal.domain.report import Report
from dreamjournal.runtime.tasks import Latest
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.nights.listed import NightsDialog
from dreamjournal.ui.reports.checking import FingerprintCheck
from dreamjournal.ui.reports.choices import Choices, Offers
from dreamjournal.ui.reports.preview import PPI, Preview, ReportWords
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.page import STACK_BELOW, Page
from dreamjournal.ui.widgets.text import Label, Line
from dreamjournal.ui.words import NONE, count_words

if TYPE_CHECKING:
    from dreamjournal.services.reports import ReportSpec

LEFT = 352
WAIT_MS = 120
"""A tick soon followed by another makes one preview, not two."""
PREVIEWED = 30
"""Pages drawn for the preview: a book of 668 took 41 s and 1.1 GB (measured)."""
FHIR = "dreamjournal.ui.reports.fhir_dialog"


@dataclass(frozen=True)
class Built:
    """What the worker hands over."""

    spec: ReportSpec
    report: Report
    """As it is kept in mind: with the pseudonym."""
    shown: Report
    """As it is shown, saved and printed: perhaps with a name typed for this print."""
    pages: tuple[bytes, ...]
    offers: Offers


class ReportsPage(Page):
    """The left side asks, the right side shows the pages."""

    previewed = Signal(int)
    """How many pages the preview shows."""
    saved = Signal(object)
    """The path that was written."""
    printed = Signal(int)
    """How many pages went to the printer."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("reports", "Reports", scrolls=False, margins=False, header=False, parent=parent)
        self._context = context
        self._latest = Latest(context.tasks)
        self._built: Built | None = None
        self._stale = True
        self.words: ReportWords | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
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
        self.choices = Choices(tonight(self._context.clock.now(), self._context.zone), self.title_label)
        self.choices.changed.connect(self._soon)
        self.choices.dreams_asked.connect(self.choose_dreams)
        self.check = FingerprintCheck(self._context)
        self.check.night_opened.connect(lambda day: self.navigate.emit("nights", day))
        self.choices.below.addSpacing(12)
        self.choices.below.addWidget(self.check)
        self.choices.below.addStretch(1)
        scroll.setWidget(self.choices)
        outer.addWidget(scroll, 1)
        outer.addWidget(self._make_save())
        return self.left

    def _make_save(self) -> QWidget:
        bar = QWidget()
        column = QVBoxLayout(bar)
        column.setContentsMargins(40, 12, 32, 24)
        column.setSpacing(8)
        self.error = InlineError()
        self.note = Label("", "caption", "muted", wrap=True)
        self.save_button = Button("Save PDF…", "primary", icon_name="download", name="savePdf")
        self.save_button.clicked.connect(lambda: self.ask_where(".pdf"))
        column.addWidget(self.error)
        column.addWidget(self.note)
        column.addWidget(self.save_button)
        self._others = QWidget()
        self._other_flow = FlowLayout(self._others, 14, 4)
        column.addWidget(self._others)
        return bar

    def _fill_formats(self) -> None:
        from dreamjournal.services import reports

        if self._other_flow.count():
            return
        self._other_flow.addWidget(Label("Also as", "caption", "muted"))
        for each in reports.formats():
            if each.suffix != ".pdf":
                link = Button(each.title, "link", name=f"save_{each.key}")
                link.setAccessibleName(f"Save as {each.title}")
                link.clicked.connect(lambda _checked=False, s=each.suffix: self.ask_where(s))
                self._other_flow.addWidget(link)
        paper = Button("Print…", "link", name="printPages")
        paper.setToolTip("Ctrl+P")
        paper.clicked.connect(self.print_pages)
        self._other_flow.addWidget(paper)
        if importlib.util.find_spec(FHIR) is not None:
            fhir = Button("Send to a FHIR server…", "link", name="sendFhir")
            fhir.clicked.connect(self.send_fhir)
            self._other_flow.addWidget(fhir)

    def _make_right(self) -> QWidget:
        well = QFrame()
        well.setProperty("kind", "well")
        column = QVBoxLayout(well)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.preview = Preview()
        self.views = QStackedWidget()
        self.views.addWidget(self.preview)
        self.foot_words = Label("Making the pages…", "caption", "muted", wrap=True)
        self.foot_words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.foot_words.setContentsMargins(8, 8, 8, 12)
        self.preview.page_shown.connect(self._say_page)
        column.addWidget(self.views, 1)
        column.addWidget(self.foot_words)
        return well

    # ---- what the shell calls

    def activate(self, night: date | None) -> None:
        self.choices.fill()
        self._fill_formats()
        if self._stale:
            self._build()

    def refresh(self, changes: Changes) -> None:
        if changes & (Changes.NIGHTS | Changes.ENHANCERS | Changes.SETTINGS | Changes.STUDIES | Changes.CHECK_INS):
            self._stale = True
            if self.isVisible():
                self._soon()

    def leave(self) -> bool:
        self._timer.stop()
        if self._latest.cancel():
            self._stale = True
        kept = self._context.journal.kept
        if (
            not kept.empty
        ):  # ten years of nights are for the page that is looked at; freed here they would hold the window
            self._context.tasks.start(lambda _progress: kept.drop())
        return True

    def focus_first(self) -> None:
        self.choices.kind.setFocus(Qt.FocusReason.OtherFocusReason)

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

    # ---- the pages

    def _soon(self, wait: int = 0) -> None:
        self.note.setText("")
        self._timer.start(max(wait, WAIT_MS))

    def _build(self) -> None:
        self._timer.stop()
        context, spec, name = self._context, self.choices.spec(), self.choices.name.text()
        held = context.journal.held()
        self.error.set_sentence("")
        self.foot_words.setText("Making the pages…")
        self._latest.start(
            lambda progress: make_pages(context, spec, name, progress, held), self._on_built, self._on_failed
        )

    def _on_built(self, built: Built) -> None:
        self._stale, self._built = False, built
        self.choices.show_offers(built.offers)
        self.preview.set_pages([QImage.fromData(page) for page in built.pages[:PREVIEWED]])
        if self.views.currentIndex() == 1:
            self._show_words()
            self.views.setCurrentIndex(1)
        if not built.report.nights.rows and not built.report.result.get("planned"):
            self.error.set_sentence("No nights in this range.")
        self.previewed.emit(len(built.pages))

    def _on_failed(self, error: Exception) -> None:
        self.foot_words.setText("")
        self.error.show_failure(error)

    def _say_page(self, page: int, pages: int) -> None:
        longer = self._built is not None and len(self._built.pages) > pages
        fits = "Fits one page" if pages == 1 else count_words(pages, "page")
        if longer:
            fits = f"The first {fits} of a longer book; the file has them all"
        left_out = f"   |   {self._built.report.left_out}" if self._built is not None else ""
        self.foot_words.setText(
            f"Page {page} of {pages}   |   {fits}   |   Tagged for screen readers{left_out}" if pages else NONE
        )

    def _show_words(self) -> None:
        if self._built is None:
            return
        old, self.words = self.words, ReportWords(self._built.shown)
        self.words.nights_asked.connect(self.list_nights)
        self.views.addWidget(self.words)
        if old is not None:
            self.views.removeWidget(old)
            old.deleteLater()

    def list_nights(self, title: str, nights: list[tuple[date, str]]) -> NightsDialog:
        """The nights behind a table of the report."""
        dialog = NightsDialog(
            self, title, nights, "As the report has it", lambda day: self.navigate.emit("nights", day), self._context
        )
        dialog.open()
        return dialog

    def choose_dreams(self) -> None:
        """Which dreams are in the book, one by one."""
        from dreamjournal.ui.reports.dreams_dialog import DreamsDialog

        dialog = DreamsDialog(self._context, self, self.choices.dream_ids)
        dialog.chosen.connect(self.choices.set_dreams)
        dialog.open()

    def send_fhir(self) -> None:
        """What leaves for a server is chosen and shown in a dialog of its own."""
        if self._built is None:
            return
        nights = self._built.offers.nights
        first, last = nights if nights is not None else (None, None)
        dialog = importlib.import_module(FHIR).FhirDialog(self._context, self, first, last)
        dialog.open()

    # ---- saving and printing

    def ask_where(self, suffix: str) -> None:
        """Ask where to save in the format of this suffix."""
        from dreamjournal.services import reports

        if self._built is None:
            return
        title = next(f.title for f in reports.formats() if f.suffix == suffix)
        dialog = QFileDialog(
            self, f"Save {title}", reports.file_name(self._built.report, suffix), f"{title} (*{suffix})"
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix.lstrip("."))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.save_to(Path(name)))
        dialog.open()

    def save_to(self, path: Path) -> None:
        """Write the report shown; what went wrong is said under the button and the preview stays."""
        from dreamjournal.services import reports

        if self._built is None:
            return
        built, clock = self._built, self._context.clock
        self.error.set_sentence("")

        def done(_pages: int) -> None:
            self.note.setText(f"Saved {self._context.now_words()}, {path.name}{self._keep(built, path.suffix.lower())}")
            self.saved.emit(path)

        def failed(error: Exception) -> None:
            if not isinstance(error, KnownError | OSError):
                raise error
            self.error.set_sentence(
                "Could not write to this folder. Choose another." if isinstance(error, OSError) else error.sentence
            )

        self._context.tasks.start(
            lambda _progress: reports.write(built.shown, path, clock), on_done=done, on_failed=failed
        )

    def print_pages(self) -> None:
        """Ctrl+P: the pages shown, on a printer, drawn anew as finely as paper needs."""
        from dreamjournal.ui.reports.printing import ask_printer

        if self._built is None:
            return
        built = self._built

        def done(pages: int) -> None:
            self.note.setText(f"Printed {self._context.now_words()}{self._keep(built, 'printed')}")
            self.printed.emit(pages)

        ask_printer(self, built.shown, self._context, done, self._on_failed)

    def _keep(self, built: Built, how: str) -> str:
        """Remember the fingerprint of what left the app; what is to be said where that failed."""
        from dreamjournal.services import fingerprints

        context = self._context
        try:
            fingerprints.keep(context.journal, context.person_id, built.spec, built.report, how, context.clock)
        except KnownError:
            return ". Its fingerprint could not be kept, so it cannot be checked later."
        return ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Save):
            self.ask_where(".pdf")
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


def make_pages(
    context: PageContext, spec: ReportSpec, name: str, progress: Progress, held: Held | None = None
) -> Built:
    """In the worker: the report, its pages as images, and what else can be asked about."""
    from dreamjournal.services import contrasts, dreams, enhancers, journals, kept_nights, report_choices, reports

    used = report_choices.chosen_of(spec.kind)
    own = journals.reopen(context.journal, held)
    try:
        progress.step(0, 0)
        names = tuple(e.name for e in enhancers.all(own, context.person_id) if not e.retired)
        if "enhancer" in used and spec.contrast.enhancer is None and len(names) > 1:
            spec = replace(spec, contrast=replace(spec.contrast, enhancer=names[0]))
        report = reports.build(own, context.person_id, spec, context.clock)
        progress.step(0, 0)
        metrics = contrasts.metric_choices(own, context.person_id, context.clock) if "metric" in used else ()
        sources = ("diary", *(s for s, _ in own.sessions.sources(context.person_id) if s != "diary"))
        tags = tuple(tag for tag, _ in dreams.tags(own, context.person_id)) if "tags" in used else ()
        known = [
            n.night_date for n in kept_nights.nights(own, context.person_id, None, None, context.clock, stages=False)
        ]
        studies = own.studies.all(context.person_id)
    finally:
        own.close()
    progress.step(0, 0)
    shown = report_choices.named(report, name)
    pages = tuple(reports.preview_pages(shown, context.clock, PPI, PREVIEWED + 1))
    result = report.result
    measures = tuple((m.key, m.title) for m in metrics if m.nights or m.key == result.get("metric"))
    study = max(studies, key=lambda s: s.first_night, default=None)
    span = None if study is None else (study.first_night, study.first_night + timedelta(days=len(study.schedule) - 1))
    dates = report.night_dates() if spec.kind == "two-weeks" else known
    offers = Offers(
        names, measures, sources, tags, span, (min(dates), max(dates)) if dates else None, result.get("enhancer"), result.get("metric"),
        result.get("source"),
    )  # fmt: skip
    return Built(spec, report, shown, pages, offers)
