"""Compare on the sample journal: the answer, its nights, the table twin, refusals, gates, changing the question."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import Qt

from dreamjournal.domain.changes import Changes
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.services import contrasts, enhancers, settings
from dreamjournal.ui.compare.answer import left_out
from dreamjournal.ui.compare.canvas import mark_groups
from dreamjournal.ui.compare.in_order import RefusalPicture, refusal_lanes
from dreamjournal.ui.compare.page import ComparePage
from dreamjournal.ui.compare.words import care_words, method_words, sentence_parts
from dreamjournal.ui.nights.listed import NightsDialog
from dreamjournal.ui.theme import relative_luminance, theme_source


def result_of(work):
    context = work.context
    return contrasts.contrast(context.journal, context.person_id, ContrastSpec(), context.clock)


def test_the_page_says_what_the_service_says(sample_work):
    page = sample_work.page(ComparePage)
    result = result_of(sample_work)
    assert page.view.headline.text() == result.headline
    assert page.view.sentence.plain() == result.sentence
    assert result.verdict == "clearly_more"
    assert page.question.enhancer.value() == "SleepSync"


def test_numbers_open_their_nights(sample_work, qtbot):
    page = sample_work.page(ComparePage)
    result = result_of(sample_work)
    keys = {p[1] for p in sentence_parts(result) if not isinstance(p, str)}
    assert {"link:enhanced", "link:natural", "link:left_out"} <= keys
    page.view.sentence.link_activated.emit("enhanced")
    dialog = page.findChild(NightsDialog)
    assert dialog.table.model().rowCount() == result.n_enhanced
    with qtbot.waitSignal(page.navigate) as went:
        qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert went.args == ["nights", next(p.night_date for p in result.points if p.arm == "enhanced")]


def test_what_was_left_out_is_listed_with_reasons(sample_work):
    page = sample_work.page(ComparePage)
    result = result_of(sample_work)
    lost = left_out(result)
    assert len(lost) == len(result.missing) + len(result.excluded) > 0
    assert "ill" in {why for _, why in lost}
    assert page.view.findChild(type(page.view.table), "leftOut").model().rowCount() == len(lost)


def test_the_table_is_the_plot(sample_work):
    page = sample_work.page(ComparePage)
    page.toggle_table()
    assert page.view.views.currentWidget() is page.view.table
    assert page.view.table.model().rowCount() == len(result_of(sample_work).points)
    assert page.view.plot.accessibleDescription().startswith("Sleep time: every night as a mark")


def test_a_click_on_a_mark_opens_its_night(sample_work):
    page = sample_work.page(ComparePage)
    plot = page.view.plot
    groups = mark_groups(plot.figure_plot())
    assert sum(len(g) for g in groups) == len(result_of(sample_work).points)
    axes = plot._canvas.figure.axes[0]
    for line, nights in zip(plot._marks(), groups, strict=True):
        if nights:
            x, y = axes.transData.transform(line.get_xydata())[0]
            assert plot.night_at(x, y) == nights[0]
    assert plot.night_at(-100, -100) is None


def test_a_least_that_matters_changes_the_verdict(sample_work, qtbot):
    page = sample_work.page(ComparePage)
    page.question.swd.setText("500")
    with qtbot.waitSignal(page.answered, timeout=30_000) as told:
        page.question.swd.edited.emit()
    assert told.args[0].verdict == "no_difference"
    assert told.args[0].swd_chosen
    page.question.swd.setText("nonsense")
    page.question.swd.edited.emit()
    assert page.question.least.error.sentence() == "A number above 0."


def test_measure_and_dates_are_asked_anew(sample_work, qtbot):
    page = sample_work.page(ComparePage)
    with qtbot.waitSignal(page.answered, timeout=30_000) as told:
        page.question.measure.picked.emit("recall")
    assert told.args[0].metric == "recall"
    with qtbot.waitSignal(page.answered, timeout=30_000) as told:
        page.question.set_range(date(2026, 4, 28), date(2026, 5, 4))
    assert told.args[0].verdict in ("too_few", "refused")
    assert page.view is not None


def test_a_late_answer_is_dropped(sample_work, qtbot):
    page = sample_work.page(ComparePage)
    shown = []
    page.answered.connect(lambda r: shown.append(r.metric))
    page.question.choose(metric="recall", source=None, swd=None)
    page.question.choose(metric="waso", source=None, swd=None)
    sample_work.settle()
    assert shown == ["waso"]


def test_refused_shows_the_reason_and_no_outcome(work, qtbot):
    context = work.context
    for n in range(10):
        day = date(2026, 5, 3) - timedelta(days=n)
        enhancers.log(context.journal, context.person_id, day, "enhanced", ["SleepSync"], "", context.clock)
        _diary(context, day)
    for n in range(14):
        _diary(context, date(2026, 4, 20) - timedelta(days=n))
    page = work.page(ComparePage)
    result = page.view.result
    assert result.verdict == "refused"
    assert page.view.headline.text() == "These nights cannot be compared yet."
    assert page.view.findChild(RefusalPicture) is not None
    assert page.view.plot is None
    assert page.view.sentence.plain() in result.sentence
    assert not page.view.sentence.plain().startswith("These nights")
    assert [len(lane.nights) for lane in refusal_lanes(result)] == [10, 0]
    assert result.fixes
    page.toggle_table()
    page.save_plot()


def test_empty_counts_what_is_there(work):
    page = work.page(ComparePage)
    assert page.empty.isVisible()
    assert "0 enhanced, 0 natural" in page.empty.words.text()


def test_words_beside_the_answer(sample_work):
    result = result_of(sample_work)
    assert "Under 0.1 % of them gave a difference this large." in method_words(result)
    assert "One person, 120 nights." in care_words(result)
    assert "You knew which night was which." in care_words(result)


def test_the_plot_is_saved_as_a_drawing(sample_work, tmp_path):
    page = sample_work.page(ComparePage)
    page.save_plot_to(tmp_path / "plot.svg")
    assert (tmp_path / "plot.svg").read_bytes().startswith(b"<?xml")


def test_night_theme_is_dark(sample_work, themed):
    themed.apply("light", night=True)
    page = sample_work.page(ComparePage)
    image = page.grab().toImage()
    points = [image.pixelColor(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)]
    assert max(relative_luminance(c) for c in points) <= 0.25
    assert sum(relative_luminance(c) for c in points) / len(points) <= 0.02


def _diary(context, day):
    from dreamjournal.services import mornings

    answers = {"into_bed": 1380, "try_sleep": 1390, "sol": 10, "waso": 15, "final_wake": 420, "out_of_bed": 430}
    diary = mornings.diary_from_answers(context.person_id, day, "Europe/London", answers)
    from dataclasses import replace
    from datetime import UTC, datetime, time

    entered = datetime.combine(day + timedelta(days=1), time(8), tzinfo=UTC)
    context.journal.diaries.put(replace(diary, entered=entered))


def test_the_question_keeps_its_words_when_the_text_grows(sample_work):
    page = sample_work.page(ComparePage)
    theme_source().apply("light", 2.0, night=False)
    sample_work.settle()
    for menu in (page.question.enhancer, page.question.measure, page.question.source, page.question.nights):
        words = menu.fontMetrics().horizontalAdvance(menu.currentText())
        assert menu.maximumWidth() > words + 60, menu.accessibleName()


def test_hidden_numbers_leave_no_question_and_no_answer(sample_work, qtbot):
    context = sample_work.context
    settings.set_value(context.journal, context.person_id, "hide_numbers", True)
    page = sample_work.page(ComparePage)
    shown = (page.question, page.looks, page.counted, page.working, page.empty)
    assert page.hidden.isVisible() and page.view is None and not any(w.isVisible() for w in shown)
    page.save_plot()
    page.toggle_table()
    page.show_part("otherwise")
    assert page.view is None and page.part is None
    settings.set_value(context.journal, context.person_id, "hide_numbers", False)
    with qtbot.waitSignal(page.answered, timeout=30_000):
        page.refresh(Changes.SETTINGS)
    assert page.view.isVisible() and page.question.isVisible() and not page.hidden.isVisible()
    settings.set_value(context.journal, context.person_id, "hide_numbers", True)
    page.refresh(Changes.SETTINGS)
    assert page.hidden.isVisible() and page.view is None and not page.question.isVisible()
