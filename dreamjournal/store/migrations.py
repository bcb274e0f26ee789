"""The schema, step by step. A step is never edited after a release."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Migrations

from dreamjournal.store.connect import Db, mapped

steps = Migrations("dreamjournal")


def instant(name: str) -> str:
    """The three columns of an instant: UTC milliseconds, offset in minutes, zone."""
    return f"{name}_ms INTEGER, {name}_off INTEGER, {name}_zone TEXT"


_PERSON = "person_id INTEGER NOT NULL REFERENCES persons(id)"
_NIGHT = f"{_PERSON}, night_date TEXT NOT NULL"

_TABLES = f"""
CREATE TABLE journal (id INTEGER PRIMARY KEY CHECK (id = 1), kind TEXT NOT NULL, made INTEGER NOT NULL) STRICT;
CREATE TABLE persons (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created INTEGER NOT NULL) STRICT;
CREATE TABLE dreams (id INTEGER PRIMARY KEY, {_NIGHT}, text TEXT NOT NULL, recall TEXT NOT NULL, vividness INTEGER,
  lucidity INTEGER, tone INTEGER, nightmare INTEGER, distress INTEGER, tags TEXT NOT NULL DEFAULT '[]',
  signs TEXT NOT NULL DEFAULT '[]', written INTEGER NOT NULL, changed INTEGER NOT NULL, source TEXT NOT NULL,
  source_id TEXT, import_id INTEGER, woke INTEGER) STRICT;
CREATE INDEX dreams_night ON dreams(person_id, night_date);
CREATE INDEX dreams_source ON dreams(person_id, source, source_id);
CREATE TABLE drafts (id INTEGER PRIMARY KEY, {_PERSON}, slot TEXT NOT NULL, night_date TEXT, text TEXT NOT NULL,
  written INTEGER NOT NULL, UNIQUE (person_id, slot)) STRICT;
CREATE TABLE mornings (id INTEGER PRIMARY KEY, {_NIGHT}, recall TEXT, answered INTEGER, passed_over INTEGER,
  UNIQUE (person_id, night_date)) STRICT;
CREATE TABLE diaries (id INTEGER PRIMARY KEY, {_NIGHT}, {instant("into_bed")}, {instant("try_sleep")}, sol REAL, nawk INTEGER,
  waso REAL, {instant("final_wake")}, {instant("out_of_bed")}, quality INTEGER, comments TEXT NOT NULL DEFAULT '',
  tasafa REAL, ema REAL, rested INTEGER, own_tst REAL, naps INTEGER, nap_min REAL, free_next_day INTEGER, illness INTEGER,
  travel INTEGER, on_call INTEGER, events_asked INTEGER, events TEXT NOT NULL DEFAULT '[]', entered INTEGER,
  source TEXT NOT NULL, import_id INTEGER, UNIQUE (person_id, night_date)) STRICT;
CREATE TABLE evenings (id INTEGER PRIMARY KEY, {_NIGHT}, answer TEXT, answered INTEGER, intention TEXT NOT NULL DEFAULT '',
  {instant("lights_out")}, UNIQUE (person_id, night_date)) STRICT;
