"""The strip of ways: a column a rule, the own one ringed, rows of choices, whatever the numbers are."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dreamjournal.charts import canvas, multiverse
from dreamjournal.charts.style import PAPER
from dreamjournal.domain.multiverse import StripRow, WaysStrip

COLUMNS = tuple((float(i), i - 6.0, i + 6.0) for i in range(-3, 9))


def strip(columns: Any = COLUMNS, *, own: int | None = 4, swd: float | None = 20.0) -> WaysStrip:
    chosen = tuple(i % 2 == 0 for i in range(len(columns)))
    rows = (
        StripRow("Naps", "left out", chosen), StripRow("Naps", "counted", tuple(not c for c in chosen)),
        StripRow("Washout", "none", chosen),
    )  # fmt: skip
    return WaysStrip("min", swd, tuple(columns), own, rows, "shaded: less than 20 min, too small to matter")


def drawn(value: WaysStrip, width: float = 180) -> Any:
    fig = canvas.figure(width, multiverse.height_mm(value))
    multiverse.draw(value, PAPER, fig)
    return fig.axes[0]


def test_each_way_has_a_square_an_interval_and_a_mark_in_each_row() -> None:
    axes = drawn(strip())
    squares = [line for line in axes.lines if line.get_marker() == "s"]
    # The estimates, and in each row the chosen and the other columns.
    assert [len(line.get_xdata()) for line in squares] == [12, 6, 6, 6, 6, 6, 6]
    (bars,) = axes.collections
    assert len(bars.get_segments()) == 12
    heights = squares[0].get_ydata()
    assert list(heights) == sorted(heights, reverse=True)  # y points downwards


def test_the_own_way_is_ringed_and_named() -> None:
    axes = drawn(strip())
    (ring,) = [line for line in axes.lines if line.get_marker() == "o"]
    squares = next(line for line in axes.lines if line.get_marker() == "s")
    assert (ring.get_xdata()[0], ring.get_ydata()[0]) == (squares.get_xdata()[4], squares.get_ydata()[4])
    assert "as you asked" in {t.get_text() for t in axes.texts}
    assert "as you asked" not in {t.get_text() for t in drawn(strip(own=None)).texts}


def test_one_way_and_sixty_fit() -> None:
    for columns in (COLUMNS[:1], COLUMNS * 5):
        for width in (90, 180):
            axes = drawn(strip(columns, own=0), width)
            xs = [x for line in axes.lines if line.get_marker() == "s" for x in line.get_xdata()]
            assert min(xs) > 0 and max(xs) < width


@settings(max_examples=25)
@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8),
    st.floats(0, 1e6),
    st.one_of(st.none(), st.floats(1e-3, 1e5)),
)
def test_any_numbers_are_drawn_inside(values: list[float], half: float, swd: float | None) -> None:
    value = strip([(v, v - half, v + half) for v in sorted(values)], own=0, swd=swd)
    axes = drawn(value)
    for segment in axes.collections[0].get_segments():
        assert all(0 <= y <= multiverse.height_mm(value) for _, y in segment)
