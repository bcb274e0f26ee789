"""Drawings on screen: matplotlib's Qt canvas with the drawing that also goes to paper. Loaded when first shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QTableView, QVBoxLayout, QWidget

from dreamjournal.charts.style import PAPER_FAMILY, Style
from dreamjournal.domain.contrast import ContrastResult
from dreamjournal.domain.report import EstimationPlot, Figure
from dreamjournal.ui.theme import Theme, theme_of, theme_source
from dreamjournal.ui.widgets.buttons import Button

DPI = 96
MM_PX = DPI / 25.4
DRAWN_MM = 113.0
"""The width at which the drawing is designed at scale 1."""
READABLE = 1.35
"""Paper's 7.4 points times this are 13 pixels on screen."""


@dataclass(frozen=True)
class Plotted:
    """What the worker hands over: the answer and its figure as plain data."""

    result: ContrastResult
    figure: Figure


def screen_style(theme: Theme, scale: float) -> Style:
    """The theme's colours for a drawing."""

    def colour(role: str) -> str:
        return theme.colours[role]

    return Style(
        # The drawing is measured in paper's narrower font: Inter's headings would run into the marks.
        family=PAPER_FAMILY,
        paper=colour("raised"),
        ink=colour("text"),
        muted=colour("muted"),
        line=colour("line_strong"),
        band=colour("line") if theme.is_night else colour("sunken"),
        wash=colour("surface"),
        natural=colour("natural"),
        enhanced=colour("enhanced"),
        stage_w=colour("stage_w"),
        stage_rem=colour("stage_rem"),
        stage_light=colour("stage_light"),
        stage_n3=colour("stage_n3"),
        stage_unspecified=colour("stage_unspecified"),
        scale=scale,
    )


