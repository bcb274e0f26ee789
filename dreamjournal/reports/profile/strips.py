"""The last 14 nights, each as a line through its stages with what was told of its dreams."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Literal

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.night import Condition, Night
from dreamjournal.domain.profile_figures import NightStrips, StripRow, StripSpan
from dreamjournal.domain.report import Figure, Prose, Section
from dreamjournal.domain.session import StageCode
from dreamjournal.metrics.tst import value as sleep_time
from dreamjournal.reports.profile.context import ProfileContext, ProfileNight, after_noon, values, within
from dreamjournal.reports.registry import SectionPlugin

NIGHTS = 14
AXIS = (510, 1350)
"""20:30 to 10:30 in minutes after noon."""
_USUAL = (660.0, 1140.0)
"""Where a gap stands when no night tells better: 23:00 to 07:00."""
_ANSWERS = {
    Recall.REPORT: "dream", Recall.FRAGMENT: "fragment", Recall.WHITE: "dreamt, no content", Recall.NOTHING: "nothing recalled",
    Recall.NOT_TRIED: "did not try",
}  # fmt: skip


def build(ctx: ProfileContext) -> Section | None:
    """The strips with their key."""
    strips = strips_of(ctx)
    rows = strips.rows
    title = "The night" if len(rows) == 1 else f"The last {len(rows)} nights"
    return Section("strips", title, (Prose((Words(_key(ctx, strips)),), "note"), Figure(_alt(ctx, strips), strips)))


def strips_of(ctx: ProfileContext) -> NightStrips:
    """The strips, on an axis of 20:30 to 10:30 that moves by whole hours to hold every night."""
    nights = ctx.nights[-NIGHTS:]
    usual = (
        median(values(ctx.used, lambda n: n.lights_out) or [_USUAL[0]]),
        median(values(ctx.used, lambda n: n.got_up) or [_USUAL[1]]),
    )
    if usual[0] >= usual[1]:
        usual = _USUAL
    rows = tuple(_row(ctx, n, usual) for n in nights)
    return NightStrips(rows, *axis([m for row in rows for m in _moments(row)]))


def axis(moments: Sequence[float]) -> tuple[int, int]:
    """From 20:30 to 10:30, moved by the fewest whole hours that hold every moment; longer where no move does."""
    first, last = AXIS
    if not moments:
        return first, last
    low, high = min(moments), max(moments)
    if high - low > last - first:
        return int((low - 30) // 60 * 60 + 30), int(-((30 - high) // 60) * 60 + 30)
    for hours in range(1, 25):
        if first <= low and high <= last:
            break
        move = -60 * hours if low < AXIS[0] else 60 * hours
        first, last = AXIS[0] + move, AXIS[1] + move
    if not (first <= low and high <= last):
        return int((low - 30) // 60 * 60 + 30), int(-((30 - high) // 60) * 60 + 30)
    return first, last


def _moments(row: StripRow) -> list[float]:
    found = [m for span in row.spans for m in (span.start, span.end)]
    found += [m for m in (row.lights_out, row.got_up) if m is not None]
    return found + list(row.gap or ())


def _row(ctx: ProfileContext, n: ProfileNight, usual: tuple[float, float]) -> StripRow:
    night = n.night
    kind = _kind(n)
    answer, bad = ("no morning entry", False) if night is None else dream_words(night)
    spans = _spans(n)
    if not spans:
        gap, more = usual, ""
        diary = None if night is None else night.diary
        if diary is not None and diary.try_sleep is not None and diary.final_wake is not None and not ctx.from_diary:
            begun = after_noon(n.night_date, diary.try_sleep) or 0.0
            gap = (begun, begun + (diary.final_wake.utc - diary.try_sleep.utc).total_seconds() / 60)
            more = "; times from the diary"
        if gap[0] >= gap[1]:
            gap, more = usual, ""
        return StripRow(
            n.night_date, kind, n.free, False, dream=answer, nightmare=bad, reason=n.reason + more, gap=gap,
            exposures=_exposures(ctx, n),
        )  # fmt: skip
    slept = None if n.seen is None else sleep_time(n.seen)
    lights_out = n.lights_out
    return StripRow(
        n.night_date, kind, n.free, n.state == "used", spans, _exposures(ctx, n), lights_out, _elapsed_end(n),
        "" if slept is None else words.duration(slept), answer, bad, "" if n.state == "used" else n.reason,
    )  # fmt: skip


def _kind(n: ProfileNight) -> Literal["natural", "enhanced", "unsure", "unrecorded"]:
    if n.arm is not None:
        return n.arm
    unsure = n.night is not None and n.night.condition != Condition.UNRECORDED
    return "unsure" if unsure else "unrecorded"


def _elapsed_end(n: ProfileNight) -> float | None:
    """When the night ended on elapsed time: on a night of clock change this is not the wall clock."""
    seen, begun = n.seen, n.lights_out
    if seen is None:
        return None
    if seen.source != "diary":
        main = seen.main
        return None if main is None or begun is None else begun + (main.end.utc - main.start.utc).total_seconds() / 60
    d = seen.diary
    if d is None or d.out_of_bed is None:
        return None
    if d.try_sleep is None or begun is None:
        return after_noon(n.night_date, d.out_of_bed)
    return begun + (d.out_of_bed.utc - d.try_sleep.utc).total_seconds() / 60


def _spans(n: ProfileNight) -> tuple[StripSpan, ...]:
    """The stages of the main sleep; without stages one bar, from the diary from falling asleep to the last waking."""
    seen = n.seen
    if seen is None:
        return ()
    if seen.source == "diary":
        d = seen.diary
        if d is None or d.try_sleep is None or d.final_wake is None or d.sol is None:
            return ()
        begun = after_noon(n.night_date, d.try_sleep) or 0.0
        end = begun + (d.final_wake.utc - d.try_sleep.utc).total_seconds() / 60
        return (StripSpan(begun + d.sol, end, StageCode.ASLEEP.value),) if end > begun + d.sol else ()
    main = seen.main
    if main is None:
        return ()
    origin = after_noon(n.night_date, main.start) or 0.0
    spans: list[StripSpan] = []
    for session in main.sessions:
        begun = origin + (session.start.utc - main.start.utc).total_seconds() / 60
        length = (session.end.utc - session.start.utc).total_seconds() / 60
        staged = [s for s in session.stages if s.code != StageCode.INBED]
        if not staged:
            onset = session.measures.sol_min or 0.0
            spans.append(StripSpan(begun + (onset if onset < length else 0.0), begun + length, StageCode.ASLEEP.value))
            continue
        for s in staged:
            start, end, code = begun + s.offset_s / 60, begun + (s.offset_s + s.dur_s) / 60, s.code.value
            if spans and spans[-1].code == code and abs(spans[-1].end - start) < 0.01:
                spans[-1] = StripSpan(spans[-1].start, end, code)
            else:
                spans.append(StripSpan(start, end, code))
    return tuple(spans)


def _exposures(ctx: ProfileContext, n: ProfileNight) -> tuple[tuple[float, float], ...]:
    """When the enhancer was on, where that was recorded, on the night's elapsed time."""
    if n.night is None or ctx.enhancer is None:
        return ()
    found: list[tuple[float, float]] = []
    for e in n.night.exposures:
        if e.name.casefold() != ctx.enhancer.casefold() or e.start is None or e.end is None:
            continue
        begun = after_noon(n.night_date, e.start) or 0.0
        found.append((begun, begun + (e.end.utc - e.start.utc).total_seconds() / 60))
    return tuple(sorted(set(found)))


