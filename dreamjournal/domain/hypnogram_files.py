"""Reads scored recordings: text of many makers, and XML through `hypnogram_xml`."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import pairwise

from dreamjournal.common.csv_rows import decode
from dreamjournal.common.errors import UserError
from dreamjournal.domain.hypnogram import Epoch, stage_of
from dreamjournal.domain.hypnogram_xml import parse_xml
from dreamjournal.domain.scored import (
    CLOCK,
    EPOCH_S,
    LIGHTS,
    Scored,
    Span,
    clock_in,
    day_in,
    no_hypnogram,
    scored_of,
    seconds_in,
)

MAX_BYTES = 20_000_000
MAX_TEXT = 5_000_000
MAX_LINES = 200_000
"""Of text: a week of 30 s lines is 20,160 of them, and XML takes more room than text."""
SNIFFED = 400
LONGEST_STAGE = 40
LEAST_LINES = 40
"""Stages, one a line, that make a text of them: fewer could be anything."""

_SAID_DAY = re.compile(
    r"^\s*(?:recording|start|study|session)?[ _]*(?:start)?[ _]*(?:date|time)\b[^:\t;,=]*[:\t;,=](.*)", re.I
)
_NUMBER = re.compile(rb"[ \t]*(-?\d)(?:\.0*)?(?:e[+-]0+)?(?:[ \t]+\d(?:\.0*)?(?:e[+-]0+)?)?[ \t]*", re.ASCII)
_TITLES = frozenset({b"stage", b"stages", b"sleep_stage", b"sleep stage", b"hypnogram", b"hypno"})
_LETTERS = frozenset(b"w wake n1 n2 n3 n4 r rem s1 s2 s3 s4 ? u uns art mt m".split())
_DEVICE_WORDS = {"light": Epoch.LIGHT, "asleep": Epoch.ASLEEP}
"""What devices say in tables of events, and the app when it writes one; among annotations "light" is a lamp."""
_BIDS_STAGE = ("stage", "sleep_stage", "staging", "hypnogram", "trial_type", "description", "value")
_NOT_SEEN = {
    "durations": "Visbrain", "events": "Dreem or RemLogic", "bids": "BIDS", "nsrr": "NSRR", "profusion": "Profusion",
    "zmax": "ZMax",
}  # fmt: skip


def form_of(head: bytes) -> str:
    """The form of a hypnogram by its first bytes; empty for everything else. Cheap, and never raises."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    start = head[:4096]
    first = start.lstrip()[:1]
    if first == b"<":
        if b"<PSGAnnotation" in start:
            return "nsrr"
        return "profusion" if b"<CMPStudyConfig" in start else ""
    if first == b"*":
        return "durations" if start.lstrip()[:13].lower() == b"*duration_sec" else ""
    if b"[hh:mm:ss]" in start.lower():
        return "events" if _header_of_events(head[:8192].decode("latin-1").splitlines()) else ""
    line = start.split(b"\n", 1)[0].lower()
    if b"onset" in line and b"duration" in line:
        return "bids" if _bids_columns(line.decode("latin-1")) and _names_stages(head) else ""
    return "lines" if _lines_of_stages(start) else ""


def _names_stages(head: bytes) -> bool:
    """Whether most of the first rows of a table of events are stages."""
    lines = head[:4096].decode("latin-1").splitlines()
    columns = _bids_columns(lines[0].lower())
    assert columns is not None
    rows = [cells for line in lines[1:20] if len(cells := _cells(line, columns[3])) > columns[2]]
    known = sum(_event_stage(cells[columns[2]], rem_is_five=False) is not None for cells in rows)
    return bool(known) and known * 2 >= len(rows)


def _lines_of_stages(start: bytes) -> bool:
    """Whether every line is a stage, there are enough of them, and they last: ratings change from line to line."""
    lines = start.split(b"\n", SNIFFED)[:-1]
    if not all(_stage_line(line) is not None for line in lines[1:3]):
        return False
    if lines and lines[0].split(b"#", 1)[0].strip().lower() in _TITLES:
        lines = lines[1:]
    known = {line: _stage_line(line) for line in set(lines)}
    if None in known.values():
        return False
    stages = [known[line] for line in lines if known[line]]
    changes = 1 + sum(map(operator.ne, stages, stages[1:]))
    return len(stages) >= LEAST_LINES and 1 < changes <= len(stages) / 2


def _stage_line(raw: bytes) -> bytes | None:
    """The stage a line holds, empty for a line without one, None for anything else."""
    line = raw.split(b"#", 1)[0].strip().lower()
    number = _NUMBER.fullmatch(line)
    if number is not None:
        return number[1]
    return line if not line or line in _LETTERS or line.removeprefix(b"sleep stage ") in _LETTERS else None


