"""What every command shares: the options, the journal, the person, and how answers are printed."""

from __future__ import annotations

import json
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dreamjournal.common.clock import Clock, SystemClock
from dreamjournal.common.errors import UserError
from dreamjournal.common.paths import default_journal
from dreamjournal.domain.person import JournalKind

if TYPE_CHECKING:
    from dreamjournal.domain.person import Person
    from dreamjournal.services.journals import Journal

PASSPHRASE = "DREAMJOURNAL_PASSPHRASE"  # noqa: S105 - the name of a variable
NEW_PASSPHRASE = "DREAMJOURNAL_NEW_PASSPHRASE"  # noqa: S105 - the name of a variable
_STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What would steer a terminal or turn its text about; in JSON the first of them are escapes already."""
_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass
class Options:
    """The options that stand before or after any command; the last one given counts."""

    journal: Path | None = None
    json: bool = False
    person: str | None = None
    kind: JournalKind | None = None
    clock: Clock = field(default_factory=SystemClock)

    @property
    def path(self) -> Path:
        """The journal meant."""
        return (self.journal or default_journal()).expanduser().absolute()


def _store(name: str, read: Callable[[Any], Any]) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(ctx: click.Context, _param: click.Parameter, value: Any) -> None:
        if value is not None and value is not False:
            setattr(ctx.ensure_object(Options), name, read(value))

    return keep


def placed(command: _F) -> _F:
    """Add --journal, --json and --person to a command that has a --kind of its own."""
    for option in (
        click.option("--person", metavar="P", expose_value=False, callback=_store("person", str), help="Whose nights are meant."),
        click.option("--json", is_flag=True, expose_value=False, callback=_store("json", bool), help="Print one JSON document."),
        click.option("--journal", metavar="PATH", expose_value=False, callback=_store("journal", Path), help="The journal file."),
    ):  # fmt: skip
        command = option(command)
    return command


def common(command: _F) -> _F:
    """Add --journal, --json, --person and --kind to a command or group."""
    kind = click.option(
        "--kind",
        type=click.Choice([k.value for k in JournalKind]),
        expose_value=False,
        callback=_store("kind", JournalKind),
        help="What a new journal is for: own (default) or nurse.",
    )
    return placed(kind(command))


class Day(click.ParamType[date]):
    """A night: the evening's date as 2026-07-09."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            if len(str(value)) != 10:
                raise ValueError
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no date like 2026-07-09.", param, ctx)


DAY = Day()


def chosen(ctx: click.Context) -> Options:
    """The options of this call."""
    return ctx.ensure_object(Options)


# The journal


@contextmanager
def reading(options: Options) -> Generator[Journal]:
    """The journal, for a command that reads. Raises UserError where there is none."""
    from dreamjournal.services import journals

    path = options.path
    if not journals.exists(path):
        raise UserError(
            "There is no journal yet",
            f"nothing was found at {path}",
            "write or import something first, or name a journal with --journal",
        )
    yield from _open(options)


@contextmanager
def writing(options: Options) -> Generator[Journal]:
    """The journal, for a command that writes; made where it is missing."""
    from dreamjournal.services import journals

    path = options.path
    if journals.exists(path):
        yield from _open(options)
        return
    passphrase = new_passphrase()
    made = journals.create(path, kind=options.kind or JournalKind.OWN, passphrase=passphrase, clock=options.clock)
    if not passphrase:
        click.echo(
            f"A journal was made without a passphrase: anybody who can read {path} can read it; "
            f"set {PASSPHRASE} to make one with a key.",
            err=True,
        )
    say_place(path)
    try:
        yield made
    finally:
        made.close()


def _open(options: Options) -> Generator[Journal]:
    from dreamjournal.services import journals, keys

    path = options.path
    key = passphrase = None
    if journals.needs_passphrase(path):
        key = None if os.environ.get(PASSPHRASE) else keys.unlock_from_keyring(path)
        passphrase = _passphrase() if key is None else None
    journal = journals.open_existing(path, passphrase=passphrase, key=key)
    for notice in journal.notices:
        click.echo(plain(notice), err=True)
    try:
        if options.kind is not None and options.kind != journal.kind:
            raise UserError(
                "The journal is of another kind",
                f"it was made as {journal.kind.value}",
                "leave --kind out or name another journal",
            )
        yield journal
    finally:
        journal.close()


