"""Garmin's levels as stages of a session."""

from __future__ import annotations

from datetime import datetime

from dreamjournal.domain.session import Stage, StageCode

Piece = tuple[datetime, datetime, StageCode]
"""Start and end (aware) and what was measured between them."""
WAKE = (StageCode.W, StageCode.UNKNOWN)
COVERED = 0.9
"""Share of a night that must be staged before SOL and WASO are known."""


def laid(pieces: list[Piece], start: datetime, window: float) -> tuple[tuple[Stage, ...], int]:
    """Stages from the session's start, neighbours of one code joined, and how many pieces lie outside `window` seconds."""
    out: list[Stage] = []
    outside = at = 0
    for first, last, code in sorted(pieces, key=lambda p: p[0]):
        begin = max(at, round((first - start).total_seconds()), 0)
        finish = min(round((last - start).total_seconds()), int(window))
        if finish <= begin:
            outside += last > first
            continue
        if out and out[-1].code == code and out[-1].offset_s + out[-1].dur_s == begin:
            out[-1] = Stage(out[-1].offset_s, finish - out[-1].offset_s, code)
        else:
            out.append(Stage(begin, finish - begin, code))
        at = finish
    return tuple(out), outside


def staged(stages: tuple[Stage, ...], window: float) -> tuple[float | None, float | None, float | None]:
    """SOL, WASO and REM latency in minutes; None where the stages do not cover the night or hold no sleep."""
    onset = next((s.offset_s for s in stages if s.code not in WAKE), None)
    if onset is None or sum(s.dur_s for s in stages) < COVERED * window:
        return None, None, None
    rem = next((s.offset_s for s in stages if s.code == StageCode.REM), None)
    waso = sum(s.dur_s for s in stages if s.code == StageCode.W and s.offset_s > onset)
    return onset / 60, waso / 60, None if rem is None else (rem - onset) / 60
