"""Scored nights in text and XML, and the stages among annotations."""

from __future__ import annotations

import contextlib
from datetime import date, time
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.common.errors import UserError
from dreamjournal.domain.hypnogram import Epoch, statistics
from dreamjournal.domain.hypnogram_files import form_of, parse
from dreamjournal.domain.scored import Scored, parse_annotations

W, N1, N2, N3, R, ART, UNS = Epoch.W, Epoch.N1, Epoch.N2, Epoch.N3, Epoch.REM, Epoch.ARTEFACT, Epoch.UNSCORED
NIGHT = [0] * 10 + [1] * 5 + [2] * 30 + [3] * 20 + [4] * 15 + [0] * 4
RUNS = [(code, len(list(run))) for code, run in groupby(NIGHT)]
STAGE = {0: W, 1: N1, 2: N2, 3: N3, 4: R}
AS_EPOCHS = tuple(STAGE[c] for c in NIGHT)


def read(text: str) -> Scored:
    return parse(text.encode())


def refused(text: str | bytes) -> str:
    with pytest.raises(UserError) as caught:
        parse(text if isinstance(text, bytes) else text.encode())
    assert caught.value.what and caught.value.what_now
    return caught.value.why


# ---- one stage a line


def test_numbers_as_numpy_writes_them():
    assert read("\n".join(f"{c:.18e}" for c in NIGHT)).epochs == AS_EPOCHS
    assert read("\n".join(f"{c}.0" for c in NIGHT)).epochs == AS_EPOCHS


def test_four_is_rem_unless_a_five_stands_somewhere():
    assert read("2\n4\n").epochs == (N2, R)
    assert read("2\n4\n").rem_is_four
    assert read("4\n5\n").epochs == (N3, R)
    assert not read("4\n5\n").rem_is_four
    assert read("N2\nS4\n").epochs == (N2, N3)


def test_yasa_and_zmax_turn_their_codes_for_unknown_and_artefact_round():
    assert read("-1\n-2\n2\n").epochs == (ART, UNS, N2)
    found = read("-1 0\n-2 1\n2\t0\n5 0\n")
    assert (found.epochs, found.maker) == ((UNS, ART, N2, R), "ZMax")


def test_a_title_and_comments_are_passed_over_and_a_bad_line_is_named():
    assert read("stage\nW\n# note\n\nN2 # here\n").epochs == (W, N2)
    assert "line 3" in refused("W\nN2\nsleepy\n")
    assert "line 2" in refused("W\nstage\n")
    assert "line 1" in refused("1 0\n2\n"), "a second column stands in every line or in none"
    assert refused("") == refused("# only words\n") == "it holds no epoch"


# ---- Visbrain


def visbrain(values, total):
    names = {0: "Wake", 1: "N1", 2: "N2", 3: "N3", 4: "REM"}
    rows = [f"{names[c]}\t{v}" for (c, _), v in zip(RUNS, values, strict=True)]
    return "\n".join([f"*Duration_sec\t{total}", "*Datafile\tnight.edf", *rows]) + "\n"


def test_visbrain_says_where_each_stage_ends():
    ends = [30 * sum(n for _, n in RUNS[: i + 1]) for i in range(len(RUNS))]
    assert read(visbrain(ends, ends[-1])).epochs == AS_EPOCHS


def test_a_visbrain_file_of_lengths_is_known_by_their_sum():
    lengths = [30 * n for _, n in RUNS]
    assert read(visbrain(lengths, sum(lengths))).epochs == AS_EPOCHS


def test_visbrain_stages_off_the_grid_keep_their_seconds():
    found = read("*Duration_sec 100\nWake 26\nN1 47\nN2 100\n")
    assert (found.epoch_s, len(found.epochs), found.epochs.count(N1)) == (1, 100, 21)


def test_a_visbrain_file_cut_off_is_refused():
    ends = [30 * sum(n for _, n in RUNS[: i + 1]) for i in range(len(RUNS))]
    assert "cut off" in refused(visbrain(ends, ends[-1]).rsplit("REM", 1)[0])
    assert "neither" in refused("*Duration_sec 900\nWake 400\nN1 30\nN2 90\n")
    assert "line 2" in refused("*Duration_sec 900\nWake many\n")
    assert "line 2" in refused("*Duration_sec 900\nWoke 30\n")


# ---- Dreem, RemLogic


