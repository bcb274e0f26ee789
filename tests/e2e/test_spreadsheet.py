"""The XLSX file in LibreOffice: it opens, no cell is a formula, and the values are those of the report."""

from __future__ import annotations

import csv
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dreamjournal.domain.report import Column, Report, Table
from dreamjournal.exporters import xlsx
from dreamjournal.exporters._values import number_cell
from tests import made_report as made

SOFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")

FILTER = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,{shown},false,{formulas},false,-1"
"""UTF-8, every sheet a file; cells as they are shown or as they are kept, and formulas instead of what they give."""
HOSTILE = (
    "=1+1", '=HYPERLINK("http://x","y")', "+A1", "-A1", "@SUM(1)", "\uff1d1+1", "\uff0bA1", "\uff0dA1", "\uff20x", " =1", "\t=1", "|calc",
    "=cmd|' /C calc'!A0", "\U0001f600 夢 שינה نوم", "a\x00\x1b[31mb\u202e", "_x0041_", "<r><t>x</r>", "<b>&amp;</b>", "one\ntwo", "'quoted'",
    "2026-02-30", "12", "007", "1e5", "TRUE", "#REF!", "http://example.org", "x" * 100_000,
)  # fmt: skip


def converted(
    report: Report, folder: Path, *, shown: bool = False, formulas: bool = True
) -> dict[str, list[list[str]]]:
    """Each sheet as LibreOffice reads it."""
    assert SOFFICE is not None
    file = folder / "report.xlsx"
    xlsx.PLUGIN.write(report, file)
    wanted = FILTER.format(shown=str(shown).lower(), formulas=str(formulas).lower())
    command = [
        SOFFICE, f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--norestore", "--convert-to", wanted, "--outdir",
        str(folder / "out"), str(file),
    ]  # fmt: skip
    ended = subprocess.run(command, capture_output=True, timeout=180, check=False)
    assert ended.returncode == 0, ended.stderr
    found: dict[str, list[list[str]]] = {}
    for path in (folder / "out").iterdir():
        with path.open(encoding="utf-8", newline="") as stream:
            found[path.stem.removeprefix("report-")] = list(csv.reader(stream))
    return found


def test_the_nights_are_the_same_numbers_dates_and_texts(tmp_path: Path) -> None:
    report = made.report()
    found = converted(report, tmp_path)
    assert {"Nights", "About", "Dictionary"} <= found.keys()
    assert not [cell for rows in found.values() for row in rows for cell in row if cell.startswith("=")]
    assert found["Nights"][0] == [c.title for c in report.nights.columns]
    assert len(found["Nights"]) == 1 + len(report.nights.rows)
    for theirs, ours in zip(found["Nights"][1:], report.nights.rows, strict=True):
        for column, cell, said in zip(report.nights.columns, theirs, ours, strict=True):
            if not said:
                assert cell == ""
            elif column.number:
                assert float(cell) == pytest.approx(float(said), rel=1e-13)
            else:
                assert cell == said


def test_a_date_can_be_reckoned_with_and_a_number_shown(tmp_path: Path) -> None:
    rows = tuple((date(2026, 3, day).isoformat(), value) for day, value in ((28, "0.1"), (29, "\u22123.5"), (30, None)))
    report = replace(made.report(), nights=Table((Column("night_date"), Column("value", True)), rows))
    found = converted(report, tmp_path, shown=True, formulas=False)["Nights"]
    assert found[1:] == [["2026-03-28", "0.1"], ["2026-03-29", "-3.5"], ["2026-03-30", ""]]


def test_hostile_texts_are_texts(tmp_path: Path) -> None:
    rows = tuple((text, text) for text in HOSTILE)
    report = replace(
        made.report(),
        nights=Table((Column("text"), Column("number", True)), rows),
        person='=HYPERLINK("http://x")',
        title="=1+1",
    )
    found = converted(report, tmp_path)
    cells = [cell for rows in found.values() for row in rows for cell in row]
    assert not [cell for cell in cells if cell.strip().startswith(("=", "+", "@", "\uff1d", "\uff0b", "\uff20", "|"))]
    assert [row[0] for row in found["Nights"][1:]] == [xlsx.cell_text(text) for text in HOSTILE]
    for cell, text in ((row[1], text) for row, text in zip(found["Nights"][1:], HOSTILE, strict=True)):
        value = number_cell(text)
        assert cell == xlsx.cell_text(text) if isinstance(value, str) else float(cell) == value
