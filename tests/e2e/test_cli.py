"""The real process against the contract: what it prints, what it leaves, how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NIGHT = "2026-07-08"
DIARY = (
    "--into-bed", "23:20", "--try-sleep", "2341", "--sol", "25", "--waso", "20", "--nawk", "2", "--final-wake", "7:02am", "--out-of-bed", "07:30",
    "--quality", "4",
)  # fmt: skip


class Cli:
    """Runs `python -m dreamjournal` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = folder / "own.db"
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("DREAMJOURNAL", "SOURCE_DATE"))}
        self.env |= {"XDG_DATA_HOME": str(folder / "data"), "TZ": "Europe/London"}

    def __call__(
        self, *arguments: str | Path, code: int = 0, feed: bytes = b"", **env: str
    ) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "dreamjournal", *(str(a) for a in arguments)]
        if "--journal" not in arguments:
            command += ["--journal", str(self.journal)]
        ended = subprocess.run(command, input=feed, capture_output=True, env=self.env | env, timeout=120, check=False)
        assert ended.returncode == code, (arguments, ended.returncode, ended.stdout[-500:], ended.stderr)
        assert b"Traceback" not in ended.stderr
        if code:
            assert ended.stderr.count(b"\n") == 1, ended.stderr
            assert ended.stderr.rstrip().endswith(b"."), ended.stderr
        return ended

    def json(self, *arguments: str | Path, code: int = 0, **env: str) -> Any:
        return json.loads(self(*arguments, "--json", code=code, **env).stdout)


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


def write_night(cli: Cli) -> None:
    cli("diary", "set", "--night", NIGHT, *DIARY)
    cli(
        "dreams",
        "add",
        "--night",
        NIGHT,
        "--recall",
        "report",
        "--text",
        "the harbour",
        "--tone",
        "-2",
        "--lucidity",
        "3",
        "--tag",
        "sea",
        "--tag",
        "#wall",
    )
    cli("log", "enhanced", "SleepSync", "melatonin", "--night", NIGHT, "--dose", "0.6", "--dose", "1 mg")


def test_a_night_is_written_and_read_back(cli: Cli) -> None:
    write_night(cli)
    (night,) = cli.json("nights", "--from", NIGHT, "--to", NIGHT)["nights"]
    assert (night["night_date"], night["condition"], night["recall"], night["dreams"]) == (
        NIGHT,
        "enhanced",
        "report",
        1,
    )
    assert [(e["name"], e["source"]) for e in night["exposures"]] == [("SleepSync", "diary"), ("melatonin", "diary")]
    assert (night["diary"]["tst_min"], night["diary"]["sol"], night["diary"]["ema"]) == (396.0, 25.0, None)
    assert night["sessions"] == []
    (dream,) = cli.json("dreams", "search", "harb")["dreams"]
    assert (dream["text"], dream["tags"], dream["tone"], dream["condition"]) == (
        "the harbour",
        ["sea", "wall"],
        -2,
        "enhanced",
    )
    assert [e["name"] for e in cli.json("enhancers")["enhancers"]] == ["melatonin", "SleepSync"]
    words = cli("nights").stdout.decode()
    assert "enhanced by SleepSync, melatonin" in words
    assert "6 h 36 min" in words


def test_an_answer_without_content_has_an_id_and_no_dream(cli: Cli) -> None:
    made = cli.json("dreams", "add", "--night", NIGHT, "--recall", "nothing")
    assert made["ok"] is True
    assert isinstance(made["id"], int)
    (night,) = cli.json("nights")["nights"]
    assert (night["recall"], night["dreams"]) == ("nothing", 0)
    cli("dreams", "add", "--night", NIGHT, "--recall", "nothing", "--lucidity", "2", code=2)


def test_a_dream_is_read_from_standard_input_and_deleted(cli: Cli) -> None:
    made = json.loads(
        cli(
            "dreams",
            "add",
            "--night",
            NIGHT,
            "--recall",
            "fragment",
            "--text",
            "-",
            "--json",
            feed="Möwe\n海\n".encode(),
        ).stdout
    )
    (dream,) = cli.json("dreams", "list")["dreams"]
    assert (dream["id"], dream["text"]) == (made["id"], "Möwe\n海")
    assert cli.json("dreams", "delete", str(made["id"])) == {"ok": True, "id": made["id"], "bin_id": 1}
    assert cli.json("dreams")["dreams"] == []
    cli("dreams", "delete", str(made["id"]), code=2)
    cli("dreams", "add", "--night", NIGHT, "--recall", "report", "--text", "-", code=2, feed=b"\xff\xfe")


