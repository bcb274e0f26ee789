"""AutoSleep's CSV export, one line a day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import IO

from dreamjournal.common.progress import Progress
from dreamjournal.common.tables import TableRow, read_table
from dreamjournal.domain.cells import measured, minutes, value, wall
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
    unknown_fields,
)
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.instant import Instant, from_local_offset, minutes_between
from dreamjournal.domain.session import SessionEvent, SessionMeasures, Validity

TITLE = "AutoSleep"
NEEDED = ("ISO8601", "bedtime", "waketime", "asleep")
AVERAGES = tuple(
    f"{name}Avg7"
    for name in ("asleep", "efficiency", "quality", "deep", "sleepBPM", "dayBPM", "wakingBPM", "hrv", "sleepHRV")
)
KNOWN = {
    *NEEDED, *AVERAGES, "fromDate", "toDate", "inBed", "awake", "fellAsleepIn", "sessions", "efficiency", "quality", "deep", "rem",
    "sleepBPM", "wakingBPM", "dayBPM", "hrv", "sleepHRV", "SpO2Avg", "SpO2Min", "SpO2Max", "respAvg", "respMin", "respMax",
    "apnea", "tags", "notes",
}  # fmt: skip
CLOCK_CHANGE_HOUR = 2
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|([+-])(\d\d):?(\d\d))", re.ASCII)


@dataclass(frozen=True)
class AutoSleep(Importer):
    """AutoSleep. The stamp of a row carries the only offset; bedtime and waketime are wall clocks; quality is a length."""

    key: str = "autosleep"
    title: str = TITLE
    suffixes: tuple[str, ...] = (".csv",)
    kinds: tuple[str, ...] = ("text",)
    seen: bool = True

    def sniff(self, head: bytes, name: str) -> float:
        """1 when the header begins as AutoSleep's."""
        return 1.0 if head[:80].replace(b'"', b"").startswith(b"ISO8601,fromDate,toDate,bedtime,waketime") else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Each line is a day's sleep. Raises UserError when the columns are not AutoSleep's."""
        table = read_table(stream, NEEDED)
        if table.encoding != "UTF-8":
            yield FileWarning(f"The file is not UTF-8; it was read as {table.encoding}.")
        if "rem" in table.header:
            yield FileWarning(
                "This variant of the file, with REM sleep, has not yet been seen in the wild: check a night you know."
            )
        yield from unknown_fields((c for c in table.header if c), KNOWN)
        rows = list(table.rows)
        offsets = _offsets(rows)
        joined = 0
        for done, row in enumerate(rows):
            if done % 256 == 0:
                progress.step(0, 0, options.where)
            where = f"{options.where} line {row.line}"
            try:
                if row.problem:
                    raise RowRejected(row.problem)
                draft, doubts = checked_session(_session(row.cells, offsets, options), options.now)
                joined += (value(row.cells, "sessions") or 0) > 1
                yield from (FileWarning(d) for d in doubts)
                yield RowDraft(where, row.line, (draft,), tags=_tags(row.cells, draft))
            except RowRejected as e:
                yield Rejected(where, str(e), row.line, row.text.strip(), sessions=int(str(e) != _NO_SLEEP))
        if joined:
            yield FileWarning(
                f"On {'1 day' if joined == 1 else f'{joined} days'} {TITLE} joined several sleeps into one row: naps may be "
                "inside, and the time from bed to waking is more than asleep and awake together."
            )


_NO_SLEEP = "no sleep in this row"


def _stamped(text: str) -> tuple[date, int] | None:
    """The date of a row's stamp and its offset in minutes, None where there is no such stamp."""
    match = _STAMP.fullmatch(text)
    if match is None:
        return None
    shift = (int(match[3]) * 60 + int(match[4])) * (-1 if match[2] == "-" else 1) if match[2] else 0
    try:
        return (date.fromisoformat(match[1]), shift) if abs(shift) <= 15 * 60 else None
    except ValueError:
        return None


