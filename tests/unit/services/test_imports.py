"""Preview, commit, receipts, importing again, undo."""

from __future__ import annotations

import json
import shutil
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dreamjournal.common.errors import Cancelled, UserError
from dreamjournal.common.progress import CallProgress
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.services import import_reading, imports, nights
from dreamjournal.services.synthetic import Truth, make, sleepsync_export, whoop_sleeps_csv
from dreamjournal.store.journal import memory_journal
from tests.fakes import FakeClock

DATA = Path(__file__).parents[2] / "data"
WHOOP = [DATA / "whoop" / n for n in ("journal_entries.csv", "physiological_cycles.csv", "sleeps.csv")]
ALL = [*WHOOP, *(DATA / k / n for k, n in (
    ("sleep_as_android", "sleep-export.csv"), ("sleepmeter", "sleep_history.csv"), ("sleepsync", "export.json"),
))]  # fmt: skip


@pytest.fixture
def clock():
    return FakeClock(datetime(2026, 11, 1, tzinfo=UTC))


@pytest.fixture
def me(journal):
    return journal.persons.all()[0].id


def snapshot(journal, person_id, clock):
    """`nights --json`, with no number of an import or a row in it."""
    return json.dumps(nights.to_json(nights.nights(journal, person_id, clock=clock)), sort_keys=True)


def counts(receipt):
    return tuple(receipt.rows.to_json().values())


def adds_up(receipts):
    for f in receipts:
        for c in (f.rows, f.sessions, f.dreams, f.exposures):
            assert c.read == c.kept + c.updated + c.unchanged + c.merged + c.rejected, f.path
        assert f.rows.rejected == len(f.rejected)


def run(journal, me, paths, clock, **more):
    receipts, _ = imports.run(journal, me, paths, clock=clock, **more)
    adds_up(receipts)
    return receipts


def test_sleeps_and_cycles_are_one_session_whichever_order(journal, me, clock):
    receipts = {f.path: f for f in run(journal, me, WHOOP, clock)}
    assert counts(receipts["sleeps.csv"]) == (4, 4, 0, 0, 0, 0)
    assert counts(receipts["physiological_cycles.csv"]) == (3, 0, 0, 0, 2, 1)
    assert counts(receipts["journal_entries.csv"]) == (4, 3, 0, 0, 0, 1)
    assert receipts["sleeps.csv"].zone_confidence == "offset"
    assert receipts["journal_entries.csv"].tags == (("Have any caffeine?", 0), ("Took melatonin?", 2))
    found = journal.sessions.between(me, date(2026, 3, 1), date(2026, 3, 31))
    night = found[date(2026, 3, 12)]
    assert [(s.kind, s.measures.hr) for s in night] == [("nap", None), ("main", 52)]
    assert found[date(2026, 3, 11)][0].measures.hrv_rmssd == 51


def test_cycles_alone_and_sleeps_later(journal, me, clock):
    run(journal, me, [WHOOP[1]], clock)
    (sleeps,) = run(journal, me, [WHOOP[2]], clock)
    assert counts(sleeps) == (4, 2, 0, 2, 0, 0), "the two sleeps of the cycles were known; nothing of them is new"
    (cycles,) = run(journal, me, [WHOOP[1]], clock)
    assert counts(cycles) == (3, 0, 0, 2, 0, 1)
    assert journal.sessions.between(me, date(2026, 3, 11), date(2026, 3, 11))[date(2026, 3, 11)][0].measures.hr == 55


def test_preview_is_what_commit_does_and_writes_nothing(journal, me, clock):
    before = snapshot(journal, me, clock)
    plan = imports.preview(journal, me, ALL, clock=clock)
    assert snapshot(journal, me, clock) == before
    assert imports.history(journal) == []
    assert all(f.dry_run and f.import_id is None for f in plan.files)
    receipts, _ = imports.commit(journal, plan, clock)
    for a, b in zip(plan.files, receipts, strict=True):
        assert (a.rows, a.nights, a.sessions, a.dreams, a.exposures, a.tags) == (
            b.rows, b.nights, b.sessions, b.dreams, b.exposures, b.tags,
        )  # fmt: skip
        assert b.import_id is not None


