"""A night of CPAP therapy in words, whichever file told of it."""

from __future__ import annotations

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
