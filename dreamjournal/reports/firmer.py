"""What would make the answer firmer, or the nights comparable: concrete acts with what each gives."""

from __future__ import annotations

from math import sqrt

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Prose, Section
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin

MORE = 28


def build(ctx: Context) -> Section | None:
    """The contrast's own fixes, then the effect of four more weeks on the interval (width goes with 1/sqrt(n))."""
    r = ctx.result
    items = [Prose((Words(f.act.rstrip(".") + ".", True), Words(" " + f.gives)), "item") for f in r.fixes]
    if r.verdict != "refused":
        items = items[:2]  # room for what holds of every contrast
    interval = r.estimate.interval
    if interval is not None and r.kind not in ("count",) and r.verdict != "refused":
        n = r.n_enhanced + r.n_natural
        half = (interval[1] - interval[0]) / 2
        d = words.decimals_of(r.unit, r.kind)
        now, then = words.number(half, d), words.number(half * sqrt(n / (n + MORE)), d)
        if now != then:
            unit = "points" if r.kind == "rate" else r.unit
            items.append(Prose((
                Words(f"{MORE} more nights, half of each kind: the interval would narrow from about \u00b1{now} to "),
                Words(f"\u00b1{then}{words.NBSP}{unit}."),
            ), "item"))  # fmt: skip
    if r.verdict != "refused":
        if r.design != "R" and not any(f.kind == "plan" for f in r.fixes[:2]):
            text = (
                "Nights drawn at random beforehand, in blocks of four: then what made a night enhanced is chance alone."
            )
            items.append(Prose((Words(text),), "item"))
        if r.missing:
            items.append(Prose((Words(f"A value for every night: {len(r.missing)} of {r.planned} had none."),), "item"))
        items.append(Prose((Words("A sham setting, if the enhancer offers one: against expectation."),), "item"))
    title = "What would fix it" if r.verdict == "refused" else "What would make it firmer"
    return Section("firmer", title, tuple(items[:4]), "column") if items else None


PLUGIN = SectionPlugin("firmer", "What would make it firmer", 80, build)
