"""Run under the preloaded `failing.c`: each writer is done again with its 1st, 2nd, … call failing, and looked at after each.

Prints one JSON document: for each writer how many faults were injected and what was found that must not be.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from dreamjournal.common.errors import KnownError
from dreamjournal.common.files import atomic_write
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.services import backups, dreams, journals, keys, whole_journal
from tests.fakes import FakeClock

FAULTS = (-errno.ENOSPC, errno.ENOSPC, errno.EIO, 0)
"""What a call fails with: less than 0 and so does every later one, 0 and it writes only half."""
shim = ctypes.CDLL(None)


def rounds(act: Callable[[], object], look: Callable[[bool], list[str]], step: int) -> tuple[int, list[str]]:
    """Fail each call in turn with each fault; `look` is told whether the act said it was done."""
    shim.arm(0, 0)
    act()
    calls = int(shim.calls())
    found: list[str] = []
    injected = 0
    for fault in FAULTS if step == 1 else FAULTS[::3]:
        for at in range(1, calls + 1, step):
            shim.arm(at, fault)
            done = False
            try:
                act()
                done = True
            except (OSError, KnownError):
                pass
            except Exception as error:  # noqa: BLE001 - what no person may see
                found.append(f"call {at}, fault {fault}: {type(error).__name__}: {error}")
            shim.arm(0, 0)
            injected += 1
            found += [f"call {at} of {calls}, fault {fault}: {said}" for said in look(done)]
    return injected, found


def main(folder: Path, step: int) -> None:
    """Every writer in turn, in `folder`."""
    clock = FakeClock()
    told: dict[str, tuple[int, list[str]]] = {}
    text, turn = folder / "text", [0]
    text.mkdir()
    atomic_write(text / "page", b"0")

    def write() -> None:
        turn[0] += 1
        atomic_write(text / "page", str(turn[0]).encode() * 50_000)

    def look_at_text(done: bool) -> list[str]:
        data = (text / "page").read_bytes()
        is_new, value = data == str(turn[0]).encode() * 50_000, data[:12]
        said = [] if is_new or (not done and len(data) in (1, *(50_000 * n for n in range(1, 9)))) else [f"{value!r}"]
        return said + [f"left {p.name}" for p in text.iterdir() if p.name != "page"]

    told["a whole file"] = rounds(write, look_at_text, min(step, 2))

    made = keys.make_journal(
        folder / "j" / "journal.db", kind=journals.JournalKind.OWN, protection=keys.Protection.PASSPHRASE,
        passphrase="first", clock=clock,
    )  # fmt: skip
    journal = made.journal
    for n in range(5):
        dreams.save(journal, 1, DreamDraft(date(2026, 7, 1 + n), f"Low tide {n}."), clock)

    out = folder / "out"
    out.mkdir()

    def look_at_export(done: bool) -> list[str]:
        import zipfile

        said = [f"left {p.name}" for p in out.iterdir() if p.name != "all.zip"]
        if (out / "all.zip").exists():
            with zipfile.ZipFile(out / "all.zip") as archive:
                broken = archive.testzip()
            said += [f"broken: {broken}"] if broken else []
        elif done:
            said.append("no file")
        (out / "all.zip").unlink(missing_ok=True)
        return said

    told["an export"] = rounds(lambda: whole_journal.export(journal, out / "all.zip", clock), look_at_export, step)
    (out / "all.zip").unlink(missing_ok=True)

    key = journal.key
    assert key is not None
    passphrases = ["first"]

    def change() -> None:
        passphrases.append(f"passphrase {len(passphrases)}")
        keys.change_passphrase(journal.path, key, passphrases[-1], clock)

    def look_at_slots(done: bool) -> list[str]:
        opens = []
        for passphrase in passphrases[-1:] if done else passphrases[:-3:-1]:
            with contextlib.suppress(KnownError):
                opens.append(keys.unlock(journal.path, passphrase))
                passphrases.append(passphrase)
                break
        temps = [f"left {p.name}" for p in journal.path.parent.iterdir() if p.name.endswith(".part")]
        return temps if opens else [*temps, "neither the old nor the new passphrase opens it"]

    told["the key slots"] = rounds(change, look_at_slots, min(step, 4))  # there are few calls

    def back_up() -> None:
        clock.advance(minutes=31)
        backups.make(journal, "asked", clock)

    def look_at_backups(done: bool) -> list[str]:
        home = journal.path.parent / "backups" / journal.path.name
        said = [f"left {p.name}" for p in home.iterdir() if p.name.endswith(".part")] if home.exists() else []
        for backup in backups.listed(journal.path)[:1]:
            with contextlib.suppress(KnownError):
                backups.verify(journal.path, backup, key, clock)
                continue
            said.append("a backup that is listed does not open")
        return said

    told["a backup"] = rounds(back_up, look_at_backups, step if step == 1 else 3 * step)
    journal.close()
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
