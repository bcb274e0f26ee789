"""Charts of one measure: over time, as a calendar, or with others; each with its table, and saved as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from dreamjournal.charts.style import Style
from dreamjournal.common.progress import Progress
from dreamjournal.domain.report import Drawing
from dreamjournal.runtime.tasks import Latest
from dreamjournal.services import charts_of
from dreamjournal.services.charts_of import Chart, Charted, Series
from dreamjournal.ui.compare.canvas import MM_PX, READABLE, ChartWithTable, DrawingWidget
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.chips import Chip
from dreamjournal.ui.widgets.choice import FoldingChoice
from dreamjournal.ui.widgets.dialog import Dialog, empty_layout, show_error
from dreamjournal.ui.widgets.fields import ComboBox, Field
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.page import EmptyState
from dreamjournal.ui.widgets.tables import fit_rows, make_table
from dreamjournal.ui.widgets.text import Label, set_shown, tip
from dreamjournal.ui.words import source_word

OVER_TIME, CALENDAR, TOGETHER = "over_time", "calendar", "together"
WAYS = ((OVER_TIME, "Over time"), (CALENDAR, "Calendar"), (TOGETHER, "Several together"))
USUAL = ("tst", "waso", "quality", "recall")
"""Measures that stand beside the chosen one at first, where they have nights."""
DRAWN_MM = 105.0
"""The narrowest width at which the drawings are designed at scale 1."""
TABLE_ROWS = 12


@dataclass(frozen=True)
class Asked:
    """Which measures of which nights, each measure as (key, source); the first is the chosen one."""

    measures: tuple[tuple[str, str], ...]
    enhancer: str | None = None
    first: date | None = None
    last: date | None = None


def work_out(context: PageContext, asked: Asked, progress: Progress) -> Charted:
    """In the worker: the nights once, and the values of each measure."""
    from dreamjournal.services import journals

    own = journals.reopen(context.journal)
    try:
        return charts_of.read(
            own, context.person_id, context.clock, asked.measures, enhancer=asked.enhancer, first=asked.first,
            last=asked.last, step=lambda: progress.step(0, 0),
        )  # fmt: skip
    finally:
        own.close()


class ChartWidget(DrawingWidget):
    """A chart as on paper; its words are the accessible description."""

    def __init__(self, chart: Chart, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drawing: Drawing = chart.figure.drawing
        self.show_drawing(chart.title, chart.figure.alt)

    def is_ready(self) -> bool:
        return True

    def height_for(self, width: int) -> int:
        from dreamjournal.charts import draw

        k = self.scale_for(width, 0)
        return round(draw.height_mm(self.drawing, width / MM_PX / k) * MM_PX * k)

    def scale_for(self, width: int, height: int) -> float:
        return max(0.9, min(READABLE * theme_of(self).scale, width / MM_PX / DRAWN_MM))

    def draw_on(self, style: Style, figure: Any) -> None:
        from dreamjournal.charts import draw

        draw.draw(self.drawing, style, figure)


class ChartDialog(Dialog):
    """Reads the nights when it opens; which chart is shown is chosen in it."""

    shown = Signal(object)
    """The `Chart` now shown."""
    night_asked = Signal(object)
    """The night of a row of the table."""

    def __init__(self, context: PageContext, asked: Asked, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent, name="chartDialog", width=840)
        self.asked = asked
        self.found: Charted | None = None
        self.chart: Chart | None = None
        self.twin: ChartWithTable | None = None
        self._picked: list[Series] = []
        self._latest = Latest(context.tasks)
        self.title = Label(title, "section", wrap=True)
        self.ways = FoldingChoice(WAYS, "Chart", name="chartWay")
        self.ways.set_value(OVER_TIME)
        self.ways.chosen.connect(lambda _value: self._show())
        self.error = InlineError()
        self.working = Label("Reading the nights…", "caption", "muted")
        for widget in (self.title, self.ways, self.error, self.working):
            self.body.addWidget(widget)
        self._make_several()
        self.place = QVBoxLayout()
        self.place.setSpacing(10)
        self.body.addLayout(self.place)
        self.body.addStretch(1)
        self.save = self.add_answer("Save as SVG…", name="chartSave")
        self.save.setToolTip("Ctrl+S")
        self.save.clicked.connect(self.ask_where)
        self.foot.insertStretch(0, 1)
        close = self.add_answer("Close", primary=True, name="chartClose")
        close.clicked.connect(self.accept)
        set_shown(self.save, False)
        QShortcut(QKeySequence("Ctrl+T"), self, self.toggle_table)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self, self.ask_where)
        self.finished.connect(lambda _result: self._latest.cancel())
        self.resize(self.width(), 720)
        self.ways.setFocus(Qt.FocusReason.OtherFocusReason)
        self._latest.start(lambda progress: work_out(context, asked, progress), self._on_found, self._on_failed)

    def _make_several(self) -> None:
        """Which measures stand together: a chip each to take one out, a menu to add one."""
        self.several = QWidget()
        flow = FlowLayout(self.several, 12, 8)
        self.add = ComboBox("Add a measure", name="chartAdd")
        self.add.setPlaceholderText("Choose a measure")
        self.add.picked.connect(self._on_added)
        self.add_field = Field("&Add a measure", self.add)
        chips = QWidget()
        self._chips = FlowLayout(chips, 8, 6)
        flow.addWidget(self.add_field)
        box = QVBoxLayout()
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.several)
        box.addWidget(chips)
        self._chips_box = chips
        self.body.addLayout(box)
        set_shown(self.several, False)
        set_shown(chips, False)

    # ---- what was read

    def _on_found(self, found: Charted) -> None:
        self.working.hide()
        self.found = found
        key, source = self.asked.measures[0]
        chosen = found.of(key, source)
        usual = [s for k in USUAL for s in found.series if s.key == k and s.points and s.source in (source, "diary")]
        self._picked = [s for s in dict.fromkeys((chosen, *usual)) if s.points][:4]
        self._show()

    def _on_failed(self, error: Exception) -> None:
        self.working.hide()
        self.error.show_failure(error)

    def way(self) -> object:
        """Which chart is chosen."""
        return self.ways.value() or OVER_TIME

    def _show(self) -> None:
        if self.found is None:
            return
        together = self.way() == TOGETHER
        self._fill_several(together)
        empty_layout(self.place)
        self.twin, self.chart = None, self._made(self.found)
        set_shown(self.save, self.chart is not None)
        if self.chart is None:
            self.place.addWidget(
                EmptyState(
                    "No night has a value of this measure.",
                    "Choose other nights or another device on the page behind, or another measure.",
                )
            )
            return
        self.place.addWidget(Label(self.chart.figure.alt, "caption", "muted", wrap=True))
        self.twin = ChartWithTable(ChartWidget(self.chart), self._table(self.chart))
        self.place.addWidget(self.twin)
        notes = [*self.chart.notes, self.chart.table.note]
        if any(self.chart.nights):
            notes.append("Enter on a row of the table opens its night.")
        for note in notes:
            if note:
                self.place.addWidget(Label(note, "caption", "muted", wrap=True))
        self.shown.emit(self.chart)

    def _made(self, found: Charted) -> Chart | None:
        if self.way() == TOGETHER:
            return charts_of.together(self._picked, found) if self._picked else None
        series = found.of(*self.asked.measures[0])
        if not series.points:
            return None
        return charts_of.calendar(series, found) if self.way() == CALENDAR else charts_of.over_time(series, found)

    def _table(self, chart: Chart):  # noqa: ANN202 - a QTableView
        table = chart.table
        view = make_table(
            chart.title, [c.title for c in table.columns], table.rows, name="chartTable",
            stretch=None if self.way() == TOGETHER else len(table.columns) - 1,
            on_open=lambda row: self._open(chart, row),
        )  # fmt: skip
        fit_rows(view, TABLE_ROWS)
        return view

    def _open(self, chart: Chart, row: int) -> None:
        night = chart.nights[row]
        if night is not None:
            self.night_asked.emit(night)

    # ---- several together

    def _fill_several(self, together: bool) -> None:
        had = self._chips_box.isAncestorOf(focus) if (focus := self.focusWidget()) is not None else False
        empty_layout(self._chips)
        if not together or self.found is None:
            set_shown(self.several, False)
            set_shown(self._chips_box, False)
            return
        for series in self._picked:
            chip = Chip(_name(series))
            chip.setAccessibleName(f"Take out {_name(series)}")
            chip.setToolTip(tip(chip.accessibleName()))
            chip.remove_requested.connect(lambda _tag, s=series: self._on_removed(s))
            self._chips.addWidget(chip)
            chip.show()
        more = [s for s in self.found.series if s.points and s not in self._picked]
        self.add.set_options([((s.key, s.source), _name(s)) for s in more])
        self.add.set_value(None)
        room = bool(more) and len(self._picked) < charts_of.MOST
        set_shown(self.several, room)
        set_shown(self._chips_box, bool(self._picked))
        if had:
            (self.add if room else self.ways).setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_added(self, value: object) -> None:
        if self.found is not None and isinstance(value, tuple) and len(self._picked) < charts_of.MOST:
            self._picked.append(self.found.of(*value))
            self._show()

    def _on_removed(self, series: Series) -> None:
        self._picked = [s for s in self._picked if s != series]
        self._show()

    # ---- keys and saving

    def toggle_table(self) -> None:
        """Ctrl+T: the table instead of the chart, and back."""
        if self.twin is not None:
            self.twin.toggle()

    def ask_where(self) -> None:
        """Ctrl+S: ask where, then save."""
        if self.chart is None:
            return
        dialog = QFileDialog(self, "Save chart", f"{self.way()}.svg".replace("_", "-"), "Drawing (*.svg)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("svg")
        dialog.fileSelected.connect(lambda name: self.save_to(Path(name)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def save_to(self, path: Path) -> None:
        """Write the chart as SVG in the light colours of paper."""
        if self.chart is not None:
            save_drawing(self, path, self.chart.figure.drawing)


def save_drawing(parent: QWidget, path: Path, drawing: Drawing) -> None:
    """Write a drawing as SVG, whole or not at all; where that fails a dialog says so."""
    from dreamjournal.charts import draw
    from dreamjournal.common.files import atomic_write

    try:
        atomic_write(path, draw.svg(drawing, "a4", outlines=True))
    except OSError:
        show_error(parent, "The chart was not saved", "this folder cannot be written to", "choose another")


def _name(series: Series) -> str:
    return f"{series.title}, {source_word(series.source).lower() if series.source == 'diary' else source_word(series.source)}"


def measures_asked(chosen: tuple[str, str], others: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The chosen measure first, then the others, each once."""
    return tuple(dict.fromkeys((chosen, *others)))
