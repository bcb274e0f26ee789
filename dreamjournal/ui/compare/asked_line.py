"""How the nights of a question are counted, where that is not the usual way: said under the question, with the way back."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from dreamjournal.domain.alike import TAKEN
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.ui.widgets.text import Prose, set_shown
from dreamjournal.ui.words import count_words


def counted_words(spec: ContrastSpec) -> str:
    """What is counted otherwise than usual, in words; empty where nothing is."""
    parts: list[str] = []
    if spec.labels == "used":
        parts.append("nights as they were used")
    if spec.washout is not None:
        parts.append("no washout" if spec.washout == 0 else f"a washout of {count_words(spec.washout, 'night')}")
    if spec.naps:
        parts.append("naps added")
    if spec.boundary != ContrastSpec.boundary:
        parts.append(f"nights beginning at {spec.boundary:02d}:00")
    if spec.days != "all":
        parts.append(f"only nights before a {spec.days} day")
    parts += [f"nights with {TAKEN[key][0] if key in TAKEN else key} left out" for key in spec.without]
    return ", ".join(parts)


def as_usual(spec: ContrastSpec) -> ContrastSpec:
    """The same question with its nights counted as usual."""
    usual = ContrastSpec()
    return replace(
        spec, labels=usual.labels, washout=usual.washout, naps=usual.naps, boundary=usual.boundary, days=usual.days,
        without=usual.without,
    )  # fmt: skip


class AskedLine(Prose):
    """Hidden while nights are counted as usual."""

    usual_asked = Signal(object)
    """The `ContrastSpec` that counts as usual."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(kind="caption", tone="muted", parent=parent)
        self.setObjectName("countedLine")
        self._spec = ContrastSpec()
        self.link_activated.connect(lambda _key: self.usual_asked.emit(as_usual(self._spec)))
        self.hide()

    def set_spec(self, spec: ContrastSpec) -> None:
        """Say how the nights of `spec` are counted."""
        self._spec = spec
        words = counted_words(spec)
        self.set_parts(f"Counted otherwise: {words}. ", ("Count as usual", "link:usual"), ".")
        set_shown(self, bool(words))
