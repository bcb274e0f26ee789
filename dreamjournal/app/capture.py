"""Night capture over the window: into the dark and back, and the words typed before the journal was open."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from dreamjournal.domain.night import tonight
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.main_window import KeepsWords, MainWindow
from dreamjournal.ui.theme import theme_source


class Capture(QObject):
    """Shows night capture as the window's cover. It holds no context: each call is given the one that is open."""

    def __init__(self, window: MainWindow, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window

    def show(self, context: PageContext, typed: str = "") -> None:
        """Everything dark, one field, with `typed` in it."""
        from dreamjournal.ui.capture.page import NightCapture

        cover = self._window.cover()
        if isinstance(cover, NightCapture):
            cover.field.insertPlainText(typed)
            return
        page = NightCapture(context)
        page.left.connect(self._leave)
        page.morning_requested.connect(self._to_morning)
        theme_source().apply(night=True)
        self._window.show_cover(page)
        page.activate(None)
        if typed:
            page.field.insertPlainText(typed)

    def keep_typed(self, context: PageContext, typed: str) -> None:
        """Keep what was typed before the journal was open as the night's draft, and say so."""
        from dreamjournal.services import dreams
        from dreamjournal.ui.capture.page import SLOT
        from dreamjournal.ui.widgets.notices import Banner

        journal, person_id = context.journal, context.person_id
        before = dreams.draft(journal, person_id, SLOT)
        text = f"{before.text}\n{typed}" if before is not None and before.text.strip() else typed
        dreams.autosave(journal, person_id, SLOT, tonight(context.clock.now(), context.zone), text, context.clock)
        banner = Banner("What you typed while the journal was opening is kept as a draft.", (("show", "Show it"),))
        banner.action_invoked.connect(lambda _key: self.show(context))
        self._window.show_banner(banner)

    def _leave(self) -> None:
        cover = self._window.cover()
        if isinstance(cover, KeepsWords):
            cover.leave()
            if cover.unsaved():  # they are nowhere but here
                return
        # Queued: the page that is leaving is still inside its own key event.
        QTimer.singleShot(0, self._drop)

    def _drop(self) -> None:
        self._window.drop_cover()
        if self._window.page() is None:
            self._window.show_page("tonight")

    def _to_morning(self) -> None:
        self._leave()
        QTimer.singleShot(0, self._show_morning)

    def _show_morning(self) -> None:
        if self._window.cover() is None:
            self._window.show_page("morning")
