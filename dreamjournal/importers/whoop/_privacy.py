"""The privacy export's Health/sleeps.csv."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dreamjournal.common.progress import Progress
from dreamjournal.common.tables import Table
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
from dreamjournal.domain.session import SessionKind, SessionMeasures, Validity
from dreamjournal.importers.whoop._values import NO_SLEEP, OPEN, STEP, UNSEEN, check_sums, offset_min, stamp, value

NEEDED = ("during", "time_in_bed", "light_sleep_duration", "slow_wave_sleep_duration", "rem_sleep_duration")
KNOWN = {
    *NEEDED, "created_at", "updated_at", "activity_id", "score", "quality_duration", "latency", "max_heart_rate",
    "average_heart_rate", "debt_pre", "debt_post", "need_from_strain", "sleep_need", "habitual_sleep_need", "disturbances",
    "cycles_count", "wake_duration", "arousal_time", "no_data_duration", "in_sleep_efficiency", "credit_from_naps",
    "hr_baseline", "respiratory_rate", "sleep_consistency", "algo_version", "projected_score", "projected_sleep",
    "optimal_sleep_times", "kilojoules", "user_id", "timezone_offset", "survey_response_id", "percent_recorded",
    "auto_detected", "state", "responded", "team_act_id", "source", "is_significant", "is_normal", "is_nap",
}  # fmt: skip
_RANGE = re.compile(r"""[\[(]\s*['"]?([^'",]*?)['"]?\s*,\s*['"]?([^'",]*?)['"]?\s*[\])]""")


def read_privacy(table: Table, options: ReadOptions, progress: Progress) -> Iterator[Draft]:
    yield FileWarning(UNSEEN)
    yield from unknown_fields(table.header, KNOWN)
    rules = SumRules()
    for done, row in enumerate(table.rows):
        if done % STEP == 0:
            progress.step(done, 0, options.where)
        where = f"{options.where} line {row.line}"
        try:
            if row.problem:
                raise RowRejected(row.problem)
            session, doubts = checked_session(_of_range(row.cells, options), options.now)
            for text in doubts:
                yield FileWarning(text)
            if not doubts:
                check_sums(rules, session)
            yield RowDraft(where, row.line, (session,))
        except RowRejected as e:
            said = int(str(e) != NO_SLEEP)
            yield Rejected(where, str(e), row.line, row.text.strip(), sessions=said)
    yield from rules.found()


def _of_range(row: dict[str, str], options: ReadOptions) -> SessionDraft:
    """Durations are milliseconds; `during` is PostgreSQL's range of two instants in UTC."""
    if not row["during"]:
        raise RowRejected(NO_SLEEP)
    match = _RANGE.fullmatch(row["during"][:200])
    if match is None:
        raise RowRejected("during: not a range of two times")
    if not match[2]:
        raise RowRejected(OPEN)
    zone = row.get("timezone_offset", "")
    offset = offset_min(zone) if zone else 0
    start, end = stamp(match[1], "during", offset), stamp(match[2], "during", offset)
    if not zone:
        start, end = options.place(start.utc), options.place(end.utc)

    def minutes(column: str) -> float | None:
        milli = value(row, column)
        return None if milli is None else milli / 60_000

    light, deep = minutes("light_sleep_duration"), minutes("slow_wave_sleep_duration")
    rem = minutes("rem_sleep_duration")
    tst = None if light is None or deep is None or rem is None else light + deep + rem
    efficiency = value(row, "in_sleep_efficiency")
    measures = SessionMeasures(
        tib_min=minutes("time_in_bed"), tst_min=tst, awake_min=minutes("wake_duration"), light_min=light, deep_min=deep,
        rem_min=rem, resp=value(row, "respiratory_rate"),
        vendor_se_pct=efficiency * 100 if efficiency is not None and efficiency <= 1 else efficiency,
    )  # fmt: skip
    nap = row.get("is_nap", "").lower() in ("true", "t", "1")
    return SessionDraft(
        start, end, row.get("activity_id", "")[:64], SessionKind.NAP if nap else SessionKind.MAIN,
        Validity.UNSCORED if tst is None else Validity.OK, measures, vendor_date=end.local.date(),
    )  # fmt: skip
