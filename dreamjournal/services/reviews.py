"""A nurse's review: what is new for each person, the facts behind it, open notes, sign-off.

Facts are counts of what was logged, each with its base and its nights; never a diagnosis, a score or a rank
(thresholds: SOL or WASO of 31 min or more, Lichstein 2003, doi 10.1016/S0005-7967(02)00023-2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from dreamjournal.common.errors import UserError
from dreamjournal.domain.balance import marks_of, weeks
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.evening import IntakeKind
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.night import Condition, Night
from dreamjournal.services import nights as the_nights
from dreamjournal.services import prompt_rules as rules
from dreamjournal.services import prompts, settings
from dreamjournal.services.prompt_rules import EVENT_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.person import Person, Query, Review
    from dreamjournal.services.journals import Journal

LONG_AWAKE_MIN = 31
LAST = 14
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")


@dataclass(frozen=True)
class PatientRow:
    """One line of the caseload. `last14` are the last fourteen dates up to the last night known, oldest first."""

    person: Person
    last_review: Review | None
    new_nights: int
    last14: tuple[Condition, ...]
    what_changed: str
    open_notes: int


@dataclass(frozen=True)
class Fact:
    """A count with its base; `link` is the stretch of `text` that leads to `nights`."""

    text: str
    nights: tuple[date, ...]
    link: str = ""


@dataclass(frozen=True)
class _Reviewed:
    """A person's nights split at the last sign-off; `before` covers as many nights as that review signed, at most 14."""

    last: Review | None
    new: tuple[Night, ...]
    before: tuple[Night, ...]
    all: tuple[Night, ...]


def caseload(journal: Journal, clock: Clock) -> list[PatientRow]:
    """Everybody by pseudonym; people are never ranked."""
    rows: list[PatientRow] = []
    for person in journal.persons.all():
        split = _split(journal, person.id, clock)
        rows.append(
            PatientRow(
                person, split.last, len(split.new), _last14(split.all), _what_changed(journal, person.id, split),
                len(journal.reviews.queries(person.id)),
            )
        )  # fmt: skip
    return rows


def new_nights(journal: Journal, person_id: int, clock: Clock) -> tuple[date, ...]:
    """The nights not signed off yet."""
    return tuple(n.night_date for n in _split(journal, person_id, clock).new)


def what_changed(journal: Journal, person_id: int, clock: Clock) -> str:
    """One or two sentences on the nights since the last review."""
    return _what_changed(journal, person_id, _split(journal, person_id, clock))


def _what_changed(journal: Journal, person_id: int, split: _Reviewed) -> str:
    if not split.new:
        return "No change" if split.last is not None or split.all else "Nothing recorded yet"
    if split.last is None:
        return _first(journal, person_id, split.new)
    found = [*_doses_changed(split), *_together(split.new), *_events_short(split.new)]
    recorded = _unrecorded(split)
    unsure = [n for n in split.new if n.condition == Condition.UNSURE]
    if recorded:
        found.append(recorded)
    if unsure:
        found.append(f"{_count(len(unsure))} marked not sure.")
    missing = [n for n in split.new if n.diary is None]
    if missing and any(n.diary is not None for n in split.all):
        word = "night" if len(missing) == 1 else "nights"
        found.append(f"Diary missing on {len(missing)} {word}.")
        if len(found) == 1:
            found.append("Nothing else new.")
    return " ".join(found[:2]) if found else "No change"


def facts(journal: Journal, person_id: int, clock: Clock) -> list[Fact]:
    """What the log shows of the nights since the last review (of all nights, where nothing is new)."""
    split = _split(journal, person_id, clock)
    now = split.new or split.all
    found: list[Fact] = []
    for change in _dose_changes(split):
        n = len(change.nights)
        link = f"{n} {'night' if n == 1 else 'nights'}"
        text = f"{change.name} {change.dose} on {link} from {_day(change.since)}, {change.was} before."
        found.append(Fact(f"{text} {_instructed(journal, person_id, change)}", change.nights, link))
    for title, field in (
        ("Took 31 min or more to fall asleep on", "sol"),
        ("Awake 31 min or more in the night on", "waso"),
    ):
        fact = _minutes(title, field, now, split.before if split.new else ())
        if fact is not None:
            found.append(fact)
    nightmares = _nightmares(now)
    if nightmares is not None:
        found.append(nightmares)
    for pair, where in rules.pairs(now).items():
        n = len(where)
        link = f"{n} of {len(now)}"
        found.append(Fact(f"{pair} on {link} nights.", where, link))
    found += _events(now)
    found += _over_weeks(journal, person_id, split, now)
    for words, flag in (("Ill", "illness"), ("Travelling", "travel"), ("On call", "on_call")):
        asked = [n for n in now if n.diary is not None and getattr(n.diary, flag) is not None]
        where = tuple(n.night_date for n in asked if getattr(n.diary, flag))
        if where:
            link = f"{len(where)} of {len(asked)}"
            found.append(Fact(f"{words} on {link} nights asked.", where, link))
    unsure = tuple(n.night_date for n in now if n.condition == Condition.UNSURE)
    if unsure:
        link = f"{len(unsure)} of {len(now)}"
        found.append(Fact(f"Marked not sure, or said natural with an exposure logged, on {link} nights.", unsure, link))
    return found


