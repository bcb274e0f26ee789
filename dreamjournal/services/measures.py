"""All measures of a person's natural and enhanced nights, side by side: a description, never a difference or a verdict."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, cast

from dreamjournal.common.plugins import load_family
from dreamjournal.domain.regularity import CLOCK_MIN, Shortfall, shortfall
from dreamjournal.services import contrasts, settings
from dreamjournal.services import nights as the_nights
from dreamjournal.services.eligible import arm_of, busiest, check_source, enhancer_asked, sources_of, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.contrast import Arm
    from dreamjournal.domain.night import Night
    from dreamjournal.metrics._metric import Metric
    from dreamjournal.metrics.regularity._period import PeriodMetric
    from dreamjournal.services.journals import Journal

Group = Literal["diary", "device", "regularity", "dreams", "evening"]
GROUPS: dict[Group, str] = {
    "diary": "Diary", "device": "Device", "regularity": "Regularity", "dreams": "Dreams", "evening": "Evening and therapy",
}  # fmt: skip
ARMS: tuple[Arm, Arm] = ("natural", "enhanced")
LEAST = 5
"""Nights from which a median is given."""
GOAL_NIGHTS = 14
"""Nights held against the person's own goal."""


@dataclass(frozen=True)
class Described:
    """One measure in one arm: `n` nights (mornings, days, pairs) it rests on, and `why` where there is no number.

    Of nights: `value` is the median, `low` and `high` the middle half. Of a rate or a count `total` of `n` and no median.
    Of a run of nights: `value` alone. In the row's unit, clock times in minutes after midnight.
    """

    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    total: float | None = None
    why: str = ""
    nights: tuple[tuple[date, float], ...] = ()
    """The nights it rests on with their values, in the row's unit; none for a measure of a run of nights."""


@dataclass(frozen=True)
class Row:
    """One measure in both arms. `source` is whose numbers these are, None where no source has any."""

    key: str
    title: str
    group: Group
    kind: Literal["mean", "ordinal", "clock", "rate", "count", "index", "minutes"]
    unit: str
    digits: int
    explain: str
    source: str | None
    natural: Described
    enhanced: Described
    counted: tuple[str, str] = ("night", "nights")

    def arm(self, arm: Arm) -> Described:
        """The measure in one arm."""
        return self.natural if arm == "natural" else self.enhanced


@dataclass(frozen=True)
class Goal:
    """The last nights with a diary held against the person's own goal for a night, in minutes."""

    need: float
    of_last: int
    found: Shortfall


@dataclass(frozen=True)
class Measures:
    """Every measure of a period, with what it was asked of."""

    rows: tuple[Row, ...]
    source: str
    sources: tuple[tuple[str, int], ...]
    """(key, nights) of the period for each device of the journal; the diary is always there."""
    enhancer: str | None
    enhancers: tuple[str, ...]
    first: date | None
    last: date | None
    n_natural: int
    n_enhanced: int
    neither: int
    """Nights of the period known to be of neither kind: not recorded, not sure, or with another enhancer."""
    hidden: int
    """Nights of a sealed study, whose kind and device numbers stay closed; they are among `neither`."""
    goal: Goal | None
    """None where the person set no goal of their own, or fewer than 5 of the last nights have a diary."""


def period_metrics() -> dict[str, PeriodMetric]:
    """All measures of a run of nights by key."""
    return {m.key: m for m in cast("list[PeriodMetric]", load_family("dreamjournal.metrics.regularity"))}


def measures(
    journal: Journal, person_id: int, clock: Clock, *, source: str | None = None, enhancer: str | None = None,
    first: date | None = None, last: date | None = None,
) -> Measures:  # fmt: skip
    """Every measure of the nights from `first` to `last`, by what was done on them: silence is never natural.

    Diary measures come from the diary; device measures from `source`, by default the device that stands for sleep time,
    else the one with most nights. With `source` "diary" the device measures say why they are empty.
    Raises UserError for an unknown source or enhancer, or several enhancers and none named.
    """
    known = [e for e in journal.enhancers.all(person_id) if not e.retired]
    names = tuple(e.name for e in known)
    asked = enhancer_asked(known, enhancer)
    name = None if asked is None else asked.name
    nights = the_nights.nights(journal, person_id, first, last, clock)
    counts = Counter(s for n in nights for s in {x.source for x in n.sessions if x.counts})
    devices = [s for s, _ in journal.sessions.sources(person_id)]
    chosen = _source(journal, person_id, source, devices, counts)
    arms: dict[Arm, list[Night]] = {"natural": [], "enhanced": []}
    for night in nights:
        arm, _ = arm_of(night, name or "")
        if arm is not None:
            arms[arm].append(night)
    asked = _Asked(arms, chosen, nights, name)
    rows = [*_of_nights(asked), *_of_periods(asked)]
    order = list(GROUPS)
    return Measures(
        tuple(sorted(rows, key=lambda r: order.index(r.group))), chosen, tuple((s, counts[s]) for s in devices), name, names,
        first, last, len(arms["natural"]), len(arms["enhanced"]), len(nights) - len(arms["natural"]) - len(arms["enhanced"]),
        sum(n.study_sealed for n in nights), _goal(journal, person_id, nights),
    )  # fmt: skip


