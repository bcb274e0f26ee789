"""The command `study`: plan one, follow it, change it in the open, print it and verify it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreamjournal.app.commands.shared import (
    DAY,
    Options,
    chosen,
    common,
    day_words,
    done,
    placed,
    plain,
    reading,
    say,
    table,
    the_person,
)
from dreamjournal.common.clock import report_clock
from dreamjournal.common.errors import UserError

if TYPE_CHECKING:
    from dreamjournal.domain.study import Study
    from dreamjournal.services.journals import Journal
    from dreamjournal.services.studies import Adherence, PlanPreview, StudyDay

_ID = click.argument("study_id", required=False, type=int, metavar="[ID]")


@click.group("study", invoke_without_command=True)
@common
@click.pass_context
def study(ctx: click.Context) -> None:
    """A question fixed beforehand, and nights drawn at random to answer it."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@study.command("new")
@click.option("--enhancer", metavar="NAME", help="What is tried; the only one in the journal where left out.")
@click.option("--metric", default="tst", show_default=True, metavar="KEY", help="The one measure it is about.")
@click.option("--source", metavar="KEY", help="Whose numbers; the one with most nights where left out.")
@click.option("--swd", type=float, metavar="X", help="The least difference that matters to you.")
@click.option("--question", default="", metavar="TEXT", help="The question in your own words.")
@click.option("--nights", default=56, show_default=True, metavar="N", help="How many nights, an even number.")
@click.option("--from", "first_night", type=DAY, help="The first night; the coming one where left out.")
@click.option(
    "--washout", default=0, show_default=True, metavar="N", help="Natural nights left out after an enhanced one."
)
@click.option("--block", "block_size", default=4, show_default=True, metavar="2|4", help="Nights in a block.")
@click.option("--max-run", default=3, show_default=True, metavar="N", help="The most nights of a kind in a row.")
@click.option("--seed", type=int, metavar="N", help="The seed of the draw; left to chance where left out.")
@click.option("--sealed", is_flag=True, help="Hide what each night is, and device numbers, until the end.")
@click.option("--none-of-these", is_flag=True, help="No to every question that comes first.")
@click.option("--yes", "yes", multiple=True, metavar="KEY", help="Yes to one of the questions that come first.")
@click.option("--prescribed/--not-prescribed", default=None, help="Whether a clinician prescribed or advised it.")
@click.option("--dry-run", is_flag=True, help="Tell what to expect of it; begin nothing.")
@common
@click.pass_context
def new(
    ctx: click.Context, enhancer: str | None, none_of_these: bool, yes: tuple[str, ...], prescribed: bool | None, dry_run: bool,
    **asked: Any,
) -> None:  # fmt: skip
    """Begin a study: the questions that come first, then the draw, fixed under a hash."""
    from dreamjournal.services import studies

    options = chosen(ctx)
    with reading(options) as journal:
        person = the_person(journal, options).id
        draft = studies.StudyDraft(enhancer or _only_enhancer(journal, person), **asked)
        seen = studies.preview(journal, person, draft, options.clock)
        if dry_run:
            say(options, {"ok": True, "id": None, **_preview_json(seen)}, lambda: _preview_words(seen))
            return
        answers = _answers(options, journal, person, draft.enhancer, none_of_these, yes, prescribed)
        made, _ = studies.begin(journal, person, draft, answers, options.clock)
        document = study_json(journal, made, options)
    lines = [
        f"Study {made.id} is fixed: {made.nights} nights from {day_words(made.first_night)} to {day_words(made.last_night)}.",
        plain(seen.half_width_words), *(plain(w) for w in seen.warnings), f"Hash: {made.digest}",
    ]  # fmt: skip
    if made.sealed:
        lines.append("It is sealed: print the list for whoever keeps it with: study print --for-helper --out FILE")
        if draft.seed is not None:
            lines.append(
                "You chose the seed: from it the nights can be drawn again, so forget it or leave it to chance."
            )
    done(options, made.id, "\n".join(lines), study=document, warnings=list(seen.warnings))


@study.command("list")
@common
@click.pass_context
def list_(ctx: click.Context) -> None:
    """All studies, the newest first, each with its hash and what the hash covers."""
    from dreamjournal.services import contrasts, studies

    options = chosen(ctx)
    with reading(options) as journal:
        found = studies.all_studies(journal, the_person(journal, options).id)
        document = {"studies": [study_json(journal, s, options) for s in found]}
        states = [studies.state_words(journal, s, options.clock) for s in found]
    titles = {key: m.title for key, m in contrasts.metrics().items()}
    rows = [
        (
            s.id,
            s.enhancer,
            f"{titles.get(s.metric, s.metric)} ({s.source})",
            s.nights,
            s.first_night,
            s.digest[:16],
            state,
        )
        for s, state in zip(found, states, strict=True)
    ]
    heads = ("Id", "Enhancer", "Measure", "Nights", "First night", "Hash begins", "Now")
    say(options, document, lambda: table(heads, rows, "No study yet. Plan one with: study new --enhancer NAME"))


