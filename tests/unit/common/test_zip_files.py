"""Archives are streamed, capped and never extracted."""

from __future__ import annotations

import io
import zipfile

import pytest

from dreamjournal.common import zip_files
from dreamjournal.common.errors import UserError


def make(files, **info):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files:
            z.writestr(name, data)
    out.seek(0)
    return out


def test_members_heads_and_names():
    archive = zip_files.open_zip(
        make([("a/", b""), ("a/b.csv", b"hello"), ("..\\evil.txt", b"x"), ("n" * 300, b"long")])
    )
    found = zip_files.members(archive)
    assert [zip_files.base_name(i) for i in found] == ["b.csv", "evil.txt"]
    assert zip_files.head_of(archive, found[0], 2) == b"he"
    assert zip_files.open_member(archive, found[0]).read() == b"hello"


def test_too_many_entries(monkeypatch):
    monkeypatch.setattr(zip_files, "MAX_ENTRIES", 2)
    with pytest.raises(UserError, match="entries"):
        zip_files.open_zip(make([(str(i), b"") for i in range(3)]))


def test_a_bomb_stops_early():
    archive = zip_files.open_zip(make([("b", b"0" * (64 * 1024 * 1024))]))
    with pytest.raises(UserError, match="far more"):
        zip_files.open_member(archive, zip_files.members(archive)[0]).read()


def test_a_lie_about_the_size_and_a_locked_member_are_refused():
    raw = bytearray(make([("a", b"hello world" * 50)]).getvalue())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1  # the flag of encryption in the directory
    archive = zip_files.open_zip(io.BytesIO(bytes(raw)))
    with pytest.raises(UserError, match="password"):
        zip_files.open_member(archive, zip_files.members(archive)[0]).read()
    raw = bytearray(make([("a", b"hello world" * 50)]).getvalue())
    raw[40] ^= 0xFF
    archive = zip_files.open_zip(io.BytesIO(bytes(raw)))
    with pytest.raises(UserError, match="damaged"):
        zip_files.open_member(archive, zip_files.members(archive)[0]).read()


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x05\x06", b"", b"PK\x03\x04" + b"\0" * 500])
def test_no_zip_at_all(data):
    with pytest.raises(UserError):
        zip_files.open_zip(io.BytesIO(data))


def test_no_more_of_a_member_is_inflated_than_its_head():
    archive = zip_files.open_zip(make([("b", b"0" * (9 * 1024 * 1024))]))
    info = zip_files.members(archive)[0]
    with zip_files._Member(archive, info) as member:
        assert len(member.read(65536)) == 65536
        assert member._out == 65536
    assert zip_files.head_of(archive, info) == b"0" * 65536


def test_entries_that_share_their_data_are_refused():
    whole = bytearray(make([("a", b"hello" * 40), ("b", b"hello" * 40)]).getvalue())
    second = whole.rindex(b"PK\x01\x02")
    whole[second + 42 : second + 46] = b"\0\0\0\0"  # where its data begin: at the first one's
    with pytest.raises(UserError, match="share"):
        zip_files.open_zip(io.BytesIO(bytes(whole)))


def test_an_index_too_long_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(zip_files, "MAX_INDEX", 100)
    with pytest.raises(UserError, match="entries"):
        zip_files.open_zip(make([(str(i), b"") for i in range(3)]))


def test_an_entry_without_a_name_is_passed_over():
    archive = zip_files.open_zip(make([("x", b"1"), ("a", b"2")]))
    archive.infolist()[0].filename = ""
    assert [i.filename for i in zip_files.members(archive)] == ["a"]
