"""Reports: what may be in one, the report itself as plain data, its pages and its files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from dreamjournal import __version__
from dreamjournal.common.collecting import no_search_for_cycles
from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastResult, ContrastSpec
from dreamjournal.domain.report import Figure, Paper, Report

if TYPE_CHECKING:
    from dreamjournal.common.clock import Clock
    from dreamjournal.services.journals import Journal

# Sections, exporters and charts are loaded inside the functions: the window imports this module before it has anything to print.


@dataclass(frozen=True)
class ReportKind:
    """A kind of report: `module` below `services` builds it, by its function `build(journal, person_id, spec, parts, clock)`."""

    key: str
    title: str
    help: str
    module: str


KINDS: tuple[ReportKind, ...] = (
    ReportKind("contrast", "Contrast", "Do enhanced nights differ from natural ones?", "report_contrast"),
    ReportKind("profile", "Sleep profile", "How the nights are, by one source, without a verdict.", "report_profile"),
    ReportKind("anthology", "Dream anthology", "A small book of your own dreams", "report_anthology"),
    ReportKind(
        "two-weeks", "Two weeks for my doctor", "The diary of the last fourteen nights on one page.", "report_two_weeks"
    ),
)
PAPERS: tuple[tuple[Paper, str], ...] = (("a4", "A4"), ("letter", "Letter"))


@dataclass(frozen=True)
class ReportSpec:
    """What to report: the question, the paper, and the keys of optional parts."""

    kind: str = "contrast"
    contrast: ContrastSpec = field(default_factory=ContrastSpec)
    paper: str = "a4"
    parts: frozenset[str] = frozenset()
    dream_texts: bool = False
    questions: tuple[str, ...] = ()
    """What the person wants to ask, one line each."""
    title: str = ""
    """Of the anthology; "Dreams" where it is empty."""
    dream_ids: tuple[int, ...] = ()
    """Dreams of the anthology; all where it is empty."""
    tags: tuple[str, ...] = ()
    """Of which a dream of the anthology has one; any where it is empty."""
    only_natural: bool = False
    """Only dreams of natural nights in the anthology."""


@dataclass(frozen=True)
class PartChoice:
    """A part of the page: `fixed` parts are always there."""

    key: str
    title: str
    help: str
    fixed: bool


@dataclass(frozen=True)
class FileFormat:
    """A format a report can be saved in."""

    key: str
    title: str
    suffix: str


def part_choices(kind: str = "contrast") -> tuple[PartChoice, ...]:
    """All parts of a kind of report, in the order of the page."""
    from dreamjournal.reports.registry import sections

    return tuple(PartChoice(s.key, s.title, s.help, not s.optional) for s in sections(kind))


def formats() -> tuple[FileFormat, ...]:
    """All formats, by key."""
    from dreamjournal.exporters.registry import exporters

    return tuple(FileFormat(e.key, e.title, e.suffix) for e in exporters())


def build(journal: Journal, person_id: int, spec: ReportSpec, clock: Clock) -> Report:
    """The report of `spec`. Raises UserError for an unknown kind, paper or part, and what its kind raises."""
    from importlib import import_module

    parts = _checked(spec)
    if journal.persons.get(person_id) is None:
        raise UserError("No report was made", "the person is not in this journal", "choose another", field="person")
    kind = next(k for k in KINDS if k.key == spec.kind)

    def make() -> Report:
        with no_search_for_cycles():  # the nights of ten years refer to nothing that refers to them
            found: Report = import_module(f"dreamjournal.services.{kind.module}").build(
                journal, person_id, spec, parts, clock
            )
        return found

    held = journal.held()
    if held is None:
        return make()
    # The paper is where a report is placed, not what it says. What it says of today stays so within a quarter of an hour:
    # nights begin at full hours, and clocks differ by quarters.
    key = (person_id, replace(spec, paper=""), clock.zone(), clock.now().timestamp() // (15 * 60))
    return replace(_stamped(held.get("report", key, make), clock), paper=cast("Paper", spec.paper))


def write(report: Report, path: Path, clock: Clock) -> int:
    """Save `report` to `path` in the format its suffix names; the number of pages (1 for a format without pages).

    Whole or not at all; the time on the page is now by `clock`. Raises UserError for an unknown suffix and when the folder
    cannot be written.
    """
    from dreamjournal.exporters.registry import exporters

    for exporter in exporters():
        if exporter.suffix == path.suffix.lower():
            return exporter.write(_stamped(report, clock), path)
    known = ", ".join(e.suffix for e in exporters())
    raise UserError(
        "The report was not saved", f"the file name must end in one of {known}", "change its ending", field="out"
    )


def write_dictionary(report: Report, path: Path) -> Path:
    """Save what the columns of the CSV file at `path` mean, beside it; the path of that file. Raises UserError."""
    from dreamjournal.common.files import atomic_write
    from dreamjournal.exporters import csv

    target = path.with_name(path.stem + csv.DICTIONARY)
    try:
        atomic_write(target, csv.dictionary(report))
    except OSError as error:
        raise UserError(
            "The data dictionary was not saved", "its folder cannot be written", "choose another", field="out"
        ) from error
    return target


def preview_pages(report: Report, clock: Clock, ppi: float = 110, most: int | None = None) -> list[bytes]:
    """The pages as PNG images: the PDF's own pages, not a likeness of them; the first `most` where that is given."""
    from dreamjournal.exporters.pdf import preview

    return preview(_stamped(report, clock), ppi, most)


