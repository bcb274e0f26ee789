"""What holds for every importer: samples, damage, hostile bytes."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.common.errors import UserError
from dreamjournal.common.plugins import load_family
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import FileWarning, ReadOptions, Rejected, RowDraft

DATA = Path(__file__).parents[2] / "data"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
PLUGINS = {p.key: p for p in load_family("dreamjournal.importers")}
SAMPLES = [(key, path) for key in PLUGINS for path in sorted((DATA / key).iterdir())]
CUTS = 50


def read(key: str, data: bytes):
    """Drafts, or None when the file is refused in words. Anything else is a failure."""
    try:
        return list(PLUGINS[key].read(io.BytesIO(data), ReadOptions(NOW, where="f"), NoProgress()))
    except UserError:
        return None


def sessions(found):
    return {s.key: s for d in found or [] if isinstance(d, RowDraft) for s in d.sessions}


def test_every_plugin_has_a_sample_and_says_what_it_is():
    assert set(PLUGINS) == {"whoop", "sleep_as_android", "sleepmeter", "sleepsync"}
    assert {key for key, _ in SAMPLES} == set(PLUGINS)
    for p in PLUGINS.values():
        assert p.title
        assert p.suffixes
        assert p.parser_version >= 1


@pytest.mark.parametrize(("key", "path"), SAMPLES, ids=lambda v: v if isinstance(v, str) else v.name)
def test_a_sample_is_known_by_its_content_and_by_one_plugin_only(key, path):
    head = path.read_bytes()[:65536]
    assert [k for k, p in PLUGINS.items() if p.sniff(head, "renamed.txt") > 0] == [key]
    assert any(isinstance(d, RowDraft) for d in read(key, path.read_bytes()))


@pytest.mark.parametrize(("key", "path"), SAMPLES, ids=lambda v: v if isinstance(v, str) else v.name)
def test_byte_order_mark_and_windows_line_ends_change_nothing(key, path):
    plain = path.read_bytes()
    changed = b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n")
    assert PLUGINS[key].sniff(changed[:65536], "x") == 1
    assert sessions(read(key, changed)) == sessions(read(key, plain))


@pytest.mark.parametrize(("key", "path"), SAMPLES, ids=lambda v: v if isinstance(v, str) else v.name)
def test_cut_at_fifty_places_it_is_salvaged_or_refused_and_never_wrong(key, path):
    whole = path.read_bytes()
    full = sessions(read(key, whole))
    for i in range(CUTS):
        found = read(key, whole[: len(whole) * i // CUTS])
        for name, session in sessions(found).items():
            assert name in full
            assert (session.start, session.end) == (full[name].start, full[name].end)
            if (
                session.measures != full[name].measures
            ):  # the last cell of the file was cut: only an event's or a note's tail
                assert key == "sleep_as_android"


@pytest.mark.parametrize("key", sorted(PLUGINS))
@pytest.mark.parametrize(
    "data", [b"", b"\0" * 1000, b"\xff\xfe\x00", b"PK\x03\x04", b"{" * 5000, b'"' * 3000, b"," * 200_000, b"\xff" * 999]
)
def test_bytes_of_nothing_are_refused_or_empty(key, data):
    found = read(key, data)
    assert found is None or not sessions(found)


@pytest.mark.parametrize(("key", "path"), SAMPLES, ids=lambda v: v if isinstance(v, str) else v.name)
@given(where=st.integers(0, 10_000), splice=st.binary(min_size=0, max_size=12), drop=st.integers(0, 40))
def test_any_splice_ends_in_rows_rejections_or_a_refusal(key, path, where, splice, drop):
    whole = path.read_bytes()
    at = where % len(whole)
    found = read(key, whole[:at] + splice + whole[at + drop :])
    for d in found or []:
        assert isinstance(d, RowDraft | Rejected | FileWarning)
        for s in d.sessions if isinstance(d, RowDraft) else ():
            assert s.start.utc < s.end.utc
            assert s.start.utc.year >= 1970
            assert all(v is None or v >= 0 for k, v in vars(s.measures).items() if k.endswith("_min"))
