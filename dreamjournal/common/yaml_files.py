"""Reads YAML of unknown makers: no aliases (a bomb is made of them), no bottomless nesting, every value as its text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from dreamjournal.common.errors import UserError

MAX_CHARS = 8 * 1024 * 1024
MAX_DEPTH = 20
MAX_NODES = 200_000


def read_yaml(text: str, *, what: str = "The file was not read") -> Any:
    """Dicts, lists and strings; "7", "yes" and "2026-07-10" stay text. Raises UserError when it is not such YAML."""
    import yaml

    loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    if len(text) > MAX_CHARS:
        raise UserError(what, f"it is longer than {MAX_CHARS // 1024 // 1024} million letters")
    try:
        depth = nodes = 0
        parse = cast(Any, yaml).parse
        events: Iterator[Any] = parse(text, Loader=loader)
        for event in events:
            if isinstance(event, yaml.AliasEvent):
                raise UserError(what, "parts of it point to other parts, which no journal needs")
            nodes += isinstance(event, yaml.NodeEvent)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH or nodes > MAX_NODES:
                raise UserError(what, "it is nested deeper or has more parts than a journal")
        return yaml.load(text, Loader=loader)  # noqa: S506 - the base loader makes strings, lists and dicts only
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark
        raise UserError(what, f"it is not YAML{f' at line {mark.line + 1}' if mark else ''}") from e
    except (yaml.YAMLError, RecursionError, ValueError) as e:
        raise UserError(what, "it is not YAML") from e
