"""The whole journal out and in again: without loss, whole or not at all, and nothing hostile taken."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import re
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dreamjournal.common.errors import Cancelled, JournalTooNew, UserError
from dreamjournal.common.progress import CallProgress
from dreamjournal.domain.contrast import ContrastSpec, to_json
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.person import JournalKind
from dreamjournal.services import contrasts, imports, journals, persons, reread, whole_journal, whole_journal_read
from dreamjournal.services import nights as nights_service
from dreamjournal.services.whole_journal_schema import schema_bytes
from dreamjournal.store.dump import TABLES
from tests import made_journal, made_nights
from tests.fakes import FakeClock

CLOCK = FakeClock()
Change = Callable[[dict[str, Any]], object]


def restored(source: Path, path: Path, passphrase: str | None = None) -> Any:
    whole_journal_read.restore(source, path, passphrase=passphrase, clock=CLOCK)
    return journals.open_existing(path, passphrase=passphrase)


def seen(journal: Any) -> list[Any]:
    """What the pages show: nights, dreams and contrasts of everybody."""
    found: list[Any] = []
    for person in journal.persons.all():
        nights = nights_service.nights(journal, person.id, None, None, CLOCK)
        found.append(nights_service.to_json(nights))
        found.append(journal.dreams.all(person.id))
        for metric in ("tst", "recall"):
            for enhancer in journal.enhancers.all(person.id)[:2]:
                spec = ContrastSpec(metric, enhancer=enhancer.name)
                found.append(to_json(contrasts.contrast(journal, person.id, spec, CLOCK)))
    return found


def contents(place: Path) -> dict[str, bytes]:
    return {p.relative_to(place).as_posix(): p.read_bytes() for p in sorted(place.rglob("*")) if p.is_file()}


@settings(max_examples=12, phases=[Phase.generate])  # a journal says enough; making it smaller takes minutes
@given(
    seeds=st.lists(st.integers(0, 10_000), min_size=1, max_size=2),
    kind=st.sampled_from(JournalKind),
    locked=st.booleans(),
    as_zip=st.booleans(),
)
def test_out_in_and_out_again_is_the_same(seeds: list[int], kind: JournalKind, locked: bool, as_zip: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        first = journals.create(place / "a.db", kind=kind, passphrase="one" if locked else None, clock=CLOCK)
        for number, seed in enumerate(seeds):
            own = kind == JournalKind.OWN and number == 0
            person = first.persons.all()[0] if own else persons.add(first, f"P {number}", CLOCK)[0]
            made_journal.fill(first, person.id, seed, CLOCK)
        outs = [place / ("1.zip" if as_zip else "1"), place / ("2.zip" if as_zip else "2")]
        told = whole_journal.export(first, outs[0], CLOCK)
        second = restored(outs[0], place / "b.db", None if locked else "two")
        assert second.encrypted is not locked and second.kind == kind
        whole_journal.export(second, outs[1], CLOCK)
        if as_zip:
            assert outs[0].read_bytes() == outs[1].read_bytes()
        else:
            assert contents(outs[0]) == contents(outs[1])
        assert seen(second) == seen(first)
        assert told.rows == {t: second.dump.count(t) for t in TABLES} and all(told.rows.values())
        for journal in (first, second):
            journal.close()
        assert not [p.name for p in place.iterdir() if ".part" in p.name]


def test_imports_are_undone_in_the_new_journal_as_in_the_old(tmp_path: Path) -> None:
    data = Path(__file__).parents[2] / "data"
    with own_journal(tmp_path / "a.db") as first:
        files = [data / name for name in ("whoop", "oura", "sleepsync")]
        receipts, _ = imports.run(first, 1, files, zone="Europe/London", clock=CLOCK)
        assert sum(r.import_id is not None for r in receipts) > 2
        whole_journal.export(first, tmp_path / "1.zip", CLOCK)
        second = restored(tmp_path / "1.zip", tmp_path / "b.db", "pass")
        for record in first.imports.all(1)[::2]:
            for journal, name in ((first, "2.zip"), (second, "3.zip")):
                imports.undo(journal, record.id, CLOCK)
                whole_journal.export(journal, tmp_path / name, CLOCK)
            assert (tmp_path / "2.zip").read_bytes() == (tmp_path / "3.zip").read_bytes()
        for journal, name in ((first, "4.zip"), (second, "5.zip")):
            reread.apply(journal, reread.preview(journal, 1, CLOCK), CLOCK)
            whole_journal.export(journal, tmp_path / name, CLOCK)
        assert (tmp_path / "4.zip").read_bytes() == (tmp_path / "5.zip").read_bytes()
        second.close()


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Any]:
    """A journal with something in every table."""
    journal = journals.create(tmp_path / "journal.db", passphrase=None, clock=CLOCK)
    made_journal.fill(journal, 1, 5, CLOCK)
    yield journal
    journal.close()


@pytest.fixture
def out(full: Any, tmp_path: Path) -> Path:
    """Its export as a folder."""
    whole_journal.export(full, tmp_path / "out", CLOCK)
    return tmp_path / "out"


def test_the_export_follows_its_schema(out: Path) -> None:
    import jsonschema

    document = json.loads((out / "journal.json").read_text())
    schema = json.loads((out / "journal-1.schema.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    assert schema_bytes() == (out / "journal-1.schema.json").read_bytes()
    assert document["tables"]["dreams"] and document["format"] == "dreamjournal"


def test_words_stand_on_their_pages_as_they_were_written(full: Any, out: Path) -> None:
    words = [d for d in full.dreams.all(1) if d.text]
    assert words
    for dream in words:
        page = (out / "dreams" / f"{dream.night_date}.md").read_bytes()
        assert dream.text.encode() in page
    evening = (out / "dreams" / "2026-02-01.md").read_text()
    assert "Routine: Old step" in evening and "zolpidem" in evening
    names = {p.stem for p in (out / "dreams").iterdir()}
    nights = nights_service.nights(full, 1, None, None, CLOCK)
    assert names <= {n.night_date.isoformat() for n in nights}


def test_kept_files_are_there_byte_for_byte(full: Any, out: Path) -> None:
    files = list((out / "originals").iterdir())
    assert len(files) == full.originals.totals()[0] == 1
    assert files[0].name.split(".")[0] == hashlib.sha256(files[0].read_bytes()).hexdigest()


def test_the_readme_says_what_is_here_and_that_it_is_open(out: Path) -> None:
    text = (out / "README.txt").read_text()
    assert "not encrypted" in text and "restore-export" in text and "journal-1.schema.json" in text
    assert {p.name for p in out.iterdir()} == {
        "README.txt", "journal.json", "journal-1.schema.json", "dreams", "originals",
    }  # fmt: skip


def test_a_sealed_study_is_kept_off_the_pages_and_told(tmp_path: Path) -> None:
    journal = journals.create(tmp_path / "a.db", passphrase=None, clock=CLOCK)
    first = date(2026, 7, 1)
    made_nights.write(journal, 1, made_nights.row("ENEN", first, free=True))
    journal.studies.put(made_nights.study(1, "ENENENENENENENENENEN", first, sealed=True))
    told = whole_journal.export(journal, tmp_path / "out", CLOCK)
    assert told.sealed and "sealed" in (tmp_path / "out/README.txt").read_text()
    pages = "".join(p.read_text() for p in (tmp_path / "out/dreams").iterdir())
    assert "Morning" in pages and "nhanced" not in pages and "melatonin" not in pages
    journal.close()


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_nobody_else_can_read_what_was_written(full: Any, out: Path, tmp_path: Path) -> None:
    whole_journal.export(full, tmp_path / "x.zip", CLOCK)
    restored(tmp_path / "x.zip", tmp_path / "new.db").close()
    for path in [tmp_path / "x.zip", tmp_path / "new.db", out, *out.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_an_older_zip_is_replaced_and_anything_else_is_not(full: Any, out: Path, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("old")
    whole_journal.export(full, tmp_path / "x.zip", CLOCK)
    assert zipfile.is_zipfile(tmp_path / "x.zip")
    before = contents(out)
    (tmp_path / "y.zip").mkdir()
    (tmp_path / "file").write_text("mine")
    for place in (out, tmp_path / "y.zip", tmp_path / "file"):
        with pytest.raises(UserError, match="already"):
            whole_journal.export(full, place, CLOCK)
    assert contents(out) == before and (tmp_path / "file").read_text() == "mine"
    (tmp_path / "empty").mkdir()
    whole_journal.export(full, tmp_path / "empty", CLOCK)
    assert contents(tmp_path / "empty") == before


def test_a_folder_that_cannot_be_written_is_one_sentence(full: Any, tmp_path: Path) -> None:
    for place in (tmp_path / "none" / "x.zip", tmp_path / "none" / "folder", tmp_path / "journal.db" / "x.zip"):
        with pytest.raises(UserError, match="folder cannot be written"):
            whole_journal.export(full, place, CLOCK)


@pytest.mark.parametrize("name", ["x.zip", "folder"])
def test_cancelling_leaves_what_was_there(full: Any, tmp_path: Path, name: str) -> None:
    place = tmp_path / "place"
    place.mkdir()
    if name == "x.zip":
        (place / name).write_text("old")
    before = contents(place)
    for after in (0, 3, 8, 30):
        with pytest.raises(Cancelled):
            whole_journal.export(full, place / name, CLOCK, stopping(after))
        assert contents(place) == before and len(list(place.iterdir())) == len(before)


def stopping(after: int) -> CallProgress:
    steps = 0

    def step(_done: int, _total: int, _text: str) -> None:
        nonlocal steps
        steps += 1
        if steps > after:
            raise Cancelled

    return CallProgress(step)


def test_progress_never_runs_back_or_over(full: Any, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    whole_journal.export(full, tmp_path / "x.zip", CLOCK, CallProgress(lambda d, t, _x: told.append((d, t))))
    assert told[-1][0] == told[-1][1] and told == sorted(told)
    told.clear()
    whole_journal_read.restore(
        tmp_path / "x.zip", tmp_path / "n.db", passphrase=None, clock=CLOCK,
        progress=CallProgress(lambda d, t, _x: told.append((d, t))),
    )  # fmt: skip
    assert told and all(0 <= d <= max(t, 0) for d, t in told)


def test_cancelling_the_way_in_leaves_nothing(out: Path, tmp_path: Path) -> None:
    place = tmp_path / "in"
    place.mkdir()
    for after in (0, 5, 20, 45):
        with pytest.raises(Cancelled):
            whole_journal_read.restore(out, place / "new.db", passphrase="pass", clock=CLOCK, progress=stopping(after))
        assert list(place.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from dreamjournal.common.progress import CallProgress
from dreamjournal.services import journals, whole_journal, whole_journal_read
from tests.fakes import FakeClock
way, source, target, after = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
steps = 0
def step(*_):
    global steps
    steps += 1
    if steps == after:
        os.kill(os.getpid(), signal.SIGKILL)
watch = CallProgress(step)
if way == "out":
    whole_journal.export(journals.open_existing(source), target, FakeClock(), watch)
else:
    whole_journal_read.restore(source, target, passphrase="pass", clock=FakeClock(), progress=watch)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize(("way", "after"), [("out", 2), ("out", 40), ("in", 3), ("in", 60)])
def test_a_kill_in_the_middle_leaves_the_old_or_nothing(
    full: Any, out: Path, tmp_path: Path, way: str, after: int
) -> None:
    old = tmp_path / "old.zip"
    old.write_text("old")
    target = old if way == "out" else tmp_path / "new.db"
    source = full.path if way == "out" else out
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, way, str(source), str(target), str(after)], check=False, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert ran.returncode == -9
    assert old.read_text() == "old" and not (tmp_path / "new.db").exists() and not (tmp_path / "new.db.keys").exists()
    assert [p.name for p in tmp_path.iterdir() if ".part" in p.name]
    if way == "out":
        whole_journal.export(full, target, CLOCK)
    else:
        restored(out, target, "pass").close()
    assert [p.name for p in tmp_path.iterdir() if ".part" in p.name] == []


def test_nothing_is_put_over_a_journal(out: Path, tmp_path: Path) -> None:
    mine = tmp_path / "journal.db"
    before = mine.read_bytes()
    with pytest.raises(UserError, match="already"):
        whole_journal_read.restore(out, mine, passphrase=None, clock=CLOCK)
    assert mine.read_bytes() == before
    (tmp_path / "lost.db.keys").write_text("{}")
    with pytest.raises(UserError, match="key file"):
        whole_journal_read.restore(out, tmp_path / "lost.db", passphrase=None, clock=CLOCK)


# ---- what was changed on the way


def rewritten(out: Path, change: Change, **dump: Any) -> None:
    document = json.loads((out / "journal.json").read_text())
    change(document)
    (out / "journal.json").write_text(json.dumps(document, **dump))


@pytest.mark.parametrize(
    "style", [{"indent": 4}, {"sort_keys": True, "separators": (",", ":")}, {"ensure_ascii": True}]
)
def test_another_way_to_write_the_same_json_is_taken(
    full: Any, out: Path, tmp_path: Path, style: dict[str, Any]
) -> None:
    rewritten(out, lambda _d: None, **style)
    new = restored(out, tmp_path / "new.db")
    assert seen(new) == seen(full)
    whole_journal.export(new, tmp_path / "again.zip", CLOCK)
    whole_journal.export(full, tmp_path / "first.zip", CLOCK)
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "first.zip").read_bytes()
    new.close()


def test_an_export_packed_again_with_its_folder_is_taken(full: Any, out: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "mine.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__MACOSX/._x", b"junk")
        archive.mkdir("my export")
        for name, data in contents(out).items():
            archive.writestr(f"my export/{name}", data)
    new = restored(tmp_path / "mine.zip", tmp_path / "new.db")
    assert seen(new) == seen(full)
    new.close()
    restored(out / "journal.json", tmp_path / "newer.db").close()


def test_an_export_of_an_older_version_gets_the_usual_values(full: Any, out: Path, tmp_path: Path) -> None:
    def older(d: dict[str, Any]) -> None:
        d["schema_version"] = 2
        for table in ("screenings", "codings", "check_ins", "instructions", "cards"):
            del d["tables"][table]
        for row in d["tables"]["studies"]:
            for name in ("question", "washout", "max_run", "blocks", "sealed", "unsealed", "digest"):
                del row[name]

    rewritten(out, older)
    new = restored(out, tmp_path / "new.db")
    study = new.studies.all(1)[0]
    assert (study.max_run, study.washout, study.question) == (3, 0, "")
    assert new.dreams.all(1) == full.dreams.all(1)
    new.close()


def _first(table: str, **values: Any) -> Change:
    return lambda d: d["tables"][table][0].update(values)


def _binned(contents: Any) -> Change:
    return lambda d: d["tables"]["bin"][0].update(contents=json.dumps(contents))


REFUSED: dict[str, tuple[Change, str]] = {
    "another format": (lambda d: d.update(format="diary"), "no export of a whole journal"),
    "no format": (lambda d: d.pop("format"), "no export of a whole journal"),
    "no version": (lambda d: d.pop("schema_version"), "does not say its version"),
    "a version in words": (lambda d: d.update(schema_version="3"), "does not say its version"),
    "a table of another app": (lambda d: d["tables"].update(moods=[]), "a table that no journal has"),
    "a table gone": (lambda d: d["tables"].pop("cards"), "lacks a table"),
    "no tables": (lambda d: d.pop("tables"), "cut off or damaged"),
    "tables that are a list": (lambda d: d.update(tables=[]), "cut off or damaged"),
    "rows that are no list": (lambda d: d["tables"].update(cards={}), "cut off or damaged"),
    "a row that is no object": (lambda d: d["tables"].update(cards=[1]), "table cards"),
    "more at the top": (lambda d: d.update(zz=1), "something that no journal has"),
    "nobody's journal": (lambda d: d["tables"].update(journal=[]), "whose journal"),
    "a column gone": (lambda d: d["tables"]["dreams"][0].pop("text"), "row 1 of its table dreams"),
    "a column more": (_first("dreams", mood=1), "row 1 of its table dreams"),
    "a column named like a statement": (_first("dreams", **{"id) VALUES (1); --": 1}), "row 1 of its table dreams"),
    "a text for a number": (_first("dreams", vividness="4"), "row 1 of its table dreams"),
    "true for a number": (_first("steps", retired=True), "row 1 of its table steps"),
    "a number out of range": (_first("dreams", vividness=9), "row 1 of its table dreams"),
    "another recall": (_first("dreams", recall="maybe"), "row 1 of its table dreams"),
    "no date": (_first("dreams", night_date="2026-13"), "row 1 of its table dreams"),
    "a date that never was": (_first("dreams", night_date="2026-02-30"), "a value in it"),
    "a date with a line end": (_first("dreams", night_date="2026-02-03\n"), "row 1 of its table dreams"),
    "a moment after all time": (_first("dreams", written=10**18), "row 1 of its table dreams"),
    "a moment without its offset": (_first("diaries", final_wake_ms=1, final_wake_off=None), "row 1 of its table diaries"),
    "the last moment of all": (_first("evenings", lights_out_ms=253402300799999, lights_out_off=60), "row 1 of its table evenings"),
    "an id far too big": (_first("persons", id=2**70), "persons"),
    "tags that are no list": (_first("dreams", tags='{"a"'), "row 1 of its table dreams"),
    "tags that are a number": (_first("dreams", tags="7"), "a value in it"),
    "stages that are none": (_first("sessions", stages='[[1,2,"X"]]'), "a value in it"),
    "a zone that is a path": (_first("travels", zone="../../etc/passwd"), "a value in it"),
    "half a letter": (_first("persons", name="\ud800"), "table persons"),
    "two of one id": (lambda d: d["tables"]["persons"].append(d["tables"]["persons"][0]), "table persons"),
    "a person who is not there": (_first("dreams", person_id=99), "table dreams"),
    "a bin that names no table": (_binned([["persons; --", {"id": 1}]]), "table bin"),
    "a bin that writes to the schema": (_binned([["sqlite_master", {"id": 1}]]), "table bin"),
    "a bin with a statement for a column": (_binned([["dreams", {"id": 1, "text) SELECT 1 --": 1}]]), "table bin"),
    "a bin without an id": (_binned([["dreams", {"text": "x"}]]), "table bin"),
    "a bin of another shape": (_binned({"a": 1}), "table bin"),
    "an import's row with a statement": (_first("import_rows", before='{"id": 1, "x = 1 --": 2}'), "table import_rows"),
    "an import's row of no table": (_first("import_rows", tbl="a; DROP TABLE dreams", before=None), "table import_rows"),
    "an infinite number": (_first("studies", swd=float("inf")), "cut off or damaged"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_journal_has_is_refused_and_nothing_is_left(out: Path, tmp_path: Path, case: str) -> None:
    change, words = REFUSED[case]
    rewritten(out, change)
    assert_refused(out, tmp_path / "in", words)


def assert_refused(source: Path, place: Path, words: str, kind: type[Exception] = UserError) -> None:
    place.mkdir()
    with pytest.raises(kind, match=words) as caught:
        whole_journal_read.restore(source, place / "new.db", passphrase=None, clock=CLOCK)
    assert list(place.iterdir()) == []
    assert str(caught.value).count("\n") == 0


@pytest.mark.parametrize("change", [{"format_version": 2}, {"schema_version": 99}])
def test_an_export_of_a_newer_version_says_so(out: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    rewritten(out, lambda d: d.update(change))
    assert_refused(out, tmp_path / "in", "made by a newer Dreamjournal", JournalTooNew)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"nonsense",
        b'{"format": "dreamjournal"',
        b"\xff\xfe{",
        b'{"format": NaN}',
        b'{"app": ' + b"[" * 100_000,
        b'{"app": ' + b"9" * 10_000 + b"}",
        b'{"format": "dreamjournal", "format_version": 1, "schema_version": 3, "tables": {"dreams": ['
        + b'{"a":' * 50_000,
        b"\x00" * 1000,
    ],
    ids=range(10),
)
def test_json_that_is_none_is_refused(out: Path, tmp_path: Path, data: bytes) -> None:
    (out / "journal.json").write_bytes(data)
    assert_refused(out, tmp_path / "in", "The export was not taken in")


def test_a_number_beyond_all_numbers_is_refused(out: Path, tmp_path: Path) -> None:
    text = (out / "journal.json").read_text()
    assert '"swd": 20.0' in text
    (out / "journal.json").write_text(text.replace('"swd": 20.0', '"swd": 1e999'))
    assert_refused(out, tmp_path / "in", "row 1 of its table studies")


def test_json_cut_anywhere_is_refused(out: Path, tmp_path: Path) -> None:
    whole = (out / "journal.json").read_bytes()
    for part in range(1, 12):
        (out / "journal.json").write_bytes(whole[: len(whole) * part // 12])
        assert_refused(out, tmp_path / f"in{part}", "cut off or damaged")
    (out / "journal.json").write_bytes(whole + b"{}")
    assert_refused(out, tmp_path / "more", "cut off or damaged")


def test_a_kept_file_that_is_gone_or_changed_is_refused(out: Path, tmp_path: Path) -> None:
    kept = next((out / "originals").iterdir())
    data = kept.read_bytes()
    kept.write_bytes(data[:-1] + b"?")
    assert_refused(out, tmp_path / "changed", "not what it was")
    kept.write_bytes(data + b"x" * 100_000)
    assert_refused(out, tmp_path / "longer", "not what it was")
    kept.unlink()
    assert_refused(out, tmp_path / "gone", "missing")


TOKENS = (
    "null", "-1", "1e9", '"x"', "[]", "{}", "9" * 20, "true", '""', "0", '"9999-12-31"', "253402214399999", '"Infinity"', "01",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_values_changed_by_chance_are_refused_or_can_go_out_again(out: Path, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    text = (out / "journal.json").read_text()
    values = [m.span(1) for m in re.finditer(r': ("(?:[^"\\]|\\.)*"|-?[\d.e+-]+|null)', text)]
    assert len(values) > 500
    taken = 0
    for number in range(25):
        start, end = rng.choice(values)
        (out / "journal.json").write_text(text[:start] + rng.choice(TOKENS) + text[end:])
        path = tmp_path / f"{number}.db"
        try:
            new = restored(out, path)
        except UserError:
            assert not path.exists()
            continue
        taken += 1
        whole_journal.export(new, tmp_path / "again.zip", CLOCK)
        new.close()
    assert taken < 25 and not [p for p in tmp_path.iterdir() if ".part" in p.name]


def zipped(members: dict[str, bytes], path: Path, twice: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        if twice:
            import warnings

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                archive.writestr(twice, members[twice])
    return path


@pytest.mark.parametrize("name", ["../up.txt", "/root.txt", "a/../../b", "dreams\\..\\x", "n\x01.md", "x" * 500])
def test_names_no_export_has_are_refused(out: Path, tmp_path: Path, name: str) -> None:
    source = zipped({**contents(out), name: b"x"}, tmp_path / "bad.zip")
    assert_refused(source, tmp_path / "in", "a file name that no export has")
    assert not (tmp_path / "up.txt").exists()


def test_other_hostile_zips_are_refused(out: Path, tmp_path: Path) -> None:
    good = contents(out)
    assert_refused(zipped(good, tmp_path / "a.zip", "journal.json"), tmp_path / "a", "a file twice")
    two = {"a/journal.json": b"{}", "b/journal.json": b"{}"}
    assert_refused(zipped(two, tmp_path / "b.zip"), tmp_path / "b", "more than one journal.json")
    assert_refused(zipped({"x.csv": b"a,b"}, tmp_path / "c.zip"), tmp_path / "c", "no journal.json in it")
    bomb = good["journal.json"].rstrip() + b" " * 64 * 1024 * 1024
    assert_refused(zipped({**good, "journal.json": bomb}, tmp_path / "d.zip"), tmp_path / "d", "far more than")
    data = zipped(good, tmp_path / "e.zip").read_bytes()
    for number, cut in enumerate((10, len(data) // 2, len(data) - 10)):
        (tmp_path / "e.zip").write_bytes(data[:cut])
        assert_refused(tmp_path / "e.zip", tmp_path / f"e{number}", "not read|not taken in")
    hurt = bytearray(data)
    at = data.index(b"journal.json") + 2000
    hurt[at : at + 50] = bytes(50)
    (tmp_path / "f.zip").write_bytes(hurt)
    assert_refused(tmp_path / "f.zip", tmp_path / "f", "not read|not taken in")
    (tmp_path / "g.zip").write_bytes(b"PK\x03\x04 no zip at all")
    assert_refused(tmp_path / "g.zip", tmp_path / "g", "cut off or damaged")
    assert_refused(tmp_path / "none.zip", tmp_path / "h", "no such file")
    (tmp_path / "i.txt").write_text("a diary")
    assert_refused(tmp_path / "i.txt", tmp_path / "i", "no export of a whole journal")


def test_a_link_in_a_folder_is_not_followed(out: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.json").write_bytes((out / "journal.json").read_bytes())
    (out / "journal.json").unlink()
    (out / "journal.json").symlink_to(tmp_path / "elsewhere.json")
    assert_refused(out, tmp_path / "in", "no journal.json in it")


@contextmanager
def own_journal(path: Path) -> Iterator[Any]:
    journal = journals.create(path, passphrase=None, clock=CLOCK)
    yield journal
    journal.close()


def test_what_packs_like_a_bomb_comes_in_all_the_same(tmp_path: Path) -> None:
    with own_journal(tmp_path / "a.db") as journal:
        with journal.atomic():
            for i in range(130):
                journal.dreams.put(1, DreamDraft(date(2026, 1, 1 + i % 28), "a" * 100_000), CLOCK.now())
            data = bytes(30 * 1024 * 1024)
            digest = hashlib.sha256(data).hexdigest()
            one = journal.imports.start(
                1, name="x.csv", sha256=digest, format="whoop", source="whoop", parser_version=1, zone=None, zone_confidence="none",
                now=CLOCK.now(),
            )  # fmt: skip
            journal.originals.keep(one, "x.csv", digest, io.BytesIO(data), len(data), CLOCK.now())
        whole_journal.export(journal, tmp_path / "x.zip", CLOCK)
        new = restored(tmp_path / "x.zip", tmp_path / "b.db")
        assert new.dreams.count(1) == 130 and new.originals.totals() == journal.originals.totals()
        new.close()


def test_an_empty_journal_goes_out_and_comes_in(tmp_path: Path) -> None:
    with own_journal(tmp_path / "a.db") as journal:
        told = whole_journal.export(journal, tmp_path / "x.zip", CLOCK)
        assert told.words == "1 person" and told.pages == 0
        new = restored(tmp_path / "x.zip", tmp_path / "b.db")
        assert [p.name for p in new.persons.all()] == ["me"]
        new.close()


def test_the_name_offered_tells_nothing_of_the_person() -> None:
    assert whole_journal.file_name(CLOCK) == "dreamjournal-2026-07-09.zip"
