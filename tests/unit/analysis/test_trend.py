"""The slope of a difference: known slopes found, drawn and chosen, invariants, stretches, running means and words."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreamjournal.analysis import contrast, schedule, trend
from dreamjournal.domain.contrast import Arm, NightPoint

FIRST = date(2026, 1, 5)
Plan = dict[date, tuple[Arm, str]]


def made(nights: int, *, slope: float, seed: int, noise: float = 1.0, mean: float = 2.0, drift: float = 0.0, drawn: bool = True
         ) -> tuple[list[NightPoint], Plan, list[date]]:  # fmt: skip
    """Nights whose difference rises by `slope` for each night with the enhancer so far."""
    draw = random.Random(seed)
    if drawn:
        labels = [p.enhanced for p in schedule.draw(FIRST, nights, seed=seed)]
    else:
        labels = [i // 4 % 2 == 0 if draw.random() < 0.8 else draw.random() < 0.5 for i in range(nights)]
    plan: Plan = {}
    points: list[NightPoint] = []
    used: list[date] = []
    for i, enhanced in enumerate(labels):
        day = FIRST + timedelta(days=i)
        arm: Arm = "enhanced" if enhanced else "natural"
        block = str(i // 4)
        plan[day] = (arm, block)
        used += [day] if enhanced else []
        value = draw.gauss(0, noise) + drift * i + enhanced * (mean + slope * len(used)) + (i % 7 in (4, 5))
        points.append(NightPoint(day, arm, value, i % 7 in (4, 5), block if drawn else None))
    return points, plan, used


def test_a_known_slope_is_found_for_drawn_nights() -> None:
    points, plan, _ = made(112, slope=-0.05, seed=3, noise=0.3, drift=0.01)
    counts, days = trend.block_middles(points, plan)
    slope, by_day = trend.drawn_slope(points, counts), trend.drawn_slope(points, days)
    assert slope is not None and slope.interval is not None and by_day is not None and by_day.interval is not None
    assert slope.interval[0] < -0.05 < slope.interval[1] < 0 and slope.value == pytest.approx(-0.05, abs=0.012)
    assert by_day.value == pytest.approx(slope.value / 2, rel=0.1)  # every second night was enhanced


def test_a_known_slope_is_found_for_chosen_nights() -> None:
    points, _, used = made(112, slope=-0.05, seed=4, noise=0.3, drift=0.01, drawn=False)
    slope = trend.chosen_slope(points, trend.counts_so_far([p.night_date for p in points], used))
    assert slope is not None and slope.interval is not None and slope.n_eff is not None
    assert slope.interval[0] < -0.05 < slope.interval[1] < 0


def test_the_interval_of_drawn_nights_holds_exactly_what_dealing_again_does_not_reject() -> None:
    points, plan, _ = made(16, slope=0.2, seed=8)
    counts, _ = trend.block_middles(points, plan)
    slope = trend.drawn_slope(points, counts)
    assert slope is not None and slope.interval is not None
    y = np.array([p.value for p in points])
    label = contrast.signed([p.arm == "enhanced" for p in points])
    at = np.array(counts) - np.mean(counts)
    cov = contrast.covariates(16, [float(p.weekend) for p in points], contrast.trend(range(16)))
    constant = contrast.ols(y, label, np.column_stack([label * at, cov])).value

    def share(d: float) -> float:
        rest = y - constant * label - d * label * at
        own = abs(contrast.ols(rest, label * at, np.column_stack([label, cov])).value)
        far = total = 0
        ways = [p for p in product((0.5, -0.5), repeat=4) if sum(p) == 0]
        for deal in product(ways, repeat=4):
            other = np.array([v for block in deal for v in block])
            far += abs(contrast.ols(rest, other * at, np.column_stack([other, cov])).value) >= own * (1 - 1e-9)
            total += 1
        return far / total

    low, high = slope.interval
    width = high - low
    assert share(low + 0.01 * width) > contrast.ALPHA and share(high - 0.01 * width) > contrast.ALPHA
    assert share(low - 0.01 * width) <= contrast.ALPHA and share(high + 0.01 * width) <= contrast.ALPHA


def numbers(points: list[NightPoint], plan: Plan, used: list[date], drawn: bool) -> list[float]:
    if drawn:
        slope = trend.drawn_slope(points, trend.block_middles(points, plan)[0])
    else:
        slope = trend.chosen_slope(points, trend.counts_so_far([p.night_date for p in points], used))
    assert slope is not None and slope.interval is not None
    return [slope.value, *slope.interval]


@settings(max_examples=6)
@given(st.integers(0, 10**6), st.booleans(), st.floats(-500, 500))
def test_an_added_constant_changes_no_slope_and_a_unit_scales_it(seed: int, drawn: bool, shift: float) -> None:
    points, plan, used = made(56, slope=0.02, seed=seed, drawn=drawn)
    here = numbers(points, plan, used, drawn)
    assert numbers([replace(p, value=p.value + shift) for p in points], plan, used, drawn) == pytest.approx(
        here, abs=1e-7
    )
    scaled = numbers([replace(p, value=60 * p.value) for p in points], plan, used, drawn)
    assert scaled == pytest.approx([60 * v for v in here], rel=1e-8, abs=1e-7)


@settings(max_examples=6)
@given(st.integers(0, 10**6))
def test_swapped_labels_flip_a_slope_by_the_calendar(seed: int) -> None:
    points, plan, _ = made(56, slope=0.02, seed=seed)
    swap: dict[str, Arm] = {"enhanced": "natural", "natural": "enhanced"}
    here = trend.drawn_slope(points, trend.block_middles(points, plan)[1])
    there = trend.drawn_slope([replace(p, arm=swap[p.arm]) for p in points], trend.block_middles(points, plan)[1])
    assert here is not None and there is not None and here.interval is not None and there.interval is not None
    assert there.value == pytest.approx(-here.value, abs=1e-12)
    assert there.interval == pytest.approx((-here.interval[1], -here.interval[0]), abs=1e-9)


@pytest.mark.parametrize("drawn", [True, False])
def test_a_steady_difference_seems_to_change_in_about_one_of_twenty_series(drawn: bool) -> None:
    wrong = 0
    for seed in range(200):
        points, plan, used = made(28, slope=0.0, seed=seed, drift=0.03, drawn=drawn)
        low, high = numbers(points, plan, used, drawn)[1:]
        wrong += not low <= 0 <= high
    assert wrong <= 20


def test_no_slope_where_nothing_varies() -> None:
    points, _, _ = made(28, slope=0, seed=1)
    assert trend.drawn_slope(points, [3.0] * 28) is None
    assert trend.chosen_slope(points, [3.0] * 28) is None


def test_what_the_caller_raises_ends_the_dealing() -> None:
    class Stop(Exception):
        pass

    def stop() -> None:
        raise Stop

    points, plan, _ = made(56, slope=0, seed=1)
    with pytest.raises(Stop):
        trend.drawn_slope(points, trend.block_middles(points, plan)[0], step=stop)


def test_counts_are_of_nights_with_the_enhancer_and_blocks_have_their_middle() -> None:
    points, plan, used = made(8, slope=0, seed=2)
    counts, days = trend.block_middles(points, plan)
    assert counts == [1.5] * 4 + [3.5] * 4
    assert days == [FIRST.toordinal() + 1.5] * 4 + [FIRST.toordinal() + 5.5] * 4
    assert trend.counts_so_far(sorted(plan), used)[-1] == 4
    assert trend.counts_so_far([FIRST - timedelta(days=1)], used) == [0]


@pytest.mark.parametrize("nights, most", [(8, 1), (28, 1), (48, 2), (112, 4), (400, 8)])
def test_stretches_keep_blocks_whole_and_hold_enough_nights(nights: int, most: int) -> None:
    points, _, _ = made(nights, slope=0, seed=5)
    found = trend.stretches(points, whole_blocks=True)
    assert len(found) == most and [p for s in found for p in s] == points
    blocks = [{p.block for p in s} for s in found]
    assert sum(len(b) for b in blocks) == nights // 4
    loose = trend.stretches([replace(p, block=None) for p in points], whole_blocks=False)
    assert [p.night_date for s in loose for p in s] == [p.night_date for p in points] and len(loose) == most
    if most > 1:
        assert all(sum(p.arm == "enhanced" for p in s) >= trend.FEWEST_IN_STRETCH - 2 for s in (*found, *loose))


def test_running_means_break_where_nights_are_few() -> None:
    points, _, _ = made(112, slope=0, seed=6)
    gap = [p for p in points if not 30 < (p.night_date - FIRST).days < 80]
    lines, window = trend.running(gap)
    assert window == 28 and [line.arm for line in lines] == ["natural", "enhanced"]
    assert all(None in line.line and line.line[0] is not None for line in lines)
    assert trend.running([]) == ((), 28)


def found_of(**more: Any) -> Any:
    from dreamjournal.domain.over_time import Change, OverTime

    base = OverTime(
        "Sleep time", "min", "min", "mean", 0, ("longer", "shorter"), "SleepSync", 20.0, "R", 57, 55, 57,
        Change(10, -4.0, (-9.0, 1.0)), Change(28, -2.0, (-5.0, 1.0)), (), (), (), 28, "", (),
    )  # fmt: skip
    return replace(base, **more)


def result_of(value: float, interval: tuple[float, float], **more: Any) -> Any:
    from dreamjournal.analysis.answer import Question, answer
    from dreamjournal.metrics.tst import PLUGIN

    points, _, _ = made(112, slope=0, seed=6)
    base = answer(Question(PLUGIN, "whoop", "SleepSync", "R", tuple(points), swd=20.0))
    return replace(base, estimate=replace(base.estimate, value=value, interval=interval), **more)


@pytest.mark.parametrize(
    "change, result, span, words",
    [
        ((-4.0, (-9.0, 1.0)), (30.0, (20.0, 40.0)), 56, "shrank by 4.0 min for every 10 with SleepSync (95 % interval 9.0 less to 1.0 more): not enough to tell whether it is wearing off."),
        ((-4.0, (-9.0, -1.0)), (30.0, (20.0, 40.0)), 56, "shrank by 4.0 min for every 10 with SleepSync (95 % interval 1.0 to 9.0): it seems to be getting smaller."),
        ((4.0, (1.0, 9.0)), (-30.0, (-40.0, -20.0)), 56, "shrank by 4.0 min for every 10 with SleepSync (95 % interval 1.0 to 9.0): it seems to be getting smaller."),
        ((12.0, (1.0, 23.0)), (30.0, (20.0, 40.0)), 56, "grew by 12 min for every 10 with SleepSync (95 % interval 1 to 23): it seems to be getting larger."),
        ((4.0, (-1.0, 9.0)), (3.0, (-4.0, 10.0)), 56, "moved by 4.0 min towards longer for every 10 with SleepSync (95 % interval 1.0 shorter to 9.0 longer): not enough to tell whether it changes."),
        ((-0.4, (-0.9, 0.1)), (30.0, (20.0, 40.0)), 56, "(95 % interval 0.9 less to 0.1 more): no change that matters, at most 5.0 min over all of them."),
    ],
)  # fmt: skip
def test_the_sentence(change: Any, result: Any, span: float, words: str) -> None:
    from dreamjournal.domain.over_time import Change

    found = found_of(change=Change(10, *change))
    told = "".join(w.text for w in trend.sentence(found, result_of(*result), None, span))
    assert told.startswith("Over 57 enhanced and 55 natural nights the difference ") and words in told
    assert told.endswith(" Weekends and drift are allowed for.")


def test_the_sentence_keeps_its_gates_and_names_the_design() -> None:
    strong = found_of(change=replace(found_of().change, interval=(-9.0, -3.0)))
    result = result_of(30.0, (20.0, 40.0))

    def told(found: Any = strong, n_eff: float | None = None, **more: Any) -> str:
        return "".join(w.text for w in trend.sentence(found, replace(result, **more), n_eff, 56))

    assert "early, not enough to tell" in told(verdict="early")
    assert told(verdict="too_few").endswith("Too few to look for a change: it needs 7 of each.")
    assert told(verdict="refused") == result.sentence
    assert "not enough to tell whether it is wearing off" in told(replace(strong, design="S"), n_eff=8)
    assert "not enough to tell" in told(switches=2)
    chosen = told(replace(strong, design="S"), n_eff=40)
    assert "it seems to be getting smaller" in chosen and "Nights were not randomised" in chosen
    before = told(replace(strong, design="P"), n_eff=40)
    assert "cannot separate the enhancer from everything else" in before and "effect" not in before
    assert "too few ways to deal these blocks again" in told(replace(strong, change=None))
    assert "counts are only told side by side" in told(replace(strong, change=None), kind="count")


def test_the_calendar_is_told_in_the_words_of_the_measure() -> None:
    assert trend.calendar_note(found_of()) == (
        "By the calendar, the difference moved by 2.0 min towards shorter for every 28 days (95 % interval 5.0 shorter to 1.0 longer)."
    )
    assert trend.calendar_note(found_of(by_date=None)) == ""


def test_over_years_a_change_is_told_for_more_nights_and_never_as_nothing() -> None:
    from dreamjournal.domain.over_time import Change

    assert [trend.every_exposures(n) for n in (56, 200, 201, 1800, 2500)] == [10, 10, 100, 100, 1000]
    assert [trend.every_days(n) for n in (112, 730, 731)] == [28, 28, 365]
    still = found_of(change=Change(100, 0.02, (-0.3, 0.34)), by_date=Change(365, -0.01, (-0.5, 0.5)))
    told = "".join(w.text for w in trend.sentence(still, result_of(30.0, (20.0, 40.0)), None, 1700))
    assert (
        "the difference changed by less than 0.1 min for every 100 with SleepSync (95 % interval 0.3 less to 0.3 more)"
        in told
    )
    assert "moved by less than 0.1 min for every 365 days" in trend.calendar_note(still)
