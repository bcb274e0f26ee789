"""SleepChart's records of twelve bytes."""

from __future__ import annotations

import io
import re
import struct
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dreamjournal.common import heads
from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft, ZoneNeeded
from dreamjournal.importers.sleepchart import DELAYED, FORCED, MAX_BYTES, PLUGIN

CHART = (Path(__file__).parents[2] / "data/sleepchart/chart.tim").read_bytes()
NOW = datetime(2026, 11, 1, tzinfo=UTC)
MONTHS = ("jan", "feb", "mar", "apr")


def read(data: bytes, zone: str | None = "Europe/London"):
    return list(PLUGIN.read(io.BytesIO(data), ReadOptions(NOW, zone, where="f"), NoProgress()))


def rows(found):
    return [d for d in found if isinstance(d, RowDraft)]


def record(start: float, end: float, natural: int = 255, willing: int = 255) -> bytes:
    return struct.pack("<ffBBxx", start, end, natural, willing)


def test_days_since_the_last_of_1999_as_wall_clocks():
    with pytest.raises(ZoneNeeded):
        read(CHART, None)
    session = rows(read(CHART))[0].sessions[0]
    assert (session.start.local, session.end.local) == (datetime(2026, 3, 11, 23), datetime(2026, 3, 12, 6, 30))
    assert (session.measures.tst_min, session.night_date) == (450, date(2026, 3, 11))


def test_flags_are_tags_in_the_programs_own_words():
    assert [[t.tag for t in r.tags] for r in rows(read(CHART))] == [[], [FORCED], [DELAYED]]


def test_what_is_not_sure_is_said():
    assert any("check a night you know" in d.text for d in read(CHART) if isinstance(d, FileWarning))


def test_a_wall_clock_over_a_change_of_clocks():
    day = (datetime(2026, 3, 28) - datetime(1999, 12, 31)).days
    (row,) = rows(read(record(day + 23 / 24, day + 1 + 7.5 / 24)))
    assert row.sessions[0].measures.tst_min == 450


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (record(9000.5, 9000.25), "the end is before the start"),
        (record(9000.5, 9000.5), "no time between them"),
        (record(9000.5, 9002.5), "longer than 24 hours"),
        (record(0.0, 0.5), "not a day of this century"),
        (record(float("nan"), 2.0), "not a day of this century"),
        (record(9000.0, float("inf")), "not a day of this century"),
        (record(20000.0, 20000.5), "in the future"),
        (record(9560.0, 9560.3), "before the record above it ends"),
    ],
)
def test_a_bad_record_is_rejected_alone(bad, reason):
    found = read(CHART[:12] + bad + CHART[24:])
    (no,) = [d for d in found if isinstance(d, Rejected)]
    assert reason in no.reason
    assert (no.line, no.text, len(rows(found))) == (2, bad.hex(" "), 2)


def test_a_record_cut_off_is_rejected():
    found = read(CHART[:-5])
    (no,) = [d for d in found if isinstance(d, Rejected)]
    assert (no.reason, no.line, len(rows(found))) == ("the record is cut off", 3, 2)


def test_a_file_larger_than_any_chart_is_refused():
    with pytest.raises(UserError, match="larger"):
        read(bytes(MAX_BYTES + 1))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0" * 120, CHART[:11], CHART + b"\0", CHART[12:24] + CHART[:12], b"AAAEAbAEAAAA", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(8),
        bytes(range(256)) * 3, b"\xff" * 24, b"hello, world" * 9,
    ],
)  # fmt: skip
def test_other_bytes_are_not_taken_for_a_chart(data):
    assert PLUGIN.sniff(data, "chart.tim") == 0


def test_sniff_by_content_and_a_head_that_ends_within_a_record():
    assert 0 < PLUGIN.sniff(CHART, "x") < 1
    long = b"".join(record(1 + i / 2, 1.3 + i / 2) for i in range(6000))
    assert PLUGIN.sniff(long[:65536], "x") > 0


@pytest.mark.real
def test_the_examples_that_have_records(shared_dir):
    folder = shared_dir / "fixtures/sleepdiary_misc/SleepChart1/examples"
    day = timedelta(days=1)
    count, dated, off = 0, 0, []
    for path in sorted(folder.glob("*.tim")):
        data = path.read_bytes()
        if not data:
            continue
        count += 1
        head = heads.normalised(data)
        assert heads.kind_of(head) in PLUGIN.kinds, path.name
        assert PLUGIN.sniff(head, "x") > 0, path.name
        found = read(data)
        assert len(rows(found)) == len(data) // 12, path.name
        assert not [d for d in found if isinstance(d, Rejected)], path.name
        first = rows(found)[0].sessions[0]
        length = re.search(r"00_00-(\d\d)_(\d\d)", path.name)
        if length:
            said = int(length[1]) * 60 + int(length[2])
            assert abs((first.end.utc - first.start.utc).total_seconds() / 60 - said) <= 1, path.name
            assert first.start.local.time().isoformat() == "00:00:00"
        named = re.match(r"(jan|feb|mar|apr) (\d+)(?:\+14)? (\d{4}|200\[)", path.name.lower())
        if named:
            dated += 1
            year = int(named[3]) if named[3].isdigit() else 2000
            off.append((first.start.local.date() - date(year, MONTHS.index(named[1]) + 1, int(named[2]))) // day)
    assert (count, dated) == (32, 25)
    assert (off.count(0), off.count(1)) == (8, 15)


@pytest.mark.real
def test_the_flags_of_the_examples_named_after_them(shared_dir):
    folder = shared_dir / "fixtures/sleepdiary_misc/SleepChart1/examples"

    def tags(name: str) -> list[str]:
        return [t.tag for t in rows(read((folder / name).read_bytes()))[0].tags]

    assert tags("apr 11 2021, 0-1am forced awakening.tim") == [FORCED]
    assert tags("apr 11 2021, 0-1am delayed sleep.tim") == [DELAYED]
    assert tags("apr 11 2021, 0-1am terminated naturally.tim") == []
    assert tags("test2 terminated naturally.tim") == [DELAYED]
    assert tags("test2 retired naturally, terminated naturally.tim") == []
