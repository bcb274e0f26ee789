"""The command `signs`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from dreamjournal.app.commands.shared import (
    DAY,
    chosen,
    common,
    day_words,
    done,
    plain,
    reading,
    say,
    table,
    the_person,
)
from dreamjournal.common.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dreamjournal.domain.changes import Changes
    from dreamjournal.domain.sign import Sentence, Share, Sign, SignsResult
    from dreamjournal.services.journals import Journal

SENTENCES = 3
"""Sentences printed of one sign; --json has them all."""


@click.group("signs", invoke_without_command=True)
@click.option("--enhancer", metavar="NAME")
@click.option("--from", "first", type=DAY, help="The first night compared.")
@click.option("--to", "last", type=DAY, help="The last night compared.")
@common
@click.pass_context
def signs(ctx: click.Context, enhancer: str | None, first: date | None, last: date | None) -> None:
    """Words that stand in more dreams of one kind of night, with their sentences, and the signs that come back."""
    if ctx.invoked_subcommand is not None:
        return
    from dreamjournal.domain.sign import SignSpec
    from dreamjournal.services import signs as service

    options = chosen(ctx)
    if first is not None and last is not None and first > last:
        raise UserError("Nothing was compared", "--from lies after --to", "check the dates")
    with reading(options) as journal:
        found = service.find(journal, the_person(journal, options).id, SignSpec(enhancer, first, last), options.clock)
    say(options, service.to_json(found), lambda: _words(found, service.left_out_words(found.left_out)))


def _words(found: SignsResult, left_out: str) -> str:
    lines = [found.sentence]
    if left_out:
        lines.append(left_out)
    for kind in ("enhanced", "natural"):
        own = [s for s in found.signs if s.arm == kind]
        if own:
            lines += ["", f"In more dreams of {kind} nights:"]
            for sign in own:
                lines += _sign_lines(sign)
    if found.recurring:
        cells = [
            (plain(r.word), "yes" if r.own else "", _of(r.last_4), _of(r.last_12), _of(r.usual))
            for r in found.recurring
        ]
        lines += ["", table(("Sign", "Yours", "Last 4 weeks", "Last 12 weeks", "All dreams"), cells, "")]
    return "\n".join(lines)


def _sign_lines(sign: Sign) -> list[str]:
    kind = "tag " if sign.kind == "tag" else ""
    counts = f"in {_of(sign.usual)} dreams; natural {_of(sign.natural)}, enhanced {_of(sign.enhanced)}"
    head = f"  {kind}{plain(sign.word)}: {counts}; some word as far apart in {sign.any_as_far} shuffles"
    return [head, *(_sentence_line(s) for s in sign.sentences[:SENTENCES])]


def _sentence_line(sentence: Sentence) -> str:
    return f"    {day_words(sentence.night_date)}  {plain(sentence.text)}"


def _of(share: Share) -> str:
    return f"{share.n} of {share.of}" if share.of else "no dreams"


def _list_command(name: str, words: str, help_: str) -> None:
    @signs.command(name, help=help_)
    @click.argument("word")
    @common
    @click.pass_context
    def command(ctx: click.Context, word: str) -> None:
        from dreamjournal.services import signs as service

        change: Callable[[Journal, int, str], Changes] = getattr(service, name)
        options = chosen(ctx)
        with reading(options) as journal:
            change(journal, the_person(journal, options).id, word)
        done(options, plain(word), f"{plain(word)} {words}")


_list_command("keep", "is one of your dream signs.", "Put a word or phrase on your list of dream signs.")
_list_command("drop", "is off your list.", "Take a word off your list of dream signs.")
_list_command("hide", "is not shown any more.", "Never show a word among those that stand out.")
_list_command("show", "can be shown again.", "Show a hidden word again.")