def estimation_plot(result: ContrastResult) -> Figure:
    """The plot of a contrast as plain data; `charts.estimation.draw` draws its `drawing`, `alt` says it in words."""
    from dreamjournal.reports import figures
    from dreamjournal.services import contrasts

    metric = contrasts.metrics().get(result.metric)
    return figures.estimation_plot(result, metric.words if metric is not None else ("more", "less"))


def night_strip(journal: Journal, person_id: int, result: ContrastResult, clock: Clock) -> Figure | None:
    """The nights of a contrast in order, as plain data; None without any."""
    from dreamjournal.reports import figures
    from dreamjournal.reports.context import Context
    from dreamjournal.services import contrasts, kept_nights
    from dreamjournal.services.report_contrast import bearing, left_out_values, study_by

    nights = bearing(kept_nights.nights(journal, person_id, None, None, clock, stages=False), result)
    metric = contrasts.metrics()[result.metric]
    study = study_by(journal.studies.all(person_id), result)
    values = left_out_values(nights, result, metric)
    return figures.night_strip(
        Context(result, "", nights, clock.now(), clock.zone(), __version__, study, values=values)
    )


_TITLES = {"diary": "the diary", "csv": "a CSV file", "whoop": "WHOOP", "sleepsync": "SleepSync"}


def source_title(source: str) -> str:
    """A source in words: "the diary", "SleepSync", "Sleep as Android"."""
    small = {"as", "of"}
    words = source.split("_")
    return _TITLES.get(source) or " ".join(w if w in small else w[:1].upper() + w[1:] for w in words)


def file_name(report: Report, suffix: str) -> str:
    """A name to offer for the file: it tells the kind and the day, and nothing about the person."""
    return f"{re.sub(r'[^a-z0-9]+', '-', report.kind)}-{report.printed:%Y-%m-%d}{suffix}"


def _stamped(report: Report, clock: Clock) -> Report:
    return replace(report, printed=clock.now(), zone=clock.zone())


def _checked(spec: ReportSpec) -> frozenset[str]:
    from dreamjournal.reports.registry import sections

    kinds = [k.key for k in KINDS]
    if spec.kind not in kinds:
        raise UserError(
            "No report was made", f"there is no kind {spec.kind}", f"use one of {', '.join(kinds)}", field="kind"
        )
    if spec.paper not in dict(PAPERS):
        raise UserError("No report was made", f"there is no paper {spec.paper}", "use a4 or letter", field="paper")
    known = {s.key for s in sections(spec.kind)}
    unknown = sorted(spec.parts - known)
    if unknown:
        optional = ", ".join(s.key for s in sections(spec.kind) if s.optional)
        raise UserError(
            "No report was made", f"there is no part {unknown[0]}", f"the parts are {optional}", field="parts"
        )
    return spec.parts | {"dream_texts"} if spec.dream_texts else spec.parts
