"""Health Connect's export: a zip with health_connect_export.db, or the database itself.

Tables and units as in Android's own sources (HealthFitness module): times in milliseconds UTC, offsets in seconds. A night
may be there from several apps; each keeps its own sessions, and the app with most staged minutes counts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import IO, Any

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import Progress
from dreamjournal.common.sqlite_files import MAGIC, SqliteFile, open_sqlite
from dreamjournal.domain.drafts import (
    Draft,
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    RowRejected,
    SessionDraft,
    checked_session,
    unknown_fields,
)
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.instant import Instant, at_offset, in_zone
from dreamjournal.domain.session import SessionMeasures, Stage, StageCode, Validity

SESSIONS, STAGES, APPS = "sleep_session_record_table", "sleep_stages_table", "application_info_table"
NEEDED = ("row_id", "start_time", "end_time")
KNOWN = (
    *NEEDED, "uuid", "last_modified_time", "client_record_id", "client_record_version", "device_info_id", "app_info_id",
    "recording_method", "dedupe_hash", "start_zone_offset", "end_zone_offset", "local_date", "notes", "title",
    "device_data_provider_id",
)  # fmt: skip
STAGE_COLUMNS = ("parent_key", "stage_start_time", "stage_end_time", "stage_type")
LATEST_VERSION = 40
"""Of the schema; 20 and 26 are known."""
CODES = {
    0: StageCode.UNKNOWN, 1: StageCode.W, 2: StageCode.ASLEEP, 3: StageCode.W, 4: StageCode.LIGHT, 5: StageCode.N3,
    6: StageCode.REM, 7: StageCode.W,
}  # fmt: skip
"""3 is out of bed, 7 awake in bed."""
ASLEEP = (StageCode.ASLEEP, StageCode.LIGHT, StageCode.N3, StageCode.REM)
INSTANTS = (
    ("heart_rate_variability_rmssd_record_table", "heart_rate_variability_millis", "hrv_rmssd", 1.0, 500.0),
    ("oxygen_saturation_record_table", "percentage", "spo2", 50.0, 100.0),
    ("respiratory_rate_record_table", "rate", "resp", 3.0, 60.0),
)
"""Table, column, measure, and the range outside which a value stands for "missing" (5e-324 and 0 do)."""
SERIES = (
    ("heart_rate_record_table", "heart_rate_record_series_table", "beats_per_minute", "hr", 20.0, 300.0),
    ("skin_temperature_record_table", "skin_temperature_delta_table", "delta", "temp", -20.0, 20.0),
)
SKIN = (15.0, 45.0)
PLAIN_NAMES = {
    "com.fitbit.FitbitMobile": "Fitbit", "com.sec.android.app.shealth": "Samsung Health", "com.withings.wiscale2": "Withings",
    "com.ouraring.oura": "Oura", "com.garmin.android.apps.connectmobile": "Garmin Connect", "com.whoop.android": "WHOOP",
    "com.urbandroid.sleep": "Sleep as Android", "com.huami.watch.hmwatchmanager": "Zepp", "com.xiaomi.hm.health": "Zepp Life",
    "com.mi.health": "Mi Fitness", "com.google.android.apps.fitness": "Google Fit", "fi.polar.polarflow": "Polar Flow",
    "com.northcube.sleepcycle": "Sleep Cycle", "com.eightsleep.eight": "Eight Sleep",
}  # fmt: skip
FURTHEST_S = 18 * 3600
MOST_NAMED = 6
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS = 32_503_680_000_000


@dataclass(frozen=True)
class HealthConnect(Importer):
    """Health Connect. Offsets are in the data; a session without one is placed in the person's zone."""

    key: str = "health_connect"
    title: str = "Health Connect"
    suffixes: tuple[str, ...] = (".db", ".zip")
    kinds: tuple[str, ...] = ("sqlite",)

    def sniff(self, head: bytes, name: str) -> float:
        """1 by a table's name or the file's; low for a database that may be it: only the whole of it can tell.

        Android writes some hundred kilobytes of empty pages before the first page of names.
        """
        if not head.startswith(MAGIC):
            return 0.0
        if any(
            table in head for table in (b"sleep_session_record", b"application_info_table", b"heart_rate_record_table")
        ):
            return 1.0
        if name.replace("\\", "/").rsplit("/", 1)[-1].lower().startswith("health_connect_export"):
            return 1.0
        return 0.3 if 1 <= int.from_bytes(head[60:64], "big") <= LATEST_VERSION and head[68:72] == b"\0\0\0\0" else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """One row a session. Raises UserError for a damaged database, ZoneNeeded where an offset is missing."""
        with open_sqlite(stream) as db:
            if SESSIONS not in db.tables:
                if APPS not in db.tables and not any(t.endswith("_record_table") for t in db.tables):
                    raise UserError("The database was not read", "it is not Health Connect's")
                yield FileWarning("The database has no table of sleep sessions.")
                return
            for table, needed in ((SESSIONS, NEEDED), (STAGES, STAGE_COLUMNS)):
                missing = [c for c in needed if c not in db.tables.get(table, needed)]
                if missing:
                    raise UserError(
                        "The database was not read", f"{table} has no column {', '.join(missing)}", "export it again"
                    )
            progress.step(0, 0, options.where)
            nights, rejected = _sessions(db, options)
            _vitals(db, nights, options, progress)
            yield from rejected
            yield from _told(nights, options)
            yield from unknown_fields((*db.tables[SESSIONS], *db.tables.get(STAGES, ())), (*KNOWN, *STAGE_COLUMNS))


