"""Checks a bundle before it leaves for what the models of FHIR let through: made-up codes, loose references, times that run backwards."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from typing import Any, cast

from dreamjournal.common.errors import KnownError
from dreamjournal.domain import fhir_codes as codes

Record = dict[str, Any]
MAX_PERIOD_H = 48.0
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)")
_BUNDLES = ("collection", "transaction")
_MAY_HOLD = {
    "Patient": {"identifier", "name"},
    "Device": {"identifier", "deviceName", "patient"},
    "Observation": {
        "identifier", "status", "category", "code", "subject", "performer", "device", "method", "note", "effectivePeriod",
        "effectiveDateTime", "valueQuantity", "valueCodeableConcept", "component",
    },
    "QuestionnaireResponse": {"identifier", "status", "subject", "authored", "author", "source", "item"},
    "DocumentReference": {"identifier", "status", "type", "subject", "author", "description", "content"},
}  # fmt: skip
"""What a record of ours may hold. Whatever else stands in it was not meant to leave: a birth date, a name, an address."""
_MUST_HOLD = {
    "Patient": ("name",),
    "Device": ("deviceName", "patient"),
    "Observation": ("status", "category", "code", "subject"),
    "QuestionnaireResponse": ("status", "subject", "item"),
    "DocumentReference": ("status", "type", "subject", "content"),
}
_STATUS = {
    "Observation": ("final", "amended"),
    "QuestionnaireResponse": ("completed", "amended"),
    "DocumentReference": ("current",),
}
_CATEGORIES = ("social-history", "survey")
_SAID = {(c.system, c.code) for group in (codes.RECALLS, codes.UNWANTED) for c in group.values()}
_KINDS = {(c.system, c.code) for c in codes.NIGHT_KINDS.values()}
_ENHANCERS = {(c.system, c.code) for c in codes.ENHANCER_KINDS.values()}
_OBSERVED = {(c.system, c.code) for c in codes.OBSERVED}
_PARTS = {(c.system, c.code) for c in codes.PARTS}
_DREAM = {(codes.DREAM_REPORT.system, codes.DREAM_REPORT.code)}
_NIGHT_KIND = (codes.NIGHT_KIND.system, codes.NIGHT_KIND.code)
_USED = (codes.ENHANCER_KIND.system, codes.ENHANCER_KIND.code)
_ANSWERS: dict[str, str] = {
    "time": "valueDateTime", "minutes": "valueQuantity", "whole": "valueInteger", "yes_no": "valueBoolean", "words": "valueString",
}  # fmt: skip
_ANSWER_OF = {
    codes.NIGHT: "valueDate", codes.RECALL: "valueCoding", codes.EVENT: "valueCoding", **{q.field: _ANSWERS[q.kind] for q in codes.DIARY},
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: a path in the bundle, without a word of what stands there."""

    where: str
    what: str


def ensure(bundle: Record) -> None:
    """Raise KnownError where the bundle has a fault: it must not leave."""
    faults = check(bundle)
    if faults:
        raise KnownError(
            "Nothing left this journal",
            f"the records did not pass the check ({faults[0].what} in {faults[0].where})",
            "the journal is as it was; please report this",
        )


def check(bundle: Record) -> tuple[Fault, ...]:
    """Every fault of a bundle of ours, in order; () where it may leave."""
    if bundle.get("resourceType") != "Bundle" or bundle.get("type") not in _BUNDLES:
        return (Fault("Bundle", "no bundle of type collection or transaction"),)
    entries = bundle.get("entry")
    if not isinstance(entries, list) or not entries:
        return (Fault("Bundle.entry", "no records"),)
    checking = _Checking(str(bundle["type"]))
    checking.all(cast("list[Any]", entries))
    return tuple(checking.faults)


