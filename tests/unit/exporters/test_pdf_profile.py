"""The sleep profile as a file: one page on both papers, tagged, the same bytes."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from pypdf import PdfReader

from dreamjournal.exporters import csv, html, pdf
from dreamjournal.exporters import json as json_exporter
from dreamjournal.reports.profile.page import assemble
from tests import made_profile as made

CASES: dict[str, dict[str, Any]] = {
    "both": {}, "without stages": {"stages": False, "naps": 6}, "kind not known": {"kinds": "NNEE" + "U" * 20}, "no night": {"kinds": ""},
    "four hundred": {"kinds": "NE-X" * 100, "source_title": "Sleep as Android from a telephone", "enhancer": "A lamp with a long name " * 6},
    "long name": {"kinds": "NE-X" * 12, "person": "W" * 200},
}  # fmt: skip


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("case", CASES)
def test_one_page_on_both_papers(case: str, paper: Any) -> None:
    rendered = pdf.render(assemble(made.context(**CASES[case], paper=paper)))
    reader = PdfReader(io.BytesIO(rendered.data))
    assert rendered.pages == len(reader.pages) == 1
    said = re.sub(r"\s+", " ", reader.pages[0].extract_text())
    if made.context(**CASES[case]).nights:
        assert "judged only on the Contrast page" in said
    assert "sleep profile, layout 1" in said
    assert "secret words" not in said


def test_the_tags_of_an_accessible_page_are_there() -> None:
    reader = PdfReader(io.BytesIO(pdf.render(assemble(made.context())).data))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    found: list[Any] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(node)
            if "/K" in node:
                walk(node["/K"])

    walk(root["/StructTreeRoot"])
    kinds = [str(n["/S"]) for n in found]
    assert kinds.count("/Figure") == 3
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == 5
    assert kinds.count("/TH") == 1 + 2 + 8 + 7
    assert all(180 <= len(n["/Alt"]) <= 290 for n in found if n["/S"] == "/Figure")


def test_the_same_nights_give_the_same_bytes_in_every_format() -> None:
    for exporter, kinds in ((pdf, "NE" * 5), (html, "NE" * 3), (csv, "NE" * 14), (json_exporter, "NE" * 14)):
        assert (
            exporter.render(assemble(made.context(kinds))).data == exporter.render(assemble(made.context(kinds))).data
        )


def test_a_ticked_part_comes_on_a_page_of_its_own() -> None:
    assert pdf.render(assemble(made.context(parts=frozenset({"asleep_hours"})))).pages == 2


def test_json_has_numbers_and_null_where_nothing_was_measured() -> None:
    document = json.loads(json_exporter.render(assemble(made.context("NE-" * 6, stages=False))).data)
    night = document["nights"][0]
    assert isinstance(night["tst_min"], float)
    assert night["deep_min"] is None
    assert document["nights"][2]["tst_min"] is None


def test_html_is_one_file_with_every_night() -> None:
    page = html.render(assemble(made.context())).data.decode()
    assert page.count("data:image/svg+xml") == 3
    assert "2026-10-04" in page
    assert "<script" not in page