@dataclass
class _Night:
    """A session while it is read; `start_ms` and `end_ms` are UTC."""

    row: int
    package: str
    device: str
    app: Any
    key: str
    start_ms: int
    end_ms: int
    start: Instant
    end: Instant
    pieces: list[tuple[int, int, int]]
    sums: dict[str, float] = field(default_factory=dict[str, float])
    counts: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, measure: str, value: float) -> None:
        self.sums[measure] = self.sums.get(measure, 0.0) + value
        self.counts[measure] = self.counts.get(measure, 0) + 1

    def mean(self, measure: str) -> float | None:
        return round(self.sums[measure] / self.counts[measure], 2) if self.counts.get(measure) else None


# ---- sessions --------------------------------------------------------------------------------------------------------


def _sessions(db: SqliteFile, options: ReadOptions) -> tuple[list[_Night], list[Rejected]]:
    apps: dict[Any, tuple[str, str]] = {}
    if APPS in db.tables:
        for row, package, name in db.rows(APPS, ("row_id", "package_name", "app_name")):
            package = package[:200] if isinstance(package, str) else ""
            plain = name.strip() if isinstance(name, str) else ""
            apps[row] = (package, (plain or PLAIN_NAMES.get(package, package))[:80])
    pieces: dict[Any, list[tuple[int, int, int]]] = {}
    if STAGES in db.tables:
        for parent, first, last, code in db.rows(STAGES, STAGE_COLUMNS):
            pieces.setdefault(parent, []).append((first, last, code))
    nights: list[_Night] = []
    rejected: list[Rejected] = []
    columns = ("row_id", "uuid", "start_time", "end_time", "start_zone_offset", "end_zone_offset", "app_info_id")
    for n, (row, uuid, first, last, lead, tail, app) in enumerate(db.rows(SESSIONS, columns), 1):
        package, device = apps.get(app, ("", ""))
        try:
            if not _is_time(first) or not _is_time(last):
                raise RowRejected("no sleep in this row")
            start = _placed(first, lead, options, None)
            end = _placed(last, lead if tail is None else tail, options, start)
            own = uuid.hex() if isinstance(uuid, bytes) and uuid else str(uuid)[:64] if uuid else str(first)
            key = f"{package}/{own}" if package else own
            nights.append(_Night(n, package, device, app, key, first, last, start, end, pieces.get(row, [])))
        except (RowRejected, OverflowError) as e:
            reason = str(e) if isinstance(e, RowRejected) else "outside the calendar"
            text = f"{str(first)[:40]} – {str(last)[:40]} {device}".strip()
            rejected.append(Rejected(f"{options.where} sleep session {n}", reason, n, text, sessions=1))
    return nights, rejected


def _is_time(value: Any) -> bool:
    return value.__class__ is int and -_LATEST_MS < value < _LATEST_MS


