"""Fourteen nights one below the other: steps, gaps, and words that fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from dreamjournal.charts import canvas, draw, strips14
from dreamjournal.charts.style import PAPER
from dreamjournal.domain.profile_figures import NightStrips, StripRow, StripSpan

DAY = date(2026, 10, 19)
STAGES = (
    StripSpan(670, 690, "W"), StripSpan(690, 720, "LIGHT"), StripSpan(720, 760, "N3"), StripSpan(760, 800, "REM"),
    StripSpan(800, 1100, "LIGHT"),
)  # fmt: skip
FULL = StripRow(DAY, "natural", False, True, STAGES, (), 670, 1110, "6 h 50", "dream ×2")


def strips(*rows: StripRow) -> NightStrips:
    return NightStrips(tuple(rows), 510, 1350)


def figure(value: NightStrips, paper: Any = "a4") -> Any:
    fig = canvas.figure(*draw.size_mm(value, paper))
    draw.draw(value, PAPER, fig)
    return fig


def flat(fig: Any) -> list[tuple[float, float]]:
    """Height and width in points of the level stretches between the edges of the axis, from the left."""
    found = [
        (float(x.get_xdata()[0]), float(x.get_ydata()[0]), float(x.get_linewidth()))
        for x in fig.axes[0].lines
        if len(x.get_xdata()) == 2 and x.get_ydata()[0] == x.get_ydata()[1] and 24 < x.get_xdata()[0] < 135
    ]
    return [(y, width) for _, y, width in sorted(found)]


def texts(fig: Any) -> dict[str, Any]:
    return {t.get_text().replace("\n", " "): t for t in fig.axes[0].texts}


def test_from_top_to_bottom_awake_rem_light_deep_and_rem_and_deep_are_thick() -> None:
    awake, light, deep, rem, again = flat(figure(strips(FULL)))
    assert awake[0] < rem[0] < light[0] == again[0] < deep[0]
    assert rem[1] == deep[1] == 1.7
    assert awake[1] == light[1] == 0.6


def test_a_night_without_stages_is_one_bar_with_no_level() -> None:
    fig = figure(strips(replace(FULL, spans=(StripSpan(682, 1110, "ASLEEP"),))))
    bars = [
        p
        for p in fig.axes[0].patches
        if p.get_facecolor()[:3] != (1, 1, 1) and p.get_width() > 10 and not p.get_hatch()
    ]
    assert len(bars) == 1
    assert flat(fig) == []


def test_what_was_not_scored_is_hatched() -> None:
    fig = figure(strips(replace(FULL, spans=(*STAGES[:2], StripSpan(720, 1100, "UNKNOWN")))))
    assert [bool(p.get_hatch()) for p in fig.axes[0].patches].count(True) == 1


def test_a_gap_is_hatched_with_its_reason_and_the_night_is_grey() -> None:
    gap = StripRow(
        DAY, "enhanced", True, False, dream="fragment", reason="no recording; times from the diary", gap=(680, 1120)
    )
    fig = figure(strips(FULL, gap))
    said = texts(fig)
    assert said["no recording; times from the diary"].get_color() == PAPER.muted
    assert said["Mon\u00a019\u00a0Oct"] is not None
    assert [bool(p.get_hatch()) for p in fig.axes[0].patches].count(True) == 1
    assert "\u2013" in said


def test_a_left_out_night_is_drawn_with_its_reason_and_its_number_in_grey() -> None:
    fig = figure(strips(replace(FULL, used=False, reason="clock change")))
    said = texts(fig)
    assert said["left out: clock change"].get_color() == PAPER.muted
    assert said["6 h 50"].get_color() == PAPER.muted
    assert len(flat(fig)) == 5


def test_a_nightmare_is_bold_and_other_answers_are_not() -> None:
    said = texts(figure(strips(FULL, replace(FULL, dream="nightmare, distress 3", nightmare=True))))
    assert said["nightmare, distress 3"].get_fontweight() == 600
    assert said["dream ×2"].get_fontweight() == 400


def test_the_exposure_is_a_bar_over_the_line_and_the_two_ticks_differ() -> None:
    fig = figure(strips(replace(FULL, kind="enhanced", exposures=((660, 760),))))
    (bar,) = [x for x in fig.axes[0].lines if x.get_linewidth() == 1.8]
    assert bar.get_color() == PAPER.enhanced
    assert max(bar.get_ydata()) < min(y for y, width in flat(fig) if width != 1.8)
    ticks = [x for x in fig.axes[0].lines if x.get_linewidth() == 0.9]
    assert sorted(x.is_dashed() for x in ticks) == [False, True]


@pytest.mark.parametrize(("paper", "height"), [("a4", 104), ("letter", 97)])
def test_fourteen_nights_are_as_high_as_drawn(paper: Any, height: float) -> None:
    rows = [replace(FULL, night_date=DAY + timedelta(days=i)) for i in range(14)]
    assert draw.size_mm(strips(*rows), paper) == (180, pytest.approx(height, abs=1))


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_longest_words_stay_in_the_drawing_and_in_their_row(paper: Any) -> None:
    long = "nightmare, distress 4, merge: not own?"
    rows = [
        replace(FULL, night_date=DAY + timedelta(days=i), used=False, reason="time zone changed", dream=long, nightmare=True,
                lights_out=510 + 60.0 * i, got_up=1350 - 30.0 * i, spans=(StripSpan(510 + 60 * i, 1350 - 30 * i, "ASLEEP"),))
        for i in range(5)
    ]  # fmt: skip
    fig = figure(strips(*rows), paper)
    fig.canvas.draw()
    for text in fig.axes[0].texts:
        box = text.get_window_extent()
        assert box.x0 >= -1, text.get_text()
        assert box.x1 <= fig.bbox.width + 1, text.get_text()
        assert box.height <= strips14.ROW_MM["letter"] / 25.4 * fig.dpi, text.get_text()
    assert long in texts(fig)


def test_the_same_strips_give_the_same_bytes() -> None:
    assert draw.svg_anew(strips(FULL), "a4", outlines=True) == draw.svg_anew(strips(FULL), "a4", outlines=True)
