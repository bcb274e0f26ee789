"""A disk that runs full at every place: what was called saved is there, what was not is still in the editor, and it goes on.

Three ways to be full: a small file system, a limit on the size of a file (SQLite calls that an error of the disk), and a
limit on the pages of the database, which rolls a transaction back in its middle. Words are typed into the real editor.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from dreamjournal.common.errors import DiskFull, KnownError
from dreamjournal.services import dreams, evenings, journals, room
from dreamjournal.store import ballast
from dreamjournal.ui.capture.page import NightCapture
from dreamjournal.ui.dreams import editing, keeper
from dreamjournal.ui.dreams.page import DreamsPage
from dreamjournal.ui.theme import ThemeSource, install
from tests.gui.page_context import make_context
from tests.torture.counted import COUNTED, size
from tests.torture.wellness import structure

pytestmark = [pytest.mark.torture, pytest.mark.gui]

WAYS = size(4, 50)
KIB = 1024
SOON_MS = 20


@pytest.fixture(autouse=True)
def _look(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    source = qapp.findChild(ThemeSource, "themeSource")
    (source if isinstance(source, ThemeSource) else install(qapp, "light")).apply("light", 1.0, night=False)
    for module in (keeper, editing):
        monkeypatch.setattr(module, "TRY_AGAIN_MS", SOON_MS)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """A file system of so many KiB; called again it is that large."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = False

    def at(kib: int) -> Path:
        nonlocal mounted
        option = f"{'remount,' if mounted else ''}size={kib}k"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", option, "tmpfs", str(place)], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip("a small file system cannot be mounted here: that needs root")
        mounted = True
        return place

    if not sys.platform.startswith("linux") or shutil.which("mount") is None:
        pytest.skip("no tmpfs on this system")
    yield at
    if mounted:
        subprocess.run(["umount", "-l", str(place)], check=True)


def words(seed: random.Random, n: int) -> str:
    """Words that are not like any other's: what compresses or repeats could hide a loss."""
    return " ".join(f"w{seed.randrange(1 << 40):x}" for _ in range(n))


class Writer:
    """Types dreams into the real editor until one is not saved."""

    def __init__(self, path: Path, clock: Any, seed: int) -> None:
        self.journal = journals.open_existing(path)
        self.clock = clock
        self.seed = random.Random(seed)
        self.context = make_context(self.journal, clock)
        self.page = DreamsPage(self.context)
        self.page.activate(None)
        self.acknowledged: dict[int, str] = {}
        self.intention = ""

    def type_until_full(self, at_most: int = 400) -> str:
        """The words that were not saved."""
        for _ in range(at_most):
            self.page.new_dream()
            text = words(self.seed, self.seed.choice((3, 40, 400, 3000)))
            self.page.editor.words.setPlainText(text)
            if not self.page.editor.editing.save():
                return text
            dream = self.page.editor.dream
            assert dream is not None
            self.acknowledged[dream.id] = text
            line = words(self.seed, 5)
            try:
                self.context.kept(lambda said=line: evenings.set_intention(self.journal, 1, date(2026, 7, 8), said))
            except KnownError:
                continue
            self.intention = line
        raise AssertionError("it never became full")

    def see_words_are_here(self, text: str) -> None:
        """In the editor, told in words, with a way out; nothing claims to be saved."""
        edit, note = self.page.editor.editing, self.page.editor.saved
        assert self.page.editor.words.words() == text
        assert edit.unsaved
        assert note.text() == "Not saved yet: the disk is full. Your words are still here."
        assert not note.elsewhere.isHidden()
        kept = dreams.draft(self.journal, 1, edit.slot)
        assert self.page.unsaved() or (kept is not None and kept.text == text)

    def wait_until_saved(self, qtbot: Any, text: str) -> None:
        """There is room again: nobody presses anything."""
        qtbot.waitUntil(lambda: not self.page.editor.editing.unsaved, timeout=10_000)
        dream = self.page.editor.dream
        assert dream is not None
        assert self.page.editor.saved.text().startswith("Saved ")
        assert not self.page.unsaved()
        self.acknowledged[dream.id] = text

    def close(self) -> None:
        self.page.leave()
        self.page.close()
        self.page.deleteLater()
        self.context.tasks.shutdown()
        self.journal.close()


def see_nothing_is_lost(path: Path, writer: Writer) -> None:
    again = journals.open_existing(path)
    try:
        kept = {d.id: d.text for d in again.dreams.all(1)}
        lost = {n for n, text in writer.acknowledged.items() if kept.get(n) != text}
        said = evenings.evening(again, 1, date(2026, 7, 8)).intention
        COUNTED["faults"] += 1
        COUNTED["acknowledged"] += len(writer.acknowledged) + 1
        COUNTED["lost"] += len(lost) + (said != writer.intention)
        assert not lost
        assert said == writer.intention
        assert structure(again._db) == []
    finally:
        again.close()


def made(folder: Path, clock: Any) -> Path:
    clock.set(datetime(2026, 7, 9, 7, 14))
    path = folder / "journal.db"
    journals.create(path, passphrase=None, clock=clock).close()
    return path


