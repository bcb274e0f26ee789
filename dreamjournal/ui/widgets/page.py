"""What every page is built on: title, controls on the title line, a body that scrolls, a foot, columns that stack."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QScrollBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from dreamjournal.domain.changes import Changes
from dreamjournal.ui.theme import theme_of, tokens
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.notices import UndoOffer
from dreamjournal.ui.widgets.text import Label, set_shown

STACK_BELOW = 720
"""Content width divided by text scale under which columns stack."""

GROWS_MS = 2000
"""How long a page that was just made is waited for before it is left where it is."""


class Page(QWidget):
    """Base of the pages in the shell. A subclass fills `body` and overrides `activate`, `refresh` and `leave`.

    `scrolls=False` gives a body without a scroll area, for list and detail pages that scroll their own parts;
    `margins=False` leaves the page's margins to the subclass.
    """

    navigate = Signal(str, object)
    """(page key, night or None): go to another page."""
    import_requested = Signal(object)
    """A list of paths, empty to ask for files."""

    def __init__(
        self,
        key: str,
        title: str,
        *,
        scrolls: bool = True,
        margins: bool = True,
        header: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.page_key = key
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(title)
        side = tokens()["sizes"]["page_margin"]
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self._content = QWidget()
        self._content.setObjectName("pageBody")
        self._content.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self._content)
        if margins:
            column.setContentsMargins(side, tokens()["sizes"]["page_top"], side, 24)
        else:
            column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        self.title_label = Label(title, "page")
        self.subtitle_label = Label("", "control", "muted", wrap=True)
        self.subtitle_label.hide()
        self._controls = QWidget()
        self._controls_flow = FlowLayout(self._controls, 8, 8)
        self._controls.hide()
        self.undo_offer = UndoOffer()
        if header:
            column.addLayout(self._make_head())
        column.addWidget(self.undo_offer)
        self.body = QVBoxLayout()
        self.body.setSpacing(16)
        column.addLayout(self.body, 1)
        if scrolls:
            self.scroll_area: QScrollArea | None = QScrollArea()
            self.scroll_area.setWidgetResizable(True)
            self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
            self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.scroll_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.scroll_area.setWidget(self._content)
            self._outer.addWidget(self.scroll_area, 1)
        else:
            self.scroll_area = None
            self._outer.addWidget(self._content, 1)
        self._foot: QHBoxLayout | None = None

    def _make_head(self) -> QBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(24)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(self.title_label)
        words.addWidget(self.subtitle_label)
        head.addLayout(words, 1)
        head.addWidget(self._controls, 0, Qt.AlignmentFlag.AlignTop)
        self._head = head
        return head

    def set_title(self, title: str, subtitle: str = "") -> None:
        """The page's name and what night or range it shows."""
        self.title_label.setText(title)
        self.subtitle_label.setText(subtitle)
        set_shown(self.subtitle_label, bool(subtitle))
        self.setAccessibleName(title)

    def set_subtitle(self, subtitle: str) -> None:
        """What night or range the page shows."""
        self.set_title(self.title_label.text(), subtitle)

    def add_control(self, widget: QWidget) -> None:
        """Put a control at the right of the title line."""
        self._controls_flow.addWidget(widget)
        set_shown(self._controls, True)

    def foot(self) -> QHBoxLayout:
        """The bar at the bottom of the page, made on first use; it never scrolls."""
        if self._foot is None:
            bar = QFrame()
            bar.setObjectName("pageFoot")
            bar.setProperty("kind", "foot")
            side = tokens()["sizes"]["page_margin"]
            self._foot = QHBoxLayout(bar)
            self._foot.setContentsMargins(side, 14, side, 14)
            self._foot.setSpacing(16)
            self._outer.addWidget(bar)
        return self._foot

    # What the shell calls.

    def activate(self, night: date | None) -> None:
        """The page comes to the front, for `night` where it shows one."""

    def refresh(self, changes: Changes) -> None:
        """The journal changed: look at the flags and read again what is shown."""

    def leave(self) -> bool:
        """The page goes to the back or the window closes: keep all words as drafts. False holds the person here."""
        return True

    def unsaved(self) -> str:
        """Words that could not be kept even as a draft and are only on the screen; empty where there are none."""
        return ""

    def focus_first(self) -> None:
        """Put the focus where the page begins."""
        self._content.focusNextChild()

    def shown_night(self) -> date | None:
        """The night the page shows, None where it shows many: after a lock it comes back with it."""
        return None

    def spot(self) -> tuple[int, ...]:
        """Where on the page the person is, in numbers that tell nobody a word: after a lock it comes back there."""
        return () if self.scroll_area is None else (self.scroll_area.verticalScrollBar().value(),)

    def return_to(self, spot: tuple[int, ...]) -> None:
        """Go to where `spot` was; the page has just been shown."""
        if spot and self.scroll_area is not None:
            scroll_to(self.scroll_area.verticalScrollBar(), spot[0])

    def step_night(self, days: int) -> None:
        """Alt+← and Alt+→: the night before or after, on pages that show one."""

    def toggle_table(self) -> None:
        """Ctrl+T: the table instead of the chart, on pages that have one."""

    def undo(self) -> None:
        """Ctrl+Z outside a text field: take back what the page offers to."""
        self.undo_offer.undo()

    def new_dream(self) -> bool:
        """Ctrl+N: begin a dream here; False on pages where none is written."""
        return False

    def find(self) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride] - QWidget.find is static and takes a window id
        """Ctrl+F: focus the page's own search field; False when it has none."""
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.PolishRequest:
            self._wrap_head()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._wrap_head()

    def _wrap_head(self) -> None:
        head = getattr(self, "_head", None)
        if head is not None:
            stacked = self.width() / theme_of(self).scale < STACK_BELOW
            way = QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
            if head.direction() != way:
                head.setDirection(way)
                head.setSpacing(12 if stacked else 24)


