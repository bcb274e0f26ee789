"""Notices of the desktop over D-Bus, with buttons that answer; where there is no such service, the caller is told.

Specification: Desktop Notifications 1.2, specifications.freedesktop.org/notification-spec.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from dreamjournal.runtime.desktop_bus import Ear, Unreachable, ask_for, open_ear

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

APP = "Dreamjournal"
SERVICE = "org.freedesktop.Notifications"
REPLY_MS = 5000
"""How long the desktop may take to accept a notice before it counts as refused."""


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
        self._ear: Ear | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(reply_ms)
        self._patience.timeout.connect(self._fail_waiting)
        self._connect()

    def _connect(self) -> Ear:
        self._ear = open_ear(self._address, _ask, self)
        self._ear.heard.connect(self._on_message)
        self._ear.lost.connect(self._lose_bus)
        return self._ear

    def show(self, key: str, title: str, body: str, actions: Sequence[tuple[str, str]]) -> None:
        from jeepney import DBusAddress, new_method_call

        earlier = self._notices.pop(key, None)
        try:
            bus = (self._ear or self._connect()).bus
            words = [("default", actions[0][1]), *actions] if actions else []
            arguments = (
                APP, earlier.id if earlier is not None else 0, "", title, body, [w for pair in words for w in pair],
                # Transient: it stays in no history. No "show on a private lock screen" hint: the desktop decides.
                {"transient": ("b", True), "urgency": ("y", 1)}, -1,
            )  # fmt: skip
            serial = next(bus.outgoing_serial)
            place = DBusAddress("/org/freedesktop/Notifications", bus_name=SERVICE, interface=SERVICE)
            bus.send(new_method_call(place, "Notify", "susssasa{sv}i", arguments), serial=serial)
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
            if notice.id and self._ear is not None:
                with contextlib.suppress(OSError):
                    self._ear.bus.send(new_method_call(place, "CloseNotification", "u", (notice.id,)))
        self._notices.clear()
        self._drop_bus()

    def _on_message(self, _bus: DBusConnection, message: Message) -> None:
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
        ear, self._ear = self._ear, None
        if ear is not None:
            ear.close()


def _ask(bus: DBusConnection) -> None:
    ask_for(bus, SERVICE, SERVICE, path="/org/freedesktop/Notifications")
