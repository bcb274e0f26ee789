"""What must hold of every answer, over random journals and through the service that answers: not of arrays alone."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from dreamjournal.common.clock import FixedClock
from dreamjournal.domain.contrast import ContrastResult, ContrastSpec, to_json
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.exposure import Enhancer, EnhancerKind, Exposure
from dreamjournal.domain.instant import from_local
from dreamjournal.domain.night import Condition, Night, NightFlag
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Validity
from dreamjournal.domain.study import Study
from dreamjournal.services.contrasts import compare

FIRST = date(2026, 4, 6)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
CLOCK = FixedClock(NOW)
NAME = "melatonin 1 mg"
ENHANCER = Enhancer(1, 1, NAME, EnhancerKind.SUPPLEMENT, NOW)
SWAP = {"E": "N", "N": "E"}
CONDITION = {"E": Condition.ENHANCED, "N": Condition.NATURAL, "U": Condition.UNSURE, "-": Condition.UNRECORDED}
FORBIDDEN = re.compile(
    r"\b[Nn]a[Nn]\b|\bNone\b(?! of )|\b[Ii]nf(inity)?\b|(?<![\d\w])[-\u2212]0(?:\.0+)?(?![\d.])|\bp = 0(?!\.\d*[1-9])"
)


class Journal:
    """Nights as letters and values, so that they can be swapped, moved and scaled before they become nights."""

    def __init__(
        self, kinds: list[str], values: list[float | None], flags: list[bool], drawn: bool, weekends: list[bool]
    ) -> None:
        self.kinds, self.values, self.flags, self.drawn, self.weekends = kinds, values, flags, drawn, weekends

    def __repr__(self) -> str:
        return f"Journal({''.join(self.kinds)}, {self.values}, {self.flags}, drawn={self.drawn}, {self.weekends})"

    def nights(self, values: list[float | None] | None = None, *, swapped: bool = False) -> list[Night]:
        out: list[Night] = []
        for i, (kind, value) in enumerate(zip(self.kinds, self.values if values is None else values, strict=True)):
            letter = SWAP.get(kind, kind) if swapped else kind
            day = FIRST + timedelta(days=i)
            start = from_local(datetime(day.year, day.month, day.day, 23), "Atlantic/Reykjavik")
            end = replace(start, utc=start.utc + timedelta(hours=8))
            sessions: tuple[Session, ...] = ()
            if value is not None:
                measures = SessionMeasures(tib_min=480, tst_min=value)
                sessions = (
                    Session(i, 1, day, "whoop", str(i), SessionKind.MAIN, Validity.OK, start, end, measures, "band"),
                )
            exposures = (Exposure(0, 1, day, NAME, EnhancerKind.SUPPLEMENT, "diary"),) if letter == "E" else ()
            diary = Diary(1, day, free_next_day=self.weekends[i])
            flags = frozenset({NightFlag.ILLNESS}) if self.flags[i] else frozenset[NightFlag]()
            out.append(
                Night(1, day, CONDITION[letter], exposures=exposures, recall=Recall.REPORT, diary=diary, sessions=sessions, flags=flags)
            )  # fmt: skip
        return out

    def study(self, *, swapped: bool = False) -> tuple[Study, ...]:
        if not self.drawn:
            return ()
        rng = random.Random(len(self.kinds))
        # As drawn is as used here: what was not answered gets either kind.
        marks = [k if k in "EN" else rng.choice("EN") for k in self.kinds]
        schedule = "".join(SWAP[m] if swapped else m for m in marks)
        return (Study(1, 1, NAME, "tst", "whoop", 20.0, FIRST, schedule, 4, 1, NOW - timedelta(days=300)),)


def ask(
    journal: Journal, values: list[float | None] | None = None, *, swapped: bool = False, **spec: Any
) -> ContrastResult:
    asked = ContrastSpec(source="whoop", **spec)
    result = compare(journal.nights(values, swapped=swapped), (ENHANCER,), journal.study(swapped=swapped), asked, CLOCK)
    event(f"{result.design} {result.verdict}")
    return result


@st.composite
def made(draw: st.DrawFn, least: int = 0, most: int = 60, losses: tuple[float, ...] = (0.0, 0.15, 1.0)) -> Journal:
    n = draw(st.integers(least, most))
    rng = random.Random(draw(st.integers(0, 2**20)))
    way = draw(st.sampled_from(("mixed", "mixed", "mixed", "before and after", "weekends", "one kind")))
    spread = draw(st.sampled_from((30.0, 30.0, 30.0, 2.0, 0.0)))
    effect = draw(st.sampled_from((0.0, 15.0, 60.0, -60.0)))
    lost, unclear = draw(st.sampled_from(losses)), draw(st.sampled_from((0.0, 0.1)))
    weekends = [rng.random() < 0.3 for _ in range(n)]
    kinds: list[str] = []
    values: list[float | None] = []
    for i in range(n):
        if way == "mixed":
            kind = rng.choice("EN")
        elif way == "before and after":
            kind = "N" if i < n // 2 else "E"
        else:
            kind = "E" if way == "one kind" or weekends[i] else "N"
        kinds.append(rng.choice("U-") if rng.random() < unclear else kind)
        value = 420 + round(rng.gauss(0, spread)) + (effect if kind == "E" else 0.0)
        values.append(None if rng.random() < lost else value)
    flags = [rng.random() < 0.05 for _ in range(n)]
    return Journal(kinds, values, flags, draw(st.booleans()), weekends)


ENOUGH = made(least=24, losses=(0.0, 0.15))


@settings(max_examples=60)
@given(ENOUGH)
def test_labels_that_change_places_change_the_sign_exactly(journal: Journal) -> None:
    one, other = ask(journal), ask(journal, swapped=True)
    assert (one.design, one.n_enhanced, one.n_natural) == (other.design, other.n_natural, other.n_enhanced)
    a, b = one.estimate, other.estimate
    if a.value is None:
        assert b.value is None
        return
    assert b.value is not None and a.value == -b.value
    assert (a.se, a.df, a.phi, a.n_eff, a.p) == (b.se, b.df, b.phi, b.n_eff, b.p)
    if a.interval is None:
        assert b.interval is None
    else:
        assert b.interval is not None and a.interval == (-b.interval[1], -b.interval[0])
    mirror = {"clearly_more": "clearly_less", "probably_more": "probably_less"}
    mirror |= {v: k for k, v in mirror.items()}
    assert other.verdict == mirror.get(one.verdict, one.verdict)


@settings(max_examples=60)
@given(ENOUGH, st.sampled_from((-60.0, 0.25, 37.0, 1000.0)))
def test_minutes_added_to_every_night_change_nothing(journal: Journal, more: float) -> None:
    one = ask(journal)
    other = ask(journal, [None if v is None else v + more for v in journal.values])
    _same(one, other, 1.0)


@settings(max_examples=60)
@given(ENOUGH, st.sampled_from((1 / 60, 60.0, 3.0)))
def test_another_unit_scales_the_answer(journal: Journal, factor: float) -> None:
    one = ask(journal, swd=20.0)
    other = ask(journal, [None if v is None else v * factor for v in journal.values], swd=20.0 * factor)
    _same(one, other, factor)


def _same(one: ContrastResult, other: ContrastResult, factor: float) -> None:
    assert (one.verdict, one.reasons, one.design) == (other.verdict, other.reasons, other.design)
    if one.estimate.value is None:
        assert other.estimate.value is None
        return
    near = 1e-9 * max(1.0, factor) * 1000
    assert other.estimate.value == pytest.approx(one.estimate.value * factor, rel=1e-9, abs=near * 1e-3)
    assert (one.estimate.phi, one.estimate.n_eff, one.estimate.df) == (
        other.estimate.phi, other.estimate.n_eff, other.estimate.df,
    )  # fmt: skip
    assert other.estimate.p == pytest.approx(one.estimate.p, rel=1e-6)
    if one.estimate.interval is None or other.estimate.interval is None:
        assert one.estimate.interval is other.estimate.interval is None
        return
    for a, b in zip(one.estimate.interval, other.estimate.interval, strict=True):
        assert b == pytest.approx(a * factor, rel=1e-7, abs=near)


@settings(max_examples=40)
@given(ENOUGH, st.randoms(use_true_random=False), st.sampled_from((("tst", "whoop"), ("recall", "diary"))))
def test_nights_in_another_order_give_the_same_answer(
    journal: Journal, rng: random.Random, asked: tuple[str, str]
) -> None:
    nights = journal.nights()
    shuffled = list(nights)
    rng.shuffle(shuffled)
    spec = ContrastSpec(*asked)
    one = compare(nights, (ENHANCER,), journal.study(), spec, CLOCK)
    assert to_json(compare(shuffled, (ENHANCER,), journal.study(), spec, CLOCK)) == to_json(one)


@settings(max_examples=150)
@given(
    made(),
    st.fixed_dictionaries(
        {
            "metric": st.sampled_from(
                ("tst", "sol", "deep", "recall", "quality", "nightmare", "mid_sleep", "tib", "nawk")
            ),
            "source": st.sampled_from(("whoop", "diary", None)),
            "swd": st.sampled_from((None, 1e-9, 20.0, 1e6)),
            "days": st.sampled_from(("all", "all", "work", "free")),
            "first": st.sampled_from((None, None, FIRST + timedelta(days=9), date(2031, 1, 1))),
        }
    ),
)
def test_no_answer_says_what_cannot_be_read(journal: Journal, spec: dict[str, Any]) -> None:
    if spec["source"] == "whoop" and not any(v is not None for v in journal.values):
        spec = {**spec, "source": None}
    r = compare(journal.nights(), (ENHANCER,), journal.study(), ContrastSpec(**spec), CLOCK)
    document = to_json(r)
    json.dumps(document, allow_nan=False)
    for text in _texts(document):
        assert not FORBIDDEN.search(text), text
    assert r.sentence and r.headline
    assert r.estimate.p is None or 0 < r.estimate.p <= 1
    if r.verdict in ("refused", "too_few"):
        assert r.estimate.value is None and r.estimate.interval is None and r.means is None
        assert r.reasons and r.fixes and "interval" not in r.sentence.split(" An early")[0]
    else:
        # A number comes with its n, and never below 7 nights of each kind.
        assert min(r.n_enhanced, r.n_natural) >= 7
        assert str(r.n_enhanced) in r.sentence and str(r.n_natural) in r.sentence
        low_high = r.estimate.interval
        assert low_high is None or low_high[0] <= low_high[1]
    if min(r.n_enhanced, r.n_natural) < 5:
        assert r.medians is None


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [t for v in value.values() for t in _texts(v)]
    return [t for v in value for t in _texts(v)] if isinstance(value, list) else []
