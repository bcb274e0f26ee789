"""The caseload as a table: by pseudonym, never ranked; the last fourteen nights as marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QPointF, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from dreamjournal.domain.night import Condition
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.marks import paint_condition
from dreamjournal.ui.widgets.text import tip
from dreamjournal.ui.words import CONDITION_WORDS, NONE, plain_date

if TYPE_CHECKING:
    from dreamjournal.services.reviews import PatientRow

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("Patient", "Last review", "New nights", "Last 14 nights", "What changed", "Open notes")
MARKS = 3
RIGHT = (2, 5)
PITCH = 12


def marks_words(marks: Sequence[Condition]) -> str:
    """The marks counted: 9 natural, 5 enhanced."""
    counts = [(sum(1 for m in marks if m == c), c) for c in Condition]
    return ", ".join(f"{n} {CONDITION_WORDS[c].lower()}" for n, c in counts if n) or "no nights"


class PatientModel(QAbstractTableModel):
    """Rows of the caseload; the user role of the marks' column is the tuple of conditions."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[PatientRow] = []

    def set_rows(self, rows: Sequence[PatientRow]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def text(self, row: PatientRow, column: int) -> str:
        """A cell in words."""
        if column == 0:
            return row.person.name
        if column == 1:
            return "never" if row.last_review is None else plain_date(row.last_review.reviewed_on)
        if column == 2:
            return str(row.new_nights)
        if column == MARKS:
            return ""
        if column == 4:
            return row.what_changed
        return str(row.open_notes) if row.open_notes else NONE

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            words = marks_words(row.last14) if column == MARKS else self.text(row, column)
            return (
                f"{COLUMNS[column]}: {words}"
                if role == Qt.ItemDataRole.AccessibleTextRole
                else tip(words)
                if column in (MARKS, 4)
                else None
            )
        if role == Qt.ItemDataRole.UserRole and column == MARKS:
            return row.last14
        if role == Qt.ItemDataRole.TextAlignmentRole and column in RIGHT:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole and column == 0:
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class MarksDelegate(QStyledItemDelegate):
    """Draws the last fourteen nights as condition marks, oldest first."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        theme = theme_of()
        return QSize(theme.scaled(PITCH) * 14 + 24, theme.size("table_row"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        marks = index.data(Qt.ItemDataRole.UserRole) or ()
        theme = theme_of()
        pitch = theme.scaled(PITCH)
        x = option.rect.left() + 12 + pitch / 2
        for condition in marks:
            paint_condition(painter, QPointF(x, option.rect.center().y() + 0.5), condition, theme, 8.5 * theme.scale)
            x += pitch
