"""Dates, clock times, lengths and answers as people, apps and spreadsheets write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

_SEPTEMBER = "september sep sept septembre septiembre setiembre settembre set setembro"
_MONTH_WORDS = (
    "january jan januar janvier janv enero ene gennaio gen janeiro januari",
    "february feb februar fevrier fevr febrero febbraio fevereiro fev februari",
    "march mar marz maerz mrz mars marzo marco maart mrt",
    "april apr avril avr abril abr aprile",
    "may mai mayo maggio mag maio mei",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet juil julio luglio lug julho",
    "august aug aout agosto ago augustus",
    _SEPTEMBER,
    "october oct oktober okt octobre octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez decembre diciembre dic dicembre dezembro",
)
_MONTHS = {word: n for n, words in enumerate(_MONTH_WORDS, 1) for word in words.split()}

_YMD = re.compile(r"(?<![0-9])([0-9]{4})([-/._])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])")
_COMPACT = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})(?![0-9])")
_CJK = re.compile(r"([0-9]{4})\s?[年년]\s?([0-9]{1,2})\s?[月월]\s?([0-9]{1,2})\s?[日일]")
_DMY = re.compile(r"(?<![0-9.])([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?![0-9]|\.[0-9])")
_NAMED_DAY = re.compile(
    r"(?<![0-9])([0-9]{1,2})(?:st|nd|rd|th|er|\.|º)?[\s-]+(?:de\s+)?([^\W\d_]{3,12})\.?,?[\s-]+(?:de\s+)?([0-9]{4})(?![0-9])"
)
_NAMED_MONTH = re.compile(r"(?<!\w)([^\W\d_]{3,12})\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})(?![0-9])")
_WEEKDAY = re.compile(r"[^\W\d_]{0,14}[.,]?\s*")

_CLOCK = re.compile(
    r"([0-9]{1,2})(?:[:.hH]([0-9]{2})(?:[:.]([0-9]{2})(?:[.,][0-9]{1,9})?)?)?\s?(?:([ap])\.?\s?m?\.?|uhr|h)?",
    re.IGNORECASE,
)
_CLOCK_LAST = re.compile(
    r"(?:^|[\sT,])([0-9]{1,2}(?:[:.hH][0-9]{2}(?:[:.][0-9]{2}(?:[.,][0-9]{1,9})?)?)?(?:\s?[apAP]\.?\s?[mM]\.?)?)$"
)
_CLOCK_FIRST = re.compile(r"^([0-9]{1,2}[:.hH][0-9]{2}(?:[:.][0-9]{2})?(?:\s?[apAP]\.?[mM]\.?)?)[,\s]+")
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+-])([0-9]{1,2}):?([0-9]{2})?")
_OFFSET_LAST = re.compile(r"(?<=[0-9M])\s?(?:(Z|UTC|GMT)|(?:UTC|GMT)?([+-])([0-9]{2}):?([0-9]{2}))$", re.IGNORECASE)
_EPOCH = re.compile(r"([0-9]{10}|[0-9]{13})(?:\.[0-9]+)?")
_BASIC = re.compile(r"[0-9]{8}T[0-9]{4,6}(?:Z|[+-][0-9]{4})?")

_HMS = re.compile(r"([0-9]{1,3}):([0-5][0-9])(?::([0-5][0-9])(?:[.,][0-9]{1,9})?)?")
_ISO_LENGTH = re.compile(
    r"P(?:([0-9]{1,3})D)?(?:T(?:([0-9.]{1,9})H)?(?:([0-9.]{1,9})M)?(?:([0-9.]{1,9})S)?)?", re.IGNORECASE
)
_UNIT_WORDS = (
    r"(?P<h>h|hrs?|hours?|std\.?|stunden?|heures?|horas?|ore|uur|ч)|"
    r"(?P<m>m|mins?\.?|minutes?|minuten|minutos?|minuti|минут|мин)|"
    r"(?P<s>s|secs?\.?|seconds?|sekunden?|secondes?|segundos?|secondi|сек)"
)
_PART = re.compile(
    rf"\s*([0-9]+(?:[.,][0-9]+)?)\s*(?:{_UNIT_WORDS})?(?![^\W\d_])[\s,]*(?:and|und|et|y|e)?", re.IGNORECASE
)
_UNIT_IN = re.compile(rf"(?<![^\W_])(?:{_UNIT_WORDS})(?![^\W_])", re.IGNORECASE)
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")

PER_MINUTE = {"min": 1.0, "h": 60.0, "s": 1 / 60}
LARGEST = 1e9
"""No figure of a night is beyond it."""
NOTHING = frozenset({"", "-", "--", "–", "—", "?", "n/a", "na", "nan", "null", "none", "nil", "n.a.", "#n/a"})
"""What stands in a cell that says nothing."""
YES = frozenset({
    "yes", "y", "true", "t", "1", "x", "✓", "✔", "on", "ja", "j", "wahr", "oui", "o", "vrai", "si", "sí", "verdadero", "vero", "sim",
    "verdadeiro", "да", "tak", "是", "はい", "예",
})  # fmt: skip
NO = frozenset({
    "no", "n", "false", "f", "0", "off", "nein", "falsch", "non", "faux", "falso", "não", "nao", "нет", "nie", "否", "いいえ", "아니요",
})  # fmt: skip


class AmbiguousDate(ValueError):
    """A date that can be read with the day or the month first."""


class FoundDate(NamedTuple):
    """A date in a text, and where it stands."""

    day: date
    start: int
    end: int


class Moment(NamedTuple):
    """A written date and time: its wall clock, and its offset in minutes or None. `utc`: UTC, whose place is not said."""

    local: datetime
    offset_min: int | None = None
    utc: bool = False


def find_date(text: str, day_first: bool | None = None, *, full_year: bool = False) -> FoundDate | None:
    """The first date in `text`; with `day_first` None 03/04/2026 raises AmbiguousDate, and dots always mean day first.

    `full_year`: 10.7.26 is none, since it may be a version.
    """
    for pattern in (_YMD, _CJK, _NAMED_DAY, _NAMED_MONTH, _DMY, _COMPACT):
        for match in pattern.finditer(text):
            if full_year and pattern is _DMY and len(match[4]) == 2:
                continue
            day = _day(pattern, match, day_first)
            if day is not None:
                return FoundDate(day, match.start(), match.end())
    return None


def _day(pattern: re.Pattern[str], m: re.Match[str], day_first: bool | None) -> date | None:
    try:
        if pattern is _YMD:
            return date(int(m[1]), int(m[3]), int(m[4]))
        if pattern is _CJK or pattern is _COMPACT:
            return date(int(m[1]), int(m[2]), int(m[3]))
        if pattern is _NAMED_DAY:
            return date(int(m[3]), _MONTHS[_plain(m[2])], int(m[1]))
        if pattern is _NAMED_MONTH:
            return date(int(m[3]), _MONTHS[_plain(m[1])], int(m[2]))
        a, b, year = int(m[1]), int(m[3]), int(m[4])
        year += 2000 if len(m[4]) == 2 else 0
        if m[2] == ".":
            day_first = True
        elif day_first is None:
            if a <= 12 and b <= 12 and a != b:
                raise AmbiguousDate(m[0])
            day_first = a > 12
        return date(year, b, a) if day_first else date(year, a, b)
    except AmbiguousDate:
        raise
    except (ValueError, KeyError):
        return None


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))


def day_first_of(text: str) -> bool | None:
    """Whether a date with slashes or hyphens in `text` says that the day comes first; None where it does not tell."""
    match = _DMY.search(text)
    if match is None or match[2] == ".":
        return None
    a, b = int(match[1]), int(match[3])
    return True if a > 12 >= b else False if b > 12 >= a else None


def date_of(text: str, day_first: bool | None = None) -> date:
    """The date that is all of `text`, a weekday aside. Raises ValueError, AmbiguousDate."""
    if len(text) > 60:
        raise ValueError("not a date")
    found = find_date(text, day_first)
    if found is None or text[found.end :].strip(" .,") or not _WEEKDAY.fullmatch(text[: found.start].lstrip()):
        raise ValueError("not a date")
    return found.day


def clock_of(text: str) -> time:
    """23:12, 23:12:05, 11:12 PM, 11pm, 23h12, 23.12, 2312. Raises ValueError."""
    plain = " ".join(text.split())
    if len(plain) == 4 and plain.isascii() and plain.isdigit():
        plain = f"{plain[:2]}:{plain[2:]}"
    match = _CLOCK.fullmatch(plain) if len(plain) <= 20 else None
    if match is None or (match[2] is None and match[4] is None):
        raise ValueError("not a time of day")
    hour, half = int(match[1]), (match[4] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("not a time of day")
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, int(match[2] or 0), int(match[3] or 0))


def offset_of(text: str) -> int:
    """Minutes east of UTC: +02:00, +0200, +2, UTC+2, Z, and plain minutes beyond 15. Raises ValueError."""
    plain = text.strip().upper()
    if plain in ("Z", "UTC", "GMT", "0"):
        return 0
    match = _OFFSET.fullmatch(plain) or _OFFSET.fullmatch("+" + plain)
    if match is None or int(match[2]) > 15 or int(match[3] or 0) > 59:
        raise ValueError("not an offset from UTC")
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    return -minutes if match[1] == "-" else minutes


def moment_of(text: str, day_first: bool | None = None, *, midnight: bool = False) -> Moment:
    """A date with a time of day in any sane form; seconds or milliseconds since 1970 as well.

    `midnight`: a date alone is its midnight, as in a spreadsheet. Raises ValueError, AmbiguousDate, OverflowError.
    """
    if len(text) >= 16 and text[4] == "-" == text[7] and text[10] in " T" and text.isascii() and len(text) <= 40:
        try:
            return _from_iso(text)
        except ValueError:
            pass  # 2026-07-09 11:12 PM
    plain = " ".join(text.split())
    if len(plain) > 60:
        raise ValueError("not a date and time")
    epoch = _EPOCH.fullmatch(plain)
    if epoch:
        seconds = float(plain) / (1000 if len(epoch[1]) == 13 else 1)
        return Moment((datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).replace(tzinfo=None), None, True)
    if _BASIC.fullmatch(plain):
        return _from_iso(plain)
    if plain[-4:].lower() == " uhr":
        plain = plain[:-4]
    offset: int | None = None
    utc = False
    tail = _OFFSET_LAST.search(plain)
    if tail and (":" in plain[: tail.start()] or tail[1]):
        utc = tail[1] is not None
        if tail[2]:
            offset = (int(tail[3]) * 60 + int(tail[4])) * (-1 if tail[2] == "-" else 1)
        plain = plain[: tail.start()].rstrip()
    day, clock = _split_moment(plain, day_first, midnight)
    return Moment(datetime.combine(day, clock), offset, utc)


def _from_iso(text: str) -> Moment:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        return Moment(value.replace(microsecond=0))
    away = value.utcoffset() or timedelta(0)
    utc = text.endswith(("Z", "z"))
    return Moment(value.replace(tzinfo=None, microsecond=0), None if utc else int(away.total_seconds() // 60), utc)


def _split_moment(plain: str, day_first: bool | None, midnight: bool) -> tuple[date, time]:
    last = _CLOCK_LAST.search(plain)
    if last:
        try:
            clock = clock_of(last[1])
            rest = plain[: last.start()].rstrip(" ,-–").removesuffix(" at").removesuffix(" um")
            return date_of(rest, day_first), clock
        except AmbiguousDate:
            raise
        except ValueError:
            pass  # "9 July 2026": the year is no clock time
    first = _CLOCK_FIRST.match(plain)
    if first:
        return date_of(plain[first.end() :], day_first), clock_of(first[1])
    day = date_of(plain, day_first)
    if not midnight:
        raise ValueError("no time of day")
    return day, time()


def number_of(text: str, *, comma: bool = False) -> float:
    """A finite number; "62 %" and a decimal comma are known, and "1,234" only with `comma`. Raises ValueError."""
    plain = text.strip().removesuffix("%").rstrip()
    if not plain.isascii() or len(plain) > 30 or "_" in plain or plain.lower().lstrip("+-")[:1] not in "0123456789.":
        raise ValueError("not a number")
    if _COMMA.fullmatch(plain) and (comma or not _THOUSANDS.fullmatch(plain)):
        plain = plain.replace(",", ".")
    value = float(plain)
    if abs(value) > LARGEST:
        raise ValueError("not a number")
    return value


def minutes_of(text: str, unit: str = "min", *, comma: bool = False) -> float:
    """A length in minutes: 7:30 and 7:30:00 are hours first; 7h 30m, PT7H30M; plain numbers by `unit`. Raises ValueError."""
    plain = text.strip()
    if len(plain) > 40:
        raise ValueError("not a length of time")
    match = _HMS.fullmatch(plain)
    if match:
        return int(match[1]) * 60 + int(match[2]) + int(match[3] or 0) / 60
    match = _ISO_LENGTH.fullmatch(plain)
    if match and any(match.groups()):
        days, hours, minutes, seconds = (float(g or 0) for g in match.groups())
        return days * 1440 + hours * 60 + minutes + seconds / 60
    if plain[-1:].isalpha() or plain[-1:] == "." or re.search(r"[0-9]\s*h", plain, re.IGNORECASE):
        return _parts(plain)
    return number_of(plain, comma=comma) * PER_MINUTE[unit]


def _parts(plain: str) -> float:
    total, at, after = 0.0, 0, ""
    while at < len(plain):
        match = _PART.match(plain, at)
        if match is None or match.end() == at:
            raise ValueError("not a length of time")
        name = (
            "h" if match["h"] else "min" if match["m"] else "s" if match["s"] else {"h": "min", "min": "s"}.get(after)
        )
        if name is None:
            raise ValueError("not a length of time")
        total += number_of(match[1], comma=True) * PER_MINUTE[name]
        at, after = match.end(), name
    return total


def unit_in(name: str) -> str | None:
    """The unit a column's name carries: "Deep (min)", "duration_hours"; None where it carries none."""
    match = _UNIT_IN.search(name.replace("_", " "))
    if match is None or (len(match[0]) == 1 and not re.search(r"[(\[/,]\s*" + match[0] + r"\s*[)\]]?\s*$", name)):
        return None
    return "h" if match["h"] else "min" if match["m"] else "s"


def says_nothing(text: str) -> bool:
    """Whether a cell is empty or holds a dash or n/a."""
    return text.strip().casefold() in NOTHING


def yes_or_no(text: str) -> bool | None:
    """An answer in one of several languages; None for anything else."""
    plain = text.strip().casefold()
    return True if plain in YES else False if plain in NO else None
