"""What the counts say: how far two raters agree, and the indices by kind of night."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamjournal.domain.coding import AgreementLine, AgreementResult, IndexLine, IndicesResult
from dreamjournal.ui.widgets.fields import ComboBox, Field
from dreamjournal.ui.widgets.page import SectionHead
from dreamjournal.ui.widgets.tables import fit_rows, make_table
from dreamjournal.ui.widgets.text import Label, Prose
from dreamjournal.ui.words import NONE

KAPPA = ("What", "Same on any", "Kappa", "95 % interval", "Same count")
DIFFER = ("Dream", "What", "First", "Second")
INDEX = ("Index", "Enhanced", "Natural", "h", "95 % interval", "q", "Of what")
COMPARED = (3, 4, 5)
"""Columns of `INDEX` that only a comparison fills."""


class AgreementView(QWidget):
    """Kappa for each thing counted, and the counts that differ."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = Prose(kind="lead")
        self.table = make_table("Agreement", KAPPA, name="agreement")
        self.head = SectionHead("Counts that differ")
        self.differing = make_table("Counts that differ", DIFFER, name="disagreements")
        self.note = Label(
            "Same on any: both found some, or both none. Kappa is left open where both gave one answer throughout; its interval also "
            "where they never differ. Few dreams with a thing make kappa swing: read it beside the plain counts.", "caption", "muted",
            wrap=True,
        )  # fmt: skip
        fit_rows(self.table, 20)
        fit_rows(self.differing, 12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (self.sentence, self.table, self.note, self.head, self.differing):
            column.addWidget(widget)
        column.addStretch(1)

    def show_result(self, found: AgreementResult) -> None:
        """Show the sentence, and the tables where both raters are through."""
        self.sentence.set_parts(found.sentence)
        self.table.model().set_rows([agreement_cells(x) for x in found.lines])  # pyright: ignore[reportAttributeAccessIssue] - a RowsModel
        self.differing.model().columns = (*DIFFER[:2], *found.raters)  # pyright: ignore[reportAttributeAccessIssue]
        rows = [(d.number, d.title, d.first, d.second) for d in found.disagreements]
        self.differing.model().set_rows(rows)  # pyright: ignore[reportAttributeAccessIssue]
        for widget in (self.table, self.note):
            widget.setVisible(bool(found.lines))
        for widget in (self.head, self.differing):
            widget.setVisible(bool(rows))


class IndicesView(QWidget):
    """What was counted on each kind of night; shares and comparisons behind their gates."""

    enhancer_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.enhancer = ComboBox("Enhancer", name="codingEnhancer")
        self.enhancer.picked.connect(lambda name: self.enhancer_chosen.emit(str(name)))
        self.field = Field("Enhancer", self.enhancer)
        self.sentence = Prose(kind="lead")
        self.table = make_table("Indices by kind of night", INDEX, name="indices")
        self.note = Label(
            "h is the distance of two shares on an even scale, enhanced minus natural; its interval comes from drawing whole dreams "
            "anew. q allows for the number of indices. Dreams count by what was used that night.", "caption", "muted", wrap=True,
        )  # fmt: skip
        fit_rows(self.table, 30)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (self.field, self.sentence, self.table, self.note):
            column.addWidget(widget)
        column.addStretch(1)
        self.field.hide()

    def show_result(self, names: tuple[str, ...], found: IndicesResult) -> None:
        """Show the sentence, and the table where the set is finished."""
        self.enhancer.set_options([(name, name) for name in names])
        self.enhancer.set_value(found.enhancer)
        self.field.setVisible(len(names) > 1)
        self.sentence.set_parts(found.sentence)
        self.table.model().set_rows([index_cells(x) for x in found.lines])  # pyright: ignore[reportAttributeAccessIssue] - a RowsModel
        for column in COMPARED:
            self.table.setColumnHidden(column, not found.compared)
        for widget in (self.table, self.note):
            widget.setVisible(bool(found.lines))


def agreement_cells(line: AgreementLine) -> tuple[str, ...]:
    """A line of agreement as words."""
    return (
        line.title, f"{line.agreed} of {line.n}", NONE if line.kappa is None else _two(line.kappa),
        NONE if line.interval is None else f"{_two(line.interval[0])} to {_two(line.interval[1])}", f"{line.same_count} of {line.n}",
    )  # fmt: skip


def index_cells(line: IndexLine) -> tuple[str, ...]:
    """A line of indices as words: counts alone below the gate."""
    return (
        line.title, _side(line, line.enhanced, line.enhanced_share), _side(line, line.natural, line.natural_share),
        NONE if line.h is None else _two(line.h),
        NONE if line.interval is None else f"{_two(line.interval[0])} to {_two(line.interval[1])}",
        NONE if line.q is None else "under 0.001" if line.q < 0.001 else f"{line.q:.3f}",
        line.of,
    )  # fmt: skip


def _side(line: IndexLine, pair: tuple[int, int], share: float | None) -> str:
    counted = f"{pair[0]} {'for' if line.ratio else 'of'} {pair[1]}"
    if share is None:
        return counted
    return f"{share:.2f} ({counted})" if line.ratio else f"{100 * share:.0f} % ({counted})"


def _two(value: float) -> str:
    text = f"{abs(value):.2f}"
    return f"−{text}" if value < 0 and float(text) else text
