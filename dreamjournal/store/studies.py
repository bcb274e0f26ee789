"""Studies as they were fixed, and what became of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dreamjournal.domain.study import Study
from dreamjournal.store.columns import clean, moment, moment_or_none, ms, ms_or_none
from dreamjournal.store.connect import Db, Row
from dreamjournal.store.sound import sound


class Studies:
    """Questions fixed beforehand."""

    def __init__(self, db: Db) -> None:
        self._db = db

    def all(self, person_id: int) -> list[Study]:
        """Studies, the newest first."""
        return [
            _study(r) for r in self._db.rows("SELECT * FROM studies WHERE person_id = ? ORDER BY id DESC", (person_id,))
        ]

    def get(self, study_id: int) -> Study | None:
        row = self._db.row("SELECT * FROM studies WHERE id = ?", (study_id,))
        return None if row is None else _study(row)

    def put(self, study: Study) -> Study:
        """Keep a new study (its id is made here)."""
        return replace(study, id=self._db.insert("studies", {"person_id": study.person_id, **_row(study)}))

    def change(self, study: Study) -> None:
        """Keep a study that was changed."""
        self._db.update("studies", study.id, _row(study))


def _row(study: Study) -> Row:
    return {
        "enhancer": clean(study.enhancer), "metric": study.metric, "source": study.source, "swd": study.swd,
        "first_night": study.first_night.isoformat(), "schedule": study.schedule, "block_size": study.block_size, "seed": study.seed,
        "fixed": ms(study.fixed), "stopped": ms_or_none(study.stopped), "question": clean(study.question), "washout": study.washout,
        "max_run": study.max_run, "blocks": ",".join(map(str, study.blocks)), "sealed": int(study.sealed),
        "unsealed": ms_or_none(study.unsealed), "digest": study.digest, "fixed_nights": study.fixed_nights,
        "changed": ms_or_none(study.changed), "lengthened": ms_or_none(study.lengthened), "stop_reason": clean(study.stop_reason),
    }  # fmt: skip


@sound
def _study(row: Row) -> Study:
    return Study(
        row["id"], row["person_id"], row["enhancer"], row["metric"], row["source"], row["swd"], date.fromisoformat(row["first_night"]),
        row["schedule"], row["block_size"], row["seed"], moment(row["fixed"]), moment_or_none(row["stopped"]), row["question"],
        row["washout"], row["max_run"], tuple(int(b) for b in row["blocks"].split(",") if b), bool(row["sealed"]),
        moment_or_none(row["unsealed"]), row["digest"], row["fixed_nights"], moment_or_none(row["changed"]),
        moment_or_none(row["lengthened"]), row["stop_reason"],
    )  # fmt: skip
