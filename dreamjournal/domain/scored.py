"""A scored recording whatever its file: epochs from stages with times, and what all readers of such files share."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import NamedTuple

from dreamjournal.common.errors import UserError
from dreamjournal.domain.hypnogram import Epoch, stage_of

MAX_SECONDS = 7 * 86_400
EPOCH_S = 30

LIGHTS = re.compile(r"^lights?[ _-]*(off|out|on)\b", re.IGNORECASE)
CLOCK = re.compile(r"(\d{1,2})[:.](\d\d)[:.](\d\d)(?:[.,]\d+)?(?:\s*([AaPp])\.?[Mm]\.?)?$", re.ASCII)
_ISO_DAY = re.compile(r"(?<!\d)(\d{4})[-/.](\d\d)[-/.](\d\d)(?!\d)", re.ASCII)
_SHORT_DAY = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d\d)(?!\d)", re.ASCII)


class Span(NamedTuple):
    """A stage from `onset_s` for `duration_s` seconds; 0 where the file gives no length."""

    onset_s: float
    duration_s: float
    stage: Epoch


@dataclass(frozen=True)
class Scored:
    """A scored recording. `epochs` begin `offset_s` seconds after the recording does."""

    epochs: tuple[Epoch, ...]
    epoch_s: float
    rows: int
    """Scored rows of the file."""
    lights_off: int | None = None
    """Index of the first epoch in the dark, where the file marks it."""
    lights_on: int | None = None
    offset_s: float = 0.0
    clock: time | None = None
    """Time of day of the first epoch, where the file says it."""
    day: date | None = None
    """Date of the first epoch, where the file says it."""
    maker: str = ""
    """Whose form it is, where no recorded file of that form has been seen; empty for one stage a line."""
    rem_is_four: bool = False
    """Whether code 4 was read as REM, because no line holds a 5."""


def parse_annotations(found: Iterable[tuple[float, float, str]]) -> Scored:
    """The stages and lights among annotations (onset s, length s, text). Raises UserError where none is a stage."""
    spans: list[Span] = []
    lights: list[tuple[float, str]] = []
    for onset, duration, text in found:
        stage = stage_of(text)
        if stage is not None:
            spans.append(Span(onset, duration, stage))
        elif (light := LIGHTS.match(text)) is not None:
            lights.append((onset, light[1].casefold()))
    if not spans:
        raise UserError(
            "This file holds no hypnogram",
            "none of its annotations is a sleep stage",
            "choose the hypnogram file of the recording",
        )
    return scored_of(spans, (30, 20), lights)


def scored_of(spans: Sequence[Span], lengths: Sequence[int], lights: Sequence[tuple[float, str]] = ()) -> Scored:
    """Epochs of the longest of `lengths` (longest first) that divides every onset and length, else of the first."""
    spans = sorted(spans, key=lambda s: s.onset_s)
    start = spans[0].onset_s
    times = [round(s.onset_s - start, 3) for s in spans] + [round(s.duration_s, 3) for s in spans]
    epoch_s = next((n for n in lengths if not any(t % n for t in times)), lengths[0])
    ends: list[float] = []
    for i, s in enumerate(spans):
        # Some writers give no length: such a stage lasts until the next one.
        following = spans[i + 1].onset_s if i + 1 < len(spans) else s.onset_s + epoch_s
        ends.append(s.onset_s + s.duration_s if s.duration_s else following)
    total = max(ends) - start
    if not math.isfinite(total) or total > MAX_SECONDS or start < 0 or start > MAX_SECONDS:
        raise no_hypnogram("its stages lie more than a week apart")
    codes = tuple(Epoch)
    blank = codes.index(Epoch.UNSCORED)
    painted = bytearray([blank]) * max(1, round(total / epoch_s))
    most = 20 * len(painted) + 1_000_000
    for s, end in zip(spans, ends, strict=True):
        # An epoch has the stage that covers its middle.
        first = max(0, math.ceil((s.onset_s - start) / epoch_s - 0.5))
        last = min(len(painted), math.ceil((end - start) / epoch_s - 0.5))
        if last > first:
            most -= last - first
            if most < 0:
                raise no_hypnogram("its stages lie on top of each other")
            painted[first:last] = bytes([codes.index(s.stage)]) * (last - first)
    off = on = None
    for at, which in sorted(lights):
        index = min(len(painted), max(0, round((at - start) / epoch_s)))
        if which == "on":
            on = index
        elif off is None:
            off = index
    if off is not None and on is not None and on <= off:
        raise UserError(
            "This hypnogram cannot be read", "its lights go on before they go off", "correct the annotations"
        )
    epochs = tuple(codes[c] for c in painted)
    return Scored(epochs, epoch_s, len(spans), off, on, offset_s=start)


def seconds_in(cell: str, line: int) -> float:
    """A number of seconds up to a week. Raises UserError naming the line."""
    try:
        value = float(cell) if cell.isascii() else math.nan
    except ValueError:
        value = math.nan
    if not 0 <= value <= MAX_SECONDS:
        raise no_hypnogram(f"line {line} has no number of seconds")
    return value


def clock_in(cell: str, line: int) -> tuple[time, date | None]:
    """The time of day that ends the cell, and a date before it. Raises UserError naming the line."""
    match = CLOCK.search(cell)
    try:
        if match is None:
            raise ValueError
        hour = int(match[1])
        if match[4]:
            hour = hour % 12 + (12 if match[4] in "pP" else 0)
        return time(hour, int(match[2]), int(match[3])), day_in(cell[: match.start()])
    except ValueError:
        raise no_hypnogram(f"line {line} has no time") from None


def day_in(text: str) -> date | None:
    """A date in words that can only mean one day: 04/03/2009 is left alone."""
    try:
        if (iso := _ISO_DAY.search(text)) is not None:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if (short := _SHORT_DAY.search(text)) is None:
            return None
        a, b, year = int(short[1]), int(short[3]), int(short[4])
        year += 0 if year > 99 else 1900 if year >= 85 else 2000
        if short[2] == "." or a > 12 or a == b:
            return date(year, b, a)
        return date(year, a, b) if b > 12 else None
    except ValueError:
        return None


def no_hypnogram(why: str, what_now: str = "choose another file") -> UserError:
    """The error of a file that is no scored night."""
    return UserError("This file is no hypnogram", why, what_now)
