"""Gates and verdicts in their order."""

from __future__ import annotations

from typing import Any

import pytest

from dreamjournal.analysis.verdict import judge


def verdict(
    design: Any = "R", e: int = 20, n: int = 20, interval: Any = (3.0, 37.0), swd: Any = 20.0, **more: Any
) -> tuple[str, tuple[str, ...]]:
    found = judge(design, e, n, interval=interval, swd=swd, **{"switches": 9, "n_eff": 20.0, **more})
    return found.verdict, found.reasons


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((21, 40), "clearly_more"), ((-40, -21), "clearly_less"), ((3, 37), "probably_more"), ((-37, -3), "probably_less"),
        ((-19, 19), "no_difference"), ((1, 19), "no_difference"), ((-1, 37), "not_enough"), ((-20, 20), "no_difference"),
        ((20, 40), "probably_more"),
    ],
)  # fmt: skip
def test_four_states(interval: tuple[float, float], expected: str) -> None:
    assert verdict(interval=interval)[0] == expected
    assert verdict("S", interval=interval)[0] == expected


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((21, 40), "changed_over_time"),
        ((1, 30), "changed_over_time"),
        ((-5, 5), "no_difference"),
        ((-5, 30), "not_enough"),
    ],
)
def test_before_and_after(interval: tuple[float, float], expected: str) -> None:
    assert verdict("P", interval=interval, switches=1)[0] == expected


def test_order_of_gates() -> None:
    assert verdict(e=3, refused="two_devices") == ("refused", ("two_devices",))
    assert verdict(e=6, n=40)[0] == "too_few"
    assert verdict(e=7, n=40)[0] == "early"
    assert verdict(e=13, n=14)[0] == "early"
    assert verdict(e=14, n=14)[0] == "probably_more"
    assert verdict(e=14, n=14, collecting=True) == ("early", ("collecting",))
    assert verdict("S", n_eff=11.9) == ("not_enough", ("n_eff",))
    assert verdict("R", n_eff=3.0)[0] == "probably_more"
    assert verdict("R", switches=2) == ("not_enough", ("few_switches",))
    assert verdict("P", switches=1, interval=(21, 40))[0] == "changed_over_time"
    assert verdict(swd=None) == ("not_enough", ("no_swd",))
    assert verdict(interval=None) == ("not_enough", ("no_interval",))
    assert verdict("S", descriptive=True, swd=None) == ("not_enough", ("descriptive",))
