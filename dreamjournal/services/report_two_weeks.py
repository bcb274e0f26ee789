"""Builds the page "Two weeks for my doctor": the diary of fourteen nights, and facts that may be worth asking about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

from dreamjournal import __version__
from dreamjournal.charts import words
from dreamjournal.common.errors import UserError
from dreamjournal.domain import care
from dreamjournal.domain.evening import IntakeKind
from dreamjournal.domain.night import last_night
from dreamjournal.services import settings
from dreamjournal.services.prompt_rules import EVENT_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.night import Night
    from dreamjournal.domain.report import Paper, Report
    from dreamjournal.reports.two_weeks.context import AskedFact, LookedAt, Own
    from dreamjournal.services.balance import Balance
    from dreamjournal.services.journals import Journal
    from dreamjournal.services.reports import ReportSpec

QUESTIONS = 6
"""Questions that have room on the page."""
_DAY = timedelta(days=1)
# Neutral names of the rules: a page says no adjective of anybody.
_LABELS = {
    "F1": "Enhanced nights against the own aim", "F2": "Dose, intensity or length against the first 14 days", "F3": "Two on one night",
    "F4": "Benzodiazepine or Z-drug, more than 28 nights", "F5": "Natural nights soon after use", "F6": "Unwanted",
    "F7": "Driving while sleepy", "insomnia": "SOL or WASO, weeks running", "nightmares": "Nightmares in each of four weeks",
    "check_in": "Monthly questions",
}  # fmt: skip
_COUNTED = frozenset({"insomnia", "nightmares"})
"""Rules whose nights the page counts itself: they are named only where they found something."""
_SAID_ALREADY = f"{EVENT_WORDS['drowsy_driving']} "
_ORDER = ("F6", "F7", "F4", "F3", "F5", "insomnia", "nightmares", "F2", "F1", "check_in")
CHECK_IN_DAYS = 62
"""Monthly answers older than this at the last night are not of these weeks."""


def build(journal: Journal, person_id: int, spec: ReportSpec, parts: frozenset[str], clock: Clock) -> Report:
    """The last 14 nights of the question's period, or of the journal. Raises UserError for a period that holds no passed night."""
    from dreamjournal.reports.two_weeks.context import TwoWeeks
    from dreamjournal.reports.two_weeks.page import assemble
    from dreamjournal.services import balance, kept_nights

    person = journal.persons.get(person_id)
    assert person is not None  # asked for by reports.build
    home = settings.zone_of(journal, person_id, clock)
    days, note = _period(journal, person_id, spec, clock, home)
    read_from = min(days[0], _logged_from(days[-1]))
    found = {n.night_date: n for n in kept_nights.nights(journal, person_id, read_from, days[-1], clock, stages=False)}
    work_days: list[int] = settings.get(journal, person_id, "work_days")
    looked_over = balance.read(journal, person_id, clock, days[0], days[-1])
    facts, looked = _facts(looked_over, days[-1])
    return assemble(TwoWeeks(
        tuple(_own(found.get(d), d, work_days, home) for d in days), person.name, clock.now(), home, __version__, note,
        _rise(journal, person_id), _works(work_days), facts, looked, _taken_before(found), _questions(spec.questions), parts,
        cast("Paper", spec.paper),
    ))  # fmt: skip


def _period(
    journal: Journal, person_id: int, spec: ReportSpec, clock: Clock, home: str
) -> tuple[tuple[date, ...], str]:
    """The nights of the page, and what must be said of how they were chosen."""
    from dreamjournal.reports.two_weeks.context import NIGHTS

    first, last = spec.contrast.first, spec.contrast.last
    if first is not None and last is not None and first > last:
        raise UserError("No report was made", "the range ends before it begins", "swap the two dates", field="from")
    passed = last_night(clock.now(), home)
    end, note = passed, ""
    if last is not None:
        if last > passed:
            note = f"the nights after {words.weekday(passed)} have not passed yet"
        end = min(last, passed)
    elif first is None:
        written = journal.diaries.last(person_id, passed)
        if written is not None and (passed - written).days >= NIGHTS:
            end = written
            note = f"the last diary entry is of {words.weekday(end)}, so the page ends there"
    if first is not None and first > end:
        raise UserError(
            "No report was made", "none of these nights has passed yet", "choose earlier nights", field="from"
        )
    begin = end - (NIGHTS - 1) * _DAY
    if first is not None:
        asked = (end - first).days + 1
        if asked > NIGHTS:
            note = "; ".join(filter(None, (f"the last {NIGHTS} of {asked} nights asked for", note)))
        begin = max(begin, first)
    return tuple(begin + n * _DAY for n in range((end - begin).days + 1)), note


