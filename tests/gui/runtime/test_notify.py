"""Notices over a private D-Bus session with a small notification service on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dreamjournal.runtime.desktop_bus import Unreachable
from dreamjournal.runtime.notify import DesktopNotifier, Notifier, pick_notifier
from tests.gui.runtime.fake_notifications import NAME, FakeNotifications
from tests.gui.runtime.private_bus import Bus

KEY, TITLE = "wind_down", "Time to wind down."
ACTIONS = (("open", "Open"), ("not_tonight", "Not tonight"))


@pytest.fixture
def serve(bus: Bus) -> Iterator[Callable[..., FakeNotifications]]:
    made: list[FakeNotifications] = []

    def _serve(mode: str = "show") -> FakeNotifications:
        made.append(FakeNotifications(bus.address, mode))
        return made[-1]

    yield _serve
    for each in made:
        each.stop()


@pytest.fixture
def notifier(qapp, bus: Bus) -> Iterator[DesktopNotifier]:
    picked = pick_notifier(address=bus.address)
    assert isinstance(picked, DesktopNotifier)
    yield picked
    picked.shutdown()
    picked.deleteLater()
    qapp.processEvents()


def shown(qtbot, notifier: DesktopNotifier, service: FakeNotifications) -> int:
    notifier.show(KEY, TITLE, "", ACTIONS)
    qtbot.wait_until(lambda: KEY in notifier._notices and notifier._notices[KEY].id > 0, timeout=5000)
    return notifier._notices[KEY].id


def test_what_is_sent(qtbot, notifier: DesktopNotifier, serve) -> None:
    service = serve()
    shown(qtbot, notifier, service)
    ((app, replaces, icon, title, body, actions, hints, expire),) = service.notes
    assert (app, replaces, icon, title, body, expire) == ("Dreamjournal", 0, "", TITLE, "", -1)
    assert actions == ["default", "Open", "open", "Open", "not_tonight", "Not tonight"]
    assert hints == {"transient": ("b", True), "urgency": ("y", 1)}


@pytest.mark.parametrize("pressed, means", [("open", "open"), ("not_tonight", "not_tonight"), ("default", "open")])
def test_a_button_answers(qtbot, notifier: DesktopNotifier, serve, pressed: str, means: str) -> None:
    service = serve()
    id = shown(qtbot, notifier, service)
    with qtbot.waitSignal(notifier.action_invoked, timeout=5000) as answered:
        service.invoke(id, pressed)
    assert answered.args == [KEY, means]


def test_the_notice_of_somebody_else_answers_nothing(qtbot, notifier: DesktopNotifier, serve) -> None:
    service = serve()
    id = shown(qtbot, notifier, service)
    heard = []
    notifier.action_invoked.connect(lambda *args: heard.append(args))
    service.invoke(id + 1, "open")
    service.invoke(id, "format_disk")
    with qtbot.waitSignal(notifier.action_invoked, timeout=5000):
        service.invoke(id, "not_tonight")
    assert heard == [(KEY, "not_tonight")]


def test_another_program_cannot_answer(qtbot, notifier: DesktopNotifier, serve, bus: Bus) -> None:
    service = serve()
    id = shown(qtbot, notifier, service)
    from jeepney import DBusAddress, new_signal
    from jeepney.io.blocking import open_dbus_connection

    heard = []
    notifier.action_invoked.connect(lambda *args: heard.append(args))
    place = DBusAddress("/org/freedesktop/Notifications", bus_name=None, interface=NAME)
    forged = new_signal(place, "ActionInvoked", "us", (id, "open"))
    from jeepney import HeaderFields

    forged.header.fields[HeaderFields.destination] = notifier._ear.bus.unique_name  # passes by the match rule
    with open_dbus_connection(bus.address) as other:
        other.send(forged)
        from jeepney import message_bus
        from jeepney.io.blocking import Proxy

        Proxy(message_bus, other).GetId()  # the bus has passed the forged signal on
    with qtbot.waitSignal(notifier.action_invoked, timeout=5000):
        service.invoke(id, "not_tonight")
    assert heard == [(KEY, "not_tonight")]


def test_a_second_of_the_same_key_replaces_the_first(qtbot, notifier: DesktopNotifier, serve) -> None:
    service = serve()
    id = shown(qtbot, notifier, service)
    assert shown(qtbot, notifier, service) == id
    assert [n[1] for n in service.notes] == [0, id]


def test_a_dismissed_notice_is_forgotten(qtbot, notifier: DesktopNotifier, serve) -> None:
    service = serve()
    service.dismiss(shown(qtbot, notifier, service))
    qtbot.wait_until(lambda: not notifier._notices, timeout=5000)
    shown(qtbot, notifier, service)
    assert [n[1] for n in service.notes] == [0, 0]


def test_shutdown_takes_the_notice_away(qtbot, notifier: DesktopNotifier, serve) -> None:
    service = serve()
    id = shown(qtbot, notifier, service)
    notifier.shutdown()
    assert service.wait_closed() == [id]


def test_without_a_service_it_fails(qtbot, notifier: DesktopNotifier) -> None:
    with qtbot.waitSignal(notifier.failed, timeout=5000) as failed:
        notifier.show(KEY, TITLE, "", ACTIONS)
    assert failed.args == [KEY]


def test_a_refusal_fails(qtbot, notifier: DesktopNotifier, serve) -> None:
    serve("refuse")
    with qtbot.waitSignal(notifier.failed, timeout=5000) as failed:
        notifier.show(KEY, TITLE, "", ACTIONS)
    assert failed.args == [KEY]


def test_a_service_that_never_answers_fails(qtbot, bus: Bus, serve) -> None:
    service, notifier = serve("mute"), DesktopNotifier(address=bus.address, reply_ms=200)
    with qtbot.waitSignal(notifier.failed, timeout=5000) as failed:
        notifier.show(KEY, TITLE, "", ACTIONS)
    assert failed.args == [KEY] and service.arrived.wait(5)
    notifier.shutdown()


def test_a_bus_that_goes_away_fails_what_waits_and_all_after(qtbot, bus: Bus, serve) -> None:
    service, notifier = serve("mute"), DesktopNotifier(address=bus.address)
    notifier.show(KEY, TITLE, "", ACTIONS)
    assert service.arrived.wait(5)
    with qtbot.waitSignal(notifier.failed, timeout=5000):
        bus.stop()
    with qtbot.waitSignal(notifier.failed, timeout=5000) as failed:
        notifier.show(KEY, TITLE, "", ACTIONS)
    assert failed.args == [KEY]
    notifier.shutdown()


def test_a_deleted_parent_closes_the_socket(qtbot, qapp, bus: Bus) -> None:
    from PySide6.QtCore import QEvent, QObject

    parent = QObject()
    sock = pick_notifier(parent, address=bus.address)._ear.bus.sock
    parent.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert sock.fileno() == -1


@pytest.mark.parametrize("address", ["SESSION", "unix:path=/nowhere/bus", "tcp:host=localhost,port=1", "rubbish", ""])
def test_without_a_bus_every_notice_fails_at_once(qtbot, address: str) -> None:
    with pytest.raises(Unreachable):
        DesktopNotifier(address=address)
    picked = pick_notifier(address=address)
    assert type(picked) is Notifier
    with qtbot.waitSignal(picked.failed, timeout=1000) as failed:
        picked.show(KEY, TITLE, "", ACTIONS)
    assert failed.args == [KEY]
    picked.shutdown()
