"""The command `coding`: dreams counted by hand, blind, without a window."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from dreamjournal.app.commands.shared import DAY, chosen, common, done, plain, reading, say, table, the_person
from dreamjournal.common.errors import UserError

if TYPE_CHECKING:
    from dreamjournal.domain.coding import AgreementResult, BlindDream, IndexLine, IndicesResult


@click.group("coding", invoke_without_command=True)
@common
@click.pass_context
def coding(ctx: click.Context) -> None:
    """Count what is in dreams, after Hall and Van de Castle, without knowing what their nights were."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(status)


@coding.command("status")
@common
@click.pass_context
def status(ctx: click.Context) -> None:
    """The set, and how far each rater is."""
    from dreamjournal.services import codings

    options = chosen(ctx)
    with reading(options) as journal:
        person = the_person(journal, options).id
        chosen_set = codings.the_set(journal, person)
        opened = None if chosen_set is None else codings.open_set(journal, person)
        states = () if opened is None else codings.raters(journal, opened)
        changed = 0 if opened is None else codings.changed_since(journal, opened)

    def words() -> str:
        if chosen_set is None or opened is None:
            return "No set of dreams was chosen yet; make one with: dreamjournal coding make."
        length = f"{chosen_set.least_words} to {chosen_set.most_words} words"
        lines = [f"{len(opened.dreams)} dreams of {length}, shuffled with seed {chosen_set.seed}."]
        lines += [f"  {s.rater}: {s.finished} of {s.of} finished" for s in states] or ["  Nobody has finished one yet."]
        if changed:
            lines.append(f"{changed} of them were changed after they were coded.")
        return "\n".join(lines)

    say(options, {**codings.set_json(chosen_set, states), "changed_since": changed}, words)


@coding.command("make")
@click.option("--from", "first", type=DAY, help="The first night.")
@click.option("--to", "last", type=DAY, help="The last night.")
@click.option(
    "--least", type=click.IntRange(1, 100_000), default=50, show_default=True, help="Words a dream has at least."
)
@click.option(
    "--most", type=click.IntRange(1, 100_000), default=300, show_default=True, help="Words a dream has at most."
)
@click.option("--seed", type=click.IntRange(0), help="Shuffles in the same order again.")
@common
@click.pass_context
def make(ctx: click.Context, first: date | None, last: date | None, least: int, most: int, seed: int | None) -> None:
    """Choose the dreams to be coded; the codings of a set made before stay with their dreams."""
    from dreamjournal.services import codings

    options = chosen(ctx)
    with reading(options) as journal:
        person = the_person(journal, options).id
        made, _ = codings.make_set(journal, person, options.clock, first, last, least, most, seed)
        found = codings.counts(journal, person, first, last, least, most)
    left = (
        f"Left out: {found.short} shorter, {found.long} longer, {found.without_text} without text, {found.may_not_be_own} that may "
        "not be your own."
    )
    document = {
        "ok": True, **codings.set_json(made, ()),
        "left_out": {
            "short": found.short, "long": found.long, "without_text": found.without_text, "may_not_be_own": found.may_not_be_own,
        },
    }  # fmt: skip
    say(options, document, lambda: f"{len(made.dreams)} dreams are to be coded, shuffled with seed {made.seed}. {left}")


@coding.command("next")
@click.option("--rater", required=True, metavar="INITIALS")
@click.option("--item", "number", type=int, help="This one rather than the next.")
@common
@click.pass_context
def next_(ctx: click.Context, rater: str, number: int | None) -> None:
    """The next dream to code, with telling words masked; neither its night nor what the night was."""
    from dreamjournal.services import codings

    options = chosen(ctx)
    with reading(options) as journal:
        opened = codings.open_set(journal, the_person(journal, options).id)
        wanted = number if number is not None else codings.next_number(journal, opened, rater)
        shown = None if wanted is None else codings.item(journal, opened, rater, wanted)
    if shown is None:
        of = len(opened.dreams)
        say(options, {"item": None, "of": of}, lambda: f"All {of} dreams are finished.")
        return
    say(options, codings.item_json(shown), lambda: _item_words(shown))


def _item_words(shown: BlindDream) -> str:
    lines = [f"{shown.number} of {shown.of}, {shown.words} words", "", plain(shown.text), ""]
    lines += [f"  {key} = {n}" for key, n in shown.codes.items()]
    if shown.hints:
        lines.append("Word hits only, nobody counted them:")
        lines += [f"  {group.replace('_', ' ')}: {', '.join(hits)}" for group, hits in shown.hints.items()]
    return "\n".join(lines)


