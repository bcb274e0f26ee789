"""Charts of a measure: opened from its row, three ways, table twin, keys, saving, themes and large text; and one night's hypnogram."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from dreamjournal.charts import calendar
from dreamjournal.domain.figures import Calendar, Multiples, Trend
from dreamjournal.services import nights as nights_service
from dreamjournal.services.charts_of import MOST
from dreamjournal.ui.compare.canvas import screen_style
from dreamjournal.ui.measures.chart_dialog import CALENDAR, TOGETHER, ChartDialog
from dreamjournal.ui.measures.page import MeasuresPage
from dreamjournal.ui.nights import save_hypnogram
from dreamjournal.ui.nights.page import NightsPage
from dreamjournal.ui.theme import make_theme, theme_source
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.chips import Chip
from tests.made_figures import contrast, luminance


def choose(page, key: str, group: str = "diary") -> None:
    line = next(
        i for i, r in enumerate(page.table.rows_model.measures) if r is not None and (r.key, r.group) == (key, group)
    )
    page.table.selectRow(line)


def opened(work, page, qtbot) -> ChartDialog:
    dialog = page.open_charts()
    assert isinstance(dialog, ChartDialog)
    with qtbot.waitSignal(dialog.shown, timeout=30_000):
        pass
    work.settle()
    return dialog


def go(dialog, way: str) -> None:
    """Choose a way as the person does."""
    dialog.ways.set_value(way)
    dialog.ways.chosen.emit(way)


def test_enter_on_a_measure_opens_its_nights_over_time(sample_work, qtbot):
    page = sample_work.page(MeasuresPage)
    choose(page, "tst")
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    dialog = page.findChild(ChartDialog)
    with qtbot.waitSignal(dialog.shown, timeout=30_000) as told:
        pass
    drawing = told.args[0].figure.drawing
    assert isinstance(drawing, Trend)
    row = page.table.chosen_row()
    assert (drawing.title, len(drawing.points)) == ("Sleep time", row.natural.n + row.enhanced.n)
    assert dialog.twin.chart.accessibleDescription() == told.args[0].figure.alt
    assert dialog.windowTitle() == "Sleep time, from the diary"


def test_three_ways_each_with_its_table(sample_work, qtbot):
    page = sample_work.page(MeasuresPage)
    choose(page, "tst", "device")
    dialog = opened(sample_work, page, qtbot)
    seen = []
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3):
        qtbot.keyClick(dialog.ways.strip, key)
        chart = dialog.chart
        seen.append(type(chart.figure.drawing))
        model = dialog.twin.table.model()
        assert model.rowCount() == len(chart.table.rows)
        assert [model.headerData(c, Qt.Orientation.Horizontal) for c in range(model.columnCount())] == [
            c.title for c in chart.table.columns
        ]
        qtbot.keyClick(dialog, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        assert dialog.twin.shows_table()
        assert QApplication.focusWidget() is dialog.twin.table
        qtbot.keyClick(dialog.twin.table, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        assert not dialog.twin.shows_table()
    assert seen == [Trend, Calendar, Multiples]


def test_a_row_of_the_table_opens_its_night(sample_work, qtbot):
    page = sample_work.page(MeasuresPage)
    choose(page, "quality")
    dialog = opened(sample_work, page, qtbot)
    dialog.toggle_table()
    dialog.twin.table.selectRow(3)
    with qtbot.waitSignal(page.navigate) as went:
        qtbot.keyClick(dialog.twin.table, Qt.Key.Key_Return)
    assert went.args == ["nights", dialog.chart.nights[3]]
    assert not dialog.isVisible()


def test_measures_are_added_and_taken_out(sample_work, qtbot):
    page = sample_work.page(MeasuresPage)
    choose(page, "tst")
    dialog = opened(sample_work, page, qtbot)
    go(dialog, TOGETHER)
    before = [p.title for p in dialog.chart.figure.drawing.panels]
    assert before[0] == "Sleep time"
    while dialog.add_field.isVisible():
        dialog.add.setCurrentIndex(0)
        dialog.add.activated.emit(0)
    assert len(dialog.chart.figure.drawing.panels) == MOST
    chips = [c for c in dialog.findChildren(Chip) if c.isVisible()]
    assert len(chips) == MOST
    assert chips[0].accessibleName() == "Take out Sleep time, diary"
    qtbot.keyClick(chips[0], Qt.Key.Key_Delete)
    assert len(dialog.chart.figure.drawing.panels) == MOST - 1
    assert dialog.add_field.isVisible()
    for _ in range(MOST - 1):
        next(c for c in dialog.findChildren(Chip) if c.isVisible()).click()
    assert dialog.chart is None
    assert not dialog.save.isVisible()


def test_a_measure_of_a_run_of_nights_has_no_charts(sample_work):
    page = sample_work.page(MeasuresPage)
    choose(page, "sri_diary", "regularity")
    assert not page.charts.isVisible()
    assert page.open_charts() is None
    choose(page, "tst")
    assert page.charts.isVisible()


def test_without_any_value_it_says_what_to_do(sample_work, qtbot):
    page = sample_work.page(MeasuresPage)
    choose(page, "ema")
    dialog = page.open_charts()
    assert dialog is not None
    sample_work.settle()
    assert dialog.chart is None
    assert not dialog.save.isVisible()
    dialog.toggle_table()
    go(dialog, TOGETHER)
    assert dialog.chart is not None


def test_other_nights_of_the_page_are_the_nights_of_the_chart(sample_work, qtbot):
    page = sample_work.page(MeasuresPage)
    with qtbot.waitSignal(page.shown, timeout=30_000) as told:
        page.nights.set_range(page.nights._today.replace(day=1, month=4), None)
    choose(page, "tst")
    dialog = opened(sample_work, page, qtbot)
    row = page.table.chosen_row()
    assert len(dialog.chart.figure.drawing.points) == row.natural.n + row.enhanced.n
    assert min(dialog.chart.nights) >= told.args[0].first


def test_ctrl_s_saves_what_is_shown(sample_work, qtbot, tmp_path: Path):
    page = sample_work.page(MeasuresPage)
    choose(page, "tst")
    dialog = opened(sample_work, page, qtbot)
    for way in ("over_time", CALENDAR, TOGETHER):
        go(dialog, way)
        dialog.save_to(tmp_path / f"{way}.svg")
        text = (tmp_path / f"{way}.svg").read_text()
        assert text.startswith("<?xml")
        assert "<text" not in text  # outlines: the file looks the same where the font is not
    qtbot.keyClick(dialog, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    asked = dialog.findChild(QFileDialog)
    assert asked is not None
    asked.reject()
    dialog.save_to(tmp_path / "nowhere" / "x.svg")
    told = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.objectName() == "errorDialog"]
    assert any("not saved" in label.text() for w in told for label in w.findChildren(QLabel))


def test_closing_while_it_reads_is_calm(sample_work, qtbot):
    page = sample_work.page(MeasuresPage)
    choose(page, "tst")
    dialog = page.open_charts()
    assert dialog is not None
    dialog.accept()
    sample_work.settle()


@pytest.mark.parametrize("name", ["light", "dark", "night"])
def test_words_and_marks_are_seen_in_every_theme(name):
    style = screen_style(make_theme(name), 1.0)
    assert min(contrast(c, style.paper) for c in (style.ink, style.muted)) >= 4.5
    assert min(contrast(c, style.paper) for c in (style.natural, style.enhanced, style.line)) >= 3
    stages = (style.stage_w, style.stage_rem, style.stage_light, style.stage_unspecified)
    assert min(contrast(c, style.paper) for c in stages) >= 3
    for steps in range(2, 7):
        found = [luminance(c) for c in (style.paper, *calendar.shades(style, steps))]
        rising = found[-1] > found[0]
        assert all((b > a) is rising for a, b in pairwise(found))
        assert all(max(a, b) + 0.05 >= 1.12 * (min(a, b) + 0.05) for a, b in pairwise(found[1:]))


@pytest.mark.parametrize(("theme", "scale"), [("dark", 1.0), ("night", 1.0), ("light", 2.0)])
def test_it_is_drawn_in_the_theme_and_nothing_is_cut(sample_work, qtbot, theme: str, scale: float):
    page = sample_work.page(MeasuresPage)
    choose(page, "tst")
    theme_source().apply("dark" if theme == "night" else theme, scale, night=theme == "night")
    dialog = opened(sample_work, page, qtbot)
    for way in ("over_time", CALENDAR, TOGETHER):
        go(dialog, way)
        QApplication.processEvents()
        chart = dialog.twin.chart
        assert chart.height() == chart.height_for(chart.width())
        assert chart.width() <= dialog.scroll_area.viewport().width()
        figure = chart._canvas.figure
        box = figure.bbox
        renderer = figure.canvas.get_renderer()
        for text in figure.axes[0].texts:
            edges = text.get_window_extent(renderer)
            assert edges.x0 >= -2, text.get_text()
            assert edges.x1 <= box.width + 2, text.get_text()


def test_a_nights_hypnogram_is_saved(sample_work, qtbot, tmp_path: Path):
    context = sample_work.context
    page = sample_work.page(NightsPage)
    night = next(
        n
        for n in nights_service.nights(context.journal, context.person_id, None, None, context.clock)
        if not n.sealed and any(s.stages and s.counts for s in n.sessions)
    )
    page.detail.show_night(night.night_date, night)
    links = [b for b in page.detail.findChildren(Button) if b.objectName().startswith("saveHypnogram")]
    assert [b.text() for b in links] == ["Save hypnogram…"]
    qtbot.mouseClick(links[0], Qt.MouseButton.LeftButton)
    asked = page.findChild(QFileDialog)
    assert asked is not None
    asked.reject()
    source = links[0].objectName().removeprefix("saveHypnogram_")
    save_hypnogram.save_to(page, tmp_path / "night.svg", night, source)
    assert (tmp_path / "night.svg").read_bytes().startswith(b"<?xml")
