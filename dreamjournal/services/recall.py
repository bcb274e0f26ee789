"""Keeps a night's recall answer in step with its dreams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.domain.dream import Recall

if TYPE_CHECKING:
    from datetime import date, datetime

    from dreamjournal.services.journals import Journal


def settle(journal: Journal, person_id: int, night: date, now: datetime) -> None:
    """Set the night's recall to the best answer its dreams give; without dreams an answer with content is taken back.

    An answer without content ("nothing", "white") stays while no dream says otherwise.
    """
    told = {d.recall for d in journal.dreams.of_night(person_id, night)}
    best = next((r for r in (Recall.REPORT, Recall.FRAGMENT) if r in told), None)
    answer = journal.mornings.recall(person_id, night)
    if best is None and (answer is None or not answer.has_content):
        return
    if best != answer:
        journal.mornings.set_recall(person_id, night, best, now)