@coding.command("set")
@click.argument("number", type=int, metavar="ITEM")
@click.option("--rater", required=True, metavar="INITIALS")
@click.option(
    "--set", "given", multiple=True, metavar="CODE=N", help="As characters.male_familiar=1; may be given several times."
)
@click.option("--done", "finished", is_flag=True, help="The dream is finished, whatever was not counted is 0.")
@common
@click.pass_context
def set_(ctx: click.Context, number: int, rater: str, given: tuple[str, ...], finished: bool) -> None:
    """Keep counts of one dream of the set; those kept before stay unless they are set again."""
    from dreamjournal.services import codings

    options = chosen(ctx)
    codes = dict(_pair(text) for text in given)
    with reading(options) as journal:
        opened = codings.open_set(journal, the_person(journal, options).id)
        before = codings.kept(journal, opened, rater, number)
        now = {**({} if before is None else before.codes), **codes}
        over = finished or (before is not None and before.finished is not None)
        codings.save(journal, opened, rater, number, now, options.clock, finished=over)
        after = codings.item(journal, opened, rater, number)
    done(
        options, number, f"Dream {number} of {after.of}: {sum(after.codes.values())} counted{', finished' if over else ''}.",
        codes=dict(after.codes), finished=over,
    )  # fmt: skip


def _pair(text: str) -> tuple[str, int]:
    key, sign, number = text.partition("=")
    if not sign or not number.strip().isascii() or not number.strip().isdigit():
        raise UserError("Nothing was kept", f"{plain(text)} is no count", "write it as characters.male_familiar=1")
    return key.strip(), int(number) if len(number.strip()) < 6 else 100_000


@coding.command("agreement")
@click.option("--rater", "named", multiple=True, metavar="INITIALS", help="Twice; the two furthest on where left out.")
@common
@click.pass_context
def agreement(ctx: click.Context, named: tuple[str, ...]) -> None:
    """How far two raters agree, once both have finished the set."""
    from dreamjournal.services import coding_results, codings

    options = chosen(ctx)
    if len(named) > 2:
        raise UserError("Nothing was compared", f"{len(named)} raters were named", "name two")
    with reading(options) as journal:
        opened = codings.open_set(journal, the_person(journal, options).id)
        found = coding_results.agreement(journal, opened, *named)
    say(options, coding_results.agreement_json(found), lambda: _agreement_words(found))


def _agreement_words(found: AgreementResult) -> str:
    cells = [
        (
            x.title, f"{x.agreed} of {x.n}", None if x.kappa is None else _signed(x.kappa),
            None if x.interval is None else f"{_signed(x.interval[0])} to {_signed(x.interval[1])}", f"{x.same_count} of {x.n}",
        ) for x in found.lines
    ]  # fmt: skip
    head = ("", "Same on any", "Kappa", "95 % interval", "Same count")
    return found.sentence + ("\n\n" + table(head, cells, "") if cells else "")


@coding.command("indices")
@click.option("--enhancer", metavar="NAME")
@click.option("--rater", metavar="INITIALS", help="Whose counts; the one furthest on where left out.")
@common
@click.pass_context
def indices(ctx: click.Context, enhancer: str | None, rater: str | None) -> None:
    """What was counted on enhanced and on natural nights."""
    from dreamjournal.services import coding_results, codings

    options = chosen(ctx)
    with reading(options) as journal:
        opened = codings.open_set(journal, the_person(journal, options).id)
        found = coding_results.indices(journal, opened, enhancer, rater, options.clock)
    say(options, coding_results.indices_json(found), lambda: _index_words(found))


def _index_words(found: IndicesResult) -> str:
    head = ("", "Enhanced", "Natural", "h", "95 % interval", "q")[: None if found.compared else 3]
    cells = [
        (
            x.title, _side(x, x.enhanced, x.enhanced_share), _side(x, x.natural, x.natural_share),
            None if x.h is None else _signed(x.h),
            None if x.interval is None else f"{_signed(x.interval[0])} to {_signed(x.interval[1])}", None if x.q is None else _q(x.q),
        )[: len(head)] for x in found.lines
    ]  # fmt: skip
    return found.sentence + ("\n\n" + table(head, cells, "") if cells else "")


def _side(line: IndexLine, pair: tuple[int, int], share: float | None) -> str:
    counted = f"{pair[0]} of {pair[1]}" if not line.ratio else f"{pair[0]} for {pair[1]}"
    if share is None:
        return counted
    return f"{share:.2f} ({counted})" if line.ratio else f"{100 * share:.0f} % ({counted})"


def _signed(value: float) -> str:
    text = f"{value:.2f}"
    return text.removeprefix("-") if float(text) == 0 else text


def _q(q: float) -> str:
    return "under 0.001" if q < 0.001 else f"{q:.3f}"
