"""What every test stands on: a quiet screen, a fixed zone, folders of its own, a clock, a journal."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.fakes import FakeClock

ROOT = Path(__file__).resolve().parent.parent

# Before Qt, matplotlib or platformdirs look: nothing of the user's is read or written, and no note reaches the desktop.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHONPATH"] = str(ROOT)  # the app as a child process, started from any folder
os.environ["TZ"] = "Europe/London"
os.environ["LC_ALL"] = "C.UTF-8"
for _name in (
    "DREAMJOURNAL_PASSPHRASE", "SOURCE_DATE_EPOCH", "DBUS_SESSION_BUS_ADDRESS", "QT_SCALE_FACTOR", "QT_STYLE_OVERRIDE",
    "QT_QPA_PLATFORMTHEME", "LANGUAGE",
):  # fmt: skip
    os.environ.pop(_name, None)
_home = tempfile.mkdtemp(prefix="dreamjournal-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
for _name in ("CONFIG", "DATA", "STATE", "CACHE"):
    os.environ[f"XDG_{_name}_HOME"] = str(Path(_home, _name.lower()))
os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=/nonexistent"  # no sleep of this machine is held up
os.environ["XDG_RUNTIME_DIR"] = str(Path(_home, "runtime"))  # Qt warns where it is unset or open to others
Path(_home, "runtime").mkdir(mode=0o700)

settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci")

if str(ROOT) not in sys.path:  # importlib mode puts no folder there; for `from tests.fakes import FakeClock`
    sys.path.insert(0, str(ROOT))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by folder what the folder says."""
    for item in items:
        folder = item.path.relative_to(ROOT / "tests").parts[0]
        if folder in ("gui", "e2e", "bench"):
            item.add_marker(getattr(pytest.mark, folder))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The whole store suite runs with and without a database key; everything above it without."""
    if "journal" in metafunc.fixturenames:
        keyed = pytest.param("keyed", marks=pytest.mark.cipher)
        in_store = (ROOT / "tests/unit/store") in metafunc.definition.path.parents
        metafunc.parametrize("journal", ["plain", keyed] if in_store else ["plain"], indirect=True)


@pytest.fixture
def clock() -> FakeClock:
    """A clock at 21:00 in London on 9 July 2026."""
    from tests.fakes import FakeClock

    return FakeClock()


@pytest.fixture
def journal(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[Any]:
    """An open, empty journal; tests under tests/unit/store get it plain and keyed."""
    yield from _journal(clock, bytes(range(32)) if request.param == "keyed" else None)


@pytest.fixture
def plain_journal(clock: FakeClock) -> Iterator[Any]:
    """An open, empty journal without a key."""
    yield from _journal(clock, None)


def _journal(clock: FakeClock, key: bytes | None) -> Iterator[Any]:
    from dreamjournal.store.journal import memory_journal

    opened = memory_journal(key=key, clock=clock)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of recorded exports and vectors beside the project."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the recorded exports (../shared) are not beside this checkout")
    return folder


@pytest.fixture(autouse=True)
def _nothing_dangles(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test with widgets leaves no thread behind: a worker that outlives its window writes into a closed journal."""
    if request.node.get_closest_marker("gui") is None and "qapp" not in request.fixturenames:
        yield
        return
    before = set(threading.enumerate())
    gc.disable()  # until the workers have ended: a search in one of them would destroy this thread's widgets there
    try:
        yield
        # qtbot asks for closed widgets to be deleted later; now, or their timers fire in the next test, on a closed journal.
        from PySide6.QtCore import QCoreApplication, QEvent

        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        for thread in set(threading.enumerate()) - before:
            if isinstance(thread, threading._DummyThread):  # a Qt thread that once called Python; it cannot be joined
                continue
            thread.join(2)
            assert not thread.is_alive(), f"{request.node.nodeid} left the thread {thread.name} running"
    finally:
        gc.enable()