def parse(data: bytes) -> Scored:
    """The recording in the bytes of a text or XML file. Raises UserError when it is none, or names the line at fault."""
    if len(data) > MAX_BYTES:
        raise no_hypnogram("a scored night is never larger than 20 MB")
    form = form_of(data[:65536]) if not data.startswith((b"\xff\xfe", b"\xfe\xff")) else ""
    try:
        text = decode(data)[0].replace("\r\n", "\n").replace("\r", "\n")
    except UserError as error:
        raise no_hypnogram("it is neither EDF nor text") from error
    form = form or form_of(text[:65536].encode("utf-8", "replace"))
    if form in ("nsrr", "profusion"):
        scored = parse_xml(text, form)
    elif len(data) > MAX_TEXT or text.count("\n") > MAX_LINES:
        raise no_hypnogram("a scored night is never so long")
    elif form == "durations":
        scored = _durations(text)
    elif form == "events":
        scored = _events(text)
    elif form == "bids":
        scored = _bids(text)
    else:
        return _lines(text)
    return replace(scored, maker=_NOT_SEEN[form])


# ---- one stage a line -----------------------------------------------------------------------------------------------


def _lines(text: str) -> Scored:
    words: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        word = line.split("#", 1)[0].strip()
        if word and not (not words and word.casefold().encode("utf-8", "replace") in _TITLES):
            words.append((number, word))
    stages = [_column(word) for _, word in words]
    two = bool(stages) and all(second for _, second in stages)
    rem_is_five = any(word == "5" for word, _ in stages)
    epochs: list[Epoch] = []
    for (number, _), (word, second) in zip(words, stages, strict=True):
        stage = None if second and not two else _coded(word, rem_is_five=rem_is_five, zmax=two)
        if stage is None:
            raise no_hypnogram(f"line {number} is not a sleep stage", "give one stage for each 30 s line")
        epochs.append(stage)
    if not epochs:
        raise no_hypnogram("it holds no epoch")
    four = not rem_is_five and any(word == "4" for word, _ in stages)
    return Scored(tuple(epochs), EPOCH_S, len(epochs), maker=_NOT_SEEN["zmax"] if two else "", rem_is_four=four)


def _column(word: str) -> tuple[str, bool]:
    """The stage of a line, numbers as numpy writes them made whole, and whether a second column follows."""
    match = _NUMBER.fullmatch(word.encode("utf-8", "replace"))
    if match is None:
        return word, False
    return match[1].decode(), len(word.split()) == 2


def _coded(word: str, *, rem_is_five: bool, zmax: bool = False) -> Epoch | None:
    """Code 4 is N3 (stage S4) in files that write REM as 5, and REM in those that do not.

    ZMax scoring, whose second column marks artefacts, writes -1 for unknown and -2 for artefact; others the other way.
    """
    if word == "4" and not rem_is_five:
        return Epoch.REM
    if zmax and word in ("-1", "-2"):
        return Epoch.UNSCORED if word == "-1" else Epoch.ARTEFACT
    return stage_of(word)


# ---- Visbrain -------------------------------------------------------------------------------------------------------


