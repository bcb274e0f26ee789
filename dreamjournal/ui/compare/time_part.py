"""Compare over time: whether the difference changes with nights of use, and every night over the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtWidgets import QWidget

from dreamjournal.charts.style import Style
from dreamjournal.common.progress import Progress
from dreamjournal.domain.contrast import ContrastResult
from dreamjournal.domain.over_time import OverTime, Stretch
from dreamjournal.ui.compare.answer import value_words
from dreamjournal.ui.compare.canvas import MM_PX, READABLE, ChartWithTable, DrawingWidget
from dreamjournal.ui.compare.parts import Asked, Part, PartView
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.page import Card
from dreamjournal.ui.widgets.tables import Cell, fit_rows, make_table
from dreamjournal.ui.widgets.text import Label, Prose
from dreamjournal.ui.words import plain_date, short_date


@dataclass(frozen=True)
class Found:
    """What the worker hands over."""

    result: ContrastResult
    over_time: OverTime


def work(asked: Asked, progress: Progress) -> Found:
    """In the worker: the change of the difference, and its stretches."""
    from dreamjournal.services import over_time

    found = over_time.for_question(asked.journal, asked.person_id, asked.spec, asked.result, asked.clock, progress)
    return Found(asked.result, found)


class TimeChart(DrawingWidget):
    """Nights and differences over the calendar, as on paper."""

    def __init__(self, found: OverTime, alt: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found = found
        self.show_drawing(f"{found.title} over time", alt)

    def is_ready(self) -> bool:
        return bool(self.found.points)

    def height_for(self, width: int) -> int:
        from dreamjournal.charts.over_time import height_mm

        return round(height_mm(self.found) * MM_PX * self.scale_for(width, 0) * 0.92)

    def scale_for(self, width: int, height: int) -> float:
        return max(0.9, min(READABLE * theme_of(self).scale, width / MM_PX / 100))

    def draw_on(self, style: Style, figure: Any) -> None:
        from dreamjournal.charts import over_time

        over_time.draw(self.found, style, figure)


class TimeView(PartView):
    """The sentence, the chart or its table of stretches, and how it was worked out."""

    def __init__(self, found: Found, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found = found
        t = found.over_time
        self.twin: ChartWithTable | None = None
        self.sentence = Prose(*(((w.text, "strong") if w.strong else w.text) for w in t.words), kind="lead")
        self.sentence.setObjectName("timeSentence")
        self.box.addWidget(self.sentence)
        if t.points and found.result.verdict != "refused":
            card = Card(kind="raised", pad=16)
            card.box.addWidget(Label(caption_words(t), "caption", "muted", wrap=True))
            chart = TimeChart(t, alt_words(t))
            self.table = make_table(
                "The difference, stretch by stretch",
                ("From", "To", "Nights of use", "Enhanced", "Natural", "Difference", "95 % interval"),
                [stretch_row(t, s) for s in t.stretches],
                stretch=6, name="timeTable", on_open=self._open,
            )  # fmt: skip
            fit_rows(self.table, 8)
            self.twin = ChartWithTable(chart, self.table)
            card.box.addWidget(self.twin)
            hint = "Enter on a row of the table lists its nights."
            card.box.addWidget(Label(hint, "caption", "muted", wrap=True))
            self.box.addWidget(card)
        notes = [*t.notes, f"How: {t.method}." if t.method and t.change is not None else ""]
        for note in notes:
            if note:
                self.box.addWidget(Label(note, "caption", "muted", wrap=True))
        self.box.addStretch(1)

    def _open(self, row: int) -> None:
        s, result = self.found.over_time.stretches[row], self.found.result
        nights = [
            (p.night_date, f"{p.arm}, {value_words(result, p.value)}")
            for p in result.points
            if s.first <= p.night_date <= s.last
        ]
        self.nights_asked.emit(f"Nights from {plain_date(s.first)} to {plain_date(s.last)}", nights, result.title)

    def toggle_table(self) -> None:
        if self.twin is not None:
            self.twin.toggle()

    def focus_first(self) -> None:
        if self.twin is not None:
            self.twin.link.setFocus()


def caption_words(t: OverTime) -> str:
    """What stands over the chart."""
    text = f"{t.title}, every night that counts."
    if any(s.value is not None for s in t.stretches):
        text += " Below, the difference in stretches with about as many enhanced nights each, its 95 % interval, "
        text += "and n (enhanced and natural)."
    return text


def stretch_row(t: OverTime, s: Stretch) -> tuple[Cell, ...]:
    """A stretch as a row of the table."""
    from dreamjournal.analysis.trend import told_difference, told_interval

    low, high = s.exposures
    use = None if not high else str(low) if low == high else f"{low} to {high}"
    difference: Cell = s.reason if s.value is None else told_difference(t, s.value)
    interval: Cell = None if s.interval is None else told_interval(t, s.interval)
    return (_day(s.first), _day(s.last), use, s.n_enhanced, s.n_natural, difference, interval)


def _day(day: date) -> str:
    return short_date(day)


def alt_words(t: OverTime) -> str:
    """The chart in one sentence."""
    from dreamjournal.analysis.trend import told_difference, told_interval

    first, last = t.points[0].night_date, t.points[-1].night_date
    text = f"{t.n_enhanced} enhanced and {t.n_natural} natural nights from {plain_date(first)} to {plain_date(last)}"
    told = [
        f"{told_difference(t, s.value)} ({told_interval(t, s.interval)}, n {s.n_enhanced} and {s.n_natural})"
        for s in t.stretches
        if s.value is not None and s.interval is not None
    ]
    return f"{text}; the difference in turn: {', '.join(told)}." if told else f"{text}."


PART = Part("time", "Over time", work, TimeView)
