"""Files and folders into rows: the first half of an import, in which the journal is only asked how files are to be read."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dreamjournal.common.clock import Clock
from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import Progress
from dreamjournal.domain import column_map
from dreamjournal.domain.column_map import ColumnMap, ColumnQuestion
from dreamjournal.domain.drafts import Rejected, RowDraft, SumRule
from dreamjournal.services.import_messages import (
    Asks,
    Doubt,
    Ended,
    Found,
    Left,
    Refused,
    Request,
    Rule,
    Strange,
    Taken,
    Unknown,
)
from dreamjournal.services.import_reader import ChildReader
from dreamjournal.store import heads
from dreamjournal.store.journal import Journal

MAX_FILES = 20_000
MAX_REJECTED = 20_000
MAX_ROWS = 500_000
CHUNK = 1024 * 1024
NAMED_DAYS = 5
ANY_TABLE = "table"
"""The format that claims any table: what it cannot read is a stranger, not a damaged export."""
_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
NOT_SEEN = "No real export of this kind has been seen yet: compare a night you know before you rely on it."
PASSED_OVER = "Not an export that Dreamjournal knows; passed over."
Needs = Literal["zone", "start", "columns"]


@dataclass(frozen=True)
class Source:
    """A file as it lay there: what is needed to keep it."""

    path: Path
    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class ReadFile:
    """What the child found of one format in one file. `error` is a sentence; then nothing of it is taken."""

    path: Path
    name: str
    sources: tuple[Source, ...] = ()
    format: str | None = None
    title: str = ""
    parser_version: int = 0
    gathers: bool = False
    rows: tuple[RowDraft, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    warnings: tuple[str, ...] = ()
    rules: tuple[SumRule, ...] = ()
    unknown: tuple[str, ...] = ()
    zone: str | None = None
    zone_confidence: str = "none"
    home_zone: str | None = None
    """The zone that was given or remembered, whatever stays elsewhere the file falls into."""
    needs: Needs | None = None
    question: ColumnQuestion | None = None
    columns: tuple[tuple[str, ColumnMap], ...] = ()
    """What the person now said of tables' columns, by the header's key: kept with the import."""
    error: str | None = None

    @property
    def sha256(self) -> str:
        """Of the file, or of the files gathered into it."""
        if len(self.sources) == 1:
            return self.sources[0].sha256
        return hashlib.sha256("".join(s.sha256 for s in self.sources).encode()).hexdigest() if self.sources else ""


@dataclass(frozen=True)
class Ask:
    """How the files are to be read."""

    zone: str | None = None
    format_key: str | None = None
    start: datetime | None = None
    columns: Mapping[str, ColumnMap] = field(default_factory=dict[str, ColumnMap])
    columns_text: str | None = None


def checked_ask(ask: Ask) -> None:
    """Raises UserError for a zone or a format that is not known."""
    if ask.zone is not None and not _known_zone(ask.zone):
        raise UserError(
            "Nothing was imported",
            f"there is no time zone {ask.zone[:60]!r}",
            "name one like Europe/London",
            field="zone",
        )
    known = [k for k, _ in formats()] if ask.format_key is not None else []
    if ask.format_key is not None and ask.format_key not in known:
        raise UserError(
            "Nothing was imported", f"there is no format {ask.format_key[:60]!r}", "use one of " + ", ".join(known),
            field="format",
        )  # fmt: skip


def _known_zone(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def formats() -> list[tuple[str, str]]:
    """(key, title) of every format that can be read."""
    from dreamjournal.common.plugins import load_family

    return [(p.key, p.title) for p in load_family("dreamjournal.importers")]


def read_all(
    journal: Journal, person_id: int, paths: Sequence[Path | str], ask: Ask, clock: Clock, progress: Progress
) -> list[ReadFile]:
    """What every file holds, in order; several of one file that holds several formats. Raises UserError and Cancelled."""
    files = _files(paths)
    sizes = [_size(path) for path, _ in files]
    total, before = sum(sizes), 0
    base = _request(journal, person_id, ask, clock)
    out: list[ReadFile] = []
    with ChildReader() as child:
        for (path, folder), size in zip(files, sizes, strict=True):
            progress.step(before, total, path.name)
            found = _read_one(child, path, base, ask, progress, before, total, named=folder is None)
            out += _gathered(out, found, folder) if folder is not None else found
            before += size
    return out


def read_bytes(
    journal: Journal, person_id: int, name: str, data: bytes, source: Source, format_key: str, ask: Ask, clock: Clock,
    child: ChildReader, progress: Progress,
) -> list[ReadFile]:  # fmt: skip
    """What a kept original holds under today's parser of `format_key`."""
    request = replace_request(_request(journal, person_id, ask, clock), name=name, format_key=format_key)
    blank = ReadFile(source.path, name, (source,))
    return _asked(child, request, blank, ask, progress, data, 0, 0)


