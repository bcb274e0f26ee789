"""One window a journal: a second start hands its arguments to the first and ends."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from dreamjournal.runtime.instance_name import server_name

WAIT_MS = 2000
READ_MS = 200
MAX_LINE = 65536


class SingleInstance(QObject):
    """`claim` is True for the first start; later ones get False after their arguments were delivered."""

    called = Signal(object)
    """The arguments of a later start, a list of strings: raise the window."""

    def __init__(self, journal: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = server_name(journal)
        self._server: QLocalServer | None = None

    def claim(self, arguments: list[str]) -> bool:
        """Become the one window of this journal, or hand over to it."""
        if self._hand_over(arguments):
            return False
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        if not server.listen(self._name):
            # A crash leaves the socket's file behind on Unix; nobody answered on it, so it is nobody's.
            QLocalServer.removeServer(self._name)
            server.listen(self._name)
        server.newConnection.connect(self._on_connection)
        self._server = server
        return True

    def release(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _hand_over(self, arguments: list[str]) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(WAIT_MS // 4):
            return False
        socket.write(json.dumps(arguments).encode() + b"\n")
        socket.waitForBytesWritten(WAIT_MS)
        # The answer tells that the first window is alive and not a process that hangs.
        answered = socket.bytesAvailable() > 0 or socket.waitForReadyRead(WAIT_MS)
        socket.disconnectFromServer()
        return answered

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
