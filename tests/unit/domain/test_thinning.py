"""Which backups stay."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.domain.thinning import DAYS, MONTHS, WEEKS, Made, kept

NOW = datetime(2026, 7, 9, 20, 0, tzinfo=UTC)
ZONES = ("Europe/London", "Pacific/Auckland", "America/St_Johns", "UTC")

hours = st.lists(st.tuples(st.integers(0, 24 * 800), st.booleans()), max_size=120)
zones = st.sampled_from(ZONES)


def made(ages: list[tuple[int, bool]], now: datetime = NOW) -> list[Made]:
    return [Made(f"{n:03d}", now - timedelta(hours=hour), good) for n, (hour, good) in enumerate(ages)]


def newest(backups: list[Made]) -> Made:
    return max(backups, key=lambda b: (b.made, b.id))


def test_one_every_half_hour_for_three_years_comes_down_to_a_few() -> None:
    every = [Made(f"{n:05d}", NOW - timedelta(minutes=30 * n)) for n in range(48 * 1100)]
    stay = kept(every, NOW, "Europe/London")
    local = ZoneInfo("Europe/London")
    two_days = [b for b in every if (NOW.astimezone(local).date() - b.made.astimezone(local).date()).days <= 1]
    assert {b.id for b in two_days} <= stay
    assert len(stay) == len(two_days) + DAYS + WEEKS + MONTHS
    left = sorted((b for b in every if b.id in stay), key=lambda b: b.made)
    assert (NOW - left[0].made).days > 300


def test_of_a_day_the_newest_stays() -> None:
    of_a_day = [Made(str(n), NOW - timedelta(days=5, hours=n)) for n in range(4)]
    assert kept([*of_a_day, Made("today", NOW)], NOW, "UTC") == {"today", "0"}


def test_a_long_absence_removes_nothing() -> None:
    days = [Made(str(n), NOW - timedelta(days=n + 10)) for n in range(DAYS)]
    assert kept(days, NOW + timedelta(days=900), "UTC") == {b.id for b in days}


def test_days_are_those_of_the_zone() -> None:
    # 23:30 and 00:30 in Auckland are one day of UTC.
    at = datetime(2026, 6, 1, 11, 30, tzinfo=UTC)
    pair = [Made("evening", at), Made("after", at + timedelta(hours=1)), Made("now", NOW)]
    assert kept(pair, NOW, "Pacific/Auckland") == {"evening", "after", "now"}
    assert kept(pair, NOW, "UTC") == {"after", "now"}


def test_a_bad_one_takes_no_place_of_a_good_one() -> None:
    old = NOW - timedelta(days=6)
    pair = [Made("bad", old + timedelta(hours=1), good=False), Made("good", old)]
    assert kept(pair, NOW, "UTC") == {"bad", "good"}  # the newest of all stays, whatever it is
    assert kept([*pair, Made("new", NOW)], NOW, "UTC") == {"good", "new"}


@given(hours, zones)
def test_the_newest_and_the_newest_good_one_always_stay(ages: list[tuple[int, bool]], zone: str) -> None:
    backups = made(ages)
    stay = kept(backups, NOW, zone)
    assert bool(stay) == bool(backups)
    if backups:
        assert newest(backups).id in stay
    good = [b for b in backups if b.good]
    if good:
        assert newest(good).id in stay


@given(hours, zones, st.integers(0, 24 * 60))
def test_again_removes_nothing_more(ages: list[tuple[int, bool]], zone: str, later: int) -> None:
    backups = made(ages)
    now = NOW + timedelta(hours=later)
    stay = kept(backups, now, zone)
    assert kept([b for b in backups if b.id in stay], now, zone) == stay


@given(hours, zones, st.randoms(use_true_random=False))
def test_their_order_does_not_matter(ages: list[tuple[int, bool]], zone: str, chance: random.Random) -> None:
    backups = made(ages)
    mixed = list(backups)
    chance.shuffle(mixed)
    assert kept(mixed, NOW, zone) == kept(backups, NOW, zone)


@given(hours, zones, st.integers(1, 24 * 60))
def test_what_went_is_not_wanted_later(ages: list[tuple[int, bool]], zone: str, later: int) -> None:
    # Removing is for good: a rule that wanted something back after a week would have removed it too early.
    backups = made(ages)
    assert kept(backups, NOW + timedelta(hours=later), zone) <= kept(backups, NOW, zone)


@given(hours, zones)
def test_a_newer_one_brings_none_back(ages: list[tuple[int, bool]], zone: str) -> None:
    backups = made(ages)
    more = [*backups, Made("zzz", NOW + timedelta(minutes=1))]
    assert kept(more, NOW, zone) - {"zzz"} <= kept(backups, NOW, zone)
