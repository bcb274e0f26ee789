"""The morning: the recall answer, the diary, and the seal on device numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from dreamjournal.common.errors import UserError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.diary import EVENTS, Diary
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.instant import Instant, from_local
from dreamjournal.domain.night import last_night
from dreamjournal.domain.person import JournalKind
from dreamjournal.services import nights, settings
from dreamjournal.services.evenings import NOON, refuse_future

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.dream import Dream
    from dreamjournal.domain.evening import Evening
    from dreamjournal.domain.exposure import Exposure
    from dreamjournal.services.journals import Journal
    from dreamjournal.store.dreams import Draft

_HALF_DAY = timedelta(hours=12)
TIMES = ("into_bed", "try_sleep", "final_wake", "out_of_bed")
MINUTES = {"sol": 1440, "waso": 1440, "tasafa": 1440, "ema": 1440, "own_tst": 1440, "nap_min": 1440}
COUNTS = {"nawk": 99, "naps": 20}
SCALES = {"quality": (1, 5), "rested": (1, 5)}
YES_NO = ("free_next_day", "illness", "travel", "on_call", "events_asked")
FIELDS = (*TIMES, *MINUTES, *COUNTS, *SCALES, *YES_NO, "comments", "events")


@dataclass(frozen=True)
class Morning:
    """What the morning page of a night stands on. `sources` recorded that night; their numbers may be sealed."""

    diary: Diary | None
    recall: Recall | None
    dreams: tuple[Dream, ...]
    sealed: bool
    sources: tuple[str, ...]
    evening: Evening
    exposures: tuple[Exposure, ...]
    draft: Draft | None


def draft_slot(night: date) -> str:
    """The slot that holds the unfinished words of a morning."""
    return f"morning {night.isoformat()}"


def morning(journal: Journal, person_id: int, night: date, clock: Clock) -> Morning:
    """Everything the morning page shows of `night`. A night a study seals shows the person's own words alone."""
    if night in nights.sealed_nights(journal, person_id, clock):
        return _sealed_morning(journal, person_id, night)
    sessions = journal.sessions.of_night(person_id, night)
    return Morning(
        journal.diaries.get(person_id, night),
        journal.mornings.recall(person_id, night),
        tuple(journal.dreams.of_night(person_id, night)),
        is_sealed(journal, person_id, night, clock),
        tuple(dict.fromkeys(s.source for s in sessions)),
        journal.evenings.get(person_id, night),
        tuple(journal.exposures.of_night(person_id, night)),
        journal.dreams.draft(draft_slot(night), person_id),
    )


def _sealed_morning(journal: Journal, person_id: int, night: date) -> Morning:
    return Morning(
        journal.diaries.get(person_id, night), journal.mornings.recall(person_id, night),
        tuple(journal.dreams.of_night(person_id, night)), True, (),
        replace(journal.evenings.get(person_id, night), answer=None, answered=None), (),
        journal.dreams.draft(draft_slot(night), person_id),
    )  # fmt: skip


def set_recall(journal: Journal, person_id: int, night: date, recall: Recall | None, clock: Clock) -> Changes:
    """Keep the answer to "did you dream?"; None is unasked."""
    answer_recall(journal, person_id, night, recall, clock)
    return Changes.DREAMS


def answer_recall(journal: Journal, person_id: int, night: date, recall: Recall | None, clock: Clock) -> int:
    """`set_recall` for those who want the id."""
    refuse_future(journal, person_id, night, clock)
    return journal.mornings.set_recall(person_id, night, recall, clock.now())


def save_diary(journal: Journal, diary: Diary, clock: Clock) -> Changes:
    """Keep a night's diary. When it was first entered stays, since a correction does not make it late.

    Raises UserError naming the field. Odd but possible answers are kept; `domain.diary.doubts` asks about them.
    """
    put_diary(journal, diary, clock)
    return Changes.DIARY


def put_diary(journal: Journal, diary: Diary, clock: Clock) -> int:
    """`save_diary` for those who want the id."""
    refuse_future(journal, diary.person_id, diary.night_date, clock)
    _check(diary)
    before = journal.diaries.get(diary.person_id, diary.night_date)
    entered = (
        before.entered
        if before is not None and before.entered is not None and before.source == "person"
        else clock.now()
    )
    return journal.diaries.put(replace(diary, entered=entered, source="person", import_id=None))


def pass_over(journal: Journal, person_id: int, night: date, clock: Clock) -> Changes:
    """Open the device numbers without a diary; the night leaves perceived minus measured.

    Raises UserError for a night that a study seals: such nights open together, when the study ends.
    """
    if night in nights.sealed_nights(journal, person_id, clock):
        raise UserError(
            "The device numbers stay closed", "this night belongs to a sealed study",
            "they open when it ends; opening the whole study earlier is recorded", field="night",
        )  # fmt: skip
    journal.mornings.pass_over(person_id, night, clock.now())
    return Changes.DIARY


