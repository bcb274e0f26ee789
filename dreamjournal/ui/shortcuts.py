"""The keys that work everywhere, in one table: the window binds them and F1 shows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """A key sequence, what the window does at it, and the words F1 shows."""

    action: str
    sequence: str
    words: str


GLOBAL_KEYS = (
    Key("night_theme", "F9", "Night theme on or off"),
    Key("import", "Ctrl+I", "Import recordings"),
    Key("lock", "Ctrl+L", "Lock"),
    Key("new_dream", "Ctrl+N", "New dream"),
    Key("find", "Ctrl+F", "Search"),
    Key("night_before", "Alt+Left", "The night before"),
    Key("night_after", "Alt+Right", "The night after"),
    Key("table", "Ctrl+T", "Table instead of chart"),
    Key("undo", "Ctrl+Z", "Undo"),
    Key("settings", "Ctrl+,", "Settings"),
    Key("larger", "Ctrl++", "Larger text"),
    Key("smaller", "Ctrl+-", "Smaller text"),
    Key("normal", "Ctrl+0", "Text at 100 %"),
    Key("keys", "F1", "All keys"),
    Key("quit", "Ctrl+Q", "Quit"),
)
PAGE_KEYS: dict[str, tuple[tuple[str, str], ...]] = {
    "Tonight": (
        ("1 to 9", "Tick a step"), ("N", "Natural"), ("E", "Enhanced by…"), ("U", "Not sure"), ("Backspace", "Clear the choice"),
        ("Ctrl+Enter", "Lights out"),
    ),
    "Night capture": (
        ("Enter", "Keep the words"), ("Shift+Enter", "New line"), ("Esc", "Hide the words; they are kept"), ("Ctrl+2", "Morning"),
    ),
    "Morning": (
        ("Alt+1 to Alt+5", "Did you dream?"), ("Digits", "Set the scale in focus"), ("1 or 2", "Yes or No, where that is asked"),
        ("Ctrl+Enter", "Save the diary"),
        ("Ctrl+N", "Another dream"),
    ),
    "Dreams": (
        ("↓", "Into the list"), ("Enter", "To the text"), ("Ctrl+Shift+D", "Tags"), ("Ctrl+Shift+C", "Mark what is selected as a comment"),
        ("Esc", "Clear the search, then leave"),
    ),
    "Nights": (
        ("↑ ↓", "Night before or after"), ("PgUp PgDn", "Four weeks"), ("Home End", "First or last"), ("+ −", "Zoom"),
        ("Enter", "The night in full"), ("D", "Its dream"),
    ),
    "Compare": (
        ("Alt+E", "Enhancer"), ("Alt+M", "Measure"), ("Alt+S", "Source"), ("Alt+N", "Nights"), ("Ctrl+S", "Save the plot"),
    ),
    "Balance": (
        ("← →", "Week before or after"), ("PgUp PgDn", "Four weeks"), ("Home End", "First or last"), ("Enter", "The nights of the week"),
    ),
    "Reports": (("Space", "Tick a part"), ("Ctrl+S", "Save PDF"), ("PgUp PgDn", "Turn pages")),
    "Patients": (("↑ ↓", "Rows"), ("Enter", "Open the person"), ("Alt+N", "Note"), ("Alt+S", "Sign off"), ("/", "Find")),
}  # fmt: skip
"""What each page does at its own keys."""
