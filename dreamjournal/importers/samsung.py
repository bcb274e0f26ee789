"""Samsung Health's data export: the sleep table and the table of sleep stages among its many CSV files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import IO

from dreamjournal.common.csv_rows import MAX_BYTES
from dreamjournal.common.errors import UserError
from dreamjournal.common.heads import normalised
from dreamjournal.common.progress import Progress
from dreamjournal.common.tables import Table, TableRow, read_table
from dreamjournal.domain.cells import measured, value, wall
from dreamjournal.domain.drafts import (
    Draft,
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    RowRejected,
    SessionDraft,
    SumRules,
    checked_session,
    unknown_fields,
)
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.instant import Instant, at_offset, minutes_between
from dreamjournal.domain.session import SessionEvent, SessionMeasures, Stage, StageCode, Validity

TITLE = "Samsung Health"
SESSIONS = "com.samsung.shealth.sleep"
OLD_SESSIONS = "com.samsung.health.sleep"
STAGES = "com.samsung.health.sleep_stage"
CODES = {"40001": StageCode.W, "40002": StageCode.LIGHT, "40003": StageCode.N3, "40004": StageCode.REM}
CORE = (
    "start_time", "end_time", "time_offset", "datauuid", "create_time", "update_time", "deviceuuid", "pkg_name", "custom",
    "comment", "create_sh_ver", "modify_sh_ver", "client_data_id", "client_data_ver", "data_version",
)  # fmt: skip
KNOWN = {
    *CORE, *(f"factor_{i:02}" for i in range(1, 11)), "sleep_score", "efficiency", "original_efficiency", "sleep_duration",
    "total_rem_duration", "total_light_duration", "sleep_cycle", "mental_recovery", "physical_recovery", "sleep_latency",
    "movement_awakening", "original_bed_time", "original_wake_up_time", "combined_id", "integrated_id", "is_integrated",
    "stage_analyzed_type", "stage_analysis_type", "goal_bed_time", "goal_wake_up_time", "quality", "has_sleep_data",
    "extra_data", "sleep_type", "nap_score", "wake_score", "deep_score", "rem_score", "latency_score", "latency_weight",
    "wake_weight", "deep_weight", "rem_weight", "total_sleep_time_score", "total_sleep_time_weight",
    "bedtime_detection_delay", "wakeup_time_detection_delay", "sleep_efficiency_with_latency",
}  # fmt: skip
STAGE_KNOWN = {*CORE, "stage", "sleep_id"}
FITS = "sleep duration, time awake included, fits between start and end"
COVERS = "light + deep + REM + awake = the time from the first stage to the last"
SLACK_MIN = 1
_TYPE = re.compile(rb'"?(com\.samsung\.s?health\.[\w.]{1,80})"?[,;\t]"?\d+"?[,;\t]"?\d+')
_OFFSET = re.compile(r"UTC([+-])(\d\d):?(\d\d)", re.ASCII)
_HEAD = 4096


@dataclass(frozen=True)
class SamsungHealth(Importer):
    """Samsung Health. Times are UTC with an offset beside them; what it calls sleep duration includes the time awake."""

    key: str = "samsung"
    title: str = TITLE
    suffixes: tuple[str, ...] = (".csv", ".zip")
    kinds: tuple[str, ...] = ("text",)
    seen: bool = True

    def sniff(self, head: bytes, name: str) -> float:
        """1 when the first line names a type of the export, whatever the type: the many tables without sleep are known."""
        return 1.0 if _TYPE.match(head) else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """A line of the sleep table or of the stage table is a row; the other tables have none.

        Raises UserError when the columns are not Samsung's.
        """
        head = stream.read(_HEAD)
        found = _TYPE.match(normalised(head))
        if found is None:
            raise UserError(
                "The file was not read", f"its first line is not that of a {TITLE} table", "export it again"
            )
        kind = found[1].decode("ascii", "replace")
        if kind not in (SESSIONS, OLD_SESSIONS, STAGES):
            return
        needed = ("start_time", "end_time", *(("stage", "sleep_id") if kind == STAGES else ()))
        data, cut = _whole_lines(head + stream.read(MAX_BYTES + 1 - len(head)))
        table = read_table(io.BytesIO(data), needed, name=_plain, extra_cell=True)
        if table.encoding != "UTF-8":
            yield FileWarning(f"The file is not UTF-8; it was read as {table.encoding}.")
        if kind == OLD_SESSIONS:
            yield FileWarning(
                "This variant of the sleep table, of older versions, has not yet been seen in the wild: check a night you know."
            )
        yield from unknown_fields((c for c in table.header if c), STAGE_KNOWN if kind == STAGES else KNOWN)
        if kind == STAGES:
            yield from _stages(table, options, progress, bool(cut))
        else:
            yield from _sessions(table, options, progress)
        if cut:
            line = data.count(b"\n") + 1
            yield Rejected(
                f"{options.where} line {line}", "the row is cut off", line, cut, sessions=int(kind != STAGES)
            )


def _whole_lines(data: bytes) -> tuple[bytes, str]:
    """The data without a last line shorter than the one above, and that line: an id may be cut in two.

    Every line ends with a comma, so a whole one is told from its beginning.
    """
    before, newline, last = data.rpartition(b"\n")
    above = before.rpartition(b"\n")[2].rstrip(b"\r")
    cut = not last.rstrip(b"\r").endswith(b",") or last.count(b",") < above.count(b",")
    if last and cut and (above.endswith(b",") or before.count(b"\n") == 1):  # only the header has no comma at its end
        return before + newline, last.decode("utf-8", "replace")[:300]
    return data, ""


def _plain(column: str) -> str:
    """Without the type's name before it: com.samsung.health.sleep.start_time is start_time."""
    return column.strip().rsplit(".", 1)[-1]


