"""Tonight with a study: the plan is a sentence with a link and never chooses; a sealed night leaves nothing to choose."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from PySide6.QtCore import Qt

from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.night import Condition
from dreamjournal.services import enhancers, evenings, studies
from dreamjournal.services.study_plan import StudyDraft
from dreamjournal.ui.tonight.condition_card import NOTHING_CHOSEN, SEALED
from dreamjournal.ui.tonight.page import TonightPage
from tests.gui.page_context import make_context, press, show

NIGHT = date(2026, 7, 9)


@pytest.fixture
def context(journal, clock):
    clock.set(datetime(2026, 7, 9, 21, 0))
    made = make_context(journal, clock)
    enhancers.add(journal, made.person_id, "SleepSync", EnhancerKind.DEVICE, clock)
    return made


def begin(context, **draft):
    c = context
    asked = studies.screening(c.journal, c.person_id, "SleepSync").questions
    return studies.begin(
        c.journal, c.person_id, StudyDraft("SleepSync", seed=5, **draft), {q.key: False for q in asked}, c.clock
    )[0]


@pytest.fixture
def tonight(qtbot, themed, context):
    def made() -> TonightPage:
        page = TonightPage(context)
        show(qtbot, page)
        page.activate(None)
        page.focus_first()
        return page

    return made


def test_without_a_study_nothing_is_said(tonight) -> None:
    page = tonight()
    assert page.condition.plan.isHidden() and page.condition.sentence.text() == NOTHING_CHOSEN


def test_the_plan_is_a_sentence_with_a_link_and_chooses_nothing(qtbot, context, tonight) -> None:
    study = begin(context)
    page = tonight()
    drawn = "an enhanced" if study.schedule[0] == "E" else "a natural"
    assert page.condition.plan.isVisible()
    assert page.condition.plan.accessibleName() == f"Night 1 of 56 of your study: {drawn} night was drawn."
    assert page.condition.value() is None and not any(r.isChecked() for r in page.condition.radios.values())
    assert page.condition.sentence.text() == NOTHING_CHOSEN
    assert evenings.evening(context.journal, context.person_id, NIGHT).answer is None
    with qtbot.waitSignal(page.navigate) as went:
        page.condition.plan.link.click()
    assert went.args == ["study", None]
    page.step_night(-1)
    assert page.condition.plan.isHidden(), "the evening before is no night of the study"


def test_on_a_sealed_night_there_is_nothing_to_choose_and_nothing_is_told(context, tonight) -> None:
    begin(context, sealed=True)
    enhancers.log(context.journal, context.person_id, NIGHT, "enhanced", ["SleepSync"], "", context.clock)
    page = tonight()
    assert "Night 1 of 56" in page.condition.plan.accessibleName() and "sealed" in page.condition.plan.accessibleName()
    assert page.condition.list.isHidden() and page.condition.sentence.text() == SEALED
    assert page.condition.clear_link.isHidden() and page.remove.isHidden()
    assert page.condition.value() is None and not any(r.isChecked() for r in page.condition.radios.values())
    for key in (Qt.Key.Key_N, Qt.Key.Key_U, Qt.Key.Key_E, Qt.Key.Key_Backspace):
        press(key)
    assert evenings.evening(context.journal, context.person_id, NIGHT).answer == Condition.ENHANCED, "as it was noted"
    press(Qt.Key.Key_1)
    assert len(evenings.evening(context.journal, context.person_id, NIGHT).ticks) == 1, "the routine stays the person's"


def test_when_the_seal_is_open_the_choice_is_back(context, tonight) -> None:
    study = begin(context, sealed=True)
    page = tonight()
    _, changes = studies.unseal(context.journal, study.id, context.clock)
    page.refresh(changes)
    assert page.condition.list.isVisible() and "was drawn" in page.condition.plan.accessibleName()
