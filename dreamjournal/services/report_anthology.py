"""Builds the dream anthology: which of the person's dreams are in the book, and why others are not."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, cast

from dreamjournal import __version__
from dreamjournal.common.errors import UserError
from dreamjournal.domain.dream import tidy_tags
from dreamjournal.domain.night import Condition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.dream import Dream
    from dreamjournal.domain.night import Night
    from dreamjournal.domain.report import Paper, Report
    from dreamjournal.services.journals import Journal
    from dreamjournal.services.reports import ReportSpec

TITLE_LENGTH = 200
"""Characters of a title that are printed."""
_SEALED = "sealed until its study ends"
_KINDS = {
    Condition.NATURAL: "natural night",
    Condition.ENHANCED: "enhanced night",
    Condition.UNSURE: "unsure whether natural or enhanced",
    Condition.UNRECORDED: "not recorded whether natural or enhanced",
}
_NOT_NATURAL = {
    Condition.ENHANCED: ("of an enhanced night", "of enhanced nights"),
    Condition.UNSURE: ("of a night that is unsure", "of nights that are unsure"),
    Condition.UNRECORDED: ("of a night not said to be natural", "of nights not said to be natural"),
}
_SEALED_NIGHT = ("of a night sealed until its study ends", "of nights sealed until their study ends")
_NOT_OWN = ("that may not be the person\u2019s own", "that may not be the person\u2019s own")
_ONLY_COMMENT = ("that held comments alone", "that held comments alone")
_NO_WORDS = ("without words", "without words")


def build(journal: Journal, person_id: int, spec: ReportSpec, parts: frozenset[str], clock: Clock) -> Report:
    """The anthology of what `spec` asks for; `spec.contrast.first` and `.last` bound its nights.

    Raises UserError where a dream or tag is named that the person does not have, or the dates lie the wrong way round.
    """
    from dreamjournal.reports.anthology import comments
    from dreamjournal.reports.anthology.book import assemble
    from dreamjournal.reports.anthology.context import Book, Chapter, LeftOut
    from dreamjournal.services import kept_nights

    person = journal.persons.get(person_id)
    assert person is not None  # asked for by reports.build
    first, last = spec.contrast.first, spec.contrast.last
    if first is not None and last is not None and first > last:
        raise UserError("No report was made", "its first night lies after its last", "check the dates", field="from")
    found = kept_nights.nights(journal, person_id, None, None, clock, stages=False)
    tags = tidy_tags(spec.tags)
    _known(found, spec.dream_ids, tags)
    wanted = {t.casefold() for t in tags}
    chosen = frozenset(spec.dream_ids)
    out: Counter[tuple[str, str]] = Counter()
    chapters: list[Chapter] = []
    for night in found:
        if (first is not None and night.night_date < first) or (last is not None and night.night_date > last):
            continue
        for dream in night.dreams:
            if (chosen and dream.id not in chosen) or (wanted and not wanted & {t.casefold() for t in dream.tags}):
                continue
            text = comments.without(dream.text) if comments.PLUGIN.key in parts else dream.text
            reason = _why_not(night, dream, text, spec, parts)
            if reason is None:
                chapters.append(Chapter(len(chapters) + 1, dream, text, _kind(night)))
            elif reason != _NO_WORDS or chosen:  # a dream nobody told is not missed in a book of words
                out[reason] += 1
    left_out = tuple(LeftOut(n, one if n == 1 else many) for (one, many), n in sorted(out.items()))
    return assemble(Book(
        _title(spec.title), tuple(chapters), left_out, first, last, spec.only_natural, tags, bool(chosen), parts, person.name, clock.now(),
        clock.zone(), __version__, cast("Paper", spec.paper),
    ))  # fmt: skip


def _known(found: Sequence[Night], ids: Sequence[int], tags: Sequence[str]) -> None:
    dreams = [d for n in found for d in n.dreams]
    missing = sorted(set(ids) - {d.id for d in dreams})
    if missing:
        raise UserError(
            "No report was made", f"there is no dream {missing[0]}", "see the list of dreams", field="dream_ids"
        )
    known = {t.casefold() for d in dreams for t in d.tags}
    strange = [t for t in tags if t.casefold() not in known]
    if strange:
        raise UserError(
            "No report was made", f"no dream has the tag {strange[0][:60]}", "see the tags of your dreams", field="tags"
        )


def _why_not(night: Night, dream: Dream, text: str, spec: ReportSpec, parts: frozenset[str]) -> tuple[str, str] | None:
    """Why a dream that was asked for stays out, for one and for many; None where it is in."""
    from dreamjournal.reports.anthology import own
    from dreamjournal.reports.anthology.dreams import paragraphs

    if not paragraphs(dream.text):
        return _NO_WORDS
    if spec.only_natural and night.study_sealed:
        return _SEALED_NIGHT
    if spec.only_natural and night.condition != Condition.NATURAL:
        return _NOT_NATURAL[night.condition]
    if own.PLUGIN.key in parts and dream.may_not_be_own:
        return _NOT_OWN
    return None if paragraphs(text) else _ONLY_COMMENT


def _kind(night: Night) -> str:
    return _SEALED if night.study_sealed else _KINDS[night.condition]


def _title(text: str) -> str:
    from dreamjournal.charts import words
    from dreamjournal.charts.fonts import without_controls
    from dreamjournal.reports.anthology.context import TITLE

    clean = " ".join(without_controls(text).split())
    return words.cut(clean, TITLE_LENGTH) if clean else TITLE