# ---- the sleep table ------------------------------------------------------------------------------------------------


@dataclass
class _Night:
    """A session with what tells it from its neighbours."""

    row: TableRow
    draft: SessionDraft
    device: str
    detail: int
    """How much the device said of it."""
    shift: bool
    """Whether the row has an offset."""


def _sessions(table: Table, options: ReadOptions, progress: Progress) -> Iterator[Draft]:
    rules = SumRules()
    nights: list[_Night] = []
    for done, row in enumerate(table.rows):
        if done % 256 == 0:
            progress.step(0, 0, options.where)
        where = f"{options.where} line {row.line}"
        try:
            if row.problem:
                raise RowRejected(row.problem)
            draft, detail = _session(row.cells, options, rules)
            draft, doubts = checked_session(draft, options.now)
            yield from (FileWarning(d) for d in doubts)
            nights.append(_Night(row, draft, row.cells.get("deviceuuid", ""), detail, _has_offset(row.cells)))
        except RowRejected as e:
            yield Rejected(where, str(e), row.line, row.text.strip(), sessions=int(str(e) != _NO_SLEEP))
    doubled = _double(nights)
    for night in nights:
        yield RowDraft(f"{options.where} line {night.row.line}", night.row.line, (night.draft,))
    if doubled:
        yield FileWarning(
            f"{'One sleep was' if doubled == 1 else f'{doubled} sleeps were'} recorded by two devices: the record that "
            "says more counts, the other is listed as unconfirmed."
        )
    yield from _shifted(nights)
    yield from rules.found()


_NO_SLEEP = "no sleep in this row"


def _session(c: dict[str, str], options: ReadOptions, rules: SumRules) -> tuple[SessionDraft, int]:
    if not c["start_time"] or not c["end_time"]:
        raise RowRejected(_NO_SLEEP)
    start, end = _instant(c, "start_time", options), _instant(c, "end_time", options)
    duration, latency = measured(c, "sleep_duration"), measured(c, "sleep_latency")
    light, rem = value(c, "total_light_duration"), value(c, "total_rem_duration")
    if not light and not rem:
        light = rem = None
    measures = SessionMeasures(
        sol_min=latency / 60_000 if latency is not None and latency > 0 else None,
        light_min=light,
        rem_min=rem,
        vendor_se_pct=measured(c, "efficiency"),
    )
    said = (duration, light, measures.vendor_se_pct, measured(c, "sleep_score"))
    detail = sum(v is not None for v in said)
    draft = SessionDraft(
        start, end, c.get("datauuid", "")[:100], validity=Validity.OK if detail else Validity.UNSCORED, measures=measures,
        events=_events(c, start, end, options),
    )  # fmt: skip
    if duration is not None:
        rules.check(FITS, draft.night_date, duration <= minutes_between(start, end) + SLACK_MIN)
    return draft, detail


