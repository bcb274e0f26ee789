"""Were the two groups of nights alike in everything else? What stands out in words, every row as a table, what would help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt

from dreamjournal.analysis.alike import group_words, value_words
from dreamjournal.common.progress import Progress
from dreamjournal.domain.alike import Alike, Row
from dreamjournal.domain.contrast import Fix
from dreamjournal.ui.compare.fixes import FixList
from dreamjournal.ui.compare.parts import Asked, Part, PartView
from dreamjournal.ui.widgets.tables import Cell, fit_rows, make_table
from dreamjournal.ui.widgets.text import Label, Prose
from dreamjournal.ui.words import count_words

HOW = (
    "Only what was answered is counted: no answer is not a no. Something stands out where the two groups lie half a standard "
    "deviation apart or more, from 5 answers in each. Late caffeine is within 8 h of lights out. Nights of illness do not "
    "count in the contrast; they are shown here all the same."
)


@dataclass(frozen=True)
class Found:
    """What the worker hands over."""

    alike: Alike


def work(asked: Asked, progress: Progress) -> Found:
    """In the worker: the two groups side by side."""
    from dreamjournal.services import alike

    progress.step(0, 0)
    return Found(alike.alike(asked.journal, asked.person_id, asked.spec, asked.clock, asked.result))


class AlikeView(PartView):
    """The sentence first, then the table; a row opens its nights."""

    def __init__(self, found: Found) -> None:
        super().__init__()
        self.alike = found.alike
        self.box.addWidget(Label("Were the two groups of nights alike?", "section"))
        self.sentence = Prose(self.alike.sentence, kind="body")
        self.sentence.setObjectName("alikeSentence")
        self.box.addWidget(self.sentence)
        reasons = " ".join(c.why for c in self.alike.cautions if c.why)
        if reasons:
            self.box.addWidget(Prose(reasons, kind="body"))
        self.table = make_table(
            "The two groups of nights side by side", columns(self.alike), [cells(r) for r in self.alike.rows], stretch=3,
            name="alikeTable", on_open=self._open,
        )  # fmt: skip
        fit_rows(self.table, len(self.alike.rows))
        self.box.addWidget(self.table)
        self.box.addWidget(Label("Enter opens the nights of a row.", "caption", "muted", wrap=True))
        if self.alike.fixes:
            self.fixes = FixList(self.alike.fixes, "What would help")
            self.fixes.setMaximumWidth(800)
            self.fixes.chosen.connect(self._follow)
            self.box.addWidget(self.fixes)
        self.box.addWidget(Label(HOW, "caption", "muted", wrap=True))

    def focus_first(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.table.selectRow(0)

    def _open(self, row: int) -> None:
        found = self.alike.rows[row]
        self.nights_asked.emit(found.title, nights_of(found), "Kind and answer")

    def _follow(self, fix: Fix) -> None:
        if fix.kind == "ask" and fix.spec is not None:
            self.question_asked.emit(fix.spec)
        elif fix.kind in ("plan", "tonight"):
            self.page_asked.emit("study" if fix.kind == "plan" else "tonight", None)


def columns(alike: Alike) -> tuple[str, str, str, str]:
    """The heads of the table with their n."""
    return (
        "What", f"Enhanced, {count_words(alike.n_enhanced, 'night')}", f"Natural, {count_words(alike.n_natural, 'night')}",
        "On enhanced nights",
    )  # fmt: skip


def cells(row: Row) -> tuple[Cell, ...]:
    """One row of the table in words."""
    return (row.title, group_words(row.enhanced, row.kind), group_words(row.natural, row.kind), row.difference)


def nights_of(row: Row) -> list[tuple[date, str]]:
    """Every night of a row with its kind and what is known of it, by date."""
    told = [
        (day, f"{arm}, {value_words(value, row.kind)}")
        for arm, group in (("enhanced", row.enhanced), ("natural", row.natural))
        for day, value in group.values
    ]
    return sorted(told)


PART = Part("alike", "Alike?", work, AlikeView)
