"""The measures of nights in words: the one wording that the page and the command line share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.services.measures import ARMS, GROUPS, Described, Measures, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.domain.contrast import Arm
    from dreamjournal.services.measures import Group

NONE = "–"
NBSP = "\u00a0"
_HOUR_FROM = 60


def value_words(row: Row, described: Described, *, hours: int = 24) -> str:
    """ "7 h 08 min (6 h 41 to 7 h 30)", "18 of 24", "3 in 24 mornings", or a dash where there is no number."""
    d = described
    if d.total is not None:
        if row.kind == "rate":
            return f"{round(d.total)}{NBSP}of{NBSP}{d.n}"
        return f"{round(d.total)} in {d.n} {row.counted[0] if d.n == 1 else row.counted[1]}"
    if d.value is None:
        return NONE
    text = number_words(row, d.value, hours=hours)
    if d.low is None or d.high is None:
        return text
    low, high = _bare(row, d.low, hours), _bare(row, d.high, hours)
    if row.unit == "min" and (NBSP in low) != (NBSP in high):  # one of them in hours: "58 min to 1 h 06"
        low, high = (v if NBSP in v else f"{v}{NBSP}min" for v in (low, high))
    return f"{text} ({low} to {high})"


def number_words(row: Row, value: float, *, hours: int = 24) -> str:
    """A number with its unit: "7 h 08 min", "23 min", "04:12", "54.3 beats a minute", "0.71"."""
    text = _bare(row, value, hours)
    if row.kind in ("clock", "ordinal", "index"):
        return text
    if row.unit == "min":
        return f"{text}{NBSP}min"
    unit = "%" if row.unit == "points" else row.unit
    return f"{text}{NBSP}{unit}" if unit else text


def _bare(row: Row, value: float, hours: int) -> str:
    """The number without its unit, and minutes from an hour on as hours: "6 h 41"."""
    if row.kind == "clock":
        return clock_words(value, hours)
    if row.unit == "min" or row.kind == "minutes":
        whole = round(abs(value))
        sign = "−" if value < 0 and whole else ""
        if whole >= _HOUR_FROM:
            return f"{sign}{whole // 60}{NBSP}h{NBSP}{whole % 60:02d}"
        return f"{sign}{whole}"
    rounded = round(value, row.digits) + 0.0  # no −0
    return f"{rounded:.{row.digits}f}".replace("-", "−")


def clock_words(minutes: float, hours: int = 24) -> str:
    """A clock time of minutes after midnight: 04:12, or 4:12 am where the clock has 12 hours."""
    hour, minute = divmod(round(minutes) % 1440, 60)
    if hours == 12:
        return f"{(hour + 11) % 12 + 1}:{minute:02d}{NBSP}{'am' if hour < 12 else 'pm'}"
    return f"{hour:02d}:{minute:02d}"


def count_words(row: Row, described: Described) -> str:
    """What the number rests on: "24 nights", "6 pairs of nights in a row"."""
    return f"{described.n} {row.counted[0] if described.n == 1 else row.counted[1]}"


def why_words(row: Row, arms: Sequence[Arm] = ARMS) -> str:
    """Why a row has no number in these arms, as a sentence; empty where it has one in each."""
    whys = {arm: row.arm(arm).why for arm in arms}
    if len(set(whys.values())) == 1 and all(whys.values()):
        return f"{_upper(next(iter(whys.values())))}."
    parts = [f"{_upper(arm)}: {why}" for arm, why in whys.items() if why]
    return f"{'. '.join(parts)}." if parts else ""


def nights_words(found: Measures) -> str:
    """Which nights these are: "24 natural nights and 26 enhanced by SleepSync; 12 more are of neither kind." """
    by = f" by {found.enhancer}" if found.enhancer else ""
    words = (
        f"{found.n_natural} natural {'night' if found.n_natural == 1 else 'nights'} and {found.n_enhanced} enhanced{by}"
    )
    if found.neither:
        words += f"; {found.neither} more {'is' if found.neither == 1 else 'are'} of neither kind"
    if found.hidden:
        words += f", {found.hidden} of them closed while a study is sealed"
    return words + "."


def goal_words(found: Measures) -> str:
    """The last nights against the person's own goal; empty where there is none."""
    goal = found.goal
    if goal is None:
        return ""
    mean = round(goal.found.mean)
    whole = f"{round(goal.need) // 60}{NBSP}h{NBSP}{round(goal.need) % 60:02d}{NBSP}min"
    size = f"{abs(mean)}{NBSP}min"
    said = f"{size} a night shorter than" if mean > 0 else f"{size} a night longer than" if mean < 0 else "as long as"
    return (
        f"By the diary, sleep was {said} the person's own goal of {whole}, on average of {goal.found.nights} of the last {goal.of_last} "
        "nights. Nights without a diary are not guessed."
    )


def group_words(group: Group) -> str:
    """A group's heading."""
    return GROUPS[group]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
