"""Compare, dose and mode: what was used on enhanced nights, side by side with natural ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from dreamjournal.analysis import words
from dreamjournal.charts.style import Style
from dreamjournal.charts.words import value_words
from dreamjournal.common.progress import Progress
from dreamjournal.domain.contrast import NightPoint
from dreamjournal.domain.secondary import DoseAndMode, Groups, Level, LevelsPlot, plot_of
from dreamjournal.ui.compare.canvas import MM_PX, READABLE, ChartWithTable, DrawingWidget
from dreamjournal.ui.compare.measures_part import night_words
from dreamjournal.ui.compare.parts import Asked, Part, PartView
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.page import Card, Columns, EmptyState
from dreamjournal.ui.widgets.tables import Cell, fit_rows, make_table
from dreamjournal.ui.widgets.text import Label, Prose
from dreamjournal.ui.words import count_words

TITLES = {
    "mode": "By mode",
    "programme": "By programme",
    "dose": "By dose, in order",
    "intensity": "By intensity, in order",
}


@dataclass(frozen=True)
class Found:
    """What the worker hands over."""

    looks: DoseAndMode


def work(asked: Asked, progress: Progress) -> Found:
    """In the worker: modes, programmes and doses of the question's nights."""
    from dreamjournal.services import doses

    progress.step(0, 0)
    return Found(doses.doses_and_modes(asked.journal, asked.person_id, asked.spec, asked.clock))


