"""Every kind of report of the sample journal as a table and as JSON: explained, valid, and without a number that is none."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from python_calamine import CalamineWorkbook

from dreamjournal.common.clock import FixedClock
from dreamjournal.common.resources import resource
from dreamjournal.domain.report import Report, Table
from dreamjournal.exporters import csv as csv_exporter
from dreamjournal.exporters import json as json_exporter
from dreamjournal.exporters import xlsx
from dreamjournal.exporters._dictionary import NIGHTS
from dreamjournal.services import demo, journals, reports
from dreamjournal.store.journal import memory_journal

CLOCK = FixedClock(datetime(2026, 5, 5, 8, 0, tzinfo=UTC), "Europe/London")
CHECK = Draft202012Validator(json.loads(resource("schemas", "report-1.schema.json").read_text(encoding="utf-8")))
KINDS = [k.key for k in reports.KINDS]
NEVER = re.compile(r"\b(nan|inf|infinity|none)\b|(?<![\w.-])-0(?:\.0*)?(?![\d.\w-])", re.IGNORECASE)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path: Path = tmp_path_factory.mktemp("sample") / "journal.db"
    demo.make(path, CLOCK)
    journal = journals.open_existing(path)
    yield journal
    journal.close()


@pytest.fixture(scope="module")
def empty() -> Iterator[Any]:
    journal = memory_journal(clock=CLOCK)
    yield journal
    journal.close()


def built(journal: Any, kind: str) -> Report:
    return reports.build(journal, journal.persons.all()[0].id, reports.ReportSpec(kind=kind), CLOCK)


@pytest.mark.parametrize("kind", KINDS)
def test_each_column_of_the_nights_is_explained_in_words(sample: Any, kind: str) -> None:
    report = built(sample, kind)
    assert report.nights.rows
    assert [c.title for c in report.nights.columns if c.title not in NIGHTS] == []


@pytest.mark.parametrize("kind", KINDS)
def test_json_follows_the_schema(sample: Any, empty: Any, kind: str) -> None:
    for journal in (sample, empty):
        CHECK.validate(json.loads(json_exporter.render(built(journal, kind)).data))


@pytest.mark.parametrize("kind", KINDS)
def test_the_spreadsheet_opens_with_every_table_and_its_dictionary(sample: Any, empty: Any, kind: str) -> None:
    for journal in (sample, empty):
        report = built(journal, kind)
        book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx.render(report).data))
        rows = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
        assert len(rows["Nights"]) == 1 + len(report.nights.rows)
        tables = sum(isinstance(b, Table) and bool(b.rows) for s in report.sections for b in s.blocks)
        assert len(rows) == tables + 3
        said = {(row[0], row[1]) for row in rows["Dictionary"][1:]}
        assert {
            (name, title) for name, found in rows.items() if name not in ("About", "Dictionary") for title in found[0]
        } == said
        cells = [cell for found in rows.values() for row in found for cell in row if isinstance(cell, str)]
        assert not [cell for cell in cells if NEVER.fullmatch(cell)]


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_in_csv_are_numbers_or_nothing(sample: Any, kind: str) -> None:
    report = built(sample, kind)
    numbers = {c.title for c in report.nights.columns if c.number}
    rows = list(csv.DictReader(io.StringIO(csv_exporter.render(report).data.decode("utf-8-sig"), newline="")))
    assert len(rows) == len(report.nights.rows)
    for row in rows:
        for title in numbers:
            if row[title]:
                float(row[title])
                assert not NEVER.search(row[title])
