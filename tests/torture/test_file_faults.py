"""Each call that writes fails or is cut short in turn: afterwards there is the old file or the new one, and nothing beside it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.torture.counted import COUNTED, size

pytestmark = pytest.mark.torture
HERE = Path(__file__).parent


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a library is preloaded, as Linux does")
def test_every_call_of_every_writer_fails_in_turn(tmp_path: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler here to make the library that fails calls")
    library = tmp_path / "failing.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-w", "-o", str(library), str(HERE / "failing.c"), "-ldl"], check=True
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture.fault_rounds", str(tmp_path), str(size(7, 1))],
        env={**os.environ, "LD_PRELOAD": str(library)}, capture_output=True, text=True, check=False, cwd=HERE.parent.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, tuple[int, list[str]]] = json.loads(done.stdout)
    for writer, (injected, found) in told.items():
        assert injected > 2, writer
        COUNTED["faults"] += injected
        COUNTED["lost"] += len(found)
        assert not found, f"{writer}: {found[:5]}"


WRITES = re.compile(
    r"""\.write_text\(|\.write_bytes\(|QSaveFile|\bQFile\b|QPdfWriter\((?!buffer\b)|setOutputFileName"""
    r"""|\bopen\([^)\n]*["'][wax]b?\+?["']|savefig\(\s*(?!out\b)"""
)
LIVE = {"runtime/crash.py"}
"""The log of a crash is written as it happens: there is no whole file to put in place."""


def test_nothing_else_writes_files() -> None:
    package = HERE.parent.parent / "dreamjournal"
    found = [
        f"{path.relative_to(package)}: {line.strip()}"
        for path in sorted(package.rglob("*.py"))
        if str(path.relative_to(package)) not in LIVE | {"common/files.py"}
        for line in path.read_text(encoding="utf-8").splitlines()
        if WRITES.search(line)
        and not line.lstrip().startswith("#")
        and "ZipFile" not in line
        and "_archive" not in line
    ]
    assert not found, "write whole files with common.files: " + "; ".join(found)
