"""The commands `export` and `restore-export`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.app.cli import run
from dreamjournal.common.clock import FixedClock
from dreamjournal.services import demo

CLOCK = FixedClock(datetime(2026, 5, 5, 8, tzinfo=UTC), "Europe/London")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sample journal, made once; these commands only read it."""
    path = tmp_path_factory.mktemp("sample") / "journal.db"
    demo.make(path, CLOCK)
    return str(path)


def output(capfdbinary: Any, *arguments: str) -> Any:
    assert run(list(arguments)) == 0
    return json.loads(capfdbinary.readouterr().out)


def test_out_and_in_and_every_command_says_the_same(
    sample: str, tmp_path: Path, capfdbinary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = output(capfdbinary, "export", "--journal", sample, "--out", str(tmp_path / "all.zip"), "--json")
    assert made["files"] == [str(tmp_path / "all.zip")] and made["encrypted"] is False and made["originals"] == 2
    monkeypatch.setenv("DREAMJOURNAL_PASSPHRASE", "a passphrase")
    new = str(tmp_path / "new" / "journal.db")
    told = output(capfdbinary, "restore-export", str(tmp_path / "all.zip"), "--journal", new, "--json")
    assert told["ok"] is True and told["id"] == new and told["encrypted"] is True and told["rows"] == made["rows"]
    for asked in (
        ["nights"],
        ["dreams", "list"],
        ["contrast"],
        ["imports"],
        ["enhancers"],
        ["settings"],
        ["study", "list"],
    ):
        one, two = (output(capfdbinary, *asked, "--journal", path, "--json") for path in (sample, new))
        assert one == two, asked
        assert one


def test_the_same_moment_gives_the_same_bytes(
    sample: str, tmp_path: Path, capfdbinary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1780000000")
    for name in ("a.zip", "b.zip"):
        assert run(["export", "--journal", sample, "--out", str(tmp_path / name)]) == 0
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_it_is_said_that_nothing_is_encrypted(sample: str, tmp_path: Path, capfd: Any) -> None:
    assert run(["export", "--journal", sample, "--out", str(tmp_path / "all")]) == 0
    said = capfd.readouterr()
    assert "not encrypted" in said.err and said.err.count("\n") == 1
    assert "68 dreams" in said.out or "dreams" in said.out
    assert run(["restore-export", str(tmp_path / "all"), "--journal", str(tmp_path / "new.db")]) == 0
    said = capfd.readouterr()
    assert "without a passphrase" in said.err and "1 person" in said.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["export", "--out", "{tmp}/x.zip", "--journal", "{tmp}/none.db"], "no journal yet"),
        (["export", "--out", "{tmp}", "--journal", "{sample}"], "something of that name already"),
        (["export", "--out", "{tmp}/no/x.zip", "--journal", "{sample}"], "folder cannot be written"),
        (["export", "--journal", "{sample}"], "--out"),
        (["restore-export", "{tmp}/none.zip", "--journal", "{tmp}/new.db"], "no such file"),
        (["restore-export", "{sample}", "--journal", "{tmp}/new.db"], "no export of a whole journal"),
        (["restore-export", "{tmp}/file.txt", "--journal", "{sample}"], "already"),
        (["restore-export"], "FILE"),
    ],
)
def test_bad_input_is_one_sentence(sample: str, tmp_path: Path, capfd: Any, arguments: list[str], words: str) -> None:
    (tmp_path / "file.txt").write_text("mine")
    assert run([a.format(tmp=tmp_path, sample=sample) for a in arguments]) == 2
    said = capfd.readouterr()
    assert words in said.err and said.err.count("\n") == 1 and said.out == ""
    assert [p.name for p in tmp_path.iterdir()] == ["file.txt"]
