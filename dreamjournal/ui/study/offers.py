"""What a study can be planned about: the journal's enhancers, the measures, and the sources each has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dreamjournal.domain.night import tonight

if TYPE_CHECKING:
    from dreamjournal.common.progress import Progress
    from dreamjournal.domain.night import Night
    from dreamjournal.ui.context import PageContext

LATELY = 365
"""Nights looked at for the sources a measure has: a study looks ahead, and old devices are no help."""
FIRST = ("tst", "sol", "waso", "quality", "recall")
"""Measures that stand first: those with a usual least that matters."""


@dataclass(frozen=True)
class Measure:
    """A measure a study can be about."""

    key: str
    title: str
    unit: str
    explain: str
    sources: tuple[str, ...]
    """Keys of the sources that have it, the diary first where it can."""
    usual: tuple[tuple[str, float | None], ...]
    """The usual least that matters by source."""
    counted: bool = False
    """A count: the two kinds of night stand side by side, and no least that matters is asked."""

    def usual_for(self, source: str) -> float | None:
        """The usual least that matters; None where there is no usual one."""
        return dict(self.usual).get(source)


@dataclass(frozen=True)
class Offers:
    """What can be chosen from in the planner."""

    enhancers: tuple[str, ...]
    measures: tuple[Measure, ...]

    def measure(self, key: object) -> Measure:
        """The measure `key`, the first where there is none such."""
        return next((m for m in self.measures if m.key == key), self.measures[0])


def gather(context: PageContext, progress: Progress) -> Offers:
    """In the worker: what the journal has to plan with."""
    from dreamjournal.services import contrasts, eligible, journals
    from dreamjournal.services import enhancers as enhancer_service
    from dreamjournal.services import nights as nights_service

    own = journals.reopen(context.journal)
    try:
        progress.step(0, 0)
        names = tuple(e.name for e in enhancer_service.all(own, context.person_id) if not e.retired)
        since = tonight(context.clock.now(), context.zone) - timedelta(days=LATELY)
        found = nights_service.nights(own, context.person_id, since, None, context.clock, stages=False)
        progress.step(0, 0)
    finally:
        own.close()
    devices = eligible.sources_of(found)
    measures: list[Measure] = []
    for metric in contrasts.metrics().values():
        # A study may begin with an empty diary, but only of what a diary is asked for.
        in_diary = metric.dream or metric.swd_diary is not None or metric.kind == "ordinal"
        sources = ["diary"] if in_diary or _has(metric, "diary", found) else []
        sources += [s for s in devices if _has(metric, s, found)]
        if sources:
            measures.append(_measure(metric, sources))
    measures.sort(key=lambda m: (FIRST.index(m.key) if m.key in FIRST else len(FIRST), m.title))
    return Offers(names, tuple(measures))


def _has(metric: Any, source: str, nights: list[Night]) -> bool:
    return any(metric.value(n.seen_by(source)) is not None for n in nights)


def _measure(metric: Any, sources: list[str]) -> Measure:
    from dreamjournal.services import contrasts

    unit = "points of percent" if metric.kind == "rate" else metric.unit
    usual = tuple((s, contrasts.default_swd(metric.key, s)) for s in sources)
    return Measure(metric.key, metric.title, unit, metric.explain, tuple(sources), usual, metric.kind == "count")
