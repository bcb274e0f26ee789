"""The recordings of a night: what is said of each, and times corrected, brought back and undone by keyboard."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from dreamjournal.domain.instant import Instant, at_offset, from_local
from dreamjournal.domain.night import Night
from dreamjournal.domain.session import Session, SessionKind, SessionMeasures, Validity
from dreamjournal.services import bin as bin_service
from dreamjournal.services import nights as nights_service
from dreamjournal.ui.nights.correct import CorrectDialog
from dreamjournal.ui.nights.measures import columns
from dreamjournal.ui.nights.page import NightsPage
from dreamjournal.ui.nights.recordings import Recordings, heading, offset_words, span_words, zone_words
from dreamjournal.ui.widgets.buttons import Button

LAST = date(2026, 5, 4)
DAY = date(2026, 7, 9)


def made(start: Instant, end: Instant, **more: object) -> Session:
    return replace(
        Session(1, 1, DAY, "whoop", "x", SessionKind.MAIN, Validity.OK, start, end, SessionMeasures(tst_min=400)),
        **more,
    )


def london(day: int, hour: int, minute: int, month: int = 7) -> Instant:
    return from_local(datetime(2026, month, day, hour, minute), "Europe/London")


def first_of(work, day: date) -> Session:
    context = work.context
    night = nights_service.night(context.journal, context.person_id, day, context.clock)
    return next(s for s in night.sessions if s.source == "whoop" and s.kind == SessionKind.MAIN)


def texts(widget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


# ---- words


def test_times_name_a_date_only_where_it_is_another():
    start, end = london(9, 23, 41), london(10, 7, 2)
    assert heading(made(start, end), DAY) == "WHOOP, 23:41 to 07:02"
    assert heading(made(start, end, kind=SessionKind.NAP), DAY, 12) == "WHOOP, 11:41 pm to 7:02 am, nap"
    assert span_words(start, london(11, 7, 2), DAY) == "23:41 to 07:02 on 11 Jul 2026"


def test_how_the_zone_is_known():
    s = made(london(9, 23, 41), london(10, 7, 2))
    assert zone_words(replace(s, zone_confidence="named")) == "Time zone Europe/London, as the file says."
    assert zone_words(replace(s, zone_confidence="asked")) == "Time zone Europe/London, as you said."
    only = at_offset(datetime(2026, 7, 9, 22, tzinfo=UTC), -210)
    assert zone_words(made(only, only, zone_confidence="offset")) == "Only the offset is known: UTC−3:30."
    assert (offset_words(0), offset_words(120)) == ("UTC", "UTC+2")


def test_a_copy_is_shown_as_one_and_cannot_be_corrected(qtbot, themed):
    own = made(london(9, 23, 41), london(10, 7, 2), source="oura")
    copy = replace(own, id=2, source="withings", copy_of=1)
    listed = Recordings((copy, own), DAY)
    qtbot.addWidget(listed)
    assert "A copy of Oura’s recording. It is listed and never counted." in texts(listed)
    assert [b.objectName() for b in listed.findChildren(Button)] == ["correct_1"]
    heads = [c.heading for c in columns(Night(1, DAY, sessions=(own, copy), condition=None))]
    assert heads == ["Oura", "Withings (copy)"]


# ---- correcting


def test_times_are_corrected_with_date_and_time_and_undone(sample_work, qtbot):
    page = sample_work.page(NightsPage)
    was = first_of(sample_work, LAST)
    page.detail.findChild(Button, f"correct_{was.id}").click()
    dialog = page.findChild(CorrectDialog)
    assert dialog.start.date_field.date() == was.start.local.date()
    assert "Recorded: " in dialog.recorded.text()
    dialog.end.date_field.set_date(was.start.local.date())
    dialog.end.time_field.setText("0100")
    dialog.go.click()
    assert dialog.isVisible() and "end is not after the start" in dialog.error.sentence()
    dialog.end.date_field.set_date(LAST + timedelta(days=1))
    dialog.end.time_field.setText("0530")
    assert dialog.said.text().endswith("in the night of Monday 4 to Tuesday 5 May.")
    with qtbot.waitSignal(sample_work.context.bus.changed):
        qtbot.keyClick(dialog.end.time_field, Qt.Key.Key_Return)
    sample_work.settle()
    now = first_of(sample_work, LAST)
    assert now.end.local == datetime(2026, 5, 5, 5, 30) and now.start == was.start
    assert now.recorded.end == was.end
    assert "You corrected the times. Recorded: " in texts(page.detail)
    assert page.undo_offer.is_open()
    page.undo()
    sample_work.settle()
    assert first_of(sample_work, LAST) == was


def test_the_recorded_times_come_back_and_that_is_undone(sample_work):
    page = sample_work.page(NightsPage)
    was = first_of(sample_work, LAST)
    dialog = page.correct_times(was)
    dialog.end.time_field.setText("05:30")
    dialog.go.click()
    sample_work.settle()
    corrected = first_of(sample_work, LAST)
    again = page.correct_times(corrected)
    again.end.time_field.setText("05:45")
    again.go.click()
    sample_work.settle()
    page.undo()
    sample_work.settle()
    assert first_of(sample_work, LAST) == corrected
    page.detail.findChild(Button, f"bringBack_{was.id}").click()
    sample_work.settle()
    assert first_of(sample_work, LAST) == was
    page.undo()
    sample_work.settle()
    assert first_of(sample_work, LAST) == corrected


def test_no_time_is_told_and_nothing_kept(sample_work):
    page = sample_work.page(NightsPage)
    was = first_of(sample_work, LAST)
    dialog = page.correct_times(was)
    dialog.start.time_field.setText("half past")
    dialog.go.click()
    assert dialog.isVisible() and "2341" in dialog.start.time_box.error.sentence()
    dialog.reject()
    assert first_of(sample_work, LAST) == was


@pytest.mark.parametrize("second", [False, True])
def test_the_doubled_hour_can_be_told_apart(work, qtbot, second):
    start, end = london(24, 23, 0, 10), london(25, 7, 0, 10)
    kept: list[tuple[Instant, Instant]] = []
    dialog = CorrectDialog(work.context, None, made(start, end), lambda a, b: kept.append((a, b)))
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.start.second.isVisible()
    dialog.start.date_field.choose(date(2026, 10, 25))
    dialog.start.time_field.setText("01:30")
    assert dialog.start.second.isVisible()
    dialog.start.second.setChecked(second)
    dialog.go.click()
    assert kept[0][0].utc == datetime(2026, 10, 25, 1 if second else 0, 30, tzinfo=UTC)


def test_a_time_that_never_was_is_told(work, qtbot):
    start, end = london(28, 23, 0, 3), london(29, 7, 0, 3)
    dialog = CorrectDialog(work.context, None, made(start, end), lambda a, b: None)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.end.time_field.setText("01:30")
    dialog.go.click()
    assert "never was" in dialog.end.time_box.error.sentence()


def test_seconds_of_a_time_left_alone_are_kept(work, qtbot):
    start = Instant(datetime(2026, 7, 9, 22, 41, 37, tzinfo=UTC), 60, "Europe/London")
    kept: list[tuple[Instant, Instant]] = []
    dialog = CorrectDialog(work.context, None, made(start, london(10, 7, 2)), lambda a, b: kept.append((a, b)))
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.end.time_field.setText("06:40")
    dialog.go.click()
    assert kept == [(start, london(10, 6, 40))]


def test_a_sealed_night_lists_no_recording(sample_work):
    context = sample_work.context
    bin_service.discard_diary(context.journal, context.person_id, LAST, context.clock)
    page = sample_work.page(NightsPage)
    assert page.detail.night.sealed
    assert page.detail.findChild(Recordings) is None
