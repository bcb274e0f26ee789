"""Sleep as Android's export."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft
from dreamjournal.domain.session import StageCode
from dreamjournal.importers.sleep_as_android import PLUGIN

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
    assert "Columns not known, and not read: Moon" in texts
    assert "Events not known, and not read: MOONWALK" in texts


def test_sniff_by_content():
    assert PLUGIN.sniff(TEXT.encode()[:200], "anything.bin") == 1
    assert PLUGIN.sniff(b"Id,Name\n", "sleep-export.csv") == 0


@pytest.mark.real
def test_the_nine_zips(shared_dir):
    seen = {}
    for path in sorted((shared_dir / "fixtures/sleep_as_android").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            found = read(archive.read("sleep-export.csv"))
        assert all(isinstance(d, RowDraft) for d in found), path.name
        seen |= {r.sessions[0].source_id: r for r in rows(found)}
    assert len(seen) == 13
    tags = {t.tag: t.value for t in seen["1606462701362"].tags}
    assert (tags["alcohol"], tags["med"], tags["dream"], len(tags)) == (3, 2, 1, 23)
    assert seen["1606734191337"].sessions[0].measures.light_min == 36.6
