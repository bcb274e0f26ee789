"""One column a source: what each says of a night, in words, with a dash where it does not say."""

from __future__ import annotations

from dataclasses import dataclass

from dreamjournal.domain.diary import Diary, measure
from dreamjournal.domain.night import Night
from dreamjournal.domain.session import MainSleep, Session, main_sleep
from dreamjournal.ui.nights.rows import after_noon, clock_of, session_bars
from dreamjournal.ui.words import NONE, duration_words, percent_words, source_word


@dataclass(frozen=True)
class Column:
    """A source's numbers, one for each of `LABELS` plus what only some sources have."""

    heading: str
    values: dict[str, str]


ALWAYS = (
    "Fell asleep", "Last woke", "Sleep", "To fall asleep", "Awake in the night", "Light", "Deep", "REM", "Share of time in bed",
    "Lights off to rise",
)  # fmt: skip
SOMETIMES = (
    "Recording began", "Recording ended", "Awake, in all", "Asleep, stage not given", "REM after", "Awakenings",
    "Quality, 1 to 5", "Rested, 1 to 5", "Heart rate", "HRV, RMSSD", "HRV, SDNN", "Breaths a minute", "Oxygen", "Temperature",
)  # fmt: skip


def sources(night: Night) -> list[str]:
    """The night's devices in a settled order; the diary stands before them."""
    return sorted({s.source for s in night.sessions})


def of_source(night: Night, source: str) -> tuple[Session, ...]:
    """One source's sessions of the night, by start."""
    return tuple(sorted((s for s in night.sessions if s.source == source), key=lambda s: s.start.utc))


def columns(night: Night) -> list[Column]:
    """The diary's column and each device's. A sealed night has none of the devices."""
    found: list[Column] = []
    if night.diary is not None:
        found.append(Column(source_word("diary"), _diary(night.diary)))
    if night.sealed:
        return found
    for source in sources(night):
        sessions = of_source(night, source)
        own = tuple(s for s in sessions if s.copy_of is None)
        main = main_sleep(own or sessions)
        if main is not None:
            name = source_word(source)
            found.append(Column(name if own else f"{name} (copy)", _device(main, night)))
    return found


def labels(shown: list[Column]) -> list[str]:
    """The rows: those always there, and those at least one source says something of."""
    extra = [label for label in SOMETIMES if any(c.values.get(label, NONE) != NONE for c in shown)]
    return [*ALWAYS, *extra]


def _number(value: float | None, digits: int = 0, unit: str = "") -> str:
    return NONE if value is None else f"{value:.{digits}f}{unit}"


def _diary(diary: Diary) -> dict[str, str]:
    m = measure(diary)
    onset, woke = m.onset, diary.final_wake
    return {
        "Fell asleep": NONE if onset is None else clock_of(after_noon(onset, diary.night_date)),
        "Last woke": NONE if woke is None else clock_of(after_noon(woke, diary.night_date)),
        "Sleep": duration_words(m.tst, unit=False),
        "To fall asleep": duration_words(diary.sol, unit=False),
        "Awake in the night": duration_words(diary.waso, unit=False),
        "Share of time in bed": percent_words(m.se_tib),
        "Awakenings": _number(diary.nawk),
        "Quality, 1 to 5": _number(diary.quality),
        "Rested, 1 to 5": _number(diary.rested),
    }


def _device(main: MainSleep, night: Night) -> dict[str, str]:
    m = main.measures
    start, end = after_noon(main.start, night.night_date), after_noon(main.end, night.night_date)
    asleep = [b for s in main.sessions if s.stages for b in session_bars(s, night.night_date) if b.kind != "W"]
    onset = start + m.sol_min if m.sol_min is not None else min((b.start for b in asleep), default=None)
    woke = max((b.end for b in asleep), default=None)
    share = 100 * m.tst_min / m.tib_min if m.tst_min is not None and m.tib_min else None
    return {
        "Fell asleep": NONE if onset is None else clock_of(onset),
        "Last woke": NONE if woke is None else clock_of(woke),
        "Recording began": clock_of(start),
        "Recording ended": clock_of(end),
        "Sleep": duration_words(m.tst_min, unit=False),
        "To fall asleep": duration_words(m.sol_min, unit=False),
        "Awake in the night": duration_words(m.waso_min, unit=False),
        "Awake, in all": duration_words(m.awake_min, unit=False),
        "Light": duration_words(m.light_min, unit=False),
        "Deep": duration_words(m.deep_min, unit=False),
        "REM": duration_words(m.rem_min, unit=False),
        "Lights off to rise": percent_words(share),
        "Asleep, stage not given": duration_words(m.asleep_unspecified_min or None, unit=False),
        "REM after": duration_words(m.rem_latency_min, unit=False),
        "Heart rate": _number(m.hr),
        "HRV, RMSSD": _number(m.hrv_rmssd, 0, " ms"),
        "HRV, SDNN": _number(m.hrv_sdnn, 0, " ms"),
        "Breaths a minute": _number(m.resp, 1),
        "Oxygen": percent_words(m.spo2),
        "Temperature": _number(m.temp, 1, " °C"),
    }
