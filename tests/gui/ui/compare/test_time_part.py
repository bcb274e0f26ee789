"""Over time: the sentence, the chart and its table of stretches, the nights behind a row, empty states."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt

from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.services import contrasts, over_time
from dreamjournal.ui.compare.page import ComparePage
from dreamjournal.ui.compare.time_part import PART, TimeView, alt_words
from dreamjournal.ui.nights.listed import NightsDialog
from dreamjournal.ui.theme import relative_luminance
from tests.made_nights import row, write


def shown(work, qtbot, metric="tst") -> ComparePage:
    page = work.page(ComparePage)
    if metric != "tst":
        with qtbot.waitSignal(page.answered, timeout=30_000):
            page.question.choose(metric=metric, source=None, swd=None)
    with qtbot.waitSignal(page.part_shown, timeout=30_000):
        page.show_part("time")
    work.settle()
    return page


def test_the_part_says_what_the_service_says(sample_work, qtbot):
    page = shown(sample_work, qtbot)
    context = sample_work.context
    result = contrasts.contrast(context.journal, context.person_id, ContrastSpec(), context.clock)
    found = over_time.for_question(
        context.journal, context.person_id, ContrastSpec(), result, context.clock, NoProgress()
    )  # fmt: skip
    assert isinstance(page.part, TimeView) and page.part.sentence.plain() == found.sentence
    assert page.part.table.model().rowCount() == len(found.stretches) > 1
    assert page.part.twin.chart.accessibleDescription() == alt_words(found)
    assert str(found.n_enhanced) in alt_words(found) and "the difference in turn: " in alt_words(found)


def test_enter_on_a_stretch_lists_its_nights(sample_work, qtbot):
    page = shown(sample_work, qtbot)
    page.toggle_table()
    assert page.part.twin.shows_table()
    page.part.table.selectRow(1)
    qtbot.keyClick(page.part.table, Qt.Key.Key_Return)
    dialog = page.findChild(NightsDialog)
    stretch = page.part.found.over_time.stretches[1]
    assert dialog.table.model().rowCount() == stretch.n_enhanced + stretch.n_natural
    dialog.reject()
    page.toggle_table()
    assert not page.part.twin.shows_table()


def test_a_share_and_a_count_are_shown_too(sample_work, qtbot):
    for metric in ("recall", "nightmare"):
        page = shown(sample_work, qtbot, metric)
        assert page.part.sentence.plain() and page.part.twin.chart.is_ready()
        page.grab()
        page.hide()


def test_drawn_in_every_theme_and_at_large_text(sample_work, qtbot, themed):
    for scheme, scale, night in (("dark", 1.0, False), ("light", 2.0, False), ("light", 1.0, True)):
        themed.apply(scheme, scale, night=night)
        page = shown(sample_work, qtbot)
        assert page.part.twin.chart.width() <= page.width() and page.part.twin.chart._canvas is not None
        image = page.grab().toImage()
        if night:
            points = [image.pixelColor(x, y) for x in range(0, image.width(), 4) for y in range(0, image.height(), 4)]
            assert max(relative_luminance(c) for c in points) <= 0.25
        page.hide()


@pytest.mark.parametrize("kinds, words", [
    ("EN", "Too few to look for a change"), ("E" * 12, "nights can be counted"), ("ENNE" * 5, "early"),
])  # fmt: skip
def test_few_nights_and_refusals_say_why(work, qtbot, kinds, words):
    write(work.context.journal, work.context.person_id, row(kinds, date(2026, 5, 4) - timedelta(days=len(kinds))))
    page = shown(work, qtbot)
    assert words in page.part.sentence.plain()
    page.toggle_table()
    page.part.focus_first()
    assert (PART.key, PART.title) == ("time", "Over time")
