"""What the log shows: each rule that found something as a card with its nights, and the rules that found nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamjournal.ui.balance.words import unbroken
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import Notice
from dreamjournal.ui.widgets.page import Card
from dreamjournal.ui.widgets.text import Label, Prose
from dreamjournal.ui.words import count_words, short_date

if TYPE_CHECKING:
    from dreamjournal.services.prompt_rules import PromptFact
    from dreamjournal.services.prompts import Prompt, Prompts

RAW = 6
"""Nights a nurse sees at once behind each fact; the link lists them all."""


class PromptCard(Card):
    """One prompt: its rule, what the log shows with a link to the nights, and whom to talk to."""

    nights_asked = Signal(object)
    """The `PromptFact` whose nights are asked for."""
    instruction_asked = Signal()

    def __init__(self, prompt: Prompt, *, nurse: bool, numbers: bool, parent: QWidget | None = None) -> None:
        from dreamjournal.services.prompts import NO_DIAGNOSIS, for_nurse

        super().__init__(kind="card", pad=16, parent=parent)
        self.setObjectName(f"prompt_{prompt.key}")
        self.prompt = prompt
        self.setAccessibleName(prompt.title)
        say = for_nurse if nurse else str
        self.box.addWidget(Label(say(prompt.title), "label", strong=True, wrap=True))
        self.words = Prose(*prompt_parts(prompt, nurse=nurse, numbers=numbers), kind="body")
        self.words.setObjectName("promptWords")
        self.words.link_activated.connect(lambda key: self.nights_asked.emit(prompt.facts[int(key)]))
        self.box.addWidget(self.words)
        if nurse and numbers:
            for fact in prompt.facts:
                if fact.nights:
                    self.box.addWidget(Label(raw_words(fact), "caption", "muted", wrap=True))
        if prompt.urgent and not nurse:
            self.box.addWidget(Notice(prompt.urgent, name="urgent"))
        self.closing = Prose(NO_DIAGNOSIS if nurse else prompt.closing, kind="control")
        self.box.addWidget(self.closing)
        rule = say(prompt.sentence)
        self.box.addWidget(Label(f"Rule: {rule[0].lower()}{rule[1:]}", "caption", "muted", wrap=True))
        if prompt.key == "F2":
            row = QWidget()
            flow = FlowLayout(row, 12, 8)
            record = Button("Record an instruction…", "link", name="recordForDose")
            record.clicked.connect(self.instruction_asked)
            flow.addWidget(record)
            self.box.addWidget(row)


def prompt_parts(prompt: Prompt, *, nurse: bool, numbers: bool) -> list[str | tuple[str, str]]:
    """Your log shows ..., with each count as a link to its nights."""
    from dreamjournal.services.prompts import for_nurse, in_sentence

    say = for_nurse if nurse else str
    parts: list[str | tuple[str, str]] = [say("Your log shows ")]
    for number, fact in enumerate(prompt.facts):
        if number:
            parts.append("; ")
        text = in_sentence(say(fact.text if numbers else fact.plain))
        before, link, after = text.partition(fact.link) if fact.link and numbers else (text, "", "")
        parts.append(before)
        if link:
            parts.append((link, f"link:{number}"))
            parts.append(after)
        elif fact.nights:
            parts += [" (", ("the nights", f"link:{number}"), ")"]
    parts.append(".")
    if prompt.remark and not nurse:
        parts.append(f" {prompt.remark}")
    return [unbroken(p) if isinstance(p, str) else (unbroken(p[0]), p[1]) for p in parts if p]


def raw_words(fact: PromptFact) -> str:
    """The first nights behind a fact with what was logged: Mon 4 May: 3 mg; and 12 more."""
    listed = [f"{short_date(day, year=False)}: {said}" for day, said in fact.nights[-RAW:]]
    more = len(fact.nights) - len(listed)
    return "; ".join(listed) + (f"; and {count_words(more, 'earlier night')}" if more else "")


class ShowsView(QWidget):
    """All prompts, then what was looked at and not found, then what is never looked at. Made anew for each reading."""

    nights_asked = Signal(object)
    instruction_asked = Signal()

    def __init__(self, found: Prompts, *, nurse: bool, numbers: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from dreamjournal.domain.care import NEVER
        from dreamjournal.services.prompts import for_nurse

        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        self.head = Label("What the log shows" if nurse else "What your log shows", "section")
        box.addWidget(self.head)
        nights = "night" if found.first == found.last else "nights"
        span = f"Looked at: the {nights} of {found.span}." if numbers else "Looked at: the last weeks."
        box.addWidget(Label(span, "caption", "muted", wrap=True))
        self.cards: list[PromptCard] = []
        for prompt in found.found:
            card = PromptCard(prompt, nurse=nurse, numbers=numbers)
            card.nights_asked.connect(self.nights_asked)
            card.instruction_asked.connect(self.instruction_asked)
            self.cards.append(card)
            box.addWidget(card)
        if not found.found:
            box.addWidget(Label("Nothing to point out.", "body", wrap=True))
        if found.looked:
            box.addSpacing(4)
            box.addWidget(Label("Looked at and not found", "label", strong=True))
            say = for_nurse if nurse else str
            for x in found.looked:
                words = say(x.words) if numbers else "nothing to point out"
                rule = Prose(
                    (f"{say(x.title)}: ", "strong"), f"{words}. {say(x.sentence)}", kind="caption", tone="muted"
                )
                rule.setObjectName(f"looked_{x.key}")
                box.addWidget(rule)
        box.addWidget(Label(NEVER, "caption", "muted", wrap=True))
