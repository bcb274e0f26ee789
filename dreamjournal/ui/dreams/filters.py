"""Search as you type and the filters below it: condition, tag, lucidity, nights."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.domain.night import Condition
from dreamjournal.services.dreams import DreamFilter
from dreamjournal.ui.widgets.dates import DateField
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import ComboBox, Field, LineField
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import CONDITION_WORDS, plain_date

SPANS = ((27, "Last 4 weeks"), (364, "Last 12 months"))


class SearchField(LineField):
    """Esc clears it first; ↓ goes into the list."""

    list_requested = Signal()

    def __init__(self) -> None:
        super().__init__(
            "Search your dreams", placeholder="Search your dreams", name="search", icon_name="search", clearable=True
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self.textEdited.emit("")
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        elif event.key() == Qt.Key.Key_Down:
            self.list_requested.emit()
        else:
            super().keyPressEvent(event)


class NightsDialog(Dialog):
    """Between which nights to look. `range_chosen` carries both."""

    range_chosen = Signal(object, object)

    def __init__(self, parent: QWidget, first: date, last: date) -> None:
        super().__init__("Nights", parent, name="nightsDialog", width=440)
        self.body.addWidget(Label("Between which nights?", "section"))
        self.first = DateField("From", first, name="nightsFrom")
        self.last = DateField("To", last, name="nightsTo")
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(Field("From", self.first))
        row.addWidget(Field("To", self.last))
        self.body.addLayout(row)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Cancel", name="nights_cancel").clicked.connect(self.reject)
        self.add_answer("Show these nights", primary=True, default=True, name="nights_keep").clicked.connect(
            self._on_keep
        )
        self.first.setFocus()
        self.fit()

    def _on_keep(self) -> None:
        first, last = sorted((self.first.date(), self.last.date()))
        self.range_chosen.emit(first, last)
        self.accept()


class DreamFilters(QWidget):
    """`changed` is emitted for the person only; `wanted` is what they look for."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._today = date.min
        self._range: tuple[date, date] | None = None
        self.search = SearchField()
        conditions: list[tuple[object, str]] = [(None, "Any condition")]
        conditions += [(c, CONDITION_WORDS[c]) for c in Condition]
        self.condition = ComboBox("Condition", conditions, name="filterCondition")
        self.tag = ComboBox("Tag", ((None, "Any tag"),), name="filterTag")
        lucid: list[tuple[object, str]] = [(None, "Any lucidity")]
        lucid += [(n, f"Lucid {n} or more" if n < 4 else "Lucid 4") for n in range(1, 5)]
        self.lucidity = ComboBox("Lucidity", lucid, name="filterLucidity")
        self.nights = ComboBox("Nights", (), name="filterNights")
        self._show_nights()
        menus = QWidget()
        grid = QGridLayout(menus)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for index, menu in enumerate((self.condition, self.tag, self.lucidity, self.nights)):
            # A long tag must not widen the list: the menu itself shows it whole.
            menu.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            menu.setMinimumContentsLength(8)
            # The sheet keeps the arrow's room free twice: as padding and as the arrow's own box.
            menu.setStyleSheet("QComboBox { padding-right: 2px; }")
            grid.addWidget(menu, index // 2, index % 2)
            grid.setColumnStretch(index % 2, 1)
        self.condition.picked.connect(self._on_picked)
        self.tag.picked.connect(self._on_picked)
        self.lucidity.picked.connect(self._on_picked)
        self.nights.picked.connect(self._on_nights)
        self.search.textEdited.connect(lambda _text: self.changed.emit())
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addWidget(self.search)
        box.addWidget(menus)

    def set_today(self, today: date) -> None:
        """The night the spans count back from."""
        self._today = today

    def set_tags(self, tags: Sequence[tuple[str, int]]) -> None:
        """The tags to choose from, with their number of dreams."""
        self.tag.set_options([(None, "Any tag"), *((tag, f"{tag} ({count})") for tag, count in tags)])

    def wanted(self) -> DreamFilter:
        """What the person looks for."""
        condition, tag, lucidity = self.condition.value(), self.tag.value(), self.lucidity.value()
        first, last = self._span()
        return DreamFilter(
            query=self.search.text(), first=first, last=last, tag=tag if isinstance(tag, str) else None,
            lucidity_min=lucidity if isinstance(lucidity, int) else None,
            condition=condition if isinstance(condition, Condition) else None,
        )  # fmt: skip

    def narrowed(self) -> bool:
        """Whether anything is looked for at all."""
        return bool(self.search.text().strip()) or any(
            m.value() is not None for m in (self.condition, self.tag, self.lucidity, self.nights)
        )

    def clear(self) -> None:
        """Look for nothing: all dreams."""
        self.search.show_text("")
        for menu in (self.condition, self.tag, self.lucidity, self.nights):
            menu.set_value(None)
        self.changed.emit()

    def _span(self) -> tuple[date | None, date | None]:
        value = self.nights.value()
        if value == "range" and self._range is not None:
            return self._range
        if isinstance(value, int):
            return self._today - timedelta(days=value), None
        return None, None

    def _show_nights(self) -> None:
        options: list[tuple[object, str]] = [(None, "Any night"), *SPANS]
        if self._range is not None:
            options.append(("range", f"{plain_date(self._range[0])} – {plain_date(self._range[1])}"))
        options.append(("ask", "Choose nights…"))
        self.nights.set_options(options)

    def _on_picked(self, _value: object) -> None:
        self.changed.emit()

    def _on_nights(self, value: object) -> None:
        if value != "ask":
            self.changed.emit()
            return
        self.nights.set_value("range" if self._range is not None else None)
        first, last = self._range or (self._today - timedelta(days=27), self._today)
        dialog = NightsDialog(self, first, last)
        dialog.range_chosen.connect(self._on_range)
        dialog.open()

    def _on_range(self, first: date, last: date) -> None:
        self._range = (first, last)
        self._show_nights()
        self.nights.set_value("range")
        self.changed.emit()
