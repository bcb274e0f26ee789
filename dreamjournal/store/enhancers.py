"""Enhancers, the person's mappings, exposures, imported tags and covered periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dreamjournal.domain.exposure import Enhancer, EnhancerKind, EnhancerRule, Exposure, OnlyPeriod
from dreamjournal.domain.instant import Instant
from dreamjournal.store.columns import clean, get_instant, moment, moment_or_none, ms, ms_or_none, put_instant
from dreamjournal.store.connect import Db, Row
from dreamjournal.store.sound import sound


class Enhancers:
    """What enhances, and what a source's tags mean."""

    def __init__(self, db: Db) -> None:
        self._db = db

    def all(self, person_id: int) -> list[Enhancer]:
        """Enhancers in use, by name."""
        rows = self._db.rows(
            "SELECT * FROM enhancers WHERE person_id = ? AND retired = 0 ORDER BY name COLLATE NOCASE", (person_id,)
        )
        return [_enhancer(r) for r in rows]

    def add(self, person_id: int, name: str, kind: EnhancerKind, now: datetime) -> Enhancer:
        """A new enhancer; one retired under that name comes back."""
        found = self._db.row("SELECT * FROM enhancers WHERE person_id = ? AND name = ?", (person_id, clean(name)))
        if found is not None:
            self._db.update("enhancers", found["id"], {"retired": 0, "kind": kind.value})
            return _enhancer({**found, "retired": 0, "kind": kind.value})
        row: Row = {"person_id": person_id, "name": clean(name), "kind": kind.value, "created": ms(now), "retired": 0}
        return _enhancer({**row, "id": self._db.insert("enhancers", row)})

    def by_name(self, person_id: int, name: str) -> Enhancer | None:
        """By name, upper and lower case alike."""
        folded = name.strip().casefold()
        return next((e for e in self.all(person_id) if e.name.casefold() == folded), None)

    def get(self, enhancer_id: int) -> Enhancer | None:
        row = self._db.row("SELECT * FROM enhancers WHERE id = ?", (enhancer_id,))
        return None if row is None else _enhancer(row)

    def retire(self, enhancer_id: int, retired: bool = True) -> None:
        self._db.update("enhancers", enhancer_id, {"retired": int(retired)})

    def rules(self, person_id: int) -> list[EnhancerRule]:
        rows = self._db.rows("SELECT * FROM rules WHERE person_id = ? ORDER BY source, tag", (person_id,))
        return [EnhancerRule(r["id"], person_id, r["source"], r["tag"], r["enhancer_id"]) for r in rows]

    def map(self, person_id: int, source: str, tag: str, enhancer_id: int) -> EnhancerRule:
        """The tag of the source means this enhancer; an earlier meaning is replaced."""
        self._db.execute(
            "INSERT INTO rules (person_id, source, tag, enhancer_id) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (person_id, source, tag) DO UPDATE SET enhancer_id = excluded.enhancer_id",
            (person_id, source, clean(tag), enhancer_id),
        )
        return next(r for r in self.rules(person_id) if (r.source, r.tag) == (source, clean(tag)))

    def unmap(self, rule_id: int) -> None:
        self._db.delete("rules", rule_id)

    @sound
    def only(self, person_id: int) -> list[OnlyPeriod]:
        rows = self._db.rows("SELECT * FROM only_periods WHERE person_id = ? ORDER BY id", (person_id,))
        return [
            OnlyPeriod(
                r["id"], person_id, r["enhancer_id"], date.fromisoformat(r["first"]) if r["first"] else None,
                date.fromisoformat(r["last"]) if r["last"] else None,
            )
            for r in rows
        ]  # fmt: skip

    def set_only(self, person_id: int, enhancer_id: int | None, first: date | None, last: date | None) -> int:
        """This enhancer is the only one used in the period; None takes all such words back. Returns the row's id or 0."""
        with self._db.atomic():
            if first is None and last is None:
                self._db.execute("DELETE FROM only_periods WHERE person_id = ?", (person_id,))
            if enhancer_id is None:
                return 0
            row: Row = {
                "person_id": person_id, "enhancer_id": enhancer_id, "first": first.isoformat() if first else None,
                "last": last.isoformat() if last else None,
            }  # fmt: skip
            return self._db.insert("only_periods", row)


