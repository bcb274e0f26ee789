"""Fixtures of the tests with real widgets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from dreamjournal.ui.theme import ThemeSource, install


@pytest.fixture
def themed(qapp: QApplication) -> Iterator[ThemeSource]:
    """The look installed on the application: light at 100 %, whatever the test before left."""
    found = qapp.findChild(ThemeSource, "themeSource")
    source = found if isinstance(found, ThemeSource) else install(qapp, "light")
    source.apply("light", 1.0, night=False)
    yield source
    source.apply("light", 1.0, night=False)
