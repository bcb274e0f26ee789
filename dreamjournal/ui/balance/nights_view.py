"""The nights themselves: one sentence, the weeks as stacks of marks, doses below them, and the same as tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamjournal.domain.balance import MARK_WORDS, Mark, Week
from dreamjournal.ui.balance.doses import DoseChart, series_words, value_words
from dreamjournal.ui.balance.weeks import STACK, WeeksChart, mark_with_word, week_words
from dreamjournal.ui.balance.words import unbroken
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import empty_layout
from dreamjournal.ui.widgets.fields import ComboBox
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.page import Card
from dreamjournal.ui.widgets.tables import RowsModel, make_table
from dreamjournal.ui.widgets.text import Label, Line, Prose, set_shown
from dreamjournal.ui.words import count_words, short_date

if TYPE_CHECKING:
    from dreamjournal.services.balance import Balance


class NightsView(QWidget):
    """Shows one reading after another; the person's place in it stays."""

    nights_asked = Signal(str, object, str)
    """Title, [(night, words)], column: the nights behind a number, to be listed."""
    night_opened = Signal(object)

    def __init__(self, *, nurse: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nurse = nurse
        self._found: Balance | None = None
        self._dose_nights: list[date] = []
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 8)
        box.setSpacing(12)
        self.sentence = Prose(kind="lead")
        self.sentence.setObjectName("sentence")
        self.sentence.link_activated.connect(self._list_mark)
        self.sealed = Label("", "control", "muted", wrap=True)
        self.sealed.setObjectName("sealedNights")
        card = Card(kind="raised", pad=16)
        self.charts, self.tables = self._make_charts(), self._make_tables()
        self.tables.hide()
        card.box.addWidget(self.charts)
        card.box.addWidget(self.tables)
        self.toggle = Button("Show as table", "link", name="showTable")
        self.toggle.setToolTip("Ctrl+T")
        self.toggle.clicked.connect(self.toggle_table)
        card.box.addWidget(self.toggle, 0, Qt.AlignmentFlag.AlignLeft)
        self.debt = Label("", "caption", "muted", wrap=True)
        self.debt.setObjectName("sleepDebt")
        for widget in (self.sentence, self.sealed, card, self.debt):
            box.addWidget(widget)

    def _make_charts(self) -> QWidget:
        charts = QWidget()
        box = QVBoxLayout(charts)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.weeks = WeeksChart()
        self.weeks.week_chosen.connect(self._say_week)
        self.weeks.week_opened.connect(self._list_week)
        self.week_said = Label("", "caption", "muted", wrap=True)
        self.legend = QWidget()
        self._legend_flow = FlowLayout(self.legend, 18, 4)
        self.dose_part = QWidget()
        doses = QVBoxLayout(self.dose_part)
        doses.setContentsMargins(0, 8, 0, 0)
        doses.setSpacing(6)
        self.measure = ComboBox("What is shown below the weeks", (), name="doseMeasure")
        self.measure.picked.connect(self._on_measure)
        self.dose_title = Label("", "caption", "muted", wrap=True)
        self.doses = DoseChart()
        self.weeks.scrolled.connect(self.doses.set_view)
        doses.addWidget(Line())
        doses.addWidget(self.measure, 0, Qt.AlignmentFlag.AlignLeft)
        doses.addWidget(self.dose_title)
        doses.addWidget(self.doses)
        for widget in (self.weeks, self.week_said, self.legend, self.dose_part):
            box.addWidget(widget)
        box.addStretch(1)
        return charts

    def _make_tables(self) -> QWidget:
        tables = QWidget()
        box = QVBoxLayout(tables)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.table = make_table("Weeks", ("Week from",), (), stretch=0, name="weeksTable", on_open=self._open_row)
        self.dose_table = make_table(
            "Doses by night", ("Night",), (), stretch=0, name="doseTable", on_open=self._open_dose
        )
        self.table.setMinimumHeight(300)
        self.dose_table.setMinimumHeight(240)
        self.dose_label = Label("Dose, intensity and length by night", "label", strong=True, wrap=True)
        box.addWidget(self.table)
        box.addSpacing(8)
        box.addWidget(self.dose_label)
        box.addWidget(self.dose_table)
        return tables

    def show_nights(self, found: Balance) -> None:
        """Show a reading with at least one night."""
        self._found = found
        say, hidden = self._say(), found.hide_numbers
        if hidden:
            self.sentence.set_parts(say(found.plain))
        else:
            self.sentence.set_parts(
                *(
                    unbroken(say(p.text)) if p.mark is None or not p.nights else (unbroken(say(p.text)), f"link:{n}")
                    for n, p in enumerate(found.parts)
                )
            )
        self.sealed.setText(say(_sealed_words(found.sealed)))
        set_shown(self.sealed, found.sealed > 0)
        self.weeks.set_weeks(found.weeks, found.aim, say(found.plain if hidden else found.sentence), numbers=not hidden)
        self._say_week(self.weeks.week())
        self.table.setModel(RowsModel(found.columns(), [found.row(w) for w in reversed(found.weeks)], self.table))
        if hidden:
            self._show_tables(False)
        self.toggle.setVisible(not hidden)
        empty_layout(self._legend_flow)
        for mark in STACK:
            if mark is not Mark.SEALED or found.sealed:
                self._legend_flow.addWidget(mark_with_word(mark))
        self._show_doses(found)
        debt = "" if hidden else say(found.debt_words)
        self.debt.setText(debt)
        set_shown(self.debt, bool(debt))

    def toggle_table(self) -> None:
        """Ctrl+T: the tables instead of the charts, and back. With numbers hidden there are no tables."""
        if self._found is None or self._found.hide_numbers:
            return
        to_table = self.tables.isHidden()
        self._show_tables(to_table)
        if to_table:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self.table.selectRow(0)
        else:
            self.weeks.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_tables(self, shown: bool) -> None:
        self.charts.setVisible(not shown)
        self.tables.setVisible(shown)
        self.toggle.setText("Show as chart" if shown else "Show as table")

    # ---- doses

    def _show_doses(self, found: Balance) -> None:
        shown = bool(found.doses) and not found.hide_numbers
        set_shown(self.dose_part, shown)
        set_shown(self.dose_table, shown)
        set_shown(self.dose_label, shown)
        if shown:
            self._dose_nights, rows = _dose_rows(found)
            columns = ("Night", *(s.title for s in found.doses))
            self.dose_table.setModel(RowsModel(columns, rows, self.dose_table))
            self.measure.set_options([(n, s.title) for n, s in enumerate(found.doses)])
            set_shown(self.measure, len(found.doses) > 1)
            self._on_measure(self.measure.value())

    def _on_measure(self, value: object) -> None:
        if self._found is None or not self._found.doses:
            return
        index = value if isinstance(value, int) and value < len(self._found.doses) else 0
        self.measure.set_value(index)
        series = self._found.doses[index]
        self.dose_title.setText(series_words(series))
        self.doses.set_series(series)
        shown = self.weeks.in_view()
        if shown:
            self.doses.set_view(shown[0].first, self.weeks.pitch())

    # ---- nights behind a number

    def _say(self) -> Callable[[str], str]:
        from dreamjournal.services.prompts import for_nurse

        return for_nurse if self._nurse else str

    def _say_week(self, week: object) -> None:
        if not isinstance(week, Week) or self._found is None:
            self.week_said.setText("")
            return
        hidden = self._found.hide_numbers
        words = f"Week from {short_date(week.first)}." if hidden else week_words(week, self._found.aim)
        self.week_said.setText(f"{words} Enter lists its nights.")

    def _list_week(self, week: object) -> None:
        if isinstance(week, Week):
            nights = [(day, MARK_WORDS[mark].capitalize()) for day, mark in week.nights]
            self.nights_asked.emit(f"Week from {short_date(week.first)}", nights, "What it was")

    def _open_row(self, row: int) -> None:
        if self._found is not None:
            self._list_week(self._found.weeks[-1 - row])

    def _open_dose(self, row: int) -> None:
        self.night_opened.emit(self._dose_nights[row])

    def _list_mark(self, key: str) -> None:
        if self._found is None:
            return
        part = self._found.parts[int(key)]
        title = count_words(len(part.nights), "night") + (f", {MARK_WORDS[part.mark]}" if part.mark else "")
        self.nights_asked.emit(
            title, [(day, part.mark and MARK_WORDS[part.mark]) for day in part.nights], "What it was"
        )


def _dose_rows(found: Balance) -> tuple[list[date], list[tuple[str | None, ...]]]:
    """The nights with any dose, the newest first, and their rows: a column a measure, None where it was not said."""
    by_series = [dict(s.points) for s in found.doses]
    nights = sorted({day for of in by_series for day in of}, reverse=True)
    rows = [(short_date(day), *(value_words(of[day]) if day in of else None for of in by_series)) for day in nights]
    return nights, rows


def _sealed_words(n: int) -> str:
    return f"{count_words(n, 'night')} {'is' if n == 1 else 'are'} sealed by your study until it ends."
