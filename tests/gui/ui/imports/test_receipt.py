"""The receipt as it is shown: lines, rules with their nights, unknown fields, zones; and nothing is read as markup."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from dreamjournal.ui.imports.receipt import MOST_REFUSED_SHOWN, ReceiptView
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.notices import Notice
from dreamjournal.ui.widgets.tables import RowsModel

NONE = {"read": 0, "kept": 0, "updated": 0, "unchanged": 0, "merged": 0, "rejected": 0}


def receipt(path: str = "sleeps.csv", **more: Any) -> dict[str, Any]:
    """One file of the import document."""
    base: dict[str, Any] = {
        "path": path, "format": "whoop", "source": "whoop", "title": "WHOOP", "import_id": 1, "zone": None,
        "zone_confidence": "none", "rows": {**NONE, "read": 30, "kept": 30}, "nights": {"new": 30, "updated": 0, "unchanged": 0},
        "sessions": NONE, "dreams": NONE, "exposures": NONE, "tags": [], "rejected": [], "warnings": [],
    }  # fmt: skip
    return {**base, **more}


def shown(qtbot, *receipts: dict[str, Any], **more: Any) -> ReceiptView:
    view = ReceiptView("Headline", "Lead", list(receipts), **more)
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    return view


def columns(view: ReceiptView) -> list[str]:
    model = view.files.model()
    assert isinstance(model, RowsModel)
    return list(model.columns)


def test_counts_of_which_there_are_none_take_no_column(qtbot, themed):
    assert columns(shown(qtbot, receipt())) == ["File", "Read as", "Rows", "Kept"]
    joined = receipt(rows={**NONE, "read": 30, "kept": 28, "merged": 2})
    assert columns(shown(qtbot, joined)) == ["File", "Read as", "Rows", "Kept", "Joined"]


def test_joined_lines_are_all_shown(qtbot, themed):
    lost = [
        {"where": f"sleeps.csv line {n}", "reason": "not scored", "line": n, "text": f"row <b>{n}"}
        for n in range(120, 126)
    ]
    view = shown(qtbot, receipt(rejected=lost))
    model = view.rejected.model()
    assert [model.index(0, c).data() for c in range(3)] == ["sleeps.csv, lines 120 to 125", "Not scored.", "Show lines"]
    view.rejected.setFocus()
    view.rejected.selectRow(0)
    QTest.keyClick(view.rejected, Qt.Key.Key_Return)
    dialog = view.findChild(Dialog, "showLine")
    table = dialog.findChild(type(view.rejected), "showLine_table").model()
    assert [table.index(r, 0).data() for r in range(table.rowCount())] == [f"line {n}" for n in range(120, 126)]
    assert table.index(5, 1).data() == "row <b>125"


def test_rules_are_told_with_their_nights(qtbot, themed):
    nights = ["2026-07-09", "2026-07-10"]
    checks = [
        {"rule": "light + deep + REM = asleep", "checked": 31, "broken": 2, "nights": nights},
        {"rule": "asleep + awake = in bed", "checked": 31, "broken": 0, "nights": []},
    ]
    view = shown(qtbot, receipt(checks=checks))
    assert view.rules.plain() == (
        "Light + deep + REM = asleep: held in 29 of 31 nights; not on 9 Jul 2026 and 10 Jul 2026. Show these nights\n"
        "Asleep + awake = in bed: held in all 31 nights."
    )
    listed = view.show_broken(0).table.model()
    assert [listed.index(r, 0).data() for r in range(listed.rowCount())] == ["Thu 9 Jul 2026", "Fri 10 Jul 2026"]


def test_what_is_worth_knowing(qtbot, themed):
    view = shown(
        qtbot,
        receipt(zone="Europe/Berlin", zone_confidence="asked", unknown_fields=["sleepMins"], original="too_large"),
        limit_mb=32,
    )
    said = view.knowing.plain()
    assert "read as Europe/Berlin, as you said. Change\n" in said
    assert "Fields of sleeps.csv not known here: sleepMins." in said and "renamed" in said
    assert "not kept, because it is larger than 32 MB" in said
    with qtbot.waitSignal(view.zone_change_requested):
        view.knowing.link_activated.emit("zone")
    assert "Change" not in shown(qtbot, view.receipts[0], zone_change=False).knowing.plain()


def test_many_refused_files_do_not_fill_the_page(qtbot, themed):
    refused = [receipt(f"{n}.bin", error="The file was not read: it is empty.") for n in range(50)]
    view = shown(qtbot, *refused)
    assert len(view.findChildren(Notice, "refusedFile")) == MOST_REFUSED_SHOWN


def test_a_receipt_of_an_earlier_version_is_shown(qtbot, themed):
    old = {k: v for k, v in receipt().items() if k != "title"}
    assert "WHOOP" in shown(qtbot, old).files.model().index(0, 1).data()


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_tables_keep_the_height_of_their_rows(qtbot, themed, scale):
    view = shown(qtbot, receipt(), receipt("b.csv"))
    themed.apply("light", scale)
    rows = 2 * view.files.verticalHeader().defaultSectionSize()
    assert view.files.viewport().height() >= rows