@dataclass
class _Checking:
    type: str
    faults: list[Fault] = field(default_factory=list[Fault])
    types: dict[str, str] = field(default_factory=dict[str, str])
    """Resource type by full URL."""
    values: set[str] = field(default_factory=set[str])
    where: str = ""

    def fault(self, path: str, what: str) -> None:
        self.faults.append(Fault(f"{self.where}{path}", what))

    def all(self, entries: list[Any]) -> None:
        known: list[tuple[str, Record]] = []
        for n, entry in enumerate(entries, 1):
            self.where = f"entry {n}"
            resource = entry.get("resource") if isinstance(entry, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            if not isinstance(resource, dict):
                self.fault("", "no record")
                continue
            record = cast("Record", resource)
            kind = record.get("resourceType")
            if kind not in _MAY_HOLD:
                self.fault(".resourceType", "a record of a kind that is not sent")
                continue
            self.where = f"entry {n}, {kind}"
            self._entry(cast("Record", entry), record, str(kind))
            known.append((self.where, record))
        for where, record in known:
            self.where = where
            self._record(record, str(record["resourceType"]))

    def _entry(self, entry: Record, record: Record, kind: str) -> None:
        url = entry.get("fullUrl")
        if not isinstance(url, str) or not url.startswith("urn:uuid:") or not _UUID.fullmatch(url[9:]):
            self.fault(".fullUrl", "no urn:uuid")
            url = ""
        elif url in self.types:
            self.fault(".fullUrl", "the same twice")
        self.types[url] = kind
        value = self._identifier(record, kind)
        if value and url and value != url[9:]:
            self.fault(".identifier", "another than the record's own")
        request = entry.get("request")
        if self.type == "collection":
            if request is not None:
                self.fault(".request", "a request in a collection")
            return
        query = f"identifier={codes.IDENTIFIERS}|{value}"
        once = {"method": "POST", "url": kind, "ifNoneExist": query}
        kept = {"method": "PUT", "url": f"{kind}?{query}"}
        if request not in (once, kept):
            self.fault(".request", "a request that could make the record twice")

    def _identifier(self, record: Record, kind: str) -> str:
        found = record.get("identifier")
        if kind != "QuestionnaireResponse":
            found = (
                cast("list[Any]", found)[0] if isinstance(found, list) and len(cast("list[Any]", found)) == 1 else None
            )
        if not isinstance(found, dict):
            self.fault(".identifier", "no identifier")
            return ""
        one = cast("Record", found)
        value = str(one.get("value", ""))
        if one.get("system") != codes.IDENTIFIERS or not _UUID.fullmatch(value):
            self.fault(".identifier", "an identifier that is not ours")
        elif value in self.values:
            self.fault(".identifier", "the same twice")
        self.values.add(value)
        return value

    def _record(self, r: Record, kind: str) -> None:
        for name in r:
            if name != "resourceType" and name not in _MAY_HOLD[kind]:
                self.fault("", "a field that is not sent")
        for name in _MUST_HOLD[kind]:
            if name not in r:
                self.fault(f".{name}", "nothing there")
        if kind in _STATUS and r.get("status") not in _STATUS[kind]:
            self.fault(".status", "an unknown status")
        self._whole(r, "")
        self._references(r)
        per_kind: dict[str, Callable[[Record], None]] = {
            "Patient": self._patient, "Observation": self._observation, "QuestionnaireResponse": self._answers,
            "DocumentReference": self._document,
        }  # fmt: skip
        if kind in per_kind:
            per_kind[kind](r)

    def _whole(self, value: Any, path: str) -> None:
        """Nothing empty, nothing that is no number."""
        if value is None or value in ("", [], {}):
            self.fault(path, "empty")
        elif isinstance(value, float) and not isfinite(value):
            self.fault(path, "no number")
        elif isinstance(value, dict):
            for name, inner in cast("Record", value).items():
                self._whole(inner, f"{path}.{name}")
        elif isinstance(value, list):
            for inner in cast("list[Any]", value):
                self._whole(inner, path)

    def _references(self, r: Record) -> None:
        wanted = {
            "subject": "Patient",
            "patient": "Patient",
            "performer": "Patient",
            "author": "Patient",
            "source": "Patient",
            "device": "Device",
        }
        for name, kind in wanted.items():
            value = r.get(name)
            if value is None:
                continue
            for one in cast("list[Any]", value) if isinstance(value, list) else [value]:
                target: Any = cast("Record", one).get("reference") if isinstance(one, dict) else None
                if self.types.get(str(target)) != kind or not target:
                    self.fault(f".{name}", f"a reference to no {kind} of this bundle")

    # Codes, values, times

    def _coded(self, concept: Any, path: str, allowed: set[tuple[str, str]]) -> tuple[str, str] | None:
        coding = cast("Record", concept).get("coding") if isinstance(concept, dict) else None
        if not isinstance(coding, list) or len(cast("list[Any]", coding)) != 1:
            self.fault(path, "no code")
            return None
        return self._coding(cast("list[Any]", coding)[0], path, allowed)

    def _coding(self, coding: Any, path: str, allowed: set[tuple[str, str]]) -> tuple[str, str] | None:
        one = cast("Record", coding) if isinstance(coding, dict) else {}
        key = (str(one.get("system", "")), str(one.get("code", "")))
        if key not in allowed:
            self.fault(path, "a code that was not looked up")
            return None
        return key

    def _quantity(self, q: Any, path: str, unit: str) -> None:
        one = cast("Record", q) if isinstance(q, dict) else {}
        value = one.get("value")
        if one.get("system") != codes.UCUM or one.get("code") != unit or one.get("unit") != unit:
            self.fault(path, f"a unit other than {unit}")
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(path, "no number")
        elif not 0 <= value <= (100 if unit == "%" else 1440):
            self.fault(path, "a value no night can have")

    def _value(self, holder: Record, key: tuple[str, str], path: str) -> None:
        """Exactly the one value that goes with the code."""
        values = [name for name in holder if name.startswith("value")]
        if key == (codes.SLEEP_EPISODE.system, codes.SLEEP_EPISODE.code):
            wanted: list[str] = []
        elif key in (_NIGHT_KIND, _USED):
            wanted = ["valueCodeableConcept"]
        elif key in codes.COUNTS:
            wanted = ["valueInteger"]
        elif key in codes.YES_NO:
            wanted = ["valueBoolean"]
        else:
            wanted = ["valueQuantity"]
        if values != wanted:
            self.fault(path, "not the one value that goes with the code")
            return
        if wanted == ["valueQuantity"]:
            self._quantity(holder["valueQuantity"], path, codes.UNITS[key][1])
        elif wanted == ["valueCodeableConcept"]:
            self._coded(holder["valueCodeableConcept"], path, _KINDS if key == _NIGHT_KIND else _ENHANCERS)
        elif wanted == ["valueInteger"]:
            self._typed(holder["valueInteger"], "valueInteger", path)
        elif wanted == ["valueBoolean"]:
            self._typed(holder["valueBoolean"], "valueBoolean", path)

    def _typed(self, value: Any, kind: str, path: str) -> None:
        if kind == "valueInteger":
            right = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        elif kind == "valueBoolean":
            right = isinstance(value, bool)
        elif kind == "valueDate":
            right = _day(value) is not None
        elif kind == "valueDateTime":
            right = _moment(value) is not None
        else:
            right = isinstance(value, str)
        if not right:
            self.fault(path, "a value of another kind")

    def _patient(self, r: Record) -> None:
        names = r.get("name")
        only: Any = (
            cast("list[Any]", names)[0] if isinstance(names, list) and len(cast("list[Any]", names)) == 1 else None
        )
        one = cast("Record", only) if isinstance(only, dict) else {}
        if set(one) != {"use", "text"} or one["use"] != "anonymous":
            self.fault(".name", "a name that is no pseudonym")

    def _observation(self, r: Record) -> None:
        category = r.get("category")
        allowed = {(codes.CATEGORY, c) for c in _CATEGORIES}
        one = cast("list[Any]", category)[0] if isinstance(category, list) and category else None
        self._coded(one, ".category", allowed)
        key = self._coded(r.get("code"), ".code", _OBSERVED)
        if key is not None:
            self._value(r, key, ".value")
        self._effective(r)
        parts = cast("list[Any]", r.get("component", []))
        seen: list[object] = []
        for part in parts:
            holder = cast("Record", part) if isinstance(part, dict) else {}
            of = self._coded(holder.get("code"), ".component.code", _PARTS)
            if of is None:
                continue
            self._value(holder, of, ".component.value")
            if (of == _USED) != (key == _NIGHT_KIND):
                self.fault(".component", "a part of another kind of record")
            if of != _USED and of in seen:
                self.fault(".component", "the same twice")
            seen.append(of)
        if key == (codes.SLEEP_EPISODE.system, codes.SLEEP_EPISODE.code) and not parts:
            self.fault(".component", "nothing there")

    def _effective(self, r: Record) -> None:
        period, when = r.get("effectivePeriod"), r.get("effectiveDateTime")
        if (period is None) == (when is None):
            self.fault(".effective", "not one time")
            return
        if when is not None:
            if _day(when) is None and _moment(when) is None:
                self.fault(".effective", "no time with its offset")
            return
        span = cast("Record", period) if isinstance(period, dict) else {}
        start, end = _moment(span.get("start")), _moment(span.get("end"))
        if start is None or end is None:
            self.fault(".effective", "no time with its offset")
        elif end <= start:
            self.fault(".effective", "an end before its start")
        elif (end - start).total_seconds() > MAX_PERIOD_H * 3600:
            self.fault(".effective", "longer than a night can be")

    def _answers(self, r: Record) -> None:
        if "authored" in r and _moment(r["authored"]) is None:
            self.fault(".authored", "no time with its offset")
        items = cast("list[Any]", r.get("item", []))
        seen: set[str] = set()
        for item in items:
            one = cast("Record", item) if isinstance(item, dict) else {}
            link = str(one.get("linkId", ""))
            if link not in codes.LINKS:
                self.fault(".item.linkId", "an unknown question")
                continue
            if link in seen:
                self.fault(".item.linkId", "the same twice")
            seen.add(link)
            for answer in cast("list[Any]", one.get("answer", [{}])):
                self._one_answer(cast("Record", answer) if isinstance(answer, dict) else {}, link)
        if codes.NIGHT not in seen:
            self.fault(".item", "no night")

    def _one_answer(self, answer: Record, link: str) -> None:
        kind = _ANSWER_OF[link]
        if list(answer) != [kind]:
            self.fault(".item.answer", "not the one value that goes with the question")
        elif kind == "valueQuantity":
            self._quantity(answer[kind], ".item.answer", "min")
        elif kind == "valueCoding":
            self._coding(answer[kind], ".item.answer", _SAID)
        else:
            self._typed(answer[kind], kind, ".item.answer")

    def _document(self, r: Record) -> None:
        self._coded(r.get("type"), ".type", _DREAM)
        for content in cast("list[Any]", r.get("content", [])):
            attachment: Any = cast("Record", content).get("attachment") if isinstance(content, dict) else None
            held = cast("Record", attachment) if isinstance(attachment, dict) else {}
            if held.get("contentType") != "text/plain; charset=utf-8":
                self.fault(".content", "no plain text")
            try:
                b64decode(str(held.get("data", "!")), validate=True).decode("utf-8")
            except (Base64Error, ValueError):
                self.fault(".content", "no plain text")


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and _DATE.fullmatch(value) else None
    except ValueError:
        return None


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) and _INSTANT.fullmatch(value) else None
    except ValueError:
        return None
