"""Formats without a zone: it is asked for once, remembered for the source, and never guessed."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from dreamjournal.common import plugins
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import RowDraft, SessionDraft
from dreamjournal.domain.instant import from_local
from dreamjournal.services import import_child, imports


class Zoneless:
    """A format whose times are bare wall clocks."""

    key, title, suffixes, parser_version, needs_zone, companions = "zoneless", "Zoneless", (".z",), 1, True, ()

    def sniff(self, head, name):
        return 1.0

    def read(self, stream, options, progress):
        start = from_local(datetime(2026, 3, 12, 23), options.zone)
        yield RowDraft("f line 1", 1, (SessionDraft(start, from_local(datetime(2026, 3, 13, 7), options.zone)),))


@pytest.fixture
def child(monkeypatch):
    """The child's own code, run in this process with that one format."""
    monkeypatch.setattr(plugins, "load_family", lambda package: [Zoneless()])
    return SimpleNamespace(read=lambda request, progress: import_child._read(io.BytesIO(b"x"), request))


def test_without_a_zone_it_is_refused_naming_the_option_then_remembered(journal, clock, child, tmp_path):
    clock.set(datetime(2026, 11, 1, tzinfo=UTC))
    me = journal.persons.all()[0].id
    (tmp_path / "f.z").write_text("x")

    def read(zone=None):
        return imports._read_one(journal, me, tmp_path / "f.z", zone, None, clock, NoProgress(), child)

    assert "--zone" in read().error
    named = read("America/New_York")
    assert (named.zone, named.zone_confidence, named.error) == ("America/New_York", "asked", None)
    imports._apply(journal, me, [named], clock, NoProgress(), write=True)
    assert journal.reading.zones(me)["zoneless"] == "America/New_York"
    again = read()
    assert (again.zone, again.zone_confidence) == ("America/New_York", "asked")
    assert again.rows[0].sessions[0].start.iso_z == "2026-03-13T03:00:00Z"
    assert imports._apply(journal, me, [again], clock, NoProgress(), write=False)[0].rows.unchanged == 1
