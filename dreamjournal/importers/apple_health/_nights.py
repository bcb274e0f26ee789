"""Builds sessions from samples, since the export has none.

Per source, records at most an hour apart are one session: after an hour without any record the watch was more likely
off the wrist, and the night model joins blocks less than 90 minutes apart anyway, counting the gap as awake. InBed is an
envelope. Stages of two sources are never put together; of the sources of a night one counts.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from heapq import heappop, heappush
from itertools import pairwise

from dreamjournal.common.progress import Progress
from dreamjournal.domain.drafts import (
    LONGEST_H,
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
from dreamjournal.domain.instant import Instant, at_offset, in_zone
from dreamjournal.domain.night import night_of
from dreamjournal.domain.session import JOIN_GAP_MIN, SessionKind, SessionMeasures, Stage, StageCode, Validity
from dreamjournal.importers.apple_health._samples import (
    ASLEEP,
    AWAKE,
    CODES,
    HR,
    INBED,
    NO_ZONE,
    RESP,
    SDNN,
    SPO2,
    TEMP,
    Samples,
)
from dreamjournal.importers.apple_health._sources import label

GAP_S = 60 * 60
APART_S = JOIN_GAP_MIN * 60
LONGEST_S = LONGEST_H * 3600
HOLE_S = 60
"""A longer stretch without a record inside a session is neither sleep nor wake."""
PLAUSIBLE = {HR: (20, 250), RESP: (3, 60), SPO2: (50, 100), SDNN: (1, 500), TEMP: (25, 45)}
"""Samples outside these are passed over. Wrist temperature has been seen as 0.23, a deviation."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Block:
    """Records of one source that belong together; times in seconds since 1970."""

    source: int
    start: int
    end: int
    rows: array[int]
    """Indices of its records; the first is the earliest."""
    merged: array[int]
    """Indices of records that repeat one of `rows`."""
    runs: array[int] = field(default_factory=lambda: array("q"))
    """start, end, code; start, end, code …: painted, without overlaps."""
    bed: tuple[int, int] | None = None
    """Time in bed, where somebody says so."""
    night: date = date.min
    staged: int = 0
    asleep: int = 0
    counted: bool = False


def drafts(samples: Samples, options: ReadOptions, progress: Progress) -> Iterator[Draft]:
    """The sessions in order of time, the records that are not taken, and what should be known of the choice made."""
    sleeps, beds = _blocks(samples)
    for block in sleeps:
        block.night = night_of(_instant(samples, block, block.start))
    _choose(sleeps)
    left = _envelopes(sleeps, beds)
    labels = [label(name, *samples.makes[at]) for name, at in samples.sources.items()]
    vitals = _vitals(samples, [b for b in sleeps if b.counted])
    taken: dict[str, int] = {}
    everything = sorted([*sleeps, *left], key=lambda b: (b.start, b.source))
    for block in everything:
        progress.step(0, 0)
        yield from _row(samples, block, labels[block.source], vitals.get(id(block)), taken, options)
    for number, reason, text in samples.rejected:
        yield Rejected(f"{options.where} record {number}", reason, number, text)
    yield from unknown_fields((f"SleepAnalysis value {v}" for v in samples.unknown), ())
    yield from _told(sleeps, labels)


# ---- records to blocks ----------------------------------------------------------------------------------------------


def _blocks(samples: Samples) -> tuple[list[Block], list[Block]]:
    """(blocks of sleep and wake, blocks of time in bed), each in order of source and start."""
    start, end, code, source = samples.start, samples.end, samples.code, samples.source
    # One number for (source, start, end, code): a tuple each would take five times the memory.
    order = sorted(
        range(len(start)), key=lambda i: (((source[i] << 34 | start[i]) << 17 | end[i] - start[i]) << 3) | code[i]
    )
    sleeps: list[Block] = []
    beds: list[Block] = []
    last: dict[bool, Block] = {}
    before = -1
    for i in order:
        bed = code[i] == INBED
        block = last.get(bed)
        if (
            before >= 0
            and (source[i], start[i], end[i], code[i]) == (source[before], start[before], end[before], code[before])
            and block is not None
        ):
            block.merged.append(i)  # written twice, or the copy inside a Correlation
            continue
        before = i
        if block is None or block.source != source[i] or start[i] - block.end > GAP_S:
            block = last[bed] = Block(source[i], start[i], end[i], array("I", (i,)), array("I"))
            (beds if bed else sleeps).append(block)
        else:
            block.rows.append(i)
            block.end = max(block.end, end[i])
    for block in sleeps:
        _paint(samples, block)
    for block in beds:
        block.bed = (block.start, block.end)
    own = _by_source(sleeps)
    left: list[Block] = []
    for bed in beds:
        inside = _overlapping(own.get(bed.source, ((), ())), bed)
        first, final = (inside[0], inside[-1]) if inside else (None, None)
        if first is None or final is None:
            left.append(bed)
            continue
        if max(bed.end, final.end) - min(bed.start, first.start) <= LONGEST_S:
            first.start, final.end = min(first.start, bed.start), max(final.end, bed.end)
            for block in inside:
                block.bed = (block.start, block.end)
        _add(first, bed)
    return sleeps, left


