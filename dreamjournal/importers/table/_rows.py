"""Rows of a table by the map of its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from dreamjournal.common.moments import (
    Moment,
    clock_of,
    date_of,
    minutes_of,
    moment_of,
    number_of,
    offset_of,
    says_nothing,
    unit_in,
    yes_or_no,
)
from dreamjournal.common.progress import Progress
from dreamjournal.common.tables import TableRow
from dreamjournal.domain.column_map import ROLES, ColumnMap, zone_exists
from dreamjournal.domain.drafts import (
    EARLIEST_YEAR,
    LATEST_AHEAD,
    Draft,
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    RowRejected,
    SessionDraft,
    SourceDream,
    TagDraft,
    checked_session,
)
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.domain.instant import Instant, at_offset, from_local, from_local_offset, in_zone
from dreamjournal.domain.journal_entries import LUCID, has_words, line_ends, night_of_entry, short_hash
from dreamjournal.domain.session import SessionEvent, SessionKind, SessionMeasures, Validity
from dreamjournal.importers.table._sheet import Sheet

NOON = time(12)
DAY = timedelta(days=1)
MOST_DOUBTS = 50
LONGEST_ANSWER = 60
MINUTES = {r: f"{r}_min" for r in ("tib", "tst", "sol", "waso", "awake", "light", "deep", "rem")}
STAGES = ("light_min", "deep_min", "rem_min")
VITALS = {
    "se": "vendor_se_pct",
    "hr": "hr",
    "hrv_rmssd": "hrv_rmssd",
    "hrv_sdnn": "hrv_sdnn",
    "resp": "resp",
    "spo2": "spo2",
    "temp": "temp",
}
SCORED_BY = ("tst", "light", "deep", "rem")
NAP_WORDS = frozenset({"nap", "siesta", "sieste", "nickerchen", "mittagsschlaf"})
NOT_NAP_WORDS = frozenset({"main", "night", "sleep", "nacht", "nuit", "noche"})
_Cells = dict[str, str]
_ANSWER = "tag:"
_TAGS = re.compile(r"[,;|\n]+|\s+(?=#)")


@dataclass
class _Plan:
    """The map made ready: column by role, unit by role, and what was noticed on the way."""

    columns: ColumnMap
    options: ReadOptions
    comma: bool
    midnight: bool
    by_role: dict[str, str]
    answers: tuple[str, ...]
    units: dict[str, str]
    read: tuple[tuple[str, str], ...]
    """(role, column) of all that is read."""
    scored_by: tuple[str, ...]
    sleeps: bool
    """Whether the map tells where a sleep begins and where it ends."""
    doubts: dict[str, None] = field(default_factory=dict[str, None])
    seen: dict[str, int] = field(default_factory=dict[str, int])

    def cells(self, row: TableRow) -> _Cells:
        """What the row says, by role; a question's answer by `_ANSWER` and its column."""
        found: _Cells = {}
        for key, column in self.read:
            value = row.cells.get(column, "")
            if value and not says_nothing(value):
                found[key] = value
        return found

    def wrong(self, role: str, why: str, cell: str = "") -> RowRejected:
        return RowRejected(f"{self.by_role.get(role, role)}: {why}" + (f" ({cell[:30]})" if cell else ""))


def read_rows(sheet: Sheet, columns: ColumnMap, options: ReadOptions, progress: Progress) -> Iterator[Draft]:
    """Every row as a draft or a rejection, then what was noticed. The map must have passed `column_map.problem`."""
    by_role = {role: column for column, role in columns.columns if role != "tag"}
    plan = _Plan(
        columns, options, sheet.comma, sheet.spreadsheet, by_role,
        tuple(c for c, r in columns.columns if r == "tag"),
        {role: unit_in(column) or columns.unit for role, column in by_role.items()},
        tuple((_ANSWER + column if role == "tag" else role, column) for column, role in columns.columns),
        tuple(r for r in SCORED_BY if r in by_role), _tells_sleeps(set(by_role)),
    )  # fmt: skip
    used = {c for c, _ in columns.columns}
    left = [c for c in sheet.header if c not in used]
    if left:
        more = f" and {len(left) - 30} more" if len(left) > 30 else ""
        yield FileWarning("Columns that are not read: " + ", ".join(c[:60] for c in left[:30]) + more)
    word = "row" if sheet.spreadsheet else "line"
    for done, row in enumerate(sheet.rows):
        progress.step(done, 0, options.where)
        where = f"{options.where} {word} {row.line}"
        try:
            if row.problem:
                raise RowRejected(row.problem)
            yield _row(plan.cells(row), row.line, plan, where)
        except RowRejected as e:
            yield _rejected(row, plan, where, str(e))
        except OverflowError:
            yield _rejected(row, plan, where, "outside the calendar")
    yield from (FileWarning(d) for d in list(plan.doubts)[:MOST_DOUBTS])
    if len(plan.doubts) > MOST_DOUBTS:
        yield FileWarning(f"{len(plan.doubts) - MOST_DOUBTS} more such remarks are left out.")


