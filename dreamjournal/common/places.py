"""What kind of folder a file is in: this computer's own disk, a network drive, or a folder that is copied to a cloud.

A network drive cannot share memory between computers, which SQLite's write-ahead log needs; a folder that a
program copies elsewhere is copied in the middle of a write. Both are known by names and marks, never by asking a network.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class PlaceKind(StrEnum):
    """Where a folder really is."""

    LOCAL = "local"
    NETWORK = "network"
    SYNCED = "synced"


@dataclass(frozen=True)
class Place:
    """A kind of place and, where it is not simply local, whose it is: "NFS", "Dropbox"."""

    kind: PlaceKind
    name: str = ""

    @property
    def kept(self) -> str:
        """Where what is in it is kept, in two or three words."""
        if self.kind == PlaceKind.NETWORK:
            return "on a network drive"
        return f"copied by {self.name}" if self.kind == PlaceKind.SYNCED else "stays here"

    @property
    def warning(self) -> tuple[str, str]:
        """(what is so, what to do), two sentences; both empty for a place that is well."""
        if self.kind == PlaceKind.NETWORK:
            return (
                f"This journal is on a network drive ({self.name}).",
                "Keep it on this computer's own disk, and use the network drive as the second place for its backups.",
            )
        if self.kind == PlaceKind.SYNCED:
            return (
                f"This journal is in a folder that {self.name} copies.",
                "Keep it elsewhere, since it may be copied in the middle of a write; this folder is good as the second place for backups.",
            )
        return ("", "")


LOCAL = Place(PlaceKind.LOCAL)

_NETWORK = {
    "nfs": "NFS", "nfs4": "NFS", "cifs": "SMB", "smb": "SMB", "smb2": "SMB", "smb3": "SMB", "smbfs": "SMB", "afpfs": "AFP", "afs": "AFS",
    "ncp": "NCP", "ncpfs": "NCP", "coda": "Coda", "ceph": "Ceph", "glusterfs": "GlusterFS", "lustre": "Lustre", "gfs2": "GFS2",
    "ocfs2": "OCFS2", "beegfs": "BeeGFS", "9p": "9P", "webdav": "WebDAV", "davfs": "WebDAV", "vboxsf": "VirtualBox", "prl_fs": "Parallels",
    "fuse.sshfs": "SSH", "fuse.rclone": "rclone", "fuse.davfs": "WebDAV", "fuse.davfs2": "WebDAV", "fuse.s3fs": "S3",
    "fuse.gvfsd-fuse": "a connected server", "fuse.kio-fuse": "a connected server", "fuse.glusterfs": "GlusterFS", "fuse.ceph": "Ceph",
    "fuse.ceph-fuse": "Ceph", "fuse.smbnetfs": "SMB", "fuse.curlftpfs": "FTP", "fuse.vmhgfs-fuse": "VMware",
    "fuse.google-drive-ocamlfuse": "Google Drive",
}  # fmt: skip

_SYNCED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (r"dropbox( \(.*\))?", "Dropbox"), (r"onedrive( - .*)?", "OneDrive"), (r"skydrive", "OneDrive"),
        (r"icloud ?drive|mobile documents|com~apple~clouddocs", "iCloud"), (r"google ?drive( .*)?|gdrive", "Google Drive"),
        (r"nextcloud\d?", "Nextcloud"), (r"owncloud\d?", "ownCloud"), (r"pcloud ?drive", "pCloud"), (r"mega(sync)?", "MEGA"),
        (r"box sync", "Box"), (r"seafile", "Seafile"), (r"synologydrive", "Synology Drive"), (r"proton ?drive", "Proton Drive"),
        (r"yandex\.disk", "Yandex Disk"), (r"insync", "Insync"),
    )
)  # fmt: skip
_BY_APPLE = re.compile(r"(GoogleDrive|Dropbox|OneDrive|Box|iCloud|ProtonDrive)\b.*", re.IGNORECASE)
_WORDED = {"googledrive": "Google Drive", "icloud": "iCloud", "protondrive": "Proton Drive"}
_MARKS: tuple[tuple[str, str, bool], ...] = (
    (".stfolder", "Syncthing", True), (".dropbox.cache", "Dropbox", True), (".dropbox", "Dropbox", False),
    (".nextcloudsync.log", "Nextcloud", False), (".owncloudsync.log", "ownCloud", False), (".tmp.drivedownload", "Google Drive", True),
    (".SynologyWorkingDirectory", "Synology Drive", True),
)  # fmt: skip
"""(name, whose, whether it is a folder). `.dropbox` in one's home is a folder and says nothing; in the copied folder it is a file."""
_MARKS_BY_PATTERN = re.compile(r"\.?_?\.?sync_[0-9a-f]{6,}\.db")
"""Nextcloud and ownCloud keep their own database at the top of what they copy."""


