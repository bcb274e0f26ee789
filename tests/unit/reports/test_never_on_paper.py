"""What no page may say, over every kind of report and journals by chance."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.report import Figure, Report, Table
from dreamjournal.exporters.registry import exporters
from dreamjournal.services import reports
from dreamjournal.store.journal import memory_journal
from tests import made_nights
from tests.fakes import FakeClock

SEEDS = range(24)
KINDS = [k.key for k in reports.KINDS]
CLOCK = FakeClock()
FIRST = date(2026, 5, 4)
DREAM, PLACE, SERIAL, NAME = "Xylocopa", "/home/" + "somebody/secret.csv", "SN-40417733", "Quillfeather"


def journal_of(seed: int) -> Any:
    """Nights of every kind by chance, most of them of a study; with a dream, a serial number and a path to look for."""
    rng = random.Random(seed)
    journal = memory_journal(clock=CLOCK)
    nights = made_nights.anything(seed, FIRST)
    if seed % 3 == 1:  # drawn nights, enough for a verdict
        order = "".join(rng.choice(("ENNE", "NEEN", "ENEN")) for _ in range(14))
        nights = made_nights.row(order, FIRST, device="A", ill=False, free=None, delay_h=0.2)
        journal.studies.put(made_nights.study(1, order, FIRST))
    if seed % 5 == 4:  # a sealed study that still runs, after other nights
        order = "ENNE" * 14
        running = date(2026, 6, 1)
        nights = [n for n in nights if n.night < running] + made_nights.row(order[:38], running, delay_h=0.2)
        journal.studies.put(made_nights.study(1, order, running, sealed=True))
    made_nights.write(journal, 1, nights)
    with journal.atomic():
        brought = journal.imports.start(
            1, name=PLACE, sha256="0" * 64, format="whoop", source="whoop", parser_version=1, zone=None, zone_confidence="offset",
            now=CLOCK.now(),
        )  # fmt: skip
        for made in nights[:: rng.choice((1, 2, 3))]:
            journal.dreams.put(
                1, DreamDraft(made.night, f"{DREAM} under the stair", nightmare=rng.random() < 0.2), CLOCK.now()
            )
        journal._db.execute(
            "UPDATE sessions SET origin = ?, source_id = ? || id, import_id = ?", (f"{PLACE}, line 3", SERIAL, brought)
        )
        journal.persons.rename(1, "P-014")
        journal.settings.set("journal_name", NAME)
    return journal


@cache
def made(kind: str) -> tuple[tuple[int, Report, str], ...]:
    """(seed, report, words of its HTML and Markdown) of a kind, with every part but the dreams' words."""
    found: list[tuple[int, Report, str]] = []
    renders = {e.suffix: e.render for e in exporters()}
    parts = frozenset(c.key for c in reports.part_choices(kind) if not c.fixed) - {"dream_texts"}
    for seed in SEEDS:
        journal = journal_of(seed)
        metric = ("tst", "recall", "waso", "quality", "mid_sleep", "nightmare", "se_tib", "sol")[seed % 8]
        question = ContrastSpec(metric if kind == "contrast" else "tst")
        spec = reports.ReportSpec(kind, question, ("a4", "letter")[seed % 2], parts if seed % 2 else frozenset())
        try:
            report = reports.build(journal, 1, spec, CLOCK)
        except UserError:
            continue  # nothing is printed, which says nothing wrong
        finally:
            journal.close()
        html = html_words(renders[".html"](report).data.decode())
        found.append((seed, report, f"{html}\n{renders['.md'](report).data.decode()}"))
    return tuple(found)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("style", "script")
        self.words += [v for k, v in attrs if k in ("alt", "title", "aria-label") and v]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def html_words(html: str) -> str:
    parser = _Words()
    parser.feed(html)
    return "\n".join(w.strip() for w in parser.words if w.strip())


def strings(value: Any) -> Iterator[str]:
    """Every text in a value of plain data."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for f in fields(value):
            yield from strings(getattr(value, f.name))
    elif isinstance(value, tuple | list):
        for each in value:
            yield from strings(each)


def blocks(report: Report) -> Iterator[tuple[str, str]]:
    """(section, printed words) of each block; a drawing's words count with its alternative text."""
    for fact in report.facts:
        yield fact.label, f"{fact.label}: {fact.text}"
    for section in report.sections:
        for block in section.blocks:
            text = " | ".join(strings(block)) if isinstance(block, Table | Figure) else "".join(strings(block))
            yield section.key, f"{section.title}: {text}"


def printed(report: Report) -> str:
    """All that is printed: everything but the table of nights and the worked-out values, which machines read."""
    told = (report.heading, report.person, report.title, report.left_out, report.layout, report.zone)
    return "\n".join([*told, *(text for _, text in blocks(report))])


NEVER = {
    "not a number": r"(?<![\w-])(?:NaN|nan|None|null|inf|Infinity|undefined)(?![\w-])",
    "minus nothing": r"(?<![\w)/.])[−-]\u00a0?0(?:\.0+)?(?![\d.:])",
    "a chance of nothing": r"\bp\s*[=≈]\s*0(?!\.\d*[1-9])",
    "three decimals": r"\d\.\d{3}",
    "a verdict on a device": r"\b(?:significant\w*|insignificant|works(?![\s\u00a0](?:Mon|Tue|Wed|Thu|Fri|Sat|Sun))|doesn't work|does not work|proves|proven|cures?)\b",
    "a file path": r"(?:/home/|/tmp/|/root/|[A-Z]:\\|secret\.csv)",
    "a serial number": SERIAL,
    "another name": NAME,
    "a score": r"(?:/|\bout of[\s\u00a0])100\b|\b(?:sleep|night)[\s\u00a0]scores?\b",
    "a colour for a key": r"\b(?:red|blue|green|orange|yellow|purple)[\s\u00a0](?:line|dot|bar|band|circle|diamond|area|square)s?\b",
    "a raised voice": r"\w!",
    "a code": r"\b(?:not_tried|no_difference|clearly_more|probably_more|too_few|not_enough|se_tib|off_wrist)\b",
}  # fmt: skip
SOURCES = r"\b10\.\d{4,}/\S+|https?://\S+"
"""Where a formula is from; its digits are no measure."""