def test_a_log_replaces_the_earlier_one(cli: Cli) -> None:
    cli("log", "enhanced", "A", "B", "--night", NIGHT)
    said = cli.json("log", "natural", "--night", NIGHT)
    assert (said["ok"], said["condition"], said["exposures"]) == (True, "natural", [])
    assert cli.json("log", "--night", NIGHT)["answer"] == "natural"


def test_a_diary_keeps_what_is_left_out(cli: Cli) -> None:
    first = cli.json("diary", "set", "--night", NIGHT, *DIARY)
    assert (first["ok"], first["tst_min"], first["doubts"]) == (True, 396.0, [])
    second = cli.json("diary", "set", "--night", NIGHT, "--tasafa", "10", "--comment", "rain")
    assert second["id"] == first["id"]
    diary = cli.json("nights")["nights"][0]["diary"]
    assert (diary["tst_min"], diary["tasafa"], diary["comments"], diary["late"]) == (396.0, 10.0, "rain", True)
    assert diary["se_dse_pct"] == pytest.approx(100 * 396 / 451, abs=0.005)


def test_bad_input_ends_with_two_and_one_sentence(cli: Cli) -> None:
    write_night(cli)
    for arguments in (
        ("nonsense",),
        ("dreams", "add", "--night", NIGHT, "--recall", "vivid"),
        ("hypnogram", "nowhere.edf"),
        ("nights", "--person", "x"),
    ):
        assert cli(*arguments, code=2).stdout == b""
    assert len(cli.json("nights")["nights"]) == 1


def test_a_reading_command_on_a_missing_journal_makes_none(cli: Cli) -> None:
    assert b"no journal yet" in cli("nights", code=2).stderr
    assert not cli.journal.exists()


def test_a_journal_made_without_a_key_says_so_once(cli: Cli) -> None:
    first = cli("log", "natural", "--night", NIGHT)
    assert b"without a passphrase" in first.stderr
    assert first.stderr.count(b"\n") == 1
    assert cli("log", "natural", "--night", NIGHT).stderr == b""
    assert not cli.journal.with_name("own.db.keys").exists()
    assert cli.journal.read_bytes().startswith(b"SQLite format 3\0")
    # An empty variable is no passphrase.
    other = str(cli.folder / "other.db")
    assert b"without a passphrase" in cli("log", "natural", "--journal", other, DREAMJOURNAL_PASSPHRASE="").stderr


def test_a_journal_with_a_key_opens_with_its_passphrase_alone(cli: Cli) -> None:
    key = {"DREAMJOURNAL_PASSPHRASE": "moth and lamp"}
    made = cli("dreams", "add", "--night", NIGHT, "--recall", "report", "--text", "the harbour", **key)
    assert made.stderr == b""
    assert cli.journal.with_name("own.db.keys").exists()
    assert b"harbour" not in cli.journal.read_bytes()
    assert len(cli.json("dreams", **key)["dreams"]) == 1
    bytes_before = cli.journal.read_bytes()
    for env in ({"DREAMJOURNAL_PASSPHRASE": "moth"}, {}):
        assert cli("dreams", code=2, **env).stdout == b""
    assert cli.journal.read_bytes() == bytes_before


def test_a_journal_of_a_newer_version_is_not_touched(cli: Cli) -> None:
    from sqlcipher3 import dbapi2  # pyright: ignore[reportMissingTypeStubs]

    cli("log", "natural", "--night", NIGHT)
    conn: Any = dbapi2.connect(str(cli.journal))  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
    conn.execute("PRAGMA user_version = 999")
    conn.close()
    before = cli.journal.read_bytes()
    assert b"newer" in cli("nights", code=2).stderr
    assert b"newer" in cli("log", "natural", code=2).stderr
    assert cli.journal.read_bytes() == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write into a read-only folder")
