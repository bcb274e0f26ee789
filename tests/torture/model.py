"""A journal in memory, and a person who does anything to it and to the real one: the two must never differ.

An action is a name and three numbers; what the numbers mean depends on what there is, so that a sequence stays playable when
actions are taken out of it to find the shortest one that fails.
"""

from __future__ import annotations

import copy
import gc
import random
import shutil
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from dreamjournal.common.errors import UserError
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.person import JournalKind
from dreamjournal.services import (
    backups,
    bin,  # noqa: A004 - the bin
    dreams,
    evenings,
    imports,
    journals,
    mornings,
    persons,
    reminders,
    reread,
    restoring,
    settings,
    studies,
)
from dreamjournal.services.dreams import DreamFilter
from tests.fakes import FakeClock
from tests.samples import DATA, NOW, ZONE
from tests.torture import acts, wellness
from tests.torture.acts import GENTLE
from tests.torture.killing import seal

Action = tuple[str, int, int, int]
FIRST = date(2026, 10, 1)
WORDS = tuple(f"{a}{b}{a}" for a in ("kal", "mor", "tis", "vel", "zun") for b in ("ab", "eg", "ir", "os"))
FILES = ("whoop/sleeps.csv", "sleep_as_android/sleep-export.csv", "jrnl/dreams.json", "plees/plees-tracker.csv")
CHOICES: dict[str, tuple[Any, ...]] = {
    "rise_work": ("06:30", "07:15", None), "sleep_need_min": (450, 500), "wind_down_lead_min": (30, 60), "hide_numbers": (True, False),
    "own_signs": (["stairs"], ["sea", "stairs"], None), "aim_per_week": (2, 4, None),
}  # fmt: skip
WEIGHTS = {
    "write": 14, "edit": 8, "delete": 6, "undo": 6, "draft": 12, "drop_draft": 3, "diary": 8, "intention": 5, "answer": 4,
    "enhanced": 3, "intake": 6, "drop_intake": 2, "drop_diary": 2, "drop_night": 2, "import_file": 4, "undo_import": 4, "reread": 0.3,
    "remind": 4, "setting": 5, "person": 1, "rename": 1, "begin_study": 1, "stop_study": 1, "reopen": 3, "crash": 3, "backup": 1.5,
    "restore": 1, "search": 8,
}  # fmt: skip


@dataclass
class Person:
    """What one person has."""

    name: str
    dreams: dict[str, tuple[date, tuple[str, ...]]] = field(default_factory=dict)
    """Texts, each written once: (night, words)."""
    drafts: dict[str, str] = field(default_factory=dict)
    diaries: dict[date, str] = field(default_factory=dict)
    intentions: dict[date, str] = field(default_factory=dict)
    answers: dict[date, str] = field(default_factory=dict)
    intakes: dict[str, date] = field(default_factory=dict)
    bin: list[tuple[str, Any]] = field(default_factory=list)
    """(kind, what) in the order they went in."""
    imports: list[list[Any]] = field(default_factory=list)
    """[file, whether its rows are this import's, whether undone]."""
    decided: set[date] = field(default_factory=set)
    settings: dict[str, Any] = field(default_factory=dict)
    studies: list[list[Any]] = field(default_factory=list)
    """[question, whether stopped]."""


class Different(AssertionError):
    """The journal is not as the model has it."""


