"""The CSV file: nothing a spreadsheet would run, and the same answer when it is read back."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.domain.report import Column, Report, Table
from dreamjournal.exporters import csv as exporter
from dreamjournal.services.contrasts import contrast_csv
from tests import made_report as made

REPORT = made.report()


def rows(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exporter.render(report).data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+A1",
        "-A1",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "|calc",
        "%x",
        " =1",
        "\u00a0=1",
        "\ufeff=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "\n=1",
        "\u200b=1",
    ],
)
def test_no_cell_of_text_starts_a_formula(cell: str) -> None:
    assert exporter.guarded(cell).startswith("'")


@given(st.text())
def test_no_text_gets_past_the_guard(cell: str) -> None:
    line = exporter.guarded(cell)
    assert "\n" not in line
    assert "\r" not in line
    assert "\x00" not in line
    first = line.strip()[:1]
    assert first not in tuple("=+-@|%＝＋－＠") or not first


def test_numbers_keep_their_sign() -> None:
    table = Table((Column("value", True), Column("reason")), (("-3.5", "-3.5"),))
    assert rows(replace(made.report(), nights=table)) == [{"value": "-3.5", "reason": "'-3.5"}]


@pytest.mark.parametrize(
    ("cell", "written"),
    [("nan", ""), ("inf", ""), (None, ""), ("-0.0", "0.0"), ("0.30000000000000004", "0.30000000000000004"), ("=1", "'=1"), ("23:05", "23:05")],
)  # fmt: skip
def test_a_column_of_numbers_holds_no_formula_and_nothing_that_is_no_number(cell: str | None, written: str) -> None:
    table = Table((Column("value", True), Column("x")), ((cell, "x"), (cell, "x")))
    assert [r["value"] for r in rows(replace(made.report(), nights=table))] == [written, written]


@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=8), st.sampled_from(["12", "=1", "a b", "a\nb", "-3.5", "nan"])),
        max_size=6,
    ),
    st.booleans(),
)
def test_a_column_is_written_as_each_of_its_cells_alone(cells: list[str | None], number: bool) -> None:
    def written(some: list[str | None]) -> list[str]:
        table = Table((Column("x", number), Column("y")), tuple((c, "y") for c in some))
        return [r["x"] for r in rows(replace(REPORT, nights=table))]

    assert written(cells) == [written([cell])[0] for cell in cells]


def test_a_column_of_a_hundred_thousand_nights_is_written() -> None:
    table = Table((Column("day"), Column("value", True)), tuple((f"d{i}", str(i)) for i in range(100_000)))
    assert rows(replace(REPORT, nights=table))[-1] == {"day": "d99999", "value": "99999"}


def test_a_name_that_is_a_formula_is_guarded_in_the_file() -> None:
    found = rows(made.report(made.result(enhancer='=HYPERLINK("http://x","y")')))
    exposures = {r["exposures"] for r in found if r["exposures"]}
    assert exposures == {'\'=HYPERLINK("http://x","y")'}


@pytest.mark.parametrize("design", ["R", "S"])
def test_the_file_read_back_gives_the_same_answer(tmp_path: Path, design: str) -> None:
    found = made.result(design=design)  # type: ignore[arg-type]
    file = tmp_path / "nights.csv"
    exporter.PLUGIN.write(made.report(found), file)
    again = contrast_csv(str(file), design, 20)
    assert again.estimate.value == pytest.approx(found.estimate.value)
    assert again.estimate.interval == pytest.approx(found.estimate.interval)
    assert (again.verdict, again.planned) == (found.verdict, found.planned)
