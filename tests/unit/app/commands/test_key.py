"""The command key: exit codes, one sentence, the code shown once, nothing secret in an argument."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dreamjournal.app import cli
from dreamjournal.app.commands import shared
from dreamjournal.services import holding
from dreamjournal.store import encryption
from dreamjournal.store.connect import PLAIN_HEADER


@pytest.fixture
def run(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(shared, "_terminal", lambda: False)

    def call(*arguments: str, now: str | None = None, new: str | None = None) -> tuple[int, str, str]:
        for name, value in ((shared.PASSPHRASE, now), (shared.NEW_PASSPHRASE, new)):
            monkeypatch.setenv(name, value) if value is not None else monkeypatch.delenv(name, raising=False)
        code = cli.run(["--journal", str(tmp_path / "j.db"), *arguments])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


def test_change_recovery_and_status(run: Any, tmp_path: Path) -> None:
    assert run("dreams", "add", "--night", "2026-07-01", "--recall", "report", "--text", "a lamp", now="moth")[0] == 0
    code, out, _ = run("key", "--json")
    assert code == 0
    found = json.loads(out)
    assert found["encrypted"] is True and found["copies"] == 2 and [s["kind"] for s in found["slots"]] == ["passphrase"]
    assert run("key", "change", now="wrong", new="lamp")[0] == 2
    code, out, err = run("key", "change", now="moth")
    assert code == 2 and "DREAMJOURNAL_NEW_PASSPHRASE" in err and err.count("\n") == 1
    assert run("key", "change", "--json", now="moth", new="lamp")[0] == 0
    assert run("dreams", "list", now="moth")[0] == 2
    code, out, _ = run("key", "recovery", "--json", now="lamp")
    recovery = json.loads(out)["recovery_code"]
    for secret in ("lamp", recovery, recovery.lower().replace("-", "")):
        code, out, _ = run("dreams", "list", "--json", now=secret)
        assert code == 0 and len(json.loads(out)["dreams"]) == 1
    slip = ("Z" if recovery[0] != "Z" else "Y") + recovery[1:]
    code, out, err = run("dreams", "list", now=slip)
    assert (code, out) == (2, "") and "slip in group 1" in err
    code, out, _ = run("key", "recovery", now=recovery)
    assert code == 0 and recovery not in out and "Write it down now" in out
    assert run("dreams", "list", now=recovery)[0] == 2
    code, out, _ = run("key")
    assert code == 0 and "your recovery code, since" in out and "Both copies" in out


def test_rekey_decrypt_and_encrypt_again(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    run("dreams", "add", "--night", "2026-07-01", "--recall", "report", "--text", "a lamp", now="moth")
    code, out, _ = run("key", "rekey", now="moth")
    assert code == 0 and "has a new key" in out and "backup" in out
    code, out, _ = run("key", "decrypt", now="moth")
    assert code == 0 and path.read_bytes()[:16] == PLAIN_HEADER
    code, out, _ = run("key")
    assert code == 0 and out.startswith("Not encrypted")
    assert run("key", "change", new="lamp")[0] == 2
    assert run("key", "encrypt")[0] == 2
    code, out, _ = run("key", "encrypt", "--json", new="lamp")
    assert code == 0 and path.read_bytes()[:16] != PLAIN_HEADER
    found = json.loads(out)
    assert found["backups_not_encrypted"] >= 1
    for secret in ("lamp", found["recovery_code"]):
        code, out, _ = run("dreams", "list", "--json", now=secret)
        assert code == 0 and len(json.loads(out)["dreams"]) == 1
    assert run("key", "encrypt", now="lamp", new="x")[0] == 2
    code, _, err = run("key", "keyring", "on", now="lamp")
    assert code == 2 and "no keyring" in err  # the tests have none
    assert run("key", "keyring", "off")[0] == 0


def test_a_window_keeps_key_out(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("dreams", "list", now="moth")
    run("persons", "list", now="moth")
    run("dreams", "add", "--night", "2026-07-01", "--recall", "report", "--text", "a lamp", now="moth")
    held = holding.hold(tmp_path / "j.db")
    monkeypatch.setattr(holding.os, "getpid", lambda: 1)
    try:
        for what in ("change", "recovery", "rekey", "decrypt"):
            code, out, err = run("key", what, now="moth", new="lamp")
            assert (code, out) == (1, "") and "open in another window" in err
    finally:
        held.release()
    assert run("dreams", "list", now="moth")[0] == 0


def test_a_missing_journal_and_a_lost_key_file(run: Any, tmp_path: Path) -> None:
    for what in ("status", "change", "recovery", "rekey", "encrypt", "decrypt"):
        code, out, err = run("key", what, now="moth", new="lamp")
        assert (code, out) == (2, "") and err.count("\n") == 1, what
    assert not any(tmp_path.iterdir())
    run("dreams", "add", "--night", "2026-07-01", "--recall", "report", "--text", "a lamp", now="moth")
    for name in ("j.db.keys", "j.db.keys.copy"):
        (tmp_path / name).unlink()
    code, out, _ = run("key", "--json")
    assert code == 0 and "missing" in json.loads(out)["trouble"]
    assert encryption.Cost(65536, 3, 4) == encryption.ARGON
