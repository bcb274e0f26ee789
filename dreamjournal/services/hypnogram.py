"""Reads a hypnogram file (EDF+ annotations, text or XML) and gives its sleep statistics."""

from __future__ import annotations

from pathlib import Path

from dreamjournal.common import edf
from dreamjournal.common.errors import UserError
from dreamjournal.domain import hypnogram_files
from dreamjournal.domain.hypnogram import HypnogramResult, statistics, to_json
from dreamjournal.domain.scored import parse_annotations

__all__ = ["read", "to_json"]


def read(path: str | Path) -> HypnogramResult:
    """The statistics of the hypnogram at `path`. Raises UserError when it is none, is cut off, or holds no epoch."""
    file = Path(path)
    try:
        with file.open("rb") as stream:
            if edf.looks_like_edf(stream.read(8)):
                stream.seek(0)
                found = edf.read_annotations(stream).found
                scored = parse_annotations((a.onset_s, a.duration_s, a.text) for a in found)
            else:
                stream.seek(0)
                scored = hypnogram_files.parse(stream.read(hypnogram_files.MAX_BYTES + 1))
    except OSError as error:
        raise UserError(
            "The file could not be read", error.strerror or "the system refused", "check its name"
        ) from error
    return statistics(scored.epochs, scored.epoch_s, lights_off=scored.lights_off, lights_on=scored.lights_on)
