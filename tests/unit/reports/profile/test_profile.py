"""The sleep profile as plain data: its order, its gates, and what it never says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreamjournal.analysis.effects import wilson
from dreamjournal.domain.day_states import DAY_MIN, DayStates
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.instant import Instant
from dreamjournal.domain.night import Condition, Night
from dreamjournal.domain.profile_figures import AsleepPlot, NightStrips
from dreamjournal.domain.report import Caveat, CoverageBar, Figure, Prose, Report, Section, Table
from dreamjournal.domain.session import SessionKind, Stage, StageCode
from dreamjournal.reports.profile import asleep, strips
from dreamjournal.reports.profile.context import ProfileContext, ProfileNight
from dreamjournal.reports.profile.page import assemble
from tests import made_profile as made

NBSP = "\u00a0"


def part(report: Report, key: str) -> Section:
    return next(s for s in report.sections if s.key == key)


def text_of(section: Section) -> str:
    said = [section.title]
    for b in section.blocks:
        if isinstance(b, Prose | Caveat):
            said.append(b.text)
        elif isinstance(b, Figure):
            said.append(b.alt)
        else:
            said += [c.title for c in b.columns] + [c or "" for row in b.rows for c in row] + [b.note]
    return "\n".join(said).replace(NBSP, " ")


def table_of(report: Report, key: str) -> Table:
    return next(b for b in part(report, key).blocks if isinstance(b, Table))


def one(night: ProfileNight, **more: Any) -> ProfileContext:
    return replace(made.context("N"), nights=(night,), **more)


CASES: dict[str, dict[str, Any]] = {
    "both": {}, "without stages": {"stages": False}, "naps": {"naps": 6}, "five and six": {"kinds": "NNNNNNEEEEE"},
    "four each": {"kinds": "NENENENE"}, "one night": {"kinds": "N"}, "left out and missing": {"kinds": "NE-X" * 10},
    "kind not known": {"kinds": "U" * 20}, "few of each": {"kinds": "NNEE" + "U" * 8}, "nothing used": {"kinds": "XX--"},
    "no night": {"kinds": ""}, "a year": {"kinds": "NE" * 180},
}  # fmt: skip


def test_the_page_keeps_its_order() -> None:
    keys = [s.key for s in assemble(made.context()).sections]
    assert keys == ["coverage", "asleep", "strips", "numbers", "regularity", "recall", "method"]


@pytest.mark.parametrize("case", CASES)
def test_what_never_stands_on_paper(case: str) -> None:
    report = assemble(made.context(**CASES[case]))
    said = "\n".join([report.title, *(text_of(s) for s in report.sections)])
    never = r"\b(nan|NaN|None|inf)\b|−0\b|p ?= ?0|[Ss]ignifican|\beffect\b|\bworks\b|\d\.\d{3}|\bverdict\b|secret words|\bscore\b"
    assert re.search(never, said) is None
    assert "secret words" not in repr(report)


@pytest.mark.parametrize("case", CASES)
def test_every_figure_is_told_in_180_to_290_characters(case: str) -> None:
    alts = [b.alt for s in assemble(made.context(**CASES[case])).sections for b in s.blocks if isinstance(b, Figure)]
    assert all(180 <= len(alt) <= 290 for alt in alts), [len(a) for a in alts]


def test_the_bar_is_to_scale_and_its_line_names_every_night_that_is_not_used() -> None:
    section = part(assemble(made.context("NENENENENE-XN")), "coverage")
    figure, line = section.blocks
    assert isinstance(figure, Figure)
    assert isinstance(figure.drawing, CoverageBar)
    assert [(p.kind, p.nights) for p in figure.drawing.parts] == [
        ("natural", 6),
        ("enhanced", 5),
        ("excluded", 1),
        ("missing", 1),
    ]
    assert isinstance(line, Prose)
    said = line.text.replace(NBSP, " ")
    assert said.startswith("11 of 13 nights used (85 %) · Lumen headband (Lumen H1, firmware 3.1) for sleep")
    assert "(12 of 13 mornings answered) · enhancer: SleepSync, simulated mode" in said
    assert said.endswith("left out: ill 18 Sep · missing: nothing recorded 17 Sep")


def test_many_nights_not_used_are_counted_by_reason() -> None:
    said = text_of(part(assemble(made.context("N-X-E-X" * 20)), "coverage"))
    assert "left out: ill on 40 nights · missing: nothing recorded on 60 nights" in said


@pytest.mark.parametrize(
    ("nights", "curve", "band"), [(4, False, False), (5, True, False), (6, True, False), (7, True, True)]
)
def test_under_five_nights_no_curve_and_under_seven_no_band(nights: int, curve: bool, band: bool) -> None:
    plot = asleep.plot_of(made.context("N" * nights + "E" * 8))
    natural, enhanced = plot.lines
    assert (bool(natural.shares), bool(natural.low)) == (curve, band)
    assert natural.nights == nights
    assert f"n{NBSP}{nights}" in natural.label
    assert enhanced.low
    assert enhanced.high


def test_with_too_few_of_every_kind_the_counts_stand_alone() -> None:
    said = text_of(part(assemble(made.context("NNEEE")), "asleep"))
    assert "Too few nights for a curve. It needs 5 nights of one kind; there are 2 natural and 3 enhanced." in said


def test_nights_of_no_known_kind_are_described_where_they_are_all_there_is() -> None:
    report = assemble(made.context("NN" + "U" * 9))
    plot = asleep.plot_of(made.context("NN" + "U" * 9))
    assert [(x.kind, bool(x.shares)) for x in plot.lines] == [("natural", False), ("enhanced", False), ("other", True)]
    assert all("kind not known" in c.title for c in table_of(report, "numbers").columns[1:])


def mask(minutes: set[int]) -> int:
    return sum(1 << m for m in minutes)


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 1300), st.integers(1, 139), st.booleans()), min_size=1, max_size=9))
def test_shares_are_the_moving_mean_of_who_sleeps_within_wilsons_interval(nights: list[tuple[int, int, bool]]) -> None:
    unknown = set(range(600, 700))
    states = [
        DayStates(mask(set(range(a, a + n))), (1 << DAY_MIN) - 1 & ~(mask(unknown) if gap else 0)) for a, n, gap in nights
    ]  # fmt: skip
    shares, low, high = asleep.share_asleep(states)
    assert len(shares) == len(low) == len(high) == DAY_MIN // 5 + 1

    def at(minute: int) -> tuple[int, int]:
        known = [(a, n) for a, n, gap in nights if not (gap and minute in unknown)]
        return sum(a <= minute < a + n for a, n in known), len(known)

    for i in (0, 1, 100, 130, 141, 200, 287):
        window = [at(m) for m in range(max(0, 5 * i - 15), min(DAY_MIN, 5 * i + 16))]
        assert shares[i] == pytest.approx(sum(k / n if n else 0 for k, n in window) / len(window), abs=1e-5)
        ends = [wilson(k, n) if n else (0.0, 0.0) for k, n in window]
        assert low[i] == pytest.approx(sum(max(0, e[0]) for e in ends) / len(ends), abs=1e-5)
        assert high[i] == pytest.approx(sum(min(1, e[1]) for e in ends) / len(ends), abs=1e-5)


def test_sleep_that_goes_on_over_noon_stands_at_its_clock_time() -> None:
    shares, _, _ = asleep.share_asleep([DayStates(0, (1 << DAY_MIN) - 1, mask(set(range(120))))] * 5)
    assert shares[0] == shares[12] == 1
    assert shares[-1] == 0


def test_naps_are_named_with_their_days() -> None:
    plot = asleep.plot_of(made.context(naps=7))
    assert plot.naps == "naps on 7 of 28 days"
    assert plot.nap_at == pytest.approx(180, abs=1)  # 14:40 to 15:20
    natural, _ = plot.lines
    assert natural.shares[36] > 0
    assert asleep.plot_of(made.context()).naps == ""


@given(st.lists(st.floats(0, 2400), max_size=20))
def test_the_axis_moves_in_whole_hours_and_holds_every_moment(moments: list[float]) -> None:
    first, last = strips.axis(moments)
    assert first % 60 == last % 60 == 30
    assert last - first >= 14 * 60
    assert all(first <= m <= last for m in moments)
    if not moments or max(moments) - min(moments) <= 13 * 60:
        assert last - first == 14 * 60


def rows(ctx: ProfileContext) -> NightStrips:
    return strips.strips_of(ctx)


def test_the_strips_are_the_last_fourteen_nights() -> None:
    found = rows(made.context("NE" * 20))
    assert [r.night_date for r in found.rows] == [made.FIRST + timedelta(days=26 + i) for i in range(14)]
    assert [r.kind for r in found.rows[:2]] == ["natural", "enhanced"]
    assert [bool(r.exposures) for r in found.rows[:2]] == [False, True]
    assert {r.free for r in found.rows if r.night_date.weekday() in (4, 5)} == {True}


def test_a_source_without_stages_has_one_bar_from_falling_asleep_to_its_end() -> None:
    row = rows(made.context("N", stages=False)).rows[0]
    (span,) = row.spans
    assert span.code == "ASLEEP"
    assert row.lights_out is not None
    assert (span.start, span.end) == (row.lights_out + 12, row.got_up)


def test_a_night_of_clock_change_is_drawn_on_elapsed_time() -> None:
    day = date(2026, 10, 24)
    slept = made.session(day, made.at(day, 23), 480)
    assert f"{slept.end.local:%H:%M}" == "06:00"
    night = Night(1, day, Condition.NATURAL, sessions=(slept,), zone=made.ZONE)
    row = rows(one(ProfileNight(day, "left_out", "clock change", night, night.seen_by("band"), "natural"))).rows[0]
    assert (row.lights_out, row.got_up) == (660, 1140)
    assert row.spans[-1].end == 1140
    assert (row.used, row.reason) == (False, "clock change")


def test_what_was_not_scored_stays_so_and_an_envelope_is_no_sleep() -> None:
    day = made.FIRST
    stages = (
        Stage(0, 28800, StageCode.INBED),
        Stage(0, 600, StageCode.W),
        Stage(600, 600, StageCode.UNKNOWN),
        Stage(1200, 600, StageCode.REM),
    )
    slept = replace(made.session(day, made.at(day, 23), 480), stages=stages)
    night = Night(1, day, Condition.NATURAL, sessions=(slept,))
    row = rows(one(ProfileNight(day, "used", "", night, night.seen_by("band"), "natural"))).rows[0]
    assert [s.code for s in row.spans] == ["W", "UNKNOWN", "REM"]


def test_a_gap_takes_its_times_from_the_diary_and_says_so_else_from_other_nights() -> None:
    full = made.context("NENE")
    diary = full.nights[0].night
    assert diary is not None
    told = replace(full.nights[0], state="missing", reason="no recording", seen=None)
    silent = ProfileNight(made.FIRST + timedelta(days=4), "missing", "nothing recorded")
    found = rows(replace(full, nights=(told, *full.nights[1:], silent))).rows
    assert found[0].reason == "no recording; times from the diary"
    assert found[0].gap is not None
    assert found[0].gap[1] == 1130  # woke at 06:50
    assert found[-1].gap is not None
    assert found[-1].reason == "nothing recorded"
    assert found[-1].dream == "no morning entry"
    assert found[-1].asleep == ""


D = made.dream(made.FIRST)


def answered(recall: Recall | None, *dreams: Any, diary: Any = None) -> Night:
    return Night(1, made.FIRST, Condition.NATURAL, recall=recall, dreams=tuple(dreams), diary=diary)


@pytest.mark.parametrize(
    ("night", "said"),
    [
        (answered(Recall.REPORT, D), "dream"),
        (answered(Recall.REPORT, D, D), "dream ×2"),
        (answered(Recall.FRAGMENT), "fragment"),
        (answered(Recall.WHITE), "dreamt, no content"),
        (answered(Recall.NOTHING), "nothing recalled"),
        (answered(Recall.NOT_TRIED), "did not try"),
        (answered(None), "no morning entry"),
        (answered(Recall.REPORT, replace(D, may_not_be_own=True)), "dream, merge: not own?"),
        (answered(None, D), "dream"),
    ],
)
def test_the_dream_answer_in_words(night: Night, said: str) -> None:
    assert strips.dream_words(night) == (said, False)


def test_a_nightmare_comes_first_with_its_distress() -> None:
    bad = replace(D, nightmare=True, distress=3)
    assert strips.dream_words(answered(Recall.REPORT, D, bad)) == ("nightmare, distress 3", True)
    assert strips.dream_words(answered(Recall.REPORT, replace(bad, distress=None))) == ("nightmare", True)


def test_the_table_has_its_n_in_every_column_group_and_no_number_under_five() -> None:
    table = table_of(assemble(made.context("N" * 6 + "E" * 3)), "numbers")
    heads = [c.title.replace(NBSP, " ") for c in table.columns]
    assert heads[0] == "Lumen headband, one night"
    assert heads[1:5] == [f"natural, n 6 · {h}" for h in ("median", "middle half", "range", "nights")]
    assert heads[5:] == [f"enhanced, n 3 · {h}" for h in ("median", "middle half", "range", "nights")]
    for row in table.rows:
        assert row[4] == "6"
        assert row[5:] == (None, None, None, "3")
    assert [row[0] for row in table.rows] == [
        "Total sleep time", "Time to fall asleep, min", "Awake after falling asleep, min", "Efficiency, of time in bed, %", "Deep sleep",
        "REM sleep", "Lights out", "Mid-sleep", "Final awakening",
    ]  # fmt: skip


def test_what_the_source_does_not_give_is_said_and_never_0() -> None:
    section = part(assemble(made.context(stages=False)), "numbers")
    table, caveat = section.blocks
    assert isinstance(table, Table)
    assert isinstance(caveat, Caveat)
    assert "Deep sleep" not in [row[0] for row in table.rows]
    assert caveat.text == "Not given by this source: awake after falling asleep, deep sleep and REM sleep."


def test_regularity_has_its_n_or_its_reason() -> None:
    said = text_of(part(assemble(made.context("N" * 10 + "E" * 10)), "regularity"))
    assert re.search(
        r"Mid-sleep varies by \d+ min on natural nights \(n 10\) and \d+ min on enhanced nights \(n 10\)", said
    )
    assert re.search(r"Sleep Regularity Index \d+ \(100: every day alike, 0: chance\), from 19 day pairs", said)
    assert re.search(r"(later|earlier) before a free day than before work \(n 6 and 14, as marked in the diary\)", said)
    few = text_of(part(assemble(made.context("NEN")), "regularity"))
    assert "No spread of mid-sleep on natural nights: needs 5 nights with a mid-sleep; there are 2." in few
    assert "No Sleep Regularity Index: needs 5 pairs of nights in a row; there are 2." in few
    assert "No shift between work and free nights: needs" in few
    bare = text_of(part(assemble(made.context(stages=False)), "regularity"))
    assert "No Sleep Regularity Index: this source gives no sleep stages." in bare


def test_recall_counts_every_morning_answered_also_of_nights_without_a_recording() -> None:
    ctx = made.context("NE" * 10)
    silent = tuple(
        replace(n, state="missing", seen=None, reason="no recording") if i < 4 else n for i, n in enumerate(ctx.nights)
    )
    table = table_of(assemble(replace(ctx, nights=silent)), "recall")
    assert [c.title for c in table.columns] == [
        "kind of night",
        "dream",
        "fragment",
        "no content",
        "nothing",
        "not tried",
        "nightmare",
    ]
    assert [row[0] for row in table.rows] == [f"natural, n{NBSP}10", f"enhanced, n{NBSP}10"]
    assert [row[1:] for row in table.rows] == [("2", "2", "2", "2", "2", "2"), ("2", "2", "2", "2", "2", "0")]


def test_an_arm_without_an_answer_is_a_dash_and_dreams_that_may_not_be_own_are_said() -> None:
    ctx = made.context("N" * 6)
    night = ctx.nights[0].night
    assert night is not None
    merged = replace(night, dreams=tuple(replace(d, may_not_be_own=True) for d in night.dreams))
    section = part(assemble(replace(ctx, nights=(replace(ctx.nights[0], night=merged), *ctx.nights[1:]))), "recall")
    assert "1 dream on a merge night may not be your own; counted." in text_of(section)
    assert table_of(assemble(ctx), "recall").rows[1][1:] == (None,) * 6


@pytest.mark.parametrize("case", [c for c in CASES if c != "no night"])
def test_the_method_ends_with_what_the_page_is_not_for(case: str) -> None:
    last = assemble(made.context(**CASES[case])).sections[-1]
    assert last.key == "method"
    assert text_of(last).endswith("This page describes; whether the nights differ is judged only on the Contrast page.")


def test_without_a_night_the_page_says_what_to_do() -> None:
    report = assemble(made.context("", asked=(date(2026, 1, 1), date(2026, 1, 31))))
    said = text_of(report.sections[0])
    assert said.strip().startswith(
        "No night to describe. The journal has no recording by Lumen headband from 1 Jan 2026 to 31 Jan 2026."
    )
    assert report.nights.rows == ()
    assert report.result["nights"]["all"] == 0


def test_the_title_has_the_year_once_and_me_is_i() -> None:
    assert assemble(made.context()).title.replace(NBSP, " ") == "How Heron-12 sleeps, 7 September – 4 October 2026"
    assert assemble(made.context("NENE")).title.replace(NBSP, " ") == "How Heron-12 sleeps, 7 – 10 September 2026"
    assert assemble(made.context("N")).title.replace(NBSP, " ") == "How Heron-12 sleeps, 7 September 2026"
    assert assemble(made.context(person="me")).title.startswith("How I sleep, ")


def test_the_nights_are_tidy_and_what_is_not_known_is_empty() -> None:
    table = assemble(made.context("NX-E")).nights
    names = [c.title for c in table.columns]
    cells = [dict(zip(names, row, strict=True)) for row in table.rows]
    assert [(c["night_date"], c["kind"], c["state"], c["reason"]) for c in cells] == [
        ("2026-09-07", "natural", "used", ""), ("2026-09-08", "unrecorded", "left out", "ill"),
        ("2026-09-09", "", "missing", "nothing recorded"), ("2026-09-10", "enhanced", "used", ""),
    ]  # fmt: skip
    assert cells[2]["tst_min"] is cells[2]["dreams"] is cells[2]["recall"] is cells[2]["nap_count"] is None
    assert float(cells[0]["tst_min"] or "x") > 300
    assert re.fullmatch(r"23:\d\d", cells[0]["lights_out"] or "")
    assert cells[3]["exposures"] == "SleepSync"


def test_the_fingerprint_follows_the_data_and_not_the_paper() -> None:
    a = assemble(made.context())
    assert re.fullmatch(r"([0-9A-F]{4} ?){4}", a.fingerprint)
    assert assemble(made.context(paper="letter")).fingerprint == a.fingerprint
    assert assemble(made.context(seed=6)).fingerprint != a.fingerprint


def test_a_nap_is_no_main_sleep_and_a_rest_is_no_sleep() -> None:
    ctx = made.context("N", naps=1)
    night = ctx.nights[0]
    assert [s.kind for s in night.naps] == [SessionKind.NAP]
    assert night.night is not None
    rest = replace(night.night.sessions[1], kind=SessionKind.REST)
    resting = replace(night.night, sessions=(night.night.sessions[0], rest))
    assert replace(night, night=resting, seen=resting.seen_by("band")).naps == ()


def test_the_parts_one_may_tick_come_after_page_one() -> None:
    report = assemble(made.context(parts=frozenset({"asleep_hours"})))
    section = part(report, "asleep_hours")
    assert section.slot == "after"
    table = table_of(report, "asleep_hours")
    assert len(table.rows) == 25
    assert table.rows[14][0] == "02:00"
    plot: AsleepPlot = asleep.plot_of(made.context())
    assert table.rows[14][1] == f"{round(100 * plot.lines[0].shares[168])}{NBSP}%"


def test_an_offset_without_a_zone_is_drawn_by_its_own_clock() -> None:
    day = made.FIRST
    start = Instant(made.at(day, 23).utc, -420, None)
    slept = made.session(date(2026, 9, 7), start, 400)
    night = Night(1, day, Condition.NATURAL, sessions=(slept,))
    found = ProfileNight(day, "used", "", night, night.seen_by("band"), "natural")
    assert found.lights_out == 180  # 22:00 UTC is 15:00 at UTC-7
