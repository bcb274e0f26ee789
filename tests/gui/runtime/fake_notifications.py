"""A small desktop notification service on a D-Bus connection of its own, for tests."""

from __future__ import annotations

import threading

from jeepney import DBusAddress, Message, new_error, new_method_return, new_signal

from tests.gui.runtime.fake_service import FakeService

NAME = "org.freedesktop.Notifications"
PATH = DBusAddress("/org/freedesktop/Notifications", interface=NAME)


class FakeNotifications(FakeService):
    """Answers Notify and CloseNotification in a thread and keeps what it was sent; `invoke` and `dismiss` play the person.

    `mode`: "show" answers with an id, "refuse" with an error, "mute" never answers.
    """

    def __init__(self, address: str, mode: str = "show") -> None:
        self.mode = mode
        self.notes: list[tuple] = []
        self.closed: list[int] = []
        self.arrived = threading.Event()
        self._closing = threading.Event()
        super().__init__(address, (NAME,))

    def invoke(self, id: int, action: str) -> None:
        self._bus.send(new_signal(PATH, "ActionInvoked", "us", (id, action)))

    def dismiss(self, id: int) -> None:
        self._bus.send(new_signal(PATH, "NotificationClosed", "uu", (id, 2)))

    def wait_closed(self) -> list[int]:
        assert self._closing.wait(5)
        return self.closed

    def answer(self, member: str, message: Message) -> None:
        if member == "Notify":
            self._on_notify(message)
        elif member == "CloseNotification":
            self.closed.append(message.body[0])
            self._bus.send(new_method_return(message))
            self._closing.set()

    def _on_notify(self, message: Message) -> None:
        self.notes.append(message.body)
        self.arrived.set()
        if self.mode == "show":
            self._bus.send(new_method_return(message, "u", (message.body[1] or 40 + len(self.notes),)))
        elif self.mode == "refuse":
            self._bus.send(new_error(message, f"{NAME}.Error.ExcessNotificationGeneration"))
