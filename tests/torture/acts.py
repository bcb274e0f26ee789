"""Every writing use case of the services, each as one act on the same made-up journal.

`tests/torture/test_statements.py` holds this list to the services: a function that says it changes something is in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from dreamjournal.domain.column_map import ColumnMap
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.domain.evening import IntakeKind
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.services import (
    backups,
    balance,
    bin,  # noqa: A004 - the bin
    cards,
    check_ins,
    codings,
    corrections,
    dreams,
    enhancers,
    evenings,
    imports,
    journals,
    mornings,
    persons,
    prompts,
    reading,
    reminders,
    reread,
    restoring,
    reviews,
    screening,
    secondary,
    settings,
    signs,
    studies,
    whole_journal,
    whole_journal_read,
)
from dreamjournal.services.studies import StudyDraft
from tests import made_journal
from tests.fakes import FakeClock
from tests.samples import DATA, NOW, ZONE
from tests.torture.killing import seal

ME = 1
LAST = date(2026, 10, 31)
"""The night that has just passed, by the clock of these journals."""
LONG = "A long house by the sea with many stairs, and somebody calling from below. " * 6
GENTLE = "Rain on glass"


@dataclass
class World:
    """A journal with something in every table, and what was read of files beforehand."""

    path: Path
    key: bytes | None
    plan: imports.ImportPreview
    again: reread.Reread
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))
    journal: Any = None

    def open(self, path: Path | None = None) -> None:
        """A connection of one's own, to this journal or a copy of it."""
        self.path = path or self.path
        self.journal = journals.open_existing(self.path, key=self.key)

    def one(self, sql: str) -> Any:
        """The first column of the first row."""
        return next(iter((self.journal._db.row(sql) or {"": None}).values()))

    def beside(self, name: str) -> Path:
        """A place beside the journal."""
        return self.path.parent / name


@dataclass(frozen=True)
class Act:
    """A use case: `first` makes it possible, `do` is what is interrupted.

    `steps` names why it is more than one transaction; else there is no state between before and after. `covers` are the
    functions of services it stands for.
    """

    name: str
    do: Callable[[World], object]
    first: Callable[[World], object] = lambda w: None
    covers: tuple[str, ...] = ()
    steps: str = ""

    def __str__(self) -> str:
        return self.name

    @property
    def all_covered(self) -> tuple[str, ...]:
        return (self.name.partition(":")[0], *self.covers)


def build(folder: Path, key: bytes | None) -> World:
    """Make the journal the acts work on, closed, and read the files they import."""
    from dreamjournal.store.connect import connect
    from dreamjournal.store.journal import _bring_up_to_date
    from dreamjournal.store.persons import Persons

    clock = FakeClock(NOW)
    folder.mkdir(parents=True)
    path = folder / "journal.db"
    db = connect(path, key)
    _bring_up_to_date(db)
    with db.atomic():
        db.execute("INSERT INTO journal (id, kind, made, uid) VALUES (1, 'own', 1, 'b7')")
        Persons(db).add("me", clock.now())
    db.conn.close()
    seal(path, key)
    journal = journals.open_existing(path, key=key)
    made_journal.fill(journal, ME, 3, clock)
    for n in range(3):
        dreams.save(journal, ME, DreamDraft(LAST - timedelta(days=n), f"{LONG} {n}", tags=("sea",)), clock)
    dreams.keep_night_words(journal, ME, "in the dark", clock)
    gone = dreams.save(journal, ME, DreamDraft(LAST, "to the bin"), clock).dream
    dreams.delete(journal, gone.id, clock)
    dreams.autosave(journal, ME, "new", LAST, "half a dre", clock)
    mornings.save_diary(journal, diary(LAST - timedelta(days=1)), clock)
    evenings.add_intake(journal, ME, LAST, "caffeine", clock, name="tea", amount=1.0, unit="cup")
    evenings.set_intention(journal, ME, LAST, "to know that I dream")
    evenings.answer_enhanced(journal, ME, LAST, [(GENTLE, "", None)], clock)
    settings.set_value(journal, ME, "bedtime_work", "23:15")
    settings.set_value(journal, ME, "zone", ZONE)
    imports.run(journal, ME, [DATA / "whoop/sleeps.csv"], zone=ZONE, clock=clock)
    files = [DATA / "sleep_as_android/sleep-export.csv", DATA / "jrnl/dreams.json", DATA / "oura/api_v2_sleep.json"]
    plan = imports.preview(journal, ME, files, zone=ZONE, clock=clock)
    journal._db.execute(
        "UPDATE sessions SET tst_min = tst_min - 7, digest = 'x' WHERE source = 'whoop' AND import_id IS NOT NULL"
    )
    again = reread.preview(journal, ME, clock)
    journal.close()
    return World(path, key, plan, again)


