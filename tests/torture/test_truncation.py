"""Every sample cut off at many places: what is left is salvaged or refused, and no total is wrong without a word.

Two hundred places a sample in the full form. A file cut right behind a line, or a list of stages cut in a short waking, is a whole
file to anybody. Such places are counted apart, and there may be few.
"""

from __future__ import annotations

from typing import Any

import pytest

from dreamjournal.domain.drafts import FileWarning, SessionDraft, SumRule, UnknownFields
from dreamjournal.domain.session import StageCode
from tests.samples import Reading, Sample, faults, read_file, samples
from tests.torture.counted import COUNTED, size

pytestmark = [pytest.mark.torture]
PLACES = size(10, 200)
ENDLESS = ("hypnogram",)
"""Formats that are no more than a list of stages."""
BEYOND_NOTICE = 0.02
"""Share of all places at which what is left may look whole."""


def told(s: SessionDraft) -> tuple[Any, ...]:
    """A session as its totals."""
    held = sorted((k, round(v, 3) if isinstance(v, float) else v) for k, v in vars(s.measures).items() if v is not None)
    return (s.start.utc, s.end.utc, tuple(held))


def said(reading: Reading) -> set[str]:
    """All that tells that something is missing or not as it should be."""
    found = {d.text for _, d in reading.drafts if isinstance(d, FileWarning)} | {r.reason for r in reading.rejected}
    found |= {str(d.names) for _, d in reading.drafts if isinstance(d, UnknownFields)}
    return found | {f"{d.rule} {d.nights}" for _, d in reading.drafts if isinstance(d, SumRule) and d.broken}


def cut(sample: Sample, at: int) -> tuple[list[str], bool]:
    """What is wrong with what is read of the first bytes, and whether the cut cannot be seen."""
    part = read_file(sample, sample.data[:at])
    problems = list(faults(part))
    if part.refused or part.asks:
        return problems, False
    whole = read_file(sample)
    right = {told(s) for s in whole.sessions}
    wrong = [s for s in part.sessions if told(s) not in right]
    if not wrong or said(part) - said(whole):
        return problems, False
    if b"\n" in sample.data[at - 1 : at + 1]:
        return problems, True
    last = [s.stages[-1].code for s in wrong if s.stages]
    if sample.key in ENDLESS and last and all(code == StageCode.W for code in last):
        return problems, True
    return [*problems, f"{len(wrong)} sessions with other totals, and nothing said"], False


def test_a_file_cut_off_is_salvaged_or_refused_and_never_counted_wrong_in_silence() -> None:
    problems: list[str] = []
    places = unseen = 0
    for sample in samples():
        for i in range(PLACES):
            at = len(sample.data) * i // PLACES
            found, beyond = cut(sample, at)
            problems += [f"{sample} cut at {at}: {f}" for f in found]
            places += 1
            unseen += beyond
    COUNTED["inputs"] += places
    assert not problems, f"{len(problems)} of {places}:\n" + "\n".join(problems[:40])
    assert unseen <= BEYOND_NOTICE * places, f"{unseen} of {places}"
