"""jrnl's JSON export: `jrnl --format json`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, cast

from dreamjournal.common.errors import UserError
from dreamjournal.common.json_files import read_json
from dreamjournal.common.moments import clock_of, date_of
from dreamjournal.common.progress import Progress
from dreamjournal.domain.drafts import Draft, FileWarning, ReadOptions, Rejected, RowDraft, unknown_fields
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.journal_entries import MORNING_AFTER, Entry, entry_row, marks_a_dream, partly_marked
from dreamjournal.domain.records import Obj

TOP = {"tags", "entries"}
ENTRY = {"title", "body", "date", "time", "tags", "starred", "uuid"}
PEEK = 8192
MARKS = (b'"entries"', b'"title"', b'"body"', b'"date"', b'"starred"')


@dataclass(frozen=True)
class Jrnl(Importer):
    """jrnl. Dates and times are wall clocks; an entry has no id, so its minute stands for it."""

    key: str = "jrnl"
    title: str = "jrnl"
    suffixes: tuple[str, ...] = (".json",)
    kinds: tuple[str, ...] = ("json",)

    def sniff(self, head: bytes, name: str) -> float:
        """By the keys of its entries."""
        first = head[:PEEK]
        if first.lstrip()[:1] != b"{" or b'"entries"' not in first or b'"creationDate"' in first:
            return 0.0
        return 0.95 if all(m in head for m in MARKS) else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Each entry is a row. Raises UserError where there is no list of entries."""
        data = read_json(stream)
        top = cast(Obj, data) if isinstance(data, dict) else {}
        listed = top.get("entries")
        if not isinstance(listed, list):
            raise UserError("The file was not read", "it has no list of entries", "export it again with --format json")
        found = set(top) - TOP
        times: dict[str, int] = {}
        undated = marked = taken = 0
        for i, item in enumerate(cast(list[Any], listed)):
            progress.step(i, 0, options.where)
            where = f"{options.where} entry {i + 1}"
            if not isinstance(item, dict):
                yield Rejected(where, "not an object", i + 1, str(item)[:300], dreams=1)
                continue
            entry = cast(Obj, item)
            found |= set(entry) - ENTRY
            row = _row(entry, where, i + 1, times, options)
            yield row
            if isinstance(row, RowDraft):
                taken += 1
                undated += not entry.get("time")
                marked += marks_a_dream(row.dreams[0].draft.tags)
        if undated:
            yield FileWarning(MORNING_AFTER)
        yield from partly_marked(marked, taken)
        yield from unknown_fields(found, ())


def _row(entry: Obj, where: str, line: int, times: dict[str, int], options: ReadOptions) -> RowDraft | Rejected:
    title, body = (v if isinstance(v := entry.get(k), str) else "" for k in ("title", "body"))
    text = f"{title}\n{body}" if body.strip() else title
    try:
        day = date_of(str(entry.get("date", "")))
        clock = clock_of(str(entry["time"])) if entry.get("time") else None
    except ValueError:
        return Rejected(where, "the date is not a date and time", line, text[:300], dreams=1)
    minute = f"{day}T{clock:%H:%M}" if clock else f"{day}"
    times[minute] = n = times.get(minute, 0) + 1
    own = entry.get("uuid")
    listed = entry.get("tags")
    tags = cast(list[Any], listed) if isinstance(listed, list) else []
    return entry_row(
        Entry(
            own[:80] if isinstance(own, str) and own else f"{minute}/{n}",
            text,
            day,
            clock,
            where,
            line,
            tuple(t.lstrip("@") for t in tags if isinstance(t, str)),
        ),
        options.now,
    )


PLUGIN = Jrnl()
