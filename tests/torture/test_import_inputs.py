"""Bad input: every importer, hundreds of hostile files made by hand and thousands by chance.

Each ends in rows, rejections or one sentence; the child keeps to its time and memory; the journal and the next good file are
unharmed. A short form runs with the other tests, the full one by `./test --torture`.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import traceback
from pathlib import Path

import pytest

from dreamjournal.common.progress import NoProgress
from dreamjournal.services import imports
from dreamjournal.services.import_child import MEMORY_BYTES
from dreamjournal.services.import_messages import Asks, Ended, Left, Refused, Request, Taken, Unknown
from dreamjournal.services.import_reader import ChildReader
from tests.samples import DATA, NOW, START, ZONE, Reading, faults, read_file, samples
from tests.torture.counted import COUNTED, FULL
from tests.torture.hostile import CSV, Bad, catalogue, zipped
from tests.torture.mutate import Mutated, mutations

pytestmark = [pytest.mark.torture]
MUTATED, CUTS = (20_000, 200) if FULL else (300, 5)
THROUGH_CHILD = 2_000 if FULL else 60
BOMB_SECONDS, ANY_SECONDS, IN_PROCESS_SECONDS = 2.0, 60.0, 5.0
GOOD = DATA / "whoop/sleeps.csv"
LINUX = sys.platform.startswith("linux")
TRACE = ("not what the format promises (", "broke down", "stopped in the middle", "said nothing", "Traceback")
"""What the app says where a reader raised what it should not have, or ended its process."""


def bad_inputs() -> list[Bad]:
    """All of them, or in the short form a spread of them that leaves no family out."""
    found = catalogue()
    if FULL:
        return found
    own = [b for b in found if "/" not in b.name.partition(":")[0]]
    bombs = [b for b in own if b.bomb]  # most of the time goes to them, and test_bombs.py has its own
    own = [b for b in own if not b.bomb] + bombs[::3]
    rest = [b for b in found if "/" in b.name.partition(":")[0]]
    return own + rest[:: max(1, len(rest) // 60)]


BAD = bad_inputs()


def sentence_faults(sentence: str) -> list[str]:
    """A refusal is one sentence for a person."""
    found = [f"says {t!r}" for t in TRACE if t in sentence]
    if not sentence.endswith(".") or len(sentence) > 700 or "\n" in sentence or not sentence[0].isupper():
        found.append("is no sentence")
    if any(ord(c) < 32 for c in sentence):
        found.append("holds control characters")
    return found


def cpu_of(pid: int) -> float:
    """Seconds of processor time of a process so far; wall time where the system does not say."""
    if not LINUX:
        return time.monotonic()
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Watched:
    """A child that is asked for one file after another, with its time and memory."""

    def __init__(self) -> None:
        self.reader = ChildReader()

    def read(self, name: str, data: bytes | None, path: str = "", **more):
        """(messages, seconds of processor time) of one file."""
        request = Request(path, name, NOW, ZONE, start=START, **more)
        child = self.reader._start()
        pid, before = child.pid, cpu_of(child.pid)
        found = list(self.reader.read(request, NoProgress(), data))
        alive = self.reader._child is not None and self.reader._child.pid == pid
        if alive:
            used = cpu_of(pid) - before
        else:
            used = ANY_SECONDS if any("time or memory" in m.sentence for m in found if isinstance(m, Refused)) else 0.0
        return found, used

    def peak(self) -> int:
        """Bytes of address space the child ever had."""
        if not LINUX or self.reader._child is None:
            return 0
        status = Path(f"/proc/{self.reader._child.pid}/status").read_text()
        return int(next(x for x in status.splitlines() if x.startswith("VmPeak")).split()[1]) * 1024


@pytest.fixture(scope="module")
def child():
    watched = Watched()
    with watched.reader:
        watched.read("good.csv", GOOD.read_bytes())
        yield watched


def message_faults(found: list) -> list[str]:
    """What the messages of one file may not hold."""
    out: list[str] = []
    ended = [m for m in found if isinstance(m, Ended | Refused | Unknown | Asks)]
    if not ended:
        out.append("it never ended")
    if [m for m in found if isinstance(m, Unknown)] and len(found) > 1:
        out.append("unknown, and yet something was said of it")
    for m in found:
        if isinstance(m, Refused):
            out += [f"{m.sentence!r} {f}" for f in sentence_faults(m.sentence)]
    drafts = [("", m.row) for m in found if isinstance(m, Taken | Left)]
    return out + list(faults(Reading(tuple(drafts))))


def tell(kind: str, problems: list[str]) -> None:
    COUNTED["tracebacks"] += sum(any(t in p for t in TRACE) for p in problems)
    assert not problems, f"{len(problems)} {kind}:\n" + "\n".join(problems[:60])


def test_every_hostile_input_ends_in_rows_rejections_or_one_sentence(child):
    problems: list[str] = []
    for bad in BAD:
        data = bad.make()
        found, seconds = child.read(bad.file, data)
        COUNTED["bad"] += 1
        said = message_faults(found)
        if seconds > (BOMB_SECONDS if bad.bomb else ANY_SECONDS):
            said.append(f"took {seconds:.1f} s")
        if bad.refused and any(isinstance(m, Taken) for m in found):
            said.append("gave rows")
        again, _ = child.read("good.csv", GOOD.read_bytes())
        if sum(isinstance(m, Taken) for m in again) != 4:
            said.append(f"and the next good file was not read: {again[:1]}")
        if child.peak() > MEMORY_BYTES:
            said.append(f"the child took {child.peak() // 2**20} MiB")
        problems += [f"{bad}: {s}" for s in said]
    assert COUNTED["bad"] >= 200
    tell("hostile inputs ended badly", problems)


def test_damage_by_chance_never_escapes_a_reader():
    """In this process, so that what a reader raises shows where."""
    problems: list[str] = []
    for m in mutations(samples(), MUTATED, cuts=CUTS):
        COUNTED["mutated"] += 1
        began = time.process_time()
        try:
            found = read_file(m.sample, m.data)
            said = list(faults(found)) + (sentence_faults(found.refused) if found.refused else [])
        except Exception as e:  # noqa: BLE001 - the very thing looked for
            last = traceback.extract_tb(e.__traceback__)[-1]
            said = [f"Traceback: {type(e).__name__}: {str(e)[:80]} at {Path(last.filename).name}:{last.lineno}"]
        seconds = time.process_time() - began
        if seconds > IN_PROCESS_SECONDS:
            said.append(f"took {seconds:.1f} s")
        problems += [f"{m.name}: {s}" for s in said]
    tell("damaged samples came through badly", problems)


def test_damage_by_chance_through_the_child(child):
    problems: list[str] = []
    for m in mutations(samples(), THROUGH_CHILD, seed=2):
        COUNTED["mutated"] += 1
        found, seconds = child.read(m.sample.path.name, m.data)
        said = message_faults(found)
        if seconds > BOMB_SECONDS:
            said.append(f"took {seconds:.1f} s")
        problems += [f"{m.name}: {s}" for s in said]
    again, _ = child.read("good.csv", GOOD.read_bytes())
    assert sum(isinstance(m, Taken) for m in again) == 4
    tell("damaged samples ended badly", problems)


# ---- the journal ----------------------------------------------------------------------------------------------------

NOTES_OF_IMPORTS = {"imports", "import_rows", "source_zones", "column_maps"}


def contents(journal, apart=frozenset()):
    """Every row of every table, those of the full-text index aside."""
    db = journal._db
    tables = [r["name"] for r in db.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {
        t: sorted(repr(dict(r)) for r in db.rows(f'SELECT * FROM "{t}"'))
        for t in tables
        if t not in apart and not t.endswith(("_data", "_idx", "_docsize", "_config", "_content"))
    }


def filled(journal, clock):
    """A journal that has something to lose."""
    from datetime import date

    from dreamjournal.domain.dream import DreamDraft
    from dreamjournal.services import dreams

    clock.set(NOW)
    dreams.save(journal, 1, DreamDraft(date(2026, 3, 12), "a house by the sea"), clock)
    imports.run(journal, 1, [DATA / "sleep_as_android/sleep-export.csv"], zone=ZONE, clock=clock)
    return contents(journal), contents(journal, NOTES_OF_IMPORTS)


def test_the_journal_is_as_it_was_after_every_refusal_and_after_undo(plain_journal, clock, tmp_path):
    whole, without_notes = filled(plain_journal, clock)
    paths: list[Path] = []
    for n, bad in enumerate(BAD[::3]):
        data = bad.make()
        if len(data) > 8 * 2**20:
            continue  # refused for its size or its line, above, and slow to hash
        path = tmp_path / f"{n:04d}" / bad.file
        path.parent.mkdir()
        path.write_bytes(data)
        paths.append(path)
    paths += [_written(tmp_path, m, n) for n, m in enumerate(mutations(samples(), 60, seed=3))]
    looked = imports.preview(plain_journal, 1, paths, zone=ZONE, start=START, clock=clock)
    assert contents(plain_journal) == whole, "a preview wrote"
    problems: list[str] = []
    for f in looked.files:
        if f.error is not None:
            problems += [f"{f.path}: {f.error!r} {s}" for s in sentence_faults(f.error)]
            if f.rows.read or f.sessions.read or f.rejected:
                problems.append(f"{f.path}: refused, and yet rows are counted")
        r = f.rows
        if r.read != r.kept + r.updated + r.unchanged + r.merged + r.rejected or r.rejected != len(f.rejected):
            problems.append(f"{f.path}: rows do not add up: {r}")
    tell("receipts are wrong", problems)
    names = {p.path for p in looked.plans if p.error is not None}
    refused = [p for p in paths if p not in {q.path for q in looked.plans if q.error is None} and p in names]
    after, _ = imports.run(plain_journal, 1, refused, zone=ZONE, start=START, clock=clock)
    assert all(f.error for f in after)
    COUNTED["changes"] += contents(plain_journal) != whole
    assert contents(plain_journal) == whole, "a refused file changed the journal"
    good, _ = imports.run(plain_journal, 1, [*refused[:20], GOOD, *refused[20:40]], zone=ZONE, clock=clock)
    taken = [f for f in good if f.error is None and f.import_id]
    assert [f.rows.kept for f in taken] == [4], "a good file among bad ones"
    imports.undo(plain_journal, taken[0].import_id, clock)
    receipts, _ = imports.commit(plain_journal, looked, clock)
    assert any(f.rows.kept for f in receipts)
    for f in reversed(receipts):
        if f.import_id is not None:
            imports.undo(plain_journal, f.import_id, clock)
    changed = [t for t, rows in contents(plain_journal, NOTES_OF_IMPORTS).items() if rows != without_notes[t]]
    COUNTED["changes"] += len(changed)
    assert not changed, f"undoing left traces in {changed}"


def _written(folder: Path, m: Mutated, n: int) -> Path:
    path = folder / f"m{n:05d}" / m.sample.path.name
    path.parent.mkdir()
    path.write_bytes(m.data)
    return path


def test_what_is_no_file_is_refused_in_a_sentence(plain_journal, clock, tmp_path):
    whole, _ = filled(plain_journal, clock)
    good = GOOD.read_bytes()

    def at(name: str | bytes, data: bytes = good) -> Path:
        path = tmp_path / os.fsdecode(name)
        path.write_bytes(data)
        return path

    refused: list[Path | str] = [
        tmp_path / "none.csv", tmp_path / "none" / "none.csv", at("empty.csv", b""),
    ]  # fmt: skip
    (tmp_path / "folder.csv").mkdir()
    taken: list[Path] = [
        at("line\nbreak.csv"),
        at("\x1b[31mred\x07.csv"),
        at("\u202evsc.exe"),
        at("a" * 250),
        at("-rf.csv"),
        at("  .csv"),
        at("名前.csv"),
    ]
    if os.name == "posix":
        os.mkfifo(tmp_path / "fifo")
        (tmp_path / "loop").symlink_to(tmp_path / "loop")
        (tmp_path / "dangling").symlink_to(tmp_path / "none.csv")
        (tmp_path / "zero").symlink_to("/dev/zero")
        refused += [tmp_path / n for n in ("fifo", "loop", "dangling", "zero")] + [
            "/dev/zero",
            "/dev/null",
            "/dev/stdin",
        ]
        (tmp_path / "linked.csv").symlink_to(GOOD)
        taken.append(tmp_path / "linked.csv")
        if LINUX:
            refused += ["/proc/self/mem"]
            taken.append(at(b"no utf-8 \xff\xfe.csv"))
            with socket.socket(socket.AF_UNIX) as s:
                s.bind(str(tmp_path / "socket"))
            refused.append(tmp_path / "socket")
    problems: list[str] = []
    for path in refused:
        COUNTED["bad"] += 1
        found, _ = imports.run(plain_journal, 1, [path], clock=clock)
        problems += [f"{path!r}: taken" for f in found if f.error is None]
        problems += [f"{path!r}: {f.error!r} {s}" for f in found if f.error for s in sentence_faults(f.error)]
    assert contents(plain_journal) == whole
    for path in taken:
        COUNTED["bad"] += 1
        found, _ = imports.run(plain_journal, 1, [path], clock=clock)
        problems += [f"{path!r}: {f.error}" for f in found if f.error is not None]
        for f in found:
            if f.import_id is not None:
                imports.undo(plain_journal, f.import_id, clock)
    found, _ = imports.run(plain_journal, 1, [tmp_path], clock=clock)
    assert not [f for f in found if f.error and f.path != "empty.csv"], "a folder with odd things in it"
    tell("odd paths ended badly", problems)


@pytest.mark.parametrize("name", ["a\0b.csv", "x" * 5000, "y" * 300])
def test_a_name_no_system_takes_is_refused_in_a_sentence(plain_journal, clock, tmp_path, name):
    COUNTED["bad"] += 1
    (found,), _ = imports.run(plain_journal, 1, [f"{tmp_path}/{name}"], clock=clock)
    assert found.error
    tell("names ended badly", sentence_faults(found.error))


def test_a_folder_of_bad_files_and_one_good_one_gives_the_good_one(plain_journal, clock, tmp_path):
    clock.set(NOW)
    for n, bad in enumerate(b for b in BAD if "/" not in b.name and not b.bomb):
        (tmp_path / f"{n:03d}").write_bytes(bad.make())
    (tmp_path / "good.zip").write_bytes(zipped({"deep/sleeps.csv": GOOD.read_bytes()}))
    found, _ = imports.run(plain_journal, 1, [tmp_path], zone=ZONE, clock=clock)
    assert [f.rows.read for f in found if f.path == "good.zip"] == [4]
    tell(
        "files of a folder ended badly", [f"{f.path}: {s}" for f in found if f.error for s in sentence_faults(f.error)]
    )


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("empty.csv", b"", "empty"),
        ("page.html", b"<!DOCTYPE html><p>log in", "web page"),
        ("cut.zip", zipped({"sleeps.csv": CSV})[:-30], "cut off"),
        ("deep.json", b'{"score_state": "SCORED", "nap": false, "a":' + b"[" * 200_000, "JSON"),
        ("binary.csv", bytes(range(256)) * 50, "not an export"),
    ],
)
def test_the_command_line_names_the_file_and_the_reason(tmp_path, name, data, why):
    (tmp_path / name).write_bytes(data)
    said = subprocess.run(
        [sys.executable, "-m", "dreamjournal", "import", str(tmp_path / name), "--dry-run", "--journal", str(tmp_path / "j.db")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert said.returncode == 2
    assert "Traceback" not in said.stderr + said.stdout
    lines = said.stderr.strip().splitlines()
    assert len(lines) == 1, said.stderr
    assert name in lines[0]
    assert why in lines[0]
