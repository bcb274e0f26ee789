"""The XLSX file: tidy tables with their dictionary, numbers as numbers, and nothing a spreadsheet would run."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Caveat, Column, Prose, Report, Section, Table
from dreamjournal.exporters import xlsx as exporter
from tests import made_report as made


def sheets(report: Report) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(exporter.render(report).data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def parts(report: Report) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(exporter.render(report).data)) as book:
        assert {i.date_time for i in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return {i.filename: book.read(i).decode() for i in book.infolist()}


def holding(*cells: str | None, number: bool = False) -> Report:
    return replace(made.report(), nights=Table((Column("cell", number),), tuple((c,) for c in cells)))


def test_the_nights_come_first_with_dates_numbers_and_texts() -> None:
    report = made.report()
    found = sheets(report)
    nights = found["Nights"]
    assert next(iter(found)) == "Nights"
    assert nights[0] == [c.title for c in report.nights.columns]
    assert len(nights) == 1 + len(report.nights.rows) == 57
    assert nights[1][:7] == [
        date(2026, 9, 7), int(made.result().points[0].arm == "enhanced"), pytest.approx(made.result().points[0].value, rel=1e-14), 0, "1",
        "yes", "",
    ]  # fmt: skip
    assert [type(c) for c in nights[1][:6]] == [date, float, float, float, str, str]


def test_what_was_not_measured_is_an_empty_cell_and_never_0() -> None:
    nights = sheets(made.report())["Nights"]
    missing = [r for r in nights if r[5] == "missing"]
    assert missing
    assert all(r[2] == "" and r[7] == "" for r in missing)


def test_each_table_of_a_section_has_a_sheet_and_each_column_its_entry() -> None:
    report = made.report()
    found = sheets(report)
    tables = [t for s in report.sections for t in s.blocks if isinstance(t, Table) and t.rows]
    assert len(found) == len(tables) + 3
    said = [(row[0], row[1]) for row in found["Dictionary"][1:]]
    data = [(name, title) for name, rows in found.items() if name not in ("About", "Dictionary") for title in rows[0]]
    assert said == data
    assert all(all(row) or row[3] == "" for row in found["Dictionary"])


def test_the_dictionary_names_the_measure_of_the_value() -> None:
    entry = next(r for r in sheets(made.report())["Dictionary"] if r[1] == "value")
    assert "tst: Sleep time." in entry[2]
    assert entry[3:5] == ["min", "sleepsync"]


def test_the_answer_and_the_notes_stand_with_the_numbers() -> None:
    report = made.report()
    about = sheets(report)["About"]
    said = [b.text for s in report.sections for b in s.blocks if isinstance(b, Prose) and b.role == "answer"]
    assert len(said) == 1
    assert ["Answer", said[0].replace("\u00a0", " ")] in [[i, t.replace("\u00a0", " ")] for i, t in about]
    assert ["Data fingerprint", report.fingerprint] in about
    noted = replace(report, sections=(Section("x", "Extra", (Caveat("Mind this."),)),))
    assert ["Note to Extra", "Mind this."] in sheets(noted)["About"]


def test_the_same_report_gives_the_same_bytes_and_says_nothing_of_the_machine() -> None:
    report = made.report()
    assert exporter.render(report).data == exporter.render(report).data
    core = parts(report)["docProps/core.xml"]
    assert "<dc:creator></dc:creator>" in core
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[^<]*", core)) == {"2026-11-03T09:40:00Z"}


def test_headers_stay_in_sight() -> None:
    found = parts(made.report())
    assert all('state="frozen"' in text for name, text in found.items() if name.startswith("xl/worksheets/sheet"))


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+A1", "-A1", "@SUM(1)", "\t=1", " =1", "\u00a0=1", "＝1", "＋1", "－1", "＠x", '=HYPERLINK("http://x","y")', "http://x"],
)  # fmt: skip
def test_no_text_becomes_a_formula_or_a_link(cell: str) -> None:
    found = parts(holding(cell))
    assert not any("<f>" in text or "hyperlink" in text for text in found.values())
    shown = sheets(holding(cell))["Nights"][1][0]
    assert shown == "http://x" or shown.startswith("'")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("\U0001f600 夢 שינה نوم", "\U0001f600 夢 שינה نوم"),
        ("a\x00b\x1b[31m\u202ec\ufffe", "ab[31mc"),
        ("_x0041_", "_x0041_"),
        ("<r><t>x</r>", "'<r><t>x</r>"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("one\ntwo", "one two"),
        ("\ud800", ""),
        (" blank ", " blank "),
    ],
)
def test_hostile_text_stays_text(cell: str, shown: str) -> None:
    assert sheets(holding("first", cell, "last"))["Nights"][2][0] == shown


@pytest.mark.parametrize("letter", ["a", "\U0001f600", "夢"])
def test_a_text_longer_than_a_cell_is_cut_and_says_so(letter: str) -> None:
    cell = sheets(holding(letter * 100_000))["Nights"][1][0]
    assert len(cell.encode("utf-16-le")) // 2 in (exporter.MOST, exporter.MOST - 1)
    assert cell.endswith("… (in the app)")


@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_text_gives_a_file_that_opens_with_all_rows(cell: str) -> None:
    found = exporter.cell_text(cell)
    assert len(found.encode("utf-16-le")) <= 2 * exporter.MOST
    assert not found.strip().startswith(tuple("=+-@|%＝＋－＠"))
    ElementTree.fromstring(f"<t>{found.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</t>")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("12", 12.0), ("−3.5", -3.5), ("-3.5", -3.5), ("0.1", 0.1), ("-0.0", 0.0), ("1e-05", 1e-05), (None, ""), ("", ""),
        ("nan", ""), ("-inf", ""), ("1e999", ""), ("7 h 02", "7 h 02"), ("95 %", "95 %"), ("=1", "'=1"),
        ("123456789012345678901", "123456789012345678901"),
    ],
)  # fmt: skip
def test_only_a_number_is_a_number(cell: str | None, shown: float | str) -> None:
    assert sheets(holding("1", cell, "2", number=True))["Nights"][2][0] == shown


@pytest.mark.parametrize("cell", ["2026-02-30", "1899-12-31", "2026-7-9", "20260709"])
def test_what_is_no_date_of_a_spreadsheet_stays_text(cell: str) -> None:
    assert sheets(holding(cell))["Nights"][1][0] == cell


def test_sheets_have_names_of_their_own_that_a_spreadsheet_takes() -> None:
    table = Table((Column("x"),), (("y",),))
    titles = (
        "A/B: [c]*?",
        "a b   C",
        "Nights",
        "History",
        "",
        "'quoted'",
        "very long name of a section " * 3,
        "very long name of a section " * 3,
    )
    report = replace(made.report(), sections=tuple(Section(f"key_{i}", t, (table,)) for i, t in enumerate(titles)))
    names = list(sheets(report))
    assert names == [
        "Nights", "A B c", "a b C 2", "Nights 2", "History 2", "Key 4", "quoted", "very long name of a section ver", "very long name of a section v 2",
        "About", "Dictionary",
    ]  # fmt: skip
    assert all(len(n) <= 31 for n in names)


def test_a_report_without_nights_still_opens() -> None:
    report = replace(
        made.report(),
        nights=Table((), ()),
        sections=(Section("x", "", (Prose((Words("Nothing yet."),), "collecting"),)),),
    )
    found = sheets(report)
    assert found["Nights"] == []
    assert ["Answer", "Nothing yet."] in found["About"]


def test_ten_years_fit() -> None:
    rows = tuple(((date(2016, 1, 1) + timedelta(days=i)).isoformat(), repr(400 + i / 7)) for i in range(3650))
    nights = sheets(replace(made.report(), nights=Table((Column("night_date"), Column("value", True)), rows)))["Nights"]
    assert len(nights) == 3651
    assert nights[-1] == [date(2025, 12, 28), pytest.approx(400 + 3649 / 7, rel=1e-14)]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UserError, match="no space left"):
        exporter.PLUGIN.write(made.report(), file)
    assert file.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["x.xlsx"]


def test_a_long_text_is_broken_into_lines_and_a_very_long_one_is_not() -> None:
    found = parts(holding("short", "word " * 40))["xl/worksheets/sheet1.xml"]
    assert re.findall(r'<row r="(\d)"[^>]* ht="(\d+)"', found) == [("3", "60")]
    assert ' ht="' not in parts(holding("word " * 400))["xl/worksheets/sheet1.xml"]


def test_a_sheet_is_printed_as_wide_as_the_paper_with_its_header_on_each_page() -> None:
    for paper, number in (("a4", "9"), ("letter", "1")):
        found = parts(replace(made.report(), paper=paper))  # type: ignore[arg-type]
        assert re.findall(r'paperSize="(\d+)"', found["xl/worksheets/sheet1.xml"]) == [number]
        assert 'fitToHeight="0"' in found["xl/worksheets/sheet1.xml"]
        assert "Print_Titles" in found["xl/workbook.xml"]