def _offsets(rows: list[TableRow]) -> dict[date, int]:
    """The offset at 21:00 of each date that stamps a row: of the wake day in most rows, of the day after in some."""
    found = (_stamped(row.cells["ISO8601"]) for row in rows if not row.problem)
    return dict(f for f in found if f is not None)


def _session(c: dict[str, str], offsets: dict[date, int], options: ReadOptions) -> SessionDraft:
    if not c["bedtime"] or not c["waketime"]:
        raise RowRejected(_NO_SLEEP)
    bed, wake = wall(c["bedtime"], "bedtime", TITLE), wall(c["waketime"], "waketime", TITLE)
    tib, several = minutes(c.get("inBed", ""), "inBed"), (value(c, "sessions") or 1) > 1
    start, end = _placed(bed, wake, c["ISO8601"], None if several else tib, offsets, options)
    tst, deep, rem = (minutes(c.get(n, ""), n) or None for n in ("asleep", "deep", "rem"))
    known = sum(v for v in (deep, rem) if v is not None)
    measures = SessionMeasures(
        tib_min=tib or None,
        tst_min=tst,
        # fellAsleepIn is 0 on nearly every night of people who do not use the lights-off switch: not measured.
        sol_min=minutes(c.get("fellAsleepIn", ""), "fellAsleepIn") or None,
        awake_min=minutes(c.get("awake", ""), "awake") if tst is not None else None,
        deep_min=deep,
        rem_min=rem,
        asleep_unspecified_min=max(0.0, tst - known) if tst is not None else None,
        vendor_se_pct=measured(c, "efficiency"),
        hr=measured(c, "sleepBPM"),
        hrv_sdnn=measured(c, "sleepHRV" if "sleepHRV" in c else "hrv"),
        resp=measured(c, "respAvg"),
        spo2=measured(c, "SpO2Avg"),
    )
    return SessionDraft(
        start, end, validity=Validity.UNSCORED if tst is None else Validity.OK, measures=measures, vendor_date=wake.date(),
        events=_events(c, start, end),
    )  # fmt: skip


def _placed(
    bed: datetime, wake: datetime, stamp: str, tib: float | None, offsets: dict[date, int], options: ReadOptions
) -> tuple[Instant, Instant]:
    """Start and end. Dated by its waketime: a row's own stamp may be that of the day after, past a change of clocks."""
    own = _stamped(stamp)
    if own is None:
        return options.localise(bed), options.localise(wake)
    after = offsets.get(wake.date(), own[1])
    evening = offsets.get((bed - timedelta(hours=12)).date(), after)
    end = from_local_offset(wake, after)
    start, old = from_local_offset(bed, after), from_local_offset(bed, evening)
    if evening == after:
        return start, end
    if tib:  # the night of a change: the time in bed tells on which side of it the person went to bed
        before = abs(minutes_between(old, end) - tib) < abs(minutes_between(start, end) - tib)
    else:
        before = bed.date() < wake.date() or bed.hour < CLOCK_CHANGE_HOUR
    return (old if before else start), end


def _events(c: dict[str, str], start: Instant, end: Instant) -> tuple[SessionEvent, ...]:
    out: list[SessionEvent] = []
    quality = minutes(c.get("quality", ""), "quality")
    if quality:
        out.append(SessionEvent("rating", start, detail=f"{quality:.0f} minutes of quality sleep"))
    if c.get("notes"):
        out.append(SessionEvent("note", end, detail=c["notes"]))
    return tuple(out)


def _tags(c: dict[str, str], draft: SessionDraft) -> tuple[TagDraft, ...]:
    tags: dict[str, TagDraft] = {}
    for part in re.split(r"[,;|]", c.get("tags", "")):
        name = " ".join(part.strip().lstrip("#").split())
        if name:
            tags.setdefault(name.casefold(), TagDraft(draft.night_date, name, 1.0, draft.start))
    return tuple(tags.values())


PLUGIN = AutoSleep()