def _by_source(blocks: list[Block]) -> dict[int, tuple[list[int], list[Block]]]:
    """Blocks of each source with their ends. Both rise, since the blocks of one source lie apart."""
    found: dict[int, tuple[list[int], list[Block]]] = {}
    for block in blocks:
        ends, own = found.setdefault(block.source, ([], []))
        ends.append(block.end)
        own.append(block)
    return found


def _overlapping(own: tuple[list[int] | tuple[()], list[Block] | tuple[()]], bed: Block) -> list[Block]:
    ends, blocks = own
    first = after = bisect_right(ends, bed.start)
    while after < len(blocks) and blocks[after].start < bed.end:
        after += 1
    return list(blocks[first:after])


def _add(block: Block, other: Block) -> None:
    block.rows.extend(other.rows)
    block.merged.extend(other.merged)


def _paint(samples: Samples, block: Block) -> None:
    """Overlapping records of one source are counted once: a stage over unspecified sleep, a later record over an earlier."""
    start, end, code = samples.start, samples.end, samples.code
    runs = block.runs

    def paint(a: int, b: int, c: int) -> None:
        if runs and runs[-1] == c and runs[-2] == a:
            runs[-2] = b
        else:
            runs.extend((a, b, c))

    rows = block.rows
    if all(end[i] <= start[j] for i, j in pairwise(rows)):
        for i in rows:
            paint(start[i], end[i], code[i])
    else:
        edges = sorted({t for i in rows for t in (start[i], end[i])})
        waiting: list[tuple[bool, int, int]] = []
        n = 0
        for a, b in pairwise(edges):
            while n < len(rows) and start[rows[n]] <= a:
                heappush(waiting, (code[rows[n]] == ASLEEP, -n, rows[n]))
                n += 1
            while waiting and end[waiting[0][2]] <= a:
                heappop(waiting)
            if waiting:
                paint(a, b, code[waiting[0][2]])
    for a, b, c in _runs(block):
        if c != AWAKE:
            block.asleep += b - a
            block.staged += (b - a) * (c != ASLEEP)


def _runs(block: Block) -> Iterator[tuple[int, int, int]]:
    flat = iter(block.runs)
    return zip(flat, flat, flat, strict=True)


# ---- one source a night ---------------------------------------------------------------------------------------------


def _choose(sleeps: list[Block]) -> None:
    """Mark what counts: the source with the most minutes of stages in the whole file, then of sleep, on every night alike.

    It gives way only on a night of which it saw less than half the sleep another source saw: a fragment is no night. So a
    source is not picked night by night, by what it says of the night.

    Another source's session counts only as a sleep of its own, at least 90 minutes from every one that counts, so that
    the night model joins no stages of two sources.
    """
    of_night: dict[date, dict[int, list[int]]] = {}
    sleeps = [b for b in sleeps if b.asleep and b.end - b.start <= LONGEST_S]
    for b in sleeps:
        total = of_night.setdefault(b.night, {}).setdefault(b.source, [0, 0])
        total[0] += b.staged
        total[1] += b.asleep
    overall: dict[int, list[int]] = {}
    for by in of_night.values():
        for source, (staged, asleep) in by.items():
            total = overall.setdefault(source, [0, 0])
            total[0] += staged
            total[1] += asleep
    chosen: dict[date, int] = {}
    for night, by in of_night.items():
        most = max(asleep for _, asleep in by.values())
        chosen[night] = max((s for s in by if 2 * by[s][1] >= most), key=lambda s: (*overall[s], -s))
    starts: list[int] = []
    counted: list[Block] = []
    for b in sorted(sleeps, key=lambda b: (chosen[b.night] != b.source, -b.staged, -b.asleep, b.start, b.source)):
        at = bisect_left(starts, b.start - LONGEST_S - APART_S)
        near = False
        while not near and at < len(counted) and counted[at].start < b.end + APART_S:
            near = counted[at].source != b.source and counted[at].end > b.start - APART_S
            at += 1
        if not near:
            b.counted = True
            at = bisect_right(starts, b.start)
            starts.insert(at, b.start)
            counted.insert(at, b)


