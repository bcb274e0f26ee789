"""Puts a contrast report together from its sections."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

from dreamjournal.charts import words
from dreamjournal.domain.contrast import ContrastResult, Words, to_json
from dreamjournal.domain.report import Column, Fact, Report, Table
from dreamjournal.domain.study import Study
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import sections

NAME = 80
"""Characters of a name that are printed: the app has the whole of it."""
_NUMBER_WORDS = {2: "two", 4: "four", 6: "six", 8: "eight"}


def assemble(ctx: Context) -> Report:
    """The report of `ctx`."""
    built = [s.build(ctx) for s in sections() if not s.optional or s.key in ctx.parts]
    texts = "dream_texts" in ctx.parts
    return Report(
        kind="contrast",
        heading=_heading(ctx),
        person=words.cut(ctx.person, NAME),
        title=question(ctx.result),
        facts=_facts(ctx),
        sections=tuple(s for s in built if s is not None),
        nights=nights_table(ctx),
        result=to_json(ctx.result),
        fingerprint=fingerprint(ctx.result),
        printed=ctx.printed,
        zone=ctx.zone,
        version=ctx.version,
        left_out="Dream texts are printed as ticked." if texts else "Dream texts are left out.",
        paper=ctx.paper,
    )


def question(result: ContrastResult) -> str:
    """The title: what was asked."""
    title = result.title
    metric = title if title[1:2].isupper() else title[:1].lower() + title[1:]
    if not result.enhancer:
        return f"Do enhanced nights differ in {metric}?"
    return f"Does {words.cut(result.enhancer, NAME)} change {metric}?"


def fingerprint(result: ContrastResult) -> str:
    """First 64 bits of the SHA-256 over the canonical JSON of everything counted, as 4 x 4 hexadecimal digits."""
    counted = to_json(result)
    counted["devices"] = [p.device for p in result.points]
    text = json.dumps(counted, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()[:16].upper()
    return " ".join(digest[i : i + 4] for i in range(0, 16, 4))


def nights_table(ctx: Context) -> Table:
    """Every planned night with its exact value: also the input `contrast --csv` takes.

    A night that does not count has an empty `value`; what it measured all the same stands under `left_out_value`.
    """
    r = ctx.result
    rows: dict[object, tuple[str | None, ...]] = {}
    for p in r.points:
        rows[p.night_date] = (
            p.night_date.isoformat(), str(int(p.arm == "enhanced")), repr(p.value), str(int(p.weekend)), p.block or "",
            "yes", "", "", _exposures(ctx, p.night_date), p.device,
        )  # fmt: skip
    for x, state in [(x, "excluded") for x in r.excluded] + [(x, "missing") for x in r.missing]:
        if x.night_date in rows:
            continue
        arm = ctx.arm(x.night_date)
        value = ctx.values.get(x.night_date)
        rows[x.night_date] = (
            x.night_date.isoformat(), "" if arm is None else str(int(arm == "enhanced")), "", "", "", state, x.reason,
            "" if value is None else repr(value), _exposures(ctx, x.night_date), "",
        )  # fmt: skip
    numbers = {"enhanced", "value", "weekend", "left_out_value"}
    names = (
        "night_date", "enhanced", "value", "weekend", "block", "counted", "reason", "left_out_value", "exposures", "device",
    )  # fmt: skip
    return Table(tuple(Column(n, n in numbers) for n in names), tuple(rows[d] for d in sorted(rows, key=str)))


def _exposures(ctx: Context, night: object) -> str:
    known = ctx.nights.get(night)  # type: ignore[call-overload, arg-type]
    return "; ".join(sorted({e.name for e in known.exposures})) if known is not None else ""


def _heading(ctx: Context) -> str:
    kind = {
        "R": "N-of-1 trial, randomised nights",
        "S": "N-of-1 self-comparison (observational), nights chosen by the person",
        "P": "before and after (observational)",
    }[ctx.result.design]
    state = {"refused": " · no comparison", "too_few": " · still collecting", "early": " · still collecting"}
    return f"Contrast · {kind}{state.get(ctx.result.verdict, '')}"


def _facts(ctx: Context) -> tuple[Fact, ...]:
    r = ctx.result
    facts = [Fact("Enhancer", (Words(words.cut(r.enhancer or "none yet", NAME)), Words(_setting(ctx))))]
    devices = sorted({p.device for p in r.points if p.device})
    source = f", from {ctx.source_title or r.source}" + (f" ({words.listed(devices)})" if devices else "")
    facts.append(Fact("Primary metric", (Words(r.title + source),)))
    if r.swd is None:
        facts.append(Fact("Least that matters (SWD)", (Words("not given, so no verdict is drawn"),)))
    else:
        if ctx.study is not None and ctx.study.metric == r.metric and ctx.study.swd == r.swd:
            fixed = ctx.study.fixed_on(ctx.zone)
            when = "before the first night" if ctx.study.fixed_before else "after the first night"
            how = f", fixed {words.day_year(fixed)}, {when}"
        else:
            how = ", chosen by the person" if r.swd_chosen else ", the usual one for this metric and source"
        facts.append(
            Fact("Least that matters (SWD)", (Words(words.difference_words(r.swd, r.unit, r.kind), True), Words(how)))
        )
    period = ctx.period
    if period is not None:
        text = f"{words.period(*period)}, {words.count(r.planned, 'night')}"
        if r.design == "R" and r.blocks:
            size = _block_size(ctx.study)
            text += f" in {r.blocks} blocks" + (f" of {size}" if size else "")
        elif r.design != "R":
            text += ", self-chosen"
        facts.append(Fact("Period", (Words(text),)))
    return tuple(facts)


def _block_size(study: Study | None) -> str:
    """The size of the blocks in words; empty where they differ."""
    if study is None or len(set(Counter(study.block_of(i) for i in range(study.nights)).values())) > 1:
        return ""
    return _NUMBER_WORDS.get(study.block_size, str(study.block_size))


def _setting(ctx: Context) -> str:
    """Mode, programme and dose of the enhancer as it was used, where all uses share them."""
    name = ctx.result.enhancer
    used = [e for n in ctx.nights.values() for e in n.exposures if e.name == name]
    said: list[str] = []
    for values, shape in (
        ({f"{e.mode} mode" for e in used if e.mode}, "{}"),
        ({e.programme for e in used if e.programme}, "\u201c{}\u201d"),
        ({e.dose for e in used if e.dose}, "{}"),
        ({f"intensity {e.intensity:g}" for e in used if e.intensity is not None}, "{}"),
    ):
        if len(values) == 1:
            said.append(shape.format(next(iter(values))))
    return "".join(f", {s}" for s in said)
