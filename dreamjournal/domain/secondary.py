"""What stands beside the one question: other measures of the same nights, kinds of enhanced night, doses. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from dreamjournal.domain.contrast import ContrastResult, Design, Excluded, NightPoint

CLAIMS = 6
"""Secondary measures that may be claimed in words."""

Role = Literal["primary", "claim", "exploratory"]


@dataclass(frozen=True)
class MeasureRow:
    """One measure of the question's nights by one source. `result` holds its nights, estimate, interval and p."""

    role: Role
    result: ContrastResult
    adjusted: float | None
    """Holm's p of a claim, Benjamini and Hochberg's q of another line; None for the primary and where there is no p."""
    centre_word: str
    """What `centres` are: "mean", "median", "share" or "a night"."""
    centres: tuple[str, str] | None
    """Enhanced and natural, as read; None below 5 nights in an arm."""
    difference: str
    """The difference as read, empty where there is none."""
    interval: str
    adjusted_words: str
    sentence: str
    """The whole row in words, n included."""
    note: str = ""
    """Why there is no number."""
    source_title: str = ""
    """The source in words: "the diary", "WHOOP"."""

    @property
    def key(self) -> tuple[str, str]:
        """Metric and source."""
        return self.result.metric, self.result.source


@dataclass(frozen=True)
class MeasuresTable:
    """The primary measure, the claims and all the rest, with what must be said above them."""

    enhancer: str | None
    design: Design
    primary: MeasureRow
    claims: tuple[MeasureRow, ...]
    rest: tuple[MeasureRow, ...]
    chosen: bool
    """Whether the person chose the claims; else they are those with most nights."""
    heading: str

    @property
    def lines(self) -> int:
        """How many lines with a p or q were looked at beside the primary."""
        return sum(1 for r in (*self.claims, *self.rest) if r.adjusted is not None)


@dataclass(frozen=True)
class Level:
    """Nights of one kind: natural, a mode, a programme, or a dose."""

    title: str
    points: tuple[NightPoint, ...]
    centre: float | None = None
    """In the unit of the nights; None below 5 nights."""
    centre_word: str = ""
    interval: tuple[float, float] | None = None
    """Of the centre; None below 7 nights."""
    natural: bool = False


@dataclass(frozen=True)
class LevelDifference:
    """One kind of night against another, in the metric's unit (points for a rate, a ratio for counts)."""

    first: str
    second: str
    n_first: int
    n_second: int
    value: float | None
    interval: tuple[float, float] | None
    p: float | None
    adjusted: float | None
    """Holm's p over the differences beside it."""
    hodges_lehmann: float | None
    cliffs_delta: float | None
    sentence: str
    note: str = ""


@dataclass(frozen=True)
class Groups:
    """Kinds of night side by side. `what` is "mode", "programme", "dose" or "intensity"."""

    what: str
    metric: str
    title: str
    unit: str
    kind: str
    source: str
    levels: tuple[Level, ...]
    """Natural nights first, then in order."""
    differences: tuple[LevelDifference, ...]
    """Each level against natural, and for modes against each other."""
    step: LevelDifference | None
    """One step up in dose."""
    left_out: tuple[Excluded, ...]
    sentence: str
    """What there is to say first."""
    problems: tuple[str, ...]
    """What could not be read or told apart, each with what would fix it."""
    method: str

    @property
    def alt(self) -> str:
        """The levels in one sentence."""
        return f"{self.title}, every night as a mark by {self.what}. {self.sentence}"


@dataclass(frozen=True)
class LevelsPlot:
    """Every night by level, with each level's centre and interval, for the drawing."""

    title: str
    unit: str
    kind: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class DoseAndMode:
    """Both looks at what was used on enhanced nights; `empty` says why there is neither."""

    enhancer: str
    groups: tuple[Groups, ...]
    empty: str = ""
    care: str = ""
    unsaid: bool = False
    """Whether there is nothing because no night says a dose or a mode: noting one would help."""


def plot_of(groups: Groups) -> LevelsPlot:
    """The drawing of `groups` as plain data."""
    return LevelsPlot(groups.title, groups.unit, groups.kind, groups.levels)


def table_json(table: MeasuresTable) -> dict[str, Any]:
    """The table as JSON values; numbers are not rounded."""
    return {
        "enhancer": table.enhancer,
        "design": table.design,
        "heading": table.heading,
        "lines": table.lines,
        "chosen": table.chosen,
        "primary": _row_json(table.primary),
        "claims": [_row_json(r) for r in table.claims],
        "rest": [_row_json(r) for r in table.rest],
    }


def _row_json(row: MeasureRow) -> dict[str, Any]:
    r = row.result
    return {
        "metric": r.metric,
        "title": r.title,
        "source": r.source,
        "unit": r.unit,
        "kind": r.kind,
        "n_enhanced": r.n_enhanced,
        "n_natural": r.n_natural,
        "centre": row.centre_word or None,
        "enhanced": None if row.centres is None else row.centres[0],
        "natural": None if row.centres is None else row.centres[1],
        "estimate": r.estimate.value,
        "interval": None if r.estimate.interval is None else list(r.estimate.interval),
        "p": r.estimate.p,
        "adjusted": row.adjusted,
        "adjustment": {"primary": None, "claim": "holm", "exploratory": "bh"}[row.role],
        "hodges_lehmann": r.hodges_lehmann,
        "cliffs_delta": r.cliffs_delta,
        "method": r.estimate.method,
        "sentence": row.sentence,
        "note": row.note or None,
    }


def groups_json(found: DoseAndMode) -> dict[str, Any]:
    """Modes, programmes and doses as JSON values; numbers are not rounded."""
    return {
        "enhancer": found.enhancer,
        "empty": found.empty or None,
        "care": found.care,
        "groups": [
            {
                "what": g.what,
                "metric": g.metric,
                "source": g.source,
                "unit": g.unit,
                "levels": [
                    {
                        "level": level.title,
                        "n": len(level.points),
                        "centre": level.centre,
                        "centre_word": level.centre_word or None,
                        "interval": None if level.interval is None else list(level.interval),
                        "nights": [_day(p.night_date) for p in level.points],
                    }
                    for level in g.levels
                ],
                "differences": [_difference_json(d) for d in g.differences],
                "step": None if g.step is None else _difference_json(g.step),
                "left_out": [{"night_date": _day(x.night_date), "reason": x.reason} for x in g.left_out],
                "sentence": g.sentence,
                "problems": list(g.problems),
                "method": g.method,
            }
            for g in found.groups
        ],
    }


def _difference_json(d: LevelDifference) -> dict[str, Any]:
    return {
        "first": d.first,
        "second": d.second,
        "n_first": d.n_first,
        "n_second": d.n_second,
        "estimate": d.value,
        "interval": None if d.interval is None else list(d.interval),
        "p": d.p,
        "adjusted": d.adjusted,
        "hodges_lehmann": d.hodges_lehmann,
        "cliffs_delta": d.cliffs_delta,
        "sentence": d.sentence,
        "note": d.note or None,
    }


def _day(day: date) -> str:
    return day.isoformat()
