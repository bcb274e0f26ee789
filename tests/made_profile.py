"""Invented nights of a sleep profile, for tests of its sections and its page."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import Dream, Recall
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.instant import Instant, from_local
from dreamjournal.domain.night import Condition, Night
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Stage, StageCode, Validity
from dreamjournal.reports.profile.context import ProfileContext, ProfileNight

FIRST = date(2026, 9, 7)
PRINTED = datetime(2026, 11, 3, 9, 40, tzinfo=UTC)
ZONE = "Europe/London"
CYCLE = ((StageCode.LIGHT, 20), (StageCode.N3, 25), (StageCode.LIGHT, 20), (StageCode.REM, 20), (StageCode.W, 5))
RECALLS = (Recall.REPORT, Recall.FRAGMENT, Recall.WHITE, Recall.NOTHING, Recall.NOT_TRIED)


def at(day: date, hour: int, minute: int = 0, zone: str = ZONE) -> Instant:
    """A clock time of the night: from noon on of its evening, before noon of the morning after."""
    return from_local(datetime.combine(day if hour >= 12 else day + timedelta(days=1), time(hour, minute)), zone)


def session(
    day: date, start: Instant, minutes: int, *, stages: bool = True, sol: float | None = 12, number: int = 1,
    kind: SessionKind = SessionKind.MAIN, source: str = "band",
) -> Session:  # fmt: skip
    """A recording that begins awake and goes through cycles of 90 minutes."""
    found: list[Stage] = []
    if stages:
        found.append(Stage(0, int(sol or 0) * 60, StageCode.W))
        second = int(sol or 0) * 60
        while second < minutes * 60:
            for code, length in CYCLE:
                long = min(length * 60, minutes * 60 - second)
                if long > 0:
                    found.append(Stage(second, long, code))
                    second += long
    asleep = sum(s.dur_s for s in found if s.code != StageCode.W) / 60 if stages else minutes - 30.0
    measures = SessionMeasures(
        tib_min=float(minutes), tst_min=asleep, sol_min=sol, waso_min=minutes - asleep - (sol or 0) if stages else None,
        deep_min=sum(s.dur_s for s in found if s.code == StageCode.N3) / 60 if stages else None,
        rem_min=sum(s.dur_s for s in found if s.code == StageCode.REM) / 60 if stages else None,
    )  # fmt: skip
    end = from_local((start.utc + timedelta(minutes=minutes)).astimezone(UTC).replace(tzinfo=None), "UTC")
    end = Instant(end.utc, start.offset_min, None) if start.zone is None else _in(end.utc, start.zone)
    return Session(
        number, 1, day, source, f"{source}-{day}-{number}", kind, Validity.OK, start, end, measures, "Lumen H1", "3.1", tuple(found),
    )  # fmt: skip


def _in(utc: datetime, zone: str) -> Instant:
    from dreamjournal.domain.instant import in_zone

    return in_zone(utc, zone)


def dream(day: date, **more: Any) -> Dream:
    """A dream report of the night."""
    made = Dream(1, 1, day, "secret words", Recall.REPORT, None, None, None, None, None, (), (), PRINTED, PRINTED)
    return replace(made, **more)


def context(
    kinds: str = "NE" * 14, *, stages: bool = True, naps: int = 0, seed: int = 5, paper: Any = "a4", **more: Any
) -> ProfileContext:
    """One night for each of `kinds`: N, E, U (used, kind not known), - missing, X left out as ill."""
    dice = random.Random(seed)
    nights: list[ProfileNight] = []
    for i, kind in enumerate(kinds):
        day = FIRST + timedelta(days=i)
        if kind == "-":
            nights.append(ProfileNight(day, "missing", "nothing recorded"))
            continue
        start = at(day, 23, dice.randint(0, 59))
        slept = [session(day, start, 420 + dice.randint(0, 90), stages=stages)]
        if i < naps:
            slept.append(session(day, at(day, 14, 40), 40, stages=stages, sol=0, number=2, kind=SessionKind.NAP))
        recall = RECALLS[i % 5]
        condition = {"N": Condition.NATURAL, "E": Condition.ENHANCED}.get(kind, Condition.UNRECORDED)
        used = (Exposure(i, 1, day, "SleepSync", EnhancerKind.DEVICE, "band", mode="simulated", start=start,
                         end=at(day, 1)),) if kind == "E" else ()  # fmt: skip
        diary = Diary(
            1, day, start, start, 12, 1, 10, at(day, 6, 50), at(day, 7), 3, free_next_day=day.weekday() in (4, 5)
        )
        night = Night(
            1, day, condition, exposures=used, recall=recall, diary=diary, sessions=tuple(slept), zone=ZONE,
            dreams=(dream(day, nightmare=i % 10 == 0, distress=3),) if recall == Recall.REPORT else (),
        )  # fmt: skip
        state, why = ("left_out", "ill") if kind == "X" else ("used", "")
        arm = {"N": "natural", "E": "enhanced"}.get(kind)
        nights.append(ProfileNight(day, state, why, night, night.seen_by("band"), arm))  # type: ignore[arg-type]
    values: dict[str, Any] = {
        "person": "Heron-12", "nights": tuple(nights), "source": "band", "source_title": "Lumen headband", "enhancer": "SleepSync",
        "printed": PRINTED, "zone": ZONE, "version": "1.0.0", "paper": paper,
    }  # fmt: skip
    return ProfileContext(**{**values, **more})
