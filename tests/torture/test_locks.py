"""Locks at any moment: while typing, importing, making a report, in a dialog, in the dark. No word lost, none left readable."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from time import thread_time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from dreamjournal.app.lifecycle import Lifecycle
from dreamjournal.common.errors import KnownError
from dreamjournal.domain.dream import Recall
from dreamjournal.services import import_rows, imports, unfinished
from dreamjournal.ui.theme import ThemeSource, install
from tests.fakes import FakeClock
from tests.gui.app import locked_life
from tests.gui.app.locked_life import NEEDLES, Key, leaks, settle
from tests.torture.counted import COUNTED, TOLD, size

pytestmark = [
    pytest.mark.torture, pytest.mark.gui,
    pytest.mark.qt_log_ignore("does not support grabbing", extend=True),  # the offscreen platform, of any open menu
]  # fmt: skip

ROWS = 120
"""Dreams in one imported file."""
UNLOCK_S = 1.0
"""Of work in the thread of the window: how long that takes also depends on what else the machine does."""


@pytest.fixture
def themed(qapp: QApplication) -> Iterator[ThemeSource]:
    found = qapp.findChild(ThemeSource, "themeSource")
    source = found if isinstance(found, ThemeSource) else install(qapp, "light")
    source.apply("light", 1.0, night=False)
    yield source
    source.apply("light", 1.0, night=False)


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Path, Key]:
    return locked_life.make(tmp_path / "own" / "journal.db", FakeClock())


@pytest.fixture
def life(
    qtbot, qapp: QApplication, themed: ThemeSource, tmp_path: Path, kept: tuple[Path, Key], clock: FakeClock
) -> Iterator[Lifecycle]:
    made = locked_life.open_window(qtbot, qapp, *kept, clock, tmp_path)
    yield made
    made.shut_down()
    made.setParent(None)


@dataclass
class Import:
    """A file that was being imported when the lock fell, and how far it had come."""

    path: Path
    mark: str
    reached: str


class Lingering:
    """The progress of a writing transaction that stays at one row until it is stopped, or at none."""

    def __init__(self, inner, hand: Hand) -> None:
        self._inner, self._hand = inner, hand

    def step(self, done: int, total: int, text: str = "") -> None:
        if done >= self._hand.stays_at:
            self._hand.inside.set()
        while done == self._hand.stays_at and self._hand.stays:
            self._inner.step(done, total, text)
            self._hand.pause.wait(0.005)
        self._inner.step(done, total, text)


class Hand:
    """One who types, opens and starts things, and remembers every word."""

    def __init__(self, qtbot, life: Lifecycle, chance: random.Random, folder: Path) -> None:
        self.qtbot, self.life, self.chance, self.folder = qtbot, life, chance, folder
        self.number = 0
        self.written: list[str] = []
        self.imported: Import | None = None
        self.busy: Counter[str] = Counter()
        """How often work was really under way when the lock fell."""
        self.inside = threading.Event()
        """The worker is in the writing transaction of an import, at the row `stays_at`."""
        self.stays_at, self.stays, self.pause = 0, False, threading.Event()

    def word(self) -> str:
        self.number += 1
        return f"uniqueword{self.number}x{self.chance.randrange(10**6)}"

    def type(self, field) -> None:
        word = self.word()
        assert field.isVisible() and field.isEnabled()
        field.setFocus()
        self.qtbot.keyClicks(field, f" {word} and the rest")
        self.written.append(word)

    def page(self, key: str):
        assert self.life.window.show_page(key)
        page = self.life.window.page()
        assert page is not None
        return page

    def dialog(self, name: str):
        self.qtbot.waitUntil(lambda: self.life.window.findChild(QDialog, name) is not None)
        return self.life.window.findChild(QDialog, name)

    # What is typed

    def intention(self) -> None:
        self.type(self.page("tonight").intention)

    def morning_dream(self) -> None:
        page = self.page("morning")
        page.dream.recall.choose(Recall.REPORT)
        self.type(page.dream.words)

    def morning_comment(self) -> None:
        form = self.page("morning").form
        form.show_more(True)
        self.type(form.comments)

    def dream(self) -> None:
        page = self.page("dreams")
        page.new_dream()
        self.type(page.editor.words)

    def old_dream(self) -> None:
        page = self.page("dreams")
        page._list(prefer=page.model.row_at(self.chance.randrange(page.model.rowCount())).dream.id)
        self.type(page.editor.words)

    def capture(self) -> None:
        self.life.show_capture()
        cover = self.life.window.cover()
        assert cover is not None
        self.type(cover.field)
        if self.chance.random() < 0.3:
            self.qtbot.keyClick(cover.field, Qt.Key.Key_Return)

    def settings(self) -> None:
        self.life._on_command("settings")
        self.type(self.dialog("settingsDialog").fields["emergency_number"])

    def enhancers(self) -> None:
        self.life._on_command("enhancers")
        self.type(self.dialog("enhancersDialog").name)

    def dialog_over_words(self) -> None:
        self.intention()
        self.settings()

    # What is open

    def modal_dialog(self) -> None:
        self.dream()
        self.life._on_known(KnownError("That did not work", "it is a test", "go on"))

    def file_dialog(self) -> None:
        self.intention()
        self.life._on_command("open_journal")

    def file_dialog_of_a_dialog(self) -> None:
        self.life._on_command("import")
        self.dialog("importDialog")._choose(folder=self.chance.random() < 0.5)

    def menu(self) -> None:
        self.dream()
        self.life.window._on_foot("menu")
        assert self.life.window.menu.isVisible()

    # What is under way

    def report(self) -> None:
        self._under_way("reports")

    def compare(self) -> None:
        self._under_way("compare")

    def _under_way(self, key: str) -> None:
        self.page("tonight")
        self.page(key)
        self.wait(40)
        self.busy[key] += self.life.tasks.busy

    def reading(self) -> None:
        dialog = self._import()
        self.wait(150)
        self._told(dialog)

    def preview(self) -> None:
        dialog = self._import()
        self._previewed(dialog)
        self._told(dialog)

    def writing(self) -> None:
        self.intention()  # wants the journal as well, while the transaction has it
        dialog = self._import()
        self._previewed(dialog)
        self.inside.clear()
        self.stays_at, self.stays = self.chance.randrange(ROWS), self.chance.random() < 0.7
        dialog._write()
        self.qtbot.waitUntil(self.inside.is_set, timeout=30000)
        self.wait(30)
        self._told(dialog)

    def _previewed(self, dialog) -> None:
        self.qtbot.waitUntil(lambda: dialog.stage == "preview", timeout=30000)
        assert dialog._preview is not None and dialog._preview.files[0].dreams.kept == ROWS

    def _import(self):
        word = self.word()
        path, first = self.folder / f"{word}.txt", date(2024, 1, 1)
        nights = [f"{first + timedelta(days=n)}\n\nAn imported {word} of number {n}\n" for n in range(ROWS)]
        path.write_text("\n".join(nights), encoding="utf-8")
        self.life._on_files([str(path)])
        self.imported = Import(path, word, "reading")
        return self.dialog("importDialog")

    def _told(self, dialog) -> None:
        assert self.imported is not None
        self.imported.reached = dialog.stage
        self.busy[dialog.stage] += 1

    def wait(self, longest: int) -> None:
        self.qtbot.wait(self.chance.randrange(longest))


KEEPING = ("dreams", "drafts", "evenings", "mornings", "diaries", "settings")


def everything(life: Lifecycle) -> str:
    """All rows of the journal that may hold typed words, and what waits to be asked for."""
    assert life.journal is not None
    rows = [life.journal._db.rows(f"SELECT * FROM {name}") for name in KEEPING]
    return json.dumps([rows, [each.text for each in unfinished.kept(life.journal)]], default=str)


def rows_of(life: Lifecycle, mark: str) -> tuple[int, int]:
    """How many dreams of an import there are, and how many imports of its file."""
    assert life.journal is not None
    counted = life.journal._db.rows("SELECT count(*) AS n FROM dreams WHERE text LIKE ?", (f"%{mark}%",))
    files = life.journal._db.rows("SELECT count(*) AS n FROM imports WHERE name LIKE ?", (f"%{mark}%",))
    return counted[0]["n"], files[0]["n"]


def all_or_nothing(qtbot, life: Lifecycle, cut: Import, clock: FakeClock) -> str:
    """Whether the import the lock fell on is whole or not there; imported again it is whole, once."""
    rested: list[object] = []
    life.tasks.start(lambda _p: None, on_done=rested.append)  # comes after what the lock left to end by itself
    qtbot.waitUntil(lambda: bool(rested), timeout=60000)
    there = rows_of(life, cut.mark)
    assert there in ((0, 0), (ROWS, 1)), cut
    assert life.journal is not None and life.context is not None
    imports.run(life.journal, life.context.person_id, [cut.path], clock=clock)
    assert rows_of(life, cut.mark)[0] == ROWS, cut
    taken = life.journal._db.rows("SELECT id FROM imports WHERE name LIKE ? AND undone IS NULL", (f"%{cut.mark}%",))
    for row in reversed(taken):
        imports.undo(life.journal, row["id"], clock)
    assert rows_of(life, cut.mark)[0] == 0, cut
    return "whole" if there[0] else "not there"


def test_locks_at_random_moments(
    qtbot, qapp: QApplication, life: Lifecycle, kept: tuple[Path, Key], clock: FakeClock, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    chance = random.Random(18)
    hand = Hand(qtbot, life, chance, tmp_path)
    apply = imports._apply

    def applied(journal, person_id, files, its_clock, progress, *, write: bool):
        if write:
            progress = Lingering(progress, hand)
        return apply(journal, person_id, files, its_clock, progress, write=write)

    monkeypatch.setattr(imports, "_apply", applied)
    monkeypatch.setattr(import_rows, "STEP_ROWS", 1)  # a lock may fall between any two rows
    acts: list[Callable[[], None]] = [
        hand.intention, hand.dream, hand.capture, hand.settings, hand.morning_dream, hand.morning_comment, hand.old_dream,
        hand.writing, hand.report, hand.menu, hand.file_dialog, hand.reading, hand.modal_dialog, hand.dialog_over_words,
        hand.enhancers, hand.compare, hand.writing, hand.file_dialog_of_a_dialog, hand.preview,
    ]  # fmt: skip
    rounds = size(len(acts), 200)
    slowest = 0.0
    cuts: Counter[str] = Counter()
    for number in range(rounds):
        act = acts[number] if number < len(acts) else chance.choice(acts)
        hand.imported = None
        act()
        clock.advance(minutes=chance.randrange(1, 4))
        if hand.imported is None and chance.random() < 0.4:
            hand.wait(60)
        life.lock(chance.choice(["asked", "screen", "sleep", "minimised"]))
        COUNTED["faults"] += 1
        assert life.journal is None and not life.tasks.busy
        assert [w for w in QApplication.topLevelWidgets() if w.isVisible()] == [life.window]
        settle(qapp)
        qtbot.keyClicks(life.window, "nowhere")
        found = leaks((*NEEDLES, *hand.written[-2:], *([hand.imported.mark] if hand.imported else [])))
        COUNTED["lost"] += len(found)
        assert found == [], (number, act.__name__)
        began = thread_time()
        life.opening.key_found.emit(kept[1]())
        slowest = max(slowest, thread_time() - began)
        assert life.journal is not None
        assert not life.locking._sealed, (number, act.__name__)
        hand.stays = False
        there = everything(life)
        lost = [word for word in hand.written if word not in there]
        COUNTED["lost"] += len(lost)
        assert lost == [], (number, act.__name__)
        cover = life.window.cover()
        if cover is not None:  # capture came back: its words are tonight's from here on
            qtbot.keyClick(cover.field, Qt.Key.Key_Return)
            life.window.drop_cover()
        if hand.imported is not None:
            cuts[f"{hand.imported.reached}: {all_or_nothing(qtbot, life, hand.imported, clock)}"] += 1
    assert hand.busy["writing"], "no lock fell on a writing transaction"
    COUNTED["acknowledged"] += len(hand.written) + cuts.total()
    TOLD.append(
        f"locks: {rounds}, words {len(hand.written)}, lost 0, reachable 0, under way {dict(hand.busy)}, imports {dict(cuts)}, "
        f"most work for an unlock {slowest * 1000:.0f} ms beside Argon2"
    )
    assert slowest <= UNLOCK_S
