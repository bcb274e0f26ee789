"""Makes synthetic nights whose true effect is known, for the sample journal and for tests.

A night's total sleep time in minutes is

    tst = base + effect * enhanced + weekend * (Friday or Saturday evening) + e,   e[i] = phi * e[i-1] + noise,

with stationary standard deviation `sd` of e, first-order autocorrelation `phi`, and enhanced nights drawn at random, half of
each block of four. Everything else of a night (stages, cues, diary, dreams) is drawn around that number. The same seed gives
the same nights on any machine: only `random.Random` is used.
"""

from __future__ import annotations

import csv
import io
import random
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.domain.instant import Instant, from_local, in_zone
from dreamjournal.domain.night import weekend_evening

EPOCH_S = 30
BLOCK = 4
FIRST_NIGHT = date(2026, 1, 5)
MODEL = "SleepSync Band 2"
FIRMWARE = "2.4.1"
PROGRAMMES = ("Slow tide", "Clear water")

_TEXTS = (
    ("A long corridor of doors, each one opening on the same garden. Somebody had watered it.", ("garden", "doors")),
    ("I was late for a train that kept changing its platform. In the end I walked along the rails.", ("train",)),
    ("The sea had come up to the third floor and we rowed between the houses, quite calm.", ("sea", "houses")),
    ("An exam in a language I had never learned. I wrote a recipe for soup.", ("exam",)),
    ("My old school, but the ceiling was glass and birds were walking on it.", ("school", "birds")),
    ("I could fly if I did not think about it. I thought about it.", ("flying",)),
    ("A lamp that grew in the snow. I picked it and it was warm.", ("snow", "light")),
    ("Someone followed me through the market; when I turned round it was me, carrying bread.", ("chase", "market")),
)


@dataclass(frozen=True)
class Truth:
    """What was built into the nights. Minutes, except `phi` and the rates (0 to 1)."""

    seed: int = 7
    nights: int = 120
    effect_min: float = 45.0
    """What enhancement adds to total sleep time."""
    base_min: float = 415.0
    weekend_min: float = 20.0
    sd_min: float = 30.0
    phi: float = 0.3
    missing_rate: float = 0.04
    """Nights without device and diary."""
    recall_rate: float = 0.6
    """Nights with dream content: the same in both arms."""
    glitch_rate: float = 0.06
    merge_rate: float = 0.03
    abort_rate: float = 0.02


@dataclass(frozen=True)
class SyntheticNight:
    """One night. Instants carry the zone; `codes` has one character for each 30 s from lights out: W 1 2 3 R."""

    night_date: date
    enhanced: bool
    block: int
    recorded: bool
    into_bed: Instant
    lights_out: Instant
    final_wake: Instant
    out_of_bed: Instant
    sol_min: float
    waso_min: float
    tst_min: float
    awakenings: int
    quality: int
    codes: str
    programme: str
    mode: str
    intensity: float
    cues: tuple[Instant, ...]
    events: tuple[tuple[str, Instant, str], ...]
    """Kind (`glitch`, `merge`, `abort`), instant, and the other session's id of a merge."""
    recall: Recall
    dream: DreamDraft | None


@dataclass(frozen=True)
class SyntheticNights:
    """A run of nights, what is true of them, and the schedule they were drawn by."""

    truth: Truth
    zone: str
    nights: tuple[SyntheticNight, ...]

    @property
    def schedule(self) -> str:
        """One letter a night, E or N, as a study keeps it."""
        return "".join("E" if n.enhanced else "N" for n in self.nights)


