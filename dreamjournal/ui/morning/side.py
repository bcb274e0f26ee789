"""The right side of the morning: what devices recorded, closed or open, and the facts of the evening."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.domain.dream import Dream
from dreamjournal.domain.evening import Evening, IntakeKind
from dreamjournal.domain.night import Condition, Night
from dreamjournal.domain.session import main_sleep
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.study.closed import ClosedCard
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.tonight.enhanced_dialog import dose_words
from dreamjournal.ui.tonight.intake_card import ICONS, summary, when_words
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.icon import IconLabel
from dreamjournal.ui.widgets.marks import ConditionMark
from dreamjournal.ui.widgets.notices import SealedCard
from dreamjournal.ui.widgets.page import Card
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import CONDITION_WORDS, duration_words, source_word, time_words


class DeviceCard(Card):
    """Each source's own numbers of the night, side by side and never blended."""

    night_requested = Signal()

    def __init__(self) -> None:
        super().__init__(pad=18)
        self.setObjectName("deviceCard")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(10)
        self.open_night = Button("Open the night", "link", name="openNight")
        self.open_night.clicked.connect(self.night_requested)
        self.box.addWidget(Label("What devices recorded", "label", strong=True))
        self.box.addLayout(self._lines)
        self.box.addWidget(self.open_night, 0, Qt.AlignmentFlag.AlignLeft)

    def show_night(self, night: Night, *, hidden: bool) -> None:
        """Show the night's sources, without numbers where the person hides them."""
        _clear(self._lines)
        for source in dict.fromkeys(s.source for s in night.sessions):
            line = QWidget()
            box = QVBoxLayout(line)
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(0)
            box.addWidget(Label(source_word(source), "control"))
            main = main_sleep(tuple(s for s in night.sessions if s.source == source))
            if hidden:
                words = "Numbers are hidden in Settings."
            elif main is None:
                words = "No sleep in this recording."
            else:
                m = main.measures
                words = f"Asleep {duration_words(m.tst_min)}, in bed {duration_words(m.tib_min)}, awake {duration_words(m.waso_min)}"
            box.addWidget(Label(words, "caption", "muted", wrap=True))
            self._lines.addWidget(line)


class MorningSide(QWidget):
    """`open_requested`: open the numbers without a diary. `night_requested`: the night whole."""

    open_requested = Signal()
    night_requested = Signal()
    evening_requested = Signal()

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self.sealed = SealedCard()
        self.devices = DeviceCard()
        self.closed = ClosedCard()
        self.sealed.open_requested.connect(self.open_requested)
        self.devices.night_requested.connect(self.night_requested)
        self.head = Label("From the evening", "label", strong=True)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(9)
        self.edit = Button("Change the evening", "link", name="changeEvening")
        self.edit.clicked.connect(self.evening_requested)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(14)
        box.addWidget(self.sealed)
        box.addWidget(self.devices)
        box.addWidget(self.closed)
        box.addSpacing(6)
        box.addWidget(self.head)
        box.addLayout(self._facts)
        box.addWidget(self.edit, 0, Qt.AlignmentFlag.AlignLeft)
        box.addStretch(1)

    def show_night(
        self,
        night: Night,
        sources: Sequence[str],
        evening: Evening,
        dreams: Sequence[Dream],
        *,
        sealed: bool,
        hidden: bool,
        closed: str = "",
    ) -> None:
        """Show what is known; device numbers only where they are not sealed. `closed` says until when a study closes the night."""
        sources = () if closed else sources
        self.sealed.set_sources(tuple(source_word(s) for s in sources))
        self.sealed.setVisible(sealed and bool(sources))
        self.devices.setVisible(not sealed and bool(sources))
        if sources and not sealed:
            self.devices.show_night(night, hidden=hidden)
        self.closed.set_words(closed)
        self.closed.setVisible(bool(closed))
        _clear(self._facts)
        hours = self._context.hours
        if not closed:
            self._add(ConditionMark(night.condition), _condition_words(night))
        if evening.lights_out is not None:
            self._add(IconLabel("moon", small=True), f"Lights out {time_words(evening.lights_out.local, hours=hours)}")
        for kind in IntakeKind:
            taken = [i for i in evening.intakes if i.kind == kind]
            if taken:
                what = summary(taken)
                what = f"No {kind}" if what == "None" else what
                when = when_words(taken, hours)
                self._add(IconLabel(ICONS[kind], small=True), f"{what}, {when}" if when else what)
        kept = [d for d in dreams if d.source == "night"]
        if kept:
            at = time_words(self._context.local(kept[0].written), hours=hours)
            self._add(IconLabel("notebook-pen", small=True), f"Words kept at {at}, now in the dream")
        if evening.intention.strip():
            self._add(IconLabel("pencil", small=True), evening.intention.strip(), own_words=True)

    def facts(self) -> list[str]:
        """The lines shown, for tests and readers."""
        lines: list[str] = []
        for i in range(self._facts.count()):
            item = self._facts.itemAt(i)
            widget = item.widget() if item else None
            if widget is not None:
                lines += [label.text() for label in widget.findChildren(Label)]
        return lines

    def _add(self, mark: QWidget, words: str, *, own_words: bool = False) -> None:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        # Marks and icons differ in size; the words beside them stand in one line.
        mark.setFixedWidth(mark_width(self))
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(
            Label(words, "words_list" if own_words else "caption", "text" if own_words else "muted", wrap=True), 1
        )
        self._facts.addWidget(line)


def mark_width(widget: QWidget) -> int:
    """Room for a mark or icon before a fact."""
    return theme_of(widget).scaled(16)


def _condition_words(night: Night) -> str:
    names = ", ".join(dict.fromkeys(f"{e.name} {dose_words(e)}".strip() for e in night.exposures))
    if night.condition == Condition.ENHANCED and names:
        return f"Enhanced by {names}"
    return CONDITION_WORDS[night.condition]


def _clear(layout: QVBoxLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