@pytest.mark.parametrize("n", range(WAYS))
def test_a_small_file_system(qtbot, small_disk, clock, n: int) -> None:
    kib = 960 + n * (2400 // WAYS)
    path = made(small_disk(kib), clock)
    writer = Writer(path, clock, n)
    text = writer.type_until_full()
    writer.see_words_are_here(text)
    small_disk(kib * 4)
    writer.wait_until_saved(qtbot, text)
    writer.close()
    see_nothing_is_lost(path, writer)


@pytest.mark.parametrize("kib", range(0, 760, size(76, 20)))
def test_a_disk_too_small_to_begin_or_to_open_says_so(small_disk, clock, kib: int) -> None:
    place = small_disk(2000)
    path = made(place, clock)
    (place / "film").write_bytes(b"x" * max(0, shutil.disk_usage(place).free - kib * KIB))
    COUNTED["faults"] += 2
    try:
        journals.open_existing(path).close()
    except DiskFull as error:
        assert error.sentence.startswith("The journal cannot be opened: the disk is full; free some space")  # noqa: PT017
    other = place / "other" / "journal.db"
    try:
        journals.create(other, passphrase=None, clock=clock).close()
    except KnownError as error:
        assert "full" in error.sentence or "written" in error.sentence  # noqa: PT017
    (place / "film").unlink()
    if other.exists():  # there was room to make it and none to open it: then it is whole
        whole = journals.open_existing(other)
        assert structure(whole._db) == []
        whole.close()
    else:
        assert not other.parent.exists() or not list(other.parent.iterdir())
    again = journals.open_existing(path)
    assert structure(again._db) == []
    again.close()


@contextmanager
def limited_files(limit: int) -> Iterator[None]:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(os.name != "posix", reason="there is no such limit here")
@pytest.mark.parametrize("n", range(WAYS))
def test_a_limit_on_the_size_of_files(qtbot, tmp_path, clock, n: int) -> None:
    path = made(tmp_path, clock)
    writer = Writer(path, clock, 1000 + n)
    largest = max(p.stat().st_size for p in tmp_path.iterdir())
    with limited_files(largest + 1 + n * (1_500_000 // WAYS)):
        text = writer.type_until_full()
        writer.see_words_are_here(text)
    writer.wait_until_saved(qtbot, text)
    writer.close()
    see_nothing_is_lost(path, writer)


@pytest.mark.parametrize("n", range(WAYS))
def test_a_limit_on_the_pages_of_the_database(qtbot, tmp_path, clock, n: int) -> None:
    path = made(tmp_path, clock)
    writer = Writer(path, clock, 2000 + n)
    db: Any = writer.journal._db
    db.rows(f"PRAGMA max_page_count = {db.row('PRAGMA page_count')['page_count'] + n * (300 // WAYS)}")
    text = writer.type_until_full()
    writer.see_words_are_here(text)
    db.rows("PRAGMA max_page_count = 1000000")
    writer.wait_until_saved(qtbot, text)
    writer.close()
    see_nothing_is_lost(path, writer)


def test_the_room_kept_back_saves_the_last_words(qtbot, small_disk, clock, monkeypatch) -> None:
    monkeypatch.setattr(ballast, "BYTES", 512 * KIB)
    monkeypatch.setattr(ballast, "SPARE", 0)
    place = small_disk(3000)
    path = made(place, clock)
    assert room.refill(path)
    writer = Writer(path, clock, 7)
    (place / "film").write_bytes(b"x" * max(0, shutil.disk_usage(place).free - 8 * KIB))
    assert room.is_kept_back(path)
    before = len(writer.acknowledged)
    text = writer.type_until_full()
    assert len(writer.acknowledged) > before + 1, "the room kept back took further dreams"
    assert not ballast.ballast_path(path).exists()
    writer.see_words_are_here(text)
    (place / "film").unlink()
    writer.wait_until_saved(qtbot, text)
    assert room.refill(path)
    writer.close()
    see_nothing_is_lost(path, writer)


def test_night_capture_keeps_its_words_and_saves_them_when_there_is_room(qtbot, small_disk, clock) -> None:
    place = small_disk(1500)
    path = made(place, clock)
    writer = Writer(path, clock, 8)
    film = place / "film"
    film.write_bytes(b"x" * max(0, shutil.disk_usage(place).free - 4 * KIB))
    page = NightCapture(writer.context)
    qtbot.addWidget(page)
    page._again.setInterval(SOON_MS)
    text = words(random.Random(1), 4000)
    page.field.setPlainText(text)
    page.keep()
    assert page.field.toPlainText() == text
    assert page.trouble.text().startswith("Not kept yet. Your words are still here; trying again.")
    assert text in page.unsaved()
    COUNTED["faults"] += 1
    film.unlink()
    qtbot.waitUntil(lambda: page.field.toPlainText() == "", timeout=10_000)
    assert page.trouble.isHidden()
    assert any(text in d.text for d in writer.journal.dreams.all(1))
    writer.close()
