"""Random actions of a user against a journal in memory: no difference, ever; a failure names the shortest sequence found."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest

from dreamjournal.domain.person import JournalKind
from tests.torture import killing
from tests.torture.counted import COUNTED, TOLD, size
from tests.torture.model import Action, Machine, actions

pytestmark = [pytest.mark.torture]
ACTIONS = size(200, 10_000)
EVERY = size(10, 40)
"""The whole journal is compared after so many actions, and after every crash, reopening and restoring."""
TRIES = 150
JOURNALS = {"own, plain": (JournalKind.OWN, None), "a nurse's, keyed": (JournalKind.NURSE, killing.KEY)}


def played(folder: Path, kind: JournalKind, key: bytes | None, sequence: list[Action]) -> str:
    """What differed, or "" where nothing did."""
    shutil.rmtree(folder, ignore_errors=True)
    machine = Machine(folder, kind, key)
    n = -1
    try:
        for n, action in enumerate(sequence):
            machine.do(action)
            if n % EVERY == EVERY - 1 or action[0] in ("crash", "reopen", "restore", "undo_import"):
                machine.compare()
        machine.compare()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a difference
        return f"action {n}, {sequence[n][0]}: {type(error).__name__}: {error}"
    finally:
        machine.close()
    return ""


def shortest(play, sequence: list[Action]) -> list[Action]:
    """The sequence with as much taken out as still fails."""
    tries, size = 0, max(1, len(sequence) // 2)
    while tries < TRIES:
        at, shorter = 0, False
        while at < len(sequence) and tries < TRIES:
            tries += 1
            without = sequence[:at] + sequence[at + size :]
            if without and play(without):
                sequence, shorter = without, True
            else:
                at += size
        if size == 1 and not shorter:
            break
        size = max(1, size // 2)
    return sequence


@pytest.mark.parametrize("named", JOURNALS)
def test_random_actions_leave_the_journal_as_the_model_has_it(named):
    kind, key = JOURNALS[named]
    sequence = actions(24 if key is None else 42, ACTIONS // 2)
    with killing.quick_folder() as folder:
        play = partial(played, folder / "run", kind, key)
        said = play(sequence)
        COUNTED["faults"] += sum(name == "crash" for name, *_ in sequence)
        COUNTED["acknowledged"] += len(sequence)
        COUNTED["lost"] += bool(said)
        TOLD.append(f"model: {len(sequence)} actions on a journal ({named}), {1 if said else 0} differences")
        if said:
            failing = shortest(play, sequence[: int(said.split()[1].rstrip(",")) + 1])
            pytest.fail(
                f"{said}\nThe shortest sequence found, {len(failing)} actions:\n" + "\n".join(map(repr, failing))
            )
