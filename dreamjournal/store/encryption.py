"""The key slots of a journal: its random database key, sealed once for each thing that may open it.

The slot file is `PATH.keys`, with a second copy `PATH.keys.copy`, since losing it would lose the diary. A slot has a pair
of X25519 keys. The private one is sealed with AES-256-GCM under a key from the person's passphrase (Argon2id, RFC 9106),
from the recovery code (HKDF, since a code has full entropy) or from the computer's keyring; its tag answers "is the
passphrase right", so that a database that will not open afterwards is known to be damaged. The database key is sealed to
the public one (HPKE, RFC 9180). So whoever holds the database key can give the journal a new one without knowing the
passphrase or the code, while an old database key, once exposed, opens none of what is sealed later.

A slot says which database it opens by that database's salt (its first 16 bytes), which is part of what is authenticated,
and it is vouched for with a tag under the database key, so that nobody without the key can have a later key sealed to him.
The digest of the file tells damage; the generation tells the newer of two copies.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

FORMAT = "dreamjournal-keys"
VERSION = 2
KINDS = ("passphrase", "recovery", "keyring")
MOST_BYTES = 64 * 1024
"""A slot file is a few kilobytes; a longer one is not read."""


@dataclass(frozen=True)
class Cost:
    """What Argon2id is to cost."""

    memory_kib: int = 64 * 1024
    time: int = 3
    lanes: int = 4


ARGON = Cost()
CAPS = Cost(1024 * 1024, 16, 16)
MOST_WORK = 4 * CAPS.memory_kib
"""Memory times rounds. Refused above: a hostile slot file could otherwise ask for all memory, or for minutes."""

Bytes16 = Annotated[bytes, Meta(min_length=16, max_length=16)]
Bytes32 = Annotated[bytes, Meta(min_length=32, max_length=32)]


class Opens(msgspec.Struct, frozen=True):
    """The key of one database, sealed to a slot, with the database's voucher for that slot."""

    salt: Bytes16
    key: Annotated[bytes, Meta(min_length=80, max_length=80)]
    tag: Bytes32


class Slot(msgspec.Struct, frozen=True):
    """One thing that opens the journal."""

    kind: Literal["passphrase", "recovery", "keyring"]
    made: Annotated[str, Meta(max_length=40)]
    salt: Bytes16
    public: Bytes32
    nonce: Annotated[bytes, Meta(min_length=12, max_length=12)]
    private: Annotated[bytes, Meta(min_length=48, max_length=48)]
    opens: Annotated[tuple[Opens, ...], Meta(max_length=4)]
    memory_kib: Annotated[int, Meta(ge=0, le=2**31)] = 0
    time: Annotated[int, Meta(ge=0, le=2**31)] = 0
    lanes: Annotated[int, Meta(ge=0, le=2**31)] = 0


class SlotFile(msgspec.Struct, frozen=True):
    """What a slot file of this version holds."""

    journal: Annotated[str, Meta(max_length=64)]
    generation: Annotated[int, Meta(ge=1, le=2**53)]
    slots: Annotated[tuple[Slot, ...], Meta(min_length=1, max_length=8)]
    format: Literal["dreamjournal-keys"] = FORMAT
    version: Literal[2] = VERSION
    plain: bool = False
    """Whether the database may still, or again, be a plain one: it is being encrypted or decrypted."""
    digest: Annotated[bytes, Meta(max_length=32)] = b""

    def slot(self, kind: str) -> Slot | None:
        """The slot of a kind."""
        return next((s for s in self.slots if s.kind == kind), None)

    def fits(self, salt: bytes) -> bool:
        """Whether it opens the database with this salt."""
        return any(o.salt == salt for s in self.slots for o in s.opens)


class OldSlot(msgspec.Struct, frozen=True):
    """A slot of version 1: the database key under the passphrase, and nothing else."""

    salt: Annotated[bytes, Meta(min_length=8, max_length=64)]
    nonce: Annotated[bytes, Meta(min_length=12, max_length=12)]
    sealed: Annotated[bytes, Meta(min_length=48, max_length=48)]
    memory_kib: Annotated[int, Meta(ge=0, le=2**31)]
    time: Annotated[int, Meta(ge=0, le=2**31)]
    lanes: Annotated[int, Meta(ge=0, le=2**31)]
    kind: Literal["passphrase"] = "passphrase"
    kdf: Literal["argon2id"] = "argon2id"


