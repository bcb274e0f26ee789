"""What every file of the project keeps to, whoever wrote it."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MADE = {".git", ".venv", "__pycache__", ".pytest_cache", ".hypothesis", ".ruff_cache", ".import_linter_cache", "dist"}
TEXT = {".py", ".md", ".toml", ".sh", ".json", ".html", ".typ", ".css", ".csv", ".svg", ".txt", ""}
MODULES = sorted((ROOT / "dreamjournal").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def texts() -> Iterator[tuple[str, str]]:
    """Name and text of every written file: what git would take, else everything that was not made by a tool."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", "-z"], capture_output=True, check=False
    )
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else [str(p) for p in ROOT.rglob("*")]
    for name in names:
        path = ROOT / name
        if name and path.suffix in TEXT and path.is_file() and not MADE & set(path.relative_to(ROOT).parts):
            try:
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                assert path.parent.name != "dreamjournal", path  # a sample of a foreign export may be anything


def machine_paths() -> re.Pattern[str]:
    """Paths that exist on one machine only: a home folder, or the folder this checkout lies in."""
    found = [r"/(?:home|Users)/\w", r"/root/\w", r"[A-Z]:\\\\?Users", re.escape(str(ROOT)) + r"\b"]
    if len(ROOT.parts) > 2 and ROOT.parts[1] not in ("tmp", "srv", "usr", "var", "opt", "mnt", "run"):
        found.append(rf"(?<![\w./~])/{re.escape(ROOT.parts[1])}/")
    return re.compile("|".join(found))


def test_no_path_of_one_machine() -> None:
    pattern = machine_paths()
    own = str(Path(__file__).relative_to(ROOT))
    hits = [f"{name}: {m[0]}" for name, text in texts() if name != own for m in [pattern.search(text)] if m]
    assert hits == []


def test_the_check_for_paths_finds_one() -> None:
    assert machine_paths().search("see /home/" + "ann/notes")
    assert machine_paths().search(f"in {ROOT}")
    assert not machine_paths().search("https://example.org/homes and /usr/share")


def test_the_texts_are_found() -> None:
    names = {name for name, _ in texts()}
    assert {"README.md", "run", "test", "pyproject.toml", "dreamjournal/__init__.py"} <= names


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=lambda p: str(p.relative_to(ROOT)))
def test_begins_with_a_line_that_says_what_it_is(path: Path) -> None:
    first = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]
    assert len(first) > 10
    assert first.endswith((".", "?", ":"))


@pytest.mark.parametrize(
    "path",
    [p for p in MODULES if p.relative_to(ROOT).parts[1] not in ("ui", "app")],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_widgets_only_in_ui_and_app(path: Path) -> None:
    # import-linter cannot forbid a part of an external package
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [a.name for a in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{name}" for name in names]
        assert not [n for n in names if n.startswith("PySide6.QtWidgets")]


@pytest.mark.parametrize("path", TESTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_wait_for_a_signal_waits(path: Path) -> None:
    # `qtbot.waitSignal(...)` as a statement makes a context manager and waits for nothing
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
        ):
            assert node.value.func.attr not in ("waitSignal", "waitSignals", "assertNotEmitted"), f"line {node.lineno}"


def test_packages_say_what_they_may_import() -> None:
    for init in sorted((ROOT / "dreamjournal").glob("*/__init__.py")):
        assert "May import:" in init.read_text(encoding="utf-8") or init.parent.name == "app", init
