"""Reads JSON of unknown makers: no NaN, no bottomless nesting, no numbers out of range."""

from __future__ import annotations

import json
from typing import IO, Any

import msgspec

from dreamjournal.common.csv_rows import decode
from dreamjournal.common.errors import UserError

MAX_BYTES = 64 * 1024 * 1024


class _RepeatedKeyError(ValueError):
    pass


def read_json(stream: IO[bytes], *, once: bool = False) -> Any:
    """The value in `stream`. With `once` a key that stands twice in one object is refused, else the last one counts.

    Raises UserError when it is too large, cut off or not JSON.
    """
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UserError("The file was not read", f"it is larger than {MAX_BYTES // 1024 // 1024} MiB")
    if not once and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
        except (msgspec.DecodeError, RecursionError, ValueError):
            pass  # the careful way below finds the words for it
    return parse(decode(data)[0], once=once)


def parse(text: str, *, once: bool = True) -> Any:
    """The value in `text`. Raises UserError when it is cut off, not JSON, or (with `once`) repeats a key.

    Two readers see it: json names the place of a fault and sees repeated keys, msgspec refuses numbers out of range and
    halves of surrogate pairs, which would break whatever stores the text.
    """
    try:
        json.loads(text, object_pairs_hook=_once if once else None)
        return msgspec.json.decode(text)
    except _RepeatedKeyError as e:
        raise UserError("The file was not read", f"the key {str(e)[:40]!r} stands twice in one object") from e
    except json.JSONDecodeError as e:
        cut = e.pos >= len(text.rstrip()) - 1 or e.msg.startswith("Unterminated")
        raise UserError(
            "The file was not read", "it is cut off" if cut else f"it is not JSON at line {e.lineno}", "export it again"
        ) from e
    except (ValueError, RecursionError, msgspec.DecodeError) as e:
        raise UserError("The file was not read", "it is not JSON that a log would hold", "export it again") from e


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in pairs:
        if key in out:
            raise _RepeatedKeyError(key)
        out[key] = value
    return out
