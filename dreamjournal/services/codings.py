"""Coding dreams by hand: the set, one dream at a time and blind, and how far each rater is."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from dreamjournal.common.errors import UserError
from dreamjournal.domain import masking
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.coding import (
    KEYS,
    LEAST_WORDS,
    MOST_WORDS,
    BlindDream,
    Coding,
    CodingSet,
    RaterState,
    SetCounts,
    checked_codes,
    checked_rater,
)
from dreamjournal.domain.word_count import word_count
from dreamjournal.domain.word_hits import word_hits
from dreamjournal.services import nights as the_nights
from dreamjournal.services import settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.dream import Dream
    from dreamjournal.services.journals import Journal

SET = "coding_set"
"""Where the set is kept, beside the person's settings."""
MASKED = "masked_words"
_SEEDS = 1_000_000


@dataclass(frozen=True)
class OpenSet:
    """A set ready to be coded: its dreams that are still there, in their shuffled order, and the mask over their words."""

    person_id: int
    chosen: CodingSet
    dreams: tuple[int, ...]
    mask: re.Pattern[str] | None

    def dream_of(self, number: int) -> int:
        """The dream of a number from 1. Raises UserError where the set has no such number."""
        if not 1 <= number <= len(self.dreams):
            raise UserError(
                "No dream was opened", f"the set has dreams 1 to {len(self.dreams)}", "use one of these numbers", field="number"
            )  # fmt: skip
        return self.dreams[number - 1]


def counts(
    journal: Journal, person_id: int, first: date | None = None, last: date | None = None, least: int = LEAST_WORDS,
    most: int = MOST_WORDS,
) -> SetCounts:  # fmt: skip
    """How many dreams a set of these nights and lengths would hold, and why the others stay out. Raises UserError."""
    return _choose(journal, person_id, first, last, least, most)[1]


def make_set(
    journal: Journal, person_id: int, clock: Clock, first: date | None = None, last: date | None = None,
    least: int = LEAST_WORDS, most: int = MOST_WORDS, seed: int | None = None,
) -> tuple[CodingSet, Changes]:  # fmt: skip
    """Choose the dreams to be coded and shuffle them; a set made before is replaced, its codings stay with their dreams.

    Without `seed` one is drawn from the moment and kept. Raises UserError where no dream fits.
    """
    ids, found = _choose(journal, person_id, first, last, least, most)
    if not ids:
        raise UserError(
            "No set was made",
            f"of these dreams {found.short} are shorter, {found.long} longer, and {found.without_text} have no text",
            "choose other nights or another length",
        )
    now = clock.now()
    if seed is None:
        seed = int(now.timestamp() * 1000) % _SEEDS
    order = sorted(ids)
    random.Random(seed).shuffle(order)
    chosen = CodingSet(tuple(order), first, last, least, most, seed, now)
    journal.settings.set(SET, _as_json(chosen), person_id)
    return chosen, Changes.CODINGS


def _choose(
    journal: Journal, person_id: int, first: date | None, last: date | None, least: int, most: int
) -> tuple[list[int], SetCounts]:
    if not 1 <= least <= most:
        raise UserError(
            "No set was made", f"no dream has from {least} to {most} words", "give the smaller number first", field="words"
        )  # fmt: skip
    if first is not None and last is not None and first > last:
        raise UserError("No set was made", "the first night lies after the last", "check the dates", field="first")
    dreams = [
        d for d in journal.dreams.all(person_id)
        if (first is None or d.night_date >= first) and (last is None or d.night_date <= last)
    ]  # fmt: skip
    merged: frozenset[date] = frozenset()
    if dreams:
        ends = [d.night_date for d in dreams]
        merged = the_nights.merged_nights(journal, person_id, min(ends), max(ends))
    ids: list[int] = []
    short = long = without = foreign = 0
    for dream in dreams:
        words = word_count(dream.text)
        if not words:
            without += dream.recall.has_content
        elif dream.night_date in merged:
            foreign += 1
        elif words < least:
            short += 1
        elif words > most:
            long += 1
        else:
            ids.append(dream.id)
    return ids, SetCounts(len(ids), short, long, without, foreign)


