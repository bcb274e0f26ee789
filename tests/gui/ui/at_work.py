"""Pages at work: a real journal on disk, a clock that stands still, a worker that is shut down."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.common.clock import FixedClock
from dreamjournal.domain.person import JournalKind
from dreamjournal.runtime.bus import Bus
from dreamjournal.runtime.tasks import Tasks
from dreamjournal.services import demo, journals, persons
from dreamjournal.ui.context import PageContext

CLOCK = FixedClock(datetime(2026, 5, 5, 8, 0, tzinfo=UTC), "Europe/London")


@dataclass(frozen=True)
class Work:
    """A context and the way to wait for its worker."""

    context: PageContext
    qtbot: Any

    def settle(self) -> None:
        """Come back when the worker is idle and its results are delivered."""
        self.qtbot.waitUntil(lambda: not self.context.tasks.busy, timeout=30_000)

    def page(self, make: Callable[[PageContext], Any], size: tuple[int, int] = (1072, 800)) -> Any:
        """A page shown and activated."""
        page = make(self.context)
        self.qtbot.addWidget(page)
        page.resize(*size)
        page.show()
        page.activate(None)
        self.settle()
        return page


@contextmanager
def _working(journal: Any, person_id: int, qtbot: Any) -> Iterator[Work]:
    tasks = Tasks()
    try:
        yield Work(PageContext(journal, person_id, CLOCK, Bus(), tasks, 24, "Europe/London"), qtbot)
    finally:
        tasks.shutdown()
        journal.close()


@pytest.fixture
def work(tmp_path: Path, qtbot: Any, themed: Any) -> Iterator[Work]:
    """An empty journal of one's own."""
    journal = journals.create(tmp_path / "journal.db", passphrase=None, clock=CLOCK)
    with _working(journal, journal.persons.all()[0].id, qtbot) as found:
        yield found


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample journal with its exports beside it, made once."""
    path = tmp_path_factory.mktemp("sample") / "journal.db"
    demo.make(path, CLOCK)
    return path


@pytest.fixture
def sample_work(sample_file: Path, tmp_path: Path, qtbot: Any, themed: Any) -> Iterator[Work]:
    """A copy of the sample journal."""
    shutil.copy(sample_file, tmp_path / "journal.db")
    journal = journals.open_existing(tmp_path / "journal.db")
    with _working(journal, journal.persons.all()[0].id, qtbot) as found:
        yield found


@pytest.fixture
def nurse_work(tmp_path: Path, qtbot: Any, themed: Any) -> Iterator[Work]:
    """A caseload of P-003 and P-014; nobody is open."""
    journal = journals.create(tmp_path / "caseload.db", kind=JournalKind.NURSE, passphrase=None, clock=CLOCK)
    for name in ("P-014", "P-003"):
        persons.add(journal, name, CLOCK)
    with _working(journal, 0, qtbot) as found:
        yield found


def for_person(work: Work, person_id: int) -> Work:
    """The same journal with another person open."""
    return Work(replace(work.context, person_id=person_id), work.qtbot)
