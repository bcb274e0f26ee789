"""The page in front of a locked journal."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from dreamjournal.domain.recovery_code import shown
from dreamjournal.ui.onboarding.unlock_page import UnlockPage
from dreamjournal.ui.theme import ThemeSource

ALL = ("passphrase", "recovery", "keyring")


@pytest.fixture
def page(qtbot, themed: ThemeSource) -> UnlockPage:
    made = UnlockPage(locked=True)
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_passphrase_alone_offers_nothing_else(qtbot, page: UnlockPage) -> None:
    assert page.way == "passphrase" and page.other_way.isHidden() and page.code.isHidden() is False
    assert not page.code.isVisible()
    page.field.setText("four ordinary words")
    with qtbot.waitSignal(page.unlock_requested) as asked:
        qtbot.keyClick(page.field, Qt.Key.Key_Return)
    assert asked.args == ["four ordinary words"] and page.open_button.text() == "Opening…"


def test_the_recovery_sheet_is_one_link_away(qtbot, page: UnlockPage) -> None:
    page.set_slots(("passphrase", "recovery"))
    assert page.other_way.text() == "or use your recovery sheet"
    page.other_way.click()
    assert page.code.isVisible() and not page.field.isVisible() and page.other_way.text() == "or use your passphrase"
    page.code.setText("ABCDE-FGHJK")
    with qtbot.waitSignal(page.unlock_requested) as asked:
        page.open_button.click()
    assert asked.args == ["ABCDE-FGHJK"]


def test_where_this_computer_keeps_the_key_a_click_opens(qtbot, page: UnlockPage) -> None:
    page.set_slots(ALL)
    assert page.way == "keyring" and not page.field.isVisible()
    with qtbot.waitSignal(page.keyring_requested):
        page.open_button.click()
    page.set_error("It did not.")
    assert page.open_button.isEnabled() and page.error.sentence() == "It did not."


def test_enter_presses_the_button_that_has_the_focus(qtbot, page: UnlockPage) -> None:
    page.set_slots(ALL)
    page.open_button.setFocus()
    with qtbot.waitSignal(page.keyring_requested):
        qtbot.keyClick(page.open_button, Qt.Key.Key_Return)


def test_what_is_being_typed_stays_when_the_ways_are_known(page: UnlockPage) -> None:
    page.field.setText("four")
    page.set_slots(ALL)
    assert page.way == "passphrase" and page.field.isVisible()


def test_a_reminder_stands_above_everything(page: UnlockPage) -> None:
    page.remind("Time to wind down.")
    assert page.reminder.isVisible() and page.reminder.text() == "Time to wind down."


def test_an_error_stays_when_the_ways_are_known_late(page: UnlockPage) -> None:
    page.set_error("That did not open it.")
    page.set_slots(ALL)
    assert page.error.sentence() == "That did not open it."


def test_a_mistyped_code_is_told_where_the_slip_is(page: UnlockPage) -> None:
    code = shown(bytes(range(16)))
    page.set_slots(("passphrase", "recovery"))
    assert page.refused() == "That did not open it. Nothing is lost; try again, or use your recovery sheet."
    page.other_way.click()
    page.code.setText(code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert page.refused() == (
        "That did not open it: that code has a slip in group 7. Nothing is lost; compare it with your sheet."
    )
    page.code.setText(code[:11])
    assert "a code has 7 groups of 5" in page.refused()
    page.code.setText(code)
    assert "no longer, the one of this journal" in page.refused()
