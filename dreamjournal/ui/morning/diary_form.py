"""The diary's questions in time order, with the rarer ones folded away; unanswered is None, never 0."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.domain.diary import EVENTS, Diary
from dreamjournal.domain.instant import Instant
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.choice import ChoiceStrip, YesNo
from dreamjournal.ui.widgets.fields import Field, LineField, NumberField, TimeField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.page import SectionHead
from dreamjournal.ui.widgets.rows import TickRow
from dreamjournal.ui.widgets.text import Label, tip
from dreamjournal.ui.widgets.words_edit import WordsEdit

TIMES = {"into_bed": "Got into bed", "try_sleep": "Tried to sleep", "final_wake": "Last woke", "out_of_bed": "Got up"}
NUMBERS = {
    "sol": ("Minutes to fall asleep", 1440), "nawk": ("Times awake", 99), "waso": ("Minutes awake, all told", 1440),
    "tasafa": ("Minutes tried at the end", 1440), "ema": ("Minutes awake too early", 1440),
    "own_tst": ("Minutes slept, a guess", 1440), "naps": ("Naps yesterday", 20), "nap_min": ("Minutes of naps", 1440),
}  # fmt: skip
RATINGS = {
    "quality": ("How well you slept", "1 very poor to 5 very good"),
    "rested": ("How rested", "1 not at all to 5 well rested"),
}
YES_NO = {"free_next_day": "A free day after it", "illness": "Ill", "travel": "Travelled", "on_call": "On call"}
WORDS = TIMES | {n: w for n, (w, _) in (NUMBERS | RATINGS).items()} | YES_NO
FIRST = ("into_bed", "try_sleep", "sol", "nawk", "waso", "final_wake", "out_of_bed", "quality")
MORE = ("tasafa", "ema", "own_tst", "rested", "naps", "nap_min")
EVENT_WORDS = {
    "seizure": "A seizure", "skin": "Skin trouble", "faint": "Fainting", "sleepwalking": "Sleepwalking",
    "sleep_driving": "Driving asleep", "mania": "Unusually high or driven", "dark_thoughts": "Very dark thoughts",
    "palpitations": "Heart racing", "drowsy_driving": "Drowsy at the wheel", "headache": "Headache", "other": "Something else",
}  # fmt: skip
HINT = "Best guess is right. No need to have watched the clock."
WRONG_TIME = "This is not a time. Write it as 2341 or 23:41."
WRONG_NUMBER = "This is not a number that fits here."


class FieldGrid(QWidget):
    """Fields side by side, four in a row where there is room, else two or one; reading order stays."""

    def __init__(self, fields: Sequence[QWidget]) -> None:
        super().__init__()
        self._fields = list(fields)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(12)
        self._columns = 0
        self._place(4)

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = columns
        for index, field in enumerate(self._fields):
            self._grid.addWidget(field, index // columns, index % columns)

    def resizeEvent(self, event) -> None:  # noqa: ANN001 - QResizeEvent
        super().resizeEvent(event)
        room = self.width() / theme_of(self).scale
        self._place(4 if room >= 600 else 2 if room >= 300 else 1)

    def minimumSizeHint(self) -> QSize:
        # Four columns are never a reason to be wide: with less room there are two.
        hint = super().minimumSizeHint()
        hint.setWidth(min(hint.width(), theme_of(self).scaled(240)))
        return hint


class DiaryForm(QWidget):
    """`edited` is emitted for the person only; filling never does. `answers` leaves out what was not answered."""

    edited = Signal()
    settled = Signal()
    """The person has finished with a field: time to look at it."""

    def __init__(self, hours: int) -> None:
        super().__init__()
        self.inputs: dict[str, LineField] = {}
        self.ratings: dict[str, ChoiceStrip] = {}
        self.yes_no: dict[str, YesNo] = {}
        self.fields: dict[str, Field] = {}
        for name, word in TIMES.items():
            self._add_input(name, word, TimeField(word, hours=hours, name=name))
        for name, (word, high) in NUMBERS.items():
            self._add_input(name, word, NumberField(word, low=0, high=high, name=name))
        for name, (word, ends) in RATINGS.items():
            strip = ChoiceStrip(tuple((n, str(n)) for n in range(1, 6)), word, name=name)
            strip.setAccessibleDescription(ends)
            strip.setToolTip(tip(ends))
            strip.chosen.connect(lambda _value: self._on_answer())
            self.ratings[name] = strip
            self.fields[name] = Field(word, strip)
        for name, word in YES_NO.items():
            answer = YesNo(word, name=name)
            answer.chosen.connect(lambda _value: self._on_answer())
            self.yes_no[name] = answer
        self.events_asked = YesNo("Anything unwanted?", name="eventsAsked")
        self.events_asked.chosen.connect(lambda _value: self._on_events())
        self.events = {code: TickRow(EVENT_WORDS[code], framed=False, name=f"event_{code}") for code in EVENTS}
        self.comments = WordsEdit("Anything else", kind="words_list", name="diaryComments")
        self.comments.words_changed.connect(self.edited)
        self.more_link = Button("More questions", "link", name="moreQuestions")
        self.more_link.setCheckable(True)
        self.more_link.toggled.connect(self.show_more)
        self._build()
        self.show_more(False)

    def _add_input(self, name: str, word: str, control: LineField) -> None:
        control.textEdited.connect(lambda _text: self.edited.emit())
        control.edited.connect(self._on_answer)
        self.inputs[name] = control
        self.fields[name] = Field(word, control)

    def _build(self) -> None:
        self.hint_beside = Label(HINT, "caption", "muted")
        self.hint_below = Label(HINT, "caption", "muted", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        self.head = SectionHead("How was the night?", self.hint_beside, self.more_link)
        box.addWidget(self.head)
        box.addWidget(self.hint_below)
        box.addWidget(FieldGrid([self.fields[name] for name in FIRST]))
        self.more = QWidget()
        more = QVBoxLayout(self.more)
        more.setContentsMargins(0, 4, 0, 0)
        more.setSpacing(12)
        more.addWidget(FieldGrid([self.fields[name] for name in MORE]))
        answers = QWidget()
        flow = FlowLayout(answers, 24, 12)
        for answer in (*self.yes_no.values(), self.events_asked):
            flow.addWidget(answer)
        more.addWidget(answers)
        self.event_box = QWidget()
        ticks = FlowLayout(self.event_box, 20, 4)
        for row in self.events.values():
            row.clicked.connect(lambda _on: self._on_answer())
            ticks.addWidget(row)
        more.addWidget(self.event_box)
        self.comments_field = Field("Anything else", self.comments)
        more.addWidget(self.comments_field)
        box.addWidget(self.more)

    def show_more(self, shown: bool) -> None:
        """Open or fold the rarer questions; folding keeps their answers."""
        self.more_link.setChecked(shown)
        self.more_link.setText("Fewer questions" if shown else "More questions")
        self.more.setVisible(shown)
        self.event_box.setVisible(self.events_asked.value() is True)

    def show_diary(self, diary: Diary | None, try_sleep: Instant | None) -> None:
        """Show a night's answers; without a diary the lights-out stamp stands in "Tried to sleep" to be confirmed by saving."""
        for name in TIMES:
            instant = getattr(diary, name) if diary is not None else try_sleep if name == "try_sleep" else None
            control = self.inputs[name]
            assert isinstance(control, TimeField)
            control.set_value(None if instant is None else instant.local.hour * 60 + instant.local.minute)
        for name in NUMBERS:
            control = self.inputs[name]
            assert isinstance(control, NumberField)
            control.set_value(None if diary is None else getattr(diary, name))
        for name, strip in self.ratings.items():
            strip.set_value(None if diary is None else getattr(diary, name))
        for name, answer in self.yes_no.items():
            answer.set_value(None if diary is None else getattr(diary, name))
        events = () if diary is None else diary.events
        asked = diary is not None and diary.events_asked is True
        self.events_asked.set_value(bool(events) if asked else None)
        for code, row in self.events.items():
            row.setChecked(code in events)
        self.comments.set_words("" if diary is None else diary.comments)
        for field in self.fields.values():
            field.set_error("")
        answered_more = any(getattr(diary, n) is not None for n in (*MORE, *YES_NO)) if diary is not None else False
        self.show_more(asked or answered_more or bool(diary and diary.comments))

    def answers(self) -> dict[str, object]:
        """What was answered, as `services.mornings.diary_from_answers` takes it; what is no answer is left out."""
        found: dict[str, object] = {}
        for name, control in self.inputs.items():
            value = control.value() if isinstance(control, TimeField | NumberField) else None
            if value is not None:
                found[name] = value
        for name, part in (*self.ratings.items(), *self.yes_no.items()):
            if part.value() is not None:
                found[name] = part.value()
        if self.events_asked.value() is not None:
            found["events_asked"] = True
            yes = self.events_asked.value() is True
            found["events"] = tuple(code for code, row in self.events.items() if yes and row.isChecked())
        if self.comments.words().strip():
            found["comments"] = self.comments.words()
        return found

    def wrong(self) -> dict[str, str]:
        """Fields that hold no answer that can be read, with the sentence to show."""
        found: dict[str, str] = {}
        for name, control in self.inputs.items():
            if isinstance(control, TimeField) and control.is_wrong():
                found[name] = WRONG_TIME
            elif isinstance(control, NumberField) and control.is_wrong():
                found[name] = WRONG_NUMBER
        return found

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Show a sentence under each named field and none under the others."""
        for name, field in self.fields.items():
            field.set_error(errors.get(name, ""))
        if any(name in MORE for name in errors):
            self.show_more(True)

    def as_draft(self) -> str:
        """All that stands in the form, readable or not, as text for a draft."""
        raw: dict[str, object] = {name: control.text() for name, control in self.inputs.items()}
        raw |= {name: part.value() for name, part in (*self.ratings.items(), *self.yes_no.items())}
        raw["events_asked"] = self.events_asked.value()
        raw["events"] = [code for code, row in self.events.items() if row.isChecked()]
        raw["comments"] = self.comments.words()
        return json.dumps(raw, ensure_ascii=False)

    def as_lines(self) -> list[str]:
        """What was answered as lines of plain text, for a file of one's own."""
        lines = [f"{WORDS.get(n, n)}: {c.text()}" for n, c in self.inputs.items() if c.text().strip()]
        for name, part in (*self.ratings.items(), *self.yes_no.items()):
            value = part.value()
            if value is not None:
                said = ("yes" if value else "no") if isinstance(value, bool) else value
                lines.append(f"{WORDS.get(name, name)}: {said}")
        lines += [f"{row.text()}" for row in self.events.values() if row.isChecked()]
        if self.comments.words().strip():
            lines += ["", self.comments.words().strip()]
        return lines

    def show_draft(self, text: str) -> bool:
        """Fill the form from `as_draft`; False when the text is none of it."""
        try:
            raw = json.loads(text)
        except ValueError:
            return False
        if not isinstance(raw, dict):
            return False
        for name, control in self.inputs.items():
            control.show_text(str(raw.get(name) or ""))
        for name, strip in self.ratings.items():
            strip.set_value(raw.get(name))
        for name, answer in self.yes_no.items():
            value = raw.get(name)
            answer.set_value(value if isinstance(value, bool) else None)
        asked = raw.get("events_asked")
        self.events_asked.set_value(asked if isinstance(asked, bool) else None)
        events = raw.get("events")
        for code, row in self.events.items():
            row.setChecked(isinstance(events, list) and code in events)
        self.comments.set_words(str(raw.get("comments") or ""))
        self.show_more(any(raw.get(n) not in (None, "", []) for n in (*MORE, *YES_NO, "events_asked", "comments")))
        return True

    def _on_answer(self) -> None:
        self.edited.emit()
        self.settled.emit()

    def minimumSizeHint(self) -> QSize:
        # The hint beside the heading gives way before the page gets wider than its window.
        return QSize(theme_of(self).scaled(240), super().minimumSizeHint().height())

    def _on_events(self) -> None:
        self.event_box.setVisible(self.events_asked.value() is True)
        self._on_answer()

    def resizeEvent(self, event) -> None:  # noqa: ANN001 - QResizeEvent
        super().resizeEvent(event)
        self.comments.setFixedHeight(theme_of(self).scaled(84))
        beside = self.width() / theme_of(self).scale >= 640
        self.hint_beside.setVisible(beside)
        self.hint_below.setVisible(not beside)


