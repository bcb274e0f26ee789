"""The dialogs that a key, the menu or a dropped file opens over an open journal; each is loaded when it is first wanted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dreamjournal.ui.context import PageContext
from dreamjournal.ui.main_window import MainWindow

if TYPE_CHECKING:
    from dreamjournal.app.backing_up import BackingUp
    from dreamjournal.app.rekeying import Rekeying


def show(command: str, context: PageContext, window: MainWindow, backing_up: BackingUp, rekeying: Rekeying) -> None:
    """Open "settings", "enhancers" or "imports", the history of imports; any other command opens nothing."""
    if command == "settings":
        from dreamjournal.ui.settings.dialog import SettingsDialog

        dialog = SettingsDialog(context, window)
        dialog.restore_requested.connect(backing_up.restore)
        dialog.rewrite_requested.connect(rekeying.rewrite)
        dialog.open()
    elif command == "enhancers":
        from dreamjournal.ui.enhancers.dialog import EnhancersDialog

        EnhancersDialog(context, window).open()
    elif command == "imports":
        from dreamjournal.ui.imports.history import HistoryDialog

        HistoryDialog(context, window).open()


def show_import(context: PageContext, window: MainWindow, paths: list[str]) -> None:
    """Open the import of `paths`, or of what the person chooses; where nobody is open, say whose it would be."""
    if not context.person_id:
        from dreamjournal.ui.widgets.dialog import show_error

        show_error(
            window, "No patient is open", "a recording belongs to one person", "open a patient first, then import"
        )
        return
    from dreamjournal.ui.imports.dialog import ImportDialog

    ImportDialog(context, window, [Path(p) for p in paths]).open()
