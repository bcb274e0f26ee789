"""All measures: every measure of natural and enhanced nights beside each other, described and not compared."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.common.progress import Progress
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.night import Condition, tonight
from dreamjournal.domain.person import JournalKind
from dreamjournal.runtime.tasks import Latest
from dreamjournal.services import measures as service
from dreamjournal.services import measures_words as words
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.measures.period import PeriodChoice
from dreamjournal.ui.measures.table import MeasuresTable, detail
from dreamjournal.ui.nights.listed import NightsDialog
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.fields import ComboBox, Field
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.marks import ConditionMark
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.numbers_hidden import NumbersHidden
from dreamjournal.ui.widgets.page import EmptyState, Page
from dreamjournal.ui.widgets.text import Label, set_shown
from dreamjournal.ui.words import count_words, source_word

if TYPE_CHECKING:
    from dreamjournal.ui.measures.chart_dialog import ChartDialog

_SHOWN = Changes.NIGHTS | Changes.ENHANCERS | Changes.SETTINGS | Changes.STUDIES | Changes.IMPORTS | Changes.BIN
TABLE_HEIGHT = 320
BRIEF_BELOW = 900
"""Width divided by text scale under which the middle half of nights stands in the detail line alone."""
NOTE = (
    "Every night known to be of one kind; Compare leaves out more, such as illness, travel and the first mornings. A median has "
    "the middle half of nights in brackets. Nothing here is a difference or an answer."
)


class MeasuresPage(Page):
    """A table worked out by the worker; the foot tells what the chosen measure is."""

    shown = Signal(object)
    """The `Measures` now shown."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("measures", "All measures", parent=parent)
        self._context = context
        self._latest = Latest(context.tasks)
        self._stale = True
        self._found: service.Measures | None = None
        self._source: str | None = None
        self._enhancer: str | None = None
        self._brief = False
        self._focus_later = False
        self._make_choices()
        self._make_body()

    def _make_choices(self) -> None:
        self.back = Button("Nights", "link", icon_name="chevron-left", name="measuresBack")
        self.back.setAccessibleName("Back to Nights")
        self.back.clicked.connect(lambda: self.navigate.emit("nights", None))
        self.add_control(self.back)
        self.enhancer = ComboBox("Enhancer", name="measuresEnhancer")
        self.source = ComboBox("Device", name="measuresSource")
        self.nights = PeriodChoice(tonight(self._context.clock.now(), self._context.zone))
        self.enhancer.picked.connect(self._on_enhancer)
        self.source.picked.connect(self._on_source)
        self.nights.changed.connect(self._read)
        self.choices = QWidget()
        flow = FlowLayout(self.choices, 16, 8)
        self.enhancer_box = Field("&Enhancer", self.enhancer)
        self.source_box = Field("&Device", self.source)
        for box in (self.enhancer_box, self.source_box, Field("&Nights", self.nights)):
            flow.addWidget(box)

    def _make_body(self) -> None:
        self.natural = Label("", "body")
        self.enhanced = Label("", "body")
        self.neither = Label("", "body", "muted")
        self.legend = QWidget()
        flow = FlowLayout(self.legend, 20, 6)
        for mark, label in (
            (Condition.NATURAL, self.natural),
            (Condition.ENHANCED, self.enhanced),
            (None, self.neither),
        ):
            part = QWidget()
            row = QHBoxLayout(part)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(8)
            if mark is not None:
                row.addWidget(ConditionMark(mark))
            row.addWidget(label)
            flow.addWidget(part)
        self.error = InlineError()
        self.working = Label("Working it out…", "caption", "muted")
        self.table = MeasuresTable()
        self.table.chosen.connect(self._show_detail)
        self.table.activated.connect(lambda _index: self.open_charts())
        self.note = Label(NOTE, "caption", "muted", wrap=True)
        self.goal = Label("", "caption", "muted", wrap=True)
        self.goal.setObjectName("measuresGoal")
        self.empty = self._make_empty()
        self.hidden = NumbersHidden()
        for widget in (self.choices, self.legend, self.error, self.working):
            self.body.addWidget(widget)
        self.body.addWidget(self.table, 1)
        for widget in (self.goal, self.note, self.empty, self.hidden):
            self.body.addWidget(widget)
        self.body.addStretch(0)
        self.detail_title = Label("", "label", strong=True)
        self.detail = Label("", "control", wrap=True)
        self.detail.setObjectName("measuresDetail")
        foot = self.foot()
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.detail_title)
        column.addWidget(self.detail)
        foot.addWidget(box, 1)
        self.charts = Button("Show charts…", name="measuresCharts")
        self.charts.setToolTip("Enter on a measure: over time, as a calendar, or several together")
        self.charts.clicked.connect(self.open_charts)
        foot.addWidget(self.charts, 0, Qt.AlignmentFlag.AlignVCenter)
        self.behind = Button("Its nights…", name="measuresNights")
        self.behind.setToolTip("The nights behind the chosen measure, and where their numbers come from")
        self.behind.clicked.connect(self.list_nights)
        foot.addWidget(self.behind, 0, Qt.AlignmentFlag.AlignVCenter)
        self._bar = foot.parentWidget()
        self._fill(None)

    def _make_empty(self) -> EmptyState:
        write = Button("Write down tonight", "primary", icon_name="moon", name="measuresTonight")
        bring = Button("Import recordings…", icon_name="download", name="measuresImport")
        if self._context.journal.kind != JournalKind.OWN:
            write.hide()  # a patient has no Tonight
        write.clicked.connect(lambda: self.navigate.emit("tonight", None))
        bring.clicked.connect(lambda: self.import_requested.emit([]))
        return EmptyState(
            "No night is known to be natural or enhanced yet.",
            "Say in the evening what the night is, or bring in a recording whose log says it; then every measure of both kinds "
            "stands here side by side. A night nobody has said anything about never counts as natural.",
            write,
            bring,
        )

    # ---- what the shell calls

    def activate(self, night: date | None) -> None:
        if self._stale:
            self._read()

    def refresh(self, changes: Changes) -> None:
        if changes & _SHOWN:
            self._stale = True
            if self.isVisible():
                self._read()

    def leave(self) -> bool:
        if self._latest.cancel():
            self._stale = True
        return True

    def focus_first(self) -> None:
        self._focus_later = self._latest.busy
        if self.table.isVisibleTo(self):
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.empty.isVisibleTo(self):
            super().focus_first()
        else:
            self.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.navigate.emit("nights", None)
            return
        super().keyPressEvent(event)

    # ---- reading

    def _read(self) -> None:
        self._latest.cancel()
        context = self._context
        self.error.set_sentence("")
        if context.hides_numbers:
            self._found, self._stale = None, False
            self._fill(None, hidden=True)
            return
        asked = (self._source, self._enhancer, self.nights.first, self.nights.last)
        set_shown(self.working, True)
        self._latest.start(lambda progress: work_out(context, *asked, progress), self._on_found, self._on_failed)

    def _on_found(self, found: service.Measures) -> None:
        self._stale, self._found = False, found
        self._fill(found)
        self.shown.emit(found)

    def _on_failed(self, error: Exception) -> None:
        self.working.hide()
        self.error.show_failure(error)

    def _on_source(self, value: object) -> None:
        self._source = str(value)
        self._read()

    def _on_enhancer(self, value: object) -> None:
        self._enhancer = str(value)
        self._read()

    # ---- showing

    def _fill(self, found: service.Measures | None, *, hidden: bool = False) -> None:
        nothing = found is not None and not found.n_natural and not found.n_enhanced
        narrowed = self.nights.first is not None or self.nights.last is not None
        shown = found is not None and (not nothing or narrowed)
        self.working.hide()
        for widget in (self.table, self.legend, self.note):
            set_shown(widget, shown)
        set_shown(self.choices, shown)
        set_shown(self.empty, nothing and not narrowed)
        set_shown(self.hidden, hidden)
        set_shown(self.goal, shown and found is not None and found.goal is not None)
        if self._bar is not None:
            set_shown(self._bar, shown)
        # What stands alone on the page stands at its top.
        self.body.setStretch(self.body.count() - 1, 0 if shown else 1)
        if found is None or not shown:
            self._end_focus(self.empty)
            return
        self._fill_choices(found)
        by = f" by {found.enhancer}" if found.enhancer else ""
        self.natural.setText(count_words(found.n_natural, "natural night"))
        self.enhanced.setText(f"{count_words(found.n_enhanced, 'enhanced night')}{by}")
        self.neither.setText(_neither(found))
        self.goal.setText(words.goal_words(found))
        self._show_rows()
        self._arrange()
        self._end_focus(self.table)
        self.table.setAccessibleDescription(
            f"{words.nights_words(found)} Arrow keys choose a measure; below, what it is; Enter shows its charts."
        )

    def _end_focus(self, shown: QWidget) -> None:
        """The page was opened before there was anything on it: the focus goes where it belongs, unless the person moved it."""
        if self._focus_later and self.back.hasFocus() and shown.isVisibleTo(self):
            self.focus_first()
        self._focus_later = False

    def _fill_choices(self, found: service.Measures) -> None:
        self.enhancer.set_options([(n, n) for n in found.enhancers])
        self.enhancer.set_value(found.enhancer)
        set_shown(self.enhancer_box, len(found.enhancers) > 1)
        self.source.set_options([
            *((key, f"{source_word(key)}, {count_words(n, 'night')}") for key, n in found.sources), ("diary", "None, the diary alone"),
        ])  # fmt: skip
        self.source.set_value(found.source)
        set_shown(self.source_box, bool(found.sources))

    def _show_rows(self) -> None:
        if self._found is not None:
            self.table.show_rows(self._found.rows, hours=self._context.hours, brief=self._brief)

    def _show_detail(self, row: service.Row) -> None:
        self.detail_title.setText(f"{row.title} ({words.group_words(row.group).lower()})")
        self.detail.setText(detail(row, hours=self._context.hours, numbers=self._brief))
        set_shown(self.charts, has_charts(row))
        set_shown(self.behind, bool(row.natural.nights or row.enhanced.nights))
        if self.scroll_area is not None and self.table.hasFocus():
            self.scroll_area.ensureWidgetVisible(self.table, 0, 8)

    def list_nights(self) -> NightsDialog | None:
        """The nights the chosen measure rests on, each with its value and its kind; None where it has none."""
        row = self.table.chosen_row()
        if row is None or not (row.natural.nights or row.enhanced.nights):
            return None
        said = [
            (day, f"{_night_words(row, value, self._context.hours)}, {arm}")
            for arm in ("natural", "enhanced")
            for day, value in row.arm(arm).nights
        ]
        title = f"{row.title}, {from_words(row)}"
        dialog = NightsDialog(
            self, title, sorted(said), "Value and kind", lambda day: self.navigate.emit("nights", day), self._context
        )
        dialog.open()
        return dialog

    def open_charts(self) -> ChartDialog | None:
        """The chosen measure over time, as a calendar, or with others; None for one of a run of nights."""
        from dreamjournal.ui.measures.chart_dialog import Asked, ChartDialog, measures_asked

        row, found = self.table.chosen_row(), self._found
        if row is None or found is None or row.source is None or not has_charts(row):
            return None
        others = [(r.key, r.source) for r in found.rows if r.source is not None and has_charts(r)]
        asked = Asked(measures_asked((row.key, row.source), others), found.enhancer, found.first, found.last)
        dialog = ChartDialog(self._context, asked, f"{row.title}, {from_words(row)}", self)
        dialog.night_asked.connect(lambda night: self._open_night(dialog, night))
        dialog.open()
        return dialog

    def _open_night(self, dialog: ChartDialog, night: date) -> None:
        dialog.accept()
        self.navigate.emit("nights", night)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "table"):
            self._arrange()

    def _arrange(self) -> None:
        """At large text the table takes the whole of what the page shows at once, and the page scrolls to it."""
        room = self.scroll_area.viewport().height() if self.scroll_area is not None else self.height()
        self.table.setMinimumHeight(max(200, min(theme_of(self).scaled(TABLE_HEIGHT), room - 24)))
        brief = self.width() / theme_of(self).scale < BRIEF_BELOW
        if brief != self._brief:
            self._brief = brief
            self._show_rows()


