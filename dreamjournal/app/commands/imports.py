"""The commands `import`, `imports` and `travel`."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from dreamjournal.app.commands.shared import (
    DAY,
    Options,
    chosen,
    common,
    day_words,
    done,
    plain,
    reading,
    say,
    table,
    the_person,
    writing,
)
from dreamjournal.common.clock import monotonic
from dreamjournal.common.progress import CallProgress, NoProgress, Progress

START_FORMS = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]

if TYPE_CHECKING:
    from dreamjournal.services.imports import FileReceipt
    from dreamjournal.services.journals import Journal


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="FILE|FOLDER…")
@click.option("--dry-run", is_flag=True, help="Tell what would happen, and whether the numbers add up; write nothing.")
@click.option("--zone", metavar="IANA", help="The time zone of a file that names none, as Europe/London.")
@click.option("--format", "format_key", metavar="KEY", help="Read the files as this format.")
@click.option(
    "--start", type=click.DateTime(START_FORMS), help='When a file without any date begins, as "2026-07-09 23:30".'
)
@click.option(
    "--columns",
    "columns_text",
    metavar="MAP",
    help='What the columns of a table mean, as "Bed=start,Up=end,Deep=deep"; kept.',
)
@common
@click.pass_context
def import_(ctx: click.Context, paths: tuple[str, ...], dry_run: bool, **more: Any) -> None:
    """Import exports of devices and apps, journals of dreams, and tables; a folder is searched."""
    options = chosen(ctx)
    files = _dry(options, paths, more) if dry_run else _real(options, paths, more)
    from dreamjournal.services import imports

    say(options, imports.to_json(files), lambda: _words(files))
    refused = [f for f in files if f.error is not None]
    if refused:
        click.echo(_refusal(refused, len(files)), err=True)
        ctx.exit(2)


def _refusal(refused: list[FileReceipt], given: int) -> str:
    """One sentence on what was not taken."""
    if given == 1:
        return plain(f"{refused[0].path}: {refused[0].error}")
    told = "; ".join(f"{f.path}: {(f.error or '').rstrip('.')}" for f in refused)
    return plain(f"{len(refused)} of {given} files {'was' if len(refused) == 1 else 'were'} refused: {told}.")


def _real(options: Options, paths: tuple[str, ...], more: dict[str, Any]) -> list[FileReceipt]:
    from dreamjournal.services import imports

    with writing(options) as journal, _told() as progress:
        whose = the_person(journal, options).id
        files, _ = imports.run(journal, whose, paths, clock=options.clock, progress=progress, **more)
        return files


def _dry(options: Options, paths: tuple[str, ...], more: dict[str, Any]) -> list[FileReceipt]:
    from dreamjournal.services import imports, journals, persons

    def look(journal: Journal, person: str | None) -> list[FileReceipt]:
        whose = persons.the_person(journal, person).id
        with _told() as progress:
            return imports.preview(journal, whose, paths, clock=options.clock, progress=progress, **more).files

    if journals.exists(options.path):
        with reading(options) as journal:
            return look(journal, options.person)
    scratch = journals.scratch(options.clock)
    try:
        return look(scratch, None)
    finally:
        scratch.close()


@contextmanager
def _told() -> Generator[Progress]:
    """Progress on one line of a terminal, wiped at the end; silent where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield NoProgress()
        return
    began = monotonic()
    last = [0.0, 0.0]

    def tell(done: int, total: int, text: str) -> None:
        now = monotonic()
        if now - last[0] < 0.2:
            return
        last[0] = now
        line = plain(text)[:40] + (f"  {100 * done // total} %" if total else "")
        if total and done and now - began > 2:
            line += f", about {max(1, round((now - began) * (total - done) / done))} s left"
        click.echo("\r" + line.ljust(70), err=True, nl=False)
        last[1] = 1.0

    try:
        yield CallProgress(tell)
    finally:
        if last[1]:
            click.echo("\r" + " " * 70 + "\r", err=True, nl=False)


