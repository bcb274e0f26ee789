"""The page before there is a journal: first start."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.domain.person import JournalKind
from dreamjournal.domain.protection import Protection
from dreamjournal.ui.onboarding.choice_card import ChoiceCard
from dreamjournal.ui.onboarding.cover import Cover
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.fields import PassphraseField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.icon import IconLabel
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.page import Columns
from dreamjournal.ui.widgets.rows import RadioRow, RowList
from dreamjournal.ui.widgets.text import Label, Line, Prose, set_shown


class FirstStart(Cover):
    """No journal yet: whose nights, a passphrase twice or none, Start."""

    start_requested = Signal(object, object, object)
    """(JournalKind, Protection, passphrase or None)."""
    sample_requested = Signal()

    def __init__(self, path: Path) -> None:
        super().__init__("firstStart", "First start")
        self._path = path
        self._keyring = False
        column = self.column
        column.addWidget(Label("A journal for your nights.", "welcome", wrap=True))
        column.addWidget(Prose(
            "Write down what you dreamt and how you slept. Bring in what your devices recorded. "
            "Then ask whether your nights differ when something enhances them.", kind="lead",
        ))  # fmt: skip
        column.addSpacing(20)
        self._add_whose(column)
        self._add_protection(column)
        self._add_foot(column)

        self.start.clicked.connect(self._on_start)
        self.sample.clicked.connect(self.sample_requested)
        self.open_other.clicked.connect(self.open_requested)
        self.where.clicked.connect(self._on_where)
        self.mine.toggled.connect(lambda _on: self._show_ways())
        self._ways.buttonClicked.connect(lambda _row: self._on_way())
        self.first.returnPressed.connect(self.second.setFocus)
        self.second.returnPressed.connect(self._on_start)
        self.setFocusProxy(self.mine)
        self._say_promise()

    def _add_whose(self, column: QVBoxLayout) -> None:
        column.addWidget(Label("Whose nights?", "label", strong=True))
        whose = Columns(gap=16)
        self.mine = ChoiceCard("Mine", "One person’s journal", name="kindMine")
        self.nurse = ChoiceCard("People in my care", "Several patients, each by a pseudonym", name="kindNurse")
        group = QButtonGroup(self)
        for card in (self.mine, self.nurse):
            group.addButton(card)
        self.mine.setChecked(True)
        whose.left.addWidget(self.mine)
        whose.right.addWidget(self.nurse)
        column.addWidget(whose)
        column.addSpacing(16)

    def _add_protection(self, column: QVBoxLayout) -> None:
        column.addWidget(Label("What keeps others out?", "label", strong=True))
        rows = RowList(name="protection")
        self.by_passphrase = RadioRow(
            "A passphrase", name="byPassphrase",
            detail="Typed each time. Nobody opens the journal without it, not even the people who made this app.",
        )  # fmt: skip
        self.by_computer = RadioRow(
            "This computer only", name="byComputer",
            detail="Encrypted; your login’s keyring opens it with a click. Anywhere else, only the recovery sheet does.",
        )  # fmt: skip
        self.by_nothing = RadioRow(
            "Nothing", name="byNothing",
            detail="Not encrypted. Whoever can use this computer, or finds it or a backup, can read it.",
        )  # fmt: skip
        self._ways = QButtonGroup(self)
        for row in (self.by_passphrase, self.by_computer, self.by_nothing):
            self._ways.addButton(row)
            rows.add(row)
        self.by_passphrase.setChecked(True)
        self.by_computer.hide()
        column.addWidget(rows)
        column.addSpacing(6)
        self._words = Columns(gap=16)
        self.first = PassphraseField("Passphrase", placeholder="Four or five ordinary words", name="passphrase")
        self.second = PassphraseField("Passphrase once more", placeholder="Once more", name="passphraseAgain")
        self._words.left.addWidget(self.first)
        self._words.left.addStretch(1)
        self._words.right.addWidget(self.second)
        self._words.right.addStretch(1)
        column.addWidget(self._words)
        self.error = InlineError()
        column.addWidget(self.error)
        column.addSpacing(12)
        column.addWidget(Line())
        column.addSpacing(10)

    def offer_keyring(self) -> None:
        """This computer has a keyring that answers: it may keep the key."""
        self._keyring = True
        self._show_ways()

    def _show_ways(self) -> None:
        """On a nurse's computer nobody's login opens a caseload."""
        offered = self._keyring and self.mine.isChecked()
        if not offered and self.by_computer.isChecked():
            self.by_passphrase.click()
        set_shown(self.by_computer, offered)

    def protection(self) -> Protection:
        """What was chosen."""
        if self.by_computer.isChecked():
            return Protection.COMPUTER
        return Protection.NONE if self.by_nothing.isChecked() else Protection.PASSPHRASE

    def _add_foot(self, column: QVBoxLayout) -> None:
        foot = Columns(gap=16)
        promise = QWidget()
        said = QHBoxLayout(promise)
        said.setContentsMargins(0, 0, 0, 0)
        said.setSpacing(10)
        self._lock = IconLabel("lock", "muted")
        said.addWidget(self._lock, 0, Qt.AlignmentFlag.AlignTop)
        self.promise = Label("", "caption", "muted")
        said.addWidget(self.promise, 1)
        foot.left.addWidget(promise)
        self.sample = Button("Look at a sample journal", name="sample")
        self.start = Button("Start my journal", "primary", name="start")
        buttons = QWidget()
        row = FlowLayout(buttons, 16, 12)
        row.addWidget(self.sample)
        row.addWidget(self.start)
        ends = QHBoxLayout()
        ends.addStretch(1)
        ends.addWidget(buttons, 0)
        foot.right.addLayout(ends)
        column.addWidget(foot)
        column.addSpacing(10)
        links = QWidget()
        flow = FlowLayout(links, 20, 6)
        self.open_other = Button("Open an existing journal…", "link", name="openJournal")
        self.where = Button("Where is it kept?", "link", name="where")
        flow.addWidget(self.open_other)
        flow.addWidget(self.where)
        column.addWidget(links)
        self.where_words = Label("", "caption", "muted", wrap=True)
        self.where_words.hide()
        column.addWidget(self.where_words)
        column.addStretch(1)

    def set_busy(self, words: str) -> None:
        """Say what is being done and take no more clicks; an empty string takes them again."""
        for button in (self.start, self.sample, self.open_other):
            button.setEnabled(not words)
        self.start.setText(words or "Start my journal")

    def set_error(self, sentence: str) -> None:
        """Say why no journal was made."""
        self.set_busy("")
        self.error.set_sentence(sentence)

    def _on_way(self) -> None:
        set_shown(self._words, self.protection() == Protection.PASSPHRASE)
        self.error.set_sentence("")
        self._say_promise()

    def _say_promise(self) -> None:
        locked = self.protection() != Protection.NONE
        self._lock.set_icon("lock" if locked else "lock-open")
        how = "encrypted" if locked else "not encrypted"
        self.promise.setText(f"Everything stays on this computer, {how}.\nNo account, no network, nothing sent.")

    def _on_where(self) -> None:
        self.where_words.setText(str(self._path))
        self.where_words.setVisible(not self.where_words.isVisible())

    def _on_start(self) -> None:
        way = self.protection()
        if way == Protection.PASSPHRASE and not self._agree():
            return
        self.error.set_sentence("")
        kind = JournalKind.NURSE if self.nurse.isChecked() else JournalKind.OWN
        self.start_requested.emit(kind, way, self.first.text() if way == Protection.PASSPHRASE else None)

    def _agree(self) -> bool:
        """Whether the passphrase stands there twice; says what is missing."""
        if not self.first.text():
            self.error.set_sentence("Type a passphrase, or choose another way above.")
            self.first.setFocus()
            return False
        if self.first.text() == self.second.text():
            return True
        self.error.set_sentence(
            "Type the passphrase once more, so that a slip cannot lock you out." if not self.second.text()
            else "The two are not the same. Type the second once more."
        )  # fmt: skip
        self.second.setFocus()
        self.second.selectAll()
        return False
