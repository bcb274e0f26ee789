"""The commands `persons`, `settings` and `remind`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from dreamjournal.app.commands.shared import (
    Options,
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

if TYPE_CHECKING:
    from dreamjournal.services.journals import Journal


@click.group("persons", invoke_without_command=True)
@common
@click.pass_context
def persons(ctx: click.Context) -> None:
    """The people of a journal."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_persons)


@persons.command("list")
@common
@click.pass_context
def list_persons(ctx: click.Context) -> None:
    """Everybody, by name."""
    from dreamjournal.services import persons as service

    options = chosen(ctx)
    with reading(options) as journal:
        found = service.all_persons(journal)
        kind = journal.kind.value
    document = {"persons": [{"id": p.id, "name": p.name} for p in found], "kind": kind}
    say(
        options,
        document,
        lambda: table(("Person",), [(p.name,) for p in found], "Nobody yet. Add someone with: persons add NAME"),
    )


@persons.command("add")
@click.argument("name", metavar="P")
@common
@click.pass_context
def add_person(ctx: click.Context, name: str) -> None:
    """Add a person by a name or pseudonym."""
    from dreamjournal.services import persons as service

    options = chosen(ctx)
    with writing(options) as journal:
        made, _ = service.add(journal, name, options.clock)
    done(options, made.id, f"{made.name} was added.")


@click.group("settings", invoke_without_command=True)
@common
@click.pass_context
def settings(ctx: click.Context) -> None:
    """Bedtimes, reminder, zone, and how the window looks."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_settings)


@settings.command("list")
@common
@click.pass_context
def list_settings(ctx: click.Context) -> None:
    """Every setting with its value."""
    from dreamjournal.services import settings as service

    options = chosen(ctx)
    with reading(options) as journal:
        values = service.all_values(journal, _owner(journal, options))
    rows = [(s.key, _value(values[s.key]), s.title, s.help) for s in service.SETTINGS]
    document = {
        "settings": [
            {"id": s.key, "value": values[s.key], "title": s.title, "default": s.default} for s in service.SETTINGS
        ]
    }
    say(options, document, lambda: table(("Key", "Value", "Setting", ""), rows, ""))


@settings.command("set")
@click.argument("key")
@click.argument("value")
@common
@click.pass_context
def set_setting(ctx: click.Context, key: str, value: str) -> None:
    """Change a setting; the value none goes back to the default."""
    from dreamjournal.services import settings as service

    options = chosen(ctx)
    wanted = service.spec(key)
    service.checked(wanted, value)
    with writing(options) as journal:
        owner = the_person(journal, options).id if wanted.of_person else None
        service.set_value(journal, owner, key, value)
        kept = service.get(journal, owner, key)
    done(options, key, f"{wanted.title}: {_value(kept) or 'not set'}.", value=kept)


def _owner(journal: Journal, options: Options) -> int | None:
    from dreamjournal.services import persons as service

    return the_person(journal, options).id if options.person is not None or service.all_persons(journal) else None


def _value(value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(str(v) for v in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, dict):
        return " ".join(f"{k}={v}" for k, v in value.items())  # pyright: ignore[reportUnknownVariableType]
    return None if value is None else str(value)


@click.group("remind", invoke_without_command=True)
@common
@click.pass_context
def remind(ctx: click.Context) -> None:
    """The wind-down reminder: when it is due, and what happened to each."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(next_)


@remind.command("next")
@common
@click.pass_context
def next_(ctx: click.Context) -> None:
    """When the next wind-down is due."""
    from dreamjournal.services import reminders

    options = chosen(ctx)
    with reading(options) as journal:
        planned = reminders.next_wind_down(journal, the_person(journal, options).id, options.clock)
    if isinstance(planned, reminders.NoNext):
        say(
            options,
            {"next": None, "reason": planned.reason},
            lambda: f"No reminder is planned: {planned.reason.rstrip('.')}.",
        )
        return
    due = {"due": planned.due.iso_z, "local": planned.local.isoformat(timespec="minutes"), "zone": planned.zone}
    say(
        options,
        {"next": due, "reason": planned.reason},
        lambda: f"Next wind-down: {planned.local:%a %d %b %Y, %H:%M} ({planned.zone}), {planned.reason.rstrip('.')}.",
    )


def _z(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


@remind.command("log")
@common
@click.pass_context
def ledger(ctx: click.Context) -> None:
    """What happened to each reminder, the newest first."""
    from dreamjournal.services import reminders

    options = chosen(ctx)
    with reading(options) as journal:
        rows = reminders.log(journal, the_person(journal, options).id)
    document = {
        "log": [
            {
                "id": r.id, "night_date": r.nominal_date.isoformat(), "kind": r.kind, "outcome": r.outcome, "reason": r.reason or None,
                "due": _z(r.due), "shown": _z(r.shown) if r.shown else None,
                "late_min": round((r.shown - r.due).total_seconds() / 60, 2) if r.shown else None, "answer": r.answer,
            }
            for r in rows
        ]
    }  # fmt: skip
    cells = [(day_words(r.nominal_date), r.outcome, r.reason, r.answer) for r in rows]
    say(options, document, lambda: table(("Evening", "Outcome", "Reason", "Answer"), cells, "No reminder was due yet."))