def _words(files: list[FileReceipt]) -> str:
    from dreamjournal.services import imports

    lines = [imports.sentence(files)]
    rows: list[tuple[Any, ...]] = []
    for f in files:
        if f.error is None and f.format is not None:
            r = f.rows
            rows.append(
                (
                    f.path,
                    f.title,
                    f.import_id,
                    r.read,
                    r.kept,
                    r.updated,
                    r.unchanged,
                    r.merged,
                    r.rejected,
                    f.first_night,
                    f.last_night,
                )
            )
    headers = (
        "File",
        "Format",
        "Import",
        "Read",
        "Kept",
        "Updated",
        "Unchanged",
        "Joined",
        "Rejected",
        "First night",
        "Last night",
    )
    if rows:
        lines += ["", table(headers, rows, "")]
    checks = [
        (
            f.path,
            r.rule,
            r.checked,
            r.checked - r.broken,
            ", ".join(n.isoformat() for n in r.nights[:3]) + (" …" if r.broken > 3 else ""),
        )
        for f in files
        for r in f.rules
    ]
    if checks:
        lines += ["", table(("File", "Rule of the format", "Checked", "Holds", "Broken on"), checks, ""), ""]
    for f in files:
        if f.error is None:
            if f.unknown:
                lines.append("  " + plain(f"{f.path}: fields not known, and not read: {', '.join(f.unknown[:20])}"))
            if f.original == "too_large":
                lines.append(f"  {plain(f.path)}: the file itself is not kept, it is larger than originals_limit_mb")
            lines += ["  " + plain(w if w.startswith(f.path) else f"{f.path}: {w}") for w in f.warnings]
            lines += ["  " + plain(f"{r.where}: {r.reason}") for r in f.rejected[:20]]
            if len(f.rejected) > 20:
                lines.append(f"  and {len(f.rejected) - 20} more; --json lists them all")
    if len(files) == 1 and files[0].error is not None:
        return ""
    return "\n".join(lines)


@click.group("imports", invoke_without_command=True)
@common
@click.pass_context
def imports_(ctx: click.Context) -> None:
    """Files imported so far; undo one."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@imports_.command("list")
@common
@click.pass_context
def list_(ctx: click.Context) -> None:
    """Imports, the newest first."""
    from dreamjournal.services import imports

    options = chosen(ctx)
    with reading(options) as journal:
        person = the_person(journal, options)
        found = imports.history(journal, person.id)
    document = {
        "imports": [
            {
                "id": r.id, "name": r.name, "format": r.format, "source": r.source, "zone": r.zone, "zone_confidence": r.zone_confidence,
                "imported": r.imported.isoformat().replace("+00:00", "Z"), "undone": r.undone is not None, "sha256": r.sha256,
                "rows": r.receipt.get("rows"), "original": r.receipt.get("original"),
                "first_night": r.receipt.get("first_night"), "last_night": r.receipt.get("last_night"),
            }
            for r in found
        ]
    }  # fmt: skip
    rows = [
        (
            r.id,
            r.name,
            r.format,
            f"{r.imported:%Y-%m-%d %H:%M} UTC",
            (r.receipt.get("rows") or {}).get("kept"),
            "undone" if r.undone else "",
        )
        for r in found
    ]
    say(
        options,
        document,
        lambda: table(("Import", "File", "Format", "Imported", "Kept", ""), rows, "Nothing was imported yet."),
    )


@imports_.command("undo")
@click.argument("import_id", type=int, metavar="ID")
@common
@click.pass_context
def undo(ctx: click.Context, import_id: int) -> None:
    """Take an import back, every row as it was."""
    from dreamjournal.services import imports

    options = chosen(ctx)
    with reading(options) as journal:
        imports.undo(journal, import_id, options.clock)
    done(options, import_id, f"Import {import_id} was undone.")


@imports_.command("reread")
@click.option("--apply", "apply_", is_flag=True, help="Write what would change; without it nothing is written.")
@common
@click.pass_context
def reread(ctx: click.Context, apply_: bool) -> None:
    """Read the kept originals again with today's readers; tell night by night what would change."""
    from dreamjournal.services import reread as service

    options = chosen(ctx)
    with reading(options) as journal, _told() as progress:
        found = service.preview(journal, the_person(journal, options).id, options.clock, progress)
        ids = service.apply(journal, found, options.clock, progress)[0] if apply_ else []
    document = {
        "read": found.read, "applied": bool(ids), "imports": ids,
        "changes": [
            {
                "night_date": c.night_date.isoformat(), "source": c.source, "start": c.start.iso_z if c.start else None, "what": c.what,
                "fields": [{"name": name, "old": old, "new": new} for name, old, new in c.fields],
            }
            for c in found.changes
        ],
        "unread": [{"name": name, "reason": reason} for name, reason in found.unread],
    }  # fmt: skip

    def words() -> str:
        rows = [
            (day_words(c.night_date), c.source, c.what, "; ".join(f"{n}: {old} → {new}" for n, old, new in c.fields))
            for c in found.changes
        ]
        text = table(
            ("Night", "Source", "What", "Change"), rows, f"{found.read} kept files were read again; nothing changes."
        )
        for name, reason in found.unread:
            text += f"\n{plain(name)}: not read again, {reason.rstrip('.')}."
        if rows:
            text += "\n" + ("Written." if ids else "Nothing is changed yet; write it with: imports reread --apply")
        return text

    say(options, document, words)


