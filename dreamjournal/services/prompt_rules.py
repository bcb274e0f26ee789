"""The rules F1 to F7 and two of sleep and dreams, each a pure function over nights: what was found, or how far was looked.

They count what was logged. A night that was not answered is never taken for a no; it is missing from the base instead.
Each rule is one of the project (constructs after the Severity of Dependence Scale, own words, no cut-off claimed).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from dreamjournal.domain.balance import Mark, Week, above, day_words, is_sealed
from dreamjournal.domain.care import Instruction
from dreamjournal.domain.doses import Series, series
from dreamjournal.domain.evening import Intake, IntakeKind
from dreamjournal.domain.insomnia import in_range, pattern
from dreamjournal.domain.medicines import is_hypnotic, is_sedating
from dreamjournal.domain.night import Condition, Night

_DAY = timedelta(days=1)
WEEKS_RUNNING = 2
FIRST_DAYS = 14
RISE = 1.25
HYPNOTIC_DAYS = 28
COURSE_GAP = 28
"""After more nights than these without a hypnotic use counts as a new course."""
WORSE_MIN = 30
REBOUND_OF, REBOUND = 5, 3
BASELINE = 5
"""Fewest natural nights a person's own usual is taken from."""
AFTER_USE = 5
"""Natural nights so many days after use may still feel it."""
NIGHTMARE_WEEKS = 4
DRIVING = "drowsy_driving"
EVENT_WORDS = {
    "seizure": "a seizure", "skin": "a burn or skin mark", "faint": "fainting", "sleepwalking": "sleep-walking",
    "sleep_driving": "sleep-driving", "mania": "unusually high mood", "dark_thoughts": "dark thoughts", "palpitations": "palpitations",
    "drowsy_driving": "driving while sleepy", "headache": "headache", "other": "something else unwanted",
}  # fmt: skip


@dataclass(frozen=True)
class PromptFact:
    """A count with its base, as it stands after "Your log shows". `link` is the stretch that leads to the nights."""

    text: str
    plain: str
    """The same without numbers."""
    nights: tuple[tuple[date, str], ...]
    """Each night behind it with what was logged, as it was logged."""
    link: str = ""


@dataclass(frozen=True)
class Found:
    """What a rule found, or, without `facts`, how far it looked (`looked`: "none in 56 nights")."""

    facts: tuple[PromptFact, ...] = ()
    looked: str = ""


@dataclass(frozen=True)
class Looking:
    """What the rules look at: every night known up to `last`, and the window in which something may be found."""

    nights: tuple[Night, ...]
    first: date
    last: date
    aim: int | None = None
    weeks: tuple[Week, ...] = ()
    """Those that reach into the window."""
    instructions: tuple[Instruction, ...] = ()

    @property
    def window(self) -> tuple[Night, ...]:
        """The known nights of the window."""
        return tuple(n for n in self.nights if self.inside(n.night_date))

    @property
    def length(self) -> int:
        """Nights of the window, known or not."""
        return (self.last - self.first).days + 1

    def inside(self, day: date) -> bool:
        """Whether a night lies in the window."""
        return self.first <= day <= self.last


def above_aim(look: Looking) -> Found:
    """F1: more enhanced nights than the person's own aim in two weeks running."""
    if look.aim is None:
        return Found(looked="not looked at, since no aim is set")
    best: list[Week] = []
    run: list[Week] = []
    for week in look.weeks:
        run = [*run, week] if above(week, look.aim) else []
        if len(run) >= WEEKS_RUNNING and len(run) >= len(best):
            best = run
    if not best:
        unknown = sum(above(w, look.aim) is None for w in look.weeks)
        told = count_words(len(look.weeks) - unknown, "week")
        more = (
            f"; for {count_words(unknown, 'more', 'more')} it is not known, since nights are missing" if unknown else ""
        )
        return Found(looked=f"none in {told}{more}")
    nights = [d for w in best for d in w.of(Mark.ENHANCED)]
    each = ", ".join(str(w.count(Mark.ENHANCED)) for w in best)
    link = count_words(len(nights), "enhanced night")
    end = min(best[-1].first + 6 * _DAY, look.last)
    text = (
        f"{link} in {len(best)} weeks running, {span_words(best[0].first, end)} ({each} a week), above your own aim of at most "
        f"{look.aim} a week"
    )
    return Found(
        (PromptFact(text, "more enhanced nights than your own aim, some weeks running", _used(look, nights), link),)
    )


