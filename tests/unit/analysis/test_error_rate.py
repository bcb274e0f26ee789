"""The shipped rule seldom sees a difference where there is none; a t-test on the same nights does, so the check can fail.

The short form of tests/bench/bench_error_rate.py: fewer series and cells, and a limit of 10 %.
"""

from __future__ import annotations

import pytest

from tests.null_nights import Cell, Rule, make, null_cells, seen, shipped, welch

SEED = 7
SERIES = 600
LIMIT = 0.10
CELLS = (
    Cell(28, "before and after", 0.5),
    Cell(28, "before and after", 0.3, drift=1.0),
    Cell(28, "clumps", 0.5),
    Cell(28, "weekend users", 0.3, weekend=1.0),
    Cell(28, "random pairs", -0.3),
    Cell(56, "before and after", 0.5),
    Cell(28, "blocks of four", 0.3),
    Cell(28, "blocks of four", 0.3, missing=0.15),
)


def too_often(rule: Rule) -> dict[str, float]:
    """The cells in which `rule` errs more often than the limit, with how often."""
    shares = {cell.words: seen(cell, SERIES, SEED, rule) / SERIES for cell in CELLS}
    return {words: share for words, share in shares.items() if share > LIMIT}


def test_the_shipped_rule_keeps_its_error_rate() -> None:
    assert too_often(shipped) == {}


def test_the_same_check_fails_with_a_t_test() -> None:
    assert len(too_often(welch)) >= 4


def test_a_true_difference_is_seen() -> None:
    cell = Cell(56, "blocks of four", 0.3, effect=1.0)
    assert seen(cell, 200, SEED) >= 170


def test_every_published_cell_is_simulated() -> None:
    published = [
        Cell(28, "random pairs", 0.3), Cell(28, "random pairs", -0.3), Cell(28, "alternate weeks", 0.3),
        Cell(28, "before and after", 0.5), Cell(28, "before and after", 0.3, drift=1.0), Cell(28, "clumps", 0.5),
        Cell(28, "weekend users", 0.3, weekend=1.0), Cell(56, "before and after", 0.5),
        Cell(56, "before and after", 0.3, drift=1.0), Cell(56, "weekend users", 0.3, weekend=1.0),
        Cell(28, "blocks of four", 0.3), Cell(28, "blocks of four", -0.3),
    ]  # fmt: skip
    assert set(published) <= set(null_cells())


@pytest.mark.parametrize("cell", null_cells(), ids=lambda c: c.words)
def test_series_are_what_they_say(cell: Cell) -> None:
    import numpy as np

    series = make(cell, np.random.default_rng(SEED))
    assert min(series.enhanced.sum(), (~series.enhanced).sum()) >= 7
    assert len(series.values) == cell.nights or cell.missing
    if cell.drawn and not cell.missing:
        assert all(series.enhanced[series.blocks == b].sum() == 2 for b in set(series.blocks))
    if cell.chosen == "before and after":
        assert np.abs(np.diff(series.enhanced.astype(int))).sum() == 1
