"""HTML: one self-contained file that fetches nothing and runs nothing."""

from __future__ import annotations

import base64
from typing import Any

from dreamjournal.charts import draw, fonts
from dreamjournal.common.resources import resource
from dreamjournal.domain.report import Figure, Report
from dreamjournal.exporters import _book
from dreamjournal.exporters._exporter import Exporter, Rendered
from dreamjournal.exporters._values import mapped, page_values


def render(report: Report) -> Rendered:
    """The page, every text escaped, its drawings as data images."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(str(resource("templates")))
    env = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    clean = mapped(report, _book.clean if report.told else fonts.without_controls)
    values = page_values(clean, lambda f: _picture(f, report))
    values["told"] = report.told
    values["nights"] = {
        "columns": [{"title": c.title, "number": c.number} for c in clean.nights.columns],
        "rows": [["" if c is None else c for c in row] for row in clean.nights.rows],
    }
    return Rendered(env.get_template("report.html").render(**values).encode(), 1)


def _picture(figure: Figure, report: Report) -> dict[str, Any]:
    # Outlines know only the glyphs of the paper font; the words around them are set in whatever the browser has.
    drawing = mapped(figure.drawing, lambda text: fonts.printable(text)[0])
    width, height = draw.size_mm(drawing, report.paper)
    svg = draw.svg(drawing, report.paper, outlines=True)
    return {"source": "data:image/svg+xml;base64," + base64.b64encode(svg).decode(), "width": width, "height": height}


PLUGIN = Exporter("html", "HTML", ".html", render)