def _durations(text: str) -> Scored:
    """Visbrain writes where each stage ends, in seconds; other writers of the form write how long each lasts."""
    total: float | None = None
    rows: list[tuple[int, Epoch, float]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        cells = line.split()
        if not cells:
            continue
        if cells[0].startswith("*"):
            if cells[0].casefold() == "*duration_sec" and len(cells) > 1:
                total = seconds_in(cells[1], number)
            continue
        stage = stage_of(" ".join(cells[:-1])) if len(cells) > 1 else None
        if stage is None:
            raise no_hypnogram(f"line {number} is not a sleep stage")
        rows.append((number, stage, seconds_in(cells[-1], number)))
    if not rows:
        raise no_hypnogram("it holds no stage")
    lengths = [value for _, _, value in rows]
    rising = all(a <= b for a, b in pairwise(lengths))
    if total is not None and abs(sum(lengths) - total) <= max(1, total / 100) and len(rows) > 1:
        rising = False
    elif not rising:
        raise no_hypnogram("its stages neither follow each other nor add up to its length")
    elif total is not None and lengths[-1] < 0.99 * total - 60:
        raise no_hypnogram("its stages end before its own length: it may be cut off")
    spans: list[Span] = []
    at = 0.0
    for _, stage, value in rows:
        end = value if rising else at + value
        if end > at:
            spans.append(Span(at, end - at, stage))
        at = end
    if not spans:
        raise no_hypnogram("it holds no stage")
    return replace(scored_of(spans, (30, 20, 10, 5, 1)), rows=len(rows))


# ---- Dreem, RemLogic ------------------------------------------------------------------------------------------------


def _header_of_events(lines: Sequence[str]) -> tuple[int, str, int, int, int] | None:
    """Line, delimiter and the columns of time, event and duration."""
    for number, line in enumerate(lines):
        lower = line.casefold()
        if "[hh:mm:ss]" not in lower or "event" not in lower or "duration" not in lower:
            continue
        for delimiter in ("\t", ";", ","):
            cells = [c.strip().strip('"') for c in lower.split(delimiter)]
            found = [
                next((i for i, c in enumerate(cells) if c.startswith(w)), -1) for w in ("time", "event", "duration")
            ]
            if min(found) >= 0:
                return number, delimiter, found[0], found[1], found[2]
    return None


def _events(text: str) -> Scored:
    """Clock times only: what runs backwards by more than half a day has passed midnight."""
    lines = text.split("\n")
    header = _header_of_events(lines)
    if header is None:
        raise no_hypnogram("its table has no columns of time, event and duration")
    number, delimiter, time_at, event_at, duration_at = header
    said_day, said_clock = _said_start(lines[:number])
    rows: list[tuple[int, Span]] = []
    day: date | None = None
    first: time | None = None
    at, before, end = 0.0, 0, 0.0
    count = 0
    for i, line in enumerate(lines[number + 1 :], start=number + 2):
        if not line.strip():
            continue
        count += 1
        cells = _cells(line, delimiter)
        if len(cells) <= event_at:
            raise no_hypnogram(f"line {i} has no event: the file may be cut off")
        stage = stage_of(cells[event_at])
        if stage is None:
            if cells[event_at].casefold().startswith("sleep-"):
                raise no_hypnogram(f"line {i} is not a sleep stage")
            continue  # arousals, movements, phases of the cyclic alternating pattern
        if len(cells) <= max(time_at, duration_at):
            raise no_hypnogram(f"line {i} has no time: the file may be cut off")
        clock, found_day = clock_in(cells[time_at], i)
        length = seconds_in(cells[duration_at], i)
        now = clock.hour * 3600 + clock.minute * 60 + clock.second
        if first is None:
            first, day = clock, found_day
        else:
            # Half a day back or less is a clock that was set back: the stages still follow each other.
            ahead = (now - before) % 86_400
            at = at + ahead if ahead <= 43_200 else end
        before, end = now, at + length
        rows.append((i, Span(at, length, stage)))
    if first is None:
        raise no_hypnogram("none of its events is a sleep stage")
    spans = _edges_awake([s for _, s in rows])
    if day is None and said_day is not None:
        day = said_day
        if said_clock is not None and first < said_clock:
            day += timedelta(days=1)
    return replace(scored_of(spans, (30, 20, 10, 5, 1)), rows=count, clock=first, day=day)


def _edges_awake(spans: list[Span]) -> list[Span]:
    """Movement before the first and after the last scored stage is wake: nobody moves about asleep there."""
    found = list(spans)
    for order in (range(len(spans)), range(len(spans) - 1, -1, -1)):
        for i in order:
            if spans[i].stage != Epoch.ARTEFACT:
                break
            found[i] = spans[i]._replace(stage=Epoch.W)
    return found


def _cells(line: str, delimiter: str) -> list[str]:
    return [c.strip().strip('"') for c in line.split(delimiter)]


def _said_start(lines: Iterable[str]) -> tuple[date | None, time | None]:
    """The date and time the lines above the table give; names of people stand there too, and are passed over."""
    day: date | None = None
    clock: time | None = None
    for line in lines:
        said = _SAID_DAY.match(line)
        if said is None:
            continue
        rest = said[1].strip().removesuffix("Z")
        found = day_in(rest)
        day = day or found
        match = CLOCK.search(rest)
        if match is not None and clock is None and (found is not None or match.start() == 0):
            try:
                clock = clock_in(rest, 0)[0]
            except UserError:
                clock = None
    return day, clock


# ---- BIDS -----------------------------------------------------------------------------------------------------------


def _bids_columns(line: str) -> tuple[int, int, int, str] | None:
    """Onset, duration, stage and delimiter."""
    for delimiter in ("\t", ",", ";"):
        cells = _cells(line.rstrip("\r\n"), delimiter)
        stage = next((cells.index(name) for name in _BIDS_STAGE if name in cells), -1)
        if "onset" in cells and "duration" in cells and stage >= 0:
            return cells.index("onset"), cells.index("duration"), stage, delimiter
    return None


def _event_stage(word: str, *, rem_is_five: bool) -> Epoch | None:
    return _DEVICE_WORDS.get(word.casefold()) or _coded(word, rem_is_five=rem_is_five)


def _bids(text: str) -> Scored:
    lines = text.split("\n")
    columns = _bids_columns(lines[0].lower())
    assert columns is not None
    onset_at, duration_at, stage_at, delimiter = columns
    rows: list[tuple[float, float, str]] = []
    count = 0
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        count += 1
        cells = _cells(line, delimiter)
        if len(cells) <= max(onset_at, duration_at, stage_at):
            raise no_hypnogram(f"line {number} is too short: the file may be cut off")
        length = 0.0 if cells[duration_at].casefold() in ("", "n/a") else seconds_in(cells[duration_at], number)
        rows.append((seconds_in(cells[onset_at], number), length, cells[stage_at]))
    rem_is_five = any(word == "5" for _, _, word in rows)
    spans = [Span(o, d, s) for o, d, word in rows if (s := _event_stage(word, rem_is_five=rem_is_five)) is not None]
    if not spans:
        raise no_hypnogram("none of its rows is a sleep stage")
    lights = [(o, light[1].casefold()) for o, _, word in rows if (light := LIGHTS.match(word)) is not None]
    four = not rem_is_five and any(word == "4" for _, _, word in rows)
    return replace(scored_of(spans, (30, 20, 10, 5, 1), lights), rows=count, rem_is_four=four)
