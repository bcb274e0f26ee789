"""What is kept of an export while it is read: sleep records and vitals in flat arrays.

Heart rate stands long before sleep in the file, so which samples lie in a night is not known when they go by. A sample
takes 8 bytes here, a sleep record 34.
"""

from __future__ import annotations

import re
from array import array
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dreamjournal.domain.drafts import EARLIEST_YEAR, LATEST_AHEAD, LONGEST_H, RowRejected
from dreamjournal.domain.session import StageCode

CODES = (
    StageCode.INBED, StageCode.ASLEEP, StageCode.W, StageCode.LIGHT, StageCode.N3, StageCode.REM,
)  # fmt: skip
"""By Apple's raw value. Core is light sleep as the watch sees it, and not N1+N2."""
INBED, ASLEEP, AWAKE = 0, 1, 2
_VALUE = "HKCategoryValueSleepAnalysis"
VALUES = {
    _VALUE + "InBed": 0, _VALUE + "Asleep": 1, _VALUE + "AsleepUnspecified": 1, _VALUE + "Awake": 2,
    _VALUE + "AsleepCore": 3, _VALUE + "AsleepDeep": 4, _VALUE + "AsleepREM": 5,
    **{str(n): n for n in range(6)},
}  # fmt: skip
SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
_QUANTITY = "HKQuantityTypeIdentifier"
HR, RESP, SPO2 = "HeartRate", "RespiratoryRate", "OxygenSaturation"
SDNN, TEMP = "HeartRateVariabilitySDNN", "AppleSleepingWristTemperature"
VITALS = {_QUANTITY + name: name for name in (HR, RESP, SPO2, SDNN, TEMP)}
UNITS = {
    (HR, "count/min"): 1.0, (HR, "count/s"): 60.0, (RESP, "count/min"): 1.0, (RESP, "count/s"): 60.0,
    (SPO2, "%"): 1.0, (SDNN, "ms"): 1.0, (SDNN, "s"): 1000.0, (TEMP, "degC"): 1.0,
}  # fmt: skip
FAHRENHEIT = (TEMP, "degF")
NO_ZONE = -1
MOST_UNKNOWN = 50
_DAYS_KEPT = 5_000
_NUMBERS_KEPT = 2_000
_STAMP = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-])([0-9]{2})([0-9]{2})")
_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?")
_EPOCH_DAY = date(1970, 1, 1).toordinal()
HOURS = {f" {h:02d}": h * 3600 for h in range(24)}
MMSS = {f":{s // 60:02d}:{s % 60:02d}": s for s in range(3600)}
FITS = 2**32 - 1
"""What an unsigned 32-bit number holds: the year 2106."""
_EARLIEST = (date(EARLIEST_YEAR, 1, 1).toordinal() - _EPOCH_DAY) * 86400


def _day(text: str) -> tuple[int, int] | None:
    """Midnight in seconds since 1970 and the printed offset in minutes, of a time in Apple's spelling; else None."""
    match = _STAMP.fullmatch(text)
    if match is None:
        return None
    y, mo, d, h, mi, s, oh, om = map(int, match.group(1, 2, 3, 4, 5, 6, 8, 9))
    offset = (oh * 60 + om) * (-1 if match[7] == "-" else 1)
    if h > 23 or mi > 59 or s > 59 or om > 59 or abs(offset) > 15 * 60:
        return None
    try:
        day = date(y, mo, d).toordinal() - _EPOCH_DAY
    except ValueError:
        return None
    return day * 86400 - offset * 60, offset


