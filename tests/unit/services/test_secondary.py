"""Other measures of a question's nights: which rows there are, what they say, whose p is adjusted how."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreamjournal.analysis.several import benjamini_hochberg, holm
from dreamjournal.common.clock import FixedClock
from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.dream import Dream, Recall
from dreamjournal.domain.night import Condition, Night
from dreamjournal.domain.secondary import CLAIMS, MeasureRow, MeasuresTable, table_json
from dreamjournal.domain.study import Study
from dreamjournal.services import contrasts, secondary, secondary_words
from tests.unit.services.test_contrasts import CLOCK, DRUG, NOW, diary, nights, session

KINDS = "ENNEENENNEEN" * 4


def rich(kinds: str = KINDS, seed: int = 0) -> list[Night]:
    """Nights with a wrist device's sleep, deep, REM and heart rate, and a diary with quality from the first on."""
    out: list[Night] = []
    for i, night in enumerate(nights(kinds)):
        shift = (i * (31 + seed) % 17) + (8 if kinds[i] == "E" else 0)
        old = night.sessions[0]
        measures = replace(
            old.measures,
            deep_min=60.0 + shift,
            rem_min=90.0 + i * (7 + seed) % 23,
            light_min=270.0 - shift,
            hr=52.0 + i % 7,
        )
        own = replace(
            diary(night.night_date, 430 + shift), quality=float(1 + (i * (3 + seed)) % 5), sol=float(i * 5 % 11), waso=0
        )
        out.append(
            replace(
                night,
                sessions=(replace(old, measures=measures),),
                diary=own,
                recall=Recall.REPORT if i % 3 else Recall.NOTHING,
            )
        )
    return out


def table(found: list[Night], **more: Any) -> MeasuresTable:
    claims = more.pop("claims", ())
    studies = more.pop("studies", ())
    clock = more.pop("clock", CLOCK)
    return secondary.tabulate(
        found, (DRUG,), studies, ContrastSpec(**{"source": "whoop", **more}), clock, claims=claims
    )


def rows(found: MeasuresTable) -> dict[tuple[str, str], MeasureRow]:
    return {row.key: row for row in (found.primary, *found.claims, *found.rest)}


def drawn(kinds: str = KINDS) -> Study:
    return Study(1, 1, DRUG.name, "tst", "whoop", 20, date(2026, 3, 2), kinds, 4, 7, NOW, NOW)


def checked(found: MeasuresTable) -> None:
    """Nothing is printed that may not be, and no number stands without its n."""
    document = json.dumps(table_json(found), allow_nan=False)
    for row in (found.primary, *found.claims, *found.rest):
        words = " ".join(
            [row.sentence, row.difference, row.interval, row.adjusted_words, row.note, *(row.centres or ())]
        )
        for never in ("NaN", "nan", "None", "inf ", "significant", "−0 ", "−0.0 "):
            assert never not in words, words
        assert str(row.result.n_enhanced) in row.sentence and str(row.result.n_natural) in row.sentence
        assert row.interval == "" or row.difference != ""
        if min(row.result.n_enhanced, row.result.n_natural) < 7:
            assert row.difference == row.interval == "" and row.note and row.adjusted is None
        if min(row.result.n_enhanced, row.result.n_natural) < 5:
            assert row.centres is None
    assert "NaN" not in document


def test_the_primary_stands_first_then_six_claims_then_the_rest() -> None:
    found = table(rich())
    assert found.primary.key == ("tst", "whoop") and found.primary.adjusted is None
    assert 0 < len(found.claims) <= CLAIMS and not found.chosen
    assert {row.result.source for row in found.claims} == {"whoop"}  # the primary's own family
    assert ("quality", "diary") in {row.key for row in found.rest} and ("tst", "diary") in {
        row.key for row in found.rest
    }
    assert len(rows(found)) == 1 + len(found.claims) + len(found.rest)
    checked(found)


def test_no_row_for_what_no_night_has() -> None:
    keys = {metric for metric, _ in rows(table(rich()))}
    assert not keys & {"spo2", "temp", "hrv_sdnn", "nightmare_distress", "ahi"}
    assert {"deep", "rem", "hr", "quality", "sol", "recall"} <= keys


def test_claims_have_holms_p_and_the_rest_a_q() -> None:
    found = table(rich(), studies=(drawn(),))
    assert found.design == "R"
    for group, adjust in ((found.claims, holm), (found.rest, benjamini_hochberg)):
        ps = [secondary.tested(row.result) for row in group]
        expected = iter(adjust([p for p in ps if p is not None]))
        assert [row.adjusted for row in group] == [None if p is None else next(expected) for p in ps]
    assert any("after Holm over" in row.sentence for row in found.claims)
    assert any("after Benjamini and Hochberg over" in row.sentence for row in found.rest)
    assert found.lines == sum(1 for row in (*found.claims, *found.rest) if row.adjusted is not None)
    assert f"of these {found.lines} lines" in found.heading
    checked(found)


