"""Settings: one page of fields made from the list of `services.settings`; each change is kept at once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.changes import Changes
from dreamjournal.services import reminders, settings
from dreamjournal.services.settings import SettingSpec
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.settings.backups_card import BackupsCard
from dreamjournal.ui.settings.bin_card import BinCard
from dreamjournal.ui.settings.check_card import CheckCard
from dreamjournal.ui.settings.export_card import ExportCard
from dreamjournal.ui.settings.keys_card import KeysCard
from dreamjournal.ui.settings.measure_sources import MeasureSourcesControl
from dreamjournal.ui.settings.reading_card import ReadingCard
from dreamjournal.ui.settings.sections import SectionList
from dreamjournal.ui.settings.source_order import SourceOrder
from dreamjournal.ui.settings.tables_card import TablesCard
from dreamjournal.ui.theme import SCALES, theme_of
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import ComboBox, Field, LineField, NumberField, TimeField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.folder_field import FolderField
from dreamjournal.ui.widgets.notices import InlineError, SavedNote
from dreamjournal.ui.widgets.page import SectionHead
from dreamjournal.ui.widgets.rows import TickRow
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.widgets.zone_field import ZoneField
from dreamjournal.ui.words import DAYS, clock_words, short_date, time_words

SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Bedtimes", ("bedtime_work", "bedtime_free", "rise_work", "rise_free", "work_days")),
    ("Wind-down", ("reminder_on", "wind_down_lead_min")),
    ("Nights", ("sleep_need_min", "zone", "source_priority", "measure_sources", "hide_numbers")),
    ("Balance", ("aim_per_week", "emergency_number", "cards_on", "check_ins_on")),
    ("Dreams", ("own_signs", "hidden_signs", "masked_words")),
    ("Imports", ("originals_limit_mb",)),
    ("Locking", ("lock_after_min", "lock_on_minimise")),
    ("Backups", ("backup_second_place", "backup_second_every_h")),
    ("Look", ("theme", "text_scale", "clock_format", "journal_name")),
)
"""The order of the page; every setting of the list has its place here (a test holds the two together)."""
CHOICE_WORDS = {
    ("theme", "auto"): "As the desktop", ("theme", "light"): "Light", ("theme", "dark"): "Dark", ("theme", "night"): "Night",
    ("clock_format", "auto"): "As the desktop", ("clock_format", "24"): "24 hours", ("clock_format", "12"): "12 hours",
}  # fmt: skip

HELP_WORDS = {
    "lock_after_min": (
        "Minutes without a key or a click; 0 never. Not set: 15, in a nurse’s journal 5. "
        "An import or report under way is let finish first."
    ),
    "lock_on_minimise": "The journal locks when its window is put away.",
    "originals_limit_mb": "A larger file is read, but not kept. Kept files can be read again when a reader has been mended; 0 keeps none.",
    "measure_sources": "Where Compare is not told otherwise; for all nights alike.",
}  # fmt: skip
"""Where the list's own words are the command line's."""
UNITS = {"originals_limit_mb": "MB", "backup_second_every_h": "hours"}
"""What stands behind a number that takes the whole width."""
WIDE = 880
PLACEHOLDERS = {"backup_second_place": "None", "journal_name": "My journal", "emergency_number": "112, 999 or 911"}


class SettingsDialog(Dialog):
    """All settings, the bin and the backups. In a nurse's journal with nobody open only the journal's own settings are shown."""

    restore_requested = Signal(object, str)
    """A backup that is to take the place of the journal, with the passphrase of its time where another is needed."""
    save_requested = Signal()
    """The check found damage, and what can be read is to be saved."""
    rewrite_requested = Signal(str, object, object)
    """The whole journal is to be written anew, as `KeysCard.rewrite_requested` says it."""

    def __init__(self, context: PageContext, parent: QWidget | None) -> None:
        super().__init__("Settings", parent, name="settingsDialog", width=WIDE)
        self._context = context
        self._person = context.person_id or None
        self.fields: dict[str, QWidget] = {}
        self._errors: dict[str, InlineError] = {}
        self.body.addWidget(Label("Settings", "page"))
        self._add_list()
        self.saved = SavedNote()
        specs = {spec.key: spec for spec in settings.SETTINGS}
        values = settings.all_values(context.journal, self._person)
        for title, keys in SECTIONS:
            shown = [specs[key] for key in keys if self._person is not None or not specs[key].of_person]
            if shown and (title != "Locking" or context.journal.encrypted):
                self._begin(title)
                if title == "Backups":
                    self.backups = BackupsCard(context)
                    self.backups.restore_requested.connect(self._on_restore)
                    self.body.addWidget(self.backups)
                self._add_section(shown, values)
            self._add_cards(title)
        if self._person is not None:
            self._begin("Bin")
            self.bin = BinCard(context)
            self.body.addWidget(self.bin)
        self._begin("The whole journal")
        self.export = ExportCard(context)
        self.body.addWidget(self.export)
        self.body.addStretch(1)
        self.foot.addWidget(self.saved)
        self.foot.addStretch(1)
        self.add_answer("Done", primary=True, default=False, name="settingsDone").clicked.connect(self.accept)
        self.resize(WIDE, 700)
        self.sections.setFocus()

    def _add_list(self) -> None:
        """The sections stand at the left of the page, and stay there while it scrolls."""
        self.sections = SectionList(self.scroll_area, name="settingsSections")
        side = QWidget()
        box = QVBoxLayout(side)
        box.setContentsMargins(20, 28, 0, 20)
        box.addWidget(self.sections)
        outer = self.layout()
        assert isinstance(outer, QVBoxLayout)
        outer.removeWidget(self.scroll_area)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(side)
        row.addWidget(self.scroll_area, 1)
        outer.insertLayout(0, row, 1)
        self.setTabOrder(self.sections, self.scroll_area)

    def _begin(self, title: str) -> None:
        head = SectionHead(title)
        self.body.addSpacing(8)
        self.body.addWidget(head)
        self.sections.add_section(title, head)

    def _add_cards(self, title: str) -> None:
        """What stands behind the settings of a section, or after it as a section of its own."""
        context = self._context
        if title == "Wind-down" and self._person is not None:
            self.planned = Label("", "caption", "muted", wrap=True)
            self.body.addWidget(self.planned)
            self._say_planned()
        elif title == "Imports":
            self.reading = ReadingCard(context)
            self.reading.kept.connect(self._on_kept)
            self.body.addWidget(self.reading)
            self.tables = TablesCard(context)
            self.body.addWidget(self.tables)
        elif title == "Locking":
            self._begin("Keys")
            self.keys = KeysCard(context)
            self.keys.rewrite_requested.connect(self._on_rewrite)
            self.body.addWidget(self.keys)
        elif title == "Backups":
            self._begin("Check")
            self.check = CheckCard(context)
            self.check.save_requested.connect(self._on_save)
            self.body.addWidget(self.check)

    def _on_save(self) -> None:
        self.accept()
        self.save_requested.emit()

    def _on_rewrite(self, what: str, protection: object, passphrase: object) -> None:
        self.accept()
        self.rewrite_requested.emit(what, protection, passphrase)

    def _add_section(self, specs: list[SettingSpec], values: dict[str, Any]) -> None:
        narrow = QWidget()
        flow = FlowLayout(narrow, 20, 14, top=True)
        wide: list[QWidget] = []
        for spec in specs:
            control, is_wide = self._control(spec, values[spec.key])
            self.fields[spec.key] = control
            if spec.kind == "yes_no":
                error = InlineError()
                box = QWidget()
                column = QVBoxLayout(box)
                column.setContentsMargins(0, 0, 0, 0)
                column.addWidget(control)
                column.addWidget(error)
                self._errors[spec.key] = error
                wide.append(box)
                continue
            field = Field(spec.title, control, note=HELP_WORDS.get(spec.key, spec.help))
            self._errors[spec.key] = field.error
            if is_wide:
                wide.append(field)
            else:
                field.setFixedWidth(theme_of(self).scaled(196) + 4)
                flow.addWidget(field)
        if flow.count():
            self.body.addWidget(narrow)
        for widget in wide:
            self.body.addWidget(widget)

    def _control(self, spec: SettingSpec, value: Any) -> tuple[QWidget, bool]:
        """The control of a setting and whether it takes the whole width."""
        key, name = spec.key, f"setting_{spec.key}"
        match spec.kind:
            case "time":
                time = TimeField(spec.title, hours=self._context.hours, name=name)
                time.set_value(settings.minutes_of_day(value) if value else None)
                time.edited.connect(lambda: self._keep_time(key, time))
                return time, False
            case "minutes" | "megabytes" | "count":
                number = NumberField(spec.title, low=spec.low, high=spec.high, name=name)
                number.set_value(value)
                number.edited.connect(
                    lambda: self._keep(key, number.text() if number.is_wrong() else _whole(number.value()))
                )
                return (number, False) if key not in UNITS else (_with_unit(number, UNITS[key]), True)
            case "percent":
                sizes = ComboBox(spec.title, [(round(s * 100), f"{round(s * 100)} %") for s in SCALES], name=name)
                sizes.set_value(min((round(s * 100) for s in SCALES), key=lambda s: abs(s - int(value))))
                sizes.picked.connect(lambda v: self._keep(key, v))
                return sizes, False
            case "choice":
                words = [(choice, CHOICE_WORDS.get((key, choice), choice.capitalize())) for choice in spec.choices]
                combo = ComboBox(spec.title, words, name=name)
                combo.set_value(value)
                combo.picked.connect(lambda v: self._keep(key, v))
                return combo, False
            case "yes_no":
                tick = TickRow(spec.title, detail=spec.help, name=name, framed=False)
                tick.setChecked(bool(value))
                tick.clicked.connect(lambda on: self._keep(key, on))
                return tick, True
            case "days":
                return self._days(spec, value), True
            case "sources":
                order = SourceOrder(self._context, list(value), spec.title)
                order.setObjectName(name)
                order.changed.connect(lambda keys: self._keep(key, keys))
                return order, True
            case "measures":
                measures = MeasureSourcesControl(self._context, dict(value), name)
                measures.changed.connect(lambda chosen: self._keep(key, chosen or None))
                return measures, True
            case "zone":
                zone = ZoneField(spec.title, placeholder=self._context.clock.zone(), name=name)
                zone.show_text(str(value or ""))
                zone.edited.connect(lambda: self._keep(key, zone.zone() or zone.text() or None))
                return zone, False
            case "text":
                line = LineField(spec.title, placeholder=PLACEHOLDERS.get(key, ""), name=name)
                line.show_text(str(value or ""))
                line.edited.connect(lambda: self._keep(key, line.text() or None))
                return line, False
            case "folder":
                folder = FolderField(spec.title, placeholder=PLACEHOLDERS.get(key, ""), name=name)
                folder.show_text(str(value or ""))
                folder.edited.connect(lambda: self._keep(key, folder.text() or None))
                return folder, True
            case "words":
                listed = LineField(spec.title, name=name)
                listed.show_text(", ".join(value))
                listed.edited.connect(lambda: self._keep(key, listed.text() or None))
                return listed, True

    def _days(self, spec: SettingSpec, value: list[int]) -> QWidget:
        box = QWidget()
        box.setAccessibleName(spec.title)
        row = FlowLayout(box, 14, 6)
        ticks: list[TickRow] = []
        for index, day in enumerate(DAYS):
            tick = TickRow(day[:3], name=f"workDay{index}", framed=False)
            tick.setAccessibleName(f"{spec.title}: {day}")
            tick.setChecked(index in value)
            tick.clicked.connect(lambda _on: self._keep(spec.key, [i for i, t in enumerate(ticks) if t.isChecked()]))
            ticks.append(tick)
            row.addWidget(tick)
        box.setFocusProxy(ticks[0])
        return box

    def _say_planned(self) -> None:
        """When the reminder comes next, or why none does."""
        context = self._context
        found = reminders.next_wind_down(context.journal, context.person_id, context.clock)
        if isinstance(found, reminders.Next):
            when = f"{short_date(found.local.date(), year=False)}, {time_words(found.local, hours=context.hours)}"
            self.planned.setText(f"Next: {when}. {found.reason}")
        else:
            self.planned.setText(f"No reminder: {found.reason}")

    def _on_restore(self, backup: object, secret: str) -> None:
        self.accept()
        self.restore_requested.emit(backup, secret)

    def _on_kept(self, changes: Changes) -> None:
        self.saved.saved(self._context.now_words())
        self._context.publish(changes, self)

    def _keep_time(self, key: str, field: TimeField) -> None:
        minutes = field.value()
        self._keep(key, field.text() if field.is_wrong() else None if minutes is None else clock_words(minutes))

    def _keep(self, key: str, value: Any) -> None:
        context = self._context
        try:
            changes = settings.set_value(context.journal, self._person, key, value)
        except KnownError as error:
            self.saved.clear()
            self._errors[key].set_sentence(error.sentence)
            return
        self._errors[key].set_sentence("")
        self.saved.saved(context.now_words())
        if key.startswith("backup_"):
            self.backups.fill()
        if Changes.REMINDERS in changes:
            self._say_planned()
        context.publish(changes, self)


def _with_unit(number: NumberField, unit: str) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    number.setFixedWidth(theme_of(number).scaled(96))
    row.addWidget(number)
    row.addWidget(Label(unit, "body", "muted"))
    row.addStretch(1)
    box.setFocusProxy(number)
    box.setAccessibleName(f"{number.accessibleName()}, in {unit}")
    return box


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
