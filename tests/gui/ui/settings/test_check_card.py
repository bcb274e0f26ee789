"""Checking the journal from the window."""

from __future__ import annotations

from dreamjournal.ui.settings.check_card import CheckCard
from tests.gui.ui.at_work import Work


def checked(work: Work, card: CheckCard) -> str:
    work.qtbot.waitUntil(card.button.isEnabled, timeout=20000)
    return card.note.text()


def test_a_well_journal_is_said_to_be_well(work: Work) -> None:
    card = CheckCard(work.context)
    work.qtbot.addWidget(card)
    card.show()
    card.button.click()
    assert not card.button.isEnabled()
    assert "The journal is well." in checked(work, card)
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
