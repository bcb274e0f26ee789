"""The records of nights, one by one: sleep by each source, what the night was, the diary's answers, and words where they were ticked."""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from math import isfinite
from typing import TYPE_CHECKING, Any
from uuid import uuid5

from dreamjournal.common.errors import UserError
from dreamjournal.domain import fhir_codes as codes
from dreamjournal.domain.diary import is_late, measure
from dreamjournal.domain.person import JournalKind
from dreamjournal.domain.session import SessionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from dreamjournal.domain.diary import Diary, DiaryMeasures
    from dreamjournal.domain.dream import Dream
    from dreamjournal.domain.instant import Instant
    from dreamjournal.domain.night import Night
    from dreamjournal.domain.person import Person
    from dreamjournal.domain.session import Session, SessionMeasures

Record = dict[str, Any]
_DAY_MIN = 1440.0
_MAX_OFFSET_MIN = 14 * 60
_CATEGORIES = {word: [{"coding": [{"system": codes.CATEGORY, "code": word}]}] for word in ("social-history", "survey")}
_PSEUDONYM = re.compile(r"P-[A-Z0-9]{1,8}")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 signs without those that are read for one another."""
TITLES = (
    "Sleep durations",
    "Sleep episodes",
    "Naps",
    "Diaries with their answers",
    "What each night was",
    "Dream texts",
)
"""Kinds of records in words, in the order to tell them."""
LATE = "Written more than 24 hours after rising."
SEEN_FIRST = "The device's numbers were opened before the diary was written."


@dataclass(frozen=True)
class Scope:
    """Which nights, and what of the person's own words goes along; none of them unless asked for."""

    first: date | None = None
    last: date | None = None
    names: bool = False
    """Names of enhancers, as the person wrote them; else only of what kind they are."""
    comments: bool = False
    dreams: bool = False


@dataclass(frozen=True)
class Entry:
    """One record. `night` is None for what all nights refer to (the person, a device)."""

    uuid: str
    resource: Record
    night: date | None = None

    @property
    def kind(self) -> str:
        """Its resource type."""
        return str(self.resource["resourceType"])

    @property
    def query(self) -> str:
        """The search that finds it on a server by our identifier."""
        return f"identifier={codes.IDENTIFIERS}|{self.uuid}"


@dataclass(frozen=True)
class Leaving:
    """What leaves, and what stays."""

    pseudonym: str
    first: date
    last: date
    nights: int
    counts: tuple[tuple[str, int], ...]
    """Records in words, and how many."""
    sources: tuple[str, ...]
    scope: Scope
    sealed: tuple[date, ...] = ()
    not_own: int = 0
    """Dreams that may not be the person's own."""
    impossible: int = 0
    """Values that no night can have."""

    @property
    def records(self) -> int:
        """How many records there are, with the person's own."""
        return 1 + sum(n for _, n in self.counts)


@dataclass(frozen=True)
class Parcel:
    """The records of nights, and what is to be known of them before they leave."""

    entries: tuple[Entry, ...]
    leaving: Leaving


def parcel(person: Person, kind: JournalKind, found: Sequence[Night], scope: Scope) -> Parcel:
    """The records of these nights of one person. Raises UserError where nothing can leave."""
    made = _Builder(person, kind, scope)
    for night in found:
        made.add(night)
    if not made.entries:
        raise UserError(
            "Nothing was made",
            "the nights are still sealed" if made.sealed else "nothing is known of nights in this range",
            "save the diary, or wait for the study to end" if made.sealed else "choose other nights",
        )
    return made.finish()


def pseudonym_of(person: Person, kind: JournalKind) -> str:
    """P-014 where a nurse gave such a name, else P- and five signs that stay the same; never the name of one's own journal."""
    if kind == JournalKind.NURSE and _PSEUDONYM.fullmatch(person.name):
        return person.name
    number = uuid5(codes.NAMESPACE, f"{_root(person)}/pseudonym").int
    return "P-" + "".join(_LETTERS[number >> 5 * i & 31] for i in range(5))


def _root(person: Person) -> str:
    # The moment the person was made sets apart the first persons of two journals.
    return f"{person.id}/{person.created.timestamp():.3f}"


