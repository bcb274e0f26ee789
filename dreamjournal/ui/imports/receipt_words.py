"""A receipt's facts as sentences: plain functions of contract §3's `import` document."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dreamjournal.ui.words import count_words, plain_date

Receipt = Mapping[str, Any]
"""One file of contract §3's `import` document."""
MOST_NIGHTS_NAMED = 3
MOST_FIELDS_NAMED = 12
_LINE = re.compile(r"^(.*?)[ ,]+([a-z]+) (\d+)$", re.DOTALL)
_MANY = {"entry": "entries", "day": "days", "series": "series"}


@dataclass(frozen=True)
class Lost:
    """Rows next to each other that were not taken for the same reason: `rows` as the receipt lists them."""

    where: str
    reason: str
    rows: tuple[Mapping[str, Any], ...]

    @property
    def has_text(self) -> bool:
        """Whether there is a line to be shown."""
        return any(row.get("text") for row in self.rows)


def sentence(reason: object) -> str:
    """A reason as a sentence: capital and full stop."""
    text = str(reason).strip().rstrip(".")
    return text[:1].upper() + text[1:] + "." if text else ""


def lost_rows(receipt: Receipt) -> list[Lost]:
    """Rows that were not taken, those with the same reason on lines that follow each other joined."""
    groups: list[tuple[str, str, str, list[int], list[Mapping[str, Any]]]] = []
    for row in receipt["rejected"]:
        place, unit, number = _place(receipt, row)
        reason = sentence(row["reason"])
        last = groups[-1] if groups else None
        if last and number is not None and last[:3] == (place, unit, reason) and last[3] and number == last[3][-1] + 1:
            last[3].append(number)
            last[4].append(row)
        else:
            groups.append((place, unit, reason, [] if number is None else [number], [row]))
    return [Lost(_where(place, unit, numbers), reason, tuple(rows)) for place, unit, reason, numbers, rows in groups]


def row_words(receipt: Receipt, row: Mapping[str, Any]) -> str:
    """File and line of one row."""
    place, unit, number = _place(receipt, row)
    return _where(place, unit, [] if number is None else [number])


def _place(receipt: Receipt, row: Mapping[str, Any]) -> tuple[str, str, int | None]:
    """File, the word for its rows and the row's number, None where `where` is not of that form."""
    where, name = str(row.get("where") or ""), str(receipt["path"])
    if where and name not in where:
        where = f"{name}, {where}"
    found = _LINE.match(where)
    if found is None:
        return where or name, "", None
    return found[1], found[2], int(found[3])


def _where(place: str, unit: str, numbers: Sequence[int]) -> str:
    if not numbers:
        return place
    if len(numbers) == 1:
        return f"{place}, {unit} {numbers[0]}"
    many = _MANY.get(unit, unit + "s")
    return f"{place}, {many} {numbers[0]}{', ' if len(numbers) == 2 else ' to '}{numbers[-1]}"


def zone_words(receipts: Sequence[Receipt]) -> list[str]:
    """How the times of the files were read, files read alike in one sentence."""
    alike: dict[tuple[str, str], list[str]] = {}
    for r in receipts:
        sure = str(r.get("zone_confidence"))
        if sure in ("named", "asked", "offset"):
            alike.setdefault((sure, str(r.get("zone"))), []).append(str(r["path"]))
    return [_zone(sure, zone, listed(names)) for (sure, zone), names in alike.items()]


def _zone(sure: str, zone: str, files: str) -> str:
    if sure == "offset":
        return f"Times in {files} were read with the offsets written beside them; no zone is named."
    return f"Times in {files} were read as {zone}, {'as the file says' if sure == 'named' else 'as you said'}."


def warning_words(receipts: Sequence[Receipt]) -> list[str]:
    """Every warning once, with the files it is about where there are several."""
    about: dict[str, list[str]] = {}
    for r in receipts:
        for warning in r["warnings"]:
            about.setdefault(sentence(warning), []).append(str(r["path"]))
    if len(receipts) == 1:
        return list(about)
    return [f"{listed(list(dict.fromkeys(names)))}: {words}" for words, names in about.items()]


def listed(names: Sequence[str], most: int = 3) -> str:
    """a.csv, b.csv and 4 more."""
    some = list(names[:most])
    if len(names) > most:
        return f"{', '.join(some)} and {len(names) - most:,} more"
    return some[0] if len(some) == 1 else f"{', '.join(some[:-1])} and {some[-1]}" if some else "these files"


def rule_words(check: Mapping[str, Any]) -> str:
    """ "Light + deep + REM = asleep: held in 30 of 31 nights; not on 9 Jul 2026." """
    rule, checked, broken = str(check["rule"]), int(check["checked"]), int(check["broken"])
    rule = rule[:1].upper() + rule[1:]
    if not broken:
        return f"{rule}: held in {'the one night' if checked == 1 else f'all {checked:,} nights'}."
    held = f"{rule}: held in {checked - broken:,} of {count_words(checked, 'night')}"
    nights = broken_nights(check)
    if not nights:
        return f"{held}."
    named = [plain_date(n) for n in nights[:MOST_NIGHTS_NAMED]]
    more = max(broken, len(nights)) - len(named)
    if more > 0:
        return f"{held}; not on {', '.join(named)} and {more:,} more."
    return f"{held}; not on {named[0] if len(named) == 1 else ', '.join(named[:-1]) + ' and ' + named[-1]}."


def broken_nights(check: Mapping[str, Any]) -> list[date]:
    """The nights a rule names as breaking it."""
    return [date.fromisoformat(n) for n in check.get("nights") or ()]


def unknown_words(receipt: Receipt) -> str:
    """Fields nobody knows, so that a renamed one does not pass silently; empty where there are none."""
    names = [str(n) for n in receipt.get("unknown_fields") or ()]
    if not names:
        return ""
    more = f" and {len(names) - MOST_FIELDS_NAMED} more" if len(names) > MOST_FIELDS_NAMED else ""
    listed = ", ".join(names[:MOST_FIELDS_NAMED]) + more
    return f"Fields of {receipt['path']} not known here: {listed}. They were not read; a vendor may have renamed something."


def original_words(receipts: Sequence[Receipt], limit_mb: int) -> list[str]:
    """Whether the files themselves are kept, which reading them again needs; nothing before they are imported."""
    names: dict[str, list[str]] = {}
    for r in receipts:
        if r.get("original"):
            names.setdefault(str(r["original"]), []).append(str(r["path"]))
    found: list[str] = []
    kept = names.get("kept", [])
    if kept:
        whose = kept[0] if len(kept) == 1 else f"{len(kept):,} files"
        found.append(f"{whose} {'is' if len(kept) == 1 else 'are'} kept in the journal and can be read again.")
    for name in names.get("too_large", []):
        found.append(f"{name} itself is not kept, because it is larger than {limit_mb:,} MB; its nights are.")
    for name in names.get("changed", []):
        found.append(f"{name} itself is not kept, because it changed after it was read.")
    return found