def _request(journal: Journal, person_id: int, ask: Ask, clock: Clock) -> Request:
    return Request(
        "", "", clock.now(), ask.zone, ask.format_key, journal.reading.zones(person_id),
        tuple(t.travel for t in journal.reading.travels(person_id)), ask.start,
        {**journal.reading.column_maps(person_id), **ask.columns},
    )  # fmt: skip


def replace_request(request: Request, *, name: str, path: str = "", format_key: str | None = None) -> Request:
    """The same request for another file."""
    from msgspec.structs import replace as with_fields

    return with_fields(request, name=name, path=path, format=format_key or request.format)


def _gathered(so_far: list[ReadFile], found: list[ReadFile], folder: Path) -> list[ReadFile]:
    """`found` without what could be added to a file of the same format gathered from the same folder."""
    left: list[ReadFile] = []
    for read in found:
        if not read.gathers or read.error is not None:
            left.append(read)
            continue
        at = next((i for i, r in enumerate(so_far) if r.gathers and r.format == read.format and r.path == folder), None)
        if at is None:
            left.append(replace(read, path=folder, name=folder.name or str(folder)))
            continue
        old = so_far[at]
        so_far[at] = replace(
            old, sources=old.sources + read.sources, rows=old.rows + read.rows, rejected=old.rejected + read.rejected,
            warnings=tuple(dict.fromkeys((*old.warnings, *read.warnings))), rules=_added(old.rules, read.rules),
            unknown=tuple(dict.fromkeys((*old.unknown, *read.unknown))), zone=old.zone or read.zone,
            zone_confidence=old.zone_confidence if old.rows else read.zone_confidence,
        )  # fmt: skip
    return left


def _files(paths: Sequence[Path | str]) -> list[tuple[Path, Path | None]]:
    """(file, the folder it was found in or None where it was named itself) in order, each once; links are not followed."""
    found: dict[Path, Path | None] = {}
    if any(str(given) == "" for given in paths):  # which Python takes for the present folder
        raise UserError("Nothing was imported", "a name is empty", "name a file or a folder")
    for given in paths:
        path = Path(given)
        if _is_folder(path):
            for inside in _inside(path, MAX_FILES + 1 - len(found)):
                found.setdefault(inside, path)
        else:
            found[path] = None
    if len(found) > MAX_FILES:
        raise UserError("Nothing was imported", f"there are more than {MAX_FILES:,} files", "choose a smaller folder")
    return list(found.items())


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name that no system takes
        return False


def _inside(folder: Path, most: int) -> list[Path]:
    """Ordinary files of a folder and those below it, by name; what may not be read is passed over."""
    found: list[Path] = []
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(names):
            path = Path(root, name)
            try:
                ordinary = not name.startswith(".") and stat.S_ISREG(path.lstat().st_mode)
            except OSError:  # it went away in the meantime
                continue
            if ordinary:
                found.append(path)
            if len(found) >= most:
                return found
    return found


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0