def the_set(journal: Journal, person_id: int) -> CodingSet | None:
    """The set that was made last; None where none was."""
    kept: Any = journal.settings.get(SET, person_id)
    return None if kept is None else _from_json(kept)


def open_set(journal: Journal, person_id: int) -> OpenSet:
    """The set with its mask. Raises UserError where none was made."""
    chosen = the_set(journal, person_id)
    if chosen is None:
        raise UserError("No dream was opened", "no set of dreams was chosen yet", "choose one first")
    # The number of a deleted dream can be given to a new one, which nobody chose.
    there = {d.id for d in journal.dreams.all(person_id) if d.written <= chosen.made}
    return OpenSet(
        person_id,
        chosen,
        tuple(i for i in chosen.dreams if i in there),
        masking.masker(masked_words(journal, person_id)),
    )


def masked_words(journal: Journal, person_id: int) -> tuple[str, ...]:
    """What is masked: the names of all that enhances, its modes, programmes and devices, and the person's own list."""
    names: list[str] = [e.name for e in journal.enhancers.all(person_id)]
    names += [rule.tag for rule in journal.enhancers.rules(person_id)]
    ends = journal.nights.first_last(person_id)
    if ends is not None:
        for exposures in journal.exposures.between(person_id, *ends).values():
            for e in exposures:
                names += [e.name, e.mode, e.programme]
    names += [source.replace("_", " ") for source, _ in journal.sessions.sources(person_id)]
    telling = masking.telling_words(dict.fromkeys(n for n in names if n))
    own: list[str] = settings.get(journal, person_id, MASKED)
    found: dict[str, str] = {}
    for word in (*masking.ALWAYS, *telling, *own):
        found.setdefault(word.casefold(), word)
    return tuple(found.values())


# One dream at a time


def item(journal: Journal, opened: OpenSet, rater: str, number: int) -> BlindDream:
    """A dream as `rater` sees it: neither its night, nor what the night was, nor what anybody else counted. Raises UserError."""
    rater = checked_rater(rater)
    dream = _dream(journal, opened, number)
    own = journal.codings.get(dream.id, rater)
    shown = masking.mask(dream.text, opened.mask)
    return BlindDream(
        number, len(opened.dreams), shown.text, word_count(dream.text), shown.count, {} if own is None else own.codes,
        own is not None and own.finished is not None, word_hits(shown.text),
    )  # fmt: skip


def next_number(journal: Journal, opened: OpenSet, rater: str, after: int = 0) -> int | None:
    """The number of the next dream `rater` has not finished, looked for from `after` on and round; None when all are."""
    done = _finished(journal, opened.person_id, checked_rater(rater))
    n = len(opened.dreams)
    order = [*range(after + 1, n + 1), *range(1, min(after, n) + 1)]
    return next((k for k in order if opened.dreams[k - 1] not in done), None)


def save(
    journal: Journal,
    opened: OpenSet,
    rater: str,
    number: int,
    codes: Mapping[str, int],
    clock: Clock,
    *,
    finished: bool,
) -> Changes:
    """Keep a rater's counts of a dream. Returned only after the commit. Raises UserError naming the code that is wrong."""
    tidy = checked_codes(codes)
    dream = _dream(journal, opened, number)
    now = clock.now()
    journal.codings.put(opened.person_id, dream.id, checked_rater(rater), tidy, now if finished else None, now)
    return Changes.CODINGS


def kept(journal: Journal, opened: OpenSet, rater: str, number: int) -> Coding | None:
    """What is kept of a rater's counts of a dream, to be put back by an undo."""
    return journal.codings.get(opened.dream_of(number), checked_rater(rater))


def put_back(journal: Journal, opened: OpenSet, rater: str, number: int, before: Coding | None) -> Changes:
    """Bring a rater's counts of a dream back to what they were."""
    dream_id = opened.dream_of(number)
    if before is None:
        journal.codings.drop(dream_id, checked_rater(rater))
    else:
        journal.codings.put(
            opened.person_id, dream_id, before.rater, dict(before.codes), before.finished, before.written
        )
    return Changes.CODINGS


