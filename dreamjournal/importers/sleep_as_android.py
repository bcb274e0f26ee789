"""Sleep as Android: sleep-export.csv, alone or in its backup zip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import IO
from zoneinfo import ZoneInfoNotFoundError

from dreamjournal.common.csv_rows import Record, number, physical_lines, read_text, records
from dreamjournal.common.progress import Progress
from dreamjournal.domain.drafts import (
    Draft,
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    RowRejected,
    SessionDraft,
    SumRules,
    TagDraft,
    checked_session,
    unknown_fields,
)
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.instant import Instant, in_zone
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
CUE_TAG = "lucid cue"
"""The tag of a night on which the app played cues for lucid dreams; its value is how many."""
SAME_LENGTH = "a record has as many values as its header has columns"
KNOWN = {
    *FIXED,
    "Event",
    *(f"{h}:{m:02}" for h in range(24) for m in range(60)),
    *(f"0{h}:{m:02}" for h in range(10) for m in range(60)),
}
"""Column names; the many clock times are those of the movement graph."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TAG = re.compile(r"#([^\s#]+)")
_TIMES = re.compile(r"(.+)_(\d{1,3})x")
_ID = re.compile(r"-?\d{1,15}", re.ASCII)
# Over all events of a record at once, one a line: a night has hundreds, nearly all of light and movement.
_LABEL = re.compile(r"^([^-\n]*)-\d", re.ASCII | re.MULTILINE)
_STAGE = re.compile(r"^(LIGHT|DEEP|REM|AWAKE)_(START|END)-(\d{1,15})(?![\d])", re.ASCII | re.MULTILINE)
_VITAL = re.compile(r"^(HR|RR|SPO2)-\d{1,15}-(.+)$", re.ASCII | re.MULTILINE)
_CUE = re.compile(r"^(LUCID[^-\n]*)-(\d{1,15})(?![\d])", re.ASCII | re.MULTILINE)


