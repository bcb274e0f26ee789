"""All measures in both arms: which nights, whose numbers, how many, and why not."""

from __future__ import annotations

import json
import re
import statistics
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.study import Study
from dreamjournal.services import contrasts, dreams, enhancers, evenings, mornings, settings
from dreamjournal.services import measures as service
from dreamjournal.services import measures_words as words
from tests.fakes import FakeClock
from tests.unit.services.made import slept

ME = 1
LAST = date(2026, 7, 7)
NBSP = "\u00a0"


def night(back: int) -> date:
    return LAST - timedelta(days=back)


def diary(
    journal: Any, clock: FakeClock, back: int, sleep: int = 440, *, free: bool | None = None, **more: Any
) -> None:
    """A diary of so many minutes asleep from 23:00 on, written the next morning."""
    made = mornings.diary_from_answers(
        ME, night(back), "Europe/London",
        {"into_bed": 1380, "try_sleep": 1380, "sol": 0, "waso": 0, "nawk": 1, "final_wake": (1380 + sleep) % 1440,
         "out_of_bed": (1390 + sleep) % 1440, "quality": 3, **more},
    )  # fmt: skip
    now = clock.now()
    clock.set(datetime.combine(night(back) + timedelta(days=1), time(10)))
    mornings.save_diary(journal, replace(made, free_next_day=free), clock)
    clock.set(now)


def said(journal: Any, clock: FakeClock, back: int, kind: str, *names: str) -> None:
    enhancers.log(journal, ME, night(back), kind, list(names), "", clock)  # pyright: ignore[reportArgumentType]


@pytest.fixture
def kept(journal: Any, clock: FakeClock) -> Any:
    """8 natural and 6 enhanced nights, one of each other kind, diaries and a device throughout."""
    kinds = ["natural", "enhanced"] * 6 + ["natural", "natural", "unsure", None]
    for back, kind in enumerate(kinds):
        diary(journal, clock, back, 420 + 7 * back)
        slept(journal, night(back), source="whoop", tst_min=400 + 10.0 * back, sol_min=5.0, rem_min=90.0)
        if kind == "enhanced":
            said(journal, clock, back, kind, "SleepSync")
        elif kind is not None:
            said(journal, clock, back, kind)
        mornings.set_recall(journal, ME, night(back), Recall.REPORT if back % 3 else Recall.NOTHING, clock)
    return journal


def ask(journal: Any, clock: FakeClock, **more: Any) -> service.Measures:
    return service.measures(journal, ME, clock, **more)


def row(found: service.Measures, key: str, group: str | None = None) -> service.Row:
    return next(r for r in found.rows if r.key == key and group in (None, r.group))


def test_arms_are_what_was_said_and_silence_is_neither(kept: Any, clock: FakeClock) -> None:
    found = ask(kept, clock)
    assert (found.n_natural, found.n_enhanced, found.neither, found.hidden) == (8, 6, 2, 0)
    assert (found.source, found.sources, found.enhancer) == ("whoop", (("whoop", 16),), "SleepSync")
    assert words.nights_words(found) == "8 natural nights and 6 enhanced by SleepSync; 2 more are of neither kind."


def test_medians_and_the_middle_half(kept: Any, clock: FakeClock) -> None:
    found = ask(kept, clock)
    felt, measured = row(found, "tst", "diary"), row(found, "tst", "device")
    natural = [420 + 7 * b for b in (0, 2, 4, 6, 8, 10, 12, 13)]
    assert (felt.natural.n, felt.natural.value) == (8, statistics.median(natural))
    assert (felt.source, measured.source) == ("diary", "whoop")
    assert (measured.enhanced.n, measured.enhanced.value) == (6, 460)
    assert (measured.enhanced.low, measured.enhanced.high) == (435, 485)
    assert (
        words.value_words(measured, measured.enhanced)
        == f"7{NBSP}h{NBSP}40{NBSP}min (7{NBSP}h{NBSP}15 to 8{NBSP}h{NBSP}05)"
    )
    gap = row(found, "gap")
    assert gap.group == "device" and gap.natural.value == statistics.median(
        20 - 3 * b for b in (0, 2, 4, 6, 8, 10, 12, 13)
    )


