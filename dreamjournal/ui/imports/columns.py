"""A table nobody knows: the person says once what its columns mean, and it is remembered by its header."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHeaderView, QVBoxLayout, QWidget

from dreamjournal.domain.column_map import ROLES, ColumnMap, ColumnQuestion, Unit, problem
from dreamjournal.ui.widgets.fields import ComboBox, Field
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.rows import TickRow
from dreamjournal.ui.widgets.tables import make_table
from dreamjournal.ui.widgets.text import Label, tip

NOT_READ = ""
MOST_SAMPLES = 5
LONGEST_CELL = 40
_UNITS: tuple[tuple[Unit, str], ...] = (("min", "minutes"), ("s", "seconds"), ("h", "hours"))
_MEANINGS = [(NOT_READ, "Not read"), *((role, words[:1].upper() + words[1:]) for role, words in ROLES.items())]


class ColumnsForm(QWidget):
    """The table as it stands, a menu for each of its columns, and what is still wrong, in words.

    `changed` is emitted with every choice; `column_map()` is what was chosen and `wrong()` why it cannot be used yet.
    """

    changed = Signal()

    def __init__(self, question: ColumnQuestion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.question = question
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(self._make_sample())
        self.menus: list[ComboBox] = []
        box.addWidget(self._make_menus())
        box.addWidget(self._make_manner())
        self._wrong = InlineError()
        self._wrong.setObjectName("columnsWrong")
        box.addWidget(self._wrong)
        self._say()
        if self.menus:
            self.setFocusProxy(self.menus[0])

    def _make_sample(self) -> QWidget:
        q = self.question
        rows = [tuple(_short(cell) for cell in _filled(row, len(q.header))) for row in q.sample[:MOST_SAMPLES]]
        self.sample = make_table(
            "The first rows of the table", [_short(h) for h in q.header], rows, name="columnsSample"
        )
        self.sample.setSelectionMode(self.sample.SelectionMode.NoSelection)
        header = self.sample.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        bar = self.sample.horizontalScrollBar().sizeHint().height()
        height = header.sizeHint().height() + len(rows) * self.sample.verticalHeader().defaultSectionSize()
        self.sample.setFixedHeight(height + bar + 4)
        return self.sample

    def _make_menus(self) -> QWidget:
        form = QWidget()
        grid = QGridLayout(form)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        guessed = dict(self.question.guess.columns)
        for row, name in enumerate(self.question.header):
            shown = _short(name) or f"column {row + 1}, without a name"
            words = Label(shown, "control", strong=True, wrap=True)
            words.setToolTip(tip(name))
            menu = ComboBox(f"What {shown} means", _MEANINGS, name=f"column{row}")
            menu.set_value(guessed.get(name, NOT_READ))
            menu.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            menu.setMinimumContentsLength(18)
            menu.setMaxVisibleItems(14)
            menu.picked.connect(lambda _value: self._on_changed())
            words.setBuddy(menu)
            grid.addWidget(words, row, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(menu, row, 1)
            self.menus.append(menu)
        return form

    def _make_manner(self) -> QWidget:
        row = QWidget()
        flow = FlowLayout(row, 24, 10)
        self.unit = ComboBox("Unit of lengths that name none", _UNITS, name="columnsUnit")
        self.unit.set_value(self.question.guess.unit)
        self.unit.picked.connect(lambda _value: self._on_changed())
        self.day_first = TickRow(
            "Day before month", detail="03/04 is the 3rd of April", name="columnsDayFirst", framed=False
        )
        self.day_first.setChecked(self.question.guess.day_first)
        self.day_first.clicked.connect(lambda _on: self._on_changed())
        flow.addWidget(Field("Lengths that name no unit are in", self.unit))
        flow.addWidget(self.day_first)
        return row

    def column_map(self) -> ColumnMap:
        """What the menus say now."""
        pairs = [
            (name, str(menu.value() or NOT_READ)) for name, menu in zip(self.question.header, self.menus, strict=True)
        ]
        units: dict[object, Unit] = {key: key for key, _ in _UNITS}
        return ColumnMap(
            tuple(p for p in pairs if p[1] != NOT_READ), units.get(self.unit.value(), "min"), self.day_first.isChecked(),
            self.question.guess.zone,
        )  # fmt: skip

    def wrong(self) -> str:
        """Why this cannot be used yet, as a sentence; empty when it can."""
        why = problem(self.column_map(), self.question.header)
        return f"{why[:1].upper()}{why[1:]}." if why else ""

    def _on_changed(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        self._wrong.set_sentence(self.wrong())


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST_CELL else plain[: LONGEST_CELL - 1] + "…"


def _filled(row: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (*row[:width], *("",) * (width - len(row)))
