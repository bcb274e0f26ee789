"""How many mornings were answered, which were not, which late, and whose clock the times are."""

from __future__ import annotations

from datetime import date

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Prose, Section
from dreamjournal.reports.registry import SectionPlugin
from dreamjournal.reports.two_weeks.context import Own, TwoWeeks


def build(ctx: TwoWeeks) -> Section:
    """One line under the title."""
    done, of = len(ctx.answered), len(ctx.nights)
    said: list[str] = []
    none = [n.night_date for n in ctx.nights if n.diary is None]
    if none and done:
        said.append(f"none for {dates(none)}")
    late = [n.night_date for n in ctx.answered if n.late]
    if late:
        which = "all of them" if len(late) == done > 1 else dates(late)
        said.append(f"{len(late)} entered more than a day late ({which})")
    brought = sum(n.diary is not None and n.diary.import_id is not None for n in ctx.nights)
    if brought:
        said.append(f"{brought} from an import")
    sealed = [n for n in ctx.nights if n.kind == "sealed"]
    if sealed:
        said.append(f"{words.count(len(sealed), 'night')} sealed by a study that is still running")
    own = [f"usual rise time {ctx.rise}"] if ctx.rise else []
    said += [", ".join([*own, f"works {ctx.works}"])] if ctx.works else own
    said.append(f"times are local clock ({zones(ctx.nights, ctx.zone)})")
    if ctx.period_note:
        said.append(ctx.period_note)
    if not done:
        said.insert(0, "no diary was kept on these nights")
    head = f"{done} of {words.count(of, 'morning')} answered"
    return Section("answered", "", (Prose((Words(head, True), Words("".join(f" \u00b7 {s}" for s in said)))),))


def dates(nights: list[date]) -> str:
    """Up to two nights with their weekday, more as runs of dates."""
    return words.listed([words.weekday(d) for d in nights]) if len(nights) <= 2 else words.days(nights)


def zones(nights: tuple[Own, ...], home: str) -> str:
    """Every zone the nights were lived in."""
    found = list(dict.fromkeys(n.zone for n in nights if n.diary is not None)) or [home]
    return ", ".join(found[:3]) + (" and others" if len(found) > 3 else "")


PLUGIN = SectionPlugin("answered", "Mornings answered", 10, build)
