"""The running middle of a measure over the calendar, with the band around it."""

from __future__ import annotations

import statistics
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from dreamjournal.analysis.effects import wilson
from dreamjournal.domain.figures import Middle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.domain.figures import NightValue

LEAST = 5
"""Nights from which a middle is given."""
_SHORT, _USUAL, _MONTHS = 14, 28, 90


def window_days(span: int) -> int:
    """The window for nights that span so many days: two weeks, four from three months on, more where they span years."""
    return _SHORT if span < _MONTHS else max(_USUAL, round(span / 20))


def running(points: Sequence[NightValue], kind: str) -> tuple[tuple[Middle | None, ...], int]:
    """The middle of the nights around each date, and the window in days; `points` are in order of date.

    Median and quartiles; for a rate the share with its 95 % interval (Wilson 1927, doi 10.1080/01621459.1927.10502953);
    for a count the mean, without a band. A window of fewer than 5 nights, or without one near its middle, breaks the line.
    """
    if not points:
        return (), _SHORT
    days = [p.night_date.toordinal() for p in points]
    window = window_days(days[-1] - days[0])
    line: list[Middle | None] = []
    for middle in range(days[0], days[-1] + 1, max(1, round(window / 14))):
        low, high = bisect_left(days, middle - window / 2), bisect_right(days, middle + window / 2)
        near = bisect_right(days, middle + window / 4) > bisect_left(days, middle - window / 4)
        if high - low >= LEAST and near:
            line.append(_middle(float(middle), [p.value for p in points[low:high]], kind))
        elif line and line[-1] is not None:
            line.append(None)
    while line and line[-1] is None:
        line.pop()
    return tuple(line), window


def _middle(day: float, values: list[float], kind: str) -> Middle:
    if kind == "rate":
        n, hits = len(values), round(sum(values))
        low, high = wilson(hits, n)
        return Middle(day, hits / n, low, high)
    if kind == "count":
        mean = statistics.fmean(values)
        return Middle(day, mean, mean, mean)
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return Middle(day, middle, low, high)
