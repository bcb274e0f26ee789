"""Many tests at once: Holm for what is claimed, Benjamini-Hochberg for what is only looked through."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def holm(p: Sequence[float]) -> list[float]:
    """The p values adjusted so that one false claim among them stays as rare as one p alone would make it.

    In the order given, each at most 1 and never below its own p (Holm 1979, Scand J Stat 6:65; no independence needed).
    """
    order = sorted(range(len(p)), key=lambda i: p[i])
    adjusted = [0.0] * len(p)
    reached = 0.0
    for place, i in enumerate(order):
        reached = max(reached, min(1.0, (len(p) - place) * p[i]))
        adjusted[i] = reached
    return adjusted


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """The q of each p: the share of false finds to expect among all lines with a q no larger.

    In the order given, each at most 1 and never below its own p (Benjamini & Hochberg 1995,
    doi 10.1111/j.2517-6161.1995.tb02031.x).
    """
    order = sorted(range(len(p)), key=lambda i: p[i], reverse=True)
    adjusted = [0.0] * len(p)
    reached = 1.0
    for place, i in enumerate(order):
        reached = min(reached, p[i] * len(p) / (len(p) - place))
        adjusted[i] = reached
    return adjusted
