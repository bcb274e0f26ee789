"""All measures on the sample journal: rows, reasons, what a measure is, choosing, empty and hidden."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from dreamjournal.domain.changes import Changes
from dreamjournal.services import enhancers, settings
from dreamjournal.services import measures as service
from dreamjournal.services import measures_words as words
from dreamjournal.ui.measures.page import MeasuresPage
from dreamjournal.ui.theme import theme_source
from dreamjournal.ui.widgets.buttons import Button
from tests.gui.ui.at_work import for_person


def of_service(work, **asked) -> service.Measures:
    context = work.context
    return service.measures(context.journal, context.person_id, context.clock, **asked)


def cells(page, title: str, group: str) -> list[str]:
    model = page.table.model()
    line = next(i for i, r in enumerate(model.measures) if r is not None and (r.title, r.group) == (title, group))
    return [model.index(line, c).data() for c in range(model.columnCount())]


def lines(page) -> list[str]:
    model = page.table.model()
    return [model.index(i, 0).data() for i in range(model.rowCount())]


def test_the_table_is_what_the_service_says(sample_work):
    page = sample_work.page(MeasuresPage)
    found = of_service(sample_work)
    rows = [r for r in page.table.rows_model.measures if r is not None]
    assert rows == list(found.rows)
    headings = [x for x, r in zip(lines(page), page.table.rows_model.measures, strict=True) if r is None]
    assert headings == ["Diary", "Device: WHOOP", "Regularity", "Dreams", "Evening and therapy"]
    felt = next(r for r in found.rows if (r.key, r.group) == ("tst", "diary"))
    assert cells(page, "Sleep time", "diary") == [
        "Sleep time", words.value_words(felt, felt.natural), str(felt.natural.n),
        words.value_words(felt, felt.enhanced), str(felt.enhanced.n),
    ]  # fmt: skip
    assert cells(page, "Heart rate", "device") == ["Heart rate", "–", "0", "–", "0"]


def test_arrows_pass_over_headings_and_tell_what_a_measure_is(sample_work, qtbot):
    page = sample_work.page(MeasuresPage)
    page.focus_first()
    assert QApplication.focusWidget() is page.table
    rows = [r for r in page.table.rows_model.measures if r is not None]
    seen = [page.table.chosen_row()]
    for _ in range(len(rows) - 1):
        qtbot.keyClick(page.table, Qt.Key.Key_Down)
        row = page.table.chosen_row()
        seen.append(row)
        assert row is not None
        assert page.detail.text().startswith(row.explain)
        assert words.why_words(row) in page.detail.text()
    assert seen == rows


def test_readers_hear_the_group_and_what_n_counts(sample_work):
    page = sample_work.page(MeasuresPage)
    model = page.table.model()
    line = next(i for i, r in enumerate(model.measures) if r is not None and r.key == "sri_diary")
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.index(line, 0).data(role) == "Regularity: SRI (diary, onset–wake)"
    assert "pairs of nights in a row" in model.index(line, 2).data(role)
    assert page.table.accessibleDescription().startswith(words.nights_words(of_service(sample_work)))


def test_another_device_and_other_nights(sample_work, qtbot):
    page = sample_work.page(MeasuresPage)
    with qtbot.waitSignal(page.shown, timeout=30_000) as told:
        page.source.picked.emit("sleepsync")
    assert told.args[0].source == "sleepsync" and "Device: SleepSync" in lines(page)
    with qtbot.waitSignal(page.shown, timeout=30_000) as told:
        page.nights.picked.emit(28)
    assert told.args[0].n_natural + told.args[0].n_enhanced + told.args[0].neither <= 28
    with qtbot.waitSignal(page.shown, timeout=30_000) as told:
        page.nights.set_range(date(2027, 1, 1), date(2027, 2, 1))
    assert told.args[0].n_natural == 0
    assert page.table.isVisible() and page.nights.currentText() == "1 Jan 2027 to 1 Feb 2027"
    assert "no night said to be natural" in page.detail.text()


def test_dates_are_asked_in_a_dialog(sample_work, qtbot):
    page = sample_work.page(MeasuresPage)
    dialog = page.nights.ask()
    dialog.first.set_date(date(2026, 4, 30))
    dialog.last.set_date(date(2026, 4, 1))
    with qtbot.waitSignal(page.shown, timeout=30_000) as told:
        dialog.accept()
    assert (told.args[0].first, told.args[0].last) == (date(2026, 4, 1), date(2026, 4, 30))


def test_the_chosen_measure_stays_chosen(sample_work, qtbot):
    page = sample_work.page(MeasuresPage)
    line = next(i for i, r in enumerate(page.table.rows_model.measures) if r is not None and r.key == "recall")
    page.table.selectRow(line)
    with qtbot.waitSignal(page.shown, timeout=30_000):
        page.refresh(Changes.DREAMS)
    row = page.table.chosen_row()
    assert row is not None and row.key == "recall"


def test_several_enhancers_are_a_choice(sample_work, qtbot):
    context = sample_work.context
    enhancers.add(context.journal, context.person_id, "Melatonin", "supplement", context.clock)
    page = sample_work.page(MeasuresPage)
    assert page.enhancer_box.isVisible() and page.enhancer.value() == "Melatonin"
    with qtbot.waitSignal(page.shown, timeout=30_000) as told:
        page.enhancer.picked.emit("SleepSync")
    assert told.args[0].enhancer == "SleepSync" and told.args[0].n_enhanced > 0


def test_an_empty_journal_says_what_to_do(work, qtbot):
    page = work.page(MeasuresPage)
    assert page.empty.isVisible() and not page.table.isVisible() and not page.choices.isVisible()
    with qtbot.waitSignal(page.navigate) as went:
        page.findChild(Button, "measuresTonight").click()
    assert went.args == ["tonight", None]


def test_hidden_numbers_stay_hidden(sample_work, qtbot):
    context = sample_work.context
    settings.set_value(context.journal, context.person_id, "hide_numbers", True)
    page = sample_work.page(MeasuresPage)
    assert page.hidden.isVisible()
    assert not page.table.isVisible() and not page.legend.isVisible() and not page.detail.isVisible()
    settings.set_value(context.journal, context.person_id, "hide_numbers", False)
    with qtbot.waitSignal(page.shown, timeout=30_000):
        page.refresh(Changes.SETTINGS)
    assert page.table.isVisible() and not page.hidden.isVisible()
    settings.set_value(context.journal, context.person_id, "hide_numbers", True)
    page.refresh(Changes.SETTINGS)
    assert not page.table.isVisible() and not page.detail.isVisible()


def test_escape_and_the_link_go_back_to_nights(sample_work, qtbot):
    page = sample_work.page(MeasuresPage)
    with qtbot.waitSignal(page.navigate) as went:
        qtbot.keyClick(page.table, Qt.Key.Key_Escape)
    assert went.args == ["nights", None]


@pytest.mark.parametrize("width", [700, 1072])
def test_at_large_text_numbers_are_brief_and_nothing_is_cut(sample_work, width):
    page = sample_work.page(MeasuresPage, (width, 800))
    theme_source().apply("light", 2.0, night=False)
    sample_work.settle()
    QApplication.processEvents()
    assert " to " not in cells(page, "Sleep time", "diary")[1]
    assert "the middle half from" in page.detail.text()
    assert page.table.horizontalScrollBar().maximum() == 0 or width == 700
    assert page.table.height() >= 200


def test_nights_lead_here(sample_work, qtbot):
    from dreamjournal.ui.nights.page import NightsPage

    page = sample_work.page(NightsPage)
    with qtbot.waitSignal(page.navigate) as went:
        qtbot.mouseClick(page.measures, Qt.MouseButton.LeftButton)
    assert went.args == ["measures", None]


def test_a_patient_has_no_tonight(nurse_work, qtbot):
    persons = nurse_work.context.journal.persons.all()
    page = for_person(nurse_work, persons[0].id).page(MeasuresPage)
    assert page.empty.isVisible()
    assert not page.findChild(Button, "measuresTonight").isVisible()
    assert page.findChild(Button, "measuresImport").isVisible()


def test_a_measure_leads_to_its_nights_and_on_to_their_rows(sample_work):
    page = sample_work.page(MeasuresPage)
    row = page.table.chosen_row()
    dialog = page.list_nights()
    assert len(dialog._nights) == row.natural.n + row.enhanced.n
    assert {said.rsplit(", ", 1)[1] for _, said in dialog._nights} == {"natural", "enhanced"}
    trail = dialog.show_trail()
    assert trail._night == dialog._nights[0][0]
    sample_work.settle()
    trail.reject()
    dialog.reject()