class OldFile(msgspec.Struct, frozen=True):
    """What a slot file of version 1 holds."""

    slots: Annotated[tuple[OldSlot, ...], Meta(min_length=1, max_length=1)]
    format: Literal["dreamjournal-keys"] = FORMAT
    version: Literal[1] = 1


class _Head(msgspec.Struct):
    format: str = ""
    version: object = None


class BadSlots(Exception):
    """A copy of the slot file that cannot be used; the message is a clause that says why."""


# Reading and writing a copy


def decode(data: bytes) -> SlotFile | OldFile:
    """A slot file from its bytes. Raises BadSlots."""
    if len(data) > MOST_BYTES:
        raise BadSlots("its key file is far too long")
    try:
        head = msgspec.json.decode(data, type=_Head)
        if head.format == FORMAT and isinstance(head.version, int) and head.version > VERSION:
            raise BadSlots("its key file was made by a newer Dreamjournal")
        found = msgspec.json.decode(data, type=OldFile if head.version == 1 else SlotFile)
    except (msgspec.MsgspecError, ValueError, RecursionError, UnicodeError) as error:
        raise BadSlots("its key file is damaged") from error
    if isinstance(found, SlotFile):
        if not hmac.compare_digest(_digest(found), found.digest):
            raise BadSlots("its key file is damaged")
        kinds = {s.kind for s in found.slots}
        if len(kinds) != len(found.slots) or kinds == {"keyring"}:
            raise BadSlots("its key file is damaged")
    for slot in found.slots:
        if slot.kind == "passphrase":
            _check_cost(Cost(slot.memory_kib, slot.time, slot.lanes))
    return found


def encode(file: SlotFile) -> bytes:
    """The bytes of a slot file, with its digest."""
    return msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(file, digest=_digest(file))), indent=1)


def _digest(file: SlotFile) -> bytes:
    return hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(file, digest=b""))).digest()


def _check_cost(cost: Cost) -> None:
    within = (
        0 < cost.time <= CAPS.time
        and 0 < cost.lanes <= CAPS.lanes
        and 8 * cost.lanes <= cost.memory_kib <= CAPS.memory_kib
        and cost.memory_kib * cost.time <= MOST_WORK
    )
    if not within:
        raise BadSlots("its key file asks for too much work or too little")


# Making slots


def new_key() -> bytes:
    """A random 32-byte database key."""
    return secrets.token_bytes(32)


def new_salt() -> bytes:
    """A random salt of a database, which is also its name in the slots."""
    return secrets.token_bytes(16)


@dataclass(frozen=True)
class Database:
    """A database as the slots know it: its journal, its salt and its key."""

    journal: str
    salt: bytes
    key: bytes


def passphrase_slot(database: Database, passphrase: str, made: str, cost: Cost | None = None) -> Slot:
    """A slot that opens the database for `passphrase`."""
    cost, salt = cost or ARGON, secrets.token_bytes(16)
    return _slot("passphrase", database, made, salt, _from_passphrase(passphrase, salt, cost), cost)


def recovery_slot(database: Database, code: bytes, made: str) -> Slot:
    """A slot that opens the database for the 16 bytes of a recovery code."""
    salt = secrets.token_bytes(16)
    return _slot("recovery", database, made, salt, _from_code(code, salt))


def keyring_slot(database: Database, secret: bytes, made: str, salt: bytes) -> Slot:
    """A slot that opens the database for the 32 bytes the keyring keeps; `salt` names them there."""
    return _slot("keyring", database, made, salt, secret)


def _slot(
    kind: Literal["passphrase", "recovery", "keyring"],
    database: Database,
    made: str,
    salt: bytes,
    wrapping: bytes,
    cost: Cost | None = None,
) -> Slot:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    private, nonce = X25519PrivateKey.generate(), secrets.token_bytes(12)
    bare = Slot(
        kind, made, salt, private.public_key().public_bytes_raw(), nonce, bytes(48), (),
        *((cost.memory_kib, cost.time, cost.lanes) if cost else ()),
    )  # fmt: skip
    sealed = AESGCM(wrapping).encrypt(nonce, private.private_bytes_raw(), _head(bare, database.journal))
    return admitting(msgspec.structs.replace(bare, private=sealed), database)


