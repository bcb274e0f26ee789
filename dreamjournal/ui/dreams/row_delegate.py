"""Paints a dream's row: mark, date, what was recalled, and two lines of the person's words with the hits marked."""

from __future__ import annotations

import re

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from dreamjournal.ui.dreams.list_model import ROW_ROLE, kind_words
from dreamjournal.ui.theme import Theme, theme_of
from dreamjournal.ui.widgets.marks import paint_condition
from dreamjournal.ui.widgets.words_edit import place_of
from dreamjournal.ui.words import short_date

SIDE, TOP, LINES = 24, 13, 2


class DreamRowDelegate(QStyledItemDelegate):
    """Rows of one height; hits as format ranges of a text layout, since markup in a dream must stay plain words."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        theme = theme_of()
        head = QFontMetricsF(theme.font("control")).height()
        return QSize(0, round(2 * TOP + head + 4 + LINES * _line_step(theme)) + 1)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = index.data(ROW_ROLE)
        theme, box = theme_of(), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, option, box, theme)
        bold = theme.font("control", weight=600)
        metrics = QFontMetricsF(bold)
        left, base = box.left() + SIDE - 8, box.top() + TOP + metrics.ascent()
        # Rows begin 8 px inside the list, so the text stands under the search field.
        mark = 12 * theme.scale
        paint_condition(painter, QPointF(left + mark / 2, base - metrics.ascent() * 0.38), row.condition, theme)
        painter.setFont(bold)
        painter.setPen(theme.colour("text"))
        date = short_date(row.dream.night_date, year=False)
        painter.drawText(QPointF(left + mark + 8, base), date)
        small = theme.font("tiny")
        painter.setFont(small)
        painter.setPen(theme.colour("muted"))
        right_words = kind_words(row)
        room = box.right() - SIDE + 8 - (left + mark + 16 + metrics.horizontalAdvance(date))
        right_words = QFontMetricsF(small).elidedText(right_words, Qt.TextElideMode.ElideRight, max(0.0, room))
        painter.drawText(
            QPointF(box.right() - SIDE + 8 - QFontMetricsF(small).horizontalAdvance(right_words), base), right_words
        )
        words_box = QRectF(
            left, box.top() + TOP + metrics.height() + 4, box.width() - 2 * (SIDE - 8), LINES * _line_step(theme)
        )
        hits = hit_spans(row.snippet, tuple(row.dream.text[start:end] for start, end in row.spans))
        _words(painter, words_box, row.snippet, hits, theme)
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, box: QRectF, theme: Theme) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(box, theme.colour("accent_soft"))
            painter.fillRect(QRectF(box.left(), box.top(), 3, box.height()), theme.colour("accent"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, theme.colour("sunken"))
        painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), theme.colour("line"))
        if selected and option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -2), 4, 4)


def _line_step(theme: Theme) -> float:
    return theme.px("words_list") * theme.line_height("words_list")


def _words(painter: QPainter, box: QRectF, text: str, spans: tuple[tuple[int, int], ...], theme: Theme) -> None:
    """`text` on at most two lines in `box`, `spans` of it marked; an ellipsis where it is cut."""
    flat = text.replace("\n", " ").replace("\u2029", " ")
    font = theme.font("words_list")
    step = _line_step(theme)
    layout = QTextLayout(flat, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    shown = 0
    for number in range(LINES):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(box.width())
        line.setPosition(QPointF(0, number * step + (step - line.height()) / 2))
        shown = line.textStart() + line.textLength()
    layout.endLayout()
    if shown < len(flat):
        last = layout.lineAt(layout.lineCount() - 1)
        rest = QFontMetricsF(font).elidedText(flat[last.textStart() :], Qt.TextElideMode.ElideRight, box.width() - 2)
        flat = flat[: last.textStart()] + rest
        layout.setText(flat)
        layout.beginLayout()
        for number in range(LINES):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(box.width())
            line.setPosition(QPointF(0, number * step + (step - line.height()) / 2))
        layout.endLayout()
    hit = QTextCharFormat()
    hit.setBackground(theme.colour("hit"))
    hit.setForeground(theme.colour("hit_text"))
    hit.setFontUnderline(theme.is_night)
    formats = []
    for start, end in spans:
        if start < len(flat):
            span = QTextLayout.FormatRange()
            first = place_of(flat, start)
            span.start, span.length, span.format = first, place_of(flat, end) - first, hit
            formats.append(span)
    painter.setPen(theme.colour("text"))
    layout.draw(painter, box.topLeft(), formats, box)


def hit_spans(snippet: str, words: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Where the words found in a text stand in its snippet."""
    wanted = sorted({w for w in words if w.strip()}, key=len, reverse=True)
    if not wanted:
        return ()
    pattern = "|".join(re.escape(" ".join(w.split())) for w in wanted)
    return tuple(m.span() for m in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", snippet, re.IGNORECASE))