def dose_rise(look: Looking) -> Found:
    """F2: dose, intensity or length a quarter or more above the first 14 days, with no instruction since.

    An instruction begins a new first 14 days. Doses and intensities are set on purpose, so each night counts; of lengths
    the middle of the last 14 days, since one long night is no change.
    """
    found: list[PromptFact] = []
    compared = 0
    for each in series(look.nights):
        told = sorted({i.given_on for i in look.instructions if i.enhancer.casefold() == each.name.casefold()})
        for start, points in _stretches(each, told):
            base = [v for d, v in points if (d - start).days < FIRST_DAYS]
            later = [(d, v) for d, v in points if (d - start).days >= FIRST_DAYS]
            if not base or not later:
                continue
            usual = median(base)
            seen = [(d, v) for d, v in later if look.inside(d)]
            compared += len(seen)
            raised = _raised(each, later, usual, look)
            if raised:
                found.append(_rise_fact(each, raised, len(seen), usual, start if told and start in told else None))
    if found:
        return Found(tuple(found))
    if not compared:
        return Found(looked="not looked at, since no dose, intensity or length is known after a first 14 days")
    return Found(looked=f"none in {count_words(compared, 'value')} held against their first 14 days")


def _stretches(each: Series, told: Sequence[date]) -> Iterable[tuple[date, list[tuple[date, float]]]]:
    first = each.points[0][0]
    starts = [first, *(d for d in told if d > first)]
    for start, end in zip(starts, [*starts[1:], date.max], strict=True):
        points = [(d, v) for d, v in each.points if start <= d < end]
        if points:
            yield start, points


def _raised(each: Series, later: Sequence[tuple[date, float]], usual: float, look: Looking) -> list[tuple[date, float]]:
    least = usual * RISE - 1e-9
    if usual <= 0:
        return []
    if each.measure != "length":
        return [(d, v) for d, v in later if v >= least and look.inside(d)]
    last = [(d, v) for d, v in later if (later[-1][0] - d).days < FIRST_DAYS]
    if median(v for _, v in last) < least:
        return []
    return [(d, v) for d, v in last if v >= least and look.inside(d)]


_UP_TO = {"dose": "at a dose of up to", "intensity": "at an intensity of up to", "length": "for up to"}


def _rise_fact(
    each: Series, raised: Sequence[tuple[date, float]], of: int, usual: float, told: date | None
) -> PromptFact:
    unit = f" {each.unit}" if each.unit else ""
    link = f"{len(raised)} of {count_words(of, 'night')}"
    since = "in the first 14 days" if told is None else f"in the 14 days from the instruction of {day_words(told)}"
    text = (
        f"{each.name} {_UP_TO[each.measure]} {max(v for _, v in raised):.3g}{unit} on {link} from {day_words(raised[0][0])}, "
        f"against {usual:.3g}{unit} {since}; no instruction from a clinician is recorded {'for it' if told is None else 'after that one'}"
    )
    nights = tuple((d, f"{v:.3g}{unit}") for d, v in raised)
    return PromptFact(text, f"a higher {each.measure} of {each.name} than at first", nights, link)


