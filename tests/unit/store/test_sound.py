"""A value in the file that cannot be is told as damage, whichever table it is in; never a traceback, never left out in silence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from dreamjournal.common.errors import JournalDamaged
from dreamjournal.store.connect import Db
from dreamjournal.store.integrity import DAYS, ENUMS, JSON_COLUMNS
from dreamjournal.store.journal import Journal, memory_journal
from tests.fakes import FakeClock

DAY = date(2026, 7, 1)
FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)
GOOD = {
    "answers": "{}", "codes": "{}", "value": "1", "words": '{"who": "x", "words": "x"}', "map": '[[], "", null, ""]', "receipt": "{}",
    "recorded": "", "contents": "[]", "answer": None,
}  # fmt: skip

READERS: dict[str, Callable[[Journal], object]] = {
    "persons": lambda j: j.persons.all(),
    "dreams": lambda j: j.dreams.all(1),
    "drafts": lambda j: j.dreams.drafts(1),
    "mornings": lambda j: j.mornings.recalls(1, FIRST, LAST),
    "diaries": lambda j: j.diaries.between(1, FIRST, LAST),
    "evenings": lambda j: j.evenings.between(1, FIRST, LAST),
    "intakes": lambda j: j.evenings.between(1, FIRST, LAST),
    "ticks": lambda j: j.evenings.between(1, FIRST, LAST),
    "tags": lambda j: j.tags.between(1, FIRST, LAST),
    "exposures": lambda j: j.exposures.between(1, FIRST, LAST),
    "sessions": lambda j: j.sessions.between(1, FIRST, LAST),
    "queries": lambda j: j.reviews.queries(1),
    "reviews": lambda j: j.reviews.all(1),
    "bin": lambda j: (j.bin.all(1), j.bin.restore(1)),
    "only_periods": lambda j: j.enhancers.only(1),
    "enhancers": lambda j: j.enhancers.all(1),
    "travels": lambda j: j.reading.travels(1),
    "column_maps": lambda j: j.reading.column_maps(1),
    "ledger": lambda j: j.reminders.log(1),
    "studies": lambda j: j.studies.all(1),
    "check_ins": lambda j: j.balance.check_ins(1),
    "instructions": lambda j: j.balance.instructions(1),
    "imports": lambda j: j.imports.all(1),
    "import_rows": lambda j: j.imports.undo(1, FakeClock().now()),
    "settings": lambda j: (j.settings.all(1), j.settings.get("x", 1)),
    "screenings": lambda j: j.screenings.latest(1, "x"),
    "codings": lambda j: j.codings.all(1),
}
CASES = [
    *((t, c, "no such word") for t, c, _ in ENUMS if t != "journal"),
    *((t, c, "{[") for t, c in JSON_COLUMNS),
    *((t, c, "2026-17-01") for t, c in DAYS),
]  # fmt: skip


def put_row(db: Db, table: str, **given: Any) -> None:
    """A row with something that can be in every column, and `given`."""
    known = {**dict.fromkeys(DAYS, "2026-07-01"), **{(t, c): next(iter(e)).value for t, c, e in ENUMS}}
    known |= {(t, c): GOOD.get(c, "[]") for t, c in JSON_COLUMNS}
    row: dict[str, Any] = {}
    for column in db.rows(f"PRAGMA table_info({table})"):
        name = column["name"]
        plain = {"TEXT": "x", "INTEGER": 1, "REAL": 1.0}.get(column["type"], b"")
        needed = column["notnull"] or column["pk"] or name.endswith(("_ms", "_off"))
        row[name] = known.get((table, name), plain if needed else None)
    row |= {"retired": 0} if "retired" in row else {}
    row |= {"blocks": ""} if table == "studies" else {}
    row |= {"tbl": "dreams"} if table == "import_rows" else {}
    row |= {"given_on": "2026-07-01"} if table == "instructions" else {}
    row |= {"reviewed_on": "2026-07-01"} if table == "reviews" else {}
    db.insert(table, row | given)


@pytest.fixture
def plain() -> Journal:
    made = memory_journal(clock=FakeClock())
    made._db.conn.execute("PRAGMA foreign_keys = OFF")
    return made


@pytest.mark.parametrize(("table", "column", "value"), CASES)
def test_what_cannot_be_is_damage(plain: Journal, table: str, column: str, value: str) -> None:
    db = plain._db
    if table == "import_rows":
        put_row(db, "imports")
    put_row(db, table, **{column: value})
    with pytest.raises(JournalDamaged):
        READERS[table](plain)


@pytest.mark.parametrize("table", sorted({t for t, _, _ in CASES} - {"import_rows"}))
def test_what_can_be_is_read(plain: Journal, table: str) -> None:
    put_row(plain._db, table)
    assert READERS[table](plain) is not None


@pytest.mark.parametrize("table", ["dreams", "exposures", "sessions", "intakes", "diaries"])
def test_text_that_is_no_text_is_damage(plain: Journal, table: str) -> None:
    put_row(plain._db, table)
    column = {"dreams": "text", "exposures": "name", "sessions": "source", "intakes": "name", "diaries": "comments"}[
        table
    ]
    plain._db.execute(f"UPDATE {table} SET {column} = CAST(x'61ff62' AS TEXT)")
    with pytest.raises(JournalDamaged):
        READERS[table](plain)


def test_a_moment_that_is_none_is_damage(plain: Journal) -> None:
    put_row(plain._db, "enhancers", created=1 << 62)
    with pytest.raises(JournalDamaged):
        plain.enhancers.all(1)
