"""The journals these pages work on."""

from __future__ import annotations

from tests.gui.ui.at_work import nurse_work, sample_file, sample_work, work  # noqa: F401 - fixtures
