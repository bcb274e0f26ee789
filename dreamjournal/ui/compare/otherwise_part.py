"""Compare, counted otherwise: the same question under every defensible way of counting its nights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QTableView, QWidget

from dreamjournal.charts.style import Style
from dreamjournal.common.progress import Progress
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.multiverse import (
    CHOICES,
    TITLES,
    Choice,
    Multiverse,
    Rule,
    StripRow,
    Way,
    WaysStrip,
)
from dreamjournal.ui.compare.canvas import MM_PX, READABLE, ChartWithTable, DrawingWidget
from dreamjournal.ui.compare.parts import Asked, Part, PartView
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.page import Card
from dreamjournal.ui.widgets.tables import Cell, fit_rows, make_table
from dreamjournal.ui.widgets.text import Label, Prose
from dreamjournal.ui.words import count_words, source_word


@dataclass(frozen=True)
class Found:
    """What the worker hands over."""

    spec: ContrastSpec
    multiverse: Multiverse


def work(asked: Asked, progress: Progress) -> Found:
    """In the worker: every way of counting."""
    from dreamjournal.services import multiverse

    found = multiverse.for_question(
        asked.journal, asked.person_id, asked.spec, asked.result, asked.clock, progress
    )  # fmt: skip
    return Found(asked.spec, found)


def choice_word(choice: Choice, rule: Rule) -> str:
    """What a rule chooses, in words."""
    if choice == "source":
        return source_word(rule.source)
    if choice == "naps":
        return "counted" if rule.naps else "left out"
    if choice == "washout":
        return "none" if rule.washout == 0 else count_words(rule.washout, "night")
    if choice == "boundary":
        return "at noon" if rule.boundary == 12 else f"at {rule.boundary:02d}:00"
    return "as planned" if rule.labels == "planned" else "as used"


def rule_words(rule: Rule) -> str:
    """A rule as one line without its source, for rows that show no choices of their own."""
    parts = ["no washout" if rule.washout == 0 else f"washout {count_words(rule.washout, 'night')}"]
    if rule.naps:
        parts.append("naps counted")
    if rule.boundary != 12:
        parts.append(f"night begins {choice_word('boundary', rule)}")
    return ", ".join([*parts, choice_word("labels", rule)])


def strip_of(found: Multiverse) -> WaysStrip:
    """The picture as plain data. Choices that are the same in every column have no rows."""
    rows: list[StripRow] = []
    for choice in found.varying():
        labels = list(dict.fromkeys(choice_word(choice, w.rule) for w in sorted(found.ways, key=_order(choice))))
        rows += [
            StripRow(TITLES[choice], label, tuple(choice_word(choice, w.rule) == label for w in found.ways))
            for label in labels
        ]
    columns = tuple(
        (w.value, w.interval[0], w.interval[1]) for w in found.ways if w.value is not None and w.interval is not None
    )
    own = next((i for i, w in enumerate(found.ways) if w.own), None)
    band = ""
    if found.swd is not None:
        unit = f" {found.unit}" if found.unit else ""
        band = f"shaded: less than {found.swd:g}{unit}, too small to matter"
    return WaysStrip(found.unit, found.swd, columns, own, tuple(rows), band)


def _order(choice: Choice):  # noqa: ANN202 - a key of ways
    def key(way: Way) -> tuple[bool, str | bool | int]:
        value = way.rule.value(choice)
        return (value != "diary", value) if choice == "source" else (False, value)

    return key


class StripWidget(DrawingWidget):
    """The strip of all ways, as on paper."""

    def __init__(self, strip: WaysStrip, alt: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip = strip
        self.show_drawing("The ways of counting, by difference", alt)

    def is_ready(self) -> bool:
        return bool(self.strip.columns)

    def height_for(self, width: int) -> int:
        from dreamjournal.charts.multiverse import height_mm

        return round(height_mm(self.strip) * MM_PX * self.scale_for(width, 0) * 0.92)

    def scale_for(self, width: int, height: int) -> float:
        return max(0.9, min(READABLE * theme_of(self).scale, width / MM_PX / 80))

    def draw_on(self, style: Style, figure: Any) -> None:
        from dreamjournal.charts import multiverse

        multiverse.draw(self.strip, style, figure)


class OtherwiseView(PartView):
    """The sentence, the usual other looks by name, the strip or its table, and the ways without a difference."""

    def __init__(self, found: Found, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found = found
        m = found.multiverse
        self.twin: ChartWithTable | None = None
        self.sentence = Prose(*(((w.text, "strong") if w.strong else w.text) for w in m.words), kind="lead")
        self.sentence.setObjectName("otherwiseSentence")
        self.box.addWidget(self.sentence)
        self.box.addWidget(Label(counted_words(m), "caption", "muted", wrap=True))
        if m.named:
            self._add_named(m)
        if m.ways:
            self._add_strip(m)
        if m.left_out:
            self._add_left_out(m)
        for note in m.notes:
            self.box.addWidget(Label(note, "caption", "muted", wrap=True))
        self.box.addStretch(1)

    def _add_named(self, m: Multiverse) -> None:
        from dreamjournal.analysis.multiverse import told, told_interval

        card = Card(kind="raised", pad=16)
        card.box.addWidget(Label("The usual other looks", "label", strong=True))
        rows: list[tuple[Cell, ...]] = []
        for n in m.named:
            name = f"{n.name} (as you asked)" if n.own else n.name
            if n.value is None:
                rows.append((name, None, None, n.n_enhanced, n.n_natural, n.note))
            else:
                rows.append((name, told(m, n.value), told_interval(m, n.interval), n.n_enhanced, n.n_natural, n.note))
        self.named = make_table(
            "The usual other looks", ("Counted", "Difference", "95 % interval", "Enhanced", "Natural", "Note"), rows,
            stretch=5, name="otherwiseNamed", on_open=lambda row: self._ask(m.named[row].rule),
        )  # fmt: skip
        fit_rows(self.named, 8)
        card.box.addWidget(self.named)
        self.box.addWidget(card)

    def _add_strip(self, m: Multiverse) -> None:
        card = Card(kind="raised", pad=16)
        words = "Each column is one way of counting, the smallest difference first. None of them is the best one."
        card.box.addWidget(Label(words, "caption", "muted", wrap=True))
        strip = strip_of(m)
        # The picture's own unit and band stand in it; for a reader they are in these words.
        chart = StripWidget(strip, f"{m.sentence} {strip.band_words}".strip())
        self.table = self._ways_table("Every way of counting", m.ways, "otherwiseTable")
        self.table.setMinimumHeight(min(chart.height_for(640), theme_of(self).scaled(420)))
        self.twin = ChartWithTable(chart, self.table)
        card.box.addWidget(self.twin)
        hint = "Enter on a row of the table asks that question instead."
        card.box.addWidget(Label(hint, "caption", "muted", wrap=True))
        self.box.addWidget(card)

    def _ways_table(self, name: str, ways: Sequence[Way], key: str) -> QTableView:
        from dreamjournal.analysis.multiverse import told, told_interval

        m = self.found.multiverse
        rows = [
            (told(m, w.value) + (" (as you asked)" if w.own else ""), told_interval(m, w.interval), w.n_enhanced, w.n_natural,
             *(choice_word(c, w.rule) for c in CHOICES), alike_words(w))
            for w in ways
        ]  # fmt: skip
        columns = ("Difference", "95 % interval", "Enhanced", "Natural", *(TITLES[c] for c in CHOICES), "")
        return make_table(
            name, columns, rows, stretch=len(columns) - 1, name=key, on_open=lambda row: self._ask(ways[row].rule)
        )

    def _add_left_out(self, m: Multiverse) -> None:
        self.box.addWidget(Label(f"{count_words(len(m.left_out), 'way')} without a difference", "label", strong=True))
        rows = [
            (source_word(w.rule.source), rule_words(w.rule), w.n_enhanced, w.n_natural, w.reason) for w in m.left_out
        ]
        columns = ("Whose numbers", "Counted", "Enhanced", "Natural", "Why there is none")
        self.left_out = make_table(
            "Ways without a difference", columns, rows, stretch=4,
            name="otherwiseLeftOut", on_open=lambda row: self._ask(m.left_out[row].rule),
        )  # fmt: skip
        fit_rows(self.left_out, 6)
        self.box.addWidget(self.left_out)

    def _ask(self, rule: Rule | None) -> None:
        if rule is not None:
            self.question_asked.emit(rule.spec(self.found.spec))

    def toggle_table(self) -> None:
        if self.twin is not None:
            self.twin.toggle()

    def focus_first(self) -> None:
        if self.found.multiverse.named:
            self.named.setFocus()
        else:
            super().focus_first()


def counted_words(m: Multiverse) -> str:
    """How many rules were looked at, and what became of them."""
    if not m.considered:
        return ""
    parts = [f"{count_words(m.considered, 'way')} of counting looked at"]
    if m.joined:
        parts.append(f"{m.joined} count the very same nights and values as another and are joined with it")
    if m.left_out:
        parts.append(f"{len(m.left_out)} give no difference")
    return "; ".join(parts) + f"; {len(m.ways)} shown."


def alike_words(way: Way) -> str:
    """What is said beside a way that stands for several rules."""
    return f"stands for {len(way.alike) + 1} rules" if way.alike else ""


PART = Part("otherwise", "Counted otherwise", work, OtherwiseView)