class Exposures:
    """What enhanced each night."""

    def __init__(self, db: Db) -> None:
        self._db = db

    def add(self, exposure: Exposure, *, source_id: str | None = None) -> Exposure:
        """Keep an exposure (its id is made here)."""
        from dataclasses import replace

        return replace(exposure, id=self._db.insert("exposures", _columns(exposure) | {"source_id": source_id}))

    def next_id(self) -> int:
        """The id the next exposure gets; ask inside the transaction that puts it."""
        return self._db.next_id("exposures")

    def put_all(self, exposures: Sequence[tuple[Exposure, str]]) -> None:
        """Keep many (exposure, the source's own id) under the ids they bring."""
        if exposures:
            rows = [{"id": e.id, **_columns(e), "source_id": source_id} for e, source_id in exposures]
            names, marks = ", ".join(rows[0]), ", ".join("?" * len(rows[0]))
            self._db.execute_many(
                f"INSERT INTO exposures ({names}) VALUES ({marks})", [tuple(r.values()) for r in rows]
            )

    def of_source(self, person_id: int, source: str) -> dict[str, Exposure]:
        """{the source's own id: exposure} of what a source's files brought."""
        rows = self._db.rows(
            "SELECT * FROM exposures WHERE person_id = ? AND source = ? AND source_id IS NOT NULL", (person_id, source)
        )
        return {r["source_id"]: _exposure(r) for r in rows}

    def update(self, exposure: Exposure) -> None:
        self._db.update("exposures", exposure.id, _columns(exposure))

    def get(self, exposure_id: int) -> Exposure | None:
        row = self._db.row("SELECT * FROM exposures WHERE id = ?", (exposure_id,))
        return None if row is None else _exposure(row)

    def by_source_id(self, person_id: int, source: str, source_id: str) -> Exposure | None:
        """The exposure a file brought under its own id."""
        row = self._db.row(
            "SELECT * FROM exposures WHERE person_id = ? AND source = ? AND source_id = ?",
            (person_id, source, source_id),
        )
        return None if row is None else _exposure(row)

    def of_night(self, person_id: int, night: date) -> list[Exposure]:
        return self.between(person_id, night, night).get(night, [])

    @sound
    def between(self, person_id: int, first: date, last: date) -> dict[date, list[Exposure]]:
        """Exposures by night."""
        sql = "SELECT * FROM exposures WHERE person_id = ? AND night_date BETWEEN ? AND ? ORDER BY night_date, id"
        found: dict[date, list[Exposure]] = {}
        for row in self._db.rows(sql, (person_id, first.isoformat(), last.isoformat())):
            found.setdefault(date.fromisoformat(row["night_date"]), []).append(_exposure(row))
        return found

    def of_tag(self, tag_id: int) -> list[Exposure]:
        """Exposures derived from an imported tag."""
        return [_exposure(r) for r in self._db.rows("SELECT * FROM exposures WHERE tag_id = ?", (tag_id,))]

    def last_of_person(self, person_id: int) -> Exposure | None:
        """The exposure the person wrote down last."""
        sql = "SELECT * FROM exposures WHERE person_id = ? AND source = 'diary' ORDER BY written DESC, id DESC LIMIT 1"
        row = self._db.row(sql, (person_id,))
        return None if row is None else _exposure(row)

    def delete(self, exposure_id: int) -> None:
        self._db.delete("exposures", exposure_id)

    def delete_said(self, person_id: int, night: date) -> None:
        """Take away what the person said enhanced a night; imported exposures stay."""
        self._db.execute(
            "DELETE FROM exposures WHERE person_id = ? AND night_date = ? AND source = 'diary'",
            (person_id, night.isoformat()),
        )


@dataclass(frozen=True)
class Tag:
    """A tag or answered question of a source on a night: value 1 yes or set, 0 no, else a count; None not given."""

    id: int
    person_id: int
    night_date: date
    source: str
    tag: str
    value: float | None
    at: Instant | None
    import_id: int | None


@dataclass(frozen=True)
class Coverage:
    """A device's complete log covers this time (UTC), so a night inside it without a session is an empty log."""

    id: int
    person_id: int
    source: str
    name: str
    start: datetime
    end: datetime
    import_id: int | None


