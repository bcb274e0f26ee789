"""The dreams found, as rows of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from dreamjournal.ui.words import CONDITION_WORDS, RECALL_WORDS, long_date

if TYPE_CHECKING:
    from dreamjournal.domain.dream import Dream
    from dreamjournal.services.dreams import DreamRow

ROW_ROLE = int(Qt.ItemDataRole.UserRole)
_NOWHERE = QModelIndex()


class DreamListModel(QAbstractListModel):
    """Rows of `services.dreams.list_dreams`, newest first; `ROW_ROLE` gives the row itself."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[DreamRow, ...] = ()

    def show(self, rows: Sequence[DreamRow]) -> None:
        """Show these rows instead."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def replace(self, dream: Dream) -> bool:
        """Show a dream's new words in its row, without looking for hits again; False when it is not among the rows."""
        at = self.row_of(dream.id)
        if at < 0:
            return False
        row = replace(self._rows[at], dream=dream, spans=(), snippet=" ".join(dream.text[:320].split()))
        self._rows = (*self._rows[:at], row, *self._rows[at + 1 :])
        self.dataChanged.emit(self.index(at, 0), self.index(at, 0))
        return True

    def row_of(self, dream_id: int) -> int:
        """The row of a dream, -1 when it is not among those found."""
        return next((i for i, row in enumerate(self._rows) if row.dream.id == dream_id), -1)

    def row_at(self, index: int) -> DreamRow | None:
        """The row at `index`, None outside."""
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        row = self.row_at(index.row())
        if row is None:
            return None
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.snippet
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return (
                f"{long_date(row.dream.night_date)}, {CONDITION_WORDS[row.condition]}, {kind_words(row)}. {row.snippet}"
            )
        return None


def kind_words(row: DreamRow) -> str:
    """A dream · lucid 2."""
    words = RECALL_WORDS[row.dream.recall]
    return f"{words} · lucid {row.dream.lucidity}" if row.dream.lucidity else words
