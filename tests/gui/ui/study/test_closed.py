"""What Morning and Nights say of a night that a study keeps sealed: nothing that tells what it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtWidgets import QAbstractItemView, QLabel, QWidget

from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.instant import from_local
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Validity
from dreamjournal.services import enhancers, mornings, studies
from dreamjournal.services.study_plan import StudyDraft
from dreamjournal.ui.morning.page import MorningPage
from dreamjournal.ui.nights.page import NightsPage
from dreamjournal.ui.nights.rows import row_sentence
from dreamjournal.ui.widgets.notices import SealedCard
from tests.fakes import FakeClock

FIRST, ZONE = date(2026, 7, 6), "Europe/London"
CLOSED = "Closed until your study ends on 3 August."
TELLING = ("SleepSync", "WHOOP", "6 h 31", "Enhanced by", "391", "Open without a diary", "What devices recorded")


@pytest.fixture
def sealed(work):
    """Three nights of a sealed study of 28: enhanced as noted, slept with a WHOOP, each with its diary; then a bare one."""
    clock = FakeClock(datetime(2026, 7, 6, 19, 0, tzinfo=UTC))
    found = replace(work, context=replace(work.context, clock=clock))
    c = found.context
    enhancers.add(c.journal, c.person_id, "SleepSync", EnhancerKind.DEVICE, clock)
    asked = studies.screening(c.journal, c.person_id, "SleepSync").questions
    draft = StudyDraft("SleepSync", nights=28, sealed=True, seed=5)
    studies.begin(c.journal, c.person_id, draft, {q.key: False for q in asked}, clock)
    for number in range(4):
        day = FIRST + timedelta(days=number)
        clock.set(datetime(day.year, day.month, day.day, 22, 0))
        enhancers.log(c.journal, c.person_id, day, "enhanced", ["SleepSync"], "", clock)
        start = from_local(datetime(day.year, day.month, day.day, 23, 50), ZONE)
        end = replace(start, utc=start.utc + timedelta(hours=7))
        c.journal.sessions.put(
            Session(
                0, c.person_id, day, "whoop", str(day), SessionKind.MAIN, Validity.OK, start, end,
                SessionMeasures(tib_min=420, tst_min=391),
            )
        )  # fmt: skip
        clock.set(datetime(day.year, day.month, day.day, 8, 0) + timedelta(days=1))
        if number < 3:
            answers = {"into_bed": 1380, "try_sleep": 1390, "sol": 10, "waso": 15, "final_wake": 420, "out_of_bed": 430}
            mornings.save_diary(c.journal, mornings.diary_from_answers(c.person_id, day, ZONE, answers), clock)
    return found


def said(widget: QWidget) -> str:
    """All that a part of a page says, to eyes and to readers, its tables included."""
    parts = []
    for child in (widget, *widget.findChildren(QWidget)):
        if not child.isVisibleTo(widget) and child is not widget:
            continue
        parts += [child.accessibleName(), child.accessibleDescription(), child.toolTip()]
        parts += [str(child.property("text") or "")] if isinstance(child, QLabel) or child.property("text") else []
        if isinstance(child, QAbstractItemView) and child.model() is not None:
            model = child.model()
            parts += [
                str(model.index(r, k).data()) for r in range(model.rowCount()) for k in range(model.columnCount())
            ]
    return "\n".join(parts)


@pytest.mark.parametrize("number", [2, 3])
def test_the_morning_closes_what_the_night_was_and_opens_nothing(sealed, number):
    page = sealed.page(MorningPage)
    page.activate(FIRST + timedelta(days=number))
    side = page.side
    assert side.closed.isVisibleTo(side) and side.closed.accessibleName().startswith(CLOSED)
    assert not side.sealed.isVisibleTo(side) and not side.devices.isVisibleTo(side)
    told = said(side)
    assert [word for word in TELLING if word in told] == []


@pytest.mark.parametrize("number", [2, 3])
def test_the_night_stays_closed_on_nights(sealed, number):
    page = sealed.page(NightsPage)
    day = FIRST + timedelta(days=number)
    page.activate(day)
    sealed.settle()
    assert page.detail.findChild(SealedCard) is None
    assert CLOSED in said(page.detail)
    told = said(page.detail) + said(page.table) + "".join(row_sentence(r) for r in page.raster.rows())
    assert [word for word in TELLING if word in told] == []
    row = next(r for r in page.raster.rows() if r.night_date == day)
    assert row.closed and "closed until your study ends" in row_sentence(row) and row.bars == () and row.exposures == ()
    at = page.table_model.row_of_date(day)
    assert [page.table_model.index(at, k).data() for k in (1, 2)] == ["Closed", "–"]


def test_a_planned_night_looks_the_same_with_a_device_s_record_of_it_and_without(sealed):
    page = sealed.page(NightsPage)
    noted = FIRST + timedelta(days=3)
    sealed.context.clock.set(datetime(2026, 7, 11, 20, 0))
    page.activate(noted)
    sealed.settle()
    with_note, without = (
        next(r for r in page.raster.rows() if r.night_date == day) for day in (noted, noted + timedelta(days=1))
    )
    assert with_note.night is not None and without.night is not None
    assert row_sentence(with_note).split(", ", 1)[1] == row_sentence(without).split(", ", 1)[1]
    page.activate(noted)
    links = {w.objectName() for w in page.detail.findChildren(QWidget) if w.objectName()}
    page.activate(noted + timedelta(days=1))
    assert {w.objectName() for w in page.detail.findChildren(QWidget) if w.objectName()} == links


def test_everything_opens_with_the_end(sealed):
    sealed.context.clock.set(datetime(2026, 8, 3, 13, 0))
    page = sealed.page(MorningPage)
    page.activate(FIRST)
    assert not page.side.closed.isVisibleTo(page.side) and page.side.devices.isVisibleTo(page.side)
    assert "Enhanced by SleepSync" in page.side.facts()