def _placed(ms: int, offset_s: Any, options: ReadOptions, start: Instant | None) -> Instant:
    utc = _EPOCH + timedelta(milliseconds=ms)
    if offset_s is None:
        if start is None:
            return options.place(utc)
        return in_zone(utc, start.zone) if start.zone else at_offset(utc, start.offset_min)
    if offset_s.__class__ is not int or abs(offset_s) > FURTHEST_S:
        raise RowRejected("the offset from UTC is more than 18 hours")
    return at_offset(utc, offset_s // 60)


def _stages(night: _Night) -> tuple[Stage, ...]:
    """Stages from the session's start, neighbours of one code joined; an overlap belongs to the earlier stage."""
    out: list[Stage] = []
    at, window = 0, (night.end_ms - night.start_ms) // 1000
    for first, last, number in sorted(night.pieces, key=_order):
        if not _is_time(first) or not _is_time(last) or number not in CODES:
            raise RowRejected("a stage without a known kind, start or end")
        code = CODES[number]
        begin = max(at, round((first - night.start_ms) / 1000))
        finish = min(window, round((last - night.start_ms) / 1000))
        if finish <= begin:
            continue
        if out and out[-1].code == code and out[-1].offset_s + out[-1].dur_s == begin:
            out[-1] = Stage(out[-1].offset_s, finish - out[-1].offset_s, code)
        else:
            out.append(Stage(begin, finish - begin, code))
        at = finish
    return tuple(out)


def _order(piece: tuple[Any, Any, Any]) -> int:
    return piece[0] if _is_time(piece[0]) else 0


def _measures(night: _Night, stages: tuple[Stage, ...]) -> SessionMeasures:
    vitals = SessionMeasures(
        hr=night.mean("hr"), hrv_rmssd=night.mean("hrv_rmssd"), resp=night.mean("resp"), spo2=night.mean("spo2"),
        temp=night.mean("temp"),
    )  # fmt: skip
    onset = next((s.offset_s for s in stages if s.code in ASLEEP), None)
    awake = _minutes(stages, StageCode.W)
    if onset is None:  # a session without stages does not say how much of it was sleep
        return replace(vitals, awake_min=awake or None)
    staged = any(s.code in (StageCode.LIGHT, StageCode.N3, StageCode.REM) for s in stages)
    rem = next((s.offset_s for s in stages if s.code == StageCode.REM), None)
    return replace(
        vitals,
        tst_min=sum(s.dur_s for s in stages if s.code in ASLEEP) / 60,
        sol_min=onset / 60,
        waso_min=sum(s.dur_s for s in stages if s.code == StageCode.W and s.offset_s > onset) / 60,
        awake_min=awake,
        light_min=_minutes(stages, StageCode.LIGHT) if staged else None,
        deep_min=_minutes(stages, StageCode.N3) if staged else None,
        rem_min=_minutes(stages, StageCode.REM) or None,  # whether the device has REM is not said
        asleep_unspecified_min=_minutes(stages, StageCode.ASLEEP) or None,
        rem_latency_min=None if rem is None else (rem - onset) / 60,
    )


def _minutes(stages: tuple[Stage, ...], code: StageCode) -> float:
    return sum(s.dur_s for s in stages if s.code == code) / 60


# ---- vitals ----------------------------------------------------------------------------------------------------------


class _When:
    """Finds the session of an app in which a moment lies."""

    def __init__(self, nights: Iterable[_Night]) -> None:
        self._nights: dict[Any, list[_Night]] = {}
        for night in sorted(nights, key=lambda n: n.start_ms):
            self._nights.setdefault(night.app, []).append(night)
        self._starts = {app: [n.start_ms for n in found] for app, found in self._nights.items()}

    def at(self, app: Any, ms: Any) -> _Night | None:
        starts = self._starts.get(app)
        if starts is None or not _is_time(ms):
            return None
        i = bisect_right(starts, ms) - 1
        night = self._nights[app][i] if i >= 0 else None
        return night if night is not None and ms <= night.end_ms else None

    def within(self, app: Any, first: Any, last: Any) -> bool:
        """Whether a record from `first` to `last` touches a session of the app."""
        starts = self._starts.get(app)
        if starts is None or not _is_time(first) or not _is_time(last):
            return False
        i = bisect_right(starts, last) - 1
        return i >= 0 and self._nights[app][i].end_ms >= first


def _vitals(db: SqliteFile, nights: list[_Night], options: ReadOptions, progress: Progress) -> None:
    """Means of what an app measured inside its own sessions; apps are never mixed."""
    when = _When(nights)
    done = 0
    for found, measure, low, high in _values(db, when):
        for app, ms, value, above in found:
            done += 1
            if done % 20_000 == 0:
                progress.step(0, 0, options.where)
            if value.__class__ in (int, float) and low <= value <= high:
                night = when.at(app, ms)
                if night is not None:
                    night.add(measure, above + value)


def _values(db: SqliteFile, when: _When) -> Iterator[tuple[Iterator[tuple[Any, Any, Any, float]], str, float, float]]:
    """Measure by measure: (app, time, value, what the value stands above) of each, and the range values have."""
    for table, column, measure, low, high in INSTANTS:
        if table in db.tables:
            rows = db.rows(table, ("app_info_id", "time", column))
            yield ((app, ms, value, 0.0) for app, ms, value in rows), measure, low, high
    for parent, table, column, measure, low, high in SERIES:
        if parent in db.tables and table in db.tables:
            yield _series(db, when, (parent, table, column), measure == "temp"), measure, low, high


def _series(
    db: SqliteFile, when: _When, names: tuple[str, str, str], deltas: bool
) -> Iterator[tuple[Any, Any, Any, float]]:  # fmt: skip
    """Samples of the records that touch a session; `deltas` are differences from the record's baseline."""
    parent, table, column = names
    owners: dict[Any, tuple[Any, float]] = {}
    for row, app, first, last, baseline in db.rows(
        parent, ("row_id", "app_info_id", "start_time", "end_time", "baseline")
    ):
        if not when.within(app, first, last):
            continue
        if not deltas:
            owners[row] = (app, 0.0)
        elif baseline.__class__ in (int, float) and SKIN[0] <= baseline <= SKIN[1]:
            owners[row] = (app, baseline)
    for key, ms, value in db.rows(table, ("parent_key", "epoch_millis", column)):
        owner = owners.get(key)
        if owner is not None:
            yield owner[0], ms, value, owner[1]


# ---- drafts ----------------------------------------------------------------------------------------------------------


def _told(nights: list[_Night], options: ReadOptions) -> Iterator[Draft]:
    drafts: list[tuple[_Night, SessionDraft, tuple[str, ...]]] = []
    for night in nights:
        where = f"{options.where} sleep session {night.row}"
        try:
            stages = _stages(night)
            measures = _measures(night, stages)
            validity = Validity.UNSCORED if measures.tst_min is None else Validity.OK
            draft = SessionDraft(
                night.start,
                night.end,
                night.key,
                validity=validity,
                measures=measures,
                device=night.device,
                stages=stages,
            )
            drafts.append((night, *checked_session(draft, options.now)))
        except (RowRejected, OverflowError) as e:
            reason = str(e) if isinstance(e, RowRejected) else "outside the calendar"
            yield Rejected(where, reason, night.row, night.device, sessions=1)
    chosen = _chosen((n, d) for n, d, _ in drafts)
    several: dict[str, int] = {}
    for night, draft, doubts in drafts:
        yield from (FileWarning(d) for d in doubts)
        app = chosen.get(draft.night_date)
        if app is not None and app != night.package and draft.validity == Validity.OK:
            draft = replace(draft, validity=Validity.UNCONFIRMED)
        yield RowDraft(f"{options.where} sleep session {night.row}", night.row, (draft,))
    names = {n.package: n.device or "an app without a name" for n in nights}
    for package in chosen.values():
        several[names[package]] = several.get(names[package], 0) + 1
    if several:
        told = ", ".join(f"{name} {n}" for name, n in sorted(several.items(), key=lambda x: (-x[1], x[0]))[:MOST_NAMED])
        yield FileWarning(
            "On nights that several apps recorded the one with most staged minutes in this file counts, where it saw enough of "
            f"the night, and the others are kept beside it, not counted. Nights counted from: {told}."
        )


def _chosen(drafts: Iterable[tuple[_Night, SessionDraft]]) -> dict[date, str]:
    """Night -> the package that counts, of the nights that more than one package recorded.

    It is the one with most staged minutes in the whole file, then sleep, on every night alike; it gives way only on a night of
    which it saw less than half the sleep another saw: a fragment is no night.
    """
    by_night: dict[date, dict[str, tuple[float, float]]] = {}
    for night, draft in drafts:
        found = by_night.setdefault(draft.night_date, {})
        staged, asleep = found.get(night.package, (0.0, 0.0))
        m = draft.measures
        found[night.package] = (
            staged + (m.light_min or 0) + (m.deep_min or 0) + (m.rem_min or 0),
            asleep + (m.tst_min or 0),
        )
    overall: dict[str, tuple[float, float]] = {}
    for found in by_night.values():
        for package, (staged, asleep) in found.items():
            before = overall.get(package, (0.0, 0.0))
            overall[package] = (before[0] + staged, before[1] + asleep)
    chosen: dict[date, str] = {}
    for day, found in by_night.items():
        if len(found) > 1:
            most = max(asleep for _, asleep in found.values())
            enough = sorted(package for package in found if 2 * found[package][1] >= most)
            chosen[day] = max(enough, key=lambda package: overall[package])
    return chosen


PLUGIN = HealthConnect()
