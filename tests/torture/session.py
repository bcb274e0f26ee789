"""A whole session in a process of its own: the window driven over an encrypted journal full of needles, a fault, and no goodbye.

Started with a folder of its own as home; says on standard output, as one JSON line, every title and note it showed, and waits
to be killed.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from dreamjournal.common.clock import SystemClock

PASSPHRASE = "four quiet words here"
NEEDLES = {
    "dream": "Quorvexdream", "tag": "quorvextag", "draft": "Quorvexdraft", "medicine": "Quorvexmedicine", "enhancer": "Quorvexenhancer",
    "comment": "Quorvexcomment", "intention": "Quorvexintention", "step": "Quorvexstep", "search": "Quorvexsearch", "file": "Quorvexfile",
    "imported": "Quorvexnote", "device": "Quorvexdevice", "query": "Quorvexquery", "title": "Quorvextitle", "error": "Quorvexerror",
}  # fmt: skip


def main(home: Path) -> None:
    os.umask(0o022)  # what a desktop gives; the app makes it its own
    from dreamjournal.common.process import begin_private

    begin_private()
    path = home / "data" / "dreamjournal" / "journal.db"
    fill(path, home)
    os.environ["DREAMJOURNAL_PASSPHRASE"] = PASSPHRASE
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication

    from dreamjournal.app.bootstrap import WindowOptions, begin, claim, make_app
    from dreamjournal.runtime import notify
    from dreamjournal.runtime.window_state import load_state
    from dreamjournal.ui.main_window import MainWindow
    from dreamjournal.ui.theme import install

    said: list[str] = []
    app = make_app()
    install(app, "light", 1.0, night=False, has_style=True)

    class Titles(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() in (QEvent.Type.WindowTitleChange, QEvent.Type.Show) and hasattr(watched, "windowTitle"):
                said.append(str(getattr(watched, "windowTitle")()))  # noqa: B009 - any widget
            return False

    titles = Titles()
    app.installEventFilter(titles)
    for kind in [k for k in vars(notify).values() if isinstance(k, type) and "show" in vars(k)]:
        listen(kind, said)
    window = MainWindow()
    window.show()
    instance = claim(app, path, [])
    assert instance is not None
    life = begin(app, window, instance, load_state(), SystemClock(), path, WindowOptions(path))
    wait(app, lambda: life.journal is not None)
    drive(app, life, home)

    def fault() -> None:
        raise RuntimeError(NEEDLES["error"] + NEEDLES["dream"])

    QTimer.singleShot(0, fault)
    wait(app, lambda: any(type(w).__name__ == "CrashDialog" for w in app.topLevelWidgets()), 10)
    for widget in QApplication.topLevelWidgets():
        if type(widget).__name__ == "CrashDialog":
            from PySide6.QtWidgets import QLabel, QListWidget

            said += [w.text() for w in widget.findChildren(QLabel)]
            said += [w.item(i).text() for w in widget.findChildren(QListWidget) for i in range(w.count())]
    import resource

    core = resource.getrlimit(resource.RLIMIT_CORE)[0]
    sys.stdout.write(json.dumps({"said": said, "core": core}) + "\n")
    sys.stdout.flush()
    app.exec()


def listen(kind: Any, said: list[str]) -> None:
    inner = kind.show

    def show(self: Any, *args: Any, **more: Any) -> Any:
        said.append(repr((args, more)))
        return inner(self, *args, **more)

    kind.show = show


def wait(app: Any, met: Callable[[], bool], seconds: float = 60) -> None:
    from PySide6.QtCore import QDeadlineTimer, QEventLoop

    end = QDeadlineTimer(round(seconds * 1000))
    while not met():
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        assert not end.hasExpired(), "the session stands still"


def fill(path: Path, home: Path) -> None:
    """An encrypted journal with a needle in every field, and an import of a file with a needle as its name."""
    from dreamjournal.domain.dream import DreamDraft, Recall
    from dreamjournal.domain.evening import IntakeKind
    from dreamjournal.services import dreams, imports, journals
    from tests import made_nights
    from tests.samples import DATA

    clock = SystemClock()
    path.parent.mkdir(parents=True)
    journal = journals.create(path, passphrase=PASSPHRASE, clock=clock)
    first = clock.now().date() - timedelta(days=40)
    made_nights.write(
        journal, 1, made_nights.row("ENNE" * 9, first, device=NEEDLES["device"]), enhancer=NEEDLES["enhancer"]
    )
    for n in range(30):
        text = f"{NEEDLES['dream']} walked over the {n}th bridge. {NEEDLES['search']} was there."
        dreams.save(
            journal, 1, DreamDraft(first + timedelta(days=n), text, Recall.REPORT, tags=(NEEDLES["tag"],)), clock
        )
    day = first + timedelta(days=3)
    journal.evenings.set_intention(1, day, NEEDLES["intention"])
    journal.evenings.add_step(1, NEEDLES["step"])
    journal.evenings.add_intake(1, day, IntakeKind.MEDICINE, NEEDLES["medicine"], 1.0, "mg", None, False, clock.now())
    journal.reviews.ask(1, day, NEEDLES["query"], "Nn", clock.now())
    put_comment(journal, day)
    brought = home / "Downloads" / f"{NEEDLES['file']}.csv"
    brought.parent.mkdir()
    whole = (DATA / "sleep_as_android/sleep-export.csv").read_text(encoding="utf-8")
    brought.write_text(whole.replace("Slept next to the window", NEEDLES["imported"]), encoding="utf-8")
    imports.run(journal, 1, [brought], zone="Europe/London", clock=clock)
    journal.close()


def put_comment(journal: Any, day: date) -> None:
    from datetime import datetime, time

    from dreamjournal.domain.diary import Diary
    from dreamjournal.domain.instant import from_local

    bed = from_local(datetime.combine(day, time(23)), "Europe/London")
    up = from_local(datetime.combine(day + timedelta(days=1), time(7)), "Europe/London")
    journal.diaries.put(
        Diary(1, day, bed, bed, 15.0, 2, 20.0, up, up, quality=4, comments=NEEDLES["comment"], entered=up.utc)
    )


def drive(app: Any, life: Any, home: Path) -> None:
    """Every page, a search, words typed and copied, a report saved on purpose, a backup."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QLineEdit

    from dreamjournal.domain.contrast import ContrastSpec
    from dreamjournal.services import backups, reports
    from dreamjournal.ui.widgets.words_edit import WordsEdit

    for key in (
        "tonight",
        "morning",
        "dreams",
        "nights",
        "measures",
        "compare",
        "balance",
        "signs",
        "coding",
        "study",
        "reports",
    ):
        life.window.show_page(key)
        wait(app, lambda: not life.tasks.busy)
    life.window.show_page("dreams")
    wait(app, lambda: not life.tasks.busy)
    page = life.window.page()
    for field in page.findChildren(QLineEdit):
        if field.isVisible() and not field.isReadOnly():
            QTest.keyClicks(field, NEEDLES["search"])
            break
    wait(app, lambda: not life.tasks.busy)
    for edit in page.findChildren(WordsEdit):
        if edit.isVisible() and not edit.isReadOnly():
            edit.setFocus()
            QTest.keyClicks(edit, NEEDLES["draft"])
            edit.selectAll()
            edit.copy()
            break
    journal, clock = life.journal, SystemClock()
    spec = reports.ReportSpec(
        kind="contrast", contrast=ContrastSpec(enhancer=NEEDLES["enhancer"]), title=NEEDLES["title"]
    )
    report = reports.build(journal, 1, spec, clock)
    assert reports.preview_pages(report, clock, 40, 1)
    (home / "Saved").mkdir()
    for suffix in (".pdf", ".html", ".xlsx"):
        reports.write(report, home / "Saved" / f"report{suffix}", clock)
    backups.make(journal, "asked", clock)
    QTest.qWait(2600)  # the draft is kept within two seconds


if __name__ == "__main__":
    main(Path(sys.argv[1]))
