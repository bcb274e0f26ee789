"""YAML of unknown makers."""

from __future__ import annotations

from time import perf_counter

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.yaml_files import read_yaml


def test_every_value_is_its_text():
    assert read_yaml("a: yes\nb: 2026-07-10\nc: [1, 2.5]\nd: !!int '7'") == {
        "a": "yes",
        "b": "2026-07-10",
        "c": ["1", "2.5"],
        "d": "7",
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: &x [1]\nb: *x\n", "point to other parts"), ("[" * 30 + "]" * 30, "nested deeper"), ("[" * 200_000, "nested deeper"),
        ("a: [1", "not YAML at line"), ("? [a]\n: b\n", "not YAML"), ("a: '\0'", "not YAML"), ("- a\n" * 250_000, "nested deeper or has more parts"),
        ("x" * (9 * 1024 * 1024), "longer than"),
    ],
)  # fmt: skip
def test_bombs_and_damage_are_refused_soon(text, why):
    began = perf_counter()
    with pytest.raises(UserError, match=why):
        read_yaml(text)
    assert perf_counter() - began < 2
