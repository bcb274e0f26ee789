"""Saves a night's hypnogram as SVG: a link for each source that scored stages."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from dreamjournal.domain.night import Night
from dreamjournal.domain.session import SessionKind
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import show_error
from dreamjournal.ui.words import source_word


def save_links(night: Night, parent: QWidget) -> list[Button]:
    """A link for each recording with stages; none while the night's numbers are closed."""
    if night.sealed or night.study_sealed:
        return []
    scored = (s for s in night.sessions if s.counts and s.stages and s.kind != SessionKind.REST)
    staged = sorted({s.source for s in scored})
    links: list[Button] = []
    for source in staged:
        whose = f" of {source_word(source)}" if len(staged) > 1 else ""
        link = Button(f"Save hypnogram{whose}…", "link", name=f"saveHypnogram_{source}")
        link.clicked.connect(lambda _checked=False, s=source: ask_where(parent, night, s))
        links.append(link)
    return links


def ask_where(parent: QWidget, night: Night, source: str) -> QFileDialog:
    """Ask where, then save."""
    dialog = QFileDialog(parent, "Save hypnogram", f"hypnogram-{night.night_date}.svg", "Drawing (*.svg)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("svg")
    dialog.fileSelected.connect(lambda name: save_to(parent, Path(name), night, source))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


def save_to(parent: QWidget, path: Path, night: Night, source: str) -> None:
    """Write the hypnogram in the light colours of paper, whole or not at all; where that fails a dialog says so."""
    from dreamjournal.charts import draw
    from dreamjournal.common.files import atomic_write
    from dreamjournal.services import hypnogram_chart

    chart = hypnogram_chart.hypnogram(night, source)
    if chart is None:
        return
    try:
        atomic_write(path, draw.svg(chart.figure.drawing, "a4", outlines=True))
    except OSError:
        show_error(parent, "The hypnogram was not saved", "this folder cannot be written to", "choose another")
