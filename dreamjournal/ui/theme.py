"""The look: colours, type and sizes of the three themes, put on the application before any window is made.

The values stand in one place, `resources/qss/tokens.json`. Widgets that paint themselves ask `theme_of(widget)` while
painting; a change of theme or text scale repaints every widget by itself, and `ThemeSource.changed` tells the few that
keep pictures of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from dreamjournal.common.resources import resource
from dreamjournal.ui.style import style_sheet

THEMES = ("light", "dark", "night")
FOLLOW = "auto"
"""The setting that follows the desktop."""
SCALES: tuple[float, ...] = (0.85, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0)
SCREEN_FONTS = (
    "Inter-Regular.ttf", "Inter-Medium.ttf", "Inter-SemiBold.ttf", "InterDisplay-SemiBold.ttf",
    "SourceSerif4-Regular.otf", "SourceSerif4-Semibold.otf", "SourceSerif4-It.otf",
)  # fmt: skip


@cache
def tokens() -> Mapping[str, Any]:
    """The design tokens as read from `resources/qss/tokens.json`."""
    return MappingProxyType(json.loads(resource("qss", "tokens.json").read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Theme:
    """One theme at one text scale. `name` is light, dark, night or contrast (the desktop's high-contrast colours)."""

    name: str
    scale: float
    colours: Mapping[str, str]
    """Role to sRGB hex; the roles of `tokens.json`."""

    @property
    def is_night(self) -> bool:
        """Red on black: outlines instead of fills."""
        return self.name == "night"

    def colour(self, role: str) -> QColor:
        """The colour of a role ("text", "muted", "natural", "stage_rem" ...). Raises KeyError for an unknown one."""
        return QColor(self.colours[role])

    def px(self, kind: str) -> int:
        """Pixel size of a type kind ("tiny", "caption", "label", "control", "body", "section", "page", "words" ...)."""
        size: float = tokens()["type"]["scale"][kind]["px"]
        return max(1, round(size * self.scale))

    def font(self, kind: str, *, weight: int | None = None, italic: bool = False, figures: bool = True) -> QFont:
        """The font of a type kind; with tabular `figures` for tables, axes and clocks (Inter then widens its hyphen too)."""
        spec = tokens()["type"]["scale"][kind]
        font = QFont()
        font.setFamilies(tokens()["type"]["families"][spec["family"]])
        font.setPixelSize(self.px(kind))
        font.setWeight(QFont.Weight(weight or spec["weight"]))
        font.setItalic(italic)
        if "letter_spacing_em" in spec:
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spec["letter_spacing_em"] * self.px(kind))
        if figures:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def line_height(self, kind: str) -> float:
        """Line height of a type kind as a factor of its size."""
        return float(tokens()["type"]["scale"][kind]["line_height"])

    def size(self, key: str) -> int:
        """A control height or icon size at the text scale: "control", "row", "icon", "chip", "table_row" ...

        Above 100 % the text takes up the gaps inside a control first, as in the pictures at 200 %: heights grow by 0.7 of it.
        """
        grown = self.scale if self.scale < 1 else 1 + 0.7 * (self.scale - 1)
        return round(tokens()["sizes"][key] * grown)

    def scaled(self, pixels: float) -> int:
        """`pixels` at text scale 1.0, multiplied by the scale."""
        return round(pixels * self.scale)


def space(key: str) -> int:
    """A gap in pixels, not scaled: xxs 2, xs 4, s 8, m 12, l 16, xl 24, xxl 32, page 40, section 56."""
    return int(tokens()["spacing"][key])


def radius(key: str) -> int:
    """A corner radius in pixels: tick 4, control 6, card 8, dialog 10, bar 2."""
    return int(tokens()["radii"][key])


def make_theme(name: str, scale: float = 1.0) -> Theme:
    """The named theme ("light", "dark", "night") at `scale`, held within 0.85 to 2.0. Raises KeyError."""
    return Theme(name, min(2.0, max(0.85, scale)), MappingProxyType(tokens()["themes"][name]))


