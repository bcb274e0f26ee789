"""Pick the real one: eight pictures, by mouse or keys, told once; nothing tells which is real beforehand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt

from dreamjournal.ui.compare.page import ComparePage
from dreamjournal.ui.compare.real_part import told
from dreamjournal.ui.theme import relative_luminance
from tests.made_nights import row, write


@pytest.fixture
def view(sample_work: Any) -> Any:
    page = sample_work.page(ComparePage)
    page.show_part("real")
    sample_work.settle()
    return page.part


def test_eight_pictures_with_words_and_without_numbers_on_them(view: Any) -> None:
    pictures = view.eight.pictures
    assert [p.accessibleName() for p in pictures] == [f"Picture {i} of 8" for i in range(1, 9)]
    described = [p.accessibleDescription() for p in pictures]
    assert len(set(described)) > 1
    n = view.found.lineup
    assert all(f"of {n.n_natural} natural nights" in d and f"of {n.n_enhanced} enhanced" in d for d in described)
    assert all(p.focusPolicy() & Qt.FocusPolicy.TabFocus for p in pictures)
    assert view.said.isHidden()


@pytest.mark.parametrize("key", (0, 4, 7))
def test_a_number_key_picks_and_the_real_one_is_told(view: Any, qtbot: Any, key: int) -> None:
    view.focus_first()
    qtbot.keyClick(view.eight.pictures[0], Qt.Key(Qt.Key.Key_1 + key))
    real = view.found.lineup.real
    assert view.said.plain() == told(key, real)
    assert "the real one" in view.eight.pictures[real].accessibleName()
    assert "your pick" in view.eight.pictures[key].accessibleName()
    assert sum("real" in p.accessibleName() for p in view.eight.pictures) == 1


def test_only_the_first_pick_counts(view: Any, qtbot: Any) -> None:
    qtbot.mouseClick(view.eight.pictures[2], Qt.MouseButton.LeftButton)
    first = view.said.plain()
    qtbot.keyClick(view.eight.pictures[2], Qt.Key.Key_5)
    qtbot.mouseClick(view.eight.pictures[6], Qt.MouseButton.LeftButton)
    assert view.said.plain() == first and first.startswith("You picked number 3")


def test_arrows_move_and_enter_picks(view: Any, qtbot: Any) -> None:
    view.focus_first()
    pictures = view.eight.pictures
    qtbot.keyClick(pictures[0], Qt.Key.Key_Right)
    assert pictures[1].hasFocus()
    qtbot.keyClick(pictures[1], Qt.Key.Key_Down)
    below = next(i for i, p in enumerate(pictures) if p.hasFocus())
    qtbot.keyClick(pictures[below], Qt.Key.Key_Return)
    assert view.picked == below


def test_the_table_is_the_same_game(view: Any, qtbot: Any) -> None:
    view.toggle_table()
    assert view.table.isVisible() and not view.eight.isVisible()
    assert view.table.model().rowCount() == 8
    view.table.selectRow(4)
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert view.picked == 4 and view.said.isVisible()
    view.toggle_table()
    assert view.eight.isVisible()


def test_the_sentence() -> None:
    assert told(2, 5) == "You picked number 3; the real one is number 6. By guessing, 1 in 8 picks is right."
    assert told(5, 5) == "You picked number 6, and it is the real one. By guessing, 1 in 8 picks is right."


def test_coming_back_shows_the_same_eight(sample_work: Any) -> None:
    page = sample_work.page(ComparePage)
    seen = []
    for _ in range(2):
        page.show_part("real")
        sample_work.settle()
        seen.append(page.part.found.lineup)
        page.show_part("answer")
    assert seen[0] == seen[1]


def test_few_nights_get_a_sentence(work: Any) -> None:
    write(work.context.journal, work.context.person_id, row("ENENEN", date(2026, 3, 2)))
    page = work.page(ComparePage)
    page.show_part("real")
    work.settle()
    assert page.part.eight is None
    page.part.toggle_table()
    page.part.focus_first()


def test_many_nights_are_drawn_as_points(work: Any) -> None:
    write(work.context.journal, work.context.person_id, row("ENNE" * 100, date(2025, 2, 3)))
    page = work.page(ComparePage)
    page.show_part("real")
    work.settle()
    picture = page.part.eight.pictures[0]
    assert not picture.grab().isNull()


def test_night_is_dark(sample_work: Any, themed: Any) -> None:
    themed.apply("light", night=True)
    page = sample_work.page(ComparePage)
    page.show_part("real")
    sample_work.settle()
    image = page.part.grab().toImage()
    points = [image.pixelColor(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)]
    assert max(relative_luminance(c) for c in points) <= 0.25


def test_at_200_percent_two_stand_side_by_side(sample_work: Any, themed: Any, qtbot: Any) -> None:
    themed.apply(scale=2.0)
    page = sample_work.page(ComparePage)
    page.show_part("real")
    sample_work.settle()
    pictures = page.part.eight.pictures
    qtbot.waitUntil(lambda: pictures[0].y() == pictures[1].y() < pictures[2].y())
