"""What was copied out of the app does not stay in the clipboard: it is taken back after a minute, and at once on locking."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication

CLEAR_AFTER_MS = 60_000


class ClipboardGuard(QObject):
    """Watches the clipboard and, where there is one, the selection. What another program put there is never touched."""

    def __init__(self, parent: QObject | None = None, *, clear_after_ms: int = CLEAR_AFTER_MS) -> None:
        super().__init__(parent)
        self._clipboard = QGuiApplication.clipboard()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(clear_after_ms)
        self._timer.timeout.connect(self.clear)
        self._clipboard.dataChanged.connect(self._on_changed)

    def clear(self) -> None:
        """Take back what is ours."""
        self._timer.stop()
        for mode, ours in self._modes():
            if ours:
                self._clipboard.clear(mode)

    def _on_changed(self) -> None:
        # From the last copy on: one that is looked at again and again would else never be taken back.
        if self._clipboard.text() and any(ours for _, ours in self._modes()):
            self._timer.start()
        else:
            self._timer.stop()

    def _modes(self) -> tuple[tuple[QClipboard.Mode, bool], ...]:
        board = self._clipboard
        alone = QGuiApplication.platformName() in ("offscreen", "minimal")  # which know no other program, and no owner
        return (
            (QClipboard.Mode.Clipboard, alone or board.ownsClipboard()),
            (QClipboard.Mode.Selection, board.supportsSelection() and board.ownsSelection()),
        )
