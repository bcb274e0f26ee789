"""Enhancers, and the person's own words for what an imported tag means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from dreamjournal.common.errors import UserError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.services import evenings
from dreamjournal.services.evenings import enhancer_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.exposure import Enhancer, EnhancerRule, OnlyPeriod
    from dreamjournal.services.journals import Journal
    from dreamjournal.store.enhancers import Tag

Said = Literal["enhanced", "natural", "unsure"]
_DAY = timedelta(days=1)
_MIN, _MAX = date(1, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True)
class TagNights:
    """The nights a tag was set or answered yes, and those it was answered no."""

    yes: tuple[date, ...]
    no: tuple[date, ...]


@dataclass(frozen=True)
class Mapped:
    """A mapping as kept, with the nights it touched."""

    rule: EnhancerRule
    nights: TagNights
    changes: Changes


def all(journal: Journal, person_id: int) -> list[Enhancer]:  # noqa: A001 - reads as enhancers.all
    """The person's enhancers, by name."""
    return journal.enhancers.all(person_id)


def add(
    journal: Journal, person_id: int, name: str, kind: EnhancerKind | str, clock: Clock
) -> tuple[Enhancer, Changes]:
    """Add an enhancer. Raises UserError where the name is empty or taken."""
    clean = enhancer_name(name)
    if journal.enhancers.by_name(person_id, clean) is not None:
        raise UserError(
            "The enhancer was not added", "there is one of that name already", "choose another name", field="name"
        )
    return journal.enhancers.add(person_id, clean, EnhancerKind(kind), clock.now()), Changes.ENHANCERS


def the_enhancer(journal: Journal, person_id: int, name: str) -> Enhancer:
    """The enhancer of that name, upper and lower case alike. Raises UserError naming those there are."""
    found = journal.enhancers.by_name(person_id, name)
    if found is None:
        names = ", ".join(e.name for e in journal.enhancers.all(person_id))
        now = f"choose one of: {names}" if names else "add it with: enhancers add NAME"
        raise UserError("There is no such enhancer", "", now, field="enhancer")
    return found


def retire(journal: Journal, enhancer_id: int) -> Changes:
    """Take an enhancer off the list; past nights keep it."""
    journal.enhancers.retire(enhancer_id)
    return Changes.ENHANCERS


def rules(journal: Journal, person_id: int) -> list[EnhancerRule]:
    """What the person says tags mean."""
    return journal.enhancers.rules(person_id)


def tag_counts(journal: Journal, person_id: int) -> list[tuple[str, str, int]]:
    """(source, tag, nights set or answered yes) of everything imported, for choosing what to map."""
    return journal.tags.counts(person_id)


def preview_map(journal: Journal, person_id: int, source: str, tag: str) -> TagNights:
    """The nights a mapping of this tag would touch. Nothing is written."""
    found = journal.tags.of(person_id, source, tag)
    return TagNights(tuple(t.night_date for t in found if _yes(t)), tuple(t.night_date for t in found if not _yes(t)))


def map_tag(journal: Journal, person_id: int, source: str, tag: str, name: str, clock: Clock) -> Mapped:
    """The tag of the source means this enhancer (made if new), on past nights too.

    Raises UserError where the source is unknown, or has tags here but not this one.
    """
    source, tag = source.strip().lower(), tag.strip()
    known = {t for s, t, _ in journal.tags.counts(person_id) if s == source}
    if known:
        match = next((t for t in sorted(known) if t.strip().casefold() == tag.casefold()), None)
        if match is None:
            now = "choose one of: " + ", ".join(f'"{t}"' for t in sorted(known))
            raise UserError("Nothing was mapped", f"{source} has no such tag in this journal", now, field="tag")
        tag = match
    elif source not in (sources := _import_sources()):
        raise UserError(
            "Nothing was mapped", "there is no such source", "choose one of: " + ", ".join(sources), field="source"
        )
    elif not tag:
        raise UserError("Nothing was mapped", "the tag is empty", "name one", field="tag")
    clean = enhancer_name(name)
    changes = Changes.ENHANCERS | Changes.EXPOSURES
    with journal.atomic():
        enhancer = journal.enhancers.by_name(person_id, clean)
        if enhancer is None:
            enhancer = journal.enhancers.add(person_id, clean, evenings.likely_kind(clean), clock.now())
        for old in journal.enhancers.rules(person_id):
            if old.source == source and old.tag.casefold() == tag.casefold():
                _forget(journal, person_id, old)
        rule = journal.enhancers.map(person_id, source, tag, enhancer.id)
        _derive_rule(journal, rule, enhancer, None, clock)
    return Mapped(rule, preview_map(journal, person_id, source, tag), changes)


def unmap(journal: Journal, person_id: int, rule_id: int) -> Changes:
    """Take a mapping back, and the exposures it made. Raises UserError where there is none."""
    rule = next((r for r in journal.enhancers.rules(person_id) if r.id == rule_id), None)
    if rule is None:
        raise UserError("Nothing was taken back", "there is no such mapping", "see the list of enhancers")
    with journal.atomic():
        _forget(journal, person_id, rule)
    return Changes.ENHANCERS | Changes.EXPOSURES


def derive(journal: Journal, person_id: int, import_id: int | None, clock: Clock | None = None) -> Changes:
    """Make exposures of mapped tags, and enhancers of exposures that files name; called after an import wrote its rows.

    With `import_id` every row made or changed is noted for undo.
    """
    from dreamjournal.common.clock import SystemClock

    present = clock or SystemClock()
    with journal.atomic():
        for rule in journal.enhancers.rules(person_id):
            enhancer = journal.enhancers.get(rule.enhancer_id)
            if enhancer is not None:
                _derive_rule(journal, rule, enhancer, import_id, present)
        for of_night in journal.exposures.between(person_id, _MIN, _MAX).values():
            for exposure in of_night:
                if exposure.enhancer_id is None:
                    _name(journal, exposure, import_id, present)
    return Changes.EXPOSURES | Changes.ENHANCERS


