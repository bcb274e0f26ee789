"""The dreams in the person's own words, only where the person ticks it."""

from __future__ import annotations

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Block, Caveat, Prose, Section
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin


def build(ctx: Context) -> Section | None:
    """Each dream of the period under its night."""
    blocks: list[Block] = []
    for dream in sorted(ctx.dreams, key=lambda d: (d.night_date, d.id)):
        if not dream.text.strip():
            continue
        arm = ctx.nights.get(dream.night_date)
        kind = f", {arm.condition}" if arm is not None else ""
        note = " (merged with another session: may not be the person's own)" if dream.may_not_be_own else ""
        blocks.append(
            Prose((Words(f"{words.weekday(dream.night_date)}{kind}{note}. ", True), Words(dream.text)), "text")
        )
    if not blocks:
        blocks.append(Caveat("No dream was written down on these nights."))
    return Section("dream_texts", "Dreams", tuple(blocks), "after")


PLUGIN = SectionPlugin(
    "dream_texts", "Dream texts", 130, build, optional=True, help="Left out unless ticked; the page says so"
)
