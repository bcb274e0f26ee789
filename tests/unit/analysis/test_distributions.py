"""The normal distribution of the standard library against scipy's, and what a page of shares need not load."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.analysis import distributions


@given(st.floats(1e-12, 1 - 1e-12))
def test_the_quantile_is_scipys(level: float) -> None:
    from scipy.special import ndtri  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

    assert distributions.normal_quantile(level) == pytest.approx(float(ndtri(level)), rel=1e-12, abs=1e-12)


@given(st.floats(-35, 35))
def test_the_share_below_is_scipys_far_into_the_tails(z: float) -> None:
    from scipy.special import ndtr  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

    assert distributions.normal_below(z) == pytest.approx(float(ndtr(z)), rel=1e-10)


def test_an_interval_of_a_share_loads_no_scipy() -> None:
    code = "import sys; from dreamjournal.analysis.effects import wilson; wilson(3, 9); print('scipy' in sys.modules, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
