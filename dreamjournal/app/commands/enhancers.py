"""The commands `log` and `enhancers`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal, cast

import click

from dreamjournal.app.commands.nights import CONDITION_WORDS
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
from dreamjournal.domain.exposure import EnhancerKind

if TYPE_CHECKING:
    from dreamjournal.domain.night import Night

SAID = ("enhanced", "natural", "unsure")


@click.command("log")
@click.argument("said", required=False, metavar="[enhanced NAME… | natural | unsure]")
@click.argument("names", nargs=-1, metavar="")
@click.option("--night", type=DAY, help="The evening's date; tonight where it is left out.")
@click.option("--dose", "doses", multiple=True, metavar="TEXT", help='As "1 mg"; once for each name.')
@click.option("--intensity", type=click.FloatRange(0, 1), help="0 to 1.")
@common
@click.pass_context
def log(
    ctx: click.Context,
    said: str | None,
    names: tuple[str, ...],
    night: date | None,
    doses: tuple[str, ...],
    intensity: float | None,
) -> None:
    """Say what a night was, in place of what was said before; alone, tell what was said."""
    from dreamjournal.domain.night import tonight
    from dreamjournal.services import enhancers as service
    from dreamjournal.services import nights, settings

    options = chosen(ctx)
    if said is not None and said not in SAID:
        raise UserError("Nothing was kept", f"a night is {', '.join(SAID[:-1])} or {SAID[-1]}", "say one of these")
    with (reading if said is None else writing)(options) as journal:
        person = the_person(journal, options)
        day = night or tonight(options.clock.now(), settings.zone_of(journal, person.id, options.clock))
        if said is not None:
            answer = cast(Literal["enhanced", "natural", "unsure"], said)
            service.log(journal, person.id, day, answer, names, doses, options.clock, intensity)
        known = nights.night(journal, person.id, day, options.clock)
    about = {
        "night_date": day.isoformat(), "condition": known.condition.value, "answer": known.answer.value if known.answer else None,
        "exposures": [
            {"id": e.id, "name": e.name, "kind": e.kind.value, "source": e.source, "dose": e.dose or None}
            for e in known.exposures
        ],
    }  # fmt: skip
    if said is None:
        say(options, about, lambda: _words(known))
        return
    own = [e.id for e in known.exposures if e.source == "diary"]
    done(options, own[0] if own else known.evening.id if known.evening else None, _words(known), **about)


def _words(night: Night) -> str:
    if night.study_sealed:
        return f"{day_words(night.night_date)}: what is said of it is kept, and sealed until the study ends."
    text = f"{day_words(night.night_date)}: {CONDITION_WORDS[night.condition.value]}"
    if night.exposures:
        text += ", " + ", ".join(f"{e.name} {e.dose}".strip() for e in night.exposures)
    if night.answer is not None and night.answer != night.condition:
        text += f" (you said {CONDITION_WORDS[night.answer.value]}, and something was recorded)"
    return text + "."


@click.group("enhancers", invoke_without_command=True)
@common
@click.pass_context
def enhancers(ctx: click.Context) -> None:
    """What enhances, and what imported tags mean."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@enhancers.command("list")
@common
@click.pass_context
def list_(ctx: click.Context) -> None:
    """Enhancers, mappings, and tags that could be mapped."""
    from dreamjournal.services import enhancers as service

    options = chosen(ctx)
    with reading(options) as journal:
        person = the_person(journal, options).id
        found, rules = service.all(journal, person), service.rules(journal, person)
        periods, tags = service.only_periods(journal, person), service.tag_counts(journal, person)
    mapped = {(r.source, r.tag.casefold()) for r in rules}
    document = {
        "enhancers": [
            {
                "id": e.id, "name": e.name, "kind": e.kind.value,
                "rules": [{"id": r.id, "source": r.source, "tag": r.tag} for r in rules if r.enhancer_id == e.id],
            }
            for e in found
        ],
        "only": [
            {"name": name, "from": p.first.isoformat() if p.first else None, "to": p.last.isoformat() if p.last else None}
            for p, name in periods
        ],
        "tags": [{"source": s, "tag": t, "nights": n, "mapped": (s, t.casefold()) in mapped} for s, t, n in tags],
    }  # fmt: skip

    def words() -> str:
        rows = [
            (e.name, e.kind.value, "; ".join(f"{r.source}: {r.tag}" for r in rules if r.enhancer_id == e.id))
            for e in found
        ]
        text = table(("Enhancer", "Kind", "Stands for"), rows, "No enhancers yet. Add one with: enhancers add NAME")
        for p, name in periods:
            text += f"\nOnly {name}, from {p.first or 'the beginning'} to {p.last or 'now'}."
        free = [(s, t, n) for s, t, n in tags if (s, t.casefold()) not in mapped]
        return text + ("\n\n" + table(("Source", "Tag without a meaning", "Nights"), free, "") if free else "")

    say(options, document, words)


