"""The recordings of one night: source, times, how the zone is known, copies, and the way to correct wrong times."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamjournal.domain.instant import Instant
from dreamjournal.domain.session import Session, SessionKind, Validity
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.text import Label, Line
from dreamjournal.ui.words import plain_date, short_date, source_word, time_words

KIND_WORDS = {SessionKind.MAIN: "", SessionKind.NAP: "nap", SessionKind.REST: "rest, not sleep"}
VALIDITY_WORDS = {
    Validity.OK: "", Validity.UNCONFIRMED: "not confirmed", Validity.UNSCORED: "not scored", Validity.OFF_WRIST: "not worn",
}  # fmt: skip


class Recordings(QWidget):
    """One part a session. It only asks; the page acts."""

    correct_asked = Signal(object)
    """The session whose times are to be corrected."""
    bring_back_asked = Signal(object)

    def __init__(
        self, sessions: Sequence[Session], night: date, *, hours: int = 24, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("recordings")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(Label("Recordings", "label", strong=True))
        ordered = sorted(sessions, key=lambda s: (s.copy_of is not None, s.start.utc, s.source))
        by_id = {s.id: s for s in sessions}
        for number, session in enumerate(ordered):
            if number:
                box.addWidget(Line())
            self._add(box, session, night, hours, by_id.get(session.copy_of or 0))

    def _add(self, box: QVBoxLayout, session: Session, night: date, hours: int, of: Session | None) -> None:
        box.addWidget(Label(heading(session, night, hours), "control", wrap=True))
        box.addWidget(Label(zone_words(session), "caption", "muted", wrap=True))
        if session.copy_of is not None:
            whose = f"{source_word(of.source)}’s recording" if of is not None else "another source’s recording"
            box.addWidget(Label(f"A copy of {whose}. It is listed and never counted.", "caption", "muted", wrap=True))
            return
        if session.recorded is not None:
            was = span_words(session.recorded.start, session.recorded.end, night, hours)
            text = f"You corrected the times. Recorded: {was}."
            if not session.stages and session.recorded.measures.tst_min is not None:
                text += " How long you slept in the corrected time is not known, since it has no stages."
            box.addWidget(Label(text, "caption", "muted", wrap=True))
        row = QWidget()
        flow = FlowLayout(row, 16, 4)
        about = f"{source_word(session.source)}, {span_words(session.start, session.end, night, hours)}"
        correct = Button("Correct times…", "link", name=f"correct_{session.id}")
        correct.setAccessibleName(f"Correct the times of {about}")
        correct.clicked.connect(lambda: self.correct_asked.emit(session))
        flow.addWidget(correct)
        if session.recorded is not None:
            back = Button("Bring the recorded times back", "link", name=f"bringBack_{session.id}")
            back.setAccessibleName(f"Bring the recorded times of {source_word(session.source)} back")
            back.clicked.connect(lambda: self.bring_back_asked.emit(session))
            flow.addWidget(back)
        box.addWidget(row, 0, Qt.AlignmentFlag.AlignTop)


def heading(session: Session, night: date, hours: int = 24) -> str:
    """ "WHOOP, 23:41 to 07:02, nap": source, times and what sets the recording apart."""
    parts = [source_word(session.source), span_words(session.start, session.end, night, hours)]
    parts += filter(None, (KIND_WORDS[session.kind], VALIDITY_WORDS[session.validity]))
    return ", ".join(parts)


def span_words(start: Instant, end: Instant, night: date, hours: int = 24) -> str:
    """ "23:41 to 07:02"; a date is named where it is neither the evening's nor the morning's."""
    usual = (night, night + timedelta(days=1))

    def word(at: Instant) -> str:
        clock = time_words(at.local, hours=hours)
        return clock if at.local.date() in usual else f"{clock} on {plain_date(at.local.date())}"

    return f"{word(start)} to {word(end)}"


def full_words(at: Instant, hours: int = 24) -> str:
    """ "Thu 9 Jul 2026, 23:41"."""
    return f"{short_date(at.local.date())}, {time_words(at.local, hours=hours)}"


def zone_words(session: Session) -> str:
    """How the place of the times is known."""
    zone = session.start.zone
    if session.zone_confidence == "asked" and zone:
        return f"Time zone {zone}, as you said."
    if session.zone_confidence == "named" and zone:
        return f"Time zone {zone}, as the file says."
    if zone:
        return f"Time zone {zone}."
    return f"Only the offset is known: {offset_words(session.start.offset_min)}."


def offset_words(minutes: int) -> str:
    """UTC+2, UTC−3:30, UTC."""
    if not minutes:
        return "UTC"
    whole, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{whole}{f':{rest:02d}' if rest else ''}"
