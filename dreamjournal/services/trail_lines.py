"""The text a row of the journal was read from, as it stands in the kept original; a reason in words where there is none."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO

import msgspec

from dreamjournal.common import heads, zip_files
from dreamjournal.common.csv_rows import MAX_BYTES, physical_lines, read_text, records
from dreamjournal.common.errors import KnownError
from dreamjournal.store.imports import ImportRecord
from dreamjournal.store.journal import Journal
from dreamjournal.store.originals import Original

LONGEST = 20_000
"""Characters of a line that are shown: a record with a night's stages has a few thousand."""
NO_PLACE = "The journal knows the import, not the line."
_PLACE = re.compile(
    r"(?P<file>.+?) (?P<word>line|row|record|sleep session|session|sleep|entry|covered) (?P<n>[0-9]{1,9})"
)
_LISTS = frozenset({"records", "data", "sleep", "sleeps", "recovery", "recoveries", "entries", "sessions", "covered"})
"""Keys under which the files that are known keep their records."""
_PROSE = frozenset({"text_journal", "rednotebook"})
"""Formats of running text, where a quotation mark does not hold a row of several lines together."""
_APPLE = re.compile(rb'<Record\s(?=[^<>]{0,2000}type="HKCategoryTypeIdentifierSleepAnalysis")[^<>]{1,4000}>')
_START = re.compile(rb'startDate="(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})"')
_CHUNK = 1024 * 1024
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Line:
    """`line` as it stands in the file, with the `header` of its table where it has one; or `why` there is none."""

    line: str | None = None
    header: str | None = None
    why: str = ""
    note: str = ""
    """What must be known to read the line."""


class Originals:
    """Kept originals of a person, each unpacked once while a night is followed."""

    def __init__(self, journal: Journal, person_id: int) -> None:
        self._journal = journal
        self.records: dict[int, ImportRecord] = {r.id: r for r in journal.imports.all(person_id)}
        self._all = journal.originals.of_person(person_id)
        self._data: dict[int, bytes] = {}

    def later(self, table: str, row_id: int, import_id: int | None) -> tuple[str, ...]:
        """Names of the imports after `import_id` that touched a row."""
        touched = self._journal.imports.touching(table, row_id)
        return tuple(
            self.records[i].name for i in touched if import_id is not None and i > import_id and i in self.records
        )

    def line(self, record: ImportRecord, where: str, span: Span | None = None) -> Line:
        """The text at `where`. `span` is when the row's recording was: what cannot be checked otherwise is held against it."""
        if not where:
            return Line(why=NO_PLACE)
        # The same file may have been kept by another import of it.
        kept = [o for o in self._all if o.import_id == record.id] or [o for o in self._all if o.sha256 == record.sha256]
        if not kept:
            return Line(why=_not_kept(record))
        place = _PLACE.fullmatch(where)
        if place is None:
            return Line(why="The journal does not know the place in the file.")
        file = place["file"]
        found = {o.sha256: o for o in kept if file == o.name or file.startswith(o.name + "/")}
        if not found:
            return Line(why="The file with this row is not among the kept originals.")
        if len(found) > 1:
            return Line(why="Several kept files have this name, so which of them holds the row is not known.")
        original = next(iter(found.values()))
        try:
            return self._text(original, file, place["word"], int(place["n"]), record.format, span)
        except KnownError as e:
            return Line(why=f"The kept file could not be read: {e.why or e.what}.")
        except (msgspec.DecodeError, RecursionError, ValueError, OSError):
            return Line(why="The kept file could not be read.")

    def _text(
        self, original: Original, file: str, word: str, number: int, format_key: str, span: Span | None
    ) -> Line:  # fmt: skip
        if original.size > MAX_BYTES:
            return Line(why=f"The file is larger than {MAX_BYTES // 1024 // 1024} MiB, too large to be searched here.")
        data = self._data.get(original.id)
        if data is None:
            data = self._data[original.id] = b"".join(self._journal.originals.parts(original.id))
        stream: IO[bytes] = io.BytesIO(data)
        head = data[: heads.HEAD_BYTES]
        if heads.kind_of(heads.normalised(head)) == "zip":
            archive = zip_files.open_zip(stream)
            if zip_files.is_workbook(archive):
                return Line(why="The file is a workbook, which has no lines of text; open it in a spreadsheet.")
            member = file.removeprefix(original.name + "/")
            named = [i for i in zip_files.members(archive) if zip_files.base_name(i) == member]
            if not named:
                return Line(why="The archive is kept; a file of this name is not in it.")
            if len(named) > 1:
                return Line(
                    why="Several files in the archive have this name, so which of them holds the row is not known."
                )
            head = zip_files.head_of(archive, named[0], heads.HEAD_BYTES)
            stream = zip_files.open_member(archive, named[0])
        kind = heads.kind_of(heads.normalised(head))
        if kind not in ("text", "json", "xml"):
            return Line(why="The file is kept; it is of a binary kind, so there is no line of text to show.")
        if word != "line" and kind == "xml":
            return _apple(stream, number, span) if format_key == "apple_health" else Line(why=_UNSURE)
        text, _ = read_text(stream)
        if word == "line":
            return line_of(text, number, joined=format_key not in _PROSE)
        return _entry(text, word, number) if kind == "json" else Line(why=_UNSURE)


