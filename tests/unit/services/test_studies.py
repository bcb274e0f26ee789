"""Studies: the questions first, the draw, what each night is told, changes in the open, the seal, the printed plan."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dreamjournal.common.errors import UserError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.instant import from_local
from dreamjournal.domain.night import Condition
from dreamjournal.domain.person import JournalKind
from dreamjournal.domain.report import Prose, Report, Table
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Validity
from dreamjournal.domain.study import Study
from dreamjournal.services import (
    contrasts,
    dreams,
    enhancers,
    evenings,
    mornings,
    nights,
    reports,
    studies,
    study_print,
)
from dreamjournal.services import settings as the_settings
from dreamjournal.services.studies import StudyDraft
from dreamjournal.services.study_plan import half_width_in_sd
from dreamjournal.store.journal import memory_journal
from tests.fakes import FakeClock
from tests.unit.services.made import slept

if TYPE_CHECKING:
    from dreamjournal.services.journals import Journal

FIRST = date(2026, 7, 9)
ZONE = "Europe/London"
DRAFT = StudyDraft("SleepSync", seed=4, question="Do I sleep longer?")


@pytest.fixture
def me(journal: Journal, clock: FakeClock) -> int:
    """A person with a device and a supplement."""
    person = journal.persons.all()[0].id
    enhancers.add(journal, person, "SleepSync", EnhancerKind.DEVICE, clock)
    enhancers.add(journal, person, "melatonin", EnhancerKind.SUPPLEMENT, clock)
    enhancers.add(journal, person, "zolpidem", EnhancerKind.DRUG, clock)
    return person


def no(journal: Journal, person: int, enhancer: str = "SleepSync") -> dict[str, bool]:
    return {q.key: False for q in studies.screening(journal, person, enhancer).questions}


def begun(journal: Journal, person: int, clock: FakeClock, draft: StudyDraft = DRAFT) -> Study:
    return studies.begin(journal, person, draft, no(journal, person, draft.enhancer), clock)[0]


def write(journal: Journal, person: int, day: date, clock: FakeClock, sleep: int = 420) -> None:
    """A diary of a night with `sleep` minutes asleep."""
    answers = {
        "into_bed": 23 * 60,
        "try_sleep": 23 * 60,
        "sol": 0,
        "nawk": 0,
        "waso": 0,
        "final_wake": (23 * 60 + sleep) % 1440,
    }
    mornings.save_diary(journal, mornings.diary_from_answers(person, day, ZONE, {**answers, "out_of_bed": 600}), clock)


def record(journal: Journal, person: int, day: date, source: str = "whoop", **more: Any) -> None:
    """A recording of a night by a wrist device."""
    start = from_local(datetime(day.year, day.month, day.day, 23), ZONE)
    end = replace(start, utc=start.utc + timedelta(hours=8))
    measures = SessionMeasures(tib_min=480, tst_min=430)
    journal.sessions.put(
        Session(0, person, day, source, f"{source} {day}", SessionKind.MAIN, Validity.OK, start, end, measures, **more)
    )


def live(journal: Journal, person: int, study: Study, clock: FakeClock, count: int, *, follow: bool = True) -> None:
    """Live `count` nights of the study from its first: use what was drawn, and fill in the diary."""
    for i in range(count):
        day = study.first_night + timedelta(days=i)
        clock.set(datetime(day.year, day.month, day.day, 22))
        if (study.schedule[i] == "E") is follow:
            enhancers.log(journal, person, day, "enhanced", [study.enhancer], [], clock)
        else:
            enhancers.log(journal, person, day, "natural", [], [], clock)
        clock.advance(hours=10)
        write(journal, person, day, clock, 420 + 17 * i % 40 + (30 if study.schedule[i] == "E" else 0))
    clock.advance(hours=12)


def words_of(page: Report, key: str) -> str:
    """The prose of a section of a report."""
    return " ".join(b.text for s in page.sections if s.key == key for b in s.blocks if isinstance(b, Prose))


# The questions that come first


def test_a_device_has_questions_and_a_drug_is_never_scheduled(journal: Journal, me: int, clock: FakeClock) -> None:
    asked = studies.screening(journal, me, "sleepsync")
    assert {q.key for q in asked.questions} >= {
        "epilepsy",
        "implant",
        "pregnancy",
        "head_injury",
        "bipolar_psychosis",
        "skin",
    }
    assert all(q.words.endswith("?") for q in asked.questions)
    assert [q.key for q in studies.screening(journal, me, "melatonin").questions] == ["prescribed"]
    drug = studies.screening(journal, me, "zolpidem")
    assert drug.questions == ()
    assert drug.refused is not None
    assert "clinician" in drug.refused
    with pytest.raises(UserError, match=r"never put on a schedule.*compare"):
        studies.begin(journal, me, StudyDraft("zolpidem"), {}, clock)
    assert journal.studies.all(me) == []


def test_a_yes_is_kept_and_no_study_is_begun(journal: Journal, me: int, clock: FakeClock) -> None:
    with pytest.raises(UserError, match=r"clinician.*recorded and compared") as told:
        studies.begin(journal, me, DRAFT, {**no(journal, me), "epilepsy": True}, clock)
    assert told.value.field == "epilepsy"
    with pytest.raises(UserError, match="prescribed"):
        studies.begin(journal, me, StudyDraft("melatonin"), {"prescribed": True}, clock)
    assert journal.studies.all(me) == []
    answered = studies.screening(journal, me, "SleepSync").answered
    assert answered is not None
    assert answered["epilepsy"] is True


def test_a_question_left_open_keeps_nothing(journal: Journal, me: int, clock: FakeClock) -> None:
    some = no(journal, me)
    del some["implant"]
    with pytest.raises(UserError) as told:
        studies.begin(journal, me, DRAFT, some, clock)
    assert told.value.field == "implant"
    with pytest.raises(UserError, match="no question"):
        studies.begin(journal, me, DRAFT, {**no(journal, me), "mood": False}, clock)
    assert studies.screening(journal, me, "SleepSync").answered is None
    assert journal.studies.all(me) == []


# Drafts


@pytest.mark.parametrize(("draft", "field"), [
    ({"metric": "happiness"}, "metric"), ({"source": "whoop"}, "source"), ({"metric": "hr"}, "metric"), ({"nights": 57}, "nights"),
    ({"nights": 2}, "nights"), ({"nights": 400}, "nights"), ({"swd": -1.0}, "swd"), ({"swd": float("nan")}, "swd"), ({"washout": 9}, "washout"),
    ({"block_size": 3}, "block_size"), ({"max_run": 0}, "max_run"), ({"seed": -1}, "seed"), ({"question": "x" * 301}, "question"),
    ({"enhancer": "nothing"}, "enhancer"),
])  # fmt: skip
def test_a_draft_that_cannot_be_is_refused_by_field(
    journal: Journal, me: int, clock: FakeClock, draft: dict[str, Any], field: str
) -> None:
    bad = replace(DRAFT, **draft)
    with pytest.raises(UserError) as told:
        studies.preview(journal, me, bad, clock)
    assert told.value.field == field
    assert told.value.what_now
    with pytest.raises(UserError):
        studies.begin(journal, me, bad, no(journal, me), clock)
    assert journal.studies.all(me) == []


@pytest.mark.parametrize(("draft", "field", "words"), [
    ({"first_night": FIRST - timedelta(days=1)}, "first_night", "has passed"),
    ({"first_night": FIRST + timedelta(days=500)}, "first_night", "year ahead"),
    ({"metric": "vividness", "swd": None}, "swd", "least that matters"),
])  # fmt: skip
def test_what_a_preview_warns_of_is_not_begun(
    journal: Journal, me: int, clock: FakeClock, draft: dict[str, Any], field: str, words: str
) -> None:
    bad = replace(DRAFT, **draft)
    assert words in " ".join(studies.preview(journal, me, bad, clock).warnings)
    with pytest.raises(UserError) as told:
        studies.begin(journal, me, bad, no(journal, me), clock)
    assert told.value.field == field
    assert journal.studies.all(me) == []
    assert studies.screening(journal, me, "SleepSync").answered is None


def test_a_preview_says_what_to_expect(journal: Journal, me: int, clock: FakeClock) -> None:
    seen = studies.preview(journal, me, replace(DRAFT, nights=28), clock)
    assert (seen.enhanced, seen.natural, seen.work_nights + seen.free_nights) == (14, 14, 28)
    assert seen.free_nights == 8
    assert "0 nights with a value so far" in seen.half_width_words
    assert any("first 14 mornings" in w for w in seen.warnings)
    for i in range(20):
        write(journal, me, FIRST - timedelta(days=20 - i), clock, 400 + 60 * (i % 2))
    seen = studies.preview(journal, me, replace(DRAFT, nights=28), clock)
    assert "about 25\u00a0min to each side. Your last 20 nights differ by 31\u00a0min" in seen.half_width_words
    assert not any("mornings" in w for w in seen.warnings)
    short = studies.preview(journal, me, replace(DRAFT, nights=20), clock)
    assert any("cannot reach a verdict" in w for w in short.warnings)
    washed = studies.preview(journal, me, replace(DRAFT, nights=28, washout=1), clock)
    assert washed.kept_natural_after_washout < 10
    assert any(
        f"leaves about {washed.kept_natural_after_washout} of 14 natural nights; a verdict needs 14" in w
        for w in washed.warnings
    )
    assert journal.studies.all(me) == []


def test_the_expected_half_width_is_that_of_the_simulations() -> None:
    assert half_width_in_sd(14, 14) == pytest.approx(0.82)
    assert half_width_in_sd(28, 28) == pytest.approx(0.54)
    assert half_width_in_sd(42, 42) == pytest.approx(0.44)
    assert half_width_in_sd(28, 7) > half_width_in_sd(28, 14) > half_width_in_sd(28, 28) > half_width_in_sd(80, 80)


def test_free_evenings_follow_the_person_s_work_days(journal: Journal, me: int, clock: FakeClock) -> None:
    the_settings.set_value(journal, me, "work_days", "Sat Sun")
    assert studies.preview(journal, me, replace(DRAFT, nights=28), clock).free_nights == 20
    the_settings.set_value(journal, me, "work_days", "Mon Tue Wed Thu Fri Sat Sun")
    assert studies.preview(journal, me, replace(DRAFT, nights=28), clock).free_nights == 0


# Beginning and following


def test_a_study_is_fixed_under_its_digest(journal: Journal, me: int, clock: FakeClock) -> None:
    study, changes = studies.begin(journal, me, replace(DRAFT, enhancer="sleepsync"), no(journal, me), clock)
    assert changes == Changes.STUDIES
    assert study == journal.studies.get(study.id)
    assert (study.enhancer, study.source, study.swd, study.first_night, study.nights) == (
        "SleepSync",
        "diary",
        30.0,
        FIRST,
        56,
    )
    assert studies.verify(study)
    assert hashlib.sha256(study_print.covered_text(study).encode()).hexdigest() == study.digest
    assert not studies.verify(replace(study, schedule=study.schedule[::-1]))
    assert not studies.verify(replace(study, digest=""))
    again = memory_again(clock)
    assert begun(*again, clock).schedule == study.schedule
    with pytest.raises(UserError, match="one is running until 2 September 2026"):
        studies.begin(journal, me, replace(DRAFT, enhancer="melatonin"), {"prescribed": False}, clock)


def memory_again(clock: FakeClock) -> tuple[Journal, int]:
    other = memory_journal(clock=clock)
    person = other.persons.all()[0].id
    enhancers.add(other, person, "SleepSync", EnhancerKind.DEVICE, clock)
    return other, person


def test_a_night_that_has_begun_cannot_be_the_first(journal: Journal, me: int, clock: FakeClock) -> None:
    evenings.lights_out(journal, me, FIRST, clock)
    with pytest.raises(UserError, match="has begun") as told:
        begun(journal, me, clock)
    assert told.value.field == "first_night"
    assert begun(journal, me, clock, replace(DRAFT, first_night=FIRST + timedelta(days=1))).first_night > FIRST


def test_after_midnight_the_first_night_is_the_coming_evening(journal: Journal, me: int, clock: FakeClock) -> None:
    clock.set(datetime(2026, 7, 10, 2))
    assert begun(journal, me, clock).first_night == date(2026, 7, 10)


def test_each_evening_is_told_what_was_drawn(journal: Journal, me: int, clock: FakeClock) -> None:
    study = begun(journal, me, clock)
    for i, mark in enumerate(study.schedule):
        told = studies.tonight(journal, me, FIRST + timedelta(days=i), clock)
        assert told is not None
        kind = "an enhanced" if mark == "E" else "a natural"
        assert told.words == f"Night {i + 1} of 56 of your study: {kind} night was drawn."
    assert studies.tonight(journal, me, FIRST - timedelta(days=1), clock) is None
    assert studies.tonight(journal, me, study.last_night + timedelta(days=1), clock) is None


@pytest.mark.parametrize(("zone", "at", "night"), [
    ("Europe/London", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 24)),  # the hour the clocks go back
    ("Europe/London", datetime(2026, 10, 25, 13, tzinfo=UTC), date(2026, 10, 25)),
    ("Pacific/Auckland", datetime(2026, 10, 25, 9, tzinfo=UTC), date(2026, 10, 25)),
    ("America/Los_Angeles", datetime(2026, 10, 26, 6, tzinfo=UTC), date(2026, 10, 25)),
])  # fmt: skip
def test_the_night_of_the_study_follows_the_person_s_zone(
    journal: Journal, me: int, clock: FakeClock, zone: str, at: datetime, night: date
) -> None:
    the_settings.set_value(journal, me, "zone", zone)
    clock.set(datetime(2026, 10, 20, 12, tzinfo=UTC))
    study = begun(journal, me, clock, replace(DRAFT, first_night=date(2026, 10, 22)))
    clock.set(at)
    number = (night - study.first_night).days + 1
    assert studies.state_words(journal, study, clock) == f"Running: night {number} of 56."
    assert studies.adherence(journal, study, clock).passed == number - 1
    assert studies.current(journal, me, clock) == study


def test_the_log_holds_what_was_drawn_against_what_was_used(journal: Journal, me: int, clock: FakeClock) -> None:
    study = begun(journal, me, clock)
    live(journal, me, study, clock, 6)
    other = "natural" if study.schedule[5] == "E" else "enhanced"
    enhancers.log(
        journal, me, FIRST + timedelta(days=5), other, ["SleepSync"] if other == "enhanced" else [], [], clock
    )  # type: ignore[arg-type]
    days = studies.log(journal, study, clock)
    assert len(days) == 56
    assert [d.followed for d in days[:7]] == [True] * 5 + [False, None]
    assert all(d.recorded for d in days[:6])
    assert not days[6].recorded
    assert days[5].used == Condition(other)
    kept = studies.adherence(journal, study, clock)
    assert (kept.followed, kept.known, kept.passed, kept.nights) == (5, 6, 6, 56)


def test_a_finished_study_is_a_planned_answer(journal: Journal, me: int, clock: FakeClock) -> None:
    clock.set(datetime(2026, 6, 20, 21))
    for i in range(14):
        write(journal, me, date(2026, 6, 5) + timedelta(days=i), clock)
    study = begun(journal, me, clock)
    live(journal, me, study, clock, 56)
    clock.advance(days=1)
    assert studies.current(journal, me, clock) is None
    result = contrasts.contrast(journal, me, ContrastSpec(enhancer="SleepSync"), clock)
    assert (result.design, result.stamp.kind if result.stamp else None) == ("R", "planned")
    assert (result.n_enhanced, result.n_natural) == (28, 28)
    page = reports.build(journal, me, reports.ReportSpec(contrast=ContrastSpec(enhancer="SleepSync")), clock)
    fixed = words_of(page, "fixed")
    assert study.digest in fixed
    assert "Planned: the question was fixed on 20 June 2026, before the first night." in fixed


def test_a_study_begun_in_a_western_evening_is_planned(journal: Journal, me: int, clock: FakeClock) -> None:
    the_settings.set_value(journal, me, "zone", "America/New_York")
    clock.set(datetime(2026, 7, 10, 2, tzinfo=UTC))  # 22:00 of the 9th there
    study = begun(journal, me, clock)
    assert study.first_night == FIRST
    enhancers.log(journal, me, FIRST, "natural", [], [], clock)
    clock.advance(hours=12)
    write(journal, me, FIRST, clock)
    result = contrasts.contrast(journal, me, ContrastSpec(enhancer="SleepSync"), clock)
    assert result.stamp is not None
    assert result.stamp.words == "Planned: the question was fixed on 9 July 2026, before the first night."


# Changing


def test_before_the_first_night_it_is_fixed_anew_with_the_same_seed(
    journal: Journal, me: int, clock: FakeClock
) -> None:
    study = begun(journal, me, clock, replace(DRAFT, first_night=FIRST + timedelta(days=3)))
    other, changes = studies.change(journal, study.id, clock, question="Does it help?", nights=28)
    assert changes == Changes.STUDIES
    assert (other.nights, other.seed, other.changed, other.id) == (28, study.seed, None, study.id)
    assert other.digest != study.digest
    assert studies.verify(other)
    assert studies.change(journal, study.id, clock, seed=99)[0].seed == 99
    with pytest.raises(UserError) as told:
        studies.change(journal, study.id, clock, nights=29)
    assert told.value.field == "nights"


def test_after_the_first_night_a_change_makes_it_exploratory(journal: Journal, me: int, clock: FakeClock) -> None:
    study = begun(journal, me, clock)
    live(journal, me, study, clock, 2)
    with pytest.raises(UserError, match=r"first night has begun.*stop it and begin another"):
        studies.change(journal, study.id, clock, nights=28)
    assert studies.change(journal, study.id, clock, swd=30.0) == (study, Changes.NOTHING)
    late, _ = studies.change(journal, study.id, clock, swd=20.0)
    assert late.changed == clock.now()
    assert (late.digest, late.schedule) == (study.digest, study.schedule)
    assert not studies.verify(late)
    assert "changed on 11 July 2026" in studies.verified_words(late)
    result = contrasts.contrast(journal, me, ContrastSpec(enhancer="SleepSync"), clock)
    assert result.stamp is not None
    assert result.stamp.words.startswith("Exploratory: the question was changed")
    with pytest.raises(UserError, match="never given"):
        studies.change(journal, study.id, clock, source="oura")


def test_a_stop_can_be_taken_back(journal: Journal, me: int, clock: FakeClock) -> None:
    study = begun(journal, me, clock)
    live(journal, me, study, clock, 3)
    stopped, _ = studies.stop(journal, study.id, "  moved \n house ", clock)
    assert stopped.stop_reason == "moved house"
    assert studies.current(journal, me, clock) is None
    assert studies.tonight(journal, me, FIRST + timedelta(days=2), clock) is not None
    assert studies.tonight(journal, me, FIRST + timedelta(days=4), clock) is None
    result = contrasts.contrast(journal, me, ContrastSpec(enhancer="SleepSync"), clock)
    assert result.planned == 3
    assert result.stamp is not None
    assert result.stamp.words == "Exploratory: the study was stopped after 3 of its 56 nights."
    with pytest.raises(UserError, match="ended already"):
        studies.stop(journal, study.id, "", clock)
    assert studies.resume(journal, study.id, clock)[0] == study
    with pytest.raises(UserError, match="not stopped"):
        studies.resume(journal, study.id, clock)
    studies.stop(journal, study.id, "", clock)
    clock.advance(days=100)
    with pytest.raises(UserError, match="last night has passed"):
        studies.resume(journal, study.id, clock)


def test_nights_added_are_exploratory_and_not_under_the_digest(journal: Journal, me: int, clock: FakeClock) -> None:
    study = begun(journal, me, clock, replace(DRAFT, nights=28))
    with pytest.raises(UserError) as told:
        studies.lengthen(journal, study.id, 3, clock)
    assert told.value.field == "nights"
    assert studies.lengthen(journal, study.id, 2, clock)[0].lengthened is None  # before its first night: fixed anew
    live(journal, me, study, clock, 2)
    before = studies.the_study(journal, study.id)
    longer, _ = studies.lengthen(journal, study.id, 14, clock)
    assert (longer.nights, longer.fixed_nights, longer.lengthened) == (44, 30, clock.now())
    assert longer.schedule.startswith(before.schedule)
    assert longer.schedule.count("E") == 22
    assert "EEEE" not in longer.schedule
    assert "NNNN" not in longer.schedule
    assert set(longer.blocks[30:]).isdisjoint(longer.blocks[:30])
    assert studies.verify(longer)
    assert "The 14 nights added later are not covered" in studies.verified_words(longer)
    clock.advance(days=60)
    with pytest.raises(UserError, match="ended"):
        studies.lengthen(journal, study.id, 2, clock)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000), st.sampled_from([2, 4]), st.integers(2, 3), st.integers(1, 6))
def test_whatever_is_drawn_and_added_stays_balanced(seed: int, size: int, cap: int, more: int) -> None:
    clock = FakeClock()
    journal, person = memory_again(clock)
    study = begun(journal, person, clock, StudyDraft("SleepSync", seed=seed, block_size=size, max_run=cap, nights=30))
    clock.advance(days=1)
    longer, _ = studies.lengthen(journal, study.id, 2 * more, clock)
    balance: dict[int, int] = {}
    for i, mark in enumerate(longer.schedule):
        balance[longer.block_of(i)] = balance.get(longer.block_of(i), 0) + (1 if mark == "E" else -1)
    assert not any(balance.values())
    assert "E" * (cap + 1) not in longer.schedule
    assert "N" * (cap + 1) not in longer.schedule
    journal.close()


# The seal

SEALED = replace(DRAFT, sealed=True, nights=28)


def sealed_and_lived(journal: Journal, me: int, clock: FakeClock) -> Study:
    study = begun(journal, me, clock, SEALED)
    live(journal, me, study, clock, 10)
    for i in range(10):
        record(journal, me, FIRST + timedelta(days=i))
    return study


def test_a_sealed_night_shows_the_person_s_own_words_alone(journal: Journal, me: int, clock: FakeClock) -> None:
    study = sealed_and_lived(journal, me, clock)
    evenings.set_intention(journal, me, FIRST, "the harbour")
    for night in nights.nights(journal, me, clock=clock):
        assert night.study_sealed
        assert night.sealed
        assert (night.condition, night.answer, night.exposures, night.sessions) == (Condition.UNRECORDED, None, (), ())
        assert night.diary is not None
        assert night.evening is not None
        assert night.evening.answer is None
    assert nights.night(journal, me, FIRST, clock).evening.intention == "the harbour"  # type: ignore[union-attr]
    assert nights.conditions(journal, me, clock=clock) == {}
    seen = mornings.morning(journal, me, FIRST, clock)
    assert (seen.exposures, seen.sources, seen.sealed, seen.evening.answer) == ((), (), True, None)
    assert seen.diary is not None
    told = studies.tonight(journal, me, FIRST, clock)
    assert told is not None
    assert told.arm is None
    assert "enhanced" not in told.words
    assert "natural" not in told.words
    days = studies.log(journal, study, clock)
    assert all(d.drawn is None and d.used is None and d.followed is None and not d.names for d in days)
    assert [d.recorded for d in days[:11]] == [True] * 10 + [False]
    assert studies.adherence(journal, study, clock).followed is None


def test_whether_a_sealed_night_is_listed_tells_nothing(journal: Journal, me: int, clock: FakeClock) -> None:
    sealed_and_lived(journal, me, clock)
    clock.advance(days=3)
    before = nights.nights(journal, me, clock=clock)
    assert [n.night_date for n in before] == [FIRST + timedelta(days=i) for i in range(len(before))]
    used = before[-1].night_date
    assert before[-1].diary is None
    for day in (used, used + timedelta(days=1)):  # a night that has passed, and the one now running
        enhancers.log(journal, me, day, "enhanced", ["SleepSync"], "", clock)
    slept(journal, used, person=me)
    after = nights.nights(journal, me, clock=clock)
    assert [replace(n, evening=None, zone=None) for n in after] == [replace(n, evening=None, zone=None) for n in before]


def test_a_sealed_night_cannot_be_opened_by_itself(journal: Journal, me: int, clock: FakeClock) -> None:
    study = sealed_and_lived(journal, me, clock)
    with pytest.raises(UserError, match=r"sealed study.*when it ends"):
        mornings.pass_over(journal, me, FIRST, clock)
    assert mornings.is_sealed(journal, me, FIRST, clock)
    studies.unseal(journal, study.id, clock)
    assert not mornings.is_sealed(journal, me, FIRST, clock)


@pytest.mark.parametrize("spec", [
    ContrastSpec(enhancer="SleepSync"), ContrastSpec(enhancer="SleepSync", source="whoop"), ContrastSpec("recall", enhancer="SleepSync"),
    ContrastSpec(enhancer="SleepSync", labels="used"), ContrastSpec(enhancer="SleepSync", look=28),
    ContrastSpec(enhancer="SleepSync", source="diary", first=FIRST + timedelta(days=2)),
])  # fmt: skip
def test_a_contrast_says_nothing_of_sealed_nights(
    journal: Journal, me: int, clock: FakeClock, spec: ContrastSpec
) -> None:
    sealed_and_lived(journal, me, clock)
    if spec.source == "whoop":
        record(journal, me, FIRST - timedelta(days=3))
    result = contrasts.contrast(journal, me, spec, clock)
    assert result.verdict == "early"
    assert {"sealed", "collecting"} <= set(result.reasons)
    assert (result.points, result.estimate.value, result.estimate.interval, result.means) == ((), None, None, None)
    assert "sealed" in result.sentence
    page = reports.build(journal, me, reports.ReportSpec(contrast=spec), clock)
    assert "seed" not in words_of(page, "method")
    assert {"needed", "strip", "groups"}.isdisjoint(section.key for section in page.sections)
    events = next(
        b for section in page.sections if section.key == "events" for b in section.blocks if isinstance(b, Table)
    )
    assert [c.title.replace("\u00a0", " ") for c in events.columns][1:] == [
        f"all nights n {10 - (spec.first is not None) * 2}"
    ]
    enhanced = [c.title for c in page.nights.columns].index("enhanced")
    assert not any(row[enhanced] for row in page.nights.rows)


def test_another_enhancer_s_contrast_leaves_sealed_nights_out(journal: Journal, me: int, clock: FakeClock) -> None:
    for i in range(1, 4):
        clock.set(datetime(2026, 7, 9 - i, 22))
        enhancers.log(journal, me, FIRST - timedelta(days=i), "enhanced", ["melatonin"], [], clock)
    clock.set(datetime(2026, 7, 9, 21))
    sealed_and_lived(journal, me, clock)
    result = contrasts.contrast(journal, me, ContrastSpec(enhancer="melatonin"), clock)
    assert result.verdict == "too_few"
    assert {p.night_date for p in result.points}.isdisjoint({FIRST + timedelta(days=i) for i in range(28)})


def test_the_seal_opens_after_the_last_night_or_early_and_on_record(
    journal: Journal, me: int, clock: FakeClock
) -> None:
    study = sealed_and_lived(journal, me, clock)
    clock.set(datetime(2026, 8, 6, 11))  # the last night is passing until noon
    assert studies.is_sealed(journal, study, clock)
    clock.set(datetime(2026, 8, 6, 13))
    assert not studies.is_sealed(journal, study, clock)
    assert nights.conditions(journal, me, clock=clock)[FIRST] in (Condition.NATURAL, Condition.ENHANCED)
    assert not any(n.study_sealed for n in nights.nights(journal, me, clock=clock))
    clock.set(datetime(2026, 7, 25, 13))
    opened, changes = studies.unseal(journal, study.id, clock)
    assert opened.unsealed == clock.now()
    assert changes == Changes.STUDIES | Changes.NIGHTS
    assert studies.verify(opened)
    with pytest.raises(UserError, match="open already"):
        studies.unseal(journal, study.id, clock)
    page = reports.build(journal, me, reports.ReportSpec(contrast=ContrastSpec(enhancer="SleepSync")), clock)
    assert "The seal was opened on 25\u00a0July\u00a02026, before the end." in words_of(page, "fixed")


def test_a_seal_that_was_open_for_long_counts_as_opened(journal: Journal, me: int, clock: FakeClock) -> None:
    study = sealed_and_lived(journal, me, clock)
    studies.stop(journal, study.id, "", clock)
    assert not studies.is_sealed(journal, studies.the_study(journal, study.id), clock)
    clock.advance(minutes=5)
    assert studies.resume(journal, study.id, clock)[0].unsealed is None
    stopped, _ = studies.stop(journal, study.id, "", clock)
    clock.advance(minutes=11)
    assert studies.resume(journal, study.id, clock)[0].unsealed == stopped.stopped


def test_a_caseload_is_read_by_the_one_in_charge(clock: FakeClock) -> None:
    journal = memory_journal(clock=clock, kind=JournalKind.NURSE)
    person = journal.persons.add("P-1", clock.now()).id
    enhancers.add(journal, person, "SleepSync", EnhancerKind.DEVICE, clock)
    study = begun(journal, person, clock, SEALED)
    live(journal, person, study, clock, 3)
    assert not studies.is_sealed(journal, study, clock)
    assert len(nights.conditions(journal, person, clock=clock)) == 3
    journal.close()


def test_a_merge_is_not_told_of_a_sealed_night(journal: Journal, me: int, clock: FakeClock) -> None:
    study = begun(journal, me, clock, SEALED)
    slept(journal, FIRST, source="sleepsync", merged=True)
    dreams.save(journal, me, DreamDraft(FIRST, "a dream"), clock)
    assert not dreams.list_dreams(journal, me, dreams.DreamFilter(), clock)[0].dream.may_not_be_own
    studies.unseal(journal, study.id, clock)
    assert dreams.list_dreams(journal, me, dreams.DreamFilter(), clock)[0].dream.may_not_be_own


# The printed plan


def test_the_plan_holds_what_was_fixed_and_the_text_of_its_hash(
    journal: Journal, me: int, clock: FakeClock, tmp_path: Path
) -> None:
    study = begun(journal, me, clock, replace(DRAFT, question="Longer <b>really</b> — *ja*?", nights=28, washout=1))
    page = study_print.plan(journal, study, clock)
    for name in ("plan.html", "plan.md"):
        assert study_print.write(page, tmp_path / name) == 1
        text = (tmp_path / name).read_text()
        assert study.digest in text
        assert "<b>" not in text or name == "plan.md"
    markdown = (tmp_path / "plan.md").read_text()
    covered = markdown.split("```\n")[1].strip("\n")
    assert hashlib.sha256(covered.encode()).hexdigest() == study.digest
    rows = [
        line.split("|")[4].strip()
        for line in markdown.splitlines()
        if line.startswith("| ") and line.split("|")[1].strip().isdigit()
    ]
    assert "".join("E" if r == "enhanced" else "N" for r in rows) == study.schedule
    assert (
        "natural nights within 1\u00a0night after an enhanced one" in markdown
        or "natural nights within 1 night" in markdown
    )
    with pytest.raises(UserError, match=r"\.pdf, \.html, \.md"):
        study_print.write(page, tmp_path / "plan.txt")
    with pytest.raises(UserError, match="folder does not exist"):
        study_print.write(page, tmp_path / "nowhere" / "plan.md")


def test_the_plan_of_a_study_that_was_changed_and_stopped_says_so(
    journal: Journal, me: int, clock: FakeClock, tmp_path: Path
) -> None:
    study = begun(journal, me, clock, replace(DRAFT, nights=364))
    clock.advance(days=3)
    studies.change(journal, study.id, clock, swd=12)
    late, _ = studies.stop(journal, study.id, "moved house", clock)
    page = study_print.plan(journal, late, clock)
    assert [n.drawn == "enhanced" for n in page.nights] == [m == "E" for m in late.schedule]
    assert page.covered == ""
    assert page.verifying.startswith("The question was changed on 12 July 2026")
    told = " ".join(e.text for e in page.entries if e.title == "Since it was fixed")
    assert told == (
        "The question was changed on 12 July 2026: exploratory from then on. It was stopped on 12 July 2026. moved house"
    )
    assert study_print.write(page, tmp_path / "plan.pdf") > 1


@pytest.mark.parametrize(("paper", "count"), [("a4", 56), ("letter", 84)])
def test_the_plan_is_one_page(
    journal: Journal, me: int, clock: FakeClock, tmp_path: Path, paper: str, count: int
) -> None:
    study = begun(journal, me, clock, replace(DRAFT, nights=count, question="Do I sleep longer? " * 15, sealed=True))
    page = study_print.plan(journal, study, clock, for_helper=True, paper=paper)
    assert study_print.write(page, tmp_path / "plan.pdf") == 1
    data = (tmp_path / "plan.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    assert study_print.write(page, tmp_path / "again.pdf") == 1
    assert data == (tmp_path / "again.pdf").read_bytes()


def test_the_plan_of_a_sealed_study_gives_nothing_away(
    journal: Journal, me: int, clock: FakeClock, tmp_path: Path
) -> None:
    study = begun(journal, me, clock, replace(SEALED, seed=987_654_321))
    own = study_print.plan(journal, study, clock)
    assert all(n.drawn is None for n in own.nights)
    study_print.write(own, tmp_path / "own.md")
    text = (tmp_path / "own.md").read_text()
    assert "987654321" not in text
    assert study.schedule not in text
    assert study.digest in text
    kept = study_print.plan(journal, study, clock, for_helper=True)
    assert [n.drawn == "enhanced" for n in kept.nights] == [m == "E" for m in study.schedule]
