"""The commands `export` and `restore-export`: the whole journal out, and in again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dreamjournal.app.commands.shared import PASSPHRASE, chosen, new_passphrase, placed, reading, say
from dreamjournal.common.clock import report_clock

if TYPE_CHECKING:
    from dreamjournal.common.progress import Progress


def told_progress() -> Progress | None:
    """A line at a terminal that tells how far it is; None elsewhere."""
    if not sys.stderr.isatty():
        return None
    from dreamjournal.common.progress import CallProgress

    told = ""

    def tell(done: int, total: int, text: str) -> None:
        nonlocal told
        line = f"{text}, {done * 100 // total} %" if total else text
        if line != told:
            told = line
            click.echo(f"\r{line:<60}\r", nl=False, err=True)

    return CallProgress(tell)


@click.command("export")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="FOLDER|FILE.zip",
    help="A new folder, or a file whose name ends in .zip.",
)  # fmt: skip
@placed
@click.pass_context
def export(ctx: click.Context, out: Path) -> None:
    """Take everything out: all of the journal as JSON, readable pages, and the kept files. Not encrypted."""
    from dreamjournal.services import whole_journal

    options = chosen(ctx)
    with reading(options) as journal:
        found = whole_journal.export(journal, out.expanduser().absolute(), report_clock(), told_progress())
    click.echo(
        f"{found.path} is not encrypted: anybody who can open it can read the whole journal; keep it where only you can.",
        err=True,
    )
    if found.sealed:
        click.echo(
            "A study is still sealed: its nights are in journal.json, so do not look there before it ends.", err=True
        )
    document = {
        "files": [str(found.path)], "rows": found.rows, "pages": found.pages, "originals": found.originals, "encrypted": False,
        "sealed": found.sealed,
    }  # fmt: skip
    say(options, document, lambda: f"{found.path} was written: {found.words}.")


@click.command("restore-export")
@click.argument("source", type=click.Path(path_type=Path), metavar="FILE")
@placed
@click.pass_context
def restore_export(ctx: click.Context, source: Path) -> None:
    """Make a new journal of an export, a .zip or a folder. A journal that is there is never changed."""
    from dreamjournal.services import whole_journal_read

    options = chosen(ctx)
    path = options.path
    whole_journal_read.check_place(path)
    passphrase = new_passphrase()
    found = whole_journal_read.restore(
        source.expanduser().absolute(), path, passphrase=passphrase, clock=options.clock, progress=told_progress()
    )
    if not found.encrypted:
        click.echo(
            f"The journal was made without a passphrase: anybody who can read {path} can read it; "
            f"set {PASSPHRASE} to make one with a key.",
            err=True,
        )
    document = {
        "ok": True, "id": str(path), "kind": found.kind.value, "rows": found.rows, "originals": found.originals,
        "encrypted": found.encrypted,
    }  # fmt: skip
    say(options, document, lambda: f"A journal was made at {path}: {found.words}.")
