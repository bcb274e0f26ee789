"""What an importer hands over: drafts of sessions, dreams, exposures, tags and coverage, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from dreamjournal.domain.column_map import ColumnMap, ColumnQuestion
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.instant import Instant, from_local, in_zone, minutes_between
from dreamjournal.domain.night import night_of
from dreamjournal.domain.session import SessionEvent, SessionKind, SessionMeasures, Stage, Validity

EARLIEST_YEAR = 1970
LATEST_AHEAD = timedelta(days=2)
LONGEST_H = 24
UNUSUAL_H = 16
TOTALS_SLACK_MIN = 5
"""How far the stages of a night may exceed its window before they are not believed."""

ASLEEP = ("light_min", "deep_min", "rem_min", "asleep_unspecified_min")
PARTS = ("tst_min", "sol_min", "waso_min", "rem_latency_min")
POSSIBLE = {
    "hr": (15, 300), "hrv_rmssd": (0, 1000), "hrv_sdnn": (0, 1000), "resp": (1, 100), "spo2": (30, 100), "temp": (-20, 60),
}  # fmt: skip
"""Wide on purpose: what lies outside is a unit or a slip, never a night. Temperatures may be deviations."""
VITALS = {
    "hr": "heart rate", "hrv_rmssd": "heart rate variability", "hrv_sdnn": "heart rate variability",
    "resp": "number of breaths", "spo2": "blood oxygen", "temp": "temperature",
}  # fmt: skip
MINUTES = {
    "tib_min": "time in bed", "tst_min": "time asleep", "sol_min": "time to fall asleep", "waso_min": "awake after sleep onset",
    "light_min": "light sleep", "deep_min": "deep sleep", "rem_min": "REM sleep", "asleep_unspecified_min": "sleep",
    "awake_min": "awake", "rem_latency_min": "time to REM",
}  # fmt: skip


MOST_NAMED = 50
"""Nights a broken rule names, fields a warning names."""


class RowRejected(Exception):
    """A row that is not taken; the message is the reason, in words, without dream text."""


class ZoneNeeded(Exception):
    """The file's times have no zone, and none was given."""


class StartNeeded(Exception):
    """The file says neither when it begins nor on which date, and nothing was given."""


class ColumnsNeeded(Exception):
    """A table whose columns the person has not told yet."""

    def __init__(self, question: ColumnQuestion) -> None:
        super().__init__("columns")
        self.question = question


@dataclass(frozen=True)
class SessionDraft:
    """A sleep period as a source recorded it."""

    start: Instant
    end: Instant
    source_id: str = ""
    """The source's own id; empty where it has none, and then the start minute stands for it."""
    kind: SessionKind = SessionKind.MAIN
    validity: Validity = Validity.OK
    measures: SessionMeasures = field(default_factory=SessionMeasures)
    device: str = ""
    firmware: str = ""
    stages: tuple[Stage, ...] = ()
    events: tuple[SessionEvent, ...] = ()
    vendor_date: date | None = None
    supplement: bool = False
    """Whether it repeats a session of another file of the same export, with further measures, stages or events."""
    joins_only: bool = False
    """A supplement that is no session by itself: without the session it belongs to, the row is rejected."""

    @cached_property
    def key(self) -> str:
        """What is the same in every export of this session: its id, else its start minute."""
        return self.source_id or "start:" + self.start.utc.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")

    @cached_property
    def night_date(self) -> date:
        """The night it belongs to."""
        return night_of(self.start)


@dataclass(frozen=True)
class SourceDream:
    """A dream report in an export. `source_id` is the same in every export of it; `woke` in the draft places it."""

    source_id: str
    draft: DreamDraft


@dataclass(frozen=True)
class ExposureDraft:
    """Something that enhanced a night, as its own device recorded it."""

    night_date: date
    name: str
    kind: EnhancerKind
    source_id: str
    dose: str = ""
    mode: str = ""
    programme: str = ""
    intensity: float | None = None
    start: Instant | None = None
    end: Instant | None = None


@dataclass(frozen=True)
class TagDraft:
    """A tag of a night, or a question with its answer: `value` 1 is set or yes, 0 is no, 3 is "three times"."""

    night_date: date
    tag: str
    value: float = 1.0
    at: Instant | None = None


@dataclass(frozen=True)
class CoverageDraft:
    """A period in which the log of the enhancer `name` is complete, so that an empty night in it was without it."""

    start: Instant
    end: Instant
    name: str


@dataclass(frozen=True)
class RowDraft:
    """One row of a file and all that it holds. Every data row ends as one of these or as a `Rejected`."""

    where: str
    line: int
    sessions: tuple[SessionDraft, ...] = ()
    dreams: tuple[SourceDream, ...] = ()
    exposures: tuple[ExposureDraft, ...] = ()
    tags: tuple[TagDraft, ...] = ()
    coverages: tuple[CoverageDraft, ...] = ()
    rows: int = 1
    """How many rows of the file it was made of: a session built from forty samples is forty rows."""
    merged: int = 0
    """How many further rows only repeat what the others say."""


@dataclass(frozen=True)
class Rejected:
    """A row that is not taken, with the reason in words."""

    where: str
    reason: str
    line: int
    text: str = ""
    """The beginning of the row, so that the person can be shown it."""
    sessions: int = 0
    dreams: int = 0
    exposures: int = 0


@dataclass(frozen=True)
class FileWarning:
    """Something the person should know of a file that was taken."""

    text: str