@study.command("tonight")
@click.option("--night", type=DAY, help="The evening's date; tonight where it is left out.")
@common
@click.pass_context
def tonight(ctx: click.Context, night: date | None) -> None:
    """Which night of the study it is, and what was drawn."""
    from dreamjournal.domain.night import tonight as night_now
    from dreamjournal.services import settings, studies

    options = chosen(ctx)
    with reading(options) as journal:
        person = the_person(journal, options).id
        day = night or night_now(options.clock.now(), settings.zone_of(journal, person, options.clock))
        found = studies.tonight(journal, person, day, options.clock)
    if found is None:
        document: dict[str, Any] = {"tonight": None}
        words = f"{day_words(day)} is no night of a study."
    else:
        words = found.words
        document = {
            "tonight": {
                "study": found.study.id, "night_date": day.isoformat(), "number": found.number, "nights": found.nights,
                "arm": found.arm, "sealed": found.arm is None, "words": words,
            }
        }  # fmt: skip
    say(options, document, lambda: words)


@study.command("log")
@_ID
@common
@click.pass_context
def log(ctx: click.Context, study_id: int | None) -> None:
    """Each planned night: what was drawn, what was used, whether it was recorded."""
    from dreamjournal.services import studies

    options = chosen(ctx)
    with reading(options) as journal:
        found = _the(journal, options, study_id)
        days = studies.log(journal, found, options.clock)
        kept = studies.adherence(journal, found, options.clock)
        sealed = studies.is_sealed(journal, found, options.clock)
    document = {
        "study": found.id, "sealed": sealed,
        "adherence": {"followed": kept.followed, "known": kept.known, "passed": kept.passed, "nights": kept.nights},
        "nights": [_day_json(d) for d in days],
    }  # fmt: skip
    say(options, document, lambda: _log_words(days, kept, sealed))


@study.command("change")
@_ID
@click.option("--question", metavar="TEXT", help="The question in your own words.")
@click.option("--swd", type=float, metavar="X", help="The least difference that matters to you.")
@click.option("--metric", metavar="KEY")
@click.option("--source", metavar="KEY")
@click.option("--washout", type=int, metavar="N")
@click.option("--from", "first_night", type=DAY, help="The first night.")
@click.option("--nights", type=int, metavar="N")
@click.option("--block", "block_size", type=int, metavar="2|4")
@click.option("--max-run", type=int, metavar="N")
@click.option("--seed", type=int, metavar="N")
@click.option("--sealed/--open", "sealed", default=None)
@common
@click.pass_context
def change(ctx: click.Context, study_id: int | None, **asked: Any) -> None:
    """Change a study: fixed anew before its first night, exploratory after it."""
    from dreamjournal.services import studies

    options = chosen(ctx)
    if all(v is None for v in asked.values()):
        raise UserError("The study was not changed", "it is not said what to change", "see: study change --help")
    with reading(options) as journal:
        before = _the(journal, options, study_id)
        after, changes = studies.change(journal, before.id, options.clock, **asked)
        document = study_json(journal, after, options)
    if not changes:
        words = "Nothing was changed: the study has these values already."
    elif after.changed is not None and after.changed != before.changed:
        words = "It was changed after its first night: from now on its contrasts are exploratory, and reports say so."
    else:
        words = f"It is fixed anew. Hash: {after.digest}"
    done(options, after.id, words, study=document)


@study.command("stop")
@_ID
@click.option("--reason", default="", metavar="TEXT", help="Why; it is printed with the study.")
@common
@click.pass_context
def stop(ctx: click.Context, study_id: int | None, reason: str) -> None:
    """End a study now; its nights stay."""
    from dreamjournal.services import studies

    options = chosen(ctx)
    with reading(options) as journal:
        stopped, _ = studies.stop(journal, _the(journal, options, study_id).id, reason, options.clock)
    done(options, stopped.id, f"Study {stopped.id} was stopped. Take it back with: study resume {stopped.id}")


@study.command("resume")
@_ID
@common
@click.pass_context
def resume(ctx: click.Context, study_id: int | None) -> None:
    """Take a stop back."""
    from dreamjournal.services import studies

    options = chosen(ctx)
    with reading(options) as journal:
        back, _ = studies.resume(journal, _the(journal, options, study_id).id, options.clock)
    words = f"Study {back.id} goes on until {day_words(back.last_night)}."
    if back.sealed and back.unsealed is not None:
        words += " Its seal was open in between, and reports say so."
    done(options, back.id, words)


