"""Puts a sleep profile together from its sections."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Prose, Report, Section
from dreamjournal.reports.profile import night_rows, summary
from dreamjournal.reports.profile.context import ProfileContext
from dreamjournal.reports.registry import sections

NAME = 40
"""Characters of a name that are printed: the app has the whole of it."""


def assemble(ctx: ProfileContext) -> Report:
    """The report of `ctx`; without any night it says what there is to do."""
    if ctx.nights:
        made = [s.build(ctx) for s in sections("profile") if not s.optional or s.key in ctx.parts]
        built = tuple(s for s in made if s is not None)
    else:
        built = (_nothing(ctx),)
    nights = night_rows.table(ctx)
    result = summary.to_json(ctx)
    return Report(
        kind="profile",
        heading="Sleep profile",
        person=words.cut(ctx.person, NAME),
        title=_title(ctx),
        facts=(),
        sections=built,
        nights=nights,
        result=result,
        fingerprint=_fingerprint([result, nights.rows]),
        printed=ctx.printed,
        zone=ctx.zone,
        version=ctx.version,
        left_out="Dream texts are left out of this page.",
        paper=ctx.paper,
        layout="sleep profile, layout 1",
    )


def _title(ctx: ProfileContext) -> str:
    who = "I sleep" if ctx.person.casefold() == "me" else f"{words.cut(ctx.person, NAME)} sleeps"
    return f"How {who}" + ("" if ctx.period is None else f", {long_period(*ctx.period)}")


def long_period(first: date, last: date) -> str:
    """`7 September – 1 November 2026`, year and month once where both share them."""
    if first == last:
        return words.long_day(first)
    begin = words.long_day(first)
    if (first.year, first.month) == (last.year, last.month):
        begin = str(first.day)
    elif first.year == last.year:
        begin = begin.rpartition(words.NBSP)[0]
    return f"{begin} \u2013 {words.long_day(last)}"


def _nothing(ctx: ProfileContext) -> Section:
    first, last = ctx.asked
    when = ""
    if first is not None and last is not None:
        when = f" from {words.day_year(first)} to {words.day_year(last)}"
    elif first is not None:
        when = f" from {words.day_year(first)} on"
    elif last is not None:
        when = f" up to {words.day_year(last)}"
    source = "morning diary" if ctx.from_diary else f"recording by {ctx.source_title}"
    return Section("coverage", "", (
        Prose((Words("No night to describe. ", True), Words(
            f"The journal has no {source}{when}. Import a device's export or answer the morning page, or choose other dates "
            "or another source."
        ))),
    ))  # fmt: skip


def _fingerprint(counted: list[Any]) -> str:
    text = json.dumps(counted, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16].upper()
    return " ".join(digest[i : i + 4] for i in range(0, 16, 4))
