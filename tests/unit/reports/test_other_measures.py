"""Other measures on paper: background, with n and interval, never a verdict."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dreamjournal.common.clock import FixedClock
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.report import Caveat, Report, Section, Table
from dreamjournal.domain.secondary import MeasuresTable
from dreamjournal.reports import other_measures
from dreamjournal.services import demo, journals, reports, secondary
from tests import made_report as made

CLOCK = FixedClock(made.PRINTED, "Europe/London")


def section_of(report: Report) -> Section:
    return next(s for s in report.sections if s.key == "other_measures")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, MeasuresTable, Path]:
    path = tmp_path_factory.mktemp("sample") / "journal.db"
    demo.make(path, CLOCK)
    journal = journals.open_existing(path)
    spec = reports.ReportSpec(contrast=ContrastSpec("tst", "whoop", "SleepSync"), parts=frozenset({"other_measures"}))
    report = reports.build(journal, 1, spec, CLOCK)
    table = secondary.measures(journal, 1, spec.contrast, CLOCK)
    journal.close()
    return report, table, path


def test_the_page_prints_what_the_window_shows(built: tuple[Report, MeasuresTable, Path]) -> None:
    report, found, _ = built
    section = section_of(report)
    assert section.slot == "after" and section.title.endswith("no verdict drawn from them")
    table, care = section.blocks
    assert isinstance(table, Table) and isinstance(care, Caveat) and "1 in 20" in care.text
    assert len(table.rows) == len(found.claims) == 6
    for row, printed in zip(found.claims, table.rows, strict=True):
        assert printed[1] == str(row.result.n_natural) and printed[3] == str(row.result.n_enhanced)
        assert printed[5] == row.difference and printed[6] == row.interval and len(printed) == 7
    said = " ".join(cell or "" for row in table.rows for cell in row)
    assert not any(word in said for word in ("clearly", "probably", "NaN", "None"))


def test_it_is_printed_as_pdf(built: tuple[Report, MeasuresTable, Path]) -> None:
    report, _, path = built
    assert reports.write(report, path.with_name("other.pdf"), CLOCK) >= 1
    assert path.with_name("other.pdf").read_bytes().startswith(b"%PDF")


def test_nothing_to_print_says_so() -> None:
    section = other_measures.build(replace(made.context(made.result()), others=()))
    assert section is not None and section.blocks == (Caveat("No other measure has a value on these nights."),)
