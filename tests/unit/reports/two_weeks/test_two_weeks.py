"""The page "Two weeks for my doctor": what it says of the nights, and its sheet of paper."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from dreamjournal.domain.dream import Dream, Recall
from dreamjournal.domain.evening import Evening, Intake, IntakeKind
from dreamjournal.domain.night import Condition
from dreamjournal.domain.night_bars import NightBars
from dreamjournal.domain.report import Caveat, Figure, Prose, Report, Section, Table
from dreamjournal.exporters import csv, html, json, pdf
from dreamjournal.reports.two_weeks.context import AskedFact, LookedAt, TwoWeeks
from dreamjournal.reports.two_weeks.page import assemble
from tests import made_two_weeks as made

LATE = timedelta(hours=30)
WRITTEN = datetime(2026, 10, 20, tzinfo=UTC)


def section(report: Report, key: str) -> Section:
    return next(s for s in report.sections if s.key == key)


def said(report: Report, key: str) -> str:
    return " ".join(b.text for b in section(report, key).blocks if isinstance(b, Prose | Caveat)).replace("\u00a0", " ")


def table(report: Report, key: str) -> Table:
    return next(b for b in section(report, key).blocks if isinstance(b, Table))


def rows(report: Report, key: str) -> dict[str, tuple[str | None, ...]]:
    return {
        str(r[0]): tuple(None if c is None else c.replace("\u00a0", " ") for c in r[1:])
        for r in table(report, key).rows
    }


def figure(report: Report) -> Figure:
    return next(b for b in section(report, "nights").blocks if isinstance(b, Figure))


def bars(report: Report) -> NightBars:
    drawing = figure(report).drawing
    assert isinstance(drawing, NightBars)
    return drawing


def pdf_text(report: Report) -> str:
    reader = PdfReader(io.BytesIO(pdf.render(report).data))
    joined = " ".join(p.extract_text() for p in reader.pages).replace("\u200b", "").replace("\u00a0", " ")
    return re.sub(r"\s+", " ", joined)


def thirteen() -> TwoWeeks:
    found = list(made.nights())
    found[8] = made.own(8)
    return made.context(tuple(found))


def partial(index: int, **changes: Any) -> TwoWeeks:
    """Fourteen nights, of which one is answered otherwise."""
    found = list(made.nights())
    day = found[index].night_date
    found[index] = made.own(index, made.diary(day, **changes))
    return made.context(tuple(found))


def test_the_parts_stand_in_the_order_of_the_page() -> None:
    page = assemble(made.context(parts=frozenset({"notes"})))
    assert [s.key for s in page.sections] == ["answered", "nights", "weekly", "taken", "asking", "visit"]
    assert page.title.replace("\u00a0", " ") == "Two weeks for my doctor, 19 October \u2013 1 November 2026"


def test_a_morning_without_an_answer_is_named_and_printed_as_dashes() -> None:
    page = assemble(thirteen())
    assert said(page, "answered").startswith("13 of 14 mornings answered \u00b7 none for Tue 27 Oct \u00b7")
    row = table(page, "nights").rows[8]
    assert row[1:12] == (None,) * 11
    assert bars(page).rows[8].words == "no entry"
    assert page.nights.rows[8][3:16] == (None,) * 13
    assert "0" not in (c for c in page.nights.rows[8][3:])


def test_late_mornings_are_counted_and_noted() -> None:
    day = made.nights()[2].night_date
    late = made.at(day, "07:00").utc + LATE
    page = assemble(partial(2, entered=late))
    assert "1 entered more than a day late (Wed 21 Oct)" in said(page, "answered")
    assert "late\u00a0entry" in (table(page, "nights").rows[2][12] or "")
    everyone = tuple(
        made.own(i, made.diary(n.night_date, entered=made.at(n.night_date, "07:00").utc + LATE))
        for i, n in enumerate(made.nights())
    )
    assert "14 entered more than a day late (all of them)" in said(assemble(made.context(everyone)), "answered")


def test_sleep_efficiency_has_its_denominator_in_the_header_and_two_rows_of_means() -> None:
    page = assemble(partial(10, tasafa=None))
    heads = [c.title for c in table(page, "nights").columns]
    at = heads.index("SE % (DSE)")
    # TST 390 of 455 min trying; in bed 490 min.
    assert table(page, "nights").rows[0][at] == "86"
    assert table(page, "nights").rows[10][at] is None
    means = rows(page, "weekly")
    assert means["Sleep efficiency of time trying to sleep (DSE), %"][:6] == ("86", "7", "86", "6", "86", "13")
    # The night of Sat 24 Oct is an hour longer in real minutes.
    assert means["Sleep efficiency of time in bed (TIB), %"][:6] == ("80", "7", "80", "7", "80", "14")


def test_without_the_answer_it_needs_the_header_says_tib() -> None:
    page = assemble(made.context(made.nights(tasafa=None)))
    assert "SE % (TIB)" in [c.title for c in table(page, "nights").columns]
    assert rows(page, "weekly")["Sleep efficiency of time trying to sleep (DSE), %"] == (
        None, "0", None, "0", None, "0", None,
    )  # fmt: skip


def test_clock_means_go_round_midnight() -> None:
    found = tuple(
        made.own(
            i, made.diary(n.night_date, into_bed=made.at(n.night_date, "22:00"), try_sleep=made.at(n.night_date, t))
        )
        for i, (n, t) in enumerate(zip(made.nights(), ["23:30", "00:30"] * 7, strict=True))
    )
    row = rows(assemble(made.context(found)), "weekly")["Tried to sleep, clock time"]
    assert row[4:] == ("00:00", "14", "23:30 \u2013 00:30")


def test_a_means_n_is_the_nights_it_is_made_of() -> None:
    means = rows(assemble(partial(0, sol=None)), "weekly")
    assert means["Time to fall asleep (SOL), min"][1] == "6"
    assert means["Total sleep time (TST)"][1] == "6"
    assert means["Awake in the night (WASO), min"][1] == "7"


def test_minutes_of_a_clock_change_are_real() -> None:
    page = assemble(made.context())
    changed = table(page, "nights").rows[5]
    assert changed[9] == "7\u00a0h\u00a030"  # 23:10 to 06:30 with an hour twice, less 20 and 30 min
    assert "Sat 24 Oct: the clocks changed" in table(page, "nights").note.replace("\u00a0", " ")
    bar = bars(page).rows[5]
    assert bar.out_of_bed is not None and bar.into_bed is not None
    assert bar.out_of_bed - bar.into_bed == 550


def test_times_that_contradict_each_other_give_no_number() -> None:
    page = assemble(partial(1, waso=900))
    row = table(page, "nights").rows[1]
    assert row[9] is None and row[10] is None
    assert "times\u00a0unclear" in (row[12] or "")
    assert rows(page, "weekly")["Total sleep time (TST)"][1] == "6"


def test_nights_before_a_free_day_are_washed_and_the_kinds_are_said() -> None:
    page = assemble(made.context())
    assert [i for i, r in enumerate(bars(page).rows) if r.free] == [4, 5, 11, 12]
    assert [r[-1] for r in table(page, "nights").rows].count("free") == 4
    assert {r[1] for r in table(page, "nights").rows} == {"natural", "enhanced"}


def test_a_sealed_night_tells_nothing_of_what_it_was() -> None:
    found = list(made.nights())
    for i in (2, 5):
        found[i] = made.own(i, made.diary(found[i].night_date), Condition.UNRECORDED, study_sealed=True)
    page = assemble(made.context(tuple(found)))
    assert "2 nights sealed by a study" in said(page, "answered")
    assert table(page, "nights").rows[2][1] == "sealed"
    assert bars(page).rows[2].kind == "sealed"
    assert page.nights.rows[2][1] == "sealed"


@pytest.mark.parametrize("count", [1, 2, 7, 8, 13, 14])
def test_the_alternative_text_has_the_length_of_one_and_the_counts(count: int) -> None:
    alt = figure(assemble(made.context(made.nights(count)))).alt
    assert 180 <= len(alt) <= 290
    assert f"{count} answered" in alt
    empty = figure(assemble(made.context(tuple(made.own(i) for i in range(count))))).alt
    assert 180 <= len(empty) <= 290


def test_what_was_taken_has_a_usual_time_and_its_nights() -> None:
    found = list(made.nights())
    for i, clock in ((0, "23:50"), (1, "00:10")):
        day = found[i].night_date
        sip = Intake(i, 1, day, IntakeKind.ALCOHOL, "wine", i + 1.0, "drinks", made.at(day, clock), WRITTEN)
        none = Intake(9, 1, day, IntakeKind.CAFFEINE, "", None, "", None, WRITTEN, none_taken=True)
        night = found[i].night
        assert night is not None
        found[i] = replace(found[i], night=replace(night, evening=Evening(1, day, intakes=(sip, none))))
    page = assemble(made.context(tuple(found)))
    taken = table(page, "taken")
    assert [c.title for c in taken.columns] == ["as written down by the person", "usual time", "of 14 nights"]
    assert taken.rows == (("Lamp", "22:30", "4"), ("Alcohol (1 to 2\u00a0drinks)", "00:00", "2"))
    assert "answered none: caffeine on 2" in taken.note


def test_facts_have_counts_their_base_and_dates_and_no_label() -> None:
    found = list(made.nights())
    day = found[1].night_date
    night = found[1].night
    assert night is not None
    bad = Dream(1, 1, day, "secret words", Recall.REPORT, None, None, None, True, 3, (), (), WRITTEN, WRITTEN)
    found[1] = made.own(1, made.diary(day, sol=45), dreams=(bad,), recall=Recall.REPORT)
    rule = AskedFact("Two on one night", "Alcohol with Lamp on 1 of 4 nights", (day,))
    ctx = made.context(
        tuple(found), facts=(rule,), looked=(LookedAt("Driving while sleepy", "none on 2 nights asked, of 14"),),
        before={day: ("Zopiclone",), day - timedelta(days=40): ("Zopiclone", "Tea"), day + timedelta(days=1): ()},
    )  # fmt: skip
    page = assemble(ctx)
    words = said(page, "asking")
    assert "SOL or WASO 31 min or more: 1 of 7 nights known in week 1, 0 of 7 nights known in week 2 (20 Oct)" in words
    assert (
        "Benzodiazepine or Z-drug: Zopiclone on 1 of 14 nights with an entry here, and on 2 of the 3 nights with an entry among the 90"
        in words
    )
    assert "Nightmare: on 1 of 1 morning asked, distress 3 of 4 (20 Oct)" in words
    assert "Two on one night: Alcohol with Lamp on 1 of 4 nights (20 Oct)" in words
    assert "not found: Driving while sleepy: none on 2 nights asked, of 14." in words
    assert "Not asked by this app: snoring" in words
    last = section(page, "asking").blocks[-1]
    assert isinstance(last, Prose) and last.words[0].strong
    assert last.text == "Do not stop a prescribed sleep medicine suddenly without asking."
    assert not re.search(r"insomnia|disorder|addict|abuse|significant|diagnos", words, re.IGNORECASE)
    assert "secret" not in json.render(page).data.decode()


def test_notes_are_printed_only_where_they_are_ticked_and_questions_as_asked() -> None:
    found = made.nights(comments="Lay awake over work.")
    silent = assemble(made.context(found))
    for file in (html, json, csv):
        assert b"Lay awake" not in file.render(silent).data
    assert "Lay awake" not in pdf_text(silent)
    page = assemble(made.context(found, parts=frozenset({"notes"}), questions=("Can I come off it, and how?",)))
    text = pdf_text(page)
    assert text.count("Lay awake over work.") == 5
    assert "9 earlier ones stand in the app." in text
    assert "\u201cCan I come off it, and how?\u201d" in text


def test_the_summary_and_the_nights_are_plain_values() -> None:
    page = assemble(thirteen())
    assert page.result["answered"] == 13
    assert page.result["not_answered"] == ["2026-10-27"]
    assert page.result["means"]["tst_min"]["week_2"]["n"] == 6
    first = dict(zip([c.title for c in page.nights.columns], page.nights.rows[0], strict=True))
    assert first["into_bed"] == "2026-10-19T22:50+01:00"
    assert first["tst_min"] == "390.0"
    assert float(first["se_dse_pct"] or "x") == pytest.approx(100 * 390 / 455)


def test_the_fingerprint_follows_what_is_counted_and_nothing_else() -> None:
    one = assemble(made.context())
    assert assemble(made.context(printed=made.PRINTED + timedelta(days=1))).fingerprint == one.fingerprint
    assert assemble(partial(3, quality=1)).fingerprint != one.fingerprint
    assert re.fullmatch(r"([0-9A-F]{4} ){3}[0-9A-F]{4}", one.fingerprint)


HOSTILE = {
    "emoji, CJK, Hebrew, markup": "\U0001f600 \u6f22\u5b57 \u05e9\u05dc\u05d5\u05dd #bold[x] $x$ *a* <b>x</b> \\ "
    * 2000,
    "one long word": "W" * 100_000,
    "control": "a\x00b\x07\u202ec\ud800d" * 50,
}


def crowded(text: str, paper: Any) -> TwoWeeks:
    """As much on the page as can be, in a person's own words."""
    found = list(
        made.nights(comments=text, sol=60, events=("seizure", "headache", "drowsy_driving", "skin"), events_asked=True)
    )
    for i, one in enumerate(found):
        assert one.night is not None
        used = tuple(
            replace(made.nights()[2].night.exposures[0], name=f"zolpidem {n} {text[:200]}", dose=text[:99])  # type: ignore[union-attr]
            for n in range(3)
        )
        pill = Intake(i, 1, one.night_date, IntakeKind.MEDICINE, f"{i} {text[:150]}", 1, text[:90], None, WRITTEN)
        found[i] = replace(
            one, night=replace(one.night, exposures=used, evening=Evening(1, one.night_date, intakes=(pill,)))
        )
    facts = tuple(AskedFact(f"Rule {n}", text[:400], (found[n].night_date,)) for n in range(12))
    looked = tuple(LookedAt(f"Rule {n}", f"none in 14 nights {text[:60]}") for n in range(9))
    return made.context(
        tuple(found), paper=paper, facts=facts, looked=looked, questions=(text[:200],) * 6, parts=frozenset({"notes"}),
        person=text[:500], before={n.night_date: (f"zolpidem {text[:100]}",) for n in found}, rise="06:30", works="Mon \u2013 Fri",
    )  # fmt: skip


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_was_written_the_page_comes_out_whole_on_one_page(name: str, paper: Any) -> None:
    page = assemble(crowded(HOSTILE[name], paper))
    rendered = pdf.render(page)
    text = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(rendered.data)).pages)
    assert rendered.pages == 1
    assert "Do not stop a prescribed sleep medicine suddenly without asking." in re.sub(r"\s+", " ", text)
    assert "Notes by hand" in text
    assert "(in the app)" in text
    for file in (html, json, csv):
        assert len(file.render(page).data) < 400_000


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize(
    "found",
    [
        made.nights(),
        made.nights(1),
        tuple(made.own(i) for i in range(14)),
        thirteen().nights,
        tuple(made.own(i, made.diary(n.night_date, try_sleep=None, sol=None)) for i, n in enumerate(made.nights())),
    ],
    ids=["all", "one night", "no diary", "thirteen", "no onset"],
)
def test_one_page_in_every_state(found: Any, paper: Any) -> None:
    page = assemble(made.context(found, paper=paper))
    rendered = pdf.render(page)
    assert rendered.pages == 1
    text = pdf_text(page)
    assert not re.search(r"\bNaN\b|\bNone\b|\binf\b|p = 0", text)
    assert pdf.render(page).data == rendered.data


