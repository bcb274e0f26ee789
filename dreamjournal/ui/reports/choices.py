"""The left side of Reports: which report, which nights, what is in it, and on what paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.chips import TagChips
from dreamjournal.ui.widgets.choice import ChoiceStrip
from dreamjournal.ui.widgets.dates import SPAN_WORDS, DateField, span_start
from dreamjournal.ui.widgets.fields import ComboBox, Field, LineField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.rows import TickRow
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.widgets.words_edit import WordsEdit
from dreamjournal.ui.words import count_words, source_word

if TYPE_CHECKING:
    from dreamjournal.services.reports import ReportSpec

TEXTS = "dream_texts"
FIRST_KIND = "contrast"


@dataclass(frozen=True)
class Offers:
    """What there is to choose from in the journal, and what the report that was made took of it."""

    enhancers: tuple[str, ...] = ()
    metrics: tuple[tuple[str, str], ...] = ()
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    study: tuple[date, date] | None = None
    nights: tuple[date, date] | None = None
    """First and last night of the report, where it has any, else of the journal."""
    enhancer: str | None = None
    metric: str | None = None
    source: str | None = None


class Choices(QWidget):
    """Asks only; `changed` says that another report is wanted, `spec()` which."""

    changed = Signal(int)
    """How long to wait for more of the same, in milliseconds."""
    dreams_asked = Signal()

    def __init__(self, today: date, title: Label, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pageBody")
        self._today = today
        self._question = ContrastSpec()
        self._study: tuple[date, date] | None = None
        self._dream_ids: tuple[int, ...] = ()
        self._ticked: dict[str, frozenset[str]] = {}
        self.ticks: dict[str, TickRow] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 28, 32, 16)
        column.setSpacing(8)
        column.addWidget(title)
        column.addSpacing(12)
        self._add_kind(column)
        self._add_range(column)
        self._add_question(column)
        self._add_own(column)
        column.addSpacing(4)
        column.addWidget(Label("Parts", "label", strong=True))
        self._parts = QVBoxLayout()
        self._parts.setSpacing(2)
        column.addLayout(self._parts)
        column.addSpacing(12)
        self._add_paper(column)
        self.below = column
        self._fields: dict[str, QWidget] = {
            "enhancer": self.enhancer_field, "metric": self.measure_field, "source": self.source_field, "questions": self.questions_field,
            "title": self.title_field, "tags": self.tags_field, "only_natural": self.only_natural, "dream_ids": self.dreams_field,
        }  # fmt: skip
        for field in self._fields.values():
            field.hide()

    # ---- its parts

    def _add_kind(self, column: QVBoxLayout) -> None:
        self.kind = ComboBox("Report", name="reportKind")
        self.kind.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.kind.picked.connect(self._on_kind)
        self.about = Label("", "caption", "muted", wrap=True)
        column.addWidget(Field("Report", self.kind))
        column.addWidget(self.about)
        column.addSpacing(4)

    def _add_range(self, column: QVBoxLayout) -> None:
        column.addWidget(Label("Nights", "label", "muted"))
        row = QHBoxLayout()
        row.setSpacing(8)
        self.first = DateField("First night", self._today - timedelta(days=55), name="reportFirst")
        self.last = DateField("Last night", self._today, name="reportLast")
        row.addWidget(self.first, 1)
        row.addWidget(Label("to", "body", "muted"))
        row.addWidget(self.last, 1)
        column.addLayout(row)
        links = QWidget()
        flow = FlowLayout(links, 16, 4)
        self.weeks = Button(SPAN_WORDS[28], "link", name="rangeWeeks")
        self.weeks.clicked.connect(lambda: self.set_range(span_start(self._today, 28), self._today))
        self.study = Button("This study", "link", name="rangeStudy")
        self.study.clicked.connect(self._on_study)
        self.study.hide()
        self.whole = Button("All", "link", name="rangeAll")
        self.whole.clicked.connect(lambda: self.set_range(None, None))
        for link in (self.weeks, self.study, self.whole):
            flow.addWidget(link)
        column.addWidget(links)
        for field in (self.first, self.last):
            field.date_chosen.connect(lambda _day: self.set_range(self.first.date(), self.last.date()))

    def _add_question(self, column: QVBoxLayout) -> None:
        column.addSpacing(8)
        self.enhancer = ComboBox("Enhancer", name="reportEnhancer")
        self.measure = ComboBox("Measure", name="reportMeasure")
        self.source = ComboBox("Source", name="reportSource")
        for menu in (self.enhancer, self.measure, self.source):
            menu.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.enhancer.picked.connect(
            lambda v: self._ask(replace(self._question, enhancer=str(v), source=self._own_source()))
        )
        self.measure.picked.connect(lambda v: self._ask(replace(self._question, metric=str(v), source=None)))
        self.source.picked.connect(lambda v: self._ask(replace(self._question, source=None if v is None else str(v))))
        self.enhancer_field = Field("Enhancer", self.enhancer)
        self.measure_field = Field("Measure", self.measure)
        self.source_field = Field("Source", self.source)
        for field in (self.enhancer_field, self.measure_field, self.source_field):
            column.addWidget(field)

    def _add_own(self, column: QVBoxLayout) -> None:
        """What the person writes or picks for some kinds alone."""
        self.title = LineField("Title of the book", placeholder="Dreams", name="reportTitle")
        self.title.edited.connect(lambda: self.changed.emit(0))
        self.title_field = Field("Title", self.title)
        self.tags = TagChips(label="Add a tag", name="reportTags")
        self.tags.changed.connect(lambda _tags: self.changed.emit(0))
        self.tags_field = Field("Only dreams with one of these tags", self.tags)
        self.only_natural = TickRow("Only dreams of natural nights", name="reportNatural", framed=False)
        self.only_natural.clicked.connect(lambda _on=False: self.changed.emit(0))
        self.dreams_field = QWidget()
        row = QVBoxLayout(self.dreams_field)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self.dreams_words = Label("", "caption", "muted", wrap=True)
        self.dreams_link = Button("Choose dreams…", "link", name="reportDreams")
        self.dreams_link.clicked.connect(self.dreams_asked)
        row.addWidget(self.dreams_words)
        row.addWidget(self.dreams_link, 0, Qt.AlignmentFlag.AlignLeft)
        self.questions = WordsEdit("Questions for the visit, one a line", kind="words_list", name="reportQuestions")
        self.questions.setFixedHeight(theme_of(self).scaled(96))
        self.questions.words_changed.connect(lambda: self.changed.emit(900))
        self.questions_field = Field(
            "Questions for the visit", self.questions, note="One a line; they are printed as you write them."
        )
        for field in (self.title_field, self.tags_field, self.only_natural, self.dreams_field, self.questions_field):
            column.addWidget(field)
        self._say_dreams()

    def _add_paper(self, column: QVBoxLayout) -> None:
        column.addWidget(Label("Paper", "label", strong=True))
        self.paper = ChoiceStrip([("a4", "A4"), ("letter", "Letter")], "Paper", name="paper", clearable=False)
        self.paper.set_value("a4")
        self.paper.chosen.connect(lambda _value: self.changed.emit(0))
        column.addWidget(self.paper, 0, Qt.AlignmentFlag.AlignLeft)
        self.name = LineField("Name on the page", placeholder="the pseudonym, as it is", name="reportName")
        self.name.setMaxLength(80)
        self.name.edited.connect(lambda: self.changed.emit(0))
        column.addWidget(Field("Name on the page", self.name, note="For this print only. It is not kept."))

    # ---- what is asked for

    def fill(self) -> None:
        """The kinds there are, the first time the page is shown."""
        from dreamjournal.services import reports

        if self.kind.count():
            return
        self.kind.set_options([(k.key, k.title) for k in reports.KINDS])
        self.kind.set_value(FIRST_KIND)
        self._show_kind()

    def spec(self) -> ReportSpec:
        """The report asked for now."""
        from dreamjournal.services import report_choices, reports

        kind = str(self.kind.value())
        parts = frozenset(key for key, tick in self.ticks.items() if tick.isChecked())
        own: dict[str, object] = {
            "title": self.title.text().strip(), "tags": self.tags.tags(), "only_natural": self.only_natural.isChecked(),
            "dream_ids": self._dream_ids,
            "questions": tuple(line.strip() for line in self.questions.words().splitlines() if line.strip()),
        }  # fmt: skip
        used = set(report_choices.chosen_of(kind))
        question = self._question
        if "metric" not in used:
            question = replace(question, metric=ContrastSpec.metric)
        if "enhancer" not in used:
            question = replace(question, enhancer=None)
        if "source" not in self._fields_shown(used):
            question = replace(question, source=None)
        spec = reports.ReportSpec(kind, question, str(self.paper.value()), parts, TEXTS in parts)
        return replace(spec, **{name: value for name, value in own.items() if name in used})  # type: ignore[arg-type]

    def set_range(self, first: date | None, last: date | None) -> None:
        """Report on these nights; None and None are all of them."""
        if first is not None and last is not None and first > last:
            first, last = last, first
        self._ask(replace(self._question, first=first, last=last))

    def choose_kind(self, kind: str) -> None:
        """Ask for another kind of report."""
        self.kind.set_value(kind)
        self._on_kind(kind)

    def set_dreams(self, ids: Sequence[int]) -> None:
        """Only these dreams; none means all."""
        self._dream_ids = tuple(ids)
        self._say_dreams()
        self.changed.emit(0)

    @property
    def dream_ids(self) -> tuple[int, ...]:
        """The dreams chosen one by one; empty for all."""
        return self._dream_ids

    def show_offers(self, offers: Offers) -> None:
        """What can be chosen, and what the report took where nothing was."""
        self._study = offers.study
        self.study.setVisible(offers.study is not None and self.kind.value() != "two-weeks")
        self.enhancer.set_options([(name, name) for name in offers.enhancers])
        self.enhancer.set_value(offers.enhancer)
        self.measure.set_options(offers.metrics)
        self.measure.set_value(offers.metric)
        self.source.set_options([(key, source_word(key)) for key in offers.sources])
        self.source.set_value(offers.source)
        self.tags.set_known(offers.tags)
        used = self._fields_shown(set(self._used()))
        self.enhancer_field.setVisible("enhancer" in used and len(offers.enhancers) > 1)
        self.source_field.setVisible("source" in used and len(offers.sources) > 1)
        if offers.enhancer is not None:
            self._question = replace(self._question, enhancer=offers.enhancer)
        if offers.metric is not None:
            self._question = replace(self._question, metric=offers.metric)
        known = offers.nights or (self._today, self._today)
        self.first.set_date(self._question.first or known[0])
        self.last.set_date(self._question.last or known[1])

    # ---- within

    def _used(self) -> tuple[str, ...]:
        from dreamjournal.services import report_choices

        return report_choices.chosen_of(str(self.kind.value()))

    def _fields_shown(self, used: set[str]) -> set[str]:
        """A contrast takes the source with most nights of the measure; Compare is the place to choose another."""
        return used - {"source"} if "metric" in used else used

    def _own_source(self) -> str | None:
        return None if "metric" in self._used() else self._question.source

    def _on_kind(self, kind: object) -> None:
        self._question = replace(self._question, source=None)
        self._show_kind()
        self.changed.emit(0)

    def _show_kind(self) -> None:
        from dreamjournal.services import reports

        key = str(self.kind.value())
        said = next((k.help for k in reports.KINDS if k.key == key), "")
        self.about.setText(said if said.endswith((".", "?")) or not said else f"{said}.")
        shown = self._fields_shown(set(self._used()))
        for name, field in self._fields.items():
            field.setVisible(name in shown and not (name == "enhancer" and self.enhancer.count() < 2))
        fortnight = key == "two-weeks"
        self.whole.setText("The last two weeks" if fortnight else "All")
        self.weeks.setVisible(not fortnight)
        self.study.setVisible(not fortnight and self._study is not None)
        self._fill_parts(key)

    def _fill_parts(self, kind: str) -> None:
        from dreamjournal.services import reports

        ticked = self._ticked.setdefault(kind, frozenset())
        self.ticks = {}
        while (item := self._parts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        always: list[str] = []
        for part in reports.part_choices(kind):
            if part.fixed and part.help != "always included":
                always.append(part.title)
                continue
            tick = TickRow(part.title, detail=part.help, name=f"part_{part.key}", framed=False)
            tick.setChecked(part.fixed or part.key in ticked)
            tick.setEnabled(not part.fixed)
            if part.fixed:
                tick.setToolTip("Always included")
            else:
                tick.clicked.connect(lambda _on=False: self._on_tick())
                self.ticks[part.key] = tick
            self._parts.addWidget(tick)

        if kind != FIRST_KIND and always:  # a contrast's many small parts are told by its page
            self._parts.addWidget(Label(f"Always in it: {'; '.join(always)}.", "caption", "muted", wrap=True))

    def _on_tick(self) -> None:
        self._ticked[str(self.kind.value())] = frozenset(k for k, tick in self.ticks.items() if tick.isChecked())
        self.changed.emit(0)

    def _on_study(self) -> None:
        if self._study is not None:
            self.set_range(*self._study)

    def _say_dreams(self) -> None:
        said = (
            f"{count_words(len(self._dream_ids), 'dream')} chosen."
            if self._dream_ids
            else "All dreams of these nights."
        )
        self.dreams_words.setText(said)

    def _ask(self, question: ContrastSpec) -> None:
        self._question = question
        self.changed.emit(0)
