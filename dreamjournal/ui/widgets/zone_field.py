"""A field for a time zone: completes the names of the world's zones, whatever part of one is typed."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QWidget

from dreamjournal.ui.widgets.fields import LineField

NO_SUCH_ZONE = "There is no time zone of this name. Try one like Europe/London."


@cache
def zone_names() -> list[str]:
    """Zone names as a person would type them, sorted."""
    return sorted(
        name
        for name in available_timezones()
        if "/" in name and not name.startswith(("Etc/", "posix/", "right/", "SystemV/"))
    )


def zone_named(text: str) -> str | None:
    """The zone a person typed, whatever its case and with blanks for underscores; None where there is none."""
    plain = text.strip().replace(" ", "_").casefold()
    return next((name for name in available_timezones() if name.casefold() == plain), None)


class ZoneField(LineField):
    """`zone()` is the IANA name, None while what stands there is none. A name picked from the list is `edited` at once."""

    def __init__(self, label: str, *, placeholder: str = "", name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, placeholder=placeholder, name=name, parent=parent)
        completer = QCompleter(QStringListModel(zone_names(), self), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(lambda _text: self._settle())
        self.setCompleter(completer)

    def zone(self) -> str | None:
        """The zone's name as the list has it."""
        return zone_named(self.text())
