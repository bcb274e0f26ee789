"""Hypnograms in text and XML: one stage a line, Visbrain, Dreem, RemLogic, BIDS, NSRR, Profusion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import Progress
from dreamjournal.domain.drafts import Draft, FileWarning, ReadOptions, Rejected, RowDraft, RowRejected, checked_session
from dreamjournal.domain.hypnogram import Epoch
from dreamjournal.domain.hypnogram_files import MAX_BYTES, form_of, parse
from dreamjournal.domain.hypnogram_session import session_of
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.start_of import start_of

LEAST_S = 300
"""A shorter text of stages is no night, whatever it is."""


@dataclass(frozen=True)
class HypnogramText(Importer):
    """A scored night a file. Most forms say no date: it is taken from the file's name, or the person is asked."""

    key: str = "hypnogram"
    title: str = "Hypnogram (text or XML)"
    suffixes: tuple[str, ...] = (".txt", ".csv", ".tsv", ".xml", ".hyp", ".zip")
    kinds: tuple[str, ...] = ("text", "xml")
    seen: bool = True

    def sniff(self, head: bytes, name: str) -> float:
        """1 when the form is one of those read; forty lines or more where nothing but stages stands in them."""
        return 1.0 if form_of(head) else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """One session. Raises UserError where a line is no stage, StartNeeded where neither file nor name has a date."""
        progress.step(0, 0, options.where)
        scored = parse(stream.read(MAX_BYTES + 1))
        if len(scored.epochs) * scored.epoch_s < LEAST_S:
            raise UserError("The file was not read", "its stages last less than five minutes", "choose another file")
        start = start_of(options, scored.clock, scored.day)
        where = f"{options.where} line 1"
        try:
            draft, said = session_of(scored, options.localise(start))
            session, doubts = checked_session(draft, options.now)
        except OverflowError:
            yield Rejected(where, "the start is outside the calendar", 1, sessions=1)
            return
        except RowRejected as e:
            yield Rejected(where, str(e), 1, start.isoformat(" "), sessions=1)
            return
        if scored.maker:
            yield FileWarning(
                f"The {scored.maker} form of a hypnogram has not yet been seen in the wild: check a night you know."
            )
        if scored.rem_is_four:
            yield FileWarning("Code 4 was read as REM, because no line of the file holds a 5.")
        if ends := _ends(scored.epochs):
            yield FileWarning(ends)
        yield from said
        yield from (FileWarning(d) for d in doubts)
        yield RowDraft(where, 1, (session,), rows=scored.rows)


def _ends(epochs: Sequence[Epoch]) -> str:
    """What the end of the stages says of a file that may be cut off; a list of stages has no end of its own."""
    last = next((e for e in reversed(epochs) if e.asleep or e == Epoch.W), None)
    if last is None:
        return ""
    if not any(e.asleep for e in epochs):
        return "No stage of it is sleep: if the file was cut off, import the whole one."
    return "Its stages end asleep: if the file was cut off, import the whole one." if last.asleep else ""


PLUGIN = HypnogramText()
