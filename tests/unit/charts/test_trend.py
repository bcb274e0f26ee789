"""A measure over time: every night by its kind, the line broken where nights are too far apart, rates and counts."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.analysis.running import LEAST, running, window_days
from dreamjournal.charts import legend
from dreamjournal.charts.draw import svg_anew
from dreamjournal.charts.trend import pieces
from dreamjournal.domain.figures import NightValue
from tests.made_figures import FIRST, axes, marks, points, texts, trend


def test_every_night_is_a_mark_of_its_kind() -> None:
    found = axes(trend(112))
    assert marks(found, "o") == marks(found, "D") == marks(found, "_") == 28 + 1  # one more each in the legend
    asked = sum(len(line.get_xdata()) for line in found.lines if line.get_marker() is legend.question())
    assert asked == 28 + 1
    said = texts(found)
    assert {"natural, n 28", "enhanced, n 28", "not sure, n 28", "neither kind, n 28", "shaded: middle half"} <= set(
        said
    )
    assert "line: 28-day median" in said


def test_the_line_stops_where_nobody_slept_in_sight() -> None:
    whole = trend(112)
    broken = trend(112, gap=range(40, 70))
    assert len(pieces(whole.line)) == 1
    assert len(pieces(broken.line)) == 2
    for middle in (m for m in broken.line if m is not None):
        assert any(abs(p.night_date.toordinal() - middle.day) <= 7 for p in broken.points)


def test_too_few_nights_have_marks_and_no_line() -> None:
    few = trend(LEAST - 1)
    assert few.line == ()
    assert not any(t.startswith(("line:", "shaded:")) for t in texts(axes(few)))


@pytest.mark.parametrize("kind", ["rate", "count", "ordinal", "clock"])
def test_each_kind_of_measure_is_drawn_on_its_own_scale(kind: str) -> None:
    said = texts(axes(trend(60, kind=kind)))
    if kind == "rate":
        assert {"no", "50\u00a0%", "yes"} <= set(said)
    if kind == "count":
        assert not any(t.startswith(("\u2212", "shaded")) for t in said)
    if kind == "ordinal":
        assert not any("." in t for t in said)
    if kind == "clock":
        assert any(":" in t and t[0].isdigit() for t in said)


@pytest.mark.parametrize("width", [90, 180])
@pytest.mark.parametrize("nights", [1, 2, 30, 400, 3650])
def test_nothing_leaves_the_drawing(nights: int, width: float) -> None:
    found = axes(trend(nights), width)
    xs = [x for line in found.lines if line.get_marker() in ("o", "D", "_") for x in line.get_xdata()]
    assert min(xs) >= 0
    assert max(xs) <= width
    assert 1 <= sum(1 for t in found.texts if t.get_position()[1] > found.get_ylim()[0] - 4) <= 12


def test_equal_values_are_drawn() -> None:
    assert marks(axes(trend(30, flat=True)), "o") == 9


def test_the_same_values_give_the_same_file() -> None:
    assert svg_anew(trend(60), "a4", outlines=True) == svg_anew(trend(60), "a4", outlines=True)


@given(
    st.lists(st.tuples(st.integers(0, 2000), st.floats(-500, 2000)), max_size=120), st.sampled_from(["mean", "count"])
)
def test_the_middle_lies_within_its_nights(nights: list[tuple[int, float]], kind: str) -> None:
    by_day = dict(nights)
    some = [NightValue(FIRST + timedelta(days=d), by_day[d], "natural") for d in sorted(by_day)]
    line, window = running(some, kind)
    assert window == window_days((some[-1].night_date - some[0].night_date).days if some else 0)
    assert all(a is not None or b is not None for a, b in pairwise(line))
    for m in (m for m in line if m is not None):
        near = [p.value for p in some if abs(p.night_date.toordinal() - m.day) <= window / 2]
        assert len(near) >= LEAST
        assert min(near) - 1e-6 <= m.low - 1e-9 <= m.value <= m.high + 1e-9 <= max(near) + 1e-6


def test_the_share_of_a_rate_has_wilsons_interval() -> None:
    from dreamjournal.analysis.effects import wilson

    some = points(14, kind="rate")
    line, _ = running(some, "rate")
    first = line[0]
    assert first is not None
    near = [p.value for p in some if abs(p.night_date.toordinal() - first.day) <= 7]
    assert (first.low, first.high) == wilson(round(sum(near)), len(near))
    assert first.value == pytest.approx(sum(near) / len(near))
