"""One sign: the person's word, in how many dreams of which nights, and always the sentences it stands in.

A card is made of few widgets, since each one costs its share of the style sheet: with one for each part of a sentence,
sixteen cards took half a second to come on screen (measured).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from dreamjournal.domain.night import Condition
from dreamjournal.domain.sign import SHUFFLES, Sentence, Share, Sign
from dreamjournal.ui.signs.words import said
from dreamjournal.ui.theme import theme_of, tokens
from dreamjournal.ui.widgets.buttons import Button
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.flow import FlowLayout
from dreamjournal.ui.widgets.marks import MARK_SIZE, paint_condition
from dreamjournal.ui.widgets.page import Card
from dreamjournal.ui.widgets.text import Label, Prose
from dreamjournal.ui.words import short_date

FIRST = 3
"""Sentences shown on the card itself."""
TOGETHER = 20
"""Sentences the dialog shows before the person asks for more."""


def of_words(share: Share) -> str:
    """12 of 66, or that there were none to have it."""
    return f"{share.n} of {share.of}" if share.of else "no dreams"


class Sentences(QLabel):
    """Sentences in the person's type, the word in each strong, each under its night; a night is a link to its dream.

    Everything shown is escaped: markup in a dream stays plain words.
    """

    opened = Signal(object)
    """The night of the sentence."""

    def __init__(self, sentences: Sequence[Sentence], *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heights: dict[int, int] = {}
        self.setObjectName(name)
        self.setProperty("kind", "words_list")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.sentences = tuple(sentences)
        self.linkActivated.connect(lambda key: self.opened.emit(self.sentences[int(key)].night_date))
        self.setAccessibleName(self.plain())
        self.setAccessibleDescription("Each night is a link to its dream")
        self._fill()

    def plain(self) -> str:
        """The sentences as plain text, for readers and tests."""
        return "\n".join(f"{_night(s)}: {s.text}" for s in self.sentences)

    def heightForWidth(self, width: int) -> int:
        # Nested layouts ask again and again, and a QLabel lays its document out each time.
        if width not in self._heights:
            self._heights[width] = super().heightForWidth(width)
        return self._heights[width]

    def sizeHint(self) -> QSize:
        width = theme_of(self).scaled(520)
        return QSize(width, self.heightForWidth(width))

    def _fill(self) -> None:
        self._heights.clear()
        theme = theme_of(self)
        family = ", ".join(tokens()["type"]["families"]["ui"])
        small = f"font-family:{family}; font-size:{theme.px('caption')}px"
        accent, muted = theme.colour("accent").name(), theme.colour("muted").name()
        self.setText("".join(self._markup(i, s, small, accent, muted) for i, s in enumerate(self.sentences)))

    def _markup(self, index: int, sentence: Sentence, small: str, accent: str, muted: str) -> str:
        from html import escape

        text, start, end = sentence.text, sentence.start, sentence.end
        words = escape(text)
        if end > start:
            strong = f'<span style="font-weight:600">{escape(text[start:end])}</span>'
            words = escape(text[:start]) + strong + escape(text[end:])
        night = f'<a href="{index}" style="color:{accent}; {small}">{short_date(sentence.night_date)}</a>'
        kind = f'<span style="color:{muted}; {small}"> {sentence.arm}</span>' if sentence.arm else ""
        # Two paragraphs, so that a sentence of another direction keeps its own.
        return f'<p style="margin:0 0 2px 0">{night}{kind}</p><p style="margin:0 0 10px 0">{words}</p>'

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.fontMetrics().height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "sentences"):
            self._fill()


def _night(sentence: Sentence) -> str:
    return short_date(sentence.night_date) + (f", {sentence.arm}" if sentence.arm else "")


class Counts(QWidget):
    """Both kinds of night with their marks: hollow circle natural 2 of 20, filled diamond enhanced 10 of 20."""

    def __init__(self, natural: Share, enhanced: Share, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = tuple(
            (kind, f"{kind.value} {of_words(share)}")
            for kind, share in ((Condition.NATURAL, natural), (Condition.ENHANCED, enhanced))
        )
        self.setAccessibleName(", ".join(words for _, words in self._parts))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        theme = theme_of(self)
        metrics = QFontMetricsF(theme.font("caption"))
        wide = sum(theme.scaled(MARK_SIZE) + 6 + metrics.horizontalAdvance(words) + 16 for _, words in self._parts)
        return QSize(round(wide), round(metrics.height()) + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setFont(theme.font("caption"))
        metrics = QFontMetricsF(painter.font())
        base = (self.height() + metrics.ascent() - metrics.descent()) / 2
        side, x = theme.scaled(MARK_SIZE), 0.0
        for kind, words in self._parts:
            paint_condition(painter, QPointF(x + side / 2, self.height() / 2), kind, theme)
            painter.setPen(theme.colour("text"))
            painter.drawText(QPointF(x + side + 6, base), words)
            x += side + 6 + metrics.horizontalAdvance(words) + 16


class SentencesDialog(Dialog):
    """All sentences of a sign, some at a time."""

    def __init__(
        self, parent: QWidget, word: str, sentences: Sequence[Sentence], on_open: Callable[[date], None]
    ) -> None:
        super().__init__("Where it stands", parent, name="sentencesDialog", width=720)
        self._left = list(sentences)
        self._on_open = on_open
        self.blocks: list[Sentences] = []
        self.body.addWidget(Label(word, "words", wrap=True))
        many = "1 dream" if len(sentences) == 1 else f"{len(sentences)} dreams"
        self.body.addWidget(Label(f"{many}, the newest first. A night opens its dream.", "caption", "muted", wrap=True))
        self.more = Button("", name="sentencesDialog_more")
        self.more.clicked.connect(self._show_some)
        self.body.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addStretch(1)
        self.foot.addStretch(1)
        self.add_answer("Close", default=True, name="sentencesDialog_close").clicked.connect(self.reject)
        self._show_some()
        self.fit()

    def _show_some(self) -> None:
        some, self._left = self._left[:TOGETHER], self._left[TOGETHER:]
        block = Sentences(some, name=f"sentencesDialog_{len(self.blocks) + 1}")
        block.opened.connect(self._open)
        self.body.insertWidget(self.body.indexOf(self.more), block)
        self.blocks.append(block)
        self.more.setText(f"Show {min(TOGETHER, len(self._left))} more")
        self.more.setVisible(bool(self._left))

    def _open(self, night: date) -> None:
        self.accept()
        self._on_open(night)


class SignCard(Card):
    """A sign with its counts, its first sentences, and what the person can do with it."""

    night_opened = Signal(object)
    all_asked = Signal(object)
    keep_asked = Signal(str)
    hide_asked = Signal(str)

    def __init__(
        self, sign: Sign, *, own: bool, name: str, nurse: bool = False, numbers: bool = True, parent: QWidget | None = None
    ) -> None:  # fmt: skip
        super().__init__(pad=16, parent=parent)
        self.setObjectName(name)
        self.setAccessibleName(sentence_of(sign) if numbers else named(sign))
        self.sign = sign
        head = QWidget()
        flow = FlowLayout(head, 16, 4)
        flow.addWidget(Label(sign.word, "words_morning", strong=True))
        facts = [said("your tag", nurse=nurse)] if sign.kind == "tag" else []
        if numbers:
            flow.addWidget(Counts(sign.natural, sign.enhanced))
            facts += [
                f"in {of_words(sign.usual)} dreams of all",
                f"some word as far apart in {sign.any_as_far} of {SHUFFLES} shuffles",
            ]
        if facts:
            flow.addWidget(Label(", ".join(facts), "caption", "muted"))
        self.box.addWidget(head)
        self.sentences = Sentences(sign.sentences[:FIRST], name=f"{name}_sentences")
        self.sentences.opened.connect(self.night_opened)
        self.box.addWidget(self.sentences)
        links: list[tuple[str, str]] = []
        if len(sign.sentences) > FIRST:
            links.append((f"All {len(sign.sentences)} sentences…" if numbers else "All sentences…", "link:all"))
        if not own:
            links.append(("Keep as a dream sign", "link:keep"))
        links.append(("Never show this word", "link:hide"))
        parts: list[str | tuple[str, str]] = []
        for link in links:
            parts += [" · ", link] if parts else [link]
        self.acts = Prose(*parts, kind="caption")
        self.acts.setAccessibleDescription(sign.word)
        self.acts.link_activated.connect(self._act)
        self.box.addWidget(self.acts)

    def _act(self, key: str) -> None:
        if key == "all":
            self.all_asked.emit(self.sign)
        elif key == "keep":
            self.keep_asked.emit(self.sign.word)
        else:
            self.hide_asked.emit(self.sign.word)


def named(sign: Sign) -> str:
    """A sign by its kind and its word."""
    return f"{'Tag' if sign.kind == 'tag' else 'Word'} {sign.word}"


def sentence_of(sign: Sign) -> str:
    """A sign in one sentence, for a reader."""
    return (
        f"{named(sign)}: in {of_words(sign.natural)} dreams of natural nights and {of_words(sign.enhanced)} of enhanced "
        f"ones, {of_words(sign.usual)} of all."
    )
