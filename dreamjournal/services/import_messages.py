"""What the app and the import child say to each other: one JSON line each."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Literal

import msgspec

from dreamjournal.domain.column_map import ColumnMap, ColumnQuestion
from dreamjournal.domain.drafts import FileWarning, Rejected, RowDraft, SumRule, Travel, UnknownFields

STEP_SECONDS = 0.1
"""How often progress is told."""


class Request(msgspec.Struct, frozen=True):
    """One file to read. `format` forces a plug-in by its key."""

    path: str
    name: str
    now: datetime
    zone: str | None = None
    format: str | None = None
    zones: dict[str, str] = {}
    """Zones once named for sources, used where `zone` is None."""
    travel: tuple[Travel, ...] = ()
    start: datetime | None = None
    columns: dict[str, ColumnMap] = {}
    size: int | None = None
    """Where set, the file's bytes follow the request and `path` is not opened."""


class Step(msgspec.Struct, frozen=True, tag="step"):
    """How many bytes of the file are read."""

    done: int


class Found(msgspec.Struct, frozen=True, tag="found"):
    """The format of what follows, up to the next `Found`."""

    format: str
    title: str
    parser_version: int
    seen: bool
    gathers: bool


class Taken(msgspec.Struct, frozen=True, tag="row"):
    """A row with what it holds."""

    row: RowDraft


class Left(msgspec.Struct, frozen=True, tag="rejected"):
    """A row not taken."""

    row: Rejected


class Doubt(msgspec.Struct, frozen=True, tag="warning"):
    """A warning."""

    warning: FileWarning


class Rule(msgspec.Struct, frozen=True, tag="rule"):
    """How far the file keeps a rule of its format."""

    rule: SumRule


class Strange(msgspec.Struct, frozen=True, tag="strange"):
    """Fields that no reader knows."""

    fields: UnknownFields


class Asks(msgspec.Struct, frozen=True, tag="asks"):
    """What only the person can say before this can be read: the zone, the start, or what the columns mean."""

    what: Literal["zone", "start", "columns"]
    question: ColumnQuestion | None = None


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The end of a `Found`, with the zones that were needed because the file names none."""

    zones: tuple[str, ...]


class Unknown(msgspec.Struct, frozen=True, tag="unknown"):
    """No plug-in knows the file; `looks_like` says what it seems to be, if that can be told."""

    looks_like: str


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The file cannot be taken, in a sentence."""

    sentence: str


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The end of the file."""


Message = Step | Found | Taken | Left | Doubt | Rule | Strange | Asks | Ended | Unknown | Refused | Done


def sendable(path: str) -> str:
    """A file's name may hold bytes that are no UTF-8; JSON carries each byte as one letter."""
    return os.fsencode(path).decode("latin-1")


def as_given(path: str) -> str:
    """The name again, byte for byte."""
    return os.fsdecode(path.encode("latin-1"))
