"""The command `alike`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

import click

from dreamjournal.app.commands.shared import DAY, chosen, common, plain, reading, say, table, the_person
from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastSpec

if TYPE_CHECKING:
    from dreamjournal.domain.alike import Alike


@click.command("alike")
@click.option("--metric", default="tst", show_default=True, metavar="KEY", help="What is compared.")
@click.option("--source", metavar="KEY", help="Whose numbers; the one with most nights where left out.")
@click.option("--enhancer", metavar="NAME")
@click.option("--from", "first", type=DAY, help="The first night.")
@click.option("--to", "last", type=DAY, help="The last night.")
@click.option(
    "--days",
    type=click.Choice(["all", "work", "free"]),
    default="all",
    show_default=True,
    help="Nights before which days.",
)
@click.option(
    "--without",
    multiple=True,
    metavar="KEY",
    help="Leave out nights with alcohol, late_caffeine, nap or medicine; may be given several times.",
)
@common
@click.pass_context
def alike(
    ctx: click.Context, metric: str, source: str | None, enhancer: str | None, first: date | None, last: date | None,
    days: Literal["all", "work", "free"], without: tuple[str, ...],
) -> None:  # fmt: skip
    """Were the two groups of nights alike in everything else?"""
    from dreamjournal.domain.alike import to_json
    from dreamjournal.services import alike as service
    from dreamjournal.services import contrasts

    options = chosen(ctx)
    if first is not None and last is not None and first > last:
        raise UserError("Nothing was compared", "--from lies after --to", "check the dates")
    spec = ContrastSpec(metric, source, enhancer, None, first, last, days=days, without=without)
    with reading(options) as journal:
        person = the_person(journal, options).id
        result = contrasts.contrast(journal, person, spec, options.clock)
        found = service.alike(journal, person, spec, options.clock, result)
    head = {"metric": result.metric, "source": result.source, "enhancer": result.enhancer, "verdict": result.verdict}
    say(options, {**head, **to_json(found)}, lambda: _words(found))


def _words(found: Alike) -> str:
    from dreamjournal.analysis.alike import group_words

    rows = [
        (r.title, group_words(r.enhanced, r.kind), group_words(r.natural, r.kind), r.difference) for r in found.rows
    ]
    lines = [found.sentence, ""]
    lines.append(
        table(
            ("", f"enhanced, {found.n_enhanced} nights", f"natural, {found.n_natural} nights", "on enhanced nights"),
            rows,
            "There are no two groups of nights yet.",
        )
    )
    told = [c.why for c in found.cautions if c.why]
    lines += ["", *told] if told else []
    if found.fixes:
        lines += ["", "What would help:"] + [f"  {plain(f.act)}: {plain(f.gives)}" for f in found.fixes]
    return "\n".join(lines)
