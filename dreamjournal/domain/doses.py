"""How much of an enhancer was used on each night: dose, intensity and length, each kept apart by its unit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dreamjournal.domain.evening import IntakeKind
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.instant import minutes_between
from dreamjournal.domain.medicines import is_sedating
from dreamjournal.domain.night import Night

Measure = Literal["dose", "intensity", "length"]
_AMOUNT = re.compile(r"(?<![\d.,])(\d{1,6}(?:[.,]\d{1,4})?)\s*([^\W\d_%]*)")
_MILLIGRAMS = {"mg": 1.0, "g": 1000.0, "mcg": 0.001, "µg": 0.001, "μg": 0.001, "ug": 0.001}


@dataclass(frozen=True)
class Series:
    """One measure of one enhancer by night, in order; nights where it was not said are not in it."""

    name: str
    measure: Measure
    unit: str
    points: tuple[tuple[date, float], ...]

    @property
    def title(self) -> str:
        """Melatonin, dose in mg."""
        return f"{self.name}, {self.measure}" + (f" in {self.unit}" if self.unit else "")


def amount_of(dose: str) -> tuple[float, str] | None:
    """The first number of a written dose and its unit, grams and micrograms as mg: (3.0, "mg"); None without a number.

    None too for "1,000 mg", which is a thousand to some and one to others; "0,125 mg" can only be the one thing.
    """
    found = _AMOUNT.search(dose)
    if found is None or re.fullmatch(r"0*[1-9]\d*,\d{3}", found[1]):
        return None
    value, unit = float(found[1].replace(",", ".")), found[2].lower()
    if unit in _MILLIGRAMS:
        return value * _MILLIGRAMS[unit], "mg"
    return value, unit


def series(nights: Iterable[Night]) -> tuple[Series, ...]:
    """All series of the nights, by name. Therapies are left out: how long a mask was worn is no dose.

    Medicines of the evening count where they sedate. Several exposures of a night: doses and lengths add up, the
    highest intensity stands.
    """
    found: dict[tuple[str, Measure, str], dict[date, float]] = {}
    names: dict[str, str] = {}
    for night in nights:
        for name, measure, value, unit in _said(night):
            key = name.casefold()
            names.setdefault(key, name)
            of = found.setdefault((key, measure, unit), {})
            before = of.get(night.night_date)
            of[night.night_date] = (
                value if before is None else max(before, value) if measure == "intensity" else before + value
            )
    return tuple(
        Series(names[key], measure, unit, tuple(sorted(points.items())))
        for (key, measure, unit), points in sorted(found.items())
    )


def _said(night: Night) -> Iterable[tuple[str, Measure, float, str]]:
    for exposure in night.exposures:
        if exposure.kind == EnhancerKind.THERAPY:
            continue
        amount = amount_of(exposure.dose)
        if amount is not None:
            yield exposure.name, "dose", *amount
        if exposure.intensity is not None:
            yield exposure.name, "intensity", exposure.intensity, ""
        if exposure.start is not None and exposure.end is not None:
            length = minutes_between(exposure.start, exposure.end)
            if length > 0:
                yield exposure.name, "length", length, "min"
    if night.evening is None:
        return
    named = {e.name.casefold() for e in night.exposures}
    for intake in night.evening.intakes:
        if intake.kind == IntakeKind.MEDICINE and intake.amount is not None and is_sedating(intake.name):
            if intake.name.casefold() not in named:
                amount = amount_of(f"{intake.amount:g} {intake.unit}")
                if amount is not None:
                    yield intake.name, "dose", *amount
