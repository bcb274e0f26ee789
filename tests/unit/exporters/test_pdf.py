"""The PDF: one page, tagged, the same bytes, and text that stays text."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from dreamjournal.charts import fonts
from dreamjournal.domain.contrast import Excluded
from dreamjournal.domain.dream import Dream, Recall
from dreamjournal.domain.report import Figure, Prose, Report, Table
from dreamjournal.exporters import pdf
from dreamjournal.reports.profile.page import assemble as profile
from dreamjournal.reports.two_weeks.page import assemble as two_weeks
from tests import made_profile, made_two_weeks
from tests import made_report as made


def read(report: Report) -> PdfReader:
    return PdfReader(io.BytesIO(pdf.render(report).data))


def text(reader: PdfReader) -> str:
    return re.sub(r"\s+", " ", " ".join(p.extract_text() for p in reader.pages).replace("\u200b", ""))


def elements(node: Any, found: list[Any] | None = None) -> list[Any]:
    """All structure elements under the tree's root."""
    found = [] if found is None else found
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            elements(child, found)
    elif isinstance(node, dict):
        if "/S" in node:
            found.append(node)
        if "/K" in node:
            elements(node["/K"], found)
    return found


CASES: dict[str, dict[str, Any]] = {
    "randomised": {}, "chosen": {"design": "S"}, "before and after": {"design": "P"}, "early": {"nights": 24},
    "too few": {"nights": 12}, "one": {"nights": 1}, "refused": {"refused": True}, "two years": {"nights": 700, "design": "S"},
}  # fmt: skip


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("case", CASES)
def test_one_page_on_both_papers(case: str, paper: Any) -> None:
    rendered = pdf.render(made.report(made.result(**CASES[case]), paper=paper))
    reader = PdfReader(io.BytesIO(rendered.data))
    assert rendered.pages == len(reader.pages) == 1
    width, height = (round(float(x) / 72 * 25.4) for x in reader.pages[0].mediabox[2:])
    assert (width, height) == ((210, 297) if paper == "a4" else (216, 279))


def test_the_tags_of_an_accessible_page_are_there() -> None:
    report = made.report()
    reader = read(report)
    root: Any = reader.trailer["/Root"]
    assert str(root["/Lang"]).lower() == "en-gb"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == report.title
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()
    found = elements(root["/StructTreeRoot"])
    kinds = [str(e["/S"]) for e in found]
    assert kinds.count("/H1") == 1
    assert kinds.index("/H1") < kinds.index("/H2")
    figures = [b for s in report.sections for b in s.blocks if isinstance(b, Figure)]
    alts = [str(e["/Alt"]) for e in found if e["/S"] == "/Figure"]
    assert alts == [f.alt for f in figures]
    headers = [e for e in found if e["/S"] == "/TH"]
    assert headers
    for header in headers:
        attributes = header["/A"].get_object() if hasattr(header["/A"], "get_object") else header["/A"]
        listed = attributes if isinstance(attributes, list) else [attributes]
        assert any(a.get_object().get("/Scope") == "/Column" for a in listed)


def test_all_fonts_are_embedded_and_of_one_family() -> None:
    reader = read(made.report())
    names: set[str] = set()
    for page in reader.pages:
        stack: list[Any] = [page["/Resources"]]
        while stack:
            resources: Any = stack.pop().get_object()
            for font in resources.get("/Font", {}).values():
                inner = font.get_object()["/DescendantFonts"][0].get_object()
                descriptor = inner["/FontDescriptor"].get_object()
                assert any(k in descriptor for k in ("/FontFile2", "/FontFile3"))
                names.add(str(inner["/BaseFont"]))
            stack += [
                x.get_object()["/Resources"]
                for x in resources.get("/XObject", {}).values()
                if "/Resources" in x.get_object()
            ]
    assert names
    assert all(re.fullmatch(r"/[A-Z]{6}\+SourceSans3-\w+", n) for n in names), names


def test_the_same_report_gives_the_same_bytes() -> None:
    assert pdf.render(made.report()).data == pdf.render(made.report()).data


def test_the_time_of_printing_is_the_only_time_in_the_file() -> None:
    report = made.report()
    later = replace(report, printed=report.printed + timedelta(hours=1))
    assert pdf.render(report).data != pdf.render(later).data
    assert "3 November 2026, 09:40 (Europe/London)" in text(read(report)).replace("\u00a0", " ")


def test_the_words_of_the_page_are_in_the_file_in_reading_order() -> None:
    report = made.report()
    said = text(read(report)).replace("\u00a0", " ")
    sentence = str(report.result["sentence"]).replace("\u00a0", " ")
    assert sentence in said
    order = [
        "Does SleepSync change",
        "56 planned",
        sentence[:40],
        "every night, and the difference",
        "Night by night",
        "How this was done",
        "Limits",
    ]
    places = [said.index(o) for o in order]
    assert places == sorted(places)
    assert report.fingerprint in said
    assert "Dream texts are left out." in said


@pytest.mark.parametrize(
    "name", ['#panic("x") $1/0$ *b* _i_ `c` @ref <label> [x] \\', '// /* #include "/etc/passwd" https://a.org <b>&amp;']
)
def test_markup_in_what_a_person_wrote_stays_text(name: str) -> None:
    reader = read(made.report(made.result(enhancer=name), person=name))
    said = text(reader).replace(" ", "")
    assert said.count(name.replace(" ", "")) >= 3
    assert not any("/Annots" in p for p in reader.pages)


