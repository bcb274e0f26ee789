"""What an export says to people: its README, and a page of Markdown for each night with words in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from textwrap import fill
from typing import TYPE_CHECKING

from dreamjournal.domain.evening import IntakeKind
from dreamjournal.domain.night import Condition

if TYPE_CHECKING:
    from dreamjournal.domain.dream import Dream
    from dreamjournal.domain.evening import Intake
    from dreamjournal.domain.exposure import Exposure
    from dreamjournal.domain.instant import Instant
    from dreamjournal.domain.night import Night

CONDITIONS = {
    Condition.NATURAL: "a natural night",
    Condition.ENHANCED: "an enhanced night",
    Condition.UNSURE: "not sure",
    Condition.UNRECORDED: "nothing was said",
}
RECALLS = {
    "not_tried": "did not try to recall a dream",
    "nothing": "recalled nothing",
    "white": "had dreamt, without content",
    "fragment": "a fragment of a dream",
    "report": "a dream",
}
NOT_ENCRYPTED = "It is not encrypted: anybody who can open it can read every dream in it."

README = """Your whole journal

{secrecy}
Keep it where only you can read it, or delete it when it has served.

What is here

  journal.json            Everything in the journal, row by row; drafts too, and deleted things that
                          were still in the bin. It holds:
{counts}
  {schema}   What every field of journal.json means (JSON Schema, draft 2020-12).
                          Any program that reads JSON can read the journal with it.
  dreams/                 A page of text for each night with a dream, an evening or a morning written
                          down, named by the date of its evening. Your words stand there as you wrote
                          them. Any text editor opens these pages; they are Markdown.
  originals/              The files that were imported and kept, byte for byte, named by their SHA-256.
                          journal.json says under "import_originals" what each was called.
{people}{sealed}
How to read journal.json

  A night is named by the local date of its evening. A moment is milliseconds since 1 January 1970 UTC,
  with the minutes east of UTC and the name of the time zone beside it. null was not asked or not
  measured; it is never 0. Texts that hold JSON of their own are marked so in the schema.

How to take it into Dreamjournal again

  dreamjournal restore-export THIS-FILE-OR-FOLDER --journal NEW-FILE

  It becomes a new journal, with a passphrase or without one, and never changes one that is there.

Written by {app} on {made}.
"""
SEALED = """
A study is still sealed

  journal.json holds what each of its nights is. Look into it and the study is no longer blind; the pages
  under dreams/ keep it hidden.
"""


def readme(counts: str, schema: str, app: str, made: str, people: Mapping[str, str], sealed: bool) -> str:
    """README.txt. `people` is {folder: name}, empty where there is one person."""
    lines = [f"                          {folder}/ is {name}\n" for folder, name in people.items()]
    said = "                          Each person has a folder under dreams/:\n" + "".join(lines) if people else ""
    return README.format(
        secrecy=NOT_ENCRYPTED,
        counts=fill(f"{counts}.", 100, initial_indent=" " * 26, subsequent_indent=" " * 26),
        schema=schema,
        people=said,
        sealed=SEALED if sealed else "",
        app=app,
        made=made,
    )


def night_page(night: Night, steps: Mapping[int, str], person: str = "") -> str | None:
    """A night's page; None where nobody wrote anything of it. The person's own words stand in it unchanged."""
    evening, morning = _evening(night, steps), _morning(night)
    if not (evening or morning or night.dreams):
        return None
    day = night.night_date
    after = day + timedelta(days=1) if day < date.max else day
    lines = [
        f"# {day:%A} {day.day} {day:%B} {day.year:04}",
        f"The night to {after:%A} {after.day} {after:%B}" + (f", {person}." if person else "."),
    ]
    if evening:
        lines += ["## Evening", *evening]
    for number, dream in enumerate(night.dreams, 1):
        lines += [f"## Dream {number}" if len(night.dreams) > 1 else "## Dream", *_dream(dream)]
    if morning:
        lines += ["## Morning", *morning]
    return "\n\n".join(lines) + "\n"


def _evening(night: Night, steps: Mapping[int, str]) -> list[str]:
    evening = night.evening
    facts: list[str] = []
    if night.answer is not None:
        facts.append(f"Said to be: {CONDITIONS[night.answer]}")
    facts += [f"Enhanced by: {_exposure(e)}" for e in night.exposures if e.source == "diary"]
    if evening is not None:
        facts += [f"Taken: {_intake(i)}" for i in evening.intakes]
        ticked = [f"{steps.get(t.step_id, 'a step')} ({_clock(t.happened)})" for t in evening.ticks]
        facts += [f"Routine: {step}" for step in ticked]
        if evening.lights_out is not None:
            facts.append(f"Lights out: {_clock(evening.lights_out)}{_zone(evening.lights_out)}")
    found = ["\n".join(f"- {fact}" for fact in facts)] if facts else []
    if evening is not None and evening.intention:
        found += ["A line before sleep:", evening.intention]
    return found


def _morning(night: Night) -> list[str]:
    diary = night.diary
    facts: list[str] = []
    if night.recall is not None and not night.dreams:
        facts.append(f"Recall: {RECALLS[night.recall.value]}")
    if diary is not None:
        for what, at in (
            ("Tried to sleep", diary.try_sleep),
            ("Woke", diary.final_wake),
            ("Got up", diary.out_of_bed),
        ):
            if at is not None:
                facts.append(f"{what}: {_clock(at)}")
        if diary.quality is not None:
            facts.append(f"Sleep quality: {diary.quality} of 5")
    found = ["\n".join(f"- {fact}" for fact in facts)] if facts else []
    if diary is not None and diary.comments:
        found += ["Note of the morning:", diary.comments]
    return found


def _dream(dream: Dream) -> list[str]:
    facts: list[str] = []
    for name, value, most in (
        ("Vividness", dream.vividness, "4"), ("Lucidity", dream.lucidity, "4"), ("Distress", dream.distress, "4"),
    ):  # fmt: skip
        if value is not None:
            facts.append(f"{name}: {value} of {most}")
    if dream.tone is not None:
        facts.append(f"Tone: {'−' if dream.tone < 0 else ''}{abs(dream.tone)} on −2 to 2")
    if dream.nightmare is not None:
        facts.append("A nightmare" if dream.nightmare else "Not a nightmare")
    if dream.tags:
        facts.append(f"Tags: {', '.join(dream.tags)}")
    if dream.signs:
        facts.append(f"Signs: {', '.join(dream.signs)}")
    if dream.may_not_be_own:
        facts.append("A session of this night merged with another person's: the dream may not be one's own")
    return [dream.text, *(["\n".join(f"- {fact}" for fact in facts)] if facts else [])]


def _exposure(e: Exposure) -> str:
    return ", ".join(part for part in (e.name, e.dose, e.mode, e.programme) if part)


def _intake(i: Intake) -> str:
    name = i.name or {IntakeKind.CAFFEINE: "caffeine", IntakeKind.ALCOHOL: "alcohol"}.get(i.kind, "a medicine")
    if i.none_taken:
        return f"no {'medicine' if i.kind == IntakeKind.MEDICINE else i.kind.value}"
    amount = "" if i.amount is None else f", {i.amount:g} {i.unit}".rstrip()
    return name + amount + ("" if i.happened is None else f", {_clock(i.happened)}")


def _clock(at: Instant) -> str:
    return f"{at.local:%H:%M}"


def _zone(at: Instant) -> str:
    return f" ({at.zone})" if at.zone else ""
