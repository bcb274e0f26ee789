"""Makes the pictures of every page in three themes from a sample journal: `.venv/bin/python packaging/screenshots.py`.

Everything is made in a temporary folder; nothing of the user's is read or written. The pictures go to
`resources/screenshots/`, or to the folder named as the argument.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
_home = tempfile.TemporaryDirectory(prefix="dreamjournal-pictures-")
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["TZ"] = "Europe/London"
for _kind in ("CONFIG", "DATA", "STATE", "CACHE"):
    os.environ[f"XDG_{_kind}_HOME"] = str(Path(_home.name, _kind.lower()))
os.environ["XDG_RUNTIME_DIR"] = _home.name
for _name in ("DREAMJOURNAL_PASSPHRASE", "DBUS_SESSION_BUS_ADDRESS"):
    os.environ.pop(_name, None)

from PySide6.QtCore import QEventLoop, QTimer  # noqa: E402 - after the platform is chosen
from PySide6.QtWidgets import QWidget  # noqa: E402

from dreamjournal.app.bootstrap import make_app  # noqa: E402
from dreamjournal.app.lifecycle import Lifecycle  # noqa: E402
from dreamjournal.domain.person import JournalKind  # noqa: E402
from dreamjournal.runtime.crash import CrashHook  # noqa: E402
from dreamjournal.runtime.single_instance import SingleInstance  # noqa: E402
from dreamjournal.runtime.window_state import load_state  # noqa: E402
from dreamjournal.services import demo, enhancers, journals, mornings, persons, reviews  # noqa: E402
from dreamjournal.ui.main_window import MainWindow  # noqa: E402
from dreamjournal.ui.theme import install, theme_source  # noqa: E402

MORNING = datetime(2026, 5, 5, 7, 10, tzinfo=UTC)
EVENING = datetime(2026, 5, 5, 20, 40, tzinfo=UTC)
THEMES = ("light", "dark", "night")


class PictureClock:
    """A clock that the pictures set."""

    def __init__(self) -> None:
        self.at = MORNING

    def now(self) -> datetime:
        return self.at

    def zone(self) -> str:
        return "Europe/London"


CLOCK = PictureClock()


def wait(life: Lifecycle, least_ms: int = 150) -> None:
    """Let the window work until its worker is idle, and then until what it brought is laid out."""
    idle = 0
    for _ in range(400):
        loop = QEventLoop()
        QTimer.singleShot(least_ms, loop.quit)
        loop.exec()
        idle = 0 if life.tasks.busy else idle + 1
        if idle > 2:
            return


def caseload(path: Path) -> None:
    """A nurse's journal of five invented people."""
    draw = random.Random(14)
    journal = journals.create(path, kind=JournalKind.NURSE, passphrase=None, clock=CLOCK)
    last = date(2026, 5, 4)
    for name in ("P-003", "P-007", "P-011", "P-014", "P-019"):
        person, _ = persons.add(journal, name, CLOCK)
        for back in range(34, -1, -1):
            CLOCK.at = MORNING - timedelta(days=back)
            night = last - timedelta(days=back)
            said = draw.choices(("natural", "enhanced", "unsure", None), (9, 7, 1, 1))[0]
            if said == "enhanced":
                dose = "3 mg" if back < 9 and name == "P-014" else "1 mg"
                enhancers.log(journal, person.id, night, said, ["Melatonin"], dose, CLOCK)
            elif said is not None:
                enhancers.log(journal, person.id, night, said, [], "", CLOCK)
            if draw.random() < 0.93:
                answers = {
                    "into_bed": 1370 + draw.randint(0, 40), "try_sleep": 1415, "sol": draw.choice((8, 12, 20, 35)),
                    "waso": draw.choice((5, 15, 40)), "nawk": draw.randint(0, 4), "final_wake": 400 + draw.randint(0, 40),
                    "out_of_bed": 450, "quality": draw.randint(2, 5),
                }  # fmt: skip
                mornings.save_diary(
                    journal, mornings.diary_from_answers(person.id, night, "Europe/London", answers), CLOCK
                )
            if back == 14 and name != "P-019":
                reviews.sign_off(journal, person.id, CLOCK.at.date(), "MK", CLOCK)
        if name == "P-014":
            reviews.ask(journal, person.id, date(2026, 4, 27), "Who raised the melatonin dose?", "MK", CLOCK)
    CLOCK.at = MORNING
    journal.close()


def start(path: Path) -> Lifecycle:
    """The app's own window on the journal at `path`."""
    app = make_app()
    window = MainWindow()
    window.resize(1280, 800)
    life = Lifecycle(
        app, window, SingleInstance(path, app), CrashHook(parent=app), load_state(), CLOCK, journal=path, capture=False,
        person=None,
    )  # fmt: skip
    window.show()
    life.open_first()
    wait(life)
    return life


def main(folder: Path) -> None:
    """Take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    app = make_app()
    install(app, "light")
    taken: list[str] = []

    def in_themes(
        name: str, life: Lifecycle, widget: Callable[[], QWidget], prepare: Callable[[], None] = lambda: None
    ) -> None:
        for theme in THEMES:
            theme_source().apply("light" if theme == "night" else theme, 1.0, night=theme == "night")
            prepare()
            wait(life)
            widget().grab().save(str(folder / f"{name}-{theme}.png"))
            taken.append(f"{name}-{theme}")

    home = Path(_home.name)
    first = start(home / "none" / "journal.db")
    in_themes("first-start", first, lambda: first.window)
    first.shut_down()

    sample = home / "sample" / "journal.db"
    demo.make(sample, CLOCK)
    life = start(sample)
    for key in ("tonight", "morning", "dreams", "nights", "compare", "reports"):
        CLOCK.at = EVENING if key == "tonight" else MORNING
        in_themes(key, life, lambda: life.window, lambda k=key: show(life, k))
    CLOCK.at = MORNING
    from dreamjournal.ui.enhancers.dialog import EnhancersDialog
    from dreamjournal.ui.imports.dialog import ImportDialog

    assert life.context is not None
    listed = EnhancersDialog(life.context, life.window)
    listed.open()
    in_themes("enhancers", life, lambda: listed)
    listed.close()
    life.show_capture()
    wait(life)
    life.window.grab().save(str(folder / "night-capture-night.png"))
    taken.append("night-capture-night")
    life.shut_down()

    fresh = home / "fresh" / "journal.db"
    fresh.parent.mkdir()
    journals.create(fresh, passphrase=None, clock=CLOCK).close()
    empty = start(fresh)
    in_themes("nights-empty", empty, lambda: empty.window, lambda: show(empty, "nights"))
    assert empty.context is not None
    dialog = ImportDialog(
        empty.context, empty.window, [sample.parent / "sleeps.csv", sample.parent / "sleepsync-export.json"]
    )
    dialog.open()
    in_themes("import-preview", empty, lambda: dialog)
    dialog.findChild(QWidget, "importGo").click()  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]
    in_themes("import-receipt", empty, lambda: dialog)
    dialog.close()
    empty.shut_down()

    ward = home / "ward" / "journal.db"
    ward.parent.mkdir()
    caseload(ward)
    nurse = start(ward)
    in_themes("patients", nurse, lambda: nurse.window, lambda: show(nurse, "patients"))
    nurse.shut_down()
    sys.stdout.write(f"{len(taken)} pictures in {folder}\n")


def show(life: Lifecycle, key: str) -> None:
    """Bring a page to the front."""
    life.window.show_page(key)
    page = life.window.page()
    if page is not None:
        page.focus_first()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "resources" / "screenshots")
    _home.cleanup()
