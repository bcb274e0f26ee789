"""The command `key`: what opens the journal, and changing it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreamjournal.app.commands.shared import (
    NEW_PASSPHRASE,
    PASSPHRASE,
    Options,
    changed_passphrase,
    chosen,
    common,
    reading,
    say,
)
from dreamjournal.app.commands.whole import told_progress
from dreamjournal.common.errors import UserError
from dreamjournal.domain.protection import Protection

if TYPE_CHECKING:
    from dreamjournal.services.keys import KeyStatus

WORDS = {
    "passphrase": "your passphrase",
    "recovery": "your recovery code",
    "keyring": "this computer's keyring, without asking",
}
KEEP = (
    "Write it down now; it is not shown again and is kept nowhere. Whoever has it and the journal can read everything, so keep it "
    "away from this computer. Type it wherever the passphrase is asked for; upper and lower case, spaces and hyphens do not matter."
)
PIECES = (
    "A disk may still hold pieces of what was there before: flash memory writes elsewhere, and snapshots and programs that copy "
    "to a cloud keep old files. Only encrypting the whole disk covers that."
)


@click.group("key", invoke_without_command=True)
@common
@click.pass_context
def key(ctx: click.Context) -> None:
    """What opens the journal: passphrase, recovery code, keyring. Passphrases are never arguments.

    The present one comes from DREAMJOURNAL_PASSPHRASE, a new one from DREAMJOURNAL_NEW_PASSPHRASE, or both are typed.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(status)


@key.command("status")
@common
@click.pass_context
def status(ctx: click.Context) -> None:
    """Whether the journal is encrypted, and what opens it. Needs no passphrase."""
    from dreamjournal.services import keys

    options = chosen(ctx)
    found = keys.status(options.path)
    document: dict[str, Any] = {
        "encrypted": found.encrypted,
        "check": "the first bytes of the file",
        "slots": [{"kind": s.kind, "made": _z(s.made)} for s in found.slots],
        "copies": found.copies_on_disk,
        "keyring": found.keyring_available,
        "trouble": found.trouble or None,
    }
    say(options, document, lambda: _status_words(found))


def _status_words(found: KeyStatus) -> str:
    if not found.encrypted:
        return "Not encrypted: whoever can read the file can read the journal. To change that: dreamjournal key encrypt"
    lines = ["Encrypted: the file does not begin as a readable database does."]
    if found.trouble:
        lines.append(f"It cannot be opened now: {found.trouble}.")
    else:
        lines += [f"Opened by {WORDS[s.kind]}{f', since {s.made:%Y-%m-%d}' if s.made else ''}." for s in found.slots]
        copies = {1: "One copy of the key file is whole; the other is mended when the journal is next opened."}
        if not any(s.kind == "recovery" for s in found.slots):
            lines.append("There is no recovery code. To make one: dreamjournal key recovery")
        lines.append(copies.get(found.copies_on_disk, "Both copies of the key file are whole."))
    lines.append(
        "The keyring of this computer can be used." if found.keyring_available else "No keyring can be used here."
    )
    return "\n".join(lines)


@key.command("change")
@common
@click.pass_context
def change(ctx: click.Context) -> None:
    """Change the passphrase. The recovery code stays."""
    from dreamjournal.services import holding, keys

    options = chosen(ctx)
    with holding.alone(options.path):
        present = _present_key(options)
        keys.change_passphrase(options.path, present, changed_passphrase("The new passphrase"), options.clock)
        old = _backups(options.path)
    _done(
        options, {"backups_with_the_old_passphrase": old},
        "The passphrase was changed; the old one opens the journal no more."
        + (f" {_many(old)} made before still open with the old one." if old else ""),
    )  # fmt: skip


@key.command("recovery")
@common
@click.pass_context
def recovery(ctx: click.Context) -> None:
    """Make a new recovery code and show it once. The one before it opens nothing any more."""
    from dreamjournal.services import holding, keys

    options = chosen(ctx)
    with holding.alone(options.path):
        code = keys.new_recovery_code(options.path, _present_key(options), options.clock)
    _done(options, {"recovery_code": code}, _code_words(code))


