"""A contrast of enhanced and natural nights: the question, its nights and its answer, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Arm = Literal["enhanced", "natural"]
Design = Literal["R", "S", "P"]
Verdict = Literal[
    "refused", "too_few", "early", "not_enough", "no_difference", "changed_over_time",
    "clearly_more", "clearly_less", "probably_more", "probably_less",
]  # fmt: skip


@dataclass(frozen=True)
class ContrastSpec:
    """A question: None stands for the default of each field."""

    metric: str = "tst"
    source: str | None = None
    enhancer: str | None = None
    swd: float | None = None
    """Smallest worthwhile difference, in the metric's unit, above 0."""
    first: date | None = None
    last: date | None = None
    labels: Literal["planned", "used"] = "planned"
    """Whether drawn nights count as they were drawn or as they were used; without a study both are the same."""
    washout: int | None = None
    """Natural nights left out after an enhanced one; None: as the study or the kind of enhancer has it."""
    naps: bool = False
    """Whether sleep outside the main sleep adds to sleep time."""
    boundary: int = 12
    """The hour of the local clock at which a new night begins."""
    look: int | None = None
    """Only the first so many planned nights of the study: one of its looks."""
    days: Literal["all", "work", "free"] = "all"
    """Only nights before a work day, or only those before a free day."""
    without: tuple[str, ...] = ()
    """What nights are left out for, as keys of `domain.alike.TAKEN`; a night of which it is not known stays."""


@dataclass(frozen=True)
class Stamp:
    """Whether the question was fixed before its nights, with the reason in words."""

    kind: Literal["planned", "afterwards"]
    words: str


@dataclass(frozen=True)
class Excluded:
    """A night left out, or planned and missing, with its reason in words."""

    night_date: date
    reason: str


@dataclass(frozen=True)
class NightPoint:
    """A night that counts. `value` is in the metric's unit (0 or 1 for a rate)."""

    night_date: date
    arm: Arm
    value: float
    weekend: bool
    """Free next day; by default Friday and Saturday evenings."""
    block: str | None = None
    device: str = ""


@dataclass(frozen=True)
class Estimate:
    """Enhanced minus natural, in the metric's unit (points of percent for a rate, a ratio for counts).

    None where the number cannot be given. `df` is None for a permutation interval.
    """

    value: float | None
    se: float | None
    df: float | None
    phi: float | None
    """First-order autocorrelation of neighbouring nights by REML."""
    n_eff: float | None
    """Nights these count as, once their likeness to neighbours is allowed for."""
    interval: tuple[float, float] | None
    p: float | None
    method: str


@dataclass(frozen=True)
class Words:
    """A stretch of a sentence; `strong` is set in bold where the page can."""

    text: str
    strong: bool = False


FixKind = Literal["wait", "plan", "ask", "dates", "source", "measure", "only", "tonight", "least"]
"""What a page can do for a fix at once: nothing, plan nights, ask another question, or take the person to where it is set."""


@dataclass(frozen=True)
class Fix:
    """What would make nights comparable: an act, and what it would give."""

    act: str
    gives: str
    kind: FixKind = "wait"
    spec: ContrastSpec | None = None
    """The question that `ask` asks instead, or the dates that `dates` begins with."""


@dataclass(frozen=True)
class ContrastResult:
    """The answer, with every night it rests on and every night it leaves out."""

    metric: str
    title: str
    unit: str
    kind: str
    source: str
    enhancer: str | None
    design: Design
    points: tuple[NightPoint, ...]
    excluded: tuple[Excluded, ...]
    missing: tuple[Excluded, ...]
    """Nights of the period that have no value."""
    planned: int
    """Nights of the period, from the first to the last that bears on the question."""
    n_enhanced: int
    n_natural: int
    estimate: Estimate
    hodges_lehmann: float | None
    hodges_lehmann_interval: tuple[float, float] | None
    cliffs_delta: float | None
    swd: float | None
    swd_chosen: bool
    """Whether the person gave the difference; else it is the metric's default."""
    verdict: Verdict
    headline: str
    words: tuple[Words, ...]
    reasons: tuple[str, ...]
    """Codes: why there is no verdict, and warnings."""
    warnings: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    next_look: int | None = None
    """A running study's next look: after this many planned nights."""
    switches: int = 0
    blocks: int = 0
    means: tuple[float, float] | None = None
    """Arithmetic means, enhanced then natural; None below 7 nights in an arm."""
    medians: tuple[float, float] | None = None
    """Medians, enhanced then natural; None below 5 nights in an arm."""
    posterior: tuple[float, float, float] | None = None
    """P(beyond +SWD), P(within), P(beyond -SWD)."""
    washout: int = 0
    stamp: Stamp | None = None
    """None for a table, of which nothing is known."""
    blinded: bool = False
    """Whether a seal kept what each night was from the person until the end."""
    explain: str = ""
    """What the measure is, in one sentence."""
    posterior_words: str = ""
    """The Bayesian line in words; empty where there is none."""

    @property
    def sentence(self) -> str:
        """The one sentence that screen, paper and JSON share."""
        return "".join(w.text for w in self.words)


def to_json(result: ContrastResult) -> dict[str, Any]:
    """The result as JSON values; numbers are not rounded."""
    e = result.estimate
    out: dict[str, Any] = {
        "metric": result.metric,
        "source": result.source,
        "enhancer": result.enhancer,
        "design": result.design,
        "n_enhanced": result.n_enhanced,
        "n_natural": result.n_natural,
        "estimate": e.value,
        "se": e.se,
        "df": e.df,
        "phi": e.phi,
        "n_eff": e.n_eff,
        "interval": None if e.interval is None else list(e.interval),
        "p": e.p,
        "method": e.method,
        "hodges_lehmann": result.hodges_lehmann,
        "cliffs_delta": result.cliffs_delta,
        "swd": result.swd,
        "verdict": result.verdict,
        "sentence": result.sentence,
        "reasons": list(result.reasons),
        "excluded": [{"night_date": x.night_date.isoformat(), "reason": x.reason} for x in result.excluded],
        "unit": result.unit,
        "headline": result.headline,
        "planned": result.planned,
        "missing": [{"night_date": x.night_date.isoformat(), "reason": x.reason} for x in result.missing],
        "warnings": list(result.warnings),
        "fixes": [{"act": f.act, "gives": f.gives, "kind": f.kind} for f in result.fixes],
        "washout": result.washout,
        "stamp": None if result.stamp is None else result.stamp.kind,
        "stamp_words": None if result.stamp is None else result.stamp.words,
        "posterior": None
        if result.posterior is None
        else dict(zip(("beyond_more", "within", "beyond_less"), result.posterior, strict=True)),
        "posterior_words": result.posterior_words or None,
        "explain": result.explain,
        "means": _pair(result.means),
        "medians": _pair(result.medians),
        "points": [
            {
                "night_date": p.night_date.isoformat(),
                "arm": p.arm,
                "value": p.value,
                "weekend": p.weekend,
                "block": p.block,
            }
            for p in result.points
        ],
    }
    if result.next_look is not None:
        out["next_look"] = result.next_look
    return out


def _pair(values: tuple[float, float] | None) -> dict[str, float] | None:
    return None if values is None else {"enhanced": values[0], "natural": values[1]}
