"""How a journal is kept from other eyes."""

from __future__ import annotations

from enum import StrEnum


class Protection(StrEnum):
    """What opens a journal."""

    PASSPHRASE = "passphrase"  # noqa: S105 - a word, not a secret
    """A passphrase, typed each time."""
    COMPUTER = "computer"
    """This computer's keyring; a recovery code anywhere else."""
    NONE = "none"
    """Nothing: whoever can read the file can read the journal."""
