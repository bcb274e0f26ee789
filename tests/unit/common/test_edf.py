"""EDF files whose headers lie, that are cut off, or that no one closed."""

from __future__ import annotations

import contextlib
import io
import struct
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.common import edf
from dreamjournal.common.errors import UserError
from tests.edf_made import Made, hypnogram, tals, therapy
from tests.edf_made import edf as made

STAGES = [(0, 600, "Sleep stage W"), (600, 1200, "Sleep stage 2"), (1800, 300, "Sleep stage R")]
DAYS = [{"date": 20000 + i, "pairs": [(600, 700 + i)]} for i in range(6)]
RANGE = Made("AHI", 2, 0, 2400, "0.00", "240.00")


def annotated(data: bytes, *, salvage: bool = False) -> edf.Annotations:
    return edf.read_annotations(io.BytesIO(data), salvage=salvage)


def signals(data: bytes, *labels: str, salvage: bool = False) -> edf.Records:
    return edf.read_signals(io.BytesIO(data), labels, salvage=salvage)


class Dribble(io.RawIOBase):
    """A stream that cannot seek and gives a few bytes at a time, as the member of a zip may."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def readinto(self, buffer) -> int:
        data = self._data.read(min(len(buffer), 7))
        buffer[: len(data)] = data
        return len(data)


def test_annotations_from_a_stream_that_cannot_seek():
    found = edf.read_annotations(io.BufferedReader(Dribble(hypnogram(STAGES))))
    assert [(a.onset_s, a.duration_s, a.text) for a in found.found] == STAGES
    assert (found.header.kind, found.header.start, found.missing) == ("EDF+C", datetime(2024, 4, 24, 22, 13), 0)


def test_signals_are_scaled_and_what_is_out_of_range_is_none():
    record = struct.pack("<2h", 35, -1)
    row = signals(made([RANGE], [record]), "AHI").rows[0]
    assert row == {"AHI": (3.5, None)}
    shifted = Made("Flow", 2, -1000, 1500, "-2.00", "3.00")
    assert signals(made([shifted], [struct.pack("<2h", -1000, 1500)]), "Flow").rows[0]["Flow"] == (-2.0, 3.0)


def test_a_degree_sign_in_utf8_moves_no_field():
    found = signals(therapy(DAYS), "S.Temp", "AHI")
    assert next(s.unit for s in found.header.signals if s.label == "S.Temp") == "°C"
    assert [r["S.Temp"] for r in found.rows] == [(27.0,)] * 6


def test_a_recording_never_closed_is_read_to_its_last_complete_record():
    data = therapy(DAYS, fields={"records": -1})
    assert len(signals(data, "Date").rows) == 6
    assert len(signals(data[:-3], "Date").rows) == 5


def test_neither_names_nor_serial_numbers_are_kept():
    data = therapy(DAYS, patient="X F 02-MAY-1970 Erika_Mustermann")
    found = signals(data, "Date")
    assert "Erika" not in repr(found) and "23191234567" not in repr(found)


def test_a_file_cut_off_is_refused_unless_its_complete_records_are_wanted():
    data = therapy(DAYS)[:-50]
    with pytest.raises(UserError, match="cut off"):
        signals(data, "Date")
    found = signals(data, "Date", salvage=True)
    assert (len(found.rows), found.missing) == (5, 1)


def test_annotations_of_complete_records_are_salvaged():
    parts = [tals([(0, 30, "Sleep stage W")]), tals([(30, 30, "Sleep stage 2")], at=30)]
    records = [p.ljust(80, b"\0") for p in parts]
    data = made([Made("EDF Annotations", 40)], records, kind="EDF+C", record_s=30)
    assert len(annotated(data).found) == 2
    with pytest.raises(UserError):
        annotated(data[:-1])
    found = annotated(data[:-1], salvage=True)
    assert ([a.text for a in found.found], found.missing) == (["Sleep stage W"], 1)


def test_annotations_beside_signals_and_in_two_columns():
    columns = [Made("EEG", 3), Made("EDF Annotations", 20), Made("EDF Annotations", 20)]
    record = struct.pack("<3h", 1, 2, 3) + tals([(5, 30, "N2")]).ljust(40, b"\0") + b"+9\x14N3\x14\x00".ljust(40, b"\0")
    found = annotated(made(columns, [record], kind="EDF+C")).found
    assert [(a.onset_s, a.text) for a in found] == [(5, "N2"), (9, "N3")]


def test_annotations_in_latin_1_are_read():
    body = tals([(0, 30, "Sleep stage W")]) + "+40\x14Müdigkeit\x14\x00".encode("latin-1")
    found = annotated(made([Made("EDF Annotations", 40)], [body.ljust(80, b"\0")], kind="EDF+C")).found
    assert found[1].text == "Müdigkeit"


@pytest.mark.parametrize(
    ("recording", "day", "clock", "start"),
    [
        ("Startdate 24-APR-1989 X X X", "24.04.89", "16.13.00", datetime(1989, 4, 24, 16, 13)),
        ("Startdate 05-MAR-2126 X X X", "05.03.26", "22.41.30", datetime(2126, 3, 5, 22, 41, 30)),  # the long year wins
        ("whatever", "24.04.85", "16.13.00", datetime(1985, 4, 24, 16, 13)),  # clipping: 85 is 1985
        ("whatever", "24.04.84", "16.13.00", datetime(2084, 4, 24, 16, 13)),  # and 84 is 2084
        ("Startdate X X X X", "01.01.85", "22.10.00", None),  # made anonymous
        ("Startdate X X X X", "07.03.21", "22.10.00", datetime(2021, 3, 7, 22, 10)),
        ("Startdate 31-FEB-2024 X X X", "31.02.24", "22.00.00", None),
        ("Startdate 05-MRZ-2024 X X X", "05.03.24", "22.00.00", datetime(2024, 3, 5, 22)),
        ("x", "99.99.99", "22.00.00", None),
        ("x", "05.03.24", "25.00.00", None),
        ("x", "05.03.24", "", None),
        ("x", "05/03/24", "22:00:01", datetime(2024, 3, 5, 22, 0, 1)),
        ("x", "٠٥.٠٣", "22.00.00", None),
    ],
)
def test_the_start(recording, day, clock, start):
    assert annotated(hypnogram(STAGES, recording=recording, day=day, clock=clock)).header.start == start


LIES = {
    "99999999 records": {"records": 99999999},
    "-2 records": {"records": -2},
    "records in words": {"records": "many"},
    "no records field": {"records": ""},
    "records in Arabic digits": {"records": "١"},
    "99999999 samples a record": {"samples": 99999999},
    "-5 samples": {"samples": -5},
    "no samples at all": {"samples": 0},
    "samples in words": {"samples": "lots"},
    "no signals": {"count": 0},
    "9999 signals": {"count": 9999},
    "-1 signals": {"count": -1},
    "signals in words": {"count": "abc"},
    "more signals than there are": {"count": 2},
    "a wrong header size": {"header_bytes": 512 + 256},
    "a negative header size": {"header_bytes": -512},
    "another version": {"version": 1},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
@pytest.mark.parametrize("salvage", [False, True])
def test_a_lying_header_is_refused_in_one_sentence(lie, salvage):
    data = hypnogram(STAGES, fields=lie)
    with pytest.raises(UserError) as caught:
        annotated(data, salvage=salvage)
    assert caught.value.what and caught.value.why and caught.value.what_now


def test_one_promised_record_too_many_is_a_file_cut_off():
    data = hypnogram(STAGES, fields={"records": 2})
    with pytest.raises(UserError, match="promises 2 records and the file holds 1"):
        annotated(data)
    found = annotated(data, salvage=True)
    assert (len(found.found), found.missing) == (3, 1)


@pytest.mark.parametrize("record_s", ["nan", "inf", "-1", "1e9", "", "abc", "1_0"])
def test_an_impossible_length_of_a_record_is_refused(record_s):
    with pytest.raises(UserError, match="length of a record"):
        annotated(hypnogram(STAGES, record_s=record_s))


def test_more_than_a_century_is_refused():
    with pytest.raises(UserError, match="century"):
        signals(therapy(DAYS, fields={"records": 99999}), "Date", salvage=True)


def test_a_record_larger_than_memory_is_refused_before_it_is_read():
    class Counting(io.BytesIO):
        asked = 0

        def read(self, size: int | None = -1):
            self.asked = max(self.asked, size or -1)
            return super().read(size)

    stream = Counting(made([Made("EDF Annotations", 99_999_999)], [b""], kind="EDF+C"))
    with pytest.raises(UserError, match="impossible size"):
        edf.read_annotations(stream)
    assert stream.asked < 1_000_000


@pytest.mark.parametrize(
    "bad",
    [
        RANGE._replace(low=0, high=0), RANGE._replace(low=2400, high=0), RANGE._replace(least="5", most="5"),
        RANGE._replace(least="x"), RANGE._replace(high="1.5"), RANGE._replace(most="inf"),
    ],
)  # fmt: skip
def test_a_signal_without_a_range_is_refused_only_where_it_is_wanted(bad):
    data = made([bad, Made("Date", 1, 0, 24836, 0, 24836)], [struct.pack("<3h", 1, 2, 20000)])
    assert signals(data, "Date").rows == ({"Date": (20000.0,)},)
    with pytest.raises(UserError, match="range for AHI"):
        signals(data, "AHI")


@pytest.mark.parametrize(
    "tal",
    [
        "+0\x15-5\x14x\x14\x00", "+9000000\x1530\x14Sleep stage W\x14\x00", "-50\x1530\x14Sleep stage W\x14\x00",
        "+0\x15" + "9" * 400 + "\x14x\x14\x00", "no annotation at all\x00",
    ],
)  # fmt: skip
def test_annotations_without_usable_times_are_refused_or_empty(tal):
    body = ("" if tal.startswith("no") else "+0\x14\x14\x00") + tal
    data = made([Made("EDF Annotations", 300)], [body.encode().ljust(600, b"\0")], kind="EDF+C")
    found: tuple[edf.Annotation, ...] = ()
    with contextlib.suppress(UserError):
        found = annotated(data).found
    assert found == ()


def test_cut_at_two_hundred_places_the_days_before_the_cut_are_read_and_no_others():
    whole = therapy(DAYS)
    full = signals(whole, "Date", "MaskOn").rows
    read = 0
    for i in range(200):
        data = whole[: len(whole) * i // 200]
        with pytest.raises(UserError):
            signals(data, "Date", "MaskOn")
        try:
            rows = signals(data, "Date", "MaskOn", salvage=True).rows
        except UserError:
            continue
        assert rows == full[: len(rows)]
        read = max(read, len(rows))
    assert read == 5


def test_cut_at_two_hundred_places_a_hypnogram_of_one_record_is_refused():
    whole = hypnogram(STAGES)
    for i in range(200):
        with pytest.raises(UserError):
            annotated(whole[: len(whole) * i // 200])


def test_bytes_after_the_last_record_are_no_part_of_the_file():
    assert len(annotated(hypnogram(STAGES) + b"\xff" * 5000).found) == 3


@given(where=st.integers(0, 5000), splice=st.binary(max_size=9), drop=st.integers(0, 30))
def test_any_splice_is_read_or_refused(where, splice, drop):
    for whole in (hypnogram(STAGES), therapy(DAYS)):
        at = where % len(whole)
        data = whole[:at] + splice + whole[at + drop :]
        for read in (lambda d=data: annotated(d), lambda d=data: signals(d, "Date", "MaskOn", "AHI", salvage=True)):
            with contextlib.suppress(UserError):  # anything else is a failure
                read()


def test_labels_for_sniffing_never_raise():
    assert edf.labels_of(therapy(DAYS))[:3] == ("Date", "MaskOn", "MaskOff")
    for data in (b"", b"0       ", b"0       " + b"\xff" * 400, b"0       " + b"9" * 400, therapy(DAYS)[:300]):
        assert isinstance(edf.labels_of(data), tuple)