class DrawingWidget(QWidget):
    """Holds matplotlib's canvas with one drawing, made anew for each size and theme. A subclass says what is drawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plot")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._canvas: Any = None
        self._drawn_for: tuple[int, int, str, float] | None = None
        theme_source().changed.connect(self._redraw)

    def is_ready(self) -> bool:
        """Whether there is something to draw."""
        raise NotImplementedError

    def scale_for(self, width: int, height: int) -> float:
        """How many times larger than on paper text is drawn."""
        raise NotImplementedError

    def draw_on(self, style: Style, figure: Any) -> None:
        """Draw over the whole of a matplotlib figure."""
        raise NotImplementedError

    def height_for(self, width: int) -> int:
        """The height that suits a width, in pixels."""
        raise NotImplementedError

    def on_click(self, x: float, y: float) -> None:
        """A point of the canvas, in its pixels from the bottom left, was clicked."""

    def show_drawing(self, name: str, alt: str) -> None:
        """Draw what is now set; the words become the accessible name and description."""
        self.setAccessibleName(name)
        self.setAccessibleDescription(alt)
        self._drawn_for = None
        self.updateGeometry()
        if self.height() != self.height_for(self.width() or 600):
            self.setFixedHeight(self.height_for(self.width() or 600))
        self._redraw()

    def sizeHint(self) -> QSize:
        return QSize(600, self.height_for(self.width() or 600))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_ready():
            wanted = self.height_for(self.width())
            if wanted != self.height():
                self.setFixedHeight(wanted)
        self._redraw()

    def _redraw(self) -> None:
        if not self.is_ready() or self.width() < 40:
            return
        theme = theme_of(self)
        key = (self.width(), self.height(), theme.name, theme.scale)
        if key == self._drawn_for:
            return
        self._drawn_for = key
        canvas = self._ensure_canvas()
        figure = canvas.figure
        figure.set_dpi(DPI * canvas.device_pixel_ratio)
        figure.set_size_inches(self.width() / DPI, self.height() / DPI, forward=False)
        self.draw_on(screen_style(theme, self.scale_for(self.width(), self.height())), figure)
        canvas.draw_idle()

    def _ensure_canvas(self) -> Any:
        if self._canvas is None:
            import matplotlib

            matplotlib.use("QtAgg")
            from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
            from matplotlib.figure import Figure as MplFigure

            self._canvas = FigureCanvasQTAgg(MplFigure(dpi=DPI))
            self._canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._canvas.mpl_connect("button_press_event", lambda event: self.on_click(event.x, event.y))
            self._box.addWidget(self._canvas)
        return self._canvas


class ChartWithTable(QWidget):
    """A chart and its table twin in one place, with a link that shows the other."""

    def __init__(self, chart: DrawingWidget, table: QTableView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chart, self.table = chart, table
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(chart)
        box.addWidget(table)
        self.link = Button("Show as table", "link", name="showTable")
        self.link.setToolTip("Ctrl+T")
        self.link.clicked.connect(self.toggle)
        row = QHBoxLayout()
        row.addWidget(self.link)
        row.addStretch(1)
        box.addLayout(row)
        table.hide()

    def shows_table(self) -> bool:
        """Whether the table is in front."""
        return not self.table.isHidden()

    def toggle(self) -> None:
        """The table instead of the chart, and back."""
        to_table = not self.shows_table()
        self.chart.setVisible(not to_table)
        self.table.setVisible(to_table)
        self.link.setText("Show as chart" if to_table else "Show as table")
        if to_table:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            if not self.table.currentIndex().isValid():
                self.table.selectRow(0)
        else:
            self.link.setFocus(Qt.FocusReason.OtherFocusReason)


class PlotWidget(DrawingWidget):
    """The estimation plot. A click on a mark emits its night."""

    night_clicked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot: EstimationPlot | None = None

    def set_figure(self, figure: Figure, name: str) -> None:
        """Show a figure; its words become the accessible description."""
        assert isinstance(figure.drawing, EstimationPlot)
        self._plot = figure.drawing
        self.show_drawing(name, figure.alt)

    def figure_plot(self) -> EstimationPlot | None:
        """The figure shown, as plain data."""
        return self._plot

    def is_ready(self) -> bool:
        return self._plot is not None

    def height_for(self, width: int) -> int:
        """The height that keeps the drawing's shape."""
        return round(min(width * 0.66, theme_of(self).scaled(420) + 40))

    def scale_for(self, width: int, height: int) -> float:
        return max(0.9, min(READABLE * theme_of(self).scale, width / MM_PX / DRAWN_MM, height / MM_PX / 62))

    def draw_on(self, style: Style, figure: Any) -> None:
        from dreamjournal.charts import estimation

        assert self._plot is not None
        estimation.draw(self._plot, style, figure)

    def on_click(self, x: float, y: float) -> None:
        day = self.night_at(x, y)
        if day is not None:
            self.night_clicked.emit(day)

    def night_at(self, x: float, y: float) -> date | None:
        """The night whose mark is nearest to a point of the canvas in pixels, within 8; None beside every mark."""
        if self._canvas is None or self._plot is None:
            return None
        axes = self._canvas.figure.axes[0]
        best: tuple[float, date] | None = None
        for line, nights in zip(self._marks(), mark_groups(self._plot), strict=False):
            for (px, py), day in zip(axes.transData.transform(line.get_xydata()), nights, strict=False):
                distance = float(((px - x) ** 2 + (py - y) ** 2) ** 0.5)
                if distance <= 8 * self._canvas.device_pixel_ratio and (best is None or distance < best[0]):
                    best = (distance, day)
        return None if best is None else best[1]

    def _marks(self) -> list[Any]:
        return [line for line in self._canvas.figure.axes[0].lines if line.get_marker() in ("o", "D")]


def mark_groups(plot: EstimationPlot) -> list[list[date]]:
    """The nights of each group of marks in the order they are drawn: for each arm its sign (no night), work, free nights."""
    groups: list[list[date]] = []
    for arm in ("natural", "enhanced"):
        groups.append([])
        for free in (False, True):
            nights = [p.night_date for p in plot.points if p.arm == arm and p.weekend == free]
            if nights:
                groups.append(nights)
    return groups
