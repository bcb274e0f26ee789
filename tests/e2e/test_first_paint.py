"""The real start: what is loaded when the first frame stands, and that its colour is the theme's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("sqlite_utils", "sqlcipher3", "numpy", "matplotlib", "scipy", "typst", "apscheduler", "jinja2", "click", "dreamjournal.importers",
         "dreamjournal.store.journal")  # fmt: skip
PROBE = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from dreamjournal.app import bootstrap
from dreamjournal.ui import main_window

seen = {}
real = main_window.MainWindow.paintEvent

def paint(self, event):
    real(self, event)
    if not seen:
        seen["modules"] = sorted(sys.modules)
        self.first_painted.connect(lambda: QTimer.singleShot(1500, finish))

def finish():
    window = next(w for w in bootstrap.QApplication.topLevelWidgets() if isinstance(w, main_window.MainWindow))
    seen["title"] = window.windowTitle()
    cover = window.cover()
    seen["cover"] = cover.objectName() if cover is not None else ""
    seen["page"] = window.page().page_key if window.page() is not None else ""
    window.close()

main_window.MainWindow.paintEvent = paint
code = bootstrap.run_window(bootstrap.WindowOptions(Path(sys.argv[1]), capture="--capture" in sys.argv))
print(json.dumps({"code": code, **seen}))
"""


def run_probe(journal: Path, tmp_path: Path, *arguments: str) -> dict[str, object]:
    environment = os.environ | {"XDG_STATE_HOME": str(tmp_path / "state"), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(journal), *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_nothing_heavy_is_loaded_at_the_first_paint(tmp_path: Path) -> None:
    told = run_probe(tmp_path / "journal.db", tmp_path)
    modules = told["modules"]
    assert isinstance(modules, list)
    assert [
        m for m in modules if m in HEAVY or m.split(".")[0] in HEAVY or m.startswith("dreamjournal.importers.")
    ] == []
    assert told["cover"] == "firstStart" and told["title"] == "Dreamjournal" and told["code"] == 0
    assert not (tmp_path / "journal.db").exists()


@pytest.mark.parametrize("arguments", [(), ("--capture",)])
def test_an_existing_journal_is_opened_after_it(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    from dreamjournal.common.clock import SystemClock
    from dreamjournal.services import journals

    path = tmp_path / "journal.db"
    journals.create(path, passphrase=None, clock=SystemClock()).close()
    told = run_probe(path, tmp_path, *arguments)
    modules = told["modules"]
    assert isinstance(modules, list) and "sqlite_utils" not in modules and "numpy" not in modules
    if arguments:
        assert told["cover"] == "nightCapture"
    else:
        assert told["cover"] == "" and told["page"] in ("tonight", "morning")
