"""The Markdown file: what a person wrote is text to whoever reads it as Markdown, and nothing of the page is missing."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dreamjournal.domain.contrast import Words
from dreamjournal.domain.profile_figures import AsleepLine, AsleepPlot, NightStrips, StripRow
from dreamjournal.domain.report import Column, Figure, Prose, ProseRole, Report, Section, Table
from dreamjournal.exporters import md
from dreamjournal.exporters._book import clean
from dreamjournal.exporters._twins import twin
from tests import made_report as made

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HOSTILE = (
    "# no heading", "- no item", "1. no item", "2) no", "+ no", "* no", "> no quote", "    no code", "```", "~~~", "---", "===", "***", "a  ",
    "*a* _b_ **c** __d__ ~~e~~ `f`", "[a](http://b.org)", "![a](b)", "<b>x</b>", "<!-- x -->", "&lt;b&gt; &amp; &copy;", "a | b", "|---|",
    "\\", "\\\\*a*", "http://a.org <http://b.org>", "[x]: http://a.org", "[^1]: note", "snake_case _and_ x_", "$x$ ^y^ {z}", ":smile: 23:10",
    "{{ 7*7 }} {% raw %}", "<script>alert(1)</script>", "\ta", "a\\", "www.a.org", "=", "-", "#", "1.", "\u00a0- a", "12.5 %",
)  # fmt: skip


class Read(HTMLParser):
    """The tags of a page and the words between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def text(report: Report) -> str:
    return md.render(report).data.decode()


@cache
def base() -> Report:
    return made.report()


def report(*blocks: Any, title: str = "Dreams", **more: Any) -> Report:
    return replace(base(), title=title, facts=(), sections=(Section("a", "Part", blocks),), told=True, **more)


def body(page: str) -> str:
    """What stands between the heading of the only section and the footer."""
    return page.split("## Part\n\n", 1)[1].rsplit("\n\n***\n\n", 1)[0]


def visible(words: str) -> str:
    return re.sub(r"[ \t\r\n\f\v]+", " ", clean(words)).strip()


def roles(words: str) -> list[tuple[ProseRole, list[str]]]:
    return [("dream", ["p"]), ("text", ["p"]), ("item", ["ul", "li"]), ("refused", ["blockquote", "p"])]


@pytest.mark.parametrize("words", HOSTILE)
def test_text_stays_text(words: str) -> None:
    for role, tags in roles(words):
        read = Read(READER.render(body(text(report(Prose((Words(words),), role))))))
        assert (read.tags, visible(read.words)) == (tags, visible(words)), role


@given(st.text(alphabet="ab1 #*_[](){}<>|~`!\\&;:.-+=$^\"'\n\t\u00a0\u00e9", max_size=30))
def test_any_text_stays_text(words: str) -> None:
    said = visible(words)
    for role, tags in roles(words):
        read = Read(
            READER.render(body(text(report(Prose((Words("x "), Words(words)), "text" if role == "dream" else role)))))
        )
        assert visible(read.words) == visible("x " + words)
        assert read.tags == tags if role != "dream" else read.tags == ["p"]
    if said:
        read = Read(READER.render(body(text(report(Prose((Words(words), Words("x")), "dream"))))))
        assert read.tags == ["p", "br"]
        assert read.words.strip() == f"{said}\nx"


@given(
    st.text(alphabet="ab .,(*\u00a0", max_size=8),
    st.text(alphabet="ab .,(*\u00a0", max_size=8),
    st.text(alphabet="ab .,(*", max_size=8),
)
def test_emphasis_never_leaves_its_asterisks(before: str, strong: str, after: str) -> None:
    read = Read(
        READER.render(body(text(report(Prose((Words("x" + before), Words(strong, True), Words(after + "x")))))))
    )
    assert visible(read.words) == visible(f"x{before}{strong}{after}x")
    assert set(read.tags) <= {"p", "strong"}


def test_emphasis_is_kept_where_it_can_be() -> None:
    block = Prose((Words("You said 20 min: "), Words("clearly longer.", True), Words(" You knew.")))
    assert body(text(report(block))) == "You said 20 min: **clearly longer.** You knew."


