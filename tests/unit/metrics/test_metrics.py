"""Every metric on nights made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dreamjournal.common.plugins import load_family
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import Dream, Recall
from dreamjournal.domain.instant import from_local
from dreamjournal.domain.night import SourceNight
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Validity

KEYS = [
    "tst",
    "sol",
    "waso",
    "tib",
    "se_tib",
    "se_dse",
    "twak",
    "nawk",
    "ema",
    "quality",
    "rested",
    "mid_sleep",
    "light",
    "deep",
    "rem",
    "rem_latency",
    "hr",
    "hrv_rmssd",
    "hrv_sdnn",
    "resp",
    "spo2",
    "temp",
    "recall",
    "vividness",
    "tone",
    "lucidity",
    "nightmare",
]
DAY = date(2026, 7, 9)
FAMILY = {m.key: m for m in load_family("dreamjournal.metrics")}


def at(hour: int, minute: int, day: int = 0):
    return from_local(datetime(2026, 7, 9 + day, hour, minute), "Europe/London")


DIARY = Diary(1, DAY, at(22, 50), at(23, 10), 20, 2, 25, at(7, 0, 1), at(7, 30, 1), 4, tasafa=10, ema=15, rested=3)
DREAM = Dream(
    1,
    1,
    DAY,
    "…",
    Recall.REPORT,
    3,
    1,
    -1,
    True,
    2,
    (),
    (),
    datetime(2026, 7, 10, tzinfo=UTC),
    datetime(2026, 7, 10, tzinfo=UTC),
)
WRITTEN = SourceNight(
    DAY,
    "diary",
    DIARY,
    Recall.REPORT,
    (DREAM, replace(DREAM, id=2, vividness=2, lucidity=4, tone=None, nightmare=None)),
)
MEASURES = SessionMeasures(480, 420, 12, 30, 60, 240, 90, 90, None, 75, None, 55, 48, 61, 14.5, 96.5, 34.2)
WORN = SourceNight(
    DAY,
    "whoop",
    sessions=(Session(1, 1, DAY, "whoop", "a", SessionKind.MAIN, Validity.OK, at(23, 0), at(7, 0, 1), MEASURES),),
)


def test_the_family_is_the_agreed_one() -> None:
    assert sorted(FAMILY) == sorted(KEYS)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("tst", 425), ("sol", 20), ("waso", 25), ("tib", 520), ("se_tib", 100 * 425 / 520),
        ("se_dse", 100 * 425 / 480), ("twak", 30), ("nawk", 2),
        ("ema", 15), ("quality", 4), ("rested", 3), ("mid_sleep", 15 * 60 + 15), ("recall", 1),
        ("vividness", 2.5), ("tone", -1), ("lucidity", 4),
        ("nightmare", 1), ("hr", None), ("deep", None),
    ],
)  # fmt: skip
def test_from_the_diary(key: str, expected: float | None) -> None:
    assert FAMILY[key].value(WRITTEN) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("tst", 420), ("sol", 12), ("waso", 30), ("tib", 480), ("se_tib", 87.5), ("light", 240), ("deep", 90),
        ("rem", 90), ("rem_latency", 75),
        ("hr", 55), ("hrv_rmssd", 48), ("hrv_sdnn", 61), ("resp", 14.5), ("spo2", 96.5), ("temp", 34.2), ("mid_sleep", 15 * 60),
        ("quality", None), ("recall", None), ("nightmare", None), ("se_dse", None), ("nawk", None), ("lucidity", None),
    ],
)  # fmt: skip
def test_from_a_device(key: str, expected: float | None) -> None:
    assert FAMILY[key].value(WORN) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize("key", KEYS)
def test_nothing_known_is_none_never_zero(key: str) -> None:
    for source in ("diary", "whoop"):
        assert FAMILY[key].value(SourceNight(DAY, source)) is None
    assert FAMILY[key].value(SourceNight(DAY, "diary", Diary(1, DAY))) is None
    empty = Session(1, 1, DAY, "whoop", "a", SessionKind.NAP, Validity.OK, at(23, 0), at(7, 0, 1))
    assert key == "mid_sleep" or FAMILY[key].value(SourceNight(DAY, "whoop", sessions=(empty,))) is None


def test_recall_needs_an_answer() -> None:
    value = FAMILY["recall"].value
    answers = {r: value(SourceNight(DAY, "diary", recall=r)) for r in Recall}
    assert answers == {Recall.NOT_TRIED: None, Recall.NOTHING: 0, Recall.WHITE: 0, Recall.FRAGMENT: 1, Recall.REPORT: 1}
    assert FAMILY["nightmare"].value(SourceNight(DAY, "diary", recall=Recall.NOTHING)) == 0


def test_mid_sleep_does_not_wrap_at_midnight() -> None:
    early = replace(DIARY, try_sleep=at(20, 0), sol=0, final_wake=at(3, 0, 1))
    late = replace(DIARY, try_sleep=at(1, 0, 1), sol=0, final_wake=at(9, 0, 1))
    values = [FAMILY["mid_sleep"].value(SourceNight(DAY, "diary", d)) for d in (early, late)]
    assert values == [11.5 * 60, 17 * 60]


def test_blocks_an_hour_apart_are_one_sleep() -> None:
    first = replace(WORN.sessions[0], end=at(3, 0, 1), measures=SessionMeasures(240, 200, 10, 20))
    second = replace(
        WORN.sessions[0],
        id=2,
        start=replace(first.end, utc=first.end.utc + timedelta(hours=1)),
        measures=SessionMeasures(180, 170, 5, 5),
    )
    night = SourceNight(DAY, "whoop", sessions=(first, second))
    assert FAMILY["tst"].value(night) == 370 and FAMILY["waso"].value(night) == 20 + 5 + 60 + 5


@pytest.mark.parametrize("key", KEYS)
def test_every_metric_can_be_told(key: str) -> None:
    m = FAMILY[key]
    assert m.title and m.explain.endswith(".") and m.unit
    if m.kind != "rate":
        assert "{n}" in m.was and "{w}" in m.was and "{n}" in m.linked and "{w}" in m.linked
    assert len(set(m.words)) == len(set(m.linked_words)) == 2
