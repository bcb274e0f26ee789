"""Every metric on nights made by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.common.plugins import load_family
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import Dream, Recall
from dreamjournal.domain.evening import Evening, StepTick
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.hypnogram import Epoch
from dreamjournal.domain.hypnogram_session import session_of
from dreamjournal.domain.instant import from_local
from dreamjournal.domain.night import Condition, Night, SourceNight
from dreamjournal.domain.scored import Scored
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Validity
from dreamjournal.domain.therapy import Therapy, read_therapy, therapy_words

KEYS = [
    "tst",
    "sol",
    "waso",
    "tib",
    "se_tib",
    "se_dse",
    "twak",
    "nawk",
    "ema",
    "quality",
    "rested",
    "mid_sleep",
    "light",
    "deep",
    "rem",
    "rem_latency",
    "hr",
    "hrv_rmssd",
    "hrv_sdnn",
    "resp",
    "spo2",
    "temp",
    "recall",
    "vividness",
    "tone",
    "lucidity",
    "nightmare",
    "waso_aasm",
    "distress",
    "report",
    "lucid",
    "words",
    "gap",
    "routine",
    "cpap_hours",
    "ahi",
]
DAY = date(2026, 7, 9)
FAMILY = {m.key: m for m in load_family("dreamjournal.metrics")}


def at(hour: int, minute: int, day: int = 0):
    return from_local(datetime(2026, 7, 9 + day, hour, minute), "Europe/London")


DIARY = Diary(1, DAY, at(22, 50), at(23, 10), 20, 2, 25, at(7, 0, 1), at(7, 30, 1), 4, tasafa=10, ema=15, rested=3)
DREAM = Dream(
    1,
    1,
    DAY,
    "…",
    Recall.REPORT,
    3,
    1,
    -1,
    True,
    2,
    (),
    (),
    datetime(2026, 7, 10, tzinfo=UTC),
    datetime(2026, 7, 10, tzinfo=UTC),
)
WRITTEN = SourceNight(
    DAY,
    "diary",
    DIARY,
    Recall.REPORT,
    (DREAM, replace(DREAM, id=2, vividness=2, lucidity=4, tone=None, nightmare=None)),
)
MEASURES = SessionMeasures(480, 420, 12, 30, 60, 240, 90, 90, None, 75, None, 55, 48, 61, 14.5, 96.5, 34.2)
WORN = SourceNight(
    DAY,
    "whoop",
    sessions=(Session(1, 1, DAY, "whoop", "a", SessionKind.MAIN, Validity.OK, at(23, 0), at(7, 0, 1), MEASURES),),
)


def test_the_family_is_the_agreed_one() -> None:
    assert sorted(FAMILY) == sorted(KEYS)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("tst", 425), ("sol", 20), ("waso", 25), ("tib", 520), ("se_tib", 100 * 425 / 520),
        ("se_dse", 100 * 425 / 480), ("twak", 30), ("nawk", 2),
        ("ema", 15), ("quality", 4), ("rested", 3), ("mid_sleep", 15 * 60 + 15), ("recall", 1),
        ("vividness", 2.5), ("tone", -1), ("lucidity", 4),
        ("nightmare", 1), ("hr", None), ("deep", None), ("distress", 2), ("report", 1), ("lucid", 1), ("words", None),
        ("waso_aasm", None), ("gap", None), ("routine", None), ("ahi", None),
    ],
)  # fmt: skip
def test_from_the_diary(key: str, expected: float | None) -> None:
    assert FAMILY[key].value(WRITTEN) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("tst", 420), ("sol", 12), ("waso", 30), ("tib", 480), ("se_tib", 87.5), ("light", 240), ("deep", 90),
        ("rem", 90), ("rem_latency", 75),
        ("hr", 55), ("hrv_rmssd", 48), ("hrv_sdnn", 61), ("resp", 14.5), ("spo2", 96.5), ("temp", 34.2), ("mid_sleep", 15 * 60),
        ("quality", None), ("recall", None), ("nightmare", None), ("se_dse", None), ("nawk", None), ("lucidity", None),
        ("waso_aasm", 480 - 12 - 420), ("gap", None), ("lucid", None), ("report", None), ("cpap_hours", None),
    ],
)  # fmt: skip
def test_from_a_device(key: str, expected: float | None) -> None:
    assert FAMILY[key].value(WORN) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize("key", KEYS)
def test_nothing_known_is_none_never_zero(key: str) -> None:
    for source in ("diary", "whoop"):
        assert FAMILY[key].value(SourceNight(DAY, source)) is None
    assert FAMILY[key].value(SourceNight(DAY, "diary", Diary(1, DAY))) is None
    empty = Session(1, 1, DAY, "whoop", "a", SessionKind.NAP, Validity.OK, at(23, 0), at(7, 0, 1))
    assert key == "mid_sleep" or FAMILY[key].value(SourceNight(DAY, "whoop", sessions=(empty,))) is None


def test_recall_needs_an_answer() -> None:
    value = FAMILY["recall"].value
    answers = {r: value(SourceNight(DAY, "diary", recall=r)) for r in Recall}
    assert answers == {Recall.NOT_TRIED: None, Recall.NOTHING: 0, Recall.WHITE: 0, Recall.FRAGMENT: 1, Recall.REPORT: 1}
    assert FAMILY["nightmare"].value(SourceNight(DAY, "diary", recall=Recall.NOTHING)) == 0


@pytest.mark.real
def test_recall_rate_vector(shared_dir: Path) -> None:
    vectors = json.loads((shared_dir / "vectors/questionnaire_dream_vectors.json").read_text())["dream_recall"]
    answers = {"content": Recall.REPORT, "none": Recall.NOTHING, "white": Recall.WHITE, None: None}
    for case in vectors["tests"]:
        said = [answers[e] for e in case["entries"]]
        values = [FAMILY["recall"].value(SourceNight(DAY, "diary", recall=r)) for r in said]
        known = [v for v in values if v is not None]
        assert (len(known), sum(known), said.count(Recall.WHITE)) == (case["valid"], case["content"], case["white"])
        assert sum(known) / len(known) == case["rate"]
        assert (sum(known) + said.count(Recall.WHITE)) / len(known) == pytest.approx(case["rate_any"])


def test_mid_sleep_does_not_wrap_at_midnight() -> None:
    early = replace(DIARY, try_sleep=at(20, 0), sol=0, final_wake=at(3, 0, 1))
    late = replace(DIARY, try_sleep=at(1, 0, 1), sol=0, final_wake=at(9, 0, 1))
    values = [FAMILY["mid_sleep"].value(SourceNight(DAY, "diary", d)) for d in (early, late)]
    assert values == [11.5 * 60, 17 * 60]


def test_blocks_an_hour_apart_are_one_sleep() -> None:
    first = replace(WORN.sessions[0], end=at(3, 0, 1), measures=SessionMeasures(240, 200, 10, 20))
    second = replace(
        WORN.sessions[0],
        id=2,
        start=replace(first.end, utc=first.end.utc + timedelta(hours=1)),
        measures=SessionMeasures(180, 170, 5, 5),
    )
    night = SourceNight(DAY, "whoop", sessions=(first, second))
    assert FAMILY["tst"].value(night) == 370 and FAMILY["waso"].value(night) == 20 + 5 + 60 + 5


@pytest.mark.parametrize("key", KEYS)
def test_every_metric_can_be_told(key: str) -> None:
    m = FAMILY[key]
    assert m.title and m.explain.endswith(".") and m.unit
    if m.kind != "rate":
        assert "{n}" in m.was and "{w}" in m.was and "{n}" in m.linked and "{w}" in m.linked
    assert len(set(m.words)) == len(set(m.linked_words)) == 2


def test_the_two_definitions_of_waso_name_themselves() -> None:
    assert "within the sleep period" in FAMILY["waso"].explain
    assert "AASM" in FAMILY["waso_aasm"].explain and "lights-on" in FAMILY["waso_aasm"].explain


@pytest.mark.real
def test_hypnogram_vectors_through_the_metrics(shared_dir: Path) -> None:
    codes = {-2: Epoch.UNSCORED, -1: Epoch.ARTEFACT, 0: Epoch.W, 1: Epoch.N1, 2: Epoch.N2, 3: Epoch.N3, 4: Epoch.REM}
    seen = 0
    for vector in json.loads((shared_dir / "vectors/hypnogram_vectors.json").read_text()).values():
        own = vector["own_AASM"]
        if own is None:
            continue
        epochs = tuple(codes[stage] for stage, n in vector["rle"] for _ in range(n))
        draft, _ = session_of(Scored(epochs, vector["epoch_s"], len(epochs)), at(22, 30))
        session = replace(
            WORN.sessions[0], start=draft.start, end=draft.end, measures=draft.measures, stages=draft.stages
        )
        night = SourceNight(DAY, "edf", sessions=(session,))
        for key, name in (
            ("tst", "TST_min"), ("sol", "SOL_min"), ("tib", "TRT_min"), ("waso_aasm", "WASO_AASM_min(TRT-SOL-TST)"),
            ("rem_latency", "REM_latency_AASM_min(from sleep onset)"), ("se_tib", "SE_TRT_pct"),
        ):  # fmt: skip
            expected = None if own[name] is None else pytest.approx(own[name], abs=1e-6)
            assert FAMILY[key].value(night) == expected, name
        seen += 1
    assert seen


@pytest.mark.parametrize(
    ("measures", "expected"),
    [
        ((480.0, 420.0, 60.5), 0.0), ((480.0, 420.0, 70.0), None), ((None, 420.0, 12.0), None), ((480.0, None, 12.0), None),
        ((480.0, 420.0, None), None),
    ],
)  # fmt: skip
def test_wake_until_getting_up_needs_numbers_that_agree(
    measures: tuple[float | None, ...], expected: float | None
) -> None:
    session = replace(WORN.sessions[0], measures=SessionMeasures(*measures))
    assert FAMILY["waso_aasm"].value(SourceNight(DAY, "whoop", sessions=(session,))) == expected


def told(*dreams: Dream, recall: Recall | None = Recall.REPORT) -> SourceNight:
    return SourceNight(DAY, "diary", None, recall, dreams)


def test_distress_is_of_nightmares_alone() -> None:
    value = FAMILY["distress"].value
    assert value(told(DREAM, replace(DREAM, distress=3))) == 2.5
    assert value(told(replace(DREAM, nightmare=False))) is None
    assert value(told(replace(DREAM, nightmare=None, distress=4))) is None
    assert value(told(recall=Recall.NOTHING)) is None


def test_a_full_report_is_of_mornings_tried() -> None:
    value = FAMILY["report"].value
    answers = {r: value(told(recall=r)) for r in Recall}
    assert answers == {Recall.NOT_TRIED: None, Recall.NOTHING: 0, Recall.WHITE: 0, Recall.FRAGMENT: 0, Recall.REPORT: 1}
    assert value(told(recall=None)) is None


def test_a_dream_that_was_not_rated_may_have_been_lucid() -> None:
    value, plain = FAMILY["lucid"].value, replace(DREAM, lucidity=0)
    unrated = replace(DREAM, lucidity=None)
    assert value(told(plain)) == 0 and value(told(DREAM)) == 1
    assert value(told(plain, unrated)) is None and value(told(DREAM, unrated)) == 1
    assert value(told(recall=Recall.NOTHING)) == 0 and value(told(recall=Recall.WHITE)) == 0
    assert value(told(recall=Recall.NOT_TRIED)) is None and value(told(recall=None)) is None
    assert value(told(recall=Recall.REPORT)) is None


def test_comments_are_no_words_of_the_dream() -> None:
    value = FAMILY["words"].value
    night = told(replace(DREAM, text="I flew [I think] over water"), replace(DREAM, id=2, text="A door."))
    assert value(night) == 6
    assert value(told(replace(DREAM, text="[no time]"))) is None
    assert value(told(recall=Recall.NOTHING)) is None


def whole(**known: object) -> Night:
    return Night(1, DAY, Condition.NATURAL, sessions=WORN.sessions, diary=DIARY, **known)  # pyright: ignore[reportArgumentType]


def test_perceived_minus_measured_sleep() -> None:
    value = FAMILY["gap"].value
    assert value(whole().seen_by("whoop")) == pytest.approx(425 - 420)
    assert value(whole().seen_by("diary")) is None and value(whole().seen_by("oura")) is None
    assert value(whole(passed_over=True).seen_by("whoop")) is None
    late = replace(DIARY, entered=DIARY.out_of_bed.utc + timedelta(hours=25))  # pyright: ignore[reportOptionalMemberAccess]
    assert value(replace(whole(), diary=late).seen_by("whoop")) is None
    assert value(replace(whole(), diary=replace(DIARY, waso=None)).seen_by("whoop")) is None


def test_routine_is_of_evenings_that_were_kept() -> None:
    value = FAMILY["routine"].value
    tick = StepTick(1, DAY, at(22, 0), at(22, 0).utc)

    def share(ticks: tuple[StepTick, ...], steps: int | None, **said: object) -> float | None:
        evening = Evening(1, DAY, ticks=ticks, steps=steps, **said)  # pyright: ignore[reportArgumentType]
        return value(Night(1, DAY, Condition.NATURAL, evening=evening).seen_by("diary"))

    assert share((tick, replace(tick, step_id=2)), 3) == pytest.approx(200 / 3)
    assert share((), 3, lights_out=at(22, 40)) == 0
    assert share((), 3) is None and share((), 3, answer=Condition.NATURAL) is None
    assert share((tick,), None) is None
    assert value(Night(1, DAY, Condition.NATURAL).seen_by("diary")) is None


def therapy(dose: str, source: str = "resmed", kind: EnhancerKind = EnhancerKind.THERAPY) -> Exposure:
    return Exposure(1, 1, DAY, "CPAP", kind, source, dose)


def test_cpap_is_read_from_its_words() -> None:
    night = Night(1, DAY, Condition.ENHANCED, exposures=(therapy("6 h 0 min, AHI 3.0"), therapy("2 h 0 min, AHI 5.0")))
    assert FAMILY["cpap_hours"].value(night.seen_by("resmed")) == 8
    assert FAMILY["ahi"].value(night.seen_by("resmed")) == pytest.approx(3.5)
    assert FAMILY["cpap_hours"].value(night.seen_by("oscar")) is None
    unscored = replace(night, exposures=(therapy("45 min"), therapy("nightly", kind=EnhancerKind.DRUG)))
    assert FAMILY["cpap_hours"].value(unscored.seen_by("resmed")) == 0.75
    assert FAMILY["ahi"].value(unscored.seen_by("resmed")) is None


@given(
    minutes=st.floats(0.6, 1500), ahi=st.none() | st.floats(0, 200), leak=st.none() | st.floats(0, 5),
)  # fmt: skip
def test_words_of_therapy_are_read_back(minutes: float, ahi: float | None, leak: float | None) -> None:
    found = read_therapy(therapy_words(minutes, ahi, leak))
    assert found is not None and found.minutes == round(minutes)
    assert found.ahi is None if ahi is None else found.ahi == pytest.approx(ahi, abs=0.0501)
    assert read_therapy("10 mg") is None and Therapy(5, None) == read_therapy("5 min")


def test_a_night_is_seen_once_through_each_source() -> None:
    night = whole()
    assert night.seen_by("whoop") is night.seen_by("whoop")
    assert night.seen_by("whoop").main is night.seen_by("whoop").main
    assert replace(night, sessions=()).seen_by("whoop").main is None