def events(rows, head="", columns="Sleep Stage\tTime [hh:mm:ss]\tEvent\tDuration[s]"):
    return head + columns + "\n" + "\n".join("\t".join(r) for r in rows) + "\n"


def test_clocks_cross_midnight():
    rows = [
        ("W", "23:59:00", "SLEEP-S0", "30"),
        ("W", "23:59:30", "SLEEP-S1", "30"),
        ("W", "00:00:00", "SLEEP-REM", "30"),
    ]
    found = read(events(rows))
    assert (found.epochs, found.clock, found.day) == ((W, N1, R), time(23, 59), None)


def test_a_clock_set_back_in_the_night_lets_the_stages_follow_each_other():
    rows = [
        ("W", "02:59:30", "SLEEP-S2", "30"),
        ("W", "02:00:00", "SLEEP-S3", "30"),
        ("W", "02:00:30", "SLEEP-S2", "30"),
    ]
    assert read(events(rows)).epochs == (N2, N3, N2)


def test_gaps_are_unscored():
    rows = [("W", "23:00:00", "SLEEP-S2", "30"), ("W", "23:02:00", "SLEEP-S2", "30")]
    assert read(events(rows)).epochs == (N2, UNS, UNS, UNS, N2)


def test_movement_is_wake_at_the_edges_and_unknown_between():
    names = ["SLEEP-MT", "SLEEP-S2", "SLEEP-MT", "SLEEP-S2", "SLEEP-MT", "SLEEP-MT"]
    rows = [("x", f"23:{i // 2:02}:{30 * (i % 2):02}", name, "30") for i, name in enumerate(names)]
    assert read(events(rows)).epochs == (W, N2, ART, N2, W, W)


def test_remlogic_with_position_dots_and_other_events():
    rows = [
        ("W", "Left", "22.19.06", "SLEEP-S0", "30", "ROC-LOC"), ("S4", "Left", "22.19.36", "SLEEP-S4", "30", "C4-A1"),
        ("S4", "Left", "22.19.40", "MCAP-A1", "4", "C4-A1"), ("R", "Left", "22.20.06", "SLEEP-REM", "30", "C4-A1"),
        ("R", "Left", "22.20.36", "SLEEP-UNSCORED", "30", "C4-A1"),
    ]  # fmt: skip
    columns = "Sleep Stage\tPosition\tTime [hh:mm:ss]\tEvent\tDuration[s]\tLocation"
    found = read(events(rows, "RemLogic Event Export\nPatient:\tX Y\nRecording Date:\t19/03/2009\n\n", columns))
    assert (found.epochs, found.rows, found.day) == ((W, N3, R, UNS), 5, date(2009, 3, 19))


def test_csv_with_am_and_pm():
    text = "Sleep Stage,Time [hh:mm:ss],Event,Duration[s]\nW,11:59:30 PM,SLEEP-S0,30\nW,12:00:00 AM,SLEEP-S2,30\n"
    assert (read(text).epochs, read(text).clock) == ((W, N2), time(23, 59, 30))


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Recording Date:\t19/03/2009", date(2009, 3, 19)), ("Recording Date: 03/19/2009", date(2009, 3, 19)),
        ("Recording Date:\t04/03/2009", None), ("Recording Date:\t04.03.2009", date(2009, 3, 4)),
        ("Date: 2009-03-19", date(2009, 3, 19)), ("Start time: 2009-03-19 22:10:00", date(2009, 3, 19)),
        ("Start time: 2009-03-18T23:30:00", date(2009, 3, 18)), ("Patient: 19/03/2009", None), ("Recording Date: 31/02/2009", None),
    ],
)  # fmt: skip
def test_a_date_above_the_table_that_can_only_mean_one_day(line, day):
    found = read(events([("W", "23:40:00", "SLEEP-S2", "30")], f"{line}\n\n"))
    assert found.day == day


def test_a_recording_begun_before_midnight_and_scored_after_it():
    rows = [("W", "00:10:00", "SLEEP-S2", "30")]
    assert read(events(rows, "Start time: 2009-03-18 23:30:00\n")).day == date(2009, 3, 19)


def test_a_row_cut_off_is_refused():
    good = ("W", "23:00:00", "SLEEP-S2", "30")
    assert "line 3" in refused(events([good, ("W", "23:00")]))
    assert "line 3" in refused(events([good, ("W", "23:0", "SLEEP-S2", "30")]))
    assert "line 3" in refused(events([good, ("W", "23:00:30", "SLEEP-S2", "3x")]))
    assert "line 3" in refused(events([good, ("W", "23:00:30", "SLEEP-S", "30")]))
    assert "none of its events" in refused(events([("W", "23:00:00", "MCAP-A1", "4")]))


