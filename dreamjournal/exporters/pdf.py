"""PDF by Typst: tagged PDF/UA-1 that is PDF/A-2a too, embedded fonts, the same bytes for the same report."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from typing import Any

from dreamjournal.charts import draw, fonts
from dreamjournal.charts.style import PAPER_FAMILY
from dreamjournal.common.errors import KnownError
from dreamjournal.common.resources import resource
from dreamjournal.domain.report import Figure, Report, Section
from dreamjournal.exporters import _book
from dreamjournal.exporters._exporter import STANDARDS, Exporter, Rendered
from dreamjournal.exporters._values import mapped, page_values

ROOM = 8
"""Millimetres left free under page one: other languages are longer."""
LADDER = 3
"""Tightenings tried, one after the other, until page one fits on a page (0 is the layout as drawn)."""
_LONG = re.compile(r"\S{36,}")
_HASH = re.compile(r"[0-9a-f]{64}\W?")
"""A hash is kept whole, so that it can be copied from the page; it has a line of its own width."""
_BREAK = "\u200b"
"""Zero-width space: where a word longer than a line may break."""


def render(report: Report) -> Rendered:
    """The PDF and its pages."""
    compiler, pages = _fitted(report)
    data = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=_stamp(report))
    return Rendered(bytes(data), pages)


def preview(report: Report, ppi: float, most: int | None = None) -> list[bytes]:
    """The pages as PNG images, as the PDF has them; of a long book the first `most`, where that is given."""
    compiler, _ = _book.compiled(report, most) if report.kind == _book.KIND else _fitted(report)
    found = compiler.compile(format="png", ppi=ppi, timestamp=_stamp(report))
    return [bytes(p) for p in found][:most] if isinstance(found, list) else [bytes(found)]


def _stamp(report: Report) -> int:
    return int(report.printed.timestamp())


def _fitted(report: Report) -> tuple[Any, int]:
    """A compiler of the loosest layout that keeps page one to a page with room to spare, and the number of pages."""
    import typst

    if report.kind == _book.KIND:
        return _book.compiled(report)
    folder = str(resource("fonts"))
    if PAPER_FAMILY not in typst.Fonts(include_system_fonts=False, font_paths=[folder]).families():
        # Typst drops the words of a font it does not find without an error.
        raise KnownError("The page could not be made", f"the font {PAPER_FAMILY} is missing", "install the app again")
    clean, lost = _printable(report)
    values = page_values(clean, lambda f: _picture(f, report))
    values["lost"] = _lost_words(lost)
    text = json.dumps(values, ensure_ascii=False)
    best: tuple[float, Any, int] | None = None
    for level in range(LADDER + 1):
        compiler = typst.Compiler(
            str(resource("templates", f"{report.kind}.typ")), root=str(resource("templates")), font_paths=[folder],
            ignore_system_fonts=True, sys_inputs={"report": text, "level": str(level)},
        )  # fmt: skip
        fit = json.loads(compiler.query("<fit>", field="value", one=True))
        room = (ROOM if fit["free"] is None else fit["free"]) if fit["first"] == 1 else -math.inf
        if best is None or room >= best[0]:  # where none fits, the smallest
            best = (room, compiler, fit["pages"])
        if room >= ROOM:
            break
    assert best is not None
    return best[1], best[2]


def _lost_words(lost: int) -> str:
    if lost == 0:
        return ""
    if lost == 1:
        return f"1 character could not be printed and stands as {fonts.MISSING}; the app shows it."
    return f"{lost} characters could not be printed and stand as {fonts.MISSING}; the app shows them."


def _picture(figure: Figure, report: Report) -> dict[str, Any]:
    width, height = draw.size_mm(figure.drawing, report.paper)
    return {
        "svg": draw.svg(mapped(figure.drawing, lambda t: t.replace(_BREAK, "")), report.paper, outlines=False).decode(),
        "width": width,
        "height": height,
    }


def _printable(report: Report) -> tuple[Report, int]:
    """The report with what the paper font lacks replaced, and how much that was on the page."""
    lost = 0

    def change(text: str) -> str:
        nonlocal lost
        fit, n = fonts.printable(text)
        lost += n
        return _LONG.sub(_broken, fit)

    parts: tuple[Section, ...] = mapped(report.sections, change)
    facts = mapped(report.facts, change)
    title, person = change(report.title), change(report.person)
    return replace(report, sections=parts, facts=facts, title=title, person=person), lost


def _broken(long: re.Match[str]) -> str:
    if _HASH.fullmatch(long[0]):
        return long[0]
    return _BREAK.join(long[0][i : i + 30] for i in range(0, len(long[0]), 30))


PLUGIN = Exporter("pdf", "PDF", ".pdf", render)