def _read_one(
    child: ChildReader, path: Path, base: Request, ask: Ask, progress: Progress, before: int, total: int, *, named: bool
) -> list[ReadFile]:
    blank = ReadFile(path, path.name)
    try:
        if not path.exists():
            return [replace(blank, error="The file was not read: there is no such file; check its name.")]
        if not path.is_file():
            return [replace(blank, error="The file was not read: it is not a file; name a file or a folder.")]
        if heads.is_open(path):  # reading it here would drop the locks that the journal has on it
            said = "The file was not read: it is this journal itself; choose an export."
            return [replace(blank, error=said) if named else replace(blank, warnings=(said,))]
        blank = replace(blank, sources=(source_of(path, lambda: progress.step(before, total, path.name)),))
        request = replace_request(base, name=path.name, path=str(path.resolve()))
    except (OSError, ValueError):
        return [replace(blank, error="The file was not read: it cannot be opened; check that you may read it.")]
    found = _asked(child, request, blank, ask, progress, None, before, total)
    if named:
        return found
    # A folder is searched: what is no export in it is listed, not refused.
    return [
        replace(r, error=None, needs=None, warnings=(_passed(r),), format=None) if _stranger(r) else r for r in found
    ]


def _stranger(read: ReadFile) -> bool:
    return read.error is not None and read.format in (None, ANY_TABLE)


def _passed(read: ReadFile) -> str:
    if read.needs == "columns":
        return "A table whose columns are not known yet; import it by itself to say what they mean."
    if read.format == ANY_TABLE and read.error is not None:
        return "Passed over. " + read.error
    return PASSED_OVER


def _asked(
    child: ChildReader, request: Request, blank: ReadFile, ask: Ask, progress: Progress, data: bytes | None, before: int,
    total: int,
) -> list[ReadFile]:  # fmt: skip
    """Sections of the file; where the person has said what the columns mean in words, it is asked a second time."""
    found = _ask(child, request, blank, progress, data, before, total)
    table = next((r for r in found if r.needs == "columns" and r.question is not None), None)
    if table is not None and table.question is not None and ask.columns_text:
        question = table.question
        try:
            said = column_map.parse_map(ask.columns_text, question.header)
        except ValueError as e:
            return [replace(table, error=f"The file was not read: {e}; its columns are {_listed(question.header)}.")]
        from msgspec.structs import replace as with_fields

        again = with_fields(request, columns={**request.columns, question.key: said})
        found = _ask(child, again, blank, progress, data, before, total)
        return [replace(r, columns=((question.key, said),)) if r.format == table.format else r for r in found]
    if ask.columns:
        return [replace(r, columns=tuple(ask.columns.items())) if r.format == ANY_TABLE else r for r in found]
    return found


def _listed(header: Sequence[str]) -> str:
    names = ("".join(letter for letter in c[:40] if letter.isprintable()) for c in header[:20])
    return ", ".join(name or "(no name)" for name in names) + (" …" if len(header) > 20 else "")


@dataclass
class _Section:
    """One format of a file while it is read."""

    read: ReadFile
    rows: list[RowDraft] = field(default_factory=list[RowDraft])
    rejected: list[Rejected] = field(default_factory=list[Rejected])
    doubts: dict[str, None] = field(default_factory=dict[str, None])
    rules: tuple[SumRule, ...] = ()
    unknown: dict[str, None] = field(default_factory=dict[str, None])
    asked: tuple[str, ...] = ()
    seen: bool = True


def _ask(
    child: ChildReader,
    request: Request,
    blank: ReadFile,
    progress: Progress,
    data: bytes | None,
    before: int,
    total: int,
) -> list[ReadFile]:
    sections: list[_Section] = []
    for message in child.read(request, progress, data, before=before, total=total):
        now = sections[-1] if sections else None
        if isinstance(message, Found):
            named = replace(
                blank, format=message.format, title=message.title, parser_version=message.parser_version,
                gathers=message.gathers,
            )  # fmt: skip
            sections.append(_Section(named, seen=message.seen))
        elif isinstance(message, Unknown):
            guess = f"; it looks like {message.looks_like}" if message.looks_like else ""
            return [replace(blank, error=f"The file was not read: it is not an export that Dreamjournal knows{guess}.")]
        elif isinstance(message, Refused):
            if now is None:
                return [replace(blank, error=message.sentence)]
            now.read = replace(now.read, error=message.sentence)
        elif now is not None:
            _note(now, message)
            if len(now.rejected) > MAX_REJECTED or len(now.rows) > MAX_ROWS:
                return [replace(now.read, error="The file was not read: it has more rows than such a log can hold.")]
    found = [_finished(s, request) for s in sections]
    return found or [replace(blank, error="The file was not read: its reader said nothing.")]


