"""One study on the page: the question, where it stands, its nights in order, the hash, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QTableView, QVBoxLayout, QWidget

from dreamjournal.domain.study import Study
from dreamjournal.ui.study.plan import PLAN_COLUMNS, PlannedMark, PlanPicture, plan_rows
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import Notice
from dreamjournal.ui.widgets.page import Card, Columns
from dreamjournal.ui.widgets.tables import make_table
from dreamjournal.ui.widgets.text import Label, Prose, set_shown

LEGEND = (
    "Hollow circle: natural. Filled diamond: enhanced. Below: what the night was where that differs; dashed: not recorded. "
    "Thin lines part the blocks, long ones are the looks."
)
LEGEND_CLOSED = (
    "Each dot is a planned night; what it is stays closed. Thin lines part the blocks, long ones are the looks."
)
HASH_WORDS = (
    "It is worked out from the question and the drawn nights, and printed on the plan and on reports: "
    "anybody can work it out again and compare."
)


@dataclass(frozen=True)
class Seen:
    """A study as it is shown, in words and marks."""

    study: Study
    headline: str
    question: str
    plan: str
    standing: tuple[str, ...]
    """Sentences: what is followed, when the next look is, what makes it exploratory."""
    tonight: str
    marks: tuple[PlannedMark, ...]
    reached: tuple[int, ...]
    """Looks whose nights have passed."""
    verified: str
    """What the hash shows."""
    running: bool
    closed: bool
    """Its secrets are kept from who looks."""
    fixed: str


class StudyView(QWidget):
    """Made anew for each study. It only asks; the page acts."""

    asked = Signal(str)
    """"compare", "print", "list", "change", "lengthen", "stop" or "unseal"."""
    night_opened = Signal(object)

    def __init__(self, seen: Seen, *, read_only: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("studyView")
        self.seen = seen
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        self.headline = Label(seen.headline, "verdict", wrap=True)
        self.headline.setObjectName("studyHeadline")
        box.addWidget(self.headline)
        self.own_words = Label(seen.study.question, "words_morning", wrap=True)
        self.own_words.setObjectName("studyQuestion")
        box.addWidget(self.own_words)
        set_shown(self.own_words, bool(seen.study.question))
        self.question = Prose(seen.question, kind="lead")
        self.question.setObjectName("studyAsks")
        box.addWidget(self.question)
        if seen.tonight and not read_only:
            self.tonight = Notice(seen.tonight, kind="info", icon_name="calendar-check", name="studyTonight")
            box.addWidget(self.tonight)
        columns = Columns(right_width=300)
        # An Ignored width hint beside a stretching column would be laid out as 0.
        columns.right_widget.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        box.addSpacing(4)
        box.addWidget(columns)
        self._add_nights(columns.left, read_only=read_only)
        self._add_beside(columns.right)
        box.addStretch(1)

    # ---- parts

    def _add_nights(self, column: QVBoxLayout, *, read_only: bool) -> None:
        card = Card(kind="raised", pad=16)
        self.picture = PlanPicture()
        self.picture.set_marks(self.seen.marks)
        self.picture.night_clicked.connect(self.night_opened)
        self._table: QTableView | None = None
        # Not a stack: its ground would cover the card's.
        self.chart = QWidget()
        inner = QVBoxLayout(self.chart)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(self.picture)
        inner.addWidget(Label(LEGEND_CLOSED if self.seen.closed else LEGEND, "caption", "muted", wrap=True))
        card.box.addWidget(self.chart)
        self._card = card
        head = QHBoxLayout()
        self._toggle = Button("Show as table", "link", name="planToggle")
        self._toggle.setToolTip("Ctrl+T")
        self._toggle.clicked.connect(self.toggle_table)
        head.addWidget(self._toggle)
        head.addStretch(1)
        card.box.addLayout(head)
        column.addWidget(card)
        column.addSpacing(4)
        column.addWidget(self._actions(read_only=read_only))
        column.addStretch(1)

    def _add_beside(self, column: QVBoxLayout) -> None:
        for number, sentence in enumerate(s for s in self.seen.standing if s):
            line = Label(sentence, "body", wrap=True)
            line.setObjectName(f"studyStanding_{number + 1}")
            column.addWidget(line)
        column.addSpacing(8)
        column.addWidget(Label("How the nights were planned", "label", strong=True))
        column.addWidget(Label(self.seen.plan, "caption", "muted", wrap=True))
        column.addSpacing(8)
        digest = self.seen.study.digest
        column.addWidget(Label(self.seen.fixed, "label", wrap=True, strong=True))
        if digest:
            self.digest = HashLine(digest)
            column.addWidget(self.digest)
        column.addWidget(Label(self.seen.verified, "caption", "muted", wrap=True))
        if digest:
            column.addWidget(Label(HASH_WORDS, "caption", "muted", wrap=True))
        column.addStretch(1)

    def _actions(self, *, read_only: bool) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder, 12, 8)
        study = self.seen.study
        wanted: list[tuple[str, str]] = []
        look = max(self.seen.reached, default=None)
        if not self.seen.closed:
            words = "Compare" if look is None or not self.seen.running else f"Compare, after night {look}"
            wanted.append(("compare", words))
        wanted.append(("print", "Print the plan…"))
        if self.seen.closed:
            wanted.append(("list", "Print the list for your helper…"))
        if self.seen.running and not read_only:
            wanted += [("change", "Change the question…"), ("lengthen", "Lengthen…"), ("stop", "Stop…")]
            if study.sealed and study.unsealed is None:
                wanted.append(("unseal", "Open the seal…"))
        self.buttons: dict[str, Button] = {}
        for key, words in wanted:
            button = Button(words, "primary" if key == "compare" else "plain", name=f"study_{key}")
            button.clicked.connect(lambda _checked=False, k=key: self.asked.emit(k))
            flow.addWidget(button)
            self.buttons[key] = button
        return holder

    # ---- keys

    @property
    def table(self) -> QTableView:
        """The picture's twin, made when it is first asked for."""
        if self._table is None:
            self._table = make_table(
                "Planned nights in order", PLAN_COLUMNS, plan_rows(self.seen.marks), stretch=3, name="planTable",
                on_open=self._open_row,
            )  # fmt: skip
            self._table.setMinimumHeight(320)
            self._table.hide()
            self._card.box.insertWidget(1, self._table)
        return self._table

    def toggle_table(self) -> None:
        """Ctrl+T: the table instead of the picture, and back."""
        to_table = self.table.isHidden()
        self.table.setVisible(to_table)
        self.chart.setVisible(not to_table)
        self._toggle.setText("Show as picture" if to_table else "Show as table")
        if to_table:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self.table.selectRow(next((i for i, m in enumerate(self.seen.marks) if m.tonight), 0))
        else:
            self._toggle.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_first(self) -> None:
        """The first thing that can be done."""
        next(iter(self.buttons.values())).setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_row(self, row: int) -> None:
        mark = self.seen.marks[row]
        if not mark.to_come:
            self.night_opened.emit(mark.day)


class HashLine(QWidget):
    """The first digits of a hash; the whole of it can be selected and copied."""

    def __init__(self, digest: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.digest = digest
        self.words = Label(grouped(digest), "caption", wrap=True)
        self.words.setObjectName("studyHash")
        self.words.setAccessibleName(f"Hash, {digest[:8]} and so on")
        self.words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.copy = Button("Copy the line", "link", name="copyHash")
        self.copy.clicked.connect(self._on_copy)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addWidget(Label(f"Hash {digest[:8]}…", "control"))
        box.addWidget(self.words)
        box.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.digest)
        self.copy.setText("Copied")


def grouped(digest: str) -> str:
    """The digits in groups of eight, so that they can be read aloud and wrap."""
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))
