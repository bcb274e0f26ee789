"""Drawings: the marks, their places, and the same bytes for the same figure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreamjournal.charts import canvas, draw, estimation, strip
from dreamjournal.charts.style import PAPER, Style
from dreamjournal.domain.report import (
    CoverageBar,
    CoveragePart,
    EstimationPlot,
    Figure,
    NightStrip,
    Raster,
    RasterRow,
    RasterSpan,
)
from dreamjournal.reports import figures
from tests import made_report


def plot_of(**question: Any) -> EstimationPlot:
    drawing = figures.estimation_plot(made_report.result(**question), ("longer", "shorter")).drawing
    assert isinstance(drawing, EstimationPlot)
    return drawing


def strip_of(**question: Any) -> NightStrip:
    figure = figures.night_strip(made_report.context(made_report.result(**question)))
    assert isinstance(figure, Figure)
    assert isinstance(figure.drawing, NightStrip)
    return figure.drawing


def marks(value: EstimationPlot | NightStrip, style: Style = PAPER) -> dict[str, list[Any]]:
    """Line artists by marker shape."""
    fig = canvas.figure(116, 74)
    draw.draw(value, style, fig)
    found: dict[str, list[Any]] = {}
    for line in fig.axes[0].lines:
        found.setdefault(str(line.get_marker()), []).append(line)
    return found


def points(lines: list[Any]) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for line in lines for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)]


def test_natural_is_a_hollow_circle_and_enhanced_a_filled_diamond() -> None:
    found = marks(plot_of())
    assert all(
        line.get_markerfacecolor() == PAPER.paper and line.get_markeredgecolor() == PAPER.natural for line in found["o"]
    )
    assert all(line.get_markerfacecolor() == PAPER.enhanced for line in found["D"])


def test_every_night_has_one_mark_beside_the_two_of_the_legend() -> None:
    plot = plot_of()
    found = marks(plot)
    assert len(points(found["o"])) == sum(p.arm == "natural" for p in plot.points) + 1
    assert len(points(found["D"])) == sum(p.arm == "enhanced" for p in plot.points) + 1


def test_a_theme_of_the_screen_gives_its_own_colours() -> None:
    style = replace(PAPER, paper="#12151a", ink="#e4e1d9", natural="#a9c0d2", enhanced="#f0954f")
    found = marks(plot_of(), style)
    assert found["D"][0].get_markerfacecolor() == "#f0954f"
    fig = canvas.figure(160, 100)
    estimation.draw(plot_of(), style, fig)
    colours = {t.get_color() for t in fig.axes[0].texts}
    assert colours <= {style.ink, style.muted, style.natural, style.enhanced}


def test_the_zero_of_the_difference_is_the_natural_mean() -> None:
    plot = plot_of()
    assert plot.centres is not None
    fig = canvas.figure(116, 74)
    estimation.draw(plot, PAPER, fig)
    texts = {t.get_text(): t.get_position()[1] for t in fig.axes[0].texts}
    natural = [line for line in fig.axes[0].lines if line.get_color() == PAPER.natural and len(line.get_xdata()) == 2]
    assert texts["0"] == pytest.approx(float(natural[0].get_ydata()[0]))


def test_under_seven_nights_there_is_no_difference_axis() -> None:
    few = plot_of(nights=12)
    assert few.estimate is None
    fig = canvas.figure(116, 74)
    estimation.draw(few, PAPER, fig)
    said = " ".join(t.get_text() for t in fig.axes[0].texts)
    assert "Difference" not in said
    assert "interval" not in said


def test_a_dollar_sign_is_a_dollar_sign() -> None:
    plot = replace(plot_of(), title="$x$", estimate_words="$\\frac{1}{0$", interval_words="a_b^c $")
    svg = draw.svg(plot, "a4", outlines=False).decode()
    assert "$\\frac{1}{0$" in svg


def test_the_same_figure_gives_the_same_bytes_without_a_date() -> None:
    for outlines in (False, True):
        first, second = (draw.svg(plot_of(), "a4", outlines=outlines) for _ in range(2))
        assert first == second
        assert b"dc:date" not in first
        assert b"Matplotlib" not in first


def test_text_on_paper_stays_text_in_the_paper_font() -> None:
    svg = draw.svg(plot_of(), "a4", outlines=False).decode()
    assert "Natural nights" in svg
    assert set(re.findall(r"font-family: '([^']+)'", svg)) == {"Source Sans 3"}
    assert "<text" not in draw.svg(plot_of(), "a4", outlines=True).decode()


def test_no_text_is_smaller_than_the_smallest_printed_size() -> None:
    for value in (plot_of(), strip_of()):
        fig = canvas.figure(*draw.size_mm(value, "a4"))
        draw.draw(value, PAPER, fig)
        assert min(float(t.get_fontsize()) for t in fig.axes[0].texts) >= 6.6


def test_no_words_leave_the_drawing() -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    for value in (plot_of(), plot_of(nights=12), plot_of(nights=24), strip_of(), strip_of(refused=True)):
        width, height = draw.size_mm(value, "letter")
        fig = canvas.figure(width, height)
        draw.draw(value, PAPER, fig)
        renderer = FigureCanvasAgg(fig).get_renderer()
        for text in fig.axes[0].texts:
            box = text.get_window_extent(renderer)
            scale = fig.dpi / 25.4
            assert box.x0 >= -0.5 * scale, text.get_text()
            assert box.x1 <= (width + 1.0) * scale, text.get_text()


def test_missing_nights_stand_under_the_scale() -> None:
    value = strip_of()
    found = marks(value)
    lowest = max(y for _, y in points(found["o"] + found["D"]))
    assert all(y > lowest for _, y in points(found["x"]))
    assert len(points(found["x"])) == sum(m.state == "missing" for m in value.marks)


def test_an_excluded_night_without_a_value_has_no_mark() -> None:
    value = strip_of()
    counted = sum(m.state == "counted" for m in value.marks)
    found = marks(value)
    assert len(points(found["o"])) + len(points(found["D"])) == counted


@given(st.lists(st.floats(0, 60), max_size=60))
def test_no_mark_of_a_swarm_covers_another(values: list[float]) -> None:
    shifts = canvas.swarm(values, 1.4, 1e9)
    for i, a in enumerate(values):
        for j in range(i):
            assert abs(a - values[j]) >= 1.4 or abs(shifts[i] - shifts[j]) >= 1.4 - 1e-9


@given(st.lists(st.floats(0, 5), max_size=200))
def test_a_swarm_stays_in_its_column(values: list[float]) -> None:
    assert all(abs(s) <= 4.0 + 1e-9 for s in canvas.swarm(values, 1.4, 4.0))


@settings(max_examples=12)
@given(
    st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=30),
    st.one_of(st.none(), st.floats(0.1, 500)),
    st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)),
    st.sampled_from([("min", "mean"), ("points", "rate"), ("points", "ordinal"), ("min", "clock"), ("bpm", "mean")]),
)
def test_any_finite_numbers_can_be_drawn(
    values: list[float], swd: float | None, ends: tuple[float, float], unit: tuple[str, str]
) -> None:
    plot = plot_of()
    dots = tuple(replace(plot.points[i % 40], value=v) for i, v in enumerate(values))
    low, high = min(ends), max(ends)
    changed = replace(
        plot, points=dots, centres=(values[0], values[-1]), estimate=(low + high) / 2, interval=(low, high), swd=swd,
        unit=unit[0], kind=unit[1],
    )  # fmt: skip
    fig = canvas.figure(116, 74)
    estimation.draw(changed, PAPER, fig)
    assert len(fig.axes[0].texts) < 60


def test_a_bar_and_a_raster_are_drawn_to_scale() -> None:
    bar = CoverageBar(
        (
            CoveragePart("natural", 30, "30 natural"),
            CoveragePart("enhanced", 10, "10 enhanced"),
            CoveragePart("missing", 0, "0 missing"),
        )
    )
    fig = canvas.figure(180, 5.4)
    draw.draw(bar, PAPER, fig)
    widths = [p.get_width() for p in fig.axes[0].patches]  # type: ignore[attr-defined]
    assert len(widths) == 2
    assert widths[0] / widths[1] == pytest.approx(3, rel=0.02)
    spans = (RasterSpan(700, 760, "N3"), RasterSpan(760, 800, "UNKNOWN"), RasterSpan(690, 900, "exposure"))
    rows = (
        RasterRow(date(2026, 9, 7), "enhanced", spans, 690, 900, "report"),
        RasterRow(date(2026, 9, 8), "unrecorded"),
    )
    assert draw.svg_anew(Raster(rows, 540, 1260), "a4", outlines=False) == draw.svg_anew(
        Raster(rows, 540, 1260), "a4", outlines=False
    )


def test_a_strip_of_one_night_and_of_ten_years_can_be_drawn() -> None:
    value = strip_of()
    one = replace(value, last=value.first, marks=value.marks[:1])
    fig = canvas.figure(180, 34)
    strip.draw(one, PAPER, fig)
    long = replace(value, last=value.first + timedelta(days=3650))
    strip.draw(long, PAPER, fig)
    assert len([t for t in fig.axes[0].texts if re.match(r"\w{3}\s", t.get_text())]) < 14


def test_a_drawing_is_kept_and_another_is_made_for_another_paper_or_look() -> None:
    value = strip_of()
    first = draw.svg(value, "a4", outlines=False)
    assert draw.svg(replace(value), "a4", outlines=False) is first
    assert first == draw.svg_anew(value, "a4", outlines=False)
    others = {draw.svg(value, "letter", outlines=False), draw.svg(value, "a4", outlines=True)}
    others.add(draw.svg(value, "a4", outlines=False, style=replace(PAPER, scale=1.1)))
    assert len(others - {first}) == 3


def test_a_drawing_of_one_size_on_both_papers_is_drawn_once() -> None:
    value = CoverageBar((CoveragePart("natural", 9, ""),))
    assert draw.size_mm(value, "a4") == draw.size_mm(value, "letter")
    assert draw.svg(value, "letter", outlines=False) is draw.svg(value, "a4", outlines=False)
