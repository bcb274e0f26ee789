"""Sleep Cycle's sleepdata.csv, in its older and its newer columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from dreamjournal.common.progress import Progress
from dreamjournal.common.tables import Table, read_table
from dreamjournal.domain.cells import minutes, wall
from dreamjournal.domain.drafts import (
    Draft,
    FileWarning,
    ReadOptions,
    Rejected,
    RowDraft,
    RowRejected,
    SessionDraft,
    TagDraft,
    checked_session,
    unknown_fields,
)
from dreamjournal.domain.importer import Importer
from dreamjournal.domain.instant import Instant, minutes_between
from dreamjournal.domain.session import SessionEvent, SessionMeasures, Validity

TITLE = "Sleep Cycle"
STAGES = ("awake (seconds)", "dream (seconds)", "light (seconds)", "deep (seconds)")
KNOWN = {
    "start", "end", "sleep quality", "time in bed", "wake up", "sleep notes", "heart rate", "activity (steps)", "regularity",
    "mood", "heart rate (bpm)", "steps", "alarm mode", "air pressure (pa)", "city", "movements per hour",
    "time in bed (seconds)", "time asleep (seconds)", "time before sleep (seconds)", "window start", "window stop",
    "did snore", "snore time", "snore time (seconds)", "weather temperature (°c)", "weather temperature (°f)", "weather type",
    "notes", "body temperature deviation (degrees celsius)", *STAGES,
}  # fmt: skip
SLACK_MIN = 2
"""How far the printed time in bed may lie from end − start before a doubled hour is looked for."""
_HEADER = re.compile(rb'"?start"?;"?end"?;"?sleep ', re.IGNORECASE)
_PERCENT = re.compile(r"(\d{1,3})(?:[.,]\d+)?\s?%", re.ASCII)
_DASHES = ("", "—", "–", "-", "--")


@dataclass(frozen=True)
class SleepCycle(Importer):
    """Sleep Cycle. Local times without a zone; a heart rate of 0.0 is none; its sleep quality is its own score."""

    key: str = "sleep_cycle"
    title: str = TITLE
    suffixes: tuple[str, ...] = (".csv",)
    kinds: tuple[str, ...] = ("text",)
    seen: bool = True

    def sniff(self, head: bytes, name: str) -> float:
        """1 when the header is that of either variant."""
        return 1.0 if _HEADER.match(head) else 0.0

    def read(self, stream: IO[bytes], options: ReadOptions, progress: Progress) -> Iterator[Draft]:
        """Each line is a sleep. Raises UserError when the columns are not Sleep Cycle's, ZoneNeeded without a zone."""
        table = read_table(stream, ("start", "end", "sleep quality"), name=_folded)
        if table.encoding != "UTF-8":
            yield FileWarning(f"The file is not UTF-8; it was read as {table.encoding}.")
        if any(c in table.header for c in STAGES):
            yield FileWarning(
                "This variant of the file, with stages, has not yet been seen in the wild: check a night you know."
            )
        yield from unknown_fields((c for c in table.header if c), KNOWN)
        for done, row in enumerate(table.rows):
            if done % 256 == 0:
                progress.step(0, 0, options.where)
            where = f"{options.where} line {row.line}"
            try:
                if row.problem:
                    raise RowRejected(row.problem)
                draft, doubts = checked_session(_session(row.cells, table, options), options.now)
                yield from (FileWarning(d) for d in doubts)
                yield RowDraft(where, row.line, (draft,), tags=_tags(row.cells, draft))
            except RowRejected as e:
                yield Rejected(where, str(e), row.line, row.text.strip(), sessions=int(str(e) != _NO_SLEEP))


_NO_SLEEP = "no sleep in this row"


def _folded(column: str) -> str:
    """Case and spaces drift between versions: "Sleep Quality", "Time in bed(seconds)"."""
    return re.sub(r"\s*\(", " (", " ".join(column.casefold().split()))


