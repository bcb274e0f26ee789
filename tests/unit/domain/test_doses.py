"""Doses as written become numbers with a unit; what sedates is known by its name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from dreamjournal.domain.doses import amount_of, series
from dreamjournal.domain.evening import Evening, Intake, IntakeKind
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.medicines import is_hypnotic, is_sedating
from dreamjournal.domain.night import Condition, Night

NIGHT = date(2026, 4, 6)


@pytest.mark.parametrize(
    "dose, amount",
    [
        ("1 mg", (1.0, "mg")),
        ("1,5mg", (1.5, "mg")),
        ("0.5 g", (500.0, "mg")),
        ("300 µg", (0.3, "mg")),
        ("300 mcg", (0.3, "mg")),
        ("2 tablets", (2.0, "tablets")),
        ("0,125 mg", (0.125, "mg")),
        ("1,000 mg", None),
        ("two", None),
        ("", None),
        ("half of 7.5 mg", (7.5, "mg")),
    ],
)
def test_a_dose_as_written(dose: str, amount: tuple[float, str] | None) -> None:
    found = amount_of(dose)
    if amount is None:
        assert found is None
    else:
        assert found == (pytest.approx(amount[0]), amount[1])


def test_series_keep_units_apart_and_leave_therapies_out() -> None:
    start = in_zone(datetime(2026, 4, 6, 22, tzinfo=UTC), "Europe/London")
    end = in_zone(start.utc + timedelta(hours=7), "Europe/London")
    exposures = (
        Exposure(1, 1, NIGHT, "SleepSync", EnhancerKind.DEVICE, "sleepsync", intensity=0.4, start=start, end=end),
        Exposure(2, 1, NIGHT, "sleepsync", EnhancerKind.DEVICE, "diary", intensity=0.6),
        Exposure(3, 1, NIGHT, "Melatonin", EnhancerKind.SUPPLEMENT, "diary", dose="1 mg"),
        Exposure(4, 1, NIGHT, "Melatonin", EnhancerKind.SUPPLEMENT, "diary", dose="2 drops"),
        Exposure(5, 1, NIGHT, "CPAP", EnhancerKind.THERAPY, "resmed", dose="6 h 2 min", start=start, end=end),
    )
    intakes = (
        Intake(1, 1, NIGHT, IntakeKind.MEDICINE, "Zolpidem", 10, "mg", None, start.utc),
        Intake(2, 1, NIGHT, IntakeKind.MEDICINE, "Cetirizine", 10, "mg", None, start.utc),
    )
    night = Night(1, NIGHT, Condition.ENHANCED, exposures=exposures, evening=Evening(1, NIGHT, intakes=intakes))
    found = {s.title: s.points for s in series([night])}
    assert found == {
        "Melatonin, dose in drops": ((NIGHT, 2.0),),
        "Melatonin, dose in mg": ((NIGHT, 1.0),),
        "SleepSync, intensity": ((NIGHT, 0.6),),
        "SleepSync, length in min": ((NIGHT, 420.0),),
        "Zolpidem, dose in mg": ((NIGHT, 10.0),),
    }


def test_names_of_medicines() -> None:
    assert is_hypnotic("Zolpidem 10 mg") and is_hypnotic("half a XANAX") and not is_hypnotic("melatonin")
    assert is_sedating("codeine") and not is_hypnotic("codeine") and not is_sedating("caffeine")
    assert not is_hypnotic("antizolpidemish")
