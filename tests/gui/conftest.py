"""Fixtures of the tests with real widgets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from dreamjournal.runtime.collecting import Collector
from dreamjournal.ui.theme import ThemeSource, install
from tests.gui.page_context import MADE


@pytest.fixture(autouse=True)
def _as_in_the_app(qapp: QApplication) -> Iterator[None]:
    """Cycles are searched for on this thread alone, and a worker ends before what it works for."""
    collector = Collector()
    collector.start()
    yield
    while MADE:
        MADE.pop().shutdown()
    collector.stop()


@pytest.fixture
def themed(qapp: QApplication) -> Iterator[ThemeSource]:
    """The look installed on the application: light at 100 %, whatever the test before left."""
    found = qapp.findChild(ThemeSource, "themeSource")
    source = found if isinstance(found, ThemeSource) else install(qapp, "light")
    source.apply("light", 1.0, night=False)
    yield source
    source.apply("light", 1.0, night=False)
