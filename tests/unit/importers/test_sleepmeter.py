"""Sleepmeter's history."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.session import SessionKind
from dreamjournal.importers.sleepmeter import HEADER, PLUGIN

TEXT = (Path(__file__).parents[2] / "data/sleepmeter/sleep_history.csv").read_text()
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ROW = '"2026-03-12 06:30+0100","2026-03-11 23:00+0100","2026-03-11 22:50+0100",,NIGHT_SLEEP,NONE,NONE,NONE,NONE,5,"x"'


def read(text: str):
    return list(PLUGIN.read(io.BytesIO(text.encode()), ReadOptions(NOW, where="f"), NoProgress()))


def rows(found):
    return [d for d in found if isinstance(d, RowDraft)]


def test_times_holes_and_kind():
    night, nap, _ = rows(read(TEXT))
    session = night.sessions[0]
    assert (session.start.iso_z, session.start.offset_min, session.start.zone) == ("2026-03-12T22:10:00Z", 60, None)
    m = session.measures
    assert (m.tib_min, m.sol_min, m.waso_min, m.tst_min) == (490, 20, 35, 435)
    assert nap.sessions[0].kind == SessionKind.NAP
    assert session.night_date == date(2026, 3, 12)


def test_dreams_with_mood_themes_and_the_note():
    good, bad = rows(read(TEXT))[0].dreams
    assert good.draft.text == 'First a garden, then "a\nsecond line", and a bridge.'
    assert (good.draft.lucidity, good.draft.tone, good.draft.nightmare) == (3, 2, False)
    assert good.draft.tags == ("good", "flying", "lucid")
    assert (bad.draft.text, bad.draft.nightmare, bad.draft.tone, bad.draft.recall) == ("", True, -1, Recall.FRAGMENT)
    assert good.source_id != bad.source_id


def test_aids_hindrances_and_custom_names_are_tags_in_words():
    night, _, other = rows(read(TEXT))
    assert [t.tag for t in night.tags] == ["melatonin", 'lavender "pillow", \\', "two lines", "too hot", "custom 0001"]
    assert [t.tag for t in other.tags] == ["cpap"]


def test_a_note_without_a_dream_is_kept():
    events = [(e.kind, e.detail) for e in rows(read(TEXT))[2].sessions[0].events]
    assert ("note", "no dream, rain") in events


@pytest.mark.parametrize(
    ("mood", "tone"), [(-5, -2), (-4, -2), (-3, -1), (-2, -1), (-1, 0), (0, 0), (1, 0), (2, 1), (3, 1), (4, 2), (5, 2)]
)
def test_mood_becomes_tone(mood, tone):
    found = rows(read(f"{HEADER}\n{ROW.replace('NONE', f'GOOD:{mood}:SEA', 1)}\n"))
    assert found[0].dreams[0].draft.tone == tone


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (('"2026-03-12 06:30+0100"', '"2026-03-11 06:30+0100"'), "the end is before the start"),
        (('"2026-03-12 06:30+0100"', '"9999-12-31 23:59-1200"'), "not a date and time"),
        (('"2026-03-12 06:30+0100"', '"9999-12-31 06:30+0100"'), "in the future"),
        (('"2026-03-12 06:30+0100"', '"1900-03-12 06:30+0100"'), "before 1970"),
        ((",,NIGHT", ",-5-10,NIGHT"), "negative minutes"),
        ((",,NIGHT", ",60-30,NIGHT"), "ends before it starts"),
        ((",,NIGHT", ",60-9000,NIGHT"), "after waking"),
        (('"2026-03-11 22:50+0100"', '"2026-03-11 23:50+0100"'), "asleep before going to bed"),
        ((",5,", ",50,"), "quality"),
        ((",NONE,5", ",5"), "not a whole row"),
    ],
)
def test_a_bad_row_is_rejected_alone(change, reason):
    found = read(f"{HEADER}\n{ROW.replace(*change)}\n{ROW}\n")
    (no,) = [d for d in found if isinstance(d, Rejected)]
    assert reason in no.reason
    assert no.line == 2
    assert len(rows(found)) == 1


def test_a_stray_line_is_rejected_and_not_swallowed_by_a_note():
    found = read(f"{HEADER}\n{ROW}\nsomething else\n{ROW}\n")
    assert [d.line for d in found if isinstance(d, Rejected)] == [3]
    assert len(rows(found)) == 2


def test_a_note_cut_off_is_salvaged_with_a_warning():
    found = read(f"{HEADER}\n{ROW[:-1]}")
    assert len(rows(found)) == 1
    assert any("no end" in d.text for d in found if isinstance(d, FileWarning))


def test_custom_names_alone_are_a_known_format_without_sleep():
    text = "custom_aid_id,class,name\n"
    assert PLUGIN.sniff(text.encode(), "x") == 1
    assert read(text) == []


def test_changed_columns_are_named_and_not_guessed():
    text = f"{HEADER},moon\n{ROW},full\n"
    assert PLUGIN.sniff(text.encode(), "x") == 1
    with pytest.raises(UserError, match=r"not those of Sleepmeter this app knows \(moon\)"):
        read(text)


def test_the_three_sections_of_custom_names_stand_before_the_history():
    plain = rows(read(f"{HEADER}\n{ROW.replace('NONE,NONE,NONE,5', 'CUSTOM_0001,CUSTOM_0001,CUSTOM_0001,5')}\n"))
    named = rows(
        read(
            'custom_aid_id,class,name\nCUSTOM_0001,HERBAL,"tea"\n\ncustom_hindrance_id,class,name\nCUSTOM_0001,NOISE,"bell"\n\n'
            'custom_tag_id,name\nCUSTOM_0001,"away"\n\n'
            f"{HEADER}\n{ROW.replace('NONE,NONE,NONE,5', 'CUSTOM_0001,CUSTOM_0001,CUSTOM_0001,5')}\n"
        )
    )
    assert [t.tag for t in plain[0].tags] == ["custom 0001"]
    assert [t.tag for t in named[0].tags] == ["tea", "bell", "away"]


def test_aids_are_labels_a_person_can_map_to_an_enhancer():
    found = rows(read(f"{HEADER}\n{ROW.replace('NONE,NONE,NONE,5', 'MELATONIN|CPAP|MUSIC,NONE,NONE,5')}\n"))
    assert [t.tag for t in found[0].tags] == ["melatonin", "cpap", "music"]


def test_a_false_awakening_is_a_tag_and_lucid_is_a_level():
    found = rows(read(f"{HEADER}\n{ROW.replace('NONE', 'WEIRD:0:FALSE_AWAKENING:LUCID', 1)}\n"))
    (dream,) = found[0].dreams
    assert (dream.draft.tags, dream.draft.lucidity, dream.draft.nightmare) == (
        ("weird", "false awakening", "lucid"),
        3,
        False,
    )


@pytest.mark.real
def test_every_row_of_the_examples_is_accounted_for(shared_dir):
    total = 0
    for path in sorted((shared_dir / "fixtures/sleepdiary_misc/Sleepmeter/examples").glob("*.csv")):
        found = list(PLUGIN.read(io.BytesIO(path.read_bytes()), ReadOptions(NOW, where=path.name), NoProgress()))
        text = path.read_text()
        body = text.split(HEADER + "\n")[1] if HEADER in text else ""
        stamps = sum(line.startswith('"') and line.count("+0") >= 3 for line in body.split("\n"))
        assert len([d for d in found if isinstance(d, RowDraft | Rejected)]) == stamps, path.name
        total += stamps
    assert total == 71


def test_a_damaged_header_is_named_without_control_characters():
    with pytest.raises(UserError, match="not those of Sleepmeter") as e:
        read(HEADER.replace("notes", "n" + "\0" * 900 + "\x1b[2Jtes") + "\n")
    assert e.value.sentence.isprintable()
    assert len(e.value.sentence) < 300
