"""The nights one below the other: the bars as one figure, the answers as one table. The page sets the two side by side."""

from __future__ import annotations

from dreamjournal.charts import words
from dreamjournal.domain.evening import Intake, IntakeKind
from dreamjournal.domain.instant import Instant, minutes_between
from dreamjournal.domain.night import NightFlag
from dreamjournal.domain.night_bars import NightBar, NightBars, axis
from dreamjournal.domain.report import Column, Figure, Section, Table
from dreamjournal.reports.registry import SectionPlugin
from dreamjournal.reports.two_weeks.answered import dates
from dreamjournal.reports.two_weeks.context import Own, TwoWeeks, cut, evening_minute, tidy

NAME = 40
"""Characters of a name in the table."""
KIND_WORDS = {
    "natural": "natural",
    "enhanced": "enhanced",
    "unsure": "not sure",
    "sealed": "sealed",
    "unrecorded": None,
}
EVENT_WORDS = {
    "seizure": "seizure", "skin": "burn or skin mark", "faint": "fainted", "sleepwalking": "sleep-walking",
    "sleep_driving": "sleep-driving", "mania": "unusually high mood", "dark_thoughts": "dark thoughts", "palpitations": "palpitations",
    "drowsy_driving": "sleepy driving", "headache": "headache", "other": "something unwanted",
}  # fmt: skip


def build(ctx: TwoWeeks) -> Section:
    """Every night of the page; an answer not given is a dash, never 0."""
    rows = tuple(_bar(n) for n in ctx.nights)
    figure = Figure(_alt(ctx), NightBars(rows, *axis(rows)))
    return Section("nights", "Night by night", (figure, table(ctx)))


def table(ctx: TwoWeeks) -> Table:
    """A row for each night. The last column tells the page which rows to shade."""
    se = "DSE" if ctx.by_trying else "TIB"
    columns = (
        Column("Night of"), Column("kind"), Column("into bed", True), Column("tried to sleep", True), Column("SOL min", True),
        Column("woke times", True), Column("WASO min", True), Column("last waking", True), Column("out of bed", True),
        Column("asleep TST", True), Column(f"SE % ({se})", True), Column("quality 1\u20135", True), Column("taken, used, noted"),
        Column("next day"),
    )  # fmt: skip
    return Table(columns, tuple(_row(ctx, n) for n in ctx.nights), _note(ctx))


def _row(ctx: TwoWeeks, night: Own) -> tuple[str | None, ...]:
    d, m = night.diary, night.measures
    se = None if m is None else m.se_dse if ctx.by_trying else m.se_tib
    times = (None,) * 4 if d is None else (d.into_bed, d.try_sleep, d.final_wake, d.out_of_bed)
    into, tried, waking, up = (_clock(t) for t in times)
    return (
        words.weekday(night.night_date), KIND_WORDS[night.kind], into, tried,
        _whole(None if d is None else d.sol), _whole(None if d is None else d.nawk), _whole(None if d is None else d.waso), waking, up,
        None if m is None or m.tst is None else words.duration(m.tst), _whole(se), _whole(None if d is None else d.quality),
        cut(", ".join(noted(night))), "free" if night.free else "work",
    )  # fmt: skip


def noted(night: Own) -> list[str]:
    """What was taken and used, and what sets the night apart, each in a word or two."""
    known = night.night
    if known is None:
        return []
    intakes = known.evening.intakes if known.evening is not None else ()
    names = [e.name for e in known.exposures] + [
        i.name for i in intakes if i.kind == IntakeKind.MEDICINE and not i.none_taken
    ]
    found = [words.cut(n, NAME) for n in {tidy(n).casefold(): tidy(n) for n in reversed(names) if tidy(n)}.values()][
        ::-1
    ]
    drunk = [i for i in intakes if i.kind == IntakeKind.ALCOHOL and not i.none_taken]
    if drunk:
        found.append(f"alcohol{_amount(drunk)}")
    for dream in night.nightmares:
        distress = "" if dream.distress is None else f"{words.NBSP}{dream.distress}"
        found.append(f"nightmare{distress}" + (", may not be own" if dream.may_not_be_own else ""))
    found += [EVENT_WORDS.get(code, code) for code in (known.diary.events if known.diary is not None else ())]
    flags = (
        (NightFlag.ILLNESS, "ill"),
        (NightFlag.TRAVEL, "travel"),
        (NightFlag.ON_CALL, "on\u00a0call"),
        (NightFlag.ZONE_CHANGE, "new time zone"),
    )
    found += [said for flag, said in flags if flag in known.flags]
    found += [said for is_so, said in ((night.late, "late\u00a0entry"), (night.unclear, "times\u00a0unclear")) if is_so]
    return found


