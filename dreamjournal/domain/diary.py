"""The morning sleep diary (content of the Consensus Sleep Diary, own wording) and what is computed from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dreamjournal.domain.instant import Instant, in_zone, minutes_between

LATE_AFTER_HOURS = 24


@dataclass(frozen=True)
class Diary:
    """A night's answers; None is "not answered", never 0.

    Fields as in Carney et al. 2012, doi 10.5665/sleep.1642: `sol`, `waso`, `tasafa`, `ema` in minutes, `nawk` awakenings,
    `quality` and `rested` 1 to 5. Asked only behind "More questions": everything from `tasafa` on.
    """

    person_id: int
    night_date: date
    into_bed: Instant | None = None
    try_sleep: Instant | None = None
    sol: float | None = None
    nawk: int | None = None
    waso: float | None = None
    final_wake: Instant | None = None
    out_of_bed: Instant | None = None
    quality: int | None = None
    comments: str = ""
    tasafa: float | None = None
    ema: float | None = None
    rested: int | None = None
    own_tst: float | None = None
    naps: int | None = None
    nap_min: float | None = None
    free_next_day: bool | None = None
    illness: bool | None = None
    travel: bool | None = None
    on_call: bool | None = None
    events_asked: bool | None = None
    """Whether unwanted events were asked at all; `events` is empty when asked and none."""
    events: tuple[str, ...] = ()
    """Codes of `EVENTS`."""
    entered: datetime | None = None
    source: str = "person"
    import_id: int | None = None


EVENTS = (
    "seizure", "skin", "faint", "sleepwalking", "sleep_driving", "mania", "dark_thoughts", "palpitations", "drowsy_driving",
    "headache", "other",
)  # fmt: skip


@dataclass(frozen=True)
class DiaryMeasures:
    """What follows from a diary, in minutes, percent and instants; None where an input is missing."""

    tib: float | None
    tst: float | None
    spt: float | None
    twak: float | None
    dse: float | None
    se_tib: float | None
    se_dse: float | None
    onset: Instant | None
    mid_sleep: Instant | None


def measure(diary: Diary) -> DiaryMeasures:
    """Derived measures, by UTC differences (Carney 2012, doi 10.5665/sleep.1642; Reed & Sacco 2016, doi 10.5664/jcsm.5498).

    TIB = out_of_bed - into_bed; onset = try_sleep + SOL; SPT = final_wake - onset; TST = SPT - WASO;
    TWAK = out_of_bed - final_wake; DSE = SOL + TST + WASO + TASAFA; SE(TIB) = 100 TST/TIB; SE(DSE) = 100 TST/DSE.
    SE(DSE) exists only where TASAFA was answered.
    """

    def span(a: Instant | None, b: Instant | None) -> float | None:
        return None if a is None or b is None else minutes_between(a, b)

    onset = None
    if diary.try_sleep is not None and diary.sol is not None:
        t = diary.try_sleep
        onset = _shift(t, timedelta(minutes=diary.sol))
    tib = span(diary.into_bed, diary.out_of_bed)
    spt = span(onset, diary.final_wake)
    tst = None if spt is None or diary.waso is None else spt - diary.waso
    twak = span(diary.final_wake, diary.out_of_bed)
    dse = None
    if tst is not None and diary.sol is not None and diary.waso is not None and diary.tasafa is not None:
        dse = diary.sol + tst + diary.waso + diary.tasafa
    mid = _shift(onset, timedelta(minutes=spt / 2)) if onset is not None and spt is not None else None
    return DiaryMeasures(
        tib, tst, spt, twak, dse,
        100 * tst / tib if tst is not None and tib is not None and tib > 0 else None,
        100 * tst / dse if tst is not None and dse is not None and dse > 0 else None,
        onset, mid,
    )  # fmt: skip


def _shift(instant: Instant, delta: timedelta) -> Instant:
    utc = instant.utc + delta
    return in_zone(utc, instant.zone) if instant.zone else Instant(utc, instant.offset_min, None)


def is_late(diary: Diary) -> bool:
    """Entered more than 24 h after rising (after the last waking where rising is missing): kept, out of verdicts."""
    rose = diary.out_of_bed or diary.final_wake
    return (
        diary.entered is not None
        and rose is not None
        and (diary.entered - rose.utc).total_seconds() > LATE_AFTER_HOURS * 3600
    )


def doubts(diary: Diary) -> tuple[tuple[str, str], ...]:
    """Odd but possible answers as (field, question): the person confirms them, they are never refused.

    After Shaffer 2023, doi 10.1093/sleep/zsad199.
    """
    found: list[tuple[str, str]] = []
    m = measure(diary)
    if m.tst is not None and m.tst < 0:
        found.append(("waso", "That leaves less than no sleep. Are the times right?"))
    elif (
        m.spt is not None
        and diary.sol is not None
        and diary.waso is not None
        and diary.sol + diary.waso > m.spt + diary.sol
    ):
        found.append(("waso", "Awake for longer than the night lasted. Are the minutes right?"))
    if m.tib is not None and m.tib > 16 * 60:
        found.append(("out_of_bed", "More than 16 hours in bed. Is that right?"))
    if diary.into_bed and diary.try_sleep and diary.into_bed.utc > diary.try_sleep.utc:
        found.append(("try_sleep", "Tried to sleep before getting into bed. Is that right?"))
    if diary.final_wake and diary.out_of_bed and diary.final_wake.utc > diary.out_of_bed.utc:
        found.append(("out_of_bed", "Got up before the last waking. Is that right?"))
    return tuple(found)
