"""The contrast report as plain data."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dreamjournal.domain.contrast import Excluded
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.report import Caveat, Figure, Prose, Report, Section, Table
from dreamjournal.metrics.nightmare import PLUGIN as NIGHTMARE
from dreamjournal.metrics.quality import PLUGIN as QUALITY
from dreamjournal.metrics.recall import PLUGIN as RECALL
from dreamjournal.reports import coverage
from dreamjournal.reports.registry import sections
from tests import made_report as made


def part(report: Report, key: str) -> Section:
    return next(s for s in report.sections if s.key == key)


def text_of(report: Report) -> str:
    """Everything the page says."""
    said = [report.heading, report.title, *(f.label + " " + f.text for f in report.facts)]
    for s in report.sections:
        said.append(s.title)
        for b in s.blocks:
            if isinstance(b, Prose | Caveat):
                said.append(b.text)
            elif isinstance(b, Figure):
                said.append(b.alt)
            else:
                said += [c.title for c in b.columns] + [c or "" for row in b.rows for c in row] + [b.note]
    return "\n".join(said)


CASES: dict[str, dict[str, Any]] = {
    "randomised": {},
    "chosen": {"design": "S"},
    "before and after": {"design": "P"},
    "early": {"nights": 24},
    "too few": {"nights": 12},
    "six": {"nights": 6},
    "one": {"nights": 1},
    "refused": {"refused": True},
    "rate": {"metric": RECALL, "value": lambda dice, arm: float(dice.random() < 0.6)},
    "rating": {"metric": QUALITY, "value": lambda dice, arm: float(dice.randint(1, 5))},
    "count": {"metric": NIGHTMARE, "value": lambda dice, arm: float(dice.random() < 0.1)},
    "ten years": {"nights": 900, "design": "S"},
}


def test_coverage_comes_first_then_the_sentence_then_the_plot() -> None:
    keys = [s.key for s in made.report().sections]
    assert keys[:3] == ["coverage", "sentence", "estimation"]
    assert keys.index("strip") < keys.index("method") < keys.index("limits")


@pytest.mark.parametrize("case", CASES)
def test_the_sentence_is_the_contrasts_own(case: str) -> None:
    found = made.result(**CASES[case])
    page = made.report(found)
    (block,) = part(page, "sentence").blocks
    assert isinstance(block, Prose)
    assert block.text == found.sentence == page.result["sentence"]


@pytest.mark.parametrize("case", CASES)
def test_what_never_stands_on_paper(case: str) -> None:
    said = text_of(made.report(made.result(**CASES[case])))
    never = (
        r"\b(nan|NaN|None|inf)\b|−0\b(?!\.)|p[\s\u00a0]?=[\s\u00a0]?0(\.00)?\b(?!\.)|[Ss]ignifican|\bworks\b|\d\.\d{3}"
    )
    found = re.search(never, said)
    assert found is None, said[found.start() - 30 : found.end() + 30]


@pytest.mark.parametrize("case", CASES)
def test_p_is_printed_once_at_most_and_only_in_the_method(case: str) -> None:
    page = made.report(made.result(**CASES[case]))
    assert len(re.findall(r"\(p[\s\u00a0]?[<=]", text_of(page))) <= 1
    assert not re.search(
        r"\bp[\s\u00a0]?[<=]", text_of(replace(page, sections=tuple(s for s in page.sections if s.key != "method")))
    )


@pytest.mark.parametrize("case", ["chosen", "before and after"])
def test_nights_that_were_not_drawn_have_no_effect_and_are_no_trial(case: str) -> None:
    page = made.report(made.result(**CASES[case]))
    assert "effect" not in text_of(page).lower()
    assert "N-of-1 trial" not in text_of(page)


def test_a_refused_contrast_shows_no_estimate_and_what_would_fix_it() -> None:
    page = made.report(made.result(refused=True))
    keys = [s.key for s in page.sections]
    assert "estimation" not in keys
    assert "groups" not in keys
    assert {"devices", "firmer", "method", "limits", "events", "coverage"} <= set(keys)
    assert part(page, "firmer").title == "What would fix it"
    assert "interval" not in text_of(page)
    assert "0 compared" in text_of(page)


def test_too_few_nights_show_dots_and_what_is_needed_but_no_difference() -> None:
    page = made.report(made.result(12))
    assert "95" not in text_of(page)
    needed = part(page, "needed").blocks[0]
    assert isinstance(needed, Table)
    assert needed.rows[0][0] == "Estimate, 7 of each"


@pytest.mark.parametrize("case", CASES)
def test_method_limits_coverage_and_events_are_always_there(case: str) -> None:
    keys = {s.key for s in made.report(made.result(**CASES[case])).sections}
    assert {"coverage", "sentence", "method", "limits", "events"} <= keys


def test_every_left_out_night_is_named_with_its_reason() -> None:
    page = made.report()
    block = part(page, "coverage").blocks[1]
    assert isinstance(block, Prose)
    assert "56 planned, 53 recorded, 50 analysed." in block.text
    assert "ill 6 and 7\u00a0Oct" in block.text
    assert "the clocks changed 24\u00a0Oct" in block.text


def test_gaps_in_one_arm_are_said() -> None:
    page = made.report()  # the made study calls every night natural that has no value
    assert "Missing 3, all natural" in text_of(page)
    assert "may not be missing by chance" in text_of(page)


def test_many_left_out_nights_go_to_a_page_of_their_own_and_page_one_says_so() -> None:
    found = made.result(200)
    excluded = tuple(Excluded(made.FIRST + timedelta(days=300 + 2 * i), f"reason number {i % 17}") for i in range(90))
    ctx = made.context(replace(found, excluded=excluded))
    assert not coverage.fits(ctx)
    page = made.report(replace(found, excluded=excluded))
    assert "on the next page" in text_of(replace(page, sections=(part(page, "coverage"),)))
    table = part(page, "left_out").blocks[0]
    assert isinstance(table, Table)
    assert sum(int(row[2] or 0) for row in table.rows) == 90 + len(found.missing)


def test_unwanted_events_that_were_not_asked_print_as_a_dash_never_0() -> None:
    table = part(made.report(), "events").blocks[0]
    assert isinstance(table, Table)
    assert table.rows[-1] == ("Any other event", None, None)


def test_unwanted_events_are_counted_in_each_arm_even_when_there_was_none() -> None:
    ctx = made.context()
    nights = {
        d: replace(n, diary=Diary(1, d, events_asked=True, events=("headache",) if i == 0 else ()))
        for i, (d, n) in enumerate(ctx.nights.items())
    }
    table = part(made.report(nights=nights), "events").blocks[0]
    assert isinstance(table, Table)
    label, *counts = table.rows[-1]
    assert label == "Headache on waking"
    assert sorted(counts, key=str) == ["0", "1"]


def test_nightmares_of_mornings_not_answered_are_not_counted_as_none() -> None:
    ctx = made.context()
    nights = {d: replace(n, recall=Recall.NOT_TRIED) for d, n in ctx.nights.items()}
    table = part(made.report(nights=nights), "events").blocks[0]
    assert isinstance(table, Table)
    assert table.rows[0][1:] == (None, None)


def test_optional_parts_are_absent_until_ticked() -> None:
    optional = {s.key for s in sections() if s.optional}
    assert optional == {"raster", "diary_table", "intakes", "dream_texts", "other_measures", "otherwise"}
    assert not optional & {s.key for s in made.report().sections}
    assert optional <= {s.key for s in made.report(parts=frozenset(optional)).sections}


def test_dream_texts_are_said_to_be_left_out() -> None:
    assert made.report().left_out == "Dream texts are left out."
    assert "ticked" in made.report(parts=frozenset({"dream_texts"})).left_out


def test_the_smallest_difference_says_when_it_was_fixed_only_for_the_metric_of_the_study() -> None:
    assert "fixed 24\u00a0Aug\u00a02026, before the first night" in text_of(made.report())
    other = made.result(metric=QUALITY, value=lambda dice, arm: float(dice.randint(1, 5)))
    assert "24\u00a0Aug" not in text_of(made.report(other))


def test_the_fingerprint_follows_the_counted_values_alone() -> None:
    found = made.result()
    first = made.report(found).fingerprint
    assert re.fullmatch(r"([0-9A-F]{4} ){3}[0-9A-F]{4}", first)
    assert made.report(found, person="Somebody", paper="letter").fingerprint == first
    points = (replace(found.points[0], value=found.points[0].value + 1), *found.points[1:])
    assert made.report(replace(found, points=points)).fingerprint != first


@pytest.mark.parametrize("case", CASES)
def test_alt_texts_say_what_is_to_be_seen_with_n(case: str) -> None:
    page = made.report(made.result(**CASES[case]))
    figures = [b for s in page.sections for b in s.blocks if isinstance(b, Figure)]
    assert figures
    for f in figures:
        assert 20 <= len(f.alt) <= 420
        assert re.search(r"\d", f.alt)


def test_every_planned_night_is_a_row_of_the_table_of_nights() -> None:
    page = made.report()
    assert len(page.nights.rows) == 56
    states = [row[5] for row in page.nights.rows]
    assert (states.count("yes"), states.count("excluded"), states.count("missing")) == (50, 3, 3)
    assert all(row[2] == "" for row in page.nights.rows if row[5] != "yes")


def test_what_is_known_of_the_two_groups_stands_side_by_side() -> None:
    rows = {
        row[0]: row[1:]
        for block in part(made.report(), "groups").blocks
        if isinstance(block, Table)
        for row in block.rows
    }
    free = rows["Free next day"]
    assert all(re.fullmatch(r"\d+ of \d+", cell or "") for cell in free)
    assert "Alcohol" not in rows
    said = [b.text for b in part(made.report(), "groups").blocks if isinstance(b, Caveat)]
    assert any(t.startswith("Not asked: alcohol") for t in said)


def test_groups_that_are_not_alike_say_so() -> None:
    found = made.result()
    uneven = tuple(replace(p, weekend=p.arm == "enhanced" and i % 3 > 0) for i, p in enumerate(found.points))
    said = [b.text for b in part(made.report(replace(found, points=uneven)), "groups").blocks if isinstance(b, Caveat)]
    assert any(t.startswith("Not alike: Enhanced nights came before a free day on ") for t in said)
