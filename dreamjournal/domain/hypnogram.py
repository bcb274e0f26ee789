"""A hypnogram's epochs and the sleep statistics of the AASM manual."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

TRIM_ABOVE_H = 12
TRIM_MARGIN_MIN = 30


class Epoch(StrEnum):
    """The stage of one epoch. Artefact and unscored are neither sleep nor wake.

    `LIGHT` is what devices call so and is not N1 and N2 together; `ASLEEP` is sleep of no named stage.
    """

    W = "W"
    N1 = "N1"
    N2 = "N2"
    N3 = "N3"
    REM = "REM"
    LIGHT = "LIGHT"
    ASLEEP = "ASLEEP"
    ARTEFACT = "ARTEFACT"
    UNSCORED = "UNSCORED"

    @property
    def asleep(self) -> bool:
        """Any stage of sleep."""
        return self in _SLEEP


_SLEEP = (Epoch.N1, Epoch.N2, Epoch.N3, Epoch.REM, Epoch.LIGHT, Epoch.ASLEEP)
_LABELS = {
    **dict.fromkeys(("w", "wake", "awake", "s0", "0"), Epoch.W),
    **dict.fromkeys(("n1", "s1", "1", "nrem1"), Epoch.N1),
    **dict.fromkeys(("n2", "s2", "2", "nrem2"), Epoch.N2),
    **dict.fromkeys(("n3", "s3", "s4", "n4", "3", "4", "nrem3", "nrem4"), Epoch.N3),
    **dict.fromkeys(("r", "rem", "5"), Epoch.REM),
    **dict.fromkeys(("m", "mt", "movement", "movement time", "art", "artefact", "artifact", "6", "-1"), Epoch.ARTEFACT),
    **dict.fromkeys(("?", "u", "uns", "unscored", "unknown", "-2", "9"), Epoch.UNSCORED),
}
_PREFIX = re.compile(r"^(sleep[ _-]*stage|stage|sleep)[ _:-]+", re.IGNORECASE)
_SUFFIX = re.compile(r"[ _-]+sleep$", re.IGNORECASE)


def stage_of(label: str) -> Epoch | None:
    """The stage an annotation or a word means ("Sleep stage 4", "N2", "SLEEP-S2", "REM sleep|5"); None if none.

    Stages S3 and S4 of Rechtschaffen & Kales are N3.
    """
    text = _SUFFIX.sub("", _PREFIX.sub("", label.split("|", 1)[0].strip())).strip().casefold()
    return _LABELS.get(text)


@dataclass(frozen=True)
class HypnogramResult:
    """Statistics of one night; minutes, percent, counts. None is "undefined", never 0.

    TRT lights off to on; WASO_AASM all wake after onset, WASO_SPT wake within the sleep period; SE of TRT, SME of SPT;
    REM latency from sleep onset. Where a device says light sleep, N1 and N2 are not known, and the other way round; where it
    says sleep alone, no stage is.
    """

    epochs: int
    epoch_s: float
    trimmed: bool
    trt_min: float
    tst_min: float
    sol_min: float | None
    waso_aasm_min: float | None
    waso_spt_min: float | None
    spt_min: float
    se_pct: float
    sme_pct: float | None
    n1_min: float | None
    n2_min: float | None
    n3_min: float | None
    rem_min: float | None
    rem_latency_aasm_min: float | None
    unscored_min: float
    artefact_min: float
    light_min: float | None = None
    asleep_unspecified_min: float | None = None


def to_json(result: HypnogramResult) -> dict[str, Any]:
    """The statistics as JSON values, numbers not rounded; a device's words only where they are used."""
    found = {f.name: getattr(result, f.name) for f in fields(result)}
    return {k: v for k, v in found.items() if v is not None or k not in ("light_min", "asleep_unspecified_min")}


def without_trailing_unscored(epochs: Sequence[Epoch]) -> tuple[Epoch, ...]:
    """The epochs without the unscored block at the end, which lies beyond the recording."""
    end = len(epochs)
    while end and epochs[end - 1] == Epoch.UNSCORED:
        end -= 1
    return tuple(epochs[:end])


def night_within(
    epochs: Sequence[Epoch], epoch_s: float, *, lights_off: int | None = None, lights_on: int | None = None
) -> tuple[int, int, bool]:
    """The first epoch of the night, the first one after it, and whether more than 12 hours were cut around the sleep."""
    end = len(without_trailing_unscored(epochs))
    if lights_off is not None or lights_on is not None:
        end = min(len(epochs), max(end, lights_on or 0))
        last = end if lights_on is None else min(lights_on, end)
        return min(lights_off or 0, last), last, False
    if end * epoch_s > TRIM_ABOVE_H * 3600:
        asleep = [i for i in range(end) if epochs[i].asleep]
        if asleep:
            margin = round(TRIM_MARGIN_MIN * 60 / epoch_s)
            return max(0, asleep[0] - margin), min(end, asleep[-1] + 1 + margin), True
    return 0, end, False


def statistics(
    epochs: Sequence[Epoch], epoch_s: float, *, lights_off: int | None = None, lights_on: int | None = None
) -> HypnogramResult:
    """Statistics of `epochs` of `epoch_s` seconds each.

    A trailing unscored block is removed first. `lights_off` and `lights_on` are epoch indexes (the first epoch in the
    dark, the first in the light); without either, more than 12 hours are cut to 30 minutes around the sleep.
    """
    first, last, trimmed = night_within(epochs, epoch_s, lights_off=lights_off, lights_on=lights_on)
    kept = tuple(epochs[first:last])

    def minutes(n: int) -> float:
        return n * epoch_s / 60

    count = {stage: kept.count(stage) for stage in Epoch}
    tst = sum(count[s] for s in _SLEEP)
    sleep = [i for i, e in enumerate(kept) if e.asleep]
    onset, last = (sleep[0], sleep[-1]) if sleep else (None, None)
    sol = waso_aasm = waso_spt = latency = sme = None
    spt = 0
    if onset is not None and last is not None:
        period = kept[onset : last + 1]
        spt = len(period)
        sol = minutes(onset)
        waso_aasm = minutes(kept[onset:].count(Epoch.W))
        waso_spt = minutes(period.count(Epoch.W))
        sme = 100 * tst / spt
        if Epoch.REM in period:
            latency = minutes(period.index(Epoch.REM))
    device = count[Epoch.LIGHT] + count[Epoch.ASLEEP] > 0
    plain = device and tst == count[Epoch.ASLEEP]

    def known(stage: Epoch, known: bool) -> float | None:
        return minutes(count[stage]) if known else None

    return HypnogramResult(
        epochs=len(kept), epoch_s=epoch_s, trimmed=trimmed, trt_min=minutes(len(kept)), tst_min=minutes(tst),
        sol_min=sol, waso_aasm_min=waso_aasm, waso_spt_min=waso_spt, spt_min=minutes(spt),
        se_pct=100 * tst / len(kept) if kept else 0.0, sme_pct=sme,
        n1_min=known(Epoch.N1, not device or count[Epoch.N1] > 0), n2_min=known(Epoch.N2, not device or count[Epoch.N2] > 0),
        n3_min=known(Epoch.N3, not plain), rem_min=known(Epoch.REM, not plain), rem_latency_aasm_min=latency,
        unscored_min=minutes(count[Epoch.UNSCORED]), artefact_min=minutes(count[Epoch.ARTEFACT]),
        light_min=known(Epoch.LIGHT, count[Epoch.LIGHT] > 0), asleep_unspecified_min=known(Epoch.ASLEEP, count[Epoch.ASLEEP] > 0),
    )  # fmt: skip
