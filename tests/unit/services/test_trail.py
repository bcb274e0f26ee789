"""From a night to its rows and to the lines they were read from, byte by byte; said in words where there is no line."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from dreamjournal.domain.diary import Diary
from dreamjournal.domain.instant import in_zone
from dreamjournal.services import imports, mornings, nights, settings, trail
from dreamjournal.services.trail_lines import Line, line_of
from tests.fakes import FakeClock

DATA = Path(__file__).parents[2] / "data"
SLEEPS = DATA / "whoop/sleeps.csv"


@pytest.fixture
def clock():
    return FakeClock(datetime(2026, 11, 1, tzinfo=UTC))


@pytest.fixture
def me(journal):
    return journal.persons.all()[0].id


def run(journal, me, path, clock, **more):
    return imports.run(journal, me, [path], clock=clock, **more)[0][0]


def opened(journal, me, clock):
    """Every night of the journal, its device numbers opened without a diary."""
    for night in nights.nights(journal, me, None, None, clock, stages=False):
        if night.sealed:
            mornings.pass_over(journal, me, night.night_date, clock)
    return nights.nights(journal, me, None, None, clock, stages=False)


def recordings(journal, me, clock):
    found = opened(journal, me, clock)
    trails = [trail.of_night(journal, me, n.night_date, clock) for n in found]
    return [r for t in trails for r in t.rows if r.import_name and r.where]


def test_each_recording_of_a_table_shows_its_own_line(journal, me, clock):
    run(journal, me, SLEEPS, clock)
    lines = SLEEPS.read_text().splitlines()
    rows = recordings(journal, me, clock)
    assert rows
    for row in rows:
        number = int(row.where.rsplit(" ", 1)[1])
        assert row.line == lines[number - 1]
        assert row.header == lines[0]
        assert (row.source, row.import_name, row.why) == ("whoop", "sleeps.csv", "")
        start = dict(row.values)["start"].split(" ")[1]
        assert start[:5] in row.line


def test_a_member_of_a_zip_is_followed_and_two_of_one_name_are_not_guessed(journal, me, clock, tmp_path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("data/sleeps.csv", SLEEPS.read_bytes())
    run(journal, me, path, clock)
    rows = recordings(journal, me, clock)
    lines = SLEEPS.read_text().splitlines()
    assert rows and all(r.line == lines[int(r.where.rsplit(" ", 1)[1]) - 1] for r in rows)
    assert rows[0].where.startswith("export.zip/sleeps.csv line ")


def test_two_files_of_one_name_in_an_archive_are_not_guessed(journal, me, clock, tmp_path):
    path = tmp_path / "export.zip"
    half = SLEEPS.read_text().splitlines(keepends=True)
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("a/sleeps.csv", "".join(half[:3]))
        z.writestr("b/sleeps.csv", half[0] + "".join(half[3:]))
    run(journal, me, path, clock)
    rows = recordings(journal, me, clock)
    assert rows and all(r.line is None and "Several files in the archive" in r.why for r in rows)


@pytest.mark.parametrize("name", ["fitbit", "oura", "polar", "sleepsync", "garmin"])
def test_entries_of_json_are_shown_as_they_stand_or_not_at_all(journal, me, clock, name):
    """What is shown is a piece of the file and holds the recording's start; where it is not certain, nothing is."""
    shown = 0
    for path in sorted((DATA / name).rglob("*.json")):
        run(journal, me, path, clock, zone="Europe/London")
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        for row in recordings(journal, me, clock):
            if row.import_name != path.name:
                continue
            assert (row.line is None) == bool(row.why)
            if row.line is not None:
                shown += 1
                assert row.line.strip() in text
                assert isinstance(json.loads(row.line), dict)
    assert shown


def test_a_session_and_what_it_says_was_used_share_a_line(journal, me, clock):
    for path in sorted((DATA / "sleepsync").glob("*.json")):
        run(journal, me, path, clock)
    rows = recordings(journal, me, clock)
    used = [r for r in rows if r.what == "what was used"]
    assert used
    own = {(r.where, r.line) for r in rows if r.what == "recording"}
    assert {(r.where, r.line) for r in used} <= own


