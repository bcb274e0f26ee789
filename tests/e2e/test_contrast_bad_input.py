"""Nights that cannot be compared, on the command line: exit 0, what is wrong, why, and what would help. Nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.app.cli import run
from dreamjournal.common.clock import FixedClock
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.services import journals
from tests.made_nights import FIRST, Made, anything, row, study, write

CLOCK = FixedClock(datetime(2026, 10, 1, 12, tzinfo=UTC), "Europe/London")
ROOT = Path(__file__).resolve().parents[2]
UNREADABLE = re.compile(
    r"\b[Nn]a[Nn]\b|\bNone\b(?! of )|\b[Ii]nf(inity)?\b|(?<![\d\w])[-\u2212]0(?:\.0+)?(?![\d.])|\bp = 0(?!\.\d*[1-9])"
)
Write = Callable[[Any, int], None]


def never_used(journal: Any, person: int) -> None:
    write(journal, person, row("N" * 12))
    journal.enhancers.add(person, "SleepSync", EnhancerKind.DEVICE, datetime(2026, 1, 1, tzinfo=UTC))


def edited_study(journal: Any, person: int) -> None:
    write(journal, person, row("ENNE" * 10))
    changed = datetime(FIRST.year, FIRST.month, FIRST.day + 9, 12, tzinfo=UTC)
    journal.studies.put(study(person, "ENNE" * 10, changed=changed))


def weekend_user(journal: Any, person: int) -> None:
    days = [FIRST + timedelta(days=i) for i in range(42)]
    write(journal, person, row("".join("E" if d.weekday() in (4, 5) else "N" for d in days)))


def travelling(journal: Any, person: int) -> None:
    zones = ("Europe/London", "America/New_York")
    write(journal, person, [replace(m, zone=zones[i // 2 % 2]) for i, m in enumerate(row("EN" * 10))])


def two_devices(journal: Any, person: int) -> None:
    write(journal, person, [replace(m, device="Ring 3" if m.kind == "E" else "Ring 4") for m in row("ENNE" * 8)])


def made(nights: list[Made]) -> Write:
    return lambda journal, person: write(journal, person, nights)


CASES: list[tuple[str, Write, list[str], str, str]] = [
    ("nothing at all", lambda _j, _p: None, [], "too_few", "no_enhancer"),
    ("too few nights", made(row("ENENEN")), [], "too_few", "few_nights"),
    ("no natural night", made(row("E" * 9)), [], "refused", "empty_arm"),
    ("no enhanced night", made(row("N" * 9)), [], "refused", "empty_arm"),
    ("all values equal", made([replace(m, tst=420.0) for m in row("EN" * 10)]), [], "refused", "all_equal"),
    ("all missing", made([replace(m, tst=None) for m in row("EN" * 10)]), [], "too_few", "no_values"),
    ("two devices", two_devices, [], "refused", "two_devices"),
    ("zone changes", travelling, [], "too_few", "left_out"),
    (
        "a measure the source lacks", made(row("EN" * 10)), ["--metric", "deep", "--source", "whoop"], "too_few", "no_values",
    ),
    ("a measure the diary lacks", made(row("EN" * 10)), ["--metric", "rem", "--source", "diary"], "too_few", "no_values"),
    ("never used", never_used, ["--enhancer", "SleepSync"], "refused", "empty_arm"),
    ("in the future", made(row("EN" * 20)), ["--from", "2031-01-01", "--to", "2031-02-01"], "too_few", "future"),
    ("before all nights", made(row("EN" * 20)), ["--from", "2020-01-01", "--to", "2020-02-01"], "too_few", "no_nights"),
    ("weekends only", weekend_user, [], "refused", "weekend_collinear"),
]  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def keep(path: Path, write_nights: Write) -> None:
    journal = journals.create(path, passphrase=None, clock=CLOCK)
    write_nights(journal, journal.persons.all()[0].id)
    journal.close()


@pytest.mark.parametrize("name, write_nights, more, verdict, reason", CASES, ids=[c[0] for c in CASES])
def test_bad_input_is_answered_in_words(
    path: Path, capfdbinary: Any, name: str, write_nights: Write, more: list[str], verdict: str, reason: str
) -> None:
    keep(path, write_nights)
    asked = ["contrast", "--journal", str(path), *more]
    done = subprocess.run(
        [sys.executable, "-m", "dreamjournal", *asked, "--json"], cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    answer = json.loads(done.stdout)
    assert answer["verdict"] == verdict and reason in answer["reasons"], name
    assert answer["estimate"] is None and answer["interval"] is None and answer["p"] is None
    assert answer["fixes"] and all(f["act"] and f["gives"] and f["kind"] for f in answer["fixes"])
    assert run(asked) == 0
    words = capfdbinary.readouterr().out.decode()
    assert answer["sentence"] in words and "What would help:" in words and answer["fixes"][0]["act"] in words
    assert not UNREADABLE.search(words), words
    assert not UNREADABLE.search(" ".join(_texts(answer)))
    assert run(["alike", "--journal", str(path), *more]) == 0
    assert not UNREADABLE.search(capfdbinary.readouterr().out.decode())


def test_a_study_changed_after_its_first_night_is_exploratory(path: Path, capfdbinary: Any) -> None:
    keep(path, edited_study)
    assert run(["contrast", "--journal", str(path), "--json"]) == 0
    answer = json.loads(capfdbinary.readouterr().out)
    assert answer["design"] == "R" and answer["stamp"] == "afterwards" and "study_changed" in answer["reasons"]
    assert answer["stamp_words"] == "Exploratory: the question was changed on 13 May 2026, after 9 nights."
    assert answer["fixes"][-1]["act"] == "Plan a new study for nights to come"


@pytest.mark.parametrize(
    "more", [["--metric", "nonsense"], ["--source", "nobody"], ["--enhancer", "nothing"], ["--swd", "nan"]]
)
def test_what_is_unknown_ends_with_two(path: Path, capfdbinary: Any, more: list[str]) -> None:
    keep(path, made(row("EN" * 10)))
    assert run(["contrast", "--journal", str(path), *more]) == 2
    out, err = capfdbinary.readouterr()
    assert not out and err.count(b"\n") == 1 and b"Traceback" not in err


def test_a_table_of_equal_values_or_one_kind_is_refused(tmp_path: Path, capfdbinary: Any) -> None:
    for label, reason in ((lambda i: i % 2, "all_equal"), (lambda i: 1, "empty_arm")):
        lines = ["night_date,enhanced,value,block"]
        lines += [f"{date(2026, 3, 2) + timedelta(days=i)},{label(i)},420,{i // 4}" for i in range(24)]
        table = tmp_path / "nights.csv"
        table.write_text("\n".join(lines), encoding="utf-8")
        for design in "RSP":
            assert run(["contrast", "--csv", str(table), "--design", design, "--swd", "20", "--json"]) == 0
            answer = json.loads(capfdbinary.readouterr().out)
            assert (answer["verdict"], answer["reasons"]) == ("refused", [reason]) and answer["fixes"]


@pytest.mark.parametrize("seed", range(12))
def test_any_journal_is_answered_in_words(path: Path, capfdbinary: Any, seed: int) -> None:
    keep(path, lambda journal, person: write(journal, person, anything(seed)))
    for command in (["contrast"], ["contrast", "--metric", "quality"], ["contrast", "--swd", "1"], ["alike"]):
        for form in ([], ["--json"]):
            assert run([*command, "--journal", str(path), *form]) == 0
            words = capfdbinary.readouterr().out.decode()
            said = " ".join(_texts(json.loads(words))) if form else words
            assert said and not UNREADABLE.search(said), said


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [t for v in value.values() for t in _texts(v)]
    return [t for v in value for t in _texts(v)] if isinstance(value, list) else []
