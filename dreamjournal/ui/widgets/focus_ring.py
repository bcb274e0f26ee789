"""The focus ring: 2 px of the focus colour, 2 px outside the shape that has the focus (inside the edge for rows)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from dreamjournal.ui.theme import radius, theme_of, tokens


class FocusRing(QObject):
    """One a window, owned by it. It follows the focus by itself.

    Buttons and any widget with the property `focusRing` = "outside" get the ring; fields and rows draw their own edge.
    QFocusFrame is not used: its parent is the nearest scroll area, where it stays behind after the area is rebuilt.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._ring: _Ring | None = None
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)

    def ring(self) -> QWidget | None:
        """The ring on the screen, None while nothing has one."""
        return self._ring if self._ring is not None and isValid(self._ring) and self._ring.isVisible() else None

    def _on_focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        for widget in self._watched:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._watched = []
        self._target = None
        if now is not None and isValid(self._window) and now.window() is self._window and wants_ring(now):
            self._target = now
            host = _host(now)
            step: QWidget | None = now
            while step is not None and step is not host:
                step.installEventFilter(self)
                self._watched.append(step)
                step = step.parentWidget()
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (
            QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutRequest,
        ):  # fmt: skip
            self._place()
        return False

    def _place(self) -> None:
        target = self._target
        if self._ring is not None and not isValid(self._ring):
            self._ring = None  # it went with the page it was drawn on
        if target is None or not isValid(target) or not target.isVisible():
            if self._ring is not None:
                self._ring.hide()
            return
        host = _host(target)
        if self._ring is not None and self._ring.parentWidget() is not host:
            self._ring.hide()
            self._ring.deleteLater()
            self._ring = None
        if self._ring is None:
            self._ring = _Ring(host)
        reach = tokens()["sizes"]["focus_ring"] + tokens()["sizes"]["focus_gap"]
        corner = target.mapTo(host, QPoint(0, 0))
        self._ring.setGeometry(QRect(corner, target.size()).adjusted(-reach, -reach, reach, reach))
        self._ring.raise_()
        self._ring.show()


class _Ring(QWidget):
    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        width = tokens()["sizes"]["focus_ring"]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme_of(self).colour("focus"), width))
        box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        corner = radius("control") + 3
        painter.drawRoundedRect(box, corner, corner)


def wants_ring(widget: QWidget) -> bool:
    """Whether the ring stands outside this widget when it has the focus."""
    wish = widget.property("focusRing")
    if wish is not None:
        return wish == "outside"
    return isinstance(widget, QAbstractButton) and not isinstance(widget, QLineEdit)


def _host(widget: QWidget) -> QWidget:
    """The widget the ring is drawn on: the page inside the nearest scroll area, else the window."""
    step = widget.parentWidget()
    while step is not None and not step.isWindow():
        area = step.parentWidget()
        if area is not None and isinstance(area.parentWidget(), QAbstractScrollArea):
            return step
        step = step.parentWidget()
    return step or widget.window()
