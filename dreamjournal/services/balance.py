"""The Balance page's one reading of the nights: weeks against the aim, what the log shows, doses, sleep against the need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from dreamjournal.common.errors import UserError
from dreamjournal.domain.balance import (
    DEBT_NIGHTS,
    MARK_WORDS,
    Mark,
    Part,
    SleepDebt,
    Week,
    above,
    day_words,
    marks_of,
    plain_summary,
    sleep_debt,
    summary,
    text_of,
    weeks,
)
from dreamjournal.domain.diary import measure
from dreamjournal.domain.doses import Series, series
from dreamjournal.domain.night import Night, last_night, tonight
from dreamjournal.services import check_ins, kept_nights, prompts, settings
from dreamjournal.services import nights as the_nights

if TYPE_CHECKING:
    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.care import Instruction
    from dreamjournal.domain.changes import Changes
    from dreamjournal.services.check_ins import Offer
    from dreamjournal.services.journals import Journal
    from dreamjournal.services.prompts import Prompts

AIM = "aim_per_week"
STALE = 28
"""When so many nights have passed since the last one known, the weeks end with that one."""


@dataclass(frozen=True)
class Balance:
    """All the page shows. `first` and `last` are None where no night is known."""

    first: date | None
    last: date | None
    aim: int | None
    weeks: tuple[Week, ...]
    parts: tuple[Part, ...]
    """The one sentence, with the nights of each count."""
    plain: str
    """The sentence without numbers."""
    sealed: int
    """Nights that a sealed study hides."""
    prompts: Prompts | None
    doses: tuple[Series, ...]
    debt: SleepDebt | None
    need: float | None
    """The person's own sleep need in minutes, where they chose one."""
    instructions: tuple[Instruction, ...]
    offer: Offer
    hide_numbers: bool
    number: str | None
    """The person's own emergency number."""

    @property
    def sentence(self) -> str:
        """The one sentence."""
        return text_of(self.parts)

    def told(self, *, nurse: bool = False) -> str:
        """The sentence as the person reads it, or the nurse who reads about them."""
        return prompts.for_nurse(self.sentence) if nurse else self.sentence

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks there are columns for: the four conditions, and sealed nights where there are some."""
        return tuple(m for m in Mark if m is not Mark.SEALED or self.sealed)

    def columns(self) -> tuple[str, ...]:
        """The headings of the table that is the weeks in words."""
        kinds = tuple(MARK_WORDS[m].capitalize() for m in self.marks)
        return ("Week from", *kinds, *(("Against the aim",) if self.aim is not None else ()))

    def row(self, week: Week) -> tuple[str | int, ...]:
        """One week of that table."""
        counts = tuple(week.count(m) for m in self.marks)
        over = above(week, self.aim)
        told = "not known" if over is None else "above" if over else "not above"
        if not week.over and not over:
            told += " yet" if over is None else " so far"
        return (day_words(week.first), *counts, *((told,) if self.aim is not None else ()))

    @property
    def debt_words(self) -> str:
        """Sleep of the last 14 nights against the person's own need; empty where they chose none or no night is known."""
        if self.debt is None or self.need is None:
            return ""
        short = round(self.debt.mean_short)
        side = "as much as" if short == 0 else f"{abs(short)} min {'less' if short > 0 else 'more'} than"
        return (
            f"Diary sleep on {self.debt.nights} of the last {self.debt.of} nights known: on average {side} your own need of "
            f"{self.need // 60:.0f} h {self.need % 60:02.0f}. Nights not known are left out."
        )


