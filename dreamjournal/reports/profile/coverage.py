"""Coverage: how many nights the page describes, of which source, and what became of the others."""

from __future__ import annotations

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import CoverageBar, CoveragePart, Figure, Prose, Section
from dreamjournal.reports.profile.context import ProfileContext, ProfileNight
from dreamjournal.reports.registry import SectionPlugin

LISTED = 180
"""Characters of dates the page takes; with more, nights are counted by reason."""


def build(ctx: ProfileContext) -> Section | None:
    """Bar to scale, then the counts, the source and every night that is not used."""
    used, total = len(ctx.used), len(ctx.nights)
    share = f" ({words.number(100 * used / total)}{words.NBSP}%)"
    return Section("coverage", "", (
        _bar(ctx), Prose((Words(f"{used} of {words.count(total, 'night')} used{share}", True), Words(_line(ctx)))),
    ))  # fmt: skip


def _bar(ctx: ProfileContext) -> Figure:
    left_out = sum(n.state == "left_out" for n in ctx.nights)
    missing = sum(n.state == "missing" for n in ctx.nights)
    counts = {k: len(ctx.of(k)) for k in ("natural", "enhanced", "other")}
    parts = (
        CoveragePart("natural", counts["natural"], f"{words.count(counts['natural'], 'natural night')} used"),
        CoveragePart("enhanced", counts["enhanced"], f"{words.count(counts['enhanced'], 'enhanced night')} used"),
        CoveragePart("other", counts["other"], f"{words.count(counts['other'], 'night')} used, kind not known"),
        CoveragePart("excluded", left_out, f"{left_out} left out"),
        CoveragePart("missing", missing, f"{missing} missing"),
    )
    shown = tuple(p for p in parts if p.nights)
    said = ", ".join(p.label for p in shown)
    period = ctx.period
    assert period is not None
    return Figure(
        f"Coverage bar to scale, one stretch for what became of each night of {words.period(*period)}: of "
        f"{words.count(len(ctx.nights), 'night')} by {ctx.source_title}, {said}. The line under the bar says the same and gives "
        "the reasons.",
        CoverageBar(shown),
    )  # fmt: skip


def _line(ctx: ProfileContext) -> str:
    answered = sum(n.night is not None and n.night.recall is not None for n in ctx.nights)
    mornings = f"{answered} of {words.count(len(ctx.nights), 'morning')} answered"
    if ctx.from_diary:
        text = f" · the morning diary for sleep, as told, and for dreams ({mornings})"
    else:
        text = f" · {ctx.source_title}{_devices(ctx)} for sleep, morning diary for dreams ({mornings})"
    if ctx.enhancer is not None:
        text += f" · enhancer: {words.cut(ctx.enhancer, 40)}{_mode(ctx)}"
    for label, state in (("left out", "left_out"), ("missing", "missing")):
        some = [n for n in ctx.nights if n.state == state]
        if some:
            text += f" · {label}: {_by_reason(some)}"
    return text


def _by_reason(nights: list[ProfileNight]) -> str:
    reasons: dict[str, list[ProfileNight]] = {}
    for n in nights:
        reasons.setdefault(n.reason, []).append(n)
    dated = "; ".join(f"{reason} {words.days([n.night_date for n in some])}" for reason, some in reasons.items())
    if len(dated) <= LISTED:
        return dated
    return "; ".join(f"{reason} on {words.count(len(some), 'night')}" for reason, some in reasons.items())


def _devices(ctx: ProfileContext) -> str:
    """Models with their firmware, as recorded on the nights used: never a serial number."""
    known = {
        words.cut(s.device, 40) + (f", firmware {words.cut(s.firmware, 20)}" if s.firmware else "")
        for n in ctx.used if n.seen is not None for s in n.seen.sessions if s.device
    }  # fmt: skip
    if not known:
        return ""
    return f" ({words.listed(sorted(known))})" if len(known) <= 3 else f" ({len(known)} models or firmwares)"


def _mode(ctx: ProfileContext) -> str:
    name = (ctx.enhancer or "").casefold()
    modes = {
        e.mode
        for n in ctx.used
        if n.night is not None
        for e in n.night.exposures
        if e.name.casefold() == name and e.mode
    }
    return f", {next(iter(modes))} mode" if len(modes) == 1 else ""


PLUGIN = SectionPlugin("coverage", "Coverage", 10, build)
