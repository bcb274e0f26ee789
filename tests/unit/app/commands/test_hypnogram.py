"""The command `hypnogram` with a night of the journal: two files, and the same numbers when they are read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.app import cli
from dreamjournal.app.commands import shared
from dreamjournal.common.clock import FixedClock
from dreamjournal.services import demo


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "journal.db"
    demo.make(path, FixedClock(datetime(2026, 5, 5, 8, 0, tzinfo=UTC), "Europe/London"))
    return path


@pytest.fixture
def run(sample: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(shared, "_terminal", lambda: False)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = cli.run(["--journal", str(sample), *arguments])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


def test_a_night_of_the_journal_is_written_and_read_back(run: Any, tmp_path: Path) -> None:
    nights = json.loads(run("nights", "--json")[1])["nights"]
    session, night = next((s, n) for n in nights for s in n["sessions"] if s["source"] == "sleepsync")
    out = tmp_path / "night.tsv"
    asked = ("hypnogram", "--night", night["night_date"], "--source", "sleepsync", "--out", str(out))
    code, said, err = run(*asked, "--json")
    assert (code, err) == (0, "")
    written = json.loads(said)
    assert written["files"] == [str(out), str(tmp_path / "night.json")]
    assert written["rows"] == len(out.read_text().splitlines()) - 1
    assert run(*asked)[1].count("\n") == 1
    code, said, _ = run("hypnogram", str(out), "--json")
    found = json.loads(said)
    assert code == 0
    assert (found["tst_min"], found["sol_min"], found["trt_min"]) == (
        session["tst_min"],
        session["sol_min"],
        session["tib_min"],
    )
    assert (found["n3_min"], found["rem_min"], found["n1_min"] + found["n2_min"]) == (
        session["deep_min"], session["rem_min"], session["light_min"],
    )  # fmt: skip
    assert "light_min" not in found


def test_what_cannot_be_written_is_said_in_one_sentence(run: Any, tmp_path: Path) -> None:
    for night, source, out, why in (
        ("1999-01-01", "sleepsync", "x.tsv", "nothing was recorded in this night"),
        ("1999-01-01", "sleepsync", "none/x.tsv", "nothing was recorded in this night"),
        ("2026-05-04", "whoop", "x.tsv", "whoop recorded no stages in this night"),
    ):
        code, said, err = run("hypnogram", "--night", night, "--source", source, "--out", str(tmp_path / out))
        assert (code, said) == (2, "")
        assert why in err and err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
