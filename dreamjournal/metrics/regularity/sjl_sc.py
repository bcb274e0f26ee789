"""Social jetlag without sleep made up (SJLsc); Jankowski 2017, doi 10.1080/07420528.2017.1299162."""

from __future__ import annotations

from dreamjournal.metrics.regularity._period import PeriodMetric
from dreamjournal.metrics.regularity._week import of_week

PLUGIN = PeriodMetric(
    key="sjl_sc",
    title="Social jetlag, sleep-corrected (SJLsc)",
    unit="min",
    explain="Social jetlag by falling asleep, or by waking where free days have the shorter sleep: sleep made up does not count.",
    value=lambda nights: of_week(nights, lambda week: week.sjl_sc),
    kind="minutes",
)
