"""Hypnogram files."""

from __future__ import annotations

from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.services.hypnogram import read


def edf_bytes(tals: list[tuple[int, int, str]], *, records: int = 1, header_records: int | None = None) -> bytes:
    body = b"+0\x14\x14\x00" + b"".join(f"+{o}\x15{d}\x14{t}\x14\x00".encode() for o, d, t in tals)
    samples = (len(body) + 1) // 2

    def f(value: object, width: int) -> bytes:
        return str(value).encode().ljust(width)

    head = (
        f(0, 8)
        + f("X X X X", 80)
        + f("Startdate 24-APR-1989 X X X", 80)
        + b"24.04.89"
        + b"16.13.00"
        + f(512, 8)
        + f("EDF+C", 44)
    )
    head += f(records if header_records is None else header_records, 8) + f(0, 8) + f(1, 4)
    head += (
        f("EDF Annotations", 16)
        + f("", 80)
        + f("", 8)
        + f(0, 8)
        + f(1, 8)
        + f(-32768, 8)
        + f(32767, 8)
        + f("", 80)
        + f(samples, 8)
        + f("", 32)
    )
    return head + body.ljust(2 * samples, b"\0")


STAGES = [
    (0, 600, "Sleep stage W"),
    (600, 1200, "Sleep stage 2"),
    (1800, 300, "Sleep stage R"),
    (2100, 300, "Sleep stage W"),
    (2400, 900, "Sleep stage ?"),
]


def test_edf_annotations(tmp_path: Path) -> None:
    file = tmp_path / "h.edf"
    file.write_bytes(edf_bytes(STAGES))
    found = read(file)
    assert (found.trt_min, found.sol_min, found.tst_min, found.rem_min, found.rem_latency_aasm_min) == (
        40,
        10,
        25,
        5,
        20,
    )
    assert (found.waso_aasm_min, found.unscored_min, found.trimmed, found.epoch_s) == (5, 0, False, 30)


def test_edf_lights(tmp_path: Path) -> None:
    file = tmp_path / "h.edf"
    file.write_bytes(edf_bytes([*STAGES[:4], (300, 0, "Lights off"), (2250, 0, "Lights on")]))
    found = read(file)
    assert (found.trt_min, found.sol_min, found.waso_aasm_min) == (32.5, 5, 2.5)


def test_edf_twenty_second_epochs(tmp_path: Path) -> None:
    file = tmp_path / "h.edf"
    file.write_bytes(edf_bytes([(0, 20, "Sleep stage W"), (20, 40, "Sleep stage 1"), (60, 20, "Sleep stage W")]))
    found = read(file)
    assert (found.epoch_s, found.epochs, found.tst_min) == (20, 4, pytest.approx(40 / 60))


@pytest.mark.parametrize(
    "data",
    [
        edf_bytes(STAGES)[:300], edf_bytes(STAGES)[:-20], edf_bytes(STAGES, header_records=9_000_000), edf_bytes(STAGES)[:256],
        edf_bytes([(0, 30, "Recording starts")]), b"0       " + b"\xff" * 600, b"", b"W\nW\nsleepy\n",
        b"\x00\x01\x02\xff" * 50, b"# only a comment\n",
        edf_bytes([(0, 30, "Sleep stage 2"), (9_000_000, 30, "Sleep stage W")]),
    ],
)  # fmt: skip
def test_bad_files_are_refused_in_one_sentence(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "bad"
    file.write_bytes(data)
    with pytest.raises(UserError) as caught:
        read(file)
    assert caught.value.what and caught.value.why and caught.value.what_now


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        read(tmp_path / "none.edf")


def test_text_codes(tmp_path: Path) -> None:
    file = tmp_path / "h.txt"
    file.write_text("# one a line\n0\n1\n\n2\n4 # which four?\n0\n")
    assert (read(file).rem_min, read(file).n3_min) == (0.5, 0)
    file.write_text("0\n1\n4\n5\n0\n")
    assert (read(file).rem_min, read(file).n3_min) == (0.5, 0.5)
    file.write_text("W\nN1\nN2\nN3\nREM\nW\n?\n")
    assert (read(file).tst_min, read(file).rem_min, read(file).epochs) == (2, 0.5, 6)


@pytest.mark.real
def test_recorded_nights(shared_dir: Path) -> None:
    files = sorted((shared_dir / "fixtures/hypnogram").glob("*.edf"))
    found = [read(f) for f in files]
    assert len(found) == 5
    assert [r.tst_min for r in found] == [326.5, 472.0, 473.0, 512.0, 448.5]  # SC4001: 653 sleep epochs
    assert all(r.trimmed and r.sol_min == 30 and r.waso_aasm_min == (r.waso_spt_min or 0) + 30 for r in found)
    assert found[1].artefact_min == 0.5 and all(r.unscored_min == 0 for r in found)


@pytest.mark.real
def test_six_hour_text_night(shared_dir: Path) -> None:
    file = shared_dir / "vectors/hyp6h.txt"
    codes = [int(line) for line in file.read_text().splitlines() if not line.startswith("#")]
    found = read(file)
    first = next(i for i, c in enumerate(codes) if c > 0)
    assert (found.epochs, found.tst_min) == (720, sum(c > 0 for c in codes) / 2)
    assert found.sol_min == first / 2 and found.rem_min == codes.count(4) / 2 and found.n3_min == codes.count(3) / 2
    assert found.rem_latency_aasm_min == (codes.index(4) - first) / 2
    assert found.waso_aasm_min == found.trt_min - first / 2 - found.tst_min
