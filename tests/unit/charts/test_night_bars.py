"""The bar column of two weeks: rows as high as the table's, and each kind told by more than its colour."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex

from dreamjournal.charts import canvas, draw, night_bars
from dreamjournal.charts.style import PAPER
from dreamjournal.domain.night_bars import LONGEST_MIN, NightBar, NightBars, axis

FIRST = date(2026, 10, 19)
WIDE = st.floats(-2000, 4000)


def night(i: int = 0, kind: Any = "natural", **changes: Any) -> NightBar:
    return replace(NightBar(FIRST + timedelta(days=i), kind, False, 650, 670, 690, 1110, 1140), **changes)


def drawn(bars: NightBars) -> Any:
    fig = canvas.figure(*draw.size_mm(bars, "a4"))
    draw.draw(bars, PAPER, fig)
    return fig.axes[0]


def boxes(bars: NightBars) -> list[Any]:
    return list(drawn(bars).patches)


@pytest.mark.parametrize("count", [1, 7, 14])
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_image_is_as_high_as_its_rows_and_its_head(count: int, paper: Any) -> None:
    bars = NightBars(tuple(night(i) for i in range(count)))
    width, height = draw.size_mm(bars, paper)
    assert width == night_bars.WIDTH_MM
    assert height == pytest.approx(night_bars.HEAD_MM + count * night_bars.ROW_MM[paper])


def test_the_wash_covers_the_rows_of_nights_before_free_days() -> None:
    bars = NightBars(tuple(night(i, free=i in (4, 5)) for i in range(14)))
    washes = [p for p in boxes(bars) if to_hex(p.get_facecolor()) == PAPER.wash]
    row = night_bars.ROW_MM["a4"]
    assert [round(p.get_y(), 6) for p in washes] == [round(night_bars.HEAD_MM + i * row, 6) for i in (4, 5)]
    assert all(p.get_height() == pytest.approx(row) for p in washes)


def test_natural_is_outlined_enhanced_filled_and_not_sure_hatched() -> None:
    last = {
        kind: boxes(NightBars((night(0, kind),)))[-1]
        for kind in ("natural", "enhanced", "unsure", "unrecorded", "sealed")
    }
    assert to_hex(last["natural"].get_facecolor()) == PAPER.paper
    assert to_hex(last["natural"].get_edgecolor()) == PAPER.natural
    assert to_hex(last["enhanced"].get_facecolor()) == PAPER.enhanced
    assert last["unsure"].get_hatch()
    assert not last["natural"].get_hatch() and not last["enhanced"].get_hatch()
    assert last["unrecorded"].get_linestyle() == last["sealed"].get_linestyle() != last["natural"].get_linestyle()


def test_a_bar_spans_from_falling_asleep_to_the_last_waking() -> None:
    wait, slept = boxes(NightBars((night(),)))[-2:]
    assert wait.get_x() + wait.get_width() == pytest.approx(slept.get_x())
    per_minute = slept.get_width() / (1110 - 690)
    assert wait.get_width() == pytest.approx(20 * per_minute)


def test_without_a_time_asleep_no_bar_is_invented() -> None:
    assert boxes(NightBars((night(onset=None),))) == []
    assert boxes(NightBars((night(last_waking=None),)))[-1].get_width() < 3  # the wait for sleep alone


def test_a_night_without_an_entry_says_so() -> None:
    empty = NightBar(FIRST, "unrecorded", False, words="no entry")
    texts = [t.get_text() for t in drawn(NightBars((empty,))).texts]
    assert "no entry" in texts


def test_dates_stand_only_in_a_drawing_by_itself() -> None:
    bars = NightBars((night(),))
    assert b"19\xc2\xa0Oct" not in draw.svg(bars, "a4", outlines=False)
    alone = draw.alone(bars)
    assert isinstance(alone, NightBars)
    assert "19\u00a0Oct" in [t.get_text() for t in drawn(alone).texts]


@given(st.lists(st.tuples(WIDE, WIDE), min_size=1, max_size=14))
def test_the_axis_holds_every_night_and_is_at_least_twelve_hours(spans: list[tuple[float, float]]) -> None:
    rows = tuple(NightBar(FIRST, "natural", False, into_bed=min(s), out_of_bed=max(s)) for s in spans)
    first, last = axis(rows)
    times = [t for row in rows for t in row.times]
    assert first <= max(-720, min(times)) or first <= min(times)
    assert last >= min(LONGEST_MIN, max(times))
    assert last - first >= 720
    assert (first - 570) % 60 == 0 and (last - 1290) % 60 == 0


@pytest.mark.parametrize(
    ("times", "wanted"),
    [
        ((600, 1200), (570, 1290)),
        ((540, 1200), (510, 1230)),
        ((700, 1300), (630, 1350)),
        ((400, 1400), (390, 1410)),
        ((1200, 1680), (990, 1710)),
    ],
)
def test_the_axis_shifts_in_whole_hours_before_it_widens(times: tuple[float, float], wanted: tuple[int, int]) -> None:
    assert axis((NightBar(FIRST, "natural", False, into_bed=times[0], out_of_bed=times[1]),)) == wanted


def test_the_same_nights_give_the_same_bytes() -> None:
    bars = NightBars((night(0), night(1, "enhanced"), night(2, "unsure")))
    assert draw.svg_anew(bars, "a4", outlines=False) == draw.svg_anew(bars, "a4", outlines=False)
