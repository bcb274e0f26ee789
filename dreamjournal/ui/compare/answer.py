"""The answer of Compare as widgets: verdict, sentence, plot or table, what was left out, how, with care; or a refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QTableView, QVBoxLayout, QWidget

from dreamjournal.analysis.words import no_break
from dreamjournal.domain.contrast import ContrastResult
from dreamjournal.ui.compare.canvas import Plotted, PlotWidget
from dreamjournal.ui.compare.fixes import FixList
from dreamjournal.ui.compare.in_order import NightsInOrder, RefusalPicture, refusal_lanes
from dreamjournal.ui.compare.words import caption_words, care_words, counts_parts, method_words, sentence_parts
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.page import Card, Columns
from dreamjournal.ui.widgets.tables import Cell, RowsModel, make_table, style_table
from dreamjournal.ui.widgets.text import Label, Line, Prose, set_shown
from dreamjournal.ui.words import NONE, clock_words, count_words, duration_words, short_date, source_word


def value_words(result: ContrastResult, value: float) -> str:
    """A night's value as it is read."""
    if result.kind == "rate":
        return "yes" if value else "no"
    if result.kind == "clock":
        return clock_words(round(value) + 720)
    if result.unit == "min":
        return duration_words(value, unit=False)
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    return f"{text} {result.unit}".strip() if result.unit not in ("", "points") else text


