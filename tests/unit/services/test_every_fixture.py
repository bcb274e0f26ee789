"""Every recorded export beside the project through the real reader: known, accounted for, or refused in a sentence."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dreamjournal.common.clock import FixedClock
from dreamjournal.common.progress import NoProgress
from dreamjournal.services import imports, nights, reread
from dreamjournal.services.import_messages import Asks, Doubt, Found, Left, Refused, Request, Taken, Unknown
from dreamjournal.services.import_reader import ChildReader

pytestmark = pytest.mark.real

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CRASH = "not what the format promises"
SENTENCE = re.compile(r"[A-Z][^\n]{10,400}\.")
SLEEPMETER_ROW = re.compile(r'^"\d{4,5}-\d\d-\d\d \d\d:\d\d[+-]\d{4}","[^"\n]*","[^"\n]*",', re.MULTILINE)
Counted = int | Callable[[Path], int]
"""How many rows a file has: a number, or how to count them without the reader."""


def records_in_zip(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        return sum(line.startswith(b"Id,") for line in archive.read("sleep-export.csv").split(b"\n"))


def sleepmeter_rows(path: Path) -> int:
    return len(SLEEPMETER_ROW.findall(path.read_text()))


def twelve_bytes(path: Path) -> int:
    return path.stat().st_size // 12


KNOWN: dict[str, tuple[str, Counted | None]] = {
    "apple_health/dogsheep_*.xml": ("apple_health", 0),
    "apple_health/tagbug_*.xml": ("apple_health", 1),
    "cpap/AirBreak_AS10_ASVAuto.STR.edf": ("resmed", 9),
    "cpap/AirCurve_10_VAuto.STR.edf": ("resmed", 115),
    "cpap/AirSense_11_APAP.STR.edf": ("resmed", 78),
    "garmin/*.json": ("garmin", 1),
    "hypnogram/*-Hypnogram.edf": ("edf", None),
    "oura/*_readiness.json": ("oura", 0),
    "oura/dexta_api_v2_sleep.json": ("oura", 4),
    "oura/mohdasti_trends_*.csv": ("oura", 10),
    "sleep_as_android/*.zip": ("sleep_as_android", records_in_zip),
    "sleepdiary_misc/PleesTracker/examples/*.csv": ("plees", 3),
    "sleepdiary_misc/SleepChart1/examples/*.tim": ("sleepchart", twelve_bytes),
    "sleepdiary_misc/Sleepmeter/examples/*.csv": ("sleepmeter", sleepmeter_rows),
    "whoop/dexta_*.json": ("whoop", 3),
    "whoop/mohdasti_journal_entries.csv": ("whoop", 6),
    "whoop/mohdasti_physiological_cycles_*.csv": ("whoop", 10),
    "whoop/mohdasti_sleeps.csv": ("whoop", 14),
    "withings/mohdasti_raw_tracker_*.csv": ("withings", 17),
    "withings/mohdasti_sleep.csv": ("withings", 39),
}
"""Glob -> format and rows; None where a row of the format is no line of the file."""

WITHOUT_SLEEP = ("cpap/*_EVE.edf", "cpap/*_CSL.edf")
"""Either known and without a row, or refused."""
ASKED = ("sleepdiary_misc/SpreadsheetTable/examples/*.xlsx", "sleepdiary_misc/SpreadsheetGraph/examples/*.xlsx")
"""Spreadsheets: the person says what the columns mean, unless they have none."""
UNKNOWN = ("README.md", "sleepdiary_misc/ActivityLog/examples/*")
EMPTY = ("sleepdiary_misc/SleepChart1/examples/config.tim", "sleepdiary_misc/SleepChart1/examples/empty.tim")


@pytest.fixture(scope="module")
def fixtures(shared_dir) -> Path:
    return shared_dir / "fixtures"


@pytest.fixture(scope="module")
def child():
    with ChildReader() as reader:
        yield reader


def ask(child: ChildReader, path: Path):
    messages = list(child.read(Request(str(path), path.name, NOW, zone="Europe/London"), NoProgress()))
    for m in messages:
        if isinstance(m, Refused):
            assert CRASH not in m.sentence, path.name
            assert SENTENCE.fullmatch(m.sentence), m.sentence
    return messages


def matched(fixtures: Path, glob: str) -> list[Path]:
    found = sorted(p for p in fixtures.glob(glob) if p.is_file() and p.relative_to(fixtures).as_posix() not in EMPTY)
    assert found, f"no file beside the project is {glob}"
    return found


def test_every_file_is_expected_once(fixtures):
    expected = [p for glob in (*KNOWN, *WITHOUT_SLEEP, *ASKED, *UNKNOWN) for p in matched(fixtures, glob)]
    expected += [fixtures / name for name in EMPTY]
    assert sorted(expected) == sorted(p for p in fixtures.rglob("*") if p.is_file())


@pytest.mark.parametrize("glob", KNOWN)
def test_a_file_of_a_known_format_is_found_with_every_row_accounted_for(child, fixtures, glob):
    key, counted = KNOWN[glob]
    for path in matched(fixtures, glob):
        messages = ask(child, path)
        assert [m.format for m in messages if isinstance(m, Found)] == [key], path.name
        assert not [m for m in messages if isinstance(m, Refused | Unknown | Asks)], path.name
        taken = [m.row for m in messages if isinstance(m, Taken)]
        rejected = [m.row for m in messages if isinstance(m, Left)]
        assert all(r.reason for r in rejected), path.name
        read = sum(r.rows + r.merged for r in taken) + len(rejected)
        if counted is None:
            assert read > 0, path.name
        else:
            assert read == (counted if isinstance(counted, int) else counted(path)), path.name
        for session in (s for r in taken for s in r.sessions):
            assert session.start.utc < session.end.utc, path.name


@pytest.mark.parametrize("glob", WITHOUT_SLEEP)
def test_a_file_without_sleep_is_passed_with_a_word_or_refused(child, fixtures, glob):
    for path in matched(fixtures, glob):
        messages = ask(child, path)
        assert not [m for m in messages if isinstance(m, Taken | Left)], path.name
        known = any(isinstance(m, Found) for m in messages)
        said = [m for m in messages if isinstance(m, Doubt | Refused | Unknown)]
        assert said, path.name
        assert known or isinstance(said[0], Refused | Unknown), path.name


@pytest.mark.parametrize("glob", ASKED)
def test_a_spreadsheet_asks_what_its_columns_mean_or_says_why_it_cannot(child, fixtures, glob):
    for path in matched(fixtures, glob):
        messages = ask(child, path)
        asked = [m for m in messages if isinstance(m, Asks)]
        if asked:
            assert (asked[0].what, bool(asked[0].question and asked[0].question.header)) == ("columns", True), path.name
        else:
            assert any(isinstance(m, Refused) for m in messages), path.name
        assert not [m for m in messages if isinstance(m, Taken)], path.name


def test_the_spreadsheet_with_a_table_is_asked_about(child, fixtures):
    (path,) = matched(fixtures, ASKED[0])
    (asked,) = [m for m in ask(child, path) if isinstance(m, Asks)]
    assert asked.question.header == ("Sleep", "Wake")


@pytest.mark.parametrize("glob", UNKNOWN)
def test_other_files_are_unknown_and_nothing_is_taken_of_them(child, fixtures, glob):
    for path in matched(fixtures, glob):
        (message,) = ask(child, path)
        assert isinstance(message, Unknown), path.name


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_file_is_refused_in_a_sentence(child, fixtures, name):
    (message,) = ask(child, fixtures / name)
    assert isinstance(message, Refused)
    assert "it is empty" in message.sentence


def test_everything_goes_in_once_and_comes_out_without_a_trace(journal, shared_dir):
    clock = FixedClock(NOW)
    me = journal.persons.all()[0].id

    def seen():
        return json.dumps(nights.to_json(nights.nights(journal, me, clock=clock)), sort_keys=True)

    empty = seen()
    receipts, _ = imports.run(journal, me, [shared_dir / "fixtures"], zone="Europe/London", clock=clock)
    taken = [f for f in receipts if f.import_id is not None]
    assert len(taken) > 45
    for f in taken:
        for c in (f.rows, f.sessions, f.dreams, f.exposures):
            assert c.read == c.kept + c.updated + c.unchanged + c.merged + c.rejected, f.path
        assert f.rows.rejected == len(f.rejected), f.path
    full = seen()
    again, _ = imports.run(journal, me, [shared_dir / "fixtures"], zone="Europe/London", clock=clock)
    assert {f.path: (f.rows.kept, f.rows.updated, f.rows.merged) for f in again if f.import_id and f.rows.read} == {
        f.path: (0, 0, 0) for f in again if f.import_id and f.rows.read
    }
    assert seen() == full
    assert reread.preview(journal, me, clock).changes == ()
    for f in [*again, *receipts]:
        if f.import_id is not None:
            imports.undo(journal, f.import_id, clock)
    assert seen() == empty
    assert journal.originals.totals() == (0, 0, 0)