def test_a_read_only_folder_is_told(cli: Cli) -> None:
    folder = cli.folder / "closed"
    folder.mkdir(mode=0o500)
    cli("log", "natural", "--journal", folder / "x.db", code=2)


def test_a_file_in_place_of_the_folder_is_told(cli: Cli) -> None:
    (cli.folder / "file").write_text("x")
    cli("log", "natural", "--journal", cli.folder / "file" / "x.db", code=2)


def test_a_caseload_holds_several_and_asks_whom_is_meant(cli: Cli) -> None:
    assert cli.json("persons", "add", "P-003", "--kind", "nurse") == {"ok": True, "id": 1}
    cli("log", "natural", "--night", NIGHT)
    cli("persons", "add", "P-007")
    told = cli("nights", code=2).stderr
    assert b"P-003, P-007" in told
    assert b"--person" in told
    assert len(cli.json("--person", "p-003", "nights")["nights"]) == 1
    assert cli.json("nights", "--person", "P-007")["nights"] == []
    assert cli.json("persons")["kind"] == "nurse"
    cli("nights", "--person", "P-003", "--kind", "own", code=2)


def test_settings_and_the_next_reminder(cli: Cli) -> None:
    assert cli.json("settings", "set", "bedtime_work", "11:15 pm") == {
        "ok": True,
        "id": "bedtime_work",
        "value": "23:15",
    }
    cli("settings", "set", "bedtime_free", "23:15")
    cli("settings", "set", "zone", "Asia/Tokyo")
    kept = {s["id"]: s["value"] for s in cli.json("settings")["settings"]}
    assert (kept["bedtime_work"], kept["wind_down_lead_min"]) == ("23:15", 45)
    planned = cli.json("remind", "next")
    assert set(planned) == {"next", "reason"}
    assert set(planned["next"]) == {"due", "local", "zone"}
    assert planned["next"]["zone"] == "Asia/Tokyo"
    assert planned["next"]["due"].endswith("13:30:00Z" if "22:30" in planned["next"]["local"] else "Z")
    assert "22:30" in planned["next"]["local"]
    cli("settings", "set", "reminder_on", "no")
    off = cli.json("remind")
    assert off["next"] is None
    assert off["reason"]


def test_no_bedtime_no_reminder(cli: Cli) -> None:
    cli("log", "natural", "--night", NIGHT)
    assert cli.json("remind", "next")["next"] is None
    assert cli.json("remind", "log")["log"] == []


WHOOP = (
    "Cycle start time,Cycle end time,Cycle timezone,Sleep onset,Wake onset,Sleep performance %,Respiratory rate (rpm),Asleep duration (min),"
    "In bed duration (min),Light sleep duration (min),Deep (SWS) duration (min),REM duration (min),Awake duration (min),Sleep need (min),"
    "Sleep debt (min),Sleep efficiency %,Sleep consistency %,Nap\n"
    "2026-07-01 22:51:08,2026-07-02 22:40:00,UTC+01:00,2026-07-01 22:51:08,2026-07-02 06:51:08,80,15.1,450,480,250,90,110,30,480,10,94,80,false\n"
)


def test_a_dry_run_makes_no_journal_and_an_import_is_undone_exactly(cli: Cli) -> None:
    export = cli.folder / "sleeps.csv"
    export.write_text(WHOOP)
    (seen,) = cli.json("import", export, "--dry-run")["files"]
    assert (seen["dry_run"], seen["rows"]["kept"], seen["rows"]["read"]) == (True, 1, 1)
    assert not cli.journal.exists()
    cli("log", "natural", "--night", NIGHT)
    before = cli.json("nights")
    (kept,) = cli.json("import", export)["files"]
    assert (kept["format"], kept["source"], kept["rows"]["kept"], kept["first_night"]) == (
        "whoop",
        "whoop",
        1,
        "2026-07-01",
    )
    session = next(n for n in cli.json("nights")["nights"] if n["night_date"] == "2026-07-01")["sessions"][0]
    assert (session["tst_min"], session["zone"], session["offset_min"], session["sol_min"]) == (450.0, None, 60, None)
    (again,) = cli.json("import", export)["files"]
    assert (again["rows"]["unchanged"], again["nights"]["new"]) == (1, 0)
    assert {i["id"] for i in cli.json("imports", "list")["imports"]} >= {kept["import_id"]}
    cli("imports", "undo", str(again["import_id"]))
    assert cli.json("imports", "undo", str(kept["import_id"]))["ok"] is True
    assert cli.json("nights") == before
    cli("imports", "undo", str(kept["import_id"]), code=2)


