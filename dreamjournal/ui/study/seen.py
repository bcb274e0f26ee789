"""Reads a study for the page: its words, its marks, what is open to whoever looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.domain.night import Condition, tonight
from dreamjournal.domain.study import Study, looks_of
from dreamjournal.ui.study.plan import PlannedMark
from dreamjournal.ui.study.view import Seen
from dreamjournal.ui.study.words import (
    exploratory_words,
    full_date,
    headline,
    look_words,
    passed,
    plan_words,
    question_words,
)
from dreamjournal.ui.words import count_words

if TYPE_CHECKING:
    from datetime import date

    from dreamjournal.services.studies import StudyDay
    from dreamjournal.ui.context import PageContext


def look_at(context: PageContext, study: Study) -> Seen:
    """What the page shows of `study` now."""
    from dreamjournal.services import contrasts, studies

    journal, clock = context.journal, context.clock
    night = tonight(clock.now(), context.zone)
    closed = studies.is_sealed(journal, study, clock)
    days = studies.log(journal, study, clock)
    metric = contrasts.metrics().get(study.metric)
    title, unit = (study.metric, "") if metric is None else (metric.title, metric.unit)
    if metric is not None and metric.kind == "rate":
        unit = "points of percent"
    looks = looks_of(study)
    end = context.local(study.stopped).date() if study.stopped is not None else None
    # By the calendar, as the contrast counts them: a look is reached on the morning after its night.
    today = context.local(clock.now()).date()
    done = passed(study, today if end is None else min(today, end))
    now = studies.tonight(journal, context.person_id, night, clock)
    fixed = context.local(study.fixed)
    return Seen(
        study, headline(study, night), question_words(study, title, unit), plan_words(study),
        (followed_words(days, done, closed=closed), look_words(study, looks, today), exploratory_words(study)),
        now.words if now is not None and now.study.id == study.id else "",
        marks(days, night, looks, closed=closed, end=end),
        tuple(look for look in looks if look <= done), studies.verified_words(study), not study.is_over(night), closed,
        f"Fixed on {full_date(fixed.date())}",
    )  # fmt: skip


def followed_words(days: tuple[StudyDay, ...], done: int, *, closed: bool) -> str:
    """How many of the nights that are known were as drawn, and of how many of the `done` passed nothing is known."""
    if closed:
        return "How many nights were as drawn stays closed until the end."
    known = [d for d in days if d.followed is not None]
    if not known:
        return "" if not done else "Of no night so far is it known what it was."
    text = f"Followed: {sum(bool(d.followed) for d in known)} of {count_words(len(known), 'night')} were as drawn."
    silent = sum(d.used is None for d in days[:done])
    return f"{text} Not recorded: {silent}." if silent else text


def marks(
    days: tuple[StudyDay, ...], night: date, looks: tuple[int, ...], *, closed: bool, end: date | None
) -> tuple[PlannedMark, ...]:
    """The planned nights as marks; those after a stop count as nights that did not come."""
    found: list[PlannedMark] = []
    for day in days:
        is_tonight = day.night == night and end is None
        dropped = end is not None and day.night >= end
        to_come = dropped or day.night > night or (is_tonight and day.used is None)
        was = None if closed or to_come else day.used or Condition.UNRECORDED
        found.append(PlannedMark(
            day.night, day.number, day.block, None if day.drawn is None else Condition(day.drawn), was, to_come,
            day.number if day.number in looks else None, is_tonight, bool(day.followed), dropped, day.names,
        ))  # fmt: skip
    return tuple(found)
