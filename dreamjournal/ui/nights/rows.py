"""Nights as rows of the raster: plain values in minutes after the evening's noon, without paint."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from dreamjournal.domain.diary import Diary, measure
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.instant import Instant
from dreamjournal.domain.night import Condition, Night, NightFlag
from dreamjournal.domain.session import Session, SessionKind, StageCode, Validity
from dreamjournal.ui.words import CONDITION_WORDS, duration_words, short_date, source_word

DAY_MIN = 1440
NOON_TO_NOON = (0, DAY_MIN)
USUAL = (630, 1200)
"""22:30 to 08:00: where the line of a night without any record lies when nothing is known of the person."""

STAGE_KIND: dict[StageCode, str] = {
    StageCode.W: "W",
    StageCode.REM: "REM",
    StageCode.N1: "LIGHT",
    StageCode.N2: "LIGHT",
    StageCode.LIGHT: "LIGHT",
    StageCode.N3: "N3",
    StageCode.ASLEEP: "UNSPECIFIED",
}
"""Bar kinds, keys of `stage_height` in the tokens; what is not listed (in bed, unknown) has no bar."""


@dataclass(frozen=True)
class Bar:
    """A stretch of one kind, in minutes after the evening's noon on the wall clock the night began with."""

    start: float
    end: float
    kind: str


@dataclass(frozen=True)
class RasterRow:
    """One night as the raster shows it."""

    night_date: date
    condition: Condition
    bars: tuple[Bar, ...] = ()
    """Stage bars of one source; never of two."""
    source: str = ""
    diary: tuple[float, float] | None = None
    """Falling asleep to last waking by the diary; drawn only where no recording is."""
    sealed: bool = False
    exposures: tuple[tuple[float, float], ...] = ()
    recall: Recall | None = None
    merged: bool = False
    night: Night | None = None
    closed: bool = False
    """A sealed study keeps what this night was, and whether anything tells of it."""

    @property
    def empty(self) -> bool:
        """Nobody and nothing said when this night slept."""
        return not self.bars and self.diary is None and not self.sealed


def after_noon(moment: Instant, night_date: date) -> float:
    """Minutes on the wall clock from noon of the evening to `moment`."""
    return (moment.local - datetime.combine(night_date, time(12))).total_seconds() / 60


def pick_source(night: Night, order: Sequence[str]) -> str:
    """The one source whose recording stands in the row: the first of `order` that recorded, then one with stages, then by name."""
    recorded = {
        s.source
        for s in night.sessions
        if s.kind != SessionKind.REST and s.validity != Validity.OFF_WRIST and s.copy_of is None
    }
    staged = {s.source for s in night.sessions if s.stages}
    for source in order:
        if source in recorded:
            return source
    return min(recorded, key=lambda s: (s not in staged, s), default="")


def session_bars(session: Session, night_date: date) -> tuple[Bar, ...]:
    """The bars of one session; without stages a single bar of sleep whose stage is not given."""
    start = after_noon(session.start, night_date)
    if not session.stages:
        return (Bar(start, after_noon(session.end, night_date), "UNSPECIFIED"),)
    bars: list[Bar] = []
    for stage in session.stages:
        kind = STAGE_KIND.get(stage.code)
        if kind is None:
            continue
        a = start + stage.offset_s / 60
        b = a + stage.dur_s / 60
        if bars and bars[-1].kind == kind and abs(bars[-1].end - a) < 0.01:
            bars[-1] = Bar(bars[-1].start, b, kind)
        else:
            bars.append(Bar(a, b, kind))
    return tuple(bars)


def diary_span(diary: Diary | None, night_date: date) -> tuple[float, float] | None:
    """Asleep to awake by the diary, by the nearest answers where falling asleep or waking was not answered."""
    if diary is None:
        return None
    begin = measure(diary).onset or diary.try_sleep or diary.into_bed
    end = diary.final_wake or diary.out_of_bed
    if begin is None or end is None:
        return None
    a, b = after_noon(begin, night_date), after_noon(end, night_date)
    return (a, b) if b > a else None


def row_of(night: Night, order: Sequence[str] = ()) -> RasterRow:
    """The row of one night. A sealed night gives nothing of its recordings away, not even when they began."""
    source = "" if night.sealed else pick_source(night, order)
    bars = tuple(
        bar
        for s in night.sessions
        if s.source == source and s.copy_of is None and s.kind != SessionKind.REST and not night.sealed
        for bar in session_bars(s, night.night_date)
    )
    spans: list[tuple[float, float]] = []
    for exposure in night.exposures:
        if exposure.start is not None and not (night.sealed and exposure.source != "diary"):
            a = after_noon(exposure.start, night.night_date)
            b = after_noon(exposure.end, night.night_date) if exposure.end is not None else a
            spans.append((a, max(a, b)))
    return RasterRow(
        night.night_date,
        night.condition,
        bars,
        source,
        diary_span(night.diary, night.night_date),
        night.sealed and bool(night.sessions),
        tuple(spans),
        best_recall(night),
        any(e.kind == "merge" for s in night.sessions for e in s.events),
        night,
        night.study_sealed,
    )


def best_recall(night: Night) -> Recall | None:
    """The morning's answer, or the best of the night's dreams where nobody asked."""
    if night.recall is not None:
        return night.recall
    kinds = {d.recall for d in night.dreams}
    return next((r for r in (Recall.REPORT, Recall.FRAGMENT, Recall.WHITE) if r in kinds), None)