_OVER_WEEKS = ("F1", "F4", "F5", "insomnia", "nightmares")
"""Rules of the Balance page which need more than the nights under review; the others are counted above, night by night."""


def _over_weeks(journal: Journal, person_id: int, split: _Reviewed, now: Sequence[Night]) -> list[Fact]:
    """What the rules over weeks find up to the last night, where it touches the nights under review."""
    if not split.all:
        return []
    aim = settings.get(journal, person_id, "aim_per_week")
    last = split.all[-1].night_date
    under = {n.night_date for n in now}
    in_weeks = weeks(marks_of(split.all), split.all[0].night_date, last)
    look = prompts.looking(split.all, last, aim=aim, weeks=in_weeks, told=journal.balance.instructions(person_id))
    found: list[Fact] = []
    for prompt in prompts.ask(look).found:
        for fact in prompt.facts if prompt.key in _OVER_WEEKS else ():
            where = tuple(d for d, _ in fact.nights)
            if under & set(where):
                found.append(Fact(prompts.for_nurse(f"{prompt.title}: {fact.text}."), where, fact.link))
    return found


def _instructed(journal: Journal, person_id: int, change: _DoseChange) -> str:
    """The instruction on record for a changed dose, or that there is none."""
    told = [i for i in journal.balance.instructions(person_id) if i.enhancer.casefold() == change.name.casefold()]
    if not told:
        return "The log holds no instruction from a clinician."
    return f"The log holds an instruction of {_day(told[0].given_on)} by {told[0].who}: {told[0].words.rstrip('.')}."


def sign_off(journal: Journal, person_id: int, reviewed_on: date, initials: str, clock: Clock) -> Changes:
    """Sign off every night known so far. Raises UserError without initials, nights, or with a date to come."""
    signed = _initials(initials)
    split = _split(journal, person_id, clock)
    today = in_zone(clock.now(), settings.zone_of(journal, person_id, clock)).local.date()
    if reviewed_on > today:
        raise UserError("Nothing was signed off", "the date has not come yet", "check the date", field="reviewed_on")
    if not split.new:
        raise UserError("Nothing was signed off", "no night is new since the last review", "import or enter some first")
    journal.reviews.put(person_id, split.new[-1].night_date, reviewed_on, signed, len(split.new), clock.now())
    return Changes.REVIEWS


def reviews(journal: Journal, person_id: int) -> list[Review]:
    """Sign-offs, the newest first."""
    return journal.reviews.all(person_id)


def notes(journal: Journal, person_id: int, *, open_only: bool = True) -> list[Query]:
    """Notes, the newest first."""
    return journal.reviews.queries(person_id, open_only=open_only)


def ask(
    journal: Journal, person_id: int, night: date | None, text: str, initials: str, clock: Clock
) -> tuple[Query, Changes]:
    """Write a note on a night or on none. Raises UserError without words or initials."""
    if not text.strip():
        raise UserError("The note was not kept", "it has no words", "write what to ask", field="text")
    return journal.reviews.ask(person_id, night, text.strip(), _initials(initials), clock.now()), Changes.REVIEWS


def close(journal: Journal, query_id: int, clock: Clock, *, closed: bool = True) -> Changes:
    """Close a note, or open it again."""
    journal.reviews.close(query_id, clock.now() if closed else None)
    return Changes.REVIEWS


def _initials(text: str) -> str:
    clean = text.strip()
    if not 1 <= len(clean) <= 8 or not clean.isprintable():
        raise UserError("Nothing was kept", "initials are one to eight letters", "type them", field="initials")
    return clean


def _split(journal: Journal, person_id: int, clock: Clock) -> _Reviewed:
    found = tuple(the_nights.nights(journal, person_id, clock=clock, stages=False))
    last = journal.reviews.last(person_id)
    if last is None:
        return _Reviewed(None, found, (), found)
    before = tuple(n for n in found if n.night_date <= last.through)
    return _Reviewed(
        last,
        tuple(n for n in found if n.night_date > last.through),
        before[-max(1, min(LAST, last.nights or LAST)) :],
        found,
    )


def _last14(found: Sequence[Night]) -> tuple[Condition, ...]:
    if not found:
        return ()
    known = {n.night_date: n.condition for n in found}
    end = found[-1].night_date
    return tuple(known.get(end - timedelta(days=back), Condition.UNRECORDED) for back in range(LAST - 1, -1, -1))


def _first(journal: Journal, person_id: int, new: Sequence[Night]) -> str:
    imports = [r for r in journal.imports.all(person_id) if r.undone is None]
    if not imports:
        return f"First review, {_nights(len(new))}."
    rejected = sum(_rejected(r.receipt) for r in imports)
    text = f"First import, {_nights(len(new))}."
    return text + (f" {rejected} {'row' if rejected == 1 else 'rows'} rejected." if rejected else "")


