"""What would make nights comparable, as rows with a button where the page can do it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from dreamjournal.domain.contrast import Fix
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.page import Card
from dreamjournal.ui.widgets.text import Label, Line

if TYPE_CHECKING:
    from dreamjournal.ui.compare.page import ComparePage

STACK_BELOW = 560
"""Width divided by text scale under which a button stands below its words."""
BUTTONS = {
    "plan": "Plan nights…",
    "dates": "Choose dates…",
    "source": "Choose a source",
    "measure": "Choose a measure",
    "only": "Enhancers…",
    "tonight": "Say it now",
    "least": "Set it",
}


def button_words(fix: Fix) -> str:
    """What the button of a fix says; empty where only nights to come can help."""
    if fix.kind != "ask" or fix.spec is None:
        return BUTTONS.get(fix.kind, "")
    if fix.spec.days != "all":
        return "Compare these nights"
    if fix.spec.without:
        return "Leave them out"
    if fix.spec.source == "diary":
        return "Compare by diary"
    return "Compare these" if fix.spec.source else "Ask again"


class FixList(QWidget):
    """The acts in one card, best first; `chosen` gives the `Fix` whose button was pressed."""

    chosen = Signal(object)

    def __init__(self, fixes: Sequence[Fix], title: str = "What would fix it", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fixes")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(Label(title, "section"))
        card = Card(kind="card", pad=0)
        card.box.setSpacing(0)
        primary = next((i for i, fix in enumerate(fixes) if button_words(fix)), None)
        for number, fix in enumerate(fixes):
            if number:
                card.box.addWidget(Line())
            card.box.addWidget(self._row(fix, number, primary=number == primary))
        column.addWidget(card)

    def _row(self, fix: Fix, number: int, *, primary: bool) -> QWidget:
        button = None
        words = button_words(fix)
        if words:
            button = Button(words, "primary" if primary else "plain", name=f"fix_{number}")
            button.setAccessibleDescription(f"{fix.act}. {fix.gives}")
            button.clicked.connect(lambda _checked=False, f=fix: self.chosen.emit(f))
        return _Row(fix, button)


class _Row(QWidget):
    """The words of a fix with its button at the right; below them where the width is small for the text."""

    def __init__(self, fix: Fix, button: Button | None) -> None:
        super().__init__()
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(20, 14, 20, 14)
        self._box.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(fix.act, "body", wrap=True, strong=True))
        words.addWidget(Label(fix.gives, "caption", "muted", wrap=True))
        self._box.addLayout(words, 1)
        if button is not None:
            self._box.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() / theme_of(self).scale < STACK_BELOW
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._box.direction() != way:
            self._box.setDirection(way)


def follow(fix: Fix, page: ComparePage) -> None:
    """Do what a fix offers: ask its question, or take the person to where it is set."""
    question = page.question
    if fix.kind == "ask" and fix.spec is not None:
        page.ask_instead(fix.spec)
    elif fix.kind == "dates":
        if fix.spec is not None and fix.spec.source is not None:
            question.spec = replace(question.spec, source=fix.spec.source)
        dialog = question.ask_dates()
        if fix.spec is not None and fix.spec.first is not None and fix.spec.last is not None:
            dialog.first.set_date(fix.spec.first)
            dialog.last.set_date(fix.spec.last)
    elif fix.kind == "only":
        page.open_enhancers()
    elif fix.kind == "plan":
        page.go("study")
    elif fix.kind == "tonight":
        page.go("tonight")
    else:
        control = {"source": question.source, "measure": question.measure, "least": question.swd}.get(fix.kind)
        if control is not None:
            control.setFocus(Qt.FocusReason.OtherFocusReason)
