"""Nights as FHIR R4 bundles, to keep in a file or to send, and in words what leaves with them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dreamjournal.common.errors import UserError
from dreamjournal.services.fhir_records import Entry as Entry  # noqa: PLC0414 - what this module's callers speak of
from dreamjournal.services.fhir_records import Leaving as Leaving  # noqa: PLC0414
from dreamjournal.services.fhir_records import Parcel as Parcel  # noqa: PLC0414
from dreamjournal.services.fhir_records import Record, parcel
from dreamjournal.services.fhir_records import Scope as Scope  # noqa: PLC0414

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from dreamjournal.common.clock import Clock
    from dreamjournal.common.progress import Progress
    from dreamjournal.services.journals import Journal


def build(journal: Journal, person_id: int, scope: Scope, clock: Clock, progress: Progress | None = None) -> Parcel:
    """The records of the nights of `scope`. Nights that are still sealed stay. Raises UserError where nothing can leave."""
    from dreamjournal.services import nights

    person = journal.persons.get(person_id)
    if person is None:
        raise UserError("Nothing was made", "there is no such person in this journal", "choose another")
    step = None if progress is None else (lambda: progress.step(0, 0))
    found = nights.nights(journal, person_id, scope.first, scope.last, clock, stages=False, step=step)
    return parcel(person, journal.kind, found, scope)


def collection(made: Parcel) -> Record:
    """All records as a bundle to keep: type `collection`."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": f"urn:uuid:{e.uuid}", "resource": e.resource} for e in made.entries],
    }


def transaction(entries: Iterable[Entry]) -> Record:
    """Records as a bundle to send: type `transaction`.

    What a server holds already under our identifier is not made again: the person and devices stay as they are there, records
    of nights are brought up to date.
    """
    return {"resourceType": "Bundle", "type": "transaction", "entry": [_asked(e) for e in entries]}


def _asked(e: Entry) -> Record:
    if e.night is None:
        request = {"method": "POST", "url": e.kind, "ifNoneExist": e.query}
    else:
        request = {"method": "PUT", "url": f"{e.kind}?{e.query}"}
    return {"fullUrl": f"urn:uuid:{e.uuid}", "resource": e.resource, "request": request}


def as_bytes(bundle: Record) -> bytes:
    """The bundle as JSON: the same records give the same bytes."""
    return json.dumps(bundle, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")


def write(made: Parcel, path: Path) -> int:
    """Write the records to a file, whole or not at all; returns the number of records. Raises UserError."""
    from dreamjournal.common.files import atomic_write
    from dreamjournal.services.fhir_check import ensure

    bundle = collection(made)
    ensure(bundle)
    try:
        atomic_write(path, as_bytes(bundle) + b"\n")
    except OSError as error:
        raise UserError("The file was not written", "its folder cannot be written", "choose another folder") from error
    return len(made.entries)


# What leaves, in words


def words(leaving: Leaving) -> tuple[tuple[str, str], ...]:
    """(what, in words) of what leaves and of what stays, in the order to read them."""
    scope = leaving.scope
    rows = [
        ("Nights", f"{leaving.nights}, from {_day(leaving.first)} to {_day(leaving.last)}"),
        ("Person", f"{leaving.pseudonym}; no name, no date of birth, no address"),
        ("Dates and times", "as they were, with their offset from UTC"),
        ("Sources", ", ".join(leaving.sources) or "none"),
        *((title, str(n)) for title, n in leaving.counts),
        ("Names of enhancers", "go along" if scope.names else "stay here; only what kind they are goes"),
        ("Comments of the diary", "go along" if scope.comments else "stay here"),
        ("The words of dreams", "go along" if scope.dreams else "stay here"),
    ]
    if leaving.sealed:
        n = len(leaving.sealed)
        rows.append(("Sealed nights", f"{n} {'stays' if n == 1 else 'stay'} here"))
    if leaving.not_own:
        rows.append(("Dreams that may not be your own", f"{leaving.not_own} stay here"))
    if leaving.impossible:
        rows.append(("Values no night can have", f"{leaving.impossible} left out"))
    return tuple(rows)


def to_json(leaving: Leaving) -> Record:
    """What leaves as a document."""
    return {
        "pseudonym": leaving.pseudonym, "first": leaving.first.isoformat(), "last": leaving.last.isoformat(), "nights": leaving.nights,
        "records": leaving.records, "counts": dict(leaving.counts), "sources": list(leaving.sources), "names": leaving.scope.names,
        "comments": leaving.scope.comments, "dreams": leaving.scope.dreams, "sealed": [d.isoformat() for d in leaving.sealed],
        "dreams_not_own": leaving.not_own, "values_left_out": leaving.impossible,
    }  # fmt: skip


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
