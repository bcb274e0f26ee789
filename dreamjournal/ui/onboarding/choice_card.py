"""A large radio button in a card of its own."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QRadioButton, QSizePolicy, QWidget

from dreamjournal.ui.theme import radius, theme_of

PAD = 20


class ChoiceCard(QRadioButton):
    """One of few answers, with a line that explains it."""

    def __init__(self, text: str, detail: str, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._detail = detail
        self.setObjectName(name)
        self.setAccessibleDescription(detail)
        self.setProperty("focusRing", "outside")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def sizeHint(self) -> QSize:
        theme = theme_of(self)
        title, detail = QFontMetrics(theme.font("lead", weight=600)), QFontMetrics(theme.font("caption"))
        width = (
            max(title.horizontalAdvance(self.text()), detail.horizontalAdvance(self._detail))
            + 2 * PAD
            + theme.size("icon")
            + 16
        )
        return QSize(width, title.height() + detail.height() + 2 * PAD)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        edge = 2 if on else 1
        painter.setPen(QPen(theme.colour("accent" if on else "line_strong"), edge))
        painter.setBrush(theme.colour("accent_soft" if on else "surface"))
        inset = edge / 2
        corner = radius("card")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), corner, corner)
        side = theme.size("icon")
        title_font, detail_font = theme.font("lead", weight=600, figures=False), theme.font("caption", figures=False)
        title_h, detail_h = QFontMetrics(title_font).height(), QFontMetrics(detail_font).height()
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = self.width() - PAD - side if mirrored else PAD
        ring = QRectF(x, PAD + (title_h - side) / 2, side, side)
        filled = on and not theme.is_night
        painter.setPen(QPen(theme.colour("accent" if on else "line_strong"), 1.2))
        painter.setBrush(theme.colour("accent" if filled else "raised"))
        painter.drawEllipse(ring)
        if on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("on_accent" if filled else "accent"))
            painter.drawEllipse(ring.center(), side * 0.22, side * 0.22)
        left = PAD if mirrored else PAD + side + 14
        room = self.width() - 2 * PAD - side - 14
        align = Qt.AlignmentFlag.AlignVCenter | (
            Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        )
        painter.setPen(theme.colour("text"))
        painter.setFont(title_font)
        painter.drawText(QRectF(left, PAD, room, title_h), align, self.text())
        painter.setPen(theme.colour("muted"))
        painter.setFont(detail_font)
        words = QFontMetrics(detail_font).elidedText(self._detail, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(QRectF(left, PAD + title_h, room, detail_h), align, words)