def test_importing_again_adds_nothing_and_undo_restores_exactly(journal, me, clock):
    empty = snapshot(journal, me, clock)
    first = run(journal, me, ALL, clock)
    full = snapshot(journal, me, clock)
    again = run(journal, me, ALL, clock)
    for f in again:
        assert (f.rows.kept, f.rows.updated, f.nights.new, f.nights.updated) == (0, 0, 0, 0), f.path
    assert snapshot(journal, me, clock) == full
    for f in again:
        imports.undo(journal, f.import_id, clock)
    assert snapshot(journal, me, clock) == full
    for f in first:
        imports.undo(journal, f.import_id, clock)
    assert snapshot(journal, me, clock) == empty
    assert journal.dreams.count(me) == 0
    assert journal.enhancers.all(me) == []
    with pytest.raises(UserError, match="undone before"):
        imports.undo(journal, first[0].import_id, clock)
    assert imports.history(journal)[-1].undone is not None


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(len(ALL))), undo=st.permutations(range(len(ALL))))
def test_files_in_any_order_give_the_same_nights_and_any_undo_order_the_start(order, undo):
    clock = FakeClock(datetime(2026, 11, 1, tzinfo=UTC))
    journal = memory_journal(clock=clock)
    me = journal.persons.all()[0].id
    start = snapshot(journal, me, clock)
    receipts = run(journal, me, [ALL[i] for i in order], clock)
    assert counts(next(f for f in receipts if f.path == "sleeps.csv"))[:2] == (4, 4)
    assert len(nights.nights(journal, me, clock=clock)) == 9  # three of them known only by an empty log
    for i in undo:
        imports.undo(journal, receipts[i].import_id, clock)
    assert snapshot(journal, me, clock) == start
    journal.close()


def test_a_revised_export_updates_in_place_and_undo_brings_the_old_value_back(journal, me, clock, tmp_path):
    run(journal, me, [WHOOP[2]], clock)
    old = snapshot(journal, me, clock)
    path = tmp_path / "sleeps.csv"
    path.write_text(WHOOP[2].read_text().replace(",421,450,250,", ",425,450,254,"))
    (f,) = run(journal, me, [path], clock)
    assert counts(f) == (4, 0, 1, 3, 0, 0)
    assert f.nights.to_json() == {"new": 0, "updated": 1, "unchanged": 2}
    session = journal.sessions.between(me, date(2026, 3, 12), date(2026, 3, 12))[date(2026, 3, 12)][1]
    assert session.measures.tst_min == 425
    imports.undo(journal, f.import_id, clock)
    assert snapshot(journal, me, clock) == old


def test_a_session_moved_to_another_week_under_its_id_is_updated(journal, me, clock, tmp_path):
    run(journal, me, [DATA / "sleepsync/export.json"], clock)
    before = snapshot(journal, me, clock)
    path = tmp_path / "export.json"
    text = (DATA / "sleepsync/export.json").read_text().replace("2026-01-09T", "2026-02-09T")
    path.write_text(text)
    (f,) = run(journal, me, [path], clock)
    assert counts(f) == (3, 0, 1, 2, 0, 0)
    assert tuple(f.exposures.to_json().values()) == (2, 0, 1, 1, 0, 0)
    assert journal.sessions.of_night(me, date(2026, 1, 8)) == []
    assert len(journal.sessions.of_night(me, date(2026, 2, 8))) == 1
    imports.undo(journal, f.import_id, clock)
    assert snapshot(journal, me, clock) == before


def test_a_mapped_question_becomes_an_exposure_and_undo_takes_it_away(journal, me, clock):
    melatonin = journal.enhancers.add(me, "Melatonin", EnhancerKind.SUPPLEMENT, clock.now())
    journal.enhancers.map(me, "whoop", "Took melatonin?", melatonin.id)
    before = snapshot(journal, me, clock)
    (f,) = run(journal, me, [WHOOP[0]], clock)
    found = {n.night_date: n for n in nights.nights(journal, me, clock=clock)}
    assert [e.name for e in found[date(2026, 3, 12)].exposures] == ["Melatonin"]
    assert found[date(2026, 3, 6)].condition == "enhanced", "an answer makes the night where there is none"
    imports.undo(journal, f.import_id, clock)
    assert snapshot(journal, me, clock) == before


