"""Sleepmeter's history: sleeps with dreams, aids, hindrances, tags, interruptions and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import IO

from dreamjournal.common.csv_rows import number, physical_lines, read_text
from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import Progress
from dreamjournal.domain.drafts import (
    Draft,
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    RowRejected,
    SessionDraft,
    SourceDream,
    TagDraft,
    check_instant,
    checked_session,
)
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.instant import Instant, from_local_offset, minutes_between
from dreamjournal.domain.session import SessionEvent, SessionKind, SessionMeasures, Validity

HEADER = "wake,sleep,bedtime,holes,type,dreams,aid,hindrances,tags,quality,notes"
CUSTOM = {"custom_aid_id,class,name": "aid", "custom_hindrance_id,class,name": "hindrance", "custom_tag_id,name": "tag"}
KINDS = {"NIGHT_SLEEP": SessionKind.MAIN, "NAP": SessionKind.NAP}
LUCID = 3
"""The level of a dream marked lucid: the person knew it; whether they steered it is not said."""
BEGINNING = "wake,sleep,bedtime,holes,type,dreams,"
_STARTS = tuple(end + BEGINNING.encode() for end in (b"\n", b"\r"))
_ROW = re.compile(
    r'"(?P<wake>[^"\n]*)","(?P<sleep>[^"\n]*)","(?P<bedtime>[^"\n]*)",(?P<holes>[^,"\n]*),(?P<type>[^,"\n]*),(?P<dreams>[^,"\n]*),'
    r'(?P<aid>[^,"\n]*),(?P<hindrances>[^,"\n]*),(?P<tags>[^,"\n]*),(?P<quality>[^,"\n]*),"(?P<notes>.*)',
    re.DOTALL,
)
_START = re.compile(r'"\d{1,5}-\d\d-\d\d \d\d:\d\d[+-]\d{4}","[^"\n]*","[^"\n]*",')
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d)([+-])(\d\d)(\d\d)", re.ASCII)
_HOLE = re.compile(r"(\d{1,5})-(\d{1,5})")


@dataclass(frozen=True)
class Sleepmeter(Importer):
    """Sleepmeter. Notes hold raw quotation marks and line ends, so rows are found by their three stamps, not by CSV."""

    key: str = "sleepmeter"
    title: str = "Sleepmeter"
    suffixes: tuple[str, ...] = (".csv",)
    kinds: tuple[str, ...] = ("text",)
    seen: bool = True

    def sniff(self, head: bytes, name: str) -> float:
        """1 when a line is the header of the history or of the custom names."""
        first = head[:60].split(b"\n", 1)[0].rstrip(b"\r").decode("latin-1")
        known = first in CUSTOM or first.startswith(BEGINNING) or any(start in head[:4096] for start in _STARTS)
        return 1.0 if known else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Each sleep of the history is a row; the sections of custom names above it are not."""
        lines = physical_lines(read_text(stream)[0])
        at = next((i for i, line in enumerate(lines) if line.startswith(BEGINNING)), None)
        names = _custom_names(lines[: len(lines) if at is None else at])
        if at is None:
            return
        if lines[at].rstrip("\n") != HEADER:
            odd = sorted(set(lines[at].strip().split(",")) ^ set(HEADER.split(",")))[:12]
            strange = ", ".join("".join(c for c in name[:40] if c.isprintable()) for name in odd)
            raise UserError(
                "The file was not read",
                f"its columns are not those of Sleepmeter this app knows ({strange})",
                "update the app",
            )
        doubts: dict[str, None] = {}
        for done, (line, raw) in enumerate(_rows(lines, at + 1)):
            progress.step(done, 0, options.where)
            where = f"{options.where} line {line}"
            row = _ROW.match(raw)
            try:
                if row is None:
                    raise RowRejected("not a whole row of this format")
                yield _draft(row, names, options, where, line, doubts)
            except RowRejected as e:
                dreams = 0 if row is None else len(_split(row["dreams"]))
                yield Rejected(where, str(e), line, raw.strip()[:300], sessions=1, dreams=dreams)
        yield from (FileWarning(d) for d in doubts)


def _rows(lines: list[str], at: int) -> Iterator[tuple[int, str]]:
    """Line number and text of each row: a row runs to the last line ending in a quotation mark before the next row."""
    starts = [i for i in range(at, len(lines)) if _START.match(lines[i])]
    for i in range(at, starts[0] if starts else len(lines)):
        if lines[i].strip():
            yield i + 1, lines[i]
    for n, start in enumerate(starts):
        stop = starts[n + 1] if n + 1 < len(starts) else len(lines)
        ends = [i for i in range(start, stop) if lines[i].rstrip("\n").endswith('"')]
        last = ends[-1] if ends else stop - 1
        yield start + 1, "".join(lines[start : last + 1])
        for i in range(last + 1, stop):
            if lines[i].strip():
                yield i + 1, lines[i]


def _custom_names(lines: list[str]) -> dict[tuple[str, str], str]:
    names: dict[tuple[str, str], str] = {}
    section, key = "", ""
    for line in lines:
        text = line.rstrip("\n")
        if text in CUSTOM:
            section, key = CUSTOM[text], ""
            continue
        match = re.match(r'(CUSTOM_\d+),(?:[A-Z_]*,)?"(.*)', text)
        if match and section:
            key = match[1]
            names[section, key] = match[2]
        elif key and text:  # a name with a line end in it
            names[section, key] += " " + text
    out = {k: " ".join(v.removesuffix('"').split()) for k, v in names.items()}
    return {k: v for k, v in out.items() if v}


