"""Builds the sleep profile: the nights of a period as one source tells them, described and never judged."""

from __future__ import annotations

import math
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, cast

from dreamjournal import __version__
from dreamjournal.common.errors import UserError
from dreamjournal.domain.diary import is_late
from dreamjournal.domain.night import NightFlag, tonight
from dreamjournal.domain.session import Validity
from dreamjournal.services import kept_nights, reports, settings
from dreamjournal.services.eligible import SEALED, arm_of, check_source, enhancer_asked, sources_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.contrast import Arm
    from dreamjournal.domain.night import Night
    from dreamjournal.domain.report import Paper, Report
    from dreamjournal.reports.profile.context import ProfileNight
    from dreamjournal.services.journals import Journal
    from dreamjournal.services.reports import ReportSpec

_DAY = timedelta(days=1)
MOST_NIGHTS = 3700
"""Nights of a period asked for: ten years."""
LONG_GAP = 28
"""Nights without a recording after which a period begins anew, where its first night is not asked for."""
_FLAGS = {
    NightFlag.DST: "clock change",
    NightFlag.ZONE_CHANGE: "time zone changed",
    NightFlag.ILLNESS: "ill",
    NightFlag.TRAVEL: "travel",
}
_VALIDITY = {
    Validity.UNSCORED: "sleep not scored",
    Validity.UNCONFIRMED: "sleep not confirmed",
    Validity.OFF_WRIST: "device not worn",
}


def build(journal: Journal, person_id: int, spec: ReportSpec, parts: frozenset[str], clock: Clock) -> Report:
    """The profile of the dates, source and enhancer that `spec.contrast` names.

    Without dates the period is from the source's first night, after its last gap of four weeks, to its last. Without a
    source it is the device that stands for sleep time, else the one with most nights, else the diary.
    Raises UserError for an unknown source or enhancer, several enhancers and none named, and a period of over ten years.
    """
    from dreamjournal.reports.profile.context import ProfileContext
    from dreamjournal.reports.profile.page import assemble

    person = journal.persons.get(person_id)
    assert person is not None  # asked for by reports.build
    asked = spec.contrast
    meant = enhancer_asked([e for e in journal.enhancers.all(person_id) if not e.retired], asked.enhancer)
    enhancer = None if meant is None else meant.name
    found = kept_nights.nights(journal, person_id, asked.first, asked.last, clock)
    source = _source(journal, person_id, asked.source, found)
    zone = settings.zone_of(journal, person_id, clock)
    span = _span(found, source, asked.first, asked.last, tonight(clock.now(), zone) - _DAY)
    nights = () if span is None else _sorted(found, source, enhancer, *span)
    return assemble(ProfileContext(
        person.name, nights, source, reports.source_title(source), enhancer, clock.now(), clock.zone(), __version__,
        cast("Paper", spec.paper), parts, (asked.first, asked.last), sum(n.night is not None and n.night.study_sealed for n in nights),
    ))  # fmt: skip


def _source(journal: Journal, person_id: int, source: str | None, found: Sequence[Night]) -> str:
    devices = [s for s, _ in journal.sessions.sources(person_id) if s != "diary"]
    if source is not None:
        check_source(source, ["diary", *devices])
        return source
    said = settings.get(journal, person_id, "measure_sources").get("tst")
    if said in devices:
        return str(said)
    return next(iter([*sources_of(found), *devices]), "diary")


def _span(
    found: Sequence[Night], source: str, first: date | None, last: date | None, passed: date
) -> tuple[date, date] | None:
    """The period: as asked, else the source's nights from its last long gap on; nights still to come are no gap."""
    own = sorted(n.night_date for n in found if n.study_sealed or _told(n, source))
    if not own:
        return None
    if first is None:
        first = own[0]
        for before, after in pairwise(own):
            if (after - before).days > LONG_GAP:
                first = after
    last = last or own[-1]
    last = min(last, max(passed, *own))
    if first > last:
        return None
    if (last - first).days >= MOST_NIGHTS:
        raise UserError(
            "No report was made",
            "the period is longer than ten years",
            "give a later first night with --from",
            field="dates",
        )
    return first, last


def _told(night: Night, source: str) -> bool:
    return night.diary is not None if source == "diary" else any(s.source == source for s in night.sessions)


def _sorted(
    found: Sequence[Night], source: str, enhancer: str | None, first: date, last: date
) -> tuple[ProfileNight, ...]:
    """Every night of the period as used, left out or missing.

    Nights of neither kind count only where no kind has nights enough to describe: then they are all there is.
    """
    from dataclasses import replace

    from dreamjournal.reports.profile.context import CURVE_FROM, ProfileNight

    by_date = {n.night_date: n for n in found}
    nights: list[ProfileNight] = []
    for offset in range((last - first).days + 1):
        day = first + offset * _DAY
        night = by_date.get(day)
        if night is None:
            nights.append(ProfileNight(day, "missing", "nothing recorded"))
            continue
        arm, why = arm_of(night, enhancer or "")
        nights.append(_one(night, source, arm, why))
    arms = [n.arm for n in nights if n.state == "used"]
    if max(arms.count("natural"), arms.count("enhanced")) < CURVE_FROM:
        return tuple(nights)
    return tuple(
        replace(n, state="left_out", reason=n.reason or "kind not known") if n.state == "used" and n.arm is None else n
        for n in nights
    )  # fmt: skip


def _one(night: Night, source: str, arm: Arm | None, why: str) -> ProfileNight:
    """The night by itself; the reason of a night used is why it belongs to neither kind."""
    from dreamjournal.metrics.tst import value as sleep_time
    from dreamjournal.reports.profile.context import ProfileNight

    day = night.night_date
    if night.study_sealed and source != "diary":
        return ProfileNight(day, "left_out", SEALED, night)
    if source == "diary":
        if night.diary is None:
            return ProfileNight(day, "missing", "no diary", night, arm=arm)
    else:
        own = [s for s in night.sessions if s.source == source]
        if not own:
            return ProfileNight(day, "missing", "no recording", night, arm=arm)
        if night.sealed:
            return ProfileNight(day, "left_out", "closed until the diary is saved", night, arm=arm)
        if not any(s.counts for s in own):
            bad = next((s for s in own if s.validity != Validity.OK), None)
            said = "a copy of another source's recording" if bad is None else _VALIDITY[bad.validity]
            return ProfileNight(day, "left_out", said, night, arm=arm)
    seen = night.seen_by(source)
    flagged = next((words for flag, words in _FLAGS.items() if flag in night.flags), "")
    if source == "diary" and night.diary is not None and is_late(night.diary):
        flagged = flagged or "written more than 24 h late"
    if flagged:
        return ProfileNight(day, "left_out", flagged, night, seen, arm)
    slept = sleep_time(seen)
    if slept is None or not math.isfinite(slept):
        state = "missing" if source == "diary" else "left_out"
        return ProfileNight(day, state, "no sleep time", night, seen, arm)
    return ProfileNight(day, "used", why if arm is None else "", night, seen, arm)
