"""What the window remembers between starts outside the journal: where it stood, the look, the page. No words of the person."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from dreamjournal.common.paths import private_dir, state_dir


@dataclass(frozen=True)
class WindowState:
    """The look is here as well as in the journal's settings, since the first frame is painted before a journal is open."""

    geometry: str = ""
    """Qt's saved geometry in base64."""
    theme: str = "auto"
    scale: float = 1.0
    night: bool = False
    page: str = ""
    journal: str = ""
    """The journal opened last, when it was not the default one."""


def state_path() -> Path:
    """The file of the window's state."""
    return state_dir() / "window.json"


def load_state(path: Path | None = None) -> WindowState:
    """What was remembered; anything missing or damaged gives the defaults."""
    state = WindowState()
    try:
        found = json.loads((path or state_path()).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return state
    if not isinstance(found, dict):
        return state
    for field in fields(WindowState):
        value = found.get(field.name)
        kind = type(getattr(state, field.name))
        if isinstance(value, kind) or (kind is float and isinstance(value, int)):
            state = replace(state, **{field.name: value})
    return state


def save_state(state: WindowState, path: Path | None = None) -> bool:
    """Remember; False when the folder cannot be written, which loses nothing but the window's place."""
    from dreamjournal.common.files import atomic_write  # not before the first paint

    target = path or state_path()
    try:
        private_dir(target.parent)
        atomic_write(target, json.dumps(asdict(state)).encode())
    except OSError:
        return False
    return True