# ---- BIDS


def test_bids_with_gaps_lights_and_missing_lengths():
    text = (
        "onset\tduration\tstage\n0\t60\tW\n60\tn/a\tN2\n120\t30\tR\n300\t30\tW\n30\t0\tLights off\n330\t0\tLights on\n"
    )
    found = read(text)
    assert found.epochs == (W, W, N2, N2, R, *[UNS] * 5, W)
    assert (found.lights_off, found.lights_on, found.rows) == (1, 11, 6)


def test_bids_events_in_another_order_of_columns():
    text = "duration\tonset\tchannel\ttrial_type\n30\t0\tn/a\tSleep stage W\n30\t30\tn/a\tSleep stage 2\n5\t40\tEEG\tarousal\n"
    assert (read(text).epochs, read(text).rows) == ((W, N2), 3)


def test_other_tables_of_events_are_no_hypnogram():
    assert form_of(b"onset\tduration\ttrial_type\n0\t2\tface\n4\t2\thouse\n") == ""
    assert form_of(b"onset\tduration\n0\t2\n") == ""


# ---- XML

NSRR = """<?xml version="1.0" encoding="UTF-8"?>
<PSGAnnotation><SoftwareVersion>x</SoftwareVersion><EpochLength>30</EpochLength><ScoredEvents>
<ScoredEvent><EventType/><EventConcept>Recording Start Time</EventConcept><Start>0</Start><Duration>300</Duration>
<ClockTime>{clock}</ClockTime></ScoredEvent>
{events}
</ScoredEvents></PSGAnnotation>"""


def nsrr(stages, clock="00.00.00 22.15.30", extra=""):
    made = "".join(
        f"<ScoredEvent><EventType>Stages|Stages</EventType><EventConcept>{name}</EventConcept><Start>{at}</Start>"
        f"<Duration>{length}</Duration></ScoredEvent>\n"
        for at, length, name in stages
    )
    return NSRR.format(clock=clock, events=made + extra)


def test_nsrr():
    stages = [
        (0.0, 60, "Wake|0"), (60.0, 30, "Stage 1 sleep|1"), (90.0, 30, "Stage 2 sleep|2"), (120.0, 30, "Stage 3 sleep|3"),
        (150.0, 30, "Stage 4 sleep|4"), (180.0, 30, "REM sleep|5"), (210.0, 30, "Movement|6"), (240.0, 30, "Unscored|9"), (270.0, 30, "Wake|0"),
    ]  # fmt: skip
    apnea = (
        "<ScoredEvent><EventType>Respiratory|Respiratory</EventType><EventConcept>Hypopnea|Hypopnea</EventConcept>"
        "<Start>61.5</Start><Duration>12.1</Duration></ScoredEvent>"
    )
    found = read(nsrr(stages, extra=apnea))
    assert found.epochs == (W, W, N1, N2, N3, N3, R, ART, UNS, W)
    assert (found.clock, found.day, found.rows, found.maker) == (time(22, 15, 30), None, 9, "NSRR")


def test_nsrr_dates_that_were_taken_away_are_none():
    stages = [(0, 30, "Wake|0"), (30, 30, "REM sleep|5")]
    assert read(nsrr(stages, "01.01.85 22.15.30")).day is None
    assert read(nsrr(stages, "19.03.09 22.15.30")).day == date(2009, 3, 19)
    assert read(nsrr(stages, "")).clock is None


def test_nsrr_scoring_that_begins_later_than_the_recording():
    found = read(nsrr([(7200, 30, "Stage 2 sleep|2"), (7230, 30, "Wake|0")], "19.03.09 22.15.30"))
    assert (found.clock, found.day) == (time(0, 15, 30), date(2009, 3, 20))


def test_profusion_codes_are_of_rechtschaffen_and_kales():
    stages = "".join(f"<SleepStage>{c}</SleepStage>" for c in (0, 1, 2, 3, 4, 0, 9))
    text = f"<CMPStudyConfig><EpochLength>30</EpochLength><ScoredEvents/><SleepStages>{stages}</SleepStages></CMPStudyConfig>"
    found = read(text)
    assert found.epochs == (W, N1, N2, N3, N3, W, UNS), "4 is stage S4, though no 5 stands anywhere"
    assert "epoch 2" in refused(text.replace(">1<", ">x<"))
    assert "how long" in refused(text.replace(">30<", "><"))
    assert "well-formed" in refused(text[:-30])


