"""Faults planted one by one in a sound bundle: each is refused, and told without a word of what stands there."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from dreamjournal.common.errors import KnownError
from dreamjournal.domain import fhir_codes as codes
from dreamjournal.services import fhir, fhir_check
from tests.unit.services.fhir_nights import made

Bundle = dict[str, Any]
Plant = Callable[[Bundle], None]


def of(bundle: Bundle, kind: str, code: codes.Code | None = None) -> Bundle:
    return next(
        e["resource"] for e in bundle["entry"]
        if e["resource"]["resourceType"] == kind and (code is None or e["resource"]["code"]["coding"][0]["code"] == code.code)
    )  # fmt: skip


def sleep(b: Bundle) -> Bundle:
    return of(b, "Observation", codes.SLEEP)


def episode(b: Bundle) -> Bundle:
    return of(b, "Observation", codes.SLEEP_EPISODE)


def kind(b: Bundle) -> Bundle:
    return of(b, "Observation", codes.NIGHT_KIND)


def answers(b: Bundle) -> Bundle:
    return of(b, "QuestionnaireResponse")


def answer(b: Bundle, link: str) -> Bundle:
    return next(i for i in answers(b)["item"] if i["linkId"] == link)["answer"][0]


def sets(find: Callable[[Bundle], Bundle], **values: Any) -> Plant:
    return lambda b: find(b).update(values)


def coded(system: str, code: str) -> Bundle:
    return {"coding": [{"system": system, "code": code}]}


PLANTED: dict[str, Plant] = {
    "a status that does not exist": sets(sleep, status="bogus"),
    "no status": lambda b: sleep(b).pop("status"),
    "an answer's status": sets(answers, status="bogus"),
    "a category that does not exist": sets(sleep, category=[coded(codes.CATEGORY, "sleep")]),
    "a made-up LOINC code": sets(sleep, code=coded(codes.LOINC, "99999-9")),
    "the LOINC code that looks like time in bed": sets(sleep, code=coded(codes.LOINC, "65554-8")),
    "a code of another system": sets(sleep, code=coded(codes.EPISODE, "93832-4")),
    "a made-up kind of night": sets(kind, valueCodeableConcept=coded(codes.OWN, "unrecorded")),
    "a time that ends before it starts": lambda b: sleep(b)["effectivePeriod"].update(end="2026-05-04T22:00:00+01:00"),
    "a time of a week": lambda b: sleep(b)["effectivePeriod"].update(end="2026-05-11T22:00:00+01:00"),
    "a time without its offset": lambda b: sleep(b)["effectivePeriod"].update(start="2026-05-04T23:00:00"),
    "a day that does not exist": sets(kind, effectiveDateTime="2026-02-30"),
    "no time": lambda b: sleep(b).pop("effectivePeriod"),
    "two times": sets(sleep, effectiveDateTime="2026-05-04"),
    "a reference to nobody": sets(sleep, subject={"reference": "urn:uuid:00000000-0000-5000-8000-000000000000"}),
    "a device for a person": lambda b: sleep(b).update(subject=sleep(b)["device"]),
    "a reference to another server": sets(sleep, device={"reference": "https://example.org/Device/1"}),
    "minutes in hours": lambda b: sleep(b)["valueQuantity"].update(unit="h", code="h"),
    "a unit of another system": lambda b: sleep(b)["valueQuantity"].update(system="http://example.org"),
    "more minutes than a day has": lambda b: sleep(b)["valueQuantity"].update(value=1441),
    "less than no sleep": lambda b: sleep(b)["valueQuantity"].update(value=-1),
    "no number": lambda b: sleep(b)["valueQuantity"].update(value=float("nan")),
    "a number in words": lambda b: sleep(b)["valueQuantity"].update(value="420"),
    "two values": sets(sleep, valueCodeableConcept=coded(codes.OWN, "natural")),
    "no value": lambda b: sleep(b).pop("valueQuantity"),
    "a component with a made-up code": lambda b: sleep(b)["component"][0].update(code=coded(codes.LOINC, "93828-2")),
    "a component without its value": lambda b: episode(b)["component"][0].pop("valueQuantity"),
    "a component twice": lambda b: episode(b)["component"].append(episode(b)["component"][0]),
    "an enhancer in a sleep": lambda b: sleep(b)["component"].append(kind(b)["component"][0]),
    "more than all": lambda b: next(
        p for p in episode(b)["component"] if p["code"]["coding"][0]["code"] == codes.EFFICIENCY.code
    )["valueQuantity"].update(value=101),
    "an unknown question": lambda b: answers(b)["item"][1].update(linkId="mood"),
    "an answer without its question": lambda b: answers(b)["item"][1].pop("linkId"),
    "an answer of another kind": lambda b: answer(b, "quality").update(valueString="good"),
    "an answer that is no whole number": lambda b: answer(b, "quality").update(valueInteger=3.5),
    "a moment without its offset": lambda b: answer(b, "into_bed").update(valueDateTime="2026-05-04T23:00:00"),
    "no night in the answers": lambda b: answers(b)["item"].pop(0),
    "a made-up event": lambda b: answer(b, "event").update(valueCoding={"system": codes.OWN, "code": "event-flying"}),
    "a birth date": lambda b: of(b, "Patient").update(birthDate="1980-01-01"),
    "a family name": lambda b: of(b, "Patient").update(name=[{"family": "Needle"}]),
    "an address of the device": lambda b: of(b, "Device").update(serialNumber="needle"),
    "no identifier": lambda b: sleep(b).pop("identifier"),
    "an identifier of another": lambda b: sleep(b).update(identifier=[{"system": codes.IDENTIFIERS, "value": "7"}]),
    "two records with one identifier": lambda b: sleep(b).update(identifier=episode(b)["identifier"]),
    "a full URL twice": lambda b: b["entry"][-1].update(fullUrl=b["entry"][-2]["fullUrl"]),
    "a full URL that is none": lambda b: b["entry"][-1].update(fullUrl="needle"),
    "a record of another kind": lambda b: b["entry"].append({"fullUrl": "urn:uuid:x", "resource": {"resourceType": "Claim"}}),
    "no record": lambda b: b["entry"].append({}),
    "something empty": lambda b: kind(b).update(component=[]),
    "a text that is no text": lambda b: of(b, "DocumentReference")["content"][0]["attachment"].update(data="n!eedle"),
    "a page for a text": lambda b: of(b, "DocumentReference")["content"][0]["attachment"].update(contentType="text/html"),
    "a bundle of another type": lambda b: b.update(type="message"),
    "nothing in it": lambda b: b.update(entry=[]),
    "something else": lambda b: b.update(resourceType="Parcel"),
}  # fmt: skip
SOUND = fhir.collection(made(2, dreams=True, comments=True, names=True))


def test_there_are_at_least_twenty() -> None:
    assert len(PLANTED) >= 20
    assert fhir_check.check(SOUND) == ()


@pytest.mark.parametrize("name", PLANTED)
def test_it_is_refused(name: str) -> None:
    bundle = copy.deepcopy(SOUND)
    PLANTED[name](bundle)
    assert bundle != SOUND
    faults = fhir_check.check(bundle)
    assert faults
    assert not any("needle" in f.where + f.what for f in faults)
    with pytest.raises(KnownError, match="Nothing left") as error:
        fhir_check.ensure(bundle)
    assert error.value.sentence.count(". ") == 0


@pytest.mark.parametrize(
    "plant",
    [
        lambda e: e.pop("request"),
        lambda e: e["request"].update(method="POST", url="Observation"),
        lambda e: e["request"].update(url="Observation?identifier=other|1"),
        lambda e: e["request"].update(method="DELETE"),
    ],
)
def test_a_request_that_could_make_a_record_twice_is_refused(plant: Callable[[Bundle], None]) -> None:
    bundle = copy.deepcopy(fhir.transaction(made(1).entries))
    assert fhir_check.check(bundle) == ()
    plant(bundle["entry"][-1])
    assert [f.what for f in fhir_check.check(bundle)] == ["a request that could make the record twice"]
    kept = copy.deepcopy(SOUND)
    kept["entry"][0]["request"] = {"method": "POST", "url": "Patient"}
    assert fhir_check.check(kept)
