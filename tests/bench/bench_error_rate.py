"""How often the shipped rule sees a difference where there is none, and how often it sees one that is there.

Run: python tests/bench/bench_error_rate.py [SERIES]. Every null cell of `tests/null_nights.py` with 4,000 series, the seed
printed, two processes; then the power. Ends with 1 when a cell lies above its limit: 7 % and two standard errors, and for
nights drawn in blocks from 3 to 7 %.
"""

from __future__ import annotations

import math
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # two processes share two cores; small matrices gain nothing from threads
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.null_nights import Cell, null_cells, seen  # noqa: E402 - after the path

SEED = 20_260_302
SERIES = 4_000
LIMIT = 0.07
LEAST_DRAWN = 0.03


def share(cell: Cell, series: int, seed: int = SEED) -> float:
    """The share of series in which the shipped interval leaves 0 out."""
    return seen(cell, series, seed) / series


def within(cell: Cell, found: float, series: int) -> bool:
    """Whether a null cell keeps to its limit."""
    if cell.drawn:
        return LEAST_DRAWN <= found <= LIMIT
    return found <= LIMIT + 2 * math.sqrt(LIMIT * (1 - LIMIT) / series)


def power_cells() -> list[Cell]:
    """True differences of half and of one night-SD."""
    ways = [("random pairs", 0.0), ("clumps", 0.0), ("before and after", 1.0), ("blocks of four", 0.0)]
    return [Cell(n, way, 0.3, drift=drift, effect=e) for way, drift in ways for n in (28, 56) for e in (0.5, 1.0)]


def main(series: int) -> int:
    """Print both tables; 1 when a null cell misses."""
    started, missed = time.perf_counter(), 0
    cells, strong = null_cells(), power_cells()
    with ProcessPoolExecutor(2) as pool:
        nulls = pool.map(share, cells, [series] * len(cells))
        powers = pool.map(share, strong, [max(200, series // 4)] * len(strong))
        print(f"no true difference: {len(cells)} cells, {series} series each, seed {SEED}")
        for cell, found in zip(cells, nulls, strict=True):
            error = 1.96 * math.sqrt(found * (1 - found) / series)
            ok = within(cell, found, series)
            missed += not ok
            print(f"  {cell.words:58s} {found:.4f} +- {error:.4f}{'' if ok else '  ABOVE ITS LIMIT'}", flush=True)
        print(f"a true difference (power), {max(200, series // 4)} series each")
        for cell, found in zip(strong, powers, strict=True):
            print(f"  {cell.effect:g} SD, {cell.words:50s} {found:.3f}", flush=True)
    print(f"{missed} of {len(cells)} cells miss; {time.perf_counter() - started:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else SERIES))
