"""Compare, other measures: everything else of the same nights in one table, without a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView, QWidget

from dreamjournal.charts.words import value_words
from dreamjournal.common.progress import Progress
from dreamjournal.domain.secondary import CLAIMS, MeasureRow, MeasuresTable
from dreamjournal.ui.compare.parts import Asked, Part, PartView
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.page import Card, SectionHead
from dreamjournal.ui.widgets.rows import RowList, TickRow
from dreamjournal.ui.widgets.tables import Cell, fit_rows, make_table
from dreamjournal.ui.widgets.text import Label, Prose
from dreamjournal.ui.words import source_word

MOST_ROWS = 12
"""Rows of the long table before it scrolls."""


@dataclass(frozen=True)
class Found:
    """What the worker hands over."""

    table: MeasuresTable


def work(asked: Asked, progress: Progress) -> Found:
    """In the worker: every measure of the question's nights."""
    from dreamjournal.services import secondary

    told = progress.step
    return Found(secondary.measures(asked.journal, asked.person_id, asked.spec, asked.clock, told=told))


class MeasuresView(PartView):
    """The question's own measure, the claims, all the rest. Enter on a row lists its nights."""

    def __init__(self, found: Found, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found = found
        table = found.table
        self.tables: dict[str, QTableView] = {}
        heading = Prose(table.heading, kind="body")
        heading.setObjectName("measuresHeading")
        self.box.addWidget(heading)
        if not table.claims and not table.rest:
            nothing = "No other measure has a value on these nights. Fill in the morning diary, or import a recording."
            self.box.addWidget(Label(nothing, "body", "muted", wrap=True))
            self.box.addStretch(1)
            return
        choose = Button("Choose these…", "link", name="chooseClaims")
        choose.clicked.connect(self.choose)
        self._add(
            "primary", "The measure asked about", "It alone has a verdict, on the page Answer.", (table.primary,), ""
        )
        why = "You chose these." if table.chosen else f"The {len(table.claims)} with most nights, as you chose none."
        self._add(
            "claims",
            "Said in words",
            f"{why} p is Holm's: a false find among all is as rare as in one line alone. Intervals are each line's own.",
            table.claims, "p, Holm", choose,
        )  # fmt: skip
        self._add(
            "rest", "All the rest", "q is the share of false finds to expect among lines with a q no larger.", table.rest, "q",
        )  # fmt: skip
        if table.design != "R":
            care = "Nights were not randomised; other things may explain any difference."
            self.box.addWidget(Label(care, "caption", "muted", wrap=True))
        self.box.addWidget(Label("Enter on a line lists its nights.", "caption", "muted", wrap=True))
        self.box.addStretch(1)

    def focus_first(self) -> None:
        first = self.tables.get("primary")
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(
        self, key: str, title: str, note: str, rows: Sequence[MeasureRow], adjusted: str, *trailing: QWidget
    ) -> None:  # fmt: skip
        if not rows:
            return
        card = Card(kind="raised", pad=16)
        card.box.addWidget(SectionHead(title, *trailing))
        card.box.addWidget(Label(note, "caption", "muted", wrap=True))
        columns = (
            "Measure",
            "Natural",
            "Enhanced",
            "Difference",
            "95 % interval",
            *((adjusted,) if adjusted else ()),
        )
        table = make_table(
            title, columns, [row_cells(row, with_adjusted=bool(adjusted)) for row in rows], name=f"measures_{key}",
            on_open=lambda i: self._list(rows[i]),
        )  # fmt: skip
        table.setAccessibleDescription(" ".join(row.sentence for row in rows[:CLAIMS]))
        fit_rows(table, MOST_ROWS)
        card.box.addWidget(table)
        self.tables[key] = table
        self.box.addWidget(card)

    def _list(self, row: MeasureRow) -> None:
        r = row.result
        said: list[tuple[date, Cell]] = [
            (p.night_date, f"{p.arm}, {night_words(p.value, r.unit, r.kind)}")
            for p in sorted(r.points, key=lambda p: p.night_date)
        ]
        self.nights_asked.emit(row.sentence, said, r.title)

    def choose(self) -> None:
        """Ask which measures are said in words, and keep the choice."""
        dialog = ClaimsDialog(self, self.found.table)
        dialog.accepted.connect(lambda: self._keep(dialog.claims()))
        dialog.open()

    def _keep(self, claims: tuple[str, ...]) -> None:
        from dreamjournal.services import secondary

        self.keep_asked.emit(lambda journal, person_id: secondary.choose_claims(journal, person_id, claims))


class ClaimsDialog(Dialog):
    """At most six measures to say in words."""

    def __init__(self, parent: QWidget, table: MeasuresTable) -> None:
        super().__init__("Measures said in words", parent, name="claimsDialog", width=520)
        self.body.addWidget(Label("Measures said in words", "section"))
        text = f"Choose up to {CLAIMS}, before you look at more: each one more makes every line harder to believe."
        self.body.addWidget(Label(text, "caption", "muted", wrap=True))
        self.ticks: list[tuple[str, TickRow]] = []
        rows = RowList(name="claimsDialog_rows")
        picked = {row.key for row in table.claims}
        # Those chosen stand first: the others cannot be ticked until one of them is taken back.
        for row in sorted(
            (*table.claims, *table.rest),
            key=lambda r: (r.key not in picked, r.result.title, r.result.source != "diary"),
        ):
            n = row.result.n_enhanced + row.result.n_natural
            tick = TickRow(
                f"{row.result.title}, {by_word(row)}, {n} nights", name=f"claim_{row.result.metric}_{row.result.source}"
            )
            tick.setChecked(row.key in picked)
            tick.toggled.connect(self._on_ticked)
            rows.add(tick)
            self.ticks.append((f"{row.result.metric}={row.result.source}", tick))
        self.note = Label("", "caption", strong=True, wrap=True)
        self.body.addWidget(self.note)
        self.body.addWidget(rows)
        self.foot.addStretch(1)
        self.add_answer("Cancel", name="claimsDialog_cancel").clicked.connect(self.reject)
        self.go = self.add_answer("Say these", primary=True, default=True, name="claimsDialog_go")
        self.go.clicked.connect(self.accept)
        self._on_ticked()
        self.fit()

    def claims(self) -> tuple[str, ...]:
        """What is ticked, as it is kept."""
        return tuple(key for key, tick in self.ticks if tick.isChecked())

    def _on_ticked(self) -> None:
        n = len(self.claims())
        for _, tick in self.ticks:
            tick.setEnabled(n < CLAIMS or tick.isChecked())
        said = "None: the journal takes those with most nights." if n == 0 else f"{n} of {CLAIMS}."
        self.note.setText(said if n < CLAIMS else f"{said} Take one back to choose another.")


def night_words(value: float, unit: str, kind: str) -> str:
    """One night's value as it is read."""
    return ("yes" if value else "no") if kind == "rate" else value_words(value, unit, kind)


def by_word(row: MeasureRow) -> str:
    """Whose numbers a row shows."""
    return "diary" if row.result.source == "diary" else source_word(row.result.source)


def row_cells(row: MeasureRow, *, with_adjusted: bool) -> tuple[Cell, ...]:
    """A row as words: no number without its n, and a reason where there is none."""
    r = row.result
    natural, enhanced = f"n {r.n_natural}", f"n {r.n_enhanced}"
    if row.centres is not None:
        word = "" if row.centre_word in ("mean", "share") else f"{row.centre_word} "
        counted = row.centre_word == "share"
        natural = row.centres[1] if counted else f"{word}{row.centres[1]}, {natural}"
        enhanced = row.centres[0] if counted else f"{word}{row.centres[0]}, {enhanced}"
    cells = (f"{r.title}, {by_word(row)}", natural, enhanced, row.difference or row.note, row.interval or None)
    return (*cells, row.adjusted_words or None) if with_adjusted else cells


PART = Part("measures", "Other measures", work, MeasuresView)
