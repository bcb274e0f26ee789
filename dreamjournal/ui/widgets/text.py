"""Words on the screen: labels that never read markup in what they show."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import Qt as Texts
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from dreamjournal.ui.theme import theme_of


def tip(text: str) -> str:
    """`text` for a tooltip: Qt reads what looks like markup as such, and a picture named in it is loaded."""
    if not Texts.mightBeRichText(text):
        return text
    from html import escape  # as in Prose

    return f"<qt>{escape(text)}</qt>".replace("\n", "<br>")


def restyle(widget: QWidget) -> None:
    """Let the style sheet see a property that was changed after the widget was shown."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def set_shown(widget: QWidget, shown: bool) -> None:
    """Show or hide a part of a page. One that has no parent yet is shown when it gets one, never as a window of its own."""
    if shown and widget.parentWidget() is None:
        widget.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, False)
    else:
        widget.setVisible(shown)


class Label(QLabel):
    """Plain text in a type kind ("body", "caption", "section", "page" ...) and a tone ("text", "muted", "accent", "error")."""

    def __init__(
        self, text: str = "", kind: str = "body", tone: str = "text", *, wrap: bool = False, strong: bool = False,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)
        self.setProperty("tone", tone)
        self.setProperty("strong", strong)
        if wrap:
            self.setWordWrap(True)
            # A wrapped QLabel must be allowed to become narrower than its preferred 80-odd characters.
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def minimumSizeHint(self) -> QSize:
        return _one_line(self) if self.wordWrap() else super().minimumSizeHint()

    def set_tone(self, tone: str) -> None:
        """Show the same words in another tone."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            restyle(self)


class Prose(QLabel):
    """A wrapped paragraph with room between its lines, and links in it; all it shows is escaped, nothing is markup.

    `parts` are plain strings, `(text, "strong")` or `(text, key)` where key starts with "link:"; a click or Enter on such a
    link emits `link_activated(key without "link:")`.
    """

    link_activated = Signal(str)

    def __init__(
        self, *parts: str | tuple[str, str], kind: str = "body", tone: str = "text", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", kind)
        self.setProperty("tone", tone)
        self._parts: tuple[str | tuple[str, str], ...] = parts
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.linkActivated.connect(lambda key: self.link_activated.emit(key.removeprefix("link:")))
        self._fill()

    def set_parts(self, *parts: str | tuple[str, str]) -> None:
        """Show another paragraph."""
        self._parts = parts
        self._fill()

    def plain(self) -> str:
        """The paragraph as plain text, for readers and tests."""
        return "".join(p if isinstance(p, str) else p[0] for p in self._parts)

    def _fill(self) -> None:
        theme = theme_of(self)
        height = round(theme.line_height(str(self.property("kind"))) / 1.21 * 100)
        html = "".join(self._markup(part) for part in self._parts)
        self.setText(f'<p style="line-height:{height}%; margin:0">{html}</p>')
        self.setAccessibleName(self.plain())
        links = any(not isinstance(p, str) and p[1].startswith("link:") for p in self._parts)
        flags = Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        self.setTextInteractionFlags(flags if links else Qt.TextInteractionFlag.NoTextInteraction)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if links else Qt.FocusPolicy.NoFocus)

    def _markup(self, part: str | tuple[str, str]) -> str:
        from html import escape  # its table of entities takes 4 ms, which the first paint does not need

        if isinstance(part, str):
            return escape(part).replace("\n", "<br>")
        text, key = escape(part[0]), part[1]
        if key == "strong":
            return f'<span style="font-weight:600">{text}</span>'
        colour = theme_of(self).colour("accent").name()
        return f'<a href="{escape(key, quote=True)}" style="color:{colour}">{text}</a>'

    def minimumSizeHint(self) -> QSize:
        return _one_line(self)

    def changeEvent(self, event) -> None:  # noqa: ANN001 - QEvent
        super().changeEvent(event)
        if event.type() == event.Type.PaletteChange and self._parts:
            self._fill()


def _one_line(label: QLabel) -> QSize:
    # QLabel asks for the height of one word a line, which makes scroll areas scroll over nothing; layouts ask for the
    # height at the real width anyway.
    return QSize(40, label.fontMetrics().height())


class Line(QFrame):
    """A decorative hairline, across or down."""

    def __init__(self, *, vertical: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "line")
        self._vertical = vertical
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def sizeHint(self) -> QSize:
        return QSize(1, 1)
