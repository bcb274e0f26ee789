"""A dream report and the five answers to "did you dream?"."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from dreamjournal.common.errors import UserError


class Recall(StrEnum):
    """The five answers of a morning; no answer is None, never one of these."""

    NOT_TRIED = "not_tried"
    NOTHING = "nothing"
    WHITE = "white"
    FRAGMENT = "fragment"
    REPORT = "report"

    @property
    def has_content(self) -> bool:
        """Whether something of a dream was told."""
        return self in (Recall.FRAGMENT, Recall.REPORT)


@dataclass(frozen=True)
class DreamDraft:
    """A dream as it comes from a form, a file or the command line; may be wrong until `checked`."""

    night_date: date
    text: str = ""
    recall: Recall = Recall.REPORT
    vividness: int | None = None
    lucidity: int | None = None
    tone: int | None = None
    nightmare: bool | None = None
    distress: int | None = None
    tags: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    woke: datetime | None = None
    """When the person woke with it, if known (UTC)."""


@dataclass(frozen=True)
class Dream:
    """One dream report of a night. `text` is the person's words, unchanged."""

    id: int
    person_id: int
    night_date: date
    text: str
    recall: Recall
    vividness: int | None
    lucidity: int | None
    tone: int | None
    nightmare: bool | None
    distress: int | None
    tags: tuple[str, ...]
    signs: tuple[str, ...]
    written: datetime
    changed: datetime
    source: str = "person"
    import_id: int | None = None
    woke: datetime | None = None
    may_not_be_own: bool = False
    """A session of the night merged with another person's."""


RANGES = {"vividness": (0, 4), "lucidity": (0, 4), "tone": (-2, 2), "distress": (0, 4)}


def checked(draft: DreamDraft) -> DreamDraft:
    """The draft with tidy tags. Raises UserError naming the field when a scale is out of range."""
    for name, (low, high) in RANGES.items():
        value = getattr(draft, name)
        if value is not None and not low <= value <= high:
            raise UserError(
                f"The {name} was not kept", f"{value} is outside {low} to {high}", "choose a value inside", field=name
            )
    return DreamDraft(
        draft.night_date, draft.text, draft.recall, draft.vividness, draft.lucidity, draft.tone, draft.nightmare,
        draft.distress, tidy_tags(draft.tags), tidy_tags(draft.signs), draft.woke,
    )  # fmt: skip


def tidy_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Tags without #, outer blanks, control characters, empties and repeats (case is kept, compared folded)."""
    seen: dict[str, str] = {}
    for tag in tags:
        clean = "".join(c for c in unicodedata.normalize("NFC", tag) if unicodedata.category(c)[0] != "C")
        clean = " ".join(clean.lstrip("#").split())
        if clean:
            seen.setdefault(clean.casefold(), clean)
    return tuple(seen.values())
