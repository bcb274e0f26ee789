"""Makes the pictures of every page in three themes from a sample journal: `.venv/bin/python packaging/screenshots.py`.

Everything is made in a temporary folder; nothing of the user's is read or written. The pictures go to
`resources/screenshots/`, or to the folder named as the argument. `--large` adds each at 200 % text, for looking at;
`--only imports` (or `pages`, `safety`, `ward`) takes a part of them.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

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
from PySide6.QtWidgets import QScrollArea, QWidget  # noqa: E402

from dreamjournal.app.bootstrap import make_app  # noqa: E402
from dreamjournal.app.lifecycle import Lifecycle  # noqa: E402
from dreamjournal.domain.person import JournalKind  # noqa: E402
from dreamjournal.runtime.crash import CrashHook  # noqa: E402
from dreamjournal.runtime.single_instance import SingleInstance  # noqa: E402
from dreamjournal.runtime.window_state import load_state  # noqa: E402
from dreamjournal.services import demo, enhancers, journals, mornings, persons, reviews  # noqa: E402
from dreamjournal.ui.compare.parts import ANSWER, parts  # noqa: E402
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


class Pictures:
    """Takes a widget in every theme, and at 200 % where asked."""

    def __init__(self, folder: Path, *, large: bool) -> None:
        self.folder, self.taken = folder, 0
        self._looks = [(theme, 1.0) for theme in THEMES] + ([(theme, 2.0) for theme in THEMES] if large else [])

    def take(self, name: str, widget: QWidget, theme: str, scale: float = 1.0) -> None:
        """One picture, of the theme that is on."""
        widget.grab().save(str(self.folder / f"{name}-{theme}{'-text200' if scale > 1 else ''}.png"))
        self.taken += 1

    def in_themes(
        self, name: str, life: Lifecycle, widget: Callable[[], QWidget], prepare: Callable[[], None] = lambda: None
    ) -> None:
        for theme, scale in self._looks:
            theme_source().apply("light" if theme == "night" else theme, scale, night=theme == "night")
            prepare()
            wait(life)
            self.take(name, widget(), theme, scale)
        theme_source().apply("light", 1.0, night=False)

    def opened(
        self, name: str, life: Lifecycle, make: Callable[[], Any], act: Callable[[Any], None] = lambda _d: None
    ) -> None:
        """A dialog, made anew for each look as it is when a person opens it."""
        for theme, scale in self._looks:
            theme_source().apply("light" if theme == "night" else theme, scale, night=theme == "night")
            dialog = make()
            dialog.open()
            wait(life)
            act(dialog)
            wait(life)
            self.take(name, dialog, theme, scale)
            dialog.close()
            wait(life)
        theme_source().apply("light", 1.0, night=False)


def main(folder: Path, only: str, *, large: bool) -> None:
    """Take every picture, or one part of them."""
    folder.mkdir(parents=True, exist_ok=True)
    install(make_app(), "light")
    pictures = Pictures(folder, large=large)
    home = Path(_home.name)
    sample = home / "sample" / "journal.db"
    demo.make(sample, CLOCK)
    if only in ("", "pages"):
        pages(pictures, home, sample)
    if only in ("", "imports"):
        imports_of(pictures, home, sample)
    if only in ("", "safety"):
        safety(pictures, home)
    if only in ("", "ward"):
        ward = home / "ward" / "journal.db"
        ward.parent.mkdir()
        caseload(ward)
        nurse = start(ward)
        pictures.in_themes("patients", nurse, lambda: nurse.window, lambda: show(nurse, "patients"))
        nurse.shut_down()
    sys.stdout.write(f"{pictures.taken} pictures in {folder}\n")


def pages(pictures: Pictures, home: Path, sample: Path) -> None:
    """The start, and every page of the sample journal."""
    first = start(home / "none" / "journal.db")
    pictures.in_themes("first-start", first, lambda: first.window)
    first.shut_down()
    life = start(sample)
    for key in (
        "tonight",
        "morning",
        "dreams",
        "nights",
        "compare",
        "reports",
        "measures",
        "signs",
        "coding",
        "balance",
        "study",
    ):
        CLOCK.at = EVENING if key == "tonight" else MORNING
        pictures.in_themes(key, life, lambda: life.window, lambda k=key: show(life, k))
    CLOCK.at = MORNING
    show(life, "compare")
    compare: Any = life.window.page()
    for part in parts():
        pictures.in_themes(f"compare-{part.key}", life, lambda: life.window, lambda k=part.key: compare.show_part(k))
    compare.show_part(ANSWER)
    assert life.context is not None
    context = life.context
    from dreamjournal.ui.enhancers.dialog import EnhancersDialog
    from dreamjournal.ui.settings.dialog import SettingsDialog
    from dreamjournal.ui.settings.measures_dialog import MeasuresDialog

    for back in range(30):
        night, said = date(2026, 5, 4) - timedelta(days=back), float(back % 3 != 0)
        context.journal.tags.put(context.person_id, night, "whoop", "Took melatonin?", said, None, None)
    pictures.opened("enhancers", life, lambda: EnhancersDialog(context, life.window))
    pictures.opened(
        "settings", life, lambda: SettingsDialog(context, life.window), lambda d: _scroll_to(d, "sourceOrder")
    )
    pictures.opened("settings-measures", life, lambda: MeasuresDialog(context, life.window, {"deep": "sleepsync"}))
    show(life, "nights")
    page: Any = life.window.page()
    pictures.opened("correct-times", life, lambda: _correcting(page))
    page.detail.correct_asked.emit(_session(page))
    correct: Any = page.findChild(QWidget, "correctDialog")
    correct.end.time_field.setText("05:40")
    correct.go.click()
    wait(life)
    pictures.in_themes("nights-recordings", life, lambda: life.window, lambda: _scroll_detail(page))
    page.undo()
    life.show_capture()
    wait(life)
    pictures.take("night-capture", life.window, "night")
    life.shut_down()


def imports_of(pictures: Pictures, home: Path, sample: Path) -> None:
    """An import from the empty page to the receipt, its questions, its history and reading again."""
    from dreamjournal.services import imports, reading
    from dreamjournal.ui.imports.dialog import ImportDialog
    from dreamjournal.ui.imports.formats_dialog import FormatsDialog
    from dreamjournal.ui.imports.history import HistoryDialog
    from dreamjournal.ui.imports.reread import RereadDialog
    from dreamjournal.ui.imports.stays import StaysDialog

    fresh = home / "fresh" / "journal.db"
    fresh.parent.mkdir()
    journals.create(fresh, passphrase=None, clock=CLOCK).close()
    empty = start(fresh)
    pictures.in_themes("nights-empty", empty, lambda: empty.window, lambda: show(empty, "nights"))
    assert empty.context is not None
    context = empty.context
    files = made_exports(home / "exports", sample)
    pictures.opened("import-choose", empty, lambda: ImportDialog(context, empty.window))
    pictures.opened("import-formats", empty, lambda: FormatsDialog(empty.window))
    pictures.opened("import-columns", empty, lambda: ImportDialog(context, empty.window, [files["table"]]))
    pictures.opened("import-zone", empty, lambda: ImportDialog(context, empty.window, [files["zoneless"]]))
    pictures.opened("import-start", empty, lambda: ImportDialog(context, empty.window, [files["stages"]]))
    reading.add_travel(context.journal, context.person_id, date(2026, 3, 3), date(2026, 3, 9), "America/New_York")
    pictures.opened("import-stays", empty, lambda: StaysDialog(context, empty.window))
    several = [files["damaged"], sample.parent / "sleepsync-export.json", files["page"]]
    pictures.opened("import-preview", empty, lambda: ImportDialog(context, empty.window, several))
    dialog = ImportDialog(context, empty.window, several)
    dialog.open()
    wait(empty)
    dialog.findChild(QWidget, "importGo").click()  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]
    wait(empty)
    pictures.in_themes("import-receipt", empty, lambda: dialog)
    dialog.close()
    imports.run(context.journal, context.person_id, [files["zoneless"]], zone="Europe/London", clock=CLOCK)
    pictures.opened("import-history", empty, lambda: HistoryDialog(context, empty.window))
    reading.set_zone(context.journal, context.person_id, "plees", "Europe/Berlin")
    pictures.opened("import-reread", empty, lambda: RereadDialog(context, empty.window))
    empty.shut_down()


def safety(pictures: Pictures, home: Path) -> None:
    """What a person sees who is locked out or frightened, and where the journal is looked after."""
    from dreamjournal.domain.dream import DreamDraft
    from dreamjournal.domain.protection import Protection
    from dreamjournal.services import backups, dreams, keys
    from dreamjournal.ui.onboarding.recovery_sheet import RecoverySheetPage
    from dreamjournal.ui.settings.dialog import SettingsDialog

    path, words = home / "kept" / "journal.db", "four ordinary words"
    path.parent.mkdir()
    kept = keys.make_journal(
        path, kind=JournalKind.OWN, protection=Protection.PASSPHRASE, passphrase=words, clock=CLOCK
    ).journal
    person = kept.persons.all()[0].id
    dreamt = ("A river under the kitchen floor.", "The station had no clocks.", "I could breathe water.")
    for back, text in enumerate(dreamt):
        dreams.save(kept, person, DreamDraft(date(2026, 5, 4) - timedelta(days=back), text), CLOCK)
        CLOCK.at = MORNING - timedelta(days=2 - back)
        backups.make(kept, "timer", CLOCK)
    kept.close()

    locked = start(path)
    window: Any = locked.window
    pictures.in_themes("locked", locked, lambda: window)
    window.cover().field.setText("four other words")
    window.cover().open_button.click()
    wait(locked)
    pictures.in_themes("wrong-passphrase", locked, lambda: window)
    window.cover().field.setText(words)
    window.cover().open_button.click()
    wait(locked)
    assert locked.context is not None
    context = locked.context
    for section in ("Keys", "Backups", "Check"):
        pictures.opened(
            f"settings-{section.lower()}", locked, lambda: SettingsDialog(context, window),
            lambda d, s=section: d.sections.go_to(s),
        )  # fmt: skip
    full_disk(pictures, locked)
    locked.lock()
    wait(locked)
    window.show_cover(RecoverySheetPage("27W1J-YS89Y-TGPWA-H5AZB-FWMRC-MQ1MJ-PYKBM"))
    pictures.in_themes("recovery-sheet", locked, lambda: window)
    locked.shut_down()
    frightened(pictures, home, path)


def full_disk(pictures: Pictures, life: Lifecycle) -> None:
    """A dream that cannot be saved, because no file may grow any more."""
    import resource
    import signal

    show(life, "dreams")
    page: Any = life.window.page()
    page.new_dream()
    wait(life)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, before[1]))
    try:
        page.editor.words.insertPlainText("The lift went sideways, through the neighbours’ kitchens.")
        wait(life, 1500)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        raised = life.window.grab()
    raised.save(str(pictures.folder / "full-disk-light.png"))
    pictures.taken += 1
    wait(life, 1500)


def frightened(pictures: Pictures, home: Path, path: Path) -> None:
    """A journal that is damaged, of a newer version, open elsewhere, or no journal at all."""
    import shutil

    from dreamjournal.services import holding
    from dreamjournal.store.connect import connect

    def copied(name: str) -> Path:
        to = home / name / "journal.db"
        shutil.copytree(path.parent, to.parent, ignore=shutil.ignore_patterns("*.lock"))
        return to

    def at_once(name: str, at: Path) -> None:
        life = start(at)
        pictures.in_themes(name, life, lambda: life.window)
        life.shut_down()

    damaged = copied("damaged")
    body = bytearray(damaged.read_bytes())
    body[100:1100] = bytes(1000)
    damaged.write_bytes(bytes(body))
    life = start(damaged)
    cover: Any = life.window.cover()
    cover.field.setText("four ordinary words")
    cover.open_button.click()
    wait(life)
    pictures.in_themes("damaged", life, lambda: life.window)
    life.shut_down()

    newer = home / "newer" / "journal.db"
    newer.parent.mkdir()
    journals.create(newer, passphrase=None, clock=CLOCK).close()
    db = connect(newer, None)
    db.execute("PRAGMA user_version = 99")
    db.conn.close()
    at_once("newer-version", newer)

    held_path = home / "held" / "journal.db"
    held_path.parent.mkdir()
    journals.create(held_path, passphrase=None, clock=CLOCK).close()
    held = holding.hold(held_path)
    at_once("open-elsewhere", held_path)
    held.release()

    for name, content in (("empty-file", b""), ("text-file", b"Dear diary,\n" * 200)):
        other = home / name / "journal.db"
        other.parent.mkdir()
        other.write_bytes(content)
        at_once(name, other)


def made_exports(folder: Path, sample: Path) -> dict[str, Path]:
    """Files that make an import ask: invented, as everything in the pictures."""
    folder.mkdir()
    table = folder / "nights-of-mine.csv"
    table.write_text(
        "Bed,Up,Deep,How it was,Note\n03/04/2026 23:10,04/04/2026 07:05,84,3,window open\n"
        "04/04/2026 22:50,05/04/2026 06:40,92,4,\n05/04/2026 23:40,06/04/2026 07:30,71,2,late dinner\n",
        encoding="utf-8",
    )
    zoneless = folder / "plees-tracker.csv"
    nights = [1775772000000 + n * 86_400_000 for n in range(5)]
    zoneless.write_text(
        "sid,start,stop,rating\n" + "".join(f"{n + 1},{at},{at + 27_000_000},4\n" for n, at in enumerate(nights)),
        encoding="utf-8",
    )
    stages = folder / "epochs.txt"
    stages.write_text(
        "\n".join(["W"] * 20 + ["N1"] * 6 + ["N2"] * 400 + ["N3"] * 200 + ["REM"] * 200), encoding="utf-8"
    )
    damaged = folder / "sleeps.csv"
    lines = (sample.parent / "sleeps.csv").read_text(encoding="utf-8").splitlines()
    for number in (40, *range(60, 66)):
        cells = lines[number].split(",")
        lines[number] = ",".join(
            "9999-" + c[5:] if number == 40 and c[:2] == "20" else "" if c[:2] == "20" else c for c in cells
        )
    damaged.write_text("\n".join(lines) + "\n", encoding="utf-8")
    page = folder / "sleep.html"
    page.write_text("<html><body>Your sleep</body></html>", encoding="utf-8")
    return {"table": table, "zoneless": zoneless, "stages": stages, "damaged": damaged, "page": page}


def _session(page: Any) -> Any:
    night = page.detail.night
    return next(s for s in night.sessions if s.source == "whoop")


def _correcting(page: Any) -> Any:
    from dreamjournal.ui.nights.correct import CorrectDialog

    return CorrectDialog(page._context, page, _session(page), lambda _start, _end: None)  # noqa: SLF001 - as the page does


def _scroll_detail(page: Any) -> None:
    bar = page.detail.findChild(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())


def _scroll_to(dialog: Any, name: str) -> None:
    found = dialog.findChild(QWidget, name)
    dialog.scroll_area.ensureWidgetVisible(found, 0, 400)


def show(life: Lifecycle, key: str) -> None:
    """Bring a page to the front."""
    life.window.show_page(key)
    page = life.window.page()
    if page is not None:
        page.focus_first()


if __name__ == "__main__":
    words = argparse.ArgumentParser(description="Takes the pictures of every page.")
    words.add_argument("folder", nargs="?", type=Path, default=ROOT / "resources" / "screenshots")
    words.add_argument("--large", action="store_true", help="also at 200 %% text")
    words.add_argument("--only", default="", choices=("", "pages", "imports", "safety", "ward"))
    given = words.parse_args()
    main(given.folder, given.only, large=given.large)
    _home.cleanup()
