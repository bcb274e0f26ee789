"""Fields one types into: a line, a time, a number, a date; each may be empty and none refuses a key."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QFont, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.icon import icon, paint_icon
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.text import Label, restyle, tip
from dreamjournal.ui.words import clock_words

_TIME = re.compile(r"^(\d{1,2})(?:[:.h ]?(\d{2}))?\s*([ap])?\.?m?\.?$", re.IGNORECASE)


def parse_time(text: str) -> int | None:
    """Minutes after midnight from 2341, 23:41, 23.41, 7, 11:41 pm; None when it is no time of day."""
    match = _TIME.match(text.strip())
    if not match:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour == 24 and minute == 0:
        hour = 0
    return hour * 60 + minute if hour < 24 and minute < 60 else None


def parse_number(text: str) -> float | None:
    """A number from "25", "25 min", "1 h 10", "1,5"; None when it is none."""
    plain = text.strip().lower().replace(",", ".").replace("−", "-")
    hours = re.match(r"^(\d+)\s*h\s*(\d{1,2})?\s*(?:m(?:in)?)?$", plain)
    if hours:
        return float(hours[1]) * 60 + float(hours[2] or 0)
    match = re.match(r"^(-?\d+(?:\.\d+)?)\s*(?:min|minutes|m)?$", plain)
    return float(match[1]) if match else None


def set_tabular(widget: QWidget) -> None:
    """Let the figures of a widget stand in columns; the style sheet keeps giving family and size."""
    font = QFont(widget.font())
    font.setFeature(QFont.Tag("tnum"), 1)
    widget.setFont(font)


class LineField(QLineEdit):
    """A line of plain text. `edited` is emitted when the person has finished with it and changed it."""

    edited = Signal()

    def __init__(
        self, label: str, *, placeholder: str = "", name: str = "", icon_name: str | None = None, clearable: bool = False,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setPlaceholderText(placeholder)
        self._settled = ""
        self._icon_name, self._icon_action = icon_name, None
        self._clear_action: QAction | None = None
        if icon_name:
            self._icon_action = self.addAction(icon(icon_name), QLineEdit.ActionPosition.LeadingPosition)
        if clearable:
            self._clear_action = self.addAction(icon("x", size=14), QLineEdit.ActionPosition.TrailingPosition)
            self._clear_action.setToolTip("Clear")
            self._clear_action.setText("Clear")
            self._clear_action.triggered.connect(self._on_clear)
            self._clear_action.setVisible(False)
            self.textChanged.connect(lambda text: self._clear_action and self._clear_action.setVisible(bool(text)))
        self.editingFinished.connect(self._on_finished)

    def set_invalid(self, invalid: bool) -> None:
        """Draw the error edge, or take it away."""
        if bool(self.property("invalid")) != invalid:
            self.setProperty("invalid", invalid)
            restyle(self)

    def show_text(self, text: str) -> None:
        """Show text without telling anyone."""
        self._settled = text
        self.setText(text)

    def _on_clear(self) -> None:
        self.clear()
        self.textEdited.emit("")

    def _on_finished(self) -> None:
        self._settle()

    def _settle(self) -> None:
        if self.text() != self._settled:
            self._settled = self.text()
            self.edited.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if theme_of(self).is_night and self.hasFocus():
            # Qt draws carets by inverting what is below, which on black is white: ours covers it.
            cursor = self.cursorRect()
            painter = QPainter(self)
            painter.fillRect(cursor.center().x(), cursor.top(), 2, cursor.height(), theme_of(self).colour("focus"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() != QEvent.Type.PaletteChange or not hasattr(self, "_clear_action"):
            return
        if self._icon_action is not None and self._icon_name:
            self._icon_action.setIcon(icon(self._icon_name))
        if self._clear_action is not None:
            self._clear_action.setIcon(icon("x", size=14))


class TimeField(LineField):
    """A time of day that may be empty; takes 2341, 23:41 or 11:41 pm and echoes 23:41 (11:41 pm on a 12-hour clock).

    `value()` is minutes after midnight or None. What is no time stays as typed, with `is_wrong()` True.
    """

    def __init__(
        self, label: str, *, hours: int = 24, name: str = "", placeholder: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(
            label, placeholder=placeholder or ("hh:mm" if hours == 24 else "h:mm am"), name=name, parent=parent
        )
        self._hours = hours
        self.setInputMethodHints(Qt.InputMethodHint.ImhTime)
        set_tabular(self)
        self.setAccessibleDescription("A time, such as 2341 or 23:41")
        self.setMinimumWidth(84)

    def value(self) -> int | None:
        """Minutes after midnight, None when empty or no time."""
        return parse_time(self.text())

    def set_value(self, minutes: int | None) -> None:
        """Show a time without telling anyone."""
        self.show_text("" if minutes is None else clock_words(minutes, hours=self._hours))
        self.set_invalid(False)

    def is_wrong(self) -> bool:
        """Whether something stands there that is no time of day."""
        return bool(self.text().strip()) and self.value() is None

    def _on_finished(self) -> None:
        minutes = self.value()
        if minutes is not None:
            self.setText(clock_words(minutes, hours=self._hours))
        self.set_invalid(self.is_wrong())
        self._settle()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()


class NumberField(LineField):
    """A number that may be empty, within `low` and `high`; "25 min" and "1 h 10" are read as minutes.

    `value()` is a float (whole when `whole`) or None. What is no such number stays as typed, with `is_wrong()` True.
    """

    def __init__(
        self, label: str, *, low: float = 0, high: float = 1440, whole: bool = True, placeholder: str = "", name: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(label, placeholder=placeholder, name=name, parent=parent)
        self._low, self._high, self._whole = low, high, whole
        self.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        set_tabular(self)
        self.setMinimumWidth(64)

    def value(self) -> float | None:
        """The number, None when empty or none."""
        number = parse_number(self.text())
        if number is None or not self._low <= number <= self._high or (self._whole and number != int(number)):
            return None
        return number

    def set_value(self, number: float | None) -> None:
        """Show a number without telling anyone."""
        self.show_text("" if number is None else f"{number:g}")
        self.set_invalid(False)

    def is_wrong(self) -> bool:
        """Whether something stands there that is no number in range."""
        return bool(self.text().strip()) and self.value() is None

    def _on_finished(self) -> None:
        number = self.value()
        if number is not None:
            self.setText(f"{number:g}")
        self.set_invalid(self.is_wrong())
        self._settle()


class Field(QWidget):
    """A label above a control and a line for an error below it. `control` is the widget given."""

    def __init__(self, label: str, control: QWidget, *, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.control = control
        self.caption = Label(label.replace("&", ""), "label", "muted")
        if "&" in label:
            # A buddy needs its mnemonic read by QLabel; plain text is shown all the same.
            self.caption.setTextFormat(Qt.TextFormat.AutoText)
            self.caption.setText(label)
        self.caption.setBuddy(control)
        self.error = InlineError()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(self.caption)
        box.addWidget(control)
        self.note: QLabel | None = None
        if note:
            self.note = Label(note, "tiny", "muted", wrap=True)
            box.addWidget(self.note)
        box.addWidget(self.error)
        box.addStretch(1)
        if not control.accessibleName():
            control.setAccessibleName(label.replace("&", ""))
        self.setFocusProxy(control)

    def set_error(self, sentence: str) -> None:
        """Show a sentence under the field with the error edge; an empty one takes both away."""
        self.error.set_sentence(sentence)
        if isinstance(self.control, LineField):
            self.control.set_invalid(bool(sentence))
        self.control.setAccessibleDescription(sentence)


class ComboBox(QComboBox):
    """A menu of choices. `picked` carries the value of the chosen item and is emitted for the person only."""

    picked = Signal(object)

    def __init__(
        self, label: str, options: Sequence[tuple[object, str]] = (), *, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._values: list[object] = []
        self.set_options(options)
        self.activated.connect(lambda index: self.picked.emit(self._values[index]))

    def set_options(self, options: Sequence[tuple[object, str]]) -> None:
        """Fill the menu with (value, word) pairs, keeping the value where it is still there."""
        kept = self.value()
        self.blockSignals(True)
        self.clear()
        self._values = [value for value, _ in options]
        self.addItems([word for _, word in options])
        self.blockSignals(False)
        if kept in self._values:
            self.set_value(kept)

    def value(self) -> object | None:
        """The value of the item shown."""
        index = self.currentIndex()
        return self._values[index] if 0 <= index < len(self._values) else None

    def set_value(self, value: object) -> None:
        """Show a value without telling anyone; unknown values leave nothing chosen."""
        self.blockSignals(True)
        self.setCurrentIndex(self._values.index(value) if value in self._values else -1)
        self.blockSignals(False)

    def wheelEvent(self, event) -> None:  # noqa: ANN001 - QWheelEvent; a page scrolled by wheel must not change an answer
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        side = theme_of(self).size("icon_small")
        x = 10 if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else self.width() - side - 10
        painter = QPainter(self)
        paint_icon(painter, QRectF(x, (self.height() - side) / 2, side, side), "chevron-down")


class PassphraseField(LineField):
    """A hidden line with a button (and Alt+V) that shows what was typed."""

    def __init__(self, label: str, *, placeholder: str = "", name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, placeholder=placeholder, name=name, parent=parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self._eye = self.addAction(icon("eye-off"), QLineEdit.ActionPosition.TrailingPosition)
        self._eye.setText("Show what was typed (Alt+V)")
        self._eye.setToolTip(tip(self._eye.text()))
        self._eye.triggered.connect(self._on_eye)

    def _on_eye(self) -> None:
        hidden = self.echoMode() == QLineEdit.EchoMode.Password
        self.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
        self._eye.setIcon(icon("eye" if hidden else "eye-off"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_eye"):
            self._eye.setIcon(icon("eye-off" if self.echoMode() == QLineEdit.EchoMode.Password else "eye"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_V and event.modifiers() == Qt.KeyboardModifier.AltModifier:
            self._on_eye()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(max(hint.width(), 220), hint.height())
