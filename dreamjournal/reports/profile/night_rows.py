"""The nights of a profile as a tidy table: one row a night, exact values, for CSV and other programs."""

from __future__ import annotations

from dreamjournal.domain.report import Column, Table
from dreamjournal.reports.profile.context import ProfileContext, ProfileNight
from dreamjournal.reports.profile.measured import Measured, measures

_MINUTES = {"tst": "tst_min", "sol": "sol_min", "waso": "waso_min", "se_tib": "se_tib_pct", "light": "light_min",
            "deep": "deep_min", "rem": "rem_min"}  # fmt: skip


def table(ctx: ProfileContext) -> Table:
    """Every night of the period. What was not measured, and what may not be seen yet, is empty, never 0.

    Clock times are `HH:MM` of the local clock.
    """
    told = measures(ctx)
    columns = [
        Column("night_date"),
        Column("kind"),
        Column("state"),
        Column("reason"),
        Column("free_next_day", True),
        Column("source"),
    ]
    columns += [
        Column(_MINUTES[m.key], True) if m.key in _MINUTES else Column(_clock_name(ctx, m.key)) for m in told
    ]  # fmt: skip
    columns += [Column("nap_count", True), Column("recall"), Column("dreams", True), Column("nightmare", True),
                Column("distress", True), Column("exposures")]  # fmt: skip
    return Table(tuple(columns), tuple(_row(ctx, told, n) for n in ctx.nights))


def _clock_name(ctx: ProfileContext, key: str) -> str:
    names = {"lights_out": "recording_start", "got_up": "recording_end"}
    return key if ctx.says_lights_out else names.get(key, key)


def _row(ctx: ProfileContext, told: tuple[Measured, ...], n: ProfileNight) -> tuple[str | None, ...]:
    night = n.night
    numbers: list[str | None] = []
    for m in told:
        value = m.value(n)
        if value is None:
            numbers.append(None)
        else:
            numbers.append(repr(float(value)) if m.key in _MINUTES else m.words(value))
    dreams = () if night is None else night.dreams
    bad = [d.distress for d in dreams if d.nightmare and d.distress is not None]
    answered = night is not None and (night.recall is not None or bool(dreams))
    kind = n.arm or ("" if night is None or night.study_sealed else str(night.condition))
    return (
        n.night_date.isoformat(), kind, n.state.replace("_", " "), "" if n.state == "used" else n.reason, str(int(n.free)), ctx.source,
        *numbers, None if n.seen is None or n.seen.main is None else str(len(n.naps)),
        None if night is None or night.recall is None else night.recall.value, str(len(dreams)) if answered else None,
        str(sum(bool(d.nightmare) for d in dreams)) if answered else None, str(max(bad)) if bad else None,
        "" if night is None else "; ".join(sorted({e.name for e in night.exposures})),
    )  # fmt: skip
