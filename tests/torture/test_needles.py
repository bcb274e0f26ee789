"""Needles: a session is lived with words found nowhere else, ended by a fault and a kill, and what it wrote is searched.

None is found outside what the person saved on purpose; and what was deleted for good is in no page of the file.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.services import bin as the_bin
from dreamjournal.services import dreams, journals
from tests.fakes import FakeClock
from tests.torture.counted import COUNTED
from tests.torture.session import NEEDLES, PASSPHRASE

pytestmark = [pytest.mark.torture]
ROOT = Path(__file__).resolve().parents[2]
ON_PURPOSE = ("Saved", "Downloads")
"""Folders of the person: what they saved, and the file they imported."""


def forms(needle: str) -> tuple[bytes, ...]:
    """How a word may stand in a file."""
    low = needle.lower()
    plain = [needle, low, needle.upper(), low.capitalize()]
    return (
        *(p.encode(c) for p in plain for c in ("utf-8", "utf-16-le", "utf-32-le")),
        base64.b64encode(needle.encode())[:-4], base64.b64encode(b"a" + needle.encode())[4:-4], needle.encode().hex().encode(),
    )  # fmt: skip


def hits(folder: Path, needles: dict[str, str], apart: tuple[str, ...] = ()) -> list[str]:
    """Where a needle stands in a file's name or bytes."""
    wanted = [(name, form) for name, needle in needles.items() for form in forms(needle)]
    found: list[str] = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
        where = path.relative_to(folder)
        if where.parts[0] in apart:
            continue
        data = path.read_bytes() + b"\n" + str(where).encode()
        found += [f"{name} in {where}" for name, form in wanted if form in data]
    return found


