"""Facts that may be worth asking about: rule, count, denominator, dates. No label is put on anybody."""

from __future__ import annotations

from datetime import date, timedelta

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.insomnia import RANGE_MIN, in_range
from dreamjournal.domain.medicines import is_hypnotic
from dreamjournal.domain.report import Prose, Section
from dreamjournal.reports.registry import SectionPlugin
from dreamjournal.reports.two_weeks.context import AskedFact, LookedAt, Own, TwoWeeks, cut

MOST = 9
"""Facts printed."""
NAME = 40
LONGEST = 320
"""Characters of a fact."""
DATES = 6
"""Up to so many nights are named by their dates; of more, the first and the last."""
LAST_LINE = "Do not stop a prescribed sleep medicine suddenly without asking."
NEVER_ASKED = (
    "Not asked by this app: snoring or pauses in breathing, restless legs, pain, other illnesses, questionnaires of mood or of "
    "sleepiness."
)
LOGGED_NIGHTS = 90


def facts(ctx: TwoWeeks) -> tuple[AskedFact, ...]:
    """What the nights of the page show by themselves, then what the rules found."""
    return (*_long(ctx), *_hypnotics(ctx), *_nightmares(ctx), *ctx.facts)


def looked(ctx: TwoWeeks) -> tuple[LookedAt, ...]:
    """What was asked and answered no, or looked for and not found."""
    asked = [n for n in ctx.nights if n.asked_dreams]
    if any(n.nightmares for n in asked):
        return ctx.looked
    said = f"none on {words.count(len(asked), 'morning')} asked" if asked else "not asked on any of these mornings"
    return (LookedAt("Nightmares", said), *ctx.looked)


def build(ctx: TwoWeeks) -> Section:
    """The facts, what was answered no, what is never asked, and the one line that is always there."""
    by_rule: dict[str, list[str]] = {}
    for fact in facts(ctx):
        by_rule.setdefault(fact.label, []).append(f"{fact.text}{nights(fact.nights)}")
    found = [f"{label}: {'; '.join(texts)}" for label, texts in by_rule.items()]
    items = [Prose((Words(cut(text, LONGEST)),), "item") for text in found[:MOST]]
    if len(found) > MOST:
        items.append(Prose((Words(f"{len(found) - MOST} more (in the app)"),), "item"))
    items += [Prose((Words(text),), "note") for text in _none(looked(ctx))]
    items.append(Prose((Words(NEVER_ASKED),), "note"))
    items.append(Prose((Words(LAST_LINE, True),)))
    return Section("asking", "Facts that may be worth asking about", tuple(items))


def nights(found: tuple[date, ...]) -> str:
    """Their dates in brackets."""
    if not found:
        return ""
    some = sorted(set(found))
    if len(some) > DATES:
        return f" (first {words.day(some[0])}, last {words.day(some[-1])})"
    return f" ({words.days(some)})"


_NOT_LOOKED = "not looked at, since "
_UNKNOWN = ("not ", "none on 0 of ")
"""How words begin that tell that nothing could be told."""


def _none(looked: tuple[LookedAt, ...]) -> list[str]:
    """What was answered no or not found, then what could not be told, each with how far it could be looked."""
    unknown = [x for x in looked if x.words.startswith(_UNKNOWN) and not x.words.startswith("not found")]
    none = [f"{x.label}: {x.words}" for x in looked if x not in unknown]
    open_ = [f"{x.label} ({x.words.removeprefix(_NOT_LOOKED)})" for x in unknown]
    return [
        f"{head} {'; '.join(some)}."
        for head, some in (("Asked or looked for, and not found:", none), ("Not known:", open_))
        if some
    ]


def _long(ctx: TwoWeeks) -> list[AskedFact]:
    """Nights of SOL or WASO of 31 min or more, week by week (Lichstein 2003, doi 10.1016/S0005-7967(02)00023-2)."""
    told: list[str] = []
    hits: list[date] = []
    weeks = [w for w in ctx.weeks if w]
    for number, week in enumerate(weeks, 1):
        known = [(n, long) for n in week if (long := _in_range(n)) is not None]
        hit = [n.night_date for n, long in known if long]
        hits += hit
        where = f" in week {number}" if len(weeks) > 1 else ""
        told.append(
            f"{len(hit)} of {words.count(len(known), 'night')} known{where}" if known else f"no night known{where}"
        )
    if all(_in_range(n) is None for n in ctx.nights):
        return []
    return [AskedFact(f"SOL or WASO {RANGE_MIN} min or more", ", ".join(told), tuple(hits))]


def _in_range(night: Own) -> bool | None:
    return None if night.diary is None else in_range(night.diary.sol, night.diary.waso)


def _hypnotics(ctx: TwoWeeks) -> list[AskedFact]:
    named: dict[str, str] = {}
    for names in ctx.before.values():
        for name in names:
            if is_hypnotic(name):
                named.setdefault(name.casefold(), name)
    found: list[AskedFact] = []
    page = {n.night_date for n in ctx.known}
    for folded, name in named.items():
        where = sorted(d for d, names in ctx.before.items() if folded in {n.casefold() for n in names})
        here = [d for d in where if d in page]
        if here:
            logged = f"{len(where)} of the {len(ctx.before)} nights with an entry among the {LOGGED_NIGHTS} up to {words.day(ctx.last)}"
            text = f"{words.cut(name, NAME)} on {len(here)} of {words.count(len(page), 'night')} with an entry here, and on {logged}"
            found.append(AskedFact("Benzodiazepine or Z-drug", text, tuple(here)))
    return found


def _nightmares(ctx: TwoWeeks) -> list[AskedFact]:
    asked = [n for n in ctx.nights if n.asked_dreams]
    some = [n for n in asked if n.nightmares]
    if not some:
        return []
    worst = [d.distress for n in some for d in n.nightmares if d.distress is not None]
    distress = (
        f", distress {min(worst)} to {max(worst)} of 4"
        if worst and min(worst) < max(worst)
        else f", distress {worst[0]} of 4"
        if worst
        else ""
    )
    strange = any(d.may_not_be_own for n in some for d in n.nightmares)
    own = "; of a merge night, so it may not be the person's own" if strange else ""
    text = f"on {len(some)} of {words.count(len(asked), 'morning')} asked{distress}{own}"
    return [AskedFact("Nightmare", text, tuple(n.night_date for n in some))]


def window(last: date) -> date:
    """The first of the 90 nights up to `last`."""
    return last - timedelta(days=LOGGED_NIGHTS - 1)


PLUGIN = SectionPlugin("asking", "Facts that may be worth asking about", 60, build)
