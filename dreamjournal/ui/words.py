"""Codes as words and sentences: the one place that tells the screen what a condition, an answer or a date is called."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dreamjournal.domain.dream import Recall
from dreamjournal.domain.night import Condition
from dreamjournal.domain.session import StageCode

NONE = "–"
"""Shown where nobody answered or the source does not say; never 0."""

CONDITION_WORDS: dict[Condition, str] = {
    Condition.NATURAL: "Natural",
    Condition.ENHANCED: "Enhanced",
    Condition.UNSURE: "Not sure",
    Condition.UNRECORDED: "Not recorded",
}
RECALL_WORDS: dict[Recall, str] = {
    Recall.NOT_TRIED: "Didn’t try",
    Recall.NOTHING: "Nothing",
    Recall.WHITE: "Dreamt, no content",
    Recall.FRAGMENT: "A fragment",
    Recall.REPORT: "A dream",
}
STAGE_WORDS: dict[StageCode, str] = {
    StageCode.W: "Awake",
    StageCode.REM: "REM",
    StageCode.N1: "Light",
    StageCode.N2: "Light",
    StageCode.LIGHT: "Light",
    StageCode.N3: "Deep",
    StageCode.ASLEEP: "Asleep, stage not given",
}
SOURCE_WORDS: dict[str, str] = {
    "diary": "Diary", "whoop": "WHOOP", "sleep_as_android": "Sleep as Android", "sleepmeter": "Sleepmeter", "sleepsync": "SleepSync",
    "oura": "Oura", "withings": "Withings", "fitbit": "Fitbit", "apple_health": "Apple Health", "garmin": "Garmin",
    "autosleep": "AutoSleep", "day_one": "Day One", "edf": "EDF+ hypnogram", "eight_sleep": "Eight Sleep",
    "google_fit": "Google Fit", "health_connect": "Health Connect", "hypnogram": "Hypnogram", "jrnl": "jrnl", "oscar": "OSCAR",
    "plees": "Plees Tracker", "polar": "Polar", "rednotebook": "RedNotebook", "resmed": "ResMed", "samsung": "Samsung Health",
    "sleep_cycle": "Sleep Cycle", "sleepchart": "SleepChart", "table": "Table", "text_journal": "Text journal", "zepp": "Zepp",
}  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def source_word(key: str) -> str:
    """A source's name as its maker writes it."""
    return SOURCE_WORDS.get(key, key.replace("_", " ").capitalize())


def short_date(day: date, *, year: bool = True) -> str:
    """Thu 12 Nov 2026."""
    text = f"{DAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"
    return f"{text} {day.year}" if year else text


def plain_date(day: date) -> str:
    """12 Nov 2026, without the weekday."""
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def long_date(day: date) -> str:
    """Thursday 12 November."""
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def night_words(night: date) -> str:
    """Thursday 12 to Friday 13 November."""
    morning = night + timedelta(days=1)
    first = f"{DAYS[night.weekday()]} {night.day}"
    if night.month != morning.month:
        first += f" {MONTHS[night.month - 1]}"
    return f"{first} to {long_date(morning)}"


def clock_words(minutes: int, *, hours: int = 24) -> str:
    """A wall clock from minutes after midnight: 23:41, or 11:41 pm on a 12-hour clock."""
    hour, minute = divmod(minutes % 1440, 60)
    if hours == 12:
        return f"{(hour + 11) % 12 + 1}:{minute:02d} {'am' if hour < 12 else 'pm'}"
    return f"{hour:02d}:{minute:02d}"


def time_words(moment: datetime, *, hours: int = 24) -> str:
    """The wall clock of a local datetime."""
    return clock_words(moment.hour * 60 + moment.minute, hours=hours)


def duration_words(minutes: float | None, *, unit: bool = True) -> str:
    """6 h 36 min, 25 min, or a dash for None. Without `unit` the table form: 6 h 36."""
    if minutes is None:
        return NONE
    total = round(abs(minutes))
    sign = "−" if minutes < 0 and total else ""
    hours, rest = divmod(total, 60)
    if hours == 0:
        return f"{sign}{rest} min"
    return f"{sign}{hours} h {rest:02d}" + (" min" if unit else "")


def percent_words(percent: float | None) -> str:
    """84 %, or a dash for None."""
    return NONE if percent is None else f"{round(percent)} %"


def count_words(number: int, one: str, many: str | None = None) -> str:
    """1 night, 12 nights."""
    return f"{number} {one if number == 1 else many or one + 's'}"
