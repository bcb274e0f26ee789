"""The counts of one dream: a small number field for each thing counted, group by group."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.domain.coding import GROUPS, HIGHEST, Group
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.fields import Field, NumberField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.text import Label, set_shown


class CountField(NumberField):
    """A count that may be empty, which is none; arrows up and down count one more and one less. `counted` follows arrows too."""

    counted = Signal()

    def __init__(self, label: str, *, name: str) -> None:
        super().__init__(label, low=0, high=HIGHEST, placeholder="0", name=name)
        self.setAccessibleDescription("Arrow up counts one more")
        self.edited.connect(self.counted)

    def count(self) -> int:
        """The number, 0 where nothing or no number stands there."""
        return int(self.value() or 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
        if not step or event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            super().keyPressEvent(event)
            return
        now = min(HIGHEST, max(0, self.count() + step))
        self.set_value(now or None)
        self.counted.emit()


class GroupBox(QWidget):
    """One group: its name with the keys that lead to it, what counts, word hits where asked for, and its fields."""

    def __init__(self, group: Group, fields: dict[str, CountField], boxes: dict[str, Field]) -> None:
        super().__init__()
        self.setAccessibleName(group.title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Label(group.title, "label", strong=True))
        head.addWidget(Label(f"Alt+{group.letter.upper()}", "tiny", "muted"))
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(Label(group.explain, "tiny", "muted", wrap=True))
        self.hits = Label("", "tiny", "muted", wrap=True)
        self.hits.hide()
        column.addWidget(self.hits)
        row = QWidget()
        flow = FlowLayout(row, 12, 6, top=True)
        for code in group.codes:
            key = f"{group.key}.{code.key}"
            field = CountField(f"{group.title}: {code.title}", name=f"code_{group.key}_{code.key}")
            field.setFixedWidth(theme_of(self).scaled(64))
            box = Field(code.title, field)
            fields[key], boxes[key] = field, box
            flow.addWidget(box)
        column.addWidget(row)

    def show_hits(self, hits: tuple[str, ...]) -> None:
        """Show the words of the text that are on the group's list; none hides the line."""
        self.hits.setText(f"Word hits only: {', '.join(hits)}" if hits else "")
        set_shown(self.hits, bool(hits))


class Counters(QWidget):
    """All groups. `changed` is emitted for the person only, once a field was left or an arrow key counted.

    `gone_to` carries the field a key led to, which the page scrolls into view.
    """

    changed = Signal()
    gone_to = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, CountField] = {}
        self._boxes: dict[str, Field] = {}
        self._groups: dict[str, GroupBox] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(18)
        for group in GROUPS:
            box = GroupBox(group, self.fields, self._boxes)
            self._groups[group.key] = box
            column.addWidget(box)
            first = self.fields[f"{group.key}.{group.codes[0].key}"]
            key = QShortcut(
                QKeySequence(f"Alt+{group.letter.upper()}"), self, context=Qt.ShortcutContext.WindowShortcut
            )
            key.activated.connect(lambda f=first: self._go(f))
        column.addStretch(1)
        for field in self.fields.values():
            field.counted.connect(self.changed)

    def codes(self) -> dict[str, int]:
        """What is counted now, only numbers above 0."""
        return {key: field.count() for key, field in self.fields.items() if field.count()}

    def show_codes(self, codes: Mapping[str, int]) -> None:
        """Show other counts without telling anyone."""
        for key, field in self.fields.items():
            field.set_value(codes.get(key) or None)
            self._boxes[key].set_error("")

    def show_hits(self, hits: Mapping[str, tuple[str, ...]]) -> None:
        """Word hits by group; an empty mapping shows none."""
        for key, box in self._groups.items():
            box.show_hits(hits.get(key, ()))

    def wrong(self) -> str | None:
        """The key of the first field that holds no count, told under it; None where all do."""
        found: str | None = None
        for key, field in self.fields.items():
            wrong = field.is_wrong()
            self._boxes[key].set_error(f"A whole number from 0 to {HIGHEST}." if wrong else "")
            if wrong and found is None:
                found = key
        return found

    def set_error(self, key: str, sentence: str) -> bool:
        """Show a sentence under a field; False where there is no such field."""
        box = self._boxes.get(key)
        if box is None:
            return False
        box.set_error(sentence)
        return True

    def focus_first(self) -> None:
        """Put the focus where counting begins."""
        self._go(next(iter(self.fields.values())))

    def _go(self, field: CountField) -> None:
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()
        self.gone_to.emit(field)
