"""Puts an anthology together from its sections."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from typing import Any

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Column, Fact, Report, Section, Table
from dreamjournal.reports.anthology import dreams
from dreamjournal.reports.anthology.context import Book
from dreamjournal.reports.registry import sections

_NAME = 80


def assemble(book: Book) -> Report:
    """The report of `book`."""
    result = _values(book)
    return Report(
        kind="anthology",
        heading="Dream anthology",
        person=words.cut(book.person, _NAME),
        title=book.title,
        facts=_facts(book),
        sections=tuple(_sections(book)),
        nights=_table(book),
        result=result,
        fingerprint=fingerprint(result),
        printed=book.printed,
        zone=book.zone,
        version=book.version,
        left_out="Health data, diary answers and what devices measured are left out.",
        paper=book.paper,
        layout="dream anthology, layout 1",
        standing="Dreams in the words of the person who dreamed them. Private: whoever holds this can read them.",
        told=True,
    )


def fingerprint(values: dict[str, Any]) -> str:
    """First 64 bits of the SHA-256 over the canonical JSON of everything printed, as 4 x 4 hexadecimal digits."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()[:16].upper()
    return " ".join(digest[i : i + 4] for i in range(0, 16, 4))


def _sections(book: Book) -> list[Section]:
    found: list[Section] = []
    for plugin in sections("anthology"):
        if plugin.optional and plugin.key not in book.parts:
            continue
        books = [replace(book, chapters=(c,)) for c in book.chapters] if plugin.key == dreams.PLUGIN.key else [book]
        made = [plugin.build(b) for b in books]
        found += [s for s in made if s is not None and s.blocks]
    return found


def _facts(book: Book) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    nights = [c.dream.night_date for c in book.chapters]
    first, last = (min(nights), max(nights)) if nights else (book.first, book.last)
    if first is not None and last is not None:
        facts.append(Fact("Nights", (Words(_period(first, last)),)))
    held = words.count(len(nights), "dream")
    if nights:
        held += f" of {words.count(len(set(nights)), 'night')}"
    facts.append(Fact("In this book", (Words(held),)))
    which: list[str] = []
    if book.only_natural:
        which.append("natural nights only")
    if book.tags:
        which.append(f"tagged {words.cut(' or '.join(book.tags), _NAME)}")
    if book.chosen:
        which.append("picked one by one")
    said = ", ".join(which)
    if said:
        facts.append(Fact("Chosen", (Words(said[:1].upper() + said[1:]),)))
    return tuple(facts)


def _period(first: date, last: date) -> str:
    if first == last:
        return words.long_day(first)
    return f"{words.long_day(first)} \u2013 {words.long_day(last)}"


def _table(book: Book) -> Table:
    kinds, tags = "kinds" in book.parts, "tags" in book.parts
    columns = [Column("number", True), Column("night_date"), Column("may_not_be_own")]
    columns += [Column("kind")] * kinds + [Column("tags")] * tags + [Column("text")]
    rows: list[tuple[str | None, ...]] = []
    for c in book.chapters:
        row = [str(c.number), c.dream.night_date.isoformat(), "yes" if c.dream.may_not_be_own else ""]
        row += [c.kind] * kinds + ["; ".join(c.dream.tags)] * tags + [c.text]
        rows.append(tuple(row))
    return Table(tuple(columns), tuple(rows))


def _values(book: Book) -> dict[str, Any]:
    def dream(number: int) -> dict[str, Any]:
        c = book.chapters[number]
        values: dict[str, Any] = {
            "number": c.number, "night_date": c.dream.night_date.isoformat(), "text": c.text,
            "may_not_be_own": c.dream.may_not_be_own,
        }  # fmt: skip
        if "kinds" in book.parts:
            values["kind"] = c.kind
        if {"tags", "tag_index"} & book.parts:
            values["tags"] = list(c.dream.tags)
        return values

    return {
        "title": book.title,
        "only_natural": book.only_natural,
        "dreams": [dream(i) for i in range(len(book.chapters))],
        "left_out": [{"dreams": x.dreams, "reason": x.reason} for x in book.left_out],
    }
