"""The shape of a metric, and how nights give up their values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.therapy import read_therapy

if TYPE_CHECKING:
    from collections.abc import Callable

    from dreamjournal.domain.diary import DiaryMeasures
    from dreamjournal.domain.night import SourceNight
    from dreamjournal.domain.therapy import Therapy

Kind = Literal["mean", "rate", "count", "ordinal", "clock"]
Teller = Literal["both", "diary", "device"]
Group = Literal["sleep", "dreams", "evening"]


@dataclass(frozen=True)
class Metric:
    """One measure of a night. `value` gives a number in `unit` (0 or 1 for a rate), or None: never 0 for "not measured".

    `was` and `linked` are clauses with the slots {n} (rounded difference) and {w} (direction word): "Sleep was {n} min
    {w}" takes `words`, "associated with {n} min {w} sleep" takes `linked_words`; both pairs are (more, less).
    """

    key: str
    title: str
    unit: str
    explain: str
    kind: Kind
    words: tuple[str, str]
    was: str
    linked: str
    linked_words: tuple[str, str]
    value: Callable[[SourceNight], float | None]
    digits: int = 0
    swd_diary: float | None = None
    swd_device: float | None = None
    dream: bool = False
    """Whether it rests on what the person wrote of dreams."""
    told_by: Teller = "both"
    """Whether the diary, devices or both can tell of it."""
    group: Group = "sleep"
    """Which part of the page of all measures it stands in."""
    missing: str = ""
    """Why a night with a record has no value, where "not answered" or "not measured" does not say it."""


def from_diary(night: SourceNight) -> DiaryMeasures | None:
    """What follows from the night's diary; None without one."""
    return night.derived


def from_sessions(night: SourceNight, name: str) -> float | None:
    """A field of the main sleep's measures; None where the source does not say."""
    return None if night.main is None else getattr(night.main.measures, name)


def vital(key: str, title: str, unit: str, explain: str, noun: str, digits: int = 0) -> Metric:
    """A metric read straight from the main sleep's field `key`, told as "{noun} was 3 {unit} higher"."""
    return Metric(
        key, title, unit, explain, "mean", ("higher", "lower"),
        f"{noun} was {{n}} {unit} {{w}}", f"a {noun[0].lower()}{noun[1:]} {{n}} {unit} {{w}}", ("higher", "lower"),
        lambda night: from_sessions(night, key), digits, told_by="device",
    )  # fmt: skip


def stage_minutes(key: str, title: str, explain: str) -> Metric:
    """Minutes of a stage as the source scores it, told as "Deep sleep was 9 min longer"."""
    return Metric(
        key, title, "min", explain, "mean", ("longer", "shorter"),
        f"{title} was {{n}} min {{w}}", f"{{n}} min {{w}} {title.replace('REM', 'rem').lower().replace('rem', 'REM')}", ("more", "less"),
        lambda night: from_sessions(night, f"{key}_min"), told_by="device",
    )  # fmt: skip


def rating(key: str, title: str, explain: str, clause: str, *, dream: bool = False, swd: float | None = None,
           missing: str = "", value: Callable[[SourceNight], float | None]) -> Metric:  # fmt: skip
    """A rating in steps, told as "{clause} was rated 0.4 higher"."""
    return Metric(
        key, title, "points", explain, "ordinal", ("higher", "lower"), f"{clause} was rated {{n}} {{w}}",
        f"{clause[0].lower()}{clause[1:]} rated {{n}} {{w}}", ("higher", "lower"), value, 1, swd, None, dream, "diary",
        "dreams" if dream else "sleep", missing,
    )  # fmt: skip


def share_of_mornings(
    key: str, title: str, explain: str, clause: str, missing: str, value: Callable[[SourceNight], float | None]
) -> Metric:
    """Whether something of a dream came that night, 0 or 1, told as "{clause}" of so many mornings."""
    return Metric(
        key, title, "points", explain, "rate", ("more", "fewer"), clause, clause, ("more", "fewer"), value,
        dream=True, told_by="diary", group="dreams", missing=missing,
    )  # fmt: skip


def therapies(night: SourceNight) -> list[Therapy]:
    """The night's therapy as this source tells it, one for each machine."""
    told = (read_therapy(e.dose) for e in night.exposures if e.kind == EnhancerKind.THERAPY)
    return [t for t in told if t is not None]
