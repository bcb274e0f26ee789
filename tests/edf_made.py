"""EDF files made for tests, field by field, so that any field may lie."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Made(NamedTuple):
    """One signal: how many samples a record, its ranges, and its stored numbers record by record."""

    label: str
    samples: int
    low: object = -32768
    high: object = 32767
    least: object = -32768
    most: object = 32767
    unit: str = ""


def edf(
    signals: Sequence[Made],
    records: Sequence[bytes],
    *,
    kind: str = "EDF",
    recording: str = "Startdate 24-APR-2024 X X X",
    patient: str = "X X X X",
    day: str = "24.04.24",
    clock: str = "22.13.00",
    record_s: object = 0,
    fields: Mapping[str, object] | None = None,
) -> bytes:
    """`fields` overwrite header fields by name: version, count, header_bytes, records, samples."""
    said = {
        "version": 0, "count": len(signals), "header_bytes": 256 * (len(signals) + 1), "records": len(records), "samples": None,
        **(fields or {}),
    }  # fmt: skip

    def f(value: object, width: int) -> bytes:
        return str(value).encode("utf-8").ljust(width)[:width]

    head = f(said["version"], 8) + f(patient, 80) + f(recording, 80) + f(day, 8) + f(clock, 8)
    head += f(said["header_bytes"], 8) + f(kind, 44) + f(said["records"], 8) + f(record_s, 8) + f(said["count"], 4)
    for width, column in (
        (16, [s.label for s in signals]), (80, [""] * len(signals)), (8, [s.unit for s in signals]), (8, [s.least for s in signals]),
        (8, [s.most for s in signals]), (8, [s.low for s in signals]), (8, [s.high for s in signals]), (80, [""] * len(signals)),
        (8, [s.samples if said["samples"] is None else said["samples"] for s in signals]), (32, [""] * len(signals)),
    ):  # fmt: skip
        head += b"".join(f(value, width) for value in column)
    return head + b"".join(records)


def tals(found: Sequence[tuple[float, float | None, str]], at: float = 0) -> bytes:
    """A record's annotations, the time of the record first."""
    text = f"+{at:g}\x14\x14\x00"
    for onset, duration, words in found:
        text += f"+{onset:g}" + ("" if duration is None else f"\x15{duration:g}") + f"\x14{words}\x14\x00"
    return text.encode()


def hypnogram(found: Sequence[tuple[float, float | None, str]], **more: object) -> bytes:
    """EDF+ with one record of annotations, as Sleep-EDF has them."""
    body = tals(found)
    samples = (len(body) + 1) // 2
    signal = Made("EDF Annotations", samples)
    return edf([signal], [body.ljust(2 * samples, b"\0")], kind="EDF+C", **more)  # type: ignore[arg-type]


def therapy(days: Sequence[Mapping[str, object]], *, slots: int = 10, **more: object) -> bytes:
    """STR.edf: a record a therapy day. A day names what differs from a day without use (all -1)."""
    signals = [
        Made("Date", 1, 0, 24836, "0.00", "24836.00"), Made("MaskOn", slots, 0, 1440, "0.00", "1440.00", "min."),
        Made("MaskOff", slots, 0, 1440, "0.00", "1440.00", "min."), Made("MaskEvents", 1, 0, 255, "0.00", "255.00"),
        Made("Duration", 1, 0, 1440, "0.00", "1440.00", "min."), Made("Mode", 1, 0, 16, 0, 16),
        Made("S.A.MaxPress", 1, 0, 16, 0, 16), Made("S.Temp", 1, 160, 300, "16.00", "30.00", "°C"),
        Made("Leak.95", 1, 0, 100, "0.00", "2.00", "L/s"), Made("AHI", 1, 0, 2400, "0.00", "240.00"),
        Made("Crc16", 1),
    ]  # fmt: skip
    records: list[bytes] = []
    for day in days:
        pairs = list(day.get("pairs", ()))  # type: ignore[call-overload]
        on = [p[0] for p in pairs] + [-1] * (slots - len(pairs))
        off = [p[1] for p in pairs] + [-1] * (slots - len(pairs))
        used = sum(max(0, b - a) for a, b in pairs) if pairs else -1
        numbers = [
            day["date"], *on, *off, day.get("events", len(pairs) or -1), day.get("minutes", used), day.get("mode", 1 if pairs else -1), 0,
            270, day.get("leak", 14 if pairs else -1), day.get("ahi", 35 if pairs else -1), 4660,
        ]  # fmt: skip
        records.append(struct.pack(f"<{len(numbers)}h", *numbers))
    more = {"recording": "Startdate 19-AUG-2024 X X X SRN=23191234567 MID=46 VID=3", "day": "19.08.24", "clock": "12.00.00",
            "record_s": "86400.00", **more}  # fmt: skip
    return edf(signals, records, **more)  # type: ignore[arg-type]
