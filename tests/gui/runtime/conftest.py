"""A private bus for the tests of what the desktop says and shows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.gui.runtime.private_bus import Bus


@pytest.fixture
def bus(tmp_path_factory) -> Iterator[Bus]:
    if shutil.which("dbus-daemon") is None:
        pytest.skip("dbus-daemon (Debian package dbus) is not installed")
    started = Bus(tmp_path_factory.mktemp("bus"))
    yield started
    started.stop()
