"""Network drives and folders that a program copies to a cloud are known by names and marks."""

from __future__ import annotations

from pathlib import Path

import pytest

from dreamjournal.common.places import LOCAL, Place, PlaceKind, place_of

MOUNTS = r"""
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 / /srv/kim/NAS rw,relatime shared:9 - nfs4 nas:/volume rw
31 22 0:41 / /mnt/office rw - cifs //office/share rw
32 22 0:42 / /srv/kim/far\040away rw - fuse.sshfs kim@far: rw
33 22 0:43 / /mnt/c rw - 9p C: rw
34 22 0:44 / /mnt/auto rw - autofs systemd-1 rw
35 34 0:45 / /mnt/auto/music rw - smb3 //music rw
36 30 0:46 / /srv/kim/NAS/local rw - tmpfs tmpfs rw
"""


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/srv/kim/NAS/journal.db", "NFS"), ("/mnt/office/a/b/journal.db", "SMB"), ("/srv/kim/far away/journal.db", "SSH"),
        ("/mnt/c/journal.db", "9P"), ("/mnt/auto/music/journal.db", "SMB"),
    ],
)  # fmt: skip
def test_a_network_drive_is_known_by_what_is_mounted(path: str, name: str) -> None:
    assert place_of(Path(path), mounts=MOUNTS) == Place(PlaceKind.NETWORK, name)


@pytest.mark.parametrize(
    "path", ["/srv/kim/journal.db", "/srv/kim/NASA/journal.db", "/srv/kim/NAS/local/journal.db", "/mnt/auto/x.db"]
)
def test_what_lies_beside_or_inside_is_local(path: str) -> None:
    assert place_of(Path(path), mounts=MOUNTS) == LOCAL


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("Dropbox", "Dropbox"), ("Dropbox (Personal)", "Dropbox"), ("OneDrive - The Clinic", "OneDrive"), ("iCloudDrive", "iCloud"),
        ("Library/Mobile Documents/com~apple~CloudDocs", "iCloud"), ("Library/CloudStorage/GoogleDrive-kim@example.org", "Google Drive"),
        ("Google Drive", "Google Drive"), ("Nextcloud", "Nextcloud"), ("MEGAsync", "MEGA"),
    ],
)  # fmt: skip
def test_a_copied_folder_is_known_by_its_name(folder: str, name: str) -> None:
    assert place_of(Path("/srv/kim", folder, "mine", "journal.db"), mounts=MOUNTS) == Place(PlaceKind.SYNCED, name)


def test_a_name_that_only_resembles_says_nothing() -> None:
    for folder in ("Dropboxes", "my-onedrive-notes", "Megan", "Box"):
        assert place_of(Path("/srv/kim", folder, "journal.db"), mounts=MOUNTS) == LOCAL
    assert place_of(Path("/srv/kim/Dropbox"), mounts=MOUNTS) == LOCAL, "a journal of that name is no folder"


@pytest.mark.parametrize(
    ("mark", "is_folder", "name"),
    [(".stfolder", True, "Syncthing"), (".dropbox", False, "Dropbox"), (".nextcloudsync.log", False, "Nextcloud"),
     (".sync_0123456789ab.db", False, "Nextcloud")],
)  # fmt: skip
def test_a_copied_folder_is_known_by_the_mark_in_it(tmp_path: Path, mark: str, is_folder: bool, name: str) -> None:
    inside = tmp_path / "papers" / "journals"
    inside.mkdir(parents=True)
    assert place_of(inside / "journal.db", mounts=MOUNTS) == LOCAL
    there = tmp_path / "papers" / mark
    if is_folder:
        there.mkdir()
    else:
        there.touch()
    assert place_of(inside / "journal.db", mounts=MOUNTS) == Place(PlaceKind.SYNCED, name)


def test_the_settings_folder_of_dropbox_in_ones_home_is_no_mark(tmp_path: Path) -> None:
    (tmp_path / ".dropbox").mkdir()
    assert place_of(tmp_path / "journal.db", mounts=MOUNTS) == LOCAL


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "here").symlink_to(tmp_path / "Dropbox")
    assert place_of(tmp_path / "here" / "journal.db", mounts=MOUNTS).name == "Dropbox"


def test_what_is_not_local_is_said_with_what_to_do() -> None:
    assert LOCAL.warning == ("", "")
    for place in (Place(PlaceKind.NETWORK, "NFS"), Place(PlaceKind.SYNCED, "Dropbox")):
        what, what_to_do = place.warning
        assert place.name in what
        assert "second place" in what_to_do


def test_the_short_words_promise_only_what_is_so() -> None:
    assert LOCAL.kept == "stays here"
    assert Place(PlaceKind.NETWORK, "NFS").kept == "on a network drive"
    assert Place(PlaceKind.SYNCED, "Dropbox").kept == "copied by Dropbox"
