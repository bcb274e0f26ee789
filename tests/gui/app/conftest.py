"""An encrypted journal in a window, for the tests of locking."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from dreamjournal.app.lifecycle import Lifecycle
from dreamjournal.ui.theme import ThemeSource
from tests.fakes import FakeClock
from tests.gui.app import locked_life
from tests.gui.app.locked_life import (
    Key,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Key]:
    return locked_life.make(tmp_path_factory.mktemp("kept") / "folder" / "journal.db", FakeClock())


@pytest.fixture
def journal_key(made: tuple[Path, Key], tmp_path: Path) -> tuple[Path, Key]:
    shutil.copytree(made[0].parent, tmp_path / "own")
    return tmp_path / "own" / "journal.db", made[1]


@pytest.fixture
def start(
    qtbot, qapp: QApplication, themed: ThemeSource, tmp_path: Path, clock: FakeClock
) -> Iterator[Callable[..., Lifecycle]]:
    made: list[Lifecycle] = []

    def _start(path: Path, key: Key | None) -> Lifecycle:
        made.append(locked_life.open_window(qtbot, qapp, path, key, clock, tmp_path))
        return made[-1]

    yield _start
    for life in made:
        life.shut_down()
        life.setParent(None)


@pytest.fixture
def life(start: Callable[..., Lifecycle], journal_key: tuple[Path, Key]) -> Lifecycle:
    return start(*journal_key)
