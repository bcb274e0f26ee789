"""The command balance: words and JSON, the aim, the monthly questions, instructions, refusals."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.app import cli
from dreamjournal.app.commands import shared

TODAY = shared.SystemClock().now().date()
LAST = TODAY - timedelta(days=2)


@pytest.fixture
def run(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(shared, "_terminal", lambda: False)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = cli.run(["--journal", str(tmp_path / "j.db"), *arguments])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


def document(run: Any, *arguments: str) -> Any:
    code, out, err = run(*arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def log(run: Any, text: str) -> None:
    for back, letter in enumerate(reversed(text)):
        day = str(LAST - timedelta(days=back))
        said = ["enhanced", "SleepSync"] if letter == "E" else ["natural"]
        assert run("log", *said, "--night", day)[0] == 0


def test_an_empty_journal_says_what_to_do(run: Any) -> None:
    assert run("balance")[0] == 2
    run("persons", "add", "nobody")
    code, out, _ = run("balance", "--person", "me")
    assert code == 0
    assert "log natural" in out
    assert document(run, "balance", "--person", "me")["weeks"] == []


def test_words_and_json_say_the_same(run: Any) -> None:
    log(run, "EEENN" * 4)
    found = document(run, "balance")
    code, out, _ = run("balance")
    assert code == 0
    assert out.startswith(found["sentence"])
    assert sum(w["enhanced"] for w in found["weeks"]) == 12
    assert "Looked at and not found" in out
    for word in ("NaN", "None", "score", "!"):
        assert word not in out


def test_the_aim_is_set_and_taken_away(run: Any) -> None:
    log(run, "EEEEEEE" * 3)
    assert document(run, "balance", "aim", "2") == {"ok": True, "id": "aim_per_week", "aim": 2}
    found = document(run, "balance")
    assert found["aim"] == 2
    assert "F1" in {p["rule"] for p in found["log_shows"]["prompts"]}
    assert "Against the aim" in run("balance")[1]
    assert document(run, "balance", "aim", "none")["aim"] is None
    assert "F1" not in {p["rule"] for p in document(run, "balance")["log_shows"]["prompts"]}
    code, _, err = run("balance", "aim", "9")
    assert (code, err.count("\n")) == (2, 1)


def test_a_range(run: Any) -> None:
    log(run, "N" * 20)
    found = document(run, "balance", "--from", str(LAST - timedelta(days=3)), "--to", str(LAST))
    assert sum(w["nights"] for w in found["weeks"]) == 4
    assert run("balance", "--from", str(LAST), "--to", str(LAST - timedelta(days=3)))[0] == 2
    assert run("balance", "--from", "2036-01-01")[:2] == (0, "No night is known in this range.\n")


def test_hidden_numbers_are_hidden(run: Any) -> None:
    log(run, "EEENN" * 4)
    run("settings", "set", "hide_numbers", "yes")
    code, out, _ = run("balance")
    assert code == 0
    assert not any(c.isdigit() for c in out)


def test_the_monthly_questions(run: Any) -> None:
    log(run, "E")
    assert document(run, "balance")["check_in_due"]
    assert len(document(run, "balance", "check-in")["questions"]) == 5
    assert document(run, "balance", "check-in", "worry=often", "wish=always")["ok"]
    assert not document(run, "balance")["check_in_due"]
    assert "check_in" in {p["rule"] for p in document(run, "balance")["log_shows"]["prompts"]}
    assert run("balance", "check-in")[1].count("often") == 1
    assert run("balance", "check-in", "worry")[0] == 2
    assert run("balance", "check-in", "worry=daily")[0] == 2
    assert run("balance", "check-in", "skip")[0] == 0


def test_instructions(run: Any) -> None:
    log(run, "E")
    given = ["--by", "Dr Weiss", "--on", str(date(2026, 1, 5))]
    made = document(run, "balance", "instruction", "add", "SleepSync", "0.6 from now on", *given)
    listed = document(run, "balance", "instruction")["instructions"]
    assert listed == [
        {
            "id": made["id"],
            "enhancer": "SleepSync",
            "given_on": "2026-01-05",
            "who": "Dr Weiss",
            "words": "0.6 from now on",
        }
    ]
    assert "Dr Weiss" in run("balance", "instruction")[1]
    assert document(run, "balance", "instruction", "remove", str(made["id"]))["ok"]
    code, _, err = run("balance", "instruction", "remove", "7")
    assert code == 2
    assert "no instruction" in err
