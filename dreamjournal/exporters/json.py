"""JSON: the whole report as values, numbers not rounded, as `resources/schemas/report-1.schema.json` says."""

from __future__ import annotations

import json
import re
from typing import Any

from dreamjournal.domain.report import Figure, Report
from dreamjournal.exporters._exporter import Exporter, Rendered
from dreamjournal.exporters._values import json_values, number_cell, printed

FORMAT = "dreamjournal-report"
FORMAT_VERSION = 1


def render(report: Report) -> Rendered:
    """One JSON document, keys sorted. What was not measured, or is no finite number, is null."""
    columns = [(c.title, c.number) for c in report.nights.columns]

    def night(row: tuple[str | None, ...]) -> dict[str, Any]:
        return {
            title: number_cell(cell) if number else cell or None
            for (title, number), cell in zip(columns, row, strict=True)
        }

    values: dict[str, Any] = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "kind": report.kind,
        "title": report.title,
        "heading": report.heading,
        "person": report.person,
        "contrast" if report.kind == "contrast" else "result": json_values(report.result),
        "nights": [night(row) for row in report.nights.rows],
        "facts": [{"label": f.label, "text": f.text} for f in report.facts],
        "sections": [
            {"key": s.key, "title": s.title, "blocks": [_block(b) for b in s.blocks]} for s in report.sections
        ],
        "fingerprint": report.fingerprint,
        "printed": report.printed.isoformat(),
        "printed_words": printed(report),
        "zone": report.zone,
        "version": report.version,
        "left_out": report.left_out,
    }
    text = json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return Rendered((text + "\n").encode(errors="replace"), 1)


def _block(block: Any) -> dict[str, Any]:
    """A block with its kind, `prose`, `table`, `caveat` or `figure`; a figure says which one it is."""
    found = {"kind": _snake(block), **json_values(block)}
    return {**found, "figure": _snake(block.drawing)} if isinstance(block, Figure) else found


def _snake(value: object) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(value).__name__).lower()


PLUGIN = Exporter("json", "JSON", ".json", render)