class AnswerView(QWidget):
    """Shows one answer; made anew for each."""

    nights_asked = Signal(str)
    """"enhanced", "natural" or "left_out": the number whose nights are asked for."""
    night_opened = Signal(object)
    fix_chosen = Signal(object)
    """The `Fix` whose button was pressed."""
    table_toggled = Signal()
    save_requested = Signal()

    def __init__(self, plotted: Plotted, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.result = plotted.result
        self._toggle: Button | None = None
        self.plot: PlotWidget | None = None
        self.views: QStackedWidget | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.headline = Label(self.result.headline, "verdict", wrap=True)
        self.headline.setObjectName("verdict")
        self.sentence = Prose(kind="lead")
        self.sentence.setObjectName("sentence")
        parts = sentence_parts(self.result)
        self.sentence.set_parts(*parts)
        self.sentence.link_activated.connect(self.nights_asked)
        box.addWidget(self.headline)
        box.addWidget(self.sentence)
        if not any(not isinstance(p, str) and p[1].startswith("link:") for p in parts):
            counts = Prose(*counts_parts(self.result), kind="body")
            counts.link_activated.connect(self.nights_asked)
            box.addWidget(counts)
            set_shown(counts, bool(counts.plain()))
        box.addSpacing(8)
        if self.result.verdict == "refused" or not self.result.points:
            self._add_refusal(box)
        else:
            self._add_answer(box, plotted)
        box.addStretch(1)

    # ---- an answer

    def _add_answer(self, box: QVBoxLayout, plotted: Plotted) -> None:
        columns = Columns(right_width=320)
        # An Ignored width hint beside a stretching column would be laid out as 0.
        columns.right_widget.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        box.addWidget(columns)
        card = Card(kind="raised", pad=16)
        source = "diary" if self.result.source == "diary" else source_word(self.result.source)
        caption = f"{caption_words(self.result, source)} {self.result.explain}".strip()
        card.box.addWidget(Label(caption, "caption", "muted", wrap=True))
        self.plot = PlotWidget()
        self.plot.set_figure(plotted.figure, f"{self.result.title}, every night")
        self.plot.night_clicked.connect(self.night_opened)
        self.table = make_table(
            "Every night that counts", ("Night", "Kind", self.result.title, "Next day"), night_rows(self.result), stretch=2,
            name="compareTable", on_open=lambda row: self.night_opened.emit(_by_date(self.result)[row].night_date),
        )  # fmt: skip
        self.table.setMinimumHeight(360)
        self.views = QStackedWidget()
        self.views.addWidget(self.plot)
        self.views.addWidget(self.table)
        card.box.addWidget(self.views)
        card.box.addWidget(Line())
        order = NightsInOrder()
        order.set_result(self.result)
        card.box.addWidget(order)
        columns.left.addWidget(card)
        if self.result.fixes:
            columns.left.addSpacing(8)
            columns.left.addWidget(self._fixes("What would help"))
        columns.left.addStretch(1)
        self._add_beside(columns.right)

    def _add_beside(self, column: QVBoxLayout) -> None:
        lost = left_out(self.result)
        column.addWidget(Label(f"Missing or left out: {count_words(len(lost), 'night')}", "label", strong=True))
        if lost:
            table = QTableView()
            table.setObjectName("leftOut")
            one_year = len({d.year for d, _ in lost}) == 1
            table.setModel(
                RowsModel(("Night", "Why"), [(short_date(d, year=not one_year), why) for d, why in lost], table)
            )
            style_table(table, "Missing or left out", stretch=1, row="segment")
            table.horizontalHeader().hide()
            table.setFixedHeight(min(len(lost), 6) * table.verticalHeader().defaultSectionSize() + 4)
            table.setToolTip("Enter opens the night")
            table.activated.connect(lambda index: self.night_opened.emit(lost[index.row()][0]))
            column.addWidget(table)
        else:
            column.addWidget(Label("Every night of the period counts.", "caption", "muted", wrap=True))
        for title, text in (
            ("How it was worked out", method_words(self.result)),
            ("Read with care", care_words(self.result)),
        ):
            column.addSpacing(8)
            column.addWidget(Label(title, "label", strong=True))
            column.addWidget(Prose(text, kind="caption", tone="muted"))
            if title == "How it was worked out" and self.result.posterior_words:
                self._add_bayesian(column)
        column.addSpacing(8)
        links = QHBoxLayout()
        links.setSpacing(20)
        self._toggle = Button("Show as table", "link", name="showTable")
        self._toggle.setToolTip("Ctrl+T")
        self._toggle.clicked.connect(self.toggle_table)
        save = Button("Save plot…", "link", name="savePlot")
        save.setToolTip("Ctrl+S")
        save.clicked.connect(self.save_requested)
        links.addWidget(self._toggle)
        links.addWidget(save)
        links.addStretch(1)
        column.addLayout(links)
        column.addStretch(1)

    def _add_bayesian(self, column: QVBoxLayout) -> None:
        """The same nights from a sceptical start: for who asks, below the method."""
        line = Prose(no_break(self.result.posterior_words), kind="caption", tone="muted")
        line.setObjectName("bayesianLine")
        line.hide()
        link = Button("Show the Bayesian line", "link", name="showBayesian")

        def turn() -> None:
            shown = line.isHidden()
            line.setVisible(shown)
            link.setText("Hide the Bayesian line" if shown else "Show the Bayesian line")

        link.clicked.connect(turn)
        row = QHBoxLayout()
        row.addWidget(link)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(line)

    def toggle_table(self) -> None:
        """Ctrl+T: the table instead of the plot, and back."""
        if self.views is None or self._toggle is None:
            return
        to_table = self.views.currentIndex() == 0
        self.views.setCurrentIndex(1 if to_table else 0)
        self._toggle.setText("Show as plot" if to_table else "Show as table")
        if to_table:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self.table.selectRow(0)
        else:
            self._toggle.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fixes(self, title: str) -> FixList:
        fixes = FixList(self.result.fixes, title)
        fixes.chosen.connect(self.fix_chosen)
        return fixes

    # ---- a refusal

    def _add_refusal(self, box: QVBoxLayout) -> None:
        holder = QWidget()
        holder.setMaximumWidth(800)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        if self.result.points:
            card = Card(kind="raised", pad=20)
            card.box.addWidget(RefusalPicture(refusal_lanes(self.result)))
            column.addWidget(card)
        if self.result.fixes:
            column.addSpacing(8)
            column.addWidget(self._fixes("What would fix it"))
        for warning in self.result.warnings:
            column.addWidget(Label(f"Also noted: {warning}", "caption", "muted", wrap=True))
        box.addWidget(holder)


def left_out(result: ContrastResult) -> list[tuple[date, str]]:
    """Every night of the period that does not count, with its reason, by date."""
    return sorted((x.night_date, x.reason) for x in (*result.missing, *result.excluded))


def _by_date(result: ContrastResult):  # noqa: ANN202 - a list of NightPoint
    return sorted(result.points, key=lambda p: p.night_date)


def night_rows(result: ContrastResult) -> list[tuple[Cell, ...]]:
    """The plot as a table."""
    return [
        (short_date(p.night_date), p.arm.capitalize(), value_words(result, p.value), "free" if p.weekend else "work")
        for p in _by_date(result)
    ]


def nights_behind(result: ContrastResult, key: str) -> list[tuple[date, Cell]]:
    """The nights of a number: with their values, or the reasons they do not count."""
    if key == "left_out":
        return list(left_out(result))
    shown: Callable[[float], str] = lambda v: NONE if result.verdict == "refused" else value_words(result, v)
    return [(p.night_date, shown(p.value)) for p in _by_date(result) if p.arm == key]
