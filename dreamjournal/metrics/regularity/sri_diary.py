"""Sleep Regularity Index (SRI) from the diary, asleep from onset to the last waking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics.regularity._index import PAIRS, regularity_index
from dreamjournal.metrics.regularity._period import PeriodMetric, PeriodValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.domain.night import SourceNight


def value(nights: Sequence[SourceNight]) -> PeriodValue:
    """From -100 to 100. Where in the night one lay awake is not in a diary and is left as sleep; naps have no times."""
    if nights and nights[0].source != "diary":
        return PeriodValue(None, 0, "from the diary alone")
    return regularity_index(nights)


PLUGIN = PeriodMetric(
    key="sri_diary",
    title="SRI (diary, onset–wake)",
    unit="",
    explain=(
        "How alike one day and the next are by the diary alone: asleep from falling asleep to the last waking, without what lay "
        "between and without naps. Not comparable with an SRI from stages."
    ),
    value=value,
    counted=PAIRS,
    told_by="diary",
)
