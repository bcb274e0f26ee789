"""EDF and EDF+ files: a header check against the file's own size, then annotations through edfio.

edfio trusts the header; a header that promises more records or signals than the file holds would cost memory and time,
so such files are refused first. Format: Kemp & Olivan 2003, doi 10.1016/S1388-2457(03)00123-8.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from dreamjournal.common.errors import UserError

MAX_BYTES = 2_000_000_000
MAX_SIGNALS = 512
MAX_SECONDS = 7 * 86_400
"""Longest record, and the latest end of an annotation."""
MAX_DAYS = 40_000
"""Longest file: CPAP summaries hold one record a day for years."""
ANNOTATIONS = "EDF Annotations"


@dataclass(frozen=True)
class EdfHeader:
    """What an EDF header says, once checked against the file: sizes in bytes, durations in seconds."""

    patient: str
    recording: str
    start_date: str
    """As written: dd.mm.yy; EDF+ repeats it with a full year in `recording`."""
    start_time: str
    kind: str
    """"EDF", "EDF+C" or "EDF+D"."""
    records: int
    record_s: float
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Annotation:
    """One annotation: seconds from the start of the file, its length in seconds (0 where not given), its text."""

    onset_s: float
    duration_s: float
    text: str


def looks_like_edf(head: bytes) -> bool:
    """Whether the first bytes are those of an EDF file."""
    return head[:8] == b"0       "


def read_header(path: str | Path) -> EdfHeader:
    """The checked header. Raises UserError when the file is cut off, or its header contradicts its size or itself."""
    file = Path(path)
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            fixed = stream.read(256)
            count = _count(fixed[252:256], "number of signals") if len(fixed) == 256 else 0
            if not looks_like_edf(fixed) or len(fixed) < 256:
                raise _refused("it does not begin as an EDF file does")
            if size > MAX_BYTES:
                raise _refused("it is larger than 2 GB")
            if not 1 <= count <= MAX_SIGNALS:
                raise _refused(f"its header names {count} signals")
            signals = stream.read(256 * count)
    except OSError as error:
        raise UserError(
            "The file could not be read", error.strerror or "the system refused", "check its name"
        ) from error
    if len(signals) < 256 * count:
        raise _refused("it ends inside its header")
    header_bytes = _count(fixed[184:192], "header size")
    if header_bytes != 256 * (count + 1):
        raise _refused("its header gives a wrong size for itself")
    records, record_s = _count(fixed[236:244], "number of records"), _float(fixed[244:252])
    samples = [
        _count(signals[216 * count + 8 * i : 216 * count + 8 * (i + 1)], "samples in a record") for i in range(count)
    ]
    if any(s < 0 for s in samples) or not 0 <= record_s <= MAX_SECONDS:
        raise _refused("its header holds a negative or impossible length")
    record_bytes = 2 * sum(samples)
    if record_bytes == 0:
        raise _refused("its header promises records without samples")
    held = (size - header_bytes) // record_bytes
    if records == -1:  # a recording that was never closed
        records = held
    if records < 0 or records * record_bytes + header_bytes > size:
        raise _refused(f"its header promises {records} records and the file holds {held}")
    if records * record_s > MAX_DAYS * 86_400:
        raise _refused("its header promises more than a century")
    labels = tuple(_text(signals[16 * i : 16 * (i + 1)]) for i in range(count))
    kind = _text(fixed[192:236])[:5]
    return EdfHeader(
        _text(fixed[8:88]), _text(fixed[88:168]), _text(fixed[168:176]), _text(fixed[176:184]),
        kind if kind in ("EDF+C", "EDF+D") else "EDF", records, record_s, labels,
    )  # fmt: skip


def read_annotations(path: str | Path) -> tuple[Annotation, ...]:
    """The annotations of an EDF+ file in order of onset; empty when it has none.

    Raises UserError for a header that `read_header` refuses, for annotations that cannot be read, or that lie outside a week.
    """
    header = read_header(path)
    if ANNOTATIONS not in header.labels:
        return ()
    import edfio

    try:
        found = edfio.read_edf(Path(path)).annotations
        out = tuple(Annotation(float(a.onset), float(a.duration or 0.0), str(a.text).strip()) for a in found)
    except Exception as error:  # whatever edfio raises on a damaged file is the file's fault
        raise _refused("its annotations are damaged") from error
    for a in out:
        if not (math.isfinite(a.onset_s) and math.isfinite(a.duration_s)) or a.duration_s < 0:
            raise _refused("an annotation has no usable time")
        if a.onset_s < 0 or a.onset_s + a.duration_s > MAX_SECONDS:
            raise _refused("an annotation lies outside the recording")
    return tuple(sorted(out, key=lambda a: a.onset_s))


def _refused(why: str) -> UserError:
    return UserError("This EDF file cannot be read", why, "export it again")


def _text(raw: bytes) -> str:
    return raw.decode("latin-1").strip()


def _count(raw: bytes, what: str) -> int:
    try:
        return int(_text(raw))
    except ValueError:
        raise _refused(f"its header has no {what}") from None


def _float(raw: bytes) -> float:
    try:
        value = float(_text(raw))
    except ValueError:
        raise _refused("its header has no record length") from None
    return value if math.isfinite(value) else -1.0
