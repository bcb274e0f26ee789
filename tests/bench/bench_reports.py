"""A report of each kind from a journal of ten years, against Typst compiling the very same page.

Run: `python tests/bench/bench_reports.py [KIND | KIND:NIGHTS …]`. Each time is taken in a process of its own, in turns; printed are medians and
ratios of one run, of processor time, which other processes do not stretch as they do the time that passes (in brackets).

- whole: from an open journal to the finished PDF in a fresh process, everything imported on the way, against Typst's own time for
  that page in a fresh process (its import, one compile at the layout that fits) plus importing what draws its figures: at most 3 x.
- second: the same report again in the same process, and then the same on the other paper, whose figures are drawn anew, against
  Typst's own time for the page: at most 1.5 x.
- bytes: two processes make the same file.

`--profile KIND` prints where the second report spends its time.
"""

from __future__ import annotations

import atexit
import cProfile
import hashlib
import json
import os
import pstats
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

ROUNDS = 5
WHOLE, SECOND = 3.0, 1.5
PERIODS = ("two-weeks", "contrast:56", "profile:56")
"""Reports of one page, from a journal of ten years, about some weeks of it."""
PRINTED = datetime(2026, 1, 2, 8, tzinfo=UTC)
ZONE = "Europe/London"


def make_journal(path: Path) -> None:
    """Ten years of nights of two devices and a diary, drawn by a study; a dream on every ninth."""
    from dreamjournal.domain.dream import DreamDraft
    from dreamjournal.services import journals
    from tests.bench import bench_contrast

    bench_contrast.make_journal(path)
    journal = journals.open_existing(path)
    person = journal.persons.all()[0].id
    draw = random.Random(5)
    words = ["a", "garden", "under", "water", "where", "somebody", "calls", "and", "the", "stairs", "go", "on"]
    with journal.atomic():
        for i in range(0, bench_contrast.NIGHTS, 9):
            day = bench_contrast.FIRST + timedelta(days=i)
            told = " ".join(draw.choice(words) for _ in range(60))
            journal.dreams.put(person, DreamDraft(day, told), datetime(day.year, day.month, day.day, 7, tzinfo=UTC))
    journal.close()


def opened(path: Path) -> tuple[Any, int, Any]:
    """The open journal, its person and the clock of the page."""
    from dreamjournal.common.clock import FixedClock
    from dreamjournal.services import journals

    journal = journals.open_existing(path)
    return journal, journal.persons.all()[0].id, FixedClock(PRINTED, ZONE)


def spec_of(case: str) -> Any:
    """What to report: "profile" is of all nights, "profile:56" of the last 56 of them."""
    from dreamjournal.domain.contrast import ContrastSpec
    from dreamjournal.services import reports
    from tests.bench import bench_contrast

    kind, _, nights = case.partition(":")
    if not nights:
        return reports.ReportSpec(kind=kind)
    last = bench_contrast.FIRST + timedelta(days=bench_contrast.NIGHTS - 1)
    return reports.ReportSpec(kind=kind, contrast=ContrastSpec(first=last - timedelta(days=int(nights) - 1), last=last))


def report_of(journal: Any, person: int, case: str, clock: Any, paper: str = "a4") -> bytes:
    """The PDF of a report with its usual parts."""
    from dreamjournal.exporters import pdf
    from dreamjournal.services import reports

    return pdf.render(reports.build(journal, person, replace(spec_of(case), paper=paper), clock)).data


class Watch:
    """Seconds passed and seconds of the processor (all threads), from one look to the next."""

    def __init__(self) -> None:
        self._last = (time.process_time(), time.perf_counter())

    def look(self) -> tuple[float, float]:
        """(processor, passed) since the last look."""
        now = (time.process_time(), time.perf_counter())
        before, self._last = self._last, now
        return now[0] - before[0], now[1] - before[1]


def ours(path: Path, kind: str) -> dict[str, Any]:
    """Seconds from the open journal to the first and to the second file, and the file's digest."""
    journal, person, clock = opened(path)
    watch = Watch()
    first = report_of(journal, person, kind, clock)
    took = watch.look()
    second = report_of(journal, person, kind, clock)
    again = watch.look()
    report_of(journal, person, kind, clock, "letter")
    other = watch.look()
    journal.close()
    assert first == second
    return {"first": took, "second": again, "other": other, "sha": hashlib.sha256(first).hexdigest()}


