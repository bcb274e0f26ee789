"""The commands `contrast`, `report` and `demo`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dreamjournal.app.commands.shared import DAY, chosen, common, day_words, placed, plain, reading, say, the_person
from dreamjournal.common.clock import report_clock
from dreamjournal.common.errors import UserError
from dreamjournal.common.paths import sample_journal
from dreamjournal.domain.contrast import ContrastSpec

if TYPE_CHECKING:
    from dreamjournal.domain.contrast import ContrastResult


def _period(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and first > last:
        raise UserError("Nothing was compared", "--from lies after --to", "check the dates")


@click.command("contrast")
@click.option("--metric", default="tst", show_default=True, metavar="KEY", help="What is compared.")
@click.option("--source", metavar="KEY", help="Whose numbers; the one with most nights where left out.")
@click.option("--enhancer", metavar="NAME")
@click.option("--swd", type=float, metavar="X", help="The least difference that matters to you.")
@click.option("--from", "first", type=DAY, help="The first night.")
@click.option("--to", "last", type=DAY, help="The last night.")
@click.option("--csv", "csv_path", metavar="FILE", help="Nights from a table instead of the journal.")
@click.option(
    "--design", type=click.Choice(["R", "S", "P"]), help="With --csv: random, self-chosen, or before and after."
)
@common
@click.pass_context
def contrast(
    ctx: click.Context, metric: str, source: str | None, enhancer: str | None, swd: float | None, first: date | None, last: date | None,
    csv_path: str | None, design: str | None,
) -> None:  # fmt: skip
    """Do enhanced nights differ from natural ones?"""
    from dreamjournal.domain.contrast import to_json
    from dreamjournal.services import contrasts

    options = chosen(ctx)
    if csv_path is not None:
        if design is None:
            raise UserError(
                "The table was not compared", "it is not said how its nights were chosen", "add --design R, S or P"
            )
        if source or enhancer or first or last:
            raise UserError(
                "The table was not compared", "--source, --enhancer and dates belong to a journal", "leave them out"
            )
        result = contrasts.contrast_csv(csv_path, design, swd, metric)
    else:
        if design is not None:
            raise UserError(
                "Nothing was compared",
                "--design belongs to --csv; a journal's design follows from its nights",
                "leave it out",
            )
        _period(first, last)
        with reading(options) as journal:
            spec = ContrastSpec(metric, source, enhancer, swd, first, last)
            result = contrasts.contrast(journal, the_person(journal, options).id, spec, options.clock)
    say(options, to_json(result), lambda: _words(result))


def _words(result: ContrastResult) -> str:
    lines = [result.headline, plain(result.sentence)]
    lines += [f"  {plain(r)}" for r in result.warnings]
    if result.fixes:
        lines += ["What would help:", *(f"  {plain(f.act)}. {plain(f.gives)}" for f in result.fixes)]
    counts: dict[str, list[date]] = {}
    for night in result.excluded:
        counts.setdefault(night.reason, []).append(night.night_date)
    if counts:
        lines.append(f"Left out: {len(result.excluded)} nights.")
        for reason, days in counts.items():
            shown = ", ".join(day_words(d) for d in days[:3]) + (" and others" if len(days) > 3 else "")
            lines.append(f"  {len(days)} × {plain(reason)}: {shown}")
    return "\n".join(line for line in lines if line)


@click.command("report")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Ends in .pdf, .html, .csv or .json."
)
@click.option("--kind", "report_kind", type=click.Choice(["contrast"]), default="contrast", show_default=True)
@click.option("--metric", default="tst", show_default=True, metavar="KEY")
@click.option("--source", metavar="KEY")
@click.option("--enhancer", metavar="NAME")
@click.option("--swd", type=float, metavar="X")
@click.option("--from", "first", type=DAY, help="The first night.")
@click.option("--to", "last", type=DAY, help="The last night.")
@click.option("--paper", type=click.Choice(["a4", "letter"]), default="a4", show_default=True)
@click.option(
    "--part", "parts", multiple=True, metavar="KEY", help="An optional part, as raster; may be given several times."
)
@placed
@click.pass_context
def report(
    ctx: click.Context, out: Path, report_kind: str, metric: str, source: str | None, enhancer: str | None, swd: float | None,
    first: date | None, last: date | None, paper: str, parts: tuple[str, ...],
) -> None:  # fmt: skip
    """Write a report to hand over. SOURCE_DATE_EPOCH, where set, is its clock."""
    from dreamjournal.services import reports

    options = chosen(ctx)
    _period(first, last)
    known = [f.suffix for f in reports.formats()]
    if out.suffix.lower() not in known:
        raise UserError(
            "The report was not written", f"its name must end in one of {', '.join(known)}", "change its ending"
        )
    clock = report_clock()
    with reading(options) as journal:
        question = ContrastSpec(metric, source, enhancer, swd, first, last)
        spec = reports.ReportSpec(report_kind, question, paper, frozenset(parts))
        built = reports.build(journal, the_person(journal, options).id, spec, clock)
    pages = reports.write(built, out, clock)
    say(
        options,
        {"files": [str(out)], "pages": pages},
        lambda: f"{out} was written, {pages} {'page' if pages == 1 else 'pages'}.",
    )


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