def make(truth: Truth = Truth(), *, first_night: date = FIRST_NIGHT, zone: str = "Europe/London") -> SyntheticNights:
    """`truth.nights` nights from `first_night` on. Raises zoneinfo.ZoneInfoNotFoundError."""
    dice = random.Random(truth.seed)
    arms = _arms(dice, truth.nights)
    noise_sd = truth.sd_min * (1 - truth.phi**2) ** 0.5
    e = dice.gauss(0, truth.sd_min)
    nights: list[SyntheticNight] = []
    for i, enhanced in enumerate(arms):
        day = first_night + timedelta(days=i)
        tst = truth.base_min + truth.effect_min * enhanced + truth.weekend_min * weekend_evening(day) + e
        tst = max(180.0, min(660.0, round(tst * 2) / 2))
        nights.append(_night(dice, truth, zone, day, i // BLOCK, enhanced, tst))
        e = truth.phi * e + dice.gauss(0, noise_sd)
    return SyntheticNights(truth, zone, tuple(nights))


def _arms(dice: random.Random, nights: int) -> list[bool]:
    arms: list[bool] = []
    while len(arms) < nights:
        block = [True, True, False, False]
        dice.shuffle(block)
        arms += block
    return arms[:nights]


def _night(
    dice: random.Random, truth: Truth, zone: str, day: date, block: int, enhanced: bool, tst: float
) -> SyntheticNight:
    free = weekend_evening(day)
    bed = datetime.combine(day, time(22)) + timedelta(minutes=round(dice.gauss(55 if free else 30, 18)))
    into_bed = from_local(bed, zone)
    lights_out = in_zone(into_bed.utc + timedelta(minutes=dice.randint(5, 25)), zone)
    sol = 4 + round(min(60.0, dice.expovariate(1 / 11)) * 2) / 2
    bouts = dice.randint(1, 4)
    waso = max(float(bouts), round(min(90.0, dice.expovariate(1 / 22)) * 2) / 2)
    codes = _hypnogram(dice, sol, tst, waso, bouts)
    start = lights_out.utc
    final_wake = in_zone(start + timedelta(seconds=len(codes) * EPOCH_S), zone)
    out_of_bed = in_zone(final_wake.utc + timedelta(minutes=dice.randint(2, 30)), zone)
    rem = [i for i, c in enumerate(codes) if c == "R"]
    cues = tuple(
        in_zone(start + timedelta(seconds=i * EPOCH_S), zone)
        for i in sorted(dice.sample(rem, min(len(rem), dice.randint(3, 9))))
    )
    events: list[tuple[str, Instant, str]] = []
    for kind, rate in (("glitch", truth.glitch_rate), ("merge", truth.merge_rate), ("abort", truth.abort_rate)):
        if dice.random() < rate:
            at = in_zone(start + timedelta(seconds=dice.randrange(len(codes)) * EPOCH_S), zone)
            events.append((kind, at, f"anon-{dice.randrange(16**6):06x}" if kind == "merge" else ""))
    recall, dream = _dream(dice, truth, day, enhanced, final_wake)
    return SyntheticNight(
        day, enhanced, block, dice.random() >= truth.missing_rate, into_bed, lights_out, final_wake, out_of_bed, sol, waso, tst,
        bouts, max(1, min(5, round(3 + (tst - 430) / 55 + dice.gauss(0, 0.6)))), codes, dice.choice(PROGRAMMES),
        "realtime" if dice.random() < 0.7 else "simulated", round(dice.uniform(0.3, 0.7), 2), cues if enhanced else (),
        tuple(events) if enhanced else (), recall, dream,
    )  # fmt: skip


def _hypnogram(dice: random.Random, sol: float, tst: float, waso: float, bouts: int) -> str:
    """Exactly `sol`, `tst` and `waso` minutes, in 30 s epochs; the last epoch is sleep."""
    asleep = round(tst * 2)
    sleep: list[str] = []
    cycle = 0
    while len(sleep) < asleep:
        deep = max(4, round(dice.gauss(56 - 17 * cycle, 6))) if cycle < 4 else 0
        rem = max(10, round(dice.gauss(16 + 12 * cycle, 6)))
        light = max(20, 180 - deep - rem - 4)
        sleep += ["1"] * 4 + ["2"] * (light // 2) + ["3"] * deep + ["2"] * (light - light // 2) + ["R"] * rem
        cycle += 1
    del sleep[asleep:]
    wake = round(waso * 2)
    places = sorted(dice.sample(range(20, max(21 + bouts, asleep - 10)), bouts), reverse=True)
    for n, place in enumerate(places):
        length = wake // bouts + (wake % bouts if n == 0 else 0)
        sleep[place:place] = ["W"] * length
    return "W" * round(sol * 2) + "".join(sleep)


def _dream(
    dice: random.Random, truth: Truth, day: date, enhanced: bool, woke: Instant
) -> tuple[Recall, DreamDraft | None]:
    roll = dice.random()
    lucid, text = dice.random(), dice.choice(_TEXTS)
    scales = dice.randint(1, 4), dice.choice((-1, -1, 0, 0, 0, 1, 1, 2))
    bad = dice.random() < 0.05
    if roll >= truth.recall_rate:
        rest = (roll - truth.recall_rate) / max(1e-9, 1 - truth.recall_rate)
        return (Recall.WHITE if rest < 0.25 else Recall.NOTHING), None
    recall = Recall.FRAGMENT if roll < truth.recall_rate / 4 else Recall.REPORT
    words = text[0].split(". ")[0].rstrip(".") + "." if recall == Recall.FRAGMENT else text[0]
    lucidity = 3 if lucid < (0.12 if enhanced else 0.06) else dice.choice((0, 0, 0, 1))
    draft = DreamDraft(
        day,
        words,
        recall,
        scales[0],
        lucidity,
        -2 if bad else scales[1],
        bad,
        2 if bad else None,
        text[1],
        woke=woke.utc,
    )
    return recall, draft


def diary_of(night: SyntheticNight, person_id: int) -> Diary:
    """The morning's answers, rounded as people round; entered ten minutes after rising."""
    return Diary(
        person_id, night.night_date, night.into_bed, night.lights_out, float(round(night.sol_min)), night.awakenings,
        float(round(night.waso_min)), night.final_wake, night.out_of_bed, night.quality,
        free_next_day=weekend_evening(night.night_date), entered=night.out_of_bed.utc + timedelta(minutes=10),
    )  # fmt: skip


def sleepsync_export(series: SyntheticNights) -> dict[str, Any]:
    """The enhanced nights as a SleepSync export, version 1: `resources/schemas/sleepsync-export-1.schema.json`."""
    nights = series.nights
    sessions: list[dict[str, Any]] = []
    for n in nights:
        if not (n.enhanced and n.recorded):
            continue
        sessions.append({
            "id": f"ss-{n.night_date:%Y%m%d}-{series.truth.seed}",
            "start": n.lights_out.iso_z,
            "end": n.final_wake.iso_z,
            "zone": series.zone,
            "state": "scored",
            "kind": "main",
            "mode": n.mode,
            "programme": n.programme,
            "intensity": n.intensity,
            "stages": {"epoch_s": EPOCH_S, "codes": n.codes},
            "cues": [{"at": c.iso_z, "kind": "sound"} for c in n.cues],
            "events": [
                {"kind": k, "at": at.iso_z, **({"other_session": other} if other else {})} for k, at, other in n.events
            ],
        })  # fmt: skip
    first, last = nights[0].night_date, nights[-1].night_date + timedelta(days=1)
    covered = {"start": _noon(first, series.zone), "end": _noon(last, series.zone)}
    return {
        "format": "sleepsync-export",
        "version": 1,
        "exported": _noon(last, series.zone),
        "device": {"model": MODEL, "firmware": FIRMWARE},
        "covered": [covered],
        "sessions": sessions,
    }


def _noon(day: date, zone: str) -> str:
    return from_local(datetime.combine(day, time(12)), zone).iso_z


def whoop_sleeps_csv(series: SyntheticNights) -> str:
    """All recorded nights as a wrist device saw them, in WHOOP's sleeps.csv: whole minutes, newest first.

    Its stages differ from the hypnogram's as two devices differ, so that neither counts as a copy of the other.
    """
    dice = random.Random(series.truth.seed + 1)
    rows: list[list[str]] = []
    recorded = [n for n in series.nights if n.recorded]
    for i, n in enumerate(recorded):
        onset = in_zone(n.lights_out.utc + timedelta(minutes=n.sol_min), series.zone)
        wake = n.final_wake
        asleep = min(round(n.tst_min + dice.gauss(-2, 5)), int((wake.utc - onset.utc).total_seconds() // 60))
        rem = round(asleep * dice.uniform(0.17, 0.25))
        deep = round(asleep * dice.uniform(0.15, 0.22))
        if deep == n.codes.count("3") / 2 and rem == n.codes.count("R") / 2:
            deep += 1
        awake = round((wake.utc - onset.utc).total_seconds() / 60) - asleep
        in_bed = asleep + awake
        nxt = recorded[i + 1].lights_out if i + 1 < len(recorded) else None
        rows.append([
            _wall(onset, onset), "" if nxt is None else _wall(nxt, onset), _offset(onset), _wall(onset, onset),
            _wall(wake, onset), str(min(100, round(asleep / 4.8))), f"{dice.gauss(15.2, 0.4):.1f}", str(asleep), str(in_bed),
            str(asleep - deep - rem), str(deep), str(rem), str(awake), "480", str(max(0, 480 - asleep) // 4),
            str(round(100 * asleep / in_bed)), str(round(dice.uniform(70, 92))), "false",
        ])  # fmt: skip
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(WHOOP_HEADER)
    writer.writerows(reversed(rows))
    return out.getvalue()


WHOOP_HEADER = (
    "Cycle start time", "Cycle end time", "Cycle timezone", "Sleep onset", "Wake onset", "Sleep performance %",
    "Respiratory rate (rpm)", "Asleep duration (min)", "In bed duration (min)", "Light sleep duration (min)",
    "Deep (SWS) duration (min)", "REM duration (min)", "Awake duration (min)", "Sleep need (min)", "Sleep debt (min)",
    "Sleep efficiency %", "Sleep consistency %", "Nap",
)  # fmt: skip


def _wall(at: Instant, cycle_start: Instant) -> str:
    """Wall clock at the offset of the cycle's start, which WHOOP keeps for the whole row."""
    local = at.utc.astimezone(UTC) + timedelta(minutes=cycle_start.offset_min)
    return local.strftime("%Y-%m-%d %H:%M:%S")


def _offset(at: Instant) -> str:
    sign = "-" if at.offset_min < 0 else "+"
    return f"UTC{sign}{abs(at.offset_min) // 60:02d}:{abs(at.offset_min) % 60:02d}"


def truth_json(series: SyntheticNights) -> dict[str, Any]:
    """What is true of the nights, as JSON values."""
    arms = [n for n in series.nights if n.recorded]
    return {
        **asdict(series.truth),
        "zone": series.zone,
        "first_night": series.nights[0].night_date.isoformat(),
        "last_night": series.nights[-1].night_date.isoformat(),
        "schedule": series.schedule,
        "block_size": BLOCK,
        "n_enhanced": sum(n.enhanced for n in arms),
        "n_natural": sum(not n.enhanced for n in arms),
    }