def diary(night: date, comments: str = "Slept well enough.") -> Diary:
    """A night's answers."""
    given = {"into_bed": 1380, "try_sleep": 1390, "final_wake": 420, "out_of_bed": 430, "sol": 10.0, "quality": 4}
    return replace(mornings.diary_from_answers(ME, night, ZONE, given), comments=comments)


def _study(w: World, **more: Any) -> Any:
    draft = StudyDraft(GENTLE, "quality", "diary", 0.5, "Does rain help?", 28, seed=7, **more)
    w.journal._db.execute("UPDATE studies SET stopped = 1 WHERE stopped IS NULL")
    return studies.begin(w.journal, ME, draft, _answers(w), w.clock)[0]


def _answers(w: World) -> dict[str, bool]:
    return {q.key: False for q in screening.screening(w.journal, ME, GENTLE).questions}


def _running(w: World) -> Any:
    return studies.all_studies(w.journal, ME)[0]


def _begun(w: World, **more: Any) -> None:
    study = _study(w, **more)
    w.clock.set(datetime.combine(study.first_night + timedelta(days=3), datetime.min.time(), UTC) + timedelta(hours=21))


def _bin_id(w: World, kind: str) -> int:
    return w.one(f"SELECT max(id) AS n FROM bin WHERE kind = '{kind}'")


def _mine(w: World) -> int:
    return w.one("SELECT max(id) AS n FROM dreams WHERE import_id IS NULL AND recall = 'report'")


def _opened(w: World) -> Any:
    return codings.open_set(w.journal, ME)


def _make_set(w: World) -> None:
    codings.make_set(w.journal, ME, w.clock, seed=1)


def _shown(w: World) -> int:
    return w.one("SELECT max(id) AS n FROM cards")


def _session(w: World) -> Any:
    return corrections.get(w.journal, w.one("SELECT max(id) AS n FROM sessions WHERE source = 'whoop'"))


def _correct(w: World) -> None:
    s = _session(w)
    corrections.correct(w.journal, s.id, replace(s.start, utc=s.start.utc + timedelta(minutes=5)), s.end, w.clock)


def _step(w: World) -> int:
    return evenings.steps(w.journal, ME)[0].id


def _evening(w: World) -> date:
    """The evening whose reminder is due now."""
    w.clock.set(datetime(2026, 11, 3, 22, 40, tzinfo=UTC))
    return date(2026, 11, 3)


def _shown_while_locked(w: World) -> None:
    found = reminders.next_wind_down(w.journal, ME, w.clock)
    assert isinstance(found, reminders.Next)
    reminders.shown_while_locked(w.journal, ME, found, w.clock.now(), w.clock)


def _late(w: World) -> None:
    reminders.catch_up(w.journal, ME, w.clock)
    w.clock.advance(days=4)


def _export(w: World) -> None:
    whole_journal.export(w.journal, w.beside("export.zip"), w.clock)


def _restore(w: World) -> None:
    whole_journal_read.restore(w.beside("export.zip"), w.beside("new.db"), passphrase=None, clock=w.clock)


