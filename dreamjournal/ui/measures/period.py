"""Which nights are described: a usual span, or two dates."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from dreamjournal.ui.widgets.dates import USUAL_SPANS, DateField, span_start, usual_span
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import ComboBox, Field
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import plain_date

ALL = "all"
OWN = "own"
SHOWN = "shown"


class PeriodDialog(Dialog):
    """Asks for a first and a last night."""

    def __init__(self, parent: QWidget, first: date, last: date) -> None:
        super().__init__("Nights to describe", parent, name="periodDialog", width=480)
        self.body.addWidget(Label("Nights to describe", "section"))
        row = QHBoxLayout()
        self.first = DateField("First night", first, name="periodFirst")
        self.last = DateField("Last night", last, name="periodLast")
        row.addWidget(Field("First night", self.first))
        row.addWidget(Field("Last night", self.last))
        self.body.addLayout(row)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Cancel", name="periodCancel").clicked.connect(self.reject)
        self.add_answer("Describe these", primary=True, default=True, name="periodGo").clicked.connect(self.accept)

    def dates(self) -> tuple[date, date]:
        """First and last, in order."""
        a, b = self.first.date(), self.last.date()
        return min(a, b), max(a, b)


class PeriodChoice(ComboBox):
    """A menu of spans; `changed` is emitted for the person, `first` and `last` are None where open."""

    changed = Signal()

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__("Nights", name="measuresNights", parent=parent)
        self.first: date | None = None
        self.last: date | None = None
        self._today = today
        self.picked.connect(self._on_picked)
        self._fill()

    def set_range(self, first: date | None, last: date | None) -> None:
        """Describe these nights, as the person chose."""
        if (first, last) != (self.first, self.last):
            self.first, self.last = first, last
            self._fill()
            self.changed.emit()

    def ask(self) -> PeriodDialog:
        """Ask for two dates."""
        dialog = PeriodDialog(self, self.first or self._today - timedelta(days=56), self.last or self._today)
        dialog.accepted.connect(lambda: self.set_range(*dialog.dates()))
        dialog.open()
        return dialog

    def _on_picked(self, value: object) -> None:
        if value == ALL:
            self.set_range(None, None)
        elif isinstance(value, int):
            self.set_range(span_start(self._today, value), None)
        elif value == OWN:
            self._fill()
            self.ask()

    def _fill(self) -> None:
        options: list[tuple[object, str]] = [(ALL, "All nights"), *USUAL_SPANS]
        value: object = ALL
        if self.first is not None or self.last is not None:
            begun = self.first
            value = usual_span(self._today, begun, self.last) or SHOWN
            if value == SHOWN and begun is not None:
                options.append((SHOWN, f"{plain_date(begun)} to {plain_date(self.last) if self.last else 'now'}"))
        self.set_options([*options, (OWN, "Choose dates…")])
        self.set_value(value)
