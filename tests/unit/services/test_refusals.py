"""Why nights cannot be compared or are too few, and that each reason comes with something a person can do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dreamjournal.common.clock import FixedClock
from dreamjournal.domain.contrast import ContrastResult, ContrastSpec
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.services import contrasts
from tests.made_nights import FIRST, NAME, Made, row, study, write

CLOCK = FixedClock(datetime(2026, 10, 1, 12, tzinfo=UTC), "Europe/London")


def asked(journal: Any, nights: list[Made], **spec: Any) -> ContrastResult:
    person = journal.persons.all()[0].id
    write(journal, person, nights)
    return contrasts.contrast(journal, person, ContrastSpec(**spec), CLOCK)


def kinds(result: ContrastResult) -> list[str]:
    return [f.kind for f in result.fixes]


def test_short_of_nights_says_how_many_more(journal: Any) -> None:
    r = asked(journal, row("ENNEN"))
    assert r.verdict == "too_few" and r.reasons == ("few_nights",)
    assert [(f.act, f.kind) for f in r.fixes] == [("5 more enhanced and 4 more natural nights", "plan")]
    r = asked(journal, row("ENENENEE", FIRST + timedelta(days=5)))
    assert (r.n_enhanced, r.n_natural) == (7, 6)
    assert [f.act for f in r.fixes] == ["1 more natural night"]


def test_no_enhancer_at_all(journal: Any) -> None:
    r = contrasts.contrast(journal, journal.persons.all()[0].id, ContrastSpec(), CLOCK)
    assert (r.verdict, r.reasons) == ("too_few", ("few_nights", "no_enhancer")) and kinds(r) == ["tonight", "only"]


def test_dates_to_come_offer_all_nights(journal: Any) -> None:
    r = asked(journal, row("EN" * 20), first=date(2031, 1, 1), last=date(2031, 2, 1))
    assert r.verdict == "too_few" and "future" in r.reasons
    assert r.sentence.endswith("The dates asked about have not come yet.")
    assert kinds(r) == ["ask"] and r.fixes[0].spec is not None and r.fixes[0].spec.first is None
    again = contrasts.contrast(journal, journal.persons.all()[0].id, r.fixes[0].spec, CLOCK)
    assert (again.n_enhanced, again.n_natural) == (20, 20)


def test_a_measure_that_is_missing_offers_the_source_that_has_it(journal: Any) -> None:
    nights = [replace(m, delay_h=1.0) for m in row("ENNE" * 12)]
    r = asked(journal, nights, metric="tib", source="diary")
    assert r.estimate.value is not None
    # Without sleep latency the diary has no sleep time.
    r = contrasts.contrast(journal, journal.persons.all()[0].id, ContrastSpec("tst", "diary"), CLOCK)
    assert r.verdict == "too_few" and "no_values" in r.reasons
    assert "Not one of the 24 enhanced and 24 natural nights has a value for sleep time in the diary." in r.sentence
    fix = r.fixes[0]
    assert (fix.kind, fix.act, fix.gives) == (
        "ask",
        "Compare by another source",
        "24 enhanced and 24 natural nights are there.",
    )
    assert fix.spec is not None and fix.spec.source == "whoop"
    assert kinds(r)[1] == "measure"


def test_a_measure_that_nobody_records_offers_another(journal: Any) -> None:
    r = asked(journal, row("EN" * 10), metric="deep")
    assert r.verdict == "too_few" and "no_values" in r.reasons and kinds(r) == ["measure", "plan"]


@pytest.mark.parametrize("few, many", [("E" * 5, "enhanced"), ("N" * 5, "natural")])
def test_few_nights_of_one_kind_alone(journal: Any, few: str, many: str) -> None:
    r = asked(journal, row(few))
    assert r.verdict == "too_few" and {"never_used", "none_natural"} & set(r.reasons)
    assert "tonight" in kinds(r) and "only" in kinds(r)
    assert ("No night is confirmed natural" in r.sentence) == (many == "enhanced")


def test_an_enhancer_never_used(journal: Any) -> None:
    person = journal.persons.all()[0].id
    write(journal, person, row("N" * 12))
    journal.enhancers.add(person, "SleepSync", EnhancerKind.DEVICE, datetime(2026, 1, 1, tzinfo=UTC))
    r = contrasts.contrast(journal, person, ContrastSpec(enhancer="SleepSync"), CLOCK)
    assert (r.verdict, r.reasons) == ("refused", ("empty_arm",)) and kinds(r) == ["plan", "only"]
    assert "SleepSync was never used alone on one" in r.sentence


def test_nights_lost_to_travel_name_the_reason(journal: Any) -> None:
    zones = ("Europe/London", "America/New_York")
    r = asked(journal, [replace(m, zone=zones[i // 2 % 2]) for i, m in enumerate(row("EN" * 10))])
    assert r.verdict == "too_few" and "left_out" in r.reasons
    assert r.sentence.endswith("20 nights were left out: the time zone changed.")
    assert {x.reason for x in r.excluded} == {"the time zone changed"}


def test_two_devices_offer_dates_and_the_diary(journal: Any) -> None:
    nights = [replace(m, device="Ring 3" if i < 24 else "Ring 4", delay_h=1.0) for i, m in enumerate(row("ENNE" * 10))]
    r = asked(journal, nights, metric="tib", source="whoop")
    assert (r.verdict, r.reasons) == ("refused", ("two_devices",))
    dates = next(f for f in r.fixes if f.kind == "dates")
    assert dates.spec is not None
    assert (dates.spec.first, dates.spec.last) == (FIRST, FIRST + timedelta(days=23))
    narrowed = contrasts.contrast(journal, journal.persons.all()[0].id, dates.spec, CLOCK)
    assert narrowed.verdict == "early" and {p.device for p in narrowed.points} == {"Ring 3"}
    diary = next(f for f in r.fixes if f.act == "Use your diary instead")
    assert diary.spec is not None and diary.spec.source == "diary" and diary.spec.metric == "tib"


def test_without_a_diary_none_is_offered(journal: Any) -> None:
    nights = [replace(m, device="Ring 3" if m.kind == "E" else "Ring 4") for m in row("ENNE" * 10)]
    assert not any(f.kind == "ask" for f in asked(journal, nights).fixes)


def test_equal_values_and_values_without_chance_are_refused(journal: Any) -> None:
    equal = asked(journal, [replace(m, tst=420.0) for m in row("ENNE" * 5)])
    assert (equal.verdict, equal.reasons) == ("refused", ("all_equal",)) and "measure" in kinds(equal)


def test_values_that_follow_from_the_kind_alone_are_refused(journal: Any) -> None:
    r = asked(journal, [replace(m, tst=450.0 if m.kind == "E" else 420.0) for m in row("ENNE" * 5)])
    assert (r.verdict, r.reasons) == ("refused", ("no_spread",)) and r.estimate.value is None
    assert "measure" in kinds(r)


def test_before_and_after_offers_a_plan(journal: Any) -> None:
    r = asked(journal, row("N" * 20 + "E" * 20))
    assert r.design == "P" and kinds(r) == ["plan"]


def test_a_changed_study_offers_a_new_one(journal: Any) -> None:
    person = journal.persons.all()[0].id
    write(journal, person, row("ENNE" * 10))
    changed = datetime(FIRST.year, FIRST.month, FIRST.day + 9, 12, tzinfo=UTC)
    journal.studies.put(study(person, "ENNE" * 10, changed=changed))
    r = contrasts.contrast(journal, person, ContrastSpec(), CLOCK)
    assert r.stamp is not None and r.stamp.words.startswith("Exploratory: the question was changed")
    assert "study_changed" in r.reasons and r.fixes[-1].act == "Plan a new study for nights to come"


def test_washed_out_nights_offer_pairs(journal: Any) -> None:
    person = journal.persons.all()[0].id
    write(journal, person, row("EN" * 10), enhancer="SleepSync", kind=EnhancerKind.DEVICE)
    r = contrasts.contrast(journal, person, ContrastSpec(), CLOCK)
    assert (r.verdict, r.reasons) == ("refused", ("washout",))
    assert [(f.act, f.kind) for f in r.fixes] == [("Two natural nights in a row, 14 times", "plan")]


def test_narrowing_too_far_offers_all_nights(journal: Any) -> None:
    r = asked(journal, row("ENNE" * 6), days="free")
    assert r.verdict in ("too_few", "refused")
    assert r.fixes[0].act == "Ask about all nights" and r.fixes[0].spec == ContrastSpec(enhancer=None)
    assert r.enhancer == NAME and r.warnings == ("Only nights before a free day are compared.",)


def test_a_narrowed_question_always_leads_back(journal: Any) -> None:
    nights = [replace(m, device="Ring 3" if m.kind == "E" else "Ring 4", free=False) for m in row("ENNE" * 10)]
    r = asked(journal, nights, days="work", without=("alcohol",))
    assert r.reasons == ("two_devices",) and r.fixes[-1].act == "Ask about all nights"
    assert r.warnings[1] == "Nights with alcohol are left out."


def test_devices_that_take_turns_offer_no_dates(journal: Any) -> None:
    nights = [replace(m, device="Ring 3" if m.kind == "E" else "Ring 4") for m in row("ENNE" * 10)]
    assert kinds(asked(journal, nights)) == ["plan"]
