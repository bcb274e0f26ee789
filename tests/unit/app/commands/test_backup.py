"""The command `backup`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.app.cli import run


@pytest.fixture
def told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Any:
    """Runs a command on one journal; its exit code, what it printed, and what it complained of."""

    def call(*arguments: str) -> tuple[int, Any, str]:
        code = run(["--journal", str(tmp_path / "j.db"), *arguments])
        out, err = capfd.readouterr()
        return code, json.loads(out) if "--json" in arguments and out else out, err

    assert call("dreams", "add", "--night", "2026-07-01", "--recall", "report", "--text", "A stair.")[0] == 0
    return call


def test_now_list_verify_restore(told: Any, tmp_path: Path) -> None:
    code, made, _ = told("backup", "now", "--json")
    assert code == 0 and made["ok"] and made["counts"]["dreams"] == 1 and made["verified"] and made["copy"] is None
    assert told("dreams", "add", "--night", "2026-07-02", "--recall", "report", "--text", "A boat.")[0] == 0
    code, listed, _ = told("backup", "list", "--json")
    assert code == 0 and [b["id"] for b in listed["backups"]] == [made["id"]]
    assert "asked for" in told("backup")[1]
    code, checked, _ = told("backup", "verify", "--json")
    assert code == 0 and [b["good"] for b in checked["backups"]] == [True]
    code, done, _ = told("backup", "restore", made["id"], "--json")
    assert code == 0 and done["before"] and done["set_aside"] is None
    assert len(told("dreams", "list", "--json")[1]["dreams"]) == 1
    assert told("backup", "restore", done["before"])[0] == 0
    assert len(told("dreams", "list", "--json")[1]["dreams"]) == 2


def test_to_a_stick_and_from_it_as_a_new_journal(told: Any, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    code, made, err = told("backup", "now", "--to", str(tmp_path / "stick"), "--json")
    assert code == 0 and Path(made["copy"]).is_dir() and "not encrypted" in err
    arguments = ("backup", "restore", made["id"], "--from", str(tmp_path / "stick"), "--as", str(tmp_path / "new.db"))
    assert told(*arguments)[0] == 0 and (tmp_path / "new.db").is_file()
    code, _, err = told(*arguments)
    assert code == 2 and "a file of that name is there already" in err


def test_a_bad_one_is_named_and_not_restored(told: Any, tmp_path: Path) -> None:
    _, made, _ = told("backup", "now", "--json")
    file = Path(made["folder"]) / "journal.db"
    data = bytearray(file.read_bytes())
    data[9000] ^= 1
    file.write_bytes(data)
    code, checked, _ = told("backup", "verify", made["id"], "--json")
    assert code == 1 and not checked["backups"][0]["good"] and "has changed" in checked["backups"][0]["why"]
    assert "not good" in told("backup", "list")[1]
    code, _, err = told("backup", "restore", made["id"])
    assert code == 1 and err.count("\n") == 1 and "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [("restore", "nothing"), ("verify", "nothing"), ("list", "--from", "/no/such"), ("now", "--to", "/no/such")],
)
def test_bad_input_is_one_sentence(told: Any, arguments: tuple[str, ...]) -> None:
    code, _, err = told("backup", *arguments)
    assert code == 2 and err.count("\n") == 1