def _rejected(row: TableRow, plan: _Plan, where: str, reason: str) -> Rejected:
    cells = plan.cells(row)
    sleeps = any(r in cells for r in ("start", "end", "start_time", "end_time"))
    return Rejected(where, reason, row.line, row.text.strip()[:300], sessions=int(sleeps), dreams=int("dream" in cells))


def _row(row: _Cells, line: int, plan: _Plan, where: str) -> RowDraft:
    session = _session(row, plan)
    dream = bool(row.get("dream", "") or row.get("title", ""))
    answered = any(_ANSWER + c in row for c in plan.answers)
    tagged = bool(row.get("tags", ""))
    if session is not None:
        checked, found = checked_session(session, plan.options.now)
        for doubt in found:
            plan.doubts.setdefault(doubt)
        dreams = _dreams(row, plan, checked.night_date, checked) if dream else ()
        return RowDraft(where, line, (checked,), dreams, tags=_answers(row, plan, checked.night_date, checked.start))
    if not dream and not answered and not tagged:
        if "dream" in plan.by_role:
            raise RowRejected("no words in this entry")
        raise RowRejected("no sleep in this row")
    night = _night(row, plan)
    dreams = _dreams(row, plan, night, None) if dream else ()
    return RowDraft(where, line, (), dreams, tags=_answers(row, plan, night, None, own_tags=not dream))


# ---- when -----------------------------------------------------------------------------------------------------------


def _session(row: _Cells, plan: _Plan) -> SessionDraft | None:
    """The sleep of a row; None where it has no times, or the map tells none."""
    nap = _nap(row, plan)
    start, end = _window(row, plan, nap)
    if start is None or end is None:
        return None
    values: dict[str, float] = {}
    for role, name in MINUTES.items():
        cell = row.get(role)
        if cell is not None:
            try:
                values[name] = minutes_of(cell, plan.units[role], comma=plan.comma)
            except ValueError as e:
                raise plan.wrong(role, "not a length of time", cell) from e
    for role, name in VITALS.items():
        cell = row.get(role)
        if cell is not None:
            try:
                values[name] = number_of(cell, comma=plan.comma)
            except ValueError as e:
                raise plan.wrong(role, "not a number", cell) from e
    if "tst" not in plan.by_role and all(n in values for n in STAGES):
        values["tst_min"] = sum(values[n] for n in STAGES)
    scored = not plan.scored_by or any(r in row for r in plan.scored_by)
    events: list[SessionEvent] = []
    for role, kind in (("quality", "rating"), ("note", "note")):
        cell = row.get(role, "")
        if cell:
            events.append(SessionEvent(kind, end, detail=line_ends(cell)))
    return SessionDraft(
        start, end, "", SessionKind.NAP if nap else SessionKind.MAIN, Validity.OK if scored else Validity.UNSCORED,
        SessionMeasures(**values), events=tuple(events),
    )  # fmt: skip


def _nap(row: _Cells, plan: _Plan) -> bool:
    cell = row.get("nap", "")
    if not cell:
        return False
    said = yes_or_no(cell)
    plain = cell.casefold()
    if said is None and plain not in NAP_WORDS | NOT_NAP_WORDS:
        plan.doubts.setdefault(f"{plan.by_role['nap']}: neither yes nor no is taken as no nap.")
    return said is True or plain in NAP_WORDS


def _tells_sleeps(roles: set[str]) -> bool:
    dated = bool({"date", "wake_date"} & roles)
    begins = "start" in roles or ("start_time" in roles and dated)
    ends = "end" in roles or ("end_time" in roles and dated)
    return (begins and bool({"end", "end_time", "duration"} & roles)) or (
        ends and bool({"start_time", "duration"} & roles)
    )


