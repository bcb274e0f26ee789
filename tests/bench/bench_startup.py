"""Start of the window against a bare PySide6 widgets window, process start to pixels. Run it as a script.

Prints ratios of medians taken in one run, the kinds taken in turn so that a busy machine slows all alike. `first paint` is
the empty themed window (target <= 1.5); `last night` is the Nights page with the last night of an encrypted journal of
3,650 nights (target <= 3.5, the database key given; what Argon2 takes is printed apart).
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROUNDS = 9
ROOT = Path(__file__).parents[2]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(ROOT))

BARE = """
import time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, self.done)
    def done(self):
        print(time.perf_counter(), flush=True)
        app.quit()
app = QApplication([])
window = Window()
window.setCentralWidget(QLabel("A window"))
window.resize(1280, 800)
window.show()
app.exec()
"""
OURS = """
import sys
import time
from pathlib import Path
from dreamjournal.app import bootstrap
key = bytes.fromhex(sys.argv[2]) if len(sys.argv) > 2 else None
begin = bootstrap.begin

class Nothing:
    def shut_down(self):
        pass

def at_first_paint(app, *rest):
    if key is None:
        print(time.perf_counter(), flush=True)
        app.quit()
        return Nothing()
    from dreamjournal.app import lifecycle
    from dreamjournal.app.lifecycle import Lifecycle

    lifecycle.first_page = lambda context, last: "nights"

    def open_first(self):
        self.window.page_shown.connect(lambda _key: on_screen(self))
        self._open(key)

    def on_screen(self):
        page = self.window.page()
        assert str(page._nights[-1].night_date) == "2025-12-28"
        page.grab()
        print(time.perf_counter(), flush=True)
        self._app.quit()

    Lifecycle.open_first = open_first
    return begin(app, *rest)

bootstrap.begin = at_first_paint
from datetime import UTC, datetime
from dreamjournal.common.clock import FixedClock
morning = FixedClock(datetime(2025, 12, 29, 8, tzinfo=UTC), "Europe/London")
bootstrap.run_window(bootstrap.WindowOptions(Path(sys.argv[1])), morning)
"""


def took(code: str, *arguments: str, state: Path) -> float:
    """Seconds from the start of the process to the paint. Compiled modules are kept apart, as an installed app has them."""
    environment = os.environ | {
        "XDG_STATE_HOME": str(state), "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(state / "compiled"),
    }  # fmt: skip
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return float(done.stdout.split()[-1]) - begun


def make_journal(path: Path) -> tuple[str, float]:
    """An encrypted journal of ten years; its key as hex, and the seconds one passphrase takes."""
    from bench_raster import ten_years

    from dreamjournal.common.clock import FixedClock
    from dreamjournal.domain.diary import Diary
    from dreamjournal.services import journals

    clock = FixedClock(datetime(2026, 1, 5, 8, tzinfo=UTC), "Europe/London")
    journal = journals.create(path, passphrase="four ordinary words", clock=clock)
    person = journal.persons.all()[0].id
    with journal.atomic():
        for night in ten_years():
            for session in night.sessions:
                journal.sessions.put(session)
            journal.diaries.put(Diary(person, night.night_date, quality=3, entered=clock.now()))
    key = journal.key
    journal.close()
    assert key is not None
    begun = time.perf_counter()
    journals.open_existing(path, passphrase="four ordinary words").close()
    by_words = time.perf_counter() - begun
    begun = time.perf_counter()
    journals.open_existing(path, key=key).close()
    return key.hex(), by_words - (time.perf_counter() - begun)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        path, state = Path(folder, "journal.db"), Path(folder, "state")
        key, argon = make_journal(path)
        times: dict[str, list[float]] = {"bare": [], "first paint": [], "last night": []}
        for round_number in range(ROUNDS + 1):
            measured = {
                "bare": took(BARE, state=state),
                "first paint": took(OURS, str(Path(folder, "none.db")), state=state),
                "last night": took(OURS, str(path), key, state=state),
            }
            if round_number:  # the first round only warms the disk
                for name, seconds in measured.items():
                    times[name].append(seconds)
        middle = {name: statistics.median(seconds) for name, seconds in times.items()}
        for name, target in (("first paint", 1.5), ("last night", 3.5)):
            print(
                f"{name}: {middle[name] / middle['bare']:.2f} x a bare window (target {target}), {middle[name] * 1000:.0f} ms"
            )
        print(f"bare window: {middle['bare'] * 1000:.0f} ms; Argon2, apart: {argon * 1000:.0f} ms")


if __name__ == "__main__":
    main()
