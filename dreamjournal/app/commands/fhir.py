"""The command `fhir`: nights as FHIR R4 records, looked at, written to a file, or sent to a server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dreamjournal.app.commands.shared import DAY, Options, chosen, common, day_words, plain, reading, say, the_person
from dreamjournal.common.errors import UserError

if TYPE_CHECKING:
    from dreamjournal.services.fhir import Parcel
    from dreamjournal.services.fhir_push import Report

_F = TypeVar("_F", bound=Callable[..., Any])
_MOST_SHOWN = 10


def _scoped(command: _F) -> _F:
    """Add the options that say which nights and which words."""
    for option in (
        click.option("--dreams", is_flag=True, help="Let the texts of dreams go along."),
        click.option("--comments", is_flag=True, help="Let the comments of the diary go along."),
        click.option("--names", is_flag=True, help="Let the names of enhancers go along, not only their kinds."),
        click.option("--to", "last", type=DAY, help="The last night."),
        click.option("--from", "first", type=DAY, help="The first night."),
    ):
        command = option(command)
    return command


@click.group("fhir")
@common
def fhir() -> None:
    """Nights as FHIR R4 records, for a clinic's server. Dream texts and comments stay here unless asked for."""


def _parcel(options: Options, first: date | None, last: date | None, **words: bool) -> Parcel:
    from dreamjournal.services import fhir as service

    if first is not None and last is not None and first > last:
        raise UserError("Nothing was made", "--from lies after --to", "check the dates")
    with reading(options) as journal:
        scope = service.Scope(first, last, **words)
        return service.build(journal, the_person(journal, options).id, scope, options.clock)


def _leaving(made: Parcel) -> str:
    from dreamjournal.services import fhir as service

    rows = service.words(made.leaving)
    wide = max(len(what) for what, _ in rows)
    return "\n".join(["What leaves:", *(f"  {what.ljust(wide)}  {plain(how)}" for what, how in rows)])


@fhir.command("preview")
@_scoped
@common
@click.pass_context
def preview(
    ctx: click.Context, first: date | None, last: date | None, names: bool, comments: bool, dreams: bool
) -> None:
    """Show what would leave, and what would stay."""
    from dreamjournal.services import fhir as service

    options = chosen(ctx)
    made = _parcel(options, first, last, names=names, comments=comments, dreams=dreams)
    say(options, service.to_json(made.leaving), lambda: _leaving(made))


@fhir.command("export")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="The file to write; ends in .json."
)
@_scoped
@common
@click.pass_context
def export(
    ctx: click.Context, out: Path, first: date | None, last: date | None, names: bool, comments: bool, dreams: bool
) -> None:
    """Write the records to a file, as one bundle."""
    from dreamjournal.services import fhir as service

    options = chosen(ctx)
    if out.suffix.lower() != ".json":
        raise UserError("The file was not written", "its name must end in .json", "change its ending")
    made = _parcel(options, first, last, names=names, comments=comments, dreams=dreams)
    number = service.write(made, out)
    document = {"file": str(out), "records": number, "leaving": service.to_json(made.leaving)}
    say(options, document, lambda: f"{_leaving(made)}\n{out} was written, {number} records.")


@fhir.command("push")
@click.option("--url", required=True, metavar="U", help="The server, as https://example.org/fhir.")
@click.option(
    "--token-file", type=click.Path(path_type=Path), metavar="F", help="A file that holds the token for the server."
)
@click.option("--plain-http", is_flag=True, help="Send by http also to another machine; others can read along.")
@click.option("--yes", is_flag=True, help="Send. Without it only what would leave is shown.")
@_scoped
@common
@click.pass_context
def push(
    ctx: click.Context, url: str, token_file: Path | None, plain_http: bool, yes: bool, first: date | None, last: date | None,
    names: bool, comments: bool, dreams: bool,
) -> None:  # fmt: skip
    """Send the records to a FHIR server. Sending twice makes nothing twice."""
    from dreamjournal.services import fhir as service
    from dreamjournal.services import fhir_push

    options = chosen(ctx)
    token = "" if token_file is None else fhir_push.read_token(token_file)
    to = fhir_push.server(url, token, plain=plain_http)
    made = _parcel(options, first, last, names=names, comments=comments, dreams=dreams)
    leaving = service.to_json(made.leaving)
    if not options.json:
        click.echo(f"{_leaving(made)}\nWhere to: {to.base}")
    if not yes:
        if options.json:
            say(options, {"leaving": leaving, "report": None}, str)
        raise UserError("Nothing was sent", "it was not said that it may leave", "add --yes to send it")
    report = fhir_push.push(made, to)
    say(options, {"leaving": leaving, "report": fhir_push.to_json(report)}, lambda: _became(report))
    if not report.complete:
        ctx.exit(1)


def _became(report: Report) -> str:
    from dreamjournal.services import fhir_push

    lines = list(fhir_push.told(report))
    for r in report.refused[:_MOST_SHOWN]:
        lines.append(f"  {r.kind}{', ' + day_words(r.night) if r.night else ''}: {plain(r.why)}")
    if len(report.refused) > _MOST_SHOWN:
        lines.append(f"  and {len(report.refused) - _MOST_SHOWN} more; see --json")
    return "\n".join(lines)
