"""Coding: dreams counted by hand after Hall and Van de Castle, one at a time and blind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.common.progress import Progress
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.coding import CodingSet
from dreamjournal.domain.night import tonight
from dreamjournal.runtime.tasks import Latest
from dreamjournal.services import codings
from dreamjournal.ui.coding.code_view import CodeView
from dreamjournal.ui.coding.results import AgreementView, IndicesView
from dreamjournal.ui.coding.set_view import SetView
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.choice import FoldingChoice
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.numbers_hidden import NumbersHidden
from dreamjournal.ui.widgets.page import Page
from dreamjournal.ui.widgets.text import Label

CODE, SET, AGREEMENT, INDICES = "code", "set", "agreement", "indices"
PARTS = ((SET, "Which dreams"), (CODE, "Code"), (AGREEMENT, "Agreement"), (INDICES, "Indices"))


class CodingPage(Page):
    """Four parts: the set, one dream at a time, agreement of two raters, indices by kind of night."""

    part_shown = Signal(str)
    """The part now shown, once it is worked out."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("coding", "Coding dreams", parent=parent)
        self._context = context
        self._latest = Latest(context.tasks)
        self._set: CodingSet | None = None
        self._enhancer: str | None = None
        self._first = True
        self.hidden = NumbersHidden()
        back = Button("Dreams", "link", icon_name="chevron-left", name="codingBack")
        back.setAccessibleName("Back to Dreams")
        back.clicked.connect(lambda: self.navigate.emit("dreams", None))
        signs = Button("Signs…", "link", name="codingSigns")
        signs.clicked.connect(lambda: self.navigate.emit("signs", None))
        self.add_control(back)
        self.add_control(signs)
        self.parts = FoldingChoice(PARTS, "Part", name="codingParts")
        self.parts.chosen.connect(lambda key: self.show_part(str(key or SET)))
        self.working = Label("Working it out…", "caption", "muted")
        self.working.hide()
        self.error = InlineError()
        self.choose = SetView(context, tonight(context.clock.now(), context.zone))
        self.code = CodeView(context)
        self.agreement = AgreementView()
        self.indices = IndicesView()
        self._views: dict[str, QWidget] = {
            SET: self.choose, CODE: self.code, AGREEMENT: self.agreement, INDICES: self.indices,
        }  # fmt: skip
        self.body.addWidget(self.parts)
        self.body.addWidget(self.error)
        self.body.addWidget(self.working)
        for view in self._views.values():
            view.hide()
            self.body.addWidget(view)
        self.hidden.hide()
        self.body.addWidget(self.hidden)
        self.body.addStretch(1)
        bar = self.foot()
        bar.addWidget(self.code.foot, 1)
        self._show_bar()
        self.code.item_shown.connect(lambda _number: self._show_bar())
        self.choose.made.connect(self._on_made)
        self.code.kept.connect(lambda changes: context.publish(changes, self))
        self.indices.enhancer_chosen.connect(self._on_enhancer)
        for sequence in ("Ctrl+Return", "Ctrl+Enter"):
            key = QShortcut(QKeySequence(sequence), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            key.activated.connect(self._on_finish)
        self.code.counters.gone_to.connect(self._show_field)
        if self.scroll_area is not None:
            self.scroll_area.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    # ---- what the shell calls

    def activate(self, night: date | None) -> None:
        self._read_set()
        if self._first:
            self._first = False
            self.show_part(CODE if self._set is not None else SET)

    def refresh(self, changes: Changes) -> None:
        if changes & (
            Changes.DREAMS | Changes.BIN | Changes.IMPORTS | Changes.ENHANCERS | Changes.SETTINGS | Changes.CODINGS
        ):
            self._first = True
        key = self.parts.value()
        if Changes.SETTINGS in changes and self.isVisible() and key in (AGREEMENT, INDICES):
            self.show_part(str(key))  # numbers may be hidden now, or shown again

    def leave(self) -> bool:
        self._latest.cancel()
        return True

    def focus_first(self) -> None:
        key = self.parts.value()
        if key == CODE:
            self.code.focus_first()
        elif key == SET:
            self.choose.nights.setFocus()
        else:
            self.parts.setFocus()

    def step_night(self, days: int) -> None:
        """Alt+← and Alt+→: the dream before or after; no night is told here."""
        if self.parts.value() == CODE:
            self.code.step(days)

    def undo(self) -> None:
        if self.parts.value() == CODE:
            self.code.undo()

    def _on_finish(self) -> None:
        if self.parts.value() == CODE:
            self.code.finish()

    def _show_field(self, field: QWidget) -> None:
        if self.scroll_area is not None:
            self.scroll_area.ensureWidgetVisible(field, 0, 120)

    def _on_scrolled(self, value: int) -> None:
        inner = None if self.scroll_area is None else self.scroll_area.widget()
        if inner is not None:
            self.code.follow(value - self.code.work.mapTo(inner, QPoint(0, 0)).y())

    # ---- parts

    def show_part(self, key: str) -> None:
        """Show the set, the dreams, the agreement or the indices."""
        self._latest.cancel()
        self.working.hide()
        self.error.set_sentence("")
        if self._set is None and key != SET:
            self.error.set_sentence("Choose the dreams first.")
            key = SET
        self.parts.set_value(key)
        for name, view in self._views.items():
            view.setVisible(name == key and key not in (AGREEMENT, INDICES))
        hidden = key in (AGREEMENT, INDICES) and self._context.hides_numbers
        self.hidden.setVisible(hidden)
        self._show_bar()
        if key == SET:
            self.choose.show_set(self._set)
        elif key == CODE:
            self._open_code()
        elif hidden:
            pass  # what was counted stays; only what follows from it is numbers alone
        elif key == AGREEMENT:
            self._work(key, self._agree, self.agreement.show_result)
            return
        else:
            self._work(key, self._index, lambda found: self.indices.show_result(*found))
            return
        self.part_shown.emit(key)

    def _show_bar(self) -> None:
        bar = self.foot().parentWidget()
        if bar is not None:
            bar.setVisible(self.parts.value() == CODE and self.code.item is not None)

    def _open_code(self) -> None:
        try:
            self.code.show_set(codings.open_set(self._context.journal, self._context.person_id))
        except KnownError as error:
            self.error.set_sentence(error.sentence)

    def _read_set(self) -> None:
        self._set = codings.the_set(self._context.journal, self._context.person_id)

    def _on_made(self, changes: Changes) -> None:
        made = Changes.CODINGS in changes
        self._read_set()
        self._context.publish(changes, self)
        if made:
            self.show_part(CODE)
            self.code.focus_first()

    def _on_enhancer(self, name: str) -> None:
        self._enhancer = name
        self.show_part(INDICES)

    # ---- work

    def _work(self, key: str, work: Callable[[Progress], Any], show: Callable[[Any], None]) -> None:
        self.working.show()

        def done(found: Any) -> None:
            self.working.hide()
            show(found)
            self._views[key].show()
            self.part_shown.emit(key)

        def failed(error: Exception) -> None:
            self.working.hide()
            self.error.show_failure(error)

        self._latest.start(work, done, failed)

    def _agree(self, progress: Progress) -> Any:
        from dreamjournal.services import coding_results, journals

        progress.step(0, 0)
        own = journals.reopen(self._context.journal)
        try:
            return coding_results.agreement(own, codings.open_set(own, self._context.person_id))
        finally:
            own.close()

    def _index(self, progress: Progress) -> Any:
        from dreamjournal.services import coding_results, enhancers, journals

        context, wanted = self._context, self._enhancer
        own = journals.reopen(context.journal)
        try:
            names = tuple(e.name for e in enhancers.all(own, context.person_id) if not e.retired)
            if wanted not in names:
                wanted = names[0] if names else None
            opened = codings.open_set(own, context.person_id)
            return names, coding_results.indices(own, opened, wanted, None, context.clock, progress)
        finally:
            own.close()
