"""Dialogs: window-modal, at most 880 px wide, Esc is the safe answer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from dreamjournal.ui.theme import theme_of
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.focus_ring import FocusRing
from dreamjournal.ui.widgets.text import Label, Prose, set_shown, tip

NOTE_FITS = 1.3
"""The text scale up to which a foot has room for a note beside its buttons."""


class _FootNote(Label):
    """Steps aside when the text grows, also while the dialog is open."""

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.ParentChange, QEvent.Type.Polish):
            set_shown(self, theme_of(self).scale <= NOTE_FITS)
        return super().event(event)


class Dialog(QDialog):
    """A dialog with a scrolling `body` and a `foot` for its buttons; the parent's window stays where it is below it."""

    def __init__(self, title: str, parent: QWidget | None, *, name: str = "dialog", width: int = 640) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMaximumWidth(880)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        content = QWidget()
        content.setObjectName("dialogBody")
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(36, 28, 36, 24)
        self.body.setSpacing(14)
        self.scroll_area = QScrollArea()
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll_area.setWidget(content)
        outer.addWidget(self.scroll_area, 1)
        bar = QFrame()
        bar.setProperty("kind", "dialogFoot")
        self.foot = QHBoxLayout(bar)
        self.foot.setContentsMargins(36, 14, 36, 14)
        self.foot.setSpacing(12)
        outer.addWidget(bar)
        self.resize(min(880, theme_of(self).scaled(width)), 480)
        FocusRing(self)

    def add_answer(self, text: str, *, primary: bool = False, default: bool = False, name: str = "") -> Button:
        """A button at the end of the foot. `default` takes Enter and the focus."""
        button = Button(text, "primary" if primary else "plain", name=name)
        button.setDefault(default)
        self.foot.addWidget(button)
        if default:
            button.setFocus()
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.width() > self.maximumWidth():
            # While the text size changes a foot may for a moment need more than the widest dialog; Qt then keeps that width.
            QTimer.singleShot(0, self, lambda: self.resize(min(self.width(), self.maximumWidth()), self.height()))

    def add_note(self, text: str, about: Button) -> None:
        """A line in the foot about a button; where large text leaves it no room, it is the button's tooltip alone."""
        about.setToolTip(tip(text))
        about.setAccessibleDescription(text)
        self.foot.addWidget(_FootNote(text, "caption", "muted"))

    def fit(self) -> None:
        """Take the height the contents need, within the screen."""
        inner = self.scroll_area.widget()
        assert inner is not None
        wanted = inner.heightForWidth(self.width()) if inner.hasHeightForWidth() else inner.sizeHint().height()
        screen = self.screen().availableGeometry().height() if self.screen() else 800
        self.resize(self.width(), min(screen - 80, max(wanted, inner.sizeHint().height()) + 90))


class AskDialog(Dialog):
    """One question with its safe answer; `accepted` when the person goes ahead."""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        text: str,
        go: str,
        *,
        stay: str = "Cancel",
        safe_default: bool = True,
        name: str = "ask",
    ) -> None:
        super().__init__(title, parent, name=name, width=520)
        self.body.addWidget(Label(title, "section", wrap=True))
        self.body.addWidget(Prose(text, kind="body"))
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.stay = self.add_answer(stay, default=safe_default, name=f"{name}_stay")
        self.go = self.add_answer(go, primary=not safe_default, default=not safe_default, name=f"{name}_go")
        self.stay.clicked.connect(self.reject)
        self.go.clicked.connect(self.accept)
        self.fit()


def show_error(parent: QWidget | None, what: str, why: str = "", what_now: str = "") -> Dialog:
    """Open (not block) a plain dialog for an error that belongs to no field: what happened, why, what now."""
    dialog = Dialog("Dreamjournal", parent, name="errorDialog", width=520)  # what went wrong may name something
    dialog.body.addWidget(Label(what.rstrip(".") + ".", "section", wrap=True))
    for text in (why, what_now):
        if text:
            sentence = text[0].upper() + text[1:].rstrip(".") + "."
            dialog.body.addWidget(Prose(sentence, kind="body"))
    dialog.body.addStretch(1)
    dialog.foot.addStretch(1)
    dialog.add_answer("Close", primary=True, default=True, name="errorDialog_close").clicked.connect(dialog.accept)
    dialog.fit()
    dialog.open()
    return dialog


def empty_layout(layout: QLayout) -> None:
    """Take everything out of a dialog's body or foot, for what comes next."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