@dataclass(frozen=True)
class SumRule:
    """A rule the numbers of a format keep, with the nights that break it (at most `MOST_NAMED` of them)."""

    rule: str
    checked: int
    broken: int
    nights: tuple[date, ...] = ()


@dataclass(frozen=True)
class UnknownFields:
    """Columns or keys no reader knows: a vendor's renaming must be loud."""

    names: tuple[str, ...]


Draft = RowDraft | Rejected | FileWarning | SumRule | UnknownFields


class SumRules:
    """Counts while a file is read; `found` gives the rules at its end."""

    def __init__(self) -> None:
        self._checked: dict[str, int] = {}
        self._broken: dict[str, list[date]] = {}

    def check(self, rule: str, night: date, holds: bool) -> None:
        """Note whether `rule`, named in words, holds for a row of that night."""
        self._checked[rule] = self._checked.get(rule, 0) + 1
        if not holds:
            self._broken.setdefault(rule, []).append(night)

    def found(self) -> Iterator[SumRule]:
        for rule, checked in self._checked.items():
            broken = self._broken.get(rule, [])
            yield SumRule(rule, checked, len(broken), tuple(sorted(set(broken))[:MOST_NAMED]))


def unknown_fields(found: Iterable[str], known: Iterable[str]) -> Iterator[UnknownFields]:
    """One draft naming what is not known, none where all is."""
    left = sorted({name[:60] for name in found} - set(known))
    if left:
        yield UnknownFields(tuple(left[:MOST_NAMED]))


@dataclass(frozen=True)
class Travel:
    """A stay in another zone, both dates included: wall clocks of files without a zone are read there and then."""

    first: date
    last: date
    zone: str


@dataclass(frozen=True)
class ReadOptions:
    """What a reader may need to know beyond the file."""

    now: datetime
    """The present, aware, UTC: nothing later than two days from now is a recorded night."""
    zone: str | None = None
    """IANA name for formats that carry neither zone nor offset."""
    where: str = ""
    """Base name of the file, and of the member inside a zip, for `where`."""
    travel: tuple[Travel, ...] = ()
    start: datetime | None = None
    """Naive local start for files that carry neither date nor time."""
    columns: Mapping[str, ColumnMap] = field(default_factory=dict[str, ColumnMap])
    """What the person said of tables, by `column_map.header_key`."""
    asked: set[str] = field(default_factory=set[str])
    """The zones that were needed: filled by `localise` and `place`."""

    def localise(self, local: datetime, *, later: bool = False) -> Instant:
        """The instant of a naive wall clock of a file without a zone; in the doubled hour the earlier unless `later`.

        Raises ZoneNeeded when none was given.
        """
        return from_local(local, self._zone(local.date()), later=later)

    def place(self, utc: datetime) -> Instant:
        """The instant `utc` (aware) of a file that has UTC only, lived in the person's zone. Raises ZoneNeeded."""
        return in_zone(utc, self._zone(utc.date()))

    def _zone(self, day: date) -> str:
        if self.zone is None:
            raise ZoneNeeded
        zone = next((t.zone for t in self.travel if t.first <= day <= t.last), self.zone)
        self.asked.add(zone)
        return zone


def check_instant(at: Instant, now: datetime, what: str) -> None:
    """Raises RowRejected unless `at` lies between 1970 and two days from `now`."""
    if at.utc.year < EARLIEST_YEAR:
        raise RowRejected(f"the {what} is before {EARLIEST_YEAR}")
    if at.utc > now + LATEST_AHEAD:
        raise RowRejected(f"the {what} is in the future ({at.local:%Y-%m-%d})")


def checked_session(draft: SessionDraft, now: datetime) -> tuple[SessionDraft, tuple[str, ...]]:
    """The draft with totals that can be believed, and warnings about it.

    Raises RowRejected when it ends before it starts, lasts more than 24 h, has negative minutes, or lies before 1970 or
    more than two days ahead.
    """
    check_instant(draft.start, now, "start")
    check_instant(draft.end, now, "end")
    window = minutes_between(draft.start, draft.end)
    if window < 0:
        raise RowRejected("the end is before the start")
    if window == 0:
        raise RowRejected("the end is the start: no time between them")
    if window > LONGEST_H * 60:
        raise RowRejected(f"longer than {LONGEST_H} hours")
    values = dict(vars(draft.measures))
    for name, words in MINUTES.items():
        value = values[name]
        if value is None:
            continue
        if value < 0:
            raise RowRejected(f"negative minutes ({words})")
        values[name] = round(value, 2)
    found: list[str] = []
    if window > UNUSUAL_H * 60:
        found.append(f"The session of {draft.night_date} is longer than {UNUSUAL_H} hours.")
    for name, (least, most) in POSSIBLE.items():
        value = values[name]
        if value is not None and not least <= value <= most:
            found.append(f"The {VITALS[name]} of {draft.night_date} is none a body has and is left out.")
            values[name] = None
    limit = window + TOTALS_SLACK_MIN
    asleep = sum(values[n] or 0 for n in ASLEEP)
    if asleep + (values["awake_min"] or 0) > limit or any((values[n] or 0) > limit for n in PARTS):
        found.append(f"The totals of {draft.night_date} exceed the time between start and end and are left out.")
        values |= dict.fromkeys((*PARTS, *ASLEEP, "awake_min"))
    if values["tib_min"] is None or values["tib_min"] > LONGEST_H * 60:
        values["tib_min"] = round(window, 2)
    return replace(draft, measures=SessionMeasures(**values)), tuple(found)
