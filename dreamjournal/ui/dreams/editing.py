"""One dream being written: fills the fields, drafts while typing, saves on leaving a field, and says which of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QObject, QTimer, Signal

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.dream import Dream, DreamDraft, Recall
from dreamjournal.services import dreams
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.dreams.elsewhere import dream_as_text, save_elsewhere
from dreamjournal.ui.dreams.keeper import TRY_AGAIN_MS, Keeper, reason_of
from dreamjournal.ui.dreams.scales import DreamScales
from dreamjournal.ui.widgets.chips import TagChips
from dreamjournal.ui.widgets.notices import SavedNote
from dreamjournal.ui.widgets.words_edit import WordsEdit
from dreamjournal.ui.words import plain_date, time_words


@dataclass(frozen=True)
class DreamFields:
    """The widgets a dream is written in."""

    words: WordsEdit
    scales: DreamScales
    tags: TagChips
    saved: SavedNote


class DreamEditing(QObject):
    """Only what the person does marks the dream dirty; filling the fields never does.

    A new dream is drafted under `new_slot`, a kept one under its own id, so words typed before a kill are found again.
    """

    dream_saved = Signal(object)
    """The Dream after its commit."""

    def __init__(
        self,
        context: PageContext,
        fields: DreamFields,
        initiator: object,
        recall: Callable[[], Recall | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._context, self.fields, self._initiator, self._recall = context, fields, initiator, recall
        self.dream: Dream | None = None
        self._night = date.min
        self._new_slot = ""
        self._changed = False
        self._keeper = Keeper(self._write_draft, self)
        self._keeper.kept.connect(self._on_drafted)
        self._keeper.failed.connect(lambda reason: fields.saved.failed(reason, elsewhere=True))
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(TRY_AGAIN_MS)
        self._again.timeout.connect(self.save)
        fields.saved.elsewhere_requested.connect(self._on_elsewhere)
        fields.words.words_changed.connect(self._on_words)
        fields.words.left.connect(self.save)
        fields.scales.changed.connect(self._on_answer)
        fields.tags.changed.connect(lambda _tags: self._on_answer())

    @property
    def slot(self) -> str:
        """Where the draft of what is shown is kept."""
        return self._new_slot if self.dream is None else f"dream:{self.dream.id}"

    @property
    def unsaved(self) -> bool:
        """Whether what is shown is not the kept dream yet."""
        return self._changed

    @property
    def unkept(self) -> str:
        """The words that are nowhere but on the screen, not even as a draft; empty where there are none."""
        return self._as_text() if self._changed and self._keeper.dirty else ""

    def has_content(self) -> bool:
        """Whether anything of a dream is on the screen."""
        fields = self.fields
        return bool(fields.words.words().strip() or fields.tags.tags() or fields.scales.answered())

    def show(self, dream: Dream | None, night: date, new_slot: str) -> None:
        """Show a dream, or an empty one for `night`; a draft that is newer than it comes back with it."""
        self.dream, self._night, self._new_slot = dream, night, new_slot
        self._keeper.forget()
        self._again.stop()
        self._changed = False
        fields, context = self.fields, self._context
        kept = dreams.draft(context.journal, context.person_id, self.slot)
        text = "" if dream is None else dream.text
        drafted = kept is not None and kept.text != text and (dream is not None or bool(kept.text.strip()))
        fields.words.set_words(kept.text if kept is not None and drafted else text)
        if dream is None:
            fields.scales.show_values(None, None, None, None, None)
            fields.tags.set_tags(())
        else:
            fields.scales.show_values(dream.vividness, dream.lucidity, dream.tone, dream.nightmare, dream.distress)
            fields.tags.set_tags(dream.tags)
        if drafted:
            self._changed = True
            fields.saved.draft_kept()
        elif dream is not None:
            fields.saved.saved(self._when(dream))
        else:
            fields.saved.clear()

    def move_to(self, night: date) -> None:
        """A new dream belongs to another night than first shown."""
        self._night = night
        if self.has_content():
            self._on_words()

    def change_recall(self) -> None:
        """The answer to "did you dream?" changed: keep it with the dream, where there is one."""
        if self.dream is not None:
            self._on_answer()

    def save(self) -> bool:
        """Save the dream if anything changed. True when nothing unsaved is left."""
        if not self._changed:
            return True
        if self.dream is None and not self.has_content():
            self._keeper.flush()
            self._changed = self._keeper.dirty
            self.fields.saved.clear()
            return not self._changed
        context = self._context
        try:
            saved = context.kept(lambda: dreams.save(
                context.journal, context.person_id, self._draft(), context.clock,
                dream_id=None if self.dream is None else self.dream.id, slot=self.slot,
            ))  # fmt: skip
        except KnownError as error:
            # A draft may still fit where the dream did not; and both are tried again.
            self._keeper.touch()
            self._keeper.flush()
            self._again.start()
            self.fields.saved.failed(reason_of(error), elsewhere=True)
            return False
        self.dream = saved.dream
        self._changed = False
        self._keeper.forget()
        self._again.stop()
        self.fields.saved.saved(context.now_words())
        self.dream_saved.emit(saved.dream)
        context.publish(saved.changes, self._initiator)
        return True

    def leave(self) -> None:
        """The page is left: save, or at the least keep the draft."""
        if not self.save():
            self._keeper.flush()

    def _draft(self) -> DreamDraft:
        fields, old = self.fields, self.dream
        recall = self._recall()
        if recall is None or not recall.has_content:
            recall = Recall.REPORT if old is None else old.recall
        return DreamDraft(
            night_date=self._night, text=fields.words.words(), recall=recall, vividness=fields.scales.vividness.value(),
            lucidity=fields.scales.lucidity.value(), tone=fields.scales.tone.value(), nightmare=fields.scales.nightmare.value(),
            distress=fields.scales.distress_value(), tags=fields.tags.tags(), signs=() if old is None else old.signs,
            woke=None if old is None else old.woke,
        )  # fmt: skip

    def _on_words(self) -> None:
        self._changed = True
        if not self._keeper.dirty:
            self.fields.saved.clear()
        self._keeper.touch()

    def _on_answer(self) -> None:
        self._changed = True
        self.save()

    def _write_draft(self) -> None:
        context, text = self._context, self.fields.words.words()
        context.kept(
            lambda: dreams.autosave(context.journal, context.person_id, self.slot, self._night, text, context.clock)
        )

    def _as_text(self) -> str:
        text, tags = self.fields.words.words(), self.fields.tags.tags()
        return dream_as_text(self._night, text, tags) if text.strip() or tags else ""

    def _on_elsewhere(self) -> None:
        save_elsewhere(self.fields.words, self._as_text())

    def _on_drafted(self) -> None:
        if self._changed and not self._again.isActive():
            self.fields.saved.draft_kept()

    def _when(self, dream: Dream) -> str:
        local = self._context.local(dream.changed)
        today = self._context.local(self._context.clock.now()).date()
        clock = time_words(local, hours=self._context.hours)
        if local.date() == today:
            return clock
        return f"{plain_date(local.date())}, {clock}"