class LevelsWidget(DrawingWidget):
    """Every night by level. A click on a mark emits its night."""

    night_clicked = Signal(object)

    def __init__(self, plot: LevelsPlot, alt: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = plot
        self.show_drawing(f"{plot.title} by level, every night", alt)

    def is_ready(self) -> bool:
        return any(level.points for level in self.plot.levels)

    def height_for(self, width: int) -> int:
        return round(min(width * 0.45, theme_of(self).scaled(240) + 20))

    def scale_for(self, width: int, height: int) -> float:
        return max(0.9, min(READABLE * theme_of(self).scale, width / MM_PX / 90, height / MM_PX / 46))

    def draw_on(self, style: Style, figure: Any) -> None:
        from dreamjournal.charts import levels

        levels.draw(self.plot, style, figure)

    def on_click(self, x: float, y: float) -> None:
        day = self.night_at(x, y)
        if day is not None:
            self.night_clicked.emit(day)

    def night_at(self, x: float, y: float) -> date | None:
        """The night whose mark is nearest to a point of the canvas in pixels, within 8; None beside every mark."""
        if self._canvas is None:
            return None
        axes = self._canvas.figure.axes[0]
        marks = [line for line in axes.lines if line.get_marker() in ("o", "D")]
        best: tuple[float, date] | None = None
        for line, level in zip(marks, [lv for lv in self.plot.levels if lv.points], strict=False):
            for (px, py), point in zip(axes.transData.transform(line.get_xydata()), level.points, strict=False):
                distance = float(((px - x) ** 2 + (py - y) ** 2) ** 0.5)
                if distance <= 8 * self._canvas.device_pixel_ratio and (best is None or distance < best[0]):
                    best = (distance, point.night_date)
        return None if best is None else best[1]


class DoseView(PartView):
    """One card for each look: what it says, the picture or its table, the differences, what was left out."""

    def __init__(self, found: Found, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found = found
        looks = found.looks
        self.twins: list[ChartWithTable] = []
        if looks.empty:
            actions: list[QWidget] = []
            if looks.unsaid:
                tonight = Button("Open Tonight", "primary", name="doseTonight")
                tonight.clicked.connect(lambda: self.page_asked.emit("tonight", None))
                actions.append(tonight)
            self.empty = EmptyState("Nothing to set side by side yet.", looks.empty, *actions)
            self.box.addWidget(self.empty)
        for groups in looks.groups:
            self._add(groups)
        methods = list(dict.fromkeys(groups.method for groups in looks.groups))
        if methods:
            self.box.addWidget(Label("How it was worked out", "label", strong=True))
            self.box.addWidget(Label(" ".join(methods), "caption", "muted", wrap=True))
        if looks.care:
            self.box.addWidget(Label("Read with care", "label", strong=True))
            self.box.addWidget(Label(looks.care, "caption", "muted", wrap=True))
        self.box.addStretch(1)

    def toggle_table(self) -> None:
        if self.twins:
            to_table = not self.twins[0].shows_table()
            # The first is turned last: the focus ends where reading begins.
            for twin in reversed(self.twins):
                if twin.shows_table() != to_table:
                    twin.toggle()

    def _add(self, groups: Groups) -> None:
        card = Card(kind="raised", pad=16)
        card.box.addWidget(Label(TITLES[groups.what], "section"))
        card.box.addWidget(Prose(groups.sentence, kind="body"))
        columns = Columns(ratio=(3, 2), gap=24)
        card.box.addWidget(columns)
        chart = LevelsWidget(plot_of(groups), groups.alt)
        chart.night_clicked.connect(self.night_opened)
        table = make_table(
            f"{groups.title} by {groups.what}", (groups.what.capitalize(), "Nights", groups.title, "95 % interval"),
            [level_row(level, groups) for level in groups.levels], stretch=2, name=f"levels_{groups.what}",
            on_open=lambda row: self._list(groups.levels[row].title, groups.levels[row].points, groups),
        )  # fmt: skip
        fit_rows(table, 8)
        twin = ChartWithTable(chart, table)
        twin.link.setAccessibleDescription(TITLES[groups.what])
        self.twins.append(twin)
        caption = "Each mark is one night; beside them the mean with its 95 % interval, from 7 nights on."
        if groups.kind in ("rate", "count"):
            caption = "Each mark is one night; beside them the share with its 95 % interval, from 7 nights on."
        if groups.kind == "count":
            caption = "Each mark is one night; beside them how many a night, from 5 nights on."
        columns.left.addWidget(Label(caption, "caption", "muted", wrap=True))
        columns.left.addWidget(twin)
        columns.left.addStretch(1)
        differences = Prose(*difference_parts(groups), kind="control")
        differences.setObjectName(f"differences_{groups.what}")
        differences.link_activated.connect(lambda title: self._open_level(groups, title))
        columns.right.addWidget(differences)
        for problem in groups.problems:
            columns.right.addWidget(Label(problem, "caption", "muted", wrap=True))
        if groups.left_out:
            link = Button(
                f"{count_words(len(groups.left_out), 'enhanced night')} left out here",
                "link",
                name=f"leftOut_{groups.what}",
            )
            link.clicked.connect(
                lambda: self.nights_asked.emit(
                    f"Left out by {groups.what}", [(x.night_date, x.reason) for x in groups.left_out], "Why"
                )
            )
            row = QHBoxLayout()
            row.addWidget(link)
            row.addStretch(1)
            columns.right.addLayout(row)
        columns.right.addStretch(1)
        self.box.addWidget(card)

    def _open_level(self, groups: Groups, title: str) -> None:
        level = next((lv for lv in groups.levels if lv.title == title), None)
        if level is not None:
            self._list(level.title, level.points, groups)

    def _list(self, title: str, points: tuple[NightPoint, ...], groups: Groups) -> None:
        said: list[tuple[date, Cell]] = [(p.night_date, night_words(p.value, groups.unit, groups.kind)) for p in points]
        self.nights_asked.emit(f"{groups.what.capitalize()}: {title}", said, groups.title)


def level_row(level: Level, groups: Groups) -> tuple[Cell, ...]:
    """A level as a row of the table twin: never a centre without its n."""
    if level.centre is None:
        return level.title, len(level.points), "too few nights for a middle", None
    if groups.kind == "count":
        return level.title, len(level.points), f"{level.centre:.2f} a night", None
    centre = f"{level.centre_word} {value_words(level.centre, groups.unit, groups.kind)}"
    if level.interval is None:
        return level.title, len(level.points), centre, None
    low, high = (value_words(v, groups.unit, groups.kind) for v in level.interval)
    return level.title, len(level.points), centre, f"{low} to {high}"


def difference_parts(groups: Groups) -> list[str | tuple[str, str]]:
    """Each difference as a line of its own, its nights as links "link:first kind"."""
    from dreamjournal.services.doses_words import named

    parts: list[str | tuple[str, str]] = []
    for d in groups.differences:
        if parts:
            parts.append("\n\n")
        rest = d.sentence
        for title, n in ((d.first, d.n_first), (d.second, d.n_second)):
            before, link, after = rest.partition(words.no_break(named(groups.what, title, n)))
            if not link or not n:
                continue
            parts += [before, (link, f"link:{title}")] if before else [(link, f"link:{title}")]
            rest = after
        parts.append(rest)
    return [p for p in parts if p]


PART = Part("dose", "Dose and mode", work, DoseView)
