"""The command `check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreamjournal.app.commands.shared import chosen, placed, plain, say, the_key
from dreamjournal.app.commands.whole import told_progress
from dreamjournal.common.errors import UserError

if TYPE_CHECKING:
    from dreamjournal.services.checking import Checked, Salvaged

MARKS = {"well": "well     ", "note": "note     ", "mendable": "mend     ", "damaged": "DAMAGED  "}


@click.command("check")
@click.option(
    "--salvage", "target", type=click.Path(path_type=Path), metavar="FILE",
    help="Save what can be read into a new journal; the old one is not changed.",
)  # fmt: skip
@click.option("--mend", is_flag=True, help="Put right what can be without losing anything, after a backup.")
@click.option(
    "--replace", is_flag=True,
    help="With --salvage: put the new journal in the place of the damaged one, which is set aside.",
)  # fmt: skip
@placed
@click.pass_context
def check(ctx: click.Context, target: Path | None, mend: bool, replace: bool) -> None:
    """Look the journal over: pages, references, search index, values, key file, backups. Ends with 1 where something is wrong."""
    from dreamjournal.services import checking, journals

    options = chosen(ctx)
    path = options.path
    if (target is not None and mend) or (replace and target is None):
        raise UserError("Nothing was done", "these options do not go together", "see: dreamjournal check --help")
    if not path.exists():
        raise UserError("There is no journal yet", f"nothing was found at {path}", "name a journal with --journal")
    key = the_key(options) if journals.exists(path) else None
    if target is not None:
        saved = checking.salvage(path, key, target.expanduser().absolute(), options.clock, told_progress())
        aside = checking.put_in_place(path, saved.path, options.clock) if replace else None
        say(options, _saved_json(saved, path, aside), lambda: _saved_words(saved, path, aside))
        return
    done = checking.mend(path, key, options.clock, told_progress()) if mend else ()
    found = checking.check(path, key, told_progress())
    say(options, _json(found, done), lambda: _words(found, done))
    if not found.is_well:
        ctx.exit(1)


def _json(found: Checked, done: tuple[str, ...]) -> dict[str, Any]:
    findings = [{"key": f.key, "state": f.state.value, "what": f.what, "what_now": f.what_now} for f in found.findings]
    return {"ok": found.is_well, "findings": findings, "counts": found.counts, "mended": list(done)}


def _words(found: Checked, done: tuple[str, ...]) -> str:
    lines = [*done, *([""] if done else []), found.headline, ""]
    order = ("damaged", "mendable", "note", "well")
    for finding in sorted(found.findings, key=lambda f: order.index(f.state.value)):
        lines.append(MARKS[finding.state.value] + plain(finding.what))
        if finding.what_now:
            lines.append(" " * 9 + plain(finding.what_now))
    return "\n".join(lines)


def _saved_json(saved: Salvaged, path: Path, aside: Path | None) -> dict[str, Any]:
    tables = {n: {"kept": t.kept, "lost": t.lost, "at_least": t.at_least} for n, t in saved.tables.items()}
    return {
        "ok": True, "id": str(path if aside else saved.path), "whole": saved.is_whole, "tables": tables,
        "parentless": dict(saved.parentless), "loosened": dict(saved.loosened), "made_up": saved.made_up,
        "aside": str(aside) if aside else None,
    }  # fmt: skip


def _saved_words(saved: Salvaged, path: Path, aside: Path | None) -> str:
    where = (
        f"It is in the place of the damaged journal, {plain(str(path))}; that one was set aside as {plain(aside.name)}."
        if aside
        else f"The new journal is {plain(str(saved.path))}; the old one was not changed."
    )
    return f"{saved.words}\n{where}"
