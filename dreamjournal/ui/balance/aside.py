"""Beside the nights: the note of the week, the five questions, what to do next, what clinicians said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.domain import care
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import Notice
from dreamjournal.ui.widgets.page import Card
from dreamjournal.ui.widgets.text import Label, Prose
from dreamjournal.ui.words import plain_date

if TYPE_CHECKING:
    from dreamjournal.domain.care import Instruction
    from dreamjournal.services.cards import CardNow
    from dreamjournal.services.check_ins import Offer


class NoteOfTheWeek(Card):
    """A quiet card: a title, at most 60 words, the source; put away, or off for good with one click."""

    put_away = Signal()
    switched_off = Signal()

    def __init__(self, now: CardNow, parent: QWidget | None = None) -> None:
        super().__init__(kind="card", pad=16, parent=parent)
        self.setObjectName("noteOfTheWeek")
        self.setAccessibleName(f"On sleep: {now.card.title}")
        self.box.addWidget(Label("On sleep, this week", "caption", "muted"))
        self.box.addWidget(Label(now.card.title, "label", strong=True, wrap=True))
        self.box.addWidget(Prose(now.card.text, kind="control"))
        self.box.addWidget(Label(now.card.source_words, "tiny", "muted", wrap=True))
        row = QWidget()
        flow = FlowLayout(row, 16, 4)
        away = Button("Put away", "link", name="putAway")
        away.clicked.connect(self.put_away)
        off = Button("Show no more notes", "link", name="notesOff")
        off.clicked.connect(self.switched_off)
        flow.addWidget(away)
        flow.addWidget(off)
        self.box.addWidget(row)


class CheckInCard(Card):
    """The offer of the five questions."""

    answer_asked = Signal()
    skipped = Signal()
    switched_off = Signal()

    def __init__(self, offer: Offer, parent: QWidget | None = None) -> None:
        super().__init__(kind="card", pad=16, parent=parent)
        self.setObjectName("checkIn")
        self.setAccessibleName("Five questions")
        self.box.addWidget(Label("Five questions, once a month", "label", strong=True, wrap=True))
        text = "How it is to use what enhances your nights. Your answers stay in this journal and no score is made of them."
        if offer.last is not None:
            text += f" Answered last on {plain_date(offer.last.answered_on)}."
        self.box.addWidget(Prose(text, kind="control"))
        row = QWidget()
        flow = FlowLayout(row, 16, 6)
        self.answer = Button("Answer…", name="checkInAnswer")
        self.answer.clicked.connect(self.answer_asked)
        skip = Button("Not this month", "link", name="checkInSkip")
        skip.clicked.connect(self.skipped)
        off = Button("Never ask", "link", name="checkInOff")
        off.clicked.connect(self.switched_off)
        for button in (self.answer, skip, off):
            flow.addWidget(button)
        self.box.addWidget(row)


class NextSteps(QWidget):
    """What to do next, when to see a clinician, and what is urgent."""

    page_asked = Signal(str)

    def __init__(self, number: str | None, *, nurse: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(Label("What to do next", "section"))
        box.addWidget(Prose(care.NEXT, kind="control"))
        row = QWidget()
        flow = FlowLayout(row, 16, 4)
        pages = [("study", "Plan natural nights"), ("compare", "Compare the nights")] + (
            [] if nurse else [("tonight", "Say what tonight is")]
        )
        for key, words in pages:
            link = Button(words, "link", name=f"go_{key}")
            link.clicked.connect(lambda _checked=False, k=key: self.page_asked.emit(k))
            flow.addWidget(link)
        box.addWidget(row)
        if nurse:
            return
        box.addSpacing(6)
        box.addWidget(Label("See a clinician when", "label", strong=True))
        for sentence in care.SEE:
            line = QHBoxLayout()
            line.setSpacing(8)
            line.addWidget(Label("–", "control", "muted"), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(Label(sentence, "control", wrap=True), 1)
            box.addLayout(line)
        box.addSpacing(6)
        box.addWidget(Notice(care.urgent_list(number), name="urgentAlways"))


class InstructionsView(QWidget):
    """What clinicians said, each removable, and the way to record more."""

    record_asked = Signal()
    removed = Signal(int)

    def __init__(self, told: Sequence[Instruction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(Label("What clinicians said", "label", strong=True))
        if not told:
            box.addWidget(
                Label(
                    "Nothing is recorded. An instruction about a dose explains why it rose.",
                    "caption",
                    "muted",
                    wrap=True,
                )
            )
        for each in told:
            box.addWidget(Prose((each.enhancer, "strong"), f": {each.words}", kind="control"))
            line = QHBoxLayout()
            line.addWidget(Label(f"{each.who}, {plain_date(each.given_on)}", "caption", "muted", wrap=True), 1)
            remove = Button("Remove", "link", name=f"removeInstruction_{each.id}")
            remove.setAccessibleName(f"Remove the instruction about {each.enhancer} of {plain_date(each.given_on)}")
            remove.clicked.connect(lambda _checked=False, i=each.id: self.removed.emit(i))
            line.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)
            box.addLayout(line)
        record = Button("Record an instruction…", "link", name="recordInstruction")
        record.clicked.connect(self.record_asked)
        box.addWidget(record, 0, Qt.AlignmentFlag.AlignLeft)
