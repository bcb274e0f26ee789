"""Sends records to a FHIR R4 server, and knows afterwards what was taken, what was refused and what never left.

Sending twice makes nothing twice: each record asks the server to look for our identifier first. So a request whose answer was lost
can be sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Event
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from dreamjournal.common.clock import monotonic
from dreamjournal.common.errors import Cancelled
from dreamjournal.common.progress import NoProgress, Progress
from dreamjournal.services import fhir
from dreamjournal.services.fhir_check import ensure
from dreamjournal.services.fhir_line import Answer, Line, Server, found_place, place_of, results
from dreamjournal.services.fhir_line import read_token as read_token  # noqa: PLC0414 - what callers of this module need first
from dreamjournal.services.fhir_line import server as server  # noqa: PLC0414

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from dreamjournal.services.fhir import Entry, Parcel

Record = dict[str, Any]
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which the same request may go well."""
_SHUT = frozenset({401, 403})
_NO_TRANSACTIONS = frozenset({404, 405, 501})
REFUSED_IN_A_ROW = 25
_WAITS = "The server did not answer in time"


@dataclass(frozen=True)
class Patience:
    """How long to try: seconds for one answer, tries for one request, seconds for all, records in one request."""

    timeout_s: float = 60.0
    tries: int = 4
    total_s: float = 900.0
    together: int = 50
    longest_wait_s: float = 60.0


@dataclass(frozen=True)
class Refused:
    """A record the server did not take, and what it said."""

    kind: str
    night: date | None
    why: str


@dataclass(frozen=True)
class Report:
    """What became of the records. `stopped` says in one sentence why not all were sent; empty where all were."""

    records: int
    taken: int
    nights: int
    """Nights of which every record was taken."""
    refused: tuple[Refused, ...] = ()
    unsure: int = 0
    """Sent, but the answer was lost: they may be there. Sending again makes nothing twice."""
    not_sent: int = 0
    stopped: str = ""
    requests: int = 0

    @property
    def complete(self) -> bool:
        """Whether the server has everything."""
        return self.taken == self.records


def _wait(seconds: float) -> None:
    Event().wait(seconds)


def push(
    made: Parcel, to: Server, progress: Progress | None = None, *, patience: Patience | None = None,
    wait: Callable[[float], None] = _wait,
) -> Report:  # fmt: skip
    """Send all records: many in one transaction, one by one where the server takes none or refuses one of many.

    Comes back with the report whatever the server does, also when the person cancels: what it took stays there. Raises
    KnownError before anything is sent where the records do not pass our own check.
    """
    ensure(fhir.transaction(made.entries))
    sending = _Sending(made.entries, to, progress or NoProgress(), patience or Patience(), wait)
    try:
        sending.all()
    except _StoppedError as stop:
        sending.stopped = stop.sentence
    except Cancelled:
        sending.stopped = "Cancelled."
    finally:
        sending.line.close()
    return sending.report()


def told(report: Report) -> list[str]:
    """The report in sentences, the first of them whether all is there."""
    if report.complete:
        lines = [f"The server has all {report.records} records of {_n(report.nights, 'night')}."]
    else:
        lines = [f"The server took {report.taken} of {report.records} records."]
    if report.stopped:
        lines.append(report.stopped)
    if report.refused:
        lines.append(f"{_n(len(report.refused), 'record')} {'was' if len(report.refused) == 1 else 'were'} refused.")
    if report.unsure:
        lines.append(
            f"Of {_n(report.unsure, 'record')} it is not known whether the server has {'it' if report.unsure == 1 else 'them'}."
        )
    if report.not_sent:
        lines.append(f"{_n(report.not_sent, 'record')} did not leave.")
    if not report.complete:
        lines.append("Nothing is lost here, and sending again makes nothing twice.")
    return lines


