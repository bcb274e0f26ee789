"""JSON: the whole report as values, numbers not rounded."""

from __future__ import annotations

import json
from typing import Any

from dreamjournal.domain.report import Report
from dreamjournal.exporters._exporter import Exporter, Rendered
from dreamjournal.exporters._values import json_values, printed


def render(report: Report) -> Rendered:
    """One JSON document, keys sorted."""
    names = [c.title for c in report.nights.columns]
    numbers = {c.title for c in report.nights.columns if c.number}

    def night(row: tuple[str | None, ...]) -> dict[str, Any]:
        cells = dict(zip(names, row, strict=True))
        return {k: (None if not v else json.loads(v) if k in numbers else v) for k, v in cells.items()}

    values: dict[str, Any] = {
        "kind": report.kind,
        "title": report.title,
        "person": report.person,
        "contrast": report.result,
        "nights": [night(row) for row in report.nights.rows],
        "facts": [{"label": f.label, "text": f.text} for f in report.facts],
        "sections": [{"key": s.key, "title": s.title, "blocks": json_values(s.blocks)} for s in report.sections],
        "fingerprint": report.fingerprint,
        "printed": report.printed.isoformat(),
        "printed_words": printed(report),
        "zone": report.zone,
        "version": report.version,
        "left_out": report.left_out,
    }
    return Rendered(
        (json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n").encode(
            errors="replace"
        ),
        1,
    )


PLUGIN = Exporter("json", "JSON", ".json", render)
