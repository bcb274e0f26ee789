"""The parser that is always there: expat, which was measured faster than lxml (71-82 against 63 MB/s on 1 GB).

Every byte is checked for well-formedness; a file that is cut off, or broken anywhere, is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import IO
from xml.parsers import expat

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import Progress
from dreamjournal.importers.apple_health._body import ILLEGAL, open_body
from dreamjournal.importers.apple_health._samples import SLEEP, VITALS, Samples

DEEPEST = 64
LONGEST_TAG = 4 * 1024 * 1024
_OF_A_SAMPLE = ("unit", "startDate", "endDate", "value")
_CUT_OFF = (
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
    expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
)


def read_strict(stream: IO[bytes], samples: Samples, progress: Progress) -> None:
    """Fill `samples`. Raises UserError when the file is cut off, not well-formed, or built to do harm."""
    body = open_body(stream)
    records = Records(samples)
    parser = records.parser(_known(body.encoding))
    fed = 0
    try:
        for chunk in body.chunks:
            data = chunk.translate(None, ILLEGAL)
            parser.Parse(data)
            fed += len(data)
            if fed - parser.CurrentByteIndex > LONGEST_TAG:
                raise UserError("The file was not read", "a single tag in it is longer than 4 MiB")
            if records.depth() > DEEPEST:
                raise _too_deep()
            progress.step(0, 0)
        parser.Parse(b"", True)
    except expat.ExpatError as e:
        if e.code in _CUT_OFF:
            raise UserError("The file was not read", "it is cut off", "export or copy it again") from e
        raise UserError(
            "The file was not read", f"it is not well-formed XML, at line {body.lines + e.lineno}", "export it again"
        ) from e
    records.close()


def _known(encoding: str) -> str:
    try:
        expat.ParserCreate(encoding).Parse(b"<a/>", True)
    except (expat.ExpatError, LookupError, ValueError) as e:
        raise UserError("The file was not read", f"its encoding ({encoding}) is not known", "export it again") from e
    return encoding


def _too_deep() -> UserError:
    return UserError("The file was not read", f"its tags are nested more than {DEEPEST} deep")


class Records:
    """Hands the wanted records of a document, or of one record alone, to `samples`."""

    def __init__(self, samples: Samples) -> None:
        self._ends: list[str] = []
        self._start, self.depth, self.close = _handlers(samples, self._ends)

    def parser(self, encoding: str) -> expat.XMLParserType:
        """A parser for one document. `depth` and `close` are then to be called, now and then and at its end."""
        parser = expat.ParserCreate(encoding)
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._ends.append  # a C function: cheaper than counting ends in Python
        return parser


def _handlers(  # noqa: C901 - one closure over what it counts
    samples: Samples, ends: list[str]
) -> tuple[Callable[[str, list[str]], None], Callable[[], int], Callable[[], None]]:
    """(start of an element, how many are open, end of the document). The first is called for every tag of a gigabyte."""
    vitals, vital = VITALS, samples.vital
    starts = 0
    pending: list[str] = []
    pending_depth = -1  # of the sleep record whose children are still to come, -1 without one
    zone = ""
    correlation = -1  # the depth of the one that is open, -1 outside of any
    usual: list[str] = []
    places: Callable[[list[str]], tuple[str, ...]] | None = None

    def start(name: str, attrs: list[str]) -> None:
        nonlocal starts, pending, pending_depth, zone, correlation, usual, places
        depth = starts - len(ends)
        starts += 1
        if depth <= correlation:
            correlation = -1
        if pending_depth >= 0:
            if depth <= pending_depth:
                close()
            elif name == "MetadataEntry":
                # Only a child of its own: the time zone of a workout or of a correlation is not the sleep's.
                if depth == pending_depth + 1 and "HKTimeZone" in attrs:
                    entry = _by_name(attrs)
                    if entry.get("key") == "HKTimeZone":
                        zone = entry.get("value", "")
                return
        if name == "Record":
            kind = attrs[1] if attrs and attrs[0] == "type" else _by_name(attrs).get("type", "")
            if kind in vitals:
                if correlation < 0:  # else a copy of a record that also stands by itself
                    names = attrs[::2]
                    if names != usual:  # all samples of an export are spelled alike, mostly
                        usual, places = names, _places(names)
                    if places is None:
                        a = _by_name(attrs)
                        vital(vitals[kind], *(a.get(name, "") for name in _OF_A_SAMPLE))
                    else:
                        vital(vitals[kind], *places(attrs))
            elif kind == SLEEP:
                close()
                pending, pending_depth = attrs, depth
        elif name == "Correlation" and correlation < 0:
            correlation = depth

    def close() -> None:
        nonlocal pending_depth, zone
        if pending_depth >= 0:
            get = _by_name(pending).get
            make = (get("sourceVersion", ""), get("device", ""))
            samples.sleep(get("value", ""), get("sourceName", ""), make, get("startDate", ""), get("endDate", ""), zone)
            pending_depth, zone = -1, ""

    def depth_now() -> int:
        nonlocal starts
        starts -= len(ends)
        ends.clear()
        return starts

    return start, depth_now, close


def _places(names: list[str]) -> Callable[[list[str]], tuple[str, ...]] | None:
    """Takes what is wanted of a sample from its attributes; None where one of them is missing."""
    if not set(_OF_A_SAMPLE).issubset(names):
        return None
    return itemgetter(*(2 * names.index(name) + 1 for name in _OF_A_SAMPLE))


def _by_name(attrs: list[str]) -> dict[str, str]:
    pairs = iter(attrs)
    return dict(zip(pairs, pairs, strict=True))