def test_sleepsync_brings_exposures_coverage_and_its_enhancer(journal, me, clock):
    (f,) = run(journal, me, [DATA / "sleepsync/export.json"], clock)
    assert (counts(f), tuple(f.exposures.to_json().values())) == ((3, 3, 0, 0, 0, 0), (2, 2, 0, 0, 0, 0))
    assert (f.zone, f.zone_confidence) == ("Europe/London", "named")
    assert [e.name for e in journal.enhancers.all(me)] == ["SleepSync"]
    (coverage,) = journal.tags.coverages(me)
    assert coverage.name == "SleepSync"
    exposure = journal.exposures.of_night(me, date(2026, 1, 5))[0]
    assert (exposure.mode, exposure.intensity, exposure.source) == ("realtime", 0.45, "sleepsync")


def test_an_enhancer_stays_as_long_as_one_import_leans_on_it(journal, me, clock, tmp_path):
    (first,) = run(journal, me, [DATA / "sleepsync/export.json"], clock)
    later = tmp_path / "later.json"
    later.write_text(
        (DATA / "sleepsync/export.json").read_text().replace("2026-01", "2026-02").replace("ss-2026", "ss-x")
    )
    (second,) = run(journal, me, [later], clock)
    imports.undo(journal, first.import_id, clock)
    assert [e.name for e in journal.enhancers.all(me)] == ["SleepSync"]
    assert len(journal.exposures.between(me, date(2026, 1, 1), date(2026, 3, 1))) == 2
    imports.undo(journal, second.import_id, clock)
    assert journal.enhancers.all(me) == []


def test_words_of_an_imported_dream_changed_by_the_person_stay(journal, me, clock):
    path = DATA / "sleepmeter/sleep_history.csv"
    (f,) = run(journal, me, [path], clock)
    assert tuple(f.dreams.to_json().values()) == (2, 2, 0, 0, 0, 0)
    dream = next(d for d in journal.dreams.all(me) if d.text)
    clock.advance(hours=1)
    journal.dreams.update(dream.id, DreamDraft(dream.night_date, "My own words now.", dream.recall), clock.now())
    (again,) = run(journal, me, [path], clock)
    assert tuple(again.dreams.to_json().values()) == (2, 0, 0, 2, 0, 0)
    assert journal.dreams.get(dream.id).text == "My own words now."


def test_bad_rows_of_all_kinds_one_by_one(journal, me, clock, tmp_path):
    lines = WHOOP[2].read_text().splitlines()
    bad = [
        lines[1].replace("2026-03-13 06:40:00", "2026-03-12 06:40:00"),
        lines[1].replace("2026-03-13 06:40:00", "9999-12-31 23:59:59"),
        lines[1].replace(",421,", ",-421,"),
    ]
    path = tmp_path / "sleeps.csv"
    path.write_text("\n".join([lines[0], bad[0], lines[1], bad[1], bad[2], *lines[2:]]) + "\n")
    (f,) = run(journal, me, [path], clock)
    assert counts(f) == (7, 4, 0, 0, 0, 3)
    assert [(r.where, r.line, r.reason) for r in f.rejected] == [
        ("sleeps.csv line 2", 2, "the end is before the start"),
        ("sleeps.csv line 4", 4, "the end is in the future (9999-12-31)"),
        ("sleeps.csv line 5", 5, "negative minutes (time asleep)"),
    ]


