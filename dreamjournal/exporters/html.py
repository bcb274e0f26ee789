"""HTML: one self-contained file that fetches nothing and runs nothing."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from dreamjournal.charts import draw, fonts
from dreamjournal.common.resources import resource
from dreamjournal.domain.report import Figure, Report, Table
from dreamjournal.exporters import _book
from dreamjournal.exporters._exporter import Exporter, Rendered
from dreamjournal.exporters._values import by_column, mapped, page_values, shortened

if TYPE_CHECKING:
    from jinja2 import Template


def render(report: Report) -> Rendered:
    """The page, every text escaped, its drawings as data images."""
    change = _book.clean if report.told else fonts.without_controls
    clean = mapped(replace(report, nights=Table((), ())), change)
    values = page_values(clean, lambda f: _picture(f, report))
    values["told"] = report.told
    _add_nights_behind(values, report, change)
    values["nights"] = _nights(report.nights, change)
    return Rendered(_template().render(**values).encode(), 1)


@cache
def _template() -> Template:
    """The page's template, compiled once."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(str(resource("templates")))
    env = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    env.globals["zip"] = zip  # pyright: ignore[reportUnknownMemberType] - each cell beside what its column holds, without counting the cells of ten years
    return env.get_template("report.html")


def _nights(table: Table, change: Callable[[str], str]) -> dict[str, Any]:
    """The nights' table, nothing where nothing was measured."""

    table = shortened(table)

    def fit(_: int, cells: tuple[str | None, ...]) -> Sequence[str | None]:
        said = set(cells)
        if None not in said:
            whole = "".join(c for c in said if c)
            if whole.isascii() and whole.isprintable():
                return cells
        known = {cell: change(cell or "") for cell in said}
        return [known[cell] for cell in cells]

    return {
        "columns": [{"title": change(c.title), "number": c.number} for c in table.columns],
        "rows": by_column(table.rows, fit),
    }


def _add_nights_behind(values: dict[str, Any], report: Report, change: Callable[[str], str]) -> None:
    """Beside each table that sums up nights the rows of these nights, so that it can be checked without the app."""
    if report.told:  # the sections themselves are the nights
        return
    for shown, section in zip(values["sections"], report.sections, strict=True):
        for block_values, block in zip(shown["blocks"], section.blocks, strict=True):
            behind = report.behind(block) if isinstance(block, Table) else None
            if behind is not None:
                block_values["behind"] = _nights(behind, change)


def _picture(figure: Figure, report: Report) -> dict[str, Any]:
    # Outlines know only the glyphs of the paper font; the words around them are set in whatever the browser has.
    drawing = mapped(figure.drawing, lambda text: fonts.printable(text)[0])
    width, height = draw.size_mm(drawing, report.paper)
    svg = draw.svg(drawing, report.paper, outlines=True)
    return {"source": "data:image/svg+xml;base64," + base64.b64encode(svg).decode(), "width": width, "height": height}


PLUGIN = Exporter("html", "HTML", ".html", render)
