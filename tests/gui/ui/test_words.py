"""Codes as words: every source that can be imported has its maker's spelling."""

from __future__ import annotations

from dreamjournal.services import import_reading
from dreamjournal.ui.words import SOURCE_WORDS


def test_every_format_has_a_name():
    assert {key for key, _ in import_reading.formats()} <= set(SOURCE_WORDS)
