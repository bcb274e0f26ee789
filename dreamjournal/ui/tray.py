"""The tray icon, where the desktop has a tray: opens the window, shows a notice when the desktop has no better way."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from dreamjournal.ui.widgets.icon import icon


class Tray(QObject):
    """An icon with "Open", "Lock" where there is a lock, and "Quit".

    `show_note` says one neutral line; a click on it emits `note_clicked(key)`.
    """

    open_requested = Signal()
    lock_requested = Signal()
    quit_requested = Signal()
    note_clicked = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._key = ""
        self._menu = QMenu()
        self._menu.addAction("Open Dreamjournal", self.open_requested.emit)
        self.lock_action = self._menu.addAction("Lock", self.lock_requested.emit)
        self.lock_action.setVisible(False)
        self._menu.addAction("Quit", self.quit_requested.emit)
        self._icon = QSystemTrayIcon(icon("moon", "muted", size=22), self)
        self._icon.setToolTip("Dreamjournal")
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._on_activated)
        self._icon.messageClicked.connect(lambda: self.note_clicked.emit(self._key))
        self._icon.show()

    @staticmethod
    def available() -> bool:
        """Whether this desktop has a tray."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    @staticmethod
    def can_show_notes() -> bool:
        """Whether the tray can show a note."""
        return QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()

    def set_lock(self, *, shown: bool) -> None:
        """Offer the lock, or not: a plain or a locked journal has none."""
        self.lock_action.setVisible(shown)

    def show_note(self, key: str, title: str, body: str) -> None:
        """Say one line; `key` comes back when it is clicked."""
        self._key = key
        self._icon.showMessage(title, body, icon("moon", "muted", size=22))

    def close(self) -> None:
        """Take the icon away."""
        self._icon.hide()
        self._menu.deleteLater()

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.open_requested.emit()