def _amount(drunk: list[Intake]) -> str:
    if any(i.amount is None for i in drunk):
        return ""
    return f"{words.NBSP}{sum(i.amount or 0 for i in drunk):g}"


def _bar(night: Own) -> NightBar:
    d, m = night.diary, night.measures
    if d is None:
        return NightBar(night.night_date, night.kind, night.free, words="no entry")
    onset = None if m is None else m.onset
    moments = (d.into_bed, d.try_sleep, onset, d.final_wake, d.out_of_bed)
    begin = next((t for t in moments if t is not None), None)
    if begin is None:
        return NightBar(night.night_date, night.kind, night.free, words="no times")
    if night.unclear:
        return NightBar(night.night_date, night.kind, night.free, words="times unclear")
    start = evening_minute(night.night_date, begin)

    def at(moment: Instant | None) -> float | None:
        return None if moment is None else start + minutes_between(begin, moment)

    into, tried, asleep, woke, up = (at(t) for t in moments)
    return NightBar(night.night_date, night.kind, night.free, into, tried, asleep, woke, up)


_KEY = (
    "Thin line: in bed. White box: falling asleep. Bar: asleep to last waking; outlined natural, filled enhanced, hatched not sure, "
    "dashed not said; time awake inside it is counted (WASO) but not placed. Shaded rows: a free day follows."
)


def _note(ctx: TwoWeeks) -> str:
    said = [_KEY]
    if ctx.by_trying:
        said.append(
            "SE (DSE) = TST \u00f7 time spent trying to sleep; \u2013 where the minutes awake before rising were not given."
        )
    else:
        said.append("SE (TIB) = TST \u00f7 time in bed.")
    changed = [n.night_date for n in ctx.answered if n.clock_change]
    if changed:
        said.append(f"{dates(changed)}: the clocks changed, minutes are real minutes.")
    if any(n.nightmares for n in ctx.nights):
        said.append("Nightmare: distress, 0 to 4.")
    if any("alcohol" in what for n in ctx.nights for what in noted(n)):
        said.append("Alcohol: drinks, as written down.")
    return " ".join(said)


def _alt(ctx: TwoWeeks) -> str:
    count = {kind: sum(n.kind == kind for n in ctx.answered) for kind in ("natural", "enhanced", "unsure")}
    slept = [n.measures.tst for n in ctx.answered if n.measures is not None and n.measures.tst is not None]
    kinds = f"{count['natural']} natural, {count['enhanced']} enhanced, {count['unsure']} not sure"
    head = (
        f"One bar for each of {words.count(len(ctx.nights), 'night')}, {words.period(ctx.first, ctx.last)}, by clock time from getting "
        f"into bed to getting up; {len(ctx.answered)} answered: {kinds}."
    )
    if not slept:
        return f"{head} No night has a time asleep, so no bar is drawn for it; the same nights stand in words in the table beside it."
    return f"{head} Time asleep {words.duration(min(slept))} to {words.duration(max(slept))} on {words.count(len(slept), 'night')}."


def _clock(at: Instant | None) -> str | None:
    return None if at is None else at.local.strftime("%H:%M")


def _whole(value: float | None) -> str | None:
    return None if value is None else words.number(value)


PLUGIN = SectionPlugin("nights", "Night by night", 20, build)
