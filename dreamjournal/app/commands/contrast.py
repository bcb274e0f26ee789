"""The command `contrast`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

import click

from dreamjournal.app.commands.shared import DAY, chosen, common, day_words, plain, reading, say, the_person
from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastSpec

if TYPE_CHECKING:
    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.contrast import ContrastResult
    from dreamjournal.domain.multiverse import Multiverse
    from dreamjournal.domain.over_time import OverTime
    from dreamjournal.services.journals import Journal


def _period(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and first > last:
        raise UserError("Nothing was compared", "--from lies after --to", "check the dates")


@click.command("contrast")
@click.option("--metric", default="tst", show_default=True, metavar="KEY", help="What is compared.")
@click.option("--source", metavar="KEY", help="Whose numbers; the one with most nights where left out.")
@click.option("--enhancer", metavar="NAME")
@click.option("--swd", type=float, metavar="X", help="The least difference that matters to you.")
@click.option("--from", "first", type=DAY, help="The first night.")
@click.option("--to", "last", type=DAY, help="The last night.")
@click.option("--csv", "csv_path", metavar="FILE", help="Nights from a table instead of the journal.")
@click.option(
    "--design", type=click.Choice(["R", "S", "P"]), help="With --csv: random, self-chosen, or before and after."
)
@click.option(
    "--labels", type=click.Choice(["planned", "used"]), default="planned", show_default=True,
    help="Drawn nights count as they were planned, or as they were used.",
)  # fmt: skip
@click.option(
    "--washout",
    type=int,
    metavar="N",
    help="Natural nights left out after an enhanced one; the usual number where left out.",
)
@click.option("--naps", is_flag=True, help="Add naps to sleep time, and a device's to its minutes of each stage.")
@click.option(
    "--boundary", type=int, default=ContrastSpec.boundary, show_default=True, metavar="HOUR",
    help="The hour at which a night begins: 18 files an afternoon's sleep to the evening before.",
)  # fmt: skip
@click.option(
    "--days",
    type=click.Choice(["all", "work", "free"]),
    default="all",
    show_default=True,
    help="Only nights before such a day.",
)
@click.option(
    "--without", multiple=True, metavar="KEY",
    help="Leave out nights with alcohol, late_caffeine, nap or medicine; may be given several times.",
)  # fmt: skip
@click.option("--look", type=int, metavar="N", help="Only the first N planned nights of the study: one of its looks.")
@click.option("--otherwise", is_flag=True, help="Also count the same nights in every other defensible way.")
@click.option("--over-time", is_flag=True, help="Also ask whether the difference changes over nights of use.")
@click.option("--bayesian", is_flag=True, help="Also say the Bayesian line: the chances from a sceptical start.")
@common
@click.pass_context
def contrast(
    ctx: click.Context, metric: str, source: str | None, enhancer: str | None, swd: float | None, first: date | None, last: date | None,
    csv_path: str | None, design: str | None, labels: Literal["planned", "used"], washout: int | None, naps: bool, boundary: int,
    days: Literal["all", "work", "free"], without: tuple[str, ...], look: int | None, otherwise: bool, over_time: bool, bayesian: bool,
) -> None:  # fmt: skip
    """Do enhanced nights differ from natural ones?"""
    from dreamjournal.domain.contrast import to_json
    from dreamjournal.services import contrasts

    options = chosen(ctx)
    spec = ContrastSpec(
        metric, source, enhancer, swd, first, last, labels, washout, naps, boundary, look, days, without
    )
    more = _More(bayesian=bayesian)
    if csv_path is not None:
        if design is None:
            raise UserError(
                "The table was not compared", "it is not said how its nights were chosen", "add --design R, S or P"
            )
        if replace(spec, metric="tst", swd=None) != ContrastSpec() or otherwise or over_time:
            raise UserError(
                "The table was not compared",
                "only --metric, --swd and --design go with a table; the other options belong to a journal",
                "leave them out",
            )
        result = contrasts.contrast_csv(csv_path, design, swd, metric)
    else:
        if design is not None:
            raise UserError(
                "Nothing was compared",
                "--design belongs to --csv; a journal's design follows from its nights",
                "leave it out",
            )
        _period(first, last)
        if washout is not None and washout < 0:
            raise UserError(
                "Nothing was compared", "a washout cannot be less than no night", "give --washout 0 or more"
            )
        with reading(options) as journal:
            person_id = the_person(journal, options).id
            result = contrasts.contrast(journal, person_id, spec, options.clock)
            if otherwise:
                more.otherwise = _otherwise(journal, person_id, spec, result, options.clock)
            if over_time:
                more.over_time = _over_time(journal, person_id, spec, result, options.clock)
    say(options, {**to_json(result), **more.document()}, lambda: "\n".join([_words(result), *more.lines(result)]))


@dataclass
class _More:
    """What is told beside the answer where it was asked for."""

    otherwise: Multiverse | None = None
    over_time: OverTime | None = None
    bayesian: bool = False

    def document(self) -> dict[str, object]:
        from dreamjournal.domain import multiverse, over_time

        found: dict[str, object] = {}
        if self.otherwise is not None:
            found["otherwise"] = multiverse.to_json(self.otherwise)
        if self.over_time is not None:
            found["over_time"] = over_time.to_json(self.over_time)
        return found

    def lines(self, result: ContrastResult) -> list[str]:
        line = result.posterior_words or "There is no Bayesian line: it needs an interval and a least that matters."
        return [
            *(["", plain(line)] if self.bayesian else []),
            *(_otherwise_lines(self.otherwise) if self.otherwise is not None else []),
            *(_over_time_lines(self.over_time) if self.over_time is not None else []),
        ]


def _otherwise(
    journal: Journal, person_id: int, spec: ContrastSpec, result: ContrastResult, clock: Clock
) -> Multiverse:
    from dreamjournal.common.progress import NoProgress
    from dreamjournal.services import multiverse

    return multiverse.for_question(journal, person_id, spec, result, clock, NoProgress())


def _over_time(journal: Journal, person_id: int, spec: ContrastSpec, result: ContrastResult, clock: Clock) -> OverTime:
    from dreamjournal.common.progress import NoProgress
    from dreamjournal.services import over_time

    return over_time.for_question(journal, person_id, spec, result, clock, NoProgress())


def _otherwise_lines(m: Multiverse) -> list[str]:
    from dreamjournal.analysis.multiverse import told, told_interval

    lines = ["", "Counted otherwise:", plain(m.sentence)]
    if m.considered:
        lines.append(
            f"  {m.considered} ways looked at, {m.joined} of them the same as another, {len(m.left_out)} without a difference."
        )
    for n in m.named:
        counts = f"{n.n_enhanced} enhanced, {n.n_natural} natural"
        if n.value is None:
            lines.append(f"  {n.name} ({counts}): {plain(n.note)}")
        else:
            lines.append(f"  {n.name} ({counts}): {told(m, n.value)}, 95 % interval {told_interval(m, n.interval)}")
    reasons = Counter((w.rule.source, w.reason) for w in m.left_out)
    lines += [
        f"  {source}: {plain(reason)} ({n} {'way' if n == 1 else 'ways'})" for (source, reason), n in reasons.items()
    ]
    lines += [f"  {plain(note)}" for note in m.notes]
    return lines


def _over_time_lines(t: OverTime) -> list[str]:
    from dreamjournal.analysis.trend import told_difference, told_interval

    lines = ["", "Over time:", plain(t.sentence), *(f"  {plain(note)}" for note in t.notes)]
    for s in t.stretches:
        told = s.reason
        if s.value is not None and s.interval is not None:
            told = f"{told_difference(t, s.value)}, 95 % interval {told_interval(t, s.interval)}"
        lines.append(
            f"  {day_words(s.first)} to {day_words(s.last)} ({s.n_enhanced} enhanced, {s.n_natural} natural): {plain(told)}"
        )
    return lines


def _words(result: ContrastResult) -> str:
    lines = [result.headline, plain(result.sentence)]
    lines += [f"  {plain(r)}" for r in result.warnings]
    if result.fixes:
        lines += ["What would help:", *(f"  {plain(f.act)}. {plain(f.gives)}" for f in result.fixes)]
    counts: dict[str, list[date]] = {}
    for night in result.excluded:
        counts.setdefault(night.reason, []).append(night.night_date)
    if counts:
        lines.append(f"Left out: {len(result.excluded)} nights.")
        for reason, days in counts.items():
            shown = ", ".join(day_words(d) for d in days[:3]) + (" and others" if len(days) > 3 else "")
            lines.append(f"  {len(days)} × {plain(reason)}: {shown}")
    return "\n".join(line for line in lines if line)
