"""How far a long reading is, in words: plain functions of what is done and how long it took."""

from __future__ import annotations

SURE_AFTER_S = 2.0
"""Before this much time the speed says nothing yet, and no time left is shown."""
_UNITS = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"))


def bytes_words(done: int, total: int, elapsed_s: float) -> str:
    """ "12 of 43 MB · about 20 seconds left". `done` and `total` in bytes, `elapsed_s` since the first byte, in seconds."""
    if total <= 0:
        return ""
    done = min(max(done, 0), total)
    size, unit = next(((s, u) for s, u in _UNITS if total >= s), (1_000, "kB"))
    digits = 1 if total < 10 * size and unit != "kB" else 0
    far = f"{done / size:.{digits}f} of {max(total / size, 1):.{digits}f} {unit}"
    return _joined(far, done, total, elapsed_s)


def rows_words(done: int, total: int, elapsed_s: float) -> str:
    """ "1,200 of 5,000 rows · about a minute left"."""
    if total <= 0:
        return f"{done:,} {'row' if done == 1 else 'rows'}" if done > 0 else ""
    done = min(max(done, 0), total)
    return _joined(f"{done:,} of {total:,} rows", done, total, elapsed_s)


def left_words(done: int, total: int, elapsed_s: float) -> str:
    """The time left at the speed so far, in coarse steps so that it does not flicker; empty while it cannot be told."""
    if elapsed_s < SURE_AFTER_S or not 0 < done < total:
        return ""
    left = elapsed_s * (total - done) / done
    if left < 5:
        return "a few seconds left"
    if left <= 50:
        step = 5 if left <= 20 else 10
        return f"about {-(-round(left, 3) // step) * step:.0f} seconds left"
    minutes = round(left / 60)
    if minutes <= 1:
        return "about a minute left"
    return f"about {minutes} minutes left" if minutes < 60 else "more than an hour left"


def _joined(far: str, done: int, total: int, elapsed_s: float) -> str:
    left = left_words(done, total, elapsed_s)
    return f"{far} · {left}" if left else far
