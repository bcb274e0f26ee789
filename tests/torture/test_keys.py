"""Keys under torture: kills at every point, a thousand wrong passphrases, slot files made to do harm, swapped and damaged ones."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from dreamjournal.common.clock import FixedClock
from dreamjournal.common.errors import KnownError, StoreError, WrongPassphrase
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain import recovery_code
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.protection import Protection
from dreamjournal.services import journals, keys
from dreamjournal.store import encryption, rekey, slots
from dreamjournal.store.connect import PLAIN_HEADER, connect
from dreamjournal.store.journal import create_journal
from tests.samples import NOW
from tests.torture import hostile_slots, killing, wellness
from tests.torture.counted import COUNTED, size

pytestmark = pytest.mark.torture

CLOCK = FixedClock(NOW, "Europe/London")
CHEAP = encryption.Cost(64, 1, 1)
CODE, LATER_CODE = bytes(range(16)), bytes(range(16, 32))
OLD, NEW, PAPER, LATER = "moth", "lamp", recovery_code.shown(CODE), recovery_code.shown(LATER_CODE)
DREAMS = 25
SEED = 6_6


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encryption, "ARGON", CHEAP)


def fill(path: Path, *, passphrase: str | None) -> dict[str, str]:
    """A journal with some dreams; what every table holds."""
    code = CODE if passphrase else None
    journal = create_journal(path, passphrase=passphrase, code=code, clock=CLOCK)
    with journal.atomic():
        for n in range(DREAMS):
            draft = DreamDraft(date.fromordinal(date(2026, 1, 1).toordinal() + n), f"the harbour {n} " * 40)
            journal.dreams.put(1, draft, NOW)
    found = wellness.contents(journal._db)
    journal.close()
    return found


# Kills


def act_rekey(path: Path) -> None:
    rekey.rekey(path, key_of(path), NoProgress())


def act_passphrase(path: Path) -> None:
    keys.change_passphrase(path, key_of(path), NEW, CLOCK)


def act_code(path: Path) -> None:
    slots.put(path, key_of(path), lambda d: encryption.recovery_slot(d, LATER_CODE, ""))


def act_encrypt(path: Path) -> None:
    rekey.encrypt(path, OLD, CODE, keyring=False, when=NOW, progress=NoProgress())


def act_decrypt(path: Path) -> None:
    rekey.decrypt(path, key_of(path), NoProgress())


def service_rekey(path: Path) -> None:
    keys.rekey(path, key_of(path), CLOCK)


def service_encrypt(path: Path) -> None:
    keys.encrypt(path, protection=Protection.PASSPHRASE, passphrase=OLD, clock=CLOCK)


def service_decrypt(path: Path) -> None:
    keys.decrypt(path, key_of(path), CLOCK)


def key_of(path: Path) -> bytes:
    return keys.unlock(path, OLD)


ACTS: dict[str, tuple[Callable[[Path], None], Callable[[Path], None], bool, tuple[set[str | None], ...]]] = {
    # what it does by itself, what the service does around it, whether it begins encrypted, each group of which one must open
    "rekey": (act_rekey, service_rekey, True, ({OLD}, {PAPER})),
    "passphrase": (act_passphrase, act_passphrase, True, ({OLD, NEW}, {PAPER})),
    "recovery code": (act_code, act_code, True, ({OLD}, {PAPER, LATER})),
    "encrypt": (act_encrypt, service_encrypt, False, ({None, OLD},)),
    "decrypt": (act_decrypt, service_decrypt, True, ({OLD, None}, {PAPER, None})),
}
CALLS = ("open", "replace", "rename", "unlink", "link", "fsync", "write", "close")


def watch_calls(counted: killing.Statements) -> None:
    """In a child: have the system calls that change files counted among the statements."""
    for name in CALLS:
        setattr(os, name, _watched(name, getattr(os, name), counted))


def _watched(name: str, inner: Callable[..., Any], counted: killing.Statements) -> Callable[..., Any]:
    def called(*args: Any, **more: Any) -> Any:
        counted(f"os.{name}")
        return inner(*args, **more)

    return called


def run_act(path: Path, act: Callable[[Path], None], before: int = 0) -> int:
    """In a child: do it, dying before the n-th point; how many points there are."""
    counted = killing.Statements(before)
    killing.watch(counted)
    watch_calls(counted)
    counted.begin()
    act(path)
    return counted.end()


def opened(
    path: Path, ways: tuple[set[str | None], ...], contents: dict[str, str], *, again: Callable[[Path], None]
) -> list[str]:
    """In a child: what is wrong after a kill. Each group of secrets has one that opens it, everything is there, and it can be done again."""
    said: list[str] = []
    opens = {secret: _opens(path, secret) for group in ways for secret in group}
    for group in ways:
        good = [secret for secret in group if opens[secret]]
        if not good:
            return [f"none of {len(group)} ways in opens it"]
        if None not in group and len(good) > 1:
            said.append("the old and the new secret both open it")
    secret = next(s for s, good in sorted(opens.items(), key=str) if good)
    journal = journals.open_existing(path, passphrase=secret)
    said += wellness.structure(journal._db)
    if wellness.contents(journal._db) != contents:
        said.append("it does not hold what it held")
    encrypted, key = journal.encrypted, journal.key
    journal.close()
    if encrypted != (path.read_bytes()[:16] != PLAIN_HEADER):
        said.append("it does not say how it is kept")
    if encrypted and key is not None and slots.copies(path)[0].read_bytes() != slots.copies(path)[1].read_bytes():
        said.append("the copies of the key file were not mended")
    if (opens.get(None) or opens.get(OLD)) and not said:
        try:  # what a kill left must be in nobody's way
            again(path)
        except KnownError as error:
            if "not encrypted" not in error.sentence and "changed meanwhile" not in error.sentence:
                said.append(f"it cannot be done again: {error.sentence}")
    left = [p.name for p in path.parent.iterdir() if p.suffix == ".part" or ".aside-" in p.name]
    return said + [f"{name} was left behind" for name in left]


def _opens(path: Path, secret: str | None) -> bool:
    if secret is None or not journals.needs_passphrase(path):
        return secret is None and not journals.needs_passphrase(path)
    try:
        return bool(keys.unlock(path, secret))
    except WrongPassphrase:
        return False


def redo(name: str) -> Callable[[Path], None]:
    """The act once more, where the journal is still, or again, what it begins with."""
    act, _, encrypted, _ = ACTS[name]

    def again(path: Path) -> None:
        if encrypted == (path.read_bytes()[:16] != PLAIN_HEADER):
            act(path)

    return again


@pytest.fixture(scope="module")
def originals() -> Iterator[dict[bool, tuple[Path, dict[str, str]]]]:
    """A closed journal with a passphrase and a code, and one without."""
    patch = pytest.MonkeyPatch()
    patch.setattr(encryption, "ARGON", CHEAP)
    with killing.quick_folder() as folder:
        made: dict[bool, tuple[Path, dict[str, str]]] = {}
        for encrypted in (True, False):
            (folder / str(encrypted)).mkdir()
            path = folder / str(encrypted) / "journal.db"
            made[encrypted] = path, fill(path, passphrase=OLD if encrypted else None)
        # Once here, so that the modules are loaded in every child; no journal stays open.
        for name, (act, _, encrypted, ways) in ACTS.items():
            path = killing.copy_journal(made[encrypted][0], folder / "loaded")
            act(path)
            assert opened(path, ways, made[encrypted][1], again=redo(name)) == []
        yield made
    patch.undo()


@pytest.mark.skipif(not killing.can_fork(), reason="this system cannot fork")
@pytest.mark.parametrize("name", ACTS)
def test_killed_before_every_statement_and_every_call(
    name: str, originals: dict[bool, tuple[Path, dict[str, str]]]
) -> None:
    act, _, encrypted, ways = ACTS[name]
    source, contents = originals[encrypted]
    with killing.quick_folder() as folder:
        path = killing.copy_journal(source, folder / "j")
        total = killing.in_child(lambda: run_act(path, act))
        assert total > 10
        places = list(range(1, total + 2))
        rng = random.Random(f"{SEED} {name}")
        chosen = sorted(rng.sample(places, min(len(places), size(5, len(places)))))
        for before in chosen:
            path = killing.copy_journal(source, folder / "j")
            child = killing.Child(lambda p=path, n=before: run_act(p, act, n))
            killed, _ = child.result()
            assert killed, (name, before, total)
            check(path, ways, contents, name, f"before {before} of {total}")


@pytest.mark.skipif(not killing.can_fork(), reason="this system cannot fork")
def test_killed_at_any_moment(originals: dict[bool, tuple[Path, dict[str, str]]]) -> None:
    rng = random.Random(SEED)
    rounds = size(20, 500)
    took: dict[str, float] = {}
    with killing.quick_folder() as folder:
        for n in range(rounds):
            name = list(ACTS)[n % len(ACTS)]
            _, act, encrypted, ways = ACTS[name]
            source, contents = originals[encrypted]
            path = killing.copy_journal(source, folder / "j")
            if name not in took:
                begun = perf_counter()
                killing.in_child(lambda p=path, a=act: a(p))
                took[name] = perf_counter() - begun
                path = killing.copy_journal(source, folder / "j")
            child = killing.Child(lambda p=path, a=act: a(p))
            child.wait(rng.uniform(0, took[name] * 1.1))
            child.kill()
            child.result()
            check(path, ways, contents, name, f"round {n}")


def check(path: Path, ways: tuple[set[str | None], ...], contents: dict[str, str], name: str, where: str) -> None:
    """All is well, in a child of its own."""
    said = killing.in_child(lambda: opened(path, ways, contents, again=redo(name)))
    COUNTED["faults"] += 1
    COUNTED["acknowledged"] += DREAMS
    if said:
        COUNTED["lost"] += DREAMS
    assert not said, (name, where, said)


@pytest.mark.skipif(not killing.can_fork(), reason="this system cannot fork")
def test_a_new_journal_killed_while_it_is_made_is_there_or_is_not(tmp_path: Path) -> None:
    def make(path: Path) -> None:
        create_journal(path, passphrase=OLD, code=CODE, clock=CLOCK).close()

    def well(path: Path) -> bool:
        if not path.exists():
            make(path)
        journal = journals.open_existing(path, passphrase=OLD)
        try:
            return not wellness.structure(journal._db) and [p.name for p in journal.persons.all()] == ["me"]
        finally:
            journal.close()

    with killing.quick_folder() as folder:
        total = killing.in_child(lambda: run_act(folder / "0.db", make))
        rng = random.Random(SEED)
        for before in sorted(rng.sample(range(1, total + 1), min(total, size(5, total)))):
            path = folder / f"{before}" / "journal.db"
            path.parent.mkdir()
            killing.Child(lambda p=path, n=before: run_act(p, make, n)).result()
            assert killing.in_child(lambda p=path: well(p)), (before, total)
            COUNTED["faults"] += 1


# Wrong secrets and bad slot files


def state(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file() and p.stat().st_size < 1 << 20}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "journal.db"
    fill(made, passphrase=OLD)
    return made


def test_a_thousand_wrong_passphrases_change_no_byte(path: Path) -> None:
    rng = random.Random(SEED)
    before = state(path.parent)
    letters = "moth MOTH0123456789-\u00fc\u0301\u200b\ud800\U0001f319\n"
    for n in range(1000):
        wrong = ["".join(rng.choices(letters, k=rng.randint(1, 40))), OLD + rng.choice(letters), OLD[: n % 4] or "x",
                 recovery_code.shown(rng.randbytes(16)), "m" * (1 << (n % 18))][n % 5]  # fmt: skip
        if wrong == OLD:
            continue
        with pytest.raises(WrongPassphrase) as told:
            journals.open_existing(path, passphrase=wrong)
        assert told.value.sentence.count(".") == 1 and "\n" not in told.value.sentence
        COUNTED["inputs"] += 1
    assert state(path.parent) == before
    journals.open_existing(path, passphrase=OLD).close()


def test_wrong_passphrases_at_full_cost_change_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encryption, "ARGON", encryption.Cost())
    path = tmp_path / "journal.db"
    fill(path, passphrase=OLD)
    before = state(path.parent)
    for wrong in ("mot", "moths", "Moth"):
        with pytest.raises(WrongPassphrase):
            journals.open_existing(path, passphrase=wrong)
        COUNTED["inputs"] += 1
    assert state(path.parent) == before


def test_hostile_slot_files_are_one_sentence_each(path: Path) -> None:
    first, second = slots.copies(path)
    whole = first.read_bytes()
    database = path.read_bytes()
    kinds = 0
    for name, bad in hostile_slots.every(whole):
        kinds += 1
        for both in (True, False):
            for copy in (first, second):
                put(copy, bad if both or copy == first else whole)
            before = state(path.parent)
            begun = perf_counter()
            if not both:
                journals.open_existing(path, passphrase=OLD).close()  # the other copy serves
                assert second.read_bytes() == whole, name
            else:
                for secret in (OLD, PAPER):
                    refused(path, secret, name)
                keys.status(path)
                assert keys.unlock_from_keyring(path) is None
                assert state(path.parent) == before, name
            assert perf_counter() - begun < 8, (name, perf_counter() - begun)
            COUNTED["inputs"] += 1
    put(first, whole)
    put(second, whole)
    assert path.read_bytes() == database
    journals.open_existing(path, passphrase=OLD).close()
    assert kinds >= 60


def refused(path: Path, secret: str, name: str) -> None:
    """One sentence; or it opens, which is as good where what was changed is not what this secret needs."""
    error = error_of(path, secret)
    if error is None:
        assert secret == PAPER or name.startswith("a bit flipped"), (name, "opened")  # a bit that base64 leaves unused
    else:
        assert "\n" not in error.sentence and error.sentence.endswith("."), name


def error_of(path: Path, secret: str) -> KnownError | None:
    try:
        journals.open_existing(path, passphrase=secret).close()
    except KnownError as error:
        return error
    return None


def put(path: Path, what: bytes | Callable[[Path], None]) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    if isinstance(what, bytes):
        path.write_bytes(what)
    else:
        what(path)


def test_mutated_slot_files_open_or_are_refused(path: Path) -> None:
    rng = random.Random(SEED)
    first, second = slots.copies(path)
    whole = first.read_bytes()
    for _ in range(size(150, 3000)):
        data = bytearray(whole)
        for _ in range(rng.choice((1, 1, 2, 8))):
            how, place = rng.randrange(4), rng.randrange(len(data))
            if how == 0:
                data[place] ^= 1 << rng.randrange(8)
            elif how == 1:
                del data[place : place + rng.randint(1, 200)]
            elif how == 2:
                data[place:place] = rng.randbytes(rng.randint(1, 50))
            else:
                data[place:place] = data[rng.randrange(len(data)) :][:100]
            data = data or bytearray(b"x")
        first.write_bytes(data)
        second.write_bytes(data)
        COUNTED["inputs"] += 1
        error = error_of(path, OLD)
        if error is not None:
            assert "\n" not in error.sentence
            assert not isinstance(error, WrongPassphrase), bytes(data)  # damage is not taken for a wrong passphrase
            assert first.read_bytes() == second.read_bytes() == bytes(data)
    first.write_bytes(whole)
    journals.open_existing(path, passphrase=OLD).close()
    assert second.read_bytes() == whole


def test_a_journal_without_its_key_file_with_anothers_and_with_an_older_one(path: Path, tmp_path: Path) -> None:
    first, second = slots.copies(path)
    whole = first.read_bytes()
    (tmp_path / "b").mkdir()
    other = tmp_path / "b" / "journal.db"
    fill(other, passphrase=OLD)
    before = path.read_bytes()

    for sentence, data in (("missing", None), ("another journal", slots.copies(other)[0].read_bytes())):
        for copy in (first, second):
            copy.unlink(missing_ok=True)
            if data is not None:
                copy.write_bytes(data)
        with pytest.raises(StoreError, match=sentence) as told:
            journals.open_existing(path, passphrase=OLD)
        assert not isinstance(told.value, WrongPassphrase)
        COUNTED["inputs"] += 1
    for copy in (first, second):
        copy.write_bytes(whole)
    key = keys.unlock(path, OLD)
    rekey.rekey(path, key, NoProgress())
    now = first.read_bytes()
    for copy in (first, second):
        copy.write_bytes(whole)  # of before the new key
    with pytest.raises(StoreError, match="another journal"):
        journals.open_existing(path, passphrase=OLD)
    for copy in (first, second):
        copy.write_bytes(now)
    assert before != path.read_bytes()
    db = connect(path, keys.unlock(path, PAPER))
    assert db.row("SELECT count(*) AS n FROM dreams") == {"n": DREAMS}
    db.conn.close()
