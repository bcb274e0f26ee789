"""How the dream was: vividness, lucidity, feeling, nightmare; distress is asked in place after a yes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamjournal.ui.widgets.choice import Scale, YesNo
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.text import Label


class DreamScales(QWidget):
    """`changed` is emitted for the person only; each value is None while nothing is chosen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.vividness = Scale("Vividness", 0, 4, "faint", "like waking", name="vividness")
        self.lucidity = Scale("Lucidity", 0, 4, "none", "knew and steered", name="lucidity")
        self.tone = Scale("Feeling", -2, 2, "bad", "good", name="tone")
        self.nightmare = YesNo("Nightmare", name="nightmare")
        self.distress = Scale("Distress", 0, 4, "none", "as bad as it gets", name="distress")
        # 32 px a number, just the smallest target allowed: all four groups fit one line beside the morning's cards.
        for part in (self.vividness, self.lucidity, self.tone):
            for button in part.strip.buttons:
                button.setStyleSheet("padding: 0 3px; min-width: 23px;")
        for button in self.nightmare.strip.buttons:
            button.setStyleSheet("padding: 0 8px;")
        flow = FlowLayout(self, 16, 12)
        for part in (self.vividness, self.lucidity, self.tone, self.nightmare, self.distress):
            flow.addWidget(part)
            part.chosen.connect(self._on_chosen)
        # Without words at its ends it would stand lower than the scales beside it.
        box = self.nightmare.layout()
        if isinstance(box, QVBoxLayout):
            box.insertWidget(2, Label(" ", "tiny"))
        self.distress.hide()

    def show_values(
        self,
        vividness: int | None,
        lucidity: int | None,
        tone: int | None,
        nightmare: bool | None,
        distress: int | None,
    ) -> None:
        """Show values without telling anyone."""
        self.vividness.set_value(vividness)
        self.lucidity.set_value(lucidity)
        self.tone.set_value(tone)
        self.nightmare.set_value(nightmare)
        self.distress.set_value(distress)
        self.distress.setVisible(nightmare is True)

    def answered(self) -> bool:
        """Whether any of it was answered."""
        parts = (self.vividness, self.lucidity, self.tone, self.nightmare)
        return any(part.value() is not None for part in parts)

    def distress_value(self) -> int | None:
        """The distress of a nightmare; None where it was none."""
        return self.distress.value() if self.nightmare.value() is True else None

    def _on_chosen(self, _value: object) -> None:
        self.distress.setVisible(self.nightmare.value() is True)
        self.changed.emit()