@dataclass
class _Builder:
    person: Person
    kind: JournalKind
    scope: Scope
    entries: list[Entry] = field(default_factory=list[Entry])
    sealed: list[date] = field(default_factory=list["date"])
    not_own: int = 0
    impossible: int = 0

    def __post_init__(self) -> None:
        self.root = _root(self.person)
        self.patient = self.id_of("patient")
        self.subject = {"reference": f"urn:uuid:{self.patient}"}
        self.devices: dict[str, Entry] = {}
        self.titles: Counter[str] = Counter()
        self.sources: dict[str, None] = {}

    def id_of(self, what: str) -> str:
        return str(uuid5(codes.NAMESPACE, f"{self.root}/{what}"))

    def finish(self) -> Parcel:
        name = pseudonym_of(self.person, self.kind)
        patient = Entry(
            self.patient,
            {
                "resourceType": "Patient",
                "identifier": [{"system": codes.IDENTIFIERS, "value": self.patient}],
                "name": [{"use": "anonymous", "text": name}],
            },
        )
        days = sorted({e.night for e in self.entries if e.night is not None})
        counts = [("Devices and apps", len(self.devices)), *((t, self.titles[t]) for t in TITLES)]
        leaving = Leaving(
            name, days[0], days[-1], len(days), tuple((t, n) for t, n in counts if n),
            tuple(sorted(self.sources, key=str.casefold)), self.scope, tuple(self.sealed), self.not_own, self.impossible,
        )  # fmt: skip
        return Parcel((patient, *self.devices.values(), *self.entries), leaving)

    def add(self, night: Night) -> None:
        """All records of one night."""
        if night.sealed:
            self.sealed.append(night.night_date)
            return
        for source in dict.fromkeys(s.source for s in night.sessions if s.counts):
            self._device_night(night, source)
        if night.diary is not None:
            self._told_sleep(night, night.diary)
        if night.diary is not None or night.recall is not None:
            self._answers(night)
        if night.condition in codes.NIGHT_KINDS:
            self._what_it_was(night)
        if self.scope.dreams:
            for dream in night.dreams:
                self._dream(dream)

    def _put(self, night: date, what: str, title: str, kind: str, body: Record, *, one: bool = False) -> None:
        uuid = self.id_of(f"{night.isoformat()}/{what}")
        identifier: Record = {"system": codes.IDENTIFIERS, "value": uuid}
        record: Record = {"resourceType": kind, "identifier": identifier if one else [identifier], **body}
        self.titles[title] += 1
        self.entries.append(Entry(uuid, record, night))

    # Sleep

    def _device_night(self, night: Night, source: str) -> None:
        seen = night.seen_by(source)
        main = seen.main
        if main is None:
            return
        base = {"device": {"reference": f"urn:uuid:{self._device(source)}"}}
        if main.end.utc > main.start.utc:
            se = None
            if main.measures.tst_min is not None and main.measures.tib_min:
                se = 100 * main.measures.tst_min / main.measures.tib_min
            self._sleep(night.night_date, source, {**base, **_period(main.start, main.end)}, main.measures, se)
        for nap in seen.sessions:
            if nap.kind == SessionKind.NAP and _outside(nap, main.start, main.end):
                what = f"{source}/nap/{nap.start.ms}"
                parts = self._parts([(codes.TOTAL_SLEEP_TIME, nap.measures.tst_min)])
                self._episode(
                    night.night_date, what, {**base, **_period(nap.start, nap.end)}, parts, main=False, title="Naps"
                )

    def _sleep(self, day: date, source: str, base: Record, m: SessionMeasures, se: float | None) -> None:
        stages = self._parts(
            [(codes.DEEP, m.deep_min), (codes.LIGHT, m.light_min), (codes.REM, m.rem_min), (codes.LATENCY, m.sol_min)],
            again=True,
        )
        parts = self._parts([
            (codes.TOTAL_SLEEP_TIME, m.tst_min), (codes.SLEEP_LATENCY, m.sol_min), (codes.WASO, m.waso_min), (codes.EFFICIENCY, se),
            (codes.CORE_SLEEP, m.light_min), (codes.DEEP_SLEEP, m.deep_min), (codes.REM_SLEEP, m.rem_min),
        ])  # fmt: skip
        self._duration(day, source, base, m.tst_min, stages)
        self._episode(day, f"{source}/episode", base, parts, main=True)

    def _told_sleep(self, night: Night, diary: Diary) -> None:
        m = measure(diary)
        if (m.tst, diary.sol, diary.waso, diary.nawk) == (None, None, None, None):
            return
        self.sources["the diary"] = None
        base = {"method": {"text": "Morning diary"}, **_told_when(diary)}
        notes = [text for text, true in ((LATE, is_late(diary)), (SEEN_FIRST, night.passed_over)) if true]
        if notes:
            base["note"] = [{"text": text} for text in notes]
        parts = self._parts(_told_parts(diary, m))
        if diary.nawk is not None and diary.nawk >= 0:
            parts.append({"code": _coded(codes.AWAKENINGS), "valueInteger": diary.nawk})
        self._duration(night.night_date, "diary", base, m.tst, self._parts([(codes.LATENCY, diary.sol)], again=True))
        self._episode(night.night_date, "diary/episode", base, parts, main=True)

    def _duration(self, day: date, source: str, base: Record, tst: float | None, parts: list[Record]) -> None:
        value = _quantity(codes.SLEEP, tst)
        if value is None:
            return
        body: Record = {**self._about(codes.SLEEP, "social-history"), **base, "valueQuantity": value}
        if parts:
            body["component"] = parts
        self._put(day, f"{source}/sleep", "Sleep durations", "Observation", body)

    def _episode(
        self, day: date, what: str, base: Record, parts: list[Record], *, main: bool, title: str = "Sleep episodes"
    ) -> None:
        component = [*parts, {"code": _coded(codes.MAIN_SLEEP), "valueBoolean": main}]
        body = {**self._about(codes.SLEEP_EPISODE, "social-history"), **base, "component": component}
        self._put(day, what, title, "Observation", body)

    def _about(self, code: codes.Code, category: str) -> Record:
        return {
            "status": "final", "category": _CATEGORIES[category], "code": _coded(code), "subject": self.subject,
            "performer": [self.subject],
        }  # fmt: skip

    def _parts(self, values: Iterable[tuple[codes.Code, float | None]], *, again: bool = False) -> list[Record]:
        """Components of what has a value; `again` does not count once more what was left out."""
        found: list[Record] = []
        for code, value in values:
            quantity = _quantity(code, value)
            if quantity is not None:
                found.append({"code": _coded(code), "valueQuantity": quantity})
            elif value is not None and not again:
                self.impossible += 1
        return found

    def _device(self, source: str) -> str:
        known = self.devices.get(source)
        if known is None:
            from dreamjournal.services.reports import source_title

            title = source_title(source)
            self.sources[title] = None
            uuid = self.id_of(f"device/{source}")
            known = self.devices[source] = Entry(
                uuid,
                {
                    "resourceType": "Device",
                    "identifier": [{"system": codes.IDENTIFIERS, "value": uuid}],
                    "deviceName": [{"name": title, "type": "user-friendly-name"}],
                    "patient": self.subject,
                },
            )
        return known.uuid

    # What was said

    def _answers(self, night: Night) -> None:
        items: list[Record] = [
            _item(codes.NIGHT, "The night, by its evening", "valueDate", night.night_date.isoformat())
        ]
        diary = night.diary
        if diary is not None:
            self.sources["the diary"] = None
            items += [item for q in codes.DIARY for item in self._answer(q, getattr(diary, q.field))]
            if diary.events_asked:
                answers = [{"valueCoding": _coding(codes.UNWANTED[e])} for e in diary.events if e in codes.UNWANTED]
                if answers:
                    items.append({"linkId": codes.EVENT, "text": "Unwanted events", "answer": answers})
        if night.recall is not None:
            items.append(_item(codes.RECALL, "Dream recall", "valueCoding", _coding(codes.RECALLS[night.recall])))
        body: Record = {"status": "completed", "subject": self.subject}
        if diary is not None and diary.entered is not None:
            body["authored"] = _utc(diary)
        body |= {"author": self.subject, "source": self.subject, "item": items}
        self._put(night.night_date, "answers", "Diaries with their answers", "QuestionnaireResponse", body, one=True)

    def _answer(self, q: codes.Question, value: Any) -> list[Record]:
        if q.kind == "words":
            text = _clean(str(value or "")) if self.scope.comments else ""
            return [_item(q.field, q.text, "valueString", text)] if text else []
        if value is None:
            return []
        if q.kind == "time":
            return [_item(q.field, q.text, "valueDateTime", _when(value))]
        if q.kind == "minutes":
            quantity = _minutes(value)
            return [] if quantity is None else [_item(q.field, q.text, "valueQuantity", quantity)]
        if q.kind == "whole":
            return [_item(q.field, q.text, "valueInteger", int(value))]
        return [_item(q.field, q.text, "valueBoolean", bool(value))]

    def _what_it_was(self, night: Night) -> None:
        parts: list[Record] = []
        for exposure in night.exposures:
            value = _coded(codes.ENHANCER_KINDS[exposure.kind])
            if self.scope.names:
                text = _clean(" ".join(f"{exposure.name} {exposure.dose}".split()))
                value = {**value, "text": text} if text else value
            part = {"code": _coded(codes.ENHANCER_KIND), "valueCodeableConcept": value}
            if part not in parts:
                parts.append(part)
        body: Record = {
            **self._about(codes.NIGHT_KIND, "survey"),
            "effectiveDateTime": night.night_date.isoformat(),
            "valueCodeableConcept": _coded(codes.NIGHT_KINDS[night.condition]),
        }
        if parts:
            body["component"] = parts
        self._put(night.night_date, "kind", "What each night was", "Observation", body)

    def _dream(self, dream: Dream) -> None:
        if dream.may_not_be_own:
            self.not_own += 1
            return
        text = _clean(dream.text)
        if not text:
            return
        data = b64encode(text.encode("utf-8", "replace")).decode("ascii")
        body: Record = {
            "status": "current", "type": _coded(codes.DREAM_REPORT), "subject": self.subject, "author": [self.subject],
            "description": f"Night of {dream.night_date.isoformat()}",
            "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": data, "title": "Dream report"}}],
        }  # fmt: skip
        self._put(dream.night_date, f"dream/{dream.id}", "Dream texts", "DocumentReference", body)


