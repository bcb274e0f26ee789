"""Signs over time: the person's own list, the words that come back most, and those never shown."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.domain.sign import Recurring, SignsResult
from dreamjournal.ui.signs.card import of_words
from dreamjournal.ui.signs.words import said
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.fields import Field, LineField
from dreamjournal.ui.widgets.page import SectionHead
from dreamjournal.ui.widgets.tables import fit_rows, make_table
from dreamjournal.ui.widgets.text import Label, Prose

COLUMNS = ("Sign", "Last 4 weeks", "Last 12 weeks", "All dreams")
ROWS = 12


class RecurringView(QWidget):
    """How many of the last dreams hold each sign, beside all dreams."""

    keep_asked = Signal(str)
    drop_asked = Signal(str)
    show_asked = Signal(str)
    sentences_asked = Signal(str, object)

    def __init__(self, parent: QWidget | None = None, *, nurse: bool = False) -> None:
        super().__init__(parent)
        self._nurse = nurse
        title = said("Your dream signs", nurse=nurse)
        self._own: list[Recurring] = []
        self._often: list[Recurring] = []
        self._hidden: tuple[str, ...] = ()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        self.own_table = make_table(
            title, COLUMNS, stretch=0, name="ownSigns", on_open=lambda row: self._open(self._own[row])
        )
        self.often_table = make_table(
            "Words that come back most", COLUMNS, stretch=0, name="oftenSigns", on_open=lambda row: self._open(self._often[row])
        )  # fmt: skip
        for table in (self.own_table, self.often_table):
            fit_rows(table, ROWS)
        self.word = LineField("A word or phrase", placeholder="A word or phrase", name="signsWord")
        self.word.returnPressed.connect(self._on_keep)
        self.field = Field("Follow a sign", self.word)
        add = Button("Add", name="signsAdd")
        add.clicked.connect(self._on_keep)
        self.take_off = Button("Take off the list", name="signsDrop")
        self.take_off.clicked.connect(self._on_drop)
        self.none = Label(
            said("None yet. A sign is something that comes back in your dreams and can tell you that you are dreaming.", nurse=nurse),
            "body", "muted", wrap=True,
        )  # fmt: skip
        self.hidden = Prose(kind="caption", tone="muted")
        self.hidden.link_activated.connect(self._on_show)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.field, 1)
        row.addWidget(add)
        row.addWidget(self.take_off)
        box.addWidget(SectionHead(title))
        box.addWidget(self.none)
        box.addWidget(self.own_table)
        box.addLayout(row)
        self.often_head = SectionHead("Words that come back most")
        box.addWidget(self.often_head)
        box.addWidget(self.often_table)
        self.note = Label("", "caption", "muted", wrap=True)
        box.addWidget(self.note)
        box.addWidget(self.hidden)

    def show_signs(self, found: SignsResult, *, numbers: bool = True) -> None:
        """Fill both lists; without `numbers` with the words alone."""
        for table in (self.own_table, self.often_table):
            for column in range(1, len(COLUMNS)):
                table.setColumnHidden(column, not numbers)
        share = "Dreams with the sign of all dreams written down in that time. " if numbers else ""
        self.note.setText(f"{share}Enter shows the sentences.")
        self._own = [r for r in found.recurring if r.own]
        self._often = [r for r in found.recurring if not r.own]
        for table, rows in ((self.own_table, self._own), (self.often_table, self._often)):
            table.model().set_rows([_cells(r) for r in rows])  # pyright: ignore[reportAttributeAccessIssue] - a RowsModel
            table.setVisible(bool(rows))
        self.often_head.setVisible(bool(self._often))
        self.none.setVisible(not self._own)
        self.take_off.setVisible(bool(self._own))
        self._hidden = found.hidden
        parts: list[str | tuple[str, str]] = []
        for index, word in enumerate(found.hidden):
            parts += [", " if index else "Never shown: ", (word, f"link:{index}")]
        self.hidden.set_parts(*parts, *(". Choose a word to show it again." if parts else "",))
        self.hidden.setVisible(bool(parts))

    def set_error(self, sentence: str) -> None:
        """Say under the field why the list was not changed."""
        self.field.set_error(sentence)

    def _on_keep(self) -> None:
        word = self.word.text().strip()
        if word:
            self.word.show_text("")
            self.keep_asked.emit(word)

    def _on_drop(self) -> None:
        row = self.own_table.currentIndex().row()
        if 0 <= row < len(self._own):
            self.drop_asked.emit(self._own[row].word)
        else:
            self.set_error(said("Choose one of your signs in the list first.", nurse=self._nurse))

    def _on_show(self, index: str) -> None:
        self.show_asked.emit(self._hidden[int(index)])

    def _open(self, sign: Recurring) -> None:
        if sign.sentences:
            self.sentences_asked.emit(sign.word, sign.sentences)


def _cells(sign: Recurring) -> tuple[str, str, str, str]:
    return (sign.word, of_words(sign.last_4), of_words(sign.last_12), of_words(sign.usual))
