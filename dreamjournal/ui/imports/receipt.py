"""A receipt as widgets, from the plain values the import service gives: the same before and after the import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QTableView, QVBoxLayout, QWidget

from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import Notice
from dreamjournal.ui.widgets.tables import Cell, Index, RowsModel, make_table, style_table
from dreamjournal.ui.widgets.text import Label, Prose
from dreamjournal.ui.words import count_words, source_word

MOST_ROWS_SHOWN = 1000
"""Rows not taken beyond this many are in the saved receipt."""
SUMS = (("nights", "new", "night new", "nights new"), ("nights", "updated", "night updated", "nights updated"),
        ("exposures", "kept", "exposure", "exposures"), ("dreams", "kept", "dream note", "dream notes"))  # fmt: skip
Receipt = Mapping[str, Any]
"""One file of contract §3's `import` document."""


def where_words(receipt: Receipt, row: Mapping[str, Any]) -> str:
    """File and line of a row that was not taken."""
    where = str(row.get("where") or "")
    name = str(receipt["path"])
    return where if name in where else f"{name}, {where}" if where else name


def zone_words(receipt: Receipt) -> str:
    """How the times of a file were read."""
    name, zone = receipt["path"], receipt.get("zone")
    return {
        "named": f"Times in {name} were read as {zone}, as the file says.",
        "asked": f"Times in {name} were read as {zone}, as you said.",
        "offset": f"Times in {name} were read with the offsets the file carries; it names no zone.",
    }.get(str(receipt.get("zone_confidence")), "")


class ReceiptView(QWidget):
    """Sums, files, each row not taken with its reason, and what is worth knowing."""

    zone_change_requested = Signal()
    enhancers_requested = Signal()

    def __init__(
        self,
        headline: str,
        lead: str,
        receipts: Sequence[Receipt],
        *,
        mapped: frozenset[str] = frozenset(),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.receipts = list(receipts)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        self.headline = Label(headline, "verdict", wrap=True)
        self.headline.setObjectName("receiptHeadline")
        self.lead = Label(lead, "body", "muted", wrap=True)
        self.lead.setVisible(bool(lead))
        box.addWidget(self.headline)
        box.addWidget(self.lead)
        self._add_sums(box)
        self._add_files(box)
        self._add_rejected(box)
        self._add_knowing(box, mapped)

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
        rows: list[tuple[Cell, ...]] = []
        for r in self.receipts:
            counts = r["rows"]
            title = str(r.get("title") or "") or (source_word(r["source"]) if r["source"] else "not known")
            rows.append(
                (
                    r["path"],
                    "refused" if r.get("error") else title,
                    *(_count(counts[k]) for k in ("read", "kept", "updated", "unchanged", "merged", "rejected")),
                )
            )
        self.files = QTableView()
        self.files.setObjectName("receiptFiles")
        self.files.setModel(
            FilesModel(("File", "Read as", "Rows", "Kept", "Updated", "Known", "Joined", "Not read"), rows, self.files)
        )
        style_table(self.files, "Files", stretch=0)
        _fit(self.files, 6)
        box.addWidget(self.files)
        for r in self.receipts:
            if r.get("error"):
                box.addWidget(Notice(f"{r['path']}: {r['error']}", name="refusedFile"))

    def _add_rejected(self, box: QVBoxLayout) -> None:
        lost = [(r, row) for r in self.receipts for row in r["rejected"]]
        self.rejected: QTableView | None = None
        if not lost:
            return
        box.addSpacing(4)
        box.addWidget(Label("Not read, and why", "label", strong=True))
        rows: list[tuple[Cell, ...]] = [
            (where_words(r, row), _sentence(row["reason"]), "Show line" if row.get("text") else "")
            for r, row in lost[:MOST_ROWS_SHOWN]
        ]
        self._lost = lost
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
        _fit(self.rejected, 5)
        box.addWidget(self.rejected)
        if len(lost) > MOST_ROWS_SHOWN:
            box.addWidget(
                Label(
                    f"The first {MOST_ROWS_SHOWN:,} of {len(lost):,}; the saved receipt lists all.",
                    "caption",
                    "muted",
                    wrap=True,
                )
            )

    def _add_knowing(self, box: QVBoxLayout, mapped: frozenset[str]) -> None:
        parts: list[str | tuple[str, str]] = []
        asked = any(r.get("zone_confidence") == "asked" for r in self.receipts)
        lines: dict[str, None] = {}
        for r in self.receipts:
            if zone_words(r):
                lines.setdefault(zone_words(r))
            for warning in r["warnings"]:
                lines.setdefault(_sentence(warning))
        for text in lines:
            parts.append(text + "\n")
        if asked:
            parts += [("Change the zone", "link:zone"), "\n"]
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
        if not parts:
            return
        box.addSpacing(4)
        box.addWidget(Label("Worth knowing", "label", strong=True))
        self.knowing = Prose(*parts, kind="caption")
        self.knowing.link_activated.connect(self._on_link)
        box.addWidget(self.knowing)

    def _on_link(self, key: str) -> None:
        (self.zone_change_requested if key == "zone" else self.enhancers_requested).emit()

    def _on_opened(self, row: int) -> None:
        self.show_line(row)

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == 2:
            self.show_line(index.row())

    def show_line(self, row: int) -> Dialog | None:
        """Show the line of a row that was not taken, as it stands in the file."""
        receipt, lost = self._lost[row]
        if not lost.get("text"):
            return None
        dialog = Dialog("Line", self, name="showLine", width=640)
        dialog.body.addWidget(Label(where_words(receipt, lost), "section", wrap=True))
        text = Label(str(lost["text"]), "control", wrap=True)
        text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        dialog.body.addWidget(text)
        dialog.body.addWidget(Label(_sentence(lost["reason"]), "caption", "muted", wrap=True))
        dialog.body.addStretch(1)
        dialog.foot.addStretch(1)
        dialog.add_answer("Close", primary=True, default=True, name="showLine_close").clicked.connect(dialog.accept)
        dialog.fit()
        dialog.open()
        return dialog


def _sentence(reason: object) -> str:
    text = str(reason).rstrip(".")
    return text[:1].upper() + text[1:] + "."


class FilesModel(RowsModel):
    """A file's counts stand at the right even where they are dashes."""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() >= 2:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return super().data(index, role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and section >= 2:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return super().headerData(section, orientation, role)


def _count(n: int) -> Cell:
    # A count of none reads as a dash in a receipt: nothing of the kind happened.
    return n or None


def _fit(table: QTableView, most: int) -> None:
    rows = table.model().rowCount()
    header = table.horizontalHeader().sizeHint().height()
    table.setFixedHeight(header + min(rows, most) * table.verticalHeader().defaultSectionSize() + 4)
    model = table.model()
    if isinstance(model, RowsModel):
        table.setWordWrap(False)


def progress_row(words: str) -> tuple[QWidget, Label, Label]:
    """The words while a file is read: what is done, and how far."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    said, far = Label(words, "body", wrap=True), Label("", "caption", "muted")
    row.addWidget(said, 1)
    row.addWidget(far)
    return box, said, far
