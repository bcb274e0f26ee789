"""A report of each kind from a journal of ten years, against Typst compiling the very same page.

Run: `python tests/bench/bench_reports.py [KIND …]`. Each time is taken in a process of its own, in turns; printed are medians and
ratios of one run.

- whole: from an open journal to the finished PDF in a fresh process, everything imported on the way, against Typst's own time for
  that page in a fresh process (its import, one compile at the layout that fits) plus importing what draws its figures: at most 3 x.
- second: the same report again in the same process, against Typst's own time for the page, first and repeated: at most 1.5 x.
- bytes: two processes make the same file.

`--profile KIND` prints where the second report spends its time.
"""

from __future__ import annotations

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
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

ROUNDS = 5
WHOLE, SECOND = 3.0, 1.5
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


def report_of(journal: Any, person: int, kind: str, clock: Any) -> bytes:
    """The PDF of a report with its usual parts."""
    from dreamjournal.exporters import pdf
    from dreamjournal.services import reports

    return pdf.render(reports.build(journal, person, reports.ReportSpec(kind=kind), clock)).data


def ours(path: Path, kind: str) -> dict[str, Any]:
    """Seconds from the open journal to the first and to the second file, and the file's digest."""
    journal, person, clock = opened(path)
    begun = time.perf_counter()
    first = report_of(journal, person, kind, clock)
    between = time.perf_counter()
    second = report_of(journal, person, kind, clock)
    ended = time.perf_counter()
    journal.close()
    assert first == second
    return {"first": between - begun, "second": ended - between, "sha": hashlib.sha256(first).hexdigest()}


def steps(path: Path, kind: str) -> dict[str, float]:
    """Where a second report's time goes: building it, drawing and compiling it."""
    from dreamjournal.exporters import pdf
    from dreamjournal.services import nights, reports

    journal, person, clock = opened(path)
    report_of(journal, person, kind, clock)
    begun = time.perf_counter()
    nights.nights(journal, person, None, None, clock, stages=False)
    read = time.perf_counter()
    report = reports.build(journal, person, reports.ReportSpec(kind=kind), clock)
    built = time.perf_counter()
    pdf.render(report)
    ended = time.perf_counter()
    journal.close()
    return {"all_nights": read - begun, "build": built - read, "render": ended - built}


def page(path: Path, kind: str, target: Path) -> dict[str, Any]:
    """Keep what Typst is given for the page: the template, the inputs of the layout that fits, and the standards asked for."""
    import typst

    from dreamjournal.exporters import pdf
    from dreamjournal.services import reports

    journal, person, clock = opened(path)
    report = reports.build(journal, person, reports.ReportSpec(kind=kind), clock)
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
    begun = time.perf_counter()
    import typst

    typst.Compiler(source, **options).compile(format="pdf", pdf_standards=["ua-1"], timestamp=int(PRINTED.timestamp()))
    between = time.perf_counter()
    typst.Compiler(source, **options).compile(format="pdf", pdf_standards=["ua-1"], timestamp=int(PRINTED.timestamp()))
    return {"first": between - begun, "second": time.perf_counter() - between}


def drawing() -> dict[str, Any]:
    """Seconds to import what draws figures and make it ready: matplotlib's figure, its SVG backend, the fonts of paper."""
    begun = time.perf_counter()
    import matplotlib.backends.backend_svg
    import matplotlib.figure
    import matplotlib.font_manager

    assert matplotlib.figure.Figure and matplotlib.backends.backend_svg.FigureCanvasSVG
    assert matplotlib.font_manager.fontManager
    return {"seconds": time.perf_counter() - begun}


def apart(*arguments: str) -> dict[str, Any]:
    """The numbers of one part, measured in a process of its own; "process" is the whole of it from start to end."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, __file__, *arguments], cwd=ROOT, check=True, capture_output=True, text=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(int(PRINTED.timestamp()))},
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1]) | {"process": time.perf_counter() - begun}


def measure(path: Path, kind: str) -> dict[str, Any]:
    """All numbers of one kind."""
    given = path.with_name(f"{kind}.json")
    about = apart("page", str(path), kind, str(given))
    rounds = [(apart("ours", str(path), kind), apart("typst", str(given)), apart("drawing")) for _ in range(ROUNDS)]
    assert len({mine["sha"] for mine, _, _ in rounds}) == 1, "two processes made two files"
    draws = 1 if about["figures"] else 0

    def middle(value: Any) -> float:
        return statistics.median(value(*r) for r in rounds)

    return {
        **about, "kind": kind,
        "ours_s": middle(lambda mine, _t, _d: mine["first"]), "process_s": middle(lambda mine, _t, _d: mine["process"]),
        "typst_s": middle(lambda _m, t, _d: t["first"]), "again_s": middle(lambda _m, t, _d: t["second"]),
        "drawing_s": draws * middle(lambda _m, _t, d: d["seconds"]), "second_s": middle(lambda mine, _t, _d: mine["second"]),
        "whole": middle(lambda mine, t, d: mine["first"] / (t["first"] + draws * d["seconds"])),
        "second": middle(lambda mine, t, _d: mine["second"] / t["first"]),
        "second_again": middle(lambda mine, t, _d: mine["second"] / t["second"]), **apart("steps", str(path), kind),
    }  # fmt: skip


def tell(t: dict[str, Any]) -> None:
    """Print what was measured of one kind."""
    ms = {k: round(1000 * v) for k, v in t.items() if isinstance(v, float)}
    print(
        f"{t['kind']}: {t['pages']} page(s), {t['figures']} figures, layout step {t['level']}; the same bytes in {ROUNDS} processes"
    )
    print(
        f"  whole {t['whole']:.2f} x (≤ {WHOLE:g}): {ms['ours_s']} ms from the open journal, against Typst {ms['typst_s']} ms and "
        f"importing what draws {ms['drawing_s']} ms (the process with start and opening: {ms['process_s']} ms)"
    )
    print(
        f"  second {t['second']:.2f} x Typst's first, {t['second_again']:.2f} x its repeated time (≤ {SECOND:g}): {ms['second_s']} ms, "
        f"Typst {ms['typst_s']} and {ms['again_s']} ms"
    )
    print(
        f"  where a second goes: building {ms['build']} ms, drawing and compiling {ms['render']} ms; reading every night by itself takes {ms['all_nights']} ms"
    )


def kinds(asked: list[str]) -> list[str]:
    """The kinds asked for, or all there are."""
    from dreamjournal.services import reports

    return asked or [k.key for k in reports.KINDS]


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
    for t in run([]):
        if t["pages"] == 1:
            assert t["whole"] <= WHOLE, t["kind"]
            assert t["second"] <= SECOND, t["kind"]


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
