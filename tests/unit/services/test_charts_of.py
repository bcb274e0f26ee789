"""Charts of measures: which nights they show, that words, table and drawing agree, and what stays closed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dreamjournal.charts import draw, words
from dreamjournal.domain.dream import Dream, Recall
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.figures import Calendar, HypnogramChart, Multiples, Trend
from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.night import Condition, Night
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Stage, StageCode, Validity
from dreamjournal.services import charts_of, hypnogram_chart
from dreamjournal.services import nights as nights_service
from dreamjournal.services.charts_of import ALT, Chart, Charted
from tests import made_nights
from tests.fakes import FakeClock

ME = 1
TST = ("tst", "whoop")
ASKED = (
    TST,
    ("tst", "diary"),
    ("quality", "diary"),
    ("recall", "diary"),
    ("nightmare", "diary"),
    ("mid_sleep", "whoop"),
)
BAD = re.compile(r"\bnan\b|None|\binf\b|\u22120(?![.\d])|p = 0|significant|effect|\d\.\d{3}")
DAY = date(2026, 5, 4)


def session(day: date, tst: float = 430, *, source: str = "whoop", **more: Any) -> Session:
    """A recording from 23:00 to 07:00."""
    begun = in_zone(datetime(day.year, day.month, day.day, 22, tzinfo=UTC), "Europe/London")
    ended = in_zone(begun.utc + timedelta(hours=8), "Europe/London")
    made = Session(
        1, ME, day, source, f"{source}-{day}", SessionKind.MAIN, Validity.OK, begun, ended, SessionMeasures(tib_min=480, tst_min=tst)
    )  # fmt: skip
    return replace(made, **more)


def night(back: int, condition: Condition = Condition.NATURAL, *names: str, **more: Any) -> Night:
    """A night with a recording of its own length."""
    day = DAY + timedelta(days=back)
    used = tuple(Exposure(0, ME, day, n, EnhancerKind.SUPPLEMENT, "diary") for n in names)
    made = Night(ME, day, condition, exposures=used, sessions=(session(day, 400.0 + back),))
    return replace(made, **more)


def values(found: Charted, key: tuple[str, str] = TST) -> list[tuple[date, float, str]]:
    return [(p.night_date, p.value, p.kind) for p in found.of(*key).points]


def whole(chart: Chart) -> list[str]:
    """Every text a chart says, and that its drawing draws."""
    cells = [c for row in chart.table.rows for c in row if c is not None]
    svg = draw.svg(chart.figure.drawing, "a4", outlines=False).decode()
    return [chart.title, chart.figure.alt, *chart.notes, *cells, *re.findall(r"<text[^>]*>([^<]*)", svg)]


def test_each_kind_of_night_has_its_mark_and_silence_is_never_natural() -> None:
    nights = [
        night(0), night(1, Condition.ENHANCED, "SleepSync"), night(2, Condition.UNSURE), night(3, Condition.UNRECORDED),
        night(4, Condition.ENHANCED, "melatonin"), night(5, Condition.ENHANCED, "SleepSync", "melatonin"),
    ]  # fmt: skip
    kinds = [k for _, _, k in values(charts_of.charted(nights, [TST], "SleepSync"))]
    assert kinds == ["natural", "enhanced", "unsure", "neither", "neither", "neither"]
    kinds = [k for _, _, k in values(charts_of.charted(nights, [TST]))]
    assert kinds == ["natural", "enhanced", "unsure", "neither", "enhanced", "enhanced"]


def test_closed_and_invalid_nights_and_copies_are_never_shown() -> None:
    day = DAY
    bad = [
        night(0, sealed=True),
        night(1, study_sealed=True),
        night(2, sessions=(session(day + timedelta(days=2), validity=Validity.UNSCORED),)),
        night(3, sessions=(session(day + timedelta(days=3), validity=Validity.UNCONFIRMED),)),
        night(4, sessions=(session(day + timedelta(days=4), copy_of=7),)),
        night(5, sessions=(session(day + timedelta(days=5), source="oura"),)),
    ]
    found = charts_of.charted([*bad, night(6)], [TST])
    assert values(found) == [(day + timedelta(days=6), 406.0, "natural")]
    assert found.hidden == 1
    assert day + timedelta(days=1) not in dict(found.kinds)
    chart = charts_of.over_time(found.of(*TST), found)
    assert chart.notes == ("1 night is closed while a study is sealed and is not shown.",)
    assert all(hypnogram_chart.hypnogram(n, "whoop") is None for n in bad)


def test_a_sealed_study_keeps_its_nights_closed_in_a_journal(journal: Any, clock: FakeClock) -> None:
    before = made_nights.FIRST - timedelta(days=4)
    made_nights.write(journal, ME, made_nights.row("NENENENENE", before))
    journal.studies.put(made_nights.study(ME, "NENENENENENE", sealed=True))
    clock.set(datetime(2026, 5, 10, 12, tzinfo=UTC))
    found = charts_of.read(journal, ME, clock, [TST])
    assert [d for d, _, _ in values(found)] == [before + timedelta(days=i) for i in range(4)]
    assert found.hidden == 6


def test_drawing_table_and_words_tell_the_same_nights() -> None:
    nights = [
        night(i, Condition.ENHANCED if i % 2 else Condition.NATURAL, *(["SleepSync"] if i % 2 else []))
        for i in range(0, 60, 2)
    ]
    nights += [night(i, Condition.ENHANCED, "SleepSync") for i in range(1, 40, 4)]
    nights.sort(key=lambda n: n.night_date)
    found = charts_of.charted(nights, [TST])
    series = found.of(*TST)
    over, calendar = charts_of.over_time(series, found), charts_of.calendar(series, found)
    trend, days = over.figure.drawing, calendar.figure.drawing
    assert isinstance(trend, Trend)
    assert isinstance(days, Calendar)
    assert [r[2] for r in over.table.rows] == [words.duration(p.value) for p in trend.points]
    assert over.nights == tuple(n.night_date for n in nights)
    assert [d.value for d in days.days if d.value is not None] == [p.value for p in trend.points]
    assert len(calendar.table.rows) == len(days.days) == (nights[-1].night_date - nights[0].night_date).days + 1
    assert sum(r[2] is None for r in calendar.table.rows) == len(days.days) - len(nights)
    assert f"{len(nights)} nights as marks, 30 natural and 10 enhanced" in over.figure.alt
    assert f"{len(nights)} of {len(days.days)} nights have a value" in calendar.figure.alt


def test_classes_of_a_calendar_rise_and_hold_what_their_words_say() -> None:
    nights = [night(i, sessions=(session(DAY + timedelta(days=i), 330.0 + 4 * i),)) for i in range(60)]
    found = charts_of.charted(nights, [TST])
    drawing = charts_of.calendar(found.of(*TST), found).figure.drawing
    assert isinstance(drawing, Calendar)
    assert 3 <= len(drawing.steps) <= 6
    assert drawing.steps[0].startswith("under ")
    assert drawing.steps[-1].endswith(" and more")
    steps = [d.step for d in drawing.days]
    assert steps == sorted(steps, key=lambda s: -1 if s is None else s)
    for d in drawing.days:
        assert d.step is not None
        assert d.value is not None
        low = re.match(r"(\d)\u00a0h\u00a0(\d\d)", drawing.steps[d.step])
        assert low is None or d.value >= 60 * int(low[1]) + int(low[2])


@pytest.mark.parametrize("few", [1, 2, 4])
def test_ratings_are_classes_of_their_own(few: int) -> None:
    nights = [night(i, sessions=(session(DAY + timedelta(days=i), 400.0 + 10 * (i % few)),)) for i in range(20)]
    found = charts_of.charted(nights, [TST])
    drawing = charts_of.calendar(found.of(*TST), found).figure.drawing
    assert isinstance(drawing, Calendar)
    assert drawing.steps == tuple(words.duration(400 + 10 * i) for i in range(few))
    assert {d.step for d in drawing.days} == set(range(few))


def test_several_together_share_months_and_small_n_has_no_median() -> None:
    nights = [night(i) for i in range(33)]  # 4 May to 5 June: 28 nights and 5
    found = charts_of.charted(
        [n for n in nights if n.night_date.day != 5 or n.night_date.month == 5], [TST, ("mid_sleep", "whoop")]
    )
    chart = charts_of.together(found.series, found)
    assert isinstance(chart.figure.drawing, Multiples)
    assert [r[0] for r in chart.table.rows] == ["May\u00a02026", "June\u00a02026"]
    assert chart.table.rows[0][1] == f"{words.duration(413.5)}, n 28"
    assert chart.table.rows[1][1] == "n 4"
    assert [c.title for c in chart.table.columns] == ["Month", "Sleep time, WHOOP", "Mid-sleep, WHOOP"]


def test_years_are_told_by_year() -> None:
    nights = [night(i) for i in range(0, 1500, 5)]
    found = charts_of.charted(nights, [TST])
    chart = charts_of.together(found.series, found)
    assert [r[0] for r in chart.table.rows] == ["2026", "2027", "2028", "2029", "2030"]


def test_dreams_that_may_not_be_ones_own_are_told() -> None:
    at = datetime(2026, 5, 5, 7, tzinfo=UTC)
    dream = Dream(1, ME, DAY, "A garden.", Recall.REPORT, 2, 0, 0, False, None, (), (), at, at, may_not_be_own=True)
    found = charts_of.charted([night(0, recall=Recall.REPORT, dreams=(dream,))], [("recall", "diary"), TST])
    recall, slept = (charts_of.over_time(s, found) for s in found.series)
    assert recall.notes == ("Dreams of 1 merge night may not be the person's own; they are counted.",)
    assert slept.notes == ()


@pytest.mark.parametrize("seed", range(24))
def test_any_journal_is_told_in_words_of_the_right_length(seed: int, journal: Any, clock: FakeClock) -> None:
    made_nights.write(journal, ME, made_nights.anything(seed))
    found = charts_of.read(journal, ME, clock, ASKED, enhancer=made_nights.NAME)
    charts = [f(s, found) for s in found.series if s.points for f in (charts_of.over_time, charts_of.calendar)]
    some = [s for s in found.series if s.points]
    if some:
        charts.append(charts_of.together(some, found))
    for chart in charts:
        assert ALT[0] <= len(chart.figure.alt) <= ALT[1], chart.figure.alt
        for text in whole(chart):
            assert not BAD.search(text), text
        assert len(chart.nights) == len(chart.table.rows)


def test_the_nights_of_a_period_alone(journal: Any, clock: FakeClock) -> None:
    made_nights.write(journal, ME, made_nights.row("NE" * 8))
    first, last = made_nights.FIRST + timedelta(days=3), made_nights.FIRST + timedelta(days=9)
    found = charts_of.read(journal, ME, clock, [TST], first=first, last=last)
    assert [d for d, _, _ in values(found)] == [first + timedelta(days=i) for i in range(7)]


# ---- the hypnogram


def staged(day: date, codes: str = "WLLDRL", **more: Any) -> Session:
    """Eighty minutes of each stage."""
    named = {
        "W": StageCode.W,
        "L": StageCode.LIGHT,
        "D": StageCode.N3,
        "R": StageCode.REM,
        "A": StageCode.ASLEEP,
        "I": StageCode.INBED,
    }
    stages = tuple(Stage(i * 4800, 4800, named[c]) for i, c in enumerate(codes))
    return session(day, stages=stages, **more)


def test_a_hypnogram_has_the_stages_as_recorded_and_joins_equal_ones() -> None:
    chart = hypnogram_chart.hypnogram(night(0, sessions=(staged(DAY),)), "whoop")
    assert chart is not None
    drawing = chart.figure.drawing
    assert isinstance(drawing, HypnogramChart)
    assert [(s.level, s.end - s.start) for s in drawing.spans] == [
        ("W", 80),
        ("LIGHT", 160),
        ("N3", 80),
        ("REM", 80),
        ("LIGHT", 80),
    ]
    assert drawing.spans[0].start == 11 * 60
    assert chart.table.rows[1] == ("00:20", "03:00", "light", "160.0")
    assert "light 4\u00a0h\u00a000" in chart.figure.alt
    assert ALT[0] <= len(chart.figure.alt) <= ALT[1]


def test_a_change_of_the_clocks_bends_nothing() -> None:
    day = date(2026, 10, 24)
    found = night(0, night_date=day, sessions=(staged(day),))
    chart = hypnogram_chart.hypnogram(found, "whoop")
    assert chart is not None
    assert isinstance(chart.figure.drawing, HypnogramChart)
    spans = chart.figure.drawing.spans
    assert spans[-1].end - spans[0].start == 480


def test_what_is_no_sleep_is_no_level_and_no_stage_is_invented() -> None:
    chart = hypnogram_chart.hypnogram(night(0, sessions=(staged(DAY, "IAI"),)), "whoop")
    assert chart is not None
    assert isinstance(chart.figure.drawing, HypnogramChart)
    assert [s.level for s in chart.figure.drawing.spans] == ["UNSPECIFIED"]
    plain = hypnogram_chart.hypnogram(night(0), "whoop")
    assert plain is not None
    assert isinstance(plain.figure.drawing, HypnogramChart)
    assert [(s.level, s.end - s.start) for s in plain.figure.drawing.spans] == [("UNSPECIFIED", 480)]
    none = hypnogram_chart.hypnogram(night(0, sessions=(staged(DAY, "I"),)), "whoop")
    assert none is not None
    draw.svg(none.figure.drawing, "a4", outlines=True)


def test_one_source_alone_is_drawn_and_only_one_that_counts() -> None:
    both = night(
        0,
        sessions=(staged(DAY), staged(DAY, "WD", source="oura"), session(DAY, source="resmed", kind=SessionKind.REST)),
    )
    assert hypnogram_chart.hypnogram_sources(both) == ("oura", "whoop")
    chart = hypnogram_chart.hypnogram(both, "oura")
    assert chart is not None
    assert len(chart.table.rows) == 2
    assert hypnogram_chart.hypnogram(both, "resmed") is None
    assert hypnogram_chart.hypnogram(both, "polar") is None


def test_hypnograms_of_the_journal_are_those_of_the_nights(journal: Any, clock: FakeClock) -> None:
    made_nights.write(journal, ME, made_nights.row("NE"))
    for found in nights_service.nights(journal, ME, None, None, clock):
        chart = hypnogram_chart.hypnogram(found, "whoop")
        assert chart is not None
        assert all(not BAD.search(t) for t in whole(chart))
