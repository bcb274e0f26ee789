"""Weeks against the aim: what counts, what cannot be told, the sentence, and sleep against the need."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.domain.balance import Mark, above, plain_summary, sleep_debt, summary, text_of, weeks

MONDAY = date(2026, 4, 6)
DAY = timedelta(days=1)
LETTERS = {"E": Mark.ENHANCED, "N": Mark.NATURAL, "U": Mark.UNSURE, "S": Mark.SEALED, ".": Mark.UNRECORDED}


def marks(text: str, first: date = MONDAY) -> dict[date, Mark]:
    """One letter a night; a dot is a night nothing is known of."""
    return {first + i * DAY: LETTERS[c] for i, c in enumerate(text) if c != "."}


def made(text: str, first: date = MONDAY):
    return weeks(marks(text, first), first, first + (len(text) - 1) * DAY)


def test_weeks_run_from_monday_to_sunday_by_the_evening() -> None:
    found = weeks({}, date(2026, 4, 9), date(2026, 4, 21))
    assert [w.first for w in found] == [date(2026, 4, 6), date(2026, 4, 13), date(2026, 4, 20)]
    assert [len(w.nights) for w in found] == [4, 7, 2]
    assert [w.over for w in found] == [True, True, False]


def test_a_night_without_a_mark_is_not_recorded_and_never_natural() -> None:
    (week,) = made("E..N...")
    assert (week.count(Mark.ENHANCED), week.count(Mark.NATURAL), week.count(Mark.UNRECORDED)) == (1, 1, 5)


@given(st.dictionaries(st.integers(0, 60), st.sampled_from(list(Mark))), st.integers(0, 30), st.integers(31, 60))
def test_every_night_of_the_span_stands_in_one_week_once(known: dict[int, Mark], first: int, last: int) -> None:
    by_day = {MONDAY + n * DAY: m for n, m in known.items()}
    found = weeks(by_day, MONDAY + first * DAY, MONDAY + last * DAY)
    listed = [pair for w in found for pair in w.nights]
    assert [d for d, _ in listed] == [MONDAY + n * DAY for n in range(first, last + 1)]
    assert all(m == by_day.get(d, Mark.UNRECORDED) for d, m in listed)


@pytest.mark.parametrize(
    "text, aim, told",
    [
        ("EEENNNN", 3, False),
        ("EEEENNN", 3, True),
        ("EENNNN.", 2, None),
        ("EENNNNU", 2, None),
        ("EENNNNS", 2, None),
        ("ENNNNN.", 2, False),
        ("EEE....", 2, True),
        ("NNNNNNN", 0, False),
        ("ENNNNNN", 0, True),
        ("EEEEEEE", None, None),
    ],
)
def test_above_the_aim_only_where_the_record_can_tell(text: str, aim: int | None, told: bool | None) -> None:
    assert above(made(text)[0], aim) is told


def test_the_sentence_counts_the_last_four_weeks_that_are_over_and_the_running_one() -> None:
    found = made("EEEEEEE" + "EENNNNN" + "EEENNNN" + "NNNNNNN" + "EENN..." + "EN")
    today = found[-1].nights[-1][0]
    parts = summary(found, 2, today)
    assert text_of(parts) == (
        "In the last 4 weeks: 7 enhanced, 18 natural, 3 not recorded. Your aim is at most 2 a week; 1 of 4 weeks was above it, and for "
        "1 it is not known, since nights are missing. This week so far: 1 enhanced, 1 natural."
    )
    assert [len(p.nights) for p in parts if p.mark] == [7, 18, 3, 1, 1]


def test_without_an_aim_nothing_is_said_of_one() -> None:
    found = made("EENNNNN")
    assert text_of(summary(found, None, MONDAY + 6 * DAY)) == "In the last week: 2 enhanced, 5 natural."
    assert text_of(summary(found, 2, MONDAY + 6 * DAY)).endswith(
        "Your aim is at most 2 a week; that week was not above it."
    )


def test_old_weeks_are_named_by_their_date() -> None:
    found = made("EENNNNN" * 2)
    assert text_of(summary(found, None, date(2026, 9, 1))).startswith("In the 2 weeks up to 19 Apr 2026: 4 enhanced")


def test_one_night_and_no_night() -> None:
    assert summary((), 3, MONDAY) == ()
    assert (
        text_of(summary(made("E"), 3, MONDAY))
        == "This week so far: 1 enhanced, 0 natural. Your aim is at most 3 a week."
    )


def test_without_numbers_there_is_no_digit() -> None:
    found = made("EEENNNN" + "U......")
    assert not any(c.isdigit() for c in plain_summary(found, 2))
    assert "than your aim" in plain_summary(found, 2)
    assert "than your aim" not in plain_summary(found, None)


def test_sleep_debt_of_the_vector(shared_dir: Path) -> None:
    vector = json.loads((shared_dir / "vectors" / "diary_circadian_expected.json").read_text(encoding="utf-8"))[
        "sleep_debt"
    ]
    found = sleep_debt(vector["tst"], vector["need"])
    assert (found.nights, found.of) == (vector["n_used"], 14)
    assert found.net == pytest.approx(vector["net_sum"])
    assert found.only_short == pytest.approx(vector["sum_shortfall_capped0"])
    assert found.mean_short == pytest.approx(vector["mean_shortfall_per_night"])
    assert sleep_debt([None, None], 450) is None
