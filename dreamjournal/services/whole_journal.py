"""The whole journal out: one zip or folder that can be read without the app, and taken in again without loss."""

from __future__ import annotations

import errno
import json
import os
import re
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from dreamjournal import __version__
from dreamjournal.common.errors import UserError
from dreamjournal.common.files import atomic_folder, atomic_stream, clear_torn
from dreamjournal.common.progress import NoProgress, Progress
from dreamjournal.services import nights as nights_service
from dreamjournal.services.whole_journal_schema import FORMAT, FORMAT_VERSION, SCHEMA_FILE, schema_bytes
from dreamjournal.services.whole_journal_words import night_page, readme

if TYPE_CHECKING:
    from dreamjournal.common.clock import Clock
    from dreamjournal.services.journals import Journal

JOURNAL_FILE = "journal.json"
README_FILE = "README.txt"
DREAMS, ORIGINALS = "dreams", "originals"
MIB = 1024 * 1024
EVERY = 500
"""Rows between two looks at whether the person has cancelled."""
SAFE_RATIO = 100
"""What packs better than this is kept unpacked: a reader would take it for a bomb."""


@dataclass(frozen=True)
class Exported:
    """What was written: `rows` by table, pages under `dreams/`, kept files; `sealed` where a study's seal is in it."""

    path: Path
    rows: dict[str, int]
    pages: int
    originals: int
    sealed: bool

    @property
    def words(self) -> str:
        """The counts in one line."""
        return counts_words(self.rows, self.originals)


def file_name(clock: Clock) -> str:
    """A name to offer: it tells the day, and nothing about the person."""
    return f"dreamjournal-{clock.now().astimezone(UTC):%Y-%m-%d}.zip"


def export(journal: Journal, out: Path, clock: Clock, progress: Progress | None = None) -> Exported:
    """Write the whole journal to `out`: a zip where its name ends in .zip (an older one is replaced), else a new folder.

    Whole or not at all, mode 0600; the journal is read as it is now while others may go on writing. The same journal and
    clock give the same bytes. Raises UserError where it cannot be written, and Cancelled through `progress`.
    """
    watched = _Watched(progress or NoProgress())
    as_zip = out.suffix.lower() == ".zip"
    if (as_zip and out.is_dir()) or (not as_zip and out.exists() and not _is_empty_folder(out)):
        raise UserError(
            "Nothing was exported",
            "there is something of that name already",
            "name a new folder, or a file that ends in .zip",
            field="out",
        )
    clear_torn(out)
    try:
        if as_zip:
            return _to_zip(journal, out, clock, watched)
        with atomic_folder(out) as folder, journal.dump.snapshot():
            return _write(journal, out, _Folder(folder), clock, watched)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        why = "there is no room for it on the disk" if full else "its folder cannot be written"
        raise UserError("Nothing was exported", why, "choose another place", field="out") from error


def counts_words(rows: dict[str, int], originals: int) -> str:
    """What a journal holds, in words."""
    named = (
        ("persons", "person", "persons"), ("dreams", "dream", "dreams"), ("diaries", "diary", "diaries"),
        ("evenings", "evening", "evenings"), ("sessions", "recorded sleep", "recorded sleeps"), ("imports", "import", "imports"),
        ("studies", "study", "studies"), ("bin", "thing in the bin", "things in the bin"),
    )  # fmt: skip
    parts = [f"{rows.get(t, 0):,} {one if rows.get(t, 0) == 1 else many}" for t, one, many in named if rows.get(t, 0)]
    parts += [f"{originals:,} kept {'file' if originals == 1 else 'files'}"] if originals else []
    return ", ".join(parts) or "nothing yet"


class _Watched:
    """Counts the work done and looks now and then whether it should stop."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.done = 0
        self.total = 0

    def on(self, steps: int, text: str) -> None:
        self.done += steps
        self._progress.step(min(self.done, self.total), self.total, text)


class _Folder:
    """A folder of plain files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: set[Path] = set()

    @contextmanager
    def member(self, name: str, *, packed: bool = True) -> Generator[IO[bytes]]:
        del packed
        path = self._folder.joinpath(*name.split("/"))
        for parent in reversed(path.parents):
            if parent not in self._made and self._folder in parent.parents:
                parent.mkdir(mode=0o700, exist_ok=True)
                self._made.add(parent)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            yield stream
            if not name.startswith(f"{DREAMS}/"):  # the pages say again what journal.json holds
                stream.flush()
                os.fsync(stream.fileno())


