"""Servers that behave badly on purpose: whatever they do, it is known what they took, and nothing is made twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dreamjournal.common.errors import Cancelled, KnownError, UserError
from dreamjournal.common.progress import CallProgress
from dreamjournal.services import fhir, fhir_push
from dreamjournal.services.fhir_push import Patience, Report
from tests.unit.services.fhir_clinic import Clinic, Handler, Reply, Turn, answer, half, lost, plainly, running
from tests.unit.services.fhir_nights import made


@pytest.fixture
def clinic() -> Iterator[Clinic]:
    with running() as server:
        yield server


PARCEL = made(12)
ALL = len(PARCEL.entries)
QUICK = Patience(timeout_s=2, tries=4, total_s=60, together=20)


def send(
    clinic: Clinic, parcel: fhir.Parcel = PARCEL, patience: Patience = QUICK, waits: list[float] | None = None
) -> Report:
    kept: list[float] = [] if waits is None else waits
    return fhir_push.push(parcel, clinic.to, patience=patience, wait=kept.append)


def test_everything_is_taken_once_however_often_it_is_sent(clinic: Clinic) -> None:
    for report in (send(clinic), send(clinic)):
        assert (report.taken, report.nights, report.complete, report.refused, report.stopped) == (ALL, 12, True, (), "")
        assert len(clinic.held) == ALL
    assert fhir_push.told(send(clinic)) == [f"The server has all {ALL} records of 12 nights."]


def test_a_server_without_transactions_gets_them_one_by_one(clinic: Clinic) -> None:
    clinic.transactions = False
    report = send(clinic)
    assert report.complete
    assert len(clinic.held) == ALL
    assert [path for _, path, _ in clinic.seen].count("/fhir") == 1
    patients = {str(r.get("subject", r.get("patient"))) for (k, _), r in clinic.held.items() if k != "Patient"}
    assert len(patients) == 1
    assert "Patient/n" in patients.pop()
    assert send(clinic).complete
    assert len(clinic.held) == ALL


def test_one_refused_record_takes_no_other_with_it(clinic: Clinic) -> None:
    night = sorted({e.night for e in PARCEL.entries if e.night})[3]
    clinic.refuses = lambda r: (
        r["resourceType"] == "QuestionnaireResponse" and night.isoformat() in json.dumps(r["item"][0])
    )
    report = send(clinic)
    assert (report.taken, report.nights, report.not_sent, report.unsure) == (ALL - 1, 11, 0, 0)
    (refused,) = report.refused
    assert (refused.kind, refused.night) == ("QuestionnaireResponse", night)
    assert refused.why.startswith("too late [31mxxx")
    assert len(refused.why) == 200
    assert "1 record was refused." in fhir_push.told(report)


def test_a_transaction_s_answer_is_read_record_by_record(clinic: Clinic) -> None:
    def some(h: Handler) -> Reply:
        status, _headers, data = plainly(h)
        body = json.loads(data)
        said = {"resourceType": "OperationOutcome", "issue": [{"details": {"text": "not today"}}]}
        body["entry"][5]["response"] = {"status": "422", "outcome": said}
        return answer(status, body)

    clinic.turns = [some]
    report = send(clinic)
    assert [(r.kind, r.why) for r in report.refused] == [(PARCEL.entries[5].kind, "not today")]
    assert (report.taken, report.nights, report.not_sent) == (ALL - 1, 11, 0)


def test_a_server_that_is_busy_is_asked_again_after_the_time_it_says(clinic: Clinic) -> None:
    clinic.turns = [lambda _h: answer(429, **{"Retry-After": "3"}), lambda _h: answer(503)]
    waits: list[float] = []
    assert send(clinic, waits=waits).complete
    assert sum(waits) == 3 + 2
    clinic.turns = [lambda _h: answer(429, **{"Retry-After": "86400"})]
    waits.clear()
    assert send(clinic, patience=Patience(2, 4, 60, 20, longest_wait_s=5), waits=waits).complete
    assert sum(waits) == 5


@pytest.mark.parametrize(
    "turn", [lost, half, lambda _h: (200, {}, b"<html>nonsense"), lambda _h: answer(200, {"resourceType": "Bundle"})]
)
def test_a_lost_answer_makes_nothing_twice(clinic: Clinic, turn: Turn) -> None:
    clinic.turns = [turn]
    report = send(clinic)
    assert report.complete
    assert len(clinic.held) == ALL


@pytest.mark.parametrize(
    ("turn", "sentence"),
    [
        (lost, "The line to the server broke."),
        (half, "The line to the server broke."),
        (lambda _h: (200, {}, b"[1, 2"), "The server's answer could not be read."),
        (lambda _h: answer(500), "The server has trouble of its own (answer 500)."),
        (lambda _h: answer(429), "The server asks to send less at a time."),
        (lambda _h: answer(401), "The server does not let you in; check the token."),
        (lambda _h: answer(302, Location="http://elsewhere.example/"), "The server sends us to another address; nothing is sent there, give that address."),
    ],
)  # fmt: skip
def test_a_server_that_goes_bad_half_way(clinic: Clinic, turn: Turn, sentence: str) -> None:
    clinic.turns = [None]
    clinic.always = turn
    report = send(clinic)
    assert report.stopped == sentence
    assert not report.complete
    assert report.taken == 20
    assert report.taken + len(report.refused) + report.unsure + report.not_sent == ALL
    assert report.requests <= 1 + QUICK.tries
    clinic.always = None
    assert send(clinic).complete
    assert len(clinic.held) == ALL


def test_what_was_unsure_and_then_refused_counts_once(clinic: Clinic) -> None:
    clinic.refuses = lambda r: r["resourceType"] == "QuestionnaireResponse"
    clinic.turns = [lost]
    report = send(clinic)
    assert report.unsure == 0
    assert report.taken + len(report.refused) + report.not_sent == ALL


def test_a_server_that_is_down() -> None:
    report = fhir_push.push(PARCEL, fhir_push.server("http://127.0.0.1:9/fhir"), patience=QUICK, wait=lambda _s: None)
    assert (report.stopped, report.taken, report.unsure, report.not_sent) == (
        "The server cannot be reached.",
        0,
        0,
        ALL,
    )


def test_a_server_that_is_slow(clinic: Clinic) -> None:
    done = threading.Event()

    def slow(_h: Handler) -> Reply:
        done.wait(5)
        return answer(200)

    clinic.always = slow
    report = send(clinic, patience=Patience(0.05, 2, 60, 20))
    done.set()
    assert report.stopped == "The server did not answer in time."
    assert (report.taken, report.unsure, report.not_sent) == (0, 20, ALL - 20)


def test_a_server_that_refuses_everything_is_not_asked_for_ever(clinic: Clinic) -> None:
    clinic.refuses = lambda r: r["resourceType"] not in ("Patient", "Device")
    report = send(clinic)
    assert report.taken == 2
    assert len(report.refused) == 25
    assert report.not_sent == ALL - 27
    assert "25 records in a row" in report.stopped


def test_without_the_person_nothing_is_sent(clinic: Clinic) -> None:
    clinic.refuses = lambda r: r["resourceType"] == "Patient"
    report = send(clinic)
    assert (report.taken, len(report.refused), report.not_sent) == (0, 1, ALL - 1)
    assert report.stopped == "The server did not take the record of the person, to which all others refer."


def test_a_server_that_does_not_say_where_it_keeps_the_person_is_asked(clinic: Clinic) -> None:
    clinic.transactions = False
    silent: list[Turn | None] = [None]

    def quiet(h: Handler) -> Reply:
        plainly(h)
        return answer(200)

    clinic.turns = [*silent, quiet]
    assert send(clinic).complete
    assert "GET" in [method for method, _, _ in clinic.seen]


def test_the_time_is_bounded(clinic: Clinic) -> None:
    clinic.always = lambda _h: answer(503)
    report = send(clinic, patience=Patience(2, 50, total_s=0))
    assert report.requests == 1


def test_cancel_leaves_what_was_taken_and_says_so(clinic: Clinic) -> None:
    def stop(done: int, _total: int, _text: str) -> None:
        if done:
            raise Cancelled

    report = fhir_push.push(PARCEL, clinic.to, CallProgress(stop), patience=QUICK, wait=lambda _s: None)
    assert (report.stopped, report.taken, report.not_sent) == ("Cancelled.", 20, ALL - 20)
    assert len(clinic.held) == 20


def test_nothing_leaves_that_does_not_pass_the_check(clinic: Clinic) -> None:
    bad = made(1)
    bad.entries[-1].resource["status"] = "bogus"
    with pytest.raises(KnownError, match="Nothing left"):
        send(clinic, bad)
    assert clinic.seen == []


# Where to


def test_the_token_goes_with_each_request(clinic: Clinic) -> None:
    to = fhir_push.server(f"http://localhost:{clinic.server_port}/fhir/", "s3cret")
    assert fhir_push.push(made(1), to, patience=QUICK).complete
    assert {headers["Authorization"] for _, _, headers in clinic.seen} == {"Bearer s3cret"}


@pytest.mark.parametrize(
    "url", ["", "example.org", "ftp://example.org", "http://example.org/fhir", "https://", "https://me:pw@example.org/", "https://e.org/?a=b", "https://e.org/#x", "https://e.org:port", "https://e.org/a b", "http://localhost.evil.org"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(UserError, match="Nothing was sent") as error:
        fhir_push.server(url)
    assert "pw" not in error.value.sentence


def test_an_address_of_numbers_keeps_its_usual_port() -> None:
    report = fhir_push.push(
        made(1), fhir_push.server("http://[::1]/fhir"), patience=Patience(1, 1), wait=lambda _s: None
    )
    assert report.stopped == "The server cannot be reached."


def test_plain_http_only_when_asked_for() -> None:
    assert fhir_push.server("http://example.org/fhir", plain=True).base == "http://example.org/fhir"
    assert fhir_push.server("https://Example.org:8443/a/").base == "https://example.org:8443/a"
    assert fhir_push.server("http://[::1]:80/x").base == "http://[::1]:80/x"


def test_a_token_s_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("abc.def\n")
    assert fhir_push.read_token(file) == "abc.def"
    for text in ("", "two words", "x" * 9000):
        file.write_text(text)
        with pytest.raises(UserError, match="one token"):
            fhir_push.read_token(file)
    with pytest.raises(UserError, match="cannot be read"):
        fhir_push.read_token(tmp_path / "none")
    with pytest.raises(UserError, match="token"):
        fhir_push.server("https://example.org", "a\nb")
