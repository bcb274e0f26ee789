"""Places where a journal cannot live as it should: one sentence each, no traceback, the words kept, nothing half made."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.services import dreams, holding, journals, room
from tests.torture.counted import COUNTED
from tests.torture.wellness import structure

pytestmark = pytest.mark.torture

DAY = date(2026, 7, 8)


@pytest.fixture
def made(tmp_path: Path, clock) -> Path:
    clock.set(datetime(2026, 7, 9, 7, 14))
    path = tmp_path / "place" / "journal.db"
    journal = journals.create(path, passphrase=None, clock=clock)
    dreams.save(journal, 1, DreamDraft(DAY, "Low tide."), clock)
    journal.close()
    return path


def cli(*arguments: object, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "dreamjournal", *map(str, arguments)], env={**os.environ, **environment},
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    said = done.stderr.decode(errors="replace")
    assert "Traceback" not in said
    assert "went wrong inside" not in said
    COUNTED["faults"] += 1
    return done.returncode, said


def add(path: object, **environment: str) -> tuple[int, str]:
    return cli(
        "dreams", "add", "--night", "2026-07-08", "--recall", "report", "--text", "The harbour.", "--journal", path,
        **environment,
    )  # fmt: skip


def one_sentence(code: int, said: str) -> None:
    assert code in (1, 2), said
    lines = [line for line in said.splitlines() if line]
    assert len(lines) == 1, said
    assert lines[0].endswith(".")
    assert ": " in lines[0]


@pytest.fixture
def read_only(made: Path) -> Iterator[Callable[[], None]]:
    """Makes the journal's place read-only, by a mount where permissions stop nobody."""
    place = made.parent
    mounted = False

    def make() -> None:
        nonlocal mounted
        if os.getuid():
            place.chmod(0o500)
            made.chmod(0o400)
            return
        for option in (["--bind", str(place), str(place)], ["-o", "remount,ro,bind", str(place)]):
            if subprocess.run(["mount", *option], capture_output=True, check=False).returncode:
                pytest.skip("nothing can be mounted read-only here")
            mounted = True

    yield make
    if mounted:
        subprocess.run(["umount", "-l", str(place)], check=True)
    else:
        place.chmod(0o700)


def test_a_read_only_place(made: Path, read_only) -> None:
    read_only()
    one_sentence(*add(made))
    code, said = cli("dreams", "list", "--journal", made)
    assert code == 0 or said.count("\n") == 1
    holding.hold(made).release()
    assert not room.refill(made)


def test_no_home_at_all(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "none" / "home")
    code, said = cli("nights", HOME=nowhere, XDG_DATA_HOME="", XDG_STATE_HOME="", XDG_CONFIG_HOME="")
    one_sentence(code, said)
    assert not Path(nowhere).exists()


def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("mine")
    code, said = cli(
        "dreams", "add", "--night", "2026-07-08", "--recall", "report", "--text", "x", HOME=str(home), XDG_DATA_HOME=""
    )
    one_sentence(code, said)
    assert home.read_text() == "mine"


@pytest.mark.parametrize(
    "name", ["журнал снов", "夢の日記", "e\u0301té", "a b  c", "-rf", "quote'\"", "x" * 100 + "/" + "y" * 100 + "/" + "z" * 30]
)  # fmt: skip
def test_any_name_and_a_long_path(tmp_path: Path, clock, name: str) -> None:
    path = tmp_path / name / "journal.db"
    if len(name) > 200:
        assert len(str(path)) > 240
    code, said = add(path)
    assert code == 0, said
    journal = journals.open_existing(path)
    assert [d.text for d in journal.dreams.all(1)] == ["The harbour."]
    assert structure(journal._db) == []
    held = holding.hold(path)
    assert room.refill(path)
    held.release()
    journal.close()


def test_a_path_through_a_file_and_names_no_disk_holds(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path / "file" / "journal.db", tmp_path / ("x" * 300) / "journal.db", tmp_path / ("y" * 255)):
        one_sentence(*add(path))
        code, said = cli("nights", "--journal", path)
        one_sentence(code, said)
    assert (tmp_path / "file").read_text() == "mine"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_place_that_refuses_locks(made: Path, monkeypatch) -> None:
    import fcntl

    def none(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    first = holding.hold(made)
    second = holding.hold(made)
    journal = journals.open_existing(made)
    assert len(journal.dreams.all(1)) == 1
    journal.close()
    first.release()
    second.release()
    COUNTED["faults"] += 1


def gone(made: Path, how: str) -> None:
    match how:
        case "deleted":
            made.unlink()
        case "replaced":
            shutil.copy(made, made.with_name("copy"))
            made.with_name("copy").replace(made)
        case "folder renamed":
            made.parent.rename(made.parent.with_name("elsewhere"))
        case "folder deleted":
            shutil.rmtree(made.parent)
        case _:
            made.with_name("journal.db-wal").unlink()


@pytest.mark.parametrize("how", ["deleted", "replaced", "folder renamed", "folder deleted", "log deleted"])
def test_what_goes_away_while_it_is_open_is_never_called_saved(made: Path, clock, how: str) -> None:
    journal = journals.open_existing(made)
    dreams.save(journal, 1, DreamDraft(DAY, "The stairs."), clock)
    gone(made, how)
    COUNTED["faults"] += 1
    for act in (
        lambda: dreams.save(journal, 1, DreamDraft(DAY, "The keys."), clock),
        lambda: dreams.autosave(journal, 1, "new", DAY, "The keys.", clock),
    ):
        with pytest.raises(KnownError, match="no longer where it was opened"):
            room.kept(journal, act)
    journal.close()
    if how == "folder renamed":
        made.parent.with_name("elsewhere").rename(made.parent)
    if how in ("folder renamed", "log deleted"):
        again = journals.open_existing(made)
        COUNTED["acknowledged"] += 2
        assert {d.text for d in again.dreams.all(1)} == {"Low tide.", "The stairs."}
        assert structure(again._db) == []
        again.close()


def test_a_stick_pulled_out(tmp_path: Path, clock) -> None:
    place = tmp_path / "stick"
    place.mkdir()
    if not sys.platform.startswith("linux") or subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)], capture_output=True, check=False
    ).returncode:  # fmt: skip
        pytest.skip("nothing can be mounted here: that needs root")
    path = place / "journal.db"
    journal = journals.create(path, passphrase=None, clock=clock)
    dreams.save(journal, 1, DreamDraft(DAY, "Low tide."), clock)
    subprocess.run(["umount", "-l", str(place)], check=True)
    COUNTED["faults"] += 1
    with pytest.raises(KnownError, match="no longer where it was opened"):
        room.kept(journal, lambda: dreams.save(journal, 1, DreamDraft(DAY, "The keys."), clock))
    assert list(place.iterdir()) == []
    journal.close()
    assert list(place.iterdir()) == []
