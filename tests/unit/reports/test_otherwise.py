"""Counted otherwise on paper: the sentence of the window, the usual looks with n and interval, never a verdict of one way."""

from __future__ import annotations

from pathlib import Path

import pytest

from dreamjournal.analysis.words import no_break
from dreamjournal.common.clock import FixedClock
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.multiverse import Multiverse
from dreamjournal.domain.report import Caveat, Prose, Report, Table
from dreamjournal.reports import otherwise
from dreamjournal.services import contrasts, demo, journals, multiverse, reports
from tests import made_report as made

CLOCK = FixedClock(made.PRINTED, "Europe/London")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Multiverse, Path]:
    path = tmp_path_factory.mktemp("sample") / "journal.db"
    demo.make(path, CLOCK)
    journal = journals.open_existing(path)
    question = ContrastSpec("tst", "whoop", "SleepSync")
    report = reports.build(journal, 1, reports.ReportSpec(contrast=question, parts=frozenset({"otherwise"})), CLOCK)
    result = contrasts.contrast(journal, 1, question, CLOCK)
    found = multiverse.for_question(journal, 1, question, result, CLOCK, NoProgress())
    journal.close()
    return report, found, path


def test_the_page_prints_what_the_window_shows(built: tuple[Report, Multiverse, Path]) -> None:
    report, found, _ = built
    section = next(s for s in report.sections if s.key == "otherwise")
    prose, table, care = section.blocks
    assert section.title == "The same nights, counted otherwise" and section.slot == "after"
    assert isinstance(prose, Prose) and prose.text == no_break(found.sentence)
    assert isinstance(table, Table) and [r[0] for r in table.rows][:2] == ["As planned (as asked)", "As used"]
    assert [(r[1], r[2]) for r in table.rows] == [(str(n.n_natural), str(n.n_enhanced)) for n in found.named]
    assert all((r[4] is None) == (n.interval is None) for r, n in zip(table.rows, found.named, strict=True))
    assert isinstance(care, Caveat) and care.text.startswith(f"{found.considered} ways of counting were looked at")
    said = prose.text + care.text + " ".join(cell or "" for row in table.rows for cell in row)
    assert not any(word in said for word in ("clearly", "probably", "NaN", "None ("))


def test_it_is_printed_as_pdf(built: tuple[Report, Multiverse, Path]) -> None:
    report, _, path = built
    assert reports.write(report, path.with_name("otherwise.pdf"), CLOCK) >= 1
    assert path.with_name("otherwise.pdf").read_bytes().startswith(b"%PDF")


def test_nothing_to_print_says_so() -> None:
    section = otherwise.build(made.context(made.result()))
    assert section is not None
    assert section.blocks == (Caveat("No way of counting these nights gives a difference."),)
