"""Dates: a field one can type into, and the stepper ‹ Thu 12 Nov 2026 ›."""

from __future__ import annotations

import re
from datetime import date, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import IconButton
from dreamjournal.ui.widgets.fields import LineField, set_tabular
from dreamjournal.ui.words import MONTHS, plain_date, short_date

SPAN_WORDS: dict[int, str] = {
    28: "Last 4 weeks", 56: "Last 8 weeks", 84: "Last 12 weeks", 182: "Last half year", 365: "Last year", 730: "Last two years",
}  # fmt: skip
"""What a span of nights up to tonight is called, by its length in nights."""


def span_options(*lengths: int) -> tuple[tuple[int, str], ...]:
    """(nights, words) of these spans, as a menu takes them."""
    return tuple((nights, SPAN_WORDS[nights]) for nights in lengths)


USUAL_SPANS = span_options(28, 56, 182)
"""The spans offered where nights are compared or described."""


def span_start(today: date, nights: int) -> date:
    """The first of so many nights up to tonight."""
    return today - timedelta(days=nights - 1)


def usual_span(today: date, first: date | None, last: date | None) -> int | None:
    """Which of the usual spans these nights are, in nights; None where they are none of them."""
    lengths = (nights for nights, _ in USUAL_SPANS if last is None and first == span_start(today, nights))
    return next(lengths, None)


def parse_date(text: str, near: date) -> date | None:
    """A date from 2026-11-12, 12 Nov 2026, Thu 12 Nov, 12.11.2026 or 12/11; a missing year is the one nearest to `near`."""
    plain = re.sub(r"^[a-z]+\.?,?\s+(?=\d)", "", text.strip().lower())
    try:
        match = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", plain)
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
        match = re.fullmatch(r"(\d{1,2})[.\s/]+([a-z]+|\d{1,2})\.?(?:[.\s/]+(\d{4}))?\.?", plain)
        if not match:
            return None
        month = int(match[2]) if match[2].isdigit() else _month(match[2])
        if match[3]:
            return date(int(match[3]), month, int(match[1]))
        years = [date(near.year + step, month, int(match[1])) for step in (-1, 0, 1)]
        return min(years, key=lambda d: abs((d - near).days))
    except ValueError:
        return None


def _month(word: str) -> int:
    for index, name in enumerate(MONTHS, start=1):
        if len(word) >= 3 and name.lower().startswith(word):
            return index
    raise ValueError(word)


class DateField(LineField):
    """A date one types; ↑ and ↓ move by a day, PgUp and PgDn by four weeks. `date_chosen` is emitted for the person only."""

    date_chosen = Signal(object)

    def __init__(
        self, label: str, day: date, *, weekday: bool = False, first: date | None = None, last: date | None = None, name: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(label, name=name, parent=parent)
        self._weekday = weekday
        self.first, self.last = first, last
        self._day = day
        self.setAccessibleDescription("Arrow keys move by a day")
        set_tabular(self)
        widest = "Wed 28 Nov 2026" if weekday else "28 Nov 2026"
        self.setMinimumWidth(QFontMetrics(theme_of(self).font("body")).horizontalAdvance(widest) + 30)
        self.set_date(day)

    def date(self) -> date:
        """The date shown last."""
        return self._day

    def set_date(self, day: date) -> None:
        """Show a date without telling anyone."""
        self._day = day
        self.show_text(short_date(day) if self._weekday else plain_date(day))
        self.set_invalid(False)

    def choose(self, day: date) -> None:
        """Move to a date as the person does, held within first and last."""
        if self.first is not None:
            day = max(day, self.first)
        if self.last is not None:
            day = min(day, self.last)
        changed = day != self._day
        self.set_date(day)
        if changed:
            self.date_chosen.emit(day)

    def _on_finished(self) -> None:
        day = parse_date(self.text(), self._day)
        if day is None:
            self.set_invalid(bool(self.text().strip()))
            if not self.text().strip():
                self.set_date(self._day)
            return
        self.choose(day)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 28, Qt.Key.Key_PageDown: -28}
        if event.key() in steps and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.choose(self._day + timedelta(days=steps[Qt.Key(event.key())]))
            return
        super().keyPressEvent(event)


class DateStepper(QWidget):
    """‹ Thu 12 Nov 2026 ›: the night shown, the one before and the one after. `night_chosen` is emitted for the person only."""

    night_chosen = Signal(object)

    def __init__(self, night: date, *, last: date, name: str = "night", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = DateField("Night", night, weekday=True, last=last, name=name)
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.before = IconButton("chevron-left", "The night before (Alt+Left)", name=f"{name}_before")
        self.after = IconButton("chevron-right", "The night after (Alt+Right)", name=f"{name}_after")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.before, self.field, self.after):
            row.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.before.clicked.connect(lambda: self.step(-1))
        self.after.clicked.connect(lambda: self.step(1))
        self.field.date_chosen.connect(self._on_chosen)
        self._mark_end()

    def night(self) -> date:
        """The night shown."""
        return self.field.date()

    def set_night(self, night: date, last: date | None = None) -> None:
        """Show a night without telling anyone; `last` is the latest one that may be chosen."""
        if last is not None:
            self.field.last = last
        self.field.set_date(night)
        self._mark_end()

    def step(self, days: int) -> None:
        """Alt+← and Alt+→."""
        self.field.choose(self.field.date() + timedelta(days=days))

    def _on_chosen(self, night: date) -> None:
        self._mark_end()
        self.night_chosen.emit(night)

    def _mark_end(self) -> None:
        self.after.setEnabled(self.field.last is None or self.field.date() < self.field.last)
