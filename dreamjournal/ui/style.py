"""The style sheet of the window: `resources/qss/app.qss`, and `night.qss` over it, filled from a theme."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from string import Template
from typing import TYPE_CHECKING, Any

from dreamjournal.common.resources import resource

if TYPE_CHECKING:
    from dreamjournal.ui.theme import Theme


@cache
def _template(name: str) -> Template:
    return Template(resource("qss", name).read_text(encoding="utf-8"))


def style_sheet(theme: Theme, tokens: Mapping[str, Any]) -> str:
    """The whole sheet for `theme`. Raises KeyError when the template names an unknown value."""
    values: dict[str, object] = dict(theme.colours)
    for kind, spec in tokens["type"]["scale"].items():
        family = ", ".join(f'"{name}"' for name in tokens["type"]["families"][spec["family"]])
        spacing = (
            f" letter-spacing: {spec['letter_spacing_em'] * theme.px(kind):.2f}px;"
            if "letter_spacing_em" in spec
            else ""
        )
        values[f"font_{kind}"] = (
            f"font-family: {family}; font-size: {theme.px(kind)}px; font-weight: {spec['weight']};{spacing}"
        )
    for key, value in tokens["radii"].items():
        values[f"radius_{key}"] = value
    for key in ("control", "control_large", "segment", "chip", "row", "table_row", "rail_item"):
        values[f"h_{key}"] = theme.size(key)
        # Qt's min-height is that of the content box: the two 1-px borders stand outside it.
        values[f"inner_{key}"] = theme.size(key) - 2
    values["w_number"] = theme.scaled(25)
    values["radius_chip_scaled"] = theme.size("chip") // 2
    sheet = _template("app.qss").substitute(values)
    return sheet + _template("night.qss").substitute(values) if theme.is_night else sheet
