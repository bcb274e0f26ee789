"""Finds the members of a plug-in family: one new file adds one."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any


def load_family(package: str) -> list[Any]:
    """The `PLUGIN` of every module of `package` whose name has no leading underscore, sorted by module name.

    Modules without a `PLUGIN` are passed over. Raises ValueError when two share a key.
    """
    found: list[Any] = []
    seen: dict[str, str] = {}
    root = importlib.import_module(package)
    for info in sorted(pkgutil.iter_modules(root.__path__), key=lambda m: m.name):
        if info.name.startswith("_"):
            continue
        plugin = getattr(importlib.import_module(f"{package}.{info.name}"), "PLUGIN", None)
        if plugin is None:
            continue
        if plugin.key in seen:
            raise ValueError(f"{info.name} and {seen[plugin.key]} share the key {plugin.key}")
        seen[plugin.key] = info.name
        found.append(plugin)
    return found
