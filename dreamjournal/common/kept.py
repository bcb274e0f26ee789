"""What was made from a journal, kept for as long as nothing in it changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from dreamjournal.common.collecting import let_go

T = TypeVar("T")

MOST = {"nights": 2, "report": 4}
"""How much of each kind is kept: the nights of ten years are some tens of megabytes."""


class Held:
    """What was made while a journal stood in one state. Who still holds it after a change reads and writes beside the next."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[str, dict[Hashable, Any]] = {}

    def get(self, kind: str, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gave for this key, made anew where it is not kept. What is longest unused gives way."""
        with self._lock:
            of_kind = self._made.setdefault(kind, {})
            if key in of_kind:
                of_kind[key] = found = of_kind.pop(key)  # now the last one used
                return cast("T", found)
        made = make()
        with self._lock:
            of_kind[key] = made
            over = [of_kind.pop(k) for k in list(of_kind)[: -MOST[kind]]]
        _free(over)
        return made

    @property
    def empty(self) -> bool:
        """Whether nothing is kept."""
        return not any(self._made.values())

    def drop(self) -> None:
        """Keep nothing of it any more."""
        with self._lock:
            made, self._made = self._made, {}
        _free([x for of_kind in made.values() for x in of_kind.values()])


class Kept:
    """The one `Held` of the state a journal is in; what was made in an earlier state is let go."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: Hashable = None
        self._held = Held()
        self._closed = False

    def at(self, state: Hashable) -> Held:
        """What is kept of this state. `state` must be read before what is made in it: what is newer is then made anew."""
        with self._lock:
            if self._closed:
                return Held()  # of the one who asks alone
            if state == self._state:
                return self._held
            old, self._held, self._state = self._held, Held(), state
            found = self._held
        old.drop()
        return found

    @property
    def empty(self) -> bool:
        """Whether nothing is kept."""
        return self._held.empty

    def drop(self) -> None:
        """Keep nothing."""
        with self._lock:
            held, self._held, self._state = self._held, Held(), None
        held.drop()

    def close(self) -> None:
        """Keep nothing from now on: the journal is closed."""
        with self._lock:
            self._closed = True
        self.drop()


def _free(made: list[Any]) -> None:
    for each in made:
        if isinstance(each, list):
            let_go(cast("list[Any]", each))
