"""The first half of the morning: did you dream, the words, how it was, tags, another dream."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.dream import Dream, Recall
from dreamjournal.services import dreams, mornings
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.dreams.editing import DreamEditing, DreamFields
from dreamjournal.ui.dreams.keeper import reason_of
from dreamjournal.ui.dreams.scales import DreamScales
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.chips import TagChips
from dreamjournal.ui.widgets.choice import ChoiceStrip, FoldingChoice
from dreamjournal.ui.widgets.notices import SavedNote
from dreamjournal.ui.widgets.page import SectionHead
from dreamjournal.ui.widgets.text import Label, Prose
from dreamjournal.ui.widgets.words_edit import WordsEdit
from dreamjournal.ui.words import RECALL_WORDS

FOLDED = {
    Recall.NOTHING: "Nothing this morning. That is an answer too.",
    Recall.WHITE: "You dreamt, and the content is gone. Kept as that.",
    Recall.NOT_TRIED: "Not tried this morning. It counts as unasked, not as no dream.",
}


class DreamPart(QWidget):
    """`recall_changed` is emitted after the answer was kept."""

    recall_changed = Signal()

    def __init__(self, context: PageContext, initiator: object) -> None:
        super().__init__()
        self._context, self._initiator = context, initiator
        self._night = date.min
        self._dreams: tuple[Dream, ...] = ()
        self._told: Recall | None = None
        self.saved = SavedNote()
        self.recall = FoldingChoice(tuple(RECALL_WORDS.items()), "Did you dream?", name="recall")
        self.words = WordsEdit("The dream", kind="words_morning", placeholder="A single word counts.", name="dreamText")
        self.scales = DreamScales()
        self.tags = TagChips(name="dreamTags")
        self.another = Button("Another dream", "link", name="anotherDream")
        self.folded = Prose(kind="body", tone="muted")
        self.folded.setObjectName("foldedDream")
        self.which_box = QHBoxLayout()
        self.which: ChoiceStrip | None = None
        self.content = QWidget()
        self._build()
        fields = DreamFields(self.words, self.scales, self.tags, self.saved)
        self.editing = DreamEditing(context, fields, initiator, lambda: self._told, self)
        self.editing.dream_saved.connect(self._on_saved)
        self.recall.chosen.connect(self._on_recall)
        self.folded.link_activated.connect(lambda _key: self._unfold())
        self.another.clicked.connect(self.new_dream)

    def _build(self) -> None:
        inner = QVBoxLayout(self.content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(14)
        inner.addLayout(self.which_box)
        inner.addWidget(self.words)
        inner.addWidget(self.scales)
        tag_row = QHBoxLayout()
        tag_row.setSpacing(14)
        tag_row.addWidget(Label("Tags", "label", "muted"))
        tag_row.addWidget(self.tags, 1)
        tag_row.addWidget(self.another)
        inner.addLayout(tag_row)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(SectionHead("Did you dream?", self.saved))
        box.addWidget(self.recall)
        box.addWidget(self.folded)
        box.addWidget(self.content)

    def show_night(self, night: date, recall: Recall | None, kept: Sequence[Dream]) -> None:
        """Show the night's answer and its first dream, or the words drafted for a new one."""
        self._night, self._dreams = night, tuple(kept)
        self.tags.set_known([tag for tag, _ in dreams.tags(self._context.journal, self._context.person_id)])
        self.recall.set_value(recall)
        draft = dreams.draft(self._context.journal, self._context.person_id, mornings.draft_slot(night))
        writing_new = draft is not None and bool(draft.text.strip())
        self._show_dream(None if writing_new or not kept else kept[0])
        self._fold(recall)

    def choose(self, number: int) -> None:
        """Alt+1 to Alt+5: answer as the person does."""
        self.recall.choose(tuple(RECALL_WORDS)[number - 1])

    def new_dream(self) -> None:
        """Save this one and begin another; an empty new one is used as it is."""
        if not self.editing.save():
            return
        self._unfold()
        if self.editing.dream is not None:
            self._show_dream(None)
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_dream(self, dream: Dream | None) -> None:
        answer = self.recall.value()
        if dream is not None:
            self._told = dream.recall
        else:
            self._told = answer if isinstance(answer, Recall) and answer.has_content else None
        self.editing.show(dream, self._night, mornings.draft_slot(self._night))
        self._show_which()

    def _show_which(self) -> None:
        if self.which is not None:
            self.which.hide()
            self.which_box.removeWidget(self.which)
            self.which.deleteLater()
            self.which = None
        shown = self.editing.dream
        count = len(self._dreams) + (1 if shown is None else 0)
        if count < 2:
            return
        options: list[tuple[object, str]] = [(d.id, f"Dream {n}") for n, d in enumerate(self._dreams, start=1)]
        if shown is None:
            options.append((0, f"Dream {count}"))
        self.which = ChoiceStrip(options, "Which dream", name="whichDream", clearable=False)
        self.which.set_value(0 if shown is None else shown.id)
        self.which.chosen.connect(self._on_which)
        self.which_box.addWidget(self.which, 0, Qt.AlignmentFlag.AlignLeft)
        self.which.show()

    def _on_which(self, dream_id: object) -> None:
        if self.editing.save():
            self._show_dream(next((d for d in self._dreams if d.id == dream_id), None))

    def _on_recall(self, value: object) -> None:
        recall = value if isinstance(value, Recall) else None
        self._told = recall if recall is not None and recall.has_content else self._told
        context = self._context
        # Words first: saving a dream settles the night's answer, so the answer must come after it.
        if not self.editing.save():
            return
        if recall is not None and recall.has_content and self.editing.dream is not None:
            self.editing.change_recall()
        try:
            changes = context.kept(
                lambda: mornings.set_recall(context.journal, context.person_id, self._night, recall, context.clock)
            )
        except KnownError as error:
            self.saved.failed(reason_of(error))
            return
        self.saved.saved(context.now_words())
        context.publish(changes, self._initiator)
        self._fold(recall)
        self.recall_changed.emit()

    def _on_saved(self, dream: Dream) -> None:
        now = mornings.morning(self._context.journal, self._context.person_id, self._night, self._context.clock)
        self._dreams = now.dreams
        self._told = dream.recall
        self.recall.set_value(now.recall)
        options = 0 if self.which is None else len(self.which.buttons)
        if (len(now.dreams) > 1 or options) and options != len(now.dreams):
            self._show_which()

    def _fold(self, recall: Recall | None) -> None:
        away = recall is not None and not recall.has_content
        self.content.setVisible(not away)
        self.folded.setVisible(away)
        if recall is not None and away:
            link = "Show the words" if self.words.words().strip() else "Write something all the same"
            self.folded.set_parts(FOLDED[recall] + " ", (link, "link:show"))

    def _unfold(self) -> None:
        self.content.show()
        self.folded.hide()
        self.words.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event) -> None:  # noqa: ANN001 - QResizeEvent
        super().resizeEvent(event)
        self.words.setFixedHeight(theme_of(self).scaled(164))
