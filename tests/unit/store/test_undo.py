"""The bin and the undoing of imports put every row back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dreamjournal.common.errors import UserError
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.domain.evening import IntakeKind
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.night import Condition
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Stage, StageCode, Validity
from dreamjournal.store.connect import dbapi2
from tests.fakes import FakeClock

NIGHT = date(2026, 7, 8)
START = in_zone(datetime(2026, 7, 8, 22, 30, tzinfo=UTC), "Europe/London")
END = in_zone(datetime(2026, 7, 9, 6, 0, tzinfo=UTC), "Europe/London")
_TABLES = (
    "sessions",
    "dreams",
    "tags",
    "exposures",
    "diaries",
    "mornings",
    "evenings",
    "intakes",
    "ticks",
    "coverages",
)


def everything(journal: Any) -> dict[str, list[dict[str, Any]]]:
    return {t: journal._db.rows(f"SELECT * FROM {t} ORDER BY id") for t in _TABLES}


def session(source_id: str, tst: float = 400.0) -> Session:
    return Session(
        0, 1, NIGHT, "whoop", source_id, SessionKind.MAIN, Validity.OK, START, END, SessionMeasures(tib_min=450, tst_min=tst),
        stages=(Stage(0, 600, StageCode.W), Stage(600, 3000, StageCode.LIGHT)),
    )  # fmt: skip


def begin(journal: Any, clock: FakeClock) -> int:
    return journal.imports.start(
        1,
        name="a.csv",
        sha256="0",
        format="whoop",
        source="whoop",
        parser_version=1,
        zone=None,
        zone_confidence="offset",
        now=clock.now(),
    )


def fill(journal: Any, clock: FakeClock) -> None:
    now = clock.now()
    journal.dreams.put(1, DreamDraft(NIGHT, "low tide", tags=("a",)), now)
    journal.mornings.set_recall(1, NIGHT, Recall.REPORT, now)
    journal.diaries.put(
        Diary(
            1, NIGHT, try_sleep=START, sol=20, waso=0, final_wake=END, events=("skin",), events_asked=True, entered=now
        )
    )
    journal.evenings.set_answer(1, NIGHT, Condition.ENHANCED, now)
    journal.evenings.add_intake(1, NIGHT, IntakeKind.MEDICINE, "melatonin", 1.0, "mg", START, False, now)
    step = journal.evenings.add_step(1, "Dim the lights")
    journal.evenings.tick(step.id, NIGHT, START, now)
    journal.exposures.add(
        Exposure(0, 1, NIGHT, "SleepSync", EnhancerKind.DEVICE, "diary", start=START, end=END, written=now)
    )
    journal.sessions.put(session("s1"))


def test_a_session_comes_back_whole(journal: Any) -> None:
    kept = journal.sessions.get(journal.sessions.put(session("s1")))
    assert kept.stages == session("s1").stages
    assert kept.measures.tst_min == 400.0
    assert kept.measures.rem_min is None
    assert (kept.start, kept.end) == (START, END)


@pytest.mark.parametrize("what", ["dream", "exposure", "intake", "diary", "evening", "night"])
def test_what_is_deleted_can_be_taken_back_exactly(journal: Any, clock: FakeClock, what: str) -> None:
    fill(journal, clock)
    before = everything(journal)
    bin_id = {
        "dream": lambda: journal.bin.discard_dream(1, clock.now()),
        "exposure": lambda: journal.bin.discard_exposure(1, clock.now()),
        "intake": lambda: journal.bin.discard_intake(1, clock.now()),
        "diary": lambda: journal.bin.discard_diary(1, NIGHT, clock.now()),
        "evening": lambda: journal.bin.discard_evening(1, NIGHT, clock.now()),
        "night": lambda: journal.bin.discard_night(1, NIGHT, clock.now()),
    }[what]()
    assert everything(journal) != before
    if what == "night":
        assert journal.nights.dates(1) == []
    journal.bin.restore(bin_id)
    assert everything(journal) == before
    assert journal.bin.all(1) == []
    with pytest.raises(UserError):
        journal.bin.restore(bin_id)


def test_a_diary_written_anew_is_not_overwritten_by_the_bin(journal: Any, clock: FakeClock) -> None:
    fill(journal, clock)
    bin_id = journal.bin.discard_diary(1, NIGHT, clock.now())
    journal.diaries.put(Diary(1, NIGHT, sol=5))
    with pytest.raises(UserError, match="anew"):
        journal.bin.restore(bin_id)
    assert journal.diaries.get(1, NIGHT).sol == 5
    assert len(journal.bin.all(1)) == 1


def test_undoing_an_import_restores_changed_rows_and_removes_new_ones(journal: Any, clock: FakeClock) -> None:
    fill(journal, clock)
    before = everything(journal)
    number = begin(journal, clock)
    old = journal.sessions.known(1, "whoop")["s1"][0]
    journal.imports.changing(number, "sessions", old)
    journal._db.update("sessions", old, {"tst_min": 1.0})
    journal.imports.inserted(number, "sessions", journal.sessions.put(session("s2")))
    tag = journal.tags.put(1, NIGHT, "whoop", "Melatonin?", 1.0, None, number)
    journal.imports.inserted(number, "tags", tag)
    journal.exposures.add(Exposure(0, 1, NIGHT, "melatonin", EnhancerKind.SUPPLEMENT, "whoop", tag_id=tag))
    journal.imports.undo(number, clock.now())
    assert everything(journal) == before
    with pytest.raises(UserError, match="before"):
        journal.imports.undo(number, clock.now())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    steps=st.lists(
        st.lists(st.tuples(st.sampled_from(["s1", "s2", "s3"]), st.integers(1, 99)), max_size=4), min_size=1, max_size=4
    ),
    order=st.randoms(use_true_random=False),
)
def test_undoing_all_imports_in_any_order_ends_where_it_began(
    journal: Any, clock: FakeClock, steps: Any, order: Any
) -> None:
    before = everything(journal)
    numbers: list[int] = []
    for step in steps:
        number = begin(journal, clock)
        numbers.append(number)
        for source_id, tst in step:
            known = journal.sessions.known(1, "whoop")
            if source_id in known:
                journal.imports.changing(number, "sessions", known[source_id][0])
                journal._db.update("sessions", known[source_id][0], {"tst_min": float(tst)})
            else:
                journal.imports.inserted(number, "sessions", journal.sessions.put(session(source_id, float(tst))))
    order.shuffle(numbers)
    for number in numbers:
        journal.imports.undo(number, clock.now())
    assert everything(journal) == before


def test_a_transaction_that_fails_leaves_nothing(journal: Any, clock: FakeClock) -> None:
    before = everything(journal)

    def twice() -> None:
        with journal.atomic():
            journal.sessions.put(session("s1"))
            with journal.atomic():
                journal.sessions.put(session("s1"))

    with pytest.raises(dbapi2.IntegrityError):
        twice()
    assert everything(journal) == before


def test_the_ledger_keeps_one_outcome_a_night(journal: Any, clock: FakeClock) -> None:
    now = clock.now()
    assert journal.reminders.record(1, "wind_down", NIGHT, "shown", "", now, now, now)
    assert not journal.reminders.record(1, "wind_down", NIGHT, "missed", "", now, None, now)
    journal.reminders.answer(1, "wind_down", NIGHT, "opened", now)
    (row,) = journal.reminders.log(1)
    assert (row.outcome, row.answer) == ("shown", "opened")


def test_everything_of_a_night_makes_the_night(journal: Any, clock: FakeClock) -> None:
    assert journal.nights.first_last(1) is None
    journal.evenings.set_answer(1, NIGHT, None, clock.now())
    assert journal.nights.dates(1) == []
    journal.tags.put(1, NIGHT, "whoop", "Read in bed?", 0.0, None, None)
    assert journal.nights.dates(1) == [NIGHT]
    assert journal.tags.counts(1) == [("whoop", "Read in bed?", 0)]


def test_a_night_taken_back_after_its_file_was_imported_again_has_no_doubles(journal: Any, clock: FakeClock) -> None:
    journal.sessions.put(session("s1"))
    journal.dreams.put(1, DreamDraft(NIGHT, "low tide, rewritten"), clock.now(), source="sleepmeter", source_id="d1")
    journal.tags.put(1, NIGHT, "whoop", "Melatonin?", 1.0, None, None)
    bin_id = journal.bin.discard_night(1, NIGHT, clock.now())
    journal.sessions.put(session("s1"))
    journal.dreams.put(1, DreamDraft(NIGHT, "low tide"), clock.now(), source="sleepmeter", source_id="d1")
    journal.tags.put(1, NIGHT, "whoop", "Melatonin?", 1.0, None, None)
    journal.bin.restore(bin_id)
    assert len(journal.sessions.of_night(1, NIGHT)) == 1
    assert {d.text for d in journal.dreams.of_night(1, NIGHT)} == {"low tide", "low tide, rewritten"}
    assert len(journal.tags.between(1, NIGHT, NIGHT)[NIGHT]) == 1


def test_an_enhancer_the_person_has_come_to_use_outlives_the_import_that_brought_it(
    journal: Any, clock: FakeClock
) -> None:
    number = begin(journal, clock)
    brought = journal.enhancers.add(1, "SleepSync", EnhancerKind.DEVICE, clock.now())
    journal.imports.inserted(number, "enhancers", brought.id)
    unused = journal.enhancers.add(1, "Mask", EnhancerKind.DEVICE, clock.now())
    journal.imports.inserted(number, "enhancers", unused.id)
    journal.enhancers.set_only(1, brought.id, None, None)
    journal.imports.undo(number, clock.now())
    assert [e.name for e in journal.enhancers.all(1)] == ["SleepSync"]
