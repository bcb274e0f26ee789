"""The commands `import` and `imports`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dreamjournal.app.commands.shared import (
    Options,
    chosen,
    common,
    done,
    plain,
    reading,
    say,
    table,
    the_person,
    writing,
)

if TYPE_CHECKING:
    from dreamjournal.services.imports import FileReceipt
    from dreamjournal.services.journals import Journal


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="FILE|FOLDER…")
@click.option("--dry-run", is_flag=True, help="Tell what would happen; write nothing.")
@click.option("--zone", metavar="IANA", help="The time zone of a file that names none, as Europe/London.")
@click.option("--format", "format_key", metavar="KEY", help="Read the files as this format.")
@common
@click.pass_context
def import_(
    ctx: click.Context, paths: tuple[str, ...], dry_run: bool, zone: str | None, format_key: str | None
) -> None:
    """Import exports of devices and apps; a folder is searched."""
    options = chosen(ctx)
    files = _dry(options, paths, zone, format_key) if dry_run else _real(options, paths, zone, format_key)
    from dreamjournal.services import imports

    say(options, imports.to_json(files), lambda: _words(files))
    refused = [f for f in files if f.error is not None]
    if refused:
        click.echo(_refusal(refused, len(files)), err=True)
        ctx.exit(2)


def _refusal(refused: list[FileReceipt], given: int) -> str:
    """One sentence on what was not taken."""
    if given == 1:
        return plain(refused[0].error or "")
    told = "; ".join(f"{f.path}: {(f.error or '').rstrip('.')}" for f in refused)
    return plain(f"{len(refused)} of {given} files {'was' if len(refused) == 1 else 'were'} refused: {told}.")


def _real(options: Options, paths: tuple[str, ...], zone: str | None, key: str | None) -> list[FileReceipt]:
    from dreamjournal.services import imports

    with writing(options) as journal:
        files, _ = imports.run(
            journal, the_person(journal, options).id, paths, zone=zone, format_key=key, clock=options.clock
        )
        return files


def _dry(options: Options, paths: tuple[str, ...], zone: str | None, key: str | None) -> list[FileReceipt]:
    from dreamjournal.services import imports, journals, persons

    def look(journal: Journal, person: str | None) -> list[FileReceipt]:
        whose = persons.the_person(journal, person).id
        return imports.preview(journal, whose, paths, zone=zone, format_key=key, clock=options.clock).files

    if journals.exists(options.path):
        with reading(options) as journal:
            return look(journal, options.person)
    scratch = journals.scratch(options.clock)
    try:
        return look(scratch, None)
    finally:
        scratch.close()


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
    for f in files:
        if f.error is None:
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
                "rows": r.receipt.get("rows"), "first_night": r.receipt.get("first_night"), "last_night": r.receipt.get("last_night"),
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