def test_a_row_is_the_answer_to_its_own_question() -> None:
    found = rich()
    for row in rows(table(found, studies=(drawn(),))).values():
        alone = contrasts.compare(found, (DRUG,), (drawn(),), ContrastSpec(row.result.metric, row.result.source), CLOCK)
        assert alone.estimate.value == pytest.approx(row.result.estimate.value)
        assert alone.estimate.p == row.result.estimate.p
        assert alone.points == row.result.points


def test_shares_and_counts_of_self_chosen_nights_are_descriptive() -> None:
    row = rows(table(rich()))["recall", "diary"]
    assert row.adjusted is None and row.adjusted_words == "descriptive" and row.sentence.endswith("descriptive only.")
    assert row.interval and row.centres is not None and " of " in row.centres[0]
    in_blocks = rows(table(rich(), studies=(drawn(),)))["recall", "diary"]
    assert in_blocks.adjusted is not None and "q" in in_blocks.sentence


def test_ratings_show_shift_and_delta() -> None:
    row = rows(table(rich()))["quality", "diary"]
    assert "typical shift" in row.sentence and "Cliff's δ" in row.sentence


def test_one_arm_empty_says_so() -> None:
    found = rich()
    for i, night in enumerate(found):
        if KINDS[i] == "E":
            found[i] = replace(
                night, sessions=tuple(replace(s, measures=replace(s.measures, hr=None)) for s in night.sessions)
            )
    row = rows(table(found))["hr", "whoop"]
    assert row.result.n_enhanced == 0 and row.note == "no enhanced night counts" and row.adjusted is None
    assert "no enhanced night counts" in row.sentence
    checked(table(found))


def test_two_device_models_say_so_instead_of_a_number() -> None:
    found = rich()
    for i, night in enumerate(found):
        model = "Headband 2" if KINDS[i] == "E" else "Headband 1"
        found[i] = replace(night, sessions=tuple(replace(s, device=model) for s in night.sessions))
    mixed = table(found, source="diary")
    row = rows(mixed)["deep", "whoop"]
    assert row.note == "two device models: not comparable" and row.difference == "" and row.centres is None
    assert mixed.primary.difference != ""
    checked(mixed)


@pytest.mark.parametrize("n", [2, 5, 6, 8, 13])
def test_gates_hold_in_every_row(n: int) -> None:
    found = table(rich("EN" * n))
    checked(found)
    whoop = rows(found)["deep", "whoop"]
    assert (whoop.centres is None) is (n < 5) and (whoop.interval == "") is (n < 7)
    assert whoop.centre_word == ("" if n < 5 else "median" if n < 7 else "mean")


def test_nothing_in_the_journal_is_an_empty_table() -> None:
    for enhancers in ((), (DRUG,)):
        found = secondary.tabulate([], enhancers, (), ContrastSpec(), CLOCK)
        assert found.claims == found.rest == () and found.primary.result.verdict == "too_few"
        checked(found)


def test_the_device_of_a_row_is_the_person_s_else_the_question_s_else_the_busiest() -> None:
    found = [
        replace(n, sessions=(*n.sessions, session(n.night_date, 400.0 + i % 9, source="oura")) if i % 2 else n.sessions)
        for i, n in enumerate(rich())
    ]
    keys = {
        row.key for row in rows(secondary.tabulate(found, (DRUG,), (), ContrastSpec(source="diary"), CLOCK)).values()
    }
    assert ("tst", "whoop") in keys and ("tst", "oura") not in keys
    said = secondary.tabulate(found, (DRUG,), (), ContrastSpec(source="diary"), CLOCK, own_sources={"tst": "oura"})
    assert ("tst", "oura") in {row.key for row in rows(said).values()}


def test_between_two_looks_no_line_has_a_p() -> None:
    running = replace(drawn(), stopped=None, schedule=KINDS + "EN" * 20)
    found = table(rich(), studies=(running,), clock=FixedClock(datetime(2026, 4, 20, tzinfo=UTC)))
    assert found.primary.result.reasons == ("collecting",)
    assert all(row.adjusted is None for row in (*found.claims, *found.rest))
    assert any("still collecting" in row.sentence for row in found.claims)
    assert found.heading.endswith("stand out by chance.")


