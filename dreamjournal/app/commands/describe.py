"""The command `describe`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from dreamjournal.app.commands.shared import DAY, chosen, common, plain, reading, say, table, the_person
from dreamjournal.common.errors import UserError

if TYPE_CHECKING:
    from dreamjournal.domain.contrast import Arm
    from dreamjournal.services.measures import Measures


@click.command("describe")
@click.option("--source", metavar="KEY", help="Which device's numbers; the one with most nights where left out.")
@click.option("--enhancer", metavar="NAME")
@click.option("--from", "first", type=DAY, help="The first night.")
@click.option("--to", "last", type=DAY, help="The last night.")
@common
@click.pass_context
def describe(
    ctx: click.Context, source: str | None, enhancer: str | None, first: date | None, last: date | None
) -> None:
    """All measures of natural and enhanced nights, described beside each other."""
    from dreamjournal.services import measures as service

    options = chosen(ctx)
    if first is not None and last is not None and first > last:
        raise UserError("Nothing was described", "--from lies after --to", "check the dates")
    with reading(options) as journal:
        found = service.measures(
            journal, the_person(journal, options).id, options.clock, source=source, enhancer=enhancer, first=first, last=last
        )  # fmt: skip
    say(options, service.to_json(found), lambda: _words(found))


def _words(found: Measures) -> str:
    from dreamjournal.services import measures_words as words

    lines = [plain(words.nights_words(found))]
    if not found.n_natural and not found.n_enhanced:
        return f"{lines[0]} Nothing to describe yet: say of a night what it was, with the command log or in the window."
    counts: dict[Arm, int] = {"natural": found.n_natural, "enhanced": found.n_enhanced}
    there: list[Arm] = [arm for arm, n in counts.items() if n]
    if len(there) == 1:  # said once, not in every line
        lines.append(
            f"No {'enhanced' if there == ['natural'] else 'natural'} nights in this time, so their columns stay empty."
        )
    for group, title in words.GROUPS.items():
        rows = [r for r in found.rows if r.group == group]
        shown = [
            (
                r.title, words.value_words(r, r.natural), r.natural.n, words.value_words(r, r.enhanced), r.enhanced.n,
                words.why_words(r, there),
            )
            for r in rows
        ]  # fmt: skip
        source = f" ({found.source})" if group == "device" else ""
        lines += ["", table((title + source, "Natural", "n", "Enhanced", "n", "Why not"), _full(shown), "")]
    lines += [
        "",
        "Medians with the middle half of nights in brackets; rates as so many of n. No difference is tested here.",
    ]
    goal = words.goal_words(found)
    return "\n".join([*lines, goal] if goal else lines)


def _full(rows: list[tuple[str, str, int, str, int, str]]) -> list[tuple[str, ...]]:
    """Cells as text; the last is left blank, not dashed, where there is nothing to say."""
    return [(a, b, str(c), d, str(e), f or " ") for a, b, c, d, e, f in rows]
