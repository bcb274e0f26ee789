"""Words at three in the morning: kept, never lost, and no light."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from dreamjournal.common.errors import StoreError
from dreamjournal.services import dreams
from dreamjournal.ui.capture.page import ELSEWHERE, NOT_KEPT, SLOT, NightCapture
from dreamjournal.ui.theme import relative_luminance
from tests.gui.page_context import CTRL, SHIFT, make_context, press, show

NIGHT = date(2026, 7, 9)


@pytest.fixture
def page(qtbot, themed, journal, clock) -> NightCapture:
    themed.apply(night=True)
    clock.set(datetime(2026, 7, 10, 3, 12))
    made = NightCapture(make_context(journal, clock))
    show(qtbot, made)
    made.activate()
    return made


def kept(page: NightCapture):
    return page._context.journal.dreams.of_night(page._context.person_id, NIGHT)


def draft(page: NightCapture) -> str:
    found = dreams.draft(page._context.journal, page._context.person_id, SLOT)
    return "" if found is None else found.text


def test_enter_keeps_the_words_under_the_night_and_says_so_until_the_next_key(page: NightCapture) -> None:
    press("Low tide")
    press(Qt.Key.Key_Return)
    (dream,) = kept(page)
    assert "Low tide" in dream.text
    assert page.field.toPlainText() == "" and page.field.said == "Kept at 03:12.\nWrite on, or sleep."
    assert draft(page) == ""
    press("a")
    assert page.field.said == "" and page.field.toPlainText() == "a"


def test_a_second_thought_joins_the_first(page: NightCapture, clock) -> None:
    press("Low tide")
    press(Qt.Key.Key_Return)
    clock.advance(hours=1)
    press("My brother has the key")
    press(Qt.Key.Key_Return)
    (dream,) = kept(page)
    assert "Low tide" in dream.text and "My brother has the key" in dream.text


def test_words_never_answer_the_recall_question(page: NightCapture) -> None:
    press("Low tide")
    press(Qt.Key.Key_Return)
    assert page._context.journal.mornings.recall(page._context.person_id, NIGHT) is None


def test_shift_enter_breaks_the_line_and_keeps_nothing(page: NightCapture) -> None:
    press("one")
    press(Qt.Key.Key_Return, SHIFT)
    press("two")
    assert page.field.toPlainText() == "one\ntwo" and kept(page) == []


def test_blank_words_are_not_kept(page: NightCapture) -> None:
    press("  ")
    press(Qt.Key.Key_Return)
    assert kept(page) == []


def test_esc_hides_the_words_which_are_a_draft_and_any_key_brings_them_back(page: NightCapture) -> None:
    press("Low tide")
    press(Qt.Key.Key_Escape)
    assert page.field.words_hidden and draft(page) == "Low tide"
    assert _lit(page) == 0
    press("s")
    assert not page.field.words_hidden and page.field.toPlainText() == "Low tides"


def test_enter_on_hidden_words_only_shows_them(page: NightCapture) -> None:
    press("Low tide")
    press(Qt.Key.Key_Escape)
    press(Qt.Key.Key_Return)
    assert not page.field.words_hidden and kept(page) == [] and page.field.toPlainText() == "Low tide"


def test_esc_on_an_empty_field_asks_to_leave(qtbot, page: NightCapture) -> None:
    with qtbot.waitSignal(page.left):
        press(Qt.Key.Key_Escape)


def test_ctrl_2_asks_for_the_morning(qtbot, page: NightCapture) -> None:
    with qtbot.waitSignal(page.morning_requested):
        press(Qt.Key.Key_2, CTRL)


def test_words_are_a_draft_within_two_seconds(qtbot, page: NightCapture) -> None:
    press("Low tide")
    qtbot.waitUntil(lambda: draft(page) == "Low tide", timeout=2000)


def test_the_draft_is_there_again_after_a_kill(qtbot, page: NightCapture) -> None:
    press("Low tide")
    page.leave()
    again = NightCapture(page._context)
    show(qtbot, again)
    again.activate()
    assert again.field.toPlainText() == "Low tide"


def test_a_failed_commit_keeps_the_words_and_tries_again(page: NightCapture, monkeypatch) -> None:
    real = page._context.journal.dreams.put

    def full(*_args, **_kwargs):
        raise StoreError("The words were not kept", "the disk is full", "make room")

    monkeypatch.setattr(page._context.journal.dreams, "put", full)
    press("Low tide")
    press(Qt.Key.Key_Return)
    assert (
        page.field.toPlainText() == "Low tide" and page.trouble.text() == NOT_KEPT + ELSEWHERE and page.field.said == ""
    )
    monkeypatch.setattr(page._context.journal.dreams, "put", real)
    page._on_again()
    assert page.field.toPlainText() == "" and page.trouble.isHidden() and len(kept(page)) == 1


def test_words_typed_after_a_failure_are_not_sent_off_unfinished(page: NightCapture, monkeypatch) -> None:
    def full(*_args, **_kwargs):
        raise StoreError("The words were not kept", "the disk is full", "make room")

    monkeypatch.setattr(page._context.journal.dreams, "put", full)
    press("Low")
    press(Qt.Key.Key_Return)
    press(" tide")
    monkeypatch.undo()
    page._on_again()
    assert page.field.toPlainText() == "Low tide" and kept(page) == []


def test_nothing_shines(page: NightCapture) -> None:
    press("Low tide, the harbour empty. My brother had the key but it was made of bread.")
    image = page.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    total, brightest = 0.0, 0.0
    for y in range(image.height()):
        for x in range(image.width()):
            if image.pixel(x, y) & 0xFFFFFF:
                light = relative_luminance(image.pixelColor(x, y))
                total, brightest = total + light, max(brightest, light)
    assert brightest <= 0.25
    assert 0 < total / (image.width() * image.height()) < 0.005


def test_the_caret_stands_still_only_while_the_night_has_it(qtbot, qapp, page: NightCapture) -> None:
    assert qapp.cursorFlashTime() == 0
    page.field.clearFocus()
    assert qapp.cursorFlashTime() > 0


def _lit(page: NightCapture) -> int:
    image = page.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return sum(1 for y in range(image.height()) for x in range(image.width()) if image.pixel(x, y) & 0xFFFFFF)
