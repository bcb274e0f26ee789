"""The whole journal in again: an export becomes a new journal, whole or not at all."""

from __future__ import annotations

import codecs
import json
import re
import secrets
import zipfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from dreamjournal.common import zip_files
from dreamjournal.common.errors import JournalDamaged, JournalTooNew, UserError
from dreamjournal.common.files import clear_torn
from dreamjournal.common.paths import keys_path
from dreamjournal.common.progress import NoProgress, Progress
from dreamjournal.domain.person import JournalKind
from dreamjournal.services import journals
from dreamjournal.services.whole_journal import JOURNAL_FILE, MIB, ORIGINALS, counts_words
from dreamjournal.services.whole_journal_schema import FORMAT, FORMAT_VERSION, TableCheck, tables

if TYPE_CHECKING:
    from dreamjournal.common.clock import Clock
    from dreamjournal.services.journals import Journal

MAX_MEMBERS = 400_000
MAX_UNPACKED = 256 * 1024**3
MAX_VALUE = 256 * MIB
"""Characters of one row. A longer one is no row of ours."""
_SAFE_NAME = re.compile(r"[^\x00-\x1f]{1,400}")
_SUFFIXES = ("", "-wal", "-shm", ".keys", ".keys.copy")


@dataclass(frozen=True)
class Restored:
    """The new journal: `rows` by table, kept files, and whether it has a passphrase."""

    path: Path
    kind: JournalKind
    rows: dict[str, int]
    originals: int
    encrypted: bool

    @property
    def words(self) -> str:
        """The counts in one line."""
        return counts_words(self.rows, self.originals)


def restore(
    source: Path, path: Path, *, passphrase: str | None, clock: Clock, progress: Progress | None = None
) -> Restored:
    """Make the journal of an export (a zip, or a folder of it) at `path`, where nothing may be yet.

    Whole or not at all: every row is checked against the schema, every kept file against its SHA-256, and the finished
    journal is read through before it gets its name. Raises UserError, JournalTooNew, StoreError, and Cancelled through
    `progress`.
    """
    check_place(path)
    progress = progress or NoProgress()
    made = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with _opened(source) as export:
        clear_torn(path)
        journal = journals.create(made, kind=JournalKind.NURSE, passphrase=passphrase, clock=clock)
        try:
            _fill(journal, export, progress)
            journal.close()
            journal = journals.open_existing(made, key=journal.key)
            _read_through(journal, clock, progress)
            found = Restored(path, journal.kind, _counted(journal), journal.originals.totals()[0], journal.encrypted)
            journal.fold()
            journal.close()
            _settle(made, path)
        except BaseException:
            journal.close()
            for suffix in _SUFFIXES:
                made.with_name(made.name + suffix).unlink(missing_ok=True)
            raise
    return found


def check_place(path: Path) -> None:
    """Look whether a new journal may be made there. Raises UserError where something has its name."""
    if path.exists() or keys_path(path).exists():
        raise UserError(
            "No journal was made", "a journal or a key file of that name is there already", "choose another name"
        )


def _settle(made: Path, path: Path) -> None:
    from dreamjournal.store.dump import settle

    try:
        settle(made, path)
    except OSError as error:
        raise UserError("No journal was made", "its folder cannot be written", "choose another place") from error


def _refused(why: str, what_now: str = "take an export that nobody has changed") -> UserError:
    return UserError("The export was not taken in", why, what_now)


# ---- the members


class _Export:
    """The members of an export by name, whether they lie in a zip or in a folder."""

    def __init__(self, names: dict[str, int], open_one: Callable[[str], IO[bytes]]) -> None:
        found = [n for n in names if n.rsplit("/", 1)[-1] == JOURNAL_FILE]
        if not found:
            raise _refused(f"there is no {JOURNAL_FILE} in it", "name the file that an export made")
        depth = min(n.count("/") for n in found)
        nearest = [n for n in found if n.count("/") == depth]
        if len(nearest) > 1:
            raise _refused(f"it holds more than one {JOURNAL_FILE}")
        self._open = open_one
        self.journal_name = nearest[0]
        self.journal_size = names[self.journal_name]
        within = self.journal_name.removesuffix(JOURNAL_FILE) + ORIGINALS + "/"
        self._originals: dict[str, list[str]] = {}
        for name in names:
            if name.startswith(within):
                self._originals.setdefault(name.removeprefix(within).split(".", 1)[0], []).append(name)

    def journal(self) -> IO[bytes]:
        """The stream of journal.json."""
        return self._open(self.journal_name)

    def original(self, sha256: str) -> IO[bytes]:
        """The stream of a kept file. Raises UserError where it is missing."""
        found = self._originals.get(sha256, [])
        if len(found) != 1:
            raise _refused(
                "a kept file is missing from it" if not found else "a kept file is in it twice",
                "take the export as it was made, with its folder originals",
            )
        return self._open(found[0])


