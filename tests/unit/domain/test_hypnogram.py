"""Sleep statistics of hypnograms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.domain.hypnogram import Epoch, stage_of, statistics, to_json

CODES = {-2: Epoch.UNSCORED, -1: Epoch.ARTEFACT, 0: Epoch.W, 1: Epoch.N1, 2: Epoch.N2, 3: Epoch.N3, 4: Epoch.REM}
NAMES = {
    "TRT_min": "trt_min", "SOL_min": "sol_min", "SPT_min": "spt_min", "TST_min": "tst_min", "WASO_SPT_min": "waso_spt_min",
    "WASO_AASM_min(TRT-SOL-TST)": "waso_aasm_min", "REM_latency_AASM_min(from sleep onset)": "rem_latency_aasm_min",
    "SE_TRT_pct": "se_pct",
}  # fmt: skip


@pytest.mark.real
def test_recorded_vectors(shared_dir: Path) -> None:
    vectors = json.loads((shared_dir / "vectors/hypnogram_vectors.json").read_text())
    assert set(vectors) == {"docstring_20ep", "synthetic_8h", "all_wake"}
    for vector in vectors.values():
        found = to_json(statistics([CODES[s] for s, n in vector["rle"] for _ in range(n)], vector["epoch_s"]))
        own, yasa = vector["own_AASM"], vector["yasa_sleep_statistics"]
        for theirs, ours in NAMES.items():
            if own is not None:
                assert found[ours] == pytest.approx(own[theirs], abs=1e-6), theirs
        for theirs, ours in {"N1": "n1_min", "N2": "n2_min", "N3": "n3_min", "REM": "rem_min", "SE": "se_pct", "SME": "sme_pct",
                             "SOL": "sol_min", "SPT": "spt_min", "TST": "tst_min", "WASO": "waso_spt_min"}.items():  # fmt: skip
            assert found[ours] == (None if yasa[theirs] is None else pytest.approx(yasa[theirs], abs=1e-6)), theirs


def epochs(text: str) -> list[Epoch]:
    return [
        {
            "W": Epoch.W,
            "1": Epoch.N1,
            "2": Epoch.N2,
            "3": Epoch.N3,
            "R": Epoch.REM,
            "A": Epoch.ARTEFACT,
            "?": Epoch.UNSCORED,
        }[c]
        for c in text
    ]


def test_a_small_night_by_hand() -> None:
    found = statistics(epochs("WW1223WR?A2WW??"), 30)
    assert (found.epochs, found.trt_min, found.tst_min, found.sol_min) == (13, 6.5, 3.0, 1.0)
    assert (found.waso_aasm_min, found.waso_spt_min, found.spt_min, found.rem_latency_aasm_min) == (1.5, 0.5, 4.5, 2.5)
    assert (found.unscored_min, found.artefact_min) == (0.5, 0.5)
    assert found.se_pct == pytest.approx(100 * 3 / 6.5) and found.sme_pct == pytest.approx(100 * 3 / 4.5)


def test_no_sleep_is_blank_not_zero() -> None:
    found = to_json(statistics(epochs("W" * 20), 30))
    blank = [k for k, v in found.items() if v is None]
    assert blank == ["sol_min", "waso_aasm_min", "waso_spt_min", "sme_pct", "rem_latency_aasm_min"]
    assert found["se_pct"] == 0 and found["tst_min"] == 0


def test_more_than_twelve_hours_are_cut_around_the_sleep() -> None:
    day = "W" * 1200 + "2" * 800 + "W" * 800 + "?" * 90
    found = statistics(epochs(day), 30)
    assert found.trimmed and (found.epochs, found.sol_min, found.waso_aasm_min) == (920, 30, 30)
    twelve = statistics(epochs("W" * 40 + "2" * 1400), 30)
    assert not twelve.trimmed and twelve.epochs == 1440


def test_lights_bound_the_recording() -> None:
    found = statistics(epochs("WWWW22WWWW"), 30, lights_off=2, lights_on=8)
    assert (found.trt_min, found.sol_min, found.waso_aasm_min, found.trimmed) == (3.0, 1.0, 1.0, False)


@given(st.text("W123RA?", min_size=1, max_size=300))
def test_minutes_add_up(text: str) -> None:
    found = statistics(epochs(text), 30)
    wake = found.trt_min - found.tst_min - found.unscored_min - found.artefact_min
    assert found.n1_min + found.n2_min + found.n3_min + found.rem_min == pytest.approx(found.tst_min)
    assert wake >= 0 and 0 <= found.se_pct <= 100
    assert (found.sol_min is None) == (found.tst_min == 0)


@pytest.mark.parametrize(
    ("label", "stage"),
    [
        ("Sleep stage W", Epoch.W), ("Sleep stage 4", Epoch.N3), ("sleep stage n2", Epoch.N2),
        ("SLEEP-S2", Epoch.N2), ("Stage 1", Epoch.N1),
        ("N3", Epoch.N3), ("Sleep stage R", Epoch.REM), ("Sleep stage ?", Epoch.UNSCORED), ("Movement time", Epoch.ARTEFACT),
        ("Lights off", None), ("", None),
    ],
)  # fmt: skip
def test_labels(label: str, stage: Epoch | None) -> None:
    assert stage_of(label) == stage
