"""From nights to an answer: kinds of measure, values that never change, several questions over the same nights."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreamjournal.analysis import effects
from dreamjournal.analysis.answer import Question, answer, answers
from dreamjournal.domain.contrast import NightPoint, to_json
from dreamjournal.metrics._metric import Metric
from dreamjournal.services.contrasts import metrics

FIRST = date(2026, 3, 2)


def ask(
    values: list[float], key: str = "tst", design: str = "S", *, swd: float | None = 20, arms: str = ""
) -> Question:
    """Nights in a row, E and N in turn unless `arms` says otherwise, in blocks of four."""
    letters = arms or "EN" * (len(values) // 2 + 1)
    points = tuple(
        NightPoint(
            FIRST + timedelta(days=i), "enhanced" if letters[i] == "E" else "natural", value, i % 7 in (4, 5),
            str(i // 4) if design == "R" else None,
        )
        for i, value in enumerate(values)
    )  # fmt: skip
    return Question(metrics()[key], "whoop", "SleepSync", design, points, planned=len(values), swd=swd)  # type: ignore[arg-type]


def noise(seed: int, n: int = 40, effect: float = 0) -> list[float]:
    draw = random.Random(seed)
    return [420 + draw.gauss(0, 40) + (effect if i % 2 == 0 else 0) for i in range(n)]


def said(question: Question) -> str:
    """The whole answer as text, checked for what is never printed."""
    result = answer(question)
    document = json.dumps(to_json(result), allow_nan=False)
    for never in ("NaN", "Infinity", "-0.0,", "None", "nan", "inf "):
        assert never not in document
        assert never not in result.sentence
    assert "p = 0" not in result.sentence
    return result.sentence


@pytest.mark.parametrize("design", ["R", "S", "P"])
@pytest.mark.parametrize("key", ["tst", "quality", "mid_sleep"])
def test_values_that_never_change_are_refused_with_what_would_fix_it(key: str, design: str) -> None:
    question = ask([3.0] * 40, key, design)
    result = answer(question)
    assert (result.verdict, result.reasons) == ("refused", ("all_equal",))
    assert "All 40 nights have the same " in said(question)
    assert result.estimate.value is None and result.posterior is None and result.means is None
    assert result.fixes[0].act == "Choose another measure or source"


@pytest.mark.parametrize("design", ["R", "S"])
def test_a_share_that_is_always_the_same_still_has_its_interval(design: str) -> None:
    result = answer(ask([1.0] * 40, "recall", design))
    assert result.estimate.value == 0 and result.estimate.interval is not None
    assert result.estimate.interval[0] < -10 and result.estimate.interval[1] > 10
    assert (result.estimate.p is None) is (design == "S")
    assert "20 of 20 enhanced and 20 of 20 natural mornings" in said(ask([1.0] * 40, "recall", design))


def test_no_nights_at_all_and_one_kind_alone() -> None:
    nothing = answer(ask([]))
    assert nothing.verdict == "too_few" and said(ask([])).startswith("0 enhanced and 0 natural nights so far.")
    assert "7 more natural and 7 more enhanced nights" in [f.act for f in nothing.fixes]
    alone = answer(ask(noise(1, 9), arms="E" * 9))
    assert (alone.verdict, alone.reasons) == ("refused", ("empty_arm",))
    assert "9 enhanced nights can be counted and no natural one" in alone.sentence
    assert alone.fixes[0].act == "14 natural nights in between"


def test_few_nights_say_how_many_more_are_wanted() -> None:
    acts = [f.act for f in answer(ask(noise(1, 13))).fixes]
    assert acts == ["1 more natural night", "8 more natural and 7 more enhanced nights"]
    assert [f.act for f in answer(ask(noise(1, 27))).fixes] == ["1 more natural night"]
    assert not answer(ask(noise(1, 40))).fixes


def test_counts_are_told_with_a_ratio_or_why_there_is_none() -> None:
    few = [float(i % 8 == 0) for i in range(40)]
    early = answer(ask(few[:20], "nightmare"))
    assert early.verdict == "early" and early.sentence.endswith(
        "Early: 4 more natural and 4 more enhanced nights before a verdict."
    )
    none_natural = answer(ask(few, "nightmare"))
    assert none_natural.estimate.value is None and "times as often" not in said(ask(few, "nightmare"))
    none_enhanced = answer(ask([0.0, *few[:-1]], "nightmare"))
    assert none_enhanced.estimate.value == 0 and none_enhanced.estimate.interval == (0.0, pytest.approx(1.09, abs=0.01))
    assert "0.0 times as often" in none_enhanced.sentence


def test_drawn_counts_get_their_p_by_dealing_again() -> None:
    counts = [float((i * 7) % 5 == 0) for i in range(40)]
    drawn, own = answer(ask(counts, "nightmare", "R")), answer(ask(counts, "nightmare", "S"))
    assert drawn.estimate.value == own.estimate.value and drawn.estimate.interval == own.estimate.interval
    assert "dealt again within blocks" in drawn.estimate.method and "dealt" not in own.estimate.method
    assert drawn.verdict == own.verdict == "not_enough" and "descriptive" in drawn.reasons


def test_ratings_are_named_an_approximation() -> None:
    draw = random.Random(2)
    ratings = [float(draw.randint(1, 5)) for _ in range(40)]
    own, drawn = answer(ask(ratings, "quality", "S", swd=0.5)), answer(ask(ratings, "quality", "R", swd=0.5))
    assert own.estimate.method.endswith("an approximation for ratings")
    assert "approximation" not in drawn.estimate.method
    assert own.hodges_lehmann is not None and own.cliffs_delta is not None
    assert any("typical shift" in w for w in own.warnings)


def test_clock_times_about_noon_do_not_wrap() -> None:
    draw = random.Random(3)
    about_noon = [draw.choice((-1, 1)) * draw.uniform(0, 20) + (10 if i % 2 == 0 else 0) for i in range(40)]
    # A night counted to the evening before has its noon at the end of the scale.
    wrapped = [v % 1440 for v in about_noon]
    plain, turned = answer(ask(about_noon, "mid_sleep")), answer(ask(wrapped, "mid_sleep"))
    assert turned.estimate.value == pytest.approx(plain.estimate.value)
    assert turned.estimate.interval == pytest.approx(plain.estimate.interval)
    assert abs(turned.estimate.value or 99) < 30


@given(st.lists(st.floats(400, 1200), min_size=1, max_size=20))
def test_clock_times_of_ordinary_nights_stay_as_they_are(times: list[float]) -> None:
    nights = [v for v in times if abs(v - times[0]) < 300]
    assert effects.unwrapped(nights) == nights


@settings(max_examples=25)
@given(st.lists(st.floats(0, 1439.5), min_size=1, max_size=12), st.integers(-2, 2))
def test_unwrapping_moves_by_whole_days_only(times: list[float], turns: int) -> None:
    moved = [t + 1440 * turns for t in times]
    for before, after in zip(moved, effects.unwrapped(moved), strict=True):
        assert math.isclose((after - before) / 1440, round((after - before) / 1440), abs_tol=1e-9)


# ---- several at once


def test_several_questions_are_answered_as_each_alone() -> None:
    questions = [
        ask(noise(seed, effect=10 * seed), key, design)
        for seed, (key, design) in enumerate([("tst", "R"), ("waso", "R"), ("tst", "S"), ("mid_sleep", "R")])
    ] + [ask([float(i % 3 == 0) for i in range(40)], "recall", "R"), ask(noise(9, 8), "tst", "R")]
    told: list[int] = []
    together = answers(questions, told.append)
    assert told[-1] == len(questions)
    for result, question in zip(together, questions, strict=True):
        alone = answer(question)
        assert (result.verdict, result.estimate.p, result.sentence) == (alone.verdict, alone.estimate.p, alone.sentence)
        assert result.estimate.interval == pytest.approx(alone.estimate.interval)


@settings(max_examples=12)
@given(st.integers(0, 1000), st.sampled_from(["R", "S"]), st.sampled_from(["tst", "quality", "recall"]))
def test_swapped_labels_flip_the_sign_and_the_order_of_rows_does_not_matter(seed: int, design: str, key: str) -> None:
    draw = random.Random(seed)
    values = [float(draw.random() < 0.5) if key == "recall" else float(draw.randint(1, 9)) for _ in range(32)]
    question = ask(values, key, design)
    swapped = replace(
        question,
        points=tuple(replace(p, arm="natural" if p.arm == "enhanced" else "enhanced") for p in question.points),
    )
    shuffled = replace(question, points=tuple(draw.sample(question.points, len(question.points))))
    a, b, c = answer(question), answer(swapped), answer(shuffled)
    assert to_json(a) == to_json(c)
    if a.estimate.value is None or a.estimate.interval is None:
        assert b.estimate.interval is None
        return
    assert b.estimate.value == pytest.approx(-a.estimate.value, abs=1e-9)
    assert b.estimate.interval == pytest.approx((-a.estimate.interval[1], -a.estimate.interval[0]), abs=1e-9)
    assert b.estimate.p == a.estimate.p or b.estimate.p == pytest.approx(a.estimate.p)
    assert b.cliffs_delta == pytest.approx(-(a.cliffs_delta or 0))


# ---- the Bayesian line


def test_the_bayesian_line_names_its_start_its_nights_and_its_shares() -> None:
    drawn = answer(ask(noise(4, effect=25), "tst", "R"))
    assert drawn.posterior is not None and drawn.swd == 20
    more, within, less = (round(100 * s) for s in drawn.posterior)
    assert sum(drawn.posterior) == pytest.approx(1)
    text = drawn.posterior_words
    assert text.startswith(
        "From a sceptical start (no difference, give or take 60 min), 20 enhanced and 20 natural nights leave a chance of "
    )
    assert f"{more} % for over 20 min longer, {within} % for less than 20 min either way" in text
    assert (f"{less} % for over 20 min shorter" if less >= 1 else "under 1 % for over 20 min shorter") in text
    own = answer(ask(noise(4, effect=25), "tst", "S"))
    assert own.posterior_words.endswith("It is the chance of a difference, whatever its cause.")
    assert to_json(own)["posterior_words"] == own.posterior_words


def test_no_bayesian_line_without_a_least_that_matters_or_for_what_is_descriptive() -> None:
    assert answer(ask(noise(4), swd=None)).posterior_words == ""
    assert answer(ask([float(i % 3 == 0) for i in range(40)], "recall", "S")).posterior_words == ""
    assert answer(ask(noise(4, 8))).posterior_words == ""


def test_every_answer_says_what_its_measure_is() -> None:
    for key, metric in metrics().items():
        assert isinstance(metric, Metric)
        assert answer(ask([], key)).explain == metric.explain != ""


def test_impossible_numbers_never_get_here() -> None:
    rows: list[Any] = [noise(1), [0.0] * 39 + [1e6], [1e-9 * i for i in range(40)]]
    for values in rows:
        for design in ("R", "S", "P"):
            said(ask(values, "tst", design))
