"""Main sleep: joining blocks, naps, and nulls that stay null."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Validity, main_sleep

NIGHT = date(2026, 7, 8)


def block(start_h: float, minutes: float, kind: SessionKind = SessionKind.MAIN, **measures: float) -> Session:
    start = datetime(2026, 7, 8, tzinfo=UTC) + timedelta(hours=start_h)
    return Session(
        1, 1, NIGHT, "x", str(start_h), kind, Validity.OK, in_zone(start, "UTC"), in_zone(start + timedelta(minutes=minutes), "UTC"),
        SessionMeasures(**measures),
    )  # fmt: skip


def test_blocks_less_than_ninety_minutes_apart_are_one_sleep_and_the_gap_is_wake() -> None:
    a = block(23, 120, tst_min=110, waso_min=10, tib_min=120)
    b = block(26.4, 240, tst_min=230, waso_min=5, tib_min=240)  # 84 min later
    found = main_sleep((b, a))
    assert found is not None
    assert found.measures.tst_min == 340
    assert found.measures.waso_min == 15 + 84
    assert found.measures.tib_min == 360 + 84
    assert found.measures.rem_min is None


def test_blocks_ninety_minutes_apart_stay_two_and_the_longest_is_the_night() -> None:
    a, b = block(23, 120, tst_min=110), block(26.5, 240, tst_min=230)
    found = main_sleep((a, b))
    assert found is not None
    assert found.sessions == (b,)


def test_mask_time_is_not_sleep() -> None:
    assert main_sleep((block(23, 480, SessionKind.REST, tib_min=480),)) is None
    assert main_sleep(()) is None


def test_two_recordings_of_the_same_hours_are_one_night_and_the_longer_stands_for_both() -> None:
    phone, watch = block(23.2, 450, tst_min=400, tib_min=450), block(23, 480, tst_min=430, tib_min=480)
    found = main_sleep((phone, watch))
    assert found is not None
    assert (found.sessions, found.measures.tst_min) == ((watch,), 430)


def test_blocks_that_touch_at_their_ends_are_both_counted() -> None:
    a, b = block(23, 240, tst_min=230, tib_min=240), block(26.9, 240, tst_min=230, tib_min=240)
    found = main_sleep((a, b))
    assert found is not None
    assert found.measures.tst_min == 460
