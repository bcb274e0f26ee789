"""The share of nights asleep by clock time, noon to noon."""

from __future__ import annotations

from statistics import median, quantiles

from dreamjournal.analysis.effects import wilson
from dreamjournal.charts import words
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.day_states import DAY_MIN, WHOLE_DAY, DayStates
from dreamjournal.domain.profile_figures import AsleepLine, AsleepPlot, ClockBar, Kind
from dreamjournal.domain.report import Block, Figure, Prose, Section
from dreamjournal.reports.profile.context import (
    BAND_FROM,
    CURVE_FROM,
    ProfileContext,
    after_noon,
    counts_words,
    kind_label,
    values,
    within,
)
from dreamjournal.reports.registry import SectionPlugin

SMOOTH_MIN = 31
STEP = 5
TITLE = "Share of nights asleep at each clock time, noon to noon"


def build(ctx: ProfileContext) -> Section | None:
    """The curves with their bands; words alone where no kind has nights enough."""
    plot = ctx.plot
    blocks: tuple[Block, ...]
    if not any(line.shares for line in plot.lines):
        blocks = (
            Prose((
                Words("Too few nights for a curve. ", True),
                Words(f"It needs {CURVE_FROM} nights of one kind; there are {counts_words(ctx)}."),
            )),
        )  # fmt: skip
    else:
        blocks = (Figure(_alt(ctx, plot), plot),)
    return Section("asleep", TITLE, blocks)


def plot_of(ctx: ProfileContext) -> AsleepPlot:
    """The plot: under 5 nights of a kind no curve, under 7 none of its band."""
    lines = tuple(_line(ctx, kind) for kind in ctx.kinds)
    with_nap = [n for n in ctx.used if n.naps]
    middles: list[float] = []
    for n in with_nap:
        for nap in n.naps:
            start = after_noon(n.night_date, nap.start) or 0.0
            middles.append((start + (nap.end.utc - nap.start.utc).total_seconds() / 120) % DAY_MIN)
    naps = f"naps on {len(with_nap)} of {words.count(len(ctx.used), 'day')}" if with_nap else ""
    bars = tuple(
        bar for bar in (
            _bar(ctx.start_word, values(ctx.used, lambda n: n.lights_out)), _bar(ctx.end_word, values(ctx.used, lambda n: n.got_up)),
        ) if bar is not None
    )  # fmt: skip
    return AsleepPlot(lines, bars, naps, median(middles) if middles else None, STEP)


def _line(ctx: ProfileContext, kind: Kind) -> AsleepLine:
    nights = ctx.of(kind)
    label = kind_label(kind, len(nights))
    states = [s for s in (n.states for n in nights) if s is not None]
    if len(nights) < CURVE_FROM:
        return AsleepLine(kind, len(nights), f"{label}: no curve under {CURVE_FROM} nights")
    if len(states) < CURVE_FROM:
        return AsleepLine(kind, len(nights), f"{label}: no times of sleep")
    if len(states) < len(nights):
        label += f", {len(states)} with times"
    shares, low, high = share_asleep(states)
    if len(states) < BAND_FROM:
        return AsleepLine(kind, len(nights), f"{label}: no band under {BAND_FROM} nights", shares)
    return AsleepLine(kind, len(nights), label, shares, low, high)


def share_asleep(states: list[DayStates]) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """Every 5 minutes from noon to noon the share of nights asleep and its 95 % interval, moving means of 31 minutes.

    The interval is Wilson's of each minute (doi 10.1080/01621459.1927.10502953). A night counts in a minute where its state
    is known; what it slept beyond the second noon stands at that clock time.
    """
    slept = _counted([(s.asleep | s.over) & s.valid for s in states])
    valid = _counted([s.valid for s in states])
    known: dict[tuple[int, int], tuple[float, float]] = {}
    shares: list[float] = []
    low: list[float] = []
    high: list[float] = []
    for k, n in zip(slept, valid, strict=True):
        if (k, n) not in known:
            known[k, n] = wilson(k, n) if n else (0.0, 0.0)
        a, b = known[k, n]
        shares.append(k / n if n else 0.0)
        low.append(max(0.0, a))
        high.append(min(1.0, b))
    return smoothed(shares), smoothed(low), smoothed(high)


def smoothed(series: list[float]) -> tuple[float, ...]:
    """Every 5th minute's mean of 31 minutes; at both noons of the minutes there are."""
    half = SMOOTH_MIN // 2
    out: list[float] = []
    for minute in range(0, len(series) + 1, STEP):
        window = series[max(0, minute - half) : minute + half + 1]
        out.append(round(sum(window) / len(window), 6) + 0.0)
    return tuple(out)


def _counted(days: list[int]) -> list[int]:
    """In how many of the days each minute's bit is set."""
    import numpy as np

    size = DAY_MIN // 8
    whole = b"".join((day & WHOLE_DAY).to_bytes(size, "little") for day in days)
    bits = np.unpackbits(np.frombuffer(whole, dtype=np.uint8), bitorder="little").reshape(len(days), DAY_MIN)
    return [int(n) for n in bits.sum(axis=0)]


def _bar(label: str, found: list[float]) -> ClockBar | None:
    if len(found) < CURVE_FROM:
        return None
    tenths = quantiles(found, n=10, method="inclusive")
    return ClockBar(label, tenths[0], median(found), tenths[-1])


def _alt(ctx: ProfileContext, plot: AsleepPlot) -> str:
    said: list[str] = []
    for line in plot.lines:
        if not line.shares:
            said.append(line.label)
            continue
        over = [i for i, v in enumerate(line.shares) if v >= 0.5]
        half = (
            f"half or more asleep from {words.clock(over[0] * STEP)} to {words.clock(over[-1] * STEP)}"
            if over else "never half of them asleep at once"
        )  # fmt: skip
        said.append(f"{line.label}, {half}")
    sentences = [f"Curves of the share of nights asleep from noon to noon by {ctx.source_title}: {'; '.join(said)}."]
    sentences += [f"Median {bar.label} {words.clock(bar.median)}." for bar in plot.bars]
    return within([*sentences, f"{plot.naps[0].upper()}{plot.naps[1:]}." if plot.naps else "No naps."])


PLUGIN = SectionPlugin("asleep", TITLE, 20, build)
