"""A recorded night as a hypnogram: whole, true across clock changes, closed where it must be, and the same when it is read back."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.app import cli
from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import ReadOptions, RowDraft, SessionDraft
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.hypnogram import statistics
from dreamjournal.domain.hypnogram_files import parse
from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.session import MainSleep, Session, SessionKind, SessionMeasures, Stage, StageCode, Validity
from dreamjournal.domain.study import Study
from dreamjournal.importers.hypnogram_text import PLUGIN
from dreamjournal.services import hypnogram_tsv, mornings
from dreamjournal.services.hypnogram_tsv import UNSCORED, build, write
from tests.fakes import FakeClock

ME = 1
NIGHT = date(2026, 6, 3)
C = StageCode
SCORED = (
    (0, 600, C.W),
    (600, 600, C.N1),
    (1200, 9000, C.N2),
    (10_200, 3000, C.N3),
    (13_200, 1800, C.REM),
    (15_000, 300, C.W),
)
WRIST = (
    (0, 420, C.W),
    (420, 6000, C.LIGHT),
    (6420, 2580, C.N3),
    (9000, 900, C.REM),
    (9900, 600, C.ASLEEP),
    (10_500, 60, C.W),
)


def recorded(journal: Any, stages: tuple[tuple[int, int, StageCode], ...] = SCORED, **changes: Any) -> int:
    begun = changes.pop("begun", datetime(NIGHT.year, NIGHT.month, NIGHT.day, 22, tzinfo=UTC))
    length = changes.pop("length", max(o + d for o, d, _ in stages) if stages else 3600)
    zone = changes.pop("zone", "Europe/London")
    start, end = in_zone(begun, zone), in_zone(begun + timedelta(seconds=length), zone)
    session = Session(
        0, ME, NIGHT, "sleepsync", f"s-{begun}", SessionKind.MAIN, Validity.OK, start, end, SessionMeasures(tib_min=length / 60, tst_min=1),
        device="Band 2", stages=tuple(Stage(*s) for s in stages),
    )  # fmt: skip
    return int(journal.sessions.put(replace(session, **changes)))


def refused(journal: Any, clock: FakeClock, source: str | None = None, day: date = NIGHT) -> str:
    with pytest.raises(UserError) as caught:
        build(journal, ME, day, source, clock)
    return caught.value.sentence


def read_back(data: bytes, start: datetime, zone: str = "Europe/London") -> SessionDraft:
    assert PLUGIN.sniff(data[:65536], "x.tsv") == 1
    options = ReadOptions(datetime(2026, 12, 1, tzinfo=UTC), zone, "x.tsv", start=start)
    found = list(PLUGIN.read(io.BytesIO(data), options, NoProgress()))
    session = next(d for d in found if isinstance(d, RowDraft)).sessions[0]
    assert isinstance(session, SessionDraft)
    return session


def test_a_night_is_a_table_of_onset_duration_and_stage(journal: Any, clock: FakeClock) -> None:
    recorded(journal)
    found = build(journal, ME, NIGHT, "sleepsync", clock)
    lines = found.tsv.decode().split("\n")
    assert lines[:3] == ["onset\tduration\tstage", "0\t600\tW", "600\t600\tN1"]
    assert lines[-2:] == ["15000\t300\tW", ""]
    assert b"\r" not in found.tsv
    key = json.loads(found.json)
    assert key["onset"]["Units"] == key["duration"]["Units"] == "s"
    assert {stage for _, _, stage in found.rows} <= set(key["stage"]["Levels"])
    assert (key["NightDate"], key["StartTime"], key["TimeZone"], key["UTCOffsetMinutes"]) == (
        "2026-06-03", "2026-06-03T22:00:00Z", "Europe/London", 60,
    )  # fmt: skip
    assert (key["Source"], key["Device"]) == ("sleepsync", "Band 2")
    assert build(journal, ME, NIGHT, None, clock) == found


@pytest.mark.parametrize("stages", [SCORED, WRIST], ids=["scored", "wrist"])
def test_our_own_importer_reads_the_same_night(journal: Any, clock: FakeClock, stages: Any) -> None:
    recorded(journal, stages)
    found = build(journal, ME, NIGHT, None, clock)
    again = read_back(found.tsv, datetime(2026, 6, 3, 23))
    assert again.stages == tuple(Stage(*s) for s in stages)
    assert (again.start.iso_z, again.end.iso_z) == (found.sidecar["StartTime"], found.sidecar["EndTime"])

    def minutes(*codes: StageCode) -> float:
        return sum(d for _, d, c in stages if c in codes) / 60

    m = again.measures
    assert m.tst_min == minutes(C.N1, C.N2, C.N3, C.REM, C.LIGHT, C.ASLEEP)
    assert (m.deep_min, m.rem_min) == (minutes(C.N3), minutes(C.REM))
    assert m.light_min == (minutes(C.LIGHT) or None)
    assert m.asleep_unspecified_min == (minutes(C.ASLEEP) or None)
    assert (m.sol_min, m.waso_min) == (stages[0][1] / 60, stages[-1][1] / 60)


def test_light_sleep_of_a_device_is_not_n1_and_n2(journal: Any, clock: FakeClock) -> None:
    recorded(journal, WRIST)
    scored = parse(build(journal, ME, NIGHT, None, clock).tsv)
    found = statistics(scored.epochs, scored.epoch_s)
    assert (found.n1_min, found.n2_min, found.light_min, found.asleep_unspecified_min) == (None, None, 100, 10)
    plain = parse(b"onset\tduration\tstage\n0\t600\tW\n600\t6000\tASLEEP\n")
    told = statistics(plain.epochs, plain.epoch_s)
    assert (told.tst_min, told.n3_min, told.rem_min) == (100, None, None)


@pytest.mark.parametrize(("day", "wall"), [(date(2026, 3, 28), 9), (date(2026, 10, 24), 7)], ids=["spring", "autumn"])
def test_a_night_of_a_clock_change_has_its_real_length(journal: Any, day: date, wall: int) -> None:
    clock = FakeClock(datetime(2026, 11, 3, 12, tzinfo=UTC))
    begun = datetime(day.year, day.month, day.day, 22 if wall == 9 else 21, 30, tzinfo=UTC)  # half past ten in London
    stages = ((0, 1800, C.W), (1800, 25_200, C.N2), (27_000, 9000, C.REM))
    recorded(journal, stages, begun=begun, night_date=day)
    found = build(journal, ME, day, None, clock)
    assert found.rows[-1] == (27_000, 9000, "REM")
    again = read_back(found.tsv, datetime(day.year, day.month, day.day, 22, 30))
    assert (again.end.utc - again.start.utc) == timedelta(hours=10)
    assert again.end.local.hour == wall
    assert again.measures.tst_min == 570


def test_what_nobody_scored_is_a_row_too(journal: Any, clock: FakeClock) -> None:
    stages = ((60, 600, C.W), (700, 3000, C.N2), (700, 9999, C.INBED), (3600, 400, C.REM), (9000, 9000, C.W))
    recorded(journal, stages, length=10_000)
    assert build(journal, ME, NIGHT, None, clock).rows == (
        (0, 60, UNSCORED), (60, 600, "W"), (660, 40, UNSCORED), (700, 3000, "N2"), (3700, 300, "REM"), (4000, 5000, UNSCORED),
        (9000, 1000, "W"),
    )  # fmt: skip


def test_two_recordings_of_one_night_stand_in_one_table(journal: Any, clock: FakeClock) -> None:
    recorded(journal)
    recorded(journal, ((0, 3600, C.N2), (3600, 60, C.W)), begun=datetime(2026, 6, 4, 3, tzinfo=UTC))
    rows = build(journal, ME, NIGHT, None, clock).rows
    assert rows[-3:] == ((15_300, 2700, UNSCORED), (18_000, 3600, "N2"), (21_600, 60, "W"))


def test_a_copy_a_rest_or_a_night_without_stages_is_refused(journal: Any, clock: FakeClock) -> None:
    first = recorded(journal)
    recorded(journal, source="withings", copy_of=first)
    recorded(journal, (), source="whoop")
    assert refused(journal, clock, "withings").startswith(
        "The hypnogram was not written: what withings shows of this night is a copy"
    )
    assert "whoop recorded no stages in this night; take one that has stages: sleepsync" in refused(
        journal, clock, "whoop"
    )
    assert "oura recorded nothing in this night" in refused(journal, clock, "oura")
    assert "nothing was recorded in this night" in refused(journal, clock, None, NIGHT - timedelta(days=3))
    recorded(journal, source="oura")
    assert "oura" in refused(journal, clock) and "name one with --source" in refused(journal, clock)


def test_a_night_of_mask_time_alone_is_no_sleep(journal: Any, clock: FakeClock) -> None:
    recorded(journal, source="resmed", kind=SessionKind.REST)
    assert "nothing was recorded" in refused(journal, clock, "resmed")


def test_a_night_closed_until_its_diary_is_kept_is_refused(journal: Any, clock: FakeClock) -> None:
    clock.set(datetime(2026, 6, 4, 8))
    recorded(journal)
    assert refused(journal, clock) == (
        "The hypnogram was not written: this night is closed until its diary is kept or passed over; answer the morning's questions first."
    )
    mornings.pass_over(journal, ME, NIGHT, clock)
    assert build(journal, ME, NIGHT, None, clock).rows


def test_a_night_a_study_seals_is_refused(journal: Any, clock: FakeClock) -> None:
    clock.set(datetime(2026, 6, 10, 12))
    recorded(journal)
    journal.enhancers.add(ME, "Lamp", EnhancerKind.DEVICE, clock.now())
    journal.studies.put(
        Study(
            0,
            ME,
            "Lamp",
            "tst",
            "diary",
            20,
            date(2026, 6, 1),
            "ENNE" * 7,
            4,
            1,
            datetime(2026, 5, 30, tzinfo=UTC),
            sealed=True,
        )
    )
    assert "a study keeps this night sealed until it ends" in refused(journal, clock)


@given(
    st.lists(st.tuples(st.integers(1, 2000), st.sampled_from([c for c in StageCode if c != StageCode.INBED])), min_size=3, max_size=20),
    st.sampled_from([1, 30]),
)  # fmt: skip
def test_any_stages_are_covered_once_and_read_back(lengths: list[tuple[int, StageCode]], unit: int) -> None:
    at, stages = 0, list[Stage]()
    for length, code in lengths:
        stages.append(Stage(at, length * unit, code))
        at += length * unit
    start = in_zone(datetime(2026, 6, 3, 22, tzinfo=UTC), "Europe/London")
    end = in_zone(start.utc + timedelta(seconds=at), "Europe/London")
    session = Session(1, ME, NIGHT, "x", "", SessionKind.MAIN, Validity.OK, start, end, stages=tuple(stages))
    rows = hypnogram_tsv.HypnogramFile(
        tuple(hypnogram_tsv.rows_of(MainSleep(start, end, SessionMeasures(), (session,)))), {}
    )
    ends = [0, *(onset + length for onset, length, _ in rows.rows)]
    assert [onset for onset, _, _ in rows.rows] == ends[:-1]
    assert ends[-1] == at
    scored = parse(rows.tsv)
    assert len(scored.epochs) * scored.epoch_s == at
    asleep = sum(s.dur_s for s in stages if s.code not in (C.W, C.UNKNOWN))
    assert sum(e.asleep for e in scored.epochs) * scored.epoch_s == asleep


def test_both_files_are_written_or_none(
    journal: Any, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(journal)
    found = build(journal, ME, NIGHT, None, clock)
    assert write(found, tmp_path / "night.tsv") == [tmp_path / "night.tsv", tmp_path / "night.json"]
    old = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    assert old == {"night.tsv": found.tsv, "night.json": found.json}
    other = replace(found, sidecar={**found.sidecar, "NightDate": "2026-06-04"}, rows=found.rows[:2])
    calls: list[int] = []
    keep = hypnogram_tsv.atomic_write

    def full(path: Path, data: bytes) -> None:
        calls.append(1)
        if path.suffix == ".tsv":
            raise OSError(28, "No space left on device")
        keep(path, data)

    monkeypatch.setattr(hypnogram_tsv, "atomic_write", full)
    with pytest.raises(UserError, match="Could not write to this folder: no space left on device; choose another"):
        write(other, tmp_path / "night.tsv")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == old
    with pytest.raises(UserError):
        write(other, tmp_path / "new.tsv")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == old


def test_a_json_that_is_something_else_is_never_replaced(journal: Any, clock: FakeClock, tmp_path: Path) -> None:
    recorded(journal)
    found = build(journal, ME, NIGHT, None, clock)
    (tmp_path / "night.json").write_text('{"dreams": []}')
    with pytest.raises(UserError, match=r"night\.json is there already and is something else"):
        write(found, tmp_path / "night.tsv")
    assert [p.name for p in tmp_path.iterdir()] == ["night.json"]
    with pytest.raises(UserError, match=r"must end in \.tsv"):
        write(found, tmp_path / "night.csv")
    with pytest.raises(UserError, match="the folder does not exist"):
        write(found, tmp_path / "none" / "night.tsv")


@pytest.mark.parametrize(
    "given", [["--night", "2026-06-03"], ["--out", "x.tsv"], ["x.edf", "--night", "2026-06-03", "--out", "x.tsv"], []]
)
def test_the_command_says_what_it_needs(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["hypnogram", *given]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("No hypnogram was") and err.count("\n") == 1