def scroll_to(bar: QScrollBar, value: int) -> None:
    """Scroll there, now or as soon as what is to be scrolled has become long enough for it."""
    bar.setValue(value)
    if bar.value() == value:
        return
    waits = True

    def grown(_least: int, most: int) -> None:
        if most >= value:
            bar.setValue(value)
            stop()

    def stop() -> None:
        nonlocal waits
        if waits:
            waits = False
            bar.rangeChanged.disconnect(grown)

    bar.rangeChanged.connect(grown)
    QTimer.singleShot(GROWS_MS, bar, stop)


class Columns(QWidget):
    """Two columns which stack in reading order when the width divided by the text scale falls under 720.

    Fill `left` and `right`. `right_width` fixes the right column's width (times the text scale), else `ratio` shares the room.
    """

    stacked_changed = Signal(bool)

    def __init__(
        self,
        *,
        ratio: tuple[int, int] = (1, 1),
        right_width: int | None = None,
        gap: int = 40,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ratio, self._right_width, self._gap = ratio, right_width, gap
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(gap)
        self.left_widget, self.right_widget = QWidget(), QWidget()
        self.left, self.right = QVBoxLayout(self.left_widget), QVBoxLayout(self.right_widget)
        for layout in (self.left, self.right):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(12)
        for widget, share in ((self.left_widget, ratio[0]), (self.right_widget, ratio[1])):
            widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            self._box.addWidget(widget, share)
        self.stacked = False
        self._arrange()

    def _arrange(self) -> None:
        scale = theme_of(self).scale
        stacked = self.width() / scale < STACK_BELOW
        self._box.setDirection(QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight)
        self._box.setSpacing(24 if stacked else self._gap)
        fixed = self._right_width is not None and not stacked
        across = QSizePolicy.Policy.Preferred if fixed else QSizePolicy.Policy.Ignored
        self.right_widget.setSizePolicy(across, QSizePolicy.Policy.Preferred)
        if fixed and self._right_width is not None:
            self.right_widget.setFixedWidth(round(self._right_width * scale))
        else:
            self.right_widget.setMinimumWidth(0)
            self.right_widget.setMaximumWidth(16777215)
        self._box.setStretch(0, 0 if stacked else 1 if fixed else self._ratio[0])
        self._box.setStretch(1, 0 if stacked or fixed else self._ratio[1])
        if stacked != self.stacked:
            self.stacked = stacked
            self.stacked_changed.emit(stacked)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "stacked"):
            self._arrange()


class Card(QFrame):
    """A frame for a form or list that belongs together; fill `box`. `kind` is "card", "raised" or "list"."""

    def __init__(self, *, kind: str = "card", pad: int = 20, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", kind)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(pad, pad, pad, pad)
        self.box.setSpacing(8)


class SectionHead(QWidget):
    """A section's heading with what belongs to it at the right (a link, a saved note)."""

    def __init__(self, text: str, *trailing: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.label = Label(text, "section")
        row.addWidget(self.label, 1)
        for widget in trailing:
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignBottom)


class EmptyState(QWidget):
    """What an empty page says: what is, why, and one thing to do now."""

    def __init__(self, headline: str, text: str, *actions: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        self.headline = Label(headline, "verdict", wrap=True)
        self.words = Label(text, "body", "muted", wrap=True)
        box.addWidget(self.headline)
        box.addWidget(self.words)
        if actions:
            row = QWidget()
            flow = FlowLayout(row, 12, 8)
            for action in actions:
                flow.addWidget(action)
            box.addSpacing(6)
            box.addWidget(row)
