"""The setting "Device for each measure": what was chosen in words, and the way to choose."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamjournal.ui.context import PageContext
from dreamjournal.ui.settings.measures_dialog import MOST_NIGHTS, MeasuresDialog
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import source_word


class MeasureSourcesControl(QWidget):
    """`changed` carries {measure: source}."""

    changed = Signal(object)

    def __init__(self, context: PageContext, chosen: dict[str, str], name: str) -> None:
        super().__init__()
        self._context, self._chosen = context, dict(chosen)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        self.words = Label("", "control", wrap=True)
        self.button = Button("Choose for each measure…", name=name)
        self.button.clicked.connect(self.open_dialog)
        box.addWidget(self.words)
        box.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.setFocusProxy(self.button)
        self._say()

    def open_dialog(self) -> MeasuresDialog:
        """One menu a measure."""
        dialog = MeasuresDialog(self._context, self, self._chosen)
        dialog.changed.connect(self._on_changed)
        dialog.open()
        return dialog

    def _on_changed(self, chosen: dict[str, str]) -> None:
        self._chosen = chosen
        self._say()
        self.changed.emit(dict(chosen))

    def _say(self) -> None:
        if not self._chosen:
            self.words.setText(f"{MOST_NIGHTS}, for every measure.")
            return
        from dreamjournal.services import contrasts

        titles = {key: m.title for key, m in contrasts.metrics().items()}
        said = [f"{titles.get(k, k)}: {source_word(s)}" for k, s in sorted(self._chosen.items())]
        self.words.setText("; ".join(said) + ".")