def admitting(slot: Slot, database: Database) -> Slot:
    """The slot, opening also `database`."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    sealed = _suite().encrypt(
        database.key, X25519PublicKey.from_public_bytes(slot.public), info=_info(database.journal, database.salt)
    )
    opens = Opens(database.salt, sealed, _tag(slot, sealed, database))
    return msgspec.structs.replace(slot, opens=(*(o for o in slot.opens if o.salt != database.salt), opens))


def authentic(slot: Slot, database: Database) -> bool:
    """Whether somebody who held the database key made the slot."""
    return any(o.salt == database.salt and hmac.compare_digest(o.tag, _tag(slot, o.key, database)) for o in slot.opens)


# Opening slots


def key_by_passphrase(file: SlotFile, slot: Slot, salt: bytes, passphrase: str) -> bytes | None:
    """The key of the database with this salt; None where the passphrase is another one. Raises BadSlots."""
    cost = Cost(slot.memory_kib, slot.time, slot.lanes)
    return _opened(file, slot, salt, _from_passphrase(passphrase, slot.salt, cost))


def key_by_code(file: SlotFile, slot: Slot, salt: bytes, code: bytes) -> bytes | None:
    """The key of the database with this salt; None where the code is another one. Raises BadSlots."""
    return _opened(file, slot, salt, _from_code(code, slot.salt))


def key_by_keyring(file: SlotFile, slot: Slot, salt: bytes, secret: bytes) -> bytes | None:
    """The key of the database with this salt; None where the keyring keeps something else. Raises BadSlots."""
    return _opened(file, slot, salt, secret) if len(secret) == 32 else None


def old_key(slot: OldSlot, passphrase: str) -> bytes | None:
    """The database key of a slot of version 1; None where the passphrase is another one."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    wrapping = _from_passphrase(passphrase, slot.salt, Cost(slot.memory_kib, slot.time, slot.lanes))
    try:
        return AESGCM(wrapping).decrypt(slot.nonce, slot.sealed, FORMAT.encode())
    except InvalidTag:
        return None


def _opened(file: SlotFile, slot: Slot, salt: bytes, wrapping: bytes) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        private = AESGCM(wrapping).decrypt(slot.nonce, slot.private, _head(slot, file.journal))
    except InvalidTag:
        return None
    try:
        sealed = next(o.key for o in slot.opens if o.salt == salt)
        return _suite().decrypt(sealed, X25519PrivateKey.from_private_bytes(private), info=_info(file.journal, salt))
    except (InvalidTag, StopIteration, ValueError) as error:
        raise BadSlots("its key file is damaged") from error


def _suite():  # noqa: ANN202 - the library's own type, loaded here
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def _info(journal: str, salt: bytes) -> bytes:
    return msgspec.json.encode((FORMAT, VERSION, journal, salt))


def _head(slot: Slot, journal: str) -> bytes:
    """What of a slot is not secret and must not be changed."""
    cost = (slot.memory_kib, slot.time, slot.lanes)
    return msgspec.json.encode((FORMAT, VERSION, journal, slot.kind, slot.made, slot.salt, slot.public, *cost))


def _tag(slot: Slot, sealed: bytes, database: Database) -> bytes:
    vouching = _hkdf(database.key, database.salt, b"dreamjournal slot voucher")
    return hmac.digest(vouching, _head(slot, database.journal) + slot.nonce + slot.private + sealed, "sha256")


def _from_passphrase(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    # The same passphrase typed on two keyboards may come composed or decomposed.
    secret = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    return hash_secret_raw(
        secret, salt, time_cost=cost.time, memory_cost=cost.memory_kib, parallelism=cost.lanes, hash_len=32, type=Type.ID
    )  # fmt: skip


def _from_code(code: bytes, salt: bytes) -> bytes:
    return _hkdf(code, salt, b"dreamjournal recovery")


def _hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt, info).derive(secret)
