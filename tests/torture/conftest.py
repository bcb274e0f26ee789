"""The closing lines of the torture."""

from __future__ import annotations

import pytest

from tests.torture.counted import TOLD, closing_line, imports_line


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was put in and what went wrong."""
    for line in (*TOLD, imports_line(), closing_line()):
        if line:
            terminalreporter.write_line(line)
