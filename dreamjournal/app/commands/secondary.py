"""The commands `measures` and `doses`: what stands beside the one question."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from dreamjournal.app.commands.shared import DAY, chosen, common, day_words, plain, reading, say, the_person
from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastSpec

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from dreamjournal.domain.secondary import DoseAndMode, Groups, MeasureRow, MeasuresTable


def _question(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--to", "last", type=DAY, help="The last night."),
        click.option("--from", "first", type=DAY, help="The first night."),
        click.option("--enhancer", metavar="NAME"),
        click.option("--source", metavar="KEY", help="Whose numbers; the one with most nights where left out."),
        click.option("--metric", default="tst", show_default=True, metavar="KEY", help="The measure asked about."),
    ):
        command = option(command)
    return command


def _spec(metric: str, source: str | None, enhancer: str | None, first: date | None, last: date | None) -> ContrastSpec:
    if first is not None and last is not None and first > last:
        raise UserError("Nothing was compared", "--from lies after --to", "check the dates")
    return ContrastSpec(metric, source, enhancer, None, first, last)


@click.command("measures")
@_question
@click.option(
    "--claim", "claims", multiple=True, metavar="KEY[=SOURCE]",
    help="A measure to say in words, at most six; else those chosen in the window.",
)  # fmt: skip
@common
@click.pass_context
def measures(
    ctx: click.Context, metric: str, source: str | None, enhancer: str | None, first: date | None, last: date | None,
    claims: tuple[str, ...],
) -> None:  # fmt: skip
    """Every other measure of the same nights, without a verdict."""
    from dreamjournal.domain.secondary import table_json
    from dreamjournal.services import secondary

    options = chosen(ctx)
    spec = _spec(metric, source, enhancer, first, last)
    with reading(options) as journal:
        person = the_person(journal, options)
        table = secondary.measures(journal, person.id, spec, options.clock, claims=claims or None)
    say(options, table_json(table), lambda: _table_words(table))


@click.command("doses")
@_question
@common
@click.pass_context
def doses(
    ctx: click.Context, metric: str, source: str | None, enhancer: str | None, first: date | None, last: date | None
) -> None:
    """Modes and programmes beside natural nights, and doses in order."""
    from dreamjournal.domain.secondary import groups_json
    from dreamjournal.services import doses as service

    options = chosen(ctx)
    spec = _spec(metric, source, enhancer, first, last)
    with reading(options) as journal:
        found = service.doses_and_modes(journal, the_person(journal, options).id, spec, options.clock)
    say(options, groups_json(found), lambda: _groups_words(found))


def _table_words(table: MeasuresTable) -> str:
    primary = table.primary.result
    lines = [primary.headline, plain(primary.sentence)]
    if primary.posterior_words:
        lines.append(plain(primary.posterior_words))
    if table.claims or table.rest:
        lines += ["", table.heading]
    for title, rows in (
        ("Claims, with Holm's p", table.claims),
        ("All the rest, with Benjamini and Hochberg's q", table.rest),
    ):
        if rows:
            lines += ["", f"{title}:", *(_row_words(row) for row in rows)]
    return "\n".join(lines)


def _row_words(row: MeasureRow) -> str:
    return f"  {plain(row.sentence)}"


def _groups_words(found: DoseAndMode) -> str:
    if found.empty:
        return plain(found.empty)
    blocks = [_group_words(groups) for groups in found.groups]
    return "\n\n".join([*blocks, plain(found.care)])


def _group_words(groups: Groups) -> str:
    lines = [f"{groups.title} by {groups.what}", plain(groups.sentence)]
    lines += [f"  {plain(d.sentence)}" for d in groups.differences]
    lines += [plain(problem) for problem in groups.problems]
    if groups.left_out:
        shown = "; ".join(f"{day_words(x.night_date)}, {plain(x.reason)}" for x in groups.left_out[:5])
        more = f" and {len(groups.left_out) - 5} more" if len(groups.left_out) > 5 else ""
        lines.append(f"Left out: {shown}{more}.")
    return "\n".join(lines)
