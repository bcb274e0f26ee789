"""Patients: a nurse's caseload. The table by pseudonym, and below it the review of the one chosen."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShortcut
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.changes import Changes
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.patients.review import ReviewCard
from dreamjournal.ui.patients.table import MARKS, MarksDelegate, PatientModel
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import Field, LineField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.marks import condition_legend
from dreamjournal.ui.widgets.page import EmptyState, Page
from dreamjournal.ui.widgets.tables import style_table
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import count_words

if TYPE_CHECKING:
    from dreamjournal.services.reviews import PatientRow

MOST_ROWS = 9


class AddPatientDialog(Dialog):
    """Asks for a pseudonym; stays open until it is taken."""

    named = Signal(str)

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__("Add a patient", parent, name="addPatientDialog", width=480)
        self.body.addWidget(Label("Add a patient", "section"))
        self.pseudonym = LineField("Pseudonym", placeholder="P-027", name="pseudonym")
        self.field = Field(
            "Pseudonym", self.pseudonym, note="Names are not needed. The pseudonym stands on every page and report."
        )
        self.body.addWidget(self.field)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Cancel", name="addPatientCancel").clicked.connect(self.reject)
        self.add_answer("Add", primary=True, default=True, name="addPatientGo").clicked.connect(
            lambda: self.named.emit(self.pseudonym.text())
        )
        self.pseudonym.setFocus()
        self.fit()


class PatientsPage(Page):
    """By pseudonym, never ranked; Enter opens a person."""

    person_opened = Signal(int)
    night_opened = Signal(int, object)
    """A night of a person who may not be the open one."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("patients", "Patients", parent=parent)
        self._context = context
        self._all: list[PatientRow] = []
        self._initials = ""
        self.review: ReviewCard | None = None
        self.search = LineField(
            "Find a pseudonym", placeholder="Find a pseudonym", icon_name="search", clearable=True, name="findPatient"
        )
        self.search.setMinimumWidth(200)
        self.search.textChanged.connect(lambda _text: self._show_rows())
        self.add_button = Button("Add a patient", icon_name="plus", name="addPatient")
        self.add_button.clicked.connect(self.ask_name)
        self.add_control(self.search)
        self.add_control(self.add_button)
        self.table = QTableView()
        self.table.setObjectName("patients")
        self.patients = PatientModel(self.table)
        self.table.setModel(self.patients)
        # The notes take what room is left: at 200 % the table scrolls rather than cut what changed to a letter.
        style_table(self.table, "Patients by pseudonym", stretch=5)
        for column in (MARKS, MARKS + 1):
            self.table.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.table.setItemDelegateForColumn(MARKS, MarksDelegate(self.table))
        self.table.activated.connect(lambda index: self._open(index.row()))
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.no_hit = Label("", "body", "muted", wrap=True)
        self.legend = QWidget()
        row = FlowLayout(self.legend, gap=24)
        row.addWidget(condition_legend())
        row.addWidget(Label("Listed by pseudonym. People are never ranked.", "caption", "muted"))
        first = Button("Add a patient", "primary", icon_name="user-plus", name="addFirstPatient")
        first.clicked.connect(self.ask_name)
        self.empty = EmptyState(
            "No patients yet.",
            "Add one by a pseudonym; names are not needed. Then import their exports, or enter a paper diary.",
            first,
        )
        for widget in (self.table, self.no_hit, self.legend, self.empty):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        for keys, act in (("Alt+N", self._on_note_key), ("Alt+S", self._on_sign_key)):
            shortcut = QShortcut(keys, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    # ---- what the shell calls

    def activate(self, night: date | None) -> None:
        self._load()

    def refresh(self, changes: Changes) -> None:
        if changes & (Changes.NIGHTS | Changes.PERSONS | Changes.REVIEWS | Changes.IMPORTS | Changes.ENHANCERS):
            self._load()

    def focus_first(self) -> None:
        (self.table if self._all else self.add_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def find(self) -> bool:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()
        return True

    # ---- showing

    def _load(self) -> None:
        from dreamjournal.services import reviews

        self._all = reviews.caseload(self._context.journal, self._context.clock)
        new = sum(r.new_nights for r in self._all)
        people = count_words(len(self._all), "person", "people")
        self.set_subtitle(f"{people}, {count_words(new, 'night')} not yet reviewed" if self._all else "")
        self._show_rows()

    def _show_rows(self) -> None:
        kept = self.chosen()
        text = self.search.text().strip().casefold()
        rows = [r for r in self._all if text in r.person.name.casefold()]
        self.patients.set_rows(rows)
        some = bool(self._all)
        self.empty.setVisible(not some)
        for widget in (self.table, self.legend):
            widget.setVisible(some)
        self.search.setVisible(some)
        self.add_button.setVisible(some)
        self.no_hit.setVisible(some and not rows)
        self.no_hit.setText(f"No pseudonym with “{self.search.text().strip()}”.")
        height = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(
            height + min(max(1, len(rows)), MOST_ROWS) * self.table.verticalHeader().defaultSectionSize() + 4
        )
        if not rows:
            self._show_review(None)
            return
        wanted = kept.person.id if kept is not None else self._context.person_id
        at = next((i for i, r in enumerate(rows) if r.person.id == wanted), 0)
        self.table.selectRow(at)
        self._show_review(rows[at])

    def chosen(self) -> PatientRow | None:
        """The row chosen, as last shown."""
        at = self.table.currentIndex().row()
        return self.patients.rows[at] if 0 <= at < len(self.patients.rows) else None

    def _on_row(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            self._show_review(self.patients.rows[index.row()])

    def _show_review(self, row: PatientRow | None) -> None:
        from dreamjournal.services import reviews

        if self.review is not None:
            self._initials = self.review.initials.text()
            self.body.removeWidget(self.review)
            self.review.hide()
            self.review.deleteLater()
            self.review = None
        if row is None:
            return
        journal, clock = self._context.journal, self._context.clock
        facts = reviews.facts(journal, row.person.id, clock)
        notes = reviews.notes(journal, row.person.id)
        today = self._context.local(clock.now()).date()
        card = ReviewCard(self._context, row, facts, notes, today, self._initials)
        card.open_requested.connect(lambda: self.person_opened.emit(row.person.id))
        card.night_requested.connect(lambda day: self._open_night(row.person.id, day))
        card.changed.connect(self._on_changed)
        self.body.insertWidget(self.body.count() - 1, card)
        self.review = card

    # ---- acting

    def _open(self, row: int) -> None:
        self.person_opened.emit(self.patients.rows[row].person.id)

    def _open_night(self, person_id: int, day: date) -> None:
        if person_id == self._context.person_id:
            self.navigate.emit("nights", day)
        else:
            self.night_opened.emit(person_id, day)

    def _on_changed(self, changes: Changes) -> None:
        self._context.publish(changes, self)
        self._load()

    def _on_note_key(self) -> None:
        if self.review is not None:
            self.review.write_note()

    def _on_sign_key(self) -> None:
        if self.review is not None:
            self.review.ask_sign_off()

    def ask_name(self) -> AddPatientDialog:
        """Ask for a pseudonym."""
        dialog = AddPatientDialog(self)
        dialog.named.connect(lambda name: self._add(dialog, name))
        dialog.open()
        return dialog

    def _add(self, dialog: AddPatientDialog, name: str) -> None:
        from dreamjournal.services import persons

        try:
            person, changes = persons.add(self._context.journal, name, self._context.clock)
        except KnownError as error:
            dialog.field.set_error(error.sentence)
            return
        dialog.accept()
        self.search.clear()
        self._context.publish(changes, self)
        self._load()
        at = next((i for i, r in enumerate(self.patients.rows) if r.person.id == person.id), -1)
        if at >= 0:
            self.table.selectRow(at)
        self.table.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() == "/" and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.find()
            return
        super().keyPressEvent(event)
