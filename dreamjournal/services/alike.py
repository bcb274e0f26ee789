"""Were the two groups of nights of a question alike in everything else that is known of them?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.domain.study import planned_arms
from dreamjournal.services.eligible import arm_of, study_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.alike import Alike
    from dreamjournal.domain.contrast import Arm, ContrastResult, ContrastSpec
    from dreamjournal.domain.night import Night
    from dreamjournal.domain.study import Study
    from dreamjournal.services.journals import Journal


def alike(
    journal: Journal, person_id: int, spec: ContrastSpec, clock: Clock, result: ContrastResult | None = None
) -> Alike:
    """The two groups of nights of `spec` side by side; `result` is its answer where that is known already.

    Raises UserError as `contrasts.contrast` does.
    """
    from dreamjournal.services import contrasts

    if result is None:
        result = contrasts.contrast(journal, person_id, spec, clock)
    with contrasts.nights_read(journal, person_id, clock) as found:
        return of_result(result, found, journal.studies.all(person_id), spec)


def of_result(result: ContrastResult, nights: Sequence[Night], studies: Sequence[Study], spec: ContrastSpec) -> Alike:
    """The two groups of nights of an answer to `spec` side by side."""
    from dreamjournal.analysis import alike as analysis

    name = result.enhancer or ""
    known = {n.night_date: n for n in nights}
    labels = _labelled(result, known, study_of(studies, name, result.metric, spec), spec)
    return analysis.alike(analysis.Nights(result.points, labels, known, name), spec)


def _labelled(
    result: ContrastResult, known: dict[date, Night], study: Study | None, spec: ContrastSpec
) -> dict[date, Arm]:
    """Every night of the answer's period that is of one kind, whether it counts or not: nights of illness never count."""
    plan = planned_arms(study) if study is not None and spec.labels == "planned" else {}
    out: dict[date, Arm] = {p.night_date: p.arm for p in result.points}
    for x in result.excluded:
        night = known.get(x.night_date)
        if night is None or night.study_sealed:  # of a sealed night not even the kind that was drawn may be seen
            continue
        arm = plan[x.night_date][0] if x.night_date in plan else arm_of(night, result.enhancer or "")[0]
        if arm is not None:
            out[x.night_date] = arm
    return out
