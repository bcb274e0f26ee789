"""Bombs: files that would cost a thousand times their size if they were believed, each refused in two seconds and 300 MB.

Time is the child's own time on the processor, memory the most it ever held at once. The named set runs always; the full form
adds those of the catalogue.
"""

from __future__ import annotations

import gzip
import io
import itertools
import os
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dreamjournal.services.import_messages import Refused, Taken, Unknown
from tests.samples import DATA
from tests.torture.counted import COUNTED, FULL
from tests.torture.hostile import CSV, MIB, catalogue, zipped
from tests.torture.test_import_inputs import GOOD, Watched, sentence_faults

pytestmark = [
    pytest.mark.torture,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc tells the child's memory"),
]
SECONDS, MEMORY = 2.0, 300 * MIB
RECORD = b'<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="%s" startDate="2026-03-12 23:00:00 +0000" endDate="2026-03-13 06:00:00 +0000" value="HKCategoryValueSleepAnalysisAsleep"/>'
WHOOP = b'{"score_state": "SCORED", "nap": false, "a": '
HEALTH = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def gibibyte_in_a_zip() -> bytes:
    """1 GiB of zeros, about a thousandth of that when packed."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("sleeps.csv", "w", force_zip64=True) as member,
    ):
        member.write(CSV)
        for _ in range(1024):
            member.write(b"0" * MIB)
    return out.getvalue()


def nested(deep: int) -> bytes:
    data = CSV
    for n in range(deep):
        data = zipped({f"level{n}.zip" if n else "sleeps.csv": data})
    return data


def many_entries(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for n in range(count):
            archive.writestr(zipfile.ZipInfo(f"{n}.csv"), b"")
    return out.getvalue()


def lying_sizes(name: str, member: str) -> Callable[[], bytes]:
    """An archive whose index says that a member is smaller than it is."""

    def make() -> bytes:
        whole = bytearray(
            zipped(
                {member: b"x" * (40 * MIB) if not member.endswith(".xml") else b"<a>" + b"<b/>" * (10 * MIB) + b"</a>"}
            )
        )
        for magic, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
            found = whole.find(magic)
            struct.pack_into("<I", whole, found + at, 100)
        return bytes(whole)

    return make


def laughs(attribute: bool) -> bytes:
    names = "abcdefghij"
    dtd = '<!ENTITY a "lol">' + "".join(f'<!ENTITY {n} "{f"&{b};" * 10}">' for b, n in itertools.pairwise(names))
    body = '<HealthData locale="&j;"/>' if attribute else "<HealthData>&j;</HealthData>"
    return f"<!DOCTYPE HealthData [{dtd}]>{body}".encode()


def quadratic() -> bytes:
    return f'<!DOCTYPE HealthData [<!ENTITY a "{"x" * 2_000}">]><HealthData>{"&a;" * 1_000_000}</HealthData>'.encode()


def edf(**lies: bytes) -> bytes:
    """A sample recording whose header lies; all numbers are eight characters."""
    data = bytearray(
        (DATA / "edf")
        .joinpath(next(p.name for p in sorted((DATA / "edf").iterdir()) if p.suffix == ".edf"))
        .read_bytes()
    )
    places = {"records": (236, 8), "length": (244, 8), "signals": (252, 4), "header": (184, 8)}
    for name, value in lies.items():
        at, width = places[name]
        data[at : at + width] = value.ljust(width)
    return bytes(data)


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a zip of 1 GiB": ("a.zip", gibibyte_in_a_zip),
    "a gzip of 100 MB": ("a.csv.gz", lambda: gzip.compress(b"0" * 100_000_000)),
    "billion laughs": ("export.xml", lambda: laughs(False)),
    "billion laughs in an attribute": ("export.xml", lambda: laughs(True)),
    "quadratic entities": ("export.xml", quadratic),
    "an attribute of 12 MiB": ("export.xml", lambda: HEALTH + b'<HealthData locale="en_GB">' + RECORD % (b"x" * (12 * MIB)) + b"</HealthData>"),
    "XML 200,000 deep": ("export.xml", lambda: HEALTH + b"<HealthData>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</HealthData>"),
    "JSON 200,000 deep": ("a.json", lambda: WHOOP + b"[" * 200_000 + b"]" * 200_000 + b"}"),
    "an integer of 5,000 digits": ("a.json", lambda: WHOOP + b"9" * 5000 + b"}"),
    "65,000 entries": ("a.zip", lambda: many_entries(65_000)),
    "zips nested 20 deep": ("a.zip", lambda: nested(20)),
    "a field of 50 MB": ("sleeps.csv", lambda: CSV.rstrip() + b"\n" + b'"' + b"x" * 50_000_000 + b'",1\n'),
    "a quotation mark never closed": ("sleeps.csv", lambda: CSV + b'"' + b"a,b,c\n" * 2_000_000),
    "a zip that lies about its sizes": ("a.zip", lying_sizes("a.zip", "sleeps.csv")),
    "a workbook that lies about its sizes": ("a.xlsx", lying_sizes("a.xlsx", "xl/workbook.xml")),
    "an EDF of 99,999,999 records": ("a.edf", lambda: edf(records=b"99999999")),
    "an EDF of records without end": ("a.edf", lambda: edf(length=b"99999999")),
    "an EDF of 9,999 signals": ("a.edf", lambda: edf(signals=b"9999")),
    "an EDF whose header is the file": ("a.edf", lambda: edf(header=b"99999999")),
}  # fmt: skip
SALVAGED = {
    "a quotation mark never closed",
    "a field of 50 MB",
    "an attribute of 12 MiB",
    "XML 200,000 deep",
    "an EDF of 99,999,999 records",
}
"""Those of which rows before or around the bomb may be taken, each loss told."""


def all_bombs() -> Iterator[tuple[str, str, Callable[[], bytes], bool]]:
    for name, (file, make) in BOMBS.items():
        yield name, file, make, name not in SALVAGED
    if FULL:
        found = [b for b in catalogue() if b.bomb]
        of_samples = [b for b in found if "/" in b.name.partition(":")[0]]
        rest = [b for b in found if b not in of_samples]
        yield from ((b.name, b.file, b.make, b.refused) for b in [*rest, *of_samples[::4]])


def peak(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(x for x in status.splitlines() if x.startswith("VmHWM")).split()[1]) * 1024


def test_every_bomb_is_refused_in_two_seconds_and_300_mb() -> None:
    problems: list[str] = []
    watched = Watched()
    with watched.reader:
        for name, file, make, refused in all_bombs():
            data = make()
            watched.read("good.csv", GOOD.read_bytes())
            child = watched.reader._child
            assert child is not None
            with Path(f"/proc/{child.pid}/clear_refs").open("w") as reset:
                reset.write("5")  # the peak begins anew
            before = peak(child.pid)
            found, seconds = watched.read(file, data)
            COUNTED["inputs"] += 1
            now = watched.reader._child
            held = peak(now.pid) - len(data) if now is not None and now.pid == child.pid else 0
            ended = [m for m in found if isinstance(m, Refused | Unknown)]
            told = ended or [m for m in found if not isinstance(m, Taken)][1:]
            if os.environ.get("DREAMJOURNAL_BOMBS"):
                sys.stderr.write(
                    f"{name}: {seconds:.2f} s, {held / MIB:.0f} MiB, from {before / MIB:.0f}, {found[-1]}\n"[:300]
                )
            if seconds > (SECONDS if refused else 2 * SECONDS):  # what is no bomb after all is read to its end
                problems.append(f"{name}: took {seconds:.1f} s")
            if held > MEMORY:
                problems.append(f"{name}: held {held / MIB:.0f} MiB")
            if refused and any(isinstance(m, Taken) for m in found):
                problems.append(f"{name}: gave rows")
            if not told:
                problems.append(f"{name}: nothing was said: {found[:2]}"[:300])
            problems += [
                f"{name}: {m.sentence!r} {f}"
                for m in found
                if isinstance(m, Refused)
                for f in sentence_faults(m.sentence)
            ]
            again, _ = watched.read("good.csv", GOOD.read_bytes())
            if sum(isinstance(m, Taken) for m in again) != 4:
                problems.append(f"{name}: the next good file was not read")
    assert not problems, f"{len(problems)} bombs went off:\n" + "\n".join(problems)
