"""The child process: limits, crashes, archives."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import Cancelled
from dreamjournal.common.progress import CallProgress, NoProgress
from dreamjournal.services import import_reader
from dreamjournal.services.import_messages import Done, Found, Refused, Request, Taken, Unknown
from dreamjournal.services.import_reader import ChildReader

DATA = Path(__file__).parents[2] / "data"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
SLEEPS = DATA / "whoop/sleeps.csv"


@pytest.fixture(scope="module")
def child():
    with ChildReader() as reader:
        yield reader


def ask(child, path, **more):
    return list(child.read(Request(str(path), Path(path).name, NOW, **more), NoProgress()))


def archive(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            z.writestr(name.replace("__", "/").replace("_csv", ".csv"), data)
    return path


def test_a_file_is_streamed_back_as_drafts(child):
    found = ask(child, SLEEPS)
    assert isinstance(found[0], Found)
    assert found[0].format == "whoop"
    rows = [m.row for m in found if isinstance(m, Taken)]
    assert len(rows) == 4
    assert rows[0].sessions[0].start.utc == datetime(2026, 3, 12, 22, 10, tzinfo=UTC)
    assert not any(isinstance(m, Done) for m in found)


def test_a_zip_is_read_whatever_its_folders_are_called(child, tmp_path):
    path = archive(
        tmp_path / "x.bin",
        my__deep__renamed_csv=SLEEPS.read_bytes(),
        cycles_csv=(DATA / "whoop/physiological_cycles.csv").read_bytes(),
        workouts_csv=b"a,b\n",
        readme=b"hello",
    )
    found = ask(child, path)
    assert sum(isinstance(m, Taken) for m in found) == 6
    assert [m.warning.text for m in found if hasattr(m, "warning")] == ["In the archive, and not read: readme"]


@pytest.mark.parametrize("cut", [30, 200, -30, -5])
def test_a_cut_off_zip_is_refused_in_a_sentence(child, tmp_path, cut):
    whole = archive(tmp_path / "x.zip", sleeps_csv=SLEEPS.read_bytes()).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[:cut])
    (message,) = ask(child, tmp_path / "cut.zip")
    assert isinstance(message, Refused)
    assert "cut off or damaged" in message.sentence


def test_a_zip_bomb_is_refused(child, tmp_path):
    head = SLEEPS.read_bytes()
    path = archive(tmp_path / "bomb.zip", sleeps_csv=head + b"0" * (60 * 1024 * 1024))
    began = time.monotonic()
    found = ask(child, path)
    assert isinstance(found[-1], Refused)
    assert "unpacks to far more" in found[-1].sentence
    assert time.monotonic() - began < 20
    assert any(isinstance(m, Taken) for m in ask(child, SLEEPS)), "the next file is read"


def test_a_zip_within_a_zip_is_not_opened(child, tmp_path):
    inner = archive(tmp_path / "i.zip", sleeps_csv=SLEEPS.read_bytes()).read_bytes()
    (message,) = ask(child, archive(tmp_path / "o.zip", inner=inner))
    assert isinstance(message, Unknown)


@pytest.mark.parametrize(
    ("data", "guess"),
    [
        (b"<!DOCTYPE html><p>", "a web page"),
        (b"%PDF-1.7", "a PDF"),
        (b'{"a": 1}', "JSON of another kind"),
        (b"just words", ""),
    ],
)
def test_an_unknown_file_says_what_it_looks_like(child, tmp_path, data, guess):
    (tmp_path / "f").write_bytes(data)
    (message,) = ask(child, tmp_path / "f")
    assert message == Unknown(guess)


def test_an_empty_and_a_missing_file(child, tmp_path):
    (tmp_path / "e").write_bytes(b"")
    assert "empty" in ask(child, tmp_path / "e")[0].sentence
    assert "cannot be opened" in ask(child, tmp_path / "none")[0].sentence


@pytest.mark.skipif(sys.platform == "win32", reason="signals and limits are POSIX")
def test_a_crash_refuses_the_file_and_the_next_one_is_read(tmp_path):
    with ChildReader() as child:
        ask(child, SLEEPS)
        os.kill(child._child.pid, signal.SIGSEGV)
        child._child.wait(10)
        assert any(isinstance(m, Taken) for m in ask(child, SLEEPS)), "a dead child is replaced"
        victim = tmp_path / "fifo"
        os.mkfifo(victim)  # opening it blocks the child, so that it dies in the middle of a file

        def kill(done, total, text):
            os.kill(child._child.pid, signal.SIGSEGV)

        (message,) = list(child.read(Request(str(victim), "fifo", NOW), CallProgress(kill)))
        assert isinstance(message, Refused)
        assert "broke down" in message.sentence
        assert any(isinstance(m, Taken) for m in ask(child, SLEEPS))


@pytest.mark.skipif(sys.platform == "win32", reason="signals and limits are POSIX")
def test_cancel_ends_the_child(tmp_path):
    os.mkfifo(tmp_path / "fifo")

    def cancel(done, total, text):
        raise Cancelled

    with ChildReader() as child:
        messages = child.read(Request(str(tmp_path / "fifo"), "fifo", NOW), CallProgress(cancel))
        with pytest.raises(Cancelled):
            next(messages)
        assert child._child is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits as Linux reports them")
def test_the_child_is_limited_and_knows_no_passphrase(child, monkeypatch):
    monkeypatch.setenv("DREAMJOURNAL_PASSPHRASE", "needle-in-the-environment")
    with ChildReader() as fresh:
        ask(fresh, SLEEPS)
        proc = Path(f"/proc/{fresh._child.pid}")
        limits = proc.joinpath("limits").read_text()
        assert "needle" not in proc.joinpath("environ").read_text()
    line = next(x for x in limits.splitlines() if x.startswith("Max address space"))
    assert line.split()[3] == str(1024**3)
    cpu = next(x for x in limits.splitlines() if x.startswith("Max cpu time"))
    assert 60 <= int(cpu.split()[3]) <= 70


def test_a_file_larger_than_any_log_is_refused(child, tmp_path):
    path = tmp_path / "big.csv"
    path.write_bytes(SLEEPS.read_bytes())
    os.truncate(path, 129 * 1024 * 1024)
    found = ask(child, path)
    assert isinstance(found[-1], Refused)
    assert "larger than 128 MiB" in found[-1].sentence
    assert any(isinstance(m, Taken) for m in ask(child, SLEEPS))


def test_requests_are_read_as_json_lines():
    out = io.BytesIO()
    import msgspec

    out.write(msgspec.json.encode(Request("p", "n", NOW, "Europe/London", "whoop")))
    assert msgspec.json.decode(out.getvalue(), type=Request) == Request("p", "n", NOW, "Europe/London", "whoop")


def test_a_file_nobody_knows_costs_no_new_child(child, tmp_path):
    (tmp_path / "junk").write_bytes(b"just words")
    ask(child, SLEEPS)
    pid = child._child.pid
    for message in child.read(Request(str(tmp_path / "junk"), "junk", NOW), NoProgress()):
        assert isinstance(message, Unknown)
        break  # as a caller does who has heard enough
    ask(child, SLEEPS)
    assert child._child.pid == pid


def test_a_caller_who_stops_in_the_middle_gets_a_fresh_child(child):
    ask(child, SLEEPS)
    pid = child._child.pid
    messages = child.read(Request(str(SLEEPS), "sleeps.csv", NOW), NoProgress())
    next(messages)
    messages.close()
    assert sum(isinstance(m, Taken) for m in ask(child, SLEEPS)) == 4
    assert child._child.pid != pid


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names of bytes that are no text")
def test_a_name_that_is_no_text_is_opened_all_the_same(child, tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/no text \xff\xfe.csv"))
    path.write_bytes(SLEEPS.read_bytes())
    found = ask(child, path)
    assert sum(isinstance(m, Taken) for m in found) == 4
    assert all(m.row.where.startswith("no text ??.csv") for m in found if isinstance(m, Taken))


def test_a_fast_reader_waits_for_its_parent(tmp_path):
    """What the child has read and nobody has heard stays in the child: the parent holds no more than a few blocks."""
    rows = SLEEPS.read_bytes().splitlines(keepends=True)
    path = tmp_path / "many.csv"
    path.write_bytes(rows[0] + rows[1] * 60_000)
    with ChildReader() as reader:
        messages = reader.read(Request(str(path), "many.csv", NOW), NoProgress())
        next(messages)
        deadline = time.monotonic() + 30
        while reader._blocks.qsize() < import_reader.MAX_BLOCKS and time.monotonic() < deadline:
            threading.Event().wait(0.02)
        held = sum(map(len, reader._blocks.queue))
        assert held <= import_reader.MAX_BLOCKS * import_reader.BLOCK_BYTES
        assert sum(isinstance(m, Taken) for m in messages) == 60_000


def test_a_line_beyond_any_row_ends_the_child(tmp_path, monkeypatch):
    monkeypatch.setattr(import_reader, "MAX_LINE", 1000)
    path = tmp_path / "2026-03-12.txt"
    path.write_bytes(b"I was by the sea and the tide came in. " * 20_000)
    with ChildReader() as reader:
        found = list(reader.read(Request(str(path), path.name, NOW, "Europe/London"), NoProgress()))
        assert isinstance(found[-1], Refused)
        assert any(isinstance(m, Taken) for m in ask(reader, SLEEPS))
