"""Were the two groups of nights alike: what is counted, what stands out, what would help."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.analysis import alike as analysis
from dreamjournal.common.clock import FixedClock
from dreamjournal.common.errors import UserError
from dreamjournal.domain.alike import Alike, Row, to_json
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.evening import IntakeKind
from dreamjournal.services import contrasts
from dreamjournal.services.alike import alike
from tests.made_nights import NAME, Made, row, study, write

CLOCK = FixedClock(datetime(2026, 10, 1, 12, tzinfo=UTC), "Europe/London")
KINDS = "ENNEENNE" * 6


def asked(journal: Any, nights: list[Made], **spec: Any) -> Alike:
    person = journal.persons.all()[0].id
    write(journal, person, nights)
    return alike(journal, person, ContrastSpec(**spec), CLOCK)


def row_of(found: Alike, key: str) -> Row:
    return next(r for r in found.rows if r.key == key)


def test_silence_is_not_a_no(journal: Any) -> None:
    nights = [replace(m, alcohol=i % 8 == 0 if i % 4 == 0 else None) for i, m in enumerate(row(KINDS))]
    found = row_of(asked(journal, nights), "alcohol")
    assert (found.enhanced.yes, found.enhanced.answered, found.enhanced.nights) == (6, 12, 24)
    assert analysis.group_words(found.enhanced, "share") == "6 of 12, asked on 12 of 24"
    assert (found.natural.answered, found.natural.nights) == (0, 24)
    assert analysis.group_words(found.natural, "share") == "not known"
    assert found.difference == "too few answers to say" and not found.stands_out


def test_nothing_known_is_said(journal: Any) -> None:
    found = asked(journal, [replace(m, free=i % 7 == 5) for i, m in enumerate(row("EN" * 3 + "UU"))])
    assert found.sentence == "Too little is known of these nights to say whether the two groups were alike."
    assert asked(journal, []).n_enhanced == 3


def test_no_groups_at_all(journal: Any) -> None:
    found = alike(journal, journal.persons.all()[0].id, ContrastSpec(), CLOCK)
    assert found.sentence == "There are no two groups of nights yet." and not found.cautions


def test_weekends_that_stand_out_come_first_with_what_would_help(journal: Any) -> None:
    free = {"E": (1, 1, 0), "N": (0, 0, 0, 0, 1)}
    seen = {"E": 0, "N": 0}
    nights: list[Made] = []
    for m in row(KINDS):
        nights.append(replace(m, free=bool(free[m.kind][seen[m.kind] % len(free[m.kind])])))
        seen[m.kind] += 1
    found = asked(journal, nights)
    assert found.sentence == "Enhanced nights came before a free day on 16 of 24 and natural ones on 4 of 24."
    assert row_of(found, "free").difference == "much more often"
    caution = found.cautions[0]
    assert (caution.code, caution.why) == ("weekend_uneven", "Weekends are allowed for in the estimate.")
    assert [(f.kind, f.act, f.gives) for f in caution.fixes] == [
        ("plan", "Plan nights drawn at random, work and free days apart", "Then it is chance alone what comes before a free day."),
        ("ask", "Compare only nights before work", "8 enhanced and 20 natural nights remain."),
    ]  # fmt: skip
    person = journal.persons.all()[0].id
    work = caution.fixes[1].spec
    assert work is not None and work.days == "work"
    result = contrasts.contrast(journal, person, work, CLOCK)
    assert (result.n_enhanced, result.n_natural) == (8, 20)
    assert {x.reason for x in result.excluded} == {"before a free day"}
    assert "Only nights before a work day are compared." in result.warnings
    back = next(f for f in result.fixes if f.kind == "ask")
    assert back.spec is not None and (back.spec.days, back.spec.without) == ("all", ())


def test_nearly_all_before_free_days_is_a_caution_of_the_answer(journal: Any) -> None:
    nights = [replace(m, free=(m.kind == "E") != (i == 4)) for i, m in enumerate(row(KINDS))]
    found = asked(journal, nights)
    assert found.cautions[0].code == "weekend_nearly_collinear"
    result = contrasts.contrast(journal, journal.persons.all()[0].id, ContrastSpec(), CLOCK)
    assert "weekend_nearly_collinear" in result.reasons
    assert any("Weekend and enhancer can hardly be told apart." in w for w in result.warnings)
    assert result.fixes[0].kind == "plan"


def test_alcohol_on_one_kind_alone_can_be_left_out(journal: Any) -> None:
    nights = [replace(m, alcohol=m.kind == "E" and i % 3 != 0) for i, m in enumerate(row(KINDS))]
    found = asked(journal, nights)
    assert found.sentence.startswith("Alcohol was taken on 16 of 24 enhanced nights and 0 of 24 natural ones.")
    assert row_of(found, "alcohol").difference == "only on enhanced nights"
    person = journal.persons.all()[0].id
    result = contrasts.contrast(journal, person, ContrastSpec(), CLOCK)
    assert "alcohol_one_arm" in result.reasons
    fix = next(f for f in result.fixes if f.kind == "ask")
    assert (fix.act, fix.gives) == (
        "Leave out the nights with alcohol", "8 enhanced and 24 natural nights remain.",
    )  # fmt: skip
    assert fix.spec is not None
    without = contrasts.contrast(journal, person, fix.spec, CLOCK)
    assert (without.n_enhanced, without.n_natural) == (8, 24)
    assert {x.reason for x in without.excluded} == {"alcohol"}
    assert without.stamp is not None and without.stamp.kind == "afterwards"


def test_late_caffeine_needs_the_hour(journal: Any) -> None:
    nights = [
        replace(m, lights_out=time(23), coffee_h=3.0 if m.kind == "E" else 12.0) if i % 2 else m
        for i, m in enumerate(row(KINDS))
    ]
    found = row_of(asked(journal, nights), "late_caffeine")
    assert (found.enhanced.yes, found.enhanced.answered, found.natural.yes, found.natural.answered) == (12, 12, 0, 12)
    assert found.said == (
        "Caffeine was taken within 8 h of lights out on 12 of 12 enhanced nights and 0 of 12 natural ones; "
        "it is known of 12 of 24 and 12 of 24."
    )


def test_lights_out_is_averaged_around_midnight(journal: Any) -> None:
    nights = [
        replace(m, lights_out=(time(23, 50) if i % 2 else time(0, 10)) if m.kind == "E" else time(23))
        for i, m in enumerate(row(KINDS))
    ]
    found = row_of(asked(journal, nights), "lights_out")
    assert analysis.group_words(found.enhanced, "clock") == "00:00, 24 nights"
    assert found.difference == "60 min later"
    assert found.said == "Lights out came 60 min later on enhanced nights: 00:00 against 23:00 (24 and 24 nights)."


def test_illness_is_shown_though_those_nights_do_not_count(journal: Any) -> None:
    nights = [replace(m, ill=m.kind == "E" and i % 3 == 0) for i, m in enumerate(row(KINDS))]
    found = asked(journal, nights)
    ill = row_of(found, "ill")
    assert (found.n_enhanced, ill.enhanced.yes, ill.enhanced.answered, ill.natural.yes) == (16, 8, 24, 0)
    assert "those nights do not count" in ill.said


def test_naps_and_late_diaries_stand_out(journal: Any) -> None:
    nights = [replace(m, nap=m.kind == "E", delay_h=9.0 if m.kind == "E" else 1.0) for m in row(KINDS)]
    found = asked(journal, nights)
    assert "There was a nap in the day before 24 of 24 enhanced nights and 0 of 24 natural ones." in found.sentence
    assert "The diary was written 9.0 h after rising on enhanced mornings and 1.0 h on natural ones" in found.sentence
    assert {"nap_one_arm", "delay_uneven"} <= {c.code for c in found.cautions}


def test_before_and_after_stands_out_by_its_days(journal: Any) -> None:
    found = asked(journal, row("N" * 20 + "E" * 20))
    day = row_of(found, "day")
    assert day.difference == "20 days later on average"
    assert analysis.group_words(day.natural, "day") == "day 10 on average, 20 nights"
    assert [f.kind for f in next(c for c in found.cautions if c.code == "day_uneven").fixes] == ["plan"]


def test_drawn_nights_count_as_drawn(journal: Any) -> None:
    person = journal.persons.all()[0].id
    nights = row("ENNE" * 8)
    nights[0] = replace(nights[0], kind="N", ill=True)
    write(journal, person, nights)
    journal.studies.put(study(person, "ENNE" * 8))
    ill = row_of(alike(journal, person, ContrastSpec(), CLOCK), "ill")
    assert [v for _, v in ill.enhanced.values].count(1.0) == 1 and ill.enhanced.nights == 16


def test_sealed_nights_tell_nothing(journal: Any) -> None:
    person = journal.persons.all()[0].id
    write(journal, person, [replace(m, ill=False) for m in row("ENNE" * 3)])
    journal.studies.put(study(person, "ENNE" * 8, sealed=True))
    during = FixedClock(datetime(2026, 5, 16, 12, tzinfo=UTC), "Europe/London")
    found = alike(journal, person, ContrastSpec(), during)
    assert all(r.enhanced.nights == r.natural.nights == 0 for r in found.rows)
    assert contrasts.contrast(journal, person, ContrastSpec(), during).reasons[0] == "sealed"
    assert alike(journal, person, ContrastSpec(), CLOCK).n_enhanced == 6


def test_what_nights_cannot_be_left_out_for_is_told(journal: Any) -> None:
    with pytest.raises(UserError, match="alcohol, late_caffeine, nap, medicine"):
        asked(journal, row(KINDS), without=("rain",))


def test_the_document_holds_counts_and_no_nan(journal: Any) -> None:
    out = to_json(asked(journal, row(KINDS)))
    json.dumps(out, allow_nan=False)
    assert {r["key"] for r in out["rows"]} >= {
        "free",
        "alcohol",
        "late_caffeine",
        "lights_out",
        "ill",
        "nap",
        "delay",
        "day",
        "medicine",
    }
    assert all({"nights", "answered"} <= set(r[a]) for r in out["rows"] for a in ("enhanced", "natural"))


@given(st.lists(st.floats(0, 1439), min_size=1, max_size=20), st.integers(0, 1439))
def test_turning_the_clock_turns_the_mean(minutes: list[float], turn: int) -> None:
    spread = max(abs(analysis.around(a, b)) for a in minutes for b in minutes)
    if spread > 350:  # times all around the clock have no middle
        return
    one = analysis.circular_mean(minutes)
    other = analysis.circular_mean([(m + turn) % 1440 for m in minutes])
    assert abs(analysis.around(other, one + turn)) < 1e-6
    assert 0 <= one < 1440


def test_another_medicine_is_not_the_enhancer_itself(journal: Any) -> None:
    person = journal.persons.all()[0].id
    write(journal, person, row(KINDS))
    for i, m in enumerate(row(KINDS)):
        at = datetime(m.night.year, m.night.month, m.night.day, 21, tzinfo=UTC)
        name = NAME.upper() if m.kind == "E" else "antihistamine" if i % 3 == 0 else ""
        journal.evenings.add_intake(person, m.night, IntakeKind.MEDICINE, name, None, "", None, not name, at)
    found = row_of(alike(journal, person, ContrastSpec(), CLOCK), "medicine")
    assert (found.enhanced.yes, found.enhanced.answered, found.natural.answered) == (0, 24, 24)
    assert found.natural.yes == 8
    assert found.said == "Another medicine was taken on 0 of 24 enhanced nights and 8 of 24 natural ones."