@click.group("travel", invoke_without_command=True)
@common
@click.pass_context
def travel(ctx: click.Context) -> None:
    """Stays in other time zones, by which files without a zone are read."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(travel_list)


@travel.command("list")
@common
@click.pass_context
def travel_list(ctx: click.Context) -> None:
    """The stays, the earliest first."""
    from dreamjournal.services import reading as service

    options = chosen(ctx)
    with reading(options) as journal:
        kept = service.travels(journal, the_person(journal, options).id)
    document = {
        "travel": [
            {"id": k.id, "from": k.travel.first.isoformat(), "to": k.travel.last.isoformat(), "zone": k.travel.zone}
            for k in kept
        ]
    }
    rows = [(k.id, k.travel.first, k.travel.last, k.travel.zone) for k in kept]
    say(options, document, lambda: table(("Stay", "From", "To", "Zone"), rows, "No stays elsewhere are kept."))


@travel.command("add")
@click.option("--from", "first", type=DAY, required=True, help="The first day there.")
@click.option("--to", "last", type=DAY, required=True, help="The last day there.")
@click.option("--zone", required=True, metavar="IANA", help="As Asia/Tokyo.")
@common
@click.pass_context
def travel_add(ctx: click.Context, first: date, last: date, zone: str) -> None:
    """Keep a stay; files imported from now on, or read again, heed it."""
    from dreamjournal.services import reading as service

    options = chosen(ctx)
    with writing(options) as journal:
        person = the_person(journal, options).id
        service.add_travel(journal, person, first, last, zone)
        made = max(k.id for k in service.travels(journal, person))
    done(options, made, f"In {zone} from {first} to {last}. Imported files heed it after: imports reread --apply")


@travel.command("remove")
@click.argument("travel_id", type=int, metavar="ID")
@common
@click.pass_context
def travel_remove(ctx: click.Context, travel_id: int) -> None:
    """Take a stay away."""
    from dreamjournal.common.errors import UserError
    from dreamjournal.services import reading as service

    options = chosen(ctx)
    with reading(options) as journal:
        if travel_id not in {k.id for k in service.travels(journal, the_person(journal, options).id)}:
            raise UserError("Nothing was taken away", "there is no such stay", "see: travel list")
        service.delete_travel(journal, travel_id)
    done(options, travel_id, "The stay was taken away.")
