"""The command `report`: each kind with its own choices, a name for one print, and which report a fingerprint is of."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.app.cli import run
from dreamjournal.common.clock import FixedClock
from dreamjournal.services import demo, journals, reports

CLOCK = FixedClock(datetime(2026, 5, 5, 8, tzinfo=UTC), "Europe/London")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "journal.db"
    demo.make(path, CLOCK)
    return path


@pytest.fixture
def sample(made: Path, tmp_path: Path) -> str:
    shutil.copy(made, tmp_path / "journal.db")
    return str(tmp_path / "journal.db")


def test_every_kind_is_written_and_an_unknown_one_is_told_the_list(
    sample: str, tmp_path: Path, capfdbinary: Any
) -> None:
    for kind in reports.KINDS:
        file = tmp_path / f"{kind.key}.json"
        assert run(["report", "--journal", sample, "--kind", kind.key, "--out", str(file)]) == 0, kind.key
        assert json.loads(file.read_text())["kind"] == kind.key
    capfdbinary.readouterr()
    assert run(["report", "--journal", sample, "--kind", "nope", "--out", str(tmp_path / "x.pdf")]) == 2
    said = capfdbinary.readouterr().err.decode()
    assert all(k.key in said for k in reports.KINDS)
    assert not (tmp_path / "x.pdf").exists()


@pytest.mark.parametrize(
    "options, words",
    [
        (("--kind", "contrast", "--question", "x"), "--question belongs to two-weeks"),
        (("--kind", "anthology", "--metric", "tst"), "--metric belongs to contrast"),
        (("--kind", "profile", "--only-natural"), "--only-natural belongs to anthology"),
        (("--name", "x" * 81), "at most 80 characters"),
        (("--from", "2026-03-02", "--to", "2026-03-01"), "--from lies after --to"),
        (("--part", "nope"), "there is no part nope"),
    ],
)
def test_what_does_not_belong_is_refused(
    sample: str, tmp_path: Path, capfdbinary: Any, options: tuple[str, ...], words: str
) -> None:
    file = tmp_path / "x.html"
    assert run(["report", "--journal", sample, "--out", str(file), *options]) == 2
    assert words in capfdbinary.readouterr().err.decode()
    assert not file.exists()


def test_a_typed_name_stands_on_the_page_and_nowhere_in_the_journal(sample: str, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    assert run(["report", "--journal", sample, "--out", str(file), "--name", "Jane  Example\x1b"]) == 0
    assert "Person <strong>Jane Example</strong>" in file.read_text()
    assert b"Jane" not in b"".join(p.read_bytes() for p in Path(sample).parent.glob("journal.db*"))


def test_a_fingerprint_tells_the_report_and_what_has_changed(sample: str, tmp_path: Path, capfdbinary: Any) -> None:
    file = tmp_path / "page.json"
    assert run(["report", "--journal", sample, "--out", str(file)]) == 0
    fingerprint = json.loads(file.read_text())["fingerprint"]
    capfdbinary.readouterr()
    assert run(["report", "--journal", sample, "--json", "--check", fingerprint]) == 0
    found = json.loads(capfdbinary.readouterr().out)
    assert (found["known"], found["kind"], found["same"], found["changes"]) == (True, "contrast", True, [])
    assert [m["how"] for m in found["made"]] == [".json"]
    night = json.loads(file.read_text())["nights"][30]["night_date"]
    journal = journals.open_existing(Path(sample))
    person = journal.persons.all()[0].id
    from datetime import date

    from dreamjournal.services import bin as bin_service

    bin_service.discard_night(journal, person, date.fromisoformat(night), CLOCK)
    journal.close()
    assert run(["report", "--journal", sample, "--check", fingerprint.replace(" ", "").lower()]) == 0
    said = capfdbinary.readouterr().out.decode()
    assert "Made again today it differs" in said


def test_a_fingerprint_nobody_knows_and_one_that_is_none(sample: str, tmp_path: Path, capfdbinary: Any) -> None:
    assert run(["report", "--journal", sample, "--json", "--check", "0000 0000 0000 0000"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["known"] is False
    assert run(["report", "--journal", sample, "--check", "12"]) == 2
    assert run(["report", "--journal", sample, "--check", "0" * 16, "--out", str(tmp_path / "x.pdf")]) == 2
    assert run(["report", "--journal", sample]) == 2


def test_a_csv_file_can_have_its_data_dictionary_beside_it(sample: str, tmp_path: Path, capfdbinary: Any) -> None:
    for kind in reports.KINDS:
        file = tmp_path / f"{kind.key}.csv"
        wanted = ["report", "--journal", sample, "--kind", kind.key, "--out", str(file), "--dictionary", "--json"]
        assert run(wanted) == 0, kind.key
        beside = tmp_path / f"{kind.key}.dictionary.csv"
        assert json.loads(capfdbinary.readouterr().out)["files"] == [str(file), str(beside)]
        with (
            file.open(newline="", encoding="utf-8-sig") as nights,
            beside.open(newline="", encoding="utf-8-sig") as said,
        ):
            columns, entries = next(csv.reader(nights)), list(csv.DictReader(said))
        assert [e["column"] for e in entries] == columns
        assert all(e["meaning"] and e["unit"] and e["comes_from"] and e["empty_means"] for e in entries)
    other = ["report", "--journal", sample, "--out", str(tmp_path / "x.pdf"), "--dictionary"]
    assert run(other) == 2
    assert b"--dictionary goes with a CSV file" in capfdbinary.readouterr().err
    assert not (tmp_path / "x.pdf").exists()
