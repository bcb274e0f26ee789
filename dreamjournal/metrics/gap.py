"""Perceived minus measured sleep: what the diary says of sleep time less what the device says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.metrics._metric import Metric, from_sessions

if TYPE_CHECKING:
    from dreamjournal.domain.night import SourceNight


def value(night: SourceNight) -> float | None:
    """Min, diary TST minus this source's TST of the same night.

    None where either is missing, where the device's numbers were opened before the diary was written, and where the
    diary came more than a day late: then it is no perception of the night.
    """
    measured, perceived = from_sessions(night, "tst_min"), night.perceived_tst
    return None if measured is None or perceived is None else perceived - measured


PLUGIN = Metric(
    key="gap",
    title="Perceived minus measured sleep",
    unit="min",
    explain=(
        "Sleep time by the diary minus sleep time by the device, of nights whose diary was written before the device's "
        "numbers were seen; diaries more than a day late do not count."
    ),
    kind="mean",
    words=("more", "less"),
    was="Sleep felt {n} min {w} than measured",
    linked="sleep that felt {n} min {w} than measured",
    linked_words=("more", "less"),
    value=value,
    told_by="device",
    missing="no diary from before the numbers were seen",
)
