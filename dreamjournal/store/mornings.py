"""Morning answers: recall, the diary, and nights whose device numbers were opened without one."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any

from dreamjournal.common.frozen import made
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.instant import from_ms
from dreamjournal.store.columns import (
    clean,
    flag,
    moment_or_none,
    ms,
    ms_or_none,
    put_instant,
    read_words,
    words,
)
from dreamjournal.store.connect import Db, Row
from dreamjournal.store.sound import sound

_FLAGS = ("free_next_day", "illness", "travel", "on_call", "events_asked")
_TIMES = ("into_bed", "try_sleep", "final_wake", "out_of_bed")
_NUMBERS = ("sol", "nawk", "waso", "quality", "tasafa", "ema", "rested", "own_tst", "naps", "nap_min")
_FIELDS = tuple(f.name for f in fields(Diary))
_WHOLE = (
    "person_id, night_date, sol, nawk, waso, quality, comments, tasafa, ema, rested, own_tst, naps, nap_min, free_next_day, illness, "
    "travel, on_call, events_asked, events, entered, source, import_id, "
    + ", ".join(f"{name}_{part}" for name in _TIMES for part in ("ms", "off", "zone"))
)
"""What `_diary` reads, in its order."""


class Mornings:
    """The recall answer of each night."""

    def __init__(self, db: Db) -> None:
        self._db = db

    @sound
    def recall(self, person_id: int, night: date) -> Recall | None:
        """The answer, None when unasked."""
        row = self._db.row(
            "SELECT recall FROM mornings WHERE person_id = ? AND night_date = ?", (person_id, night.isoformat())
        )
        return Recall(row["recall"]) if row and row["recall"] else None

    def set_recall(self, person_id: int, night: date, recall: Recall | None, now: datetime) -> int:
        """Keep the answer; returns its id."""
        self._db.execute(
            "INSERT INTO mornings (person_id, night_date, recall, answered) VALUES (?, ?, ?, ?) ON CONFLICT (person_id, night_date) "
            "DO UPDATE SET recall = excluded.recall, answered = excluded.answered",
            (person_id, night.isoformat(), recall.value if recall else None, ms(now)),
        )
        row = self._db.row(
            "SELECT id FROM mornings WHERE person_id = ? AND night_date = ?", (person_id, night.isoformat())
        )
        return int(row["id"]) if row else 0

    @sound
    def recalls(self, person_id: int, first: date, last: date) -> dict[date, Recall]:
        """Answers by night."""
        sql = "SELECT night_date, recall FROM mornings WHERE person_id = ? AND night_date BETWEEN ? AND ? AND recall IS NOT NULL"
        rows = self._db.rows(sql, (person_id, first.isoformat(), last.isoformat()))
        return {date.fromisoformat(r["night_date"]): Recall(r["recall"]) for r in rows}

    def pass_over(self, person_id: int, night: date, now: datetime) -> None:
        """The person opened the device numbers without a diary."""
        self._db.execute(
            "INSERT INTO mornings (person_id, night_date, passed_over) VALUES (?, ?, ?) ON CONFLICT (person_id, night_date) "
            "DO UPDATE SET passed_over = excluded.passed_over",
            (person_id, night.isoformat(), ms(now)),
        )

    @sound
    def passed_over(self, person_id: int, first: date, last: date) -> set[date]:
        """Nights opened without a diary."""
        sql = "SELECT night_date FROM mornings WHERE person_id = ? AND night_date BETWEEN ? AND ? AND passed_over IS NOT NULL"
        return {
            date.fromisoformat(r["night_date"])
            for r in self._db.rows(sql, (person_id, first.isoformat(), last.isoformat()))
        }


class Diaries:
    """The diary of each night."""

    def __init__(self, db: Db) -> None:
        self._db = db

    def get(self, person_id: int, night: date) -> Diary | None:
        return self.between(person_id, night, night).get(night)

    def put(self, diary: Diary) -> int:
        """Keep a night's diary, replacing an earlier one; returns its id."""
        row: Row = {"person_id": diary.person_id, "night_date": diary.night_date.isoformat()}
        for name in _TIMES:
            row |= put_instant(name, getattr(diary, name))
        row |= {name: getattr(diary, name) for name in _NUMBERS}
        row |= {name: None if getattr(diary, name) is None else int(getattr(diary, name)) for name in _FLAGS}
        row |= {
            "comments": clean(diary.comments), "events": words(diary.events), "entered": ms_or_none(diary.entered),
            "source": diary.source, "import_id": diary.import_id,
        }  # fmt: skip
        found = self._db.row(
            "SELECT id FROM diaries WHERE person_id = ? AND night_date = ?",
            (diary.person_id, diary.night_date.isoformat()),
        )
        if found is None:
            return self._db.insert("diaries", row)
        self._db.update("diaries", found["id"], row)
        return int(found["id"])

    def delete(self, person_id: int, night: date) -> None:
        self._db.execute("DELETE FROM diaries WHERE person_id = ? AND night_date = ?", (person_id, night.isoformat()))

    @sound
    def between(self, person_id: int, first: date, last: date) -> dict[date, Diary]:
        """Diaries by night."""
        sql = f"SELECT {_WHOLE} FROM diaries WHERE person_id = ? AND night_date BETWEEN ? AND ? ORDER BY night_date"
        found = [_diary(r) for r in self._db.tuples(sql, (person_id, first.isoformat(), last.isoformat()))]
        return {d.night_date: d for d in found}

    @sound
    def last(self, person_id: int, until: date) -> date | None:
        """The last night with a diary, of those until `until`."""
        sql = "SELECT max(night_date) AS last FROM diaries WHERE person_id = ? AND night_date <= ?"
        row = self._db.row(sql, (person_id, until.isoformat()))
        return date.fromisoformat(row["last"]) if row and row["last"] else None


def _diary(row: tuple[Any, ...]) -> Diary:
    (
        person_id, night, sol, nawk, waso, quality, comments, tasafa, ema, rested, own_tst, naps, nap_min, free_next_day, illness, travel,
        on_call, events_asked, events, entered, source, import_id, *times,
    ) = row  # fmt: skip
    into_bed, try_sleep, final_wake, out_of_bed = (
        None if times[i] is None else from_ms(times[i], times[i + 1], times[i + 2]) for i in (0, 3, 6, 9)
    )
    values = (
        person_id, date.fromisoformat(night), into_bed, try_sleep, sol, nawk, waso, final_wake, out_of_bed, quality, comments, tasafa, ema,
        rested, own_tst, naps, nap_min, flag(free_next_day), flag(illness), flag(travel), flag(on_call), flag(events_asked),
        read_words(events), moment_or_none(entered), source, import_id,
    )  # fmt: skip
    return made(Diary, zip(_FIELDS, values, strict=True))
