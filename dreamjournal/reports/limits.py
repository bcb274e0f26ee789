"""Limits, in plain words. Cannot be left out."""

from __future__ import annotations

from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Prose, Section
from dreamjournal.reports.context import Context
from dreamjournal.reports.coverage import left_out_words
from dreamjournal.reports.registry import SectionPlugin


def build(ctx: Context) -> Section | None:
    """What these nights cannot tell."""
    r = ctx.result
    parts: list[str] = []
    if r.verdict == "too_few":
        parts.append(
            "Sleep differs from one night to the next without any help: with so few nights of each kind, a difference as large "
            "as the one asked about would often appear by chance."
        )
    parts.append("One person: it says nothing about others.")
    if r.blinded or ctx.sealed:
        parts.append("The nights were sealed; whether the person could tell them apart all the same is not known.")
    else:
        parts.append("Not blinded: expectation may explain part of it.")
    if r.design != "R":
        parts.append("Nights were not drawn at random: what led to an enhanced night may itself explain a difference.")
    for label in ("Missing", "Excluded"):
        if (
            f"{label} " in (text := left_out_words(ctx, dates=False))
            and ", all " in text.split(label, 1)[1].split(".", 1)[0]
        ):
            arm = text.split(label, 1)[1].split(", all ", 1)[1].split(":", 1)[0]
            parts.append(f"{label} nights were all {arm}, so they may not be {label.lower()} by chance.")
    if r.source == "diary":
        parts.append("The diary is the person's own estimate.")
    else:
        parts.append(
            f"{_capital(ctx.source_title or r.source)} scores sleep by its own rules, which are not those of a sleep laboratory."
        )
    parts += list(r.warnings)
    parts.append("Who supplied or paid for the enhancer is not recorded.")
    return Section("limits", "Limits", (Prose((Words(" ".join(parts)),)),), "column")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


PLUGIN = SectionPlugin("limits", "Limits", 70, build, help="always included")
