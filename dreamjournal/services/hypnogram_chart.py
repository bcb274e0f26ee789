"""One night's hypnogram for paper and file: the drawing as plain data, the same in words, and its table twin."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from dreamjournal.charts import words
from dreamjournal.domain.figures import HypnogramChart, HypnogramSpan
from dreamjournal.domain.report import Column, Figure, Table
from dreamjournal.domain.session import SessionKind, StageCode
from dreamjournal.services.charts_of import KIND_WORDS, Chart, fitted, kind_of
from dreamjournal.services.reports import source_title

if TYPE_CHECKING:
    from dreamjournal.domain.figures import Level
    from dreamjournal.domain.instant import Instant
    from dreamjournal.domain.night import Night
    from dreamjournal.domain.session import Session

_LEVELS: dict[StageCode, Level] = {
    StageCode.W: "W", StageCode.REM: "REM", StageCode.N1: "LIGHT", StageCode.N2: "LIGHT", StageCode.LIGHT: "LIGHT",
    StageCode.N3: "N3", StageCode.ASLEEP: "UNSPECIFIED",
}  # fmt: skip
_LEVEL_WORDS: dict[Level, str] = {
    "W": "awake", "REM": "REM", "LIGHT": "light", "N3": "deep", "UNSPECIFIED": "asleep, stage not given",
}  # fmt: skip


def hypnogram_sources(night: Night) -> tuple[str, ...]:
    """The sources whose recording of the night may be drawn: it counts, and its numbers are not closed."""
    if night.sealed or night.study_sealed:
        return ()
    return tuple(sorted({s.source for s in night.sessions if s.counts and s.kind != SessionKind.REST}))


def hypnogram(night: Night, source: str) -> Chart | None:
    """The night as one source recorded it, with its stages; None where it may not be drawn."""
    if source not in hypnogram_sources(night):
        return None
    sessions = sorted(
        (s for s in night.sessions if s.source == source and s.counts and s.kind != SessionKind.REST),
        key=lambda s: s.start.utc,
    )
    day = night.night_date
    clock = sessions[0].start

    def minute(moment: Instant) -> float:
        """Minutes after noon on the clock the first recording began with, by real time passed since."""
        begun = (clock.local - datetime.combine(day, time(12))).total_seconds() / 60
        return begun + (moment.utc - clock.utc).total_seconds() / 60

    spans = tuple(span for s in sessions for span in _spans(s, minute(s.start)))
    used = [e for e in night.exposures if e.start is not None]
    evening, diary = night.evening, night.diary
    out = evening.lights_out if evening is not None and evening.lights_out is not None else None
    out = out or (diary.try_sleep if diary is not None else None)
    up = diary.out_of_bed if diary is not None else None
    drawing = HypnogramChart(
        day, source_title(source), kind_of(night), spans,
        tuple((minute(e.start), minute(e.end or e.start)) for e in used if e.start is not None),
        ", ".join(dict.fromkeys(e.name for e in used)), None if out is None else minute(out), None if up is None else minute(up),
    )  # fmt: skip
    rows = tuple(
        (words.clock(s.start), words.clock(s.end), _LEVEL_WORDS[s.level], words.number(s.end - s.start, 1))
        for s in spans
    )
    table = Table((Column("From"), Column("To"), Column("Stage"), Column("Minutes", number=True)), rows)
    title = f"Hypnogram, {words.weekday(day)} {day.year}, {source_title(source)}"
    return Chart(title, Figure(_hypnogram_alt(drawing), drawing), table, (day,) * len(rows))


def _spans(session: Session, start: float) -> list[HypnogramSpan]:
    if not session.stages:
        minutes = (session.end.utc - session.start.utc).total_seconds() / 60
        return [HypnogramSpan(start, start + minutes, "UNSPECIFIED")]
    spans: list[HypnogramSpan] = []
    for stage in session.stages:
        level = _LEVELS.get(stage.code)
        if level is None:
            continue
        a, b = start + stage.offset_s / 60, start + (stage.offset_s + stage.dur_s) / 60
        if spans and spans[-1].level == level and abs(spans[-1].end - a) < 0.01:
            spans[-1] = HypnogramSpan(spans[-1].start, b, level)
        else:
            spans.append(HypnogramSpan(a, b, level))
    return spans


def _hypnogram_alt(chart: HypnogramChart) -> str:
    text = f"Hypnogram of {words.weekday(chart.night_date)} {chart.night_date.year} from {chart.source}"
    if not chart.spans:
        return fitted(f"{text}: a recording without any stage that is sleep or wake.", [])
    text += f", {words.clock(chart.spans[0].start)} to {words.clock(max(s.end for s in chart.spans))}: "
    totals = {level: sum(s.end - s.start for s in chart.spans if s.level == level) for level in _LEVEL_WORDS}
    text += (
        words.listed(
            [f"{word} {words.duration(totals[level])}" for level, word in _LEVEL_WORDS.items() if totals[level]]
        )
        + "."
    )
    more: list[str] = []
    if chart.kind != "neither":
        more.append(f"The night was {KIND_WORDS[chart.kind]}.")
    if chart.exposures and chart.exposure_words:
        begin, end = min(a for a, _ in chart.exposures), max(b for _, b in chart.exposures)
        span = words.clock(begin) if end - begin < 1 else f"{words.clock(begin)} to {words.clock(end)}"
        more.append(f"A bar above shows {words.cut(chart.exposure_words, 60)}, {span}.")
    awake = max((s for s in chart.spans if s.level == "W"), key=lambda s: s.end - s.start, default=None)
    if awake is not None:
        more.append(
            f"The longest time awake began at {words.clock(awake.start)}, {words.duration(awake.end - awake.start)}."
        )
    if any(s.level == "UNSPECIFIED" for s in chart.spans):
        more.append("Sleep whose stage the source does not give is one hatched bar.")
    more.append("Lines from the top: awake, REM, light and deep sleep, by the clock the night began with.")
    more.append("Lines from the top: awake, REM, light, deep.")
    more.append("Thin steps join one stage to the next.")
    return fitted(text, more, marks=False)
