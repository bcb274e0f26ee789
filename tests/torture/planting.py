"""Plants a bug in a copy of the project, as a patch says, and runs the test that must notice it.

A patch is a unified diff under three lines: `# caught by:` and the test, what is wrong in words, and `# it says:` with a word
that stands in what the failed test says. Line numbers are not looked at: a hunk goes where its lines stand, if in one place.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

PLANTED = Path(__file__).with_name("planted")
COPIED = ("dreamjournal", "tests")
LONGEST_S = 1800
_START = """
import sys, dreamjournal, pytest
here = sys.argv.pop(1)
assert dreamjournal.__file__.startswith(here), f"{dreamjournal.__file__} is not the copy"
sys.exit(pytest.main(sys.argv[1:]))
"""


class DoesNotApply(Exception):
    """The code has moved away from under a patch."""


@dataclass(frozen=True)
class Hunk:
    """Lines of a file that become others."""

    file: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True)
class Bug:
    """A patch and what is to notice it."""

    name: str
    caught_by: str
    what: str
    says: str
    hunks: tuple[Hunk, ...]


def bugs() -> tuple[Bug, ...]:
    """All that are planted, in order."""
    return tuple(_read(path) for path in sorted(PLANTED.glob("*.patch")))


def _read(path: Path) -> Bug:
    lines = path.read_text(encoding="utf-8").splitlines()
    caught_by, what, says = (line.partition("# ")[2] for line in lines[:3])
    assert caught_by.startswith("caught by: ") and says.startswith("it says: "), f"{path.name} says not what catches it"
    hunks: list[tuple[str, list[str], list[str]]] = []
    file = ""
    for line in lines[3:]:
        if line.startswith("+++ b/"):
            file = line[6:]
        elif line.startswith("@@"):
            hunks.append((file, [], []))
        elif hunks and not line.startswith("--- a/"):
            _, old, new = hunks[-1]
            if not line.startswith("+"):
                old.append(line[1:])
            if not line.startswith("-"):
                new.append(line[1:])
    found = tuple(Hunk(f, tuple(old), tuple(new)) for f, old, new in hunks)
    return Bug(path.name, caught_by[11:], what, says[9:], found)


def planted(bug: Bug, root: Path) -> dict[str, str]:
    """The files of the project at `root` that the bug changes, as they are with it. Raises DoesNotApply."""
    made: dict[str, str] = {}
    for hunk in bug.hunks:
        try:
            text = made.get(hunk.file) or (root / hunk.file).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise DoesNotApply(f"{bug.name} does not apply: there is no {hunk.file}") from None
        lines = text.splitlines()
        length = len(hunk.old)
        places = [n for n in range(len(lines) - length + 1) if tuple(lines[n : n + length]) == hunk.old]
        if len(places) != 1:
            first = next((o for o in hunk.old if o not in hunk.new), hunk.old[0]).strip()
            raise DoesNotApply(
                f"{bug.name} does not apply: its lines stand at {len(places)} places in {hunk.file}, around: {first}"
            )
        lines[places[0] : places[0] + length] = hunk.new
        made[hunk.file] = "\n".join(lines) + "\n"
    return made


class Copy:
    """The project once more, in a folder of its own: what is not changed and not run is linked."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "copy"
        self.root.mkdir()
        for path in ROOT.iterdir():
            if path.name in COPIED:
                shutil.copytree(path, self.root / path.name, symlinks=True)
            elif not path.name.startswith("."):
                (self.root / path.name).symlink_to(path)

    @contextmanager
    def having(self, bug: Bug) -> Iterator[None]:
        """With the bug in it, for the block."""
        changed = planted(bug, self.root)
        before = {name: (self.root / name).read_text(encoding="utf-8") for name in changed}
        self._put(changed)
        try:
            yield
        finally:
            self._put(before)

    def _put(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            (self.root / name).write_text(text, encoding="utf-8")

    def run(self, *tests: str) -> subprocess.CompletedProcess[str]:
        """Run tests there, in their short form, until one fails."""
        env = {k: v for k, v in os.environ.items() if k != "DREAMJOURNAL_TORTURE" and not k.startswith("PYTEST")}
        env |= {"PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1"}
        scratch = self.root.with_name("scratch")
        options = ("-q", "-x", "-p", "no:cacheprovider", "--color=no", "--basetemp", str(scratch))
        return subprocess.run(
            [sys.executable, "-c", _START, str(self.root), *options, *tests],
            cwd=self.root, env=env, capture_output=True, text=True, timeout=LONGEST_S, check=False,
        )  # fmt: skip
