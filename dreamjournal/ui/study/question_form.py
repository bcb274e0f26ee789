"""The question of a study as a form: own words, enhancer, measure, source, the least that matters."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamjournal.ui.study.offers import Measure, Offers
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.fields import ComboBox, Field, NumberField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.text import Label
from dreamjournal.ui.widgets.words_edit import WordsEdit
from dreamjournal.ui.words import source_word

NEW = "new"
"""The entry of the enhancer menu that opens the list of enhancers."""


class QuestionForm(QWidget):
    """Every field has its own place for an error; `field_of` finds it by the name a `UserError` gives."""

    typed = Signal()
    """The question's words were changed by the person."""
    enhancers_asked = Signal()

    def __init__(self, offers: Offers, *, name: str, with_enhancer: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offers = offers
        self._own_least = False
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(14)
        self.words = WordsEdit(
            "Your question, in your own words", kind="words_morning", name=f"{name}_words",
            placeholder="Do I sleep longer with it?",
        )  # fmt: skip
        self.words.words_changed.connect(self.typed)
        self.words_field = Field("Your question, in your own words", self.words)
        box.addWidget(self.words_field)
        menus = QWidget()
        flow = FlowLayout(menus, 20, 12, top=True)
        self.enhancer = ComboBox("Enhancer", name=f"{name}_enhancer")
        self.measure = ComboBox("Measure", name=f"{name}_measure")
        self.source = ComboBox("Source", name=f"{name}_source")
        for menu, widest in ((self.enhancer, 220), (self.measure, 260), (self.source, 200)):
            menu.setMaximumWidth(theme_of(self).scaled(widest))
        self.enhancer_field = Field("&Enhancer", self.enhancer)
        self._with_enhancer = with_enhancer
        self.measure_field, self.source_field = Field("&Measure", self.measure), Field("&Source", self.source)
        if with_enhancer:
            flow.addWidget(self.enhancer_field)
        else:
            self.enhancer_field.setParent(self)
            self.enhancer_field.hide()
        flow.addWidget(self.measure_field)
        flow.addWidget(self.source_field)
        box.addWidget(menus)
        self.explain = Label("", "caption", "muted", wrap=True)
        box.addWidget(self.explain)
        self.least = NumberField("The least that matters to you", low=0, high=100000, whole=False, name=f"{name}_least")
        self.least.setMaximumWidth(theme_of(self).scaled(96))
        self.unit = Label("", "body", "muted")
        self.least_note = Label("", "tiny", "muted")
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.least)
        row.addWidget(self.unit)
        row.addWidget(self.least_note, 1)
        self.least_field = Field("The &least that matters to you", line)
        self.least_field.caption.setBuddy(self.least)
        self.least_field.setFocusProxy(self.least)
        box.addWidget(self.least_field)
        self.enhancer.picked.connect(self._on_enhancer)
        self.measure.picked.connect(lambda _key: self._fill_sources())
        self.source.picked.connect(lambda _key: self._show_usual())
        self.least.textEdited.connect(self._on_least)
        self.set_offers(offers)

    def set_offers(self, offers: Offers) -> None:
        """Fill the menus, keeping what is chosen where it is still there."""
        self._offers = offers
        self.enhancer.set_options([*((n, n) for n in offers.enhancers), (NEW, "Add another…")])
        if self.enhancer.value() in (None, NEW):
            self.enhancer.set_value(offers.enhancers[0] if offers.enhancers else None)
        self.measure.set_options([(m.key, m.title) for m in offers.measures])
        if self.measure.value() is None:
            self.measure.set_value(offers.measures[0].key)
        self._fill_sources()

    def fill(self, words: str, enhancer: str | None, metric: str, source: str | None, least: float | None) -> None:
        """Show a question that was asked before; `least` None takes the usual one."""
        self.words.set_words(words)
        if enhancer is not None:
            self.enhancer.set_value(enhancer)
        self.measure.set_value(metric)
        self._own_least = False
        self._fill_sources(source)
        if least is not None and least != self.chosen().usual_for(self.source_key()):
            self._own_least = True
            self.least.set_value(least)
            self.least_note.setText("set by you")

    # ---- what is chosen

    def chosen(self) -> Measure:
        """The measure chosen."""
        return self._offers.measure(self.measure.value())

    def source_key(self) -> str:
        """The source chosen."""
        return str(self.source.value() or "diary")

    def enhancer_name(self) -> str:
        """The enhancer chosen; empty while none is."""
        value = self.enhancer.value()
        return "" if value in (None, NEW) else str(value)

    def swd(self) -> float | None:
        """The least that matters where the person set one; None stands for the usual one."""
        return self.least.value() if self._own_least and not self.chosen().counted else None

    def field_of(self, name: str | None) -> Field | None:
        """The field an error belongs to."""
        fields = {
            "question": self.words_field, "enhancer": self.enhancer_field, "metric": self.measure_field,
            "source": self.source_field, "swd": self.least_field,
        }  # fmt: skip
        return fields.get(name or "")

    def clear_errors(self) -> None:
        """Take all sentences away."""
        for name in ("question", "enhancer", "metric", "source", "swd"):
            field = self.field_of(name)
            if field is not None:
                field.set_error("")
        self.least.set_invalid(False)

    def check(self) -> bool:
        """Whether what stands here can be asked; what cannot is said beside its field."""
        self.clear_errors()
        if self._with_enhancer and not self.enhancer_name():
            self.enhancer_field.set_error("Choose what the nights are compared for.")
            self.enhancer.setFocus(Qt.FocusReason.OtherFocusReason)
            return False
        if self.chosen().counted:
            return True
        wrong = self.least.is_wrong() or (self._own_least and not self.least.value())
        if wrong or (not self._own_least and self.chosen().usual_for(self.source_key()) is None):
            missing = not self.least.text().strip()
            self.least_field.set_error(
                "This measure has no usual one: how large must a difference be to matter to you?"
                if missing
                else "A number above 0."
            )
            self.least.set_invalid(True)
            self.least.setFocus(Qt.FocusReason.OtherFocusReason)
            return False
        return True

    # ---- as the person chooses

    def _on_enhancer(self, value: object) -> None:
        if value == NEW:
            self.enhancer.set_value(self._offers.enhancers[0] if self._offers.enhancers else None)
            self.enhancers_asked.emit()

    def _fill_sources(self, wanted: str | None = None) -> None:
        measure = self.chosen()
        self.source.set_options([(s, source_word(s)) for s in measure.sources])
        if wanted in measure.sources:
            self.source.set_value(wanted)
        elif self.source.value() is None:
            self.source.set_value(measure.sources[0])
        self.explain.setText(measure.explain)
        self.least_field.setVisible(not measure.counted)
        self.unit.setText(measure.unit)
        self.unit.setVisible(bool(measure.unit))
        self._own_least = False
        self._show_usual()

    def _show_usual(self) -> None:
        if self._own_least:
            return
        usual = self.chosen().usual_for(self.source_key())
        self.least.set_value(usual)
        self.least_note.setText("the usual value" if usual is not None else "not set")

    def _on_least(self, text: str) -> None:
        self._own_least = bool(text.strip())
        self.least_note.setText("set by you" if self._own_least else "")
        if not self._own_least and self.chosen().usual_for(self.source_key()) is not None:
            self.least_note.setText("empty: the usual value")
