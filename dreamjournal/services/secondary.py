"""Other measures of a question's nights: the claims with Holm's p, all the rest with Benjamini and Hochberg's q, no verdicts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from dreamjournal.common.errors import UserError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.secondary import CLAIMS, MeasureRow, MeasuresTable, Role
from dreamjournal.services import contrasts, secondary_words, settings
from dreamjournal.services.eligible import sources_of, study_of, value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.contrast import ContrastResult, ContrastSpec
    from dreamjournal.domain.exposure import Enhancer
    from dreamjournal.domain.night import Night
    from dreamjournal.domain.study import Study
    from dreamjournal.metrics._metric import Metric
    from dreamjournal.services.journals import Journal

SETTING = "claims"
"""The person's choice of claims, as ["sol=diary", "deep=oura"]."""
Key = tuple[str, str]
"""Metric and source."""


def measures(
    journal: Journal, person_id: int, spec: ContrastSpec, clock: Clock, *, claims: Sequence[str] | None = None,
    told: Callable[[int, int], None] = lambda _done, _of: None,
) -> MeasuresTable:  # fmt: skip
    """Every measure of the nights `spec` asks about, its own first. `claims` stand for the kept choice in this table alone.

    `told` hears how many of how many are done and may raise to stop. Raises UserError as `contrasts.contrast`, and for a
    claim that is no measure.
    """
    wanted = kept_claims(journal, person_id) if claims is None else checked_claims(claims)
    enhancers = [e for e in journal.enhancers.all(person_id) if not e.retired]
    own = settings.get(journal, person_id, "measure_sources")
    with contrasts.nights_read(journal, person_id, clock, lambda: told(0, 0)) as nights:
        spec = contrasts.with_own_source(journal, person_id, spec, nights)
        return tabulate(
            nights, enhancers, journal.studies.all(person_id), spec, clock, claims=wanted, own_sources=own, told=told
        )


def tabulate(
    nights: Sequence[Night], enhancers: Sequence[Enhancer], studies: Sequence[Study], spec: ContrastSpec, clock: Clock, *,
    claims: Sequence[str] = (), own_sources: Mapping[str, str] | None = None, told: Callable[[int, int], None] = lambda _done, _of: None,
) -> MeasuresTable:  # fmt: skip
    """The table from one person's nights (all of them, in order). Raises UserError as `measures`.

    `claims` are as `checked_claims` gives them, `own_sources` the source the person said stands for a metric.
    """
    from dreamjournal.analysis.answer import answers

    primary = contrasts.question_of(nights, enhancers, studies, spec, clock)
    questions = [primary]
    if primary.enhancer is not None and primary.sealed_until is None:
        # One schedule for all rows, or they would speak of other nights than the question does.
        study = study_of(studies, primary.enhancer, primary.metric.key, spec)
        plan = [] if study is None else [study]
        lines = [
            k for k in _lines(nights, primary.source, own_sources or {}) if k != (primary.metric.key, primary.source)
        ]
        for place, (metric, source) in enumerate(lines):
            told(place, 2 * len(lines))
            asked = replace(spec, metric=metric, source=source, enhancer=primary.enhancer, swd=None)
            questions.append(contrasts.question_of(nights, enhancers, plan, asked, clock))
    questions = [primary, *(q for q in questions[1:] if q.points)]
    results = answers(questions, lambda done: told(len(questions) + done, 2 * len(questions)))
    table = _table(results[0], results[1:], claims)
    questions.clear()
    while results:  # one at a time: the nights of thirty measures freed in one go hold all threads
        results.pop()
    return table


def kept_claims(journal: Journal, person_id: int) -> tuple[str, ...]:
    """The claims the person chose; empty where the choice is left to the journal."""
    found = journal.settings.get(SETTING, person_id)
    if not isinstance(found, list):
        return ()
    return tuple(str(c) for c in cast("list[object]", found))[:CLAIMS]


def choose_claims(journal: Journal, person_id: int, claims: Sequence[str]) -> Changes:
    """Keep the person's claims as "metric=source"; none gives the choice back to the journal. Raises UserError as `checked_claims`."""
    journal.settings.set(SETTING, list(checked_claims(claims)) or None, person_id)
    return Changes.SETTINGS


