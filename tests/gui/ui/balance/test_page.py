"""Balance at work: the aim and its undo, weeks by key, the table twin, prompts with their nights, the note, the questions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt

from dreamjournal.app.pages import page_specs
from dreamjournal.domain.balance import Mark
from dreamjournal.domain.care import QUESTIONS, TALK
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.person import JournalKind
from dreamjournal.services import balance, check_ins, enhancers, evenings, mornings, prompts, settings
from dreamjournal.ui.balance.page import BalancePage
from dreamjournal.ui.nights.listed import NightsDialog
from dreamjournal.ui.theme import relative_luminance
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.notices import Notice
from dreamjournal.ui.widgets.text import Label, Prose
from tests.gui.ui.at_work import for_person

LAST = date(2026, 5, 4)
"""Last night by the clock at work: a Monday."""
DAY = timedelta(days=1)


def log(work, text, last=LAST):
    """One letter a night up to `last`: E enhanced, N natural, a dot nothing."""
    context = work.context
    for back, letter in enumerate(reversed(text)):
        day = last - back * DAY
        if letter == "E":
            enhancers.log(context.journal, context.person_id, day, "enhanced", ["SleepSync"], "", context.clock)
        elif letter == "N":
            enhancers.log(context.journal, context.person_id, day, "natural", [], "", context.clock)


def read(work):
    return balance.read(work.context.journal, work.context.person_id, work.context.clock)


def again(work, page):
    page.refresh(Changes.ALL)
    work.settle()


def words_of(widget):
    shown = [w.text() for w in widget.findChildren(Label)] + [w.plain() for w in widget.findChildren(Prose)]
    return " ".join(shown)


def plain(prose):
    return prose.plain().replace("\u00a0", " ")


def click(work, page, name):
    page.findChild(Button, name).click()
    work.settle()


def test_an_empty_journal_says_what_to_do_next(work, qtbot):
    page = work.page(BalancePage)
    assert page.empty.isVisible()
    assert not page.columns.isVisible()
    with qtbot.waitSignal(page.navigate) as went:
        qtbot.mouseClick(page.findChild(Button, "balanceTonight"), Qt.MouseButton.LeftButton)
    assert went.args[0] == "tonight"
    page.toggle_table()
    page.focus_first()
    assert work.context.journal.balance.shown(work.context.person_id) == []


@pytest.mark.parametrize("kind, person", [(JournalKind.OWN, ""), (JournalKind.NURSE, "P-014")])
def test_it_has_a_place_in_the_rail_of_both_journals(work, qtbot, kind, person):
    (spec,) = [s for s in page_specs(work.context, kind, person, None) if s.key == "balance"]
    assert (spec.title, spec.digit) == ("Balance", 8)
    page = spec.factory()
    qtbot.addWidget(page)
    assert isinstance(page, BalancePage)


def test_the_page_says_what_the_service_says(sample_work):
    page = sample_work.page(BalancePage)
    found = read(sample_work)
    assert plain(page.nights.sentence) == found.sentence
    assert page.nights.weeks.accessibleDescription().startswith(found.sentence)
    assert [card.prompt.key for card in page.shows.cards] == [p.key for p in found.prompts.found]
    assert {x.key for x in found.prompts.looked} == {
        w.objectName().removeprefix("looked_")
        for w in page.shows.findChildren(Prose)
        if w.objectName().startswith("looked_")
    }
    for card in page.shows.cards:
        assert plain(card.words).startswith("Your log shows ")
        assert card.closing.plain() == card.prompt.closing


def test_a_count_in_the_sentence_opens_its_nights(work, qtbot):
    log(work, "EEENNNN" * 2 + "N")
    page = work.page(BalancePage)
    parts = [p for p in page.nights.sentence._parts if not isinstance(p, str)]
    assert parts[0][0] == "6\u00a0enhanced"
    page.nights.sentence.link_activated.emit(parts[0][1].removeprefix("link:"))
    dialog = page.findChild(NightsDialog)
    assert dialog.table.model().rowCount() == 6
    with qtbot.waitSignal(page.navigate) as went:
        qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert went.args == ["nights", LAST - 14 * DAY]


def test_the_aim_is_changed_on_the_page_and_taken_back(work, qtbot):
    log(work, "EEEENNN" * 3 + "N")
    page = work.page(BalancePage)
    assert page.found.aim is None
    page.aim.set_value(2)
    page.aim.picked.emit(2)
    work.settle()
    assert settings.get(work.context.journal, work.context.person_id, "aim_per_week") == 2
    assert "Your aim is at most 2 a week; 3 of 3 weeks were above it." in plain(page.nights.sentence)
    assert "F1" in [c.prompt.key for c in page.shows.cards]
    assert page.undo_offer.is_open()
    page.undo()
    work.settle()
    assert settings.get(work.context.journal, work.context.person_id, "aim_per_week") is None
    assert page.aim.value() is None
    assert "F1" not in [c.prompt.key for c in page.shows.cards]


def test_weeks_are_walked_by_key(work, qtbot):
    log(work, "EEENNNN" * 30 + "N")
    page = work.page(BalancePage)
    weeks = page.nights.weeks
    weeks.setFocus()
    assert weeks.week().first == LAST
    qtbot.keyClick(weeks, Qt.Key.Key_Left)
    assert weeks.week().first == LAST - 7 * DAY
    assert "3 enhanced, 4 natural" in page.nights.week_said.text()
    assert "3 enhanced, 4 natural" in weeks.accessibleName()
    qtbot.keyClick(weeks, Qt.Key.Key_PageUp)
    assert weeks.week().first == LAST - 35 * DAY
    qtbot.keyClick(weeks, Qt.Key.Key_Home)
    assert weeks.week() == page.found.weeks[0]
    assert weeks.week() in weeks.in_view()
    qtbot.keyClick(weeks, Qt.Key.Key_Left)
    assert weeks.week() == page.found.weeks[0]
    qtbot.keyClick(weeks, Qt.Key.Key_End)
    assert weeks.week() == page.found.weeks[-1]
    qtbot.keyClick(weeks, Qt.Key.Key_Left)
    qtbot.keyClick(weeks, Qt.Key.Key_Return)
    dialog = page.findChild(NightsDialog)
    assert [dialog.table.model().index(r, 1).data() for r in range(7)] == ["Enhanced"] * 3 + ["Natural"] * 4


def test_the_pointer_chooses_and_opens_a_week(work, qtbot):
    log(work, "EEENNNN" * 3 + "N")
    page = work.page(BalancePage)
    weeks = page.nights.weeks
    x = round(weeks._left() + weeks.pitch() * 1.5)
    assert weeks.week_at(x) == 1
    assert weeks.week_at(0) is None
    place = weeks.rect().center()
    place.setX(x)
    qtbot.mouseClick(weeks, Qt.MouseButton.LeftButton, pos=place)
    assert weeks.week() == page.found.weeks[1]
    with qtbot.waitSignal(weeks.week_opened):
        qtbot.mouseDClick(weeks, Qt.MouseButton.LeftButton, pos=place)


def test_the_table_is_the_chart(work, qtbot):
    log(work, "EEENNNN" * 3 + "N")
    balance.set_aim(work.context.journal, work.context.person_id, 3)
    page = work.page(BalancePage)
    page.toggle_table()
    table = page.nights.table
    assert table.isVisible() and not page.nights.charts.isVisible()
    model = table.model()
    assert model.rowCount() == len(page.found.weeks)
    assert model.columns == ("Week from", "Enhanced", "Natural", "Not sure", "Not recorded", "Against the aim")
    assert [model.index(1, c).data() for c in range(6)] == ["27 Apr 2026", "3", "4", "0", "0", "not above"]
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert page.findChild(NightsDialog).table.model().rowCount() == 1
    page.toggle_table()
    assert page.nights.charts.isVisible()


def test_doses_have_a_chart_a_sentence_and_a_table(sample_work, qtbot):
    page = sample_work.page(BalancePage)
    view = page.nights
    assert view.dose_part.isVisible()
    assert view.doses.accessibleDescription().startswith("SleepSync, intensity: ")
    view.measure.picked.emit(1)
    assert view.doses.accessibleName() == "SleepSync, length in min"
    page.toggle_table()
    model = view.dose_table.model()
    assert model.columns == ("Night", *(s.title for s in page.found.doses))
    assert model.rowCount() == len(page.found.doses[1].points)
    with qtbot.waitSignal(page.navigate) as went:
        view.dose_table.activated.emit(view.dose_table.model().index(0, 0))
    assert went.args == ["nights", page.found.doses[1].points[-1][0]]


def test_a_prompt_leads_to_its_nights(work, qtbot):
    log(work, "ENE")
    context = work.context
    evenings.add_intake(context.journal, context.person_id, LAST, "alcohol", context.clock, amount=1, unit="glass")
    page = work.page(BalancePage)
    (card,) = page.shows.cards
    assert plain(card.words) == "Your log shows alcohol with SleepSync on 1 of 2 nights with an enhancer."
    assert card.closing.plain() == TALK
    card.words.link_activated.emit("0")
    dialog = page.findChild(NightsDialog)
    assert dialog.table.model().index(0, 1).data() == "Alcohol with SleepSync"
    with qtbot.waitSignal(page.navigate) as went:
        qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert went.args == ["nights", LAST]


def test_something_severe_shows_the_number_of_ones_own(work):
    log(work, "N")
    context = work.context
    settings.set_value(context.journal, context.person_id, "emergency_number", "144")
    answers = {"quality": 3, "events_asked": True, "events": ("seizure",)}
    mornings.save_diary(
        context.journal, mornings.diary_from_answers(context.person_id, LAST, "Europe/London", answers), context.clock
    )
    page = work.page(BalancePage)
    (card,) = page.shows.cards
    notice = card.findChild(Notice, "urgent")
    assert "call 144" in notice.accessibleName()
    assert "This app can’t judge emergencies." in notice.accessibleName()


def test_the_note_of_the_week_is_put_away_and_brought_back(work, qtbot):
    log(work, "E")
    page = work.page(BalancePage)
    qtbot.waitUntil(page.note.isVisible)
    assert "Drake 2013, doi 10.5664/jcsm.3170" in words_of(page.note)
    click(work, page, "putAway")
    assert page.note is None
    page.undo()
    work.settle()
    qtbot.waitUntil(page.note.isVisible)


def test_notes_go_off_with_one_click_and_come_back_with_undo(work):
    log(work, "E")
    page = work.page(BalancePage)
    click(work, page, "notesOff")
    assert page.note is None
    assert settings.get(work.context.journal, work.context.person_id, "cards_on") is False
    again(work, page)
    assert page.note is None
    page.undo()
    work.settle()
    assert page.note is not None


def test_at_night_there_is_no_note_and_none_is_spent(work, themed, qtbot):
    log(work, "E")
    themed.apply("light", night=True)
    page = work.page(BalancePage)
    assert page.note is None
    assert work.context.journal.balance.shown(work.context.person_id) == []
    themed.apply("light", night=False)
    qtbot.waitUntil(page.note.isVisible)
    themed.apply("light", night=True)
    assert not page.note.isVisible()


def test_the_five_questions_are_answered_and_taken_back(work, qtbot):
    log(work, "E")
    page = work.page(BalancePage)
    dialog = page.ask_check_in()
    dialog._on_keep()
    assert dialog.error.sentence()
    for question in QUESTIONS[:2]:
        dialog.choices[question.key].set_value("often")
    dialog._on_keep()
    work.settle()
    journal, person = work.context.journal, work.context.person_id
    assert check_ins.all(journal, person)[0].answers == {q.key: "often" for q in QUESTIONS[:2]}
    assert page.check_in is None
    assert [c.prompt.key for c in page.shows.cards] == ["check_in"]
    page.undo()
    work.settle()
    assert check_ins.all(journal, person) == []
    assert page.check_in is not None


@pytest.mark.parametrize("button", ["checkInSkip", "checkInOff"])
def test_the_questions_are_passed_over_for_a_month_or_for_good(work, button):
    log(work, "E")
    page = work.page(BalancePage)
    click(work, page, button)
    assert page.check_in is None
    page.undo()
    work.settle()
    assert page.check_in is not None


def test_natural_nights_alone_bring_no_questions(work):
    log(work, "NN")
    assert work.page(BalancePage).check_in is None


def test_an_instruction_is_recorded_refused_removed_and_put_back(work):
    log(work, "EN")
    page = work.page(BalancePage)
    journal, person = work.context.journal, work.context.person_id
    dialog = page.ask_instruction()
    dialog.about.setText("SleepSync")
    dialog._on_keep()
    assert dialog.fields["who"].error.sentence()
    dialog.who.setText("Dr Weiss")
    dialog.words.setText("0.6 from now on")
    dialog._on_keep()
    work.settle()
    (made,) = prompts.instructions(journal, person)
    assert (made.who, made.given_on) == ("Dr Weiss", date(2026, 5, 5))
    assert "0.6 from now on" in words_of(page.columns.right_widget)
    click(work, page, f"removeInstruction_{made.id}")
    assert prompts.instructions(journal, person) == []
    page.undo()
    work.settle()
    assert len(prompts.instructions(journal, person)) == 1


def test_what_comes_next_leads_to_other_pages(work, qtbot):
    log(work, "E")
    page = work.page(BalancePage)
    for key in ("study", "compare", "tonight"):
        with qtbot.waitSignal(page.navigate) as went:
            page.findChild(Button, f"go_{key}").click()
        assert went.args[0] == key
    said = words_of(page.columns.right_widget)
    assert "CBT-I" in said
    assert "do not drive" in said
    assert "112, 999 or 911" in said


def test_hidden_numbers_are_nowhere_on_the_left(work):
    log(work, "EEENNNN" * 3 + "N")
    context = work.context
    settings.set_value(context.journal, context.person_id, "hide_numbers", "yes")
    balance.set_aim(context.journal, context.person_id, 2)
    page = work.page(BalancePage)
    assert not any(c.isdigit() for c in plain(page.nights.sentence))
    assert not page.nights.toggle.isVisible()
    page.toggle_table()
    assert page.nights.charts.isVisible()
    assert not page.nights.dose_part.isVisible()
    for card in page.shows.cards:
        assert not any(c.isdigit() for c in plain(card.words))
    card = page.shows.cards[0]
    card.words.link_activated.emit("0")
    assert page.findChild(NightsDialog).table.model().index(0, 1).data() == ""


def test_a_nurse_sees_the_raw_nights_and_is_not_spoken_to_as_the_person(nurse_work):
    journal = nurse_work.context.journal
    person = next(p for p in journal.persons.all() if p.name == "P-014")
    work = for_person(nurse_work, person.id)
    log(work, "EEEENNN" * 2 + "N")
    balance.set_aim(journal, person.id, 2)
    page = work.page(BalancePage)
    assert page.note is None and page.check_in is None
    (card,) = page.shows.cards
    assert plain(card.words).startswith("The log shows 8 enhanced nights in 2 weeks running")
    assert "their own aim" in plain(card.words)
    assert card.closing.plain() == "This is not a diagnosis."
    assert "Thu 30 Apr: SleepSync" in words_of(card)
    assert "and 2 earlier nights" in words_of(card)
    assert "Their aim is" in plain(page.nights.sentence)
    assert page.findChild(Button, "go_tonight") is None


def test_sealed_nights_are_named_and_have_a_mark(work):
    from datetime import UTC, datetime

    from dreamjournal.domain.study import Study

    log(work, "NNN")
    fixed = datetime(2026, 5, 1, tzinfo=UTC)
    work.context.journal.studies.put(
        Study(
            0, work.context.person_id, "SleepSync", "tst", "diary", 20, LAST - DAY, "EN" * 20, 4, 1, fixed, sealed=True
        )
    )
    page = work.page(BalancePage)
    label = page.findChild(Label, "sealedNights")
    assert label.isVisible()
    assert label.text() == "2 nights are sealed by your study until it ends."
    assert page.found.weeks[-1].count(Mark.SEALED) == 1
    assert page.nights.table.model().columns[4] == "Sealed by your study"


def test_it_reads_again_when_nights_change_and_not_for_a_reminder(work, qtbot):
    page = work.page(BalancePage)
    log(work, "E")
    page.refresh(Changes.REMINDERS)
    assert not work.context.tasks.busy
    again(work, page)
    assert page.columns.isVisible()
    assert page.leave()


def test_night_theme_is_dark(sample_work, themed):
    themed.apply("light", night=True)
    page = sample_work.page(BalancePage)
    image = page.grab().toImage()
    points = [image.pixelColor(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)]
    assert max(relative_luminance(c) for c in points) <= 0.25
    assert sum(relative_luminance(c) for c in points) / len(points) <= 0.02


def test_large_text_is_stacked_and_nothing_is_wider_than_the_page(sample_work, themed):
    themed.apply("light", 2.0)
    page = sample_work.page(BalancePage, size=(1000, 800))
    assert page.columns.stacked
    assert page._content.width() <= page.scroll_area.viewport().width()
    assert len(page.nights.weeks.in_view()) >= 8
    themed.apply("light", 1.0)
