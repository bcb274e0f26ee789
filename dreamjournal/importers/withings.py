"""Withings: sleep.csv, and the hypnograms in raw_*_sleep-state.csv that belong to its rows.

The states carry no session and print Paris time for everyone; they are read as UTC. Neighbouring chunks are put together,
and what comes out starts and ends to the second where a row of sleep.csv does. So a chain of chunks joins the session of
its start and is never a session by itself: without sleep.csv its night, offset and totals are not known, and beside it
the night would count twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import IO

import msgspec

from dreamjournal.common.heads import normalised, peeked
from dreamjournal.common.progress import Progress
from dreamjournal.common.tables import Table, TableRow, read_table
from dreamjournal.domain.drafts import (
    Draft,
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    RowRejected,
    SessionDraft,
    SumRules,
    check_instant,
    checked_session,
    unknown_fields,
)
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.instant import Instant, at_offset, minutes_between
from dreamjournal.domain.session import SessionMeasures, Stage, StageCode, Validity

SECONDS = {
    "light (s)": "light", "deep (s)": "deep", "rem (s)": "rem", "awake (s)": "awake", "Duration to sleep (s)": "sol",
}  # fmt: skip
NEEDED = ("from", "to", "light (s)", "deep (s)")
KNOWN = {
    *SECONDS, "from", "to", "wake up", "Duration to wake up (s)", "Snoring (s)", "Snoring episodes", "Average heart rate",
    "Heart rate (min)", "Heart rate (max)", "Night events", "Notes",
}  # fmt: skip
RAW = ("start", "duration", "value")
STATES = {
    0: StageCode.W, 1: StageCode.LIGHT, 2: StageCode.N3, 3: StageCode.REM, 5: StageCode.UNKNOWN,
}  # fmt: skip
"""Withings' own legend ends at 2; 3 is REM; 5 comes with sessions copied from other apps."""
ASLEEP = frozenset({StageCode.LIGHT, StageCode.N3, StageCode.REM})
OTHER_RAW = (
    "hr",
    "rr",
    "snoring",
    "steps",
    "distance",
    "calories",
    "elevation",
    "spo2",
    "apnea",
    "temperature",
    "lat",
    "long",
)
"""Parts of the names of further raw files, whose lists look the same."""
WINDOW_RULE = "light + deep + REM + awake fit between start and end (5 min allowed)"
WINDOW_SLACK_MIN = 5
BOGUS_S = 12 * 3600
"""One state for longer is no night's: runs of 85,000 to 90,000 s of "awake" stand in real files."""
JOIN_S = 3600
TOUCH_S = 60
STEP = 200


@dataclass(frozen=True)
class Withings(Importer):
    """Withings. Sessions carry the person's offset; REM of 0 is "not measured" (watches have none)."""

    key: str = "withings"
    title: str = "Withings"
    suffixes: tuple[str, ...] = (".csv", ".zip")
    kinds: tuple[str, ...] = ("text",)
    seen: bool = True
    companions: tuple[str, ...] = (
        "README.txt", "account.csv", "activities.csv", "aggregates_calories_earned.csv", "aggregates_calories_passive.csv",
        "aggregates_distance.csv", "aggregates_elevation.csv", "aggregates_steps.csv", "bp.csv", "devices.csv",
        "height.csv", "spo2.csv", "users.csv", "weight.csv",
    )  # fmt: skip

    def sniff(self, head: bytes, name: str) -> float:
        """1 for sleep.csv and for a raw file of bracketed lists, whatever they are called."""
        header, _, rest = head[:2048].lstrip().partition(b"\n")
        for delimiter in (b",", b";", b"\t"):
            cells = tuple(c.strip(b'" \r') for c in header.split(delimiter))
            if b"light (s)" in cells and b"from" in cells:
                return 1.0
            if cells == (b"start", b"duration", b"value"):
                return float(b"[" in rest.split(b"\n", 1)[0])
        return 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Rows of one file. Raises UserError when the columns are not Withings'."""
        first = stream.read(4096)
        raw = b"light (s)" not in normalised(first).lstrip().split(b"\n", 1)[0]
        table = read_table(peeked(first, stream), RAW if raw else NEEDED)
        if table.encoding != "UTF-8":
            yield FileWarning(f"The file is not UTF-8; it was read as {table.encoding}.")
        yield from _states(table, options, progress) if raw else _sleeps(table, options, progress)


def _stamp(text: str, what: str) -> datetime:
    try:
        if not 16 <= len(text) <= 40 or not text.isascii():
            raise ValueError
        at = datetime.fromisoformat(text)
        offset = at.utcoffset()
    except (ValueError, OverflowError) as e:
        raise RowRejected(f"{what}: not a date and time") from e
    if offset is None:
        raise RowRejected(f"{what}: the offset from UTC is missing")
    if abs(offset) > timedelta(hours=15):
        raise RowRejected("the offset from UTC is more than 15 hours")
    return at