def _session(c: dict[str, str], table: Table, options: ReadOptions) -> SessionDraft:
    if not c["start"] or not c["end"]:
        raise RowRejected(_NO_SLEEP)
    begins, ends = wall(c["start"], "Start", TITLE), wall(c["end"], "End", TITLE)
    newer = "time in bed (seconds)" in table.header
    tib = _minutes(c, table, "time in bed (seconds)") if newer else minutes(c.get("time in bed", ""), "Time in bed")
    start, end = _placed(begins, ends, tib, options)
    tst = _minutes(c, table, "time asleep (seconds)")
    stages = {name: _minutes(c, table, name, zero=True) for name in STAGES}
    if not any(stages.values()):
        stages = dict.fromkeys(STAGES)
    # Where the app did not measure sleep, its "time before sleep" is 0 too, and means nothing.
    sol = _minutes(c, table, "time before sleep (seconds)", zero=True) if tst is not None else None
    measures = SessionMeasures(
        tib_min=tib,
        tst_min=tst,
        sol_min=sol,
        awake_min=stages["awake (seconds)"],
        rem_min=stages["dream (seconds)"],
        light_min=stages["light (seconds)"],
        deep_min=stages["deep (seconds)"],
        asleep_unspecified_min=tst if stages["light (seconds)"] is None else None,
        hr=_number(c, table, "heart rate (bpm)") or _number(c, table, "heart rate") or None,
    )
    quality = _PERCENT.fullmatch(c["sleep quality"])
    scored = tst is not None if "time asleep (seconds)" in table.header else quality is not None
    return SessionDraft(
        start, end, validity=Validity.OK if scored else Validity.UNSCORED, measures=measures,
        events=_events(c, quality, start, end, table),
    )  # fmt: skip


def _placed(begins: datetime, ends: datetime, tib: float | None, options: ReadOptions) -> tuple[Instant, Instant]:
    """Start and end. In the doubled hour of autumn the reading that fits the printed time in bed, else the earlier."""
    start, end = options.localise(begins), options.localise(ends)
    if tib is not None and abs(minutes_between(start, end) - tib) > SLACK_MIN:
        ways = [
            (options.localise(begins, later=a), options.localise(ends, later=b))
            for a in (False, True)
            for b in (False, True)
        ]
        start, end = min(ways, key=lambda w: abs(minutes_between(*w) - tib))
    if end.utc <= start.utc:
        end = options.localise(ends, later=True)
    return start, end


def _number(c: dict[str, str], table: Table, column: str) -> float | None:
    text = c.get(column, "")
    if text in _DASHES:
        return None
    try:
        return table.number(text)
    except ValueError as e:
        raise RowRejected(f"{column}: not a number") from e


def _minutes(c: dict[str, str], table: Table, column: str, *, zero: bool = False) -> float | None:
    """Seconds as minutes; 0 is "not measured" unless `zero`."""
    seconds = _number(c, table, column)
    return None if seconds is None or (seconds == 0 and not zero) else seconds / 60


def _events(
    c: dict[str, str], quality: re.Match[str] | None, start: Instant, end: Instant, table: Table
) -> tuple[SessionEvent, ...]:  # fmt: skip
    out: list[SessionEvent] = []
    if quality is not None:
        out.append(SessionEvent("rating", start, detail=f"{quality[1]} of 100"))
    mood = c.get("mood") or c.get("wake up") or ""
    if mood not in _DASHES:
        out.append(SessionEvent("mood", end, detail=mood[:40]))
    snored = _minutes(c, table, "snore time") or _minutes(c, table, "snore time (seconds)")
    if snored is not None and snored > 0:
        out.append(SessionEvent("snoring", start, detail=f"{snored:.0f} minutes"))
    return tuple(out)


def _tags(c: dict[str, str], draft: SessionDraft) -> tuple[TagDraft, ...]:
    """The notes a person ticked in the evening, joined by colons."""
    tags: dict[str, TagDraft] = {}
    for part in (c.get("sleep notes") or c.get("notes") or "").split(":"):
        name = " ".join(part.split())
        if name:
            tags.setdefault(name.casefold(), TagDraft(draft.night_date, name, 1.0, draft.start))
    return tuple(tags.values())


PLUGIN = SleepCycle()
