"""The commands `measures` and `doses`, and the Bayesian line of `contrast`, on the sample journal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.app import cli
from dreamjournal.app.commands import shared
from dreamjournal.common.clock import FixedClock
from dreamjournal.services import demo, journals


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "journal.db"
    demo.make(path, FixedClock(datetime(2026, 5, 5, 8, tzinfo=UTC), "Europe/London"))
    return path


@pytest.fixture
def run(sample: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(shared, "_terminal", lambda: False)

    def call(*arguments: str, journal: Path = sample) -> tuple[int, str, str]:
        code = cli.run([*arguments, "--journal", str(journal)])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


def document(run: Any, *arguments: str) -> Any:
    code, out, err = run(*arguments, "--json")
    assert code == 0, err
    assert "NaN" not in out and "Infinity" not in out
    return json.loads(out)


def test_measures_in_words_and_json_agree(run: Any) -> None:
    told = document(run, "measures")
    code, out, _ = run("measures")
    assert code == 0 and told["heading"] in out
    assert set(told) >= {"enhancer", "design", "heading", "lines", "chosen", "primary", "claims", "rest"}
    rows = [told["primary"], *told["claims"], *told["rest"]]
    assert told["primary"]["metric"] == "tst" and len(told["claims"]) == 6
    for row in rows[1:]:
        assert " ".join(row["sentence"].split()) in out
        assert row["n_enhanced"] >= 0 and (row["estimate"] is None or row["interval"] is not None)
    assert {r["adjustment"] for r in told["claims"]} == {"holm"} and {r["adjustment"] for r in told["rest"]} == {"bh"}
    answer = document(run, "contrast")
    for key in ("estimate", "interval", "p", "n_enhanced", "n_natural"):
        assert told["primary"][key] == answer[key]


def test_claims_are_named_for_one_call(run: Any, sample: Path) -> None:
    told = document(run, "measures", "--claim", "quality=diary", "--claim", "sol")
    assert {(r["metric"], r["source"]) for r in told["claims"]} >= {("quality", "diary"), ("sol", "diary")} and told[
        "chosen"
    ]
    assert document(run, "measures")["chosen"] is False
    journal = journals.open_existing(sample)
    assert journal.settings.get("claims", 1) is None
    journal.close()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("measures", "--claim", "nonsense"), "There is no metric nonsense"), (("measures", "--metric", "nonsense"), "no metric nonsense"),
        (("doses", "--enhancer", "wine"), "not in the journal"), (("doses", "--source", "nobody"), "There is no source nobody"),
        (("measures", "--from", "2026-05-01", "--to", "2026-04-01"), "--from lies after --to"),
        (("measures", *(x for k in ("tst", "sol", "waso", "rem", "deep", "light", "hr") for x in ("--claim", k))), "at most 6"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence_and_exit_two(run: Any, arguments: tuple[str, ...], says: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "") and says in err and err.count("\n") == 1


def test_no_journal_is_exit_two(run: Any, tmp_path: Path) -> None:
    for command in ("measures", "doses"):
        code, _, err = run(command, journal=tmp_path / "none.db")
        assert code == 2 and "There is no journal yet" in err and not (tmp_path / "none.db").exists()


def test_a_range_in_the_future_is_told_in_words(run: Any) -> None:
    for command in ("measures", "doses"):
        code, out, _ = run(command, "--from", "2030-01-01")
        assert code == 0 and out.strip()
    told = document(run, "measures", "--from", "2030-01-01")
    assert told["primary"]["estimate"] is None and told["claims"] == told["rest"] == []
    assert document(run, "doses", "--from", "2030-01-01")["empty"].startswith("No night with SleepSync counts")


def test_doses_in_words_and_json_agree(run: Any) -> None:
    told = document(run, "doses")
    code, out, _ = run("doses")
    assert code == 0 and told["care"] in out
    assert [g["what"] for g in told["groups"]] == ["mode", "programme", "intensity"]
    for group in told["groups"]:
        assert " ".join(group["sentence"].split()) in out
        for level in group["levels"]:
            assert level["n"] == len(level["nights"]) and (level["interval"] is None or level["n"] >= 7)
        for difference in group["differences"]:
            assert " ".join(difference["sentence"].split()) in out


def test_the_bayesian_line_is_told_when_asked(run: Any) -> None:
    told = document(run, "contrast")
    assert "From a sceptical start" not in run("contrast")[1]
    assert " ".join(told["posterior_words"].split()) in run("contrast", "--bayesian")[1]
    assert "There is no Bayesian line" in run("contrast", "--bayesian", "--metric", "deep")[1]
