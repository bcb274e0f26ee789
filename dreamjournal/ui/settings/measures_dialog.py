"""Whose numbers stand for a measure: one menu a measure, for every night alike and never night by night."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from dreamjournal.common.progress import Progress
from dreamjournal.runtime.tasks import Task
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.widgets.dialog import Dialog, empty_layout
from dreamjournal.ui.widgets.fields import ComboBox
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import count_words, source_word

if TYPE_CHECKING:
    from dreamjournal.services.contrasts import SourceChoice

MOST_NIGHTS = "The one with most nights"


@dataclass(frozen=True)
class MeasureSources:
    """A measure and the sources that have nights of it."""

    key: str
    title: str
    sources: tuple[SourceChoice, ...]


class MeasuresDialog(Dialog):
    """`changed` carries {measure: source} with every choice; the caller keeps it."""

    changed = Signal(object)

    def __init__(self, context: PageContext, parent: QWidget | None, chosen: dict[str, str]) -> None:
        super().__init__("Device for each measure", parent, name="measuresDialog", width=640)
        self._chosen = dict(chosen)
        self.menus: dict[str, ComboBox] = {}
        self._head()
        self.body.addWidget(Label("Looking at your nights …", "body", "muted"))
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Done", primary=True, default=True, name="measuresDone").clicked.connect(self.accept)
        self.resize(self.width(), 560)
        self._task: Task | None = context.tasks.start(lambda progress: _sources(context, progress), on_done=self._show)

    def _head(self) -> None:
        self.body.addWidget(Label("Device for each measure", "verdict", wrap=True))
        self.body.addWidget(Label(
            "Compare takes a measure from one source for all nights, never night by night. "
            "Measures that a single source gives are not listed.",
            "caption", "muted", wrap=True,
        ))  # fmt: skip

    def _show(self, found: list[MeasureSources]) -> None:
        if self._task is None:
            return
        self._task = None
        empty_layout(self.body)
        self._head()
        listed = [m for m in found if len(m.sources) > 1 or m.key in self._chosen]
        if not listed:
            self.body.addWidget(
                Label("Nothing to choose: no measure comes from more than one source.", "body", wrap=True)
            )
        form = QWidget()
        grid = QGridLayout(form)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        for row, measure in enumerate(listed):
            words = Label(measure.title, "control", wrap=True)
            menu = ComboBox(
                f"Device for {measure.title}", _options(measure, self._chosen), name=f"measure_{measure.key}"
            )
            menu.set_value(self._chosen.get(measure.key, ""))
            menu.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            menu.setMinimumContentsLength(16)
            menu.picked.connect(lambda value, key=measure.key: self._pick(key, str(value)))
            words.setBuddy(menu)
            grid.addWidget(words, row, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(menu, row, 1)
            self.menus[measure.key] = menu
        self.body.addWidget(form)
        self.body.addStretch(1)
        first = next(iter(self.menus.values()), None)
        if first is not None:
            first.setFocus()

    def _pick(self, key: str, source: str) -> None:
        self._chosen = {k: s for k, s in self._chosen.items() if k != key} | ({key: source} if source else {})
        self.changed.emit(dict(self._chosen))

    def done(self, result: int) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        super().done(result)


def _options(measure: MeasureSources, chosen: dict[str, str]) -> list[tuple[object, str]]:
    known = [(s.key, f"{source_word(s.key)}, {count_words(s.nights, 'night')}") for s in measure.sources]
    own = chosen.get(measure.key)
    if own is not None and own not in {key for key, _ in known}:
        known.append((own, f"{source_word(own)}, no night"))
    return [("", MOST_NIGHTS), *known]


def _sources(context: PageContext, progress: Progress) -> list[MeasureSources]:
    from dreamjournal.services import contrasts, journals

    own = journals.reopen(context.journal)
    try:
        measures = contrasts.metric_choices(own, context.person_id, context.clock)
        found: list[MeasureSources] = []
        for number, m in enumerate(sorted(measures, key=lambda m: m.title)):
            progress.step(number, len(measures), m.title)
            sources = contrasts.source_choices(own, context.person_id, m.key, context.clock) if m.nights else ()
            found.append(MeasureSources(m.key, m.title, sources))
        return found
    finally:
        own.close()