class _Zip:
    """Members of a zip, all with the same time and rights, so that the same journal gives the same bytes."""

    def __init__(self, archive: zipfile.ZipFile, made: datetime) -> None:
        self._archive = archive
        at = made.astimezone(UTC)
        self._at = (min(max(at.year, 1980), 2107), at.month, at.day, at.hour, at.minute, at.second // 2 * 2)

    @contextmanager
    def member(self, name: str, *, packed: bool = True) -> Generator[IO[bytes]]:
        info = zipfile.ZipInfo(name, self._at)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.create_system = 3
        info.external_attr = 0o600 << 16
        with self._archive.open(info, "w", force_zip64=True) as stream:
            yield stream


class _TooDense(Exception):
    """journal.json packs so well that a reader would refuse it."""


def _to_zip(journal: Journal, out: Path, clock: Clock, watched: _Watched) -> Exported:
    for dense in (True, False):
        watched.done = 0
        try:
            with atomic_stream(out) as stream, journal.dump.snapshot():
                with zipfile.ZipFile(stream, "w") as archive:
                    found = _write(journal, out, _Zip(archive, clock.now()), clock, watched, pack_journal=dense)
                    info = archive.getinfo(JOURNAL_FILE)
                    if dense and info.file_size > MIB and info.file_size > SAFE_RATIO * info.compress_size:
                        raise _TooDense
                return found
        except _TooDense:
            continue
    raise AssertionError("a journal that is not packed is never too dense")


def _write(
    journal: Journal, out: Path, sink: _Folder | _Zip, clock: Clock, watched: _Watched, *, pack_journal: bool = True
) -> Exported:
    dump = journal.dump
    from dreamjournal.store.dump import SCHEMA_VERSION, TABLES

    rows = {table: dump.count(table) for table in TABLES}
    kept = _kept(journal)
    watched.total = sum(rows.values()) + sum(size // MIB + 1 for _, _, size, _ in kept)
    made = clock.now().astimezone(UTC).isoformat().replace("+00:00", "Z")
    app = f"Dreamjournal {__version__}"
    with sink.member(JOURNAL_FILE, packed=pack_journal) as stream:
        head = {
            "app": app, "format": FORMAT, "format_version": FORMAT_VERSION, "made": made,
            "schema_version": SCHEMA_VERSION,
        }  # fmt: skip
        lines = [f"{_text(name)}: {_text(value)},\n" for name, value in head.items()]
        stream.write(("{\n" + "".join(lines) + '"tables": {').encode())
        for number, table in enumerate(TABLES):
            stream.write((("," if number else "") + f'\n"{table}": [').encode())
            for chunk, count in _chunks(dump.rows(table)):
                stream.write(chunk)
                watched.on(count, "Writing the journal")
            stream.write(b"\n]")
        stream.write(b"\n}\n}\n")
    for name, original_id, size, packed in kept:
        # What is packed already does not shrink again, and what shrinks to nothing would be taken for a bomb.
        with sink.member(name, packed=size < SAFE_RATIO * packed and packed < 0.9 * size) as stream:
            for part in journal.originals.parts(original_id):
                stream.write(part)
                watched.on(1, "Writing the kept files")
    pages, people, sealed = _write_pages(journal, sink, clock, watched)
    for name, data in (
        (SCHEMA_FILE, schema_bytes()),
        (
            README_FILE,
            readme(counts_words(rows, len(kept)), SCHEMA_FILE, app, made, people, sealed).encode(),
        ),
    ):
        with sink.member(name) as stream:
            stream.write(data)
    return Exported(out, rows, pages, len(kept), sealed)


def _chunks(rows: Iterator[dict[str, object]]) -> Iterator[tuple[bytes, int]]:
    """JSON of the rows, one a line, some hundred at a time."""
    lines: list[str] = []
    first = True
    for row in rows:
        lines.append(("\n" if first else ",\n") + _text(row))
        first = False
        if len(lines) == EVERY:
            yield "".join(lines).encode(), len(lines)
            lines = []
    if lines:
        yield "".join(lines).encode(), len(lines)


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def _text(value: object) -> str:
    return _ENCODER.encode(value)


def _kept(journal: Journal) -> list[tuple[str, int, int, int]]:
    """(member, id, size, packed size) of every kept file; the ending is that of the first name it had."""
    names: dict[int, str] = {}
    for link in journal.dump.rows("import_originals"):
        names.setdefault(link["original_id"], link["name"])
    packed = journal.originals.packed()
    found: list[tuple[str, int, int, int]] = []
    for row in journal.dump.rows("originals"):
        ending = re.search(r"\.[A-Za-z0-9]{1,8}$", names.get(row["id"], ""))
        name = f"{ORIGINALS}/{row['sha256']}{ending[0].lower() if ending else ''}"
        found.append((name, row["id"], row["size"], packed.get(row["id"], 0)))
    return found


def _write_pages(
    journal: Journal, sink: _Folder | _Zip, clock: Clock, watched: _Watched
) -> tuple[int, dict[str, str], bool]:
    """Write a page for each night with words; how many, the folder of each person, and whether a seal holds."""
    persons = sorted(journal.persons.all(), key=lambda p: p.id)
    several = len(persons) > 1
    steps = {row["id"]: row["title"] for row in journal.dump.rows("steps")}
    pages, sealed = 0, False
    people: dict[str, str] = {}
    for person in persons:
        folder = f"{DREAMS}/person-{person.id}" if several else DREAMS
        if several:
            people[folder] = person.name
        found = nights_service.nights(
            journal, person.id, None, None, clock, stages=False, step=lambda: watched.on(0, "Writing the pages")
        )
        sealed = sealed or bool(nights_service.sealed_nights(journal, person.id, clock))
        for number, night in enumerate(found):
            page = night_page(night, steps, person.name if several else "")
            if page is not None:
                with sink.member(f"{folder}/{night.night_date.isoformat()}.md") as stream:
                    stream.write(page.encode())
                pages += 1
            if number % 100 == 0:
                watched.on(0, "Writing the pages")
    return pages, people, sealed


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())
