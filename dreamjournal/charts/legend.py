"""Keys of a drawing, laid out like words: what each mark means, always in words beside the mark."""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from dreamjournal.charts.style import PAPER_FAMILY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dreamjournal.charts.canvas import Pen
    from dreamjournal.domain.figures import NightKind

KINDS: tuple[tuple[NightKind, str], ...] = (
    ("natural", "natural"), ("enhanced", "enhanced"), ("unsure", "not sure"), ("neither", "neither kind"),
)  # fmt: skip
"""Kinds of night in the order of a legend, with their words."""
ROW_MM = 4.6
SIGN_MM = 3.6
"""Width a sign takes before its words."""
_GAP_MM = 3.2
_CHAR_MM = 1.24


def width_mm(text: str, sign: float = SIGN_MM) -> float:
    """About how wide a key of these words is, at scale 1 and 7.4 points."""
    return sign + len(text) * _CHAR_MM + _GAP_MM


def rows(widths: Sequence[float], room: float) -> int:
    """How many lines keys of these widths take in `room`; all in mm at scale 1."""
    lines, x = 1, 0.0
    for width in widths:
        if x and x + width - _GAP_MM > room:
            lines, x = lines + 1, 0.0
        x += width
    return lines


def keys(
    pen: Pen, items: Sequence[tuple[str, float, Callable[[float, float], None]]], top: float, *, left: float = 0.0
) -> float:
    """Write the keys (words, width of the sign, what draws the sign at its left end and middle height) and give where they end.

    Positions in mm of the drawing; a key that does not fit begins a new line.
    """
    k = pen.k
    x, y = left, top + ROW_MM * k / 2
    for text, sign, mark in items:
        width = width_mm(text, sign) * k
        if x > left and x + width - _GAP_MM * k > pen.w:
            x, y = left, y + ROW_MM * k
        mark(x, y)
        pen.words(x + sign * k, y, text, size=7.4)
        x += width
    return y + ROW_MM * k / 2


def sign(pen: Pen, xs: list[float], ys: list[float], kind: NightKind, size: float) -> None:
    """Marks of a kind of night: hollow circle, filled diamond, question mark, short dash. `size` in points at scale 1."""
    if not xs:
        return
    if kind in ("natural", "enhanced"):
        pen.marks(xs, ys, kind, size=size)
        return
    colour = pen.style.muted
    if kind == "neither":
        pen.ax.plot(xs, ys, "_", ms=size * pen.k, mec=colour, mew=1.0 * pen.k, zorder=4, clip_on=False)
        return
    # Many question marks as one path; as words each would be laid out by itself.
    pen.ax.plot(
        xs, ys, linestyle="none", marker=question(), ms=size * 1.5 * pen.k, mfc=colour, mec=colour, mew=0.2 * pen.k,
        zorder=4, clip_on=False,
    )  # fmt: skip


@cache
def question() -> Any:
    """The question mark of the paper font as a marker, its middle at the origin and one high."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path
    from matplotlib.textpath import TextPath

    from dreamjournal.charts import fonts

    fonts.register()
    path = TextPath((0, 0), "?", size=10, prop=FontProperties(family=PAPER_FAMILY, weight=600))
    box = path.get_extents()
    vertices = path.vertices - [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2]  # type: ignore[operator]
    return Path(vertices / max(box.width, box.height), path.codes)