def steps(path: Path, kind: str) -> dict[str, float]:
    """Where a second report's processor time goes: building it, drawing its figures, and the whole of making the file."""
    from dreamjournal.charts import draw
    from dreamjournal.domain.report import Figure
    from dreamjournal.exporters import pdf
    from dreamjournal.services import nights, reports

    journal, person, clock = opened(path)
    report_of(journal, person, kind, clock)
    watch = Watch()
    nights.nights(journal, person, None, None, clock, stages=False)
    read = watch.look()
    report = reports.build(journal, person, spec_of(kind), clock)
    built = watch.look()
    for figure in (b for section in report.sections for b in section.blocks if isinstance(b, Figure)):
        draw.svg_anew(figure.drawing, report.paper, outlines=False)
    drawn = watch.look()
    pdf.render(report)
    rendered = watch.look()
    journal.close()
    return {"all_nights": read[0], "build": built[0], "draw": drawn[0], "render": rendered[0]}


def page(path: Path, kind: str, target: Path) -> dict[str, Any]:
    """Keep what Typst is given for the page: the template, the inputs of the layout that fits, and the standards asked for."""
    import typst

    from dreamjournal.exporters import pdf
    from dreamjournal.services import reports

    journal, person, clock = opened(path)
    report = reports.build(journal, person, spec_of(kind), clock)
    real, given = typst.Compiler, {}

    def kept(source: str, **options: Any) -> Any:
        given.update({"source": source, **options})
        return real(source, **options)

    typst.Compiler = kept  # type: ignore[misc,assignment]
    rendered = pdf.render(report)
    target.write_text(json.dumps(given))
    figures = sum(type(b).__name__ == "Figure" for s in report.sections for b in s.blocks)
    return {"pages": rendered.pages, "figures": figures, "level": given["sys_inputs"]["level"]}


def typsts(given: Path) -> dict[str, Any]:
    """Seconds Typst takes for the page, its import included, and again in the same process."""
    options = json.loads(given.read_text())
    source = options.pop("source")
    from dreamjournal.exporters._exporter import STANDARDS

    watch = Watch()
    import typst

    stamp = int(PRINTED.timestamp())
    typst.Compiler(source, **options).compile(format="pdf", pdf_standards=STANDARDS, timestamp=stamp)
    took = watch.look()
    typst.Compiler(source, **options).compile(format="pdf", pdf_standards=STANDARDS, timestamp=stamp)
    return {"first": took, "second": watch.look()}


def drawing() -> dict[str, Any]:
    """Seconds to import what draws figures and make it ready: matplotlib's figure, its SVG backend, the fonts of paper."""
    watch = Watch()
    import matplotlib.backends.backend_svg
    import matplotlib.figure
    import matplotlib.font_manager

    assert matplotlib.figure.Figure and matplotlib.backends.backend_svg.FigureCanvasSVG
    assert matplotlib.font_manager.fontManager
    return {"seconds": watch.look()}


@cache
def environment() -> dict[str, str]:
    """What the processes are given. They keep what they compile, as an installed program has it; making the journal compiles most."""
    compiled = tempfile.TemporaryDirectory()
    atexit.register(compiled.cleanup)
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": compiled.name, "SOURCE_DATE_EPOCH": str(int(PRINTED.timestamp()))}