def is_sealed(journal: Journal, person_id: int, night: date, clock: Clock) -> bool:
    """Whether the device numbers of `night` are closed: last night's (or a later one's), until the diary is saved.

    Nights further back are open unless a study seals them, and so is a nurse's caseload: there it is not the person who
    looks.
    """
    if journal.kind == JournalKind.NURSE:
        return False
    if night in nights.sealed_nights(journal, person_id, clock):
        return True
    if night < last_night(clock.now(), settings.zone_of(journal, person_id, clock)):
        return False
    return journal.diaries.get(person_id, night) is None and not journal.mornings.passed_over(person_id, night, night)


def diary_from_answers(person_id: int, night: date, zone: str, answers: Mapping[str, object]) -> Diary:
    """The diary of typed answers: times as minutes after midnight, placed on the night; None or absent is unanswered.

    Into bed lies between noon of the night and the next noon; each later time is moved a day on where it would else
    come before the one it follows, so that a riser at 12:40 is no riser of the evening before. A doubled hour is the
    first unless the order says otherwise. Raises UserError naming the field.
    """
    unknown = set(answers) - set(FIELDS)
    if unknown:
        raise ValueError(f"no diary fields: {sorted(unknown)}")
    given = {name: value for name, value in answers.items() if value is not None}
    placed: dict[str, Instant] = {}
    for name in TIMES:
        if name in given:
            placed[name] = _place(night, zone, _whole(name, given[name], 0, 1439), name, placed)
    values: dict[str, Any] = dict(placed)
    values |= {name: _number(name, given[name], high) for name, high in MINUTES.items() if name in given}
    values |= {name: _whole(name, given[name], 0, high) for name, high in COUNTS.items() if name in given}
    values |= {name: _whole(name, given[name], *span) for name, span in SCALES.items() if name in given}
    values |= {name: bool(given[name]) for name in YES_NO if name in given}
    diary = Diary(
        person_id, night, **values, comments=str(given.get("comments", "")), events=_events(given.get("events", ()))
    )
    _check(diary)
    return diary


def _place(night: date, zone: str, minutes: int, name: str, placed: dict[str, Instant]) -> Instant:
    anchor = next((placed[n] for n in reversed(TIMES[: TIMES.index(name)]) if n in placed), None)
    slept = next((placed[n] for n in ("try_sleep", "into_bed") if n in placed), None)
    wakes = name in ("final_wake", "out_of_bed")
    clock = time(minutes // 60, minutes % 60)
    on_next = minutes < NOON or (wakes and slept is None and minutes < NOON + 360)
    local = datetime.combine(night + timedelta(days=1) if on_next else night, clock)
    instant = from_local(local, zone)
    if anchor is None or instant.utc >= anchor.utc:
        return instant
    later = from_local(local, zone, later=True)
    if later.utc >= anchor.utc:
        return later
    moved = from_local(local + timedelta(days=1), zone)
    after_sleep = wakes and slept is not None and instant.utc <= slept.utc
    return moved if after_sleep or moved.utc - anchor.utc <= _HALF_DAY else instant


def _events(given: Any) -> tuple[str, ...]:
    return tuple(str(e) for e in given)


def _check(diary: Diary) -> None:
    for name, high in (MINUTES | COUNTS).items():
        value = getattr(diary, name)
        if value is not None:
            _number(name, value, high)
    for name, (low, high) in SCALES.items():
        value = getattr(diary, name)
        if value is not None:
            _whole(name, value, low, high)
    if any(e not in EVENTS for e in diary.events):
        now = "choose one of: " + ", ".join(EVENTS)
        raise UserError("The diary was not kept", "an unwanted event is not on the list", now, field="events")


def _whole(name: str, value: object, low: int, high: int) -> int:
    if isinstance(value, (int, float)) and float(value).is_integer() and low <= value <= high:
        return int(value)
    raise _refused(name, f"it takes a whole number from {low} to {high}")


def _number(name: str, value: object, high: int) -> float:
    if isinstance(value, (int, float)) and math.isfinite(value) and 0 <= value <= high:
        return float(value)
    raise _refused(name, f"it takes a number from 0 to {high}")


WORDS = {
    "into_bed": "got into bed", "try_sleep": "tried to sleep", "sol": "minutes to fall asleep", "nawk": "times awake",
    "waso": "minutes awake", "final_wake": "last woke", "out_of_bed": "got up", "quality": "how well you slept",
    "tasafa": "minutes trying to sleep at the end", "ema": "minutes awake too early", "rested": "how rested",
    "own_tst": "your own estimate of sleep", "naps": "naps", "nap_min": "minutes of naps",
}  # fmt: skip


def _refused(name: str, why: str) -> UserError:
    return UserError(f'"{WORDS.get(name, name)}" was not kept', why, "type it again", field=name)