@study.command("lengthen")
@click.argument("nights", type=int)
@click.option("--study", "study_id", type=int, metavar="ID")
@common
@click.pass_context
def lengthen(ctx: click.Context, nights: int, study_id: int | None) -> None:
    """Add nights; what they tell is exploratory."""
    from dreamjournal.services import studies

    options = chosen(ctx)
    with reading(options) as journal:
        longer, _ = studies.lengthen(journal, _the(journal, options, study_id).id, nights, options.clock)
    words = f"Study {longer.id} has {longer.nights} nights now, until {day_words(longer.last_night)}."
    if longer.lengthened is not None:
        words += f" The hash covers the first {longer.fixed_nights}; with the others its contrasts are exploratory."
    done(options, longer.id, words)


@study.command("unseal")
@_ID
@common
@click.pass_context
def unseal(ctx: click.Context, study_id: int | None) -> None:
    """Open a seal before the end: recorded, said in reports, not to be taken back."""
    from dreamjournal.services import studies

    options = chosen(ctx)
    with reading(options) as journal:
        opened, _ = studies.unseal(journal, _the(journal, options, study_id).id, options.clock)
    done(options, opened.id, f"The seal of study {opened.id} is open; reports say when it was opened.")


@study.command("verify")
@_ID
@common
@click.pass_context
def verify(ctx: click.Context, study_id: int | None) -> None:
    """Check that the hash is that of the question and the nights as they are kept."""
    from dreamjournal.services import studies

    options = chosen(ctx)
    with reading(options) as journal:
        found = _the(journal, options, study_id)
    good = studies.verify(found)
    document = {
        "ok": good,
        "id": found.id,
        "digest": found.digest or None,
        "covers_nights": found.fixed_nights or found.nights,
    }
    say(options, document, lambda: studies.verified_words(found))


@study.command("print")
@_ID
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Ends in .pdf, .html or .md."
)
@click.option("--for-helper", is_flag=True, help="With the list of a sealed study, for whoever prepares the nights.")
@click.option("--paper", type=click.Choice(["a4", "letter"]), default="a4", show_default=True)
@placed
@click.pass_context
def print_(ctx: click.Context, study_id: int | None, out: Path, for_helper: bool, paper: str) -> None:
    """Write the plan on one page. SOURCE_DATE_EPOCH, where set, is its clock."""
    from dreamjournal.services import study_print

    options = chosen(ctx)
    with reading(options) as journal:
        found = _the(journal, options, study_id)
        page = study_print.plan(journal, found, options.clock, for_helper=for_helper, paper=paper, stamp=report_clock())
    pages = study_print.write(page, out)
    say(
        options, {"files": [str(out)], "pages": pages},
        lambda: f"{out} was written, {pages} {'page' if pages == 1 else 'pages'}.",
    )  # fmt: skip


def _the(journal: Journal, options: Options, study_id: int | None) -> Study:
    """The study named, else the one that runs, else the newest. Raises UserError."""
    from dreamjournal.services import studies

    person = the_person(journal, options).id
    found = studies.all_studies(journal, person)
    if not found:
        raise UserError("There is no study yet", "", "plan one with: study new --enhancer NAME", field="study")
    if study_id is None:
        return studies.current(journal, person, options.clock) or found[0]
    named = next((s for s in found if s.id == study_id), None)
    if named is None:
        known = ", ".join(str(s.id) for s in found)
        raise UserError(f"There is no study {study_id}", f"there are: {known}", "name one of these", field="study")
    return named


def _only_enhancer(journal: Journal, person_id: int) -> str:
    from dreamjournal.services import enhancers

    found = enhancers.all(journal, person_id)
    if len(found) == 1:
        return found[0].name
    if not found:
        now = "add it with: enhancers add NAME"
        raise UserError("No study was begun", "no enhancer is in the journal yet", now, field="enhancer")
    names = ", ".join(e.name for e in found)
    raise UserError("No study was begun", f"the journal has {names}", "name one with --enhancer", field="enhancer")


