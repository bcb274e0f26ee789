"""The dialogs that a key, the menu or a dropped file opens over an open journal; each is loaded when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dreamjournal.common.errors import JournalDamaged, KnownError
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.main_window import MainWindow

WaysOut = Callable[[KnownError], None]
"""Closes the journal and shows what can be done about an error."""
FOUND_DAMAGED = JournalDamaged(
    "Part of the journal cannot be read", "the check found damage in its file",
    "restore a backup or save what can still be read; nothing was changed",
)  # fmt: skip

if TYPE_CHECKING:
    from dreamjournal.app.backing_up import BackingUp
    from dreamjournal.app.rekeying import Rekeying


def show(
    command: str, context: PageContext, window: MainWindow, backing_up: BackingUp, rekeying: Rekeying, ways_out: WaysOut
) -> None:  # fmt: skip
    """Open "settings", "enhancers" or "imports", the history of imports; any other command opens nothing."""
    if command == "settings":
        from dreamjournal.ui.settings.dialog import SettingsDialog

        dialog = SettingsDialog(context, window)
        dialog.restore_requested.connect(backing_up.restore)
        dialog.rewrite_requested.connect(rekeying.rewrite)
        dialog.save_requested.connect(lambda: ways_out(FOUND_DAMAGED))
        dialog.open()
    elif command == "enhancers":
        from dreamjournal.ui.enhancers.dialog import EnhancersDialog

        EnhancersDialog(context, window).open()
    elif command == "imports":
        from dreamjournal.ui.imports.history import HistoryDialog

        HistoryDialog(context, window).open()


def show_known(error: KnownError, window: MainWindow, ways_out: WaysOut | None) -> None:
    """Say what did not work; where a part of the journal cannot be read, lead to what can be done about it."""
    from dreamjournal.ui.widgets.dialog import AskDialog, show_error

    if ways_out is None or not isinstance(error, JournalDamaged):
        show_error(window, error.what, error.why, error.what_now)
        return
    text = " ".join(part[0].upper() + part[1:].rstrip(".") + "." for part in (error.why, error.what_now) if part)
    ask = AskDialog(
        window, f"{error.what}.", text, "Close it and see what can be done", stay="Not now", safe_default=False, name="damaged"
    )  # fmt: skip
    ask.accepted.connect(lambda: ways_out(error))
    ask.open()


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
