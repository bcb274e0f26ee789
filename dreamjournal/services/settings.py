"""Settings as data: the page, the command line and the checks are made from one list."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dreamjournal.common.errors import UserError
from dreamjournal.common.plugins import load_family
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.dream import tidy_tags
from dreamjournal.domain.person import JournalKind

if TYPE_CHECKING:
    from dreamjournal.common.clock import Clock
    from dreamjournal.services.journals import Journal

Kind = Literal[
    "time",
    "minutes",
    "megabytes",
    "count",
    "zone",
    "choice",
    "percent",
    "yes_no",
    "text",
    "sources",
    "days",
    "measures",
    "words",
    "folder",
]
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class SettingSpec:
    """One setting. `default` None means "not set"; `choices` of a choice; `low` and `high` of a number."""

    key: str
    title: str
    kind: Kind
    default: Any
    help: str
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    of_person: bool = True
    """Kept for each person, else once for the journal."""


SETTINGS: tuple[SettingSpec, ...] = (
    SettingSpec(
        "bedtime_work", "Bedtime before work", "time", None, "The wind-down reminder counts back from it. Not set: no reminder."
    ),
    SettingSpec("bedtime_free", "Bedtime before a free day", "time", None, "Not set: the bedtime before work is used."),
    SettingSpec("rise_work", "Rise time on work days", "time", None, "When you mean to get up."),
    SettingSpec("rise_free", "Rise time on free days", "time", None, "When you mean to get up."),
    SettingSpec("work_days", "Work days", "days", [0, 1, 2, 3, 4], "Mornings you get up for work."),
    SettingSpec(
        "wind_down_lead_min", "Wind-down before bedtime", "minutes", 45, "Minutes before bedtime.", low=0, high=240
    ),
    SettingSpec("reminder_on", "Wind-down reminder", "yes_no", True, "One note each evening, never in the morning."),
    SettingSpec("sleep_need_min", "Sleep need", "minutes", 480, "Your own goal for a night, in minutes.", low=120, high=840),
    SettingSpec("zone", "Time zone", "zone", None, "Where you live, as Europe/London. Not set: the computer's."),
    SettingSpec("source_priority", "Sources in order", "sources", [], "Which device's numbers are shown first."),
    SettingSpec(
        "measure_sources", "Device for each measure", "measures", {},
        "Whose numbers stand for a measure, as tst=oura rem=whoop. Not set: the source with most nights.",
    ),
    SettingSpec(
        "originals_limit_mb", "Keep imported files up to", "megabytes", 32,
        "Megabytes a file. Kept files can be read again when a reader has been mended; 0 keeps none.", low=0, high=2000,
    ),
    SettingSpec(
        "aim_per_week", "Enhanced nights a week", "count", None, "At most so many: your own aim, on the Balance page. Not set: none.",
        low=0, high=7,
    ),
    SettingSpec("cards_on", "Notes on healthy sleep", "yes_no", True, "At most one a week, on the Balance page."),
    SettingSpec(
        "check_ins_on", "Five questions a month", "yes_no", True, "Offered on the Balance page when enhanced nights are logged."
    ),
    SettingSpec(
        "emergency_number", "Emergency number", "text", None, "Shown where something urgent is named. Not set: 112, 999 or 911."
    ),
    SettingSpec("own_signs", "Your dream signs", "words", [], "Words and phrases to follow over time, with commas between."),
    SettingSpec("hidden_signs", "Words never shown as signs", "words", [], "With commas between."),
    SettingSpec(
        "masked_words", "Also masked when dreams are coded", "words", [],
        "Words that could tell the rater what a night was, with commas between. The names of what you use are masked anyway.",
    ),
    SettingSpec(
        "hide_numbers", "Hide numbers", "yes_no", False,
        "Words and dreams only; no minutes, no shares. Nights still shows what was recorded, and reports what you ask for.",
    ),
    SettingSpec(
        "clock_format", "Clock", "choice", "auto", "24 hours, 12 hours, or as the desktop does.", ("auto", "24", "12"), of_person=False
    ),
    SettingSpec(
        "text_scale", "Text size", "percent", 100, "In percent of the usual size.", low=85, high=200, of_person=False
    ),
    SettingSpec(
        "theme", "Theme", "choice", "auto", "As the desktop, light, dark, or night.", ("auto", "light", "dark", "night"),
        of_person=False,
    ),
    SettingSpec(
        "backup_second_place", "Second place for backups", "folder", None,
        "A stick or another folder that gets a copy of the newest backup when it is there. Not set: none.", of_person=False,
    ),
    SettingSpec(
        "backup_second_every_h", "A copy there every", "count", 24, "Hours between two copies in the second place.",
        low=1, high=720, of_person=False,
    ),
    SettingSpec(
        "lock_after_min", "Lock after", "minutes", None,
        "Minutes without a key or a click, for a journal with a key; 0 never. An import or report under way is let finish "
        "first, for an hour at most. Not set: 15, in a nurse's journal 5.",
        low=0, high=240, of_person=False,
    ),
    SettingSpec(
        "lock_on_minimise", "Lock when minimised", "yes_no", False, "A journal with a key locks when its window is put away.",
        of_person=False,
    ),
    SettingSpec("journal_name", "Name of the journal", "text", None, "Shown above the pages.", of_person=False),
)  # fmt: skip
_BY_KEY = {s.key: s for s in SETTINGS}
_LOCK_AFTER_MIN = {JournalKind.OWN: 15, JournalKind.NURSE: 5}


def spec(key: str) -> SettingSpec:
    """The setting named `key`. Raises UserError with the list."""
    found = _BY_KEY.get(key)
    if found is None:
        raise UserError("There is no such setting", "", "choose one of: " + ", ".join(_BY_KEY), field="key")
    return found


def get(journal: Journal, person_id: int | None, key: str) -> Any:
    """The value of a setting, its default where it was never set. `person_id` None: the default of a person's setting."""
    wanted = spec(key)
    if wanted.of_person and person_id is None:
        return wanted.default
    value = journal.settings.get(key, person_id if wanted.of_person else None)
    return wanted.default if value is None else value


