"""Every cache of the process is either emptied on locking or known to hold nothing of a journal."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

from dreamjournal.services.forgetting import WITH_CONTENT, forget_content

ROOT = Path(__file__).resolve().parents[2]
HARMLESS = {
    ("dreamjournal.ui.theme", "*"), ("dreamjournal.ui.style", "*"), ("dreamjournal.ui.widgets.icon", "*"),
    ("dreamjournal.ui.widgets.zone_field", "*"), ("dreamjournal.services.import_child", "*"), ("dreamjournal.common.paths", "*"),
    ("dreamjournal.exporters._dictionary", "*"), ("dreamjournal.exporters.registry", "*"), ("dreamjournal.exporters._book", "*"),
    ("dreamjournal.exporters.html", "*"), ("dreamjournal.importers.whoop._values", "*"), ("dreamjournal.reports.registry", "*"),
    ("dreamjournal.domain.dream_words", "_any_word"), ("dreamjournal.domain.word_hits", "*"), ("dreamjournal.charts.fonts", "*"),
    ("dreamjournal.charts.legend", "*"),
}  # fmt: skip
"""Looks, icons, plug-ins, templates and the numbers of a file format; the readers run in a child process anyway."""


def caches() -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for path in sorted((ROOT / "dreamjournal").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                for mark in node.decorator_list:
                    named = mark.func if isinstance(mark, ast.Call) else mark
                    name = named.attr if isinstance(named, ast.Attribute) else getattr(named, "id", "")
                    if name in ("cache", "lru_cache"):
                        found.add((module, node.name))
    return found


def test_each_cache_is_placed() -> None:
    placed = {c for c in caches() if c in WITH_CONTENT or c in HARMLESS or (c[0], "*") in HARMLESS}
    assert caches() - placed == set(), "say in services/forgetting.py, or here, what it may hold"
    assert set(WITH_CONTENT) <= caches()


def test_what_was_cached_is_gone() -> None:
    words = importlib.import_module("dreamjournal.domain.dream_words")
    words._phrase("a stair into the sea")
    assert words._phrase.cache_info().currsize
    forget_content()
    assert not words._phrase.cache_info().currsize
