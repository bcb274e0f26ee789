"""Checks the rows of an export against the published JSON Schema, so that what is documented is what is taken.

Only the words the schema uses are understood: `$ref`, `type`, `enum`, `const`, `pattern`, `minimum`, `maximum`, and
`contentMediaType` of texts that hold JSON.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from dreamjournal.common.resources import resource

FORMAT = "dreamjournal"
FORMAT_VERSION = 1
SCHEMA_FILE = "journal-1.schema.json"
Check = Callable[[Any], bool]


@dataclass(frozen=True)
class TableCheck:
    """What the schema says of a table: a check for each column, in order."""

    columns: dict[str, Check]


def schema_bytes() -> bytes:
    """The published schema, as it goes into every export."""
    return resource("schemas", SCHEMA_FILE).read_bytes()


def tables() -> dict[str, TableCheck]:
    """The checks of every table the schema knows."""
    document = json.loads(schema_bytes())
    defs: dict[str, Any] = document["$defs"]
    names = document["properties"]["tables"]["properties"]
    return {name: TableCheck({c: _check(spec, defs) for c, spec in defs[name]["properties"].items()}) for name in names}


def _check(spec: dict[str, Any], defs: dict[str, Any]) -> Check:
    if "$ref" in spec:
        spec = {**defs[str(spec["$ref"]).removeprefix("#/$defs/")], **spec}
    tests: list[Check] = []
    if "enum" in spec:
        allowed: set[tuple[type, Any]] = {(type(v), v) for v in spec["enum"]}
        tests.append(lambda v: isinstance(v, str | int | None) and (type(v), v) in allowed)
    if "type" in spec:
        kinds = cast("list[str]", spec["type"] if isinstance(spec["type"], list) else [spec["type"]])
        types = {_TYPES[k] for k in kinds} | ({int} if "number" in kinds else set[type]())
        tests.append(lambda v: type(v) in types)
    if "number" in cast("str | list[str]", spec.get("type", "")):
        tests.append(lambda v: type(v) is not float or math.isfinite(v))
    low, high = spec.get("minimum"), spec.get("maximum")
    if low is not None:
        tests.append(lambda v: v is None or v >= low)
    if high is not None:
        tests.append(lambda v: v is None or v <= high)
    if "pattern" in spec:
        pattern = re.compile(spec["pattern"], re.ASCII)
        tests.append(lambda v: not isinstance(v, str) or pattern.fullmatch(v) is not None)
    if spec.get("contentMediaType") == "application/json":
        tests.append(lambda v: v is None or _is_json(v))
    return tests[0] if len(tests) == 1 else lambda v: all(test(v) for test in tests)


_TYPES: dict[str, type] = {"string": str, "integer": int, "number": float, "null": type(None)}


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
