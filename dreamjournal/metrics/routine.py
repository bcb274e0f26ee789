"""How much of the evening routine was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Percent of that evening's steps that were ticked.

    None without a routine, and on evenings on which no step was ticked and lights out was not kept: silence is not 0.
    """
    evening = night.evening
    if evening is None or not evening.steps or (not evening.ticks and evening.lights_out is None):
        return None
    return 100 * min(1.0, len({t.step_id for t in evening.ticks}) / evening.steps)


PLUGIN = Metric(
    key="routine",
    title="Routine done",
    unit="points",
    explain=(
        "Share of the routine's steps that were ticked, in percent, of evenings on which a step was ticked or lights out "
        "was kept; an evening without either is not a 0."
    ),
    kind="mean",
    words=("higher", "lower"),
    was="The share of the routine done was {n} points {w}",
    linked="a share of the routine done {n} points {w}",
    linked_words=("higher", "lower"),
    value=value,
    told_by="diary",
    group="evening",
    missing="no step ticked and no lights out",
)
