"""Enhancers: add, map a tag with the nights it touches, the only one, taken back."""

from __future__ import annotations

from datetime import date

from dreamjournal.domain.night import Condition
from dreamjournal.services import enhancers
from dreamjournal.services import nights as nights_service
from dreamjournal.ui.enhancers.dialog import NOTHING, EnhancersDialog

DAYS = (date(2026, 5, 1), date(2026, 5, 2), date(2026, 5, 3))


def tagged(work):
    context = work.context
    for day, value in zip(DAYS, (1.0, 1.0, 0.0), strict=True):
        context.journal.tags.put(context.person_id, day, "whoop", "Used SleepSync?", value, None, None)


def opened(work, qtbot) -> EnhancersDialog:
    dialog = EnhancersDialog(work.context, None)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def conditions(work) -> dict[date, Condition]:
    context = work.context
    return {
        n.night_date: n.condition
        for n in nights_service.nights(context.journal, context.person_id, clock=context.clock)
    }


def test_add_and_refuse_the_same_name(work, qtbot):
    dialog = opened(work, qtbot)
    assert dialog.none.isVisible()
    dialog.name.setText("SleepSync")
    dialog._on_add()
    assert [e.name for e in enhancers.all(work.context.journal, work.context.person_id)] == ["SleepSync"]
    dialog.name.setText("SleepSync")
    dialog._on_add()
    assert dialog.name_field.error.sentence()


def test_mapping_says_what_it_touches_and_can_be_taken_back(work, qtbot):
    tagged(work)
    dialog = opened(work, qtbot)
    dialog.name.setText("SleepSync")
    dialog._on_add()
    assert dialog.tags.model().rowCount() == 1
    assert dialog.touched.text().startswith("Touches 2 nights: they become enhanced. 1 night answered no")
    assert conditions(work)[DAYS[0]] == Condition.UNRECORDED
    with qtbot.waitSignal(work.context.bus.changed):
        dialog.map_button.click()
    assert [conditions(work)[d] for d in DAYS] == [Condition.ENHANCED, Condition.ENHANCED, Condition.UNRECORDED]
    assert dialog.tags.model().index(0, 3).data() == "SleepSync"
    dialog.means.set_value(NOTHING)
    dialog.map_button.click()
    assert [conditions(work)[d] for d in DAYS] == [Condition.UNRECORDED] * 3


def test_only_this_one_makes_a_no_natural(work, qtbot):
    tagged(work)
    dialog = opened(work, qtbot)
    dialog.name.setText("SleepSync")
    dialog._on_add()
    dialog.map_button.click()
    dialog._on_only()
    assert conditions(work)[DAYS[2]] == Condition.NATURAL
    assert dialog.only_said.text() == "SleepSync is the only one, on all nights."
    dialog._on_only_back()
    assert conditions(work)[DAYS[2]] == Condition.UNRECORDED
    assert dialog.only_said.text() == "You have not said so."
