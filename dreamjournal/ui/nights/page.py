"""Nights: the raster of all nights, and the chosen one beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QStackedWidget, QTableView, QVBoxLayout, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.common.progress import Progress
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.instant import Instant
from dreamjournal.domain.night import Night, last_night, night_of, tonight
from dreamjournal.domain.person import JournalKind
from dreamjournal.domain.session import Session
from dreamjournal.runtime.tasks import Task
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.nights.correct import CorrectDialog
from dreamjournal.ui.nights.detail import NightDetail
from dreamjournal.ui.nights.legend import Legend
from dreamjournal.ui.nights.raster import Raster
from dreamjournal.ui.nights.rows import RasterRow, rows_between, span_of
from dreamjournal.ui.nights.table import NightTableModel
from dreamjournal.ui.nights.trail_dialog import TrailDialog
from dreamjournal.ui.study.closed import closed_words
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button, IconButton
from dreamjournal.ui.widgets.choice import ChoiceStrip
from dreamjournal.ui.widgets.dialog import show_error
from dreamjournal.ui.widgets.page import STACK_BELOW, EmptyState, Page
from dreamjournal.ui.widgets.tables import style_table
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import MONTHS, night_words, source_word

AT_ONCE = 56
"""Nights read before the first paint of the page; the rest comes from the worker."""
LEAST_ROWS = 28
DETAIL_WIDTH = 376
ZOOM_WORDS = ((0, "2 weeks"), (1, "4 weeks"), (2, "Year"), (3, "All"))


class NightsPage(Page):
    """Raster, its table twin, and the night detail."""

    loaded = Signal(int)
    """How many nights are shown, once all of them are."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("nights", "Nights", parent=parent)
        self._context = context
        self._own = context.journal.kind == JournalKind.OWN
        self._nights: list[Night] = []
        self._task: Task | None = None
        self._take_back: Callable[[], Changes] | None = None
        self._shown: date | None = None
        self._make_controls()
        self._make_body()
        self.undo_offer.undo_requested.connect(self._on_undo)

    def _make_controls(self) -> None:
        self.zoom = ChoiceStrip(ZOOM_WORDS, "Nights in view", name="zoom", clearable=False)
        self.zoom.set_value(1)
        self.zoom.setToolTip("Also + and − in the raster; 0 shows noon to noon")
        self.measures = Button("All measures…", "link", name="allMeasures")
        self.measures.clicked.connect(lambda: self.navigate.emit("measures", None))
        self.add_control(self.measures)
        self.add_control(self.zoom)
        self.back = IconButton("chevron-left", "Earlier nights", name="earlier")
        self.forth = IconButton("chevron-right", "Later nights", name="later")
        self.add_control(self.back)
        self.add_control(self.forth)

    def _make_body(self) -> None:
        self.raster = Raster()
        self.table = QTableView()
        self.table.setObjectName("nightsTable")
        self.table_model = NightTableModel(self.table)
        self.table.setModel(self.table_model)
        style_table(self.table, "Nights, one a row, newest last", stretch=8, row="control")
        self.legend = Legend()
        self.note = Label("A night belongs to the evening it began.", "caption", "muted", wrap=True)
        chart = QWidget()
        column = QVBoxLayout(chart)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.note)
        column.addWidget(self.raster, 1)
        column.addWidget(self.legend)
        self.views = QStackedWidget()
        self.views.addWidget(chart)
        self.views.addWidget(self.table)
        self.detail = NightDetail(own=self._own, hours=self._context.hours)
        write = Button("Write down tonight", "primary", icon_name="moon", name="writeTonight")
        write.setVisible(self._own)
        bring = Button("Import recordings…", icon_name="download", name="importRecordings")
        self.empty = EmptyState(
            "No nights yet. Nothing is missing.",
            "A night appears here when you write it down or when you bring in a recording. "
            "Dotted lines are nights nobody has said anything about; they never count as natural.",
            write,
            bring,
        )
        empty_box = self.empty.layout()
        if empty_box is not None:
            empty_box.addWidget(Label(
                "Or drop a file anywhere in this window: exports of devices and sleep apps, journals of dreams, and tables are read.",
                "caption", "muted", wrap=True,
            ))  # fmt: skip
        self.empty.setMaximumWidth(theme_of(self).scaled(680))
        self.empty.hide()
        self._split = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._split.setSpacing(24)
        self._split.addWidget(self.views, 1)
        self._split.addWidget(self.detail)
        self.body.addLayout(self._split, 1)
        self.body.addWidget(self.empty)
        self.body.addStretch(0)
        write.clicked.connect(lambda: self.navigate.emit("tonight", None))
        bring.clicked.connect(lambda: self.import_requested.emit([]))
        self._connect()

    def _connect(self) -> None:
        raster, detail = self.raster, self.detail
        self.zoom.chosen.connect(lambda value: raster.set_zoom(int(value)))
        raster.zoom_changed.connect(self.zoom.set_value)
        self.back.clicked.connect(lambda: raster.page(-1))
        self.forth.clicked.connect(lambda: raster.page(1))
        raster.chosen.connect(self._show_date)
        raster.opened.connect(self._focus_detail)
        raster.dream_asked.connect(self._open_dream)
        raster.range_changed.connect(self._on_range)
        self.table.activated.connect(self._on_table_opened)
        self.table.selectionModel().currentRowChanged.connect(self._on_table_row)
        detail.dream_asked.connect(self._open_dream)
        detail.evening_asked.connect(lambda day: self.navigate.emit("tonight", day))
        detail.trail_asked.connect(self.show_trail)
        detail.open_sealed.connect(self._open_sealed)
        detail.exposure_removed.connect(self._remove_exposure)
        detail.night_removed.connect(self._remove_night)
        detail.correct_asked.connect(self.correct_times)
        detail.bring_back_asked.connect(self._bring_back)

    # ---- what the shell calls

    def activate(self, night: date | None) -> None:
        if night is not None:
            self._shown = night
        self._load()
        if night is not None:
            self.raster.choose(night)

    def refresh(self, changes: Changes) -> None:
        if changes & Changes.SETTINGS:
            self._nights = []  # the order of sources may have changed: no row is taken over
            self.raster.set_rows([])
        if changes & (Changes.NIGHTS | Changes.ENHANCERS | Changes.SETTINGS | Changes.BIN | Changes.STUDIES):
            self._load()

    def leave(self) -> bool:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        return True

    def shown_night(self) -> date | None:
        return self.raster.chosen_date()

    def focus_first(self) -> None:
        (self.table if self.views.currentIndex() else self.raster).setFocus(Qt.FocusReason.OtherFocusReason)

    def step_night(self, days: int) -> None:
        day = self.raster.chosen_date()
        if day is not None:
            self.raster.choose(day + timedelta(days=days))

    def toggle_table(self) -> None:
        to_table = self.views.currentIndex() == 0
        self.views.setCurrentIndex(1 if to_table else 0)
        if to_table:
            day = self.raster.chosen_date()
            row = self.table_model.row_of_date(day) if day else -1
            self.table.selectRow(row)
            self.table.scrollTo(self.table_model.index(row, 0))
        self.focus_first()

    # ---- reading

    def _load(self) -> None:
        from dreamjournal.services import nights as nights_service

        if self._task is not None:
            self._task.cancel()
            self._task = None
        context = self._context
        first = tonight(context.clock.now(), context.zone) - timedelta(days=AT_ONCE)
        try:
            recent = nights_service.nights(context.journal, context.person_id, first, None, context.clock)
        except KnownError as error:
            show_error(self, error.what, error.why, error.what_now)
            return
        older = [n for n in self._nights if n.night_date < first]
        self._show([*older, *recent])
        self._load_all()

    def _load_all(self) -> None:
        context, order = self._context, self._source_order()

        def work(progress: Progress) -> tuple[list[Night], list[RasterRow]]:
            from dreamjournal.services import journals
            from dreamjournal.services import nights as nights_service

            own = journals.reopen(context.journal)
            try:
                progress.step(0, 0)
                nights = nights_service.nights(own, context.person_id, None, None, context.clock)
                closed = nights_service.sealed_nights(own, context.person_id, context.clock)
            finally:
                own.close()
            progress.step(0, 0)
            return nights, rows_between(nights, *self._span(nights), order, closed=closed)

        self._task = context.tasks.start(work, on_done=self._on_all, on_failed=self._on_failed)

    def _span(self, nights: list[Night]) -> tuple[date, date]:
        now, zone = self._context.clock.now(), self._context.zone
        return span_of(nights, tonight(now, zone), last_night(now, zone), LEAST_ROWS if nights else 7)

    def _on_all(self, found: tuple[list[Night], list[RasterRow]]) -> None:
        self._task = None
        nights, rows = found
        nothing_lately = not self._nights and self._shown is None
        if nights != self._nights:
            self._show(nights, rows)
        if nights and nothing_lately:  # an old export: its last night, rather than a month of empty rows
            self.raster.verticalScrollBar().setValue(0)  # so that it comes into view below the nights before it
            self.raster.choose(nights[-1].night_date)
        self.loaded.emit(len(nights))

    def _on_failed(self, error: Exception) -> None:
        self._task = None
        if not isinstance(error, KnownError):
            raise error
        show_error(self, error.what, error.why, error.what_now)

    def _show(self, nights: list[Night], rows: list[RasterRow] | None = None) -> None:
        self._nights = nights
        if rows is None:
            rows = rows_between(
                nights, *self._span(nights), self._source_order(), self.raster.rows(), closed=self._closed()
            )
        now, zone = self._context.clock.now(), self._context.zone
        # Before noon the running night is last night's.
        self.raster.set_tonight(tonight(now, zone) if tonight(now, zone) > last_night(now, zone) else None)
        self.raster.set_rows(rows)
        self.table_model.set_rows(rows)
        self._fill_room(empty=not nights)
        if self._shown is not None:
            self.raster.choose(self._shown, tell=False)
        day = self.raster.chosen_date()
        if day is not None and nights:
            self._show_date(day)

    def _closed(self) -> frozenset[date]:
        from dreamjournal.services import nights as nights_service

        return nights_service.sealed_nights(self._context.journal, self._context.person_id, self._context.clock)

    def _source_order(self) -> list[str]:
        from dreamjournal.services import settings

        own = settings.get(self._context.journal, self._context.person_id, "source_priority")
        return [str(s) for s in own] if isinstance(own, list | tuple) else []

    def _fill_room(self, *, empty: bool) -> None:
        self.empty.setVisible(empty)
        self.detail.setVisible(not empty)
        self.legend.setVisible(not empty)
        self.note.setVisible(not empty)
        for widget in (self.measures, self.zoom, self.back, self.forth):
            widget.setVisible(not empty)
        self.raster.set_quiet(empty)
        for place, stretch in ((0, not empty), (2, empty)):
            self.body.setStretch(place, int(stretch))
        theme = theme_of(self)
        if empty:
            self.raster.setFixedHeight(theme.scaled(28) + 7 * self.raster.row_height() + 8)
            self.set_subtitle("")
        else:
            self.raster.setMaximumHeight(16777215)
        self.views.setSizePolicy(
            QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed if empty else QSizePolicy.Policy.Expanding
        )
        self._arrange()

    def _arrange(self) -> None:
        theme = theme_of(self)
        stacked = self.width() / theme.scale < STACK_BELOW + 120
        self._split.setDirection(QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight)
        if stacked:
            self.detail.setMinimumWidth(0)
            self.detail.setMaximumWidth(16777215)
        else:
            self.detail.setFixedWidth(min(theme.scaled(DETAIL_WIDTH), max(300, int(self.width() * 0.46))))
        if self._nights:
            self.raster.setMinimumHeight(theme.scaled(320) if stacked else 200)
            self.detail.setMinimumHeight(theme.scaled(560) if stacked else 200)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    # ---- the chosen night

    def _show_date(self, day: date) -> None:
        self._shown = day
        night = next((n for n in self._nights if n.night_date == day), None)
        closed = closed_words(self._context, day) if night is None or night.study_sealed else ""
        self.detail.show_night(day, night, closed=closed)

    def _focus_detail(self, day: date) -> None:
        self._show_date(day)
        self.detail.focusNextChild() if self.detail.focusWidget() is None else self.detail.focusWidget().setFocus()

    def _on_range(self, first: date, last: date) -> None:
        if not self._nights:
            return
        months = (MONTHS[first.month - 1], MONTHS[last.month - 1])
        year = f" {first.year}" if first.year != last.year else ""
        self.set_subtitle(f"{first.day} {months[0]}{year} to {last.day} {months[1]} {last.year}")
        rows = self.raster.rows()
        bar = self.raster.verticalScrollBar()
        self.back.setEnabled(bool(rows) and bar.value() > 0)
        self.forth.setEnabled(bool(rows) and bar.value() < bar.maximum())

    def _on_table_row(self, index: QModelIndex, _before: QModelIndex) -> None:
        day = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(day, date) and self.views.currentIndex() == 1:
            self.raster.choose(day)

    def _on_table_opened(self, index: QModelIndex) -> None:
        day = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(day, date):
            self._focus_detail(day)

    def _open_dream(self, day: date) -> None:
        night = next((n for n in self._nights if n.night_date == day), None)
        has = night is not None and bool(night.dreams)
        self.navigate.emit("dreams" if has else "morning", day)

    def show_trail(self, day: date) -> TrailDialog:
        """What a night is made of, down to the lines of the files it was read from."""
        dialog = TrailDialog(self._context, self, day)
        dialog.open()
        return dialog

    # ---- changes

    def _change(self, act: Callable[[], Changes]) -> bool:
        try:
            changes = act()
        except KnownError as error:
            show_error(self, error.what, error.why, error.what_now)
            return False
        self._changed(changes)
        return True

    def _changed(self, changes: Changes) -> None:
        self._context.publish(changes, self)
        self._load()

    def _open_sealed(self, day: date) -> None:
        from dreamjournal.services import mornings

        context = self._context
        self._change(lambda: mornings.pass_over(context.journal, context.person_id, day, context.clock))

    def _discard(self, act: Callable[[], tuple[int, Changes]], said: str) -> None:
        from dreamjournal.services import bin as bin_service

        kept: list[int] = []

        def discard() -> Changes:
            number, changes = act()
            kept.append(number)
            return changes

        if self._change(discard):
            self._take_back = lambda: bin_service.restore(self._context.journal, kept[0])
            self.undo_offer.offer(said)

    def _remove_exposure(self, day: date, exposure_id: int) -> None:
        from dreamjournal.services import bin as bin_service

        context = self._context
        self._discard(
            lambda: bin_service.discard_exposure(context.journal, exposure_id, context.clock),
            f"Removed from {night_words(day)}.",
        )

    def _remove_night(self, day: date) -> None:
        from dreamjournal.services import bin as bin_service

        context = self._context
        self._discard(
            lambda: bin_service.discard_night(context.journal, context.person_id, day, context.clock),
            f"{night_words(day)} is in the bin for 30 days.",
        )

    def correct_times(self, session: Session) -> CorrectDialog:
        """Open the editor of a recording's times; what it keeps can be undone."""
        from dreamjournal.services import corrections

        context, was = self._context, session.recorded

        def keep(start: Instant, end: Instant) -> None:
            changes = corrections.correct(context.journal, session.id, start, end, context.clock)
            if was is None:
                self._take_back = lambda: corrections.bring_back(context.journal, session.id)
            else:
                self._take_back = lambda: corrections.correct(
                    context.journal, session.id, session.start, session.end, context.clock
                )
            moved = night_of(start)
            place = "" if moved == session.night_date else f" It now belongs to {night_words(moved)}."
            self._changed(changes)
            self.undo_offer.offer(f"The times of {source_word(session.source)} are corrected.{place}")

        dialog = CorrectDialog(context, self, session, keep)
        dialog.open()
        return dialog

    def _bring_back(self, session: Session) -> None:
        from dreamjournal.services import corrections

        context = self._context
        if self._change(lambda: corrections.bring_back(context.journal, session.id)):
            self._take_back = lambda: corrections.correct(
                context.journal, session.id, session.start, session.end, context.clock
            )
            self.undo_offer.offer(f"The recorded times of {source_word(session.source)} count again.")

    def _on_undo(self) -> None:
        take_back, self._take_back = self._take_back, None
        if take_back is not None:
            self._change(take_back)
