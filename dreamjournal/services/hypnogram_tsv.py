"""Writes what a source recorded of one night as a hypnogram: a table of stages as BIDS has them, and the key to it beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dreamjournal.common.errors import UserError
from dreamjournal.common.files import atomic_write
from dreamjournal.domain.session import SessionKind, StageCode, main_sleep

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.night import Night
    from dreamjournal.domain.session import MainSleep, Session
    from dreamjournal.services.journals import Journal

UNSCORED = "UNSCORED"
LEVELS = {
    "W": "Awake",
    "N1": "Sleep stage N1",
    "N2": "Sleep stage N2",
    "N3": "Sleep stage N3, or what a device calls deep sleep",
    "REM": "Rapid eye movement sleep",
    "LIGHT": "What a device calls light sleep; it is not N1 and N2 together",
    "ASLEEP": "Asleep, stage not said",
    UNSCORED: "Not scored, or between two recordings of the night: neither awake nor asleep",
}
_LABELS = {code: code.value for code in StageCode if code.value in LEVELS} | {StageCode.UNKNOWN: UNSCORED}
_WHAT = "The hypnogram was not written"


@dataclass(frozen=True)
class HypnogramFile:
    """A night's stages: rows of onset and duration in whole seconds and the stage, without a gap from 0 to the end."""

    rows: tuple[tuple[int, int, str], ...]
    sidecar: dict[str, Any]

    @property
    def tsv(self) -> bytes:
        """The table, columns parted by tabs."""
        lines = ["onset\tduration\tstage", *(f"{onset}\t{length}\t{stage}" for onset, length, stage in self.rows)]
        return ("\n".join(lines) + "\n").encode()

    @property
    def json(self) -> bytes:
        """What the columns mean, and when and by what the night was recorded."""
        return (json.dumps(self.sidecar, ensure_ascii=False, indent=1) + "\n").encode(errors="replace")


def build(journal: Journal, person_id: int, day: date, source: str | None, clock: Clock) -> HypnogramFile:
    """The main sleep that `source` recorded in the night of `day`; None takes the only source with stages.

    Seconds are elapsed ones: a night of a clock change is as long as it was. Raises UserError where the night is sealed,
    where there is nothing, or more than one source to choose from.
    """
    from dreamjournal.services import nights

    night = nights.night(journal, person_id, day, clock)
    if night.study_sealed:
        raise UserError(_WHAT, "a study keeps this night sealed until it ends", "end the study first, or wait for it")
    if night.sealed:
        raise UserError(
            _WHAT, "this night is closed until its diary is kept or passed over", "answer the morning's questions first"
        )
    main = _main(night, source)
    first = main.sessions[0]
    return HypnogramFile(
        tuple(rows_of(main)),
        {
            "onset": {"LongName": "Onset", "Description": "Elapsed time from the start of the recording", "Units": "s"},
            "duration": {"LongName": "Duration", "Description": "How long the stage lasted", "Units": "s"},
            "stage": {"LongName": "Sleep stage", "Description": "The stage as the source scored it", "Levels": LEVELS},
            "NightDate": day.isoformat(),
            "Source": first.source,
            "Device": first.device or None,
            "StartTime": main.start.iso_z,
            "EndTime": main.end.iso_z,
            "TimeZone": main.start.zone,
            "UTCOffsetMinutes": main.start.offset_min,
            "Validity": first.validity.value,
        },
    )


def write(found: HypnogramFile, path: Path) -> list[Path]:
    """Save the table to `path` and its key beside it; both paths. Raises UserError when they cannot be written.

    What was there stays as it was then. A .json of that name which is no key to a hypnogram is never replaced.
    """
    if path.suffix.lower() != ".tsv":
        raise UserError(_WHAT, "the file name must end in .tsv", "change its ending", field="out")
    beside = path.with_suffix(".json")
    try:
        old = beside.read_bytes() if beside.exists() else None
        if old is not None and not _is_key(old):
            raise UserError(
                _WHAT, f"{beside.name} is there already and is something else", "choose another name", field="out"
            )
        atomic_write(beside, found.json)
        try:
            atomic_write(path, found.tsv)
        except OSError:
            _put_back(beside, old)
            raise
    except OSError as error:
        why = "the folder does not exist" if not path.parent.is_dir() else error.strerror or "the system refused"
        raise UserError("Could not write to this folder", why.lower(), "choose another", field="out") from error
    return [path, beside]


def _put_back(path: Path, old: bytes | None) -> None:
    if old is None:
        path.unlink(missing_ok=True)
    else:
        atomic_write(path, old)


def _is_key(data: bytes) -> bool:
    try:
        found = json.loads(data)
    except ValueError:
        return False
    return isinstance(found, dict) and {"onset", "duration", "stage"} <= found.keys()


def _main(night: Night, source: str | None) -> MainSleep:
    slept = [s for s in night.sessions if s.kind != SessionKind.REST]
    if not slept:
        raise UserError(_WHAT, "nothing was recorded in this night", "choose another night", field="night")
    sources = _listed(s.source for s in slept if _has_stages(s))
    if source is None:
        if not sources:
            raise UserError(_WHAT, "no source recorded stages in this night", "choose another night", field="night")
        if len(sources) > 1:
            raise UserError(_WHAT, f"{', '.join(sources)} recorded stages", "name one with --source", field="source")
        source = sources[0]
    own = [s for s in slept if s.source == source]
    instead = f"take one that has stages: {', '.join(sources)}" if sources else "choose another night"
    if not own:
        raise UserError(_WHAT, f"{source} recorded nothing in this night", instead, field="source")
    if all(s.copy_of is not None for s in own):
        raise UserError(
            _WHAT, f"what {source} shows of this night is a copy of another source's", instead, field="source"
        )
    main = main_sleep(tuple(s for s in own if s.copy_of is None))
    if main is None or not any(_has_stages(s) for s in main.sessions):
        raise UserError(_WHAT, f"{source} recorded no stages in this night", instead, field="source")
    return main


def _has_stages(session: Session) -> bool:
    return session.copy_of is None and any(t.code != StageCode.INBED for t in session.stages)


def _listed(sources: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(sources))


def rows_of(main: MainSleep) -> list[tuple[int, int, str]]:
    """The stages one after the other; what nobody scored is a row too, so that the table covers the whole night."""
    found: list[tuple[int, int, str]] = []

    def add(begin: int, end: int, label: str) -> None:
        if end <= begin:
            return
        if found and found[-1][2] == label:
            begin = found.pop()[0]
        found.append((begin, end - begin, label))

    at = 0
    for session in main.sessions:
        shift = round((session.start.utc - main.start.utc).total_seconds())
        close = round((session.end.utc - main.start.utc).total_seconds())
        for stage in sorted(session.stages):
            label = _LABELS.get(stage.code)
            begin, end = max(at, shift + stage.offset_s), min(close, shift + stage.offset_s + stage.dur_s)
            if label is None or end <= begin:
                continue  # an envelope of the time in bed, or outside the recording
            add(at, begin, UNSCORED)
            add(begin, end, label)
            at = end
    add(at, round((main.end.utc - main.start.utc).total_seconds()), UNSCORED)
    return found
