"""The raster's twin: the same rows as a table, for readers of the screen and for Ctrl+T."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from dreamjournal.domain.dream import Recall
from dreamjournal.ui.nights.rows import RasterRow, asleep_span, clock_of, notes, sleep_words, what_it_was
from dreamjournal.ui.words import NONE, RECALL_WORDS, short_date, source_word

Index = QModelIndex | QPersistentModelIndex


def _enhanced_by(row: RasterRow) -> str:
    return ", ".join(sorted({e.name for e in row.night.exposures})) or NONE if row.night else NONE


def _source(row: RasterRow) -> str:
    return source_word(row.source) if row.bars else source_word("diary") if row.diary else NONE


def _edge(row: RasterRow, which: int) -> str:
    span = asleep_span(row)
    return NONE if span is None else clock_of(span[which])


def _recall(row: RasterRow) -> str:
    return NONE if row.recall is None else RECALL_WORDS[Recall(row.recall)]


COLUMNS: tuple[tuple[str, Callable[[RasterRow], str]], ...] = (
    ("Night", lambda r: short_date(r.night_date)),
    ("What it was", what_it_was),
    ("Enhanced by", _enhanced_by),
    ("Source", _source),
    ("From", lambda r: _edge(r, 0)),
    ("To", lambda r: _edge(r, 1)),
    ("Sleep", sleep_words),
    ("Dream", _recall),
    ("Noted", lambda r: notes(r) or NONE),
)
RIGHT = (4, 5, 6)


class NightTableModel(QAbstractTableModel):
    """Rows newest last, as in the raster. The user role of a cell is its date."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[RasterRow] = []

    def set_rows(self, rows: Sequence[RasterRow]) -> None:
        """Show `rows`."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def row_of_date(self, day: date) -> int:
        """The row of `day`, -1 if there is none."""
        return next((i for i, r in enumerate(self._rows) if r.night_date == day), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[index.column()][1](row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{COLUMNS[index.column()][0]}: {COLUMNS[index.column()][1](row)}"
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in RIGHT:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.UserRole:
            return row.night_date
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section][0]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None