def _envelopes(sleeps: list[Block], beds: list[Block]) -> list[Block]:
    """Time in bed told by another source (the phone's clock for the watch) goes to the session that counts.

    Returns what overlaps no sleep of any source: lying in bed, and no more is known.
    """
    left: list[Block] = []
    by_start = sorted(sleeps, key=lambda b: b.start)
    starts = [b.start for b in by_start]
    for bed in beds:
        near = by_start[bisect_left(starts, bed.start - LONGEST_S) : bisect_left(starts, bed.end)]
        inside = [b for b in near if b.end > bed.start]
        counted = [b for b in inside if b.counted]
        if not inside:
            left.append(bed)
            continue
        _add((counted or inside)[0], bed)
        if counted and all(b.bed is None for b in counted):
            first, final = counted[0], counted[-1]
            edges = min(first.start, bed.start), max(final.end, bed.end)
            if edges[1] - edges[0] <= LONGEST_S:
                for b in counted:
                    b.bed = (edges[0] if b is first else b.start, edges[1] if b is final else b.end)
    return left


# ---- vitals ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Means:
    """Means of the samples inside the sleep of a session."""

    hr: float | None = None
    hrv_sdnn: float | None = None
    resp: float | None = None
    spo2: float | None = None
    temp: float | None = None


class Windows:
    """Stretches of time that lie apart, in order, each with the number of its block."""

    def __init__(self) -> None:
        self.starts = array("q")
        self.ends = array("q")
        self.blocks = array("I")

    def add(self, start: int, end: int, block: int) -> None:
        """One more, behind the others."""
        self.starts.append(start)
        self.ends.append(end)
        self.blocks.append(block)


def _vitals(samples: Samples, counted: list[Block]) -> dict[int, Means]:
    """By the block's id(). Any source of the export may have measured them: they are the same body's.

    The samples are given up then.
    """
    counted = sorted(counted, key=lambda b: b.start)
    found = {id(b): Means() for b in counted}
    asleep, nights = Windows(), Windows()
    for n, block in enumerate(counted):
        nights.add(block.start, block.end, n)
        for a, b, c in _runs(block):
            if c != AWAKE:
                asleep.add(a, b, n)
    for name, slot in ((HR, "hr"), (SDNN, "hrv_sdnn"), (RESP, "resp"), (SPO2, "spo2"), (TEMP, "temp")):
        for n, mean in _means(samples, name, nights if name == TEMP else asleep):
            setattr(found[id(counted[n])], slot, round(mean, 2))
    samples.times.clear()
    samples.values.clear()
    return found


def _means(samples: Samples, name: str, windows: Windows) -> Iterator[tuple[int, float]]:
    """(number of the block, mean of the plausible values inside its windows)."""
    lowest, highest = PLAUSIBLE[name]
    starts, ends = windows.starts, windows.ends
    sums = array("d", bytes(8 * len(starts)))
    counts = array("I", bytes(4 * len(starts)))
    low = high = at = -1
    for t, value in zip(samples.times[name], samples.values[name], strict=True):
        if not low <= t < high:  # samples run in order of time, mostly
            at = bisect_right(starts, t) - 1
            low = starts[at] if at >= 0 else 0
            high = starts[at + 1] if at + 1 < len(starts) else 2**62
        if at >= 0 and t < ends[at]:
            plain = value * 100 if name == SPO2 and value <= 1 else value  # a fraction, though its unit is "%"
            if lowest <= plain <= highest:
                sums[at] += plain
                counts[at] += 1
    totals: dict[int, tuple[float, int]] = {}
    for n, total, count in zip(windows.blocks, sums, counts, strict=True):
        if count:
            before = totals.get(n, (0.0, 0))
            totals[n] = (before[0] + total, before[1] + count)
    for n, (total, count) in totals.items():
        yield n, total / count


# ---- blocks to drafts -----------------------------------------------------------------------------------------------


