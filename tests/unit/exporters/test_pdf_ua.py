"""Every kind of report of the sample journal as an accessible PDF: tags, language, headings, tables, figures, fonts, contrast."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream

from dreamjournal.charts.style import PAPER
from dreamjournal.common.clock import FixedClock
from dreamjournal.domain.report import Figure, Paper, Report, Table
from dreamjournal.exporters import pdf
from dreamjournal.services import demo, journals, reports
from tests.made_figures import contrast
from tests.unit.exporters.test_pdf import elements

CLOCK = FixedClock(datetime(2026, 5, 5, 8, 0, tzinfo=UTC), "Europe/London")
KINDS = [k.key for k in reports.KINDS]
FAMILIES = re.compile(r"/[A-Z]{6}\+(SourceSans3|SourceSerif4|Noto)[\w-]*")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The sample journal, made once, open."""
    path = tmp_path_factory.mktemp("ua") / "journal.db"
    demo.make(path, CLOCK)
    journal = journals.open_existing(path)
    yield journal
    journal.close()


@pytest.fixture(scope="module")
def made(sample: Any) -> Any:
    """The report of a kind on a paper, with all optional parts, and its file; each is made once."""

    @cache
    def make(kind: str, paper: Paper) -> tuple[Report, PdfReader]:
        parts = frozenset(p.key for p in reports.part_choices(kind) if not p.fixed)
        spec = reports.ReportSpec(kind=kind, paper=paper, parts=parts)
        report = reports.build(sample, sample.persons.all()[0].id, spec, CLOCK)
        return report, PdfReader(io.BytesIO(pdf.render(report).data))

    return make


@pytest.fixture(params=[(k, p) for k in KINDS for p in ("a4", "letter")], ids=lambda x: f"{x[0]}-{x[1]}")
def page(made: Any, request: pytest.FixtureRequest) -> tuple[Report, PdfReader]:
    return made(*request.param)


def tags(reader: PdfReader) -> list[Any]:
    root: Any = reader.trailer["/Root"]
    return elements(root["/StructTreeRoot"])


def under(node: Any, kind: str) -> list[Any]:
    return [e for e in elements(node.get("/K", [])) if e["/S"] == kind]


def fonts_of(resources: Any) -> Iterator[Any]:
    """Each font of a page and of the drawings on it."""
    resources = resources.get_object()
    for font in resources.get("/Font", {}).values():
        yield font.get_object()
    for drawn in resources.get("/XObject", {}).values():
        if "/Resources" in drawn.get_object():
            yield from fonts_of(drawn.get_object()["/Resources"])


def colours_of_words(
    content: Any, resources: Any, reader: PdfReader, fill: tuple[float, ...] = (0.0,)
) -> Iterator[tuple[float, ...]]:
    """The colour each piece of text is filled with: one number is grey, three are red, green and blue."""
    kept: list[tuple[float, ...]] = []
    for operands, operator in ContentStream(content, reader).operations:
        if operator == b"q":
            kept.append(fill)
        elif operator == b"Q":
            fill = kept.pop()
        elif operator in (b"g", b"rg", b"sc", b"scn"):
            fill = tuple(float(x) for x in operands if isinstance(x, int | float))
        elif operator in (b"Tj", b"TJ"):
            yield fill
        elif operator == b"Do":
            drawn = resources["/XObject"].get_object()[operands[0]].get_object()
            if drawn.get("/Subtype") == "/Form":
                yield from colours_of_words(drawn, drawn.get("/Resources", resources).get_object(), reader, fill)


def hexed(colour: tuple[float, ...]) -> str:
    r, g, b = colour * 3 if len(colour) == 1 else colour
    return "#" + "".join(f"{round(255 * c):02x}" for c in (r, g, b))


def test_the_file_says_what_it_is(page: tuple[Report, PdfReader]) -> None:
    report, reader = page
    root: Any = reader.trailer["/Root"]
    assert str(root["/Lang"]).lower().startswith("en-")
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    told = root["/Metadata"].get_object().get_data()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in told
    assert b"<pdfaid:part>2</pdfaid:part>" in told
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in told
    intent = root["/OutputIntents"][0].get_object()
    assert (intent["/S"], intent["/DestOutputProfile"].get_object()["/N"]) == ("/GTS_PDFA1", 3)
    assert not reader.is_encrypted
    assert {"/AA", "/JavaScript", "/EmbeddedFiles"}.isdisjoint(root)
    assert reader.metadata is not None
    assert reader.metadata.title
    assert "/StructParents" in reader.pages[0]
    if report.kind == "contrast":
        assert reader.metadata.title == report.title


def test_headings_begin_at_one_and_skip_no_level(page: tuple[Report, PdfReader]) -> None:
    _, reader = page
    levels = [int(str(e["/S"])[2:]) for e in tags(reader) if re.fullmatch(r"/H\d", str(e["/S"]))]
    assert levels
    assert levels[0] == 1
    assert all(later <= before + 1 for before, later in pairwise(levels))


def test_every_table_has_headers_with_a_scope(page: tuple[Report, PdfReader]) -> None:
    report, reader = page
    found = [e for e in tags(reader) if e["/S"] == "/Table"]
    wanted = sum(isinstance(b, Table) for s in report.sections for b in s.blocks)
    assert len(found) >= min(1, wanted)
    for table in found:
        headers = under(table, "/TH")
        assert headers
        for header in headers:
            attributes = header["/A"].get_object()
            listed = attributes if isinstance(attributes, list) else [attributes]
            assert any(a.get_object().get("/Scope") == "/Column" for a in listed)


def test_every_figure_has_words_and_those_of_the_report_are_there(page: tuple[Report, PdfReader]) -> None:
    report, reader = page
    alts = [str(e.get("/Alt", "")) for e in tags(reader) if e["/S"] == "/Figure"]
    assert all(a.strip() for a in alts)
    figures = [b for s in report.sections for b in s.blocks if isinstance(b, Figure)]
    for figure in figures:
        assert figure.alt in alts


def test_fonts_are_embedded_and_subset(page: tuple[Report, PdfReader]) -> None:
    _, reader = page
    names: set[str] = set()
    for one in reader.pages:
        for font in fonts_of(one["/Resources"]):
            inner = font["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"].get_object()
            assert any(k in descriptor for k in ("/FontFile2", "/FontFile3"))
            assert "/ToUnicode" in font
            names.add(str(inner["/BaseFont"]))
    assert names
    assert all(FAMILIES.fullmatch(n) for n in names), names


def test_all_words_are_seen_against_the_paper(page: tuple[Report, PdfReader]) -> None:
    _, reader = page
    seen = {
        hexed(c) for p in reader.pages for c in colours_of_words(p.get_contents(), p["/Resources"].get_object(), reader)
    }
    assert len(seen) >= 2  # ink and grey at least
    # Paper-coloured words stand on the fill of enhanced nights alone.
    assert contrast(PAPER.enhanced, PAPER.paper) >= 4.5
    pale = {c: round(contrast(c, PAPER.paper), 1) for c in seen - {PAPER.paper} if contrast(c, PAPER.paper) < 4.5}
    assert not pale