def dream_words(night: Night) -> tuple[str, bool]:
    """The morning's answer in words, and whether there was a nightmare."""
    bad = [d for d in night.dreams if d.nightmare]
    merged = ", merge: not own?" if any(d.may_not_be_own for d in night.dreams) else ""
    if bad:
        distress = [d.distress for d in bad if d.distress is not None]
        return "nightmare" + (f", distress {max(distress)}" if distress else "") + merged, True
    told = sum(d.recall == Recall.REPORT for d in night.dreams)
    if night.recall is None:
        if night.dreams:
            return ("dream" if told <= 1 else f"dream ×{told}") + merged, False
        return ("not answered" if night.diary is not None else "no morning entry"), False
    text = _ANSWERS[night.recall]
    if night.recall == Recall.REPORT and told > 1:
        text = f"dream ×{told}"
    return text + merged, False


def _key(ctx: ProfileContext, strips: NightStrips) -> str:
    rows = strips.rows
    said: list[str] = []
    for kind, text in (
        ("natural", "hollow circle: natural"), ("enhanced", "filled diamond: enhanced"), ("unsure", "? not sure or mixed"),
        ("unrecorded", "\u2013 kind not known"),
    ):  # fmt: skip
        if any(r.kind == kind for r in rows):
            said.append(text)
    if any(r.free for r in rows):
        marked = all(
            n.night is not None and n.night.diary is not None and n.night.diary.free_next_day
            for n in ctx.nights[-NIGHTS:]
            if n.free
        )
        said.append("shaded: free next day" if marked else "shaded: free next day, as marked or by the weekend")
    if any(r.exposures for r in rows) and ctx.enhancer:
        said.append(f"bar above: {words.cut(ctx.enhancer, 40)} on")
    if any(r.lights_out is not None for r in rows):
        said.append(f"solid tick: {ctx.start_word}, dotted: {ctx.end_word}")
    codes = {s.code for r in rows for s in r.spans}
    if codes - {"ASLEEP", "UNKNOWN"}:
        said.append("step line from top to bottom: awake, REM (thick), light, deep (thick, lowest)")
    if "ASLEEP" in codes:
        said.append("bar: asleep, stages not told")
    if "UNKNOWN" in codes or any(r.gap for r in rows):
        said.append("hatched: not recorded or not scored")
    return " · ".join(said)


def _alt(ctx: ProfileContext, strips: NightStrips) -> str:
    rows = strips.rows
    drawn = [r for r in rows if r.spans]
    natural, enhanced = (sum(r.kind == k for r in rows) for k in ("natural", "enhanced"))
    first = (
        f"{words.count(len(rows), 'night')} one below the other, {words.period(rows[0].night_date, rows[-1].night_date)}, by "
        f"{ctx.source_title}: {natural} natural and {enhanced} enhanced, {len(rows) - len(drawn)} without a recording, "
        f"{sum(not r.used for r in drawn)} left out."
    )
    sentences = [first]
    known = sorted(v for n in ctx.nights[-NIGHTS:] if n.seen is not None and (v := sleep_time(n.seen)) is not None)
    if known:
        sentences.append(f"Sleep lasted {words.duration(known[0])} to {words.duration(known[-1])}.")
    sentences.append(f"Nightmares on {sum(r.nightmare for r in rows)}.")
    return within([*sentences, "Each row ends with the time asleep and the morning's dream answer."])


PLUGIN = SectionPlugin("strips", "The last 14 nights", 30, build)
