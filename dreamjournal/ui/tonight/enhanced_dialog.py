"""By what tonight is enhanced: the person's own enhancers with dose or intensity; Enter takes the one used last."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from dreamjournal.domain.exposure import Enhancer, EnhancerKind, Exposure
from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.fields import ComboBox, Field, LineField
from dreamjournal.ui.widgets.notices import InlineError
from dreamjournal.ui.widgets.rows import RowList, TickRow
from dreamjournal.ui.widgets.text import Label

KIND_WORDS: tuple[tuple[EnhancerKind, str], ...] = (
    (EnhancerKind.DEVICE, "A device"), (EnhancerKind.STIMULATION, "Stimulation"), (EnhancerKind.DRUG, "A drug"),
    (EnhancerKind.SUPPLEMENT, "A supplement"), (EnhancerKind.THERAPY, "A therapy"), (EnhancerKind.OTHER, "Something else"),
)  # fmt: skip


class EnhancedDialog(Dialog):
    """`enhanced_by` carries ((name, dose, intensity) ..., new enhancer (name, kind) or None)."""

    enhanced_by = Signal(object, object)

    def __init__(
        self, parent: QWidget, enhancers: Sequence[Enhancer], now: Sequence[Exposure], last: Exposure | None = None
    ) -> None:
        super().__init__("Enhanced by", parent, name="enhancedDialog", width=560)
        self.body.addWidget(Label("Enhanced by", "section"))
        self._rows: list[tuple[Enhancer, TickRow, LineField]] = []
        said = {e.name.casefold(): e for e in now or ([last] if last is not None else [])}
        if enhancers:
            rows = RowList(name="enhancers")
            rows.setAccessibleName("Enhancers")
            for number, enhancer in enumerate(enhancers, start=1):
                tick = TickRow(enhancer.name, name=f"enhancer_{number}", hint=str(number) if number <= 9 else "")
                tick.setChecked(enhancer.name.casefold() in said)
                dose = LineField(
                    f"Dose or intensity of {enhancer.name}", placeholder="dose or intensity", name=f"dose_{number}"
                )
                dose.setFixedWidth(theme_of(self).scaled(170))
                dose.show_text(dose_words(said.get(enhancer.name.casefold())))
                dose.textEdited.connect(lambda _text, t=tick: t.setChecked(True))
                line = QWidget()
                flow = QHBoxLayout(line)
                flow.setContentsMargins(0, 0, 12, 0)
                flow.addWidget(tick, 1)
                flow.addWidget(dose)
                rows.add(line)
                self._rows.append((enhancer, tick, dose))
            self.body.addWidget(rows)
        self.new = LineField("Something new", placeholder="SleepSync, melatonin 1 mg, …", name="newEnhancer")
        self.kind = ComboBox("What it is", KIND_WORDS, name="newEnhancerKind")
        new_line = QHBoxLayout()
        new_line.setSpacing(12)
        new_line.addWidget(Field("Something new", self.new), 1)
        new_line.addWidget(Field("What it is", self.kind))
        self.body.addLayout(new_line)
        self.error = InlineError()
        self.body.addWidget(self.error)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Cancel", name="enhanced_cancel").clicked.connect(self.reject)
        self.keep = self.add_answer("Keep", primary=True, default=True, name="enhanced_keep")
        self.keep.clicked.connect(self._on_keep)
        first = next((tick for _, tick, _ in self._rows if tick.isChecked()), None) or (
            self._rows[0][1] if self._rows else self.new
        )
        first.setFocus(Qt.FocusReason.TabFocusReason)
        self.fit()

    def keyPressEvent(self, event) -> None:  # noqa: ANN001 - QKeyEvent
        number = event.key() - Qt.Key.Key_0
        if 1 <= number <= min(9, len(self._rows)) and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self._rows[number - 1][1].toggle()
            self._rows[number - 1][1].setFocus()
            return
        super().keyPressEvent(event)

    def _on_keep(self) -> None:
        named = [(e.name, *_dose(field.text(), e.kind)) for e, tick, field in self._rows if tick.isChecked()]
        name = " ".join(self.new.text().split())
        kind = self.kind.value()
        new = (name, kind if isinstance(kind, EnhancerKind) else EnhancerKind.OTHER) if name else None
        if new is not None:
            named.append((name, "", None))
        if not named:
            self.error.set_sentence("Nothing is ticked. Tick what it was, or write it below.")
            return
        self.enhanced_by.emit(named, new)
        self.accept()


def dose_words(exposure: Exposure | None) -> str:
    """The dose or intensity of an exposure as typed."""
    if exposure is None:
        return ""
    return exposure.dose or ("" if exposure.intensity is None else f"{exposure.intensity:g}")


def _dose(text: str, kind: EnhancerKind) -> tuple[str, float | None]:
    """(dose, intensity): a bare number from 0 to 1 is a device's intensity, all else is a dose as written."""
    plain = " ".join(text.split())
    try:
        number = float(plain.replace(",", "."))
    except ValueError:
        return plain, None
    if kind in (EnhancerKind.DEVICE, EnhancerKind.STIMULATION) and 0 <= number <= 1:
        return "", number
    return plain, None
