"""Gates and the four-state verdict, in one fixed order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dreamjournal.domain.contrast import Design, Verdict

MEDIANS_FROM = 5
ESTIMATE_FROM = 7
VERDICT_FROM = 14
MIN_N_EFF = 12
MIN_SWITCHES = 3
REFUSE_EMPTY_FROM = 7


@dataclass(frozen=True)
class Judged:
    """A verdict and the codes of its reasons."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


def judge(
    design: Design,
    n_enhanced: int,
    n_natural: int,
    *,
    interval: tuple[float, float] | None,
    swd: float | None,
    n_eff: float | None = None,
    switches: int = 0,
    refused: str | None = None,
    descriptive: bool = False,
    collecting: bool = False,
) -> Judged:
    """The verdict, decided in this order: refused, too few, early, collecting, not enough for a reason, by the interval.

    `refused` is the code of a reason found before; `descriptive` marks measures that get no verdict in this design;
    `collecting` is between two looks of a running study. A positive difference counts as "more".
    """
    if refused is not None:
        return Judged("refused", (refused,))
    least = min(n_enhanced, n_natural)
    if least < ESTIMATE_FROM:
        return Judged("too_few", ("few_nights",))
    if least < VERDICT_FROM:
        return Judged("early", ("few_nights",))
    if collecting:
        return Judged("early", ("collecting",))
    short: list[str] = []
    if design != "R" and n_eff is not None and n_eff < MIN_N_EFF:
        short.append("n_eff")
    if design != "P" and switches < MIN_SWITCHES:
        short.append("few_switches")
    if descriptive:
        short.append("descriptive")
    elif interval is None:
        short.append("no_interval")
    if swd is None and not descriptive:
        short.append("no_swd")
    if short or interval is None or swd is None:
        return Judged("not_enough", tuple(short))
    return _by_interval(design, interval, swd)


def _by_interval(design: Design, interval: tuple[float, float], swd: float) -> Judged:
    low, high = interval
    within = low >= -swd and high <= swd
    if design == "P":
        if within:
            return Judged("no_difference")
        return Judged("changed_over_time") if low > 0 or high < 0 else Judged("not_enough", ("interval",))
    if low > swd:
        return Judged("clearly_more")
    if high < -swd:
        return Judged("clearly_less")
    if within:
        return Judged("no_difference")
    if low > 0:
        return Judged("probably_more")
    return Judged("probably_less") if high < 0 else Judged("not_enough", ("interval",))
