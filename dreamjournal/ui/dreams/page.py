"""The Dreams page: search as you type, the dreams found, and the chosen one in full, edited in place."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QListView, QScrollArea, QVBoxLayout, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.dream import Dream
from dreamjournal.domain.night import Night, last_night
from dreamjournal.services import bin as bin_service
from dreamjournal.services import dreams, nights
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.dreams.editor import NEW_SLOT, DreamEditor
from dreamjournal.ui.dreams.filters import DreamFilters
from dreamjournal.ui.dreams.keeper import reason_of
from dreamjournal.ui.dreams.list_model import DreamListModel
from dreamjournal.ui.dreams.row_delegate import DreamRowDelegate
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.page import STACK_BELOW, EmptyState, Page, scroll_to
from dreamjournal.ui.widgets.tables import style_list
from dreamjournal.ui.widgets.text import Label, Line, Prose
from dreamjournal.ui.words import count_words

_SHOWN = Changes.NIGHTS | Changes.BIN | Changes.ENHANCERS
LIST_WIDTH = 392
MANY = 2000
"""From so many dreams on, a search waits until the typing rests: a short prefix was measured at 0.3 s in 10,000."""
REST_MS = 150


class DreamList(QListView):
    """The dreams found. Enter goes to the text, ↑ at the top back to the search, Delete asks to delete."""

    def __init__(self, page: DreamsPage) -> None:
        super().__init__()
        self._page = page
        self.setObjectName("dreamList")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._page.editor.words.setFocus(Qt.FocusReason.TabFocusReason)
        elif event.key() == Qt.Key.Key_Up and self.currentIndex().row() <= 0:
            self._page.filters.search.setFocus(Qt.FocusReason.BacktabFocusReason)
        elif event.key() == Qt.Key.Key_Delete:
            self._page.editor.delete.click()
        else:
            super().keyPressEvent(event)


class DreamsPage(Page):
    """List and detail; both scroll by themselves, and stand one above the other where there is no room beside."""

    def __init__(self, context: PageContext) -> None:
        super().__init__("dreams", "Dreams", margins=False, header=False)
        self._context = context
        self._deleted: int | None = None
        self._total: int | None = None
        """How many dreams there are; None until it is counted again."""
        self._shown_once = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REST_MS)
        self._later.timeout.connect(self._look)
        self.filters = DreamFilters()
        self.model = DreamListModel()
        self.list = DreamList(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(DreamRowDelegate(self.list))
        style_list(self.list, "Dreams found")
        self.editor = DreamEditor(context, self)
        self.count = Label("", "caption", "muted")
        self.order = Label("", "caption", "muted")
        self.no_hit = Prose(kind="body", tone="muted")
        self.no_hit.setObjectName("noHit")
        self.new_button = Button("New dream", "link", name="newDream")
        self.signs_button = Button("Signs…", "link", name="dreamsSigns")
        self.coding_button = Button("Coding…", "link", name="dreamsCoding")
        self.empty_button = Button("New dream", "primary", name="firstDream")
        self.empty = EmptyState("No dreams yet.", "A single word counts.", self.empty_button)
        self._build()
        self._connect()

    # What the shell calls.

    def activate(self, night: date | None) -> None:
        self.filters.set_today(self._last_night())
        self.filters.set_tags(dreams.tags(self._context.journal, self._context.person_id))
        if night is not None:
            own = self._night(night).dreams
            self.filters.clear()
            self._list(prefer=own[0].id if own else None)
        else:
            self._list(prefer=self._shown_id())
        if not self._shown_once and dreams.draft(self._context.journal, self._context.person_id, NEW_SLOT) is not None:
            self._offer_new_draft()
        self._shown_once = True

    def refresh(self, changes: Changes) -> None:
        if changes & _SHOWN:
            self._total = None
            self.filters.set_tags(dreams.tags(self._context.journal, self._context.person_id))
            self._list(prefer=self._shown_id())

    def leave(self) -> bool:
        self.editor.editing.leave()
        return True

    def unsaved(self) -> str:
        return self.editor.editing.unkept

    def shown_night(self) -> date | None:
        return None if self.editor.dream is None else self.editor.dream.night_date

    def spot(self) -> tuple[int, ...]:
        words = self.editor.words
        return (
            self._shown_id() or 0, words.textCursor().position(), self._detail.verticalScrollBar().value(), int(words.hasFocus()),
        )  # fmt: skip

    def return_to(self, spot: tuple[int, ...]) -> None:
        if not spot:
            return
        dream, caret, scrolled, in_words = spot
        words = self.editor.words
        if dream and self._shown_id() != dream and self.model.row_of(dream) >= 0:
            self._list(prefer=dream)
        if (self._shown_id() or 0) != dream:
            return
        if in_words:
            words.setFocus(Qt.FocusReason.OtherFocusReason)
        cursor = words.textCursor()
        cursor.setPosition(min(caret, len(words.toPlainText())))
        words.setTextCursor(cursor)
        scroll_to(self._detail.verticalScrollBar(), scrolled)

    def focus_first(self) -> None:
        first = self.editor.words if self._writing_new() else self.filters.search
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def find(self) -> bool:
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.selectAll()
        return True

    def new_dream(self) -> bool:
        """Ctrl+N: an empty dream for last night; words drafted for a new dream come back with it."""
        self.editor.editing.leave()
        if self.unsaved():
            return True
        self._show_editor(True)
        self.list.selectionModel().clear()
        kept = dreams.draft(self._context.journal, self._context.person_id, NEW_SLOT)
        night = self._last_night() if kept is None or kept.night_date is None else kept.night_date
        self.editor.show_new(self._night(night), self._last_night_or_tonight())
        self.editor.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    # Parts.

    def _build(self) -> None:
        left = QWidget()
        head = QHBoxLayout()
        head.setSpacing(12)
        self.title_label.setParent(left)
        head.addWidget(self.title_label, 1)
        head.addWidget(self.new_button, 0, Qt.AlignmentFlag.AlignBottom)
        counts = QHBoxLayout()
        counts.addWidget(self.count, 1)
        counts.addWidget(self.order)
        top = QVBoxLayout()
        top.setContentsMargins(24, 28, 24, 8)
        top.setSpacing(12)
        top.addLayout(head)
        top.addWidget(self.filters)
        top.addLayout(counts)
        further = QHBoxLayout()
        further.setSpacing(16)
        further.addWidget(self.signs_button)
        further.addWidget(self.coding_button)
        further.addStretch(1)
        top.addLayout(further)
        top.addWidget(self.undo_offer)
        top.addWidget(self.no_hit)
        self._list_box = QWidget()
        list_box = QVBoxLayout(self._list_box)
        list_box.setContentsMargins(8, 0, 8, 0)
        list_box.addWidget(self.list)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(Line())
        column.addWidget(self._list_box, 1)
        column.addStretch(0)
        self._left = left
        self._detail = QScrollArea()
        self._detail.setWidgetResizable(True)
        self._detail.setFrameShape(QFrame.Shape.NoFrame)
        self._detail.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._detail.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._detail.setWidget(self.editor)
        self._right = QWidget()
        right = QVBoxLayout(self._right)
        right.setContentsMargins(0, 0, 0, 0)
        right.addWidget(self._detail)
        self._empty_box = QWidget()
        empty = QVBoxLayout(self._empty_box)
        empty.setContentsMargins(48, 96, 48, 24)
        empty.addWidget(self.empty)
        empty.addStretch(1)
        right.addWidget(self._empty_box)
        self._line = Line(vertical=True)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(0)
        self._row.addWidget(left)
        self._row.addWidget(self._line)
        self._row.addWidget(self._right, 1)
        self.body.addLayout(self._row, 1)
        self.no_hit.hide()

    def _connect(self) -> None:
        self.filters.changed.connect(self._on_filter)
        self.filters.search.list_requested.connect(self._into_list)
        self.no_hit.link_activated.connect(self._on_no_hit_link)
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.list.clicked.connect(lambda index: self._on_current(index, index))
        self.new_button.clicked.connect(self.new_dream)
        self.empty_button.clicked.connect(self.new_dream)
        self.signs_button.clicked.connect(lambda: self.navigate.emit("signs", None))
        self.coding_button.clicked.connect(lambda: self.navigate.emit("coding", None))
        self.editor.delete_requested.connect(self._on_delete)
        self.editor.night_requested.connect(lambda night: self.navigate.emit("nights", night))
        self.editor.editing.dream_saved.connect(self._on_saved)
        self.undo_offer.undo_requested.connect(self._on_undo)
        tag_key = QShortcut(QKeySequence("Ctrl+Shift+D"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        tag_key.activated.connect(lambda: self.editor.tags.field.setFocus(Qt.FocusReason.ShortcutFocusReason))

    # Reading.

    def _last_night(self) -> date:
        return last_night(self._context.clock.now(), self._context.zone)

    def _last_night_or_tonight(self) -> date:
        return self._context.local(self._context.clock.now()).date()

    def _night(self, night: date) -> Night:
        return nights.night(self._context.journal, self._context.person_id, night, self._context.clock)

    def _shown_id(self) -> int | None:
        return None if self.editor.dream is None else self.editor.dream.id

    def _on_filter(self) -> None:
        if self._total is not None and self._total > MANY:
            self._later.start()
        else:
            self._look()

    def _look(self) -> None:
        self.editor.editing.save()
        self._list(prefer=None)

    def _list(self, prefer: int | None) -> None:
        context = self._context
        wanted = self.filters.wanted()
        rows = dreams.list_dreams(context.journal, context.person_id, wanted, context.clock)
        narrowed = self.filters.narrowed()
        if not narrowed or self._total is None:
            self._total = (
                len(rows)
                if not narrowed
                else len(dreams.list_dreams(context.journal, context.person_id, clock=context.clock))
            )
        total = self._total
        blocked = self.list.selectionModel().blockSignals(True)
        self.model.show(rows)
        self.list.selectionModel().blockSignals(blocked)
        self._show_count(len(rows))
        dates = [row.dream.night_date for row in rows]
        self.order.setText(
            "" if not rows else "Newest first" if dates == sorted(dates, reverse=True) else "Best match first"
        )
        self._show_no_hit(wanted.query, bool(rows), total)
        if prefer is None and not narrowed and rows:
            prefer = rows[0].dream.id
        at = self.model.row_of(prefer) if prefer is not None else -1
        if at < 0 and rows and not self.editor.editing.unsaved and not self._writing_new():
            at = 0
        if at >= 0:
            index = self.model.index(at, 0)
            self.list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self._on_current(index, index)
        elif not rows and self.editor.dream is None and not self._writing_new():
            self._show_editor(False)

    def _show_count(self, found: int) -> None:
        if self.filters.narrowed() and self._total is not None:
            self.count.setText(f"{found} of {count_words(self._total, 'dream')}")
        else:
            self.count.setText(count_words(found, "dream"))

    def _writing_new(self) -> bool:
        return self._detail.isVisibleTo(self) and self.editor.dream is None and self.editor.editing.has_content()

    def _show_no_hit(self, query: str, found: bool, total: int) -> None:
        self.empty.setVisible(total == 0)
        self._empty_box.setVisible(total == 0 and not self._writing_new())
        self._list_box.setVisible(found)
        if found or total == 0:
            self.no_hit.hide()
            return
        parts: list[str | tuple[str, str]] = []
        if query.strip():
            parts.append(f"Nothing with “{query.strip()}”.")
            near = dreams.suggestion(self._context.journal, self._context.person_id, query)
            if near is not None:
                parts += [" Did you mean ", (f"“{near[0]}”", f"link:word:{near[0]}"), f" ({near[1]})?"]
        else:
            parts.append("No dream fits these filters.")
        parts += [" ", ("Show all dreams", "link:all")]
        self.no_hit.set_parts(*parts)
        self.no_hit.show()

    def _show_editor(self, shown: bool) -> None:
        self._detail.setVisible(shown)
        self._empty_box.setVisible(not shown and self._total == 0)

    # What the person does.

    def _on_no_hit_link(self, key: str) -> None:
        if key == "all":
            self.filters.clear()
        else:
            self.filters.search.show_text(key.removeprefix("word:"))
            self._list(prefer=None)
        self.filters.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _into_list(self) -> None:
        if self.model.rowCount():
            if not self.list.currentIndex().isValid():
                self.list.setCurrentIndex(self.model.index(0, 0))
            self.list.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_current(self, current, _before) -> None:  # noqa: ANN001 - QModelIndex
        row = self.model.row_at(current.row())
        if row is None:
            return
        self._show_editor(True)
        if self.editor.editing.unsaved:
            same = self._shown_id() == row.dream.id
            if not same and not self.editor.editing.save():
                # The words could not be saved: they stay on the screen, and so does their row.
                return
            if same:
                return
        self.editor.tags.set_known([tag for tag, _ in dreams.tags(self._context.journal, self._context.person_id)])
        self.editor.show_dream(
            row.dream, self._night(row.dream.night_date), row.spans if self.filters.search.text().strip() else ()
        )

    def _on_saved(self, dream: Dream) -> None:
        # The list shows the new words; the field keeps its caret, since the editor is not filled again.
        if self.model.replace(dream):
            return
        context = self._context
        rows = dreams.list_dreams(context.journal, context.person_id, self.filters.wanted(), context.clock)
        model = self.list.selectionModel()
        blocked = model.blockSignals(True)
        self.model.show(rows)
        at = self.model.row_of(dream.id)
        if at >= 0:
            model.setCurrentIndex(self.model.index(at, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect)
        model.blockSignals(blocked)
        self._list_box.setVisible(bool(rows))
        self.empty.hide()
        self._empty_box.hide()
        self._total = None if self.filters.narrowed() else len(rows)
        self._show_count(len(rows))

    def _on_delete(self, dream: Dream) -> None:
        context = self._context
        row = self.model.row_of(dream.id)
        try:
            bin_id, changes = context.kept(lambda: dreams.delete(context.journal, dream.id, context.clock))
        except KnownError as error:
            self.editor.saved.failed(reason_of(error))
            return
        self._deleted = bin_id
        self._total = None
        after = self.model.row_at(row + 1) or self.model.row_at(row - 1)
        self.editor.editing.show(None, dream.night_date, NEW_SLOT)
        self._show_editor(False)
        self._list(prefer=after.dream.id if after is not None else None)
        (self.list if self.model.rowCount() else self.filters.search).setFocus(Qt.FocusReason.OtherFocusReason)
        self.undo_offer.offer("Dream deleted.")
        context.publish(changes | Changes.BIN, self)

    def _on_undo(self) -> None:
        if self._deleted is None:
            return
        bin_id, self._deleted = self._deleted, None
        try:
            context = self._context
            changes = context.kept(lambda: bin_service.restore(context.journal, bin_id, context.clock))
        except KnownError as error:
            self._deleted = bin_id
            self.editor.saved.failed(reason_of(error))
            return
        self._total = None
        self._list(prefer=self._shown_id())
        self._context.publish(changes | Changes.BIN, self)

    def _offer_new_draft(self) -> None:
        kept = dreams.draft(self._context.journal, self._context.person_id, NEW_SLOT)
        if kept is not None and kept.text.strip():
            self.new_dream()

    # Sizes.

    def resizeEvent(self, event) -> None:  # noqa: ANN001 - QResizeEvent
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        scale = theme_of(self).scale
        stacked = self.width() / scale < STACK_BELOW + 140
        self.editor.set_narrow(stacked or self.width() / scale < 1000)
        way = QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
        self._row.setDirection(way)
        self._line.setVisible(not stacked)
        if stacked:
            self._left.setMinimumWidth(0)
            self._left.setMaximumWidth(16777215)
            self.list.setFixedHeight(theme_of(self).scaled(280))
            # One scroll bar for the whole page: the editor takes the height it needs.
            self._detail.setMinimumHeight(self.editor.sizeHint().height() + theme_of(self).scaled(160))
        else:
            self._left.setFixedWidth(min(round(LIST_WIDTH * scale), self.width() * 2 // 5))
            self.list.setMinimumHeight(0)
            self.list.setMaximumHeight(16777215)
            self._detail.setMinimumHeight(0)

    def hideEvent(self, event: QHideEvent) -> None:
        self.editor.editing.leave()
        super().hideEvent(event)
