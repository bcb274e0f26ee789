"""Nights over the calendar and the difference below them: marks of both kinds, stretches, years, few nights."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from dreamjournal.analysis import trend
from dreamjournal.charts import canvas, over_time
from dreamjournal.charts.style import PAPER
from dreamjournal.domain.contrast import NightPoint
from dreamjournal.domain.over_time import OverTime, Stretch

FIRST = date(2026, 1, 5)


def found(nights: int = 112, *, kind: str = "mean", told: bool = True) -> OverTime:
    points = tuple(
        NightPoint(
            FIRST + timedelta(days=i), "enhanced" if i % 2 else "natural", float(i % 2) if kind == "rate" else 400 + i % 23, False
        )
        for i in range(nights)
    )  # fmt: skip
    lines, window = trend.running(points)
    stretches = tuple(
        Stretch(
            s[0].night_date, s[-1].night_date, (1, 9), len(s) // 2, len(s) // 2, 4.0 if told else None,
            (1.0, 7.0) if told else None, "" if told else "too few natural nights",
        )
        for s in trend.stretches(points, whole_blocks=False)
    )  # fmt: skip
    return OverTime(
        "Sleep time", "min", "min", kind, 0, ("longer", "shorter"), "SleepSync", 20.0, "S", nights // 2, nights // 2, nights // 2,
        None, None, stretches, points, lines, window, "", (),
    )  # fmt: skip


def drawn(value: OverTime, width: float = 180) -> Any:
    fig = canvas.figure(width, over_time.height_mm(value))
    over_time.draw(value, PAPER, fig)
    return fig.axes[0]


def test_every_night_is_a_mark_of_its_kind() -> None:
    axes = drawn(found())
    marks = {shape: sum(len(x.get_xdata()) for x in axes.lines if x.get_marker() == shape) for shape in "oD"}
    assert marks == {"o": 57, "D": 57}  # one more of each in the legend
    texts = {t.get_text() for t in axes.texts}
    assert {"Natural, n 56", "Enhanced, n 56", "lines: 28-day means"} <= texts


def test_every_stretch_tells_its_n_and_none_is_drawn_without_a_difference() -> None:
    whole = found()
    texts = [t.get_text() for t in drawn(whole).texts]
    assert sum(t.startswith("n ") for t in texts) == len(whole.stretches) == 4
    without = found(told=False)
    assert over_time.height_mm(without) < over_time.height_mm(whole)
    assert not any("Difference" in t.get_text() for t in drawn(without).texts)


@pytest.mark.parametrize("nights", [2, 30, 112, 900, 3650])
def test_dates_are_read_and_do_not_crowd(nights: int) -> None:
    value = found(nights)
    for width in (90, 180):
        axes = drawn(value, width)
        dates = [
            t
            for t in axes.texts
            if t.get_text()[:4].isdigit() or ("\u00a0" in t.get_text() and "\u00a0h" not in t.get_text())
        ]
        assert 1 <= len(dates) <= 12
        xs = [x for line in axes.lines if line.get_marker() in "oD" for x in line.get_xdata()]
        assert min(xs) >= 0 and max(xs) <= width


def test_shares_and_equal_values_are_drawn() -> None:
    assert {"no", "yes"} <= {t.get_text() for t in drawn(found(kind="rate")).texts}
    same = found()
    drawn(replace(same, points=tuple(replace(p, value=400.0) for p in same.points)))
