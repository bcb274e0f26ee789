"""The command `study`, from the questions that come first to the verified hash."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.app import cli
from dreamjournal.app.commands import shared
from dreamjournal.common.errors import UserError
from tests.fakes import FakeClock

NEW = ("study", "new", "--enhancer", "SleepSync", "--seed", "4", "--question", "Do I sleep longer – really?")


class Runner:
    """Commands on a journal, at the time of a clock that can be set."""

    def __init__(self, path: Path, clock: FakeClock, output: pytest.CaptureFixture[bytes]) -> None:
        self.clock, self.path, self._output = clock, path, output

    def __call__(self, *arguments: str) -> str:
        """What the command prints. Raises its UserError."""
        options = shared.Options(self.path, clock=self.clock)
        cli.dreamjournal.main(args=list(arguments), standalone_mode=False, obj=options)
        return self._output.readouterr()[0].decode()

    def json(self, *arguments: str) -> Any:
        """The document the command prints."""
        return json.loads(self(*arguments, "--json"))

    def printed(self) -> str:
        """What was printed before an error."""
        return self._output.readouterr()[0].decode()


@pytest.fixture
def run(
    tmp_path: Path, clock: FakeClock, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Runner:
    monkeypatch.setattr(shared, "_terminal", lambda: False)
    made = Runner(tmp_path / "j.db", clock, capfdbinary)
    made("enhancers", "add", "SleepSync", "--type", "device")
    made("enhancers", "add", "melatonin", "--type", "supplement")
    made("enhancers", "add", "zolpidem", "--type", "drug")
    return made


def test_the_questions_are_printed_and_the_option_is_named(run: Runner) -> None:
    with pytest.raises(UserError, match="--none-of-these, or --yes KEY"):
        run(*NEW)
    assert "epilepsy: Do you have epilepsy" in run.printed()
    with pytest.raises(UserError, match="--prescribed or --not-prescribed"):
        run("study", "new", "--enhancer", "melatonin", "--json")
    assert [q["key"] for q in json.loads(run.printed())["questions"]] == ["prescribed"]
    for answer, words in (
        (("--yes", "epilepsy"), "talk to a clinician"), (("--yes", "mood"), "no question mood"),
        (("--none-of-these", "--yes", "epilepsy"), "contradict"),
    ):  # fmt: skip
        with pytest.raises(UserError, match=words):
            run(*NEW, *answer)
    with pytest.raises(UserError, match="clinician"):
        run("study", "new", "--enhancer", "melatonin", "--prescribed")
    with pytest.raises(UserError, match="never put on a schedule"):
        run("study", "new", "--enhancer", "zolpidem")
    with pytest.raises(UserError, match="name one with --enhancer"):
        run("study", "new", "--none-of-these")
    assert run.json("study", "list") == {"studies": []}


def test_a_dry_run_begins_nothing(run: Runner) -> None:
    seen = run.json(*NEW, "--dry-run", "--nights", "20")["preview"]
    assert (seen["nights"], seen["enhanced"], seen["natural"]) == (20, 10, 10)
    assert any("cannot reach a verdict" in w for w in seen["warnings"])
    assert "Nothing was begun" in run(*NEW, "--dry-run")
    assert run.json("study")["studies"] == []


def test_the_printed_hash_is_that_of_what_the_list_prints(run: Runner, tmp_path: Path) -> None:
    made = run.json(*NEW, "--none-of-these")
    assert made["ok"] is True
    listed = run.json("study", "list")["studies"][0]
    covered = json.dumps(listed["commitment"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(covered.encode("utf-8")).hexdigest()
    assert digest == listed["digest"]
    for name in (
        "question",
        "schedule",
        "blocks",
        "seed",
        "first_night",
        "swd",
        "metric",
        "source",
        "washout",
        "max_run",
        "fixed",
    ):
        assert listed["commitment"][name] == listed[name]
    run("study", "print", "--out", str(tmp_path / "plan.md"))
    plan = (tmp_path / "plan.md").read_text()
    assert digest in plan
    assert covered in plan
    assert run.json("study", "verify")["ok"] is True
    assert run.json("study", "print", "--out", str(tmp_path / "plan.pdf"))["pages"] == 1


def test_a_study_is_followed_from_the_command_line(run: Runner) -> None:
    run(*NEW, "--none-of-these", "--nights", "28")
    schedule = run.json("study")["studies"][0]["schedule"]
    for i in range(5):
        tonight = run.json("study", "tonight")["tonight"]
        assert (tonight["number"], tonight["arm"]) == (i + 1, "enhanced" if schedule[i] == "E" else "natural")
        run("log", *(("enhanced", "SleepSync") if schedule[i] == "E" else ("natural",)))
        run.clock.advance(days=1)
    kept = run.json("study", "log")
    assert kept["adherence"] == {"followed": 5, "known": 5, "passed": 5, "nights": 28}
    assert kept["nights"][0]["drawn"] == kept["nights"][0]["used"]
    assert "Followed as drawn: 5 of 5 nights" in run("study", "log")
    with pytest.raises(UserError, match="first night has begun"):
        run("study", "change", "--nights", "56")
    with pytest.raises(UserError, match="not said what to change"):
        run("study", "change")
    assert "exploratory" in run("study", "change", "--swd", "25")
    assert "changed on 14 July 2026" in run("study", "verify")
    assert "exploratory" in run("study", "lengthen", "4")
    with pytest.raises(UserError, match="give an even number"):
        run("study", "lengthen", "3")
    with pytest.raises(UserError, match="one is running"):
        run(*NEW, "--none-of-these")
    run("study", "stop", "--reason", "moved house")
    listed = run.json("study")["studies"][0]
    assert (listed["stop_reason"], listed["nights"], listed["covers_nights"]) == ("moved house", 32, 28)
    assert "goes on until" in run("study", "resume")
    run.clock.advance(days=40)
    assert run.json("study", "tonight") == {"tonight": None}
    with pytest.raises(UserError, match="ended already"):
        run("study", "stop")


def test_a_sealed_study_tells_the_command_line_nothing(run: Runner, tmp_path: Path) -> None:
    run(*NEW, "--none-of-these", "--nights", "28", "--sealed")
    first = run.clock.now()
    for i in range(8):
        run("log", *(("enhanced", "SleepSync") if i % 2 else ("natural",)))
        night = (first + timedelta(days=i)).date().isoformat()
        run.clock.advance(hours=10)
        run(
            "diary", "set", "--night", night, "--into-bed", "23:00", "--try-sleep", "23:00", "--sol", "10", "--waso", "0",
            "--nawk", "0", "--final-wake", "06:30", "--out-of-bed", "07:00", "--quality", "4",
        )  # fmt: skip
        run.clock.advance(hours=14)
    for night in run.json("nights")["nights"]:
        assert (night["condition"], night["answer"], night["exposures"], night["sessions"]) == (
            "unrecorded",
            None,
            [],
            [],
        )
        assert night["study_sealed"] is True
        assert night["diary"]["tst_min"] == 440
    assert "sealed" in run("nights")
    assert "natural" not in run("nights")
    tonight = run.json("study", "tonight")["tonight"]
    assert (tonight["arm"], tonight["sealed"]) == (None, True)
    listed = run.json("study", "list")["studies"][0]
    assert listed["hidden"] is True
    assert (listed["schedule"], listed["blocks"], listed["seed"], listed["commitment"]) == (None, None, None, None)
    assert len(listed["digest"]) == 64
    kept = run.json("study", "log")
    assert kept["adherence"]["followed"] is None
    assert all(n["drawn"] is None and n["used"] is None and n["followed"] is None for n in kept["nights"])
    answer = run.json("contrast", "--enhancer", "SleepSync")
    assert (answer["verdict"], answer["estimate"], answer["points"]) == ("early", None, [])
    assert {"sealed", "collecting"} <= set(answer["reasons"])
    run("study", "print", "--for-helper", "--out", str(tmp_path / "list.md"))
    run("study", "print", "--out", str(tmp_path / "own.md"))
    assert "| enhanced |" in (tmp_path / "list.md").read_text()
    assert "| enhanced |" not in (tmp_path / "own.md").read_text()
    run.clock.set(datetime(2026, 8, 6, 13))
    opened = run.json("study", "list")["studies"][0]
    assert opened["hidden"] is False
    covered = json.dumps(opened["commitment"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(covered.encode()).hexdigest() == listed["digest"]
    assert {n["condition"] for n in run.json("nights")["nights"]} == {"natural", "enhanced"}


def test_a_seal_opened_early_is_on_record(run: Runner) -> None:
    run(*NEW, "--none-of-these", "--sealed")
    assert "reports say when" in run("study", "unseal")
    assert run.json("study")["studies"][0]["unsealed"] == "2026-07-09T20:00:00Z"
    with pytest.raises(UserError, match="open already"):
        run("study", "unseal")


def test_without_a_study_each_command_says_how_to_begin(run: Runner, tmp_path: Path) -> None:
    for command in (
        ("log",), ("stop",), ("resume",), ("unseal",), ("verify",), ("lengthen", "4"), ("print", "--out", str(tmp_path / "x.md")),
        ("change", "--swd", "20"),
    ):  # fmt: skip
        with pytest.raises(UserError, match="study new --enhancer NAME"):
            run("study", *command)
    assert "No study yet" in run("study")
    assert "is no night of a study" in run("study", "tonight")
    assert list(tmp_path.glob("x.*")) == []
