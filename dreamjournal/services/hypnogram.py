"""Reads a hypnogram file (EDF+ annotations, or text with one stage a line) and gives its sleep statistics."""

from __future__ import annotations

import math
import re
from pathlib import Path

from dreamjournal.common import edf
from dreamjournal.common.errors import UserError
from dreamjournal.domain.hypnogram import Epoch, HypnogramResult, stage_of, statistics, to_json

__all__ = ["read", "to_json"]

MAX_TEXT_BYTES = 5_000_000
EPOCH_S = 30
_LIGHTS = re.compile(r"^lights?[ _-]*(off|out|on)\b", re.IGNORECASE)


def read(path: str | Path) -> HypnogramResult:
    """The statistics of the hypnogram at `path`. Raises UserError when it is none, is cut off, or holds no epoch."""
    file = Path(path)
    try:
        with file.open("rb") as stream:
            head = stream.read(8)
    except OSError as error:
        raise UserError(
            "The file could not be read", error.strerror or "the system refused", "check its name"
        ) from error
    return _from_edf(file) if edf.looks_like_edf(head) else _from_text(file)


def _from_edf(file: Path) -> HypnogramResult:
    found = edf.read_annotations(file)
    stages = [(a, stage) for a in found if (stage := stage_of(a.text)) is not None]
    if not stages:
        raise UserError(
            "This file holds no hypnogram",
            "none of its annotations is a sleep stage",
            "choose the hypnogram file of the recording",
        )
    epoch_s = _epoch_length([a.onset_s for a, _ in stages] + [a.duration_s for a, _ in stages])
    spans: list[tuple[float, float, Epoch]] = []
    for i, (a, stage) in enumerate(stages):
        # Some writers give no length: such a stage lasts until the next one.
        following = stages[i + 1][0].onset_s if i + 1 < len(stages) else a.onset_s + epoch_s
        spans.append((a.onset_s, a.onset_s + (a.duration_s or following - a.onset_s), stage))
    start, end = min(s for s, _, _ in spans), max(e for _, e, _ in spans)
    epochs = [Epoch.UNSCORED] * max(1, round((end - start) / epoch_s))
    for begin, stop, stage in spans:
        # An epoch has the stage that covers its middle.
        first = math.ceil((begin - start) / epoch_s - 0.5)
        last = math.ceil((stop - start) / epoch_s - 0.5)
        for i in range(max(0, first), min(len(epochs), last)):
            epochs[i] = stage
    off = on = None
    for a in found:
        lights = _LIGHTS.match(a.text)
        if lights is not None:
            index = min(len(epochs), max(0, round((a.onset_s - start) / epoch_s)))
            if lights.group(1).casefold() == "on":
                on = index
            elif off is None:
                off = index
    if off is not None and on is not None and on <= off:
        raise UserError(
            "This hypnogram cannot be read", "its lights go on before they go off", "correct the annotations"
        )
    return statistics(epochs, epoch_s, lights_off=off, lights_on=on)


def _epoch_length(seconds: list[float]) -> int:
    """30 s, or 20 s where only that divides every onset and length."""
    whole = [round(s) for s in seconds]
    return 20 if any(s % 30 for s in whole) and all(s % 20 == 0 for s in whole) else EPOCH_S


def _from_text(file: Path) -> HypnogramResult:
    if file.stat().st_size > MAX_TEXT_BYTES:
        raise UserError(
            "This file is no hypnogram", "a text of one stage a line is never larger than 5 MB", "choose another file"
        )
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError("This file is no hypnogram", "it is neither EDF nor text", "choose another file") from error
    words: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        word = line.split("#", 1)[0].strip()
        if word:
            words.append((number, word))
    # Code 4 is N3 (stage S4) in files that write REM as 5, and REM in those that do not.
    rem_is_five = any(word == "5" for _, word in words)
    epochs: list[Epoch] = []
    for number, word in words:
        stage = Epoch.REM if word == "4" and not rem_is_five else stage_of(word)
        if stage is None:
            raise UserError(
                "This file is no hypnogram", f"line {number} is not a sleep stage", "give one stage for each 30 s line"
            )
        epochs.append(stage)
    if not epochs:
        raise UserError("This file is no hypnogram", "it holds no epoch", "choose another file")
    return statistics(epochs, EPOCH_S)
