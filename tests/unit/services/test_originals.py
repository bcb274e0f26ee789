"""Kept originals: once, compressed, up to the person's limit, gone with the last import that needs them."""

from __future__ import annotations

import random
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dreamjournal.services import enhancers, imports, nights, reread, settings
from tests.fakes import FakeClock

DATA = Path(__file__).parents[2] / "data"
SLEEPS = DATA / "whoop/sleeps.csv"


@pytest.fixture
def clock():
    return FakeClock(datetime(2026, 11, 1, tzinfo=UTC))


@pytest.fixture
def me(journal):
    return journal.persons.all()[0].id


def run(journal, me, path, clock):
    return imports.run(journal, me, [path], clock=clock)[0][0]


def test_a_file_is_kept_once_and_comes_back_to_the_byte(journal, me, clock):
    first, second = run(journal, me, SLEEPS, clock), run(journal, me, SLEEPS, clock)
    assert (first.original, second.original) == ("kept", "kept")
    count, size, packed = journal.originals.totals()
    assert (count, size) == (1, SLEEPS.stat().st_size)
    assert packed < size
    kept = journal.originals.of_person(me)
    assert [o.name for o in kept] == ["sleeps.csv", "sleeps.csv"]
    assert b"".join(journal.originals.parts(kept[0].id)) == SLEEPS.read_bytes()


def test_what_is_packed_already_is_not_packed_again(journal, me, clock, tmp_path):
    path = tmp_path / "w.zip"
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("sleeps.csv", SLEEPS.read_bytes())
        z.writestr("workouts.csv", random.Random(1).randbytes(3_000_000))
    run(journal, me, path, clock)
    _, size, packed = journal.originals.totals()
    assert packed <= size + 10
    assert b"".join(journal.originals.parts(journal.originals.of_person(me)[0].id)) == path.read_bytes()


def test_beyond_the_limit_it_is_not_kept_and_the_receipt_says_so(journal, me, clock):
    settings.set_value(journal, me, "originals_limit_mb", 0)
    receipt = run(journal, me, SLEEPS, clock)
    assert receipt.original == "too_large"
    assert imports.receipt_json(receipt)["original"] == "too_large"
    assert journal.originals.totals() == (0, 0, 0)
    assert reread.preview(journal, me, clock).unread == (("sleeps.csv", "its original is not kept"),)


def test_it_goes_with_the_last_import_that_needs_it(journal, me, clock):
    first, second = run(journal, me, SLEEPS, clock), run(journal, me, SLEEPS, clock)
    imports.undo(journal, first.import_id, clock)
    assert journal.originals.totals()[0] == 1
    imports.undo(journal, second.import_id, clock)
    assert journal.originals.totals() == (0, 0, 0)


def test_a_file_that_changed_between_preview_and_commit_is_not_kept(journal, me, clock, tmp_path):
    path = tmp_path / "sleeps.csv"
    path.write_bytes(SLEEPS.read_bytes())
    plan = imports.preview(journal, me, [path], clock=clock)
    path.write_bytes(SLEEPS.read_bytes() + b"\n")
    receipts, _ = imports.commit(journal, plan, clock)
    assert receipts[0].original == "changed"
    assert receipts[0].rows.kept == 4
    assert journal.originals.totals() == (0, 0, 0)


def test_reading_again_finds_nothing_to_change_and_writes_nothing(journal, me, clock):
    run(journal, me, SLEEPS, clock)
    found = reread.preview(journal, me, clock)
    assert (found.read, found.changes, found.unread) == (1, (), ())
    assert reread.apply(journal, found, clock)[0] == []
    assert len(imports.history(journal, me)) == 1


def test_reading_again_tells_what_another_reader_would_change_before_anything_does(journal, me, clock, monkeypatch):
    run(journal, me, SLEEPS, clock)
    of_nights = journal.sessions.between(me, date.min, date.max).values()
    session = next(s for of in of_nights for s in of if s.measures.deep_min == 90)
    # As an older reader would have left it.
    journal.sessions.update(
        replace(session, measures=replace(session.measures, deep_min=None, light_min=340.0)), digest="older"
    )
    found = reread.preview(journal, me, clock)
    assert [(c.what, c.night_date) for c in found.changes] == [("changed", session.night_date)]
    assert ("deep", "not given", "90") in found.changes[0].fields
    assert journal.sessions.get(session.id).measures.deep_min is None
    ids, _ = reread.apply(journal, found, clock)
    assert journal.sessions.get(session.id).measures.deep_min == 90
    imports.undo(journal, ids[0], clock)
    assert journal.sessions.get(session.id).measures.deep_min is None


def test_tags_the_reader_no_longer_gives_are_told_taken_out_and_brought_back(journal, me, clock):
    path = DATA / "whoop/journal_entries.csv"
    receipt = run(journal, me, path, clock)
    enhancers.map_tag(journal, me, "whoop", "Took melatonin?", "melatonin", clock)
    night = date(2026, 1, 2)
    # As an older reader would have left it: a tag on a night it does not belong to.
    journal.tags.put(me, night, "whoop", "Took melatonin?", 1.0, None, receipt.import_id)
    enhancers.derive(journal, me, receipt.import_id, clock)
    before = nights.to_json(nights.nights(journal, me, clock=clock))
    found = reread.preview(journal, me, clock)
    assert {(c.night_date, c.what, c.start) for c in found.changes} == {(night, "gone", None)}
    assert [c.fields[0][0] for c in found.changes] == ["melatonin", "“Took melatonin?”"]
    assert nights.to_json(nights.nights(journal, me, clock=clock)) == before
    ids, _ = reread.apply(journal, found, clock)
    assert night not in journal.tags.between(me, night, night)
    assert journal.exposures.of_night(me, night) == []
    imports.undo(journal, ids[-1], clock)
    assert nights.to_json(nights.nights(journal, me, clock=clock)) == before