class ThemeSource(QObject):
    """Holds the theme now on the application; owned by it. Night is a switch on top of the chosen theme."""

    changed = Signal()
    chosen = Signal(str, float)
    """The person chose a theme ("auto", "light", "dark", "night") or a scale by key: to be kept in the settings."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.setObjectName("themeSource")
        self._app = app
        self._desktop_palette = QPalette(app.palette())
        self.choice = FOLLOW
        self.night = False
        self.theme = make_theme("light")
        self._applying = False
        # Both are kept: when the wrapper of styleHints() goes, PySide6 6.11.3 makes that of accessibility() invalid (measured).
        self._hints = app.styleHints()
        self._accessibility = self._hints.accessibility()
        self._hints.colorSchemeChanged.connect(self._on_desktop_changed)
        self._accessibility.contrastPreferenceChanged.connect(self._on_desktop_changed)

    def apply(self, choice: str | None = None, scale: float | None = None, *, night: bool | None = None) -> None:
        """Put a theme on: `choice` of "auto", "light", "dark", "night"; what is None stays as it is."""
        if choice is not None:
            self.choice = choice if choice in THEMES else FOLLOW
        if night is not None:
            self.night = night
        theme = self._resolve(self.theme.scale if scale is None else scale)
        if theme == self.theme and self._app.styleSheet():
            return
        self.theme = theme
        self._put_on(theme)
        self.changed.emit()

    def toggle_night(self) -> None:
        """F9: night on, or back to what was chosen."""
        self.apply(night=not self.night)

    def step_scale(self, steps: int) -> None:
        """Ctrl++ and Ctrl+-: the next text size up or down; 0 goes back to 100 %."""
        now = min(range(len(SCALES)), key=lambda i: abs(SCALES[i] - self.theme.scale))
        scale = 1.0 if steps == 0 else SCALES[min(len(SCALES) - 1, max(0, now + steps))]
        self.apply(scale=scale)
        self.chosen.emit(self.choice, scale)

    def _resolve(self, scale: float) -> Theme:
        if self._accessibility.contrastPreference() == Qt.ContrastPreference.HighContrast:
            return Theme(
                "contrast", min(2.0, max(0.85, scale)), MappingProxyType(contrast_colours(self._desktop_palette))
            )
        if self.night:
            return make_theme("night", scale)
        return make_theme(self._desktop() if self.choice == FOLLOW else self.choice, scale)

    def _desktop(self) -> str:
        if self.choice == FOLLOW:
            self._applying = True
            self._hints.unsetColorScheme()
            self._applying = False
        return "dark" if self._hints.colorScheme() == Qt.ColorScheme.Dark else "light"

    def _put_on(self, theme: Theme) -> None:
        self._applying = True
        if self.choice != FOLLOW or self.night:
            dark = theme.name in ("dark", "night")
            self._hints.setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
        self._app.setPalette(palette_of(theme))
        self._app.setFont(theme.font("body", figures=False))
        self._app.setStyleSheet(style_sheet(theme, tokens()))
        self._applying = False

    def _on_desktop_changed(self) -> None:
        if not self._applying:
            self.apply()


def load_fonts() -> None:
    """Make the app's two families known to Qt. Missing files leave the system's fonts."""
    for name in SCREEN_FONTS:
        QFontDatabase.addApplicationFont(str(resource("fonts", name)))


def install(
    app: QApplication, choice: str = FOLLOW, scale: float = 1.0, *, night: bool = False, has_style: bool = False
) -> ThemeSource:
    """Style, fonts, palette and sheet on `app`, before any window is made. Gives the source that changes them later.

    `has_style`: the application was started with Qt's own `-style fusion`, which is 20 ms faster than asking for it from
    Python (measured: the wrapper of QStyle makes all its enums).
    """
    if not has_style:
        app.setStyle("Fusion")
    load_fonts()
    source = ThemeSource(app)
    source.apply(choice, scale, night=night)
    return source


def theme_source() -> ThemeSource:
    """The source that `install` made on the running application. Raises LookupError before that."""
    app = QApplication.instance()
    found = app.findChild(ThemeSource, "themeSource", Qt.FindChildOption.FindDirectChildrenOnly) if app else None
    if found is None:
        raise LookupError("no theme is installed")
    return found


def theme_of(widget: QWidget | None = None) -> Theme:  # noqa: ARG001 - the widget says at the call whose colours these are
    """The theme to paint with now."""
    return theme_source().theme


def palette_of(theme: Theme) -> QPalette:
    """The Qt palette of a theme, so that no unstyled widget shows a foreign colour."""
    c, role, group = theme.colour, QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette()
    for qt_role, name in (
        (role.Window, "window"), (role.WindowText, "text"), (role.Base, "raised"), (role.AlternateBase, "surface"),
        (role.Text, "text"), (role.Button, "raised"), (role.ButtonText, "text"), (role.BrightText, "text"),
        (role.ToolTipBase, "raised"), (role.ToolTipText, "text"), (role.PlaceholderText, "muted"), (role.Link, "accent"),
        (role.LinkVisited, "accent"), (role.Accent, "accent"), (role.Light, "surface"), (role.Midlight, "line"),
        (role.Mid, "line_strong"), (role.Dark, "line_strong"), (role.Shadow, "window"),
    ):  # fmt: skip
        palette.setColor(qt_role, c(name))
    palette.setColor(role.Highlight, c("accent_soft" if theme.is_night else "accent"))
    palette.setColor(role.HighlightedText, c("accent" if theme.is_night else "on_accent"))
    for qt_role in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(group.Disabled, qt_role, c("disabled"))
    return palette


def contrast_colours(palette: QPalette) -> dict[str, str]:
    """The roles filled from the desktop's own high-contrast palette."""
    role = QPalette.ColorRole
    ground, ink = palette.color(role.Window).name(), palette.color(role.WindowText).name()
    picked, on_picked = palette.color(role.Highlight).name(), palette.color(role.HighlightedText).name()
    base = palette.color(role.Base).name()
    colours = dict.fromkeys(tokens()["roles"], ink)
    colours.update(window=ground, surface=ground, raised=base, sunken=ground, caution_soft=ground, accent_soft=ground)
    colours.update(accent=picked, accent_hover=picked, accent_pressed=picked, on_accent=on_picked, focus=picked)
    colours.update(hit=picked, hit_text=on_picked)
    return colours


def relative_luminance(colour: QColor) -> float:
    """WCAG 2.2 relative luminance, 0 to 1."""

    def linear(v: float) -> float:
        return v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast_ratio(a: QColor, b: QColor) -> float:
    """WCAG 2.2 contrast of two colours, 1 to 21."""
    high, low = sorted((relative_luminance(a), relative_luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)
