"""The figures of a contrast as plain values, each with its words for who cannot see it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import mean

from dreamjournal.charts import words
from dreamjournal.domain.contrast import ContrastResult
from dreamjournal.domain.instant import Instant
from dreamjournal.domain.night import weekend_evening
from dreamjournal.domain.report import (  # fmt: skip
    CoverageBar,
    CoveragePart,
    EstimationPlot,
    Figure,
    NightStrip,
    Raster,
    RasterRow,
    RasterSpan,
    StripMark,
)
from dreamjournal.domain.session import StageCode
from dreamjournal.reports.context import Context

NBSP = words.NBSP


def estimation_plot(result: ContrastResult, better: tuple[str, str] = ("more", "less")) -> Figure:
    """Every night and the difference. Below five nights in an arm dots alone, below seven dots and medians.

    `better` are the metric's direction words ("longer", "shorter").
    """
    r = result
    e = r.estimate
    shown = e.value is not None and e.interval is not None and r.verdict not in ("refused", "too_few")
    centres = None if r.verdict == "refused" or r.kind == "count" else (r.means if shown else r.medians)
    word = "mean" if shown and r.means is not None else "median"
    unit = "points" if r.kind == "rate" else r.unit
    estimate_words = interval_words = ""
    if shown and e.value is not None and e.interval is not None:
        estimate_words = _direction(e.value, r, better)
        scale = 100 if r.kind == "rate" else 1
        if centres is not None and abs((centres[0] - centres[1]) * scale - e.value) > (2 if r.unit == "min" else 1):
            estimate_words += " (adjusted)"
        low, high = (words.signed(v, words.decimals_of(r.unit, r.kind)) for v in e.interval)
        interval_words = f"95{NBSP}%{NBSP}interval {low}{NBSP}to{NBSP}{high}{NBSP}{unit}"
    band = (
        ""
        if r.swd is None
        else f"shaded: less than {words.difference_words(r.swd, r.unit, r.kind)}, too small to matter"
    )
    plot = EstimationPlot(
        r.title, r.unit, r.kind, r.points, centres, word, e.value if shown else None, e.interval if shown else None,
        r.swd if shown else None, "minutes" if unit == "min" else unit, estimate_words, interval_words, band,
    )  # fmt: skip
    return Figure(_estimation_alt(r, plot, better), plot)


def _direction(value: float, r: ContrastResult, better: tuple[str, str]) -> str:
    size = words.difference_words(value, r.unit, r.kind)
    return f"{size} {better[0] if value >= 0 else better[1]}"


def _estimation_alt(r: ContrastResult, plot: EstimationPlot, better: tuple[str, str]) -> str:
    text = f"{r.title}: every night as a mark, {r.n_natural} natural and {r.n_enhanced} enhanced nights."
    if plot.points:
        values = [p.value for p in plot.points]
        low, high = (words.value_words(v, r.unit, r.kind) for v in (min(values), max(values)))
        text += f" They range from {low} to {high}."
    if plot.centres is not None:
        en, na = (words.value_words(v, r.unit, r.kind) for v in plot.centres)
        text += f" Natural {plot.centre_word} {na}, enhanced {plot.centre_word} {en}."
    if plot.estimate is not None and plot.interval is not None:
        d = words.decimals_of(r.unit, r.kind)
        low, high = (words.signed(v, d) for v in plot.interval)
        text += f" Difference {_direction(plot.estimate, r, better)}, 95{NBSP}% interval {low} to {high}"
        text += (
            "."
            if r.swd is None
            else f", against a least that matters of {words.difference_words(r.swd, r.unit, r.kind)}."
        )
    else:
        text += " No difference is drawn."
    return text


def coverage_bar(ctx: Context) -> Figure:
    """The planned nights to scale."""
    r = ctx.result
    compared = "recorded" if r.verdict == "refused" else "analysed"
    parts = (
        CoveragePart("natural", r.n_natural, f"{r.n_natural} natural {compared}"),
        CoveragePart("enhanced", r.n_enhanced, f"{r.n_enhanced} enhanced {compared}"),
        CoveragePart("excluded", len(r.excluded), f"{len(r.excluded)} excluded"),
        CoveragePart("missing", len(r.missing), f"{len(r.missing)} missing"),
        CoveragePart("to_come", ctx.to_come, f"{words.count(ctx.to_come, 'night')} to come"),
    )
    return Figure("Coverage to scale: " + ", ".join(p.label for p in parts if p.nights) + ".", CoverageBar(parts))


def night_strip(ctx: Context) -> Figure | None:
    """The planned nights in order; None without any."""
    r = ctx.result
    period = ctx.period
    if period is None:
        return None
    first, last = period
    marks = [StripMark(p.night_date, p.arm, p.value, "counted") for p in r.points]
    marks += [
        StripMark(x.night_date, ctx.arm(x.night_date), ctx.values.get(x.night_date), "excluded", short(x.reason))
        for x in r.excluded
    ]
    marks += [StripMark(x.night_date, ctx.arm(x.night_date), None, "missing", short(x.reason)) for x in r.missing]
    marks.sort(key=lambda m: (m.night_date, m.state))
    said = {p.night_date: p.weekend for p in r.points}
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    breaks = _device_breaks(r)
    strip = NightStrip(
        r.unit, r.kind, first, last, tuple(marks), tuple(d for d in days if said.get(d, weekend_evening(d))),
        _block_edges(ctx), () if breaks else _looks(ctx), breaks,
    )  # fmt: skip
    text = f"{r.title} night by night, {words.period(first, last)}: {r.n_natural} natural and {r.n_enhanced} enhanced nights in order"
    for n, word in ((len(r.excluded), "excluded"), (len(r.missing), "missing")):
        if n:
            text += f", {words.count(n, 'night')} {word}"
    halves = [
        [p.value for p in r.points if ((p.night_date - first).days * 2 >= len(days)) == late] for late in (False, True)
    ]
    if all(len(h) >= 7 for h in halves):
        a, b = (words.value_words(mean(h), r.unit, r.kind) for h in halves)
        text += f". Mean of the first half {a} (n {len(halves[0])}), of the second half {b} (n {len(halves[1])})"
    return Figure(text + ".", strip)


def short(reason: str) -> str:
    """A reason short enough for the strip: what stands before the first comma, colon or bracket."""
    for mark in (":", ",", ";", " ("):
        reason = reason.split(mark, 1)[0]
    return reason if len(reason) <= 24 else reason[:23].rstrip() + "\u2026"


def _block_edges(ctx: Context) -> tuple[date, ...]:
    study = ctx.study
    if study is not None:
        firsts = {study.block_of(i): i for i in reversed(range(study.nights))}
        return tuple(study.first_night + timedelta(days=i) for i in sorted(firsts.values()))
    seen: dict[str, date] = {}
    for p in ctx.result.points:
        if p.block is not None:
            seen.setdefault(p.block, p.night_date)
    return tuple(sorted(seen.values())) if ctx.result.design == "R" else ()


def _looks(ctx: Context) -> tuple[tuple[date, str], ...]:
    study = ctx.study
    if study is None:
        return ()
    return tuple(
        (study.first_night + timedelta(days=n - 1), f"look {i}" + (", final" if n >= len(study.schedule) else ""))
        for i, n in enumerate((28, 56), 1)
        if n <= len(study.schedule)
    )


def _device_breaks(r: ContrastResult) -> tuple[tuple[date, str, str], ...]:
    """One line where the device model changed once; several changes are told by the table alone."""
    models = [p for p in sorted(r.points, key=lambda p: p.night_date) if p.device]
    changes = [(a, b) for a, b in pairwise(models) if a.device != b.device]
    if len(changes) != 1 or r.verdict != "refused":
        return ()
    a, b = changes[0]

    def counts(device: str) -> str:
        arms = [p.arm for p in models if p.device == device]
        return f"{device}: natural {arms.count('natural')}, enhanced {arms.count('enhanced')}"

    return ((b.night_date, counts(a.device), counts(b.device)),)


RASTER_NIGHTS = 42
"""Nights of the raster on one page."""


def raster(ctx: Context) -> Figure | None:
    """The last nights of the period, one line each; None where no source recorded any."""
    period = ctx.period
    if period is None:
        return None
    last = period[1]
    first = max(period[0], last - timedelta(days=RASTER_NIGHTS - 1))
    rows: list[RasterRow] = []
    for i in range((last - first).days + 1):
        day = first + timedelta(days=i)
        rows.append(_raster_row(ctx, day))
    if not any(row.spans for row in rows):
        return None
    begin = min(s.start for row in rows for s in row.spans)
    end = max(s.end for row in rows for s in row.spans)
    low, high = int(begin // 180) * 180, -int(-end // 180) * 180
    filled = sum(1 for row in rows if row.spans)
    dreams = sum(1 for row in rows if row.dream == "report")
    enhanced = sum(1 for row in rows if row.condition == "enhanced")
    alt = (
        f"Raster of {len(rows)} nights, {words.period(first, last)}, from {words.clock(low)} to {words.clock(high)}: {filled} recorded by "
        f"{ctx.source_title or ctx.result.source}, {len(rows) - filled} gaps, {enhanced} enhanced, "
        f"{dreams} with a dream told."
    )
    return Figure(alt, Raster(tuple(rows), low, high))


def _raster_row(ctx: Context, day: date) -> RasterRow:
    night = ctx.nights.get(day)
    if night is None or night.sealed:
        return RasterRow(day, "unrecorded" if night is None else str(night.condition))
    spans: list[RasterSpan] = []
    lights_out = got_up = None
    if ctx.result.source == "diary":
        d = night.diary
        if d is not None and d.try_sleep is not None and d.final_wake is not None:
            begin = _after_noon(day, d.try_sleep)
            end = begin + (d.final_wake.utc - d.try_sleep.utc).total_seconds() / 60
            spans.append(RasterSpan(begin + (d.sol or 0), end, "ASLEEP"))
    else:
        for s in night.sessions:
            if s.source != ctx.result.source or not s.counts:
                continue
            begin = _after_noon(day, s.start)
            length = (s.end.utc - s.start.utc).total_seconds() / 60
            if s.stages:
                spans += [
                    RasterSpan(begin + t.offset_s / 60, begin + (t.offset_s + t.dur_s) / 60, t.code.value)
                    for t in s.stages
                    if t.code != StageCode.INBED
                ]
            else:
                spans.append(RasterSpan(begin, begin + length, "ASLEEP"))
    if night.diary is not None:
        lights_out = None if night.diary.try_sleep is None else _after_noon(day, night.diary.try_sleep)
        got_up = None if night.diary.out_of_bed is None else _after_noon(day, night.diary.out_of_bed)
    for e in night.exposures:
        if e.start is not None and e.end is not None:
            begin = _after_noon(day, e.start)
            spans.append(RasterSpan(begin, begin + (e.end.utc - e.start.utc).total_seconds() / 60, "exposure"))
    recall = night.recall
    dream = "" if recall is None or recall == "not_tried" else ("report" if recall.has_content else "nothing")
    return RasterRow(day, str(night.condition), tuple(spans), lights_out, got_up, dream)


def _after_noon(day: date, instant: Instant) -> float:
    noon = datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 - a wall clock, as `local` is
    return (instant.local - noon).total_seconds() / 60
