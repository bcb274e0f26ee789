"""Fuzzing of every importer's reading: by hypothesis always, by atheris (coverage-guided) in the full form where it is installed.

`DREAMJOURNAL_FUZZ_SECONDS` is the time of an importer under atheris; at default, all importers together take about eight minutes. The
night records of FHIR are made by the thousand here too, each valid and refused once a fault is planted.
"""

from __future__ import annotations

import copy
import importlib.util
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.night import Night
from dreamjournal.services import fhir, fhir_check
from tests.samples import PLUGINS, Sample, faults, read_file, samples
from tests.torture.counted import COUNTED, FULL, size
from tests.torture.mutate import HOW, TOKENS
from tests.torture.test_import_inputs import sentence_faults
from tests.unit.services.fhir_nights import made, one_night
from tests.unit.services.test_fhir_check import PLANTED, SOUND

pytestmark = [pytest.mark.torture]
ROOT = Path(__file__).resolve().parents[2]
SECONDS = int(os.environ.get("DREAMJOURNAL_FUZZ_SECONDS", str(max(5, 240 // len(PLUGINS)))))
EXAMPLES = size(8, 300)
OF_KEY = {key: [s for s in samples() if s.key == key] for key in PLUGINS}


def check(sample: Sample, data: bytes) -> None:
    """Whatever the bytes, reading them ends in rows, rejections or one sentence; anything else raised is a fault."""
    found = read_file(sample, data)
    said = [*faults(found), *(sentence_faults(found.refused) if found.refused else [])]
    assert said == []


def changed(sample: Sample, steps: list[tuple[int, int, bytes]]) -> bytes:
    """The sample after changes, each (way, seed, bytes put in)."""
    data = sample.data
    for way, seed, put in steps:
        rng = random.Random(seed)
        if way < len(HOW):
            data = HOW[way](data, rng)
        else:
            at = rng.randrange(len(data) + 1)
            data = data[:at] + put + data[at + len(put) * (way % 2) :]
    return data[: 4 * len(sample.data) + 65536]


STEPS = st.lists(
    st.tuples(st.integers(0, len(HOW) + 1), st.integers(0, 2**32), st.one_of(st.binary(max_size=24), st.sampled_from(TOKENS))),
    min_size=1, max_size=6,
)  # fmt: skip


@pytest.mark.parametrize("key", [k for k, found in OF_KEY.items() if found])
def test_any_change_to_a_sample_is_read_or_refused(key: str) -> None:
    @settings(max_examples=EXAMPLES)
    @given(st.sampled_from(OF_KEY[key]), STEPS)
    def one(sample: Sample, steps: list[tuple[int, int, bytes]]) -> None:
        COUNTED["inputs"] += 1
        check(sample, changed(sample, steps))

    one()


@settings(max_examples=size(30, 2000))
@given(st.sampled_from(sorted(PLUGINS)), st.binary(max_size=2000))
def test_any_bytes_are_refused_or_hold_nothing_that_cannot_be(key: str, data: bytes) -> None:
    COUNTED["inputs"] += 1
    check(Sample(key, Path("any.bin")), data)


@pytest.mark.skipif(not FULL, reason="coverage-guided fuzzing runs in the full form")
@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is not installed (the group fuzz has it)"
)
@pytest.mark.parametrize("key", [k for k, found in OF_KEY.items() if found])
def test_coverage_guided(key: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for n, sample in enumerate(OF_KEY[key]):
        (corpus / f"{n}").write_bytes(sample.data[:65536])
    ran = subprocess.run(
        [
            sys.executable, "-m", "tests.torture.fuzz", key, f"-max_total_time={SECONDS}", "-rss_limit_mb=1024", "-timeout=60", "-seed=1",
            f"-artifact_prefix={tmp_path}/", str(corpus),
        ],
        cwd=ROOT, capture_output=True, text=True, timeout=SECONDS * 3 + 600, check=False,
    )  # fmt: skip
    done = [line for line in ran.stderr.splitlines() if line.startswith("Done ")]
    COUNTED["inputs"] += int(done[0].split()[1]) if done else 0
    assert ran.returncode == 0, ran.stderr[-3000:]


# ---- FHIR -----------------------------------------------------------------------------------------------------------


def by_chance(n: int) -> Night:
    """A night of any season and kind."""
    rng = random.Random(n)
    night = one_night(rng.randrange(0, 3000))
    if rng.random() < 0.2:
        return one_night(rng.randrange(0, 3000), diary=None)
    if rng.random() < 0.2:
        return one_night(rng.randrange(0, 3000), sessions=(), dreams=())
    return night


def test_thousands_of_nights_are_valid_fhir_and_every_planted_fault_is_refused() -> None:
    from fhir.resources.R4B.bundle import Bundle

    nights = size(200, 10_000)
    everything: dict[str, Any] = {"names": True, "comments": True, "dreams": True}
    for first in range(0, nights, 100):
        chosen = {n.night_date: n for n in map(by_chance, range(first, first + 100))}
        bundle = fhir.collection(made([chosen[d] for d in sorted(chosen)], **everything))
        fhir_check.ensure(bundle)
        Bundle.model_validate(bundle)
        COUNTED["acknowledged"] += len(chosen)
    assert len(PLANTED) >= 20
    for what, plant in PLANTED.items():
        COUNTED["inputs"] += 1
        bundle = copy.deepcopy(SOUND)
        plant(bundle)
        assert fhir_check.check(bundle), f"{what} was let through"
        with pytest.raises(KnownError):
            fhir_check.ensure(bundle)