def _draft(
    row: re.Match[str],
    names: dict[tuple[str, str], str],
    options: ReadOptions,
    where: str,
    line: int,
    doubts: dict[str, None],
) -> RowDraft:
    wake, sleep, bedtime = (_stamp(row[c], c, options.now) for c in ("wake", "sleep", "bedtime"))
    if wake.utc < sleep.utc:
        raise RowRejected("the end is before the start")
    if sleep.utc < bedtime.utc:
        raise RowRejected("asleep before going to bed")
    if minutes_between(bedtime, wake) > 24 * 60:
        raise RowRejected("longer than 24 hours")
    asleep = minutes_between(sleep, wake)
    waso = _holes(row["holes"], asleep)
    notes = row["notes"]
    if notes.rstrip("\n").endswith('"'):
        notes = notes.rstrip("\n")[:-1]
    else:
        doubts.setdefault(f"The last note, in line {line}, has no end: the file may be cut off.")
    notes = notes.strip("\n")
    if row["type"] not in KINDS:
        doubts.setdefault(f"Kinds of sleep not known, taken as main sleep: {row['type'][:40]}")
    measures = SessionMeasures(
        tib_min=minutes_between(bedtime, wake),
        tst_min=asleep - waso,
        sol_min=minutes_between(bedtime, sleep),
        waso_min=waso,
        asleep_unspecified_min=asleep - waso,
    )
    told = _split(row["dreams"])
    events: list[SessionEvent] = []
    quality = _quality(row["quality"])
    if quality is not None:
        events.append(SessionEvent("rating", wake, detail=f"{quality:g} of 10"))
    if notes and not told:
        events.append(SessionEvent("note", wake, detail=notes))
    kind = KINDS.get(row["type"], SessionKind.MAIN)
    draft = SessionDraft(sleep, wake, "", kind, Validity.OK, measures, events=tuple(events))
    night = draft.night_date
    dreams = _dreams(told, draft, night, notes, doubts)
    checked, found = checked_session(draft, options.now)
    for text in found:
        doubts.setdefault(text)
    return RowDraft(where, line, (checked,), dreams, tags=_tags(row, names, night, sleep))


def _stamp(text: str, column: str, now: datetime) -> Instant:
    match = _STAMP.fullmatch(text)
    if match is None:
        raise RowRejected(f"{column}: not a date and time with an offset")
    offset = (int(match[3]) * 60 + int(match[4])) * (-1 if match[2] == "-" else 1)
    try:
        at = from_local_offset(datetime.fromisoformat(match[1]), offset)
    except (ValueError, OverflowError) as e:
        raise RowRejected(f"{column}: not a date and time") from e
    check_instant(at, now, column)
    return at


def _holes(text: str, asleep: float) -> float:
    total = 0.0
    for part in _split(text):
        match = _HOLE.fullmatch(part)
        if match is None:
            raise RowRejected("holes: negative minutes or no minutes at all")
        first, last = int(match[1]), int(match[2])
        if last < first:
            raise RowRejected("holes: an interruption ends before it starts")
        if last > asleep:
            raise RowRejected("holes: an interruption lies after waking")
        total += last - first
    if total > asleep:
        raise RowRejected("holes: longer awake than the sleep lasted")
    return total


def _quality(text: str) -> float | None:
    try:
        value = number(text)
    except ValueError as e:
        raise RowRejected("quality: not a number") from e
    if value is not None and not 0 <= value <= 10:
        raise RowRejected("quality: not from 0 to 10")
    return value


def _split(text: str) -> list[str]:
    return [part for part in text.split("|") if part and part != "NONE"]


@lru_cache(1024)
def _words(code: str) -> str:
    return code.replace("_", " ").strip().lower()


def _dreams(
    told: list[str], session: SessionDraft, night: date, notes: str, doubts: dict[str, None]
) -> tuple[SourceDream, ...]:
    out: list[SourceDream] = []
    for i, part in enumerate(told):
        kind, _, rest = part.partition(":")
        mood, _, themes = rest.partition(":")
        theme = [t for t in themes.split(":") if t]
        tone = None
        if re.fullmatch(r"-?\d{1,2}", mood) and abs(int(mood)) <= 5:
            tone = (1 if int(mood) > 0 else -1) * ((abs(int(mood)) * 2 + 2) // 5)  # -5..5 to -2..2, halves outward
        else:
            doubts.setdefault("A dream's mood is not from -5 to 5 and is left out.")
        tags = [_words(c) for c in (kind, *theme) if c != "UNKNOWN"]
        draft = DreamDraft(
            night,
            notes if not out else "",  # there is one note a sleep: it goes with its first dream, and is kept once
            Recall.REPORT if notes and not out else Recall.FRAGMENT,
            lucidity=LUCID if "LUCID" in theme else None,
            tone=tone,
            nightmare=None if kind == "UNKNOWN" else kind == "NIGHTMARE",
            tags=tuple(dict.fromkeys(tags)),
            woke=session.end.utc,
        )
        out.append(SourceDream(f"{session.key}/{i}", draft))
    return tuple(out)


def _tags(row: re.Match[str], names: dict[tuple[str, str], str], night: date, start: Instant) -> tuple[TagDraft, ...]:
    tags: dict[str, TagDraft] = {}
    for column, section in (("aid", "aid"), ("hindrances", "hindrance"), ("tags", "tag")):
        for code in _split(row[column]):
            name = names.get((section, code)) or _words(code)
            tags.setdefault(name.casefold(), TagDraft(night, name, 1.0, start))
    return tuple(tags.values())


PLUGIN = Sleepmeter()
