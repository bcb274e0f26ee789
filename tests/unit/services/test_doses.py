"""Modes, programmes and doses: how nights are sorted, what is worked out, what is said where nothing can be."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreamjournal.analysis import contrast
from dreamjournal.analysis.several import holm
from dreamjournal.common.clock import FixedClock
from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.dream import Dream, Recall
from dreamjournal.domain.night import Night
from dreamjournal.domain.secondary import DoseAndMode, Groups, groups_json, plot_of
from dreamjournal.domain.study import Study
from dreamjournal.services import doses
from tests.unit.services.test_contrasts import CLOCK, DEVICE, DRUG, NOW, nights

KINDS = "ENEENENNE" * 10


def used(
    kinds: str = KINDS, *, says: list[dict[str, Any]], effects: list[float] | None = None, seed: int = 1, spread: float = 30,
    name: str = DRUG.name,
) -> list[Night]:  # fmt: skip
    """Nights whose enhanced ones say `says` in turn, each with the effect that stands at its place."""
    draw = random.Random(seed)
    out: list[Night] = []
    turn = 0
    for night in nights(kinds, name=name):
        tst = 420 + draw.gauss(0, spread)
        if night.exposures:
            place = turn % len(says)
            tst += (effects or [0.0] * len(says))[place]
            night = replace(night, exposures=(replace(night.exposures[0], **says[place]),))
            turn += 1
        session = night.sessions[0]
        out.append(replace(night, sessions=(replace(session, measures=replace(session.measures, tst_min=tst)),)))
    return out


def look(found: list[Night], **more: Any) -> DoseAndMode:
    enhancers = more.pop("enhancers", (DRUG,))
    studies, clock = more.pop("studies", ()), more.pop("clock", CLOCK)
    seen = doses.side_by_side(found, enhancers, studies, ContrastSpec(**{"source": "whoop", **more}), clock)
    checked(seen)
    return seen


def checked(seen: DoseAndMode) -> None:
    """Nothing is printed that may not be, and each number stands with its n."""
    json.dumps(groups_json(seen), allow_nan=False)
    for g in seen.groups:
        for d in (*g.differences, *([g.step] if g.step else ())):
            assert (d.value is None) is bool(d.note)
            assert str(d.n_first) in d.sentence or d.sentence == ""
            for never in ("NaN", "nan", "None", "inf ", "significant", "effect", "works"):
                assert never not in d.sentence
        for level in g.levels:
            assert (level.centre is not None) <= (len(level.points) >= 5)
            assert (level.interval is not None) <= (len(level.points) >= 7)
        assert plot_of(g).levels == g.levels and g.alt.endswith(g.sentence)


def one(seen: DoseAndMode, what: str) -> Groups:
    return next(g for g in seen.groups if g.what == what)


MODES = [{"mode": "simulated"}, {"mode": "realtime"}]
MILLIGRAMS = [{"dose": "1 mg"}, {"dose": "2,5mg"}, {"dose": "5 mg"}]


def test_modes_stand_beside_natural_nights_and_each_other() -> None:
    seen = look(used(says=MODES, effects=[60, 20]))
    g = one(seen, "mode")
    assert [(lv.title, len(lv.points)) for lv in g.levels] == [("natural", 40), ("simulated", 25), ("realtime", 25)]
    assert [(d.first, d.second) for d in g.differences] == [
        ("simulated", "natural"), ("realtime", "natural"), ("simulated", "realtime"),
    ]  # fmt: skip
    a, b, c = (d.value or 0 for d in g.differences)
    assert a == pytest.approx(60, abs=20) and b == pytest.approx(20, abs=20) and c == pytest.approx(a - b)
    ps = [d.p for d in g.differences if d.p is not None]
    assert [d.adjusted for d in g.differences] == holm(ps) and len(ps) == 3
    assert g.step is None and "25 simulated nights were associated with " in g.differences[0].sentence
    assert "not drawn at random" in seen.care


def test_a_mode_alone_beside_natural_nights_is_the_plain_rule() -> None:
    found = used(says=[{"mode": "simulated"}, {"mode": "realtime"}], effects=[30, 30])
    # Too few realtime nights to be in the model: what is left is two groups.
    found = [
        n for n in found if not n.exposures or n.exposures[0].mode == "simulated" or n.night_date < date(2026, 3, 12)
    ]
    d = one(look(found), "mode").differences[0]
    points = [p for lv in one(look(found), "mode").levels[:2] for p in lv.points]
    points.sort(key=lambda p: p.night_date)
    days, weekend = [p.night_date.toordinal() for p in points], [float(p.weekend) for p in points]
    import numpy as np

    rule = contrast.rule(
        np.array([p.value for p in points]), contrast.signed([p.arm == "enhanced" for p in points]),
        contrast.covariates(len(points), weekend, contrast.trend(days)), days,
    )  # fmt: skip
    assert d.value == pytest.approx(rule.value) and d.interval == pytest.approx(rule.interval)


def test_programmes_too_and_at_most_four() -> None:
    seen = look(used(says=[{"programme": p} for p in ("Slow tide", "Clear water", "Fog", "Rain", "Snow", "Rain")]))
    g = one(seen, "programme")
    assert len(g.levels) == 5 and "Rain" in [lv.title for lv in g.levels]
    assert any("fewer nights than those shown" in x.reason for x in g.left_out)
    assert not [x for x in seen.groups if x.what == "mode"]


def test_nights_of_two_modes_or_none_are_left_out_with_the_reason() -> None:
    found = used(says=MODES)
    first, second = [i for i, n in enumerate(found) if n.exposures][:2]
    both = found[first].exposures[0]
    found[first] = replace(found[first], exposures=(both, replace(both, mode="realtime")))
    found[second] = replace(found[second], exposures=(replace(both, mode=""),))
    assert {x.reason for x in one(look(found), "mode").left_out} == {"both realtime and simulated", "mode not recorded"}


def test_drawn_nights_count_as_they_were_used() -> None:
    found = used(says=MODES)
    swapped = KINDS.translate(str.maketrans("EN", "NE"))
    study = Study(1, 1, DRUG.name, "tst", "whoop", 20, date(2026, 3, 2), swapped, 4, 7, NOW, NOW)
    assert [len(lv.points) for lv in one(look(found, studies=(study,)), "mode").levels] == [40, 25, 25]


def test_a_washout_is_said() -> None:
    found = used("ENNNENN" * 8, says=MODES, name=DEVICE.name)
    seen = look(found, enhancers=(DEVICE,))
    assert "within 1 night after an enhanced one" in seen.care
    assert len(one(seen, "mode").levels[0].points) == 24


def test_doses_are_put_in_order_with_natural_nights_as_nothing() -> None:
    g = one(look(used(says=MILLIGRAMS, effects=[20, 40, 60])), "dose")
    assert [lv.title for lv in g.levels] == ["natural", "1\u00a0mg", "2.5\u00a0mg", "5\u00a0mg"]
    assert g.step is not None and g.step.value == pytest.approx(20, abs=6)
    assert g.step.interval is not None and g.step.interval[0] < 20 < g.step.interval[1]
    assert g.sentence == g.step.sentence and "Each step up (natural, 1\u00a0mg, 2.5\u00a0mg, 5\u00a0mg)" in g.sentence
    assert "40 natural nights and 50 in 3 levels" in g.sentence
    assert [d.second for d in g.differences] == ["natural"] * 3 and all(d.adjusted is None for d in g.differences)
    centres = [lv.centre or 0 for lv in g.levels]
    assert centres == sorted(centres)


def test_units_of_mass_are_one_unit() -> None:
    g = one(look(used(says=[{"dose": "500 µg"}, {"dose": "0.5 mg"}, {"dose": "0.001 g"}, {"dose": "1 mg"}])), "dose")
    assert [lv.title for lv in g.levels] == ["natural", "0.5\u00a0mg", "1\u00a0mg"] and g.problems == ()


def test_mixed_units_are_named_with_what_would_fix_it() -> None:
    g = one(look(used(says=[{"dose": "2 tablets"}, {"dose": "1 mg"}, {"dose": "3 tablets"}])), "dose")
    (problem,) = g.problems
    assert problem.startswith(
        "Doses are written in tablets (33 nights) and mg (17 nights); only those in tablets are put in order."
    )
    assert problem.endswith("Write them all in one unit.")
    assert {x.reason for x in g.left_out} == {"the dose is in mg"} and g.step is not None and g.step.value is not None


def test_doses_that_cannot_be_read_are_named() -> None:
    says = [{"dose": d} for d in ("half", "1 mg", "", "2 mg", "1 mg or so", "2 x 1 mg")]
    g = one(look(used(says=says)), "dose")
    assert "“half”" in g.problems[0] and "Write a number and its unit, as 0.5 mg." in g.problems[0]
    assert g.problems[1].startswith("8 enhanced nights say no dose.")
    assert {lv.title for lv in g.levels} == {"natural", "1\u00a0mg", "2\u00a0mg"}
    assert len(g.left_out) == 50 - sum(len(lv.points) for lv in g.levels[1:])


def test_a_comma_that_may_stand_for_thousands_is_not_guessed_at() -> None:
    g = one(look(used(says=[{"dose": d} for d in ("1,000 mg", "0,125 mg", "0,25 mg", "1 mg")])), "dose")
    assert [lv.title for lv in g.levels] == ["natural", "0.125\u00a0mg", "0.25\u00a0mg", "1\u00a0mg"]
    assert "“1,000 mg”" in g.problems[0]


def test_names_are_one_whatever_their_case_and_never_taken_for_natural_nights() -> None:
    g = one(look(used(says=[{"programme": p} for p in ("Slow tide", "slow TIDE", "Natural", "natural")])), "programme")
    assert {lv.title: len(lv.points) for lv in g.levels} == {"natural": 40, "Slow tide": 26, "“natural”": 24}
    assert g.levels[0].natural and not any(lv.natural for lv in g.levels[1:])


def test_two_doses_in_one_night_are_not_guessed_at() -> None:
    found = used(says=MILLIGRAMS)
    first = next(i for i, n in enumerate(found) if n.exposures)
    was = found[first].exposures[0]
    found[first] = replace(found[first], exposures=(was, replace(was, dose="3 mg", source="whoop")))
    assert [x.reason for x in one(look(found), "dose").left_out] == ["two doses were noted: 1 mg and 3 mg"]


@pytest.mark.parametrize(
    ("kinds", "says", "sentence"),
    [
        (KINDS, [{"dose": "1 mg"}], "two doses with 5 nights each are needed; so far 1\u00a0mg on 50 nights."),
        ("EN" * 8, [{"dose": "1 mg"}, {"dose": "2 mg"}], "two doses with 5 nights each are needed; so far 1\u00a0mg on 4 nights"),
        ("EEEEN" * 5, [{"dose": "1 mg"}, {"dose": "2 mg"}], "7 natural nights are needed to begin from; so far 5."),
        ("E" * 20, [{"dose": "1 mg"}, {"dose": "2 mg"}], "7 natural nights are needed to begin from; so far 0."),
    ],
)  # fmt: skip
def test_too_little_to_order_says_what_is_needed(kinds: str, says: list[dict[str, Any]], sentence: str) -> None:
    g = one(look(used(kinds, says=says)), "dose")
    assert g.step is not None and g.step.value is None and sentence in g.sentence
    assert g.sentence.startswith("No step of dose is worked out: ")


def test_many_doses_are_put_into_thirds() -> None:
    says = [{"dose": f"{n} mg"} for n in range(1, 13)]
    g = one(look(used(says=says)), "dose")
    assert [lv.title for lv in g.levels] == ["natural", "1 to 3\u00a0mg", "4 to 7\u00a0mg", "8 to 12\u00a0mg"]
    assert sum(len(lv.points) for lv in g.levels[1:]) == 50 and not g.left_out


def test_intensity_is_taken_in_thirds_of_its_scale() -> None:
    says = [{"intensity": n / 11} for n in range(12)]
    g = one(look(used(says=says)), "intensity")
    assert [lv.title for lv in g.levels] == ["natural", "0 to 0.33", "0.33 to 0.67", "0.67 to 1"]
    assert "nights at 0 to 0.33 were associated" in g.differences[0].sentence
    few = one(look(used(says=[{"intensity": 0.2}, {"intensity": 0.8}, {"intensity": None}])), "intensity")
    assert [lv.title for lv in few.levels] == ["natural", "0.2", "0.8"]
    assert few.problems[0].startswith("16 enhanced nights say no intensity.")


def test_gates_by_level() -> None:
    g = one(look(used("ENN" * 16, says=[{"mode": "simulated"}, {"mode": "simulated"}, {"mode": "realtime"}])), "mode")
    assert [len(lv.points) for lv in g.levels] == [32, 11, 5]
    assert g.levels[2].centre_word == "median" and g.levels[2].interval is None
    assert g.differences[1].note == "too few nights: 2 more realtime nights"
    assert g.differences[0].value is not None and g.differences[0].adjusted == g.differences[0].p


def test_shares_counts_and_ratings() -> None:
    found = used(says=MODES)
    draw = random.Random(4)
    for i, night in enumerate(found):
        dreams = tuple(
            Dream(k, 1, night.night_date, "", Recall.REPORT, 1, 0, 0, True, 2, (), (), NOW, NOW)
            for k in range(draw.choice((0, 0, 1)) if night.exposures else draw.choice((0, 0, 0, 1)))
        )
        found[i] = replace(night, recall=Recall.REPORT if dreams or i % 3 else Recall.NOTHING, dreams=dreams)
    share = one(look(found, metric="recall", source="diary"), "mode")
    assert share.levels[0].centre_word == "share" and share.levels[0].interval is not None
    assert share.differences[0].p is None and share.differences[0].sentence.endswith("descriptive only.")
    assert "points" in share.differences[0].sentence and "Newcombe" in share.method
    count = one(look(found, metric="nightmare", source="diary"), "mode")
    assert "times as often" in count.differences[0].sentence and count.levels[0].centre_word == "a night"


def test_a_step_is_not_made_up_for_shares() -> None:
    found = [replace(n, recall=Recall.REPORT if i % 3 else Recall.NOTHING) for i, n in enumerate(used(says=MILLIGRAMS))]
    g = one(look(found, metric="recall", source="diary"), "dose")
    assert g.step is not None and g.step.value is None and "shares of each level stand side by side" in g.sentence
    assert all(d.value is not None for d in g.differences)


def test_values_that_never_change_give_no_difference() -> None:
    seen = look(used(says=[*MODES], spread=0))
    # The question itself is answered in words; here nothing is set side by side as a number.
    for g in seen.groups:
        assert all(d.value is None and d.note for d in g.differences)


def test_nothing_to_set_side_by_side_says_what_to_note() -> None:
    bare = look(used(says=[{}]))
    assert bare.groups == () and "none of them says a dose" in bare.empty and "as 3 mg" in bare.empty
    assert look([], source=None).empty.startswith("No night with melatonin 1 mg counts")
    assert "No enhancer is in the journal yet" in look([], enhancers=(), source=None).empty


def test_two_device_models_are_refused_in_words() -> None:
    found = [
        replace(n, sessions=tuple(replace(s, device="A" if n.exposures else "B") for s in n.sessions))
        for n in used(says=MODES)
    ]
    seen = look(found)
    assert seen.groups == () and "another model" in seen.empty


def test_modes_are_told_apart_without_natural_nights() -> None:
    g = one(look(used("E" * 40, says=MODES, effects=[50, 0])), "mode")
    assert g.differences[0].note == "too few nights: 7 more natural nights"
    assert g.differences[2].value == pytest.approx(50, abs=25)


def test_between_two_looks_no_p_is_told() -> None:
    study = Study(1, 1, DRUG.name, "tst", "whoop", 20, date(2026, 3, 2), KINDS + "EN" * 50, 4, 7, NOW, NOW)
    study = replace(study, stopped=None)
    seen = look(used(says=MODES), studies=(study,), clock=FixedClock(datetime(2026, 6, 1, tzinfo=UTC)))
    assert all(d.p is None and d.adjusted is None for g in seen.groups for d in g.differences)
    assert "Still collecting" in seen.care


def test_a_sealed_study_stays_closed() -> None:
    study = Study(
        1,
        1,
        DRUG.name,
        "tst",
        "whoop",
        20,
        date(2026, 3, 2),
        KINDS + "EN" * 20,
        4,
        7,
        NOW,
        sealed=True,
        fixed_nights=130,
    )
    found = [replace(n, study_sealed=True) for n in used(says=MODES)]
    seen = look(found, studies=(study,), clock=FixedClock(datetime(2026, 4, 1, tzinfo=UTC)))
    assert seen.groups == () and "sealed" in seen.empty


def test_unknown_questions_are_refused_in_words() -> None:
    with pytest.raises(UserError, match="There is no metric"):
        look([], metric="nonsense")


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.floats(-200, 200), st.sampled_from([0.5, 2.0, 60.0]))
def test_a_constant_and_a_unit(seed: int, constant: float, unit: float) -> None:
    before = used("ENEENENNE" * 5, says=[*MODES, {"mode": "simulated", "dose": "1 mg"}], seed=seed)

    def turned(night: Night) -> Night:
        old = night.sessions[0]
        tst = constant + unit * (old.measures.tst_min or 0)
        return replace(night, sessions=(replace(old, measures=replace(old.measures, tst_min=tst)),))

    a, b = (one(look(found), "mode") for found in (before, [turned(n) for n in before]))
    for x, y in zip(a.differences, b.differences, strict=True):
        assert x.value is not None and y.value is not None and x.p is not None
        assert y.value == pytest.approx(unit * x.value, rel=1e-6, abs=1e-6 * unit) and y.p == pytest.approx(
            x.p, rel=1e-6
        )
