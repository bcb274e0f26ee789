"""Correcting the times of a recording: start and end with date and time, and what was recorded beside them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from PySide6.QtWidgets import QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.instant import Instant, from_local, from_local_offset, minutes_between
from dreamjournal.domain.night import night_of
from dreamjournal.domain.session import Session
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.nights.recordings import full_words, offset_words
from dreamjournal.ui.widgets.dates import DateField
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import Field, TimeField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.rows import TickRow
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.words import duration_words, night_words, source_word


class MomentFields(QWidget):
    """Date and time of one end, on the wall clock of the recording."""

    def __init__(self, label: str, at: Instant, hours: int, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._was = at
        self.label = label
        flow = FlowLayout(self, 16, 6, top=True)
        self.date_field = DateField(f"{label}: date", at.local.date(), weekday=True, name=f"{name}Date")
        self.time_field = TimeField(f"{label}: time", hours=hours, name=f"{name}Time")
        self.time_field.set_value(at.local.hour * 60 + at.local.minute)
        self.time_box = Field(f"{label}, time", self.time_field)
        self.second = TickRow("The second time the clock showed this", name=f"{name}Second", framed=False)
        self.second.setAccessibleName(f"{label}: the second time the clock showed this")
        self.second.setChecked(self._is_second(at))
        flow.addWidget(Field(f"{label}, date", self.date_field))
        flow.addWidget(self.time_box)
        flow.addWidget(self.second)
        self.mark()

    def _local(self) -> datetime | None:
        minutes = self.time_field.value()
        if minutes is None:
            return None
        return datetime.combine(self.date_field.date(), time()) + timedelta(minutes=minutes)

    def _at(self, local: datetime, *, later: bool) -> Instant:
        zone = self._was.zone
        return from_local(local, zone, later=later) if zone else from_local_offset(local, self._was.offset_min)

    def _is_second(self, at: Instant) -> bool:
        return (
            at.zone is not None and self._at(at.local, later=False).utc != at.utc == self._at(at.local, later=True).utc
        )

    def mark(self) -> None:
        """Offer the second time only where the clocks went back over this one."""
        local = self._local()
        twice = local is not None and self._at(local, later=False).utc < self._at(local, later=True).utc
        self.second.setVisible(twice)

    def moment(self) -> Instant | None:
        """The instant typed; None while it is none. A time left as it was keeps its seconds."""
        local = self._local()
        if local is None:
            return None
        if local == self._was.local.replace(second=0, microsecond=0) and self.second.isChecked() == self._is_second(
            self._was
        ):
            return self._was
        found = self._at(local, later=self.second.isVisibleTo(self) and self.second.isChecked())
        return found if found.local == local else None

    def wrong(self) -> str:
        """Why there is no moment, as a sentence; empty where there is one."""
        if self._local() is None:
            return "Type a time such as 2341 or 23:41."
        return "" if self.moment() is not None else "The clocks went forward over this time: it never was."


class CorrectDialog(Dialog):
    """`keep(start, end)` writes and may raise KnownError, which is told here; the dialog closes when it did not."""

    def __init__(
        self, context: PageContext, parent: QWidget | None, session: Session, keep: Callable[[Instant, Instant], None]
    ) -> None:
        super().__init__("Correct times", parent, name="correctDialog", width=560)
        self.session, self._keep = session, keep
        hours = context.hours
        was = session.recorded
        first, last = (was.start, was.end) if was else (session.start, session.end)
        self.body.addWidget(Label(f"When was this recording of {source_word(session.source)}?", "verdict", wrap=True))
        self.recorded = Label(
            f"Recorded: {full_words(first, hours)} to {full_words(last, hours)}. This stays beside your correction.",
            "body", "muted", wrap=True,
        )  # fmt: skip
        self.body.addWidget(self.recorded)
        self.start = MomentFields("Start", session.start, hours, "correctStart")
        self.end = MomentFields("End", session.end, hours, "correctEnd")
        self.body.addWidget(self.start)
        self.body.addWidget(self.end)
        zone = session.start.zone or f"the recording’s own offset, {offset_words(session.start.offset_min)}"
        self.body.addWidget(Label(f"Both are wall clocks in {zone}.", "tiny", "muted", wrap=True))
        self.said = Label("", "body", wrap=True)
        self.said.setObjectName("correctSaid")
        self.body.addWidget(self.said)
        self.error = InlineError()
        self.body.addWidget(self.error)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Cancel", name="correctCancel").clicked.connect(self.reject)
        self.go = self.add_answer("Keep these times", primary=True, name="correctKeep")
        self.go.setDefault(True)
        self.go.clicked.connect(self._on_keep)
        for part in (self.start, self.end):
            part.date_field.date_chosen.connect(lambda _day: self._say())
            part.time_field.textChanged.connect(lambda _text: self._say())
            part.second.clicked.connect(lambda _on: self._say())
        self._say()
        self.fit()
        self.start.time_field.setFocus()
        self.start.time_field.selectAll()

    def _say(self) -> None:
        for part in (self.start, self.end):
            part.mark()
        start, end = self.start.moment(), self.end.moment()
        self.error.set_sentence("")
        if start is None or end is None:
            self.said.setText("")
        elif end.utc <= start.utc:
            self.said.setText("The end is not after the start. Check the dates as well.")
        else:
            length = duration_words(minutes_between(start, end))
            self.said.setText(f"{length}, in the night of {night_words(night_of(start))}.")

    def _on_keep(self) -> None:
        self.setFocus()  # a date still being typed is taken
        start, end = self.start.moment(), self.end.moment()
        for part in (self.start, self.end):
            part.time_box.set_error(part.wrong())
        if start is None or end is None:
            return
        if (start, end) == (self.session.start, self.session.end):
            self.reject()
            return
        try:
            self._keep(start, end)
        except KnownError as error:
            self.error.set_sentence(error.sentence)
            return
        self.accept()
