"""The page of dream signs: the sentence, the words with their sentences, the person's lists, Ctrl+T, empty and refused."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from dreamjournal.domain.changes import Changes
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.sign import Share, Sign, SignSpec
from dreamjournal.services import enhancers, settings, signs
from dreamjournal.ui.dreams.page import DreamsPage
from dreamjournal.ui.signs.card import TOGETHER, Counts, SentencesDialog, SignCard
from dreamjournal.ui.signs.page import SHOWN, TITLES, SignsPage
from dreamjournal.ui.widgets.text import Label
from tests.gui.ui.at_work import CLOCK

LAST = date(2026, 5, 4)
MIDDLES = (
    "A dog ran.",
    "We rowed home.",
    "The exam was long.",
    "A window was shut.",
    "A blue box lay there.",
    "It was raining.",
)


def write(context, nights: int = 60, planted: bool = True) -> None:
    draw = random.Random(2)
    journal, person = context.journal, context.person_id
    with journal.atomic():
        for back in range(nights):
            day = LAST - timedelta(days=back)
            kind = draw.choice(("natural", "enhanced"))
            enhancers.log(journal, person, day, kind, ["SleepSync"] if kind == "enhanced" else [], "", CLOCK)
            text = " ".join(draw.sample(MIDDLES, 3))
            if planted and kind == "enhanced" and draw.random() < 0.8:
                text += " Over the sea went a <b>lighthouse</b>."
            journal.dreams.put(person, DreamDraft(day, text), CLOCK.now())


@pytest.fixture
def page(work) -> SignsPage:
    write(work.context)
    return work.page(SignsPage)


def card_of(page, word: str):
    return next(c for c, s in zip(page.cards, shown_signs(page), strict=True) if s.word == word)


def shown_signs(page):
    return [s for arm in ("enhanced", "natural") for s in [x for x in page.result.signs if x.arm == arm][:SHOWN]]


def button(widget, name: str) -> QPushButton:
    return widget.findChild(QPushButton, name)


def test_the_page_says_what_the_service_says(page, work):
    found = signs.find(work.context.journal, work.context.person_id, SignSpec(), CLOCK)
    assert page.sentence.plain() == found.sentence
    assert [s.word for s in page.result.signs] == [s.word for s in found.signs]
    assert len(page.cards) == len(shown_signs(page)) > 0
    assert TITLES["enhanced"] in {w.text() for w in page.findChildren(type(page.how)) if w.isVisible()}


def test_a_sentence_is_plain_text_and_opens_its_dream(page, qtbot):
    card = card_of(page, "lighthouse")
    assert card.sentences.plain().splitlines()[0].endswith(", enhanced: Over the sea went a <b>lighthouse</b>.")
    assert "&lt;b&gt;" in card.sentences.text()
    with qtbot.waitSignal(page.navigate) as went:
        card.sentences.setFocus()
        qtbot.keyClick(card.sentences, Qt.Key.Key_Tab)
        qtbot.keyClick(card.sentences, Qt.Key.Key_Return)
    sign = next(s for s in page.result.signs if s.word == "lighthouse")
    assert went.args == ["dreams", sign.sentences[0].night_date]


def test_all_sentences_open_in_a_dialog(page, qtbot):
    card = card_of(page, "lighthouse")
    sign = next(s for s in page.result.signs if s.word == "lighthouse")
    card.acts.link_activated.emit("all")
    dialog = page.findChild(SentencesDialog)
    assert len(sign.sentences) > TOGETHER
    assert len(dialog.blocks[0].sentences) == TOGETHER
    dialog.more.click()
    assert [x for b in dialog.blocks for x in b.sentences] == list(sign.sentences)
    assert not dialog.more.isVisible()
    assert dialog.windowTitle() == "Where it stands"
    with qtbot.waitSignal(page.navigate) as went:
        dialog.blocks[1].linkActivated.emit("1")
    assert went.args == ["dreams", sign.sentences[TOGETHER + 1].night_date]


def test_ctrl_t_gives_the_same_words_as_a_table(page):
    page.toggle_table()
    assert page.table.isVisible()
    assert not page.cards[0].isVisible()
    rows = page.table.model().rows
    assert [r[0] for r in rows] == [s.word for s in page.result.signs]
    assert all(" of " in cell for r in rows for cell in r[2:])
    page.toggle_table()
    assert page.cards[0].isVisible()


def test_a_word_is_kept_and_followed_and_taken_back(page, work, qtbot):
    with qtbot.waitSignal(work.context.bus.changed) as told:
        card_of(page, "lighthouse").acts.link_activated.emit("keep")
    assert Changes.SETTINGS in told.args[0]
    work.settle()
    assert page.recurring.own_table.model().rows[0][0] == "lighthouse"
    assert "Keep" not in card_of(page, "lighthouse").acts.plain()
    page.undo()
    work.settle()
    assert page.recurring.own_table.model().rowCount() == 0
    assert settings.get(work.context.journal, work.context.person_id, signs.OWN) == []


def test_a_hidden_word_leaves_the_page_until_it_is_asked_back(page, work):
    card_of(page, "lighthouse").acts.link_activated.emit("hide")
    work.settle()
    assert "lighthouse" not in {s.word for s in page.result.signs}
    assert page.recurring.hidden.plain().startswith("Never shown: lighthouse")
    page.recurring.hidden.link_activated.emit("0")
    work.settle()
    assert "lighthouse" in {s.word for s in page.result.signs}


def test_a_sign_is_added_and_taken_off_by_keyboard(page, work, qtbot):
    view = page.recurring
    qtbot.keyClicks(view.word, "blue box")
    qtbot.keyClick(view.word, Qt.Key.Key_Return)
    work.settle()
    assert view.own_table.model().rows[0][0] == "blue box"
    view.take_off.click()
    assert "Choose one of your signs" in view.field.error.sentence()
    view.own_table.selectRow(0)
    view.take_off.click()
    work.settle()
    assert view.own_table.model().rowCount() == 0
    assert not view.own_table.isVisible()


def test_a_shorter_range_asks_again(page, work, qtbot):
    with qtbot.waitSignal(page.found_signs):
        page.nights.set_value(84)
        page.nights.picked.emit(84)
    work.settle()
    before = page.result.enhanced + page.result.natural
    page.nights.picked.emit(None)
    work.settle()
    assert page.result.enhanced + page.result.natural == before == 60


def test_few_dreams_are_a_sentence_and_no_cards(work):
    write(work.context, nights=9)
    page = work.page(SignsPage)
    assert page.cards == []
    assert "words are compared from 10 dreams of each kind" in page.sentence.plain()
    page.toggle_table()
    assert not page.table.isVisible()


def test_an_empty_journal_says_what_to_do(work, qtbot):
    page = work.page(SignsPage)
    assert page.empty.isVisible()
    assert not page.sentence.isVisible()
    with qtbot.waitSignal(page.navigate) as went:
        button(page, "signsNewDream").click()
    assert went.args == ["dreams", None]


def test_several_enhancers_are_chosen_from(work):
    write(work.context)
    enhancers.log(work.context.journal, work.context.person_id, LAST, "enhanced", ["Melatonin"], "", CLOCK)
    page = work.page(SignsPage)
    assert page.enhancer.isVisible()
    assert page.result.enhancer == page.enhancer.value()
    page.enhancer.picked.emit("Melatonin")
    work.settle()
    assert (page.result.enhancer, page.result.enhanced) == ("Melatonin", 1)


def test_new_dreams_are_read_when_the_page_is_seen(page, work):
    before = page.result.dreams
    work.context.journal.dreams.put(work.context.person_id, DreamDraft(LAST, "One more."), CLOCK.now())
    page.refresh(Changes.DREAMS)
    work.settle()
    assert page.result.dreams == before + 1


def test_leaving_stops_the_work_and_coming_back_begins_it_anew(work):
    write(work.context)
    page = work.page(SignsPage)
    page.refresh(Changes.DREAMS)
    assert page.leave()
    work.settle()
    page.activate(None)
    work.settle()
    assert page.result is not None
    assert not page.working.isVisible()


def test_dreams_leads_to_signs_and_to_coding(work, qtbot):
    write(work.context, nights=2)
    page = work.page(DreamsPage)
    for name, key in (("dreamsSigns", "signs"), ("dreamsCoding", "coding")):
        with qtbot.waitSignal(page.navigate) as went:
            button(page, name).click()
        assert went.args == [key, None]


def test_hidden_numbers_leave_the_words_and_their_sentences(page, work):
    first = page.cards[0]
    assert any(label.text().startswith("in ") for label in first.findChildren(Label))
    settings.set_value(work.context.journal, work.context.person_id, "hide_numbers", True)
    page.refresh(Changes.SETTINGS)
    work.settle()
    card = page.cards[0]
    assert card.sign.word == page.result.signs[0].word and card.sentences.sentences
    assert card.accessibleName() == f"Word {card.sign.word}" and not card.findChildren(Counts)
    assert not any(re.search(r"\d+ of \d+|shuffles", label.text()) for label in card.findChildren(Label))
    assert not page.sentence.isVisible() and not page.how.isVisible() and not page.left_out.isVisible()
    page.toggle_table()
    assert not page.table.isVisible() and page.cards
    table = page.recurring.often_table
    assert table.isVisible() and [table.isColumnHidden(c) for c in range(4)] == [False, True, True, True]
    assert page.recurring.note.text() == "Enter shows the sentences."
    settings.set_value(work.context.journal, work.context.person_id, "hide_numbers", False)
    page.refresh(Changes.SETTINGS)
    work.settle()
    assert page.sentence.isVisible() and page.cards[0].findChildren(Counts) and not table.isColumnHidden(1)


def test_a_tag_is_the_persons_and_to_a_nurse_theirs(qtbot):
    tag = Sign("water", "tag", Share(9, 40), Share(0, 20), Share(9, 20), 2.0, 3.0, 4, 1)
    for nurse, words in ((False, "your tag, in 9 of 40"), (True, "their tag, in 9 of 40")):
        card = SignCard(tag, own=False, name="card", nurse=nurse)
        qtbot.addWidget(card)
        assert any(label.text().startswith(words) for label in card.findChildren(Label))
    bare = SignCard(tag, own=False, name="card", nurse=True, numbers=False)
    qtbot.addWidget(bare)
    assert "their tag" in [label.text() for label in bare.findChildren(Label)]