def _note(now: _Section, message: object) -> None:
    if isinstance(message, Taken):
        now.rows.append(message.row)
    elif isinstance(message, Left):
        now.rejected.append(message.row)
    elif isinstance(message, Doubt):
        now.doubts.setdefault(message.warning.text)
    elif isinstance(message, Rule):
        now.rules = _added(now.rules, (message.rule,))
    elif isinstance(message, Strange):
        now.unknown.update(dict.fromkeys(message.fields.names))
    elif isinstance(message, Ended):
        now.asked = message.zones
    elif isinstance(message, Asks):
        now.read = _question(now.read, message)


def _question(read: ReadFile, asks: Asks) -> ReadFile:
    if asks.what == "zone":
        why = f"{read.title} writes times without a zone; say which with --zone, such as --zone Europe/London"
    elif asks.what == "start":
        why = (
            "it says neither its date nor when it begins; put both into its name, as 2026-07-09_23-30, "
            "or say them with --start"
        )
    else:
        header = asks.question.header if asks.question else ()
        why = f"it is a table whose columns are not known yet; say what they mean with --columns: {_listed(header)}"
    return replace(read, needs=asks.what, question=asks.question, error=f"The file was not read: {why}.")


def _finished(s: _Section, request: Request) -> ReadFile:
    if s.read.error is not None:
        return s.read
    if not s.rows and not s.rejected:
        s.doubts.setdefault("The file holds no sleep.")
    elif not s.seen:
        s.doubts.setdefault(NOT_SEEN)
    if request.zone is not None and not s.asked and _zone_of(s.rows)[0] is not None:
        s.doubts.setdefault("The file carries its own time zone; the one given was not needed.")
    zone, confidence = (s.asked[0], "asked") if s.asked else _zone_of(s.rows)
    return replace(
        s.read, rows=tuple(s.rows), rejected=tuple(s.rejected), warnings=_together(s.doubts), rules=s.rules,
        unknown=tuple(s.unknown), zone=zone, zone_confidence=confidence,
        home_zone=request.zone or request.zones.get(s.read.format or ""),
    )  # fmt: skip


def _together(doubts: Iterable[str]) -> tuple[str, ...]:
    """Warnings that differ in nothing but their date are told once, with the dates in it."""
    dates: dict[str, list[str]] = {}
    for text in doubts:
        found = _DATE.findall(text)
        if len(found) == 1:
            dates.setdefault(_DATE.sub("\0", text), []).append(found[0])
        else:
            dates[text] = []
    out: list[str] = []
    for text, days in dates.items():
        said = ", ".join(days[:NAMED_DAYS]) + (f" and {len(days) - NAMED_DAYS} more" if len(days) > NAMED_DAYS else "")
        out.append(text.replace("\0", said))
    return tuple(out)


def _added(old: tuple[SumRule, ...], new: tuple[SumRule, ...]) -> tuple[SumRule, ...]:
    """Rules of several members of one export, each once."""
    found = {r.rule: r for r in old}
    for r in new:
        was = found.get(r.rule)
        if was is not None:
            nights = tuple(sorted({*was.nights, *r.nights})[:50])
            r = SumRule(r.rule, was.checked + r.checked, was.broken + r.broken, nights)
        found[r.rule] = r
    return tuple(found.values())


def _zone_of(rows: list[RowDraft]) -> tuple[str | None, str]:
    """The zone of most sessions, and how it is known."""
    counts: dict[str | None, int] = {}
    for row in rows:
        for start in (*(s.start for s in row.sessions), *(t.at for t in row.tags)):
            if start is not None:
                counts[start.zone] = counts.get(start.zone, 0) + 1
    if not counts:
        return None, "none"
    named = {zone: n for zone, n in counts.items() if zone}
    return (max(sorted(named), key=lambda z: named[z]), "named") if named else (None, "offset")


def source_of(path: Path, going_on: Callable[[], None]) -> Source:
    """The file as it lies there; `going_on` is called with each part read and may raise Cancelled. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            going_on()
    return Source(path, path.name, digest.hexdigest(), size)
