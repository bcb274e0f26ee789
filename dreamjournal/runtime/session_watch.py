"""Hears when the desktop locks its screen or the machine goes to sleep, so that the journal is locked before anybody else sits down.

Three voices, none of which every desktop has: logind (Lock, LockedHint, PrepareForSleep), the screen saver (ActiveChanged),
and the portal's inhibit monitor, the only one inside a sandbox. Where there is no bus, nothing is heard and nothing fails.
Anybody on the bus could forge such a signal; all that comes of it is a locked journal.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from dreamjournal.runtime.desktop_bus import AUTH_S, Ear, Unreachable, ask_for, open_ear

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

LOGIND = "org.freedesktop.login1"
MANAGER = f"{LOGIND}.Manager"
SESSION = f"{LOGIND}.Session"
SAVERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver", "org.mate.ScreenSaver")
PORTAL = "org.freedesktop.portal.Desktop"
INHIBIT = "org.freedesktop.portal.Inhibit"
PROPERTIES = "org.freedesktop.DBus.Properties"
REPLY_S = 1.0
QUERY_END = 2


class SessionWatch(QObject):
    """Emits `screen_locked` and `sleeping`; the machine waits with its sleep until every slot of `sleeping` has returned."""

    screen_locked = Signal()
    sleeping = Signal()
    woke = Signal()

    def __init__(
        self, parent: QObject | None = None, *, system: str = "SYSTEM", session: str = "SESSION", pid: int | None = None
    ) -> None:
        super().__init__(parent)
        self._system, self._pid = system, os.getpid() if pid is None else pid
        self._inhibitor: int | None = None
        at_logind = self._listen(system, self._at_logind)
        self._ears = [ear for ear in (at_logind, self._listen(session, _at_desktop)) if ear is not None]
        if at_logind is not None:
            self._hold_sleep()

    @property
    def holds_sleep(self) -> bool:
        """Whether the machine waits for us before it sleeps."""
        return self._inhibitor is not None

    def shutdown(self) -> None:
        """Hear no more, and hold no sleep up."""
        for ear in self._ears:
            ear.close()
        self._let_sleep()

    # What is listened to

    def _listen(self, address: str, ask: Callable[[DBusConnection], None]) -> Ear | None:
        try:
            ear = open_ear(address, ask, self)
        except Unreachable:
            return None
        ear.heard.connect(self._on_message)
        return ear

    def _at_logind(self, bus: DBusConnection) -> None:
        session = _session_path(bus, self._pid)
        ask_for(bus, LOGIND, MANAGER, "PrepareForSleep")
        if session:
            ask_for(bus, LOGIND, SESSION, "Lock", session)
            ask_for(bus, LOGIND, PROPERTIES, "PropertiesChanged", session)

    def _on_message(self, bus: DBusConnection, message: Message) -> None:
        from jeepney import HeaderFields

        fields, body = message.header.fields, message.body
        match fields.get(HeaderFields.interface), fields.get(HeaderFields.member):
            case interface, "PrepareForSleep" if interface == MANAGER and body:
                self._on_sleep(going=bool(body[0]))
            case interface, "Lock" if interface == SESSION:
                self.screen_locked.emit()
            case interface, "PropertiesChanged" if interface == PROPERTIES and len(body) >= 2 and body[0] == SESSION:
                if _value(body[1], "LockedHint") is True:
                    self.screen_locked.emit()
            case interface, "ActiveChanged" if interface in SAVERS and body and body[0] is True:
                self.screen_locked.emit()
            case interface, "StateChanged" if interface == INHIBIT and len(body) == 2:
                self._on_state(bus, body[0], body[1])
            case _:
                pass

    def _on_state(self, bus: DBusConnection, handle: str, state: Any) -> None:
        from jeepney import DBusAddress, new_method_call

        if _value(state, "screensaver-active") is True:
            self.screen_locked.emit()
        if _value(state, "session-state") == QUERY_END:  # the portal waits a second for everyone who listens
            place = DBusAddress("/org/freedesktop/portal/desktop", bus_name=PORTAL, interface=INHIBIT)
            with contextlib.suppress(OSError):
                bus.send(new_method_call(place, "QueryEndResponse", "o", (handle,)))

    # Sleep

    def _on_sleep(self, *, going: bool) -> None:
        if going:
            self.sleeping.emit()
            self._let_sleep()
        else:
            self._hold_sleep()
            self.woke.emit()

    def _hold_sleep(self) -> None:
        """Ask for the few seconds logind gives to those who have something to put away. The lock is the descriptor."""
        from jeepney import DBusAddress, new_method_call
        from jeepney.io.blocking import open_dbus_connection

        self._let_sleep()
        place = DBusAddress("/org/freedesktop/login1", bus_name=LOGIND, interface=MANAGER)
        words = ("sleep", "Dreamjournal", "Words being written are put away", "delay")
        with contextlib.suppress(
            Exception
        ):  # no logind, or none of our kind: then nothing is held, and nothing is lost
            with open_dbus_connection(self._system, enable_fds=True, auth_timeout=AUTH_S) as bus:
                reply = bus.send_and_get_reply(new_method_call(place, "Inhibit", "ssss", words), timeout=REPLY_S)
            if reply.header.message_type.name == "method_return":
                self._inhibitor = reply.body[0].to_raw_fd()

    def _let_sleep(self) -> None:
        held, self._inhibitor = self._inhibitor, None
        if held is not None:
            with contextlib.suppress(OSError):
                os.close(held)


def _session_path(bus: DBusConnection, pid: int) -> str:
    """The object of our login session: by its name where the desktop gave one, else by our process."""
    from jeepney import DBusAddress, MessageType, new_method_call

    place = DBusAddress("/org/freedesktop/login1", bus_name=LOGIND, interface=MANAGER)
    calls = [new_method_call(place, "GetSessionByPID", "u", (pid,))]
    name = os.environ.get("XDG_SESSION_ID", "")
    if name:
        calls.insert(0, new_method_call(place, "GetSession", "s", (name,)))
    for call in calls:
        try:
            reply = bus.send_and_get_reply(call, timeout=REPLY_S)
        except (TimeoutError, OSError):
            return ""
        if reply.header.message_type == MessageType.method_return and reply.body:
            return str(reply.body[0])
    return ""


def _at_desktop(bus: DBusConnection) -> None:
    _ask_for_monitor(bus)
    for name in SAVERS:
        ask_for(bus, name, name, "ActiveChanged")
    ask_for(bus, PORTAL, INHIBIT, "StateChanged")


def _ask_for_monitor(bus: DBusConnection) -> None:
    """The portal tells of the screen only to those who asked. Whether it is there shows in whether it ever speaks."""
    from jeepney import DBusAddress, MessageFlag, new_method_call

    place = DBusAddress("/org/freedesktop/portal/desktop", bus_name=PORTAL, interface=INHIBIT)
    options = {"handle_token": ("s", "dreamjournal"), "session_handle_token": ("s", "dreamjournal")}
    call = new_method_call(place, "CreateMonitor", "sa{sv}", ("", options))
    call.header.flags |= MessageFlag.no_reply_expected
    bus.send(call)


def _value(found: Any, name: str) -> Any:
    """A value of an `a{sv}`, which comes as (signature, value)."""
    pair = found.get(name) if isinstance(found, dict) else None
    return pair[1] if isinstance(pair, tuple) and len(pair) == 2 else None
