"""The HTML file: self-contained, inert, readable by a machine that reads aloud."""

from __future__ import annotations

import base64
import re
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from dreamjournal.domain.report import Table
from dreamjournal.exporters import html
from tests import made_report as made

PAYLOADS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "<svg/onload=alert(1)>", "javascript:alert(1)", "{{ 7*7 }}", "{% raw %}",
    "</title><script>x</script>", "&lt;b&gt;", "' onmouseover='x", "<iframe src=file:///etc/passwd>", "<!--", "]]>", "\u0000<b>",
)  # fmt: skip


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def parsed(page: bytes) -> Tags:
    tags = Tags()
    tags.feed(page.decode())
    return tags


def test_the_file_fetches_and_runs_nothing() -> None:
    page = html.render(made.report()).data
    tags = parsed(page)
    names = {tag for tag, _ in tags.found}
    assert not names & {"script", "link", "iframe", "object", "embed", "form", "base", "audio", "video"}
    policy = next(
        a["content"] for t, a in tags.found if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    for tag, attributes in tags.found:
        assert not any(k.startswith("on") for k in attributes), tag
        for key in ("src", "href"):
            assert (attributes.get(key) or "data:").startswith("data:")
    assert b"@import" not in page
    assert b"url(" not in page


def test_every_drawing_is_an_image_with_words_and_no_text_of_its_own() -> None:
    images = [a for t, a in parsed(html.render(made.report()).data).found if t == "img"]
    assert len(images) == 3
    for image in images:
        assert image["alt"]
        head, data = str(image["src"]).split(",", 1)
        assert head == "data:image/svg+xml;base64"
        svg = base64.b64decode(data)
        ElementTree.fromstring(svg)
        assert b"<script" not in svg
        assert b"<text" not in svg


def test_headings_tables_and_language_are_marked_up() -> None:
    tags = parsed(html.render(made.report()).data)
    names = [t for t, _ in tags.found]
    assert next(a for t, a in tags.found if t == "html")["lang"] == "en-GB"
    assert names.count("h1") == 1
    assert next(n for n in names if re.fullmatch(r"h\d", n)) == "h1"
    assert all(a.get("scope") in ("col", "row") for t, a in tags.found if t == "th")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_person_wrote_is_text(payload: str) -> None:
    plain = [t for t, _ in parsed(html.render(made.report()).data).found]
    tags = parsed(html.render(made.report(made.result(enhancer=payload), person=payload)).data)
    assert [t for t, _ in tags.found] == plain
    assert payload.replace("\u0000", "") in "".join(tags.words)


def test_the_sentence_and_every_night_are_in_the_file() -> None:
    report = made.report()
    words = re.sub(r"\s+", " ", "".join(parsed(html.render(report).data).words).replace("\u00a0", " "))
    assert str(report.result["sentence"]).replace("\u00a0", " ") in words
    assert all(str(row[0]) in words for row in report.nights.rows)


def test_the_same_report_gives_the_same_bytes() -> None:
    assert html.render(made.report()).data == html.render(made.report()).data


def test_a_table_carries_the_nights_it_counts_and_no_others() -> None:
    report = made.report()
    table = next(b for s in report.sections if s.key == "groups" for b in s.blocks if isinstance(b, Table))
    page = html.render(report).data.decode()
    behind = page[page.index("The nights behind this table") :]
    behind = behind[: behind.index("</details>")]
    assert f"behind this table: {len(table.nights_of)}<" in page
    assert {n.isoformat() for n in table.nights_of} == set(
        re.findall(r'<th scope="row">(\d{4}-\d\d-\d\d)</th>', behind)
    )
    assert page.count("<details>") == page.count("</details>") >= 2
    assert "<script" not in page


def test_a_night_the_report_has_no_row_of_is_named_all_the_same() -> None:
    report = made.report()
    table = Table((), (), nights_of=(date(2019, 1, 1), report.night_dates()[0]))
    found = report.behind(table)
    assert found is not None and [r[0] for r in found.rows] == ["2019-01-01", report.night_dates()[0].isoformat()]
    assert report.behind(Table((), ())) is None