def _events(c: dict[str, str], start: Instant, end: Instant, options: ReadOptions) -> tuple[SessionEvent, ...]:
    """What the person wrote, and the device's own times where the person has changed them."""
    out: list[SessionEvent] = []
    if c.get("comment"):
        out.append(SessionEvent("note", end, detail=c["comment"]))
    if c.get("original_bed_time") or c.get("original_wake_up_time"):
        first = _instant(c, "original_bed_time", options) if c.get("original_bed_time") else start
        last = _instant(c, "original_wake_up_time", options) if c.get("original_wake_up_time") else end
        if first.utc <= last.utc and (first.utc, last.utc) != (start.utc, end.utc):
            words = f"changed by hand; the device had {first.local:%H:%M} to {last.local:%H:%M}"
            out.append(SessionEvent("edited", first, last, words))
    return tuple(out)


def _double(nights: list[_Night]) -> int:
    """Mark what two devices recorded at the same time, but for the record that says most; how many were marked."""
    order = sorted(nights, key=lambda n: (-n.detail, minutes_between(n.draft.end, n.draft.start)))
    kept: dict[int, list[_Night]] = {}
    marked = 0
    for night in order:
        first, last = night.draft.start.utc, night.draft.end.utc
        days = range(first.toordinal() - 1, last.toordinal() + 1)
        near = [n for d in days for n in kept.get(d, ())]
        if any(
            n.device != night.device and n.draft.start.utc < last and first < n.draft.end.utc for n in near
        ):  # fmt: skip
            night.draft = replace(night.draft, validity=Validity.UNCONFIRMED)
            marked += 1
        else:
            kept.setdefault(first.toordinal(), []).append(night)
    return marked


def _shifted(nights: list[_Night]) -> Iterator[FileWarning]:
    """Some versions are said to print local time: then the offset, added once more, turns nights into days."""
    placed = [n for n in nights if n.shift]
    if not placed:
        return
    middles = [n.draft.start.utc + (n.draft.end.utc - n.draft.start.utc) / 2 for n in placed]
    printed = median(_hour(m) for m in middles)
    moved = median(
        _hour(m + timedelta(minutes=n.draft.start.offset_min)) for m, n in zip(middles, placed, strict=True)
    )  # fmt: skip
    if 10 <= moved <= 20 and 0 <= printed <= 8:
        yield FileWarning(
            f"Most of these sleeps fall into the day (about {int(moved)}:00), and would fall into the night without the "
            f"offset that {TITLE} prints beside them: check a night you know before relying on the times."
        )


def _hour(at: datetime) -> float:
    return at.hour + at.minute / 60


# ---- the stage table ------------------------------------------------------------------------------------------------


@dataclass
class _Staged:
    """The stages of one session while its lines are gathered."""

    line: int
    text: str
    offset: str
    spans: list[tuple[datetime, datetime, StageCode]]
    until: str = ""
    until_at: datetime | None = None
    """The end of the line above, as printed and read: most lines begin with it."""


def _stages(table: Table, options: ReadOptions, progress: Progress, cut: bool) -> Iterator[Draft]:
    gathered: dict[str, _Staged] = {}
    strange: set[str] = set()
    last = ""
    for done, row in enumerate(table.rows):
        if done % 1024 == 0:
            progress.step(0, 0, options.where)
        try:
            if row.problem:
                raise RowRejected(row.problem)
            _gather(row, gathered, strange)
            last = row.cells["sleep_id"]
        except RowRejected as e:
            yield Rejected(f"{options.where} line {row.line}", str(e), row.line, row.text.strip())
    if strange:
        yield FileWarning("Codes of stages not known, kept as unknown: " + ", ".join(sorted(strange)[:20]))
    rules = SumRules()
    for sleep_id, found in gathered.items():
        where = f"{options.where} line {found.line}"
        try:
            if cut and sleep_id == last:  # some of its stages are lost, and its totals would be too small
                raise RowRejected("the file is cut off within the stages of this session")
            draft, doubts = checked_session(_staged(sleep_id, found, options, rules), options.now)
            yield from (FileWarning(d) for d in doubts)
            # The span of the stages is not the time in bed: the session's own row knows that.
            draft = replace(draft, measures=replace(draft.measures, tib_min=None))
            distinct = len(set(found.spans))
            yield RowDraft(where, found.line, (draft,), rows=distinct, merged=len(found.spans) - distinct)
        except RowRejected as e:
            for _ in found.spans:
                yield Rejected(where, str(e), found.line, found.text)
    yield from rules.found()