@contextmanager
def _opened(source: Path) -> Generator[_Export]:
    """The export at `source`: a zip, a folder, or the journal.json in one."""
    if source.name == JOURNAL_FILE and source.is_file():
        source = source.parent
    if source.is_dir():
        yield _Export(_folder_names(source), lambda name: _opened_file(source.joinpath(*name.split("/"))))
        return
    with _opened_file(source) as stream:
        if not zip_files.is_zip(stream.read(4)):
            raise _refused("it is no export of a whole journal", "name the .zip, or the folder, that an export made")
        stream.seek(0)
        archive = zip_files.open_zip(stream, most=MAX_MEMBERS, total=MAX_UNPACKED)
        infos: dict[str, zipfile.ZipInfo] = {}
        for info in archive.infolist():
            name = info.filename
            if not _SAFE_NAME.fullmatch(name) or "\\" in name or name.startswith("/") or ".." in name.split("/"):
                raise _refused("it holds a file name that no export has")
            if name in infos:
                raise _refused("it holds a file twice")
            if not info.is_dir():
                infos[name] = info
        yield _Export(
            {n: i.file_size for n, i in infos.items()}, lambda name: zip_files.open_member(archive, infos[name])
        )


def _folder_names(folder: Path) -> dict[str, int]:
    """Files of a folder that matter here, links left out: journal.json and what is kept."""
    found: dict[str, int] = {}
    try:
        for place in (folder, folder / ORIGINALS):
            for file in sorted(place.iterdir()) if place.is_dir() else []:
                if file.is_file() and not file.is_symlink():
                    found[file.relative_to(folder).as_posix()] = file.stat().st_size
    except OSError as error:
        raise _refused("it cannot be read", "check its permissions") from error
    return found