def _night_words(row: service.Row, value: float, hours: int) -> str:
    if row.kind == "rate":
        return "yes" if value else "no"
    return words.number_words(row, value, hours=hours)


def has_charts(row: service.Row) -> bool:
    """Whether single nights have a value of this measure: a measure of a run of nights has none."""
    return row.group != "regularity" and row.source is not None


def from_words(row: service.Row) -> str:
    """Whose numbers they are: "from the diary", "from WHOOP"."""
    return "from the diary" if row.source == "diary" else f"from {source_word(row.source or '')}"


def _neither(found: service.Measures) -> str:
    if not found.neither:
        return ""
    words_ = f"{found.neither} of neither kind"
    return f"{words_}, {found.hidden} of them closed while a study is sealed" if found.hidden else words_


def work_out(
    context: PageContext, source: str | None, enhancer: str | None, first: date | None, last: date | None, progress: Progress
) -> service.Measures:  # fmt: skip
    """In the worker: every measure, of the first enhancer where there are several and none was chosen."""
    from dreamjournal.services import enhancers, journals

    own = journals.reopen(context.journal)
    try:
        progress.step(0, 0)
        names = [e.name for e in enhancers.all(own, context.person_id) if not e.retired]
        if enhancer not in names:
            enhancer = names[0] if names else None
        return service.measures(
            own, context.person_id, context.clock, source=source, enhancer=enhancer, first=first, last=last
        )
    finally:
        own.close()
