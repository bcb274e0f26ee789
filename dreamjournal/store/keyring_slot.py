"""The computer's keyring, which may keep one random secret of a journal. It is a convenience and never more than a "no".

A keyring that is missing, locked, hung, changed for another or that answers nonsense opens nothing, and nothing waits for it:
the recovery code opens the journal then. The library is loaded only inside these functions, and it is asked in a thread of its
own that is left behind where it does not answer. It is never made to ask the person for anything.
"""

from __future__ import annotations

# pyright: reportUnknownMemberType=false
import base64
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "dreamjournal"
WAIT_S = 5.0
_T = TypeVar("_T")


def is_available() -> bool:
    """Whether a keyring is there and open."""
    return bool(_asked(lambda: _usable() is not None))


def get(name: bytes) -> bytes | None:
    """The secret kept under a name, None whatever else happens."""

    def ask() -> bytes | None:
        found = _usable()
        kept = found.get_password(SERVICE, name.hex()) if found is not None else None
        return base64.b64decode(kept, validate=True) if kept else None

    return _asked(ask)


def put(name: bytes, secret: bytes) -> bool:
    """Keep a secret; whether the keyring gave it back afterwards."""

    def ask() -> bool:
        found = _usable()
        if found is None:
            return False
        kept = base64.b64encode(secret).decode("ascii")
        found.set_password(SERVICE, name.hex(), kept)
        return found.get_password(SERVICE, name.hex()) == kept

    return bool(_asked(ask))


def forget(name: bytes) -> bool:
    """Take a secret out; whether the keyring did."""

    def ask() -> bool:
        found = _usable()
        if found is None:
            return False
        found.delete_password(SERVICE, name.hex())
        return True

    return bool(_asked(ask))


def _usable() -> KeyringBackend | None:
    """The first keyring that keeps things and is not locked."""
    from keyring import get_keyring
    from keyring.backend import KeyringBackend
    from keyring.backends.chainer import ChainerBackend

    chosen = get_keyring()
    every: list[KeyringBackend] = list(chosen.backends) if isinstance(chosen, ChainerBackend) else [chosen]
    if all(b.priority <= 0 for b in every):
        # The library remembers what it found at first: a keyring that came up later is looked for here.
        every = [found() for found in KeyringBackend.get_viable_backends() if found.priority > 0]
        every = [b for b in every if not isinstance(b, ChainerBackend)]
    return next((b for b in every if b.priority > 0 and not _is_locked(b)), None)


def _is_locked(backend: KeyringBackend) -> bool:
    """Whether asking it would put a question to the person, or would wait for one that nobody can see."""
    if not type(backend).__module__.endswith(".SecretService"):
        return False
    import contextlib

    import secretstorage

    with contextlib.closing(secretstorage.dbus_init()) as bus:
        return secretstorage.Collection(bus).is_locked()  # raises where there is no default collection yet


def _asked(ask: Callable[[], _T]) -> _T | None:
    answer: list[_T] = []

    def work() -> None:
        try:
            answer.append(ask())
        except Exception:  # noqa: BLE001 - whatever a keyring raises, its answer is "no"
            return

    asking = threading.Thread(target=work, name="keyring", daemon=True)
    asking.start()
    asking.join(WAIT_S)
    return answer[0] if answer else None
