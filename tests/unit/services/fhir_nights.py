"""Nights for the tests of FHIR: every kind of record in each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import Dream, Recall
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.instant import from_local
from dreamjournal.domain.night import Condition, Night
from dreamjournal.domain.person import JournalKind, Person
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Validity
from dreamjournal.services import fhir
from dreamjournal.services.fhir_records import parcel

FIRST = date(2026, 5, 4)
PERSON = Person(1, "Ann Needle", datetime(2026, 1, 1, 12, tzinfo=UTC))
ZONE = "Europe/London"
KINDS = (Condition.ENHANCED, Condition.NATURAL, Condition.UNSURE, Condition.UNRECORDED)


def one_night(n: int = 0, **changes: Any) -> Night:
    """The nth night: WHOOP and a diary, a dream, and a kind that goes round."""
    day = FIRST + timedelta(days=n)
    bed = from_local(datetime.combine(day, time(23)), ZONE)
    woke = replace(bed, utc=bed.utc + timedelta(hours=8))
    kind = KINDS[n % 4]
    measures = SessionMeasures(480, 420.25 + n % 7, 12, 30, deep_min=80, light_min=250, rem_min=90.25)
    session = Session(
        n + 1, 1, day, "whoop", f"s{n}", SessionKind.MAIN, Validity.OK, bed, woke, measures, device="Ann's band"
    )
    diary = Diary(
        1, day, bed, bed, 15.0, 2, 20.0, woke, woke, quality=4, comments="Needle in a comment", illness=False, events_asked=True,
        events=("headache",), entered=woke.utc + timedelta(minutes=10),
    )  # fmt: skip
    used = (
        (Exposure(1, 1, day, "needle mask", EnhancerKind.DEVICE, "diary", dose="2"),)
        if kind is Condition.ENHANCED
        else ()
    )
    dream = Dream(
        n + 1, 1, day, f"A needle in dream {n}", Recall.REPORT, None, None, None, None, None, (), (), woke.utc, woke.utc
    )
    made = Night(1, day, kind, None, used, Recall.REPORT, (dream,), diary, sessions=(session,), zone=ZONE)
    return replace(made, **changes)


def made(nights: int | list[Night] = 4, **scope: Any) -> fhir.Parcel:
    """A parcel of that many nights, or of these."""
    found = [one_night(n) for n in range(nights)] if isinstance(nights, int) else nights
    return parcel(PERSON, JournalKind.OWN, found, fhir.Scope(**scope))
