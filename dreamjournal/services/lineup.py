"""Pick the real one: the true plot of an answer among seven with shuffled labels."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from dreamjournal.domain.contrast import ContrastResult, ContrastSpec
    from dreamjournal.services.journals import Journal

LEAST = 7
"""Nights needed of each kind, as for an estimate."""


@dataclass(frozen=True)
class Panel:
    """One picture: the values of the nights called natural and of those called enhanced, in the order of the nights."""

    natural: tuple[float, ...]
    enhanced: tuple[float, ...]

    centres: tuple[float, float]
    """The middle natural night and the middle enhanced one; the means of a measure that is counted or answered yes or no."""


@dataclass(frozen=True)
class Lineup:
    """Eight pictures of the same nights, or why there are none. `real` is the place of the true one, from 0."""

    panels: tuple[Panel, ...] = ()
    real: int = 0
    why_not: str = ""
    n_enhanced: int = 0
    n_natural: int = 0
    blocks: bool = False
    """Whether labels were dealt again within blocks; else they were moved along the nights."""


def lineup(journal: Journal, person_id: int, spec: ContrastSpec, result: ContrastResult) -> Lineup:
    """The line-up of an answer: the same one each time the same question is asked of the same nights of this journal."""
    from dreamjournal.analysis import lineup as analysis

    n = (result.n_enhanced, result.n_natural)
    if result.verdict == "refused":
        return Lineup(why_not="These nights cannot be compared, so there is no plot to pick.")
    if min(n) < LEAST:
        return Lineup(
            why_not=f"There are {n[0]} enhanced and {n[1]} natural nights; from {LEAST} of each the real plot can be hidden among others."
        )
    points = sorted(result.points, key=lambda p: p.night_date)
    drawn = result.design == "R" and all(p.block is not None for p in points)
    person = journal.persons.get(person_id)
    found = analysis.shuffles(
        [p.arm == "enhanced" for p in points],
        [p.block for p in points] if drawn else None,
        _seed(None if person is None else person.created, spec, result),
    )
    if found is None:
        return Lineup(why_not=f"There are too few ways to shuffle these {len(points)} nights to hide the real plot.")
    centre = fmean if result.kind in ("rate", "count") else median
    panels: list[Panel] = []
    for labels in found.labels:
        natural = tuple(p.value for p, e in zip(points, labels, strict=True) if not e)
        enhanced = tuple(p.value for p, e in zip(points, labels, strict=True) if e)
        panels.append(Panel(natural, enhanced, (float(centre(natural)), float(centre(enhanced)))))
    return Lineup(tuple(panels), found.real, "", n[0], n[1], drawn)


def _seed(made: datetime | None, spec: ContrastSpec, result: ContrastResult) -> int:
    """Fixed by the journal, the question and its nights, so that asking again does not shuffle again."""
    question = [
        None if made is None else made.isoformat(), result.metric, result.source, result.enhancer, spec.labels, spec.days,
        *spec.without, *sorted(p.night_date.isoformat() for p in result.points),
    ]  # fmt: skip
    digest = hashlib.sha256(json.dumps(question).encode()).digest()
    return int.from_bytes(digest[:8], "big")
