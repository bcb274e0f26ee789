"""The book of dreams as PDF and HTML: whole, tagged, in the fonts at hand, and honest about what they lack."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from dreamjournal.charts import fonts
from dreamjournal.domain.dream import Dream, Recall
from dreamjournal.domain.report import Paper, Report
from dreamjournal.exporters import _book, html, md, pdf
from dreamjournal.reports.anthology.book import assemble
from dreamjournal.reports.anthology.context import Book, Chapter

FIRST = date(2026, 5, 1)
NOW = datetime(2026, 7, 9, 20, 0, tzinfo=UTC)


def book(
    *texts: str,
    title: str = "Dreams",
    tags: tuple[str, ...] = (),
    parts: frozenset[str] = frozenset(),
    paper: Paper = "a4",
) -> Report:
    chapters = tuple(
        Chapter(
            i + 1,
            Dream(i, 1, FIRST + timedelta(days=i), t, Recall.REPORT, None, None, None, None, None, tags, (), NOW, NOW),
            t,
            "natural night",
        )
        for i, t in enumerate(texts)
    )
    return assemble(
        Book(title, chapters, (), None, None, False, (), False, parts, "me", NOW, "Europe/London", "1", paper)
    )


def read(report: Report) -> PdfReader:
    return PdfReader(io.BytesIO(pdf.render(report).data))


def text(reader: PdfReader) -> str:
    return re.sub(r"\s+", " ", " ".join(p.extract_text() for p in reader.pages).replace("\u200b", ""))


def kinds(node: Any) -> list[str]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [k for child in node for k in kinds(child)]
    if not isinstance(node, dict):
        return []
    return ([str(node["/S"])] if "/S" in node else []) + (kinds(node["/K"]) if "/K" in node else [])


def families(reader: PdfReader) -> set[str]:
    names: set[str] = set()
    for page in reader.pages:
        for font in page["/Resources"].get_object().get("/Font", {}).values():  # type: ignore[union-attr]
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            assert any(k in inner["/FontDescriptor"] for k in ("/FontFile2", "/FontFile3"))
            names.add(str(inner["/BaseFont"]).split("+")[1].split("-")[0])
    return names


def test_the_book_is_tagged_with_a_heading_and_an_outline_entry_for_each_dream() -> None:
    report = book(*("The sea rose." for _ in range(40)), tags=("sea",), parts=frozenset({"tags", "tag_index"}))
    reader = read(report)
    root: Any = reader.trailer["/Root"]
    assert str(root["/Lang"]).lower() == "en-gb"
    assert root["/MarkInfo"]["/Marked"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()
    found = kinds(root["/StructTreeRoot"])
    assert (found.count("/H1"), found.count("/H2")) == (1, 41)
    top: Any = reader.outline
    inner = next(x for x in top if isinstance(x, list))
    assert [top[0].title, inner[0].title, inner[39].title, inner[40].title] == [
        "Dreams", "1\u00a0\u00b7 Friday 1\u00a0May\u00a02026", "40\u00a0\u00b7 Tuesday 9\u00a0June\u00a02026", "Index of tags",
    ]  # fmt: skip
    assert families(reader) == {"SourceSerif4", "SourceSans3"}


def test_the_title_page_tells_what_is_there_and_nothing_stands_only_in_a_footer() -> None:
    report = book("The sea rose.", title="Night sea")
    first = re.sub(r"\s+", " ", read(report).pages[0].extract_text()).replace("\u00a0", " ")
    for said in (
        "Night sea",
        "1 dream of 1 night",
        "1 May 2026",
        report.fingerprint,
        "9 July 2026, 21:00",
        "what devices measured are left out",
    ):
        assert said in first
    assert "clinician" not in first
    assert "The sea rose" not in first


@pytest.mark.parametrize(("paper", "size"), [("a4", (210, 297)), ("letter", (216, 279))])
def test_both_papers(paper: Any, size: tuple[int, int]) -> None:
    page = read(book("The sea.", paper=paper)).pages[1]
    assert tuple(round(float(x) / 72 * 25.4) for x in page.mediabox[2:]) == size


def test_a_hundred_thousand_characters_come_out_whole_on_as_many_pages_as_they_need() -> None:
    words = " ".join(f"w{i}" for i in range(14_000))
    rendered = pdf.render(book(words, "x" * 5_000, "\n".join(["a line"] * 300)))
    reader = PdfReader(io.BytesIO(rendered.data))
    assert rendered.pages == len(reader.pages) > 30
    said = text(reader)
    assert re.sub(r" Page \d+ of \d+", "", said).count(words) == 1
    assert re.sub(r"[^x]", "", said).count("x") >= 5_000
    assert said.count("a line") == 300


def test_two_thousand_dreams_lose_no_page() -> None:
    rendered = pdf.render(book(*(f"Dream {i}." for i in range(2_000))))
    reader = PdfReader(io.BytesIO(rendered.data))
    assert rendered.pages == len(reader.pages)
    said = text(reader)
    assert all(f"Dream {i}." in said for i in range(2_000))


MARKUP = (
    '#panic("x") $1/0$ *b* _i_ `c` @ref <label> [x] \\ // /* #include "/etc/passwd" https://a.org <b>&amp; = h - i "q"'
)


def test_markup_is_text() -> None:
    report = book(MARKUP, title=MARKUP, tags=(MARKUP,), parts=frozenset({"tags", "tag_index"}))
    reader = read(report)
    assert text(reader).replace(" ", "").count(MARKUP.replace(" ", "")) >= 4
    assert not any("/Annots" in p for p in reader.pages)
    page = html.render(report).data.decode()
    assert "<b>&amp;" not in page.replace("&lt;", "<").split("<main>")[0]
    assert "#panic(&#34;x&#34;)" in page


def test_hebrew_and_arabic_are_printed_from_right_to_left() -> None:
    report = book(
        "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd",
        "\u062d\u0644\u0645\u062a \u0628\u0627\u0644\u0628\u062d\u0631",
        "The sea",
    )
    reader = read(report)
    said = text(reader)
    assert "no printed form" not in said
    assert fonts.MISSING not in said
    assert "DejaVuSans" in families(reader)
    assert _book.right_to_left("(1) \u05e9\u05dc\u05d5\u05dd a")
    assert not _book.right_to_left("1 a \u05e9")
    assert not _book.right_to_left("12")


@pytest.mark.parametrize(
    ("words", "lost"),
    [
        ("\u68a6\u89c1", 2), ("\U0001f319", 1), ("\U0001f468\u200d\U0001f469", 2), ("\u2600\ufe0f", 0), ("a\u0300\u0323", 0), ("a\x00\u202eb\ufeff", 0), ("\ue000", 1),
        ("\ud800", 0), ("\u3000", 0), ("\u0e17", 1), ("\uffff", 0),
    ],
)  # fmt: skip
def test_what_no_font_has_is_counted_and_never_loses_the_page(words: str, lost: int) -> None:
    assert _book.printable(words)[1] == lost
    said = text(read(book(f"I dreamt {words}.")))
    assert said.count(fonts.MISSING) == (lost + 1 if lost else 0)  # once more in the note
    assert ("no printed form" in said) == bool(lost)
    if lost:
        assert f"{lost} character" in said
    assert "I dreamt" in said


@settings(max_examples=40)
@given(st.lists(st.text(max_size=40), min_size=8, max_size=8))
def test_any_words_make_a_tagged_book(texts: list[str]) -> None:
    reader = read(
        book(
            *texts,
            title=texts[0] or "x",
            tags=tuple(t for t in texts[1:3] if t.strip()),
            parts=frozenset({"tag_index"}),
        )
    )
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]


@given(st.text())
def test_what_can_be_printed_is_kept_in_order(words: str) -> None:
    printed, lost = _book.printable(words)
    assert printed.count(fonts.MISSING) >= lost
    assert _book.printable(printed)[1] == 0
    assert _book.clean(_book.clean(words)) == _book.clean(words)


def test_the_html_keeps_every_character_and_line() -> None:
    words = "\u68a6\u89c1 \U0001f468\u200d\U0001f469\u200d\U0001f467 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645\nand a line\n\nTwo."
    page = html.render(book(words)).data.decode()
    assert (
        '<p class="dream" dir="auto">\u68a6\u89c1 \U0001f468\u200d\U0001f469\u200d\U0001f467 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645<br>and a line</p>'
        in page
    )
    assert '<p class="dream" dir="auto">Two.</p>' in page
    assert page.count("<h2>") == 1
    assert "Every night" not in page
    assert "Every number" not in page
    assert "\U0001f468\u200d\U0001f469\u200d\U0001f467" in md.render(book(words)).data.decode()


def test_the_same_book_gives_the_same_bytes() -> None:
    made = [book("The sea \u05e9 \u68a6.", tags=("a",), parts=frozenset({"tag_index"})) for _ in "ab"]
    for exporter in (pdf, html, md):
        assert exporter.render(made[0]).data == exporter.render(made[1]).data


def test_the_preview_is_the_pages() -> None:
    report = book("The sea.")
    assert len(pdf.preview(report, 30)) == pdf.render(report).pages == 2


def test_the_first_pages_of_a_long_book_are_those_of_the_whole() -> None:
    report = book(
        *("The sea rose, and the houses stood in it. " * 40 for _ in range(40)),
        tags=("a",),
        parts=frozenset({"tag_index"}),
    )
    whole = pdf.preview(report, 40)
    assert len(whole) > 12
    assert pdf.preview(report, 40, 6) == whole[:6]
    assert pdf.preview(report, 40, 500) == whole
