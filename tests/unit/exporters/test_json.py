"""The JSON file: one document, numbers as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import to_json
from dreamjournal.exporters import json as exporter
from dreamjournal.exporters.registry import exporters
from tests import made_report as made


def test_the_contrast_is_in_it_unrounded() -> None:
    found = made.result()
    values = json.loads(exporter.render(made.report(found)).data)
    assert values["contrast"] == json.loads(json.dumps(to_json(found)))
    assert values["nights"][0] == {
        "night_date": "2026-09-07", "enhanced": int(found.points[0].arm == "enhanced"), "value": found.points[0].value, "weekend": 0,
        "block": "1", "counted": "yes", "reason": None, "left_out_value": None,
        "exposures": "SleepSync" if found.points[0].arm == "enhanced" else None, "device": "Lumen H1",
    }  # fmt: skip
    assert [s["key"] for s in values["sections"]][:2] == ["coverage", "sentence"]


@pytest.mark.parametrize("exporter_", exporters(), ids=lambda e: e.key)
def test_a_folder_that_cannot_be_written_is_told_in_words(exporter_: object, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        exporter_.write(made.report(), tmp_path / "no such folder" / f"x{exporter_.suffix}")  # type: ignore[attr-defined]
    assert caught.value.sentence == "Could not write to this folder: the folder does not exist; choose another."


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.json"
    file.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(UserError, match="no space left"):
        exporter.PLUGIN.write(made.report(), file)
    assert file.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


def test_these_formats_are_there() -> None:
    found = {(e.key, e.suffix) for e in exporters()}
    assert {("csv", ".csv"), ("html", ".html"), ("json", ".json"), ("pdf", ".pdf"), ("xlsx", ".xlsx")} <= found
    assert len({suffix for _, suffix in found}) == len(found)
