"""Which report a page on paper is: what was counted when it was made is kept, and compared with what is counted now."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from dreamjournal import __version__
from dreamjournal.common.errors import KnownError, UserError
from dreamjournal.domain.contrast import ContrastSpec

if TYPE_CHECKING:
    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.report import Report
    from dreamjournal.services.journals import Journal
    from dreamjournal.services.reports import ReportSpec

KEY = "report_fingerprints"
"""The setting, one of each person, in which the reports that left the app are listed, the oldest first."""
MOST = 200
"""Reports that are kept in mind; the oldest go first."""
_UNKNOWN = (
    "No report with this fingerprint was saved or printed from this journal, as far as it is kept. It may be of another journal or "
    "person, older than the list, or mistyped; which it is cannot be told from here."
)


@dataclass(frozen=True)
class Change:
    """What became of some nights since: added, gone, changed, left out, or counted."""

    kind: str
    words: str
    nights: tuple[date, ...]


@dataclass(frozen=True)
class Checked:
    """What is known of a fingerprint. `known` False: nothing is, and `words` says so.

    `same` None: the report cannot be made again, so what has changed is unknown. `made` are the times it left the app and
    how; `first` and `last` the nights it was about.
    """

    fingerprint: str
    known: bool
    words: str
    kind: str = ""
    title: str = ""
    version: str = ""
    made: tuple[tuple[datetime, str], ...] = ()
    first: date | None = None
    last: date | None = None
    nights: int = 0
    same: bool | None = None
    changes: tuple[Change, ...] = ()


def keep(journal: Journal, person_id: int, spec: ReportSpec, report: Report, how: str, clock: Clock) -> None:
    """Remember that `report`, made by `spec`, left the app: `how` is "printed" or a suffix such as ".pdf".

    Neither the words of the page nor a name typed for it are kept, only digests of its nights and what was asked for, with
    the person's title or questions. A page about a fortnight is kept with its dates: made again, it is of the same nights.
    """
    nights = _digests(report)
    if report.kind == "two-weeks" and nights:
        dates = date.fromisoformat(min(nights)), date.fromisoformat(max(nights))
        question = dataclasses.replace(spec.contrast, first=dates[0], last=dates[1])
        spec = dataclasses.replace(spec, contrast=question)
    entry = {
        "fingerprint": report.fingerprint, "kind": report.kind, "title": report.title, "spec": _spec_json(spec), "how": how,
        "when": clock.now().isoformat(), "version": report.version, "nights": nights,
    }  # fmt: skip
    with journal.atomic():
        kept = _kept(journal, person_id)
        journal.settings.set(KEY, [*kept, entry][-MOST:], person_id)


def normalised(text: str) -> str:
    """A fingerprint as it is printed, `A1B2 C3D4 E5F6 0718`. Raises UserError for what is none."""
    digits = re.sub(r"[\s\u00a0-]", "", text).upper()
    if not re.fullmatch(r"[0-9A-F]{16}", digits):
        raise UserError(
            "The fingerprint was not checked", "it has 16 digits from 0 to 9 and A to F",
            "copy it from the foot of the page", field="check",
        )  # fmt: skip
    return " ".join(digits[i : i + 4] for i in range(0, 16, 4))


def check(journal: Journal, person_id: int, text: str, clock: Clock) -> Checked:
    """Which report bears this fingerprint, from which nights, and what of them has changed since. Raises UserError.

    The report is made again from today's journal, so call it where waiting is allowed.
    """
    fingerprint = normalised(text)
    found = [e for e in _kept(journal, person_id) if e.get("fingerprint") == fingerprint]
    if not found:
        return Checked(fingerprint, False, _UNKNOWN)
    entry = found[-1]
    made = tuple((datetime.fromisoformat(e["when"]), str(e["how"])) for e in found)
    before = {date.fromisoformat(day): str(digest) for day, digest in entry["nights"].items()}
    dates = sorted(before)
    known = Checked(
        fingerprint, True, "", str(entry["kind"]), str(entry["title"]), str(entry["version"]), made, dates[0] if dates else None,
        dates[-1] if dates else None, len(before),
    )  # fmt: skip
    from dreamjournal.services import reports

    try:
        now = reports.build(journal, person_id, _spec(entry["spec"]), clock)
    except KnownError as e:
        why = e.why or e.what
        return dataclasses.replace(
            known,
            words=f"It cannot be made again from today's journal ({why}), so what has changed since is not known.",
        )
    except (KeyError, TypeError, ValueError):
        return dataclasses.replace(
            known, words="It was made with choices this version does not know, so what has changed since is not known."
        )
    changes = tuple(_changes(before, {date.fromisoformat(d): v for d, v in _digests(now).items()}))
    same = now.fingerprint == fingerprint
    return dataclasses.replace(known, same=same, changes=changes, words=_told(same, changes, known.version))


def _told(same: bool, changes: tuple[Change, ...], version: str) -> str:
    if same and not changes:
        return "Made again today it is the same: nothing that it counted has changed."
    if changes:
        said = "; ".join(c.words for c in changes)
        if same:
            return f"What it counted is the same; beside that, since then {said}."
        return f"Made again today it differs: since then {said}."
    other = f" It was made by Dreamjournal {version}, and this is {__version__}." if version != __version__ else ""
    return (
        "Each of its nights stands as it did, and yet made again today it differs. Something else that it counts has changed, such as a "
        f"setting or how the app counts; which of them cannot be told.{other}"
    )


def _changes(before: dict[date, str], now: dict[date, str]) -> list[Change]:
    """Night by night; a digest ends in `y` where the night counted, `n` where it did not, `-` where the page does not say."""
    groups: dict[str, list[date]] = {}
    for day in sorted({*before, *now}):
        old, new = before.get(day), now.get(day)
        if old == new:
            continue
        if old is None:
            kind = "added"
        elif new is None:
            kind = "gone"
        elif old[-1] == "y" and new[-1] == "n":
            kind = "left out"
        elif old[-1] == "n" and new[-1] == "y":
            kind = "counted"
        else:
            kind = "changed"
        groups.setdefault(kind, []).append(day)
    words = {
        "added": "added", "changed": "changed", "left out": "left out that counted before", "counted": "counted that was left out before",
        "gone": "no longer part of it",
    }  # fmt: skip
    return [
        Change(
            kind, f"{len(groups[kind])} {'night' if len(groups[kind]) == 1 else 'nights'} {said}", tuple(groups[kind])
        )
        for kind, said in words.items()
        if kind in groups
    ]


def _digests(report: Report) -> dict[str, str]:
    """{night: digest of all its rows, and whether it counts}, by the report's own table of nights."""
    names = [c.title for c in report.nights.columns]
    if "night_date" not in names:
        return {}
    at = names.index("night_date")
    counted = names.index("counted") if "counted" in names else None
    rows: dict[str, list[tuple[str | None, ...]]] = {}
    for row in report.nights.rows:
        if row[at]:
            rows.setdefault(str(row[at]), []).append(row)
    found: dict[str, str] = {}
    for day, of_day in rows.items():
        digest = hashlib.sha256(repr(of_day).encode(errors="replace")).hexdigest()[:8]
        said = "-" if counted is None else "y" if any(r[counted] == "yes" for r in of_day) else "n"
        found[day] = digest + said
    return found