def _rewrite(w: World) -> None:
    """A dream of an import that the person has rewritten."""
    imports.commit(w.journal, w.plan, w.clock)
    number = w.one("SELECT max(id) AS n FROM dreams WHERE import_id IS NOT NULL")
    if number is not None:
        w.clock.advance(minutes=5)
        draft = dreams.as_draft(w.journal.dreams.get(number))
        dreams.save(w.journal, ME, replace(draft, text=draft.text + " more"), w.clock, number)


def _import_id(w: World) -> int:
    return w.one(
        "SELECT max(i.id) FROM imports i WHERE undone IS NULL AND EXISTS (SELECT 1 FROM dreams WHERE import_id = i.id)"
    )


def _rule(w: World) -> int:
    return enhancers.rules(w.journal, ME)[0].id


def _old_backups(w: World) -> None:
    """Backups of three hours of a day long ago, of which one stays."""
    for _ in range(3):
        dreams.save(w.journal, ME, DreamDraft(LAST, LONG), w.clock)
        backups.make(w.journal, "timer", w.clock)
        w.clock.advance(hours=1)
    w.clock.advance(days=5)


def _changed_since_backup(w: World) -> None:
    backups.make(w.journal, "asked", w.clock)
    dreams.save(w.journal, ME, DreamDraft(LAST, "written since"), w.clock)


def _put_back(w: World) -> None:
    w.journal.close()
    restoring.restore(w.path, backups.listed(w.path)[0], w.key, w.clock)


A_MAP = ColumnMap((("Bed", "start"), ("Up", "end")), day_first=False)