class Samples:
    """Fed by either parser with the same texts in the same order."""

    def __init__(self, now: datetime) -> None:
        self._now = int(now.timestamp()) + int(LATEST_AHEAD.total_seconds())
        self.read = 0
        """Sleep records met, good or not: each one is a row."""
        self.number = array("I")
        self.start = array("q")
        self.end = array("q")
        self.start_offset = array("h")
        self.end_offset = array("h")
        self.code = array("b")
        self.source = array("H")
        self.zone = array("h")
        self.sources: dict[str, int] = {}
        self.makes: list[tuple[str, str]] = []
        """Version and device beside the first record of each source."""
        self.zones: list[str] = []
        self.rejected: list[tuple[int, str, str]] = []
        self.unknown: set[str] = set()
        self.times = {name: array("I") for name in VITALS.values()}
        self.values = {name: array("f") for name in VITALS.values()}
        self._zone_of: dict[str, int] = {}
        self._numbers: dict[str, float] = {}
        self._days: dict[tuple[str, str], tuple[int, int]] = {}

    # ---- sleep ------------------------------------------------------------------------------------------------------

    def sleep(self, value: str, source: str, make: tuple[str, str], start: str, end: str, zone: str) -> None:
        """One sleep record, by the texts of its attributes; a missing one is empty."""
        self.read += 1
        try:
            self._sleep(value, source, make, start, end, zone)
        except RowRejected as e:
            self.rejected.append((self.read, str(e), f"{value[:80]} {start[:40]} {end[:40]}".strip()))

    def _sleep(self, value: str, source: str, make: tuple[str, str], start: str, end: str, zone: str) -> None:
        code = VALUES.get(value)
        if code is None:
            if value and len(self.unknown) < MOST_UNKNOWN:
                self.unknown.add(value[:80])
            raise RowRejected("a kind of sleep that this reader does not know" if value else "no kind of sleep")
        first, last = self._moment(start, "start"), self._moment(end, "end")
        if last[0] < first[0]:
            raise RowRejected("the end is before the start")
        if last[0] == first[0]:
            raise RowRejected("the end is the start: no time between them")
        if last[0] - first[0] > LONGEST_H * 3600:
            raise RowRejected(f"longer than {LONGEST_H} hours")
        at = self.sources.get(source)
        if at is None:
            at = len(self.sources)
            if at > 65_000:
                raise RowRejected("more than 65,000 sources in one file")
            self.sources[source] = at
            self.makes.append(make)
        self.number.append(self.read)
        self.start.append(first[0])
        self.end.append(last[0])
        self.start_offset.append(first[1])
        self.end_offset.append(last[1])
        self.code.append(code)
        self.source.append(at)
        self.zone.append(self._zone(zone) if zone else NO_ZONE)

    def _moment(self, text: str, what: str) -> tuple[int, int]:
        found = self.moment(text)
        if found is None:
            raise RowRejected(f"the {what} is not a date and time" if text else f"no {what}")
        if found[0] < _EARLIEST:
            raise RowRejected(f"the {what} is before {EARLIEST_YEAR}")
        if found[0] > self._now:
            raise RowRejected(f"the {what} is in the future ({text[:10]})")
        return found

    def _zone(self, name: str) -> int:
        """The number of a zone; a name no zone has is passed over, since the printed offset still holds."""
        at = self._zone_of.get(name)
        if at is None:
            at = NO_ZONE
            if len(self.zones) < 30_000:
                try:
                    ZoneInfo(name)
                    at = len(self.zones)
                    self.zones.append(name)
                except (ZoneInfoNotFoundError, ValueError, OSError):
                    pass
                self._zone_of[name] = at
        return at

    # ---- vitals -----------------------------------------------------------------------------------------------------

    def vital(self, name: str, unit: str, start: str, end: str, value: str) -> None:
        """One sample. What is not a number, a time or a known unit is no sample."""
        factor = UNITS.get((name, unit))
        if factor is None and (name, unit) != FAHRENHEIT:
            return
        at = self.second(start)
        number = self._number(value)
        if at is None or number is None:
            return
        if name == TEMP:  # one a night, over the whole of it
            last = self.second(end)
            if last is None:
                return
            at = (at + last) // 2
        self.times[name].append(at)
        self.values[name].append((number - 32) / 1.8 if factor is None else number * factor)

    def _number(self, text: str) -> float | None:
        """The number of a text; pulses repeat, so each is read once."""
        number = self._numbers.get(text)
        if number is None and _NUMBER.fullmatch(text):
            if len(self._numbers) > _NUMBERS_KEPT:
                self._numbers.clear()
            number = self._numbers[text] = float(text)
        return number

    def second(self, text: str) -> int | None:
        """Seconds since 1970, None where they do not fit a sample."""
        found = self.moment(text)
        return found[0] if found is not None and 0 <= found[0] <= FITS else None

    def moment(self, text: str) -> tuple[int, int] | None:
        """Seconds since 1970 and the printed offset in minutes; None for what is not Apple's spelling of a time."""
        try:
            midnight, offset = self._days[text[:10], text[19:]]
            return midnight + HOURS[text[10:13]] + MMSS[text[13:19]], offset
        except KeyError:
            day = _day(text)
            if day is None:
                return None
            if len(self._days) > _DAYS_KEPT:
                self._days.clear()
            self._days[text[:10], text[19:]] = day
            return day[0] + HOURS[text[10:13]] + MMSS[text[13:19]], day[1]