def _dream(journal: Journal, opened: OpenSet, number: int) -> Dream:
    dream = journal.dreams.get(opened.dream_of(number))
    if dream is None:
        raise UserError("No dream was opened", "it was deleted meanwhile", "go on with another")
    return dream


def _finished(journal: Journal, person_id: int, rater: str) -> set[int]:
    return {c.dream_id for c in journal.codings.all(person_id) if c.rater == rater and c.finished is not None}


# How far it is


def raters(journal: Journal, opened: OpenSet) -> tuple[RaterState, ...]:
    """Each rater who has finished a dream of the set, those who finished most first."""
    within = frozenset(opened.dreams)
    done: dict[str, int] = {}
    for coding in journal.codings.all(opened.person_id):
        if coding.dream_id in within and coding.finished is not None:
            done[coding.rater] = done.get(coding.rater, 0) + 1
    states = [RaterState(rater, n, len(opened.dreams)) for rater, n in done.items()]
    return tuple(sorted(states, key=lambda s: (-s.finished, s.rater)))


def changed_since(journal: Journal, opened: OpenSet) -> int:
    """Dreams of the set that were changed after somebody had finished coding them."""
    done: dict[int, datetime] = {}
    for coding in journal.codings.all(opened.person_id):
        if coding.finished is not None:
            done[coding.dream_id] = min(coding.finished, done.get(coding.dream_id, coding.finished))
    within = frozenset(opened.dreams)
    return sum(d.id in within and d.id in done and d.changed > done[d.id] for d in journal.dreams.all(opened.person_id))


def finished_codes(journal: Journal, opened: OpenSet, rater: str) -> dict[int, dict[str, int]]:
    """{dream: codes} of what a rater has finished in the set."""
    within = frozenset(opened.dreams)
    return {
        c.dream_id: dict(c.codes)
        for c in journal.codings.all(opened.person_id)
        if c.rater == rater and c.finished is not None and c.dream_id in within
    }


# Plain data


def _as_json(chosen: CodingSet) -> dict[str, Any]:
    return {
        "dreams": list(chosen.dreams), "first": chosen.first.isoformat() if chosen.first else None,
        "last": chosen.last.isoformat() if chosen.last else None, "least_words": chosen.least_words,
        "most_words": chosen.most_words, "seed": chosen.seed, "made": chosen.made.isoformat(),
    }  # fmt: skip


def _from_json(kept: dict[str, Any]) -> CodingSet:
    def day(text: str | None) -> date | None:
        return None if text is None else date.fromisoformat(text)

    return CodingSet(
        tuple(int(i) for i in kept["dreams"]), day(kept["first"]), day(kept["last"]), int(kept["least_words"]),
        int(kept["most_words"]), int(kept["seed"]), datetime.fromisoformat(kept["made"]),
    )  # fmt: skip


def item_json(shown: BlindDream) -> dict[str, Any]:
    """The document of `coding next`: `{"item", "of", "text", "words", "masked", "codes", "finished", "word_hits", "keys"}`.

    `text` has telling words masked; `word_hits` are words by group, which nobody counted; `keys` can be set.
    """
    return {
        "item": shown.number, "of": shown.of, "text": shown.text, "words": shown.words, "masked": shown.masked,
        "codes": dict(shown.codes), "finished": shown.finished, "word_hits": {k: list(v) for k, v in shown.hints.items()},
        "keys": list(KEYS),
    }  # fmt: skip


def set_json(chosen: CodingSet | None, states: tuple[RaterState, ...]) -> dict[str, Any]:
    """The document of `coding`: `{"set": {"dreams": n, "first", "last", "least_words", "most_words", "seed"} | null, "raters":
    [{"rater", "finished", "of"}]}`; never which dreams.
    """
    shown = None
    if chosen is not None:
        shown = {**_as_json(chosen), "dreams": len(chosen.dreams)}
    return {"set": shown, "raters": [{"rater": s.rater, "finished": s.finished, "of": s.of} for s in states]}
