"""Wake after sleep onset as the AASM manual defines it: all wake from falling asleep to lights-on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric, from_sessions

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight

ROUNDING_MIN = 1.0
"""Sources round each number by itself: so much less than nothing is nothing, more is a contradiction."""


def value(night: SourceNight) -> float | None:
    """Min, TRT - SOL - TST of the main sleep; None where one of the three is not measured or they contradict each other.

    Wake after the last waking counts, other than in WASO within the sleep period.
    """
    trt, sol, tst = (from_sessions(night, name) for name in ("tib_min", "sol_min", "tst_min"))
    if trt is None or sol is None or tst is None:
        return None
    wake = trt - sol - tst
    return max(0.0, wake) if wake >= -ROUNDING_MIN else None


PLUGIN = Metric(
    key="waso_aasm",
    title="Time awake until getting up",
    unit="min",
    explain=(
        "Wake after sleep onset up to lights-on (WASO, AASM): time in bed minus time to fall asleep minus sleep, so "
        "lying awake after the last waking counts too."
    ),
    kind="mean",
    words=("more", "fewer"),
    was="There were {n} {w} min awake until getting up",
    linked="{n} {w} min awake until getting up",
    linked_words=("more", "fewer"),
    value=value,
    swd_device=20,
    told_by="device",
)
