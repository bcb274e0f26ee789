"""The commands `nights`, `diary` and `hypnogram`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dreamjournal.app.commands.shared import (
    DAY,
    Options,
    chosen,
    common,
    day_words,
    done,
    reading,
    say,
    table,
    the_person,
    writing,
)
from dreamjournal.common.errors import UserError

if TYPE_CHECKING:
    from dreamjournal.domain.diary import Diary
    from dreamjournal.domain.night import Night

RECALL_WORDS = {
    "not_tried": "didn't try",
    "nothing": "nothing",
    "white": "dreamt, no content",
    "fragment": "a fragment",
    "report": "a dream",
}
CONDITION_WORDS = {"natural": "natural", "enhanced": "enhanced", "unsure": "not sure", "unrecorded": "not recorded"}


@click.command("nights")
@click.option("--from", "first", type=DAY, help="The first night.")
@click.option("--to", "last", type=DAY, help="The last night.")
@common
@click.pass_context
def nights(ctx: click.Context, first: date | None, last: date | None) -> None:
    """What is known of each night; each source's own numbers."""
    from dreamjournal.services import nights as the_nights

    options = chosen(ctx)
    if first is not None and last is not None and first > last:
        raise UserError("No nights were listed", "--from lies after --to", "check the dates")
    with reading(options) as journal:
        found = the_nights.nights(journal, the_person(journal, options).id, first, last, options.clock, stages=False)
    say(options, the_nights.to_json(found), lambda: _words(found))


def _words(found: list[Night]) -> str:
    rows: list[tuple[Any, ...]] = []
    for night in found:
        what = "sealed" if night.study_sealed else CONDITION_WORDS[night.condition.value]
        if night.exposures:
            what += (" by " if night.condition.value == "enhanced" else ", with ") + ", ".join(
                dict.fromkeys(e.name for e in night.exposures)
            )
        recall = RECALL_WORDS[night.recall.value] if night.recall else None
        rows.append((day_words(night.night_date), what, recall, len(night.dreams) or None, _sleep(night)))
    return table(("Night", "What it was", "Recall", "Dreams", "Sleep, by source"), rows, "No nights here yet.")


def _sleep(night: Night) -> str:
    from dreamjournal.domain.diary import measure
    from dreamjournal.domain.session import main_sleep

    parts: list[str] = []
    if night.diary is not None and (tst := measure(night.diary).tst) is not None:
        parts.append(f"diary {hours(tst)}")
    for source in dict.fromkeys(s.source for s in night.sessions):
        main = main_sleep(tuple(s for s in night.sessions if s.source == source))
        if main is not None:
            tst = main.measures.tst_min
            parts.append(f"{source} {hours(tst) if tst is not None else 'not scored'}")
    return ", ".join(parts)


def hours(minutes: float) -> str:
    """Minutes as 7 h 05 min."""
    whole = round(abs(minutes))
    return f"{'-' if minutes < 0 else ''}{whole // 60} h {whole % 60:02d} min"


class Clocked(click.ParamType[int]):
    """A wall clock as 23:41, 2341 or 11:41pm; minutes after midnight."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        from dreamjournal.services.settings import minutes_of_day

        if isinstance(value, int):
            return value
        minutes = minutes_of_day(str(value))
        if minutes is None:
            self.fail(f"{value!r} is no time like 23:41, 2341 or 11:41pm.", param, ctx)
        return minutes


CLOCK = Clocked()
MOMENTS = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]
MINUTES = click.FloatRange(0, 1440)


@click.group("diary")
@common
def diary() -> None:
    """The morning's sleep diary."""


@diary.command("set")
@click.option("--night", type=DAY, required=True, help="The evening's date.")
@click.option("--into-bed", type=CLOCK, help="Got into bed.")
@click.option("--try-sleep", type=CLOCK, help="Tried to sleep.")
@click.option("--sol", type=MINUTES, help="Minutes to fall asleep.")
@click.option("--waso", type=MINUTES, help="Minutes awake in the night, all told.")
@click.option("--nawk", type=click.IntRange(0, 99), help="Times awake, without the last waking.")
@click.option("--final-wake", type=CLOCK, help="Last woke.")
@click.option("--out-of-bed", type=CLOCK, help="Got up.")
@click.option("--quality", type=click.IntRange(1, 5), help="How well you slept, 1 to 5.")
@click.option("--tasafa", type=MINUTES, help="Minutes trying to sleep after the last waking.")
@click.option("--ema", type=MINUTES, help="Minutes awake earlier than wanted.")
@click.option("--rested", type=click.IntRange(1, 5), help="How rested, 1 to 5.")
@click.option("--comment", "comments", help="Anything else.")
@common
@click.pass_context
def set_(ctx: click.Context, night: date, **given: Any) -> None:
    """Keep a night's diary; what is left out stays as it was."""
    from dreamjournal.domain.diary import doubts, measure
    from dreamjournal.services import mornings

    options = chosen(ctx)
    answers = {name: value for name, value in given.items() if value is not None}
    if not answers:
        raise UserError("Nothing was kept", "no answer was given", "give at least one, as --quality 4")
    with writing(options) as journal:
        from dreamjournal.services import settings

        person = the_person(journal, options)
        zone = settings.zone_of(journal, person.id, options.clock)
        before = mornings.morning(journal, person.id, night, options.clock).diary
        kept = _merged(person.id, night, zone, before, answers)
        made = mornings.put_diary(journal, kept, options.clock)
    m = measure(kept)
    words = [f"Diary of {day_words(night)} kept."]
    if m.tst is not None:
        words.append(f"Sleep {hours(m.tst)}" + (f", {m.se_tib:.0f} % of time in bed." if m.se_tib is not None else "."))
    words += [question for _, question in doubts(kept)]
    done(
        options,
        made,
        " ".join(words),
        tst_min=None if m.tst is None else round(m.tst, 2),
        doubts=[q for _, q in doubts(kept)],
    )


