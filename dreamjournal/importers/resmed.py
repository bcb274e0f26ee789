"""ResMed's SD card: STR.edf, one record a therapy day. What else lies on the card holds no sleep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import IO

from dreamjournal.common import edf
from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import Progress
from dreamjournal.domain.drafts import (
    CoverageDraft,
    Draft,
    ExposureDraft,
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    RowRejected,
    SessionDraft,
    SumRules,
    check_instant,
    checked_session,
)
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.hypnogram_session import later
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.instant import Instant
from dreamjournal.domain.session import SessionKind
from dreamjournal.domain.therapy import ENHANCER, therapy_words

DAY_MIN = 1440
EPOCH_DAY = date(1970, 1, 1)
LAST_DAY = 100_000
"""Days after it are no dates."""
NEEDED = ("Date", "MaskOn", "MaskOff")
WANTED = (*NEEDED, "Duration", "Mode", "AHI", "Leak.95")
MODES = {1: ("APAP", "S.A."), 6: ("VAuto", "S.VA."), 8: ("ASVAuto", "S.AA.")}
"""Mode -> its name and how its settings are called: machines number their modes differently, so both must agree."""
_SUM = "therapy time = sum of the mask times"


@dataclass
class _Day:
    """A therapy day, from noon of its date to the next noon; mask times in minutes after noon."""

    number: int
    date: date | None
    pairs: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    empty: int = 0
    """Mask times shorter than a minute: the mask was tried."""
    broken: int = 0
    minutes: float | None = None
    moved: int = 0
    """Minutes that belong to the night before, or were taken over from the day after."""
    ahi: float | None = None
    leak: float | None = None
    mode: str = ""


@dataclass(frozen=True)
class ResMed(Importer):
    """ResMed. Dates are evenings; the clock is the machine's, which knows neither zone nor summer time."""

    key: str = "resmed"
    title: str = "ResMed"
    suffixes: tuple[str, ...] = (".edf", ".zip")
    kinds: tuple[str, ...] = ("edf",)
    seen: bool = True
    companions: tuple[str, ...] = ("Identification.tgt", "Identification.json", "Identification.crc", "Journal.dat")

    def sniff(self, head: bytes, name: str) -> float:
        """1 for STR.edf; nearly that for the machine's other recordings, which end in a signal of checksums."""
        labels = edf.labels_of(head)
        if "MaskOn" in labels and "MaskOff" in labels:
            return 1.0
        return 0.9 if "Crc16" in labels else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Each therapy day is a row: its mask times, one exposure of all, or that the day was without."""
        read = edf.read_signals(stream, WANTED, salvage=True)
        labels = read.header.labels
        if not any(label in labels for label in NEEDED):
            yield FileWarning("The machine's breathing record holds no sleep: import STR.edf from the top of its card.")
            return
        missing = [label for label in NEEDED if label not in labels]
        if missing:
            raise UserError(
                "The file was not read", "these signals are missing: " + ", ".join(missing), "copy it again"
            )
        if read.missing:
            said = "1 day is missing" if read.missing == 1 else f"{read.missing} days are missing"
            yield FileWarning(f"The file is cut off: {said} at its end.")
        days = [_day(i, row, labels) for i, row in enumerate(read.rows, start=1)]
        _join_over_noon(days)
        rules = SumRules()
        for day in days:
            progress.step(0, 0, options.where)
            where = f"{options.where} record {day.number}"
            try:
                yield from _row(day, where, options, rules, last=day is days[-1])
            except (RowRejected, OverflowError) as e:
                reason = str(e) if isinstance(e, RowRejected) else "the date is outside the calendar"
                yield Rejected(
                    where,
                    reason,
                    day.number,
                    str(day.date or ""),
                    sessions=len(day.pairs),
                    exposures=int(bool(day.pairs)),
                )
        empty, broken = sum(d.empty for d in days), sum(d.broken for d in days)
        if empty:
            yield FileWarning(f"Mask times shorter than a minute, left out: {empty}.")
        if broken:
            yield FileWarning(f"Mask times without an end or beyond the day, left out: {broken}.")
        yield from rules.found()


def _day(number: int, row: dict[str, tuple[float | None, ...]], labels: tuple[str, ...]) -> _Day:
    def first(label: str) -> float | None:
        values = row.get(label)
        return values[0] if values else None

    when = first("Date")
    known = EPOCH_DAY + timedelta(days=int(when)) if when and 0 < when < LAST_DAY else None
    day = _Day(number, known, minutes=first("Duration"), ahi=first("AHI"), leak=first("Leak.95"))
    mode = MODES.get(int(first("Mode") or 0))
    if mode is not None and any(label.startswith(mode[1]) for label in labels):
        day.mode = mode[0]
    used = [p for p in zip(row["MaskOn"], row["MaskOff"], strict=False) if p != (None, None)]
    for on, off in used:
        if on is None or off is None:
            day.broken += 1
            continue
        start, end = int(on), int(off)
        if end == 0 < start:
            end = DAY_MIN  # still on at noon
        if not 0 <= start <= end <= DAY_MIN:
            day.broken += 1
        elif start == end:
            day.empty += 1
        else:
            day.pairs.append((start, end))
    day.pairs.sort()
    return day


def _join_over_noon(days: list[_Day]) -> None:
    """The machine parts a mask time at noon: what goes on from the day before belongs to that night."""
    by_date = {d.date: d for d in days if d.date is not None}
    for day in reversed(days):
        before = by_date.get(day.date - timedelta(days=1)) if day.date is not None and day.date > EPOCH_DAY else None
        if before is None or not before.pairs or not day.pairs:
            continue
        (start, end), (since, until) = before.pairs[-1], day.pairs[0]
        if end == DAY_MIN and since == 0 and DAY_MIN + until - start <= DAY_MIN:
            before.pairs[-1] = (start, DAY_MIN + until)
            before.moved += until
            day.pairs.pop(0)
            day.moved -= until


def _row(day: _Day, where: str, options: ReadOptions, rules: SumRules, *, last: bool) -> Iterator[Draft]:
    if day.date is None:
        raise RowRejected("the day has no date")
    noon = options.localise(datetime(day.date.year, day.date.month, day.date.day, 12))
    check_instant(noon, options.now, "day")
    usage = sum(end - start for start, end in day.pairs)
    if day.minutes is not None and not (day.empty and not usage):
        rules.check(_SUM, day.date, abs(day.minutes + day.moved - usage) <= 1)
    if not day.pairs:
        if day.minutes and day.minutes + day.moved > 0:  # the slots of the mask times were left empty
            yield RowDraft(where, day.number, exposures=(_exposure(day, day.minutes + day.moved, None, None),))
            return
        if day.empty or day.broken:
            raise RowRejected("the mask was on for less than a minute" if day.empty else "no mask time can be read")
        if last and not day.moved:  # the card may have been read before that night
            raise RowRejected("the card's last day may not be over: it says nothing yet")
        end = options.localise(datetime.combine(day.date + timedelta(days=1), noon.local.time()))
        yield RowDraft(where, day.number, coverages=(CoverageDraft(noon, end, ENHANCER),))
        return
    sessions: list[SessionDraft] = []
    for start, end in day.pairs:
        draft = SessionDraft(
            later(noon, start * 60), later(noon, end * 60), kind=SessionKind.REST, vendor_date=day.date
        )
        session, doubts = checked_session(draft, options.now)
        yield from (FileWarning(d) for d in doubts)
        sessions.append(session)
    exposure = _exposure(day, usage, sessions[0].start, sessions[-1].end)
    yield RowDraft(where, day.number, tuple(sessions), exposures=(exposure,))


def _exposure(day: _Day, minutes: float, start: Instant | None, end: Instant | None) -> ExposureDraft:
    assert day.date is not None
    found = ExposureDraft(
        day.date, ENHANCER, EnhancerKind.THERAPY, f"day:{day.date.isoformat()}", mode=day.mode,
        dose=therapy_words(minutes, day.ahi, day.leak), start=start, end=end,
    )  # fmt: skip
    # Two machines of one person may share a day: the first mask time tells them apart.
    return found if start is None else replace(found, source_id=f"mask:{start.utc:%Y-%m-%dT%H:%MZ}")


PLUGIN = ResMed()
