"""A receipt as widgets, from the plain values the import service gives: the same before and after the import."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTableView, QVBoxLayout, QWidget

from dreamjournal.ui.imports.receipt_words import (
    Lost,
    Receipt,
    broken_nights,
    lost_rows,
    original_words,
    row_words,
    rule_words,
    unknown_words,
    warning_words,
    zone_words,
)
from dreamjournal.ui.nights.listed import NightsDialog
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import Notice
from dreamjournal.ui.widgets.tables import Cell, Index, RowsModel, fit_rows, make_table, style_table
from dreamjournal.ui.widgets.text import Label, Prose, tip
from dreamjournal.ui.words import count_words, source_word

COLUMNS_UNKNOWN = "It is a table whose columns are not known yet; import it again to say what they mean."
MOST_ROWS_SHOWN = 1000
"""Rows not taken beyond this many are in the saved receipt."""
MOST_REFUSED_SHOWN = 20
MOST_LINES_SHOWN = 60
SUMS = (("nights", "new", "night new", "nights new"), ("nights", "updated", "night updated", "nights updated"),
        ("exposures", "kept", "exposure", "exposures"), ("dreams", "kept", "dream note", "dream notes"))  # fmt: skip
COUNTS = (("read", "Rows"), ("kept", "Kept"), ("updated", "Updated"), ("unchanged", "Known"), ("merged", "Joined"),
          ("rejected", "Not read"))  # fmt: skip
ALWAYS = ("read", "kept")
IN_FULL = "The saved receipt lists all."


class ReceiptView(QWidget):
    """Sums, files, each row not taken with its reason, the rules of the format, and what is worth knowing."""

    zone_change_requested = Signal()
    enhancers_requested = Signal()

    def __init__(
        self,
        headline: str,
        lead: str,
        receipts: Sequence[Receipt],
        *,
        mapped: frozenset[str] = frozenset(),
        limit_mb: int = 0,
        zone_change: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.receipts = list(receipts)
        self._limit_mb, self._zone_change = limit_mb, zone_change
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        self.headline = Label(headline, "verdict", wrap=True)
        self.headline.setObjectName("receiptHeadline")
        self.lead = Label(lead, "body", "muted", wrap=True)
        box.addWidget(self.headline)
        box.addWidget(self.lead)
        self.lead.setVisible(bool(lead))
        self._add_sums(box)
        self._add_files(box)
        self._add_rejected(box)
        self._add_rules(box)
        self._add_knowing(box, mapped)

    def ask(self, question: QWidget) -> None:
        """Put a question below the headline, before what it is about."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(2, question)

    def _add_sums(self, box: QVBoxLayout) -> None:
        sums = [(sum(int(r[group][key]) for r in self.receipts), one, many) for group, key, one, many in SUMS]
        if not any(n for n, _, _ in sums):
            return
        row = QWidget()
        flow = FlowLayout(row, 48, 8)
        for n, one, many in sums:
            if not n and one in ("exposure", "dream note"):
                continue
            cell = QWidget()
            column = QVBoxLayout(cell)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            column.addWidget(Label(f"{n:,}", "figure"))
            column.addWidget(Label(one if n == 1 else many, "caption", "muted"))
            flow.addWidget(cell)
        box.addWidget(row)

    def _add_files(self, box: QVBoxLayout) -> None:
        shown = [(k, w) for k, w in COUNTS if k in ALWAYS or any(r["rows"][k] for r in self.receipts)]
        rows: list[tuple[Cell, ...]] = [
            (r["path"], _read_as(r), *(_count(r["rows"][k]) for k, _ in shown)) for r in self.receipts
        ]
        self.files = QTableView()
        self.files.setObjectName("receiptFiles")
        self.files.setModel(FilesModel(("File", "Read as", *(w for _, w in shown)), rows, self.files))
        style_table(self.files, "Files", stretch=0)
        self.files.horizontalHeader().setMinimumSectionSize(theme_of(self).scaled(48))
        fit_rows(self.files, 6)
        box.addWidget(self.files)
        # What waits for zone or start is asked for above, by name.
        refused = [r for r in self.receipts if r.get("error") and r.get("needs") not in ("zone", "start")]
        for r in refused[:MOST_REFUSED_SHOWN]:
            why = COLUMNS_UNKNOWN if r.get("needs") == "columns" else str(r["error"])
            box.addWidget(Notice(f"{r['path']}: {why}", name="refusedFile"))
        if len(refused) > MOST_REFUSED_SHOWN:
            more = f"And {count_words(len(refused) - MOST_REFUSED_SHOWN, 'more file')} refused. {IN_FULL}"
            box.addWidget(Label(more, "caption", "muted", wrap=True))

    def _add_rejected(self, box: QVBoxLayout) -> None:
        self._lost: list[tuple[Receipt, Lost]] = [(r, g) for r in self.receipts for g in lost_rows(r)]
        self.rejected: QTableView | None = None
        if not self._lost:
            return
        box.addSpacing(4)
        box.addWidget(Label("Not read, and why", "label", strong=True))
        rows: list[tuple[Cell, ...]] = [
            (g.where, g.reason, ("Show line" if len(g.rows) == 1 else "Show lines") if g.has_text else "")
            for _, g in self._lost[:MOST_ROWS_SHOWN]
        ]
        self.rejected = make_table(
            "Rows not read, and why",
            ("Where", "Why", "Line"),
            rows,
            stretch=1,
            name="receiptRejected",
            on_open=self._on_opened,
        )
        self.rejected.clicked.connect(self._on_clicked)
        self.rejected.setToolTip("Enter shows the line")
        self.rejected.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.rejected.horizontalHeader().setMinimumSectionSize(theme_of(self).scaled(100))
        fit_rows(self.rejected, 5)
        box.addWidget(self.rejected)
        if len(self._lost) > MOST_ROWS_SHOWN:
            first = f"The first {MOST_ROWS_SHOWN:,} of {len(self._lost):,}. {IN_FULL}"
            box.addWidget(Label(first, "caption", "muted", wrap=True))

    def _add_rules(self, box: QVBoxLayout) -> None:
        self._broken: list[tuple[str, list[date]]] = []
        parts: list[str | tuple[str, str]] = []
        for r in self.receipts:
            for check in r.get("checks") or ():
                parts.append(rule_words(check))
                nights = broken_nights(check)
                if len(nights) > 1:
                    parts += [" ", ("Show these nights", f"link:rule{len(self._broken)}")]
                    self._broken.append((str(check["rule"]), nights))
                parts.append("\n")
        self.rules: Prose | None = None
        if not parts:
            return
        box.addSpacing(4)
        box.addWidget(Label("Do its own numbers agree", "label", strong=True))
        self.rules = Prose(*parts[:-1], kind="caption")
        self.rules.link_activated.connect(self._on_link)
        box.addWidget(self.rules)

    def _add_knowing(self, box: QVBoxLayout, mapped: frozenset[str]) -> None:
        lines = [*filter(None, map(unknown_words, self.receipts)), *warning_words(self.receipts)]
        lines += original_words(self.receipts, self._limit_mb)
        parts: list[str | tuple[str, str]] = []
        for text in zone_words(self.receipts):
            parts.append(text)
            if text.endswith("as you said.") and self._zone_change:
                parts += [" ", ("Change", "link:zone")]
            parts.append("\n")
        parts += [f"{text}\n" for text in lines[:MOST_LINES_SHOWN]]
        if len(lines) > MOST_LINES_SHOWN:
            parts.append(f"And {count_words(len(lines) - MOST_LINES_SHOWN, 'more remark')}. {IN_FULL}\n")
        tags = [(str(t["tag"]), int(t["nights"])) for r in self.receipts for t in r["tags"]]
        for tag, nights in [t for t in tags if t[0].casefold() in mapped][:8]:
            parts.append(
                f"“{tag}” means an enhancer, on {count_words(nights, 'night')}. Unanswered nights stay not recorded.\n"
            )
        free = [(tag, n) for tag, n in tags if tag.casefold() not in mapped and n]
        if free:
            some = ", ".join(f"“{tag}” ({n})" for tag, n in sorted(free, key=lambda t: -t[1])[:6])
            more = f" and {len(free) - 6} more" if len(free) > 6 else ""
            parts.append(f"Tags with nights that mean no enhancer yet: {some}{more}. ")
            parts.append(("Say what they mean", "link:enhancers"))
        self.knowing: Prose | None = None
        if not parts:
            return
        box.addSpacing(4)
        box.addWidget(Label("Worth knowing", "label", strong=True))
        self.knowing = Prose(*parts, kind="caption")
        self.knowing.link_activated.connect(self._on_link)
        box.addWidget(self.knowing)

    def _on_link(self, key: str) -> None:
        if key.startswith("rule"):
            self.show_broken(int(key.removeprefix("rule")))
        elif key == "zone":
            self.zone_change_requested.emit()
        else:
            self.enhancers_requested.emit()

    def show_broken(self, index: int) -> NightsDialog:
        """The nights on which a rule does not hold."""
        rule, nights = self._broken[index]
        dialog = NightsDialog(self, "Where the numbers do not agree", [(n, rule) for n in nights], "Not kept")
        dialog.open()
        return dialog

    def _on_opened(self, row: int) -> None:
        self.show_line(row)

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == 2:
            self.show_line(index.row())

    def show_line(self, row: int) -> Dialog | None:
        """Show the rows that were not taken, as they stand in the file."""
        receipt, lost = self._lost[row]
        if not lost.has_text:
            return None
        one = len(lost.rows) == 1
        dialog = Dialog("Line" if one else "Lines", self, name="showLine", width=640)
        dialog.body.addWidget(Label(lost.where, "section", wrap=True))
        if one:
            text = Label(str(lost.rows[0]["text"]), "control", wrap=True)
            text.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            dialog.body.addWidget(text)
        else:
            rows = [(row_words(receipt, r).rpartition(", ")[2], str(r.get("text") or "")) for r in lost.rows]
            table = make_table(
                f"Rows of {lost.where}", ("Where", "As it stands in the file"), rows, name="showLine_table"
            )
            table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
            fit_rows(table, 8)
            dialog.body.addWidget(table)
        dialog.body.addWidget(Label(lost.reason, "caption", "muted", wrap=True))
        dialog.body.addStretch(1)
        dialog.foot.addStretch(1)
        dialog.add_answer("Close", primary=True, default=True, name="showLine_close").clicked.connect(dialog.accept)
        dialog.fit()
        dialog.open()
        return dialog


class FilesModel(RowsModel):
    """A file's counts stand at the right even where they are dashes; a name too long for its column is its tooltip."""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() >= 2:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 0:
            return tip(str(super().data(index, Qt.ItemDataRole.DisplayRole)))
        return super().data(index, role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and section >= 2:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return super().headerData(section, orientation, role)


def _read_as(receipt: Receipt) -> str:
    if receipt.get("needs"):
        return "waits for an answer"
    if receipt.get("error"):
        return "refused"
    return str(receipt.get("title") or "") or (source_word(receipt["source"]) if receipt["source"] else "not known")


def _count(n: int) -> Cell:
    # A count of none reads as a dash in a receipt: nothing of the kind happened.
    return n or None
