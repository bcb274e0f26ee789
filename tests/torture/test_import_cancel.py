"""Cancelling an import: while a large file is read, and while it is written. Within a second, and nothing is left behind."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from dreamjournal.common.errors import Cancelled
from dreamjournal.common.progress import CallProgress
from dreamjournal.services import imports
from tests.samples import DATA, NOW, ZONE
from tests.torture.counted import size
from tests.torture.hostile import CSV
from tests.torture.test_import_inputs import contents, filled

pytestmark = [pytest.mark.torture]
LARGE = 50 * 1024 * 1024
WITHIN = 1.0
NIGHTS = size(5_000, 15_000)


def large_csv() -> bytes:
    header, row = CSV.splitlines(keepends=True)
    return header + row * (LARGE // len(row))


def large_json() -> bytes:
    whole = json.loads((DATA / "fitbit/sleep-2026-03-12.json").read_bytes())
    one = json.dumps(whole)[1:-1]
    return ("[" + ",".join([one] * (LARGE // len(one))) + "]").encode()


def large_xml() -> bytes:
    record = (
        b'<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="W%d" startDate="2026-03-12 23:00:00 +0000" '
        b'endDate="2026-03-13 06:00:00 +0000" value="HKCategoryValueSleepAnalysisAsleepCore"/>\n'
    )
    many = b"".join(record % (n % 5) for n in range(1000))
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="en_GB">\n'
        + many * (LARGE // len(many))
        + b"</HealthData>\n"
    )


def many_nights() -> bytes:
    """Naps and nights of years, each another session."""
    header, row = CSV.decode().splitlines(keepends=True)
    first = datetime(2006, 1, 1, 22, tzinfo=UTC)
    rows = [header]
    for n in range(NIGHTS):
        start = first + timedelta(hours=12 * n)
        shown = f"{start:%Y-%m-%d %H:%M:%S}", f"{start + timedelta(hours=8):%Y-%m-%d %H:%M:%S}"
        rows.append(row.replace("2026-03-12 22:10:00", shown[0]).replace("2026-03-13 06:10:00", shown[1]))
    return "".join(rows).encode()


def cancelled_after(seconds: float, work) -> tuple[bool, float]:
    """Whether `work(progress)` was cancelled, and how long after the wish it came back."""
    wish = monotonic() + seconds

    def step(done: int, total: int, text: str) -> None:
        if monotonic() >= wish:
            raise Cancelled

    try:
        work(CallProgress(step))
    except Cancelled:
        return True, monotonic() - wish
    return False, monotonic() - wish


@pytest.mark.parametrize(
    ("make", "name"),
    [(large_csv, "sleeps.csv"), (large_json, "sleep.json"), (large_xml, "export.xml")],
    ids=["csv", "json", "xml"],
)
@pytest.mark.parametrize("seconds", [0.0, 0.15, 0.7])
def test_cancelled_while_a_large_file_is_read(plain_journal, clock, tmp_path, make, name, seconds):
    whole, _ = filled(plain_journal, clock)
    path = tmp_path / name
    path.write_bytes(make())
    cancelled, late = cancelled_after(
        seconds, lambda progress: imports.run(plain_journal, 1, [path], zone=ZONE, clock=clock, progress=progress)
    )
    assert cancelled
    assert late < WITHIN
    assert contents(plain_journal) == whole


def test_cancelled_while_it_is_written(plain_journal, clock, tmp_path):
    whole, _ = filled(plain_journal, clock)
    path = tmp_path / "sleeps.csv"
    path.write_bytes(many_nights())
    plan = imports.preview(plain_journal, 1, [path], zone=ZONE, clock=clock)
    assert plan.files[0].rows.kept > NIGHTS * 0.9
    begun = monotonic()
    imports.commit(plain_journal, plan, clock)
    lasts = monotonic() - begun
    imports.undo(plain_journal, plain_journal.imports.all()[0].id, clock)
    whole, times = contents(plain_journal), 0
    for share in (0.0, 0.1, 0.3, 0.5, 0.7, 0.9):
        cancelled, late = cancelled_after(share * lasts, lambda p: imports.commit(plain_journal, plan, clock, p))
        times += cancelled
        assert late < WITHIN, f"{late:.2f} s after the wish at {share:.0%} of {lasts:.1f} s"
        if cancelled:
            assert contents(plain_journal) == whole
        else:
            imports.undo(plain_journal, plain_journal.imports.all()[0].id, clock)
            whole = contents(plain_journal)
    assert times >= 2
    good, _ = imports.run(plain_journal, 1, [DATA / "whoop/sleeps.csv"], clock=clock)
    assert good[0].rows.kept == 4


def test_a_preview_can_be_cancelled_and_made_again(plain_journal, clock, tmp_path):
    path = tmp_path / "sleeps.csv"
    path.write_bytes(many_nights())
    clock.set(NOW)
    cancelled, late = cancelled_after(
        0.1, lambda progress: imports.preview(plain_journal, 1, [path], zone=ZONE, clock=clock, progress=progress)
    )
    assert cancelled
    assert late < WITHIN
    assert imports.preview(plain_journal, 1, [path], zone=ZONE, clock=clock).files[0].error is None
