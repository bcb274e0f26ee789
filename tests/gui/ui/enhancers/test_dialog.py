"""Enhancers: add, map a tag with the nights it touches, the only one, taken back."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt

from dreamjournal.domain.night import Condition
from dreamjournal.services import enhancers
from dreamjournal.services import nights as nights_service
from dreamjournal.ui.enhancers.dialog import NOTHING, EnhancersDialog, touched_words
from tests.gui.page_context import activate

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
    assert dialog.touched.text() == (
        "Touches 2 nights: they become enhanced by SleepSync. "
        "1 night answered no is natural only where SleepSync is the only one you use."
    )
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


def test_the_nights_a_mapping_touches_are_listed_before_it_is_kept(work, qtbot):
    tagged(work)
    dialog = opened(work, qtbot)
    listed = dialog.show_nights().table.model()
    rows = [(listed.index(r, 0).data(), listed.index(r, 1).data()) for r in range(listed.rowCount())]
    assert rows == [("Sun 3 May 2026", "no"), ("Sat 2 May 2026", "yes"), ("Fri 1 May 2026", "yes")]
    assert enhancers.rules(work.context.journal, work.context.person_id) == []


def test_a_changed_mapping_follows_on_past_nights_and_is_undone_by_key(work, qtbot):
    tagged(work)
    dialog = opened(work, qtbot)
    for name in ("SleepSync", "Melatonin"):
        dialog.name.setText(name)
        dialog._on_add()

    def names() -> set[str]:
        context = work.context
        nights = nights_service.nights(context.journal, context.person_id, clock=context.clock)
        return {e.name for n in nights for e in n.exposures}

    dialog.means.set_value("SleepSync")
    dialog.map_button.click()
    assert names() == {"SleepSync"}
    dialog.means.set_value("Melatonin")
    dialog._say_touched()
    assert dialog.touched.text().startswith("Touches 2 nights: they become enhanced by Melatonin instead of SleepSync.")
    dialog.map_button.click()
    assert names() == {"Melatonin"}
    assert dialog.undo_offer.isVisible()
    dialog.undo_offer.undo()
    assert names() == {"SleepSync"}
    dialog.means.set_value(NOTHING)
    dialog.map_button.click()
    assert names() == set()
    activate(qtbot, dialog)
    qtbot.keyClick(dialog.tags, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert names() == {"SleepSync"}
    assert not dialog.undo_offer.undo()


def test_words_of_what_a_mapping_would_do():
    assert touched_words(1, 0, None, "CPAP") == "Touches 1 night: it becomes enhanced by CPAP."
    assert touched_words(3, 2, "A", None) == "Touches 3 nights: they lose A."
    assert touched_words(3, 2, "A", "A") == "It means A now, on 3 nights."
    assert touched_words(3, 2, None, None) == "It means none now."
