"""Evenings: the answer, the line before sleep, lights out, intakes, and the routine with its ticks."""

from __future__ import annotations

from datetime import date, datetime

from dreamjournal.domain.evening import Evening, Intake, IntakeKind, RoutineStep, StepTick
from dreamjournal.domain.instant import Instant
from dreamjournal.domain.night import Condition
from dreamjournal.store.columns import clean, get_instant, moment, moment_or_none, ms, put_instant, sure_instant
from dreamjournal.store.connect import Db, Row
from dreamjournal.store.sound import sound


class Evenings:
    """The repository of evenings."""

    def __init__(self, db: Db) -> None:
        self._db = db

    def get(self, person_id: int, night: date) -> Evening:
        """The evening, empty where nothing was said."""
        return self.between(person_id, night, night).get(night, Evening(person_id, night))

    @sound
    def between(self, person_id: int, first: date, last: date) -> dict[date, Evening]:
        """Evenings by night, only those with something in them."""
        span = (person_id, first.isoformat(), last.isoformat())
        where = "WHERE person_id = ? AND night_date BETWEEN ? AND ?"
        said = {date.fromisoformat(r["night_date"]): r for r in self._db.rows(f"SELECT * FROM evenings {where}", span)}
        intakes: dict[date, list[Intake]] = {}
        for row in self._db.rows(f"SELECT * FROM intakes {where} ORDER BY id", span):
            intakes.setdefault(date.fromisoformat(row["night_date"]), []).append(_intake(row))
        ticks: dict[date, list[StepTick]] = {}
        for row in self._db.rows(f"SELECT * FROM ticks {where} ORDER BY happened_ms", span):
            ticks.setdefault(date.fromisoformat(row["night_date"]), []).append(
                StepTick(
                    row["step_id"],
                    date.fromisoformat(row["night_date"]),
                    sure_instant("happened", row),
                    moment(row["written"]),
                )
            )
        found: dict[date, Evening] = {}
        routine = self._routine(person_id)
        for night in sorted({*said, *intakes, *ticks}):
            row = said.get(night)
            found[night] = Evening(
                person_id, night,
                Condition(row["answer"]) if row and row["answer"] else None,
                moment_or_none(row["answered"]) if row else None,
                row["intention"] if row else "",
                get_instant("lights_out", row) if row else None,
                tuple(intakes.get(night, ())), tuple(ticks.get(night, ())), row["id"] if row else None,
                sum(begun <= night <= ended for begun, ended in routine) or None,
            )  # fmt: skip
        return found

    def _routine(self, person_id: int) -> list[tuple[date, date]]:
        """The first and the last evening each step belonged to the routine, read from its ticks: steps have no dates.

        Steps are numbered as they are added, so one was there when a later one was first ticked. One in use that was never
        ticked counts from the first tick of any; a retired one until its own last tick.
        """
        rows = self._db.rows(
            "SELECT retired, (SELECT min(night_date) FROM ticks WHERE step_id = steps.id) AS first, "
            "(SELECT max(night_date) FROM ticks WHERE step_id = steps.id) AS last "
            "FROM steps WHERE person_id = ? ORDER BY id DESC",
            (person_id,),
        )
        earliest = min((r["first"] for r in rows if r["first"]), default=None)
        found: list[tuple[date, date]] = []
        known: str | None = None
        for row in rows:
            known = min((d for d in (known, row["first"]) if d), default=None)
            begun, ended = known or earliest, row["last"] if row["retired"] else date.max.isoformat()
            if begun is not None and ended is not None:
                found.append((date.fromisoformat(begun), date.fromisoformat(ended)))
        return found

    def _set(self, person_id: int, night: date, values: Row) -> int:
        with self._db.atomic():
            row = self._db.row(
                "SELECT id FROM evenings WHERE person_id = ? AND night_date = ?", (person_id, night.isoformat())
            )
            if row is None:
                return self._db.insert("evenings", {"person_id": person_id, "night_date": night.isoformat(), **values})
            self._db.update("evenings", row["id"], values)
            return int(row["id"])

    def set_answer(self, person_id: int, night: date, answer: Condition | None, now: datetime) -> int:
        """Keep the answer; returns the evening's id."""
        return self._set(person_id, night, {"answer": answer.value if answer else None, "answered": ms(now)})

    def set_intention(self, person_id: int, night: date, text: str) -> None:
        self._set(person_id, night, {"intention": clean(text)})

    def set_lights_out(self, person_id: int, night: date, at: Instant | None) -> None:
        self._set(person_id, night, put_instant("lights_out", at))

    def delete(self, person_id: int, night: date) -> None:
        """Everything said of an evening, its intakes and ticks."""
        with self._db.atomic():
            for table in ("evenings", "intakes", "ticks"):
                self._db.execute(
                    f"DELETE FROM {table} WHERE person_id = ? AND night_date = ?", (person_id, night.isoformat())
                )

    def add_intake(
        self, person_id: int, night: date, kind: IntakeKind, name: str, amount: float | None, unit: str, happened: Instant | None,
        none_taken: bool, now: datetime,
    ) -> int:  # fmt: skip
        """Keep an intake; returns its id."""
        row: Row = {"person_id": person_id, "night_date": night.isoformat(), "written": ms(now)}
        return self._db.insert("intakes", row | _intake_columns(kind, name, amount, unit, happened, none_taken))

    def update_intake(
        self, intake_id: int, kind: IntakeKind, name: str, amount: float | None, unit: str, happened: Instant | None, none_taken: bool,
    ) -> None:  # fmt: skip
        """Change an intake; when it was first written stays."""
        self._db.update("intakes", intake_id, _intake_columns(kind, name, amount, unit, happened, none_taken))

    def delete_intake(self, intake_id: int) -> None:
        self._db.delete("intakes", intake_id)

    def steps(self, person_id: int) -> list[RoutineStep]:
        """The routine in order, without retired steps."""
        rows = self._db.rows(
            "SELECT * FROM steps WHERE person_id = ? AND retired = 0 ORDER BY position, id", (person_id,)
        )
        return [RoutineStep(r["id"], person_id, r["title"], r["position"], False) for r in rows]

    def had_steps(self, person_id: int) -> bool:
        """Whether the person ever had a step, retired ones too."""
        return self._db.row("SELECT 1 AS n FROM steps WHERE person_id = ? LIMIT 1", (person_id,)) is not None

    def add_step(self, person_id: int, title: str) -> RoutineStep:
        """A new last step."""
        with self._db.atomic():
            row = self._db.row(
                "SELECT coalesce(max(position), -1) + 1 AS n FROM steps WHERE person_id = ?", (person_id,)
            )
            position = int(row["n"]) if row else 0
            step_id = self._db.insert("steps", {"person_id": person_id, "title": clean(title), "position": position})
        return RoutineStep(step_id, person_id, title, position)

    def rename_step(self, step_id: int, title: str) -> None:
        self._db.update("steps", step_id, {"title": clean(title)})

    def retire_step(self, step_id: int, retired: bool = True) -> None:
        """Take a step out of the routine; its ticks of past nights stay."""
        self._db.update("steps", step_id, {"retired": int(retired)})

    def move_step(self, step_id: int, position: int) -> None:
        """Put a step at `position` (0 is first) and number the others anew."""
        with self._db.atomic():
            row = self._db.row("SELECT person_id FROM steps WHERE id = ?", (step_id,))
            if row is None:
                return
            ids = [s.id for s in self.steps(row["person_id"]) if s.id != step_id]
            ids.insert(max(0, min(position, len(ids))), step_id)
            for place, each in enumerate(ids):
                self._db.update("steps", each, {"position": place})

    def tick(self, step_id: int, night: date, happened: Instant, now: datetime) -> None:
        """Tick a step; ticking again changes the time it happened, not when it was first written."""
        row = self._db.row("SELECT person_id FROM steps WHERE id = ?", (step_id,))
        if row is None:
            raise KeyError(step_id)
        self._db.execute(
            "INSERT INTO ticks (person_id, night_date, step_id, happened_ms, happened_off, happened_zone, written) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (step_id, night_date) DO UPDATE SET happened_ms = excluded.happened_ms, happened_off = excluded.happened_off, "
            "happened_zone = excluded.happened_zone",
            (row["person_id"], night.isoformat(), step_id, happened.ms, happened.offset_min, happened.zone, ms(now)),
        )

    def untick(self, step_id: int, night: date) -> None:
        self._db.execute("DELETE FROM ticks WHERE step_id = ? AND night_date = ?", (step_id, night.isoformat()))


def _intake_columns(
    kind: IntakeKind, name: str, amount: float | None, unit: str, happened: Instant | None, none_taken: bool
) -> Row:
    return {
        "kind": kind.value, "name": clean(name), "amount": amount, "unit": clean(unit), "none_taken": int(none_taken),
        **put_instant("happened", happened),
    }  # fmt: skip


@sound
def _intake(row: Row) -> Intake:
    return Intake(
        row["id"], row["person_id"], date.fromisoformat(row["night_date"]), IntakeKind(row["kind"]), row["name"], row["amount"],
        row["unit"], get_instant("happened", row), moment(row["written"]), bool(row["none_taken"]),
    )  # fmt: skip
