"""The sample journal: 120 synthetic nights with a true effect that is stated, and the report on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dreamjournal.common.clock import FixedClock
from dreamjournal.common.errors import StoreError, UserError
from dreamjournal.common.files import atomic_write
from dreamjournal.common.paths import private_dir
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.evening import IntakeKind
from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.night import last_night
from dreamjournal.domain.study import Study, digest_of
from dreamjournal.services import contrasts, imports, journals, reports, settings, synthetic

if TYPE_CHECKING:
    from dreamjournal.common.clock import Clock
    from dreamjournal.services.journals import Journal

MARKER = "sample"
"""Setting of a journal that was made here; without it nothing is replaced."""
ZONE = "Europe/London"
ENHANCER = "SleepSync"
SOURCE = "whoop"
SWD = 20.0
EARLIEST = datetime(2010, 1, 1, tzinfo=UTC)
# Nights of the series with something that keeps them out of the contrast: fixed places, the same in every sample.
ILL = (44, 45)
TRAVEL = (83,)
HEADACHE = (20, 61, 98)


@dataclass(frozen=True)
class DemoResult:
    """Where the sample is, its reports, and what is true of its nights."""

    journal: Path
    reports: list[Path]
    truth: dict[str, Any]


def make(path: Path, clock: Clock) -> DemoResult:
    """Make the sample journal at `path` with its exports, its README and its reports in the same folder.

    A sample that is there is replaced. Raises UserError when the file is some other journal, which is not touched, or
    when the folder cannot be written. The nights end with last night by `clock`; everything else is fixed.
    """
    _clear(path)
    folder = path.parent
    stamp = clock
    # A clock before any sleep tracker (SOURCE_DATE_EPOCH=0) still stamps the pages; its nights would be refused as impossible.
    clock = FixedClock(max(clock.now(), EARLIEST), clock.zone())
    try:
        private_dir(folder)
        truth = synthetic.Truth()
        series = synthetic.make(
            truth, first_night=last_night(clock.now(), ZONE) - timedelta(days=truth.nights - 1), zone=ZONE
        )
        exports = _write_exports(folder, series)
    except OSError as error:
        raise UserError(
            "The sample was not made", "its folder cannot be written", "name another with --journal"
        ) from error
    journal = journals.create(path, passphrase=None, clock=clock)
    try:
        journal.settings.set(MARKER, True)
        person = journal.persons.all()[0]
        # The wrist device's file has offsets without a zone; the nights were lived in this one wherever the sample is made.
        settings.set_value(journal, person.id, "zone", ZONE)
        with journal.atomic():
            _write_diary(journal, person.id, series)
            study = _write_study(journal, person.id, series)
        receipts, _ = imports.run(journal, person.id, exports, zone=ZONE, backup=False, clock=clock)
        refused = [r.error for r in receipts if r.error]
        if refused:
            raise StoreError("The sample was not made", str(refused[0]), "try again")
        _say_only(journal, person.id, series)
        spec = reports.ReportSpec(contrast=ContrastSpec("tst", SOURCE, ENHANCER))
        page = reports.build(journal, person.id, spec, clock)
        written = [folder / "report.pdf", folder / "report.html"]
        for file in written:
            reports.write(page, file, stamp)
        facts = _truth(series, page.result, study)
    except BaseException:
        journal.close()
        _remove(path)  # half a sample would be opened as a whole one
        raise
    journal.close()
    atomic_write(folder / "README.md", _readme(series, facts).encode())
    return DemoResult(path, written, facts)


def is_sample(journal: Journal) -> bool:
    """Whether `journal` was made by `make`."""
    return journal.settings.get(MARKER) is True


def _clear(path: Path) -> None:
    if not journals.exists(path):
        return
    refusal = UserError(
        "The sample was not made", "a journal that is not a sample has its place", "name another with --journal"
    )
    if journals.needs_passphrase(path):
        raise refusal
    try:
        journal = journals.open_existing(path)
    except StoreError as error:
        raise refusal from error
    try:
        if not is_sample(journal):
            raise refusal
    finally:
        journal.close()
    try:
        _remove(path)
    except OSError as error:
        raise UserError(
            "The sample was not replaced", "its file is in use or cannot be written", "close it and try again"
        ) from error


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def _write_exports(folder: Path, series: synthetic.SyntheticNights) -> Sequence[Path]:
    """The two device exports, as files that can be imported by hand too."""
    session_log = folder / "sleepsync-export.json"
    wrist = folder / "sleeps.csv"
    atomic_write(session_log, (json.dumps(synthetic.sleepsync_export(series), indent=1) + "\n").encode())
    atomic_write(wrist, synthetic.whoop_sleeps_csv(series).encode())
    return session_log, wrist


def _write_diary(journal: Journal, person_id: int, series: synthetic.SyntheticNights) -> None:
    for i, night in enumerate(series.nights):
        if not night.recorded:
            continue
        diary = synthetic.diary_of(night, person_id)
        journal.diaries.put(_with_answers(diary, i))
        woke = night.final_wake.utc
        journal.mornings.set_recall(person_id, night.night_date, night.recall, woke)
        if night.dream is not None:
            journal.dreams.put(person_id, night.dream, woke)
        journal.evenings.set_lights_out(person_id, night.night_date, night.lights_out)
        if i % 3 == 0:
            coffee = in_zone(night.lights_out.utc - timedelta(hours=9), series.zone)
            journal.evenings.add_intake(
                person_id, night.night_date, IntakeKind.CAFFEINE, "coffee", 1.0, "cup", coffee, False, coffee.utc
            )


def _with_answers(diary: Diary, place: int) -> Diary:
    """Illness, travel and unwanted events, asked on every morning."""
    return replace(
        diary, illness=place in ILL, travel=place in TRAVEL, events_asked=True, events=("headache",) if place in HEADACHE else (),
    )  # fmt: skip


def _write_study(journal: Journal, person_id: int, series: synthetic.SyntheticNights) -> Study:
    first = series.nights[0]
    fixed = first.into_bed.utc - timedelta(days=14)
    study = Study(
        0, person_id, ENHANCER, "tst", SOURCE, SWD, first.night_date, series.schedule, synthetic.BLOCK, series.truth.seed, fixed,
        question="Do I sleep longer on nights with SleepSync?", max_run=4, fixed_nights=len(series.schedule),
    )  # fmt: skip
    return journal.studies.put(replace(study, digest=digest_of(study)))


def _say_only(journal: Journal, person_id: int, series: synthetic.SyntheticNights) -> None:
    """SleepSync is the only enhancer used, so a covered night without a session is natural."""
    enhancer = journal.enhancers.by_name(person_id, ENHANCER)
    if enhancer is None:
        raise StoreError("The sample was not made", "the SleepSync export gave no enhancer", "try again")
    journal.enhancers.set_only(person_id, enhancer.id, series.nights[0].night_date, None)


def _truth(series: synthetic.SyntheticNights, result: dict[str, Any], study: Study) -> dict[str, Any]:
    effect = series.truth.effect_min
    return {
        **synthetic.truth_json(series),
        "metric": "tst",
        "source": SOURCE,
        "enhancer": ENHANCER,
        "swd_min": SWD,
        "true_verdict": "clearly_more" if effect > SWD else "clearly_less" if effect < -SWD else "no_difference",
        "verdict": result["verdict"],
        "study_hash": study.digest,
    }


def _readme(series: synthetic.SyntheticNights, facts: dict[str, Any]) -> str:
    t = series.truth
    first, last = date.fromisoformat(facts["first_night"]), date.fromisoformat(facts["last_night"])
    swd = contrasts.default_swd("tst", SOURCE)
    return f"""# A sample journal