def together(look: Looking) -> Found:
    """F3: two enhancers, or an enhancer with alcohol, an opioid or a sedative, on one night."""
    window = look.window
    used = [n for n in window if n.exposures]
    facts: list[PromptFact] = []
    for pair, where in pairs(window).items():
        link = f"{len(where)} of {count_words(len(used), 'night')}"
        facts.append(PromptFact(f"{pair} on {link} with an enhancer", pair, tuple((d, pair) for d in where), link))
    if facts:
        return Found(tuple(facts))
    if not used:
        return Found(looked=f"no night with an enhancer among {count_words(look.length, 'night')}")
    asked = sum(any(i.kind == IntakeKind.ALCOHOL for i in _intakes(n)) for n in used)
    return Found(
        looked=f"none on {count_words(len(used), 'night')} with an enhancer; alcohol was answered on {asked} of them"
    )


def pairs(found: Sequence[Night]) -> dict[str, tuple[date, ...]]:
    """{"Alcohol with SleepSync": nights}: alcohol, a sedative or opioid, or a second enhancer beside an enhancer."""
    listed: dict[str, list[date]] = {}
    for night in found:
        names = sorted({e.name for e in night.exposures}, key=str.casefold)
        if not names:
            continue
        beside: list[str] = []
        if any(i.kind == IntakeKind.ALCOHOL and not i.none_taken for i in _intakes(night)):
            beside.append("Alcohol")
        folded = {n.casefold() for n in names}
        medicines = [i.name for i in _intakes(night) if i.kind == IntakeKind.MEDICINE and not i.none_taken]
        beside += [m for m in medicines if is_sedating(m) and m.casefold() not in folded]
        for other in dict.fromkeys(beside):
            listed.setdefault(f"{other} with {' and '.join(names)}", []).append(night.night_date)
        if len(names) > 1:
            listed.setdefault(" with ".join(names), []).append(night.night_date)
    return {pair: tuple(where) for pair, where in listed.items()}


def hypnotic(look: Looking) -> Found:
    """F4: a benzodiazepine or Z-drug on more than 28 nights of one course that reaches into the window.

    Such medicines are licensed for two to four weeks (NICE guidance TA77: short periods only). A course is use with no
    break of more than 28 nights; nights that were not answered are neither use nor break beyond their number.
    """
    taken = {n.night_date: names for n in look.nights if (names := _hypnotics(n))}
    course: list[date] = []
    best: list[date] = []
    for day in sorted(taken):
        course = [*course, day] if course and (day - course[-1]).days - 1 <= COURSE_GAP else [day]
        if look.inside(day):
            best = course
    if len(best) <= HYPNOTIC_DAYS:
        asked = sum(_medicine_asked(n) for n in look.window)
        used = [d for d in taken if look.inside(d)]
        if used:
            return Found(
                looked=f"{count_words(len(best), 'night')} in the present course, not more than {HYPNOTIC_DAYS}"
            )
        open_ = "; on the others it is not known what was taken" if asked < look.length else ""
        return Found(looked=f"none on {asked} of {count_words(look.length, 'night')}{open_}")
    names = " and ".join(dict.fromkeys(name for d in best for name in taken[d]))
    span = (best[-1] - best[0]).days + 1
    link = f"{len(best)} of {span} nights"
    text = f"{names} on {link}, {span_words(best[0], best[-1])}; such medicines are meant for two to four weeks"
    nights = tuple((d, ", ".join(taken[d])) for d in best)
    return Found((PromptFact(text, f"{names} for longer than such medicines are meant for", nights, link),))


def _hypnotics(night: Night) -> tuple[str, ...]:
    said = [e.name for e in night.exposures]
    said += [i.name for i in _intakes(night) if i.kind == IntakeKind.MEDICINE and not i.none_taken]
    return tuple(dict.fromkeys(name for name in said if is_hypnotic(name)))


def _medicine_asked(night: Night) -> bool:
    return night.condition in (Condition.NATURAL, Condition.ENHANCED) or any(
        i.kind == IntakeKind.MEDICINE for i in _intakes(night)
    )