CREATE TABLE steps (id INTEGER PRIMARY KEY, {_PERSON}, title TEXT NOT NULL, position INTEGER NOT NULL,
  retired INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE ticks (id INTEGER PRIMARY KEY, {_NIGHT}, step_id INTEGER NOT NULL REFERENCES steps(id), {instant("happened")},
  written INTEGER NOT NULL, UNIQUE (step_id, night_date)) STRICT;
CREATE INDEX ticks_night ON ticks(person_id, night_date);
CREATE TABLE intakes (id INTEGER PRIMARY KEY, {_NIGHT}, kind TEXT NOT NULL, name TEXT NOT NULL, amount REAL,
  unit TEXT NOT NULL, {instant("happened")}, written INTEGER NOT NULL, none_taken INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX intakes_night ON intakes(person_id, night_date);
CREATE TABLE enhancers (id INTEGER PRIMARY KEY, {_PERSON}, name TEXT NOT NULL, kind TEXT NOT NULL, created INTEGER NOT NULL,
  retired INTEGER NOT NULL DEFAULT 0, UNIQUE (person_id, name)) STRICT;
CREATE TABLE rules (id INTEGER PRIMARY KEY, {_PERSON}, source TEXT NOT NULL, tag TEXT NOT NULL,
  enhancer_id INTEGER NOT NULL REFERENCES enhancers(id), UNIQUE (person_id, source, tag)) STRICT;
CREATE TABLE only_periods (id INTEGER PRIMARY KEY, {_PERSON}, enhancer_id INTEGER NOT NULL REFERENCES enhancers(id),
  first TEXT, last TEXT) STRICT;
CREATE TABLE tags (id INTEGER PRIMARY KEY, {_NIGHT}, source TEXT NOT NULL, tag TEXT NOT NULL, value REAL, {instant("at")},
  import_id INTEGER, UNIQUE (person_id, night_date, source, tag)) STRICT;
CREATE TABLE exposures (id INTEGER PRIMARY KEY, {_NIGHT}, name TEXT NOT NULL, kind TEXT NOT NULL, source TEXT NOT NULL,
  dose TEXT NOT NULL DEFAULT '', mode TEXT NOT NULL DEFAULT '', programme TEXT NOT NULL DEFAULT '', intensity REAL,
  {instant("start")}, {instant("end")}, enhancer_id INTEGER REFERENCES enhancers(id), source_id TEXT, import_id INTEGER,
  tag_id INTEGER REFERENCES tags(id) ON DELETE CASCADE, written INTEGER) STRICT;
CREATE INDEX exposures_night ON exposures(person_id, night_date);
CREATE INDEX exposures_source ON exposures(person_id, source, source_id);
CREATE TABLE coverages (id INTEGER PRIMARY KEY, {_PERSON}, source TEXT NOT NULL, name TEXT NOT NULL, start_ms INTEGER NOT NULL,
  end_ms INTEGER NOT NULL, import_id INTEGER, UNIQUE (person_id, source, name, start_ms, end_ms)) STRICT;
CREATE TABLE sessions (id INTEGER PRIMARY KEY, {_NIGHT}, source TEXT NOT NULL, source_id TEXT NOT NULL, kind TEXT NOT NULL,
  validity TEXT NOT NULL, {instant("start")}, {instant("end")}, device TEXT NOT NULL DEFAULT '', firmware TEXT NOT NULL DEFAULT '',
  tib_min REAL, tst_min REAL, sol_min REAL, waso_min REAL, awake_min REAL, light_min REAL, deep_min REAL, rem_min REAL,
  asleep_unspecified_min REAL, rem_latency_min REAL, vendor_se_pct REAL, hr REAL, hrv_rmssd REAL, hrv_sdnn REAL, resp REAL,
  spo2 REAL, temp REAL, stages TEXT NOT NULL DEFAULT '', events TEXT NOT NULL DEFAULT '', copy_of INTEGER, import_id INTEGER,
  origin TEXT NOT NULL DEFAULT '', vendor_date TEXT, digest TEXT NOT NULL DEFAULT '',
  UNIQUE (person_id, source, source_id)) STRICT;
CREATE INDEX sessions_night ON sessions(person_id, night_date);
CREATE INDEX sessions_start ON sessions(person_id, start_ms);
CREATE TABLE imports (id INTEGER PRIMARY KEY, {_PERSON}, name TEXT NOT NULL, sha256 TEXT NOT NULL, format TEXT NOT NULL,
  source TEXT NOT NULL, parser_version INTEGER NOT NULL, zone TEXT, zone_confidence TEXT NOT NULL, imported INTEGER NOT NULL,
  undone INTEGER, receipt TEXT NOT NULL DEFAULT '{{}}') STRICT;
CREATE TABLE import_rows (id INTEGER PRIMARY KEY, import_id INTEGER NOT NULL REFERENCES imports(id), tbl TEXT NOT NULL,
  row_id INTEGER NOT NULL, before TEXT, UNIQUE (import_id, tbl, row_id)) STRICT;
CREATE INDEX import_rows_row ON import_rows(tbl, row_id);
CREATE TABLE source_zones (id INTEGER PRIMARY KEY, {_PERSON}, source TEXT NOT NULL, zone TEXT NOT NULL,
  UNIQUE (person_id, source)) STRICT;
CREATE TABLE settings (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL DEFAULT 0, key TEXT NOT NULL, value TEXT NOT NULL,
  UNIQUE (person_id, key)) STRICT;
CREATE TABLE ledger (id INTEGER PRIMARY KEY, {_PERSON}, kind TEXT NOT NULL, nominal_date TEXT NOT NULL, outcome TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '', due INTEGER NOT NULL, shown INTEGER, answer TEXT, answered INTEGER, written INTEGER NOT NULL,
  UNIQUE (person_id, kind, nominal_date)) STRICT;
CREATE TABLE bin (id INTEGER PRIMARY KEY, {_PERSON}, kind TEXT NOT NULL, night_date TEXT, deleted INTEGER NOT NULL,
  contents TEXT NOT NULL) STRICT;
CREATE TABLE reviews (id INTEGER PRIMARY KEY, {_PERSON}, through TEXT NOT NULL, reviewed_on TEXT NOT NULL,
  initials TEXT NOT NULL, nights INTEGER NOT NULL, written INTEGER NOT NULL) STRICT;
CREATE TABLE queries (id INTEGER PRIMARY KEY, {_PERSON}, night_date TEXT, text TEXT NOT NULL, initials TEXT NOT NULL,
  asked INTEGER NOT NULL, answer TEXT NOT NULL DEFAULT '', answered INTEGER, closed INTEGER) STRICT;
CREATE TABLE studies (id INTEGER PRIMARY KEY, {_PERSON}, enhancer TEXT NOT NULL, metric TEXT NOT NULL, source TEXT NOT NULL,
  swd REAL NOT NULL, first_night TEXT NOT NULL, schedule TEXT NOT NULL, block_size INTEGER NOT NULL, seed INTEGER NOT NULL,
  fixed INTEGER NOT NULL, stopped INTEGER) STRICT;
CREATE TABLE hand_overs (id INTEGER PRIMARY KEY, {_PERSON}, direction TEXT NOT NULL, digest TEXT NOT NULL, scope TEXT NOT NULL,
  made INTEGER NOT NULL) STRICT;
"""


@steps()
def m001_initial(db: Any) -> None:
    """The first schema."""
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            db.execute(statement)
    db.execute("PRAGMA user_version = 1")


_READING = """
ALTER TABLE sessions ADD COLUMN zone_sure TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN recorded TEXT NOT NULL DEFAULT '';
CREATE TABLE originals (id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, packed INTEGER NOT NULL,
  kept INTEGER NOT NULL) STRICT;
CREATE TABLE original_parts (id INTEGER PRIMARY KEY, original_id INTEGER NOT NULL REFERENCES originals(id) ON DELETE CASCADE,
  part INTEGER NOT NULL, data BLOB NOT NULL, UNIQUE (original_id, part)) STRICT;
CREATE TABLE import_originals (id INTEGER PRIMARY KEY, import_id INTEGER NOT NULL REFERENCES imports(id),
  original_id INTEGER NOT NULL REFERENCES originals(id), name TEXT NOT NULL, UNIQUE (import_id, original_id, name)) STRICT;
CREATE INDEX import_originals_original ON import_originals(original_id);
CREATE TABLE travels (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES persons(id), first TEXT NOT NULL,
  last TEXT NOT NULL, zone TEXT NOT NULL) STRICT;
CREATE TABLE column_maps (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES persons(id), header TEXT NOT NULL,
  map TEXT NOT NULL, UNIQUE (person_id, header)) STRICT;
CREATE INDEX sessions_import ON sessions(import_id);
"""


@steps()
def m002_reading(db: Any) -> None:
    """Kept originals, corrected sessions, stays in other zones, and what the columns of tables mean."""
    for statement in _READING.split(";\n"):
        if statement.strip():
            db.execute(statement)
    db.execute("PRAGMA user_version = 2")


_STUDIES = """
ALTER TABLE studies ADD COLUMN question TEXT NOT NULL DEFAULT '';
ALTER TABLE studies ADD COLUMN washout INTEGER NOT NULL DEFAULT 0;
ALTER TABLE studies ADD COLUMN max_run INTEGER NOT NULL DEFAULT 3;
ALTER TABLE studies ADD COLUMN blocks TEXT NOT NULL DEFAULT '';
ALTER TABLE studies ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE studies ADD COLUMN unsealed INTEGER;
ALTER TABLE studies ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE studies ADD COLUMN fixed_nights INTEGER NOT NULL DEFAULT 0;
ALTER TABLE studies ADD COLUMN changed INTEGER;
ALTER TABLE studies ADD COLUMN lengthened INTEGER;
ALTER TABLE studies ADD COLUMN stop_reason TEXT NOT NULL DEFAULT '';
CREATE TABLE screenings (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES persons(id), enhancer TEXT NOT NULL,
  answers TEXT NOT NULL, answered INTEGER NOT NULL) STRICT;
CREATE TABLE codings (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES persons(id),
  dream_id INTEGER NOT NULL REFERENCES dreams(id) ON DELETE CASCADE, rater TEXT NOT NULL, codes TEXT NOT NULL,
  written INTEGER NOT NULL, finished INTEGER, UNIQUE (dream_id, rater)) STRICT;
CREATE TABLE check_ins (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES persons(id), answered_on TEXT NOT NULL,
  answers TEXT NOT NULL, written INTEGER NOT NULL) STRICT;
CREATE TABLE instructions (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES persons(id), enhancer TEXT NOT NULL,
  given_on TEXT NOT NULL, words TEXT NOT NULL, written INTEGER NOT NULL) STRICT;
CREATE TABLE cards (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES persons(id), card TEXT NOT NULL,
  shown INTEGER NOT NULL, closed INTEGER) STRICT;
"""


@steps()
def m003_studies(db: Any) -> None:
    """What a study commits to, answers before stimulation, codings of dreams, monthly questions, instructions, cards."""
    for statement in _STUDIES.split(";\n"):
        if statement.strip():
            db.execute(statement)
    db.execute("PRAGMA user_version = 3")


@steps()
def m004_uid(db: Any) -> None:
    """A name of its own for every journal, so that a backup of another one is known."""
    db.execute("ALTER TABLE journal ADD COLUMN uid TEXT NOT NULL DEFAULT ''")
    db.execute("UPDATE journal SET uid = lower(hex(randomblob(16)))")
    db.execute("PRAGMA user_version = 4")


def migrate(db: Db) -> None:
    """Bring the schema up to date, each step in one transaction. Raises StoreError."""
    with mapped():
        steps.apply(db.utils)
