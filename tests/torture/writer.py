"""Somebody who writes into a journal, telling a ledger what is about to be and what was acknowledged."""

from __future__ import annotations

import random
from datetime import timedelta

from dreamjournal.domain.dream import DreamDraft
from dreamjournal.services import backups, bin, dreams, evenings, imports, mornings  # noqa: A004 - the bin
from tests.torture import acts, killing
from tests.torture.acts import LAST, ME, World
from tests.torture.wellness import GONE, digest


class Writer:
    """Writes into a journal, telling a ledger before and after."""

    def __init__(self, world: World, ledger: killing.Ledger, rng: random.Random) -> None:
        self.w, self.ledger, self.rng = world, ledger, rng
        self.brought = [f.sessions.kept for f in world.plan.files]

    def words(self) -> str:
        return f"{self.rng.getrandbits(64):x} " + "a stair by the sea " * self.rng.randint(1, 60)

    def drafting(self) -> None:
        slot, words = f"slot {self.rng.randint(1, 3)}", self.words()
        self.ledger.about(f"draft {ME} {slot}", digest(words))
        dreams.autosave(self.w.journal, ME, slot, LAST, words, self.w.clock)
        self.ledger.acknowledge(f"draft {ME} {slot}", digest(words))

    def saving(self) -> None:
        night, words = LAST - timedelta(days=self.rng.randint(0, 9)), self.words()
        slot = f"slot {self.rng.randint(1, 3)}"
        self.ledger.about(f"dream {ME} new", digest(words, night))
        self.ledger.about(f"draft {ME} {slot}", GONE)
        saved = dreams.save(self.w.journal, ME, DreamDraft(night, words), self.w.clock, slot=slot).dream
        self.ledger.acknowledge(f"dream {ME} {saved.id}", digest(words, night))
        self.ledger.acknowledge(f"draft {ME} {slot}", GONE)

    def changing(self) -> None:
        dream = self.rng.choice([d for d in self.w.journal.dreams.all(ME) if d.import_id is None])
        words = self.words()
        self.ledger.about(f"dream {ME} {dream.id}", digest(words, dream.night_date))
        dreams.save(self.w.journal, ME, DreamDraft(dream.night_date, words), self.w.clock, dream.id)
        self.ledger.acknowledge(f"dream {ME} {dream.id}", digest(words, dream.night_date))

    def binning(self) -> None:
        dream = self.rng.choice([d for d in self.w.journal.dreams.all(ME) if d.import_id is None])
        name, what = f"dream {ME} {dream.id}", digest(dream.text, dream.night_date)
        self.ledger.about(name, GONE)
        bin_id, _ = dreams.delete(self.w.journal, dream.id, self.w.clock)
        self.ledger.acknowledge(name, GONE)
        self.ledger.done()
        self.ledger.about(name, what)
        bin.restore(self.w.journal, bin_id, self.w.clock)
        self.ledger.acknowledge(name, what)

    def diary(self) -> None:
        night, words = LAST - timedelta(days=self.rng.randint(0, 9)), self.words()
        self.ledger.about(f"diary {ME} {night}", digest(words))
        mornings.save_diary(self.w.journal, acts.diary(night, words), self.w.clock)
        self.ledger.acknowledge(f"diary {ME} {night}", digest(words))

    def evening(self) -> None:
        night, words = LAST - timedelta(days=self.rng.randint(0, 9)), self.words()
        self.ledger.about(f"evening {ME} {night}", digest(words))
        evenings.set_intention(self.w.journal, ME, night, words)
        self.ledger.acknowledge(f"evening {ME} {night}", digest(words))
        self.ledger.done()
        self.ledger.about(f"intake {ME} new", digest("tea " + words[:9]))
        made, _ = evenings.add_intake(
            self.w.journal, ME, night, "caffeine", self.w.clock, name="tea " + words[:9], amount=1.0
        )
        self.ledger.acknowledge(f"intake {ME} {made}", digest("tea " + words[:9]))

    def importing(self) -> None:
        """One import after another; what the last one brought is taken back first."""
        for record in imports.history(self.w.journal, ME):
            if record.undone is None and record.name in {f.path for f in self.w.plan.files}:
                self.ledger.about(f"import {ME} {record.id}", digest("undone"))
                imports.undo(self.w.journal, record.id, self.w.clock)
                self.ledger.acknowledge(f"import {ME} {record.id}", digest("undone"))
                self.ledger.done()
        self.ledger.about(f"import {ME} new", *{digest(n) for n in self.brought})
        receipts, _ = imports.commit(self.w.journal, self.w.plan, self.w.clock)
        for receipt in receipts:
            self.ledger.acknowledge(f"import {ME} {receipt.import_id}", digest(receipt.sessions.kept))

    def backing_up(self) -> None:
        made = backups.make(self.w.journal, "asked", self.w.clock)
        self.ledger.acknowledge(f"backup 0 {made.id}", digest(made.id))

    def checkpointing(self) -> None:
        self.saving()
        self.w.journal._db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def reopening(self) -> None:
        self.drafting()
        self.w.journal.close()
        self.w.open()


KINDS = (
    "drafting",
    "saving",
    "changing",
    "diary",
    "evening",
    "importing",
    "backing_up",
    "checkpointing",
    "binning",
    "reopening",
)
