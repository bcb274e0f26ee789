"""What enhances a night, and how imported tags become exposures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from dreamjournal.domain.instant import Instant


class EnhancerKind(StrEnum):
    """What kind of thing an enhancer is."""

    DEVICE = "device"
    STIMULATION = "stimulation"
    DRUG = "drug"
    SUPPLEMENT = "supplement"
    THERAPY = "therapy"
    OTHER = "other"


@dataclass(frozen=True)
class Enhancer:
    """A thing that enhances, by the person's own name for it."""

    id: int
    person_id: int
    name: str
    kind: EnhancerKind
    created: datetime
    retired: bool = False


@dataclass(frozen=True)
class EnhancerRule:
    """The person's mapping: a tag or question of a source means this enhancer."""

    id: int
    person_id: int
    source: str
    tag: str
    enhancer_id: int


@dataclass(frozen=True)
class OnlyPeriod:
    """The person has said that this enhancer is the only one they use, from `first` to `last` (None = open)."""

    id: int
    person_id: int
    enhancer_id: int
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Exposure:
    """One enhancer on one night."""

    id: int
    person_id: int
    night_date: date
    name: str
    kind: EnhancerKind
    source: str
    """`diary` when the person said so, else the importer's key."""
    dose: str = ""
    mode: str = ""
    programme: str = ""
    intensity: float | None = None
    start: Instant | None = None
    end: Instant | None = None
    enhancer_id: int | None = None
    import_id: int | None = None
    tag_id: int | None = None
    written: datetime | None = None
