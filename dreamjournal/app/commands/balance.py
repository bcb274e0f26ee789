"""The command `balance`: weeks against the aim, what the log shows, the monthly questions, what clinicians said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from dreamjournal.app.commands.shared import (
    DAY,
    chosen,
    common,
    day_words,
    done,
    reading,
    say,
    table,
    the_person,
    writing,
)
from dreamjournal.common.errors import UserError

if TYPE_CHECKING:
    from dreamjournal.services.balance import Balance

LAST_WEEKS = 12
"""Weeks the words list; the JSON document holds them all."""


@click.group("balance", invoke_without_command=True)
@click.option("--from", "first", type=DAY, metavar="D", help="First night of the weeks and of what is looked at.")
@click.option("--to", "last", type=DAY, metavar="D", help="Last night.")
@common
@click.pass_context
def balance(ctx: click.Context, first: date | None, last: date | None) -> None:
    """Natural and enhanced nights against your own aim, and what your log shows. No score, no diagnosis."""
    if ctx.invoked_subcommand is not None:
        return
    from dreamjournal.services import balance as service

    options = chosen(ctx)
    with reading(options) as journal:
        found = service.read(journal, the_person(journal, options).id, options.clock, first, last)
        nurse = journal.kind.value == "nurse"
    asked = first is not None or last is not None
    say(options, service.to_json(found), lambda: _words(found, nurse=nurse, asked=asked))


def _words(found: Balance, *, nurse: bool, asked: bool) -> str:
    if found.first is None or found.prompts is None:
        if asked:
            return "No night is known in this range."
        return "No nights here yet. Say what a night was with: log natural, or log enhanced NAME."
    lines = [found.plain if found.hide_numbers else found.told(nurse=nurse), ""]
    if not found.hide_numbers:
        shown = found.weeks[-LAST_WEEKS:]
        lines += [table(found.columns(), [found.row(w) for w in shown], ""), ""]
        if len(found.weeks) > len(shown):
            lines[-1] = f"The last {len(shown)} of {len(found.weeks)} weeks; all of them with --json.\n"
    for prompt in found.prompts.found:
        lines += [prompt.told(nurse=nurse, numbers=not found.hide_numbers), ""]
    if not found.prompts.found:
        lines += ["Nothing to point out.", ""]
    if not found.hide_numbers:
        lines.append(f"Looked at and not found, {found.prompts.span}:")
        lines += [f"  {x.title}: {x.words}" for x in found.prompts.looked]
    else:
        lines.append("Looked at and not found: " + ", ".join(x.title.lower() for x in found.prompts.looked) + ".")
    debt = found.debt_words
    if debt and not found.hide_numbers:
        lines += ["", debt]
    return "\n".join(lines).rstrip()


@balance.command("aim")
@click.argument("aim", metavar="N|none")
@common
@click.pass_context
def aim(ctx: click.Context, aim: str) -> None:
    """Set your own aim: at most N enhanced nights a week, or none."""
    from dreamjournal.domain.balance import aim_words
    from dreamjournal.services import settings as service

    options = chosen(ctx)
    service.checked(service.spec("aim_per_week"), aim)
    with writing(options) as journal:
        person = the_person(journal, options).id
        service.set_value(journal, person, "aim_per_week", aim)
        kept = service.get(journal, person, "aim_per_week")
    said = "No aim is set." if kept is None else f"The aim is {aim_words(kept)}."
    done(options, "aim_per_week", said, aim=kept)


# The monthly questions


@balance.command("check-in")
@click.argument("answers", nargs=-1, metavar="[QUESTION=ANSWER… | skip]")
@common
@click.pass_context
def check_in(ctx: click.Context, answers: tuple[str, ...]) -> None:
    """Answer the five monthly questions, or pass the month over; without words they are listed."""
    from dreamjournal.domain.care import ANSWERS, QUESTIONS
    from dreamjournal.services import check_ins as service

    options = chosen(ctx)
    if not answers:
        with reading(options) as journal:
            kept = service.all(journal, the_person(journal, options).id)
        document = {
            "questions": [{"key": q.key, "text": q.text} for q in QUESTIONS], "answers": list(ANSWERS),
            "check_ins": [{"id": c.id, "answered_on": c.answered_on.isoformat(), "answers": c.answers} for c in kept],
        }  # fmt: skip
        rows = [(q.key, q.text, next((c.answers.get(q.key) for c in kept if c.answers), None)) for q in QUESTIONS]
        say(options, document, lambda: table(("Key", "In the last month", "Last answer"), rows, ""))
        return
    with writing(options) as journal:
        person = the_person(journal, options).id
        if list(answers) == ["skip"]:
            made, _ = service.skip(journal, person, options.clock)
        else:
            made, _ = service.save(journal, person, _pairs(answers), options.clock)
    done(options, made.id, "Kept." if made.answers else "Passed over for this month.")


def _pairs(answers: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in answers:
        key, sign, answer = word.partition("=")
        if not sign:
            raise UserError("Nothing was kept", "an answer is written as worry=sometimes", "type it again")
        found[key.strip().lower()] = answer.strip().lower()
    return found


# What clinicians said


@balance.group("instruction", invoke_without_command=True)
@common
@click.pass_context
def instruction(ctx: click.Context) -> None:
    """What clinicians said about an enhancer or a medicine."""
    if ctx.invoked_subcommand is not None:
        return
    from dreamjournal.services import prompts

    options = chosen(ctx)
    with reading(options) as journal:
        kept = prompts.instructions(journal, the_person(journal, options).id)
    document = {
        "instructions": [
            {"id": i.id, "enhancer": i.enhancer, "given_on": i.given_on.isoformat(), "who": i.who, "words": i.words}
            for i in kept
        ]
    }
    rows = [(i.id, day_words(i.given_on), i.enhancer, i.who, i.words) for i in kept]
    say(options, document, lambda: table(("Id", "Given", "About", "By", "Words"), rows, "None is recorded."))


@instruction.command("add")
@click.argument("enhancer")
@click.argument("words")
@click.option("--by", "who", required=True, metavar="WHO", help="Who gave it.")
@click.option("--on", "given_on", type=DAY, required=True, metavar="D", help="The day it was given.")
@common
@click.pass_context
def add_instruction(ctx: click.Context, enhancer: str, words: str, who: str, given_on: date) -> None:
    """Record what was said."""
    from dreamjournal.services import prompts

    options = chosen(ctx)
    with writing(options) as journal:
        person = the_person(journal, options).id
        made, _ = prompts.add_instruction(journal, person, enhancer, given_on, who, words, options.clock)
    done(options, made.id, "The instruction is recorded.")


@instruction.command("remove")
@click.argument("number", metavar="ID", type=int)
@common
@click.pass_context
def remove_instruction(ctx: click.Context, number: int) -> None:
    """Take an instruction out."""
    from dreamjournal.services import prompts

    options = chosen(ctx)
    with reading(options) as journal:
        gone, _ = prompts.remove_instruction(journal, the_person(journal, options).id, number)
    done(options, gone.id, "The instruction was removed.")
