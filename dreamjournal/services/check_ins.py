"""Five questions a month about using an enhancer: offered, never pressed, never added up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from dreamjournal.common.errors import UserError
from dreamjournal.domain import care
from dreamjournal.domain.care import CheckIn
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.insomnia import months_after
from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.person import JournalKind
from dreamjournal.services import settings

if TYPE_CHECKING:
    from dreamjournal.common.clock import Clock
    from dreamjournal.services.journals import Journal

SETTING = "check_ins_on"


@dataclass(frozen=True)
class Offer:
    """Whether the questions are offered now, and the latest answers there are."""

    due: bool
    last: CheckIn | None
    """The latest month with answers; a month passed over is none."""
    next_on: date | None
    """The day they are offered again; None while they are offered or switched off."""


def offer(journal: Journal, person_id: int, clock: Clock, *, enhanced: bool = True) -> Offer:
    """Whether the five questions are due: a month after the last ones, in one's own journal, once an enhancer is used."""
    kept = journal.balance.check_ins(person_id)
    answered = next((c for c in kept if c.answers), None)
    on = journal.kind == JournalKind.OWN and bool(settings.get(journal, person_id, SETTING))
    if not on or not enhanced:
        return Offer(False, answered, None)
    again = months_after(kept[0].answered_on, 1) if kept else None
    due = again is None or _today(journal, person_id, clock) >= again
    return Offer(due, answered, None if due else again)


def all(journal: Journal, person_id: int) -> list[CheckIn]:  # noqa: A001 - reads as check_ins.all
    """Every month's answers, the newest first; a month passed over has none."""
    return journal.balance.check_ins(person_id)


def save(journal: Journal, person_id: int, answers: Mapping[str, str], clock: Clock) -> tuple[CheckIn, Changes]:
    """Keep today's answers; questions may stay open. Raises UserError when none is answered or a word is unknown."""
    known = {q.key for q in care.QUESTIONS}
    for key, word in answers.items():
        if key not in known:
            raise UserError(
                "Nothing was kept",
                "there is no such question",
                "choose one of: " + ", ".join(sorted(known)),
                field="question",
            )
        if word not in care.ANSWERS:
            raise UserError(
                "Nothing was kept", "an answer is one of four words", "use " + ", ".join(care.ANSWERS), field=key
            )
    if not answers:
        raise UserError(
            "Nothing was kept", "no question is answered", "answer one, or pass this month over", field="question"
        )
    return _put(journal, person_id, dict(answers), clock)


def skip(journal: Journal, person_id: int, clock: Clock) -> tuple[CheckIn, Changes]:
    """Pass this month over."""
    return _put(journal, person_id, {}, clock)


def take_back(journal: Journal, check_in_id: int) -> Changes:
    """Undo `save` or `skip`."""
    journal.balance.delete_check_in(check_in_id)
    return Changes.CHECK_INS


def _put(journal: Journal, person_id: int, answers: dict[str, str], clock: Clock) -> tuple[CheckIn, Changes]:
    day = _today(journal, person_id, clock)
    return journal.balance.put_check_in(person_id, day, answers, clock.now()), Changes.CHECK_INS


def _today(journal: Journal, person_id: int, clock: Clock) -> date:
    return in_zone(clock.now(), settings.zone_of(journal, person_id, clock)).local.date()
