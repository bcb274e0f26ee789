"""Social jetlag: how far mid-sleep of free days lies from that of work days (Wittmann 2006, doi 10.1080/07420520500545979)."""

from __future__ import annotations

from dreamjournal.metrics.regularity._period import PeriodMetric
from dreamjournal.metrics.regularity._week import of_week

PLUGIN = PeriodMetric(
    key="social_jetlag",
    title="Social jetlag",
    unit="min",
    explain="How far mid-sleep before the days marked as free lies from mid-sleep before the others, |MSF − MSW|.",
    value=lambda nights: of_week(nights, lambda week: week.sjl),
    kind="minutes",
)
