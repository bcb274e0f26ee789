"""Tables and lists: no grid, hairlines between rows, whole rows chosen, Tab leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QListView, QTableView, QWidget

from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.fields import set_tabular

Cell = str | int | float | None
Index = QModelIndex | QPersistentModelIndex


class RowsModel(QAbstractTableModel):
    """A read-only table of words: `columns` are headings, rows are tuples of what is shown. Numbers stand at the right."""

    def __init__(
        self, columns: Sequence[str], rows: Sequence[Sequence[Cell]] = (), parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: list[tuple[Cell, ...]] = [tuple(row) for row in rows]

    def set_rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = [tuple(row) for row in rows]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        value = self.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return "–" if value is None else str(value)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.columns[index.column()]}: {'none' if value is None else value}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(index.column()) | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole and isinstance(value, str) and "-" in value:
            # Tabular figures make Inter's hyphen as wide as a digit: "sleep -export.csv".
            font = QFont()
            font.setFeature(QFont.Tag("tnum"), 0)
            return font
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(section) | Qt.AlignmentFlag.AlignVCenter
        return None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        first = next((row[column] for row in self.rows if row[column] is not None), "")
        return Qt.AlignmentFlag.AlignRight if isinstance(first, int | float) else Qt.AlignmentFlag.AlignLeft


class _Fit(QObject):
    """Keeps a table as high as its rows need, up to `most` of them, also when the text size changes."""

    def __init__(self, view: QTableView, most: int) -> None:
        super().__init__(view)
        self._view, self._most = view, most
        view.installEventFilter(self)
        view.model().modelReset.connect(self.fit)
        self.fit()

    def fit(self) -> None:
        """Set the height anew."""
        view = self._view
        head = view.horizontalHeader().sizeHint().height()
        # Room for the bar below, so that at large text it covers no row.
        bar = view.horizontalScrollBar().sizeHint().height() if theme_of(view).scale > 1.2 else 0
        rows = min(view.model().rowCount(), self._most)
        view.setFixedHeight(head + rows * view.verticalHeader().defaultSectionSize() + bar + 4)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.Show):
            self.fit()
        return False


def fit_rows(view: QTableView, most: int) -> None:
    """Give a table the height of its rows; with more than `most` it scrolls. Call after `style_table`."""
    _Fit(view, most)


class _RowHeight(QObject):
    """Keeps the row height at the text scale."""

    def __init__(self, view: QTableView, key: str) -> None:
        super().__init__(view)
        self._view, self._key = view, key
        view.installEventFilter(self)
        self._set()

    def _set(self) -> None:
        self._view.verticalHeader().setDefaultSectionSize(theme_of(self._view).size(self._key))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StyleChange:
            self._set()
        return False


def style_table(view: QTableView, label: str, *, stretch: int | None = None, row: str = "table_row") -> None:
    """Give a table the app's manner. `stretch` is the column that takes the room left, `row` the size key of its height."""
    view.setAccessibleName(label)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setAlternatingRowColors(False)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setProperty("focusRing", "inside")
    set_tabular(view)
    view.verticalHeader().hide()
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionsClickable(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    if stretch is not None:
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
    _RowHeight(view, row)


def make_table(
    label: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]] = (), *, stretch: int | None = None, name: str = "table",
    on_open: Callable[[int], None] | None = None, parent: QWidget | None = None,
) -> QTableView:  # fmt: skip
    """A read-only table of words, the twin of a chart or a list of reasons. `on_open` gets the row at Enter or double click."""
    view = QTableView(parent)
    view.setObjectName(name)
    view.setModel(RowsModel(columns, rows, view))
    style_table(view, label, stretch=stretch)
    if on_open is not None:
        view.activated.connect(lambda index: on_open(index.row()))
    return view


def style_list(view: QListView, label: str) -> None:
    """Give a list the app's manner; its delegate draws the rows."""
    view.setAccessibleName(label)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setUniformItemSizes(True)
    view.setMouseTracking(True)