@dataclass(frozen=True)
class SleepAsAndroid(Importer):
    """Sleep as Android. `Id` is the start in UTC and `Tz` the zone's name; `From` and `To` are ambiguous and not used."""

    key: str = "sleep_as_android"
    title: str = "Sleep as Android"
    suffixes: tuple[str, ...] = (".zip", ".csv")
    parser_version: int = 2
    kinds: tuple[str, ...] = ("text",)
    seen: bool = True
    companions: tuple[str, ...] = ("prefs.xml", "alarms.json")

    def sniff(self, head: bytes, name: str) -> float:
        """1 when the first line is the app's header."""
        return 1.0 if head[:80].lstrip().replace(b'"', b"").startswith(b"Id,Tz,From,To,Sched,Hours") else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Each record is a header line, a data line and perhaps a line of noise; a data line is a row."""
        text, encoding = read_text(stream)
        if encoding != "UTF-8":
            yield FileWarning(f"The file is not UTF-8; it was read as {encoding}.")
        header: tuple[str, ...] = ()
        strange: set[str] = set()
        labels: dict[str, bool] = {}
        rules = SumRules()
        for done, record in enumerate(_records(text)):
            if done % 64 == 0:
                progress.step(0, 0, options.where)
            if record.closed and record.cells and record.cells[0] == "Id":
                header = record.cells
                strange.update(set(header) - KNOWN)
                continue
            if record.closed and record.cells and record.cells[0] == "":
                continue  # the noise of the record above, one cell a column of time
            where = f"{options.where} line {record.line}"
            try:
                session, tags = _record(record, header, labels)
                session, doubts = checked_session(session, options.now)
                yield from (FileWarning(d) for d in doubts)
                rules.check(SAME_LENGTH, session.night_date, len(header) == len(record.cells))
                yield RowDraft(where, record.line, (session,), tags=tags)
            except RowRejected as e:
                yield Rejected(where, str(e), record.line, record.text.strip()[:300], sessions=1)
        yield from unknown_fields(strange, ())
        unread = sorted(label[:40] for label, known in labels.items() if not known)
        if unread:
            yield FileWarning("Events not known, and not read: " + ", ".join(unread[:20]))
        yield from rules.found()


def _records(text: str) -> Iterator[Record]:
    """The lines as records. The app writes a line end as \\n, so a file with open quotation marks is damaged, and rare."""
    lines = physical_lines(text)
    if any(line.count('"') % 2 for line in lines):
        yield from records(text)
        return
    for n, raw in enumerate(lines, 1):
        if raw.startswith('"",'):
            continue
        line = raw.rstrip("\n")
        if line.startswith("Id,"):
            cells = line.replace('"', "").split(",")
            quoted = not KNOWN.issuperset(cells)
        else:
            cells = line[1:-1].split('","')
            quoted = line.count('"') != 2 * len(cells)
        if quoted:
            yield from (Record(n, r.text, r.cells, r.closed) for r in records(raw))
        else:
            yield Record(n, raw, tuple(cells))


def _record(
    record: Record, header: tuple[str, ...], labels: dict[str, bool]
) -> tuple[SessionDraft, tuple[TagDraft, ...]]:
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
    first = header.index("Event") if "Event" in header else len(header)
    events = "\n".join(record.cells[first:])
    _note_labels(events, labels)
    stages = _stages(events, int(row["Id"]), round(hours * 3_600_000))
    cues = [
        SessionEvent("cue", _instant(at, zone), detail=label.lower())
        for label, at in (sorted(_CUE.findall(events), key=lambda c: int(c[1])) if "LUCID" in events else ())
    ]
    comment = row["Comment"].replace("\\n", "\n")
    draft = SessionDraft(
        start, end, row["Id"], SessionKind.MAIN, Validity.OK, _measures(row, hours * 60, stages, events), "", "", stages,
        (*_notes(row, comment, start), *cues),
    )  # fmt: skip
    return draft, _tags(comment, draft, cues)


def _number(row: dict[str, str], column: str) -> float | None:
    try:
        return number(row[column])
    except ValueError as e:
        raise RowRejected(f"{column}: not a number") from e


def _instant(ms: str, zone: str) -> Instant:
    if _ID.fullmatch(ms) is None:
        raise RowRejected("Id: not a time in milliseconds")
    try:
        return in_zone(_EPOCH + timedelta(milliseconds=int(ms)), zone)
    except OverflowError as e:
        raise RowRejected("the start is after the year 9999") from e
    except (ZoneInfoNotFoundError, ValueError, OSError) as e:
        raise RowRejected("the time zone is not known") from e


def _note_labels(events: str, labels: dict[str, bool]) -> None:
    """Add the events not met before, and whether they are known."""
    for label in set(_LABEL.findall(events)).difference(labels):
        stem = label.removesuffix("_START").removesuffix("_END")
        labels[label] = stem in STAGES or label in VITALS or label.startswith((*QUIET, "LUCID"))


def _stages(events: str, start: int, length: int) -> tuple[Stage, ...]:
    """Stretches between a START and its END, cut to the session, neighbours of one stage joined. `start` in ms of UTC."""
    out: list[tuple[int, int, StageCode]] = []
    opened: dict[str, int] = {}
    found = [(int(ms) - start, stem, edge) for stem, edge, ms in _STAGE.findall(events)]
    found.sort(key=itemgetter(0))
    for at, stem, edge in found:
        if edge == "START":
            opened[stem] = at
        elif stem in opened:
            begin, until = opened.pop(stem), at
            begin = max(begin, 0)
            until = min(until, length)
            if until - begin >= 500:
                out.append((round(begin / 1000), round((until - begin) / 1000), STAGES[stem]))
    out.sort(key=itemgetter(0))
    merged: list[Stage] = []
    for offset, seconds, code in out:
        last = merged[-1] if merged else None
        if last is not None and last.code == code and last.offset_s + last.dur_s == offset:
            merged[-1] = Stage(last.offset_s, last.dur_s + seconds, code)
        else:
            merged.append(Stage(offset, seconds, code))
    return tuple(merged)


def _measures(row: dict[str, str], window: float, stages: tuple[Stage, ...], events: str) -> SessionMeasures:
    fraction, adjust = _number(row, "DeepSleep"), _number(row, "LenAdjust")
    seconds = dict[StageCode, int]()
    for stage in stages:
        seconds[stage.code] = seconds.get(stage.code, 0) + stage.dur_s
    minutes = {code: s / 60 for code, s in seconds.items()}
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
    vitals = _vitals(events)
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
        hr=vitals.get("hr"),
        resp=vitals.get("resp"),
        spo2=vitals.get("spo2"),
    )


def _vitals(events: str) -> dict[str, float]:
    """The mean of each measure over the night; what is not above 0 was not measured."""
    if "HR-" not in events and "RR-" not in events and "SPO2-" not in events:
        return {}
    found: dict[str, list[float]] = {}
    for label, text in _VITAL.findall(events):
        try:
            value = number(text)
        except ValueError:
            continue
        if value is not None and value > 0:
            found.setdefault(VITALS[label], []).append(value)
    return {name: round(sum(values) / len(values), 2) for name, values in found.items()}


def _notes(row: dict[str, str], comment: str, start: Instant) -> tuple[SessionEvent, ...]:
    out: list[SessionEvent] = []
    words = "\n".join(" ".join(line.split()) for line in _TAG.sub("", comment).split("\n")).strip()
    if words:
        out.append(SessionEvent("note", start, detail=words))
    rating, noise = _number(row, "Rating"), _number(row, "Noise")
    if rating:
        out.append(SessionEvent("rating", start, detail=f"{rating:g} of 5"))
    if noise is not None and noise >= 0:
        out.append(SessionEvent("noise", start, detail=f"{noise:g}"))
    return tuple(out)


def _tags(comment: str, draft: SessionDraft, cues: list[SessionEvent]) -> tuple[TagDraft, ...]:
    tags: dict[str, TagDraft] = {}
    words = _TAG.findall(comment)
    night = draft.night_date
    for word in words:
        times = _TIMES.fullmatch(word)
        name, value = (times[1], float(times[2])) if times else (word, 1.0)
        tags.setdefault(name.casefold(), TagDraft(night, name, value, draft.start))
    if cues:
        tags.setdefault(CUE_TAG, TagDraft(night, CUE_TAG, float(len(cues)), cues[0].at))
    return tuple(tags.values())


PLUGIN = SleepAsAndroid()
