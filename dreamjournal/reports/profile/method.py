"""The method line: what the numbers are, and what this page is not for."""

from __future__ import annotations

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Prose, Section
from dreamjournal.reports.profile.context import BAND_FROM, CURVE_FROM, ProfileContext
from dreamjournal.reports.registry import SectionPlugin


def build(ctx: ProfileContext) -> Section | None:
    """One paragraph under everything else."""
    parts: list[str] = []
    used = ctx.used
    if ctx.from_diary:
        parts.append(
            "Sleep as told in the morning diary, from no device: asleep from falling asleep to the last waking, wake in between not placed."
        )
    else:
        parts.append("Sleep from one source only; the diary is never blended in.")
        staged = sum(n.staged for n in used)
        if staged:
            parts.append("Light and deep are the device's own classes, not N1–N3.")
        if used and staged < len(used):
            which = "No night has" if staged == 0 else f"{len(used) - staged} of {len(used)} nights have no"
            what = "stages from this source" if staged == 0 else "stages"
            parts.append(
                f"{which} {what}: such a night counts as asleep from falling asleep to its end, wake not placed."
            )
        if not ctx.says_lights_out and used:
            parts.append("This source does not tell lights out: the ticks are where its recording starts and ends.")
        elif used:
            parts.append("Lights out and got up are the start and the end of the recording.")
    most = max(len(ctx.of(k)) for k in ctx.kinds)
    if most >= BAND_FROM:
        parts.append(f"Bands: 95{words.NBSP}% interval of a share (Wilson) at each minute, 31-min moving mean.")
    elif most >= CURVE_FROM:
        parts.append("Curves: 31-min moving mean.")
    if used:
        zones = sorted({n.night.zone for n in used if n.night is not None and n.night.zone})
        where = words.listed(zones) if 0 < len(zones) <= 3 else "where each night was spent"
        parts.append(f"Times are local clock ({where}).")
    if ctx.sealed:
        parts.append(
            f"{words.count(ctx.sealed, 'night')} of a sealed study {'stays' if ctx.sealed == 1 else 'stay'} closed until it ends."
        )
    parts.append("This page describes; whether the nights differ is judged only on the Contrast page.")
    return Section("method", "", (Prose((Words(" ".join(parts)),), "note"),))


PLUGIN = SectionPlugin("method", "Method", 70, build)
