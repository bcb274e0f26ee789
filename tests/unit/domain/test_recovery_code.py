"""The recovery code: whatever a hand and an eye do to it, it is read, or the slip is told."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dreamjournal.common.errors import UserError
from dreamjournal.domain import recovery_code as rc

secrets = st.binary(min_size=16, max_size=16)
places = st.integers(0, 34)


def at(code: str, place: int) -> int:
    return place + place // 5


@given(secrets)
def test_what_is_shown_is_read(secret: bytes) -> None:
    code = rc.shown(secret)
    assert [len(g) for g in code.split("-")] == [5] * 7 and set(code) <= set(rc.ALPHABET + "-")
    assert rc.read(code) == secret


@given(secrets, st.data())
def test_case_spaces_hyphens_and_alike_letters_do_not_matter(secret: bytes, data: st.DataObject) -> None:
    alike = {"0": "0Oo", "1": "1IiLl"}
    letters = [data.draw(st.sampled_from(alike.get(c, c + c.lower()))) for c in rc.shown(secret).replace("-", "")]
    between = st.sampled_from(["", " ", "-", " - ", "\n", "–", "_", ".", "\u00a0"])
    assert rc.read(data.draw(between) + "".join(c + data.draw(between) for c in letters)) == secret


@given(secrets, places, st.sampled_from(rc.ALPHABET))
def test_each_single_wrong_letter_is_told_with_its_group(secret: bytes, place: int, letter: str) -> None:
    code = rc.shown(secret)
    n = at(code, place)
    assume(code[n] != letter)
    with pytest.raises(UserError, match=f"slip in group {place // 5 + 1}") as told:
        rc.read(code[:n] + letter + code[n + 1 :])
    assert code not in str(told.value) and told.value.field == "recovery_code"


@given(secrets, places)
def test_two_letters_in_the_wrong_order_are_told(secret: bytes, place: int) -> None:
    assume(place % 5 != 4)
    code = rc.shown(secret)
    n = at(code, place)
    assume(code[n] != code[n + 1])
    with pytest.raises(UserError, match=f"slip in group {place // 5 + 1}"):
        rc.read(code[:n] + code[n + 1] + code[n] + code[n + 2 :])


@given(secrets, st.permutations(range(7)))
def test_groups_in_the_wrong_order_are_told(secret: bytes, order: list[int]) -> None:
    groups = rc.shown(secret).split("-")
    mixed = [groups[n] for n in order]
    assume(mixed != groups)
    wrong = [n + 1 for n, g in enumerate(order) if n != g]
    with pytest.raises(UserError, match=f"groups .*{wrong[-1]}"):
        rc.read("-".join(mixed))


@given(secrets, places)
def test_a_letter_too_few_or_too_many_is_told_with_its_group(secret: bytes, place: int) -> None:
    code = rc.shown(secret)
    n = at(code, place)
    with pytest.raises(UserError, match=f"group {place // 5 + 1} of that code has 4 letters"):
        rc.read(code[:n] + code[n + 1 :])
    with pytest.raises(UserError, match=f"group {place // 5 + 1} of that code has 6 letters"):
        rc.read(code[:n] + "A" + code[n:])
    with pytest.raises(UserError, match="34 letters"):
        rc.read((code[:n] + code[n + 1 :]).replace("-", ""))


@given(secrets, places)
def test_a_letter_that_no_code_has_is_told_with_its_group(secret: bytes, place: int) -> None:
    code = rc.shown(secret)
    n = at(code, place)
    with pytest.raises(UserError, match=f"slip in group {place // 5 + 1}"):
        rc.read(code[:n] + "U" + code[n + 1 :])


@given(st.text(max_size=80))
def test_any_text_is_a_code_a_slip_or_nothing(text: str) -> None:
    found = rc.told(text)
    assert found is None or isinstance(found, rc.Slip) or len(found) == 16
    if not isinstance(found, bytes):
        with pytest.raises(UserError):
            rc.read(text)


@pytest.mark.parametrize(
    "text", ["", "moth", "correct horse battery staple", "a rather long passphrase with many words in it", "ü" * 35]
)
def test_a_passphrase_is_not_taken_for_a_code(text: str) -> None:
    assert not isinstance(rc.told(text), bytes)


def test_two_codes_that_differ_by_little_differ_in_every_check() -> None:
    with pytest.raises(ValueError):
        rc.shown(b"short")
    assert rc.shown(bytes(16)) != rc.shown(bytes(15) + b"\1")