def to_json(report: Report) -> Record:
    """The report as a document."""
    return {
        "records": report.records, "taken": report.taken, "nights": report.nights, "unsure": report.unsure, "not_sent": report.not_sent,
        "stopped": report.stopped or None, "complete": report.complete,
        "refused": [{"kind": r.kind, "night": r.night.isoformat() if r.night else None, "why": r.why} for r in report.refused],
    }  # fmt: skip


def _n(number: int, one: str) -> str:
    return f"{number} {one if number == 1 else one + 's'}"


class _StoppedError(Exception):
    """Going on makes no sense."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


# All of them


@dataclass
class _Sending:
    entries: Sequence[Entry]
    to: Server
    progress: Progress
    patience: Patience
    wait: Callable[[float], None]
    stopped: str = ""
    taken: set[str] = field(default_factory=set[str])
    refused: dict[str, Refused] = field(default_factory=dict[str, Refused])
    unsure: set[str] = field(default_factory=set[str])
    places: dict[str, str] = field(default_factory=dict[str, str])
    """Where the server keeps the person and the devices: "Patient/17" by our full URL."""
    singly: bool = False
    requests: int = 0
    in_a_row: int = 0
    """Records refused one after the other."""

    def __post_init__(self) -> None:
        self.line = Line(self.to, self.patience.timeout_s)
        self.until = monotonic() + self.patience.total_s
        self.base = [e for e in self.entries if e.night is None]

    def all(self) -> None:
        rest = [e for e in self.entries if e.night is not None]
        size = max(1, self.patience.together - len(self.base))
        for start in range(0, len(rest), size):
            self.progress.step(len(self.taken), len(self.entries), "Sending")
            part = rest[start : start + size]
            if self.singly or not self._together(part):
                self._one_by_one(part)
        self.progress.step(len(self.taken), len(self.entries), "Sent")

    def report(self) -> Report:
        missing = {e.night for e in self.entries if e.uuid not in self.taken}
        nights = {e.night for e in self.entries if e.night is not None and e.night not in missing}
        known = self.taken | self.unsure | set(self.refused)
        return Report(
            len(self.entries), len(self.taken), len(nights), tuple(self.refused.values()), len(self.unsure - self.taken),
            sum(e.uuid not in known for e in self.entries), self.stopped, self.requests,
        )  # fmt: skip

    def _together(self, part: list[Entry]) -> bool:
        """Send a transaction; whether it is settled. A refused one is not: then each record is sent by itself."""
        asked = [*self.base, *part]
        answer = self._ask(
            "POST", "", fhir.transaction(asked), {}, asked, lambda a: results(a.body, len(asked)) is not None
        )
        if not answer.good:
            self.singly = self.singly or answer.status in _NO_TRANSACTIONS
            return False
        for entry, (status, why) in zip(asked, results(answer.body, len(asked)) or (), strict=True):
            self._settle(entry, status.startswith("2"), why or f"answer {status}")
        return True

    def _one_by_one(self, part: list[Entry]) -> None:
        for entry in [*(e for e in self.base if f"urn:uuid:{e.uuid}" not in self.places), *part]:
            self.progress.step(len(self.taken), len(self.entries), "Sending")
            if entry.night is None:
                self._place(entry)
                continue
            body = _placed(entry.resource, self.places)
            path = f"/{entry.kind}?{quote(entry.query, safe='=:')}"
            answer = self._ask("PUT", path, body, {"Prefer": "return=minimal"}, [entry], lambda _a: True)
            self._settle(entry, answer.good, answer.why)
            self.in_a_row = 0 if answer.good else self.in_a_row + 1
            if self.in_a_row >= REFUSED_IN_A_ROW:
                raise _StoppedError(f"The server refused {self.in_a_row} records in a row; the rest was not sent.")

    def _place(self, entry: Entry) -> None:
        """Find or make the person or a device, and learn where the server keeps it. Without it no record can be sent."""
        body = _placed(entry.resource, self.places)
        headers = {"If-None-Exist": entry.query, "Prefer": "return=representation"}
        answer = self._ask("POST", f"/{entry.kind}", body, headers, [entry], lambda _a: True)
        place = place_of(entry.kind, answer) if answer.good else ""
        if answer.good and not place:
            path = f"/{entry.kind}?{quote(entry.query, safe='=:')}"
            place = found_place(entry.kind, self._ask("GET", path, None, {}, [entry], lambda a: a.body is not None))
        self._settle(entry, bool(place), answer.why if not answer.good else "it does not say where it keeps it")
        if not place:
            what = "the person" if entry.kind == "Patient" else "a device"
            raise _StoppedError(f"The server did not take the record of {what}, to which all others refer.")
        self.places[f"urn:uuid:{entry.uuid}"] = place

    def _settle(self, entry: Entry, good: bool, why: str) -> None:
        self.unsure.discard(entry.uuid)
        if good:
            self.taken.add(entry.uuid)
            self.refused.pop(entry.uuid, None)
        elif entry.uuid not in self.taken:
            self.refused[entry.uuid] = Refused(entry.kind, entry.night, why)

    def _ask(
        self, method: str, path: str, body: Record | None, headers: dict[str, str], about: Sequence[Entry],
        sound: Callable[[Answer], bool],
    ) -> Answer:  # fmt: skip
        """The server's answer, asked for again with longer and longer waits. Raises _StoppedError where none can be had.

        `sound` tells a good answer from one that was cut off or is something else.
        """
        trouble = _WAITS
        for attempt in range(self.patience.tries):
            pause = min(2.0**attempt, self.patience.longest_wait_s)
            self.requests += 1
            try:
                answer = self.line.ask(method, path, body, headers)
            except (OSError, HTTPException, ValueError) as error:
                trouble = _trouble(error, left=self.line.left)
                if self.line.left:
                    self.unsure |= {e.uuid for e in about} - self.taken
            else:
                if answer.status in _SHUT:
                    raise _StoppedError("The server does not let you in; check the token.")
                if 300 <= answer.status < 400:
                    raise _StoppedError(
                        "The server sends us to another address; nothing is sent there, give that address."
                    )
                if answer.good and sound(answer):
                    return answer
                if answer.status not in _AGAIN and not answer.good:
                    return answer
                if answer.good or answer.status >= 500:
                    self.unsure |= {e.uuid for e in about} - self.taken
                trouble = "The server's answer could not be read" if answer.good else _busy(answer.status)
                if answer.again_s is not None:
                    pause = min(answer.again_s, self.patience.longest_wait_s)
            if attempt + 1 == self.patience.tries or monotonic() + pause > self.until:
                break
            self._pause(pause)
        raise _StoppedError(f"{trouble}.")

    def _pause(self, seconds: float) -> None:
        while seconds > 0:
            self.progress.step(len(self.taken), len(self.entries), "Waiting for the server")
            self.wait(min(seconds, 0.5))
            seconds -= 0.5
        self.progress.step(len(self.taken), len(self.entries), "Sending")


def _trouble(error: Exception, *, left: bool) -> str:
    if isinstance(error, TimeoutError):
        return _WAITS
    if type(error).__name__ == "SSLCertVerificationError":
        return "The server could not prove who it is"
    if not left:
        return "The server cannot be reached"
    return "The line to the server broke"


def _busy(status: int) -> str:
    return (
        "The server asks to send less at a time"
        if status == 429
        else f"The server has trouble of its own (answer {status})"
    )


def _placed(resource: Record, places: dict[str, str]) -> Record:
    """The record with its references as the server keeps them."""

    def at(value: Any) -> Any:
        if isinstance(value, dict):
            one = cast("Record", value)
            if list(one) == ["reference"]:
                return {"reference": places.get(one["reference"], one["reference"])}
            return {name: at(inner) for name, inner in one.items()}
        return [at(inner) for inner in cast("list[Any]", value)] if isinstance(value, list) else value

    return at(resource)
