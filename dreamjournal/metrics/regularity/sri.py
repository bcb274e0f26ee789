"""Sleep Regularity Index (SRI) from a device's stages; Phillips 2017, doi 10.1038/s41598-017-03171-4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics.regularity._index import PAIRS, regularity_index
from dreamjournal.metrics.regularity._period import PeriodMetric, PeriodValue, no_stages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.domain.night import SourceNight


def value(nights: Sequence[SourceNight]) -> PeriodValue:
    """From -100 to 100, of minutes at the same local clock time; None where the source gives no stages."""
    if nights and (nights[0].source == "diary" or all(n.states is None for n in nights)):
        return PeriodValue(None, 0, no_stages(nights))
    return regularity_index(nights)


PLUGIN = PeriodMetric(
    key="sri",
    title="Sleep Regularity Index (SRI)",
    unit="",
    explain=(
        "How alike one day's sleep and the next are, minute by minute: 100 the same, 0 chance, −100 reversed. From the "
        "device's stages, naps counted; outside its recordings the person counts as awake."
    ),
    value=value,
    counted=PAIRS,
    told_by="device",
)
