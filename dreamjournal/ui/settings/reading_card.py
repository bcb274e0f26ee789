"""How files without a zone are read: the zone of each source as once said, and stays elsewhere."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.changes import Changes
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.imports.stays import StaysDialog, stays_words
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.fields import Field
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.widgets.zone_field import NO_SUCH_ZONE, ZoneField
from dreamjournal.ui.words import source_word


class ReadingCard(QWidget):
    """Each change is kept at once; `kept` tells what changed."""

    kept = Signal(object)

    def __init__(self, context: PageContext) -> None:
        from dreamjournal.services import reading

        super().__init__()
        self._context = context
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        zones = reading.zones(context.journal, context.person_id)
        words = (
            "The zone in which the times of these exports are read, since the files name none. What is imported already "
            "follows when its kept files are read again, in the import history."
            if zones
            else "No export without a time zone has been imported yet. When one is, you are asked once."
        )
        box.addWidget(Label(words, "caption", "muted", wrap=True))
        form = QWidget()
        flow = FlowLayout(form, 20, 12, top=True)
        self.fields: dict[str, ZoneField] = {}
        for source, zone in sorted(zones.items()):
            name = source_word(source)
            control = ZoneField(f"Time zone of {name}", name=f"zoneOf_{source}")
            control.show_text(zone)
            field = Field(name, control)
            field.setFixedWidth(theme_of(self).scaled(220))
            control.edited.connect(lambda s=source, c=control, f=field: self._keep(s, c, f))
            flow.addWidget(field)
            self.fields[source] = control
        box.addWidget(form)
        form.setVisible(bool(zones))
        row = QWidget()
        line = FlowLayout(row, 16, 6)
        self.stays_button = Button("Stays elsewhere…", name="settingsStays")
        self.stays_button.clicked.connect(self.open_stays)
        self.stays_words = Label("", "caption", "muted")
        line.addWidget(self.stays_button)
        line.addWidget(self.stays_words)
        box.addWidget(row)
        self._say()

    def open_stays(self) -> StaysDialog:
        """List, add and remove stays in other zones."""
        dialog = StaysDialog(self._context, self)
        dialog.finished.connect(lambda _code: self._after(dialog.changed))
        dialog.open()
        return dialog

    def _after(self, changed: bool) -> None:
        self._say()
        if changed:
            self.kept.emit(Changes.NOTHING)  # the dialog has told the other views itself

    def _say(self) -> None:
        from dreamjournal.services import reading

        words = stays_words(len(reading.travels(self._context.journal, self._context.person_id)))
        self.stays_words.setText(words or "None kept.")

    def _keep(self, source: str, control: ZoneField, field: Field) -> None:
        from dreamjournal.services import reading

        zone = control.zone()
        if zone is None:
            field.set_error(NO_SUCH_ZONE)
            return
        try:
            changes = reading.set_zone(self._context.journal, self._context.person_id, source, zone)
        except KnownError as error:
            field.set_error(error.sentence)
            return
        field.set_error("")
        control.show_text(zone)
        self.kept.emit(changes)
