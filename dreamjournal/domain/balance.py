"""Natural and enhanced nights week by week against the person's own aim, and sleep against their own need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dreamjournal.domain.night import Condition, Night

_DAY = timedelta(days=1)
SUMMED = 4
"""How many weeks that are over the one sentence speaks of."""
DEBT_NIGHTS = 14
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Mark(StrEnum):
    """What a night is on the page: its condition, or sealed by a study that is still running."""

    ENHANCED = "enhanced"
    NATURAL = "natural"
    UNSURE = "unsure"
    SEALED = "sealed"
    UNRECORDED = "unrecorded"


MARK_WORDS = {
    Mark.ENHANCED: "enhanced", Mark.NATURAL: "natural", Mark.UNSURE: "not sure", Mark.SEALED: "sealed by your study",
    Mark.UNRECORDED: "not recorded",
}  # fmt: skip


@dataclass(frozen=True)
class Week:
    """Monday to Sunday by the evenings' dates. `nights` holds only those inside the span asked for, in order."""

    first: date
    nights: tuple[tuple[date, Mark], ...]
    over: bool
    """Its Sunday night has passed."""

    def of(self, mark: Mark) -> tuple[date, ...]:
        """The nights with this mark."""
        return tuple(day for day, m in self.nights if m == mark)

    def count(self, mark: Mark) -> int:
        """How many nights have this mark."""
        return len(self.of(mark))


def marks_of(nights: Sequence[Night]) -> dict[date, Mark]:
    """The mark of each night known; a night a sealed study hides is `sealed`, whatever it was."""
    return {n.night_date: Mark.SEALED if is_sealed(n) else Mark(n.condition.value) for n in nights}


def is_sealed(night: Night) -> bool:
    """Whether a sealed study still hides what the night was."""
    return night.study_sealed


def weeks(marks: Mapping[date, Mark], first: date, last: date) -> tuple[Week, ...]:
    """Every week from the one of `first` to the one of `last`, gaps too: a night without a mark is `unrecorded`."""
    found: list[Week] = []
    monday = first - first.weekday() * _DAY
    while monday <= last:
        days = [monday + n * _DAY for n in range(7)]
        inside = tuple((d, marks.get(d, Mark.UNRECORDED)) for d in days if first <= d <= last)
        found.append(Week(monday, inside, over=days[-1] <= last))
        monday += 7 * _DAY
    return tuple(found)


def above(week: Week, aim: int | None) -> bool | None:
    """Whether a week had more enhanced nights than the aim; None where no aim is set or the record cannot tell.

    A night not recorded is no natural night: a week whose unknown nights could still carry it above cannot be told.
    """
    if aim is None:
        return None
    enhanced = week.count(Mark.ENHANCED)
    if enhanced > aim:
        return True
    unknown = sum(week.count(m) for m in (Mark.UNSURE, Mark.SEALED, Mark.UNRECORDED))
    return None if enhanced + unknown > aim else False


@dataclass(frozen=True)
class Part:
    """A stretch of a sentence; `mark` names the nights it counts, which `nights` lists."""

    text: str
    mark: Mark | None = None
    nights: tuple[date, ...] = ()


def summary(found: Sequence[Week], aim: int | None, today: date) -> tuple[Part, ...]:
    """The one sentence on the last weeks that are over, and on the running one: counts, each with its nights.

    `today` is the last night that has passed. Empty where there is no week.
    """
    if not found:
        return ()
    past = [w for w in found if w.over][-SUMMED:]
    parts: list[Part] = []
    if past:
        end = past[-1].first + 6 * _DAY
        lately = (today - end).days < 7
        span = f"{len(past)} weeks" if len(past) > 1 else "week"
        parts.append(Part(f"In the last {span}: " if lately else f"In the {span} up to {day_words(end)}: "))
        parts += _counts(past)
        parts.append(Part(". "))
        if aim is not None:
            parts.append(Part(_against(past, aim)))
    running = found[-1]
    if not running.over:
        parts.append(
            Part(
                "This week so far: "
                if (today - running.first).days < 7
                else f"In the week from {day_words(running.first)}: "
            )
        )
        parts += _counts([running])
        parts.append(Part(". "))
        if aim is not None and not past:
            parts.append(Part(f"Your aim is {aim_words(aim)}."))
    return _trimmed(parts)


