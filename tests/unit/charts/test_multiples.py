"""Several measures on one time axis: a panel and a title each, one legend, one row of dates."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dreamjournal.charts import draw, multiples
from dreamjournal.domain.figures import Multiples
from tests.made_figures import FIRST, axes, marks, texts, trend


def made(*titles: str, nights: int = 112) -> Multiples:
    panels = tuple(trend(nights, title=t) for t in titles)
    return Multiples(panels, FIRST, FIRST + timedelta(days=nights - 1))


def test_each_measure_has_a_panel_with_its_own_n() -> None:
    said = texts(axes(made("Sleep time", "Time in bed", "Time awake at night")))
    assert {"Sleep time", "Time in bed", "Time awake at night"} <= set(said)
    assert sum(t.startswith("WHOOP, n 112") for t in said) == 3
    assert [said.count(t) for t in ("natural", "enhanced", "not sure", "neither kind")] == [1, 1, 1, 1]


def test_the_same_date_stands_at_the_same_place_in_each_panel() -> None:
    found = axes(made("A", "B"))
    natural = [list(line.get_xdata()) for line in found.lines if line.get_marker() == "o" and len(line.get_xdata()) > 1]
    assert len(natural) == 2
    assert natural[0] == natural[1]
    assert marks(found, "D") == 2 * 28 + 1


def test_a_measure_that_began_later_begins_later() -> None:
    early, late = trend(112, title="A"), trend(112, title="B", gap=range(60))
    found = axes(Multiples((early, late), FIRST, early.last))
    starts = [min(line.get_xdata()) for line in found.lines if line.get_marker() == "D" and len(line.get_xdata()) > 1]
    assert starts[1] > starts[0] + 60


@pytest.mark.parametrize("width", [90, 180])
@pytest.mark.parametrize("number", [1, 6])
def test_panels_share_the_height_there_is(number: int, width: float) -> None:
    value = made(*"ABCDEF"[:number])
    height = multiples.height_mm(value, width)
    found = axes(value, width)
    bottom = found.get_ylim()[0]
    assert bottom == pytest.approx(height, abs=0.1)
    assert all(0 <= t.get_position()[1] <= bottom for t in found.texts)
    assert multiples.height_mm(made(*"ABCDEF"), width) > multiples.height_mm(made("A"), width)


def test_the_same_values_give_the_same_file() -> None:
    assert draw.svg_anew(made("A", "B"), "a4", outlines=True) == draw.svg_anew(made("A", "B"), "a4", outlines=True)
