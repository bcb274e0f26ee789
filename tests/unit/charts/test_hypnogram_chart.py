"""The hypnogram on paper: levels by height and thickness, a bar above, lines for lights out and getting up."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from dreamjournal.charts import draw
from dreamjournal.charts.style import PAPER
from dreamjournal.domain.figures import HypnogramChart, HypnogramSpan
from tests.made_figures import axes, contrast, luminance, texts
from tests.made_figures import hypnogram as made

STAGES = {"W": PAPER.stage_w, "REM": PAPER.stage_rem, "LIGHT": PAPER.stage_light, "N3": PAPER.stage_n3}


def lines_of(found: object, colour: str) -> list[tuple[float, float, float]]:
    """(left, right, height) of lines in a colour."""
    return [
        (line.get_xdata()[0], line.get_xdata()[1], line.get_ydata()[0])
        for line in found.lines  # type: ignore[attr-defined]
        if line.get_color() == colour and len(line.get_xdata()) == 2
    ]


def test_levels_stand_in_order_from_awake_to_deep_and_are_as_long_as_the_stages() -> None:
    value = made()
    found = axes(value)
    heights = [lines_of(found, c)[0][2] for c in STAGES.values()]
    assert heights == sorted(heights)
    for level, colour in STAGES.items():
        drawn = lines_of(found, colour)
        spans = [s for s in value.spans if s.level == level]
        assert len(drawn) == len(spans)
        per_minute = {round((b - a) / (s.end - s.start), 4) for (a, b, _), s in zip(drawn, spans, strict=True)}
        assert len(per_minute) == 1
    assert {"awake", "REM", "light", "deep"} <= set(texts(found))


def test_stages_differ_by_more_than_colour_and_are_seen() -> None:
    thick = {line.get_color(): line.get_linewidth() for line in axes(made()).lines}
    assert min(thick[STAGES["REM"]], thick[STAGES["N3"]]) > max(thick[STAGES["W"]], thick[STAGES["LIGHT"]])
    assert all(contrast(c, PAPER.paper) >= 3 for c in (*STAGES.values(), PAPER.stage_unspecified, PAPER.enhanced))
    order = [luminance(STAGES[level]) for level in ("W", "REM", "LIGHT", "N3")]
    assert order == sorted(order, reverse=True)


def test_the_bar_above_says_whose_it_is_and_goes_without_an_exposure() -> None:
    found = axes(made())
    bar = lines_of(found, PAPER.enhanced)
    assert len(bar) == 1
    assert bar[0][2] < min(y for _, _, y in lines_of(found, PAPER.stage_w))
    assert any("bar above: SleepSync" in t for t in texts(found))
    without = axes(made(exposures=(), exposure_words=""))
    assert not lines_of(without, PAPER.enhanced)
    assert not any("bar above" in t for t in texts(without))


def test_lines_for_lights_out_and_getting_up_only_where_known() -> None:
    assert any("solid line: lights out \u00b7 dotted line: got up" in t for t in texts(axes(made())))
    assert not any("line:" in t for t in texts(axes(made(lights_out=None, got_up=None))))


def test_a_source_without_stages_has_one_hatched_bar_and_no_invented_level() -> None:
    value = HypnogramChart(date(2026, 3, 28), "WHOOP", "natural", (HypnogramSpan(660, 1100, "UNSPECIFIED"),))
    found = axes(value)
    assert [p.get_hatch() for p in found.patches if p.get_hatch()] == ["/////"]
    assert not any(lines_of(found, c) for c in STAGES.values())
    assert any("hatched: asleep, stage not given" in t for t in texts(found))


@pytest.mark.parametrize("width", [80, 180])
def test_the_clock_fits_and_does_not_crowd(width: float) -> None:
    found = axes(made(), width)
    hours = sorted(t.get_position()[0] for t in found.texts if t.get_text().endswith(":00"))
    assert len(hours) >= 2
    assert min(b - a for a, b in pairwise(hours)) >= 9
    assert max(hours) <= width


def test_a_long_name_stays_on_the_drawing() -> None:
    said = texts(axes(made(exposure_words="x" * 400)))
    assert max(len(t) for t in said) < 200


def test_a_night_without_spans_and_a_dollar_sign_are_drawn() -> None:
    axes(made(spans=()))
    assert any("$1$" in t for t in texts(axes(made(exposure_words="$1$ _x_"))))


def test_the_same_values_give_the_same_file() -> None:
    assert draw.svg_anew(made(), "letter", outlines=True) == draw.svg_anew(made(), "letter", outlines=True)
