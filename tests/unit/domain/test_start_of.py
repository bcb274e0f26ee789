"""When a file without a date begins."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from dreamjournal.domain.drafts import ReadOptions, StartNeeded
from dreamjournal.domain.start_of import named, start_of

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("2026-03-04_22-15-30_epochs.txt", (date(2026, 3, 4), time(22, 15, 30))),
        ("20260304_221530.txt", (date(2026, 3, 4), time(22, 15, 30))),
        ("20260304T2215.txt", (date(2026, 3, 4), time(22, 15))),
        ("night 2026.03.04 22.15.txt", (date(2026, 3, 4), time(22, 15))),
        ("2026-03-04.txt", (date(2026, 3, 4), None)),
        ("subject-12345678-20260304.txt", (date(2026, 3, 4), None)),
        ("2026-03-04_99-99.txt", (date(2026, 3, 4), None)),
        ("export 2025-01-01.zip/20260304_2215.txt", (date(2026, 3, 4), time(22, 15))),
        ("hypnogram.txt", None),
        ("2026-13-04.txt", None),
        ("0001-01-01.txt", None),
        ("9999-12-31.txt", None),
        ("120260304.txt", None),
        ("٢٠٢٦-03-04.txt", None),
    ],
)
def test_a_date_in_the_name(name, found):
    assert named(name) == found


def start(where="h.txt", said=None, clock=None, day=None):
    return start_of(ReadOptions(NOW, where=where, start=said), clock, day)


def test_the_file_counts_before_its_name_and_the_name_before_the_person():
    said = datetime(2026, 1, 1, 23)
    assert start("2026-03-04_2215.txt", said, time(22, 50), date(2026, 3, 8)) == datetime(2026, 3, 8, 22, 50)
    assert start("2026-03-04_2215.txt", said, time(22, 50)) == datetime(2026, 3, 4, 22, 50)
    assert start("2026-03-04_2215.txt", said) == datetime(2026, 3, 4, 22, 15)
    assert start("2026-03-04.txt", said) == datetime(2026, 3, 4, 23)
    assert start("h.txt", said) == said


def test_nothing_known_asks():
    for where, clock, day in (("h.txt", None, None), ("h.txt", time(1), None), ("2026-03-04.txt", None, None)):
        with pytest.raises(StartNeeded):
            start(where, None, clock, day)


def test_a_clock_of_the_file_is_the_one_nearest_to_what_the_person_said():
    assert start(said=datetime(2026, 3, 4, 23, 55), clock=time(0, 5)) == datetime(2026, 3, 5, 0, 5)
    assert start(said=datetime(2026, 3, 4, 0, 5), clock=time(23, 55)) == datetime(2026, 3, 3, 23, 55)
    assert start(said=datetime(2026, 3, 4), clock=time(22, 50)) == datetime(2026, 3, 4, 22, 50), "only a date was said"
