"""The command `backup`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreamjournal.app.commands.shared import PASSPHRASE, chosen, placed, plain, reading, say, table
from dreamjournal.common.errors import KnownError, UserError

if TYPE_CHECKING:
    from datetime import datetime

    from dreamjournal.app.commands.shared import Options
    from dreamjournal.store.backups import Backup

FROM = click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Look in this folder: a stick, a backup.",
)


@click.group("backup", invoke_without_command=True)
@placed
@click.pass_context
def backup(ctx: click.Context) -> None:
    """Backups: make one now, list them, restore one, verify them."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@backup.command("now")
@click.option(
    "--to", "target", type=click.Path(path_type=Path), metavar="FOLDER", help="Copy it to this folder as well."
)
@placed
@click.pass_context
def now(ctx: click.Context, target: Path | None) -> None:
    """Make a backup now and read it through."""
    from dreamjournal.services import backups, second_place

    options = chosen(ctx)
    with reading(options) as journal:
        made = backups.make(journal, "asked", options.clock, _progress())
        copied = None
        if target is not None:
            copied = second_place.copy_to(made, _whole(target), journal.uid, journal.key, options.clock, _progress())
            if not made.encrypted:
                click.echo(f"{copied.folder} is not encrypted: whoever finds it can read the whole journal.", err=True)
        backups.thin(journal.path, options.clock)
    document = {"ok": True, **_json(made), "copy": str(copied.folder) if copied is not None else None}
    words = f"Backup {made.id} was made and read through: {backups.counts_words(made.counts)}."
    say(options, document, lambda: words if copied is None else f"{words} A copy is in {copied.folder}.")


@backup.command("list")
@FROM
@placed
@click.pass_context
def list_(ctx: click.Context, source: Path | None = None) -> None:
    """The backups, the newest first. No passphrase is needed."""
    from dreamjournal.services import backups

    options = chosen(ctx)
    found = _found(options, source)
    cells = [
        (b.id, _when(b.made, options), backups.WHY[b.reason], backups.counts_words(b.counts), size_words(b.bytes), _verified(b, options))
        for b in found
    ]  # fmt: skip
    headers = ("Backup", "Made", "Why", "Holds", "Size", "Verified")
    say(options, {"backups": [_json(b) for b in found]}, lambda: table(headers, cells, "There are no backups yet."))


@backup.command("verify")
@click.argument("backup_id", required=False, metavar="[ID]")
@FROM
@placed
@click.pass_context
def verify(ctx: click.Context, backup_id: str | None, source: Path | None) -> int:
    """Open backups again, read them through, and say which are good. Exit code 1 where one is not."""
    from dreamjournal.services import backups, restoring

    options = chosen(ctx)
    found = _found(options, source)
    if backup_id is not None:
        found = (_one(found, backup_id),)
    secret = _secret() if any(b.encrypted for b in found) else ""
    lines: list[tuple[str, str]] = []
    documents: list[dict[str, Any]] = []
    for each in found:
        try:
            key = restoring.key_of(each, None, secret)
            again = backups.verify(options.path, each, key, options.clock, _progress())
            documents.append({**_json(again), "good": True, "why": None})
            lines.append((again.id, f"good: {backups.counts_words(again.counts)}"))
        except KnownError as error:
            documents.append({**_json(each), "verified": None, "good": False, "why": error.why})
            lines.append((each.id, f"{error.what[0].lower()}{error.what[1:]}: {error.why}"))
    say(options, {"backups": documents}, lambda: table(("Backup", "Found"), lines, "There are no backups yet."))
    return 0 if all(d["good"] for d in documents) else 1


@backup.command("restore")
@click.argument("backup_id", metavar="ID")
@FROM
@click.option(
    "--as", "new", type=click.Path(path_type=Path), metavar="NEW", help="Make a new journal of it at this path."
)
@placed
@click.pass_context
def restore(ctx: click.Context, backup_id: str, source: Path | None, new: Path | None) -> None:
    """Put a backup in the place of the journal, after a backup of what is there. The window must be closed."""
    from dreamjournal.services import restoring

    options = chosen(ctx)
    one = _one(_found(options, source), backup_id)
    # An encrypted journal whose backup is not: what is there must still be opened for the backup before.
    needed = one.encrypted or (new is None and options.path.with_name(options.path.name + ".keys").exists())
    secret = _secret() if needed else ""
    if new is not None:
        done = restoring.restore_as(one.folder, _whole(new), options.clock, secret=secret, progress=_progress())
    else:
        done = restoring.restore(options.path, one, None, options.clock, secret=secret, progress=_progress())
    document = {
        "ok": True, "id": one.id, "journal": str(done.path), "before": done.before.id if done.before else None,
        "set_aside": str(done.aside) if done.aside else None, "opens_with": done.opens_with,
    }  # fmt: skip
    say(options, document, lambda: done.words)


def _found(options: Options, source: Path | None) -> tuple[Backup, ...]:
    from dreamjournal.services import backups, second_place

    if source is None:
        return backups.listed(options.path)
    folder = _whole(source)
    if not folder.is_dir():
        raise UserError("There are no backups", "that folder is not there", "put in the stick, or name another folder")
    return second_place.found_in(folder)


def _one(found: tuple[Backup, ...], backup_id: str) -> Backup:
    fitting = [b for b in found if b.id == backup_id]
    if not fitting:
        raise UserError("There is no such backup", "", "see: dreamjournal backup list", field="id")
    if len(fitting) > 1:
        raise UserError(
            "Nothing was done", "two journals have a backup of that id there", "name its own folder with --from"
        )
    return fitting[0]


def _secret() -> str:
    given = os.environ.get(PASSPHRASE, "")
    if given or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return given
    return str(click.prompt("Passphrase or recovery code", hide_input=True, err=True, default="", show_default=False))


def _progress() -> Any:
    from dreamjournal.app.commands.whole import told_progress

    return told_progress()


def _whole(path: Path) -> Path:
    return path.expanduser().absolute()


def _when(at: datetime, options: Options) -> str:
    from zoneinfo import ZoneInfo

    local = at.astimezone(ZoneInfo(options.clock.zone()))
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"


def _verified(one: Backup, options: Options) -> str:
    return _when(one.verified, options) if one.verified is not None else "not good"


def size_words(size: int) -> str:
    """A size in words: 12 kB, 3.4 MB."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{size / 1_000_000:.1f} MB"


def _json(one: Backup) -> dict[str, Any]:
    return {
        "id": one.id, "made": _text(one.made), "reason": one.reason, "bytes": one.bytes, "counts": one.counts, "schema": one.schema,
        "encrypted": one.encrypted, "verified": _text(one.verified), "place": one.place, "folder": plain(str(one.folder)),
    }  # fmt: skip


def _text(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at is not None else None
