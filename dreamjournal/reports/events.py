"""Unwanted events in each arm, printed even when there was none."""

from __future__ import annotations

from dreamjournal.charts.words import NBSP
from dreamjournal.domain.diary import EVENTS
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.night import Night
from dreamjournal.domain.report import Block, Caveat, Column, Section, Table
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin

_TITLES = {
    "seizure": "Seizure", "skin": "Skin redness or burn", "faint": "Faint", "sleepwalking": "Sleepwalking",
    "sleep_driving": "Driving asleep", "mania": "Unusually high mood", "dark_thoughts": "Dark thoughts",
    "palpitations": "Palpitations", "drowsy_driving": "Drowsy while driving", "headache": "Headache on waking", "other": "Other",
}  # fmt: skip


def build(ctx: Context) -> Section | None:
    """Counts of mornings with an entry, of both arms; an event not asked about is a dash, never 0.

    While a study is sealed the nights stand together: harm is told all the same, its kind of night is not.
    """
    period = ctx.period
    if period is None:
        return None
    arms: dict[str, list[Night]] = {"all nights": []} if ctx.sealed else {"natural": [], "enhanced": []}
    for day, night in sorted(ctx.nights.items()):
        arm = ("all nights" if ctx.sealed else ctx.arm(day)) if period[0] <= day <= period[1] else None
        if arm is not None and (night.diary is not None or night.recall is not None):
            arms[arm].append(night)
    rows: list[tuple[str | None, ...]] = [("Nightmare (distress)", *(_nightmares(n) for n in arms.values()))]
    asked = {a: [n.diary for n in nights if n.diary is not None and n.diary.events_asked] for a, nights in arms.items()}
    seen = [code for code in EVENTS if any(code in d.events for diaries in asked.values() for d in diaries)]
    rows += [
        (
            _TITLES.get(code, code),
            *(str(sum(code in d.events for d in diaries)) if diaries else None for diaries in asked.values()),
        )
        for code in seen
    ]
    blocks: list[Block] = []
    n_asked = [len(d) for d in asked.values()]
    if sum(n_asked) == 0:
        rows.append(("Any other event", *(None for _ in arms)))
        note = "Worst distress 0 to 4. \u2013 : not asked about on these mornings."
    else:
        if not seen:
            rows.append(("Any other event", *("0" if d else None for d in asked.values())))
        on = f"{n_asked[0]}" if ctx.sealed else f"{n_asked[0]} natural and {n_asked[1]} enhanced"
        note = f"Asked about on {on} mornings; every event noted is listed. Worst distress 0 to 4."
    if ctx.sealed:
        note += " By kind of night once the seal is open."
    columns = (Column("morning entries"), *(Column(f"{a} n{NBSP}{len(n)}", True) for a, n in arms.items()))
    told = tuple(sorted(n.night_date for nights in arms.values() for n in nights))
    blocks += [Table(columns, tuple(rows), nights_of=told), Caveat(note)]
    return Section("events", "Unwanted events", tuple(blocks), "beside")


def _nightmares(nights: list[Night]) -> str | None:
    answered = [n for n in nights if n.recall not in (None, Recall.NOT_TRIED)]
    if not answered:
        return None
    bad = [d for n in answered for d in n.dreams if d.nightmare]
    distress = [d.distress for d in bad if d.distress is not None]
    count = sum(1 for n in answered if any(d.nightmare for d in n.dreams))
    return f"{count} ({max(distress)})" if distress else str(count)


PLUGIN = SectionPlugin("events", "Unwanted events", 48, build)