Nothing here happened to anybody. A program drew these {t.nights} nights, from {first} to {last}, and what is true of them is
written down here, so that the answer on the page can be checked against it.

## What is built in

- An enhanced night has **{t.effect_min:g} minutes more sleep** than a natural one. The least that matters was set to {SWD:g} minutes
  (the usual value for a device is {swd:g}), so the true answer is "clearly more" (longer).
- A natural night before work has {t.base_min:g} minutes of sleep on average, Friday and Saturday nights {t.weekend_min:g} more.
  Nights differ by a standard deviation of {t.sd_min:g} minutes, and neighbouring nights are alike (first-order autocorrelation {t.phi:g}).
- Nights were drawn at random in blocks of four, two enhanced and two natural:
  `{series.schedule}`.
- The question, the nights and the seed were fixed before the first night: their SHA-256 is `{facts["study_hash"]}`.
  `dreamjournal study verify` checks it, `dreamjournal study list --json` prints what it covers.
- Dreams are recalled equally often in both kinds ({t.recall_rate:.0%}): there is no true difference in recall.
- About {t.missing_rate:.0%} of nights were not recorded; two were nights of illness and one of travel; they, and nights on
  which the clocks changed, do not count.
- The seed of the random numbers is {t.seed}. It was fixed before any result was seen and is not chosen anew: only the dates move,
  so that the last night is the one before the sample was made.

The page says "{facts["verdict"].replace("_", " ")}".

## What is here

- `journal.db`: the journal, without a passphrase. Open it with `--journal` or `demo --open`.
- `sleepsync-export.json` and `sleeps.csv`: the two exports it was made from, as a SleepSync device and a wrist device
  would write them.
- `report.pdf` and `report.html`: one page about the nights.

Making the sample again replaces these files.
"""
