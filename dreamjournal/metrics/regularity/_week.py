"""What the measures of work and free days share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.domain.regularity import mctq
from dreamjournal.metrics.regularity._period import PeriodValue, habit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dreamjournal.domain.night import SourceNight
    from dreamjournal.domain.regularity import Mctq

LEAST_FREE = 2
LEAST_WORK = 3


def of_week(nights: Sequence[SourceNight], field: Callable[[Mctq], float | None]) -> PeriodValue:
    """`field` of the MCTQ, of 2 or more nights before a free day and 3 or more before another.

    Free days are those the person marked, not the weekend. How many of a week are free is their share of these nights;
    whether an alarm rang on them is not asked.
    """
    (work, n_work), (free, n_free) = (habit([n for n in nights if n.free is kind]) for kind in (False, True))
    if work is None or free is None or n_free < LEAST_FREE or n_work < LEAST_WORK:
        return PeriodValue(
            None, n_work + n_free,
            f"needs {LEAST_FREE} nights before a day marked as free and {LEAST_WORK} before one marked as not; "
            f"there are {n_free} and {n_work}",
        )  # fmt: skip
    all_days = n_work + n_free
    return PeriodValue(field(mctq(work, free, 7 * n_work / all_days, 7 * n_free / all_days)), all_days)
