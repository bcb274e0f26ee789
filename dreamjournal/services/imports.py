"""Imports: preview, commit, undo. What a file holds is compared with the journal row by row, and every row is accounted for."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from dreamjournal.common.clock import Clock
from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress, Progress
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.drafts import Rejected, RowDraft
from dreamjournal.services import import_rows
from dreamjournal.services.import_child import ChildReader, Doubt, Found, Left, Refused, Request, Taken, Unknown
from dreamjournal.services.import_counts import Counts, NightCounts
from dreamjournal.store.imports import ImportRecord
from dreamjournal.store.journal import Journal

MAX_FILES = 5_000
MAX_REJECTED = 20_000
MAX_ROWS = 500_000
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class ReadFile:
    """What the child found in one file. `error` is a sentence; then nothing of the file is taken."""

    path: Path
    name: str
    sha256: str = ""
    format: str | None = None
    title: str = ""
    parser_version: int = 0
    rows: tuple[RowDraft, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    warnings: tuple[str, ...] = ()
    zone: str | None = None
    zone_confidence: str = "none"
    error: str | None = None
    needs_zone: bool = False
    """Whether the format has no zone of its own, so that one is asked for once and remembered for the source."""


@dataclass(frozen=True)
class FileReceipt:
    """What became of one file. Contract §3; `error` is set for a refused file, and nothing of it was taken."""

    path: str
    format: str | None
    source: str | None
    title: str
    import_id: int | None
    zone: str | None
    zone_confidence: str
    rows: Counts
    nights: NightCounts
    sessions: Counts
    dreams: Counts
    exposures: Counts
    tags: tuple[tuple[str, int], ...]
    rejected: tuple[Rejected, ...]
    warnings: tuple[str, ...]
    first_night: date | None
    last_night: date | None
    dry_run: bool
    error: str | None = None


@dataclass(frozen=True)
class ImportPreview:
    """What an import would do: receipts of a dry run, and what was read, so that commit need not read again."""

    person_id: int
    files: list[FileReceipt]
    plans: tuple[ReadFile, ...] = field(repr=False)


def preview(
    journal: Journal,
    person_id: int,
    paths: Sequence[Path | str],
    *,
    zone: str | None = None,
    format_key: str | None = None,
    clock: Clock,
    progress: Progress | None = None,
) -> ImportPreview:
    """Read files and folders and say what an import would do; nothing is written, and cancelling costs nothing.

    Raises UserError for a zone or format that is not known, and Cancelled through `progress`.
    """
    progress = progress or NoProgress()
    zone = _known_zone(zone)
    _check_format(format_key)
    files = list(_read_all(journal, person_id, paths, zone, format_key, clock, progress))
    return ImportPreview(person_id, _apply(journal, person_id, files, clock, progress, write=False), tuple(files))


def commit(
    journal: Journal, plan: ImportPreview, clock: Clock, progress: Progress | None = None
) -> tuple[list[FileReceipt], Changes]:
    """Write what a preview read, in one transaction: all of it or, when cancelled or failing, nothing.

    The comparison is made anew, since the journal may have changed since the preview.
    """
    progress = progress or NoProgress()
    if all(f.error is not None or f.format is None for f in plan.plans):
        return [replace(f, dry_run=False) for f in plan.files], Changes.NOTHING
    with journal.atomic():
        receipts = _apply(journal, plan.person_id, list(plan.plans), clock, progress, write=True)
    return receipts, Changes.NIGHTS | Changes.IMPORTS | Changes.ENHANCERS


def run(
    journal: Journal,
    person_id: int,
    paths: Sequence[Path | str],
    *,
    zone: str | None = None,
    format_key: str | None = None,
    dry_run: bool = False,
    clock: Clock,
    progress: Progress | None = None,
) -> tuple[list[FileReceipt], Changes]:
    """Preview and commit in one go; with `dry_run` the preview alone."""
    plan = preview(journal, person_id, paths, zone=zone, format_key=format_key, clock=clock, progress=progress)
    if dry_run:
        return plan.files, Changes.NOTHING
    return commit(journal, plan, clock, progress)


def undo(journal: Journal, import_id: int, clock: Clock) -> Changes:
    """Put the journal back as it was before one import. Raises UserError when it is unknown or undone already.

    An imported dream that the person has rewritten goes to the bin with their words, and a copy whose original is gone
    counts again.
    """
    record = next((r for r in journal.imports.all() if r.id == import_id and r.undone is None), None)
    with journal.atomic():
        for dream in journal.dreams.all(record.person_id) if record else []:
            if dream.import_id == import_id and dream.changed != dream.written:
                journal.bin.discard_dream(dream.id, clock.now())
        journal.imports.undo(import_id, clock.now())
        for of_night in (
            journal.sessions.between(record.person_id, date.min, date.max, stages=False).values() if record else ()
        ):
            for session in of_night:
                if session.copy_of is not None and journal.sessions.get(session.copy_of) is None:
                    journal.sessions.set_copy(session.id, None)
    return Changes.NIGHTS | Changes.IMPORTS | Changes.ENHANCERS | Changes.BIN


def history(journal: Journal, person_id: int | None = None) -> list[ImportRecord]:
    """Imports with their receipts, the newest first."""
    return journal.imports.all(person_id)


def formats() -> list[tuple[str, str]]:
    """(key, title) of every format that can be read."""
    from dreamjournal.common.plugins import load_family

    return [(p.key, p.title) for p in load_family("dreamjournal.importers")]


# ---- reading --------------------------------------------------------------------------------------------------------


def _known_zone(zone: str | None) -> str | None:
    if zone is None:
        return None
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as e:
        raise UserError(
            "Nothing was imported", f"there is no time zone {zone[:60]!r}", "name one like Europe/London", field="zone"
        ) from e
    return zone


def _check_format(key: str | None) -> None:
    known = [k for k, _ in formats()] if key is not None else []
    if key is not None and key not in known:
        raise UserError(
            "Nothing was imported", f"there is no format {key[:60]!r}", "use one of " + ", ".join(known), field="format"
        )


def _files(paths: Sequence[Path | str]) -> list[tuple[Path, bool]]:
    """(file, whether it was named itself) in order, each once. Links inside a folder are not followed."""
    found: dict[Path, bool] = {}
    for given in paths:
        path = Path(given)
        if path.is_dir():
            for inside in _inside(path, MAX_FILES + 1 - len(found)):
                found.setdefault(inside, False)
        else:
            found[path] = True
    if len(found) > MAX_FILES:
        raise UserError("Nothing was imported", f"there are more than {MAX_FILES:,} files", "choose a smaller folder")
    return list(found.items())


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


def _read_all(
    journal: Journal, person_id: int, paths: Sequence[Path | str], zone: str | None, key: str | None, clock: Clock,
    progress: Progress,
) -> list[ReadFile]:  # fmt: skip
    files = _files(paths)
    out: list[ReadFile] = []
    with ChildReader() as child:
        for n, (path, named) in enumerate(files):
            progress.step(n, len(files), path.name)
            read = _read_one(journal, person_id, path, zone, key, clock, progress, child)
            if read.format is None and read.error is not None and not named and read.sha256:
                read = replace(read, error=None, warnings=("Not an export that Dreamjournal knows; passed over.",))
            out.append(read)
    return out


def _read_one(
    journal: Journal, person_id: int, path: Path, zone: str | None, key: str | None, clock: Clock, progress: Progress,
    child: ChildReader,
) -> ReadFile:  # fmt: skip
    blank = ReadFile(path, path.name)
    try:
        if not path.exists():
            return replace(blank, error="The file was not read: there is no such file; check its name.")
        if not path.is_file():
            return replace(blank, error="The file was not read: it is not a file; name a file or a folder.")
        blank = replace(blank, sha256=_sha256(path))
        request = Request(str(path.resolve()), path.name, clock.now(), zone, key)
    except OSError:
        return replace(blank, error="The file was not read: it cannot be opened; check that you may read it.")
    read = _ask(child, request, blank, progress)
    if read.error is not None or read.format is None:
        return read
    if read.needs_zone:
        known = zone or journal.imports.zone(person_id, read.format)
        if known is None:
            why = f"{read.title} writes times without a zone; say which with --zone, such as --zone Europe/London"
            return replace(read, error=f"The file was not read: {why}.", warnings=())
        if zone is None:
            read = _ask(child, msgspec.structs.replace(request, zone=known), blank, progress)
        return replace(read, zone=known, zone_confidence="asked")
    if zone is not None and read.zone_confidence in ("named", "offset"):
        return replace(
            read, warnings=(*read.warnings, "The file carries its own time zone; the one given was not needed.")
        )
    return read


def _ask(child: ChildReader, request: Request, read: ReadFile, progress: Progress) -> ReadFile:
    rows: list[RowDraft] = []
    rejected: list[Rejected] = []
    doubts: dict[str, None] = {}
    for message in child.read(request, progress):
        if isinstance(message, Taken):
            rows.append(message.row)
        elif isinstance(message, Left):
            rejected.append(message.row)
        elif isinstance(message, Doubt):
            doubts.setdefault(message.warning.text)
        elif isinstance(message, Found):
            read = replace(
                read, format=message.format, title=message.title, parser_version=message.parser_version,
                needs_zone=message.needs_zone,
            )  # fmt: skip
        elif isinstance(message, Unknown):
            guess = f"; it looks like {message.looks_like}" if message.looks_like else ""
            return replace(read, error=f"The file was not read: it is not an export that Dreamjournal knows{guess}.")
        elif isinstance(message, Refused):
            return replace(read, error=message.sentence)
        if len(rejected) > MAX_REJECTED or len(rows) > MAX_ROWS:
            return replace(read, error="The file was not read: it has more rows than such a log can hold.")
    if not rows and not rejected:
        doubts.setdefault("The file holds no sleep.")
    zone, confidence = _zone_of(rows)
    return replace(
        read, rows=tuple(rows), rejected=tuple(rejected), warnings=tuple(doubts), zone=zone, zone_confidence=confidence
    )


def _zone_of(rows: list[RowDraft]) -> tuple[str | None, str]:
    """The zone of most sessions, and how it is known."""
    instants = [s.start for r in rows for s in r.sessions] + [t.at for r in rows for t in r.tags if t.at is not None]
    if not instants:
        return None, "none"
    zones = [i.zone for i in instants if i.zone]
    if not zones:
        return None, "offset"
    return max(sorted(set(zones)), key=zones.count), "named"


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


# ---- comparing and writing ------------------------------------------------------------------------------------------


def _apply(
    journal: Journal, person_id: int, files: list[ReadFile], clock: Clock, progress: Progress, *, write: bool
) -> list[FileReceipt]:
    """Receipts in the order of `files`. With `write`, inside the caller's transaction, the rows as well."""
    now = clock.now()
    taken = [f for f in files if f.error is None and f.format is not None]
    taken.sort(key=lambda f: import_rows.has_supplement(f.rows))  # whatever order the files were given in
    ids: dict[int, int] = {}
    if write:
        for f in taken:
            ids[id(f)] = journal.imports.start(
                person_id, name=f.name, sha256=f.sha256, format=f.format or "", source=f.format or "",
                parser_version=f.parser_version, zone=f.zone, zone_confidence=f.zone_confidence, now=now,
            )  # fmt: skip
            if f.needs_zone and f.zone and f.format:
                journal.imports.set_zone(person_id, f.format, f.zone)
    work = [import_rows.FileRows(f.format or "", f.rows, f.rejected, ids.get(id(f))) for f in taken]
    results = import_rows.apply(journal, person_id, work, clock, progress, write=write)
    by_file = dict(zip(map(id, taken), results, strict=True))
    out: list[FileReceipt] = []
    for f in files:
        receipt = _receipt(f, by_file.get(id(f)), ids.get(id(f)), dry_run=not write)
        out.append(receipt)
        if receipt.import_id is not None:
            journal.imports.finish(receipt.import_id, receipt_json(receipt))
    return out


