"""The sample journal: what is built in, what it says, and what it leaves alone."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from dreamjournal.common.clock import FixedClock
from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.services import contrasts, demo, journals, nights

CLOCK = FixedClock(datetime(2026, 11, 23, 9, tzinfo=UTC), "UTC")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> demo.DemoResult:
    """One sample for the tests that only look at it."""
    return demo.make(tmp_path_factory.mktemp("data") / "sample" / "journal.db", CLOCK)


def test_the_verdict_agrees_with_the_effect_built_in(made: demo.DemoResult) -> None:
    assert made.truth["effect_min"] > made.truth["swd_min"]
    assert made.truth["verdict"] == made.truth["true_verdict"] == "clearly_more"


def test_it_holds_120_nights_both_kinds_and_three_sources(made: demo.DemoResult) -> None:
    journal = journals.open_existing(made.journal)
    try:
        person = journal.persons.all()[0].id
        found = nights.nights(journal, person, None, None, CLOCK)
        assert not journal.encrypted
        assert demo.is_sample(journal)
        assert {s for n in found for s in {x.source for x in n.sessions}} == {"whoop", "sleepsync"}
        kinds = [str(n.condition) for n in found]
        assert kinds.count("enhanced") == made.truth["n_enhanced"]
        assert kinds.count("natural") >= made.truth["n_natural"]
        assert sum(n.diary is not None for n in found) == made.truth["n_enhanced"] + made.truth["n_natural"]
        answer = contrasts.contrast(journal, person, ContrastSpec(), CLOCK)
        assert answer.design == "R"
        assert answer.planned == 120
        assert answer.estimate.interval is not None
        low, high = answer.estimate.interval
        assert low <= made.truth["effect_min"] <= high
    finally:
        journal.close()


def test_there_is_no_difference_in_recall_because_none_was_built_in(made: demo.DemoResult) -> None:
    journal = journals.open_existing(made.journal)
    try:
        answer = contrasts.contrast(journal, journal.persons.all()[0].id, ContrastSpec("recall", "diary"), CLOCK)
        assert answer.verdict in ("not_enough", "no_difference")
    finally:
        journal.close()


def test_the_page_is_one_page_and_tagged(made: demo.DemoResult) -> None:
    pdf, html = made.reports
    reader = PdfReader(io.BytesIO(pdf.read_bytes()))
    assert len(reader.pages) == 1
    root = reader.trailer["/Root"]
    assert "/StructTreeRoot" in root  # type: ignore[operator]
    assert b"clearly longer" in html.read_bytes()


def test_the_readme_states_the_truth(made: demo.DemoResult) -> None:
    text = (made.journal.parent / "README.md").read_text()
    assert "45 minutes more sleep" in text
    assert made.truth["schedule"] in text
    assert "seed of the random numbers is 7" in text
    assert str(made.journal.parent) not in text


def test_the_same_clock_gives_the_same_bytes_and_a_sample_is_replaced(made: demo.DemoResult) -> None:
    before = {
        p.name: p.read_bytes()
        for p in made.journal.parent.iterdir()
        if p.suffix in (".pdf", ".html", ".md", ".csv", ".json")
    }
    again = demo.make(made.journal, CLOCK)
    assert again.truth == made.truth
    assert {p.name: p.read_bytes() for p in made.journal.parent.iterdir() if p.name in before} == before
    assert set(before) == {"report.pdf", "report.html", "README.md", "sleeps.csv", "sleepsync-export.json"}


def test_a_journal_that_is_no_sample_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "sample" / "journal.db"
    journals.create(path, passphrase=None, clock=CLOCK).close()
    before = path.read_bytes()
    with pytest.raises(UserError, match="not a sample"):
        demo.make(path, CLOCK)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["journal.db"]


def test_a_journal_with_a_passphrase_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "sample" / "journal.db"
    journals.create(path, passphrase="correct horse", clock=CLOCK).close()
    before = path.read_bytes()
    with pytest.raises(UserError, match="not a sample"):
        demo.make(path, CLOCK)
    assert path.read_bytes() == before


def test_a_file_that_is_no_journal_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"holiday pictures" * 100)
    with pytest.raises(UserError):
        demo.make(path, CLOCK)
    assert path.read_bytes() == b"holiday pictures" * 100


@pytest.mark.slow
@pytest.mark.parametrize(
    "at", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2027, 4, 2, 23, tzinfo=UTC), CLOCK.at + timedelta(days=3)]
)
def test_the_verdict_holds_on_other_days_of_making(tmp_path: Path, at: datetime) -> None:
    found = demo.make(tmp_path / "sample" / "journal.db", FixedClock(at, "America/New_York"))
    assert found.truth["verdict"] == "clearly_more"
    assert len(PdfReader(io.BytesIO(found.reports[0].read_bytes())).pages) == 1


def test_a_sample_that_fails_on_the_way_leaves_no_half_of_itself(tmp_path: Path) -> None:
    path = tmp_path / "sample" / "journal.db"
    (path.parent / "report.pdf").mkdir(parents=True)  # nothing can be written in its place
    with pytest.raises(UserError):
        demo.make(path, CLOCK)
    assert not path.exists()


def test_no_backup_is_left_of_a_journal_nobody_wrote(made: demo.DemoResult) -> None:
    assert not (made.journal.parent / "backups").exists()