def _rejected(receipt: dict[str, object]) -> int:
    rows = receipt.get("rows")
    n = rows.get("rejected") if isinstance(rows, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return n if isinstance(n, int) else 0


# Doses


@dataclass(frozen=True)
class _DoseChange:
    name: str
    dose: str
    was: str
    since: date
    nights: tuple[date, ...]


def _dose_changes(split: _Reviewed) -> list[_DoseChange]:
    """Enhancers and medicines whose last dose among the new nights differs from the one before it."""
    series: dict[str, tuple[str, list[tuple[date, str]]]] = {}
    for night in split.all:
        for name, dose in _doses(night):
            series.setdefault(name.casefold(), (name, []))[1].append((night.night_date, dose))
    new = {n.night_date for n in split.new}
    found: list[_DoseChange] = []
    for name, doses in series.values():
        last = doses[-1][1]
        start = len(doses) - 1
        while start > 0 and doses[start - 1][1].casefold() == last.casefold():
            start -= 1
        if start > 0 and doses[start][0] in new:
            found.append(
                _DoseChange(name, last, doses[start - 1][1], doses[start][0], tuple(d for d, _ in doses[start:]))
            )
    return found


def _doses(night: Night) -> list[tuple[str, str]]:
    # A therapy's "dose" is how long it was used, which differs every night and is no change of dose.
    found = [(e.name, e.dose) for e in night.exposures if e.dose and e.kind != EnhancerKind.THERAPY]
    if night.evening is not None:
        for intake in night.evening.intakes:
            if intake.kind == IntakeKind.MEDICINE and intake.amount is not None and intake.name:
                found.append((intake.name, f"{intake.amount:g} {intake.unit}".strip()))
    return list(dict(found).items())


def _doses_changed(split: _Reviewed) -> list[str]:
    return [f"{c.name} {c.dose} from {_day(c.since)}, was {c.was}." for c in _dose_changes(split)]


# Things together on one night


def _together(found: Sequence[Night]) -> list[str]:
    return [f"{pair} on {_nights(len(where))}." for pair, where in rules.pairs(found).items()]


# Sleep, dreams, unwanted events


def _minutes(title: str, field: str, now: Sequence[Night], before: Sequence[Night]) -> Fact | None:
    long, asked = _long(now, field)
    if not long:
        return None
    link = f"{len(long)} of {len(asked)}"
    was_long, was_asked = _long(before, field)
    compared = f"; {len(was_long)} of {len(was_asked)} in the review before" if was_asked else ""
    return Fact(f"{title} {link} nights{compared}.", tuple(long), link)


def _long(found: Sequence[Night], field: str) -> tuple[list[date], list[date]]:
    values: list[tuple[date, float]] = []
    for night in found:
        value = getattr(night.diary, field) if night.diary is not None else None
        if value is not None:
            values.append((night.night_date, value))
    return [d for d, v in values if v >= LONG_AWAKE_MIN], [d for d, _ in values]


def _nightmares(found: Sequence[Night]) -> Fact | None:
    asked = [n for n in found if n.recall is not None or n.dreams]
    where = tuple(n.night_date for n in asked if any(d.nightmare and (d.distress or 0) > 0 for d in n.dreams))
    title = "Nightmare with distress on"
    if not where:
        where = tuple(n.night_date for n in asked if any(d.nightmare for d in n.dreams))
        title = "Nightmare on"
    if not where:
        return None
    link = f"{len(where)} of {len(asked)}"
    shared = any(d.text.strip() for n in asked for d in n.dreams)
    text = f"{title} {link} mornings asked."
    return Fact(text if shared else f"{text} Dream texts are not shared with you.", where, link)


def _events(found: Sequence[Night]) -> list[Fact]:
    by_code, asked = rules.noted(found)
    facts_: list[Fact] = []
    for code, where in by_code.items():
        link = f"{len(where)} of {asked}"
        facts_.append(Fact(f"Noted {EVENT_WORDS.get(code, code)} on {link} nights asked.", where, link))
    return facts_


def _events_short(found: Sequence[Night]) -> list[str]:
    where = {n.night_date for n in found if n.diary is not None and n.diary.events}
    return [f"Something unwanted noted on {_nights(len(where))}."] if where else []


def _unrecorded(split: _Reviewed) -> str:
    now, before = (sum(n.condition == Condition.UNRECORDED for n in part) for part in (split.new, split.before))
    if now < 2 or (split.before and now / len(split.new) <= before / len(split.before)):
        return ""
    was = f"; was {before} of {len(split.before)}" if split.before else ""
    return f"Not recorded on {now} of {len(split.new)} nights{was}."


def _nights(n: int) -> str:
    return f"{n} night" if n == 1 else f"{n} nights"


def _count(n: int) -> str:
    word = _NUMBERS[n] if n < len(_NUMBERS) else str(n)
    return f"{word} {'night' if n == 1 else 'nights'}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