def _answers(
    options: Options, journal: Journal, person_id: int, enhancer: str, none_of_these: bool, yes: tuple[str, ...],
    prescribed: bool | None,
) -> dict[str, bool]:  # fmt: skip
    """The answers as options gave them. Where they are missing the questions are printed and UserError names the option."""
    from dreamjournal.services import studies

    asked = studies.screening(journal, person_id, enhancer)
    keys = [q.key for q in asked.questions]
    if none_of_these and yes:
        raise UserError(
            "No study was begun", "--none-of-these and --yes contradict each other", "leave one of them out"
        )
    unknown = next((k for k in yes if k not in keys), None)
    if unknown is not None:
        known = f"the questions are {', '.join(keys)}" if keys else "no question is asked of it"
        raise UserError("No study was begun", f"there is no question {plain(unknown)}", known, field="answers")
    if not keys:
        return {}
    if keys == ["prescribed"]:
        if yes:
            return {"prescribed": True}
        if prescribed is not None or none_of_these:
            return {"prescribed": bool(prescribed)}
        option = "--prescribed or --not-prescribed"
    else:
        if none_of_these or yes:
            return {k: k in yes for k in keys}
        option = "--none-of-these, or --yes KEY for each yes"
    document = {"questions": [{"key": q.key, "words": q.words} for q in asked.questions]}
    say(options, document, lambda: "\n".join(f"{q.key}: {q.words}" for q in asked.questions))
    raise UserError("No study was begun", "the printed questions come first", f"answer with {option}", field="answers")


# What is printed


def study_json(journal: Journal, found: Study, options: Options) -> dict[str, Any]:
    """A study as JSON values. While it is sealed, all that tells what a night is stays null."""
    from dreamjournal.domain.study import commitment, looks_of
    from dreamjournal.services import studies

    hidden = studies.is_sealed(journal, found, options.clock)
    moments = {name: getattr(found, name) for name in ("fixed", "stopped", "unsealed", "changed", "lengthened")}
    return {
        "id": found.id, "question": found.question, "enhancer": found.enhancer, "metric": found.metric, "source": found.source,
        "swd": found.swd or None, "first_night": found.first_night.isoformat(), "last_night": found.last_night.isoformat(),
        "nights": found.nights, "block_size": found.block_size, "max_run": found.max_run, "washout": found.washout,
        "looks": list(looks_of(found)), "sealed": found.sealed, "hidden": hidden,
        "state": studies.state_words(journal, found, options.clock), "stop_reason": found.stop_reason or None,
        **{k: None if v is None else v.strftime("%Y-%m-%dT%H:%M:%SZ") for k, v in moments.items()},
        "schedule": None if hidden else found.schedule,
        "blocks": None if hidden else [found.block_of(i) for i in range(found.nights)],
        "seed": None if hidden else found.seed,
        "digest": found.digest or None, "covers_nights": found.fixed_nights or found.nights, "verified": studies.verify(found),
        "commitment": None if hidden or not found.digest else commitment(found),
    }  # fmt: skip


def _preview_json(seen: PlanPreview) -> dict[str, Any]:
    made = seen.study_without_id
    return {
        "preview": {
            "enhancer": made.enhancer, "metric": made.metric, "source": made.source, "swd": made.swd or None,
            "first_night": made.first_night.isoformat(), "last_night": made.last_night.isoformat(), "nights": made.nights,
            "work_nights": seen.work_nights, "free_nights": seen.free_nights, "enhanced": seen.enhanced, "natural": seen.natural,
            "kept_natural_after_washout": seen.kept_natural_after_washout, "half_width": seen.half_width_words,
            "warnings": list(seen.warnings),
        }
    }  # fmt: skip


def _preview_words(seen: PlanPreview) -> str:
    made = seen.study_without_id
    period = f"from {day_words(made.first_night)} to {day_words(made.last_night)}"
    lines = [
        f"Nothing was begun. It would be {made.nights} nights {period}:",
        f"  {seen.work_nights} before work and {seen.free_nights} before a free day;",
        f"  {seen.enhanced} enhanced, {seen.natural} natural.",
        f"  {seen.half_width_words}",
        *(f"  {w}" for w in seen.warnings),
    ]
    return "\n".join(lines)


def _day_json(day: StudyDay) -> dict[str, Any]:
    return {
        "night_date": day.night.isoformat(), "number": day.number, "block": day.block, "drawn": day.drawn,
        "used": day.used.value if day.used else None, "names": list(day.names), "followed": day.followed, "recorded": day.recorded,
    }  # fmt: skip


def _log_words(days: tuple[StudyDay, ...], kept: Adherence, sealed: bool) -> str:
    yes = {True: "yes", False: "no", None: None}
    rows = [
        (
            d.number, day_words(d.night), d.block, d.drawn, ", ".join(d.names) or (d.used.value if d.used else None), yes[d.followed],
            "yes" if d.recorded else "no",
        )
        for d in days
    ]  # fmt: skip
    text = table(("Night", "Evening", "Block", "Drawn", "Used", "Followed", "Recorded"), rows, "")
    if sealed:
        return f"{text}\nSealed: what was drawn and used opens when the study ends."
    return f"{text}\nFollowed as drawn: {kept.followed} of {kept.known} nights that are known."