def rebound(look: Looking) -> Found:
    """F5: on 3 or more of 5 natural nights after use, SOL or WASO 30 min or more above the person's own usual.

    After use: a natural night up to 5 days after an enhanced one. The usual is the middle of the natural nights with no
    enhanced night known in the 5 days before, at least 5 of them. Nights without an answer are not among the five.
    """
    used = {n.night_date for n in look.nights if n.condition == Condition.ENHANCED}
    natural = [n for n in look.nights if n.condition == Condition.NATURAL and n.diary is not None]
    after = [n for n in natural if any(n.night_date - k * _DAY in used for k in range(1, AFTER_USE + 1))]
    soon = {n.night_date for n in after}
    apart = [n for n in natural if n.night_date not in soon]
    usual = {
        field: median(values)
        for field in ("sol", "waso")
        if len(values := [v for n in apart if (v := _minutes(n, field)) is not None]) >= BASELINE
    }
    answered = [n for n in after if look.inside(n.night_date) and any(_minutes(n, f) is not None for f in usual)]
    if not usual or not answered:
        why = (
            f"fewer than {BASELINE} natural nights away from use have a diary" if not usual
            else "no natural night soon after use has a diary"
        )  # fmt: skip
        return Found(looked=f"not looked at, since {why}")
    worse = [any((v := _minutes(n, f)) is not None and v - usual[f] >= WORSE_MIN for f in usual) for n in answered]
    hit: set[int] = set()
    size = min(REBOUND_OF, len(worse))
    for end in range(size, len(worse) + 1):
        part = range(end - size, end)
        if sum(worse[i] for i in part) >= REBOUND:
            hit |= {i for i in part if worse[i]}
    if not hit:
        return Found(looked=f"none among {count_words(len(answered), 'natural night')} soon after use with a diary")
    nights = [answered[i] for i in sorted(hit)]
    link = f"{len(nights)} of {count_words(len(answered), 'natural night')}"
    words = {"sol": "to fall asleep", "waso": "awake in the night"}
    own = " and ".join(f"{usual[f]:.0f} min {words[f]}" for f in usual)
    text = (
        f"falling asleep or waking in the night {WORSE_MIN} min or more above your own usual on {link} soon after use "
        f"(usual: {own}, from {len(apart)} natural nights away from use)"
    )
    behind = tuple((n.night_date, _slept(n)) for n in nights)
    return Found((PromptFact(text, "worse sleep on natural nights soon after use", behind, link),))


def _minutes(night: Night, field: str) -> float | None:
    return getattr(night.diary, field) if night.diary is not None else None


def _slept(night: Night) -> str:
    sol, waso = _minutes(night, "sol"), _minutes(night, "waso")
    said = [f"{v:.0f} min {words}" for v, words in ((sol, "to fall asleep"), (waso, "awake")) if v is not None]
    return ", ".join(said)


def events(look: Looking) -> Found:
    """F6: anything unwanted the diary asks for, driving while sleepy apart."""
    return _events(look, lambda code: code != DRIVING, "nothing unwanted noted")


def driving(look: Looking) -> Found:
    """F7: driving while sleepy."""
    return _events(look, lambda code: code == DRIVING, "none")


def _events(look: Looking, wanted: Callable[[str], bool], none: str) -> Found:
    by_code, asked = noted(look.window)
    facts: list[PromptFact] = []
    for code, where in by_code.items():
        if wanted(code):
            words = EVENT_WORDS.get(code, code)
            link = f"{len(where)} of {count_words(asked, 'night')}"
            facts.append(PromptFact(f"{words} on {link} asked", words, tuple((d, words) for d in where), link))
    if facts:
        return Found(tuple(facts))
    if not asked:
        return Found(looked=f"not asked on any of {count_words(look.length, 'night')}")
    return Found(looked=f"{none} on {count_words(asked, 'night')} asked, of {look.length}")


