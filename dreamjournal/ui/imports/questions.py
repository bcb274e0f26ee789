"""What an import must ask before a file can be read: the zone of its times, and when it begins."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamjournal.domain.night import last_night
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.imports.receipt_words import listed
from dreamjournal.ui.imports.stays import StaysDialog, stays_words
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dates import DateField
from dreamjournal.ui.widgets.fields import Field, TimeField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.page import Card
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.widgets.zone_field import NO_SUCH_ZONE, ZoneField


class ZoneQuestion(Card):
    """The zone of clock times without one. `answered` carries the zone; `stays_changed` tells that stays were edited."""

    answered = Signal(str)
    stays_changed = Signal()

    def __init__(self, context: PageContext, zone: str, files: list[str], note: str = "") -> None:
        super().__init__()
        self.setObjectName("zoneQuestion")
        self._context = context
        self.zone_field = ZoneField("Time zone of the times in these files", name="importZone")
        self.zone_field.show_text(zone)
        self._field = Field(
            f"Time zone of the times in {listed(files)}", self.zone_field,
            note=note or "A name such as Europe/London. It is remembered for this source.",
        )  # fmt: skip
        self._field.caption.setWordWrap(True)
        self.box.addWidget(self._field)
        row = QWidget()
        flow = FlowLayout(row, 16, 8)
        again = Button("Read with this zone", name="readAgain")
        again.clicked.connect(self._on_answered)
        self.zone_field.returnPressed.connect(self._on_answered)
        self.stays_button = Button("I was elsewhere for a while…", "link", name="staysOpen")
        self.stays_button.clicked.connect(self._on_stays)
        self._kept = Label("", "caption", "muted")
        for widget in (again, self.stays_button, self._kept):
            flow.addWidget(widget)
        self.box.addWidget(row)
        self.setFocusProxy(self.zone_field)
        self._say_stays()

    def zone(self) -> str | None:
        """The zone typed, None while it is none."""
        return self.zone_field.zone()

    def _on_answered(self) -> None:
        zone = self.zone_field.zone()
        self._field.set_error("" if zone else NO_SUCH_ZONE)
        if zone:
            self.answered.emit(zone)

    def _on_stays(self) -> None:
        dialog = StaysDialog(self._context, self)
        dialog.finished.connect(lambda _code: self._after_stays(dialog.changed))
        dialog.open()

    def _after_stays(self, changed: bool) -> None:
        self._say_stays()
        if changed:
            self.stays_changed.emit()

    def _say_stays(self) -> None:
        from dreamjournal.services import reading

        words = stays_words(len(reading.travels(self._context.journal, self._context.person_id)))
        self._kept.setText(words)
        self._kept.setVisible(bool(words))


class StartQuestion(Card):
    """Date and time at which recordings begin that do not say so themselves. `answered` carries a naive datetime."""

    answered = Signal(object)

    def __init__(self, context: PageContext, files: list[str], start: datetime | None = None) -> None:
        super().__init__()
        self.setObjectName("startQuestion")
        day: date = start.date() if start else last_night(context.clock.now(), context.zone)
        title = Label(
            f"When does {listed(files)} begin?" if len(files) == 1 else f"When do {listed(files)} begin?",
            "label",
            wrap=True,
        )
        self.box.addWidget(title)
        if len(files) > 1:
            self.box.addWidget(Label("All of them are read from this moment on; import them one by one where they differ.", "tiny",
                                     "muted", wrap=True))  # fmt: skip
        row = QWidget()
        flow = FlowLayout(row, 16, 8, top=True)
        self.date_field = DateField("Date on which it begins", day, weekday=True, name="startDate")
        self.time_field = TimeField("Time at which it begins", hours=context.hours, name="startTime")
        self.time_field.set_value(start.hour * 60 + start.minute if start else None)
        self._time = Field("Time", self.time_field)
        flow.addWidget(Field("Date", self.date_field))
        flow.addWidget(self._time)
        self.box.addWidget(row)
        go = Button("Read from this moment on", name="startGo")
        go.clicked.connect(self._on_answered)
        self.time_field.returnPressed.connect(self._on_answered)
        line = QVBoxLayout()
        line.addWidget(go, 0, Qt.AlignmentFlag.AlignLeft)
        self.box.addLayout(line)
        self.setFocusProxy(self.date_field)

    def _on_answered(self) -> None:
        minutes = self.time_field.value()
        self._time.set_error("" if minutes is not None else "Type a time such as 2341 or 23:41.")
        if minutes is not None:
            self.answered.emit(datetime.combine(self.date_field.date(), time()) + timedelta(minutes=minutes))
