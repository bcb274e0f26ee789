"""What holds for every importer: one sample at least for each, known by its content, and never a wrong or lost night."""

from __future__ import annotations

import codecs
import io
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import RowDraft
from dreamjournal.services import import_child, imports
from dreamjournal.services.import_messages import Done, Found, Refused, Request, Unknown
from tests.samples import (
    DATA,
    GENERIC,
    NOW,
    PLUGINS,
    START,
    ZONE,
    faults,
    kind_and_head,
    members,
    read,
    read_file,
    samples,
    scores,
)

SAMPLES = samples()
CUTS = 25
KINDS = {"text", "json", "xml", "sqlite", "edf", "fit", "binary", "zip", "xlsx"}
NAMES = ("renamed.txt", "download", "Schlafdaten (1).csv", "x.json", "睡眠.xml")
TEXTS = [s for s in SAMPLES if kind_and_head(s.data)[0] in ("text", "json", "xml")]
every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=str)
every_text = pytest.mark.parametrize("sample", TEXTS, ids=str)
NAMED_BY_FILE = ("rednotebook", "text_journal", "hypnogram")
"""Formats whose files carry their date, or what they are, in their names alone."""


@pytest.mark.parametrize("key", sorted(PLUGINS))
def test_a_plugin_has_samples_and_says_what_it_is(key):
    plugin = PLUGINS[key]
    assert any(s.key == key for s in SAMPLES), f"tests/data/{key}/ holds no sample of {plugin.title}"
    assert plugin.title
    assert plugin.suffixes
    assert all(s.startswith(".") and s == s.lower() for s in plugin.suffixes)
    assert plugin.parser_version >= 1
    assert plugin.kinds and set(plugin.kinds) <= KINDS
    for flag in (plugin.seen, plugin.gathers, plugin.in_archives):
        assert isinstance(flag, bool)
    assert all(isinstance(name, str) and "/" not in name for name in plugin.companions)


def test_no_folder_of_samples_is_without_its_plugin():
    assert {p.name for p in DATA.iterdir() if p.is_dir()} <= set(PLUGINS)


def known_by(data: bytes, name: str) -> str:
    """The plug-in that knows the file; a failure where two that are not generic do, or none is surest."""
    found = scores(data, name)
    own = [k for k in found if k not in GENERIC] or list(found)
    assert len(own) == 1, found
    assert all(found[own[0]] > s for k, s in found.items() if k != own[0]), found
    kind, head = kind_and_head(data)
    assert import_child.best(tuple(PLUGINS.values()), head, kind, name).key == own[0]
    return own[0]


@every_sample
def test_a_sample_is_known_by_its_content_and_by_one_plugin_only(sample):
    for inside, data in members(sample.data, sample.path.name):
        if len(members(sample.data, "")) > 1 and not scores(data, inside):
            continue  # a companion in an archive
        assert known_by(data, inside) == sample.key
        for name in NAMES if sample.key not in NAMED_BY_FILE else ():
            assert known_by(data, name) == sample.key


@every_sample
def test_a_sample_is_read_to_the_same_end_twice(sample):
    found = read_file(sample)
    assert not found.refused, found.refused
    assert not found.asks, found.asks
    assert list(faults(found)) == []
    assert found == read_file(sample)
    plain = read_file(sample, None, zone=None)
    assert not plain.refused
    places = Counter((d.where, d.line) for _, d in found.drafts if isinstance(d, RowDraft) and len(d.sessions) > 0)
    assert [p for p, n in places.items() if n > 1] == [], "two rows say they are the same row"


@pytest.mark.parametrize("key", sorted(PLUGINS))
def test_some_sample_of_a_plugin_holds_something(key):
    assert any(read_file(s).held for s in SAMPLES if s.key == key)


@every_text
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda b: codecs.BOM_UTF8 + b, id="bom"),
        pytest.param(lambda b: b.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), id="crlf"),
        pytest.param(lambda b: codecs.BOM_UTF8 + b.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), id="both"),
        pytest.param(lambda b: b.decode("utf-8-sig").encode("utf-16"), id="utf-16"),
        pytest.param(lambda b: codecs.BOM_UTF16_BE + b.decode("utf-8-sig").encode("utf-16-be"), id="utf-16-be"),
    ],
)
def test_byte_order_mark_line_ends_and_utf_16_change_nothing(sample, change):
    plain, name = sample.data, sample.path.name
    try:
        changed = change(plain)
    except UnicodeDecodeError:
        pytest.skip("the sample is in another encoding")
    assert known_by(changed, name) == sample.key
    before, after = read(sample.key, plain, name), read(sample.key, changed, name)
    assert not after.refused, after.refused
    assert after.sessions == before.sessions
    assert [(r.exposures, r.tags) for r in after.rows] == [(r.exposures, r.tags) for r in before.rows]
    assert after.held == before.held