def elements(node: Any, found: list[Any] | None = None) -> list[Any]:
    """All structure elements under the tree's root."""
    found = [] if found is None else found
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            elements(child, found)
    elif isinstance(node, dict):
        if "/S" in node:
            found.append(node)
        if "/K" in node:
            elements(node["/K"], found)
    return found


def test_signs_and_bars_are_told_to_who_cannot_see_them() -> None:
    page = assemble(made.context())
    root: Any = PdfReader(io.BytesIO(pdf.render(page).data)).trailer["/Root"]
    found = elements(root["/StructTreeRoot"])
    alts = [str(e["/Alt"]) for e in found if e["/S"] == "/Figure"]
    assert alts.count("natural") == 10 + 1  # the nights, and the key
    assert alts.count("enhanced") == 4 + 1
    assert alts.count(figure(page).alt) == 1
    assert all("/Alt" in e for e in found if e["/S"] == "/Figure")
    heads = [str(e["/S"]) for e in found]
    assert heads.count("/H1") == 1
    assert heads.count("/H2") == 5
    assert heads.count("/TH") == 14 + 8 + 3


def test_what_could_not_be_told_is_not_said_to_be_none() -> None:
    looked = (
        LookedAt("Driving", "none on 3 nights asked, of 14"),
        LookedAt("Aim", "not looked at, since no aim is set"),
        LookedAt("Z-drug", "none on 0 of 14 nights; on the others it is not known what was taken"),
        LookedAt("Weeks", "not found; 9 nights known, of 14"),
    )
    words = said(assemble(made.context(looked=looked)), "asking")
    none, unknown = words.split("Not known:")
    assert "Driving: none on 3 nights asked, of 14; Weeks: not found" in none
    assert "Aim (no aim is set); Z-drug (none on 0 of 14 nights" in unknown


def test_of_what_was_taken_whole_entries_are_printed() -> None:
    found = list(made.nights())
    lamp = made.nights()[2].night
    assert lamp is not None
    names = ("Melatonin", "Magnesium glycinate", "Valerian tea", "Chamomile")
    found[2] = made.own(
        2,
        made.diary(found[2].night_date),
        Condition.ENHANCED,
        exposures=tuple(replace(lamp.exposures[0], name=n) for n in names),
    )
    text = pdf_text(assemble(made.context(tuple(found))))
    assert re.search(r"Melatonin, Magnesium\s?glycinate ?\u2026 \(in the app\)|Melatonin ?\u2026 \(in the app\)", text)