@key.command("rekey")
@common
@click.pass_context
def rekey(ctx: click.Context) -> None:
    """Encrypt the whole journal anew, for when its key may be known to somebody."""
    from dreamjournal.services import keys

    options = chosen(ctx)
    present = _present_key(options)
    keys.rekey(options.path, present, options.clock, told_progress())
    old = _backups(options.path)
    kept = (
        f"\n{_many(old)} keep the old key and what opened them, the one made just now too; remove them where that is not wanted, "
        "after making a new one with: dreamjournal backup now"
        if old
        else ""
    )
    _done(
        options, {"backups_with_the_old_key": old},
        "The journal has a new key. Passphrase and recovery code open it as before; whoever knows one of them should no longer: "
        f"dreamjournal key change, dreamjournal key recovery.{kept}\n{PIECES}",
    )  # fmt: skip


@key.command("encrypt")
@click.option("--computer", is_flag=True, help="Let this computer's keyring open it instead of a passphrase.")
@common
@click.pass_context
def encrypt(ctx: click.Context, computer: bool) -> None:
    """Encrypt a journal that is not. Shows its recovery code once."""
    from dreamjournal.services import journals, keys

    options = chosen(ctx)
    with reading(options) as journal:
        if journal.encrypted:
            raise UserError("Nothing was changed", "the journal is encrypted", "see: dreamjournal key status")
    protection = Protection.COMPUTER if computer else Protection.PASSPHRASE
    passphrase = None
    if not computer:
        passphrase = os.environ.get(NEW_PASSPHRASE) or os.environ.get(PASSPHRASE)
        passphrase = passphrase or changed_passphrase("A passphrase for the journal")
    code = keys.encrypt(
        options.path, protection=protection, passphrase=passphrase, clock=options.clock, progress=told_progress()
    )
    assert journals.needs_passphrase(options.path)
    old = _backups(options.path)
    kept = f"\n{_many(old)} made before are not encrypted; remove them where that is not wanted." if old else ""
    words = f"The journal is encrypted.\n{_code_words(code or '')}{kept}\nThe old file was overwritten and removed. {PIECES}"
    _done(options, {"recovery_code": code, "backups_not_encrypted": old}, words)


@key.command("decrypt")
@common
@click.pass_context
def decrypt(ctx: click.Context) -> None:
    """Take the encryption off: whoever can read the file can then read the journal."""
    from dreamjournal.services import keys

    options = chosen(ctx)
    keys.decrypt(options.path, _present_key(options), options.clock, told_progress())
    _done(options, {}, f"The journal is not encrypted any more: anybody who can read {options.path} can read it.")


@key.group("keyring")
def keyring() -> None:
    """Let this computer's keyring open the journal without asking, or no longer."""


@keyring.command("on")
@common
@click.pass_context
def keyring_on(ctx: click.Context) -> None:
    """Put a key into this computer's keyring."""
    from dreamjournal.services import holding, keys

    options = chosen(ctx)
    with holding.alone(options.path):
        keys.put_in_keyring(options.path, _present_key(options), options.clock)
    _done(options, {}, "This computer opens the journal without asking while you are logged in.")


@keyring.command("off")
@common
@click.pass_context
def keyring_off(ctx: click.Context) -> None:
    """Take the key out of this computer's keyring; needs no passphrase."""
    from dreamjournal.services import holding, keys

    options = chosen(ctx)
    with holding.alone(options.path):
        keys.take_out_of_keyring(options.path)
    _done(options, {}, "The keyring opens the journal no longer.")


def _present_key(options: Options) -> bytes:
    with reading(options) as journal:
        if journal.key is None:
            raise UserError(
                "Nothing was changed", "the journal is not encrypted", "encrypt it with: dreamjournal key encrypt"
            )
        return journal.key


def _done(options: Options, more: dict[str, Any], words: str) -> None:
    say(options, {"ok": True, "id": str(options.path), **more}, lambda: words)


def _code_words(code: str) -> str:
    return f"The recovery code:\n\n    {code}\n\n{KEEP}"


def _backups(path: Path) -> int:
    from dreamjournal.services import backups

    return len(backups.listed(path))


def _many(n: int) -> str:
    return "One backup" if n == 1 else f"{n} backups"


def _z(moment: Any) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
