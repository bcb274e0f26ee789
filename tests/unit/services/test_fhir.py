"""Nights as FHIR records: what they say, what stays here, and that the same night is the same record each time."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings
from hypothesis import strategies as st

from dreamjournal.common.errors import UserError
from dreamjournal.domain import fhir_codes as codes
from dreamjournal.domain.night import Condition
from dreamjournal.domain.person import JournalKind, Person
from dreamjournal.domain.session import SessionKind, SessionMeasures, Validity
from dreamjournal.services import fhir, fhir_check
from dreamjournal.services.fhir_records import parcel, pseudonym_of
from tests.made_nights import NAME, row, study, write
from tests.unit.services.fhir_nights import FIRST, PERSON, made, one_night


def records(found: fhir.Parcel, kind: str, code: codes.Code | None = None) -> list[dict[str, Any]]:
    of_kind = [e.resource for e in found.entries if e.kind == kind]
    return [r for r in of_kind if code is None or r["code"]["coding"][0]["code"] == code.code]


def parts(record: dict[str, Any]) -> dict[str, Any]:
    return {
        p["code"]["coding"][0]["code"]: next(v for k, v in p.items() if k.startswith("value"))
        for p in record["component"]
    }


@pytest.mark.slow
def test_a_thousand_nights_pass_the_models_of_fhir_and_our_check() -> None:
    bundle = fhir.collection(made(1000, dreams=True, comments=True, names=True))
    assert len(bundle["entry"]) == 2 + 1000 * 6 + 750
    assert fhir_check.check(bundle) == ()
    Bundle.model_validate(bundle)


def test_what_the_models_read_is_what_was_written() -> None:
    bundle = fhir.collection(made(4, dreams=True, comments=True, names=True))
    assert json.loads(Bundle.model_validate(bundle).model_dump_json()) == bundle


def test_a_transaction_passes_both() -> None:
    bundle = fhir.transaction(made(3).entries)
    assert fhir_check.check(bundle) == ()
    Bundle.model_validate(bundle)


def test_a_device_night_is_told_in_looked_up_codes() -> None:
    sleep = records(made([one_night(0, diary=None, recall=None)]), "Observation", codes.SLEEP)[0]
    assert sleep["code"]["coding"] == [{"system": "http://loinc.org", "code": "93832-4", "display": "Sleep duration"}]
    assert sleep["valueQuantity"] == {
        "value": 420.25,
        "unit": "min",
        "system": "http://unitsofmeasure.org",
        "code": "min",
    }
    assert sleep["effectivePeriod"] == {"start": "2026-05-04T23:00:00+01:00", "end": "2026-05-05T07:00:00+01:00"}
    assert {k: v["value"] for k, v in parts(sleep).items()} == {
        "93831-6": 80,
        "93830-8": 250,
        "93829-0": 90.25,
        "103212-7": 12,
    }
    episode = parts(records(made([one_night(0, diary=None)]), "Observation", codes.SLEEP_EPISODE)[0])
    assert episode["totalSleepTime"]["value"] == 420.25
    assert episode["wakeAfterSleepOnset"]["value"] == 30
    assert episode["sleepEfficiencyPercentage"] == {"value": 87.55, "unit": "%", "system": codes.UCUM, "code": "%"}
    assert episode["isMainSleep"] is True


def test_the_diary_is_a_source_of_its_own() -> None:
    told = [r for r in records(made(1), "Observation", codes.SLEEP) if "device" not in r]
    assert [r["valueQuantity"]["value"] for r in told] == [8 * 60 - 15 - 20]
    assert told[0]["method"] == {"text": "Morning diary"}
    episode = next(r for r in records(made(1), "Observation", codes.SLEEP_EPISODE) if "device" not in r)
    assert parts(episode)["numberOfAwakenings"] == 2


def test_the_diary_s_answers_are_there_and_unanswered_questions_are_not() -> None:
    (answers,) = records(made(1), "QuestionnaireResponse")
    said = {item["linkId"]: item["answer"][0] for item in answers["item"]}
    assert said["night"] == {"valueDate": "2026-05-04"}
    assert said["into_bed"] == {"valueDateTime": "2026-05-04T23:00:00+01:00"}
    assert said["illness"] == {"valueBoolean": False}
    assert said["event"]["valueCoding"]["code"] == "event-headache"
    assert said["recall"]["valueCoding"]["code"] == "recall-report"
    assert not {"travel", "naps", "comments"} & said.keys()


@pytest.mark.parametrize(("n", "kind"), [(0, "enhanced"), (1, "natural"), (2, "unsure")])
def test_what_the_night_was(n: int, kind: str) -> None:
    (record,) = records(made([one_night(n)]), "Observation", codes.NIGHT_KIND)
    assert record["valueCodeableConcept"]["coding"][0] == {
        "system": codes.OWN, "code": kind, "display": f"{kind.capitalize()} night",
    }  # fmt: skip


def test_silence_is_told_as_silence() -> None:
    assert records(made([one_night(3)]), "Observation", codes.NIGHT_KIND) == []
    assert one_night(3).condition is Condition.UNRECORDED


# What stays here


def test_no_words_of_the_person_leave_unless_asked_for() -> None:
    data = fhir.as_bytes(fhir.collection(made(4))).lower()
    assert b"needle" not in data
    assert b"band" not in data  # what the person calls a device
    assert b"QSBuZWVkbGU".lower() not in data  # "A needle" in Base64
    assert records(made(4), "DocumentReference") == []


@pytest.mark.parametrize("scope", ["names", "comments", "dreams"])
def test_each_tick_lets_its_own_words_go(scope: str) -> None:
    found = made(1, **{scope: True})
    data = json.dumps([e.resource for e in found.entries]).lower()
    assert ("needle mask 2" in data) == (scope == "names")
    assert ("needle in a comment" in data) == (scope == "comments")
    texts = [b64decode(r["content"][0]["attachment"]["data"]) for r in records(found, "DocumentReference")]
    assert texts == ([b"A needle in dream 0"] if scope == "dreams" else [])
    assert b"ann" not in fhir.as_bytes(fhir.collection(found)).lower().replace(b"questionnaire", b"")


def test_a_dream_that_may_be_another_s_stays() -> None:
    night = one_night(0)
    found = made([replace(night, dreams=(replace(night.dreams[0], may_not_be_own=True),))], dreams=True)
    assert records(found, "DocumentReference") == []
    assert ("Dreams that may not be your own", "1 stay here") in fhir.words(found.leaving)


def test_sealed_nights_stay_and_are_said() -> None:
    found = made([one_night(0), one_night(1, sealed=True), one_night(2, sealed=True, study_sealed=True)])
    assert {e.night for e in found.entries if e.night} == {FIRST}
    assert ("Sealed nights", "2 stay here") in fhir.words(found.leaving)
    with pytest.raises(UserError, match="still sealed"):
        made([one_night(0, sealed=True)])


def test_a_sealed_study_of_a_journal_keeps_its_nights(journal: Any, clock: Any) -> None:
    person = journal.persons.all()[0] if journal.persons.all() else journal.persons.add("me", clock.now())
    write(journal, person.id, row("ENENENEN"))
    clock.set(datetime(2026, 5, 9, 12, tzinfo=UTC))
    whole = fhir.build(journal, person.id, fhir.Scope(), clock)
    assert FIRST not in whole.leaving.sealed
    assert NAME.encode() not in fhir.as_bytes(fhir.collection(whole))
    journal.studies.put(study(person.id, "ENENENEN", sealed=True))
    with pytest.raises(UserError, match="sealed"):
        fhir.build(journal, person.id, fhir.Scope(), clock)


def test_what_does_not_count_stays() -> None:
    night = one_night(0, diary=None, recall=None, condition=Condition.NATURAL)
    for change in ({"validity": Validity.UNSCORED}, {"copy_of": 7}, {"kind": SessionKind.REST}):
        found = made([replace(night, sessions=(replace(night.sessions[0], **change),))])
        assert records(found, "Observation", codes.SLEEP) == []
        assert len(records(found, "Observation")) == 1


def test_a_value_no_night_can_have_is_left_out_and_counted() -> None:
    night = one_night(0, diary=None)
    bad = replace(night.sessions[0], measures=SessionMeasures(400, 430, float("nan"), -3.0))
    found = made([replace(night, sessions=(bad,))])
    assert fhir_check.check(fhir.collection(found)) == ()
    assert found.leaving.impossible == 3  # latency, wake after sleep onset, and an efficiency above 100 %
    fhir.as_bytes(fhir.collection(found))


def test_late_and_unblind_diaries_say_so() -> None:
    night = one_night(0)
    late = replace(night.diary, entered=night.diary.out_of_bed.utc + timedelta(hours=30))
    notes = [
        r["note"] for r in records(made([replace(night, diary=late, passed_over=True)]), "Observation") if "note" in r
    ]
    assert [n["text"] for n in notes[0]] == [
        "Written more than 24 hours after rising.", "The device's numbers were opened before the diary was written.",
    ]  # fmt: skip


def test_a_nap_is_an_episode_of_its_own() -> None:
    night = one_night(0, diary=None)
    nap = replace(
        night.sessions[0], id=9, kind=SessionKind.NAP, start=replace(night.sessions[0].start, utc=datetime(2026, 5, 5, 12, tzinfo=UTC)),
        end=replace(night.sessions[0].end, utc=datetime(2026, 5, 5, 12, 40, tzinfo=UTC)), measures=SessionMeasures(40, 35),
    )  # fmt: skip
    found = records(made([replace(night, sessions=(*night.sessions, nap))]), "Observation", codes.SLEEP_EPISODE)
    assert [parts(r)["isMainSleep"] for r in found] == [True, False]
    assert len(records(made([replace(night, sessions=(*night.sessions, nap))]), "Observation", codes.SLEEP)) == 1


# Who and which


def test_the_same_nights_are_the_same_records() -> None:
    assert fhir.as_bytes(fhir.collection(made(3))) == fhir.as_bytes(fhir.collection(made(3)))
    ids = {e.night: e.uuid for e in made(5).entries}
    assert {e.night: e.uuid for e in made(3).entries}.items() <= ids.items()
    everything = [e.uuid for e in made(30, dreams=True).entries]
    assert len(everything) == len(set(everything))


def test_two_journals_share_no_record() -> None:
    other = replace(PERSON, created=PERSON.created + timedelta(milliseconds=1))
    scope = fhir.Scope()
    mine = {e.uuid for e in parcel(PERSON, JournalKind.OWN, [one_night(0)], scope).entries}
    assert not mine & {e.uuid for e in parcel(other, JournalKind.OWN, [one_night(0)], scope).entries}


def test_a_person_goes_by_a_pseudonym() -> None:
    assert pseudonym_of(replace(PERSON, name="P-014"), JournalKind.NURSE) == "P-014"
    for kind, name in ((JournalKind.NURSE, "Mr Smith"), (JournalKind.OWN, "me"), (JournalKind.OWN, "P-014")):
        made_up = pseudonym_of(Person(1, name, PERSON.created), kind)
        assert made_up.startswith("P-") and len(made_up) == 7 and made_up != name
        assert made_up == pseudonym_of(PERSON, kind)


@settings(max_examples=40)
@given(st.text())
def test_any_words_make_a_bundle_that_may_leave(text: str) -> None:
    night = one_night(0)
    dream = replace(night.dreams[0], text=text)
    used = tuple(replace(e, name=text) for e in night.exposures)
    found = made(
        [replace(night, dreams=(dream,), exposures=used, diary=replace(night.diary, comments=text))],
        names=True, dreams=True, comments=True,
    )  # fmt: skip
    bundle = fhir.collection(found)
    assert fhir_check.check(bundle) == ()
    Bundle.model_validate(json.loads(fhir.as_bytes(bundle)))


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    out = tmp_path / "nights.json"
    assert fhir.write(made(2), out) == len(json.loads(out.read_bytes())["entry"])
    with pytest.raises(UserError, match="not written"):
        fhir.write(made(2), tmp_path / "missing" / "nights.json")


def test_nothing_known_is_said() -> None:
    with pytest.raises(UserError, match="choose other nights"):
        made([])
