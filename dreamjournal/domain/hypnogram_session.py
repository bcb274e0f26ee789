"""A scored recording as a night's session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby

from dreamjournal.domain.drafts import FileWarning, RowRejected, SessionDraft
from dreamjournal.domain.hypnogram import TRIM_ABOVE_H, TRIM_MARGIN_MIN, Epoch, night_within, statistics
from dreamjournal.domain.instant import Instant, at_offset, in_zone
from dreamjournal.domain.scored import Scored
from dreamjournal.domain.session import SessionMeasures, Stage, StageCode, Validity

CODES = {
    Epoch.W: StageCode.W, Epoch.N1: StageCode.N1, Epoch.N2: StageCode.N2, Epoch.N3: StageCode.N3, Epoch.REM: StageCode.REM,
    Epoch.LIGHT: StageCode.LIGHT, Epoch.ASLEEP: StageCode.ASLEEP, Epoch.ARTEFACT: StageCode.UNKNOWN, Epoch.UNSCORED: StageCode.UNKNOWN,
}  # fmt: skip


def later(at: Instant, seconds: float) -> Instant:
    """The instant `seconds` of elapsed time after `at`, in its zone."""
    utc = at.utc + timedelta(seconds=seconds)
    return in_zone(utc, at.zone) if at.zone is not None else at_offset(utc, at.offset_min)


def session_of(scored: Scored, start: Instant) -> tuple[SessionDraft, tuple[FileWarning, ...]]:
    """The session of a recording whose first epoch begins at `start`, from lights off to lights on.

    Light sleep is known only where the file says "light": N1 and N2 are no device's "light". Where the file does not mark the
    lights and was cut around the sleep, the time to fall asleep is unknown too, and wake counts up to the last sleep only.
    Raises RowRejected when no epoch is left.
    """
    lights = {"lights_off": scored.lights_off, "lights_on": scored.lights_on}
    first, last, trimmed = night_within(scored.epochs, scored.epoch_s, **lights)
    if last <= first:
        raise RowRejected("no sleep in this row")
    found = statistics(scored.epochs, scored.epoch_s, **lights)
    night = scored.epochs[first:last]
    measures = SessionMeasures(
        tib_min=found.trt_min, tst_min=found.tst_min, sol_min=found.sol_min, waso_min=found.waso_aasm_min, deep_min=found.n3_min,
        rem_min=found.rem_min, rem_latency_min=found.rem_latency_aasm_min, light_min=found.light_min,
        asleep_unspecified_min=found.asleep_unspecified_min,
    )  # fmt: skip
    said: list[FileWarning] = []
    if trimmed:
        measures = replace(measures, sol_min=None, waso_min=found.waso_spt_min)
        said.append(
            FileWarning(
                f"The recording is longer than {TRIM_ABOVE_H} hours and does not mark when the lights went off: {TRIM_MARGIN_MIN} minutes "
                "around the sleep are taken, and the time to fall asleep is left out."
            )
        )
    validity = Validity.OK
    if not any(e.asleep or e == Epoch.W for e in night):
        measures, validity = SessionMeasures(tib_min=found.trt_min), Validity.UNSCORED
    draft = SessionDraft(
        later(start, first * scored.epoch_s), later(start, last * scored.epoch_s), validity=validity, measures=measures,
        stages=_stages(night, scored.epoch_s),
    )  # fmt: skip
    return draft, tuple(said)


def _stages(night: Sequence[Epoch], epoch_s: float) -> tuple[Stage, ...]:
    found: list[Stage] = []
    at = 0
    for code, run in groupby(night, key=CODES.__getitem__):
        many = sum(1 for _ in run)
        begin, end = round(at * epoch_s), round((at + many) * epoch_s)
        found.append(Stage(begin, end - begin, code))
        at += many
    return tuple(found)
