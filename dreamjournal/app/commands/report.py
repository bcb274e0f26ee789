"""The commands `report` and `demo`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from dreamjournal.app.commands.shared import (
    DAY,
    Options,
    chosen,
    common,
    day_words,
    placed,
    plain,
    reading,
    say,
    the_person,
)
from dreamjournal.common.clock import report_clock
from dreamjournal.common.errors import KnownError, UserError
from dreamjournal.common.paths import sample_journal
from dreamjournal.domain.contrast import ContrastSpec

if TYPE_CHECKING:
    from dreamjournal.services.fingerprints import Checked

_FIELDS = {
    "metric": "metric", "source": "source", "enhancer": "enhancer", "swd": "swd", "questions": "questions", "title": "title",
    "tags": "tags", "dream_ids": "dream_ids", "only_natural": "only_natural",
}  # fmt: skip
_OPTIONS = {"questions": "--question", "tags": "--tag", "dream_ids": "--dream", "only_natural": "--only-natural"}


@click.command("report")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Its ending names the format, as .pdf or .html."
)
@click.option(
    "--kind",
    "report_kind",
    default="contrast",
    show_default=True,
    metavar="KIND",
    help="contrast, profile, two-weeks, anthology.",
)
@click.option("--metric", default="tst", show_default=True, metavar="KEY", help="What a contrast compares.")
@click.option("--source", metavar="KEY", help="Whose numbers, of a contrast or profile.")
@click.option("--enhancer", metavar="NAME", help="Of a contrast or profile.")
@click.option("--swd", type=float, metavar="X", help="The least difference that matters to you, of a contrast.")
@click.option("--from", "first", type=DAY, help="The first night.")
@click.option("--to", "last", type=DAY, help="The last night.")
@click.option("--paper", type=click.Choice(["a4", "letter"]), default="a4", show_default=True)
@click.option(
    "--part", "parts", multiple=True, metavar="KEY", help="An optional part, as raster; may be given several times."
)
@click.option(
    "--name", default="", metavar="NAME", help="A name for this print in place of the pseudonym; it is not kept."
)
@click.option(
    "--question",
    "questions",
    multiple=True,
    metavar="TEXT",
    help="A question for the visit, of two-weeks; several times.",
)
@click.option("--title", default="", metavar="TEXT", help="Of an anthology.")
@click.option(
    "--tag", "tags", multiple=True, metavar="TAG", help="Only dreams with one of these tags, of an anthology."
)
@click.option("--dream", "dream_ids", multiple=True, type=int, metavar="ID", help="Only these dreams, of an anthology.")
@click.option("--only-natural", is_flag=True, help="Only dreams of natural nights, of an anthology.")
@click.option(
    "--check",
    metavar="FINGERPRINT",
    help="Say instead which report bears this fingerprint, and what has changed since.",
)
@click.option("--dictionary", is_flag=True, help="Beside a CSV file, another that says what each of its columns means.")
@placed
@click.pass_context
def report(ctx: click.Context, out: Path | None, report_kind: str, check: str | None, **given: Any) -> None:
    """Write a report to hand over, or --check one. SOURCE_DATE_EPOCH, where set, is its clock."""
    options = chosen(ctx)
    if check is not None:
        if any(
            ctx.get_parameter_source(name) == ParameterSource.COMMANDLINE for name in ("out", "report_kind", *given)
        ):
            raise UserError(
                "No fingerprint was checked", "--check goes with no other option of a report", "leave them out"
            )
        _check(options, check)
        return
    if out is None:
        raise UserError("The report was not written", "it is not said where to", "name a file with --out")
    _write(ctx, options, out, report_kind, given)


def _write(ctx: click.Context, options: Options, out: Path, kind: str, given: dict[str, Any]) -> None:
    from dreamjournal.services import fingerprints, report_choices, reports

    first, last = given["first"], given["last"]
    if first is not None and last is not None and first > last:
        raise UserError("The report was not written", "--from lies after --to", "check the dates")
    known = [f.suffix for f in reports.formats()]
    if out.suffix.lower() not in known:
        raise UserError(
            "The report was not written", f"its name must end in one of {', '.join(known)}", "change its ending"
        )
    if given["dictionary"] and out.suffix.lower() != ".csv":
        raise UserError(
            "The report was not written", "--dictionary goes with a CSV file; the others have it in them or need none",
            "leave it out, or end the name in .csv",
        )  # fmt: skip
    _belong(ctx, kind, [k.key for k in reports.KINDS])
    clock = report_clock()
    question = ContrastSpec(given["metric"], given["source"], given["enhancer"], given["swd"], first, last)
    spec = reports.ReportSpec(kind, question, given["paper"], frozenset(given["parts"]))
    of_spec = [
        f for f in report_choices.chosen_of(kind) if f in ("questions", "title", "tags", "dream_ids", "only_natural")
    ]
    spec = replace(spec, **{name: given[name] for name in of_spec})
    with reading(options) as journal:
        person = the_person(journal, options).id
        built = reports.build(journal, person, spec, clock)
        pages = reports.write(report_choices.named(built, given["name"]), out, clock)
        files = [out, *([reports.write_dictionary(built, out)] if given["dictionary"] else [])]
        try:
            fingerprints.keep(journal, person, spec, built, out.suffix.lower(), clock)
        except KnownError:
            click.echo(
                "The report was written; its fingerprint could not be kept, so it cannot be checked later.", err=True
            )
    say(
        options,
        {"files": [str(f) for f in files], "pages": pages},
        lambda: "\n".join(
            [
                f"{out} was written, {pages} {'page' if pages == 1 else 'pages'}.",
                *(f"{f} says what its columns mean." for f in files[1:]),
            ]
        ),
    )


def _belong(ctx: click.Context, kind: str, kinds: list[str]) -> None:
    """Raises UserError for an option that another kind of report takes."""
    from dreamjournal.services import report_choices

    if kind not in kinds:
        return  # said with the list of kinds when the report is built
    for name in _FIELDS:
        typed = ctx.get_parameter_source(name) == ParameterSource.COMMANDLINE
        if typed and name not in report_choices.chosen_of(kind):
            having = [k for k in kinds if name in report_choices.chosen_of(k)]
            raise UserError(
                "The report was not written", f"{_OPTIONS.get(name, '--' + name)} belongs to {' or '.join(having)}, not to {kind}",
                "leave it out or choose another --kind",
            )  # fmt: skip


def _check(options: Options, text: str) -> None:
    from dreamjournal.services import fingerprints

    with reading(options) as journal:
        found = fingerprints.check(journal, the_person(journal, options).id, text, options.clock)
    document = {
        "fingerprint": found.fingerprint, "known": found.known, "kind": found.kind or None, "title": found.title or None,
        "made": [{"when": at.isoformat(), "how": how} for at, how in found.made], "version": found.version or None,
        "first_night": found.first.isoformat() if found.first else None, "last_night": found.last.isoformat() if found.last else None,
        "nights": found.nights, "same": found.same, "words": found.words,
        "changes": [{"kind": c.kind, "nights": [d.isoformat() for d in c.nights]} for c in found.changes],
    }  # fmt: skip
    say(options, document, lambda: "\n".join(_checked_lines(found)))


def _checked_lines(found: Checked) -> list[str]:
    if not found.known:
        return [f"{found.fingerprint}: {found.words}"]
    lines = [f"{found.fingerprint}: {found.kind}, {plain(found.title)}"]
    if found.first is not None and found.last is not None:
        lines.append(
            f"  {found.nights} nights, {day_words(found.first)} to {day_words(found.last)}, by Dreamjournal {found.version}"
        )
    lines += [f"  {how if how == 'printed' else 'saved as ' + how}, {at:%Y-%m-%d %H:%M} UTC" for at, how in found.made]
    lines.append(plain(found.words))
    for change in found.changes:
        lines.append(f"  {change.words}: {', '.join(day_words(d) for d in change.nights[:20])}{_more(change.nights)}")
    return lines


def _more(nights: tuple[date, ...]) -> str:
    return f" and {len(nights) - 20} more" if len(nights) > 20 else ""


@click.command("demo")
@click.option("--open", "open_", is_flag=True, help="Open the sample in the window afterwards.")
@common
@click.pass_context
def demo(ctx: click.Context, open_: bool) -> None:
    """Make a sample journal of 120 synthetic nights and its reports."""
    from dreamjournal.services import demo as service

    options = chosen(ctx)
    made = service.make(sample_journal(options.path if options.journal is not None else None), report_clock())
    document = {"journal": str(made.journal), "reports": [str(p) for p in made.reports], "truth": made.truth}

    def words() -> str:
        lines = ["A sample journal was made; your own was not touched.", f"  journal: {made.journal}"]
        lines += [f"  report:  {path}" for path in made.reports]
        lines.append(f"Open it with: dreamjournal --journal {made.journal}")
        return "\n".join(lines)

    say(options, document, words)
    if open_:
        from dreamjournal.app.cli import open_window

        ctx.exit(open_window(made.journal, capture=False, person=None))
