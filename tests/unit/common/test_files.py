"""Whole files and folders: the old one or the new one, private, and nothing left beside it."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from dreamjournal.common import files
from dreamjournal.common.files import atomic_folder, atomic_stream, atomic_write, clear_torn, sync_folder
from tests.torture.os_faults import failing

INTERRUPTED = -1


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS, INTERRUPTED])
@pytest.mark.parametrize("there", [True, False])
def test_every_call_that_fails_leaves_the_old_file_or_the_new(tmp_path: Path, fault: int, there: bool) -> None:
    path = tmp_path / "page.csv"
    with failing(0, 0) as calls:
        atomic_write(path, b"old")
    for at in range(1, calls() + 1):
        path.unlink(missing_ok=True)
        if there:
            atomic_write(path, b"old")
        failed = False
        with failing(at, fault):
            try:
                atomic_write(path, b"new and longer")
            except (OSError, KeyboardInterrupt):
                failed = True
        found = path.read_bytes() if path.exists() else None
        assert found in (b"new and longer", b"old" if there else None), at
        assert failed or found == b"new and longer", at
        assert names(tmp_path) == (["page.csv"] if found is not None else []), at


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO, INTERRUPTED])
def test_every_call_that_fails_leaves_a_whole_folder_or_none(tmp_path: Path, fault: int) -> None:
    path = tmp_path / "export"

    def write() -> None:
        with atomic_folder(path) as folder:
            atomic_write(folder / "a", b"1")
            atomic_write(folder / "b", b"2")

    with failing(0, 0) as calls:
        write()
    for at in range(1, calls() + 1):
        if path.exists():
            for old in path.iterdir():
                old.unlink()
            path.rmdir()
        with failing(at, fault):
            try:
                write()
                failed = False
            except (OSError, KeyboardInterrupt):
                failed = True
        whole = path.exists() and names(path) == ["a", "b"]
        assert whole or (failed and not path.exists()), at
        assert names(tmp_path) == (["export"] if whole else []), at


def test_the_error_told_is_the_first_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(os, "unlink", no)
    with failing(1, errno.ENOSPC, "fsync"), pytest.raises(OSError, match="No space left") as raised:
        atomic_write(tmp_path / "a", b"x")
    assert raised.value.errno == errno.ENOSPC


def test_what_is_written_is_private_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        atomic_write(tmp_path / "a", b"x")
        with atomic_folder(tmp_path / "b") as folder:
            (folder / "c").touch()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o700
    (tmp_path / "a").chmod(0o644)
    atomic_write(tmp_path / "a", b"y")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_a_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    target, link, dangling = tmp_path / "sub" / "target", tmp_path / "link", tmp_path / "dangling"
    target.write_bytes(b"old")
    link.symlink_to(target)
    dangling.symlink_to(tmp_path / "sub" / "new")
    atomic_write(link, b"new")
    atomic_write(dangling, b"made")
    assert link.is_symlink()
    assert dangling.is_symlink()
    assert target.read_bytes() == b"new"
    assert (tmp_path / "sub" / "new").read_bytes() == b"made"


def test_what_must_not_be_replaced_stays(tmp_path: Path) -> None:
    protected = tmp_path / "protected"
    protected.write_bytes(b"mine")
    protected.chmod(0o400)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "file").write_bytes(b"")
    for path in (
        protected,
        tmp_path / "pipe",
        tmp_path / "folder",
        tmp_path / "loop",
        tmp_path / "file" / "x",
        Path("/dev/null"),
        tmp_path / "none" / "x",
    ):
        with pytest.raises(OSError, match=r".+"):
            atomic_write(path, b"x")
    assert protected.read_bytes() == b"mine"
    assert not Path("/dev/null").is_file()
    assert names(tmp_path) == ["file", "folder", "loop", "pipe", "protected"]


@pytest.mark.parametrize("name", ["x" * 255, "é" * 127, "名" * 80, "-rf", "a\nb", "\udcff"])
def test_any_name_the_system_takes_is_taken(tmp_path: Path, name: str) -> None:
    atomic_write(tmp_path / name, b"x")
    assert names(tmp_path) == [name]
    with atomic_stream(tmp_path / name) as stream:
        stream.write(b"y")
        assert len(list(tmp_path.iterdir())) == 2
        torn = next(p for p in tmp_path.iterdir() if p.name != name)
    torn.write_bytes(b"left by a kill")
    clear_torn(tmp_path / name)
    assert names(tmp_path) == [name]


def test_a_folder_that_cannot_be_synced_is_no_failure(tmp_path: Path) -> None:
    for fault in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):
        with failing(1, fault, "fsync"):
            sync_folder(tmp_path)
    with failing(1, errno.EACCES, "open"):
        sync_folder(tmp_path)
    with failing(1, errno.EIO, "fsync"), pytest.raises(OSError, match="Input/output"):
        sync_folder(tmp_path)


def test_where_a_reader_is_in_the_way_for_a_moment_it_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []
    real = os.replace

    def replace(*args: str) -> None:
        tried.append(1)
        if len(tried) < 3:
            raise PermissionError(errno.EACCES, "in use")
        real(*args)

    temp, path = tmp_path / "t", tmp_path / "p"
    temp.write_bytes(b"x")
    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(PermissionError):
        files._replace(temp, path)
    monkeypatch.setattr(files, "_PAUSE_S", 0)

    class Windows:  # pathlib looks at os.name as well
        def __getattr__(self, name: str) -> object:
            return "nt" if name == "name" else getattr(os, name)

    monkeypatch.setattr(files, "os", Windows())
    files._replace(temp, path)
    assert path.read_bytes() == b"x"