@dataclass(frozen=True)
class _Asked:
    arms: Mapping[Arm, Sequence[Night]]
    device: str
    nights: Sequence[Night]
    enhancer: str | None


def _source(
    journal: Journal, person_id: int, source: str | None, devices: Sequence[str], counts: Mapping[str, int]
) -> str:
    if source is not None:
        check_source(source, ["diary", *devices])
        return source
    said = settings.get(journal, person_id, "measure_sources").get("tst")
    if said in devices:
        return str(said)
    return max(devices, key=lambda s: (counts.get(s, 0), -devices.index(s)), default="diary")


# Of single nights


def _of_nights(asked: _Asked) -> list[Row]:
    rows: list[Row] = []
    device = None if asked.device == "diary" else asked.device
    for metric in contrasts.metrics().values():
        if metric.group == "sleep":
            if metric.told_by != "device":
                rows.append(_row(metric, "diary", "diary", asked))
            if metric.told_by != "diary":
                rows.append(_row(metric, "device", device, asked))
        else:
            rows.append(
                _row(metric, metric.group, "diary" if metric.told_by == "diary" else _machine(metric, asked), asked)
            )
    places = {key: i for i, key in enumerate(_ORDER)}
    return sorted(rows, key=lambda r: (places.get(r.key, len(places)), r.title))


_ORDER = (
    "tst", "gap", "tib", "sol", "waso", "waso_aasm", "twak", "nawk", "ema", "se_tib", "se_dse", "mid_sleep", "light", "deep", "rem",
    "rem_latency", "quality", "rested", "hr", "hrv_rmssd", "hrv_sdnn", "resp", "spo2", "temp", "recall", "report", "words", "vividness",
    "tone", "lucid", "lucidity", "nightmare", "distress", "routine", "cpap_hours", "ahi",
)  # fmt: skip
"""As a night is read: how long, how fast, how broken, what it was made of, how it felt."""


def _machine(metric: Metric, asked: _Asked) -> str | None:
    """Therapy has a machine of its own, whichever device was chosen; None where none says it."""
    known = sources_of(asked.nights)
    source = busiest(asked.nights, metric, known) if known else None
    return source if source and any(value_of(n, metric, source) is not None for n in asked.nights) else None


def _row(metric: Metric, group: Group, source: str | None, asked: _Asked) -> Row:
    told = {arm: _describe(metric, source, arm, asked) for arm in ARMS}
    unit = "" if metric.kind in ("rate", "clock") else metric.unit
    dreams = ("morning", "mornings") if metric.dream else ("night", "nights")
    return Row(
        metric.key, metric.title, group, metric.kind, unit, metric.digits, metric.explain, source, told["natural"],
        told["enhanced"], dreams,
    )  # fmt: skip


def _describe(metric: Metric, source: str | None, arm: Arm, asked: _Asked) -> Described:
    seen = () if source is None else ((n.night_date, value_of(n, metric, source)) for n in asked.arms[arm])
    told = [(day, v) for day, v in seen if v is not None]
    values = sorted(v for _, v in told)
    turn = CLOCK_MIN / 2 if metric.kind == "clock" else 0
    nights = tuple((day, (v + turn) % CLOCK_MIN if turn else v) for day, v in told)
    n = len(values)
    if n == 0:
        return Described(0, why=_why_none(metric, source, arm, asked))
    if metric.kind in ("rate", "count"):
        return Described(n, total=sum(values), nights=nights)
    if n < LEAST:
        return Described(n, why=f"a median needs {LEAST} nights; there {'is' if n == 1 else 'are'} {n}", nights=nights)
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    if metric.kind == "clock":  # minutes after noon, so that no night wraps at midnight
        low, middle, high = ((v + CLOCK_MIN / 2) % CLOCK_MIN for v in (low, middle, high))
    return Described(n, middle, low, high, nights=nights)


def _why_none(metric: Metric, source: str | None, arm: Arm, asked: _Asked) -> str:
    nights = asked.arms[arm]
    if not nights:
        return _no_nights(arm, asked)
    if metric.group == "evening":
        return f"{metric.missing} on these nights"
    if source is None:
        return (
            "a device measures this: choose one" if sources_of(asked.nights) else "no device has recorded these nights"
        )
    if source == "diary":
        return "not told or not rated on these nights" if metric.dream else "not answered on these nights"
    if not any(s.source == source and s.counts for n in nights for s in n.sessions):
        return "no recording that counts"
    if metric.key == "gap":
        return "no diary of these nights written before the numbers were seen"
    return "this source does not give it"


