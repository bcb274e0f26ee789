"""Checking the journal from the window."""

from __future__ import annotations

from datetime import date

from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.services import dreams
from dreamjournal.ui.settings.check_card import CheckCard
from tests.gui.ui.at_work import CLOCK, Work


def checked(work: Work, card: CheckCard) -> str:
    work.qtbot.waitUntil(card.button.isEnabled, timeout=20000)
    return card.note.text()


def test_a_well_journal_is_said_to_be_well(work: Work) -> None:
    card = CheckCard(work.context)
    work.qtbot.addWidget(card)
    card.show()
    card.button.setFocus()
    card.button.click()
    assert not card.button.isEnabled() and card.focusWidget() is card.stop
    assert "The journal is well." in checked(work, card)
    assert card.focusWidget() is card.button
    assert not card.mend.isVisibleTo(card)
    assert "not encrypted" in card.found.plain()


def test_a_stale_search_index_is_put_right(work: Work) -> None:
    card = CheckCard(work.context)
    work.qtbot.addWidget(card)
    card.show()
    db = work.context.journal._db
    db.execute("DROP TRIGGER dreams_ai")
    card.button.click()
    assert "put right" in checked(work, card)
    assert card.mend.isVisibleTo(card)
    card.mend.click()
    assert "The journal is well." in checked(work, card)
    assert db.row("SELECT count(*) AS n FROM sqlite_master WHERE type = 'trigger'") == {"n": 3}


def test_damage_leads_to_saving_what_can_be_read_without_a_command_line(work: Work) -> None:
    dreams.save(
        work.context.journal, work.context.person_id, DreamDraft(date(2026, 5, 3), "A stair.", Recall.REPORT), CLOCK
    )
    db = work.context.journal._db
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("UPDATE dreams SET person_id = 99")
    card = CheckCard(work.context)
    work.qtbot.addWidget(card)
    card.show()
    card.button.click()
    checked(work, card)
    assert "save what can be read, below" in card.found.plain() and "--" not in card.found.plain()
    with work.qtbot.waitSignal(card.save_requested):
        card.save.click()
