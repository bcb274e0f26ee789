"""Reports of a real journal, and their files."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.common.clock import FixedClock
from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.instant import from_local
from dreamjournal.domain.night import Condition
from dreamjournal.domain.report import Figure, Prose
from dreamjournal.services import reports
from dreamjournal.services.contrasts import contrast

SPEC = reports.ReportSpec(contrast=ContrastSpec("tst", "diary", "Lamp"))


@pytest.fixture
def nights(journal: Any, clock: Any) -> int:
    """Fifty nights with a diary, every other one enhanced by a lamp; each has a dream."""
    person = journal.persons.all()[0].id
    lamp = journal.enhancers.add(person, "Lamp", EnhancerKind.DEVICE, clock.now())
    from datetime import datetime

    first = date(2026, 5, 1)
    for i in range(50):
        day = first + timedelta(days=i)
        bed = from_local(datetime(day.year, day.month, day.day, 23), "Europe/London")
        wake = from_local(
            datetime(day.year, day.month, day.day, 6) + timedelta(days=1, minutes=(i * 37) % 60), "Europe/London"
        )
        journal.diaries.put(
            Diary(person, day, bed, bed, 10, 1, 5, wake, wake, 3, entered=wake.utc + timedelta(minutes=5))
        )
        if i % 2:
            journal.evenings.set_answer(person, day, Condition.ENHANCED, bed.utc)
            journal.exposures.add(
                Exposure(0, person, day, "Lamp", EnhancerKind.DEVICE, "diary", enhancer_id=lamp.id, written=bed.utc)
            )
        else:
            journal.evenings.set_answer(person, day, Condition.NATURAL, bed.utc)
        journal.dreams.put(person, DreamDraft(day, f"secret words {i}"), wake.utc)
    return int(person)


def test_the_report_and_the_contrast_say_the_same(journal: Any, clock: Any, nights: int) -> None:
    page = reports.build(journal, nights, SPEC, clock)
    found = contrast(journal, nights, SPEC.contrast, clock)
    assert page.result["sentence"] == found.sentence
    assert page.result["estimate"] == found.estimate.value
    assert page.person == "me"


@pytest.mark.parametrize("suffix", [".pdf", ".html", ".csv", ".json"])
def test_dream_texts_stay_out_unless_ticked(journal: Any, clock: Any, nights: int, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"page{suffix}"
    page = reports.build(journal, nights, SPEC, clock)
    reports.write(page, file, clock)
    assert b"secret words" not in file.read_bytes()
    if suffix in (".html", ".json"):
        ticked = reports.build(journal, nights, reports.ReportSpec(contrast=SPEC.contrast, dream_texts=True), clock)
        reports.write(ticked, file, clock)
        assert b"secret words 3" in file.read_bytes()


@pytest.mark.parametrize("suffix", [".pdf", ".html", ".csv", ".json"])
def test_the_same_journal_and_clock_give_the_same_bytes(
    journal: Any, clock: Any, nights: int, tmp_path: Path, suffix: str
) -> None:
    files = [tmp_path / f"{n}{suffix}" for n in "ab"]
    for file in files:
        reports.write(reports.build(journal, nights, SPEC, clock), file, clock)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_the_page_is_stamped_when_it_is_saved(journal: Any, clock: Any, nights: int, tmp_path: Path) -> None:
    page = reports.build(journal, nights, SPEC, clock)
    later = FixedClock(clock.now() + timedelta(minutes=10), "Asia/Tokyo")
    reports.write(page, tmp_path / "a.json", later)
    values = json.loads((tmp_path / "a.json").read_text())
    assert values["printed_words"].endswith("(Asia/Tokyo)")
    assert values["printed"] == later.now().isoformat()


def test_excluded_nights_keep_their_value_beside_the_reason(journal: Any, clock: Any, nights: int) -> None:
    page = reports.build(journal, nights, SPEC, clock)
    run_in = [r for r in page.nights.rows if "run-in" in (r[6] or "")]
    assert len(run_in) == 14
    assert all(r[2] == "" and float(r[7] or "x") > 300 for r in run_in)


def test_an_empty_journal_gives_a_page_that_says_so(journal: Any, clock: Any, tmp_path: Path) -> None:
    page = reports.build(journal, journal.persons.all()[0].id, reports.ReportSpec(), clock)
    assert page.nights.rows == ()
    assert page.result["verdict"] == "too_few"
    for suffix in (".pdf", ".html", ".csv", ".json"):
        assert reports.write(page, tmp_path / f"x{suffix}", clock) == 1
    assert not any(isinstance(b, Figure) for s in page.sections for b in s.blocks)
    assert any(isinstance(b, Prose) and "Too few" in b.text for s in page.sections for b in s.blocks)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (reports.ReportSpec(kind="poem"), "no kind poem"),
        (reports.ReportSpec(paper="a3"), "no paper a3"),
        (reports.ReportSpec(parts=frozenset({"horoscope"})), "no part horoscope"),
        (reports.ReportSpec(contrast=ContrastSpec("luck")), "no metric luck"),
    ],
)
def test_what_does_not_exist_is_named(journal: Any, clock: Any, spec: reports.ReportSpec, words: str) -> None:
    with pytest.raises(UserError, match=words):
        reports.build(journal, journal.persons.all()[0].id, spec, clock)


def test_an_unknown_ending_names_the_known_ones(journal: Any, clock: Any, nights: int, tmp_path: Path) -> None:
    page = reports.build(journal, nights, SPEC, clock)
    with pytest.raises(UserError, match=r"\.csv, \.html, \.json, \.md, \.pdf, \.xlsx"):
        reports.write(page, tmp_path / "page.docx", clock)
    assert list(tmp_path.iterdir()) == []


def test_an_ending_in_capitals_is_the_same_format(journal: Any, clock: Any, nights: int, tmp_path: Path) -> None:
    reports.write(reports.build(journal, nights, SPEC, clock), tmp_path / "PAGE.PDF", clock)
    assert (tmp_path / "PAGE.PDF").read_bytes().startswith(b"%PDF-")


def test_the_parts_and_formats_to_choose_from() -> None:
    choices = reports.part_choices()
    assert [c.key for c in choices if not c.fixed] == [
        "otherwise",
        "other_measures",
        "raster",
        "diary_table",
        "intakes",
        "dream_texts",
    ]
    assert {"method", "limits", "coverage", "sentence"} <= {c.key for c in choices if c.fixed}
    assert [f.suffix for f in reports.formats()] == [".csv", ".html", ".json", ".md", ".pdf", ".xlsx"]


def test_a_file_name_tells_nothing_of_the_person(journal: Any, clock: Any, nights: int) -> None:
    page = reports.build(journal, nights, SPEC, clock)
    assert reports.file_name(page, ".pdf") == "contrast-2026-07-09.pdf"


def test_the_plot_of_a_contrast_for_the_screen(journal: Any, clock: Any, nights: int) -> None:
    found = contrast(journal, nights, SPEC.contrast, clock)
    figure = reports.estimation_plot(found)
    assert str(found.n_enhanced) in figure.alt
    strip = reports.night_strip(journal, nights, found, clock)
    assert strip is not None
    assert "night by night" in strip.alt


def test_the_preview_is_the_pages_themselves(journal: Any, clock: Any, nights: int) -> None:
    pages = reports.preview_pages(reports.build(journal, nights, SPEC, clock), clock, 50)
    assert len(pages) == 1
    assert pages[0].startswith(b"\x89PNG")
