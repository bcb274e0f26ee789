"""What tonight is: natural, enhanced by something, not sure; nothing chosen is a state and stays "not recorded"."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.domain.night import Condition
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.notices import Notice
from dreamjournal.ui.widgets.page import SectionHead
from dreamjournal.ui.widgets.rows import RadioRow, RowList, clear_choice
from dreamjournal.ui.widgets.text import Label

SEALED = (
    "There is nothing to choose: what the night was is noted by whoever keeps the list, or read from the device, when the "
    "study has ended. What you take besides can be written down as always."
)
NOTHING_CHOSEN = "Nothing chosen yet. Left like this, the night counts as not recorded, never as natural."
DETAILS = {
    Condition.NATURAL: ("Natural", "Nothing that changes sleep or dreams", "N"),
    Condition.ENHANCED: ("Enhanced by…", "A device, stimulation, a drug or a supplement", "E"),
    Condition.UNSURE: ("Not sure", "Something may have had an effect", "U"),
}


class ConditionCard(QWidget):
    """Three rows of which one or none is chosen. `chosen` and `cleared` are emitted for the person only.

    What a study drew for the night stands above them as a sentence with a link; it never chooses a row.
    """

    chosen = Signal(object)
    cleared = Signal()
    plan_requested = Signal()
    """The study the sentence is about."""

    def __init__(self) -> None:
        super().__init__()
        self.list = RowList(name="whatIsTonight")
        self.list.setAccessibleName("What is tonight?")
        self.radios: dict[Condition, RadioRow] = {}
        for condition, (word, detail, key) in DETAILS.items():
            row = RadioRow(word, detail=detail, hint=key, mark=condition, name=f"tonight_{condition}")
            row.clicked.connect(lambda _on=False, c=condition: self._on_clicked(c))
            self.list.add(row)
            self.radios[condition] = row
        self.sentence = Label("", "caption", "muted", wrap=True)
        self.clear_link = Button("Clear", "link", name="clearCondition")
        self.clear_link.setToolTip("Backspace")
        self.clear_link.clicked.connect(self.cleared)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(self.sentence, 1)
        below.addWidget(self.clear_link, 0, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        self.plan = Notice(kind="info", icon_name="calendar-check", link="Study", name="tonightPlan")
        self.plan.link_clicked.connect(self.plan_requested)
        self.plan.hide()
        box.addWidget(SectionHead("What is tonight?"))
        box.addWidget(self.plan)
        box.addWidget(self.list)
        box.addLayout(below)
        self._value: Condition | None = None
        self.sealed = False

    def show_plan(self, words: str, *, sealed: bool) -> None:
        """What a study drew for the night, empty for none; a sealed one leaves nothing to choose. Comes before the answer."""
        self.sealed = sealed
        if words != self.plan.accessibleName():
            self.plan.set_text(words)
        self.plan.setVisible(bool(words))
        self.list.setVisible(not sealed)

    def value(self) -> Condition | None:
        """What the person said; None while nothing is chosen."""
        return self._value

    def show_answer(self, answer: Condition | None, names: tuple[str, ...], sentence: str = "") -> None:
        """Show what was said and by what the night is enhanced; `sentence` is what stands below."""
        self._value = answer
        clear_choice(list(self.radios.values()))
        if answer is not None and answer in self.radios:
            self.radios[answer].setChecked(True)
        word, detail, _ = DETAILS[Condition.ENHANCED]
        if names and answer == Condition.ENHANCED:
            self.radios[Condition.ENHANCED].set_words(f"Enhanced by {', '.join(names)}", "E changes what it was")
        else:
            self.radios[Condition.ENHANCED].set_words(word, detail)
        self.sentence.setText(SEALED if self.sealed else sentence or (NOTHING_CHOSEN if answer is None else ""))
        self.clear_link.setVisible(answer is not None and not self.sealed)

    def _on_clicked(self, condition: Condition) -> None:
        # What is shown follows what is kept: an enhanced night is asked for its enhancer first.
        self.chosen.emit(condition)
