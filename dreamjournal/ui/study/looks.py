"""Under the verdict of Compare: whether its question was fixed before its nights, and the looks that were reached."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamjournal.domain.contrast import ContrastResult, ContrastSpec
from dreamjournal.domain.study import looks_of
from dreamjournal.ui.study.words import passed
from dreamjournal.ui.widgets.text import Label, Prose, set_shown

if TYPE_CHECKING:
    from dreamjournal.domain.study import Study


@dataclass(frozen=True)
class Looks:
    """The looks of the study a question belongs to. `shown` is the one asked for, None for all nights so far."""

    reached: tuple[int, ...] = ()
    shown: int | None = None


def question_of(studies: list[Study], ended: date) -> ContrastSpec | None:
    """The fixed question of the study one of whose looks comes after the night `ended`, at that look; None for any other night."""
    for study in studies:
        number = (ended - study.first_night).days + 1
        if number in looks_of(study):
            return ContrastSpec(study.metric, study.source or None, study.enhancer, look=number)
        if number == 1:
            return ContrastSpec(study.metric, study.source or None, study.enhancer)
    return None


def looks_at(studies: list[Study], result: ContrastResult, spec: ContrastSpec, today: date) -> Looks:
    """The looks that can be asked for on the date `today`."""
    from dreamjournal.services import eligible

    study = None if result.enhancer is None else eligible.study_of(studies, result.enhancer, result.metric)
    if study is None or study.metric != result.metric or (study.hides(today) and spec.look is None):
        return Looks()
    done = passed(study, today if study.stopped is None else min(today, study.stopped.date()))
    reached = tuple(look for look in looks_of(study) if look <= done)
    if study.is_over(today) and reached and reached[-1] == study.nights:
        reached = reached[:-1]  # the last look is the plain answer
    return Looks(reached, spec.look)


def without_look(spec: ContrastSpec, before: ContrastSpec) -> ContrastSpec:
    """The question without its look where it is now asked of something else: looks belong to one study."""
    moved = (spec.enhancer, spec.metric) != (before.enhancer, before.metric)
    return replace(spec, look=None) if moved and spec.look is not None and spec.look == before.look else spec


class StudyLine(QWidget):
    """The stamp, and a link to each look reached. Hidden while there is nothing to say."""

    look_chosen = Signal(object)
    """A look, or None for all nights so far."""

    def __init__(self, result: ContrastResult, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("studyLine")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        self.stamp = Label("" if result.stamp is None else result.stamp.words, "caption", "muted", wrap=True)
        self.stamp.setObjectName("stamp")
        box.addWidget(self.stamp)
        set_shown(self.stamp, bool(self.stamp.text()))
        self.looks = Prose(*look_parts(looks), kind="caption", tone="muted")
        self.looks.setObjectName("looks")
        self.looks.link_activated.connect(lambda key: self.look_chosen.emit(int(key) or None))
        box.addWidget(self.looks)
        set_shown(self.looks, bool(self.looks.plain()))
        set_shown(self, bool(self.stamp.text() or self.looks.plain()))


def look_parts(looks: Looks) -> list[str | tuple[str, str]]:
    """The looks as words and links: "Look after night 28"."""
    parts: list[str | tuple[str, str]] = []
    if looks.shown is not None:
        parts.append(f"Shown: the look after night {looks.shown}. ")
    others = [look for look in looks.reached if look != looks.shown]
    for look in others:
        parts += [(f"Look after night {look}", f"link:{look}"), ". "]
    if looks.shown is not None:
        parts += [("All nights so far", "link:0"), "."]
    return parts


def last_night_of(study: Study, look: int) -> date:
    """The night a look comes after."""
    return study.first_night + timedelta(days=look - 1)
