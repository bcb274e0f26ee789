"""Why nights cannot be compared, or are too few, and what would fix it: each reason with acts a page can do at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from dreamjournal.common.errors import UserError
from dreamjournal.domain.alike import TAKEN
from dreamjournal.domain.contrast import Fix
from dreamjournal.services.eligible import sources_of, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from dreamjournal.analysis.answer import Refusal
    from dreamjournal.domain.contrast import Arm, ContrastSpec, NightPoint
    from dreamjournal.domain.night import Night
    from dreamjournal.domain.study import Study
    from dreamjournal.metrics._metric import Metric
    from dreamjournal.services.eligible import Sorted

ESTIMATE_FROM = 7
VERDICT_FROM = 14
PLAN = Fix("Plan nights drawn at random", "Then what made a night enhanced is chance alone.", "plan")

NO_ENHANCER = (
    Fix("Say each evening what the night is", "An enhanced night is one you said was, by what you named.", "tonight"),
    Fix("Say what in your imports means an enhancer", "Nights with that tag become enhanced.", "only"),
)


@dataclass(frozen=True)
class Asked:
    """The question as it is being answered: its nights sorted, and those that are left after washout."""

    found: Sorted
    points: Sequence[NightPoint]
    metric: Metric
    source: str
    enhancer: str
    spec: ContrastSpec
    nights: Sequence[Night]
    today: date
    washed: bool = False
    study: Study | None = None
    design: str = "S"


@dataclass(frozen=True)
class Obstacles:
    """What stands in the way: a refusal or what is lacking, with codes, warnings and fixes."""

    refused: Refusal | None = None
    fixes: tuple[Fix, ...] = ()
    codes: tuple[str, ...] = ()
    lacking: str = ""
    """Said after the counts when nights are too few."""
    warnings: tuple[str, ...] = ()


def obstacles(asked: Asked) -> Obstacles:
    """What stands in the way of an answer. Nothing is refused here that is merely short."""
    found, spec = _obstacles(asked), asked.spec
    said: list[str] = []
    if spec.days != "all":
        said.append(f"Only nights before a {spec.days} day are compared.")
    if spec.without:
        said.append(f"Nights with {' or '.join(TAKEN[key][0] for key in spec.without)} are left out.")
    wide = _all_nights(spec)
    back = () if not said or wide in found.fixes else (wide,)
    return replace(found, warnings=(*said, *found.warnings), fixes=(*found.fixes, *back))


def _obstacles(asked: Asked) -> Obstacles:
    devices = Counter(p.device for p in asked.points if p.device)
    if len(devices) > 1:
        refused, fixes = _two_devices(asked, devices)
        return Obstacles(refused, fixes)
    n: Counter[Arm] = Counter(p.arm for p in asked.points)
    least = min(n["enhanced"], n["natural"])
    if not least and max(n["enhanced"], n["natural"]) >= ESTIMATE_FROM:
        refused, fixes = _empty_arm(asked, n)
        return Obstacles(refused, fixes)
    if least < ESTIMATE_FROM:
        return _too_few(asked, n)
    return _with_care(asked)


def left_out_by(
    points: Sequence[NightPoint], nights: Sequence[Night], enhancer: str, spec: ContrastSpec
) -> dict[date, str]:
    """The nights the question itself leaves out, with the reason: for the day after them, or for what came with them.

    Raises UserError for something nights cannot be left out for.
    """
    unknown = [key for key in spec.without if key not in TAKEN]
    if unknown:
        raise UserError(
            f"Nights cannot be left out for {unknown[0]}", f"the choices are {', '.join(TAKEN)}", "use one of these",
            field="without",
        )  # fmt: skip
    out: dict[date, str] = {}
    if spec.days != "all":
        words = "before a free day" if spec.days == "work" else "before a work day"
        out.update({p.night_date: words for p in points if p.weekend != (spec.days == "free")})
    if spec.without:
        by_date = {n.night_date: n for n in nights}
        for key in spec.without:
            title, had = TAKEN[key]
            out.update({p.night_date: title for p in points if had(by_date[p.night_date], enhancer) == 1})
    return out


# ---- refusals


def _two_devices(asked: Asked, devices: Counter[str]) -> tuple[Refusal, tuple[Fix, ...]]:
    from dreamjournal.analysis.answer import Refusal
    from dreamjournal.analysis.words import nights as nights_words

    points = asked.points
    arms: dict[Arm, Counter[str]] = {
        "natural": Counter(p.device for p in points if p.arm == "natural"),
        "enhanced": Counter(p.device for p in points if p.arm == "enhanced"),
    }
    parts = [
        f"{counts.most_common(1)[0][1]} of {nights_words(sum(counts.values()), arm)} were recorded with "
        f"{counts.most_common(1)[0][0] or 'a device that is not named'}"
        for arm, counts in arms.items() if counts
    ]  # fmt: skip
    tops = {counts.most_common(1)[0][0] for counts in arms.values() if counts}
    if len(tops) < 2:
        parts = [f"The nights were recorded with {' and '.join(f'{d} ({k})' for d, k in devices.most_common())}"]
    best = max(devices, key=lambda d: (min(arms["natural"][d], arms["enhanced"][d]), devices[d]))
    fixes: list[Fix] = []
    for arm in ("natural", "enhanced"):
        short = VERDICT_FROM - arms[arm][best]
        if short > 0:
            noun = "night" if short == 1 else "nights"
            fixes.append(
                Fix(f"{short} more {arm} {noun} with {best}", "Then nights of one model can be compared.", "plan")
            )
    dates = _one_device(asked)
    if dates is not None:
        fixes.append(dates)
    diary = _by_diary(asked)
    if diary is not None:
        fixes.append(diary)
    fact = " and ".join(parts)
    if len(tops) == 2:
        fact += ", another model"
    return Refusal(
        "two_devices", fact, "A difference between the nights could be a difference between the devices"
    ), tuple(fixes)


def _one_device(asked: Asked) -> Fix | None:
    """The dates in a row with one device that hold most nights of both kinds; None where none do."""
    order = sorted(asked.points, key=lambda p: p.night_date)
    most, kept = 0, order
    for _, run in groupby(order, key=lambda p: p.device):
        nights = list(run)
        arms = Counter(p.arm for p in nights)
        least = min(arms["enhanced"], arms["natural"])
        if least > most:
            most, kept = least, nights
    if not most:
        return None
    n = Counter(p.arm for p in kept)
    gives = f"{n['enhanced']} enhanced and {n['natural']} natural nights remain; the others stay in the journal."
    spec = replace(asked.spec, source=asked.source, first=kept[0].night_date, last=kept[-1].night_date)
    return Fix("Choose dates with one device", gives, "dates", spec)


def _by_diary(asked: Asked) -> Fix | None:
    """The same question by diary; by sleep time where the diary lacks the measure. None where there is no diary."""
    from dreamjournal.services.contrasts import metrics

    for metric in (asked.metric, metrics()["tst"]):
        n = Counter(
            arm for night, arm in _labelled(asked) if value_of(night, metric, "diary") is not None
        )  # fmt: skip
        if n["enhanced"] and n["natural"]:
            counts = f"{n['enhanced']} enhanced and {n['natural']} natural nights are there, from one source."
            other = "" if metric is asked.metric else f" {asked.metric.title} is not in a diary; sleep time is."
            spec = replace(asked.spec, metric=metric.key, source="diary", swd=None)
            return Fix("Use your diary instead", counts + other, "ask", spec)
    return None


def _empty_arm(asked: Asked, n: Counter[Arm]) -> tuple[Refusal, tuple[Fix, ...]]:
    from dreamjournal.analysis.answer import Refusal
    from dreamjournal.analysis.words import nights as nights_words

    found, metric = asked.found, asked.metric
    before = Counter(p.arm for p in found.points)
    there, lacking = ("enhanced", "natural") if n["enhanced"] else ("natural", "enhanced")
    fix = Fix(
        f"{nights_words(14, lacking)} in between", "Then a verdict is possible; an early estimate from 7.", "plan"
    )
    if asked.washed and before[lacking]:
        return Refusal(
            "washout", f"Each of the {before['natural']} natural nights came right after an enhanced one",
            "What carries over from the night before could not be told apart",
        ), (Fix("Two natural nights in a row, 14 times", "The second of each pair counts.", "plan"),)  # fmt: skip
    labelled = Counter(arm for _, arm in found.labelled)
    if labelled[lacking] and labelled[lacking] == before[lacking]:
        return Refusal(
            "empty_arm", f"{nights_words(n[there], there)} can be counted and none of the {labelled[lacking]} {lacking} "
            "ones is left by what was asked", "A difference needs nights of both kinds",
        ), (_all_nights(asked.spec), fix)  # fmt: skip
    if labelled[lacking]:
        return Refusal(
            "empty_arm", f"{nights_words(n[there], there)} have a value for {metric.title.lower()} and none of the "
            f"{labelled[lacking]} {lacking} ones can be counted", "A difference needs nights of both kinds",
        ), (
            *_other_sources(asked),
            Fix("Choose another source or measure", "The reasons stand beside the nights left out.", "source"), fix,
        )  # fmt: skip
    if lacking == "natural":
        return Refusal(
            "empty_arm", f"{nights_words(n[there], there)} can be counted and no night is confirmed natural",
            "A night without an answer is not a natural night",
        ), (
            fix,
            Fix(
                f"Say that {asked.enhancer} is the only enhancer you use",
                "Nights its log covers without a session become natural.", "only",
            ),
        )  # fmt: skip
    return Refusal(
        "empty_arm", f"{nights_words(n[there], there)} can be counted and {asked.enhancer} was never used alone on one",
        "A difference needs nights of both kinds",
    ), (fix, Fix("Say what in your imports means this enhancer", "Nights with that tag become enhanced.", "only"))  # fmt: skip


# ---- too few


def _too_few(asked: Asked, n: Counter[Arm]) -> Obstacles:
    spec = asked.spec
    codes: list[str] = []
    fixes: list[Fix] = []
    said = ""
    labelled = Counter(arm for _, arm in asked.found.labelled)
    if spec.first is not None and spec.first > asked.today:
        codes.append("future")
        said = "The dates asked about have not come yet."
    elif not labelled and (spec.first is not None or spec.last is not None):
        codes.append("no_nights")
        said = "No night of these dates is known to be enhanced or natural."
    elif not labelled["enhanced"]:
        codes.append("never_used")
        said = f"{asked.enhancer} was never used alone on a night."
        fixes.append(
            Fix(
                "Say each evening what the night is",
                "An enhanced night is one you said was, or one a log tells.",
                "tonight",
            )
        )
        fixes.append(
            Fix("Say what in your imports means this enhancer", "Nights with that tag become enhanced.", "only")
        )
    elif not labelled["natural"]:
        codes.append("none_natural")
        said = "No night is confirmed natural; a night without an answer is not one."
        fixes.append(Fix("Say each evening what the night is", "A natural night is one you said was.", "tonight"))
        gives = "Nights its log covers without a session become natural."
        fixes.append(Fix(f"Say that {asked.enhancer} is the only enhancer you use", gives, "only"))
    elif _valued(asked) == 0:
        codes.append("no_values")
        said = f"Not one of the {labelled['enhanced']} enhanced and {labelled['natural']} natural nights has a value for {_measure(asked)}."
        fixes += [*_other_sources(asked), Fix("Choose another measure", "One that this source gives.", "measure")]
    else:
        why, lost = _main_reason(asked)
        if lost >= ESTIMATE_FROM - min(n["enhanced"], n["natural"]):
            codes.append("left_out")
            said = f"{lost} {'night was' if lost == 1 else 'nights were'} left out: {why}."
            fixes += _other_sources(asked)
    narrowed = spec.first is not None or spec.last is not None or spec.days != "all" or bool(spec.without)
    if narrowed:
        fixes.insert(0, _all_nights(spec))
    if "future" not in codes:
        fixes.append(_more(n))
    return Obstacles(None, tuple(fixes), tuple(codes), said)


def _valued(asked: Asked) -> int:
    return sum(value_of(night, asked.metric, asked.source) is not None for night, _ in _labelled(asked))


def _measure(asked: Asked) -> str:
    name = asked.metric.title
    name = name if name[:2].isupper() else name[0].lower() + name[1:]
    return f"{name} in the diary" if asked.source == "diary" else f"{name} by this source"


def _main_reason(asked: Asked) -> tuple[str, int]:
    counted = Counter(x.reason for x in asked.found.excluded if any(d == x.night_date for d, _ in asked.found.labelled))
    return counted.most_common(1)[0] if counted else ("", 0)


def _all_nights(spec: ContrastSpec) -> Fix:
    wide = replace(spec, first=None, last=None, days="all", without=())
    return Fix("Ask about all nights", "No night is left out for its date or for what came with it.", "ask", wide)


def _more(n: Mapping[Arm, int]) -> Fix:
    lacking = [
        f"{ESTIMATE_FROM - n[arm]} more {arm}" for arm in ("enhanced", "natural") if n[arm] < ESTIMATE_FROM
    ]  # fmt: skip
    one = len(lacking) == 1 and lacking[0].startswith("1 ")
    text = " and ".join(lacking)
    return Fix(f"{text} {'night' if one else 'nights'}", "Then an early estimate; a verdict from 14 of each.", "plan")


def _other_sources(asked: Asked) -> list[Fix]:
    """The sources with enough nights of both kinds, the fullest first."""
    found: list[tuple[int, Fix]] = []
    for source in ("diary", *(s for s in sources_of(asked.nights) if s != "diary")):
        if source == asked.source:
            continue
        n = Counter(arm for night, arm in _labelled(asked) if value_of(night, asked.metric, source) is not None)
        if min(n["enhanced"], n["natural"]) >= ESTIMATE_FROM:
            name = "your diary" if source == "diary" else "another source"
            gives = f"{n['enhanced']} enhanced and {n['natural']} natural nights are there."
            spec = replace(asked.spec, source=source, swd=None)
            found.append((-sum(n.values()), Fix(f"Compare by {name}", gives, "ask", spec)))
    return [fix for _, fix in sorted(found, key=lambda x: x[0])[:1]]


def _labelled(asked: Asked) -> list[tuple[Night, Arm]]:
    by_date = {n.night_date: n for n in asked.nights}
    return [(by_date[d], arm) for d, arm in asked.found.labelled if d in by_date]


# ---- enough, but to be read with care


def _with_care(asked: Asked) -> Obstacles:
    from dreamjournal.analysis import alike
    from dreamjournal.analysis.design import switches

    fixes: list[Fix] = []
    codes: list[str] = []
    warnings: list[str] = []
    values = [p.value for p in asked.points]
    if asked.metric.kind not in ("rate", "count") and _flat(asked.points):
        name = "the same value" if min(values) == max(values) else "one value for each kind of night"
        fixes += [*_other_sources(asked), Fix("Choose another measure", f"This one has {name} throughout.", "measure")]
    elif _collinear(asked.points):
        fixes.append(_both_days(asked.points))
    else:
        side = alike.Nights(asked.points, {}, {n.night_date: n for n in asked.nights}, asked.enhancer)
        for caution in alike.serious(side, asked.spec):
            codes.append(caution.code)
            warnings.append(caution.sentence)
            fixes += caution.fixes
        order = sorted(asked.points, key=lambda p: p.night_date)
        if asked.design == "P" or (asked.design == "S" and switches([p.arm for p in order]) < 3):
            fixes.append(PLAN)
    if asked.study is not None and asked.study.changed is not None:
        codes.append("study_changed")
        gives = "A question that stays as it is can be answered as planned."
        fixes.append(Fix("Plan a new study for nights to come", gives, "plan"))
    return Obstacles(None, tuple(dict.fromkeys(fixes)), tuple(codes), "", tuple(warnings))


def _flat(points: Sequence[NightPoint]) -> bool:
    return all(len({p.value for p in points if p.arm == arm}) == 1 for arm in ("enhanced", "natural"))


def _collinear(points: Sequence[NightPoint]) -> bool:
    from dreamjournal.analysis.contrast import collinear

    return collinear([p.arm == "enhanced" for p in points], [p.weekend for p in points])


def _both_days(points: Sequence[NightPoint]) -> Fix:
    free = "enhanced" if any(p.weekend and p.arm == "enhanced" for p in points) else "natural"
    work = "natural" if free == "enhanced" else "enhanced"
    act = f"7 {free} nights before work and 7 {work} nights before a free day"
    return Fix(act, "Nights drawn at random, work and free days apart, give both.", "plan")