def _told_parts(diary: Diary, m: DiaryMeasures) -> list[tuple[codes.Code, float | None]]:
    return [
        (codes.TOTAL_SLEEP_TIME, m.tst), (codes.SLEEP_LATENCY, diary.sol), (codes.WASO, diary.waso), (codes.LATENCY_TO_ARISING, m.twak),
        (codes.EFFICIENCY, m.se_tib),
    ]  # fmt: skip


def _told_when(diary: Diary) -> Record:
    start, end = diary.into_bed or diary.try_sleep, diary.out_of_bed or diary.final_wake
    if start is None or end is None or end.utc <= start.utc:
        return {"effectiveDateTime": diary.night_date.isoformat()}
    return _period(start, end)


def _outside(nap: Session, start: Instant, end: Instant) -> bool:
    return nap.end.utc > nap.start.utc and (nap.end.utc <= start.utc or nap.start.utc >= end.utc)


def _period(start: Instant, end: Instant) -> Record:
    return {"effectivePeriod": {"start": _when(start), "end": _when(end)}}


def _when(at: Instant) -> str:
    """The wall clock with its offset, to the second; in UTC where the offset is none FHIR knows (up to 14 hours)."""
    offset = at.offset_min if abs(at.offset_min) <= _MAX_OFFSET_MIN else 0
    return at.utc.astimezone(timezone(timedelta(minutes=offset))).isoformat(timespec="seconds")