class Tags:
    """Imported tags and covered periods."""

    def __init__(self, db: Db) -> None:
        self._db = db

    def put(
        self,
        person_id: int,
        night: date,
        source: str,
        tag: str,
        value: float | None,
        at: Instant | None,
        import_id: int | None,
    ) -> int:
        """Keep a tag, replacing the same tag of that night; returns its id."""
        found = self.find(person_id, night, source, tag)
        row: Row = {"value": value, "import_id": import_id, **put_instant("at", at)}
        if found is not None:
            self._db.update("tags", found.id, row)
            return found.id
        key: Row = {"person_id": person_id, "night_date": night.isoformat(), "source": source, "tag": clean(tag)}
        return self._db.insert("tags", key | row)

    def next_id(self) -> int:
        """The id the next tag gets; ask inside the transaction that puts it."""
        return self._db.next_id("tags")

    def put_all(self, tags: Sequence[Tag]) -> None:
        """Keep many new tags under the ids they bring."""
        rows = [
            (t.id, t.person_id, t.night_date.isoformat(), t.source, clean(t.tag), t.value, *put_instant("at", t.at).values(),
             t.import_id)
            for t in tags
        ]  # fmt: skip
        if rows:
            self._db.execute_many(
                "INSERT INTO tags (id, person_id, night_date, source, tag, value, at_ms, at_off, at_zone, import_id) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    def find(self, person_id: int, night: date, source: str, tag: str) -> Tag | None:
        row = self._db.row(
            "SELECT * FROM tags WHERE person_id = ? AND night_date = ? AND source = ? AND tag = ?",
            (person_id, night.isoformat(), source, clean(tag)),
        )
        return None if row is None else _tag(row)

    @sound
    def between(self, person_id: int, first: date, last: date) -> dict[date, list[Tag]]:
        """Tags by night."""
        sql = "SELECT * FROM tags WHERE person_id = ? AND night_date BETWEEN ? AND ? ORDER BY night_date, id"
        found: dict[date, list[Tag]] = {}
        for row in self._db.rows(sql, (person_id, first.isoformat(), last.isoformat())):
            found.setdefault(date.fromisoformat(row["night_date"]), []).append(_tag(row))
        return found

    def of(self, person_id: int, source: str, tag: str) -> list[Tag]:
        """Every night's answer to one tag, upper and lower case and outer blanks alike."""
        rows = self._db.rows(
            "SELECT * FROM tags WHERE person_id = ? AND source = ? ORDER BY night_date", (person_id, source)
        )
        return [_tag(r) for r in rows if r["tag"].strip().casefold() == tag.strip().casefold()]

    def of_import(self, import_id: int) -> list[Tag]:
        return [
            _tag(r)
            for r in self._db.rows("SELECT * FROM tags WHERE import_id = ? ORDER BY night_date, id", (import_id,))
        ]

    def delete(self, tag_id: int) -> None:
        """Delete a tag, and the exposures derived from it."""
        self._db.delete("tags", tag_id)

    def counts(self, person_id: int) -> list[tuple[str, str, int]]:
        """(source, tag, nights with it set or answered yes)."""
        sql = (
            "SELECT source, tag, sum(coalesce(value, 1) <> 0) AS n FROM tags WHERE person_id = ? "
            "GROUP BY source, tag ORDER BY source, tag"
        )
        return [(r["source"], r["tag"], int(r["n"] or 0)) for r in self._db.rows(sql, (person_id,))]

    def put_coverage(
        self, person_id: int, source: str, name: str, start: datetime, end: datetime, import_id: int | None
    ) -> tuple[int, bool]:
        """Keep a covered period of the enhancer `name`; returns (id, whether it is new)."""
        found = self._db.row(
            "SELECT id FROM coverages WHERE person_id = ? AND source = ? AND name = ? AND start_ms = ? AND end_ms = ?",
            (person_id, source, name, ms(start), ms(end)),
        )
        if found is not None:
            return int(found["id"]), False
        row: Row = {
            "person_id": person_id,
            "source": source,
            "name": name,
            "start_ms": ms(start),
            "end_ms": ms(end),
            "import_id": import_id,
        }
        return self._db.insert("coverages", row), True

    @sound
    def coverages(self, person_id: int) -> list[Coverage]:
        rows = self._db.rows("SELECT * FROM coverages WHERE person_id = ? ORDER BY start_ms", (person_id,))
        return [
            Coverage(
                r["id"], person_id, r["source"], r["name"], moment(r["start_ms"]), moment(r["end_ms"]), r["import_id"]
            )
            for r in rows
        ]


@sound
def _enhancer(row: Row) -> Enhancer:
    return Enhancer(
        row["id"],
        row["person_id"],
        row["name"],
        EnhancerKind(row["kind"]),
        moment(row["created"]),
        bool(row["retired"]),
    )


def _columns(e: Exposure) -> Row:
    return {
        "person_id": e.person_id, "night_date": e.night_date.isoformat(), "name": clean(e.name), "kind": e.kind.value,
        "source": e.source, "dose": clean(e.dose), "mode": clean(e.mode), "programme": clean(e.programme), "intensity": e.intensity,
        **put_instant("start", e.start), **put_instant("end", e.end), "enhancer_id": e.enhancer_id, "import_id": e.import_id,
        "tag_id": e.tag_id, "written": ms_or_none(e.written),
    }  # fmt: skip


@sound
def _exposure(row: Row) -> Exposure:
    return Exposure(
        id=row["id"], person_id=row["person_id"], night_date=date.fromisoformat(row["night_date"]), name=row["name"],
        kind=EnhancerKind(row["kind"]), source=row["source"], dose=row["dose"], mode=row["mode"], programme=row["programme"],
        intensity=row["intensity"], start=get_instant("start", row), end=get_instant("end", row), enhancer_id=row["enhancer_id"],
        import_id=row["import_id"], tag_id=row["tag_id"], written=moment_or_none(row["written"]),
    )  # fmt: skip


@sound
def _tag(row: Row) -> Tag:
    return Tag(
        row["id"], row["person_id"], date.fromisoformat(row["night_date"]), row["source"], row["tag"], row["value"],
        get_instant("at", row), row["import_id"],
    )  # fmt: skip
