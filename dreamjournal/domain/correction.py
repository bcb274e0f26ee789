"""The person's correction of a recorded session: what follows from other times, and the way back."""

from __future__ import annotations

from dataclasses import replace

from dreamjournal.domain.instant import Instant, minutes_between
from dreamjournal.domain.night import night_of
from dreamjournal.domain.session import Recorded, Session, SessionMeasures, Stage, StageCode

_ASLEEP = (StageCode.N1, StageCode.N2, StageCode.N3, StageCode.REM, StageCode.LIGHT, StageCode.ASLEEP)


def correct(session: Session, start: Instant, end: Instant) -> Session:
    """The session from `start` to `end`, with what was recorded kept beside it.

    Time in bed is the corrected window. Sleep times are counted again from the recorded stages inside it; without
    stages they are None, for the device measured them over another window. Raises ValueError unless start < end.
    """
    if end.utc <= start.utc:
        raise ValueError("the end is not after the start")
    was = original(session)
    stages = _within(was.stages, was.start, start, end)
    m = was.measures
    kept = SessionMeasures(
        tib_min=round(minutes_between(start, end), 2), hr=m.hr, hrv_rmssd=m.hrv_rmssd, hrv_sdnn=m.hrv_sdnn, resp=m.resp,
        spo2=m.spo2, temp=m.temp,
    )  # fmt: skip
    return replace(
        was, start=start, end=end, night_date=night_of(start), stages=stages, measures=replace(kept, **_counted(stages)),
        recorded=Recorded(was.start, was.end, was.measures, was.stages),
    )  # fmt: skip


def original(session: Session) -> Session:
    """The session as it was recorded."""
    r = session.recorded
    if r is None:
        return session
    return replace(
        session,
        start=r.start,
        end=r.end,
        night_date=night_of(r.start),
        measures=r.measures,
        stages=r.stages,
        recorded=None,
    )


def _within(stages: tuple[Stage, ...], from_start: Instant, start: Instant, end: Instant) -> tuple[Stage, ...]:
    shift = round((start.utc - from_start.utc).total_seconds())
    length = round((end.utc - start.utc).total_seconds())
    found: list[Stage] = []
    for stage in stages:
        first = max(0, stage.offset_s - shift)
        last = min(length, stage.offset_s + stage.dur_s - shift)
        if last > first:
            found.append(Stage(first, last - first, stage.code))
    return tuple(found)


def _counted(stages: tuple[Stage, ...]) -> dict[str, float | None]:
    """Minutes by stage, None where the recording has no such stage; WASO and SOL from the order of the stages."""
    if not any(s.code in _ASLEEP for s in stages):
        return {}

    def minutes(*codes: StageCode) -> float | None:
        found = [s.dur_s for s in stages if s.code in codes]
        return round(sum(found) / 60, 2) if found else None

    onset = next(s.offset_s for s in stages if s.code in _ASLEEP)
    last = max(s.offset_s + s.dur_s for s in stages if s.code in _ASLEEP)
    after = sum(s.dur_s for s in stages if s.code == StageCode.W and onset <= s.offset_s < last)
    return {
        "tst_min": minutes(*_ASLEEP), "awake_min": minutes(StageCode.W), "light_min": minutes(StageCode.LIGHT),
        "deep_min": minutes(StageCode.N3), "rem_min": minutes(StageCode.REM),
        "asleep_unspecified_min": minutes(StageCode.ASLEEP), "sol_min": round(onset / 60, 2), "waso_min": round(after / 60, 2),
    }  # fmt: skip
