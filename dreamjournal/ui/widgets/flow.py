"""A layout that fills lines like words and starts a new one when the width is used up."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget, QWidgetItem


class FlowLayout(QLayout):
    """Widgets left to right (mirrored in right-to-left), `gap` apart, lines `line_gap` apart; `top` aligns each line at its top."""

    def __init__(self, parent: QWidget | None = None, gap: int = 12, line_gap: int = 8, *, top: bool = False) -> None:
        super().__init__(parent)
        self._top = top
        self._items: list[QLayoutItem] = []
        self._gap, self._line_gap = gap, line_gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def insertWidget(self, index: int, widget: QWidget) -> None:
        """Put a widget before the item at `index`."""
        self.addChildWidget(widget)
        self._items.insert(index, QWidgetItem(widget))
        self.invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        width = sum(i.sizeHint().width() + self._gap for i in self._shown()) - self._gap
        return QSize(max(0, width), max((i.sizeHint().height() for i in self._shown()), default=0))

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._shown():
            size = size.expandedTo(item.minimumSize())
        return size

    def _shown(self) -> list[QLayoutItem]:
        return [i for i in self._items if not i.isEmpty()]

    def _place(self, rect: QRect, *, move: bool) -> int:
        margins = self.contentsMargins()
        area = rect.marginsRemoved(margins)
        x, y = area.x(), area.y()
        lines: list[list[tuple[QLayoutItem, QRect]]] = [[]]
        height = 0
        for item in self._shown():
            size = item.sizeHint()
            size.setWidth(min(size.width(), max(area.width(), item.minimumSize().width())))
            if item.hasHeightForWidth():  # wrapped words under a field of a set width
                size.setHeight(max(size.height(), item.heightForWidth(size.width())))
            if lines[-1] and x + size.width() > area.right() + 1:
                x, y = area.x(), y + height + self._line_gap
                height = 0
                lines.append([])
            lines[-1].append((item, QRect(QPoint(x, y), size)))
            x += size.width() + self._gap
            height = max(height, size.height())
        if move:
            parent = self.parentWidget()
            mirrored = parent is not None and parent.layoutDirection() == Qt.LayoutDirection.RightToLeft
            for line in lines:
                tall = max((box.height() for _, box in line), default=0)
                for item, box in line:
                    place = QRect(
                        box.x(), box.y() + (0 if self._top else (tall - box.height()) // 2), box.width(), box.height()
                    )
                    if mirrored:
                        place.moveLeft(area.left() + area.right() + 1 - place.right() - 1)
                    item.setGeometry(place)
        return y + height - rect.y() + margins.bottom()
