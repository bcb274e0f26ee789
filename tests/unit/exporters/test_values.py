"""Every text of a report is changed and nothing else; what has no text stays the very same object."""

from __future__ import annotations

from dataclasses import replace

from dreamjournal.charts import fonts
from dreamjournal.domain.report import Figure
from dreamjournal.exporters._values import json_values, mapped
from tests import made_report as made


def test_every_text_is_changed_wherever_it_stands() -> None:
    report = made.report()
    found = mapped(report, lambda t: t + "!")
    assert found.title == report.title + "!"

    def same(a: object, b: object) -> None:
        if isinstance(a, dict) and isinstance(b, dict):
            assert a.keys() == b.keys()
            for key in a:
                same(a[key], b[key])
        elif isinstance(a, list) and isinstance(b, list):
            for x, y in zip(a, b, strict=True):
                same(x, y)
        elif isinstance(a, str) and b != a:
            assert b == a + "!"
        else:
            assert a == b

    same(json_values(report.sections), json_values(found.sections))
    texts = json_values(report.facts)
    assert all(w["text"] + "!" == x["text"] for f, g in zip(texts, json_values(found.facts), strict=True) for w, x in zip(f["words"], g["words"], strict=True))  # fmt: skip


def test_what_stays_as_it_was_is_not_made_anew() -> None:
    report = made.report()
    assert mapped(report, lambda t: t) is report
    figures = [b for s in report.sections for b in s.blocks if isinstance(b, Figure)]
    assert all(mapped(f, lambda t: "".join(list(t))) is f for f in figures)
    other = replace(report, title="x")
    assert mapped(other, lambda t: "y" if t == "x" else t).sections is other.sections


def test_the_paper_font_has_every_printable_ascii_character() -> None:
    for c in map(chr, range(32, 127)):
        assert fonts.printable(c + "\u00a0") == (c + "\u00a0", 0)