def read(
    journal: Journal, person_id: int, clock: Clock, first: date | None = None, last: date | None = None
) -> Balance:
    """Everything from one reading of the nights. `first` and `last` bound the weeks and what the prompts may find.

    Without them the weeks are all there are, and the prompts look at the last 56 nights; what is usual for the person
    is always taken from all nights before. Raises UserError when `first` is after `last`.
    """
    if first is not None and last is not None and first > last:
        raise UserError("Nothing was looked at", "the range ends before it begins", "swap the two dates", field="from")
    zone = settings.zone_of(journal, person_id, clock)
    passed, present = last_night(clock.now(), zone), tonight(clock.now(), zone)
    found = kept_nights.nights(journal, person_id, None, None, clock, stages=False)
    # Dates to come may stand in an import; they are no nights yet.
    known = [n for n in found if n.night_date <= present]
    aim: int | None = settings.get(journal, person_id, AIM)
    told = tuple(journal.balance.instructions(person_id))
    span = _span(known, passed, first, last)
    enhanced = any(n.exposures for n in known)
    number: str | None = settings.get(journal, person_id, "emergency_number")
    base = Balance(
        None, None, aim, (), (), "", 0, None, (), None, None, told,
        check_ins.offer(journal, person_id, clock, enhanced=enhanced),
        bool(settings.get(journal, person_id, "hide_numbers")), number,
    )  # fmt: skip
    if span is None:
        return base
    start, end = span
    # A planned night on which nothing is known would tell by its absence what it was.
    hidden = the_nights.sealed_nights(journal, person_id, clock)
    marks = marks_of(known) | dict.fromkeys(hidden, Mark.SEALED)
    in_weeks = weeks(marks, start, end)
    inside = [n for n in known if start <= n.night_date <= end]
    look = prompts.looking(known, end, first=first, aim=aim, weeks=in_weeks, told=told)
    need = journal.settings.get("sleep_need_min", person_id)
    return replace(
        base,
        first=start,
        last=end,
        weeks=in_weeks,
        parts=summary(in_weeks, aim, passed),
        plain=plain_summary(in_weeks, aim),
        sealed=sum(w.count(Mark.SEALED) for w in in_weeks),
        prompts=prompts.ask(look, base.offer.last, number),
        doses=series(inside),
        debt=_debt(known, end, need) if need is not None else None,
        need=need,
    )


def set_aim(journal: Journal, person_id: int, aim: int | None) -> Changes:
    """Keep the aim: at most so many enhanced nights a week, None for none set. Raises UserError outside 0 to 7."""
    return settings.set_value(journal, person_id, AIM, aim)


def _span(known: Sequence[Night], passed: date, first: date | None, last: date | None) -> tuple[date, date] | None:
    """From the first night known to last night (or tonight, once something is said of it); as asked where asked."""
    if not known:
        return None
    newest = known[-1].night_date
    end = newest if newest > passed or (passed - newest).days > STALE else passed
    start = max(first, known[0].night_date) if first is not None else known[0].night_date
    end = min(last, end) if last is not None else end
    return (start, end) if start <= end else None


def _debt(known: Sequence[Night], end: date, need: float) -> SleepDebt | None:
    by_day = {n.night_date: n for n in known[-2 * DEBT_NIGHTS :]}
    days = [end - timedelta(days=back) for back in range(DEBT_NIGHTS)]
    return sleep_debt([_slept(by_day.get(d)) for d in days], need)


def _slept(night: Night | None) -> float | None:
    tst = measure(night.diary).tst if night is not None and night.diary is not None else None
    return tst if tst is not None and tst >= 0 else None


def to_json(found: Balance) -> dict[str, Any]:
    """The document of the command `balance`."""
    return {
        "from": found.first.isoformat() if found.first else None,
        "to": found.last.isoformat() if found.last else None,
        "aim": found.aim,
        "sentence": found.sentence,
        "hide_numbers": found.hide_numbers,
        "sealed": found.sealed,
        "weeks": [
            {
                "monday": w.first.isoformat(), "nights": len(w.nights), **{m.value: w.count(m) for m in Mark}, "over": w.over,
                "above_aim": above(w, found.aim),
            }
            for w in found.weeks
        ],
        "log_shows": prompts.to_json(found.prompts) if found.prompts else None,
        "doses": [
            {"name": s.name, "measure": s.measure, "unit": s.unit, "values": [[d.isoformat(), v] for d, v in s.points]}
            for s in found.doses
        ],
        "sleep_debt": None if found.debt is None else {
            "nights": found.debt.nights, "of": found.debt.of, "need_min": found.need, "mean_short_min": found.debt.mean_short,
            "net_min": found.debt.net, "only_short_min": found.debt.only_short,
        },
        "instructions": [
            {"id": i.id, "enhancer": i.enhancer, "given_on": i.given_on.isoformat(), "who": i.who, "words": i.words}
            for i in found.instructions
        ],
        "check_in_due": found.offer.due,
    }  # fmt: skip
