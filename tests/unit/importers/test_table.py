"""Tables nobody knows: the guess, every form of dates and lengths, spreadsheets, rows accounted for."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.column_map import ColumnMap, header_key, problem
from dreamjournal.domain.drafts import ColumnsNeeded, FileWarning, ReadOptions, Rejected, RowDraft, Travel, ZoneNeeded
from dreamjournal.domain.session import SessionKind, Validity
from dreamjournal.importers import sleep_as_android, sleepmeter, whoop
from dreamjournal.importers.table import PLUGIN

DATA = Path(__file__).parents[2] / "data/table"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
BERLIN = "Europe/Berlin"


def ask(data: bytes | str):
    raw = data.encode() if isinstance(data, str) else data
    with pytest.raises(ColumnsNeeded) as caught:
        list(PLUGIN.read(io.BytesIO(raw), ReadOptions(NOW, where="t.csv"), NoProgress()))
    return caught.value.question


def read(data: bytes | str, columns: ColumnMap | None = None, zone: str | None = BERLIN, **options):
    """All drafts by `columns`, or by the guess."""
    raw = data.encode() if isinstance(data, str) else data
    question = ask(raw)
    said = ReadOptions(NOW, zone, "t.csv", columns={question.key: columns or question.guess}, **options)
    return list(PLUGIN.read(io.BytesIO(raw), said, NoProgress()))


def rows(found):
    return [d for d in found if isinstance(d, RowDraft)]


def rejected(found):
    return [d for d in found if isinstance(d, Rejected)]


def remarks(found):
    return [d.text for d in found if isinstance(d, FileWarning)]


def sessions(found):
    return [s for r in rows(found) for s in r.sessions]


def spans(found):
    return [(s.start.local.isoformat(" ", "minutes"), s.end.local.isoformat(" ", "minutes")) for s in sessions(found)]


def dreams(found):
    return [d for r in rows(found) for d in r.dreams]


def mapped(text: str, **settings) -> ColumnMap:
    return ColumnMap(tuple(tuple(p.split("=")) for p in text.split(",")), **settings)


# ---- what is asked --------------------------------------------------------------------------------------------------


def test_an_unknown_header_is_asked_with_sample_and_guess():
    q = ask((DATA / "nights.csv").read_bytes())
    assert q.header == ("Date", "Bedtime", "Wake time", "Time asleep", "Deep (min)", "Caffeine", "Lucid", "Dream")
    assert q.key == header_key(q.header)
    assert 1 <= len(q.sample) <= 5
    assert q.sample[0][:2] == ("7/9/2026", "11:12 PM")
    assert dict(q.guess.columns) == {
        "Date": "date", "Bedtime": "start_time", "Wake time": "end_time", "Time asleep": "tst", "Deep (min)": "deep",
        "Caffeine": "tag", "Lucid": "lucid", "Dream": "dream",
    }  # fmt: skip
    assert problem(q.guess, q.header) is None


def test_a_header_that_was_told_is_remembered_whatever_its_case():
    raw = "START,End\n2026-07-09 23:12,2026-07-10 07:12\n"
    said = {header_key(["start", "end"]): mapped("START=start,End=end")}
    found = list(PLUGIN.read(io.BytesIO(raw.encode()), ReadOptions(NOW, BERLIN, "t", columns=said), NoProgress()))
    assert len(sessions(found)) == 1


def test_a_map_that_does_not_fit_the_table_is_refused_in_words():
    with pytest.raises(UserError, match="no column 'Begin'"):
        read("Start,End\n2026-07-09 23:12,2026-07-10 07:12\n", mapped("Begin=start,End=end"))


@pytest.mark.parametrize(
    ("header", "row", "wanted"),
    [
        ("Start,End", "2026-07-09 23:12,2026-07-10 07:12", "start,end"),
        ("sid,start,stop", "1,1752100000000,1752125200000", "-,start,end"),
        ("Fell asleep,Woke up", "2026-07-09T23:12:00Z,2026-07-10T07:12:00Z", "start,end"),
        ("from;to", "09.07.2026 23:12;10.07.2026 07:12", "start,end"),
        ("Datum;Eingeschlafen;Aufgewacht", "09.07.2026;23:12;07:12", "date,start_time,end_time"),
        ("Date;Coucher;Réveil;Durée", "09/07/2026;23:12;07:12;8h", "date,start_time,end_time,duration"),
        ("Fecha;Inicio;Fin;Profundo", "09/07/2026;23:12;07:12;90", "date,start_time,end_time,deep"),
        ("wakeDate,bedTime,wakeTime", "2026-07-10,23:12,07:12", "wake_date,start_time,end_time"),
        ("bedtime_start,bedtime_end,tz", "2026-07-09 23:12,2026-07-10 07:12,+02:00", "start,end,offset"),
        ("Start,Duration", "2026-07-09 23:12,7:30", "start,duration"),
        ("Start,End,In bed,Asleep,Awake,Light,Deep,REM", "2026-07-09 23:12,2026-07-10 07:12,480,440,40,250,100,90",
         "start,end,tib,tst,awake,light,deep,rem"),
        ("Start,End,WASO,Sleep latency,Efficiency", "2026-07-09 23:12,2026-07-10 07:12,20,15,91%", "start,end,waso,sol,se"),
        ("Start,End,Heart rate,HRV RMSSD,SpO2,Respiratory rate,Skin temperature",
         "2026-07-09 23:12,2026-07-10 07:12,55,60,96,14.5,33.1", "start,end,hr,hrv_rmssd,spo2,resp,temp"),
        ("Start,End,HRV", "2026-07-09 23:12,2026-07-10 07:12,55", "start,end,-"),
        ("Start,End,Awakenings", "2026-07-09 23:12,2026-07-10 07:12,3", "start,end,-"),
        ("Start,End,Quality,Notes,Nap,Tags", "2026-07-09 23:12,2026-07-10 07:12,4,slept well,no,late coffee",
         "start,end,quality,note,nap,tags"),
        ("Start,End,Melatonin", "2026-07-09 23:12,2026-07-10 07:12,yes", "start,end,tag"),
        ("date,title,dream,lucid,nightmare", "2026-07-10,Sea,I flew over it,yes,no", "wake_date,title,dream,lucid,nightmare"),
        ("Timestamp,Text", "2026-07-10 07:12,I flew over the sea and then I fell", "written,dream"),
        ("Datum;Traum", "10.07.2026;Ich flog über das Meer", "wake_date,dream"),
        ("Night,Dream", "2026-07-09,I flew over the sea", "date,dream"),
        ("日付,就寝,起床", "2026-07-09,23:12,07:12", "date,start_time,end_time"),
    ],
)  # fmt: skip
def test_the_guess_goes_by_names_and_contents(header, row, wanted):
    q = ask(f"{header}\n{row}\n{row}\n")
    guessed = dict(q.guess.columns)
    assert ",".join(guessed.get(c, "-") for c in q.header) == wanted
    assert problem(q.guess, q.header) is None


@pytest.mark.parametrize(
    ("cells", "day_first"),
    [
        (("03/04/2026", "13/04/2026"), True),
        (("03/04/2026", "04/13/2026"), False),
        (("03/04/2026", "05/04/2026"), False),
    ],
)
def test_a_number_beyond_twelve_says_whether_the_day_comes_first(cells, day_first):
    body = "\n".join(f"{c},23:12,07:12" for c in cells)
    assert ask(f"date,start,end\n{body}\n").guess.day_first is day_first


def test_semicolons_speak_for_the_day_first_where_no_date_tells():
    assert ask("date;start;end\n03/04/2026;23:12;07:12\n").guess.day_first is True


@pytest.mark.parametrize(("cell", "unit"), [("7.5", "h"), ("450", "min"), ("27000", "s")])
def test_the_unit_is_guessed_by_how_large_the_numbers_are(cell, unit):
    assert ask(f"start,end,asleep\n2026-07-09 23:12,2026-07-10 07:12,{cell}\n").guess.unit == unit


@pytest.mark.parametrize(
    "data",
    [
        "name,age\nAnna,40\n", "just words\nand more words\n", "a;b\n", "1,2\n3,4\n", "\n\n\n", "x" * 100_000, "," * 50_000,
        "Night,Hours slept\n",
    ],
)  # fmt: skip
def test_what_is_no_table_of_dates_is_refused_in_words(data):
    with pytest.raises(UserError, match="The file was not read"):
        list(PLUGIN.read(io.BytesIO(data.encode()), ReadOptions(NOW, where="t"), NoProgress()))


# ---- when -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start",
    [
        "2026-07-09 23:12", "2026-07-09T23:12", "2026-07-09T23:12:00", "2026-07-09T23:12:00.000", "2026/07/09 23:12", "09.07.2026 23:12",
        "09.07.2026 23.12 Uhr", "9/7/2026 23:12", "09-07-2026 23:12", "9/7/26 11:12 PM", "9/7/2026 11:12:00 pm", "9 July 2026 23:12",
        "July 9, 2026 11:12 PM", "Thu, 9 Jul 2026 23:12", "Thursday, Jul 9, 2026 11:12 PM", "9. Juli 2026, 23:12", "9 juillet 2026 23h12",
        "2026年7月9日 23:12", "23:12 09/07/2026", "2026-07-09 11:12\u202fPM", "2026-07-09 23:12 +0200", "2026-07-09T23:12:00+02:00",
        "2026-07-09T21:12:00Z", "2026-07-09 21:12 UTC", "20260709T211200Z", "1783631520", "1783631520000", "1783631520.0",
    ],
)  # fmt: skip
def test_dates_and_times_in_every_sane_form(start):
    table = f"start\tend\n{start}\t2026-07-10 07:12\n"
    (session,) = sessions(read(table, mapped("start=start,end=end", day_first=True)))
    assert session.start.iso_z == "2026-07-09T21:12:00Z"


@pytest.mark.parametrize(
    "start",
    ["2026-13-09 23:12", "2026-07-09 24:00", "2026-07-09 23:60", "٢٠٢٦-07-09 23:12", "yesterday", "2026-02-30 23:12", "07/30/2026 23:12",
     "9999999999999", "2026-07-09", "0001-01-01 00:00", "9999-12-31 23:59"],
)  # fmt: skip
def test_what_is_no_date_and_time_rejects_its_row_alone(start):
    found = read(
        f"start,end\n2026-07-08 23:12,2026-07-09 07:12\n{start},2026-07-10 07:12\n",
        mapped("start=start,end=end", day_first=True),
    )
    assert len(sessions(found)) == 1
    (no,) = rejected(found)
    assert (no.line, no.where, no.sessions) == (3, "t.csv line 3", 1)
    assert no.reason


def test_ambiguous_dates_go_by_the_map():
    table = "start,end\n03/04/2026 23:12,04/04/2026 07:12\n"
    day = read(table, mapped("start=start,end=end", day_first=True))
    assert spans(day) == [("2026-04-03 23:12", "2026-04-04 07:12")]
    month = read("start,end\n03/04/2026 23:12,03/05/2026 07:12\n", mapped("start=start,end=end"))
    assert spans(month) == [("2026-03-04 23:12", "2026-03-05 07:12")]


EVENING = mapped("date=date,bed=start_time,up=end_time,nap=nap")
MORNING = mapped("date=wake_date,bed=start_time,up=end_time,nap=nap")


@pytest.mark.parametrize(
    ("columns", "bed", "up", "nap", "span"),
    [
        (EVENING, "23:12", "07:12", "", ("2026-07-09 23:12", "2026-07-10 07:12")),
        (EVENING, "00:30", "07:12", "", ("2026-07-10 00:30", "2026-07-10 07:12")),
        (EVENING, "04:00", "13:30", "", ("2026-07-10 04:00", "2026-07-10 13:30")),
        (EVENING, "23:00", "12:30", "", ("2026-07-09 23:00", "2026-07-10 12:30")),
        (EVENING, "14:00", "15:10", "yes", ("2026-07-09 14:00", "2026-07-09 15:10")),
        (EVENING, "10:00", "11:00", "yes", ("2026-07-09 10:00", "2026-07-09 11:00")),
        (MORNING, "23:12", "07:12", "", ("2026-07-08 23:12", "2026-07-09 07:12")),
        (MORNING, "00:30", "07:12", "", ("2026-07-09 00:30", "2026-07-09 07:12")),
        (MORNING, "04:00", "13:30", "", ("2026-07-09 04:00", "2026-07-09 13:30")),
        (MORNING, "14:00", "15:10", "yes", ("2026-07-09 14:00", "2026-07-09 15:10")),
    ],
)
def test_times_of_an_evening_or_a_morning_cross_midnight(columns, bed, up, nap, span):
    found = read(f"date,bed,up,nap\n2026-07-09,{bed},{up},{nap}\n", columns)
    assert spans(found) == [span]
    assert sessions(found)[0].kind == (SessionKind.NAP if nap else SessionKind.MAIN)


def test_a_moment_with_a_time_takes_the_next_or_the_last_such_time():
    assert spans(read("a,b\n2026-07-09 23:12,07:12\n", mapped("a=start,b=end_time"))) == [
        ("2026-07-09 23:12", "2026-07-10 07:12")
    ]
    assert spans(read("a,b\n2026-07-10 07:12,23:12\n", mapped("a=end,b=start_time"))) == [
        ("2026-07-09 23:12", "2026-07-10 07:12")
    ]


@pytest.mark.parametrize(
    ("cell", "unit"),
    [("7:30", "min"), ("7:30:00", "s"), ("7h 30m", "min"), ("7 h 30 min", "min"), ("7h30", "min"), ("450", "min"), ("450 min", "h"),
     ("PT7H30M", "min"), ("7,5", "h"), ("7.5", "h"), ("7.5 hours", "min"), ("27000", "s"), ("27000 s", "min"), ("7 Std. 30 Min.", "min")],
)  # fmt: skip
def test_lengths_in_every_form(cell, unit):
    found = read(f'a,b\n2026-07-09 23:12,"{cell}"\n', mapped("a=start,b=duration", unit=unit))
    assert spans(found) == [("2026-07-09 23:12", "2026-07-10 06:42")]


def test_a_length_with_the_end_alone_gives_the_start():
    assert spans(read("a,b\n2026-07-10 07:12,8:00\n", mapped("a=end,b=duration"))) == [
        ("2026-07-09 23:12", "2026-07-10 07:12")
    ]


def test_a_unit_in_a_columns_name_goes_before_that_of_the_map():
    found = read(
        "start,end,deep (min),rem [h],light_seconds\n2026-07-09 23:12,2026-07-10 07:12,90,1.5,3600\n",
        mapped("start=start,end=end,deep (min)=deep,rem [h]=rem,light_seconds=light", unit="h"),
    )
    m = sessions(found)[0].measures
    assert (m.deep_min, m.rem_min, m.light_min) == (90, 90, 60)


def test_decimal_commas_where_semicolons_stand_between_the_cells():
    found = read((DATA / "naechte.csv").read_bytes())
    first, nap, last = sessions(found)
    assert first.measures.tst_min == 450
    assert (nap.kind, nap.measures.tst_min, nap.measures.deep_min) == (SessionKind.NAP, 60, None)
    assert last.night_date == date(2026, 7, 10)
    assert [(t.tag, t.value) for r in rows(found) for t in r.tags] == [
        ("Melatonin", 1),
        ("Melatonin", 0),
        ("Melatonin", 0),
    ]


def test_thousands_are_not_taken_for_decimals():
    found = read(
        'start,end,asleep\n2026-07-09 23:12,2026-07-10 07:12,"1,234"\n', mapped("start=start,end=end,asleep=tst")
    )
    assert "asleep: not a length of time" in rejected(found)[0].reason


# ---- where ----------------------------------------------------------------------------------------------------------

ONE = "start,end\n2026-07-09 23:12,2026-07-10 07:12\n"
STARTS = mapped("start=start,end=end")


def test_without_a_zone_it_is_asked_for():
    with pytest.raises(ZoneNeeded):
        read(ONE, STARTS, zone=None)


def test_the_zone_of_the_map_goes_before_that_of_the_import():
    (session,) = sessions(read(ONE, mapped("start=start,end=end", zone="America/New_York")))
    assert (session.start.zone, session.start.offset_min) == ("America/New_York", -240)


def test_a_stay_elsewhere_is_heeded():
    found = read(ONE, STARTS, travel=(Travel(date(2026, 7, 1), date(2026, 7, 31), "Asia/Tokyo"),))
    assert sessions(found)[0].start.zone == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("cell", "zone", "offset"),
    [
        ("+02:00", None, 120),
        ("-0500", None, -300),
        ("UTC+2", None, 120),
        ("Europe/Athens", "Europe/Athens", 180),
        ("UTC", None, 0),
    ],
)
def test_a_column_of_offsets_or_zones(cell, zone, offset):
    found = read(
        f"start,end,tz\n2026-07-09 23:12,2026-07-10 07:12,{cell}\n", mapped("start=start,end=end,tz=offset"), zone=None
    )
    start = sessions(found)[0].start
    assert (start.zone, start.offset_min, start.local) == (zone, offset, datetime(2026, 7, 9, 23, 12))


def test_an_offset_in_the_cell_needs_no_zone():
    (session,) = sessions(read("start,end\n2026-07-09T23:12+02:00,2026-07-10T07:12+02:00\n", STARTS, zone=None))
    assert (session.start.zone, session.start.offset_min) == (None, 120)


def test_nights_of_a_clock_change_have_their_true_length():
    found = read(
        "start,end\n2026-03-28 23:00,2026-03-29 07:30\n2026-10-24 23:00,2026-10-25 07:30\n",
        STARTS,
        zone="Europe/London",
    )
    assert [s.measures.tib_min for s in sessions(found)] == [450, 570]


def test_an_end_in_the_second_pass_of_the_doubled_hour():
    found = read("start,end\n2025-10-26 02:40,2025-10-26 02:20\n", STARTS)
    assert [s.measures.tib_min for s in sessions(found)] == [40]


# ---- what -----------------------------------------------------------------------------------------------------------


def test_measures_come_as_they_stand_and_missing_is_never_zero():
    table = (
        "start,end,tib,asleep,sol,waso,hr,rmssd,sdnn,resp,spo2,temp,se\n"
        "2026-07-09 23:12,2026-07-10 07:12,470,430,12,28,55,60,48,14.5,96,33.1,91%\n"
        "2026-07-10 23:12,2026-07-11 07:12,,420,,,-,n/a,,,,,\n"
    )
    columns = mapped("start=start,end=end,tib=tib,asleep=tst,sol=sol,waso=waso,hr=hr,rmssd=hrv_rmssd,sdnn=hrv_sdnn,resp=resp,"
                     "spo2=spo2,temp=temp,se=se")  # fmt: skip
    first, second = (s.measures for s in sessions(read(table, columns)))
    assert (first.tib_min, first.tst_min, first.sol_min, first.waso_min) == (470, 430, 12, 28)
    assert (first.hr, first.hrv_rmssd, first.hrv_sdnn, first.resp, first.spo2, first.temp, first.vendor_se_pct) == (
        55, 60, 48, 14.5, 96, 33.1, 91,
    )  # fmt: skip
    assert (second.sol_min, second.waso_min, second.hr, second.hrv_rmssd, second.vendor_se_pct) == (None,) * 5
    assert second.tib_min == 480


def test_times_alone_say_nothing_of_sleep():
    (session,) = sessions(read(ONE, STARTS))
    assert (session.validity, session.measures.tst_min, session.measures.waso_min) == (Validity.OK, None, None)


def test_all_three_stages_together_are_the_sleep():
    table = "start,end,light,deep,rem\n2026-07-09 23:12,2026-07-10 07:12,250,100,90\n2026-07-10 23:12,2026-07-11 07:12,250,100,\n"
    full, part = sessions(read(table, mapped("start=start,end=end,light=light,deep=deep,rem=rem")))
    assert (full.measures.tst_min, part.measures.tst_min) == (440, None)


def test_a_row_with_times_but_no_figures_is_unscored():
    table = "start,end,asleep\n2026-07-09 23:12,2026-07-10 07:12,440\n2026-07-10 23:12,2026-07-11 07:12,\n"
    assert [s.validity for s in sessions(read(table))] == [Validity.OK, Validity.UNSCORED]


def test_a_row_without_times_holds_no_sleep():
    found = read("start,end,asleep\n2026-07-09 23:12,2026-07-10 07:12,440\n,,\n,,400\n")
    assert [(r.line, r.reason) for r in rejected(found)] == [(3, "no sleep in this row"), (4, "no sleep in this row")]


def test_half_a_sleep_is_rejected_by_the_name_of_what_is_missing():
    found = read("start,end\n2026-07-09 23:12,2026-07-10 07:12\n2026-07-10 23:12,\n,2026-07-12 07:12\n", STARTS)
    assert [r.reason for r in rejected(found)] == ["end: empty", "start: empty"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2026-07-10 07:12,2026-07-09 23:12,400", "the end is before the start"),
        ("2026-07-09 23:12,2026-07-10 23:52,400", "longer than 24 hours"),
        ("2026-07-09 23:12,2026-07-10 07:12,-5", "negative minutes"),
        ("2026-07-09 23:12,2026-07-10 07:12,soon", "asleep: not a length of time (soon)"),
        ("2026-07-09 23:12,2026-07-10 07:12,1e300", "asleep: not a length of time"),
        ("1969-07-09 23:12,1969-07-10 07:12,400", "before 1970"),
        ("2027-07-09 23:12,2027-07-10 07:12,400", "in the future"),
        ("2026-07-09 23:12,2026-07-10 07:12,400,7", "4 cells where the header has 3"),
        ('"2026-07-09 23:12,2026-07-10 07:12,400', "quotation mark"),
    ],
)  # fmt: skip
def test_a_bad_row_is_rejected_alone_with_line_and_reason(row, reason):
    good = "2026-07-01 23:12,2026-07-02 07:12,400"
    found = read(f"start,end,asleep\n{good}\n{row}\n{good.replace('07-0', '08-0')}\n")
    assert len(sessions(found)) == 2
    (no,) = rejected(found)
    assert no.line == 3
    assert reason in no.reason


def test_every_row_is_accounted_for():
    table = (DATA / "nights.csv").read_text()
    found = read(table)
    assert (len(rows(found)), len(rejected(found))) == (3, 1)
    assert [r.reason for r in rejected(found)] == ["no words in this entry"]


def test_totals_beyond_the_window_are_left_out_with_a_warning():
    found = read("start,end,asleep\n2026-07-09 23:12,2026-07-10 07:12,900\n2026-07-10 23:12,2026-07-11 07:12,400\n")
    assert sessions(found)[0].measures.tst_min is None
    assert any("exceed" in r for r in remarks(found))


def test_quality_and_notes_stay_with_their_night():
    table = "start,end,quality,notes\n2026-07-09 23:12,2026-07-10 07:12,4,slept well\n"
    events = sessions(read(table))[0].events
    assert [(e.kind, e.detail) for e in events] == [("rating", "4"), ("note", "slept well")]


def test_columns_that_are_not_read_are_named():
    found = read("start,end,Moon phase\n2026-07-09 23:12,2026-07-10 07:12,full\n", STARTS)
    assert remarks(found) == ["Columns that are not read: Moon phase"]


# ---- tags and dreams ------------------------------------------------------------------------------------------------


def test_questions_are_answered_by_yes_no_numbers_and_words():
    table = "start,end,Wine,Cups,Pill\n2026-07-09 23:12,2026-07-10 07:12,nein,3,melatonin\n2026-07-10 23:12,2026-07-11 07:12,x,0,-\n"
    found = read(table, mapped("start=start,end=end,Wine=tag,Cups=tag,Pill=tag"))
    assert [(t.night_date.day, t.tag, t.value) for r in rows(found) for t in r.tags] == [
        (9, "Wine", 0), (9, "Cups", 3), (9, "Pill: melatonin", 1), (10, "Wine", 1), (10, "Cups", 0),
    ]  # fmt: skip


def test_tags_are_split_and_belong_to_the_night():
    table = 'start,end,tags\n2026-07-09 23:12,2026-07-10 07:12,"late coffee, #sea;wine"\n'
    assert [t.tag for r in rows(read(table)) for t in r.tags] == ["late coffee", "sea", "wine"]


def test_answers_of_a_date_alone():
    found = read("date,Wine\n2026-07-09,yes\n2026-07-10,\n", mapped("date=date,Wine=tag"))
    assert [(t.night_date.day, t.tag) for r in rows(found) for t in r.tags] == [(9, "Wine")]
    assert [r.reason for r in rejected(found)] == ["no sleep in this row"]


def test_dreams_with_title_lucidity_and_tags():
    found = read((DATA / "dreams.tsv").read_bytes())
    lake, train = dreams(found)
    assert lake.draft.text == "The lake\nI flew over a lake."
    assert (lake.draft.night_date, lake.draft.lucidity, lake.draft.nightmare, lake.draft.tags) == (
        date(2026, 7, 9), 3, False, ("water", "flying"),
    )  # fmt: skip
    assert (train.draft.lucidity, train.draft.nightmare) == (0, True)
    assert [(r.reason, r.line) for r in rejected(found)] == [("no words in this entry", 4)]


def test_a_dream_beside_its_sleep_belongs_to_that_night():
    found = read((DATA / "nights.csv").read_bytes())
    lake, stairs = dreams(found)
    assert lake.draft.text == "I flew over a lake,\nand it was green."
    assert (lake.draft.night_date, stairs.draft.lucidity) == (date(2026, 7, 9), 3)
    assert lake.draft.woke == sessions(found)[0].end.utc


@pytest.mark.parametrize(("role", "cell", "night"), [
    ("date", "2026-07-10", 10), ("wake_date", "2026-07-10", 9), ("written", "2026-07-10 07:12", 9), ("written", "2026-07-10 23:12", 10),
    ("written", "2026-07-10 00:12", 9),
])  # fmt: skip
def test_the_night_of_a_dream_without_its_sleep(role, cell, night):
    found = read(f"when,dream\n{cell},I flew over the sea\n", mapped(f"when={role},dream=dream"), zone=None)
    assert [d.draft.night_date.day for d in dreams(found)] == [night]


def test_lucidity_that_is_neither_yes_nor_no_is_left_out_and_said_once():
    found = read("date,dream,lucid\n2026-07-10,I flew away,somewhat\n2026-07-11,I fell down,perhaps\n",
                 mapped("date=date,dream=dream,lucid=lucid"))  # fmt: skip
    assert [d.draft.lucidity for d in dreams(found)] == [None, None]
    assert len([r for r in remarks(found) if "neither yes nor no" in r]) == 1


def test_ids_of_dreams_stay_when_their_words_change_and_differ_within_a_night():
    table = "date,dream\n2026-07-10,I flew over it\n2026-07-10,I fell into it\n"
    before = dreams(read(table))
    after = dreams(read(table.replace("flew over", "walked along")))
    assert [d.source_id for d in before] == [d.source_id for d in after]
    assert len({d.source_id for d in before}) == 2


def test_words_are_the_persons_own():
    words = "=1+1  <b>two  spaces</b>\n\n\u00a0end\u200b 🦊"
    (dream,) = dreams(read(f'date,dream\n2026-07-10,"{words}"\n', mapped("date=date,dream=dream")))
    assert dream.draft.text == words


def test_a_dream_of_a_hundred_thousand_letters():
    (dream,) = dreams(read(f'date,dream\n2026-07-10,"{"sea " * 25_000}"\n', mapped("date=date,dream=dream")))
    assert len(dream.draft.text) == 99_999


# ---- files ----------------------------------------------------------------------------------------------------------


def test_sessions_have_the_same_key_in_every_export():
    keys = [s.key for s in sessions(read(ONE, STARTS))]
    assert keys == ["start:2026-07-09T21:12Z"]
    assert [s.key for s in sessions(read(ONE.replace("23:12", "23:12:00"), STARTS))] == keys


def test_a_header_below_a_title_is_found():
    assert spans(read("My sleep\nexported by hand\n\n" + ONE, STARTS)) == [("2026-07-09 23:12", "2026-07-10 07:12")]
    assert rejected(read("My sleep\n\n" + ONE + ONE[10:] + "x,y\n", STARTS))[0].line == 6


@pytest.mark.parametrize("end", ["\r\n", "\r", "\r\r\n"])
def test_line_ends_of_every_kind(end):
    assert spans(read(ONE.replace("\n", end), STARTS)) == [("2026-07-09 23:12", "2026-07-10 07:12")]


def test_other_encodings_are_said():
    found = read("Début;Fin\n09.07.2026 23:12;10.07.2026 07:12\n".encode("cp1252"))
    assert len(sessions(found)) == 1
    assert any("Windows-1252" in r for r in remarks(found))
    assert len(sessions(read(ONE.encode("utf-16"), STARTS))) == 1


def test_two_columns_of_one_name_are_told_apart():
    assert ask("time,time\n2026-07-09 23:12,2026-07-10 07:12\n").header == ("time", "time (2)")


@pytest.mark.parametrize(
    ("text", "score"),
    [
        (ONE, 0.05),
        ((DATA / "naechte.csv").read_text(), 0.05),
        ("Dear diary,\nI flew over the sea, and then I fell.\n2026 was long, I think.\n", 0),
        ("# 2026-07-10\nI flew over the sea, and then I fell.\n", 0),
        ("BEGIN:VCALENDAR\nDTSTART;VALUE=DATE:20260710\nDTEND;VALUE=DATE:20260711\n", 0),
        ("2026-01-01 12:00:00 INFO started, all well\n2026-01-01 12:00:01 INFO ended, all well\n", 0),
        ("x" * 60_000, 0), ("," * 60_000, 0), ("a,b\n", 0), ("name,age\nAnna,40\n", 0),
        ("Redistribution and use, with or without\n1. copyright notice, this list\n2. the list, and all\n", 0),
    ],
)  # fmt: skip
def test_sniffing(text, score):
    assert PLUGIN.sniff(text.encode()[:65536], "x.csv") == score


@pytest.mark.parametrize(
    ("plugin", "path"),
    [
        (whoop, "whoop/sleeps.csv"),
        (sleepmeter, "sleepmeter/sleep_history.csv"),
        (sleep_as_android, "sleep_as_android/sleep-export.csv"),
    ],
)
def test_a_known_format_goes_before_it(plugin, path):
    head = (DATA.parent / path).read_bytes()[:65536]
    assert PLUGIN.sniff(head, "x.csv") < plugin.PLUGIN.sniff(head, "x.csv")


# ---- spreadsheets ---------------------------------------------------------------------------------------------------

STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs>'
    + "".join(f'<xf numFmtId="{n}"/>' for n in (0, 22, 14, 20, 46))
    + "</cellXfs></styleSheet>"
)
MOMENT, DAY, CLOCK, LENGTH = 1, 2, 3, 4


def workbook(*sheets: list[list], extra: dict[str, bytes] | None = None) -> bytes:
    """A spreadsheet of these rows; a cell is text, a number, or (number, style)."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ids = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets>'
        + "".join(f'<sheet name="S{i}" sheetId="{i}" r:id="r{i}"/>' for i in ids)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(f'<Relationship Id="r{i}" Type="{rel}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i in ids)
        + f'<Relationship Id="rs" Type="{rel}/styles" Target="styles.xml"/></Relationships>',
    }
    for i, rows_ in zip(ids, sheets, strict=True):
        body = "".join(
            f'<row r="{n}">' + "".join(_xml(v, chr(65 + c), n) for c, v in enumerate(row)) + "</row>"
            for n, row in enumerate(rows_, 1)
        )
        parts[f"xl/worksheets/sheet{i}.xml"] = f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**parts, **(extra or {})}.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text)
    return out.getvalue()


