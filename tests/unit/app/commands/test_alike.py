"""The command `alike`: the sentence first, both groups with their n, what would help; the same as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.app.cli import run
from dreamjournal.common.clock import FixedClock
from dreamjournal.services import journals
from tests.made_nights import row, write

CLOCK = FixedClock(datetime(2026, 10, 1, 12, tzinfo=UTC), "Europe/London")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "journal.db"
    journal = journals.create(made, passphrase=None, clock=CLOCK)
    nights = [replace(m, alcohol=m.kind == "E" and i % 3 != 0, free=i % 5 == 0) for i, m in enumerate(row("ENNE" * 12))]
    write(journal, journal.persons.all()[0].id, nights)
    journal.close()
    return made


def test_in_words(path: Path, capfd: Any) -> None:
    assert run(["alike", "--journal", str(path)]) == 0
    out = capfd.readouterr().out
    assert out.startswith("Alcohol was taken on 16 of 24 enhanced nights and 0 of 24 natural ones.")
    assert "enhanced, 24 nights" in out and "natural, 24 nights" in out
    assert "Leave out the nights with alcohol: 8 enhanced and 24 natural nights remain." in out


def test_as_json(path: Path, capfdbinary: Any) -> None:
    assert run(["alike", "--journal", str(path), "--json"]) == 0
    document = json.loads(capfdbinary.readouterr().out)
    assert (document["enhancer"], document["n_enhanced"], document["n_natural"]) == ("melatonin 1 mg", 24, 24)
    alcohol = next(r for r in document["rows"] if r["key"] == "alcohol")
    assert alcohol["enhanced"] == {"nights": 24, "answered": 24, "yes": 16} and alcohol["stands_out"]
    assert document["cautions"][0]["code"] == "alcohol_one_arm"


def test_without_some_nights(path: Path, capfdbinary: Any) -> None:
    assert run(["alike", "--journal", str(path), "--without", "alcohol", "--json"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["n_enhanced"] == 8
    assert run(["contrast", "--journal", str(path), "--without", "alcohol", "--days", "work", "--json"]) == 0
    answer = json.loads(capfdbinary.readouterr().out)
    assert {"alcohol", "before a free day"} == {x["reason"] for x in answer["excluded"]}


def test_what_nights_cannot_be_left_out_for_ends_with_two(path: Path, capfd: Any) -> None:
    assert run(["alike", "--journal", str(path), "--without", "rain"]) == 2
    assert capfd.readouterr().err == (
        "Nights cannot be left out for rain: the choices are alcohol, late_caffeine, nap, medicine; use one of these.\n"
    )
    assert run(["alike", "--journal", str(path), "--from", "2026-06-01", "--to", "2026-05-01"]) == 2