def _merged(person_id: int, night: date, zone: str, before: Diary | None, answers: dict[str, Any]) -> Diary:
    """The earlier diary with the new answers in it; clock times are placed on the night together."""
    from dreamjournal.services import mornings

    if before is None:
        return mornings.diary_from_answers(person_id, night, zone, answers)
    times: dict[str, Any] = {}
    for name in mornings.TIMES:
        instant = getattr(before, name)
        if instant is not None:
            times[name] = instant.local.hour * 60 + instant.local.minute
    if any(name in answers for name in mornings.TIMES):
        placed = mornings.diary_from_answers(person_id, night, zone, times | answers)
        fresh = {name: getattr(placed, name) for name in {*answers, *times}}
    else:
        placed = mornings.diary_from_answers(person_id, night, zone, answers)
        fresh = {name: getattr(placed, name) for name in answers}
    return replace(before, **fresh)


@click.group("session")
@common
def session() -> None:
    """Correct what a device recorded; the recording stays beside the correction."""


@session.command("correct")
@click.argument("session_id", type=int, metavar="ID")
@click.option("--start", required=True, type=click.DateTime(MOMENTS), help='Local, as "2026-07-09 23:30".')
@click.option("--end", required=True, type=click.DateTime(MOMENTS), help='Local, as "2026-07-10 07:10".')
@common
@click.pass_context
def correct(ctx: click.Context, session_id: int, start: datetime, end: datetime) -> None:
    """Set other times of a session; `nights --json` gives its id."""
    from dreamjournal.services import corrections

    options = chosen(ctx)
    with reading(options) as journal:
        found = corrections.get(journal, session_id)
        corrections.correct(
            journal,
            session_id,
            corrections.moment(start, found.start),
            corrections.moment(end, found.end),
            options.clock,
        )
    done(options, session_id, f"Session {session_id} is now from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}.")


@session.command("restore")
@click.argument("session_id", type=int, metavar="ID")
@common
@click.pass_context
def restore(ctx: click.Context, session_id: int) -> None:
    """Bring the recorded times back."""
    from dreamjournal.services import corrections

    options = chosen(ctx)
    with reading(options) as journal:
        corrections.bring_back(journal, session_id)
    done(options, session_id, f"Session {session_id} is as it was recorded.")


_HYPNOGRAM_WORDS = {
    "epochs": "Epochs", "epoch_s": "Length of an epoch", "trimmed": "Trimmed to 30 min around sleep",
    "trt_min": "Lights off to lights on (TRT)", "tst_min": "Sleep (TST)", "sol_min": "To fall asleep (SOL)",
    "waso_aasm_min": "Awake after onset, to lights on (WASO, AASM)", "waso_spt_min": "Awake between first and last sleep",
    "spt_min": "First to last sleep (SPT)", "se_pct": "Sleep efficiency (TST of TRT)", "sme_pct": "Sleep of first to last sleep",
    "n1_min": "N1", "n2_min": "N2", "n3_min": "N3", "rem_min": "REM", "rem_latency_aasm_min": "Onset to first REM",
    "light_min": "Light sleep, as a device says", "asleep_unspecified_min": "Asleep, stage not said",
    "unscored_min": "Unscored", "artefact_min": "Artefact or movement",
}  # fmt: skip


@click.command("hypnogram")
@click.argument("path", metavar="[FILE]", required=False)
@click.option("--night", type=DAY, help="Write a night of the journal instead: the evening's date.")
@click.option("--source", metavar="KEY", help="Who recorded it, where several did.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.tsv", help="Where to; its key goes beside it.")
@common
@click.pass_context
def hypnogram(ctx: click.Context, path: str | None, night: date | None, source: str | None, out: Path | None) -> None:
    """Sleep statistics of an EDF+ or text hypnogram; or write a recorded night as one."""
    from dreamjournal.services import hypnogram as service

    if night is not None or out is not None or source is not None:
        if path is not None or night is None or out is None:
            raise UserError(
                "No hypnogram was written",
                "a night is written by --night and --out, without a FILE",
                "give both of them",
            )
        _write_hypnogram(chosen(ctx), night, source, out)
        return
    if path is None:
        raise UserError(
            "No hypnogram was read", "no file was named", "name one, or write a night with --night and --out"
        )
    result = service.to_json(service.read(path))
    rows = [(_HYPNOGRAM_WORDS[name], _figure(name, value)) for name, value in result.items()]
    say(chosen(ctx), result, lambda: table(("Measure", ""), rows, ""))


def _write_hypnogram(options: Options, night: date, source: str | None, out: Path) -> None:
    from dreamjournal.services import hypnogram_tsv

    with reading(options) as journal:
        found = hypnogram_tsv.build(journal, the_person(journal, options).id, night, source, options.clock)
    files = [str(p) for p in hypnogram_tsv.write(found, out)]
    say(
        options,
        {"files": files, "rows": len(found.rows)},
        lambda: f"The night of {day_words(night)} was written to {files[0]}, and what it means to {files[1]}.",
    )


def _figure(name: str, value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    unit = "min" if name.endswith("_min") else "%" if name.endswith("_pct") else "s" if name.endswith("_s") else ""
    return f"{round(value, 1):g} {unit}".strip() if isinstance(value, (int, float)) else str(value)
