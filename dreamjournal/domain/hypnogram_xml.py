"""Scored recordings in XML: NSRR (PSGAnnotation) and Profusion (CMPStudyConfig)."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from xml.parsers import expat

from dreamjournal.common.errors import UserError
from dreamjournal.domain.hypnogram import Epoch, stage_of
from dreamjournal.domain.scored import (
    CLOCK,
    EPOCH_S,
    LIGHTS,
    Scored,
    Span,
    clock_in,
    day_in,
    no_hypnogram,
    scored_of,
    seconds_in,
)

MAX_DEPTH = 40


class _Refused(Exception):
    """Something an annotation file never holds."""


class _Events(NamedTuple):
    epoch_s: str
    stages: list[str]
    events: list[dict[str, str]]


def parse_xml(text: str, form: str) -> Scored:
    """The recording in the text of a file; `form` is nsrr or profusion. Raises UserError."""
    found = _read_xml(text)
    epoch_s = _epoch_length(found.epoch_s)
    if form == "profusion":
        # Profusion writes the codes of Rechtschaffen & Kales: 4 is stage S4, 5 is REM.
        stages = [stage_of(code) for code in found.stages]
        if not stages:
            raise no_hypnogram("it holds no epoch")
        epochs: list[Epoch] = []
        for number, stage in enumerate(stages, start=1):
            if stage is None:
                raise no_hypnogram(f"epoch {number} is not a sleep stage")
            epochs.append(stage)
        return Scored(tuple(epochs), epoch_s, len(epochs))
    spans: list[Span] = []
    lights: list[tuple[float, str]] = []
    clock: time | None = None
    day: date | None = None
    for number, event in enumerate(found.events, start=1):
        concept = event.get("EventConcept", "")
        if concept.casefold().startswith("recording start time"):
            clock, day = _nsrr_start(event.get("ClockTime", ""))
            continue
        light = LIGHTS.match(concept)
        if light is None and not event.get("EventType", "").casefold().startswith("stages"):
            continue
        begin = seconds_in(event.get("Start", ""), number)
        if light is not None:
            lights.append((begin, light[1].casefold()))
            continue
        stage = stage_of(concept)
        if stage is None:
            raise no_hypnogram(f"event {number} is not a sleep stage")
        spans.append(Span(begin, seconds_in(event.get("Duration", ""), number), stage))
    if not spans:
        raise no_hypnogram("none of its events is a sleep stage")
    scored = scored_of(spans, (int(epoch_s) if epoch_s == int(epoch_s) else EPOCH_S, 30, 20, 10, 5, 1), lights)
    if clock is not None and scored.offset_s:
        moved = datetime.combine(day or date(2000, 1, 1), clock) + timedelta(seconds=scored.offset_s)
        clock, day = moved.time(), moved.date() if day else None
    return replace(scored, clock=clock, day=day, offset_s=0.0)


def _epoch_length(text: str) -> float:
    try:
        value = float(text) if text.isascii() else math.nan
    except ValueError:
        value = math.nan
    if not 1 <= value <= 300:
        raise no_hypnogram("it does not say how long its epochs are")
    return value


def _nsrr_start(text: str) -> tuple[time | None, date | None]:
    """ "00.00.00 HH.MM.SS": the date is taken away, or is 1 January 1985."""
    match = CLOCK.search(text.strip())
    if match is None:
        return None, None
    try:
        clock, _ = clock_in(text.strip(), 0)
    except UserError:
        return None, None
    day = day_in(text[: match.start()])
    return clock, None if day is None or day == date(1985, 1, 1) else day


def _read_xml(text: str) -> _Events:
    """Without document types and entities: annotation files have none."""
    found = _Events("", [], [])
    epoch_s = ""
    path: list[str] = []
    words: list[str] = []
    parser = expat.ParserCreate(encoding="utf-8")
    parser.buffer_text = True

    def refuse(*_: Any) -> None:
        raise _Refused("it declares a document type or entities, which such a file never does")

    def start(name: str, _: dict[str, str]) -> None:
        path.append(name)
        words.clear()
        if len(path) > MAX_DEPTH:
            raise _Refused("it is nested deeper than such a file is")
        if name == "ScoredEvent":
            found.events.append({})

    def end(name: str) -> None:
        nonlocal epoch_s
        said = "".join(words).strip()
        words.clear()
        path.pop()
        parent = path[-1] if path else ""
        if name == "EpochLength" and len(path) == 1:
            epoch_s = said
        elif name == "SleepStage" and parent == "SleepStages":
            found.stages.append(said)
        elif parent == "ScoredEvent":
            found.events[-1][name] = said

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = words.append
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode("utf-8", "replace"), True)
    except _Refused as error:
        raise no_hypnogram(str(error)) from error
    except expat.ExpatError as error:
        raise no_hypnogram("it is cut off or no well-formed XML") from error
    return found._replace(epoch_s=epoch_s)
