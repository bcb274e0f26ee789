"""The part "Alike?": words first, the table with its nights, and fixes whose buttons do what they say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QTableView, QWidget

from dreamjournal.domain.contrast import ContrastSpec, Fix
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.ui.compare.fixes import FixList, button_words
from dreamjournal.ui.compare.page import ComparePage
from dreamjournal.ui.nights.listed import NightsDialog
from dreamjournal.ui.widgets.text import Prose
from tests.gui.ui.at_work import for_person
from tests.made_nights import NAME, Made, row, study, write

FIRST = date(2025, 11, 3)
UNREADABLE = re.compile(
    r"\b[Nn]a[Nn]\b|\bNone\b(?! of )|\b[Ii]nf(inity)?\b|(?<![\d\w])[-\u2212]0(?:\.0+)?(?![\d.])|\bp = 0(?!\.\d*[1-9])"
)


def alike(work: Any, nights: list[Made]) -> ComparePage:
    write(work.context.journal, work.context.person_id, nights)
    page = work.page(ComparePage)
    page.show_part("alike")
    work.settle()
    return page


def texts(widget: QWidget) -> list[str]:
    """Every word a page shows or tells a screen reader."""
    said: list[str] = []
    for child in widget.findChildren(QWidget):
        said += [child.accessibleName(), child.accessibleDescription(), child.toolTip()]
        if isinstance(child, Prose):
            said.append(child.plain())
        elif isinstance(child, QLabel | QAbstractButton):
            said.append(child.text())
        elif isinstance(child, QTableView) and child.model() is not None:
            model = child.model()
            said += [str(model.index(r, c).data()) for r in range(model.rowCount()) for c in range(model.columnCount())]
    return [t for t in said if t]


def weekend_users() -> list[Made]:
    return [
        replace(m, free=(m.kind == "E" and i % 3 == 0) or i % 11 == 2) for i, m in enumerate(row("ENNE" * 14, FIRST))
    ]


def test_what_stands_out_is_said_and_every_row_has_its_n(work: Any) -> None:
    page = alike(work, weekend_users())
    view = page.part
    assert view.sentence.plain() == view.alike.sentence
    model = view.table.model()
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Enhanced, 28 nights"
    assert model.index(0, 0).data() == "Before a free day"
    assert model.index(0, 1).data().endswith(" of 28")
    assert model.index(1, 1).data() == "not known"


def test_a_row_opens_its_nights(work: Any, qtbot: Any) -> None:
    page = alike(work, weekend_users())
    page.part.focus_first()
    qtbot.keyClick(page.part.table, Qt.Key.Key_Return)
    dialog = page.findChild(NightsDialog)
    assert dialog.table.model().rowCount() == 56
    assert dialog.table.model().index(0, 1).data() in ("enhanced, yes", "enhanced, no")
    with qtbot.waitSignal(page.navigate) as went:
        qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert went.args == ["nights", FIRST]


def test_leaving_nights_out_is_one_button(work: Any, qtbot: Any) -> None:
    nights = [replace(m, alcohol=m.kind == "E" and i % 3 != 0) for i, m in enumerate(row("ENNE" * 12, FIRST))]
    page = alike(work, nights)
    fix = next(f for f in page.part.alike.fixes if f.kind == "ask")
    assert button_words(fix) == "Leave them out"
    number = page.part.alike.fixes.index(fix)
    with qtbot.waitSignal(page.answered, timeout=30_000) as told:
        qtbot.mouseClick(page.part.findChild(QAbstractButton, f"fix_{number}"), Qt.MouseButton.LeftButton)
    assert told.args[0].n_enhanced < 24 and told.args[0].n_natural == 24
    assert page.part is None and page.looks.value() == "answer"


def test_planning_goes_to_the_studies(work: Any, qtbot: Any) -> None:
    page = alike(work, row("N" * 20 + "E" * 20, FIRST))
    buttons = [b for b in page.part.findChildren(QAbstractButton) if b.text() == "Plan nights…"]
    with qtbot.waitSignal(page.navigate) as went:
        qtbot.keyClick(buttons[0], Qt.Key.Key_Space)
    assert went.args[0] == "study"


def test_a_caseload_says_it_in_the_diary(nurse_work: Any, qtbot: Any) -> None:
    person = nurse_work.context.journal.persons.all()[0].id
    work = for_person(nurse_work, person)
    write(work.context.journal, person, row("EEEE", FIRST))
    page = work.page(ComparePage)
    button = next(b for b in page.view.findChildren(QAbstractButton) if b.text() == "Say it now")
    with qtbot.waitSignal(page.navigate) as went:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert went.args[0] == "morning"


@pytest.mark.parametrize(
    "fix, words",
    [
        (Fix("a", "b"), ""),
        (Fix("a", "b", "plan"), "Plan nights…"),
        (Fix("a", "b", "ask", ContrastSpec(source="diary")), "Compare by diary"),
        (Fix("a", "b", "ask", ContrastSpec(days="work")), "Compare these nights"),
        (Fix("a", "b", "ask", ContrastSpec()), "Ask again"),
        (Fix("a", "b", "measure"), "Choose a measure"),
    ],
)
def test_a_button_says_what_it_does(fix: Fix, words: str) -> None:
    assert button_words(fix) == words


def two_devices() -> list[Made]:
    return [replace(m, device="Ring 3" if i < 28 else "Ring 4") for i, m in enumerate(row("ENNE" * 10, FIRST))]


def test_the_fixes_of_a_refusal_do_what_they_say(work: Any, qtbot: Any) -> None:
    write(work.context.journal, work.context.person_id, two_devices())
    page = work.page(ComparePage)
    fixes = page.view.findChild(FixList)
    by_words = {b.text(): b for b in fixes.findChildren(QAbstractButton)}
    qtbot.mouseClick(by_words["Choose dates…"], Qt.MouseButton.LeftButton)
    dialog = page.findChild(QWidget, "datesDialog")
    assert (dialog.first.date(), dialog.last.date()) == (FIRST, FIRST + timedelta(days=27))
    with qtbot.waitSignal(page.answered, timeout=30_000) as told:
        dialog.accept()
    assert told.args[0].verdict != "refused" and told.args[0].n_enhanced == 14


def test_a_measure_is_chosen_where_values_never_change(work: Any, qtbot: Any) -> None:
    write(work.context.journal, work.context.person_id, [replace(m, tst=400.0) for m in row("ENNE" * 6, FIRST)])
    page = work.page(ComparePage)
    assert page.view.result.reasons == ("all_equal",)
    button = next(b for b in page.view.findChildren(QAbstractButton) if b.text() == "Choose a measure")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert page.question.measure.hasFocus()


def never_used(work: Any) -> None:
    write(work.context.journal, work.context.person_id, row("N" * 12, FIRST))
    work.context.journal.enhancers.add(
        work.context.person_id, "SleepSync", EnhancerKind.DEVICE, datetime(2026, 1, 1, tzinfo=UTC)
    )


def edited(work: Any) -> None:
    person = work.context.person_id
    write(work.context.journal, person, row("ENNE" * 10, FIRST))
    changed = datetime(2025, 11, 10, 12, tzinfo=UTC)
    work.context.journal.studies.put(study(person, "ENNE" * 10, FIRST, changed=changed))


def given(nights: list[Made]) -> Any:
    return lambda work: write(work.context.journal, work.context.person_id, nights)


@pytest.mark.parametrize(
    "fill, spec, verdict",
    [
        (given(row("ENENEN", FIRST)), {}, "too_few"),
        (given(row("E" * 12, FIRST)), {}, "refused"),
        (given([replace(m, tst=420.0) for m in row("EN" * 10, FIRST)]), {}, "refused"),
        (given([replace(m, tst=None) for m in row("EN" * 10, FIRST)]), {}, "too_few"),
        (given(two_devices()), {}, "refused"),
        (given([replace(m, zone=("Europe/London", "Asia/Tokyo")[i // 2 % 2]) for i, m in enumerate(row("EN" * 10, FIRST))]), {}, "too_few"),
        (given(row("EN" * 10, FIRST)), {"metric": "deep"}, "too_few"),
        (never_used, {"enhancer": "SleepSync"}, "refused"),
        (given(row("EN" * 20, FIRST)), {"first": date(2031, 1, 1)}, "too_few"),
        (edited, {}, "early"),
    ],
    ids=("few", "one kind", "equal", "missing", "devices", "zones", "lacking", "never used", "future", "edited study"),
)  # fmt: skip
def test_bad_input_is_shown_in_words(work: Any, fill: Any, spec: dict[str, Any], verdict: str) -> None:
    fill(work)
    page = work.page(ComparePage)
    page.question.choose(**spec)
    work.settle()
    result = page.view.result
    assert result.enhancer in (NAME, "SleepSync")
    if verdict != "early":
        assert result.verdict == verdict and result.estimate.value is None
    assert page.view.isVisible() and page.view.findChild(FixList) is not None
    for key in ("answer", "alike", "real"):
        page.show_part(key)
        work.settle()
        for text in texts(page):
            assert not UNREADABLE.search(text), text