def checked_claims(claims: Sequence[str]) -> tuple[str, ...]:
    """Claims as they are kept: "sol=diary", or "sol" for whichever source has it.

    Raises UserError for more than six and for an unknown measure.
    """
    found = tuple(dict.fromkeys(c.strip() for c in claims if c.strip()))
    if len(found) > CLAIMS:
        raise UserError(
            "The choice was not kept",
            f"at most {CLAIMS} other measures can be claimed",
            "leave some out",
            field="claim",
        )
    known = contrasts.metrics()
    for claim in found:
        if claim.partition("=")[0] not in known:
            raise UserError(
                f"There is no metric {claim.partition('=')[0]}", f"the metrics are {', '.join(sorted(known))}", "use one of these",
                field="claim",
            )  # fmt: skip
    return found


def _lines(nights: Sequence[Night], asked_source: str, own_sources: Mapping[str, str]) -> list[Key]:
    """Every measure the nights have: once by the diary, once by the device that stands for it."""
    devices = sources_of(nights)
    out: list[Key] = []
    for metric in contrasts.metrics().values():
        if any(value_of(n, metric, "diary") is not None for n in nights):
            out.append((metric.key, "diary"))
        device = _device(nights, metric, devices, asked_source, own_sources.get(metric.key, ""))
        if device is not None:
            out.append((metric.key, device))
    return out


def _device(nights: Sequence[Night], metric: Metric, devices: Sequence[str], asked: str, own: str) -> str | None:
    """The device for a measure: the one the person said, else the question's, else the one with most nights of it."""
    for said in (own, asked):
        if said in devices and any(value_of(n, metric, said) is not None for n in nights):
            return said
    counts = {d: sum(value_of(n, metric, d) is not None for n in nights) for d in devices}
    best = max(devices, key=lambda d: counts[d], default=None)
    return best if best is not None and counts[best] else None


def _table(primary: ContrastResult, others: Sequence[ContrastResult], claims: Sequence[str]) -> MeasuresTable:
    from dreamjournal.analysis.several import benjamini_hochberg, holm

    chosen = [r for r in others if any(_is(claim, r) for claim in claims)][:CLAIMS]
    by_choice = bool(chosen)
    if not by_choice:
        family = [r for r in others if (r.source == "diary") == (primary.source == "diary")]
        chosen = sorted(family, key=lambda r: (-(r.n_enhanced + r.n_natural), r.title))[:CLAIMS]
    picked = {(r.metric, r.source) for r in chosen}
    rest = sorted(
        (r for r in others if (r.metric, r.source) not in picked), key=lambda r: (r.title, r.source != "diary")
    )
    claimed = _rows("claim", chosen, holm)
    explored = _rows("exploratory", rest, benjamini_hochberg)
    return MeasuresTable(
        primary.enhancer, primary.design, secondary_words.row("primary", primary, None, 0), claimed, explored, by_choice,
        secondary_words.heading(sum(1 for r in (*claimed, *explored) if r.adjusted is not None)),
    )  # fmt: skip


def _is(claim: str, result: ContrastResult) -> bool:
    metric, _, source = claim.partition("=")
    return metric == result.metric and source in ("", result.source)


def _rows(
    role: Role, results: Sequence[ContrastResult], adjust: Callable[[Sequence[float]], list[float]]
) -> tuple[MeasureRow, ...]:
    ps = [tested(r) for r in results]
    adjusted = iter(adjust([p for p in ps if p is not None]))
    several = Counter(p is not None for p in ps)[True]
    return tuple(
        secondary_words.row(role, r, None if p is None else next(adjusted), several)
        for r, p in zip(results, ps, strict=True)
    )


def tested(result: ContrastResult) -> float | None:
    """The p of a line that may be adjusted; None where it is descriptive, short of nights, or between two looks."""
    if result.verdict in ("refused", "too_few") or "collecting" in result.reasons:
        return None
    if result.kind in ("rate", "count") and result.design != "R":
        return None
    return result.estimate.p