def _counts(part: Sequence[Week]) -> list[Part]:
    found: list[Part] = []
    for mark in (Mark.ENHANCED, Mark.NATURAL, Mark.UNSURE, Mark.SEALED, Mark.UNRECORDED):
        nights = tuple(d for w in part for d in w.of(mark))
        if nights or mark in (Mark.ENHANCED, Mark.NATURAL):
            if found:
                found.append(Part(", "))
            found.append(Part(f"{len(nights)} {MARK_WORDS[mark]}", mark, nights))
    return found


def _against(past: Sequence[Week], aim: int) -> str:
    told = [above(w, aim) for w in past]
    over, open_ = sum(t is True for t in told), sum(t is None for t in told)
    if len(past) == 1:
        if told[0] is None:
            return (
                f"Your aim is {aim_words(aim)}; whether that week was above it is not known, since nights are missing. "
            )
        return f"Your aim is {aim_words(aim)}; that week was {'above it' if told[0] else 'not above it'}. "
    text = f"Your aim is {aim_words(aim)}; {over} of {len(past)} weeks {'was' if over == 1 else 'were'} above it"
    if open_:
        text += f", and for {open_} it is not known, since nights are missing"
    return text + ". "


def _trimmed(parts: list[Part]) -> tuple[Part, ...]:
    if parts and parts[-1].mark is None:
        parts[-1] = Part(parts[-1].text.rstrip())
    return tuple(parts)


def text_of(parts: Sequence[Part]) -> str:
    """The sentence as plain text."""
    return "".join(p.text for p in parts)


def plain_summary(found: Sequence[Week], aim: int | None) -> str:
    """The same without numbers, for a person who hides them."""
    past = [w for w in found if w.over][-SUMMED:]
    if not past:
        return "Each mark is a night."
    kinds = [
        MARK_WORDS[m] for m in (Mark.ENHANCED, Mark.NATURAL, Mark.UNSURE, Mark.SEALED) if any(w.count(m) for w in past)
    ]
    named = " and ".join(filter(None, (", ".join(kinds[:-1]), kinds[-1]))) if kinds else "no recorded"
    text = f"The last weeks hold {named} nights."
    if aim is not None and any(above(w, aim) for w in past):
        text += " Some had more enhanced nights than your aim."
    return text


def aim_words(aim: int) -> str:
    """The aim in words: at most 2 a week."""
    return "no enhanced nights" if aim == 0 else f"at most {aim} a week"


def day_words(day: date, *, year: bool = True) -> str:
    """3 May 2026, or 3 May."""
    text = f"{day.day} {_MONTHS[day.month - 1]}"
    return f"{text} {day.year}" if year else text


# Sleep against the person's own need


@dataclass(frozen=True)
class SleepDebt:
    """How far the diary's sleep fell short of the person's own need; minutes. Nights without a number are left out."""

    nights: int
    of: int
    mean_short: float
    """Mean of need minus sleep over `nights`; below 0 when more was slept than needed."""
    net: float
    """Sum of need minus sleep."""
    only_short: float
    """The same sum with nights above the need counted as 0."""


def sleep_debt(slept: Sequence[float | None], need: float) -> SleepDebt | None:
    """The sums over `slept` (minutes a night, None where not known); None where no night is known.

    Rule of the project: there is no agreed definition. Missing nights are never filled in.
    """
    short = [need - s for s in slept if s is not None]
    if not short:
        return None
    return SleepDebt(len(short), len(slept), sum(short) / len(short), sum(short), sum(max(0.0, s) for s in short))


def condition_of_mark(mark: Mark) -> Condition | None:
    """The condition a mark stands for; None for a sealed night."""
    return None if mark is Mark.SEALED else Condition(mark.value)
