"""A time on the evening page that may be asked back: "Was that yesterday, 22:40?"."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.ui.context import PageContext
from dreamjournal.ui.tonight.moment import Moment, place
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import Field, TimeField
from dreamjournal.ui.widgets.text import Label


class MomentField(QWidget):
    """A time field with its question below. `settle` gives the moment once there is nothing left to ask."""

    confirmed = Signal()
    """The person said yes to the question."""

    def __init__(
        self, context: PageContext, night: date, label: str = "When", *, of_the_day: bool = False, name: str = "when"
    ) -> None:
        super().__init__()
        self._context, self._night, self._of_the_day = context, night, of_the_day
        self._said_yes: int | None = None
        self.time = TimeField(label, hours=context.hours, name=name)
        self.field = Field(label, self.time)
        self.question = Label("", "caption", "text", wrap=True)
        self.yes = Button("Yes", name=f"{name}_yes")
        self.asking = QWidget()
        row = QHBoxLayout(self.asking)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.question, 1)
        row.addWidget(self.yes)
        self.asking.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(self.field)
        box.addWidget(self.asking)
        self.setFocusProxy(self.time)
        self.time.textEdited.connect(self._on_edited)
        self.yes.clicked.connect(self._on_yes)

    def set_value(self, minutes: int | None) -> None:
        """Show a time that was already said."""
        self.time.set_value(minutes)
        self._said_yes = minutes

    def settle(self) -> tuple[bool, Moment | None]:
        """(whether it can be kept, the moment or None when left empty); asks or says what is wrong otherwise."""
        if self.time.is_wrong():
            self.field.set_error("This is not a time. Write it as 22:40.")
            self.time.setFocus()
            return False, None
        minutes = self.time.value()
        if minutes is None:
            return True, None
        moment = place(
            self._night,
            minutes,
            self._context.clock.now(),
            self._context.zone,
            of_the_day=self._of_the_day,
            hours=self._context.hours,
        )
        if moment.question and self._said_yes != minutes:
            self.question.setText(moment.question)
            self.yes.setAccessibleName(f"{moment.question} Yes")
            self.asking.show()
            self.yes.setFocus(Qt.FocusReason.TabFocusReason)
            return False, None
        return True, moment

    def _on_edited(self) -> None:
        self._said_yes = None
        self.asking.hide()
        self.field.set_error("")

    def _on_yes(self) -> None:
        self._said_yes = self.time.value()
        self.asking.hide()
        self.confirmed.emit()


class MomentDialog(Dialog):
    """Asks for one time. `moment_chosen` carries the moment; Esc leaves everything as it was."""

    moment_chosen = Signal(object)

    def __init__(self, parent: QWidget, context: PageContext, night: date, title: str, minutes: int | None) -> None:
        super().__init__(title, parent, name="momentDialog", width=440)
        self.body.addWidget(Label(title, "section", wrap=True))
        self.when = MomentField(context, night)
        self.when.set_value(minutes)
        self.when.time.selectAll()
        self.body.addWidget(self.when)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Cancel", name="moment_cancel").clicked.connect(self.reject)
        self.add_answer("Keep", primary=True, name="moment_keep").clicked.connect(self._on_keep)
        self.when.time.returnPressed.connect(self._on_keep)
        self.when.confirmed.connect(self._on_keep)
        self.when.setFocus()
        self.fit()

    def _on_keep(self) -> None:
        good, moment = self.when.settle()
        if good and moment is not None:
            self.moment_chosen.emit(moment)
            self.accept()
        else:
            self.fit()
