"""SleepSync's export and its published schema."""

from __future__ import annotations

import copy
import io
import json
from datetime import UTC, date, datetime

import jsonschema
import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.common.resources import resource
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.session import Validity
from dreamjournal.importers.sleepsync import PLUGIN
from dreamjournal.services.synthetic import Truth, make, sleepsync_export

EXAMPLE = json.loads(resource("schemas", "sleepsync-export-1.example.json").read_text())
SCHEMA = json.loads(resource("schemas", "sleepsync-export-1.schema.json").read_text())
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def read(data):
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(PLUGIN.read(io.BytesIO(raw), ReadOptions(NOW, where="f"), NoProgress()))


def rows(found):
    return [d for d in found if isinstance(d, RowDraft)]


def changed(**values):
    data = copy.deepcopy(EXAMPLE)
    data["sessions"][0].update(values)
    return data


def test_the_example_and_the_generator_follow_the_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(EXAMPLE, SCHEMA)
    jsonschema.validate(sleepsync_export(make(Truth(nights=40, merge_rate=0.5, glitch_rate=0.5))), SCHEMA)


def test_sessions_are_exposures_with_mode_programme_and_intensity():
    covered, first, second = rows(read(EXAMPLE))
    assert covered.coverages[0].start.iso_z == "2026-01-05T12:00:00Z"
    exposure = first.exposures[0]
    assert (exposure.name, exposure.kind) == ("SleepSync", EnhancerKind.DEVICE)
    assert (exposure.mode, exposure.programme, exposure.intensity) == ("realtime", "Slow tide", 0.45)
    session = first.sessions[0]
    assert (session.start.zone, session.device, session.firmware) == ("Europe/London", "SleepSync Band 2", "2.4.1")
    m = session.measures
    assert (m.tst_min, m.sol_min, m.waso_min, m.awake_min, m.deep_min, m.rem_min) == (16, 3, 1, 4, 4, 4)
    assert (m.light_min, m.rem_latency_min, m.hr, m.spo2) == (8, 12, 54.5, None)
    assert [(e.kind, e.detail) for e in session.events] == [("cue", "sound"), ("glitch", "")]
    assert second.sessions[0].validity == Validity.UNSCORED
    assert [(e.kind, e.detail) for e in second.sessions[0].events] == [("merge", "anon-4f1c2a")]
    assert second.sessions[0].night_date == date(2026, 1, 8)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"state": "deleted"}, "deleted in SleepSync"),
        ({"mode": "loud"}, "mode"),
        ({"zone": "Mars/Base"}, "time zone"),
        ({"zone": None}, "time zone is missing"),
        ({"end": "2026-01-05T22:00:00Z"}, "the end is before the start"),
        ({"start": "9999-12-31T22:00:00Z", "end": "9999-12-31T23:00:00Z"}, "in the future"),
        ({"start": "2026-01-05T22:40:00+01:00"}, "not an instant in UTC"),
        ({"intensity": 1.5}, "intensity"),
        ({"intensity": "high"}, "intensity"),
        ({"stages": {"epoch_s": 60, "codes": "W9"}}, "stages"),
        ({"stages": {"epoch_s": -60, "codes": "W1"}}, "stages"),
        ({"stages": {"epoch_s": 300, "codes": "2" * 200}}, "longer than the session"),
        ({"events": [{"kind": "party", "at": "2026-01-05T22:58:30Z"}]}, "events"),
        ({"kind": "siesta"}, "kind"),
    ],
)
def test_a_bad_session_is_rejected_alone(values, reason):
    found = read(changed(**values))
    (no,) = [d for d in found if isinstance(d, Rejected)]
    assert reason in no.reason
    assert no.where == "f session 1"
    assert len(rows(found)) == 2


def test_without_times_there_is_no_sleep_in_the_row():
    data = copy.deepcopy(EXAMPLE)
    del data["sessions"][0]["start"]
    assert [d.reason for d in read(data) if isinstance(d, Rejected)] == ["no sleep in this row"]


def test_unknown_fields_are_named():
    texts = [d.text for d in read(changed(moon="full")) if isinstance(d, FileWarning)]
    assert texts == ["Fields not known, and not read: moon"]


@pytest.mark.parametrize(
    "data", [b"{", b'{"format": "sleepsync-export", "version": 1, "sess', b"[]", b'{"format":"x"}', b'{"a":1,"a":2}']
)
def test_cut_off_or_foreign_json_is_refused(data):
    with pytest.raises(UserError):
        read(data)


def test_another_version_is_refused_in_words():
    with pytest.raises(UserError, match=r"version 2 .* reads version 1"):
        read({**EXAMPLE, "version": 2})


@pytest.mark.parametrize("state", [["scored"], {"value": "scored"}, 7, None])
def test_a_state_that_is_no_word_is_rejected_with_its_reason(state):
    found = read(changed(state=state))
    assert [d.reason for d in found if isinstance(d, Rejected)] == [
        "state: not one of scored, unscored, off_head, deleted"
    ]
