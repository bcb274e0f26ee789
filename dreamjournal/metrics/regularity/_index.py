"""What the two Sleep Regularity Indices share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.domain.day_states import DAY_MIN
from dreamjournal.domain.regularity import sri
from dreamjournal.metrics.regularity._period import PeriodValue, following, states_of, too_few

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.domain.night import SourceNight

PAIRS = ("pair of nights in a row", "pairs of nights in a row")
LEAST_PAIRS = 5
LEAST_VALID = 2 / 3


def regularity_index(nights: Sequence[SourceNight]) -> PeriodValue:
    """SRI over the pairs of days that follow each other and are known for two thirds or more, of 5 such pairs at least."""
    days = states_of(nights)
    pairs = [(days[a], days[b]) for a, b in following(list(days))]
    kept = [(a, b) for a, b in pairs if (a.valid & b.valid).bit_count() >= LEAST_VALID * DAY_MIN]
    if len(kept) < LEAST_PAIRS:
        return too_few(LEAST_PAIRS, len(kept), *PAIRS)
    return PeriodValue(sri(kept)[0], len(kept))
