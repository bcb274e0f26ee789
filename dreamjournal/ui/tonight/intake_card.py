"""What was taken today: one row each for caffeine, alcohol and medicine; a dash where nobody said."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from dreamjournal.domain.evening import Intake, IntakeKind
from dreamjournal.ui.theme import radius, theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.icon import paint_icon
from dreamjournal.ui.widgets.page import SectionHead
from dreamjournal.ui.widgets.rows import PAD, RowList
from dreamjournal.ui.widgets.text import tip
from dreamjournal.ui.words import NONE, time_words

KIND_WORDS = {IntakeKind.CAFFEINE: "Caffeine", IntakeKind.ALCOHOL: "Alcohol", IntakeKind.MEDICINE: "Medicine"}
ICONS = {IntakeKind.CAFFEINE: "coffee", IntakeKind.ALCOHOL: "wine", IntakeKind.MEDICINE: "pill"}
UNITS = {IntakeKind.CAFFEINE: "cups", IntakeKind.ALCOHOL: "drinks", IntakeKind.MEDICINE: "mg"}


def amount_words(intake: Intake) -> str:
    """2 cups, Cetirizine 10 mg, None."""
    if intake.none_taken:
        return "None"
    parts = [intake.name] if intake.name else []
    if intake.amount is not None:
        unit = intake.unit
        if intake.amount == 1 and unit in ("cups", "drinks"):
            unit = unit[:-1]
        parts.append(f"{intake.amount:g} {unit}".strip())
    return " ".join(parts) or "Some"


def summary(intakes: Sequence[Intake]) -> str:
    """All intakes of one kind in a few words; amounts of one unit without names are added up. A dash for nothing said."""
    taken = [i for i in intakes if not i.none_taken]
    if not taken:
        return "None" if intakes else NONE
    if len({i.unit for i in taken}) == 1 and all(not i.name and i.amount is not None for i in taken):
        total = sum(i.amount or 0 for i in taken)
        unit = taken[0].unit
        return f"{total:g} {unit[:-1] if total == 1 and unit in ('cups', 'drinks') else unit}".strip()
    return ", ".join(amount_words(i) for i in taken)


def when_words(intakes: Sequence[Intake], hours: int) -> str:
    """The time of the only intake, "last 14:30" for several of a kind or for caffeine and alcohol."""
    times = sorted(i.happened.local for i in intakes if i.happened is not None and not i.none_taken)
    if not times:
        return ""
    last = time_words(times[-1], hours=hours)
    return last if intakes[0].kind == IntakeKind.MEDICINE and len(times) == 1 else f"last {last}"


class IntakeRow(QAbstractButton):
    """Icon, kind, how much, when; Enter or a click opens it."""

    def __init__(self, kind: IntakeKind) -> None:
        super().__init__()
        self.kind = kind
        self._what, self._when = NONE, ""
        self.setObjectName(f"intake_{kind}")
        self.setProperty("focusRing", "inside")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_intakes(self, intakes: Sequence[Intake], hours: int) -> None:
        """Show what was taken of this kind."""
        self._what, self._when = summary(intakes), when_words(intakes, hours)
        said = "not said" if self._what == NONE else self._what
        self.setAccessibleName(f"{KIND_WORDS[self.kind]}: {said}" + (f", {self._when}" if self._when else ""))
        self.setToolTip(tip(self._what) if self._what != NONE else "")
        self.update()

    def words(self) -> str:
        """What the row says, without its kind."""
        return f"{self._what} {self._when}".strip()

    def sizeHint(self) -> QSize:
        theme = theme_of(self)
        return QSize(theme.scaled(300), theme.size("table_row"))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def keyPressEvent(self, event) -> None:  # noqa: ANN001 - QKeyEvent
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft

        def place(x: float, width: float) -> QRectF:
            return QRectF(box.width() - x - width if mirrored else x, 0, width, box.height())

        if (self.hasFocus() or self.underMouse()) and not theme.is_night:
            painter.fillRect(box, theme.colour("raised" if self.hasFocus() else "sunken"))
        side = theme.size("icon")
        icon_box = place(PAD, side)
        icon_box = QRectF(icon_box.x(), (box.height() - side) / 2, side, side)
        paint_icon(painter, icon_box, ICONS[self.kind])
        lead = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        middle = Qt.AlignmentFlag.AlignVCenter
        x = PAD + side + 10.0
        kind_font = theme.font("control", weight=400)
        kind_width = max(
            theme.scaled(84), max(QFontMetrics(kind_font).horizontalAdvance(w) for w in KIND_WORDS.values()) + 12
        )
        painter.setFont(kind_font)
        painter.setPen(theme.colour("muted"))
        painter.drawText(place(x, kind_width), middle | lead, KIND_WORDS[self.kind])
        x += kind_width + 12
        end = box.width() - PAD
        if self._when:
            small = theme.font("tiny")
            width = QFontMetrics(small).horizontalAdvance(self._when) + 4
            painter.setFont(small)
            painter.drawText(place(end - width, width), middle | Qt.AlignmentFlag.AlignHCenter, self._when)
            end -= width + 12
        font = theme.font("body")
        painter.setFont(font)
        painter.setPen(theme.colour("muted" if self._what == NONE else "text"))
        words = QFontMetrics(font).elidedText(self._what, Qt.TextElideMode.ElideRight, int(end - x))
        painter.drawText(place(x, end - x), middle | lead, words)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), radius("control"), radius("control"))


class IntakeCard(QWidget):
    """`opened` carries the kind whose row was opened."""

    opened = Signal(object)

    def __init__(self, hours: int) -> None:
        super().__init__()
        self._hours = hours
        self.add = Button("Add", "link", name="addIntake")
        self.add.clicked.connect(lambda: self.opened.emit(IntakeKind.CAFFEINE))
        self.list = RowList(name="intakes")
        self.list.setAccessibleName("Today I had")
        self.rows = {kind: IntakeRow(kind) for kind in IntakeKind}
        for kind, row in self.rows.items():
            row.clicked.connect(lambda _on=False, k=kind: self.opened.emit(k))
            self.list.add(row)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(SectionHead("Today I had", self.add))
        box.addWidget(self.list)

    def show_intakes(self, intakes: Sequence[Intake]) -> None:
        """Show an evening's intakes."""
        for kind, row in self.rows.items():
            row.show_intakes([i for i in intakes if i.kind == kind], self._hours)
