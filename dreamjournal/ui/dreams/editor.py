"""The dream chosen in the list, whole: edited where it stands, with what the night was and what may not be one's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.domain.dream import Dream, Recall
from dreamjournal.domain.night import Night
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.dreams import comments
from dreamjournal.ui.dreams.editing import DreamEditing, DreamFields
from dreamjournal.ui.dreams.scales import DreamScales
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.chips import TagChips
from dreamjournal.ui.widgets.choice import ChoiceStrip
from dreamjournal.ui.widgets.dates import DateField
from dreamjournal.ui.widgets.fields import Field
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.marks import ConditionMark
from dreamjournal.ui.widgets.notices import Notice, SavedNote
from dreamjournal.ui.widgets.text import Label, Line
from dreamjournal.ui.widgets.words_edit import WordsEdit
from dreamjournal.ui.words import CONDITION_WORDS, RECALL_WORDS, long_date, time_words

NEW_SLOT = "new"
MERGED = "A merge was recorded this night. Parts of this dream may not be yours alone."


class DreamEditor(QWidget):
    """Fills the right side of the Dreams page. `delete_requested` carries the dream, `night_requested` its night."""

    delete_requested = Signal(object)
    night_requested = Signal(object)

    def __init__(self, context: PageContext, initiator: object) -> None:
        super().__init__()
        self._context = context
        self.setObjectName("dreamEditor")
        self.heading = Label("", "section", wrap=True)
        self.mark = ConditionMark()
        self.condition = Label("", "caption", "muted")
        self.open_night = Button("Open the night", "link", name="openNight")
        self.merge = Notice(MERGED, icon_name="merge", name="mergeNotice")
        self.words = WordsEdit(
            "The dream", kind="words", bare=True, placeholder="A single word counts.", name="dreamText"
        )
        self.tags = TagChips(name="dreamTags")
        self.scales = DreamScales()
        self.recall = ChoiceStrip(
            tuple((r, RECALL_WORDS[r]) for r in (Recall.FRAGMENT, Recall.REPORT)),
            "What came back",
            name="dreamRecall",
            clearable=False,
        )
        self.night_field = DateField("Night", date(2000, 1, 1), weekday=True, name="dreamNight")
        self.night_box = Field("Night", self.night_field)
        self.count = Label("", "caption", "muted")
        self.first_words = Label("", "caption", "muted")
        self.comment = Button("Mark as comment", "link", name="markComment")
        self.comment.setToolTip(comments.HELP)
        self.comment.setAccessibleDescription(comments.HELP)
        self.delete = Button("Delete", "link", name="deleteDream")
        self.saved = SavedNote()
        self._build()
        fields = DreamFields(self.words, self.scales, self.tags, self.saved)
        self.editing = DreamEditing(context, fields, initiator, self._chosen_recall, self)
        self.editing.dream_saved.connect(self._on_saved)
        self.words.words_changed.connect(self._count_words)
        self.recall.chosen.connect(lambda _value: self.editing.change_recall())
        self.open_night.clicked.connect(lambda: self.night_requested.emit(self._night))
        self.delete.clicked.connect(self._on_delete)
        self.comment.clicked.connect(self.mark_comment)
        self.words.selectionChanged.connect(self._on_selection)
        key = QShortcut(QKeySequence(comments.KEY), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        key.activated.connect(self.mark_comment)
        self._on_selection()
        self.night_field.date_chosen.connect(self._on_night)
        self._night = date.min

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self.heading, 1)
        head.addWidget(self.saved)
        what = QWidget()
        flow = FlowLayout(what, 10, 6)
        for part in (self.mark, self.condition, self.open_night, self.recall, self.comment):
            flow.addWidget(part)
        foot = QHBoxLayout()
        foot.setSpacing(20)
        foot.addWidget(self.count)
        foot.addWidget(self.first_words)
        foot.addStretch(1)
        foot.addWidget(self.delete)
        box = QVBoxLayout(self)
        self._box = box
        self.set_narrow(False)
        box.setSpacing(10)
        box.addLayout(head)
        box.addWidget(what)
        box.addWidget(self.night_box)
        box.addSpacing(2)
        box.addWidget(self.merge)
        box.addSpacing(2)
        box.addWidget(self.words, 1)
        box.addSpacing(4)
        box.addWidget(self.tags)
        box.addSpacing(4)
        box.addWidget(Line())
        box.addSpacing(4)
        box.addWidget(self.scales)
        box.addLayout(foot)

    def set_narrow(self, narrow: bool) -> None:
        """Keep less room at the sides."""
        side = 24 if narrow else 48
        self._box.setContentsMargins(side, 28, side, 20)

    @property
    def dream(self) -> Dream | None:
        """The dream shown, None while a new one has not been saved."""
        return self.editing.dream

    def show_dream(self, dream: Dream, night: Night, spans: Sequence[tuple[int, int]]) -> None:
        """Show a kept dream with its hits marked."""
        self._night = dream.night_date
        self.recall.set_value(dream.recall)
        self.editing.show(dream, dream.night_date, NEW_SLOT)
        self._show_night(night)
        self.night_box.hide()
        self.merge.setVisible(dream.may_not_be_own)
        self.first_words.setText(
            f"First words kept {time_words(self._context.local(dream.written), hours=self._context.hours)}"
        )
        self.delete.show()
        # A draft that came back is longer or shorter than the dream the hits were found in.
        self.words.mark_hits(spans if self.words.words() == dream.text else ())
        self._count_words()

    def show_new(self, night: Night, last: date) -> None:
        """Show an empty dream for a night, with the words that were drafted for it."""
        self._night = night.night_date
        self.recall.set_value(Recall.REPORT)
        self.editing.show(None, night.night_date, NEW_SLOT)
        self._show_night(night)
        self.night_field.last = last
        self.night_field.set_date(night.night_date)
        self.night_box.show()
        self.merge.hide()
        self.first_words.setText("")
        self.delete.hide()
        self.words.mark_hits(())
        self._count_words()

    def _show_night(self, night: Night) -> None:
        self.heading.setText(f"The night of {long_date(night.night_date)}")
        self.mark.set_condition(night.condition)
        names = ", ".join(dict.fromkeys(e.name for e in night.exposures))
        self.condition.setText(
            f"Enhanced by {names}" if names and night.condition == "enhanced" else CONDITION_WORDS[night.condition]
        )

    def _chosen_recall(self) -> Recall | None:
        value = self.recall.value()
        return value if isinstance(value, Recall) else None

    def _count_words(self) -> None:
        self.count.setText(comments.counted_words(self.words.words()))

    def mark_comment(self) -> None:
        """Make the selected words a comment, or no comment any more; they stay selected."""
        if comments.mark_comment(self.words):
            self.words.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_selection(self) -> None:
        # It keeps the focus it may have: a button that goes away under Tab would send it to another page part.
        self.comment.setEnabled(self.words.textCursor().hasSelection() or self.comment.hasFocus())

    def _on_saved(self, dream: Dream) -> None:
        self.night_box.hide()
        self.delete.show()
        self.first_words.setText(
            f"First words kept {time_words(self._context.local(dream.written), hours=self._context.hours)}"
        )

    def _on_night(self, night: date) -> None:
        self._night = night
        self.editing.move_to(night)
        self.heading.setText(f"The night of {long_date(night)}")

    def _on_delete(self) -> None:
        if self.editing.save() and self.dream is not None:
            self.delete_requested.emit(self.dream)

    def resizeEvent(self, event) -> None:  # noqa: ANN001 - QResizeEvent
        super().resizeEvent(event)
        self.words.setMinimumHeight(theme_of(self).scaled(160))
