"""The command line in one process: exit codes, one sentence, options before and after, terminals."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.app import cli
from dreamjournal.app.commands import shared
from dreamjournal.services import journals, persons
from tests.fakes import FakeClock


@pytest.fixture
def run(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(shared, "_terminal", lambda: False)

    def call(*arguments: str, journal: bool = True) -> tuple[int, str, str]:
        code = cli.run([*(["--journal", str(tmp_path / "j.db")] if journal else []), *arguments])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


def test_help_and_version_load_neither_qt_nor_the_database() -> None:
    code = (
        "import sys\nfrom dreamjournal.app.cli import run\nassert run(['--version']) == run(['--help']) == run(['dreams', '--help']) == 0\n"
        "heavy = {'PySide6', 'sqlite_utils', 'sqlcipher3', 'numpy', 'scipy', 'matplotlib', 'typst', 'apscheduler', 'jinja2'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("dreamjournal ")


def test_a_fault_of_ours_shows_no_words_of_the_journal(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the harbour is empty")

    monkeypatch.setattr(persons, "the_person", broken)
    run("persons", "list")
    code, out, err = run("persons", "add", "P-1")
    assert code == 0
    code, out, err = run("nights")
    assert (code, out) == (1, "")
    assert "RuntimeError in test_cli.py" in err
    assert "harbour" not in err
    assert "Traceback" not in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("where", ["before", "after", "both"])
def test_options_count_before_and_after_the_command(tmp_path: Path, run: Any, where: str) -> None:
    options = ["--journal", str(tmp_path / "there.db"), "--json"]
    command = ["persons", "add", "P-1"]
    arguments = {
        "before": [*options, *command],
        "after": [*command, *options],
        "both": ["--journal", "/nowhere/x.db", *command, *options],
    }[where]
    code, out, _ = run(*arguments, journal=False)
    assert (code, json.loads(out)) == (0, {"ok": True, "id": 2})
    assert (tmp_path / "there.db").exists()
    code, out, _ = run("persons", "--json", "--journal", str(tmp_path / "there.db"), journal=False)
    assert [p["name"] for p in json.loads(out)["persons"]] == ["me", "P-1"]


def test_a_passphrase_is_typed_twice_at_a_terminal(tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["moth", "moth", "moth", "myth"])
    monkeypatch.setattr(shared, "_terminal", lambda: True)
    monkeypatch.setattr(shared.click, "prompt", lambda *_, **__: next(typed))
    code, _, err = run("log", "natural")
    assert (code, err) == (0, "")
    assert (tmp_path / "j.db.keys").exists()
    assert run("nights")[0] == 0
    code, _, err = run("nights")
    assert code == 2
    assert err.count("\n") == 1


def test_two_different_passphrases_make_no_journal(tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["moth", "myth"])
    monkeypatch.setattr(shared, "_terminal", lambda: True)
    monkeypatch.setattr(shared.click, "prompt", lambda *_, **__: next(typed))
    code, _, err = run("log", "natural")
    assert (code, list(tmp_path.iterdir())) == (2, [])
    assert "differ" in err


def test_an_empty_line_at_a_terminal_means_no_passphrase(
    tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "_terminal", lambda: True)
    monkeypatch.setattr(shared.click, "prompt", lambda *_, **__: "")
    assert run("log", "natural")[0] == 0
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".keys"] == []


def test_without_a_display_the_window_says_so(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    code, _, err = run()
    assert code == 2
    assert "no display" in err


def test_a_dream_cannot_steer_the_terminal(run: Any) -> None:
    run(
        "dreams",
        "add",
        "--night",
        "2026-07-08",
        "--recall",
        "report",
        "--text",
        "red \x1b[31m\nand\tmore",
        "--tag",
        "a\x1bb",
    )
    code, out, _ = run("dreams")
    assert code == 0
    assert "\x1b" not in out
    assert "red [31m and more" in out


def test_the_night_left_out_is_tonight_by_the_person_s_zone(tmp_path: Path) -> None:
    clock = FakeClock(datetime(2026, 7, 9, 2, tzinfo=UTC), "Europe/London")
    options = shared.Options(tmp_path / "j.db", json=True, clock=clock)
    journals.create(tmp_path / "j.db", passphrase=None, clock=clock).close()
    cli.dreamjournal.main(args=["log", "natural"], standalone_mode=False, obj=options)
    with shared.reading(options) as journal:
        assert journal.nights.dates(1) == [date(2026, 7, 8)]


NIGHT = "2026-07-08"
BAD: tuple[Sequence[str], ...] = (
    ("nonsense",), ("dreams", "--nonsense"), ("dreams", "add", "--night", NIGHT, "--recall", "vivid"), ("dreams", "add", "--recall", "nothing"),
    ("dreams", "add", "--night", "2026-13-01", "--recall", "nothing"), ("dreams", "add", "--night", "9999-01-01", "--recall", "nothing"),
    ("dreams", "add", "--night", NIGHT, "--recall", "report", "--text", "x", "--lucidity", "5"), ("dreams", "add", "--night", NIGHT, "--recall", "report", "--tone", "-3"),
    ("diary", "set", "--night", NIGHT), ("diary", "set", "--night", NIGHT, "--into-bed", "25:00"), ("diary", "set", "--night", NIGHT, "--sol", "-1"),
    ("diary", "set", "--night", NIGHT, "--quality", "6"), ("diary", "set", "--night", NIGHT, "--waso", "nan"),
    ("log", "drunk"), ("log", "enhanced"), ("log", "natural", "X"), ("log", "enhanced", "X", "--intensity", "2"), ("log", "enhanced", ""),
    ("enhancers", "map", "whop", "tag", "X"), ("enhancers", "only", "X"), ("enhancers", "add", ""), ("enhancers", "unmap", "whoop", "x"),
    ("settings", "set", "bedtime_work", "late"), ("settings", "set", "colour", "red"), ("settings", "set", "zone", "Mars/Base"), ("settings", "set", "measure_sources", "joy=oura"),
    ("travel", "add", "--from", NIGHT, "--to", NIGHT, "--zone", "Mars/Base"), ("settings", "set", "originals_limit_mb", "-1"),
    ("persons", "add", "me"), ("nights", "--from", "2026-07-09", "--to", "2026-07-08"), ("nights", "--person", "nobody"),
    ("contrast", "--metric", "happiness"), ("contrast", "--enhancer", "nothing"), ("contrast", "--swd", "-1"), ("contrast", "--source", "moon"),
    ("contrast", "--csv", "nowhere.csv", "--design", "R", "--swd", "20"), ("contrast", "--csv", "x.csv", "--design", "Q"), ("contrast", "--csv", "x.csv"),
    ("contrast", "--design", "R"), ("report", "--out", "x.docx"), ("report",), ("report", "--out", "x.pdf", "--kind", "profile"),
    ("hypnogram", "nowhere.edf"), ("imports", "undo", "7"), ("imports", "undo", "x"), ("travel", "remove", "7"), ("session", "restore", "7"), ("import",), ("import", "nowhere.csv"),
    ("study", "stop"), ("study", "log", "7"), ("study", "lengthen", "8"), ("study", "change"), ("study", "print", "--out", "x.pdf"),
    ("study", "new", "--enhancer", "nothing"), ("study", "new", "--enhancer", "melatonin", "--nights", "7"), ("study", "verify"),
    ("backup", "restore", "nothing"), ("check", "--replace"), ("check", "--mend", "--salvage", "x.db"), ("--capture", "nights"),
)  # fmt: skip


def test_bad_input_is_one_sentence_and_changes_nothing(run: Any) -> None:
    run("log", "enhanced", "SleepSync", "melatonin", "--night", NIGHT, "--dose", "0.6", "--dose", "1 mg")
    before = run("nights", "--json")[1]
    for arguments in BAD:
        code, out, err = run(*arguments)
        assert (code, out, err.count("\n")) == (2, "", 1), (arguments, code, out, err)
        assert err.endswith(".\n"), err
    assert run("nights", "--json")[1] == before
    assert [e["name"] for e in json.loads(run("enhancers", "--json")[1])["enhancers"]] == ["melatonin", "SleepSync"]


READS: tuple[Sequence[str], ...] = (
    ("nights",), ("dreams",), ("dreams", "list"), ("dreams", "search", "x"), ("enhancers",), ("imports",), ("persons",), ("settings",), ("remind",),
    ("remind", "log"), ("contrast",), ("report", "--out", "x.pdf"), ("log",),
)  # fmt: skip


def test_reading_makes_no_journal(tmp_path: Path, run: Any) -> None:
    for arguments in READS:
        code, _, err = run(*arguments)
        assert code == 2, arguments
        assert "no journal yet" in err
    assert list(tmp_path.iterdir()) == []
