"""RedNotebook's journal: one YAML file a month, named after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO, Any, cast

from dreamjournal.common.csv_rows import read_text
from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import Progress
from dreamjournal.common.yaml_files import read_yaml
from dreamjournal.domain.drafts import Draft, FileWarning, ReadOptions, Rejected, RowDraft, StartNeeded
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.journal_entries import (
    DREAM_WORDS,
    LUCID_WORDS,
    MORNING_AFTER,
    NIGHTMARE_WORDS,
    Entry,
    entry_row,
    marks_a_dream,
    partly_marked,
    plain_word,
    short_hash,
)

MAX_BYTES = 8 * 1024 * 1024
TEXT = "text"
_DAY_FIRST = re.compile(
    rb"\s*(?:---\s*)?\{?\s*['\"]?(?:0?[1-9]|[12][0-9]|3[01])['\"]?:(?:[ \t]*\r?\n[ \t]+|[ \t]*\{)['\"]?[^\W\d]"
)
_NAME = re.compile(r"(?<![0-9])([0-9]{4})-([0-9]{2})(?:\.[A-Za-z]+)?$")


@dataclass(frozen=True)
class RedNotebook(Importer):
    """RedNotebook. A day has a text, tags, and categories with notes of their own; the month is in the file's name."""

    key: str = "rednotebook"
    title: str = "RedNotebook"
    suffixes: tuple[str, ...] = (".txt",)
    kinds: tuple[str, ...] = ("text", "json")
    gathers: bool = True

    def sniff(self, head: bytes, name: str) -> float:
        """A mapping of days of the month, each with a text or a category."""
        if not _DAY_FIRST.match(head[:200]):
            return 0.0
        return 0.9 if b"text:" in head or b"'text':" in head or b'"text":' in head or _month(name) else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Each day is a row. Raises UserError for other YAML, StartNeeded where the name does not tell the month."""
        text, encoding = read_text(stream, limit=MAX_BYTES)
        days = read_yaml(text)
        if not isinstance(days, dict) or not days:
            raise UserError("The file was not read", "it has no days of a month")
        month = _month(options.where)
        if month is None and options.start is not None:
            month = (options.start.year, options.start.month)
        if month is None:
            raise StartNeeded
        if encoding != "UTF-8":
            yield FileWarning(f"The file is not UTF-8; it was read as {encoding}.")
        lines = {
            m[1]: text.count("\n", 0, m.start(1)) + 1 for m in re.finditer(r"^['\"{]?([0-9]{1,2})['\"]?:", text, re.M)
        }
        notes = marked = taken = 0
        for n, (key, content) in enumerate(cast(dict[Any, Any], days).items(), 1):
            progress.step(n, 0, options.where)
            line = lines.get(str(key), n)
            where = f"{options.where} line {line}"
            day = _day(month, key)
            if day is None:
                yield Rejected(where, f"{str(key)[:20]!r} is no day of this month", line, str(content)[:300], dreams=1)
                continue
            if not isinstance(content, dict):
                yield Rejected(where, "not a day with a text", line, str(content)[:300], dreams=1)
                continue
            entries, left = _entries(day, cast(dict[Any, Any], content), where, line)
            notes += left
            rows = [entry_row(e, options.now) for e in entries]
            dreams = tuple(d for r in rows if isinstance(r, RowDraft) for d in r.dreams)
            if not dreams:
                yield rows[0]
                continue
            yield RowDraft(where, line, dreams=dreams)
            taken += 1
            marked += any(marks_a_dream(d.draft.tags) for d in dreams)
        if taken:
            yield FileWarning(MORNING_AFTER)
        if notes:
            yield FileWarning(f"{notes} notes of the month that are not its dreams stay in the file.")
        yield from partly_marked(marked, taken)


def _month(name: str) -> tuple[int, int] | None:
    match = _NAME.search(name.replace("\\", "/").rsplit("/", 1)[-1])
    if match is None or not 1 <= int(match[2]) <= 12 or not 1900 <= int(match[1]) <= 9000:
        return None
    return int(match[1]), int(match[2])


def _day(month: tuple[int, int], key: Any) -> date | None:
    if not isinstance(key, str) or not key.isascii() or not key.isdigit() or len(key) > 2:
        return None
    try:
        return date(*month, int(key))
    except ValueError:
        return None


def _entries(day: date, parts: dict[Any, Any], where: str, line: int) -> tuple[list[Entry], int]:
    """The day's dreams and the number of other notes: its notes under a category of dreams, or else its text.

    Category names are tags, and so are the notes of the category Tags.
    """
    text = parts.get(TEXT)
    words = text if isinstance(text, str) else ""
    tags: list[str] = []
    dreams: list[tuple[str, str]] = []
    left = 0
    for name, held in parts.items():
        if name == TEXT or not isinstance(name, str):
            continue
        if isinstance(held, dict):
            found = [str(k) for k in cast(dict[Any, Any], held)]
        else:
            found = [str(k) for k in cast(list[Any], held)] if isinstance(held, list) else []
        if plain_word(name) == "tags":
            tags += found
            continue
        tags.append(name)
        if plain_word(name) in DREAM_WORDS | LUCID_WORDS | NIGHTMARE_WORDS:
            dreams += [(name, note) for note in found if note.strip()]
        else:
            left += len(found)
    if not dreams:
        return [Entry(f"{day}", words, day, None, where, line, tuple(tags))], left
    left += bool(words.strip())
    kept = [t for t in tags if t not in {name for name, _ in dreams}]
    entries = [
        Entry(f"{day}/{short_hash(note[:60])}", note, day, None, where, line, (*kept, name)) for name, note in dreams
    ]
    return entries, left


PLUGIN = RedNotebook()
