"""The recovery code: 128 random bits as letters that survive paper, a hurried hand and a tired eye.

Seven groups of five. The alphabet is Crockford's base 32 (no I, L, O, U), and reading takes I and L for 1 and O for 0. The
last letter of a group checks its group: a weighted sum in GF(32) with the group's number in it, which notices every
single wrong letter, every swap of two different letters within a group and groups in the wrong order, and says where.
Twelve more bits check the whole.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass

from dreamjournal.common.errors import UserError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, LONG = 7, 5
SECRET_BYTES = 16
_VALUE = {c: n for n, c in enumerate(ALPHABET)} | {"I": 1, "L": 1, "O": 0}
_WEIGHTS = (2, 4, 8, 16)  # powers of a generator: all different, none 0
_WHAT = "That recovery code was not taken"
_NOW = "compare it with the paper and type it again"


@dataclass(frozen=True)
class Slip:
    """Why a text that looks like a recovery code is none."""

    why: str


def shown(secret: bytes) -> str:
    """The code of 16 random bytes, as it stands on paper: `XXXXX-XXXXX-…`, seven groups."""
    if len(secret) != SECRET_BYTES:
        raise ValueError("a recovery code has 128 bits")
    bits = (int.from_bytes(secret, "big") << 12) | _check_of(secret)
    letters = [(bits >> 5 * n) & 31 for n in range(GROUPS * (LONG - 1) - 1, -1, -1)]
    groups = [letters[n : n + LONG - 1] for n in range(0, len(letters), LONG - 1)]
    return "-".join("".join(ALPHABET[v] for v in (*g, _group_check(n, g))) for n, g in enumerate(groups))


def read(text: str) -> bytes:
    """The 16 bytes of a code however it was typed. Raises UserError naming the group with the slip where it can be told."""
    found = told(text)
    if isinstance(found, bytes):
        return found
    if found is None:
        found = Slip(f"it has {GROUPS} groups of {LONG} letters and digits")
    raise UserError(_WHAT, found.why, _NOW, field="recovery_code")


def told(text: str) -> bytes | Slip | None:
    """The 16 bytes; what is wrong where it looks like a code; None where it does not look like one."""
    groups = _groups(text)
    letters = "".join(groups)
    if any(c not in _VALUE for c in letters):
        return _strange(groups) if _nearly(groups) else None
    if len(letters) != GROUPS * LONG:
        return _wrong_length(groups, len(letters)) if _nearly(groups) else None
    values = [_VALUE[c] for c in letters]
    parted = [values[n : n + LONG] for n in range(0, len(values), LONG)]
    wrong = [n + 1 for n, g in enumerate(parted) if _group_check(n, g[:-1]) != g[-1]]
    if wrong:
        return Slip(_slips(wrong))
    bits = 0
    for group in parted:
        for value in group[:-1]:
            bits = (bits << 5) | value
    secret = (bits >> 12).to_bytes(SECRET_BYTES, "big")
    if bits & 0xFFF != _check_of(secret):
        return Slip("that code has a slip in more than one group")
    return secret


def _groups(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(c if c.isalnum() else " " for c in folded).split()


def _nearly(groups: list[str]) -> bool:
    """Whether somebody was typing a code: about as many letters, in groups of about five or in one run."""
    total = sum(len(g) for g in groups)
    grouped = len(groups) == 1 or (len(groups) >= GROUPS - 1 and all(LONG - 2 <= len(g) <= LONG + 2 for g in groups))
    return grouped and abs(total - GROUPS * LONG) <= 3


def _strange(groups: list[str]) -> Slip:
    parted = groups if len(groups) > 1 else [groups[0][n : n + LONG] for n in range(0, len(groups[0]), LONG)]
    return Slip(_slips([n + 1 for n, g in enumerate(parted) if any(c not in _VALUE for c in g)]))


def _wrong_length(groups: list[str], total: int) -> Slip:
    wrong = [n + 1 for n, g in enumerate(groups) if len(g) != LONG]
    if len(groups) == GROUPS and len(wrong) == 1:
        return Slip(f"group {wrong[0]} of that code has {len(groups[wrong[0] - 1])} letters where {LONG} belong")
    return Slip(f"that code has {total} letters and digits where {GROUPS * LONG} belong")


def _slips(wrong: list[int]) -> str:
    if len(wrong) == 1:
        return f"that code has a slip in group {wrong[0]}"
    return f"that code has slips in groups {', '.join(map(str, wrong[:-1]))} and {wrong[-1]}"


def _check_of(secret: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"dreamjournal recovery code" + secret).digest()[:2], "big") >> 4


def _group_check(number: int, values: list[int]) -> int:
    total = number + 1
    for weight, value in zip(_WEIGHTS, values, strict=True):
        total ^= _times(weight, value)
    return total


def _times(a: int, b: int) -> int:
    """The product in GF(32), reduced by x^5 + x^2 + 1."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 32:
            a ^= 0b100101
        b >>= 1
    return product


def same_group(typed: str, group: str) -> bool:
    """Whether one group was typed back rightly, however it was written (small letters, I for 1, O for 0)."""
    letters = [_VALUE.get(c) for c in unicodedata.normalize("NFKC", typed).upper() if c.isalnum()]
    return letters == [_VALUE[c] for c in group]