def test_the_title_and_the_person_are_text_too() -> None:
    page = text(report(title="# *x* <b>", person="[me](x)"))
    read = Read(READER.render(page))
    assert "# *x* <b>" in read.words
    assert "Person [me](x)" in read.words
    assert set(read.tags) == {"h1", "h2", "p", "hr"}


def test_a_poem_keeps_its_lines() -> None:
    lines = tuple(Words(w) for w in ("the sea", "- came up", "1. to us"))
    read = Read(READER.render(body(text(report(Prose(lines, "dream"))))))
    assert read.tags == ["p", "br", "br"]
    assert read.words.strip().splitlines() == ["the sea", "- came up", "1. to us"]


def test_a_table_is_a_pipe_table_whatever_its_cells_hold() -> None:
    table = Table((Column("kind | of"), Column("n", True)), (("a | b", "1"), (None, "2"), ("# x\ny", "3")), "A note.")
    page = body(text(report(table)))
    read = Read(READER.render(page))
    assert read.tags.count("table") == 1
    assert (read.tags.count("th"), read.tags.count("td"), read.tags[-1]) == (2, 6, "p")
    assert "| --- | --: |" in page
    for cell in ("kind | of", "a | b", "\u2013", "# x y", "A note."):
        assert cell in read.words


def test_a_contrast_is_whole() -> None:
    page = made.report(parts=frozenset({"raster", "intakes", "diary_table"}))
    said = text(page)
    read = Read(READER.render(said))
    words = visible(html.unescape(read.words))
    assert read.tags.count("h1") == 1
    figures = [b for s in page.sections for b in s.blocks if isinstance(b, Figure)]
    tables = [b for s in page.sections for b in s.blocks if isinstance(b, Table)]
    assert figures and all(visible(f.alt) in words for f in figures)
    assert read.tags.count("table") == len(tables) + sum(twin(f.drawing) is not None for f in figures) + 1
    assert visible(str(page.result["sentence"])) in words
    assert all(str(row[0]) in words for row in page.nights.rows)
    assert page.fingerprint in words
    assert "not a diagnosis" in words
    for never in ("NaN", "None", "\\p{", "p = 0"):
        assert never not in said


def test_control_characters_and_half_characters_do_not_get_in() -> None:
    said = text(report(Prose((Words("a\x00b\x1b[31m \ud800c\u202ed\ufeff"),), "dream")))
    assert body(said) == "ab\\[31m cd"


def test_the_same_report_gives_the_same_bytes() -> None:
    assert md.render(made.report()).data == md.render(made.report()).data
    assert md.render(made.report()).data.endswith(b"\n")


def test_a_curve_and_the_strips_have_their_numbers_beside_them() -> None:
    shares = tuple(min(1.0, abs(i - 144) / 144) for i in range(288))
    plot = AsleepPlot(
        (AsleepLine("natural", 12, "natural", shares, shares, shares), AsleepLine("enhanced", 2, "enhanced"))
    )
    found = twin(plot)
    assert found is not None
    assert [c.title for c in found.columns] == ["clock time", "natural, n 12: asleep", "natural: 95\u00a0% interval"]
    assert found.rows[0] == ("12:00", "100\u00a0%", "100\u00a0% to 100\u00a0%")
    assert found.rows[6][0:2] == ("18:00", "50\u00a0%")
    assert twin(AsleepPlot((AsleepLine("natural", 2, "natural"),))) is None
    strips = NightStrips(
        (
            StripRow(date(2026, 11, 13), "natural", True, True, asleep="7\u00a0h\u00a002", dream="dream"),
            StripRow(date(2026, 11, 14), "unrecorded", False, False, reason="no recording"),
        ),
        510,
        1350,
    )
    held = twin(strips)
    assert held is not None
    assert held.rows == (
        ("Fri\u00a013\u00a0Nov", "natural", "7\u00a0h\u00a002", "dream", "a free day follows"),
        ("Sat\u00a014\u00a0Nov", "unrecorded", None, None, "no recording"),
    )
