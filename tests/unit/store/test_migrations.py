"""A journal of an earlier version opens with everything that was in it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dreamjournal.store.connect import SCHEMA_VERSION, connect
from dreamjournal.store.journal import open_journal
from dreamjournal.store.migrations import steps

KEY = bytes(range(32))


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "keyed"])
def test_a_journal_of_the_first_schema_keeps_its_nights_and_gains_the_new_tables(tmp_path, key):
    path = tmp_path / "journal.db"
    db = connect(path, key)
    steps.apply(db.utils, stop_before="m002_reading")
    assert db.row("PRAGMA user_version")["user_version"] == 1
    with db.atomic():
        db.execute("INSERT INTO journal (id, kind, made) VALUES (1, 'own', 0)")
        db.execute("INSERT INTO persons (id, name, created) VALUES (1, 'me', 0)")
        db.execute(
            "INSERT INTO sessions (person_id, night_date, source, source_id, kind, validity, start_ms, start_off, start_zone, "
            "end_ms, end_off, end_zone, tst_min) VALUES (1, '2026-07-09', 'whoop', 'x', 'main', 'ok', ?, 60, 'Europe/London', ?, 60, "
            "'Europe/London', 430)",
            (1783634400000, 1783663200000),
        )
        db.execute("INSERT INTO source_zones (person_id, source, zone) VALUES (1, 'sleep_cycle', 'Asia/Tokyo')")
    db.conn.close()
    journal = open_journal(path, key=key)
    try:
        assert journal.data_version() > 0
        (session,) = journal.sessions.of_night(1, date(2026, 7, 9))
        assert (session.measures.tst_min, session.zone_confidence, session.recorded) == (430, "", None)
        assert session.start.utc == datetime(2026, 7, 9, 22, tzinfo=UTC)
        assert journal.reading.zones(1) == {"sleep_cycle": "Asia/Tokyo"}
        assert journal.originals.totals() == (0, 0, 0)
    finally:
        journal.close()
    db = connect(path, key)
    assert db.row("PRAGMA user_version")["user_version"] == SCHEMA_VERSION
    db.conn.close()
