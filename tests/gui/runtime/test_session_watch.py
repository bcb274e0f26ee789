"""The screen and the sleep of the machine, told by a small desktop on a private bus."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dreamjournal.runtime.session_watch import SAVERS, SessionWatch
from tests.gui.runtime.fake_desktop import LOGIND, OURS, THEIRS, FakeDesktop
from tests.gui.runtime.private_bus import Bus

PROPERTIES = "org.freedesktop.DBus.Properties"


@pytest.fixture
def desktop(bus: Bus) -> Iterator[FakeDesktop]:
    made = FakeDesktop(bus.address)
    yield made
    made.stop()


@pytest.fixture
def watch(qapp, bus: Bus, monkeypatch) -> Iterator[Callable[[], SessionWatch]]:
    monkeypatch.delenv("XDG_SESSION_ID", raising=False)
    made: list[SessionWatch] = []

    def _watch() -> SessionWatch:
        made.append(SessionWatch(system=bus.address, session=bus.address))
        return made[-1]

    yield _watch
    for each in made:
        each.shutdown()
        each.deleteLater()
    qapp.processEvents()


SCREENS = [
    (f"{LOGIND}.Session", "Lock", "", (), OURS),
    (PROPERTIES, "PropertiesChanged", "sa{sv}as", (f"{LOGIND}.Session", {"LockedHint": ("b", True)}, []), OURS),
    ("org.freedesktop.ScreenSaver", "ActiveChanged", "b", (True,), "/org/freedesktop/ScreenSaver"),
    ("org.freedesktop.portal.Inhibit", "StateChanged", "oa{sv}", ("/x", {"screensaver-active": ("b", True)}), "/x"),
]


@pytest.mark.parametrize("said", SCREENS)
def test_each_way_to_say_that_the_screen_is_locked(qtbot, desktop: FakeDesktop, watch, said) -> None:
    heard = watch()
    with qtbot.waitSignal(heard.screen_locked, timeout=5000):
        desktop.say(*said)


QUIET = [
    (f"{LOGIND}.Session", "Lock", "", (), THEIRS),
    (f"{LOGIND}.Session", "Unlock", "", (), OURS),
    (PROPERTIES, "PropertiesChanged", "sa{sv}as", (f"{LOGIND}.Session", {"LockedHint": ("b", False)}, []), OURS),
    (PROPERTIES, "PropertiesChanged", "sa{sv}as", (f"{LOGIND}.Session", {"IdleHint": ("b", True)}, []), OURS),
    ("org.freedesktop.ScreenSaver", "ActiveChanged", "b", (False,), "/org/freedesktop/ScreenSaver"),
    ("org.freedesktop.portal.Inhibit", "StateChanged", "oa{sv}", ("/x", {"screensaver-active": ("b", False)}), "/x"),
]


def test_somebody_elses_screen_and_an_opened_one_say_nothing(qtbot, desktop: FakeDesktop, watch) -> None:
    heard = watch()
    seen: list[str] = []
    heard.screen_locked.connect(lambda: seen.append("locked"))
    for said in QUIET:
        desktop.say(*said)
    with qtbot.waitSignal(heard.woke, timeout=5000):  # after all of them
        desktop.prepare_for_sleep(False)
    assert seen == []


def test_sleep_waits_until_the_words_are_put_away_and_is_held_again_after_it(
    qtbot, desktop: FakeDesktop, watch
) -> None:
    heard = watch()
    assert heard.holds_sleep and desktop.still_held()
    assert [body for member, body in desktop.calls if member == "Inhibit"] == [
        ("sleep", "Dreamjournal", "Words being written are put away", "delay")
    ]
    held: list[bool] = []
    heard.sleeping.connect(lambda: held.append(desktop.still_held()))
    with qtbot.waitSignal(heard.sleeping, timeout=5000):
        desktop.prepare_for_sleep(True)
    assert held == [True] and not heard.holds_sleep and desktop.let_go()
    with qtbot.waitSignal(heard.woke, timeout=5000):
        desktop.prepare_for_sleep(False)
    assert heard.holds_sleep and desktop.still_held()
    heard.shutdown()
    assert not heard.holds_sleep and desktop.let_go()


def test_the_portal_gets_its_answer_when_the_session_is_about_to_end(qtbot, desktop: FakeDesktop, watch) -> None:
    watch()
    desktop.wait_for("CreateMonitor")
    desktop.say("org.freedesktop.portal.Inhibit", "StateChanged", "oa{sv}", ("/x", {"session-state": ("u", 2)}), "/x")
    qtbot.waitUntil(lambda: ("QueryEndResponse", ("/x",)) in desktop.calls, timeout=5000)


def test_other_screen_savers_are_heard(qtbot, bus: Bus, watch) -> None:
    desktop = FakeDesktop(bus.address, SAVERS)
    try:
        heard = watch()
        assert not heard.holds_sleep
        for name in SAVERS:
            with qtbot.waitSignal(heard.screen_locked, timeout=5000):
                desktop.say(name, "ActiveChanged", "b", (True,))
    finally:
        desktop.stop()


def test_without_a_bus_nothing_is_heard_and_nothing_fails(qapp) -> None:
    heard = SessionWatch(system="unix:path=/nowhere", session="unix:path=/nowhere")
    assert not heard.holds_sleep
    heard.shutdown()
    heard.shutdown()


def test_a_bus_that_goes_away_is_let_go(qtbot, bus: Bus, watch) -> None:
    heard = watch()
    assert heard._ears[0].is_open
    bus.stop()
    qtbot.waitUntil(lambda: not any(ear.is_open for ear in heard._ears), timeout=5000)
    heard.shutdown()
