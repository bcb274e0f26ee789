"""Sleep as Android's export."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft, SumRule, UnknownFields
from dreamjournal.domain.session import StageCode
from dreamjournal.importers.sleep_as_android import CUE_TAG, PLUGIN, SAME_LENGTH

TEXT = (Path(__file__).parents[2] / "data/sleep_as_android/sleep-export.csv").read_text()
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def read(text: str | bytes):
    data = text.encode() if isinstance(text, str) else text
    return list(PLUGIN.read(io.BytesIO(data), ReadOptions(NOW, where="f"), NoProgress()))


def rows(found):
    return [d for d in found if isinstance(d, RowDraft)]


def test_stages_events_and_zone():
    session = rows(read(TEXT))[0].sessions[0]
    assert (session.source_id, session.start.zone, session.start.iso_z) == (
        "1773354660000",
        "Europe/Berlin",
        "2026-03-12T22:31:00Z",
    )
    assert [(s.offset_s, s.dur_s, s.code) for s in session.stages] == [
        (0, 600, StageCode.W),
        (600, 10000, StageCode.LIGHT),
        (10600, 6000, StageCode.N3),
        (16600, 6000, StageCode.REM),
    ]
    m = session.measures
    assert (m.tib_min, m.tst_min, m.awake_min, m.waso_min) == (450, 440, 10, 0)
    assert (m.deep_min, m.rem_min, m.light_min, m.hr) == (100, 100, 166.67, 52)
    assert [(e.kind, e.detail) for e in session.events] == [
        ("note", "Slept next to the window"),
        ("rating", "4 of 5"),
        ("cue", "lucid_cue"),
    ]


def test_comment_tags_with_counts():
    row = rows(read(TEXT))[0]
    assert [(t.tag, t.value, t.night_date) for t in row.tags] == [
        ("dream", 1.0, date(2026, 3, 12)),
        ("melatonin", 2.0, date(2026, 3, 12)),
        ("cpap", 1.0, date(2026, 3, 12)),
        ("lucid cue", 1.0, date(2026, 3, 12)),
    ]


def test_what_is_not_measured_is_none_and_adjustment_is_applied():
    m = rows(read(TEXT))[1].sessions[0].measures
    assert (m.deep_min, m.rem_min, m.light_min, m.awake_min, m.waso_min, m.hr) == (None,) * 6
    assert (m.tib_min, m.tst_min, m.asleep_unspecified_min) == (540, 510, 510)


def test_deep_fraction_without_stages():
    text = TEXT.replace('"-1","-1.0","-30"', '"2","0.5","0"')
    m = rows(read(text))[1].sessions[0].measures
    assert (m.deep_min, m.tst_min, m.asleep_unspecified_min) == (270, 540, 270)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (('"7.500"', '"-7.500"'), "the end is before the start"),
        (('"7.500"', '"7,5"'), "Hours: not a number"),
        (('"7.500"', '""'), "no sleep in this row"),
        (('"7.500"', '"30"'), "longer than 24 hours"),
        (('"1773354660000"', '"253402214400000"'), "in the future"),
        (('"1773354660000"', '"999999999999999"'), "after the year 9999"),
        (('"1773354660000"', '"soon"'), "not a time"),
        (("Europe/Berlin", "Europe/Atlantis"), "time zone"),
        (("Europe/Berlin", "../../etc/passwd"), "time zone"),
        (('"0.25","0"', '"0.25","-900"'), "negative minutes"),
        (('"0.25","0"', '"1.25","0"'), "DeepSleep"),
    ],
)
def test_a_bad_record_is_rejected_alone(change, reason):
    text = TEXT
    if reason == "DeepSleep":  # the fraction speaks only where no stage does
        text = "\n".join(line.replace("DEEP_", "TALK_") for line in text.split("\n"))
    found = read(text.replace(*change, 1))
    (no,) = [d for d in found if isinstance(d, Rejected)]
    assert reason in no.reason
    assert no.line == 2
    assert len(rows(found)) == 1


def test_unknown_columns_and_events_are_named():
    found = read(TEXT.replace("Geo,", "Geo,Moon,", 1).replace("LUCID_CUE", "MOONWALK"))
    texts = " ".join(d.text for d in found if isinstance(d, FileWarning))
    assert [d.names for d in found if isinstance(d, UnknownFields)] == [("Moon",)]
    assert "Events not known, and not read: MOONWALK" in texts


def test_sniff_by_content():
    assert PLUGIN.sniff(TEXT.encode()[:200], "anything.bin") == 1
    assert PLUGIN.sniff(b"Id,Name\n", "sleep-export.csv") == 0


def test_start_is_the_id_and_from_and_to_are_never_read():
    """From and To are day. month. and stand twice in the doubled hour of autumn."""
    changed = TEXT.replace("12. 03. 2026 23:31", "03. 12. 2026 11:31").replace("13. 03. 2026 7:01", "nonsense")
    assert [r.sessions for r in rows(read(changed))] == [r.sessions for r in rows(read(TEXT))]


def test_a_night_over_a_clock_change_keeps_its_real_length():
    # 2026-03-28 23:00 in Berlin, 7.5 hours: the clock then shows 07:30
    session = rows(read(TEXT.replace("1773354660000", "1774735200000")))[0].sessions[0]
    assert (session.start.local.isoformat(), session.end.local.isoformat()) == (
        "2026-03-28T23:00:00",
        "2026-03-29T07:30:00",
    )
    assert session.measures.tib_min == 450


def test_a_record_shorter_than_its_header_is_read_and_named():
    short = TEXT.replace(',"LUCID_CUE-1773372000000"', "", 1)
    found = read(short)
    assert len(rows(found)) == 2
    (rule,) = [d for d in found if isinstance(d, SumRule)]
    assert (rule.rule, rule.checked, rule.broken, rule.nights) == (SAME_LENGTH, 2, 1, (date(2026, 3, 12),))


def test_values_of_events_may_be_negative_or_in_powers_of_ten():
    text = TEXT.replace("HR-1773365260000-52.0", "HR-1773365260000--5.2E29", 1).replace("LUCID_CUE", "DHA", 1)
    found = read(text)
    assert rows(found)[0].sessions[0].measures.hr is None
    assert not [d for d in found if isinstance(d, FileWarning)]


def test_cues_for_lucid_dreams_are_a_tag_with_their_number():
    text = TEXT.replace("HR-1773365260000-52.0", "LUCID_CUE-1773371000000-3", 1)
    row = rows(read(text))[0]
    (cue,) = [t for t in row.tags if t.tag == CUE_TAG]
    assert (cue.value, cue.at.iso_z) == (2.0, "2026-03-13T03:03:20Z")
    assert [e.at.iso_z for e in row.sessions[0].events if e.kind == "cue"] == [
        "2026-03-13T03:03:20Z",
        "2026-03-13T03:20:00Z",
    ]


def test_minus_one_is_manual_or_off_and_zero_is_unrated():
    m = rows(read(TEXT.replace('"-1","-1.0","-30"', '"-1","-2.0","-1.0"')))[1].sessions[0]
    assert (m.measures.tst_min, m.measures.deep_min) == (540, None)
    assert not [e for e in m.events if e.kind in ("rating", "noise")]


def test_a_comment_may_hold_escaped_quotation_marks_and_backslashes():
    text = TEXT.replace("Slept next to the window", 'a ""b"",""c\\', 1)
    (note,) = [e for e in rows(read(text))[0].sessions[0].events if e.kind == "note"]
    assert note.detail == 'a "b","c\\'


def test_neighbouring_stretches_of_one_stage_are_one():
    text = TEXT.replace("DEEP_", "LIGHT_", 2)
    stages = rows(read(text))[0].sessions[0].stages
    assert [(s.offset_s, s.dur_s) for s in stages if s.code == StageCode.LIGHT] == [(600, 16000)]


def test_an_open_quotation_mark_spoils_its_own_record_only():
    lines = TEXT.split("\n")
    found = read("\n".join([lines[0], lines[1].replace('"Europe', '"Eur"ope', 1), *lines[3:]]))
    assert len(rows(found)) >= 1
    assert all(isinstance(d, RowDraft | Rejected | FileWarning | SumRule | UnknownFields) for d in found)


@pytest.mark.real
def test_the_nine_zips(shared_dir):
    seen = {}
    for path in sorted((shared_dir / "fixtures/sleep_as_android").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            found = read(archive.read("sleep-export.csv"))
        assert all(isinstance(d, RowDraft | SumRule) for d in found), path.name
        (rule,) = [d for d in found if isinstance(d, SumRule)]
        assert (rule.rule, rule.broken) == (SAME_LENGTH, 0)
        seen |= {r.sessions[0].source_id: r for r in rows(found)}
    assert len(seen) == 13
    tags = {t.tag: t.value for t in seen["1606462701362"].tags}
    assert (tags["alcohol"], tags["med"], tags["dream"], len(tags)) == (3, 2, 1, 23)
    assert seen["1606734191337"].sessions[0].measures.light_min == 36.6
