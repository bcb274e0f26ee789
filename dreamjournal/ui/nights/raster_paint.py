"""How a row of the raster is painted; the widget decides when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from dreamjournal.domain.dream import Recall
from dreamjournal.domain.night import Condition
from dreamjournal.ui.nights.rows import RasterRow
from dreamjournal.ui.theme import Theme, tokens
from dreamjournal.ui.widgets.marks import paint_condition, paint_dream
from dreamjournal.ui.words import DAYS, MONTHS

STAGE_ROLE = {
    "W": "stage_w",
    "REM": "stage_rem",
    "LIGHT": "stage_light",
    "N3": "stage_n3",
    "UNSPECIFIED": "stage_unspecified",
}
TEXT_FROM = 15
"""Rows at least this high carry their date and shaped marks; lower ones the month, and the mark's place tells the condition."""


@dataclass(frozen=True)
class Geometry:
    """Where things stand, in logical pixels."""

    width: int
    row_height: int
    low: int
    """Left edge of the axis, minutes after noon."""
    high: int
    label: int
    """Width of the dates and condition marks on the left."""
    dream: int
    """Width of the dream marks on the right."""
    usual: tuple[float, float]

    @property
    def left(self) -> float:
        """Where the axis begins."""
        return float(self.label)

    @property
    def right(self) -> float:
        """Where the axis ends."""
        return float(self.width - self.dream)

    def x(self, minutes: float) -> float:
        """The pixel of `minutes` after noon, held within the axis."""
        share = (min(self.high, max(self.low, minutes)) - self.low) / (self.high - self.low)
        return self.left + share * (self.right - self.left)

    def minutes(self, x: float) -> float:
        """The inverse of `x`."""
        return self.low + (x - self.left) / max(1.0, self.right - self.left) * (self.high - self.low)

    def ticks(self) -> list[int]:
        """Hours of the axis: every third, or every sixth where three stand too close."""
        step = 180 if (self.right - self.left) * 180 / (self.high - self.low) >= 34 else 360
        return list(range(self.low, self.high + 1, step))


def row_label(row: RasterRow, previous: RasterRow | None) -> str:
    """Thu 12; with its month on Mondays, on the first of a month and at the top."""
    day = row.night_date
    text = f"{DAYS[day.weekday()][:3]} {day.day}"
    month = previous is None or day.weekday() == 0 or previous.night_date.month != day.month
    return f"{text} {MONTHS[day.month - 1][:3]}" if month else text


def month_label(row: RasterRow, previous: RasterRow | None) -> str:
    """The month on its first row, with the year in January and at the top; else nothing."""
    day = row.night_date
    if previous is not None and previous.night_date.month == day.month:
        return ""
    name = MONTHS[day.month - 1][:3]
    return f"{name} {day.year}" if previous is None or day.month == 1 else name


def paint_grid(painter: QPainter, geo: Geometry, theme: Theme, top: float, bottom: float) -> None:
    """The hour lines."""
    painter.setPen(QPen(theme.colour("line"), 1))
    painter.drawLines([QLineF(round(geo.x(t)) + 0.5, top, round(geo.x(t)) + 0.5, bottom) for t in geo.ticks()])


def paint_rows(
    painter: QPainter,
    rows: Sequence[RasterRow],
    before: RasterRow | None,
    geo: Geometry,
    theme: Theme,
    tonight: date | None = None,
) -> None:
    """Paint `rows` from the painter's origin downwards; `before` is the row above them."""
    paint_grid(painter, geo, theme, 0, len(rows) * geo.row_height)
    for index, row in enumerate(rows):
        top = float(index * geo.row_height)
        label = "Tonight" if row.night_date == tonight else ""
        paint_label(painter, row, rows[index - 1] if index else before, geo, theme, top, label)
        paint_record(painter, row, geo, theme, top)
        paint_dream_mark(painter, row, geo, theme, top)


