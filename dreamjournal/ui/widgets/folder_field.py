"""A folder: its path, typed or chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.fields import LineField


class FolderField(QWidget):
    """A line with the path and a button that asks for it. `edited` once the person has finished and changed it."""

    edited = Signal()

    def __init__(self, label: str, *, placeholder: str = "", name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.line = LineField(label, placeholder=placeholder, name=name)
        self.choose = Button("Choose…", name=f"{name}_choose")
        self.choose.setAccessibleName(f"{label}: choose a folder")
        row.addWidget(self.line, 1)
        row.addWidget(self.choose)
        self.setFocusProxy(self.line)
        self.setAccessibleName(label)
        self.line.edited.connect(self.edited)
        self.choose.clicked.connect(self._ask)

    def text(self) -> str:
        """The path as it stands there."""
        return self.line.text().strip()

    def show_text(self, text: str) -> None:
        """Show a path without telling anyone."""
        self.line.show_text(text)

    def _ask(self) -> None:
        dialog = QFileDialog(self, self._label, self.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_chosen)
        dialog.open()

    def _on_chosen(self, path: str) -> None:
        if path and path != self.text():
            self.line.show_text(path)
            self.edited.emit()
