"""What a desktop says about its screen and its sleep, on a D-Bus connection of its own, for tests."""

from __future__ import annotations

import contextlib
import os
import select
import threading

from jeepney import DBusAddress, Message, new_error, new_method_return, new_signal

from tests.gui.runtime.fake_service import FakeService

LOGIND = "org.freedesktop.login1"
OURS = "/org/freedesktop/login1/session/_31"
THEIRS = "/org/freedesktop/login1/session/_32"
PORTAL = "org.freedesktop.portal.Desktop"


class FakeDesktop(FakeService):
    """logind, the screen saver and the portal in one; each is asked for by `names`."""

    def __init__(self, address: str, names: tuple[str, ...] = (LOGIND, "org.freedesktop.ScreenSaver", PORTAL)) -> None:
        self.calls: list[tuple[str, tuple]] = []
        self._held: list[int] = []
        self._asked: dict[str, threading.Event] = {}
        super().__init__(address, names)

    def say(self, interface: str, member: str, signature: str, body: tuple, path: str = "/") -> None:
        self._bus.send(new_signal(DBusAddress(path, interface=interface), member, signature, body))

    def prepare_for_sleep(self, going: bool) -> None:
        self.say(f"{LOGIND}.Manager", "PrepareForSleep", "b", (going,), "/org/freedesktop/login1")

    def wait_for(self, member: str) -> None:
        assert self._asked.setdefault(member, threading.Event()).wait(5), member

    def let_go(self) -> bool:
        """Whether the last inhibitor was given back: its pipe has no writer any more."""
        if not self._held:
            return True
        select.select([self._held[-1]], [], [], 5)
        with contextlib.suppress(BlockingIOError):
            return os.read(self._held[-1], 1) == b""
        return False

    def still_held(self) -> bool:
        with contextlib.suppress(BlockingIOError):
            os.set_blocking(self._held[-1], False)
            return os.read(self._held[-1], 1) != b""
        return True

    def stop(self) -> None:
        super().stop()
        for fd in self._held:
            os.close(fd)

    def answer(self, member: str, message: Message) -> None:
        self.calls.append((member, message.body))
        if member == "GetSessionByPID":
            self._bus.send(new_method_return(message, "o", (OURS,)))
        elif member == "Inhibit":
            ours, theirs = os.pipe()
            self._held.append(ours)
            self._bus.send(new_method_return(message, "h", (theirs,)))
            os.close(theirs)
        elif member not in ("CreateMonitor", "QueryEndResponse"):
            self._bus.send(new_error(message, f"{LOGIND}.NoSuchSession"))
        self._asked.setdefault(member, threading.Event()).set()
