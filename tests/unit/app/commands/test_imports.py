"""The commands of importing: zones, starts, columns, stays, corrections, reading again, sums, mappings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.app import cli
from dreamjournal.app.commands import shared

DATA = Path(__file__).parents[3] / "data"
SLEEPS = str(DATA / "whoop/sleeps.csv")


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


def sessions(run: Any) -> list[Any]:
    return [s for n in document(run, "nights")["nights"] for s in n["sessions"]]


def test_a_dry_run_over_a_folder_prints_the_rules_of_each_format(run: Any, tmp_path: Path) -> None:
    code, out, _ = run("import", "--dry-run", str(DATA / "whoop"))
    assert code == 0
    assert "Rule of the format" in out
    assert "light + deep + REM" in out
    assert not (tmp_path / "j.db").exists()
    files = document(run, "import", "--dry-run", SLEEPS)["files"]
    checks = files[0]["checks"]
    assert checks
    assert all(0 <= c["broken"] <= c["checked"] for c in checks)
    assert files[0]["unknown_fields"] == []


def test_a_renamed_column_is_loud(run: Any, tmp_path: Path) -> None:
    header, *rows = Path(SLEEPS).read_text().splitlines()
    path = tmp_path / "sleeps.csv"
    path.write_text("\n".join([header + ",Sleep mood", *(r + ",3" for r in rows)]) + "\n")
    code, out, _ = run("import", "--dry-run", str(path))
    assert code == 0
    assert "Sleep mood" in out


def test_a_table_is_explained_once_and_remembered(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("Went,Rose,Deep,Magnesium\n2026-03-12 23:00,2026-03-13 07:00,1.5,yes\n")
    code, out, err = run("import", str(path))
    assert (code, out) == (2, "")
    assert "--columns" in err
    assert "Went, Rose, Deep, Magnesium" in err
    columns = "Went=start,Rose=end,Deep=deep,Magnesium=tag,unit=h"
    assert run("import", str(path), "--columns", "Gone=start")[0] == 2
    assert run("import", str(path), "--columns", columns)[0] == 2  # times without a zone
    code, _, err = run("import", str(path), "--columns", columns, "--zone", "Europe/London")
    assert code == 0, err
    assert [(s["source"], s["deep_min"], s["start"]) for s in sessions(run)] == [("table", 90, "2026-03-12T23:00:00Z")]
    path.write_text(path.read_text() + "2026-03-13 23:00,2026-03-14 07:00,1.0,no\n")
    again = document(run, "import", str(path))["files"][0]
    assert (again["rows"]["kept"], again["rows"]["unchanged"]) == (1, 1)
    assert again["tags"] == [{"tag": "Magnesium", "nights": 1}]


def test_a_file_without_any_date_takes_its_start_from_the_option(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "scored.txt"
    path.write_text("0\n" * 20 + "1\n" * 10 + "2\n" * 100 + "3\n" * 40 + "5\n" * 40 + "0\n" * 5)
    code, _, err = run("import", str(path), "--zone", "Europe/London")
    assert code == 2
    assert "--start" in err
    code, _, err = run("import", str(path), "--zone", "Europe/London", "--start", "2026-07-09 23:30")
    assert code == 0, err
    (one,) = sessions(run)
    assert (one["start"], one["tst_min"], one["rem_min"]) == ("2026-07-09T22:30:00Z", 95, 20)


def test_stays_are_kept_listed_and_taken_away(run: Any) -> None:
    made = document(run, "travel", "add", "--from", "2026-03-10", "--to", "2026-03-20", "--zone", "Asia/Tokyo")
    assert document(run, "travel")["travel"] == [
        {"id": made["id"], "from": "2026-03-10", "to": "2026-03-20", "zone": "Asia/Tokyo"}
    ]
    code, _, err = run("travel", "add", "--from", "2026-03-20", "--to", "2026-03-21", "--zone", "Europe/Paris")
    assert (code, "already" in err) == (2, True)
    assert run("travel", "remove", str(made["id"]))[0] == 0
    assert document(run, "travel")["travel"] == []


def test_a_session_is_corrected_and_restored(run: Any) -> None:
    run("import", SLEEPS)
    first = next(s for s in sessions(run) if s["deep_min"] == 90)
    code, _, err = run(
        "session", "correct", str(first["id"]), "--start", "2026-03-12 23:30", "--end", "2026-03-13 06:00"
    )
    assert code == 0, err
    changed = next(s for s in sessions(run) if s["id"] == first["id"])
    assert (changed["tib_min"], changed["tst_min"]) == (390, None)
    assert changed["recorded"] == {"start": first["start"], "end": first["end"]}
    assert (
        run("session", "correct", str(first["id"]), "--start", "2026-03-12 23:30", "--end", "2026-03-12 22:00")[0] == 2
    )
    assert run("session", "restore", str(first["id"]))[0] == 0
    assert next(s for s in sessions(run) if s["id"] == first["id"]) == first


def test_reading_again_says_what_would_change_and_writes_only_when_told(run: Any, tmp_path: Path) -> None:
    run("import", SLEEPS)
    found = document(run, "imports", "reread")
    assert (found["read"], found["changes"], found["applied"], found["unread"]) == (1, [], False, [])
    assert "nothing changes" in run("imports", "reread", "--apply")[1]
    assert len(document(run, "imports")["imports"]) == 1


def test_a_mapping_tells_its_nights_before_it_is_kept(run: Any) -> None:
    run("import", str(DATA / "whoop/journal_entries.csv"))
    looked = document(run, "enhancers", "map", "whoop", "Took melatonin?", "melatonin", "--dry-run")
    assert (looked["nights"], looked["id"]) == (2, None)
    assert document(run, "enhancers")["enhancers"] == []
    assert document(run, "enhancers", "map", "whoop", "Took melatonin?", "melatonin")["nights"] == 2


def test_a_device_for_a_measure_is_the_contrast_s_source(run: Any) -> None:
    run("import", SLEEPS)
    assert run("settings", "set", "measure_sources", "tst=whoop deep=whoop")[0] == 0
    kept = {s["id"]: s for s in document(run, "settings")["settings"]}["measure_sources"]
    assert kept["value"] == {"tst": "whoop", "deep": "whoop"}
    assert document(run, "contrast", "--metric", "tst")["source"] == "whoop"
    assert run("settings", "set", "measure_sources", "tst=diary")[0] == 0
    assert document(run, "contrast", "--metric", "tst")["source"] == "diary"
