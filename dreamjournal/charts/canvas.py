"""A drawing surface in millimetres over a matplotlib figure, and its SVG."""
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as MplFigure

    from dreamjournal.charts.style import Style

MM = 1 / 25.4
"""Inches in a millimetre."""
PT = 25.4 / 72
"""Millimetres in a point."""


def preload() -> None:
    """Load what draws, ahead of the first drawing and in a worker.

    In the window's own thread it held the window for 0.45 s, this way for 0.1 to 0.2 (measured).
    """
    from importlib import import_module

    for module in ("matplotlib.backends.backend_agg", "matplotlib.figure", "matplotlib.patches"):
        import_module(module)

    from dreamjournal.charts import fonts

    fonts.register()


def figure(width_mm: float, height_mm: float) -> MplFigure:
    """An empty matplotlib figure of that size, without pyplot and its global state."""
    from matplotlib.figure import Figure as MplFigure

    return MplFigure(figsize=(width_mm * MM, height_mm * MM))


def to_svg(fig: MplFigure, *, outlines: bool) -> bytes:
    """The figure as SVG, the same bytes for the same drawing.

    Text stays text in the paper font (`outlines` False: smaller, selectable, for a page that embeds the font) or
    becomes outlines (for a file that is looked at elsewhere).
    """
    import matplotlib as mpl

    from dreamjournal.charts import fonts

    fonts.register()
    out = BytesIO()
    with mpl.rc_context({"svg.fonttype": "path" if outlines else "none", "svg.hashsalt": "dreamjournal"}):
        fig.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return out.getvalue()


class Pen:
    """Draws words, lines and marks on a figure in millimetres from its top left, y downwards.

    User text goes to matplotlib with `parse_math=False`: a dollar sign is a dollar sign.
    """

    def __init__(self, fig: MplFigure, style: Style) -> None:
        from dreamjournal.charts import fonts

        fonts.register()
        fig.clear()
        self.fig = fig
        self.style = style
        self.k = style.scale
        width, height = fig.get_size_inches()
        self.w = float(width) / MM
        self.h = float(height) / MM
        fig.patch.set_facecolor(style.paper)
        self.ax: Axes = fig.add_axes((0, 0, 1, 1))
        self.ax.set_xlim(0, self.w)
        self.ax.set_ylim(self.h, 0)
        self.ax.axis("off")

    def words(self, x: float, y: float, text: str, *, size: float = 7.4, bold: bool = False, colour: str | None = None,
              ha: str = "left", va: str = "center", wrap: int = 0) -> None:  # fmt: skip
        """Text at (x, y); `size` in points before the style's scale; lines of at most `wrap` characters where it is given."""
        if wrap:
            # textwrap takes a no-break space for a blank, so lines are filled by hand.
            lines = [""]
            for word in text.split(" "):
                if lines[-1] and len(lines[-1]) + 1 + len(word) > wrap:
                    lines.append(word)
                else:
                    lines[-1] = f"{lines[-1]} {word}".strip(" ")
            text = "\n".join(lines)
        self.ax.text(
            x, y, text, fontfamily=self.style.family, fontsize=size * self.k, fontweight=600 if bold else 400,
            color=colour or self.style.ink, ha=ha, va=va, linespacing=0.9, parse_math=False, clip_on=False,
        )  # fmt: skip

    def line(self, xs: tuple[float, float], ys: tuple[float, float], *, width: float = 0.6, colour: str | None = None,
             dash: tuple[float, float] | None = None, order: float = 2) -> None:  # fmt: skip
        """A straight line; `width` in points."""
        extra: dict[str, Any] = {} if dash is None else {"linestyle": (0, dash)}
        self.path(
            xs, ys, color=colour or self.style.muted, linewidth=width * self.k, solid_capstyle="butt",
            dash_capstyle="butt", zorder=order, **extra,
        )  # fmt: skip

    def path(self, xs: Sequence[float], ys: Sequence[float], **how: Any) -> None:
        """A line through points, or marks on them, as matplotlib's `Line2D` takes it.

        It is put on the surface as it is: `plot` reads formats and works out limits that a surface in millimetres has already,
        a third of the time of drawing (measured).
        """
        from matplotlib.lines import Line2D

        self.ax.add_artist(Line2D(xs, ys, **how))

    def box(self, x: float, y: float, w: float, h: float, *, fill: str | None = None, edge: str | None = None,
            width: float = 0.6, hatch: str = "", dash: tuple[float, float] | None = None, order: float = 1) -> None:  # fmt: skip
        """A rectangle from its top left."""
        from matplotlib.patches import Rectangle

        patch = Rectangle(
            (x, y), w, h, facecolor=fill or "none", edgecolor=edge or "none", linewidth=width * self.k if edge else 0,
            hatch=hatch or None, zorder=order,
        )  # fmt: skip
        if dash is not None:
            patch.set_linestyle((0, dash))
        self.ax.add_artist(patch)

    def marks(
        self, xs: list[float], ys: list[float], arm: str, *, muted: bool = False, size: float | None = None
    ) -> None:
        """Marks of an arm: natural = hollow circle, enhanced = filled diamond, anything else a question mark."""
        if not xs:
            return
        s = self.style
        colour = s.muted if muted else s.arm(arm)
        size = (size or s.marker_pt) * self.k
        if arm == "natural":
            self.dots(xs, ys, "o", ms=size, mfc=s.paper, mec=colour, mew=0.8 * self.k)
        elif arm == "enhanced":
            self.dots(xs, ys, "D", ms=size * 0.86, mfc=colour, mec=colour, mew=0.5 * self.k)
        else:
            for x, y in zip(xs, ys, strict=True):
                self.words(x, y, "?", size=6.6, colour=colour, ha="center")

    def cross(self, xs: list[float], ys: list[float]) -> None:
        """The mark of a missing night."""
        if xs:
            self.dots(xs, ys, "x", ms=3.2 * self.k, mfc=self.style.muted, mec=self.style.muted, mew=0.8 * self.k)

    def dots(self, xs: Sequence[float], ys: Sequence[float], marker: str, **how: Any) -> None:
        """The same mark on each point, also where it reaches over the edge."""
        self.path(xs, ys, linestyle="None", marker=marker, zorder=4, clip_on=False, **how)