def the_key(options: Options) -> bytes | None:
    """The database key, by keyring or passphrase, without opening the journal; None where none is needed. Raises UserError."""
    from dreamjournal.services import journals, keys

    path = options.path
    if not journals.needs_passphrase(path):
        return None
    key = None if os.environ.get(PASSPHRASE) else keys.unlock_from_keyring(path)
    if key is not None:
        return key
    secret = _passphrase()
    if not secret:
        raise UserError("The journal is locked", "it has a passphrase", f"set {PASSPHRASE} or type the passphrase")
    return keys.unlock(path, secret)


def say_place(path: Path) -> None:
    """Warn of a place where a new journal is not well kept."""
    from dreamjournal.common.places import place_of

    what, what_now = place_of(path).warning
    if what:
        click.echo(plain(f"{what} {what_now}"), err=True)


def _terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _passphrase() -> str | None:
    given = os.environ.get(PASSPHRASE, "")
    if given or not _terminal():
        return given or None
    return (
        str(click.prompt("Passphrase or recovery code", hide_input=True, err=True, default="", show_default=False))
        or None
    )


def new_passphrase() -> str | None:
    """The passphrase for a new journal, from the variable or typed twice at a terminal; None where there is to be none."""
    given = os.environ.get(PASSPHRASE, "")
    if given or not _terminal():
        return given or None
    return typed_twice("A passphrase for the new journal (empty: none)", "No journal was made") or None


def changed_passphrase(words: str) -> str:
    """The passphrase to be used from now on, from its variable or typed twice. Raises UserError where there is none."""
    given = os.environ.get(NEW_PASSPHRASE, "")
    if not given and _terminal():
        given = typed_twice(words, "Nothing was changed")
    if not given:
        raise UserError(
            "Nothing was changed", "there is no new passphrase", f"set {NEW_PASSPHRASE} or type it at a terminal"
        )
    return given


def typed_twice(words: str, what: str) -> str:
    """What was typed twice alike, perhaps nothing. Raises UserError beginning with `what`."""
    first = str(click.prompt(words, hide_input=True, err=True, default="", show_default=False))
    if not first:
        return ""
    again = str(click.prompt("The same again", hide_input=True, err=True, default="", show_default=False))
    if again != first:
        raise UserError(what, "the two passphrases differ", "start again")
    return first


def the_person(journal: Journal, options: Options) -> Person:
    """The person meant. Raises UserError naming those there are."""
    from dreamjournal.services import persons

    return persons.the_person(journal, options.person)


# Answers


def say(options: Options, document: dict[str, Any], words: Callable[[], str]) -> None:
    """Print the JSON document or the words."""
    if options.json:
        # Written as bytes: the terminal's encoding must not decide whether a dream can be printed.
        text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
        text = _STEERS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode() + b"\n")
        return
    text = words()
    if text:
        click.echo(_STEERS.sub(" ", text))


def done(options: Options, made: Any, words: str, **more: Any) -> None:
    """Print that a change was made; `made` is the id of what was."""
    say(options, {"ok": True, "id": made, **more}, lambda: words)


def table(headers: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> str:
    """Rows under headers in columns; `empty` where there are none. None prints as an en dash."""
    if not rows:
        return empty
    cells = [[plain("–" if c is None or c == "" else str(c)) for c in row] for row in rows]
    widths = [max(len(headers[i]), *(len(r[i]) for r in cells)) for i in range(len(headers))]
    lines = ["  ".join(h.ljust(w) for h, w in zip(headers, widths, strict=True)).rstrip()]
    lines += ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join(lines)


def plain(text: str) -> str:
    """Text on one line without control characters: a dream must not steer the terminal."""
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())


def day_words(day: date) -> str:
    """A night in words: Thu 9 Jul 2026."""
    return f"{day:%a} {day.day} {day:%b %Y}"