_UNSURE = "The file is kept; its records have no lines of their own that could be told for certain."


def _not_kept(record: ImportRecord) -> str:
    why = {
        "too_large": "it was larger than the size up to which files are kept, which is set in Settings",
        "changed": "it was changed or taken away while it was read",
    }.get(str(record.receipt.get("original") or ""), "")
    return f"The original is not kept{': ' + why if why else ''}. Import the file again to keep it."


def line_of(text: str, number: int, *, joined: bool) -> Line:
    """Line `number` (from 1), `joined` with the lines a quoted cell goes on in, and the header where it has the same columns."""
    lines = physical_lines(text)
    if not 1 <= number <= len(lines) or not lines[number - 1].strip():
        return Line(why=f"The kept file has no text at line {number}.")
    raw = lines[number - 1]
    if joined and raw.count('"') % 2:
        raw = next(iter(records("".join(lines[number - 1 :])))).text
    raw = raw.rstrip("\r\n")
    first = next((each.rstrip("\r\n") for each in lines if each.strip()), "")
    alike = any(0 < first.count(d) == raw.count(d) for d in ",;\t")
    return Line(_cut(raw), _cut(first) if alike and number > 1 and first != raw else None)


def _entry(text: str, word: str, number: int) -> Line:
    """Entry `number` (from 1) of the JSON file's one list, as it is written there."""
    items: list[msgspec.Raw]
    if text.lstrip()[:1] == "[":
        items = msgspec.json.decode(text, type=list[msgspec.Raw])
    else:
        top = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
        lists = {k: v for k, v in top.items() if bytes(v).lstrip()[:1] == b"["}
        own = {"session": "sessions", "covered": "covered"}.get(word, "")
        only = next(iter(lists)) if len(lists) == 1 else ""
        if own in lists:
            items = msgspec.json.decode(lists[own], type=list[msgspec.Raw])
        elif only in _LISTS:
            items = msgspec.json.decode(lists[only], type=list[msgspec.Raw])
        elif not lists and number == 1:
            return Line(_cut(text.strip()))
        else:
            return Line(
                why="The file is kept; it has more than one part, so which text the row was read from is not known."
            )
    if not 1 <= number <= len(items):
        return Line(why=f"The kept file has no {word} {number}.")
    return Line(_cut(bytes(items[number - 1]).decode(errors="replace").strip()))


def _apple(stream: IO[bytes], number: int, span: Span | None) -> Line:
    """Sleep record `number` (from 1) of an Apple Health export, if it lies within the night it is said to be of.

    The file is read in pieces: an export of ten years is a gigabyte of text.
    """
    if span is None:
        return Line(why=_UNSURE)
    seen, rest = 0, b""
    while True:
        chunk = stream.read(_CHUNK)
        data = rest + chunk
        cut = data.rfind(b"<") if chunk else len(data)
        for match in _APPLE.finditer(data, 0, max(cut, 0)):
            seen += 1
            if seen == number:
                return _of_night(match[0], span)
        rest = data[max(cut, 0) :][-_CHUNK:]
        if not chunk:
            return Line(why=f"The kept file has no sleep record {number}.")


def _of_night(record: bytes, span: Span) -> Line:
    found = _START.search(record)
    slack = timedelta(minutes=1)
    if found is None:
        return Line(why=_UNSURE)
    start = datetime.strptime(found[1].decode(), "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    if not span[0] - slack <= start <= span[1] + slack:
        return Line(why=_UNSURE)
    note = "The night was put together from several records; this is the first of them in the file."
    return Line(_cut(record.decode(errors="replace")), note=note)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text) - LONGEST:,} more characters)"
