"""Dreams in plain text and Markdown: one dated file each, or one file with dated headings."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import IO, Any, NamedTuple, cast

from dreamjournal.common.csv_rows import read_text
from dreamjournal.common.errors import UserError
from dreamjournal.common.loose_tables import find_table
from dreamjournal.common.moments import (
    AmbiguousDate,
    FoundDate,
    clock_of,
    date_of,
    day_first_of,
    find_date,
    moment_of,
    yes_or_no,
)
from dreamjournal.common.progress import Progress
from dreamjournal.common.yaml_files import read_yaml
from dreamjournal.domain.drafts import Draft, FileWarning, ReadOptions, Rejected, RowDraft, StartNeeded
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.journal_entries import MORNING_AFTER, Entry, entry_row, has_words, short_hash

MAX_BYTES = 16 * 1024 * 1024
SNIFFED = 3000
LOG_LINES = 4
LONGEST_HEADING = 200
SCORE = 0.1
MIN_WORDS = 3
DATE_KEYS = ("date", "datetime", "night", "day", "created", "datum", "fecha", "data")
OTHER_NAMES = frozenset({
    "readme", "license", "licence", "copying", "changelog", "changes", "history", "authors", "contributors", "notice", "news",
    "contributing", "todo", "install", "requirements", "makefile", "dockerfile", "version", "robots", "manifest",
})  # fmt: skip
OTHER_SUFFIXES = frozenset({
    "py", "js", "ts", "c", "h", "cpp", "cs", "java", "go", "rs", "rb", "php", "sh", "bat", "ps1", "sql", "css", "scss", "html", "xml",
    "json", "yaml", "yml", "toml", "ini", "cfg", "conf", "log", "csv", "tsv", "ics", "ical", "vcf", "eml", "srt", "vtt", "tex", "bib",
    "diff", "patch", "lock", "svg", "rtf", "gpx", "tcx",
})  # fmt: skip
_OTHER_STARTS = (
    "begin:v",
    "#!",
    "%pdf",
    "{\\rtf",
    "from:",
    "return-path:",
    "received:",
    "diff --git",
    "<?",
    "<!",
    "-----begin",
)
_LICENCE = ("permission is hereby granted", "gnu general public license", "apache license", "all rights reserved",
            "redistribution and use in source", "mozilla public license")  # fmt: skip
_DIGITS = re.compile(r"[0-9]+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_VERSION = re.compile(r"(?<![\w.])v?[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?![\w.]|[0-9])")
_LOG_LINE = re.compile(r"\W?(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[ T])?[0-9]{2}:[0-9]{2}:[0-9]{2}")
_CODE_END = re.compile(r"(?:[;{}]|\):|=>|\(\))\s*$")
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_MARKDOWN = re.compile(r"#{1,6}[ \t]+(.*?)[ \t]*#*$")
_BOXED = re.compile(r"\[([^\]]{6,40})\][ \t]*(.*)$")
_LABEL = re.compile(
    r"(?:\*\*|__)?(?:dream(?: of)?|date|night|datum|fecha|traum(?: vom)?)\b[ \t]*:?(?:\*\*|__)?[ \t]*", re.IGNORECASE
)
_CLOCK_NEXT = re.compile(
    r"[,T \t]*(?:at |um |- |– )?[ \t]*([0-9]{1,2}[:.h][0-9]{2}(?::[0-9]{2})?(?:\s?[ap]\.?m\.?)?)(?![0-9.])",
    re.IGNORECASE,
)
_DAY_NAME = re.compile(r"[*_\s]*[^\W\d_]{0,14}[.,]?[*_\s]*")
_EDGES = " \t-–—:,.*_|()[]"


class _Heading(NamedTuple):
    day: date
    clock: time | None
    title: str
    marked: bool
    """Whether it is set apart as a heading (#, [ ]) and not a plain line."""


@dataclass
class _Part:
    """The lines under one heading, or before the first."""

    line: int
    heading: _Heading | None = None
    problem: str = ""
    lines: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class TextJournal(Importer):
    """Plain text. The date is in the front matter, a heading, the first line or the file's name, in this order."""

    key: str = "text_journal"
    title: str = "Text or Markdown journal"
    suffixes: tuple[str, ...] = (".md", ".txt", ".markdown")
    kinds: tuple[str, ...] = ("text",)
    gathers: bool = True
    generic: bool = True
    """Whether it reads anything of a shape, so that it is asked where nothing else knows the file."""

    def sniff(self, head: bytes, name: str) -> float:
        """Low, for prose with a date in its name, front matter or headings; never for tables, logs, code or licences."""
        stem, _, suffix = name.lower().rpartition(".")
        stem = stem or suffix
        if suffix in OTHER_SUFFIXES or stem in OTHER_NAMES or stem.startswith(("readme", "licen", "changelog")):
            return 0.0
        text = head[:SNIFFED].decode("utf-8", "replace")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if all(map(_LOG_LINE.match, text.split("\n", LOG_LINES)[:LOG_LINES])):
            return 0.0
        if text[:40].lstrip().lower().startswith(_OTHER_STARTS):
            return 0.0
        front = _FRONT.match(text)
        body = text[front.end() :] if front else text
        dated = _name_date(name) is not None or (front is not None and _front_says_date(front[1]))
        return SCORE if (dated or _heads_date(body)) and _is_prose(body) and find_table(body, 12) is None else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Each entry is a row. Raises UserError for what is no text, StartNeeded where no date is found anywhere."""
        text, encoding = read_text(stream, limit=MAX_BYTES)
        if "\0" in text:
            raise UserError("The file was not read", "it holds bytes that no text has")
        if encoding != "UTF-8":
            yield FileWarning(f"The file is not UTF-8; it was read as {encoding}.")
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        if not has_words(text):
            raise UserError("The file was not read", "there are no words in it")
        undated = False
        for entry in _entries(text, options):
            progress.step(0, 0, options.where)
            if isinstance(entry, Rejected):
                yield entry
                continue
            row = entry_row(entry, options.now)
            undated = undated or (entry.clock is None and isinstance(row, RowDraft))
            yield row
        if undated:
            yield FileWarning(MORNING_AFTER)


# ---- is it a journal ------------------------------------------------------------------------------------------------


def _front_says_date(front: str) -> bool:
    for line in front.split("\n")[:40]:
        key, colon, value = line.partition(":")
        if colon and key.strip().lower() in DATE_KEYS and any(c.isdigit() for c in value):
            return True
    return False


def _heads_date(body: str) -> bool:
    before = ""
    for line in body.split("\n")[:60]:
        try:
            after_blank = not before.strip()
            if line and (after_blank or line[0] in "#[") and _heading(line, after_blank, None):
                return True
        except AmbiguousDate:
            return True
        before = line
    return False


def _is_prose(body: str) -> bool:
    """Words in lines that are no log, no code, no list of versions, and no licence."""
    low = body.lower()
    if any(words in low for words in _LICENCE):
        return False
    lines = [line for line in body.split("\n") if line.strip()]
    if not lines or sum(bool(_LOG_LINE.match(line)) for line in lines) * 2 > len(lines):
        return False
    if sum(bool(_CODE_END.search(line[-40:])) for line in lines) * 5 > len(lines):
        return False
    if any(line.startswith("#") and _VERSION.search(line[:LONGEST_HEADING]) for line in lines):
        return False
    words = " ".join(line for line in lines if not line.startswith("#"))
    if sum(words.count(c) for c in "{}<>=;|\\$") * 30 > len(words):
        return False
    return sum(map(len, _DIGITS.findall(words))) * 3 <= len(words) and _enough_words(words)


def _enough_words(text: str) -> bool:
    """Three words, or as many letters where a script writes none apart."""
    if sum("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in text[:400]) >= 6:
        return True
    return len(_WORD.findall(text[:2000])) > MIN_WORDS


# ---- dates ----------------------------------------------------------------------------------------------------------


def _name_date(name: str) -> date | None:
    stem = name.replace("\\", "/").rsplit("/", 1)[-1]
    try:
        found = find_date(stem, full_year=True)
    except AmbiguousDate:
        return None
    return found.day if found else None


def _heading(line: str, after_blank: bool, day_first: bool | None) -> _Heading | None:
    """The date a line sets as a heading, if it does. Raises AmbiguousDate."""
    if len(line) > 4000 or not _DIGITS.search(line, 0, LONGEST_HEADING):
        return None
    markdown = _MARKDOWN.fullmatch(line) if line.startswith("#") and len(line) <= LONGEST_HEADING else None
    if markdown:
        return _dated(markdown[1], day_first, anywhere=True)
    boxed = _BOXED.match(line) if line.startswith("[") else None
    if boxed:
        inner = _dated(boxed[1], day_first, anywhere=False)
        return inner and inner._replace(title=boxed[2].strip(), marked=True)
    if not after_blank:
        return None
    found = _dated(line.strip(), day_first, anywhere=False)
    return found and found._replace(marked=False)


def _dated(text: str, day_first: bool | None, *, anywhere: bool) -> _Heading | None:
    label = _LABEL.match(text)
    start = label.end() if label else 0
    found: FoundDate | None = find_date(text[start : start + LONGEST_HEADING], day_first, full_year=True)
    if found is None:
        return None
    first, last = start + found.start, start + found.end
    if not anywhere and not _DAY_NAME.fullmatch(text[start:first]):
        return None
    clock: time | None = None
    match = _CLOCK_NEXT.match(text, last)
    if match:
        with contextlib.suppress(ValueError):
            clock, last = clock_of(match[1]), match.end()
    before = "" if _DAY_NAME.fullmatch(text[:first]) or (label and label.end() == first) else text[:first]
    before, after = before.rstrip(_EDGES), text[last:].lstrip(_EDGES).rstrip("*_ \t")
    return _Heading(found.day, clock, f"{before} {after}" if before and after else before or after, True)


def _day_first(lines: list[str]) -> bool | None:
    """What the dates at the head of lines say of themselves; None where they do not tell or contradict each other."""
    said = {d for line in lines if (d := day_first_of(line[:60])) is not None}
    return said.pop() if len(said) == 1 else None


# ---- entries --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Front:
    day: date | None = None
    clock: time | None = None
    id: str = ""
    title: str = ""
    tags: tuple[str, ...] = ()
    lucid: bool | None = None
    nightmare: bool | None = None


def _entries(text: str, options: ReadOptions) -> Iterator[Entry | Rejected]:
    block = _FRONT.match(text)
    front = _read_front(block[1], options) if block else None
    skipped = text.count("\n", 0, block.end()) if block and front else 0
    lines = (text[block.end() :] if block and front else text).split("\n")
    front = front or _Front()
    parts = _parts(lines, skipped)
    dated = [p for p in parts if p.heading or p.problem]
    named = _name_date(options.where)
    whole = front.day or named
    if len(dated) > 1 or (dated and whole is None):
        yield from _by_headings(parts, whole, front, options)
        return
    first = dated[0] if dated and _opens(parts) else None
    heading = first.heading if first else None
    clock = front.clock
    day = front.day
    if day is None and heading is not None:
        day, clock = heading.day, heading.clock
    day = day or named
    if day is None and options.start is not None:
        day, clock = options.start.date(), options.start.time()
    if day is None:
        raise StartNeeded
    if clock is None and heading is not None and heading.day == day:
        clock = heading.clock
    if first is not None and heading is not None:
        lines = [heading.title, *first.lines] if heading.title else first.lines
    words = "\n".join(lines)
    if front.title and not words.lstrip("# \n").startswith(front.title):
        words = f"{front.title}\n\n{words}"
    stem = options.where.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    source_id = front.id or f"{day}/{short_hash(stem)}"
    yield Entry(source_id, words, day, clock, options.where, skipped + 1, front.tags, front.lucid, front.nightmare)


def _opens(parts: list[_Part]) -> bool:
    """Whether the dated heading is the first thing in the file."""
    return not any(has_words(line) for line in parts[0].lines) if parts and parts[0].heading is None else True


def _parts(lines: list[str], skipped: int) -> list[_Part]:
    day_first = _day_first([line for line in lines if any(c.isdigit() for c in line[:30])])
    parts = [_Part(skipped + 1)]
    before = ""
    for n, line in enumerate(lines, skipped + 1):
        try:
            heading = _heading(line, not before.strip(), day_first)
            problem = ""
        except AmbiguousDate as e:
            heading, problem = None, f"the date can be read in two ways ({str(e)[:20]})"
        before = line
        if heading is None and not problem:
            parts[-1].lines.append(line)
        else:
            parts.append(_Part(n, heading, problem))
            if problem:
                parts[-1].lines.append(line)
    return parts


def _by_headings(
    parts: list[_Part], whole: date | None, front: _Front, options: ReadOptions
) -> Iterator[Entry | Rejected]:
    seen: dict[str, int] = {}
    for part in parts:
        where = f"{options.where} line {part.line}"
        body = "\n".join(part.lines)
        if part.problem:
            yield Rejected(where, part.problem, part.line, body.strip()[:300], dreams=1)
            continue
        heading = part.heading
        if heading is None:
            own = [line for line in part.lines if not line.startswith("#")]
            if not has_words("\n".join(own)):
                continue  # the title of the journal
            if whole is None:
                yield Rejected(where, "no date stands above it", part.line, body.strip()[:300], dreams=1)
                continue
            heading = _Heading(whole, front.clock, "", True)
        key = heading.day.isoformat() + (f"T{heading.clock:%H:%M}" if heading.clock else "")
        key += f"/{short_hash(heading.title)}" if heading.title and heading.marked and not heading.clock else ""
        seen[key] = n = seen.get(key, 0) + 1
        words = f"{heading.title}\n{body}" if heading.title else body
        yield Entry(
            f"{key}/{n}", words, heading.day, heading.clock, where, part.line, front.tags, front.lucid, front.nightmare
        )


def _read_front(text: str, options: ReadOptions) -> _Front | None:
    """What the front matter says; None where it is no front matter but a ruled-off text."""
    try:
        data = read_yaml(text)
    except UserError:
        return None
    if not isinstance(data, dict):
        return None
    held = {str(k).strip().lower(): v for k, v in cast(dict[Any, Any], data).items()}

    def word(*keys: str) -> str:
        return next((v.strip() for k in keys if isinstance(v := held.get(k), str) and v.strip()), "")

    day, clock = _when(word(*DATE_KEYS), options)
    if clock is None and word("time"):
        with contextlib.suppress(ValueError):
            clock = clock_of(word("time"))
    listed = held.get("tags", held.get("tag", held.get("keywords", "")))
    if isinstance(listed, str):
        tags = re.split(r"[,;]|\s+(?=#)", listed.strip("[]")) if re.search("[,;#]", listed) else listed.split()
    else:
        tags = [t for t in cast(list[Any], listed) if isinstance(t, str)] if isinstance(listed, list) else []
    return _Front(
        day, clock, word("id", "uuid")[:80], word("title"), tuple(tags), yes_or_no(word("lucid", "lucidity")),
        yes_or_no(word("nightmare")),
    )  # fmt: skip


def _when(text: str, options: ReadOptions) -> tuple[date | None, time | None]:
    if not text:
        return None, None
    try:
        at = moment_of(text)
        local: datetime = at.local
        if at.utc:
            local = options.place(_aware(local)).local
        return local.date(), local.time()
    except (ValueError, OverflowError):
        pass
    try:
        return date_of(text), None
    except ValueError:
        return None, None


def _aware(local: datetime) -> datetime:
    return datetime.fromisoformat(local.isoformat() + "+00:00")


PLUGIN = TextJournal()