def _kept(journal: Journal, person_id: int) -> list[dict[str, Any]]:
    found = journal.settings.get(KEY, person_id)
    return cast("list[dict[str, Any]]", found) if isinstance(found, list) else []


# ---- a spec as JSON and back: fields that come later have their defaults


def _spec_json(spec: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in dataclasses.fields(spec):
        value = getattr(spec, each.name)
        if dataclasses.is_dataclass(value):
            found[each.name] = _spec_json(value)
        elif isinstance(value, frozenset | tuple):
            items = cast("tuple[Any, ...] | frozenset[Any]", value)
            found[each.name] = [_plain(v) for v in (sorted(items) if isinstance(items, frozenset) else items)]
        else:
            found[each.name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _spec(kept: dict[str, Any]) -> ReportSpec:
    """The spec that `_spec_json` wrote. Raises TypeError and ValueError where it has fields that are not known."""
    from dreamjournal.services.reports import ReportSpec

    values = dict(kept)
    contrast = _typed(ContrastSpec, values.pop("contrast", {}))
    return ReportSpec(contrast=ContrastSpec(**contrast), **_typed(ReportSpec, values))


def _typed(of: type, values: dict[str, Any]) -> dict[str, Any]:
    types = {f.name: str(f.type) for f in dataclasses.fields(of)}
    found: dict[str, Any] = {}
    for name, value in values.items():
        kind = types.get(name)
        if kind is None:
            raise ValueError(name)
        if "date" in kind.split("[")[0] and isinstance(value, str):
            value = date.fromisoformat(value)
        elif kind.startswith("frozenset"):
            value = frozenset(value)
        elif kind.startswith("tuple"):
            value = tuple(date.fromisoformat(v) if "date" in kind else v for v in value)
        found[name] = value
    return found
