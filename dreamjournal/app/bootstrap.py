"""Starts the window: reads from top to bottom; what is heavy comes after the first paint."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QTimer
from PySide6.QtWidgets import QApplication

from dreamjournal.app.lifecycle import Lifecycle
from dreamjournal.common.clock import Clock, SystemClock
from dreamjournal.common.paths import default_journal
from dreamjournal.runtime.crash import CrashHook
from dreamjournal.runtime.single_instance import SingleInstance
from dreamjournal.runtime.window_state import load_state
from dreamjournal.ui.main_window import MainWindow
from dreamjournal.ui.theme import install


@dataclass(frozen=True)
class WindowOptions:
    """What the command line asks of the window. `journal` None is the one opened last, else the default one."""

    journal: Path | None = None
    capture: bool = False
    person: str | None = None


def run_window(options: WindowOptions, clock: Clock | None = None) -> int:
    """Open the window and stay in it; the exit code. A second start of the same journal raises the first window."""
    app = make_app()
    state = load_state()
    journal = (options.journal or default_journal()).expanduser().absolute()

    instance = SingleInstance(journal, app)
    if not instance.claim(["--capture"] if options.capture else []):
        return 0

    crash = CrashHook(parent=app)
    crash.install()

    source = install(app, state.theme, state.scale)
    # Capture is for a dark room: not one frame of another theme.
    source.apply(night=state.night or options.capture)
    window = MainWindow()
    if state.geometry:
        window.restoreGeometry(QByteArray.fromBase64(state.geometry.encode()))
    window.show()

    life = Lifecycle(
        app, window, instance, crash, state, clock or SystemClock(),
        journal=journal, capture=options.capture, person=options.person,
    )  # fmt: skip
    window.first_painted.connect(life.open_first)
    QTimer.singleShot(2000, life.open_first)  # a window on another workspace may not be painted for a long time
    code = qt_mainloop(app)
    life.shut_down()
    crash.uninstall()
    return code


def make_app() -> QApplication:
    """The one application object, named for the desktop."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("dreamjournal")
    app.setApplicationDisplayName("Dreamjournal")
    app.setDesktopFileName("dreamjournal")
    app.setQuitOnLastWindowClosed(False)
    return app


def qt_mainloop(app: QApplication) -> int:
    """The event loop, named so that stack traces show it."""
    return app.exec()
