"""A service of the desktop on a D-Bus connection of its own, for tests."""

from __future__ import annotations

import contextlib
import socket
import threading

from jeepney import HeaderFields, Message, MessageType, message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection


class FakeService:
    """Has the names and answers calls in a thread: `answer` says how."""

    def __init__(self, address: str, names: tuple[str, ...]) -> None:
        self._bus = open_dbus_connection(address, enable_fds=True)
        for name in names:
            Proxy(message_bus, self._bus).RequestName(name)
        self._thread = threading.Thread(target=self._serve, name="fake-service", daemon=True)
        self._thread.start()

    def answer(self, member: str, message: Message) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._bus.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._bus.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                message = self._bus.receive()
                if message.header.message_type == MessageType.method_call:
                    self.answer(str(message.header.fields.get(HeaderFields.member)), message)
