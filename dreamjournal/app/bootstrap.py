"""Starts the window: reads from top to bottom; what is heavy comes after the first paint."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QTimer
from PySide6.QtWidgets import QApplication

from dreamjournal.common.paths import default_journal
from dreamjournal.runtime.instance_name import may_be_open
from dreamjournal.runtime.window_state import WindowState, load_state
from dreamjournal.ui.main_window import MainWindow
from dreamjournal.ui.theme import install

if TYPE_CHECKING:
    from dreamjournal.app.lifecycle import Lifecycle
    from dreamjournal.common.clock import Clock
    from dreamjournal.runtime.single_instance import SingleInstance

PAINT_WAIT_MS = 2000
"""A window on another workspace may not be painted for a long time; the journal is opened all the same."""


@dataclass(frozen=True)
class WindowOptions:
    """What the command line asks of the window. `journal` None is the default one."""

    journal: Path | None = None
    capture: bool = False
    person: str | None = None


def run_window(options: WindowOptions, clock: Clock | None = None) -> int:
    """Open the window and stay in it; the exit code. A second start of the same journal raises the first window."""
    app = make_app()
    state = load_state()
    journal = (options.journal or default_journal()).expanduser().absolute()

    arguments = ["--capture"] if options.capture else []
    instance = None
    if may_be_open(journal):
        instance = claim(app, journal, arguments)
        if instance is None:
            return 0

    # Capture is for a dark room: not one frame of another theme.
    install(app, state.theme, state.scale, night=state.night or options.capture, has_style=True)
    window = MainWindow()
    if state.geometry:
        window.restoreGeometry(QByteArray.fromBase64(state.geometry.encode()))
    window.show()

    started: list[Lifecycle] = []

    def start() -> None:
        if started:
            return
        # Two starts in the same instant both find no window; here one of them does.
        claimed = instance or claim(app, journal, arguments)
        if claimed is None:
            app.quit()
        else:
            started.append(begin(app, window, claimed, state, clock, journal, options))

    window.first_painted.connect(start)
    QTimer.singleShot(PAINT_WAIT_MS, start)
    code = qt_mainloop(app)
    for life in started:
        life.shut_down()
    return code


def make_app() -> QApplication:
    """The one application object, named for the desktop."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication([*sys.argv[:1], "-style", "fusion"])
    app.setApplicationName("dreamjournal")
    app.setApplicationDisplayName("Dreamjournal")
    app.setDesktopFileName("dreamjournal")
    app.setQuitOnLastWindowClosed(False)
    return app


def claim(app: QApplication, journal: Path, arguments: list[str]) -> SingleInstance | None:
    """Become the one window of this journal; None when another took the arguments."""
    from dreamjournal.runtime.single_instance import SingleInstance

    instance = SingleInstance(journal, app)
    return instance if instance.claim(arguments) else None


def begin(
    app: QApplication, window: MainWindow, instance: SingleInstance, state: WindowState, clock: Clock | None, journal: Path,
    options: WindowOptions,
) -> Lifecycle:  # fmt: skip
    """After the first paint: catch what nobody catches, and open the journal."""
    from dreamjournal.app.lifecycle import Lifecycle
    from dreamjournal.common.clock import SystemClock
    from dreamjournal.runtime.collecting import Collector
    from dreamjournal.runtime.crash import CrashHook

    Collector(app).start()  # before the first thread, and to the end: some are still there when the window goes
    crash = CrashHook(parent=app)
    crash.install()
    life = Lifecycle(
        app,
        window,
        instance,
        crash,
        state,
        clock or SystemClock(),
        journal=journal,
        capture=options.capture,
        person=options.person,
    )
    life.open_first()
    return life


def qt_mainloop(app: QApplication) -> int:
    """The event loop, named so that stack traces show it."""
    return app.exec()
