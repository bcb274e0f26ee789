"""One window a journal: a second start hands its arguments to the first and ends.

Who may have the journal is decided by `services.holding`, whose lock ends with its process; this only finds the window
and tells whether it answers. So only the window that holds a journal listens for it, and what a dead one left is its to
take away.
"""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from dreamjournal.runtime.instance_name import server_name

FIND_MS, ANSWER_MS = 200, 400
"""Together under a second: who starts the app twice is told by then."""
READ_MS = 200
MAX_LINE = 65536


class Answer(Enum):
    """What came of calling the window of a journal."""

    NOBODY = "nobody"
    TAKEN = "taken"
    """It took the arguments and comes to the front."""
    SILENT = "silent"
    """It is there and does not answer."""


class SingleInstance(QObject):
    """`claim` is True for the first start; later ones get False after their arguments were delivered."""

    called = Signal(object)
    """The arguments of a later start, a list of strings: raise the window."""

    def __init__(self, journal: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._journal = journal
        self.arguments: list[str] = []
        self.is_silent = False
        """Whether the window that was called last is there and did not answer."""
        self._server: QLocalServer | None = None
        self._listens_for = ""

    def claim(self, arguments: list[str]) -> bool:
        """Whether to go on as a window of this journal: False where another took the arguments."""
        self.arguments = arguments
        return self.call(self._journal) != Answer.TAKEN

    def call(self, journal: Path, answer_ms: int = ANSWER_MS) -> Answer:
        """Hand the arguments to the window of `journal`, where there is one that is not this one."""
        name = server_name(journal)
        if self._server is not None and name == self._listens_for:
            return Answer.NOBODY
        self.is_silent = False
        socket = QLocalSocket()
        socket.connectToServer(name)
        if not socket.waitForConnected(FIND_MS):
            return Answer.NOBODY
        socket.write(json.dumps(self.arguments).encode() + b"\n")
        socket.waitForBytesWritten(FIND_MS)
        # The answer tells that the first window is alive and not a process that hangs.
        answered = socket.bytesAvailable() > 0 or socket.waitForReadyRead(answer_ms)
        socket.disconnectFromServer()
        self.is_silent = not answered
        return Answer.TAKEN if answered else Answer.SILENT

    def listen(self, journal: Path) -> None:
        """Be the window of `journal` that later starts find. Call it once the journal is held."""
        name = server_name(journal)
        if self._server is not None and name == self._listens_for:
            return
        self.release()
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        if not server.listen(name):
            # A crash leaves the socket's file behind on Unix; the journal is held here, so it is nobody's.
            QLocalServer.removeServer(name)
            server.listen(name)
        server.newConnection.connect(self._on_connection)
        self._server, self._listens_for = server, name

    def release(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            self._server.deleteLater()
            self._server = None

    def _on_connection(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()) is not None:
            # The caller has written before this is heard of, so the short wait is for a stranger who says nothing.
            if not socket.canReadLine():
                socket.waitForReadyRead(READ_MS)
            line = bytes(socket.readLine(MAX_LINE).data())
            socket.write(b"ok\n")
            socket.flush()
            socket.disconnectFromServer()
            try:
                arguments = json.loads(line)
            except ValueError:
                continue
            if isinstance(arguments, list):
                self.called.emit([str(a) for a in arguments])
