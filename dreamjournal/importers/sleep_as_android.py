"""Sleep as Android: sleep-export.csv, alone or in its backup zip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO
from zoneinfo import ZoneInfoNotFoundError

from dreamjournal.common.csv_rows import Record, head_text, number, read_text, records
from dreamjournal.common.progress import Progress
from dreamjournal.domain.drafts import (
    Draft,
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    RowRejected,
    SessionDraft,
    TagDraft,
    checked_session,
)
from dreamjournal.domain.instant import Instant, in_zone, minutes_between
from dreamjournal.domain.night import night_of
from dreamjournal.domain.session import SessionEvent, SessionKind, SessionMeasures, Stage, StageCode, Validity

FIXED = (
    "Id", "Tz", "From", "To", "Sched", "Hours", "Rating", "Comment", "Framerate", "Snore", "Noise", "Cycles", "DeepSleep",
    "LenAdjust", "Geo",
)  # fmt: skip
STAGES = {"LIGHT": StageCode.LIGHT, "DEEP": StageCode.N3, "REM": StageCode.REM, "AWAKE": StageCode.W}
QUIET = (
    "TRACKING", "ALARM", "DHA", "LUX", "DEVICE", "TALK", "SNORING", "SNORE", "LULLABY", "SNOOZE", "HRV", "BABY", "COUGH",
    "LAUGH", "APNEA", "USER", "LOW_BATTERY", "WALKING", "BROKEN", "SICK", "AH", "MOVE", "ACTIVITY",
)  # fmt: skip
VITALS = {"HR": "hr", "RR": "resp", "SPO2": "spo2"}
MANUAL = "-1.0"
"""What LenAdjust holds for a session entered by hand."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TAG = re.compile(r"#([^\s#]+)")
_TIMES = re.compile(r"(.+)_(\d{1,3})x")
_CLOCK = re.compile(r"\d{1,2}:\d\d")


