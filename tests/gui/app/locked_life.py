"""A window over a real encrypted journal with needles in it, for the tests of locking."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import CellType
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QAction, QGuiApplication, QTextDocument
from PySide6.QtWidgets import QApplication, QWidget

from dreamjournal.app.lifecycle import Lifecycle
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.person import JournalKind
from dreamjournal.runtime.crash import CrashHook
from dreamjournal.runtime.single_instance import SingleInstance
from dreamjournal.runtime.window_state import WindowState
from dreamjournal.services import dreams, enhancers, journals, persons, settings
from dreamjournal.ui.main_window import MainWindow
from tests.fakes import FakeClock

PASSPHRASE = "four ordinary words"
NEEDLES = ("Quillfeather", "Zolperidon", "Mothlantern", "Brasscomet", "Needlename")
"""In a dream's text, a medicine, a tag, a dream sign, and the name of the journal."""


class Key:
    """The test's own copy of a database key, which a search for holders of the key does not find."""

    __slots__ = ("_turned",)

    def __init__(self, key: bytes) -> None:
        self._turned = key[::-1]

    def is_it(self, value: bytes) -> bool:
        return value[::-1] == self._turned

    def __call__(self) -> bytes:
        return self._turned[::-1]


def make(path: Path, clock: FakeClock, kind: JournalKind = JournalKind.OWN) -> tuple[Path, Key]:
    """An encrypted journal with a word to look for in each kind of place; its path and key."""
    journal = journals.create(path, kind=kind, passphrase=PASSPHRASE, clock=clock)
    key = journal.key
    if kind == JournalKind.NURSE:
        persons.add(journal, "Needlename", clock)
    person = persons.all_persons(journal)[0].id
    for day in range(1, 9):
        text = f"{NEEDLES[0]} {day}: a stair went down into the sea and {NEEDLES[3]} rose."
        dreams.save(journal, person, DreamDraft(date(2026, 7, day), text, tags=(NEEDLES[2],)), clock)
    enhancers.log(journal, person, date(2026, 7, 8), "enhanced", [NEEDLES[1]], "5 mg", clock)
    settings.set_value(journal, person, "own_signs", NEEDLES[3])
    settings.set_value(journal, None, "journal_name", NEEDLES[4])
    journal.close()
    assert key is not None
    return path, Key(key)


def open_window(
    qtbot: Any, qapp: QApplication, path: Path, key: Key | None, clock: FakeClock, folder: Path
) -> Lifecycle:
    """The window with the journal open in it, opened by its key so that no test pays for Argon2."""
    window = MainWindow()
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    life = Lifecycle(
        qapp, window, SingleInstance(path), CrashHook(folder), WindowState(), clock, journal=path, capture=False, person=None
    )  # fmt: skip
    life.opening.begin(path)
    if key is not None:
        life.opening.key_found.emit(key())
    return life


def settle(qapp: QApplication) -> None:
    """What locking leaves to the event loop has happened."""
    for _ in range(3):
        qapp.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()


def texts() -> Iterator[tuple[str, str]]:
    """(where, text) of everything a person, a reader or a curious program could get out of this process's windows."""
    for widget in QApplication.allWidgets():
        where = f"{type(widget).__name__} {widget.objectName()}"
        for name in ("windowTitle", "toolTip", "statusTip", "whatsThis", "accessibleName", "accessibleDescription"):
            yield f"{where}.{name}", getattr(widget, name)()
        for name in ("text", "toPlainText", "placeholderText", "currentText", "title"):
            read = getattr(widget, name, None)
            if callable(read):
                try:
                    yield f"{where}.{name}", str(read())
                except TypeError:
                    continue
        found = QAccessible.queryAccessibleInterface(widget)
        if found is not None:
            for kind in (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value):
                yield f"{where} as read aloud", found.text(kind)
    for each in [o for o in gc.get_objects() if isinstance(o, QObject)]:
        try:
            yield from _of_object(each)
        except RuntimeError:  # its C++ half is gone
            continue
    board = QGuiApplication.clipboard()
    yield "clipboard", board.text()
    for name in board.mimeData().formats() if board.mimeData() is not None else ():
        yield f"clipboard as {name}", bytes(board.mimeData().data(name).data()).decode("utf-8", "replace")


def _of_object(each: QObject) -> Iterator[tuple[str, str]]:
    where = type(each).__name__
    if isinstance(each, QAbstractItemModel):
        for row in range(min(each.rowCount(), 400)):
            for column in range(each.columnCount()):
                for role in (
                    Qt.ItemDataRole.DisplayRole,
                    Qt.ItemDataRole.ToolTipRole,
                    Qt.ItemDataRole.AccessibleTextRole,
                ):
                    yield f"{where} row {row}", str(each.data(each.index(row, column), role))
    if isinstance(each, QTextDocument):
        yield where, each.toPlainText()
    if isinstance(each, QAction):
        yield where, f"{each.text()} {each.toolTip()}"
    if isinstance(each, QWidget):
        yield where, each.windowTitle()


def leaks(needles: tuple[str, ...] = NEEDLES) -> list[str]:
    """Where a needle is still to be found."""
    return sorted({f"{where}: {needle}" for where, text in texts() for needle in needles if needle in text})


def holders_of(secret: Key) -> list[str]:
    """Kinds of Python objects that still point at the database key."""
    gc.collect()
    found: list[str] = []
    for each in gc.get_objects():
        if isinstance(each, dict):
            inside = list(each.values())
        elif isinstance(each, (list, tuple)):
            inside = each
        elif isinstance(each, CellType):
            try:
                inside = (each.cell_contents,)
            except ValueError:
                continue
        else:
            continue
        if any(type(value) is bytes and len(value) == 32 and secret.is_it(value) for value in inside):
            found.append(type(each).__name__)
    return found


def unlock(qtbot: Any, life: Lifecycle) -> None:
    """Type the passphrase and wait for the journal."""
    cover = life.window.cover()
    assert cover is not None and cover.objectName() == "unlockPage"
    cover.field.setText(PASSPHRASE)
    cover.open_button.click()
    qtbot.waitUntil(lambda: life.journal is not None, timeout=30000)


def open_again(life: Lifecycle, key: Key) -> None:
    """Unlock without paying for Argon2; one test goes the whole way."""
    life.opening.key_found.emit(key())
    assert life.journal is not None


def nobody_here(life: Lifecycle, clock: FakeClock, minutes: int = 15) -> None:
    """As if no key or click had come for so long."""
    clock.advance(minutes=minutes)
    life.locking._idle.look()
