"""One night whole: what it was and why, notices, a hypnogram a source on one clock, one column a source."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from dreamjournal.domain.exposure import Exposure
from dreamjournal.domain.night import Condition, Night, NightFlag
from dreamjournal.domain.session import Session, SessionKind, Validity
from dreamjournal.ui.nights.hypnogram import ClockAxis, Hypnogram
from dreamjournal.ui.nights.measures import Column, columns, labels, of_source, sources
from dreamjournal.ui.nights.recordings import Recordings
from dreamjournal.ui.nights.rows import after_noon, clock_of, diary_span
from dreamjournal.ui.nights.save_hypnogram import save_links
from dreamjournal.ui.study.closed import ClosedCard
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button, IconButton
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.marks import ConditionMark
from dreamjournal.ui.widgets.notices import Notice, SealedCard
from dreamjournal.ui.widgets.tables import style_table
from dreamjournal.ui.widgets.text import Label, tip
from dreamjournal.ui.words import CONDITION_WORDS, NONE, count_words, night_words, source_word

Index = QModelIndex | QPersistentModelIndex
FLAG_WORDS = {
    NightFlag.DST: "The clocks changed on this night. Minutes are real minutes; it is left out of comparisons.",
    NightFlag.ZONE_CHANGE: "The time zone changed on this night; it is left out of comparisons.",
    NightFlag.ILLNESS: "You were ill; the night is left out of comparisons.",
    NightFlag.TRAVEL: "You were travelling; the night is left out of comparisons.",
    NightFlag.ON_CALL: "You were on call.",
}


class MeasureModel(QAbstractTableModel):
    """Rows are measures, columns are sources."""

    def __init__(self, shown: list[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns, self._labels = shown, labels(shown)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._labels)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._columns) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        label = self._labels[index.row()]
        column = self._columns[index.column() - 1] if index.column() else None
        text = label if column is None else column.values.get(label, NONE)
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole and column is None:
            return tip(label)  # a long one is cut short beside several sources
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = "the source does not say" if text == NONE else text
            return label if column is None else f"{label}, {column.heading}: {said}"
        if role == Qt.ItemDataRole.TextAlignmentRole and column is not None:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole and label == "Sleep" and column is not None:
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section - 1].heading if section else ""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return (
                Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            ) | Qt.AlignmentFlag.AlignVCenter
        return None


class NightDetail(QFrame):
    """The chosen night beside the raster. It only asks; the page acts."""

    dream_asked = Signal(object)
    evening_asked = Signal(object)
    trail_asked = Signal(object)
    """The night of which it is asked what it is made of."""
    open_sealed = Signal(object)
    exposure_removed = Signal(object, int)
    night_removed = Signal(object)
    correct_asked = Signal(object)
    """The session whose times are to be corrected."""
    bring_back_asked = Signal(object)

    def __init__(self, *, own: bool = True, hours: int = 24, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("nightDetail")
        self.setProperty("kind", "card")
        self.setAccessibleName("The chosen night")
        self._own, self._hours = own, hours
        self.night: Night | None = None
        self.table: QTableView | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(1, 1, 1, 1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().setAutoFillBackground(False)
        box.addWidget(self._scroll)

    def show_night(self, day: date, night: Night | None, *, closed: str = "") -> None:
        """Show `day`; `night` is None where nothing is known of it. `closed` says until when a study closes it."""
        self.night = night
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 18, 12, 18)
        column.setSpacing(10)
        column.addWidget(Label(_title(day), "section", wrap=True))
        condition = night.condition if night else Condition.UNRECORDED
        if closed:
            card = ClosedCard()
            card.set_words(closed)
            card.show()
            column.addWidget(card)
        else:
            self._add_condition(column, day, night, condition)
        if night is not None:
            self._add_notices(column, night)
            self._add_sources(column, night)
            self._add_recordings(column, night)
        column.addStretch(1)
        column.addWidget(self._links(day, night, closed=bool(closed)))
        self._scroll.setWidget(inner)
        inner.setAutoFillBackground(False)  # which the scroll area has just turned on
        inner.show()

    # ---- parts

    def _add_condition(self, column: QVBoxLayout, day: date, night: Night | None, condition: Condition) -> None:
        exposures = night.exposures if night else ()
        if night is not None and night.sealed:
            exposures = tuple(e for e in exposures if e.source == "diary")
        for number, exposure in enumerate(exposures or (None,)):
            row = QHBoxLayout()
            row.setSpacing(10)
            if number == 0:
                row.addWidget(ConditionMark(condition), 0, Qt.AlignmentFlag.AlignTop)
            else:
                row.addSpacing(theme_of(self).scaled(16) + 10)
            words = QVBoxLayout()
            words.setSpacing(2)
            words.addWidget(Label(_exposure_words(condition, exposure), "body", wrap=True))
            words.addWidget(
                Label(
                    _exposure_from(exposure, day) if exposure else _reason(night, condition),
                    "caption",
                    "muted",
                    wrap=True,
                )
            )
            row.addLayout(words, 1)
            if exposure is not None:
                remove = IconButton(
                    "x", f"Remove {exposure.name} from this night", name=f"removeExposure_{exposure.id}"
                )
                remove.clicked.connect(lambda _checked=False, e=exposure: self.exposure_removed.emit(day, e.id))
                row.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)
            column.addLayout(row)
        if night is not None and night.answer == Condition.NATURAL and condition == Condition.UNSURE:
            column.addWidget(
                Notice(
                    "You said natural, and something enhanced this night. It counts as not sure until you decide.",
                    name="conflict",
                )
            )
        if self._own:
            link = Button(
                "Say what it was" if condition == Condition.UNRECORDED else "Change what it was", "link", name="sayWhat"
            )
            link.clicked.connect(lambda: self.evening_asked.emit(day))
            column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)

    def _add_notices(self, column: QVBoxLayout, night: Night) -> None:
        for words, icon_name in _notices(night):
            column.addWidget(Notice(words, icon_name=icon_name))

    def _add_sources(self, column: QVBoxLayout, night: Night) -> None:
        if night.sealed and night.sessions:
            card = SealedCard(tuple(source_word(s) for s in sources(night)))
            card.open_requested.connect(lambda: self.open_sealed.emit(night.night_date))
            column.addWidget(card)
        else:
            self._add_hypnograms(column, night)
        shown = columns(night)
        if not shown:
            return
        column.addSpacing(4)
        self.table = self._make_table(shown)
        column.addWidget(self.table)
        column.addWidget(
            Label(
                "Each source keeps its own numbers, never averaged. A dash means the source does not say.",
                "caption",
                "muted",
                wrap=True,
            )
        )
        if night.passed_over:
            column.addWidget(Label("Device numbers were opened without a diary.", "caption", "muted", wrap=True))

    def _add_recordings(self, column: QVBoxLayout, night: Night) -> None:
        if night.sealed or not night.sessions:
            return
        column.addSpacing(4)
        listed = Recordings(night.sessions, night.night_date, hours=self._hours)
        listed.correct_asked.connect(self.correct_asked)
        listed.bring_back_asked.connect(self.bring_back_asked)
        column.addWidget(listed)

    def _add_hypnograms(self, column: QVBoxLayout, night: Night) -> None:
        drawn = [(s, [x for x in of_source(night, s) if x.kind != SessionKind.REST]) for s in sources(night)]
        drawn = [(s, sessions) for s, sessions in drawn if sessions]
        if not drawn:
            return
        edges = [
            (after_noon(x.start, night.night_date), after_noon(x.end, night.night_date))
            for _, group in drawn
            for x in group
        ]
        diary = diary_span(night.diary, night.night_date)
        edges += [diary] if diary else []
        low, high = min(a for a, _ in edges) // 15 * 15, -(-max(b for _, b in edges) // 15) * 15
        for source, sessions in drawn:
            head = QHBoxLayout()
            head.addWidget(Label(source_word(source), "caption"), 1)
            head.addWidget(Label(_about(sessions), "caption", "muted"))
            column.addLayout(head)
            picture = Hypnogram()
            picture.set_sessions(sessions, night.night_date, low, high)
            column.addWidget(picture)
        axis = ClockAxis()
        axis.set_span(low, high)
        column.addWidget(axis)

    def _make_table(self, shown: list[Column]) -> QTableView:
        view = QTableView()
        view.setObjectName("nightMeasures")
        model = MeasureModel(shown, view)
        view.setModel(model)
        style_table(view, "What each source says", row="chip")
        view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        view.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        view.horizontalHeader().setMinimumSectionSize(theme_of(self).scaled(44))
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bar = 16 if len(shown) > 2 else 0
        height = (
            view.horizontalHeader().sizeHint().height() + model.rowCount() * view.verticalHeader().defaultSectionSize()
        )
        view.setFixedHeight(height + bar + 2)
        if len(shown) > 2:
            view.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        return view

    def _links(self, day: date, night: Night | None, *, closed: bool) -> QWidget:
        box = QWidget()
        flow = FlowLayout(box, 20, 4)
        dreams = len(night.dreams) if night else 0
        if dreams or self._own:
            link = Button(
                f"Open {'the dream' if dreams == 1 else f'{dreams} dreams'}" if dreams else "Write down a dream",
                "link",
                name="openDream",
            )
            link.clicked.connect(lambda: self.dream_asked.emit(day))
            flow.addWidget(link)
        if night is None or closed:  # that there is something to delete would tell that something is noted
            return box
        trail = Button("Where from…", "link", name="whereFrom")
        trail.setToolTip("The rows of this night and the lines they were read from")
        trail.clicked.connect(lambda: self.trail_asked.emit(day))
        flow.addWidget(trail)
        for save in save_links(night, self):
            flow.addWidget(save)
        remove = Button("Delete this night", "link", name="deleteNight")
        remove.clicked.connect(lambda: self.night_removed.emit(day))
        flow.addWidget(remove)
        return box


def _title(day: date) -> str:
    return f"{night_words(day)} {(day + timedelta(days=1)).year}"


def _exposure_words(condition: Condition, exposure: Exposure | None) -> str:
    if exposure is None:
        return CONDITION_WORDS[condition]
    parts = [exposure.name]
    parts += [{"realtime": "real time"}.get(exposure.mode, exposure.mode)] if exposure.mode else []
    parts += [exposure.programme] if exposure.programme else []
    parts += [exposure.dose] if exposure.dose else []
    parts += [f"{exposure.intensity:g}"] if exposure.intensity is not None else []
    lead = "Enhanced by" if condition == Condition.ENHANCED else f"{CONDITION_WORDS[condition]}:"
    return f"{lead} {', '.join(parts)}"


def _exposure_from(exposure: Exposure, day: date) -> str:
    origin = "as you said" if exposure.source == "diary" else f"from the {source_word(exposure.source)} export"
    if exposure.start is None:
        return origin[0].upper() + origin[1:]
    span = clock_of(after_noon(exposure.start, day))
    if exposure.end is not None:
        span += f" to {clock_of(after_noon(exposure.end, day))}"
    return f"{span}, {origin}"


def _reason(night: Night | None, condition: Condition) -> str:
    if night is None:
        return "Nothing recorded. It counts as not recorded, never as natural."
    if night.answer is not None:
        return "As you said"
    if condition == Condition.NATURAL and night.covered_by:
        return f"The {' and '.join(night.covered_by)} log covers this night and is empty, so it is natural."
    return "Nothing chosen. The night counts as not recorded, never as natural."


def _notices(night: Night) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    glitches = 0
    for session in night.sessions:
        for event in session.events:
            at = clock_of(after_noon(event.at, night.night_date))
            if event.kind == "merge":
                until = f" to {clock_of(after_noon(event.end, night.night_date))}" if event.end is not None else ""
                found.append((f"Merged with another session, {at}{until}. The dream may not be yours alone.", "merge"))
            elif event.kind == "abort":
                found.append((f"{source_word(session.source)} stopped early, at {at}.", "info"))
            elif event.kind == "glitch":
                glitches += 1
    if glitches:
        found.append((f"{count_words(glitches, 'glitch', 'glitches')} noted by the device.", "info"))
    found += [(FLAG_WORDS[flag], "info") for flag in NightFlag if flag in night.flags]
    return found


def _about(sessions: list[Session]) -> str:
    words = [s.device for s in sessions[:1] if s.device]
    if any(s.copy_of is not None for s in sessions):
        words.append("copy")
    if any(s.validity == Validity.UNSCORED for s in sessions):
        words.append("unscored")
    elif any(s.validity != Validity.OK for s in sessions):
        words.append("unconfirmed")
    if not any(s.stages for s in sessions):
        words.append("no stages")
    return ", ".join(words)