def _window(row: _Cells, plan: _Plan, nap: bool) -> tuple[Instant | None, Instant | None]:
    """Start and end; (None, None) where the row tells no times or the map has no way to both.

    With the date of an evening, times before noon belong to the next day; with that of a morning, times from noon on to
    the day before. A nap's times are of the date itself. Raises RowRejected for half a sleep.
    """
    roles = plan.by_role
    if not plan.sleeps or not any(r in row for r in ("start", "end", "start_time", "end_time")):
        return None, None
    given = {r: row.get(r, "") for r in ("start", "end", "start_time", "end_time", "duration")}
    start = _moment(plan, "start", given["start"])
    end = _moment(plan, "end", given["end"])
    if start is None and given["start_time"]:
        start = _by_clock(row, plan, "start_time", given["start_time"], nap, None, end)
    if end is None and given["end_time"]:
        end = _by_clock(row, plan, "end_time", given["end_time"], nap, start, None)
    length: float | None = None
    if given["duration"]:
        try:
            length = minutes_of(given["duration"], plan.units["duration"], comma=plan.comma)
        except ValueError as e:
            raise plan.wrong("duration", "not a length of time", given["duration"]) from e
    if start is None and (end is None or length is None):
        raise plan.wrong(
            "start" if "start" in roles else "start_time" if "start_time" in roles else "duration", "empty"
        )
    if end is None and length is None:
        raise plan.wrong("end" if "end" in roles else "end_time" if "end_time" in roles else "duration", "empty")
    first = _placed(row, plan, start) if start is not None else None
    last = _placed(row, plan, end) if end is not None else None
    if first is not None and last is not None and last.utc <= first.utc and end is not None and not end.utc:
        last = _placed(row, plan, end, later=True)  # the end is in the second pass of a doubled hour
    if first is None and last is not None and length is not None:
        first = _moved(last, -length)
    if last is None and first is not None and length is not None:
        last = _moved(first, length)
    return first, last


def _moment(plan: _Plan, role: str, cell: str) -> Moment | None:
    if not cell:
        return None
    try:
        return moment_of(cell, plan.columns.day_first, midnight=plan.midnight)
    except (ValueError, OverflowError) as e:
        why = str(e) if str(e) == "no time of day" else "not a date and time"
        raise plan.wrong(role, why, cell) from e


def _by_clock(
    row: _Cells, plan: _Plan, role: str, cell: str, nap: bool, start: Moment | None, end: Moment | None
) -> Moment:
    try:
        clock = clock_of(cell.rsplit(" ", 1)[-1] if cell.startswith(("1899-12-3", "1900-01-0")) else cell)
    except ValueError as e:
        raise plan.wrong(role, "not a time of day", cell) from e
    evening, morning = _date(row, plan, "date"), _date(row, plan, "wake_date")
    if evening is not None:
        local = datetime.combine(evening if nap or clock >= NOON else evening + DAY, clock)
    elif morning is not None:
        local = datetime.combine(morning if nap or clock < NOON else morning - DAY, clock)
    elif end is not None:
        local = datetime.combine(end.local.date(), clock)
        local -= DAY if local >= end.local else timedelta(0)
        return end._replace(local=local)
    elif start is not None:
        local = datetime.combine(start.local.date(), clock)
    else:
        raise plan.wrong("date" if "date" in plan.by_role else "wake_date", "empty")
    if start is not None and local <= start.local:
        local += DAY
    return Moment(local) if start is None else start._replace(local=local)


def _date(row: _Cells, plan: _Plan, role: str) -> date | None:
    cell = row.get(role, "")
    if not cell:
        return None
    try:
        return date_of(cell, plan.columns.day_first)
    except ValueError:
        pass
    try:
        return moment_of(cell, plan.columns.day_first).local.date()  # 2026-07-09 00:00:00, as spreadsheets write a date
    except (ValueError, OverflowError) as e:
        raise plan.wrong(role, "not a date", cell) from e


