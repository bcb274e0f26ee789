"""Marking words of a dream as a comment: square brackets around what was said about it rather than of it."""

from __future__ import annotations

from PySide6.QtGui import QTextCursor

from dreamjournal.domain.word_count import comment_count, marking, word_count
from dreamjournal.ui.widgets.words_edit import WordsEdit
from dreamjournal.ui.words import count_words

KEY = "Ctrl+Shift+C"
HELP = f"Select what is not the dream itself, a repeat or a remark; in [brackets] it is not counted ({KEY})"


def mark_comment(words: WordsEdit) -> bool:
    """Bracket the selected words, or take their brackets away, in one step that Ctrl+Z takes back. False: nothing to mark.

    Only brackets are typed: the person's own characters stay as they are.
    """
    cursor = words.textCursor()
    text = words.words()
    start, end = (_characters(text, at) for at in (cursor.selectionStart(), cursor.selectionEnd()))
    found = marking(text, start, end)
    if found is None:
        return False
    first, last = _units(text, found.start), _units(text, found.end)
    cursor.beginEditBlock()
    # The end first, so that the start stays where it is.
    if found.off:
        for at in (last - 1, first):
            cursor.setPosition(at)
            cursor.deleteChar()
    else:
        for at, bracket in ((last, "]"), (first, "[")):
            cursor.setPosition(at)
            cursor.insertText(bracket)
    cursor.endEditBlock()
    cursor.setPosition(first)
    cursor.setPosition(last + (-2 if found.off else 2), QTextCursor.MoveMode.KeepAnchor)
    words.setTextCursor(cursor)
    return True


def counted_words(text: str) -> str:
    """ "24 words", or "24 words, 5 in comments"."""
    comments = comment_count(text)
    words = count_words(word_count(text), "word")
    return f"{words}, {comments} in comments" if comments > 0 else words


def _units(text: str, characters: int) -> int:
    """Qt counts in UTF-16: a character beyond the first plane is two."""
    return characters + sum(ord(c) > 0xFFFF for c in text[:characters])


def _characters(text: str, units: int) -> int:
    """The other way round."""
    seen = 0
    for i, c in enumerate(text):
        if seen >= units:
            return i
        seen += 2 if ord(c) > 0xFFFF else 1
    return len(text)
