"""Ten years of nights (3,650) as FHIR records, against the same dictionaries written out by hand in one loop.

Run: `python tests/bench/bench_fhir.py`. Prints the ratio of the medians of CPU seconds, taken
in turn in one run (wanted: at most 2), and what the check, the JSON and the file cost beside it.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any
from uuid import uuid5

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from dreamjournal.domain.diary import measure
from dreamjournal.domain.fhir_codes import NAMESPACE
from dreamjournal.domain.night import Night
from dreamjournal.services import fhir, fhir_check
from tests.unit.services.fhir_nights import PERSON, made, one_night

NIGHTS, ROUNDS, WANTED = 3650, 7, 2.0
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
EPISODE = "http://hl7.org/fhir/uv/phr/CodeSystem/sleep-episode-codes"
PHR = "http://hl7.org/fhir/uv/phr/CodeSystem/observation-pghd-codes"
OWN = "urn:uuid:1458e323-a7f0-4753-bb71-897659da98b7"
IDS = "urn:uuid:b4d590b2-fb57-4cb6-aa1f-418dd1e4e10d"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
EVENT = {"system": OWN, "code": "event-headache", "display": "Headache"}
RECALL = {"system": OWN, "code": "recall-report", "display": "A dream"}
KINDS = {
    "natural": ("Natural night", "Natural night"), "enhanced": ("Enhanced night", "Enhanced night"),
    "unsure": ("Unsure night", "Unsure whether natural or enhanced"),
}  # fmt: skip


def _minutes(value: float) -> dict[str, Any]:
    value = round(value, 2)
    return {"value": int(value) if value == int(value) else value, "unit": "min", "system": UCUM, "code": "min"}


def _part(system: str, code: str, display: str, text: str, value: float) -> dict[str, Any]:
    coding = {"system": system, "code": code, "display": display} if display else {"system": system, "code": code}
    return {"code": {"coding": [coding], "text": text}, "valueQuantity": _minutes(value)}


def _percent(value: float) -> dict[str, Any]:
    value = round(value, 2)
    found = {"value": int(value) if value == int(value) else value, "unit": "%", "system": UCUM, "code": "%"}
    coding = {"system": EPISODE, "code": "sleepEfficiencyPercentage", "display": "Sleep efficiency percentage"}
    return {"code": {"coding": [coding], "text": "Sleep efficiency"}, "valueQuantity": found}


def _local(at: Any) -> str:
    return at.utc.astimezone(timezone(timedelta(minutes=at.offset_min))).isoformat(timespec="seconds")


def by_hand(nights: list[Night]) -> list[dict[str, Any]]:
    """The records of nights like `one_night`, in the same order and to the same letter."""
    root = f"{PERSON.id}/{PERSON.created.timestamp():.3f}"

    def uuid(what: str) -> str:
        return str(uuid5(NAMESPACE, f"{root}/{what}"))

    patient, device = uuid("patient"), uuid("device/whoop")
    subject, used = {"reference": f"urn:uuid:{patient}"}, {"reference": f"urn:uuid:{device}"}
    social = [{"coding": [{"system": CATEGORY, "code": "social-history"}]}]
    survey = [{"coding": [{"system": CATEGORY, "code": "survey"}]}]
    main = {"code": {"coding": [{"system": EPISODE, "code": "isMainSleep", "display": "Is main sleep"}], "text": "Main sleep of the night"}, "valueBoolean": True}  # fmt: skip
    sleep = {"coding": [{"system": LOINC, "code": "93832-4", "display": "Sleep duration"}], "text": "Sleep duration"}
    episode = {"coding": [{"system": PHR, "code": "sleepEpisode"}], "text": "Sleep episode"}
    out: list[dict[str, Any]] = [
        {"resourceType": "Patient", "identifier": [{"system": IDS, "value": patient}], "name": [{"use": "anonymous", "text": made(1).leaving.pseudonym}]},
        {"resourceType": "Device", "identifier": [{"system": IDS, "value": device}], "deviceName": [{"name": "WHOOP", "type": "user-friendly-name"}], "patient": subject},
    ]  # fmt: skip

    def observation(uuid_: str, category: Any, code: Any, **more: Any) -> dict[str, Any]:
        return {
            "resourceType": "Observation", "identifier": [{"system": IDS, "value": uuid_}], "status": "final", "category": category,
            "code": code, "subject": subject, "performer": [subject], **more,
        }  # fmt: skip

    for night in nights:
        day, m, d = night.night_date.isoformat(), night.sessions[0].measures, night.diary
        span = {"start": _local(night.sessions[0].start), "end": _local(night.sessions[0].end)}
        out.append(observation(uuid(f"{day}/whoop/sleep"), social, sleep, device=used, effectivePeriod=span, valueQuantity=_minutes(m.tst_min), component=[
            _part(LOINC, "93831-6", "Deep sleep duration", "Deep sleep duration", m.deep_min),
            _part(LOINC, "93830-8", "Light sleep duration", "Light sleep duration", m.light_min),
            _part(LOINC, "93829-0", "REM sleep duration", "REM sleep duration", m.rem_min),
            _part(LOINC, "103212-7", "", "Time to fall asleep", m.sol_min),
        ]))  # fmt: skip
        out.append(observation(uuid(f"{day}/whoop/episode"), social, episode, device=used, effectivePeriod=span, component=[
            _part(EPISODE, "totalSleepTime", "Total sleep time", "Total sleep time", m.tst_min),
            _part(EPISODE, "latencyToSleepOnset", "Latency to sleep onset", "Time to fall asleep", m.sol_min),
            _part(EPISODE, "wakeAfterSleepOnset", "Wake after sleep onset", "Wake after sleep onset", m.waso_min),
            _percent(100 * m.tst_min / m.tib_min),
            _part(EPISODE, "coreSleepDuration", "Core sleep Duration", "Light sleep duration", m.light_min),
            _part(EPISODE, "deepSleepDuration", "Deep sleep duration", "Deep sleep duration", m.deep_min),
            _part(EPISODE, "remSleepDuration", "Rem sleep duration", "REM sleep duration", m.rem_min),
            main,
        ]))  # fmt: skip
        t = measure(d)
        told = {
            "method": {"text": "Morning diary"},
            "effectivePeriod": {"start": _local(d.into_bed), "end": _local(d.out_of_bed)},
        }
        out.append(observation(uuid(f"{day}/diary/sleep"), social, sleep, **told, valueQuantity=_minutes(t.tst), component=[
            _part(LOINC, "103212-7", "", "Time to fall asleep", d.sol),
        ]))  # fmt: skip
        out.append(observation(uuid(f"{day}/diary/episode"), social, episode, **told, component=[
            _part(EPISODE, "totalSleepTime", "Total sleep time", "Total sleep time", t.tst),
            _part(EPISODE, "latencyToSleepOnset", "Latency to sleep onset", "Time to fall asleep", d.sol),
            _part(EPISODE, "wakeAfterSleepOnset", "Wake after sleep onset", "Wake after sleep onset", d.waso),
            _part(EPISODE, "latencyToArising", "Latency to arising", "From last waking to getting up", t.twak),
            _percent(t.se_tib),
            {"code": {"coding": [{"system": EPISODE, "code": "numberOfAwakenings", "display": "Number of awakenings"}], "text": "Number of awakenings"}, "valueInteger": d.nawk},
            main,
        ]))  # fmt: skip

        def item(link: str, text: str, kind: str, value: object) -> dict[str, Any]:
            return {"linkId": link, "text": text, "answer": [{kind: value}]}

        out.append({
            "resourceType": "QuestionnaireResponse", "identifier": {"system": IDS, "value": uuid(f"{day}/answers")}, "status": "completed",
            "subject": subject, "authored": d.entered.isoformat(timespec="seconds").replace("+00:00", "Z"), "author": subject, "source": subject,
            "item": [
                item("night", "The night, by its evening", "valueDate", day),
                item("into_bed", "Got into bed", "valueDateTime", _local(d.into_bed)),
                item("try_sleep", "Tried to sleep", "valueDateTime", _local(d.try_sleep)),
                item("sol", "Minutes to fall asleep", "valueQuantity", _minutes(d.sol)),
                item("nawk", "Times awake in the night", "valueInteger", d.nawk),
                item("waso", "Minutes awake in the night", "valueQuantity", _minutes(d.waso)),
                item("final_wake", "Last waking", "valueDateTime", _local(d.final_wake)),
                item("out_of_bed", "Got up", "valueDateTime", _local(d.out_of_bed)),
                item("quality", "Sleep quality, 1 very poor to 5 very good", "valueInteger", d.quality),
                item("illness", "Ill", "valueBoolean", d.illness),
                item("event", "Unwanted events", "valueCoding", EVENT),
                item("recall", "Dream recall", "valueCoding", RECALL),
            ],
        })  # fmt: skip
        if night.condition.value in KINDS:
            kind = night.condition.value
            display, text = KINDS[kind]
            body: dict[str, Any] = {
                "effectiveDateTime": day,
                "valueCodeableConcept": {"coding": [{"system": OWN, "code": kind, "display": display}], "text": text},
            }
            if night.exposures:
                what = {
                    "coding": [{"system": OWN, "code": "enhancer-kind", "display": "What was used"}],
                    "text": "What was used",
                }
                a_device = {"coding": [{"system": OWN, "code": "device", "display": "Device"}], "text": "Device"}
                body["component"] = [{"code": what, "valueCodeableConcept": a_device}]
            code = {
                "coding": [{"system": OWN, "code": "night-kind", "display": "What the night was"}],
                "text": "What the night was",
            }
            out.append(observation(uuid(f"{day}/kind"), survey, code, **body))
    return out


def _timed(work: Callable[[], object]) -> float:
    gc.collect()
    gc.disable()
    begun = process_time()
    work()
    spent = process_time() - begun
    gc.enable()
    return spent


def measured() -> float:
    """Print the line and give the ratio."""
    nights = [one_night(n) for n in range(NIGHTS)]
    fresh = made(nights)
    assert [e.resource for e in fresh.entries] == by_hand(nights)
    ours: list[float] = []
    hand: list[float] = []
    for _ in range(ROUNDS):
        hand.append(_timed(lambda: by_hand(nights)))
        fresh_nights = [replace(n) for n in nights]  # a night keeps what was worked out of it
        ours.append(_timed(partial(made, fresh_nights)))
    ratio = statistics.median(ours) / statistics.median(hand)
    bundle = fhir.collection(fresh)
    check, dump = _timed(lambda: fhir_check.check(bundle)), _timed(lambda: json.dumps(bundle))
    size = len(fhir.as_bytes(bundle))
    print(
        f"\n{NIGHTS} nights, {len(fresh.entries)} records, {size / 1e6:.1f} MB: {statistics.median(ours):.2f} s, "
        f"by hand {statistics.median(hand):.2f} s, ratio {ratio:.2f} (wanted: at most {WANTED}); check {check:.2f} s, JSON {dump:.2f} s"
    )
    return ratio


def test_ten_years_of_nights() -> None:
    assert measured() <= WANTED


if __name__ == "__main__":
    sys.exit(0 if measured() <= WANTED else 1)
