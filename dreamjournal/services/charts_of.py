"""Charts of measures over time: the drawing as plain data, the same in words, and its table twin."""

from __future__ import annotations

import statistics
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from dreamjournal.charts import words
from dreamjournal.charts.legend import KINDS
from dreamjournal.domain.figures import Calendar, CalendarDay, Multiples, NightValue, Trend
from dreamjournal.domain.report import Column, Figure, Table
from dreamjournal.services import contrasts
from dreamjournal.services.eligible import arm_of, value_of
from dreamjournal.services.reports import source_title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.figures import Middle, NightKind
    from dreamjournal.domain.night import Night
    from dreamjournal.metrics._metric import Metric
    from dreamjournal.services.journals import Journal

ALT = (180, 290)
"""Characters of the words that stand for a figure."""
MOST = 6
"""Measures in one figure of several."""
_LEAST = 5
_CLASSES = 5
_MONTHS = 36
KIND_WORDS: dict[NightKind, str] = dict(KINDS)
"""What a night was, in words."""


@dataclass(frozen=True)
class Series:
    """One measure by one source: its nights with a value, in order."""

    key: str
    title: str
    unit: str
    kind: str
    source: str
    points: tuple[NightValue, ...]
    not_own: int = 0
    """Of its nights those with a dream that may not be the person's own; 0 where the measure is not of dreams."""

    @cached_property
    def whole(self) -> bool:
        """Whether nights have whole numbers where the measure is printed with decimals: ratings, counts."""
        decimals = self.kind == "count" or words.decimals_of(self.unit, self.kind) > 0
        return decimals and all(float(p.value).is_integer() for p in self.points)


@dataclass(frozen=True)
class Charted:
    """What was read once: the series that were asked for, and what each known night was."""

    series: tuple[Series, ...]
    kinds: tuple[tuple[date, NightKind], ...]
    hidden: int
    """Nights of a sealed study; none of them is shown."""

    def of(self, key: str, source: str) -> Series:
        """The series of a measure. Raises KeyError for one that was not asked for."""
        for s in self.series:
            if (s.key, s.source) == (key, source):
                return s
        raise KeyError((key, source))


@dataclass(frozen=True)
class Chart:
    """A figure with its table twin. `nights` says for each row of the table which night it is of, None for several."""

    title: str
    figure: Figure
    table: Table
    nights: tuple[date | None, ...]
    notes: tuple[str, ...] = ()


# ---- reading


def read(
    journal: Journal, person_id: int, clock: Clock, asked: Sequence[tuple[str, str]], *, enhancer: str | None = None,
    first: date | None = None, last: date | None = None, step: Callable[[], None] | None = None,
) -> Charted:  # fmt: skip
    """The measures `asked` for, each as (key, source), of the nights from `first` to `last`; nights are read once.

    Enhanced means by `enhancer` alone where one is named. `step` is called while reading; what it raises ends it.
    """
    with contrasts.nights_read(journal, person_id, clock, step) as nights:
        some = [
            n for n in nights if (first is None or n.night_date >= first) and (last is None or n.night_date <= last)
        ]
        return charted(some, asked, enhancer)


def charted(nights: Sequence[Night], asked: Sequence[tuple[str, str]], enhancer: str | None = None) -> Charted:
    """The same of nights that were read, in order.

    Nights of a sealed study are left out whole, device numbers that are closed and recordings that do not count have no value.
    """
    known = contrasts.metrics()
    shown = [n for n in nights if not n.study_sealed]
    kinds: dict[date, NightKind] = {n.night_date: kind_of(n, enhancer) for n in shown}
    series: list[Series] = []
    for key, source in dict.fromkeys(asked):
        metric = known[key]
        points: list[NightValue] = []
        not_own = 0
        for night in shown:
            value = value_of(night, metric, source)
            if value is not None:
                points.append(NightValue(night.night_date, value, kinds[night.night_date]))
                not_own += metric.dream and any(d.may_not_be_own for d in night.dreams)
        series.append(Series(key, metric.title, _unit(metric), metric.kind, source, tuple(points), not_own))
    return Charted(tuple(series), tuple(kinds.items()), len(nights) - len(shown))