def test_an_original_that_is_not_kept_is_said_with_its_reason(journal, me, clock):
    settings.set_value(journal, me, "originals_limit_mb", 0)
    run(journal, me, SLEEPS, clock)
    rows = recordings(journal, me, clock)
    assert rows and all(r.line is None and "larger than the size" in r.why for r in rows)


def test_a_binary_file_is_said_in_words(journal, me, clock):
    path = next((DATA / "garmin").rglob("*.fit"), None) or next((DATA / "edf").rglob("*.edf"))
    run(journal, me, path, clock, zone="Europe/London")
    rows = recordings(journal, me, clock)
    assert rows and all(r.line is None and "binary" in r.why for r in rows)


def test_a_row_in_quotation_marks_over_several_lines_comes_whole():
    text = 'a,b\n1,"two\nlines"\n3,4\n'
    assert line_of(text, 2, joined=True) == Line('1,"two\nlines"', "a,b")
    assert line_of(text, 4, joined=True) == Line("3,4", "a,b")
    assert line_of(text, 9, joined=True).line is None


@pytest.mark.parametrize("zipped", [False, True])
def test_the_first_record_of_an_apple_night_is_shown_and_lies_within_it(journal, me, clock, tmp_path, zipped):
    found = 0
    for source in sorted((DATA / "apple_health").rglob("*.xml")):
        path = tmp_path / source.name
        path.write_bytes(source.read_bytes())
        if zipped:
            path = tmp_path / "export.zip"
            with zipfile.ZipFile(path, "w") as z:
                z.writestr(f"apple_health_export/{source.name}", source.read_bytes())
        run(journal, me, path, clock, zone="Europe/London")
        text = source.read_text(encoding="utf-8")
        for row in recordings(journal, me, clock):
            if row.line is not None and row.line in text:
                found += 1
                assert "HKCategoryTypeIdentifierSleepAnalysis" in row.line
                assert row.notes[-1].startswith("The night was put together from several records")
    assert found


def test_a_file_kept_by_a_later_import_of_it_is_found(journal, me, clock):
    settings.set_value(journal, me, "originals_limit_mb", 0)
    run(journal, me, SLEEPS, clock)
    settings.set_value(journal, me, "originals_limit_mb", 32)
    run(journal, me, SLEEPS, clock)
    assert all(r.line is not None for r in recordings(journal, me, clock))


def test_sealed_device_rows_stay_closed_and_the_persons_words_do_not(journal, me, clock):
    run(journal, me, SLEEPS, clock)
    last = max(n.night_date for n in nights.nights(journal, me, None, None, clock, stages=False))
    noon = datetime.combine(last + timedelta(days=1), time(12), UTC)
    found = trail.of_night(journal, me, last, FakeClock(noon))
    assert found.closed == trail.SEALED and not found.rows
    journal.diaries.put(
        Diary(me, last, into_bed=in_zone(noon - timedelta(hours=14), "Europe/London"), quality=4, entered=noon)
    )
    after = trail.of_night(journal, me, last, FakeClock(noon))
    assert {r.source for r in after.rows} == {"diary", "whoop"} and not after.closed
    assert (after.rows[0].what, after.rows[0].why) == ("sleep diary", trail.OWN)


def test_a_night_nobody_knows_has_no_rows(journal, me, clock):
    assert trail.of_night(journal, me, date(2020, 1, 1), clock).rows == ()


def test_values_that_a_later_import_changed_are_said_to_be(journal, me, clock, tmp_path):
    run(journal, me, SLEEPS, clock)
    head, *lines = SLEEPS.read_text().splitlines()
    at = head.split(",").index("Light sleep duration (min)")
    changed = [
        [*c[:at], str(int(c[at]) + 1), *c[at + 1 :]] if c[at].isdigit() else c for c in (r.split(",") for r in lines)
    ]
    later = tmp_path / "later.csv"
    later.write_text("\n".join([head, *(",".join(c) for c in changed)]) + "\n")
    run(journal, me, later, clock)
    rows = recordings(journal, me, clock)
    said = [
        r for r in rows if r.notes and r.notes[-1] == "Values were added or changed later by the import of later.csv."
    ]
    assert said and all(r.import_name == "sleeps.csv" for r in said)