def _logged_from(last: date) -> date:
    from dreamjournal.reports.two_weeks.asking import window

    return window(last)


def _own(night: Night | None, day: date, work_days: list[int], home: str) -> Own:
    from dreamjournal.reports.two_weeks.context import Own

    kind = "unrecorded" if night is None else "sealed" if night.study_sealed else night.condition.value
    said = night.diary.free_next_day if night is not None and night.diary is not None else None
    free = said if said is not None else (day + _DAY).weekday() not in work_days
    return Own(day, kind, free, night, (night.zone if night is not None else None) or home)


def _taken_before(found: Mapping[date, Night]) -> dict[date, tuple[str, ...]]:
    """What was used or taken on each night with an entry."""
    named: dict[date, tuple[str, ...]] = {}
    for day, night in sorted(found.items()):
        intakes = night.evening.intakes if night.evening is not None else ()
        if night.diary is None and night.evening is None and not night.exposures:
            continue
        taken = [i.name for i in intakes if i.kind == IntakeKind.MEDICINE and not i.none_taken]
        named[day] = tuple(dict.fromkeys(" ".join(n.split()) for n in [e.name for e in night.exposures] + taken))
    return named


def _facts(found: Balance, last: date) -> tuple[tuple[AskedFact, ...], tuple[LookedAt, ...]]:
    """What the rules found, told of the person, and what they did not find."""
    from dreamjournal.reports.two_weeks.context import AskedFact, LookedAt
    from dreamjournal.services.prompts import for_nurse

    if found.prompts is None:
        return (), ()
    answers = found.offer.last
    stale = answers is None or not -1 <= (last - answers.answered_on).days <= CHECK_IN_DAYS
    severe = {EVENT_WORDS[code] for code in care.SEVERE}
    facts = tuple(
        AskedFact(
            _LABELS.get(p.key, p.title), for_nurse(f.text).removeprefix(_SAID_ALREADY), tuple(d for d, _ in f.nights)
        )
        for p in sorted(found.prompts.found, key=lambda p: _ORDER.index(p.key) if p.key in _ORDER else len(_ORDER))
        if not (p.key == "check_in" and stale)
        for f in sorted(p.facts, key=lambda f: f.plain not in severe)
    )
    looked = tuple(
        LookedAt(_LABELS.get(x.key, x.title), for_nurse(x.words)) for x in found.prompts.looked if x.key not in _COUNTED
    )
    return facts, looked


def _rise(journal: Journal, person_id: int) -> str:
    value = settings.get(journal, person_id, "rise_work")
    return str(value) if value else ""


def _works(work_days: list[int]) -> str:
    """`Mon – Fri`, or the days one by one; empty where none is a work day."""
    days = sorted(work_days)
    names = [settings.DAYS[d] for d in days]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{names[0]} \u2013 {names[-1]}"
    return words.listed(names)


def _questions(asked: tuple[str, ...]) -> tuple[str, ...]:
    """The questions that say something. Raises UserError where they would not fit."""
    from dreamjournal.reports.two_weeks.context import LINE, tidy

    found = tuple(words.cut(tidy(q), LINE) for q in asked if tidy(q))
    if len(found) > QUESTIONS:
        raise UserError(
            "No report was made", f"{len(found)} questions have no room on the page", f"keep the {QUESTIONS} that matter most",
            field="questions",
        )  # fmt: skip
    return found