def all_values(journal: Journal, person_id: int | None) -> dict[str, Any]:
    """Every setting with its value, in the order of the page."""
    own = journal.settings.all(person_id) if person_id is not None else {}
    shared = journal.settings.all(None)
    found: dict[str, Any] = {}
    for each in SETTINGS:
        value = (own if each.of_person else shared).get(each.key)
        found[each.key] = each.default if value is None else value
    return found


def set_value(journal: Journal, person_id: int | None, key: str, value: Any) -> Changes:
    """Keep a value, as the page or the command line gives it; None or "none" goes back to the default.

    Raises UserError naming the setting and what it takes.
    """
    wanted = spec(key)
    if wanted.of_person and person_id is None:
        raise UserError("The setting was not changed", "it belongs to a person", "name one with --person", field=key)
    read = checked(wanted, value)
    journal.settings.set(key, read, person_id if wanted.of_person else None)
    due = key.startswith(("bedtime", "wind_down", "reminder", "zone", "work_days"))
    return Changes.SETTINGS | Changes.REMINDERS if due else Changes.SETTINGS


def checked(wanted: SettingSpec, value: Any) -> Any:
    """`value` as it is kept, None for "as it comes". Raises UserError."""
    if value is None:
        return None
    if isinstance(value, str) and value.strip().lower() in ("", "none", "default") and "none" not in wanted.choices:
        return None
    return _READERS[wanted.kind](wanted, value)


def _time(wanted: SettingSpec, value: Any) -> str:
    minutes = minutes_of_day(str(value))
    if minutes is None:
        raise _refused(wanted, "a time is written 23:15, 2315 or 11:15 pm")
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _whole(wanted: SettingSpec, value: Any) -> int:
    number = str(value).strip().rstrip("% ")
    if re.fullmatch(r"[0-9]{1,4}", number) and wanted.low <= int(number) <= wanted.high:
        return int(number)
    raise _refused(wanted, f"it takes a whole number from {wanted.low} to {wanted.high}")


def _zone(wanted: SettingSpec, value: Any) -> str:
    name = str(value).strip()
    if not known_zone(name):
        raise _refused(wanted, "a zone is written as Europe/London")
    return name


def _choice(wanted: SettingSpec, value: Any) -> str:
    name = str(value).strip().lower()
    if name not in wanted.choices:
        raise _refused(wanted, "it takes " + ", ".join(wanted.choices))
    return name


def _yes_no(wanted: SettingSpec, value: Any) -> bool:
    word = str(value).strip().lower()
    if word not in _YES_NO:
        raise _refused(wanted, "it takes yes or no")
    return _YES_NO[word]


