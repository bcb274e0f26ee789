"""Dreams: saved, drafted, found, deleted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from dreamjournal.common.errors import UserError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.dream import Dream, DreamDraft, Recall, checked
from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.night import Condition, tonight
from dreamjournal.services import bin as the_bin
from dreamjournal.services import nights as the_nights
from dreamjournal.services import recall, settings
from dreamjournal.services.evenings import refuse_future

if TYPE_CHECKING:
    from datetime import datetime

    from dreamjournal.common.clock import Clock
    from dreamjournal.services.journals import Journal
    from dreamjournal.store.dreams import Draft

NIGHT = "night"
"""The source of words kept at night; their dream takes all words of that night."""


@dataclass(frozen=True)
class Saved:
    """A dream as it was committed."""

    dream: Dream
    changes: Changes


@dataclass(frozen=True)
class DreamFilter:
    """Which dreams to list; None and empty mean "any"."""

    query: str = ""
    first: date | None = None
    last: date | None = None
    tag: str | None = None
    lucidity_min: int | None = None
    condition: Condition | None = None
    nightmare: bool | None = None
    limit: int | None = None


@dataclass(frozen=True)
class DreamRow:
    """A dream of the list: the condition of its night, (start, end) of the hits in its text, and the words around one."""

    dream: Dream
    condition: Condition
    spans: tuple[tuple[int, int], ...] = ()
    snippet: str = ""


def save(
    journal: Journal,
    person_id: int,
    draft: DreamDraft,
    clock: Clock,
    dream_id: int | None = None,
    *,
    slot: str | None = None,
) -> Saved:
    """Keep a dream, new or changed, and with it the night's recall; the words of `slot` stop being a draft.

    Returned only after the commit. Raises UserError naming the field, StoreError.
    """
    tidy = checked(draft)
    refuse_future(journal, person_id, tidy.night_date, clock)
    now = clock.now()
    with journal.atomic():
        if dream_id is None:
            dream = journal.dreams.put(person_id, tidy, now)
        else:
            before = journal.dreams.get(dream_id)
            if before is None or before.person_id != person_id:
                raise UserError("The dream was not changed", f"there is no dream {dream_id}", "see the list")
            dream = journal.dreams.update(dream_id, tidy, now)
            if before.night_date != dream.night_date:
                recall.settle(journal, person_id, before.night_date, now)
        recall.settle(journal, person_id, dream.night_date, now)
        answer = journal.mornings.recall(person_id, dream.night_date)
        if not dream.recall.has_content and (answer is None or not answer.has_content):
            journal.mornings.set_recall(person_id, dream.night_date, dream.recall, now)
        if slot is not None:
            journal.dreams.drop_draft(slot, person_id)
    return Saved(dream, Changes.DREAMS)


def autosave(journal: Journal, person_id: int, slot: str, night: date | None, text: str, clock: Clock) -> None:
    """Keep unfinished words under `slot`; empty words take the draft away."""
    if text:
        journal.dreams.save_draft(slot, person_id, night, text, clock.now())
    else:
        journal.dreams.drop_draft(slot, person_id)


def draft(journal: Journal, person_id: int, slot: str) -> Draft | None:
    """The words of a slot: `.text`, `.night_date`, `.written`."""
    return journal.dreams.draft(slot, person_id)


def drafts(journal: Journal, person_id: int) -> list[Draft]:
    """All unfinished words, the oldest first."""
    return journal.dreams.drafts(person_id)


def drop_draft(journal: Journal, person_id: int, slot: str) -> None:
    """Forget the words of a slot."""
    journal.dreams.drop_draft(slot, person_id)


def keep_night_words(journal: Journal, person_id: int, text: str, clock: Clock, *, slot: str | None = None) -> Saved:
    """Keep words written in the dark as a fragment of tonight, each under its time; the recall question stays unasked."""
    now = clock.now()
    zone = settings.zone_of(journal, person_id, clock)
    night = tonight(now, zone)
    words = f"{in_zone(now, zone).local:%H:%M}  {text}"
    with journal.atomic():
        kept = [d for d in journal.dreams.of_night(person_id, night) if d.source == NIGHT]
        if kept:
            last = kept[-1]
            dream = journal.dreams.update(last.id, replace(as_draft(last), text=f"{last.text}\n\n{words}"), now)
        else:
            dream = journal.dreams.put(
                person_id, DreamDraft(night, words, Recall.FRAGMENT, woke=now), now, source=NIGHT
            )
        if slot is not None:
            journal.dreams.drop_draft(slot, person_id)
    return Saved(dream, Changes.DREAMS)


def as_draft(dream: Dream) -> DreamDraft:
    """The changeable part of a dream."""
    return DreamDraft(
        dream.night_date, dream.text, dream.recall, dream.vividness, dream.lucidity, dream.tone, dream.nightmare, dream.distress,
        dream.tags, dream.signs, dream.woke,
    )  # fmt: skip


def delete(journal: Journal, dream_id: int, clock: Clock) -> tuple[int, Changes]:
    """Put a dream in the bin; returns (bin id, changes). Raises UserError where there is none of that id."""
    return the_bin.discard_dream(journal, dream_id, clock)


def list_dreams(
    journal: Journal, person_id: int, wanted: DreamFilter = DreamFilter(), clock: Clock | None = None
) -> list[DreamRow]:
    """Dreams, the newest night first, or for a query the best hits first. Any query is safe."""
    if wanted.query.strip():
        hits = journal.dreams.search(person_id, wanted.query, limit=2000)
        found = [(h.dream, h.spans, h.snippet) for h in hits]
    else:
        found = [(d, (), "") for d in journal.dreams.all(person_id)]
    kept = [row for row in found if _matches(row[0], wanted)]
    if not kept:
        return []
    if wanted.condition is None and wanted.limit is not None:
        kept = kept[: wanted.limit]
    first, last = min(d.night_date for d, _, _ in kept), max(d.night_date for d, _, _ in kept)
    conditions = the_nights.conditions(journal, person_id, first, last, clock)
    merged = the_nights.merged_nights(journal, person_id, first, last, clock)
    rows = [
        DreamRow(
            replace(d, may_not_be_own=True) if d.night_date in merged else d,
            conditions.get(d.night_date, Condition.UNRECORDED), spans, snippet or _first_words(d.text),
        )
        for d, spans, snippet in kept
    ]  # fmt: skip
    if wanted.condition is not None:
        rows = [r for r in rows if r.condition == wanted.condition]
    return rows[: wanted.limit] if wanted.limit is not None else rows


def _matches(dream: Dream, wanted: DreamFilter) -> bool:
    return (
        (wanted.first is None or dream.night_date >= wanted.first)
        and (wanted.last is None or dream.night_date <= wanted.last)
        and (wanted.tag is None or wanted.tag.casefold() in {t.casefold() for t in dream.tags})
        and (wanted.lucidity_min is None or (dream.lucidity is not None and dream.lucidity >= wanted.lucidity_min))
        and (wanted.nightmare is None or dream.nightmare is wanted.nightmare)
    )


def _first_words(text: str, width: int = 160) -> str:
    piece = " ".join(text[: width * 2].split())
    return piece if len(piece) <= width else piece[:width].rsplit(" ", 1)[0] + " …"


def suggestion(journal: Journal, person_id: int, query: str) -> tuple[str, int] | None:
    """A word of the dreams spelt like a query without hits, with its number of dreams."""
    return journal.dreams.suggestion(person_id, query)


def tags(journal: Journal, person_id: int) -> list[tuple[str, int]]:
    """Tags with their number of dreams, the most used first."""
    return journal.dreams.tags(person_id)


def last_written(journal: Journal, person_id: int, night: date) -> datetime | None:
    """When a dream of the night was last changed, for "Saved 07:14"."""
    return max((d.changed for d in journal.dreams.of_night(person_id, night)), default=None)
