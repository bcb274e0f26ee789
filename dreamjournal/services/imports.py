"""Imports: preview, commit, undo. What a file holds is compared with the journal row by row, and every row is accounted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from dreamjournal.common.clock import Clock
from dreamjournal.common.progress import NoProgress, Progress
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.column_map import ColumnMap, ColumnQuestion
from dreamjournal.domain.drafts import Rejected, SumRule
from dreamjournal.services import backups, import_rows, originals
from dreamjournal.services.import_counts import Counts, NightCounts
from dreamjournal.services.import_reading import Ask, Needs, ReadFile, checked_ask, read_all
from dreamjournal.store.imports import ImportRecord
from dreamjournal.store.journal import Journal


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
    rules: tuple[SumRule, ...] = ()
    unknown: tuple[str, ...] = ()
    """Fields of the file that no reader knows."""
    needs: Needs | None = None
    """What the person must say before this file can be read; `error` says it in words."""
    question: ColumnQuestion | None = None
    original: Literal["kept", "too_large", "changed", ""] = ""
    """Whether the file itself is kept in the journal."""


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
    start: datetime | None = None,
    columns: Mapping[str, ColumnMap] | None = None,
    columns_text: str | None = None,
    clock: Clock,
    progress: Progress | None = None,
) -> ImportPreview:
    """Read files and folders and say what an import would do; nothing is written, and cancelling costs nothing.

    `start` is for files without date and time; `columns` says, by `ColumnQuestion.key`, what a table's columns mean, and
    `columns_text` says it as the command line does. Raises UserError for a zone or format that is not known, and
    Cancelled through `progress`.
    """
    progress = progress or NoProgress()
    ask = Ask(zone, format_key, start, columns or {}, columns_text)
    checked_ask(ask)
    files = read_all(journal, person_id, paths, ask, clock, progress)
    return ImportPreview(person_id, _apply(journal, person_id, files, clock, progress, write=False), tuple(files))


def commit(
    journal: Journal, plan: ImportPreview, clock: Clock, progress: Progress | None = None
) -> tuple[list[FileReceipt], Changes]:
    """Write what a preview read, in one transaction: all of it or, when cancelled or failing, nothing.

    The comparison is made anew, since the journal may have changed since the preview.
    """
    return _written(journal, plan.person_id, list(plan.plans), clock, progress or NoProgress())


def _written(
    journal: Journal, person_id: int, files: list[ReadFile], clock: Clock, progress: Progress, *, backup: bool = True
) -> tuple[list[FileReceipt], Changes]:
    if all(f.error is not None or f.format is None for f in files):
        return [_receipt(f, None, None, dry_run=False) for f in files], Changes.NOTHING
    if backup:
        backups.before(journal, "import", clock, progress)
    with journal.atomic():
        receipts = _apply(journal, person_id, files, clock, progress, write=True)
    return receipts, Changes.NIGHTS | Changes.IMPORTS | Changes.ENHANCERS


def run(
    journal: Journal,
    person_id: int,
    paths: Sequence[Path | str],
    *,
    zone: str | None = None,
    format_key: str | None = None,
    start: datetime | None = None,
    columns: Mapping[str, ColumnMap] | None = None,
    columns_text: str | None = None,
    dry_run: bool = False,
    backup: bool = True,
    clock: Clock,
    progress: Progress | None = None,
) -> tuple[list[FileReceipt], Changes]:
    """Read and write in one go; with `dry_run` the preview alone. As `preview`.

    Without `backup` none is made before: for a journal that is being made and holds nothing of anybody.
    """
    progress = progress or NoProgress()
    ask = Ask(zone, format_key, start, columns or {}, columns_text)
    checked_ask(ask)
    files = read_all(journal, person_id, paths, ask, clock, progress)
    if dry_run:
        return _apply(journal, person_id, files, clock, progress, write=False), Changes.NOTHING
    return _written(journal, person_id, files, clock, progress, backup=backup)


def undo(journal: Journal, import_id: int, clock: Clock, progress: Progress | None = None) -> Changes:
    """Put the journal back as it was before one import. Raises UserError when it is unknown or undone already.

    An imported dream that the person has rewritten goes to the bin with their words, and a copy whose original is gone
    counts again. What only this import needed of the kept originals goes too.
    """
    return undo_all(journal, (import_id,), clock, progress)


def undo_all(journal: Journal, import_ids: Sequence[int], clock: Clock, progress: Progress | None = None) -> Changes:
    """Undo several imports, in this order: all of them or, when cancelled or failing, none. As `undo`."""
    progress = progress or NoProgress()
    records = [journal.imports.get(i) for i in import_ids]
    if any(r is not None and r.undone is None for r in records):
        backups.before(journal, "import", clock, progress)
    with journal.atomic():
        for import_id, record in zip(import_ids, records, strict=True):
            for dream in journal.dreams.all(record.person_id) if record else []:
                if dream.import_id == import_id and dream.changed != dream.written:
                    journal.bin.discard_dream(dream.id, clock.now())
            journal.imports.undo(import_id, clock.now(), progress.step)
            if record is not None:
                journal.sessions.free_copies(record.person_id)
    return Changes.NIGHTS | Changes.IMPORTS | Changes.ENHANCERS | Changes.BIN


def history(journal: Journal, person_id: int | None = None) -> list[ImportRecord]:
    """Imports with their receipts, the newest first."""
    return journal.imports.all(person_id)


def write(
    journal: Journal, person_id: int, files: Sequence[ReadFile], clock: Clock, progress: Progress
) -> list[FileReceipt]:
    """Write what was read, inside the caller's transaction."""
    return _apply(journal, person_id, list(files), clock, progress, write=True)


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
            if f.zone_confidence == "asked" and f.zone and f.format:
                journal.reading.set_zone(person_id, f.format, f.home_zone or f.zone)
            for key, columns in f.columns:
                journal.reading.set_columns(person_id, key, columns)
    work = [
        import_rows.FileRows(f.format or "", f.rows, f.rejected, ids.get(id(f)), f.zone_confidence == "asked")
        for f in taken
    ]
    results = import_rows.apply(journal, person_id, work, clock, progress, write=write)
    by_file = dict(zip(map(id, taken), results, strict=True))
    out: list[FileReceipt] = []
    for f in files:
        receipt = _receipt(f, by_file.get(id(f)), ids.get(id(f)), dry_run=not write)
        import_id = receipt.import_id
        if import_id is not None:
            receipt = replace(receipt, original=originals.keep(journal, import_id, f, person_id, now))
            journal.imports.finish(import_id, receipt_json(receipt))
        out.append(receipt)
    return out