def _text(wanted: SettingSpec, value: Any) -> str:
    text = str(value).strip()
    if len(text) > 80 or not text.isprintable():
        raise _refused(wanted, "it takes up to 80 ordinary characters")
    return text


def _sources(wanted: SettingSpec, value: Any) -> list[str]:
    items = _items(value)
    if not all(re.fullmatch(r"[a-z0-9_]{1,40}", s) for s in items):
        raise _refused(wanted, "it takes source keys such as whoop, oura, diary")
    return list(dict.fromkeys(items))


def _measures(wanted: SettingSpec, value: Any) -> dict[str, str]:
    pairs = [f"{k}={v}" for k, v in value.items()] if isinstance(value, dict) else _items(value)  # pyright: ignore[reportUnknownVariableType]
    found: dict[str, str] = {}
    for pair in pairs:
        match = re.fullmatch(r"([a-z0-9_]{1,40})=([a-z0-9_]{1,40})", pair)
        if match is None:
            raise _refused(wanted, "it takes pairs of a measure and a source such as tst=oura")
        found[match[1]] = match[2]
    unknown = sorted(set(found) - {m.key for m in load_family("dreamjournal.metrics")})
    if unknown:
        raise _refused(wanted, f"there is no measure {unknown[0]}")
    return found


def _words(wanted: SettingSpec, value: Any) -> list[str]:
    given = [str(v) for v in value] if isinstance(value, (list, tuple)) else str(value).split(",")  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    found = tidy_tags(tuple(given))
    if len(found) > 500 or any(len(word) > 80 for word in found):
        raise _refused(wanted, "it takes up to 500 words or phrases of 80 characters, with commas between")
    return list(found)


def _folder(wanted: SettingSpec, value: Any) -> str:
    text = str(value).strip()
    if len(text) > 1000 or not text.isprintable():
        raise _refused(wanted, "it takes the path of a folder")
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise _refused(wanted, "it takes a whole path, from the root of the disk on")
    return str(path)


def _days(wanted: SettingSpec, value: Any) -> list[int]:
    names = {name.lower(): i for i, name in enumerate(DAYS)} | {str(i): i for i in range(7)}
    found = {names.get(item.strip().lower()[:3]) for item in _items(value)}
    if None in found:
        raise _refused(wanted, "it takes days such as Mon Tue Wed")
    return sorted(d for d in found if d is not None)


def _items(value: Any) -> list[str]:
    if isinstance(value, (list, tuple)):
        return [str(v) for v in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return str(value).replace(",", " ").split()


_YES_NO = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
_READERS: dict[Kind, Callable[[SettingSpec, Any], Any]] = {
    "time": _time, "minutes": _whole, "megabytes": _whole, "count": _whole, "percent": _whole, "zone": _zone, "choice": _choice,
    "yes_no": _yes_no, "text": _text, "sources": _sources, "days": _days, "measures": _measures,
    "words": _words, "folder": _folder,
}  # fmt: skip


def _refused(wanted: SettingSpec, why: str) -> UserError:
    return UserError(f'"{wanted.title}" was not changed', why, "type it again", field=wanted.key)


def known_zone(name: str) -> bool:
    """Whether `name` is an IANA zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def minutes_of_day(text: str) -> int | None:
    """Minutes after midnight of 2341, 23:41, 23.41, 11:41 pm or 7am; None where it is no time."""
    found = re.fullmatch(r"(\d{1,2})(?:[:.hH]?(\d{2}))?\s*([ap])?\.?\s*(?:m\.?)?", text.strip(), re.IGNORECASE)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    elif found[2] is None or text.strip().lower().endswith("m"):
        return None
    return hour * 60 + minute if hour < 24 and minute < 60 else None


def lock_after_min(journal: Journal) -> int:
    """Minutes of nobody being here after which the journal locks; 0 for never, and for one without a key."""
    if not journal.encrypted:
        return 0
    chosen = get(journal, None, "lock_after_min")
    return int(chosen) if chosen is not None else _LOCK_AFTER_MIN[journal.kind]


def zone_of(journal: Journal, person_id: int | None, clock: Clock) -> str:
    """The person's zone: the setting, else the computer's."""
    name = get(journal, person_id, "zone")
    return str(name) if name else clock.zone()
