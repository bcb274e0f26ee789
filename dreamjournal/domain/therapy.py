"""A night of CPAP therapy in words, whichever file told of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS = re.compile(r"(?:(\d+) h )?(\d+) min(?:, AHI (\d+(?:\.\d+)?))?(?:, leak 95 % \d+(?:\.\d+)? L/s)?", re.ASCII)

ENHANCER = "CPAP"


def therapy_words(minutes: float, ahi: float | None = None, leak: float | None = None) -> str:
    """ "6 h 12 min, AHI 3.5, leak 95 % 0.28 L/s": how long it ran, events an hour, and the leak not exceeded 95 % of that time.

    `leak` in litres a second; what is None is left out.
    """
    hours, rest = divmod(round(minutes), 60)
    text = f"{hours} h {rest} min" if hours else f"{rest} min"
    if ahi is not None:
        text += f", AHI {ahi:.1f}"
    if leak is not None:
        text += f", leak 95 % {leak:.2f} L/s"
    return text


@dataclass(frozen=True)
class Therapy:
    """What `therapy_words` tells: minutes with the mask on, and events an hour where they were scored."""

    minutes: float
    ahi: float | None


def read_therapy(words: str) -> Therapy | None:
    """The numbers of `therapy_words`, which are all that is kept of a night's therapy; None for other words."""
    found = _WORDS.fullmatch(words)
    if found is None:
        return None
    hours, minutes, ahi = found.groups()
    return Therapy(60 * int(hours or 0) + int(minutes), None if ahi is None else float(ahi))
