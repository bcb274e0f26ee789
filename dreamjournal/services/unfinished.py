"""Words that stood in a field when the journal was locked: kept inside it, or sealed in memory where it could not be written."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

from dreamjournal.common.errors import KnownError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.services.journals import Journal

_SETTING = "unfinished_words"
"""In the journal's own settings and no draft: a nurse with no patient open has no person a draft could belong to."""
_PURPOSE = b"dreamjournal: unfinished words"
_NONCE = 12


@dataclass(frozen=True)
class Unfinished:
    """What was typed into one field. `where` is the title of its dialog or page, `label` its own name, `person_id` 0 for none."""

    where: str
    label: str
    text: str
    person_id: int = 0


def keep(journal: Journal, found: Sequence[Unfinished]) -> None:
    """Keep words in the journal, after those that were not asked for yet. Raises KnownError."""
    if found:
        journal.settings.set(_SETTING, [asdict(each) for each in (*kept(journal), *found)], None)


def kept(journal: Journal) -> tuple[Unfinished, ...]:
    """The words that wait to be asked for, the oldest first."""
    return _read(journal.settings.get(_SETTING, None))


def forget(journal: Journal) -> None:
    """The person has them: take them out of the journal."""
    journal.settings.set(_SETTING, None, None)


def keep_or_seal(journal: Journal, found: Sequence[Unfinished]) -> bytes | None:
    """Keep words in the journal; where it cannot be written (a full disk), give them back sealed under the journal's key.

    None when they are in the journal, or nothing was to be kept.
    """
    try:
        keep(journal, found)
    except KnownError:
        return None if journal.key is None else seal(journal.key, found)
    return None


def seal(key: bytes, found: Sequence[Unfinished]) -> bytes:
    """Words that only `key`, the journal's 32-byte key, makes readable again."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE)
    text = json.dumps([asdict(each) for each in found], ensure_ascii=False)
    return nonce + AESGCM(key).encrypt(nonce, text.encode("utf-8", "surrogatepass"), _PURPOSE)


def unseal(key: bytes, sealed: bytes) -> tuple[Unfinished, ...]:
    """The words of `seal`; none where `key` is another journal's."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        text = AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _PURPOSE)
    except InvalidTag:
        return ()
    return _read(json.loads(text.decode("utf-8", "surrogatepass")))


def _read(rows: Any) -> tuple[Unfinished, ...]:
    if not isinstance(rows, list):
        return ()
    found: list[Unfinished] = []
    for row in cast("list[Any]", rows):
        try:
            found.append(Unfinished(**row))
        except TypeError:  # written by another version: what it holds cannot be guessed
            continue
    return tuple(found)
