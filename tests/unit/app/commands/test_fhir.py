"""The command `fhir`: what leaves is shown first, a file is whole, and nothing is sent without being told to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.app.cli import run
from dreamjournal.common.clock import FixedClock
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.services import dreams, fhir_check, journals
from tests.made_nights import FIRST, NAME, row, write
from tests.unit.services.fhir_clinic import Clinic, answer, running

CLOCK = FixedClock(datetime(2026, 10, 1, 12, tzinfo=UTC), "Europe/London")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "journal.db"
    journal = journals.create(made, passphrase=None, clock=CLOCK)
    person = journal.persons.all()[0].id
    write(journal, person, row("ENEN", ill=False))
    dreams.save(journal, person, DreamDraft(FIRST, "a needle in the hay"), CLOCK)
    journal.close()
    return made


@pytest.fixture
def clinic() -> Iterator[Clinic]:
    with running() as server:
        yield server


def url(clinic: Clinic) -> str:
    return f"http://127.0.0.1:{clinic.server_port}/fhir"


def test_preview_in_words(path: Path, capfd: Any) -> None:
    assert run(["fhir", "preview", "--journal", str(path)]) == 0
    out = capfd.readouterr().out
    lines = {line[: line.index("  ", 4)].strip(): line.rsplit("  ", 1)[1].strip() for line in out.splitlines()[1:]}
    assert lines["Nights"] == "4, from 4 May 2026 to 7 May 2026"
    assert lines["The words of dreams"] == lines["Comments of the diary"] == "stay here"
    assert lines["What each night was"] == "4"


def test_preview_as_json(path: Path, capfdbinary: Any) -> None:
    assert run(["fhir", "preview", "--journal", str(path), "--from", "2026-05-05", "--to", "2026-05-06", "--json"]) == 0
    document = json.loads(capfdbinary.readouterr().out)
    assert (document["nights"], document["first"], document["last"]) == (2, "2026-05-05", "2026-05-06")
    assert not (document["dreams"] or document["comments"] or document["names"])


def test_export_writes_what_passes_the_check(path: Path, tmp_path: Path, capfd: Any) -> None:
    out = tmp_path / "nights.json"
    assert run(["fhir", "export", "--journal", str(path), "--out", str(out)]) == 0
    data = out.read_bytes()
    assert fhir_check.check(json.loads(data)) == ()
    assert NAME.encode() not in data
    assert b"DocumentReference" not in data
    assert f"{out} was written, {len(json.loads(data)['entry'])} records." in capfd.readouterr().out
    assert run(["fhir", "export", "--journal", str(path), "--out", str(out), "--dreams", "--names"]) == 0
    assert NAME.encode() in out.read_bytes()
    assert b"DocumentReference" in out.read_bytes()


def test_nothing_is_sent_without_yes(path: Path, clinic: Clinic, capfd: Any) -> None:
    assert run(["fhir", "push", "--journal", str(path), "--url", url(clinic)]) == 2
    told = capfd.readouterr()
    assert told.out.startswith("What leaves:")
    assert told.err == "Nothing was sent: it was not said that it may leave; add --yes to send it.\n"
    assert clinic.seen == []


def test_push(path: Path, clinic: Clinic, tmp_path: Path, capfd: Any) -> None:
    token = tmp_path / "token"
    token.write_text("s3cret\n")
    assert run(["fhir", "push", "--journal", str(path), "--url", url(clinic), "--token-file", str(token), "--yes"]) == 0
    out = capfd.readouterr().out
    assert out.endswith(f"The server has all {len(clinic.held)} records of 4 nights.\n")
    assert "s3cret" not in out
    assert clinic.seen[0][2]["Authorization"] == "Bearer s3cret"


def test_a_push_that_was_not_complete_ends_with_one(path: Path, clinic: Clinic, capfd: Any) -> None:
    clinic.refuses = lambda r: r["resourceType"] == "QuestionnaireResponse"
    assert run(["fhir", "push", "--journal", str(path), "--url", url(clinic), "--yes"]) == 1
    out = capfd.readouterr().out
    assert "4 records were refused." in out
    assert "QuestionnaireResponse, Mon 4 May 2026: too late" in out
    assert "\x1b" not in out
    clinic.always = lambda _h: answer(401)
    assert run(["fhir", "push", "--journal", str(path), "--url", url(clinic), "--yes", "--json"]) == 1
    document = json.loads(capfd.readouterr().out)
    assert document["report"]["stopped"] == "The server does not let you in; check the token."
    assert document["report"]["not_sent"] == document["leaving"]["records"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["export", "--out", "nights.txt"], "must end in .json"),
        (["export", "--out", "nights.json", "--from", "2026-05-06", "--to", "2026-05-05"], "lies after"),
        (["export", "--out", "nights.json", "--from", "2027-01-01"], "nothing is known of nights"),
        (["export"], "--out"),
        (["push", "--url", "http://example.org", "--yes"], "by http"),
        (["push", "--url", "https://example.org", "--token-file", "none", "--yes"], "cannot be read"),
    ],
)
def test_bad_input_is_one_sentence(path: Path, arguments: list[str], why: str, capfd: Any) -> None:
    assert run(["fhir", *arguments, "--journal", str(path)]) == 2
    told = capfd.readouterr()
    assert why in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""
