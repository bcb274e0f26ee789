"""The guarded fast path: one pattern over the bytes, and expat only for what is spelled in another way.

Why it may do that. In well-formed XML `<` stands in no attribute value, so every `<` is a tag, a comment, CDATA or a
processing instruction. The pattern stops at every `<` that is not (a) a wanted sample in Apple's spelling, or (b) a tag
whose name is plain letters and, where that name is Record, whose first attribute is a plain type that is not wanted.
What it stops at is read by expat where it is a wanted record, and anything else makes the fast path decline: the file
is then read from its start by the strict parser. Samples with `&` in a value that counts do not match (a).
Not checked is whether the tags passed over are well-formed: a file broken only there is taken here and refused there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import IO
from xml.parsers import expat

from dreamjournal.common.progress import Progress
from dreamjournal.importers.apple_health._body import ILLEGAL, open_body
from dreamjournal.importers.apple_health._samples import FITS, HR, MMSS, RESP, SDNN, SPO2, UNITS, Samples
from dreamjournal.importers.apple_health._strict import DEEPEST, Records

MOST_WAITING = 2 * 1024 * 1024
"""Bytes of one record with its children; a longer one is for the strict parser to judge."""
_HOURS_KEPT = 2_000
_TEXTS_KEPT = 500
_Q = rb"HKQuantityTypeIdentifier"
_WANTED = (
    rb'(?:' + _Q + rb"(?:HeartRate(?:VariabilitySDNN)?|OxygenSaturation|RespiratoryRate|AppleSleepingWristTemperature)"
    rb"|HKCategoryTypeIdentifierSleepAnalysis)"
)  # fmt: skip
_FROM = rb'sourceName="([^"<]*+)"(?: sourceVersion="([^"<]*+)")?(?: device="([^"<]*+)")?'
_FROM_ANY = rb'sourceName="[^"<]*+"(?: sourceVersion="[^"<]*+")?+(?: device="[^"<]*+")?+'
_SAMPLE = (
    _Q + rb'(HeartRate|OxygenSaturation|RespiratoryRate|HeartRateVariabilitySDNN)" ' + _FROM_ANY
    + rb' unit="([^"<&]*)" creationDate="[^"<]*+" startDate="([0-9 -]{13})([0-9:]{6})([0-9 +-]{6})"'
    rb' endDate="[^"<]*+" value="([0-9]{1,12}(?:\.[0-9]{1,20})?)"'
)  # fmt: skip
_NAMES = (
    rb"(?:MetadataEntry|InstantaneousBeatsPerMinute|HeartRateVariabilityMetadataList|Workout(?:Event|Statistics|Route|Activity)?"
    rb"|ActivitySummary|FileReference|Location|ClinicalRecord|Audiogram|SensitivityPoint|VisionPrescription|Prescription|RightEye"
    rb"|LeftEye|Attachment|HealthData|ExportDate|Me)"
)
"""Elements of Apple's DTD, but for Record and Correlation."""
_PASSED = (
    rb'(?:Record type="(?!' + _WANTED + rb'")[A-Za-z0-9]+" |/Record>|' + _NAMES + rb"[ />\n]|/" + _NAMES + rb">)"
)  # fmt: skip
_EACH = re.compile(rb'<(?:Record type="' + _SAMPLE + rb"|(?!" + _PASSED + rb"))")
_SLEEP_HEAD = b'<Record type="HKCategoryTypeIdentifierSleepAnalysis" '
_SLEEP = re.compile(
    _SLEEP_HEAD + _FROM + rb' creationDate="[^"<&]*" startDate="([0-9 :+-]*)" endDate="([0-9 :+-]*)" value="([A-Za-z0-9]+)"'
    rb'(?:/>|>((?:\s*<MetadataEntry key="[^"<&\x00-\x1f]*" value="[^"<&\x00-\x1f]*"/>)*)\s*</Record>)'
)  # fmt: skip
_ZONE = re.compile(rb'<MetadataEntry key="HKTimeZone" value="([^"<&\x00-\x1f]*)"/>')
_TAG = re.compile(rb"""<([A-Za-z]+)(?=[ \t\r\n/>])(?:[^"'<>]|"[^"<]*"|'[^'<]*')*+>""")
_WANTED_HEAD = re.compile(rb'<Record type="(' + _WANTED + rb')" ')
_END_TAG = re.compile(rb"</([A-Za-z]+)[ \t\r\n]*>")
_UNPLAIN = re.compile(rb"[&\x00-\x1f]")
_MMSS = {text.encode(): seconds for text, seconds in MMSS.items()}
_END = re.compile(rb"</HealthData>\s*\Z")


class NotFast(Exception):
    """Something is spelled as Apple does not spell it; the strict parser decides."""


def read_fast(stream: IO[bytes], samples: Samples, progress: Progress) -> None:
    """Fill `samples` just as the strict parser would. Raises NotFast, and what reading and `open_body` raise."""
    body = open_body(stream)
    if not body.is_utf8:
        raise NotFast
    reader = _Reader(samples)
    waiting = b""
    for chunk in body.chunks:
        data = waiting + chunk if waiting else chunk
        # Cut before the last record, so that a record and its children are in one piece.
        cut = data.rfind(b"<Record ")
        if cut <= 0:
            cut = data.rfind(b"<")
        if cut <= 0:
            if len(data) > MOST_WAITING:
                raise NotFast
            waiting = data
            continue
        reader.piece(data[:cut])
        waiting = data[cut:]
        progress.step(0, 0)
    if _END.search(waiting) is None:
        raise NotFast
    reader.piece(waiting)


