"""Apple Health's export.zip or export.xml: sleep of every source in it, and the vitals of the nights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from dreamjournal.common.progress import Progress
from dreamjournal.domain.drafts import Draft, ReadOptions
from dreamjournal.domain.importer import Importer

_ROOT = re.compile(rb"<HealthData[\s/>]")


@dataclass(frozen=True)
class AppleHealth(Importer):
    """Apple Health. The file is found by its root element: its name is in the phone's language."""

    key: str = "apple_health"
    title: str = "Apple Health"
    suffixes: tuple[str, ...] = (".xml", ".zip")
    kinds: tuple[str, ...] = ("xml",)
    companions: tuple[str, ...] = ("export_cda.xml", "*_cda.xml", "*.gpx", "ecg_*.csv")

    def sniff(self, head: bytes, name: str) -> float:
        """1 when the root element is HealthData; it may stand behind a long DOCTYPE."""
        at = head.find(b"<HealthData", 0, None if b"<!DOCTYPE" in head[:1024] else 4096)
        return 1.0 if at >= 0 and _ROOT.match(head, at) else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """A session a row, made of many sleep records. Raises UserError when the file is cut off or not well-formed.

        The fast path is tried where the stream can be read again from its start, should it decline.
        """
        from dreamjournal.importers.apple_health import _nights
        from dreamjournal.importers.apple_health._fast import NotFast, read_fast
        from dreamjournal.importers.apple_health._samples import Samples
        from dreamjournal.importers.apple_health._strict import read_strict

        samples = Samples(options.now)
        if stream.seekable():
            start = stream.tell()
            try:
                read_fast(stream, samples, progress)
            except NotFast:
                samples = Samples(options.now)
                stream.seek(start)
                read_strict(stream, samples, progress)
        else:
            read_strict(stream, samples, progress)
        yield from _nights.drafts(samples, options, progress)


PLUGIN = AppleHealth()
