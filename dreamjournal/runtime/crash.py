"""Catches what nobody caught: a short report without a word of the journal, and a log for crashes below Python."""

from __future__ import annotations

import faulthandler
import logging
import platform
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import QObject, Signal, qVersion

from dreamjournal import __version__
from dreamjournal.common.errors import KnownError
from dreamjournal.common.paths import private_dir, state_dir


class CrashHook(QObject):
    """Takes over `sys.excepthook` and `threading.excepthook`. `crashed(report)` and `known(error)` come on the GUI thread."""

    crashed = Signal(str)
    known = Signal(object)
    """A KnownError that reached nobody who could show it beside its field."""

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before = (sys.excepthook, threading.excepthook)
        self._file: IO[str] | None = None
        self._folder = folder or state_dir()
        self._reports = 0

    def install(self) -> None:
        """Start catching. A folder that cannot be written only loses the log of hard crashes.

        Who started the interpreter with its own log of them keeps that one.
        """
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        if faulthandler.is_enabled():
            return
        try:
            private_dir(self._folder)
            self._file = (self._folder / "crash.log").open("w", encoding="utf-8")
            faulthandler.enable(self._file)
        except OSError:
            self._file = None

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._before
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            self._file = None

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            return
        if isinstance(error, KnownError):
            self.known.emit(error)
            return
        text = report(kind, trace)
        logging.getLogger("dreamjournal").error(text)
        self._reports += 1
        if self._reports <= 3:  # a fault in a paint event would otherwise open a dialog for every frame
            self.crashed.emit(text)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._on_exception(args.exc_type, args.exc_value, args.exc_traceback)


def report(kind: type[BaseException], trace: TracebackType | None) -> str:
    """What happened where, in files, lines and names of functions only.

    Neither the error's message nor a line of source is in it: both may quote what the person wrote.
    """
    lines = [
        f"Dreamjournal {__version__}, Python {platform.python_version()}, Qt {qVersion()}, {platform.system()} {platform.release()}",
        f"{kind.__module__}.{kind.__qualname__}",
    ]
    for frame in traceback.extract_tb(trace):
        parts = Path(frame.filename).parts
        start = next((i for i, part in enumerate(parts) if part in ("dreamjournal", "site-packages")), len(parts) - 1)
        lines.append(f"  {'/'.join(parts[start:])}:{frame.lineno} in {frame.name}")
    return "\n".join(lines)
