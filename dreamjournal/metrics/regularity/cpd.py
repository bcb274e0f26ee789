"""Composite phase deviation (CPD); Fischer 2016, doi 10.3109/07420528.2016.1156122."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.domain.regularity import phase_deviation
from dreamjournal.metrics.regularity._period import PeriodMetric, PeriodValue, following, mids, too_few

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.domain.night import SourceNight

PAIRS = ("pair of nights in a row", "pairs of nights in a row")
LEAST_PAIRS = 5


def value(nights: Sequence[SourceNight]) -> PeriodValue:
    """Minutes, the mean over nights that follow each other; the reference is the mean mid-sleep of all these nights."""
    found = mids(nights)
    pairs = following(list(found))
    if len(pairs) < LEAST_PAIRS:
        return too_few(LEAST_PAIRS, len(pairs), *PAIRS)
    reference = sum(found.values()) / len(found)
    return PeriodValue(sum(phase_deviation(found[a], found[b], reference) for a, b in pairs) / len(pairs), len(pairs))


PLUGIN = PeriodMetric(
    key="cpd",
    title="Composite phase deviation (CPD)",
    unit="min",
    explain="How far mid-sleep lies from its own mean and from the night before, taken together; 0 is the same time every night.",
    value=value,
    kind="minutes",
    counted=PAIRS,
)