@every_sample
def test_cut_off_anywhere_it_is_salvaged_or_refused_and_never_wrong(sample):
    whole = sample.data
    full = read_file(sample)
    by_key = {s.key: s for s in full.sessions}
    row_by_row = all(r.rows == 1 and len(r.sessions) <= 1 for r in full.rows)
    for i in range(CUTS):
        found = read_file(sample, whole[: len(whole) * i // CUTS])
        assert list(faults(found)) == []
        if not row_by_row or len(by_key) != len(full.sessions):
            continue  # a session made of many rows may lose the last of them
        for session in found.sessions:
            assert session.key in by_key
            assert (session.start, session.end) == (by_key[session.key].start, by_key[session.key].end)


@pytest.mark.parametrize("key", sorted(PLUGINS))
@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0" * 1000, b"\xff\xfe\x00", b"PK\x03\x04", b"{" * 5000, b"[" * 5000, b'"' * 3000, b"," * 200_000, b"\xff" * 999,
        b"<a>" * 5000, b"SQLite format 3\0" + b"\0" * 500, b"0       " + b" " * 248, b"\x0e\x10\0\0\0\0\0\0.FIT", b"\n" * 9999,
    ],
    ids=lambda b: f"{b[:8]!r}x{len(b)}",
)  # fmt: skip
def test_bytes_of_nothing_are_refused_or_hold_nothing(key, data):
    found = read(key, data)
    assert not found.sessions
    assert list(faults(found)) == []


@every_sample
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(where=st.integers(0, 100_000), splice=st.binary(min_size=0, max_size=12), drop=st.integers(0, 40))
def test_any_splice_ends_in_rows_rejections_or_a_refusal(sample, where, splice, drop):
    whole = sample.data
    at = where % max(1, len(whole))
    found = read_file(sample, whole[:at] + splice + whole[at + drop :])
    assert list(faults(found)) == []


@every_sample
def test_the_child_takes_a_sample_for_what_it_is(sample):
    request = Request("", sample.path.name, NOW, ZONE, start=START)
    found = list(import_child._answers(request, sample.data, lambda done: None))
    assert {m.format for m in found if isinstance(m, Found)} == {sample.key}
    assert not [m for m in found if isinstance(m, Unknown | Refused | Done)]


def test_all_samples_are_taken_once_and_undone_without_trace(plain_journal, clock):
    clock.set(NOW)
    before = contents(plain_journal)
    for key in PLUGINS:
        paths = [s.path for s in SAMPLES if s.key == key]
        first, _ = imports.run(plain_journal, 1, paths, zone=ZONE, start=START, clock=clock)
        for f in first:
            assert f.needs in (None, "columns"), f.error
            r = f.rows
            assert r.read == r.kept + r.updated + r.unchanged + r.merged + r.rejected
            assert r.rejected == len(f.rejected)
        again, _ = imports.run(plain_journal, 1, paths, zone=ZONE, start=START, clock=clock)
        assert [(f.path, f.rows.kept, f.rows.updated) for f in again] == [(f.path, 0, 0) for f in again]
        for f in reversed([*first, *again]):
            if f.import_id is not None:
                imports.undo(plain_journal, f.import_id, clock)
        assert contents(plain_journal) == before, key


KEPT_APART = {"imports", "import_rows", "source_zones", "column_maps", "sqlite_sequence"}


def contents(journal):
    """Every row of every table but what tells of the imports themselves."""
    db = journal._db
    tables = [r["name"] for r in db.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {
        t: sorted(repr(dict(r)) for r in db.rows(f'SELECT * FROM "{t}"'))
        for t in tables
        if t not in KEPT_APART and not t.endswith(("_data", "_idx", "_docsize", "_config", "_content"))
    }


def test_nothing_here_reads_more_than_it_is_given():
    """A member of a zip cannot be wound back: no reader asks for it."""

    class OneWay(io.RawIOBase):
        def __init__(self, data):
            self._inner = io.BytesIO(data)

        def readable(self):
            return True

        def readinto(self, buffer):
            return self._inner.readinto(buffer)

    from dreamjournal.domain.drafts import ColumnsNeeded, ReadOptions

    for sample in SAMPLES:
        if not PLUGINS[sample.key].in_archives:
            continue
        for name, data in members(sample.data, sample.path.name):
            stream = io.BufferedReader(OneWay(data))
            said = ReadOptions(NOW, ZONE, name, start=START)
            try:
                found = list(PLUGINS[sample.key].read(stream, said, NoProgress()))
            except ColumnsNeeded:
                continue
            assert found == [d for _, d in read(sample.key, data, name).drafts], sample