def _receipt(
    f: ReadFile, result: import_rows.FileResult | None, import_id: int | None, *, dry_run: bool
) -> FileReceipt:
    r = result or import_rows.FileResult()
    return FileReceipt(
        f.name, f.format, f.format, f.title, import_id, f.zone, f.zone_confidence, r.rows, r.nights, r.sessions, r.dreams,
        r.exposures, r.tags, f.rejected if f.error is None else (), (*f.warnings, *r.warnings), r.first_night, r.last_night,
        dry_run, f.error,
    )  # fmt: skip


# ---- saying ---------------------------------------------------------------------------------------------------------


def to_json(files: list[FileReceipt]) -> dict[str, Any]:
    """The document of `import --json`, contract §3."""
    return {"files": [receipt_json(f) for f in files]}


def receipt_json(f: FileReceipt) -> dict[str, Any]:
    """One file of it."""
    out: dict[str, Any] = {
        "path": f.path,
        "format": f.format,
        "source": f.source,
        "import_id": f.import_id,
        "zone": f.zone,
        "zone_confidence": f.zone_confidence,
        "rows": f.rows.to_json(),
        "nights": f.nights.to_json(),
        "sessions": f.sessions.to_json(),
        "dreams": f.dreams.to_json(),
        "exposures": f.exposures.to_json(),
        "tags": [{"tag": tag, "nights": nights} for tag, nights in f.tags],
        "rejected": [{"where": r.where, "reason": r.reason, "line": r.line, "text": r.text} for r in f.rejected],
        "warnings": list(f.warnings),
        "first_night": f.first_night.isoformat() if f.first_night else None,
        "last_night": f.last_night.isoformat() if f.last_night else None,
        "dry_run": f.dry_run,
        "title": f.title,
    }
    if f.error is not None:
        out["error"] = f.error
    return out


