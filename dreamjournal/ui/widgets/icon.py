"""Icons: the line drawings of `resources/icons/`, in a colour of the theme, sharp at every device pixel ratio."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from dreamjournal.common.resources import resource
from dreamjournal.ui.theme import theme_of


@cache
def _source(name: str) -> str:
    text = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    return text.replace('stroke-width="2"', 'stroke-width="1.75"')


def icon_pixmap(name: str, role: str = "muted", size: int = 18, ratio: float = 1.0, gap: int = 0) -> QPixmap:
    """The drawing `name` in the colour `role`, `size` logical pixels square, with `gap` empty ones after it.

    Raises OSError for an unknown name.
    """
    pixmap = QPixmap(QSize(round((size + gap) * ratio), round(size * ratio)))
    pixmap.fill(Qt.GlobalColor.transparent)
    left = gap * ratio if gap and QGuiApplication.isRightToLeft() else 0.0
    painter = QPainter(pixmap)
    paint_icon(painter, QRectF(left, 0, pixmap.height(), pixmap.height()), name, role)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def paint_icon(painter: QPainter, box: QRectF, name: str, role: str = "muted") -> None:
    """Draw `name` into `box` in the colour `role`."""
    from PySide6.QtSvg import QSvgRenderer  # the empty first frame draws no icon

    svg = _source(name).replace("currentColor", theme_of().colour(role).name())
    QSvgRenderer(QByteArray(svg.encode())).render(painter, box)


def icon(name: str, role: str = "muted", checked_role: str | None = None, size: int = 18, *, gap: int = 0) -> QIcon:
    """A QIcon of `name`; `checked_role` colours its checked state, the disabled state is always `disabled`.

    `gap` adds empty pixels after the drawing: with a style sheet Qt leaves 4 between icon and words, whatever is asked.
    """
    result = QIcon()
    for ratio in (1.0, 2.0):
        result.addPixmap(icon_pixmap(name, role, size, ratio, gap), QIcon.Mode.Normal, QIcon.State.Off)
        result.addPixmap(icon_pixmap(name, checked_role or role, size, ratio, gap), QIcon.Mode.Normal, QIcon.State.On)
        result.addPixmap(icon_pixmap(name, "disabled", size, ratio, gap), QIcon.Mode.Disabled, QIcon.State.Off)
    return result


class IconLabel(QWidget):
    """An icon beside words; hidden from screen readers, since the words say it."""

    def __init__(self, name: str, role: str = "muted", *, small: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._role = role
        self._key = "icon_small" if small else "icon"

    def set_icon(self, name: str, role: str | None = None) -> None:
        """Show another drawing."""
        self._name = name
        self._role = role or self._role
        self.update()

    def sizeHint(self) -> QSize:
        side = theme_of(self).size(self._key)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        side = theme_of(self).size(self._key)
        painter = QPainter(self)
        box = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        paint_icon(painter, box, self._name, self._role)
