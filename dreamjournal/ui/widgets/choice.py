"""A choice of one among few, shown as a strip; nothing chosen is a state of its own."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.rows import RadioRow
from dreamjournal.ui.widgets.text import Label


class ChoiceStrip(QFrame):
    """One focus stop; arrows move, digits pick, Backspace clears when `clearable`. `chosen` is emitted for the person only.

    `options` are (value, word) pairs; `value()` is None while nothing is chosen.
    """

    chosen = Signal(object)

    def __init__(
        self, options: Sequence[tuple[object, str]], label: str, *, name: str = "", clearable: bool = True,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("kind", "strip")
        self.setProperty("focusRing", "outside")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.label = label
        self._clearable = clearable
        self._values = [value for value, _ in options]
        self._minus = False
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.buttons: list[QToolButton] = []
        for index, (_, word) in enumerate(options):
            button = QToolButton(self)
            button.setText(word)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setProperty("kind", "segment")
            button.setProperty("first", index == 0)
            button.setProperty("last", index == len(options) - 1)
            button.setAccessibleName(f"{label}: {word}")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._group.addButton(button, index)
            self.buttons.append(button)
            row.addWidget(button, 1)
        self._group.idClicked.connect(self._on_clicked)
        self._announce()

    def value(self) -> object | None:
        """The chosen value, None while nothing is chosen."""
        index = self._group.checkedId()
        return None if index < 0 else self._values[index]

    def set_value(self, value: object | None) -> None:
        """Show a value without telling anyone."""
        if value is None or value not in self._values:
            self._group.setExclusive(False)
            for button in self.buttons:
                button.setChecked(False)
            self._group.setExclusive(True)
        else:
            self.buttons[self._values.index(value)].setChecked(True)
        self._announce()

    def clear(self) -> None:
        """Take the choice back, as the person does with Backspace."""
        if self.value() is not None:
            self.set_value(None)
            self.chosen.emit(None)

    def spoken_value(self) -> str:
        """The value as a screen reader says it."""
        index = self._group.checkedId()
        return "nothing chosen" if index < 0 else self.buttons[index].text()

    def _on_clicked(self, index: int) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._announce()
        self.chosen.emit(self._values[index])

    def _pick(self, index: int) -> None:
        index = min(len(self.buttons) - 1, max(0, index))
        if index != self._group.checkedId():
            self.buttons[index].setChecked(True)
            self._announce()
            self.chosen.emit(self._values[index])

    def _announce(self) -> None:
        self.setAccessibleName(f"{self.label}, {self.spoken_value()}")
        if self.hasFocus():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, index = event.key(), self._group.checkedId()
        if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            event.ignore()
            return
        back = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        minus, self._minus = self._minus, False
        if key in (Qt.Key.Key_Right, Qt.Key.Key_Down):
            self._pick(index + (-1 if back and key == Qt.Key.Key_Right and index > 0 else 1))
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Up):
            self._pick(
                index + 1 if back and key == Qt.Key.Key_Left else len(self.buttons) - 1 if index < 0 else index - 1
            )
        elif key == Qt.Key.Key_Home:
            self._pick(0)
        elif key == Qt.Key.Key_End:
            self._pick(len(self.buttons) - 1)
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete) and self._clearable:
            self.clear()
        elif key == Qt.Key.Key_Space and index < 0:
            self._pick(0)
        elif event.text() in ("-", "−") and any(isinstance(v, int) and v < 0 for v in self._values):
            self._minus = True
        elif event.text().isdigit() and len(event.text()) == 1:
            self._on_digit(int(event.text()) * (-1 if minus else 1), event)
        else:
            event.ignore()

    def _on_digit(self, digit: int, event: QKeyEvent) -> None:
        if digit in self._values:
            self._pick(self._values.index(digit))
        elif not any(isinstance(v, int) and not isinstance(v, bool) for v in self._values) and 1 <= digit <= len(
            self._values
        ):
            self._pick(digit - 1)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._announce()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width(), theme_of(self).size("segment"))


class Scale(QWidget):
    """A numbered strip with its label above and the words of its ends below: "Vividness, 3 of 4"."""

    chosen = Signal(object)

    def __init__(
        self,
        label: str,
        low: int,
        high: int,
        low_word: str,
        high_word: str,
        *,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._low, self._high = low, high
        options = [(n, f"+{n}" if n > 0 > low else f"−{-n}" if n < 0 else str(n)) for n in range(low, high + 1)]
        self.strip = _NumberStrip(options, label, high, signed=low < 0, name=name)
        self.strip.chosen.connect(self.chosen)
        self.setFocusProxy(self.strip)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(Label(label, "label", "muted"))
        box.addWidget(self.strip)
        ends = QHBoxLayout()
        ends.addWidget(Label(low_word, "tiny", "muted"))
        ends.addStretch(1)
        ends.addWidget(Label(high_word, "tiny", "muted"))
        box.addLayout(ends)
        self.strip.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.strip.setAccessibleDescription(f"{low_word} to {high_word}")
        box.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def value(self) -> int | None:
        """The number chosen, None while none is."""
        value = self.strip.value()
        return value if isinstance(value, int) else None

    def set_value(self, value: int | None) -> None:
        """Show a number without telling anyone."""
        self.strip.set_value(value)


class _NumberStrip(ChoiceStrip):
    def __init__(
        self, options: Sequence[tuple[object, str]], label: str, high: int, *, signed: bool, name: str
    ) -> None:
        self._high = high
        self._signed = signed
        super().__init__(options, label, name=name)
        for button in self.buttons:
            button.setProperty("number", True)

    def spoken_value(self) -> str:
        value = self.value()
        if not isinstance(value, int):
            return "nothing chosen"
        return f"{value:+d}" if self._signed and value else f"{value} of {self._high}"


class YesNo(QWidget):
    """A labelled No / Yes strip; unset is "not asked"."""

    chosen = Signal(object)

    def __init__(self, label: str, *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip = ChoiceStrip(((False, "No"), (True, "Yes")), label, name=name)
        self.strip.chosen.connect(self.chosen)
        self.setFocusProxy(self.strip)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(Label(label, "label", "muted"))
        box.addWidget(self.strip)
        box.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def value(self) -> bool | None:
        """True, False, or None while unanswered."""
        value = self.strip.value()
        return value if isinstance(value, bool) else None

    def set_value(self, value: bool | None) -> None:
        """Show an answer without telling anyone."""
        self.strip.set_value(value)


class FoldingChoice(QWidget):
    """A choice strip that becomes a grid of two columns when its words no longer fit the width (large text)."""

    chosen = Signal(object)

    def __init__(
        self, options: Sequence[tuple[object, str]], label: str, *, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.strip = ChoiceStrip(options, label, name=name)
        self.strip.chosen.connect(self._on_strip)
        self._grid = QWidget(self)
        grid = QGridLayout(self._grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        self.radios: list[RadioRow] = []
        self._values = [value for value, _ in options]
        for index, (value, word) in enumerate(options):
            radio = RadioRow(word, name=f"{name}_{index + 1}", framed=False)
            radio.setAccessibleName(f"{label}: {word}")
            radio.clicked.connect(lambda _checked=False, v=value: self._on_radio(v))
            grid.addWidget(radio, index // 2, index % 2)
            self.radios.append(radio)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        box.addWidget(self.strip)
        box.addWidget(self._grid)
        self._grid.hide()
        self.setFocusProxy(self.strip)

    def value(self) -> object | None:
        """The chosen value, None while nothing is chosen."""
        return self.strip.value()

    def set_value(self, value: object | None) -> None:
        """Show a value without telling anyone."""
        self.strip.set_value(value)
        self._mirror(value)

    def choose(self, value: object) -> None:
        """Choose as the person does, for a shortcut."""
        self.set_value(value)
        self.chosen.emit(value)

    def _mirror(self, value: object | None) -> None:
        for radio, own in zip(self.radios, self._values, strict=True):
            radio.setAutoExclusive(False)
            radio.setChecked(value is not None and own == value)
            radio.setAutoExclusive(True)

    def _on_strip(self, value: object | None) -> None:
        self._mirror(value)
        self.chosen.emit(value)

    def _on_radio(self, value: object) -> None:
        self.strip.set_value(value)
        self.chosen.emit(value)

    def _fold(self) -> None:
        fits = self.strip.sizeHint().width() <= self.width()
        if fits == self.strip.isHidden():
            self.strip.setVisible(fits)
            self._grid.setVisible(not fits)
            self.setFocusProxy(self.strip if fits else self.radios[0])

    def resizeEvent(self, event) -> None:  # noqa: ANN001 - QResizeEvent
        super().resizeEvent(event)
        self._fold()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "radios"):
            self._fold()

    def minimumSizeHint(self) -> QSize:
        # The strip may be wider than the room there is: folding, not scrolling, is the answer.
        return QSize(120, super().minimumSizeHint().height())
