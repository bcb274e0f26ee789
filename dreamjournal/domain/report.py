"""A report as plain data: the page, the screen and the files only place it, so they cannot disagree."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from dreamjournal.domain.contrast import Arm, NightPoint, Words
from dreamjournal.domain.figures import Calendar, HypnogramChart, Multiples, Trend
from dreamjournal.domain.night_bars import NightBars
from dreamjournal.domain.profile_figures import AsleepPlot, NightStrips

Paper = Literal["a4", "letter"]
Slot = Literal["wide", "plot", "beside", "column", "after"]
"""Where a page places a section: over the full width, as the main plot, beside that plot, in one of the three text
columns at the foot of page one, or after page one."""

# ---- what a section holds ----------------------------------------------------------------------------------------------

ProseRole = Literal["text", "item", "note", "answer", "collecting", "refused", "dream"]


@dataclass(frozen=True)
class Prose:
    """Words in one paragraph. The roles answer, collecting and refused are the frames of the contrast's one sentence.

    A "dream" is a paragraph of the person's own words, with one `Words` for each of its lines.
    """

    words: tuple[Words, ...]
    role: ProseRole = "text"

    @property
    def text(self) -> str:
        """The paragraph without its emphasis."""
        return ("\n" if self.role == "dream" else "").join(w.text for w in self.words)


@dataclass(frozen=True)
class Caveat:
    """What must be read with the numbers of its section."""

    text: str


@dataclass(frozen=True)
class Column:
    """A table column: its own, unambiguous header and whether it holds numbers."""

    title: str
    number: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of printed texts; a cell that is None was not measured and prints as an en dash."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str | None, ...], ...]
    note: str = ""
    nights_of: tuple[date, ...] = ()
    """The nights it counts, where it sums up nights: who reads it can follow each number to them."""


# ---- figures -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CoveragePart:
    """A stretch of the coverage bar, to scale."""

    kind: Literal["natural", "enhanced", "other", "excluded", "missing", "to_come"]
    nights: int
    label: str


@dataclass(frozen=True)
class CoverageBar:
    """How many of the planned nights count, and what became of the others."""

    parts: tuple[CoveragePart, ...]


@dataclass(frozen=True)
class EstimationPlot:
    """Every night of both arms on one scale, and the difference with its interval (Gardner & Altman 1986, doi 10.1136/bmj.292.6522.746).

    `centres` are (enhanced, natural) means or medians. `estimate`, `interval` and `swd` are in the unit of the
    difference: for a rate that is points of percent while the nights are 0 or 1.
    """

    title: str
    unit: str
    kind: str
    points: tuple[NightPoint, ...]
    centres: tuple[float, float] | None
    centre_word: str
    estimate: float | None
    interval: tuple[float, float] | None
    swd: float | None
    difference_unit: str
    estimate_words: str
    interval_words: str
    band_words: str


@dataclass(frozen=True)
class StripMark:
    """One planned night of the strip; `value` None has no place on the scale."""

    night_date: date
    arm: Arm | None
    value: float | None
    state: Literal["counted", "excluded", "missing"]
    reason: str = ""


@dataclass(frozen=True)
class NightStrip:
    """The planned nights in order."""

    unit: str
    kind: str
    first: date
    last: date
    marks: tuple[StripMark, ...]
    free: tuple[date, ...]
    """Nights before a free day."""
    block_edges: tuple[date, ...] = ()
    """First night of each block."""
    looks: tuple[tuple[date, str], ...] = ()
    breaks: tuple[tuple[date, str, str], ...] = ()
    """Where the device changed: first night with the new one, its words to the left and to the right."""


@dataclass(frozen=True)
class RasterSpan:
    """A stretch of a night in minutes after noon; `code` is a stage code or "exposure"."""

    start: float
    end: float
    code: str


@dataclass(frozen=True)
class RasterRow:
    """One night of the raster; without spans it is a gap."""

    night_date: date
    condition: str
    spans: tuple[RasterSpan, ...] = ()
    lights_out: float | None = None
    got_up: float | None = None
    dream: str = ""
    """"report" or "nothing" where it was answered, else empty."""


@dataclass(frozen=True)
class Raster:
    """Nights one below the other, from `first_min` to `last_min` after noon."""

    rows: tuple[RasterRow, ...]
    first_min: int
    last_min: int


Drawing = (
    CoverageBar
    | EstimationPlot
    | NightStrip
    | Raster
    | Calendar
    | Trend
    | Multiples
    | HypnogramChart
    | NightBars
    | AsleepPlot
    | NightStrips
)


@dataclass(frozen=True)
class Figure:
    """A drawing as data, and the same in words for who cannot see it."""

    alt: str
    drawing: Drawing
    caption: str = ""


Block = Prose | Table | Figure | Caveat

# ---- the page ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Section:
    """A titled part of a report. An empty title is placed without a heading."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    slot: Slot = "wide"


@dataclass(frozen=True)
class Fact:
    """A label and what it says, in the row under the title."""

    label: str
    words: tuple[Words, ...]

    @property
    def text(self) -> str:
        """The value without its emphasis."""
        return "".join(w.text for w in self.words)


@dataclass(frozen=True)
class Report:
    """One report about one person's nights."""

    kind: str
    heading: str
    """What kind of page this is, above the rule."""
    person: str
    title: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    nights: Table
    """Every planned night, as the CSV file has it: machine-readable texts, not printed ones."""
    result: dict[str, Any] = field(hash=False)
    """What was worked out as JSON values: the contrast, or what else the page is about."""
    fingerprint: str
    """First 64 bits of the SHA-256 of everything counted, as 4 x 4 hexadecimal digits."""
    printed: datetime
    zone: str
    version: str
    left_out: str
    paper: Paper = "a4"
    layout: str = "contrast page, layout 1"
    """What the footer calls this kind of page, with the number of its layout."""
    standing: str = "A record for you and your clinician, not a diagnosis."
    """What the footer says the page is."""
    named: bool = False
    """Whether `person` is a name, typed for this print, and not the pseudonym."""
    told: bool = False
    """Whether the sections themselves hold every row of `nights`, so that no table of them need follow."""

    def night_dates(self) -> tuple[date, ...]:
        """The nights it is about, in order."""
        names = [c.title for c in self.nights.columns]
        at = names.index("night_date") if "night_date" in names else None
        found = {row[at] for row in self.nights.rows} if at is not None else set[str | None]()
        return tuple(sorted(date.fromisoformat(day) for day in found if day))

    def behind(self, table: Table) -> Table | None:
        """The rows of `nights` that a table counts, without columns that say nothing of them; None where it names no nights."""
        names = [c.title for c in self.nights.columns]
        if not table.nights_of or "night_date" not in names:
            return None
        at, wanted = names.index("night_date"), {day.isoformat() for day in table.nights_of}
        rows = [row for row in self.nights.rows if row[at] in wanted]
        known = {row[at] for row in rows}
        blank: tuple[str | None, ...] = (None,) * len(names)
        rows += [(*blank[:at], day, *blank[at + 1 :]) for day in wanted - known]
        rows.sort(key=lambda row: row[at] or "")
        kept = [i for i in range(len(names)) if i == at or any(row[i] for row in rows)]
        return Table(tuple(self.nights.columns[i] for i in kept), tuple(tuple(row[i] for i in kept) for row in rows))
