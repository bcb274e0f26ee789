"""F1: the table of all keys."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from dreamjournal.ui.shortcuts import GLOBAL_KEYS, PAGE_KEYS
from dreamjournal.ui.widgets.dialog import Dialog
from dreamjournal.ui.widgets.page import SectionHead
from dreamjournal.ui.widgets.tables import make_table


def _shown(sequence: str) -> str:
    return sequence.replace("Left", "←").replace("Right", "→").replace("+-", "+−")


class KeysDialog(Dialog):
    """F1: all keys, the window's and each page's."""

    def __init__(self, parent: QWidget, pages: tuple[tuple[str, str], ...], *, lock: bool) -> None:
        """`pages` are (key, title) of the pages this journal has; `lock` is whether there is anything to lock."""
        super().__init__("All keys", parent, name="keysDialog", width=620)
        titles = [title for _, title in pages]
        everywhere = list(pages) + [
            (_shown(key.sequence), key.words) for key in GLOBAL_KEYS if lock or key.action != "lock"
        ]
        sections: dict[str, list[tuple[str, str]]] = {"Everywhere": everywhere}
        for name, keys in PAGE_KEYS.items():
            if name in titles or (name == "Night capture" and "Tonight" in titles):
                sections[name] = list(keys)
        rows = [
            (section if index == 0 else "", key, words)
            for section, keys in sections.items()
            for index, (key, words) in enumerate(keys)
        ]
        self.body.addWidget(SectionHead("All keys"))
        self.table = make_table("All keys", ("Where", "Key", "Does"), rows, stretch=2, name="keysTable")
        self.table.setMinimumHeight(300)
        self.body.addWidget(self.table, 1)
        self.foot.addStretch(1)
        self.add_answer("Close", primary=True, default=True, name="keysClose").clicked.connect(self.accept)
        self.resize(620, 640)