def noted(found: Sequence[Night]) -> tuple[dict[str, tuple[date, ...]], int]:
    """({event: nights}, nights on which unwanted events were asked)."""
    asked = [n for n in found if n.diary is not None and (n.diary.events_asked or n.diary.events)]
    by_code: dict[str, list[date]] = {}
    for night in asked:
        for code in night.diary.events if night.diary is not None else ():
            by_code.setdefault(code, []).append(night.night_date)
    return {code: tuple(where) for code, where in by_code.items()}, len(asked)


def insomnia_range(look: Looking) -> Found:
    """Weeks running with three or more nights on which SOL or WASO was 31 min or more (`domain.insomnia`)."""
    known: dict[date, bool] = {}
    by_day: dict[date, Night] = {}
    for night in look.nights:
        told = in_range(_minutes(night, "sol"), _minutes(night, "waso"))
        if told is not None:
            known[night.night_date], by_day[night.night_date] = told, night
    found = pattern(known, min([look.first, *known]), look.last, since=look.first)
    if found is None:
        seen = sum(look.inside(d) for d in known)
        return Found(looked=f"not found; {count_words(seen, 'night')} known, of {look.length}")
    link = f"{len(found.nights)} of {count_words(found.known, 'night')}"
    text = (
        f"{found.weeks} weeks running, {span_words(found.first, found.last)}, with 31 min or more to fall asleep or awake in the "
        f"night on {link} known"
    )
    if found.three_months:
        text += "; the pattern spans three months or more"
    nights = tuple((d, _slept(by_day[d])) for d in found.nights)
    return Found(
        (PromptFact(text, "weeks running with long waits for sleep or long waking in the night", nights, link),)
    )


def nightmares(look: Looking) -> Found:
    """A nightmare with distress in each of the last four 7-night weeks that are over."""
    asked = {n.night_date: n for n in look.window if n.recall is not None or n.dreams}
    if not asked:
        return Found(looked=f"not asked on any of {count_words(look.length, 'morning')}")
    where = [d for d, n in asked.items() if any(x.nightmare and (x.distress or 0) > 0 for x in n.dreams)]
    ends = [look.last - 7 * k * _DAY for k in range(NIGHTMARE_WEEKS)]
    if look.length < 7 * NIGHTMARE_WEEKS or not all(any(0 <= (end - d).days < 7 for d in where) for end in ends):
        return Found(looked=f"not in every week; on {len(where)} of {count_words(len(asked), 'morning')} asked")
    recent = [d for d in where if (look.last - d).days < 7 * NIGHTMARE_WEEKS]
    of = sum((look.last - d).days < 7 * NIGHTMARE_WEEKS for d in asked)
    link = f"{len(recent)} of {count_words(of, 'morning')}"
    text = f"nightmares with distress on {link} asked, in each of the last {NIGHTMARE_WEEKS} weeks"
    return Found(
        (PromptFact(text, "nightmares with distress, week after week", tuple((d, "nightmare") for d in recent), link),)
    )


def _intakes(night: Night) -> tuple[Intake, ...]:
    return night.evening.intakes if night.evening is not None else ()


def _used(look: Looking, nights: Sequence[date]) -> tuple[tuple[date, str], ...]:
    by_day = {n.night_date: n for n in look.nights}
    found: list[tuple[date, str]] = []
    for day in nights:
        night = by_day.get(day)
        names = dict.fromkeys(e.name for e in night.exposures) if night is not None and not is_sealed(night) else {}
        found.append((day, ", ".join(names) or "enhanced"))
    return tuple(found)


def count_words(n: int, one: str, many: str | None = None) -> str:
    """1 night, 12 nights."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def span_words(first: date, last: date) -> str:
    """6 Apr to 3 May 2026, or one day alone."""
    if first == last:
        return day_words(last)
    return f"{day_words(first, year=first.year != last.year)} to {day_words(last)}"
