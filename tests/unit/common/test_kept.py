"""What was made from a journal is kept until the journal changes."""

from __future__ import annotations

from dreamjournal.common.kept import MOST, Held, Kept


def test_what_was_made_is_given_again_and_the_longest_unused_gives_way() -> None:
    held, made = Held(), list[int]()

    def ask(n: int) -> int:
        return held.get("report", n, lambda: made.append(n) or n)

    for n in range(MOST["report"]):
        ask(n)
    ask(0)  # used again: the next to go is 1
    ask(99)
    ask(0)
    assert made == [*range(MOST["report"]), 99]
    ask(1)
    assert made[-1] == 1


def test_another_state_begins_anew_and_who_reads_the_old_one_does_not_write_into_the_new() -> None:
    kept = Kept()
    before = kept.at(1)
    before.get("report", "a", lambda: "of 1")
    assert kept.at(1) is before
    after = kept.at(2)
    before.get("report", "a", lambda: "late, of 1")
    assert after.get("report", "a", lambda: "of 2") == "of 2"
    assert kept.at(1).get("report", "a", lambda: "anew") == "anew"


def test_a_list_that_is_let_go_is_emptied_and_nothing_is_kept_once_closed() -> None:
    kept, nights = Kept(), [1, 2, 3]
    assert kept.at(1).get("nights", "all", lambda: nights) is nights
    assert not kept.empty
    kept.close()
    assert nights == []
    assert kept.empty
    kept.at(1).get("nights", "all", lambda: [4])
    assert kept.at(1).get("nights", "all", lambda: [5]) == [5]
