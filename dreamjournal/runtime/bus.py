"""Tells every view what changed, and who changed it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from dreamjournal.domain.changes import Changes


class Bus(QObject):
    """`changed(Changes, initiator)`: a view looks at the flags, and ignores its own echo by the initiator (may be None)."""

    changed = Signal(object, object)

    def publish(self, changes: Changes, initiator: object | None = None) -> None:
        """Tell what changed; nothing is told where nothing did."""
        if changes:
            self.changed.emit(changes, initiator)
