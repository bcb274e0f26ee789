"""The shell: the rail, the pages made on first visit, the keys that work everywhere, and what may lie over it all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
)  # fmt: skip
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from dreamjournal.ui.shortcuts import GLOBAL_KEYS
from dreamjournal.ui.theme import theme_of, theme_source
from dreamjournal.ui.widgets.focus_ring import FocusRing
from dreamjournal.ui.widgets.rail import NavRail

if TYPE_CHECKING:
    # Only their names: what the first frame does not show is not loaded before it.
    from dreamjournal.domain.changes import Changes
    from dreamjournal.ui.widgets.notices import Banner
    from dreamjournal.ui.widgets.page import Page

ICONS_ONLY_BELOW = 1100
ICONS_ONLY_FROM_SCALE = 1.75


@runtime_checkable
class KeepsWords(Protocol):
    """A cover with words in it: `leave` keeps them, as a page's does."""

    def leave(self) -> bool: ...

    def unsaved(self) -> str: ...


@dataclass(frozen=True)
class PageSpec:
    """A page made by `factory` on its first visit, opened by Ctrl+`digit`.

    A page with digit 0 has no place in the rail and no key: the page named by `parent` leads to it.
    """

    key: str
    title: str
    icon: str
    digit: int
    factory: Callable[[], Page]
    heading: str = ""
    """Words above this entry in the rail: a nurse's open patient."""
    parent: str = ""


