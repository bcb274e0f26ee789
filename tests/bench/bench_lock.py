"""How long a lock leaves the journal on the screen: the blank by itself, and the whole lock with every word kept.

Run: `QT_QPA_PLATFORM=offscreen python tests/bench/bench_lock.py`. Prints both, medians of wall time, with pages open and
words typed in one of them.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from dreamjournal.app import locking
from dreamjournal.app.lifecycle import Lifecycle
from dreamjournal.runtime.crash import CrashHook
from dreamjournal.runtime.single_instance import SingleInstance
from dreamjournal.runtime.window_state import WindowState
from dreamjournal.ui.main_window import MainWindow
from dreamjournal.ui.theme import ThemeSource, install
from tests.fakes import FakeClock
from tests.gui.app import locked_life

ROUNDS = 11
PAGES = ("morning", "nights", "compare", "dreams", "tonight")
pytestmark = pytest.mark.bench


def measure() -> dict[str, float]:
    """Medians and the slowest, in seconds of wall time."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    if app.findChild(ThemeSource, "themeSource") is None:
        install(app, "light")
    blank: list[float] = []
    whole: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        clock = FakeClock()
        path, key = locked_life.make(Path(folder, "journal.db"), clock)
        window = MainWindow()
        window.show()
        life = Lifecycle(
            app, window, SingleInstance(path), CrashHook(Path(folder)), WindowState(), clock, journal=path, capture=False,
            person=None,
        )  # fmt: skip
        life.opening.begin(path)
        for _ in range(ROUNDS):
            life.opening.key_found.emit(key())
            _fill(life, app)
            _lock(life, blank, whole)
            locked_life.settle(app)
        life.shut_down()
        life.setParent(None)
        window.close()
    return {
        "blank": statistics.median(blank), "blank slowest": max(blank), "whole": statistics.median(whole), "whole slowest": max(whole),
    }  # fmt: skip


def _fill(life: Lifecycle, app: QApplication) -> None:
    for page in PAGES:
        life.window.show_page(page)
        while life.tasks.busy:
            app.processEvents()
    shown = life.window.page()
    assert shown is not None
    QTest.keyClicks(shown.intention, "the stair again")  # pyright: ignore[reportAttributeAccessIssue] - Tonight's


def _lock(life: Lifecycle, blank: list[float], whole: list[float]) -> None:
    draw = locking._draw_curtains

    def drawn():
        found = draw()
        blank.append(perf_counter() - begun)
        return found

    locking._draw_curtains = drawn
    begun = perf_counter()
    life.lock()
    whole.append(perf_counter() - begun)
    locking._draw_curtains = draw


def test_the_screen_is_blank_within_a_tenth_of_a_second() -> None:
    found = measure()
    print(words(found))
    assert found["blank"] <= 0.1


def words(found: dict[str, float]) -> str:
    """The figures in a line."""
    return "lock, wall time: " + ", ".join(f"{name} {took * 1000:.0f} ms" for name, took in found.items())


if __name__ == "__main__":
    print(words(measure()))
