"""Enhancers: what they are, which imported tags mean them, and which one is the only one used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QTableView, QWidget

from dreamjournal.common.errors import KnownError
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.exposure import Enhancer, EnhancerKind, EnhancerRule, OnlyPeriod
from dreamjournal.domain.night import tonight
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.nights.listed import NightsDialog
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.choice import ChoiceStrip
from dreamjournal.ui.widgets.dates import DateField
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import ComboBox, Field, LineField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError, UndoOffer
from dreamjournal.ui.widgets.tables import Cell, RowsModel, fit_rows, make_table
from dreamjournal.ui.widgets.text import Label, Line
from dreamjournal.ui.words import count_words, plain_date, source_word

if TYPE_CHECKING:
    from dreamjournal.services.enhancers import TagNights

KIND_WORDS = {
    EnhancerKind.DEVICE: "Device", EnhancerKind.STIMULATION: "Stimulation", EnhancerKind.DRUG: "Medicine",
    EnhancerKind.SUPPLEMENT: "Supplement", EnhancerKind.THERAPY: "Therapy", EnhancerKind.OTHER: "Something else",
}  # fmt: skip
NOTHING = "nothing"


class EnhancersDialog(Dialog):
    """Every change is kept at once, and told to the other views."""

    def __init__(self, context: PageContext, parent: QWidget | None) -> None:
        super().__init__("Enhancers", parent, name="enhancersDialog", width=800)
        self._context = context
        self._all: list[Enhancer] = []
        self._enhancers: list[Enhancer] = []
        self._rules: list[EnhancerRule] = []
        self._tags: list[tuple[str, str, int]] = []
        self._periods: list[tuple[OnlyPeriod, str]] = []
        self._take_back: Callable[[], Changes] | None = None
        self.error = InlineError()
        self.undo_offer = UndoOffer()
        self.undo_offer.undo_requested.connect(self._on_undo)
        QShortcut(QKeySequence.StandardKey.Undo, self, self.undo_offer.undo)
        self._add_list()
        self.body.addWidget(Line())
        self._add_tags()
        self.body.addWidget(Line())
        self._add_only()
        self.body.addStretch(1)
        self.foot.addWidget(self.error, 4)
        self.foot.addStretch(1)
        self.add_answer("Done", primary=True, name="enhancersDone").clicked.connect(self.accept)
        self.resize(800, 700)
        self._load()
        self.name.setFocus()

    # ---- parts

    def _add_list(self) -> None:
        self.body.addWidget(Label("Enhancers", "verdict"))
        self.body.addWidget(
            Label(
                "A neural device, stimulation, a medicine, a supplement, CPAP: whatever makes a night other than natural.",
                "caption",
                "muted",
                wrap=True,
            )
        )
        self.none = Label("None yet. Add the first below.", "body", "muted")
        self.body.addWidget(self.none)
        self.table = make_table("Enhancers", ("Name", "Kind", "Tags that mean it"), stretch=2, name="enhancersTable")
        fit_rows(self.table, 4)
        self.body.addWidget(self.table)
        row = QWidget()
        flow = FlowLayout(row, 12, 8)
        self.name = LineField("Name", placeholder="SleepSync, melatonin 1 mg …", name="enhancerName")
        self.name.setMinimumWidth(240)
        self.name_field = Field("Name", self.name)
        self.kind = ComboBox("Kind", list(KIND_WORDS.items()), name="enhancerKind")
        self.kind.set_value(EnhancerKind.DEVICE)
        add = Button("Add", icon_name="plus", name="enhancerAdd")
        add.clicked.connect(self._on_add)
        self.name.returnPressed.connect(self._on_add)
        self.retire_button = Button("Take off the list", "link", name="enhancerRetire")
        self.retire_button.setToolTip("Past nights keep it")
        self.retire_button.clicked.connect(self._on_retire)
        flow.addWidget(self.name_field)
        flow.addWidget(Field("Kind", self.kind))
        flow.addWidget(Field(" ", add))
        flow.addWidget(Field(" ", self.retire_button))
        self.body.addWidget(row)

    def _add_tags(self) -> None:
        self.body.addWidget(Label("What imported tags mean", "section"))
        self.tags_note = Label("", "caption", "muted", wrap=True)
        self.body.addWidget(self.tags_note)
        self.tags = make_table(
            "Imported tags", ("Tag", "Source", "Nights with it", "Means"), stretch=0, name="tagsTable"
        )
        fit_rows(self.tags, 5)
        self.body.addWidget(self.tags)
        self.tag_box = QWidget()
        line = FlowLayout(self.tag_box, 12, 8)
        self.means = ComboBox("The chosen tag means", name="tagMeans")
        self.map_button = Button("Say so", name="tagMap")
        self.map_button.clicked.connect(self._on_map)
        self.touched = Label("", "body", wrap=True)
        self.touched.setObjectName("tagTouched")
        self.show_touched = Button("Show these nights", "link", name="tagNights")
        self.show_touched.clicked.connect(self.show_nights)
        line.addWidget(self.means)
        line.addWidget(self.map_button)
        line.addWidget(self.show_touched)
        self.body.addWidget(self.tag_box)
        self.body.addWidget(self.touched)
        self.body.addWidget(self.undo_offer)
        self.tags.selectionModel().currentRowChanged.connect(self._on_tag)
        self.means.picked.connect(lambda _value: self._on_tag())

    def _add_only(self) -> None:
        self.body.addWidget(Label("The only one you use", "section"))
        self.body.addWidget(Label(
            "Devices and CPAP machines write a log of their own: nights on which one ran are enhanced by it without any mapping. "
            "A night without a session in that log says nothing about your other enhancers, so it stays not recorded. "
            "Only if you say that one is the only one you use, nights its complete log covers without a session, and nights on which "
            "its question was answered no, count as natural.", "caption", "muted", wrap=True,
        ))  # fmt: skip
        self.only_said = Label("", "body", wrap=True)
        self.only_said.setObjectName("onlySaid")
        self.body.addWidget(self.only_said)
        row = QWidget()
        flow = FlowLayout(row, 12, 8)
        today = tonight(self._context.clock.now(), self._context.zone)
        self.only = ComboBox("The only enhancer", name="onlyEnhancer")
        self.span = ChoiceStrip(
            [("all", "All nights"), ("dates", "From … to …")], "For which nights", name="onlySpan", clearable=False
        )
        self.span.set_value("all")
        self.first = DateField("First night", today - timedelta(days=28), name="onlyFirst")
        self.last = DateField("Last night", today, name="onlyLast")
        say = Button("Only this one", name="onlySay")
        say.clicked.connect(self._on_only)
        self.take_back = Button("Take it back", "link", name="onlyBack")
        self.take_back.clicked.connect(self._on_only_back)
        for widget in (self.only, self.span, self.first, self.last, say, self.take_back):
            flow.addWidget(widget)
        self.only_box = row
        self.body.addWidget(row)
        self.span.chosen.connect(lambda _value: self._show_dates())
        self._show_dates()

    def _show_dates(self) -> None:
        for field in (self.first, self.last):
            field.setVisible(self.span.value() == "dates")

    # ---- reading

    def _load(self) -> None:
        from dreamjournal.services import enhancers

        journal, person = self._context.journal, self._context.person_id
        self._all = enhancers.all(journal, person)
        self._enhancers = [e for e in self._all if not e.retired]
        self._rules = enhancers.rules(journal, person)
        self._tags = sorted(enhancers.tag_counts(journal, person), key=lambda t: (-t[2], t[1].casefold()))
        self._periods = enhancers.only_periods(journal, person)
        self._fill()

    def _fill(self) -> None:
        names = {e.id: e.name for e in self._all}
        means = {(r.source, r.tag.casefold()): names.get(r.enhancer_id, "") for r in self._rules}
        rows: list[tuple[Cell, ...]] = []
        for e in self._enhancers:
            tags = [f"{source_word(r.source)}: {r.tag}" for r in self._rules if r.enhancer_id == e.id]
            rows.append((e.name, KIND_WORDS[e.kind], ", ".join(tags) or None))
        _show(self.table, rows)
        self.none.setVisible(not rows)
        self.table.setVisible(bool(rows))
        self.retire_button.setEnabled(bool(rows))
        chosen = self.tags.currentIndex().row()
        tag_rows: list[tuple[Cell, ...]] = [
            (tag, source_word(source), n, means.get((source, tag.casefold())) or None) for source, tag, n in self._tags
        ]
        _show(self.tags, tag_rows)
        self.tags.setVisible(bool(tag_rows))
        self.tag_box.setVisible(bool(tag_rows))
        self.touched.setVisible(bool(tag_rows))
        self.tags_note.setText(
            "Choose a tag or question, then what it means. You see which nights it would touch; past nights follow when you say so."
            if tag_rows
            else "No tags yet. They come with imports: questions of a morning journal, tags and comments beside a night, aids noted."
        )  # fmt: skip
        self.means.set_options(
            [*((e.name, f"Means {e.name}") for e in self._enhancers), (NOTHING, "Means no enhancer")]
        )
        self.only.set_options([(e.name, e.name) for e in self._enhancers])
        if self.only.value() is None and self._enhancers:
            self.only.set_value(self._enhancers[0].name)
        self.only_box.setEnabled(bool(self._enhancers))
        self.only_said.setText(
            "\n".join(_period_words(p, name) for p, name in self._periods) or "You have not said so."
        )
        self.take_back.setEnabled(bool(self._periods))
        if tag_rows:
            self.tags.selectRow(max(0, min(chosen, len(tag_rows) - 1)))
        self._on_tag_row()

    def _on_tag(self, *_: object) -> None:
        if self.sender() is not self.means:
            self._on_tag_row()
        else:
            self._say_touched()

    def _on_tag_row(self) -> None:
        row = self.tags.currentIndex().row()
        known = 0 <= row < len(self._tags)
        self.map_button.setEnabled(known)
        if known:
            rule = self._rule_of(row)
            name = next((e.name for e in self._enhancers if rule is not None and e.id == rule.enhancer_id), NOTHING)
            if name == NOTHING and rule is None and self._enhancers:
                name = self._enhancers[0].name
            self.means.set_value(name)
        self._say_touched()

    def _say_touched(self) -> None:
        row = self.tags.currentIndex().row()
        if not 0 <= row < len(self._tags):
            self.touched.setText("")
            return
        if not self._enhancers:
            self.touched.setText("Add an enhancer above first.")
            self.show_touched.setEnabled(True)
            self.map_button.setEnabled(False)
            return
        nights = self._nights_of(row)
        yes, no = len(nights.yes), len(nights.no)
        rule, value = self._rule_of(row), self.means.value()
        before = self._name_of(rule)
        self.show_touched.setEnabled(bool(yes or no))
        self.touched.setText(touched_words(yes, no, before, None if value in (None, NOTHING) else str(value)))
        self.map_button.setEnabled(value != NOTHING or rule is not None)

    def _nights_of(self, row: int) -> TagNights:
        from dreamjournal.services import enhancers

        source, tag, _ = self._tags[row]
        found = enhancers.preview_map(self._context.journal, self._context.person_id, source, tag)
        yes = set(found.yes)
        return enhancers.TagNights(tuple(sorted(yes)), tuple(sorted(set(found.no) - yes)))

    def show_nights(self) -> NightsDialog | None:
        """The nights the chosen tag touches, before anything is kept."""
        row = self.tags.currentIndex().row()
        if not 0 <= row < len(self._tags):
            return None
        nights = self._nights_of(row)
        rows = sorted([*((n, "yes") for n in nights.yes), *((n, "no") for n in nights.no)], reverse=True)
        dialog = NightsDialog(self, f"Nights with “{self._tags[row][1]}”", rows, "Answer", context=self._context)
        dialog.open()
        return dialog

    def _name_of(self, rule: EnhancerRule | None) -> str | None:
        """The enhancer a mapping names, also one that is off the list."""
        if rule is None:
            return None
        return next((e.name for e in self._all if e.id == rule.enhancer_id), None)

    def _rule_of(self, row: int) -> EnhancerRule | None:
        source, tag, _ = self._tags[row]
        return next((r for r in self._rules if r.source == source and r.tag.casefold() == tag.casefold()), None)

    # ---- changing

    def _change(self, act: Callable[[], Changes]) -> bool:
        try:
            changes = act()
        except KnownError as error:
            self.error.set_sentence(error.sentence)
            return False
        self.error.set_sentence("")
        self._context.publish(changes, self)
        self._load()
        return True

    def _on_add(self) -> None:
        from dreamjournal.services import enhancers

        context, name, kind = self._context, self.name.text(), self.kind.value()
        self.name_field.set_error("")
        try:
            _, changes = enhancers.add(context.journal, context.person_id, name, EnhancerKind(str(kind)), context.clock)
        except KnownError as error:
            self.name_field.set_error(error.sentence)
            return
        self.name.clear()
        self._change(lambda: changes)

    def _on_retire(self) -> None:
        from dreamjournal.services import enhancers

        row = self.table.currentIndex().row()
        if 0 <= row < len(self._enhancers):
            self._change(lambda: enhancers.retire(self._context.journal, self._enhancers[row].id))

    def _on_map(self) -> None:
        from dreamjournal.services import enhancers

        context, row = self._context, self.tags.currentIndex().row()
        source, tag, _ = self._tags[row]
        value, rule = self.means.value(), self._rule_of(row)
        before = self._name_of(rule)
        journal, person = context.journal, context.person_id

        def map_to(name: str) -> Changes:
            return enhancers.map_tag(journal, person, source, tag, name, context.clock).changes

        def unmap() -> Changes:
            again = enhancers.rules(journal, person)
            now = next(r for r in again if r.source == source and r.tag.casefold() == tag.casefold())
            return enhancers.unmap(journal, person, now.id)

        if value == NOTHING:
            if rule is None or not self._change(unmap):
                return
            said = f"“{tag}” means no enhancer."
        else:
            if not self._change(lambda: map_to(str(value))):
                return
            said = f"“{tag}” means {value}."
        self._take_back = unmap if before is None else lambda: map_to(before)
        self.undo_offer.offer(said)

    def _on_undo(self) -> None:
        take_back, self._take_back = self._take_back, None
        if take_back is not None:
            self._change(take_back)

    def _on_only(self) -> None:
        from dreamjournal.services import enhancers

        context, name = self._context, self.only.value()
        if name is None:
            return
        first, last = (self.first.date(), self.last.date()) if self.span.value() == "dates" else (None, None)
        self._change(lambda: enhancers.only(context.journal, context.person_id, str(name), first, last))

    def _on_only_back(self) -> None:
        from dreamjournal.services import enhancers

        context = self._context
        first, last = (self.first.date(), self.last.date()) if self.span.value() == "dates" else (None, None)
        self._change(lambda: enhancers.only(context.journal, context.person_id, None, first, last))


def touched_words(yes: int, no: int, before: str | None, after: str | None) -> str:
    """What a mapping would do: `yes` and `no` are nights so answered, `before` and `after` enhancers or None."""
    nights = count_words(yes, "night")
    it = "it" if yes == 1 else "they"
    if after is None:
        if before is None:
            return "It means none now."
        return f"Touches {nights}: {it} {'loses' if yes == 1 else 'lose'} {before}."
    if after == before:
        return f"It means {after} now, on {nights}."
    become = f"{'becomes' if yes == 1 else 'become'} enhanced by {after}"
    instead = f" instead of {before}" if before else ""
    text = f"Touches {nights}: {it} {become}{instead}."
    if no:
        are = "is" if no == 1 else "are"
        text += f" {count_words(no, 'night')} answered no {are} natural only where {after} is the only one you use."
    return text


def _show(table: QTableView, rows: list[tuple[Cell, ...]]) -> None:
    model = table.model()
    assert isinstance(model, RowsModel)
    model.set_rows(rows)


def _period_words(period: OnlyPeriod, name: str) -> str:
    if period.first is None and period.last is None:
        return f"{name} is the only one, on all nights."
    begin = plain_date(period.first) if period.first else "the beginning"
    return f"{name} is the only one, from {begin} to {plain_date(period.last) if period.last else 'now'}."
