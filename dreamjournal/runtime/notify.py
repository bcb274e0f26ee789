"""Notices of the desktop over D-Bus, with buttons that answer; where there is no such service, the caller is told.

jeepney speaks D-Bus, as QtDBus sends every Python int as signed and Notify wants an unsigned one. Its socket is watched by
Qt, so nothing waits. Specification: Desktop Notifications 1.2, specifications.freedesktop.org/notification-spec.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

APP = "Dreamjournal"
SERVICE = "org.freedesktop.Notifications"
REPLY_MS = 5000
"""How long the desktop may take to accept a notice before it counts as refused."""
AUTH_S = 1.0


class Notifier(QObject):
    """A desktop without notices: every `show` fails at once, so that the caller uses the tray or a banner."""

    action_invoked = Signal(str, str)
    """The key of the notice, and the key of the action that was chosen."""
    failed = Signal(str)
    """The key of a notice that was not shown."""

    def show(self, key: str, title: str, body: str, actions: Sequence[tuple[str, str]]) -> None:
        """Show a notice in place of an earlier one of this key. `actions` are (key, word); a click on it is the first.

        Texts are neutral: a lock screen and the desktop's history show them to anybody.
        """
        self.failed.emit(key)

    def shutdown(self) -> None:
        """Take what is shown away: its buttons would answer nobody."""


def pick_notifier(parent: QObject | None = None, *, address: str = "SESSION") -> Notifier:
    """The desktop's notices where a session bus answers, else a `Notifier` that says so at once."""
    try:
        return DesktopNotifier(parent, address=address)
    except Unreachable:
        return Notifier(parent)


class Unreachable(Exception):
    """There is no session bus, or it does not speak to us."""


@dataclass
class _Shown:
    """A notice on its way or on the screen."""

    key: str
    actions: tuple[str, ...]
    serial: int
    id: int = 0
    """0 until the desktop has accepted it."""
    sender: str = ""


class DesktopNotifier(Notifier):
    """Notices of the freedesktop service on a session bus. Raises `Unreachable`."""

    def __init__(self, parent: QObject | None = None, *, address: str = "SESSION", reply_ms: int = REPLY_MS) -> None:
        super().__init__(parent)
        self._address = address
        self._notices: dict[str, _Shown] = {}
        self._bus: DBusConnection | None = None
        self._watch: QSocketNotifier | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(reply_ms)
        self._patience.timeout.connect(self._fail_waiting)
        self._connect()

    def _connect(self) -> None:
        from jeepney import MatchRule, message_bus
        from jeepney.io.blocking import open_dbus_connection

        try:
            bus = open_dbus_connection(self._address, auth_timeout=AUTH_S)
        except Exception as error:  # a missing variable, file, server or right all mean the same
            raise Unreachable(str(error)) from error
        rule = MatchRule(type="signal", sender=SERVICE, interface=SERVICE, path="/org/freedesktop/Notifications")
        bus.sock.setblocking(False)
        self._bus = bus
        bus.send(message_bus.AddMatch(rule))
        self._watch = QSocketNotifier(bus.sock.fileno(), QSocketNotifier.Type.Read, self)
        self._watch.activated.connect(self._on_readable)
        self._watch.destroyed.connect(bus.close)  # where a parent takes it along without `shutdown`

    def show(self, key: str, title: str, body: str, actions: Sequence[tuple[str, str]]) -> None:
        from jeepney import DBusAddress, new_method_call

        earlier = self._notices.pop(key, None)
        try:
            if self._bus is None:
                self._connect()
            assert self._bus is not None
            words = [("default", actions[0][1]), *actions] if actions else []
            arguments = (
                APP, earlier.id if earlier is not None else 0, "", title, body, [w for pair in words for w in pair],
                # Transient: it stays in no history. No "show on a private lock screen" hint: the desktop decides.
                {"transient": ("b", True), "urgency": ("y", 1)}, -1,
            )  # fmt: skip
            serial = next(self._bus.outgoing_serial)
            place = DBusAddress("/org/freedesktop/Notifications", bus_name=SERVICE, interface=SERVICE)
            self._bus.send(new_method_call(place, "Notify", "susssasa{sv}i", arguments), serial=serial)
        except (Unreachable, OSError):
            self._drop_bus()
            self.failed.emit(key)
            return
        self._notices[key] = _Shown(key, tuple(k for k, _ in actions), serial)
        self._patience.start()

    def shutdown(self) -> None:
        from jeepney import DBusAddress, new_method_call

        place = DBusAddress("/org/freedesktop/Notifications", bus_name=SERVICE, interface=SERVICE)
        self._patience.stop()
        for notice in self._notices.values():
            if notice.id and self._bus is not None:
                with contextlib.suppress(OSError):
                    self._bus.send(new_method_call(place, "CloseNotification", "u", (notice.id,)))
        self._notices.clear()
        self._drop_bus()

    def _on_readable(self) -> None:
        assert self._bus is not None
        try:
            data = self._bus.sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lose_bus()
            return
        try:
            messages = self._bus.parser.feed(data)
        except Exception:  # noqa: BLE001 - whatever a parser raises, the stream cannot be followed any more
            self._lose_bus()
            return
        for message in messages:
            self._on_message(message)

    def _on_message(self, message: Message) -> None:
        from jeepney import HeaderFields, MessageType

        fields = message.header.fields
        kind = message.header.message_type
        if kind in (MessageType.method_return, MessageType.error):
            serial = fields.get(HeaderFields.reply_serial)
            notice = next((n for n in self._notices.values() if n.serial == serial and not n.id), None)
            if notice is None:
                return
            if kind == MessageType.error or not message.body:
                self._notices.pop(notice.key)
                self.failed.emit(notice.key)
                return
            notice.id, notice.sender = message.body[0], fields.get(HeaderFields.sender, "")
        elif kind == MessageType.signal and fields.get(HeaderFields.interface) == SERVICE and len(message.body) == 2:
            self._on_signal(fields.get(HeaderFields.member), message.body, fields.get(HeaderFields.sender, ""))

    def _on_signal(self, member: str | None, body: tuple[Any, ...], sender: str) -> None:
        notice = next((n for n in self._notices.values() if n.id and (n.id, n.sender) == (body[0], sender)), None)
        if notice is None:
            return  # somebody else's notice
        if member == "ActionInvoked":
            action = notice.actions[0] if body[1] == "default" and notice.actions else body[1]
            if action in notice.actions:
                self.action_invoked.emit(notice.key, action)
        elif member == "NotificationClosed":
            self._notices.pop(notice.key)

    def _fail_waiting(self) -> None:
        for notice in [n for n in self._notices.values() if not n.id]:
            self._notices.pop(notice.key, None)
            self.failed.emit(notice.key)

    def _lose_bus(self) -> None:
        self._drop_bus()
        self._fail_waiting()
        self._notices.clear()

    def _drop_bus(self) -> None:
        watch, bus, self._watch, self._bus = self._watch, self._bus, None, None
        if watch is not None:
            watch.setEnabled(False)  # before its socket is closed
            watch.deleteLater()
        if bus is not None:
            bus.close()
