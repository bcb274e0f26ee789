"""The report's own words."""

from __future__ import annotations

import dataclasses

import pytest

from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Fact, Prose, Section


def test_a_paragraph_reads_the_same_without_its_emphasis() -> None:
    words = (Words("These nights "), Words("cannot", True), Words(" be compared."))
    assert Prose(words).text == Fact("x", words).text == "These nights cannot be compared."


def test_a_section_is_plain_frozen_data() -> None:
    section = Section("key", "Title", (Prose((Words("a"),)),))
    assert section == Section("key", "Title", (Prose((Words("a"),)),))
    assert hash(section) == hash(dataclasses.replace(section))
    with pytest.raises(dataclasses.FrozenInstanceError):
        section.title = "other"  # type: ignore[misc]
