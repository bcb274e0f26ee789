"""The question line of Compare: enhancer, measure, source, nights, and the least that matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.domain.contrast import ContrastResult, ContrastSpec
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.dates import USUAL_SPANS, DateField, span_start, usual_span
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import ComboBox, Field, NumberField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import plain_date, source_word

ALL = "all"
OWN = "own"


@dataclass(frozen=True)
class Choices:
    """What can be asked about."""

    enhancers: tuple[str, ...]
    metrics: tuple[tuple[str, str], ...]
    """(key, title), those with most nights first."""
    sources: tuple[tuple[str, int], ...]
    """(key, nights with a value) for the metric asked about."""


class DatesDialog(Dialog):
    """Two dates to choose nights by."""

    def __init__(self, parent: QWidget, first: date, last: date) -> None:
        super().__init__("Nights to compare", parent, name="datesDialog", width=480)
        self.body.addWidget(Label("Nights to compare", "section"))
        row = QHBoxLayout()
        self.first = DateField("First night", first, name="datesDialog_first")
        self.last = DateField("Last night", last, name="datesDialog_last")
        row.addWidget(Field("First night", self.first))
        row.addWidget(Field("Last night", self.last))
        self.body.addLayout(row)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Cancel", name="datesDialog_cancel").clicked.connect(self.reject)
        self.add_answer("Compare these", primary=True, default=True, name="datesDialog_go").clicked.connect(self.accept)
        self.first.setFocus()
        self.fit()

    def dates(self) -> tuple[date, date]:
        """First and last, in order."""
        a, b = self.first.date(), self.last.date()
        return (min(a, b), max(a, b))


class QuestionLine(QWidget):
    """Holds a `ContrastSpec`; `asked` is emitted when the person changes it."""

    asked = Signal(object)

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = ContrastSpec()
        self._today = today
        self.enhancer = ComboBox("Enhancer", name="compareEnhancer")
        self.measure = ComboBox("Measure", name="compareMetric")
        self.source = ComboBox("Source", name="compareSource")
        self.nights = ComboBox("Nights", name="compareNights")
        self.swd = NumberField("The least that matters to you", low=0, high=100000, whole=False, name="compareSwd")
        self._widest = (
            (self.enhancer, 180),
            (self.measure, 180),
            (self.source, 204),
            (self.nights, 190),
            (self.swd, 90),
        )
        self._set_widths()
        self.unit = Label("", "body", "muted")
        self.swd_note = Label("", "tiny", "muted")
        box = QWidget()
        flow = FlowLayout(box, 16, 8)
        for label, control in (
            ("&Enhancer", self.enhancer),
            ("&Measure", self.measure),
            ("&Source", self.source),
            ("&Nights", self.nights),
        ):
            flow.addWidget(Field(label, control))
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.swd)
        row.addWidget(self.unit)
        row.addWidget(self.swd_note, 1)
        self.least = Field("The least that matters to you", line)
        self.least.setFocusProxy(self.swd)
        flow.addWidget(self.least)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(box)
        self.enhancer.picked.connect(lambda v: self._ask(replace(self.spec, enhancer=str(v))))
        self.measure.picked.connect(lambda v: self._ask(replace(self.spec, metric=str(v), source=None, swd=None)))
        self.source.picked.connect(lambda v: self._ask(replace(self.spec, source=str(v), swd=None)))
        self.nights.picked.connect(self._on_nights)
        self.swd.edited.connect(self._on_swd)
        self._fill_nights()

    def _set_widths(self) -> None:
        for control, widest in self._widest:
            control.setMaximumWidth(theme_of(self).scaled(widest))
        # With one short name the menu's own hint leaves its last letters under the arrow.
        self.enhancer.setMinimumWidth(theme_of(self).scaled(150))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_widest"):
            self._set_widths()  # the text was made larger or smaller

    def show_answer(self, choices: Choices, result: ContrastResult) -> None:
        """Fill the menus from what the journal has, and show what the answer was asked with."""
        self.spec = replace(self.spec, metric=result.metric, source=result.source, enhancer=result.enhancer)
        self.enhancer.set_options([(name, name) for name in choices.enhancers])
        self.enhancer.set_value(result.enhancer)
        self.enhancer.setEnabled(bool(choices.enhancers))
        for menu in (self.enhancer, self.measure, self.source):
            menu.view().setMinimumWidth(menu.sizeHint().width())
        self.measure.set_options(choices.metrics)
        self.measure.set_value(result.metric)
        known = dict(choices.sources)
        sources: Sequence[tuple[object, str]] = [(key, f"{source_word(key)}, n {n}") for key, n in choices.sources]
        if result.source not in known:
            sources = [(result.source, source_word(result.source)), *sources]
        self.source.set_options(sources)
        self.source.set_value(result.source)
        self._fill_nights()
        self.swd.set_value(result.swd)
        self.unit.setText("points of percent" if result.kind == "rate" else result.unit)
        self.swd_note.setText(
            "set by you" if result.swd_chosen else "the usual value" if result.swd is not None else "not set"
        )
        self.least.set_error("")

    def choose(self, **fields: object) -> None:
        """Ask another question as the person does."""
        self._ask(replace(self.spec, **fields))  # pyright: ignore[reportArgumentType]

    def set_range(self, first: date | None, last: date | None) -> None:
        """Ask about these nights."""
        self._ask(replace(self.spec, first=first, last=last))

    def _fill_nights(self) -> None:
        spec = self.spec
        options: list[tuple[object, str]] = [(ALL, "All nights"), *USUAL_SPANS]
        current: object = ALL
        if spec.first is not None or spec.last is not None:
            begin = plain_date(spec.first) if spec.first else "the first"
            current = usual_span(self._today, spec.first, spec.last) or "shown"
            if current == "shown":
                options.append(("shown", f"{begin} to {plain_date(spec.last) if spec.last else 'now'}"))
        options.append((OWN, "Choose dates…"))
        self.nights.set_options(options)
        self.nights.set_value(current)

    def _on_nights(self, value: object) -> None:
        if value == ALL:
            self.set_range(None, None)
        elif isinstance(value, int):
            self.set_range(span_start(self._today, value), None)
        elif value == OWN:
            self._fill_nights()
            self.ask_dates()

    def ask_dates(self) -> DatesDialog:
        """Open the dialog for two dates."""
        first = self.spec.first or self._today - timedelta(days=56)
        dialog = DatesDialog(self, first, self.spec.last or self._today)
        dialog.accepted.connect(lambda: self.set_range(*dialog.dates()))
        dialog.open()
        return dialog

    def _on_swd(self) -> None:
        if self.swd.is_wrong() or self.swd.value() == 0:
            self.least.set_error("A number above 0.")
            self.swd.set_invalid(True)
            return
        self._ask(replace(self.spec, swd=self.swd.value()))

    def _ask(self, spec: ContrastSpec) -> None:
        if spec != self.spec:
            self.spec = spec
            self.asked.emit(spec)

    def focus_first(self) -> None:
        """Put the focus on the first question."""
        self.enhancer.setFocus(Qt.FocusReason.OtherFocusReason)
