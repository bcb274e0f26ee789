"""The calendar: lightness in order and told in grey, dashed cells, signs, years in further rows."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from dreamjournal.charts import calendar, draw, legend
from dreamjournal.charts.style import PAPER
from dreamjournal.domain.figures import Calendar
from tests.made_figures import STEPS, axes, contrast, luminance, marks, texts
from tests.made_figures import calendar as made


def cells(found: object) -> dict[str, int]:
    """How many cells there are of each ground, those of the legend included; dashed ones under "dashed"."""
    counts: dict[str, int] = {}
    for group in found.collections:  # type: ignore[attr-defined]
        face = group.get_facecolor()
        dashed = group.get_linestyle()[0][1] is not None
        key = "dashed" if dashed else "#" + "".join(f"{round(255 * c):02x}" for c in face[0][:3])
        counts[key] = counts.get(key, 0) + len(group.get_paths())
    return counts


def test_every_night_is_a_cell_and_one_without_a_value_is_dashed_and_empty() -> None:
    value = made(112)
    found = cells(axes(value))
    empty = sum(d.step is None for d in value.days)
    assert found.pop("dashed") == empty + 1  # one more each in the legend
    shades = calendar.shades(PAPER, len(STEPS))
    assert found == {s: sum(d.step == i for d in value.days) + 1 for i, s in enumerate(shades)}


def test_each_condition_has_its_small_sign_and_neither_has_none() -> None:
    found = axes(made(112))
    small = [line for line in found.lines if line.get_marker() == "o" and line.get_markeredgewidth() > 0]
    assert sum(len(x.get_xdata()) for x in small) == 28 + 1
    assert marks(found, "D") == 2 * (28 + 1)  # the diamond and its own paper
    asked = [line for line in found.lines if line.get_marker() is legend.question()]
    assert sum(len(x.get_xdata()) for x in asked) == 28 + 1
    assert marks(found, "_") == 0


def test_the_legend_is_in_words_and_says_what_is_there() -> None:
    said = texts(axes(made(112)))
    assert {*STEPS, "no value", "natural", "enhanced", "not sure"} <= set(said)
    whole = replace(made(4), days=tuple(d for d in made(4).days if d.kind in ("natural", "neither")))
    assert not {"no value", "enhanced", "not sure"} & set(texts(axes(whole)))


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5, 6])
def test_lightness_alone_keeps_the_order(steps: int) -> None:
    found = [luminance(c) for c in calendar.shades(PAPER, steps)]
    assert all(a > b for a, b in pairwise(found))
    assert all((a + 0.05) / (b + 0.05) >= 1.2 for a, b in pairwise(found))


def test_lines_and_words_are_seen_on_paper() -> None:
    assert min(contrast(c, PAPER.paper) for c in (PAPER.ink, PAPER.muted)) >= 4.5
    assert min(contrast(c, PAPER.paper) for c in (PAPER.natural, PAPER.enhanced)) >= 4.5


def test_years_go_on_in_further_rows_and_nothing_leaves_the_drawing() -> None:
    one, ten = made(300), made(3650)
    assert calendar.height_mm(ten) > 5 * calendar.height_mm(one)
    assert calendar.height_mm(one, 90) > calendar.height_mm(one, 180)
    for value, width in ((one, 90.0), (one, 180.0), (ten, 180.0), (made(1), 90.0)):
        found = axes(value, width)
        bottom = found.get_ylim()[0]
        for group in found.collections:
            for path in group.get_paths():
                (x0, y0), (x1, y1) = path.vertices.min(axis=0), path.vertices.max(axis=0)
                assert -0.1 <= x0 <= x1 <= width + 0.1
                assert 0 <= y0 <= y1 <= bottom
        told = {t[-4:] for t in texts(found)}
        years = [str(y) for y in sorted({d.night_date.year for d in value.days})]
        assert years[0] in told
        assert sum(y in told for y in years) >= len(years) - 1


def test_weeks_are_columns_and_days_are_rows() -> None:
    value: Calendar = made(14)
    found = axes(value)
    corners = sorted({tuple(p.vertices.min(axis=0).round(3)) for g in found.collections for p in g.get_paths()})
    cells_only = [c for c in corners if c[1] < calendar.HEAD_MM + 7 * calendar.LARGEST_MM]
    assert len({x for x, _ in cells_only}) == 2
    assert len({y for _, y in cells_only}) == 7


def test_the_same_values_give_the_same_file() -> None:
    assert draw.svg_anew(made(60), "a4", outlines=True) == draw.svg_anew(made(60), "a4", outlines=True)
