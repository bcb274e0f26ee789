"""A sleep profile as JSON values: numbers not rounded, what is not known null."""

from __future__ import annotations

from typing import Any

from dreamjournal.metrics.regularity._period import PeriodValue
from dreamjournal.reports.profile.context import ProfileContext
from dreamjournal.reports.profile.measured import measures, spread
from dreamjournal.reports.profile.recall import ORDER, answers
from dreamjournal.reports.profile.regularity import regular


def to_json(ctx: ProfileContext) -> dict[str, Any]:
    """The summary: counts, `measures` by kind of night, `regularity`, `recall` and the curves of `asleep`.

    Clock times are minutes after noon of the evening; shares are 0 to 1 every `asleep.step_min` minutes from noon.
    """
    period = ctx.period
    counts = {s: sum(n.state == s for n in ctx.nights) for s in ("used", "left_out", "missing")}
    out: dict[str, Any] = {
        "source": ctx.source,
        "enhancer": ctx.enhancer,
        "from": None if period is None else period[0].isoformat(),
        "to": None if period is None else period[1].isoformat(),
        "nights": {"all": len(ctx.nights), **counts, "sealed": ctx.sealed, **{k: len(ctx.of(k)) for k in ("natural", "enhanced", "other")}},
        "not_used": [
            {"night_date": n.night_date.isoformat(), "state": n.state, "reason": n.reason} for n in ctx.nights if n.state != "used"
        ],
    }  # fmt: skip
    if not ctx.nights:
        return out
    found, plot = regular(ctx), ctx.plot
    out["measures"] = {
        m.key: {k: _spread(spread(m, ctx.of(k))) for k in ctx.kinds} for m in measures(ctx)
    }  # fmt: skip
    out["regularity"] = {
        "mid_sleep_sd_min": {k: _period(v) for k, v in found.spread.items()},
        "sri": _period(found.sri),
        "free_minus_work_min": {**_period(found.shift), "n_free": found.free, "n_work": found.work},
    }
    out["recall"] = {
        a.label: {"n": len(a.nights), **{r.value: a.count(r) for r in ORDER}, "nightmare": a.nightmares} for a in answers(ctx)
    }  # fmt: skip
    out["asleep"] = {
        "step_min": plot.step,
        "bars": [{"label": b.label, "p10": b.low, "median": b.median, "p90": b.high} for b in plot.bars],
        "naps": sum(bool(n.naps) for n in ctx.used),
        "curves": {
            line.kind: {"n": line.nights, "share": list(line.shares), "low": list(line.low), "high": list(line.high)}
            for line in plot.lines
        },
    }
    return out


def _spread(s: Any) -> dict[str, Any]:
    return {"n": s.n, "median": s.median, "q1": s.q1, "q3": s.q3, "min": s.low, "max": s.high}


def _period(v: PeriodValue) -> dict[str, Any]:
    return {"n": v.n, "value": v.value, "why": v.why or None}