def sentence(files: list[FileReceipt]) -> str:
    """The receipt in one or two sentences, with both totals."""
    good = [f for f in files if f.error is None and f.format is not None]
    refused = [f for f in files if f.error is not None]
    if not good and not refused:
        return "Nothing was imported: there is no export here that Dreamjournal knows."
    if not good:
        return refused[0].error or "" if len(refused) == 1 else "Nothing was imported: no file could be read."
    read = sum(f.rows.read for f in good)
    new = sum(f.rows.kept + f.rows.updated for f in good)
    merged = sum(f.rows.merged for f in good)
    lost = sum(f.rows.rejected for f in good)
    dry = any(f.dry_run for f in good)
    if read == 0:
        text = "There is no sleep in this file." if len(good) == 1 else "There is no sleep in these files."
    elif new == 0 and merged == 0:
        here = read - lost
        text = f"Nothing new in {'this file' if len(good) == 1 else 'these files'}."
        if here:
            text += f" {_rows(here)} {'was' if here == 1 else 'were'} already here."
    else:
        text = f"{read - lost - merged} of {_rows(read)} {'would be' if dry else 'are'} in your journal."
        if merged:
            text += f" {_rows(merged)} {'was' if merged == 1 else 'were'} joined to another."
    if lost:
        text += f" {_rows(lost)} could not be taken; each is listed with its reason."
    if refused:
        text += f" {len(refused)} {'file was' if len(refused) == 1 else 'files were'} refused."
    return text


def _rows(n: int) -> str:
    return f"{n:,} row" if n == 1 else f"{n:,} rows"