def test_good_files_are_taken_beside_refused_ones(journal, me, clock, tmp_path):
    page, cut = tmp_path / "page.csv", tmp_path / "cut.zip"
    page.write_text("<!doctype html><title>Log in</title>")
    with zipfile.ZipFile(cut, "w") as z:
        z.writestr("sleeps.csv", WHOOP[2].read_bytes())
    cut.write_bytes(cut.read_bytes()[:150])
    receipts = run(journal, me, [page, WHOOP[2], cut, tmp_path / "gone.csv"], clock)
    assert [f.error is None for f in receipts] == [False, True, False, False]
    assert "looks like a web page" in receipts[0].error
    assert "cut off or damaged" in receipts[2].error
    assert "no such file" in receipts[3].error
    assert receipts[1].rows.kept == 4
    assert all(f.import_id is None for f in receipts if f.error)
    assert len(imports.history(journal)) == 1


def test_a_row_in_an_archive_says_which_archive(journal, me, clock, tmp_path):
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as z:
        z.writestr("a/sleeps.csv", WHOOP[2].read_text() + "cut,off\n")
    (f,) = run(journal, me, [tmp_path / "export.zip"], clock)
    assert f.rejected[0].where == "export.zip/sleeps.csv line 6"
    assert f.rows.kept == 4


def test_a_folder_is_searched_and_unknown_files_are_listed(journal, me, clock, tmp_path):
    (tmp_path / "in/deep").mkdir(parents=True)
    for path in WHOOP:
        shutil.copy(path, tmp_path / "in/deep")
    (tmp_path / "in/notes.txt").write_text("milk")
    receipts = run(journal, me, [tmp_path / "in"], clock)
    assert [f.error for f in receipts] == [None] * 4
    (unknown,) = [f for f in receipts if f.format is None]
    assert (unknown.path, unknown.warnings) == ("notes.txt", ("Not an export that Dreamjournal knows; passed over.",))


def test_links_and_hidden_files_of_a_folder_are_left_alone_and_a_huge_folder_is_refused(
    journal, me, clock, tmp_path, monkeypatch
):
    (tmp_path / ".hidden.csv").write_bytes(WHOOP[2].read_bytes())
    (tmp_path / "link.csv").symlink_to(WHOOP[2])
    assert run(journal, me, [tmp_path], clock) == []
    assert imports.sentence([]) == "Nothing was imported: there is no export here that Dreamjournal knows."
    for i in range(4):
        (tmp_path / f"{i}.csv").write_text("x")
    monkeypatch.setattr(import_reading, "MAX_FILES", 3)
    with pytest.raises(UserError, match="more than 3 files"):
        run(journal, me, [tmp_path], clock)


def test_a_known_format_without_sleep_is_taken_with_a_warning(journal, me, clock, tmp_path):
    path = tmp_path / "sleeps.csv"
    path.write_text(WHOOP[2].read_text().splitlines()[0] + "\n")
    (f,) = run(journal, me, [path], clock)
    assert (f.error, counts(f), f.warnings) == (None, (0,) * 6, ("The file holds no sleep.",))


def test_a_wrong_zone_or_format_is_refused_before_anything_is_read(journal, me, clock):
    with pytest.raises(UserError, match="no time zone 'Europe/Atlantis'"):
        run(journal, me, WHOOP, clock, zone="Europe/Atlantis")
    with pytest.raises(UserError, match="no time zone"):
        run(journal, me, WHOOP, clock, zone="../../etc/passwd")
    with pytest.raises(UserError, match=r"use one of .*sleep_as_android.*whoop"):
        run(journal, me, WHOOP, clock, format_key="diary")
    assert imports.history(journal) == []


def test_a_forced_format_that_does_not_fit_is_refused(journal, me, clock):
    (f,) = run(journal, me, [WHOOP[2]], clock, format_key="sleepsync")
    assert f.error is not None
    (f,) = run(journal, me, [WHOOP[2]], clock, format_key="whoop")
    assert f.rows.kept == 4


@pytest.mark.parametrize("stage", [0, 3, 6, 8])
def test_cancel_at_any_step_leaves_the_journal_as_it_was(journal, me, clock, stage):
    before = snapshot(journal, me, clock)
    plan = imports.preview(journal, me, ALL, clock=clock)
    calls = 0

    def cancel(done, total, text):
        nonlocal calls
        calls += 1
        if calls > stage:
            raise Cancelled

    with pytest.raises(Cancelled):
        imports.preview(journal, me, ALL, clock=clock, progress=CallProgress(cancel))
    calls = 0
    if stage < len(ALL):
        with pytest.raises(Cancelled):
            imports.commit(journal, plan, clock, CallProgress(cancel))
    assert snapshot(journal, me, clock) == before
    assert imports.history(journal) == []


