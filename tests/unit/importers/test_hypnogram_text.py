"""Hypnograms in text and XML as nights."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft, StartNeeded, ZoneNeeded
from dreamjournal.domain.session import SessionKind, StageCode
from dreamjournal.importers.hypnogram_text import PLUGIN
from dreamjournal.services.hypnogram import read as statistics_of

DATA = Path(__file__).parents[2] / "data/hypnogram"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
SAMPLES = sorted(DATA.iterdir())
STARTS = {
    "2026-03-04_22-15-30_epochs.txt": datetime(2026, 3, 4, 22, 15, 30),
    "2026-03-05_2230_letters.txt": datetime(2026, 3, 5, 22, 30),
    "2026-03-06_23-00_zmax.txt": datetime(2026, 3, 6, 23),
    "2026-03-07_22-45_visbrain.txt": datetime(2026, 3, 7, 22, 45),
    "20260310_2200-nsrr.xml": datetime(2026, 3, 10, 22, 41, 10),  # the time from the file
    "20260311_2235-profusion.xml": datetime(2026, 3, 11, 22, 35),
    "dreem_2026-03-08.txt": datetime(2026, 3, 8, 22, 50),  # the date from the name, the time from the file
    "20260319_remlogic.txt": datetime(2026, 3, 19, 22, 19, 6),
    "sub-01_ses-20260309T2240_hypnogram.tsv": datetime(2026, 3, 9, 22, 40),
}
NIGHT = "\n".join(["0"] * 20 + ["2"] * 60 + ["0"] * 10) + "\n"


def read(data: bytes | str, where: str, zone: str | None = "Europe/London", start: datetime | None = None):
    raw = data.encode() if isinstance(data, str) else data
    return list(PLUGIN.read(io.BytesIO(raw), ReadOptions(NOW, zone, where, start=start), NoProgress()))


def one(found):
    return next(d for d in found if isinstance(d, RowDraft)).sessions[0]


def warnings(found):
    return [d.text for d in found if isinstance(d, FileWarning)]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.name)
def test_every_form_is_the_same_night(path):
    assert PLUGIN.sniff(path.read_bytes()[:65536], "renamed") == 1
    session = one(read(path.read_bytes(), path.name))
    assert session.start.local == STARTS[path.name]
    assert session.night_date == STARTS[path.name].date()
    m = session.measures
    assert (m.tib_min, m.tst_min, m.sol_min, m.waso_min, m.deep_min, m.rem_min, m.rem_latency_min, m.light_min) == (
        298, 280, 10, 8, 30, 70, 68, None,
    )  # fmt: skip
    assert session.kind == SessionKind.MAIN
    assert [s.code for s in session.stages[:4]] == [StageCode.W, StageCode.N1, StageCode.N2, StageCode.N3]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.name)
def test_the_command_line_reads_what_is_imported(path):
    found = statistics_of(path)
    assert (found.tst_min, found.sol_min, found.n3_min, found.rem_min, found.trt_min) == (280, 10, 30, 70, 298)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.name)
def test_a_form_not_seen_in_the_wild_says_so(path):
    said = any("not yet been seen" in w for w in warnings(read(path.read_bytes(), path.name)))
    assert said == (path.name not in ("2026-03-04_22-15-30_epochs.txt", "2026-03-05_2230_letters.txt"))


def test_without_a_date_it_asks():
    with pytest.raises(StartNeeded):
        read(NIGHT, "hypnogram.txt")
    with pytest.raises(StartNeeded):
        read(NIGHT, "2026-03-04.txt")  # a date and no time
    assert one(read(NIGHT, "hypnogram.txt", start=datetime(2026, 3, 4, 23, 30))).start.local == datetime(
        2026, 3, 4, 23, 30
    )


def test_without_a_zone_it_asks():
    with pytest.raises(ZoneNeeded):
        read(NIGHT, "2026-03-04_2230.txt", zone=None)


def test_elapsed_time_over_a_clock_change():
    session = one(read("0\n" + "2\n" * 899, "2026-03-28_2300.txt"))
    assert (session.end.iso_z, session.measures.tib_min) == ("2026-03-29T06:30:00Z", 450)


def test_a_start_after_midnight_belongs_to_the_evening_before():
    assert one(read(NIGHT, "2026-03-05_00-30.txt")).night_date == date(2026, 3, 4)


def test_code_four_as_rem_is_said():
    assert any("Code 4" in w for w in warnings(read("0\n2\n4\n" * 30, "2026-03-04_2230.txt")))
    assert not any("Code 4" in w for w in warnings(read("0\n2\n4\n5\n" * 30, "2026-03-04_2230.txt")))


def test_more_than_twelve_hours_are_cut_around_the_sleep():
    found = read("0\n" * 1200 + "2\n" * 600 + "0\n" * 600 + "?\n" * 50, "2026-03-04_1200.txt")
    session = one(found)
    assert (session.start.local, session.measures.tib_min) == (datetime(2026, 3, 4, 21, 30), 360)
    assert session.measures.sol_min is None
    assert any("12 hours" in w for w in warnings(found))


def test_a_date_in_the_future_is_rejected_and_a_bad_line_refused():
    found = read(NIGHT, "2080-03-04_2230.txt")
    assert "in the future" in next(d for d in found if isinstance(d, Rejected)).reason
    with pytest.raises(UserError, match="line 91"):
        read(NIGHT + "coffee\n", "2026-03-04_2230.txt")


def test_a_few_lines_of_numbers_are_no_night():
    with pytest.raises(UserError, match="five minutes"):
        read("0\n2\n2\n", "2026-03-04_2230.txt")


def test_names_above_a_table_are_not_kept():
    found = read(
        (DATA / "20260319_remlogic.txt").read_bytes().replace(b"Patient:\tX", b"Patient:\tErika"), "remlogic.txt"
    )
    assert "Erika" not in repr(found)


@pytest.mark.real
def test_a_recorded_hypnogram(shared_dir):
    data = (shared_dir / "vectors/hyp6h.txt").read_bytes()
    assert PLUGIN.sniff(data[:65536], "hyp6h.txt") == 1
    session = one(read(data, "hyp6h.txt", start=datetime(2026, 3, 4, 23)))
    codes = [int(line) for line in data.decode().splitlines() if not line.startswith("#")]
    assert session.measures.tst_min == sum(c > 0 for c in codes) / 2
    assert session.measures.rem_min == codes.count(4) / 2


@pytest.mark.real
def test_no_other_recorded_export_is_taken_for_one(shared_dir):
    others = [p for p in sorted((shared_dir / "fixtures").rglob("*")) if p.is_file()]
    assert others and not [p.name for p in others if PLUGIN.sniff(p.read_bytes()[:65536], p.name)]


def test_a_date_in_the_file_needs_none_in_the_name():
    session = one(read((DATA / "20260319_remlogic.txt").read_bytes(), "remlogic.txt"))
    assert session.start.local == datetime(2026, 3, 19, 22, 19, 6)
