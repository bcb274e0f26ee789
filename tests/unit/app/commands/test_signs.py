"""The commands `signs` and `coding`, as a person types them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.app import cli
from dreamjournal.app.commands import shared

TEXT = "I walked along the harbour with my brother and a dog, and SleepSync hummed. " * 5
FIRST = date(2026, 3, 1)


@pytest.fixture
def run(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(shared, "_terminal", lambda: False)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = cli.run(["--journal", str(tmp_path / "j.db"), *arguments])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


@pytest.fixture
def filled(run: Any, tmp_path: Path) -> Any:
    from dreamjournal.common.clock import SystemClock
    from dreamjournal.domain.dream import DreamDraft
    from dreamjournal.services import enhancers, journals

    clock = SystemClock()
    journal = journals.create(tmp_path / "j.db", passphrase=None, clock=clock)
    with journal.atomic():
        for i in range(30):
            day = FIRST + timedelta(days=i)
            enhanced = i % 5 in (0, 2)
            enhancers.log(
                journal, 1, day, "enhanced" if enhanced else "natural", ["SleepSync"] if enhanced else [], "", clock
            )
            journal.dreams.put(1, DreamDraft(day, TEXT + ("A lighthouse." if enhanced else "A train.")), clock.now())
    journal.close()
    return run


def document(run: Any, *arguments: str) -> Any:
    code, out, err = run(*arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def test_signs_without_a_journal_is_bad_input(run: Any) -> None:
    code, out, err = run("signs")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1


def test_signs_in_words_and_as_a_document(filled: Any) -> None:
    code, out, _ = filled("signs")
    assert code == 0
    assert out.startswith("No more words stand out than chance gives") or "stand out" in out.splitlines()[0]
    assert "In more dreams of enhanced nights:" in out
    assert "A lighthouse." in out
    found = document(filled, "signs", "--enhancer", "sleepsync", "--from", "2026-03-01")
    assert {s["word"] for s in found["signs"]} == {"lighthouse"}


def test_signs_refuses_what_makes_no_sense(filled: Any) -> None:
    assert filled("signs", "--enhancer", "Mask")[0] == 2
    assert filled("signs", "--from", "2026-04-01", "--to", "2026-03-01")[0] == 2
    assert filled("signs", "show", "lighthouse")[0] == 2


def test_a_future_range_is_a_sentence(filled: Any) -> None:
    code, out, _ = filled("signs", "--from", "2090-01-01")
    assert code == 0
    assert "words are compared from 10 dreams of each kind" in out


def test_lists_of_words(filled: Any) -> None:
    assert document(filled, "signs", "keep", "brother")["ok"]
    assert document(filled, "signs", "hide", "lighthouse")["ok"]
    found = document(filled, "signs")
    assert found["own"] == ["brother"]
    assert found["recurring"][0]["usual"] == {"n": 30, "of": 30}
    assert "lighthouse" not in {s["word"] for s in found["signs"]}


def test_coding_from_the_set_to_the_indices(filled: Any) -> None:
    assert "No set of dreams was chosen yet" in filled("coding")[1]
    assert filled("coding", "next", "--rater", "AB")[0] == 2
    made = document(filled, "coding", "make", "--seed", "4")
    assert made["set"]["dreams"] == 30
    shown = document(filled, "coding", "next", "--rater", "ab")
    assert shown["item"] == 1
    assert "SleepSync" not in shown["text"]
    kept = document(filled, "coding", "set", "1", "--rater", "ab", "--set", "characters.male_familiar=1")
    assert (kept["codes"], kept["finished"]) == ({"characters.male_familiar": 1}, False)
    kept = document(filled, "coding", "set", "1", "--rater", "ab", "--set", "characters.animals=1", "--done")
    assert kept["codes"] == {"characters.male_familiar": 1, "characters.animals": 1}
    assert document(filled, "coding", "next", "--rater", "AB")["item"] == 2
    assert document(filled, "coding", "status")["raters"] == [{"rater": "AB", "finished": 1, "of": 30}]
    assert document(filled, "coding", "indices")["ready"] is False
    assert document(filled, "coding", "agreement")["ready"] is False
    for number in range(2, 31):
        filled("coding", "set", str(number), "--rater", "AB", "--done")
    assert document(filled, "coding", "next", "--rater", "AB")["item"] is None
    code, out, _ = filled("coding", "indices")
    assert code == 0
    assert "counts only" in out
    assert "%" not in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("1", "--rater", "AB", "--set", "nonsense=1"), ("1", "--rater", "AB", "--set", "emotions.sad=-1"),
        ("1", "--rater", "AB", "--set", "emotions.sad"), ("1", "--rater", "AB", "--set", "emotions.sad=99999999999"),
        ("0", "--rater", "AB"), ("31", "--rater", "AB"), ("1", "--rater", "A1"),
    ],
)  # fmt: skip
def test_wrong_counts_are_one_sentence(filled: Any, arguments: tuple[str, ...]) -> None:
    filled("coding", "make")
    code, out, err = filled("coding", "set", *arguments)
    assert (code, out) == (2, "")
    assert err.strip().count("\n") == 0
    assert "harbour" not in err
