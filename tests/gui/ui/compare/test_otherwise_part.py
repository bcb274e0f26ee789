"""Counted otherwise: the sentence, the named looks, the strip and its table, asking a question instead, empty states."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt

from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.services import contrasts, multiverse
from dreamjournal.ui.compare.otherwise_part import PART, OtherwiseView, choice_word, rule_words, strip_of
from dreamjournal.ui.compare.page import ComparePage
from dreamjournal.ui.theme import relative_luminance
from tests.made_nights import row, write


def shown(work, qtbot, part="otherwise") -> ComparePage:
    page = work.page(ComparePage)
    with qtbot.waitSignal(page.part_shown, timeout=30_000):
        page.show_part(part)
    work.settle()
    return page


def asked(work):
    context = work.context
    result = contrasts.contrast(context.journal, context.person_id, ContrastSpec(), context.clock)
    return multiverse.for_question(
        context.journal, context.person_id, ContrastSpec(), result, context.clock, NoProgress()
    )  # fmt: skip


def test_the_part_says_what_the_service_says(sample_work, qtbot):
    page = shown(sample_work, qtbot)
    m = asked(sample_work)
    assert isinstance(page.part, OtherwiseView)
    assert page.part.sentence.plain() == m.sentence
    assert page.part.named.model().rowCount() == len(m.named)
    assert page.part.table.model().rowCount() == len(m.ways) > 1
    assert page.part.left_out.model().rowCount() == len(m.left_out) > 0
    assert page.part.twin.chart.accessibleDescription().startswith(m.sentence)


def test_the_strip_has_a_column_for_each_way_and_a_row_for_each_choice_that_varies(sample_work, qtbot):
    m = asked(sample_work)
    strip = strip_of(m)
    assert len(strip.columns) == len(m.ways) and strip.own is not None and m.ways[strip.own].own
    assert {r.choice for r in strip.rows} == {"Whose numbers", "Washout", "Nights count"}
    for choice in {r.choice for r in strip.rows}:
        chosen = [r.chosen for r in strip.rows if r.choice == choice]
        assert all(sum(column) == 1 for column in zip(*chosen, strict=True))
    assert [c[0] for c in strip.columns] == sorted(c[0] for c in strip.columns)


def test_the_table_is_the_twin_and_comes_by_key(sample_work, qtbot):
    page = shown(sample_work, qtbot)
    twin = page.part.twin
    qtbot.waitUntil(twin.chart.isVisible)
    assert not twin.shows_table()
    page.toggle_table()
    assert twin.shows_table() and not twin.chart.isVisible() and twin.table.currentIndex().row() == 0
    page.toggle_table()
    assert twin.chart.isVisible() and not twin.shows_table()


def test_enter_on_a_row_asks_that_question_instead(sample_work, qtbot):
    page = shown(sample_work, qtbot)
    page.toggle_table()
    m = page.part.found.multiverse
    row_number = next(
        i for i, w in enumerate(m.ways) if (w.rule.source, w.rule.labels, w.rule.washout) == ("diary", "used", 0)
    )  # fmt: skip
    page.part.table.selectRow(row_number)
    with qtbot.waitSignal(page.answered, timeout=30_000) as told:
        qtbot.keyClick(page.part.table, Qt.Key.Key_Return)
    result = told.args[0]
    assert (result.source, result.n_enhanced) == ("diary", m.ways[row_number].n_enhanced)
    assert page.question.spec.labels == "used" and page.looks.value() == "answer" and page.part is None
    assert page.counted.plain() == "Counted otherwise: nights as they were used, no washout. Count as usual."
    with qtbot.waitSignal(page.answered, timeout=30_000) as told:
        page.counted.link_activated.emit("usual")
    assert told.args[0].design == "R" and page.counted.isHidden()


def test_a_named_look_asks_its_question_and_an_estimator_asks_none(sample_work, qtbot):
    page = shown(sample_work, qtbot)
    specs = []
    page.part.question_asked.connect(specs.append)
    m = page.part.found.multiverse
    for number, named in enumerate(m.named):
        page.part._ask(named.rule)
        assert len(specs) == sum(n.rule is not None for n in m.named[: number + 1])
    assert {s.washout for s in specs} == {0, 1, 2}


def test_drawn_in_every_theme_and_at_large_text(sample_work, qtbot, themed):
    for scheme, scale, night in (("dark", 1.0, False), ("light", 2.0, False), ("light", 1.0, True)):
        themed.apply(scheme, scale, night=night)
        page = shown(sample_work, qtbot)
        chart = page.part.twin.chart
        assert chart.width() <= page.width() and chart._canvas is not None
        image = page.grab().toImage()
        if night:
            points = [image.pixelColor(x, y) for x in range(0, image.width(), 4) for y in range(0, image.height(), 4)]
            assert max(relative_luminance(c) for c in points) <= 0.25
        page.hide()


@pytest.mark.parametrize("kinds", ["EN", "E" * 12, "ENNE" * 3])
def test_few_nights_and_refusals_say_why(work, qtbot, kinds):
    write(work.context.journal, work.context.person_id, row(kinds, date(2026, 5, 4) - timedelta(days=len(kinds))))
    page = shown(work, qtbot)
    assert "give" in page.part.sentence.plain() and page.part.twin is None
    assert page.part.left_out.model().rowCount() > 0
    page.toggle_table()
    page.part.focus_first()


def test_what_is_counted_otherwise_is_said():
    from dreamjournal.ui.compare.asked_line import as_usual, counted_words

    spec = ContrastSpec("sol", "oura", washout=1, naps=True, boundary=18, days="work", without=("alcohol",))
    assert counted_words(spec) == (
        "a washout of 1 night, naps added, nights beginning at 18:00, only nights before a work day, nights with alcohol left out"
    )
    assert counted_words(ContrastSpec()) == "" and as_usual(spec) == ContrastSpec("sol", "oura")


def test_words_of_a_rule():
    from dreamjournal.domain.multiverse import Rule

    rule = Rule("whoop", True, 1, 18, "used")
    assert [choice_word(c, rule) for c in ("source", "naps", "washout", "boundary", "labels")] == [
        "WHOOP", "counted", "1 night", "at 18:00", "as used",
    ]  # fmt: skip
    assert rule_words(rule) == "washout 1 night, naps counted, night begins at 18:00, as used"
    assert rule_words(Rule("whoop", False, 0, 12, "planned")) == "no washout, as planned"
    assert (PART.key, PART.title) == ("otherwise", "Counted otherwise")
