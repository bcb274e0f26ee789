"""Contrasts and reports of invented nights, for tests of charts, sections and exporters."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dreamjournal.analysis.answer import Question, Refusal, answer
from dreamjournal.domain.contrast import ContrastResult, Design, Excluded, Fix, NightPoint
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.night import Condition, Night, weekend_evening
from dreamjournal.domain.report import Report
from dreamjournal.domain.study import Study
from dreamjournal.metrics.tst import PLUGIN as TST
from dreamjournal.reports.context import Context
from dreamjournal.reports.page import assemble

FIRST = date(2026, 9, 7)
PRINTED = datetime(2026, 11, 3, 9, 40, tzinfo=UTC)


def result(
    nights: int = 56, *, design: Design = "R", effect: float = 24.0, seed: int = 3, gaps: bool = True, enhancer: str = "SleepSync",
    refused: bool = False, metric: Any = TST, value: Any = None,
) -> ContrastResult:  # fmt: skip
    """A contrast of `nights` planned nights in blocks of four, computed by the real procedure."""
    dice = random.Random(seed)
    points: list[NightPoint] = []
    excluded: list[Excluded] = []
    missing: list[Excluded] = []
    e = 0.0
    block: list[str] = []
    for i in range(nights):
        if i % 4 == 0:
            block = ["enhanced", "enhanced", "natural", "natural"]
            dice.shuffle(block)
        arm = block[i % 4]
        day = FIRST + timedelta(days=i)
        e = 0.3 * e + dice.gauss(0, 32)
        number = 415 + effect * (arm == "enhanced") + 18 * weekend_evening(day) + e
        if gaps and i in (10, 33, 51):
            missing.append(Excluded(day, "no recording"))
        elif gaps and i in (29, 30):
            excluded.append(Excluded(day, "ill"))
        elif gaps and i == 47:
            excluded.append(Excluded(day, "the clocks changed"))
        else:
            kept = number if value is None else value(dice, arm)
            device = "Lumen H1" if not refused or i < nights // 2 else "Lumen H2"
            points.append(
                NightPoint(day, arm, kept, weekend_evening(day), str(i // 4 + 1) if design == "R" else None, device)
            )  # type: ignore[arg-type]
    refusal = Refusal(
        "two_devices", "22 of 24 natural nights were recorded with Lumen H1 and 24 of 28 enhanced nights with Lumen H2, another model",
        "A difference between the nights could be a difference between the devices",
    )  # fmt: skip
    fixes = (Fix("12 more natural nights with Lumen H2", "Then 14 and 14 nights of one model can be compared."),)
    return answer(
        Question(
            metric,
            "sleepsync",
            enhancer,
            design,
            tuple(points),
            tuple(excluded),
            tuple(missing),
            nights,
            swd=20,
            swd_chosen=True,
            refused=refusal if refused else None,
            fixes=fixes if refused else (),
        )
    )


def context(found: ContrastResult | None = None, **changes: Any) -> Context:
    """A context around a contrast: a night for every point, a study for class R."""
    r = result() if found is None else found
    nights: dict[date, Night] = {}
    for p in r.points:
        exposure = Exposure(
            0, 1, p.night_date, r.enhancer or "SleepSync", EnhancerKind.DEVICE, "sleepsync", mode="simulated", programme="Slow tide",
            intensity=0.4,
        )  # fmt: skip
        nights[p.night_date] = Night(
            1, p.night_date, Condition(p.arm), exposures=(exposure,) if p.arm == "enhanced" else (), recall=Recall.NOTHING,
            diary=Diary(1, p.night_date, quality=3),
        )  # fmt: skip
    study = None
    if r.design == "R":
        days = (max(x.night_date for x in (*r.points, *r.missing, *r.excluded)) - FIRST).days + 1
        arms = {p.night_date: p.arm for p in r.points}
        schedule = "".join("E" if arms.get(FIRST + timedelta(days=i)) == "enhanced" else "N" for i in range(days))
        study = Study(
            1, 1, "SleepSync", "tst", "sleepsync", 20, FIRST, schedule, 4, 20260824, datetime(2026, 8, 24, tzinfo=UTC)
        )
    base = Context(
        r,
        "Heron-12",
        nights,
        PRINTED,
        "Europe/London",
        "0.1.0",
        study,
        source_title="the SleepSync headband",
        better=("longer", "shorter"),
    )
    return replace(base, **changes)


def report(found: ContrastResult | None = None, **changes: Any) -> Report:
    """A finished report."""
    return assemble(context(found, **changes))
