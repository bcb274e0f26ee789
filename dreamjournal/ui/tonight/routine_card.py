"""The evening routine: steps ticked by key, each with the time it was done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamjournal.domain.evening import RoutineStep, StepTick
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.page import SectionHead
from dreamjournal.ui.widgets.rows import RowList, TickRow
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import time_words


class StepRow(TickRow):
    """A step. Enter, or a click on its time, asks for another time once it is ticked."""

    time_requested = Signal()

    def __init__(self, step: RoutineStep, number: int, tick: StepTick | None, hours: int) -> None:
        hint = str(number) if number <= 9 else ""
        super().__init__(step.title, hint=hint, name=f"step_{number}", done_muted=True)
        self.step, self._hours = step, hours
        self.show_tick(tick)

    def show_tick(self, tick: StepTick | None) -> None:
        """Show whether and when the step was done."""
        self.setChecked(tick is not None)
        self.set_note("" if tick is None else time_words(tick.happened.local, hours=self._hours))

    def hitButton(self, pos: QPoint) -> bool:
        return super().hitButton(pos) and not self._on_time(pos)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._on_time(event.position().toPoint()):
            self.time_requested.emit()
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            if self.isChecked():
                self.time_requested.emit()
            else:
                self.click()
            return
        super().keyPressEvent(event)

    def _on_time(self, pos: QPoint) -> bool:
        if not self.note:
            return False
        end = self.width() - theme_of(self).scaled(50)
        return end - theme_of(self).scaled(70) < pos.x() < end


class RoutineCard(QWidget):
    """All steps in order. `ticked` and `unticked` carry the step's id and are emitted for the person only."""

    ticked = Signal(int)
    unticked = Signal(int)
    time_requested = Signal(int)
    edit_requested = Signal()

    def __init__(self, hours: int) -> None:
        super().__init__()
        self._hours = hours
        self.edit = Button("Edit steps", "link", name="editSteps")
        self.edit.clicked.connect(self.edit_requested)
        self.list = RowList(name="routine")
        self.list.setAccessibleName("Evening routine")
        self.caption = Label("", "caption", "muted", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(SectionHead("Evening routine", self.edit))
        box.addWidget(self.list)
        box.addWidget(self.caption)

    def steps(self) -> list[StepRow]:
        """The rows shown."""
        return [row for row in self.list.rows if isinstance(row, StepRow)]

    def show_steps(self, steps: Sequence[RoutineStep], ticks: Sequence[StepTick]) -> None:
        """Show the steps and which were done; the focus stays on the row it was on."""
        by_step = {tick.step_id: tick for tick in ticks}
        if [row.step for row in self.steps()] == list(steps) and steps:
            for row in self.steps():
                row.show_tick(by_step.get(row.step.id))
            return
        at = next((i for i, row in enumerate(self.steps()) if row.hasFocus()), None)
        self.list.clear()
        for number, step in enumerate(steps, start=1):
            row = StepRow(step, number, by_step.get(step.id), self._hours)
            row.clicked.connect(lambda on, s=step.id: (self.ticked if on else self.unticked).emit(s))
            row.time_requested.connect(lambda s=step.id: self.time_requested.emit(s))
            self.list.add(row)
            # A row put into a list on the screen is not shown before the next event, and takes no focus until then.
            row.show()
        self.list.setVisible(bool(steps))
        self.caption.setText(
            "Press a number to tick a step. Enter on a ticked step changes its time." if steps
            else "No steps. “Edit steps” adds one."
        )  # fmt: skip
        if at is not None and self.steps():
            self.steps()[min(at, len(self.steps()) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)

    def press(self, number: int) -> bool:
        """Tick or untick step `number` as its key does; False when there is no such step."""
        rows = self.steps()
        if not 1 <= number <= len(rows):
            return False
        rows[number - 1].setFocus(Qt.FocusReason.ShortcutFocusReason)
        rows[number - 1].click()
        return True

    def focus_next_open(self) -> bool:
        """Focus the first step not yet ticked; False when all are."""
        for row in self.steps():
            if not row.isChecked():
                row.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return False