def _opened_file(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise _refused("there is no such file", "check its name") from error
    except OSError as error:
        raise _refused("it cannot be read", "check its permissions") from error


# ---- journal.json


class _JsonStream:
    """Reads JSON piece by piece, so that ten years are never in memory at once. Raises UserError where it is no JSON."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._json = json.JSONDecoder(parse_constant=_no_constant)
        self._text, self._at, self._ended = "", 0, False
        self.read = 0
        """Bytes read so far."""
        if self.peek() == "\ufeff":
            self._at += 1

    def _more(self, least: int = MIB) -> bool:
        if self._ended:
            return False
        data = self._stream.read(least)
        self._ended = not data
        self.read += len(data)
        try:
            self._text = self._text[self._at :] + self._decode(data, final=self._ended)
        except UnicodeDecodeError as error:
            raise _refused(f"its {JOURNAL_FILE} is no UTF-8 text") from error
        self._at = 0
        return not self._ended

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in " \t\r\n":
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def take(self, wanted: str) -> None:
        """Read one mark on."""
        if self.peek() != wanted:
            raise self.damaged()
        self._at += 1

    def taken(self, wanted: str) -> bool:
        """Read on if the next mark is this one; whether it was."""
        if self.peek() != wanted:
            return False
        self._at += 1
        return True

    def value(self) -> Any:
        """The next whole value."""
        self.peek()
        while True:
            try:
                found, end = self._json.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                length = len(self._text) - self._at
                if length > MAX_VALUE or not self._more(max(MIB, length)):
                    raise self.damaged() from None
                continue
            except (ValueError, RecursionError) as error:
                raise self.damaged() from error
            # A number may go on in what is not read yet.
            if end == len(self._text) and self._text[end - 1] not in '}]"' and self._more():
                continue
            self._at = end
            return found

    def damaged(self) -> UserError:
        """What to raise where it is not as an export writes it."""
        return _refused(f"its {JOURNAL_FILE} is cut off or damaged")


def _no_constant(word: str) -> Any:
    raise ValueError(word)


def _rows(stream: _JsonStream) -> Iterator[Any]:
    stream.take("[")
    if stream.taken("]"):
        return
    while True:
        yield stream.value()
        if stream.taken("]"):
            return
        stream.take(",")


def _fill(journal: Journal, export: _Export, progress: Progress) -> None:
    """Put all rows and kept files into the new journal, in one transaction."""
    with journal.atomic():
        journal.dump.begin()
        with export.journal() as raw:
            stream = _JsonStream(raw)
            head: dict[str, Any] = {}
            stream.take("{")
            done = False
            while not done and not stream.taken("}"):
                key = stream.value()
                stream.take(":")
                if key == "tables":
                    _checked_head(head)
                    _fill_tables(journal, export, stream, head["schema_version"], progress)
                    head["tables"] = True
                elif key in ("app", "format", "format_version", "made", "schema_version") and key not in head:
                    head[key] = stream.value()
                else:
                    raise _refused(f"its {JOURNAL_FILE} holds something that no journal has")
                if not stream.taken(","):
                    stream.take("}")
                    done = True
            if "tables" not in head or stream.peek():
                raise stream.damaged()
        _fill_originals(journal, export, progress)
        journal.dump.check()
        if journal.dump.count("journal") != 1:
            raise _refused("it does not say whose journal it is")


def _checked_head(head: dict[str, Any]) -> None:
    from dreamjournal.store.dump import SCHEMA_VERSION

    if head.get("format") != FORMAT:
        raise _refused("it is no export of a whole journal", "name the file that an export made")
    versions = (head.get("format_version"), head.get("schema_version"))
    if any(type(v) is not int or v < 1 for v in versions):
        raise _refused("it does not say its version before its tables")
    if cast("int", versions[0]) > FORMAT_VERSION or cast("int", versions[1]) > SCHEMA_VERSION:
        raise JournalTooNew(
            "This export was made by a newer Dreamjournal", "nothing was taken in", "update the app and try again"
        )


def _fill_tables(journal: Journal, export: _Export, stream: _JsonStream, version: int, progress: Progress) -> None:
    from dreamjournal.store.dump import SCHEMA_VERSION, TABLES

    known = tables()
    columns = {table: _all_columns(journal, table) for table in TABLES}
    seen: set[str] = set()
    stream.take("{")
    if not stream.taken("}"):
        while True:
            table = stream.value()
            if not isinstance(table, str) or table not in known or table in seen:
                raise _refused(f"its {JOURNAL_FILE} holds a table that no journal has")
            seen.add(table)
            stream.take(":")

            def tell() -> None:
                progress.step(stream.read // 1024, export.journal_size // 1024 + 1, "Reading the journal")

            rows = _checked(table, known[table], _rows(stream), columns, whole=version == SCHEMA_VERSION, tell=tell)
            journal.dump.put(table, rows)
            if stream.taken("}"):
                break
            stream.take(",")
    if version == SCHEMA_VERSION and seen != set(known):
        raise _refused(f"its {JOURNAL_FILE} lacks a table")


def _checked(
    table: str, check: TableCheck, rows: Iterator[Any], columns: dict[str, frozenset[str]], *, whole: bool, tell: Callable[[], None]
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """The rows, each as the schema says; `whole` where none of its columns may be missing. Raises UserError."""
    names: list[str] = []
    for number, row in enumerate(rows):
        if number % 200 == 0:
            tell()
        if not isinstance(row, dict):
            raise _wrong(table, number)
        found = cast("dict[str, Any]", row)
        if not names:
            names = [name for name in check.columns if whole or name in found]
        if len(found) != len(names) or any(n not in found or not check.columns[n](found[n]) for n in names):
            raise _wrong(table, number)
        if not (_instants_whole(found) and _inner_rows_fit(table, found, columns)):
            raise _wrong(table, number)
        yield {name: found[name] for name in names}


def _wrong(table: str, number: int) -> UserError:
    return _refused(f"row {number + 1} of its table {table} is not as the format says")


def _instants_whole(row: dict[str, Any]) -> bool:
    """Whether each moment has its offset: half of one would stop the page that shows it."""
    return all(row[n] is not None or row.get(n[:-4] + "_ms") is None for n in row if n.endswith("_off"))


def _all_columns(journal: Journal, table: str) -> frozenset[str]:
    from dreamjournal.store.dump import LEFT_COLUMNS

    return frozenset({c.name for c in journal.dump.columns(table)} | {c for t, c in LEFT_COLUMNS if t == table})


def _inner_rows_fit(table: str, row: dict[str, Any], columns: dict[str, frozenset[str]]) -> bool:
    """Whether rows kept as JSON inside a row name tables and columns there are: taking them back makes them statements."""
    if table == "import_rows":
        inner = [] if row["before"] is None else [[row["tbl"], json.loads(row["before"])]]
        if row["tbl"] not in columns:
            return False
    elif table == "bin":
        inner = json.loads(row["contents"])
    else:
        return True
    if not isinstance(inner, list):
        return False
    for item in cast("list[Any]", inner):
        if not isinstance(item, list) or len(cast("list[Any]", item)) != 2:
            return False
        name, values = cast("list[Any]", item)
        if not isinstance(name, str) or name not in columns or not isinstance(values, dict):
            return False
        fields = cast("dict[str, Any]", values)
        if type(fields.get("id")) is not int or not columns[name] >= set(fields):
            return False
        if any(isinstance(v, list | dict) for v in fields.values()):
            return False
    return True


def _fill_originals(journal: Journal, export: _Export, progress: Progress) -> None:
    kept = list(journal.dump.rows("originals"))
    total = sum(row["size"] for row in kept) // 1024 + 1
    done = 0
    for row in kept:
        progress.step(done // 1024, total, "Reading the kept files")
        with export.original(row["sha256"]) as raw:
            digest = journal.originals.fill(row["id"], cast("IO[bytes]", _Limited(raw, row["size"])))
        if digest != row["sha256"]:
            raise _refused("a kept file is not what it was when it was kept")
        done += row["size"]


class _Limited:
    """Reads no more of a file than it is said to have, and one byte to tell that there was more."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._stream, self._left = stream, size + 1

    def read(self, size: int) -> bytes:
        data = self._stream.read(min(size, self._left))
        self._left -= len(data)
        return data


# ---- the finished journal


def _read_through(journal: Journal, clock: Clock, progress: Progress) -> None:
    """Read everything once, as the pages will. Raises UserError where a value would stop one of them."""
    from dreamjournal.services import nights, settings

    def step() -> None:
        progress.step(0, 0, "Checking the new journal")

    try:
        settings.all_values(journal, None)
        journal.settings.all(None)
        for person in journal.persons.all():
            me = person.id
            settings.all_values(journal, me)
            nights.nights(journal, me, None, None, clock, step=step)
            nights.as_recorded(journal, me, None, None, clock, stages=False, step=step)
            for enhancer in journal.enhancers.all(me):
                journal.screenings.latest(me, enhancer.name)
            for zone in {*journal.reading.zones(me).values(), *(t.travel.zone for t in journal.reading.travels(me))}:
                ZoneInfo(zone)
            for record in journal.imports.all(me):
                json.dumps(record.receipt)
            readers: tuple[Callable[[int], object], ...] = (
                journal.dreams.all, journal.dreams.drafts, journal.bin.all, journal.enhancers.all, journal.enhancers.rules,
                journal.studies.all, journal.reviews.all, journal.reviews.queries, journal.evenings.steps, journal.originals.of_person,
                journal.reading.zones, journal.reading.travels, journal.reading.column_maps, journal.tags.coverages,
                journal.enhancers.only, journal.reminders.log, lambda p: journal.reviews.queries(p, open_only=False),
                journal.balance.check_ins, journal.balance.instructions, journal.balance.shown, journal.codings.all,
            )  # fmt: skip
            for read in readers:
                step()
                read(me)
    except (JournalDamaged, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError) as error:
        raise _refused("a value in it is none that a journal has") from error


def _counted(journal: Journal) -> dict[str, int]:
    from dreamjournal.store.dump import TABLES

    return {table: journal.dump.count(table) for table in TABLES}
