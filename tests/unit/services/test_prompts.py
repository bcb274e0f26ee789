"""The rules F1 to F7 at their edges, what is said of them, and what clinicians said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain import care
from dreamjournal.domain.balance import marks_of, weeks
from dreamjournal.domain.care import CheckIn, Instruction
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import Dream, Recall
from dreamjournal.domain.evening import Evening, Intake, IntakeKind
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.night import Condition, Night
from dreamjournal.services import prompts
from dreamjournal.services.prompt_rules import RISE, Looking
from tests.fakes import FakeClock

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
WORDS = {"E": Condition.ENHANCED, "N": Condition.NATURAL, "U": Condition.UNSURE}


def night(
    index: int,
    letter: str = "N",
    *,
    name: str = "SleepSync",
    dose: str = "",
    intensity: float | None = None,
    **diary: Any,
) -> Night:
    day = MONDAY + index * DAY
    used = (
        (Exposure(0, 1, day, name, EnhancerKind.DEVICE, "diary", dose, intensity=intensity),) if letter == "E" else ()
    )
    answered = Diary(1, day, **diary) if diary else None
    return Night(1, day, WORDS[letter], exposures=used, diary=answered)


def with_intake(found: Night, kind: IntakeKind, name: str = "", *, none: bool = False) -> Night:
    intake = Intake(1, 1, found.night_date, kind, name, None if none else 1, "", None, NOW, none)
    return replace(found, evening=Evening(1, found.night_date, intakes=(intake,)))


def nights(text: str, **more: Any) -> list[Night]:
    """One letter a night from Monday 2 March on; a dot is a night nothing is known of."""
    return [night(i, c, **more) for i, c in enumerate(text) if c != "."]


def look(
    found: Sequence[Night],
    *,
    last: int | None = None,
    first: int | None = None,
    aim: int | None = None,
    told: Sequence[Instruction] = (),
) -> Looking:
    end = found[-1].night_date if last is None else MONDAY + last * DAY
    start = None if first is None else MONDAY + first * DAY
    return prompts.looking(
        found, end, first=start, aim=aim, weeks=weeks(marks_of(found), found[0].night_date, end), told=told
    )


def ask(found: Sequence[Night], key: str, **more: Any) -> prompts.Prompt | prompts.Looked:
    told = prompts.ask(look(found, **more))
    return next(p for p in (*told.found, *told.looked) if p.key == key)


def is_found(found: Sequence[Night], key: str, **more: Any) -> bool:
    return isinstance(ask(found, key, **more), prompts.Prompt)


# F1


@pytest.mark.parametrize(
    "text, aim, told",
    [
        ("EEENNNN" + "EEENNNN", 2, True),
        ("EEENNNN" + "EENNNNN", 2, False),
        ("EEENNNN" + "EEENNNN", 3, False),
        ("EEENNNN" + "EENNNNN" + "EEENNNN", 2, False),
        ("EEENNNN" + "EE....." + "EEENNNN", 2, False),
        ("EEENNNN" + "EEE....", 2, True),
        ("EEENNNN" + "EEENNNN", None, False),
    ],
    ids=[
        "two running",
        "one",
        "as many as the aim",
        "a gap",
        "a gap not known",
        "unknown nights add nothing",
        "no aim",
    ],
)
def test_f1_is_two_weeks_running_above_the_aim(text: str, aim: int | None, told: bool) -> None:
    assert is_found(nights(text), "F1", last=len(text) - 1, aim=aim) is told


def test_f1_counts_with_its_base_and_its_nights() -> None:
    prompt = ask(nights("EEENNNN" + "EEEENNN"), "F1", aim=2)
    assert prompt.shows == (
        "Your log shows 7 enhanced nights in 2 weeks running, 2 Mar to 15 Mar 2026 (3, 4 a week), above your own aim of at most 2 a week."
    )
    assert len(prompt.nights) == 7
    assert prompt.facts[0].link in prompt.facts[0].text


def test_f1_says_which_weeks_cannot_be_told() -> None:
    assert ask(nights("EENNNNN" + "EE....."), "F1", last=13, aim=2).words == (
        "none in 1 week; for 1 more it is not known, since nights are missing"
    )
    assert ask(nights("EENNNNN"), "F1").words == "not looked at, since no aim is set"


# F2


def doses(values: Sequence[float | None], **more: Any) -> list[Night]:
    """A dose a night, None where it was not said."""
    return [night(i, "E", name="Melatonin", dose="" if v is None else f"{v} mg", **more) for i, v in enumerate(values)]


@pytest.mark.parametrize("later, told", [(1.25, True), (1.2499, False), (2, True), (1, False), (0.5, False)])
def test_f2_is_a_quarter_above_the_first_fourteen_days(later: float, told: bool) -> None:
    assert RISE == 1.25
    assert is_found(doses([1] * 14 + [later]), "F2") is told


def test_f2_needs_a_first_fourteen_days_and_a_night_after_them() -> None:
    assert not is_found(doses([1] * 13 + [3]), "F2")
    assert not is_found(doses([None] * 14 + [3]), "F2")
    assert "not looked at" in ask(doses([1] * 3), "F2").words
    assert ask(doses([1] * 14 + [None, 1]), "F2").words == "none in 1 value held against their first 14 days"


def test_f2_takes_intensities_and_the_middle_of_lengths() -> None:
    assert is_found([night(i, "E", intensity=0.4 if i < 14 else 0.5) for i in range(15)], "F2")

    def worn(hours: Sequence[float]) -> list[Night]:
        found = []
        for i, h in enumerate(hours):
            each = night(i, "E")
            start = in_zone(datetime(2026, 3, 2, 22, tzinfo=UTC) + i * DAY, "Europe/London")
            used = replace(each.exposures[0], start=start, end=in_zone(start.utc + timedelta(hours=h), "Europe/London"))
            found.append(replace(each, exposures=(used,)))
        return found

    assert not is_found(worn([4] * 20 + [9] + [4] * 5), "F2")  # one long night is no change
    assert is_found(worn([4] * 20 + [5] * 9), "F2")


def told_on(index: int, name: str = "melatonin") -> Instruction:
    return Instruction(1, 1, name, MONDAY + index * DAY, "GP", "up to 2 mg", NOW)


def test_f2_is_quiet_after_an_instruction_and_speaks_of_a_rise_beyond_it() -> None:
    raised = doses([1] * 14 + [2] * 6)
    assert is_found(raised, "F2")
    assert not is_found(raised, "F2", told=[told_on(14)])
    assert is_found(raised, "F2", told=[told_on(14, "zolpidem")])
    assert is_found(raised, "F2", told=[told_on(17)])  # the nights before it were raised without one
    beyond = ask(doses([1] * 14 + [2] * 14 + [4] * 2), "F2", told=[told_on(14)])
    assert beyond.shows == (
        "Your log shows Melatonin at a dose of up to 4 mg on 2 of 2 nights from 30 Mar 2026, against 2 mg in the 14 days from the instruction of "
        "16 Mar 2026; no instruction from a clinician is recorded after that one."
    )


# F3


def test_f3_is_two_enhancers_or_alcohol_an_opioid_or_a_sedative_beside_one() -> None:
    used = night(0, "E")
    assert not is_found([used], "F3")
    assert is_found([with_intake(used, IntakeKind.ALCOHOL)], "F3")
    assert is_found([with_intake(used, IntakeKind.MEDICINE, "Codeine 30 mg")], "F3")
    assert is_found([with_intake(used, IntakeKind.MEDICINE, "Zopiclone")], "F3")
    assert not is_found([with_intake(used, IntakeKind.MEDICINE, "Cetirizine")], "F3")
    assert not is_found([with_intake(used, IntakeKind.CAFFEINE)], "F3")
    both = replace(used, exposures=(*used.exposures, replace(used.exposures[0], name="Melatonin")))
    assert ask([both], "F3").shows == "Your log shows Melatonin with SleepSync on 1 of 1 night with an enhancer."


def test_f3_needs_both_on_one_night_and_none_taken_is_none() -> None:
    used, other = night(0, "E"), night(1, "N")
    assert not is_found([used, with_intake(other, IntakeKind.ALCOHOL)], "F3")
    assert not is_found([with_intake(used, IntakeKind.ALCOHOL, none=True)], "F3")
    assert ask([used, other], "F3").words == "none on 1 night with an enhancer; alcohol was answered on 0 of them"
    assert ask([other], "F3").words == "no night with an enhancer among 1 night"


# F4


def zolpidem(days: Sequence[int]) -> list[Night]:
    return [with_intake(night(d), IntakeKind.MEDICINE, "Zolpidem") for d in days]


def test_f4_is_more_than_28_nights() -> None:
    assert not is_found(zolpidem(range(28)), "F4")
    prompt = ask(zolpidem(range(29)), "F4")
    assert prompt.shows == (
        "Your log shows Zolpidem on 29 of 29 nights, 2 Mar to 30 Mar 2026; such medicines are meant for two to four weeks."
    )
    assert len(prompt.nights) == 29


def test_f4_counts_one_course_and_not_what_lies_far_apart() -> None:
    assert is_found(zolpidem([*range(20), *range(48, 57)]), "F4")  # a break of 28 nights is within a course
    assert not is_found(zolpidem([*range(20), *range(49, 58)]), "F4")
    assert not is_found([*zolpidem(range(29)), night(120)], "F4")  # long over before the window


def test_f4_unanswered_nights_are_neither_use_nor_no() -> None:
    gone = [n for i, n in enumerate(zolpidem(range(40))) if i % 4]
    assert len(gone) == 30
    assert "30 of 39 nights" in ask(gone, "F4").shows
    looked = ask([night(0), night(9, "U")], "F4")
    assert looked.words == "none on 1 of 10 nights; on the others it is not known what was taken"


def test_f4_takes_hypnotics_logged_as_enhancers_too() -> None:
    assert is_found([night(i, "E", name="Temazepam") for i in range(29)], "F4")
    assert not is_found([night(i, "E", name="Melatonin") for i in range(40)], "F4")


# F5


def rebound(sols: Sequence[float | None]) -> list[Night]:
    """Ten natural nights at 15 min, five enhanced, then natural nights with these minutes to fall asleep."""
    before = [night(i, "N", sol=15, waso=10) for i in range(10)]
    return before + [night(10 + i, "E", sol=5) for i in range(5)] + [
        night(15 + i, "N", **({"quality": 3} if s is None else {"sol": s})) for i, s in enumerate(sols)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sols, told",
    [
        ([45, 45, 45, 15, 15], True),
        ([44, 44, 44, 44, 44], False),
        ([45, 45, 15, 15, 15], False),
        ([45, 45, 45], True),
        ([45, 45, None, None, None], False),
        ([45, None, 45, None, 45], True),
    ],
    ids=["three of five", "29 minutes", "two of five", "three and no more", "unanswered", "answered ones alone"],
)
def test_f5_is_thirty_minutes_on_three_of_five(sols: list[float | None], told: bool) -> None:
    assert is_found(rebound(sols), "F5") is told


def test_f5_says_where_the_usual_is_from_and_that_it_touches_compare() -> None:
    prompt = ask(rebound([45, 50, 60, 15, 15]), "F5")
    assert "3 of 5 natural nights soon after use" in prompt.shows
    assert "15 min to fall asleep" in prompt.shows and "10 natural nights away from use" in prompt.shows
    assert "Compare" in prompt.remark
    assert prompt.facts[0].nights[0] == (MONDAY + 15 * DAY, "45 min to fall asleep")


def test_f5_without_a_usual_is_not_looked_at() -> None:
    few = rebound([60, 60, 60])[6:]
    assert ask(few, "F5").words == "not looked at, since fewer than 5 natural nights away from use have a diary"


# F6 and F7


def test_f6_and_f7_part_driving_from_the_rest_and_count_the_nights_asked() -> None:
    found = [
        night(0, events_asked=True, events=("headache",)), night(1, events_asked=True), night(2, quality=3),
        night(3, events_asked=True, events=("drowsy_driving",)),
    ]  # fmt: skip
    assert ask(found, "F6").shows == "Your log shows headache on 1 of 3 nights asked."
    assert ask(found, "F7").shows == "Your log shows driving while sleepy on 1 of 3 nights asked."
    assert "do not drive" in ask(found, "F7").text
    assert not ask(found, "F6").urgent
    assert ask([night(0, quality=3)], "F6").words == "not asked on any of 1 night"
    assert ask([night(0, events_asked=True)], "F7").words == "none on 1 night asked, of 1"


@pytest.mark.parametrize("event", sorted(care.SEVERE))
def test_f6_severe_brings_the_emergency_words(event: str) -> None:
    told = prompts.ask(look([night(0, events_asked=True, events=(event,))]), number="144")
    (prompt,) = [p for p in told.found if p.key == "F6"]
    assert "call 144" in prompt.text
    assert "This app can’t judge emergencies." in prompt.text


# Sleep, dreams, own answers


def test_insomnia_range_is_worth_discussing_and_no_more() -> None:
    found = [night(i, sol=31 if i % 7 < 3 else 10, waso=0) for i in range(14)]
    prompt = ask(found, "insomnia")
    assert "6 of 14 nights known" in prompt.shows
    assert prompt.closing == care.WORTH
    assert not is_found([night(i, sol=30, waso=30) for i in range(14)], "insomnia")
    assert ask([night(i, sol=10) for i in range(14)], "insomnia").words == "not found; 0 nights known, of 14"


def test_three_months_are_named_only_where_they_are() -> None:
    def months(n: int) -> str:
        return ask([night(i, sol=31 if i % 7 < 3 else 10, waso=0) for i in range(7 * n)], "insomnia").shows

    assert "three months" not in months(13)
    assert "three months" in months(14)


def test_nightmares_in_each_of_four_weeks() -> None:
    def dreamt(days: Sequence[int], distress: int = 2) -> list[Night]:
        dream = Dream(1, 1, MONDAY, "", Recall.REPORT, None, None, None, True, distress, (), (), NOW, NOW)
        return [replace(night(i), recall=Recall.REPORT, dreams=(dream,) if i in days else ()) for i in range(28)]

    assert is_found(dreamt([1, 8, 15, 22]), "nightmares")
    assert not is_found(dreamt([1, 2, 15, 22]), "nightmares")
    assert not is_found(dreamt([1, 8, 15, 22], distress=0), "nightmares")


def check_in(**answers: str) -> CheckIn:
    return CheckIn(1, 1, date(2026, 5, 3), answers, NOW)


@pytest.mark.parametrize(
    "answers, told",
    [
        ({"worry": "often", "wish": "always"}, True),
        ({"worry": "often", "wish": "sometimes", "hard": "sometimes"}, False),
        ({"worry": "always"}, False),
        ({}, False),
    ],
)
def test_two_answers_of_often_bring_the_card_and_no_sum(answers: dict[str, str], told: bool) -> None:
    found = prompts.ask(look([night(0)]), check_in(**answers)).found
    assert bool([p for p in found if p.key == "check_in"]) is told
    assert all("score" not in p.text for p in found)


# What every prompt says


def everything() -> prompts.Prompts:
    found = [
        with_intake(night(i, "E", dose="1 mg" if i < 14 else "2 mg", sol=40, waso=40, events_asked=True,
                          events=("seizure", "drowsy_driving")), IntakeKind.MEDICINE, "Zolpidem")
        for i in range(42)
    ]  # fmt: skip
    return prompts.ask(look(found, aim=2), check_in(worry="often", wish="often"))


def test_each_prompt_has_its_rule_a_base_nights_and_the_fixed_words() -> None:
    told = everything()
    assert [p.key for p in told.found] == ["F1", "F2", "F3", "F4", "F6", "F7", "insomnia", "check_in"]
    for prompt in told.found:
        assert prompt.text.startswith("Your log shows ")
        assert prompt.text.endswith(care.WORTH if prompt.key == "insomnia" else care.TALK)
        assert prompt.sentence.endswith(".")
        assert "!" not in prompt.text
        assert not re.search(r"\b(depend|addict|score|stop your|NaN|None)", prompt.text)
        for fact in prompt.facts:
            if prompt.key != "check_in":
                assert fact.nights and fact.link in fact.text and fact.link
            assert not any(c.isdigit() for c in fact.plain)
            assert all(words for _, words in fact.nights)


def test_nothing_is_said_to_a_nurse_as_to_the_person() -> None:
    for prompt in everything().found:
        text = prompt.told(nurse=True)
        assert text.startswith("The log shows ")
        assert not re.search(r"\byour? (own|aim|log|answers)\b", text, re.IGNORECASE)
        assert "This is not a diagnosis." in text


def test_a_window_bounds_what_is_found_and_not_what_is_usual() -> None:
    found = doses([1] * 14 + [2] * 3 + [1] * 60)
    assert not is_found(found, "F2")
    assert is_found(found, "F2", first=10)
    told = prompts.ask(look(found))
    assert (told.last - told.first).days + 1 == prompts.WINDOW


# What clinicians said


def test_an_instruction_is_kept_taken_out_and_put_back(journal: Any, clock: FakeClock) -> None:
    made, _ = prompts.add_instruction(
        journal, 1, " melatonin ", date(2026, 7, 1), " Dr  Weiss ", "2 mg\nfrom now on", clock
    )
    assert (made.enhancer, made.who, made.words) == ("melatonin", "Dr Weiss", "2 mg from now on")
    assert prompts.instructions(journal, 1) == [made]
    gone, _ = prompts.remove_instruction(journal, 1, made.id)
    assert prompts.instructions(journal, 1) == []
    prompts.put_back(journal, gone)
    assert [i.words for i in prompts.instructions(journal, 1)] == ["2 mg from now on"]
    with pytest.raises(UserError, match="no instruction"):
        prompts.remove_instruction(journal, 1, 99)


@pytest.mark.parametrize(
    "about, day, who, words, field",
    [
        ("", date(2026, 7, 1), "GP", "x", "name"),
        ("Melatonin", date(2026, 7, 10), "GP", "x", "given_on"),
        ("Melatonin", date(2026, 7, 1), " ", "x", "who"),
        ("Melatonin", date(2026, 7, 1), "GP", " ", "words"),
    ],
)
def test_an_instruction_says_about_what_when_by_whom_and_what(
    journal: Any, clock: FakeClock, about: str, day: date, who: str, words: str, field: str
) -> None:
    with pytest.raises(UserError) as told:
        prompts.add_instruction(journal, 1, about, day, who, words, clock)
    assert told.value.field == field
    assert prompts.instructions(journal, 1) == []