class Computed(QWidget):
    """What follows from the answers: sleep time and its share, or a dash and what it still needs."""

    def __init__(self) -> None:
        super().__init__()
        self.sleep = Label("", "section")
        self.sleep.setObjectName("computedSleep")
        self.sleep_needs = Label("", "tiny", "muted")
        self.share_name = Label("", "caption", "muted")
        self.share = Label("", "section")
        self.share.setObjectName("computedShare")
        self.share_needs = Label("", "tiny", "muted")
        flow = FlowLayout(self, 28, 4)
        flow.setContentsMargins(0, 6, 0, 0)
        for parts in (
            (Label("Your sleep", "caption", "muted"), self.sleep, self.sleep_needs), (self.share_name, self.share, self.share_needs)
        ):  # fmt: skip
            group = QWidget()
            row = QHBoxLayout(group)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(10)
            for part in parts:
                row.addWidget(part)
            flow.addWidget(group)

    def show_values(self, sleep: str, sleep_needs: str, share_name: str, share: str, share_needs: str) -> None:
        """Show both values; a dash comes with what it needs."""
        self.sleep.setText(sleep)
        self.sleep_needs.setText(sleep_needs)
        self.sleep_needs.setVisible(bool(sleep_needs))
        self.share_name.setText(share_name)
        self.share.setText(share)
        self.share_needs.setText(share_needs)
        self.share_needs.setVisible(bool(share_needs))
        self.setAccessibleName(
            f"Your sleep {sleep} {sleep_needs}. {share_name} {share} {share_needs}".replace("–", "not known yet")
        )
