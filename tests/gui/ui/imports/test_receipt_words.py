"""A receipt in words: lines joined, rules with their nights, fields nobody knows, what became of the file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.ui.imports.receipt_words import (
    lost_rows,
    original_words,
    row_words,
    rule_words,
    unknown_words,
    warning_words,
    zone_words,
)


def lost(line: int, reason: str = "not scored", where: str = "sleeps.csv line {}") -> dict[str, object]:
    return {"where": where.format(line), "reason": reason, "line": line, "text": f"row {line}"}


def receipt(*rejected: dict[str, object], **more: object) -> dict[str, object]:
    return {"path": "sleeps.csv", "rejected": list(rejected), **more}


def test_lines_that_follow_each_other_with_one_reason_are_joined():
    found = lost_rows(
        receipt(lost(41, "ends before it starts"), *(lost(n) for n in range(120, 126)), lost(130), lost(131), lost(140))
    )
    assert [(g.where, g.reason, len(g.rows)) for g in found] == [
        ("sleeps.csv, line 41", "Ends before it starts.", 1),
        ("sleeps.csv, lines 120 to 125", "Not scored.", 6),
        ("sleeps.csv, lines 130, 131", "Not scored.", 2),
        ("sleeps.csv, line 140", "Not scored.", 1),
    ]
    assert found[1].has_text


def test_other_reasons_members_and_places_stay_apart():
    found = lost_rows(
        receipt(
            lost(3),
            lost(4, "longer than 24 hours"),
            lost(5, where="export.zip/a.csv line {}"),
            lost(6, where="export.zip/b.csv line {}"),
            {"where": "", "reason": "broken", "line": 0, "text": ""},
        )
    )
    assert [g.where for g in found] == [
        "sleeps.csv, line 3",
        "sleeps.csv, line 4",
        "sleeps.csv, export.zip/a.csv, line 5",
        "sleeps.csv, export.zip/b.csv, line 6",
        "sleeps.csv",
    ]
    assert not found[-1].has_text
    assert row_words(receipt(), lost(7, where="sleeps.csv record {}")) == "sleeps.csv, record 7"


@given(st.lists(st.tuples(st.integers(1, 40), st.sampled_from(["a", "b"])), max_size=60))
def test_no_row_is_lost_by_joining(rows):
    given_rows = [lost(n, reason) for n, reason in rows]
    found = lost_rows(receipt(*given_rows))
    assert [row for group in found for row in group.rows] == given_rows
    assert all(len({r["reason"] for r in group.rows}) == 1 for group in found)


def test_rules():
    rule = "light + deep + REM = asleep"
    one = {"rule": rule, "checked": 31, "broken": 1, "nights": ["2026-07-09"]}
    assert rule_words(one) == "Light + deep + REM = asleep: held in 30 of 31 nights; not on 9 Jul 2026."
    nights = [f"2026-07-{d:02d}" for d in range(1, 6)]
    many = {"rule": rule, "checked": 31, "broken": 7, "nights": nights}
    assert rule_words(many).endswith("24 of 31 nights; not on 1 Jul 2026, 2 Jul 2026, 3 Jul 2026 and 4 more.")
    two = {"rule": rule, "checked": 31, "broken": 2, "nights": nights[:2]}
    assert rule_words(two).endswith("not on 1 Jul 2026 and 2 Jul 2026.")
    assert rule_words({"rule": rule, "checked": 31, "broken": 0, "nights": []}).endswith("held in all 31 nights.")
    assert rule_words({"rule": rule, "checked": 1, "broken": 0, "nights": []}).endswith("held in the one night.")


def test_unknown_fields_are_named():
    assert unknown_words(receipt()) == ""
    words = unknown_words(receipt(unknown_fields=["sleepMinutes", "<b>x"]))
    assert words == (
        "Fields of sleeps.csv not known here: sleepMinutes, <b>x. They were not read; a vendor may have renamed something."
    )
    assert "and 38 more" in unknown_words(receipt(unknown_fields=[f"f{n}" for n in range(50)]))


def test_what_became_of_the_file():
    assert original_words([receipt(original=None), receipt()], 32) == []
    assert original_words([receipt(original="kept")], 32) == [
        "sleeps.csv is kept in the journal and can be read again."
    ]
    assert original_words([receipt(original="kept"), receipt(original="kept")], 32)[0].startswith("2 files are kept")
    assert "larger than 32 MB" in original_words([receipt(original="too_large")], 32)[0]
    assert "changed after it was read" in original_words([receipt(original="changed")], 32)[0]


def test_zone_and_how_sure():
    named = receipt(zone="Europe/London", zone_confidence="named")
    asked = receipt(zone="Europe/London", zone_confidence="asked")
    assert zone_words([named]) == ["Times in sleeps.csv were read as Europe/London, as the file says."]
    assert zone_words([asked, {**asked, "path": "b.csv"}, named]) == [
        "Times in sleeps.csv and b.csv were read as Europe/London, as you said.",
        "Times in sleeps.csv were read as Europe/London, as the file says.",
    ]
    assert "no zone is named" in zone_words([receipt(zone=None, zone_confidence="offset")])[0]
    assert zone_words([receipt(zone=None, zone_confidence="none")]) == []


def test_warnings_name_their_files():
    one = receipt(warnings=["The file holds no sleep."])
    assert warning_words([one]) == ["The file holds no sleep."]
    others = [{**one, "path": f"{n}.csv"} for n in range(5)]
    assert warning_words(others) == ["0.csv, 1.csv, 2.csv and 2 more: The file holds no sleep."]
