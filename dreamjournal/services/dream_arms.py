"""Which kind of night each dream belongs to, for whoever holds the dreams of two kinds of night against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dreamjournal.domain.night import Condition
from dreamjournal.domain.study import planned_arms
from dreamjournal.services import nights as the_nights
from dreamjournal.services.eligible import arm_of, enhancer_asked

if TYPE_CHECKING:
    from datetime import date

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.contrast import Arm
    from dreamjournal.domain.dream import Dream
    from dreamjournal.domain.night import Night
    from dreamjournal.services.journals import Journal

Why = Literal["", "unsure", "unrecorded", "other", "sealed"]


@dataclass(frozen=True)
class ToldDream:
    """A dream with the kind of its night, or why that is neither. `block` names the drawn block, empty where none was drawn."""

    dream: Dream
    arm: Arm | None
    why: Why
    block: str = ""


def the_enhancer(journal: Journal, person_id: int, name: str | None) -> str | None:
    """The enhancer meant: the one named, else the only one; None where the journal has none. Raises UserError naming them."""
    found = enhancer_asked([e for e in journal.enhancers.all(person_id) if not e.retired], name)
    return None if found is None else found.name


def told_dreams(journal: Journal, person_id: int, enhancer: str | None, clock: Clock) -> list[ToldDream]:
    """All dreams that have words or tags, by night and then as they were written, each with the kind of its night.

    Nights count as they were used. The kind of a night stays closed while a sealed study keeps it.
    """
    blocks: dict[date, str] = {}
    for study in reversed(journal.studies.all(person_id)):
        if enhancer is not None and study.enhancer.casefold() == enhancer.casefold():
            blocks |= {day: f"{study.id}.{block}" for day, (_, block) in planned_arms(study).items()}
    found: list[ToldDream] = []
    for night in the_nights.nights(journal, person_id, None, None, clock, stages=False):
        if not night.dreams:
            continue
        arm, why = _arm(night, enhancer)
        block = blocks.get(night.night_date, "") if arm is not None else ""
        found += [ToldDream(d, arm, why, block) for d in night.dreams if d.text.strip() or d.tags]
    return found


def _arm(night: Night, enhancer: str | None) -> tuple[Arm | None, Why]:
    if night.study_sealed:
        return None, "sealed"
    if night.condition == Condition.UNSURE:
        return None, "unsure"
    if night.condition == Condition.UNRECORDED:
        return None, "unrecorded"
    arm, _ = arm_of(night, enhancer or "")
    return arm, "" if arm is not None else "other"
