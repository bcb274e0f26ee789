"""Hypnograms in EDF+: annotations such as "Sleep stage 2" (Sleep-EDF, R&K) or "Sleep stage N2" (AASM)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from dreamjournal.common import edf
from dreamjournal.common.progress import Progress
from dreamjournal.domain.drafts import Draft, FileWarning, ReadOptions, Rejected, RowDraft, RowRejected, checked_session
from dreamjournal.domain.hypnogram import stage_of
from dreamjournal.domain.hypnogram_session import later, session_of
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.scored import parse_annotations
from dreamjournal.domain.start_of import start_of


@dataclass(frozen=True)
class Edf(Importer):
    """EDF+ annotations of sleep stages; the start is in the header, without a zone."""

    key: str = "edf"
    title: str = "EDF+ hypnogram"
    suffixes: tuple[str, ...] = (".edf", ".zip")
    kinds: tuple[str, ...] = ("edf",)
    seen: bool = True

    def sniff(self, head: bytes, name: str) -> float:
        """1 when stages stand in the first annotations; other recordings are known too, but ResMed's are not of this kind."""
        labels = edf.labels_of(head)
        if "Crc16" in labels or "MaskOn" in labels:
            return 0.0
        if edf.ANNOTATIONS in labels and b"leep stage" in head:
            return 1.0
        return 0.3 if labels else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """One session from the file's annotations. Raises UserError for a damaged file: half a night is no night."""
        progress.step(0, 0, options.where)
        read = edf.read_annotations(stream)
        rows = sum(stage_of(a.text) is not None for a in read.found)
        if not rows:
            yield FileWarning("The recording carries no sleep stages: import its hypnogram.")
            return
        scored = parse_annotations((a.onset_s, a.duration_s, a.text) for a in read.found)
        header = read.header.start
        start = header if header is not None else start_of(options)
        where = f"{options.where} record 1"
        try:
            # The header's clock is localised, and everything after it is elapsed time.
            draft, said = session_of(scored, later(options.localise(start), scored.offset_s))
            session, doubts = checked_session(draft, options.now)
            yield from said
            yield from (FileWarning(d) for d in doubts)
            yield RowDraft(where, 1, (session,), rows=rows)
        except OverflowError:
            yield Rejected(where, "the start is outside the calendar", 1, sessions=1)
        except RowRejected as e:
            yield Rejected(where, str(e), 1, start.isoformat(" "), sessions=1)


PLUGIN = Edf()