def test_the_same_start_in_another_source_is_a_copy(journal, me, clock, tmp_path):
    run(journal, me, [WHOOP[2]], clock)
    data = json.loads((DATA / "sleepsync/export.json").read_text())
    data["sessions"] = [
        data["sessions"][0] | {"id": "same", "start": "2026-03-12T22:10:55Z", "end": "2026-03-13T05:00:00Z"},
        data["sessions"][0] | {"id": "other", "start": "2026-03-12T00:25:00Z", "end": "2026-03-12T05:00:00Z"},
    ]
    for s in data["sessions"]:
        del s["cues"], s["events"]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(data))
    (f,) = run(journal, me, [path], clock)
    assert f.warnings == ("1 session is a copy of another source's: listed, and not counted.",)
    found = {
        s.source_id: s
        for day in journal.sessions.between(me, date(2026, 3, 1), date(2026, 3, 31)).values()
        for s in day
    }
    assert found["same"].copy_of == found["start:2026-03-12T22:10Z"].id
    assert found["other"].copy_of is None
    assert run(journal, me, [path], clock)[0].warnings == ()


def test_a_copy_counts_again_when_its_original_is_undone(journal, me, clock, tmp_path):
    (original,) = run(journal, me, [WHOOP[2]], clock)
    data = json.loads((DATA / "sleepsync/export.json").read_text())
    data["sessions"] = [
        data["sessions"][0] | {"start": "2026-03-12T22:10:00Z", "end": "2026-03-13T05:00:00Z", "cues": [], "events": []}
    ]
    (tmp_path / "export.json").write_text(json.dumps(data))
    run(journal, me, [tmp_path / "export.json"], clock)

    def own():
        return next(s for s in journal.sessions.of_night(me, date(2026, 3, 12)) if s.source == "sleepsync")

    assert not own().counts
    imports.undo(journal, original.import_id, clock)
    assert own().counts


def test_undo_puts_a_rewritten_dream_into_the_bin_with_its_words(journal, me, clock):
    (f,) = run(journal, me, [DATA / "sleepmeter/sleep_history.csv"], clock)
    dream = next(d for d in journal.dreams.all(me) if d.text)
    clock.advance(hours=1)
    journal.dreams.update(dream.id, DreamDraft(dream.night_date, "My own words now.", dream.recall), clock.now())
    imports.undo(journal, f.import_id, clock)
    assert journal.dreams.count(me) == 0
    (item,) = journal.bin.all(me)
    journal.bin.restore(item.id)
    assert [d.text for d in journal.dreams.all(me)] == ["My own words now."]


def test_equal_deep_and_rem_on_one_night_is_a_copy_and_zero_is_not(journal, me, clock, tmp_path):
    run(journal, me, [WHOOP[2]], clock)
    base = json.loads((DATA / "sleepsync/export.json").read_text())
    codes = "2" * 10 + "3" * 90 + "R" * 81
    session = {
        "id": "a",
        "start": "2026-03-12T23:30:00Z",
        "end": "2026-03-13T04:00:00Z",
        "zone": "Europe/Berlin",
        "mode": "simulated",
    }
    nap = session | {"id": "b", "start": "2026-03-12T15:00:00Z", "end": "2026-03-12T15:30:00Z", "kind": "nap"}
    base["sessions"] = [
        session | {"stages": {"epoch_s": 60, "codes": codes}},
        nap | {"stages": {"epoch_s": 60, "codes": "2" * 28}},
    ]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(base))
    run(journal, me, [path], clock)
    found = {
        s.source_id: s for s in journal.sessions.between(me, date(2026, 3, 12), date(2026, 3, 12))[date(2026, 3, 12)]
    }
    assert found["a"].copy_of is not None
    assert found["b"].copy_of is None