def _unit(metric: Metric) -> str:
    return "" if metric.kind == "rate" else metric.unit


def kind_of(night: Night, enhancer: str | None = None) -> NightKind:
    """What a night was, for its mark: silence is `neither`, and so is a night with another enhancer than the one named."""
    if night.study_sealed or night.condition == "unrecorded":
        return "neither"
    if night.condition == "enhanced" and enhancer is not None:
        return "enhanced" if arm_of(night, enhancer)[0] == "enhanced" else "neither"
    kinds: dict[str, NightKind] = {"natural": "natural", "enhanced": "enhanced", "unsure": "unsure"}
    return kinds[str(night.condition)]


# ---- over time


def over_time(series: Series, of: Charted) -> Chart:
    """Every night of a measure with its running middle. `series` has a night."""
    trend = _trend(series)
    rows = tuple(
        (words.weekday(p.night_date) + f" {p.night_date.year}", KIND_WORDS[p.kind], _told(series, p.value))
        for p in series.points
    )
    table = Table((Column("Night"), Column("What it was"), Column(series.title, number=True)), rows)
    return Chart(
        f"{series.title} over time", Figure(_trend_alt(series, trend), trend), table,
        tuple(p.night_date for p in series.points), _notes((series,), of),
    )  # fmt: skip


def _trend(series: Series) -> Trend:
    from dreamjournal.analysis.running import running

    line, window = running(series.points, series.kind)
    middle, band = {"rate": ("share", f"95{words.NBSP}% interval"), "count": ("mean", "")}.get(
        series.kind, ("median", "middle half")
    )
    first, last = series.points[0].night_date, series.points[-1].night_date
    return Trend(
        series.title, series.unit, series.kind, source_title(series.source), first, last, series.points, line,
        f"{window}-day {middle}", band,
    )  # fmt: skip


def _trend_alt(series: Series, trend: Trend) -> str:
    n = len(series.points)
    text = (
        f"{series.title} from {trend.source}, {words.period(trend.first, trend.last)}: {words.count(n, 'night')} as marks, "
        f"{_kinds_words(p.kind for p in series.points)}."
    )
    more: list[str] = []
    line = [m for m in trend.line if m is not None]
    if line:
        low, high = min(line, key=lambda m: m.value), max(line, key=lambda m: m.value)
        more.append(
            f"The {trend.line_words} begins at {_told(series, line[0].value)} and ends at {_told(series, line[-1].value)}."
        )
        least, most = _told(series, low.value), _told(series, high.value)
        if least != most:
            more.append(f"It is lowest around {_day(low)}, {least}, and highest around {_day(high)}, {most}.")
    else:
        more.append(f"Too few nights lie close together for a line: it needs {_LEAST}.")
    if series.kind != "rate":
        values = [p.value for p in series.points]
        more.append(f"Single nights range from {_told(series, min(values))} to {_told(series, max(values))}.")
    return fitted(text, more)


def _day(middle: Middle) -> str:
    return words.day(date.fromordinal(round(middle.day)))


# ---- calendar


def calendar(series: Series, of: Charted) -> Chart:
    """A measure as a calendar: every date from its first night to its last. `series` has a night."""
    by_date = {p.night_date: p for p in series.points}
    kinds = dict(of.kinds)
    edges, steps = _classes(series)
    days: list[CalendarDay] = []
    first, last = series.points[0].night_date, series.points[-1].night_date
    for i in range((last - first).days + 1):
        day = first + timedelta(days=i)
        point = by_date.get(day)
        value = None if point is None else point.value
        step = None if value is None else bisect_right(edges, _printed(series, value))
        days.append(CalendarDay(day, kinds.get(day, "neither"), value, step))
    drawing = Calendar(series.title, series.unit, series.kind, source_title(series.source), tuple(days), steps)
    rows = tuple((
        f"{words.weekday(d.night_date)} {d.night_date.year}", KIND_WORDS[d.kind],
        None if d.value is None else _told(series, d.value), None if d.step is None else steps[d.step],
    ) for d in days)  # fmt: skip
    table = Table((Column("Night"), Column("What it was"), Column(series.title, number=True), Column("Shade")), rows)
    return Chart(
        f"{series.title} as a calendar", Figure(_calendar_alt(series, drawing), drawing), table, tuple(d.night_date for d in days),
        _notes((series,), of),
    )  # fmt: skip