def nice_step(span: float, wanted: int, *, unit: str, kind: str) -> float:
    """A round step that divides `span` into at most `wanted` parts: whole for counts, parts of an hour for minutes."""
    steps: list[float] = [m * 10**e for e in range(0 if kind in ("count", "ordinal") else -3, 6) for m in (1, 2, 5)]
    if unit == "min" or kind == "clock":
        steps = [1, 2, 5, 10, 15, 20, 30, *(60 * h for h in (1, 2, 3, 4, 6, 12, 24, 48, 96, 192))]
    for step in steps:
        if span / step <= wanted:
            return float(step)
    return float(steps[-1])


def swarm(values: list[float], marker: float, half_width: float) -> list[float]:
    """Sideways shifts, in millimetres, of marks at `values` (in millimetres): none covers another.

    Sorted by value, each mark steps sideways by one marker until it is free; the steps shrink when the swarm would
    leave its column. The same values give the same swarm.
    """
    order = sorted(range(len(values)), key=lambda i: (values[i], i))
    placed: list[tuple[float, int]] = []
    steps = [0] * len(values)
    first = 0
    for i in order:
        # Values only rise: marks that are out of reach stay so.
        while first < len(placed) and values[i] - placed[first][0] >= marker:
            first += 1
        near = {step for _, step in placed[first:]}
        step = 0
        while step in near:
            step = -step if step > 0 else -step + 1
        steps[i] = step
        placed.append((values[i], step))
    widest = max((abs(s) for s in steps), default=0)
    unit = marker if widest * marker <= half_width else half_width / widest
    return [s * unit for s in steps]