class Machine:
    """Does actions to a real journal in `folder` and to the model."""

    def __init__(self, folder: Path, kind: JournalKind, key: bytes | None) -> None:
        self.folder, self.kind, self.key = folder, kind, key
        self.clock = FakeClock(NOW)
        self.place = 0
        self.serial = 0
        self.held: dict[str, int] = {}
        self.plans: dict[tuple[int, int], Any] = {}
        folder.mkdir(parents=True)
        self._make()
        self.journal: Any = None
        self._open()
        self.people: dict[int, Person] = {}
        if kind == JournalKind.OWN:
            self.people[1] = Person("me")
        else:
            self._add_person("P-0")
        self.backups: dict[str, tuple[dict[int, Person], int]] = {}
        for number in self.people:
            settings.set_value(self.journal, number, "zone", ZONE)

    @property
    def path(self) -> Path:
        return self.folder / str(self.place) / "journal.db"

    def _make(self) -> None:
        """With a raw key: Argon2 is no part of this."""
        from dreamjournal.store.connect import connect
        from dreamjournal.store.journal import _bring_up_to_date
        from dreamjournal.store.persons import Persons

        self.path.parent.mkdir()
        db = connect(self.path, self.key)
        _bring_up_to_date(db)
        with db.atomic():
            db.execute("INSERT INTO journal (id, kind, made, uid) VALUES (1, ?, 1, 'b7')", (self.kind.value,))
            if self.kind == JournalKind.OWN:
                Persons(db).add("me", self.clock.now())
        db.conn.close()
        seal(self.path, self.key)

    def _open(self) -> None:
        self.journal = journals.open_existing(self.path, key=self.key)

    # ---- what the numbers of an action mean

    def _who(self, a: int) -> tuple[int, Person]:
        return sorted(self.people.items())[a % len(self.people)]

    def _night(self, b: int) -> date:
        return FIRST + timedelta(days=b % 30)

    def _words(self, c: int) -> tuple[str, tuple[str, ...]]:
        """A text that was never written before, and its words."""
        self.serial += 1
        rng = random.Random(c)
        chosen = tuple(rng.choice(WORDS) for _ in range(rng.randint(1, 40)))
        return f"{' '.join(chosen)} no{self.serial}x", chosen

    def _id_of(self, person: int, text: str) -> int:
        found = [d.id for d in self.journal.dreams.all(person) if d.text == text]
        if len(found) != 1:
            raise Different(f"a dream is there {len(found)} times")
        return found[0]

    def do(self, action: Action) -> None:
        """One action on both."""
        name, a, b, c = action
        self.clock.advance(seconds=20)
        number, person = self._who(a)
        getattr(self, f"do_{name}")(number, person, b, c)

    # ---- dreams

    def do_write(self, number: int, p: Person, b: int, c: int) -> None:
        text, words = self._words(c)
        slot = f"slot {c % 3}"
        dreams.save(self.journal, number, DreamDraft(self._night(b), text, tags=("sea",)), self.clock, slot=slot)
        p.dreams[text] = (self._night(b), words)
        p.drafts.pop(slot, None)

    def do_edit(self, number: int, p: Person, b: int, c: int) -> None:
        if not p.dreams:
            return
        old = sorted(p.dreams)[b % len(p.dreams)]
        text, words = self._words(c)
        dreams.save(self.journal, number, DreamDraft(self._night(c), text), self.clock, self._id_of(number, old))
        del p.dreams[old]
        p.dreams[text] = (self._night(c), words)

    def do_delete(self, number: int, p: Person, b: int, _c: int) -> None:
        if p.dreams:
            text = sorted(p.dreams)[b % len(p.dreams)]
            dreams.delete(self.journal, self._id_of(number, text), self.clock)
            p.bin.append(("dream", (text, p.dreams.pop(text))))

    def do_draft(self, number: int, p: Person, b: int, c: int) -> None:
        text, _ = self._words(c)
        text = "" if c % 7 == 0 else text
        dreams.autosave(self.journal, number, f"slot {b % 3}", self._night(b), text, self.clock)
        p.drafts[f"slot {b % 3}"] = text
        if not text:
            del p.drafts[f"slot {b % 3}"]

    def do_drop_draft(self, number: int, p: Person, b: int, _c: int) -> None:
        dreams.drop_draft(self.journal, number, f"slot {b % 3}")
        p.drafts.pop(f"slot {b % 3}", None)

    def do_search(self, number: int, p: Person, b: int, c: int) -> None:
        word = WORDS[b % len(WORDS)]
        rows = dreams.list_dreams(self.journal, number, DreamFilter(query=word[: 3 + c % 6]), self.clock)
        found = sorted(r.dream.text for r in rows if r.dream.import_id is None)
        wanted = sorted(t for t, (_, words) in p.dreams.items() if any(w.startswith(word[: 3 + c % 6]) for w in words))
        if found != wanted:
            raise Different(f"a search finds {len(found)} dreams instead of {len(wanted)}")

    # ---- mornings and evenings

    def do_diary(self, number: int, p: Person, b: int, c: int) -> None:
        text, _ = self._words(c)
        mornings.save_diary(self.journal, replace(acts.diary(self._night(b), text), person_id=number), self.clock)
        p.diaries[self._night(b)] = text

    def do_intention(self, number: int, p: Person, b: int, c: int) -> None:
        text, _ = self._words(c)
        evenings.set_intention(self.journal, number, self._night(b), text)
        p.intentions[self._night(b)] = text

    def do_answer(self, number: int, p: Person, b: int, c: int) -> None:
        said = ("natural", "unsure", None)[c % 3]
        evenings.answer(self.journal, number, self._night(b), said, self.clock)  # type: ignore[arg-type]
        p.answers.pop(self._night(b), None)
        if said:
            p.answers[self._night(b)] = said

    def do_enhanced(self, number: int, p: Person, b: int, c: int) -> None:
        name = (GENTLE, "Lamp", "Owl hoots")[c % 3]
        evenings.answer_enhanced(self.journal, number, self._night(b), [(name, "", None)], self.clock)
        p.answers[self._night(b)] = f"enhanced {name}"

    def do_intake(self, number: int, p: Person, b: int, c: int) -> None:
        name, _ = self._words(c)
        evenings.add_intake(
            self.journal, number, self._night(b), "medicine", self.clock, name=name, amount=1.5, unit="mg"
        )
        p.intakes[name] = self._night(b)

    # ---- the bin

    def do_drop_intake(self, number: int, p: Person, b: int, _c: int) -> None:
        if p.intakes:
            name = sorted(p.intakes)[b % len(p.intakes)]
            row = self.journal._db.row("SELECT id FROM intakes WHERE person_id = ? AND name = ?", (number, name))
            evenings.delete_intake(self.journal, row["id"], self.clock)
            p.bin.append(("intake", (name, p.intakes.pop(name))))

    def do_drop_diary(self, number: int, p: Person, b: int, _c: int) -> None:
        if p.diaries:
            night = sorted(p.diaries)[b % len(p.diaries)]
            bin.discard_diary(self.journal, number, night, self.clock)
            p.bin.append(("diary", (night, p.diaries.pop(night))))

    def do_drop_night(self, number: int, p: Person, b: int, _c: int) -> None:
        night = self._night(b)
        gone = {
            "dreams": {t: d for t, d in p.dreams.items() if d[0] == night},
            "diaries": {n: t for n, t in p.diaries.items() if n == night},
            "intentions": {n: t for n, t in p.intentions.items() if n == night},
            "answers": {n: t for n, t in p.answers.items() if n == night},
            "intakes": {n: d for n, d in p.intakes.items() if d == night},
        }
        if not any(gone[k] for k in ("dreams", "diaries", "intakes", "intentions")):
            return  # an answer taken back leaves an empty evening, which the model does not keep
        bin.discard_night(self.journal, number, night, self.clock)
        for kind, held in gone.items():
            for key in held:
                del getattr(p, kind)[key]
        p.bin.append(("night", (night, gone)))

    def do_undo(self, number: int, p: Person, b: int, _c: int) -> None:
        """Take the newest thing, or an older one, out of the bin; what a newer entry stands in the way of is refused."""
        if not p.bin:
            return
        at = len(p.bin) - 1 - b % min(3, len(p.bin))
        kind, held = p.bin[at]
        bin_id = bin.items(self.journal, number)[len(p.bin) - 1 - at].id
        try:
            bin.restore(self.journal, bin_id, self.clock)
        except UserError:
            if kind not in ("diary", "night"):
                raise
            night = held[0]
            row = self.journal._db.row(
                "SELECT (SELECT count(*) FROM diaries WHERE person_id = ?1 AND night_date = ?2) + (SELECT count(*) FROM evenings "
                "WHERE person_id = ?1 AND night_date = ?2) + (SELECT count(*) FROM mornings WHERE person_id = ?1 AND night_date = ?2) n",
                (number, night.isoformat()),
            )
            if not row["n"]:
                raise Different("the bin refuses a night that is empty") from None
            return
        del p.bin[at]
        if kind == "dream":
            p.dreams[held[0]] = held[1]
        elif kind == "intake":
            p.intakes[held[0]] = held[1]
        elif kind == "diary":
            p.diaries[held[0]] = held[1]
        else:
            for name, things in held[1].items():
                getattr(p, name).update(things)

    # ---- imports

    def do_import_file(self, number: int, p: Person, b: int, _c: int) -> None:
        which = b % len(FILES)
        if (number, which) not in self.plans:
            self.plans[number, which] = imports.preview(
                self.journal, number, [DATA / FILES[which]], zone=ZONE, clock=self.clock
            )
        (receipt,), _ = imports.commit(self.journal, self.plans[number, which], self.clock)
        there = any(f == which and owns and not undone for f, owns, undone in p.imports)
        new = receipt.rows.kept + receipt.rows.updated
        if there == bool(new):
            raise Different(f"an import of {FILES[which]} took {new} rows, which were {'' if there else 'not '}there")
        p.imports.append([which, not there, False])

    def do_undo_import(self, number: int, p: Person, b: int, _c: int) -> None:
        open_ones = [i for i, (_, _, undone) in enumerate(p.imports) if not undone]
        if open_ones:
            at = open_ones[b % len(open_ones)]
            record = sorted(imports.history(self.journal, number), key=lambda r: r.id)[at]
            imports.undo(self.journal, record.id, self.clock)
            p.imports[at][2] = True

    def do_reread(self, number: int, _p: Person, _b: int, _c: int) -> None:
        found = reread.preview(self.journal, number, self.clock)
        if found.changes:
            raise Different("reading the files again would change something")

    # ---- the rest

    def do_remind(self, number: int, p: Person, b: int, _c: int) -> None:
        night = self._night(b)
        settings.set_value(self.journal, number, "bedtime_work", "23:15")
        outcome = reminders.fire(self.journal, number, night, self.clock).outcome
        if (outcome == reminders.Outcome.ALREADY) != (night in p.decided):
            raise Different(f"the reminder of an evening is {outcome.value}")
        p.decided.add(night)

    def do_setting(self, number: int, p: Person, b: int, c: int) -> None:
        key = sorted(CHOICES)[b % len(CHOICES)]
        value = CHOICES[key][c % len(CHOICES[key])]
        settings.set_value(self.journal, number, key, value)
        p.settings[key] = value

    def _add_person(self, name: str) -> None:
        made, _ = persons.add(self.journal, name, self.clock)
        self.people[made.id] = Person(name)

    def do_person(self, _number: int, _p: Person, _b: int, _c: int) -> None:
        if self.kind == JournalKind.NURSE and len(self.people) < 5:
            self.serial += 1
            self._add_person(f"P-{self.serial}")

    def do_rename(self, number: int, p: Person, _b: int, _c: int) -> None:
        if self.kind == JournalKind.NURSE:
            self.serial += 1
            persons.rename(self.journal, number, f"P-{self.serial}")
            p.name = f"P-{self.serial}"

    def do_begin_study(self, number: int, p: Person, b: int, c: int) -> None:
        running = any(not stopped for _, stopped in p.studies)
        known = self.journal.enhancers.by_name(number, GENTLE) is not None
        question, _ = self._words(c)
        question = question[-60:].strip()
        try:
            draft = studies.StudyDraft(GENTLE, "quality", "diary", 0.5, question, 28, seed=c, sealed=bool(b % 2))
            keys = [q.key for q in studies.screening(self.journal, number, GENTLE).questions] if known else []
            studies.begin(self.journal, number, draft, dict.fromkeys(keys, False), self.clock)
        except UserError as error:
            if known and not running:
                raise Different(f"no study can be begun: {error}") from error
            return
        if running:
            raise Different("two studies are running")
        p.studies.append([question, False])

    def do_stop_study(self, number: int, p: Person, _b: int, _c: int) -> None:
        for study in studies.all_studies(self.journal, number):
            if study.stopped is None:
                studies.stop(self.journal, study.id, "enough", self.clock)
                next(s for s in p.studies if s[0] == study.question)[1] = True
                return

    def do_reopen(self, _number: int, _p: Person, _b: int, _c: int) -> None:
        self.journal.close()
        self._open()

    def do_crash(self, _number: int, _p: Person, _b: int, _c: int) -> None:
        """The file and its log as they lie there at this moment, opened anew."""
        old = self.path
        self.place += 1
        shutil.copytree(old.parent, self.path.parent, ignore=shutil.ignore_patterns("*-shm", "*.lock"))
        self.journal.close()
        shutil.rmtree(old.parent)
        self._open()
        gc.collect(0)

    def do_backup(self, _number: int, _p: Person, _b: int, _c: int) -> None:
        made = backups.make(self.journal, "asked", self.clock)
        self.backups[made.id] = (copy.deepcopy(self.people), self.serial)

    def do_restore(self, _number: int, _p: Person, b: int, _c: int) -> None:
        there = [made.id for made in backups.listed(self.path) if made.id in self.backups]
        if not there:
            return
        chosen = sorted(there)[b % len(there)]
        self.journal.close()
        try:
            restoring.restore(self.path, chosen, self.key, self.clock)
        finally:
            self._open()
        self.people = copy.deepcopy(self.backups[chosen][0])
        self.plans.clear()

    # ---- looking

    def compare(self) -> None:
        """Raise Different where anything is not as the model has it."""
        if {p.id: p.name for p in persons.all_persons(self.journal)} != {n: p.name for n, p in self.people.items()}:
            raise Different("the persons differ")
        for number, p in self.people.items():
            self._compare_person(number, p)
        said = wellness.structure(self.journal._db)
        if said:
            raise Different("; ".join(said))

    def _compare_person(self, number: int, p: Person) -> None:
        rows = self.journal._db.rows
        there: dict[str, Any] = {
            "dreams": {d.text: d.night_date for d in self.journal.dreams.all(number) if d.import_id is None},
            "drafts": {d.slot: d.text for d in dreams.drafts(self.journal, number)},
            "bin": [i.kind for i in reversed(bin.items(self.journal, number))],
            "intakes": {
                r["name"]: r["night_date"] for r in rows("SELECT * FROM intakes WHERE person_id = ?", (number,))
            },
            "imports": [
                r.undone is not None for r in sorted(imports.history(self.journal, number), key=lambda r: r.id)
            ],
            "studies": [
                [s.question, s.stopped is not None] for s in reversed(studies.all_studies(self.journal, number))
            ],
            "decided": {r.nominal_date for r in reminders.log(self.journal, number)},
        }
        wanted: dict[str, Any] = {
            "dreams": {t: night for t, (night, _) in p.dreams.items()},
            "drafts": p.drafts,
            "bin": [kind for kind, _ in p.bin],
            "intakes": {name: night.isoformat() for name, night in p.intakes.items()},
            "imports": [undone for _, _, undone in p.imports],
            "studies": p.studies,
            "decided": p.decided,
        }
        for day in range(30):
            night = self._night(day)
            morning = self.journal.diaries.get(number, night)
            evening = self.journal.evenings.get(number, night)
            names = [e.name for e in self.journal.exposures.of_night(number, night) if e.source == "diary"]
            said = evening.answer.value if evening.answer else None
            there[f"night {day}"] = (
                morning.comments if morning else None,
                evening.intention,
                " ".join([said, *names]) if said else None,
            )
            wanted[f"night {day}"] = (p.diaries.get(night), p.intentions.get(night, ""), p.answers.get(night))
        for key, value in p.settings.items():
            there[key] = settings.get(self.journal, number, key)
            wanted[key] = next(s.default for s in settings.SETTINGS if s.key == key) if value is None else value
        different = [what for what in wanted if wanted[what] != there[what]]
        if different:
            one = different[0]
            raise Different(
                f"{', '.join(different)} differ: {str(there[one])[:300]} instead of {str(wanted[one])[:300]}"
            )

    def close(self) -> None:
        self.journal.close()


def actions(seed: int, number: int) -> list[Action]:
    """Random actions, always the same for a seed."""
    rng = random.Random(seed)
    names = rng.choices(list(WEIGHTS), list(WEIGHTS.values()), k=number)
    return [(name, *(rng.getrandbits(16) for _ in range(3))) for name in names]  # type: ignore[misc]
