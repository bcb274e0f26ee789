"""Day One's JSON export: a zip of one JSON file a journal, and its pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any, cast

from dreamjournal.common.errors import UserError
from dreamjournal.common.json_files import parse, read_json
from dreamjournal.common.progress import Progress
from dreamjournal.domain.drafts import Draft, FileWarning, ReadOptions, Rejected, RowDraft, RowRejected
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.instant import Instant, in_zone
from dreamjournal.domain.journal_entries import MORNING_AFTER, Entry, entry_row, marks_a_dream, partly_marked
from dreamjournal.domain.records import Obj

PEEK = 8192
MAX_TEXT = 4 * 1024 * 1024
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_PICTURE = re.compile(r"!\[[^\]\n]{0,200}\]\(dayone-moment:[^)\n]{0,200}\)[ \t]*\n?")


@dataclass(frozen=True)
class DayOne(Importer):
    """Day One. Instants are UTC with the zone they were lived in; punctuation in texts is escaped for Markdown."""

    key: str = "day_one"
    title: str = "Day One"
    suffixes: tuple[str, ...] = (".zip", ".json")
    kinds: tuple[str, ...] = ("json",)

    def sniff(self, head: bytes, name: str) -> float:
        """By the keys of the file and of its entries, or by its own word for pictures and platforms."""
        first = head[:PEEK]
        if first.lstrip()[:1] != b"{" or b'"entries"' not in first:
            return 0.0
        if b'"creationDate"' in head and (b'"uuid"' in head or b'"metadata"' in head):
            return 0.95
        return 0.9 if b"dayone" in head and b'"metadata"' in head else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Each entry is a row. Raises UserError without a list of entries, ZoneNeeded where an entry names no zone."""
        data = read_json(stream)
        top = cast(Obj, data) if isinstance(data, dict) else {}
        listed = top.get("entries")
        if not isinstance(listed, list):
            raise UserError("The file was not read", "it has no list of entries", "export it again as JSON")
        pictures = marked = taken = all_day = 0
        for i, item in enumerate(cast(list[Any], listed)):
            progress.step(i, 0, options.where)
            where = f"{options.where} entry {i + 1}"
            text = ""
            try:
                if not isinstance(item, dict):
                    raise RowRejected("not an object")
                entry = cast(Obj, item)
                text, left = _text(entry)
                pictures += left
                whole_day = entry.get("isAllDay") is True
                row = _row(entry, text, whole_day, where, i + 1, options)
            except RowRejected as e:
                yield Rejected(where, str(e), i + 1, text[:300], dreams=1)
                continue
            yield row
            if isinstance(row, RowDraft):
                taken += 1
                all_day += whole_day
                marked += marks_a_dream(row.dreams[0].draft.tags)
        if all_day:
            yield FileWarning(MORNING_AFTER)
        if pictures:
            yield FileWarning(f"{pictures} pictures, sounds or films stay in the export; only words are read.")
        yield from partly_marked(marked, taken)


def _text(entry: Obj) -> tuple[str, int]:
    """The words as they were typed, and how many pictures stood among them."""
    text = entry.get("text")
    if not isinstance(text, str) or not text.strip():
        return _rich(entry.get("richText")), 0
    if len(text) > MAX_TEXT:
        raise RowRejected("the text is longer than an entry can be")
    words, pictures = _PICTURE.subn("", text)
    return _ESCAPED.sub(r"\1", words), pictures


def _rich(value: Any) -> str:
    """The words of an entry that has them as pieces with formats only."""
    if not isinstance(value, str) or not value.startswith("{"):
        return ""
    try:
        pieces = cast(Obj, parse(value, once=False)).get("contents")
    except UserError as e:
        raise RowRejected("its text is damaged") from e
    if not isinstance(pieces, list):
        return ""
    found = (cast(Obj, p).get("text") for p in cast(list[Any], pieces) if isinstance(p, dict))
    return "".join(t for t in found if isinstance(t, str))


def _row(
    entry: Obj, text: str, whole_day: bool, where: str, line: int, options: ReadOptions
) -> RowDraft | Rejected:  # fmt: skip
    at = _instant(entry, options)
    own = entry.get("uuid")
    listed = entry.get("tags")
    tags = cast(list[Any], listed) if isinstance(listed, list) else []
    source_id = own[:80] if isinstance(own, str) and own else f"at:{at.iso_z}"
    clock = None if whole_day else at.local.time()
    names = tuple(t for t in tags if isinstance(t, str))
    return entry_row(Entry(source_id, text, at.local.date(), clock, where, line, names), options.now)


def _instant(entry: Obj, options: ReadOptions) -> Instant:
    written = entry.get("creationDate")
    if not isinstance(written, str) or not written.isascii() or not written.endswith("Z") or len(written) > 30:
        raise RowRejected("creationDate: not an instant in UTC")
    try:
        utc = datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError) as e:
        raise RowRejected("creationDate: not a date and time") from e
    if not 1970 <= utc.year < 9999:
        raise RowRejected("creationDate: outside the calendar")
    zone = entry.get("timeZone")
    if isinstance(zone, str) and zone:
        try:
            return in_zone(utc, zone)
        except (KeyError, ValueError, OSError):  # "GMT+0200": a place cannot be told from it
            pass
    return options.place(utc)


PLUGIN = DayOne()
