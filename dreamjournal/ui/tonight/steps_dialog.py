"""Editing the routine: rename, reorder, remove and add steps. Nights that ticked a removed step keep their tick."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.changes import Changes
from dreamjournal.services import evenings
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.widgets.buttons import Button, IconButton
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import LineField
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.text import Label


class StepsDialog(Dialog):
    """Each change is kept at once; `changed` follows each."""

    changed = Signal(object)

    def __init__(self, parent: QWidget, context: PageContext) -> None:
        super().__init__("Edit steps", parent, name="stepsDialog", width=560)
        self._context = context
        self.body.addWidget(Label("Evening routine", "section"))
        self.body.addWidget(Label("A removed step stays on the nights that ticked it.", "caption", "muted", wrap=True))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self.body.addLayout(self._rows)
        self.new = LineField("New step", placeholder="Add a step", name="newStep")
        self.new.returnPressed.connect(self._on_add)
        add = Button("Add", name="addStep")
        add.clicked.connect(self._on_add)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.new, 1)
        line.addWidget(add)
        self.body.addLayout(line)
        self.error = InlineError()
        self.body.addWidget(self.error)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Done", primary=True, name="stepsDone").clicked.connect(self.accept)
        self._fill()
        self.new.setFocus()
        self.fit()

    def _fill(self) -> None:
        while self._rows.count():
            item = self._rows.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        steps = evenings.steps(self._context.journal, self._context.person_id)
        for index, step in enumerate(steps):
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(8)
            title = LineField(f"Step {index + 1}", name=f"stepTitle_{index + 1}")
            title.show_text(step.title)
            title.edited.connect(lambda s=step.id, f=title: self._on_renamed(s, f))
            up = IconButton("arrow-up", f"Move “{step.title}” up", name=f"stepUp_{index + 1}")
            up.setEnabled(index > 0)
            up.clicked.connect(
                lambda _=False, s=step.id, i=index: self._do(
                    lambda: evenings.move_step(self._context.journal, s, i - 1)
                )
            )
            down = IconButton("arrow-down", f"Move “{step.title}” down", name=f"stepDown_{index + 1}")
            down.setEnabled(index < len(steps) - 1)
            down.clicked.connect(
                lambda _=False, s=step.id, i=index: self._do(
                    lambda: evenings.move_step(self._context.journal, s, i + 1)
                )
            )
            remove = IconButton("trash-2", f"Remove “{step.title}”", name=f"stepRemove_{index + 1}")
            remove.clicked.connect(
                lambda _=False, s=step.id: self._do(lambda: evenings.retire_step(self._context.journal, s))
            )
            line.addWidget(title, 1)
            for button in (up, down, remove):
                line.addWidget(button)
            self._rows.addWidget(row)

    def _on_renamed(self, step_id: int, field: LineField) -> None:
        title = field.text().strip()
        if title:
            self._do(lambda: evenings.rename_step(self._context.journal, step_id, title))

    def _on_add(self) -> None:
        title = self.new.text().strip()
        if title:
            self._do(lambda: evenings.add_step(self._context.journal, self._context.person_id, title))
            self.new.show_text("")
            self.new.setFocus(Qt.FocusReason.OtherFocusReason)

    def _do(self, change) -> None:  # noqa: ANN001 - a call without arguments
        try:
            change()
        except KnownError as error:
            self.error.set_sentence(error.sentence)
            return
        self.error.set_sentence("")
        self.changed.emit(Changes.EVENINGS)
        self._fill()
