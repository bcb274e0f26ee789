"""The recovery sheet: the code that opens the journal when nothing else does, shown once, to be put on paper."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from dreamjournal.ui.onboarding.cover import Cover
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.fields import LineField
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.page import Card
from dreamjournal.ui.widgets.text import Label, Prose, set_shown

TITLE = "Recovery sheet"
"""Stands on the paper, in its file and in the printer's list: it tells nothing of what it opens."""
WHAT_FOR = (
    "This code opens your journal when the passphrase is forgotten, and a backup of it on any other computer. Keep it on paper, "
    "away from the computer. Whoever has both the journal and this sheet can read everything."
)
ONCE = (
    "It is shown this once. A new sheet can be made in Settings at any time; the one before it opens nothing any more."
)
ASKED = 3
"""The group that is typed back, counted from one."""


class RecoverySheet(QWidget):
    """The code large, what it is for, the ways to keep it, and one group typed back as the proof that it was kept.

    `kept` comes when the group was right, `skipped` when the person goes on without.
    """

    kept = Signal()
    skipped = Signal()

    def __init__(self, code: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._code = code
        self._groups = code.split("-")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(Label("Write this down.", "welcome", wrap=True))
        box.addWidget(Prose(WHAT_FOR, kind="body"))
        card = Card(kind="raised")
        half = (len(self._groups) + 1) // 2
        for part in (self._groups[:half], self._groups[half:]):
            line = Label("  ".join(part), "welcome", wrap=True)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            line.setAccessibleName(", ".join(" ".join(group) for group in part))
            card.box.addWidget(line)
        box.addWidget(card)
        ways = QWidget()
        row = FlowLayout(ways, 12, 8)
        self.print_button = Button("Print…", name="sheetPrint")
        self.save_button = Button("Save as PDF…", name="sheetSave")
        self.copy_button = Button("Copy", name="sheetCopy")
        for button in (self.print_button, self.save_button, self.copy_button):
            row.addWidget(button)
        box.addWidget(ways)
        self.said = Label("", "caption", "muted", wrap=True)
        self.said.hide()
        box.addWidget(self.said)
        box.addWidget(Prose(ONCE, kind="caption", tone="muted"))
        box.addSpacing(8)
        box.addWidget(
            Label(f"From your paper: which is group {ASKED} of {len(self._groups)}?", "label", strong=True, wrap=True)
        )
        self.group = LineField(f"Group {ASKED}", placeholder="Five letters and digits", name="sheetGroup")
        self.group.setProperty("secret", True)
        box.addWidget(self.group)
        self.error = InlineError()
        box.addWidget(self.error)
        end = QWidget()
        flow = FlowLayout(end, 16, 8)
        self.done = Button("I have written it down", "primary", name="sheetDone")
        self.skip = Button("Go on without a sheet", "link", name="sheetSkip")
        flow.addWidget(self.done)
        flow.addWidget(self.skip)
        box.addWidget(end)
        box.addWidget(Prose(
            "Without a sheet, a forgotten passphrase or a lost keyring means that nobody can ever open the journal again.",
            kind="caption", tone="muted",
        ))  # fmt: skip
        self.print_button.clicked.connect(self._on_print)
        self.save_button.clicked.connect(self._on_save)
        self.copy_button.clicked.connect(self._on_copy)
        self.done.clicked.connect(self._on_done)
        self.group.returnPressed.connect(self._on_done)
        self.skip.clicked.connect(self.skipped)
        self.setFocusProxy(self.print_button)

    def _on_done(self) -> None:
        from dreamjournal.domain.recovery_code import same_group

        typed = self.group.text()
        if same_group(typed, self._groups[ASKED - 1]):
            self.error.set_sentence("")
            self.kept.emit()
            return
        self.error.set_sentence(
            "Type the group from your paper."
            if not typed.strip()
            else "That is not this group. Compare your paper with the code above."
        )
        self.group.setFocus()
        self.group.selectAll()

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        set_shown(self.said, bool(sentence))

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._code)
        self._say("Copied. It is taken out of the clipboard after a minute.")

    def _on_save(self) -> None:
        dialog = QFileDialog(self, "Save the sheet", "sheet.pdf", "PDF (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.save(Path(name)))
        dialog.open()

    def save(self, path: Path) -> None:
        """Write the sheet as a PDF that only its owner may read."""
        from dreamjournal.common.files import atomic_write

        try:
            atomic_write(path, sheet_pdf(self._code))
        except OSError:
            self._say("Not saved: this folder cannot be written to. Choose another.")
            return
        self._say("Saved. Keep it away from this computer; a file beside the journal protects nothing.")

    def _on_print(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter
        from PySide6.QtWidgets import QDialog

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(TITLE)
        dialog = QPrintDialog(printer, self)

        def paint() -> None:
            painter = QPainter()
            if not painter.begin(printer):
                self._say("Not printed: the printer does not take the page. Choose another, or save a PDF.")
                return
            _paint(painter, QRectF(printer.pageRect(QPrinter.Unit.DevicePixel)), printer.resolution(), self._code)
            painter.end()
            self._say("Sent to the printer.")

        dialog.accepted.connect(paint)
        dialog.finished.connect(dialog.deleteLater)
        QDialog.open(dialog)


class RecoverySheetPage(Cover):
    """The sheet over the whole window, before a new journal is opened for the first time."""

    finished = Signal()

    def __init__(self, code: str) -> None:
        super().__init__("recoverySheetPage", TITLE, widest=620)
        self.sheet = RecoverySheet(code)
        self.column.addWidget(self.sheet)
        self.column.addStretch(1)
        self.sheet.kept.connect(self.finished)
        self.sheet.skipped.connect(self.finished)
        self.setFocusProxy(self.sheet)


def sheet_pdf(code: str) -> bytes:
    """The sheet as a PDF of one A4 page."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(TITLE)
    writer.setCreator("")
    writer.setResolution(300)
    writer.setPageLayout(
        QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF(25, 25, 25, 25),
                    QPageLayout.Unit.Millimeter)
    )  # fmt: skip
    painter = QPainter(writer)
    _paint(painter, QRectF(0, 0, writer.width(), writer.height()), writer.resolution(), code)
    painter.end()
    buffer.close()
    return bytes(buffer.data().data())


def _paint(painter: QPainter, area: QRectF, dots_per_inch: int, code: str) -> None:
    point = dots_per_inch / 72

    def font(size: float, *, mono: bool = False, bold: bool = False) -> QFont:
        made = QFont("monospace" if mono else "Inter")
        if mono:
            made.setStyleHint(QFont.StyleHint.TypeWriter)
        made.setPixelSize(round(size * point))
        made.setBold(bold)
        return made

    top = area.top()

    def write(text: str, made: QFont, gap: float) -> None:
        nonlocal top
        painter.setFont(made)
        room = QRectF(area.left(), top, area.width(), area.height())
        flags = int(Qt.TextFlag.TextWordWrap.value) | int(Qt.AlignmentFlag.AlignLeft.value)
        used = painter.boundingRect(room, flags, text)
        painter.drawText(room, flags, text)
        top = used.bottom() + gap * point

    write(TITLE, font(20, bold=True), 14)
    write(WHAT_FOR, font(11), 26)
    groups = code.split("-")
    half = (len(groups) + 1) // 2
    for number, part in enumerate((groups[:half], groups[half:])):
        write("  ".join(part), font(22, mono=True, bold=True), 10 if not number else 26)
    write(
        "0 is a zero, 1 is a one; the letters I, L, O and U do not occur. Capitals and dashes do not matter.",
        font(10),
        18,
    )
    write("Made on: ______________________     Kept at: ______________________", font(11), 0)