class MainWindow(QMainWindow):
    """One window. It knows pages only as `Page`; what the keys and the menu ask for goes out as `command`."""

    first_painted = Signal()
    command = Signal(str)
    """"import", "lock", "settings", "enhancers", "imports", "open_journal", "sample", "quit"."""
    files_dropped = Signal(object)
    """Paths dropped on the window, to be imported."""
    page_shown = Signal(str)
    closing = Signal()
    minimised = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("Dreamjournal")
        self.setMinimumSize(800, 560)
        self.resize(1280, 800)
        self.setAcceptDrops(True)
        self._specs: dict[str, PageSpec] = {}
        self._pages: dict[str, Page] = {}
        self._night: date | None = None
        self._current = ""
        self._painted = False
        self._may_lose = False
        self._typed = ""
        self._has_lock = False
        self._actions: dict[str, QAction] = {}
        self._shortcuts: list[QShortcut] = []
        self._page_shortcuts: list[QShortcut] = []
        self._back_to: QWidget | None = None

        self.covers = QStackedWidget()
        self.setCentralWidget(self.covers)
        shell = QWidget()
        shell.setObjectName("shell")
        shell.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(shell)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.rail = NavRail()
        self.rail.page_chosen.connect(self.show_page)
        self.rail.foot_chosen.connect(self._on_foot)
        self.rail.set_foot((
            ("import", "Import…", "download", "Ctrl+I"), ("lock", "Lock", "lock", "Ctrl+L"), ("menu", "Menu", "menu", ""),
        ))  # fmt: skip
        self._show_lock(shown=False)
        row.addWidget(self.rail)
        column = QVBoxLayout()
        column.setSpacing(0)
        self._banner_box = QVBoxLayout()
        column.addLayout(self._banner_box)
        self.stack = QStackedWidget()
        column.addWidget(self.stack, 1)
        row.addLayout(column, 1)
        self._shell = shell
        self.covers.addWidget(shell)
        self._blank = QWidget()
        self._blank.setObjectName("shell")
        self._blank.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.stack.addWidget(self._blank)

        FocusRing(self)
        self.menu = QMenu(self)
        self.menu.setObjectName("menu")
        self._bind_keys()
        self.rail.hide()
        self._fit_rail()
        theme_source().changed.connect(self._fit_rail)

    # Pages

    def set_pages(self, specs: Sequence[PageSpec], *, name: str, encrypted: bool, kept: str = "stays here") -> None:
        """The pages of the journal now open; those of the one before are dropped."""
        self._drop_pages()
        self._make_menu()
        self._specs = {spec.key: spec for spec in specs}
        entries: list[tuple[str, str, str, str] | str] = []
        listed = [spec for spec in specs if spec.digit]
        for spec in listed:
            if spec.heading:
                entries.append(spec.heading)
            entries.append((spec.key, spec.title, spec.icon, f"Ctrl+{spec.digit}"))
        self.rail.set_pages(entries)
        self.rail.set_journal(name, encrypted, kept)
        self._show_lock(shown=encrypted)
        self.rail.show()
        for spec in listed:
            shortcut = QShortcut(QKeySequence(f"Ctrl+{spec.digit}"), self)
            shortcut.setEnabled(self.cover() is None)
            shortcut.activated.connect(lambda k=spec.key: self.show_page(k))
            self._page_shortcuts.append(shortcut)
        for key in ("settings", "enhancers", "imports"):
            self._actions[key].setEnabled(True)
        foot = self.rail.item("import")
        if foot is not None:
            foot.setEnabled(True)
        self._fit_rail()

    def show_page(self, key: str, night: date | None = None) -> bool:
        """Bring a page to the front, made now if this is its first visit. False when the page shown will not be left."""
        spec = self._specs.get(key)
        if spec is None:
            return False
        now = self.page()
        if now is not None and key != self._current and not now.leave():
            self.rail.choose(self._current)
            return False
        page = self._pages.get(key)
        if page is None:
            page = spec.factory()
            page.navigate.connect(self._on_navigate)
            page.import_requested.connect(self._on_page_import)
            self._pages[key] = page
            self.stack.addWidget(page)
        if night is not None:
            self._night = night
        self._current = key
        page.activate(night)
        self.stack.setCurrentWidget(page)
        self.rail.choose(spec.parent or key)
        page.focus_first()
        self.page_shown.emit(key)
        return True

    def page(self) -> Page | None:
        """The page at the front."""
        return self._pages.get(self._current)

    def pages(self) -> tuple[Page, ...]:
        """The pages made so far."""
        return tuple(self._pages.values())

    def refresh(self, changes: Changes, initiator: object | None) -> None:
        """Let each page but the one that wrote read again what it shows."""
        for page in self._pages.values():
            if page is not initiator:
                page.refresh(changes)

    def leave_all(self) -> bool:
        """Every page keeps its words; False when one will not be left."""
        cover = self.cover()
        kept = [page.leave() for page in self._pages.values()]
        if cover is not None and isinstance(cover, KeepsWords):
            kept.append(cover.leave())
        return all(kept) and (self._may_lose or not self.unsaved())

    def unsaved(self) -> str:
        """Words of any page that are only on the screen, since the journal could not take them."""
        cover = self.cover()
        texts = [page.unsaved() for page in self._pages.values()]
        if cover is not None and isinstance(cover, KeepsWords):
            texts.append(cover.unsaved())
        return "\n".join(text for text in texts if text)

    def ask_about_unsaved(self, go_on: Callable[[], object]) -> bool:
        """Where words are only on the screen ask whether to lose them, and `go_on` then; False where there are none."""
        words = self.unsaved()
        if not words:
            return False
        from dreamjournal.ui.dreams.elsewhere import UnsavedDialog

        def lose() -> None:
            self._may_lose = True
            go_on()
            self._may_lose = False

        dialog = UnsavedDialog(self, words)
        dialog.lose.connect(lose)
        dialog.open()
        return True

    def close_journal(self) -> None:
        """Back to the empty window: no page of a closed journal stays reachable."""
        self._drop_pages()
        self.rail.set_pages(())
        self.rail.set_journal("", None)
        self._show_lock(shown=False)
        self.rail.hide()
        self.drop_banner()
        self._back_to, self._night, self._typed = None, None, ""
        for key in ("settings", "enhancers", "imports"):
            if key in self._actions:
                self._actions[key].setEnabled(False)

    def _show_lock(self, *, shown: bool) -> None:
        """A plain journal has nothing that could be locked."""
        self._has_lock = shown
        item = self.rail.item("lock")
        if item is not None:
            item.setVisible(shown)
        if "lock" in self._actions:
            self._actions["lock"].setVisible(shown)

    def _drop_pages(self) -> None:
        for shortcut in self._page_shortcuts:
            shortcut.setEnabled(False)  # two of one key, even until the event loop deletes this one, would both be mute
            shortcut.deleteLater()
        self._page_shortcuts = []
        self.stack.setCurrentWidget(self._blank)
        for page in self._pages.values():
            self.stack.removeWidget(page)
            page.hide()
            page.deleteLater()
        self._pages, self._specs, self._current = {}, {}, ""

    # What lies over the shell: first start, unlock, night capture

    def show_cover(self, cover: QWidget) -> None:
        """Show one widget over everything, the rail included; it replaces the cover before."""
        self.drop_cover()
        self._back_to = self.focusWidget()
        self.covers.addWidget(cover)
        self.covers.setCurrentWidget(cover)
        self._enable_page_keys(on=False)  # night capture has a Ctrl+2 of its own
        cover.setFocus()

    def cover(self) -> QWidget | None:
        """What lies over the shell now."""
        widget = self.covers.currentWidget()
        return None if widget is self._shell else widget

    def drop_cover(self) -> None:
        """Back to the shell, with the focus where it was."""
        cover = self.cover()
        if cover is None:
            return
        self.covers.setCurrentWidget(self._shell)
        self.covers.removeWidget(cover)
        self._enable_page_keys(on=True)
        cover.hide()
        cover.deleteLater()
        if self._back_to is not None:
            self._back_to.setFocus()
            self._back_to = None

    def _enable_page_keys(self, *, on: bool) -> None:
        for shortcut in self._page_shortcuts:
            shortcut.setEnabled(on)

    # Banner

    def show_banner(self, banner: Banner) -> None:
        """A line on top of the page, in place of the one before."""
        self.drop_banner()
        self._banner_box.addWidget(banner)

    def drop_banner(self) -> None:
        """Take the line on top of the page away."""
        while self._banner_box.count():
            item = self._banner_box.takeAt(0)
            old = item.widget() if item else None
            if old is not None:
                old.hide()
                old.deleteLater()

    # Keys and menu

    def _make_menu(self) -> None:
        """Made when there is something to choose from, after the first paint."""
        if self._actions:
            return
        plan: tuple[tuple[str, str, str] | None, ...] = (
            ("settings", "Settings…", "Ctrl+,"), ("enhancers", "Enhancers…", ""), ("imports", "Import history…", ""), None,
            ("night_theme", "Night theme", "F9"), ("larger", "Larger text", "Ctrl++"), ("smaller", "Smaller text", "Ctrl+-"),
            ("keys", "All keys", "F1"), None,
            ("lock", "Lock", "Ctrl+L"), ("open_journal", "Open another journal…", ""), ("sample", "Look at a sample journal", ""), None,
            ("quit", "Quit", "Ctrl+Q"),
        )  # fmt: skip
        for entry in plan:
            if entry is None:
                self.menu.addSeparator()
                continue
            key, words, shown = entry
            action = QAction(words, self.menu)
            action.setObjectName(f"menu_{key}")
            if shown:
                action.setText(f"{words}\t{shown}")
            action.triggered.connect(lambda _checked=False, k=key: self._on_key(k))
            self.menu.addAction(action)
            self._actions[key] = action
        if sys.platform == "darwin":
            bar = self.menuBar().addMenu("Journal")
            bar.addActions(self.menu.actions())

    def _bind_keys(self) -> None:
        for key in GLOBAL_KEYS:
            sequences = [QKeySequence(key.sequence)]
            if key.action == "larger":
                sequences.append(QKeySequence("Ctrl+="))
            for sequence in sequences:
                shortcut = QShortcut(sequence, self)
                shortcut.activated.connect(lambda k=key.action: self._on_key(k))
                self._shortcuts.append(shortcut)

    def _on_key(self, action: str) -> None:
        source, page = theme_source(), self.page()
        if action == "night_theme":
            source.toggle_night()
        elif action in ("larger", "smaller", "normal"):
            source.step_scale({"larger": 1, "smaller": -1, "normal": 0}[action])
        elif action == "keys":
            from dreamjournal.ui.keys_dialog import KeysDialog

            pages = tuple((f"Ctrl+{spec.digit}", spec.title) for spec in self._specs.values() if spec.digit)
            KeysDialog(self, pages, lock=self._has_lock).open()
        elif self.cover() is not None and action not in ("quit", "lock", "open_journal", "sample"):
            return
        elif action == "undo":
            if page is not None:
                page.undo()
        elif action in ("night_before", "night_after"):
            if page is not None:
                page.step_night(-1 if action == "night_before" else 1)
        elif action == "table":
            if page is not None:
                page.toggle_table()
        elif action == "find":
            self._find()
        elif action == "new_dream":
            self._new_dream()
        elif action in ("import", "lock", "settings", "enhancers", "imports") and not self._specs:
            return
        else:
            self.command.emit(action)

    def _find(self) -> None:
        page = self.page()
        if page is not None and page.find():
            return
        if self.show_page("dreams"):
            dreams = self.page()
            if dreams is not None:
                dreams.find()

    def _new_dream(self) -> None:
        page = self.page()
        if page is not None and page.new_dream():
            return
        if self.show_page("dreams"):
            dreams = self.page()
            if dreams is not None:
                dreams.new_dream()

    def _on_foot(self, key: str) -> None:
        if key == "menu":
            item = self.rail.item("menu")
            if item is not None:
                self.menu.adjustSize()
                self.menu.popup(item.mapToGlobal(item.rect().topLeft()) - self.menu.rect().bottomLeft())
        else:
            self.command.emit(key)

    def _on_navigate(self, key: str, night: object) -> None:
        self.show_page(key, night if isinstance(night, date) else None)

    def _on_page_import(self, paths: object) -> None:
        if isinstance(paths, list | tuple) and paths:
            self.files_dropped.emit(list(paths))
        else:
            self.command.emit("import")

    # Words typed before the journal is open

    def typed_early(self) -> str:
        """What was typed into the empty window; asking takes it."""
        typed, self._typed = self._typed, ""
        return typed

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        if not self._specs and self.cover() is None and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if event.key() == Qt.Key.Key_Backspace:
                self._typed = self._typed[:-1]
                return
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._typed += "\n"
                return
            if text and text.isprintable():
                self._typed += text
                return
        super().keyPressEvent(event)

    # Window

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_rail()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self.isMinimized():
            self.minimised.emit()

    def _fit_rail(self) -> None:
        compact = self.width() < ICONS_ONLY_BELOW or theme_of(self).scale >= ICONS_ONLY_FROM_SCALE
        if compact != self.rail.compact:
            self.rail.set_compact(compact)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._specs and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.leave_all():
            event.ignore()
            self.ask_about_unsaved(self.close)
            return
        self.closing.emit()
        super().closeEvent(event)
