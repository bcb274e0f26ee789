"""A book of dreams as PDF: set in a serif, every script the fonts at hand have, as many pages as it takes."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from dreamjournal.charts import fonts
from dreamjournal.common.errors import KnownError
from dreamjournal.common.resources import resource
from dreamjournal.domain.report import Report
from dreamjournal.exporters._values import mapped, page_values

KIND = "anthology"
FAMILIES = ("Source Serif 4", "Source Sans 3")
"""The families a book is set in, the first that has a character."""
_FILES = (
    ("SourceSerif4-Regular.otf", "SourceSerif4-Semibold.otf"),
    ("SourceSans3-Regular.ttf", "SourceSans3-Semibold.ttf"),
)
WIDE_FAMILY = "DejaVu Sans"
"""Comes with matplotlib. It has Hebrew, Arabic, Armenian, Georgian and many signs, and is asked only for what the others lack."""
_WIDE_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
_JOINERS = "\u200c\u200d"
_BLANKS = "\n\r\t\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Variation selectors ask for another form of the character before them, and have none themselves."""
_LONG = re.compile(r"[^\s\u200c\u200d]{36,}")
_BREAK = "\u200b"


def clean(text: str) -> str:
    """`text` composed (NFC), its breaks and tabs as blanks, without what is no character and without marks that turn other words round.

    Joiners stay: words of several scripts, and many emoji, are made with them.
    """
    text = unicodedata.normalize("NFC", text)
    if text.isprintable():
        return text
    out: list[str] = []
    for c in text:
        if c in _BLANKS:
            out.append(" ")
        elif c in _JOINERS or not (unicodedata.category(c) in ("Cc", "Cf", "Cs") or _no_character(c)):
            out.append(c)
    return "".join(out)


def printable(text: str) -> tuple[str, int]:
    """`text` as the fonts of a book can print it, and how many characters none of them has (each becomes a rectangle)."""
    known = _characters()
    text = clean(text)
    if known[0].issuperset(text):
        return text, 0
    out: list[str] = []
    lost = 0
    for cluster in _clusters(_SELECTORS.sub("", text)):
        if any(has.issuperset(cluster) for has in known):
            out.append(cluster)
            continue
        # A letter and its marks are drawn from one font.
        base, marks = cluster[0], cluster[1:].strip(_JOINERS)
        if unicodedata.category(base) == "Zs":
            base = " "
        drawn = not unicodedata.category(base).startswith("M") and any(base in has for has in known)
        out.append((base if drawn else fonts.MISSING) + fonts.MISSING * len(marks))
        lost += (not drawn) + len(marks)
    return "".join(out), lost


def compiled(report: Report, most: int | None = None) -> tuple[Any, int]:
    """A compiler of the book, and its pages. Raises KnownError where a font is missing.

    With `most` no more than the dreams that begin on the first `most` pages are set, so that a look at a book of a
    thousand pages need not draw them all; those pages are the same as in the whole book, and say how long that is.
    """
    values, wide = _values(report)
    compiler, fit = _compiler(values, wide)
    pages = int(fit["pages"])
    if most is not None and pages > most:
        front = [s for s in values["sections"] if s["key"] == "about"]
        rest = [s for s in values["sections"] if s["key"] != "about"]
        begun = [s for s, page in zip(rest, fit["starts"], strict=True) if page <= most]
        compiler, _ = _compiler({**values, "sections": front + begun, "total": pages}, wide)
    return compiler, pages


def _compiler(values: dict[str, Any], wide: bool) -> tuple[Any, dict[str, Any]]:
    """A compiler of these values, and how many pages there are and on which each section begins."""
    import typst

    folders = [str(resource("fonts"))] + ([str(_wide_folder())] if wide else [])
    there = typst.Fonts(include_system_fonts=False, font_paths=folders).families()
    for family in (*FAMILIES, *((WIDE_FAMILY,) if wide else ())):
        if family not in there:
            # Typst drops the words of a font it does not find without an error.
            raise KnownError("The page could not be made", f"the font {family} is missing", "install the app again")
    compiler: Any = typst.Compiler(
        str(resource("templates", "anthology.typ")), root=str(resource("templates")), font_paths=folders, ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(values, ensure_ascii=False), "level": "0"},
    )  # fmt: skip
    return compiler, json.loads(compiler.query("<fit>", field="value", one=True))


