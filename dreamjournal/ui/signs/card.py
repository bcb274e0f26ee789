"""One sign: the person's word, in how many dreams of which nights, and always the sentences it stands in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.domain.night import Condition
from dreamjournal.domain.sign import SHUFFLES, Sentence, Share, Sign
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.marks import ConditionMark
from dreamjournal.ui.widgets.page import Card
from dreamjournal.ui.widgets.text import Label, Prose
from dreamjournal.ui.words import short_date

FIRST = 3
"""Sentences shown on the card itself."""


def of_words(share: Share) -> str:
    """12 of 66, or that there were none to have it."""
    return f"{share.n} of {share.of}" if share.of else "no dreams"


class SentenceRow(QWidget):
    """A sentence in the person's type, the word in it strong, under its night; the night opens the dream."""

    opened = Signal(object)

    def __init__(self, sentence: Sentence, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(6)
        condition = Condition(sentence.arm) if sentence.arm is not None else None
        if condition is not None:
            head.addWidget(ConditionMark(condition))
        night = Button(short_date(sentence.night_date), "link", name=name)
        night.setAccessibleDescription("Opens the dream")
        night.clicked.connect(lambda: self.opened.emit(sentence.night_date))
        head.addWidget(night)
        head.addStretch(1)
        column.addLayout(head)
        text, start, end = sentence.text, sentence.start, sentence.end
        parts: list[str | tuple[str, str]] = (
            [text] if start == end else [text[:start], (text[start:end], "strong"), text[end:]]
        )
        self.words = Prose(*[p for p in parts if p], kind="words_list")
        column.addWidget(self.words)


class SentencesDialog(Dialog):
    """All sentences of a sign."""

    def __init__(self, parent: QWidget, word: str, sentences: Sequence[Sentence], on_open) -> None:  # noqa: ANN001 - (date) -> None
        super().__init__("Where it stands", parent, name="sentencesDialog", width=720)
        self.body.addWidget(Label(word, "words", wrap=True))
        many = "1 dream" if len(sentences) == 1 else f"{len(sentences)} dreams"
        self.body.addWidget(Label(f"{many}, the newest first. A night opens its dream.", "caption", "muted", wrap=True))
        self.rows: list[SentenceRow] = []
        for index, sentence in enumerate(sentences):
            row = SentenceRow(sentence, f"sentencesDialog_{index + 1}")
            row.opened.connect(lambda night: (self.accept(), on_open(night)))
            self.body.addWidget(row)
            self.rows.append(row)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Close", default=True, name="sentencesDialog_close").clicked.connect(self.reject)
        self.fit()


class SignCard(Card):
    """A sign with its counts, its first sentences, and what the person can do with it."""

    night_opened = Signal(object)
    all_asked = Signal(object)
    keep_asked = Signal(str)
    hide_asked = Signal(str)

    def __init__(self, sign: Sign, *, own: bool, name: str, parent: QWidget | None = None) -> None:
        super().__init__(pad=16, parent=parent)
        self.setObjectName(name)
        self.setAccessibleName(sentence_of(sign))
        head = QWidget()
        flow = FlowLayout(head, 16, 4)
        flow.addWidget(Label(sign.word, "words_morning", strong=True))
        if sign.kind == "tag":
            flow.addWidget(Label("your tag", "caption", "muted"))
        for condition, share in ((Condition.NATURAL, sign.natural), (Condition.ENHANCED, sign.enhanced)):
            flow.addWidget(_counted(condition, share))
        flow.addWidget(Label(f"in {of_words(sign.usual)} dreams of all", "caption", "muted"))
        flow.addWidget(Label(f"any word as far apart in {sign.any_as_far} of {SHUFFLES} shuffles", "caption", "muted"))
        self.box.addWidget(head)
        for index, sentence in enumerate(sign.sentences[:FIRST]):
            row = SentenceRow(sentence, f"{name}_sentence{index + 1}")
            row.opened.connect(self.night_opened)
            self.box.addWidget(row)
        foot = QWidget()
        acts = FlowLayout(foot, 16, 4)
        if len(sign.sentences) > FIRST:
            every = Button(f"All {len(sign.sentences)} sentences…", "link", name=f"{name}_all")
            every.clicked.connect(lambda: self.all_asked.emit(sign))
            acts.addWidget(every)
        if not own:
            keep = Button("Keep as a dream sign", "link", name=f"{name}_keep")
            keep.setAccessibleDescription(sign.word)
            keep.clicked.connect(lambda: self.keep_asked.emit(sign.word))
            acts.addWidget(keep)
        hide = Button("Never show this word", "link", name=f"{name}_hide")
        hide.setAccessibleDescription(sign.word)
        hide.clicked.connect(lambda: self.hide_asked.emit(sign.word))
        acts.addWidget(hide)
        self.box.addWidget(foot)


def _counted(condition: Condition, share: Share) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(ConditionMark(condition), 0, Qt.AlignmentFlag.AlignVCenter)
    row.addWidget(Label(f"{condition.value} {of_words(share)}", "caption"))
    return box


def sentence_of(sign: Sign) -> str:
    """A sign in one sentence, for a reader."""
    kind = "Tag" if sign.kind == "tag" else "Word"
    return (
        f"{kind} {sign.word}: in {of_words(sign.natural)} dreams of natural nights and {of_words(sign.enhanced)} of enhanced "
        f"ones, {of_words(sign.usual)} of all."
    )
