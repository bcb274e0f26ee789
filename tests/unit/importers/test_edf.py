"""EDF+ hypnograms."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft, StartNeeded, ZoneNeeded
from dreamjournal.domain.session import SessionKind, Stage, StageCode, Validity
from dreamjournal.importers.edf import PLUGIN
from tests.edf_made import Made, hypnogram
from tests.edf_made import edf as made

DATA = Path(__file__).parents[2] / "data/edf"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
NIGHT = {"recording": "Startdate 05-MAR-2026 X X X", "day": "05.03.26", "clock": "22.30.00"}


def read(data: bytes, zone: str | None = "Europe/London", where: str = "f.edf", start: datetime | None = None):
    return list(PLUGIN.read(io.BytesIO(data), ReadOptions(NOW, zone, where, start=start), NoProgress()))


def one(data: bytes, **more):
    return next(d for d in read(data, **more) if isinstance(d, RowDraft)).sessions[0]


def warnings(found):
    return [d.text for d in found if isinstance(d, FileWarning)]


def test_a_day_long_recording_is_cut_to_half_an_hour_around_the_sleep():
    found = read((DATA / "SC_like-Hypnogram.edf").read_bytes())
    session = next(d for d in found if isinstance(d, RowDraft)).sessions[0]
    assert (session.start.local, session.end.local) == (datetime(1989, 4, 24, 21, 43), datetime(1989, 4, 25, 5, 33))
    assert (session.start.zone, session.start.offset_min, session.kind) == ("Europe/London", 60, SessionKind.MAIN)
    m = session.measures
    assert (m.tib_min, m.tst_min, m.deep_min, m.rem_min, m.rem_latency_min) == (470, 409.5, 125, 50, 70)
    assert m.light_min is None, "N1 and N2 are no device's light sleep"
    assert m.sol_min is None, "the half hour before the sleep is the cut's, not the sleeper's"
    assert m.waso_min == 0, "so is the half hour after it"
    assert session.night_date == date(1989, 4, 24)
    assert any("12 hours" in w for w in warnings(found))


def test_stages_keep_n1_and_n2_and_movement_is_unknown():
    session = one((DATA / "SC_like-Hypnogram.edf").read_bytes())
    assert session.stages[:3] == (
        Stage(0, 1800, StageCode.W), Stage(1800, 300, StageCode.N1), Stage(2100, 1500, StageCode.N2)
    )  # fmt: skip
    assert Stage(25800, 30, StageCode.UNKNOWN) in session.stages
    assert {s.code for s in session.stages} == {
        StageCode.W,
        StageCode.N1,
        StageCode.N2,
        StageCode.N3,
        StageCode.REM,
        StageCode.UNKNOWN,
    }
    assert sum(s.dur_s for s in session.stages) == (session.end.utc - session.start.utc).total_seconds()


def test_aasm_labels_and_the_lights():
    session = one((DATA / "aasm_with_lights.edf").read_bytes())
    assert (session.start.local, session.end.local) == (
        datetime(2026, 3, 5, 22, 46, 30),
        datetime(2026, 3, 6, 4, 49, 30),
    )
    m = session.measures
    assert (m.tib_min, m.tst_min, m.sol_min, m.waso_min, m.deep_min) == (363, 348, 10, 5, 100)


@pytest.mark.parametrize(
    "labels", ["Sleep stage {}", "SLEEP STAGE {}", "sleep stage n{}", "N{}", "Stage {}", "SLEEP-S{}"]
)
def test_labels_of_other_makers_in_any_case(labels):
    session = one(
        hypnogram([(0, 60, "Sleep stage W"), (60, 600, labels.format(2)), (660, 600, labels.format(3))], **NIGHT)
    )
    assert [s.code for s in session.stages] == [StageCode.W, StageCode.N2, StageCode.N3]


def test_a_trailing_unscored_block_is_beyond_the_recording():
    stages = [(0, 600, "Sleep stage W"), (600, 1200, "Sleep stage 2"), (1800, 3600, "Sleep stage ?")]
    session = one(hypnogram(stages, **NIGHT))
    assert (session.measures.tib_min, session.end.local) == (30, datetime(2026, 3, 5, 23))


def test_the_scoring_may_begin_later_than_the_recording():
    session = one(hypnogram([(3600, 600, "Sleep stage W"), (4200, 1200, "Sleep stage 2")], **NIGHT))
    assert session.start.local == datetime(2026, 3, 5, 23, 30)


def test_the_header_is_local_and_the_rest_is_elapsed_time_over_a_clock_change():
    night = {"recording": "Startdate 28-MAR-2026 X X X", "day": "28.03.26", "clock": "23.00.00"}
    session = one(hypnogram([(0, 30, "Sleep stage W"), (30, 27000 - 30, "Sleep stage 2")], **night))
    assert session.start.iso_z == "2026-03-28T23:00:00Z"
    assert (session.end.iso_z, session.end.offset_min) == ("2026-03-29T06:30:00Z", 60)
    assert session.measures.tib_min == 450


def test_without_a_zone_it_asks():
    with pytest.raises(ZoneNeeded):
        read(hypnogram([(0, 600, "Sleep stage 2")], **NIGHT), zone=None)


def test_an_anonymous_recording_takes_its_start_from_its_name_or_asks():
    data = hypnogram([(0, 600, "Sleep stage 2")], recording="Startdate X X X X", day="01.01.85", clock="00.00.00")
    with pytest.raises(StartNeeded):
        read(data)
    assert one(data, where="2026-03-05_2230.edf").start.local == datetime(2026, 3, 5, 22, 30)
    assert one(data, start=datetime(2026, 3, 5, 23)).start.local == datetime(2026, 3, 5, 23)


def test_no_sleep_is_zero_minutes_and_nothing_else_is_known():
    m = one(hypnogram([(0, 3600, "Sleep stage W")], **NIGHT)).measures
    assert (m.tst_min, m.sol_min, m.waso_min, m.rem_latency_min) == (0, None, None, None)


def test_nothing_but_artefact_is_unscored():
    session = one(hypnogram([(0, 3600, "Movement time")], **NIGHT))
    assert (session.validity, session.measures.tst_min) == (Validity.UNSCORED, None)


def test_a_future_recording_and_one_of_more_than_a_day_are_rejected_with_the_reason():
    future = read(hypnogram([(0, 600, "Sleep stage 2")], day="05.03.84", recording="x", clock="22.00.00"))
    assert [d.reason for d in future if isinstance(d, Rejected)] == ["the start is in the future (2084-03-05)"]
    awake = read(hypnogram([(0, 90_000, "Sleep stage W")], **NIGHT))
    assert [d.reason for d in awake if isinstance(d, Rejected)] == ["longer than 24 hours"]


def test_nothing_but_a_question_mark_is_no_sleep():
    found = read(hypnogram([(0, 600, "Sleep stage ?")], **NIGHT))
    assert [d.reason for d in found if isinstance(d, Rejected)] == ["no sleep in this row"]


def test_a_recording_without_stages_is_taken_with_a_warning():
    found = read(hypnogram([(0, 30, "Recording starts")], **NIGHT)) + read(made([Made("EEG L", 4)], [b"\0" * 8]))
    assert [type(d) for d in found] == [FileWarning, FileWarning]
    assert "import its hypnogram" in found[0].text


def test_half_a_night_is_no_night():
    data = (DATA / "aasm_with_lights.edf").read_bytes()
    with pytest.raises(UserError, match="cut off"):
        read(data[:-40])


def test_content_tells_and_the_breathing_records_of_a_cpap_are_not_of_this_kind():
    assert PLUGIN.sniff((DATA / "SC_like-Hypnogram.edf").read_bytes(), "x") == 1
    assert 0 < PLUGIN.sniff(made([Made("EEG L", 4)], [b"\0" * 8]), "EEG L.edf") < 1
    assert PLUGIN.sniff(made([Made("Flow.40ms", 4), Made("Crc16", 1)], []), "BRP.edf") == 0
    assert PLUGIN.sniff(b"0       ", "x") == 0


@pytest.mark.real
def test_recorded_nights(shared_dir):
    found = {p.name[:6]: one(p.read_bytes()) for p in sorted((shared_dir / "fixtures/hypnogram").glob("*.edf"))}
    assert [s.measures.tst_min for s in found.values()] == [326.5, 472.0, 473.0, 512.0, 448.5]
    first = found["SC4001"]
    assert (first.start.local, first.end.local) == (datetime(1989, 4, 25, 0, 13, 30), datetime(1989, 4, 25, 7, 14))
    assert first.night_date == date(1989, 4, 24)
    assert sum(s.dur_s for s in first.stages if s.code not in (StageCode.W, StageCode.UNKNOWN)) == 653 * 30
    assert StageCode.UNKNOWN in {s.code for s in found["SC4002"].stages}, "its movement time"
