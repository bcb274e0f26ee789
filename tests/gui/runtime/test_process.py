"""One window a journal, what is remembered between starts, and what a crash report may hold."""

from __future__ import annotations

import faulthandler
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.runtime.crash import CrashHook
from dreamjournal.runtime.instance_name import may_be_open, server_name
from dreamjournal.runtime.single_instance import SingleInstance
from dreamjournal.runtime.window_state import WindowState, load_state, save_state

ROOT = Path(__file__).parents[3]


SECOND_START = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from dreamjournal.runtime.single_instance import SingleInstance
app = QCoreApplication([])
sys.exit(3 if SingleInstance(Path(sys.argv[1])).claim(["--capture"]) else 0)
"""


def test_a_second_start_hands_over_and_ends(qtbot, tmp_path: Path) -> None:
    first = SingleInstance(tmp_path / "journal.db")
    assert not may_be_open(tmp_path / "journal.db")
    assert first.claim([])
    first.listen(tmp_path / "journal.db")
    assert may_be_open(tmp_path / "journal.db")
    with qtbot.waitSignal(first.called, timeout=20000) as got:
        second = subprocess.Popen([sys.executable, "-c", SECOND_START, str(tmp_path / "journal.db")], cwd=ROOT)
    assert second.wait(20) == 0 and got.args == [["--capture"]]
    other = SingleInstance(tmp_path / "other.db")
    assert other.claim([])
    other.release()
    first.release()
    third = SingleInstance(tmp_path / "journal.db")
    assert third.claim([])
    third.release()


def test_the_sockets_name_tells_nothing(tmp_path: Path) -> None:
    assert "journal" not in server_name(tmp_path / "anna.db").removeprefix("dreamjournal-")
    assert "anna" not in server_name(tmp_path / "anna.db")


def test_state_is_kept_and_a_damaged_file_is_harmless(tmp_path: Path) -> None:
    path = tmp_path / "state" / "window.json"
    assert load_state(path) == WindowState()
    assert save_state(WindowState(theme="dark", scale=1.5, page="nights"), path)
    assert load_state(path) == WindowState(theme="dark", scale=1.5, page="nights")
    for damaged in ("", "[]", '{"scale": "big", "theme": 3}', "{"):
        path.write_text(damaged, encoding="utf-8")
        assert load_state(path) == WindowState()


def test_a_folder_that_cannot_be_written_loses_nothing_else(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    assert not save_state(WindowState(), blocked / "window.json")


@pytest.fixture
def hook(tmp_path: Path, qapp):
    before = sys.excepthook
    made = CrashHook(tmp_path)
    made.install()
    yield made
    made.uninstall()
    assert sys.excepthook is before


def test_a_log_of_hard_crashes_that_was_there_is_left_alone(tmp_path: Path, qapp) -> None:
    assert faulthandler.is_enabled()  # pytest's
    there = CrashHook(tmp_path / "there")
    there.install()
    assert not (tmp_path / "there").exists()
    there.uninstall()
    assert faulthandler.is_enabled()


def test_hard_crashes_are_logged_until_the_hooks_are_given_back(tmp_path: Path) -> None:
    code = (
        "import faulthandler, sys; from pathlib import Path; from dreamjournal.runtime.crash import CrashHook\n"
        "made = CrashHook(Path(sys.argv[1])); made.install(); assert faulthandler.is_enabled()\n"
        "made.uninstall(); assert not faulthandler.is_enabled()\n"
        "made.install(); faulthandler._sigsegv()"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, capture_output=True)
    assert done.returncode
    assert "Segmentation fault" in (tmp_path / "crash.log").read_text(encoding="utf-8")


def raise_and_hook(error: Exception) -> None:
    words = "the harbour dream"
    try:
        raise error
    except Exception as caught:  # noqa: BLE001 - handed to the hook as the interpreter would
        assert words
        sys.excepthook(type(caught), caught, caught.__traceback__)


def test_a_report_holds_no_words(qtbot, hook: CrashHook) -> None:
    with qtbot.waitSignal(hook.crashed) as got:
        raise_and_hook(ValueError("the harbour dream of Anna"))
    report = got.args[0]
    assert "builtins.ValueError" in report and "raise_and_hook" in report
    assert "harbour" not in report and "Anna" not in report and str(Path.home()) not in report


def test_known_errors_are_told_not_reported(qtbot, hook: CrashHook) -> None:
    with qtbot.assertNotEmitted(hook.crashed), qtbot.waitSignal(hook.known) as got:
        raise_and_hook(UserError("It was not saved", "the disk is full", "make room"))
    assert got.args[0].sentence == "It was not saved: the disk is full; make room."


def test_a_fault_in_every_frame_opens_three_dialogs_at_most(qtbot, hook: CrashHook) -> None:
    reports: list[str] = []
    hook.crashed.connect(reports.append)
    for _ in range(50):
        raise_and_hook(ValueError())
    assert len(reports) == 3


def test_threads_are_caught_too(qtbot, hook: CrashHook) -> None:
    def work() -> None:
        raise KeyError("secret")

    with qtbot.waitSignal(hook.crashed) as got:
        thread = threading.Thread(target=work)
        thread.start()
    thread.join()
    assert "KeyError" in got.args[0] and "secret" not in got.args[0]
