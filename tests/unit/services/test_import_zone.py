"""Files without a zone: it is asked for once, remembered for the source, and heeds stays elsewhere."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.services import imports, reading, reread
from tests.fakes import FakeClock

DATA = Path(__file__).parents[2] / "data"
OLD_SLEEP_CYCLE = (
    "Start;End;Sleep quality;Time in bed;Wake up;Sleep Notes;Heart rate;Activity (steps)\n"
    "2026-03-12 23:00:00;2026-03-13 07:00:00;80%;8:00;:);;60;1000\n"
    "2026-03-28 23:00:00;2026-03-29 08:00:00;80%;8:00;:);;60;1000\n"
)


@pytest.fixture
def clock():
    return FakeClock(datetime(2026, 11, 1, tzinfo=UTC))


@pytest.fixture
def me(journal):
    return journal.persons.all()[0].id


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "sleepdata.csv"
    path.write_text(OLD_SLEEP_CYCLE)
    return path


def run(journal, me, path, clock, **more):
    return imports.run(journal, me, [path], clock=clock, **more)[0][0]


def starts(journal, me):
    by_night = journal.sessions.between(me, date(2026, 1, 1), date(2026, 12, 31))
    return [s.start.iso_z for of_night in by_night.values() for s in of_night]


def test_without_a_zone_it_is_refused_naming_the_option_then_remembered(journal, me, path, clock):
    refused = run(journal, me, path, clock)
    assert "--zone" in refused.error
    assert (refused.needs, refused.rows.read) == ("zone", 0)
    taken = run(journal, me, path, clock, zone="America/New_York")
    assert (taken.zone, taken.zone_confidence, taken.error) == ("America/New_York", "asked", None)
    assert starts(journal, me)[0] == "2026-03-13T03:00:00Z"
    again = run(journal, me, path, clock)
    assert (again.zone, again.zone_confidence) == ("America/New_York", "asked")
    assert again.rows.unchanged == again.rows.read


def test_the_person_and_the_source_have_each_their_own_zone(journal, me, path, clock):
    run(journal, me, path, clock, zone="America/New_York")
    other = journal.persons.add("P2", clock.now()).id
    assert run(journal, other, path, clock).needs == "zone"
    assert reading.zones(journal, me) == {"sleep_cycle": "America/New_York"}


def test_a_stay_elsewhere_is_read_in_its_zone_and_only_there(journal, me, path, clock):
    reading.add_travel(journal, me, date(2026, 3, 10), date(2026, 3, 20), "Asia/Tokyo")
    run(journal, me, path, clock, zone="Europe/London")
    assert starts(journal, me) == ["2026-03-12T14:00:00Z", "2026-03-28T23:00:00Z"]
    assert reading.zones(journal, me) == {"sleep_cycle": "Europe/London"}


def test_stays_do_not_overlap_and_zones_exist(journal, me, clock):
    reading.add_travel(journal, me, date(2026, 3, 10), date(2026, 3, 20), "Asia/Tokyo")
    with pytest.raises(UserError, match="already"):
        reading.add_travel(journal, me, date(2026, 3, 20), date(2026, 3, 22), "Europe/Paris")
    with pytest.raises(UserError, match="before it begins"):
        reading.add_travel(journal, me, date(2026, 4, 2), date(2026, 4, 1), "Europe/Paris")
    with pytest.raises(UserError, match="no time zone"):
        reading.add_travel(journal, me, date(2026, 4, 1), date(2026, 4, 2), "Europe/Atlantis")
    kept = reading.travels(journal, me)
    assert [k.travel.zone for k in kept] == ["Asia/Tokyo"]
    reading.delete_travel(journal, kept[0].id)
    assert reading.travels(journal, me) == []


def test_another_zone_is_heeded_when_the_kept_file_is_read_again(journal, me, path, clock):
    taken = run(journal, me, path, clock, zone="Europe/London")
    assert taken.original == "kept"
    assert reread.preview(journal, me, clock).changes == ()
    reading.set_zone(journal, me, "sleep_cycle", "America/New_York")
    found = reread.preview(journal, me, clock)
    assert [c.what for c in found.changes] == ["new", "gone", "new", "gone"] or len(found.changes) >= 2
    assert starts(journal, me)[0] == "2026-03-12T23:00:00Z"
    ids, _ = reread.apply(journal, found, clock)
    assert starts(journal, me) == ["2026-03-13T03:00:00Z", "2026-03-29T03:00:00Z"]
    for each in reversed(ids):
        imports.undo(journal, each, clock)
    assert starts(journal, me) == ["2026-03-12T23:00:00Z", "2026-03-28T23:00:00Z"]


def test_a_zone_that_leaves_the_wall_clock_as_it_is_still_shows_as_a_change(journal, me, clock):
    run(journal, me, DATA / "fitbit/sleep-2026-03-12.json", clock, zone="Europe/London")
    reading.set_zone(journal, me, "fitbit", "America/New_York")
    found = reread.preview(journal, me, clock)
    assert found.changes
    assert {c.what for c in found.changes} == {"changed"}
    name, old, new = found.changes[0].fields[0]
    assert (name, old.split()[-1], new.split()[-1]) == ("start", "Europe/London", "America/New_York")


def test_two_tables_explained_at_once_are_both_remembered(journal, me, clock, tmp_path):
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("Went,Rose\n2026-03-12 23:00,2026-03-13 07:00\n2026-03-13 23:00,2026-03-14 07:00\n")
    second.write_text("Began;Ended\n2026-04-12 23:00;2026-04-13 07:00\n2026-04-13 23:00;2026-04-14 07:00\n")
    asked = imports.preview(journal, me, [first, second], zone="Europe/London", clock=clock).files
    said = {f.question.key: f.question.guess for f in asked}
    assert len(said) == 2
    receipts, _ = imports.run(journal, me, [first, second], zone="Europe/London", columns=said, clock=clock)
    assert [f.error for f in receipts] == [None, None]
    assert set(reading.column_maps(journal, me)) == set(said)
    reading.forget_columns(journal, me, asked[0].question.key)
    assert imports.preview(journal, me, [first], clock=clock).files[0].needs == "columns"


def test_an_event_read_again_in_another_zone_is_told_once(journal, me, clock):
    run(journal, me, DATA / "plees/plees-tracker.csv", clock, zone="Europe/London")

    def events():
        by_night = journal.sessions.between(me, date(2000, 1, 1), date(2099, 1, 1))
        return sorted((s.source_id, len(s.events)) for of_night in by_night.values() for s in of_night)

    before = events()
    assert any(n for _, n in before)
    reading.set_zone(journal, me, "plees", "Europe/Berlin")
    found = reread.preview(journal, me, clock)
    assert found.changes
    assert not any(name == "events" for c in found.changes for name, _, _ in c.fields)
    reread.apply(journal, found, clock)
    assert events() == before
