"""Rows, chips, notices, marks, tables, the page and the focus ring."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAccessible, QImage, QPainter
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from dreamjournal.common.errors import UserError
from dreamjournal.domain.night import Condition
from dreamjournal.ui.theme import ThemeSource, theme_of
from dreamjournal.ui.widgets.buttons import Button, IconButton
from dreamjournal.ui.widgets.chips import TagChips
from dreamjournal.ui.widgets.dialog import AskDialog
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.focus_ring import FocusRing
from dreamjournal.ui.widgets.marks import ConditionMark, paint_condition
from dreamjournal.ui.widgets.notices import Banner, InlineError, Notice, SavedNote, SealedCard, UndoOffer
from dreamjournal.ui.widgets.page import Columns, EmptyState, Page
from dreamjournal.ui.widgets.rows import RadioRow, RowList, TickRow, clear_choice
from dreamjournal.ui.widgets.tables import RowsModel, make_table
from dreamjournal.ui.widgets.text import Label, Prose


def test_a_row_is_ticked_by_space_and_arrows_move(qtbot, themed: ThemeSource) -> None:
    rows = RowList(name="steps")
    first, second = TickRow("Dim the lights", note="22:18", hint="1"), TickRow("Screens away", hint="2")
    rows.add(first)
    rows.add(second)
    qtbot.addWidget(rows)
    rows.show()
    with qtbot.waitActive(rows):
        rows.activateWindow()
    first.setFocus()
    with qtbot.waitSignal(first.clicked):
        qtbot.keyClick(first, Qt.Key.Key_Space)
    assert first.isChecked()
    assert first.accessibleDescription() == "22:18, key 1"
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    assert second.hasFocus()
    qtbot.mouseClick(second, Qt.MouseButton.LeftButton)
    assert second.isChecked()
    rows.clear()
    assert rows.rows == []


def test_radios_may_be_unset_again(qtbot, themed: ThemeSource) -> None:
    box = QWidget()
    layout = QVBoxLayout(box)
    radios = [RadioRow("Natural", mark=Condition.NATURAL), RadioRow("Enhanced by…", mark=Condition.ENHANCED)]
    for radio in radios:
        layout.addWidget(radio)
    qtbot.addWidget(box)
    radios[1].click()
    assert radios[1].isChecked()
    clear_choice(radios)
    assert not any(r.isChecked() for r in radios)
    radios[0].click()
    radios[1].click()
    assert [r.isChecked() for r in radios] == [False, True]


@pytest.mark.parametrize("theme", ["light", "dark", "night"])
@pytest.mark.parametrize("scale", [0.85, 2.0])
def test_marks_differ_in_shape_not_only_in_colour(themed: ThemeSource, theme: str, scale: float) -> None:
    themed.apply("light" if theme == "night" else theme, scale, night=theme == "night")
    shapes = set()
    for condition in Condition:
        image = QImage(40, 40, QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        paint_condition(painter, QPointF(20, 20), condition, theme_of(), 24)
        painter.end()
        shapes.add(tuple(image.pixelColor(x, y).alpha() > 128 for x in range(40) for y in range(40)))
    assert len(shapes) == 4


def test_marks_say_their_word(qtbot, themed: ThemeSource) -> None:
    mark = ConditionMark(Condition.UNSURE)
    qtbot.addWidget(mark)
    assert mark.accessibleName() == "Not sure"


def test_chips_are_added_and_removed_by_keys(qtbot, themed: ThemeSource) -> None:
    chips = TagChips()
    qtbot.addWidget(chips)
    chips.show()
    told: list[tuple[str, ...]] = []
    chips.changed.connect(told.append)
    chips.set_tags(["harbour", "brother"])
    assert told == []
    qtbot.keyClicks(chips.field, "  mother's   voice, Harbour")
    qtbot.keyClick(chips.field, Qt.Key.Key_Return)
    assert told == [("harbour", "brother", "mother's voice")]
    chip = chips._chips[0]
    assert chip.accessibleName() == "Remove tag harbour"
    qtbot.keyClick(chip, Qt.Key.Key_Delete)
    assert told[-1] == ("brother", "mother's voice") == chips.tags()


def test_saved_is_said_only_when_told_so(qtbot, themed: ThemeSource) -> None:
    note = SavedNote()
    qtbot.addWidget(note)
    assert note.text() == ""
    note.saved("07:14")
    assert note.text() == "Saved 07:14"
    note.failed("the disk is full")
    assert note.text() == "Not saved yet: the disk is full. Your words are still here."
    note.draft_kept()
    assert note.accessibleName() == "Draft kept"
    note.clear()
    assert note.text() == ""


def test_undo_is_offered_once(qtbot, themed: ThemeSource) -> None:
    offer = UndoOffer()
    qtbot.addWidget(offer)
    assert not offer.undo()
    offer.offer("Deleted.")
    with qtbot.waitSignal(offer.undo_requested):
        assert offer.undo()
    assert not offer.undo()


def test_banner_notice_error_and_sealed_card(qtbot, themed: ThemeSource) -> None:
    banner = Banner("Time to wind down.", (("open", "Open"), ("not_tonight", "Not tonight")))
    qtbot.addWidget(banner)
    with qtbot.waitSignal(banner.action_invoked) as got:
        banner.findChild(QPushButton, "banner_not_tonight").click()
    assert got.args == ["not_tonight"]
    notice = Notice("Planned for tonight: <b>SleepSync</b>", kind="info", link="Choose as planned")
    qtbot.addWidget(notice)
    assert notice.accessibleName() == "Planned for tonight: <b>SleepSync</b>"
    box = QWidget()
    qtbot.addWidget(box)
    error = InlineError(box)
    error.set_sentence("It is empty.")
    assert error.sentence() == "It is empty." and not error.isHidden()


def test_a_failure_is_a_sentence_where_it_is_known_and_raised_where_it_is_a_bug(qtbot, themed: ThemeSource) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    error = InlineError(box)
    known = UserError("No nights", "the journal is empty", "import some")
    error.show_failure(known)
    assert error.sentence() == known.sentence and not error.isHidden()
    with pytest.raises(ValueError, match="a bug"):
        error.show_failure(ValueError("a bug"))
    assert error.sentence() == known.sentence


def test_a_part_without_a_parent_never_becomes_a_window(qtbot, themed: ThemeSource) -> None:
    note = SavedNote()
    note.saved("07:14")
    assert not note.isVisible()
    box = QWidget()
    qtbot.addWidget(box)
    QVBoxLayout(box).addWidget(note)
    box.show()
    assert note.isVisible()


def test_the_sealed_card_names_its_sources(qtbot, themed: ThemeSource) -> None:
    card = SealedCard(("WHOOP", "SleepSync"))
    qtbot.addWidget(card)
    assert card.words.plain().startswith("WHOOP and SleepSync both recorded last night.")
    with qtbot.waitSignal(card.open_requested):
        card.button.click()


@pytest.mark.parametrize(
    "hostile", ["<img src=x onerror=alert(1)>", "a & b <b>bold</b>", '"><a href="link:evil">x</a>']
)
def test_nothing_shown_is_read_as_markup(qtbot, themed: ThemeSource, hostile: str) -> None:
    label, prose = Label(hostile), Prose("Says: ", (hostile, "link:ok"))
    qtbot.addWidget(label)
    qtbot.addWidget(prose)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert prose.plain() == f"Says: {hostile}"
    assert "<img" not in prose.text() and "<b>" not in prose.text() and prose.text().count("<a ") == 1


def test_prose_links_tell_their_key(qtbot, themed: ThemeSource) -> None:
    prose = Prose(("24 enhanced", "link:enhanced"), " nights")
    qtbot.addWidget(prose)
    with qtbot.waitSignal(prose.link_activated) as got:
        prose.linkActivated.emit("link:enhanced")
    assert got.args == ["enhanced"] and prose.focusPolicy() == Qt.FocusPolicy.StrongFocus
    prose.set_parts("No link")
    assert prose.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_tables_are_words_with_a_dash_for_nothing(qtbot, themed: ThemeSource) -> None:
    table = make_table("Left out", ("Night", "Minutes"), [("Fri 6 Mar", 12), ("Thu 19 Mar", None)], stretch=0)
    qtbot.addWidget(table)
    model = table.model()
    assert isinstance(model, RowsModel)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert model.index(1, 1).data() == "–"
    assert model.index(1, 1).data(Qt.ItemDataRole.AccessibleTextRole) == "Minutes: none"
    assert model.index(1, 1).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    model.set_rows([("Wed 1 Apr", 0)])
    assert model.rowCount() == 1 and model.index(0, 1).data() == "0"


def test_columns_stack_when_text_is_large(qtbot, themed: ThemeSource) -> None:
    columns = Columns()
    columns.left.addWidget(Label("Left"))
    columns.right.addWidget(Label("Right"))
    qtbot.addWidget(columns)
    columns.resize(1000, 400)
    columns.show()
    assert not columns.stacked
    themed.apply(scale=2.0)
    assert columns.stacked
    assert columns.right_widget.y() > columns.left_widget.y() or not columns.isVisible()
    themed.apply(scale=1.0)
    assert not columns.stacked


def test_page_shows_what_it_is_told(qtbot, themed: ThemeSource) -> None:
    page = Page("tonight", "Tonight")
    qtbot.addWidget(page)
    page.set_subtitle("Thursday 12 November")
    button = Button("Add")
    page.add_control(button)
    page.foot().addWidget(Label("Foot"))
    page.body.addWidget(
        EmptyState("No nights yet.", "A night appears here when you write it down.", Button("Write", "primary"))
    )
    page.resize(1072, 800)
    page.show()
    assert page.leave() and not page.find() and not page.new_dream()
    page.activate(date(2026, 11, 12))
    assert page.scroll_area is not None and page.scroll_area.verticalScrollBar().maximum() == 0
    page.resize(500, 800)
    qtbot.waitUntil(lambda: button.mapTo(page, button.rect().topLeft()).y() > page.title_label.geometry().bottom())


def test_focus_ring_stands_two_pixels_outside(qtbot, themed: ThemeSource) -> None:
    window = QWidget()
    row = QHBoxLayout(window)
    row.setContentsMargins(30, 30, 30, 30)
    button, other = Button("Save diary", "primary"), IconButton("x", "Close")
    row.addWidget(button)
    row.addWidget(other)
    ring = FocusRing(window)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    button.setFocus()
    shown = ring.ring()
    assert shown is not None and shown.geometry() == button.geometry().adjusted(-4, -4, 4, 4)
    qtbot.keyClick(button, Qt.Key.Key_Tab)
    shown = ring.ring()
    assert shown is not None and shown.geometry() == other.geometry().adjusted(-4, -4, 4, 4)
    other.hide()
    shown = ring.ring()
    assert shown is None or shown.geometry() == button.geometry().adjusted(-4, -4, 4, 4)


def test_focus_ring_outlives_the_page_it_was_drawn_on(qtbot, themed: ThemeSource) -> None:
    window = QWidget()
    row = QHBoxLayout(window)
    page, button = Page("tonight", "Tonight"), Button("Outside")
    inside = Button("Inside")
    page.body.addWidget(inside)
    row.addWidget(page)
    row.addWidget(button)
    ring = FocusRing(window)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    inside.setFocus()
    assert ring.ring() is not None
    with qtbot.waitSignal(page.destroyed):
        page.deleteLater()
    button.setFocus()
    shown = ring.ring()
    assert shown is not None and shown.parentWidget() is window


def test_flow_starts_a_new_line(qtbot, themed: ThemeSource) -> None:
    box = QWidget()
    flow = FlowLayout(box, 10, 10)
    for word in ("Natural", "Enhanced", "Not sure"):
        flow.addWidget(Button(word))
    qtbot.addWidget(box)
    assert flow.heightForWidth(120) > 2 * flow.heightForWidth(2000)


def test_the_safe_answer_has_the_focus(qtbot, themed: ThemeSource) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = AskDialog(parent, "Delete this night?", "It stays in the bin for 30 days.", "Delete", name="askDelete")
    with qtbot.waitSignal(dialog.rejected):
        dialog.open()
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.stay.isDefault() and not dialog.go.isDefault()


def test_icon_button_reads_its_label(qtbot, themed: ThemeSource) -> None:
    button = IconButton("chevron-left", "The night before (Alt+Left)")
    qtbot.addWidget(button)
    interface = QAccessible.queryAccessibleInterface(button)
    assert interface.text(QAccessible.Text.Name) == "The night before (Alt+Left)"


def test_enter_presses_the_button_that_has_the_focus_not_the_default_one(qtbot, themed: ThemeSource) -> None:
    ask = AskDialog(None, "Remove it?", "It cannot be undone.", "Remove", safe_default=False)
    qtbot.addWidget(ask)
    gone: list[str] = []
    ask.accepted.connect(lambda: gone.append("gone"))
    ask.show()
    ask.stay.setFocus()
    qtbot.keyClick(ask.stay, Qt.Key.Key_Return)
    assert not gone and not ask.isVisible()


def test_rows_added_to_a_page_that_is_shown_are_reached_where_they_stand(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    box = QVBoxLayout(page)
    listed = RowList()
    first, last = Button("First"), Button("Last")
    for widget in (first, listed, last):
        box.addWidget(widget)
    page.show()
    for turn in ("a", "b"):  # filled, and filled anew
        listed.clear()
        for n in range(3):
            row = QWidget()
            line = QHBoxLayout(row)
            for word in ("x", "y"):
                line.addWidget(Button(f"{turn}{n}{word}"))
            listed.add(row)
    qtbot.waitUntil(listed.rows[-1].isVisible)
    first.setFocus()
    reached = []
    while page.focusWidget() is not last:
        reached.append(page.focusWidget().text())
        assert len(reached) < 20
        QTest.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
    assert reached == ["First", "b0x", "b0y", "b1x", "b1y", "b2x", "b2y"]
