"""The keyring, against a real Secret Service on a bus of its own: whatever becomes of it, it is only ever a "no"."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain.person import JournalKind
from dreamjournal.domain.protection import Protection
from dreamjournal.services import keys
from dreamjournal.store import encryption, keyring_slot, slots
from tests.fakes import FakeClock

CHILD = """
import json, sys
from pathlib import Path
from dreamjournal.store import encryption
encryption.ARGON = encryption.Cost(64, 1, 1)
from dreamjournal.common.clock import SystemClock
from dreamjournal.common.errors import KnownError
from dreamjournal.domain.person import JournalKind
from dreamjournal.domain.protection import Protection
from dreamjournal.services import keys
from dreamjournal.store import keyring_slot
path, clock = Path(sys.argv[1]), SystemClock()

def bus():
    import secretstorage
    return secretstorage.Collection(secretstorage.dbus_init())

def items():
    return [i for i in bus().get_all_items() if i.get_attributes().get("service") == "dreamjournal"]

for line in sys.stdin:
    said = {}
    try:
        exec(json.loads(line), globals(), said)
        print(json.dumps([True, said.get("answer")]), flush=True)
    except KnownError as error:
        print(json.dumps([False, error.sentence]), flush=True)
"""


class Service:
    """A Secret Service nobody else sees."""

    def __init__(self, folder: Path) -> None:
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("DBUS", "XDG", "PYTHON_KEYRING"))}
        for name in ("XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "HOME"):
            self.env[name] = str(folder / name.lower())
            Path(self.env[name]).mkdir(mode=0o700)
        self.bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"],
            env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.env["DBUS_SESSION_BUS_ADDRESS"] = self.bus.stdout.readline().strip()
        self.daemon = subprocess.Popen(
            ["gnome-keyring-daemon", "--unlock", "--components=secrets", "--foreground"],
            env=self.env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.daemon.stdin.write(b"pass")
        self.daemon.stdin.close()

    def ask(self, path: Path) -> None:
        """Start the process in which this service is the keyring."""
        self.child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path)], env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )  # fmt: skip

    def run(self, code: str, *, good: bool = True) -> Any:
        """What the code left in `answer`, or the sentence of its error."""
        self.child.stdin.write(json.dumps(code) + "\n")
        self.child.stdin.flush()
        went_well, answer = json.loads(self.child.stdout.readline())
        assert went_well is good, answer
        return answer

    def stop(self) -> None:
        self.child.stdin.close()
        for process in (self.daemon, self.bus):
            if process.poll() is None:
                process.terminate()
                process.wait(10)
        self.child.wait(10)
        self.child.stdout.close()
        self.bus.stdout.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    for program in ("gnome-keyring-daemon", "dbus-daemon"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed: no real Secret Service to ask")
    made = Service(tmp_path)
    made.ask(tmp_path / "journal.db")
    wait, until = threading.Event(), monotonic() + 10
    while monotonic() < until:
        if made.run("answer = keyring_slot.is_available()"):
            break
        wait.wait(0.1)
    else:
        made.stop()
        pytest.skip("the Secret Service did not come up here")
    yield made
    made.stop()


MAKE = """
made = keys.make_journal(path, kind=JournalKind.OWN, protection=Protection.COMPUTER, clock=clock)
made.journal.close()
answer = made.recovery_code
"""
TRY = "k = keys.unlock_from_keyring(path); answer = k.hex() if k else None"


def test_a_real_secret_service_opens_a_journal_and_its_ends_are_a_no(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    code = service.run(MAKE)
    key = service.run(TRY)
    assert key is not None and bytes.fromhex(key) == keys.unlock(path, code)
    status = keys.status(path)
    assert [s.kind for s in status.slots] == ["recovery", "keyring"] and not status.keyring_available
    before = {p.name: p.read_bytes() for p in tmp_path.glob("journal.db*")}

    # out and in again, through the service itself
    assert service.run("keys.take_out_of_keyring(path); answer = len(items())") == 0
    assert service.run(TRY) is None
    put = f"keys.put_in_keyring(path, bytes.fromhex({key!r})); answer = len(items())"
    assert service.run(put) == 1
    assert service.run(put) == 1  # the one before it was taken out
    assert service.run(TRY) == key

    # a value that somebody changed, then one that is no value at all
    for value in ("AAAA", "!!!", "\\x00", "A" * 44):
        changed = f"[i.set_secret({value!r}.encode()) for i in items()]; "
        assert service.run(changed + TRY) is None
    assert service.run(put) == 1 and service.run(TRY) == key

    # a new database key changes nothing for the keyring
    again = service.run(f"k = keys.rekey(path, bytes.fromhex({key!r}), clock); answer = k.hex()")
    assert again != key and service.run(TRY) == again

    # locked: no question, no waiting, nothing written
    begun = monotonic()
    locked = service.run(f"bus().lock(); a = keyring_slot.is_available(); b = keyring_slot.put(b'n', b's'); {TRY}")
    assert locked is None and monotonic() - begun < 10
    assert "no keyring that is open" in service.run(f"keys.put_in_keyring(path, bytes.fromhex({again!r}))", good=False)

    # hung, then gone: the code still opens it
    service.run("keyring_slot.WAIT_S = 1.0")
    service.daemon.send_signal(signal.SIGSTOP)
    begun = monotonic()
    assert service.run(TRY) is None and monotonic() - begun < 5
    service.daemon.send_signal(signal.SIGCONT)
    service.daemon.kill()
    service.daemon.wait(10)
    assert service.run(TRY) is None
    assert service.run(f"answer = keys.unlock(path, {code!r}).hex()") == again
    service.bus.terminate()
    service.bus.wait(10)
    assert service.run(TRY) is None
    assert keys.unlock(path, code).hex() == again
    assert before.keys() == {p.name for p in tmp_path.glob("journal.db*") if p.suffix != ".lock"}


# Other backends: each is put in the library's place


class Backend:
    priority = 5

    def __init__(self, kept: dict[tuple[str, str], str] | None = None, fault: BaseException | None = None) -> None:
        self.kept = {} if kept is None else kept
        self.fault = fault

    def _go(self) -> None:
        if self.fault is not None:
            raise self.fault

    def get_password(self, service: str, name: str) -> str | None:
        self._go()
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, value: str) -> None:
        self._go()
        self.kept[service, name] = value

    def delete_password(self, service: str, name: str) -> None:
        self._go()
        del self.kept[service, name]


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> Any:
    import keyring

    monkeypatch.setattr(encryption, "ARGON", encryption.Cost(64, 1, 1))

    def choose(backend: Any) -> None:
        monkeypatch.setattr(keyring, "get_keyring", lambda: backend)

    return choose


def test_a_changed_keyring_is_a_no_and_the_code_opens(tmp_path: Path, clock: FakeClock, chosen: Any) -> None:
    path = tmp_path / "journal.db"
    first = Backend()
    chosen(first)
    made = keys.make_journal(path, kind=JournalKind.OWN, protection=Protection.COMPUTER, clock=clock)
    made.journal.close()
    key = keys.unlock_from_keyring(path)
    assert key is not None and len(first.kept) == 1 and all(s == "dreamjournal" for s, _ in first.kept)
    wrong = dict.fromkeys(first.kept, "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=")
    import keyring.errors

    faults: list[BaseException] = [
        keyring.errors.NoKeyringError(), keyring.errors.KeyringLocked(), keyring.errors.InitError(), RuntimeError("?"),
        OSError(5, "?"), AttributeError("?"), UnicodeDecodeError("utf-8", b"", 0, 1, "?"), MemoryError(), KeyboardInterrupt(),
    ]  # fmt: skip
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    for other in (
        Backend(),
        Backend(wrong),
        Backend(dict.fromkeys(first.kept, "\udc80")),
        *(Backend(fault=f) for f in faults),
    ):
        chosen(other)
        if isinstance(other.fault, KeyboardInterrupt):
            continue
        assert keys.unlock_from_keyring(path) is None
        assert keys.unlock(path, made.recovery_code or "") == key
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before
    chosen(first)
    assert keys.unlock_from_keyring(path) == key


def test_no_journal_is_made_where_the_keyring_keeps_nothing(tmp_path: Path, clock: FakeClock, chosen: Any) -> None:
    class Forgetful(Backend):
        def set_password(self, service: str, name: str, value: str) -> None:
            return None

    class Never(Backend):
        priority = 0

    for backend in (Forgetful(), Never(), Backend(fault=RuntimeError("?"))):
        chosen(backend)
        with pytest.raises(UserError, match="no keyring"):
            keys.make_journal(
                tmp_path / "journal.db", kind=JournalKind.OWN, protection=Protection.COMPUTER, clock=clock
            )
        assert not any(tmp_path.iterdir())


def test_a_keyring_that_never_answers_is_left_alone(
    tmp_path: Path, clock: FakeClock, chosen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()

    class Hung(Backend):
        def get_password(self, service: str, name: str) -> str | None:
            let_go.wait(30)
            return None

    path = tmp_path / "journal.db"
    chosen(Backend())
    keys.make_journal(path, kind=JournalKind.OWN, protection=Protection.COMPUTER, clock=clock).journal.close()
    monkeypatch.setattr(keyring_slot, "WAIT_S", 0.2)
    chosen(Hung())
    begun = monotonic()
    assert keys.unlock_from_keyring(path) is None
    assert monotonic() - begun < 5
    let_go.set()
    keys.take_out_of_keyring(path)
    assert [s.kind for s in keys.status(path).slots] == ["recovery"]
    assert slots.has_slots(path)