def right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction runs from right to left (rule P2 of Unicode's UAX 9)."""
    for c in text:
        direction = unicodedata.bidirectional(c)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def _values(report: Report) -> tuple[dict[str, Any], bool]:
    """The values of the template, and whether they need the wide font."""
    lost = 0
    wide = False
    shipped = _characters()[:-1]

    def change(text: str) -> str:
        nonlocal lost, wide
        if text.isascii() and text.isprintable():
            return _LONG.sub(_broken, text)
        fit, n = printable(text)
        lost += n
        if not wide and not shipped[0].issuperset(fit):
            wide = any(not any(has.issuperset(x) for has in shipped) for x in _clusters(fit))
        return _LONG.sub(_broken, fit)

    title, person = change(report.title), change(report.person)
    title = title if title.strip(f" {_BREAK}{_JOINERS}") else report.heading  # a heading without words is no heading
    sections, facts = mapped(report.sections, change), mapped(report.facts, change)
    page = replace(report, title=title, person=person, sections=sections, facts=facts)
    values = page_values(page, lambda figure: {"svg": "", "width": 0, "height": 0})
    for section in values["sections"]:
        for block in section["blocks"]:
            if block["kind"] == "prose" and block["role"] == "dream":
                block["rtl"] = right_to_left("".join(w["text"] for w in block["words"]))
    values["title_rtl"] = right_to_left(title)
    values["lost"] = _lost_words(lost)
    values["fonts"] = [*FAMILIES, *((WIDE_FAMILY,) if wide else ())]
    values["total"] = None
    return values, wide


def _lost_words(lost: int) -> str:
    if lost == 0:
        return ""
    what = (
        "1 character has no printed form here and stands"
        if lost == 1
        else f"{lost} characters have no printed form here and stand"
    )
    return f"{what} as {fonts.MISSING}. The app shows the words whole; saved as HTML or Markdown the book has them whole too."


def _broken(long: re.Match[str]) -> str:
    return _BREAK.join("".join(part) for part in _pieces(long[0], 30))


def _pieces(text: str, length: int) -> Iterator[list[str]]:
    piece: list[str] = []
    for cluster in _clusters(text):
        if len(piece) == length:
            yield piece
            piece = []
        piece.append(cluster)
    yield piece


def _clusters(text: str) -> Iterator[str]:
    """Letters with the marks and joiners that follow them."""
    start = 0
    for i, c in enumerate(text):
        if i > start and not (ord(c) >= 0x300 and (c in _JOINERS or unicodedata.category(c).startswith("M"))):
            yield text[start:i]
            start = i
    if text:
        yield text[start:]


def _no_character(c: str) -> bool:
    return ord(c) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(c) <= 0xFDEF


@cache
def _characters() -> tuple[frozenset[str], ...]:
    """What each family has in all its weights, in the order they are asked. Joiners have no form, variation selectors go unseen."""
    from matplotlib.ft2font import FT2Font

    unseen = frozenset(_JOINERS)
    folder, wide = resource("fonts"), _wide_folder()
    found: list[frozenset[str]] = []
    for files in [[folder / name for name in names] for names in _FILES] + [[wide / name for name in _WIDE_FILES]]:
        sets = [frozenset(chr(c) for c in FT2Font(str(path)).get_charmap()) for path in files if path.is_file()]
        found.append((frozenset[str].intersection(*sets) if sets else frozenset[str]()) | unseen)
    return tuple(found)


def _wide_folder() -> Path:
    import matplotlib

    return Path(matplotlib.get_data_path(), "fonts", "ttf")
