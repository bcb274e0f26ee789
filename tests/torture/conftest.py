"""The closing line of the torture."""

from __future__ import annotations

import pytest

from tests.torture.counted import COUNTED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line with what was put in and what went wrong."""
    if COUNTED["bad"] or COUNTED["mutated"]:
        terminalreporter.write_line(
            f"bad inputs {COUNTED['bad']}, mutated {COUNTED['mutated']}, tracebacks {COUNTED['tracebacks']}, "
            f"journal changes {COUNTED['changes']}"
        )
