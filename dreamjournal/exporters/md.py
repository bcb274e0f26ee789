"""Markdown: headings, paragraphs, pipe tables, and each figure in words. What a person wrote is text there too, never markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Caveat, Figure, Prose, Report, Table
from dreamjournal.exporters._book import clean
from dreamjournal.exporters._exporter import Exporter, Rendered
from dreamjournal.exporters._twins import twin
from dreamjournal.exporters._values import mapped, page_values, shortened

_ANYWHERE = re.compile(
    r"[\\`*{}\[\]<>|~$^&]"
    r"|(?<![^\W_])_|_(?![^\W_])"
    r"|(?<=[A-Za-z]):(?=//)"  # addresses, which some readers make links of
    r"|(?<=[Ww]{3})\.|(?<=\S)@(?=\S)"
    r"|(?<!\d):(?=[\w+-]+:)"  # names of emoji
)
_AT_START = re.compile(r"[#+\-=:%!]")
_NUMBERED = re.compile(r"(\d+)([.)])(?=\s|$)")
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")


def escaped(text: str) -> str:
    """`text` on one line, such that CommonMark and its common extensions show it as it is, also at the start of a line."""
    line = _inside(text)
    if _AT_START.match(line):
        return "\\" + line
    return _NUMBERED.sub(r"\1\\\2", line, count=1) if _NUMBERED.match(line) else line


def _inside(text: str) -> str:
    return _ANYWHERE.sub(r"\\\g<0>", _trimmed(_blanks(text)))


def _blanks(text: str) -> str:
    """One blank for each run of them; those that do not break stay as they are."""
    return _BLANKS.sub(" ", text)


def _trimmed(text: str) -> str:
    """Without blanks of any kind at its ends, where Markdown shows none."""
    return text.strip()


def render(report: Report) -> Rendered:
    """UTF-8 with the page's parts in its order, then every night as a table unless the page holds them all."""
    page = mapped(report, clean)
    parts = [f"# {escaped(page.title)}", f"{escaped(page.heading)} \u00b7 Person {escaped(page.person)}"]
    if page.facts:
        parts.append("\n".join(f"- {_strong(f.label)}: {_run(f.words)}" for f in page.facts))
    for section in page.sections:
        if section.title:
            parts.append(f"## {escaped(section.title)}")
        items: list[str] = []
        for block in section.blocks:
            if isinstance(block, Prose) and block.role == "item":
                items.append(f"- {_run(block.words)}")
                continue
            if items:
                parts.append("\n".join(items))
                items = []
            parts += _block(block)
        if items:
            parts.append("\n".join(items))
    if not page.told and page.nights.columns:
        parts += ["## Every night", _table(shortened(page.nights), absent="")]
    footer = page_values(page, lambda figure: {})["footer"]
    parts += ["***", escaped(footer["made"]), escaped(footer["standing"])]
    return Rendered(("\n\n".join(parts) + "\n").encode(errors="replace"), 1)


def _block(block: Prose | Table | Figure | Caveat) -> list[str]:
    if isinstance(block, Caveat):
        return [escaped(block.text)] if block.text.strip() else []
    if isinstance(block, Table):
        return [_table(block)] + ([escaped(block.note)] if block.note else [])
    if isinstance(block, Figure):
        table = twin(block.drawing)
        said = [f"**Figure.** {escaped(block.alt)}"] + ([escaped(block.caption)] if block.caption else [])
        return said + ([_table(table)] if table is not None and table.rows else [])
    if block.role == "dream":
        # A line of a poem ends where it was ended.
        return ["\\\n".join(line for line in (escaped(w.text) for w in block.words) if line)]
    words = _run(block.words)
    if not words:
        return []
    return [f"> {words}"] if block.role in ("answer", "collecting", "refused") else [words]


def _table(table: Table, absent: str = "\u2013") -> str:
    heads = [_inside(c.title) for c in table.columns]
    rule = ["--:" if c.number else "---" for c in table.columns]
    rows = [[absent if cell is None else _inside(cell) for cell in row] for row in table.rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, rule, *rows])


def _strong(text: str) -> str:
    return f"**{_inside(text)}**" if text.strip() else ""


def _run(words: Sequence[Words]) -> str:
    """Words with their emphasis; it is left out where the asterisks would stand as such beside what surrounds them."""
    runs = [
        (strong, _blanks("".join(w.text for w in group)))
        for strong, group in groupby((w for w in words if w.text), lambda w: w.strong)
    ]
    out = ""
    for i, (strong, text) in enumerate(runs):
        core = text.strip()
        if not core:
            out += text
            continue
        lead, tail = text[: text.index(core)], text[text.index(core) + len(core) :]
        said = _inside(core) if out.strip() else escaped(core)
        before = lead or runs[i - 1][1][-1:] if i else ""
        after = tail or runs[i + 1][1][:1] if i + 1 < len(runs) else ""
        if strong and _flanks(before[-1:], core[0]) and _flanks(after[:1], core[-1]):
            said = f"**{said}**"
        out += lead + said + tail
    return _trimmed(re.sub(" {2,}", " ", out))


def _flanks(outside: str, inside: str) -> bool:
    """Whether asterisks between the two are taken for emphasis (CommonMark 0.31, section 6.2)."""
    return not outside or outside.isspace() or inside.isalnum() or not outside.isalnum()


PLUGIN = Exporter("md", "Markdown", ".md", render)
