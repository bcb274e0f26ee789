"""The plan of a study as PDF (tagged, PDF/UA-1), HTML or Markdown. Every text is set as text, never as markup."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

from dreamjournal.charts import fonts
from dreamjournal.charts.style import PAPER_FAMILY
from dreamjournal.common.errors import KnownError, UserError
from dreamjournal.common.files import atomic_write
from dreamjournal.common.resources import resource
from dreamjournal.domain.study_page import StudyPlan
from dreamjournal.exporters._exporter import STANDARDS, Rendered
from dreamjournal.exporters._values import mapped

LADDER = 4
"""Tightenings tried, one after the other, until the plan is on one page; a long study takes more pages at the last."""
LINE = 148
"""Characters of a printed line of the text the digest covers."""
_LONG = re.compile(r"\S{24,}")
_HASH = re.compile(r"[0-9a-f]{64}")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MARKDOWN = re.compile(r"([\\`*_\[\]#|<>~])")


def pdf(page: StudyPlan) -> Rendered:
    """The PDF and its pages."""
    compiler, pages = _fitted(page)
    data = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=int(page.printed.timestamp()))
    return Rendered(bytes(data), pages)


def pictures(page: StudyPlan, ppi: float) -> list[bytes]:
    """The pages as PNG images, as the PDF has them."""
    compiler, _ = _fitted(page)
    found = compiler.compile(format="png", ppi=ppi, timestamp=int(page.printed.timestamp()))
    return [bytes(p) for p in found] if isinstance(found, list) else [bytes(found)]


def html(page: StudyPlan) -> Rendered:
    """One self-contained page that fetches nothing and runs nothing."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(str(resource("templates")))
    env = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    values = _values(mapped(page, fonts.without_controls), lines=[page.covered] if page.covered else [])
    return Rendered(env.get_template("plan.html").render(**values).encode(errors="replace"), 1)


def markdown(page: StudyPlan) -> Rendered:
    """Markdown: headings, a table of nights with boxes to tick, and the covered text in a fence."""
    clean = mapped(page, fonts.without_controls)

    def safe(text: str) -> str:
        return _MARKDOWN.sub(r"\\\1", text)

    lines = [f"# {safe(clean.title)}", "", f"{safe(clean.heading)} · Person {safe(clean.person)}", ""]
    lines += [f"- **{safe(f.title)}**: {safe(f.text)}" for f in clean.facts]
    for entry in clean.entries:
        lines += ["", f"## {safe(entry.title)}", "", safe(entry.text)]
    done = "Done" if all(n.drawn is None for n in clean.nights) else "Used"
    lines += [
        "",
        "## Nights",
        "",
        f"| Night | Evening | Before | Drawn | {done} | Not {done.lower()} |",
        "|--:|---|---|---|:-:|:-:|",
    ]
    for n in clean.nights:
        before = "free day" if n.free else "work"
        lines.append(
            f"| {n.number} | {_weekday(n.night_date.weekday())} {n.night_date} | {before} | {n.drawn or 'sealed'} | ☐ | ☐ |"
        )
    lines += ["", "## Hash", "", f"`{clean.digest}`" if clean.digest else "none", "", safe(clean.verifying)]
    if page.covered:
        fence = "`" * (max((len(run) for run in re.findall(r"`+", page.covered)), default=0) + 3)
        lines += ["", fence, page.covered, fence]
    lines += ["", safe(clean.closing), ""]
    return Rendered("\n".join(lines).encode(errors="replace"), 1)


def save(rendered: Rendered, path: Path) -> int:
    """Write it, whole or not at all; the number of pages. Raises UserError when it cannot be written."""
    try:
        atomic_write(path, rendered.data)
    except OSError as error:
        why = "the folder does not exist" if not path.parent.is_dir() else error.strerror or "the system refused"
        raise UserError("Could not write to this folder", why.lower(), "choose another", field="out") from error
    return rendered.pages


def _fitted(page: StudyPlan) -> tuple[Any, int]:
    """A compiler of the loosest layout that keeps the plan to a page, and the number of pages."""
    import typst

    folder = str(resource("fonts"))
    if PAPER_FAMILY not in typst.Fonts(include_system_fonts=False, font_paths=[folder]).families():
        # Typst drops the words of a font it does not find without an error.
        raise KnownError("The page could not be made", f"the font {PAPER_FAMILY} is missing", "install the app again")
    text = json.dumps(_values(mapped(page, _printable), _lines(page)), ensure_ascii=False)
    compiler: Any = None
    pages = 0
    for level in (*range(LADDER + 1), 0):  # what does not fit on a page at all is set with room
        compiler = typst.Compiler(
            str(resource("templates", "plan.typ")), root=str(resource("templates")), font_paths=[folder],
            ignore_system_fonts=True, sys_inputs={"plan": text, "level": str(level)},
        )  # fmt: skip
        pages = json.loads(compiler.query("<pages>", field="value", one=True))
        if pages == 1:
            break
    return compiler, pages


def _printable(text: str) -> str:
    """`text` in characters the font has, with places where a word longer than a line may break; a hash stays whole."""
    fit = fonts.printable(text)[0]
    return _LONG.sub(lambda m: m[0] if _HASH.fullmatch(m[0]) else "\u200b".join(re.findall(r".{1,20}", m[0])), fit)


def _lines(page: StudyPlan) -> list[str]:
    """The covered text in lines that begin and end without a blank, so that they can be joined again as they are printed.

    Empty where the font lacks a character of it: a text that is not the very one would only mislead.
    """
    rest, out = page.covered, list[str]()
    if fonts.printable(rest) != (rest, 0):
        return ["The text has characters that cannot be printed here: it stands in “dreamjournal study list --json”."]
    while rest:
        cut = min(LINE, len(rest))
        while 1 < cut < len(rest) and " " in (rest[cut - 1], rest[cut]):
            cut -= 1
        out.append(rest[:cut])
        rest = rest[cut:]
    return out


def _values(page: StudyPlan, lines: list[str]) -> dict[str, Any]:
    """What a template needs: the nights in weeks from Monday to Sunday, None where a day is no night of the study."""
    weeks: list[list[dict[str, Any] | None]] = []
    for night in page.nights:
        weekday = night.night_date.weekday()
        if not weeks or weekday == 0:
            weeks.append([None] * 7)
        weeks[-1][weekday] = {
            "number": night.number, "day": f"{night.night_date.day}\u00a0{night.night_date:%b}", "drawn": night.drawn or "",
            "weekday": _weekday(weekday), "free": night.free,
        }  # fmt: skip
    values = dataclasses.asdict(page)
    return {
        **{k: values[k] for k in ("heading", "title", "person", "facts", "entries", "legend", "digest", "verifying", "closing", "paper")},
        "weekdays": list(_DAYS), "weeks": weeks, "covered": lines, "sealed": all(n.drawn is None for n in page.nights),
    }  # fmt: skip


def _weekday(number: int) -> str:
    return _DAYS[number]
