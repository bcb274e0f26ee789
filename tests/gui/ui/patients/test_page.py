"""Patients: by pseudonym, facts with their nights, notes, sign-off."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import Qt

from dreamjournal.services import enhancers, reviews
from dreamjournal.ui.nights.listed import NightsDialog
from dreamjournal.ui.patients.page import PatientsPage
from dreamjournal.ui.patients.review import fact_parts
from dreamjournal.ui.widgets.dialog import AskDialog


def logged(work, name="P-014", nights=5):
    journal, clock = work.context.journal, work.context.clock
    person = next(p for p in journal.persons.all() if p.name == name)
    for n in range(nights):
        enhancers.log(
            journal, person.id, date(2026, 5, 4) - timedelta(days=n), "unsure" if n == 0 else "natural", [], "", clock
        )
    return person


def test_rows_stand_by_pseudonym(nurse_work):
    logged(nurse_work)
    page = nurse_work.page(PatientsPage)
    assert [r.person.name for r in page.patients.rows] == ["P-003", "P-014"]
    assert page.patients.index(1, 2).data() == "5"
    assert page.patients.index(1, 1).data() == "never"
    assert page.patients.index(0, 5).data() == "–"
    words = page.patients.index(1, 3).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "4 natural, 1 not sure, 9 not recorded" in words


def test_enter_opens_the_person(nurse_work, qtbot):
    person = logged(nurse_work)
    page = nurse_work.page(PatientsPage)
    page.table.selectRow(1)
    with qtbot.waitSignal(page.person_opened) as opened:
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert opened.args == [person.id]


def test_find(nurse_work, qtbot):
    page = nurse_work.page(PatientsPage)
    qtbot.keyClicks(page, "/")
    page.search.setText("14")
    assert [r.person.name for r in page.patients.rows] == ["P-014"]
    page.search.setText("x")
    assert page.patients.rows == []
    assert "x" in page.no_hit.text()
    assert page.review is None


def test_sign_off_needs_initials_then_asks_once_about_open_notes(nurse_work, qtbot):
    person = logged(nurse_work)
    journal, clock = nurse_work.context.journal, nurse_work.context.clock
    page = nurse_work.page(PatientsPage)
    page.table.selectRow(1)
    page.review.sign.click()
    assert page.review.initials_field.error.sentence()
    page.review._keep_note(page.review.write_note(), date(2026, 5, 1), "Who raised the dose?", "MK")
    assert [n.text for n in reviews.notes(journal, person.id)] == ["Who raised the dose?"]
    page.review.initials.setText("MK")
    ask = page.review.ask_sign_off()
    assert isinstance(ask, AskDialog)
    assert "1 note open" in ask.windowTitle()
    ask.go.click()
    assert reviews.reviews(journal, person.id)[0].initials == "MK"
    assert page.patients.rows[1].new_nights == 0
    assert not page.review.sign.isEnabled()
    assert reviews.new_nights(journal, person.id, clock) == ()


def test_note_without_words_stays_open(nurse_work):
    logged(nurse_work)
    page = nurse_work.page(PatientsPage)
    dialog = page.review.write_note()
    dialog.by.setText("MK")
    dialog._on_keep()
    assert dialog.isVisible()
    assert dialog.words_field.error.sentence()
    dialog.night.setText("not a date")
    dialog._on_keep()
    assert dialog.night_field.error.sentence()


def test_facts_lead_to_their_nights(nurse_work, qtbot):
    person = logged(nurse_work)
    page = nurse_work.page(PatientsPage)
    page.table.selectRow(1)
    facts = reviews.facts(nurse_work.context.journal, person.id, nurse_work.context.clock)
    assert facts
    assert ("1 of 5", "link:nights") in fact_parts(facts[-1])
    dialog = page.review.show_nights(facts[-1])
    assert isinstance(dialog, NightsDialog)
    with qtbot.waitSignal(page.night_opened) as opened:
        qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert opened.args == [person.id, date(2026, 5, 4)]


def test_add_a_patient(nurse_work):
    page = nurse_work.page(PatientsPage)
    dialog = page.ask_name()
    page._add(dialog, "P-003")
    assert dialog.field.error.sentence()
    page._add(dialog, "P-027")
    assert "P-027" in [r.person.name for r in page.patients.rows]
    assert page.chosen().person.name == "P-027"