def place_of(path: Path, *, mounts: str | None = None) -> Place:
    """Where the file or folder at `path`, which need not be there yet, is kept.

    `mounts` stands for the text of `/proc/self/mountinfo`. What cannot be found out counts as local: this only warns.
    """
    asked = path if path.is_absolute() else Path.cwd() / path
    try:
        real = asked.resolve()
    except (OSError, RuntimeError):
        real = asked
    network = _network(real, mounts)
    if network:
        return Place(PlaceKind.NETWORK, network)
    for each in dict.fromkeys((real, asked)):
        synced = _synced(each)
        if synced:
            return Place(PlaceKind.SYNCED, synced)
    return LOCAL


def on_network(path: Path) -> bool:
    """Whether shared memory cannot be had there, so that the journal is written without a write-ahead log."""
    try:
        return bool(_network(path.resolve(), None))
    except (OSError, RuntimeError):
        return False


def _network(path: Path, mounts: str | None) -> str:
    if os.name == "nt":
        return _windows_network(path)
    if mounts is None:
        try:
            mounts = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
        except OSError:
            return ""
    kind = _file_system(path, mounts.splitlines())
    return _NETWORK.get(kind, "") or ("a network drive" if kind.startswith("fuse.ssh") else "")


def _file_system(path: Path, lines: Iterable[str]) -> str:
    """The type of the file system that holds the path: that of the longest mount point above it, the last one mounted."""
    parts, best, found = path.parts, -1, ""
    for line in lines:
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if not dash or len(fields) < 5:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), fields[4])).parts
        if parts[: len(point)] == point and len(point) >= best and after.split(" ")[0] != "autofs":
            best, found = len(point), after.split(" ")[0]
    return found


def _windows_network(path: Path) -> str:
    if sys.platform != "win32":  # for the type checker as much as for us
        return ""
    import ctypes

    remote = 4
    share = path.drive.startswith("\\\\")
    return "a share" if share or ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == remote else ""


def _synced(path: Path) -> str:
    folders = path.parts[:-1]
    for i, part in enumerate(folders):
        for pattern, name in _SYNCED:
            if pattern.fullmatch(part):
                return name
        made = _BY_APPLE.fullmatch(part) if i and folders[i - 1] == "CloudStorage" else None
        if made:
            return _WORDED.get(made[1].lower(), made[1])
    for folder in path.parents:
        for mark, name, is_folder in _MARKS:
            there = folder / mark
            try:
                if there.is_dir() if is_folder else there.is_file():
                    return name
            except OSError:
                continue
        if folder != Path(folder.anchor) and _has_sync_database(folder):
            return "Nextcloud"
    return ""


def _has_sync_database(folder: Path) -> bool:
    """Whether Nextcloud's own database is there; a folder with very many files is not searched to its end."""
    try:
        with os.scandir(folder) as entries:
            for count, entry in enumerate(entries):
                if _MARKS_BY_PATTERN.fullmatch(entry.name):
                    return True
                if count > 2000:
                    return False
    except OSError:
        pass
    return False