def _receipt(
    f: ReadFile, result: import_rows.FileResult | None, import_id: int | None, *, dry_run: bool
) -> FileReceipt:
    r = result or import_rows.FileResult()
    return FileReceipt(
        f.name, f.format, f.format, f.title, import_id, f.zone, f.zone_confidence, r.rows, r.nights, r.sessions, r.dreams,
        r.exposures, r.tags, (*f.rejected, *r.rejected) if f.error is None else (), (*f.warnings, *r.warnings), r.first_night,
        r.last_night, dry_run, f.error, f.rules, f.unknown, f.needs, f.question,
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
        "checks": [
            {"rule": r.rule, "checked": r.checked, "broken": r.broken, "nights": [n.isoformat() for n in r.nights]}
            for r in f.rules
        ],
        "unknown_fields": list(f.unknown),
        "original": f.original or None,
    }
    if f.needs is not None:
        out["needs"] = f.needs
    if f.question is not None:
        out["columns"] = {"header": list(f.question.header), "guess": [list(c) for c in f.question.guess.columns]}
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
        text = f"{read - lost - merged:,} of {_rows(read)} {'would be' if dry else 'are'} in your journal."
        if merged:
            text += f" {_rows(merged)} {'was' if merged == 1 else 'were'} joined to another."
    if lost:
        text += f" {_rows(lost)} could not be taken; each is listed with its reason."
    if refused:
        text += f" {len(refused)} {'file was' if len(refused) == 1 else 'files were'} refused."
    return text


def _rows(n: int) -> str:
    return f"{n:,} row" if n == 1 else f"{n:,} rows"