def _xml(value, column: str, row: int) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f'<c r="{column}{row}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    number, style = value if isinstance(value, tuple) else (value, 0)
    return f'<c r="{column}{row}" s="{style}"><v>{number!r}</v></c>'


def serial(*at: int) -> float:
    return (datetime(*at) - datetime(1899, 12, 30)).total_seconds() / 86400


BOOK = [
    ["Date", "Bedtime", "Up", "Asleep", "Deep (min)", "Wine"],
    [(serial(2026, 7, 9), DAY), (23.2 / 24, CLOCK), (7.2 / 24, CLOCK), (7.5 / 24, LENGTH), 90, "yes"],
    [(serial(2026, 7, 10), DAY), (0.5 / 24, CLOCK), (7.2 / 24, CLOCK), (6 / 24, LENGTH), None, "no"],
]


def test_a_spreadsheet_with_days_clock_times_and_lengths():
    found = read(workbook(BOOK))
    assert spans(found) == [("2026-07-09 23:12", "2026-07-10 07:12"), ("2026-07-11 00:30", "2026-07-11 07:12")]
    assert [(s.measures.tst_min, s.measures.deep_min) for s in sessions(found)] == [(450, 90), (360, None)]
    assert [r.where for r in rows(found)] == ["t.csv row 2", "t.csv row 3"]


