"""The coverage bar: planned nights to scale, by what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.charts.canvas import Pen

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MplFigure

    from dreamjournal.charts.style import Style
    from dreamjournal.domain.report import CoverageBar


def draw(bar: CoverageBar, style: Style, fig: MplFigure) -> None:
    """Draw `bar` over the whole of `fig`: natural outlined, enhanced filled, missing dotted, to come empty."""
    pen = Pen(fig, style)
    k = pen.k
    total = sum(p.nights for p in bar.parts)
    if total == 0:
        return
    gap = 0.4 * k
    room = pen.w - 0.8 * k
    x = 0.4 * k
    top, height = 0.5 * k, pen.h - 1.0 * k
    for part in bar.parts:
        if part.nights == 0:
            continue
        width = room * part.nights / total
        inner = max(0.3, width - gap)
        text = style.ink
        if part.kind == "natural":
            pen.box(x, top, inner, height, fill=style.paper, edge=style.natural, width=1.2)
            text = style.natural
        elif part.kind == "enhanced":
            pen.box(x, top, inner, height, fill=style.enhanced, edge=style.enhanced, width=0.8)
            text = style.paper
        elif part.kind == "excluded":
            pen.box(x, top, inner, height, fill=style.band)
        else:
            dash = (1, 1.4) if part.kind == "missing" else None
            pen.box(x, top, inner, height, edge=style.muted, width=0.6, dash=dash)
            text = style.muted
        # The longest wording that fits; every count stands in the line of words under the bar too.
        label = next(
            (t for t in (part.label, part.label.rsplit(" ", 1)[0], str(part.nights)) if len(t) * 1.22 * k + 1 < inner),
            "",
        )
        pen.words(x + inner / 2, top + height / 2, label, size=7.2, colour=text, ha="center")
        x += width
