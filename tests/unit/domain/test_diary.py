"""The formulas of the diary."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from dreamjournal.domain.diary import Diary, doubts, is_late, measure
from dreamjournal.domain.instant import Instant, from_local

NIGHT = date(2026, 3, 28)


def at(text: str) -> Instant:
    return from_local(datetime.fromisoformat(text), "Europe/London")


SPRING = Diary(
    1, NIGHT, into_bed=at("2026-03-28T23:00"), try_sleep=at("2026-03-28T23:10"), sol=20, nawk=1, waso=15,
    final_wake=at("2026-03-29T07:00"), out_of_bed=at("2026-03-29T07:30"), tasafa=0,
)  # fmt: skip


def test_the_night_the_clocks_go_forward() -> None:
    m = measure(SPRING)
    assert (m.tib, m.spt, m.tst, m.twak, m.dse) == (450, 390, 375, 30, 410)
    assert m.se_tib == pytest.approx(83.3333333, abs=1e-6)
    assert m.se_dse == pytest.approx(91.4634146, abs=1e-6)
    assert m.mid_sleep is not None
    assert m.mid_sleep.local == datetime(2026, 3, 29, 3, 45)


@pytest.mark.real
def test_diary_vectors(shared_dir: Path) -> None:
    for case in json.loads((shared_dir / "vectors/diary_circadian_expected.json").read_text())["diary"]:
        when = {
            k: from_local(datetime.fromisoformat(case[k]), case["tz"])
            for k in ("into_bed", "try_sleep", "final_awakening", "out_of_bed")
        }
        m = measure(
            Diary(
                1, NIGHT, into_bed=when["into_bed"], try_sleep=when["try_sleep"], sol=case["SOL"], waso=case["WASO_input"],
                final_wake=when["final_awakening"], out_of_bed=when["out_of_bed"], tasafa=case["TASAFA_min"],
            )
        )  # fmt: skip
        for name, key in {
            "tib": "TIB_min",
            "spt": "SPT_min",
            "tst": "TST_min",
            "twak": "TWAK_terminal_min",
            "dse": "DSE_min",
        }.items():
            assert getattr(m, name) == pytest.approx(case[key], abs=1e-6)
        assert m.se_tib == pytest.approx(case["SE_TIB_pct"], abs=1e-6)
        assert m.se_dse == pytest.approx(case["SE_DSE_pct"], abs=1e-6)
        assert m.mid_sleep is not None
        assert m.mid_sleep.local == datetime.fromisoformat(case["midsleep_local"]).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("missing", "gone"),
    [
        ("sol", {"tst", "spt", "se_tib", "se_dse", "dse", "onset", "mid_sleep"}),
        ("waso", {"tst", "se_tib", "se_dse", "dse"}),
        ("tasafa", {"dse", "se_dse"}),
        ("out_of_bed", {"tib", "twak", "se_tib"}),
        ("into_bed", {"tib", "se_tib"}),
        ("final_wake", {"tst", "spt", "twak", "se_tib", "se_dse", "dse", "mid_sleep"}),
    ],
)
def test_what_was_not_answered_is_missing_never_zero(missing: str, gone: set[str]) -> None:
    m = measure(replace(SPRING, **{missing: None}))
    assert {name for name in vars(m) if getattr(m, name) is None} == gone


def test_an_entry_more_than_a_day_after_rising_is_late() -> None:
    rose = SPRING.out_of_bed
    assert rose is not None
    assert not is_late(replace(SPRING, entered=rose.utc + timedelta(hours=24)))
    assert is_late(replace(SPRING, entered=rose.utc + timedelta(hours=24, seconds=1)))
    assert not is_late(SPRING)


def test_odd_answers_are_asked_about_not_refused() -> None:
    assert doubts(SPRING) == ()
    assert [f for f, _ in doubts(replace(SPRING, waso=900))] == ["waso"]
    assert [f for f, _ in doubts(replace(SPRING, try_sleep=at("2026-03-28T22:00")))] == ["try_sleep"]
    assert [f for f, _ in doubts(replace(SPRING, out_of_bed=at("2026-03-29T17:30")))] == ["out_of_bed"]