def test_a_person_chooses_what_is_said_in_words() -> None:
    found = table(rich(), claims=("sol=diary", "rem"))
    assert found.chosen and {row.key for row in found.claims} == {("rem", "whoop"), ("sol", "diary")}
    gone = table(rich(), claims=("spo2=oura",))
    assert not gone.chosen and gone.claims


def test_a_choice_is_kept_and_checked(journal: Any) -> None:
    person = journal.persons.all()[0].id
    assert secondary.kept_claims(journal, person) == ()
    assert secondary.choose_claims(journal, person, ["sol=diary", " rem ", "sol=diary"])
    assert secondary.kept_claims(journal, person) == ("sol=diary", "rem")
    with pytest.raises(UserError, match="at most 6"):
        secondary.choose_claims(journal, person, ["tst", "sol", "waso", "rem", "deep", "light", "hr"])
    with pytest.raises(UserError, match="no metric nonsense"):
        secondary.choose_claims(journal, person, ["nonsense=diary"])
    assert secondary.kept_claims(journal, person) == ("sol=diary", "rem")
    secondary.choose_claims(journal, person, [])
    assert secondary.kept_claims(journal, person) == ()
    journal.settings.set(secondary.SETTING, {"not": "a list"}, person)
    assert secondary.kept_claims(journal, person) == ()


def test_progress_is_told_and_can_stop() -> None:
    heard: list[tuple[int, int]] = []
    secondary.tabulate(rich(), (DRUG,), (), ContrastSpec(source="whoop"), CLOCK, told=lambda a, b: heard.append((a, b)))
    assert len(heard) > 10 and all(0 <= a <= b for a, b in heard)

    class StopError(Exception):
        pass

    def stop(_done: int, _of: int) -> None:
        raise StopError

    with pytest.raises(StopError):
        secondary.tabulate(rich(), (DRUG,), (), ContrastSpec(source="whoop"), CLOCK, told=stop)


def test_unknown_questions_are_refused_in_words() -> None:
    with pytest.raises(UserError, match="There is no metric"):
        table(rich(), metric="nonsense")
    with pytest.raises(UserError, match="not in the journal"):
        table(rich(), enhancer="wine")


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 50), st.booleans())
def test_swapped_kinds_flip_every_row(seed: int, in_blocks: bool) -> None:
    swap = str.maketrans("EN", "NE")
    one = rich(KINDS, seed)
    other = [
        replace(n, condition=m.condition, exposures=m.exposures)
        for n, m in zip(one, nights(KINDS.translate(swap)), strict=True)
    ]
    a = table(one, studies=(drawn(),) if in_blocks else ())
    b = table(other, studies=(drawn(KINDS.translate(swap)),) if in_blocks else ())
    assert set(rows(a)) == set(rows(b))
    for key, row in rows(a).items():
        mirrored = rows(b)[key]
        if row.result.kind == "count" or row.result.estimate.value is None:
            continue
        assert mirrored.result.estimate.value == pytest.approx(-row.result.estimate.value, abs=1e-9)
        assert mirrored.adjusted == pytest.approx(row.adjusted)
    checked(a)


def test_p_words_and_heading() -> None:
    assert [secondary_words.p_words(p) for p in (1e-12, 0.0099, 0.01, 0.5, 0.996, 1.0)] == [
        "under 0.01", "under 0.01", "0.01", "0.50", "over 0.99", "over 0.99",
    ]  # fmt: skip
    assert "this 1 line less than one" in secondary_words.heading(1)
    assert "these 40 lines about 2" in secondary_words.heading(40)


def test_a_nightmare_row_is_counts() -> None:
    found = rich()
    for i, night in enumerate(found):
        dream = (
            Dream(i, 1, night.night_date, "", Recall.REPORT, 2, 0, 0, i % 5 == 0, None, (), (), NOW, NOW)
            if i % 5 == 0
            else None
        )
        found[i] = replace(night, dreams=(dream,) if dream else (), recall=Recall.REPORT if dream else Recall.NOTHING)
    row = rows(table(found))["nightmare", "diary"]
    assert (
        row.centre_word == "in all"
        and row.difference.endswith(" times")
        and "times as often" in row.sentence
        and row.adjusted_words == "descriptive"
    )
    assert "nightmares on " in row.sentence


def test_nights_of_another_condition_are_in_no_row() -> None:
    found = rich()
    found[3] = replace(found[3], condition=Condition.UNSURE)
    day = found[3].night_date
    for row in rows(table(found)).values():
        assert day not in {p.night_date for p in row.result.points}
    assert day - timedelta(days=1) in {p.night_date for p in table(found).primary.result.points}
