"""Recorded sleep periods of one source and what is measured from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from dreamjournal.domain.instant import Instant, minutes_between

JOIN_GAP_MIN = 90


class SessionKind(StrEnum):
    """What a session was, as the source says."""

    MAIN = "main"
    NAP = "nap"
    REST = "rest"


class Validity(StrEnum):
    """How far a session can be relied on."""

    OK = "ok"
    UNCONFIRMED = "unconfirmed"
    UNSCORED = "unscored"
    OFF_WRIST = "off_wrist"


class StageCode(StrEnum):
    """Own stage codes: `LIGHT` is not N1+N2, `ASLEEP` is not light, `INBED` is an envelope and never sleep."""

    W = "W"
    N1 = "N1"
    N2 = "N2"
    N3 = "N3"
    REM = "REM"
    LIGHT = "LIGHT"
    ASLEEP = "ASLEEP"
    INBED = "INBED"
    UNKNOWN = "UNKNOWN"


class Stage(NamedTuple):
    """One stretch of one stage: seconds from the session's start, and its length in seconds.

    A named tuple, since ten years of nights hold 300,000 of them and a frozen dataclass takes nearly twice as long to make (measured).
    """

    offset_s: int
    dur_s: int
    code: StageCode


@dataclass(frozen=True)
class SessionEvent:
    """Something a device noted: `glitch`, `merge` (with `detail` the other session's pseudonymous id), `abort`, cue."""

    kind: str
    at: Instant
    end: Instant | None = None
    detail: str = ""


@dataclass(frozen=True)
class SessionMeasures:
    """Minutes and vitals as the source gives them; None is "the source does not say", never 0."""

    tib_min: float | None = None
    tst_min: float | None = None
    sol_min: float | None = None
    waso_min: float | None = None
    awake_min: float | None = None
    light_min: float | None = None
    deep_min: float | None = None
    rem_min: float | None = None
    asleep_unspecified_min: float | None = None
    rem_latency_min: float | None = None
    vendor_se_pct: float | None = None
    hr: float | None = None
    hrv_rmssd: float | None = None
    hrv_sdnn: float | None = None
    resp: float | None = None
    spo2: float | None = None
    temp: float | None = None


@dataclass(frozen=True)
class Recorded:
    """What the source recorded, kept beside the person's correction of it."""

    start: Instant
    end: Instant
    measures: SessionMeasures
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True)
class Session:
    """A recorded sleep period of one source."""

    id: int
    person_id: int
    night_date: date
    source: str
    source_id: str
    kind: SessionKind
    validity: Validity
    start: Instant
    end: Instant
    measures: SessionMeasures = SessionMeasures()
    device: str = ""
    firmware: str = ""
    stages: tuple[Stage, ...] = ()
    events: tuple[SessionEvent, ...] = ()
    copy_of: int | None = None
    import_id: int | None = None
    where: str = ""
    """File and line this came from."""
    vendor_date: date | None = None
    zone_confidence: str = ""
    """How the zone is known: named (by the file), asked (of the person), offset (no zone, only the offset)."""
    recorded: Recorded | None = None
    """Set where the person corrected the times: `start`, `end`, measures and stages are then the corrected ones."""

    @property
    def se_pct(self) -> float | None:
        """100 TST/TIB, computed."""
        m = self.measures
        return 100 * m.tst_min / m.tib_min if m.tst_min is not None and m.tib_min else None

    @property
    def counts(self) -> bool:
        """Whether it may stand in a contrast: scored, and no copy of another source's."""
        return self.validity == Validity.OK and self.copy_of is None


@dataclass(frozen=True)
class MainSleep:
    """The main sleep of a night in one source: blocks less than 90 minutes apart joined, the gap counted as WASO."""

    start: Instant
    end: Instant
    measures: SessionMeasures
    sessions: tuple[Session, ...]


def main_sleep(sessions: tuple[Session, ...]) -> MainSleep | None:
    """The longest episode among `sessions` of one night and one source, after joining; None without sessions.

    Kind `rest` (mask time, lying awake) is never sleep and is left out. Of two recordings of the same hours (two phones, two
    tables) the longer one stands for both: added up, the night would count twice. Sums are None when any part is None.
    """
    blocks = _each_hour_once([s for s in sessions if s.kind != SessionKind.REST])
    episodes: list[list[Session]] = []
    for session in blocks:
        if (
            episodes
            and minutes_between(max((s.end for s in episodes[-1]), key=lambda e: e.utc), session.start) < JOIN_GAP_MIN
        ):
            episodes[-1].append(session)
        else:
            episodes.append([session])
    if not episodes:
        return None
    longest = max(episodes, key=lambda e: (minutes_between(e[0].start, max(s.end for s in e)), -e[0].start.ms))
    if len(longest) == 1:
        only = longest[0]
        return MainSleep(only.start, only.end, only.measures, (only,))
    return _joined(tuple(longest))


def _each_hour_once(sessions: list[Session]) -> list[Session]:
    """In order of start, without those that lie for half their length or more inside a longer one."""
    kept: list[Session] = []
    for s in sorted(sessions, key=lambda s: (-minutes_between(s.start, s.end), s.start.utc, s.id)):
        length = minutes_between(s.start, s.end)
        if all(_shared(s, other) < length / 2 for other in kept) or length == 0:
            kept.append(s)
    return sorted(kept, key=lambda s: s.start.utc)


def _shared(a: Session, b: Session) -> float:
    """Minutes both recorded."""
    return max(0.0, minutes_between(max(a.start, b.start, key=_utc), min(a.end, b.end, key=_utc)))


def _utc(at: Instant) -> datetime:
    return at.utc


def _joined(parts: tuple[Session, ...]) -> MainSleep:
    start, end = parts[0].start, max(s.end for s in parts)
    gap = max(0.0, minutes_between(start, end) - sum(minutes_between(s.start, s.end) for s in parts))

    def total(name: str) -> float | None:
        values = [getattr(s.measures, name) for s in parts]
        return None if any(v is None for v in values) else float(sum(values))

    def weighted(name: str) -> float | None:
        pairs = [(getattr(s.measures, name), minutes_between(s.start, s.end)) for s in parts]
        kept = [(v, w) for v, w in pairs if v is not None and w > 0]
        return sum(v * w for v, w in kept) / sum(w for _, w in kept) if kept else None

    tib, waso, awake = total("tib_min"), total("waso_min"), total("awake_min")
    first = parts[0].measures
    return MainSleep(
        start,
        end,
        SessionMeasures(
            tib_min=None if tib is None else tib + gap,
            tst_min=total("tst_min"),
            sol_min=first.sol_min,
            waso_min=None if waso is None else waso + gap + sum(s.measures.sol_min or 0 for s in parts[1:]),
            awake_min=None if awake is None else awake + gap,
            light_min=total("light_min"),
            deep_min=total("deep_min"),
            rem_min=total("rem_min"),
            asleep_unspecified_min=total("asleep_unspecified_min"),
            rem_latency_min=first.rem_latency_min,
            hr=weighted("hr"),
            hrv_rmssd=weighted("hrv_rmssd"),
            hrv_sdnn=weighted("hrv_sdnn"),
            resp=weighted("resp"),
            spo2=weighted("spo2"),
            temp=weighted("temp"),
        ),
        parts,
    )