class _Reader:
    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self._takers: dict[tuple[bytes, bytes], tuple[Callable[[int], None], Callable[[float], None]]] = {
            (name.encode(), unit.encode()): (samples.times[name].append, samples.values[name].append)
            for (name, unit), factor in UNITS.items()
            if name in (HR, RESP, SPO2, SDNN) and factor == 1
        }
        self._hours: dict[tuple[bytes, bytes], int] = {}
        self._texts: dict[bytes, str] = {}
        self._in_correlation = 0
        self._unknown_open = 0

    def piece(self, data: bytes) -> None:
        """Read a piece that begins and ends at a tag."""
        found = _EACH.findall(data)
        if self._in_correlation or any(map(_is_odd, found)):
            self._one_by_one(data)
        else:
            self._take(found)

    def _take(self, found: list[tuple[bytes, bytes, bytes, bytes, bytes, bytes]]) -> None:
        hours, takers = self._hours, self._takers
        for name, unit, hour, mmss, offset, value in found:
            try:
                at = hours[hour, offset] + _MMSS[mmss]
            except KeyError:
                at = self._second(hour, mmss, offset)
                if at is None:
                    continue
            taker = takers.get((name, unit))
            if taker is None:
                text = (hour + mmss + offset).decode("ascii")
                self._samples.vital(name.decode("ascii"), self._text(unit), text, "", value.decode("ascii"))
            else:
                taker[0](at)
                taker[1](float(value))

    def _second(self, hour: bytes, mmss: bytes, offset: bytes) -> int | None:
        """None for what has the letters of a time and is none."""
        at = self._samples.second((hour + mmss + offset).decode("ascii"))
        first = None if at is None else at - _MMSS[mmss]
        if first is not None and 0 <= first <= FITS - 3600:
            if len(self._hours) > _HOURS_KEPT:
                self._hours.clear()
            self._hours[hour, offset] = first
        return at

    def _one_by_one(self, data: bytes) -> None:
        """A piece with sleep in it, or with anything else that is not a sample in Apple's spelling."""
        for match in _EACH.finditer(data):
            at = match.start()
            if match[1] is not None:
                if not self._in_correlation:
                    self._take([(match[1], match[2], match[3], match[4], match[5], match[6])])
            elif data.startswith(_SLEEP_HEAD, at):
                self._sleep(data, at)
            elif data.startswith(b"</", at):
                self._ended(_END_TAG.match(data, at))
            else:
                self._began(_TAG.match(data, at))

    def _began(self, tag: re.Match[bytes] | None) -> None:
        """A correlation, a sample in another spelling, or an element that is not in Apple's DTD."""
        if tag is None:
            raise NotFast
        closed = tag[0].endswith(b"/>")
        if tag[1] == b"Record":
            if _WANTED_HEAD.match(tag[0]) is None:
                raise NotFast
            if not self._in_correlation:
                self._by_expat(tag[0] if closed else tag[0] + b"</Record>")
        elif tag[1] == b"Correlation":
            self._in_correlation += not closed
        elif not closed:
            self._unknown_open += 1
            if self._unknown_open > DEEPEST:
                raise NotFast

    def _ended(self, tag: re.Match[bytes] | None) -> None:
        if tag is None:
            raise NotFast
        if tag[1] == b"Correlation":
            self._in_correlation -= 1
        else:
            self._unknown_open -= 1

    def _sleep(self, data: bytes, at: int) -> None:
        match = _SLEEP.match(data, at)
        if match is None:
            tag = _TAG.match(data, at)
            if tag is None:
                raise NotFast
            end = tag.end() if tag[0].endswith(b"/>") else data.find(b"</Record>", tag.end()) + 9
            if end < tag.end() or data.find(b"<Record", at + 1, end) >= 0:
                raise NotFast
            self._by_expat(data[at:end])
            return
        name, version, device, start, end, value, children = match.groups()
        source = self._text(name)
        make = ("", "") if source in self._samples.sources else (self._text(version or b""), self._text(device or b""))
        zones = _ZONE.findall(children) if children else ()
        self._samples.sleep(
            value.decode("ascii"), source, make, start.decode("ascii"), end.decode("ascii"),
            self._text(zones[-1]) if zones else "",
        )  # fmt: skip

    def _by_expat(self, data: bytes) -> None:
        """What the strict parser would make of one record."""
        records = Records(self._samples)
        try:
            records.parser("UTF-8").Parse(data.translate(None, ILLEGAL), True)
        except expat.ExpatError as e:
            raise NotFast from e
        records.close()

    def _text(self, raw: bytes) -> str:
        """The value of an attribute as XML reads it; names repeat, so each is read once."""
        text = self._texts.get(raw)
        if text is None:
            try:
                text = _by_rule(raw) if _UNPLAIN.search(raw) else raw.decode("utf-8")
            except (expat.ExpatError, UnicodeDecodeError) as e:
                raise NotFast from e
            if len(self._texts) > _TEXTS_KEPT:
                self._texts.clear()
            self._texts[raw] = text
        return text


def _by_rule(raw: bytes) -> str:
    found: list[str] = []
    parser = expat.ParserCreate("UTF-8")
    parser.StartElementHandler = lambda name, attrs: found.append(attrs["v"])
    parser.Parse(b'<a v="' + raw.translate(None, ILLEGAL) + b'"/>', True)
    return found[0]


def _is_odd(row: tuple[bytes, ...]) -> bool:
    return not row[0]
