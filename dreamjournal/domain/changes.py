"""What an operation changed, so that each view decides by itself whether to refresh."""

from __future__ import annotations

from enum import Flag, auto


class Changes(Flag):
    """Kinds of things that changed."""

    NOTHING = 0
    DREAMS = auto()
    DIARY = auto()
    EVENINGS = auto()
    EXPOSURES = auto()
    ENHANCERS = auto()
    SESSIONS = auto()
    IMPORTS = auto()
    PERSONS = auto()
    REVIEWS = auto()
    SETTINGS = auto()
    REMINDERS = auto()
    BIN = auto()
    STUDIES = auto()
    CODINGS = auto()
    CHECK_INS = auto()
    NIGHTS = DREAMS | DIARY | EVENINGS | EXPOSURES | SESSIONS
    ALL = NIGHTS | ENHANCERS | IMPORTS | PERSONS | REVIEWS | SETTINGS | REMINDERS | BIN | STUDIES | CODINGS | CHECK_INS
