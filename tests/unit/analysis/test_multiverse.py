"""Ways of counting: joined where alike, sorted, told without picking one; what a swap, a shift, a unit and an order change."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreamjournal.analysis.answer import Question, Refusal
from dreamjournal.analysis.multiverse import counted, multiverse, told, told_interval, usual
from dreamjournal.domain.contrast import NightPoint
from dreamjournal.domain.multiverse import Multiverse, Rule, to_json
from dreamjournal.metrics.recall import PLUGIN as RECALL
from dreamjournal.metrics.tst import PLUGIN as TST

FIRST = date(2026, 3, 2)
OWN = Rule("whoop", False, 0, 12, "planned")
KINDS = "ENNENEENNEEN" * 3


def points(kinds: str, effect: float, *, seed: int = 1, drawn: bool = True) -> tuple[NightPoint, ...]:
    draw = random.Random(seed)
    return tuple(
        NightPoint(
            FIRST + timedelta(days=i), "enhanced" if k == "E" else "natural", 420 + draw.gauss(0, 8) + effect * (k == "E"),
            i % 7 in (4, 5), str(i // 4) if drawn else None,
        )
        for i, k in enumerate(kinds)
    )  # fmt: skip


def question(effect: float = 20, *, kinds: str = KINDS, drawn: bool = True, seed: int = 1, **more: Any) -> Question:
    base = Question(TST, "whoop", "SleepSync", "R" if drawn else "S", points(kinds, effect, seed=seed, drawn=drawn))
    return replace(base, **more)


def told_of(*asked: tuple[Rule, Question], swd: float | None = 20.0) -> Multiverse:
    found = counted(asked, OWN)
    by_rule = {rule: c.found for c in found for rule in c.rules}
    return multiverse(TST, found, OWN, swd, usual(OWN, by_rule, True), ())


def test_a_sign_that_flips_is_said_first() -> None:
    m = told_of(
        (OWN, question(20)), (replace(OWN, naps=True), question(15, seed=2)), (replace(OWN, source="oura"), question(-20)),
        swd=None,
    )  # fmt: skip
    assert m.sentence.startswith(
        "The answer depends on how the nights are counted: 2 of 3 ways say longer, 1 shorter. "
        "The 95 % interval leaves out 0 in all of them (2 longer, 1 shorter). What matters most is whose numbers are taken: "
    )
    assert m.words[0].strong and (m.more, m.less) == (2, 1)


def test_agreement_is_told_with_its_range_and_without_a_best_one() -> None:
    m = told_of((OWN, question(20)), (replace(OWN, labels="used"), question(25, drawn=False)))
    low, high = (told(m, w.value).split(" ")[0] for w in m.ways)
    assert m.sentence.startswith(f"Both ways of counting agree on the direction: {low} to {high} min longer. ")
    assert [w.value for w in m.ways] == sorted(w.value or 0 for w in m.ways)
    assert not any(word in m.sentence for word in ("best", "clearly", "probably", "significant"))


def test_ways_too_small_to_matter_are_counted() -> None:
    m = told_of((OWN, question(2)), (replace(OWN, labels="used"), question(4, drawn=False)), swd=60.0)
    assert " It lies wholly within what is too small to matter (60 min) in all." in m.sentence
    assert "too small" not in told_of((OWN, question(2)), (replace(OWN, naps=True), question(3)), swd=None).sentence


def test_rules_that_count_the_same_are_joined_and_the_own_one_speaks_for_them() -> None:
    same = question(20)
    m = told_of((replace(OWN, boundary=18), same), (OWN, same), (replace(OWN, washout=1), question(22, seed=5)))
    assert (m.considered, len(m.ways), m.joined) == (3, 2, 1)
    own = next(w for w in m.ways if w.own)
    assert own.rule == OWN and own.alike == (replace(OWN, boundary=18),)
    assert m.varying() == ("washout",) and [(x.choice, x.sets) for x in m.moves] == [("washout", 1), ("boundary", 1)]
    assert m.moves[-1].by == 0


def test_ways_without_a_difference_are_listed_with_their_reason() -> None:
    refused = Refusal("two_devices", "All enhanced nights were recorded with H2", "why")
    m = told_of(
        (OWN, question()),
        (replace(OWN, washout=1), question(kinds="ENENENENENEEEEEEE")),
        (replace(OWN, source="oura"), question(refused=refused)),
        (replace(OWN, source="diary"), question(kinds="ENNE" + "NENE")),
    )
    assert len(m.ways) == 1 and m.sentence.startswith("There is one way to count these nights: ")
    assert [w.reason for w in m.left_out] == [
        "too few natural nights", "All enhanced nights were recorded with H2", "too few enhanced and natural nights",
    ]  # fmt: skip
    none = told_of((OWN, question(kinds="EN")))
    assert none.sentence == "The one way of counting these nights does not give a difference: the reasons are listed."
    assert multiverse(TST, (), OWN, None, (), ()).sentence.startswith("None of the 0 ways")


def test_too_few_ways_to_deal_again_leave_no_interval_and_no_column() -> None:
    m = told_of((OWN, question(kinds="NE" * 7, drawn=True, points=tuple(
        replace(p, block="1" if i < 2 else "2" if p.arm == "natural" else "3") for i, p in enumerate(points("NE" * 7, 20))
    ))))  # fmt: skip
    assert not m.ways and m.left_out[0].reason == "too few ways to deal these blocks again for an interval"


def test_the_usual_looks_are_named_with_their_nights() -> None:
    m = told_of(
        (OWN, question()),
        (replace(OWN, labels="used"), question(25, drawn=False)),
        (replace(OWN, washout=1), question(kinds="ENENENENENEEEEEEE")),
    )
    assert [(n.name, n.own, n.n_enhanced, n.n_natural) for n in m.named] == [
        ("As planned", True, 18, 18), ("As used", False, 18, 18), ("No washout", True, 18, 18),
        ("Washout of one night", False, 12, 5), ("Typical shift (Hodges-Lehmann)", False, 18, 18), ("GLS with trend", False, 18, 18),
    ]  # fmt: skip
    assert m.named[3].value is None and m.named[3].note == "too few natural nights"
    assert all(n.interval is not None for n in m.named if n.value is not None)


def test_a_share_is_told_in_points() -> None:
    hits = tuple(replace(p, value=float(p.arm == "enhanced" and i % 2 == 0)) for i, p in enumerate(points(KINDS, 0)))
    found = counted([(OWN, replace(question(), metric=RECALL, points=hits))], OWN)
    m = multiverse(RECALL, found, OWN, 15, (), ())
    assert m.unit == "points" and "points more" in m.sentence


def test_words_of_numbers() -> None:
    m = told_of((OWN, question()))
    assert told(m, 0.2) == "no difference" and told(m, -21.4) == "21 min shorter" and told(m, None) == "not given"
    assert (
        told_interval(m, (-9.0, 25.0)) == "9 shorter to 25 longer"
        and told_interval(m, (-37.0, -3.0)) == "3 to 37 shorter"
    )


def test_json_holds_every_way_and_no_nan() -> None:
    import json

    m = told_of((OWN, question()), (replace(OWN, washout=1), question(kinds="EN")))
    out = json.loads(json.dumps(to_json(m), allow_nan=False))
    assert out["considered"] == 2 and out["ways"][0]["own"] and out["left_out"][0]["reason"]
    assert set(out["ways"][0]) >= {
        "source",
        "naps",
        "washout",
        "boundary",
        "labels",
        "design",
        "n_enhanced",
        "n_natural",
    }


def test_what_the_caller_raises_ends_the_work() -> None:
    class Stop(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        counted([(OWN, question())], OWN, stop)


def rules(effect: float, seed: int, change: Any = lambda p: p) -> list[tuple[Rule, Question]]:
    asked = [
        (OWN, question(effect, seed=seed)), (replace(OWN, labels="used"), question(effect, seed=seed + 1, drawn=False)),
        (replace(OWN, source="oura"), question(effect, seed=seed + 2, kinds=KINDS[:-3])),
    ]  # fmt: skip
    return [(r, replace(q, points=tuple(change(p) for p in q.points))) for r, q in asked]


def by_rule(asked: list[tuple[Rule, Question]]) -> dict[Rule, tuple[float, float, float]]:
    out: dict[Rule, tuple[float, float, float]] = {}
    for w in told_of(*asked).ways:
        assert w.value is not None and w.interval is not None
        out[w.rule] = (w.value, *w.interval)
    return out


@settings(max_examples=8)
@given(st.integers(0, 10**6), st.floats(-40, 40))
def test_a_swap_of_labels_flips_every_way(seed: int, effect: float) -> None:
    swap = {"enhanced": "natural", "natural": "enhanced"}
    here, there = by_rule(rules(effect, seed)), by_rule(rules(effect, seed, lambda p: replace(p, arm=swap[p.arm])))
    assert here == {rule: (-v, -high, -low) for rule, (v, low, high) in there.items()}


@settings(max_examples=8)
@given(st.integers(0, 10**6), st.floats(-1000, 1000))
def test_an_added_constant_changes_nothing_and_a_unit_scales(seed: int, shift: float) -> None:
    here = by_rule(rules(20, seed))
    moved = by_rule(rules(20, seed, lambda p: replace(p, value=p.value + shift)))
    scaled = by_rule(rules(20, seed, lambda p: replace(p, value=60 * p.value)))
    for rule, numbers in here.items():
        assert moved[rule] == pytest.approx(numbers, abs=1e-6)
        assert scaled[rule] == pytest.approx([60 * v for v in numbers], rel=1e-9, abs=1e-6)


@settings(max_examples=8)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_rules_changes_nothing(seed: int, shuffle: random.Random) -> None:
    asked = rules(20, seed)
    mixed = [(r, replace(q, points=tuple(shuffle.sample(q.points, len(q.points))))) for r, q in asked]
    shuffle.shuffle(mixed)
    assert by_rule(asked) == by_rule(mixed)