def rows_between(
    nights: Iterable[Night], first: date, last: date, order: Sequence[str] = (), made: Sequence[RasterRow] = (),
    closed: Collection[date] = (),
) -> list[RasterRow]:  # fmt: skip
    """One row a date from `first` to `last`: a date without a night is an empty row, never closed up.

    A planned night of a sealed study (`closed`) looks the same whether anything tells of it or not.

    Rows of `made` are taken over where they show the very same night (measured: ten years of rows take half a second).
    """
    known = {n.night_date: n for n in nights}
    kept = {r.night_date: r for r in made}
    rows: list[RasterRow] = []
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        night, old = known.get(day), kept.get(day)
        if old is not None and night is not None and old.night is night:
            rows.append(old)
        else:
            rows.append(
                RasterRow(day, Condition.UNRECORDED, closed=day in closed) if night is None else row_of(night, order)
            )
    return rows


def span_of(nights: Sequence[Night], running: date, latest: date, least: int) -> tuple[date, date]:
    """First and last date of the rows: all nights, at least `least` rows, up to last night or what is written of tonight."""
    last = max([latest, *(n.night_date for n in nights)]) if nights else running
    first = min([last - timedelta(days=least - 1), *(n.night_date for n in nights)])
    return first, last


def spans(row: RasterRow) -> list[tuple[float, float]]:
    """What of a row has to be in view."""
    found = list(row.exposures)
    if row.bars:
        found += [(b.start, b.end) for b in row.bars]
    elif row.diary is not None:
        found.append(row.diary)
    return found


def fit_axis(rows: Iterable[RasterRow]) -> tuple[int, int]:
    """The person's own hours, rounded outwards to three hours, naps in view; noon to noon when nothing is known."""
    low, high = math.inf, -math.inf
    for row in rows:
        for a, b in spans(row):
            low, high = min(low, a), max(high, b)
    if low > high:
        return NOON_TO_NOON
    begin = max(0, math.floor(low / 180) * 180)
    end = min(DAY_MIN + 720, math.ceil(high / 180) * 180)
    return (begin, end) if end - begin >= 360 else (begin, begin + 360)


def usual_span(rows: Iterable[RasterRow]) -> tuple[float, float]:
    """Where this person's nights usually lie: medians of first and last minute, for rows without a record."""
    begins: list[float] = []
    ends: list[float] = []
    for row in rows:
        whole = [(b.start, b.end) for b in row.bars if b.start > 360] or ([row.diary] if row.diary else [])
        if whole:
            begins.append(min(a for a, _ in whole))
            ends.append(max(b for _, b in whole))
    if len(begins) < 3:
        return USUAL
    return (median(begins), median(ends))


NOTE_WORDS = {
    NightFlag.DST: "clocks changed",
    NightFlag.ZONE_CHANGE: "time zone changed",
    NightFlag.ILLNESS: "ill",
    NightFlag.TRAVEL: "travelling",
    NightFlag.ON_CALL: "on call",
}


def notes(row: RasterRow) -> str:
    """What sets the night apart, in words."""
    words = [NOTE_WORDS[f] for f in NightFlag if row.night is not None and f in row.night.flags]
    if row.merged:
        words.append("merged with another session")
    if row.sealed:
        words.append("device numbers closed until the diary is saved")
    if row.closed:
        words.append("closed until your study ends")
    return ", ".join(words)


def clock_of(minutes: float) -> str:
    """The wall clock of minutes after noon, 23:41."""
    whole = round(minutes) + 720
    return f"{whole // 60 % 24:02d}:{whole % 60:02d}"


def asleep_span(row: RasterRow) -> tuple[float, float] | None:
    """First and last minute of the row's record; of the main sleep where there are naps."""
    main = [b for b in row.bars if b.start > 360] or list(row.bars)
    if main:
        return (min(b.start for b in main), max(b.end for b in main))
    return row.diary


def what_it_was(row: RasterRow) -> str:
    """The condition in words; closed where a sealed study keeps it."""
    return "Closed" if row.closed else CONDITION_WORDS[row.condition]


def row_sentence(row: RasterRow) -> str:
    """The row for a reader of the screen: one sentence."""
    parts = [short_date(row.night_date), what_it_was(row).lower()]
    names = sorted({e.name for e in row.night.exposures}) if row.night else []
    if names:
        parts[1] += " by " + " and ".join(names)
    span = asleep_span(row)
    if span is None:
        parts.append("device numbers closed" if row.sealed else "nothing recorded of the sleep")
    else:
        parts.append(
            f"{source_word(row.source) if row.bars else 'diary'} from {clock_of(span[0])} to {clock_of(span[1])}"
        )
    if row.recall in (Recall.REPORT, Recall.FRAGMENT):
        parts.append("a dream" if row.recall == Recall.REPORT else "a fragment")
    extra = notes(row)
    if extra:
        parts.append(extra)
    return ", ".join(parts) + "."


def sleep_minutes(row: RasterRow) -> float | None:
    """Minutes asleep by the row's own source: measured by the device, else computed from the diary."""
    if row.night is None:
        return None
    if row.bars:
        parts = [
            s.measures.tst_min
            for s in row.night.sessions
            if s.source == row.source and s.kind == SessionKind.MAIN and s.copy_of is None
        ]
        known = [p for p in parts if p is not None]
        return sum(known) if known and len(known) == len(parts) else None
    return measure(row.night.diary).tst if row.night.diary is not None else None


def sleep_words(row: RasterRow) -> str:
    """Minutes asleep in words, or a dash."""
    return duration_words(sleep_minutes(row), unit=False)
