"""The command `describe`: words and JSON, and what it refuses."""

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


def test_json_says_what_the_words_say(run: Any) -> None:
    code, out, _ = run("describe", "--json")
    found = json.loads(out)
    assert code == 0 and found["nights"]["natural"] > 14 and found["nights"]["enhanced"] > 14
    tst = next(m for m in found["measures"] if (m["key"], m["group"]) == ("tst", "device"))
    assert tst["source"] == found["source"] == "whoop"
    code, out, _ = run("describe")
    assert code == 0 and "No difference is tested here." in out
    line = next(x for x in out.split("Device")[1].splitlines() if x.startswith("Sleep time"))
    hours, minutes = divmod(round(tst["natural"]["median"]), 60)
    assert f"{hours} h {minutes:02d} min" in line.replace("\u00a0", " ")
    assert "nan" not in out.lower() and "None" not in out


def test_dates_and_sources_choose_the_nights(run: Any) -> None:
    code, out, _ = run("describe", "--from", "2026-04-01", "--to", "2026-04-30", "--source", "sleepsync", "--json")
    found = json.loads(out)
    assert code == 0 and (found["from"], found["to"], found["source"]) == ("2026-04-01", "2026-04-30", "sleepsync")
    assert 0 < found["nights"]["natural"] < 30
    assert all(m["natural"]["why"] for m in found["measures"] if m["group"] == "device")
    code, out, _ = run("describe", "--from", "2031-01-01")
    assert code == 0 and "Nothing to describe yet" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--source", "nosuch"), "the journal has diary, whoop, sleepsync"),
        (("--enhancer", "nosuch"), "the journal has: SleepSync"),
        (("--from", "2026-05-01", "--to", "2026-04-01"), "--from lies after --to"),
        (("--from", "yesterday"), "no date like"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(run: Any, arguments: tuple[str, ...], words: str) -> None:
    code, out, err = run("describe", *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words in err
