"""Compare, dose and mode: the pictures, their table twins, their nights, and what an empty journal is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.services import doses, enhancers, mornings
from dreamjournal.ui.compare.dose_part import DoseView, difference_parts, level_row
from dreamjournal.ui.compare.page import ComparePage
from dreamjournal.ui.nights.listed import NightsDialog
from dreamjournal.ui.theme import theme_source


def opened(work, qtbot) -> ComparePage:
    page = work.page(ComparePage)
    with qtbot.waitSignal(page.part_shown, timeout=30_000):
        page.looks.choose("dose")
    assert isinstance(page.part, DoseView)
    return page


def write_diary(context, day, n):
    """A diary of that night, written the next morning."""
    answers = {
        "into_bed": 1380, "try_sleep": 1390, "sol": 10 + n % 7, "waso": 5, "nawk": 1, "final_wake": 400 + n * 7 % 31, "out_of_bed": 450,
    }  # fmt: skip
    diary = mornings.diary_from_answers(context.person_id, day, "Europe/London", answers)
    entered = datetime.combine(day + timedelta(days=1), time(8), tzinfo=UTC)
    context.journal.diaries.put(replace(diary, entered=entered))


def looks_of(work):
    context = work.context
    return doses.doses_and_modes(context.journal, context.person_id, ContrastSpec(), context.clock)


def test_each_look_is_a_picture_with_its_words(sample_work, qtbot):
    page = opened(sample_work, qtbot)
    found = looks_of(sample_work)
    assert [g.what for g in found.groups] == ["mode", "programme", "intensity"]
    for g, twin in zip(found.groups, page.part.twins, strict=True):
        assert twin.chart.accessibleDescription() == g.alt and g.sentence in g.alt
        assert "by level" in twin.chart.accessibleName()
        assert twin.table.model().rowCount() == len(g.levels)
        assert "".join(p if isinstance(p, str) else p[0] for p in difference_parts(g)).replace("\n\n", "") == "".join(
            d.sentence for d in g.differences
        )


def test_ctrl_t_turns_all_pictures_into_tables_and_back(sample_work, qtbot):
    page = opened(sample_work, qtbot)
    page.toggle_table()
    assert all(twin.shows_table() for twin in page.part.twins)
    assert page.part.twins[0].table.hasFocus()
    page.toggle_table()
    assert not any(twin.shows_table() for twin in page.part.twins)


def test_the_counts_open_their_nights(sample_work, qtbot):
    page = opened(sample_work, qtbot)
    words = page.part.findChild(object, "differences_mode")
    words.link_activated.emit("simulated")
    level = next(lv for lv in page.part.twins[0].chart.plot.levels if lv.title == "simulated")
    assert page.findChild(NightsDialog).table.model().rowCount() == len(level.points)


def test_a_click_on_a_mark_opens_its_night(sample_work, qtbot):
    page = opened(sample_work, qtbot)
    chart = page.part.twins[0].chart
    axes = chart._canvas.figure.axes[0]
    marks = [line for line in axes.lines if line.get_marker() in ("o", "D")]
    for line, level in zip(marks, chart.plot.levels, strict=True):
        x, y = axes.transData.transform(line.get_xydata())[0]
        assert chart.night_at(x, y) == level.points[0].night_date
    x, y = axes.transData.transform(marks[0].get_xydata())[0]
    with qtbot.waitSignal(page.navigate) as went:
        chart.on_click(x, y)
    assert went.args == ["nights", chart.plot.levels[0].points[0].night_date]
    assert chart.night_at(-100, -100) is None


def test_the_picture_is_drawn_in_every_theme_and_at_double_size(sample_work, qtbot):
    page = opened(sample_work, qtbot)
    chart = page.part.twins[0].chart
    try:
        for theme, scale, night in (
            ("light", 1.0, False),
            ("dark", 1.0, False),
            ("light", 1.0, True),
            ("light", 2.0, False),
        ):
            theme_source().apply(theme, scale, night=night)
            sample_work.settle()
            assert not chart.grab().isNull()
            figure = chart._canvas.figure
            width, height = figure.get_size_inches() * figure.dpi
            for text in figure.axes[0].texts:
                box = text.get_window_extent()
                assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1, text.get_text()
    finally:
        theme_source().apply("light", 1.0, night=False)


def test_doses_in_order_and_what_cannot_be_read(work, qtbot):
    context = work.context
    for n in range(60):
        day = date(2026, 5, 3) - timedelta(days=n)
        if n % 2:
            dose = ("1 mg", "3 mg", "a bit")[n // 2 % 3]
            enhancers.log(context.journal, context.person_id, day, "enhanced", ["Melatonin"], dose, context.clock)
        else:
            enhancers.log(context.journal, context.person_id, day, "natural", [], "", context.clock)
        write_diary(context, day, n)
    page = opened(work, qtbot)
    (group,) = page.part.found.looks.groups
    assert group.what == "dose" and [lv.title for lv in group.levels] == ["natural", "1\u00a0mg", "3\u00a0mg"]
    assert any("“a bit”" in problem for problem in group.problems)
    assert all(level_row(level, group)[1] == len(level.points) for level in group.levels)
    page.part.findChild(object, "leftOut_dose").click()
    assert page.findChild(NightsDialog).table.model().rowCount() == len(group.left_out) > 0


def test_nothing_to_order_says_what_to_note(work, qtbot):
    context = work.context
    for n in range(30):
        day = date(2026, 5, 3) - timedelta(days=n)
        enhancers.log(
            context.journal,
            context.person_id,
            day,
            "enhanced" if n % 2 else "natural",
            ["Tea"] if n % 2 else [],
            "",
            context.clock,
        )
        write_diary(context, day, n)
    page = work.page(ComparePage)
    with qtbot.waitSignal(page.part_shown, timeout=30_000):
        page.looks.choose("dose")
    assert "Note the dose of a night in Tonight" in page.part.empty.words.text()
    with qtbot.waitSignal(page.navigate) as went:
        page.part.findChild(object, "doseTonight").click()
    assert went.args == ["tonight", None]
