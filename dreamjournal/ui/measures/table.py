"""The table of all measures: a heading for each group, a row for each measure, both kinds of nights beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QTableView, QWidget

from dreamjournal.services import measures_words as words
from dreamjournal.services.measures import Described, Row
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.tables import Cell, Index, RowsModel, style_table
from dreamjournal.ui.widgets.text import tip
from dreamjournal.ui.words import source_word

COLUMNS = ("Measure", "Natural", "n", "Enhanced", "n")


class MeasuresModel(RowsModel):
    """`rows` with a heading before each group. A heading cannot be chosen: the arrow keys pass over it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent=parent)
        self.measures: list[Row | None] = []
        """What each line shows, None for a heading."""

    def show(self, rows: Sequence[Row], *, hours: int, brief: bool) -> None:
        """Show these rows; `brief` leaves the middle half of nights to the detail line."""
        lines: list[tuple[Cell, ...]] = []
        self.measures = []
        group = None
        for row in rows:
            if row.group != group:
                group = row.group
                lines.append((heading(row), None, None, None, None))
                self.measures.append(None)
            cells = [_cell(row, d, hours=hours, brief=brief) for d in (row.natural, row.enhanced)]
            lines.append((row.title, cells[0], row.natural.n, cells[1], row.enhanced.n))
            self.measures.append(row)
        self.set_rows(lines)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and self.measures[index.row()] is None:
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.measures[index.row()]
        if row is None:
            return self._heading(index, role)
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == 0:
            return f"{words.group_words(row.group)}: {row.title}"
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() in (2, 4):
            arm = row.natural if index.column() == 2 else row.enhanced
            return f"{COLUMNS[index.column() - 1]}: {words.count_words(row, arm)}"
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in (2, 4):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(row.explain)
        return super().data(index, role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            side = Qt.AlignmentFlag.AlignRight if section in (2, 4) else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return super().headerData(section, orientation, role)

    def _heading(self, index: Index, role: int) -> object:
        if index.column() == 0 and role == Qt.ItemDataRole.DisplayRole:
            return self.rows[index.row()][0]
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        if role == Qt.ItemDataRole.ForegroundRole:
            view = self.parent()
            return theme_of(view).colour("text") if isinstance(view, QWidget) else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return "" if role == Qt.ItemDataRole.DisplayRole else None


class MeasuresTable(QTableView):
    """`chosen` carries the `Row` whose detail is wanted."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("measuresTable")
        self.rows_model = MeasuresModel(self)
        self.setModel(self.rows_model)
        style_table(self, "All measures, natural and enhanced nights", stretch=0, row="control")
        self.selectionModel().currentRowChanged.connect(self._on_row)

    def show_rows(self, rows: Sequence[Row], *, hours: int, brief: bool) -> None:
        """Show these rows and keep the row that was chosen, else choose the first."""
        before = self.chosen_row()
        self.clearSpans()
        self.rows_model.show(rows, hours=hours, brief=brief)
        for line, row in enumerate(self.rows_model.measures):
            if row is None:
                self.setSpan(line, 0, 1, len(COLUMNS))
        keys = [None if r is None else (r.group, r.key) for r in self.rows_model.measures]
        wanted = None if before is None else (before.group, before.key)
        self.selectRow(keys.index(wanted) if wanted in keys and wanted is not None else 1)

    def chosen_row(self) -> Row | None:
        """The measure in the chosen line."""
        line = self.currentIndex().row()
        return self.rows_model.measures[line] if 0 <= line < len(self.rows_model.measures) else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.currentIndex().isValid():  # a longer detail below makes the table shorter
            self.scrollTo(self.currentIndex())

    def _on_row(self) -> None:
        row = self.chosen_row()
        if row is not None:
            self.chosen.emit(row)


def heading(row: Row) -> str:
    """A group's heading, with whose numbers they are where the person can choose."""
    title = words.group_words(row.group)
    return (
        f"{title}: {source_word(row.source)}" if row.group == "device" and row.source not in (None, "diary") else title
    )


def detail(row: Row, *, hours: int, numbers: bool) -> str:
    """What a row is, in sentences, and why a number is missing; with `numbers` both kinds of nights in full."""
    parts = [row.explain]
    if row.source is not None and row.group in ("regularity", "evening"):
        parts.append(f"From: {source_word(row.source)}.")
    if not numbers and row.counted[1] not in ("nights", "mornings"):
        parts.append(f"Here n counts {row.counted[1]}.")
    for arm, d in (("Natural", row.natural), ("Enhanced", row.enhanced)):
        if numbers and (d.value is not None or d.total is not None):
            parts.append(f"{arm}: {_full(row, d, hours)}.")
    why = words.why_words(row)
    return " ".join([*parts, why] if why else parts)


def _cell(row: Row, d: Described, *, hours: int, brief: bool) -> str:
    if brief and d.value is not None:
        return words.number_words(row, d.value, hours=hours)
    return words.value_words(row, d, hours=hours)


def _full(row: Row, d: Described, hours: int) -> str:
    if d.total is not None:
        return words.value_words(row, d, hours=hours)
    if d.low is None or d.high is None or d.value is None:
        return f"{words.value_words(row, d, hours=hours)}, from {words.count_words(row, d)}"
    low, high = (words.number_words(row, v, hours=hours) for v in (d.low, d.high))
    return f"median {words.number_words(row, d.value, hours=hours)} of {words.count_words(row, d)}, the middle half from {low} to {high}"