def test_moments_of_a_spreadsheet_are_rounded_to_the_second_and_midnight_is_one():
    book = [["Sleep", "Wake"], [(serial(2026, 7, 10), DAY), (serial(2026, 7, 10, 7, 30) - 1e-9, MOMENT)]]
    found = read(workbook(book))
    assert [(s.start.iso_z, s.end.iso_z) for s in sessions(found)] == [("2026-07-09T22:00:00Z", "2026-07-10T05:30:00Z")]


def test_the_first_sheet_with_a_table_is_read():
    assert len(sessions(read(workbook([["Notes"], ["nothing here"]], BOOK)))) == 2


def test_a_title_and_blank_rows_above_the_table():
    found = read(workbook([["My sleep"], [], *BOOK, [], ["", "x"]]))
    assert len(sessions(found)) == 2
    assert [r.where for r in rejected(found)] == ["t.csv row 7"]


def test_a_diary_of_coloured_cells_is_refused_in_words():
    hours = ["", *((h / 24, CLOCK) for h in range(24))]
    with pytest.raises(UserError, match="colours are not read"):
        ask_nothing(workbook([hours, [(serial(2026, 7, 9), DAY), "a comment"]]))


def ask_nothing(data: bytes):
    return list(PLUGIN.read(io.BytesIO(data), ReadOptions(NOW, where="t.xlsx"), NoProgress()))