def _derive_rule(journal: Journal, rule: EnhancerRule, enhancer: Enhancer, import_id: int | None, clock: Clock) -> None:
    for tag in journal.tags.of(rule.person_id, rule.source, rule.tag):
        made = [e for e in journal.exposures.of_tag(tag.id) if e.enhancer_id == enhancer.id]
        if _yes(tag) and not made:
            added = journal.exposures.add(
                Exposure(
                    0, rule.person_id, tag.night_date, enhancer.name, enhancer.kind, rule.source, start=tag.at, enhancer_id=enhancer.id,
                    import_id=tag.import_id, tag_id=tag.id, written=clock.now(),
                )
            )  # fmt: skip
            if import_id is not None:
                journal.imports.inserted(import_id, "exposures", added.id)
        elif made and not _yes(tag):
            for exposure in made:
                if import_id is not None:
                    journal.imports.changing(import_id, "exposures", exposure.id)
                journal.exposures.delete(exposure.id)


def _name(journal: Journal, exposure: Exposure, import_id: int | None, clock: Clock) -> None:
    enhancer = journal.enhancers.by_name(exposure.person_id, exposure.name)
    if enhancer is None:
        enhancer = journal.enhancers.add(exposure.person_id, exposure.name, exposure.kind, clock.now())
        if import_id is not None:
            journal.imports.inserted(import_id, "enhancers", enhancer.id)
    if import_id is not None:
        journal.imports.changing(import_id, "exposures", exposure.id)
    journal.exposures.update(replace(exposure, enhancer_id=enhancer.id))


def _forget(journal: Journal, person_id: int, rule: EnhancerRule) -> None:
    for tag in journal.tags.of(person_id, rule.source, rule.tag):
        for exposure in journal.exposures.of_tag(tag.id):
            if exposure.enhancer_id == rule.enhancer_id:
                journal.exposures.delete(exposure.id)
    journal.enhancers.unmap(rule.id)


def _yes(tag: Tag) -> bool:
    return tag.value is None or tag.value != 0


def _import_sources() -> list[str]:
    from dreamjournal.common.plugins import load_family

    return sorted({str(p.key) for p in load_family("dreamjournal.importers")})


# The only one


def only_periods(journal: Journal, person_id: int) -> list[tuple[OnlyPeriod, str]]:
    """When which enhancer is the only one used."""
    found: list[tuple[OnlyPeriod, str]] = []
    for period in journal.enhancers.only(person_id):
        enhancer = journal.enhancers.get(period.enhancer_id)
        found.append((period, enhancer.name if enhancer else ""))
    return found


def only(
    journal: Journal, person_id: int, name: str | None, first: date | None = None, last: date | None = None
) -> Changes:
    """The person says this enhancer is the only one they use, or (None) takes that back, for a period or for good.

    Only then does an empty log, or a question answered no, make a night natural. Raises UserError.
    """
    if first is not None and last is not None and first > last:
        raise UserError("Nothing was kept", "the period ends before it begins", "check the dates", field="from")
    if name is not None:
        enhancer = the_enhancer(journal, person_id, name)
        journal.enhancers.set_only(person_id, enhancer.id, first, last)
        return Changes.ENHANCERS
    with journal.atomic():
        kept = journal.enhancers.only(person_id)
        journal.enhancers.set_only(person_id, None, None, None)
        if first is not None or last is not None:
            for period in kept:
                for a, b in _without(period.first, period.last, first, last):
                    journal.enhancers.set_only(person_id, period.enhancer_id, a, b)
    return Changes.ENHANCERS


def _without(
    first: date | None, last: date | None, cut_first: date | None, cut_last: date | None
) -> list[tuple[date | None, date | None]]:
    """What is left of a period when another is cut out of it; None is open."""
    a, b, ca, cb = first or _MIN, last or _MAX, cut_first or _MIN, cut_last or _MAX
    if cb < a or ca > b:
        return [(first, last)]
    left: list[tuple[date | None, date | None]] = []
    if a < ca:
        left.append((first, ca - _DAY))
    if cb < b:
        left.append((cb + _DAY, last))
    return left


def log(
    journal: Journal, person_id: int, night: date, said: Said | None, names: Sequence[str], dose: str | Sequence[str], clock: Clock,
    intensity: float | None = None,
) -> Changes:  # fmt: skip
    """Keep what the night was, in place of the person's earlier answer; several names add up, new ones become enhancers.

    `enhanced` without a name means the only enhancer there is; `dose` is one for one name, or one for each. Raises UserError.
    """
    doses = [d for d in ([dose] if isinstance(dose, str) else dose) if d]
    if said != "enhanced":
        if names or doses or intensity is not None:
            raise UserError(
                "Nothing was kept", "names and a dose belong to an enhanced night", "leave them out", field="name"
            )
        return evenings.answer(journal, person_id, night, said, clock)
    if not names:
        there = journal.enhancers.all(person_id)
        if len(there) != 1:
            why = "you use " + ", ".join(e.name for e in there) if there else "it is not said what enhanced the night"
            raise UserError("Nothing was kept", why, "name it", field="name")
        names = [there[0].name]
    if doses and len(doses) != len(names):
        raise UserError(
            "Nothing was kept",
            "it is not clear which dose belongs to which name",
            "give one dose for each",
            field="dose",
        )
    given = [(n, d, intensity) for n, d in zip(names, doses or [""] * len(names), strict=True)]
    return evenings.answer_enhanced(journal, person_id, night, given, clock)