def test_the_document_has_every_key_of_the_contract(journal, me, clock):
    document = imports.to_json(run(journal, me, ALL, clock, dry_run=True))
    json.dumps(document)
    rows = {"read", "kept", "updated", "unchanged", "merged", "rejected"}
    for f in document["files"]:
        assert {
            "path", "format", "source", "import_id", "zone", "zone_confidence", "rows", "nights", "sessions", "dreams",
            "exposures", "tags", "rejected", "warnings", "first_night", "last_night", "dry_run",
        } <= set(f)  # fmt: skip
        for key in ("rows", "sessions", "dreams", "exposures"):
            assert set(f[key]) == rows
        assert set(f["nights"]) == {"new", "updated", "unchanged"}
        assert f["zone_confidence"] in ("named", "offset", "asked", "none")
        assert all({"where", "reason"} <= set(r) for r in f["rejected"])
        assert all(set(t) == {"tag", "nights"} for t in f["tags"])
        assert f["dry_run"] is True
        assert f["import_id"] is None
        assert "error" not in f


def test_the_receipt_is_kept_with_the_import(journal, me, clock):
    (f,) = run(journal, me, [WHOOP[2]], clock)
    assert imports.history(journal, me)[0].receipt == imports.receipt_json(f)


def test_the_sentence_has_both_totals(journal, me, clock):
    first = run(journal, me, WHOOP, clock)
    assert imports.sentence(first) == (
        "7 of 11 rows are in your journal. 2 rows were joined to another. 2 rows could not be taken; each is listed with its reason."
    )
    again = run(journal, me, [WHOOP[2]], clock)
    assert imports.sentence(again) == "Nothing new in this file. 4 rows were already here."


def test_synthetic_nights_from_two_sources(journal, me, clock, tmp_path):
    series = make(Truth(nights=40))
    (tmp_path / "s.json").write_text(json.dumps(sleepsync_export(series)))
    (tmp_path / "w.csv").write_text(whoop_sleeps_csv(series))
    receipts = run(journal, me, [tmp_path / "s.json", tmp_path / "w.csv"], clock)
    recorded = [n for n in series.nights if n.recorded]
    assert receipts[1].rows.kept == len(recorded)
    assert all(f.warnings == () for f in receipts)
    found = {n.night_date: n for n in nights.nights(journal, me, clock=clock)}
    assert {d for d, n in found.items() if n.condition == "enhanced"} == {n.night_date for n in recorded if n.enhanced}
    for n in recorded:
        assert abs(found[n.night_date].seen_by("whoop").sessions[0].measures.tst_min - n.tst_min) < 30


@pytest.mark.real
def test_the_recorded_exports(journal, me, shared_dir):
    clock = FakeClock(datetime(2026, 11, 23, tzinfo=UTC))
    fixtures = shared_dir / "fixtures"
    empty = snapshot(journal, me, clock)
    whoop = run(journal, me, sorted(fixtures.glob("whoop/*.csv")), clock)
    assert [counts(f) for f in whoop] == [(6, 4, 0, 0, 0, 2), (10, 0, 0, 0, 7, 3), (14, 14, 0, 0, 0, 0)]
    android = run(journal, me, sorted(fixtures.glob("sleep_as_android/*.zip")), clock)
    assert (len(android), sum(f.rows.read for f in android), sum(f.rows.kept for f in android)) == (9, 71, 13)
    meter = run(journal, me, [fixtures / "sleepdiary_misc/Sleepmeter"], clock)
    assert (len(meter), sum(f.rows.read for f in meter), sum(f.rows.rejected for f in meter)) == (17, 71, 24)
    full = snapshot(journal, me, clock)
    again = run(
        journal,
        me,
        [*fixtures.glob("whoop/*.csv"), fixtures / "sleep_as_android", fixtures / "sleepdiary_misc/Sleepmeter"],
        clock,
    )
    assert sum(f.rows.kept + f.rows.updated + f.rows.merged for f in again) == 0
    assert snapshot(journal, me, clock) == full
    for f in [*again, *meter, *android, *whoop]:
        imports.undo(journal, f.import_id, clock)
    assert snapshot(journal, me, clock) == empty
