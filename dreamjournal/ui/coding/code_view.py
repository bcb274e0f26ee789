"""One dream at a time: its masked words on the left, the counts on the right, kept at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.common.errors import KnownError, UserError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.coding import BlindDream, Coding
from dreamjournal.services import codings
from dreamjournal.ui.coding.counters import Counters
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.fields import Field, LineField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError, SavedNote
from dreamjournal.ui.widgets.page import Columns
from dreamjournal.ui.widgets.rows import TickRow
from dreamjournal.ui.widgets.text import Label, set_shown


class _DreamText(Label):
    """The dream's words; their height is measured once for each width, since a long dream takes its time."""

    def __init__(self) -> None:
        self._heights: dict[int, int] = {}
        super().__init__("", "words", wrap=True)

    def setText(self, text: str) -> None:
        self._heights.clear()
        super().setText(text)

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = super().heightForWidth(width)
        return self._heights[width]

    def sizeHint(self) -> QSize:
        width = theme_of(self).scaled(480)
        return QSize(width, self.heightForWidth(width))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._heights.clear()
        super().changeEvent(event)


class CodeView(QWidget):
    """Asks for the rater's initials, then shows the dreams of the set in their shuffled order.

    `kept` carries the `Changes` after each commit, `item_shown` the number of the dream now shown, 0 for none. `foot` holds the
    buttons, for a bar that does not scroll.
    """

    kept = Signal(object)
    item_shown = Signal(int)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._opened: codings.OpenSet | None = None
        self._undo: list[tuple[int, Coding | None]] = []
        self.rater = ""
        self.item: BlindDream | None = None
        # The rater is not always the person whose dreams they are.
        self.initials = LineField("The rater’s initials", placeholder="AB", name="codingRater")
        self.initials.setMaximumWidth(theme_of(self).scaled(140))
        self.initials.returnPressed.connect(self._on_rater)
        self.initials_field = Field("The rater’s initials", self.initials)
        self.begin = Button("Begin or go on", "primary", name="codingBegin")
        self.begin.clicked.connect(self._on_rater)
        self.ask = QWidget()
        ask = QVBoxLayout(self.ask)
        ask.setContentsMargins(0, 0, 0, 0)
        ask.addWidget(Label(
            "You see one dream after the other in a shuffled order, without its night and what the night was. Words that could tell "
            "are masked with ▇▇▇. What another rater counted is never shown. Who wrote the dreams may remember their nights all the "
            "same; somebody else codes them blinder.", "body", "muted", wrap=True,
        ))  # fmt: skip
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.initials_field)
        row.addWidget(self.begin, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        ask.addLayout(row)
        self.work = Columns(ratio=(5, 6), gap=40)
        self.where = Label("", "label", strong=True)
        self.masked = Label("", "caption", "muted", wrap=True)
        self.words = _DreamText()
        self.hints = TickRow(
            "Show word hits", detail="Words on short English lists. Nothing is counted from them.", name="codingHits", framed=False
        )  # fmt: skip
        self.hints.clicked.connect(lambda _on: self._show_hits())
        self.counters = Counters()
        self.counters.changed.connect(self._on_changed)
        self.saved = SavedNote()
        self.error = InlineError()
        self._lead = QWidget()
        self._lead.setFixedHeight(0)
        left = self.work.left
        left.setSpacing(0)
        left.addWidget(self._lead)
        left.setSpacing(12)
        left.addWidget(self.where)
        left.addWidget(self.words)
        left.addWidget(self.masked)
        left.addWidget(self.hints)
        left.addStretch(1)
        self.work.right.addWidget(self.counters)
        foot = QWidget()
        acts = FlowLayout(foot, 12, 8)
        self.before = Button("Dream before", name="codingBefore")
        self.before.clicked.connect(lambda: self.step(-1))
        self.after = Button("Dream after", name="codingAfter")
        self.after.clicked.connect(lambda: self.step(1))
        self.next = Button("Finished, next dream (Ctrl+Enter)", "primary", name="codingNext")
        self.next.clicked.connect(self.finish)
        self.back = Button("Undo (Alt+U)", name="codingUndo")
        # A button's own shortcut clicks it only a moment later.
        QShortcut(QKeySequence("Alt+U"), self, context=Qt.ShortcutContext.WindowShortcut).activated.connect(self.undo)
        self.back.clicked.connect(self.undo)
        for button in (self.next, self.before, self.after, self.back, self.saved):
            acts.addWidget(button)
        self.foot = foot
        self.through = Label("", "section", wrap=True)
        self.again = Button("Look through them again", name="codingAgain")
        self.again.clicked.connect(lambda: self.show_item(1))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for part in (self.ask, self.through, self.again, self.error, self.work):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft if part is self.again else Qt.AlignmentFlag(0))
        column.addStretch(1)
        self._show_parts()

    def show_set(self, opened: codings.OpenSet) -> None:
        """Code this set; a rater who was at work goes on."""
        self._opened = opened
        self._undo = []
        if self.rater:
            self._next(0)
        else:
            self._show_parts()

    def focus_first(self) -> None:
        """Where one begins."""
        if self.item is None:
            self.initials.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.counters.focus_first()

    def follow(self, top: int) -> None:
        """Keep the dream beside the counts as the page scrolls: `top` is how far the view lies above what is seen."""
        free = self.work.left_widget.height() - self.words.height() - theme_of(self).scaled(140)
        height = 0 if self.work.stacked else min(top, max(0, free))
        if height != self._lead.height():
            self._lead.setFixedHeight(max(0, height))

    # ---- the rater

    def _on_rater(self) -> None:
        from dreamjournal.domain.coding import checked_rater

        try:
            self.rater = checked_rater(self.initials.text())
        except UserError as error:
            self.initials_field.set_error(error.sentence)
            return
        self.initials_field.set_error("")
        self.initials.show_text(self.rater)
        self._next(0)

    # ---- moving

    def _next(self, after: int) -> None:
        if self._opened is None:
            return
        number = codings.next_number(self._context.journal, self._opened, self.rater, after)
        if number is None:
            self.item = None
            of = len(self._opened.dreams)
            self.through.setText(f"{self.rater} has finished all {of} dreams of the set.")
            self._show_parts()
            self.item_shown.emit(0)
            return
        self.show_item(number)

    def show_item(self, number: int) -> None:
        """Show a dream of the set by its number."""
        if self._opened is None:
            return
        try:
            self.item = codings.item(self._context.journal, self._opened, self.rater, number)
        except KnownError as error:
            self.error.set_sentence(error.sentence)
            return
        self.error.set_sentence("")
        item = self.item
        done = next(
            (s.finished for s in codings.raters(self._context.journal, self._opened) if s.rater == self.rater), 0
        )
        self.where.setText(f"{item.number} of {item.of} · {done} finished{' · this one, too' if item.finished else ''}")
        self.words.setText(item.text)
        many = f"{item.words} {'word' if item.words == 1 else 'words'}"
        self.masked.setText(f"{many}, {item.masked} masked" if item.masked else many)
        self.counters.show_codes(item.codes)
        self._show_hits()
        self.before.setEnabled(item.number > 1)
        self.after.setEnabled(item.number < item.of)
        self._show_parts()
        self.counters.focus_first()
        self.item_shown.emit(number)

    def step(self, by: int) -> None:
        """The dream before or after, finished or not."""
        if self.item is not None and 1 <= self.item.number + by <= self.item.of and self._settle():
            self.show_item(self.item.number + by)

    def _show_hits(self) -> None:
        shown = self.hints.isChecked() and self.item is not None
        self.counters.show_hits(self.item.hints if shown and self.item is not None else {})

    def _show_parts(self) -> None:
        coding = self.item is not None
        set_shown(self.work, coding)
        set_shown(self.ask, not coding)
        for widget in (self.through, self.again):
            set_shown(widget, not coding and bool(self.rater and self.through.text()))
        self.back.setEnabled(bool(self._undo))

    # ---- keeping

    def _on_changed(self) -> None:
        self._keep(finished=None)

    def _settle(self) -> bool:
        """Keep what stands in a field that still has the focus."""
        if self.item is None or self.counters.wrong() is not None:
            return False
        return self.counters.codes() == dict(self.item.codes) or self._keep(finished=None)

    def finish(self) -> None:
        """Ctrl+Enter: this dream is finished, the next one comes."""
        if self.item is not None and self._keep(finished=True):
            self._next(self.item.number)

    def _keep(self, *, finished: bool | None) -> bool:
        item, opened = self.item, self._opened
        if item is None or opened is None:
            return False
        wrong = self.counters.wrong()
        if wrong is not None:
            self.counters.fields[wrong].setFocus(Qt.FocusReason.OtherFocusReason)
            return False
        over = item.finished if finished is None else finished
        journal = self._context.journal

        def keep() -> Changes:
            before = codings.kept(journal, opened, self.rater, item.number)
            changes = codings.save(
                journal, opened, self.rater, item.number, self.counters.codes(), self._context.clock, finished=over
            )
            self._undo.append((item.number, before))
            self.item = codings.item(journal, opened, self.rater, item.number)
            return changes

        return self._write(keep)

    def undo(self) -> None:
        """Take back the last thing that was kept, and show its dream."""
        opened = self._opened
        if not self._undo or opened is None:
            return
        number, before = self._undo.pop()
        if self._write(lambda: codings.put_back(self._context.journal, opened, self.rater, number, before)):
            self.show_item(number)

    def _write(self, act: Callable[[], Changes]) -> bool:
        try:
            changes = act()
        except UserError as error:
            if error.field is None or not self.counters.set_error(error.field, error.sentence):
                self.error.set_sentence(error.sentence)
            return False
        except KnownError as error:
            self.error.set_sentence(error.sentence)
            return False
        self.error.set_sentence("")
        self.saved.saved(self._context.now_words())
        self.back.setEnabled(bool(self._undo))
        self.kept.emit(changes)
        return True