def hits(pattern: str, text: str) -> list[str]:
    text = re.sub(SOURCES, "", text)
    return [text[max(0, m.start() - 40) : m.end() + 30] for m in re.finditer(pattern, text)]


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_reports_to_look_at(kind: str) -> None:
    assert len(made(kind)) >= 3


@pytest.mark.parametrize("rule", NEVER)
@pytest.mark.parametrize("kind", KINDS)
def test_never_on_paper(kind: str, rule: str) -> None:
    for seed, report, html in made(kind):
        assert hits(NEVER[rule], printed(report)) == [], (kind, seed)
        assert hits(NEVER[rule], html) == [], (kind, seed)


@pytest.mark.parametrize("kind", KINDS)
def test_no_effect_is_claimed_where_nights_were_not_drawn(kind: str) -> None:
    for seed, report, html in made(kind):
        if report.result.get("design") != "R":
            assert hits(r"\b[Ee]ffects?\b", printed(report)) == [], (kind, seed)
            assert hits(r"\b[Ee]ffects?\b", html) == [], (kind, seed)


COUNT = re.compile(
    r"\bn[\s\u00a0]*=?[\s\u00a0]*\d|\d+[\s\u00a0]of[\s\u00a0]\d+|\d[\s\u00a0](?:\w+[\s\u00a0]){0,2}(?:nights?|mornings?|dreams?|days?|evenings?|pairs?)\b"
)
RATE = re.compile(r"(?<!\d)(\d+(?:\.\d+)?)[\s\u00a0]?%")


@pytest.mark.parametrize("kind", KINDS)
def test_a_percentage_stands_with_its_count(kind: str) -> None:
    for seed, report, _ in made(kind):
        for where, text in blocks(report):
            rates = [m[0] for m in RATE.finditer(text) if m[1] != "95"]
            assert not rates or COUNT.search(text), (kind, seed, where, text)


CHANGE = re.compile(
    r"(?<![\d.])(?!0[\s\u00a0])\d+(?:\.\d)?[\s\u00a0](?:min|points?|h)[\s\u00a0](?:longer|shorter|higher|lower|later|earlier|less|more|fewer)\b(?![\s\u00a0](?:than|sleep before|before|a|is))"
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_difference_stands_with_its_interval(kind: str) -> None:
    for seed, report, _ in made(kind):
        for where, text in blocks(report):
            for found in CHANGE.finditer(text):
                assert "interval" in text or re.search(r"\d[\s\u00a0]to[\s\u00a0]\d", text), (
                    kind,
                    seed,
                    where,
                    found[0],
                    text,
                )


@pytest.mark.parametrize("kind", KINDS)
def test_the_words_of_dreams_are_there_only_where_they_were_asked_for(kind: str) -> None:
    for seed, report, html in made(kind):
        if kind == "anthology":  # a book of dreams is asked for by its kind
            continue
        assert DREAM not in printed(report) and DREAM not in html, (kind, seed)
        assert DREAM not in " ".join(strings(report.nights)), (kind, seed)


@pytest.mark.parametrize("kind", KINDS)
def test_never_in_the_pdf(kind: str) -> None:
    import io

    from pypdf import PdfReader

    render = next(e.render for e in exporters() if e.suffix == ".pdf")
    for seed, report, _ in made(kind)[1:4:2]:
        pages = PdfReader(io.BytesIO(render(report).data)).pages
        text = "\n".join(page.extract_text() for page in pages)
        assert len(text) > 200
        assert {rule: found for rule in NEVER if (found := hits(NEVER[rule], text))} == {}, (kind, seed)


def test_the_rules_catch_what_they_are_for() -> None:
    wrong = (
        ("not a number", "sleep None min"), ("not a number", "nan min"), ("minus nothing", "changed by −0 min"), ("minus nothing", "-0.0 %"),
        ("a chance of nothing", "p = 0"), ("a chance of nothing", "p = 0.00"), ("three decimals", "0.123"), ("a code", "too_few"),
        ("a verdict on a device", "a significant difference"), ("a verdict on a device", "the lamp works"), ("a score", "82/100"), ("a colour for a key", "the red line"), ("a raised voice", "Well done!"), ("a file path", "/home/" + "x"),
    )  # fmt: skip
    for rule, text in wrong:
        assert hits(NEVER[rule], text), (rule, text)
    right = "9 Jul 2026, 2026-07-09, −0.4 min, p = 0.03, p < 0.01, 0.12, version 0.1.0, −08:00, doi 10.1136/bmj.292.6522.746, network, workshop, works Mon – Fri"
    assert [rule for rule, pattern in NEVER.items() if hits(pattern, right)] == []
    assert (
        RATE.search("88 %") and not COUNT.search("88 %") and COUNT.search("n 26") and COUNT.search("3 of 14 mornings")
    )
    assert CHANGE.search("12 min longer on enhanced nights")