def test_rates_and_counts_are_so_many_of_n(kept: Any, clock: FakeClock) -> None:
    dreams.save(kept, ME, DreamDraft(night(1), "Chased.", nightmare=True, distress=3), clock)
    found = ask(kept, clock)
    recall, nightmares = row(found, "recall"), row(found, "nightmare")
    assert (recall.natural.total, recall.natural.n, recall.natural.value) == (5, 8, None)
    assert words.value_words(recall, recall.natural) == f"5{NBSP}of{NBSP}8"
    assert words.value_words(nightmares, nightmares.enhanced) == "1 in 6 mornings"
    assert words.value_words(nightmares, nightmares.natural) == "0 in 8 mornings"
    distress = row(found, "distress")
    assert (distress.enhanced.n, distress.enhanced.value) == (1, None)
    assert distress.enhanced.why == "a median needs 5 nights; there is 1"
    assert words.why_words(distress) == (
        "Natural: not told or not rated on these nights. Enhanced: a median needs 5 nights; there is 1."
    )


def test_clock_times_are_of_the_clock(kept: Any, clock: FakeClock) -> None:
    found = ask(kept, clock)
    mid = row(found, "mid_sleep", "diary")
    middle = statistics.median((420 + 7 * b) / 2 for b in (0, 2, 4, 6, 8, 10, 12, 13))
    assert mid.natural.value == pytest.approx((1380 + middle) % 1440)
    assert words.value_words(mid, mid.natural).startswith("02:")
    assert words.value_words(mid, mid.natural, hours=12).startswith("2:") and "am" in words.value_words(
        mid, mid.natural, hours=12
    )


def test_every_metric_stands_once_where_it_can_be_told(kept: Any, clock: FakeClock) -> None:
    found = ask(kept, clock)
    both = [m for m in contrasts.metrics().values() if m.told_by == "both"]
    assert len(found.rows) == len(contrasts.metrics()) + len(both) + len(service.period_metrics())
    assert len({(r.key, r.group) for r in found.rows}) == len(found.rows)
    groups = [r.group for r in found.rows]
    assert sorted(set(groups), key=groups.index) == list(service.GROUPS)
    for r in found.rows:
        assert r.explain.endswith(".")
        for arm in service.ARMS:
            d = r.arm(arm)
            assert (d.value is None and d.total is None) == bool(d.why), (r.key, arm)


def test_a_source_that_does_not_have_it_says_so(kept: Any, clock: FakeClock) -> None:
    found = ask(kept, clock)
    hr = row(found, "hr")
    assert hr.natural == service.Described(0, why="this source does not give it")
    assert words.why_words(hr) == "This source does not give it." and words.value_words(hr, hr.natural) == "–"
    by_diary = ask(kept, clock, source="diary")
    for key in ("rem", "tst", "waso", "gap"):
        asleep = row(by_diary, key, "device")
        assert (asleep.source, asleep.natural.n, asleep.natural.why) == (None, 0, "a device measures this: choose one")
    assert row(by_diary, "tst", "diary").natural.n == 8
    therapy = row(by_diary, "cpap_hours")
    assert (therapy.source, therapy.natural.why) == (None, "no CPAP recorded on these nights")


def test_therapy_comes_from_its_own_machine(kept: Any, clock: FakeClock) -> None:
    enhancers.add(kept, ME, "CPAP", EnhancerKind.THERAPY, clock)
    for hours in range(5):
        day = night(20 + hours)
        slept(kept, day, source="resmed")
        words_ = f"{5 + hours} h 30 min, AHI 2.{hours}"
        kept.exposures.add(Exposure(0, ME, day, "CPAP", EnhancerKind.THERAPY, "resmed", words_))
    found = ask(kept, clock, enhancer="CPAP")
    used, events = row(found, "cpap_hours"), row(found, "ahi")
    assert (found.source, used.source, found.n_enhanced) == ("whoop", "resmed", 5)
    assert (used.enhanced.value, events.enhanced.value) == (7.5, pytest.approx(2.2))
    assert words.value_words(used, used.enhanced) == f"7.5{NBSP}h (6.5 to 8.5)"
    assert (used.natural.why, events.natural.why) == (
        "no CPAP recorded on these nights",
        "no events scored on these nights",
    )


