"""Compare, other measures: the tables, their nights, the choice of what is said in words."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView

from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.secondary import CLAIMS
from dreamjournal.services import secondary
from dreamjournal.ui.compare.measures_part import ClaimsDialog, MeasuresView, by_word, row_cells
from dreamjournal.ui.compare.page import ComparePage
from dreamjournal.ui.nights.listed import NightsDialog


def opened(work, qtbot) -> ComparePage:
    page = work.page(ComparePage)
    with qtbot.waitSignal(page.part_shown, timeout=30_000):
        page.looks.choose("measures")
    return page


def table_of(work):
    context = work.context
    return secondary.measures(context.journal, context.person_id, ContrastSpec(), context.clock)


def texts(view: QTableView) -> list[list[str]]:
    model = view.model()
    return [[str(model.data(model.index(r, c))) for c in range(model.columnCount())] for r in range(model.rowCount())]


def test_the_part_says_what_the_service_says(sample_work, qtbot):
    page = opened(sample_work, qtbot)
    found = table_of(sample_work)
    assert isinstance(page.part, MeasuresView)
    for key, rows in (("primary", (found.primary,)), ("claims", found.claims), ("rest", found.rest)):
        shown = texts(page.part.tables[key])
        assert [row[0] for row in shown] == [f"{r.result.title}, {by_word(r)}" for r in rows]
        for row, cells in zip(rows, shown, strict=True):
            assert cells == ["–" if c is None else str(c) for c in row_cells(row, with_adjusted=key != "primary")]
            assert (f"n {row.result.n_natural}" in cells[1]) or (f" of {row.result.n_natural} " in cells[1])
    assert found.claims[0].sentence in page.part.tables["claims"].accessibleDescription()
    assert f"of these {found.lines} lines" in page.part.findChild(object, "measuresHeading").plain()


def test_no_secondary_line_has_a_verdict(sample_work, qtbot):
    page = opened(sample_work, qtbot)
    said = " ".join(" ".join(row) for view in page.part.tables.values() for row in texts(view)).lower()
    for word in ("clearly", "probably", "not enough", "no difference", "nan", "none"):
        assert word not in said


def test_a_line_opens_its_nights(sample_work, qtbot):
    page = opened(sample_work, qtbot)
    rest = page.part.tables["rest"]
    rest.setFocus()
    rest.selectRow(0)
    qtbot.keyClick(rest, Qt.Key.Key_Return)
    row = page.part.found.table.rest[0]
    dialog = page.findChild(NightsDialog)
    assert dialog.table.model().rowCount() == len(row.result.points) > 0
    with qtbot.waitSignal(page.navigate) as went:
        qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert went.args == ["nights", min(p.night_date for p in row.result.points)]


def test_what_is_said_in_words_is_chosen_and_kept(sample_work, qtbot):
    page = opened(sample_work, qtbot)
    page.part.choose()
    dialog = page.part.findChild(ClaimsDialog)
    ticks = dict(dialog.ticks)
    assert sum(t.isChecked() for t in ticks.values()) == CLAIMS and not all(t.isEnabled() for t in ticks.values())
    for tick in ticks.values():
        tick.setChecked(False)
    assert dialog.note.text().startswith("None:")
    ticks["quality=diary"].setChecked(True)
    # The window tells its pages what changed.
    sample_work.context.bus.changed.connect(lambda changes, _: page.refresh(changes))
    with qtbot.waitSignal(page.part_shown, timeout=30_000):
        dialog.go.click()
    assert [row.key for row in page.part.found.table.claims] == [("quality", "diary")]
    context = sample_work.context
    assert secondary.kept_claims(context.journal, context.person_id) == ("quality=diary",)


def test_a_seventh_cannot_be_ticked(sample_work, qtbot):
    page = opened(sample_work, qtbot)
    page.part.choose()
    dialog = page.part.findChild(ClaimsDialog)
    free = [tick for _, tick in dialog.ticks if not tick.isChecked()]
    assert len(free) > 6 and not any(tick.isEnabled() for tick in free)
    next(tick for _, tick in dialog.ticks if tick.isChecked()).setChecked(False)
    assert all(tick.isEnabled() for tick in free)
    dialog.reject()


def test_few_nights_show_no_number(sample_work, qtbot):
    page = sample_work.page(ComparePage)
    with qtbot.waitSignal(page.answered, timeout=30_000):
        page.question.set_range(date(2026, 4, 28), date(2026, 5, 4))
    with qtbot.waitSignal(page.part_shown, timeout=30_000):
        page.looks.choose("measures")
    for view in page.part.tables.values():
        for row in texts(view):
            assert "interval" not in row[4] and row[4] == "–"


def test_the_answer_says_what_its_measure_is_and_the_bayesian_line_when_asked(sample_work):
    page = sample_work.page(ComparePage)
    result = page.view.result
    said = [w.text() for w in page.view.findChildren(object) if hasattr(w, "text") and callable(w.text)]
    assert any(result.explain in t for t in said if isinstance(t, str))
    line, link = page.view.findChild(object, "bayesianLine"), page.view.findChild(object, "showBayesian")
    assert line.isHidden() and line.plain().replace("\u00a0", " ") == result.posterior_words
    link.click()
    assert not line.isHidden() and link.text() == "Hide the Bayesian line"
    link.click()
    assert line.isHidden()
