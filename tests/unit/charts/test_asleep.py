"""The curves of who is asleep by the clock: their signs, their gates, and the room of their words."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.charts import asleep, canvas, draw
from dreamjournal.charts.style import PAPER
from dreamjournal.domain.profile_figures import AsleepLine, AsleepPlot, ClockBar

STEPS = 289


def line(kind: Any, nights: int = 20, *, curve: bool = True, band: bool = True, shift: int = 0) -> AsleepLine:
    """Asleep from 23:30 to 06:30, with five steps to rise and fall."""
    rise = [0.2, 0.4, 0.6, 0.8, 1.0]
    start = 138 + shift
    shares = [0.0] * start + rise + [1.0] * 75 + rise[::-1]
    shares = tuple(shares + [0.0] * (STEPS - len(shares)))
    low, high = tuple(max(0.0, s - 0.1) for s in shares), tuple(min(1.0, s + 0.1) for s in shares)
    return AsleepLine(
        kind, nights, f"{kind}, n {nights}", shares if curve else (), low if band else (), high if band else ()
    )


def figure(plot: AsleepPlot, paper: Any = "a4") -> Any:
    fig = canvas.figure(*draw.size_mm(plot, paper))
    draw.draw(plot, PAPER, fig)
    return fig


def lines(fig: Any, colour: str) -> list[Any]:
    return [x for x in fig.axes[0].lines if x.get_color() == colour and x.get_marker() == "None"]


BOTH = AsleepPlot(
    (line("natural"), line("enhanced", 26)), (ClockBar("lights out", 650, 670, 690), ClockBar("got up", 1110, 1130, 1160)),
    "naps on 7 of 46 days", 170,
)  # fmt: skip


def test_natural_is_a_thick_line_with_a_filled_band_and_enhanced_a_thin_one_between_dashes() -> None:
    fig = figure(BOTH)
    natural, enhanced = lines(fig, PAPER.natural), lines(fig, PAPER.enhanced)
    assert [x.get_linewidth() for x in natural] == [1.5]
    assert sorted(x.get_linewidth() for x in enhanced) == [0.6, 0.6, 1.0]
    assert {x.is_dashed() for x in enhanced if x.get_linewidth() == 0.6} == {True}
    assert len(fig.axes[0].collections) == 1


def test_without_a_band_the_line_stands_alone_and_without_a_curve_only_its_words() -> None:
    fig = figure(AsleepPlot((line("natural", 6, band=False), line("enhanced", 4, curve=False, band=False))))
    assert not fig.axes[0].collections
    assert len(lines(fig, PAPER.natural)) == 1
    assert lines(fig, PAPER.enhanced) == []
    said = [t.get_text() for t in fig.axes[0].texts]
    assert "enhanced, n 4" in said
    assert "natural, n 6" in said


def test_the_signs_stand_once_an_hour_and_those_of_the_two_arms_half_an_hour_apart() -> None:
    fig = figure(BOTH)
    places = {
        marker: sorted(float(x) for a in fig.axes[0].lines if a.get_marker() == marker for x in a.get_xdata())
        for marker in ("o", "D")
    }
    hour = (180 - 17) / 24
    for xs in places.values():
        assert [b - a for a, b in itertools.pairwise(xs)] == pytest.approx([hour] * (len(xs) - 1))
    assert (places["D"][0] - places["o"][0]) % hour == pytest.approx(hour / 2)


@given(st.lists(st.floats(0, 1), max_size=60))
def test_a_line_is_drawn_exactly_where_somebody_sleeps(shares: list[float]) -> None:
    found = asleep.stretches(shares)
    covered = [i for first, last in found for i in range(first, last)]
    assert covered == [i for i, s in enumerate(shares) if s > 0]
    assert all(a[1] < b[0] for a, b in itertools.pairwise(found))


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("shift", [-130, -60, 0, 40, 66])
def test_no_words_leave_the_drawing_and_none_lie_on_a_line(paper: Any, shift: int) -> None:
    bars = tuple(ClockBar(b.label, b.low + 5 * shift, b.median + 5 * shift, b.high + 5 * shift) for b in BOTH.bars)
    fig = figure(AsleepPlot((line("natural", shift=shift), line("enhanced", shift=shift)), bars), paper)
    fig.canvas.draw()
    width, height = fig.bbox.width, fig.bbox.height
    for text in fig.axes[0].texts:
        box = text.get_window_extent()
        assert box.x0 >= -1, text.get_text()
        assert box.x1 <= width + 1, text.get_text()
        assert box.y0 >= -1, text.get_text()
        assert box.y1 <= height + 1, text.get_text()
    legend = [t.get_window_extent() for t in fig.axes[0].texts if "line" in t.get_text() or "n 20" in t.get_text()]
    (curve,) = lines(fig, PAPER.natural)
    points = fig.axes[0].transData.transform(list(zip(curve.get_xdata(), curve.get_ydata(), strict=True)))
    assert not any(box.contains(*p) for box in legend for p in points)


def test_the_same_plot_gives_the_same_bytes() -> None:
    assert draw.svg_anew(BOTH, "a4", outlines=False) == draw.svg_anew(BOTH, "a4", outlines=False)
    assert draw.size_mm(BOTH, "a4") == (180, 46)
    assert draw.size_mm(BOTH, "letter") == (180, 42)


@pytest.mark.parametrize("nap", [30, 170, 400, 560, 1200])
@pytest.mark.parametrize("most", [0.3, 0.9])
def test_the_words_of_naps_stand_beside_them_and_clear_of_the_key(nap: int, most: float) -> None:
    base = line("natural")
    hump = [max(0.0, most * (1 - abs(5 * i - nap) / 40)) for i in range(STEPS)]
    shares = tuple(max(a, b) for a, b in zip(base.shares, hump, strict=True))
    fig = figure(
        AsleepPlot(
            (AsleepLine("natural", 20, "natural, n 20", shares, shares, tuple(max(0.2, v) for v in shares)),),
            naps="naps on 7 of 46 days",
            nap_at=nap,
        )
    )
    fig.canvas.draw()
    boxes = {t.get_text(): t.get_window_extent() for t in fig.axes[0].texts}
    said = boxes.pop("naps on 7 of 46 days")
    assert not any(said.overlaps(box) for box in boxes.values())
    points = fig.axes[0].transData.transform(
        [p for c in lines(fig, PAPER.natural) for p in zip(c.get_xdata(), c.get_ydata(), strict=True)]
    )
    assert not any(said.contains(*p) for p in points)
    at = 12 + 163 * nap / 1440
    places = fig.axes[0].transData.inverted().transform([(said.x0, 0), (said.x1, 0)])[:, 0]
    assert min(abs(places - at)) < 163 / 1440 * 45 + 4
    assert said.x0 >= 0
    assert said.x1 <= fig.bbox.width
