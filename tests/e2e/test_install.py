"""The two commands: set up once, redo what was interrupted, stay out of the way afterwards."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Stands for every python3: makes a "venv" of itself, notes what pip is asked for, says how the app was started.
FAKE_PYTHON = """#!/bin/sh
case "$*" in
"-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
"-m pip install"*)
    echo "$*" >>"$FAKES/pip.log"
    [ ! -f "$FAKES/slow" ] || sleep 1
    if [ -f "$FAKES/pip-fails" ]; then cat "$FAKES/pip-fails" >&2; exit 1; fi ;;
"-m dreamjournal"*)
    shift 2
    printf 'cwd %s\\n' "$PWD"
    printf 'home %s\\n' "${PYTHONHOME:-none}"
    printf 'path %s\\n' "$PYTHONPATH"
    for each in "$@"; do printf 'arg %s\\n' "$each"; done ;;
*version_info*) [ ! -f "$FAKES/too-old" ] ;;
esac
"""

Start = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the two commands in a folder with a blank in its name, without a .venv."""
    folder = tmp_path / "a checkout"
    shutil.copytree(ROOT / "packaging", folder / "packaging")
    shutil.copy2(ROOT / "run", folder / "run")
    return folder


@pytest.fixture
def fakes(tmp_path: Path) -> Path:
    """A folder of programs that comes first on PATH."""
    folder = tmp_path / "fakes"
    folder.mkdir()
    for name in ("python3", "python3.13", "python3.12", "python3.11"):
        (folder / name).write_text(FAKE_PYTHON, encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def environment(fakes: Path) -> dict[str, str]:
    keep = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    return {**keep, "PATH": f"{fakes}:/usr/bin:/bin", "FAKES": str(fakes)}


@pytest.fixture
def start(checkout: Path, environment: dict[str, str], tmp_path: Path) -> Start:
    """`./run ARGUMENTS`, from another folder."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def call(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(checkout / "run"), *arguments],
            cwd=elsewhere, env=environment | more, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    return call


def asked(fakes: Path) -> list[str]:
    log = fakes / "pip.log"
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def test_sets_up_once_from_the_lock_and_is_silent_afterwards(start: Start, checkout: Path, fakes: Path) -> None:
    first = start("import", "my night.csv")
    assert first.returncode == 0
    assert "setting up" in first.stderr
    (line,) = asked(fakes)
    assert "--require-hashes" in line
    assert line.endswith(f"-r {checkout}/packaging/requirements.lock")

    second = start("import", "my night.csv")
    assert second.stderr == ""
    assert second.stdout == first.stdout
    assert len(asked(fakes)) == 1


def test_arguments_and_the_folder_they_are_relative_to_are_kept(start: Start, tmp_path: Path, checkout: Path) -> None:
    said = start("dreams", "add", "--text", "a  'b' \"c\" *", PYTHONHOME="/nowhere", PYTHONPATH="/else").stdout
    assert f"cwd {tmp_path}/elsewhere\n" in said
    assert "arg a  'b' \"c\" *\n" in said
    assert "home none\n" in said
    assert f"path {checkout}\n" in said


def test_a_newer_lock_is_installed(start: Start, checkout: Path, fakes: Path) -> None:
    start("x")
    with (checkout / "packaging/requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write("# newer\n")
    assert start("x").returncode == 0
    assert len(asked(fakes)) == 2


def test_a_moved_checkout_is_set_up_afresh(start: Start, checkout: Path, fakes: Path) -> None:
    start("x")
    (checkout / ".venv/ready-run").write_text("/old/place 1 2\n", encoding="utf-8")
    (checkout / ".venv/left over").touch()
    assert start("x").returncode == 0
    assert len(asked(fakes)) == 2
    assert not (checkout / ".venv/left over").exists()


def test_an_interrupted_set_up_begins_afresh(start: Start, checkout: Path, fakes: Path) -> None:
    start("x")
    (checkout / ".venv/setting-up").touch()
    (checkout / ".venv/half a package").touch()
    assert start("x").returncode == 0
    assert len(asked(fakes)) == 2
    assert not (checkout / ".venv/half a package").exists()


def test_two_first_starts_at_once_set_up_once(
    checkout: Path, environment: dict[str, str], fakes: Path, tmp_path: Path
) -> None:
    (fakes / "slow").touch()
    both = [
        subprocess.Popen(
            [str(checkout / "run"), "x"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert len(asked(fakes)) == 1
    assert all(b"arg x" in out for out, _ in said)


def test_the_guard_of_a_start_that_died_is_no_hindrance(start: Start, checkout: Path) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    (checkout / ".venv.lock").symlink_to(str(dead.pid))
    assert start("x").returncode == 0
    assert not (checkout / ".venv.lock").is_symlink()


def test_without_a_network_it_says_so_and_the_next_start_tries_again(start: Start, fakes: Path, checkout: Path) -> None:
    (fakes / "pip-fails").write_text("... NewConnectionError(Temporary failure in name resolution)", encoding="utf-8")
    refused = start("x")
    assert refused.returncode == 1
    assert "cannot be reached; connect to the internet and start again." in refused.stderr
    assert refused.stdout == ""
    assert not (checkout / ".venv.lock").is_symlink()

    (fakes / "pip-fails").unlink()
    assert start("x").returncode == 0


def test_a_download_with_another_hash_is_refused(start: Start, fakes: Path) -> None:
    (fakes / "pip-fails").write_text("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", encoding="utf-8")
    refused = start("x")
    assert refused.returncode == 1
    assert "not what the lock file pins" in refused.stderr


def test_an_old_python_is_told(start: Start, fakes: Path) -> None:
    (fakes / "too-old").touch()
    refused = start("x")
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "3.11 or newer" in refused.stderr


def test_without_a_display_it_makes_the_sample_and_says_so(start: Start) -> None:
    start("x")
    shown = start()
    assert shown.stdout.endswith("arg demo\n")
    assert "no display" in shown.stderr
    assert shown.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"])
def test_with_a_display_it_opens_the_app(start: Start, name: str) -> None:
    shown = start(**{name: ":7"})
    assert shown.returncode == 0
    assert "arg" not in shown.stdout


def test_the_test_lock_holds_the_run_lock() -> None:
    # so that ./run after ./test has nothing to do
    def pins(name: str) -> dict[str, set[str]]:
        text = (ROOT / "packaging" / name).read_text(encoding="utf-8")
        entries = re.split(r"\n(?=[A-Za-z])", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
        return {e.split(" \\")[0].strip(): set(re.findall(r"sha256:[0-9a-f]{64}", e)) for e in entries if "==" in e}

    run, test = pins("requirements.lock"), pins("requirements-test.lock")
    assert len(run) > 20
    assert all(hashes for hashes in test.values())
    assert {k: v for k, v in test.items() if k in run} == run


@pytest.mark.skipif(not (ROOT / ".venv/ready-run").exists(), reason="this .venv was not made by ./run or ./test")
def test_the_real_thing_answers_from_any_folder(tmp_path: Path) -> None:
    import dreamjournal

    (tmp_path / "json.py").write_text("raise SystemExit('not ours')\n", encoding="utf-8")
    said = subprocess.run(
        [str(ROOT / "run"), "--version"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert said.stderr == ""
    assert dreamjournal.__version__ in said.stdout
