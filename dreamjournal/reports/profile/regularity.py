"""How regular the nights are: the spread of mid-sleep, the Sleep Regularity Index, and free nights against work nights."""

from __future__ import annotations

from dataclasses import dataclass

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.profile_figures import Kind
from dreamjournal.domain.report import Prose, Section
from dreamjournal.metrics.mid_sleep import value as mid_sleep
from dreamjournal.metrics.regularity._period import PeriodValue
from dreamjournal.metrics.regularity._week import of_week
from dreamjournal.metrics.regularity.mid_sleep_sd import value as mid_sleep_sd
from dreamjournal.metrics.regularity.sri import value as sri
from dreamjournal.metrics.regularity.sri_diary import PLUGIN as SRI_DIARY
from dreamjournal.reports.profile.context import ProfileContext
from dreamjournal.reports.registry import SectionPlugin


@dataclass(frozen=True)
class Regular:
    """The measures of regularity, each with its n and why there is none."""

    spread: dict[Kind, PeriodValue]
    sri: PeriodValue
    shift: PeriodValue
    """Mid-sleep before a free day minus mid-sleep before work."""
    free: int
    work: int


def regular(ctx: ProfileContext) -> Regular:
    """The measures of the nights used."""
    seen = [n.seen for n in ctx.used if n.seen is not None]
    spread: dict[Kind, PeriodValue] = {
        k: mid_sleep_sd([n.seen for n in ctx.of(k) if n.seen is not None]) for k in ctx.described
    }
    marked = [n for n in seen if n.free is not None and mid_sleep(n) is not None]
    return Regular(
        spread, SRI_DIARY.value(seen) if ctx.from_diary else sri(seen), of_week(seen, lambda week: week.sjl_relative),
        sum(n.free is True for n in marked), sum(n.free is False for n in marked),
    )  # fmt: skip


def build(ctx: ProfileContext) -> Section | None:
    """The measures as sentences; where there is none, the reason stands in its place."""
    found = regular(ctx)
    text: list[Words] = []
    with_value = [
        f"{words.duration(v.value)} on {_kind(k)} nights (n{words.NBSP}{v.n})"
        for k, v in found.spread.items()
        if v.value is not None
    ]
    if with_value:
        text.append(Words(f"Mid-sleep varies by {words.listed(with_value)}, circular SD. "))
    for k, v in found.spread.items():
        if v.value is None:
            text.append(Words(f"No spread of mid-sleep on {_kind(k)} nights: {v.why}. "))
    if found.sri.value is None:
        text.append(Words(f"No Sleep Regularity Index: {found.sri.why}. "))
    else:
        text += [
            Words("Sleep Regularity Index "), Words(words.number(found.sri.value), True),
            Words(f" (100: every day alike, 0: chance), from {words.count(found.sri.n, 'day pair')}. "),
        ]  # fmt: skip
    shift = found.shift.value
    if shift is None:
        text.append(Words(f"No shift between work and free nights: {found.shift.why}."))
    else:
        size = words.duration(abs(shift))
        said = f"{size} {'later' if shift > 0 else 'earlier'} before a free day than before work"
        if round(abs(shift)) == 0:
            said = "as late before a free day as before work"
        text.append(Words(f"Mid-sleep is {said} (n{words.NBSP}{found.free} and {found.work}, as marked in the diary)."))
    return Section("regularity", "Regularity", (Prose(tuple(text)),), "column")


def _kind(kind: Kind) -> str:
    return "these" if kind == "other" else kind


PLUGIN = SectionPlugin("regularity", "Regularity", 50, build)
