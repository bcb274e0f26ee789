"""The command line on a full disk: once more in the room kept back, else one sentence."""

from __future__ import annotations

from pathlib import Path

from dreamjournal.app import cli
from dreamjournal.common.errors import DiskFull
from dreamjournal.services import dreams, journals, room
from dreamjournal.store import ballast


def test_a_small_write_is_done_again_in_the_room_kept_back(tmp_path: Path, clock, capsys, monkeypatch) -> None:
    path = tmp_path / "journal.db"
    journals.create(path, passphrase=None, clock=clock).close()
    real = dreams.save

    def full_with_ballast(*args, **more):
        if ballast.ballast_path(path).exists() or nothing_helps:
            raise DiskFull("Not saved", "the disk is full", "free some space and save again")
        return real(*args, **more)

    nothing_helps = False
    monkeypatch.setattr(dreams, "save", full_with_ballast)
    add = [
        "dreams",
        "add",
        "--night",
        "2026-07-01",
        "--recall",
        "report",
        "--text",
        "Low tide.",
        "--journal",
        str(path),
    ]
    room.refill(path)
    assert cli.run(add) == 0
    nothing_helps = True
    room.refill(path)
    assert cli.run(add) == 1
    assert cli.run(add) == 1
    assert capsys.readouterr().err.splitlines() == ["Not saved: the disk is full; free some space and save again."] * 2
    journal = journals.open_existing(path)
    assert [d.text for d in journal.dreams.all(1)] == ["Low tide."]
    journal.close()