@dataclass(frozen=True)
class SleepAsAndroid:
    """Sleep as Android. `Id` is the start in UTC and `Tz` the zone's name; `From` and `To` are ambiguous and not used."""

    key: str = "sleep_as_android"
    title: str = "Sleep as Android"
    suffixes: tuple[str, ...] = (".zip", ".csv")
    parser_version: int = 1
    kinds: tuple[str, ...] = ("text",)
    seen: bool = True
    gathers: bool = False
    in_archives: bool = True
    companions: tuple[str, ...] = ("prefs.xml", "alarms.json")

    def sniff(self, head: bytes, name: str) -> float:
        """1 when the first line is the app's header."""
        return 1.0 if head_text(head).lstrip().replace('"', "").startswith("Id,Tz,From,To,Sched,Hours") else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Each record is a header line, a data line and perhaps a line of noise; a data line is a row."""
        text, _ = read_text(stream)
        header: tuple[str, ...] = ()
        strange: set[str] = set()
        labels: set[str] = set()
        for done, record in enumerate(records(text)):
            progress.step(done, 0, options.where)
            if record.closed and record.cells and record.cells[0] == "Id":
                header = record.cells
                strange.update(c for c in header if c not in FIXED and c != "Event" and not _CLOCK.fullmatch(c))
                continue
            if record.closed and record.cells and record.cells[0] == "":
                continue  # the noise of the record above, one cell a column of time
            where = f"{options.where} line {record.line}"
            try:
                session, tags = _record(record, header, labels)
                session, doubts = checked_session(session, options.now)
                yield from (FileWarning(d) for d in doubts)
                yield RowDraft(where, record.line, (session,), tags=tags)
            except RowRejected as e:
                yield Rejected(where, str(e), record.line, record.text.strip()[:300], sessions=1)
        if strange:
            yield FileWarning("Columns not known, and not read: " + ", ".join(sorted(strange)[:20]))
        if labels:
            yield FileWarning("Events not known, and not read: " + ", ".join(sorted(labels)[:20]))


def _record(record: Record, header: tuple[str, ...], labels: set[str]) -> tuple[SessionDraft, tuple[TagDraft, ...]]:
    if not record.closed:
        raise RowRejected("a quotation mark is never closed")
    if not header:
        raise RowRejected("no header line above it")
    if len(record.cells) < len(FIXED):
        raise RowRejected("the row is cut off")
    row: dict[str, str] = dict(zip(FIXED, record.cells, strict=False))
    zone = row["Tz"]
    start = _instant(row["Id"], zone)
    hours = _number(row, "Hours")
    if hours is None:
        raise RowRejected("no sleep in this row")
    if hours < 0:
        raise RowRejected("the end is before the start")
    if hours > 24:
        raise RowRejected("longer than 24 hours")
    end = in_zone(start.utc + timedelta(hours=hours), zone)
    events = [c for name, c in zip(header[len(FIXED) :], record.cells[len(FIXED) :], strict=False) if name == "Event"]
    found = _events(events, zone, labels)
    stages = _stages(found, start, end)
    comment = row["Comment"].replace("\\n", "\n")
    notes = _notes(row, comment, start, found)
    draft = SessionDraft(
        start, end, row["Id"], SessionKind.MAIN, Validity.OK, _measures(row, hours * 60, stages, found), "", "", stages,
        notes,
    )  # fmt: skip
    return draft, _tags(comment, start)


def _number(row: dict[str, str], column: str) -> float | None:
    try:
        return number(row[column])
    except ValueError as e:
        raise RowRejected(f"{column}: not a number") from e


def _instant(ms: str, zone: str) -> Instant:
    if not re.fullmatch(r"-?\d{1,15}", ms):
        raise RowRejected("Id: not a time in milliseconds")
    try:
        return in_zone(_EPOCH + timedelta(milliseconds=int(ms)), zone)
    except OverflowError as e:
        raise RowRejected("the start is after the year 9999") from e
    except (ZoneInfoNotFoundError, ValueError, OSError) as e:
        raise RowRejected("the time zone is not known") from e


Found = list[tuple[str, Instant, str]]
"""Label, instant and value of each event, in the order of time."""


def _events(cells: list[str], zone: str, labels: set[str]) -> Found:
    found: Found = []
    for cell in cells:
        parts = cell.split("-", 2)
        if len(parts) < 2 or not parts[1].isdigit():
            continue  # an event cut off, or an empty cell
        label = parts[0]
        try:
            at = _instant(parts[1], zone)
        except RowRejected:
            continue
        found.append((label, at, parts[2] if len(parts) > 2 else ""))
        stem = label.removesuffix("_START").removesuffix("_END")
        if stem not in STAGES and label not in VITALS and not label.startswith((*QUIET, "LUCID")):
            labels.add(label[:40])
    return sorted(found, key=lambda f: f[1].ms)


def _stages(found: Found, start: Instant, end: Instant) -> tuple[Stage, ...]:
    out: list[Stage] = []
    opened: dict[str, Instant] = {}
    for label, at, _ in found:
        stem, _, edge = label.rpartition("_")
        if stem not in STAGES:
            continue
        if edge == "START":
            opened[stem] = at
        elif edge == "END" and stem in opened:
            begin = max(opened.pop(stem), start)
            until = min(at, end)
            seconds = round(minutes_between(begin, until) * 60)
            if seconds > 0:
                out.append(Stage(round(minutes_between(start, begin) * 60), seconds, STAGES[stem]))
    return tuple(sorted(out, key=lambda s: s.offset_s))


def _measures(row: dict[str, str], window: float, stages: tuple[Stage, ...], found: Found) -> SessionMeasures:
    fraction, adjust = _number(row, "DeepSleep"), _number(row, "LenAdjust")
    minutes = {code: sum(s.dur_s for s in stages if s.code == code) / 60 for code in {s.code for s in stages}}
    awake = minutes.get(StageCode.W)
    asleep = window + (adjust if adjust is not None and row["LenAdjust"] != MANUAL else 0)
    if asleep < 0:
        raise RowRejected("negative minutes (LenAdjust takes away more than was slept)")
    tst = max(0.0, asleep - (awake or 0))
    deep = minutes.get(StageCode.N3)
    if deep is None and fraction is not None and fraction >= 0:
        if fraction > 1:
            raise RowRejected("DeepSleep: not a fraction from 0 to 1")
        deep = fraction * asleep
    light, rem = minutes.get(StageCode.LIGHT), minutes.get(StageCode.REM)
    rest = tst - sum(v for v in (light, deep, rem) if v is not None)
    onset = next((s.offset_s for s in stages if s.code != StageCode.W), None)
    vitals = {name: _mean(found, label) for label, name in VITALS.items()}
    return SessionMeasures(
        tst_min=tst,
        waso_min=None
        if awake is None or onset is None
        else sum(s.dur_s for s in stages if s.code == StageCode.W and s.offset_s > onset) / 60,
        awake_min=awake,
        light_min=light,
        deep_min=deep,
        rem_min=rem,
        asleep_unspecified_min=max(0.0, rest) if light is None else None,
        hr=vitals["hr"],
        resp=vitals["resp"],
        spo2=vitals["spo2"],
    )


def _mean(found: Found, label: str) -> float | None:
    values: list[float] = []
    for name, _, text in found:
        if name == label:
            try:
                value = number(text)
            except ValueError:
                continue
            if value is not None and value > 0:
                values.append(value)
    return round(sum(values) / len(values), 2) if values else None


def _notes(row: dict[str, str], comment: str, start: Instant, found: Found) -> tuple[SessionEvent, ...]:
    out: list[SessionEvent] = []
    words = "\n".join(" ".join(line.split()) for line in _TAG.sub("", comment).split("\n")).strip()
    if words:
        out.append(SessionEvent("note", start, detail=words))
    rating, noise = _number(row, "Rating"), _number(row, "Noise")
    if rating:
        out.append(SessionEvent("rating", start, detail=f"{rating:g} of 5"))
    if noise is not None and noise >= 0:
        out.append(SessionEvent("noise", start, detail=f"{noise:g}"))
    out += [SessionEvent("cue", at, detail=label.lower()) for label, at, _ in found if label.startswith("LUCID")]
    return tuple(out)


def _tags(comment: str, start: Instant) -> tuple[TagDraft, ...]:
    tags: dict[str, TagDraft] = {}
    for word in _TAG.findall(comment):
        times = _TIMES.fullmatch(word)
        name, value = (times[1], float(times[2])) if times else (word, 1.0)
        tags.setdefault(name.casefold(), TagDraft(night_of(start), name, value, start))
    return tuple(tags.values())


PLUGIN = SleepAsAndroid()
