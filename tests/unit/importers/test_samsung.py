"""Samsung Health's sleep tables."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import (
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    SumRule,
    UnknownFields,
    ZoneNeeded,
)
from dreamjournal.domain.session import StageCode, Validity
from dreamjournal.importers.samsung import COVERS, FITS, PLUGIN

DATA = Path(__file__).parents[2] / "data/samsung"
SLEEP = (DATA / "sleep.csv").read_text()
STAGE = (DATA / "sleep_stage.csv").read_text()
NOW = datetime(2026, 11, 1, tzinfo=UTC)
FIRST = "11111111-aaaa-4000-8000-000000000001"


def read(text: str | bytes, zone: str | None = None):
    data = text.encode() if isinstance(text, str) else text
    return list(PLUGIN.read(io.BytesIO(data), ReadOptions(NOW, zone, where="f"), NoProgress()))


def rows(found):
    return [d for d in found if isinstance(d, RowDraft)]


def words(found):
    return " ".join(d.text for d in found if isinstance(d, FileWarning))


def table(*lines: str, header: str = "start_time,end_time,time_offset,datauuid,sleep_duration,deviceuuid") -> str:
    names = ("start_time", "end_time", "time_offset", "datauuid", "deviceuuid", "create_time")
    cells = [f"com.samsung.health.sleep.{c}" if c in names else c for c in header.split(",")]
    return "\n".join(["com.samsung.shealth.sleep,6307003,11", ",".join(cells), *lines]) + "\n"


def test_times_are_utc_with_an_offset_beside_them():
    session = rows(read(SLEEP))[0].sessions[0]
    assert (session.source_id, session.start.iso_z, session.start.offset_min) == (FIRST, "2026-03-12T22:10:00Z", 60)
    assert session.start.local == datetime(2026, 3, 12, 23, 10)
    assert session.night_date == date(2026, 3, 12)


def test_an_offset_of_half_an_hour_and_one_west():
    east, west = rows(
        read(
            table(
                "2026-03-12 17:00:00.000,2026-03-13 00:30:00.000,UTC+0530,a,400,w,",
                "2026-03-13 03:00:00.000,2026-03-13 10:30:00.000,UTC-0400,b,400,w,",
            )
        )
    )
    assert (east.sessions[0].start.offset_min, west.sessions[0].start.offset_min) == (330, -240)
    assert (east.sessions[0].night_date, west.sessions[0].night_date) == (date(2026, 3, 12), date(2026, 3, 12))


def test_a_row_without_an_offset_is_placed_in_the_persons_zone():
    text = table("2026-07-12 22:00:00.000,2026-07-13 05:30:00.000,,a,400,w,")
    with pytest.raises(ZoneNeeded):
        read(text)
    assert rows(read(text, "Europe/Berlin"))[0].sessions[0].start.offset_min == 120


def test_sleep_duration_includes_the_time_awake_and_is_no_sleep_time():
    m = rows(read(SLEEP))[0].sessions[0].measures
    assert (m.tst_min, m.deep_min, m.asleep_unspecified_min) == (None, None, None)
    assert (m.light_min, m.rem_min, m.sol_min, m.vendor_se_pct) == (240, 85, 9, 93)
    (rule,) = [d for d in read(SLEEP) if isinstance(d, SumRule)]
    assert (rule.rule, rule.checked, rule.broken) == (FITS, 3, 0)
    (rule,) = [d for d in read(SLEEP.replace("82,93.0,450", "82,93.0,520")) if isinstance(d, SumRule)]
    assert (rule.broken, rule.nights) == (1, (date(2026, 3, 12),))


def test_an_efficiency_of_zero_is_unknown_and_a_bare_row_is_unscored():
    bare = rows(read(SLEEP))[2].sessions[0]
    assert bare.validity == Validity.UNSCORED
    assert (bare.measures.vendor_se_pct, bare.measures.tib_min, bare.measures.rem_min) == (None, 450, None)


def test_the_extra_comma_at_the_end_of_every_line_shifts_nothing():
    with_commas = rows(read(SLEEP))
    without = rows(read(SLEEP.replace(",\n", "\n")))
    assert [r.sessions for r in with_commas] == [r.sessions for r in without]


def test_byte_order_mark_and_windows_lines():
    changed = b"\xef\xbb\xbf" + SLEEP.replace("\n", "\r\n").encode()
    assert [r.sessions for r in rows(read(changed))] == [r.sessions for r in rows(read(SLEEP))]


def test_the_order_of_columns_changes_between_versions():
    a = table("2026-03-12 22:10:00.000,2026-03-13 05:40:00.000,UTC+0100,x,450,w,")
    b = table(
        "x,450,UTC+0100,w,2026-03-13 05:40:00.000,2026-03-12 22:10:00.000,",
        header="datauuid,sleep_duration,time_offset,deviceuuid,end_time,start_time",
    )
    assert rows(read(a))[0].sessions == rows(read(b))[0].sessions


def test_times_changed_by_hand_are_noted_with_those_of_the_device():
    note, edited = rows(read(SLEEP))[1].sessions[0].events
    assert (note.kind, note.detail) == ("note", "late, a party")
    assert (edited.kind, edited.detail) == ("edited", "changed by hand; the device had 01:20 to 08:05")


def test_naps_are_ordinary_sessions():
    nap = rows(read(SLEEP))[3].sessions[0]
    assert (nap.kind, nap.measures.tib_min) == ("main", 30)


def test_a_night_of_phone_and_watch_counts_once():
    text = table(
        "2026-03-12 22:00:00.000,2026-03-13 05:30:00.000,UTC+0100,phone,,p,",
        "2026-03-12 22:10:00.000,2026-03-13 05:20:00.000,UTC+0100,watch,430,w,",
        "2026-03-13 22:10:00.000,2026-03-14 05:20:00.000,UTC+0100,alone,430,p,",
    )
    found = read(text)
    assert {r.sessions[0].source_id: r.sessions[0].validity for r in rows(found)} == {
        "phone": Validity.UNCONFIRMED,
        "watch": Validity.OK,
        "alone": Validity.OK,
    }
    assert "recorded by two devices" in words(found)


def test_two_sleeps_of_one_device_that_touch_are_both_kept():
    text = table(
        "2026-03-12 22:00:00.000,2026-03-13 02:30:00.000,UTC+0100,a,270,w,",
        "2026-03-13 02:30:00.000,2026-03-13 05:20:00.000,UTC+0100,b,170,w,",
    )
    assert [r.sessions[0].validity for r in rows(read(text))] == [Validity.OK, Validity.OK]


def test_times_that_seem_to_be_local_already_are_asked_about_and_not_guessed():
    local = [f"2026-03-{d:02} 00:10:00.000,2026-03-{d:02} 07:40:00.000,UTC+0900,n{d},440,w," for d in range(10, 15)]
    found = read(table(*local))
    assert "check a night you know" in words(found)
    assert rows(found)[0].sessions[0].start.iso_z == "2026-03-10T00:10:00Z"
    # India, truly UTC: the printed middle is in the evening, the moved one in the night
    real = [f"2026-03-{d:02} 18:40:00.000,2026-03-{d + 1:02} 01:40:00.000,UTC+0530,n{d},440,w," for d in range(10, 15)]
    assert words(read(table(*real))) == ""


def test_a_renamed_column_is_loud():
    found = read(SLEEP.replace("sleep_score", "sleep_points"))
    assert [d.names for d in found if isinstance(d, UnknownFields)] == [("sleep_points",)]
    with pytest.raises(UserError, match="missing: end_time"):
        read(SLEEP.replace("com.samsung.health.sleep.end_time", "finish"))


def test_a_line_cut_off_is_rejected_since_an_id_may_be_cut_in_two():
    found = read(SLEEP.rstrip("\n")[:-3])
    (no,) = [d for d in found if isinstance(d, Rejected)]
    assert (no.reason, no.line) == ("the row is cut off", 6)
    assert len(rows(found)) == 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("UTC+0100", "CET"), "time_offset: not an offset"),
        (("UTC+0100", "UTC+9900"), "time_offset: not an offset"),
        (("2026-03-12 22:10:00.000", "soon"), "start_time: not a date and time"),
        (("2026-03-12 22:10:00.000", "9999-12-31 23:59:59.000"), "in the future"),
        (("2026-03-12 22:10:00.000", "0001-01-01 00:00:00.000"), "before 1970"),
        (("2026-03-12 22:10:00.000", ""), "no sleep in this row"),
        (("2026-03-12 22:10:00.000", "2026-03-14 22:10:00.000"), "the end is before the start"),
        (("82,93.0", "82,good"), "efficiency: not a number"),
    ],
)
def test_a_bad_row_is_rejected_alone(change, reason):
    found = read(SLEEP.replace(*change, 1))
    (no,) = [d for d in found if isinstance(d, Rejected)]
    assert reason in no.reason
    assert (no.line, len(rows(found))) == (3, 3)


def test_dates_rewritten_by_a_spreadsheet_are_refused_in_one_sentence():
    with pytest.raises(UserError, match="saved again by a spreadsheet"):
        read(SLEEP.replace("2026-03-12 22:10:00.000", "12/03/2026 22:10", 1))


def test_the_lines_of_one_session_are_one_supplement():
    (row,) = rows(read(STAGE))
    (session,) = row.sessions
    assert (row.rows, row.merged, session.source_id) == (7, 0, FIRST)
    assert session.supplement
    assert session.joins_only
    assert [(s.offset_s, s.dur_s, s.code) for s in session.stages][:3] == [
        (0, 540, StageCode.W),
        (540, 3600, StageCode.LIGHT),
        (4140, 4200, StageCode.N3),
    ]
    m = session.measures
    assert (m.tst_min, m.light_min, m.deep_min, m.rem_min, m.awake_min) == (395, 240, 70, 85, 55)
    assert (m.waso_min, m.rem_latency_min, m.tib_min) == (46, 250, None)


def test_stages_agree_with_the_totals_of_the_sleep_table():
    """Light and REM within a minute, as measured over eight sessions."""
    whole, (part,) = rows(read(SLEEP))[0].sessions[0].measures, rows(read(STAGE))[0].sessions
    assert (whole.light_min, whole.rem_min) == (part.measures.light_min, part.measures.rem_min)


def test_a_gap_between_stages_is_named():
    lines = STAGE.split("\n")
    (rule,) = [d for d in read("\n".join(lines[:4] + lines[5:])) if isinstance(d, SumRule)]
    assert (rule.rule, rule.broken, rule.nights) == (COVERS, 1, (date(2026, 3, 12),))


def test_a_repeated_stage_line_is_merged_and_every_line_accounted_for():
    lines = STAGE.rstrip("\n").split("\n")
    bad = lines[3].replace(FIRST, "")
    found = read("\n".join([*lines, lines[4], bad]) + "\n")
    (row,) = rows(found)
    rejected = [d for d in found if isinstance(d, Rejected)]
    assert (row.rows, row.merged, len(rejected)) == (7, 1, 1)
    assert rejected[0].reason == "the line names no session"


def test_neighbouring_stages_of_one_code_are_one_and_an_unknown_code_is_named():
    found = read(STAGE.replace(",40003,", ",40002,").replace(",40004,", ",40009,"))
    stages = rows(found)[0].sessions[0].stages
    assert [(s.dur_s, s.code) for s in stages] == [
        (540, StageCode.W),
        (3600 + 4200 + 7200, StageCode.LIGHT),
        (5100, StageCode.UNKNOWN),
        (2760, StageCode.W),
        (3600, StageCode.LIGHT),
    ]
    assert "40009" in words(found)


@pytest.mark.parametrize(
    "kind",
    ["com.samsung.shealth.tracker.heart_rate", "com.samsung.shealth.sleep_combined", "com.samsung.health.weight"],
)
def test_other_tables_of_the_export_are_known_and_hold_no_sleep(kind):
    text = f"{kind},6307003,4\nstart_time,heart_rate\n2026-03-12 22:10:00.000,58,\n"
    assert PLUGIN.sniff(text.encode(), "x") == 1
    assert read(text) == []


def test_the_older_table_without_prefixes_says_that_it_is_unseen():
    text = (
        "com.samsung.health.sleep,51,1\nstart_time,end_time,time_offset,datauuid,quality\n"
        "2018-03-12 22:10:00.000,2018-03-13 05:40:00.000,UTC+0100,old,50003,\n"
    )
    found = read(text)
    assert rows(found)[0].sessions[0].validity == Validity.UNSCORED
    assert "not yet been seen" in words(found)


def test_sniff_by_content():
    assert PLUGIN.sniff(SLEEP.encode(), "renamed.txt") == 1
    assert PLUGIN.sniff(STAGE.encode(), "renamed.txt") == 1
    assert PLUGIN.sniff(b"com.samsung.notes,hello\n", "com.samsung.shealth.sleep.csv") == 0
    assert PLUGIN.sniff(b"start_time,end_time\n", "com.samsung.shealth.sleep.csv") == 0