@dataclass(frozen=True)
class Lived:
    """A session that was killed: its home, and what it showed outside its window."""

    home: Path
    said: tuple[str, ...]
    core: int


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    home = tmp_path_factory.mktemp("home")
    (home / "run").mkdir(mode=0o700)
    (home / "tmp").mkdir()
    env = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "LC_ALL", "TZ")}
    env |= {
        "HOME": str(home), "TMPDIR": str(home / "tmp"), "XDG_RUNTIME_DIR": str(home / "run"), "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    env |= {f"XDG_{n}_HOME": str(home / n.lower()) for n in ("CONFIG", "DATA", "STATE", "CACHE")}
    with (
        (home / "stderr.txt").open("wb") as complaints,
        subprocess.Popen(
            [sys.executable, "-m", "tests.torture.session", str(home)], cwd=home, env=env, stdout=subprocess.PIPE, stderr=complaints,
            text=True,
        ) as child,
    ):  # fmt: skip
        assert child.stdout is not None
        line = child.stdout.readline()
        child.kill()
    assert line, (home / "stderr.txt").read_text()[-3000:]
    told = json.loads(line)
    COUNTED["faults"] += 2
    return Lived(home, tuple(told["said"]), told["core"])


def test_no_needle_in_any_file_after_a_session_a_fault_and_a_kill(lived: Lived) -> None:
    files = [p for p in lived.home.rglob("*") if p.is_file()]
    names = {p.name for p in files}
    assert "journal.db" in names and "journal.db-wal" in names, "the session was killed with the journal open"
    assert any("backups" in p.parts for p in files)
    assert hits(lived.home, NEEDLES, ON_PURPOSE) == []
    assert hits(lived.home, {"passphrase": PASSPHRASE}, ON_PURPOSE) == []


def test_no_needle_in_a_title_a_note_or_the_report_of_a_fault(lived: Lived) -> None:
    assert any("Dreamjournal" in s for s in lived.said)
    assert any("RuntimeError" in s for s in lived.said), "the fault was told"
    assert [s for s in lived.said if any(n.lower() in s.lower() for n in NEEDLES.values())] == []


def test_everything_written_is_the_owners_alone_and_nothing_feeds_the_desktop(lived: Lived) -> None:
    assert lived.core == 0, "a crash would leave the memory on the disk"
    open_to_others = [
        f"{p.relative_to(lived.home)} {oct(p.stat().st_mode & 0o777)}"
        for part in ("data", "state", "config", "cache")
        for p in (lived.home / part).rglob("*")
        if not p.is_symlink() and p.stat().st_mode & 0o077
    ]
    assert open_to_others == []
    names = {p.name for p in lived.home.rglob("*")}
    assert not names & {"recently-used.xbel", "thumbnails", "QtProject.conf"}
    assert not [n for n in names if n.startswith("core")]
    left = [p for p in (lived.home / "tmp").rglob("*") if p.is_file()]
    assert left == [], "a temporary file was left"


def test_what_was_saved_on_purpose_names_no_machine(lived: Lived) -> None:
    import zipfile

    user = {"home": str(lived.home), "tmp": str(lived.home / "tmp")}
    for path in (lived.home / "Saved").iterdir():
        data = path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                data = b"".join(book.read(n) + n.encode() for n in book.namelist())
        for name, text in user.items():
            assert text.encode() not in data, (path.name, name)
        if path.suffix == ".pdf":
            from pypdf import PdfReader

            about = PdfReader(path).metadata or {}
            assert about.get("/Author", "Dreamjournal") == "Dreamjournal"
        if path.suffix == ".xlsx":
            assert b"<dc:creator></dc:creator>" in data or b"<dc:creator/>" in data or b"dc:creator" not in data
        assert (path.stat().st_mode & 0o077) == 0


def test_the_search_for_needles_finds_one(tmp_path: Path) -> None:
    for n, form in enumerate(forms("Quorvexdream")):
        (tmp_path / str(n)).write_bytes(b"before" + form + b"after")
    assert len({h.rsplit(" ", 1)[1] for h in hits(tmp_path, {"dream": "Quorvexdream"})}) == len(forms("Quorvexdream"))


# ---- what was deleted is gone ---------------------------------------------------------------------------------------


def pages(path: Path) -> bytes:
    """The database as it lies on the disk, with its log: of a journal without a key, so that nothing hides."""
    return b"".join(p.read_bytes() for p in (path, path.with_name(path.name + "-wal")) if p.exists())


@pytest.mark.parametrize("reader", [False, True], ids=["alone", "another had read"])
def test_a_purged_dream_is_in_no_page_of_the_file(tmp_path: Path, clock: FakeClock, reader: bool) -> None:
    path = tmp_path / "journal.db"
    journal = journals.create(path, passphrase=None, clock=clock)
    try:
        first = date(2026, 5, 1)
        for n in range(80):
            dreams.save(
                journal,
                1,
                DreamDraft(first + timedelta(days=n % 30), f"a stair {n} by the sea " * 40, Recall.REPORT),
                clock,
            )
        gone = dreams.save(
            journal, 1, DreamDraft(first, "Quorvexold words " * 400, Recall.REPORT, tags=("quorvextag",)), clock
        ).dream
        dreams.save(journal, 1, DreamDraft(first, "Quorvexnew words", Recall.REPORT), clock, gone.id)
        dreams.autosave(journal, 1, "slot", None, "Quorvexdraft", clock)
        dreams.autosave(journal, 1, "slot", None, "", clock)
        if reader:
            other = journals.reopen(journal)
            assert dreams.list_dreams(other, 1, dreams.DreamFilter("Quorvexnew"), clock)
            other.close()
        assert b"uorvex" in pages(path)
        the_bin.discard_dream(journal, gone.id, clock)
        clock.advance(days=31)
        assert the_bin.purge_old(journal, clock) == 1
        assert [
            w
            for w in (b"quorvex", b"uorvexold", b"uorvexnew", b"uorvextag", b"uorvexdraft")
            if w in pages(path).lower()
        ] == []
        assert journal.dreams.count(1) == 80
        assert len(dreams.list_dreams(journal, 1, dreams.DreamFilter("stair"), clock)) == 80
    finally:
        journal.close()
    assert b"uorvex" not in pages(path)


def test_an_import_taken_back_leaves_the_log_with_the_last_connection(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "journal.db"
    journal: Any = journals.create(path, passphrase=None, clock=clock)
    dreams.autosave(journal, 1, "slot", None, "Quorvexdraft", clock)
    dreams.drop_draft(journal, 1, "slot")
    journal.close()
    assert not path.with_name(path.name + "-wal").exists()
    assert b"uorvex" not in pages(path)