@pytest.mark.parametrize(
    "name",
    ["梦 and 🌙", "\u05d7\u05dc\u05d5\u05dd", "a\u0000b\u0007\u202ec\ufeff", "e\u0301\u0302\u0303 x\ufe0f", "\ud800x"],
)
def test_no_character_loses_the_page(name: str) -> None:
    report = made.report(made.result(enhancer=name), person=name)
    said = text(read(report))
    lost = fonts.printable(name)[1]
    assert ("could not be printed" in said) == bool(lost)
    assert (fonts.MISSING in said) == bool(lost)
    assert read(report).trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]


def test_a_very_long_name_breaks_and_page_one_stays_a_page() -> None:
    report = made.report(made.result(enhancer="x" * 300), person="y" * 80)
    assert pdf.render(report).pages == 1
    assert "x" * 79 + "\u2026" in text(read(report)).replace(" ", "")


def test_hundreds_of_left_out_nights_leave_page_one_a_page() -> None:
    found = made.result(300, design="S")
    excluded = tuple(
        Excluded(made.FIRST + timedelta(days=400 + 2 * i), f"a reason of some length, number {i % 9}")
        for i in range(300)
    )
    report = made.report(replace(found, excluded=excluded))
    reader = read(report)
    assert len(reader.pages) >= 2
    assert "Limits" in reader.pages[0].extract_text()
    assert "Nights that do not count" in reader.pages[1].extract_text()


def test_ticked_parts_come_after_page_one() -> None:
    dream = Dream(
        1,
        1,
        made.FIRST,
        "A garden.\nSomebody = watered #it.",
        Recall.REPORT,
        2,
        0,
        0,
        False,
        None,
        (),
        (),
        made.PRINTED,
        made.PRINTED,
    )
    report = made.report(parts=frozenset({"raster", "diary_table", "intakes", "dream_texts"}), dreams=(dream,))
    reader = read(report)
    first, rest = reader.pages[0].extract_text(), " ".join(p.extract_text() for p in reader.pages[1:])
    assert "Limits" in first
    assert "A garden" not in first
    assert "A garden. Somebody = watered #it." in re.sub(r"\s+", " ", rest)


def test_the_preview_shows_the_pages_of_the_file() -> None:
    report = made.report(parts=frozenset({"diary_table"}))
    pages = pdf.preview(report, 40)
    assert len(pages) == pdf.render(report).pages
    assert all(p.startswith(b"\x89PNG") for p in pages)


def test_the_letterhead_says_that_no_name_is_on_the_page_unless_one_was_typed() -> None:
    assert "Person Heron-12 \u00b7 no name on this page" in text(read(made.report()))
    typed = replace(made.report(), person="ANNA EXAMPLE", named=True)
    assert "Person ANNA EXAMPLE" in text(read(typed))
    assert "no name" not in text(read(typed))


def test_a_long_name_in_capitals_leaves_the_letterhead_its_room() -> None:
    long = " ".join(["MAXIMILIANA"] * 6)
    words = read(replace(made.report(), person=long, named=True)).pages[0].extract_text()
    assert "N-of-1 trial, randomised nights" in words.splitlines()[0]  # not squeezed into a column of words
    assert re.sub(r"\s+", " ", words).count("MAXIMILIANA") == 6


def longer(words: str) -> str:
    """A third longer, as another language may have it."""
    return re.sub(r"[A-Za-z]{3,}", lambda m: m[0] + m[0][-1] * round(0.35 * len(m[0]) + 0.2), words)


def translated(report: Report) -> Report:
    """The report in longer words; figures and what is told by a code as they are."""

    def block(b: Any) -> Any:
        if isinstance(b, Prose):
            return replace(b, words=tuple(replace(w, text=longer(w.text)) for w in b.words))
        if isinstance(b, Table):
            columns = tuple(replace(c, title=longer(c.title)) for c in b.columns)
            return replace(b, columns=columns, note=longer(b.note))
        return b

    sections = tuple(
        replace(s, title=longer(s.title), blocks=tuple(block(b) for b in s.blocks)) for s in report.sections
    )
    return replace(report, sections=sections, title=longer(report.title), heading=longer(report.heading))


REPORTS = {
    "contrast": made.report, "refused": lambda: made.report(made.result(refused=True)),
    "profile": lambda: profile(made_profile.context()), "two weeks": lambda: two_weeks(made_two_weeks.context()),
}  # fmt: skip


@pytest.mark.parametrize("kind", REPORTS)
def test_words_a_third_longer_keep_to_the_page_and_are_all_on_it(kind: str) -> None:
    report = translated(REPORTS[kind]())
    reader = read(report)
    assert len(reader.pages) == 1
    there = re.sub(r"\s+", "", text(reader))
    for section in report.sections:
        assert re.sub(r"\s+", "", section.title) in there
        for b in section.blocks:
            if isinstance(b, Table):
                for c in b.columns[:-1] if section.key == "nights" else b.columns:  # its last says what to shade
                    assert re.sub(r"\s+", "", c.title.rpartition(" \u00b7 ")[2]) in there
