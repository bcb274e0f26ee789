"""The same nights twice: drawn in blocks, and said to be self-chosen. Two verdicts, in the window as on the command line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.app.cli import run
from dreamjournal.common.clock import FixedClock
from dreamjournal.services import journals
from dreamjournal.ui.compare.page import ComparePage
from tests.gui.ui.at_work import Work
from tests.made_nights import NAME, study, worked_example, write

CLOCK = FixedClock(datetime(2026, 5, 5, 8, 0, tzinfo=UTC), "Europe/London")


def keep(journal: Any, shared_dir: Path, *, drawn: bool) -> None:
    """The published nights in a journal, with their study or without."""
    person = journal.persons.all()[0].id
    nights, schedule, blocks = worked_example(shared_dir)
    write(journal, person, nights)
    if drawn:
        journal.studies.put(study(person, schedule, nights[0].night, blocks, enhancer=NAME))


def shown(work: Work, shared_dir: Path, *, drawn: bool) -> ComparePage:
    keep(work.context.journal, shared_dir, drawn=drawn)
    page = work.page(ComparePage)
    page.question.choose(swd=20.0)
    work.settle()
    return page


@pytest.mark.real
def test_drawn_in_blocks(work: Work, shared_dir: Path) -> None:
    page = shown(work, shared_dir, drawn=True)
    result = page.view.result
    assert (result.design, result.n_enhanced, result.n_natural, result.verdict) == ("R", 24, 26, "probably_more")
    assert page.view.headline.text() == "Probably longer, may be too small to matter."
    said = page.view.sentence.plain()
    assert said.startswith(
        "24 enhanced and 26 natural nights, assigned at random in blocks of four (6 of 56 nights missing). "
        "Sleep was 21 min longer on enhanced nights (95 % interval 3 to 3"
    )
    assert "You said 20 min is the least that matters: probably longer, may be too small to matter." in said
    assert said.endswith("You knew which night was which.")


@pytest.mark.real
def test_the_same_nights_self_chosen(work: Work, shared_dir: Path) -> None:
    page = shown(work, shared_dir, drawn=False)
    result = page.view.result
    assert (result.design, result.n_enhanced, result.n_natural, result.verdict) == ("S", 24, 26, "not_enough")
    assert page.view.headline.text() == "Not enough to tell."
    said = page.view.sentence.plain()
    assert "associated with 18 min more sleep (95 % interval 0 less to 36 more)" in said
    assert "not enough to tell." in said
    assert said.endswith("Nights were not randomised; other things may explain any difference.")
    # The page offers what would make the other verdict possible.
    assert page.view.result.stamp.kind == "afterwards"


@pytest.mark.real
@pytest.mark.parametrize("drawn, verdict", [(True, "probably_more"), (False, "not_enough")])
def test_the_command_line_says_the_same(
    tmp_path: Path, shared_dir: Path, capfdbinary: Any, drawn: bool, verdict: str
) -> None:
    import json

    path = tmp_path / "journal.db"
    journal = journals.create(path, passphrase=None, clock=CLOCK)
    keep(journal, shared_dir, drawn=drawn)
    journal.close()
    assert run(["contrast", "--journal", str(path), "--swd", "20", "--json"]) == 0
    answer = json.loads(capfdbinary.readouterr().out)
    assert (answer["design"], answer["verdict"]) == ("R" if drawn else "S", verdict)
    assert (answer["n_enhanced"], answer["n_natural"]) == (24, 26)


@pytest.mark.real
def test_the_order_in_which_nights_were_written_changes_nothing(work: Work, shared_dir: Path) -> None:
    context = work.context
    nights, schedule, blocks = worked_example(shared_dir)
    write(context.journal, context.person_id, [replace(n) for n in nights[::-1]])
    context.journal.studies.put(study(context.person_id, schedule, nights[0].night, blocks))
    page = work.page(ComparePage)
    assert page.view.result.estimate.value == pytest.approx(20.7413793, abs=1e-6)