def apart(*arguments: str) -> dict[str, Any]:
    """The numbers of one part, measured in a process of its own; "process" is the whole of it from start to end."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, __file__, *arguments], cwd=ROOT, check=True, capture_output=True, text=True, env=environment(),
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1]) | {"process": time.perf_counter() - begun}


def measure(path: Path, kind: str) -> dict[str, Any]:
    """All numbers of one kind."""
    given = path.with_name(f"{kind.replace(':', '-')}.json")
    about = apart("page", str(path), kind, str(given))
    rounds = [(apart("ours", str(path), kind), apart("typst", str(given)), apart("drawing")) for _ in range(ROUNDS)]
    assert len({mine["sha"] for mine, _, _ in rounds}) == 1, "two processes made two files"
    draws = 1 if about["figures"] else 0

    def middle(value: Any) -> tuple[float, float]:
        """Medians over the rounds of what `value` gives for the processor and for the time passed."""
        both = [[value(r, n) for r in rounds] for n in (0, 1)]
        return statistics.median(both[0]), statistics.median(both[1])

    return {
        **about, "kind": kind,
        "ours_s": middle(lambda r, n: r[0]["first"][n]), "second_s": middle(lambda r, n: r[0]["second"][n]), "other_s": middle(lambda r, n: r[0]["other"][n]),
        "typst_s": middle(lambda r, n: r[1]["first"][n]), "again_s": middle(lambda r, n: r[1]["second"][n]),
        "drawing_s": middle(lambda r, n: draws * r[2]["seconds"][n]), "process_s": middle(lambda r, _n: r[0]["process"])[1],
        "whole": middle(lambda r, n: r[0]["first"][n] / (r[1]["first"][n] + draws * r[2]["seconds"][n])),
        "second": middle(lambda r, n: r[0]["second"][n] / r[1]["first"][n]),
        "other": middle(lambda r, n: r[0]["other"][n] / r[1]["first"][n]), **apart("steps", str(path), kind),
    }  # fmt: skip


def ms(seconds: tuple[float, float]) -> str:
    """`120 ms (150)`: processor, and passed."""
    return f"{1000 * seconds[0]:.0f} ms ({1000 * seconds[1]:.0f})"


def tell(t: dict[str, Any]) -> None:
    """Print what was measured of one kind."""
    print(
        f"{t['kind']}: {t['pages']} page(s), {t['figures']} figures, layout step {t['level']}; the same bytes in {ROUNDS} processes"
    )
    print(
        f"  whole {t['whole'][0]:.2f} x ({t['whole'][1]:.2f}), wanted {WHOLE:g}: {ms(t['ours_s'])} from the open journal, against Typst "
        f"{ms(t['typst_s'])} and importing what draws {ms(t['drawing_s'])}; the process with start and opening {1000 * t['process_s']:.0f} ms"
    )
    print(
        f"  second {t['second'][0]:.2f} x ({t['second'][1]:.2f}), wanted {SECOND:g}: {ms(t['second_s'])} against Typst {ms(t['typst_s'])}, "
        f"repeated {ms(t['again_s'])}; on the other paper {t['other'][0]:.2f} x, {ms(t['other_s'])}"
    )
    parts = {k: round(1000 * t[k]) for k in ("all_nights", "build", "draw", "render")}
    print(
        f"  where a second goes: building {parts['build']} ms, making the file {parts['render']} ms ({parts['draw']} of it drawing); "
        f"reading every night by itself takes {parts['all_nights']} ms"
    )


def kinds(asked: list[str]) -> list[str]:
    """The cases asked for, or every kind of all nights, and those of a period of eight weeks too."""
    from dreamjournal.services import reports

    return asked or [*(k.key for k in reports.KINDS), "contrast:56", "profile:56"]


def run(asked: list[str]) -> list[dict[str, Any]]:
    """Measure and tell each kind."""
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "journal.db")
        apart("journal", str(path))
        for kind in kinds(asked):
            found.append(measure(path, kind))
            tell(found[-1])
    return found


def profile(path: Path, kind: str) -> None:
    """Print where a second report spends its time."""
    journal, person, clock = opened(path)
    report_of(journal, person, kind, clock)
    found = cProfile.Profile()
    found.enable()
    report_of(journal, person, kind, clock)
    found.disable()
    pstats.Stats(found).sort_stats("cumulative").print_stats(45)


def test_reports() -> None:
    """A second report is held to what is wanted, and the whole where the report is of a period; drawing anew is told, not held."""
    for t in run([]):
        assert t["second"][0] <= SECOND, t["kind"]
        if t["kind"] in PERIODS:
            assert t["pages"] == 1, t["kind"]
            assert t["whole"][0] <= WHOLE, t["kind"]


PARTS: dict[str, Any] = {"ours": ours, "steps": steps}

if __name__ == "__main__":
    part, rest = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
    if part == "journal":
        make_journal(Path(rest[0]))
        print("{}")
    elif part in PARTS:
        print(json.dumps(PARTS[part](Path(rest[0]), rest[1])))
    elif part == "page":
        print(json.dumps(page(Path(rest[0]), rest[1], Path(rest[2]))))
    elif part == "typst":
        print(json.dumps(typsts(Path(rest[0]))))
    elif part == "drawing":
        print(json.dumps(drawing()))
    elif part == "--profile":
        with tempfile.TemporaryDirectory() as place:
            at = Path(place, "journal.db")
            make_journal(at)
            profile(at, rest[0])
    else:
        run(sys.argv[1:])