def _placed(row: _Cells, plan: _Plan, at: Moment, *, later: bool = False) -> Instant:
    """By the offset in the cell, the row's own offset or zone, the map's zone, or the zone given at import."""
    if at.offset_min is not None:
        if abs(at.offset_min) > 15 * 60:
            raise RowRejected("the offset from UTC is more than 15 hours")
        return from_local_offset(at.local, at.offset_min)
    utc = at.local.replace(tzinfo=UTC) if at.utc else None
    zone = plan.columns.zone
    cell = row.get("offset", "")
    if cell:
        if not zone_exists(cell) or cell.upper() in ("UTC", "GMT", "Z"):
            try:
                offset = offset_of(cell)
            except ValueError as e:
                raise plan.wrong("offset", "neither an offset nor a time zone", cell) from e
            return at_offset(utc, offset) if utc else from_local_offset(at.local, offset)
        zone = cell
    if zone is not None:
        return in_zone(utc, zone) if utc else from_local(at.local, zone, later=later)
    return plan.options.place(utc) if utc else plan.options.localise(at.local, later=later)


def _moved(at: Instant, minutes: float) -> Instant:
    utc = at.utc + timedelta(minutes=minutes)
    return in_zone(utc, at.zone) if at.zone else at_offset(utc, at.offset_min)


def _night(row: _Cells, plan: _Plan) -> date:
    """The night of a row without a sleep: of the moment it was written, or of its date."""
    night: date | None = None
    for role in ("written", "start", "end"):
        cell = row.get(role, "")
        at = _moment(plan, role, cell)
        if at is not None:
            local = _placed(row, plan, at).local if at.utc else at.local
            night = night_of_entry(local.date(), local.time())
            break
    if night is None:
        evening, morning = _date(row, plan, "date"), _date(row, plan, "wake_date")
        night = evening if evening is not None else None if morning is None else night_of_entry(morning, None)
    if night is None:
        role = next(r for r in ("written", "date", "wake_date", "start", "end") if r in plan.by_role)
        raise plan.wrong(role, "empty")
    if night.year < EARLIEST_YEAR:
        raise RowRejected(f"the date is before {EARLIEST_YEAR}")
    if night > (plan.options.now + LATEST_AHEAD).date():
        raise RowRejected("the date is in the future")
    return night


# ---- words ----------------------------------------------------------------------------------------------------------


def _dreams(row: _Cells, plan: _Plan, night: date, session: SessionDraft | None) -> tuple[SourceDream, ...]:
    title, body = line_ends(row.get("title", "")), line_ends(row.get("dream", ""))
    text = f"{title}\n{body}" if title and body else title or body
    if not has_words(text):
        if session is not None:
            return ()
        raise RowRejected("no words in this entry")
    lucid, bad = (_answer(row, plan, r) for r in ("lucid", "nightmare"))
    if session is not None:
        source_id = f"{session.key}/dream"
    else:
        source_id = (
            "dream:" + (row.get("written", "") or night.isoformat()) + (f"/{short_hash(title)}" if title else "")
        )
    plan.seen[source_id] = n = plan.seen.get(source_id, 0) + 1
    draft = DreamDraft(
        night, text, Recall.REPORT, lucidity=None if lucid is None else LUCID if lucid else 0, nightmare=bad,
        tags=_split(row.get("tags", "")) if session is None else (), woke=session.end.utc if session else None,
    )  # fmt: skip
    return (SourceDream(f"{source_id[:120]}/{n}", draft),)


def _answer(row: _Cells, plan: _Plan, role: str) -> bool | None:
    cell = row.get(role, "")
    said = yes_or_no(cell) if cell else None
    if cell and said is None:
        plan.doubts.setdefault(f"{plan.by_role[role]}: what is neither yes nor no is left out ({ROLES[role]}).")
    return said


def _split(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t for part in _TAGS.split(cell) if (t := part.strip().lstrip("#").strip())))


def _answers(
    row: _Cells, plan: _Plan, night: date, at: Instant | None, *, own_tags: bool = True
) -> tuple[TagDraft, ...]:
    found: dict[str, TagDraft] = {}
    for column in plan.answers:
        cell = row.get(_ANSWER + column, "")
        if not cell:
            continue
        said = yes_or_no(cell)
        if said is not None:
            found[column] = TagDraft(night, column, float(said), at)
            continue
        try:
            found[column] = TagDraft(night, column, number_of(cell, comma=plan.comma), at)
        except ValueError:
            if len(cell) > LONGEST_ANSWER:
                plan.doubts.setdefault(f"{column}: answers longer than {LONGEST_ANSWER} letters are left out.")
            else:
                found[f"{column}: {cell}"] = TagDraft(night, f"{column}: {cell}", 1.0, at)
    if own_tags:
        for tag in _split(row.get("tags", "")):
            found.setdefault(tag, TagDraft(night, tag, 1.0, at))
    return tuple(found.values())