@pytest.mark.parametrize("keep", [4, 50, 200, 400, 700])
def test_a_spreadsheet_cut_off_is_refused_in_words(keep):
    with pytest.raises(UserError):
        ask_nothing(workbook(BOOK)[:keep])


def far_corner(tag: str) -> bytes:
    """The book of two nights with one more cell at the last place a sheet has."""
    whole = workbook(BOOK)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    last = f'<row r="1048576">{tag}</row></sheetData>'
    return workbook(BOOK, extra={"xl/worksheets/sheet1.xml": sheet.replace("</sheetData>", last).encode()})


def test_a_cell_at_the_far_corner_is_refused_before_it_is_laid_out():
    with pytest.raises(UserError, match="more cells"):
        ask_nothing(far_corner('<c s="1" r="XFD1048576"><v>1</v></c>'))


@pytest.mark.parametrize(
    "tag",
    ['<c r="AAAAB1"><v>1</v></c>', '<c r="xfd1"><v>1</v></c>', '<c r="A99999999999"><v>1</v></c>', '<c r="&#65;1"><v>1</v></c>',
     '<c r = "XFD1048576"><v>1</v></c>', '<c x=">" r="XFD1048576"><v>1</v></c>', "<c " * 400_000],
)  # fmt: skip
def test_a_cell_whose_place_cannot_be_told_is_refused(tag):
    with pytest.raises(UserError):
        ask_nothing(far_corner(tag))


