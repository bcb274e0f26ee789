"""A bus of the desktop that is listened to: its socket is watched by Qt, so that nothing waits.

jeepney speaks D-Bus, as QtDBus sends every Python int as signed and some services want an unsigned one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, Signal

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

AUTH_S = 1.0


class Unreachable(Exception):
    """There is no such bus, or it does not speak to us."""


class Ear(QObject):
    """A connection that is heard until it is closed or its bus goes away, which is not looked for again."""

    heard = Signal(object, object)
    """The connection and a message that came over it."""
    lost = Signal()
    """The bus went away."""

    def __init__(self, bus: DBusConnection, parent: QObject) -> None:
        super().__init__(parent)
        self.bus, self.is_open = bus, True
        bus.sock.setblocking(False)
        self._watch = QSocketNotifier(bus.sock.fileno(), QSocketNotifier.Type.Read, self)
        self._watch.activated.connect(self._on_readable)
        self._watch.destroyed.connect(bus.close)  # where a parent takes it along without `close`

    def close(self) -> None:
        """Hear no more."""
        if not self.is_open:
            return
        self.is_open = False
        self._watch.setEnabled(False)  # before its socket is closed
        self.deleteLater()
        self.bus.close()

    def _on_readable(self) -> None:
        if not self.is_open:
            return
        try:
            data = self.bus.sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        try:
            messages = self.bus.parser.feed(data) if data else None
        except Exception:  # noqa: BLE001 - whatever a parser raises, the stream cannot be followed any more
            messages = None
        if messages is None:
            self.close()
            self.lost.emit()
            return
        for message in messages:
            if self.is_open:
                self.heard.emit(self.bus, message)


def open_ear(address: str, ask: Callable[[DBusConnection], None], parent: QObject) -> Ear:
    """Connect to a bus; `ask` says what is to be heard while the connection still waits for its answers.

    Raises `Unreachable`.
    """
    from jeepney.io.blocking import open_dbus_connection

    try:
        bus = open_dbus_connection(address, auth_timeout=AUTH_S)
    except Exception as error:  # a missing variable, file, server or right all mean the same
        raise Unreachable(str(error)) from error
    try:
        ask(bus)
    except OSError as error:
        bus.close()
        raise Unreachable(str(error)) from error
    return Ear(bus, parent)


def ask_for(
    bus: DBusConnection, sender: str, interface: str, member: str | None = None, path: str | None = None
) -> None:
    """Ask to be told the signals of an interface: all of them or one, at any place or one. Raises OSError."""
    from jeepney import MatchRule, message_bus

    rule = MatchRule(type="signal", sender=sender, interface=interface, member=member, path=path)
    bus.send(message_bus.AddMatch(rule))
