"""Rows one can tick or choose: box or ring, mark, words, a line below, a note at the end and the key that does it."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QFrame, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from dreamjournal.domain.night import Condition
from dreamjournal.ui.theme import Theme, radius, theme_of
from dreamjournal.ui.widgets.icon import paint_icon
from dreamjournal.ui.widgets.marks import MARK_SIZE, paint_condition
from dreamjournal.ui.widgets.text import Line

PAD = 16


class _Row(Protocol):
    detail: str
    note: str
    hint: str
    mark: Condition | None
    framed: bool
    done_muted: bool


def _size(row: QAbstractButton, theme: Theme, parts: _Row) -> QSize:
    title = QFontMetrics(theme.font("body", figures=False))
    pad = PAD if parts.framed else 0
    width = pad * 2 + theme.size("icon") + 16 + title.horizontalAdvance(row.text()) + 8
    if parts.mark is not None:
        width += theme.scaled(MARK_SIZE) + 12
    if parts.note:
        width += QFontMetrics(theme.font("caption")).horizontalAdvance(parts.note) + 16
    if parts.hint:
        width += theme.scaled(22) + 14
    height = theme.size("row") if parts.framed else max(32, theme.scaled(32))
    if parts.detail:
        caption = QFontMetrics(theme.font("tiny"))
        height = title.height() + caption.height() + (theme.scaled(22) if parts.framed else 10)
        width = max(width, pad * 2 + theme.scaled(34) + caption.horizontalAdvance(parts.detail) + 30)
    return QSize(width, height)


def _paint(row: QAbstractButton, painter: QPainter, parts: _Row, *, ring: bool) -> None:
    theme = theme_of(row)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rect = QRectF(row.rect())
    if row.layoutDirection() == Qt.LayoutDirection.RightToLeft:
        # Mirror the boxes, not the glyphs: every rectangle below goes through `place`.
        def place(box: QRectF) -> QRectF:
            return QRectF(rect.width() - box.right(), box.y(), box.width(), box.height())
    else:

        def place(box: QRectF) -> QRectF:
            return box

    focused = row.hasFocus()
    if parts.framed and (focused or row.underMouse()) and row.isEnabled() and not theme.is_night:
        painter.fillRect(rect, theme.colour("raised" if focused else "sunken"))
    pad = PAD if parts.framed else 2
    title_font, detail_font = (
        theme.font("body", weight=500 if parts.detail else 400, figures=False),
        theme.font("tiny", figures=False),
    )
    title_h = QFontMetrics(title_font).height()
    detail_h = QFontMetrics(detail_font).height() if parts.detail else 0
    top = (rect.height() - title_h - detail_h) / 2
    middle = top + title_h / 2

    side = theme.size("icon") + (2 if parts.framed else 0)
    x = float(pad)
    _indicator(painter, place(QRectF(x, middle - side / 2, side, side)), theme, row, ring=ring)
    x += side + 12
    if parts.mark is not None:
        mark = theme.scaled(MARK_SIZE)
        paint_condition(painter, place(QRectF(x, middle - mark / 2, mark, mark)).center(), parts.mark, theme)
        x += mark + 12
    end = rect.width() - pad
    align = Qt.AlignmentFlag.AlignVCenter
    if parts.hint:
        hint_font = theme.font("tiny")
        width = max(theme.scaled(20), QFontMetrics(hint_font).horizontalAdvance(parts.hint) + theme.scaled(12))
        height = theme.scaled(20)
        box = place(QRectF(end - width, rect.height() / 2 - height / 2, width, height))
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, radius("tick"), radius("tick"))
        painter.setPen(theme.colour("muted"))
        painter.setFont(hint_font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, parts.hint)
        end -= width + 16
    if parts.note:
        note_font = theme.font("caption")
        width = QFontMetrics(note_font).horizontalAdvance(parts.note) + 4
        painter.setFont(note_font)
        painter.setPen(theme.colour("muted"))
        painter.drawText(place(QRectF(end - width, 0, width, rect.height())), Qt.AlignmentFlag.AlignCenter, parts.note)
        end -= width + 8
    ink = "disabled" if not row.isEnabled() else "muted" if parts.done_muted and row.isChecked() else "text"
    painter.setFont(title_font)
    painter.setPen(theme.colour(ink))
    lead = (
        Qt.AlignmentFlag.AlignLeft
        if row.layoutDirection() == Qt.LayoutDirection.LeftToRight
        else Qt.AlignmentFlag.AlignRight
    )
    words = QFontMetrics(title_font).elidedText(row.text(), Qt.TextElideMode.ElideRight, int(end - x))
    painter.drawText(place(QRectF(x, top, end - x, title_h)), align | lead | Qt.TextFlag.TextSingleLine, words)
    if parts.detail:
        painter.setFont(detail_font)
        painter.setPen(theme.colour("muted" if row.isEnabled() else "disabled"))
        words = QFontMetrics(detail_font).elidedText(parts.detail, Qt.TextElideMode.ElideRight, int(end - x))
        painter.drawText(place(QRectF(x, top + title_h, end - x, detail_h)), align | lead, words)
    if focused:
        painter.setPen(QPen(theme.colour("focus"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius("control"), radius("control"))


def _indicator(painter: QPainter, box: QRectF, theme: Theme, row: QAbstractButton, *, ring: bool) -> None:
    on = row.isChecked()
    edge = theme.colour("line" if not row.isEnabled() else "accent" if on else "line_strong")
    filled = on and not theme.is_night and row.isEnabled()
    painter.setPen(QPen(edge, 1.2))
    painter.setBrush(theme.colour("accent") if filled else theme.colour("raised"))
    inner = box.adjusted(0.6, 0.6, -0.6, -0.6)
    if ring:
        painter.drawEllipse(inner)
        if on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("on_accent" if filled else "accent"))
            dot = box.width() * 0.22
            painter.drawEllipse(box.center(), dot, dot)
    else:
        painter.drawRoundedRect(inner, radius("tick"), radius("tick"))
        if on:
            gap = box.width() * 0.18
            paint_icon(painter, box.adjusted(gap, gap, -gap, -gap), "check", "on_accent" if filled else "accent")


class TickRow(QCheckBox):
    """A row to tick. `detail` is a second line, `note` stands at the end ("22:18"), `hint` is the key that ticks it.

    Framed rows belong into a `RowList`; unframed ones stand free. A ticked row of a routine is muted (`done_muted`).
    """

    def __init__(
        self, text: str, *, detail: str = "", note: str = "", hint: str = "", name: str = "", framed: bool = True,
        done_muted: bool = False, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(text, parent)
        self.detail, self.note, self.hint, self.framed, self.done_muted = detail, note, hint, framed, done_muted
        self.mark: Condition | None = None
        _prepare(self, name)

    def set_note(self, note: str) -> None:
        """What stands at the end of the row."""
        self.note = note
        _describe(self)

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def sizeHint(self) -> QSize:
        return _size(self, theme_of(self), self)

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(min(120, hint.width()), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        _paint(self, QPainter(self), self, ring=False)


class RadioRow(QRadioButton):
    """A row to choose. `mark` draws a condition's mark before the words; a group may be unset (see `clear_choice`)."""

    def __init__(
        self, text: str, *, detail: str = "", note: str = "", hint: str = "", mark: Condition | None = None, name: str = "",
        framed: bool = True, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(text, parent)
        self.detail, self.note, self.hint, self.mark, self.framed = detail, note, hint, mark, framed
        self.done_muted = False
        _prepare(self, name)

    def set_words(self, text: str, detail: str = "") -> None:
        """Other words on the same row ("Enhanced by SleepSync")."""
        self.setText(text)
        self.detail = detail
        _describe(self)

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def sizeHint(self) -> QSize:
        return _size(self, theme_of(self), self)

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(min(120, hint.width()), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        _paint(self, QPainter(self), self, ring=True)


def _prepare(row: TickRow | RadioRow, name: str) -> None:
    row.setObjectName(name)
    row.setProperty("focusRing", "inside")
    row.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    row.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    row.setAttribute(Qt.WidgetAttribute.WA_Hover)
    _describe(row)


def _describe(row: TickRow | RadioRow) -> None:
    row.setAccessibleName(row.text())
    row.setAccessibleDescription(
        ", ".join(part for part in (row.detail, row.note, f"key {row.hint}" if row.hint else "") if part)
    )
    row.updateGeometry()
    row.update()


def clear_choice(radios: list[RadioRow]) -> None:
    """Take the choice of a group back: nothing chosen is a state."""
    for radio in radios:
        radio.setAutoExclusive(False)
        radio.setChecked(False)
        radio.setAutoExclusive(True)


def _can_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _last_to_tab(row: QWidget) -> QWidget | None:
    return next((w for w in reversed((row, *row.findChildren(QWidget))) if _can_tab(w)), None)


class RowList(QFrame):
    """A frame of rows with hairlines between them. Up and down move between the rows that can have the focus."""

    def __init__(self, *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("kind", "list")
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(1, 1, 1, 1)
        self._box.setSpacing(0)
        self.rows: list[QWidget] = []

    def add(self, row: QWidget) -> None:
        """Put a row at the end."""
        if self.rows:
            self._box.addWidget(Line())
        before = _last_to_tab(self.rows[-1]) if self.rows else None
        self.rows.append(row)
        self._box.addWidget(row)
        self._put_in_order(row, before)

    def _put_in_order(self, row: QWidget, before: QWidget | None) -> None:
        """Let Tab come to a row where it stands. One added to a page that is shown would come after everything else."""
        if before is None:
            before = self.previousInFocusChain()
            while before is not None and before is not self and (not _can_tab(before) or self.isAncestorOf(before)):
                before = before.previousInFocusChain()
        if before is None or before is self or before.window() is not row.window():
            return
        for widget in (row, *row.findChildren(QWidget)):
            if _can_tab(widget):
                QWidget.setTabOrder(before, widget)
                before = widget

    def clear(self) -> None:
        """Remove all rows."""
        while self._box.count():
            item = self._box.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = []

    def keyPressEvent(self, event) -> None:  # noqa: ANN001 - QKeyEvent
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(event.key(), 0)
        at = next((i for i, row in enumerate(self.rows) if row.hasFocus()), None)
        if step == 0 or at is None or not 0 <= at + step < len(self.rows):
            event.ignore()
            return
        self.rows[at + step].setFocus(Qt.FocusReason.TabFocusReason)


class KeyHint(QWidget):
    """A key drawn as a small box; the words beside it say what it does."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self.setAccessibleName(f"key {key}")

    def sizeHint(self) -> QSize:
        theme = theme_of(self)
        width = QFontMetrics(theme.font("tiny")).horizontalAdvance(self._key) + theme.scaled(12)
        return QSize(max(theme.scaled(20), width), theme.scaled(20))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("line_strong"), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius("tick"), radius("tick"))
        painter.setPen(theme.colour("muted"))
        painter.setFont(theme.font("tiny"))
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, self._key)
