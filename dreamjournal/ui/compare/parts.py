"""The ways to look at a question on Compare: each is worked out by the worker when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamjournal.common.clock import Clock
from dreamjournal.common.progress import Progress
from dreamjournal.domain.contrast import ContrastResult, ContrastSpec

if TYPE_CHECKING:
    from dreamjournal.services.journals import Journal

ANSWER = "answer"


@dataclass(frozen=True)
class Asked:
    """What a part works on: the question as it was answered, in a journal of the worker's own."""

    journal: Journal
    person_id: int
    spec: ContrastSpec
    """With the source and enhancer of the answer filled in."""
    result: ContrastResult
    clock: Clock


class PartView(QWidget):
    """What a part shows. Fill `box`."""

    night_opened = Signal(object)
    """A night to go to."""
    nights_asked = Signal(str, object, str)
    """Title, [(night, words)], column: the nights behind a number, to be listed."""
    question_asked = Signal(object)
    """A `ContrastSpec` to ask instead."""
    page_asked = Signal(str, object)
    """(page key, night or None): another page to go to."""
    part_asked = Signal(str)
    """Another part of Compare to show."""
    keep_asked = Signal(object)
    """A function of journal and person that keeps a choice and gives the `Changes` it made."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(12)

    def toggle_table(self) -> None:
        """Ctrl+T: the table instead of the chart, on parts that have a chart."""

    def focus_first(self) -> None:
        """Put the focus where the part begins."""
        self.focusNextChild()


@dataclass(frozen=True)
class Part:
    """A way to look at the question. `work` runs in the worker and must call `progress.step`; `make` shows what it found."""

    key: str
    title: str
    work: Callable[[Asked, Progress], Any]
    make: Callable[[Any], PartView]


def parts() -> tuple[Part, ...]:
    """All parts beside the answer itself, in the order of the strip."""
    from dreamjournal.ui.compare import (
        alike_part,
        dose_part,
        measures_part,
        otherwise_part,
        real_part,
        time_part,
    )

    return (
        otherwise_part.PART,
        time_part.PART,
        alike_part.PART,
        measures_part.PART,
        dose_part.PART,
        real_part.PART,
    )
