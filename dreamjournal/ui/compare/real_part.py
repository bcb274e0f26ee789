"""Pick the real one: eight small plots of the same nights, seven of them with shuffled labels. Nothing is scored or kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from dreamjournal.charts.canvas import swarm
from dreamjournal.charts.words import value_words
from dreamjournal.common.progress import Progress
from dreamjournal.domain.contrast import ContrastResult
from dreamjournal.domain.night import Condition
from dreamjournal.services.lineup import Lineup, Panel
from dreamjournal.ui.compare.parts import Asked, Part, PartView
from dreamjournal.ui.theme import radius, theme_of
from dreamjournal.ui.widgets.marks import paint_condition
from dreamjournal.ui.widgets.notices import announce
from dreamjournal.ui.widgets.tables import Cell, fit_rows, make_table
from dreamjournal.ui.widgets.text import Label, Prose, set_shown

ASK = (
    "One of these eight pictures shows your nights as they were. In the others the same values are kept and it is shuffled which "
    "nights are called enhanced. Pick the one that seems real, by a click or with the keys 1 to 8."
)
DEALT = "In the others the kinds are dealt again within their blocks."
MOVED = "In the others the kinds are moved along the nights, so that runs of one kind stay together as they were."
AGAIN = "The same eight are shown each time this is asked of these nights. Nothing is kept of what you pick."
SWARM_UP_TO = 160
"""More marks than this in a column are drawn as points: each beside the other would not fit."""
WIDE = 700
"""Width divided by text scale from which four pictures stand side by side."""


@dataclass(frozen=True)
class Found:
    """What the worker hands over."""

    lineup: Lineup
    result: ContrastResult


def work(asked: Asked, progress: Progress) -> Found:
    """In the worker: the eight pictures."""
    from dreamjournal.services import lineup

    progress.step(0, 0)
    return Found(lineup.lineup(asked.journal, asked.person_id, asked.spec, asked.result), asked.result)


class Picture(QAbstractButton):
    """One small plot: natural nights left, enhanced right, a line at the middle of each; no scale and no numbers."""

    def __init__(self, number: int, panel: Panel, reach: tuple[float, float], words: str) -> None:
        super().__init__()
        self._number, self._panel, self._reach = number, panel, reach
        self.note = ""
        self.setObjectName(f"picture_{number}")
        self.setAccessibleName(f"Picture {number} of 8")
        self.setAccessibleDescription(words)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def tell(self, note: str) -> None:
        """Say after the pick what this picture is."""
        self.note = note
        self.setAccessibleName(f"Picture {self._number} of 8{', ' + note if note else ''}")
        self.update()

    def sizeHint(self) -> QSize:
        theme = theme_of(self)
        return QSize(theme.scaled(150), theme.scaled(168))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        told = bool(self.note)
        hovered = self.underMouse() or self.isDown()
        painter.setBrush(theme.colour("sunken" if hovered and not told else "raised"))
        painter.setPen(QPen(theme.colour("text" if told else "line_strong" if hovered else "line"), 2 if told else 1))
        painter.drawRoundedRect(box, radius("card"), radius("card"))
        painter.setFont(theme.font("label", weight=600))
        painter.setPen(theme.colour("text"))
        head = QRectF(box.left() + 10, box.top() + 6, box.width() - 20, theme.scaled(20))
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, str(self._number))
        if told:
            painter.setFont(theme.font("caption"))
            note = painter.fontMetrics().elidedText(
                self.note, Qt.TextElideMode.ElideRight, int(head.width()) - theme.scaled(18)
            )
            painter.drawText(head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, note)
        top, bottom = head.bottom() + theme.scaled(8), box.bottom() - theme.scaled(10)
        half = box.width() * 0.17
        for share, values, centre, condition in (
            (0.29, self._panel.natural, self._panel.centres[0], Condition.NATURAL),
            (0.71, self._panel.enhanced, self._panel.centres[1], Condition.ENHANCED),
        ):
            x = box.left() + box.width() * share
            ys = [self._y(v, top, bottom) for v in values]
            self._column(painter, x, ys, half, condition)
            y = self._y(centre, top, bottom)
            painter.setPen(QPen(theme.colour("text"), 1.6))
            painter.drawLine(QPointF(x - half, y), QPointF(x + half, y))

    def _y(self, value: float, top: float, bottom: float) -> float:
        low, high = self._reach
        return bottom - (value - low) / (high - low) * (bottom - top)

    def _column(self, painter: QPainter, x: float, ys: Sequence[float], half: float, condition: Condition) -> None:
        theme = theme_of(self)
        size = 6.5 * min(1.4, theme.scale)
        if len(ys) <= SWARM_UP_TO:
            for y, shift in zip(ys, swarm(list(ys), size, half), strict=True):
                paint_condition(painter, QPointF(x + shift, y), condition, theme, size)
            return
        colour = QColor(theme.colour(str(condition)))
        colour.setAlpha(110)
        pen = QPen(colour, 2.5)
        pen.setCapStyle(
            Qt.PenCapStyle.RoundCap if condition == Condition.NATURAL else Qt.PenCapStyle.SquareCap
        )  # fmt: skip
        painter.setPen(pen)
        # A fixed spread sideways: the golden section never repeats, so points of like value do not hide each other.
        painter.drawPoints([QPointF(x + ((i * 0.618034) % 1 - 0.5) * 2 * half, y) for i, y in enumerate(ys)])


class Eight(QWidget):
    """The eight pictures in four columns or two; `picked` gives the place, from 0."""

    picked = Signal(int)

    def __init__(self, found: Found) -> None:
        super().__init__()
        self.setObjectName("eight")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)
        self._across = 0
        reach = span(found.lineup.panels)
        self.pictures = [
            Picture(i + 1, panel, reach, panel_words(panel, found.result))
            for i, panel in enumerate(found.lineup.panels)
        ]
        for i, picture in enumerate(self.pictures):
            picture.clicked.connect(lambda _checked=False, place=i: self.picked.emit(place))
        self._arrange(4)

    def _arrange(self, across: int) -> None:
        if across == self._across:
            return
        self._across = across
        for i, picture in enumerate(self.pictures):
            self._grid.addWidget(picture, i // across, i % across)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(4 if self.width() / theme_of(self).scale >= WIDE else 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        if len(text) == 1 and text in "12345678"[: len(self.pictures)]:
            place = int(text) - 1
            self.pictures[place].setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.picked.emit(place)
            return
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self._across, Qt.Key.Key_Down: self._across}
        way = step.get(Qt.Key(event.key()))
        now = next((i for i, p in enumerate(self.pictures) if p.hasFocus()), None)
        if way is not None and now is not None:
            if 0 <= now + way < len(self.pictures):
                self.pictures[now + way].setFocus(Qt.FocusReason.TabFocusReason)
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and now is not None:
            self.picked.emit(now)
            return
        super().keyPressEvent(event)


class RealView(PartView):
    """The question, the pictures, and after the pick which one was real."""

    def __init__(self, found: Found) -> None:
        super().__init__()
        self.found = found
        self.picked: int | None = None
        self.eight: Eight | None = None
        self.box.addWidget(Label("Pick the real one", "section"))
        lineup = found.lineup
        if lineup.why_not:
            self.box.addWidget(Label(lineup.why_not, "body", wrap=True))
            return
        self.box.addWidget(Label(ASK, "body", wrap=True))
        self.said = Prose(kind="lead")
        self.said.setObjectName("realSaid")
        set_shown(self.said, False)
        self.box.addWidget(self.said)
        self.eight = Eight(found)
        self.eight.picked.connect(self.pick)
        self.box.addWidget(self.eight)
        self.table = make_table(
            "The eight pictures as a table", ("Picture", *heads(found)), [
                (str(i + 1), *centre_words(p, found.result)) for i, p in enumerate(lineup.panels)
            ], stretch=2, name="realTable", on_open=self.pick,
        )  # fmt: skip
        fit_rows(self.table, len(lineup.panels))
        set_shown(self.table, False)
        self.box.addWidget(self.table)
        legend = (
            "Circles are natural nights, diamonds enhanced ones; the line is the middle of each. "
            "Weekends and drift are not allowed for here."
        )
        how = DEALT if lineup.blocks else MOVED
        self.box.addWidget(Label(f"{legend} {how} {AGAIN}", "caption", "muted", wrap=True))

    def focus_first(self) -> None:
        if self.eight is not None:
            self.eight.pictures[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle_table(self) -> None:
        if self.eight is None:
            return
        shown = self.table.isHidden()
        set_shown(self.table, shown)
        set_shown(self.eight, not shown)
        if shown:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self.table.selectRow(self.picked or 0)
        else:
            self.eight.pictures[self.picked or 0].setFocus(Qt.FocusReason.OtherFocusReason)

    def pick(self, place: int) -> None:
        """Take the first pick and tell; later ones change nothing."""
        if self.picked is not None or self.eight is None:
            return
        self.picked = place
        real = self.found.lineup.real
        self.said.set_parts(told(place, real))
        set_shown(self.said, True)
        for i, picture in enumerate(self.eight.pictures):
            notes = [word for word, here in (("the real one", i == real), ("your pick", i == place)) if here]
            if notes:
                picture.tell(", ".join(notes))
        announce(self.said)


def told(picked: int, real: int) -> str:
    """The sentence after the pick; places from 0."""
    chance = "By guessing, 1 in 8 picks is right."
    if picked == real:
        return f"You picked number {picked + 1}, and it is the real one. {chance}"
    return f"You picked number {picked + 1}; the real one is number {real + 1}. {chance}"


def span(panels: Sequence[Panel]) -> tuple[float, float]:
    """The lowest and highest value of all pictures, apart even where all are equal."""
    values = [v for panel in panels for v in (*panel.natural, *panel.enhanced)]
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 1, high + 1)


def heads(found: Found) -> tuple[str, str]:
    """The heads of the table's two columns, with their n."""
    word = "share" if found.result.kind == "rate" else "mean" if found.result.kind == "count" else "middle"
    return f"Natural, {word} of {found.lineup.n_natural}", f"Enhanced, {word} of {found.lineup.n_enhanced}"


def centre_words(panel: Panel, result: ContrastResult) -> tuple[Cell, Cell]:
    """The two middles in words."""
    if result.kind == "count":
        return f"{panel.centres[0]:.2f}", f"{panel.centres[1]:.2f}"
    natural, enhanced = (value_words(v, result.unit, result.kind) for v in panel.centres)
    return natural, enhanced


def panel_words(panel: Panel, result: ContrastResult) -> str:
    """A picture for those who do not see it: the two middles with their n, and nothing of which is real."""
    natural, enhanced = centre_words(panel, result)
    word = "share" if result.kind == "rate" else "mean" if result.kind == "count" else "middle"
    return (
        f"{word.capitalize()} of {len(panel.natural)} natural nights: {natural}; "
        f"{word} of {len(panel.enhanced)} enhanced nights: {enhanced}."
    )


PART = Part("real", "Pick the real one", work, RealView)
