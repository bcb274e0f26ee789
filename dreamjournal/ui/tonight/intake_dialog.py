"""One kind of intake of a day: what was taken, how much, when; or an affirmed "none"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.domain.evening import Intake, IntakeKind
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.tonight.intake_card import KIND_WORDS, UNITS, amount_words
from dreamjournal.ui.tonight.moment_field import MomentField
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.choice import ChoiceStrip
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import Field, LineField, NumberField
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import time_words


class IntakeDialog(Dialog):
    """`kept` carries (id or None, kind, name, amount, unit, moment or None, none taken); `removed` an intake's id."""

    kept = Signal(object, object, str, object, str, object, bool)
    removed = Signal(int)

    def __init__(
        self, parent: QWidget, context: PageContext, night: date, kind: IntakeKind, intakes: Sequence[Intake]
    ) -> None:
        super().__init__("Today I had", parent, name="intakeDialog", width=520)
        self._context, self._all, self._editing = context, intakes, None
        self.body.addWidget(Label("Today I had", "section"))
        self.kind = ChoiceStrip(tuple(KIND_WORDS.items()), "What", name="intakeKind", clearable=False)
        self.kind.chosen.connect(lambda _value: self._show_kind())
        self.body.addWidget(self.kind)
        self._earlier = QVBoxLayout()
        self._earlier.setSpacing(4)
        self.body.addLayout(self._earlier)
        self.name = LineField("Name", placeholder="Cetirizine", name="intakeName")
        self.name_field = Field("Name", self.name)
        self.amount = NumberField("How much", low=0, high=100000, whole=False, name="intakeAmount")
        self.unit = LineField("Unit", name="intakeUnit")
        self.when = MomentField(context, night, "When", of_the_day=True, name="intakeWhen")
        line = QHBoxLayout()
        line.setSpacing(12)
        self.amount_field = Field("How much", self.amount)
        line.addWidget(self.amount_field)
        line.addWidget(Field("Unit", self.unit))
        self.body.addWidget(self.name_field)
        self.body.addLayout(line)
        self.body.addWidget(self.when)
        self.body.addStretch(1)
        self.none = Button("None today", name="intakeNone")
        self.none.clicked.connect(self._on_none)
        self.foot.addWidget(self.none)
        self.foot.addStretch(1)
        self.add_answer("Cancel", name="intakeCancel").clicked.connect(self.reject)
        keep = self.add_answer("Keep", primary=True, default=True, name="intakeKeep")
        keep.clicked.connect(self._on_keep)
        self.when.confirmed.connect(self._on_keep)
        self.kind.set_value(kind)
        self._show_kind()
        (self.name if kind == IntakeKind.MEDICINE else self.amount).setFocus()
        self.fit()

    def _kind(self) -> IntakeKind:
        value = self.kind.value()
        return value if isinstance(value, IntakeKind) else IntakeKind.CAFFEINE

    def _show_kind(self) -> None:
        kind = self._kind()
        self._editing = None
        self.name_field.setVisible(kind == IntakeKind.MEDICINE)
        self.unit.show_text(UNITS[kind])
        self.name.show_text("")
        self.amount.set_value(None)
        self.when.set_value(None)
        while self._earlier.count():
            item = self._earlier.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        own = [i for i in self._all if i.kind == kind]
        for number, intake in enumerate(own, start=1):
            self._earlier.addWidget(self._earlier_row(intake, number))
        # "None" beside something taken would be two answers to one question.
        self.none.setVisible(not any(not i.none_taken for i in own))

    def _earlier_row(self, intake: Intake, number: int) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        words = amount_words(intake)
        if intake.happened is not None:
            words += f", {time_words(intake.happened.local, hours=self._context.hours)}"
        line.addWidget(Label(words, "body"), 1)
        if not intake.none_taken:
            change = Button("Change", "link", name=f"intakeChange_{number}")
            change.setAccessibleName(f"Change {words}")
            change.clicked.connect(lambda _=False, i=intake: self._edit(i))
            line.addWidget(change)
        remove = Button("Remove", "link", name=f"intakeRemove_{number}")
        remove.setAccessibleName(f"Remove {words}")
        remove.clicked.connect(lambda _=False, i=intake: self._on_remove(i))
        line.addWidget(remove)
        return row

    def _edit(self, intake: Intake) -> None:
        self._editing = intake.id
        self.name.show_text(intake.name)
        self.amount.set_value(intake.amount)
        self.unit.show_text(intake.unit)
        local = None if intake.happened is None else intake.happened.local
        self.when.set_value(None if local is None else local.hour * 60 + local.minute)
        self.amount.setFocus()

    def _on_remove(self, intake: Intake) -> None:
        self.removed.emit(intake.id)
        self.accept()

    def _on_none(self) -> None:
        self.kept.emit(None, self._kind(), "", None, "", None, True)
        self.accept()

    def _on_keep(self) -> None:
        if self.amount.is_wrong():
            self.amount_field.set_error("This is not a number. Write it as 2 or 1.5.")
            self.amount.setFocus()
            return
        kind = self._kind()
        name = " ".join(self.name.text().split()) if kind == IntakeKind.MEDICINE else ""
        if kind == IntakeKind.MEDICINE and not name:
            self.name_field.set_error("What was it? A name is enough.")
            self.name.setFocus()
            return
        amount = self.amount.value()
        if kind != IntakeKind.MEDICINE and amount is None:
            self.amount_field.set_error("How much? For nothing at all there is “None today”.")
            self.amount.setFocus()
            return
        good, moment = self.when.settle()
        if not good:
            self.fit()
            return
        none = amount == 0 and kind != IntakeKind.MEDICINE
        unit = "" if amount is None or none else self.unit.text().strip()
        self.kept.emit(self._editing, kind, name, None if none else amount, unit, moment, none)
        self.accept()
