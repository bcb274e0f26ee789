"""Nights sent to a real FHIR R4 REST server: Medplum's router over its repository in memory, on this machine alone.

The packages (`fhir_server` beside this file, Apache-2.0 and MIT) are fetched into a folder of the test's own; without node, npm or the network it is skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from dreamjournal.domain.diary import Diary
from dreamjournal.services import journals
from tests.fakes import FakeClock
from tests.made_nights import row, write

DATA = Path(__file__).resolve().parent / "fhir_server"
KINDS = ("Patient", "Device", "Observation", "QuestionnaireResponse", "DocumentReference")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that runs as long as this module's tests."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not installed")
    folder = tmp_path_factory.mktemp("fhir-server")
    for name in ("package.json", "package-lock.json", "server.mjs"):
        shutil.copy(DATA / name, folder)
    env = {**os.environ, "npm_config_cache": str(folder / "cache"), "npm_config_update_notifier": "false"}
    fetched = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"],
        cwd=folder, env=env, capture_output=True, timeout=240, check=False,
    )  # fmt: skip
    if fetched.returncode != 0:
        pytest.skip("the packages of the server cannot be fetched here")
    with subprocess.Popen(
        [node, "server.mjs"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            port = process.stdout.readline().strip()
            if not port.isdigit():
                pytest.skip("the server does not start with this version of node")
            yield f"http://127.0.0.1:{int(port)}"
        finally:
            process.send_signal(signal.SIGKILL)


@pytest.fixture
def journal_file(tmp_path: Path) -> Path:
    """Four nights with WHOOP and a diary, two of them enhanced."""
    clock = FakeClock(datetime(2026, 5, 20, 12, tzinfo=UTC))
    path = tmp_path / "own.db"
    journal = journals.create(path, passphrase=None, clock=clock)
    person = journal.persons.all()[0]
    write(journal, person.id, row("ENEN", ill=False))
    journal.close()
    return path


def held(base: str, kind: str) -> list[dict[str, Any]]:
    with urlopen(f"{base}/{kind}?_count=1000", timeout=30) as answer:
        return [e["resource"] for e in json.load(answer).get("entry", ())]


def send(base: str, journal: Path, *more: str) -> Any:
    command = [
        sys.executable,
        "-m",
        "dreamjournal",
        "fhir",
        "push",
        "--url",
        base,
        "--yes",
        "--journal",
        str(journal),
        "--json",
        *more,
    ]
    ended = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_nights_arrive_once_and_are_brought_up_to_date(base: str, journal_file: Path) -> None:
    first = send(base, journal_file)
    assert first["report"]["complete"]
    assert first["report"]["taken"] == first["leaving"]["records"]
    counts = {kind: len(held(base, kind)) for kind in KINDS}
    assert sum(counts.values()) == first["report"]["taken"]
    assert (counts["Patient"], counts["Device"], counts["QuestionnaireResponse"], counts["DocumentReference"]) == (
        1,
        1,
        4,
        0,
    )

    journal = journals.open_existing(journal_file)
    person = journal.persons.all()[0].id
    night = row("E")[0].night
    told = journal.diaries.between(person, night, night)[night]
    assert isinstance(told, Diary)
    journal.diaries.put(replace(told, quality=5))
    journal.close()

    assert send(base, journal_file)["report"]["complete"]
    assert {kind: len(held(base, kind)) for kind in KINDS} == counts
    qualities = [
        item["answer"][0]["valueInteger"]
        for r in held(base, "QuestionnaireResponse")
        for item in r["item"]
        if item["linkId"] == "quality"
    ]
    assert qualities == [5]


def test_what_arrives_refers_to_what_is_there(base: str, journal_file: Path) -> None:
    assert send(base, journal_file)["report"]["complete"]
    people = {f"Patient/{r['id']}" for r in held(base, "Patient")}
    devices = {f"Device/{r['id']}" for r in held(base, "Device")}
    observed = held(base, "Observation")
    assert observed
    assert {r["subject"]["reference"] for r in observed} <= people
    assert {r["device"]["reference"] for r in observed if "device" in r} <= devices
    kinds = [r["valueCodeableConcept"]["coding"][0]["code"] for r in observed if "valueCodeableConcept" in r]
    assert set(kinds) == {"enhanced", "natural"}
    assert all(r["identifier"][0]["system"].startswith("urn:uuid:") for r in observed)
