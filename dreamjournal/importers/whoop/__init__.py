"""WHOOP: the app's export (sleeps, physiological cycles, journal), API v2 JSON and the privacy export's sleeps.csv."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from dreamjournal.common.heads import normalised, peeked
from dreamjournal.common.json_files import read_json
from dreamjournal.common.progress import Progress
from dreamjournal.common.tables import read_table
from dreamjournal.domain.drafts import Draft, ReadOptions
from dreamjournal.domain.importer import Importer
from dreamjournal.importers.whoop._api import read_api
from dreamjournal.importers.whoop._app import CYCLE, column_name, read_app
from dreamjournal.importers.whoop._privacy import NEEDED, read_privacy

GERMAN = b"Zeitzone des Zyklus"


@dataclass(frozen=True)
class Whoop(Importer):
    """WHOOP. The app's times are local with one offset a row, which holds for every column of the row."""

    key: str = "whoop"
    title: str = "WHOOP"
    suffixes: tuple[str, ...] = (".csv", ".json", ".zip")
    parser_version: int = 2
    kinds: tuple[str, ...] = ("text", "json")
    seen: bool = True
    companions: tuple[str, ...] = ("workouts.csv", "Trainings.csv")

    def sniff(self, head: bytes, name: str) -> float:
        """1 when header or keys are WHOOP's, whatever the file is called."""
        if head.lstrip()[:1] in (b"{", b"["):
            first = head[:8192]
            known = b'"score_state"' in first and (
                b'"stage_summary"' in first or b'"nap"' in first or b'"recovery_score"' in first
            )
            return float(known)
        header = head[:4096].lstrip().split(b"\n", 1)[0]
        app = (b"Cycle start time" in header and b"Cycle timezone" in header) or GERMAN in header
        return float(app or (b"during" in header and b"slow_wave_sleep_duration" in header))

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Rows of one of the files. Raises UserError when it is none of WHOOP's or was saved again by a spreadsheet."""
        first = stream.read(4096)
        whole = peeked(first, stream)
        head = normalised(first).lstrip()
        if head[:1] in (b"{", b"["):
            yield from read_api(read_json(whole), options, progress)
        elif b"slow_wave_sleep_duration" in head:
            yield from read_privacy(read_table(whole, NEEDED), options, progress)
        else:
            german = GERMAN in head.split(b"\n", 1)[0]
            table = read_table(whole, (CYCLE[0], CYCLE[2]), name=column_name)
            yield from read_app(table, options, progress, german=german)


PLUGIN = Whoop()