def _no_nights(arm: Arm, asked: _Asked) -> str:
    if arm == "enhanced" and asked.enhancer is None:
        return "no enhancer in the journal yet"
    if arm == "enhanced":
        return f"no night with {asked.enhancer} alone in this time"
    return "no night said to be natural in this time"


# Of a run of nights


def _of_periods(asked: _Asked) -> list[Row]:
    family = period_metrics()
    rows: list[Row] = []
    for key in sorted(family, key=lambda k: (_PERIOD_ORDER.index(k) if k in _PERIOD_ORDER else len(_PERIOD_ORDER), k)):
        metric = family[key]
        source = "diary" if metric.told_by == "diary" else asked.device
        told = {arm: _run(metric, source, arm, asked) for arm in ARMS}
        rows.append(
            Row(
                key, metric.title, "regularity", metric.kind, metric.unit, metric.digits, metric.explain, source,
                told["natural"], told["enhanced"], metric.counted,
            )
        )  # fmt: skip
    return rows


_PERIOD_ORDER = ("sri", "sri_diary", "is", "iv", "mid_sleep_sd", "cpd", "social_jetlag", "sjl_sc", "msf_sc")


def _run(metric: PeriodMetric, source: str, arm: Arm, asked: _Asked) -> Described:
    nights = asked.arms[arm]
    if not nights:
        return Described(0, why=_no_nights(arm, asked))
    seen = [n.seen_by(source) for n in nights if source == "diary" or not n.sealed]
    if source != "diary" and not any(n.sessions for n in seen):
        return Described(0, why="no recording that counts")
    found = metric.value(seen)
    return Described(found.n, found.value, why=found.why)


# The person's own goal


def _goal(journal: Journal, person_id: int, nights: Sequence[Night]) -> Goal | None:
    """The last 14 nights by the diary against the goal the person set; a goal nobody set is no finding."""
    need = journal.settings.get("sleep_need_min", person_id)
    if need is None or not nights:
        return None
    from_night = nights[-1].night_date - timedelta(days=GOAL_NIGHTS - 1)
    slept = [n.seen_by("diary").derived for n in nights if n.night_date >= from_night]
    found = shortfall([None if d is None else d.tst for d in slept], float(need))
    return None if found is None or found.nights < LEAST else Goal(float(need), GOAL_NIGHTS, found)


# The shape of `describe --json`


def to_json(found: Measures) -> dict[str, Any]:
    """The document of the command `describe`, numbers not rounded, clock times in minutes after midnight:

    `{"source","enhancer","from","to","nights":{"natural","enhanced","neither","sealed"},"sources":[{"source","nights"}],
    "measures":[{"key","title","group","source","kind","unit","explain","natural":ARM,"enhanced":ARM}],
    "regularity":[{"key","title","group","source","kind","unit","explain","counted","natural":RUN,"enhanced":RUN}],
    "goal":{"need_min","of_last","nights","mean_short_min","net_short_min"}|null}`

    ARM is `{"n","median","q1","q3","why"}`, of the kinds `rate` and `count` `{"n","total","why"}`; RUN is
    `{"n","value","why"}`. What there is not is null, with `why` in words; `why` is null where there is a number.
    """
    goal = found.goal
    return {
        "source": found.source,
        "enhancer": found.enhancer,
        "from": None if found.first is None else found.first.isoformat(),
        "to": None if found.last is None else found.last.isoformat(),
        "nights": {
            "natural": found.n_natural, "enhanced": found.n_enhanced, "neither": found.neither, "sealed": found.hidden,
        },
        "sources": [{"source": s, "nights": n} for s, n in found.sources],
        "measures": [_row_json(r) for r in found.rows if r.group != "regularity"],
        "regularity": [
            _row_json(r) | {"counted": r.counted[1]} for r in found.rows if r.group == "regularity"
        ],
        "goal": None
        if goal is None
        else {
            "need_min": goal.need, "of_last": goal.of_last, "nights": goal.found.nights, "mean_short_min": goal.found.mean,
            "net_short_min": goal.found.net,
        },
    }  # fmt: skip


def _row_json(row: Row) -> dict[str, Any]:
    return {
        "key": row.key, "title": row.title, "group": row.group, "source": row.source, "kind": row.kind, "unit": row.unit or None,
        "explain": row.explain, "natural": _arm_json(row, row.natural), "enhanced": _arm_json(row, row.enhanced),
    }  # fmt: skip


def _arm_json(row: Row, d: Described) -> dict[str, Any]:
    if row.kind in ("rate", "count"):
        return {"n": d.n, "total": d.total, "why": d.why or None}
    if row.group == "regularity":
        return {"n": d.n, "value": d.value, "why": d.why or None}
    return {"n": d.n, "median": d.value, "q1": d.low, "q3": d.high, "why": d.why or None}
