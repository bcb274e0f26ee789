"""Coding by hand: the set, blindness, what is kept and taken back, agreement and the gates of the indices."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import Any

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.domain.masking import MASK
from dreamjournal.services import bin as the_bin
from dreamjournal.services import coding_results, codings, dreams, enhancers, settings
from tests.fakes import FakeClock
from tests.unit.services.made import slept

ME = 1
LAST = date(2026, 7, 8)
TEXT = "I walked along the harbour with my brother and a dog. " * 6


def dream(journal: Any, clock: FakeClock, day: date, text: str = TEXT, **more: Any) -> int:
    return journal.dreams.put(ME, DreamDraft(day, text, **more), clock.now()).id


def filled(journal: Any, clock: FakeClock, n: int = 12, kinds: str = "EN") -> codings.OpenSet:
    with journal.atomic():
        for i in range(n):
            day = LAST - timedelta(days=i)
            enhanced = kinds[i % len(kinds)] == "E"
            enhancers.log(
                journal, ME, day, "enhanced" if enhanced else "natural", ["SleepSync"] if enhanced else [], "", clock
            )
            dream(journal, clock, day, f"{TEXT} Number {i}.")
    codings.make_set(journal, ME, clock, seed=3)
    return codings.open_set(journal, ME)


def finish(journal: Any, opened: codings.OpenSet, clock: FakeClock, rater: str, codes_of: Any) -> None:
    with journal.atomic():
        for number in range(1, len(opened.dreams) + 1):
            codings.save(journal, opened, rater, number, codes_of(number), clock, finished=True)


# The set


def test_a_set_takes_the_usual_lengths_and_says_what_it_leaves_out(journal: Any, clock: FakeClock) -> None:
    fits = dream(journal, clock, LAST)
    dream(journal, clock, LAST, "word " * 49)
    dream(journal, clock, LAST, "word " * 301)
    dream(journal, clock, LAST, "", recall=Recall.FRAGMENT)
    dream(journal, clock, LAST, "", recall=Recall.NOTHING)
    merged = LAST - timedelta(days=3)
    slept(journal, merged, source="sleepsync", merged=True)
    dream(journal, clock, merged)
    found = codings.counts(journal, ME)
    assert (found.chosen, found.short, found.long, found.without_text, found.may_not_be_own) == (1, 1, 1, 1, 1)
    chosen, _ = codings.make_set(journal, ME, clock)
    assert chosen.dreams == (fits,)
    assert codings.the_set(journal, ME) == chosen


def test_the_order_follows_the_seed_and_not_the_nights(journal: Any, clock: FakeClock) -> None:
    ids = [dream(journal, clock, LAST - timedelta(days=i)) for i in range(30)]
    one, _ = codings.make_set(journal, ME, clock, seed=5)
    again, _ = codings.make_set(journal, ME, clock, seed=5)
    other, _ = codings.make_set(journal, ME, clock, seed=6)
    assert one.dreams == again.dreams != other.dreams
    assert sorted(one.dreams) == sorted(ids)
    assert one.dreams not in (tuple(ids), tuple(reversed(ids)))


@pytest.mark.parametrize(
    "choice",
    [
        {"least": 0}, {"least": 60, "most": 50}, {"first": LAST, "last": LAST - timedelta(days=1)}, {"least": 400, "most": 500},
    ],
)  # fmt: skip
def test_a_set_of_nothing_is_refused_and_changes_nothing(
    journal: Any, clock: FakeClock, choice: dict[str, Any]
) -> None:
    dream(journal, clock, LAST)
    with pytest.raises(UserError):
        codings.make_set(journal, ME, clock, **choice)
    assert codings.the_set(journal, ME) is None
    with pytest.raises(UserError):
        codings.open_set(journal, ME)


def test_a_deleted_dream_leaves_the_set_and_the_others_stay(journal: Any, clock: FakeClock) -> None:
    opened = filled(journal, clock, 4)
    gone = opened.dreams[1]
    the_bin.discard_dream(journal, gone, clock)
    now = codings.open_set(journal, ME)
    assert now.dreams == tuple(d for d in opened.dreams if d != gone)
    with pytest.raises(UserError):
        codings.item(journal, opened, "AB", 2)


def test_a_new_dream_never_slips_into_the_set_under_a_freed_number(journal: Any, clock: FakeClock) -> None:
    opened = filled(journal, clock, 4)
    gone = max(opened.dreams)
    the_bin.discard_dream(journal, gone, clock)
    clock.advance(minutes=1)
    assert dream(journal, clock, LAST, "Quite another dream. " * 20) == gone
    assert gone not in codings.open_set(journal, ME).dreams


# Blind


def test_a_rater_sees_neither_night_nor_kind_nor_name(journal: Any, clock: FakeClock) -> None:
    enhancers.log(journal, ME, LAST, "enhanced", ["ZMax Cue"], "", clock)
    slept(journal, LAST, source="sleep_as_android")
    settings.set_value(journal, ME, codings.MASKED, "hum, blue light")
    dream(
        journal, clock, LAST,
        TEXT + "The zmax-cue and the ZMAX gave a hum, Blue  Light and SleepSync. Sleep as Android rang at 07:10 on 9 July. [mask off]",
        tags=("SleepSync",),
    )  # fmt: skip
    codings.make_set(journal, ME, clock)
    shown = codings.item(journal, codings.open_set(journal, ME), "ab", 1)
    assert shown.text.startswith(TEXT)
    tail = shown.text.removeprefix(TEXT)
    assert (
        tail == f"The {MASK} and the {MASK} gave a {MASK}, {MASK} and {MASK}. {MASK} rang at {MASK} on {MASK}. {MASK}"
    )
    assert shown.masked == 9
    told = json.dumps(codings.item_json(shown), ensure_ascii=False).casefold()
    for secret in ("zmax", "sleepsync", "enhanced", "natural", "2026", "july", "android"):
        assert secret not in told
    assert "dog" in shown.hints["characters"]
    assert shown.codes == {}


def test_another_rater_s_counts_are_not_shown(journal: Any, clock: FakeClock) -> None:
    opened = filled(journal, clock)
    codings.save(journal, opened, "AB", 1, {"emotions.sad": 2}, clock, finished=True)
    assert codings.item(journal, opened, "ab", 1).codes == {"emotions.sad": 2}
    other = codings.item(journal, opened, "CD", 1)
    assert (other.codes, other.finished) == ({}, False)


# Kept, resumed, taken back


def test_coding_goes_on_where_it_was_left(journal: Any, clock: FakeClock) -> None:
    opened = filled(journal, clock, 3)
    assert codings.next_number(journal, opened, "AB") == 1
    codings.save(journal, opened, "AB", 1, {}, clock, finished=True)
    codings.save(journal, opened, "AB", 2, {"emotions.sad": 1}, clock, finished=False)
    assert codings.next_number(journal, codings.open_set(journal, ME), "ab") == 2
    assert codings.next_number(journal, opened, "AB", after=2) == 3
    assert codings.next_number(journal, opened, "CD") == 1
    for number in (2, 3):
        codings.save(journal, opened, "AB", number, {}, clock, finished=True)
    assert codings.next_number(journal, opened, "AB") is None
    assert [(s.rater, s.finished, s.done) for s in codings.raters(journal, opened)] == [("AB", 3, True)]


def test_a_wrong_count_keeps_nothing(journal: Any, clock: FakeClock) -> None:
    opened = filled(journal, clock, 3)
    codings.save(journal, opened, "AB", 1, {"emotions.sad": 1}, clock, finished=False)
    with pytest.raises(UserError):
        codings.save(journal, opened, "AB", 1, {"emotions.sad": 2, "aggression.physical": 1}, clock, finished=True)
    assert codings.item(journal, opened, "AB", 1).codes == {"emotions.sad": 1}
    for number in (0, 4, -1):
        with pytest.raises(UserError):
            codings.item(journal, opened, "AB", number)


def test_what_was_kept_can_be_taken_back(journal: Any, clock: FakeClock) -> None:
    opened = filled(journal, clock, 3)
    nothing = codings.kept(journal, opened, "AB", 1)
    codings.save(journal, opened, "AB", 1, {"emotions.sad": 1}, clock, finished=False)
    before = codings.kept(journal, opened, "AB", 1)
    codings.save(journal, opened, "AB", 1, {"emotions.sad": 2}, clock, finished=True)
    codings.put_back(journal, opened, "AB", 1, before)
    assert codings.kept(journal, opened, "AB", 1) == before
    codings.put_back(journal, opened, "AB", 1, nothing)
    assert codings.kept(journal, opened, "AB", 1) is None


def test_a_dream_changed_afterwards_is_counted(journal: Any, clock: FakeClock) -> None:
    opened = filled(journal, clock, 3)
    codings.save(journal, opened, "AB", 1, {}, clock, finished=True)
    assert codings.changed_since(journal, opened) == 0
    clock.advance(hours=1)
    dream_id = opened.dreams[0]
    old = journal.dreams.get(dream_id)
    dreams.save(journal, ME, DreamDraft(old.night_date, old.text + " And more."), clock, dream_id)
    assert codings.changed_since(journal, opened) == 1


# Agreement


def test_agreement_stays_closed_until_both_are_through(journal: Any, clock: FakeClock) -> None:
    opened = filled(journal, clock, 12)
    assert "needs two raters" in coding_results.agreement(journal, opened).sentence
    finish(journal, opened, clock, "AB", lambda n: {"emotions.sad": n % 2})
    codings.save(journal, opened, "CD", 1, {}, clock, finished=True)
    found = coding_results.agreement(journal, opened)
    assert (found.ready, found.lines, found.disagreements) == (False, (), ())
    assert "AB 12 of 12, CD 1 of 12" in found.sentence
    with pytest.raises(UserError):
        coding_results.agreement(journal, opened, "AB", "ab")


def test_agreement_of_two_raters_by_hand(journal: Any, clock: FakeClock) -> None:
    opened = filled(journal, clock, 20)
    finish(journal, opened, clock, "AB", lambda n: {"emotions.sad": 1} if n <= 10 else {})
    finish(journal, opened, clock, "CD", lambda n: {"emotions.sad": 3 if n == 1 else 1} if n <= 9 or n == 20 else {})
    found = coding_results.agreement(journal, opened, "CD", "AB")
    assert found.ready
    line = next(x for x in found.lines if x.key == "emotions.sad")
    assert (line.n, line.agreed, line.same_count, line.first_any, line.second_any) == (20, 18, 17, 10, 10)
    assert line.kappa == pytest.approx((0.9 - 0.5) / 0.5)
    assert line.interval[0] < line.kappa < line.interval[1] <= 1
    group = next(x for x in found.lines if x.key == "emotions")
    assert group.kappa == line.kappa
    empty = next(x for x in found.lines if x.key == "characters.animals")
    assert (empty.kappa, empty.interval, empty.agreed) == (None, None, 20)
    assert [(d.number, d.first, d.second) for d in found.disagreements] == [(1, 3, 1), (10, 0, 1), (20, 1, 0)]
    json.dumps(coding_results.agreement_json(found), allow_nan=False)


# Indices


def test_no_sum_by_kind_of_night_before_the_set_is_finished(journal: Any, clock: FakeClock) -> None:
    opened = filled(journal, clock, 12)
    codings.save(journal, opened, "AB", 1, {"emotions.sad": 1}, clock, finished=True)
    found = coding_results.indices(journal, opened, None, None, clock)
    assert (found.ready, found.lines) == (False, ())
    assert found.sentence.startswith("AB has finished 1 of 12 dreams.")
    assert coding_results.indices(journal, opened, None, "CD", clock).sentence.startswith("CD has finished 0 of 12")


def coded(journal: Any, clock: FakeClock, n: int, seed: int = 1) -> codings.OpenSet:
    """Enhanced dreams have a man in nine of ten, natural ones in four of ten."""
    opened = filled(journal, clock, n)
    kinds = {
        d: "E" if int(journal.dreams.get(d).text.rsplit(" ", 1)[1].rstrip(".")) % 2 == 0 else "N" for d in opened.dreams
    }
    draw = random.Random(seed)

    def codes(number: int) -> dict[str, int]:
        share = 0.9 if kinds[opened.dreams[number - 1]] == "E" else 0.4
        key = "male_familiar" if draw.random() < share else "female_familiar"
        return {f"characters.{key}": 1, "settings.indoor": 1}

    finish(journal, opened, clock, "AB", codes)
    return opened


def test_under_50_dreams_of_a_kind_only_counts_are_shown(journal: Any, clock: FakeClock) -> None:
    opened = coded(journal, clock, 99)
    found = coding_results.indices(journal, opened, None, None, clock)
    assert (found.enhanced, found.natural, found.neither) == (50, 49, 0)
    line = next(x for x in found.lines if x.key == "male")
    assert line.enhanced[1] == 50
    assert line.natural[1] == 49
    assert line.enhanced_share == pytest.approx(line.enhanced[0] / 50)
    assert (line.natural_share, line.h, line.interval, line.q) == (None, None, None, None)
    assert "1 more of natural nights are needed, and 100 of each for a comparison" in found.sentence


def test_under_100_dreams_of_each_kind_nothing_is_held_against_each_other(journal: Any, clock: FakeClock) -> None:
    found = coding_results.indices(journal, coded(journal, clock, 199), None, None, clock)
    assert (found.enhanced, found.natural, found.compared) == (100, 99, False)
    assert all(x.h is None for x in found.lines)
    assert next(x for x in found.lines if x.key == "male").natural_share is not None
    assert "1 more of natural nights" in found.sentence


def test_from_100_of_each_a_difference_is_found_with_interval_and_q(journal: Any, clock: FakeClock) -> None:
    found = coding_results.indices(journal, coded(journal, clock, 200), None, None, clock)
    assert found.compared
    male = next(x for x in found.lines if x.key == "male")
    assert male.h > 0.5
    assert male.interval[0] > 0.3
    assert 0 < male.q < 0.001
    never = next(x for x in found.lines if x.key == "indoor")
    assert (never.h, never.interval, never.q) == (0.0, None, None)
    nothing = next(x for x in found.lines if x.key == "success")
    assert (nothing.h, nothing.enhanced_share) == (None, None)
    assert "1 stands apart" in found.sentence or "stand apart" in found.sentence
    document = json.dumps(coding_results.indices_json(found), allow_nan=False)
    assert "NaN" not in document


def test_the_lines_hold_no_dream(journal: Any, clock: FakeClock) -> None:
    opened = coded(journal, clock, 12)
    document = json.dumps(
        [
            coding_results.indices_json(coding_results.indices(journal, opened, None, None, clock)),
            codings.set_json(codings.the_set(journal, ME), codings.raters(journal, opened)),
        ]
    )
    assert "harbour" not in document
