"""Nothing on screen reads markup in what a person wrote: what the window's source keeps to so that it stays so."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCREEN = [p for part in ("ui", "app", "runtime") for p in sorted((ROOT / "dreamjournal" / part).rglob("*.py"))]
NEVER_CALLED = {
    "setHtml", "insertHtml", "setMarkdown", "insertMarkdown", "setOpenExternalLinks", "openUrl", "addResource", "setSource", "drawStaticText",
    "load_extension", "enable_load_extension",
}  # fmt: skip
NEVER_NAMED = {
    "QMessageBox",
    "QTextBrowser",
    "QStaticText",
    "QErrorMessage",
    "QWebEngineView",
    "QSaveFile",
    "QSettings",
}
TIPS = {"setToolTip", "setTabToolTip", "setItemToolTip", "setWhatsThis", "setStatusTip"}
OWN = ROOT / "dreamjournal/ui/widgets/text.py"
"""The one module that makes labels; what it takes, it shows as text."""


def fixed(node: ast.expr) -> bool:
    """Whether the text is our own words, or has gone through `tip`."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.IfExp):
        return fixed(node.body) and fixed(node.orelse)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "tip"
    if isinstance(node, ast.Attribute):  # a constant of a module, written in capitals
        return node.attr.isupper()
    return isinstance(node, ast.Name) and node.id.isupper()


def faults(tree: ast.AST, *, own: bool = False) -> list[str]:
    """What a module may not do, with its line."""
    found: list[str] = []
    for node in ast.walk(tree):
        names = [a.name for a in node.names] if isinstance(node, ast.ImportFrom) else []
        found += [f"{node.lineno} {n}" for n in names if n in NEVER_NAMED]
        if not isinstance(node, ast.Call):
            continue
        name = (
            node.func.attr
            if isinstance(node.func, ast.Attribute)
            else node.func.id
            if isinstance(node.func, ast.Name)
            else ""
        )
        if name in NEVER_CALLED or (name == "QLabel" and not own):
            found.append(f"{node.lineno} {name}")
        if name in TIPS and node.args and not fixed(node.args[-1]):
            found.append(f"{node.lineno} {name} without tip()")
        if name == "showText" and len(node.args) > 1 and not fixed(node.args[1]):
            found.append(f"{node.lineno} {name} without tip()")
    return found


@pytest.mark.parametrize("path", SCREEN, ids=lambda p: str(p.relative_to(ROOT)))
def test_text_is_shown_as_text(path: Path) -> None:
    assert faults(ast.parse(path.read_text(encoding="utf-8")), own=path == OWN) == []


def test_the_check_finds_what_it_looks_for() -> None:
    bad = "w.setToolTip(name)\nQToolTip.showText(at, words)\nedit.setHtml(x)\nQLabel(x)\nfrom PySide6.QtWidgets import QMessageBox\n"
    assert len(faults(ast.parse(bad))) == 5
    assert (
        faults(ast.parse("w.setToolTip('Ctrl+S')\nw.setToolTip(tip(x) if y else '')\nw.setToolTip(comments.HELP)"))
        == []
    )