def _printed(series: Series, value: float) -> float:
    return round(value, words.decimals_of(series.unit, series.kind)) if series.kind != "rate" else value


def _classes(series: Series) -> tuple[list[float], tuple[str, ...]]:
    """Edges between the classes of a calendar and the words of each; a value on an edge belongs above it."""
    from dreamjournal.charts.canvas import nice_step

    if series.kind == "rate":
        return [0.5], ("no", "yes")
    values = sorted(_printed(series, p.value) for p in series.points)
    distinct = sorted(set(values))
    if len(distinct) <= _CLASSES:
        edges = [(a + b) / 2 for a, b in pairwise(distinct)]
        return edges, tuple(_told(series, v) for v in distinct)
    n = len(values)
    # A few extreme nights do not spread the classes: they run over the middle nine tenths.
    low, high = values[round(0.05 * (n - 1))], values[round(0.95 * (n - 1))]
    if high <= low:
        low, high = values[0], values[-1]
    step = nice_step(high - low, _CLASSES - 1, unit=series.unit, kind=series.kind)
    edges = [i * step for i in range(int(low // step) + 1, int(high // step) + 1) if low < i * step <= high]
    edges = edges or [(low + high) / 2]
    told = [_told(series, e) for e in edges]
    inner = [f"{a} to {b}" for a, b in pairwise(told)]
    before, after = ("before", "and later") if series.kind == "clock" else ("under", "and more")
    return edges, (f"{before} {told[0]}", *inner, f"{told[-1]} {after}")


def _calendar_alt(series: Series, drawing: Calendar) -> str:
    days = drawing.days
    known = [d for d in days if d.step is not None]
    have = "has" if len(known) == 1 else "have"
    text = (
        f"{series.title} from {drawing.source} as a calendar, weeks as columns, {words.period(days[0].night_date, days[-1].night_date)}: "
        f"{len(known)} of {words.count(len(days), 'night')} {have} a value, {_kinds_words(d.kind for d in known)}."
    )  # fmt: skip
    more: list[str] = []
    counts = Counter(d.step for d in known)
    step, n = counts.most_common(1)[0]
    if len(drawing.steps) > 1 and step is not None:
        more.append(f"The most common class is {drawing.steps[step]}, on {words.count(n, 'night')}.")
    gap = _longest_gap(days)
    if gap is not None and gap[1] > 1:
        more.append(f"The longest stretch without a value is {gap[1]} nights from {words.day(gap[0])}.")
    more.append("The stronger a cell's shade, the higher its value; a dashed cell has no value.")
    return fitted(text, more)


def _longest_gap(days: Sequence[CalendarDay]) -> tuple[date, int] | None:
    best: tuple[date, int] | None = None
    begun: date | None = None
    length = 0
    for d in days:
        if d.step is not None:
            length = 0
            continue
        begun, length = (d.night_date, 1) if length == 0 else (begun, length + 1)
        if begun is not None and (best is None or length > best[1]):
            best = (begun, length)
    return best


# ---- several together


def together(series: Sequence[Series], of: Charted) -> Chart:
    """Up to six measures below each other on one time axis; each has a night."""
    some = tuple(series[:MOST])
    panels = tuple(_trend(s) for s in some)
    first, last = min(p.first for p in panels), max(p.last for p in panels)
    drawing = Multiples(panels, first, last)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    by_year = months > _MONTHS
    spans = sorted({_span(p.night_date, by_year) for s in some for p in s.points})
    rows = tuple(
        (_span_words(year, month), *(_summary(s, (year, month), by_year) for s in some)) for year, month in spans
    )
    columns = (Column("Year" if by_year else "Month"), *(Column(f"{s.title}, {source_title(s.source)}") for s in some))
    table = Table(columns, rows, "Medians; shares and counts as they are. With fewer than 5 nights only their number.")
    title = f"{series[0].title} over time" if len(some) == 1 else "Several measures together"
    return Chart(title, Figure(_together_alt(some, drawing), drawing), table, (None,) * len(rows), _notes(some, of))


def _span(day: date, by_year: bool) -> tuple[int, int]:
    return (day.year, 0) if by_year else (day.year, day.month)


def _span_words(year: int, month: int) -> str:
    return words.long_day(date(year, month, 1)).split(words.NBSP, 1)[1] if month else str(year)


def _summary(series: Series, span: tuple[int, int], by_year: bool) -> str | None:
    values = [p.value for p in series.points if _span(p.night_date, by_year) == span]
    n = len(values)
    if n == 0:
        return None
    if series.kind == "rate":
        return f"{round(sum(values))} of {n}"
    if series.kind == "count":
        return f"{round(sum(values))} in {words.count(n, 'night')}"
    return f"n {n}" if n < _LEAST else f"{_told(series, statistics.median(values))}, n {n}"


def _together_alt(series: Sequence[Series], drawing: Multiples) -> str:
    text = f"{words.count(len(series), 'measure')} below each other on one time axis, {words.period(drawing.first, drawing.last)}:"
    whole: list[str] = []
    short: list[str] = []
    for s, panel in zip(series, drawing.panels, strict=True):
        line = [m for m in panel.line if m is not None]
        part = f"{s.title} from {panel.source}, n {len(s.points)}"
        short.append(part)
        if line:
            part += f", {panel.line_words} {_told(s, line[0].value)} at first and {_told(s, line[-1].value)} at last"
        whole.append(part)
    for parts in (whole, short):
        if len(said := f"{text} {'; '.join(parts)}.") <= ALT[1]:
            return fitted(said, [])
    kept = len(short)
    while kept > 1 and len(f"{text} {'; '.join(short[:kept])}; and {len(short) - kept} more.") > ALT[1]:
        kept -= 1
    return fitted(f"{text} {'; '.join(short[:kept])}; and {len(short) - kept} more.", [])


# ---- words


def _told(series: Series, value: float) -> str:
    if not series.whole or not float(value).is_integer():
        return words.value_words(value, series.unit, series.kind) if series.kind != "count" else words.number(value, 1)
    unit = series.unit if series.kind not in ("count", "ordinal") else ""
    return f"{words.number(value)}{words.NBSP}{unit}" if unit else words.number(value)


def _kinds_words(kinds: Iterable[NightKind]) -> str:
    counts = Counter(kinds)
    return words.listed([f"{counts[k]} {'of ' if k == 'neither' else ''}{word}" for k, word in KINDS if counts[k]])


def _notes(series: Sequence[Series], of: Charted) -> tuple[str, ...]:
    notes: list[str] = []
    if of.hidden:
        stay = (
            "is closed while a study is sealed and is"
            if of.hidden == 1
            else "are closed while a study is sealed and are"
        )
        notes.append(f"{words.count(of.hidden, 'night')} {stay} not shown.")
    lost = max((s.not_own for s in series), default=0)
    if lost:
        notes.append(f"Dreams of {words.count(lost, 'merge night')} may not be the person's own; they are counted.")
    return tuple(notes)


_MARKS = (
    "Natural nights are hollow circles, enhanced ones filled diamonds.", "A question mark is a night whose kind is not sure.",
    "A dash is a night of neither kind.", "The table beside it has every number.",
)  # fmt: skip


def fitted(text: str, more: Sequence[str], *, marks: bool = True) -> str:
    """`text` with as many of the further sentences as there is room for, and never too short to tell the figure."""
    for sentence in more:
        if len(text) + 1 + len(sentence) <= ALT[1]:
            text += f" {sentence}"
    for sentence in _MARKS if marks else ():
        if len(text) < ALT[0] and len(text) + 1 + len(sentence) <= ALT[1]:
            text += f" {sentence}"
    return text