def _gather(row: TableRow, gathered: dict[str, _Staged], strange: set[str]) -> None:
    c = row.cells
    sleep_id, code = c["sleep_id"], c["stage"]
    if not sleep_id:
        raise RowRejected("the line names no session")
    found = gathered.get(sleep_id)
    start = found.until_at if found is not None and found.until == c["start_time"] else None
    if start is None:
        start = wall(c["start_time"], "start_time", TITLE)
    end = wall(c["end_time"], "end_time", TITLE)
    if end < start:
        raise RowRejected("the end is before the start")
    stage = CODES.get(code)
    if stage is None:
        if not code:
            raise RowRejected("no stage in this row")
        strange.add(code[:20])
        stage = StageCode.UNKNOWN
    if found is None:
        found = gathered[sleep_id] = _Staged(row.line, row.text.strip(), c.get("time_offset", ""), [])
    found.until, found.until_at = c["end_time"], end
    found.spans.append((start, end, stage))


def _staged(sleep_id: str, found: _Staged, options: ReadOptions, rules: SumRules) -> SessionDraft:
    spans = sorted(set(found.spans))
    first, last = spans[0][0], max(s[1] for s in spans)
    start, end = _at(first, found.offset, options), _at(last, found.offset, options)
    stages: list[Stage] = []
    total = dict.fromkeys(StageCode, 0.0)
    for begin, until, code in spans:
        offset, length = round((begin - first).total_seconds()), round((until - begin).total_seconds())
        total[code] += length / 60
        if length <= 0:
            continue
        if stages and stages[-1].code == code and stages[-1].offset_s + stages[-1].dur_s == offset:
            stages[-1] = Stage(stages[-1].offset_s, stages[-1].dur_s + length, code)
        else:
            stages.append(Stage(offset, length, code))
    asleep = (StageCode.LIGHT, StageCode.N3, StageCode.REM)
    onset = next((s.offset_s for s in stages if s.code in asleep), None)
    rem = next((s.offset_s for s in stages if s.code == StageCode.REM), None)
    late = sum(s.dur_s for s in stages if s.code == StageCode.W and onset is not None and s.offset_s > onset) / 60
    scored = any(s.code in asleep for s in stages)
    measures = SessionMeasures(
        tst_min=sum(total[c] for c in asleep),
        waso_min=None if onset is None else late,
        awake_min=total[StageCode.W],
        light_min=total[StageCode.LIGHT],
        deep_min=total[StageCode.N3],
        rem_min=total[StageCode.REM],
        rem_latency_min=None if rem is None or onset is None else (rem - onset) / 60,
    )
    draft = SessionDraft(
        start, end, sleep_id[:100], validity=Validity.OK if scored else Validity.UNSCORED, measures=measures,
        stages=tuple(stages), supplement=True, joins_only=True,
    )  # fmt: skip
    rules.check(COVERS, draft.night_date, abs(sum(total.values()) - minutes_between(start, end)) <= SLACK_MIN)
    return draft


# ---- times ----------------------------------------------------------------------------------------------------------


def _has_offset(c: dict[str, str]) -> bool:
    return bool(c.get("time_offset"))


def _instant(c: dict[str, str], column: str, options: ReadOptions) -> Instant:
    return _at(wall(c[column], column, TITLE), c.get("time_offset", ""), options)


def _at(utc: datetime, offset: str, options: ReadOptions) -> Instant:
    """`utc` (naive) at the offset printed beside it; without one, in the person's zone."""
    if not offset:
        return options.place(utc.replace(tzinfo=UTC))
    match = _OFFSET.fullmatch(offset)
    shift = (int(match[2]) * 60 + int(match[3])) * (-1 if match[1] == "-" else 1) if match else 0
    if match is None or abs(shift) > 15 * 60:
        raise RowRejected("time_offset: not an offset from UTC")
    return at_offset(utc.replace(tzinfo=UTC), shift)


PLUGIN = SamsungHealth()
