"""The options of `contrast`: labels, washout, naps, border, look; counted otherwise; over time."""

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
KEYS = {
    "metric", "source", "enhancer", "design", "n_enhanced", "n_natural", "estimate", "se", "df", "phi", "n_eff", "interval", "p",
    "method", "hodges_lehmann", "cliffs_delta", "swd", "verdict", "sentence", "reasons", "excluded",
}  # fmt: skip


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sample journal, made once; these commands only read it."""
    path = tmp_path_factory.mktemp("sample") / "journal.db"
    demo.make(path, CLOCK)
    return str(path)


def asked(sample: str, capfdbinary: Any, *options: str) -> dict[str, Any]:
    assert run(["contrast", "--journal", sample, "--json", *options]) == 0
    return json.loads(capfdbinary.readouterr().out)


def test_the_agreed_keys_stay_and_the_others_come_when_asked_for(sample: str, capfdbinary: Any) -> None:
    plain = asked(sample, capfdbinary)
    assert set(plain) >= KEYS and not {"otherwise", "over_time"} & set(plain)
    whole = asked(sample, capfdbinary, "--otherwise", "--over-time")
    assert {k: whole[k] for k in plain} == plain
    assert whole["otherwise"]["considered"] > whole["otherwise"]["counted"] > 1
    assert sum(w["own"] for w in whole["otherwise"]["ways"]) == 1
    assert whole["over_time"]["per_exposures"]["every"] == 10 and len(whole["over_time"]["stretches"]) > 1


def test_each_option_asks_another_question(sample: str, capfdbinary: Any) -> None:
    plain = asked(sample, capfdbinary)
    washed = asked(sample, capfdbinary, "--washout", "1")
    assert washed["washout"] == 1 and washed["n_natural"] < plain["n_natural"]
    assert asked(sample, capfdbinary, "--labels", "used")["design"] == "S"
    look = asked(sample, capfdbinary, "--look", "28")
    assert look["n_enhanced"] + look["n_natural"] <= 28
    naps = asked(sample, capfdbinary, "--naps", "--metric", "waso")
    assert "Naps are added to minutes asleep only: they do not change time awake at night." in naps["warnings"]
    assert asked(sample, capfdbinary, "--boundary", "18")["estimate"] == pytest.approx(plain["estimate"])


@pytest.mark.parametrize(
    "options, words",
    [
        (["--boundary", "3"], "--boundary"), (["--washout", "-1"], "--washout"), (["--look", "30"], "28, 56"),
        (["--csv", "a.csv", "--design", "R", "--naps"], "belong to a journal"),
        (["--csv", "a.csv", "--design", "R", "--otherwise"], "belong to a journal"), (["--labels", "meant"], "meant"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_one_sentence(sample: str, options: list[str], words: str, capfd: Any) -> None:
    assert run(["contrast", "--journal", sample, *options]) == 2
    told = capfd.readouterr()
    assert words in told.err and not told.out and "Traceback" not in told.err


def test_in_words_the_sentences_come_with_their_numbers(sample: str, capfd: Any) -> None:
    assert run(["contrast", "--journal", sample, "--otherwise", "--over-time"]) == 0
    out = capfd.readouterr().out
    assert "Counted otherwise:\nAll " in out and "  As used (" in out and "  GLS with trend (" in out
    assert "Over time:\nOver " in out and " enhanced, " in out and "95 % interval" in out


def test_a_range_in_the_future_has_reasons_and_no_numbers(sample: str, capfdbinary: Any) -> None:
    found = asked(sample, capfdbinary, "--from", "2031-01-01", "--otherwise", "--over-time")
    assert found["verdict"] == "too_few" and found["otherwise"]["counted"] == 0
    assert found["over_time"]["per_exposures"] is None and found["over_time"]["stretches"] == []


def test_paths_stay_out_of_the_answer(sample: str, capfd: Any) -> None:
    assert run(["contrast", "--journal", sample, "--otherwise"]) == 0
    assert str(Path(sample).parent) not in capfd.readouterr().out