def _utc(diary: Diary) -> str:
    assert diary.entered is not None  # asked by the caller
    return diary.entered.isoformat(timespec="seconds").replace("+00:00", "Z")


def _quantity(code: codes.Code, value: float | None) -> Record | None:
    """The value in the unit of its code; None without one, and where no night can have it."""
    unit, ucum = codes.UNITS[code.system, code.code]
    most = 100.0 if ucum == "%" else _DAY_MIN
    if value is None or not isfinite(value) or not 0 <= value <= most:
        return None
    return {"value": _number(value), "unit": unit, "system": codes.UCUM, "code": ucum}


def _minutes(value: float) -> Record | None:
    if not isfinite(value) or not 0 <= value <= _DAY_MIN:
        return None
    return {"value": _number(value), "unit": "min", "system": codes.UCUM, "code": "min"}


def _number(value: float) -> float | int:
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _coded(code: codes.Code) -> Record:
    return _CODED[code]


def _coding(code: codes.Code) -> Record:
    named = {"system": code.system, "code": code.code}
    return {**named, "display": code.display} if code.display else named


_CODED: dict[codes.Code, Record] = {
    code: {"coding": [_coding(code)], "text": code.text}
    for code in (
        *codes.OBSERVED,
        *codes.PARTS,
        codes.DREAM_REPORT,
        *codes.NIGHT_KINDS.values(),
        *codes.ENHANCER_KINDS.values(),
    )
}


def _item(link: str, text: str, kind: str, value: object) -> Record:
    return {"linkId": link, "text": text, "answer": [{kind: value}]}


def _clean(text: str) -> str:
    """Text a FHIR string may hold: no control characters but line breaks and tabs, no halves of a surrogate pair, no outer blanks."""
    return "".join(
        c for c in text if c in "\n\r\t" or (c >= " " and not "\x7f" <= c <= "\x9f" and not "\ud800" <= c <= "\udfff")
    ).strip()
