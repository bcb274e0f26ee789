"""Stays in other time zones: wall clocks of files that name no zone are read there and then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.night import tonight
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dates import DateField
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import Field
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError, UndoOffer
from dreamjournal.ui.widgets.tables import RowsModel, fit_rows, make_table
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.widgets.zone_field import NO_SUCH_ZONE, ZoneField
from dreamjournal.ui.words import count_words, plain_date

if TYPE_CHECKING:
    from dreamjournal.services.reading import KeptTravel

MOST_SHOWN = 6


def stays_words(count: int) -> str:
    """How many stays are kept, for the line beside the button that opens this dialog."""
    return f"{count_words(count, 'stay')} elsewhere kept." if count else ""


class StaysDialog(Dialog):
    """Every stay is kept at once; `changed` says whether any was added or removed while the dialog was open."""

    def __init__(self, context: PageContext, parent: QWidget | None) -> None:
        super().__init__("Stays elsewhere", parent, name="staysDialog", width=640)
        self._context = context
        self._stays: list[KeptTravel] = []
        self._back: Callable[[], Changes] | None = None
        self.changed = False
        self.body.addWidget(Label("When you were elsewhere", "verdict", wrap=True))
        self.body.addWidget(Label(
            "Some exports write clock times without a zone. For the days named here their times are read in the zone you were in. "
            "What is already in the journal stays as it is until a file is read again.", "caption", "muted", wrap=True,
        ))  # fmt: skip
        self.none = Label("No stays yet.", "body", "muted")
        self.body.addWidget(self.none)
        self.table = make_table(
            "Stays elsewhere", ("First day", "Last day", "Time zone"), stretch=2, name="staysTable",
        )  # fmt: skip
        fit_rows(self.table, MOST_SHOWN)
        self.body.addWidget(self.table)
        self.remove_button = Button("Remove this stay", "link", name="stayRemove")
        self.remove_button.clicked.connect(self._on_remove)
        self.body.addWidget(self.remove_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.undo_offer = UndoOffer()
        self.undo_offer.undo_requested.connect(self._on_undo)
        self.body.addWidget(self.undo_offer)
        self._add_form()
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Done", primary=True, name="staysDone").clicked.connect(self.accept)
        self._load()
        self.first.setFocus()
        self.fit()

    def _add_form(self) -> None:
        self.body.addWidget(Label("Add a stay", "section"))
        today = tonight(self._context.clock.now(), self._context.zone)
        form = QWidget()
        flow = FlowLayout(form, 16, 10, top=True)
        self.first = DateField("First day elsewhere", today - timedelta(days=7), name="stayFirst")
        self.last = DateField("Last day elsewhere", today, name="stayLast")
        self.zone = ZoneField("Time zone there", placeholder="America/New_York", name="stayZone")
        self.zone.setMinimumWidth(200)
        self.zone_field = Field("Time zone there", self.zone)
        flow.addWidget(Field("First day", self.first))
        flow.addWidget(Field("Last day", self.last))
        flow.addWidget(self.zone_field)
        self.body.addWidget(form)
        self.error = InlineError()
        self.body.addWidget(self.error)
        self.add_button = Button("Add this stay", icon_name="plus", name="stayAdd")
        self.add_button.clicked.connect(self._on_add)
        self.zone.returnPressed.connect(self._on_add)
        self.body.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)

    def _load(self) -> None:
        from dreamjournal.services import reading

        self._stays = list(reading.travels(self._context.journal, self._context.person_id))
        rows = [(plain_date(s.travel.first), plain_date(s.travel.last), s.travel.zone) for s in self._stays]
        model = self.table.model()
        assert isinstance(model, RowsModel)
        model.set_rows(rows)
        self.table.setVisible(bool(rows))
        self.none.setVisible(not rows)
        self.remove_button.setVisible(bool(rows))
        if rows:
            self.table.selectRow(0)

    def _change(self, act: Callable[[], Changes]) -> bool:
        try:
            changes = act()
        except KnownError as error:
            self.error.set_sentence(error.sentence)
            return False
        self.error.set_sentence("")
        self.changed = True
        self._context.publish(changes, self)
        self._load()
        return True

    def _add(self, first: date, last: date, zone: str) -> bool:
        from dreamjournal.services import reading

        context = self._context
        return self._change(lambda: reading.add_travel(context.journal, context.person_id, first, last, zone))

    def _on_add(self) -> None:
        zone = self.zone.zone()
        self.zone_field.set_error("" if zone else NO_SUCH_ZONE)
        if zone is not None and self._add(self.first.date(), self.last.date(), zone):
            self.zone.clear()
            self.first.setFocus()

    def _on_remove(self) -> None:
        from dreamjournal.services import reading

        row = self.table.currentIndex().row()
        if not 0 <= row < len(self._stays):
            return
        stay, context = self._stays[row], self._context
        if self._change(lambda: reading.delete_travel(context.journal, stay.id)):
            t = stay.travel
            self._back = lambda: reading.add_travel(context.journal, context.person_id, t.first, t.last, t.zone)
            self.undo_offer.offer(f"The stay in {t.zone} is removed.")

    def _on_undo(self) -> None:
        back, self._back = self._back, None
        if back is not None:
            self._change(back)
