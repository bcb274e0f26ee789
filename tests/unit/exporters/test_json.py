"""The JSON file: one document as the published schema says it, numbers as they are."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from dreamjournal.common.errors import UserError
from dreamjournal.common.resources import resource
from dreamjournal.domain.contrast import to_json
from dreamjournal.domain.report import Caveat, Column, Report, Section, Table
from dreamjournal.exporters import json as exporter
from dreamjournal.exporters._dictionary import NIGHTS
from dreamjournal.exporters.registry import exporters
from tests import made_report as made

REPORT = made.report()
SCHEMA = json.loads(resource("schemas", "report-1.schema.json").read_text(encoding="utf-8"))
CHECK = Draft202012Validator(SCHEMA)


def values_of(report: Report) -> dict[str, Any]:
    """The document, as it is checked: no number in it is NaN or infinite."""

    def never(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    found: dict[str, Any] = json.loads(exporter.render(report).data, parse_constant=never)
    CHECK.validate(found)
    return found


def test_the_schema_is_a_schema_that_says_what_each_column_of_the_nights_means() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    said = {name: p["description"] for name, p in SCHEMA["$defs"]["night"]["properties"].items()}
    assert said == {
        name: f"{e.meaning} Unit: {e.unit}. From: {e.origin}. Null: {e.empty}." for name, e in NIGHTS.items()
    }
    assert SCHEMA["properties"]["format"]["const"] == exporter.FORMAT
    assert SCHEMA["properties"]["format_version"]["const"] == exporter.FORMAT_VERSION


def test_the_contrast_is_in_it_unrounded() -> None:
    found = made.result()
    values = values_of(made.report(found))
    assert values["contrast"] == json.loads(json.dumps(to_json(found)))
    assert values["nights"][0] == {
        "night_date": "2026-09-07", "enhanced": int(found.points[0].arm == "enhanced"), "value": found.points[0].value, "weekend": 0,
        "block": "1", "counted": "yes", "reason": None, "left_out_value": None,
        "exposures": "SleepSync" if found.points[0].arm == "enhanced" else None, "device": "Lumen H1",
    }  # fmt: skip
    assert [s["key"] for s in values["sections"]][:2] == ["coverage", "sentence"]


@pytest.mark.parametrize("design", ["R", "S", "P"])
@pytest.mark.parametrize("nights", [4, 12, 24, 56])
def test_every_answer_of_a_contrast_follows_the_schema(design: Any, nights: int) -> None:
    values_of(made.report(made.result(nights, design=design)))
    values_of(made.report(made.result(nights, design=design, refused=True)))


def test_each_block_says_what_it_is() -> None:
    report = made.report()
    noted = Section("x", "", (Caveat("Mind this."), Table((Column("n", True),), ((None,), ("3",)), "A note.")))
    values = values_of(replace(report, sections=(*report.sections, noted)))
    figures = {b["figure"] for s in values["sections"] for b in s["blocks"] if b["kind"] == "figure"}
    assert {"coverage_bar", "estimation_plot", "night_strip"} <= figures
    caveat, table = values["sections"][-1]["blocks"]
    assert caveat == {"kind": "caveat", "text": "Mind this."}
    assert (table["kind"], table["note"], table["rows"]) == ("table", "A note.", [[None], ["3"]])
    assert table["columns"] == [{"title": "n", "number": True}]


def test_a_report_of_another_kind_tells_its_result() -> None:
    day = date(2026, 7, 9)
    other = replace(
        made.report(),
        kind="profile",
        result={"n": 3, "share": math.nan, "days": (day,), "keys": frozenset({"b", "a"}), "low": -0.0},
    )
    values = values_of(other)
    assert values["result"] == {"n": 3, "share": None, "days": ["2026-07-09"], "keys": ["a", "b"], "low": 0.0}
    assert not str(values["result"]["low"]).startswith("-")
    assert "contrast" not in values


@pytest.mark.parametrize(
    ("cell", "value"),
    [("nan", None), ("-inf", None), ("1e999", None), ("", None), (None, None), ("0.1", 0.1), ("7", 7), ("-0.0", 0.0), ("23:05", "23:05")],
)  # fmt: skip
def test_a_number_of_a_night_is_a_number_or_null(cell: str | None, value: object) -> None:
    report = replace(made.report(), nights=Table((Column("value_2", True),), ((cell,),)))
    assert values_of(report)["nights"] == [{"value_2": value}]


@pytest.mark.parametrize(
    "fault",
    [
        {"format": "other"}, {"format_version": 2}, {"contrast": None}, {"nights": [{"night_date": "9 July"}]}, {"nights": [{"enhanced": 2}]},
        {"fingerprint": "x"}, {"sections": [{"key": "x", "title": "", "blocks": [{"kind": "poem"}]}]}, {"printed": "yesterday"},
    ],
    ids=str,
)  # fmt: skip
def test_the_schema_refuses_what_is_not_as_it_says(fault: dict[str, Any]) -> None:
    values = values_of(made.report())
    with pytest.raises(ValidationError):
        CHECK.validate({**values, **fault})


@given(st.text(max_size=40))
def test_any_text_gives_a_document(text: str) -> None:
    report = replace(REPORT, person=text, nights=Table((Column("reason"),), ((text,),)))
    values = values_of(report)
    assert values["nights"] == [{"reason": text or None}]


def test_half_a_character_does_not_lose_the_file() -> None:
    assert values_of(replace(made.report(), person="a\ud800b"))["person"] == "a?b"


@pytest.mark.parametrize("exporter_", exporters(), ids=lambda e: e.key)
def test_a_folder_that_cannot_be_written_is_told_in_words(exporter_: object, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        exporter_.write(made.report(), tmp_path / "no such folder" / f"x{exporter_.suffix}")  # type: ignore[attr-defined]
    assert caught.value.sentence == "Could not write to this folder: the folder does not exist; choose another."


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.json"
    file.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UserError, match="no space left"):
        exporter.PLUGIN.write(made.report(), file)
    assert file.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


def test_these_formats_are_there() -> None:
    found = {(e.key, e.suffix) for e in exporters()}
    assert {("csv", ".csv"), ("html", ".html"), ("json", ".json"), ("pdf", ".pdf"), ("xlsx", ".xlsx")} <= found
    assert len({suffix for _, suffix in found}) == len(found)
