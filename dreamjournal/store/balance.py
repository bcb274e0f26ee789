"""The monthly answers, what clinicians said, and which awareness cards were shown."""

from __future__ import annotations

import json
from datetime import date, datetime

from dreamjournal.domain.cards import Shown
from dreamjournal.domain.care import CheckIn, Instruction
from dreamjournal.store.columns import clean, dump, moment, moment_or_none, ms, ms_or_none
from dreamjournal.store.connect import Db, Row
from dreamjournal.store.sound import sound


class BalanceNotes:
    """The repository of what the Balance page keeps."""

    def __init__(self, db: Db) -> None:
        self._db = db

    # Monthly answers

    def check_ins(self, person_id: int) -> list[CheckIn]:
        """Answers of each month, the newest first."""
        sql = "SELECT * FROM check_ins WHERE person_id = ? ORDER BY answered_on DESC, id DESC"
        return [_check_in(r) for r in self._db.rows(sql, (person_id,))]

    def put_check_in(self, person_id: int, answered_on: date, answers: dict[str, str], now: datetime) -> CheckIn:
        """Keep the answers of a day."""
        row: Row = {
            "person_id": person_id, "answered_on": answered_on.isoformat(), "answers": dump(answers), "written": ms(now),
        }  # fmt: skip
        return _check_in({**row, "id": self._db.insert("check_ins", row)})

    def delete_check_in(self, check_in_id: int) -> None:
        self._db.delete("check_ins", check_in_id)

    # Instructions

    def instructions(self, person_id: int) -> list[Instruction]:
        """What clinicians said, the newest first."""
        sql = "SELECT * FROM instructions WHERE person_id = ? ORDER BY given_on DESC, id DESC"
        return [_instruction(r) for r in self._db.rows(sql, (person_id,))]

    def put_instruction(
        self, person_id: int, enhancer: str, given_on: date, who: str, words: str, now: datetime
    ) -> Instruction:
        """Keep an instruction."""
        said = {"who": clean(who), "words": clean(words)}
        row: Row = {
            "person_id": person_id, "enhancer": clean(enhancer), "given_on": given_on.isoformat(), "words": dump(said),
            "written": ms(now),
        }  # fmt: skip
        return _instruction({**row, "id": self._db.insert("instructions", row)})

    def instruction(self, instruction_id: int) -> Instruction | None:
        row = self._db.row("SELECT * FROM instructions WHERE id = ?", (instruction_id,))
        return None if row is None else _instruction(row)

    def delete_instruction(self, instruction_id: int) -> None:
        self._db.delete("instructions", instruction_id)

    # Cards

    @sound
    def shown(self, person_id: int) -> list[Shown]:
        """Cards that were shown, the newest first."""
        sql = "SELECT * FROM cards WHERE person_id = ? ORDER BY shown DESC, id DESC"
        return [
            Shown(r["id"], person_id, r["card"], moment(r["shown"]), moment_or_none(r["closed"]))
            for r in self._db.rows(sql, (person_id,))
        ]

    def put_shown(self, person_id: int, card: str, now: datetime) -> Shown:
        """Note that a card is shown."""
        row: Row = {"person_id": person_id, "card": card, "shown": ms(now), "closed": None}
        return Shown(self._db.insert("cards", row), person_id, card, now)

    def close_card(self, shown_id: int, now: datetime | None) -> None:
        """Put a card away; None takes it out again."""
        self._db.update("cards", shown_id, {"closed": ms_or_none(now)})


@sound
def _check_in(row: Row) -> CheckIn:
    answers = json.loads(row["answers"])
    return CheckIn(
        row["id"], row["person_id"], date.fromisoformat(row["answered_on"]), {str(k): str(v) for k, v in answers.items()},
        moment(row["written"]),
    )  # fmt: skip


@sound
def _instruction(row: Row) -> Instruction:
    said = json.loads(row["words"])
    return Instruction(
        row["id"], row["person_id"], row["enhancer"], date.fromisoformat(row["given_on"]), said["who"], said["words"],
        moment(row["written"]),
    )  # fmt: skip
