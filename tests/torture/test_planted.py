"""Bugs planted on purpose in a copy of the project: the torture must notice each, or it would notice none of its kind."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.torture import killing, planting
from tests.torture.counted import FULL, TOLD

pytestmark = [
    pytest.mark.torture,
    pytest.mark.skipif(not killing.can_fork(), reason="this system cannot fork a process"),
]
BUGS = planting.bugs()
QUICK = ("04", "12")
"""Of the short form: those whose tests take a few seconds."""
PLANTED = [bug for bug in BUGS if FULL or bug.name.startswith(QUICK)]
caught: list[str] = []


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_still_applies(bug: planting.Bug) -> None:
    for name, text in planting.planted(bug, ROOT).items():
        compile(text, name, "exec")


def test_there_are_twelve_of_them() -> None:
    assert len(BUGS) >= 12
    assert all((ROOT / bug.caught_by.partition("::")[0]).is_file() for bug in BUGS)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> planting.Copy:
    """A copy of the project in which all that is to fail passes."""
    made = planting.Copy(tmp_path_factory.mktemp("planted"))
    done = made.run(*dict.fromkeys(bug.caught_by for bug in PLANTED))
    assert done.returncode == 0, f"without a planted bug:\n{done.stdout[-3000:]}{done.stderr[-1000:]}"
    return made


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.name)
def test_a_planted_bug_is_caught(bug: planting.Bug, copy: planting.Copy) -> None:
    with copy.having(bug):
        done = copy.run(bug.caught_by)
    said = done.stdout[-6000:] + done.stderr[-1000:]
    assert done.returncode != 0, f"{bug.name} is not noticed by {bug.caught_by}: {bug.what}"
    assert done.returncode == 1 and "\nFAILED " in done.stdout and "\nERROR " not in done.stdout, f"{bug.name}:\n{said}"
    assert bug.says in done.stdout, f"{bug.name}: failed, and not because of this bug:\n{said}"
    caught.append(bug.name)
    if bug == PLANTED[-1]:
        TOLD.append(f"planted bugs caught {len(caught)}/{len(PLANTED)}")
