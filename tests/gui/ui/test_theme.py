"""The look: contrast, night luminance, the first frame, following the desktop."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from dreamjournal.ui.main_window import MainWindow
from dreamjournal.ui.theme import (
    SCALES,
    THEMES,
    ThemeSource,
    contrast_colours,
    contrast_ratio,
    make_theme,
    palette_of,
    relative_luminance,
    theme_of,
    tokens,
)  # fmt: skip

PAIRS = [("text_min", pair) for pair in tokens()["contrast"]["text_pairs"]] + [
    ("ui_min", pair) for pair in tokens()["contrast"]["ui_pairs"]
]


@pytest.mark.parametrize("name", THEMES)
def test_every_pair_of_the_tokens_keeps_its_contrast(name: str) -> None:
    theme = make_theme(name)
    low = [
        (floor, fg, bg, round(contrast_ratio(theme.colour(fg), theme.colour(bg)), 2))
        for floor, (fg, bg) in PAIRS
        if contrast_ratio(theme.colour(fg), theme.colour(bg)) < tokens()["contrast"][floor]
    ]
    assert not low


def test_contrast_is_that_of_wcag() -> None:
    assert contrast_ratio(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)
    assert contrast_ratio(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", THEMES)
def test_stages_fall_in_luminance(name: str) -> None:
    theme = make_theme(name)
    steps = [relative_luminance(theme.colour(role)) for role in ("stage_w", "stage_rem", "stage_light", "stage_n3")]
    assert steps == sorted(steps, reverse=True) and len(set(steps)) == 4


def test_no_colour_of_the_night_is_above_a_quarter_of_white() -> None:
    theme = make_theme("night")
    assert (
        max(relative_luminance(theme.colour(role)) for role in theme.colours)
        <= tokens()["night_rules"]["max_relative_luminance"]
    )


@pytest.mark.parametrize("name", THEMES)
def test_first_frame_is_the_window_colour(qtbot, themed: ThemeSource, name: str) -> None:
    themed.apply("light" if name == "night" else name, night=name == "night")
    window = MainWindow()
    qtbot.addWidget(window)
    frame = window.grab().toImage()
    wanted = make_theme(name).colour("window").rgb()
    seen = {frame.pixel(x, y) for x in range(0, frame.width(), 7) for y in range(0, frame.height(), 7)}
    assert seen == {wanted}


def test_night_page_is_dark_as_a_whole(qtbot, themed: ThemeSource) -> None:
    themed.apply(night=True)
    window = MainWindow()
    qtbot.addWidget(window)
    window.rail.set_pages((("tonight", "Tonight", "moon", "Ctrl+1"), ("morning", "Morning", "sunrise", "Ctrl+2")))
    window.rail.set_journal("My journal", True)
    window.rail.choose("tonight")
    window.rail.show()
    window.show()
    highest, mean = luminance_of(window.grab().toImage())
    assert highest <= 0.2501
    assert mean <= tokens()["night_rules"]["max_mean_screen_luminance"]["other_pages"]


def luminance_of(image: QImage) -> tuple[float, float]:
    """Highest and mean relative luminance over a grid of every third pixel."""
    known: dict[int, float] = {}
    total = count = 0.0
    for y in range(0, image.height(), 3):
        for x in range(0, image.width(), 3):
            rgb = image.pixel(x, y)
            if rgb not in known:
                known[rgb] = relative_luminance(QColor(rgb))
            total += known[rgb]
            count += 1
    return max(known.values()), total / count


def test_text_grows_and_gaps_stay(qapp: QApplication, themed: ThemeSource) -> None:
    themed.apply(scale=2.0)
    theme = theme_of()
    assert theme.px("body") == 30
    assert theme.font("caption").pixelSize() == 26
    assert 50 <= theme.size("control") <= 72
    assert SCALES[0] == 0.85 and make_theme("light", 9).scale == 2.0


def test_scale_steps_stop_at_the_ends(qtbot, themed: ThemeSource) -> None:
    for _ in range(10):
        themed.step_scale(1)
    assert themed.theme.scale == 2.0
    for _ in range(10):
        themed.step_scale(-1)
    assert themed.theme.scale == 0.85
    with qtbot.waitSignal(themed.chosen) as got:
        themed.step_scale(0)
    assert got.args == ["light", 1.0]


def test_night_comes_and_goes_by_key(qtbot, themed: ThemeSource) -> None:
    with qtbot.waitSignal(themed.changed):
        themed.toggle_night()
    assert themed.theme.is_night
    themed.toggle_night()
    assert themed.theme.name == "light"


def test_high_contrast_takes_the_desktops_colours(themed: ThemeSource) -> None:
    colours = contrast_colours(palette_of(make_theme("dark")))
    assert set(colours) == set(tokens()["roles"])
    assert colours["window"] == make_theme("dark").colours["window"].lower()
    assert len({colours["text"], colours["muted"], colours["line"]}) == 1


def test_figures_are_tabular(themed: ThemeSource) -> None:
    from PySide6.QtGui import QFont, QFontMetricsF

    font = theme_of().font("body")
    assert font.featureValue(QFont.Tag("tnum")) == 1
    metrics = QFontMetricsF(font)
    assert {metrics.horizontalAdvance(d * 8) for d in "0123456789"} == {metrics.horizontalAdvance("0" * 8)}


def test_the_two_families_are_there(themed: ThemeSource) -> None:
    from PySide6.QtGui import QFontInfo

    assert QFontInfo(theme_of().font("body")).family().startswith("Inter")
    assert QFontInfo(theme_of().font("page")).family().startswith("Inter Display")
    assert QFontInfo(theme_of().font("words")).family().startswith("Source Serif 4")
