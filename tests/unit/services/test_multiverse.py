"""One question under every way of counting: which rules are asked, joined or left out, from the nights of a person."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreamjournal.common.clock import FixedClock
from dreamjournal.common.errors import Cancelled
from dreamjournal.common.progress import CallProgress, NoProgress
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.exposure import Enhancer, EnhancerKind, Exposure
from dreamjournal.domain.instant import from_local, in_zone
from dreamjournal.domain.multiverse import Multiverse, Rule
from dreamjournal.domain.night import Condition, Night
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Validity
from dreamjournal.domain.study import Study
from dreamjournal.services import contrasts, multiverse

FIRST = date(2026, 3, 2)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
CLOCK = FixedClock(NOW, "Europe/London")
DEVICE = Enhancer(1, 1, "SleepSync", EnhancerKind.DEVICE, NOW)
SCHEDULE = "ENNENEENNEENENNE" * 3


def session(
    number: int, day: date, hour: float, minutes: float, source: str, kind: SessionKind = SessionKind.MAIN
) -> Session:
    start = from_local(datetime(day.year, day.month, day.day) + timedelta(hours=hour), "Europe/London")
    end = in_zone(start.utc + timedelta(minutes=minutes), "Europe/London")
    measures = SessionMeasures(tib_min=minutes + 20, tst_min=minutes)
    return Session(number, 1, day, source, str(number), kind, Validity.OK, start, end, measures)


def nights(
    schedule: str = SCHEDULE, *, seed: int = 1, effect: dict[str, float] | None = None, naps: bool = True
) -> list[Night]:
    """WHOOP, Oura and a diary of each night; naps at two and at five in the afternoon."""
    draw, effect = random.Random(seed), effect or {"whoop": 30, "oura": 30, "diary": 30}
    out: list[Night] = []
    for i, mark in enumerate(schedule):
        day, on = FIRST + timedelta(days=i), mark == "E"
        slept = [session(4 * i, day, 23, 400 + draw.gauss(0, 25) + effect["whoop"] * on, "whoop"),
                 session(4 * i + 1, day, 23.1, 390 + draw.gauss(0, 25) + effect["oura"] * on, "oura")]  # fmt: skip
        if naps and i % 3 == 0:
            slept.append(session(4 * i + 2, day, 14 if i % 2 else 19, draw.randint(20, 80), "whoop", SessionKind.NAP))
        bed = from_local(datetime(day.year, day.month, day.day, 23), "Europe/London")
        wake = in_zone(bed.utc + timedelta(minutes=410 + draw.gauss(0, 25) + effect["diary"] * on), "Europe/London")
        diary = Diary(1, day, bed, bed, 0, 0, 0, wake, wake, entered=wake.utc)
        exposures = (Exposure(i, 1, day, "SleepSync", EnhancerKind.DEVICE, "diary"),) if on else ()
        condition = Condition.ENHANCED if on else Condition.NATURAL
        out.append(Night(1, day, condition, exposures=exposures, diary=diary, sessions=tuple(slept)))
    return out


STUDY = Study(1, 1, "SleepSync", "tst", "whoop", 20, FIRST, SCHEDULE, 4, 7, datetime(2026, 2, 1, tzinfo=UTC))


def ask(found: list[Night], *, study: Study | None = STUDY, progress: Any = None, **spec: Any) -> Multiverse:
    studies = () if study is None else (study,)
    asked = ContrastSpec(**spec)
    result = contrasts.compare(found, (DEVICE,), studies, asked, CLOCK)
    return multiverse.multiverse(found, (DEVICE,), studies, asked, result, CLOCK, progress or NoProgress())


def test_every_rule_is_looked_at_once_and_the_own_one_is_the_answer() -> None:
    found = nights()
    m = ask(found)
    answer = contrasts.compare(found, (DEVICE,), (STUDY,), ContrastSpec(), CLOCK)
    # WHOOP and Oura: naps, three washouts, two borders, two labels; the diary never speaks of naps.
    assert m.considered == 24 + 24 + 12
    assert m.considered == sum(1 + len(w.alike) for w in (*m.ways, *m.left_out))
    own = next(w for w in m.ways if w.own)
    assert own.rule == Rule("whoop", False, 0, 12, "planned")
    assert own.value == pytest.approx(answer.estimate.value, abs=1e-9)
    assert own.interval == pytest.approx(answer.estimate.interval, abs=1e-9)
    assert (own.n_enhanced, own.n_natural) == (answer.n_enhanced, answer.n_natural)
    assert m.notes == ("The diary never says whether there were naps, so they cannot be added to its sleep time.",)


def test_each_way_is_what_the_question_asked_that_way_would_answer() -> None:
    found = nights()
    for way in ask(found).ways:
        spec = way.rule.spec(ContrastSpec(enhancer="SleepSync", swd=20))
        answer = contrasts.compare(found, (DEVICE,), (STUDY,), spec, CLOCK)
        # Columns dealt together differ from one dealt alone in the last bit.
        assert way.value == pytest.approx(answer.estimate.value, abs=1e-9) and way.design == answer.design
        assert way.interval == pytest.approx(answer.estimate.interval, abs=1e-9)


def test_rules_that_change_nothing_are_joined() -> None:
    m = ask(nights(naps=False), study=None)
    assert all(w.rule.naps is False and w.rule.boundary == 12 for w in m.ways)
    assert {w.rule.source for w in m.ways} == {"whoop", "oura", "diary"}
    assert m.joined and "None of these nights were drawn at random, so planned and used are the same." in m.notes


def test_the_own_washout_and_border_are_among_the_rules() -> None:
    m = ask(nights("EENNNNNN" * 8), study=None, washout=3, boundary=10)
    own = next(w for w in m.ways if w.own)
    assert (own.rule.washout, own.rule.boundary) == (3, 10)
    assert {r.washout for w in m.ways for r in (w.rule, *w.alike)} == {0, 1, 2, 3}


def test_sources_that_disagree_are_said_to_first() -> None:
    m = ask(nights(effect={"whoop": 40, "oura": -40, "diary": 40}))
    assert m.sentence.startswith("The answer depends on how the nights are counted: ")
    assert "What matters most is whose numbers are taken" in m.sentence


def test_a_washout_that_leaves_no_natural_night_has_its_reason() -> None:
    m = ask(nights("EN" * 24), study=None)
    reasons = {w.reason for w in m.left_out}
    assert "each natural night came too soon after an enhanced one" in reasons
    assert {w.rule.washout for w in m.ways} == {0}


def test_nothing_to_count_is_said() -> None:
    few = ask(nights("EN"), study=None)
    assert not few.ways and "gives a difference" in few.sentence
    none = multiverse.multiverse(
        [], (), (), ContrastSpec(), contrasts.compare([], (), (), ContrastSpec(), CLOCK), CLOCK, NoProgress()
    )
    assert none.considered == 0 and none.sentence.startswith("No enhancer is in the journal yet.")


def test_behind_a_seal_nothing_is_counted() -> None:
    closed = [
        replace(n, study_sealed=True, sealed=True, condition=Condition.UNRECORDED, exposures=(), sessions=())
        for n in nights()
    ]
    study = replace(STUDY, sealed=True)
    result = contrasts.compare(closed, (DEVICE,), (study,), ContrastSpec(), CLOCK)
    m = ask(closed, study=study)
    assert "sealed" in result.reasons and m.sentence == result.sentence
    assert (m.considered, m.ways, m.left_out, m.named) == (0, (), (), ())


def test_it_can_be_stopped_at_any_step() -> None:
    def stopping(at: int) -> tuple[CallProgress, list[int]]:
        seen: list[int] = []

        def step(done: int, total: int, text: str) -> None:
            seen.append(done)
            if len(seen) == at:
                raise Cancelled

        return CallProgress(step), seen

    progress, seen = stopping(0)
    ask(nights(), progress=progress)
    for at in (1, len(seen) // 2, len(seen)):
        with pytest.raises(Cancelled):
            ask(nights(), progress=stopping(at)[0])


def swapped(night: Night) -> Night:
    """The other kind of night."""
    if night.exposures:
        return replace(night, condition=Condition.NATURAL, exposures=())
    exposure = Exposure(0, 1, night.night_date, "SleepSync", EnhancerKind.DEVICE, "diary")
    return replace(night, condition=Condition.ENHANCED, exposures=(exposure,))


def longer(night: Night, minutes: float) -> Night:
    """Every main sleep that much longer."""
    slept = tuple(
        replace(s, measures=replace(s.measures, tst_min=(s.measures.tst_min or 0) + minutes)) if s.kind == SessionKind.MAIN else s
        for s in night.sessions
    )  # fmt: skip
    return replace(night, sessions=slept, diary=None)


def shown(m: Multiverse) -> dict[Rule, tuple[float, float, float]]:
    return {w.rule: (w.value, *w.interval) for w in m.ways if w.value is not None and w.interval is not None}


@settings(max_examples=4)
@given(st.integers(0, 10**6))
def test_swapped_nights_flip_every_rule_without_washout(seed: int) -> None:
    found = [replace(n, diary=None) for n in nights(seed=seed)]
    flipped = SCHEDULE.translate(str.maketrans("EN", "NE"))
    here = shown(ask(found))
    there = shown(ask([swapped(n) for n in found], study=replace(STUDY, schedule=flipped)))
    # A washout leaves out natural nights alone, so only rules without one can mirror each other.
    for rule in (r for r in here if r.washout == 0):
        value, low, high = there[rule]
        assert here[rule] == (-value, -high, -low)


@settings(max_examples=3)
@given(st.integers(0, 10**6), st.floats(-100, 100))
def test_an_added_constant_changes_no_rule(seed: int, minutes: float) -> None:
    found = [replace(n, diary=None) for n in nights(seed=seed)]
    here, there = shown(ask(found)), shown(ask([longer(n, minutes) for n in found]))
    assert here.keys() == there.keys()
    for rule, numbers in here.items():
        assert there[rule] == pytest.approx(numbers, abs=1e-6)


def test_a_journal_is_read_and_asked(journal: Any, clock: Any) -> None:
    person = journal.persons.all()[0].id
    result = contrasts.contrast(journal, person, ContrastSpec(), clock)
    m = multiverse.for_question(journal, person, ContrastSpec(), result, clock, NoProgress())
    assert m.considered == 0
