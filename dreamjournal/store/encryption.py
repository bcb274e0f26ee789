"""The key slots of a journal: a random database key, sealed under the person's passphrase.

The slot file is `PATH.keys`, with a second copy `PATH.keys.copy`, since losing it would lose the diary. A slot is
AES-256-GCM over the database key under a key from Argon2id (RFC 9106); its tag answers "is the passphrase right", so
that a database that will not open afterwards is known to be damaged.
"""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path
from typing import Any, cast

from dreamjournal.common.errors import StoreError, WrongPassphrase
from dreamjournal.common.files import atomic_write
from dreamjournal.common.paths import keys_path

FORMAT = "dreamjournal-keys"
VERSION = 1
ARGON = {"memory_kib": 64 * 1024, "time": 3, "lanes": 4}
CAPS = {"memory_kib": 1024 * 1024, "time": 16, "lanes": 16}
"""Refused above: a hostile slot file could otherwise ask for all memory."""


def new_key() -> bytes:
    """A random 32-byte database key."""
    return secrets.token_bytes(32)


def passphrase_slot(key: bytes, passphrase: str) -> dict[str, Any]:
    """A slot that gives `key` back for `passphrase`."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_derive(passphrase, salt, ARGON)).encrypt(nonce, key, FORMAT.encode())
    return {
        "kind": "passphrase",
        "kdf": "argon2id",
        **ARGON,
        "salt": _b64(salt),
        "nonce": _b64(nonce),
        "sealed": _b64(sealed),
    }


def write_slots(journal: Path, slots: list[dict[str, Any]]) -> None:
    """Write both copies of the slot file. Raises OSError."""
    data = json.dumps({"format": FORMAT, "version": VERSION, "slots": slots}, indent=1).encode()
    path = keys_path(journal)
    atomic_write(path, data)
    atomic_write(path.with_name(path.name + ".copy"), data)


def remove_slots(journal: Path) -> None:
    """Take the slot files away again, when making a journal failed."""
    path = keys_path(journal)
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".copy").unlink(missing_ok=True)


def has_slots(journal: Path) -> bool:
    """Whether the journal has key slots, hence a passphrase."""
    path = keys_path(journal)
    return path.exists() or path.with_name(path.name + ".copy").exists()


def unlock(journal: Path, passphrase: str) -> bytes:
    """The database key. Raises WrongPassphrase, or StoreError when neither copy of the slot file can be read."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    for slot in _read(journal):
        if slot.get("kind") != "passphrase":
            continue
        try:
            cost = {name: int(slot[name]) for name in ARGON}
            salt, nonce, sealed = (base64.b64decode(slot[n], validate=True) for n in ("salt", "nonce", "sealed"))
        except (KeyError, ValueError, TypeError):
            continue
        if any(not 0 < cost[name] <= CAPS[name] for name in CAPS):
            raise StoreError(
                "The journal was not opened", "its key file asks for too much work", "put back a copy of the key file"
            )
        try:
            return AESGCM(_derive(passphrase, salt, cost)).decrypt(nonce, sealed, FORMAT.encode())
        except (InvalidTag, ValueError):
            continue
    raise WrongPassphrase(
        "That did not open it", "the passphrase is not the one of this journal", "nothing is lost; try again"
    )


def _read(journal: Path) -> list[dict[str, Any]]:
    path = keys_path(journal)
    for candidate in (path, path.with_name(path.name + ".copy")):
        try:
            document = json.loads(candidate.read_bytes())
        except (OSError, ValueError):
            continue
        if isinstance(document, dict):
            parsed = cast("dict[str, Any]", document)
            if (
                parsed.get("format") == FORMAT
                and parsed.get("version") == VERSION
                and isinstance(parsed.get("slots"), list)
            ):
                return [cast("dict[str, Any]", s) for s in cast("list[object]", parsed["slots"]) if isinstance(s, dict)]
    raise StoreError(
        "The journal was not opened", "its key file cannot be read", "put back a copy of the file that ends in .keys"
    )


def _derive(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    import unicodedata

    from argon2.low_level import Type, hash_secret_raw

    # The same passphrase typed on two keyboards may come composed or decomposed.
    secret = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    return hash_secret_raw(
        secret,
        salt,
        time_cost=cost["time"],
        memory_cost=cost["memory_kib"],
        parallelism=cost["lanes"],
        hash_len=32,
        type=Type.ID,
    )


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