def _row(
    samples: Samples, block: Block, device: str, vitals: Means | None, taken: dict[str, int], options: ReadOptions
) -> Iterator[Draft]:
    numbers = sorted(samples.number[i] for i in block.rows)
    where = f"{options.where} record {numbers[0]}"
    start, end = _instant(samples, block, block.start), _instant(samples, block, block.end)
    source_id = f"{device} {start.utc:%Y-%m-%dT%H:%MZ}"
    again = taken[source_id] = taken.get(source_id, 0) + 1
    if again > 1:  # two watches called the same once the names of people are gone
        source_id += f" {again}"
    slept = block.asleep > 0
    validity = Validity.UNSCORED if not slept else Validity.OK if block.counted else Validity.UNCONFIRMED
    draft = SessionDraft(
        start,
        end,
        source_id,
        SessionKind.MAIN if slept else SessionKind.REST,
        validity,
        _measures(block, vitals or Means()),
        device,
        stages=tuple(Stage(a - block.start, b - a, CODES[c]) for a, b, c in _runs(block)),
    )
    try:
        checked, doubts = checked_session(draft, options.now)
    except RowRejected as e:
        for n, number in enumerate(sorted((*numbers, *(samples.number[i] for i in block.merged)))):
            yield Rejected(f"{options.where} record {number}", str(e), number, sessions=int(n == 0))
        return
    yield from (FileWarning(text) for text in doubts)
    yield RowDraft(where, numbers[0], (checked,), rows=len(block.rows), merged=len(block.merged))


def _instant(samples: Samples, block: Block, second: int) -> Instant:
    """In the zone its records name; else by the offset printed, which is the phone's on that date when it exported."""
    utc = _EPOCH + timedelta(seconds=second)
    rows = block.rows
    zone = next((z for i in (*rows, *block.merged) if (z := samples.zone[i]) != NO_ZONE), NO_ZONE)
    if zone != NO_ZONE:
        return in_zone(utc, samples.zones[zone])
    for i in rows:
        if samples.start[i] == second:
            return at_offset(utc, samples.start_offset[i])
        if samples.end[i] == second:
            return at_offset(utc, samples.end_offset[i])
    return at_offset(utc, samples.start_offset[rows[0]])


def _measures(block: Block, vitals: Means) -> SessionMeasures:
    """None where the source does not say: no wake where it never writes any, no stages where it has but one."""
    tib = None if block.bed is None else (block.bed[1] - block.bed[0]) / 60
    if not block.asleep:
        return SessionMeasures(tib_min=tib)
    runs = list(_runs(block))
    minutes = dict.fromkeys(StageCode, 0.0)
    for a, b, c in runs:
        minutes[CODES[c]] += (b - a) / 60
    onset = next(a for a, _, c in runs if c != AWAKE)
    rem = next((a for a, _, c in runs if CODES[c] == StageCode.REM), None)
    kinds = [c for c in (StageCode.LIGHT, StageCode.N3, StageCode.REM) if minutes[c]]
    staged = len(kinds) > 1
    holes = any(b < c for (_, b, _), (c, _, _) in pairwise(runs) if c - b > HOLE_S)
    wakes = minutes[StageCode.W] > 0 or (staged and not holes)
    light, deep, dreaming = (
        minutes[c] if staged or minutes[c] else None for c in (StageCode.LIGHT, StageCode.N3, StageCode.REM)
    )
    return SessionMeasures(
        tib_min=tib,
        tst_min=block.asleep / 60,
        sol_min=(onset - block.start) / 60 if onset > block.start else None,
        waso_min=sum(b - a for a, b, c in runs if c == AWAKE and a > onset) / 60 if wakes else None,
        awake_min=minutes[StageCode.W] if wakes else None,
        light_min=light,
        deep_min=deep,
        rem_min=dreaming,
        asleep_unspecified_min=minutes[StageCode.ASLEEP] or None,
        rem_latency_min=None if rem is None else (rem - onset) / 60,
        hr=vitals.hr,
        hrv_sdnn=vitals.hrv_sdnn,
        resp=vitals.resp,
        spo2=vitals.spo2,
        temp=vitals.temp,
    )


def _told(sleeps: list[Block], labels: list[str]) -> Iterator[FileWarning]:
    """The choice of a source, in one sentence."""
    spare = {b.night for b in sleeps if b.asleep and not b.counted}
    if not spare:
        return
    nights: dict[str, set[date]] = {}
    for b in sleeps:
        if b.counted and b.night in spare:
            nights.setdefault(labels[b.source], set()).add(b.night)
    ranked = sorted(nights.items(), key=lambda item: (-len(item[1]), item[0]))[:5]
    said = ", ".join(f"{name} on {len(dates)}" for name, dates in ranked)
    count = "1 night was" if len(spare) == 1 else f"{len(spare)} nights were"
    yield FileWarning(
        f"{count} recorded by several sources inside Apple Health. One counts, on every night of which it saw enough: the"
        f" one with the most minutes of stages in this file ({said}); the others are listed and not counted."
    )
