"""Measures of a run of nights: what they need, what they give, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from dreamjournal.common.plugins import load_family
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.instant import Instant, from_local
from dreamjournal.domain.night import SourceNight
from dreamjournal.domain.session import Session, SessionKind, Stage, StageCode, Validity

FAMILY = {m.key: m for m in load_family("dreamjournal.metrics.regularity")}
FIRST = date(2026, 7, 6)
USUAL, LATER = (660, 480), (750, 540)


def at(day: date, minute: float) -> Instant:
    return from_local(datetime(day.year, day.month, day.day, 12) + timedelta(minutes=minute), "Europe/London")


def slept(offset: int, span: tuple[int, int] = USUAL, *, source: str = "oura", free: bool | None = None) -> SourceNight:
    """A night with sleep from so many minutes after noon, so many minutes long, in a device or a diary."""
    day, (begun, length) = FIRST + timedelta(days=offset), span
    if source == "diary":
        bed, woke = at(day, begun), at(day, begun + length)
        return SourceNight(day, source, Diary(1, day, bed, bed, 0, 0, 0, woke, woke), free=free)
    stages = (Stage(0, length * 60, StageCode.ASLEEP),)
    session = Session(
        offset, 1, day, source, str(offset), SessionKind.MAIN, Validity.OK, at(day, begun), at(day, begun + length), stages=stages
    )  # fmt: skip
    return SourceNight(day, source, sessions=(session,), free=free)


def without_stages(night: SourceNight) -> SourceNight:
    return replace(night, sessions=tuple(replace(s, stages=()) for s in night.sessions))


def run(spans: Sequence[tuple[int, int]], source: str = "oura") -> list[SourceNight]:
    return [slept(i, span, source=source) for i, span in enumerate(spans)]


def value(key: str, nights: Sequence[SourceNight]) -> tuple[float | None, int, str]:
    found = FAMILY[key].value(nights)
    return found.value, found.n, found.why


@pytest.mark.parametrize(("key", "source"), [("sri", "oura"), ("sri_diary", "diary")])
def test_sri_of_nights_in_a_row(key: str, source: str) -> None:
    week = run([USUAL] * 4 + [LATER] * 2 + [USUAL], source)
    assert value(key, week) == (pytest.approx(88.888889, abs=1e-6), 6, "")
    assert value(key, run([USUAL] * 6, source)) == (100, 5, "")
    assert value(key, week[:5]) == (None, 4, "needs 5 pairs of nights in a row; there are 4")
    apart = [n for n in run([USUAL] * 12, source) if n.night_date.day % 2]
    assert value(key, apart) == (None, 0, "needs 5 pairs of nights in a row; there is none")


def test_a_night_after_a_gap_is_no_pair() -> None:
    nights = run([USUAL] * 4 + [LATER] * 4)
    assert value("sri", [n for n in nights if n.night_date != FIRST + timedelta(days=3)])[1] == 5
    assert value("sri", [*nights[:4], *run([LATER] * 9)[5:]])[0] == 100


def test_sleep_past_noon_is_not_lost_between_two_days() -> None:
    long = (1200, 480)
    assert value("sri", run([long] * 7))[0] == pytest.approx(-100 + 200 * (6 * 1440 - 240) / (6 * 1440))


@pytest.mark.parametrize("key", ["sri", "is", "iv"])
def test_epochs_are_needed(key: str) -> None:
    week = run([USUAL] * 9)
    assert value(key, week)[2] == ""
    assert value(key, [without_stages(n) for n in week]) == (None, 0, "this source gives no sleep stages")
    assert value(key, [replace(n, sessions=()) for n in week]) == (None, 0, "no recording")
    assert value(key, run([USUAL] * 9, "diary")) == (None, 0, "the diary has no epochs: choose a device")
    few = value(key, week[:3])
    assert few[0] is None and few[2].startswith("needs ")


def test_the_index_of_the_diary_is_not_that_of_a_device() -> None:
    assert value("sri_diary", run([USUAL] * 9)) == (None, 0, "from the diary alone")
    assert FAMILY["sri_diary"].title == "SRI (diary, onset–wake)"


def test_the_same_hours_every_day_are_stable() -> None:
    assert value("is", run([USUAL] * 8)) == (pytest.approx(1), 8, "")
    mixed = run([USUAL, LATER] * 4)
    stable, n, _ = value("is", mixed)
    assert stable is not None and 0.5 < stable < 1 and n == 8
    smooth, broken = value("iv", run([USUAL] * 8))[0], value("iv", run([(660, 60), (840, 60)] * 4))[0]
    assert smooth is not None and broken is not None and smooth < broken


def test_hours_beside_a_gap_are_no_neighbours() -> None:
    week = run([USUAL] * 14)
    whole, gapped = value("iv", week)[0], value("iv", [*week[:7], *week[8:]])[0]
    assert whole is not None and gapped == pytest.approx(whole, rel=0.02)


@pytest.mark.parametrize("source", ["oura", "diary"])
def test_social_jetlag_is_of_the_days_the_person_marked(source: str) -> None:
    spans = [(660, 420, False)] * 5 + [(750, 540, True)] * 2
    nights = [slept(i, (a, b), source=source, free=f) for i, (a, b, f) in enumerate(spans)]
    assert value("social_jetlag", nights) == (pytest.approx(150), 7, "")
    assert value("sjl_sc", nights) == (pytest.approx(90), 7, "")
    assert value("msf_sc", nights) == (pytest.approx(4 * 60 + 17.142857), 7, "")
    unmarked = [replace(n, free=None) if n.free else n for n in nights[:6]]
    assert value("social_jetlag", unmarked)[2] == (
        "needs 2 nights before a day marked as free and 3 before one marked as not; there are 0 and 5"
    )
    assert value("social_jetlag", nights[:-1])[0] is None


def test_phase_deviation_and_spread() -> None:
    mids = [180.0, 195.0, 170.0, 240.0, 260.0, 185.0, 200.0]
    nights = run([(round(m) + 720 - 200, 400) for m in mids])
    assert value("cpd", nights) == (pytest.approx(48.4823021944255), 6, "")
    assert value("cpd", nights[:5]) == (None, 4, "needs 5 pairs of nights in a row; there are 4")
    spread, n, _ = value("mid_sleep_sd", nights)
    assert n == 7 and spread == pytest.approx(30.8, abs=0.5)
    assert value("mid_sleep_sd", nights[:4]) == (None, 4, "needs 5 nights with a mid-sleep; there are 4")


@pytest.mark.parametrize("key", sorted(FAMILY))
@pytest.mark.parametrize("source", ["diary", "oura"])
def test_no_nights_give_a_reason(key: str, source: str) -> None:
    for nights in ([], [SourceNight(FIRST, source)]):
        found, n, why = value(key, nights)
        assert found is None and n == 0 and why


@pytest.mark.parametrize("key", sorted(FAMILY))
def test_the_order_of_nights_does_not_matter(key: str) -> None:
    spans = [(660 + 17 * (i * 5 % 7), 400 + 11 * (i % 5)) for i in range(12)]
    nights = [slept(i, s, free=i % 3 == 0) for i, s in enumerate(spans)]
    if key == "sri_diary":
        nights = [slept(i, s, source="diary", free=i % 3 == 0) for i, s in enumerate(spans)]
    found = value(key, nights)
    assert found[0] is not None
    assert value(key, nights[::-1]) == (pytest.approx(found[0]), found[1], found[2])
