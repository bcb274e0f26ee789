"""Words that stood in a field: in the journal until they are asked for, or sealed where it takes none."""

from __future__ import annotations

from typing import Any

from dreamjournal.common.errors import DiskFull
from dreamjournal.services import unfinished
from dreamjournal.services.unfinished import Unfinished

FOUND = (
    Unfinished("Settings", "Emergency number", "half a number", 1),
    Unfinished("Write a note", "Note", "naïve \ud800 words"),
)


def test_kept_in_order_until_forgotten(plain_journal: Any) -> None:
    assert unfinished.kept(plain_journal) == ()
    unfinished.keep(plain_journal, FOUND[:1])
    unfinished.keep(plain_journal, ())
    unfinished.keep(plain_journal, (Unfinished("Tonight", "", "a line"),))
    assert [each.text for each in unfinished.kept(plain_journal)] == ["half a number", "a line"]
    unfinished.forget(plain_journal)
    assert unfinished.kept(plain_journal) == ()


def test_sealed_words_open_with_their_key_alone() -> None:
    key = bytes(range(32))
    sealed = unfinished.seal(key, FOUND)
    assert b"number" not in sealed and sealed != unfinished.seal(key, FOUND)
    assert unfinished.unseal(key, sealed) == FOUND
    assert unfinished.unseal(bytes(32), sealed) == ()


def test_what_another_version_wrote_is_passed_over(plain_journal: Any) -> None:
    plain_journal.settings.set(
        "unfinished_words", [{"text": "x", "colour": "red"}, {"where": "a", "label": "", "text": "b"}], None
    )
    assert [each.text for each in unfinished.kept(plain_journal)] == ["b"]
    plain_journal.settings.set("unfinished_words", "nonsense", None)
    assert unfinished.kept(plain_journal) == ()


class Full:
    """A journal on a full disk."""

    key = bytes(range(32))

    class settings:  # noqa: N801 - stands where a journal has its settings
        @staticmethod
        def get(_key: str, _person: None) -> None:
            return None

        @staticmethod
        def set(_key: str, _value: object, _person: None) -> None:
            raise DiskFull("Not saved", "the disk is full", "free some space")


def test_where_nothing_can_be_written_they_come_back_sealed(plain_journal: Any) -> None:
    sealed = unfinished.keep_or_seal(Full(), FOUND)  # type: ignore[arg-type]
    assert sealed is not None and unfinished.unseal(Full.key, sealed) == FOUND
    assert unfinished.keep_or_seal(plain_journal, FOUND[:1]) is None