def _instant(text: str, what: str) -> Instant:
    at = _stamp(text, what)
    offset = at.utcoffset() or timedelta(0)
    try:
        return at_offset(at, int(offset.total_seconds() // 60))
    except OverflowError as e:
        raise RowRejected(f"{what}: outside the calendar") from e


# ---- sleep.csv ------------------------------------------------------------------------------------------------------


def _sleeps(table: Table, options: ReadOptions, progress: Progress) -> Iterator[Draft]:
    yield from unknown_fields(table.header, KNOWN)
    rules = SumRules()
    notes = 0
    for done, row in enumerate(table.rows):
        if done % STEP == 0:
            progress.step(done, 0, options.where)
        where = f"{options.where} line {row.line}"
        try:
            if row.problem:
                raise RowRejected(row.problem)
            draft = _session(row, table)
            session, doubts = checked_session(draft, options.now)
            for text in doubts:
                yield FileWarning(text)
            _rule(rules, draft)
            notes += bool(row.cells.get("Notes"))
            yield RowDraft(where, row.line, (session,))
        except RowRejected as e:
            said = int(str(e) != NO_SLEEP)
            yield Rejected(where, str(e), row.line, row.text.strip(), sessions=said)
    if notes:
        said = "1 night carries a note" if notes == 1 else f"{notes} nights carry a note"
        yield FileWarning(f"{said}; notes stay in the file.")
    yield from rules.found()


NO_SLEEP = "no sleep in this row"


def _rule(rules: SumRules, draft: SessionDraft) -> None:
    m = draft.measures
    total = sum(v or 0 for v in (m.light_min, m.deep_min, m.rem_min, m.awake_min))
    window = minutes_between(draft.start, draft.end)
    rules.check(WINDOW_RULE, draft.night_date, total <= window + WINDOW_SLACK_MIN)


def _seconds(row: TableRow, table: Table, column: str) -> float | None:
    try:
        value = table.number(row.cells.get(column, ""))
    except ValueError as e:
        raise RowRejected(f"{column}: not a number") from e
    if value is not None and value < 0:
        raise RowRejected(f"{column}: negative")
    return None if value is None else value / 60


def _session(row: TableRow, table: Table) -> SessionDraft:
    """Nothing scored (no light, deep or REM at all) leaves the totals empty; the window stays."""
    cells = row.cells
    if not cells["from"] or not cells["to"]:
        raise RowRejected(NO_SLEEP)
    start, end = _instant(cells["from"], "from"), _instant(cells["to"], "to")
    value = {name: _seconds(row, table, column) for column, name in SECONDS.items()}
    light, deep, rem, awake, sol = (value[n] for n in ("light", "deep", "rem", "awake", "sol"))
    scored = [v for v in (light, deep, rem) if v is not None]
    asleep = sum(scored)
    try:
        hr = table.number(cells.get("Average heart rate", ""))
    except ValueError as e:
        raise RowRejected("Average heart rate: not a number") from e
    none = asleep == 0
    measures = SessionMeasures(
        tst_min=None if none else asleep,
        sol_min=None if none else sol,
        waso_min=None if none or awake is None or sol is None or sol > awake else awake - sol,
        awake_min=awake,
        light_min=None if none else light,
        deep_min=None if none else deep,
        rem_min=rem or None,
        hr=hr if hr and hr > 0 else None,
    )
    return SessionDraft(start, end, validity=Validity.UNSCORED if none else Validity.OK, measures=measures)


# ---- raw sleep states -----------------------------------------------------------------------------------------------


@dataclass
class _Chunk:
    """A row of states: seconds since 1970, and the stretches."""

    line: int
    text: str
    start: int
    end: int
    runs: list[tuple[int, StageCode]]
    sleep: bool
    """Whether there is any sleep in it."""


def _states(table: Table, options: ReadOptions, progress: Progress) -> Iterator[Draft]:
    if _of_something_else(options.where):
        return
    chunks: list[_Chunk] = []
    found: list[RowDraft | Rejected] = []
    values: set[int] = set()
    dropped = 0
    for done, row in enumerate(table.rows):
        if done % STEP == 0:
            progress.step(done, 0, options.where)
        try:
            if row.problem:
                raise RowRejected(row.problem)
            chunk, bogus = _chunk(row)
            values.update(bogus[1])
            if not chunk.runs:
                raise RowRejected("a run of more than 12 hours in one state: no night's")
            dropped += bogus[0]
            chunks.append(chunk)
        except RowRejected as e:
            found.append(_rejected(options, row.line, str(e), row.text))
    if chunks and not ({1, 2} <= values <= STATES.keys() | {4}):  # heart rates and snoring come in the same shape
        return
    for chain in _chains(chunks):
        try:
            if not any(c.sleep for c in chain):
                raise RowRejected("no sleep in it: awake or unknown only")
            session = _chain(chain, options)
            for chunk in chain:  # a row each, so that each is accounted for; the first one brings the stages
                found.append(RowDraft(f"{options.where} line {chunk.line}", chunk.line, (session,)))
                session = replace(session, stages=())
        except RowRejected as e:
            found += [_rejected(options, c.line, str(e), c.text) for c in chain]
    yield from found
    if dropped:
        yield FileWarning(f"Runs of more than 12 hours in one state are left out: {dropped}.")


def _rejected(options: ReadOptions, line: int, reason: str, text: str) -> Rejected:
    return Rejected(f"{options.where} line {line}", reason, line, text.strip())


def _of_something_else(where: str) -> bool:
    """Whether the name says that the lists hold something other than states; the name may only help."""
    name = where.casefold()
    if "state" in name:
        return False
    words = name.replace(".csv", "").replace("-", "_").replace(" ", "_").replace("/", "_").split("_")
    return "raw" in words and any(w in OTHER_RAW for w in words)


def _numbers(cell: str, what: str) -> list[int]:
    """`[660,1740]` as numbers."""
    if not cell.startswith("[") or not cell.endswith("]"):
        raise RowRejected(f"{what}: not a list")
    try:
        out = _decode(cell)
    except (msgspec.DecodeError, ValueError) as e:
        raise RowRejected(f"{what}: not a list of numbers") from e
    if out and not 0 <= min(out) <= max(out) < 1e9:
        raise RowRejected(f"{what}: not a list of numbers")
    return out


_decode = msgspec.json.Decoder(list[int]).decode


def _chunk(row: TableRow) -> tuple[_Chunk, tuple[int, list[int]]]:
    """The row up to a run that is too long to be true (or after it), how many such runs there were, and its values."""
    start = int(_stamp(row.cells["start"], "start").timestamp())
    values, durations = _numbers(row.cells["value"], "value"), _numbers(row.cells["duration"], "duration")
    if len(durations) != len(values):
        raise RowRejected("as many durations as values are needed")
    runs: list[tuple[int, StageCode]] = []
    bogus, end = 0, start
    for seconds, value in zip(durations, values, strict=True):
        if seconds > BOGUS_S:
            bogus += 1
            if runs:
                break
            start = end = start + seconds
        elif seconds:
            runs.append((seconds, STATES.get(value, StageCode.UNKNOWN)))
            end += seconds
    if not runs and not bogus:
        raise RowRejected("no time in it")
    sleep = not ASLEEP.isdisjoint(code for _, code in runs)
    return _Chunk(row.line, row.text, start, end, runs, sleep), (bogus, values)


def _chains(chunks: list[_Chunk]) -> list[list[_Chunk]]:
    """Chunks that follow one another: touching, or less than an hour apart; several devices stand interleaved."""
    chains: list[list[_Chunk]] = []
    active: list[list[_Chunk]] = []
    for chunk in sorted(chunks, key=lambda c: (c.start, c.line)):
        active = [c for c in active if c[-1].end >= chunk.start - JOIN_S]
        touching = [c for c in active if abs(chunk.start - c[-1].end) <= TOUCH_S]
        near = [c for c in active if 0 <= chunk.start - c[-1].end <= JOIN_S and chunk.sleep and any(p.sleep for p in c)]
        best = max(touching or near, key=lambda c: c[-1].end, default=None)
        if best is None:
            alone = [chunk]
            chains.append(alone)
            active.append(alone)
        else:
            best.append(chunk)
    return chains


def _chain(parts: list[_Chunk], options: ReadOptions) -> SessionDraft:
    begin, stop = parts[0].start, parts[-1].end
    try:
        start = at_offset(EPOCH + timedelta(seconds=begin), 0)
        end = at_offset(EPOCH + timedelta(seconds=stop), 0)
    except OverflowError as e:
        raise RowRejected("start: outside the calendar") from e
    check_instant(start, options.now, "start")
    check_instant(end, options.now, "end")
    if stop - begin > 24 * 3600:
        raise RowRejected("longer than 24 hours")
    stages: list[Stage] = []
    offset, until, was = 0, 0, None
    for part in parts:
        at = part.start - begin
        for seconds, code in part.runs:
            if code is not was or at > until:
                if until > offset and was is not None:
                    stages.append(Stage(offset, until - offset, was))
                offset, was = max(at, until), code
            at += seconds
            until = max(at, until)
    if until > offset and was is not None:
        stages.append(Stage(offset, until - offset, was))
    return SessionDraft(start, end, stages=tuple(stages), supplement=True, joins_only=True)


EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
PLUGIN = Withings()