def test_regularity_has_its_own_n(kept: Any, clock: FakeClock) -> None:
    for back, free in enumerate([True, False, False, False, True, False, True, False]):
        diary(kept, clock, back, 440 + 60 * free, free=free)
        said(kept, clock, back, "natural")
    found = ask(kept, clock)
    index = row(found, "sri_diary")
    assert index.natural.n == 9 and index.natural.value is not None and index.source == "diary"
    assert words.count_words(index, index.natural) == "9 pairs of nights in a row"
    assert index.enhanced.n == 0 and index.enhanced.why.startswith("needs 5 pairs of nights in a row")
    jetlag = row(ask(kept, clock, source="diary"), "social_jetlag")
    assert jetlag.natural.value == pytest.approx(30) and jetlag.natural.n == 8
    assert row(found, "sri").natural.why == "this source gives no sleep stages"


def test_device_numbers_of_a_closed_night_stay_closed(kept: Any, clock: FakeClock) -> None:
    tonight = date(2026, 7, 8)
    slept(kept, tonight, source="whoop", tst_min=999.0)
    enhancers.log(kept, ME, tonight, "natural", [], "", clock)
    found = ask(kept, clock)
    assert found.n_natural == 9
    assert row(found, "tst", "device").natural.n == 8
    assert row(found, "mid_sleep_sd").natural.n == 8
    mornings.pass_over(kept, ME, tonight, clock)
    opened = ask(kept, clock)
    assert row(opened, "tst", "device").natural.n == 9 and row(opened, "gap").natural.n == 8


def test_a_sealed_study_keeps_its_nights_to_itself(kept: Any, clock: FakeClock) -> None:
    before = ask(kept, clock)
    kept.studies.put(
        Study(0, ME, "SleepSync", "tst", "whoop", 20, night(5), "ENNEENNEENNE", 4, 1, clock.now(), sealed=True)
    )
    found = ask(kept, clock)
    assert found.hidden == 7  # the night nothing is known of, too
    assert found.n_natural + found.n_enhanced == before.n_natural + before.n_enhanced - 6
    assert "7 of them closed while a study is sealed" in words.nights_words(found)


def test_another_enhancer_is_of_neither_kind(kept: Any, clock: FakeClock) -> None:
    said(kept, clock, 0, "enhanced", "Melatonin")
    with pytest.raises(UserError, match="the journal has Melatonin, SleepSync"):
        ask(kept, clock)
    found = ask(kept, clock, enhancer="sleepsync")
    assert (found.enhancer, found.n_natural, found.n_enhanced, found.neither) == ("SleepSync", 7, 6, 3)
    other = ask(kept, clock, enhancer="Melatonin")
    assert (other.n_natural, other.n_enhanced) == (7, 1)


@pytest.mark.parametrize(
    ("asked", "words_"), [({"source": "nosuch"}, "diary, whoop"), ({"enhancer": "nosuch"}, "SleepSync")]
)  # fmt: skip
def test_an_unknown_name_is_refused_with_the_list(
    kept: Any, clock: FakeClock, asked: dict[str, str], words_: str
) -> None:
    with pytest.raises(UserError, match=words_):
        ask(kept, clock, **asked)


def test_a_time_without_nights_gives_reasons_and_no_numbers(kept: Any, clock: FakeClock) -> None:
    found = ask(kept, clock, first=date(2027, 1, 1))
    assert (found.n_natural, found.n_enhanced, found.neither, found.goal) == (0, 0, 0, None)
    assert {r.natural.why for r in found.rows} == {"no night said to be natural in this time"}
    assert {r.enhanced.why for r in found.rows} == {"no night with SleepSync alone in this time"}
    assert all(words.value_words(r, r.natural) == "–" for r in found.rows)