def test_a_format_at_the_far_corner_is_no_cell():
    assert len(sessions(read(far_corner('<c r="XFD1048576" s="1"/>')))) == 2


def test_a_bomb_in_a_spreadsheet_is_refused():
    with pytest.raises(UserError, match="unpacks to far more"):
        ask_nothing(workbook(BOOK, extra={"xl/sharedStrings.xml": b"\0" * (40 * 1024 * 1024)}))


def test_damage_anywhere_in_a_spreadsheet_never_breaks_out():
    whole = workbook(BOOK)
    for i in range(0, len(whole), 23):
        broken = whole[:i] + bytes([whole[i] ^ 0x55]) + whole[i + 1 :]
        try:
            ask_nothing(broken)
        except (UserError, ColumnsNeeded):
            continue


# ---- files of others ------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_the_sample_spreadsheet_of_another_diary(shared_dir):
    data = (shared_dir / "fixtures/sleepdiary_misc/SpreadsheetTable/examples/example.xlsx").read_bytes()
    assert dict(ask(data).guess.columns) == {"Sleep": "start", "Wake": "end"}
    found = read(data, zone="UTC")
    assert (len(sessions(found)), len(rejected(found))) == (14, 0)
    assert spans(found)[0] == ("2000-01-01 00:00", "2000-01-01 08:00")


@pytest.mark.real
@pytest.mark.parametrize("name", ["Diary with comments", "Excel 365 sleep diary", "Template sleep diary"])
def test_diaries_of_coloured_cells_are_refused_in_words(shared_dir, name):
    data = (shared_dir / f"fixtures/sleepdiary_misc/SpreadsheetGraph/examples/{name}.xlsx").read_bytes()
    with pytest.raises(UserError, match="colours are not read"):
        ask_nothing(data)


@pytest.mark.parametrize("text", ["=1+1 stairs", "-3 stairs", "@sea", "'=quoted", "'tis a stair", "it's a stair"])
def test_a_text_guarded_by_our_own_export_comes_back_as_it_was(text):
    from dreamjournal.exporters.csv import guarded

    table = f'night,dream\n2026-07-01,"{guarded(text)}"\n2026-07-02,"a second stair"\n'
    found = dreams(read(table, mapped("night=date,dream=dream")))
    assert next(d.draft.text for d in found) == text