def paint_label(
    painter: QPainter,
    row: RasterRow,
    previous: RasterRow | None,
    geo: Geometry,
    theme: Theme,
    top: float,
    label: str = "",
) -> None:
    """The date and the condition mark."""
    mark_x = geo.left - theme.scaled(11)
    if geo.row_height >= TEXT_FROM:
        painter.setFont(theme.font("caption", weight=600 if label else None))
        painter.setPen(theme.colour("text" if label or row.night_date.weekday() == 0 else "muted"))
        box = QRectF(8, top, mark_x - theme.scaled(10) - 8, geo.row_height)
        painter.drawText(
            box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label or row_label(row, previous)
        )
        size = min(12 * theme.scale, geo.row_height * 0.55)
        at = QPointF(mark_x, top + geo.row_height / 2)
        if row.closed:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("line_strong"))
            painter.drawEllipse(at, size * 0.16, size * 0.16)
        else:
            paint_condition(painter, at, row.condition, theme, size)
        return
    text = month_label(row, previous)
    if text:
        painter.setFont(theme.font("tiny"))
        painter.setPen(theme.colour("muted"))
        height = theme.scaled(16)
        painter.drawText(
            QRectF(8, top - 1, mark_x - 8, height), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, text
        )
    paint_lane(painter, row.condition, mark_x, top, geo.row_height, theme)


def paint_lane(painter: QPainter, condition: Condition, x: float, top: float, height: int, theme: Theme) -> None:
    """In low rows a mark's place is its shape: natural stands left, not sure in the middle, enhanced right."""
    if condition == Condition.UNRECORDED:
        return
    shift = {Condition.NATURAL: -6, Condition.UNSURE: -2, Condition.ENHANCED: 2}[condition] * theme.scale
    painter.fillRect(QRectF(x + shift, top, 4 * theme.scale, max(1, height - 1)), theme.colour(str(condition)))


def hatch(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """An outlined, hatched bar."""
    painter.fillRect(box, QBrush(colour, Qt.BrushStyle.BDiagPattern))
    painter.setPen(QPen(colour, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))


def paint_record(painter: QPainter, row: RasterRow, geo: Geometry, theme: Theme, top: float) -> None:
    """Stage bars on a base line, or the hatched diary, or the dotted line of a night without any record."""
    line = 2.0 if geo.row_height >= 9 else 1.0
    tall = geo.row_height >= TEXT_FROM
    base = top + geo.row_height - (line + (4 if tall else 1 if geo.row_height > 5 else 0))
    ground = max(2.0, base - top - (2 if tall else 0))
    if row.bars:
        heights = tokens()["stage_height"]
        for bar in row.bars:
            a, b = geo.x(bar.start), geo.x(bar.end)
            if b <= a:
                continue
            height = max(1.0, heights[bar.kind] * ground)
            box = QRectF(a, base - height, max(b - a, 0.8), height)
            colour = theme.colour(STAGE_ROLE[bar.kind])
            if bar.kind == "UNSPECIFIED" and tall:
                hatch(painter, box, colour)
            else:
                painter.fillRect(box, colour)
    elif row.sealed or row.diary is not None:
        a, b = row.diary if row.diary is not None else geo.usual
        height = ground * 0.6
        role = "line_strong"
        hatch(painter, QRectF(geo.x(a), base - height, max(2.0, geo.x(b) - geo.x(a)), height), theme.colour(role))
    else:
        pen = QPen(theme.colour("unrecorded"), 1.4 if tall else 1.0)
        pen.setDashPattern([1.0, 3.2])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        y = top + geo.row_height / 2
        painter.drawLine(QLineF(geo.x(geo.usual[0]), y, geo.x(geo.usual[1]), y))
    for a, b in row.exposures:
        x = geo.x(a)
        painter.fillRect(QRectF(x, base + (1 if tall else 0), max(3.0, geo.x(b) - x), line), theme.colour("enhanced"))


def paint_dream_mark(painter: QPainter, row: RasterRow, geo: Geometry, theme: Theme, top: float) -> None:
    """A filled dot for a dream, a hollow one for a fragment."""
    if row.recall not in (Recall.REPORT, Recall.FRAGMENT):
        return
    centre = QPointF(geo.right + geo.dream / 2, top + geo.row_height / 2)
    report = row.recall == Recall.REPORT
    if geo.row_height >= TEXT_FROM:
        paint_dream(painter, centre, theme, report=report, size=8 * theme.scale)
    else:
        shift = -4 if report else 1
        painter.fillRect(QRectF(centre.x() + shift, top, 3, max(1, geo.row_height - 1)), theme.colour("text"))