ACTS: tuple[Act, ...] = (
    Act("dreams.save: new", lambda w: dreams.save(w.journal, ME, DreamDraft(LAST, "new " + LONG), w.clock, slot="new")),
    Act("dreams.save: changed", lambda w: dreams.save(w.journal, ME, DreamDraft(LAST - timedelta(days=5), "moved"), w.clock, _mine(w))),
    Act("dreams.save: a word of recall alone", lambda w: dreams.save(w.journal, ME, DreamDraft(LAST - timedelta(days=9), "", Recall.NOTHING), w.clock)),
    Act("dreams.autosave: first", lambda w: dreams.autosave(w.journal, ME, "other", LAST, LONG, w.clock)),
    Act("dreams.autosave: again", lambda w: dreams.autosave(w.journal, ME, "new", LAST, LONG * 20, w.clock)),
    Act("dreams.autosave: emptied", lambda w: dreams.autosave(w.journal, ME, "new", LAST, "", w.clock)),
    Act("dreams.drop_draft", lambda w: dreams.drop_draft(w.journal, ME, "new")),
    Act("dreams.keep_night_words: more", lambda w: dreams.keep_night_words(w.journal, ME, "and on", w.clock, slot="new")),
    Act("dreams.keep_night_words: first", lambda w: dreams.keep_night_words(w.journal, ME, "words", w.clock), lambda w: w.clock.advance(days=2)),
    Act("dreams.delete", lambda w: dreams.delete(w.journal, _mine(w), w.clock), covers=("bin.discard_dream",)),
    Act("bin.discard_exposure", lambda w: bin.discard_exposure(w.journal, w.one("SELECT max(id) FROM exposures"), w.clock)),
    Act("bin.discard_intake", lambda w: evenings.delete_intake(w.journal, w.one("SELECT max(id) FROM intakes"), w.clock),
        covers=("evenings.delete_intake",)),
    Act("bin.discard_evening", lambda w: bin.discard_evening(w.journal, ME, LAST, w.clock)),
    Act("bin.discard_diary", lambda w: bin.discard_diary(w.journal, ME, LAST - timedelta(days=1), w.clock)),
    Act("bin.discard_night", lambda w: bin.discard_night(w.journal, ME, LAST, w.clock)),
    Act("bin.discard_night: with old things in the bin", lambda w: bin.discard_night(w.journal, ME, LAST, w.clock), lambda w: w.clock.advance(days=40), steps="what was in the bin for thirty days is forgotten first"),
    Act("bin.restore: a dream", lambda w: bin.restore(w.journal, _bin_id(w, "dream"), w.clock)),
    Act("bin.restore: a night", lambda w: bin.restore(w.journal, _bin_id(w, "night"), w.clock),
        lambda w: bin.discard_night(w.journal, ME, LAST, w.clock)),
    Act("bin.restore: an evening", lambda w: bin.restore(w.journal, _bin_id(w, "evening"), w.clock),
        lambda w: bin.discard_evening(w.journal, ME, LAST, w.clock)),
    Act("bin.purge_old", lambda w: bin.purge_old(w.journal, w.clock), lambda w: w.clock.advance(days=40)),
    Act("mornings.set_recall", lambda w: mornings.set_recall(w.journal, ME, LAST - timedelta(days=20), Recall.FRAGMENT, w.clock),
        covers=("mornings.answer_recall", "recall.settle")),
    Act("mornings.save_diary: new", lambda w: mornings.save_diary(w.journal, diary(LAST), w.clock), covers=("mornings.put_diary",)),
    Act("mornings.save_diary: changed", lambda w: mornings.save_diary(w.journal, diary(LAST - timedelta(days=1), "Else."), w.clock)),
    Act("mornings.pass_over", lambda w: mornings.pass_over(w.journal, ME, LAST, w.clock)),
    Act("evenings.steps: suggested", lambda w: evenings.steps(w.journal, w.one("SELECT max(id) FROM persons")),
        lambda w: persons.add(w.journal, "P-2", w.clock)),
    Act("evenings.add_step", lambda w: evenings.add_step(w.journal, ME, "Read a page")),
    Act("evenings.rename_step", lambda w: evenings.rename_step(w.journal, _step(w), "Read two pages")),
    Act("evenings.retire_step", lambda w: evenings.retire_step(w.journal, _step(w))),
    Act("evenings.move_step", lambda w: evenings.move_step(w.journal, _step(w), 2), lambda w: [evenings.add_step(w.journal, ME, f"s{i}") for i in range(3)]),
    Act("evenings.tick", lambda w: evenings.tick(w.journal, ME, _step(w), LAST, w.clock)),
    Act("evenings.untick", lambda w: evenings.untick(w.journal, ME, _step(w), LAST), lambda w: evenings.tick(w.journal, ME, _step(w), LAST, w.clock)),
    Act("evenings.answer", lambda w: evenings.answer(w.journal, ME, LAST, "natural", w.clock)),
    Act("evenings.answer_enhanced", lambda w: evenings.answer_enhanced(w.journal, ME, LAST, [("Tea", "1 cup", 0.5), (GENTLE, "", None)], w.clock)),
    Act("evenings.set_intention", lambda w: evenings.set_intention(w.journal, ME, LAST, "Else")),
    Act("evenings.lights_out", lambda w: evenings.lights_out(w.journal, ME, LAST, w.clock)),
    Act("evenings.clear_lights_out", lambda w: evenings.clear_lights_out(w.journal, ME, LAST), lambda w: evenings.lights_out(w.journal, ME, LAST, w.clock)),
    Act("evenings.add_intake", lambda w: evenings.add_intake(w.journal, ME, LAST, IntakeKind.MEDICINE, w.clock, name="zopiclone", amount=3.75, unit="mg")),
    Act("evenings.update_intake", lambda w: evenings.update_intake(
        w.journal, ME, LAST, w.one("SELECT max(id) FROM intakes"), IntakeKind.CAFFEINE, w.clock, name="coffee", amount=2.0, unit="cup")),
    Act("enhancers.add", lambda w: enhancers.add(w.journal, ME, "Nap mask", EnhancerKind.DEVICE, w.clock)),
    Act("enhancers.retire", lambda w: enhancers.retire(w.journal, w.one("SELECT max(id) FROM enhancers"))),
    Act("enhancers.map_tag: a new name", lambda w: enhancers.map_tag(w.journal, ME, "whoop", w.one("SELECT tag FROM tags"), "Quite new", w.clock)),
    Act("enhancers.unmap", lambda w: enhancers.unmap(w.journal, ME, _rule(w))),
    Act("enhancers.derive", lambda w: enhancers.derive(w.journal, ME, None, w.clock),
        lambda w: w.journal._db.execute("DELETE FROM exposures WHERE tag_id IS NOT NULL")),
    Act("enhancers.only", lambda w: enhancers.only(w.journal, ME, GENTLE, LAST, None)),
    Act("enhancers.only: cut", lambda w: enhancers.only(w.journal, ME, None, LAST, LAST), lambda w: enhancers.only(w.journal, ME, GENTLE, None, None)),
    Act("enhancers.log", lambda w: enhancers.log(w.journal, ME, LAST, "enhanced", ["Owl hoots"], "twice", w.clock)),
    Act("imports.commit", lambda w: imports.commit(w.journal, w.plan, w.clock), covers=("imports.run", "import_rows.apply")),
    Act("imports.undo: the first", lambda w: imports.undo(w.journal, w.one("SELECT max(id) FROM imports WHERE format = 'whoop' AND undone IS NULL"), w.clock)),
    Act("imports.undo: with a dream rewritten", lambda w: imports.undo(w.journal, _import_id(w), w.clock), _rewrite),
    Act("imports.undo_all", lambda w: imports.undo_all(w.journal, [r["id"] for r in w.journal._db.rows("SELECT id FROM imports WHERE undone IS NULL ORDER BY id DESC")], w.clock), lambda w: imports.commit(w.journal, w.plan, w.clock)),
    Act("reread.apply", lambda w: reread.apply(w.journal, w.again, w.clock)),
    Act("corrections.correct", _correct),
    Act("corrections.bring_back", lambda w: corrections.bring_back(w.journal, _session(w).id), _correct),
    Act("reading.set_zone", lambda w: reading.set_zone(w.journal, ME, "fitbit", "Europe/Paris")),
    Act("reading.add_travel", lambda w: reading.add_travel(w.journal, ME, LAST, LAST, "Asia/Tokyo")),
    Act("reading.delete_travel", lambda w: reading.delete_travel(w.journal, w.one("SELECT max(id) FROM travels"))),
    Act("reading.set_columns", lambda w: reading.set_columns(w.journal, ME, "a key", A_MAP)),
    Act("reading.forget_columns", lambda w: reading.forget_columns(w.journal, ME, "a key")),
    Act("persons.add", lambda w: persons.add(w.journal, "P-7", w.clock)),
    Act("persons.rename", lambda w: persons.rename(w.journal, ME, "P-1")),
    Act("settings.set_value", lambda w: settings.set_value(w.journal, ME, "rise_work", "06:45")),
    Act("settings.set_value: taken back", lambda w: settings.set_value(w.journal, ME, "bedtime_work", None)),
    Act("balance.set_aim", lambda w: balance.set_aim(w.journal, ME, 3)),
    Act("secondary.choose_claims", lambda w: secondary.choose_claims(w.journal, ME, ["sol=diary"])),
    Act("signs.keep", lambda w: signs.keep(w.journal, ME, "stairs")),
    Act("signs.drop", lambda w: signs.drop(w.journal, ME, "stairs"), lambda w: signs.keep(w.journal, ME, "stairs")),
    Act("signs.hide", lambda w: signs.hide(w.journal, ME, "stairs"), lambda w: signs.keep(w.journal, ME, "stairs")),
    Act("signs.show", lambda w: signs.show(w.journal, ME, "stairs"), lambda w: signs.hide(w.journal, ME, "stairs")),
    Act("cards.card_now", lambda w: cards.card_now(w.journal, ME, w.clock), lambda w: w.clock.advance(days=30)),
    Act("cards.put_away", lambda w: cards.put_away(w.journal, _shown(w), w.clock)),
    Act("cards.take_out", lambda w: cards.take_out(w.journal, _shown(w)), lambda w: cards.put_away(w.journal, _shown(w), w.clock)),
    Act("check_ins.save", lambda w: check_ins.save(w.journal, ME, {check_ins.care.QUESTIONS[0].key: "never"}, w.clock)),
    Act("check_ins.skip", lambda w: check_ins.skip(w.journal, ME, w.clock)),
    Act("check_ins.take_back", lambda w: check_ins.take_back(w.journal, w.one("SELECT max(id) FROM check_ins"))),
    Act("prompts.add_instruction", lambda w: prompts.add_instruction(w.journal, ME, GENTLE, LAST, "Dr. X", "Not above 60 dB", w.clock)),
    Act("prompts.remove_instruction", lambda w: prompts.remove_instruction(w.journal, ME, w.one("SELECT max(id) FROM instructions"))),
    Act("prompts.put_back", lambda w: prompts.put_back(w.journal, w.journal.balance.instruction(w.one("SELECT max(id) FROM instructions")))),
    Act("reminders.fire", lambda w: reminders.fire(w.journal, ME, _evening(w), w.clock)),
    Act("reminders.shown_while_locked", _shown_while_locked, lambda w: reminders.next_wind_down(w.journal, ME, w.clock)),  # it was asked for before the lock
    Act("reminders.answer", lambda w: reminders.answer(w.journal, ME, _evening(w), "not_tonight", w.clock),
        lambda w: reminders.fire(w.journal, ME, _evening(w), w.clock)),
    Act("reminders.catch_up", lambda w: reminders.catch_up(w.journal, ME, w.clock), _late),
    Act("reviews.sign_off", lambda w: reviews.sign_off(w.journal, ME, date(2026, 11, 1), "Nn", w.clock)),
    Act("reviews.ask", lambda w: reviews.ask(w.journal, ME, LAST, "Was that a nap?", "Nn", w.clock)),
    Act("reviews.close", lambda w: reviews.close(w.journal, w.one("SELECT max(id) FROM queries"), w.clock)),
    Act("screening.keep", lambda w: screening.keep(w.journal, enhancers.the_enhancer(w.journal, ME, GENTLE), _answers(w), w.clock)),
    Act("studies.begin", _study, lambda w: w.journal._db.execute("UPDATE studies SET stopped = 1"), ("fingerprints.keep",),
        steps="the answers before a study are kept even where they speak against it"),
    Act("studies.change", lambda w: studies.change(w.journal, _running(w).id, w.clock, question="Does it?", nights=32), _study),
    Act("studies.change: late", lambda w: studies.change(w.journal, _running(w).id, w.clock, swd=0.75), _begun),
    Act("studies.stop", lambda w: studies.stop(w.journal, _running(w).id, "It is enough.", w.clock), _begun),
    Act("studies.resume", lambda w: studies.resume(w.journal, _running(w).id, w.clock),
        lambda w: (_begun(w), studies.stop(w.journal, _running(w).id, "", w.clock))),
    Act("studies.lengthen", lambda w: studies.lengthen(w.journal, _running(w).id, 14, w.clock), _begun),
    Act("studies.unseal", lambda w: studies.unseal(w.journal, _running(w).id, w.clock), lambda w: _begun(w, sealed=True)),
    Act("codings.make_set", _make_set),
    Act("codings.save", lambda w: codings.save(w.journal, _opened(w), "AB", 1, {}, w.clock, finished=True), _make_set),
    Act("codings.put_back", lambda w: codings.put_back(w.journal, _opened(w), "AB", 1, None),
        lambda w: (_make_set(w), codings.save(w.journal, _opened(w), "AB", 1, {}, w.clock, finished=False))),
    Act("whole_journal.export", _export),
    Act("whole_journal_read.restore", _restore, _export),
    Act("backups.make", lambda w: backups.make(w.journal, "asked", w.clock), covers=("backups.before",)),
    Act("backups.thin", lambda w: backups.thin(w.path, w.clock), _old_backups),
    Act("restoring.restore", _put_back, _changed_since_backup),
    Act("checkpoint", lambda w: w.journal._db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall(),
        lambda w: dreams.save(w.journal, ME, DreamDraft(LAST, LONG), w.clock)),
    Act("close", lambda w: w.journal.close(), lambda w: dreams.save(w.journal, ME, DreamDraft(LAST, LONG), w.clock)),
)  # fmt: skip
