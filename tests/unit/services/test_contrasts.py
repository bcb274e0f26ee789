"""Which nights count, the refusals, and the sentences."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.common.clock import FixedClock
from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastResult, ContrastSpec, to_json
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.exposure import Enhancer, EnhancerKind, Exposure
from dreamjournal.domain.instant import from_local
from dreamjournal.domain.night import Condition, Night, NightFlag
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Validity
from dreamjournal.domain.study import Study
from dreamjournal.services.contrasts import compare, contrast_csv, default_swd

FIRST = date(2026, 3, 2)
NOW = datetime(2026, 9, 1, tzinfo=UTC)
CLOCK = FixedClock(NOW)
DRUG = Enhancer(1, 1, "melatonin 1 mg", EnhancerKind.SUPPLEMENT, NOW)
DEVICE = Enhancer(2, 1, "SleepSync", EnhancerKind.DEVICE, NOW)


def exposure(day: date, name: str) -> Exposure:
    return Exposure(0, 1, day, name, EnhancerKind.SUPPLEMENT, "diary")


def session(day: date, tst: float | None, *, source: str = "whoop", device: str = "", **more: Any) -> Session:
    start = from_local(datetime(day.year, day.month, day.day, 23), "Europe/London")
    end = replace(start, utc=start.utc + timedelta(hours=8))
    base = Session(
        day.toordinal(),
        1,
        day,
        source,
        str(day),
        SessionKind.MAIN,
        Validity.OK,
        start,
        end,
        SessionMeasures(tib_min=480, tst_min=tst),
        device,
    )
    return replace(base, **more)


def diary(day: date, tst: float) -> Diary:
    bed = from_local(datetime(day.year, day.month, day.day, 23), "Europe/London")
    wake = replace(bed, utc=bed.utc + timedelta(minutes=tst))
    return Diary(
        1, day, into_bed=bed, try_sleep=bed, sol=0, nawk=0, waso=0, final_wake=wake, out_of_bed=wake, entered=wake.utc
    )


def nights(
    kinds: str, *, name: str = "melatonin 1 mg", first: date = FIRST, source: str = "whoop", effect: float = 25
) -> list[Night]:
    """E enhanced, N natural, U unsure, - unrecorded, A enhanced with alcohol-like company; a value every night."""
    out: list[Night] = []
    for i, kind in enumerate(kinds):
        day = first + timedelta(days=i)
        tst = 420 + (i * 37 % 23) + (effect if kind == "E" else 0)
        condition = {
            "E": Condition.ENHANCED,
            "A": Condition.ENHANCED,
            "N": Condition.NATURAL,
            "U": Condition.UNSURE,
            "-": Condition.UNRECORDED,
        }[kind]
        exposures = tuple(exposure(day, n) for n in {"E": [name], "A": [name, "wine"]}.get(kind, []))
        sessions = (session(day, tst),) if source == "whoop" else ()
        night = Night(1, day, condition, exposures=exposures, sessions=sessions)
        out.append(night if source == "whoop" else replace(night, diary=diary(day, tst), recall=Recall.REPORT))
    return out


def ask(
    found: list[Night], *, enhancers: tuple[Enhancer, ...] = (DRUG,), studies: tuple[Study, ...] = (), **spec: Any
) -> ContrastResult:
    return compare(found, enhancers, studies, ContrastSpec(**spec), CLOCK)


MIXED = "ENNEENENNEEN" * 3


def test_self_chosen_nights_get_an_answer() -> None:
    r = ask(nights(MIXED, effect=45))
    assert (r.design, r.n_enhanced, r.n_natural, r.source, r.enhancer) == ("S", 18, 18, "whoop", "melatonin 1 mg")
    assert r.verdict == "clearly_more" and r.headline == "Associated with clearly more."
    assert r.sentence.startswith(
        "18 enhanced and 18 natural nights, chosen by you (none of 36 nights missing). Enhanced nights were associated with "
    )
    assert "With 20 min as the least that matters" in r.sentence and "Nights were not randomised" in r.sentence
    assert r.estimate.value == pytest.approx(45, abs=4)


def test_json_has_the_agreed_keys_and_no_nan() -> None:
    keys = [
        "metric",
        "source",
        "enhancer",
        "design",
        "n_enhanced",
        "n_natural",
        "estimate",
        "se",
        "df",
        "phi",
        "n_eff",
        "interval",
        "p",
        "method",
        "hodges_lehmann",
        "cliffs_delta",
        "swd",
        "verdict",
        "sentence",
        "reasons",
        "excluded",
    ]
    for kinds in (MIXED, "EN", "E" * 9, "ENENEN" * 3):
        out = to_json(ask(nights(kinds)))
        assert not set(keys) - set(out)
        json.dumps(out, allow_nan=False)


def test_every_night_of_the_period_is_counted_left_out_or_missing() -> None:
    found = nights("NEU-ANE" + MIXED)
    found[5] = replace(found[5], flags=frozenset({NightFlag.ILLNESS}))
    found[6] = replace(found[6], sessions=(replace(found[6].sessions[0], validity=Validity.UNSCORED),))
    found[8] = replace(found[8], sessions=())
    found[9] = replace(found[9], sealed=True)
    found[10] = replace(found[10], sessions=(session(found[10].night_date, None),))
    del found[11]
    r = ask(found)
    reasons = {x.night_date.day: x.reason for x in r.excluded}
    assert reasons == {
        4: "not sure what the night was", 5: "not recorded whether natural or enhanced", 6: "also wine", 7: "ill", 8: "sleep not scored",
        11: "closed until the diary is saved",
    }  # fmt: skip
    assert {x.night_date.day: x.reason for x in r.missing} == {
        10: "no recording",
        12: "not measured",
        13: "nothing recorded",
    }
    assert r.planned == len(r.points) + len(r.excluded) + len(r.missing) == 43
    assert "(9 of 43 nights missing or excluded)" in r.sentence


def test_run_in_and_lateness_hold_for_the_diary_only() -> None:
    found = nights(MIXED, source="diary")
    late = found[20].diary
    assert late is not None and late.entered is not None
    found[20] = replace(found[20], diary=replace(late, entered=late.entered + timedelta(hours=25)))
    r = ask(found)
    assert r.source == "diary" and len(r.points) == 36 - 14 - 1
    assert [x.reason for x in r.excluded] == ["run-in: one of the first 14 mornings answered"] * 14 + [
        "diary more than 24 h late"
    ]
    assert not ask(nights(MIXED)).excluded


def test_clock_change_zone_change_and_travel_leave_the_night_out() -> None:
    found = nights(MIXED)
    for i, flag in enumerate((NightFlag.DST, NightFlag.ZONE_CHANGE, NightFlag.TRAVEL, NightFlag.ON_CALL)):
        found[i] = replace(found[i], flags=frozenset({flag}))
    assert [x.reason for x in ask(found).excluded] == ["the clocks changed", "the time zone changed", "travel"]


def test_a_copy_is_never_a_source() -> None:
    found = [replace(n, sessions=(replace(n.sessions[0], copy_of=5),)) for n in nights(MIXED)]
    with pytest.raises(UserError, match="no source whoop"):
        ask(found, source="whoop")


def test_washout_after_a_device_only() -> None:
    kinds = "ENNNENN" * 5
    assert ask(nights(kinds)).washout == 0
    r = ask(nights(kinds, name="SleepSync"), enhancers=(DEVICE,))
    assert (
        r.washout == 1
        and r.n_natural == 15
        and {x.reason for x in r.excluded} == {"washout: within 1 night of an enhanced one"}
    )
    gone = ask(nights("EN" * 10, name="SleepSync"), enhancers=(DEVICE,))
    assert gone.verdict == "refused" and gone.reasons == ("washout",) and gone.estimate.value is None


def test_gates() -> None:
    dots = ask(nights("ENEN"))
    assert (
        dots.verdict == "too_few"
        and dots.medians is None
        and dots.sentence == "2 enhanced and 2 natural nights so far. Too few nights to summarise."
    )
    medians = ask(nights("ENEN" * 3))
    assert (medians.n_enhanced, medians.estimate.interval, medians.estimate.value, medians.means) == (
        6,
        None,
        None,
        None,
    )
    assert medians.medians is not None and "Too few nights for a difference." in medians.sentence
    early = ask(nights("NEEN" * 6 + "NEN" + "NN"))
    assert (early.n_enhanced, early.n_natural, early.verdict) == (13, 16, "early")
    assert early.estimate.interval is not None and early.sentence.endswith(
        "Early: 1 more enhanced night before a verdict."
    )
    assert "You said" not in early.sentence and early.headline == "Early: no verdict yet."
    thirteen = ask(nights("NEEN" * 6 + "NEN"))
    assert (thirteen.n_enhanced, thirteen.n_natural, thirteen.verdict) == (13, 14, "early")


def test_before_and_after_is_class_p() -> None:
    r = ask(nights("N" * 20 + "E" * 20))
    assert r.design == "P" and r.verdict in ("changed_over_time", "not_enough", "no_difference")
    assert r.sentence.startswith(
        "20 natural nights, then 20 enhanced nights from 22 March 2026 (none of 40 nights missing). Sleep was "
    )
    assert r.sentence.endswith("Alternating or drawn nights could tell.")


@pytest.mark.parametrize("kinds", ["E" * 9, "N" * 9, "E" * 9 + "U" * 9])
def test_one_empty_arm_is_refused(kinds: str) -> None:
    r = ask(nights(kinds))
    assert r.verdict == "refused" and r.reasons == ("empty_arm",) and r.fixes
    assert r.sentence.startswith("These nights cannot be compared. ")
    assert r.sentence.endswith(
        "so none is calculated. What would fix it: 14 "
        + ("natural" if "E" in kinds else "enhanced")
        + " nights in between."
    )


def test_two_device_models_are_refused() -> None:
    found = [
        replace(n, sessions=(replace(n.sessions[0], device="H1" if n.condition == Condition.NATURAL else "H2"),))
        for n in nights(MIXED)
    ]
    r = ask(found)
    assert r.verdict == "refused" and r.reasons == ("two_devices",) and r.estimate.interval is None
    assert (
        "18 of 18 natural nights were recorded with H1 and 18 of 18 enhanced nights were recorded with H2, another model"
        in r.sentence
    )
    assert r.fixes[0].act.startswith("14 more ")


def test_weekend_users_are_refused() -> None:
    kinds = "".join("E" if (FIRST + timedelta(days=i)).weekday() in (4, 5) else "N" for i in range(42))
    r = ask(nights(kinds))
    assert r.verdict == "refused" and r.reasons == ("weekend_collinear",)


def test_a_drawn_study_is_class_r_and_counts_as_drawn() -> None:
    schedule = "ENNENEENNEENENNE" * 2
    study = Study(1, 1, "melatonin 1 mg", "tst", "whoop", 15, FIRST, schedule, 4, 7, NOW)
    found = nights(schedule)
    found[0] = replace(found[0], condition=Condition.NATURAL, exposures=())  # not used as drawn
    r = ask(found, studies=(study,))
    assert r.design == "R" and r.n_enhanced == 16 and r.swd == 15 and r.estimate.df is None
    assert "assigned at random in blocks of four" in r.sentence and "You said 15 min" in r.sentence
    broken = [replace(n, condition=Condition.NATURAL, exposures=()) if i < 16 else n for i, n in enumerate(found)]
    loose = ask(broken, studies=(study,))
    assert loose.design == "S" and any("treated as self-chosen" in w for w in loose.warnings)


def test_between_looks_of_a_running_study() -> None:
    schedule = "ENNENEENNEENENNE" * 4
    study = Study(1, 1, "melatonin 1 mg", "tst", "whoop", 15, FIRST, schedule, 4, 7, NOW)
    clock = FixedClock(datetime(2026, 4, 5, tzinfo=UTC))  # 34 planned nights passed
    r = compare(nights(schedule[:34]), (DRUG,), (study,), ContrastSpec(), clock)
    assert (r.verdict, r.reasons, r.next_look) == ("early", ("collecting",), 56)
    assert r.sentence.endswith("Still collecting: the next look is after night 56.") and to_json(r)["next_look"] == 56


def test_recall_counts_mornings() -> None:
    found = [
        replace(n, recall=Recall.REPORT if i % 3 else Recall.NOTHING)
        for i, n in enumerate(nights("NE" * 7 + MIXED, source="diary"))
    ]
    found[20] = replace(found[20], recall=None)
    found[21] = replace(found[21], recall=Recall.NOT_TRIED)
    r = ask(found, metric="recall")
    assert r.n_enhanced + r.n_natural == 34 and r.verdict == "not_enough" and r.reasons[0] == "descriptive"
    assert "A dream was recalled on " in r.sentence and "descriptive only" in r.sentence


def test_nightmares_are_counts() -> None:
    r = ask(nights("NE" * 7 + MIXED, source="diary"), metric="nightmare")
    assert r.estimate.value is None and r.sentence.startswith("0 nightmares on 18 enhanced and 0 on 18 natural nights")


def test_unknown_names_and_choices() -> None:
    with pytest.raises(UserError, match="SleepSync"):
        ask(nights(MIXED), enhancers=(DRUG, DEVICE))
    for spec in ({"metric": "nap"}, {"source": "oura"}, {"enhancer": "tea"}, {"swd": -1.0}, {"swd": float("nan")}):
        with pytest.raises(UserError):
            ask(nights(MIXED), **spec)
    none = ask(nights(MIXED), enhancers=())
    assert none.verdict == "too_few" and none.enhancer is None
    assert ask(nights(MIXED), metric="hr").verdict == "too_few"
    assert (default_swd("tst", "diary"), default_swd("tst", "whoop"), default_swd("hr", "whoop")) == (30, 20, None)


def test_dates_bound_the_question() -> None:
    r = ask(nights(MIXED), first=FIRST + timedelta(days=12), last=FIRST + timedelta(days=23))
    assert r.n_enhanced + r.n_natural == 12


# --- CSV


def table(path: Path, rows: list[str], header: str = "value,night_date,enhanced,block,ignored") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


ROWS = [
    f"{420 + i * 37 % 23 + 25 * (k == 'E')},{FIRST + timedelta(days=i)},{int(k == 'E')},{i // 4},x"
    for i, k in enumerate("ENNENEEN" * 5)
]


def test_csv_columns_in_any_order_and_missing_nights(tmp_path: Path) -> None:
    rows = [r.split(",", 1)[1] if i == 3 else r for i, r in enumerate(ROWS)]
    rows[3] = "," + rows[3]
    del rows[10]
    r = contrast_csv(str(table(tmp_path / "a.csv", rows)), "R", 20)
    assert (r.n_enhanced + r.n_natural, r.planned) == (38, 40)
    assert [(x.night_date.day, x.reason) for x in r.missing] == [(5, "no value"), (12, "no row")]
    assert r.verdict == "clearly_more" and r.sentence.endswith("clearly longer. You knew which night was which.")


def test_csv_swapping_labels_flips_the_answer(tmp_path: Path) -> None:
    a = contrast_csv(str(table(tmp_path / "a.csv", ROWS)), "R", 20)
    swapped = [",".join([c if i != 2 else str(1 - int(c)) for i, c in enumerate(r.split(","))]) for r in ROWS]
    b = contrast_csv(str(table(tmp_path / "b.csv", swapped)), "R", 20)
    assert b.estimate.value == -a.estimate.value and a.estimate.interval is not None  # type: ignore[operator]
    assert b.estimate.interval == (-a.estimate.interval[1], -a.estimate.interval[0]) and b.estimate.p == a.estimate.p
    assert b.verdict == "clearly_less" and "clearly shorter" in b.sentence


def test_csv_class_r_without_blocks_is_refused(tmp_path: Path) -> None:
    rows = [",".join(r.split(",")[:3]) for r in ROWS]
    r = contrast_csv(str(table(tmp_path / "a.csv", rows, "value,night_date,enhanced")), "R", 20)
    assert (r.verdict, r.reasons) == ("refused", ("no_blocks",))


def test_csv_without_swd_has_no_verdict(tmp_path: Path) -> None:
    r = contrast_csv(str(table(tmp_path / "a.csv", ROWS)), "R", None)
    assert (r.verdict, r.reasons) == ("not_enough", ("no_swd",)) and r.estimate.interval is not None


@pytest.mark.parametrize(
    "text",
    [
        "", "night_date,value\n2026-03-02,4\n", "night_date,enhanced,value\n2026-13-02,1,4\n",
        "night_date,enhanced,value\n2026-03-02,2,4\n",
        "night_date,enhanced,value\n2026-03-02,1,x\n", "night_date,enhanced,value\n2026-03-02,1,nan\n",
        "night_date,enhanced,value\n2026-03-02,1,1e999\n",
        "night_date,enhanced,value\n2026-03-02,1,4\n2026-03-02,1,5\n",
        "night_date,enhanced,value\n1026-03-02,1,4\n2026-03-02,1,5\n", "a\0b",
    ],
)  # fmt: skip
def test_bad_csv_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(text)
    with pytest.raises(UserError):
        contrast_csv(str(file), "R", 20)
    file.write_bytes(b"\xff\xfe\x00" + text.encode())
    with pytest.raises(UserError):
        contrast_csv(str(file), "R", 20)


def test_missing_csv_and_wrong_design(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        contrast_csv(str(tmp_path / "none.csv"), "R", 20)
    with pytest.raises(UserError):
        contrast_csv(str(table(tmp_path / "a.csv", ROWS)), "Q", 20)


def renamed(source: Path, target: Path, names: dict[str, str]) -> str:
    with source.open(newline="") as f:
        rows = list(csv.reader(f))
    rows[0] = [names.get(c, c) for c in rows[0]]
    with target.open("w", newline="") as f:
        csv.writer(f).writerows(rows)
    return str(target)


@pytest.mark.real
def test_one_file_two_designs_two_verdicts(shared_dir: Path, tmp_path: Path) -> None:
    path = renamed(
        shared_dir / "vectors/synthetic_nof1_tst.csv",
        tmp_path / "c.csv",
        {"night": "night_date", "tst_min": "value", "weekend_eve": "weekend"},
    )
    drawn, chosen = contrast_csv(path, "R", 20), contrast_csv(path, "S", 20)
    assert drawn.verdict == "probably_more" and drawn.headline == "Probably longer, may be too small to matter."
    assert drawn.sentence == (
        "24 enhanced and 26 natural nights, assigned at random in blocks of four (6 of "
        "56 nights missing). Sleep was 21 min longer on enhanced "
        "nights (95 % interval 3 to 37), weekends allowed for. You said 20 min is the "
        "least that matters: probably longer, may be too small to "
        "matter. You knew which night was which."
    )
    assert chosen.verdict == "not_enough"
    assert chosen.sentence == (
        "24 enhanced and 26 natural nights, chosen by you (6 of 56 nights missing). "
        "Enhanced nights were associated with 18 min more sleep (95 % "
        "interval 0 less to 36 more), weekends, drift and night-to-night similarity "
        "allowed for. You said 20 min is the least that matters: not "
        "enough to tell. Nights were not randomised; other things may explain any difference."
    )
    assert chosen.estimate.df == pytest.approx(22.335878, abs=1e-6) and drawn.estimate.phi == pytest.approx(0.30)


@pytest.mark.real
def test_melatonin_and_mood(shared_dir: Path, tmp_path: Path) -> None:
    path = renamed(
        shared_dir / "vectors/melatonin_nof1_daily.csv",
        tmp_path / "b.csv",
        {"date": "night_date", "mood_mean": "value", "melatonin": "enhanced"},
    )
    r = contrast_csv(path, "S", 5)
    assert r.verdict == "no_difference" and "no difference that matters" in r.sentence
    assert r.estimate.value == pytest.approx(1.0005104, abs=1e-6) and r.estimate.df == pytest.approx(
        37.1111111, abs=1e-6
    )