def test_an_empty_journal(journal: Any, clock: FakeClock) -> None:
    found = ask(journal, clock)
    assert (found.source, found.sources, found.enhancer, found.neither) == ("diary", (), None, 0)
    assert {r.enhanced.why for r in found.rows} == {"no enhancer in the journal yet"}


def test_the_person_s_own_goal(kept: Any, clock: FakeClock) -> None:
    assert ask(kept, clock).goal is None
    settings.set_value(kept, ME, "sleep_need_min", 480)
    goal = ask(kept, clock).goal
    assert goal is not None and goal.found.nights == 14
    assert goal.found.mean == pytest.approx(480 - statistics.mean(420 + 7 * b for b in range(14)))
    assert words.goal_words(ask(kept, clock)) == (
        f"By the diary, sleep was 14{NBSP}min a night shorter than the person's own goal of 8{NBSP}h{NBSP}00{NBSP}min, on average of 14 of the "
        "last 14 nights. Nights without a diary are not guessed."
    )  # fmt: skip
    assert ask(kept, clock, first=night(3)).goal is None


def test_the_device_that_stands_for_sleep_time_comes_first(kept: Any, clock: FakeClock) -> None:
    for back in range(3):
        slept(kept, night(back), source="oura")
    assert ask(kept, clock).source == "whoop"
    settings.set_value(kept, ME, "measure_sources", {"tst": "oura"})
    found = ask(kept, clock)
    assert (found.source, row(found, "tst", "device").natural.why) == ("oura", "a median needs 5 nights; there are 2")


def test_json_has_no_nan_and_keeps_its_shape(kept: Any, clock: FakeClock) -> None:
    for asked in ({}, {"source": "diary"}, {"first": date(2027, 1, 1)}):
        found = json.loads(json.dumps(service.to_json(ask(kept, clock, **asked)), allow_nan=False))
        assert set(found) == {"source", "enhancer", "from", "to", "nights", "sources", "measures", "regularity", "goal"}
        assert set(found["nights"]) == {"natural", "enhanced", "neither", "sealed"}
        for r in found["measures"]:
            keys = {"n", "total", "why"} if r["kind"] in ("rate", "count") else {"n", "median", "q1", "q3", "why"}
            assert set(r["natural"]) == set(r["enhanced"]) == keys
        assert all(set(r["natural"]) == {"n", "value", "why"} for r in found["regularity"])


def test_words_never_show_a_code_or_minus_nothing(kept: Any, clock: FakeClock) -> None:
    evenings.set_intention(kept, ME, night(0), "x")
    for r in ask(kept, clock).rows:
        for d in (
            r.natural,
            r.enhanced,
            service.Described(7, -0.001, -0.4, 0.0),
            service.Described(7, -90.0, -100.0, -30.0),
        ):
            text = words.value_words(r, d)
            assert not re.search(r"nan|None|inf|-|−0(?![\d.])|−0\.0+\b", text), (r.key, text)


@pytest.mark.parametrize(
    ("metric", "source", "reason"),
    [
        ("routine", "diary", "no step ticked and no lights out"),
        ("words", "diary", "no dream told"),
        ("distress", "diary", "no rated nightmare"),
        ("gap", "whoop", "no diary from before the numbers were seen"),
        ("rem_latency", "whoop", "not measured"),
        ("rested", "diary", "not answered"),
    ],
)
def test_a_contrast_says_why_a_night_has_no_such_measure(
    kept: Any, clock: FakeClock, metric: str, source: str, reason: str
) -> None:
    for back in range(16):
        mornings.pass_over(kept, ME, night(back), clock)
    found = contrasts.contrast(kept, ME, ContrastSpec(metric, source), clock)
    assert {x.reason for x in found.missing} == {reason}
