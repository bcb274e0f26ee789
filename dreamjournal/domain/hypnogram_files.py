"""Reads scored recordings: text of many makers, NSRR and Profusion XML, and the stages among a recording's annotations."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from xml.parsers import expat

from dreamjournal.common.csv_rows import decode
from dreamjournal.common.errors import UserError
from dreamjournal.domain.hypnogram import Epoch, stage_of

MAX_BYTES = 20_000_000
MAX_SECONDS = 7 * 86_400
MAX_DEPTH = 40
EPOCH_S = 30
LEAST_LINES = 40
"""Stages, one a line, that make a text of them: fewer could be anything."""

_LIGHTS = re.compile(r"^lights?[ _-]*(off|out|on)\b", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2})[:.](\d\d)[:.](\d\d)(?:[.,]\d+)?(?:\s*([AaPp])\.?[Mm]\.?)?$", re.ASCII)
_ISO_DAY = re.compile(r"(?<!\d)(\d{4})[-/.](\d\d)[-/.](\d\d)(?!\d)", re.ASCII)
_SHORT_DAY = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d\d)(?!\d)", re.ASCII)
_SAID_DAY = re.compile(
    r"^\s*(?:recording|start|study|session)?[ _]*(?:start)?[ _]*(?:date|time)\b[^:\t;,=]*[:\t;,=](.*)", re.I
)
_NUMBER = re.compile(rb"[ \t]*(-?\d)(?:\.0*)?(?:e[+-]0+)?(?:[ \t]+\d(?:\.0*)?(?:e[+-]0+)?)?[ \t]*", re.ASCII)
_TITLES = frozenset({b"stage", b"stages", b"sleep_stage", b"sleep stage", b"hypnogram", b"hypno"})
_LETTERS = frozenset(
    {
        b"w",
        b"wake",
        b"n1",
        b"n2",
        b"n3",
        b"n4",
        b"r",
        b"rem",
        b"s1",
        b"s2",
        b"s3",
        b"s4",
        b"?",
        b"u",
        b"uns",
        b"art",
        b"mt",
        b"m",
    }
)
_BIDS_STAGE = ("stage", "sleep_stage", "staging", "hypnogram", "trial_type", "description", "value")
_NOT_SEEN = {
    "durations": "Visbrain", "events": "Dreem and RemLogic", "bids": "BIDS", "nsrr": "NSRR", "profusion": "Profusion",
    "zmax": "ZMax",
}  # fmt: skip


class Span(NamedTuple):
    """A stage from `onset_s` for `duration_s` seconds; 0 where the file gives no length."""

    onset_s: float
    duration_s: float
    stage: Epoch


@dataclass(frozen=True)
class Scored:
    """A scored recording. `epochs` begin `offset_s` seconds after the recording does."""

    epochs: tuple[Epoch, ...]
    epoch_s: float
    rows: int
    """Scored rows of the file."""
    lights_off: int | None = None
    """Index of the first epoch in the dark, where the file marks it."""
    lights_on: int | None = None
    offset_s: float = 0.0
    clock: time | None = None
    """Time of day of the first epoch, where the file says it."""
    day: date | None = None
    """Date of the first epoch, where the file says it."""
    maker: str = ""
    """Whose form it is, where no recorded file of that form has been seen; empty for one stage a line."""
    rem_is_four: bool = False
    """Whether code 4 was read as REM, because no line holds a 5."""


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
    if b"[hh:mm:ss]" in head[:8192].lower():
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
    known = sum(stage_of(cells[columns[2]]) is not None for cells in rows)
    return bool(known) and known * 2 >= len(rows)


def _lines_of_stages(start: bytes) -> bool:
    """Whether every line is a stage, there are enough of them, and they last: ratings change from line to line."""
    before = b""
    count = changes = 0
    lines = start.split(b"\n")
    for i, raw in enumerate(lines[:-1]):
        line = raw.split(b"#", 1)[0].strip().lower()
        if not line:
            continue
        number = _NUMBER.fullmatch(line)
        if number is not None:
            line = number[1]
        elif line not in _LETTERS and line.removeprefix(b"sleep stage ") not in _LETTERS:
            if i == 0 and line in _TITLES:
                continue
            return False
        changes += line != before
        before = line
        count += 1
    return count >= LEAST_LINES and 1 < changes <= count / 2


def parse(data: bytes) -> Scored:
    """The recording in the bytes of a text or XML file. Raises UserError when it is none, or names the line at fault."""
    if len(data) > MAX_BYTES:
        raise _none("a scored night is never larger than 20 MB")
    form = form_of(data[:65536]) if not data.startswith((b"\xff\xfe", b"\xfe\xff")) else ""
    try:
        text, _ = decode(data)
    except UserError as error:
        raise _none("it is neither EDF nor text") from error
    form = form or form_of(text[:65536].encode("utf-8", "replace"))
    if form in ("nsrr", "profusion"):
        scored = _xml(text, form)
    elif form == "durations":
        scored = _durations(text)
    elif form == "events":
        scored = _events(text)
    elif form == "bids":
        scored = _bids(text)
    else:
        return _lines(text)
    return replace(scored, maker=_NOT_SEEN[form])


def parse_annotations(found: Iterable[tuple[float, float, str]]) -> Scored:
    """The stages and lights among annotations (onset s, length s, text). Raises UserError where none is a stage."""
    spans: list[Span] = []
    lights: list[tuple[float, str]] = []
    for onset, duration, text in found:
        stage = stage_of(text)
        if stage is not None:
            spans.append(Span(onset, duration, stage))
        elif (light := _LIGHTS.match(text)) is not None:
            lights.append((onset, light[1].casefold()))
    if not spans:
        raise UserError(
            "This file holds no hypnogram",
            "none of its annotations is a sleep stage",
            "choose the hypnogram file of the recording",
        )
    return _scored(spans, (30, 20), lights)


def _scored(spans: Sequence[Span], lengths: Sequence[int], lights: Sequence[tuple[float, str]] = ()) -> Scored:
    """Epochs of the longest of `lengths` (longest first) that divides every onset and length, else of the first."""
    spans = sorted(spans, key=lambda s: s.onset_s)
    start = spans[0].onset_s
    times = [round(s.onset_s - start, 3) for s in spans] + [round(s.duration_s, 3) for s in spans]
    epoch_s = next((n for n in lengths if not any(t % n for t in times)), lengths[0])
    ends: list[float] = []
    for i, s in enumerate(spans):
        # Some writers give no length: such a stage lasts until the next one.
        following = spans[i + 1].onset_s if i + 1 < len(spans) else s.onset_s + epoch_s
        ends.append(s.onset_s + s.duration_s if s.duration_s else following)
    total = max(ends) - start
    if not math.isfinite(total) or total > MAX_SECONDS or start < 0 or start > MAX_SECONDS:
        raise _none("its stages lie more than a week apart")
    codes = tuple(Epoch)
    blank = codes.index(Epoch.UNSCORED)
    painted = bytearray([blank]) * max(1, round(total / epoch_s))
    most = 20 * len(painted) + 1_000_000
    for s, end in zip(spans, ends, strict=True):
        # An epoch has the stage that covers its middle.
        first = max(0, math.ceil((s.onset_s - start) / epoch_s - 0.5))
        last = min(len(painted), math.ceil((end - start) / epoch_s - 0.5))
        if last > first:
            most -= last - first
            if most < 0:
                raise _none("its stages lie on top of each other")
            painted[first:last] = bytes([codes.index(s.stage)]) * (last - first)
    off = on = None
    for at, which in sorted(lights):
        index = min(len(painted), max(0, round((at - start) / epoch_s)))
        if which == "on":
            on = index
        elif off is None:
            off = index
    if off is not None and on is not None and on <= off:
        raise UserError(
            "This hypnogram cannot be read", "its lights go on before they go off", "correct the annotations"
        )
    epochs = tuple(codes[c] for c in painted)
    return Scored(epochs, epoch_s, len(spans), off, on, offset_s=start)


# ---- one stage a line -----------------------------------------------------------------------------------------------


def _lines(text: str) -> Scored:
    words: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
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
            raise _none(f"line {number} is not a sleep stage", "give one stage for each 30 s line")
        epochs.append(stage)
    if not epochs:
        raise _none("it holds no epoch")
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
    for number, line in enumerate(text.splitlines(), start=1):
        cells = line.split()
        if not cells:
            continue
        if cells[0].startswith("*"):
            if cells[0].casefold() == "*duration_sec" and len(cells) > 1:
                total = _seconds(cells[1], number)
            continue
        stage = stage_of(" ".join(cells[:-1])) if len(cells) > 1 else None
        if stage is None:
            raise _none(f"line {number} is not a sleep stage")
        rows.append((number, stage, _seconds(cells[-1], number)))
    if not rows:
        raise _none("it holds no stage")
    lengths = [value for _, _, value in rows]
    rising = all(a <= b for a, b in pairwise(lengths))
    if total is not None and abs(sum(lengths) - total) <= max(1, total / 100) and len(rows) > 1:
        rising = False
    elif not rising:
        raise _none("its stages neither follow each other nor add up to its length")
    elif total is not None and lengths[-1] < 0.99 * total - 60:
        raise _none("its stages end before its own length: it may be cut off")
    spans: list[Span] = []
    at = 0.0
    for _, stage, value in rows:
        end = value if rising else at + value
        if end > at:
            spans.append(Span(at, end - at, stage))
        at = end
    if not spans:
        raise _none("it holds no stage")
    return replace(_scored(spans, (30, 20, 10, 5, 1)), rows=len(rows))


def _seconds(cell: str, line: int) -> float:
    try:
        value = float(cell) if cell.isascii() else math.nan
    except ValueError:
        value = math.nan
    if not 0 <= value <= MAX_SECONDS:
        raise _none(f"line {line} has no number of seconds")
    return value


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
    lines = text.splitlines()
    header = _header_of_events(lines)
    if header is None:
        raise _none("its table has no columns of time, event and duration")
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
            raise _none(f"line {i} has no event: the file may be cut off")
        stage = stage_of(cells[event_at])
        if stage is None:
            if cells[event_at].casefold().startswith("sleep-"):
                raise _none(f"line {i} is not a sleep stage")
            continue  # arousals, movements, phases of the cyclic alternating pattern
        if len(cells) <= max(time_at, duration_at):
            raise _none(f"line {i} has no time: the file may be cut off")
        clock, found_day = _clock(cells[time_at], i)
        length = _seconds(cells[duration_at], i)
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
        raise _none("none of its events is a sleep stage")
    spans = _edges_awake([s for _, s in rows])
    if day is None and said_day is not None:
        day = said_day
        if said_clock is not None and first < said_clock:
            day += timedelta(days=1)
    return replace(_scored(spans, (30, 20, 10, 5, 1)), rows=count, clock=first, day=day)


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


def _clock(cell: str, line: int) -> tuple[time, date | None]:
    match = _CLOCK.search(cell)
    try:
        if match is None:
            raise ValueError
        hour = int(match[1])
        if match[4]:
            hour = hour % 12 + (12 if match[4] in "pP" else 0)
        return time(hour, int(match[2]), int(match[3])), _day(cell[: match.start()])
    except ValueError:
        raise _none(f"line {line} has no time") from None


def _said_start(lines: Iterable[str]) -> tuple[date | None, time | None]:
    """The date and time the lines above the table give; names of people stand there too, and are passed over."""
    day: date | None = None
    clock: time | None = None
    for line in lines:
        said = _SAID_DAY.match(line)
        if said is None:
            continue
        rest = said[1].strip().removesuffix("Z")
        found = _day(rest)
        day = day or found
        match = _CLOCK.search(rest)
        if match is not None and clock is None and (found is not None or match.start() == 0):
            try:
                clock = _clock(rest, 0)[0]
            except UserError:
                clock = None
    return day, clock


def _day(text: str) -> date | None:
    """A date in words that can only mean one day: 04/03/2009 is left alone."""
    try:
        if (iso := _ISO_DAY.search(text)) is not None:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if (short := _SHORT_DAY.search(text)) is None:
            return None
        a, b, year = int(short[1]), int(short[3]), int(short[4])
        year += 0 if year > 99 else 1900 if year >= 85 else 2000
        if short[2] == "." or a > 12 or a == b:
            return date(year, b, a)
        return date(year, a, b) if b > 12 else None
    except ValueError:
        return None


# ---- BIDS -----------------------------------------------------------------------------------------------------------


def _bids_columns(line: str) -> tuple[int, int, int, str] | None:
    """Onset, duration, stage and delimiter."""
    for delimiter in ("\t", ",", ";"):
        cells = _cells(line.rstrip("\r\n"), delimiter)
        stage = next((cells.index(name) for name in _BIDS_STAGE if name in cells), -1)
        if "onset" in cells and "duration" in cells and stage >= 0:
            return cells.index("onset"), cells.index("duration"), stage, delimiter
    return None


def _bids(text: str) -> Scored:
    lines = text.splitlines()
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
            raise _none(f"line {number} is too short: the file may be cut off")
        length = 0.0 if cells[duration_at].casefold() in ("", "n/a") else _seconds(cells[duration_at], number)
        rows.append((_seconds(cells[onset_at], number), length, cells[stage_at]))
    rem_is_five = any(word == "5" for _, _, word in rows)
    spans = [Span(o, d, s) for o, d, word in rows if (s := _coded(word, rem_is_five=rem_is_five)) is not None]
    if not spans:
        raise _none("none of its rows is a sleep stage")
    lights = [(o, light[1].casefold()) for o, _, word in rows if (light := _LIGHTS.match(word)) is not None]
    four = not rem_is_five and any(word == "4" for _, _, word in rows)
    return replace(_scored(spans, (30, 20, 10, 5, 1), lights), rows=count, rem_is_four=four)


# ---- NSRR, Profusion ------------------------------------------------------------------------------------------------


class _Refused(Exception):
    """Something an annotation file never holds."""


class _Events(NamedTuple):
    epoch_s: str
    stages: list[str]
    events: list[dict[str, str]]


def _xml(text: str, form: str) -> Scored:
    found = _read_xml(text)
    epoch_s = _epoch_length(found.epoch_s)
    if form == "profusion":
        # Profusion writes the codes of Rechtschaffen & Kales: 4 is stage S4, 5 is REM.
        stages = [stage_of(code) for code in found.stages]
        if not stages:
            raise _none("it holds no epoch")
        epochs: list[Epoch] = []
        for number, stage in enumerate(stages, start=1):
            if stage is None:
                raise _none(f"epoch {number} is not a sleep stage")
            epochs.append(stage)
        return Scored(tuple(epochs), epoch_s, len(epochs))
    spans: list[Span] = []
    lights: list[tuple[float, str]] = []
    clock: time | None = None
    day: date | None = None
    for number, event in enumerate(found.events, start=1):
        concept = event.get("EventConcept", "")
        if concept.casefold().startswith("recording start time"):
            clock, day = _nsrr_start(event.get("ClockTime", ""))
            continue
        light = _LIGHTS.match(concept)
        if light is None and not event.get("EventType", "").casefold().startswith("stages"):
            continue
        begin = _seconds(event.get("Start", ""), number)
        if light is not None:
            lights.append((begin, light[1].casefold()))
            continue
        stage = stage_of(concept)
        if stage is None:
            raise _none(f"event {number} is not a sleep stage")
        spans.append(Span(begin, _seconds(event.get("Duration", ""), number), stage))
    if not spans:
        raise _none("none of its events is a sleep stage")
    scored = _scored(spans, (int(epoch_s) if epoch_s == int(epoch_s) else EPOCH_S, 30, 20, 10, 5, 1), lights)
    if clock is not None and scored.offset_s:
        moved = datetime.combine(day or date(2000, 1, 1), clock) + timedelta(seconds=scored.offset_s)
        clock, day = moved.time(), moved.date() if day else None
    return replace(scored, clock=clock, day=day, offset_s=0.0)


def _epoch_length(text: str) -> float:
    try:
        value = float(text) if text.isascii() else math.nan
    except ValueError:
        value = math.nan
    if not 1 <= value <= 300:
        raise _none("it does not say how long its epochs are")
    return value


def _nsrr_start(text: str) -> tuple[time | None, date | None]:
    """ "00.00.00 HH.MM.SS": the date is taken away, or is 1 January 1985."""
    match = _CLOCK.search(text.strip())
    if match is None:
        return None, None
    try:
        clock, _ = _clock(text.strip(), 0)
    except UserError:
        return None, None
    day = _day(text[: match.start()])
    return clock, None if day is None or day == date(1985, 1, 1) else day


def _read_xml(text: str) -> _Events:
    """Without document types and entities: annotation files have none."""
    found = _Events("", [], [])
    epoch_s = ""
    path: list[str] = []
    words: list[str] = []
    parser = expat.ParserCreate(encoding="utf-8")
    parser.buffer_text = True

    def refuse(*_: Any) -> None:
        raise _Refused("it declares a document type or entities, which such a file never does")

    def start(name: str, _: dict[str, str]) -> None:
        path.append(name)
        words.clear()
        if len(path) > MAX_DEPTH:
            raise _Refused("it is nested deeper than such a file is")
        if name == "ScoredEvent":
            found.events.append({})

    def end(name: str) -> None:
        nonlocal epoch_s
        said = "".join(words).strip()
        words.clear()
        path.pop()
        parent = path[-1] if path else ""
        if name == "EpochLength" and len(path) == 1:
            epoch_s = said
        elif name == "SleepStage" and parent == "SleepStages":
            found.stages.append(said)
        elif parent == "ScoredEvent":
            found.events[-1][name] = said

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = words.append
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode("utf-8", "replace"), True)
    except _Refused as error:
        raise _none(str(error)) from error
    except expat.ExpatError as error:
        raise _none("it is cut off or no well-formed XML") from error
    return found._replace(epoch_s=epoch_s)


def _none(why: str, what_now: str = "choose another file") -> UserError:
    return UserError("This file is no hypnogram", why, what_now)
