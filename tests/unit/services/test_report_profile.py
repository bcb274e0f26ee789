"""The sleep profile of a journal: which nights, whose numbers, and why not."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.report import Prose, Report
from dreamjournal.domain.session import SessionKind, Validity
from dreamjournal.services import imports, reports
from tests import made_nights as made
from tests import made_profile
from tests.fakes import FakeClock

FIRST = made.FIRST  # Monday, 4 May 2026


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 7, 9, 20, tzinfo=UTC))


@pytest.fixture
def me(journal: Any) -> int:
    return int(journal.persons.all()[0].id)


def build(journal: Any, me: int, clock: Any, paper: str = "a4", **question: Any) -> Report:
    return reports.build(journal, me, reports.ReportSpec("profile", ContrastSpec(**question), paper), clock)


def not_used(report: Report) -> dict[str, tuple[str, str]]:
    return {x["night_date"]: (x["state"], x["reason"]) for x in report.result["not_used"]}


def words(report: Report, key: str) -> str:
    section = next(s for s in report.sections if s.key == key)
    return " ".join(b.text for b in section.blocks if isinstance(b, Prose)).replace("\u00a0", " ")


def day(i: int) -> date:
    return FIRST + timedelta(days=i)


def test_the_nights_of_both_arms_by_what_was_done(journal: Any, me: int, clock: FakeClock) -> None:
    made.write(journal, me, made.row("NENENENENENEU-"))
    report = build(journal, me, clock)
    assert report.kind == "profile"
    assert report.result["source"] == "whoop"
    assert report.result["enhancer"] == made.NAME
    counts = report.result["nights"]
    assert (counts["all"], counts["used"], counts["natural"], counts["enhanced"], counts["other"]) == (14, 12, 6, 6, 0)
    assert not_used(report) == {
        "2026-05-16": ("left_out", "not sure what the night was"),
        "2026-05-17": ("left_out", "not recorded whether natural or enhanced"),
    }


def test_nights_that_do_not_count_have_their_reason(journal: Any, me: int, clock: FakeClock) -> None:
    made.write(journal, me, made.row("NE" * 8))
    found = journal.sessions.between(me, day(0), day(15))
    for i, validity in ((1, Validity.UNSCORED), (2, Validity.OFF_WRIST)):
        (session,) = found[day(i)]
        journal.sessions.delete(session.id)
        journal.sessions.put(replace(session, validity=validity))
    made.write(journal, me, [made.Made(day(3), "E", ill=True), made.Made(day(17), "N", 400.0)])
    assert not_used(build(journal, me, clock)) == {
        "2026-05-05": ("left_out", "sleep not scored"), "2026-05-06": ("left_out", "device not worn"), "2026-05-07": ("left_out", "ill"),
        "2026-05-20": ("missing", "nothing recorded"),
    }  # fmt: skip


def test_a_night_of_clock_change_is_left_out_and_drawn(journal: Any, me: int, clock: FakeClock) -> None:
    made.write(journal, me, made.row("NENENE", date(2026, 3, 25)))
    report = build(journal, me, clock)
    assert not_used(report) == {"2026-03-28": ("left_out", "clock change")}
    assert "left out: clock change 28 Mar" in words(report, "coverage")


def test_dates_make_the_period_and_what_has_not_passed_is_no_gap(journal: Any, me: int, clock: FakeClock) -> None:
    made.write(journal, me, made.row("NE" * 6))
    early = build(journal, me, clock, first=day(-2), last=day(4))
    assert (early.result["from"], early.result["to"]) == ("2026-05-02", "2026-05-08")
    assert early.result["nights"]["missing"] == 2
    late = build(journal, me, clock, first=day(0), last=date(2026, 12, 31))
    assert late.result["to"] == "2026-07-08"


def test_a_long_gap_ends_the_period_unless_it_is_asked_for(journal: Any, me: int, clock: FakeClock) -> None:
    made.write(journal, me, [*made.row("NNN", date(2026, 2, 1)), *made.row("NE" * 5)])
    assert build(journal, me, clock).result["from"] == "2026-05-04"
    assert build(journal, me, clock, first=date(2026, 2, 1)).result["nights"]["all"] > 90


@pytest.mark.parametrize(("dates", "said"), [
    ({"first": date(2026, 6, 1), "last": date(2026, 6, 30)}, "The journal has no recording by WHOOP from 1 Jun 2026 to 30 Jun 2026."),
    ({"last": date(2026, 1, 31)}, "The journal has no recording by WHOOP up to 31 Jan 2026."),
])  # fmt: skip
def test_no_night_in_the_dates(journal: Any, me: int, clock: FakeClock, dates: dict[str, date], said: str) -> None:
    made.write(journal, me, made.row("NE" * 6))
    report = build(journal, me, clock, **dates)
    assert said in words(report, "coverage")
    assert [s.key for s in report.sections] == ["coverage"]


def test_an_empty_journal_is_a_page_that_says_what_to_do(journal: Any, me: int, clock: FakeClock) -> None:
    report = build(journal, me, clock)
    assert "No night to describe. The journal has no morning diary." in words(report, "coverage")
    assert "Import a device's export or answer the morning page" in words(report, "coverage")


def test_with_a_diary_alone_the_diary_is_the_source(journal: Any, me: int, clock: FakeClock) -> None:
    for i in range(8):
        bed = made_profile.at(day(i), 23)
        woke, up = made_profile.at(day(i), 6, 30), made_profile.at(day(i), 7)
        journal.diaries.put(
            Diary(me, day(i), bed, bed, 15, 1, 20, woke, up, 3, entered=up.utc + timedelta(hours=1 if i else 40))
        )
    report = build(journal, me, clock)
    assert report.result["source"] == "diary"
    assert not_used(report) == {"2026-05-04": ("left_out", "written more than 24 h late")}
    assert report.result["nights"]["other"] == 7
    tst = report.result["measures"]["tst"]["other"]
    assert (tst["n"], tst["median"]) == (7, 450 - 15 - 20)
    assert "from no device" in words(report, "method")
    (row, *_) = report.nights.rows[1:]
    cells = dict(zip([c.title for c in report.nights.columns], row, strict=True))
    assert (cells["lights_out"], cells["final_wake"], cells["got_up"]) == ("23:00", "06:30", "07:00")


def test_the_diary_is_never_blended_into_a_device(journal: Any, me: int, clock: FakeClock) -> None:
    made.write(journal, me, made.row("NE" * 7))
    plain = build(journal, me, clock)
    for i in range(14):
        bed = made_profile.at(day(i), 21)
        woke = made_profile.at(day(i), 10)
        journal.diaries.put(Diary(me, day(i), bed, bed, 1, 1, 1, woke, woke, 3, entered=woke.utc))
    told = build(journal, me, clock)
    assert told.result["measures"] == plain.result["measures"]
    assert told.result["asleep"] == plain.result["asleep"]


@pytest.mark.parametrize(("question", "said"), [
    ({"source": "oura"}, "There is no source oura: the journal has diary, whoop: use one of these"),
    ({"enhancer": "Lamp"}, "This enhancer is not in the journal"),
])  # fmt: skip
def test_what_is_not_there_is_named(
    journal: Any, me: int, clock: FakeClock, question: dict[str, str], said: str
) -> None:
    made.write(journal, me, made.row("NE" * 3))
    with pytest.raises(UserError) as refused:
        build(journal, me, clock, **question)
    for piece in said.split(": "):
        assert piece in str(refused.value)


def test_several_enhancers_must_be_named(journal: Any, me: int, clock: FakeClock) -> None:
    made.write(journal, me, made.row("NENENENENENE"))
    made.write(journal, me, [made.Made(day(12), "E", 400.0)], enhancer="Lamp")
    with pytest.raises(UserError, match="not clear which enhancer"):
        build(journal, me, clock)
    report = build(journal, me, clock, enhancer="lamp")
    assert report.result["enhancer"] == "Lamp"
    assert not_used(report)["2026-05-05"] == ("left_out", f"enhanced by {made.NAME}")


def test_a_period_of_over_ten_years_is_refused(journal: Any, me: int, clock: FakeClock) -> None:
    made.write(journal, me, made.row("NE"))
    with pytest.raises(UserError, match="longer than ten years"):
        build(journal, me, clock, first=date(1990, 1, 1))


def test_closed_numbers_stay_closed_until_the_diary_is_saved(journal: Any, me: int, clock: FakeClock) -> None:
    made.write(journal, me, made.row("NE" * 6))
    clock.set(datetime(2026, 5, 16, 8, tzinfo=UTC))
    report = build(journal, me, clock)
    assert not_used(report) == {"2026-05-15": ("left_out", "closed until the diary is saved")}
    cells = dict(zip([c.title for c in report.nights.columns], report.nights.rows[-1], strict=True))
    assert {
        cells[k] for k in ("tst_min", "se_tib_pct", "recording_start", "recording_end", "mid_sleep", "nap_count")
    } == {None}


def test_a_sealed_study_tells_neither_kind_nor_recording(journal: Any, me: int, clock: FakeClock) -> None:
    made.write(journal, me, made.row("NE" * 6, day(-12)))
    made.write(journal, me, made.row("NEENNEEN"))
    journal.studies.put(made.study(me, "NEENNEEN", blocks=(0, 0, 0, 0, 1, 1, 1, 1), sealed=True))
    clock.set(datetime(2026, 5, 10, 12, tzinfo=UTC))
    report = build(journal, me, clock)
    closed = {f"2026-05-{d:02d}" for d in range(4, 10)}
    assert {d for d, x in not_used(report).items() if x == ("left_out", "sealed until the study ends")} == closed
    assert report.result["nights"]["sealed"] == len(closed)
    cells = [dict(zip([c.title for c in report.nights.columns], r, strict=True)) for r in report.nights.rows]
    assert {(c["kind"], c["tst_min"], c["exposures"]) for c in cells if c["night_date"] in closed} == {("", None, "")}
    assert "6 nights of a sealed study stay closed until it ends." in words(report, "method")


def test_naps_and_rests_by_the_source(journal: Any, me: int, clock: FakeClock) -> None:
    made.write(journal, me, made.row("N" * 8))
    for i, kind in ((0, SessionKind.NAP), (1, SessionKind.NAP), (2, SessionKind.REST)):
        nap = made_profile.session(
            day(i), made_profile.at(day(i), 15), 40, stages=False, kind=kind, source="whoop", number=0
        )
        journal.sessions.put(nap)
    assert build(journal, me, clock).result["asleep"]["naps"] == 2


def test_one_page_and_the_same_bytes(journal: Any, me: int, clock: FakeClock, tmp_path: Path) -> None:
    made.write(journal, me, made.row("NE" * 10, free=False))
    files = [tmp_path / f"{n}.pdf" for n in "ab"]
    for file in files:
        assert reports.write(build(journal, me, clock, "letter"), file, clock) == 1
    assert files[0].read_bytes() == files[1].read_bytes()


def test_ten_years_fit_the_page(journal: Any, me: int, clock: FakeClock, tmp_path: Path) -> None:
    made.write(journal, me, made.row("NE-" * 400, date(2023, 1, 1), zone="Atlantic/Reykjavik"))
    report = build(journal, me, clock)
    assert report.result["nights"]["all"] == 1200
    assert reports.write(report, tmp_path / "p.pdf", clock) == 1


FILES = {
    "whoop": ("mohdasti_sleeps.csv", "mohdasti_physiological_cycles_EXCERPT.csv", "mohdasti_journal_entries.csv"),
    "oura": ("mohdasti_trends_2026_EXCERPT.csv",),
    "withings": ("mohdasti_sleep.csv", "mohdasti_raw_tracker_sleep-state_EXCERPT.csv"),
}


@pytest.mark.real
@pytest.mark.parametrize("source", [*FILES, "diary"])
def test_real_nights_of_three_devices_each_by_itself(
    journal: Any, me: int, shared_dir: Path, tmp_path: Path, source: str
) -> None:
    clock = FakeClock(datetime(2026, 11, 1, tzinfo=UTC))
    imports.run(journal, me, [shared_dir / "fixtures" / s / name for s in FILES for name in FILES[s]], clock=clock)
    report = build(journal, me, clock, source=source)
    out = tmp_path / "p.pdf"
    assert reports.write(report, out, clock) == 1
    said = PdfReader(io.BytesIO(out.read_bytes())).pages[0].extract_text()
    if source == "diary":
        assert "No night to describe" in said
        return
    counts = report.result["nights"]
    assert counts["natural"] == counts["enhanced"] == 0
    assert counts["other"] == counts["used"] > 5
    assert report.result["measures"]["tst"]["other"]["n"] == counts["used"]
    if source == "withings":
        copied = {d for d, (_, why) in not_used(report).items() if why == "a copy of another source's recording"}
        assert copied >= {"2026-07-05", "2026-07-07", "2026-07-08", "2026-07-09", "2026-07-12"}
    assert {c for r in report.nights.rows for c in r[5:6]} == {source}
