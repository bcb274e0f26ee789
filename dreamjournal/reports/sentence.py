"""The contrast's one sentence, as the contrast gives it: it is never composed a second time."""

from __future__ import annotations

from dreamjournal.domain.report import Prose, ProseRole, Section
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin


def build(ctx: Context) -> Section | None:
    """The sentence in its frame."""
    role: ProseRole = "answer"
    if ctx.result.verdict == "refused":
        role = "refused"
    elif ctx.result.verdict in ("too_few", "early"):
        role = "collecting"
    return Section("sentence", "", (Prose(ctx.result.words, role),))


PLUGIN = SectionPlugin("sentence", "The sentence", 20, build)