def test_a_refused_file_beside_a_good_one_ends_with_two(cli: Cli) -> None:
    good, bad = cli.folder / "sleeps.csv", cli.folder / "page.html"
    good.write_text(WHOOP)
    bad.write_text("<html><body>Log in</body></html>")
    ended = subprocess.run(
        [sys.executable, "-m", "dreamjournal", "--json", "--journal", str(cli.journal), "import", str(bad), str(good)],
        capture_output=True, env=cli.env, timeout=120, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    files = {f["path"].rsplit("/")[-1]: f for f in json.loads(ended.stdout)["files"]}
    assert files["page.html"]["error"]
    assert files["sleeps.csv"]["rows"]["kept"] == 1
    assert len(cli.json("nights")["nights"]) == 1


@pytest.mark.real
def test_the_published_vectors_give_their_numbers(cli: Cli, shared_dir: Path) -> None:
    import csv

    with (shared_dir / "vectors" / "synthetic_nof1_tst.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    names = {
        "C": "night_date",
        "night": "night_date",
        "date": "night_date",
        "tst_min": "value",
        "weekend_eve": "weekend",
    }
    table = cli.folder / "c.csv"
    header = [names.get(k, k) for k in rows[0]]
    table.write_text("\n".join([",".join(header), *(",".join(r.values()) for r in rows)]) + "\n")
    random = cli.json("contrast", "--csv", table, "--design", "R", "--swd", "20")
    chosen = cli.json("contrast", "--csv", table, "--design", "S", "--swd", "20")
    assert (random["verdict"], chosen["verdict"]) == ("probably_more", "not_enough")
    assert (random["n_enhanced"], random["n_natural"]) == (24, 26)
    assert random["df"] is None


def test_the_demo_leaves_the_person_s_journal_alone_and_repeats_its_bytes(cli: Cli) -> None:
    cli("log", "natural", "--night", NIGHT)
    before = cli.journal.read_bytes()
    env = {"SOURCE_DATE_EPOCH": "1783600000"}
    made = cli.json("demo", **env)
    assert made["journal"] == str(cli.folder / "sample" / "journal.db")
    assert {Path(p).suffix for p in made["reports"]} >= {".pdf"}
    assert made["truth"]
    assert cli.journal.read_bytes() == before
    out = [cli.folder / "a.pdf", cli.folder / "b.pdf"]
    for path in out:
        written = cli.json("report", "--out", path, "--journal", made["journal"], **env)
        assert written == {"files": [str(path)], "pages": 1}
    assert out[0].read_bytes() == out[1].read_bytes()
    assert out[0].read_bytes().startswith(b"%PDF")
    result = cli.json("contrast", "--journal", made["journal"])
    assert {
        "metric",
        "source",
        "enhancer",
        "design",
        "estimate",
        "interval",
        "verdict",
        "sentence",
        "reasons",
        "excluded",
    } <= set(result)


def test_a_journal_open_elsewhere_is_written_beside(cli: Cli) -> None:
    cli("log", "natural", "--night", NIGHT)
    from dreamjournal.services import journals

    held = journals.open_existing(cli.journal)
    seen = held.data_version()
    cli("dreams", "add", "--night", NIGHT, "--recall", "report", "--text", "beside")
    assert held.data_version() != seen
    assert held.dreams.count(1) == 1
    held.close()


def test_a_locked_journal_is_no_bad_input(cli: Cli) -> None:
    cli("log", "natural", "--night", NIGHT)
    from dreamjournal.services import journals

    held = journals.open_existing(cli.journal)
    with held.atomic():
        told = cli("dreams", "add", "--night", NIGHT, "--recall", "nothing", code=1).stderr
    held.close()
    assert b"another program is writing" in told