@enhancers.command("add")
@click.argument("name")
@click.option(
    "--type",
    "type_",
    type=click.Choice([k.value for k in EnhancerKind]),
    default="other",
    show_default=True,
    help="What kind of thing it is.",
)
@common
@click.pass_context
def add(ctx: click.Context, name: str, type_: str) -> None:
    """Add an enhancer."""
    from dreamjournal.services import enhancers as service
    from dreamjournal.services.evenings import likely_kind

    options = chosen(ctx)
    with writing(options) as journal:
        kind = EnhancerKind(type_) if type_ != "other" else likely_kind(name)
        made, _ = service.add(journal, the_person(journal, options).id, name, kind, options.clock)
    done(options, made.id, f"{made.name} was added.")


@enhancers.command("map")
@click.argument("source")
@click.argument("tag")
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Tell how many nights it would touch; keep nothing.")
@common
@click.pass_context
def map_(ctx: click.Context, source: str, tag: str, name: str, dry_run: bool) -> None:
    """A tag or question of a source means this enhancer, on past nights too."""
    from dreamjournal.services import enhancers as service

    options = chosen(ctx)
    if dry_run:
        with reading(options) as journal:
            nights = service.preview_map(journal, the_person(journal, options).id, source.strip().lower(), tag)
        yes, no = len(nights.yes), len(nights.no)
        words = f"It would be set on {yes} nights and answered no on {no}; nothing was kept."
        done(options, None, words, nights=yes, answered_no=no, dry_run=True)
        return
    with writing(options) as journal:
        mapped = service.map_tag(journal, the_person(journal, options).id, source, tag, name, options.clock)
    yes, no = len(mapped.nights.yes), len(mapped.nights.no)
    words = f"“{mapped.rule.tag}” of {mapped.rule.source} means {name}: set on {yes} nights, answered no on {no}."
    done(options, mapped.rule.id, words, nights=yes, answered_no=no)


@enhancers.command("unmap")
@click.argument("source")
@click.argument("tag")
@common
@click.pass_context
def unmap(ctx: click.Context, source: str, tag: str) -> None:
    """Take a mapping back, with the exposures it made."""
    from dreamjournal.services import enhancers as service

    options = chosen(ctx)
    with reading(options) as journal:
        person = the_person(journal, options).id
        wanted = (source.strip().lower(), tag.strip().casefold())
        rule = next((r for r in service.rules(journal, person) if (r.source, r.tag.strip().casefold()) == wanted), None)
        if rule is None:
            raise UserError("Nothing was taken back", "there is no such mapping", "see: enhancers list")
        service.unmap(journal, person, rule.id)
    done(options, rule.id, "The mapping was taken back.")


@enhancers.command("only")
@click.argument("name", metavar="NAME|none")
@click.option("--from", "first", type=DAY, help="The first night.")
@click.option("--to", "last", type=DAY, help="The last night.")
@common
@click.pass_context
def only(ctx: click.Context, name: str, first: date | None, last: date | None) -> None:
    """Say that this enhancer is the only one you use, so that its empty log is a natural night."""
    from dreamjournal.services import enhancers as service

    options = chosen(ctx)
    with writing(options) as journal:
        person = the_person(journal, options).id
        meant = None if name.casefold() == "none" else service.the_enhancer(journal, person, name)
        service.only(journal, person, meant.name if meant else None, first, last)
    period = "" if first is None and last is None else f" from {first or 'the beginning'} to {last or 'now'}"
    words = (
        f"{meant.name} is the only enhancer you use{period}."
        if meant
        else f"No enhancer is said to be the only one{period}."
    )
    done(options, meant.id if meant else None, words)