@pytest.mark.parametrize(
    "bomb",
    [
        '<!DOCTYPE PSGAnnotation [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>', '<!DOCTYPE PSGAnnotation SYSTEM "file:///etc/passwd">',
        "<!DOCTYPE PSGAnnotation>",
    ],
)  # fmt: skip
def test_document_types_and_entities_are_refused(bomb):
    text = nsrr([(0, 30, "Wake|0"), (30, 30, "REM sleep|5")]).replace("<PSGAnnotation>", bomb + "<PSGAnnotation>")
    assert "declares" in refused(text)


def test_deep_xml_is_refused_at_once():
    assert "deeper" in refused("<PSGAnnotation>" + "<a>" * 200_000)


# ---- all of them


def test_overlapping_stages_do_not_cost_time():
    text = "onset\tduration\tstage\n" + "0\t604800\tW\n1\t604799\tN2\n" * 20_000
    assert "on top of each other" in refused(text)


def test_a_week_is_the_most():
    with pytest.raises(UserError):
        parse_annotations([(0, 30, "Sleep stage W"), (900_000, 30, "Sleep stage 2")])
    assert "20 MB" in refused(b"0\n" * 10_500_000)
    assert "so long" in refused(b"0\n" * 2_000_000)
    assert "so long" in refused(b"0\r" * 500_000)


def test_utf_16_and_a_byte_order_mark():
    text = events([("W", "23:00:00", "SLEEP-S2", "30"), ("W", "23:00:30", "SLEEP-REM", "30")])
    assert parse(text.encode("utf-16")).epochs == parse(text.encode("utf-8-sig")).epochs == (N2, R)


@pytest.mark.parametrize(
    "other",
    [
        b"", b"W\nW\nN2\n", b"1\n2\n3\n4\n5\n" * 30, b"3\n" * 100, b"Dear diary\nI slept.\n" * 40, b"1,2,3\n" * 90,
        b"date,stage\n2026-01-01,W\n" * 50, b"Date,Session Count,Start,End,Total Time,AHI\n", b"0.5\n1.5\n" * 60, b"10\n20\n" * 60,
        b"<HealthData locale='en'>", b"<?xml version='1.0'?><html/>", b"* milk\n* bread\n", b"\xff\xfe\x00" * 30,
        b"name\tTime [hh:mm:ss]\tspeed\n", b"onset of winter, duration and stage fright\n", b"1 1 1\n" * 90,
    ],
)  # fmt: skip
def test_ordinary_files_are_never_taken_for_a_hypnogram(other):
    assert form_of(other) == ""


def test_forty_lines_of_stages_that_last_are_one():
    text = "\n".join(map(str, NIGHT)).encode() + b"\n"
    assert form_of(text) == form_of(b"\xef\xbb\xbf# codes\r\n" + text.replace(b"\n", b"\r\n")) == "lines"
    assert form_of(b"\n".join(text.split(b"\n")[:30])) == ""


@given(st.binary(max_size=300))
def test_any_bytes_are_a_night_or_refused(data):
    assert isinstance(form_of(data), str)
    with contextlib.suppress(UserError):  # anything else is a failure
        scored = parse(data)
        statistics(scored.epochs, scored.epoch_s, lights_off=scored.lights_off, lights_on=scored.lights_on)


MADE = (
    visbrain([30 * n for _, n in RUNS], 30 * len(NIGHT)), events([("W", "23:00:00", "SLEEP-S2", "30")] * 3), nsrr([(0, 30, "Wake|0")]),
    "onset\tduration\tstage\n0\t60\tW\n60\t30\tN2\n", "\n".join(map(str, NIGHT)),
)  # fmt: skip


@pytest.mark.parametrize("text", MADE)
@given(where=st.integers(0, 5000), splice=st.binary(max_size=9), drop=st.integers(0, 30))
def test_any_splice_is_a_night_or_refused(text, where, splice, drop):
    whole = text.encode()
    at = where % len(whole)
    with contextlib.suppress(UserError):
        scored = parse(whole[:at] + splice + whole[at + drop :])
        assert scored.epochs and scored.epoch_s > 0
