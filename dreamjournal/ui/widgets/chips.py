"""Tags as chips, with a field that adds one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QToolButton, QWidget

from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.fields import LineField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.icon import icon


class Chip(QToolButton):
    """One tag; a click, Delete or Backspace removes it."""

    remove_requested = Signal(str)

    def __init__(self, tag: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tag = tag
        self.setObjectName("tagChip")
        self.setProperty("kind", "chip")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        # The words come first and the cross last, as one reads.
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.setText(tag.replace("&", "&&"))
        self.setAccessibleName(f"Remove tag {tag}")
        side = theme_of(self).scaled(11)
        self.setIcon(icon("x", size=side))
        self.setIconSize(QSize(side, side))
        self.clicked.connect(lambda: self.remove_requested.emit(self.tag))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_requested.emit(self.tag)
            return
        super().keyPressEvent(event)


class TagChips(QWidget):
    """The tags of a dream. `changed` carries the new tuple and is emitted for the person only."""

    changed = Signal(object)

    def __init__(self, *, label: str = "Add a tag", name: str = "tags", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self, 8, 6)
        self._chips: list[Chip] = []
        self._known = QStringListModel(self)
        self.field = LineField(label, placeholder=label, name=name)
        self.field.setProperty("bare", True)
        self.field.setMinimumWidth(theme_of(self).scaled(110))
        completer = QCompleter(self._known, self.field)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.field.setCompleter(completer)
        self.field.returnPressed.connect(self._on_entered)
        self.field.editingFinished.connect(self._on_entered)
        self.field.textEdited.connect(self._on_typed)
        self._flow.addWidget(self.field)

    def tags(self) -> tuple[str, ...]:
        """The tags shown, in order."""
        return tuple(chip.tag for chip in self._chips)

    def set_tags(self, tags: Sequence[str]) -> None:
        """Show tags without telling anyone."""
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = []
        for tag in tags:
            self._add(tag)

    def set_known(self, tags: Sequence[str]) -> None:
        """Tags to offer while typing."""
        self._known.setStringList(list(tags))

    def _add(self, tag: str) -> None:
        chip = Chip(tag, self)
        chip.remove_requested.connect(self._on_removed)
        self._flow.insertWidget(len(self._chips), chip)
        self._chips.append(chip)
        chip.show()

    def _on_typed(self, text: str) -> None:
        if text.endswith(","):
            self._on_entered()

    def _on_entered(self) -> None:
        added = False
        for part in self.field.text().split(","):
            tag = " ".join(part.split())
            if tag and tag.casefold() not in {t.casefold() for t in self.tags()}:
                self._add(tag)
                added = True
        self.field.clear()
        if added:
            self.changed.emit(self.tags())

    def _on_removed(self, tag: str) -> None:
        index = self.tags().index(tag)
        chip = self._chips.pop(index)
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()
        after = self._chips[min(index, len(self._chips) - 1)] if self._chips else self.field
        after.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit(self.tags())
