"""A report of ten years of nights as CSV, JSON, XLSX and HTML against the bare libraries writing the same rows.

Run: `python tests/bench/bench_exports.py`. Prints the CPU time and the ratios, taken in one run: the median of several
rounds, ours and the bare one in turns. Wanted: CSV at most 2 x `csv`, HTML at most 2 x Jinja2 (which draws nothing: drawing
anew is told beside it).
"""

from __future__ import annotations

import csv
import gc
import io
import json
import random
import statistics
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from dreamjournal.domain.report import Figure, Report, Table
from dreamjournal.exporters import csv as our_csv
from dreamjournal.exporters import html as our_html
from dreamjournal.exporters import json as our_json
from dreamjournal.exporters import xlsx as our_xlsx
from dreamjournal.services.forgetting import forget_content
from tests import made_report as made

if TYPE_CHECKING:
    from jinja2 import Template

NIGHTS, ROUNDS = 3_650, 15
PAGE = """<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>{{ title }}</title></head><body><table>
<thead><tr>{% for c in columns %}<th scope="col">{{ c.title }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in rows %}
<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</tbody></table></body></html>
"""


class Ratio(NamedTuple):
    """CPU seconds of ours and of the bare library."""

    ours: float
    bare: float

    @property
    def ratio(self) -> float:
        """How many times the bare library's time ours takes."""
        return self.ours / self.bare


def ten_years() -> Report:
    """A report with a row for each night of ten years; every fifth is left out with a reason, in words that need escaping."""
    report = made.report()
    dice = random.Random(11)
    rows: list[tuple[str | None, ...]] = []
    for i in range(NIGHTS):
        day = (date(2016, 1, 1) + timedelta(days=i)).isoformat()
        value = repr(dice.gauss(420, 40))
        enhanced = str(i % 2)
        if i % 5 == 4:
            rows.append(
                (
                    day,
                    enhanced,
                    "",
                    "",
                    "",
                    "excluded",
                    "ill & at a friend's",
                    value,
                    "SleepSync; Schlaftee für \u00dcbermüdete",
                    "",
                )
            )
        else:
            rows.append(
                (day, enhanced, value, str(int(i % 7 > 4)), str(i // 4), "yes", "", "", "SleepSync", "Lumen H1")
            )
    return replace(report, nights=Table(report.nights.columns, tuple(rows)))


def without_figures(report: Report) -> Report:
    """The report with its words and tables only."""
    kept = tuple(replace(s, blocks=tuple(b for b in s.blocks if not isinstance(b, Figure))) for s in report.sections)
    return replace(report, sections=kept)


def bare_csv(report: Report) -> bytes:
    """The rows by `csv.writer` as they are."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([c.title for c in report.nights.columns])
    writer.writerows(report.nights.rows)
    return out.getvalue().encode()


def bare_json(report: Report) -> bytes:
    """The same document from values made before, by `json.dumps` with the same layout."""
    return json.dumps(DOCUMENT[0], ensure_ascii=False, indent=1, sort_keys=True).encode()


DOCUMENT: list[object] = []


def bare_xlsx(report: Report) -> bytes:
    """The nights by XlsxWriter on one sheet, numbers as numbers and all else as text."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    numbers = [c.number for c in report.nights.columns]
    sheet.write_row(0, 0, [c.title for c in report.nights.columns])
    for y, row in enumerate(report.nights.rows, start=1):
        for x, cell in enumerate(row):
            if cell:
                if numbers[x]:
                    sheet.write_number(y, x, float(cell))
                else:
                    sheet.write_string(y, x, cell)
    book.close()
    return out.getvalue()


def bare_html(report: Report) -> bytes:
    """The nights by Jinja2, escaped, from a template compiled before."""
    return page().render(title=report.title, columns=report.nights.columns, rows=report.nights.rows).encode()


@cache
def page() -> Template:
    """A table and nothing else."""
    from jinja2 import Environment, StrictUndefined

    env = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return env.from_string(PAGE)


def compared(ours: Callable[[], object], bare: Callable[[], object]) -> Ratio:
    """The medians, taken in turns after one round that is not counted."""
    ours()
    bare()
    a: list[float] = []
    b: list[float] = []
    for _ in range(ROUNDS):
        for action, times in ((ours, a), (bare, b)):
            gc.collect()
            gc.disable()  # as timeit does: what else this process holds is not part of the work
            begun = process_time()
            action()
            times.append(process_time() - begun)
            gc.enable()
    return Ratio(statistics.median(a), statistics.median(b))


def drawn_anew(report: Report) -> object:
    """The page with no drawing kept from before: what the first of a process takes."""
    forget_content()
    return our_html.render(report)


def measure() -> dict[str, Ratio]:
    """Each format."""
    whole = ten_years()
    report = without_figures(whole)
    DOCUMENT[:] = [json.loads(our_json.render(report).data)]
    return {
        "CSV": compared(lambda: our_csv.render(report), lambda: bare_csv(report)),
        "JSON": compared(lambda: our_json.render(report), lambda: bare_json(report)),
        "XLSX": compared(lambda: our_xlsx.render(report), lambda: bare_xlsx(report)),
        "HTML": compared(lambda: our_html.render(report), lambda: bare_html(report)),
        "HTML with drawings kept": compared(lambda: our_html.render(whole), lambda: bare_html(report)),
        "HTML, all drawn anew": compared(lambda: drawn_anew(whole), lambda: bare_html(report)),
    }


if __name__ == "__main__":
    for name, found in measure().items():
        print(
            f"{name:23} {found.ratio:5.2f} x  ({1000 * found.ours:.1f} ms against {1000 * found.bare:.1f} ms of the bare library)"
        )
